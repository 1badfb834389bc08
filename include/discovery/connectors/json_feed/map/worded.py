"""Dates that an item tells in words: ``Fri 3 and Sat 4 May, 8 pm``."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from include.discovery.connectors.json_feed.map.fields import MomentOf
from include.discovery.connectors.json_feed.map.paths import Item, getter_of
from include.discovery.connectors.json_feed.map.values import Reader
from include.discovery.dates.times import When
from include.discovery.dates.worded.parsing import read_dates
from include.discovery.model import Window
from include.discovery.parsed import RejectItem
from include.discovery.text.cleaning import one_line


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
