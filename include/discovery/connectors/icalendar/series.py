"""VEVENTs to occurrences: recurrence, exceptions, moved and cancelled instances, repeated UIDs.

External ids are stored in these forms:

- a single event: its UID;
- an occurrence of a series: ``UID/20261224T190000``, the start that the rule defines, as local time
  in the record's zone (``UID/20261224`` for all-day series). A moved instance keeps the id of its
  original start;
- one UID used for several events: the same form, with the start of each.
"""

from __future__ import annotations

import logging
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from include.discovery.connectors.icalendar.event import Event, read_moments
from include.discovery.connectors.icalendar.instance import (
    inside,
    own_start,
    replaced_start,
    replaced_start_id,
    start_id,
    when_of,
)
from include.discovery.connectors.icalendar.values import Span, Timestamp, parse_timestamp
from include.discovery.dates.recurrence import Budget, Rule, UnusableRule
from include.discovery.dates.times import When
from include.discovery.model import Reject, Window
from include.discovery.parsed import excerpt
from include.discovery.record_warnings import SourceWarning

log = logging.getLogger(__name__)

_DEFAULT_HORIZON = timedelta(days=400)
_DAY = timedelta(days=1)
_CLOCK_CHANGE = timedelta(hours=2)
"""More than any clock change makes a length by the wall clock differ from the exact one."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One instance of an event: its id, its time, and the VEVENT that describes it."""

    event: Event
    external_id: str
    when: When
    series_id: str | None = None
    warnings: tuple[str, ...] = ()


def occurrences(
    events: Iterable[Event], window: Window | None, budget: Budget
) -> Iterator[Occurrence | Reject]:
    """Yield the occurrences in the window, series by series in document order.

    Without a window everything is yielded, and rules are expanded for 400 days from their start. If
    a UID occurs more than once, the VEVENT that counts is the one with the highest SEQUENCE, then
    the latest LAST-MODIFIED, then the last in the file (RFC 5546 §2.1.5).
    """
    groups: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        groups[event.uid].append(event)
    for group in groups.values():
        masters = _current([event for event in group if event.recurrence_id is None])
        exceptions = [event for event in group if event.recurrence_id is not None]
        try:
            found = list(_group(masters, exceptions, window, budget))
        except Exception as error:  # one hostile series must not affect the others
            log.warning("%s has an unexpected shape.", group[0].label, exc_info=True)
            detail = excerpt(f"{error!r}")
            found = [Reject("unexpected shape", group[0].label, detail, group[0].identity)]
        yield from found


def _current(masters: list[Event]) -> list[Event]:
    """Drop superseded versions; keep events that only share a UID with another."""
    if len(masters) < 2:
        return masters
    newest = max(event.sequence for event in masters)
    best: dict[Timestamp, dict[str | None, Event]] = defaultdict(dict)
    for event in masters:
        if event.sequence < newest:
            continue
        rivals = best[event.start]
        title = event.title
        if title not in rivals and rivals:
            # Another title at the same time: a new version if dated so, else another event.
            other = next(iter(rivals))
            title = title if rivals[other].modified == event.modified else other
        if title not in rivals or event.version >= rivals[title].version:
            rivals[title] = event
    return [event for rivals in best.values() for event in rivals.values()]


def _group(
    masters: list[Event], exceptions: list[Event], window: Window | None, budget: Budget
) -> Iterator[Occurrence | Reject]:
    shared = len(masters) > 1
    replaced: dict[datetime, Event] = {}
    for exception in exceptions:
        key = replaced_start(exception, masters[0] if masters else None)
        if key not in replaced or exception.version >= replaced[key].version:
            replaced[key] = exception
    onwards = sorted(key for key, event in replaced.items() if event.this_and_future)
    for master in masters:
        recurs = bool(replaced) or master.recurs
        if recurs:
            yield from _Series(master, replaced, onwards, window, budget).occurrences()
            continue
        when = when_of(master, master.start.wall, master.span)
        if inside(when, window):
            warnings = (SourceWarning.UID_SHARED.said(),) if shared else ()
            own = f"{master.uid}/{start_id(master, master.start.wall)}" if shared else master.uid
            yield Occurrence(master, own, when, warnings=warnings)
    for key, exception in replaced.items():
        if not masters and exception.recurs:  # the rest of a series, all that the feed has of it
            yield from _Series(exception, {}, [], window, budget).occurrences()
            continue
        model = masters[0] if masters else exception
        event = exception.completed_by(model)
        when = when_of(event, event.start.wall, event.span)
        if inside(when, window):
            own = f"{event.uid}/{replaced_start_id(exception, model, key)}"
            yield Occurrence(event, own, when, series_id=event.uid)


