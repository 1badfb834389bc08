"""What an attempt leaves behind that failed or was killed, and how the next goes on."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.demo.server import DemoServer
from include.discovery.errors import (
    AllRejected,
    DatabaseUnavailable,
    NetworkError,
    UnreadableResponse,
)
from include.discovery.store.connection import Connection, connect, transaction
from include.discovery.store.runs import Attempt
from include.discovery.sync.pair import sync_pair
from tests.support.builders import source, stored_pair
from tests.sync.sync_support import NO_DATES, last_run, listings, only, run, theatres, world


class TestKeptAnswers:
    """What could not be read is kept, for whoever finds out why."""

    def kept(self, conn: Connection) -> list[tuple[str, str]]:
        found = conn.execute("SELECT category, body FROM discovery.kept_answers").fetchall()
        return [(category, zlib.decompress(body).decode()) for category, body in found]

    def test_an_answer_of_another_kind_is_kept(self, conn: Connection, demo: DemoServer) -> None:
        pair = stored_pair(
            conn, source=source(settings={"request_retries": 0}),
            settings={"url": f"{demo.url}/clubs/krakow/"},
        )  # fmt: skip

        with pytest.raises(UnreadableResponse):
            run(conn, pair, world())

        ((category, text),) = self.kept(conn)
        assert category == "parsing"
        assert text.lower().startswith("<!doctype html>")

    def test_the_last_answer_is_kept_when_all_its_items_were_rejected(
        self, conn: Connection
    ) -> None:
        settings = {"site_url": "https://example.org/"}
        pair = stored_pair(conn, source=source(kind="events_calendar"), settings=settings)

        with pytest.raises(AllRejected):
            run(conn, pair, only(NO_DATES))

        ((category, text),) = self.kept(conn)
        assert category == "validation"
        assert json.loads(text)["events"]

    def test_a_source_that_does_not_answer_leaves_nothing_to_keep(
        self, conn: Connection, demo: DemoServer
    ) -> None:
        with pytest.raises(NetworkError):
            run(conn, theatres(conn, demo), world(fail_after=3))

        assert self.kept(conn) == []


class TestStatements:
    """None takes longer than what is left of the time that an attempt may take."""

    def test_a_statement_that_waits_beyond_the_time_of_the_attempt_is_ended_and_nothing_is_lost(
        self, conn: Connection, demo: DemoServer, database_url: str
    ) -> None:
        pair = theatres(conn, demo)
        a_second = replace(world(), time_limit=timedelta(seconds=1))
        with connect(database_url) as other:
            with other.transaction():
                other.execute("LOCK TABLE discovery.listings IN EXCLUSIVE MODE")
                with pytest.raises(DatabaseUnavailable, match="statement timeout"):
                    run(conn, pair, a_second)
            assert last_run(conn, "state", "error_category") == ("failed", "database")

        result = run(conn, pair, world(), 2)

        assert result.complete
        assert listings(conn) == result.stats.inserted > 0

    def test_a_shorter_limit_of_the_role_holds(self, conn: Connection) -> None:
        conn.execute("SET statement_timeout = '5s'")

        with transaction(conn, timedelta(hours=1)):
            assert conn.execute("SHOW statement_timeout").fetchone() == ("5s",)
        conn.execute("RESET statement_timeout")
        with transaction(conn, timedelta(hours=1)):
            assert conn.execute("SHOW statement_timeout").fetchone() == ("1h",)
        assert conn.execute("SHOW statement_timeout").fetchone() == ("0",)


class TestAKilledOrFailedAttempt:
    """The next attempt of the same run resumes; nothing is lost, loaded twice or fetched again."""

    def test_pages_that_were_loaded_before_a_failure_stay(
        self, conn: Connection, demo: DemoServer
    ) -> None:
        with pytest.raises(NetworkError):
            run(conn, theatres(conn, demo), world(fail_after=3))

        assert listings(conn) == 150
        assert last_run(conn, "state", "error_category", "error_message", "pages") == (
            "failed", "network", "the line is dead", 3,
        )  # fmt: skip

    def test_the_next_attempt_fetches_only_the_remaining_pages(
        self, conn: Connection, demo: DemoServer
    ) -> None:
        pair = theatres(conn, demo)
        first: list[dict[str, Any]] = []
        second: list[dict[str, Any]] = []
        with pytest.raises(NetworkError):
            run(conn, pair, world(log=first, fail_after=3))

        result = run(conn, pair, world(log=second), try_number=2)

        assert [call["page"] for call in first] == [1, 2, 3]
        assert second[0]["page"] == 4
        assert listings(conn) == result.expected == result.stats.inserted + 150
        assert result.complete

    @pytest.mark.slow
    def test_an_attempt_after_midnight_keeps_the_window_of_the_first(
        self, conn: Connection, demo: DemoServer
    ) -> None:
        pair = theatres(conn, demo)
        with pytest.raises(NetworkError):
            run(conn, pair, world(fail_after=3))
        window = last_run(conn, "window_start", "window_end")

        run(conn, pair, world(now=datetime(2026, 2, 21, 1, 0, tzinfo=UTC)), try_number=2)

        assert last_run(conn, "window_start", "window_end") == window

    @pytest.mark.slow
    def test_another_run_starts_at_the_first_page(self, conn: Connection, demo: DemoServer) -> None:
        pair = theatres(conn, demo)
        with pytest.raises(NetworkError):
            run(conn, pair, world(fail_after=3))
        log: list[dict[str, Any]] = []

        sync_pair(conn, pair, Attempt("another run"), world(log=log))

        assert log[0]["page"] == 1

    @pytest.mark.slow
    def test_a_gap_of_the_first_attempt_is_still_a_gap_in_the_next(
        self, conn: Connection, demo: DemoServer
    ) -> None:
        pair = theatres(conn, demo)
        with pytest.raises(NetworkError):
            run(conn, pair, world(fail_after=3))
        conn.execute("UPDATE discovery.sync_runs SET gaps = '{one page was unreadable}'")

        result = run(conn, pair, world(), try_number=2)

        assert result.gaps == ("one page was unreadable",)
        assert not result.complete

    @pytest.mark.slow
    def test_bad_records_in_the_remaining_pages_do_not_fail_the_sync(
        self, conn: Connection, demo: DemoServer
    ) -> None:
        pair = theatres(conn, demo)
        with pytest.raises(NetworkError):
            run(conn, pair, world(fail_after=3))

        assert run(conn, pair, only(NO_DATES), try_number=2).stats.rejected_total == 1

    @pytest.mark.slow
    def test_an_attempt_without_an_end_reads_as_interrupted(
        self, conn: Connection, demo: DemoServer
    ) -> None:
        pair = theatres(conn, demo)
        with pytest.raises(NetworkError):
            run(conn, pair, world(fail_after=3))
        # What kill -9 leaves: the row as it was while the task was at work.
        conn.execute(
            "UPDATE discovery.sync_runs SET state = 'running', finished_at = NULL,"
            " error_category = NULL, error_message = NULL"
        )

        run(conn, pair, world(), try_number=2)

        states = conn.execute(
            "SELECT state, error_category FROM discovery.sync_runs ORDER BY id"
        ).fetchall()
        assert states == [("failed", "interrupted"), ("success", None)]
