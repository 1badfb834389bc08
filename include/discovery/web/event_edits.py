"""Edits of an event: what a person says of it in place of its sources."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, status
from pydantic import Field

from include.discovery.event_edits import EventEdit
from include.discovery.model import EventField
from include.discovery.store.event_edits import edit_event
from include.discovery.store.event_ids import event_now
from include.discovery.web.answers import Body, ShortText
from include.discovery.web.editing import NOT_FOUND, FieldsInvalidError, note
from include.discovery.web.events import EventDetail, event
from include.discovery.web.parameters import EventId
from include.discovery.web.security import UserAuthor, UserPermissions
from include.discovery.web.services import Uses

router = APIRouter()


class EventEditBody(Body):
    """What is to hold of an event from now on."""

    values: EventEdit = EventEdit()
    """Those that are given win over all sources; null: there is none."""
    take_back: Annotated[list[EventField], Field(max_length=len(EventField))] = Field(default=[])
    """Fields that the sources are to say again. Start and end go together."""
    reason: ShortText
    """Why; it is kept with the values."""


@router.put("/events/{event_id}/edits", responses=NOT_FOUND)
def edit(
    event_id: EventId,
    body: EventEditBody,
    uses: Uses,
    user: UserAuthor,
    permissions: UserPermissions,
) -> EventDetail:
    """Let an event say what a person says of it, or again what its sources say."""
    if not body.values.model_fields_set and not body.take_back:
        raise FieldsInvalidError.of("Nothing is edited and nothing taken back", "values")
    with uses.database.lend() as conn:
        found = event_now(conn, event_id)
        if found is None:
            raise HTTPException(status.HTTP_404_NOT_FOUND, f"There is no event {event_id}.")
        change = edit_event(
            conn,
            found,
            body.values,
            take_back=body.take_back,
            author=user,
            reason=body.reason,
        )
    note(uses, change, user)
    return event(found, uses, permissions)
