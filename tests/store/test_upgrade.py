"""A database that an earlier release filled: after its migration nothing is lost, and all works."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from psycopg.rows import dict_row

from include.discovery.due import RunTime
from include.discovery.model import SyncStats
from include.discovery.store.connection import Connection, connect
from include.discovery.store.loader import Loader
from include.discovery.store.migrate import migrate, migrations
from include.discovery.store.plans import choose_pairs, plan_pairs
from include.discovery.store.queries.outcomes import read_outcomes
from include.discovery.store.runs import Attempt, PageResult, begin, finish
from tests.support.builders import event

if TYPE_CHECKING:
    from tests.web.page_support import Page

FIRST_RELEASE = "0003"
"""The last migration of the release that filled the database."""

FILLED = """
INSERT INTO discovery.countries VALUES ('PL', 'Poland');
INSERT INTO discovery.cities
    (slug, name, country_code, timezone, latitude, longitude, radius_km, enabled)
VALUES ('krakow', 'Kraków', 'PL', 'Europe/Warsaw', 50.0619, 19.9369, 25, true);
INSERT INTO discovery.sources (slug, name, kind, scope, enabled, trust) VALUES
    ('theatres', 'Theatres', 'icalendar', 'city', true, 50),
    ('db-archive', 'Archive', 'icalendar', 'city', true, 50),
    ('national', 'National', 'icalendar', 'country', true, 50);
INSERT INTO discovery.city_source (city_id, source_id, enabled, frequency_hours, priority,
    settings, next_run_at, claimed_by, claimed_until)
SELECT CASE WHEN s.scope = 'city' THEN c.id END, s.id, true, 24, 50,
    jsonb_build_object('url', 'https://' || s.slug || '.example/events.ics'),
    now() + interval '1 day',
    CASE WHEN s.slug = 'national' THEN 'scheduled__2026-02-02T00:00:00+00:00' END,
    CASE WHEN s.slug = 'national' THEN now() + interval '12 hours' END
FROM discovery.sources s, discovery.cities c ORDER BY s.id;

INSERT INTO discovery.venues (match_key, name) VALUES ('hall', 'Hall');
INSERT INTO discovery.events (match_key, city_id, venue_id, title, starts_at, local_date,
    time_known, timezone, status, attendance, listing_count)
SELECT 'event-' || n, 1, 1, 'Old concert ' || n, '2026-12-24 18:00Z', '2026-12-24', true,
    'Europe/Warsaw', 'scheduled', 'offline', 1
FROM generate_series(1, 3) n;
INSERT INTO discovery.listings (source_id, external_id, city_source_id, city_id, event_id, venue_id,
    match_key, title, starts_at, local_date, time_known, timezone, status, attendance, performers,
    categories, warnings, first_seen_at, last_seen_at, changed_at, withdrawn_at)
SELECT 1, 'old-' || id, 1, 1, id, 1, match_key, title, starts_at, local_date, true, timezone,
    status, attendance, '{}', '{}', '{}', '2026-01-01', '2026-02-02', '2026-01-01',
    CASE WHEN id = 3 THEN timestamptz '2026-02-02' END
FROM discovery.events;

INSERT INTO discovery.planned_syncs (dag_run_id, map_index, city_source_id, planned_at) VALUES
    ('scheduled__2026-02-02T00:00:00+00:00', 0, 1, '2026-02-02'),
    ('scheduled__2026-02-02T00:00:00+00:00', 1, 2, '2026-02-02'),
    ('scheduled__2026-02-02T00:00:00+00:00', 2, 3, '2026-02-02'),
    ('cli__2026-02-01T10:00:00', 0, 1, '2026-02-01');
INSERT INTO discovery.sync_runs (city_source_id, city_slug, source_slug, dag_run_id, map_index,
    try_number, state, dry_run, sync_started_at, started_at, finished_at, fetched, inserted,
    complete, error_category, error_message)
