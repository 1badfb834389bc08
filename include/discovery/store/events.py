"""Keeps the canonical events in step with the listings they stand for.

Which event a listing is of is decided once it is new, by its exact key, and from then on by the
judgements of :mod:`~include.discovery.store.matching`: a listing whose title or time changes stays
with its event until it was compared with the others.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from include.discovery.model import SourceRole
from include.discovery.store.columns import (
    ASSUMED,
    EVENT_COLUMNS,
    PRECEDENCE,
    VALUE_LISTINGS,
    chosen,
    edited,
    first_values,
    names,
)
from include.discovery.store.connection import Connection

_EVENTS_OF_LISTINGS = """
SELECT array_agg(DISTINCT event_id) FILTER (WHERE event_id IS NOT NULL),
    array_agg(id) FILTER (WHERE event_id IS NULL)
FROM discovery.listings WHERE id = ANY(%(listings)s)
"""

# An event none of whose listings has its key any more takes the new key of one along; it takes none
# that another event has.
_REKEY_EVENTS = """
WITH stale AS (
    SELECT e.id FROM discovery.events e
    WHERE e.id = ANY(%(events)s) AND NOT EXISTS (
        SELECT FROM discovery.listings l WHERE l.event_id = e.id AND l.match_key = e.match_key)
),
free AS (
    SELECT DISTINCT ON (l.match_key) l.match_key, l.event_id
    FROM discovery.listings l JOIN stale ON stale.id = l.event_id
    WHERE NOT EXISTS (SELECT FROM discovery.events taken WHERE taken.match_key = l.match_key)
    ORDER BY l.match_key, l.event_id
),
moved AS (
    SELECT stale.id, COALESCE(min(free.match_key), '#' || stale.id) AS match_key
    FROM stale LEFT JOIN free ON free.event_id = stale.id GROUP BY stale.id
)
UPDATE discovery.events e SET match_key = moved.match_key
FROM moved WHERE e.id = moved.id AND e.match_key <> moved.match_key
"""


def creating(listings: str) -> str:
    """Return the statement that makes an event of each listing whose match key has none yet.

    :param listings: what to read them from, in SQL: each with its id, source and all ``COLUMNS``.
    """
    return f"""
INSERT INTO discovery.events
    (match_key, {names(EVENT_COLUMNS)}, listing_count, source_ids, listing_id, assumed)
SELECT DISTINCT ON (l.match_key)
    l.match_key, {first_values(EVENT_COLUMNS, "l.")}, 1, ARRAY[l.source_id], l.id, l.assumed
FROM {listings} l
-- In key order: two syncs that add the same events then wait for each other, and never in a circle.
ORDER BY l.match_key, l.id
ON CONFLICT (match_key) DO NOTHING
"""  # noqa: S608  the module's own text


_INSERT_EVENTS = creating("(SELECT * FROM discovery.listings WHERE id = ANY(%(listings)s))")

_LINK_LISTINGS = """
UPDATE discovery.listings l SET event_id = e.id
FROM discovery.events e
WHERE l.id = ANY(%(listings)s) AND e.match_key = l.match_key
RETURNING e.id
"""

_LOCK_EVENTS = "SELECT FROM discovery.events WHERE id = ANY(%(events)s) ORDER BY id FOR UPDATE"

# Waits for others that compose the events, but not for those that have tied a listing to one and
# are about to compose it. With a lock for which each waits until the other has ended, two syncs
# that add listings to the same events would deadlock.
_LOCK_VALUES = (
    "SELECT FROM discovery.events WHERE id = ANY(%(events)s) ORDER BY id FOR NO KEY UPDATE"
)

_LOCK_STALE = """
SELECT e.id FROM discovery.events e
WHERE e.id = ANY(%(events)s) AND NOT EXISTS (
    SELECT FROM discovery.listings l WHERE l.event_id = e.id AND l.match_key = e.match_key)
