"""``sync``: one pair, without Airflow."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from include.demo.server import DemoServer
from include.discovery.due import RunTime
from include.discovery.model import Scope
from include.discovery.store.audit import read_changes
from include.discovery.store.connection import Connection
from include.discovery.store.plans import plan_pairs
from include.discovery.store.runs import Attempt, begin
from tests.cli.command_support import Done, FakeTerminal, Run, json_lines
from tests.support.builders import plan_run, source, stored_pair


class TestSync:
    """One pair, now, from the demo feeds into the database."""

    @pytest.fixture
    def library(self, run_db: Run, demo: DemoServer, conn: Connection) -> Run:
        """Call the command line with a library, and a national source whose address is gone."""
        stored_pair(conn, source=source("library"),
                    settings={"url": f"{demo.url}/library/krakow.ics"})  # fmt: skip
        stored_pair(conn, None, source("national", scope=Scope.COUNTRY),
                    settings={"url": f"{demo.url}/gone/helsinki.ics"})  # fmt: skip
        return run_db

    def listings(self, conn: Connection) -> int:
        row = conn.execute("SELECT count(*) FROM discovery.listings").fetchone()
        assert row is not None
        return int(row[0])

    def test_a_sync_loads_events_and_prints_the_counts(
        self, library: Run, conn: Connection
    ) -> None:
        done = library("sync", "krakow", "library")

        (stats,) = json_lines(done.out)
        assert done.status == 0
        assert stats["inserted"] == self.listings(conn) > 0
        assert stats["complete"] is True

    def test_a_sync_on_a_terminal_shows_progress_and_a_summary_in_words(
        self, library: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        out, err = FakeTerminal(), FakeTerminal()
        monkeypatch.setattr("sys.stdout", out)
        monkeypatch.setattr("sys.stderr", err)

        library("sync", "krakow", "library")

        first, fetched, *_ = out.getvalue().splitlines()
        assert first == "krakow · library: complete"
        assert re.fullmatch(r" +\d+ fetched( of \d+)?", fetched)
        assert "krakow · library: 1 page, " in err.getvalue()
        assert err.getvalue().endswith("\r\x1b[K"), "the line of progress is cleared"

    def test_a_sync_on_a_terminal_prints_json_if_it_is_asked_for(
        self, library: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        out = FakeTerminal()
        monkeypatch.setattr("sys.stdout", out)

        library("sync", "krakow", "library", "--json")

        (stats,) = json_lines(out.getvalue())
        assert stats["complete"] is True

    def test_a_second_sync_is_not_due(self, library: Run) -> None:
        library("sync", "krakow", "library")

        done = library("sync", "krakow", "library")

        assert (done.status, done.out) == (1, "")
        assert done.err == ("error: krakow · library is not due; sync it anyway with --force\n")

    @pytest.mark.slow
    def test_a_forced_second_sync_finds_everything_unchanged(self, library: Run) -> None:
        library("sync", "krakow", "library")

        (stats,) = json_lines(library("sync", "krakow", "library", "--force").out)
        assert stats["inserted"] == stats["updated"] == 0
        assert stats["unchanged"] > 0

    def test_a_sync_with_a_limit_loads_no_more_events(self, library: Run, conn: Connection) -> None:
        (stats,) = json_lines(library("sync", "krakow", "library", "--limit", "2").out)

        assert stats["inserted"] == self.listings(conn) == 2
        assert stats["complete"] is False

    @pytest.mark.slow
    def test_a_dry_run_of_sync_loads_nothing_and_keeps_the_schedule(
        self, library: Run, conn: Connection
    ) -> None:
        done = library("sync", "krakow", "library", "--dry-run")

        (stats,) = json_lines(done.out)
        assert stats["fetched"] > 0
        assert self.listings(conn) == 0
        assert json_lines(library("sync", "krakow", "library").out)[0]["inserted"] > 0

    @pytest.mark.slow
    def test_missing_listings_are_withdrawn_when_the_command_line_asks_for_it(
        self, library: Run, conn: Connection
    ) -> None:
        library("sync", "krakow", "library")
        conn.execute(
            "UPDATE discovery.listings SET external_id = 'gone ' || id, title = 'Gone ' || id,"
            " url = NULL, match_key = 'gone ' || id"
        )
        (kept,) = json_lines(library("sync", "krakow", "library", "--force").out)
        done = library("sync", "krakow", "library", "--force", "--withdraw-missing")

        (stats,) = json_lines(done.out)
        assert kept["withdrawn"] == 0
        assert "a person is asked whether they are gone" in kept["warnings"][0]
        assert stats["withdrawn"] > 0
        assert stats["warnings"] == []

    def test_a_missing_connection_is_reported_with_the_variable_to_set(
        self, run_db: Run, conn: Connection
    ) -> None:
        stored_pair(conn, source=source("shop", kind="ticketmaster"), settings={})

        done = run_db("sync", "krakow", "shop")

        assert done.status == 2
        assert "needs connection discovery_shop" in done.err
        assert "set the variable AIRFLOW_CONN_ with the connection's id in capitals" in done.err

    def test_a_source_that_fails_ends_with_1_and_one_line(
        self, library: Run, conn: Connection
    ) -> None:
        done = library("sync", "-", "national")

        assert (done.status, done.out) == (1, "")
        assert len(done.err.splitlines()) == 1
        states = conn.execute("SELECT state, error_category FROM discovery.sync_runs").fetchall()
        assert states == [("failed", "not_found")]

    def test_a_sync_by_command_is_in_the_audit_log_with_what_was_asked_for(
        self, library: Run, conn: Connection
    ) -> None:
        library("sync", "krakow", "library", "--limit", "1")

        (noted,) = read_changes(conn, limit=9)
        assert (noted.author.origin, noted.change.action) == ("cli", "trigger")
        assert noted.change.entity.startswith("cli__")
        assert noted.change.after == {"cities": ["krakow"], "sources": ["library"], "limit": 1}

    def test_a_pair_is_free_after_the_command(self, library: Run, conn: Connection) -> None:
        library("sync", "-", "national")
        library("sync", "krakow", "library", "--limit", "1")

        running = conn.execute("SELECT FROM discovery.sync_runs WHERE state = 'running'")
        assert running.fetchall() == []

    def test_a_sync_by_command_leaves_the_pair_due_in_the_next_scheduled_run(
        self, library: Run, conn: Connection
    ) -> None:
        library("sync", "krakow", "library")

        midnight = datetime.now(ZoneInfo("UTC"))
        planned = plan_pairs(conn, "night", RunTime(midnight, midnight), capacity=9)
        assert [pair.label for pair in planned.pairs] == ["krakow · library", "national"]

    def test_a_sync_by_command_is_no_run_of_airflow(self, library: Run, conn: Connection) -> None:
        library("sync", "krakow", "library")

        assert conn.execute("SELECT map_index FROM discovery.sync_runs").fetchall() == [(-1,)]
        assert conn.execute("SELECT count(*) FROM discovery.planned_syncs").fetchone() == (0,)

    def test_a_sync_of_a_pair_that_a_run_holds_is_refused(
        self, library: Run, conn: Connection
    ) -> None:
        pair = next(pair for pair in plan_run(conn).pairs if pair.source.slug == "library")
        begin(conn, pair, Attempt("scheduled__1", 0))

        done = library("sync", "krakow", "library", "--force")

        assert done.status == 1
        assert "krakow · library is being synced by run scheduled__1 since" in done.err
        assert len(done.err.splitlines()) == 1

    def test_a_sync_of_a_source_with_cities_needs_a_city(
        self, library: Run, conn: Connection
    ) -> None:
        """Else whichever city comes first would be synced."""
        done = library("sync", "-", "library")

        assert done == Done(2, "", "error: library has scope city: name a city\n")
        assert conn.execute("SELECT count(*) FROM discovery.sync_runs").fetchone() == (0,)

    @pytest.mark.parametrize(
        ("arguments", "status", "said"),
        [
            (("kraków", "library"), 2, "parameter cities.0 = 'kraków': "),
            (("krakov", "library"), 2, "no city is configured as 'krakov'"),
            (("krakow", "librarian"), 2, "Did you mean library?"),
            (("krakow", "national"), 2, "there is no pair of krakow with national: krakow has"),
            (("krakow", "library", "--limit", "0"), 2, "parameter limit = 0: "),
        ],
    )
    def test_an_invalid_argument_of_sync_is_explained(
        self, library: Run, arguments: tuple[str, ...], status: int, said: str
    ) -> None:
        done = library("sync", *arguments)

        assert (done.status, done.out) == (status, "")
        assert said in done.err

    def test_a_disabled_pair_is_refused_even_with_force(
        self, library: Run, conn: Connection
    ) -> None:
        conn.execute("UPDATE discovery.sources SET enabled = false")

        done = library("sync", "krakow", "library", "--force")

        assert done.status == 2
        assert "krakow · library (its source is disabled)" in done.err
