"""Statistics of all pairs from Airflow's metadata database: two queries, however many pairs.

One counts the runs of each pair (GROUP BY pair) and says when it last ran; one finds the newest
failure of each pair. Both look at the runs of a window of days, by ``dag_run.run_after``, which is
indexed, and go from there through the index on (dag_id, task_id, run_id, state) of task instances.

Which pair a task instance belongs to: its name says it (``rendered_map_index``), but Airflow loses
that name when the task is killed on its last try and has none for a task that never started. For
those alone the plan's own list is asked: the XCom that the run was mapped over holds the pair at
the task's map index. So nothing is lost by ``kill -9``, and nothing is paid where all went well.

Why a task failed: the task leaves category and message as XCom ``error`` before it raises. One that
was killed leaves none; then Airflow's log may tell that the try was lost.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from threading import Lock
from typing import Any

from airflow.utils.sqlalchemy import UtcDateTime
from sqlalchemy import JSON, bindparam, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import TextualSelect

from include.discovery.errors import INTERRUPTED, KILLED, NEVER_STARTED
from include.discovery.links import DAG_ID, SYNC_TASK, log_path
from include.discovery.redaction.masking import redact
from include.discovery.web.answers import Answer, ErrorText, actor_of, runbook_of

CACHE_SECONDS = 5.0
"""How old an answer may be: pages refresh themselves, and several people look at once."""

TIMEOUT_MS = 3_000
"""PostgreSQL ends a query after so long; the page then says that it failed to load."""

# Compiling would take longer than the queries do. The planner cannot know that there are few pairs,
# and would sort all instances to count them; hashing takes two thirds of the time, and no disk.
_FOR_COUNTS = (
    f"SET LOCAL statement_timeout = {TIMEOUT_MS}; SET LOCAL jit = off; SET LOCAL enable_sort = off"
)
_FOR_ERRORS = "SET LOCAL enable_sort = on"

# The entry of the plan's list at the task's map index, in each database's own notation.
_PLANNED = {
    "postgresql": "(x.value -> ti.map_index ->> '{field}')",
    "sqlite": "json_extract(x.value, '$[' || ti.map_index || '].{field}')",
}

# A name that is the bare map index is what some versions leave when they lose the real one.
_PAIR = """
CASE WHEN ti.rendered_map_index <> CAST(ti.map_index AS varchar(12)) THEN ti.rendered_map_index
ELSE (
    SELECT COALESCE({city} || ' · ', '') || {source} FROM xcom x
    WHERE x.dag_run_id = r.id AND x.task_id = 'plan' AND x.map_index = -1
      AND x.key = 'return_value'
) END
"""

_INSTANCES = """
SELECT {pair} AS pair, ti.state, r.run_after, r.id AS dag_run, r.run_id, ti.map_index,
    ti.try_number, ti.start_date, ti.end_date
FROM dag_run r
JOIN task_instance ti ON ti.dag_id = r.dag_id AND ti.run_id = r.run_id
WHERE r.dag_id = :dag AND r.run_after >= :since
  AND ti.dag_id = :dag AND ti.task_id = :task AND ti.map_index >= 0
"""

_COUNTS = """
SELECT pair, count(*) AS runs,
    count(*) FILTER (WHERE state = 'success') AS succeeded,
    count(*) FILTER (WHERE state IN ('failed', 'upstream_failed')) AS failed,
    count(*) FILTER (WHERE state IN ('running', 'queued', 'scheduled', 'up_for_retry',
        'up_for_reschedule', 'restarting', 'deferred')) AS running,
    max(run_after) AS last_run_at,
    max(run_after) FILTER (WHERE state = 'success') AS last_success_at,
    max(run_after) FILTER (WHERE state IN ('failed', 'upstream_failed')) AS last_failure_at,
    max(run_after) FILTER (WHERE state IN ('running', 'queued', 'scheduled', 'up_for_retry',
        'up_for_reschedule', 'restarting', 'deferred')) AS last_running_at
FROM ({instances}) instances
GROUP BY pair
HAVING pair IS NOT NULL
"""

_ERRORS = """
SELECT f.pair, f.run_id, f.map_index, f.try_number, f.start_date, f.end_date, e.value AS error,
    (SELECT min(l.event) FROM log l
     WHERE l.dag_id = :dag AND l.task_id = :task AND l.run_id = f.run_id
       AND l.map_index = f.map_index AND l.try_number = f.try_number
       AND l.event IN ('state mismatch', 'heartbeat timeout')) AS lost
FROM (
    SELECT failures.*, row_number() OVER (
        PARTITION BY pair ORDER BY run_after DESC, dag_run DESC, map_index DESC) AS place
    FROM ({instances} AND ti.state IN ('failed', 'upstream_failed')) failures
) f
LEFT JOIN xcom e ON e.dag_run_id = f.dag_run AND e.task_id = :task AND e.map_index = f.map_index
    AND e.key = 'error'
