"""Edits of the configuration, one entity at a time, that never overwrite what others saved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from include.discovery.configuration import Entity, Key, keeping_monitoring
from include.discovery.model import City, pair_label
from include.discovery.store import removal
from include.discovery.store.audit import Author, Change
from include.discovery.store.configuration import difference, entity_of, record
from include.discovery.store.connection import Connection
from include.discovery.store.entities import Stored, countries, lock_pairs, pairs_of, read_entity
from include.discovery.store.removal import Removal, Removed, held_pairs, held_words

Reason = Literal["changed", "exists", "in_use"]
"""Why an edit is refused: somebody saved meanwhile, the name is taken, or a run holds it."""


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
        reason: Reason,
        current: Stored | None = None,
        last_change: tuple[str, datetime] | None = None,
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.current = current
        self.last_change = last_change
        """Who changed the entity last, and when."""


_LAST_CHANGE = """
SELECT changed_by, changed_at FROM discovery.config_changes
WHERE entity_type = %s AND entity = %s ORDER BY id DESC LIMIT 1
"""


def add(
    conn: Connection, entity: Entity, *, changed_by: Author, country_name: str | None = None
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
    changed_by: Author,
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


def switch(conn: Connection, key: Key, *, enabled: bool, version: int, changed_by: Author) -> Saved:
    """Enable or disable an entity and leave the rest.

    :raises EditRefusedError: when somebody saved meanwhile.
    """
    with conn.transaction():
        lock_pairs(conn)
        current = _unchanged(conn, key, version)
        entity = current.entity.model_copy(update={"enabled": enabled})
        return _save(conn, key, current, entity, changed_by)


@dataclass(frozen=True, slots=True)
class RemovalPreview:
    """What would go with an entity."""

    version: int
    pairs: tuple[str, ...]
    """Labels of the pairs that go with a city or a source."""
    removed: Removed
    is_all: bool
    """False: there is more than was counted."""
    held: str | None
    """Why it cannot be removed right now, in words."""


def preview_removal(conn: Connection, key: Key) -> RemovalPreview | None:
    """Count what would go with an entity, and remove nothing; None when there is no such entity."""
    current = read_entity(conn, key)
    if current is None:
        return None
    held = held_pairs(conn, key)
    removed, is_all = removal.count(conn, key)
    return RemovalPreview(
        current.version,
        tuple(pair.label for pair in pairs_of(conn, key)),
        removed,
        is_all,
        held_words(held) if held else None,
    )


def remove(conn: Connection, key: Key, *, version: int, changed_by: Author) -> list[Change]:
    """Remove an entity: its pairs, what they brought, and events that nobody else lists.

    :return: what was recorded; the last is the entity itself, with the counts.
    :raises EditRefusedError: when somebody saved meanwhile, or a run holds one of its pairs.
    """
    with conn.transaction():
        lock_pairs(conn)
        current = _unchanged(conn, key, version)
        if held := held_pairs(conn, key, lock=True):
            raise _refused(
                conn,
                f"{_name(key)} cannot be removed now: {held_words(held)}",
                "in_use",
                key,
                current,
            )
        marked = Removal(conn)
        removed = marked.mark(key)
        marked.carry_out()
        done = [
            *(
                Change("delete", "pair", pair.label, before=entity_of(pair))
                for pair in pairs_of(conn, key)
            ),
            Change(
                "delete",
                key.type,
                _label(key),
                before=entity_of(current.entity),
                removed=removed,
            ),
        ]
        for change in done:
            record(conn, change, changed_by)
    return done


def _save(
    conn: Connection, key: Key, current: Stored | None, entity: Entity, changed_by: Author
) -> Saved:
    before = entity_of(current.entity) if current else None
    after = entity_of(keeping_monitoring(entity, current.entity if current else None))
    done = next(difference(key.type, _label(key), before, after), None)
    if done is not None:
        record(conn, done, changed_by)
    return Saved(read_entity(conn, key), done)


def _add_country(conn: Connection, entity: Entity, name: str | None, changed_by: Author) -> None:
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


def _refused(
    conn: Connection,
    message: str,
    reason: Reason,
    key: Key,
    current: Stored | None,
) -> EditRefusedError:
    last: Any = conn.execute(_LAST_CHANGE, [key.type, _label(key)]).fetchone()
    return EditRefusedError(message, reason, current, last)


def _label(key: Key) -> str:
    if key.slug is not None:
        return key.slug
    return pair_label(key.city, key.source or "")


def _name(key: Key) -> str:
    return f"{key.type} {_label(key)}"
