"""Sources on the page: the list, one in depth, the forms of their kinds, and their edits."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from include.discovery.model import Venue
from include.discovery.record_warnings import DateWarning, PlaceWarning
from include.discovery.store.connection import Connection
from tests.support.builders import PARIS, event, source, stored_events, stored_pair
from tests.web.page_support import SOURCE, Page, fail, paths, sync, without


def test_the_list_of_sources_names_the_kinds_without_their_forms(
    page: Page, conn: Connection
) -> None:
    stored_pair(conn)

    answer = page.ask("GET", "/api/sources")

    (theatres,) = answer.json()["sources"]
    assert (theatres["pairs"], theatres["active_pairs"]) == (1, 1)
    kinds = {row["kind"]: row for row in answer.json()["connectors"]}
    assert kinds["icalendar"]["sources"] == ["theatres"]
    assert kinds["ticketmaster"]["needs_connection"] == "required"
    assert kinds["ticketmaster"]["usual_role"] == "ticket_shop"
    assert all(row["summary"] for row in kinds.values())
    assert len(answer.content) < 10_000


def test_each_kind_has_a_data_sheet_and_the_form_of_its_settings(page: Page) -> None:
    names = [row["kind"] for row in page.get("/api/sources")["connectors"]]
    kinds = {name: page.get(f"/api/kinds/{name}") for name in names}

    url = kinds["icalendar"]["settings_schema"]["properties"]["url"]
    assert url["description"].startswith("URL of the feed")
    for kind in kinds.values():
        assert [section["title"] for section in kind["data_sheet"]] == [
            "Provides", "Endpoint", "Auth", "Rate limit", "External id", "Time zone",
            "Known quirks",
        ]  # fmt: skip
        assert all(section["text"] for section in kind["data_sheet"])
    assert page.ask("GET", "/api/kinds/telepathy").status_code == 404


def test_a_source_is_shown_with_its_pairs_runs_failures_and_what_its_events_say(
    page: Page, conn: Connection
) -> None:
    mine = source("theatres", kind="icalendar", settings={"url": "https://opera.example/e.ics"})
    krakow, paris = stored_pair(conn, source=mine), stored_pair(conn, PARIS, mine)
    other = stored_pair(conn, source=source("another"))
    upcoming = datetime.now(UTC).date() + timedelta(days=30)
    records = [
        event("bare", local_date=upcoming, starts_at=None, time_known=False, venue=None),
        event("full", local_date=upcoming, starts_at=None, time_known=False,
              image_url="https://opera.example/1.png", venue=Venue(name="Opera")),
        event("over", local_date=date(2001, 1, 1), starts_at=None, time_known=False),
    ]  # fmt: skip
    stored_events(conn, krakow, records)
    stored_events(conn, other, [event("of-another", local_date=upcoming, starts_at=None)])
    sync(conn, krakow, "run-1")
    fail(conn, paris, "run-2")

    detail = page.get("/api/source/theatres")

    assert [row["label"] for row in detail["pairs"]] == ["krakow · theatres", "paris · theatres"]
    labels = [(attempt["label"], attempt["state"]) for attempt in detail["attempts"]]
    assert labels[0] == ("paris · theatres", "failed")
    assert ("krakow · theatres", "success") in labels
    assert [group["category"] for group in detail["errors"]] == ["server"]
    filled = {each["field"]: each for each in detail["filled"]["fields"]}
    assert detail["filled"]["events"] == 2
    assert filled["image"] == {"field": "image", "count": 1, "share": 0.5}
    assert (filled["venue"]["count"], filled["time"]["count"]) == (1, 0)
    assert [section["title"] for section in detail["data_sheet"]][-1] == "Known quirks"
    assert detail["source"]["settings"] == {"url": "https://opera.example/e.ics"}
    assert page.ask("GET", "/api/source/none").status_code == 404


def test_a_source_without_events_has_no_shares(page: Page, conn: Connection) -> None:
    stored_pair(conn)

    assert page.get("/api/source/theatres")["filled"] == {
        "events": 0,
        "fields": [],
        "warnings": [],
    }


def test_the_warnings_of_a_source_are_counted_by_kind(page: Page, conn: Connection) -> None:
    pair = stored_pair(conn)
    other = stored_pair(conn, source=source("another"))
    upcoming = datetime.now(UTC).date() + timedelta(days=30)
    assumed = [DateWarning.YEAR_NOT_GIVEN.said(years=year) for year in (2099, 2100)]
    town = PlaceWarning.ONLY_A_TOWN.said()
    records = [
        event(
            "one",
            local_date=upcoming,
            starts_at=None,
            time_known=False,
            warnings=(assumed[0], town),
        ),
        event("two", local_date=upcoming, starts_at=None, time_known=False, warnings=(assumed[1],)),
        event(
            "over", local_date=date(2001, 1, 1), starts_at=None, time_known=False, warnings=(town,)
        ),
    ]
    stored_events(conn, pair, records)
    stored_events(
        conn, other, [event("of-another", local_date=upcoming, starts_at=None, warnings=(town,))]
    )

    warnings = page.get("/api/source/theatres")["filled"]["warnings"]

    assert warnings == [
        {"warning": "year not given; taken as …", "count": 2},
        {"warning": "venue: only the town is known", "count": 1},
    ]


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


def test_a_source_has_the_role_that_is_chosen_or_the_usual_one_of_its_kind(page: Page) -> None:
    usual = page.ask("POST", "/api/sources", json=SOURCE)
    body = without(SOURCE, "slug") | {"version": 1, "role": "official_venue"}
    chosen = page.ask("PUT", "/api/sources/opera", json=body)
    unknown = page.ask("PUT", "/api/sources/opera", json=body | {"role": "friend"})

    assert usual.json()["entity"]["role"] == "organizer"
    assert chosen.json()["entity"]["role"] == "official_venue"
    assert paths(unknown) == {"role"}
