"""The ``dates`` of a Ticketmaster event: when it is, in which zone, and whether it is on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from include.discovery.dates.times import When, all_day, timed
from include.discovery.dates.timezones import zone_named
from include.discovery.formats.json_fields import attempt, obj, text
from include.discovery.model import EventStatus
from include.discovery.parsed import RejectItem
from include.discovery.record_warnings import SourceWarning, status_of_title

_STATUS = {
    "onsale": EventStatus.SCHEDULED,
    "offsale": EventStatus.SCHEDULED,  # the sale is over, or has not begun; the event is on
    "cancelled": EventStatus.CANCELLED,
    "canceled": EventStatus.CANCELLED,
    "postponed": EventStatus.POSTPONED,
    "rescheduled": EventStatus.RESCHEDULED,
}
_YEARS = range(1971, 2200)
"""Years that an event can have. The shop writes 1900-01-01 for an unknown date."""

DayT = TypeVar("DayT", date, datetime)


@dataclass(frozen=True, slots=True)
class Dates:
    """What ``dates`` says, ready for an EventRecord; ``when`` is None while there is no date."""

    status: EventStatus
    timezone: ZoneInfo
    when: When | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Moment:
    """A point of time as it is given: a day, a time of day, an instant; each may be missing."""

    day: date | None
    clock: time | None
    timestamp: datetime | None


def read_dates(
    dates: Mapping[str, Any], venue_zone: str | None, default: ZoneInfo, marked: EventStatus | None
) -> Dates:
    """Read the dates of an event.

    :param venue_zone: the zone of the venue, used when ``dates.timezone`` is missing.
    :param default: the zone for events that name none.
    :param marked: the status that the title speaks of; it counts while ``status.code`` is silent.
    :raises RejectItem: if there is no date, and no word that it is still to come.
    """
    warnings: list[str] = []
    zone = _zone(dates, venue_zone, default, warnings)
    status = _status(dates, warnings)
    if status is EventStatus.SCHEDULED and marked is not None:
        status = marked
        warnings += status_of_title(status, marked)
    start = attempt("start", lambda: obj(dates, "start"), warnings) or {}
    to_come = start.get("dateTBA") is True or start.get("dateTBD") is True
    when = None
    # Of a cancelled event no date is to come any more, whatever the flags say: the last one counts.
    if status is EventStatus.CANCELLED or not to_come:
        when = _when(start, dates, zone, warnings)
    if when is None and status is EventStatus.CANCELLED:
        original = attempt("original date", lambda: obj(dates, "initialStartDate"), warnings)
        when = _when(original or {}, {}, zone, warnings)
    if when is None and status is not EventStatus.POSTPONED:
        if status is EventStatus.CANCELLED or not to_come:
            raise RejectItem("no date", "; ".join(warnings) or None)
        status = EventStatus.POSTPONED
        warnings.append(SourceWarning.DATE_TO_BE_ANNOUNCED.said())
    return Dates(status, zone, when, tuple(warnings))


def _status(dates: Mapping[str, Any], warnings: list[str]) -> EventStatus:
    code = attempt("status", lambda: text(dates, "status", "code"), warnings)
    if code is None:
        return EventStatus.SCHEDULED
    status = _STATUS.get(code.lower())
    if status is None:
        given = repr(code[:40])
        warnings.append(SourceWarning.STATUS_UNKNOWN.said(status=given, taken="scheduled"))
    return status or EventStatus.SCHEDULED


def _zone(
    dates: Mapping[str, Any], venue_zone: str | None, default: ZoneInfo, warnings: list[str]
) -> ZoneInfo:
    own = attempt("timezone", lambda: text(dates, "timezone"), warnings)
    for name in (own, venue_zone):
        if name is None:
            continue
        if zone := zone_named(name):
            return zone
        unknown = repr(name[:40])
        warnings.append(SourceWarning.ZONE_UNKNOWN.said(name=unknown, zone=default.key))
    if own is None and venue_zone is None:
        warnings.append(SourceWarning.ZONE_NOT_GIVEN.said(zone=default.key))
    return default


def _when(
    start: Mapping[str, Any], dates: Mapping[str, Any], zone: ZoneInfo, warnings: list[str]
) -> When | None:
    begin = _resolve(_moment(start, warnings), "start", zone, warnings)
    if begin is None:
        return None
    end_fields = attempt("end", lambda: obj(dates, "end"), warnings) or {}
    first = begin.date() if isinstance(begin, datetime) else begin
    end = _resolve(_moment(end_fields, warnings), "end", zone, warnings, after=begin)
    if start.get("timeTBA") is True or start.get("noSpecificTime") is True:
        begin = first
    if end is not None and end_fields.get("approximate") is True:
        warnings.append(SourceWarning.END_APPROXIMATE.said())
    if not isinstance(begin, datetime):
        return all_day(first, end.date() if isinstance(end, datetime) else end, zone)
    if end is not None and not isinstance(end, datetime):
        # Only the last day is known: on one day it says nothing, over several it ends with the day.
        end = datetime.combine(end + timedelta(days=1), time()) if end > first else None
    return timed(begin, end, zone)


def _moment(fields: Mapping[str, Any], warnings: list[str]) -> _Moment:
    return _Moment(
        attempt("localDate", lambda: _day(text(fields, "localDate")), warnings),
        attempt("localTime", lambda: _clock(text(fields, "localTime")), warnings),
        attempt("dateTime", lambda: _timestamp(text(fields, "dateTime")), warnings),
    )


def _resolve(
    moment: _Moment,
    name: str,
    zone: ZoneInfo,
    warnings: list[str],
    after: datetime | date | None = None,
) -> datetime | date | None:
    """Make one of the three ways to say a time; where they disagree the local ones are right.

    ``dateTime`` is in UTC, but for some markets (seen for PL) it holds the local time.

    :param after: what a time of day alone comes after, on that day or past midnight.
    """
    day, clock, timestamp = moment.day, moment.clock, moment.timestamp
    if timestamp is None:
        if day is None and clock is not None and after is not None:
            return _next(clock, after)
        return datetime.combine(day, clock) if day and clock else day
    if timestamp.tzinfo is not None:
        timestamp = timestamp.astimezone(zone)  # its date is to be the one there
    local = timestamp.replace(tzinfo=None, fold=0)
    day = day or local.date()
    wall = datetime.combine(day, clock or local.time())
    if moment.day is None or wall == local:
        return timestamp
    said = f"{wall:%Y-%m-%d %H:%M}" if clock else f"{day}"
    warnings.append(
        SourceWarning.INSTANT_CONTRADICTS.said(field=name, instant=timestamp.isoformat(), said=said)
    )
    return wall if clock else day


def _next(clock: time, after: datetime | date) -> datetime:
    if not isinstance(after, datetime):
        return datetime.combine(after, clock)
    moment = datetime.combine(after.date(), clock)
    return moment if clock >= after.time() else moment + timedelta(days=1)


def _day(value: str | None) -> date | None:
    return None if value is None else _checked(date.fromisoformat(value))


def _clock(value: str | None) -> time | None:
    if value is None:
        return None
    clock = time.fromisoformat(value)
    if clock.tzinfo is not None:
        raise ValueError(f"{value!r} is not a local time")
    return clock


def _timestamp(value: str | None) -> datetime | None:
    if value is None:
        return None
    if "T" not in value:
        raise ValueError(f"{value!r} holds no time")
    return _checked(datetime.fromisoformat(value))


def _checked(moment: DayT) -> DayT:
    if moment.year not in _YEARS:
        raise ValueError(f"{moment.isoformat()} stands for no date")
    return moment
