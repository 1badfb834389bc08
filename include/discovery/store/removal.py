"""Removes a city, a source or a pair with its listings, and events that are left without any.

All of it happens in the caller's transaction, in two steps. What goes is first marked in a
temporary table, and counted. Then it is deleted, in statements of bounded size. Runs
(``sync_runs``) and the audit log stay: they name cities and sources by their slugs.

To say beforehand how much would go, :func:`count` marks nothing, and counts no further than to
10,000: a person waits for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from include.discovery.configuration import Key
from include.discovery.model import pair_label
from include.discovery.store.connection import Connection
from include.discovery.store.entities import PAIRS
from include.discovery.store.events import note_unmatched, settle_events
from include.discovery.text.wording import counted

BATCH = 5_000
"""Rows that one statement touches at most."""

MOST_COUNTED = 10_000
"""So many listings are counted before a removal, and the events of so many looked at."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What goes with an entity, and what stays that it had a part in."""

    listings: int
    events: int
    """Events that no other listing stands behind."""
    events_kept: int
    """Events that other listings stand behind: they stay, told by these."""
    listings_kept: int
    """Listings of other pairs in a city that goes: they stay, without this city."""

    @property
    def is_any(self) -> bool:
        """Whether there is anything at all that hangs on the entity."""
        return bool(self.listings or self.events or self.listings_kept)

    def __str__(self) -> str:
        """Say it in words: ``5 listings and 3 events; 2 events that others list: kept``."""
        words = f"{counted(self.listings, 'listing')} and {counted(self.events, 'event')}"
        if self.events_kept:
            words += f"; {counted(self.events_kept, 'event')} that others list: kept"
        if self.listings_kept:
            words += f"; {counted(self.listings_kept, 'listing')} of other pairs: kept"
        return words


_CREATE = """
CREATE TEMP TABLE removal_listings (
    listing_id bigint PRIMARY KEY, event_id bigint, stays boolean NOT NULL, step integer NOT NULL
) ON COMMIT DROP;
CREATE TEMP TABLE removal_cities (id bigint PRIMARY KEY) ON COMMIT DROP;
CREATE TEMP TABLE removal_events (id bigint PRIMARY KEY) ON COMMIT DROP
"""

_PAIRS = {
    "city": "cs.city_id = (SELECT id FROM discovery.cities WHERE slug = %(slug)s)",
    "source": "cs.source_id = (SELECT id FROM discovery.sources WHERE slug = %(slug)s)",
    "pair": "cs.source_id = (SELECT id FROM discovery.sources WHERE slug = %(source)s) "
    "AND cs.city_id IS NOT DISTINCT FROM (SELECT id FROM discovery.cities WHERE slug = %(city)s)",
}
"""Which pairs go with an entity."""

_MARK = """
INSERT INTO removal_listings AS marked (listing_id, event_id, stays, step)
{select}
ON CONFLICT (listing_id) DO UPDATE SET stays = false, step = EXCLUDED.step
WHERE marked.stays AND NOT EXCLUDED.stays
"""

# A listing goes with the pair that saw it last. One without a pair (its pair was deleted before)
# goes with the city if its source is of that scope, else it is only somewhere in the city.
_LISTINGS = {
    "city": """
SELECT l.id, l.event_id,
    own.id IS NULL AND (l.city_source_id IS NOT NULL OR s.scope <> 'city'),
    %(step)s
FROM discovery.listings l
JOIN discovery.sources s ON s.id = l.source_id
LEFT JOIN discovery.city_source own ON own.id = l.city_source_id
    AND own.city_id = (SELECT id FROM discovery.cities WHERE slug = %(slug)s)
WHERE l.city_id = (SELECT id FROM discovery.cities WHERE slug = %(slug)s)
    OR l.city_source_id = ANY(ARRAY(
        SELECT cs.id FROM discovery.city_source cs
        WHERE cs.city_id = (SELECT id FROM discovery.cities WHERE slug = %(slug)s)))
""",
    "source": """
SELECT id, event_id, false, %(step)s FROM discovery.listings
WHERE source_id = (SELECT id FROM discovery.sources WHERE slug = %(slug)s)
""",
    "pair": f"""
SELECT l.id, l.event_id, false, %(step)s
FROM discovery.listings l JOIN discovery.city_source cs ON cs.id = l.city_source_id
WHERE {_PAIRS["pair"]}
""",  # noqa: S608  the condition is this module's own text
}

_MARK_CITY = """
INSERT INTO removal_cities SELECT id FROM discovery.cities WHERE slug = %(slug)s
ON CONFLICT DO NOTHING
"""

