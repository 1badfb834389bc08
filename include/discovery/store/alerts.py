"""What was told of pairs, and the outbox of messages: each is written before it is sent.

A message is handed to its channel at most once at a time, and again only if the channel said that
it failed. What becomes of one whose process dies in between nobody can know: it is not sent again,
and a later message mentions it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from psycopg.types.json import Jsonb

from include.discovery.health.alerts import Condition, Decision, OpenAlert
from include.discovery.store.connection import Connection, rows

Kind = Literal["alert", "digest", "late"]

MOST_ATTEMPTS: Final = 5
_SENDING_ENDS: Final = timedelta(minutes=15)
"""A process that has been sending for so long is dead."""
_TOO_OLD: Final = timedelta(days=2)
"""What could not be sent for so long is no news any more."""

_OPEN = """
SELECT id, city_source_id AS pair_id, condition, opened_at FROM discovery.alerts
WHERE closed_at IS NULL
"""

_COUNT_OPEN = "SELECT count(*) FROM discovery.alerts WHERE closed_at IS NULL"

_CLOSE = """
UPDATE discovery.alerts SET closed_at = %(now)s, closed_because = %(because)s
WHERE id = %(id)s AND closed_at IS NULL
"""

_ADD = """
INSERT INTO discovery.alerts (city_source_id, condition, reason, dag_run_id, opened_at)
VALUES (%(pair)s, %(condition)s, %(reason)s, %(run)s, %(now)s)
"""

_ENQUEUE = """
INSERT INTO discovery.alert_messages (dag_run_id, kind, channel, content, created_at, state_at)
VALUES (%(run)s, %(kind)s, %(channel)s, %(content)s, %(now)s, %(now)s)
ON CONFLICT (dag_run_id, kind, channel) WHERE kind <> 'alert' DO NOTHING
"""

_LOSE_SIGHT = """
UPDATE discovery.alert_messages SET state = 'unconfirmed', state_at = %(now)s
WHERE state = 'sending' AND state_at <= %(now)s - %(sending_ends)s
"""

_GIVE_UP = """
UPDATE discovery.alert_messages SET state = 'failed', state_at = %(now)s,
    error = COALESCE(error, 'not sent in time')
WHERE state = 'pending' AND (attempts >= %(most)s OR created_at <= %(now)s - %(too_old)s)
"""

_MENTION = """
UPDATE discovery.alert_messages SET is_mentioned = true
WHERE state IN ('unconfirmed', 'failed') AND NOT is_mentioned
RETURNING content->>'subject'
"""

_CLAIM = """
UPDATE discovery.alert_messages SET state = 'sending', attempts = attempts + 1, state_at = %(now)s
WHERE id = (SELECT id FROM discovery.alert_messages
            WHERE state = 'pending' AND NOT id = ANY(%(tried)s)
            ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, dag_run_id, channel, content
"""

_SETTLE = """
UPDATE discovery.alert_messages SET state = %(state)s, error = %(error)s, state_at = %(now)s
WHERE id = %(id)s AND state = 'sending'
"""

_OPEN_OF_PAIRS = """
SELECT a.city_source_id AS pair_id, a.condition, a.reason, a.dag_run_id, a.opened_at,
    c.slug AS city, s.slug AS source
FROM discovery.alerts a
JOIN discovery.city_source cs ON cs.id = a.city_source_id
JOIN discovery.sources s ON s.id = cs.source_id
LEFT JOIN discovery.cities c ON c.id = cs.city_id
WHERE a.closed_at IS NULL
ORDER BY a.opened_at DESC, a.id DESC LIMIT %s
"""

_MESSAGES = """
SELECT id, dag_run_id, kind, channel, content->>'subject' AS subject, created_at, state, attempts,
    state_at, error
FROM discovery.alert_messages ORDER BY created_at DESC, id DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that is to be sent now."""

    id: int
    dag_run_id: str
    channel: str
    content: Mapping[str, str]


def lock_alerts(conn: Connection) -> None:
    """Let one transaction at a time decide what is told, until the caller's ends."""
    conn.execute("SELECT pg_advisory_xact_lock(hashtext('discovery.alerts'))")


def open_alerts(conn: Connection) -> list[OpenAlert]:
    """Return what was told and is not over."""
    return [
        OpenAlert(**{**row, "condition": Condition(row["condition"])})
        for row in rows(conn, _OPEN, {})
    ]


def note_decision(conn: Connection, decision: Decision, dag_run_id: str, now: datetime) -> None:
    """Store what has changed, in the caller's transaction."""
    for closed in decision.closed:
        keys = {"id": closed.alert.id, "because": closed.because, "now": now}
        conn.execute(_CLOSE, keys)
    for opened in decision.opened:
        conn.execute(
            _ADD,
            {
                "pair": opened.standing.pair_id,
                "condition": opened.condition.value,
                "reason": opened.reason,
                "run": dag_run_id,
                "now": now,
            },
        )


def enqueue(
    conn: Connection,
    dag_run_id: str,
    kind: Kind,
    channels: Sequence[str],
    content: Mapping[str, str],
    now: datetime,
) -> None:
    """Put a message into the outbox, once for each channel.

    A digest of a run, and that it is late, are told once, however often they are put there.
    """
    for channel in channels:
        conn.execute(
            _ENQUEUE,
            {
                "run": dag_run_id,
                "kind": kind,
                "channel": channel,
                "content": Jsonb(dict(content)),
                "now": now,
            },
        )


def lost_messages(conn: Connection, now: datetime) -> list[str]:
    """Return the subjects of messages that may not have arrived, and were not mentioned yet.

    In the caller's transaction, which is to mention them.
    """
    give_up(conn, now)
    return [row[0] or "" for row in conn.execute(_MENTION).fetchall()]


def give_up(conn: Connection, now: datetime) -> None:
    """Settle what will never be sent: what was tried too often, too long ago, or by the dead."""
    conn.execute(_LOSE_SIGHT, {"now": now, "sending_ends": _SENDING_ENDS})
    conn.execute(_GIVE_UP, {"now": now, "most": MOST_ATTEMPTS, "too_old": _TOO_OLD})


def claim_message(conn: Connection, now: datetime, tried: Sequence[int] = ()) -> Outgoing | None:
    """Take the oldest message that is to be sent; nobody else can take it.

    :param tried: ids of those that the caller has tried in vain.
    """
    found = rows(conn, _CLAIM, {"now": now, "tried": list(tried)})
    return Outgoing(**found[0]) if found else None


def settle_message(
    conn: Connection,
    message_id: int,
    now: datetime,
    *,
    error: str | None = None,
    final: bool = False,
) -> None:
    """Note that a message was sent, or that it was not.

    :param error: why it was not.
    :param final: it is not to be tried again.
    """
    state = "sent" if error is None else "failed" if final else "pending"
    conn.execute(_SETTLE, {"id": message_id, "state": state, "error": error, "now": now})


def open_alerts_of_pairs(conn: Connection, limit: int | None = None) -> list[dict[str, Any]]:
    """Return what was told and is not over, with the slugs of its pairs, newest first."""
    return rows(conn, _OPEN_OF_PAIRS, [limit])


def count_open_alerts(conn: Connection) -> int:
    """Count what was told and is not over."""
    row = conn.execute(_COUNT_OPEN).fetchone()
    return row[0] if row else 0


def latest_messages(conn: Connection, limit: int) -> list[dict[str, Any]]:
    """Return messages without their text, newest first."""
    return rows(conn, _MESSAGES, [limit])
