"""A club with a calendar to subscribe to: a feed of ``.ics`` that its home page names."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from include.demo.ical_text import document
from include.demo.reply import CALENDAR_TYPE, HTML_TYPE, Reply
from tests.sites.site import NOT_FOUND, FakeSite, Question

_FEED = "/calendar/club.ics"
_HOME = (
    '<!DOCTYPE html><title>The club</title><meta name="generator" content="OurOwn 2">'
    f'<link rel="alternate" type="text/calendar" href="{_FEED}" title="Our calendar">'
)


class Site(FakeSite):
    """Three events, one of them on three evenings."""

    kind = "icalendar"

    @property
    def settings(self) -> dict[str, Any]:
        return {"url": f"{self.base}{_FEED}", "timezone": "Europe/Warsaw"}

    @property
    def titles(self) -> set[str]:
        return {"Chess evening", "Summer fair", "Jam session"}

    def answer(self, question: Question) -> Reply:
        if question.path == "/":
            return Reply.of_text(_HOME, content_type=HTML_TYPE)
        if question.path == _FEED:
            return Reply.of_text(self._feed(), content_type=CALENDAR_TYPE)
        return NOT_FOUND

    def _feed(self) -> str:
        return document([
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Club//EN", "X-WR-TIMEZONE:Europe/Warsaw",
            *self._event(1, "Chess evening", 2, "T190000", "RRULE:FREQ=WEEKLY;COUNT=3"),
            *self._event(2, "Summer fair", 15, ""),
            *self._event(3, "CANCELLED: Jam session", 30, "T200000", "LOCATION:Cellar"),
            "END:VCALENDAR",
        ])  # fmt: skip

    def _event(self, number: int, title: str, days: int, clock: str, *more: str) -> list[str]:
        start = f"{self.today + timedelta(days=days):%Y%m%d}{clock}"
        zone = ";TZID=Europe/Warsaw" if clock else ";VALUE=DATE"
        return [
            "BEGIN:VEVENT",
            f"UID:{number}@club.example",
            "DTSTAMP:20260101T000000Z",
            f"DTSTART{zone}:{start}",
            f"SUMMARY:{title}",
            *more,
            "END:VEVENT",
        ]