class _Series:
    """One recurring VEVENT while it is expanded."""

    def __init__(
        self,
        master: Event,
        replaced: dict[datetime, Event],
        onwards: list[datetime],
        window: Window | None,
        budget: Budget,
    ) -> None:
        """Take the exceptions by replaced start; ``onwards`` also change later ones."""
        self._master = master
        self._replaced = replaced
        self._window = window
        self._budget = budget
        self._warnings: list[str] = []
        self._rejects: list[Reject] = []
        self._onwards = onwards

    def occurrences(self) -> Iterator[Occurrence | Reject]:
        """Yield the instances that no exception replaces."""
        master = self._master
        spans = self._extra_dates()
        starts = {master.start.wall, *spans}
        for item in master.component.all("RRULE"):
            starts.update(self._of_rule(item.value))
        for item in master.component.all("EXRULE"):  # RFC 2445 §4.8.5.2; dropped by RFC 5545
            starts.difference_update(self._of_rule(item.value))
        starts = self._without_exdates(starts)
        for wall in sorted(starts):
            if wall in self._replaced:
                continue
            event, start = self._version_at(wall)
            span = spans.get(wall) or event.span
            when = when_of(event, start, span)
            if inside(when, self._window):
                own = f"{master.uid}/{start_id(master, wall)}"
                yield Occurrence(event, own, when, master.uid, tuple(self._warnings))
        yield from self._rejects

    def _of_rule(self, text: str) -> Iterable[datetime]:
        master = self._master
        start = master.start.wall
        try:
            after, before = self._horizon()
            rule = Rule.parse(text)
            if rule.until:
                before = min(before, self._until(rule.until))
            expansion = rule.expand(
                start, after=max(start, after), before=before, budget=self._budget
            )
        except (UnusableRule, ValueError, OverflowError) as error:
            self._warnings.append(SourceWarning.RECURRENCE_NOT_UNDERSTOOD.said())
            detail = f"{error}, in {text[:120]!r}"
            self._reject("recurrence not understood", detail)
            return ()
        if expansion.cut:
            detail = f"{len(expansion.times)} occurrences were read of {text[:120]!r}"
            self._reject(expansion.cut, detail)
        return expansion.times

    def _misread(self, field: str, problem: object) -> None:
        self._warnings.append(SourceWarning.NOT_UNDERSTOOD.said(field=field, reason=problem))

    def _reject(self, reason: str, detail: str) -> None:
        master = self._master
        self._rejects.append(Reject(reason, master.label, detail, master.identity))

    def _horizon(self) -> tuple[datetime, datetime]:
        """Return the first and last time for occurrences, in the series' zone."""
        master = self._master
        if self._window is None:
            return master.start.wall, master.start.wall + _DEFAULT_HORIZON
        first, last = (
            Timestamp(datetime.combine(day, time()), zone=master.shown_in).wall_in(master.zone)
            for day in (self._window.start, self._window.end + _DAY)
        )
        length = master.span.approximate if master.span else timedelta()
        return first - length - _CLOCK_CHANGE, last + _CLOCK_CHANGE

    def _until(self, text: str) -> datetime:
        """Return the last start that UNTIL allows, in the series' zone.

        A date allows all of its day; a UTC time is converted; for an all-day series only the day
        counts (RFC 5545 §3.3.10, whose rules on matching value types few exporters keep): as it is
        written where the time is the day's first or last, else the day in the series' zone.
        """
        until = parse_timestamp(text, None)
        if until.is_date:
            return until.wall + _DAY - timedelta(seconds=1)
        wall = until.wall_in(self._master.zone)
        if not self._master.start.is_date:
            return wall
        is_edge = until.is_midnight or until.wall.time() >= time(23, 59)
        return datetime.combine((until.wall if is_edge else wall).date(), time())

    def _extra_dates(self) -> dict[datetime, Span | None]:
        """Read the RDATEs: start → length, where a PERIOD gives one (RFC 5545 §3.8.5.2)."""
        found: dict[datetime, Span | None] = {}
        for timestamp, span, problem in read_moments(self._master, "RDATE"):
            if timestamp is None:
                self._misread("additional date", problem)
            else:
                found[own_start(timestamp, self._master)] = span
        return found

    def _without_exdates(self, starts: set[datetime]) -> set[datetime]:
        excluded: set[datetime] = set()
        excluded_days: set[date] = set()
        for timestamp, _, problem in read_moments(self._master, "EXDATE"):
            if timestamp is None:
                self._misread("exception date", problem)
            elif timestamp.is_date:
                excluded_days.add(timestamp.wall.date())
            else:
                excluded.add(own_start(timestamp, self._master))
        return {
            wall for wall in starts if wall not in excluded and wall.date() not in excluded_days
        }

    def _version_at(self, wall: datetime) -> tuple[Event, datetime]:
        """Return the VEVENT that describes an occurrence, and its start (RANGE=THISANDFUTURE)."""
        index = bisect_right(self._onwards, wall)
        if index == 0:
            return self._master, wall
        key = self._onwards[index - 1]
        event = self._replaced[key]
        moved = event.start.wall_in(self._master.zone) - key
        return event.completed_by(self._master), wall + moved
