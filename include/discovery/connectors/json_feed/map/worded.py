"""Dates that an item tells in words: ``Fri 3 and Sat 4 May, 8 pm``."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from include.discovery.connectors.json_feed.map.fields import MomentOf
from include.discovery.connectors.json_feed.map.paths import Item, getter_of
from include.discovery.connectors.json_feed.map.values import Reader
from include.discovery.dates.times import When
from include.discovery.dates.worded.parsing import read_dates
from include.discovery.model import Window
from include.discovery.parsed import RejectItem
from include.discovery.text.cleaning import one_line

_SEVERAL_DAYS: Final = timedelta(hours=24)


def worded_sessions(text: str, span: When, *, language: str | None) -> list[When]:
    """Return the times inside a span of days that a text names; nothing if it names none.

    A text that repeats the span, without hours or weekdays, names none.
    """
    if span.ends_at is None or not _is_of_several_days(span):
        return []
    last_moment = span.ends_at.astimezone(span.timezone) - timedelta.resolution
    first, last = span.local_date, last_moment.date()
    try:
        found = read_dates(
            text, today=first, zone=span.timezone, language=language, window=Window(first, last)
        ).times
    except ValueError:
        return []
    inside = [when for when in found if first <= when.local_date <= last]
    return [] if any(_is_of_several_days(when) for when in inside) else inside


def _is_of_several_days(when: When) -> bool:
    begins = when.starts_at or datetime.combine(when.local_date, time(), when.timezone)
    return when.ends_at is not None and when.ends_at - begins > _SEVERAL_DAYS


def worded_times(
    field: MomentOf,
    scope: Item,
    reader: Reader,
    zone: ZoneInfo,
    *,
    today: date,
    window: Window | None,
) -> list[When]:
    """Return the times that a text names.

    :raises RejectItem: if it names none.
    """
    try:
        text = one_line(reader.raw_text(getter_of(field.path)(scope)))
    except ValueError as error:
        raise RejectItem("unreadable date", error) from None
    if text is None:
        raise RejectItem("no date")
    try:
        found = read_dates(text, today=today, zone=zone, language=reader.language, window=window)
    except ValueError as error:
        raise RejectItem("unreadable date", error) from None
    return list(found.times)
