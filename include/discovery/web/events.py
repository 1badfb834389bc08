"""Events: the list by what people look for, and one with the words of all its sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, HTTPException, Query, status
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from include.discovery.model import EventField, EventStatus, SourceRole
from include.discovery.slugs import SLUG_LENGTH, SLUG_PATTERN
from include.discovery.store.event_ids import event_now
from include.discovery.store.queries.event_search import (
    EventFilter,
    Position,
    When,
    cities_and_sources,
    fields_of,
    listings_of,
    other_dates_of,
    read_event,
    search_events,
)
from include.discovery.web.answers import Answer, now, web_address
from include.discovery.web.editing import NOT_FOUND
from include.discovery.web.parameters import LARGEST_ID, EventId
from include.discovery.web.security import Permissions, UserPermissions
from include.discovery.web.services import Uses

router = APIRouter()

WITHDRAWN = "withdrawn"

_SlugText = Annotated[str, Field(pattern=SLUG_PATTERN, max_length=SLUG_LENGTH)]


class Named(Answer):
    """A city or a source: its slug and its name."""

    slug: str
    name: str


class Place(Answer):
    """Where it takes place, as far as that is known."""

    name: str
    street: str | None
    postcode: str | None
    locality: str | None
    country: str | None


class Ticket(Answer):
    """What it costs; amounts are decimals as text, currency is ISO 4217."""

    min: Decimal | None
    max: Decimal | None
    currency: str | None
    is_free: bool | None
    text: str | None


class Timed(Answer):
    """When something is. Show ``starts_at`` and ``ends_at`` in ``timezone``: it is the venue's."""

    starts_at: datetime | None
    ends_at: datetime | None
    local_date: date | None
    """At the venue; None: postponed without a new date."""
    time_known: bool
    timezone: str


class EventRow(Timed):
    """An event in the list."""

    id: int
    title: str
    url: str | None
    """Only if it is an http(s) address: anything else is left out."""
    city: Named | None
    venue: str | None
    status: str
    attendance: str
    categories: list[str]
    price: Ticket | None
    sources: list[Named]
    listing_count: int
    created_at: datetime
    """When it was first found."""
    updated_at: datetime
    withdrawn_at: datetime | None
    """Since when no source lists it any more."""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Return an event as the list shows it."""
        return cls.model_validate({**row, **_shown(row)})


class EventsAnswer(Answer):
    """A page of events."""

    generated_at: datetime
    events: list[EventRow]
    next: str | None
    """What to send as ``after`` for the next page; None: this is the last."""
    cities: list[Named]
    """All cities and sources, to choose from."""
    sources: list[Named]


class ListingWords(Timed):
    """One record of a source, in the source's own words."""

    id: int
    source: str
    source_name: str
    role: SourceRole
    trust: int
    has_pair: bool
    pair_city: str | None
    """City of the pair that brought it; None: the source has a wider scope, or there is no pair."""
    external_id: str
    title: str
    url: str | None
    venue: Place | None
    status: str
    attendance: str
    performers: list[str]
    categories: list[str]
    organizer: str | None
    description: str | None
    image_url: str | None
    language: str | None
    price: Ticket | None
    series_id: str | None
    source_updated_at: datetime | None
    warnings: list[str]
    """What was repaired or guessed."""
    first_seen_at: datetime
    last_seen_at: datetime
    changed_at: datetime
    """When a sync last found its content different."""
    missing_since: datetime | None
    """Since when a complete sync no longer finds it, before it is withdrawn."""
    withdrawn_at: datetime | None


class Edit(Answer):
    """A person's word on a value, which wins over all sources."""

    by: str
    at: datetime
    reason: str


class FieldOrigin(Answer):
    """From whom an event has a value: a source or, if it was edited, a person."""

    field: EventField
    source: Named | None
    external_id: str | None
    """Of the source's listing that says so."""
    is_assumed: bool
    """It was assumed or repaired in reading what the source says; the warnings say why."""
    edit: Edit | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Return from whom a value is, as the page shows it."""
        by, at, reason = row["edited_by"], row["edited_at"], row["edit_reason"]
        return cls(
            field=row["field"],
            source=row["source"] and Named(slug=row["source"], name=row["source_name"]),
            external_id=row["external_id"],
            is_assumed=row["is_assumed"],
            edit=None if by is None else Edit(by=by, at=at, reason=reason),
        )


class OtherDate(Timed):
    """Another event of the same series."""

    id: int
    title: str
    status: str


class EventDetail(Answer):
    """One event, and what each of its sources says of it."""

    generated_at: datetime
    permissions: Permissions
    event: EventRow
    performers: list[str]
    organizer: str | None
    description: str | None
    image_url: str | None
    language: str | None
    place: Place | None
    previous_date: date | None
    """The day on which it was to start before it was moved; None: it was not moved."""
    previous_start: datetime | None
    """The start before it was moved, where its hour was known; show it in the event's zone."""
    other_dates: list[OtherDate]
    """Upcoming occurrences of the series that a source says it is of, at most 20."""
    fields: list[FieldOrigin]
    """From whom each value is; fields that have none and were not edited are left out."""
    listings: list[ListingWords]
    """First the one whose word counts most: still listed, of no aggregator, of the most trusted
    source, changed last, the most complete, seen first."""
    truncated: bool
    """There are more listings than these."""


