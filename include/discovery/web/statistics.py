"""Statistics of all pairs from Airflow's metadata database: two queries, however many pairs.

One counts the runs of each pair (GROUP BY pair) and says when it last ran; one finds the newest
failure of each pair. Both look at the runs of a window of days, by ``dag_run.run_after``, which is
indexed, and go from there through the index on (dag_id, task_id, run_id, state) of task instances.

Which pair a task instance belongs to: its name says it (``rendered_map_index``), but Airflow loses
that name when the task is killed on its last try and has none for a task that never started; and a
task that several pairs share is named after all of them. Nor does Airflow keep the text of an
error. All that stands in the discovery database, by run and map index: which pairs were planned,
and what their attempts have left. It is looked up there in one query for the errors, and in one for
the tasks without the name of a pair, if there are such: however many pairs there are.

Long because the two queries stand beside what is made of their rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from airflow.utils.sqlalchemy import UtcDateTime
from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import TextualSelect

from include.discovery.errors import INTERRUPTED, KILLED, NEVER_STARTED
from include.discovery.links import DAG_ID, SYNC_TASK, log_path
from include.discovery.redaction.masking import redact
from include.discovery.shares import IN_NAMES_OF_SHARES
from include.discovery.store.queries.outcomes import PairTally, SyncTask, TaskKey, TaskState
from include.discovery.web.answers import Answer, ErrorText, actor_of, runbook_of
from include.discovery.web.cache import Cached

CACHE_SECONDS = 15.0
"""How old an answer may be: pages refresh themselves, and several people look at once."""

RENEWED_SECONDS = 75.0
"""How old an answer may be while a fresh one is read in the background: counts of weeks are worth
no wait. Whether a pair runs, and how its last run ended, is not told by these."""

TIMEOUT_MS = 3_000
"""PostgreSQL ends a query after so long; the page then says that it failed to load."""

# Compiling would take longer than the queries do. The planner cannot know that there are few pairs,
# and would sort all instances to count them; hashing takes two thirds of the time, and no disk. Nor
# does it know that the instances of a run lie side by side: it would rather read the whole table
# than look each of them up, which takes six times as long at 1,000,000 instances.
_FOR_COUNTS = (
    f"SET LOCAL statement_timeout = {TIMEOUT_MS}; SET LOCAL jit = off; SET LOCAL enable_sort = off;"
    " SET LOCAL random_page_cost = 1.1"
)
_FOR_ERRORS = "SET LOCAL enable_sort = on"

# A name that is the bare map index is what some versions leave when they lose the real one. What
# has no pair's name is told apart by its run and map index.
_INSTANCES = f"""
SELECT pair, state, run_after, dag_run, run_id, map_index, try_number, start_date, end_date,
    CASE WHEN pair IS NULL THEN run_id END AS lost_run,
    CASE WHEN pair IS NULL THEN map_index END AS lost_index
FROM (
    SELECT CASE WHEN ti.rendered_map_index <> CAST(ti.map_index AS varchar(12))
             AND ti.rendered_map_index NOT LIKE '%{IN_NAMES_OF_SHARES}%'
            THEN ti.rendered_map_index END AS pair,
        ti.state, r.run_after, r.id AS dag_run, r.run_id, ti.map_index, ti.try_number,
        ti.start_date, ti.end_date
    FROM dag_run r
    JOIN task_instance ti ON ti.dag_id = r.dag_id AND ti.run_id = r.run_id
    WHERE r.dag_id = :dag AND r.run_after >= :since
      AND ti.dag_id = :dag AND ti.task_id = :task AND ti.map_index >= 0 {{condition}}
) named
"""  # noqa: S608  the package's own text

_COUNTS = f"""
SELECT pair, lost_run AS run_id, lost_index AS map_index, count(*) AS runs,
    count(*) FILTER (WHERE state = 'success') AS succeeded,
    count(*) FILTER (WHERE state IN ('failed', 'upstream_failed')) AS failed,
    count(*) FILTER (WHERE state IN ('running', 'queued', 'scheduled', 'up_for_retry',
        'up_for_reschedule', 'restarting', 'deferred')) AS running,
    max(run_after) AS last_run_at,
    max(run_after) FILTER (WHERE state = 'success') AS last_success_at,
    max(run_after) FILTER (WHERE state IN ('failed', 'upstream_failed')) AS last_failure_at,
    max(run_after) FILTER (WHERE state IN ('running', 'queued', 'scheduled', 'up_for_retry',
        'up_for_reschedule', 'restarting', 'deferred')) AS last_running_at
