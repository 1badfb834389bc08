"""The configuration in the database: reads, compares and changes it, and keeps the audit log."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from pydantic import BaseModel, JsonValue

from include.discovery.configuration import Configuration, Key, PairConfiguration
from include.discovery.errors import InvalidSettings, PairBusy
from include.discovery.model import City, Scope, Source
from include.discovery.redaction.typed_secrets import without_secrets
from include.discovery.store.claims import lock_pairs
from include.discovery.store.connection import Connection
from include.discovery.store.removal import Removal, Removed, held_pairs, held_words

_CITIES = """
SELECT id, slug, name, country_code AS country, timezone, latitude, longitude, radius_km,
    alternate_names, enabled
FROM discovery.cities ORDER BY slug
"""

_SOURCES = """
SELECT slug, name, kind, scope, enabled, trust, settings, connection, homepage, licence,
    attribution
FROM discovery.sources ORDER BY slug
"""

_PAIRS = """
SELECT c.slug AS city, s.slug AS source, cs.enabled, cs.frequency_hours, cs.priority, cs.settings
FROM discovery.city_source cs
JOIN discovery.sources s ON s.id = cs.source_id
LEFT JOIN discovery.cities c ON c.id = cs.city_id
ORDER BY s.slug, c.slug NULLS FIRST
"""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference, as the audit log keeps it; ``before`` and ``after`` are whole entities."""

    action: Literal["create", "update", "delete"]
    entity_type: Literal["country", "city", "source", "pair"]
    entity: str
    before: dict[str, JsonValue] | None = None
    after: dict[str, JsonValue] | None = None
    removed: Removed | None = None
    """Of a deletion: what went with it."""

    def __str__(self) -> str:
        """Say the change in one line: ``~ pair krakow · x: enabled false → true``."""
        sign = {"create": "+", "update": "~", "delete": "-"}[self.action]
        if self.before is None or self.after is None:
            went = f" ({self.removed})" if self.removed and self.removed.is_any else ""
            return f"{sign} {self.entity_type} {self.entity}{went}"
        before, after = without_secrets(self.before), without_secrets(self.after)
        details = ", ".join(
            f"{key} {_as_json(before.get(key))} → {_as_json(value)}"
            for key, value in after.items()
            if self.before.get(key) != self.after[key]
        )
        return f"{sign} {self.entity_type} {self.entity}: {details}"


def _as_json(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False)


def shown(entity: dict[str, JsonValue] | None) -> dict[str, JsonValue] | None:
    """Return an entity as it may be shown and noted: without secrets that were typed into it."""
    return None if entity is None else without_secrets(entity)


def read_configuration(conn: Connection) -> Configuration:
    """Return everything that is configured, without judging it by today's connectors."""
    with conn.cursor(row_factory=dict_row) as cursor:
        countries: dict[str, str] = dict(
            conn.execute("SELECT code, name FROM discovery.countries ORDER BY code").fetchall()
        )
        sources = [Source.model_validate(row) for row in cursor.execute(_SOURCES)]
        pairs = [PairConfiguration.model_validate(row) for row in cursor.execute(_PAIRS)]
    cities = [city for city, _ in _cities(conn)]
    return Configuration.model_construct(
        countries=countries,
        cities={city.slug: city for city in cities},
        sources={source.slug: source for source in sources},
        pairs=tuple(pairs),
    )


def read_cities(conn: Connection) -> dict[str, tuple[City, int]]:
    """Return the cities by slug, each with its id."""
    return {city.slug: (city, city_id) for city, city_id in _cities(conn)}


def _cities(conn: Connection) -> Iterator[tuple[City, int]]:
    with conn.cursor(row_factory=dict_row) as cursor:
        for row in cursor.execute(_CITIES).fetchall():
            city_id = row.pop("id")
            yield City.model_validate(row), city_id


