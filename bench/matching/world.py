"""Invented cities: their words, their venues, and what happens there.

Every name is put together from the lists in ``words/`` by a grammar of two halves, and a stable
hash of the name says whether it belongs to the part for tuning or to the unused one: no act, work
or topic stands in both.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TypeVar
from zlib import crc32

import yaml
from pydantic import BaseModel, ConfigDict

T = TypeVar("T")

WORDS = Path(__file__).parent / "words"
LANGUAGES = tuple(sorted(file.stem for file in WORDS.glob("*.yaml")))
FIRST_DAY = date(2027, 2, 1)

TUNING, UNUSED = "tuning", "unused"
_UNUSED_IN_TEN = 3
_KINDS_OF_PLACES = {
    "theatre": 2, "hall": 2, "club": 4, "library": 4, "museum": 2, "gallery": 2,
    "park": 3, "arena": 2, "church": 2, "cinema": 2, "center": 3,
}  # fmt: skip
_WITH_ROOMS = {"theatre", "hall"}


class Words(BaseModel):
    """The lists of one language; ``say`` holds phrases with ``{x}``, ``{y}`` and ``{n}`` open."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    city: str
    country: str
    timezone: str
    latitude: float
    longitude: float
    postcode: str
    streets: list[str]
    address: str
    districts: list[str]
    venue_names: list[str]
    places: dict[str, list[str]]
    rooms: list[str]
    screens: str
    sponsors: list[str]
    first: list[str]
    last: list[str]
    band_a: list[str]
    band_b: list[str]
    band: list[str]
    half_a: list[str]
    half_b: list[str]
    topic_a: list[str]
    topic_b: list[str]
    tours: list[str]
    festivals: list[str]
    teams: list[str]
    ensembles: list[str]
    works: list[str]
    classes: dict[str, str]
    say: dict[str, str | list[str]]
    spellings: list[tuple[str, str]]
    blurbs: list[str]
    boilerplate: str

    def phrase(self, key: str, x: str = "", y: str = "", n: object = "") -> str:
        """Fill a phrase in."""
        said = self.say[key]
        assert isinstance(said, str)
        return said.format(x=x, y=y, n=n)


def words_of(language: str) -> Words:
    """Read the lists of a language."""
    return Words.model_validate(yaml.safe_load((WORDS / f"{language}.yaml").read_text("utf-8")))


@dataclass(frozen=True, slots=True)
class Place:
    """A venue as it is; ``rooms`` are its halls or screens."""

    name: str
    kind: str
    street: str
    postcode: str
    locality: str
    country: str
    latitude: float
    longitude: float
    rooms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Happening:
    """One event as it is, before any source writes about it.

    ``apart`` names what alone tells it from another event of its family (``title``, ``time``,
    ``date``, ``venue``, ``room``): no listing of it may leave that out or change it.
    """

    kind: str
    head: str
    starts: datetime
    """Local wall time."""
    minutes: int
    place: Place | None
    room: str | None = None
    tail: str | None = None
    supports: tuple[str, ...] = ()
    generic: str | None = None
    """Key of the word that says what it is: concert, exhibition, …"""
    marker: str | None = None
    organizer: str | None = None
    ticketed: bool = False
    days: int = 1
    class_key: str | None = None
    teams: tuple[str, str] | None = None
    negative: str | None = None
    apart: frozenset[str] = frozenset()


