"""Why listings are one event or are not, and the queue of those that a person is to judge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query, status
from pydantic import AfterValidator

from include.discovery.identity import explaining
from include.discovery.identity.weights import REVIEW_FROM, SAME_FROM
from include.discovery.store.event_ids import event_now
from include.discovery.store.queries.cancellations import doubtful_cancellations
from include.discovery.store.queries.event_search import cities_and_sources, listings_of
from include.discovery.store.queries.judgements import (
    MOST_COUNTED,
    JudgedPair,
    QuestionPosition,
    Side,
    count_questions,
    judgements_of_listings,
    listings_to_compare,
    merged_into,
    open_questions,
)
from include.discovery.web.answers import Answer, ShownText, now, web_address
from include.discovery.web.editing import NOT_FOUND
from include.discovery.web.events import Named, Place, Timed, place_of
from include.discovery.web.parameters import LARGEST_ID, CityFilter, EventId
from include.discovery.web.security import Permissions, UserPermissions
from include.discovery.web.services import Uses

router = APIRouter()


class Finding(Answer):
    """One thing that was found out about two listings."""

    text: str
    points: float | None
    """What it adds to the score; negative: it speaks against one event. None: a remark."""


class JudgedListing(Answer):
    """One of the two listings of a judgement."""

    id: int
    event: int | None
    title: str


class Judgement(Answer):
    """Whether two listings are one event, and why."""

    first: JudgedListing
    second: JudgedListing
    verdict: Literal["same", "review", "different"]
    """review: a person is to say."""
    rule: str | None
    """The rule that decided, in words; None: a person did."""
    rules_version: str | None
    points: float | None
    """The sum of the findings' points; None: a person decided."""
    findings: list[Finding]
    """What speaks for one event, then what against, then remarks."""
    decided_by: str | None
    reason: ShownText | None
    judged_at: datetime

    @classmethod
    def of(cls, judged: JudgedPair) -> Judgement:
        """Return a judgement as the page explains it."""
        return cls(
            first=_side(judged.first),
            second=_side(judged.second),
            verdict=judged.verdict.value,
            rule=judged.rule,
            rules_version=judged.rules_version,
            points=None if judged.rule is None else explaining.points(judged.features),
            findings=_findings(judged.features),
            decided_by=judged.decided_by,
            reason=judged.reason,
            judged_at=judged.judged_at,
        )


class MergedEvent(Answer):
    """An id that has become part of an event."""

    id: int
    merged_at: datetime


class EventJudgements(Answer):
    """Why the listings of an event are one."""

    generated_at: datetime
    permissions: Permissions
    event: int
    within: list[Judgement]
    """Of two of its listings: those of people first, then the surest."""
    beyond: list[Judgement]
    """Of one of its listings and one of another event."""
    merged: list[MergedEvent]
    same_from: float
    """So many points make one event."""
    review_from: float
    """From so many points on a person is asked."""


class ComparedListing(Timed):
    """One side of a question: what a source says."""

    id: int
    event: int
    listing_count: int
    """So many listings that event has."""
    source: Named
    city: Named | None
    title: str
    url: str | None
    venue: Place | None
    status: str
    performers: list[str]
    organizer: str | None
    description: str | None
    """Its beginning."""


class Question(Answer):
    """Whether two listings are one event, for a person to say."""

    first: ComparedListing
    second: ComparedListing
    rule: str
    points: float
    findings: list[Finding]
    judged_at: datetime


class Cancellation(Timed):
    """An event that a source calls cancelled and others do not, for a person to say.

    The answer is an edit of its status.
    """

    id: int
    title: str
    status: str
    """Which it has meanwhile."""
    cancelled_by: list[str]
    """Names of the sources that call it cancelled."""
    listed_by: list[str]
    """Names of those that do not."""


class ReviewAnswer(Answer):
    """A page of what a person is to judge, what is soon first."""

    generated_at: datetime
    permissions: Permissions
    questions: list[Question]
    """Each is about two events; of several pairs of their listings one is asked about."""
    cancellations: list[Cancellation]
    """Upcoming events about which sources disagree; on the first page, and at most 50."""
    next: str | None
    """What to send as ``after`` for the next page; None: this is the last."""
    cities: list[Named]
    """All cities, to choose from."""
    same_from: float
    review_from: float


class ReviewCount(Answer):
    """How many questions are open, whether two listings are one event or an event is cancelled."""

    open: int
    is_all: bool
    """False: there may be more; no more than these are counted."""


