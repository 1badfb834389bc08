"""What runs made of their pairs, over all attempts, and which runs are on."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from include.discovery.model import SyncStats, pair_label
from include.discovery.store.connection import Connection, each_row, rows
from include.discovery.store.entities import PAIRS
from include.discovery.store.totals import COUNTS, summed


@dataclass(frozen=True, slots=True)
class PairOutcome:
    """What a whole run made of one pair, over all attempts."""

    city: str | None
    source: str
    state: str
    """``planned`` (no attempt yet), ``running``, ``success`` or ``failed``."""
    attempts: int
    stats: SyncStats
    map_index: int = -1
    dry_run: bool = False
    limited: bool = False
    """It was to load some events only: what it left unread is no shortcoming."""
    expected: int | None = None
    complete: bool | None = None
    gaps: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    started_at: datetime | None = None
    finished_at: datetime | None = None
    error_category: str | None = None
    error_message: str | None = None
    parked_until: datetime | None = None
    """Until when the failure parked the pair."""

    @property
    def label(self) -> str:
        """The pair's name."""
        return pair_label(self.city, self.source)

    @property
    def is_partial(self) -> bool:
        """Say whether it ended well without having read all that it was to read."""
        return self.state == "success" and not self.complete and not self.limited


TaskKey = tuple[str, int]
"""A mapped task: the id of its run, and its map index."""


@dataclass(frozen=True, slots=True)
class SyncTask:
    """What is known of a mapped task of a run, however it ended."""

    city: str | None
    source: str
    try_number: int | None
    """Of its latest attempt; None: none has begun."""
    error_category: str | None
    error_message: str | None
    may_retry: bool = True
    """Whether another attempt of the run may have helped, if its latest failed."""

    @property
    def label(self) -> str:
        """The name of its pair."""
        return pair_label(self.city, self.source)


@dataclass(frozen=True, slots=True)
class TaskState:
    """How a mapped task stands, as Airflow has it."""

    run_id: str
    map_index: int
    state: str
    """``succeeded``, ``failed``, ``running`` or ``other``."""
    run_after: datetime


@dataclass(frozen=True, slots=True)
class PairTally:
    """How many of the tasks that were asked for stand alike for a pair."""

    label: str
    state: str
    """As of a task; but a pair whose sync has succeeded has, whatever became of its task."""
    runs: int
    last_run_at: datetime
    newest_failure: tuple[TaskKey, SyncTask] | None
    """Where the state is ``failed``."""


# A pair's latest attempt gives its state; counts add up over the attempts of the latest sync.
_OUTCOMES = f"""
SELECT c.slug AS city, s.slug AS source, p.map_index,
    COALESCE(latest.state, 'planned') AS state,
    COALESCE(latest.try_number, 0) AS attempts, COALESCE(latest.dry_run, false) AS dry_run,
    latest.event_limit IS NOT NULL AS limited,
    latest.expected, latest.complete, COALESCE(latest.gaps, '{{}}') AS gaps,
    COALESCE(latest.warnings, '{{}}') AS warnings,
    latest.error_category, latest.error_message, latest.finished_at, latest.parked_until,
    runs.*
FROM {PAIRS}
JOIN discovery.planned_syncs p ON p.city_source_id = cs.id
LEFT JOIN LATERAL (
    SELECT * FROM discovery.sync_runs r
    WHERE r.dag_run_id = p.dag_run_id AND r.city_source_id = p.city_source_id
    ORDER BY r.id DESC LIMIT 1
) latest ON true
LEFT JOIN LATERAL (
    SELECT min(r.started_at) AS started_at,
        {", ".join(f"COALESCE(sum(r.{name}), 0)::int AS {name}" for name in COUNTS)},
        COALESCE(jsonb_agg(r.rejected), '[]') AS rejected
    FROM discovery.sync_runs r
    WHERE r.dag_run_id = p.dag_run_id AND r.city_source_id = p.city_source_id
      AND r.sync_started_at = latest.sync_started_at
) runs ON true
WHERE p.dag_run_id = %s
ORDER BY p.map_index, cs.id
"""  # noqa: S608  the module's own text

