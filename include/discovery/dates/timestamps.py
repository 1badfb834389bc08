"""Dates as machines write them: ISO 8601 with all its near misses, RFC 2822, and JavaScript.

Seen in published data: ``2024-5-28T16:30+0:00``, ``2019-9-18T10-10-00-00`` (the hour twice, then
minutes and seconds: an EventON plugin), ``2018-05-05 18:00:00.0``, ``20260501T190000Z``,
``2026-05-01T19``, ``2026-05-01 7pm``, ``2026-05-01T19h30m``, ``Fri May 01 2026 19:00:00 GMT+0200``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import parsedate_tz
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from include.discovery.dates.times import When, all_day, localize, timed
from include.discovery.dates.timezones import zone_named
from include.discovery.record_warnings import DateWarning

_LONGEST: Final = 100
_DATE: Final = (
    r"(?P<year>\d{4})(?:(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})|(?P<md>\d{4}))"
)
_CLOCK: Final = (
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"(?:\s*(?P<half>[ap])\.?m\.?)?"
    r"|(?P<digits>\d{4}(?:\d{2})?)(?:[.,]\d{1,9})?"
    r"|(?P<of_h>\d{1,2})\s?h(?:(?P<minute_of_h>\d{2})(?:m|min)?)?(?!\d)"  # '19h30', as in French
    r"|(?<=T)(?P<whole>\d{2})(?![\d.:])"
    r"|(?P<of_half>\d{1,2})\s?(?P<half2>[ap])\.?m\b\.?"
    r"|(?P<twice>\d{1,2})-(?P=twice)-(?P<minute2>\d{2})-(?P<second2>\d{2})"
)
_OFFSET: Final = (
    r"(?P<utc>Z|UTC|GMT)"
    r"|(?P<sign>[+\-\u2212])(?P<east>\d{1,2})(?::?(?P<east_minutes>\d{2}))?"
)
_STAMP: Final = re.compile(
    rf"{_DATE}(?:(?:\s*T{{1,2}}\s*|\s+)(?:{_CLOCK}))?(?:\s*(?:{_OFFSET}))?(?:\s?\[[\w/+\-]{{1,50}}\])?\s?T?",
    re.IGNORECASE | re.ASCII,
)
_EXACT: Final = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?)?", re.ASCII
)
_LONGEST_EXACT: Final = len("2026-05-01T19:00:00+02:00")
_MAIL_DATE: Final = re.compile(
    r"(?:[a-z]{3,9},?\s)?\d{1,2}\s[a-z]{3,9}\s\d{4}\s\d{1,2}:\d{2}(?::\d{2})?"
    r"(?P<zone>\s[a-z0-9+\-() ]+)?",
    re.IGNORECASE | re.ASCII,
)
_SCRIPT_DATE: Final = re.compile(  # as JavaScript writes a Date
    r"[a-z]{3} ([a-z]{3}) (\d{1,2}) (\d{4}) (\d\d:\d\d:\d\d)"
    r"(?: GMT([+-]\d{4}))?(?: \([\w ]{1,60}\))?",
    re.IGNORECASE,
)
_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_WIDEST_OFFSET: Final = timedelta(hours=14)
_MIDNIGHT: Final = time()
_MORNING: Final = time(7)
_EVENING: Final = time(18)
_UNIX_EPOCH: Final = date(1970, 1, 1)
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2200


class UnreadableTimestamp(ValueError):
    """Text that is not a machine-written date, or a date that does not exist."""


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A date as it was written: the day, and the clock and its offset from UTC if given."""

    day: date
    clock: time | None = None
    offset: timedelta | None = None
    is_utc_by_name: bool = False
    """Whether the offset was said by name (``Z``), not as ``+00:00``."""
    warnings: tuple[str, ...] = ()

    @property
    def wall(self) -> datetime:
        """The date and clock as written, midnight if no time is given; naive."""
        return datetime.combine(self.day, self.clock or _MIDNIGHT)


