"""Which events there are, by what people look for, and what each source says of one.

A list is read page by page from where the page before ended (keyset paging), along the index of its
order: page 1,000 costs what page 1 does.
"""

# ruff: noqa: S608  statements are made of the module's own text; values are bound

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from include.discovery.model import EventStatus
from include.discovery.store.columns import PRECEDENCE
from include.discovery.store.connection import Connection, rows
from include.discovery.store.known_items import LAST_SEEN
from include.discovery.store.queries.events import TODAY

MOST_WORDS = 8
MOST_DATES = 20
"""So many other dates of a series are read."""
MOST_LISTINGS = 50
"""So many listings of one event are read: more are a mistake of matching, and look like it."""

_FEW_VENUES = 200
"""So many are named to the planner, which then knows how frequent they are."""


class When(StrEnum):
    """Which dates, and in which order; today is that of UTC."""

    UPCOMING = "upcoming"
    """Today and later, soonest first."""
    PAST = "past"
    """Before today, latest first."""
    ANY = "any"
    """All that have a date, earliest first."""
    UNDATED = "undated"
    """Postponed without a new date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """What is looked for; what is None does not matter."""

    text: str = ""
    """Each of its words begins a word of title, performers or venue; accents and case are one."""
    city: str | None = None
    source: str | None = None
    """Some listing is of it."""
    category: str | None = None
    """As a source writes it."""
    when: When = When.UPCOMING
    first: date | None = None
    last: date | None = None
    status: EventStatus | None = None
    """Of what is still listed."""
    withdrawn: bool = False
    """Only what no source lists any more."""
    changed_since: datetime | None = None
    """Added or changed since then; these come in the order of their changes, the last one first."""
    duplicates: bool = False
    """Only what more than one listing tells of."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the list: that of its last event so far."""

    day: date | None
    """Its date; None where that is not what the list is ordered by, and for undated events."""
    at: datetime | None
    """Its start if that is known; in the order of changes, its last change."""
    id: int


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some events in their order, and where the next page begins."""

    events: list[dict[str, Any]]
    next: Position | None


# Folded as the database folds what is searched.
_WORDS = f"""
SELECT DISTINCT '''' || left(word, 100) || ''':*'
FROM regexp_split_to_table(discovery.folded(%(text)s), ' ') word
WHERE word <> '' LIMIT {MOST_WORDS}
"""

_VENUES = f"""
SELECT COALESCE(same_as_id, id) FROM discovery.venues
WHERE search @@ %(word)s::tsquery LIMIT {_FEW_VENUES + 1}
"""

_CITY_ID = "SELECT id FROM discovery.cities WHERE slug = %(city)s"
_SOURCE_ID = "SELECT id FROM discovery.sources WHERE slug = %(source)s"

_CITIES = "SELECT slug, name FROM discovery.cities ORDER BY name, slug"
_SOURCES = "SELECT slug, name FROM discovery.sources ORDER BY name, slug"

_EVENT_COLUMNS = """
    e.id, e.title, e.url, e.starts_at, e.ends_at, e.local_date, e.time_known, e.timezone, e.status,
    e.attendance, e.performers, e.categories, e.price_min, e.price_max, e.price_currency,
    e.price_is_free, e.price_text, e.listing_count, e.withdrawn_at, e.created_at, e.updated_at,
    c.slug AS city, c.name AS city_name, COALESCE(v.given_name, v.name) AS venue
