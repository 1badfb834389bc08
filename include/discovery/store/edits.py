"""Edits of the configuration, one entity at a time, that never overwrite what others saved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, assert_never

from psycopg.rows import dict_row

from include.discovery.configuration import PairConfiguration
from include.discovery.model import City, Source
from include.discovery.store.claims import lock_pairs
from include.discovery.store.configuration import Change, difference, entity_of, record
from include.discovery.store.connection import Connection

Entity = City | Source | PairConfiguration
EntityType = Literal["city", "source", "pair"]


@dataclass(frozen=True, slots=True)
class Key:
    """Which entity: a city or a source by its slug, a pair by both."""

    type: EntityType
    slug: str | None = None
    city: str | None = None
    source: str | None = None

    @classmethod
    def of(cls, entity: Entity) -> Key:
        """Return the key of an entity."""
        match entity:
            case City():
                return cls("city", slug=entity.slug)
            case Source():
                return cls("source", slug=entity.slug)
            case PairConfiguration():
                return cls("pair", city=entity.city, source=entity.source)
            case _:
                assert_never(entity)


@dataclass(frozen=True, slots=True)
class Stored:
    """An entity as it is, with the version that a change has to name."""

    entity: Entity
    version: int


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of an edit; ``change`` is None when everything was so already."""

    stored: Stored | None
    change: Change | None


class EditRefusedError(Exception):
    """The edit does not fit what is stored."""

    def __init__(
        self,
        message: str,
        reason: Literal["changed", "exists", "in_use"],
        current: Stored | None = None,
        last_change: tuple[str, datetime] | None = None,
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.current = current
        self.last_change = last_change
        """Who changed the entity last, and when."""


_READ = {
    "city": """
SELECT slug, name, country_code AS country, timezone, latitude, longitude, radius_km,
    alternate_names, enabled, version
FROM discovery.cities WHERE slug = %(slug)s
""",
    "source": """
SELECT slug, name, kind, scope, enabled, trust, settings, homepage, licence, attribution, version
FROM discovery.sources WHERE slug = %(slug)s
""",
    "pair": """
SELECT c.slug AS city, s.slug AS source, cs.enabled, cs.frequency_hours, cs.priority, cs.settings,
    cs.version
FROM discovery.city_source cs
JOIN discovery.sources s ON s.id = cs.source_id
LEFT JOIN discovery.cities c ON c.id = cs.city_id
WHERE s.slug = %(source)s AND c.slug IS NOT DISTINCT FROM %(city)s
""",
}

_MODELS: dict[EntityType, type[City | Source | PairConfiguration]] = {
    "city": City,
    "source": Source,
    "pair": PairConfiguration,
}

_LAST_CHANGE = """
SELECT changed_by, changed_at FROM discovery.config_changes
WHERE entity_type = %s AND entity = %s ORDER BY id DESC LIMIT 1
"""

# What keeps an entity from being deleted, in words.
_HELD_BY = {
    "city": """
SELECT (SELECT count(*) FROM discovery.city_source cs JOIN discovery.cities c ON c.id = cs.city_id
        WHERE c.slug = %(slug)s) AS pairs,
    EXISTS (SELECT FROM discovery.listings l JOIN discovery.cities c ON c.id = l.city_id
            WHERE c.slug = %(slug)s)
    OR EXISTS (SELECT FROM discovery.events e JOIN discovery.cities c ON c.id = e.city_id
            WHERE c.slug = %(slug)s) AS events
""",
    "source": """
SELECT (SELECT count(*) FROM discovery.city_source cs JOIN discovery.sources s
        ON s.id = cs.source_id WHERE s.slug = %(slug)s) AS pairs,
    EXISTS (SELECT FROM discovery.listings l JOIN discovery.sources s ON s.id = l.source_id
            WHERE s.slug = %(slug)s) AS events
""",
}


def read_entity(conn: Connection, key: Key) -> Stored | None:
    """Return an entity as it is now."""
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            _READ[key.type].encode(), {"slug": key.slug, "city": key.city, "source": key.source}
        ).fetchone()
    if row is None:
        return None
    version = row.pop("version")
    return Stored(_MODELS[key.type].model_validate(row), version)


def pairs_of_source(conn: Connection, source: str) -> list[PairConfiguration]:
    """Return the pairs of a source, which its settings have to suit."""
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            "SELECT c.slug AS city, s.slug AS source, cs.enabled, cs.frequency_hours, cs.priority,"
            " cs.settings FROM discovery.city_source cs"
            " JOIN discovery.sources s ON s.id = cs.source_id"
            " LEFT JOIN discovery.cities c ON c.id = cs.city_id WHERE s.slug = %s ORDER BY c.slug",
            [source],
        ).fetchall()
    return [PairConfiguration.model_validate(row) for row in rows]


