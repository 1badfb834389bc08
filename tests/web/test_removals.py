"""Removals: what would go, what has to be typed, and what went."""

from __future__ import annotations

import pytest

from include.discovery.store.connection import Connection
from tests.conftest import count
from tests.support.builders import KRAKOW, event, hold_pairs, stored_events, stored_pair
from tests.web.page_support import CITY, Page, paths


def brought(conn: Connection, *ids: str) -> None:
    """Let a pair in Kraków bring events."""
    stored_events(conn, stored_pair(conn, KRAKOW), [event(each) for each in ids])


REMOVALS = [
    ("/api/cities/krakow", {}, "krakow", 1),
    ("/api/sources/theatres", {}, "theatres", 1),
    ("/api/pairs", {"source": "theatres", "city": "krakow"}, "theatres", 0),
]


@pytest.mark.parametrize(("path", "named", "slug", "pairs"), REMOVALS)
def test_an_object_that_holds_events_is_removed_once_its_slug_was_typed(
    page: Page, conn: Connection, path: str, named: dict[str, str], slug: str, pairs: int
) -> None:
    brought(conn, "1", "2")
    before = page.get(f"{path}/removal", "viewer", **named)
    query = {**named, "version": before["version"]}

    silent = page.ask("DELETE", path, params=query)
    wrong = page.ask("DELETE", path, params={**query, "confirm": "paris"})
    stale = page.ask("DELETE", path, params={**query, "confirm": slug, "version": 99})
    kept = page.get("/api/overview")["tiles"]["events_upcoming"]
    done = page.ask("DELETE", path, "user", params={**query, "confirm": slug})

    counts = {"pairs": pairs, "listings": 2, "events": 2, "events_kept": 0, "listings_kept": 0}
    assert before == {
        **counts,
        "version": 1,
        "confirm": slug,
        "held": None,
        "is_all": True,
        "pair_labels": ["krakow · theatres"] * pairs,
    }
    for refused in (silent, wrong):
        assert refused.status_code == 422
        assert paths(refused) == {"confirm"}
        assert f"Type {slug} to remove it with" in refused.json()["detail"]
    assert stale.status_code == 409
    assert kept == 2
    assert (done.status_code, done.json()) == (200, counts)
    assert page.get("/api/overview")["tiles"]["events_upcoming"] == 0
    last = page.get("/api/changes")["changes"][0]
    assert (last["changed_by"], last["action"]) == ("user-name", "delete")
    assert last["removed"]["listings"] == 2
    assert last["summary"].endswith("(2 listings and 2 events)")


def test_an_object_that_holds_no_data_is_removed_without_a_typed_slug(
    page: Page, conn: Connection
) -> None:
    page.ask("POST", "/api/cities", json=CITY)

    done = page.ask("DELETE", "/api/cities/gdansk?version=1")

    assert done.status_code == 200
    assert set(done.json().values()) == {0}


@pytest.mark.parametrize(("path", "named", "slug", "pairs"), REMOVALS)
def test_a_removal_is_refused_while_a_run_holds_a_pair_of_it(
    page: Page, conn: Connection, path: str, named: dict[str, str], slug: str, pairs: int
) -> None:
    brought(conn, "1")
    hold_pairs(conn)
    before = page.get(f"{path}/removal", **named)

    answer = page.ask("DELETE", path, params={**named, "version": 1, "confirm": slug})

    assert "being synced" in before["held"]
    assert (answer.status_code, answer.json()["reason"]) == (409, "in_use")
    assert "run tonight" in answer.json()["detail"]
    assert count(conn, "SELECT count(*) FROM discovery.listings") == 1