"""
_EVENT_JOINS = """
LEFT JOIN discovery.cities c ON c.id = e.city_id
LEFT JOIN discovery.venues v ON v.id = e.venue_id
"""

_STARTS = "COALESCE(e.starts_at, 'infinity')"
_AFTER = "COALESCE(%(after_at)s::timestamptz, 'infinity')"

_WHEN = {
    When.UPCOMING: f"e.local_date >= {TODAY}",
    When.PAST: f"e.local_date < {TODAY}",
    When.ANY: "e.local_date IS NOT NULL",
    When.UNDATED: "e.local_date IS NULL",
}

# The first page has no position: its condition is left out.
_ORDERS = {
    "date": (
        f"e.local_date, {_STARTS}, e.id",
        f"(e.local_date, {_STARTS}, e.id) > (%(after_day)s, {_AFTER}, %(after_id)s)",
    ),
    "date, latest first": (
        f"e.local_date DESC, {_STARTS} DESC, e.id DESC",
        f"(e.local_date, {_STARTS}, e.id) < (%(after_day)s, {_AFTER}, %(after_id)s)",
    ),
    "undated": ("e.id", "e.id > %(after_id)s"),
    "changed": (
        "e.updated_at DESC, e.id DESC",
        "(e.updated_at, e.id) < (%(after_at)s, %(after_id)s)",
    ),
}

_CONDITIONS = {
    "city": "e.city_id = %(city)s",
    "source": "e.source_ids @> ARRAY[%(source)s::bigint]",
    "category": "e.categories @> ARRAY[%(category)s]",
    "first": "e.local_date >= %(first)s",
    "last": "e.local_date <= %(last)s",
    "status": "e.status = %(status)s AND e.withdrawn_at IS NULL",
    "withdrawn": "e.withdrawn_at IS NOT NULL",
    "changed_since": "e.updated_at >= %(changed_since)s",
    "duplicates": "e.listing_count > 1",
}

_SEARCH = f"""
SELECT {_EVENT_COLUMNS}, (
    SELECT jsonb_agg(jsonb_build_object('slug', s.slug, 'name', s.name) ORDER BY s.name, s.slug)
    FROM discovery.sources s WHERE s.id = ANY(e.source_ids)) AS sources
FROM (
    SELECT e.id FROM discovery.events e
    WHERE {{conditions}}
    ORDER BY {{order}} LIMIT %(limit)s
) found
JOIN discovery.events e USING (id) {_EVENT_JOINS}
ORDER BY {{order}}
"""

_EVENT = f"""
SELECT {_EVENT_COLUMNS}, e.organizer, e.description, e.image_url, e.language,
    e.previous_date, e.previous_start, v.street, v.postcode, v.locality, v.country
FROM discovery.events e {_EVENT_JOINS}
WHERE e.id = %(event)s
"""

_LISTINGS = f"""
SELECT l.id, s.slug AS source, s.name AS source_name, s.role, s.trust, pc.slug AS pair_city,
    l.city_source_id IS NOT NULL AS has_pair, l.external_id, l.title, l.url, l.starts_at, l.ends_at,
    l.local_date, l.time_known, l.timezone, l.status, l.attendance, l.performers, l.categories,
    l.organizer, l.description, l.image_url, l.language, l.price_min, l.price_max,
    l.price_currency, l.price_is_free, l.price_text, l.series_id, l.source_updated_at, l.warnings,
    l.first_seen_at, greatest({LAST_SEEN}, same.asked_at) AS last_seen_at, l.changed_at,
    l.missing_since, l.withdrawn_at,
    v.name AS venue, v.street, v.postcode, v.locality, v.country, v.latitude, v.longitude
FROM discovery.listings l
JOIN discovery.sources s ON s.id = l.source_id
LEFT JOIN discovery.city_source cs ON cs.id = l.city_source_id
LEFT JOIN discovery.cities pc ON pc.id = cs.city_id
LEFT JOIN discovery.venues v ON v.id = l.venue_id
-- A document that is the same still lists what it listed when it was read.
LEFT JOIN LATERAL (
    SELECT d.asked_at FROM discovery.documents d JOIN discovery.sync_runs r ON r.id = d.run_id
    WHERE d.city_source_id = l.city_source_id AND r.sync_started_at <= {LAST_SEEN}
) same ON true
WHERE l.event_id = %(event)s
ORDER BY {PRECEDENCE}
LIMIT {MOST_LISTINGS}
"""

_OTHER_DATES = f"""
SELECT DISTINCT e.local_date, e.starts_at, e.id, e.title, e.ends_at, e.time_known, e.timezone,
    e.status
FROM discovery.listings own
JOIN discovery.listings l
    ON l.city_source_id = own.city_source_id AND l.series_id = own.series_id
JOIN discovery.events e ON e.id = l.event_id
WHERE own.event_id = %(event)s AND e.id <> %(event)s AND l.withdrawn_at IS NULL
  AND e.local_date >= {TODAY}