FROM ({_INSTANCES.format(condition="")}) instances
GROUP BY pair, lost_run, lost_index
"""  # noqa: S608  the module's own text

_FAILURES = _INSTANCES.format(condition="AND ti.state IN ('failed', 'upstream_failed')")
_ERRORS = f"""
SELECT f.pair, f.run_after, f.dag_run, f.run_id, f.map_index, f.try_number, f.start_date,
    f.end_date,
    (SELECT min(l.event) FROM log l
     WHERE l.dag_id = :dag AND l.task_id = :task AND l.run_id = f.run_id
       AND l.map_index = f.map_index AND l.try_number = f.try_number
       AND l.event IN ('state mismatch', 'heartbeat timeout')) AS lost
FROM (
    SELECT failures.*, row_number() OVER (
        PARTITION BY pair, lost_run, lost_index
        ORDER BY run_after DESC, dag_run DESC, map_index DESC) AS place
    FROM ({_FAILURES}) failures
) f
WHERE f.place = 1
"""  # noqa: S608  the module's own text

_NOT_BEGUN = "the task ended before its sync began; its log says why"

_LAST_AT = {
    "succeeded": "last_success_at",
    "failed": "last_failure_at",
    "running": "last_running_at",
}
"""Columns of the counts: of a state, and of when it was last."""


@dataclass(frozen=True, slots=True)
class _Failure:
    """A task that failed, or died, as it is told of one of its pairs."""

    pair: str
    row: Mapping[str, Any]
    """As Airflow has the task."""
    task: SyncTask | None
    """What the pair's latest attempt has left; ``None``: it is not known which one it is."""

    @property
    def try_number(self) -> int:
        """The try that tells of the pair: the last one, unless it had failed for good before."""
        of_task: int = self.row["try_number"]
        if self.task is None or self.task.may_retry:
            return of_task
        return self.task.try_number or of_task


class StatisticsError(ErrorText):
    """The newest failure of a pair within the window, that of its last try."""

    run_id: str
    at: datetime | None
    try_number: int
    log_path: str


class PairStatistics(Answer):
    """What Airflow's metadata database says of a pair within the window: one count per run."""

    city: str | None
    source: str
    label: str
    runs: int
    succeeded: int
    failed: int
    running: int
    """Running, queued, or waiting for a retry."""
    other: int
    """Skipped, removed, or never scheduled."""
    success_rate: float | None
    """succeeded / (succeeded + failed), from 0 to 1; None when neither."""
    last_run_at: datetime | None
    """When the newest run of the pair was due to run (``dag_run.run_after``)."""
    last_state: str | None
    """Airflow's state of the newest run's task: success, failed, running, up_for_retry, …"""
    last_error: StatisticsError | None


Statistics = Mapping[str, PairStatistics]
"""Those of all pairs, by their labels."""

SessionScope = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class KnownTasks:
    """Looks up what the discovery database knows of tasks."""

    read: Callable[[Collection[TaskKey]], Mapping[TaskKey, SyncTask]]
    """What became of the pair of each, where it has one to itself."""
    tally: Callable[[Collection[TaskState]], Sequence[PairTally]]
    """How they stand for each of their pairs."""


class StatisticsReader:
    """Reads statistics and caches them, by the number of days."""

    def __init__(
        self,
        open_session: SessionScope,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        keep_seconds: float = CACHE_SECONDS,
        renewed_seconds: float = 0,
    ) -> None:
        self._open_session = open_session
        self._now = now
        self._cached = defaultdict[int, Cached[Statistics]](
            lambda: Cached(keep_seconds, renewed_seconds)
        )

    def read(self, days: int, known: KnownTasks) -> Statistics:
        """Return the statistics of all pairs over the last days."""
        return self._cached[days].get(lambda: self._read(days, known))

    def _read(self, days: int, known: KnownTasks) -> Statistics:
        with self._open_session() as session:
            return pair_statistics(session, self._now() - timedelta(days=days), known)


def pair_statistics(
    session: Session, since: datetime, known: KnownTasks
) -> dict[str, PairStatistics]:
    """Ask the metadata database: exactly two queries.

    What is set for PostgreSQL holds for this transaction only, and is no query.
    """
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    values = {"dag": DAG_ID, "task": SYNC_TASK, "since": since}
    if is_postgresql:
        session.execute(text(_FOR_COUNTS))
    counts = [dict(row) for row in session.execute(_counts(), values).mappings()]
    if is_postgresql:
        session.execute(text(_FOR_ERRORS))
    failures = [dict(row) for row in session.execute(_errors(), values).mappings()]
    nameless = [row for row in counts if row["pair"] is None]
    tallies = known.tally([_state_of(row) for row in nameless])
    counts = [row for row in counts if row["pair"] is not None]
    counts += [_counts_of(tally) for tally in tallies]
    newest = _newest_of_each_pair(_attributed(failures, tallies, known))
    return {pair: _statistics(pair, row, newest.get(pair)) for pair, row in _summed(counts).items()}


@cache
def _counts() -> TextualSelect:
    query = text(_COUNTS)
    return query.bindparams(bindparam("since", type_=UtcDateTime())).columns(
        last_run_at=UtcDateTime(),
        last_success_at=UtcDateTime(),
        last_failure_at=UtcDateTime(),
        last_running_at=UtcDateTime(),
    )


