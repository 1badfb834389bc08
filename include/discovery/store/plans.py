"""What runs planned: the pairs that were due, in the run's order, kept for its mapped tasks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from types import MappingProxyType
from typing import Any, Final

from include.discovery.due import PairSchedule, RunTime, is_due
from include.discovery.model import City, Pair, Source
from include.discovery.shares import shared_out
from include.discovery.store.connection import Connection, rows
from include.discovery.store.entities import CITY, PAIRS, SOURCE, lock_pairs
from include.discovery.store.schedule import SCHEDULE_COLUMNS, schedule_of

_WHOLE_PAIR = f"""
    cs.id, cs.enabled, cs.frequency_hours, cs.priority, cs.settings, cs.monitoring,
    (SELECT to_jsonb(source) FROM (SELECT {SOURCE}) source) AS source,
    CASE WHEN c.id IS NOT NULL THEN (SELECT to_jsonb(city) FROM (SELECT {CITY}) city) END AS city
"""  # noqa: S608  the store's own text

# By priority, then by how long ago the last turn in a scheduled run was, successful or not: pairs
# that keep failing must not displace others from a run that cannot take all.
_CANDIDATES = f"""
SELECT {_WHOLE_PAIR}, {SCHEDULE_COLUMNS}
FROM {PAIRS}
WHERE (%(cities)s::text[] = '{{}}' OR c.slug = ANY(%(cities)s))
  AND (%(sources)s::text[] = '{{}}' OR s.slug = ANY(%(sources)s))
  AND (%(pairs)s::text[] = '{{}}' OR concat_ws('/', c.slug, s.slug) = ANY(%(pairs)s))
ORDER BY cs.priority DESC, (
    SELECT p.scheduled_for FROM discovery.planned_syncs p
    WHERE p.city_source_id = cs.id AND p.scheduled_for IS NOT NULL
    ORDER BY p.planned_at DESC LIMIT 1
) ASC NULLS FIRST, cs.id
"""  # noqa: S608  the columns are the store's own text

_RECORD_PLAN = """
INSERT INTO discovery.planned_syncs
    (dag_run_id, map_index, city_source_id, planned_at, scheduled_for, schedule_zone)
SELECT %(run)s, map_index, pair, now(), %(scheduled_for)s, %(zone)s
FROM unnest(%(pairs)s::bigint[], %(map_indexes)s::int[]) AS planned (pair, map_index)
"""

# Of pairs that share a task, the one that has to wait comes last.
_PLANNED = f"""
SELECT {_WHOLE_PAIR}, p.map_index, latest.state, latest.try_number, latest.error_category,
    latest.may_retry
FROM {PAIRS}
JOIN discovery.planned_syncs p ON p.city_source_id = cs.id
LEFT JOIN LATERAL (
    SELECT state, try_number, error_category, may_retry FROM discovery.sync_runs r
    WHERE r.dag_run_id = p.dag_run_id AND r.city_source_id = p.city_source_id
      AND r.try_number >= %(first_try)s
    ORDER BY r.id DESC LIMIT 1
) latest ON true
WHERE p.dag_run_id = %(run)s AND (%(map_index)s::int IS NULL OR p.map_index = %(map_index)s)
ORDER BY p.map_index, cs.parked_until NULLS FIRST, cs.priority DESC, cs.id
"""  # noqa: S608  the columns are the store's own text

_ALONE: Final[Mapping[str, int]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Parked:
    """A pair that waits because its source asked for that."""

    label: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run takes, in its order, and what it leaves."""

    tasks: tuple[tuple[Pair, ...], ...]
    """The pairs of each mapped task, in the order of their map index: one, or those that share it.
    """
    deferred: tuple[str, ...] = ()
    """Labels of due pairs beyond the run's capacity: they stay due."""
    not_due: int = 0
    """How many are left out because they are not due, including parked ones."""
    parked: tuple[Parked, ...] = ()
    """Pairs that are parked: left out, unless the run is forced."""
    active: tuple[Pair, ...] = ()
    """All pairs that were asked for and are enabled, due or not."""
    inactive: tuple[Pair, ...] = ()
    """Pairs that were asked for and are disabled, or their city or source is."""

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """All that the run takes."""
        return tuple(pair for task in self.tasks for pair in task)


@dataclass(frozen=True, slots=True)
class PlannedPair:
    """A pair of a mapped task, and what has become of it in the task's present series of tries."""

    pair: Pair
    state: str | None = None
    """Of its latest attempt; ``None``: there is none."""
    try_number: int = 0
    """Of its latest attempt."""
    error_category: str | None = None
    may_retry: bool = True
    """Whether another attempt may help, should the latest have failed."""

    @property
    def has_succeeded(self) -> bool:
        """Whether nothing is left to do."""
        return self.state == "success"


