"""The columns of an event: one row each, from which the SQL of loading and composing is made.

A new column is a row here, a migration, and its mapping in a connector. COPY, the merges of
:mod:`~include.discovery.store.listings` and the composing of :mod:`~include.discovery.store.events`
follow from the row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any, NamedTuple

from include.discovery.model import EventField, EventRecord, Price, SourceRole, Venue
from include.discovery.record_warnings import ASSUMED_FIELDS

# How a newer sight (EXCLUDED) changes the row that is stored. Whatever the expression gives is
# compared with the stored value; a row counts as updated exactly when one of them differs.
NEWEST = "EXCLUDED.{0}"
KNOWN = "COALESCE(EXCLUDED.{0}, stored.{0})"  # a null never erases a known value
FIRST_KNOWN = "COALESCE(stored.{0}, EXCLUDED.{0})"  # what was known first stays
KNOWN_LIST = "CASE WHEN EXCLUDED.{0} = '{{}}' THEN stored.{0} ELSE EXCLUDED.{0} END"
# The parts of a time belong together. A source that stops telling the hour or the date does not
# erase what it told before; any other date replaces date and hour at once.
TIME = (
    "CASE WHEN EXCLUDED.local_date IS NULL "
    "OR (EXCLUDED.local_date = stored.local_date "
    "AND NOT EXCLUDED.time_known AND stored.time_known) "
    "THEN stored.{0} ELSE EXCLUDED.{0} END"
)
# A known end stays only with the start that it belongs to: it must not come to lie before another.
END = (
    "CASE WHEN EXCLUDED.local_date IS NULL "
    "OR (EXCLUDED.ends_at IS NULL AND EXCLUDED.local_date = stored.local_date "
    "AND (NOT EXCLUDED.time_known OR EXCLUDED.starts_at = stored.starts_at)) "
    "OR (EXCLUDED.local_date = stored.local_date AND NOT EXCLUDED.time_known "
    "AND EXCLUDED.ends_at < stored.starts_at) "
    "THEN stored.{0} ELSE EXCLUDED.{0} END"
)
# When it was to start before it was moved. An hour that becomes known is no move, nor is the next
# date of what has begun: sources give an exhibition, or a weekly quiz, the day that comes.
_SEEN_TO_MOVE = (
    "CASE WHEN stored.local_date >= (now() AT TIME ZONE 'UTC')::date "
    "AND (EXCLUDED.local_date <> stored.local_date "
    "OR (EXCLUDED.time_known AND stored.time_known AND EXCLUDED.starts_at <> stored.starts_at)) "
    "THEN stored.{0} ELSE stored.{1} END"
)
_SEEN_DATE = _SEEN_TO_MOVE.format("local_date", "previous_date")
_SEEN_START = _SEEN_TO_MOVE.format("starts_at", "previous_start")
# What its source says of that comes first; an hour of that day that was seen before is kept.
PREVIOUS_DATE = f"COALESCE(EXCLUDED.previous_date, {_SEEN_DATE})"
PREVIOUS_START = (
    "CASE WHEN EXCLUDED.previous_date IS NULL "
    f"OR (EXCLUDED.previous_start IS NULL AND EXCLUDED.previous_date = {_SEEN_DATE}) "
    f"THEN {_SEEN_START} ELSE EXCLUDED.previous_start END"
)
# The parts of a price belong together, too.
PRICE = (
    "CASE WHEN num_nulls(EXCLUDED.price_min, EXCLUDED.price_max, EXCLUDED.price_is_free, "
    "EXCLUDED.price_text) = 4 THEN stored.{0} ELSE EXCLUDED.{0} END"
)
SET_ONCE = None

# From which of its listings an event has a value: the rank of that listing, of which 1 is the one
# whose word counts most (PRECEDENCE); null where none has a value.
BEST = "1"
BEST_KNOWN = "min(rank) FILTER (WHERE {0} IS NOT NULL)"
BEST_LIST = "min(rank) FILTER (WHERE {0} <> '{{}}')"
BEST_PRICE = (
    "min(rank) FILTER (WHERE num_nonnulls(price_min, price_max, price_is_free, price_text) > 0)"
)
# The day (best_day) is that of the best listing which has one; the hour, with all that belongs to
# it, is that of the best listing which knows it of that same day.
BEST_START = (
    "COALESCE(min(rank) FILTER (WHERE local_date = best_day AND time_known), "
    "min(rank) FILTER (WHERE local_date IS NOT NULL), 1)"
)
# The end is that of the best listing which has one for that start (best_start).
BEST_END = (
    "min(rank) FILTER (WHERE ends_at >= COALESCE(best_start, ends_at) "
    "AND local_date IS NOT DISTINCT FROM best_day "
    "AND (NOT time_known OR starts_at = best_start))"
)
# That it is cancelled is not believed of one aggregator alone (is_aggregator) while others list it.
BEST_STATUS = (
    "CASE WHEN count(DISTINCT source_id) "
    "FILTER (WHERE status = 'cancelled' AND withdrawn_at IS NULL) = 1 "
    "THEN COALESCE(min(rank) FILTER (WHERE withdrawn_at IS NULL "
    "AND NOT (is_aggregator AND status = 'cancelled')), 1) ELSE 1 END"
)
LISTING_ONLY = None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of listings, and of events if it is composed into them; or one of venues."""

    name: str
    type: str
    """Of PostgreSQL."""
    reads: str | None
    """Where its value stands in :class:`Incoming`; ``None``: the merge finds it."""
    merge: str | None
    """How a newer sight changes it."""
    compose: str | None = LISTING_ONLY
    """From which of its listings an event has it."""
    field: EventField | None = None
    """What of the event it is, or is a part of; None: listings only."""


