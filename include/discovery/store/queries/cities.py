"""Which cities there are, with what hangs on them, and which pairs bring a city its events."""

from __future__ import annotations

from dataclasses import dataclass

from include.discovery.model import City
from include.discovery.store.connection import Connection, rows
from include.discovery.store.entities import CITY, IS_ACTIVE

_CITIES = f"""
SELECT {CITY}, c.version, co.name AS country_name,
    (SELECT COALESCE(jsonb_agg(jsonb_build_object(
            'slug', s.slug, 'name', s.name, 'active', {IS_ACTIVE})
            ORDER BY s.name, s.slug), '[]')
        FROM discovery.city_source cs JOIN discovery.sources s ON s.id = cs.source_id
        WHERE cs.city_id = c.id) AS sources
FROM discovery.cities c
JOIN discovery.countries co ON co.code = c.country_code
ORDER BY c.slug
"""  # noqa: S608  the columns are the store's own text

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


@dataclass(frozen=True, slots=True)
class SourceOfCity:
    """A source that has a pair in a city."""

    slug: str
    name: str
    active: bool
    """Whether runs take the pair: it, its source and the city are all enabled."""


@dataclass(frozen=True, slots=True)
class CityInUse:
    """A city and what hangs on it."""

    city: City
    version: int
    country_name: str
    sources: tuple[SourceOfCity, ...]


def read_cities_in_use(conn: Connection) -> list[CityInUse]:
    """Return all cities."""
    return [
        CityInUse(
            sources=tuple(SourceOfCity(**source) for source in row.pop("sources")),
            version=row.pop("version"),
            country_name=row.pop("country_name"),
            city=City.model_validate(row),
        )
        for row in rows(conn, _CITIES)
    ]


def pairs_of_city(conn: Connection, city: str) -> list[int]:
    """Return the ids of the pairs that bring a city its events, wider ones included."""
    return [row[0] for row in conn.execute(_PAIRS_OF_CITY, {"city": city}).fetchall()]
