"""Renders a city's events as the calendars of its libraries and its university.

The library's calendar is orderly. The university's is what happens when every department has
its own software: Windows zone names, floating times, zone ids of its own, moved occurrences
without their master, and in Helsinki a broken VTIMEZONE and bare line feeds.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from include.demo import ical_text as text
from include.demo.cities import City
from include.demo.model import DemoEvent, DemoSeries, Status
from include.demo.wording import (
    HOSTILE_HTML,
    HOSTILE_URL,
    description_text,
    is_hostile,
    listed_title,
    page_url,
    price_text,
    says_status_in_title,
)

LIBRARY = "demo-library"
UNIVERSITY = "demo-university"

BROKEN_TIMEZONE_CITY = "helsinki"
"""The city whose university calendar has a VTIMEZONE with two TZIDs: icalendar 7.3 refuses the
whole file, so a reader has to salvage it event by event."""

_STATUS = {
    Status.SCHEDULED: "CONFIRMED",
    Status.CANCELLED: "CANCELLED",
    Status.POSTPONED: "TENTATIVE",
    Status.RESCHEDULED: "CONFIRMED",
}


def calendar(
    city: City, source: str, events: Iterable[DemoEvent], series: Iterable[DemoSeries]
) -> str:
    """Return the .ics file of one source in one city."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//Discovery demo//{source}//{city.language.upper()}",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{city.name}\\, {source} (demo)",
        f"X-WR-TIMEZONE:{city.timezone}",
        "X-PUBLISHED-TTL:PT6H",
        *_timezones(city, source),
    ]
    for event in events:
        lines += _event_lines(event, source)
    for one in series:
        lines += _series_lines(one)
    lines.append("END:VCALENDAR")
    return text.document(lines, "\n" if _is_broken(city, source) else "\r\n")


def _is_broken(city: City, source: str) -> bool:
    return source == UNIVERSITY and city.slug == BROKEN_TIMEZONE_CITY


def _timezones(city: City, source: str) -> list[str]:
    if _is_broken(city, source):
        return text.timezone_lines(city, city.timezone, city.windows_timezone)
    lines = text.timezone_lines(city, city.timezone)
    if source == UNIVERSITY:
        lines += text.timezone_lines(city, _own_zone_id(city))
    return lines


def _own_zone_id(city: City) -> str:
    """Return a 'globally unique' id (RFC 5545, 3.8.3.1): a slash and a vendor, then the name."""
    return f"/demo.example/20260101_1/{city.timezone}"


def _event_lines(event: DemoEvent, source: str) -> list[str]:
    dice, modified = event.dice(f"{source} fields"), text.utc(event.modified)
    status = Status.SCHEDULED if says_status_in_title(event) else event.status
    lines = [
        "BEGIN:VEVENT",
        f"UID:{event.key}@{source}.example",
        f"DTSTAMP:{modified}",
        f"LAST-MODIFIED:{modified}",
        f"SEQUENCE:{dice.randint(0, 3)}",
        f"SUMMARY:{text.escaped(listed_title(event, source))}",
        *_when(event, source),
        f"STATUS:{_STATUS[status]}",
        f"CATEGORIES:{text.escaped(event.programme.category)},{event.city.name}",
        f"URL:{HOSTILE_URL if is_hostile(event) else page_url(event, source)}",
        *_description(event),
    ]
    if dice.random() < 0.8:
        lines.append(f"LOCATION:{text.escaped(_location(event, in_full=dice.random() < 0.6))}")
    if dice.random() < 0.3:
        lines.append(f"GEO:{event.venue.latitude};{event.venue.longitude}")
    if dice.random() < 0.5:
        lines.append(f'ORGANIZER;CN="{event.venue.organizer}":mailto:kontakt@{source}.example')
    return [*lines, "END:VEVENT"]


def _location(event: DemoEvent, *, in_full: bool) -> str:
    venue = event.venue
    if not in_full:
        return venue.name
    return f"{venue.name}, {venue.street}, {venue.postcode} {event.locality}"