@cache
def _errors() -> TextualSelect:
    query = text(_ERRORS)
    return query.bindparams(bindparam("since", type_=UtcDateTime())).columns(
        run_after=UtcDateTime(), start_date=UtcDateTime(), end_date=UtcDateTime()
    )


def _state_of(row: Mapping[str, Any]) -> TaskState:
    """Return how the task of a row of :data:`_COUNTS` stands that is of no pair by its name."""
    state = next((state for state in _LAST_AT if row[state]), "other")
    return TaskState(row["run_id"], row["map_index"], state, row["last_run_at"])


def _counts_of(tally: PairTally) -> dict[str, Any]:
    """Return a tally as a row of :data:`_COUNTS`."""
    at = tally.last_run_at
    counts = {state: tally.runs if state == tally.state else 0 for state in _LAST_AT}
    times = {name: at if state == tally.state else None for state, name in _LAST_AT.items()}
    return {"pair": tally.label, "runs": tally.runs, "last_run_at": at, **counts, **times}


def _attributed(
    failures: Iterable[Mapping[str, Any]], tallies: Iterable[PairTally], known: KnownTasks
) -> list[_Failure]:
    """Say which pairs failures are of, and what those have left."""
    by_task = {(row["run_id"], row["map_index"]): row for row in failures}
    tasks = known.read({key for key, row in by_task.items() if row["pair"] is not None})
    found = [
        _Failure(row["pair"], row, tasks.get(key))
        for key, row in by_task.items()
        if row["pair"] is not None
    ]
    for tally in tallies:
        if tally.newest_failure is None:
            continue
        key, task = tally.newest_failure
        # A task may have failed since its state was read.
        if key in by_task:
            found.append(_Failure(tally.label, by_task[key], task))
    return found


def _summed(counts: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Add up what there is of each pair."""
    summed: dict[str, Mapping[str, Any]] = {}
    for row in counts:
        pair = row["pair"]
        before = summed.get(pair)
        summed[pair] = row if before is None else {**row, **_sum(before, row)}
    return summed


def _sum(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    counts = {name: one[name] + other[name] for name in ("runs", *_LAST_AT)}
    times = {
        name: max(filter(None, (one[name], other[name])), default=None)
        for name in ("last_run_at", *_LAST_AT.values())
    }
    return counts | times


def _newest_of_each_pair(failures: Iterable[_Failure]) -> dict[str, _Failure]:
    def place(failure: _Failure) -> tuple[datetime, int, int]:
        row = failure.row
        return row["run_after"], row["dag_run"], row["map_index"]

    return {failure.pair: failure for failure in sorted(failures, key=place)}


def _statistics(
    pair: str,
    row: Mapping[str, Any],
    failure: _Failure | None,
) -> PairStatistics:
    city, separator, source = pair.rpartition(" · ")
    succeeded, failed, running = row["succeeded"], row["failed"], row["running"]
    judged = succeeded + failed
    last = row["last_run_at"]
    states = {
        "running": row["last_running_at"],
        "failed": row["last_failure_at"],
        "success": row["last_success_at"],
    }
    return PairStatistics(
        city=city if separator else None,
        source=source,
        label=pair,
        runs=row["runs"],
        succeeded=succeeded,
        failed=failed,
        running=running,
        other=row["runs"] - judged - running,
        success_rate=succeeded / judged if judged else None,
        last_run_at=last,
        last_state=next((state for state, at in states.items() if at == last), "other"),
        last_error=failure and _last_error(failure),
    )


def _last_error(failure: _Failure) -> StatisticsError:
    row, try_number = failure.row, failure.try_number
    category, message = _in_words(failure)
    return StatisticsError(
        category=category,
        message=message,
        actor=actor_of(category),
        runbook=runbook_of(category),
        run_id=row["run_id"],
        at=row["end_date"],
        try_number=try_number,
        log_path=log_path(row["run_id"], row["map_index"], try_number) or "",
    )


@lru_cache(maxsize=2048)
def _redacted(message: str) -> str:
    """Mask secrets once more: the same messages come with each refresh."""
    return redact(message)


def _in_words(failure: _Failure) -> tuple[str, str]:
    row, task = failure.row, failure.task
    if row["start_date"] is None:
        return INTERRUPTED, NEVER_STARTED
    is_of_try = task is not None and task.try_number == failure.try_number
    if task and is_of_try and task.error_category not in (None, INTERRUPTED):
        return task.error_category, _redacted(task.error_message or "")
    if row["lost"] == "heartbeat timeout":
        return INTERRUPTED, f"{KILLED}; it had stopped reporting"
    if task and is_of_try:
        return INTERRUPTED, _redacted(task.error_message or KILLED)
    return INTERRUPTED, KILLED if row["lost"] else _NOT_BEGUN
