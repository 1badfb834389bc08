"""Recurrence rules (RFC 5545 §3.3.10, SKIP of RFC 7529) as wall-clock times, inside bounds.

``dateutil.rrule`` does the calendar arithmetic, on naive local times, so that an event at seven
stays at seven when the clocks change. This module adds the limits that it lacks: a rule that never
matches (30 February, daily) would keep it busy until the year 9999. It also mends that dateutil
counts positions (BYSETPOS) in the first week from the start instead of from the week's first day.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final, Self

from dateutil.rrule import DAILY, HOURLY, MINUTELY, MONTHLY, WEEKLY, YEARLY, rrule, weekday

_FREQUENCIES: Final = {
    "YEARLY": YEARLY,
    "MONTHLY": MONTHLY,
    "WEEKLY": WEEKLY,
    "DAILY": DAILY,
    "HOURLY": HOURLY,
    "MINUTELY": MINUTELY,
}
_STEPS: Final = {
    WEEKLY: timedelta(weeks=1),
    DAILY: timedelta(days=1),
    HOURLY: timedelta(hours=1),
    MINUTELY: timedelta(minutes=1),
}
_MONTH: Final = timedelta(days=30)
_WORK: Final = {  # days of a period, steps for each: a period has work of its own, however short
    YEARLY: (366, 1),
    MONTHLY: (31, 1),
    WEEKLY: (7, 2),
    DAILY: (1, 8),
    HOURLY: (1, 14),
    MINUTELY: (1, 14),
}
# RFC part → dateutil's argument, least and greatest magnitude, whether it may count from the end.
_NUMBERS: Final[Mapping[str, tuple[str, int, int, bool]]] = {
    "BYMONTH": ("bymonth", 1, 12, False),
    "BYMONTHDAY": ("bymonthday", 1, 31, True),
    "BYYEARDAY": ("byyearday", 1, 366, True),
    "BYWEEKNO": ("byweekno", 1, 53, True),
    "BYHOUR": ("byhour", 0, 23, False),
    "BYMINUTE": ("byminute", 0, 59, False),
    "BYSECOND": ("bysecond", 0, 59, False),
    "BYSETPOS": ("bysetpos", 1, 366, True),
}
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BYDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_INTEGER = re.compile(r"[+-]?\d{1,6}")
_MOST_TIMES_A_DAY = 1440
_SHORTEST_MONTH: Final = 28
_TIMES_OF_DAY: Final = ("byhour", "byminute", "bysecond")
_SKIPS: Final = ("BACKWARD", "FORWARD")

_TOO_LONG: Final = "recurrence takes too long to follow"

MOST_OCCURRENCES = 2_000
"""Occurrences of one series that are read: far more than a public event has in two years."""
_MOST_STEPS = 700_000
"""Steps taken for one rule: 200 years of daily occurrences, at most about 0.2 s."""
_MOST_TIMES = 100_000
"""Times looked at for one rule, most of which may lie before those that are wanted."""


class UnusableRule(ValueError):
    """A recurrence rule that cannot be read or has no sensible meaning for an event."""


class _OutOfBudget(Exception):
    """Raised inside dateutil's loop when a rule has used up its budget."""


@dataclass(slots=True)
class Budget:
    """The limits for all rules of one document: steps taken, occurrences listed.

    A step is the work of checking one day of a yearly rule, about 0.25 µs; all other work is
    counted in steps, whether it yields an occurrence or not. The steps of a document take less than
    three seconds, and allow the maximum number of daily or weekly occurrences.
    """

    steps: int = 7_000_000
    occurrences: int = 200_000


@dataclass(frozen=True, slots=True)
class Expansion:
    """The occurrences of a rule, ascending; ``cut`` says why there may be more than were read."""

    times: tuple[datetime, ...]
    cut: str | None = None


