"""Fingerprints of raw items, by which a sync tells what it has read before. Pure.

An item whose fingerprint is known would become the records that it became before, so it is not
read again. The fingerprint covers the item and all that it is read by: the code, the settings, the
city, what its page says of all its items. What it does not cover is the day of reading: hence each
known item has a last day up to which the window, which moves on every night, makes no difference.

A page of a site is known by its address before it is requested. While its event is far off, it is
taken as it was read, for some days.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import blake2b
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from include.discovery.model import EventRecord, Window, last_date

LONGEST_UNREAD: Final = timedelta(days=90)
"""Then an item is read again though it is the same."""

SOON: Final = timedelta(days=7)
"""The page of an event that begins within this time is requested by every sync."""
_BEFORE_LONG: Final = timedelta(days=30)
_DAYS_BEFORE_LONG: Final = 3
_DAYS_LATER: Final = 7

_DIGEST: Final = 16
_FORMAT: Final = 2
"""Of ``marshal``, which takes a fifth of the time of JSON. Later formats also tell whether two
texts are the same object, and give the same item different bytes."""


@dataclass(frozen=True, slots=True)
class ReadItem:
    """What an item became: the records of its page from ``first`` up to ``end``."""

    fingerprint: bytes
    first: int
    end: int
    good_to: date | None
    """The last first day of a window that gives the same records; ``None``: nothing is certain."""


class SkippedItem(NamedTuple):
    """An item that was not read, since it is known.

    On most nights all items are such: a tuple is made in a third of the time of a dataclass.
    """

    fingerprint: bytes
    events: int
    """How many records it became when it was read."""
    first: int
    """How many records of its page come before it."""


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """What one sync knows of the items of its source.

    :param version: stands for all that items are read by, the length of its window included.
    :param window: the days of the sync.
    :param known: fingerprint → how many records its item became, for what need not be read again.
    """

    version: bytes
    window: Window
    known: Mapping[bytes, int] = field(default_factory=dict)

    def of(self, item: object, about: str = "") -> bytes | None:
        """Return the fingerprint of an item; ``None`` if it is nested too deeply for one.

        :param item: as JSON is read.
        :param about: what else of its page it is read by.
        """
        try:
            content = marshal.dumps((about, item), _FORMAT)  # type: ignore[arg-type]  # as JSON is
        except ValueError:
            return None
        return blake2b(content, digest_size=_DIGEST, key=self.version).digest()

    def page_good_to(self, fingerprint: bytes, records: Sequence[EventRecord]) -> date | None:
        """Return up to which first day of the window the page of events is not requested again.

        Nobody knows whether it has changed, so this goes by how soon its first event begins: a page
        is requested by every sync if that is within a week, every third day if it is within 30
        days, and once a week otherwise. Which days these are depends on the fingerprint, so that
        they differ between pages.

        :param records: what it became, at least one.
        :return: ``None`` if the next sync is to request it.
        """
        good_to, start = self.good_to(records, ()), self.window.start
        days = [record.local_date for record in records if record.local_date is not None]
        if good_to is None or len(days) < len(records) or min(days) <= start + SOON:
            return None
        every = _DAYS_BEFORE_LONG if min(days) <= start + _BEFORE_LONG else _DAYS_LATER
        days_left = -(start.toordinal() + 1 + fingerprint[0]) % every
        return min(good_to, start + timedelta(days_left), min(days) - SOON - timedelta(1))

    def good_to(
        self, records: Iterable[EventRecord], left_out: Iterable[EventRecord | None]
    ) -> date | None:
        """Return up to which first day of the window an item gives the same records.

        The window is as long then as it is now.

        :param records: what the item became.
        :param left_out: what it became besides that lies on other days; ``None`` for what it did
            not become for another reason.
        :return: ``None`` if nothing is certain, as where a page is read for a part of the days.
        """
        days: list[tuple[date, date]] = []
        for record in records:
            if record.local_date is not None:
                own = record.local_date, _last_day(record, record.local_date)
                if not self.window.overlaps(*own):
                    return None
                days.append(own)
        for other in left_out:
            if other is None or other.local_date is None:
                return None
            own = other.local_date, _last_day(other, other.local_date)
            if self.window.overlaps(*own):
                return None
            days.append(own)
        return self.good_to_by_days(days)

    def good_to_by_days(self, days: Iterable[tuple[date, date]]) -> date:
        """Return up to which first day of the window the same events lie in it.

        :param days: the first and last day of each event, inside and outside of the window.
        """
        start, end = self.window.start, self.window.end
        good = start + LONGEST_UNREAD
        for first, last in days:
            if first > end:
                good = min(good, start + (first - end) - timedelta(days=1))
            elif last >= start:
                good = min(good, last)
        return good


def _last_day(record: EventRecord, first: date) -> date:
    return last_date(first, record.ends_at, ZoneInfo(record.timezone))
