"""How pairs stand, all or some: a fixed number of queries, however many pairs there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from include.discovery.due import PairSchedule
from include.discovery.errors import KILLED, PairBusy
from include.discovery.expectations import Monitoring, Mute
from include.discovery.model import Scope, SyncStats, pair_label
from include.discovery.store.connection import Connection, rows
from include.discovery.store.entities import PAIRS
from include.discovery.store.schedule import SCHEDULE_COLUMNS, schedule_of
from include.discovery.store.totals import COUNTS, summed

RECENT = 14
"""How many runs of a pair are read, if none of them needed more than a few retries."""

_ATTEMPTS = 21

_PAIRS = f"""
SELECT cs.id, c.slug AS city, c.name AS city_name, c.enabled AS city_enabled, s.slug AS source,
    s.name AS source_name, s.enabled AS source_enabled, s.kind, s.scope, cs.enabled,
    cs.priority, cs.settings, s.settings AS source_settings, s.connection AS source_connection,
    cs.version, {SCHEDULE_COLUMNS}, cs.parked_because,
    s.monitoring AS source_monitoring, cs.monitoring,
    COALESCE(t.attempts, 0) AS attempts, COALESCE(t.succeeded, 0) AS succeeded,
    COALESCE(t.failed, 0) AS failed, t.first_at, t.last_success_at, t.last_events_at,
    {", ".join(f"COALESCE(t.{name}, 0) AS {name}" for name in (*COUNTS, "rejected"))}
FROM {PAIRS}
LEFT JOIN discovery.pair_totals t ON t.city_source_id = cs.id
WHERE %(pairs)s::bigint[] IS NULL OR cs.id = ANY(%(pairs)s)
ORDER BY c.slug NULLS LAST, s.slug
"""  # noqa: S608  the module's own text

# A row's xmin names the transaction that wrote it: another one for every change. The newest attempt
# is the one that changes while it runs; a lease lapses without a change.
_MARKS = f"""
SELECT cs.id, format('%%s %%s %%s %%s %%s %%s %%s %%s %%s', cs.xmin, s.xmin, c.xmin, t.xmin,
    latest.id, latest.xmin, latest.is_dead, planned.planned_at, open.plans)
FROM {PAIRS}
LEFT JOIN discovery.pair_totals t ON t.city_source_id = cs.id
LEFT JOIN LATERAL (
    SELECT r.id, r.xmin, r.state = 'running' AND r.lease_until <= now() AS is_dead
    FROM discovery.sync_runs r
    WHERE r.city_source_id = cs.id AND r.error_category IS DISTINCT FROM %(busy)s
    ORDER BY r.started_at DESC LIMIT 1
) latest ON true
LEFT JOIN LATERAL (
    SELECT planned_at FROM discovery.planned_syncs p WHERE p.city_source_id = cs.id
    ORDER BY planned_at DESC LIMIT 1
) planned ON true
LEFT JOIN (
    SELECT city_source_id, count(*) AS plans FROM discovery.planned_syncs
    WHERE ended_at IS NULL GROUP BY city_source_id
) open ON open.city_source_id = cs.id
ORDER BY c.slug NULLS LAST, s.slug
"""  # noqa: S608  the module's own text

_MUTED = f"""
SELECT c.slug AS city, s.slug AS source, s.monitoring AS of_source, cs.monitoring AS of_pair,
    s.version AS source_version, cs.version AS pair_version
