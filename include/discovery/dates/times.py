"""When an event is: from a source's dates and times to instants, with a warning for every guess.

The rules, each for a defect seen in real feeds:

- An instant exists only when date and time are known; a date alone stays a date.
- A local time in a daylight-saving gap moves forward by the gap; in an overlap the first is meant.
- Instants are compared in UTC: Python compares two values of one zone by their wall clocks, which
  run backwards for an hour each autumn.
- An end before its start was meant for the next day if that makes the event last less than twelve
  hours (22:00-02:00); else it is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from include.discovery.record_warnings import DateWarning

_LONGEST_NIGHT = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class When:
    """The time of one event, ready for an :class:`~include.discovery.model.EventRecord`."""

    local_date: date
    timezone: ZoneInfo
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    warnings: tuple[str, ...] = ()

    @property
    def time_known(self) -> bool:
        """Return whether the hour is known, not only the day."""
        return self.starts_at is not None

    def as_fields(self) -> dict[str, Any]:
        """Return the fields of an event record that tell its time."""
        return {
            "starts_at": self.starts_at,
            "local_date": self.local_date,
            "time_known": self.time_known,
            "ends_at": self.ends_at,
            "timezone": self.timezone.key,
        }


def localize(wall_time: datetime, zone: ZoneInfo) -> tuple[datetime, str | None]:
    """Place a naive wall-clock time in its zone; the second value warns of a repair.

    :raises OverflowError: for years at the edge of what a datetime holds.
    """
    aware = wall_time.replace(tzinfo=zone, fold=0)
    round_trip = aware.astimezone(UTC).astimezone(zone)
    if round_trip.replace(tzinfo=None) != wall_time.replace(fold=0):
        return round_trip, DateWarning.SKIPPED_BY_CLOCKS.said(
            time=f"{wall_time:%Y-%m-%d %H:%M}", zone=zone.key
        )
    return aware, None


def timed(start: datetime, end: datetime | None, zone: ZoneInfo) -> When:
    """Build the time of an event with a known hour.

    Naive values are wall-clock times in ``zone``; aware ones are instants, shown in ``zone``.
    """
    starts_at, start_warning = _in_zone(start, zone)
    warnings = [start_warning] if start_warning else []
    ends_at = None
    if end is not None:
        ends_at, end_warning = _in_zone(end, zone)
        if end_warning:
            warnings.append(end_warning)
        if ends_at.astimezone(UTC) < starts_at.astimezone(UTC):
            ends_at, repair = _repair_end(starts_at, ends_at)
            warnings.append(repair)
    return When(starts_at.date(), zone, starts_at, ends_at, tuple(warnings))


def all_day(first: date, last: date | None, zone: ZoneInfo) -> When:
    """Build the time of an event whose days are known and whose hours are not.

    ``last`` is the last day, inclusive; an event of several days ends at midnight after it, so that
    it is found on each of its days.
    """
    if last is None or last == first:
        return When(first, zone)
    if last < first:
        return When(first, zone, warnings=(DateWarning.END_BEFORE_START.said(end=last),))
    ends_at, _ = localize(datetime.combine(last + timedelta(days=1), datetime.min.time()), zone)
    return When(first, zone, ends_at=ends_at)


def _in_zone(moment: datetime, zone: ZoneInfo) -> tuple[datetime, str | None]:
    if moment.tzinfo is None:
        return localize(moment, zone)
    return moment.astimezone(zone), None


def _repair_end(starts_at: datetime, ends_at: datetime) -> tuple[datetime | None, str]:
    next_day = ends_at + timedelta(days=1)  # by the wall clock: the zone may change its offset
    if timedelta(0) < next_day.astimezone(UTC) - starts_at.astimezone(UTC) < _LONGEST_NIGHT:
        return next_day, DateWarning.END_NEXT_DAY.said()
    return None, DateWarning.END_BEFORE_START.said(end=f"{ends_at:%Y-%m-%d %H:%M}")