class _Meter:
    """The steps of one rule, taken from the budget of its document as well."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._left = _MOST_STEPS

    def charge(self, steps: int) -> None:
        """Charge for work before it is done; rejected work costs nothing."""
        if steps > self._left or steps > self._budget.steps:
            raise _OutOfBudget
        self._left -= steps
        self._budget.steps -= steps


class _Counted(tuple[Any, ...]):  # noqa: SLOT001  a tuple's subclass can have no slots
    """A part of a rule that charges for each look-up, and for each item when it is walked."""

    _meter: _Meter
    _members: frozenset[Any]
    _weight: int

    @classmethod
    def of(cls, items: Iterable[Any], meter: _Meter, weight: int = 1) -> Self:
        """Count with ``meter``; a look-up, and each item walked, costs ``weight`` steps."""
        counted = cls(items)
        counted._meter, counted._weight = meter, weight
        counted._members = frozenset(tuple.__iter__(counted))  # up to 732 items, per day
        return counted

    def __contains__(self, item: object) -> bool:
        self._meter.charge(self._weight)
        return item in self._members

    def __iter__(self) -> Iterator[Any]:
        self._meter.charge(self._weight * len(self))
        return super().__iter__()


class _BoundedRule(rrule):
    """dateutil's rule, whose parts charge for the work that its loops do with them.

    dateutil looks up the month for every day, and hours and minutes for every one it passes over;
    it walks the times of a day, the positions, the numbered weekdays and weeks for every period.
    """

    def __init__(self, budget: Budget, **arguments: Any) -> None:  # noqa: ANN401  as rrule's own
        super().__init__(**arguments)
        meter = _Meter(budget)
        frequency: int = arguments["freq"]
        days, a_day = _WORK[frequency]
        # A long interval is walked month by month.
        months_on = int(_STEPS.get(frequency, timedelta()) * arguments["interval"] / _MONTH)
        a_day += months_on * 2 // days

        def count(name: str, weight: int = 1) -> None:
            items = getattr(self, name, None)
            if items:
                setattr(self, name, _Counted.of(items, meter, weight))

        for name in ("_byyearday", "_timeset", "_bysecond"):
            count(name)
        count("_byweekno", 7)
        if frequency in (HOURLY, MINUTELY):
            count("_byhour")
            count("_byminute")
        positions = len(getattr(self, "_bysetpos", None) or ())
        # For each position the days are listed, and the positions found so far are searched.
        count("_bysetpos", 1 + days // 8 + positions // 12)
        months: tuple[int, ...] | None = getattr(self, "_bymonth", None)
        if months is None and frequency == YEARLY and getattr(self, "_bynweekday", None):
            # With months '20th Monday of the year' would turn into 'of the month'.
            count("_bynweekday", 1 + days // len(getattr(self, "_bynweekday", ())))
            return
        count("_bynweekday")
        self._bymonth = _Counted.of(months or range(1, 13), meter, a_day)


@dataclass(frozen=True, slots=True)
class Rule:
    """A parsed RRULE. ``until`` is left as sent: only the caller knows the zone of the start."""

    frequency: int
    interval: int = 1
    count: int | None = None
    until: str | None = None
    parts: Mapping[str, Any] = field(default_factory=dict)
    skip: str | None = None
    """BACKWARD or FORWARD: where a day goes that its month does not have; None: it is left out."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the value of an RRULE.

        :raises UnusableRule: if it is malformed, recurs by the second, or combines parts whose
            meaning RFC 5545 leaves open.
        """
        pairs = (part.upper().partition("=") for part in text.split(";"))
        given = {name.strip(): value.strip() for name, _, value in pairs if name.strip()}
        frequency = _FREQUENCIES.get(given.get("FREQ", ""))
        if frequency is None:
            raise UnusableRule(f"frequency {given.get('FREQ')!r}")
        if given.get("RSCALE", "GREGORIAN") != "GREGORIAN":  # RFC 7529
            raise UnusableRule(f"calendar {given['RSCALE']!r}")
        parts: dict[str, Any] = {
            _NUMBERS[name][0]: _numbers(name, value)
            for name, value in given.items()
            if name in _NUMBERS and value
        }
        if given.get("BYDAY"):
            parts["byweekday"] = [
                _weekday(item) for item in dict.fromkeys(given["BYDAY"].split(","))
            ]
        if given.get("WKST") in _WEEKDAYS:
            parts["wkst"] = _WEEKDAYS.index(given["WKST"])
        _check_combination(frequency, parts)
        skip = given.get("SKIP", "OMIT")
        if skip != "OMIT" and skip not in _SKIPS:
            raise UnusableRule(f"SKIP={skip[:20]}")
        count = given.get("COUNT")
        return cls(
            frequency,
            max(1, abs(_integer(given.get("INTERVAL") or "1"))),
            _integer(count) if count else None,
            given.get("UNTIL") or None,
            parts,
            None if skip == "OMIT" else skip,
        )

    def expand(
        self, start: datetime, *, after: datetime, before: datetime, budget: Budget
    ) -> Expansion:
        """List the occurrences from ``after`` to ``before``, both inclusive.

        All times are naive wall-clock times in the zone of the start.

        :raises UnusableRule: if dateutil finds the parts contradictory.
        """
        first = start if self.count is not None else self._fast_forward(start, after)
        times: list[datetime] = []
        try:
            for number, time in enumerate(self._times(start, first, budget)):
                if time > before:
                    break
                if time < after:  # not wanted, and not free, either
                    budget.steps -= 1
                    if budget.steps < 0 or number > _MOST_TIMES:
                        return Expansion(tuple(times), cut=_TOO_LONG)
                    continue
                if len(times) == MOST_OCCURRENCES or budget.occurrences == 0:
                    return Expansion(tuple(times), cut="recurs too often")
                budget.occurrences -= 1
                times.append(time)
        except _OutOfBudget:
            return Expansion(tuple(times), cut=_TOO_LONG)
        except (ValueError, OverflowError, IndexError) as error:
            raise UnusableRule(str(error)) from error
        return Expansion(tuple(times))

    def _times(self, start: datetime, first: datetime, budget: Budget) -> Iterator[datetime]:
        """Yield the occurrences from ``first`` on, which is the start or a later one."""
        if self.skip and self._may_skip(start):
            yield from islice(self._skipping(start, first, budget), self.count)
        elif self.frequency == WEEKLY and "bysetpos" in self.parts:
            week_start = first - timedelta((first.weekday() - self.parts.get("wkst", 0)) % 7)
            parts = {"byweekday": (start.weekday(),), **self.parts}
            times = self._followed(week_start, None, parts, budget)
            yield from islice((time for time in times if time >= first), self.count)
        else:
            yield from self._followed(first, self.count, self.parts, budget)

    def _followed(
        self, start: datetime, count: int | None, parts: Mapping[str, Any], budget: Budget
    ) -> Iterator[datetime]:
        return iter(
            _BoundedRule(
                budget,
                freq=self.frequency,
                dtstart=start,
                interval=self.interval,
                count=count,
                **parts,
            )
        )

    def _may_skip(self, start: datetime) -> bool:
        """Return whether days of a month are what may be missing: the only use of SKIP known."""
        if self.frequency not in (MONTHLY, YEARLY):
            return False
        days = self.parts.get("bymonthday", (start.day,))
        others = self.parts.keys() - {"bymonth", "bymonthday", "wkst", *_TIMES_OF_DAY}
        return not others and max(days) > _SHORTEST_MONTH and min(days) > 0

    def _skipping(self, start: datetime, first: datetime, budget: Budget) -> Iterator[datetime]:
        """Yield the days of months, those that a month lacks put before or after its end."""
        days = sorted(self.parts.get("bymonthday", (start.day,)))
        parts = {**self.parts, "bymonthday": (1,)}
        if self.frequency == YEARLY:
            parts = {"bymonth": (start.month,), **parts}
        last = None
        for begin in self._followed(first.replace(day=1), None, parts, budget):
            length = monthrange(begin.year, begin.month)[1]
            for day in days:
                budget.steps -= 1
                moved = min(day, length if self.skip == "BACKWARD" else length + 1)
                time = begin + timedelta(days=moved - 1)
                if time >= first and (last is None or time > last):
                    last = time
                    yield time

    def _fast_forward(self, start: datetime, after: datetime) -> datetime:
        """Skip whole intervals before ``after``: a rule may have begun in 1601."""
        if after <= start:
            return start
        if self.frequency in _STEPS:
            step = _STEPS[self.frequency] * self.interval
            return start + (after - start) // step * step
        years = (after.year - start.year - 1) // self.interval * self.interval
        if years <= 0 or (start.month, start.day) == (2, 29):
            return start
        return start.replace(year=start.year + years)


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise UnusableRule(f"number {text[:20]!r}")
    return int(text)


def _numbers(name: str, value: str) -> list[int]:
    _, least, most, from_end = _NUMBERS[name]
    items = dict.fromkeys(item.strip() for item in value.split(","))
    numbers = [_integer(item) for item in items if item]
    for number in numbers:
        size = abs(number) if from_end else number
        if not least <= size <= most:
            raise UnusableRule(f"{name}={number}")
    return numbers


def _weekday(text: str) -> weekday:
    match = _BYDAY.fullmatch(text.strip())
    if match is None or (match[1] is not None and not 1 <= abs(int(match[1])) <= 53):
        raise UnusableRule(f"BYDAY={text[:20]}")
    return weekday(_WEEKDAYS.index(match[2]), int(match[1]) if match[1] else None)


def _check_combination(frequency: int, parts: Mapping[str, Any]) -> None:
    times_a_day = 1
    for name in ("byhour", "byminute", "bysecond"):
        times_a_day *= len(set(parts.get(name, ()))) or 1
    if times_a_day > _MOST_TIMES_A_DAY:
        raise UnusableRule("more than one start a minute")
    nth_of_year = (
        frequency == YEARLY
        and "bymonth" not in parts
        and any(day.n for day in parts.get("byweekday", ()))
    )
    if nth_of_year and parts.keys() & {"bymonthday", "byyearday", "byweekno", "bysetpos"}:
        raise UnusableRule("numbered weekdays of a year together with other days")
