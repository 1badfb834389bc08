"""The demo's cities, read from ``data/*.yaml``: adding a city is adding a file."""

from __future__ import annotations

from datetime import time
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict

CITIES_FOLDER = Path(__file__).with_name("data")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Phrases(_Frozen):
    """What this city's sites say where a field should have said it."""

    cancelled: str
    postponed: str
    free: str
    price: str
    single_price: str
    relisted: tuple[str, ...]
    doors: str


class Programme(_Frozen):
    """A kind of event: its titles, times and prices.

    No ``hours`` means whole days, ``days`` long (a range); no ``price`` means free.
    """

    category: str
    titles: tuple[str, ...]
    blurb: str
    hours: tuple[time, ...]
    minutes: int = 0
    days: tuple[int, int] = (1, 1)
    price: tuple[int, int] | None = None
    segment: str | None = None
    genres: tuple[str, ...] = ()


class Venue(_Frozen):
    """A place, the source that lists it, and how busy it is."""

    slug: str
    name: str
    street: str
    postcode: str
    latitude: float
    longitude: float
    source: str
    share: float
    programmes: tuple[str, ...]
    organizer: str
    locality: str | None = None
    also: dict[str, float] = {}


class SeriesPlan(_Frozen):
    """A weekly event that only the calendars list, as one recurring component a quarter."""

    slug: str
    title: str
    weekday: int
    hour: time
    minutes: int
    source: str
    venue: str
    blurb: str


class City(_Frozen):
    """One city with everything the generator and the renderers need to know of it."""

    slug: str
    name: str
    country_code: str
    country: str
    region: str
    timezone: str
    windows_timezone: str
    odd_offsets: tuple[str, ...]
    language: str
    currency: str
    currency_symbol: str
    latitude: float
    longitude: float
    phrases: Phrases
    words: dict[str, tuple[str, ...]]
    programmes: dict[str, Programme]
    venues: tuple[Venue, ...]
    series: tuple[SeriesPlan, ...]

    @property
    def zone(self) -> ZoneInfo:
        """The city's time zone, ready for datetimes."""
        return ZoneInfo(self.timezone)

    def venue(self, slug: str) -> Venue:
        """Return the venue of that slug; a KeyError is a mistake in the YAML."""
        return {venue.slug: venue for venue in self.venues}[slug]

    def position(self, venue: Venue) -> int:
        """Return the venue's place in the list: its number in the ids of WordPress sites."""
        return [one.slug for one in self.venues].index(venue.slug)


@cache
def all_cities() -> dict[str, City]:
    """Every demo city by slug, in alphabetical order."""
    paths = sorted(CITIES_FOLDER.glob("*.yaml"))
    cities = (City.model_validate(yaml.safe_load(path.read_text("utf-8"))) for path in paths)
    return {city.slug: city for city in cities}
