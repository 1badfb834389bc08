"""When an event is: start, end, hours apart or unknown, out of the configured fields."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from include.discovery.connectors.json_feed.map.fields import FieldMap
from include.discovery.connectors.json_feed.map.moments import (
    at_clock,
    clock_of,
    instant,
    is_instant,
    moment,
    without_clock,
)
from include.discovery.connectors.json_feed.map.paths import Item
from include.discovery.connectors.json_feed.map.values import Reader, flag
from include.discovery.dates.times import When
from include.discovery.dates.timestamps import Timestamp, when_of
from include.discovery.dates.timezones import zone_named
from include.discovery.formats.json_fields import attempt
from include.discovery.parsed import RejectItem

_MIDNIGHT: Final = time()
_EDGE: Final = (MINYEAR + 1, MAXYEAR - 1)
"""Beyond these years a change of the zone leaves what a datetime holds."""


def read_zone(fields: FieldMap, scope: Item, reader: Reader, default: ZoneInfo) -> ZoneInfo:
    """Return the zone of an event.

    :raises ValueError: if it names one that is not known.
    """
    name = reader.text(fields.timezone, scope)
    if name is None:
        return default
    zone = zone_named(name)
    if zone is None:
        raise ValueError(f"{name[:60]!r} is not a known zone; taken as {default.key}")
    return zone


def read_when(
    fields: FieldMap,
    scope: Item,
    reader: Reader,
    zone: ZoneInfo,
    *,
    trust_offsets: bool,
) -> When | None:
    """Read the time of an event; ``None`` where it has no date.

    :param trust_offsets: whether the source's offsets from UTC are what they say; see ``when_of``.
    :raises RejectItem: if the start is unreadable. An unreadable end is dropped with a warning.
    """
    warnings: list[str] = []

    def said(name: str) -> bool:
        field = getattr(fields, name)
        return field is not None and bool(attempt(name, flag, warnings, field, scope))

    if said("date_unknown"):
        return None
    start = read_start(fields, scope, reader, zone, warnings)
    if start is None:
        return None
    end = attempt("end", _end, warnings, fields, scope, reader, start, zone, warnings)
    reliable = trust_offsets or is_instant(fields.starts_at)
    try:
        days_only = said("all_day")
        if end is not None and (days_only or said("end_time_unknown")):
            end = _day_of_end(end, start, zone)
        if days_only or said("time_unknown"):
            start = _day_only(start, zone)
        when = when_of(start, end, zone, offset_is_reliable=reliable)
    except (OverflowError, ValueError):  # the first and last years of what a datetime holds
        raise RejectItem("unreadable date", str(start.day)) from None
    if not warnings:
        return when
    unique = dict.fromkeys((*warnings, *when.warnings))
    return When(when.local_date, when.timezone, when.starts_at, when.ends_at, tuple(unique))


def read_start(
    fields: FieldMap,
    scope: Item,
    reader: Reader,
    zone: ZoneInfo,
    warnings: list[str],
) -> Timestamp | None:
    """Read the start, its hour perhaps from a field of its own.

    :raises RejectItem: if its date is unreadable.
    """
    try:
        start = moment(fields.starts_at, scope, zone)
    except ValueError as error:
        raise RejectItem("unreadable date", error) from None
    if start is None:
        return None
    if not _EDGE[0] <= start.day.year <= _EDGE[1]:
        raise RejectItem("unreadable date", str(start.day))
    return _with_hour(start, "start_time", fields, scope, reader, warnings)


def _end(
    fields: FieldMap,
    scope: Item,
    reader: Reader,
    start: Timestamp,
    zone: ZoneInfo,
    warnings: list[str],
) -> Timestamp | None:
    """Read the end; an hour alone is one of the first day, or of the night that follows."""
    end = moment(fields.ends_at, scope, zone)
    if end is None and fields.end_time is not None and start.clock is not None:
        alone = _with_hour(without_clock(start), "end_time", fields, scope, reader, warnings)
        return alone if alone.clock is not None else None
    if end is None or not _EDGE[0] <= end.day.year <= _EDGE[1]:
        return None
    return _with_hour(end, "end_time", fields, scope, reader, warnings)


def _with_hour(
    timestamp: Timestamp,
    name: str,
    fields: FieldMap,
    scope: Item,
    reader: Reader,
    warnings: list[str],
) -> Timestamp:
    field = getattr(fields, name)
    said = attempt(name, reader.text, warnings, field, scope) if field else None
    clock = attempt(name, clock_of, warnings, said) if said else None
    return timestamp if clock is None else at_clock(timestamp, clock)


def _day_only(timestamp: Timestamp, zone: ZoneInfo) -> Timestamp:
    """Return the day that a timestamp means whose hour is none.

    It is the day as written, unless that is UTC's: software that stores local midnights in UTC
    writes 5 May in Helsinki as ``2026-05-04T21:00:00Z``.
    """
    moment = instant(timestamp)
    if moment is None or timestamp.offset or timestamp.clock == _MIDNIGHT:
        return without_clock(timestamp)
    return Timestamp(moment.astimezone(zone).date())


def _day_of_end(end: Timestamp, start: Timestamp, zone: ZoneInfo) -> Timestamp:
    """Return the last day that an end means whose hour is none; midnight ends the day before."""
    day = _day_only(end, zone)
    moment = instant(end)
    local = moment.astimezone(zone).time() if moment and not end.offset else end.clock
    if local == _MIDNIGHT and day.day > start.day:
        return Timestamp(day.day - timedelta(days=1))
    return day
