"""``events``: what was found, as a table or as JSON lines."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from include.discovery.model import EventRecord
from include.discovery.store.connection import Connection
from tests.cli.command_support import Done, Run, json_lines
from tests.support.builders import PARIS, WARSAW, event, source, stored_events, stored_pair

TODAY = date.today()  # noqa: DTZ011  the day of the machine: events lie days away from it


def on(days: int, external_id: str) -> EventRecord:
    at = datetime.combine(TODAY + timedelta(days=days), time(19, 0), WARSAW)
    return event(external_id, title=f"Event {external_id}", starts_at=at)


@pytest.fixture(autouse=True)
def found(conn: Connection) -> None:
    stored_events(conn, stored_pair(conn), [on(5, "later"), on(3, "soon"), on(-3, "past")])
    stored_events(conn, stored_pair(conn, PARIS, source("louvre")), [on(4, "paris")])


def titles(done: Done) -> list[str]:
    return [row["title"] for row in json_lines(done.out)]


def test_upcoming_events_are_listed_by_date_with_the_time_at_the_venue(run_db: Run) -> None:
    lines = run_db("events", "--city", "krakow").out.splitlines()

    assert [line.rpartition("  ")[2] for line in lines[2:]] == ["Event soon", "Event later"]
    assert lines[2].startswith(f"{TODAY + timedelta(days=3)} 19:00  krakow")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], ["Event soon", "Event paris", "Event later"]),
        (["--source", "louvre"], ["Event paris"]),
        (["--from", str(TODAY - timedelta(days=9)), "--to", str(TODAY)], ["Event past"]),
        (["--when", "past"], ["Event past"]),
        (["--text", "PAR"], ["Event paris"]),
        (["--status", "cancelled"], []),
        (["--status", "withdrawn"], []),
        (["--changed-since", "2100-01-01"], []),
        (["--limit", "1"], ["Event soon"]),
    ],
)
def test_events_can_be_chosen(run_db: Run, options: list[str], expected: list[str]) -> None:
    assert titles(run_db("events", *options, "--json")) == expected


def test_all_events_are_read_page_by_page(run_db: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("include.discovery.cli.events._PAGE", 1)

    assert titles(run_db("events", "--limit", "0", "--json")) == [
        "Event soon", "Event paris", "Event later",
    ]  # fmt: skip
    assert len(titles(run_db("events", "--limit", "2", "--json"))) == 2


def test_a_table_that_is_cut_says_how_to_see_more(run_db: Run) -> None:
    assert run_db("events", "--limit", "1").out.endswith("all with --limit 0.\n")


def test_nothing_found_is_said(run_db: Run) -> None:
    assert run_db("events", "--text", "opera") == Done(0, "No event matches.\n", "")


def test_an_unknown_city_or_source_is_answered_with_the_existing_ones(run_db: Run) -> None:
    assert run_db("events", "--city", "krakov") == Done(
        2, "", "error: there is no city 'krakov'; there are: krakow, paris\n"
    )
