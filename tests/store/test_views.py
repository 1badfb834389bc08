"""What those who query rely on: the views, the comments, and the questions of docs/querying.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from psycopg.sql import SQL, Identifier

from include.discovery.model import EventRecord, EventStatus, Price, Scope, SourceRole, Venue
from include.discovery.record_warnings import DateWarning
from include.discovery.store import runs
from include.discovery.store.connection import Connection, connect, rows
from include.discovery.store.runs import Attempt
from localdev.postgres import EmbeddedPostgres
from tests.support.builders import KRAKOW, PARIS, WARSAW, event, source, stored_events, stored_pair
from tests.support.databases import create_database, drop_database

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "querying.md").read_text("utf-8")
READER = (ROOT / "include" / "discovery" / "store" / "reader.sql").read_text("utf-8")

EVENT = """
event_id bigint, title text, city text, city_name text, venue text, venue_street text,
venue_postcode text, venue_locality text, venue_country text, venue_latitude double precision,
venue_longitude double precision, local_date date, time_known boolean, timezone text,
starts_local timestamp without time zone, starts_at timestamp with time zone,
ends_local timestamp without time zone, ends_at timestamp with time zone, status text,
attendance text, performers text[], categories text[], organizer text, description text, url text,
image_url text, language text, price_min numeric(12,2), price_max numeric(12,2),
price_currency text, price_is_free boolean, price_text text, listing_count integer,
first_found_at timestamp with time zone, changed_at timestamp with time zone
"""
ASSUMED = (
    "assumed text[], edited text[], venue_id bigint, previous_date date, "
    "previous_start_local timestamp without time zone, previous_start timestamp with time zone"
)
VIEWS = {
    "upcoming_events": f"{EVENT.strip()}, {ASSUMED}",
    "all_events": f"{EVENT.strip()}, withdrawn_at timestamp with time zone, is_upcoming boolean, "
    f"{ASSUMED}",
    "all_venues": "venue_id bigint, venue text, aliases text[], building_id bigint, building text, "
    "street text, postcode text, locality text, region text, country text, "
    "latitude double precision, longitude double precision",
    "event_fields": "event_id bigint, field text, source text, source_name text, external_id text, "
    "url text, is_assumed boolean, edited_by text, edited_at timestamp with time zone, "
    "edit_reason text",
    "event_sources": """
event_id bigint, source text, source_name text, trust smallint, city text, external_id text,
title text, url text, venue text, venue_street text, venue_locality text, local_date date,
time_known boolean, timezone text, starts_local timestamp without time zone,
starts_at timestamp with time zone, ends_local timestamp without time zone,
ends_at timestamp with time zone, status text, attendance text, performers text[],
categories text[], organizer text, description text, image_url text, language text,
price_min numeric(12,2), price_max numeric(12,2), price_currency text, price_is_free boolean,
price_text text, series_id text, warnings text[], source_updated_at timestamp with time zone,
first_seen_at timestamp with time zone, last_seen_at timestamp with time zone,
changed_at timestamp with time zone, missing_since timestamp with time zone,
withdrawn_at timestamp with time zone, role text, assumed text[]""",
    "sync_attempts": """
attempt_id bigint, city text, source text, run text, try_number integer, state text,
is_trial boolean, started_at timestamp with time zone, finished_at timestamp with time zone,
duration interval, window_start date, window_end date, expected integer, fetched integer,
inserted integer, updated integer, unchanged integer, duplicates integer, skipped integer,
rejected bigint, withdrawn integer, pages integer, requests integer, gaps text[], warnings text[],
error_category text, error_message text, parked_until timestamp with time zone""",
    "pairs": """
city text, city_name text, source text, source_name text, kind text, scope text, is_active boolean,
frequency_hours integer, priority smallint, trust smallint, attempts bigint, succeeded bigint,
failed bigint, last_success_at timestamp with time zone, parked_until timestamp with time zone""",
}
"""The stable interface: columns may follow these, but none of them changes or goes."""

_COLUMNS = """
SELECT a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
FROM pg_attribute a WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
"""

_UNCOMMENTED = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'discovery'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
  AND COALESCE(obj_description(c.oid, 'pg_class'), '') = ''
UNION ALL
SELECT c.relname || '.' || a.attname
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'discovery'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
  AND COALESCE(col_description(c.oid, a.attnum), '') = ''
UNION ALL
SELECT p.oid::regprocedure::text FROM pg_proc p
WHERE p.pronamespace = 'discovery'::regnamespace
  AND COALESCE(obj_description(p.oid, 'pg_proc'), '') = ''
"""


