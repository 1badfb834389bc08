"""iCalendar feeds: the .ics files of calendars, ticket shops and most event plugins.

Provides
    Title, times, status, place (as text, often with coordinates), description, categories,
    organiser's name, image, URL of the event's page; prices only of All-in-One Event Calendar.
    Recurring events are expanded into occurrences.

Endpoint
    One GET of the feed's URL; ``webcal://`` means https. The format is RFC 5545 with the image and
    conference properties of RFC 7986, also as JSON (jCal, RFC 7265) or XML (xCal, RFC 6321), or
    vCalendar 1.0.

Auth
    None, or the key of the source's connection: as a header, a parameter, a bearer token, with the
    connection's login, or in place of {key} in the URL, which private calendars use.

Rate limit
    One request per sync, conditional; none before the interval that the feed asks for
    (REFRESH-INTERVAL, up to 22 hours).

External id
    The UID; for an occurrence of a series ``UID/20261224T190000``: the start that the rule defines,
    in local time of the record's zone (``UID/20261224`` for all-day events). A moved occurrence
    keeps the id of its original start. ``series_id`` is the UID.

Time zone
    TZID (an IANA, Windows or vendor's name), else the file's own definition of it, else
    X-WR-TIMEZONE, else the setting, else the city's. Where X-WR-TIMEZONE has another time than the
    city, the city wins, and times that name no zone have a warning. Times in UTC and in zones that
    only the file defines are converted to X-WR-TIMEZONE or the setting's zone.

Known quirks
    Broken events are rejected individually, with their line number. Events without a place get the
    venue of the settings. Several events with one UID are distinguished by their start. Rules that
    recur every second are not expanded, and a series is expanded to at most 2,000 occurrences.
    Private events are skipped. 00:00-23:59 and midnight to midnight mean all day. A file without
    END:VCALENDAR was truncated: what was received is loaded and the run is incomplete.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, JsonValue

from include.discovery.connectors.base import (
    Connector,
    DefaultVenueSettings,
    Page,
    ParseContext,
    SyncContext,
)
from include.discovery.connectors.detection import Detection, Site
from include.discovery.connectors.icalendar.detection import is_calendar, offered_calendars
from include.discovery.connectors.icalendar.feed import Feed, read_feed
from include.discovery.connectors.icalendar.refreshing import refresh_interval
from include.discovery.connectors.key import KeySettings, with_key
from include.discovery.connectors.paging import ListState
from include.discovery.fetch.protocol import Fetcher
from include.discovery.fetch.reading import get_whole
from include.discovery.field_types import WebUrl
from include.discovery.fingerprints import ReadItem
from include.discovery.model import SourceRole
from include.discovery.parsed import Parsed
from include.discovery.sites import same_site
from include.discovery.text.encoding import charset_of

_PAGE_SIZE = 500
_MOST_LOOKS = 2


def _as_https(url: object) -> object:
    if isinstance(url, str) and url.strip().lower().startswith(("webcal://", "webcals://")):
        return f"https://{url.strip().partition('://')[2]}"
    return url


class ICalendarSettings(DefaultVenueSettings, KeySettings):
    """Settings of an iCalendar feed."""

    url: Annotated[WebUrl, BeforeValidator(_as_https)] = Field(
        description="URL of the feed (.ics). webcal:// is read as https://. In a private URL, write"
        " {key} in place of its secret part."
    )


class ICalendar(Connector[ICalendarSettings]):
    """Any RFC 5545 feed."""

    kind = "icalendar"
    settings_model = ICalendarSettings
    usual_role = SourceRole.ORGANIZER

    def parse(self, body: bytes, context: ParseContext[ICalendarSettings]) -> Parsed:
        """Read a feed, as the module's docstring describes."""
        feed = _read(body, context)
        return Parsed(feed.records, feed.rejects, read=feed.read, skipped=feed.skipped)

    async def pages(
        self, context: SyncContext[ICalendarSettings], fetch: Fetcher
    ) -> AsyncIterator[Page]:
        """Fetch the feed and yield its records, 500 per page, in document order.

        The feed is one document and is fetched whole again by a retry. The cursor of a page is how
        many records come up to its end, with a fingerprint of the list of ids: a retry that gets
        the same list goes on from there, any other starts again (loading is idempotent). Rejects
        come with the first page.
        """
        feed = await get_whole(
            with_key(fetch, context.settings, context.credentials, (context.settings.url,)),
            context.settings.url,
            lambda answer: _read(answer.body, context, charset_of(answer.headers)),
            breaks_off=lambda feed: feed.broken_off,
            words="The calendar is truncated: no END:VCALENDAR.",
        )
        state = ListState.of(record.external_id for record in feed.records)
        state = state.resumed(context.cursor)
        while True:
            begin, end = state.loaded, state.loaded + _PAGE_SIZE
            records = feed.records[begin:end]
            state = state.after(begin + len(records))
            is_last = end >= len(feed.records)
            yield Page(
                records,
                feed.rejects if begin == 0 else (),
                read=_read_between(feed, begin, None if is_last else end),
                skipped=feed.skipped if begin == 0 else (),
                cursor=state.cursor,
                expected=feed.count,
                incomplete_reason=_incomplete_reason(feed) if is_last else None,
            )
            if is_last:
                return

    def has_one_document(self, settings: ICalendarSettings) -> bool:  # noqa: ARG002
        """Return that a feed is one document."""
        return True

    def asked_interval(self, body: bytes) -> timedelta | None:
        """Return the feed's REFRESH-INTERVAL (RFC 7986), or its older X-PUBLISHED-TTL."""
        return refresh_interval(body)

    async def detect(self, site: Site) -> Sequence[Detection]:
        """Accept the URL as a calendar, else the two most likely ones that its page offers."""
        if is_calendar(site.response.body):
            return (Detection({"url": site.response.url}, ("the address is an iCalendar feed",)),)
        if site.page is None:
            return ()
        offered: dict[str, str] = {}
        for url, reason in offered_calendars(site.page, site.response.url):
            offered.setdefault(url, reason)
        detections = []
        for url, reason in islice(offered.items(), _MOST_LOOKS):
            answer = await site.look(url)
            if answer is not None and is_calendar(answer.body):
                settings: dict[str, JsonValue] = {"url": url}
                evidence = [f"{url} is an iCalendar feed", reason]
                if not same_site(url, answer.url):
                    host = urlsplit(answer.url).hostname or ""
                    settings["redirect_hosts"] = [host]
                    evidence.append(f"it is on another site, {host}")
                detections.append(Detection(settings, tuple(evidence)))
        return detections