FROM {PAIRS}
WHERE s.monitoring->>'mute' IS NOT NULL OR cs.monitoring->>'mute' IS NOT NULL
ORDER BY c.slug NULLS LAST, s.slug
"""  # noqa: S608  the module's own text

_PAIR_ID = f"""
SELECT cs.id FROM {PAIRS}
WHERE s.slug = %s AND c.slug IS NOT DISTINCT FROM %s
"""  # noqa: S608  the module's own text

# However many trials a person has made since, the runs that tell of the pair are read, too.
# A running row whose lease has lapsed is of a dead attempt that nobody has closed yet. One that
# found the pair held says nothing of the pair.
# As JSON, one value a pair: reading a row for each run would cost several times as much.
_RECENT = """
SELECT cs.id, (
    SELECT json_agg(json_build_array(
        dag_run_id, map_index, try_number, state, dry_run, complete, fetched,
        extract(epoch FROM began_at), extract(epoch FROM finished_at),
        error_category, error_message, gaps, extract(epoch FROM started_at),
        event_limit IS NOT NULL, warnings, changed_since IS NULL, failed_assertions)
        ORDER BY began_at DESC)
    FROM (
        SELECT DISTINCT ON (dag_run_id) dag_run_id, map_index, try_number, state, dry_run,
            complete, started_at, finished_at, error_category, error_message, gaps, event_limit,
            warnings, changed_since, failed_assertions, sum(fetched) OVER run AS fetched,
            min(started_at) OVER run AS began_at
        FROM (
            SELECT id, dag_run_id, map_index, try_number, dry_run, complete, started_at,
                CASE WHEN state = 'running' AND lease_until <= now() THEN 'lost' ELSE state END
                    AS state,
                CASE WHEN state = 'running' AND lease_until <= now() THEN %(killed)s
                    ELSE error_message END AS error_message,
                finished_at, error_category, gaps, event_limit, warnings, changed_since,
                failed_assertions, fetched
            FROM (
                WITH newest AS MATERIALIZED (
                    SELECT * FROM discovery.sync_runs
                    WHERE city_source_id = cs.id AND error_category IS DISTINCT FROM %(busy)s
                    ORDER BY started_at DESC LIMIT %(attempts)s)
                SELECT * FROM newest
                UNION ALL (
                    SELECT * FROM discovery.sync_runs
                    WHERE city_source_id = cs.id AND error_category IS DISTINCT FROM %(busy)s
                      AND NOT dry_run AND event_limit IS NULL
                      AND EXISTS (SELECT FROM newest WHERE dry_run OR event_limit IS NOT NULL)
                      AND started_at < (SELECT min(started_at) FROM newest)
                    ORDER BY started_at DESC LIMIT %(attempts)s)
            ) latest
        ) attempts
        WINDOW run AS (PARTITION BY dag_run_id)
        ORDER BY dag_run_id, id DESC
    ) runs)
FROM discovery.city_source cs
WHERE %(pairs)s::bigint[] IS NULL OR cs.id = ANY(%(pairs)s)
"""

# One look at an index for each planned sync: NOT EXISTS may become a join that reads every run.
_NOT_STARTED = """
SELECT cs.id, planned.dag_run_id, planned.map_index, planned.planned_at,
    planned.ended_at IS NULL AS may_start
FROM discovery.city_source cs
CROSS JOIN LATERAL (
    SELECT dag_run_id, map_index, planned_at, ended_at FROM discovery.planned_syncs
    WHERE city_source_id = cs.id ORDER BY planned_at DESC LIMIT %(runs)s
) planned
WHERE (%(pairs)s::bigint[] IS NULL OR cs.id = ANY(%(pairs)s))
  AND (SELECT r.id FROM discovery.sync_runs r
       WHERE r.dag_run_id = planned.dag_run_id AND r.city_source_id = cs.id LIMIT 1) IS NULL
