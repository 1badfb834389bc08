"""Blocks of days on the calendar: spans, bounds of recurrences, days left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from include.discovery.dates.worded.parts import Day, Days, Role
from include.discovery.dates.worded.recurring import Bounds
from include.discovery.dates.worded.years import NoSuchDay, Resolved, resolve
from include.discovery.record_warnings import DateWarning

_WEEK = timedelta(days=7)
_MOST_LEFT_OUT = 366


@dataclass(frozen=True, slots=True)
class Dated:
    """Spans of days, first and last, and what was guessed about them."""

    spans: tuple[tuple[date, date], ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dating:
    """Puts the days of one text on the calendar; ``elsewhere`` are years apart from the days.

    Its methods raise :class:`~include.discovery.dates.worded.years.NoSuchDay`.
    """

    today: date
    elsewhere: frozenset[int]

    def resolve(self, days: Sequence[Day], *, is_range: bool) -> Resolved:
        """Find the dates of days that stand together."""
        return resolve(days, is_range=is_range, today=self.today, elsewhere=self.elsewhere)

    def dated(self, days: Days) -> Dated:
        """Find the spans of a block; one with only a first or a last day says so in a warning."""
        if days.role is Role.UNTIL:
            return self._until(days.spans[-1][0])
        try:
            return self._together(days)
        except NoSuchDay as error:
            return self._apart(days, error)

    def _together(self, days: Days) -> Dated:
        flat = [day for span in days.spans for day in span if day is not None]
        found = self.resolve(flat, is_range=len(days.spans) == 1 and len(flat) == 2)
        on_calendar = iter(found.days)
        spans: list[tuple[date, date]] = []
        for _, last in days.spans:
            first_day, last_day = next(on_calendar)
            if last is not None:
                _, last_day = next(on_calendar)
            spans.append((first_day, last_day))
        warnings = found.warnings
        if days.role is Role.FROM and len(flat) == 1:
            warnings = (*warnings, DateWarning.LAST_DAY_NOT_GIVEN.said())
        return Dated(tuple(spans), warnings)

    def _apart(self, days: Days, error: NoSuchDay) -> Dated:
        """Find each span separately, so that an invalid one does not affect the others."""
        spans: list[tuple[date, date]] = []
        warnings: list[str] = []
        for span in days.spans:
            try:
                found = self._together(replace(days, spans=(span,)))
            except NoSuchDay as problem:
                warnings.append(DateWarning.LEFT_OUT.said(what=problem))
            else:
                spans.extend(found.spans)
                warnings.extend(found.warnings)
        if not spans:
            raise error
        return Dated(tuple(spans), tuple(dict.fromkeys(warnings)))

    def bounds(self, blocks: Sequence[Days]) -> tuple[Bounds, tuple[str, ...]]:
        """Read the days beside a recurrence as its first, its last, and those left out."""
        excluded: set[date] = set()
        first: Day | None = None
        last: Day | None = None
        for block in blocks:
            start, end = block.spans[0]
            if block.role is Role.EXCEPT:
                excluded.update(self._each_day(block))
            elif block.role is Role.UNTIL:
                last = start
            else:
                first = start
                last = end or (start if start.day is None else last)
        ends = [day for day in (first, last) if day is not None]
        if not ends:
            return Bounds(excluded=frozenset(excluded)), ()
        found = self.resolve(ends, is_range=len(ends) == 2)
        return (
            Bounds(
                found.days[0][0] if first else None,
                found.days[-1][1] if last else None,
                frozenset(excluded),
            ),
            found.warnings,
        )

    def are_dates_meant(self, blocks: Sequence[Days]) -> bool:
        """Return whether the days beside weekdays are the event's own, and not bounds.

        A list of days is; so is a range inside a week: 'Fri–Sun, 5–7 May'.
        """
        spans = [span for block in blocks if block.role is Role.PLAIN for span in block.spans]
        if len(spans) != 1 or spans[0][1] is None:
            return len(spans) > 1
        try:
            first, last = self.resolve([spans[0][0], spans[0][1]], is_range=True).days
        except NoSuchDay:
            return True
        return last[1] - first[0] < _WEEK

    def _until(self, day: Day) -> Dated:
        found = self.resolve([day], is_range=False)
        _, last = found.days[0]
        if last < self.today:
            warning = DateWarning.ONLY_LAST_DAY_GIVEN.said()
            return Dated(((last, last),), (*found.warnings, warning))
        warning = DateWarning.FIRST_DAY_NOT_GIVEN.said()
        return Dated(((self.today, last),), (*found.warnings, warning))

    def _each_day(self, block: Days) -> Iterable[date]:
        for first, last in self.dated(replace(block, role=Role.PLAIN)).spans:
            for number in range(min((last - first).days, _MOST_LEFT_OUT) + 1):
                yield first + timedelta(days=number)