VALUES
    (1, 'krakow', 'theatres', 'cli__2026-02-01T10:00:00', 0, 1, 'success', false,
     '2026-02-01', '2026-02-01', '2026-02-01', 2, 2, false, NULL, NULL),
    (1, 'krakow', 'theatres', 'scheduled__2026-02-02T00:00:00+00:00', 0, 1, 'success', false,
     '2026-02-02', '2026-02-02', '2026-02-02', 3, 1, true, NULL, NULL),
    (2, 'krakow', 'db-archive', 'scheduled__2026-02-02T00:00:00+00:00', 1, 1, 'failed', false,
     '2026-02-02', '2026-02-02', '2026-02-02', 0, 0, NULL, 'server', 'answered 503'),
    (3, NULL, 'national', 'scheduled__2026-02-02T00:00:00+00:00', 2, 1, 'running', false,
     '2026-02-02', '2026-02-02', NULL, 5, 0, NULL, NULL, NULL),
    (3, NULL, 'national', 'scheduled__2026-02-01T00:00:00+00:00', 2, 1, 'running', false,
     '2026-02-01', '2026-02-01', NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO discovery.pair_totals (city_source_id, attempts, succeeded, failed, fetched, inserted,
    updated, unchanged, duplicates, skipped, withdrawn, pages, requests, rejected, first_at)
VALUES (1, 2, 2, 0, 5, 3, 0, 0, 0, 0, 0, 0, 0, 0, '2026-02-01'),
    (2, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '2026-02-02');
INSERT INTO discovery.config_changes (changed_by, action, entity_type, entity, before, after)
VALUES ('ada', 'create', 'country', 'PL', NULL, '{"name": "Poland"}'),
    ('ada', 'delete', 'city', 'atlantis', '{"slug": "atlantis"}', NULL);
"""

KEPT = {
    "countries": 1, "cities": 1, "sources": 3, "city_source": 3, "venues": 1, "events": 3,
    "listings": 3, "planned_syncs": 3, "sync_runs": 5, "pair_totals": 3, "config_changes": 2,
}  # fmt: skip
"""How many rows there are afterwards: plans of the command line go, and killed runs are counted."""


@pytest.fixture
def database_url(empty_url: str) -> str:
    """Return a database that the first release filled and this one has migrated."""
    with connect(empty_url) as conn:
        migrate(conn, [found for found in migrations() if found.name[:4] <= FIRST_RELEASE])
        conn.execute(FILLED.encode())
        migrate(conn)
    return empty_url


@pytest.fixture
def conn(database_url: str) -> Iterator[Connection]:
    with connect(database_url) as connection:
        yield connection


def test_an_upgrade_loses_no_row_of_any_table(conn: Connection) -> None:
    tables = conn.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'discovery'"
        " AND tablename <> 'schema_migrations'"
    ).fetchall()

    counts = {
        name: conn.execute(f"SELECT count(*) FROM discovery.{name}".encode()).fetchone()
        for (name,) in tables
    }

    del counts["unmatched_listings"]  # how many are upcoming depends on today
    is_new = dict.fromkeys(counts, (0,))
    assert counts == is_new | {name: (count,) for name, count in KEPT.items()}


def test_an_upgrade_leaves_what_is_upcoming_to_be_matched_by_the_next_syncs(
    conn: Connection,
) -> None:
    upcoming, noted = (
        conn.execute(query).fetchall()
        for query in (
            "SELECT id FROM discovery.listings WHERE local_date >= current_date - 1",
            "SELECT listing_id FROM discovery.unmatched_listings",
        )
    )

    assert sorted(noted) == sorted(upcoming)


def test_an_upgrade_counts_attempts_that_nobody_closed_as_interrupted(conn: Connection) -> None:
    with conn.cursor(row_factory=dict_row) as cursor:
        totals = cursor.execute(
            "SELECT attempts, failed, fetched FROM discovery.pair_totals"
            " JOIN discovery.city_source cs ON cs.id = city_source_id"
            " JOIN discovery.sources s ON s.id = cs.source_id WHERE s.slug = 'national'"
        ).fetchone()
    states = conn.execute(
        "SELECT DISTINCT state, error_category FROM discovery.sync_runs"
        " WHERE source_slug = 'national'"
    ).fetchall()

    assert totals == {"attempts": 2, "failed": 2, "fetched": 5}
    assert states == [("failed", "interrupted")]


def test_the_next_scheduled_run_takes_the_same_pairs_after_an_upgrade(conn: Connection) -> None:
    same_night = RunTime(datetime(2026, 2, 2, 1, tzinfo=UTC), datetime(2026, 2, 2, tzinfo=UTC))
    next_night = RunTime(datetime(2026, 2, 3, 1, tzinfo=UTC), datetime(2026, 2, 3, tzinfo=UTC))

    taken = [
        {pair.source.slug for pair in choose_pairs(conn, run, capacity=9).pairs}
        for run in (same_night, next_night)
    ]

    assert taken == [{"db-archive", "national"}, {"theatres", "db-archive", "national"}]


def test_every_pair_is_planned_synced_and_reported_after_an_upgrade(conn: Connection) -> None:
    night = RunTime(datetime(2026, 2, 3, 1, tzinfo=UTC), datetime(2026, 2, 3, tzinfo=UTC))
    plan = plan_pairs(conn, "tonight", night, capacity=9)

    for index, pair in enumerate(plan.pairs):
        run = begin(conn, pair, Attempt("tonight", index))
        Loader(conn, pair, run).load(
            [event(f"old-{index}", title=f"Concert {index}")], PageResult(SyncStats(fetched=1))
        )
        finish(conn, run.id, complete=True)

    assert {outcome.state for outcome in read_outcomes(conn, "tonight")} == {"success"}
    assert choose_pairs(conn, night, capacity=9).pairs == ()


def test_every_view_of_the_page_can_be_read_after_an_upgrade(page: Page) -> None:
    overview = page.get("/api/overview")
    names = {row["source"]: row["connection"]["id"] for row in overview["pairs"]}
    assert names["theatres"] == "discovery_theatres"
    assert names["db-archive"] == "discovery_source_db_archive"
    assert page.get("/api/health")["discovery_db"] == "ok"
    for path, query in (
        ("cities", {}),
        ("city/krakow", {}),
        ("sources", {}),
        ("pair", {"source": "national"}),
        ("pair", {"source": "theatres", "city": "krakow"}),
        ("errors", {}),
        ("changes", {}),
        ("live", {}),
        ("cities/krakow/removal", {}),
    ):
        page.get(f"/api/{path}", **query)


def test_an_object_that_was_configured_before_an_upgrade_can_be_removed(
    page: Page, conn: Connection
) -> None:
    asked = page.get("/api/cities/krakow/removal")

    answer = page.ask(
        "DELETE",
        "/api/cities/krakow",
        params={"version": asked["version"], "confirm": asked["confirm"]},
    )

    assert answer.status_code == 200, answer.text
    assert conn.execute("SELECT count(*) FROM discovery.listings").fetchone() == (0,)
