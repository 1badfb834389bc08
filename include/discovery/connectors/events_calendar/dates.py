"""When an event of The Events Calendar is, out of the ways in which it says so.

An event has local times, the same times in UTC, a zone, and all of these again in parts. The local
time is what the site shows its visitors, so it is trusted. The zone often is not: a WordPress site
that was configured with an offset says ``UTC+2`` all year round, one that was never configured says
``UTC+0``, and their UTC members are wrong accordingly.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from include.discovery.dates.times import When, all_day, localize, timed
from include.discovery.dates.timezones import zone_named, zone_of_part_hour
from include.discovery.parsed import RejectItem, excerpt
from include.discovery.record_warnings import DateWarning, SourceWarning

_STAMP = re.compile(
    r"\s*([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?P<clock>[T ]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?:\.0+)?)?\s*"
)
_PARTS = ("year", "month", "day", "hour", "minutes", "seconds")
_OFFSET = re.compile(
    r"(?:utc|gmt)\s*(?:([+-])\s*([0-9]{1,2})(?:([.:])([0-9]{1,2}))?)?", re.IGNORECASE
)
_MIDNIGHT = (0, 0, 0)
_QUARTER = timedelta(days=91)


def read_when(item: Mapping[str, Any], default_zone: ZoneInfo) -> When:
    """Read the time of an event in the format of the REST API.

    :param default_zone: for events without a zone, and where the one given is an offset that this
        zone explains better.
    :raises RejectItem: without a start date, or with an unreadable one.
    """
    warnings: list[str] = []
    try:
        start_utc, end_utc = _utc(item, "start"), _utc(item, "end")
        local = _timestamp(item.get("start_date")) or _of_parts(item.get("start_date_details"))
        near = local or _wall_clock(start_utc, default_zone)
        if near is None:
            raise _no_start(item)
        zone = _zone(item.get("timezone"), near, default_zone, warnings)
        start = local or _wall_clock(start_utc, zone) or near
        end = _end(item, start, end_utc, zone, warnings)
        days = _whole_days(item, start, end, warnings)
        if days is not None:
            when = all_day(*days, zone)
        else:
            if not warnings and start_utc is not None and start_utc != localize(start, zone)[0]:
                warnings += _contradiction(start, start_utc, zone)
            when = timed(_exact(start, start_utc, zone), end and _exact(end, end_utc, zone), zone)
    except (OverflowError, ValueError):  # the first and last years of what a datetime holds
        raise RejectItem("unreadable date", excerpt(item.get("start_date"))) from None
    warnings += when.warnings
    return When(when.local_date, when.timezone, when.starts_at, when.ends_at, tuple(warnings))


def utc_timestamp(value: object) -> datetime | None:
    """Read a time that is given in UTC; ``None`` if it is unreadable."""
    naive = _timestamp(value)
    return None if naive is None else naive.replace(tzinfo=UTC)


def _utc(item: Mapping[str, Any], edge: str) -> datetime | None:
    given = item.get(f"utc_{edge}_date")
    parts = _of_parts(item.get(f"utc_{edge}_date_details"))
    return utc_timestamp(given) or (parts.replace(tzinfo=UTC) if parts else None)


def _timestamp(value: object) -> datetime | None:
    match = _STAMP.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    year, month, day, _, hour, minute, second = match.groups()
    try:
        return datetime(  # noqa: DTZ001  a wall clock; its zone is found later
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0)
        )
    except ValueError:
        return None


def _of_parts(details: object) -> datetime | None:
    if not isinstance(details, dict):
        return None
    year, month, day, *clock = (str(details.get(part, "0")).strip() for part in _PARTS)
    return _timestamp(f"{year}-{month}-{day} {':'.join(f'{part:0>2}' for part in clock)}")


def _no_start(item: Mapping[str, Any]) -> RejectItem:
    names = ("start_date", "start_date_details", "utc_start_date", "utc_start_date_details")
    given = next((item[name] for name in names if item.get(name) not in (None, "", [], {})), None)
    if given is None or (isinstance(given, str) and not given.strip()):
        return RejectItem("no start date")
    return RejectItem("unreadable date", excerpt(given))


def _end(
    item: Mapping[str, Any],
    start: datetime,
    end_utc: datetime | None,
    zone: ZoneInfo,
    warnings: list[str],
) -> datetime | None:
    """Return the local time of the end; one that equals the start is ignored."""
    given = item.get("end_date")
    end = _timestamp(given) or _of_parts(item.get("end_date_details")) or _wall_clock(end_utc, zone)
    if end is None and given not in (None, ""):
        reason = f"{excerpt(given, 60)} is no date"
        warnings.append(SourceWarning.FIELD_DROPPED.said(field="end", reason=reason))
    return None if end == start else end


def _wall_clock(instant: datetime | None, zone: ZoneInfo) -> datetime | None:
    return None if instant is None else instant.astimezone(zone).replace(tzinfo=None, fold=0)


def _exact(local: datetime, instant: datetime | None, zone: ZoneInfo) -> datetime:
    """Return the instant if it is the same time: only it tells which of two 02:30 is meant."""
    return instant if instant is not None and _wall_clock(instant, zone) == local else local


def _contradiction(start: datetime, start_utc: datetime, zone: ZoneInfo) -> list[str]:
    if _wall_clock(start_utc, zone) == start:
        return []
    return [f"utc_start_date {start_utc:%Y-%m-%d %H:%M} contradicts start_date, which was taken"]


def _whole_days(
    item: Mapping[str, Any], start: datetime, end: datetime | None, warnings: list[str]
) -> tuple[date, date | None] | None:
    """Return the first and last day of an event whose times are unknown."""
    begins_at_midnight = _clock(start) == _MIDNIGHT
    until_midnight = end is not None and _clock(end) == _MIDNIGHT and end.date() > start.date()
    last = end.date() if end is not None else None
    if end is not None and until_midnight:
        last = end.date() - timedelta(days=1)
    flagged = item.get("all_day") in (True, 1, "1", "yes", "true", "True")
    if flagged or not _has_hour(item):
        return start.date(), last
    if end is None or not begins_at_midnight:
        return None
    if until_midnight:
        warnings.append(SourceWarning.WHOLE_DAYS.said())
        return start.date(), last
    if _clock(end)[:2] == (23, 59):
        return start.date(), last
    return None


def _clock(moment: datetime) -> tuple[int, int, int]:
    return moment.hour, moment.minute, moment.second


def _has_hour(item: Mapping[str, Any]) -> bool:
    given = item.get("start_date")
    match = _STAMP.fullmatch(given) if isinstance(given, str) else None
    return match is None or match["clock"] is not None


def _zone(given: object, wall_clock: datetime, default: ZoneInfo, warnings: list[str]) -> ZoneInfo:
    if given in (None, "", False):
        return default
    name = given.strip() if isinstance(given, str) else ""
    named = zone_named(name) if name else None
    minutes = 0 if named is not None and named.key == "UTC" else _offset_minutes(name)
    if minutes is not None:
        return _zone_of_offset(name, minutes, named, wall_clock, default, warnings)
    if named is None:
        unknown = excerpt(given, 60)
        warnings.append(SourceWarning.ZONE_UNKNOWN.said(name=unknown, zone=default.key))
    return named or default


def _zone_of_offset(
    name: str,
    minutes: int,
    named: ZoneInfo | None,
    wall_clock: datetime,
    default: ZoneInfo,
    warnings: list[str],
) -> ZoneInfo:
    """Choose a zone for an offset: the expected one if it is plausible."""
    if minutes == _minutes_east(default, wall_clock):
        return default
    if default.key == "UTC":  # which stands for none known
        named = named or zone_of_part_hour(minutes, wall_clock)
    # A site set to 'UTC+1' in winter still says so in summer, with the right hour beside it.
    of_the_year = {_minutes_east(default, wall_clock + quarter * _QUARTER) for quarter in (1, 2, 3)}
    if minutes == 0 or minutes in of_the_year or named is None:
        warnings.append(DateWarning.OFFSET_SUSPECT.said(offset=name, zone=default.key))
        return default
    return named


def _offset_minutes(name: str) -> int | None:
    match = _OFFSET.fullmatch(name)
    if match is None:
        return None
    sign, hours, kind, part = match.groups()
    if sign is None:
        return 0
    # Of half hours, WordPress says '5.5', others '5:30'.
    extra = round(float(f"0.{part}") * 60) if kind == "." else int(part or 0)
    return (int(hours) * 60 + extra) * (1 if sign == "+" else -1)


def _minutes_east(zone: ZoneInfo, wall_clock: datetime) -> int:
    offset = wall_clock.replace(tzinfo=zone).utcoffset() or timedelta()
    return round(offset.total_seconds() / 60)