# A pair without a city brings events of many. A dry run changes no listing. Pair by pair, so that
# only what has changed is read, however many listings there are.
_CHANGES_BY_CITY = """
WITH synced AS (
    SELECT city_source_id, city_slug, min(sync_started_at) AS since,
        bool_or(state = 'success') AS succeeded
    FROM discovery.sync_runs
    WHERE dag_run_id = %s AND NOT dry_run
    GROUP BY city_source_id, city_slug
)
SELECT city, sum(inserted)::int AS inserted, sum(updated)::int AS updated,
    sum(withdrawn)::int AS withdrawn
FROM (
    SELECT c.slug AS city, found.inserted, found.updated, found.withdrawn
    FROM synced s
    CROSS JOIN LATERAL (
        SELECT l.city_id, count(*) FILTER (WHERE l.first_seen_at >= s.since) AS inserted,
            count(*) FILTER (WHERE l.first_seen_at < s.since) AS updated, 0 AS withdrawn
        FROM discovery.listings l
        WHERE l.city_source_id = s.city_source_id AND l.changed_at >= s.since
        GROUP BY l.city_id
        UNION ALL
        SELECT l.city_id, 0, 0, count(*) FROM discovery.listings l
        WHERE l.city_source_id = s.city_source_id AND l.withdrawn_at >= s.since
        GROUP BY l.city_id
    ) found
    JOIN discovery.cities c ON c.id = found.city_id
    UNION ALL
    SELECT city_slug, 0, 0, 0 FROM synced WHERE city_slug IS NOT NULL AND succeeded
) changes
GROUP BY city ORDER BY city
"""

_TASKS = f"""
SELECT p.dag_run_id, p.map_index, c.slug AS city, s.slug AS source, latest.try_number,
    latest.error_category, latest.error_message, COALESCE(latest.may_retry, true) AS may_retry
FROM unnest(%(runs)s::text[], %(indexes)s::int[]) AS asked (run, map_index)
JOIN discovery.planned_syncs p ON p.dag_run_id = asked.run AND p.map_index = asked.map_index
JOIN ({PAIRS}) ON cs.id = p.city_source_id
LEFT JOIN LATERAL (
    SELECT try_number, error_category, error_message, may_retry FROM discovery.sync_runs r
    WHERE r.dag_run_id = p.dag_run_id AND r.city_source_id = p.city_source_id
    ORDER BY r.id DESC LIMIT 1
) latest ON true
"""  # noqa: S608  the module's own text

# Summed up here: thousands of pairs that share tasks have a row for each of them and each night.
# Where a task has succeeded, all of its pairs have, and no attempt is looked up.
_TALLIES = f"""
SELECT c.slug AS city, s.slug AS source, tally.* FROM (
    SELECT pair, state, count(*) AS runs, max(run_after) AS last_run_at,
        (array_agg(jsonb_build_array(dag_run_id, map_index, try_number, error_category,
            error_message, may_retry) ORDER BY run_after DESC, id DESC)
         FILTER (WHERE state = 'failed'))[1] AS newest_failure
    FROM (
        SELECT p.city_source_id AS pair, asked.run_after, p.dag_run_id, p.map_index,
            CASE WHEN latest.state = 'success' THEN 'succeeded' ELSE asked.state END AS state,
            latest.id, latest.try_number, latest.error_category, latest.error_message,
            COALESCE(latest.may_retry, true) AS may_retry
        FROM unnest(%(runs)s::text[], %(indexes)s::int[], %(states)s::text[],
            %(run_after)s::timestamptz[]) AS asked (run, map_index, state, run_after)
        JOIN discovery.planned_syncs p
            ON p.dag_run_id = asked.run AND p.map_index = asked.map_index
        LEFT JOIN LATERAL (
            SELECT id, state, try_number, error_category, error_message, may_retry
            FROM discovery.sync_runs r
            WHERE r.dag_run_id = p.dag_run_id AND r.city_source_id = p.city_source_id
              AND asked.state <> 'succeeded'
            ORDER BY r.id DESC LIMIT 1
        ) latest ON true
    ) found
    GROUP BY pair, state
) tally
JOIN ({PAIRS}) ON cs.id = tally.pair
"""  # noqa: S608  the module's own text

