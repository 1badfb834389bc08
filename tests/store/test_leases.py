"""Leases: one live attempt per pair, and no pair held by a dead one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Event, Thread
from threading import enumerate as threads_alive
from typing import Any

import psycopg
import pytest

from include.discovery.errors import ClaimLost, PairBusy
from include.discovery.model import Pair, SyncStats
from include.discovery.store import runs
from include.discovery.store.connection import Connection, connect
from include.discovery.store.leases import LEASE, renewed
from include.discovery.store.loader import Loader
from include.discovery.store.runs import Attempt, OpenRun, PageResult
from tests.support.builders import PARIS, event, lapse, stored_pair
from tests.support.stack import wait_for

OFTEN = timedelta(milliseconds=5)


@pytest.fixture
def pair(conn: Connection) -> Pair:
    return stored_pair(conn)


def begin(conn: Connection, pair: Pair, run: str, try_number: int = 1) -> OpenRun:
    return runs.begin(conn, pair, Attempt(run, 0, try_number))


def states(conn: Connection) -> list[tuple[Any, ...]]:
    return conn.execute(
        "SELECT dag_run_id, state, error_category FROM discovery.sync_runs ORDER BY id"
    ).fetchall()


def lease(conn: Connection, run: OpenRun) -> datetime:
    row = conn.execute(
        "SELECT lease_until FROM discovery.sync_runs WHERE id = %s", [run.id]
    ).fetchone()
    assert row is not None
    return row[0]


class TestHeld:
    """A pair that is being synced is left alone."""

    def test_a_run_that_wants_a_held_pair_learns_which_run_holds_it(
        self, conn: Connection, pair: Pair
    ) -> None:
        begin(conn, pair, "manual__1")

        with pytest.raises(PairBusy, match=r"krakow · theatres is being synced by run manual__1"):
            begin(conn, pair, "scheduled__1")

        assert states(conn) == [("manual__1", "running", None)]

    def test_a_run_that_wants_a_held_pair_learns_when_the_lease_ends(
        self, conn: Connection, pair: Pair
    ) -> None:
        until = lease(conn, begin(conn, pair, "killed"))

        with pytest.raises(PairBusy, match=rf"free at {until:%H:%M:%S} UTC\)$"):
            begin(conn, pair, "next")

    @pytest.mark.parametrize("ends", [runs.finish, runs.fail])
    def test_a_pair_can_be_taken_once_the_attempt_that_held_it_has_ended(
        self, conn: Connection, pair: Pair, ends: Callable[..., None]
    ) -> None:
        first = begin(conn, pair, "first")
        how = {"complete": True} if ends is runs.finish else {"category": "server", "message": "x"}
        ends(conn, first.id, **how)

        begin(conn, pair, "second")

    def test_a_held_pair_does_not_block_another_pair(self, conn: Connection, pair: Pair) -> None:
        begin(conn, pair, "first")

        begin(conn, stored_pair(conn, PARIS), "second")

    def test_one_of_many_concurrent_attempts_gets_the_pair(
        self, pair: Pair, database_url: str
    ) -> None:
        start, held, busy = Barrier(8), [], []

        def try_it(n: int) -> None:
            with connect(database_url) as own:
                start.wait(timeout=10)
                try:
                    held.append(begin(own, pair, f"run {n}"))
                except PairBusy as error:
                    busy.append(error)

        threads = [Thread(target=try_it, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert (len(held), len(busy)) == (1, 7)

    def test_the_database_allows_one_running_attempt_of_a_pair(
        self, conn: Connection, pair: Pair
    ) -> None:
        begin(conn, pair, "first")

        with pytest.raises(psycopg.errors.UniqueViolation):
            conn.execute(
                "INSERT INTO discovery.sync_runs (city_source_id, source_slug, dag_run_id,"
                " map_index, try_number, state, dry_run, sync_started_at, started_at, lease_until)"
                " SELECT id, 'x', 'second', 0, 1, 'running', false, now(), now(), now()"
                " FROM discovery.city_source"
            )


class TestDead:
    """Whoever finds a dead attempt closes it."""

    def test_a_lapsed_attempt_is_closed_by_the_next_attempt_of_any_run(
        self, conn: Connection, pair: Pair
    ) -> None:
        begin(conn, pair, "killed")
        lapse(conn, pair)

        begin(conn, pair, "next")

        assert states(conn) == [("killed", "failed", "interrupted"), ("next", "running", None)]

    def test_a_lapsed_attempt_ended_when_its_lease_ended(
        self, conn: Connection, pair: Pair
    ) -> None:
        killed = begin(conn, pair, "killed")
        lapse(conn, pair)
        until = lease(conn, killed)

        begin(conn, pair, "next")

        row = conn.execute(
            "SELECT finished_at FROM discovery.sync_runs WHERE id = %s", [killed.id]
        ).fetchone()
        assert row == (until,)

    def test_an_earlier_try_of_a_task_is_closed_when_the_next_begins(
        self, conn: Connection, pair: Pair
    ) -> None:
        """Airflow has killed it; the retry need not wait for its lease."""
        begin(conn, pair, "run", 1)

        begin(conn, pair, "run", 2)

        assert states(conn) == [("run", "failed", "interrupted"), ("run", "running", None)]

    def test_a_busy_attempt_is_not_the_one_that_a_retry_resumes(
        self, conn: Connection, pair: Pair
    ) -> None:
        """What the holder has seen since then is not what this sync has seen."""
        holder = begin(conn, pair, "holder")
        with pytest.raises(PairBusy) as error:
            begin(conn, pair, "run")
        runs.refuse(conn, pair, Attempt("run", 0), error.value)
        runs.finish(conn, holder.id, complete=True)

        second = begin(conn, pair, "run", 2)

        refused = conn.execute(
            "SELECT max(sync_started_at) FROM discovery.sync_runs WHERE error_category = 'busy'"
        ).fetchone()
        assert refused is not None
        assert second.sync_started_at > refused[0]


class TestFencing:
    """An attempt that was taken for dead writes nothing any more."""

    @pytest.fixture
    def fenced(self, conn: Connection, pair: Pair) -> OpenRun:
        run = begin(conn, pair, "paused")
        lapse(conn, pair)
        begin(conn, pair, "next")
        return run

    def test_an_attempt_that_lost_its_claim_loads_no_page(
        self, conn: Connection, pair: Pair, fenced: OpenRun
    ) -> None:
        with pytest.raises(ClaimLost, match="did not renew it in time"):
            Loader(conn, pair, fenced).load([event("1")], PageResult(SyncStats()))

        assert conn.execute("SELECT count(*) FROM discovery.listings").fetchone() == (0,)

    def test_an_attempt_that_lost_its_claim_cannot_end_as_a_success(
        self, conn: Connection, fenced: OpenRun
    ) -> None:
        with pytest.raises(ClaimLost):
            runs.finish(conn, fenced.id, complete=True)

        assert states(conn)[0] == ("paused", "failed", "interrupted")

    def test_an_attempt_that_lost_its_claim_stays_interrupted_when_it_fails_later(
        self, conn: Connection, fenced: OpenRun
    ) -> None:
        runs.fail(conn, fenced.id, category="server", message="answered 503")

        assert states(conn)[0] == ("paused", "failed", "interrupted")

    def test_a_page_is_loaded_before_another_attempt_takes_over_or_not_at_all(
        self, conn: Connection, pair: Pair, database_url: str
    ) -> None:
        slow = begin(conn, pair, "slow")
        lapse(conn, pair)
        with connect(database_url) as loader, connect(database_url) as other:
            taken = Event()

            def take_over() -> None:
                begin(other, pair, "next")
                taken.set()

            thread = Thread(target=take_over)
            with loader.transaction():
                runs.advance(loader, slow.id, PageResult(SyncStats(pages=1), cursor="page 2"))
                thread.start()
                wait_for(
                    lambda: conn.execute(
                        "SELECT FROM pg_stat_activity WHERE datname = current_database()"
                        " AND wait_event_type = 'Lock'"
                    ).fetchone() is not None,
                    "the wait for the page",
                )  # fmt: skip
                assert not taken.is_set()
            thread.join()

        assert states(conn) == [("slow", "failed", "interrupted"), ("next", "running", None)]


class TestRenewal:
    """A holder that lives keeps its pair, however long a page takes."""

    def test_a_lease_is_renewed_while_its_holder_is_in_a_transaction(
        self, conn: Connection, pair: Pair, database_url: str
    ) -> None:
        run = begin(conn, pair, "long")
        lapse(conn, pair)
        with connect(database_url) as watcher, renewed(conn, run.id, OFTEN), conn.transaction():
            conn.execute("SELECT 1 FROM discovery.listings")
            until = wait_for(lambda: lease(watcher, run), "a renewal")
            later = wait_for(
                lambda: (found := lease(watcher, run)) > until and found, "another renewal"
            )

        started = conn.execute("SELECT now()").fetchone()
        assert started is not None
        assert later > started[0] + LEASE / 2

    def test_a_renewal_does_not_reopen_a_closed_attempt(self, conn: Connection, pair: Pair) -> None:
        run = begin(conn, pair, "paused")
        lapse(conn, pair)
        begin(conn, pair, "next")
        with renewed(conn, run.id, OFTEN):
            wait_for(lambda: not _keepers(run), "the end of the renewals")

        assert states(conn)[0] == ("paused", "failed", "interrupted")

    def test_renewal_ends_with_the_block(self, conn: Connection, pair: Pair) -> None:
        run = begin(conn, pair, "short")
        with renewed(conn, run.id):
            assert _keepers(run)

        assert not _keepers(run)

    def test_a_lease_is_renewed_after_the_database_was_away_for_a_moment(
        self, conn: Connection, pair: Pair, caplog: pytest.LogCaptureFixture
    ) -> None:
        run = begin(conn, pair, "run")
        conn.execute("ALTER TABLE discovery.sync_runs RENAME TO elsewhere")
        with renewed(conn, run.id, OFTEN):
            wait_for(lambda: "is tried again" in caplog.text, "a failed renewal")
            conn.execute("ALTER TABLE discovery.elsewhere RENAME TO sync_runs")
            lapse(conn, pair)
            wait_for(
                lambda: conn.execute(
                    "SELECT FROM discovery.sync_runs WHERE lease_until > now()"
                ).fetchone() is not None,
                "the next renewal",
            )  # fmt: skip


def _keepers(run: OpenRun) -> list[str]:
    return [thread.name for thread in threads_alive() if thread.name == f"lease-{run.id}"]
