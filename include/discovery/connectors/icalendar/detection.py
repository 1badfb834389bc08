"""Calendars that a page offers: by links, by subscription buttons, by calendars it embeds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, quote, urlsplit

from include.discovery.connectors.icalendar.representations import is_representation
from include.discovery.formats.html_page import HtmlPage

_GOOGLE = "https://calendar.google.com/calendar/ical/{}/public/basic.ics"
_MEETUP_GROUP = re.compile(r"/(?:[a-z]{2}-[A-Z]{2}/)?([\w-]{3,100})(?:/|/events/?)?")
_MEETUP_PAGES = {"find", "about", "apps", "login", "register", "topics", "pro", "blog", "help"}


def is_calendar(body: bytes) -> bool:
    """Return whether a document is an iCalendar feed, by its first line; jCal and xCal count."""
    head = body[:2_000].lstrip(b"\xef\xbb\xbf \t\r\n").upper()
    return head.startswith(b"BEGIN:VCALENDAR") or is_representation(body)


def offered_calendars(page: HtmlPage, address: str) -> Iterator[tuple[str, str]]:
    """Yield URLs of calendars, the most certain first, each with its evidence.

    :param address: of the page.
    """
    for link in page.links("alternate", "text/calendar"):
        yield _as_https(link.url), "the page names it as its calendar (link rel=alternate)"
    if meetup := _meetup(address):
        yield meetup, "groups on Meetup have their events under /events/ical/"
    anchors = list(page.anchors())
    for anchor in anchors:
        if urlsplit(anchor.url).scheme in {"webcal", "webcals"}:
            yield _as_https(anchor.url), "the page offers it as a subscription (webcal:)"
    for frame in page.frames():
        for calendar in _google(frame.url):
            yield _GOOGLE.format(quote(calendar, safe="")), f"the page shows Google's {calendar}"
    for anchor in anchors:
        if urlsplit(anchor.url).path.lower().endswith(".ics"):
            yield _as_https(anchor.url), "the page links to it"


def _as_https(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"https://{rest}" if scheme.lower() in {"webcal", "webcals"} else url


def _google(frame: str) -> list[str]:
    """Return the ids of the Google calendars that a frame shows."""
    parts = urlsplit(frame)
    if parts.hostname not in {"calendar.google.com", "www.google.com"}:
        return []
    return parse_qs(parts.query).get("src", []) if "/calendar" in parts.path else []


def _meetup(address: str) -> str | None:
    parts = urlsplit(address)
    if parts.hostname not in {"meetup.com", "www.meetup.com"}:
        return None
    group = _MEETUP_GROUP.fullmatch(parts.path)
    if group is None or group[1] in _MEETUP_PAGES:
        return None
    return f"https://www.meetup.com/{group[1]}/events/ical/"
