"""Withdraws listings: those that a complete sync no longer found, and those named as removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from include.discovery.model import Pair, Window
from include.discovery.store.connection import Connection
from include.discovery.store.events import refresh_events

# Up to five may always vanish; beyond that no more than a fifth of what was listed. A larger loss
# looks like a broken source more than like a city that called everything off.
_ALWAYS_ALLOWED = 5
_ALLOWED_SHARE = 0.2

_LISTED = """
SELECT id, last_seen_at < %(sync_started_at)s AS vanished
FROM discovery.listings
WHERE city_source_id = %(pair)s AND withdrawn_at IS NULL
  AND local_date BETWEEN %(start)s AND %(end)s
"""

_WITHDRAW = """
UPDATE discovery.listings SET withdrawn_at = now()
WHERE id = ANY(%(listings)s) AND withdrawn_at IS NULL AND last_seen_at < %(sync_started_at)s
RETURNING id
"""

_WITHDRAW_REMOVED = """
UPDATE discovery.listings l SET withdrawn_at = now()
FROM discovery.sync_runs r
WHERE r.id = %(run)s AND l.city_source_id = r.city_source_id
  AND (l.external_id = ANY(%(ids)s) OR l.series_id = ANY(%(ids)s))
  AND l.withdrawn_at IS NULL AND l.last_seen_at < r.sync_started_at
  AND (l.local_date IS NULL OR l.local_date BETWEEN r.window_start AND r.window_end)
RETURNING l.id
"""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """How many listings were withdrawn; ``refused`` says in words why none were."""

    count: int = 0
    refused: str | None = None


def withdraw_vanished(
    conn: Connection, pair: Pair, *, window: Window, sync_started_at: datetime
) -> Withdrawal:
    """Withdraw what this pair listed inside the window before and lists no more.

    To be called only after a complete sync. Past events are never touched (the window starts
    today), nor is anything that another pair saw last.
    """
    keys = {
        "pair": pair.id,
        "start": window.start,
        "end": window.end,
        "sync_started_at": sync_started_at,
    }
    with conn.transaction():
        listed = conn.execute(_LISTED, keys).fetchall()
        vanished = [listing_id for listing_id, is_gone in listed if is_gone]
        if len(vanished) > max(_ALWAYS_ALLOWED, _ALLOWED_SHARE * len(listed)):
            return Withdrawal(
                refused=f"{len(vanished)} of {len(listed)} listings vanished at once; kept all"
            )
        withdrawn = [
            row[0] for row in conn.execute(_WITHDRAW, {**keys, "listings": vanished}).fetchall()
        ]
        refresh_events(conn, withdrawn)
    return Withdrawal(count=len(withdrawn))


def withdraw_removed(conn: Connection, run_id: int, ids: Sequence[str]) -> int:
    """Withdraw what the source says it has removed, within the caller's transaction.

    :param ids: external ids, or series ids for all their occurrences. What this sync has brought
        stays, as do past events: sources forget these in their own time.
    :return: how many listings were withdrawn.
    """
    if not ids:
        return 0
    rows = conn.execute(_WITHDRAW_REMOVED, {"run": run_id, "ids": list(ids)}).fetchall()
    withdrawn = [row[0] for row in rows]
    refresh_events(conn, withdrawn)
    return len(withdrawn)