"""

# A run with a limit is a trial: what it left unread says nothing of the pair.
_LAST_RUNS = f"""
SELECT cs.id, latest.dag_run_id, latest.expected, latest.gaps, latest.warnings, sums.*
FROM discovery.city_source cs
CROSS JOIN LATERAL (
    SELECT dag_run_id, sync_started_at, expected, gaps, warnings FROM discovery.sync_runs
    WHERE city_source_id = cs.id AND event_limit IS NULL
      AND error_category IS DISTINCT FROM %(busy)s
    ORDER BY started_at DESC LIMIT 1
) latest
CROSS JOIN LATERAL (
    SELECT count(*) AS attempts, min(started_at) AS started_at,
        {", ".join(f"sum({name})::int AS {name}" for name in COUNTS)},
        jsonb_agg(rejected) AS rejected
    FROM discovery.sync_runs r
    WHERE r.dag_run_id = latest.dag_run_id AND r.city_source_id = cs.id
      AND r.sync_started_at = latest.sync_started_at
) sums
WHERE %(pairs)s::bigint[] IS NULL OR cs.id = ANY(%(pairs)s)
"""  # noqa: S608  the module's own text


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run of a pair, over its attempts; the last of them gives state and error."""

    dag_run_id: str
    map_index: int
    try_number: int
    state: str
    """An attempt's state, ``planned``, or ``lost``: never started, or dead without a word."""
    dry_run: bool
    complete: bool | None
    fetched: int
    at: datetime
    finished_at: datetime | None
    error_category: str | None = None
    error_message: str | None = None
    gaps: tuple[str, ...] = ()
    attempt_at: datetime | None = None
    """Start of the last attempt; ``at`` is that of the first."""
    limited: bool = False
    """It was to load some events only: a trial, that says nothing of the pair."""
    warnings: tuple[str, ...] = ()
    """What a person should look at although it succeeded."""
    read_everything: bool = True
    """Not only what had changed."""
    failed_assertions: tuple[str, ...] = ()
    """What was below its bound."""

    @property
    def is_trial(self) -> bool:
        """Whether it says nothing of the pair: a dry run, or one with a limit."""
        return self.dry_run or self.limited


@dataclass(frozen=True, slots=True)
class LastRunDetails:
    """The counts of the run that began last."""

    dag_run_id: str
    attempts: int
    started_at: datetime
    expected: int | None
    gaps: tuple[str, ...]
    warnings: tuple[str, ...]
    stats: SyncStats


@dataclass(frozen=True, slots=True)
class PairState:
    """A pair: its configuration and what became of it."""

    id: int
    city: str | None
    city_name: str | None
    city_enabled: bool | None
    source: str
    source_name: str
    source_enabled: bool
    kind: str
    scope: Scope
    enabled: bool
    frequency_hours: int
    max_frequency_hours: int | None
    priority: int
    settings: dict[str, Any]
    source_settings: dict[str, Any]
    source_connection: str | None
    """The connection that the source names, if it names one."""
    version: int
    schedule: PairSchedule
    parked_because: str | None
    """As 'rate limited'; it may be over: the schedule knows until when."""
    monitoring: Monitoring
    """What is expected of it, by its source and by itself."""
    own_monitoring: Monitoring
    """What it says itself."""
    totals: Mapping[str, Any]
    """All-time sums, ``first_at`` and ``last_success_at``."""
    runs: tuple[RunSummary, ...] = ()
    """The newest, and the newest of those that are not trials; newest first."""
    last_run: LastRunDetails | None = None

    @property
    def label(self) -> str:
        """The pair's name."""
        return pair_label(self.city, self.source)


@dataclass(frozen=True, slots=True)
class MutedPair:
    """A pair of which nothing is told, by a mute of its own or by one of its source."""

    city: str | None
    source: str
    mute: Mute
    """The one that holds."""
    is_of_pair: bool
    """It is the pair's own; else it holds for all pairs of the source."""
    monitoring: Monitoring
    """Of whichever has the mute: the pair or the source. So is the version."""
    version: int


def muted_pairs(conn: Connection, day: date) -> list[MutedPair]:
    """Return the pairs of which nothing is told on a day, by city and source."""
    return [muted for row in rows(conn, _MUTED) if (muted := _muted(row, day))]


def _muted(row: Mapping[str, Any], day: date) -> MutedPair | None:
    of_source = Monitoring.model_validate(row["of_source"])
    of_pair = Monitoring.model_validate(row["of_pair"])
    mute = of_source.beneath(of_pair).mute_on(day)
    if mute is None:
        return None
    is_of_pair = mute is of_pair.mute
    return MutedPair(
        row["city"],
        row["source"],
        mute,
        is_of_pair,
        of_pair if is_of_pair else of_source,
        row["pair_version"] if is_of_pair else row["source_version"],
    )


def find_pair(conn: Connection, city: str | None, source: str) -> int | None:
    """Return the id of a pair."""
    row = conn.execute(_PAIR_ID, [source, city]).fetchone()
    return row[0] if row else None


