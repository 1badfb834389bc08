"""Runs of the DAG in which pairs of a kind share a mapped task, through Airflow itself."""

from __future__ import annotations

import signal
from dataclasses import replace
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from airflow.models.taskinstance import TaskInstance, clear_task_instances
from airflow.utils.session import create_session
from sqlalchemy import select

from include.discovery.errors import DatabaseUnavailable, PairsFailed, RateLimited
from include.discovery.model import Pair
from include.discovery.orchestration.sharing import sync_share
from include.discovery.report import report
from include.discovery.settings import Settings
from include.discovery.store import leases
from include.discovery.store.connection import Connection, connect
from include.discovery.store.plans import PlannedPair
from include.discovery.store.runs import Attempt, begin, finish
from tests.orchestration.airflow_runs import AirflowRun, Calendars, Runner
from tests.support.builders import KRAKOW, source, stored_pair

pytestmark = pytest.mark.airflow

NAMES = ("books", "jazz", "opera")
TASK = "3 icalendar pairs: krakow · books, krakow · jazz, krakow · opera"


@pytest.fixture(autouse=True)
def pairs(conn: Connection, site: Calendars, monkeypatch: pytest.MonkeyPatch) -> dict[str, Pair]:
    """Store three pairs that share a task, whose calendars are at /books, /jazz and /opera."""
    monkeypatch.setenv("DISCOVERY_PAIRS_PER_TASK", "icalendar=3")
    return {
        name: stored_pair(conn, KRAKOW, source(name), settings={"url": site.url(f"/{name}")})
        for name in NAMES
    }


def states(conn: Connection, run: AirflowRun) -> dict[str, str]:
    return {outcome.source: outcome.state for outcome in report(conn, run.run_id).outcomes}


def tries(conn: Connection) -> dict[str, list[int]]:
    """Return the tries in which each pair was attempted."""
    found: dict[str, list[int]] = {name: [] for name in NAMES}
    for name, number in conn.execute(
        "SELECT source_slug, try_number FROM discovery.sync_runs ORDER BY id"
    ).fetchall():
        found[name].append(number)
    return found


def test_pairs_that_share_a_task_are_synced_by_it_each_with_a_run_of_its_own(
    airflow: Runner, conn: Connection, site: Calendars
) -> None:
    run = airflow.triggered()

    assert run.tries == {TASK: 1}
    assert run.state == "success"
    assert site.asked == ["/books", "/jazz", "/opera"]
    assert states(conn, run) == dict.fromkeys(NAMES, "success")
    assert conn.execute("SELECT count(*) FROM discovery.listings").fetchone() == (6,)


def test_only_the_pair_that_failed_is_tried_again(
    airflow: Runner, conn: Connection, site: Calendars, caplog: pytest.LogCaptureFixture
) -> None:
    # The client repeats a request that failed so within the attempt.
    site.statuses["/books"] = [503] * 4 + [200]

    run = airflow.triggered()

    assert run.state == "success"
    assert run.of("sync") == ["success"]
    assert states(conn, run) == dict.fromkeys(NAMES, "success")
    assert tries(conn) == {"books": [1, 2], "jazz": [1], "opera": [1]}
    assert "krakow · books failed: " in caplog.text
    assert f"{TASK}: attempt 1 of 4 failed; the next one starts at " in caplog.text
    assert "1 of 3 pairs are to be synced: krakow · books." in caplog.text


def test_a_pair_that_fails_for_good_fails_the_task_at_once_and_stops_no_other(
    airflow: Runner, conn: Connection, site: Calendars, caplog: pytest.LogCaptureFixture
) -> None:
    site.statuses["/books"] = [404]

    run = airflow.triggered()

    assert run.tries == {TASK: 1}
    assert run.of("sync") == ["failed"]
    assert states(conn, run) == {"books": "failed", "jazz": "success", "opera": "success"}
    assert "1 of 3 pairs failed: krakow · books (not_found, for good)" in caplog.text


def test_a_pair_that_fails_for_good_is_not_tried_again_with_one_that_may_succeed(
    airflow: Runner, conn: Connection, site: Calendars
) -> None:
    site.statuses["/books"] = [404]
    site.statuses["/jazz"] = [503] * 4 + [200]

    run = airflow.triggered()

    assert run.of("sync") == ["failed"]
    assert states(conn, run) == {"books": "failed", "jazz": "success", "opera": "success"}
    assert tries(conn) == {"books": [1], "jazz": [1, 2], "opera": [1]}


def test_a_pair_that_fails_in_every_try_names_itself_as_the_reason(
    airflow: Runner, conn: Connection, site: Calendars, caplog: pytest.LogCaptureFixture
) -> None:
    site.statuses["/opera"] = [503]

    run = airflow.triggered()

    assert run.tries == {TASK: 4}
    assert tries(conn) == {"books": [1], "jazz": [1], "opera": [1, 2, 3, 4]}
    assert run.xcom("sync", "error") == {
        "category": "shared_task", "message": "1 of 3 pairs failed: krakow · opera (server)",
    }  # fmt: skip
    assert f"{TASK}: attempt 4 of 4 failed; it was the last one of this run" in caplog.text


