"""When a schema.org event is: start and end in all their forms, as far as one date goes."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
from include.discovery.formats.schema_org.values import text, texts
from include.discovery.parsed import RejectItem, excerpt
from include.discovery.record_warnings import SourceWarning

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
    """The day from which dates without a year are counted; without it, no words are read."""
    language: str | None = None
    """Tag of the language of dates in words, such as ``en-US``."""
    country: str | None = None
    """ISO 3166-1 code of the place, which says how 12/05 is meant."""


def read_when(node: Node, clock: Clock, warnings: list[str]) -> When | None:
    """Read the start of an event, with its end; ``None`` if it has no start.

    :raises RejectItem: if the start cannot be read.
    """
    starts = texts(node.get("startDate"))
    if not starts:
        return None
    if len(starts) > 1:
        warnings.append(SourceWarning.FIRST_START_TAKEN.said(count=len(starts)))
    times = _times(starts[0], node, clock, warnings)
    if len(times) > 1:
        warnings.append(SourceWarning.FIRST_START_TAKEN.said(count=len(times)))
    return times[0]


def read_previous(node: Node, when: When, clock: Clock) -> When | None:
    """Return when an event was to start before it was moved; ``None`` if nothing tells of that.

    Of several earlier starts it is the last one. What cannot be read, and a start that is the one
    it has now, tell of no move.
    """
    found = None
    for given in texts(node.get("previousStartDate")):
        try:
            start = read_timestamp(given)
        except UnreadableTimestamp:
            continue
        reliable = clock.offset_is_reliable
        previous = when_of(start, None, when.timezone, offset_is_reliable=reliable)
        hours = {previous.starts_at, when.starts_at}
        if previous.local_date != when.local_date or (None not in hours and len(hours) > 1):
            found = previous
    return found


def several_times(node: Node, clock: Clock) -> list[When]:
    """Return the times of an event whose start is a list or names several dates, else nothing.

    An end counts for the start that stands at the same place in its list.
    """
    starts = texts(node.get("startDate"))
    if not starts or (len(starts) == 1 and starts[0][:4].isdigit()):
        return []
    ends = texts(node.get("endDate"))
    found: dict[date, list[When]] = {}
    for number, start in enumerate(starts):
        own_end = ends[number] if len(ends) == len(starts) else None
        own = {**node, "startDate": start, "endDate": own_end} if len(starts) > 1 else node
        warnings: list[str] = []
        try:
            times = _times(start, own, clock, warnings)
        except RejectItem:
            continue  # told where the event is read as one
        for when in times:
            told = replace(when, warnings=tuple(dict.fromkeys((*warnings, *when.warnings))))
            found.setdefault(when.local_date, []).append(told)
    # A day that is also given with its hour is no event of its own.
    times_of_days = (
        [when for when in times if when.time_known] or times[:1] for times in found.values()
    )
    times = [when for times in times_of_days for when in times]
    return times if len(times) > 1 else []


def _times(given: str, node: Node, clock: Clock, warnings: list[str]) -> Sequence[When]:
    """Read one start, which may name several dates in words.

    :raises RejectItem: if it cannot be read.
    """
    try:
        start = _as_shown(read_timestamp(given), node, clock.zone, warnings)
        start = _with_hour(start, node, warnings)
    except UnreadableTimestamp as error:
        return _of_words(given, node, clock, str(error), warnings)
    return (_when(start, node, clock, warnings),)


def _when(start: Timestamp, node: Node, clock: Clock, warnings: list[str]) -> When:
    end = _end(node, start, clock, warnings)
    if end is not None and end.offset is None and start.is_utc_by_name:
        end = replace(end, offset=start.offset, is_utc_by_name=True)
    return when_of(start, end, clock.zone, offset_is_reliable=clock.offset_is_reliable)


def _of_words(
    given: str, node: Node, clock: Clock, problem: str, warnings: list[str]
) -> Sequence[When]:
    """Read a start in words, such as ``piątek 8 maja, godz. 19``."""
    if clock.today is None:
        raise RejectItem("unreadable date", excerpt(problem))
    try:
        times = _in_words(given, clock)
    except ValueError as error:
        raise RejectItem("unreadable date", excerpt(str(error))) from None
    warnings.append(SourceWarning.DATE_FROM_WORDS.said())
    if len(times) > 1 or times[0].ends_at is not None:
        return times
    start = _with_hour(_as_timestamp(times[0]), node, warnings)
    when = _when(start, node, clock, warnings)
    return (replace(when, warnings=(*times[0].warnings, *when.warnings)),)


def _in_words(given: str, clock: Clock) -> Sequence[When]:
    """Read dates in words.

    :raises ValueError: if there is none, or today is not known.
    """
    if clock.today is None:
        raise ValueError(f"{given[:60]!r} is no date")
    # Late: the grammar of twenty languages takes its time to load, and few pages need it.
    from include.discovery.dates.worded.parsing import read_dates  # noqa: PLC0415

    return read_dates(
        given,
        today=clock.today,
        zone=clock.zone,
        language=clock.language,
        country=clock.country,
    ).times


def _as_timestamp(when: When) -> Timestamp:
    """Return a start as it would be written by the clocks of its zone."""
    return Timestamp(when.local_date, when.starts_at.time() if when.starts_at else None)


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
    warnings.append(SourceWarning.HOUR_SHOWN_ON_PAGE.said(shown=match[0]))
    return replace(start, offset=timedelta(), is_utc_by_name=True)


def _with_hour(start: Timestamp, node: Node, warnings: list[str]) -> Timestamp:
    """Complete a start without a clock from where else pages put the hour."""
    if start.clock is not None:
        return start
    if timestamp := clock_of(start.day, node.get("startTime")):
        return timestamp
    if timestamp := clock_of(start.day, node.get("doorTime")):
        warnings.append(SourceWarning.HOUR_OF_DOORS.said())
        return timestamp
    return start


def _end_date(given: str, clock: Clock, warnings: list[str]) -> Timestamp | None:
    try:
        return read_timestamp(given)
    except UnreadableTimestamp as error:
        problem = error
    try:
        return _as_timestamp(_in_words(given, clock)[-1])
    except ValueError:
        warnings.append(SourceWarning.FIELD_DROPPED.said(field="end", reason=problem))
    return None


def _end(node: Node, start: Timestamp, clock: Clock, warnings: list[str]) -> Timestamp | None:
    given = text(node.get("endDate"))
    if given is not None:
        end = _end_date(given, clock, warnings)
        if end is None:
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
            reason = f"{words[:40]!r} is none"
            warnings.append(SourceWarning.FIELD_DROPPED.said(field="duration", reason=reason))
        return None
    wall = start.wall + duration
    return Timestamp(wall.date(), wall.time(), start.offset, start.is_utc_by_name)
