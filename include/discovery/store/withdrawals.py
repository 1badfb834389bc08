"""Withdraws listings: those that complete syncs no longer found, and those named as removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from include.discovery.model import Pair, Window
from include.discovery.store.connection import Connection
from include.discovery.store.events import refresh_events
from include.discovery.store.known_items import SEEN_UNREAD
from include.discovery.store.renewals import tie_successors
from include.discovery.store.withdrawal_approvals import HOLD, ask_about, settle_approval
from include.discovery.vanished import Hold, Listed, doubt_of, has_begun, judge_missing

_SEEN_BY_ITEMS = SEEN_UNREAD.format(pair="%(pair)s", sync_started_at="%(sync_started_at)s")

# Nothing is read of a pair of which nothing is missing.
_LISTED = f"""
WITH listed AS MATERIALIZED (
SELECT l.id, l.starts_at, l.local_date, l.timezone,
    l.last_seen_at < %(sync_started_at)s
        AND NOT COALESCE(l.id <@ {_SEEN_BY_ITEMS}, false) AS is_missing,
    l.missing_since, l.missed_in_doubt, {HOLD} AS hold
FROM discovery.listings l
WHERE l.city_source_id = %(pair)s AND l.withdrawn_at IS NULL
  AND (l.local_date BETWEEN %(start)s AND %(end)s
       OR (l.local_date < %(start)s AND l.missing_since IS NOT NULL))
)
SELECT * FROM listed WHERE EXISTS (SELECT FROM listed WHERE is_missing)
"""  # noqa: S608  the module's own text

# Another sync may have seen one of them meanwhile.
_STILL_MISSING = """
id = ANY(%(ids)s) AND withdrawn_at IS NULL AND last_seen_at < %(sync_started_at)s
"""

_NOTE_MISSING = f"""
UPDATE discovery.listings SET missing_since = %(now)s, missed_in_doubt = %(is_in_doubt)s
WHERE {_STILL_MISSING}
"""  # noqa: S608  the module's own text

_WITHDRAW = f"""
UPDATE discovery.listings SET withdrawn_at = now() WHERE {_STILL_MISSING} RETURNING id
"""  # noqa: S608  the module's own text

_SETTLE = "UPDATE discovery.listings SET missing_since = NULL WHERE id = ANY(%(ids)s)"

_REMOVABLE = """
SELECT l.id, l.starts_at, l.local_date, l.timezone
FROM discovery.listings l JOIN discovery.sync_runs r ON r.city_source_id = l.city_source_id
WHERE r.id = %(run)s AND (l.external_id = ANY(%(ids)s) OR l.series_id = ANY(%(ids)s))
  AND l.withdrawn_at IS NULL AND l.last_seen_at <= r.sync_started_at
  AND (l.local_date IS NULL OR l.local_date BETWEEN r.window_start AND r.window_end)
FOR UPDATE OF l
"""

_WITHDRAW_REMOVED = "UPDATE discovery.listings SET withdrawn_at = now() WHERE id = ANY(%(ids)s)"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """How many listings were withdrawn, and what a person should look at, in words."""

    count: int = 0
    warning: str | None = None


def withdraw_vanished(
    conn: Connection,
    pair: Pair,
    run_id: int,
    *,
    window: Window,
    sync_started_at: datetime,
    now: datetime,
    unidentified: int = 0,
    is_as_asserted: bool = True,
    is_confirmed: bool = False,
) -> Withdrawal:
    """Withdraw what this pair listed inside the window before and lists no more.

    To be called only after a complete sync of everything. What it misses for the first time is
    noted; what was missing a day before is withdrawn, unless so much would go that a person is
    asked: see :mod:`include.discovery.vanished`. What has begun is never touched, nor is anything
    that another pair saw last. What is listed under another id than before is not missing: see
    :mod:`include.discovery.store.renewals`.

    :param run_id: the attempt, of this pair.
    :param now: the time by which events have begun or not, and by which they are missing.
    :param unidentified: how many items of the sync were rejected without telling which they are.
    :param is_as_asserted: its events are as many, and as good, as a person has asserted.
    :param is_confirmed: a person has said that what is missing is gone.
    """
    doubt = doubt_of(unidentified=unidentified, is_as_asserted=is_as_asserted)
    keys: dict[str, Any] = {
        "pair": pair.id,
        "start": window.start,
        "end": window.end,
        "sync_started_at": sync_started_at,
        "now": now,
        "is_in_doubt": doubt is not None,
    }
    with conn.transaction():
        if doubt is None:
            tie_successors(conn, pair, window=window, sync_started_at=sync_started_at)
        rows = conn.execute(_LISTED, keys).fetchall()
        judgement = judge_missing(
            map(_listed, rows),
            now,
            doubt=doubt,
            is_confirmed=is_confirmed,
        )
        conn.execute(_SETTLE, {"ids": list(judgement.settled)})
        conn.execute(_NOTE_MISSING, {**keys, "ids": list(judgement.newly_missing)})
        gone = conn.execute(_WITHDRAW, {**keys, "ids": list(judgement.gone)}).fetchall()
        refresh_events(conn, [listing_id for (listing_id,) in gone])
        ask_about(conn, run_id, judgement.asked, listed=judgement.listed, now=now)
        settle_approval(conn, run_id, withdrawn=len(gone) if is_confirmed else None, now=now)
    return Withdrawal(len(gone), judgement.warning)


def _listed(row: tuple[Any, ...]) -> Listed:
    listed = Listed(*row)
    return replace(listed, hold=Hold(listed.hold)) if listed.hold else listed


def withdraw_removed(conn: Connection, run_id: int, ids: Sequence[str], *, now: datetime) -> int:
    """Withdraw what the source says it has removed, within the caller's transaction.

    :param ids: external ids, or series ids for all their occurrences. What this sync has brought
        stays, as does what has begun: sources forget these in their own time.
    :return: how many listings were withdrawn.
    """
    if not ids:
        return 0
    rows = conn.execute(_REMOVABLE, {"run": run_id, "ids": list(ids)}).fetchall()
    removed = [
        listing_id
        for listing_id, starts_at, local_date, timezone in rows
        if not has_begun(starts_at, local_date, timezone, now)
    ]
    conn.execute(_WITHDRAW_REMOVED, {"ids": removed})
    refresh_events(conn, removed)
    return len(removed)
