"""The calendars: readable where they should be, broken where they are meant to be."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache

import icalendar
import pytest

from include.demo.catalogue import build
from include.demo.generator import listed, series_for
from include.demo.ical import BROKEN_TIMEZONE_CITY
from include.demo.site import DemoSite
from include.demo.wording import HOSTILE_URL

PARTS_OF_A_SERIES = 3
READABLE = (
    "/library/helsinki.ics",
    "/library/krakow.ics",
    "/library/paris.ics",
    "/university/krakow.ics",
)
BROKEN = f"/university/{BROKEN_TIMEZONE_CITY}.ics"


def text_of(site: DemoSite, path: str) -> str:
    reply = site.answer(path, {})
    assert reply.status == 200
    assert reply.headers["Content-Type"].startswith("text/calendar")
    return reply.body.decode("utf-8")


def events_of(site: DemoSite, path: str) -> list[icalendar.Event]:
    return parsed(text_of(site, path))


@cache
def parsed(text: str) -> list[icalendar.Event]:
    """Parse a calendar once for all tests that only look at it."""
    return list(icalendar.Calendar.from_ical(text).walk("VEVENT"))


@pytest.mark.slow
@pytest.mark.parametrize("path", READABLE)
def test_the_calendar_holds_every_event_without_an_error(
    site: DemoSite, path: str, today: date
) -> None:
    source, city = f"demo-{path.split('/')[1]}", path.split("/")[2].removesuffix(".ics")
    events = events_of(site, path)
    single, series = listed(city, source, today), series_for(city, source, today)
    assert len(events) == len(single) + PARTS_OF_A_SERIES * len(series)
    assert not [event.errors for event in events if event.errors]
    assert len({event["UID"] for event in events}) == len(single) + len(series)


def test_the_broken_time_zone_breaks_the_file_but_not_its_events(
    site: DemoSite, today: date
) -> None:
    text = text_of(site, BROKEN)
    with pytest.raises(AttributeError):
        icalendar.Calendar.from_ical(text)
    blocks = re.findall(r"BEGIN:VEVENT\n.*?END:VEVENT\n", text, re.DOTALL)
    events = [icalendar.Event.from_ical(block) for block in blocks]
    single = listed(BROKEN_TIMEZONE_CITY, "demo-university", today)
    assert {event.key for event in single} <= {str(event["UID"]).split("@")[0] for event in events}
    assert "\r" not in text


@pytest.mark.parametrize("path", [*READABLE, BROKEN])
def test_lines_are_folded_at_75_octets(site: DemoSite, path: str) -> None:
    lines = text_of(site, path).splitlines()
    assert max(len(line.encode("utf-8")) for line in lines) <= 75
    assert any(line.startswith(" ") for line in lines)


def test_the_starts_in_the_library_calendar_are_right(site: DemoSite, today: date) -> None:
    starts = {
        str(event["UID"]).split("@")[0]: event["DTSTART"].dt
        for event in events_of(site, "/library/helsinki.ics")
        if "RECURRENCE-ID" not in event
    }
    for event in listed("helsinki", "demo-library", today):
        assert starts[event.key] == (event.day if event.all_day else event.starts)


def test_a_whole_day_ends_on_the_day_after_the_last(site: DemoSite, today: date) -> None:
    ends = {
        str(event["UID"]).split("@")[0]: event["DTEND"].dt
        for event in events_of(site, "/library/krakow.ics")
        if "DTEND" in event
    }
    shows = [event for event in listed("krakow", "demo-library", today) if event.days > 1]
    assert shows
    for event in shows:
        assert ends[event.key] == event.day + timedelta(days=event.days)


def test_a_series_has_a_rule_an_exception_a_move_and_a_cancellation(site: DemoSite) -> None:
    parts = [
        event
        for event in events_of(site, "/library/paris.ics")
        if event["UID"].startswith("echecs-2026q2")
    ]
    master, moved, cancelled = parts
    assert master["RRULE"]["FREQ"] == ["WEEKLY"]
    assert isinstance(master["EXDATE"].dts[0].dt, datetime)
    assert moved["DTSTART"].dt - moved["RECURRENCE-ID"].dt == timedelta(days=1, hours=2)
    assert cancelled["STATUS"] == "CANCELLED"


def test_the_university_writes_times_in_every_form(site: DemoSite) -> None:
    text = text_of(site, "/university/krakow.ics")
    assert "DTSTART;TZID=Central European Standard Time:" in text
    assert "DTSTART;TZID=/demo.example/20260101_1/Europe/Warsaw:" in text
    assert re.search(r"^DTSTART:\d{8}T\d{6}\r$", text, re.MULTILINE)
    assert re.search(r"^DTSTART:\d{8}T\d{6}Z\r$", text, re.MULTILINE)
    assert "X-WR-TIMEZONE:Europe/Warsaw" in text
    assert "DURATION:PT90M" in text
    assert "RECURRENCE-ID" in text
    assert "DTSTART;VALUE=DATE:" in text


def test_some_listings_of_the_calendars_are_hostile(site: DemoSite) -> None:
    text = "".join(text_of(site, path) for path in READABLE)
    assert f"URL:{HOSTILE_URL}" in text
    assert "<script>" in text.replace("\r\n ", "")


def test_an_unchanged_calendar_has_an_unchanged_etag(make_site: Callable[[], DemoSite]) -> None:
    path = READABLE[0]
    one, other = make_site().answer(path, {}), make_site().answer(path, {})
    assert one.headers["ETag"] == other.headers["ETag"]


@pytest.mark.slow
def test_the_same_day_renders_the_same_bytes_of_a_calendar(today: date) -> None:
    assert build.__wrapped__(today, 0) == build(today, 0)