def _read_between(feed: Feed, begin: int, end: int | None) -> list[ReadItem]:
    """Return what the records from one place up to another were made of, by places in their page.

    :param end: ``None``: all that follow.
    """
    first = bisect_left(feed.read, begin, key=_first_of)
    last = None if end is None else bisect_left(feed.read, end, key=_first_of)
    return [
        replace(item, first=item.first - begin, end=item.end - begin)
        for item in feed.read[first:last]
    ]


def _first_of(item: ReadItem) -> int:
    return item.first


def _incomplete_reason(feed: Feed) -> str | None:
    """Return what was not read of the calendar, in words."""
    reasons = []
    if feed.left_out:
        reasons.append(f"{feed.left_out} events with one UID were not read")
    if feed.without_begin:
        reasons.append(
            f"events that cannot be read because BEGIN:VEVENT is missing: {feed.without_begin}"
        )
    if feed.broken_off:
        reasons.append("the calendar is truncated: no END:VCALENDAR")
    return "; ".join(reasons) or None


def _read(
    body: bytes, context: ParseContext[ICalendarSettings], charset: str | None = None
) -> Feed:
    return read_feed(
        body,
        context.timezone,
        context.window,
        city=context.city,
        default_venue=context.settings.default_venue,
        charset=charset,
        fingerprints=context.fingerprints,
    )
