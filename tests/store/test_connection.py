"""Connections, and the error when the database cannot be used."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from include.discovery.errors import DatabaseUnavailable
from include.discovery.store.connection import Connection, connect, reported


def test_statements_commit_by_themselves(conn: Connection) -> None:
    assert conn.autocommit


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "America/St_Johns", "UTC"])
def test_instants_come_in_utc_whatever_the_time_zone_of_the_session(
    database_url: str, zone: str
) -> None:
    with connect(database_url, options=f"-c TimeZone={zone}") as conn:
        row = conn.execute("SELECT now(), ARRAY[now()], current_setting('TimeZone')").fetchone()

    assert row is not None
    moment, array, session = row
    assert session == zone
    assert (moment.tzinfo, array[0].tzinfo) == (UTC, UTC)
    assert abs(moment - datetime.now(UTC)) < timedelta(hours=1)


def test_parameters_win_over_those_of_the_address(database_url: str) -> None:
    address = f"{database_url}?application_name=address&connect_timeout=7"

    with connect(address, application_name="parameter") as conn:
        assert conn.execute("SHOW application_name").fetchone() == ("parameter",)
        assert conn.info.get_parameters()["connect_timeout"] == "7"


def test_a_threshold_that_is_no_number_is_refused_with_what_is_allowed(database_url: str) -> None:
    with pytest.raises(DatabaseUnavailable, match="prepare_threshold='often'"):
        connect(database_url, prepare_threshold="often")


def test_a_connection_names_its_application_to_the_server(conn: Connection) -> None:
    assert conn.execute("SHOW application_name").fetchone() == ("discovery",)


@pytest.mark.parametrize("gone", ["SCHEMA discovery", "TABLE discovery.events"])
def test_a_missing_schema_or_table_says_what_to_run(conn: Connection, gone: str) -> None:
    conn.execute(f"DROP {gone} CASCADE".encode())

    with pytest.raises(DatabaseUnavailable) as error, reported():
        conn.execute("SELECT FROM discovery.events")

    assert str(error.value).endswith("run: python -m include.discovery migrate")


@pytest.mark.parametrize(
    ("before", "statement", "said"),
    [
        ("SET SESSION AUTHORIZATION guest", "SELECT FROM discovery.events", "permission denied"),
        ("SET default_transaction_read_only = on", "DELETE FROM discovery.events", "read-only"),
        ("SET statement_timeout = 1", "SELECT pg_sleep(5)", "statement timeout"),
        ("SELECT 1", "SELECT pg_terminate_backend(pg_backend_pid())", "terminating connection"),
    ],
)
def test_a_database_error_that_an_operator_can_fix_is_one_line(
    conn: Connection, before: str, statement: str, said: str
) -> None:
    conn.execute("DO $$ BEGIN CREATE ROLE guest; EXCEPTION WHEN duplicate_object THEN END $$")
    conn.execute(before.encode())

    with pytest.raises(DatabaseUnavailable) as error, reported():
        conn.execute(statement.encode())

    message = str(error.value)
    assert message.startswith("cannot use the discovery database (connection discovery_db): ")
    assert said in message
    assert "\n" not in message


def test_a_mistake_in_our_sql_is_not_reported_as_an_unavailable_database(conn: Connection) -> None:
    with pytest.raises(psycopg.errors.SyntaxError), reported():
        conn.execute("SELEKT 1")


@pytest.mark.parametrize("statement", ["PREPARE same AS SELECT 1", "EXECUTE another"])
def test_prepared_statements_behind_a_pooler_that_mixes_them_up_say_what_to_remove(
    conn: Connection, statement: str
) -> None:
    conn.execute("PREPARE same AS SELECT 1")

    with pytest.raises(DatabaseUnavailable, match="remove prepare_threshold"), reported():
        conn.execute(statement.encode())
