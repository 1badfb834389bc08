"""What is configured, with how much hangs on it: for the page's lists and tiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg.rows import dict_row

from include.discovery.model import City, Source
from include.discovery.store.connection import Connection

_CITIES = """
SELECT c.slug, c.name, c.country_code AS country, c.timezone, c.latitude, c.longitude, c.radius_km,
    c.alternate_names, c.enabled, c.version, co.name AS country_name,
    (SELECT COALESCE(jsonb_agg(jsonb_build_object(
            'slug', s.slug, 'name', s.name, 'active', cs.enabled AND s.enabled AND c.enabled)
            ORDER BY s.name, s.slug), '[]')
        FROM discovery.city_source cs JOIN discovery.sources s ON s.id = cs.source_id
        WHERE cs.city_id = c.id) AS sources
FROM discovery.cities c
JOIN discovery.countries co ON co.code = c.country_code
ORDER BY c.slug
"""

_SOURCES = """
SELECT s.slug, s.name, s.kind, s.scope, s.enabled, s.trust, s.settings, s.connection, s.homepage,
    s.licence, s.attribution, s.version, count(cs.id) AS pairs,
    count(cs.id) FILTER (WHERE cs.enabled AND s.enabled AND COALESCE(c.enabled, true))
        AS active_pairs
FROM discovery.sources s
LEFT JOIN discovery.city_source cs ON cs.source_id = s.id
LEFT JOIN discovery.cities c ON c.id = cs.city_id
GROUP BY s.id ORDER BY s.slug
"""

_LISTINGS_BY_PAIR = """
SELECT city_source_id, count(*) FROM discovery.listings
WHERE withdrawn_at IS NULL AND local_date >= (now() AT TIME ZONE 'UTC')::date
  AND city_source_id IS NOT NULL
GROUP BY city_source_id
"""

_UPCOMING_BY_CITY = """
SELECT c.slug, count(*)
FROM discovery.events e LEFT JOIN discovery.cities c ON c.id = e.city_id
WHERE e.withdrawn_at IS NULL AND e.local_date >= (now() AT TIME ZONE 'UTC')::date
GROUP BY c.slug
"""

_NEW_THIS_WEEK = """
SELECT count(*) FROM discovery.events
WHERE withdrawn_at IS NULL AND created_at >= now() - interval '7 days'
"""

# Pairs that a city's page shows: its own, and wider ones that list events here or nowhere yet.
_PAIRS_OF_CITY = """
SELECT cs.id FROM discovery.city_source cs
WHERE cs.city_id = (SELECT id FROM discovery.cities WHERE slug = %(city)s)
   OR cs.city_id IS NULL AND (
        EXISTS (SELECT FROM discovery.listings l JOIN discovery.cities c ON c.id = l.city_id
                WHERE l.city_source_id = cs.id AND c.slug = %(city)s)
        OR NOT EXISTS (SELECT FROM discovery.listings l
                       WHERE l.city_source_id = cs.id AND l.city_id IS NOT NULL))
"""

_LISTINGS_IN_CITY = """
SELECT s.slug, count(*) FROM discovery.listings l
JOIN discovery.sources s ON s.id = l.source_id
WHERE l.city_source_id = ANY(%(pairs)s) AND l.withdrawn_at IS NULL
  AND l.local_date >= (now() AT TIME ZONE 'UTC')::date
  AND l.city_id = (SELECT id FROM discovery.cities WHERE slug = %(city)s)
GROUP BY s.slug
"""

_PAIR_ID = """
SELECT cs.id FROM discovery.city_source cs
JOIN discovery.sources s ON s.id = cs.source_id
LEFT JOIN discovery.cities c ON c.id = cs.city_id
WHERE s.slug = %s AND c.slug IS NOT DISTINCT FROM %s
"""


@dataclass(frozen=True, slots=True)
class SourceOfCity:
    """A source that has a pair in a city, and whether runs take that."""

    slug: str
    name: str
    active: bool


@dataclass(frozen=True, slots=True)
class CityInUse:
    """A city and what hangs on it."""

    city: City
    version: int
    country_name: str
    sources: tuple[SourceOfCity, ...]


@dataclass(frozen=True, slots=True)
class EventCounts:
    """How much there is to see: upcoming listings of pairs, upcoming and new events."""

    listings_by_pair: Mapping[int, int]
    upcoming_by_city: Mapping[str | None, int]
    upcoming: int
    new_this_week: int


@dataclass(frozen=True, slots=True)
class SourceInUse:
    """A source and what hangs on it."""

    source: Source
    version: int
    pairs: int
    active_pairs: int


def read_cities_in_use(conn: Connection) -> list[CityInUse]:
    """Return all cities."""
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_CITIES).fetchall()
    return [
        CityInUse(sources=tuple(SourceOfCity(**of) for of in row.pop("sources")),
                  **_taken(row, "version", "country_name"), city=City.model_validate(row))
        for row in rows
    ]  # fmt: skip


def read_sources_in_use(conn: Connection) -> list[SourceInUse]:
    """Return all sources."""
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_SOURCES).fetchall()
    return [
        SourceInUse(**_taken(row, "version", "pairs", "active_pairs"),
                    source=Source.model_validate(row))
        for row in rows
    ]  # fmt: skip


def count_events(conn: Connection) -> EventCounts:
    """Count what is upcoming and new. Reads every such row: keep the answer for a while."""
    by_city: dict[str | None, int] = dict(conn.execute(_UPCOMING_BY_CITY).fetchall())
    new = conn.execute(_NEW_THIS_WEEK).fetchone()
    return EventCounts(
        listings_by_pair=dict(conn.execute(_LISTINGS_BY_PAIR).fetchall()),
        upcoming_by_city=by_city,
        upcoming=sum(by_city.values()),
        new_this_week=new[0] if new else 0,
    )


def pairs_of_city(conn: Connection, city: str) -> list[int]:
    """Return the ids of the pairs that bring a city its events, wider ones included."""
    return [row[0] for row in conn.execute(_PAIRS_OF_CITY, {"city": city}).fetchall()]


def listings_in_city(conn: Connection, city: str, pairs: list[int]) -> dict[str, int]:
    """Return how many upcoming listings each of the pairs' sources has in the city."""
    return dict(conn.execute(_LISTINGS_IN_CITY, {"city": city, "pairs": pairs}).fetchall())


def pair_id(conn: Connection, city: str | None, source: str) -> int | None:
    """Return the id of a pair."""
    row = conn.execute(_PAIR_ID, [source, city]).fetchone()
    return row[0] if row else None


def _taken(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: row.pop(name) for name in names}