_COUNT = """
WITH touched AS (
    SELECT DISTINCT event_id AS id FROM removal_listings
    WHERE step = %(step)s AND NOT stays AND event_id IS NOT NULL
),
events AS (
    SELECT t.id, NOT EXISTS (
        SELECT FROM discovery.listings l
        LEFT JOIN removal_listings marked ON marked.listing_id = l.id
        WHERE l.event_id = t.id AND COALESCE(marked.stays, true)) AS goes
    FROM touched t
)
SELECT
    (SELECT count(*) FROM removal_listings WHERE step = %(step)s AND NOT stays),
    (SELECT count(*) FROM events WHERE goes) + (
        SELECT count(*) FROM discovery.events e
        WHERE e.city_id = (SELECT id FROM discovery.cities WHERE slug = %(slug)s)
          AND %(type)s = 'city'
          AND NOT EXISTS (SELECT FROM discovery.listings l WHERE l.event_id = e.id)),
    (SELECT count(*) FROM events WHERE NOT goes),
    (SELECT count(*) FROM removal_listings WHERE step = %(step)s AND stays)
"""

_MARK_EVENTS = """
INSERT INTO removal_events
SELECT event_id FROM removal_listings WHERE event_id IS NOT NULL
UNION
SELECT e.id FROM discovery.events e JOIN removal_cities c ON c.id = e.city_id
"""

_NEXT = {
    "gone": "SELECT listing_id FROM removal_listings WHERE NOT stays AND listing_id > %s "
    "ORDER BY listing_id LIMIT %s",
    "kept": "SELECT listing_id FROM removal_listings WHERE stays AND listing_id > %s "
    "ORDER BY listing_id LIMIT %s",
    "events": "SELECT id FROM removal_events WHERE id > %s ORDER BY id LIMIT %s",
}

_DELETE_LISTINGS = "DELETE FROM discovery.listings WHERE id = ANY(%s)"

_KEEP_LISTINGS = """
UPDATE discovery.listings l
SET city_id = (SELECT cs.city_id FROM discovery.city_source cs WHERE cs.id = l.city_source_id)
WHERE l.id = ANY(%s)
"""

# Pairs of the entity, and those without a city when one goes: they may be adding events of it.
_CONCERNED = "({pairs} OR %(type)s = 'city' AND cs.city_id IS NULL)"

_HELD = f"""
SELECT c.slug, s.slug, r.dag_run_id
FROM {PAIRS}
JOIN discovery.sync_runs r
    ON r.city_source_id = cs.id AND r.state = 'running' AND r.lease_until > now()
WHERE {_CONCERNED}
ORDER BY s.slug, c.slug
"""  # noqa: S608  the conditions are this module's own text

_LOCK_PAIRS = f"""
SELECT FROM discovery.city_source cs WHERE {_CONCERNED} ORDER BY cs.id FOR UPDATE
"""


_OF = {
    "pairs": "SELECT cs.id FROM discovery.city_source cs WHERE {pairs}",
    "city": "SELECT id FROM discovery.cities WHERE slug = %(slug)s",
    "source": "SELECT id FROM discovery.sources WHERE slug = %(slug)s",
}

# Pair by pair, and of a source in the order of an index: so that the planner has no reason to look
# for the first ones in the table itself, where they may stand at the end.
_OF_PAIRS = """
SELECT l.event_id FROM unnest(%(pairs)s::bigint[]) AS own (id)
CROSS JOIN LATERAL (
    SELECT event_id FROM discovery.listings WHERE city_source_id = own.id LIMIT %(most)s + 1) l
"""
_LEFT_BEHIND = """
SELECT l.event_id FROM discovery.listings l JOIN discovery.sources s ON s.id = l.source_id
WHERE l.city_id = %(city)s AND l.city_source_id IS NULL AND (s.scope = 'city') = {is_of_city}
"""
_GOING = {
    "city": f"{_OF_PAIRS} UNION ALL {_LEFT_BEHIND.format(is_of_city='true')}",
    "source": "SELECT event_id FROM discovery.listings WHERE source_id = %(source)s"
    " ORDER BY external_id",
    "pair": _OF_PAIRS,
}
"""The events of listings that go with an entity."""

_STAYS = {
    "city": """
CASE WHEN l.city_source_id IS NULL THEN (l.city_id = %(city)s AND EXISTS (
        SELECT FROM discovery.sources s WHERE s.id = l.source_id AND s.scope = 'city')) IS NOT TRUE
    ELSE l.city_source_id <> ALL(%(pairs)s::bigint[]) END
""",
    "source": "l.source_id <> %(source)s",
    "pair": "(l.city_source_id = ANY(%(pairs)s::bigint[])) IS NOT TRUE",
}
"""Whether a listing of such an event stays."""

