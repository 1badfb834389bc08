"""What a probe finds: proposals of how an address can be read, ranked, each with its reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from include.discovery.model import EventRecord, Reject

SAMPLE_SIZE = 5


@dataclass(frozen=True, slots=True)
class Quality:
    """How complete the events of a source are: for each of five details, the share that has it."""

    time: float = 0.0
    venue: float = 0.0
    coordinates: float = 0.0
    price: float = 0.0
    image: float = 0.0

    @classmethod
    def of(cls, records: Sequence[EventRecord]) -> Quality:
        """Measure a sample; an event online needs no venue to be found."""
        if not records:
            return cls()
        venues = [record.venue for record in records]
        return cls(
            time=_share([record.time_known for record in records]),
            venue=_share(
                [
                    record.attendance == "online"
                    or (venue is not None and bool(venue.name or venue.street))
                    for record, venue in zip(records, venues, strict=True)
                ]
            ),
            coordinates=_share([v is not None and v.latitude is not None for v in venues]),
            price=_share(
                [
                    record.price is not None
                    and (record.price.is_free is not None or record.price.min is not None)
                    for record in records
                ]
            ),
            image=_share([record.image_url is not None for record in records]),
        )

    @property
    def score(self) -> float:
        """The mean of the five, from 0 to 1."""
        return (self.time + self.venue + self.coordinates + self.price + self.image) / 5


def _share(answers: Sequence[bool]) -> float:
    return sum(answers) / len(answers)


@dataclass(frozen=True, slots=True)
class Sample:
    """What was read of a source to judge it: its first page or pages."""

    records: Sequence[EventRecord] = ()
    rejects: Sequence[Reject] = ()
    expected: int | None = None
    """How many events the source says it has."""
    gaps: Sequence[str] = ()
    problem: str | None = None
    """Why it could not be read, or not yet: in words that say what to do."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One way to read an address: a kind and its settings, why, and what came of trying it."""

    kind: str
    settings: Mapping[str, JsonValue]
    evidence: tuple[str, ...]
    sample: Sample
    connection: bool = False
    """Whether it needs a key, in a connection named after the source."""
    is_guess: bool = False
    """Whether the settings are a guess that a person has to look over."""
    quality: Quality = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "quality", Quality.of(self.sample.records))

    @property
    def events(self) -> int:
        """How many events it promises: those that the source speaks of, else those that came."""
        return max(self.sample.expected or 0, len(self.sample.records))

    @property
    def rank(self) -> tuple[bool, bool, float, float]:
        """What proposals are ordered by, the best last.

        Whether events came at all; whether the kind is known, not guessed; then events times
        quality, since a feed of thirty bare events
        is worth less than an API that tells of all of them, and more than one perfect event.
        """
        score = self.quality.score
        return bool(self.sample.records), not self.is_guess, self.events * score, score

    @property
    def reason(self) -> str:
        """Why it stands where it stands, in one sentence."""
        if self.sample.problem is not None:
            return self.sample.problem
        if not self.sample.records:
            return "It can be read, but lists no events in the coming year."
        said = "" if self.sample.expected is None else f" of {self.sample.expected}"
        return (
            f"{len(self.sample.records)}{said} events were read; completeness"
            f" {self.quality.score:.0%}."
        )

    @property
    def warnings(self) -> Mapping[str, int]:
        """What was repaired or guessed, rejected or left out: text → how often, frequent first."""
        counts = Counter(warning for r in self.sample.records for warning in r.warnings)
        counts.update(f"rejected: {reject.reason}" for reject in self.sample.rejects)
        counts.update(self.sample.gaps)
        return dict(counts.most_common())


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that a probe of an address found."""

    url: str
    """The address after redirects; keys in it are masked."""
    proposals: tuple[Proposal, ...] = ()
    """The best first."""
    notes: tuple[str, ...] = ()
    """What else is worth knowing: robots.txt forbids it, the zone was guessed, and so on."""
    tried: tuple[str, ...] = ()
    """The addresses that were asked, with what came of each."""
    title: str | None = None
    """What the page or feed calls itself."""
