"""What an event of Mobilizon's search and a federated one have in common: times, status, place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from include.discovery.dates.times import When, all_day, localize, timed
from include.discovery.dates.timestamps import Timestamp, UnreadableTimestamp, read_timestamp
from include.discovery.dates.timezones import zone_named
from include.discovery.formats.json_fields import attempt, text
from include.discovery.model import EventStatus, Venue
from include.discovery.parsed import RejectItem, excerpt
from include.discovery.places.coordinates import coordinates
from include.discovery.places.countries import country_code
from include.discovery.record_warnings import SourceWarning, status_of_title
from include.discovery.text.cleaning import title_text
from include.discovery.text.status import split_status

_NO_CATEGORY = "Meeting"  # of events to which nobody gave one
_CONSTANT = re.compile(r"[A-Z_]{2,60}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]{2})?")
_STATUS = {
    "TENTATIVE": EventStatus.TENTATIVE,
    "CONFIRMED": None,
    "CANCELLED": EventStatus.CANCELLED,
}


def title_and_status(
    name: object, word: str | None, warnings: list[str]
) -> tuple[str, EventStatus]:
    """Return the title without its status markers, and the graver status of the two.

    :raises RejectItem: without a title.
    """
    title = title_text(name) if isinstance(name, str) else None
    if title is None:
        raise RejectItem("no title")
    title, marked = split_status(title)
    told = _STATUS.get(word.upper()) if word else None
    if word and word.upper() not in _STATUS:
        unknown = repr(word[:40])
        warnings.append(SourceWarning.STATUS_UNKNOWN.said(status=unknown, taken="confirmed"))
    if told is EventStatus.CANCELLED:
        return title, told
    status = marked or told or EventStatus.SCHEDULED
    warnings += status_of_title(status, marked, told)
    return title, status


def zone_of(name: str | None, default: ZoneInfo, warnings: list[str]) -> ZoneInfo:
    """Return the zone of that name, or the default with a warning where there is no such zone."""
    zone = zone_named(name) if name else default
    if zone is None:
        unknown = repr(str(name)[:60])
        warnings.append(SourceWarning.ZONE_UNKNOWN.said(name=unknown, zone=default.key))
        return default
    return zone


def read_when(
    start: object,
    end: object,
    zone: ZoneInfo,
    warnings: list[str],
    *,
    shows_start: bool = True,
    shows_end: bool = True,
) -> When:
    """Read the time of an event.

    :param shows_start: false: the hour of the start was filled in and means nothing.
    :param shows_end: the same of the end; its day still counts.
    :raises RejectItem: without a start, or with an unreadable one.
    """
    if start in (None, ""):
        raise RejectItem("no start date")
    begins = _timestamp(start)
    if begins is None:
        raise RejectItem("unreadable date", excerpt(start))
    ends = None if end in (None, "") else _timestamp(end)
    if ends is None and end not in (None, ""):
        reason = f"{excerpt(end, 60)} is no date"
        warnings.append(SourceWarning.FIELD_DROPPED.said(field="end", reason=reason))
    try:
        return _when(begins, ends, zone, shows_start=shows_start, shows_end=shows_end)
    except OverflowError:
        raise RejectItem("unreadable date", excerpt(start)) from None


def _when(
    begins: Timestamp, ends: Timestamp | None, zone: ZoneInfo, *, shows_start: bool, shows_end: bool
) -> When:
    first = _day(begins, zone)
    last = _day(ends, zone) if ends else None
    if not shows_start or begins.clock is None:
        return all_day(first, last, zone)
    if ends is not None and (not shows_end or ends.clock is None):
        return timed(_moment(begins), _midnight_after(first, last, zone), zone)
    return timed(_moment(begins), _moment(ends) if ends else None, zone)


def _midnight_after(first: date, last: date | None, zone: ZoneInfo) -> datetime | None:
    """Return the end of an event that ends on a later day, at an hour that nobody knows."""
    if last is None or last <= first:
        return None
    return localize(datetime.combine(last + timedelta(days=1), time()), zone)[0]


def instant(value: str | None) -> datetime | None:
    """Read when something was changed; without an offset it is UTC.

    :raises UnreadableTimestamp: if it is no date.
    """
    if value is None:
        return None
    moment = _moment(read_timestamp(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def language_of(tag: str | None) -> str | None:
    """Return a BCP 47 tag; ``None`` for ``und``, which is nobody's language.

    :raises ValueError: if it is not one.
    """
    if tag in (None, "und"):
        return None
    if not _LANGUAGE.fullmatch(tag):
        raise ValueError(f"{tag[:40]!r} is not a language tag")
    return tag


def categories_of(category: str | None, tags: Iterable[str | None]) -> tuple[str, ...]:
    """Return the category and the tags; a constant such as ``BOOK_CLUBS`` in words."""
    if category and _CONSTANT.fullmatch(category):
        category = category.replace("_", " ").capitalize()
    told = None if category == _NO_CATEGORY else category
    return tuple(dict.fromkeys(name for name in (told, *tags) if name))


def _timestamp(value: object) -> Timestamp | None:
    try:
        return read_timestamp(value) if isinstance(value, str) else None
    except UnreadableTimestamp:
        return None


def _moment(timestamp: Timestamp) -> datetime:
    return (
        timestamp.wall
        if timestamp.offset is None
        else timestamp.wall.replace(tzinfo=timezone(timestamp.offset))
    )


def _day(timestamp: Timestamp, zone: ZoneInfo) -> date:
    return (
        timestamp.day
        if timestamp.clock is None
        else timed(_moment(timestamp), None, zone).local_date
    )


def venue_of(
    place: Mapping[str, Any],
    names: Mapping[str, tuple[str, ...]],
    latitude: object,
    longitude: object,
    warnings: list[str],
) -> Venue | None:
    """Build a venue.

    :param names: for each field of a venue the path to its member within ``place``.
    """
    told = {
        field: attempt(f"venue {field}", lambda path=path: text(place, *path), warnings)  # type: ignore[misc]
        for field, path in names.items()
    }
    country = told.pop("country", None)
    code = country_code(country, in_field=True) if country else None
    if country and code is None:
        reason = f"{country[:40]!r} is none that is known"
        warnings.append(SourceWarning.FIELD_DROPPED.said(field="venue country", reason=reason))
    point = attempt("venue coordinates", lambda: coordinates(latitude, longitude), warnings)
    venue = Venue(
        **told,
        country=code,
        latitude=point[0] if point else None,
        longitude=point[1] if point else None,
    )
    return None if venue == Venue() else venue