def read_timestamp(text: str) -> Timestamp:
    """Read a machine-written date.

    Fractions of seconds are dropped; ``24:00`` is midnight of the next day.

    :raises UnreadableTimestamp: if it is not one, or means 'no date' (0001-01-01, 1970-01-01 00:00,
        9999-12-31).
    """
    if len(text) <= _LONGEST_EXACT and (exact := _of_exact(text)) is not None:
        return exact
    given = " ".join(text[: _LONGEST + 1].split())
    match = _STAMP.fullmatch(given) if len(given) <= _LONGEST else None
    try:
        timestamp = _of_match(match) if match else _of_mail_date(given)
    except (ValueError, OverflowError) as error:
        raise UnreadableTimestamp(f"{given[:60]!r}: {error}") from None
    if timestamp is None:
        raise UnreadableTimestamp(
            f"{given[:60]!r} is not a date of the form 2026-05-01T19:00+02:00"
        )
    is_epoch = timestamp.day == _UNIX_EPOCH and timestamp.wall.time() == _MIDNIGHT
    if not _FIRST_YEAR <= timestamp.day.year <= _LAST_YEAR or is_epoch:
        raise UnreadableTimestamp(f"{given[:60]!r} stands for no date")
    return timestamp


def when_of(
    start: Timestamp, end: Timestamp | None, zone: ZoneInfo, *, offset_is_reliable: bool = False
) -> When:
    """Turn timestamps into the time of an event at a place in ``zone``.

    How an offset is interpreted, unless ``offset_is_reliable``:

    - the zone's own at that time: it is correct;
    - the zone's at another time of the year: a site that never changes its clock, so the local time
      is used, with a warning;
    - ``+00:00``: what PHP writes for a local time of unknown zone; the local time is used, with a
      warning;
    - ``Z``: what software writes after converting to UTC; the instant is used;
    - the last two are swapped if only that makes sense: an event hardly begins at four in the
      morning if the other reading is eight in the evening;
    - any other: an instant, shown in ``zone``, with a warning. Where ``zone`` is UTC, which stands
      for none known, it is shown by its own offset, so that the day is that of the place.

    Days without hours: a start without a clock; midnight to 23:59 or to midnight; midnight and no
    end, since that is how an unknown hour is written. An end without a clock on the first day says
    nothing; on a later day it is the end of that day, but after a start in the evening the next
    day only says that it gets late.
    """
    exact = _exactly(start, end, zone)
    if exact is not None:
        return exact
    zone = _zone_of_offset(start) if zone.key == "UTC" and start.offset else zone
    read_as_utc = offset_is_reliable or _utc_is_meant(start, zone)
    warnings = [*start.warnings, *(end.warnings if end else ())]
    begins = _moment(start, zone, warnings, read_as_utc=read_as_utc, trusted=offset_is_reliable)
    ends = None
    if end is not None and end.clock is not None:
        ends = _moment(end, zone, warnings, read_as_utc=read_as_utc, trusted=offset_is_reliable)
    if start.clock is None:
        last = _wall(ends, zone).date() if ends else (end.day if end else None)
        when = all_day(start.day, last, zone)
    else:
        when = _of_moments(begins, ends, end, zone, warnings)
    unique = dict.fromkeys((*warnings, *when.warnings))
    return When(when.local_date, zone, when.starts_at, when.ends_at, tuple(unique))


def _exactly(start: Timestamp, end: Timestamp | None, zone: ZoneInfo) -> When | None:
    """Return the time that most timestamps tell: that of the zone's own clock.

    Nothing is to be interpreted or repaired then, in a fifth of the time. ``None`` for all others.
    """
    begins = _on_the_clock(start, zone)
    if begins is None or start.clock == _MIDNIGHT:
        return None
    if end is None:
        return When(start.day, zone, begins)
    ends = _on_the_clock(end, zone)
    if ends is None or ends <= begins:  # of one zone: by the wall clock
        return None
    return When(start.day, zone, begins, ends)


