"""With the roles of ``roles.sql`` the system works, and what runs it can do nothing more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from include.demo.server import DemoServer
from include.discovery.cli import main
from include.discovery.errors import DatabaseUnavailable
from include.discovery.store.connection import Connection, connect
from include.discovery.store.migrate import check_schema, migrate, migrations
from tests.support.roles import RoleUrls

CONFIGURATION = """
countries: {{PL: Poland}}
cities: {{krakow: {{name: Kraków, country: PL, timezone: Europe/Warsaw,
  latitude: 50.0619, longitude: 19.9369, radius_km: 25}}}}
sources: {{library: {{name: Library, kind: icalendar}}}}
pairs: [{{city: krakow, source: library, settings: {{url: '{url}/library/krakow.ics'}}}}]
"""


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(port=0) as server:
        yield server


@pytest.fixture
def runtime(role_urls: RoleUrls) -> Iterator[Connection]:
    with connect(role_urls.runtime) as conn:
        yield conn


@pytest.fixture(autouse=True)
def environment(role_urls: RoleUrls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB", role_urls.runtime)
    monkeypatch.delenv("AIRFLOW_CONN_DISCOVERY_DB_OWNER", raising=False)
    monkeypatch.setenv("DISCOVERY_PRIVATE_HOSTS", "127.0.0.1")


@pytest.mark.slow
def test_the_runtime_role_can_apply_the_configuration_sync_a_pair_and_report(
    demo: DemoServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "discovery.yaml"
    file.write_text(CONFIGURATION.format(url=demo.url), "utf-8")

    assert main(["apply", str(file)]) == 0
    capsys.readouterr()
    for _ in range(2):
        assert main(["sync", "krakow", "library", "--force"]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())

    assert first["fetched"] > 0
    assert second["unchanged"] == second["fetched"]
    assert main(["export"]) == 0
    file.write_text("countries: {PL: Poland}", "utf-8")
    assert main(["apply", str(file), "--prune"]) == 0
    assert "- pair krakow · library (" in capsys.readouterr().out


def test_the_runtime_role_can_read_and_write_the_rows_of_every_table(
    runtime: Connection,
) -> None:
    rows = runtime.execute(
        "SELECT relname, bool_and(has_table_privilege(c.oid, p))"
        " FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p"
        " WHERE relnamespace = 'discovery'::regnamespace AND relkind IN ('r', 'p')"
        " GROUP BY relname"
    ).fetchall()

    assert len(rows) > 8
    assert [name for name, may in rows if not may] == []


def test_tables_of_later_migrations_are_covered_too(
    role_urls: RoleUrls, runtime: Connection
) -> None:
    with connect(role_urls.owner) as owner, owner.transaction(force_rollback=True):
        owner.execute("CREATE TABLE discovery.later (id bigint GENERATED ALWAYS AS IDENTITY)")
        covered = owner.execute(
            "SELECT bool_and(has_table_privilege('discovery', 'discovery.later', p))"
            " FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p"
        ).fetchone()

    assert covered == (True,)


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE discovery.events",
        "DROP SCHEMA discovery CASCADE",
        "ALTER TABLE discovery.events ADD COLUMN more text",
        "ALTER TABLE discovery.events DISABLE TRIGGER ALL",
        "TRUNCATE discovery.events",
        "CREATE TABLE discovery.mine (id int)",
        "CREATE TABLE public.mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE INDEX ON discovery.events (title)",
        "CREATE EXTENSION pg_trgm",
        "CREATE FUNCTION discovery.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE ROLE another",
        "CREATE DATABASE another",
        "SET ROLE discovery_owner",
        "ALTER DEFAULT PRIVILEGES FOR ROLE discovery_owner GRANT ALL ON TABLES TO discovery",
        "COPY discovery.events TO PROGRAM 'cat'",
        "SELECT pg_read_file('postgresql.conf')",
        "SELECT rolpassword FROM pg_authid",
    ],
)
def test_the_runtime_role_has_no_other_rights(runtime: Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        runtime.execute(statement.encode())


@pytest.mark.parametrize(
    "view", ["upcoming_events", "all_events", "event_sources", "sync_attempts", "pairs"]
)
def test_the_reader_can_read_every_view(role_urls: RoleUrls, view: str) -> None:
    with connect(role_urls.reader) as reader:
        reader.execute(f"SELECT * FROM discovery.{view}".encode())


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM discovery.events",
        "SELECT settings FROM discovery.sources",
        "INSERT INTO discovery.countries VALUES ('XX', 'Nowhere')",
        "UPDATE discovery.upcoming_events SET title = 'x'",
        "DELETE FROM discovery.sync_attempts",
        "TRUNCATE discovery.events",
        "CREATE TABLE discovery.mine (id int)",
        "CREATE TABLE public.mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "SET ROLE discovery",
    ],
)
def test_the_reader_can_read_no_table_and_write_nothing(
    role_urls: RoleUrls, statement: str
) -> None:
    with connect(role_urls.reader) as reader:
        reader.execute("SET default_transaction_read_only = off")
        with pytest.raises(
            (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectNotInPrerequisiteState)
        ):
            reader.execute(statement.encode())


def test_the_reader_is_told_at_once_that_it_only_reads(role_urls: RoleUrls) -> None:
    with connect(role_urls.reader) as reader, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        reader.execute("INSERT INTO discovery.countries VALUES ('XX', 'Nowhere')")


def test_airflows_database_is_closed_to_both_roles(role_urls: RoleUrls) -> None:
    """Where it is on the same server, and closed as the documentation says."""
    with psycopg.connect(role_urls.superuser, autocommit=True) as session:
        session.execute("REVOKE CONNECT ON DATABASE airflow FROM PUBLIC")

    for role in ("discovery", "discovery_owner"):
        with pytest.raises(DatabaseUnavailable, match="permission denied for database"):
            connect(role_urls.metadata.replace("//discovery:", f"//{role}:"))


def test_airflows_tables_cannot_be_read_even_where_its_database_is_open(
    role_urls: RoleUrls,
) -> None:
    with psycopg.connect(role_urls.superuser, autocommit=True) as session:
        session.execute("GRANT CONNECT ON DATABASE airflow TO PUBLIC")

    with (
        connect(role_urls.metadata) as conn,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        conn.execute("SELECT * FROM connection")


class TestMigrate:
    """Who may bring the schema up."""

    def test_a_current_database_needs_no_right_of_the_owner(self, runtime: Connection) -> None:
        assert migrate(runtime) == []
        check_schema(runtime)

    def test_the_migrate_command_says_who_may_migrate_where_a_migration_is_missing(
        self, runtime: Connection, capsys: pytest.CaptureFixture[str]
    ) -> None:
        newest = migrations()[-1]
        runtime.execute("DELETE FROM discovery.schema_migrations WHERE name = %s", [newest.name])
        try:
            assert main(["migrate"]) == 1
        finally:
            runtime.execute(
                "INSERT INTO discovery.schema_migrations VALUES (%s, %s)",
                [newest.name, newest.sha256],
            )

        said = capsys.readouterr().err
        assert said.startswith(
            "error: role discovery may not change the schema of the discovery database"
        )
        assert "discovery_db_owner" in said
        assert len(said.splitlines()) == 1
