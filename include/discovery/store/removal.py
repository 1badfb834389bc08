"""Removes a city, a source or a pair with its listings, and events that are left without any.

All of it happens in the caller's transaction, in two steps. What goes is first marked in a
temporary table; this alone is enough to preview how much it is. Then it is deleted, in statements
of bounded size. Runs (``sync_runs``) and the audit log stay: they name cities and sources by their
slugs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from typing import Literal

from include.discovery.configuration import Key
from include.discovery.model import pair_label
from include.discovery.store.connection import Connection
from include.discovery.store.entities import PAIRS
from include.discovery.store.events import settle_events
from include.discovery.text.wording import counted

BATCH = 5_000
"""Rows that one statement touches at most."""


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
