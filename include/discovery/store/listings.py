"""Loads pages of event records: one COPY, then set-based merges, in one transaction a page.

Loading is idempotent: the same page twice changes nothing. Within one sync the first sight of a
listing counts; a second one (sources page in motion, windows share edges) is a duplicate.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.sql import SQL, Composed, Identifier

from include.discovery.errors import InvalidSettings
from include.discovery.identity.keys import event_key, venue_key
from include.discovery.identity.places import city_of
from include.discovery.model import City, EventRecord, Identity, Pair
from include.discovery.store.connection import Connection
from include.discovery.store.events import refresh_events


@dataclass(frozen=True, slots=True)
class LoadCounts:
    """What the merge itself says it did with the records of one page."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    collisions: tuple[str, ...] = ()
    """External ids under which another pair of the source lists another event: not loaded."""


# Per column: how a newer sight of a listing changes the stored row ``l``. Whatever the expression
# gives is compared with the stored value; a row counts as updated exactly when one of them differs.
_NEWEST = "EXCLUDED.{0}"
_KNOWN = "COALESCE(EXCLUDED.{0}, l.{0})"  # a null never erases a known value
_FIRST_KNOWN = "COALESCE(l.{0}, EXCLUDED.{0})"  # what was known first stays
_KNOWN_LIST = "CASE WHEN EXCLUDED.{0} = '{{}}' THEN l.{0} ELSE EXCLUDED.{0} END"
# The parts of a time belong together. A source that stops telling the hour or the date does not
# erase what it told before; any other date replaces date and hour at once.
_TIME = (
    "CASE WHEN EXCLUDED.local_date IS NULL "
    "OR (EXCLUDED.local_date = l.local_date AND NOT EXCLUDED.time_known AND l.time_known) "
    "THEN l.{0} ELSE EXCLUDED.{0} END"
)
# A known end stays only with the start that it belongs to: it must not come to lie before another.
_END = (
    "CASE WHEN EXCLUDED.local_date IS NULL "
    "OR (EXCLUDED.ends_at IS NULL AND EXCLUDED.local_date = l.local_date "
    "AND (NOT EXCLUDED.time_known OR EXCLUDED.starts_at = l.starts_at)) "
    "OR (EXCLUDED.local_date = l.local_date AND NOT EXCLUDED.time_known "
    "AND EXCLUDED.ends_at < l.starts_at) "
    "THEN l.{0} ELSE EXCLUDED.{0} END"
)
# The parts of a price belong together, too.
_PRICE = (
    "CASE WHEN num_nulls(EXCLUDED.price_min, EXCLUDED.price_max, EXCLUDED.price_is_free, "
    "EXCLUDED.price_text) = 4 THEN l.{0} ELSE EXCLUDED.{0} END"
)

MERGE_POLICY = {
    "city_id": _FIRST_KNOWN,
    "match_key": _NEWEST,
    "venue_id": _KNOWN,
    "title": _NEWEST,
    "url": _KNOWN,
    "starts_at": _TIME,
    "local_date": _TIME,
    "time_known": _TIME,
    "ends_at": _END,
    "timezone": _TIME,
    "status": _NEWEST,
    "attendance": _NEWEST,
    "venue_external_id": _KNOWN,
    "performers": _KNOWN_LIST,
    "categories": _KNOWN_LIST,
    "organizer": _KNOWN,
    "description": _KNOWN,
    "image_url": _KNOWN,
    "language": _KNOWN,
    "price_min": _PRICE,
    "price_max": _PRICE,
    "price_currency": _PRICE,
    "price_is_free": _PRICE,
    "price_text": _PRICE,
    "series_id": _KNOWN,
    "source_updated_at": _KNOWN,
    "warnings": _NEWEST,
}
"""Column → what becomes of it. Columns that are not here are set once, at first sight."""

_VENUE_COLUMNS = ("street", "postcode", "locality", "region", "country", "latitude", "longitude")

_INCOMING = """
CREATE TEMP TABLE incoming (
    ordinal integer, external_id text, city_id bigint, match_key text, title text, url text,
    starts_at timestamptz, local_date date, time_known boolean, ends_at timestamptz, timezone text,
    status text, attendance text, venue_external_id text, performers text[], categories text[],
    organizer text, description text, image_url text, language text,
    price_min numeric, price_max numeric, price_currency text, price_is_free boolean,
    price_text text, series_id text, source_updated_at timestamptz, warnings text[],
    venue_key text, venue_name text, street text, postcode text, locality text, region text,
    country text, latitude double precision, longitude double precision
) ON COMMIT DROP
"""

_COPY_COLUMNS = (
    "ordinal", "external_id", "city_id", "match_key", "title", "url", "starts_at", "local_date",
    "time_known", "ends_at", "timezone", "status", "attendance", "venue_external_id", "performers",
    "categories", "organizer", "description", "image_url", "language", "price_min", "price_max",
    "price_currency", "price_is_free", "price_text", "series_id", "source_updated_at", "warnings",
    "venue_key", "venue_name", *_VENUE_COLUMNS,
)  # fmt: skip

