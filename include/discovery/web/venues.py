"""Venues: which there are, which may be one place, and what people decide about them.

Each decision holds for good, and is noted with its reason in both audit logs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import StringConstraints

from include.discovery.errors import InvalidSettings
from include.discovery.store.audit import Author, Change
from include.discovery.store.connection import Connection
from include.discovery.store.queries.event_search import cities_and_sources
from include.discovery.store.queries.venues import (
    FoundVenue,
    VenueJudgement,
    VenueSide,
    find_venues,
    latest_venue_judgements,
)
from include.discovery.store.venues import (
    merge_venues,
    place_in_building,
    rename_venue,
    split_venues,
    take_back_venue_judgement,
)
from include.discovery.web.answers import Answer, Body, ShownText, now
from include.discovery.web.decisions import Id, Reason
from include.discovery.web.editing import FieldsInvalidError, note_in_airflow
from include.discovery.web.events import Named
from include.discovery.web.parameters import CityFilter, VenueId, VenueQuery
from include.discovery.web.security import Permissions, UserAuthor, UserPermissions
from include.discovery.web.services import CityProposal, Services, Uses

router = APIRouter()

_DECIDED = 50
_ASKED = 50

SearchText = Annotated[
    str | None,
    Query(min_length=1, max_length=200, description="Words of a name, or their beginnings."),
]
GivenName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class OtherName(Answer):
    """A venue that people have made one with another."""

    id: int
    name: str


class FoundPlace(Answer):
    """A venue."""

    id: int
    name: str
    is_renamed: bool
    """Whether a person has given it its name."""
    street: str | None
    locality: str | None
    building: OtherName | None
    """In which it is a hall."""
    names: list[OtherName]
    """Venues that are the same by a decision."""
    upcoming: int
    """How many events are to come there."""

    @classmethod
    def of(cls, found: FoundVenue) -> FoundPlace:
        """Return a venue as the page lists it."""
        building = None
        if found.building is not None:
            building = OtherName(id=found.building, name=found.building_name or "")
        return cls(
            id=found.id,
            name=found.name,
            is_renamed=found.is_renamed,
            street=found.street,
            locality=found.locality,
            building=building,
            names=[OtherName(id=int(one), name=name) for one, name in found.names.items()],
            upcoming=found.upcoming,
        )


class ComparedPlace(Answer):
    """One of two venues that may be one, or were judged."""

    id: int
    name: str
    street: str | None
    locality: str | None

    @classmethod
    def of(cls, side: VenueSide) -> ComparedPlace:
        """Return a venue as it is compared."""
        return cls(**asdict(side))


class Proposal(Answer):
    """Two venues that may be one, since sources list the same titles there."""

    city: Named
    first: ComparedPlace
    second: ComparedPlace
    titles: int
    """So many titles both have, at the same starts."""
    examples: list[str]
    """Some of these, in lower case."""
    rules: str
    """What the rules say of the two."""

    @classmethod
    def of(cls, proposal: CityProposal) -> Proposal:
        """Return what is proposed as the page asks about it."""
        merge = proposal.merge
        return cls(
            city=Named(slug=proposal.slug, name=proposal.name),
            first=ComparedPlace.of(merge.first),
            second=ComparedPlace.of(merge.second),
            titles=merge.titles,
            examples=merge.examples,
            rules=merge.rules,
        )


class DecidedPair(Answer):
    """What a person has decided about two venues."""

    first: ComparedPlace
    second: ComparedPlace
    verdict: Literal["same", "different"]
    decided_by: str
    reason: ShownText
    decided_at: datetime

    @classmethod
    def of(cls, judged: VenueJudgement) -> DecidedPair:
        """Return a decision as the page lists it."""
        return cls(
            first=ComparedPlace.of(judged.first),
            second=ComparedPlace.of(judged.second),
            verdict=judged.verdict.value,
            decided_by=judged.decided_by,
            reason=judged.reason,
            decided_at=judged.decided_at,
        )


class VenuesAnswer(Answer):
    """Venues that were looked for, what waits for an answer, and what was decided."""

    generated_at: datetime
    permissions: Permissions
    venues: list[FoundPlace]
    """At most 100, those with most events to come first."""
    is_all: bool
    """False: there are more."""
    proposals: list[Proposal]
    """The first 50 that wait for an answer, those with most titles in common first."""
    waiting: int
    """How many wait in all."""
    decided: list[DecidedPair]
    """The latest 50."""
    cities: list[Named]
    """All cities, to choose from."""


class PlaceWord(Body):
    """Whether two venues are one place."""

    first: Id
    second: Id
    verdict: Literal["same", "different"]
    reason: Reason = "reviewed"


class NameBody(Body):
    """The name under which a venue is shown."""

    name: GivenName | None
    """None: again the one that its source gives."""
    reason: Reason


class BuildingBody(Body):
    """The building in which a venue is a hall."""

    building: Id | None
    """None: it is in none."""
    reason: Reason


class VenueDecided(Answer):
    """What came of a decision."""

    summary: str
    """In one line, as in the audit log."""


@router.get("/venues")
def venues(
    uses: Uses, permissions: UserPermissions, text: SearchText = None, city: CityFilter = None
) -> VenuesAnswer:
    """Return venues by name, or the busiest of a city; and what is asked and decided of venues."""
    waiting = [each for each in uses.open_proposals() if city in {None, each.slug}]
    with uses.database.lend() as conn:
        found = find_venues(conn, text=text, city=city)
        decided = latest_venue_judgements(conn, _DECIDED)
        cities, _ = cities_and_sources(conn)
    return VenuesAnswer(
        generated_at=now(),
        permissions=permissions,
        venues=[FoundPlace.of(each) for each in found.venues],
        is_all=found.is_all,
        proposals=[Proposal.of(each) for each in waiting[:_ASKED]],
        waiting=len(waiting),
        decided=[DecidedPair.of(each) for each in decided],
        cities=[Named(slug=slug, name=name) for slug, name in cities.items()],
    )


@router.post("/venues/judgements")
def judge_venues(body: PlaceWord, uses: Uses, user: UserAuthor) -> VenueDecided:
    """Say for good whether two venues are one place."""
    decide = merge_venues if body.verdict == "same" else split_venues
    return _decide(
        uses,
        user,
        lambda conn: decide(conn, body.first, body.second, author=user, reason=body.reason),
        "second",
    )


@router.delete("/venues/judgements")
def take_back_venues(
    first: VenueQuery, second: VenueQuery, uses: Uses, user: UserAuthor
) -> VenueDecided:
    """Take back what somebody has said of two venues: the rules judge them again."""
    decided = _decide(
        uses, user, lambda conn: take_back_venue_judgement(conn, first, second, author=user)
    )
    # It may be asked again.
    uses.proposals.forget()
    return decided


@router.put("/venues/{venue_id}/name")
def rename(venue_id: VenueId, body: NameBody, uses: Uses, user: UserAuthor) -> VenueDecided:
    """Give a venue the name that is shown, for good."""
    return _decide(
        uses,
        user,
        lambda conn: rename_venue(conn, venue_id, body.name, author=user, reason=body.reason),
        "name",
    )


@router.put("/venues/{venue_id}/building")
def place(venue_id: VenueId, body: BuildingBody, uses: Uses, user: UserAuthor) -> VenueDecided:
    """Say in which building a venue is a hall."""
    return _decide(
        uses,
        user,
        lambda conn: place_in_building(
            conn, venue_id, body.building, author=user, reason=body.reason
        ),
        "building",
    )


def _decide(
    uses: Services, user: Author, decide: Callable[[Connection], Change], *field: str
) -> VenueDecided:
    """Carry out a decision; what makes none is said at the field that names it."""
    try:
        with uses.database.lend() as conn:
            made = decide(conn)
    except InvalidSettings as error:
        raise FieldsInvalidError.of(str(error), *field) from error
    note_in_airflow(uses, made, user)
    return VenueDecided(summary=str(made))
