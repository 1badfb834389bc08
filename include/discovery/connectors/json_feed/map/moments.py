"""Dates of items, in the ways in which APIs write them, as timestamps."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from include.discovery.connectors.json_feed.map.fields import ListMoments, MomentOf
from include.discovery.connectors.json_feed.map.paths import Item, Json, getter_of
from include.discovery.dates.timestamps import Timestamp, read_timestamp
from include.discovery.formats.json_fields import WrongType, attempt
from include.discovery.parsed import excerpt

_NUMERIC: Final = re.compile(
    r"\s*([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})(?![0-9])[\s,]*(.{0,40})", re.DOTALL
)
_CLOCK: Final = re.compile(
    r"([0-9]{1,2})(?:\s*[:.h]\s*([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,6})?)?|\s*h)?"
    r"\s*(?:([ap])\.?\s?m\.?)?(?:\s*(?:uhr|hrs?|h)\b)?",
    re.IGNORECASE,
)
_MOST_DATES: Final = 2_000


def moment(field: MomentOf | None, scope: Item, zone: ZoneInfo) -> Timestamp | None:
    """Read a field as a timestamp; ``None`` where it says nothing.

    :param zone: the event's; instants of a known zone are turned into its wall clock.
    :raises ValueError: if it is no date of the configured kind.
    """
    if field is None:
        return None
    return _timestamp(field, getter_of(field.path)(scope), zone)


def days(field: ListMoments | None, scope: Item, zone: ZoneInfo, warnings: list[str]) -> set[date]:
    """Read a field as several days; one that is unreadable is dropped with a warning."""
    if field is None:
        return set()
    value = getter_of(field.path)(scope)
    if isinstance(value, str) and field.split:
        value = re.split(f"[{re.escape(field.split)}]", value)
    values = value if isinstance(value, list) else [value]
    found = (
        attempt("excluded day", _timestamp, warnings, field, one, zone)
        for one in values[:_MOST_DATES]
    )
    return {timestamp.day for timestamp in found if timestamp is not None}


def is_instant(field: MomentOf | None) -> bool:
    """Return whether a field holds instants by its configuration, whatever its text looks like."""
    return field is not None and (field.as_ in {"epoch_s", "epoch_ms"} or field.zone is not None)


def clock_of(text: str) -> time:
    """Read an hour: ``19:00``, ``7.30 pm``, ``19h30``, ``20 Uhr``.

    :raises ValueError: if it is not one.
    """
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text[:40]!r} is no hour")
    hour, minute, second = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    if match[4]:
        if not 1 <= hour <= 12:
            raise ValueError(f"{text[:40]!r} is no hour")
        hour = hour % 12 + (12 if match[4].lower() == "p" else 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is no hour") from None


def at_clock(timestamp: Timestamp, clock: time) -> Timestamp:
    """Return a timestamp's day with an hour that was given apart."""
    return replace(timestamp, clock=clock, offset=None, is_utc_by_name=False)


def without_clock(timestamp: Timestamp) -> Timestamp:
    """Return a timestamp's day as written, its hour unknown."""
    return replace(timestamp, clock=None, offset=None, is_utc_by_name=False)


def instant(timestamp: Timestamp) -> datetime | None:
    """Return the instant of a timestamp that has an offset."""
    if timestamp.offset is None or timestamp.clock is None:
        return None
    return (timestamp.wall - timestamp.offset).replace(tzinfo=UTC)


def _timestamp(field: MomentOf, value: Json, zone: ZoneInfo) -> Timestamp | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if field.as_ in {"epoch_s", "epoch_ms"}:
        return _of_epoch(value, 1_000 if field.as_ == "epoch_ms" else 1, zone)
    if not isinstance(value, str):
        hint = "; is it 'as: epoch_s' or 'as: epoch_ms'?" if isinstance(value, int) else ""
        raise WrongType(f"{excerpt(value, 60)} is not the text of a date{hint}")
    if field.as_ in {"day_first", "month_first"}:
        value = _year_first(value, field.as_)
    timestamp = read_timestamp(value)
    if field.as_ == "local":
        timestamp = replace(timestamp, offset=None, is_utc_by_name=False)
    is_known = timestamp.clock is not None
    if is_known and field.unknown_at and f"{timestamp.clock:%H:%M}" in field.unknown_at:
        return without_clock(timestamp)
    if field.zone is not None and timestamp.clock is not None and timestamp.offset is None:
        return _shown_in(zone, timestamp.wall.replace(tzinfo=ZoneInfo(field.zone)))
    return timestamp


def _of_epoch(value: Json, parts: int, zone: ZoneInfo) -> Timestamp | None:
    if isinstance(value, bool):
        raise WrongType("true or false is not a time")
    try:
        seconds = float(value) // parts  # fractions say nothing, as in read_timestamp
        return _shown_in(zone, datetime.fromtimestamp(seconds, UTC)) if seconds else None
    except (ValueError, TypeError, OverflowError, OSError):
        raise ValueError(f"{excerpt(value, 60)} is not a time since 1970") from None


def _shown_in(zone: ZoneInfo, moment: datetime) -> Timestamp:
    local = moment.astimezone(zone)
    return Timestamp(
        local.date(), local.time(), local.utcoffset() or timedelta(), is_utc_by_name=True
    )


def _year_first(text: str, order: str) -> str:
    """Bring a date of numbers in another order to the one that timestamps have."""
    match = _NUMERIC.fullmatch(text)
    if match is None:
        return text
    day, month = (match[1], match[3]) if order == "day_first" else (match[3], match[1])
    year = match[4] if len(match[4]) == 4 else f"20{match[4]}"
    return f"{year}-{month}-{day} {match[5]}".strip()