def _on_the_clock(timestamp: Timestamp, zone: ZoneInfo) -> datetime | None:
    """Return a timestamp whose hour is given as the zone has it; ``None`` for any other."""
    if timestamp.clock is None or timestamp.warnings:
        return None
    local = datetime.combine(timestamp.day, timestamp.clock, zone)
    if timestamp.offset is None:
        exists = local.astimezone(UTC).astimezone(zone).time() == timestamp.clock
        return local if exists else None
    return local if local.utcoffset() == timestamp.offset else None


def _of_moments(
    begins: datetime,
    ends: datetime | None,
    end: Timestamp | None,
    zone: ZoneInfo,
    warnings: list[str],
) -> When:
    first = _wall(begins, zone)
    if first.time() == _MIDNIGHT:
        if end is None or (ends is not None and _wall(ends, zone) == first):
            warnings.append(DateWarning.HOUR_UNKNOWN.said())
            return all_day(first.date(), None, zone)
        last = _last_whole_day(first, ends and _wall(ends, zone), end)
        if last is not None:
            return all_day(first.date(), last, zone)
    if end is not None and end.clock is None:
        ends = _end_of_day(first, end.day, zone, warnings)
    return timed(begins, None if ends is None or _same(begins, ends, zone) else ends, zone)


def _last_whole_day(first: datetime, last: datetime | None, end: Timestamp) -> date | None:
    """Return the last day of an event that begins at midnight and lasts for whole days."""
    if last is None:
        return end.day
    if (last.hour, last.minute) == (23, 59) and last > first:
        return last.date()
    if last.time() == _MIDNIGHT and last > first:
        return last.date() - _DAY
    return None


def _end_of_day(
    first: datetime, last_day: date, zone: ZoneInfo, warnings: list[str]
) -> datetime | None:
    if last_day == first.date():
        return None
    if last_day < first.date():
        warnings.append(DateWarning.END_BEFORE_START.said(end=last_day))
        return None
    if last_day == first.date() + _DAY and first.time() >= _EVENING:
        warnings.append(DateWarning.END_WITHOUT_HOUR_DROPPED.said(end=last_day))
        return None
    warnings.append(DateWarning.END_WITHOUT_HOUR_KEPT.said(end=last_day))
    return localize(datetime.combine(last_day + _DAY, _MIDNIGHT), zone)[0]


def _utc_is_meant(start: Timestamp, zone: ZoneInfo) -> bool:
    """Interpret an offset of zero by which time of day makes sense; see :func:`when_of`."""
    if start.offset or start.offset is None or start.clock is None:
        return False
    instant_is_sensible = _is_sensible(_wall(start.wall.replace(tzinfo=UTC), zone).time())
    if _is_sensible(start.clock) == instant_is_sensible:
        return start.is_utc_by_name
    return instant_is_sensible


def _is_sensible(clock: time) -> bool:
    """Return whether events begin at this time; midnight counts, for days without a time."""
    return clock == _MIDNIGHT or clock >= _MORNING


def _moment(
    timestamp: Timestamp, zone: ZoneInfo, warnings: list[str], *, read_as_utc: bool, trusted: bool
) -> datetime:
    """Return the instant of a timestamp, or its naive local time if its offset is implausible."""
    if timestamp.offset is None or timestamp.clock is None:
        return timestamp.wall
    instant = timestamp.wall.replace(tzinfo=timezone(timestamp.offset))
    if trusted or _wall(instant, zone) == timestamp.wall or (not timestamp.offset and read_as_utc):
        return instant
    if timestamp.offset and timestamp.offset not in _offsets(zone, timestamp.day):
        said = {"offset": _shown(timestamp), "zone": zone.key}
        warnings.append(DateWarning.OFFSET_OF_ELSEWHERE.said(**said))
        return instant
    warnings.append(DateWarning.OFFSET_SUSPECT.said(offset=_shown(timestamp), zone=zone.key))
    return timestamp.wall


def _zone_of_offset(timestamp: Timestamp) -> ZoneInfo:
    return zone_named(f"UTC{_shown(timestamp)}") or ZoneInfo("UTC")