WHERE f.place = 1
"""


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


class StatisticsReader:
    """Reads statistics and keeps them for a moment; one thread reads while others wait for it."""

    def __init__(
        self,
        open_session: SessionScope,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        keep_seconds: float = CACHE_SECONDS,
    ) -> None:
        self._open_session = open_session
        self._now = now
        self._keep_seconds = keep_seconds
        self._lock = Lock()
        self._kept: dict[int, tuple[float, Statistics]] = {}
        """Until when an answer is kept, and the answer."""
        self._failed: dict[int, tuple[float, SQLAlchemyError]] = {}
        """When reading failed last, and how."""

    def read(self, days: int) -> Statistics:
        """Return the statistics of all pairs over the last days."""
        asked_at = time.monotonic()
        with self._lock:
            kept = self._kept.get(days)
            if kept is not None and time.monotonic() < kept[0]:
                return kept[1]
            failed = self._failed.get(days)
            if failed is not None and failed[0] > asked_at:
                # Those who waited for a database that did not answer do not wait for it again.
                raise failed[1]
            try:
                statistics = self._read(days)
            except SQLAlchemyError as error:
                self._failed[days] = (time.monotonic(), error)
                raise
            self._kept[days] = (time.monotonic() + self._keep_seconds, statistics)
            return statistics

    def _read(self, days: int) -> Statistics:
        with self._open_session() as session:
            return pair_statistics(session, self._now() - timedelta(days=days))


def pair_statistics(session: Session, since: datetime) -> dict[str, PairStatistics]:
    """Ask the metadata database: exactly two queries.

    What is set for PostgreSQL holds for this transaction only, and is no query.
    """
    dialect = session.get_bind().dialect.name
    if dialect == "postgresql":
        session.execute(text(_FOR_COUNTS))
    values = {"dag": DAG_ID, "task": SYNC_TASK, "since": since}
    counts = session.execute(_counts(dialect), values).mappings().all()
    if dialect == "postgresql":
        session.execute(text(_FOR_ERRORS))
    errors = {
        row["pair"]: _last_error(dict(row))
        for row in session.execute(_errors(dialect), values).mappings()
        # A run without a plan has an error of no pair.
        if row["pair"] is not None
    }
    return {row["pair"]: _statistics(dict(row), errors.get(row["pair"])) for row in counts}


def _instances(dialect: str) -> str:
    notation = _PLANNED.get(dialect, _PLANNED["sqlite"])
    pair = _PAIR.format(city=notation.format(field="city"), source=notation.format(field="source"))
    return _INSTANCES.format(pair=pair)


@cache
def _counts(dialect: str) -> TextualSelect:
    query = text(_COUNTS.format(instances=_instances(dialect)))
    return query.bindparams(bindparam("since", type_=UtcDateTime())).columns(
        last_run_at=UtcDateTime(),
        last_success_at=UtcDateTime(),
        last_failure_at=UtcDateTime(),
        last_running_at=UtcDateTime(),
    )


@cache
def _errors(dialect: str) -> TextualSelect:
    query = text(_ERRORS.format(instances=_instances(dialect)))
    return query.bindparams(bindparam("since", type_=UtcDateTime())).columns(
        start_date=UtcDateTime(), end_date=UtcDateTime(), error=JSON()
    )


def _statistics(row: Mapping[str, Any], last_error: StatisticsError | None) -> PairStatistics:
    city, separator, source = row["pair"].rpartition(" · ")
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
        label=row["pair"],
        runs=row["runs"],
        succeeded=succeeded,
        failed=failed,
        running=running,
        other=row["runs"] - judged - running,
        success_rate=succeeded / judged if judged else None,
        last_run_at=last,
        last_state=next((state for state, at in states.items() if at == last), "other"),
        last_error=last_error,
    )


def _last_error(row: Mapping[str, Any]) -> StatisticsError:
    category, message = _in_words(row)
    return StatisticsError(
        category=category,
        message=message,
        actor=actor_of(category),
        runbook=runbook_of(category),
        run_id=row["run_id"],
        at=row["end_date"],
        try_number=row["try_number"],
        log_path=log_path(row["run_id"], row["map_index"], row["try_number"]) or "",
    )


@lru_cache(maxsize=2048)
def _redacted(message: str) -> str:
    """Mask secrets once more: the same messages come with each refresh."""
    return redact(message)


def _in_words(row: Mapping[str, Any]) -> tuple[str, str]:
    error = row["error"]
    if isinstance(error, dict) and error.get("message"):
        return str(error.get("category") or "unknown"), _redacted(str(error["message"]))
    if row["start_date"] is None:
        return INTERRUPTED, NEVER_STARTED
    if row["lost"] == "heartbeat timeout":
        return INTERRUPTED, f"{KILLED}; it had stopped reporting"
    return INTERRUPTED, KILLED
