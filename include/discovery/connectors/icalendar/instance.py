"""One instance of a VEVENT: its start within the series, its id, and when that is."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from include.discovery.connectors.icalendar.event import Event
from include.discovery.connectors.icalendar.values import Span, Timestamp
from include.discovery.dates.times import When, all_day, timed
from include.discovery.model import Window, last_date

_DAY = timedelta(days=1)
_LAST_MINUTE = time(23, 59)


def own_start(timestamp: Timestamp, event: Event) -> datetime:
    """Express a date or time as a start of the series: in its zone and value type."""
    if event.start.is_date:
        # Midnight on an all-day event means the day, in whatever zone (also 'Z') it is written.
        wall = timestamp.wall if timestamp.is_midnight else timestamp.wall_in(event.zone)
        return datetime.combine(wall.date(), time())
    if timestamp.is_date:
        return datetime.combine(timestamp.wall.date(), event.start.wall.time())
    return timestamp.wall_in(event.zone)


def replaced_start(exception: Event, master: Event | None) -> datetime:
    """Return the start, in the series' zone, that an exception replaces."""
    timestamp = exception.recurrence_id
    if timestamp is None:
        raise ValueError("no RECURRENCE-ID")
    return own_start(timestamp, master) if master else timestamp.wall


def start_id(event: Event, wall: datetime) -> str:
    """Format a start for an id: local time in the record's zone, or a date."""
    if event.start.is_date:
        return f"{wall:%Y%m%d}"
    return f"{Timestamp(wall, zone=event.zone).wall_in(event.shown_in):%Y%m%dT%H%M%S}"


def replaced_start_id(exception: Event, master: Event, key: datetime) -> str:
    """Format the start that an exception replaces; without a master, its own RECURRENCE-ID."""
    timestamp = exception.recurrence_id
    if master is not exception or timestamp is None:
        return start_id(master, key)
    if timestamp.is_date:
        return f"{timestamp.wall:%Y%m%d}"
    return f"{timestamp.wall_in(exception.shown_in):%Y%m%dT%H%M%S}"


def when_of(event: Event, wall: datetime, span: Span | None) -> When:
    """Place one instance in time. Whole local days count as such, however they are written."""
    zone, shown_in = event.zone, event.shown_in
    if event.start.is_date:
        last = wall + (max(span.days, 1) - 1) * _DAY if span and span.days >= 0 else None
        return all_day(wall.date(), last.date() if last else None, shown_in)
    # An end equal to the start is a filled-in form field, not a duration.
    known = span is not None and span != Span()
    end = span.end_of(wall, zone).astimezone(shown_in) if span and known else None
    start = wall if zone is shown_in else wall.replace(tzinfo=zone)
    when = timed(start, end, shown_in)
    begins, ends = when.starts_at, when.ends_at
    if begins is None or ends is None or begins.time() != time() or ends.date() < begins.date():
        return when
    if ends.time() == time() and ends.date() > begins.date():
        return all_day(begins.date(), ends.date() - _DAY, shown_in)
    if ends.time() >= _LAST_MINUTE:
        return all_day(begins.date(), ends.date(), shown_in)
    return when


def inside(when: When, window: Window | None) -> bool:
    """Return whether any of its days lies in the window."""
    if window is None:
        return True
    last = last_date(when.local_date, when.ends_at, when.timezone)
    return window.overlaps(when.local_date, last)