def pair_marks(conn: Connection) -> dict[int, str]:
    """Return a mark of each pair, in the order of :func:`read_pairs`.

    As long as its mark is the same, a pair stands as it was read before.
    """
    return dict(conn.execute(_MARKS, {"busy": PairBusy.category}).fetchall())


def read_pairs(conn: Connection, pairs: Collection[int] | None = None) -> list[PairState]:
    """Return how pairs stand: all of them, or those of the given ids."""
    keys = {
        "pairs": None if pairs is None else list(pairs),
        "attempts": _ATTEMPTS,
        "runs": RECENT,
        "busy": PairBusy.category,
        "killed": KILLED,
    }
    found = rows(conn, _PAIRS, keys)
    last = {row.pop("id"): _last_run(row) for row in rows(conn, _LAST_RUNS, keys)}
    runs = _runs(conn, keys)
    return [_pair_state(row, tuple(runs.get(row["id"], ())), last.get(row["id"])) for row in found]


def _runs(conn: Connection, keys: Mapping[str, Any]) -> dict[int, list[RunSummary]]:
    runs: dict[int, list[RunSummary]] = defaultdict(list)
    for pair, found in conn.execute(_RECENT, keys).fetchall():
        runs[pair] = [_run(values) for values in found or ()]
    for pair, dag_run_id, map_index, planned_at, may_start in conn.execute(
        _NOT_STARTED, keys
    ).fetchall():
        runs[pair].append(
            RunSummary(
                dag_run_id=dag_run_id,
                map_index=map_index,
                try_number=1,
                state="planned" if may_start else "lost",
                dry_run=False,
                complete=None,
                fetched=0,
                at=planned_at,
                finished_at=None,
            )
        )
    for found in runs.values():
        found.sort(key=lambda run: run.at, reverse=True)
    return {pair: _latest(found) for pair, found in runs.items()}


def _latest(found: Sequence[RunSummary]) -> list[RunSummary]:
    telling = [run for run in found if not run.is_trial][:RECENT]
    return [run for n, run in enumerate(found) if n < RECENT or run in telling]


def _run(values: Sequence[Any]) -> RunSummary:
    (dag_run_id, map_index, try_number, state, dry_run, complete, fetched, began_at, finished_at,
     category, message, gaps, started_at, limited, warnings, read_everything,
     failed_assertions) = values  # fmt: skip
    return RunSummary(
        dag_run_id,
        map_index,
        try_number,
        state,
        dry_run,
        complete,
        fetched,
        datetime.fromtimestamp(began_at, UTC),
        None if finished_at is None else datetime.fromtimestamp(finished_at, UTC),
        category,
        message,
        tuple(gaps),
        datetime.fromtimestamp(started_at, UTC),
        limited,
        tuple(warnings),
        read_everything,
        tuple(failed_assertions),
    )


def _last_run(row: dict[str, Any]) -> LastRunDetails:
    return LastRunDetails(
        dag_run_id=row["dag_run_id"],
        attempts=row["attempts"],
        started_at=row["started_at"],
        expected=row["expected"],
        gaps=tuple(row["gaps"]),
        warnings=tuple(row["warnings"]),
        stats=summed(row),
    )


_TOTALS = ("attempts", "succeeded", "failed", *COUNTS, "rejected", "first_at", "last_success_at",
           "last_events_at")  # fmt: skip


def _pair_state(
    row: dict[str, Any],
    runs: tuple[RunSummary, ...],
    last_run: LastRunDetails | None,
) -> PairState:
    totals = {name: row.pop(name) for name in _TOTALS}
    schedule = schedule_of(row)
    for name in ("period_start", "period_zone", "synced_at", "parked_until", "unchanged_syncs"):
        del row[name]
    row["scope"] = Scope(row["scope"])
    of_source = Monitoring.model_validate(row.pop("source_monitoring"))
    row["own_monitoring"] = Monitoring.model_validate(row["monitoring"])
    row["monitoring"] = of_source.beneath(row["own_monitoring"])
    return PairState(**row, schedule=schedule, totals=totals, runs=runs, last_run=last_run)
