"""What all edits of the configuration share: how they are refused, made, answered and noted.

Each edit is checked, made and noted in the audit log in one go, under the user's name, and noted in
Airflow's own audit log, too. What does not fit is said field by field, as the form shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Literal

from fastapi import HTTPException, status
from pydantic import Field

from include.discovery.configuration import Entity, Key, PairConfiguration, typed_secret_faults
from include.discovery.connectors.validation import SettingsFault
from include.discovery.model import Source
from include.discovery.store import edits
from include.discovery.store.audit import Author, Change, shown
from include.discovery.store.connection import Connection
from include.discovery.store.edits import EditRefusedError
from include.discovery.store.entities import read_entity, read_source
from include.discovery.timetable import cron_of, shortfall
from include.discovery.web.answers import Answer, Body, FieldError, Message, Shown, Version
from include.discovery.web.keys import Reach, takes_connection_right
from include.discovery.web.security import ConnectionRights
from include.discovery.web.services import Services


class Conflict(Answer):
    """409: it is not as the sender believes."""

    detail: str
    reason: Literal["changed", "exists", "in_use"]
    """changed: somebody else saved meanwhile. exists: the slug or pair is taken. in_use: it holds
    pairs that are being synced."""
    current: Shown | None
    """The values as they are now, with their ``version``; None when it was deleted."""
    changed_by: str | None
    """Who changed it last."""
    changed_at: datetime | None

    @classmethod
    def of(cls, error: EditRefusedError) -> Conflict:
        """Return a refusal as the page shows it."""
        current: dict[str, Any] | None = None
        if error.current is not None:
            current = error.current.entity.model_dump(mode="json")
            current["version"] = error.current.version
        by, at = error.last_change or (None, None)
        return cls(
            detail=str(error), reason=error.reason, current=current, changed_by=by, changed_at=at
        )


NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"model": Message}}
REFUSALS: dict[int | str, dict[str, Any]] = {**NOT_FOUND, 409: {"model": Conflict}}
"""What an edit may be answered instead, as routes declare it."""


class Switch(Body):
    """Enable or disable, nothing else."""

    enabled: bool
    version: Version


class Saved(Answer):
    """What was saved."""

    entity: Shown
    """The values as stored."""
    version: int
    """The version to send with the next change."""
    changed: bool
    """False when everything was so already: then nothing was recorded."""
    warnings: list[str] = Field(default=[])
    """What was saved and will not work out as meant, in words."""


class FieldsInvalidError(Exception):
    """The body is not acceptable; every wrong field is named."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = list(errors)

    @classmethod
    def of(cls, message: str, *path: str | int) -> FieldsInvalidError:
        """Name one wrong field."""
        return cls([FieldError(path=list(path), message=message)])


def field_errors(faults: Iterable[SettingsFault], *where: str) -> list[FieldError]:
    """Name the fields that have faults, which stand below a field of the body."""
    return [FieldError(path=[*where, *fault.path], message=fault.message) for fault in faults]


def not_found(key: Key) -> HTTPException:
    """Return the refusal to do anything with what is not there."""
    return HTTPException(status.HTTP_404_NOT_FOUND, f"There is no such {key.type}.")


def stored(conn: Connection, key: Key) -> Entity:
    """Return an entity as it is now.

    :raises HTTPException: 404 if it is not there.
    """
    found = read_entity(conn, key)
    if found is None:
        raise not_found(key)
    return found.entity


def stored_source(conn: Connection, slug: str) -> Source:
    """Return a source as it is now.

    :raises HTTPException: 404 if it is not there.
    """
    found = read_source(conn, slug)
    if found is None:
        raise not_found(Key("source", slug=slug))
    return found


def switch(uses: Services, key: Key, body: Switch, user: Author) -> Saved:
    """Enable or disable an entity."""
    with uses.database.lend() as conn:
        stored(conn, key)
        saved = edits.switch(conn, key, enabled=body.enabled, version=body.version, changed_by=user)
    return note_saved(uses, saved, user)


def note_saved(
    uses: Services, saved: edits.Saved, user: Author, warnings: Sequence[str] = ()
) -> Saved:
    """Note in Airflow's audit log what was saved, and return it as the page shows it."""
    if saved.stored is None:
        raise RuntimeError("what was saved is not there")
    note(uses, saved.change, user)
    return Saved(
        entity=saved.stored.entity.model_dump(mode="json"),
        version=saved.stored.version,
        changed=saved.change is not None,
        warnings=list(warnings),
    )


def schedule_warnings(uses: Services, pair: PairConfiguration) -> list[str]:
    """Say so if the DAG does not run as often as the pair is to be synced."""
    dag, _ = uses.read_dag()
    if dag is None or dag.schedule is None:
        return []
    try:
        cron = cron_of(dag.schedule)
    except ValueError:  # somebody's own timetable
        return []
    found = shortfall(cron, timedelta(hours=pair.frequency_hours))
    return [f"{pair.label}: {found}."] if found else []


def note(uses: Services, change: Change | None, user: Author) -> None:
    """Note a change of the configuration, if there was one, in Airflow's audit log."""
    if change is not None:
        uses.keep_choices()
        note_in_airflow(uses, change, user)


def note_in_airflow(uses: Services, change: Change, user: Author) -> None:
    """Note in Airflow's audit log what is in ours."""
    removed = {} if change.removed is None else {"removed": asdict(change.removed)}
    uses.metadata.audit(
        f"discovery.{change.entity_type}.{change.action}",
        user.name,
        {
            "entity": change.entity,
            "before": shown(change.before),
            "after": shown(change.after),
            **removed,
        },
    )


def check_typed_secrets(entity: Entity, kind: str | None = None) -> None:
    """Refuse secrets that were typed into an entity.

    :param kind: of the source whose entity it is.
    :raises FieldsInvalidError: naming every place, and what to do instead.
    """
    faults = typed_secret_faults(entity, kind)
    if faults:
        raise FieldsInvalidError(field_errors(faults))


def check_connection_right(
    uses: Services, rights: ConnectionRights, before: Reach | None, after: Reach, source: Source
) -> None:
    """Refuse an edit that gives a connection a new use to those who may not edit connections.

    :param before: what the edit changes; ``None`` for a new source.
    :raises HTTPException: 403.
    """
    what = takes_connection_right(
        before,
        after,
        is_named=source.connection is not None,
        exists=uses.may_have_connection,
    )
    if what:
        rights.require(after.connection_id, what)
