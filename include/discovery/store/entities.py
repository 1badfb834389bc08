"""Cities, sources and pairs as they are stored: their columns, read and written in one way.

The columns of an entity are the fields of its model.
"""

# ruff: noqa: S608  statements are made of names that stand in this code; values are bound

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from psycopg.types.json import Jsonb
from pydantic import BaseModel

from include.discovery.choices import Choices
from include.discovery.configuration import (
    Configuration,
    Entity,
    EntityType,
    Key,
    PairConfiguration,
)
from include.discovery.model import City, Source
from include.discovery.store.connection import Connection, rows


def _columns(model: type[BaseModel], table: str, **elsewhere: str) -> str:
    """Name a model's fields as columns of a table, but for those that stand elsewhere."""
    return ", ".join(
        f"{elsewhere.get(field, f'{table}.{field}')} AS {field}" for field in model.model_fields
    )


CITY = _columns(City, "c", country="c.country_code")
"""What makes a city, of ``discovery.cities c``."""
SOURCE = _columns(Source, "s")
"""What makes a source, of ``discovery.sources s``."""
PAIR = _columns(PairConfiguration, "cs", city="c.slug", source="s.slug")
"""What makes the configuration of a pair, of :data:`PAIRS`."""
PAIRS = """discovery.city_source cs
JOIN discovery.sources s ON s.id = cs.source_id
LEFT JOIN discovery.cities c ON c.id = cs.city_id"""
"""All pairs with their sources and cities, to select from."""
IS_ACTIVE = "cs.enabled AND s.enabled AND COALESCE(c.enabled, true)"
"""Whether runs take a pair, of :data:`PAIRS`."""

_MODELS: Mapping[EntityType, type[City | Source | PairConfiguration]] = {
    "city": City,
    "source": Source,
    "pair": PairConfiguration,
}

_ONE = {
    "city": f"SELECT {CITY}, c.version FROM discovery.cities c WHERE c.slug = %(slug)s",
    "source": f"SELECT {SOURCE}, s.version FROM discovery.sources s WHERE s.slug = %(slug)s",
    "pair": f"""
SELECT {PAIR}, cs.version FROM {PAIRS}
WHERE s.slug = %(source)s AND c.slug IS NOT DISTINCT FROM %(city)s
""",
}

_PAIRS_OF = f"""
SELECT {PAIR} FROM {PAIRS}
WHERE CASE %(type)s WHEN 'city' THEN c.slug = %(slug)s WHEN 'source' THEN s.slug = %(slug)s
    ELSE %(type)s::text IS NULL END
ORDER BY s.slug, c.slug NULLS FIRST
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """An entity as it is, with the version that a change has to name."""

    entity: Entity
    version: int


def read_entity(conn: Connection, key: Key) -> Stored | None:
    """Return an entity as it is now."""
    found = rows(conn, _ONE[key.type], asdict(key))
    if not found:
        return None
    version = found[0].pop("version")
    return Stored(_MODELS[key.type].model_validate(found[0]), version)


def read_city(conn: Connection, slug: str) -> City | None:
    """Return a city as it is now."""
    found = read_entity(conn, Key("city", slug=slug))
    return found.entity if found and isinstance(found.entity, City) else None


def read_source(conn: Connection, slug: str) -> Source | None:
    """Return a source as it is now."""
    found = read_entity(conn, Key("source", slug=slug))
    return found.entity if found and isinstance(found.entity, Source) else None


def pairs_of(conn: Connection, key: Key | None = None) -> list[PairConfiguration]:
    """Return the pairs of a city or a source, which hang on it; of no key, all there are."""
    found = rows(conn, _PAIRS_OF, {"type": key and key.type, "slug": key and key.slug})
    return [PairConfiguration.model_validate(row) for row in found]


def countries(conn: Connection) -> dict[str, str]:
    """Return the names of the countries by code, in the order of the names."""
    return dict(conn.execute("SELECT code, name FROM discovery.countries ORDER BY name").fetchall())


def read_cities(conn: Connection) -> dict[str, tuple[City, int]]:
    """Return the cities by slug, each with its id."""
    found = rows(conn, f"SELECT c.id, {CITY} FROM discovery.cities c ORDER BY c.slug")
    cities = [(row.pop("id"), City.model_validate(row)) for row in found]
    return {city.slug: (city, city_id) for city_id, city in cities}


def read_configuration(conn: Connection) -> Configuration:
    """Return everything that is configured, without judging it by today's connectors."""
    sources = rows(conn, f"SELECT {SOURCE} FROM discovery.sources s ORDER BY s.slug")
    return Configuration.model_construct(
        countries=dict(sorted(countries(conn).items())),
        cities={slug: city for slug, (city, _) in read_cities(conn).items()},
        sources={row["slug"]: Source.model_validate(row) for row in sources},
        pairs=tuple(pairs_of(conn)),
    )


