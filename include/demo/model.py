"""The events of a demo city, before any source has rendered them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from hashlib import blake2b
from random import Random
from typing import TypeAlias

from include.demo.cities import City, Programme, SeriesPlan, Venue

JsonObject: TypeAlias = dict[str, object]

_FIRST_ORDINAL = date(2000, 1, 1).toordinal()
_NUMBERS_A_DAY = 128
SLOTS_A_DAY = 2


class Status(StrEnum):
    """What became of an event."""

    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"
    RESCHEDULED = "rescheduled"


@dataclass(frozen=True, slots=True)
class DemoEvent:
    """One event. ``sources`` names every feed that lists it.

    Its identity and everything in it follow from (seed, venue, day, slot) alone, never from
    today: a feed read tomorrow holds the same events, less one day and plus one day.
    """

    city: City
    venue: Venue
    day: date
    slot: int
    seed: int
    sources: tuple[str, ...]
    programme: Programme
    title: str
    performers: tuple[str, ...]
    start: time | None
    days: int
    status: Status
    hour_known: bool
    price: tuple[int, int] | None

    @property
    def key(self) -> str:
        """Stable identity, the same for all sources: the truth for deduplication tests."""
        return f"{self.day.isoformat().replace('-', '')}-{self.slot}-{self.venue.slug}"

    @property
    def number(self) -> int:
        """Stable positive integer, unique within the city: what WordPress would call the id."""
        place = self.city.position(self.venue) * SLOTS_A_DAY + self.slot
        return (self.day.toordinal() - _FIRST_ORDINAL) * _NUMBERS_A_DAY + place

    @property
    def all_day(self) -> bool:
        """True for events of whole days: exhibitions, festivals."""
        return self.start is None

    @property
    def starts(self) -> datetime:
        """Start on the city's wall clock, with its zone; midnight for events of whole days."""
        return datetime.combine(self.day, self.start or time(0), self.city.zone)

    @property
    def ends(self) -> datetime:
        """End on the city's wall clock; the last second of the last day for whole days."""
        if self.start is None:
            return self.starts + timedelta(days=self.days, seconds=-1)
        return self.starts + timedelta(minutes=self.programme.minutes)

    @property
    def modified(self) -> datetime:
        """When the source last touched it: always before the event came into the window."""
        days, minutes = 190 + 70 * self.draw("modified"), 780 * self.draw("modified at")
        return datetime.combine(self.day, time(7), UTC) + timedelta(
            days=-int(days), minutes=int(minutes)
        )

    @property
    def locality(self) -> str:
        """Town of the venue: the city, or its neighbour for a venue out of town."""
        return self.venue.locality or self.city.name

    def dice(self, purpose: str) -> Random:
        """Return a random generator that is the same for this event and purpose in any process."""
        return Random(f"{self.seed}|{self.city.slug}|{self.key}|{purpose}")  # noqa: S311 - dice, not secrets

    def draw(self, purpose: str) -> float:
        """Return a number from 0 to 1, as fixed as ``dice`` and much cheaper to get."""
        text = f"{self.seed}|{self.city.slug}|{self.key}|{purpose}"
        drawn = int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")
        return drawn / 2**64

    def chance(self, purpose: str, share: float) -> bool:
        """Return True for that share of all events, always the same ones for the same purpose."""
        return self.draw(purpose) < share


@dataclass(frozen=True, slots=True)
class DemoSeries:
    """A weekly event over one quarter of a year, with one hole, one move and one cancellation."""

    city: City
    plan: SeriesPlan
    quarter: str
    days: tuple[date, ...]

    @property
    def skipped(self) -> date:
        """The day that EXDATE takes out."""
        return self.days[2]

    @property
    def moved(self) -> date:
        """The day whose occurrence takes place a day later and two hours later."""
        return self.days[4]

    @property
    def cancelled(self) -> date:
        """The day whose occurrence stays in the calendar as cancelled."""
        return self.days[7]