def columns_of(conn: Connection, view: str) -> list[str]:
    return [row[0] for row in conn.execute(_COLUMNS, [f"discovery.{view}"]).fetchall()]


@pytest.mark.parametrize("view", VIEWS)
def test_the_columns_of_a_view_stay_what_they_are(conn: Connection, view: str) -> None:
    stable = re.split(r",\s+", VIEWS[view].strip())

    assert columns_of(conn, view)[: len(stable)] == stable


def test_every_view_is_part_of_the_stable_interface_and_of_the_guide(conn: Connection) -> None:
    found = {row[0] for row in conn.execute(
        "SELECT relname FROM pg_class"
        " WHERE relnamespace = 'discovery'::regnamespace AND relkind IN ('v', 'm')"
    )}  # fmt: skip

    assert found == VIEWS.keys()
    assert set(re.findall(r"^\| `discovery\.(\w+)` \|", GUIDE, re.MULTILINE)) == found
    assert set(re.findall(r"discovery\.(\w+)(?=,|\n)", READER)) == found


def test_later_columns_of_a_table_leave_the_views_as_they_are(conn: Connection) -> None:
    before = {view: columns_of(conn, view) for view in VIEWS}
    with conn.transaction(force_rollback=True):
        for (table,) in conn.execute(
            "SELECT relname FROM pg_class"
            " WHERE relnamespace = 'discovery'::regnamespace AND relkind = 'r'"
        ).fetchall():
            conn.execute(
                SQL("ALTER TABLE discovery.{} ADD COLUMN title_of_later text").format(
                    Identifier(table)
                )
            )

        assert {view: columns_of(conn, view) for view in VIEWS} == before
        for view in VIEWS:
            conn.execute(SQL("SELECT * FROM discovery.{}").format(Identifier(view)))


def test_every_table_view_column_and_function_has_a_comment(conn: Connection) -> None:
    uncommented = [row[0] for row in conn.execute(_UNCOMMENTED).fetchall()]

    assert uncommented == [], "add COMMENT ON to the migration that makes it"


def test_a_column_without_a_comment_is_noticed(conn: Connection) -> None:
    with conn.transaction(force_rollback=True):
        conn.execute("ALTER TABLE discovery.events ADD COLUMN silent text")

        assert conn.execute(_UNCOMMENTED).fetchall() == [("events.silent",)]


def tomorrow() -> date:
    return datetime.now(UTC).date() + timedelta(days=1)


def at(day: date, hour: int, zone: Any = WARSAW) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=zone)


def test_times_are_those_of_the_place_whatever_the_zone_of_the_session(conn: Connection) -> None:
    start = at(tomorrow(), 19)
    stored_events(conn, stored_pair(conn), [
        event("1", starts_at=start, ends_at=start + timedelta(hours=2)),
    ])  # fmt: skip

    for zone in ("UTC", "Asia/Tokyo", "America/Los_Angeles"):
        with conn.transaction():
            conn.execute("SELECT set_config('TimeZone', %s, true)", [zone])
            for view in ("upcoming_events", "all_events", "event_sources"):
                (found,) = rows(conn, f"SELECT * FROM discovery.{view}")
                assert found["starts_local"] == start.replace(tzinfo=None)
                assert found["ends_local"] == start.replace(tzinfo=None) + timedelta(hours=2)
                assert (found["starts_at"], found["timezone"]) == (start, "Europe/Warsaw")


def test_a_zone_that_the_server_does_not_know_costs_only_the_local_time(conn: Connection) -> None:
    pair = stored_pair(conn)
    stored_events(conn, pair, [event(n, starts_at=at(tomorrow(), 19)) for n in ("1", "2")])
    for table in ("events", "listings"):
        conn.execute(
            f"UPDATE discovery.{table} SET timezone = 'Mars/Base'"
            " WHERE title = 'Concert 1'".encode()
        )

    for view in ("upcoming_events", "event_sources"):
        found = rows(conn, f"SELECT * FROM discovery.{view} ORDER BY title")
        assert [row["starts_local"] is None for row in found] == [True, False]


