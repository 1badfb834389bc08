"""The schedule of pairs as stored: read to tell which are due, and moved on by syncs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from include.discovery.due import PairSchedule, is_the_usual, period_of
from include.discovery.store.connection import Connection, rows

SCHEDULE_COLUMNS = """
    cs.frequency_hours, cs.max_frequency_hours, cs.unchanged_syncs, cs.period_start,
    cs.period_zone, cs.parked_until,
    (SELECT r.sync_started_at FROM discovery.sync_runs r
     WHERE r.city_source_id = cs.id AND r.complete AND NOT r.dry_run AND r.event_limit IS NULL
     ORDER BY r.started_at DESC LIMIT 1) AS synced_at
"""
"""What :func:`schedule_of` reads, of ``discovery.city_source cs``."""

# Trials (dry runs, and runs with a limit) do not count.
_SERVED = f"""
SELECT cs.id, {SCHEDULE_COLUMNS}, p.scheduled_for, p.schedule_zone, r.complete, r.gaps,
    (SELECT before.gaps FROM discovery.sync_runs before
     WHERE before.city_source_id = cs.id AND before.id < r.id AND before.state = 'success'
       AND NOT before.dry_run AND before.event_limit IS NULL
     ORDER BY before.id DESC LIMIT 1) AS gaps_before
FROM discovery.sync_runs r
JOIN discovery.city_source cs ON cs.id = r.city_source_id
JOIN discovery.planned_syncs p
    ON p.dag_run_id = r.dag_run_id AND p.city_source_id = r.city_source_id
WHERE r.id = %(run)s AND r.state = 'success' AND NOT r.dry_run AND r.event_limit IS NULL
  AND p.scheduled_for IS NOT NULL
FOR NO KEY UPDATE OF cs
"""  # noqa: S608  the module's own text

_PARK = """
UPDATE discovery.city_source cs SET parked_until = r.parked_until, parked_because = %(because)s
FROM discovery.sync_runs r
WHERE r.id = %(run)s AND cs.id = r.city_source_id AND r.parked_until IS NOT NULL
"""

_UNPARK = """
UPDATE discovery.city_source cs SET parked_until = NULL, parked_because = NULL
FROM discovery.sync_runs r
WHERE r.id = %(run)s AND cs.id = r.city_source_id AND NOT r.dry_run
  AND cs.parked_until IS NOT NULL
"""

_USE_PERIOD_UP = """
UPDATE discovery.city_source SET period_start = %(start)s, period_zone = %(zone)s WHERE id = %(id)s
"""

# Changes of failed attempts and of trials count with the next success. What has been missing for
# longer is gone by now, or waits for a person.
_NOTE_CHANGE = """
UPDATE discovery.city_source cs SET unchanged_syncs = CASE
    WHEN EXISTS (
        SELECT FROM discovery.sync_runs a
        WHERE a.city_source_id = cs.id AND NOT a.dry_run
          AND a.inserted + a.updated + a.withdrawn > 0
          AND a.started_at <= r.started_at AND a.started_at > COALESCE((
              SELECT before.started_at FROM discovery.sync_runs before
              WHERE before.city_source_id = cs.id AND before.started_at < r.started_at
                AND before.state = 'success' AND NOT before.dry_run
                AND before.event_limit IS NULL
              ORDER BY before.started_at DESC LIMIT 1), '-infinity'))
        OR EXISTS (
            SELECT FROM discovery.listings l
            WHERE l.city_source_id = cs.id AND l.withdrawn_at IS NULL
              AND l.missing_since >= r.sync_started_at)
        THEN 0
    WHEN r.complete AND EXISTS (
        SELECT FROM discovery.planned_syncs p
        WHERE p.dag_run_id = r.dag_run_id AND p.city_source_id = cs.id
          AND p.scheduled_for IS NOT NULL)
        THEN LEAST(cs.unchanged_syncs + 1, 1000)
    ELSE cs.unchanged_syncs END
FROM discovery.sync_runs r
WHERE r.id = %(run)s AND cs.id = r.city_source_id AND r.state = 'success' AND NOT r.dry_run
  AND r.event_limit IS NULL
"""


def schedule_of(row: Mapping[str, Any]) -> PairSchedule:
    """Make a pair's schedule of the row's :data:`SCHEDULE_COLUMNS`."""
    start, longest = row["period_start"], row["max_frequency_hours"]
    return PairSchedule(
        frequency=timedelta(hours=row["frequency_hours"]),
        period_start=start and start.replace(tzinfo=ZoneInfo(row["period_zone"])),
        synced_at=row["synced_at"],
        parked_until=row["parked_until"],
        longest=longest and timedelta(hours=longest),
        unchanged_syncs=row["unchanged_syncs"],
    )


def park(conn: Connection, run_id: int, because: str) -> None:
    """Leave the pair of a failed attempt alone until the time that its row names."""
    conn.execute(_PARK, {"run": run_id, "because": because})


def parked_until(conn: Connection, pair_id: int) -> datetime | None:
    """Return until when a pair is parked, even if that time has passed."""
    row = conn.execute(
        "SELECT parked_until FROM discovery.city_source WHERE id = %s", [pair_id]
    ).fetchone()
    return row[0] if row else None


def note_success(conn: Connection, run_id: int) -> None:
    """Use the pair's period up, if a scheduled run has synced it; in the caller's transaction.

    If the pair was parked, that ends: its source has answered.

    An incomplete sync uses the period up only if it is incomplete in the usual way; otherwise the
    pair stays due in the next scheduled run.

    Then it is noted whether anything has changed, by which later periods grow.

    :param run_id: of a row of ``sync_runs`` that has just been closed.
    """
    conn.execute(_UNPARK, {"run": run_id})
    for row in rows(conn, _SERVED, {"run": run_id}):
        if row["complete"] or is_the_usual(row["gaps"], row["gaps_before"]):
            zone = ZoneInfo(row["schedule_zone"])
            start = period_of(schedule_of(row), row["scheduled_for"].astimezone(zone))
            conn.execute(
                _USE_PERIOD_UP,
                {"id": row["id"], "start": start.replace(tzinfo=None), "zone": str(start.tzinfo)},
            )
    conn.execute(_NOTE_CHANGE, {"run": run_id})