ORDER BY e.local_date, e.starts_at, e.id LIMIT {MOST_DATES}
"""

_FIELDS = """
SELECT field, source, source_name, external_id, is_assumed, edited_by, edited_at, edit_reason
FROM discovery.event_fields
WHERE event_id = %(event)s
"""


def search_events(
    conn: Connection,
    wanted: EventFilter,
    *,
    after: Position | None = None,
    limit: int = 50,
) -> EventPage:
    """Return a page of the events that are looked for.

    :param after: the end of the page before; None: the first page.
    """
    values = _values(conn, wanted)
    if values is None:
        return EventPage([], None)
    order = _order(wanted)
    by, beyond = _ORDERS[order]
    conditions = [
        _WHEN[wanted.when],
        *(text for field, text in _CONDITIONS.items() if values[field] not in (None, False)),
        *_text_conditions(conn, wanted.text, values),
    ]
    if after is not None:
        conditions.append(beyond)
        values |= {"after_day": after.day, "after_at": after.at, "after_id": after.id}
    query = _SEARCH.format(conditions=" AND ".join(conditions), order=by)
    found = rows(conn, query, {**values, "limit": limit + 1})
    if len(found) <= limit:
        return EventPage(found, None)
    return EventPage(found[:limit], _position(order, found[limit - 1]))


def read_event(conn: Connection, event: int) -> dict[str, Any] | None:
    """Return an event with its venue's address."""
    found = rows(conn, _EVENT, {"event": event})
    return found[0] if found else None


def listings_of(conn: Connection, event: int) -> list[dict[str, Any]]:
    """Return what each source says of an event, first the listing whose word counts most."""
    return rows(conn, _LISTINGS, {"event": event})


def other_dates_of(conn: Connection, event: int) -> list[dict[str, Any]]:
    """Return the upcoming events that a source calls occurrences of one series with it."""
    return rows(conn, _OTHER_DATES, {"event": event})


def fields_of(conn: Connection, event: int) -> list[dict[str, Any]]:
    """Return from whom an event has each of its values."""
    return rows(conn, _FIELDS, {"event": event})


def cities_and_sources(conn: Connection) -> tuple[dict[str, str], dict[str, str]]:
    """Return what there is to choose from: names of cities and of sources by their slugs."""
    cities: dict[str, str] = dict(conn.execute(_CITIES).fetchall())
    sources: dict[str, str] = dict(conn.execute(_SOURCES).fetchall())
    return cities, sources


def _values(conn: Connection, wanted: EventFilter) -> dict[str, Any] | None:
    """Return what is bound for the filter; None: it names a city or source that there is not.

    Ids are looked up first, because the planner cannot know how frequent a slug's id is.
    """
    values: dict[str, Any] = {name: getattr(wanted, name) for name in _CONDITIONS}
    for name, query in (("city", _CITY_ID), ("source", _SOURCE_ID)):
        slug = getattr(wanted, name)
        if slug is not None:
            row = conn.execute(query.encode(), {name: slug}).fetchone()
            if row is None:
                return None
            values[name] = row[0]
    return values


def _order(wanted: EventFilter) -> str:
    if wanted.changed_since is not None:
        return "changed"
    if wanted.when is When.UNDATED:
        return "undated"
    return "date, latest first" if wanted.when is When.PAST else "date"


def _text_conditions(conn: Connection, text: str, values: dict[str, Any]) -> list[str]:
    """Return a condition for each word, and add what it binds to ``values``."""
    words = conn.execute(_WORDS.encode(), {"text": text}).fetchall() if text else []
    conditions = []
    for n, (word,) in enumerate(words):
        venues = [row[0] for row in conn.execute(_VENUES.encode(), {"word": word}).fetchall()]
        values |= {f"word_{n}": word, f"venues_{n}": venues}
        at_venue = (
            f"e.venue_id = ANY(%(venues_{n})s)"
            if len(venues) <= _FEW_VENUES
            else f"""e.venue_id IN (
                SELECT COALESCE(same_as_id, id) FROM discovery.venues
                WHERE search @@ %(word_{n})s::tsquery)"""
        )
        conditions.append(f"(e.search @@ %(word_{n})s::tsquery OR {at_venue})")
    return conditions


def _position(order: str, row: Mapping[str, Any]) -> Position:
    if order == "changed":
        return Position(None, row["updated_at"], row["id"])
    return Position(row["local_date"], row["starts_at"], row["id"])
