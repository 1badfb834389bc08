"""Migrations: applied once, whoever starts them, and whatever ends them half-way."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Barrier, Thread
from typing import Any, Self

import psycopg
import pytest

from include.discovery.errors import CodeOutdated, DatabaseUnavailable, NotMigrated
from include.discovery.store.connection import Connection, connect
from include.discovery.store.migrate import Migration, check_schema, migrate, migrations

FIRST = Migration("0001_first.sql", "CREATE TABLE discovery.first (id int);")
SECOND = Migration(
    "0002_second.sql",
    "CREATE TABLE discovery.second (id int); INSERT INTO discovery.second VALUES (1), (2);",
)
BROKEN = Migration(
    "0002_broken.sql", "CREATE TABLE discovery.second (id int); SELECT 1 / (SELECT 0);"
)


@pytest.fixture
def empty(empty_url: str) -> Iterator[Connection]:
    """Open a connection to an empty database."""
    with connect(empty_url) as connection:
        yield connection


def tables(conn: Connection) -> set[str]:
    rows = conn.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'discovery'").fetchall()
    return {row[0] for row in rows}


def applied(conn: Connection) -> list[str]:
    rows = conn.execute("SELECT name FROM discovery.schema_migrations ORDER BY name").fetchall()
    return [row[0] for row in rows]


def test_an_empty_database_gets_all_migrations(empty: Connection) -> None:
    names = [migration.name for migration in migrations()]

    assert migrate(empty) == names
    assert applied(empty) == names
    assert {"cities", "sources", "city_source", "listings", "events", "sync_runs"} <= tables(empty)


def test_a_current_database_gets_no_migration(conn: Connection) -> None:
    assert migrate(conn) == []


def test_only_missing_migrations_are_applied(empty: Connection) -> None:
    migrate(empty, [FIRST])

    assert migrate(empty, [FIRST, SECOND]) == ["0002_second.sql"]


def test_files_are_numbered_without_gaps_and_in_order() -> None:
    numbers = [migration.name[:4] for migration in migrations()]

    assert numbers == [f"{n:04}" for n in range(1, len(numbers) + 1)]


def test_eight_concurrent_migrations_apply_each_file_once(
    empty_url: str, empty: Connection
) -> None:
    start = Barrier(8)
    done: list[str] = []
    failures: list[BaseException] = []

    def work() -> None:
        try:
            with connect(empty_url) as own:
                start.wait(timeout=10)
                done.extend(migrate(own, [FIRST, SECOND]))
        except BaseException as error:  # noqa: BLE001  shown by the assertion
            failures.append(error)

    threads = [Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert sorted(done) == ["0001_first.sql", "0002_second.sql"]
    assert empty.execute("SELECT count(*) FROM discovery.second").fetchone() == (2,)


def test_a_failing_migration_leaves_nothing_behind_and_keeps_the_earlier_ones(
    empty: Connection,
) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate(empty, [FIRST, BROKEN])

    assert applied(empty) == ["0001_first.sql"]
    assert "second" not in tables(empty)


def test_a_failing_migration_is_applied_after_it_was_corrected(empty: Connection) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate(empty, [FIRST, BROKEN])

    assert migrate(empty, [FIRST, SECOND]) == ["0002_second.sql"]


def test_a_migration_that_is_killed_half_way_leaves_nothing_behind(
    empty_url: str, empty: Connection
) -> None:
    suicide = Migration(
        FIRST.name, f"{FIRST.sql} SELECT pg_terminate_backend(pg_backend_pid()); SELECT 1;"
    )
    with connect(empty_url) as doomed, pytest.raises(psycopg.errors.AdminShutdown):
        migrate(doomed, [suicide])

    assert tables(empty) == set()
    assert migrate(empty, [FIRST]) == [FIRST.name]


def test_a_migration_that_was_changed_after_it_was_applied_is_refused(empty: Connection) -> None:
    migrate(empty, [FIRST])

    with pytest.raises(DatabaseUnavailable) as error:
        migrate(empty, [Migration(FIRST.name, FIRST.sql + " -- harmless"), SECOND])

    assert str(error.value) == (
        "migration 0001_first.sql was changed after it had been applied; "
        "restore the file and put the change into a new one"
    )
    assert applied(empty) == ["0001_first.sql"]


def test_a_database_ahead_of_the_code_is_refused(empty: Connection) -> None:
    migrate(empty, [FIRST, SECOND])

    with pytest.raises(DatabaseUnavailable) as error:
        migrate(empty, [FIRST])

    assert str(error.value) == (
        "this code is older than the discovery database (which has 0002_second.sql); "
        "deploy the newer code"
    )


class TestCheck:
    """Each user of the database first checks that its schema is the one of the code."""

    def test_a_current_database_passes_the_check(self, conn: Connection) -> None:
        check_schema(conn)

    def test_a_database_that_lacks_a_migration_is_refused_with_its_name_and_what_to_run(
        self, conn: Connection
    ) -> None:
        newest = migrations()[-1].name
        conn.execute("DELETE FROM discovery.schema_migrations WHERE name = %s", [newest])

        with pytest.raises(NotMigrated) as error:
            check_schema(conn)

        assert str(error.value) == (
            f"the discovery database is older than this code (it lacks {newest}); "
            "run: python -m include.discovery migrate"
        )

    def test_an_empty_database_is_refused_with_what_to_run(self, empty: Connection) -> None:
        with pytest.raises(NotMigrated, match="discovery migrate"):
            check_schema(empty)

    def test_a_database_that_newer_code_has_migrated_is_refused(self, conn: Connection) -> None:
        conn.execute("INSERT INTO discovery.schema_migrations VALUES ('9999_later.sql', '')")

        with pytest.raises(CodeOutdated, match=r"this code is older than .* has 9999_later.sql"):
            check_schema(conn)

    def test_the_check_of_the_schema_is_one_statement(self, conn: Connection) -> None:
        statements: list[object] = []

        class Counting(psycopg.Cursor[Any]):
            def execute(self, query: Any, *args: Any, **more: Any) -> Self:
                statements.append(query)
                return super().execute(query, *args, **more)

        conn.cursor_factory = Counting
        check_schema(conn)

        assert len(statements) == 1
