"""Statistics: what two queries make of what Airflow leaves behind, on both kinds of database."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from threading import Event
from types import SimpleNamespace

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from include.discovery.errors import KILLED, NEVER_STARTED
from include.discovery.store.queries.outcomes import PairTally, SyncTask, TaskKey, TaskState
from include.discovery.web import cache
from include.discovery.web.statistics import (
    KnownTasks,
    PairStatistics,
    StatisticsError,
    StatisticsReader,
    pair_statistics,
)
from tests.web.metadata_support import NOW, Instance, Pair, add_run

KRAKOW: Pair = ("krakow", "theatres")
PARIS: Pair = ("paris", "theatres")
FRANCE: Pair = (None, "france-events")
FAILED = Instance("failed", 4)
KILLED_INSTANCE = Instance("failed", 4, name=None)
NOTHING: Mapping[TaskKey, SyncTask] = {}


Tasks = Mapping[TaskKey, SyncTask]


def task_of(pair: Pair, category: str | None = None, message: str | None = None) -> SyncTask:
    """Return what the discovery database knows of a task's fourth try."""
    return SyncTask(*pair, 4, category, message)


def answering(known: Tasks) -> KnownTasks:
    """Return a discovery database that knows these tasks, each of which has one pair."""

    def tallied(asked: Collection[TaskState]) -> Sequence[PairTally]:
        found = []
        for of in asked:
            key = of.run_id, of.map_index
            if key in known:
                failure = (key, known[key]) if of.state == "failed" else None
                found.append(PairTally(known[key].label, of.state, 1, of.run_after, failure))
        return found

    return KnownTasks(lambda asked: {key: known[key] for key in asked if key in known}, tallied)


def read(engine: Engine, days: int = 30, known: Tasks = NOTHING) -> dict[str, PairStatistics]:
    with Session(engine) as session:
        return pair_statistics(session, NOW - timedelta(days=days), answering(known))


def last_error(
    engine: Engine, known: Tasks = NOTHING, label: str = "krakow · theatres"
) -> StatisticsError:
    error = read(engine, known=known)[label].last_error
    assert error is not None
    return error


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("pairs", [1, 10, 500])
def test_the_statistics_take_two_queries_for_any_number_of_pairs(
    engine: Engine, pairs: int
) -> None:
    for run in range(2):
        add_run(
            engine,
            f"run-{run}",
            [((f"city-{n}", "theatres"), FAILED if n % 2 else Instance()) for n in range(pairs)],
            age=timedelta(days=run),
        )

    with statements(engine) as seen:
        found = read(engine)

    queries = [statement for statement in seen if not statement.startswith("SET LOCAL")]
    assert len(queries) == 2
    assert len(found) == pairs
    assert all(tally.runs == 2 for tally in found.values())


def test_runs_are_counted_by_pair_with_the_time_of_the_last(engine: Engine) -> None:
    add_run(engine, "old", [(KRAKOW, FAILED), (PARIS, Instance())], age=timedelta(days=2))
    add_run(engine, "new", [(PARIS, FAILED), (KRAKOW, Instance())], age=timedelta(days=1))
    add_run(engine, "now", [(FRANCE, Instance("running"))])

    found = read(engine)

    krakow, paris, france = (
        found[label] for label in ("krakow · theatres", "paris · theatres", "france-events")
    )
    assert (krakow.runs, krakow.succeeded, krakow.failed, krakow.last_state) == (2, 1, 1, "success")
    assert krakow.last_run_at == NOW - timedelta(days=1)
    assert (paris.succeeded, paris.failed, paris.last_state) == (1, 1, "failed")
    assert (france.runs, france.running, france.last_state) == (1, 1, "running")
    assert france.last_error is None


def test_a_run_is_in_the_window_by_the_time_it_was_due(engine: Engine) -> None:
    add_run(engine, "old", [(KRAKOW, FAILED)], age=timedelta(days=31))
    add_run(engine, "new", [(KRAKOW, Instance())], age=timedelta(days=29))

    assert read(engine)["krakow · theatres"].runs == 1
    assert read(engine)["krakow · theatres"].last_error is None
    assert read(engine, days=90)["krakow · theatres"].runs == 2


def test_the_last_error_is_that_of_the_newest_failed_run(engine: Engine) -> None:
    add_run(engine, "old", [(KRAKOW, FAILED)], age=timedelta(days=3))
    add_run(engine, "new", [(PARIS, FAILED), (KRAKOW, FAILED)], age=timedelta(days=2))
    add_run(engine, "good", [(KRAKOW, Instance())], age=timedelta(days=1))

    error = last_error(
        engine,
        {
            ("old", 0): task_of(KRAKOW, "server", "answered 503"),
            ("new", 0): task_of(PARIS, "server", "answered 500"),
            ("new", 1): task_of(KRAKOW, "network", "connection reset"),
        },
    )

    assert (error.category, error.message) == ("network", "connection reset")
    assert (error.run_id, error.try_number) == ("new", 4)
    assert error.log_path.endswith("/runs/new/tasks/sync/mapped/1?try_number=4")


def test_the_newest_failure_may_be_one_whose_task_has_lost_its_name(engine: Engine) -> None:
    add_run(engine, "old", [(KRAKOW, FAILED)], age=timedelta(days=3))
    add_run(engine, "new", [(PARIS, FAILED), (KRAKOW, KILLED_INSTANCE)], age=timedelta(days=2))
    known = {
        ("old", 0): task_of(KRAKOW, "server", "answered 503"),
        ("new", 1): task_of(KRAKOW),
    }

    krakow = read(engine, known=known)["krakow · theatres"]

    assert (krakow.runs, krakow.failed) == (2, 2)
    assert krakow.last_run_at == NOW - timedelta(days=2)
    assert krakow.last_error is not None
    assert (krakow.last_error.run_id, krakow.last_error.message) == ("new", KILLED)


