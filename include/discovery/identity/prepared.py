"""Listings with all that comparing them takes, worked out once for each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from include.discovery.identity.links import Link, link_of, ticket_of
from include.discovery.identity.listing import Listing
from include.discovery.identity.titles import Title, title_of
from include.discovery.identity.venues import Place, place_of
from include.discovery.model import last_date
from include.discovery.text.cleaning import fold

Slot = tuple[str, str, int | date]
"""A source, the key of a place, and a minute or a day."""
Session = tuple[str, frozenset[str], date | None]
"""Source, words of the title, date."""
DESCRIPTION: Final = 400
"""Letters of a description that are looked at."""
LONG_TEXT: Final = 60
"""Letters from which equal descriptions prove something."""
_SMALL_HOURS: Final = 5
_MIDNIGHT: Final = (0, 0)


@dataclass(frozen=True, eq=False)
class Prepared:
    """A listing with all that comparing it takes, worked out once.

    What only judging takes is worked out when it is first asked for: few listings of a day have one
    to be compared with.
    """

    listing: Listing
    title: Title
    place: Place
    link: Link | None
    at: datetime | None
    """Start in its own time zone."""
    minute: int | None
    """Start in minutes since 1970, UTC; ``None`` if the hour is not known."""
    last: date | None
    """The last day of the event."""
    night: date | None
    """The evening to which a start in the small hours belongs."""
    uid: str

    @property
    def session(self) -> Session:
        """What the hours of one programme have in common."""
        return self.listing.source, self.title.words, self.listing.local_date

    @property
    def slot(self) -> Slot | None:
        """Source, place and minute, if all are known."""
        if self.minute is None or not self.place.key:
            return None
        return self.listing.source, self.place.key, self.minute

    @property
    def day(self) -> Slot | None:
        """Source, place and date, if all are known."""
        if self.listing.local_date is None or not self.place.key:
            return None
        return self.listing.source, self.place.key, self.listing.local_date

    @cached_property
    def ticket(self) -> str | None:
        return ticket_of(self.link)

    @cached_property
    def text(self) -> str:
        """The first ``DESCRIPTION`` letters of the description, folded."""
        return fold((self.listing.description or "")[:DESCRIPTION])

    @cached_property
    def beginning(self) -> str:
        """The first ``LONG_TEXT`` letters of ``text``; empty, if there are not so many."""
        few = fold((self.listing.description or "")[: 2 * LONG_TEXT])
        text = few if len(few) >= LONG_TEXT else self.text
        return text[:LONG_TEXT] if len(text) >= LONG_TEXT else ""

    @cached_property
    def performers(self) -> frozenset[str]:
        return frozenset(map(fold, self.listing.performers))

    @cached_property
    def said(self) -> frozenset[str]:
        """Words of the texts beside the title."""
        beside = (self.text, fold(self.listing.organizer or ""), *self.performers)
        return frozenset(" ".join(beside).split())

    @cached_property
    def offset(self) -> int:
        """Minutes by which its local time is ahead of UTC at its start."""
        offset = self.at.utcoffset() if self.at else None
        return int(offset.total_seconds() // 60) if offset else 0

    @cached_property
    def end(self) -> int | None:
        return _minutes(self.listing.ends_at) if self.listing.ends_at else None

    @cached_property
    def is_long(self) -> bool:
        """Whether it is on for more than a night."""
        first = self.listing.local_date
        return first is not None and self.last is not None and (self.last - first).days > 1


def prepare(one: Listing) -> Prepared:
    """Work out what comparing a listing takes."""
    zone = ZoneInfo(one.timezone)
    at = one.starts_at and one.starts_at.astimezone(zone)
    last = one.local_date
    if one.local_date is not None and one.ends_at is not None:
        last = last_date(one.local_date, one.ends_at, zone)
    return Prepared(
        listing=one,
        title=title_of(one.title),
        place=place_of(one.venue, one.city, one.building),
        link=link_of(one.url),
        at=at,
        minute=_start(one, at),
        last=last,
        night=_night(one, at),
        uid=one.external_id.removeprefix(f"{one.source}:"),
    )


def _night(one: Listing, at: datetime | None) -> date | None:
    if at is None or not one.time_known or one.local_date is None:
        return None
    return one.local_date - timedelta(days=1) if at.hour < _SMALL_HOURS else None


def _start(one: Listing, at: datetime | None) -> int | None:
    """Return the start in minutes; midnight without an end is what calendars write for no hour."""
    if at is None or ((at.hour, at.minute) == _MIDNIGHT and one.ends_at is None):
        return None
    return _minutes(at)


def _minutes(moment: datetime) -> int:
    return int(moment.timestamp() // 60)
