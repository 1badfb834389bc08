"""When a schema.org event is: start and end in all their forms, as far as one date goes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from include.discovery.dates.times import When
from include.discovery.dates.timestamps import (
    Timestamp,
    UnreadableTimestamp,
    read_timestamp,
    when_of,
)
from include.discovery.formats.schema_org.graph import Node
from include.discovery.formats.schema_org.values import text, values
from include.discovery.parsed import RejectItem, excerpt

_DURATION: Final = re.compile(
    r"P(?:(?P<weeks>\d{1,3})W)?(?:(?P<days>\d{1,4})D)?"
    r"(?:T(?:(?P<hours>\d{1,4})H)?(?:(?P<minutes>\d{1,5})M)?(?:(?P<seconds>\d{1,6})(?:\.\d{1,9})?S)?)?",
    re.IGNORECASE | re.ASCII,
)
_SHOWN_CLOCK: Final = re.compile(r"\b\d{1,2}:\d{2}\b(?:\s?[ap]\.?m\b)?", re.IGNORECASE | re.ASCII)
_LONGEST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Clock:
    """How the times of a page are to be read."""

    zone: ZoneInfo
    """The zone of times that name none."""
    offset_is_reliable: bool = False
    """Whether ``+00:00`` and the like are to be believed; see ``dates.timestamps.when_of``."""
    today: date | None = None
    """The day from which dates without a year are counted; without it, they are not read."""


def read_when(node: Node, clock: Clock, warnings: list[str]) -> When | None:
    """Read the start of an event, with its end; ``None`` if it has no start.

    :raises RejectItem: if the start cannot be read.
    """
    given = text(node.get("startDate"))
    if given is None:
        return None
    if len(set(map(str, values(node.get("startDate"))))) > 1:
        warnings.append("several start dates: the first was taken")
    try:
        start = _as_shown(read_timestamp(given), node, clock.zone, warnings)
        start = _with_hour(start, node, warnings)
    except UnreadableTimestamp as error:
        return _of_words(given, clock, str(error), warnings)
    end = _end(node, start, warnings)
    if end is not None and end.offset is None and start.is_utc_by_name:
        end = replace(end, offset=start.offset, is_utc_by_name=True)
    return when_of(start, end, clock.zone, offset_is_reliable=clock.offset_is_reliable)


def _of_words(given: str, clock: Clock, problem: str, warnings: list[str]) -> When:
    """Read a start in words, such as ``piątek 8 maja, godz. 19``."""
    if clock.today is None:
        raise RejectItem("unreadable date", excerpt(problem))
    # Late: the grammar of nine languages takes its time to load, and few pages need it.
    from include.discovery.dates.worded.parsing import (  # noqa: PLC0415
        UnreadableDate,
        read_dates,
    )

    try:
        times = read_dates(given, today=clock.today, zone=clock.zone).times
    except UnreadableDate as error:
        raise RejectItem("unreadable date", excerpt(str(error))) from None
    if len(times) > 1:
        warnings.append(f"startDate names {len(times)} dates: the first was taken")
    warnings.append("startDate read from words")
    return times[0]


def read_duration(given: object) -> timedelta | None:
    """Read an ISO 8601 duration of at most a year, without months; ``None`` for anything else."""
    match = _DURATION.fullmatch(text(given) or "")
    parts = {name: int(number) for name, number in match.groupdict("0").items()} if match else {}
    duration = timedelta(**parts)
    return duration if timedelta() < duration <= _LONGEST else None


def clock_of(day: date, given: object) -> Timestamp | None:
    """Read a clock (``19:00:00``, or a whole date with one) as a timestamp of that day."""
    words = text(given)
    if words is None:
        return None
    for candidate in (f"{day.isoformat()}T{words.lstrip('Tt')}", words):
        try:
            timestamp = read_timestamp(candidate)
        except UnreadableTimestamp:
            continue
        return replace(timestamp, day=day) if timestamp.clock is not None else None
    return None


def _as_shown(start: Timestamp, node: Node, zone: ZoneInfo, warnings: list[str]) -> Timestamp:
    """Recognise a time that is in UTC without saying so, by the local one that the page shows.

    Seen in the microdata of public bodies: ``content="2023-12-14T14:30"`` for 9:30 in New York.
    """
    given = node.get("startDate")
    first = given[0] if isinstance(given, list) and given else given
    shown = first.get("shown") if isinstance(first, dict) else None
    match = _SHOWN_CLOCK.search(shown) if isinstance(shown, str) else None
    if match is None or start.clock is None or start.offset is not None:
        return start
    seen = clock_of(start.day, match[0])
    local = start.wall.replace(tzinfo=UTC).astimezone(zone)
    if seen is None or seen.clock == start.clock or seen.clock != local.time():
        return start
    warnings.append(f"startDate is in UTC: the page shows {match[0]}")
    return replace(start, offset=timedelta(), is_utc_by_name=True)


def _with_hour(start: Timestamp, node: Node, warnings: list[str]) -> Timestamp:
    """Complete a start without a clock from where else pages put the hour."""
    if start.clock is not None:
        return start
    if timestamp := clock_of(start.day, node.get("startTime")):
        return timestamp
    if timestamp := clock_of(start.day, node.get("doorTime")):
        warnings.append("hour taken from doorTime")
        return timestamp
    return start


def _end(node: Node, start: Timestamp, warnings: list[str]) -> Timestamp | None:
    given = text(node.get("endDate"))
    if given is not None:
        try:
            end = read_timestamp(given)
        except UnreadableTimestamp as error:
            warnings.append(f"end dropped: {error}")
            return None
        hour = clock_of(end.day, node.get("endTime")) if end.clock is None else None
        return hour or end
    if start.clock is None:
        return None
    if timestamp := clock_of(start.day, node.get("endTime")):
        return timestamp
    duration = read_duration(node.get("duration"))
    if duration is None:
        if words := text(node.get("duration")):
            warnings.append(f"duration dropped: {words[:40]!r} is none")
        return None
    wall = start.wall + duration
    return Timestamp(wall.date(), wall.time(), start.offset, start.is_utc_by_name)
