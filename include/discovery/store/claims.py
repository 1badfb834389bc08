"""Which pairs a run takes: due ones, claimed so that no two runs take the same."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from psycopg.rows import dict_row

from include.discovery.model import City, Pair, Source
from include.discovery.store.connection import Connection

# A claim outlives the longest sane run; a run that was killed whole is forgotten after this time.
CLAIM_TIME = timedelta(hours=12)

_PAIR_COLUMNS = """
    cs.id, cs.enabled, cs.frequency_hours, cs.priority, cs.settings,
    cs.next_run_at, cs.claimed_by, cs.claimed_until,
    jsonb_build_object(
        'slug', s.slug, 'name', s.name, 'kind', s.kind, 'scope', s.scope, 'enabled', s.enabled,
        'trust', s.trust, 'settings', s.settings, 'homepage', s.homepage, 'licence', s.licence,
        'attribution', s.attribution) AS source,
    CASE WHEN c.id IS NOT NULL THEN jsonb_build_object(
        'slug', c.slug, 'name', c.name, 'country', c.country_code, 'timezone', c.timezone,
        'latitude', c.latitude, 'longitude', c.longitude, 'radius_km', c.radius_km,
        'alternate_names', to_jsonb(c.alternate_names), 'enabled', c.enabled) END AS city
"""

_CANDIDATES = f"""
SELECT {_PAIR_COLUMNS},
    cs.next_run_at IS NULL OR cs.next_run_at <= now() AS is_due,
    COALESCE(cs.claimed_until > now() AND cs.claimed_by <> %(run)s, false) AS is_held
FROM discovery.city_source cs
JOIN discovery.sources s ON s.id = cs.source_id
LEFT JOIN discovery.cities c ON c.id = cs.city_id
WHERE cs.enabled AND s.enabled AND (c.id IS NULL OR c.enabled)
  AND (%(cities)s::text[] = '{{}}' OR c.slug = ANY(%(cities)s))
  AND (%(sources)s::text[] = '{{}}' OR s.slug = ANY(%(sources)s))
-- Order of a run: priority, then the longest overdue; never synced counts as longest.
ORDER BY cs.priority DESC, cs.next_run_at ASC NULLS FIRST, cs.id
-- No key: what is loaded meanwhile refers to its pair, and goes on.
FOR NO KEY UPDATE OF cs
"""  # noqa: S608  the columns are this module's own text

# The next run is due a minute early and on the full second: the next midnight's run must not find
# the pair due a few milliseconds later and leave it out for a whole day.
_CLAIM = """
UPDATE discovery.city_source SET
    claimed_by = %(run)s,
    claimed_until = now() + %(claim_time)s,
    next_run_at = CASE WHEN %(reschedule)s
        THEN date_trunc('second', now()) + make_interval(hours => frequency_hours) - interval '60 s'
        ELSE next_run_at END
WHERE id = ANY(%(pairs)s)
"""

_RECORD_PLAN = """
INSERT INTO discovery.planned_syncs (dag_run_id, map_index, city_source_id, planned_at)
SELECT %(run)s, ordinality - 1, pair, now()
FROM unnest(%(pairs)s::bigint[]) WITH ORDINALITY AS planned (pair, ordinality)
"""

_PLANNED = f"""
SELECT {_PAIR_COLUMNS}
FROM discovery.planned_syncs p
JOIN discovery.city_source cs ON cs.id = p.city_source_id
JOIN discovery.sources s ON s.id = cs.source_id
LEFT JOIN discovery.cities c ON c.id = cs.city_id
WHERE p.dag_run_id = %(run)s AND (%(map_index)s::int IS NULL OR p.map_index = %(map_index)s)
ORDER BY p.map_index
"""  # noqa: S608  the columns are this module's own text

_RELEASE = """
UPDATE discovery.city_source SET claimed_by = NULL, claimed_until = NULL
WHERE claimed_by = %(run)s AND (%(pair)s::bigint IS NULL OR id = %(pair)s)
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a run takes, in its order, and what it leaves."""

    pairs: tuple[Pair, ...]
    deferred: tuple[str, ...] = ()
    """Labels of due pairs beyond the run's capacity: they stay due."""
    not_due: int = 0
    held: tuple[str, ...] = ()
    """Labels of pairs that another run is syncing."""


def claim_pairs(
    conn: Connection,
    dag_run_id: str,
    *,
    cities: Collection[str] = (),
    sources: Collection[str] = (),
    force: bool = False,
    capacity: int,
    reschedule: bool = True,
) -> Claim:
    """Claim what is due for a run and record which task index syncs which pair.

    Asking again for the same run returns what it got before: a retried plan changes nothing.

    :param cities: slugs to choose from; empty means all. Pairs without a city are chosen by source.
    :param force: take pairs that are not due, too.
    :param capacity: how many pairs the run can take at most.
    :param reschedule: move ``next_run_at`` on; a dry run and one with a limit leave it.
    """
    with conn.transaction():
        lock_pairs(conn)
        already = planned_pairs(conn, dag_run_id)
        if already:
            return Claim(already)
        with conn.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(
                _CANDIDATES,
                {"run": dag_run_id, "cities": list(cities), "sources": list(sources)},
            ).fetchall()
        wanted = [row for row in rows if force or row["is_due"]]
        free = [_pair(row) for row in wanted if not row["is_held"]]
        taken, deferred = free[:capacity], free[capacity:]
        ids = [pair.id for pair in taken]
        conn.execute(
            _CLAIM,
            {
                "run": dag_run_id,
                "pairs": ids,
                "claim_time": CLAIM_TIME,
                "reschedule": reschedule,
            },
        )
        conn.execute(_RECORD_PLAN, {"run": dag_run_id, "pairs": ids})
    return Claim(
        pairs=tuple(taken),
        deferred=tuple(pair.label for pair in deferred),
        not_due=len(rows) - len(wanted),
        held=tuple(_pair(row).label for row in wanted if row["is_held"]),
    )


def planned_pairs(conn: Connection, dag_run_id: str) -> tuple[Pair, ...]:
    """Return the pairs of a run in the order of their map index."""
    return _planned(conn, dag_run_id, None)


def planned_pair(conn: Connection, dag_run_id: str, map_index: int) -> Pair | None:
    """Return the pair behind one mapped task, with its configuration as it is now."""
    return next(iter(_planned(conn, dag_run_id, map_index)), None)


def release(conn: Connection, dag_run_id: str, pair_id: int | None = None) -> None:
    """Give up a run's claim on one pair, or on all that it still holds."""
    with conn.transaction():
        lock_pairs(conn)
        conn.execute(_RELEASE, {"run": dag_run_id, "pair": pair_id})


def lock_pairs(conn: Connection) -> None:
    """Let one transaction at a time change pairs, until the caller's ends.

    Claims and configurations change many pairs, each in an order of its own, and would deadlock.
    """
    conn.execute("SELECT pg_advisory_xact_lock(hashtext('discovery.city_source'))")


def _planned(conn: Connection, dag_run_id: str, map_index: int | None) -> tuple[Pair, ...]:
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_PLANNED, {"run": dag_run_id, "map_index": map_index}).fetchall()
    return tuple(_pair(row) for row in rows)


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