# Runs that are on, as far as can be told here: planned, and not over. One that was stopped by hand
# never came to its end; Airflow knows.
_LIVE_RUNS = """
SELECT DISTINCT dag_run_id FROM discovery.planned_syncs
WHERE ended_at IS NULL AND planned_at > now() - interval '2 days'
"""

_COMMANDS = f"""
SELECT r.city_slug AS city, r.source_slug AS source, r.dag_run_id, r.map_index, r.state,
    r.try_number AS attempts, r.dry_run, r.started_at, r.expected, r.gaps, r.warnings,
    {", ".join(COUNTS)}, jsonb_build_array(r.rejected) AS rejected
FROM discovery.sync_runs r
WHERE r.state = 'running' AND r.lease_until > now()
  AND NOT EXISTS (SELECT FROM discovery.planned_syncs p WHERE p.dag_run_id = r.dag_run_id)
ORDER BY r.started_at
"""  # noqa: S608  the module's own text


def read_outcomes(conn: Connection, dag_run_id: str) -> tuple[PairOutcome, ...]:
    """Say what a run made of each of its pairs, in the run's order, in one query."""
    return tuple(_outcome(row) for row in each_row(conn, _OUTCOMES, [dag_run_id]))


def read_tasks(conn: Connection, tasks: Collection[TaskKey]) -> dict[TaskKey, SyncTask]:
    """Return what is known of mapped tasks, in one query.

    Left out are those that nobody has planned, or whose pair was removed.
    """
    asked = list(tasks)
    keys = {"runs": [run for run, _ in asked], "indexes": [index for _, index in asked]}
    return {
        (row.pop("dag_run_id"), row.pop("map_index")): SyncTask(**row)
        for row in rows(conn, _TASKS, keys)
    }


def tally_tasks(conn: Connection, tasks: Iterable[TaskState]) -> list[PairTally]:
    """Count mapped tasks by pair and state, in one query: a task may be shared by several pairs.

    Left out are those that nobody has planned, or whose pair was removed.
    """
    asked = list(tasks)
    keys = {
        "runs": [task.run_id for task in asked],
        "indexes": [task.map_index for task in asked],
        "states": [task.state for task in asked],
        "run_after": [task.run_after for task in asked],
    }
    return [_tally(row) for row in each_row(conn, _TALLIES, keys)]


def _tally(row: dict[str, Any]) -> PairTally:
    city, source, failure = row["city"], row["source"], row["newest_failure"]
    newest = None
    if failure is not None:
        run_id, map_index, *attempt = failure
        newest = (run_id, map_index), SyncTask(city, source, *attempt)
    label = pair_label(city, source)
    return PairTally(label, row["state"], row["runs"], row["last_run_at"], newest)


def _outcome(row: dict[str, Any]) -> PairOutcome:
    stats = summed(row)
    told = {name: value for name, value in row.items() if name not in {*COUNTS, "rejected"}}
    return PairOutcome(
        **told | {"gaps": tuple(row["gaps"]), "warnings": tuple(row["warnings"]), "stats": stats}
    )


def read_changes_by_city(conn: Connection, dag_run_id: str) -> dict[str, dict[str, int]]:
    """Count the listings that a run changed, by city; a city that was synced may have no change."""
    return {row.pop("city"): row for row in rows(conn, _CHANGES_BY_CITY, [dag_run_id])}


def live_runs(conn: Connection) -> list[str]:
    """Return the ids of the runs that are on."""
    return sorted(row[0] for row in conn.execute(_LIVE_RUNS).fetchall())


def live_commands(conn: Connection) -> list[tuple[str, PairOutcome]]:
    """Return the syncs that run from the command line, each with the id of its run."""
    return [(row.pop("dag_run_id"), _outcome(row)) for row in rows(conn, _COMMANDS)]
