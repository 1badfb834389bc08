"""Loads pages of event records: one COPY, then set-based merges, in one transaction.

Loading is idempotent: the same page twice changes nothing. Within one sync the first sight of a
listing counts; a second one (sources page in motion, windows share edges) is a duplicate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from include.discovery.errors import InvalidSettings
from include.discovery.identity.keys import event_key, venue_key
from include.discovery.identity.places import city_of
from include.discovery.identity.renewals import Sight
from include.discovery.model import City, EventRecord, Identity, Pair, Price, Venue
from include.discovery.record_warnings import assumed_fields
from include.discovery.store.columns import (
    COLUMNS,
    PAGE_COLUMNS,
    VENUE_COLUMNS,
    Incoming,
    changing,
    definitions,
    merged,
    names,
)
from include.discovery.store.connection import Connection
from include.discovery.store.events import creating, refresh_events, settle_events
from include.discovery.store.renewals import take_over_renewed

_NO_VENUE = Venue()
_NO_PRICE = Price()


@dataclass(frozen=True, slots=True)
class LoadCounts:
    """What the merge itself says it did with the records of one page."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    loaded: Mapping[str, int] = field(default_factory=dict)
    """External id → listing, of all records but duplicates and collisions."""
    collisions: tuple[str, ...] = ()
    """External ids under which another pair of the source lists another event: not loaded."""


class _Merged(NamedTuple):
    """What became of one listing of a page."""

    listing_id: int
    external_id: str
    inserted: bool
    changed: bool
    created: int | None
    """Its event, if the page has made it."""


_INCOMING = f"CREATE TEMP TABLE incoming ({definitions(PAGE_COLUMNS)}) ON COMMIT DROP"

_COPY = f"COPY incoming ({names(PAGE_COLUMNS)}) FROM STDIN"

_CHANGING_OF_VENUES = changing(VENUE_COLUMNS)

# Most venues of a page are known, and told of as they are: these are neither locked nor written.
_MERGE_VENUES = f"""
INSERT INTO discovery.venues AS stored ({names(VENUE_COLUMNS)})
SELECT {names(VENUE_COLUMNS, "EXCLUDED.")}
FROM (
    SELECT DISTINCT ON (venue_match_key) {names(VENUE_COLUMNS, "venue_")}
    FROM incoming
    WHERE venue_match_key IS NOT NULL
    ORDER BY venue_match_key, venue_latitude IS NULL, venue_street IS NULL, ordinal
) AS EXCLUDED ({names(VENUE_COLUMNS)})
LEFT JOIN discovery.venues stored ON stored.match_key = EXCLUDED.match_key
WHERE stored.id IS NULL
   OR ({names(_CHANGING_OF_VENUES, "stored.")}) IS DISTINCT FROM ({merged(_CHANGING_OF_VENUES)})
ORDER BY EXCLUDED.match_key
ON CONFLICT (match_key) DO UPDATE SET
    ({names(_CHANGING_OF_VENUES)}) = ROW ({merged(_CHANGING_OF_VENUES)}),
    updated_at = now()
WHERE ({names(_CHANGING_OF_VENUES, "stored.")})
    IS DISTINCT FROM ({merged(_CHANGING_OF_VENUES)})
"""  # noqa: S608  the module's own text

# The listing that a record of a page is of. Looked up for each record (OFFSET 0): in a first sync,
# before the table has statistics, PostgreSQL would read all listings of the source for each page.
_KNOWN = """
LEFT JOIN LATERAL (
    SELECT * FROM discovery.listings l
    WHERE l.source_id = %(source_id)s AND l.external_id = {page}.external_id OFFSET 0
) known ON true
"""

# What is new on the page, and what collides: sites that count their events from one, put together
# as one source, would overwrite each other.
_UNKNOWN = f"""
SELECT i.ordinal, i.external_id, i.title, i.starts_at, i.local_date, i.venue_match_key, i.url,
    i.series_id, known.id IS NOT NULL AS collides
FROM incoming i {_KNOWN.format(page="i")}
WHERE known.id IS NULL
   OR (known.city_source_id <> %(pair_id)s AND known.withdrawn_at IS NULL
       AND known.title <> i.title AND known.local_date IS DISTINCT FROM i.local_date)
ORDER BY i.ordinal
"""  # noqa: S608  the module's own text

