"""Writes small feeds and reads them, for the tests of iCalendar."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from include.discovery.connectors.base import ParseContext
from include.discovery.connectors.icalendar.connector import ICalendar, ICalendarSettings
from include.discovery.connectors.icalendar.feed import Feed, read_feed
from include.discovery.model import City, EventRecord, Window

WARSAW = ZoneInfo("Europe/Warsaw")

CUSTOM_ZONE = """BEGIN:VTIMEZONE
TZID:Our own time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0300
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0200
TZOFFSETTO:+0300
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""
"""Two hours east of Greenwich, three in summer, under a name that nobody else knows."""


def event(*lines: str, uid: str | None = "a@example.org", title: str | None = "Night Walk") -> str:
    """Write a VEVENT with these lines."""
    head = [f"UID:{uid}"] if uid else []
    head += [f"SUMMARY:{title}"] if title else []
    return "\n".join(["BEGIN:VEVENT", *head, *lines, "END:VEVENT"])


def feed(*parts: str) -> bytes:
    """Write a calendar of these components and properties."""
    text = "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *parts, "END:VCALENDAR", ""])
    return text.replace("\n", "\r\n").encode()


def context(
    window: Window | None = None,
    zone: ZoneInfo = WARSAW,
    city: City | None = None,
    **settings: object,
) -> ParseContext[ICalendarSettings]:
    """Build what a parser gets in addition to the bytes."""
    values = {"url": "https://feeds.example.org/all.ics", **settings}
    return ParseContext(ICalendarSettings.model_validate(values), zone, window, city=city)


def read(body: bytes, *window: date, zone: ZoneInfo = WARSAW) -> Feed:
    """Read a feed in a window (first day, last day) or without one."""
    return read_feed(body, zone, Window(*window) if window else None)


def records(*parts: str, zone: ZoneInfo = WARSAW) -> list[EventRecord]:
    """Read a calendar of these parts, in which nothing may be rejected."""
    parsed = ICalendar().parse(feed(*parts), context(zone=zone))
    assert not parsed.rejects
    return list(parsed.records)


def record(*lines: str, **more: str | None) -> EventRecord:
    """Read a calendar of one event with these lines."""
    (only,) = records(event("DTSTART:20260307T190000", *lines, **more))
    return only


def starts(found: list[EventRecord]) -> list[str]:
    """List when records begin: local date and time, or the date alone."""
    return [
        f"{item.starts_at:%Y-%m-%d %H:%M}" if item.starts_at else f"{item.local_date}"
        for item in found
    ]