def _position(text: str) -> QuestionPosition:
    try:
        day, first, second = text.split("~")
        found = QuestionPosition(date.fromisoformat(day), int(first), int(second))
    except ValueError:
        found = None
    if found is None or not 0 < found.first < found.second <= LARGEST_ID:
        raise ValueError("is not the 'next' of an answer")
    return found


def _checked(text: str) -> str:
    _position(text)
    return text


After = Annotated[
    str | None,
    Query(max_length=100, description="The 'next' of the page before."),
    AfterValidator(lambda text: None if text is None else _checked(text)),
]
QuestionsOfPage = Annotated[int, Query(ge=1, le=50, description="How many questions to return.")]


@router.get("/events/{event_id}/judgements", responses=NOT_FOUND)
def event_judgements(
    event_id: EventId, uses: Uses, permissions: UserPermissions
) -> EventJudgements:
    """Return why the listings of an event are one, and what kept others apart."""
    with uses.database.lend() as conn:
        event = event_now(conn, event_id)
        if event is None:
            raise HTTPException(status.HTTP_404_NOT_FOUND, f"There is no event {event_id}.")
        listings = [listing["id"] for listing in listings_of(conn, event)]
        judged = judgements_of_listings(conn, listings)
        merged = merged_into(conn, event)
    return EventJudgements(
        generated_at=now(),
        permissions=permissions,
        event=event,
        within=[Judgement.of(each) for each in judged if each.is_within_event],
        beyond=[Judgement.of(each) for each in judged if not each.is_within_event],
        merged=[MergedEvent(id=old, merged_at=at) for old, at in merged.items()],
        same_from=SAME_FROM,
        review_from=REVIEW_FROM,
    )


@router.get("/review")
def review(
    uses: Uses,
    permissions: UserPermissions,
    city: CityFilter = None,
    after: After = None,
    limit: QuestionsOfPage = 20,
) -> ReviewAnswer:
    """Return a page of the pairs of listings that a person is to judge."""
    with uses.database.lend() as conn:
        found = open_questions(
            conn, city=city, after=None if after is None else _position(after), limit=limit
        )
        ids = {side.listing for each in found.judgements for side in (each.first, each.second)}
        listings = listings_to_compare(conn, ids)
        cancellations = doubtful_cancellations(conn, city) if after is None else []
        cities, _ = cities_and_sources(conn)
    return ReviewAnswer(
        generated_at=now(),
        permissions=permissions,
        questions=[
            _question(each, listings)
            for each in found.judgements
            # A sync may have deleted one meanwhile.
            if {each.first.listing, each.second.listing} <= listings.keys()
        ],
        cancellations=[Cancellation.model_validate(asdict(each)) for each in cancellations],
        next=None if found.next is None else _written(found.next),
        cities=[Named(slug=slug, name=name) for slug, name in cities.items()],
        same_from=SAME_FROM,
        review_from=REVIEW_FROM,
    )


@router.get("/review/count")
def review_count(uses: Uses, city: CityFilter = None) -> ReviewCount:
    """Return how many questions a person is to answer."""
    with uses.database.lend() as conn:
        asked = count_questions(conn, city)
        count = asked + len(doubtful_cancellations(conn, city))
    return ReviewCount(open=count, is_all=asked < MOST_COUNTED)


def _written(position: QuestionPosition) -> str:
    return f"{position.day}~{position.first}~{position.second}"


def _side(side: Side) -> JudgedListing:
    return JudgedListing(id=side.listing, event=side.event, title=side.title)


def _findings(features: Mapping[str, Any]) -> list[Finding]:
    return [Finding(text=each.text, points=each.points) for each in explaining.findings(features)]


def _question(judged: JudgedPair, listings: Mapping[int, Mapping[str, Any]]) -> Question:
    return Question(
        first=_compared(listings[judged.first.listing]),
        second=_compared(listings[judged.second.listing]),
        rule=judged.rule or "",
        points=explaining.points(judged.features),
        findings=_findings(judged.features),
        judged_at=judged.judged_at,
    )


def _compared(row: Mapping[str, Any]) -> ComparedListing:
    return ComparedListing.model_validate(
        {
            **row,
            "event": row["event_id"],
            "url": web_address(row["url"]),
            "source": Named(slug=row["source"], name=row["source_name"]),
            "city": row["city"] and Named(slug=row["city"], name=row["city_name"]),
            "venue": place_of(row),
        }
    )
