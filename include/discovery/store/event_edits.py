"""What people say of events in place of their sources: it wins until it is taken back.

Each edit is kept under the id that was edited, so that it survives that the event becomes part of
another one or is parted from it, and is an entry of the audit log. Events follow at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from psycopg.types.json import Jsonb

from include.discovery.errors import InvalidSettings
from include.discovery.event_edits import EventEdit
from include.discovery.identity.keys import venue_key
from include.discovery.model import EventField, Venue
from include.discovery.store.audit import Author, Change, note
from include.discovery.store.columns import (
    EVENT_COLUMNS,
    VENUE_COLUMNS,
    changing,
    merged,
    names,
)
from include.discovery.store.connection import Connection, rows
from include.discovery.store.event_ids import event_now
from include.discovery.store.events import compose_events, lock_events

_VALUES = """
SELECT to_jsonb(e) || jsonb_build_object('venue_id', COALESCE(v.given_name, v.name)) AS values,
    c.slug AS city
FROM discovery.events e
LEFT JOIN discovery.venues v ON v.id = e.venue_id
LEFT JOIN discovery.cities c ON c.id = e.city_id
WHERE e.id = %s
"""

_EDIT = """
INSERT INTO discovery.event_edits (event_id, field, value, edited_by, reason)
VALUES (%(event)s, %(field)s, %(value)s, %(by)s, %(reason)s)
ON CONFLICT (event_id, field) DO UPDATE SET
    (value, edited_by, reason, edited_at) =
        ROW (EXCLUDED.value, EXCLUDED.edited_by, EXCLUDED.reason, now())
"""

_TAKE_BACK = """
DELETE FROM discovery.event_edits
WHERE field = ANY(%(fields)s) AND event_id IN (
    SELECT %(event)s::bigint UNION ALL
    SELECT old_id FROM discovery.event_redirects WHERE event_id = %(event)s)
"""

_CHANGING = changing(VENUE_COLUMNS)

_VENUE = f"""
INSERT INTO discovery.venues AS stored ({names(VENUE_COLUMNS)})
VALUES ({", ".join(f"%({column.name})s" for column in VENUE_COLUMNS)})
ON CONFLICT (match_key) DO UPDATE SET
    ({names(_CHANGING)}) = ROW ({merged(_CHANGING)}), updated_at = now()
RETURNING id
"""  # noqa: S608  the module's own text


def edit_event(
    conn: Connection,
    event: int,
    edit: EventEdit,
    *,
    take_back: Collection[EventField] = (),
    author: Author,
    reason: str,
) -> Change:
    """Let an event say what a person says of it, and again what its sources say of other fields.

    Start and end belong together: who edits or takes back one does so with the other.

    :return: what was noted in the audit log.
    :raises InvalidSettings: when there is no such event.
    """
    with conn.transaction():
        found = event_now(conn, event)
        if found is None:
            raise InvalidSettings(f"there is no event {event}")
        lock_events(conn, [found])
        before, city = _read(conn, found)
        said = edit.columns()
        if "venue" in edit.model_fields_set:
            venue = None if edit.venue is None else _venue(conn, edit.venue, city)
            said[EventField.VENUE] = {"venue_id": venue}
        back = _with_both_ends(take_back) - said.keys()
        conn.execute(_TAKE_BACK, {"event": found, "fields": sorted(back)})
        for field, value in sorted(said.items()):
            conn.execute(
                _EDIT,
                {"event": found, "field": field, "value": Jsonb(value), "by": author.name,
                 "reason": reason},
            )  # fmt: skip
        compose_events(conn, [found])
        after, _ = _read(conn, found)
        fields = {*said, *back}
        change = Change(
            "update", "event", str(found),
            before=_of(fields, before), after={**_of(fields, after), "reason": reason},
        )  # fmt: skip
        note(conn, change, author)
    return change


def _with_both_ends(fields: Collection[EventField]) -> set[EventField]:
    both = {EventField.START, EventField.END}
    return {*fields, *both} if both.intersection(fields) else set(fields)


def _read(conn: Connection, event: int) -> tuple[dict[str, Any], str | None]:
    """Return the values of an event, the venue by its name, and the slug of its city."""
    (row,) = rows(conn, _VALUES, [event])
    return row["values"], row["city"]


def _of(fields: Collection[EventField], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of some fields, as the audit log shows them."""
    return {
        column.name.removesuffix("_id"): values[column.name]
        for column in EVENT_COLUMNS
        if column.field in fields
    }


def _venue(conn: Connection, venue: Venue, city: str | None) -> int:
    """Return the venue of that name, town and country; it is added if there is none."""
    named = venue.model_copy(update={"name": venue.name or venue.street})
    values = {**named.model_dump(), "match_key": venue_key(named, city)}
    (row,) = conn.execute(_VENUE, values).fetchall()
    return int(row[0])