COLUMNS = (
    Column("external_id", "text", "record.external_id", SET_ONCE),
    Column("city_id", "bigint", "city_id", FIRST_KNOWN, BEST_KNOWN, EventField.CITY),
    Column("venue_id", "bigint", None, KNOWN, BEST_KNOWN, EventField.VENUE),
    # That of an event is more than a value: see events.py.
    Column("match_key", "text", "match_key", NEWEST),
    Column("title", "text", "record.title", NEWEST, BEST, EventField.TITLE),
    Column("url", "text", "record.url", KNOWN, BEST_KNOWN, EventField.URL),
    Column("starts_at", "timestamptz", "record.starts_at", TIME, BEST_START, EventField.START),
    Column("local_date", "date", "record.local_date", TIME, BEST_START, EventField.START),
    Column("time_known", "boolean", "record.time_known", TIME, BEST_START, EventField.START),
    Column(
        "previous_date",
        "date",
        "record.previous_date",
        PREVIOUS_DATE,
        BEST_START,
        EventField.START,
    ),
    Column(
        "previous_start",
        "timestamptz",
        "record.previous_start",
        PREVIOUS_START,
        BEST_START,
        EventField.START,
    ),
    Column("ends_at", "timestamptz", "record.ends_at", END, BEST_END, EventField.END),
    Column("timezone", "text", "record.timezone", TIME, BEST_START, EventField.START),
    Column("status", "text", "record.status", NEWEST, BEST_STATUS, EventField.STATUS),
    Column("attendance", "text", "record.attendance", NEWEST, BEST, EventField.ATTENDANCE),
    Column("venue_external_id", "text", "venue.external_id", KNOWN),
    Column(
        "performers", "text[]", "record.performers", KNOWN_LIST, BEST_LIST, EventField.PERFORMERS
    ),
    Column(
        "categories", "text[]", "record.categories", KNOWN_LIST, BEST_LIST, EventField.CATEGORIES
    ),
    Column("organizer", "text", "record.organizer", KNOWN, BEST_KNOWN, EventField.ORGANIZER),
    Column("description", "text", "record.description", KNOWN, BEST_KNOWN, EventField.DESCRIPTION),
    Column("image_url", "text", "record.image_url", KNOWN, BEST_KNOWN, EventField.IMAGE_URL),
    Column("language", "text", "record.language", KNOWN, BEST_KNOWN, EventField.LANGUAGE),
    Column("price_min", "numeric", "price.min", PRICE, BEST_PRICE, EventField.PRICE),
    Column("price_max", "numeric", "price.max", PRICE, BEST_PRICE, EventField.PRICE),
    Column("price_currency", "text", "price.currency", PRICE, BEST_PRICE, EventField.PRICE),
    Column("price_is_free", "boolean", "price.is_free", PRICE, BEST_PRICE, EventField.PRICE),
    Column("price_text", "text", "price.text", PRICE, BEST_PRICE, EventField.PRICE),
    Column("series_id", "text", "record.series_id", KNOWN),
    Column("source_updated_at", "timestamptz", "record.source_updated_at", KNOWN),
    Column("warnings", "text[]", "record.warnings", NEWEST),
    Column("assumed", "text[]", "assumed", NEWEST),
)
"""Of ``discovery.listings`` and ``discovery.events``."""