def choose_pairs(
    conn: Connection,
    run: RunTime,
    *,
    cities: Collection[str] = (),
    sources: Collection[str] = (),
    pairs: Collection[str] = (),
    force: bool = False,
    capacity: int,
    most: int | None = None,
    per_task: Mapping[str, int] = _ALONE,
) -> Plan:
    """Choose what a run takes, without recording it.

    :param cities: slugs to choose from; empty means all. Pairs without a city are chosen by source.
    :param pairs: names to choose from, as ``krakow/ticketmaster``; empty means all.
    :param force: take pairs that are not due, too.
    :param capacity: how many mapped tasks the run can have at most.
    :param most: how many pairs it may take at most; ``None``: as many as its tasks can.
    :param per_task: kind → how many of its pairs may share a task.
    """
    asked = {"cities": list(cities), "sources": list(sources), "pairs": list(pairs)}
    candidates = rows(conn, _CANDIDATES, asked)
    found = [(_pair(row), schedule_of(row)) for row in candidates]
    active = [(pair, schedule) for pair, schedule in found if not pair.inactive_because]
    parked = [
        Parked(pair.label, until) for pair, schedule in active if (until := _parked(schedule, run))
    ]
    wanted = _taking_turns([pair for pair, schedule in active if force or is_due(schedule, run)])
    tasks, without_room = shared_out(wanted[:most], tasks=capacity, per_task=per_task)
    deferred = without_room + ([] if most is None else wanted[most:])
    return Plan(
        tasks=tuple(map(tuple, tasks)),
        deferred=tuple(pair.label for pair in deferred),
        not_due=len(active) - len(wanted),
        parked=tuple(parked),
        active=tuple(pair for pair, _ in active),
        inactive=tuple(pair for pair, _ in found if pair.inactive_because),
    )


def plan_pairs(
    conn: Connection,
    dag_run_id: str,
    run: RunTime,
    *,
    cities: Collection[str] = (),
    sources: Collection[str] = (),
    pairs: Collection[str] = (),
    force: bool = False,
    capacity: int,
    most: int | None = None,
    per_task: Mapping[str, int] = _ALONE,
) -> Plan:
    """Choose what a run takes, and record which of its mapped tasks syncs which pairs.

    Asking again for the same run returns what it got before: a retried plan changes nothing.
    The tasks themselves claim their pairs, each when it starts. See :func:`choose_pairs`.
    """
    with conn.transaction():
        lock_pairs(conn)
        if already := _planned_tasks(conn, dag_run_id):
            return Plan(already, active=tuple(pair for task in already for pair in task))
        plan = choose_pairs(
            conn,
            run,
            cities=cities,
            sources=sources,
            pairs=pairs,
            force=force,
            capacity=capacity,
            most=most,
            per_task=per_task,
        )
        meant = run.scheduled_for
        conn.execute(
            _RECORD_PLAN,
            {
                "run": dag_run_id,
                "pairs": [pair.id for pair in plan.pairs],
                "map_indexes": [index for index, task in enumerate(plan.tasks) for _ in task],
                "scheduled_for": meant,
                "zone": None if meant is None else str(meant.tzinfo),
            },
        )
    return plan


def end_plan(conn: Connection, dag_run_id: str) -> None:
    """Record that no further task of a run will start."""
    conn.execute(
        "UPDATE discovery.planned_syncs SET ended_at = now()"
        " WHERE dag_run_id = %s AND ended_at IS NULL",
        [dag_run_id],
    )


def planned_pairs(
    conn: Connection, dag_run_id: str, map_index: int, first_try: int = 1
) -> tuple[PlannedPair, ...]:
    """Return the pairs behind one mapped task, with their configuration as it is now.

    :param first_try: with which the task's present series of tries began: when somebody clears a
        task, another one begins, and what became of its pairs before counts no more.
    """
    return tuple(
        PlannedPair(
            _pair(row),
            row["state"],
            row["try_number"] or 0,
            row["error_category"],
            may_retry=row["may_retry"] is not False,
        )
        for row in _planned(conn, dag_run_id, map_index, first_try)
    )


def _planned_tasks(conn: Connection, dag_run_id: str) -> tuple[tuple[Pair, ...], ...]:
    found = groupby(_planned(conn, dag_run_id), key=lambda row: row["map_index"])
    return tuple(tuple(_pair(row) for row in of_task) for _, of_task in found)


def _planned(
    conn: Connection, dag_run_id: str, map_index: int | None = None, first_try: int = 1
) -> list[dict[str, Any]]:
    keys = {"run": dag_run_id, "map_index": map_index, "first_try": first_try}
    return rows(conn, _PLANNED, keys)


def _taking_turns(pairs: Sequence[Pair]) -> list[Pair]:
    """Let the sources of one priority take turns: one with many pairs keeps no other waiting."""
    before = Counter[tuple[int, str]]()
    turns = []
    for pair in pairs:
        of = pair.priority, pair.source.slug
        turns.append((-pair.priority, before[of], pair))
        before[of] += 1
    return [pair for _, _, pair in sorted(turns, key=lambda turn: turn[:2])]


def _parked(schedule: PairSchedule, run: RunTime) -> datetime | None:
    until = schedule.parked_until
    return until if until is not None and run.now < until else None


def _pair(row: dict[str, Any]) -> Pair:
    return Pair(
        id=row["id"],
        city=City.model_validate(row["city"]) if row["city"] else None,
        source=Source.model_validate(row["source"]),
        enabled=row["enabled"],
        frequency_hours=row["frequency_hours"],
        priority=row["priority"],
        settings=row["settings"],
    )
