"""What the page asks of a probe and is answered: shapes of ``POST /api/probe``."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, JsonValue, StringConstraints

from include.discovery.model import EventRecord, Slug, Text


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
    proposals: list[ProbeProposal]
    notes: list[str]
    tried: list[str]
    """What was asked besides, with what came of it."""
