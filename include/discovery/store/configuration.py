"""Changes of the configuration: compared, made and noted in the audit log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from pydantic import BaseModel

from include.discovery.configuration import (
    Configuration,
    Key,
    PairConfiguration,
    keeping_monitoring,
)
from include.discovery.errors import InvalidSettings, PairBusy
from include.discovery.model import Scope
from include.discovery.store import entities
from include.discovery.store.audit import Author, Change, note
from include.discovery.store.connection import Connection
from include.discovery.store.entities import lock_pairs, read_configuration
from include.discovery.store.events import recompose_events
from include.discovery.store.removal import Removal, held_pairs, held_words


def apply_configuration(
    conn: Connection,
    wanted: Configuration,
    *,
    changed_by: Author,
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


def record(conn: Connection, change: Change, author: Author) -> None:
    """Make one change and note it in the audit log, in the caller's transaction."""
    if change.action == "delete":
        entities.delete(conn, change.entity_type, {"slug": change.entity, **(change.before or {})})
    else:
        entities.write(conn, change.entity_type, {"code": change.entity, **(change.after or {})})
        if change.entity_type == "source" and _standing(change.before) != _standing(change.after):
            recompose_events(conn, change.entity)
    note(conn, change, author)


def _standing(source: Mapping[str, Any] | None) -> Any:  # noqa: ANN401  compared only
    """Return what decides whether a source's word counts more than another's."""
    return source and (source["role"], source["trust"])
