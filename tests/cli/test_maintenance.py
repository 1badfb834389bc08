"""``migrate``: the schema of the database."""

from __future__ import annotations

import json
import re

import pytest

from include.discovery.store.audit import read_changes
from include.discovery.store.connection import Connection
from tests.cli.command_support import Done, Run
from tests.support.builders import stored_pair


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


class TestPrune:
    """Deletes what is older than the settings say."""

    @pytest.fixture(autouse=True)
    def old_alert(self, conn: Connection) -> None:
        pair = stored_pair(conn)
        conn.execute(
            "INSERT INTO discovery.alerts (city_source_id, condition, reason, dag_run_id,"
            " opened_at, closed_at, closed_because)"
            " VALUES (%s, 'stale', 'x', 'r', '2001-01-01', '2001-01-02', 'recovered')",
            [pair.id],
        )

    def test_a_dry_run_says_what_would_go_and_for_how_long_it_is_kept(self, run_db: Run) -> None:
        done = run_db("prune", "--dry-run")

        assert re.search(r"^closed alerts +400 days +1$", done.out, re.MULTILINE)
        assert re.search(r"^past events +forever +0$", done.out, re.MULTILINE)
        assert run_db("prune", "--dry-run") == done

    def test_prune_deletes_and_notes_who_did(self, run_db: Run, conn: Connection) -> None:
        assert json.loads(run_db("prune", "--json").out)["closed alerts"] == 1
        assert json.loads(run_db("prune", "--json").out)["closed alerts"] == 0
        (noted,) = read_changes(conn, limit=9)
        assert (noted.author.origin, noted.change.action) == ("cli", "prune")

    def test_a_retention_that_is_none_is_explained(
        self, run_db: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DISCOVERY_KEEP_RUNS", "0")

        done = run_db("prune")

        assert done.status == 2
        assert (
            "DISCOVERY_KEEP_RUNS='0' is not a whole number of days from 1, or forever" in done.err
        )
