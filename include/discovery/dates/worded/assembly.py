"""From what the grammar found to times: days completed, hours set on them, recurrences expanded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from include.discovery.dates.recurrence import MOST_OCCURRENCES
from include.discovery.dates.times import When, all_day, timed
from include.discovery.dates.worded.dating import Dating
from include.discovery.dates.worded.groups import (
    Group,
    group,
    with_all_weekdays,
    without_bystanders,
)
from include.discovery.dates.worded.parts import (
    YEARS,
    Clock,
    Days,
    Findings,
    Hours,
    Loners,
    Moment,
    Role,
    Times,
    Weekly,
)
from include.discovery.dates.worded.recurring import expand
from include.discovery.dates.worded.years import NoSuchDay
from include.discovery.dates.zone_words import zone_said
from include.discovery.model import Window
from include.discovery.record_warnings import DateWarning

_MOST_DAILY = 31


class Assembly:
    """Builds times from the findings of one text; implausible ones are added to its problems."""

    def __init__(
        self, found: Findings, *, today: date, zone: ZoneInfo, window: Window | None
    ) -> None:
        self._found = found
        self._blocks = with_all_weekdays(found.blocks)
        self._today = today
        self._zone = zone
        self._window = window
        self._dating = Dating(today, frozenset(found.years))
        self.recurs = False

    def times(self) -> list[When]:
        """Return all times in the order of the text."""
        blocks = self._blocks
        days = [block for block in blocks if isinstance(block, Days)]
        times = [
            when for block in blocks if isinstance(block, Moment) for when in self._of_moment(block)
        ]
        weekly = [each for each in blocks if isinstance(each, Weekly) and not each.is_exception]
        own_days = times or (len(weekly) < 2 and self._dating.are_dates_meant(days))
        if weekly and not own_days:
            self.recurs = True
            return self._recurring(days)
        days = [block for block in days if block.role is not Role.EXCEPT and not block.is_vague]
        times += self._explicit() if days else [] if times else self._near()
        if not times and any(isinstance(block, Times) for block in blocks):
            self._found.problems.append("hours without a day")
        return times

    def _of_moment(self, moment: Moment) -> Iterable[When]:
        try:
            when = self._when_of(moment)
        except OverflowError:
            when = None
        if when is None or when.local_date.year not in YEARS:
            self._found.problems.append(
                f"{moment.start.isoformat()} lies outside {YEARS[0]}-{YEARS[-1]}"
            )
            return
        yield when

    def _when_of(self, moment: Moment) -> When:
        start, warnings = self._in_zone(moment.start, moment.zone)
        if moment.end is None and moment.start.time() == time():
            warnings = (*warnings, DateWarning.HOUR_DOUBTFUL.said())
        return _warned(timed(start, moment.end, self._zone), warnings)

    def _explicit(self) -> list[When]:
        wanted: list[Days | Times] = [
            block
            for block in self._blocks
            if isinstance(block, Times)
            or (isinstance(block, Days) and block.role is not Role.EXCEPT and not block.is_vague)
        ]
        groups, bystanders = without_bystanders(group(wanted))
        times: list[When] = []
        for each in groups:
            try:
                times.extend(self._of_group(each))
            except (NoSuchDay, OverflowError) as error:
                self._found.problems.append(str(error))
        self._found.problems.extend(bystanders)
        return times

    def _of_group(self, each: Group[Days]) -> list[When]:
        hours, warnings = each.hours()
        if each.until is not None and hours:
            return [self._from_until(each.days, each.until, hours, warnings)]
        dated = self._dating.dated(each.days)
        return [
            _warned(when, (*dated.warnings, *warnings))
            for first, last in dated.spans
            for when in self._on_days(first, last, hours)
        ]

    def _from_until(
        self, start: Days, until: Days, hours: Sequence[Hours], warnings: Sequence[str]
    ) -> When:
        """Build one event from an hour of one day to an hour, or the end, of another."""
        ends = [start.spans[0][0], until.spans[-1][0]]
        found = self._dating.resolve(ends, is_range=True)
        (first, _), (last, _) = found.days
        end = hours[-1][0] if len(hours) > 1 else Clock(24)
        when = self._timed(first, hours[0][0], last, end)
        return _warned(when, (*found.warnings, *warnings))

    def _on_days(self, first: date, last: date, hours: Sequence[Hours]) -> list[When]:
        """Set the hours on each day from first to last; without hours it is one event."""
        days = (last - first).days + 1
        if not hours:
            return [all_day(first, last, self._zone)]
        if not 1 <= days <= _MOST_DAILY:
            warning = DateWarning.HOURS_LEFT_OUT.said()
            return [_warned(all_day(first, last, self._zone), (warning,))]
        return [
            self._at(first + timedelta(days=number), start, end)
            for number in range(days)
            for start, end in hours
        ]

    def _at(self, day: date, start: Clock, end: Clock | None) -> When:
        if start.is_zeros and end is not None and (end.hour, end.minute) == (23, 59):
            return _warned(all_day(day, None, self._zone), (DateWarning.HOUR_UNKNOWN.said(),))
        if end is not None and end.is_named_midnight:
            end = Clock(24)
        return self._timed(day, start, day, end)

    def _timed(self, first: date, start: Clock, last: date, end: Clock | None) -> When:
        """Build a time from clocks, each in its zone."""
        begins, warnings = self._in_zone(start.on(first), start.zone)
        if start.is_zeros and end is None:
            warnings = (*warnings, DateWarning.HOUR_DOUBTFUL.said())
        ends = self._in_zone(end.on(last), end.zone)[0] if end else None
        own = begins.tzinfo if self._zone.key == "UTC" else None  # UTC: no zone is known
        return _warned(
            timed(begins, ends, own if isinstance(own, ZoneInfo) else self._zone), warnings
        )

    def _in_zone(self, wall: datetime, name: str | None) -> tuple[datetime, tuple[str, ...]]:
        """Place a naive time in the zone behind it; without one it stays naive."""
        if name is None or wall.tzinfo is not None:
            return wall, ()
        zone, is_other_season = zone_said(name, wall.date(), self._zone)
        warning = DateWarning.ZONE_OF_OTHER_SEASON.said(name=name, zone=self._zone.key)
        return wall.replace(tzinfo=zone), ((warning,) if is_other_season else ())

    def _recurring(self, days: Sequence[Days]) -> list[When]:
        try:
            bounds, warnings = self._dating.bounds(days)
        except NoSuchDay as error:
            self._found.problems.append(str(error))
            return []
        times: list[When] = []
        groups = [(each, *each.hours()) for each in group(self._weekly())]
        if any(hours for _, hours, _ in groups) and not all(hours for _, hours, _ in groups):
            self._found.problems.append("weekdays without hours beside others with hours")
            groups = [(each, hours, said) for each, hours, said in groups if hours]
        for each, hours, said in groups:
            own = [*warnings, *said]
            if each.days.interval > 1 and bounds.first is None:
                own.append(DateWarning.WEEKS_NOT_GIVEN.said())
            for day in expand(each.days, bounds, today=self._today, window=self._window):
                times.extend(
                    _warned(when, own)
                    for when in self._on_days(day, day, hours)
                    if self._is_wanted(when)
                )
        if not times:
            self._found.problems.append("the recurrence has no day inside its bounds")
        if len(times) > MOST_OCCURRENCES:
            self._found.problems.append(f"what comes after {MOST_OCCURRENCES} occurrences")
        return times[:MOST_OCCURRENCES]

    def _is_wanted(self, when: When) -> bool:
        """Return whether a time is in the window: its hour (24:00) may have moved it a day on."""
        return self._window is None or self._window.overlaps(when.local_date, when.local_date)

    def _weekly(self) -> list[Weekly | Times]:
        """Return the recurrences without the weekdays that are left out, and the hours."""
        blocks = [block for block in self._blocks if isinstance(block, Weekly | Times)]
        left_out: set[int] = set()
        for block in blocks:
            if isinstance(block, Weekly) and block.is_exception:
                left_out |= block.weekdays
        kept: list[Weekly | Times] = []
        for block in blocks:
            if isinstance(block, Times):
                kept.append(block)
            elif not block.is_exception and block.weekdays - left_out:
                kept.append(replace(block, weekdays=block.weekdays - left_out))
        return kept

    def _near(self) -> list[When]:
        wanted = [block for block in self._blocks if isinstance(block, Loners | Times)]
        times: list[When] = []
        for each in group(wanted):
            hours, warnings = each.hours()
            if each.days.is_next:
                warnings.append(DateWarning.NEXT_TAKEN_AS_FIRST.said())
            for day in self._near_days(each.days):
                times.extend(_warned(when, warnings) for when in self._on_days(day, day, hours))
        days = {when.local_date for when in times if when.time_known}  # 'tomorrow, Friday at 8'
        return [when for when in times if when.time_known or when.local_date not in days]

    def _near_days(self, loners: Loners) -> Iterable[date]:
        earliest = self._today + timedelta(days=loners.is_next)
        for offset in loners.offsets:
            yield self._today + timedelta(days=offset)
        for weekday in loners.weekdays:
            yield earliest + timedelta(days=(weekday - earliest.weekday()) % 7)


def _warned(when: When, warnings: Iterable[str]) -> When:
    extra = tuple(warnings)
    return replace(when, warnings=(*extra, *when.warnings)) if extra else when
