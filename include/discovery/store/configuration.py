"""Changes of the configuration: compared, made and noted in the audit log."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Literal

from psycopg.types.json import Jsonb
from pydantic import BaseModel, JsonValue

from include.discovery.configuration import (
    Configuration,
    Key,
    PairConfiguration,
    keeping_monitoring,
)
from include.discovery.errors import InvalidSettings, PairBusy
from include.discovery.model import Scope
from include.discovery.redaction.typed_secrets import without_secrets
from include.discovery.store import entities
from include.discovery.store.connection import Connection, rows
from include.discovery.store.entities import lock_pairs, read_configuration
from include.discovery.store.removal import Removal, Removed, held_pairs, held_words

_CHANGES = """
SELECT id, changed_at, changed_by, action, entity_type, entity, before, after, removed
FROM discovery.config_changes
WHERE %(before)s::bigint IS NULL OR id < %(before)s
ORDER BY id DESC LIMIT %(limit)s
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
    for slug, city in wanted.cities.items():
        yield from difference("city", slug, entity_of(current.cities.get(slug)), entity_of(city))
    for slug, source in wanted.sources.items():
        stored = current.sources.get(slug)
        after = entity_of(keeping_monitoring(source, stored))
        yield from difference("source", slug, entity_of(stored), after)
    pairs = {pair.label: pair for pair in current.pairs}
    for pair in wanted.pairs:
        found = pairs.pop(pair.label, None)
        after = entity_of(keeping_monitoring(pair, found))
        yield from difference("pair", pair.label, entity_of(found), after)
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
    if change.action == "delete":
        entities.delete(conn, change.entity_type, {"slug": change.entity, **(change.before or {})})
    else:
        entities.write(conn, change.entity_type, {"code": change.entity, **(change.after or {})})
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


@dataclass(frozen=True, slots=True)
class NotedChange:
    """An entry of the audit log."""

    id: int
    changed_at: datetime
    changed_by: str
    change: Change


def read_changes(conn: Connection, *, limit: int, before: int | None = None) -> list[NotedChange]:
    """Return entries of the audit log, newest first, older than the given id."""
    return [
        NotedChange(
            row.pop("id"),
            row.pop("changed_at"),
            row.pop("changed_by"),
            Change(**{**row, "removed": row["removed"] and Removed(**row["removed"])}),
        )
        for row in rows(conn, _CHANGES, {"limit": limit, "before": before})
    ]