@dataclass
class World:
    """One language's city in one part: draws names, venues and hours that nobody else uses."""

    language: str
    words: Words
    part: str
    rng: random.Random
    days: int
    places: dict[str, list[Place]] = field(default_factory=dict)
    _taken: set[object] = field(default_factory=set)
    _names: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, language: str, part: str, seed: int, days: int) -> World:
        """Build the city, its venues first."""
        world = cls(language, words_of(language), part, _rng(seed, language, part), days)
        # Some names twice: 'Alder Gallery' is not 'Alder Cinema'.
        for _ in range(2):
            names = world.words.venue_names
            world._names[:0] = world.rng.sample(names, len(names))
        for kind, count in _KINDS_OF_PLACES.items():
            world.places[kind] = [world._place(kind) for _ in range(count)]
        return world

    def pick(self, options: Sequence[T]) -> T:
        """Draw one of several."""
        return self.rng.choice(options)

    def chance(self, share: float) -> bool:
        """Say yes to a share of the questions."""
        return self.rng.random() < share

    def fresh(self, make: Callable[[], str]) -> str:
        """Draw names until one belongs to this part and is not taken."""
        for _ in range(10_000):
            name = make()
            if (self.part == UNUSED) == belongs_to_unused(name) and self.take(name):
                return name
        raise RuntimeError(f"the lists of {self.language} are too short for so many events")

    def take(self, key: object) -> bool:
        """Reserve something; say whether it was free."""
        if key in self._taken:
            return False
        self._taken.add(key)
        return True

    def person(self) -> str:
        return self.fresh(lambda: f"{self.pick(self.words.first)} {self.pick(self.words.last)}")

    def band(self) -> str:
        words = self.words

        def make() -> str:
            return self.pick(words.band).format(
                a=self.pick(words.band_a), b=self.pick(words.band_b)
            )

        return self.fresh(make)

    def act(self) -> str:
        return self.band() if self.chance(0.6) else self.person()

    def work(self) -> str:
        return self.fresh(lambda: f"{self.pick(self.words.half_a)} {self.pick(self.words.half_b)}")

    def topic(self) -> str:
        return self.fresh(
            lambda: f"{self.pick(self.words.topic_a)} {self.pick(self.words.topic_b)}"
        )

    def at(self, hours: Sequence[str]) -> datetime:
        """Draw a day, and one of these hours."""
        day = FIRST_DAY + timedelta(days=self.rng.randrange(self.days))
        return datetime.combine(day, time.fromisoformat(self.pick(hours)))

    def slot(self, kinds: Sequence[str], hours: Sequence[str]) -> tuple[Place, datetime]:
        """Draw a venue and an hour at which nothing else begins there."""
        for _ in range(1_000):
            place, starts = self.pick(self.places[self.pick(kinds)]), self.at(hours)
            if self.take((place.name, starts)):
                return place, starts
        raise RuntimeError("every venue is taken: more days are needed")

    def generic(self, hours: Sequence[str], keys: Sequence[str]) -> tuple[str, datetime]:
        """Draw a class whose title nobody else of the city uses on that day."""
        for _ in range(1_000):
            key, starts = self.pick(keys), self.at(hours)
            if self.take((key, starts.date())):
                return key, starts
        raise RuntimeError("every class is taken: more days are needed")

    def _place(self, kind: str) -> Place:
        words = self.words
        if kind in {"library", "center"}:
            district = next(d for d in words.districts if self.take((kind, d)))
            name = ""
        else:
            district, name = "", self._names.pop()
        street = words.address.format(
            street=self.pick(words.streets), number=self.rng.randrange(2, 140)
        )
        rooms = tuple(words.rooms) if kind in _WITH_ROOMS else ()
        if kind == "cinema":
            rooms = tuple(words.screens.format(n=n) for n in (1, 2, 3))
        return Place(
            name=self.pick(words.places[kind]).format(x=name, district=district),
            kind=kind,
            street=street,
            postcode=words.postcode.format(n=self.rng.randrange(100, 140)),
            locality=words.city,
            country=words.country,
            latitude=round(words.latitude + self.rng.uniform(-0.03, 0.03), 6),
            longitude=round(words.longitude + self.rng.uniform(-0.04, 0.04), 6),
            rooms=rooms,
        )


def belongs_to_unused(name: str) -> bool:
    """Say of which part a name is; the same on every machine and for every seed."""
    return crc32(name.encode()) % 10 < _UNUSED_IN_TEN


def _rng(*seed: object) -> random.Random:
    return random.Random("/".join(map(str, seed)))