_COUNT_GOING = """
WITH going AS MATERIALIZED ({going} LIMIT %(most)s + 1),
events AS MATERIALIZED (
    SELECT NOT EXISTS (
        SELECT FROM discovery.listings l WHERE l.event_id = touched.event_id AND {stays}) AS goes
    FROM (SELECT DISTINCT event_id FROM going WHERE event_id IS NOT NULL) touched
)
SELECT (SELECT count(*) FROM going), count(*) FILTER (WHERE goes), count(*) FILTER (WHERE NOT goes)
FROM events
"""

_COUNT_KEPT = f"""
SELECT count(*) FROM (
    SELECT FROM discovery.city_source other
    CROSS JOIN LATERAL (
        SELECT FROM discovery.listings
        WHERE city_id = %(city)s AND city_source_id = other.id LIMIT %(most)s + 1) l
    WHERE other.id <> ALL(%(pairs)s::bigint[])
    UNION ALL SELECT FROM ({_LEFT_BEHIND.format(is_of_city="false")}) left_behind
    LIMIT %(most)s + 1
) kept
"""  # noqa: S608  the module's own text


def count(conn: Connection, key: Key) -> tuple[Removed, bool]:
    """Count what goes with an entity, and say whether these are all.

    Beyond 10,000 listings nothing is counted: then all numbers are lower bounds. Events of a city
    that no listing stands behind are counted when the city is removed.
    """
    values: dict[str, Any] = {**asdict(key), "most": MOST_COUNTED}
    pairs = conn.execute(_OF["pairs"].format(pairs=_PAIRS[key.type]).encode(), values).fetchall()
    values["pairs"] = [row[0] for row in pairs]
    if key.type != "pair":
        row = conn.execute(_OF[key.type].encode(), values).fetchone()
        values[key.type] = row[0] if row else None
    going = _COUNT_GOING.format(going=_GOING[key.type], stays=_STAYS[key.type])
    listings, events, events_kept = conn.execute(going.encode(), values).fetchone() or (0, 0, 0)
    kept = conn.execute(_COUNT_KEPT.encode(), values).fetchone() if key.type == "city" else None
    listings_kept = kept[0] if kept else 0
    return (
        Removed(listings, events, events_kept, listings_kept),
        max(listings, listings_kept) <= MOST_COUNTED,
    )


class Removal:
    """What is removed within one transaction: marked entity by entity, then carried out."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._step = 0
        conn.execute(_CREATE)

    def mark(self, key: Key) -> Removed:
        """Mark what goes with an entity; return how much that is beyond what was marked before."""
        self._step += 1
        values = {**asdict(key), "step": self._step}
        self._conn.execute(_MARK.format(select=_LISTINGS[key.type]).encode(), values)
        if key.type == "city":
            self._conn.execute(_MARK_CITY, values)
        # Autovacuum does not analyse temporary tables.
        self._conn.execute("ANALYZE removal_listings")
        row = self._conn.execute(_COUNT, values).fetchone()
        return Removed(*(row or (0, 0, 0, 0)))

    def carry_out(self) -> None:
        """Delete what is marked, and bring the events that stay up to date.

        The entities themselves are left to the caller: nothing refers to them any more.
        """
        self._conn.execute(_MARK_EVENTS)
        for listings in self._batches("gone"):
            self._conn.execute(_DELETE_LISTINGS, [listings])
        for listings in self._batches("kept"):
            self._conn.execute(_KEEP_LISTINGS, [listings])
        # In the order of their ids, as syncs lock them: two never wait for each other in a circle.
        for events in self._batches("events"):
            settle_events(self._conn, events)
            note_unmatched(self._conn, events=events)

    def _batches(self, which: Literal["gone", "kept", "events"]) -> Iterator[list[int]]:
        last = 0
        while ids := [row[0] for row in self._conn.execute(_NEXT[which], [last, BATCH])]:
            yield ids
            last = ids[-1]


def held_pairs(conn: Connection, key: Key, *, lock: bool = False) -> list[tuple[str, str]]:
    """Return the pairs that prevent a removal: the label, and the run that is syncing it.

    :param lock: keep other runs from taking any of these pairs until the transaction ends.
    """
    values, pairs = asdict(key), _PAIRS[key.type]
    if lock:
        conn.execute(_LOCK_PAIRS.format(pairs=pairs).encode(), values)
    rows = conn.execute(_HELD.format(pairs=pairs).encode(), values).fetchall()
    return [(pair_label(city, source), run) for city, source, run in rows]


def held_words(held: Collection[tuple[str, str]]) -> str:
    """Say what prevents a removal, and what to do."""
    pairs = ", ".join(f"{label} (run {run})" for label, run in held)
    return f"it is being synced: {pairs}; wait for the end of the run, or stop it"