def _offsets(zone: ZoneInfo, day: date) -> set[timedelta]:
    """Return the offsets that a zone has in the year of a day."""
    seasons = (datetime(day.year, month, 1, tzinfo=zone) for month in (1, 4, 7, 10))
    return {offset for season in seasons if (offset := season.utcoffset()) is not None}


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    if moment.tzinfo is None:
        return moment
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def _same(begins: datetime, ends: datetime, zone: ZoneInfo) -> bool:
    return _wall(begins, zone) == _wall(ends, zone)


def _shown(timestamp: Timestamp) -> str:
    if timestamp.is_utc_by_name:
        return "Z"
    minutes = round((timestamp.offset or timedelta()).total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


@lru_cache(maxsize=5_000)
def _of_exact(text: str) -> Timestamp | None:
    """Read what most dates are: a tenth of the time that all their near misses take.

    The events of a source begin and end at a few hours of some hundred days.
    """
    if not _EXACT.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:  # 24:00, a leap second, or a day that does not exist
        return None
    offset = moment.utcoffset()
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR or moment.date() == _UNIX_EPOCH:
        return None
    if offset is not None and abs(offset) > _WIDEST_OFFSET:
        return None
    clock = moment.time() if len(text) > len("2026-05-01") else None
    return Timestamp(moment.date(), clock, offset, text.endswith("Z"))


def _of_match(match: re.Match[str]) -> Timestamp:
    month, day = match["month"], match["day"]
    if match["md"]:
        month, day = match["md"][:2], match["md"][2:]
    clock, next_day = _clock(match)
    return Timestamp(
        date(int(match["year"]), int(month), int(day)) + (_DAY if next_day else timedelta()),
        clock,
        _offset(match) if clock is not None else None,
        bool(match["utc"]),
    )


def _clock(match: re.Match[str]) -> tuple[time | None, bool]:
    """Return the clock of a timestamp, and whether it is 24:00."""
    hour, minute, second = match["hour"], match["minute"], match["second"]
    if match["digits"]:
        hour, minute, second = match["digits"][:2], match["digits"][2:4], match["digits"][4:]
    elif match["of_h"]:
        hour, minute, second = match["of_h"], match["minute_of_h"] or "0", "0"
    elif match["whole"]:
        hour, minute, second = match["whole"], "0", "0"
    elif match["of_half"]:
        hour, minute, second = match["of_half"], "0", "0"
    elif match["twice"]:
        hour, minute, second = match["twice"], match["minute2"], match["second2"]
    if hour is None:
        return None, False
    hours = int(hour)
    half = (match["half"] or match["half2"] or "").lower()
    if half and 1 <= hours <= 12:
        hours = hours % 12 + 12 * (half == "p")
    if (hours, int(minute), int(second or 0)) == (24, 0, 0):
        return _MIDNIGHT, True
    return time(hours, int(minute), min(int(second or 0), 59)), False  # 60: a leap second


def _offset(match: re.Match[str]) -> timedelta | None:
    if match["utc"]:
        return timedelta()
    if not match["sign"]:
        return None
    offset = int(match["east"]) * _HOUR + timedelta(minutes=int(match["east_minutes"] or 0))
    if offset > _WIDEST_OFFSET:
        raise ValueError("an offset of more than 14 hours")
    return offset if match["sign"] == "+" else -offset


def _of_mail_date(given: str) -> Timestamp | None:
    if script := _SCRIPT_DATE.fullmatch(given):
        month_name, day_of_month, in_year, clock, east = script.groups("")
        given = f"{day_of_month} {month_name} {in_year} {clock} {east}".rstrip()
    match = _MAIL_DATE.fullmatch(given)
    parts = parsedate_tz(given) if match else None
    if match is None or parts is None:
        return None
    year, month, day, hour, minute, second, *_, seconds_east = parts
    offset = timedelta(seconds=seconds_east or 0) if match["zone"] else None
    if offset and abs(offset) > _WIDEST_OFFSET:
        raise ValueError("an offset of more than 14 hours")
    by_name = given.upper().endswith((" Z", " GMT", " UTC"))
    return Timestamp(date(year, month, day), time(hour, minute, second), offset, by_name)
