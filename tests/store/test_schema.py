"""The schema itself: what it refuses, whoever writes, and what it has indexes for."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.errors import CheckViolation, ForeignKeyViolation, NotNullViolation, UniqueViolation

from include.discovery.store import listings, removal, withdrawals
from include.discovery.store.connection import Connection, connect
from include.discovery.store.queries import outcomes
from include.discovery.store.schedule import SCHEDULE_COLUMNS
from localdev.postgres import EmbeddedPostgres
from tests.support.builders import KRAKOW, stored_pair
from tests.support.databases import create_database, drop_database

COUNTRY = "INSERT INTO discovery.countries VALUES ({})"
CITY = """INSERT INTO discovery.cities
    (slug, name, country_code, timezone, latitude, longitude, radius_km, enabled)
    VALUES ({}, true)"""
SOURCE = """INSERT INTO discovery.sources (slug, name, kind, scope, enabled, trust, settings)
    VALUES ({})"""
PAIR = """INSERT INTO discovery.city_source
    (city_id, source_id, enabled, frequency_hours, priority, settings) VALUES ({})"""
LISTING = """INSERT INTO discovery.listings
    (source_id, external_id, match_key, title, starts_at, local_date, time_known, ends_at, timezone,
     status, attendance, performers, categories, warnings, first_seen_at, last_seen_at, changed_at,
     price_min, price_max, price_currency)
    VALUES ((SELECT id FROM discovery.sources), {})"""
RUN = """INSERT INTO discovery.sync_runs
    (source_slug, dag_run_id, map_index, try_number, dry_run, sync_started_at, started_at, state,
     finished_at, complete, error_category, error_message)
    VALUES ('s', 'run', 0, 1, false, now(), now(), {})"""
CHANGE = """INSERT INTO discovery.config_changes
    (changed_by, action, entity_type, entity, before, after) VALUES ({})"""


@pytest.fixture(scope="module")
def shared(postgres: EmbeddedPostgres, template: str) -> Iterator[Connection]:
    """Open a database with one pair in it for all tests here: each undoes what it does."""
    name = "test_schema"
    create_database(postgres, name, template)
    with connect(postgres.url(name)) as conn:
        stored_pair(conn, KRAKOW)
        yield conn
    drop_database(postgres, name)


REFUSED = [
    (COUNTRY, "'pl', 'Poland'", CheckViolation),
    (COUNTRY, "'POL', 'Poland'", CheckViolation),
    (COUNTRY, "'PL', 'Poland again'", UniqueViolation),
    (COUNTRY, "'DE', ''", CheckViolation),
    (CITY, "'Kraków', 'x', 'PL', 'UTC', 0, 0, 1", CheckViolation),
    (CITY, "'a_b', 'x', 'PL', 'UTC', 0, 0, 1", CheckViolation),
    (CITY, "E'a\\n', 'x', 'PL', 'UTC', 0, 0, 1", CheckViolation),
    (CITY, "'', 'x', 'PL', 'UTC', 0, 0, 1", CheckViolation),
    (CITY, "'krakow', 'x', 'PL', 'UTC', 0, 0, 1", UniqueViolation),
    (CITY, "'x', 'x', 'XX', 'UTC', 0, 0, 1", ForeignKeyViolation),
    (CITY, "'x', 'x', 'PL', 'UTC', 90.1, 0, 1", CheckViolation),
    (CITY, "'x', 'x', 'PL', 'UTC', 'NaN', 0, 1", CheckViolation),
    (CITY, "'x', 'x', 'PL', 'UTC', 0, 181, 1", CheckViolation),
    (CITY, "'x', 'x', 'PL', 'UTC', 0, 0, 0", CheckViolation),
    (CITY, "'x', 'x', 'PL', NULL, 0, 0, 1", NotNullViolation),
    (SOURCE, "'A', 'x', 'icalendar', 'city', true, 50, '{}'", CheckViolation),
    (SOURCE, "'a', 'x', '', 'city', true, 50, '{}'", CheckViolation),
    (SOURCE, "'a', 'x', 'icalendar', 'world', true, 50, '{}'", CheckViolation),
    (SOURCE, "'a', 'x', 'icalendar', 'city', true, 101, '{}'", CheckViolation),
    (SOURCE, "'a', 'x', 'icalendar', 'city', true, 50, '[]'", CheckViolation),
    (PAIR, "NULL, 999, true, 24, 50, '{}'", ForeignKeyViolation),
    (PAIR, "999, (SELECT id FROM discovery.sources), true, 24, 50, '{}'", ForeignKeyViolation),
    (PAIR, "NULL, NULL, true, 24, 50, '{}'", NotNullViolation),
    (PAIR, "NULL, (SELECT id FROM discovery.sources), true, 0, 50, '{}'", CheckViolation),
    (PAIR, "NULL, (SELECT id FROM discovery.sources), true, 745, 50, '{}'", CheckViolation),
    (PAIR, "NULL, (SELECT id FROM discovery.sources), true, 24, -1, '{}'", CheckViolation),
    (PAIR, "NULL, (SELECT id FROM discovery.sources), true, 24, 50, '7'", CheckViolation),
    (PAIR, ("(SELECT id FROM discovery.cities), (SELECT id FROM discovery.sources), "
           "true, 24, 50, '{}'"), UniqueViolation),
    ("UPDATE discovery.city_source SET period_start = {}", "now()", CheckViolation),
    ("UPDATE discovery.city_source SET period_zone = {}", "'UTC'", CheckViolation),
    # Of which class depends on the server's version.
    ("DELETE FROM discovery.cities WHERE slug = {}", "'krakow'", psycopg.IntegrityError),
    ("DELETE FROM discovery.sources WHERE slug = {}", "'theatres'", psycopg.IntegrityError),
    ("DELETE FROM discovery.countries WHERE code = {}", "'PL'", psycopg.IntegrityError),
    (RUN, "'failed', now(), NULL, NULL, NULL", CheckViolation),
    (RUN, "'failed', now(), NULL, 'network', NULL", CheckViolation),
    (RUN, "'failed', NULL, NULL, 'network', 'x'", CheckViolation),
    (RUN, "'failed', now(), true, 'network', 'x'", CheckViolation),
    (RUN, "'success', now(), NULL, NULL, NULL", CheckViolation),
    (RUN, "'success', now(), true, 'network', 'x'", CheckViolation),
    (RUN, "'running', now(), NULL, NULL, NULL", CheckViolation),
    (RUN, "'queued', NULL, NULL, NULL, NULL", CheckViolation),
    (CHANGE, "'me', 'create', 'city', 'x', '{}', '{}'", CheckViolation),
    (CHANGE, "'me', 'update', 'city', 'x', '{}', NULL", CheckViolation),
    (CHANGE, "'me', 'delete', 'city', 'x', NULL, NULL", CheckViolation),
    (CHANGE, "'', 'create', 'city', 'x', NULL, '{}'", CheckViolation),
    (CHANGE, "'me', 'create', 'planet', 'x', NULL, '{}'", CheckViolation),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "values", "violation"), REFUSED)
def test_the_schema_refuses_an_invalid_row(
    shared: Connection, statement: str, values: str, violation: type[psycopg.Error]
) -> None:
    with pytest.raises(violation), shared.transaction(force_rollback=True):
        shared.execute(statement.format(values).encode())


GOOD_LISTING = {
    "external_id": "'1'",
    "match_key": "'k'",
    "title": "'t'",
    "starts_at": "'2026-06-01 19:00+02'",
    "local_date": "'2026-06-01'",
    "time_known": "true",
    "ends_at": "'2026-06-01 22:00+02'",
    "timezone": "'UTC'",
    "status": "'scheduled'",
    "attendance": "'offline'",
    "performers": "'{}'",
    "categories": "'{}'",
    "warnings": "'{}'",
    "first_seen_at": "now()",
    "last_seen_at": "now()",
    "changed_at": "now()",
    "price_min": "1",
    "price_max": "2",
    "price_currency": "'PLN'",
}


def insert_listing(conn: Connection, **changes: str) -> None:
    values = ", ".join({**GOOD_LISTING, **changes}.values())
    conn.execute(LISTING.format(values).encode())


@pytest.mark.parametrize(
    ("changes", "violation"),
    [
        ({"external_id": "''"}, CheckViolation),
        ({"title": "''"}, CheckViolation),
        ({"local_date": "NULL"}, CheckViolation),
        ({"time_known": "false"}, CheckViolation),
        ({"starts_at": "NULL"}, CheckViolation),
        ({"ends_at": "'2026-06-01 18:00+02'"}, CheckViolation),
        ({"status": "'sold out'"}, CheckViolation),
        ({"attendance": "'there'"}, CheckViolation),
        ({"performers": "NULL"}, NotNullViolation),
        ({"last_seen_at": "now() - interval '1 s'"}, CheckViolation),
        ({"price_min": "-1"}, CheckViolation),
        ({"price_min": "3"}, CheckViolation),
        ({"price_currency": "'zł'"}, CheckViolation),
    ],
)
def test_the_schema_refuses_an_invalid_listing(
    shared: Connection, changes: dict[str, str], violation: type[psycopg.Error]
) -> None:
    with pytest.raises(violation), shared.transaction(force_rollback=True):
        insert_listing(shared, **changes)


def test_a_postponed_listing_may_have_no_date(shared: Connection) -> None:
    with shared.transaction(force_rollback=True):
        insert_listing(shared, status="'postponed'", local_date="NULL", starts_at="NULL",
                       time_known="false", ends_at="NULL")  # fmt: skip


def test_a_source_has_each_of_its_listings_once(shared: Connection) -> None:
    with shared.transaction(force_rollback=True):
        insert_listing(shared)
        with pytest.raises(UniqueViolation):
            insert_listing(shared)


def test_a_source_has_one_pair_without_a_city(shared: Connection) -> None:
    pair = PAIR.format("NULL, (SELECT id FROM discovery.sources), true, 24, 50, '{}'").encode()
    with shared.transaction(force_rollback=True):
        shared.execute(pair)
        with pytest.raises(UniqueViolation):
            shared.execute(pair)


# Foreign key → why deleting what it refers to may look through the whole table.
UNINDEXED = {
    "cities.country_code": "a handful of rows",
    "listings.venue_id": "venues are not deleted; each load would pay",
}


def test_foreign_keys_have_an_index_on_their_referring_side(shared: Connection) -> None:
    rows = shared.execute("""
        SELECT rel.relname || '.' || att.attname
        FROM pg_constraint con
        JOIN pg_class rel ON rel.oid = con.conrelid
        JOIN pg_attribute att ON att.attrelid = rel.oid AND att.attnum = con.conkey[1]
        WHERE con.contype = 'f' AND con.connamespace = 'discovery'::regnamespace
          AND NOT EXISTS (
              SELECT FROM pg_index i
              WHERE i.indrelid = con.conrelid AND i.indkey[0] = con.conkey[1])
    """).fetchall()

    assert {row[0] for row in rows} == set(UNINDEXED)


FREQUENT = [
    pytest.param(
        f"SELECT {SCHEDULE_COLUMNS} FROM discovery.city_source cs",
        "sync_runs_complete_of_pair",
        id="when each pair was synced",
    ),
    pytest.param(outcomes._LIVE_RUNS, "planned_syncs_not_ended", id="which runs are on"),
    pytest.param(
        withdrawals._LISTED, "listings_missing_of_pair", id="what a complete sync did not find"
    ),
    pytest.param(listings._MARK_LISTED, "listings_of_series", id="what is listed though rejected"),
    pytest.param(removal._LISTINGS["city"], "listings_of_city", id="what would go with a city"),
]
ARGUMENTS = {
    "start": "2026-01-01", "end": "2026-06-30", "sync_started_at": "2026-01-01",
    "slug": "krakow", "step": 1, "run": 1, "external_ids": ["1"], "series_ids": ["1"],
}  # fmt: skip

YEARS = """
INSERT INTO discovery.listings
    (source_id, external_id, city_source_id, match_key, title, local_date, time_known, timezone,
     status, attendance, performers, categories, warnings, first_seen_at, last_seen_at, changed_at)
