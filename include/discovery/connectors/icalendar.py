"""iCalendar feeds: what calendars, ticket shops and most event plug-ins export as ``.ics``.

Provides
    Title, times, status, place (as text, often with coordinates), description, categories,
    organiser's name, image, page address. Recurring events come as their occurrences.

Endpoint
    One GET of the feed's address; ``webcal://`` means https. The format is RFC 5545 with the image
    and conference properties of RFC 7986.

Auth
    None. Private feeds carry a secret in their address: keep those out of the settings.

Rate limit
    One request a sync. Feeds ask for an hour to a day between requests (REFRESH-INTERVAL).

External id
    The UID; for an occurrence of a series ``UID/20261224T190000``: the start that its rule gave it,
    local time in the record's zone (``UID/20261224`` for all-day events). A moved occurrence keeps
    the id of the start it was moved from. ``series_id`` is the UID.

Time zone
    TZID (IANA, Windows or vendor's name), else the file's own definition of it, else X-WR-TIMEZONE,
    else the setting, else the city's. Times in UTC and in zones that only the file defines are
    shown in X-WR-TIMEZONE or the setting's zone.

Known quirks
    Broken events are rejected one by one, with their line. Events without a place get the venue of
    the settings. Several events under one UID are told apart by their start. Rules that recur every
    second are not followed, and no series beyond 2,000 occurrences. Private events are left out.
    00:00-23:59 and midnight to midnight mean all day. A file without END:VCALENDAR was cut short:
    what came is loaded and the run counts as incomplete.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Annotated

from pydantic import BeforeValidator, Field

from include.discovery.connectors.base import (
    Connector,
    ConnectorSettings,
    Page,
    ParseContext,
    SyncContext,
)
from include.discovery.extract.icalendar.feed import Feed, read_feed
from include.discovery.extract.items import Parsed
from include.discovery.fetch.contract import Fetcher
from include.discovery.model import CountryCode, Latitude, Longitude, Text, Venue, WebUrl

_PAGE_SIZE = 500


def _as_https(url: object) -> object:
    if isinstance(url, str) and url.strip().lower().startswith(("webcal://", "webcals://")):
        return f"https://{url.strip().partition('://')[2]}"
    return url


class ICalendarSettings(ConnectorSettings):
    """Settings of an iCalendar feed."""

    url: Annotated[WebUrl, BeforeValidator(_as_https)] = Field(
        description="Address of the feed (.ics). webcal:// is taken as https://."
    )
    venue_name: Text | None = Field(
        None, description="Venue of events that name no place, as in the feed of a single venue."
    )
    venue_street: Text | None = Field(None, description="Street and number of that venue.")
    venue_postcode: Text | None = Field(None, description="Postcode of that venue.")
    venue_locality: Text | None = Field(None, description="Town of that venue.")
    venue_country: CountryCode | None = Field(
        None, description="Country of that venue, two letters (ISO 3166-1)."
    )
    venue_latitude: Latitude | None = Field(
        None, description="Latitude of that venue, in degrees; only together with the longitude."
    )
    venue_longitude: Longitude | None = Field(
        None, description="Longitude of that venue, in degrees; only together with the latitude."
    )

    @property
    def default_venue(self) -> Venue | None:
        """The venue of events that name no place, if one is configured."""
        if self.venue_name is None and self.venue_street is None:
            return None
        located = self.venue_latitude is not None and self.venue_longitude is not None
        return Venue(
            name=self.venue_name,
            street=self.venue_street,
            postcode=self.venue_postcode,
            locality=self.venue_locality,
            country=self.venue_country,
            latitude=self.venue_latitude if located else None,
            longitude=self.venue_longitude if located else None,
        )


class ICalendar(Connector[ICalendarSettings]):
    """Any RFC 5545 feed."""

    kind = "icalendar"
    settings_model = ICalendarSettings

    def parse(self, body: bytes, context: ParseContext[ICalendarSettings]) -> Parsed:
        """Read a feed; see the module's docstring for what becomes of what."""
        feed = _read(body, context)
        return Parsed(feed.records, feed.rejects)

    async def pages(
        self, context: SyncContext[ICalendarSettings], fetch: Fetcher
    ) -> AsyncIterator[Page]:
        """Fetch the feed and yield its records, 500 a page, in the order of the document.

        The feed is one document and is fetched whole again by a retry. The cursor of a page is how
        many records come up to its end, with a fingerprint of the list of ids: a retry that gets
        the same list goes on from there, any other starts again (loading is idempotent). Rejects
        come with the first page.
        """
        response = await fetch.get(context.settings.url)
        feed = _read(response.body, context)
        ids = "\n".join(record.external_id for record in feed.records)
        fingerprint = hashlib.sha256(ids.encode()).hexdigest()[:16]
        position = _position(context.cursor, fingerprint)
        while True:
            end = position + _PAGE_SIZE
            records = feed.records[position:end]
            yield Page(
                records,
                feed.rejects if position == 0 else (),
                cursor=f"{position + len(records)}@{fingerprint}",
                expected=len(feed.records) + len(feed.rejects),
                gap="the calendar breaks off: no END:VCALENDAR" if feed.broken_off else None,
            )
            position = end
            if position >= len(feed.records):
                return


def _read(body: bytes, context: ParseContext[ICalendarSettings]) -> Feed:
    return read_feed(
        body,
        context.timezone,
        context.window,
        city=context.city,
        default_venue=context.settings.default_venue,
    )


def _position(cursor: str | None, fingerprint: str) -> int:
    count, _, of_list = (cursor or "").partition("@")
    return int(count) if of_list == fingerprint and count.isdecimal() else 0
