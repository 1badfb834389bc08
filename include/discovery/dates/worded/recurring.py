"""Expanding recurrences in words to days, inside their own bounds and the window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.rrule import MONTHLY, WEEKLY, weekday

from include.discovery.dates.recurrence import Budget, Rule
from include.discovery.dates.worded.parts import Weekly
from include.discovery.model import Window

_HORIZON = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Bounds:
    """From when to when a recurrence holds, both inclusive, and the days it leaves out."""

    first: date | None = None
    last: date | None = None
    excluded: frozenset[date] = frozenset()


def expand(
    recurrence: Weekly, bounds: Bounds, *, today: date, window: Window | None
) -> tuple[date, ...]:
    """List the days of a recurrence.

    Without a first day it begins today. Without a window it is followed for 400 days, from its
    first day if that lies ahead or its last one is known, else from today.
    """
    first = bounds.first or today
    after = first if bounds.last else max(first, today)
    before = after + _HORIZON
    if window is not None:
        after, before = max(first, window.start), window.end
    if bounds.last is not None:
        before = min(before, bounds.last)
    if after > before:
        return ()
    found = _rule(recurrence).expand(
        _midnight(_first_match(recurrence, first)),
        after=_midnight(after),
        before=_midnight(before),
        budget=Budget(),
    )
    days = (moment.date() for moment in found.times)
    return tuple(day for day in days if day not in bounds.excluded)


def _first_match(recurrence: Weekly, first: date) -> date:
    """Return the first fitting weekday: the weeks of 'every other Tuesday' count from there."""
    days = (first + timedelta(days=number) for number in range(7))
    return next(day for day in days if day.weekday() in recurrence.weekdays)


def _rule(recurrence: Weekly) -> Rule:
    weekdays = sorted(recurrence.weekdays)
    if recurrence.nth:
        numbered = [weekday(day, number) for day in weekdays for number in recurrence.nth]
        return Rule(MONTHLY, parts={"byweekday": numbered})
    return Rule(
        WEEKLY, recurrence.interval, parts={"byweekday": [weekday(day) for day in weekdays]}
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
