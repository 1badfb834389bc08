"""Items that recur between the days of their start and end: their occurrences, one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from include.discovery.connectors.json_feed.map.dates import read_start
from include.discovery.connectors.json_feed.map.fields import FieldMap, Recurrence
from include.discovery.connectors.json_feed.map.moments import days, moment
from include.discovery.connectors.json_feed.map.paths import Item, getter_of
from include.discovery.connectors.json_feed.map.values import Reader
from include.discovery.dates.recurrence import Budget, Rule, UnusableRule
from include.discovery.dates.times import When
from include.discovery.dates.timestamps import Timestamp, read_timestamp, when_of
from include.discovery.model import Window
from include.discovery.parsed import RejectItem
from include.discovery.record_warnings import SourceWarning

_REACH: Final = timedelta(days=400)
"""How far a recurrence is followed from its first start when no window bounds it."""
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY_SEPARATORS: Final = str.maketrans(";|/", ",,,")


def recurs(recurrence: Recurrence, scope: Item, reader: Reader) -> bool:
    """Return whether an item has several occurrences, which the window bounds, or may have."""
    try:
        return _rule_text(recurrence, scope, reader) is not None
    except UnusableRule:
        return True


def occurrences(
    recurrence: Recurrence,
    fields: FieldMap,
    scope: Item,
    reader: Reader,
    zone: ZoneInfo,
    window: Window | None,
    budget: Budget,
) -> list[When] | None:
    """List the occurrences of an item inside the window; ``None`` for an item that is one event.

    That is one that does not recur, and one that is on every day, its hour unknown, as exhibitions
    are: all that is known of it are its first and last day.

    :raises UnusableRule: if the item recurs in a way that cannot be followed.
    :raises RejectItem: if its start is unreadable, or it never takes place.
    """
    text = _rule_text(recurrence, scope, reader)
    if text is None:
        return None
    warnings: list[str] = []
    start = read_start(fields, scope, reader, zone, warnings)
    if start is None:
        return None
    excluded = days(recurrence.excluded, scope, zone, warnings)
    rule = Rule.parse(text)
    end = _end(fields, scope, zone, warnings)
    if _is_daily(rule) and not excluded and start.wall.time() == time():
        return None
    first, last = _bounds(start, _last_day(end, rule), window)
    if last < first:
        return []
    expansion = rule.expand(
        replace(start, offset=None).wall,
        after=datetime.combine(first, time()),
        before=datetime.combine(last, time(23, 59, 59)),
        budget=budget,
    )
    if expansion.cut:
        warnings.append(SourceWarning.RECURRENCE_CUT.said(reason=expansion.cut))
    listed = [found.date() for found in expansion.times if found.date() not in excluded]
    if not listed and window is None:
        raise RejectItem("never takes place", text)
    return [_on(day, start, end, zone, warnings) for day in listed]


def _rule_text(recurrence: Recurrence, scope: Item, reader: Reader) -> str | None:
    def said(path: str | None) -> str | None:
        return reader.raw_text(getter_of(path)(scope)) if path else None

    try:
        whole = said(recurrence.rule)
        if whole:
            return whole.upper().strip().removeprefix("RRULE:")
        weekdays = _weekdays(recurrence, scope, reader)
        frequency, interval = said(recurrence.frequency), said(recurrence.interval)
    except ValueError as error:
        raise UnusableRule(str(error)) from None
    if not weekdays and not frequency:
        return None
    parts = [f"FREQ={frequency or 'WEEKLY'}", f"INTERVAL={interval or 1}"]
    return ";".join([*parts, f"BYDAY={','.join(weekdays)}"] if weekdays else parts)


def _weekdays(recurrence: Recurrence, scope: Item, reader: Reader) -> list[str]:
    if recurrence.days is None:
        return []
    value = getter_of(recurrence.days)(scope)
    if not isinstance(value, list):
        value = (reader.raw_text(value) or "").translate(_DAY_SEPARATORS).split(",")
    names = (reader.raw_text(name) or "" for name in value)
    return [name.strip()[:2].upper() for name in names if name.strip()]


def _end(
    fields: FieldMap,
    scope: Item,
    zone: ZoneInfo,
    warnings: list[str],
) -> Timestamp | None:
    try:
        return moment(fields.ends_at, scope, zone)
    except ValueError as error:
        warnings.append(SourceWarning.FIELD_DROPPED.said(field="end", reason=error))
        return None


def _last_day(end: Timestamp | None, rule: Rule) -> date | None:
    if rule.until:
        try:
            return read_timestamp(rule.until).day
        except ValueError as error:
            raise UnusableRule(f"UNTIL: {error}") from None
    return end.day if end else None


def _bounds(start: Timestamp, last: date | None, window: Window | None) -> tuple[date, date]:
    if window is None:
        reach = start.day + _REACH
        return start.day, min(reach, last) if last else reach
    return max(start.day, window.start), min(window.end, last) if last else window.end


def _is_daily(rule: Rule) -> bool:
    if rule.interval != 1 or rule.count is not None:
        return False
    weekly = Rule.parse(f"FREQ=WEEKLY;BYDAY={','.join(_WEEKDAYS)}")
    daily = Rule.parse("FREQ=DAILY")
    days = {str(day) for day in rule.parts.get("byweekday", ())}
    if rule.frequency == daily.frequency and not rule.parts:
        return True
    return rule.frequency == weekly.frequency and days == set(_WEEKDAYS) and len(rule.parts) == 1


def _on(
    day: date, start: Timestamp, end: Timestamp | None, zone: ZoneInfo, warnings: list[str]
) -> When:
    """Return the time of an occurrence: the hours of the item, on that day."""
    begins = replace(start, day=day, offset=None, is_utc_by_name=False)
    ends = None
    if end is not None and end.clock is not None and begins.clock is not None:
        ends = replace(end, day=day, offset=None, is_utc_by_name=False)
    when = when_of(begins, ends, zone)
    return replace(when, warnings=tuple(dict.fromkeys((*warnings, *when.warnings))))