_REMOVE_COLLISIONS = "DELETE FROM incoming WHERE external_id = ANY(%(external_ids)s)"

_OF_PAGE = tuple(column for column in COLUMNS if column.reads)
_CHANGING = changing(COLUMNS)

# One statement: a new listing is written once, with the event that it is of, and a page and the
# note for matching of what is new or has changed are one. Of what another sync adds meanwhile it
# sees nothing: a listing may get no event here, and an event no listing.
_MERGE_LISTINGS = f"""
WITH page AS (
    SELECT COALESCE(known.id, discovery.new_listing_id()) AS id, known.id IS NULL AS is_new,
        %(source_id)s::bigint AS source_id, {names(_OF_PAGE, "firsts.")}, venues.id AS venue_id
    FROM (SELECT DISTINCT ON (external_id) * FROM incoming ORDER BY external_id, ordinal) firsts
    LEFT JOIN discovery.venues ON venues.match_key = firsts.venue_match_key
    {_KNOWN.format(page="firsts")}
    ORDER BY firsts.external_id
),
created AS (
    {
    creating('''(
        SELECT * FROM page
        WHERE is_new
          AND NOT EXISTS (SELECT FROM discovery.events e WHERE e.match_key = page.match_key)
    )''')
}
    RETURNING id, match_key
),
loaded AS (
    INSERT INTO discovery.listings AS stored
        (id, source_id, city_source_id, event_id, {names(COLUMNS)},
         first_seen_at, last_seen_at, changed_at)
    OVERRIDING SYSTEM VALUE
    SELECT page.id, page.source_id, %(pair_id)s, COALESCE(created.id, e.id),
        {names(COLUMNS, "page.")}, now(), now(), now()
    FROM page
    LEFT JOIN created USING (match_key)
    LEFT JOIN discovery.events e USING (match_key)
    ORDER BY page.id
    ON CONFLICT (source_id, external_id) DO UPDATE SET
        ({names(_CHANGING)}) = ROW ({merged(_CHANGING)}),
        city_source_id = EXCLUDED.city_source_id,
        withdrawn_at = NULL,
        missing_since = NULL,
        last_seen_at = now(),
        changed_at = CASE
            WHEN stored.withdrawn_at IS NOT NULL
                OR ({names(_CHANGING, "stored.")}) IS DISTINCT FROM ({merged(_CHANGING)})
            THEN now() ELSE stored.changed_at END
    -- Not before: what this sync has only rejected so far was marked with its very beginning.
    WHERE stored.last_seen_at <= %(sync_started_at)s
    RETURNING id, external_id, event_id, first_seen_at = now() AS inserted,
        changed_at = now() AS changed, city_id, local_date
),
noted AS (
    INSERT INTO discovery.unmatched_listings AS noted
        (listing_id, city_id, city_source_id, local_date)
    SELECT id, COALESCE(city_id, 0), %(pair_id)s, local_date FROM loaded WHERE changed
    ON CONFLICT (listing_id) DO UPDATE SET
        (city_id, city_source_id, local_date) =
            ROW (EXCLUDED.city_id, EXCLUDED.city_source_id, EXCLUDED.local_date)
)
SELECT loaded.id, external_id, inserted, changed, created.id AS created
FROM loaded FULL JOIN created ON created.id = loaded.event_id
"""  # noqa: S608  the module's own text


_MARK_LISTED = """
UPDATE discovery.listings l SET last_seen_at = r.sync_started_at, missing_since = NULL
FROM discovery.sync_runs r
WHERE r.id = %(run)s AND l.city_source_id = r.city_source_id AND l.withdrawn_at IS NULL
  AND l.last_seen_at < r.sync_started_at
  AND l.local_date BETWEEN r.window_start AND r.window_end
  AND (l.external_id = ANY(%(external_ids)s) OR l.series_id = ANY(%(series_ids)s))
"""