def _description(event: DemoEvent) -> list[str]:
    plain = f"{description_text(event)}\n{price_text(event)}"
    if is_hostile(event):
        plain = f"{plain}\n{HOSTILE_HTML}"
    lines = [f"DESCRIPTION:{text.escaped(plain)}"]
    if event.chance("html", 0.15):
        markup = "".join(f"<p>{part}</p>" for part in plain.split("\n"))
        lines.append(f"X-ALT-DESC;FMTTYPE=text/html:{text.escaped(markup)}")
    return lines


def _when(event: DemoEvent, source: str) -> list[str]:
    if event.all_day:
        lines = [f"DTSTART;VALUE=DATE:{text.day(event.day)}"]
        after = event.day + timedelta(days=event.days)
        if event.days > 1 or event.chance("day end", 0.5):
            lines.append(f"DTEND;VALUE=DATE:{text.day(after)}")
        return lines
    if source == UNIVERSITY:
        return _careless_times(event)
    zone = event.city.timezone
    return [
        f"DTSTART;TZID={zone}:{text.local(event.starts)}",
        f"DTEND;TZID={zone}:{text.local(event.ends)}",
    ]


def _careless_times(event: DemoEvent) -> list[str]:
    """Write the same moment as each department's software puts it."""
    city, dice = event.city, event.dice("zone")
    wall = text.local(event.starts)
    zone_id = city.timezone if _is_broken(city, UNIVERSITY) else _own_zone_id(city)
    written = dice.choice(
        (
            f"DTSTART;TZID={city.windows_timezone}:{wall}",
            f"DTSTART;TZID={zone_id}:{wall}",
            f"DTSTART:{wall}",
            f"DTSTART:{text.utc(event.starts)}",
        )
    )
    lines = [written]
    if dice.random() < 0.8:
        lines.append(f"DURATION:PT{event.programme.minutes}M")
    if dice.random() < 0.08:
        lines.append(f"RECURRENCE-ID;TZID={city.timezone}:{wall}")
    return lines


def _series_lines(series: DemoSeries) -> list[str]:
    plan, zone = series.plan, series.city.timezone
    uid = f"UID:{plan.slug}-{series.quarter}@{plan.source}.example"
    timestamp = f"DTSTAMP:{text.utc(_at(series, series.days[0]) - timedelta(days=210))}"
    venue = series.city.venue(plan.venue)
    common = [f"SUMMARY:{text.escaped(plan.title)}", f"LOCATION:{text.escaped(venue.name)}"]
    length = timedelta(minutes=plan.minutes)

    def block(start: datetime, *more: str) -> list[str]:
        return [
            "BEGIN:VEVENT",
            uid,
            timestamp,
            f"DTSTART;TZID={zone}:{text.local(start)}",
            f"DTEND;TZID={zone}:{text.local(start + length)}",
            *common,
            *more,
            "END:VEVENT",
        ]

    def instead_of(start: datetime) -> str:
        return f"RECURRENCE-ID;TZID={zone}:{text.local(start)}"

    first, last = _at(series, series.days[0]), _at(series, series.days[-1])
    moved, cancelled = _at(series, series.moved), _at(series, series.cancelled)
    return [
        *block(
            first,
            f"RRULE:FREQ=WEEKLY;UNTIL={text.utc(last)}",
            f"EXDATE;TZID={zone}:{text.local(_at(series, series.skipped))}",
            f"DESCRIPTION:{text.escaped(plan.blurb)}",
        ),
        *block(moved + timedelta(days=1, hours=2), instead_of(moved), "SEQUENCE:1"),
        *block(cancelled, instead_of(cancelled), "SEQUENCE:2", "STATUS:CANCELLED"),
    ]


def _at(series: DemoSeries, day: date) -> datetime:
    return datetime.combine(day, series.plan.hour, series.city.zone)
