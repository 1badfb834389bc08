"""The audit log: who changed or triggered what, when, from where, before and after.

Secrets that were typed into the configuration are masked before they are noted.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from psycopg.types.json import Jsonb
from pydantic import JsonValue

from include.discovery.redaction.typed_secrets import without_secrets
from include.discovery.store.connection import Connection, rows
from include.discovery.store.removal import Removed

Origin = Literal["page", "api", "apply", "cli", "dag"]
"""From where: the page, a program by its API, a configuration file, a command, or the DAG."""

Action = Literal[
    "create", "update", "delete", "trigger", "prune", "merge", "split", "judge", "confirm", "keep"
]
EntityType = Literal[
    "country", "city", "source", "pair", "run", "history", "event", "withdrawal", "venue"
]

_SIGNS = {
    "create": "+", "update": "~", "delete": "-", "trigger": ">", "prune": "-", "merge": "=",
    "split": "/", "judge": "?", "confirm": "-", "keep": "=",
}  # fmt: skip
_WITHOUT_BEFORE = {"trigger", "prune", "merge", "split", "judge", "confirm", "keep"}
"""What is told of them stands in ``after`` alone."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes something, and from where."""

    name: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the log; ``before`` and ``after`` are whole entities.

    Of a triggered run ``after`` holds its parameters, of what was deleted by age the counts, of
    events or venues that were merged or split, or listings that were judged, which these are, and
    why; of missing listings that were confirmed as gone or kept how many they are.
    """

    action: Action
    entity_type: EntityType
    entity: str
    before: dict[str, JsonValue] | None = None
    after: dict[str, JsonValue] | None = None
    removed: Removed | None = None
    """Of a deletion: what went with it."""

    def __str__(self) -> str:
        """Say it in one line: ``~ pair krakow · x: enabled false → true``."""
        head = f"{_SIGNS[self.action]} {self.entity_type} {self.entity}"
        if self.action in _WITHOUT_BEFORE:
            details = ", ".join(f"{key} {_as_json(value)}" for key, value in self._after.items())
            return f"{head}: {details}" if details else head
        if self.before is None or self.after is None:
            went = f" ({self.removed})" if self.removed and self.removed.is_any else ""
            return f"{head}{went}"
        before = without_secrets(self.before)
        details = ", ".join(
            f"{key} {_as_json(before.get(key))} → {_as_json(value)}"
            for key, value in self._after.items()
            if self.before.get(key) != self.after[key]
        )
        return f"{head}: {details}"

    @property
    def _after(self) -> dict[str, JsonValue]:
        return without_secrets(self.after or {})


def _as_json(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False)


def shown(entity: dict[str, JsonValue] | None) -> dict[str, JsonValue] | None:
    """Return an entity as it may be shown and noted: without secrets that were typed into it."""
    return None if entity is None else without_secrets(entity)


_NOTE = """
INSERT INTO discovery.config_changes
    (changed_by, origin, action, entity_type, entity, before, after, removed)
VALUES (%(by)s, %(origin)s, %(action)s, %(entity_type)s, %(entity)s, %(before)s, %(after)s,
    %(removed)s)
ON CONFLICT (entity) WHERE entity_type = 'run' DO NOTHING
"""


def note(conn: Connection, change: Change, author: Author) -> None:
    """Add an entry, in the caller's transaction; a run that is noted already is not noted again."""
    before, after = shown(change.before), shown(change.after)
    conn.execute(
        _NOTE,
        {
            "by": author.name,
            "origin": author.origin,
            "action": change.action,
            "entity_type": change.entity_type,
            "entity": change.entity,
            "before": None if before is None else Jsonb(before),
            "after": None if after is None else Jsonb(after),
            "removed": None if change.removed is None else Jsonb(asdict(change.removed)),
        },
    )


def note_trigger(
    conn: Connection, dag_run_id: str, params: Mapping[str, Any], author: Author
) -> None:
    """Note that somebody has triggered a run: of the parameters, those that were given."""
    given = {name: value for name, value in params.items() if value not in (None, False, [], ())}
    note(conn, Change("trigger", "run", dag_run_id, after=given), author)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which entries are looked for; what is None does not matter."""

    who: str | None = None
    """Part of the name, in whatever case."""
    origin: Origin | None = None
    action: Action | None = None
    entity_type: EntityType | None = None
    city: str | None = None
    """Of it, of a pair in it, or a run that was asked for it."""
    source: str | None = None
    first: date | None = None
    """Days in UTC, both inclusive."""
    last: date | None = None


_NOTED_RUNS = """
SELECT entity FROM discovery.config_changes WHERE entity_type = 'run' AND entity = ANY(%s)
"""

# An entry of a pair, or of a run, names cities and sources in what it holds.
_CONCERNS = """(entity_type = '{one}' AND entity = %({one})s
    OR entity_type IN ('pair', 'withdrawal') AND COALESCE(after, before)->>'{one}' = %({one})s
    OR entity_type = 'run' AND (after->'{many}' ? %({one})s
        OR EXISTS (SELECT FROM jsonb_array_elements_text(after->'pairs') pair WHERE {pair})))"""

_CONDITIONS = {
    "before": "id < %(before)s",
    "who": "strpos(lower(changed_by), lower(%(who)s)) > 0",
    "origin": "origin = %(origin)s",
    "action": "action = %(action)s",
    "entity_type": "entity_type = %(entity_type)s",
    "city": _CONCERNS.format(one="city", many="cities", pair="pair LIKE %(city)s || '/%%'"),
    "source": _CONCERNS.format(
        one="source",
        many="sources",
        pair="pair = %(source)s OR pair LIKE '%%/' || %(source)s",
    ),
    "since": "changed_at >= %(since)s",
    "until": "changed_at < %(until)s",
}

_CHANGES = """
SELECT id, changed_at, changed_by, origin, action, entity_type, entity, before, after, removed
FROM discovery.config_changes
WHERE {conditions}
ORDER BY id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class NotedChange:
    """An entry of the audit log."""

    id: int
    changed_at: datetime
    author: Author
    change: Change


def noted_runs(conn: Connection, runs: Collection[str]) -> set[str]:
    """Return those of some runs whose trigger the log has."""
    return {row[0] for row in conn.execute(_NOTED_RUNS, [list(runs)])}


def read_changes(
    conn: Connection,
    *,
    limit: int,
    before: int | None = None,
    wanted: AuditFilter | None = None,
) -> list[NotedChange]:
    """Return entries of the audit log, newest first, older than the given id."""
    wanted = wanted or AuditFilter()
    values: dict[str, Any] = {
        "limit": limit,
        "before": before,
        "who": wanted.who,
        "origin": wanted.origin,
        "action": wanted.action,
        "entity_type": wanted.entity_type,
        "city": wanted.city,
        "source": wanted.source,
        "since": wanted.first and _midnight(wanted.first),
        "until": wanted.last and _midnight(wanted.last) + timedelta(days=1),
    }
    conditions = [text for name, text in _CONDITIONS.items() if values[name] is not None]
    query = _CHANGES.format(conditions=" AND ".join(conditions) or "true")
    return [_noted(row) for row in rows(conn, query, values)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _noted(row: dict[str, Any]) -> NotedChange:
    return NotedChange(
        row.pop("id"),
        row.pop("changed_at"),
        Author(row.pop("changed_by"), row.pop("origin")),
        Change(**{**row, "removed": row["removed"] and Removed(**row["removed"])}),
    )
