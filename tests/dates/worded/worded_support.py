"""Dates in words as the tests write and show them."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from include.discovery.dates.times import When
from include.discovery.dates.worded.parsing import WordedDates, read_dates
from include.discovery.model import Window
from tests.support.builders import WARSAW

FRIDAY = date(2026, 11, 27)
"""The day on which the texts of the tests were read."""


def read(
    text: str,
    *,
    today: date = FRIDAY,
    zone: ZoneInfo = WARSAW,
    language: str | None = None,
    window: Window | None = None,
    day_first: bool | None = True,
) -> WordedDates:
    return read_dates(
        text, today=today, zone=zone, language=language, window=window, day_first=day_first
    )


def shown(result: WordedDates) -> str:
    """Show times in short; of a recurrence the first two, and how many there are."""
    times = [_shown(when) for when in result.times]
    if result.recurs:
        return f"{', '.join(times[:2])} … {len(times)}"
    return ", ".join(times)


def _shown(when: When) -> str:
    start = when.local_date.isoformat()
    if when.starts_at is None:
        if when.ends_at is None:
            return start
        return f"{start} to {when.ends_at.date() - timedelta(days=1)}"
    start = f"{when.starts_at:%Y-%m-%d %H:%M}"
    if when.ends_at is None:
        return start
    is_near = when.ends_at - when.starts_at < timedelta(days=1)
    return (
        f"{start}-{when.ends_at:%H:%M}" if is_near else f"{start} to {when.ends_at:%Y-%m-%d %H:%M}"
    )
