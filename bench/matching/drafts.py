"""How one source writes about an event: a draft that is changed step by step, then a record."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from bench.matching.world import Happening, Words
from include.discovery.model import Attendance, EventRecord, EventStatus, Price, Venue
from include.discovery.text.cleaning import fold, title_text

SHOPS = ("ticket-corner", "seatline")
PORTALS = ("town-portal", "weekly", "visit", "community", "radio-agenda")
BY_NUMBER = ("weekly", "visit", "seatline")
"""Sources whose addresses tell nothing of the event."""
ONE_PAGE = "community"
"""The source whose listings all carry the address of its one calendar."""


@dataclass
class Draft:
    """What a source is about to publish. Title parts are joined last, then written as it writes."""

    of: Happening
    source: str
    language: str
    words: Words
    head: str
    tail: str | None
    supports: tuple[str, ...]
    generic: str | None
    marker: str | None
    starts: datetime | None
    """Aware; none where only the day is told."""
    day: date
    ends: datetime | None
    venue: Venue | None
    separator: str = " – "
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)
    """Names of what is done to the finished title, letter by letter."""
    url: str | None = None
    external_id: str = ""
    description: str | None = None
    price: Price | None = None
    status: EventStatus = EventStatus.SCHEDULED

    def title(self) -> str:
        """Join the parts: what it is, who, what else, with whom, which of several."""
        said = f"{self.generic}: {self.head}" if self.generic else self.head
        if self.tail:
            said += f"{self.separator}{self.tail}"
        if self.supports:
            said += f" {self.words.phrase('with')} {', '.join(self.supports)}"
        if self.marker:
            said += f" ({self.marker})"
        return " ".join([*self.before, said, *self.after])


def draft(
    one: Happening, source: str, words: Words, language: str, rng: random.Random, *, full: bool
) -> Draft:
    """Write the event as the source would without any mistake; ``full``: with its whole address."""
    zone = ZoneInfo(words.timezone)
    starts = one.starts.replace(tzinfo=zone)
    ends = starts + timedelta(minutes=one.minutes)
    if one.days > 1:
        ends = (one.starts + timedelta(days=one.days - 1, minutes=one.minutes)).replace(tzinfo=zone)
    head = one.head
    if one.teams:
        head = f" {words.phrase('vs')} ".join(one.teams)
    number = rng.randrange(10_000, 99_999)
    written = Draft(
        of=one, source=source, language=language, words=words, head=head, tail=one.tail,
        supports=one.supports, generic=words.phrase(one.generic) if one.generic else None,
        marker=one.marker, starts=starts, day=one.starts.date(),
        ends=ends if one.days > 1 or rng.random() < 0.6 else None,
        venue=_venue(one, rng, full=full),
        external_id=f"{source}-{number}",
    )  # fmt: skip
    slug = "-".join(fold(head).split())
    written.url = f"https://{source}.example/{written.day:%Y/%m}/{slug}-{number}"
    if source in BY_NUMBER:
        written.url = f"https://{source}.example/event?id={number}"
    if source == ONE_PAGE:
        written.url = f"https://{source}.example/calendar"
    if one.ticketed and (source in SHOPS or rng.random() < 0.4):
        written.price = Price(
            min=Decimal(10 + one.starts.toordinal() % 30), currency=_CURRENCIES[words.country]
        )
    written.description = _description(written, rng)
    return written


_CURRENCIES = {"US": "USD", "DE": "EUR", "FR": "EUR", "ES": "EUR", "PL": "PLN", "FI": "EUR"}


def _venue(one: Happening, rng: random.Random, *, full: bool) -> Venue | None:
    place = one.place
    if place is None:
        return None
    name = place.name
    if one.room and ("room" in one.apart or rng.random() < 0.3):
        name = f"{place.name}, {one.room}"
    street = full or rng.random() < 0.7
    known = rng.random() < 0.5
    return Venue(
        name=name,
        street=place.street if street else None,
        postcode=place.postcode if street and rng.random() < 0.6 else None,
        locality=place.locality if rng.random() < 0.85 else None,
        country=place.country if rng.random() < 0.6 else None,
        latitude=place.latitude if known else None,
        longitude=place.longitude if known else None,
    )


def _description(written: Draft, rng: random.Random) -> str | None:
    if rng.random() < 0.35:
        return None
    words = written.words
    place = written.of.place.name if written.of.place else words.phrase("online")
    said = [rng.choice(words.blurbs), rng.choice(words.blurbs)]
    if rng.random() < 0.4:
        said.append(words.boilerplate)
    return " ".join(dict.fromkeys(said)).format(head=written.head, place=place)


def record(written: Draft, title: str) -> EventRecord:
    """Make the record that a connector would give."""
    one, zone = written.of, ZoneInfo(written.words.timezone)
    starts = written.starts
    ends = written.ends
    if starts is None or (ends is not None and ends.astimezone(UTC) < starts.astimezone(UTC)):
        ends = ends if starts is None and one.days > 1 else None
    return EventRecord(
        external_id=written.external_id,
        title=title_text(title) or title,
        url=written.url,
        starts_at=starts,
        local_date=written.day if starts is None else starts.astimezone(zone).date(),
        time_known=starts is not None,
        ends_at=ends,
        timezone=written.words.timezone,
        status=written.status,
        attendance=Attendance.OFFLINE if one.place else Attendance.ONLINE,
        venue=written.venue,
        organizer=one.organizer,
        description=written.description,
        price=written.price,
        series_id=f"{written.source}-{one.class_key}" if one.class_key else None,
        language=written.language,
    )


def with_venue(written: Draft, **changes: object) -> None:
    """Change the venue of a draft."""
    assert written.venue is not None
    written.venue = Venue.model_validate(written.venue.model_dump() | changes)
