"""The route that looks at an address to add a source by: for those who may edit, two at a time.

Each look is a process of its own, so that what an address sends keeps nobody else waiting.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, status
from pydantic import BaseModel, ConfigDict, JsonValue, StringConstraints

from include.discovery.errors import DiscoveryError
from include.discovery.field_types import Slug, Text
from include.discovery.model import EventRecord
from include.discovery.probe.bounded import probe_bounded
from include.discovery.store.entities import read_city
from include.discovery.web.answers import Message
from include.discovery.web.editing import FieldsInvalidError
from include.discovery.web.services import Uses

router = APIRouter()


class ProbeQuestion(BaseModel):
    """An address to look at; ``city`` (its slug) is whose events are wanted."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[Text, StringConstraints(max_length=4096)]
    """As a person pastes it: ``example.org`` is taken as https."""
    city: Slug | None = None


class ProbeQuality(BaseModel):
    """Shares (0 to 1) of the sample that tell each thing, and their mean."""

    score: float
    time: float
    venue: float
    coordinates: float
    price: float
    image: float


class ProbeProposal(BaseModel):
    """One way to read the address, with what came of trying it."""

    kind: str
    settings: dict[str, JsonValue]
    evidence: list[str]
    """Short sentences: what speaks for this kind."""
    reason: str
    """Why it stands at its place in the order."""
    needs_connection: bool
    problem: str | None
    """Why nothing was read; null when a sample was."""
    read: int
    """How many events the sample holds."""
    expected: int | None
    """How many events the source says it has."""
    quality: ProbeQuality
    events: list[EventRecord]
    """The first five of the sample."""
    warnings: dict[str, int]
    """What was repaired, guessed or rejected → how often."""


class ProbeAnswer(BaseModel):
    """Everything that was found, the best first; nothing of it is stored."""

    url: str
    """Where the address led, keys masked."""
    title: str | None
    """What the page or feed calls itself."""
    proposals: list[ProbeProposal]
    notes: list[str]
    tried: list[str]
    """What was asked besides, with what came of it."""


@router.post("/probe", responses={429: {"model": Message}})
def probe_address(body: ProbeQuestion, uses: Uses) -> ProbeAnswer:
    """Say how an address can be read, with a sample of its events. Stores nothing."""
    city = None
    if body.city is not None:
        with uses.database.lend() as conn:
            city = read_city(conn, body.city)
        if city is None:
            raise FieldsInvalidError.of(f"There is no city {body.city}.", "city")
    if not uses.probes.acquire(blocking=False):
        raise HTTPException(
            status.HTTP_429_TOO_MANY_REQUESTS,
            "Other addresses are being looked at; try again in half a minute.",
        )
    try:
        found = probe_bounded(body.url, uses.settings, city=city, limits=uses.probe_limits)
    except DiscoveryError as error:
        raise FieldsInvalidError.of(str(error), "url") from error
    finally:
        uses.probes.release()
    return ProbeAnswer.model_validate(found.data)