def countries(conn: Connection) -> dict[str, str]:
    """Return the countries by code."""
    return dict(conn.execute("SELECT code, name FROM discovery.countries ORDER BY name").fetchall())


def add(
    conn: Connection, entity: Entity, *, changed_by: str, country_name: str | None = None
) -> Saved:
    """Store a new entity, and the country of a city when that is new, too.

    :raises EditRefusedError: when there is one of that name.
    """
    key = Key.of(entity)
    with conn.transaction():
        lock_pairs(conn)
        current = read_entity(conn, key)
        if current is not None:
            raise _refused(conn, f"{_name(key)} exists already", "exists", key, current)
        _add_country(conn, entity, country_name, changed_by)
        return _save(conn, key, None, entity, changed_by)


def change(
    conn: Connection,
    entity: Entity,
    *,
    version: int,
    changed_by: str,
    country_name: str | None = None,
) -> Saved:
    """Store an entity's new values.

    :param version: the one that the values were changed from.
    :raises EditRefusedError: when somebody saved meanwhile.
    """
    key = Key.of(entity)
    with conn.transaction():
        lock_pairs(conn)
        current = _unchanged(conn, key, version)
        _add_country(conn, entity, country_name, changed_by)
        return _save(conn, key, current, entity, changed_by)


def switch(conn: Connection, key: Key, *, enabled: bool, version: int, changed_by: str) -> Saved:
    """Enable or disable an entity and leave the rest.

    :raises EditRefusedError: when somebody saved meanwhile.
    """
    with conn.transaction():
        lock_pairs(conn)
        current = _unchanged(conn, key, version)
        entity = current.entity.model_copy(update={"enabled": enabled})
        return _save(conn, key, current, entity, changed_by)


def delete(conn: Connection, key: Key, *, version: int, changed_by: str) -> Saved:
    """Delete an entity. A pair's listings stay; cities and sources that hold any are refused.

    :raises EditRefusedError: when somebody saved meanwhile, or something still refers to it.
    """
    with conn.transaction():
        lock_pairs(conn)
        current = _unchanged(conn, key, version)
        if key.type != "pair":
            _check_free(conn, key, current)
        done = Change("delete", key.type, _label(key), before=entity_of(current.entity))
        record(conn, done, changed_by)
    return Saved(None, done)


def _save(
    conn: Connection, key: Key, current: Stored | None, entity: Entity, changed_by: str
) -> Saved:
    before = entity_of(current.entity) if current else None
    done = next(difference(key.type, _label(key), before, entity_of(entity)), None)
    if done is not None:
        record(conn, done, changed_by)
    return Saved(read_entity(conn, key), done)


def _add_country(conn: Connection, entity: Entity, name: str | None, changed_by: str) -> None:
    if isinstance(entity, City) and name and entity.country not in countries(conn):
        record(
            conn,
            Change("create", "country", entity.country, after={"name": name}),
            changed_by,
        )


def _unchanged(conn: Connection, key: Key, version: int) -> Stored:
    current = read_entity(conn, key)
    if current is None:
        raise _refused(conn, f"{_name(key)} was deleted meanwhile", "changed", key, None)
    if current.version != version:
        raise _refused(conn, f"{_name(key)} was changed meanwhile", "changed", key, current)
    return current


def _check_free(conn: Connection, key: Key, current: Stored) -> None:
    row = conn.execute(_HELD_BY[key.type].encode(), {"slug": key.slug}).fetchone()
    pairs, has_events = row if row else (0, False)
    if pairs:
        what = f"{_name(key)} has {pairs} pair{'s' if pairs > 1 else ''}: delete these first"
    elif has_events:
        what = f"{_name(key)} holds events: disable it instead"
    else:
        return
    raise _refused(conn, what, "in_use", key, current)


def _refused(
    conn: Connection,
    message: str,
    reason: Literal["changed", "exists", "in_use"],
    key: Key,
    current: Stored | None,
) -> EditRefusedError:
    last: Any = conn.execute(_LAST_CHANGE, [key.type, _label(key)]).fetchone()
    return EditRefusedError(message, reason, current, last)


def _label(key: Key) -> str:
    if key.slug is not None:
        return key.slug
    return PairConfiguration(city=key.city, source=key.source or "").label


def _name(key: Key) -> str:
    return f"{key.type} {_label(key)}"
