"""Keeps the canonical events in step with the listings they stand for."""

from __future__ import annotations

from collections.abc import Collection, Sequence

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

_INSERT_EVENTS = """
INSERT INTO discovery.events
    (match_key, city_id, venue_id, title, url, starts_at, local_date, time_known, ends_at, timezone,
     status, attendance, performers, categories, organizer, description, image_url, language,
     price_min, price_max, price_currency, price_is_free, price_text, listing_count)
SELECT DISTINCT ON (l.match_key)
     l.match_key, l.city_id, l.venue_id, l.title, l.url, l.starts_at, l.local_date, l.time_known,
     l.ends_at, l.timezone, l.status, l.attendance, l.performers, l.categories, l.organizer,
     l.description, l.image_url, l.language, l.price_min, l.price_max, l.price_currency,
     l.price_is_free, l.price_text, 1
FROM discovery.listings l
WHERE l.id = ANY(%(listings)s)
-- In key order: two syncs that add the same events then wait for each other, and never in a circle.
ORDER BY l.match_key, l.id
ON CONFLICT (match_key) DO NOTHING
"""

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
_REFRESH_EVENTS = """
WITH ranked AS (
    SELECT l.*, row_number() OVER (
        PARTITION BY l.event_id
        ORDER BY l.withdrawn_at IS NOT NULL, s.trust DESC, l.first_seen_at, l.id) AS rank
    FROM discovery.listings l JOIN discovery.sources s ON s.id = l.source_id
    WHERE l.event_id = ANY(%(events)s)
),
pooled AS (
    SELECT event_id,
        count(*) AS listing_count,
        CASE WHEN bool_and(withdrawn_at IS NOT NULL) THEN max(withdrawn_at) END AS withdrawn_at,
        (array_agg(city_id ORDER BY rank) FILTER (WHERE city_id IS NOT NULL))[1] AS city_id,
        (array_agg(url ORDER BY rank) FILTER (WHERE url IS NOT NULL))[1] AS url,
        (array_agg(organizer ORDER BY rank) FILTER (WHERE organizer IS NOT NULL))[1] AS organizer,
        (array_agg(description ORDER BY rank) FILTER (WHERE description IS NOT NULL))[1]
            AS description,
        (array_agg(image_url ORDER BY rank) FILTER (WHERE image_url IS NOT NULL))[1] AS image_url,
        (array_agg(language ORDER BY rank) FILTER (WHERE language IS NOT NULL))[1] AS language,
        (array_agg(id ORDER BY rank) FILTER (WHERE performers <> '{}'))[1] AS performers_from,
        (array_agg(id ORDER BY rank) FILTER (WHERE categories <> '{}'))[1] AS categories_from,
        (array_agg(id ORDER BY rank) FILTER (
            WHERE num_nonnulls(price_min, price_max, price_is_free, price_text) > 0))[1]
            AS price_from
    FROM ranked GROUP BY event_id
),
wanted AS (
    SELECT best.event_id, pooled.city_id, best.venue_id, best.title, pooled.url, best.starts_at,
        best.local_date, best.time_known, best.ends_at, best.timezone, best.status,
        best.attendance, COALESCE(p.performers, '{}') AS performers,
        COALESCE(c.categories, '{}') AS categories, pooled.organizer, pooled.description,
        pooled.image_url, pooled.language, m.price_min, m.price_max, m.price_currency,
        m.price_is_free, m.price_text, pooled.listing_count, pooled.withdrawn_at
    FROM ranked best
    JOIN pooled USING (event_id)
    LEFT JOIN discovery.listings p ON p.id = pooled.performers_from
    LEFT JOIN discovery.listings c ON c.id = pooled.categories_from
    LEFT JOIN discovery.listings m ON m.id = pooled.price_from
    WHERE best.rank = 1
)
UPDATE discovery.events e SET
    city_id = w.city_id, venue_id = w.venue_id, title = w.title, url = w.url,
    starts_at = w.starts_at, local_date = w.local_date, time_known = w.time_known,
    ends_at = w.ends_at, timezone = w.timezone, status = w.status, attendance = w.attendance,
    performers = w.performers, categories = w.categories, organizer = w.organizer,
    description = w.description, image_url = w.image_url, language = w.language,
    price_min = w.price_min, price_max = w.price_max, price_currency = w.price_currency,
    price_is_free = w.price_is_free, price_text = w.price_text,
    listing_count = w.listing_count, withdrawn_at = w.withdrawn_at, updated_at = now()
FROM wanted w
WHERE e.id = w.event_id
  -- Without time_known: it changes with starts_at and never alone.
  AND (e.city_id, e.venue_id, e.title, e.url, e.starts_at, e.local_date, e.ends_at,
       e.timezone, e.status, e.attendance, e.performers, e.categories, e.organizer, e.description,
       e.image_url, e.language, e.price_min, e.price_max, e.price_currency, e.price_is_free,
       e.price_text, e.listing_count, e.withdrawn_at)
      IS DISTINCT FROM
      (w.city_id, w.venue_id, w.title, w.url, w.starts_at, w.local_date, w.ends_at,
       w.timezone, w.status, w.attendance, w.performers, w.categories, w.organizer, w.description,
       w.image_url, w.language, w.price_min, w.price_max, w.price_currency, w.price_is_free,
       w.price_text, w.listing_count, w.withdrawn_at)
"""


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