def test_a_task_killed_on_its_last_try_counts_under_its_pair(engine: Engine) -> None:
    """Airflow leaves it without a name, and without an error."""
    add_run(
        engine, "run", [(PARIS, Instance()), (KRAKOW, KILLED_INSTANCE), (FRANCE, KILLED_INSTANCE)]
    )
    known = {("run", 1): task_of(KRAKOW), ("run", 2): task_of(FRANCE, "interrupted", KILLED)}

    found = read(engine, known=known)

    assert found["krakow · theatres"].failed == found["france-events"].failed == 1
    assert found["paris · theatres"].failed == 0
    for label in ("krakow · theatres", "france-events"):
        error = last_error(engine, known, label)
        assert (error.category, error.message) == ("interrupted", KILLED)


def test_a_task_that_is_named_by_its_bare_index_is_counted_under_its_pair(engine: Engine) -> None:
    add_run(engine, "run", [(KRAKOW, Instance("failed", 4, name="0"))])

    assert read(engine, known={("run", 0): task_of(KRAKOW)})["krakow · theatres"].failed == 1


def test_a_task_that_never_started_is_a_failure_with_a_message(engine: Engine) -> None:
    never = Instance("upstream_failed", 0, name=None, started=False)
    add_run(engine, "run", [(KRAKOW, never)])
    known = {("run", 0): SyncTask(*KRAKOW, None, None, None)}

    assert read(engine, known=known)["krakow · theatres"].failed == 1
    assert last_error(engine, known).message == NEVER_STARTED


def test_a_task_that_stopped_reporting_has_a_message(engine: Engine) -> None:
    lost = Instance("failed", 4, name=None, log_event="heartbeat timeout")
    add_run(engine, "run", [(KRAKOW, lost)])
    known = {("run", 0): task_of(KRAKOW, "interrupted", KILLED)}

    assert last_error(engine, known).message == f"{KILLED}; it had stopped reporting"


def test_secrets_in_an_error_are_masked(engine: Engine) -> None:
    add_run(engine, "run", [(KRAKOW, FAILED)])
    message = "GET https://x.example/?apikey=abcd1234 failed"

    assert (
        "abcd1234"
        not in last_error(engine, {("run", 0): task_of(KRAKOW, "server", message)}).message
    )


@pytest.mark.parametrize("known", [{}, {("run", 0): SyncTask(*KRAKOW, 3, "server", "HTTP 503")}])
def test_the_error_of_an_earlier_try_is_not_that_of_a_try_that_never_began_its_sync(
    engine: Engine, known: Tasks
) -> None:
    add_run(engine, "run", [(KRAKOW, FAILED)])

    error = last_error(engine, known)

    assert error.category == "interrupted"
    assert error.message == "the task ended before its sync began; its log says why"


def test_another_dag_and_a_run_without_a_plan_are_not_counted(engine: Engine) -> None:
    add_run(engine, "other", [(KRAKOW, Instance())], dag="another")
    add_run(engine, "empty", [])

    assert read(engine) == {}


def test_statistics_are_cached_for_a_short_time(engine: Engine) -> None:
    add_run(engine, "run", [(KRAKOW, Instance())])
    reader = StatisticsReader(lambda: Session(engine), keep_seconds=60)
    first = reader.read(30, answering(NOTHING))

    with statements(engine) as seen:
        assert reader.read(30, answering(NOTHING)) is first
        assert reader.read(7, answering(NOTHING)) is not first

    assert len([statement for statement in seen if not statement.startswith("SET")]) == 2


def test_statistics_that_are_old_are_given_while_they_are_renewed(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = [0.0]
    monkeypatch.setattr(cache, "time", SimpleNamespace(monotonic=lambda: moment[0]))
    reader = StatisticsReader(lambda: Session(engine), keep_seconds=5, renewed_seconds=60)
    add_run(engine, "run", [(KRAKOW, Instance())])
    assert reader.read(30, answering(NOTHING))["krakow · theatres"].runs == 1
    add_run(engine, "another", [(KRAKOW, Instance())])
    may_go_on = Event()

    def waiting(_asked: Collection[TaskKey]) -> Tasks:
        may_go_on.wait(10)
        return NOTHING

    moment[0] = 6.0
    known = set(threading.enumerate())
    assert reader.read(30, KnownTasks(waiting, lambda _: ()))["krakow · theatres"].runs == 1
    may_go_on.set()
    for thread in set(threading.enumerate()) - known:
        thread.join(10)
    assert reader.read(30, answering(NOTHING))["krakow · theatres"].runs == 2

    add_run(engine, "third", [(KRAKOW, Instance())])
    moment[0] = 71.0
    assert reader.read(30, answering(NOTHING))["krakow · theatres"].runs == 3


def test_a_request_that_waited_for_a_failing_query_fails_with_it_and_a_later_one_asks_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def unreachable() -> Session:
        asked.append(1)
        raise OperationalError("SELECT", {}, Exception("timeout"))

    reader = StatisticsReader(unreachable)
    # Asked at 1 s and failed at 10 s; asked at 5 s, while that was going on; asked again at 11 s.
    moments = iter([1.0, 10.0, 5.0, 11.0, 12.0])
    monkeypatch.setattr(cache, "time", SimpleNamespace(monotonic=lambda: next(moments)))

    numbers = []
    for _ in range(3):
        with pytest.raises(OperationalError):
            reader.read(30, answering(NOTHING))
        numbers.append(len(asked))
    assert numbers == [1, 1, 2]