VENUE_COLUMNS = (
    Column("match_key", "text", "venue_key", SET_ONCE),
    Column("name", "text", "venue.name", SET_ONCE),
    # Sources fill the blanks of a venue, they do not overwrite each other in turn.
    Column("street", "text", "venue.street", FIRST_KNOWN),
    Column("postcode", "text", "venue.postcode", FIRST_KNOWN),
    Column("locality", "text", "venue.locality", FIRST_KNOWN),
    Column("region", "text", "venue.region", FIRST_KNOWN),
    # A part of its key: a venue of another country, or of none, is another venue.
    Column("country", "text", "venue.country", SET_ONCE),
    Column("latitude", "double precision", "venue.latitude", FIRST_KNOWN),
    Column("longitude", "double precision", "venue.longitude", FIRST_KNOWN),
)
"""Of ``discovery.venues``."""

EVENT_COLUMNS = tuple(column for column in COLUMNS if column.compose is not LISTING_ONLY)
"""Those of ``COLUMNS`` that events have, too."""

FIELD_RANKS: dict[EventField, str] = {
    column.field: column.compose.format(column.name)
    for column in EVENT_COLUMNS
    if column.field and column.compose
}
"""What of an event → the rank of the listing that it is from, in SQL."""

_COMPLETENESS = ", ".join(
    f"NULLIF(l.{column.name}, '{{}}')" if column.type == "text[]" else f"l.{column.name}"
    for column in EVENT_COLUMNS
    if column.merge not in (PREVIOUS_DATE, PREVIOUS_START)
)

PRECEDENCE = f"""
    l.withdrawn_at IS NOT NULL, s.role = '{SourceRole.AGGREGATOR}', s.trust DESC,
    date_trunc('day', l.changed_at, 'UTC') DESC, num_nonnulls({_COMPLETENESS}) DESC,
    l.first_seen_at, l.id
"""
"""The order of an event's listings ``l``, each with its source ``s``, by whose word counts most.

Still listed; of a source that is no aggregator; of the most trusted one; changed on the latest day;
the most complete; seen first.
"""


class Incoming(NamedTuple):
    """One record of a page, and what the loader has found for it."""

    ordinal: int
    record: EventRecord
    venue: Venue
    """Whose name is its street if it has no other; of nothing if the record has none."""
    price: Price
    city_id: int | None
    venue_key: str | None
    match_key: str
    assumed: tuple[EventField, ...]

    def row(self) -> list[Any]:
        """Lay the record out in the order of ``PAGE_COLUMNS``."""
        return [_array(value) if type(value) is tuple else value for value in _values_of(self)]


PAGE_COLUMNS = (
    Column("ordinal", "integer", "ordinal", SET_ONCE),
    *(column for column in COLUMNS if column.reads),
    *(replace(column, name=f"venue_{column.name}") for column in VENUE_COLUMNS),
)
"""Of the temporary table that a page is copied into."""