def read_choices(conn: Connection) -> Choices:
    """Return the cities and sources that a run may be asked for: those that are enabled."""
    cities = "SELECT slug, name FROM discovery.cities WHERE enabled ORDER BY slug"
    sources = "SELECT slug, name FROM discovery.sources WHERE enabled ORDER BY slug"
    return Choices(*(dict(conn.execute(query).fetchall()) for query in (cities, sources)))


def lock_pairs(conn: Connection) -> None:
    """Let one transaction at a time change pairs, until the caller's ends.

    Plans and configurations touch many pairs, each in an order of its own, and would deadlock.
    """
    conn.execute("SELECT pg_advisory_xact_lock(hashtext('discovery.city_source'))")


def _upsert(table: str, conflict: str, model: type[BaseModel], **elsewhere: tuple[str, str]) -> str:
    """Store an entity under its key, counting its version up.

    :param elsewhere: field → its column and value, where they are not those of its name.
    """
    columns = dict(elsewhere.get(field, (field, f"%({field})s")) for field in model.model_fields)
    return f"""
INSERT INTO discovery.{table} AS stored ({", ".join(columns)})
VALUES ({", ".join(columns.values())})
ON CONFLICT {conflict} DO UPDATE SET
    {", ".join(f"{column} = EXCLUDED.{column}" for column in columns)},
    updated_at = now(), version = stored.version + 1
"""


_SOURCE_ID = "(SELECT id FROM discovery.sources WHERE slug = %(source)s)"
_CITY_ID = "(SELECT id FROM discovery.cities WHERE slug = %(city)s)"

_UPSERT = {
    "country": """
INSERT INTO discovery.countries (code, name) VALUES (%(code)s, %(name)s)
ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name
""",
    "city": _upsert("cities", "(slug)", City, country=("country_code", "%(country)s")),
    "source": _upsert("sources", "(slug)", Source),
    "pair": _upsert(
        "city_source",
        "ON CONSTRAINT city_source_is_one_pair",
        PairConfiguration,
        city=("city_id", _CITY_ID),
        source=("source_id", _SOURCE_ID),
    ),
}

_DOCUMENTS = ("settings", "monitoring")
"""Fields that are stored as JSON."""

_DELETE = {
    "city": "DELETE FROM discovery.cities WHERE slug = %(slug)s",
    "source": "DELETE FROM discovery.sources WHERE slug = %(slug)s",
    "pair": f"""
DELETE FROM discovery.city_source
WHERE source_id = {_SOURCE_ID} AND city_id IS NOT DISTINCT FROM {_CITY_ID}
""",
}


def write(conn: Connection, entity_type: str, values: Mapping[str, Any]) -> None:
    """Store an entity, or a country, of the given fields."""
    documents = {name: Jsonb(values[name]) for name in _DOCUMENTS if name in values}
    conn.execute(_UPSERT[entity_type].encode(), {**values, **documents})


def delete(conn: Connection, entity_type: str, values: Mapping[str, Any]) -> None:
    """Delete an entity, to which nothing refers any more."""
    conn.execute(_DELETE[entity_type].encode(), values)
