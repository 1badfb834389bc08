"""``migrate``: the schema of the database."""

from __future__ import annotations

import pytest

from include.discovery.store.connection import Connection
from tests.cli.command_support import Done, Run


class TestMigrate:
    """Brings an empty database to the schema, and says what it did."""

    def test_migrate_can_be_run_again(self, run_db: Run, conn: Connection) -> None:
        conn.execute("DROP SCHEMA discovery CASCADE")

        assert run_db("migrate").out.startswith("Applied 0001_initial.sql")
        assert run_db("migrate") == Done(0, "The database is current.\n", "")

    def test_migrate_uses_the_connection_of_the_owner_where_there_is_one(
        self, run: Run, empty_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB", "postgresql://nobody@127.0.0.1:1/none")
        monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB_OWNER", empty_url)

        assert run("migrate").out.startswith("Applied 0001_initial.sql")

    def test_an_unusable_connection_of_the_owner_is_named(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB_OWNER", "mysql://me:s3cret@h/d")

        done = run("migrate")

        assert done.status == 2
        assert "AIRFLOW_CONN_DISCOVERY_DB_OWNER is not a connection to PostgreSQL" in done.err
        assert "s3cret" not in done.err