def test_upcoming_is_what_begins_today_or_later_by_the_date_of_its_place(conn: Connection) -> None:
    """Of two places, one a day ahead of the other, each has a day that is over in one of them."""
    pair = stored_pair(conn)
    for name, offset in (("Pacific/Kiritimati", 14), ("Pacific/Pago_Pago", -11)):
        today = (datetime.now(UTC) + timedelta(hours=offset)).date()
        stored_events(conn, pair, [
            event(f"{name} {days}", starts_at=None, local_date=today + timedelta(days=days),
                  timezone=name, venue=None)
            for days in (-1, 0, 1)
        ], name)  # fmt: skip

    found = [row[0] for row in conn.execute(
        "SELECT title FROM discovery.upcoming_events ORDER BY title"
    )]  # fmt: skip

    assert found == [
        "Concert Pacific/Kiritimati 0", "Concert Pacific/Kiritimati 1",
        "Concert Pacific/Pago_Pago 0", "Concert Pacific/Pago_Pago 1",
    ]  # fmt: skip


def test_what_will_not_happen_is_not_upcoming_and_is_told_among_all_events(
    conn: Connection,
) -> None:
    start = at(tomorrow(), 19)
    stored_events(conn, stored_pair(conn), [
        event(status.value, starts_at=start, status=status) for status in EventStatus
    ] + [event("gone", starts_at=start)])  # fmt: skip
    conn.execute("UPDATE discovery.events SET withdrawn_at = now() WHERE title = 'Concert gone'")

    upcoming = {row["title"] for row in rows(conn, "SELECT title FROM discovery.upcoming_events")}
    everything = rows(conn, "SELECT title, is_upcoming FROM discovery.all_events")

    left_out = {"Concert cancelled", "Concert postponed", "Concert gone"}
    assert upcoming == {row["title"] for row in everything if row["is_upcoming"]}
    assert {row["title"] for row in everything} - upcoming == left_out


HALL = Venue(name="Hall", locality="Kraków", street="Rynek 1", country="PL")
CLUB = Venue(name="Club", locality="Paris", country="FR")
PLN = {"currency": "PLN"}


@pytest.fixture(scope="module")
def filled(postgres: EmbeddedPostgres, template: str) -> Iterator[Connection]:
    """Fill a database about which every question of the guide has a known answer."""
    name = "test_views"
    create_database(postgres, name, template)
    with connect(postgres.url(name)) as conn:
        _fill(conn)
        yield conn
    drop_database(postgres, name)


def _fill(conn: Connection) -> None:
    def concert(title: str, days: int, hour: int = 19, **changes: Any) -> EventRecord:
        day = datetime.now(WARSAW).date() + timedelta(days=days)
        return event(title, title=title, **{"starts_at": at(day, hour), "venue": HALL, **changes})

    opera = stored_pair(conn, KRAKOW, source("opera", trust=90, role=SourceRole.OFFICIAL_VENUE))
    agenda = stored_pair(conn, KRAKOW, source("agenda"))
    louvre = stored_pair(conn, PARIS, source("louvre"))
    stored_pair(conn, None, source("national", scope=Scope.COUNTRY))
    stored_pair(conn, PARIS, source("off"), enabled=False)
    today = datetime.now(WARSAW).date()
    stored_events(conn, opera, [
        concert("Tosca", 2, price=Price(min=Decimal(80), **PLN)),
        concert("Aida", 2, 12),
        concert("Open day", 3, starts_at=None, local_date=today + timedelta(days=3),
                price=Price(is_free=True)),
        concert("Carmen", 9, price=Price(min=Decimal(15), **PLN)),
        concert("Norma", 4, status=EventStatus.CANCELLED),
        concert("Gone", 4),
        concert("Salome", -3),
    ], "opera")  # fmt: skip
    stored_events(conn, agenda, [
        concert("Tosca", 2, price=Price(min=Decimal(70), **PLN)),
        concert("Poems", 5, price=Price(min=Decimal(20), **PLN), venue=None,
                warnings=(DateWarning.YEAR_NOT_GIVEN.said(years=2026),)),
        concert("Ancient Rome", -5, 10, ends_at=at(today + timedelta(days=5), 18)),
        concert("Ended", -5, 10, ends_at=at(today - timedelta(days=1), 18)),
    ], "agenda")  # fmt: skip
    stored_events(conn, louvre, [
        concert("Nuit", 1, venue=CLUB, timezone="Europe/Paris",
                price=Price(min=Decimal(18), currency="EUR")),
    ], "louvre")  # fmt: skip
    conn.execute("UPDATE discovery.events SET withdrawn_at = now() WHERE title = 'Gone'")
    conn.execute("UPDATE discovery.listings SET withdrawn_at = now() WHERE title = 'Gone'")
    conn.execute(
        "UPDATE discovery.events SET created_at = now() - interval '9 days'"
        " WHERE title NOT IN ('Poems', 'Ended')"
    )
    opened = runs.begin(conn, louvre, Attempt("failing"))
    runs.fail(conn, opened.id, category="server", message="answered 503")
    runs.finish(conn, runs.begin(conn, agenda, Attempt("again")).id, complete=False)
    runs.finish(conn, runs.begin(conn, opera, Attempt("again")).id, complete=True)
    runs.finish(conn, runs.begin(conn, opera, Attempt("trial"), limit=5).id, complete=False)
    # stored_events ends its runs without the totals that the runs' own end adds.
    conn.execute(
        "UPDATE discovery.pair_totals SET last_success_at = now() - interval '3 days'"
        " WHERE city_source_id = %s", [agenda.id]
    )  # fmt: skip


