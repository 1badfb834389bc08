"""Pairs on the page: one in depth, and its edits."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from include.discovery.choices import Choices, read_choices
from include.discovery.model import Scope
from include.discovery.store.connection import Connection
from tests.support.builders import source, stored_pair
from tests.web.metadata_support import Instance, add_run
from tests.web.page_support import FRANCE, SOURCE, Page, changes, fail, paths, sync


def test_a_pair_is_shown_with_its_runs_rejects_and_events(page: Page, conn: Connection) -> None:
    pair = stored_pair(conn, source=source(settings={"timezone": "Europe/Warsaw"}))
    sync(conn, pair, "run-1", "a", "b")
    for run in ("run-2", "run-3"):
        fail(conn, pair, run, "GET https://x.example/?apikey=hidden gave 503")
    conn.execute(
        "UPDATE discovery.listings SET url = 'javascript:alert(1)' WHERE external_id = 'a'"
    )

    answer = page.get("/api/pair", source="theatres", city="krakow")

    assert len(answer["trend"]) == 30
    today = answer["trend"][-1]
    assert (today["attempts"], today["succeeded"], today["failed"]) == (3, 1, 2)
    assert (today["fetched"], today["inserted"], today["rejected"]) == (3, 2, 1)
    assert [attempt["run_id"] for attempt in answer["attempts"]] == ["run-3", "run-2", "run-1"]
    (group,) = answer["errors"]
    assert (group["category"], group["count"]) == ("server", 2)
    assert group["request"] == "https://x.example/?apikey=***"
    assert group["example_run_id"] == "run-3"
    assert answer["rejects"] == [
        {
            "reason": "no title",
            "count": 1,
            "samples": [
                {"item": "item 7", "detail": "<b>", "id": None, "url": None, "excerpt": None}
            ],
        }
    ]
    assert {found["title"]: found["url"] for found in answer["events"]}["Concert a"] is None
    assert answer["effective_settings"] == {"timezone": "Europe/Warsaw"}
    assert page.ask("GET", "/api/pair?source=theatres").status_code == 404


def test_all_numbers_of_a_pair_count_a_partial_run_as_a_success(
    page: Page, conn: Connection, metadata: Engine
) -> None:
    sync(conn, stored_pair(conn), "run", "a", complete=False)
    add_run(metadata, "run", [(("krakow", "theatres"), Instance())])

    detail = page.get("/api/pair", source="theatres", city="krakow")
    row, today = detail["pair"], detail["trend"][-1]

    counted = [
        row["statistics"],
        row["totals"],
        today,
        page.get("/api/overview")["tiles"]["last_run"],
    ]
    assert [numbers["failed"] for numbers in counted] == [0, 0, 0, 0]
    assert [numbers["succeeded"] for numbers in counted[:3]] == [1, 1, 1]
    assert row["statistics"]["success_rate"] == 1
    assert (today["attempts"], today["partial"], counted[3]["partial"]) == (1, 1, 1)
    assert row["last_run"]["state"] == detail["attempts"][0]["state"] == "partial"


def test_a_pair_of_a_wider_source_is_asked_for_without_a_city(page: Page, conn: Connection) -> None:
    stored_pair(conn, None, FRANCE)

    assert page.get("/api/pair", source="france")["pair"]["city"] is None


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


def test_a_frequency_that_the_schedule_cannot_keep_is_saved_with_a_warning(
    page: Page, conn: Connection
) -> None:
    stored_pair(conn)
    page.ask("POST", "/api/sources", json=SOURCE)
    pair = {"city": "krakow", "source": "opera"}

    often = page.ask("POST", "/api/pairs", json={**pair, "frequency_hours": 6}).json()
    daily = page.ask(
        "PUT",
        "/api/pairs?city=krakow&source=opera",
        json={"frequency_hours": 24, "version": often["version"]},
    ).json()

    (warning,) = often["warnings"]
    assert warning.startswith(
        "krakow · opera: the schedule (0 0 * * *) cannot keep a frequency of 6 h"
    )
    assert daily["warnings"] == []


@pytest.fixture
def choices_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    file = str(tmp_path / "choices.json")
    monkeypatch.setenv("DISCOVERY_CHOICES_FILE", file)
    return file


def test_the_choices_of_the_trigger_form_follow_an_edit(
    choices_file: str, page: Page, conn: Connection
) -> None:
    stored_pair(conn)

    page.ask("POST", "/api/sources", json=SOURCE)
    assert read_choices(choices_file) == Choices(
        {"krakow": "Kraków"}, {"opera": "Opera", "theatres": "Theatres"}
    )

    page.ask("PUT", "/api/sources/theatres/enabled", json={"enabled": False, "version": 1})
    assert read_choices(choices_file).sources == {"opera": "Opera"}


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