def test_airflow_counts_on_from_the_last_try_when_somebody_clears_a_task(airflow: Runner) -> None:
    """By that it is known which attempts belong to the task's present series of tries."""
    run = airflow.triggered()

    with create_session() as session:
        query = select(TaskInstance).where(
            TaskInstance.run_id == run.run_id, TaskInstance.task_id == "sync"
        )
        task = session.scalars(query).one()
        assert (task.try_number, task.max_tries) == (1, 3)
        clear_task_instances([task], session)
        assert (task.try_number, task.max_tries) == (1, 1 + 3)


def test_a_pair_that_waits_for_its_turn_holds_up_no_other_and_uses_no_attempt(
    airflow: Runner,
    conn: Connection,
    site: Calendars,
    pairs: dict[str, Pair],
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(leases, "_TURN", timedelta(seconds=0.2))
    site.statuses["/jazz"] = [404]
    held = stored_pair(conn, None, source("books"), settings={"url": site.url("/other")})
    conn.execute("UPDATE discovery.sources SET max_running = 1 WHERE slug = 'books'")
    other = begin(conn, held, Attempt("manual__other"))

    def end() -> None:
        while "/opera" not in site.asked:
            Event().wait(0.1)
        with connect(database_url) as own:
            finish(own, other.id, complete=True)

    ending = Thread(target=end, daemon=True)
    ending.start()
    run = airflow.triggered(cities=["krakow"])
    ending.join(60)

    assert run.tries == {TASK: 1}
    assert states(conn, run) == {"books": "success", "jazz": "failed", "opera": "success"}
    assert site.asked == ["/jazz", "/opera", "/books"]


class TestShare:
    """What becomes of a task that pairs share, by what becomes of them."""

    @pytest.fixture
    def three(self, pairs: dict[str, Pair]) -> list[PlannedPair]:
        return [PlannedPair(pair) for pair in pairs.values()]

    def test_a_pair_that_takes_too_long_fails_and_the_others_go_on(
        self, three: list[PlannedPair], caplog: pytest.LogCaptureFixture
    ) -> None:
        synced = []

        def sync(pair: Pair) -> None:
            synced.append(pair.source.slug)
            left, _ = signal.getitimer(signal.ITIMER_REAL)
            assert 0 < left <= 600
            if pair.source.slug == "books":
                signal.raise_signal(signal.SIGALRM)

        # pytest-timeout may have an alarm of its own, of half an hour.
        before = signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL)[0] > 0
        settings = Settings(sync_timeout=timedelta(minutes=10))
        with pytest.raises(PairsFailed):
            sync_share(lambda: three, sync, 1, settings)

        assert synced == ["books", "jazz", "opera"]
        assert "krakow · books failed: not finished in time" in caplog.text
        assert caplog.text.count(" failed: ") == 1
        after = signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL)[0] > 0
        assert after == before

    def test_a_lost_database_ends_the_task_since_it_would_fail_every_pair(
        self, three: list[PlannedPair]
    ) -> None:
        synced = []

        def sync(pair: Pair) -> None:
            synced.append(pair.source.slug)
            raise DatabaseUnavailable("the connection is lost")

        with pytest.raises(DatabaseUnavailable):
            sync_share(lambda: three, sync, 1, Settings())

        assert synced == ["books"]

    def test_the_task_waits_as_long_as_the_source_that_asks_for_the_longest_wait(
        self, three: list[PlannedPair]
    ) -> None:
        waits = {"books": 50.0, "jazz": 100.0, "opera": 7_200.0}

        def sync(pair: Pair) -> None:
            raise RateLimited("429", retry_after=waits[pair.source.slug])

        with pytest.raises(PairsFailed) as failed:
            sync_share(lambda: three, sync, 1, Settings())

        # The wait of two hours parks its pair.
        assert failed.value.retry_after == 100

    @pytest.mark.parametrize(
        ("planned", "is_due"),
        [
            ({}, True),
            ({"state": "success", "try_number": 1}, False),
            ({"state": "running", "try_number": 1}, True),
            ({"state": "failed", "try_number": 1}, True),
            ({"state": "failed", "try_number": 1, "may_retry": False}, False),
            ({"state": "failed", "try_number": 2}, False),
            ({"state": "failed", "try_number": 2, "error_category": "busy"}, True),
        ],
    )
    def test_a_try_takes_the_pairs_that_another_attempt_may_help(
        self, pairs: dict[str, Pair], planned: dict[str, Any], *, is_due: bool
    ) -> None:
        """The second try, which may go on after some of its pairs have waited for their turn."""
        synced: list[Pair] = []
        read = [PlannedPair(pairs["books"], **planned)]
        answers = [read, [replace(read[0], state="success")]]

        sync_share(lambda: answers.pop(0), synced.append, 2, Settings())

        assert bool(synced) is is_due
