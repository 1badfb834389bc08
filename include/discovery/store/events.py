"""Keeps the canonical events in step with the listings they stand for."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from include.discovery.store.columns import EVENT_COLUMNS, names, pooled
from include.discovery.store.connection import Connection

_EVENTS_OF_LISTINGS = """
SELECT DISTINCT event_id FROM discovery.listings
WHERE id = ANY(%(listings)s) AND event_id IS NOT NULL
"""

# An event whose only listing changed its what, when or where is still that event: it takes the new
# key along and keeps its id.
_REKEY_EVENTS = """
UPDATE discovery.events e SET match_key = moved.match_key, updated_at = now()
FROM (
    SELECT DISTINCT ON (l.match_key) l.event_id, l.match_key
    FROM discovery.listings l
    WHERE l.id = ANY(%(listings)s) AND l.event_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM discovery.events taken WHERE taken.match_key = l.match_key)
      AND NOT EXISTS (
          SELECT FROM discovery.listings other
          WHERE other.event_id = l.event_id AND other.id <> l.id)
    ORDER BY l.match_key, l.id
) moved
WHERE e.id = moved.event_id
"""

_INSERT_EVENTS = f"""
INSERT INTO discovery.events (match_key, {names(EVENT_COLUMNS)}, listing_count, source_ids)
SELECT DISTINCT ON (l.match_key) l.match_key, {names(EVENT_COLUMNS, "l.")}, 1, ARRAY[l.source_id]
FROM discovery.listings l
WHERE l.id = ANY(%(listings)s)
-- In key order: two syncs that add the same events then wait for each other, and never in a circle.
ORDER BY l.match_key, l.id
ON CONFLICT (match_key) DO NOTHING
"""  # noqa: S608  the module's own text

_LINK_LISTINGS = """
UPDATE discovery.listings l SET event_id = e.id
FROM discovery.events e
WHERE l.id = ANY(%(listings)s) AND e.match_key = l.match_key AND l.event_id IS DISTINCT FROM e.id
"""

_LOCK_EVENTS = "SELECT FROM discovery.events WHERE id = ANY(%(events)s) ORDER BY id FOR UPDATE"

_DELETE_EMPTY_EVENTS = """
DELETE FROM discovery.events e
WHERE e.id = ANY(%(events)s)
  AND NOT EXISTS (SELECT FROM discovery.listings l WHERE l.event_id = e.id)
"""

# Rank 1 is the listing whose word counts: still listed, of the most trusted source, seen first.
_REFRESH_EVENTS = f"""
WITH ranked AS (
    SELECT l.*, row_number() OVER (
        PARTITION BY l.event_id
        ORDER BY l.withdrawn_at IS NOT NULL, s.trust DESC, l.first_seen_at, l.id) AS rank
    FROM discovery.listings l JOIN discovery.sources s ON s.id = l.source_id
    WHERE l.event_id = ANY(%(events)s)
),
pooled AS (
    SELECT event_id, {pooled(EVENT_COLUMNS)}, count(*) AS listing_count,
        array_agg(DISTINCT source_id) AS source_ids,
        CASE WHEN bool_and(withdrawn_at IS NOT NULL) THEN max(withdrawn_at) END AS withdrawn_at
    FROM ranked GROUP BY event_id
)
UPDATE discovery.events e SET
    ({names(EVENT_COLUMNS)}, listing_count, source_ids, withdrawn_at, updated_at) =
        ROW ({names(EVENT_COLUMNS, "p.")}, p.listing_count, p.source_ids, p.withdrawn_at, now())
FROM pooled p
WHERE e.id = p.event_id
  AND ({names(EVENT_COLUMNS, "e.")}, e.listing_count, e.source_ids, e.withdrawn_at)
      IS DISTINCT FROM
      ({names(EVENT_COLUMNS, "p.")}, p.listing_count, p.source_ids, p.withdrawn_at)
"""  # noqa: S608  the module's own text


def refresh_events(conn: Connection, listing_ids: Sequence[int]) -> None:
    """Bring the events of changed listings up to date, within the caller's transaction.

    Listings are tied to the event of their match key, which is created where it is missing; then
    every event that gained, lost or kept one of them is composed anew, and one that lost its last
    listing to another event is removed.
    """
    if not listing_ids:
        return
    listings = {"listings": list(listing_ids)}
    before = _events_of(conn, listings)
    if before:
        conn.execute(_REKEY_EVENTS, listings)
    conn.execute(_INSERT_EVENTS, listings)
    conn.execute(_LINK_LISTINGS, listings)
    settle_events(conn, before | _events_of(conn, listings))


def settle_events(conn: Connection, event_ids: Collection[int]) -> None:
    """Compose events anew from their listings, and remove those that have none.

    Locked before they are composed: another sync may be adding its listing to the same event, and
    the statement after the lock sees what that one committed.
    """
    events = {"events": sorted(event_ids)}
    conn.execute(_LOCK_EVENTS, events)
    conn.execute(_DELETE_EMPTY_EVENTS, events)
    conn.execute(_REFRESH_EVENTS, events)


def _events_of(conn: Connection, listings: dict[str, list[int]]) -> set[int]:
    return {row[0] for row in conn.execute(_EVENTS_OF_LISTINGS, listings)}