_values_of = attrgetter(*(column.reads for column in PAGE_COLUMNS if column.reads))


def _array(texts: tuple[str, ...]) -> str:
    """Write an array as PostgreSQL reads it.

    For the four lists of a record psycopg takes as long as for all its other values.
    """
    quoted = (text.replace("\\", r"\\").replace('"', r"\"") for text in texts)
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}" if texts else "{}"


def definitions(columns: Iterable[Column]) -> str:
    """List columns with their types, as ``CREATE TABLE`` has them."""
    return ", ".join(f"{column.name} {column.type}" for column in columns)


def changing(columns: Iterable[Column]) -> tuple[Column, ...]:
    """Return the columns that a newer sight may change."""
    return tuple(column for column in columns if column.merge is not SET_ONCE)


def names(columns: Iterable[Column], of: str = "") -> str:
    """List columns, each as ``of`` + its name: names of this module, so that SQL may hold them."""
    return ", ".join(f"{of}{column.name}" for column in columns)


def merged(columns: Iterable[Column]) -> str:
    """List what becomes of columns in ``ON CONFLICT`` of a table that is called ``stored``."""
    return ", ".join(column.merge.format(column.name) for column in columns if column.merge)


def chosen(columns: Iterable[Column]) -> str:
    """List what listings, each with its ``rank``, give an event for its columns."""
    return ", ".join(f"{_value(column)} AS {column.name}" for column in columns)


def edited(columns: Iterable[Column]) -> str:
    """List what becomes of chosen values ``p`` by edits ``d``, if there are any for the event."""
    return ", ".join(
        f"{_EDITED.get(column.name, _EDITED_VALUE).format(column.name)} AS {column.name}"
        for column in columns
    )


def first_values(columns: Iterable[Column], of: str) -> str:
    """List what an event has of the columns of its first listing ``of``."""
    return ", ".join(
        (_VENUE_NOW if column.name == "venue_id" else "{0}").format(f"{of}{column.name}")
        for column in columns
    )


_VENUE_NOW = "COALESCE((SELECT v.same_as_id FROM discovery.venues v WHERE v.id = {0}), {0})"
"""The venue that people have made of one."""

_EDITED_VALUE = "CASE WHEN d.value ? '{0}' THEN (d.event).{0} ELSE p.{0} END"
_EDITED = {
    "venue_id": _VENUE_NOW.format(_EDITED_VALUE),
    # What has no day is postponed, whoever says otherwise.
    "status": "CASE WHEN p.local_date IS NULL AND (d.event).local_date IS NULL THEN 'postponed' "
    f"ELSE {_EDITED_VALUE} END",
}

VALUE_LISTINGS = f"""
jsonb_strip_nulls(jsonb_build_object({
    ", ".join(
        f"'{field}', (array_agg(id ORDER BY rank))[NULLIF({rank}, 1)]"
        for field, rank in FIELD_RANKS.items()
    )
}))
"""
"""Of listings with their ``rank``: field → id of its listing, where that is not the first one."""

ASSUMED = f"""
array_remove(ARRAY[{
    ", ".join(
        f"CASE WHEN '{field}' = ANY("
        f"(array_agg(assumed::text ORDER BY rank))[COALESCE({FIELD_RANKS[field]}, 1)]::text[]"
        f") THEN '{field}' END"
        for field in ASSUMED_FIELDS
    )
}], NULL)
"""
"""The fields that their own listing has assumed or repaired."""


def _value(column: Column) -> str:
    of = column.compose.format(column.name) if column.compose else "NULL"
    if column.type == "text[]":
        # As text and back: lists of different lengths are no elements of one array.
        as_text = f"(array_agg({column.name}::text ORDER BY rank))[{of}]"
        return f"COALESCE({as_text}::text[], '{{}}')"
    return f"(array_agg({column.name} ORDER BY rank))[{of}]"
