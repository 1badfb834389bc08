"""Dates, times and durations of iCalendar (RFC 5545 §3.3.4-3.3.6), read generously.

Besides the basic form ``20260307T190000Z``, the extended form (``2026-03-07T19:00``) and offsets
are read, which are not allowed but occur.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo

_STAMP = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):?(\d\d):?(\d\d)?(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?)?",
    re.IGNORECASE | re.ASCII,
)
_DURATION = re.compile(
    r"([+-])?P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A DATE or DATE-TIME: a local time and its zone."""

    wall: datetime
    """Naive; midnight for a date."""
    is_date: bool = False
    zone: tzinfo | None = None
    """None: floating (RFC 5545 §3.3.5, form 1), or a date."""

    @property
    def is_midnight(self) -> bool:
        """Return whether the local time is 0:00; always true for a date."""
        return self.wall.time() == time()

    def instant(self, floating: tzinfo) -> datetime:
        """Return the instant in UTC; floating times are read in the given zone."""
        return self.wall.replace(tzinfo=self.zone or floating).astimezone(UTC)

    def wall_in(self, zone: tzinfo) -> datetime:
        """Return the local time in the zone; floating times are unchanged."""
        if self.zone is None or self.zone is zone:
            return self.wall
        return self.instant(zone).astimezone(zone).replace(tzinfo=None, fold=0)


@dataclass(frozen=True, slots=True)
class Span:
    """A duration: days in local time, the rest exact (RFC 5545 §3.3.6)."""

    days: int = 0
    rest: timedelta = timedelta()

    @property
    def approximate(self) -> timedelta:
        """The length, ignoring clock changes."""
        return timedelta(days=self.days) + self.rest

    def end_of(self, wall: datetime, zone: tzinfo) -> datetime:
        """Return the end (UTC) for a start at this local time."""
        after_days = (wall + timedelta(days=self.days)).replace(tzinfo=zone)
        return after_days.astimezone(UTC) + self.rest


def parse_timestamp(text: str, zone: tzinfo | None) -> Timestamp:
    """Read a DATE or DATE-TIME; ``zone`` is that of its TZID, if it has one.

    A ``Z`` or an offset in the value itself wins over the zone.

    :raises ValueError: if it is neither.
    """
    match = _STAMP.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"no date or time: {text[:40]!r}")
    year, month, day, hour, minute, second, offset = match.groups()
    date = datetime(int(year), int(month), int(day))  # noqa: DTZ001  a wall-clock time
    if hour is None:
        return Timestamp(date, is_date=True)
    if int(hour) > 24 or int(minute) > 59 or int(second or 0) > 60:
        raise ValueError(f"no time of day: {text[:40]!r}")
    # 24:00 is the next day's midnight; a leap second counts as the second before it.
    wall = date + timedelta(hours=int(hour), minutes=int(minute), seconds=min(int(second or 0), 59))
    if offset is None:
        return Timestamp(wall, zone=zone)
    if offset in "Zz":
        return Timestamp(wall, zone=UTC)
    return Timestamp(wall - parse_offset(offset), zone=UTC)


def parse_offset(text: str) -> timedelta:
    """Read a UTC offset such as ``+0100``, ``-03:30`` or ``+002946`` (RFC 5545 §3.3.14).

    :raises ValueError: if it is not one, or is a day or more.
    """
    match = re.fullmatch(r"([+-]?)(\d\d):?(\d\d):?(\d\d)?", text.strip(), re.ASCII)
    if match is None:
        raise ValueError(f"no UTC offset: {text[:20]!r}")
    size = timedelta(hours=int(match[2]), minutes=int(match[3]), seconds=int(match[4] or 0))
    timezone(size)  # refuses a day and more
    return -size if match[1] == "-" else size


def parse_span(text: str) -> Span:
    """Read a DURATION such as ``P1D`` or ``PT1H30M``.

    :raises ValueError: if it is not one.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None or not any(match.groups()[1:]):
        raise ValueError(f"no duration: {text[:40]!r}")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    rest = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if match[1] == "-":
        return Span(-(weeks * 7 + days), -rest)
    return Span(weeks * 7 + days, rest)