def questions() -> dict[str, str]:
    part = GUIDE[GUIDE.index("## Twelve questions") :]
    found = re.findall(r"^### (.*?\?)\n\n```sql\n(.*?)^```", part, re.MULTILINE | re.DOTALL)
    return dict(found)


ANSWERS: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
    "What is on in Kraków": (
        "title",
        [("Aida",), ("Tosca",), ("Open day",), ("Poems",)],
    ),
    "How many events": ("city, sum(events)", [("krakow", 5), ("paris", 1)]),
    "Which venues have most": (
        "city, venue, events, days",
        [("krakow", "Hall", 4, 3), ("paris", "Club", 1, 1)],
    ),
    "What was found since": ("title", [("Poems",)]),
    "What was cancelled": ("title, what", [("Gone", "withdrawn"), ("Norma", "cancelled")]),
    "What is free": ("title", [("Open day",), ("Poems",)]),
    "What runs over several days": ("title", [("Ancient Rome",)]),
    "Where do sources contradict": (
        "title, prices, sources",
        [("Tosca", [Decimal(70), Decimal(80)], ["agenda", "opera"])],
    ),
    "Which upcoming events have a start": ("title, source", [("Poems", "agenda")]),
    "Which venues are known only": (
        "city, venue, events, sources",
        [("paris", "Club", 1, ["louvre"])],
    ),
    "What does each source bring": (
        "source, listings, known_to_it_alone, percent_with_hour, percent_with_venue",
        [
            ("opera", 4, 3, 75, 100), ("agenda", 2, 1, 100, 50), ("louvre", 1, 1, 100, 100),
        ],
    ),
    "How reliable": (
        "city, source, attempts, complete, partial, failed, overdue",
        [
            ("krakow", "agenda", 2, 1, 1, 0, True), ("paris", "louvre", 2, 1, 0, 1, True),
            (None, "national", 0, 0, 0, 0, True), ("krakow", "opera", 2, 2, 0, 0, False),
        ],
    ),
}  # fmt: skip
"""How a question begins → which of its columns are checked, and what they are."""


def test_every_question_of_the_guide_has_its_answer() -> None:
    assert len(questions()) == 12
    assert [question for question in questions() if not question.startswith(tuple(ANSWERS))] == []


@pytest.mark.parametrize("question", ANSWERS)
def test_the_query_of_a_question_gives_its_answer(filled: Connection, question: str) -> None:
    columns, expected = ANSWERS[question]
    (query,) = (sql for asked, sql in questions().items() if asked.startswith(question))
    grouped = " GROUP BY city ORDER BY city" if "sum(" in columns else ""

    found = filled.execute(
        f"SELECT {columns} FROM ({query.strip().removesuffix(';')}) answer{grouped}".encode()
    ).fetchall()

    # Where an answer has no order of its own, that of equal times or counts is by chance.
    assert found == expected
