"""``eventSchedule``: what repeats, as its occurrences (https://schema.org/Schedule)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from include.discovery.dates.recurrence import Budget, Rule, UnusableRule
from include.discovery.dates.times import When
from include.discovery.dates.timestamps import (
    Timestamp,
    UnreadableTimestamp,
    read_timestamp,
    when_of,
)
from include.discovery.dates.timezones import zone_named
from include.discovery.dates.worded.lexicon import meanings_of
from include.discovery.dates.worded.vocabulary import Kind
from include.discovery.formats.schema_org.dates import Clock, clock_of, read_duration
from include.discovery.formats.schema_org.graph import Graph, Node
from include.discovery.formats.schema_org.values import name_in, text, values
from include.discovery.model import Window
from include.discovery.parsed import excerpt

_DEFAULT_HORIZON: Final = timedelta(days=400)
_DAY: Final = timedelta(days=1)
_FREQUENCIES: Final = {"D": "DAILY", "W": "WEEKLY", "M": "MONTHLY", "Y": "YEARLY"}
_PERIOD: Final = re.compile(r"P(\d{1,3})([DWMY])", re.ASCII)
_WORDS: Final = {
    "daily": "P1D",
    "weekly": "P1W",
    "biweekly": "P2W",
    "fortnightly": "P2W",
    "monthly": "P1M",
    "yearly": "P1Y",
    "annually": "P1Y",
}
_EVERY: Final = re.compile(
    r"every (?:(\d{1,3}|other|second|two|three|four) )?(day|week|month|year)s?", re.IGNORECASE
)
_NUMBERS: Final = {"": "1", "other": "2", "second": "2", "two": "2", "three": "3", "four": "4"}
_LISTED: Final = re.compile(r"[,;\s]+")
_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_LONGEST_DAYS: Final = 300
_DAY_WORDS: Final = re.compile(r"(?:https?://|schema:)[^\s,;]+|[+-]?\d{1,2}[^\W\d_]+|[^\W\d_]+|\S")
_NAMES: Final = frozenset({Kind.WEEKDAY, Kind.WEEKDAYS})
_WHOLE: Final = {
    Kind.DAILY: _DAYS,
    Kind.WORKDAYS: _DAYS[:5],
    Kind.WEEKEND: _DAYS[5:],
    Kind.WEEKENDS: _DAYS[5:],
}
_DAY_CODE: Final = re.compile(r"[+-]?\d{0,2}(?:MO|TU|WE|TH|FR|SA|SU)")


class UnusableSchedule(ValueError):
    """A schedule that does not say when the event takes place."""


def schedules_of(node: Node, graph: Graph) -> list[Node]:
    """Return the schedules of an event that say more than its start."""
    return [
        schedule
        for schedule in graph.resolved_values(node.get("eventSchedule"))[:20]
        if isinstance(schedule, dict)
        and any(
            schedule.get(name) for name in ("startDate", "startTime", "byDay", "repeatFrequency")
        )
    ]


def occurrences(
    schedule: Node, node: Node, clock: Clock, window: Window | None, budget: Budget
) -> Iterator[When]:
    """Yield the dates of one schedule inside the window (without one: for 400 days).

    :param node: the event, whose own dates bound a schedule that has none.
    :raises UnusableSchedule: if it cannot be followed; the message says why.
    """
    zone = zone_named(text(schedule.get("scheduleTimezone")) or "") or clock.zone
    first = _first(schedule, node)
    after = datetime.combine(first.day, time())
    before = after + _DEFAULT_HORIZON
    if window is not None:
        after = max(after, datetime.combine(window.start, time()) - _DAY)
        before = datetime.combine(window.end, time()) + _DAY
    if last := _timestamp(schedule.get("endDate")) or _timestamp(node.get("endDate")):
        before = min(before, datetime.combine(last.day, time.max))
    try:
        expansion = _rule(schedule).expand(
            first.wall, after=max(after, first.wall), before=before, budget=budget
        )
    except (UnusableRule, ValueError, OverflowError) as error:
        raise UnusableSchedule(f"{error} in {excerpt(schedule)}") from None
    exceptions = _exceptions(schedule)
    for wall in expansion.times:
        if wall.date() in exceptions or wall in exceptions:
            continue
        start = replace(first, day=wall.date())
        when = when_of(start, _end(schedule, start), zone)
        if window is None or window.overlaps(when.local_date, when.local_date):
            yield when
    if expansion.cut:
        raise UnusableSchedule(f"{expansion.cut}: {len(expansion.times)} dates of it were read")


def _first(schedule: Node, node: Node) -> Timestamp:
    start = _timestamp(schedule.get("startDate")) or _timestamp(node.get("startDate"))
    if start is None:
        raise UnusableSchedule(f"no readable startDate in {excerpt(schedule)}")
    hour = clock_of(start.day, schedule.get("startTime"))
    return replace(hour or start, offset=None)  # the wall clock: it stays when the clocks change


def _timestamp(given: object) -> Timestamp | None:
    words = text(given)
    try:
        return read_timestamp(words) if words else None
    except UnreadableTimestamp:
        return None


def _rule(schedule: Node) -> Rule:
    period = text(schedule.get("repeatFrequency")) or ("P1W" if schedule.get("byDay") else None)
    if period is None:
        return Rule.parse("FREQ=DAILY;COUNT=1")
    match = _PERIOD.fullmatch(_in_iso(period))
    if match is None:
        raise UnusableSchedule(f"repeatFrequency {period[:40]!r} is not a period such as P1W")
    parts = [f"FREQ={_FREQUENCIES[match[2]]}", f"INTERVAL={int(match[1])}"]
    by_day = [code for given in values(schedule.get("byDay")) for code in _day_codes(given)]
    if by_day:
        parts.append(f"BYDAY={','.join(by_day)}")
    for name, part in (("byMonth", "BYMONTH"), ("byMonthDay", "BYMONTHDAY")):
        if numbers := [found for value in values(schedule.get(name)) if (found := text(value))]:
            parts.append(f"{part}={','.join(numbers)}")
    if weeks := text(schedule.get("byMonthWeek")):
        parts.append(f"BYSETPOS={weeks}")
    if count := text(schedule.get("repeatCount")):
        parts.append(f"COUNT={count}")
    return Rule.parse(";".join(parts))


def _in_iso(period: str) -> str:
    """Return a period as ISO 8601 writes it: of ``P1W``, ``Weekly`` and ``every week``, ``P1W``."""
    if found := _EVERY.fullmatch(period):
        number = (found[1] or "").lower()
        return f"P{_NUMBERS.get(number, number)}{found[2][0].upper()}"
    return _WORDS.get(name_in(period).lower().replace("-", ""), period.upper())


def _day_codes(given: Any) -> list[str]:  # noqa: ANN401  any JSON value
    """Return RFC 5545's codes of the days that a value names, which may be a text of several.

    Known: ``https://schema.org/Monday``, ``Monday``, ``2MO``, ``Monday, Wednesday``, ``Mo-Fr``,
    ``weekends``, in the languages of dates in words.
    """
    if not isinstance(given, str):
        return [_day_code(name_in(given), given)]
    words = _DAY_WORDS.findall(given[:_LONGEST_DAYS])
    languages = {
        meaning.language
        for word in words
        for meaning in meanings_of(word)
        if meaning.kind in _NAMES
    }
    codes: list[str] = []
    to_next = False
    for word in words:
        # 'a' is Czech for 'and', and French for 'to'.
        kinds = {m.kind for m in meanings_of(word) if not languages or m.language in languages}
        whole = next((days for kind, days in _WHOLE.items() if kind in kinds), None)
        if whole:
            codes += whole
        elif word in "-–" or (Kind.TO in kinds and codes):
            to_next = True
        elif word not in ",;&|+/." and not (Kind.AND in kinds and codes):
            code = _day_code(name_in(word), given)
            codes += _up_to(codes[-1], code, given) if to_next and codes else [code]
            to_next = False
    return list(dict.fromkeys(codes))


def _day_code(name: str, given: object) -> str:
    name = name.upper()
    if _DAY_CODE.fullmatch(name):
        return name
    weekdays = {meaning.value for meaning in meanings_of(name) if meaning.kind in _NAMES}
    if len(weekdays) == 1:
        return _DAYS[weekdays.pop()]
    raise UnusableSchedule(f"byDay {excerpt(given, 60)} is not a day of the week")


def _up_to(first: str, last: str, given: object) -> list[str]:
    """Return the days after the first, up to the last."""
    if first not in _DAYS or last not in _DAYS:
        raise UnusableSchedule(f"byDay {excerpt(given, 60)} is not a range of days")
    begin, end = _DAYS.index(first), _DAYS.index(last)
    return [_DAYS[(begin + step) % 7] for step in range(1, (end - begin) % 7 + 1)]


def _end(schedule: Node, start: Timestamp) -> Timestamp | None:
    if timestamp := clock_of(start.day, schedule.get("endTime")):
        return replace(timestamp, offset=None)
    duration = read_duration(schedule.get("duration")) if start.clock else None
    if duration is None:
        return None
    wall = start.wall + duration
    return Timestamp(wall.date(), wall.time())


def _exceptions(schedule: Node) -> set[date | datetime]:
    """Return the days, or the very times, at which the event does not take place."""
    found: set[date | datetime] = set()
    for given in values(schedule.get("exceptDate")):
        whole = _timestamp(given)
        parts = _LISTED.split(given) if whole is None and isinstance(given, str) else ()
        for timestamp in filter(None, (whole, *map(_timestamp, parts))):
            found.add(
                timestamp.wall if timestamp.clock and timestamp.clock != time() else timestamp.day
            )
    return found