SELECT source_id, n, id, n, 'x', date '2026-02-01' - n / 4, false, 'UTC', 'scheduled', 'offline',
    '{}', '{}', '{}', now(), now(), now()
FROM discovery.city_source, generate_series(1, 4000) n;
INSERT INTO discovery.sync_runs
    (city_source_id, source_slug, dag_run_id, map_index, try_number, dry_run, sync_started_at,
     started_at, state, finished_at, error_category, error_message)
SELECT id, 's', n, 0, 1, false, now(), now() - n * interval '1 day', 'failed', now(), 'x', 'x'
FROM discovery.city_source, generate_series(1, 4000) n;
INSERT INTO discovery.planned_syncs (dag_run_id, map_index, city_source_id, planned_at, ended_at)
SELECT n, 0, id, now() - n * interval '1 hour', now()
FROM discovery.city_source, generate_series(1, 4000) n;
ANALYZE discovery.listings, discovery.sync_runs, discovery.planned_syncs
"""


@pytest.mark.parametrize(("query", "index"), FREQUENT)
def test_frequent_queries_do_not_read_the_rows_of_past_years(
    shared: Connection, query: str, index: str
) -> None:
    with shared.transaction(force_rollback=True):
        shared.execute(YEARS.encode())
        # There is but one pair: what belongs to it is all there is.
        shared.execute("SET LOCAL enable_seqscan = off")
        pair = shared.execute("SELECT id FROM discovery.city_source").fetchone()
        assert pair is not None
        plan = shared.execute(
            f"EXPLAIN {query}".encode(), {**ARGUMENTS, "pair": pair[0]}
        ).fetchall()

    assert index in "\n".join(line for (line,) in plan)
