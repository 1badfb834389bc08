"""What the page changes: validated, recorded under the user's name, never overwriting others."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine

from include.discovery.model import Scope
from include.discovery.store.connection import Connection
from tests.conftest import count
from tests.support.builders import (
    KRAKOW,
    event,
    hold_pairs,
    source,
    stored_events,
    stored_pair,
)
from tests.web.page_support import Page

CITY = {
    "slug": "gdansk",
    "name": "Gdańsk",
    "country": "PL",
    "country_name": "Poland",
    "timezone": "Europe/Warsaw",
    "latitude": 54.35,
    "longitude": 18.65,
}
SOURCE = {
    "slug": "opera",
    "name": "Opera",
    "kind": "icalendar",
    "settings": {"url": "https://opera.example/events.ics"},
}


def without(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def paths(answer: Any) -> set[str]:
    return {".".join(map(str, error["path"])) for error in answer.json()["errors"]}


def changes(page: Page) -> list[tuple[str, str, str]]:
    return [
        (change["changed_by"], change["action"], f"{change['entity_type']} {change['entity']}")
        for change in page.get("/api/changes")["changes"]
    ]


def test_a_city_a_source_and_a_pair_are_added(page: Page, conn: Connection) -> None:
    city = page.ask("POST", "/api/cities", "user", json=CITY)
    added = page.ask("POST", "/api/sources", "op", json=SOURCE)
    pair = page.ask("POST", "/api/pairs", json={"city": "gdansk", "source": "opera"})

    assert [answer.status_code for answer in (city, added, pair)] == [201, 201, 201]
    assert city.json()["entity"]["name"] == "Gdańsk"
    assert pair.json() == {
        "entity": {
            "city": "gdansk", "source": "opera", "enabled": True, "frequency_hours": 24,
            "priority": 50, "settings": {},
        },
        "version": 1,
        "changed": True,
    }  # fmt: skip
    assert changes(page) == [
        ("admin-name", "create", "pair gdansk · opera"),
        ("op-name", "create", "source opera"),
        ("user-name", "create", "city gdansk"),
        ("user-name", "create", "country PL"),
    ]
    assert page.get("/api/overview")["pairs"][0]["health"]["state"] == "never_run"


def test_changes_have_the_values_before_and_after_and_come_in_pages(
    page: Page, conn: Connection
) -> None:
    stored_pair(conn)
    for n, enabled in enumerate((False, True, False), start=1):
        page.ask("PUT", "/api/cities/krakow/enabled", json={"enabled": enabled, "version": n})

    first = page.get("/api/changes", limit=2)
    second = page.get("/api/changes", limit=2, before=first["next_before"])

    assert first["changes"][0]["summary"] == "~ city krakow: enabled true → false"
    assert first["changes"][0]["before"]["enabled"] is True
    assert len(second["changes"]) == 1
    assert second["next_before"] is None
    assert second["triggers"] is None


def test_the_second_of_two_editors_is_refused_with_the_current_values(
    page: Page, conn: Connection
) -> None:
    stored_pair(conn)
    body = without(CITY, "slug") | {"name": "Kraków", "version": 1}

    first = page.ask("PUT", "/api/cities/krakow", "user", json=body | {"radius_km": 10})
    second = page.ask("PUT", "/api/cities/krakow", "op", json=body | {"radius_km": 99})

    assert first.json()["version"] == 2
    assert second.status_code == 409
    told = second.json()
    assert told["reason"] == "changed"
    assert told["current"]["radius_km"] == 10
    assert told["current"]["version"] == 2
    assert told["changed_by"] == "user-name"
    assert count(conn, "SELECT radius_km FROM discovery.cities") == 10


def test_saving_unchanged_values_records_nothing(page: Page, conn: Connection) -> None:
    stored_pair(conn)

    answer = page.ask("PUT", "/api/cities/krakow/enabled", json={"enabled": True, "version": 1})

    assert answer.json()["changed"] is False
    assert answer.json()["version"] == 1
    assert changes(page) == []


def test_a_slug_that_is_taken_is_refused(page: Page, conn: Connection) -> None:
    stored_pair(conn)

    answer = page.ask("POST", "/api/pairs", json={"city": "krakow", "source": "theatres",
                                                  "settings": SOURCE["settings"]})  # fmt: skip

    assert answer.status_code == 409
    assert answer.json()["reason"] == "exists"


def test_every_wrong_field_is_named(page: Page, conn: Connection) -> None:
    stored_pair(conn)
    bad_city = CITY | {"slug": "Bad Slug", "latitude": 91, "timezone": "Mars/Base", "colour": 1}
    settings = {"url": "no address", "horizon_days": 0, "nonsense": 1}

    city = page.ask("POST", "/api/cities", json=bad_city)
    added = page.ask("POST", "/api/sources", json=SOURCE | {"settings": settings})
    pair = page.ask("POST", "/api/pairs", json={"city": "krakow", "source": "opera"})

    assert [answer.status_code for answer in (city, added, pair)] == [422, 422, 422]
    assert paths(city) == {"slug", "latitude", "timezone", "colour"}
    assert paths(added) == {"settings.url", "settings.horizon_days", "settings.nonsense"}
    assert paths(pair) == {"source"}
    assert changes(page) == []


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (SOURCE | {"kind": "telepathy"}, "kind"),
        (SOURCE | {"trust": 101}, "trust"),
        (SOURCE | {"homepage": "javascript:alert(1)"}, "homepage"),
        (SOURCE | {"name": "x" * 201}, "name"),
        (SOURCE | {"name": "\x00"}, "name"),
    ],
)
def test_the_kind_settings_and_slug_of_a_source_are_checked(
    page: Page, body: dict[str, Any], path: str
) -> None:
    answer = page.ask("POST", "/api/sources", json=body)

    assert answer.status_code == 422
    assert paths(answer) == {path}


def test_a_setting_that_the_source_leaves_open_is_required_of_its_pair(
    page: Page, conn: Connection
) -> None:
    stored_pair(conn)
    page.ask("POST", "/api/sources", json=SOURCE | {"settings": {}})

    bare = page.ask("POST", "/api/pairs", json={"city": "krakow", "source": "opera"})
    good = page.ask("POST", "/api/pairs", json={"city": "krakow", "source": "opera",
                                                "settings": SOURCE["settings"]})  # fmt: skip

    assert paths(bare) == {"settings.url"}
    assert good.status_code == 201


def test_a_source_may_not_be_changed_to_break_its_pairs(page: Page, conn: Connection) -> None:
    stored_pair(conn, source=source(settings=SOURCE["settings"]))  # type: ignore[arg-type]
    body = without(SOURCE, "slug") | {"version": 1}

    broken = page.ask("PUT", "/api/sources/theatres", json=body | {"settings": {}})
    wider = page.ask("PUT", "/api/sources/theatres", json=body | {"scope": "country"})
    fine = page.ask("PUT", "/api/sources/theatres", json=body | {"trust": 70})

    assert paths(broken) == {"settings.url"}
    assert "krakow · theatres" in broken.json()["errors"][0]["message"]
    assert paths(wider) == {"scope"}
    assert fine.status_code == 200


def test_a_pair_has_a_city_exactly_when_its_source_is_of_that_scope(
    page: Page, conn: Connection
) -> None:
    stored_pair(conn)
    stored_pair(conn, None, source("france", scope=Scope.COUNTRY))

    for body, path in (
        ({"source": "theatres"}, "city"),
        ({"source": "france", "city": "krakow"}, "city"),
        ({"source": "theatres", "city": "atlantis", "settings": SOURCE["settings"]}, "city"),
    ):
        answer = page.ask("POST", "/api/pairs", json=body)
        assert answer.status_code == 422
        assert paths(answer) == {path}


def test_a_pair_is_changed_switched_and_deleted(page: Page, conn: Connection) -> None:
    stored_pair(conn, settings=SOURCE["settings"])
    named = {"source": "theatres", "city": "krakow"}

    changed = page.ask("PUT", "/api/pairs", params=named, json={
        "frequency_hours": 6, "settings": SOURCE["settings"], "version": 1})  # fmt: skip
    off = page.ask("PUT", "/api/pairs/enabled", params=named, json={"enabled": False, "version": 2})
    stale = page.ask("DELETE", "/api/pairs", params={**named, "version": 2})
    gone = page.ask("DELETE", "/api/pairs", params={**named, "version": 3})
    again = page.ask("DELETE", "/api/pairs", params={**named, "version": 3})

    assert [a.status_code for a in (changed, off, stale, gone, again)] == [200, 200, 409, 200, 404]
    assert changed.json()["entity"]["frequency_hours"] == 6
    assert off.json()["entity"]["enabled"] is False
    assert [action for _, action, _ in changes(page)] == ["delete", "update", "update"]


def test_a_claim_or_a_schedule_does_not_change_the_version_of_a_pair(
    page: Page, conn: Connection
) -> None:
    stored_pair(conn)
    conn.execute("UPDATE discovery.city_source SET period_start = now(), period_zone = 'UTC'")

    assert page.get("/api/overview")["pairs"][0]["version"] == 1


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


def test_a_city_in_a_new_country_needs_the_name_of_the_country(page: Page) -> None:
    answer = page.ask("POST", "/api/cities", json=without(CITY, "country_name"))

    assert paths(answer) == {"country_name"}


def test_an_edit_of_an_unknown_object_is_not_found(page: Page) -> None:
    body = without(CITY, "slug") | {"version": 1}

    assert page.ask("PUT", "/api/cities/atlantis", json=body).status_code == 404
    assert page.ask("DELETE", "/api/sources/none?version=1").status_code == 404
    assert page.ask("GET", "/api/cities/atlantis/removal").status_code == 404
    assert page.ask("GET", "/api/pairs/removal", params={"source": "none"}).status_code == 404


def test_an_edit_is_in_airflows_audit_log_too(page: Page, metadata: Engine) -> None:
    page.ask("POST", "/api/cities", "op", json=CITY)

    with metadata.connect() as conn:
        row = conn.execute(text("SELECT event, owner, dag_id, extra FROM log")).one()

    assert row[:3] == ("discovery.city.create", "op-name", "city_discovery")
    assert "Gdańsk" in row[3]