_MERGE_VENUES = """
INSERT INTO discovery.venues AS v
    (match_key, name, street, postcode, locality, region, country, latitude, longitude)
SELECT DISTINCT ON (venue_key)
    venue_key, venue_name, street, postcode, locality, region, country, latitude, longitude
FROM incoming
WHERE venue_key IS NOT NULL
ORDER BY venue_key, latitude IS NULL, street IS NULL, ordinal
ON CONFLICT (match_key) DO UPDATE SET
    street = COALESCE(v.street, EXCLUDED.street),
    postcode = COALESCE(v.postcode, EXCLUDED.postcode),
    locality = COALESCE(v.locality, EXCLUDED.locality),
    region = COALESCE(v.region, EXCLUDED.region),
    latitude = COALESCE(v.latitude, EXCLUDED.latitude),
    longitude = COALESCE(v.longitude, EXCLUDED.longitude),
    updated_at = now()
-- A venue keeps what is known of it: sources fill blanks, they do not overwrite each other in turn.
-- The country is part of its key: a venue of another one, or of none, is another venue.
WHERE (v.street IS NULL AND EXCLUDED.street IS NOT NULL)
   OR (v.postcode IS NULL AND EXCLUDED.postcode IS NOT NULL)
   OR (v.locality IS NULL AND EXCLUDED.locality IS NOT NULL)
   OR (v.region IS NULL AND EXCLUDED.region IS NOT NULL)
   OR (v.latitude IS NULL AND EXCLUDED.latitude IS NOT NULL)
"""


# Sites that count their events from one, put together as one source, would overwrite each other.
_REMOVE_COLLISIONS = """
DELETE FROM incoming i USING discovery.listings l
WHERE l.source_id = %(source_id)s AND l.external_id = i.external_id
  AND l.city_source_id <> %(pair_id)s AND l.withdrawn_at IS NULL
  AND l.title <> i.title AND l.local_date IS DISTINCT FROM i.local_date
RETURNING i.external_id
"""


def _merge_statement() -> Composed:
    """Build the one statement that inserts, updates and counts, from the policy above."""
    columns = [Identifier(column) for column in MERGE_POLICY]
    values = [
        # Column names of this module, not data: nothing from outside reaches the text.
        SQL(policy.format(column))
        for column, policy in MERGE_POLICY.items()
    ]
    stored = SQL(", ").join(SQL("l.{}").format(column) for column in columns)
    merged = SQL(", ").join(values)
    return SQL("""
        INSERT INTO discovery.listings AS l
            (source_id, external_id, city_source_id, {columns},
             first_seen_at, last_seen_at, changed_at)
        SELECT DISTINCT ON (i.external_id)
            %(source_id)s, i.external_id, %(pair_id)s, {selected}, now(), now(), now()
        FROM incoming i LEFT JOIN discovery.venues v ON v.match_key = i.venue_key
        ORDER BY i.external_id, i.ordinal
        ON CONFLICT (source_id, external_id) DO UPDATE SET
            ({columns}) = ROW ({merged}),
            city_source_id = EXCLUDED.city_source_id,
            withdrawn_at = NULL,
            missing_since = NULL,
            last_seen_at = now(),
            changed_at = CASE
                WHEN l.withdrawn_at IS NOT NULL OR ({stored}) IS DISTINCT FROM ({merged})
                THEN now() ELSE l.changed_at END
        -- Not before: what this sync has only rejected so far was marked with its very beginning.
        WHERE l.last_seen_at <= %(sync_started_at)s
        RETURNING id, first_seen_at = now() AS inserted, changed_at = now() AS changed
    """).format(
        columns=SQL(", ").join(columns),
        selected=SQL(", ").join(
            SQL("v.id") if column == "venue_id" else SQL("i.{}").format(Identifier(column))
            for column in MERGE_POLICY
        ),
        merged=merged,
        stored=stored,
    )


_MERGE_LISTINGS = _merge_statement()

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
    with (
        conn.cursor() as cursor,
        cursor.copy(
            SQL("COPY incoming ({}) FROM STDIN").format(
                SQL(", ").join(Identifier(column) for column in _COPY_COLUMNS)
            )
        ) as copy,
    ):
        for ordinal, record in enumerate(records):
            copy.write_row(_row(ordinal, record, pair, candidates, city_ids))
    keys = {
        "source_id": _source_id(conn, pair),
        "pair_id": pair.id,
        "sync_started_at": sync_started_at,
    }
    collisions = tuple(row[0] for row in conn.execute(_REMOVE_COLLISIONS, keys).fetchall())
    conn.execute(_MERGE_VENUES)
    merged = conn.execute(_MERGE_LISTINGS, keys).fetchall()
    refresh_events(conn, [listing_id for listing_id, _, changed in merged if changed])
    inserted = sum(1 for _, is_new, _ in merged if is_new)
    changed = sum(1 for _, _, is_changed in merged if is_changed)
    return LoadCounts(
        inserted=inserted,
        updated=changed - inserted,
        unchanged=len(merged) - changed,
        duplicates=len(records) - len(collisions) - len(merged),
        collisions=collisions,
    )


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


def _row(
    ordinal: int,
    record: EventRecord,
    pair: Pair,
    cities: tuple[City, ...],
    city_ids: dict[str, int],
) -> tuple[Any, ...]:
    """Lay a record out in the order of ``_COPY_COLUMNS``."""
    city = pair.city or city_of(record.venue, cities)
    venue, price = record.venue, record.price
    key = venue_key(venue, city.slug if city else None)
    return (
        ordinal,
        record.external_id,
        city_ids[city.slug] if city else None,
        event_key(record, key, pair.source.slug),
        record.title,
        record.url,
        record.starts_at,
        record.local_date,
        record.time_known,
        record.ends_at,
        record.timezone,
        record.status.value,
        record.attendance.value,
        venue.external_id if venue else None,
        list(record.performers),
        list(record.categories),
        record.organizer,
        record.description,
        record.image_url,
        record.language,
        price.min if price else None,
        price.max if price else None,
        price.currency if price else None,
        price.is_free if price else None,
        price.text if price else None,
        record.series_id,
        record.source_updated_at,
        list(record.warnings),
        key,
        (venue.name or venue.street) if venue and key else None,
        *(getattr(venue, column) if venue else None for column in _VENUE_COLUMNS),
    )