def apply_configuration(
    conn: Connection,
    wanted: Configuration,
    *,
    changed_by: str,
    prune: bool = False,
    dry_run: bool = False,
) -> list[Change]:
    """Make the database say what ``wanted`` says; return what had to change, in order.

    What ``wanted`` does not mention stays, unless ``prune``: then it is removed, with the listings
    and events that it brought (``removal``). All of it happens, or none.

    :raises PairBusy: when a run is syncing a pair that would be removed.
    """
    with conn.transaction():
        lock_pairs(conn)
        changes = list(_differences(read_configuration(conn), wanted, prune=prune))
        if any(change.action == "delete" for change in changes):
            changes = _remove(conn, changes, dry_run=dry_run)
        if not dry_run:
            for change in changes:
                record(conn, change, changed_by)
    return changes


def _remove(conn: Connection, changes: Sequence[Change], *, dry_run: bool) -> list[Change]:
    """Remove what hangs on the entities that go, and add to their changes how much that is."""
    removal = Removal(conn)
    counted = [
        replace(change, removed=removal.mark(_key(change))) if change.action == "delete" else change
        for change in changes
    ]
    if not dry_run:
        for change in changes:
            if change.action == "delete" and (held := held_pairs(conn, _key(change), lock=True)):
                name = f"{change.entity_type} {change.entity}"
                raise PairBusy(f"{name} cannot be removed: {held_words(held)}")
        removal.carry_out()
    return counted


def _key(change: Change) -> Key:
    match change.entity_type:
        case "city" | "source":
            return Key(change.entity_type, slug=change.entity)
        case "pair":
            return Key.of(PairConfiguration.model_validate(change.before))
        case _:
            raise ValueError(f"a {change.entity_type} is never removed")


def _differences(current: Configuration, wanted: Configuration, *, prune: bool) -> Iterator[Change]:
    for code, name in wanted.countries.items():
        before = {"name": current.countries[code]} if code in current.countries else None
        yield from difference("country", code, before, {"name": name})
    for city in wanted.cities.values():
        yield from difference(
            "city", city.slug, entity_of(current.cities.get(city.slug)), entity_of(city)
        )
    for source in wanted.sources.values():
        yield from difference(
            "source", source.slug, entity_of(current.sources.get(source.slug)), entity_of(source)
        )
    pairs = {pair.label: pair for pair in current.pairs}
    for pair in wanted.pairs:
        yield from difference(
            "pair", pair.label, entity_of(pairs.pop(pair.label, None)), entity_of(pair)
        )
    if not prune:
        _check_scopes(wanted, pairs.values())
    else:
        for label, pair in pairs.items():
            yield Change("delete", "pair", label, before=entity_of(pair))
        yield from _superfluous(current, wanted)


def _check_scopes(wanted: Configuration, kept: Iterable[PairConfiguration]) -> None:
    """Refuse a new scope that pairs beyond the file contradict: both kinds would go on running."""
    for pair in kept:
        source = wanted.sources.get(pair.source)
        if source is not None and (source.scope is Scope.CITY) != (pair.city is not None):
            raise InvalidSettings(
                f"source {source.slug} cannot get scope {source.scope} while there is the pair "
                f"{pair.label}: remove that pair first, or apply with --prune"
            )


def _superfluous(current: Configuration, wanted: Configuration) -> Iterator[Change]:
    for source in current.sources.values():
        if source.slug not in wanted.sources:
            yield Change("delete", "source", source.slug, before=entity_of(source))
    for city in current.cities.values():
        if city.slug not in wanted.cities:
            yield Change("delete", "city", city.slug, before=entity_of(city))