ORDER BY e.id FOR UPDATE OF e
"""

# What was edited of an event, or of one that has become part of it, goes with it.
_DELETE_EMPTY_EVENTS = """
WITH gone AS (
    DELETE FROM discovery.events e
    WHERE e.id = ANY(%(events)s)
      AND NOT EXISTS (SELECT FROM discovery.listings l WHERE l.event_id = e.id)
    RETURNING e.id
)
DELETE FROM discovery.event_edits WHERE event_id IN (
    SELECT id FROM gone UNION ALL
    SELECT r.old_id FROM discovery.event_redirects r JOIN gone ON gone.id = r.event_id)
"""

_OF_EVENTS = (
    *(column.name for column in EVENT_COLUMNS),
    "listing_id", "value_listings", "assumed", "edited", "listing_count", "source_ids",
    "withdrawn_at",
)  # fmt: skip
"""What follows from an event's listings and edits."""


def _composed(of: str = "") -> str:
    return ", ".join(f"{of}{name}" for name in _OF_EVENTS)


_REFRESH_EVENTS = f"""
WITH listed AS (
    SELECT l.*, s.role = '{SourceRole.AGGREGATOR}' AS is_aggregator,
        row_number() OVER (PARTITION BY l.event_id ORDER BY {PRECEDENCE})::int AS rank,
        count(*) OVER (PARTITION BY l.event_id)::int AS listing_count
    FROM discovery.listings l JOIN discovery.sources s ON s.id = l.source_id
    WHERE l.event_id = ANY(%(events)s)
),
dated AS (
    SELECT *, first_value(local_date) OVER (
        PARTITION BY event_id ORDER BY local_date IS NULL, rank) AS best_day
    FROM listed WHERE listing_count > 1
),
ranked AS (
    SELECT *, first_value(starts_at) OVER (
        PARTITION BY event_id
        ORDER BY local_date IS DISTINCT FROM best_day, NOT time_known, rank) AS best_start
    FROM dated
),
chosen AS (
    SELECT event_id, {chosen(EVENT_COLUMNS)},
        (array_agg(id ORDER BY rank))[1] AS listing_id, {VALUE_LISTINGS} AS value_listings,
        {ASSUMED} AS assumed, count(*)::int AS listing_count,
        array_agg(DISTINCT source_id) AS source_ids,
        CASE WHEN bool_and(withdrawn_at IS NOT NULL) THEN max(withdrawn_at) END AS withdrawn_at
    FROM ranked GROUP BY event_id
    -- Most events have one listing, and what it says: there is nothing to compose.
    UNION ALL
    SELECT event_id, {names(EVENT_COLUMNS)}, id, '{{}}', assumed, 1, ARRAY[source_id], withdrawn_at
    FROM listed WHERE listing_count = 1
),
-- An edit stays with the id that was edited, and counts for the event that the id leads to. Of two
-- edits of a field the later one counts.
ids AS (
    SELECT id, id AS event_id FROM unnest(%(events)s::bigint[]) AS composed (id) UNION ALL
    SELECT old_id, event_id FROM discovery.event_redirects WHERE event_id = ANY(%(events)s)
),
latest AS (
    SELECT DISTINCT ON (ids.event_id, d.field) ids.event_id, d.field, d.value
    FROM discovery.event_edits d JOIN ids ON ids.id = d.event_id
    ORDER BY ids.event_id, d.field, d.edited_at DESC, d.event_id
),
said AS (
    SELECT event_id, array_agg(DISTINCT field ORDER BY field) AS edited,
        jsonb_object_agg(part.key, part.value) AS value
    FROM latest CROSS JOIN jsonb_each(value) AS part GROUP BY event_id
),
edits AS MATERIALIZED (
    SELECT *, jsonb_populate_record(NULL::discovery.events, value) AS event FROM said
),
composed AS (
    SELECT p.event_id, {edited(EVENT_COLUMNS)}, p.listing_id,
        p.value_listings - COALESCE(d.edited, '{{}}') AS value_listings,
        CASE WHEN d.edited IS NULL THEN p.assumed ELSE ARRAY(
            SELECT field FROM unnest(p.assumed) AS field WHERE field <> ALL(d.edited)
        ) END AS assumed,
        COALESCE(d.edited, '{{}}') AS edited, p.listing_count, p.source_ids, p.withdrawn_at
    FROM chosen p LEFT JOIN edits d ON d.event_id = p.event_id
)
UPDATE discovery.events e SET
    ({_composed()}, updated_at) = ROW ({_composed("c.")}, now())
FROM composed c
WHERE e.id = c.event_id AND ({_composed("e.")}) IS DISTINCT FROM ({_composed("c.")})
"""  # noqa: S608  the module's own text


