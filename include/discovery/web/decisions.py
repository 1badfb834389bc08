"""What people decide about events: merge, split, and the word on two listings of the queue.

Each decision holds for good, and is noted with its reason in both audit logs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from include.discovery.errors import InvalidSettings
from include.discovery.identity.judging import Verdict
from include.discovery.store.audit import Author
from include.discovery.store.connection import Connection
from include.discovery.store.decisions import (
    Decision,
    judge_listings,
    merge_events,
    split_event,
    take_back_judgement,
)
from include.discovery.store.judgements import pair_of
from include.discovery.web.answers import Answer, Body
from include.discovery.web.editing import FieldsInvalidError, note_in_airflow
from include.discovery.web.parameters import LARGEST_ID, EventId, ListingId
from include.discovery.web.security import UserAuthor
from include.discovery.web.services import Services, Uses

router = APIRouter()

_MOST_LISTINGS = 100

Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Merge(Body):
    """Make an event one with another."""

    other: Id
    """The other event."""
    reason: Reason


class Split(Body):
    """Part listings from an event."""

    listings: Annotated[list[Id], Field(min_length=1, max_length=_MOST_LISTINGS)]
    """Some of its listings, not all."""
    reason: Reason


class Word(Body):
    """Whether two listings are one event."""

    first: Id
    second: Id
    verdict: Literal["same", "different"]
    reason: Reason = "reviewed"


class ListingNow(Answer):
    """A listing, and the event that it is of now."""

    listing: int
    event: int


class Judged(Answer):
    """What came of a decision."""

    summary: str
    """In one line, as in the audit log."""
    listings: list[ListingNow]
    """Those that it concerns."""


@router.post("/events/{event_id}/merge")
def merge(event_id: EventId, body: Merge, uses: Uses, user: UserAuthor) -> Judged:
    """Make two events one, for good: the older id stays, and the other leads to it."""
    return _decide(
        uses,
        user,
        lambda conn: merge_events(conn, event_id, body.other, author=user, reason=body.reason),
        "other",
    )


@router.post("/events/{event_id}/split")
def split(event_id: EventId, body: Split, uses: Uses, user: UserAuthor) -> Judged:
    """Part listings from an event, for good: the id stays with the oldest listing."""
    return _decide(
        uses,
        user,
        lambda conn: split_event(conn, event_id, body.listings, author=user, reason=body.reason),
        "listings",
    )


@router.post("/judgements")
def judge(body: Word, uses: Uses, user: UserAuthor) -> Judged:
    """Say for good whether two listings are one event."""
    if body.first == body.second:
        raise FieldsInvalidError.of("name two listings", "second")
    pair, verdict = pair_of(body.first, body.second), Verdict(body.verdict)
    return _decide(
        uses,
        user,
        lambda conn: judge_listings(conn, pair, verdict, author=user, reason=body.reason),
    )


@router.delete("/judgements")
def take_back(first: ListingId, second: ListingId, uses: Uses, user: UserAuthor) -> Judged:
    """Take back what somebody has said of two listings: the rules judge them again."""
    return _decide(
        uses, user, lambda conn: take_back_judgement(conn, pair_of(first, second), author=user)
    )


def _decide(
    uses: Services, user: Author, decide: Callable[[Connection], Decision], *field: str
) -> Judged:
    """Carry out a decision; what makes none is said at the field that names it."""
    try:
        with uses.database.lend() as conn:
            made = decide(conn)
    except InvalidSettings as error:
        raise FieldsInvalidError.of(str(error), *field) from error
    note_in_airflow(uses, made.change, user)
    return Judged(
        summary=str(made.change),
        listings=[
            ListingNow(listing=listing, event=event) for listing, event in made.events.items()
        ],
    )