def difference(
    entity_type: Literal["country", "city", "source", "pair"],
    name: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> Iterator[Change]:
    """Yield what makes ``after`` of ``before``, or nothing if they are the same."""
    if before is None:
        yield Change("create", entity_type, name, after=after)
    elif before != after:
        yield Change("update", entity_type, name, before=before, after=after)


def entity_of(value: BaseModel | None) -> dict[str, Any] | None:
    """Return an entity as the audit log keeps it."""
    return None if value is None else value.model_dump(mode="json")


def record(conn: Connection, change: Change, changed_by: str) -> None:
    """Make one change and note it in the audit log, in the caller's transaction."""
    _write(conn, change)
    _audit(conn, change, changed_by)


def _write(conn: Connection, change: Change) -> None:
    if change.action == "delete":
        conn.execute(_DELETE[change.entity_type], {"slug": change.entity, **(change.before or {})})
    else:
        conn.execute(_UPSERT[change.entity_type], _parameters(change))


def _parameters(change: Change) -> Mapping[str, Any]:
    values: dict[str, Any] = {"code": change.entity, **(change.after or {})}
    if "settings" in values:
        values["settings"] = Jsonb(values["settings"])
    return values


def _audit(conn: Connection, change: Change, changed_by: str) -> None:
    conn.execute(
        "INSERT INTO discovery.config_changes "
        "(changed_by, action, entity_type, entity, before, after, removed) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [
            changed_by,
            change.action,
            change.entity_type,
            change.entity,
            None if change.before is None else Jsonb(shown(change.before)),
            None if change.after is None else Jsonb(shown(change.after)),
            None if change.removed is None else Jsonb(asdict(change.removed)),
        ],
    )


_UPSERT = {
    "country": """
INSERT INTO discovery.countries (code, name) VALUES (%(code)s, %(name)s)
ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name
""",
    "city": """
INSERT INTO discovery.cities
    (slug, name, country_code, timezone, latitude, longitude, radius_km, alternate_names, enabled)
VALUES (%(slug)s, %(name)s, %(country)s, %(timezone)s, %(latitude)s, %(longitude)s, %(radius_km)s,
    %(alternate_names)s, %(enabled)s)
ON CONFLICT (slug) DO UPDATE SET
    name = EXCLUDED.name, country_code = EXCLUDED.country_code, timezone = EXCLUDED.timezone,
    latitude = EXCLUDED.latitude, longitude = EXCLUDED.longitude, radius_km = EXCLUDED.radius_km,
    alternate_names = EXCLUDED.alternate_names, enabled = EXCLUDED.enabled, updated_at = now(),
    version = cities.version + 1
""",
    "source": """
INSERT INTO discovery.sources
    (slug, name, kind, scope, enabled, trust, settings, connection, homepage, licence, attribution)
VALUES (%(slug)s, %(name)s, %(kind)s, %(scope)s, %(enabled)s, %(trust)s, %(settings)s,
    %(connection)s, %(homepage)s, %(licence)s, %(attribution)s)
ON CONFLICT (slug) DO UPDATE SET
    name = EXCLUDED.name, kind = EXCLUDED.kind, scope = EXCLUDED.scope,
    enabled = EXCLUDED.enabled, trust = EXCLUDED.trust, settings = EXCLUDED.settings,
    connection = EXCLUDED.connection, homepage = EXCLUDED.homepage,
    licence = EXCLUDED.licence, attribution = EXCLUDED.attribution, updated_at = now(),
    version = sources.version + 1
""",
    "pair": """
INSERT INTO discovery.city_source
    (city_id, source_id, enabled, frequency_hours, priority, settings)
SELECT (SELECT id FROM discovery.cities WHERE slug = %(city)s), s.id, %(enabled)s,
    %(frequency_hours)s, %(priority)s, %(settings)s
FROM discovery.sources s WHERE s.slug = %(source)s
ON CONFLICT ON CONSTRAINT city_source_is_one_pair DO UPDATE SET
    enabled = EXCLUDED.enabled, frequency_hours = EXCLUDED.frequency_hours,
    priority = EXCLUDED.priority, settings = EXCLUDED.settings, updated_at = now(),
    version = city_source.version + 1
""",
}

_DELETE = {
    "city": "DELETE FROM discovery.cities WHERE slug = %(slug)s",
    "source": "DELETE FROM discovery.sources WHERE slug = %(slug)s",
    "pair": """
DELETE FROM discovery.city_source cs USING discovery.sources s
WHERE s.id = cs.source_id AND s.slug = %(source)s
  AND cs.city_id IS NOT DISTINCT FROM (SELECT id FROM discovery.cities WHERE slug = %(city)s)
""",
}
