"""Approvals: a person says whether listings are gone that are missing in too great a number.

A pair has one open approval at most. What it is about waits, whatever later nights find, until a
person confirms that it is gone or says that it stays, or the source lists it again. The listings of
an approval are tied to the absence that it is about: one that was seen since is no part of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from include.discovery.model import pair_label
from include.discovery.store.audit import Author, Change, note
from include.discovery.store.connection import Connection
from include.discovery.store.edits import EditRefusedError
from include.discovery.store.events import refresh_events
from include.discovery.vanished import has_begun

Decision = Literal["confirm", "keep"]
"""They are gone, or they stay until the source lists them again or they begin."""

HOLD: Final = """
CASE WHEN l.missing_since IS NOT NULL THEN (
    SELECT CASE WHEN a.decision IS NULL THEN 'asked' ELSE 'kept' END
    FROM discovery.withdrawal_approval_listings al
    JOIN discovery.withdrawal_approvals a ON a.id = al.approval_id
    WHERE al.listing_id = l.id AND al.missing_since = l.missing_since
      AND (a.decision IS NULL OR a.decision = 'keep')
    ORDER BY a.id DESC LIMIT 1)
END
"""
"""Why a listing ``l`` that is missing is not withdrawn, as an expression of SQL: see
:class:`~include.discovery.vanished.Hold`."""

_OPEN = """
INSERT INTO discovery.withdrawal_approvals AS stored
    (city_source_id, dag_run_id, opened_at, missing, listed)
SELECT r.city_source_id, r.dag_run_id, %(now)s, %(missing)s, %(listed)s
FROM discovery.sync_runs r WHERE r.id = %(run)s AND r.city_source_id IS NOT NULL
ON CONFLICT (city_source_id) WHERE decision IS NULL DO UPDATE SET
    missing = stored.missing + EXCLUDED.missing, listed = stored.missing + EXCLUDED.listed
RETURNING id
"""

_ADD = """
INSERT INTO discovery.withdrawal_approval_listings (approval_id, listing_id, missing_since)
SELECT %(approval)s, id, missing_since FROM discovery.listings
WHERE id = ANY(%(ids)s) AND missing_since IS NOT NULL AND withdrawn_at IS NULL
ON CONFLICT (approval_id, listing_id) DO UPDATE SET missing_since = EXCLUDED.missing_since
"""

WAITING: Final = """
discovery.withdrawal_approval_listings al
JOIN discovery.listings l ON l.id = al.listing_id AND l.missing_since = al.missing_since
    AND l.withdrawn_at IS NULL
"""
"""The listings ``l`` that an approval ``al.approval_id`` is still about."""

_SETTLE = f"""
UPDATE discovery.withdrawal_approvals a SET decided_at = %(now)s,
    decision = CASE WHEN %(withdrawn)s::integer IS NULL THEN 'over' ELSE 'confirm' END,
    decided_by = CASE WHEN %(withdrawn)s::integer IS NOT NULL THEN 'run ' || r.dag_run_id END,
    withdrawn = %(withdrawn)s
FROM discovery.sync_runs r
WHERE r.id = %(run)s AND a.city_source_id = r.city_source_id AND a.decision IS NULL
  AND NOT EXISTS (SELECT FROM {WAITING} WHERE al.approval_id = a.id)
"""  # noqa: S608  the module's own text


def ask_about(
    conn: Connection, run_id: int, listing_ids: Sequence[int], *, listed: int, now: datetime
) -> None:
    """Open the approval of a pair, or add listings to the one that is open.

    In the caller's transaction.

    :param run_id: the attempt that missed them.
    :param listed: how many listings the pair has, those it asks about included.
    """
    if not listing_ids:
        return
    keys = {"run": run_id, "now": now, "missing": len(listing_ids), "listed": listed}
    row = conn.execute(_OPEN, keys).fetchone()
    if row is not None:
        conn.execute(_ADD, {"approval": row[0], "ids": list(listing_ids)})


def settle_approval(conn: Connection, run_id: int, *, withdrawn: int | None, now: datetime) -> None:
    """Close the open approval of a pair if it is about nothing any more.

    In the caller's transaction.

    :param withdrawn: how many listings were withdrawn, if a person started the attempt to confirm
        that they are gone; ``None``: they were listed again, have begun, or count as missing anew.
    """
    conn.execute(_SETTLE, {"run": run_id, "withdrawn": withdrawn, "now": now})


_ASKED = """
SELECT c.slug, s.slug, a.decision, a.decided_by
FROM discovery.withdrawal_approvals a
JOIN discovery.city_source cs ON cs.id = a.city_source_id
JOIN discovery.sources s ON s.id = cs.source_id
LEFT JOIN discovery.cities c ON c.id = cs.city_id
WHERE a.id = %(approval)s
FOR UPDATE OF a
"""

_STILL_WAITING = f"""
SELECT l.id, l.starts_at, l.local_date, l.timezone FROM {WAITING}
WHERE al.approval_id = %(approval)s ORDER BY l.id FOR UPDATE OF l
"""  # noqa: S608  the module's own text

_WITHDRAW = "UPDATE discovery.listings SET withdrawn_at = now() WHERE id = ANY(%(ids)s)"

_DECIDE = """
UPDATE discovery.withdrawal_approvals SET decision = %(decision)s, decided_at = %(now)s,
    decided_by = %(by)s, withdrawn = %(withdrawn)s
WHERE id = %(approval)s
"""


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of the listings of an approval."""

    withdrawn: int
    kept: int
    change: Change
    """As the audit log has it."""


def decide(
    conn: Connection, approval_id: int, decision: Decision, *, decided_by: Author, now: datetime
) -> Decided | None:
    """Decide an open approval; return what came of it, ``None`` if there is none of that id.

    :param decision: ``confirm`` withdraws at once what is still missing, except what has begun.
    :param now: the time by which events have begun or not.
    :raises EditRefusedError: when it was decided before, or is over.
    """
    keys = {"approval": approval_id}
    with conn.transaction():
        row = conn.execute(_ASKED, keys).fetchone()
        if row is None:
            return None
        city, source, before, by = row
        label = pair_label(city, source)
        if before is not None:
            words = f"was decided by {by}: {before}" if by else "no longer awaits approval"
            raise EditRefusedError(f"what was missing of {label} {words}", "changed")
        waiting = [
            listing_id
            for listing_id, starts_at, local_date, timezone in conn.execute(_STILL_WAITING, keys)
            if not has_begun(starts_at, local_date, timezone, now)
        ]
        gone = waiting if decision == "confirm" else []
        conn.execute(_WITHDRAW, {"ids": gone})
        refresh_events(conn, gone)
        conn.execute(
            _DECIDE,
            {
                **keys,
                "decision": decision,
                "by": decided_by.name,
                "withdrawn": len(gone) if decision == "confirm" else None,
                "now": now,
            },
        )
        change = Change(
            decision,
            "withdrawal",
            label,
            after={"city": city, "source": source, "listings": len(waiting)},
        )
        note(conn, change, decided_by)
    return Decided(len(gone), len(waiting) - len(gone), change)