_SHARED_EVENTS = """
SELECT id FROM discovery.events
WHERE source_ids @> ARRAY(SELECT id FROM discovery.sources WHERE slug = %(source)s)
  AND listing_count > 1 AND id > %(after)s
ORDER BY id LIMIT 1000
"""

_NOTE_UNMATCHED = """
INSERT INTO discovery.unmatched_listings (listing_id, city_id, city_source_id, local_date)
SELECT id, COALESCE(city_id, 0), city_source_id, local_date FROM discovery.listings
WHERE id = ANY(%(listings)s) OR event_id = ANY(%(events)s)
ON CONFLICT DO NOTHING
"""


def refresh_events(conn: Connection, listing_ids: Sequence[int]) -> None:
    """Bring the events of new and changed listings up to date, within the caller's transaction.

    A new listing is tied to the event that has its match key, which is created where there is none;
    then every event that has one of the listings is composed anew.
    """
    if not listing_ids:
        return
    found = conn.execute(_EVENTS_OF_LISTINGS, {"listings": list(listing_ids)}).fetchone()
    known, new = (set(ids or ()) for ids in (found or ((), ())))
    if known:
        _lock_values(conn, known)
        rekey_events(conn, known)
    joined: set[int] = set()
    if new:
        listings = {"listings": sorted(new)}
        conn.execute(_INSERT_EVENTS, listings)
        joined = {row[0] for row in conn.execute(_LINK_LISTINGS, listings)}
        _lock_values(conn, joined - known)
    compose_events(conn, known | joined)


def settle_events(conn: Connection, event_ids: Collection[int]) -> None:
    """Compose events anew from the listings that they have left, and remove those without any."""
    lock_events(conn, event_ids)
    conn.execute(_DELETE_EMPTY_EVENTS, {"events": sorted(event_ids)})
    compose_events(conn, event_ids)


def recompose_events(conn: Connection, source: str) -> None:
    """Compose anew the events that a source shares with others: its word counts otherwise now."""
    last = 0
    while batch := conn.execute(_SHARED_EVENTS, {"source": source, "after": last}).fetchall():
        events = [row[0] for row in batch]
        lock_events(conn, events)
        compose_events(conn, events)
        last = events[-1]


def note_unmatched(
    conn: Connection, listings: Collection[int] = (), events: Collection[int] = ()
) -> None:
    """Have the next sync match listings, and those of events, within the caller's transaction.

    Those that were changed otherwise than by a page, or have lost one that tied them.
    """
    values = {"listings": sorted(listings), "events": sorted(events)}
    conn.execute(_NOTE_UNMATCHED, values)


def lock_events(conn: Connection, event_ids: Collection[int]) -> None:
    """Keep other transactions from composing events until the caller's ends.

    Before they are composed: another sync may be adding its listing to the same event, and the
    statement after the lock sees what that one committed.
    """
    if event_ids:
        conn.execute(_LOCK_EVENTS, {"events": sorted(event_ids)})


def _lock_values(conn: Connection, event_ids: Collection[int]) -> None:
    if event_ids:
        conn.execute(_LOCK_VALUES, {"events": sorted(event_ids)})


def rekey_events(conn: Connection, event_ids: Collection[int]) -> None:
    """Give events the match key of one of their listings where none has the one they have."""
    stale = conn.execute(_LOCK_STALE, {"events": sorted(event_ids)}).fetchall()
    if stale:
        conn.execute(_REKEY_EVENTS, {"events": [event_id for (event_id,) in stale]})


def compose_events(conn: Connection, event_ids: Collection[int]) -> None:
    """Compose events, which the caller has locked, from their listings."""
    conn.execute(_REFRESH_EVENTS, {"events": sorted(event_ids)})