def _written(position: Position) -> str:
    """Write a position as ``DATE~INSTANT~ID``; what is unknown is left empty."""
    at = position.at and position.at.astimezone(UTC).isoformat()
    return f"{position.day or ''}~{at or ''}~{position.id}"


def _position(text: str) -> Position:
    try:
        day, at, event = text.split("~")
        found = Position(
            date.fromisoformat(day) if day else None,
            datetime.fromisoformat(at) if at else None,
            int(event),
        )
    except ValueError:
        found = None
    if found is None or not 0 < found.id <= LARGEST_ID or (found.at and not found.at.tzinfo):
        raise ValueError("is not the 'next' of an answer")
    return found


def _checked(text: str) -> str:
    _position(text)
    return text


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class EventQuery(BaseModel):
    """What is looked for; what is left out does not matter."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Annotated[str, Field(max_length=200)] = ""
    """Words of title, performers or venue, or their beginnings; accents do not matter."""
    city: _SlugText | None = None
    source: _SlugText | None = None
    category: Annotated[str, Field(max_length=200)] | None = None
    """As a source writes it."""
    when: When = When.UPCOMING
    """upcoming: from today (UTC) on, soonest first; past: latest first; any: all with a date;
    undated: postponed without a new date."""
    first: Annotated[date | None, Field(alias="from")] = None
    last: Annotated[date | None, Field(alias="to")] = None
    status: EventStatus | Literal["withdrawn"] | None = None
    """Of what is still listed; withdrawn: what no source lists any more."""
    changed_since: Annotated[datetime, AfterValidator(_aware)] | None = None
    """Added or changed since then, the last change first; without an offset it is UTC."""
    duplicates: bool = False
    """Only events with more than one listing."""
    after: Annotated[str, Field(max_length=100), AfterValidator(_checked)] | None = None
    """The 'next' of the page before."""
    limit: Annotated[int, Field(ge=1, le=200)] = 50

    def filter(self) -> EventFilter:
        """Return what the store is asked for."""
        is_withdrawn = self.status == WITHDRAWN
        return EventFilter(
            text=self.text,
            city=self.city,
            source=self.source,
            category=self.category,
            when=self.when,
            first=self.first,
            last=self.last,
            status=None if self.status is None or is_withdrawn else EventStatus(self.status),
            withdrawn=is_withdrawn,
            changed_since=self.changed_since,
            duplicates=self.duplicates,
        )


@router.get("/events")
def events(uses: Uses, query: Annotated[EventQuery, Query()]) -> EventsAnswer:
    """Return a page of the events that are looked for."""
    with uses.database.lend() as conn:
        cities, sources = cities_and_sources(conn)
        page = search_events(
            conn,
            query.filter(),
            after=None if query.after is None else _position(query.after),
            limit=query.limit,
        )
    return EventsAnswer(
        generated_at=now(),
        events=[EventRow.of(row) for row in page.events],
        next=None if page.next is None else _written(page.next),
        cities=[Named(slug=slug, name=name) for slug, name in cities.items()],
        sources=[Named(slug=slug, name=name) for slug, name in sources.items()],
    )


@router.get("/events/{event_id}", responses=NOT_FOUND)
def event(event_id: EventId, uses: Uses, permissions: UserPermissions) -> EventDetail:
    """Return one event, and what each of its sources says of it.

    An id that has become part of another event leads to that: its id is in the answer.
    """
    with uses.database.lend() as conn:
        now_id = event_now(conn, event_id)
        found = None if now_id is None else read_event(conn, now_id)
        if now_id is None or found is None:
            raise HTTPException(status.HTTP_404_NOT_FOUND, f"There is no event {event_id}.")
        listings = listings_of(conn, now_id)
        fields = fields_of(conn, now_id)
        other_dates = other_dates_of(conn, now_id)
    return EventDetail(
        generated_at=now(),
        permissions=permissions,
        event=EventRow.of(found | {"sources": _sources(listings)}),
        performers=found["performers"],
        organizer=found["organizer"],
        description=found["description"],
        image_url=web_address(found["image_url"]),
        language=found["language"],
        place=place_of(found),
        previous_date=found["previous_date"],
        previous_start=found["previous_start"],
        other_dates=[OtherDate.model_validate(row) for row in other_dates],
        fields=[FieldOrigin.of(row) for row in fields],
        listings=[ListingWords.model_validate({**row, **_said(row)}) for row in listings],
        truncated=found["listing_count"] > len(listings),
    )


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "url": web_address(row["url"]),
        "city": row["city"] and Named(slug=row["city"], name=row["city_name"]),
        "price": _ticket(row),
        "sources": row["sources"] or [],
    }


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "url": web_address(row["url"]),
        "image_url": web_address(row["image_url"]),
        "venue": place_of(row),
        "price": _ticket(row),
    }


def _ticket(row: Mapping[str, Any]) -> Ticket | None:
    values = {name: row[f"price_{name}"] for name in Ticket.model_fields}
    return None if set(values.values()) == {None} else Ticket(**values)


def place_of(row: Mapping[str, Any]) -> Place | None:
    """Return the venue of a row, if it has one."""
    if row["venue"] is None:
        return None
    address = ("street", "postcode", "locality", "country")
    return Place(name=row["venue"], **{name: row[name] for name in address})


def _sources(listings: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    names = {row["source"]: row["source_name"] for row in listings}
    return [{"slug": slug, "name": name} for slug, name in names.items()]
