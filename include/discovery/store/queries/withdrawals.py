"""Reads approvals: what awaits one, and what was decided."""

from __future__ import annotations

from typing import Any

from include.discovery.store.connection import Connection, rows
from include.discovery.store.withdrawal_approvals import WAITING

_APPROVALS = f"""
SELECT a.id, c.slug AS city, s.slug AS source, a.dag_run_id, a.opened_at, a.missing, a.listed,
    a.decision, a.decided_at, a.decided_by, a.withdrawn,
    (SELECT count(*) FROM {WAITING} WHERE al.approval_id = a.id AND a.decision IS NULL) AS waiting
FROM discovery.withdrawal_approvals a
JOIN discovery.city_source cs ON cs.id = a.city_source_id
JOIN discovery.sources s ON s.id = cs.source_id
LEFT JOIN discovery.cities c ON c.id = cs.city_id
"""  # noqa: S608  the module's own text

_OPEN = _APPROVALS + "WHERE a.decision IS NULL ORDER BY a.opened_at, a.id"

# What is listed again needs no decision: the next run of its pair closes the approval.
_COUNT_OPEN = f"""
SELECT count(*) FROM discovery.withdrawal_approvals a
WHERE a.decision IS NULL AND EXISTS (SELECT FROM {WAITING} WHERE al.approval_id = a.id)
"""  # noqa: S608  the module's own text

_DECIDED = _APPROVALS + "WHERE a.decided_at IS NOT NULL ORDER BY a.decided_at DESC LIMIT %s"

_SAMPLE = f"""
SELECT l.id, l.event_id, l.title, l.url, l.starts_at, l.local_date, l.timezone, l.missing_since
FROM {WAITING}
WHERE al.approval_id = %s ORDER BY l.local_date, l.starts_at, l.id LIMIT %s
"""  # noqa: S608  the module's own text

_WAITING_BY_PAIR = f"""
SELECT a.city_source_id, count(*) FROM discovery.withdrawal_approvals a
JOIN {WAITING} ON al.approval_id = a.id
WHERE a.decision IS NULL GROUP BY a.city_source_id
"""  # noqa: S608  the module's own text


def open_approvals(conn: Connection) -> list[dict[str, Any]]:
    """Return the open ones, the oldest first; ``waiting`` says how many are still missing."""
    return rows(conn, _OPEN)


def count_open_approvals(conn: Connection) -> int:
    """Count those that are to be decided: something is still missing."""
    row = conn.execute(_COUNT_OPEN).fetchone()
    return row[0] if row else 0


def decided_approvals(conn: Connection, limit: int) -> list[dict[str, Any]]:
    """Return what was decided, or is over, the newest first."""
    return rows(conn, _DECIDED, [limit])


def listings_of_approval(conn: Connection, approval_id: int, limit: int) -> list[dict[str, Any]]:
    """Return listings that await approval, the next to begin first."""
    return rows(conn, _SAMPLE, [approval_id, limit])


def waiting_by_pair(conn: Connection) -> dict[int, int]:
    """Return how many listings of each pair await approval, by the pair's id."""
    return dict(conn.execute(_WAITING_BY_PAIR).fetchall())