def load_records(
    conn: Connection,
    pair: Pair,
    records: Sequence[EventRecord],
    *,
    cities: Iterable[City],
    city_ids: dict[str, int],
    sync_started_at: datetime,
) -> LoadCounts:
    """Load one page's records within the caller's transaction.

    :param cities: where a source without a city of its own looks for each event's city.
    :param city_ids: city slug → id.
    :param sync_started_at: listings seen since then were loaded by this same sync.
    """
    if not records:
        return LoadCounts()
    candidates = tuple(cities)
    conn.execute(_INCOMING)
    with conn.cursor() as cursor, cursor.copy(_COPY) as copy:
        for ordinal, record in enumerate(records):
            copy.write_row(_incoming(ordinal, record, pair, candidates, city_ids).row())
    keys = {
        "source_id": _source_id(conn, pair),
        "pair_id": pair.id,
        "sync_started_at": sync_started_at,
    }
    collisions: list[str] = []
    new: dict[str, Sight] = {}
    for *sight, collides in conn.execute(_UNKNOWN, keys):
        seen = Sight(*sight)
        if collides:
            collisions.append(seen.external_id)
        elif seen.local_date is not None:
            new.setdefault(seen.external_id, seen)
    if collisions:
        conn.execute(_REMOVE_COLLISIONS, {"external_ids": collisions})
    take_over_renewed(conn, keys, list(new.values()))
    conn.execute(_MERGE_VENUES)
    loaded = _merge(conn, keys)
    inserted = sum(each.inserted for each in loaded)
    changed = sum(each.changed for each in loaded)
    return LoadCounts(
        inserted=inserted,
        updated=changed - inserted,
        unchanged=len(loaded) - changed,
        duplicates=len(records) - len(collisions) - len(loaded),
        loaded={each.external_id: each.listing_id for each in loaded},
        collisions=tuple(collisions),
    )


def _merge(conn: Connection, keys: Mapping[str, object]) -> list[_Merged]:
    """Merge the listings of a page, and bring their events up to date."""
    rows = conn.execute(_MERGE_LISTINGS, keys).fetchall()
    loaded = [_Merged(*row) for row in rows if row[0] is not None]
    listings_of = Counter(each.created for each in loaded)
    if made_for_none := [created for listing_id, *_, created in rows if listing_id is None]:
        settle_events(conn, made_for_none)
    # An event that was made of one listing says what that one does.
    changed = [
        each.listing_id
        for each in loaded
        if each.changed and (each.created is None or listings_of[each.created] > 1)
    ]
    refresh_events(conn, changed)
    return loaded


def mark_listed(conn: Connection, run_id: int, identities: Iterable[Identity]) -> None:
    """Note that the source still lists what was rejected, within the caller's transaction.

    Listings of the pair inside the window that are not withdrawn count as seen in this sync; their
    values stay. A record of the same sync may still bring others.
    """
    known = set(identities)
    external_ids = [each.external_id for each in known if each.external_id is not None]
    series_ids = [each.series_id for each in known if each.series_id is not None]
    if not external_ids and not series_ids:
        return
    conn.execute(
        _MARK_LISTED,
        {"run": run_id, "external_ids": external_ids, "series_ids": series_ids},
    )


def _source_id(conn: Connection, pair: Pair) -> int:
    row = conn.execute(
        "SELECT source_id FROM discovery.city_source WHERE id = %s", [pair.id]
    ).fetchone()
    if row is None:
        raise InvalidSettings(f"{pair.label} was deleted while it was being synced")
    return int(row[0])


def _incoming(
    ordinal: int,
    record: EventRecord,
    pair: Pair,
    cities: tuple[City, ...],
    city_ids: dict[str, int],
) -> Incoming:
    city = pair.city or city_of(record.venue, cities)
    venue = record.venue or _NO_VENUE
    if venue.street and not venue.name:
        venue = venue.model_copy(update={"name": venue.street})
    key = venue_key(venue, city.slug if city else None)
    return Incoming(
        ordinal=ordinal,
        record=record,
        venue=venue,
        price=record.price or _NO_PRICE,
        city_id=city_ids[city.slug] if city else None,
        venue_key=key,
        match_key=event_key(record, key, pair.source.slug),
        assumed=assumed_fields(record.warnings),
    )
