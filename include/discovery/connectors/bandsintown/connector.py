"""Bandsintown: concerts of a list of artists, or in a city.

Provides: title, times, venue (always with coordinates for an artist's dates), line-up, picture, and
whether admission is free. A city's page has one event per artist, so a show with three artists is
three events.

Endpoint: for ``artists`` the public API, ``GET {api}/artists/{name}/events`` (version 3), filtered
by date; it cannot search by city. For ``city_page`` the page of a city, which holds its events in a
JavaScript object, and ``GET /all-dates/fetch-next/upcomingEvents`` for the pages that follow.

Auth: the terms require written consent for both the API and the pages: ``has_permission`` confirms
that you have it. The API also requires an ``app_id``, stored as the password of the Airflow
connection ``discovery_bandsintown`` (``discovery_<source>`` for a source with another name). It is
sent to rest.bandsintown.com, or to the host that the connection names instead. It is part of the
URL, and responses repeat it in their URLs, from which it is removed.

Rate limit: none published; responses may be 429. Artists and pages are requested one at a time.

External id: the number in the event's URL (``/e/1030848839``), the same from the API and the pages.

Time zone: a city's page names the zone of each event. The API names none: the setting's or the
city's zone applies in its own country, and the venue country's zone elsewhere. Where that country
has several, the date is kept and the time is dropped.

Known quirks: for an unknown artist the API returns an empty string: that artist is rejected, and
the others are still read. ``/``, ``?``, ``*`` and quotation marks in names have the API's own
escapes. A show without a title is named after its line-up. The value ``date`` of
``datetime_display_rule`` means that the time is unknown. Festivals have days instead of times. A
city's page covers a radius of 100 km, across borders. A URL of an unknown city (``/c/krakow``
instead of ``/c/krakow-poland``) shows New York, so the page is checked to be about the requested
city.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from pydantic import Field

from include.discovery.connectors.bandsintown.api import (
    ArtistEvents,
    event_record,
    known_as,
    read_artist_events,
)
from include.discovery.connectors.bandsintown.city import (
    CityListing,
    city_event_known_as,
    city_event_record,
    is_city_page,
    is_next_page,
    read_city_page,
    read_next_page,
)
from include.discovery.connectors.bandsintown.paging import (
    CityState,
    artist_events,
    artists_from,
    city_pages,
)
from include.discovery.connectors.bandsintown.shared import read_json, without_key
from include.discovery.connectors.base import (
    BaseUrl,
    Connector,
    KeyUse,
    Page,
    ParseContext,
    PermissionSettings,
    SyncContext,
)
from include.discovery.connectors.detection import Detection, Site, evidence_by_name
from include.discovery.errors import InvalidSettings, MissingConnection
from include.discovery.fetch.protocol import Fetcher
from include.discovery.field_types import WebUrl
from include.discovery.model import EventRecord, Reject
from include.discovery.parsed import Parsed, parse_items

_API = "https://rest.bandsintown.com"
_HOST = re.compile(r"(?:www\.)?bandsintown\.com")
_UNKNOWN_ARTIST = "artist not found"


class BandsintownSettings(PermissionSettings):
    """Settings of a list of artists, or of a city."""

    artists: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...] = Field(
        (), description="Artists to read, by name or as id_123. Not together with city_page."
    )
    city_page: WebUrl | None = Field(
        None,
        description="Page of a city, such as https://www.bandsintown.com/c/krakow-poland. Not"
        " together with artists.",
    )
    api_url: BaseUrl = Field(_API, description="URL of the API for artists.")


class Bandsintown(Connector[BandsintownSettings]):
    """Bandsintown, by artist or by city, with its permission."""

    kind = "bandsintown"
    settings_model = BandsintownSettings
    api_hosts: ClassVar = (_API,)

    def key_use(self, settings: BandsintownSettings) -> KeyUse | None:
        """Return the artists' API as the receiver of the key; a city's page gets none."""
        return KeyUse(settings.api_url) if settings.artists else None

    def parse(self, body: bytes, context: ParseContext[BandsintownSettings]) -> Parsed:
        """Read an artist's dates, the page of a city, or one that follows it.

        :raises UnreadableResponse: if it is anything else.
        """
        body = without_key(body)
        if is_city_page(body):
            return _of_city(read_city_page(body), context)
        document = read_json(body)
        if is_next_page(document):
            return _of_city(read_next_page(document), context)
        return _of_artist(read_artist_events(document), context, "the artist")

    async def pages(
        self, context: SyncContext[BandsintownSettings], fetch: Fetcher
    ) -> AsyncIterator[Page]:
        """Yield a page for each artist, or the pages of a city.

        :raises InvalidSettings: without artists and city, with both, or if the page is of another
            city.
        :raises MissingConnection: for artists, without a key.
        """
        settings = context.settings
        if bool(settings.artists) == (settings.city_page is not None):
            raise InvalidSettings("bandsintown needs either artists or a city_page, not both")
        if settings.city_page is None:
            async for page in _artists(context, fetch):
                yield page
            return
        state = CityState.at_start(context.window).resumed(context.cursor)
        if state.done:  # every page is loaded, but the run did not finish
            yield state.as_page(Parsed())
        async for reached, listing in city_pages(fetch, settings.city_page, context.city, state):
            where = f"page {reached.page}, "
            reason = None
            if reached.latitude is None:
                reason = "the city's page does not say where the next page is"
            yield reached.as_page(_of_city(listing, context, where), reason)

    async def detect(self, site: Site) -> Sequence[Detection]:
        """Recognise the page of a city by its address."""
        named = evidence_by_name(site, _HOST, "Bandsintown")
        if named is None:
            return ()
        parts = urlsplit(site.response.url)
        evidence = (
            named,
            "its terms require written consent: do not add it without that",
        )
        if not parts.path.startswith("/c/"):
            return (Detection({}, (*evidence, "it needs artists, or the page of a city")),)
        return (Detection({"city_page": f"{parts.scheme}://{parts.netloc}{parts.path}"}, evidence),)


async def _artists(
    context: SyncContext[BandsintownSettings], fetch: Fetcher
) -> AsyncIterator[Page]:
    if context.credentials is None:
        raise MissingConnection(
            "needs connection discovery_bandsintown with the app_id as its password"
        )
    settings = context.settings
    for artist in artists_from(settings.artists, context.cursor):
        key = context.credentials.key
        events = await artist_events(fetch, settings.api_url, artist, key, context.window)
        parsed = _of_artist(events, context, artist)
        reason = f"{_UNKNOWN_ARTIST}: {artist}" if events is None else None
        yield Page(parsed.records, parsed.rejects, cursor=artist, incomplete_reason=reason)


def _of_artist(
    events: ArtistEvents | None, context: ParseContext[BandsintownSettings], artist: str
) -> Parsed:
    if events is None:
        return Parsed((), (Reject(_UNKNOWN_ARTIST, artist),))

    def parse_item(item: object) -> EventRecord | None:
        return context.wanted(event_record(item, events.pictures, context.timezone))

    return parse_items(
        events.items, parse_item, lambda n, item: _describe(n, item, f"{artist}, "), known_as
    )


def _of_city(
    listing: CityListing, context: ParseContext[BandsintownSettings], where: str = ""
) -> Parsed:
    def parse_item(item: object) -> EventRecord | None:
        return context.wanted(city_event_record(item, listing.details, context.timezone))

    return parse_items(
        listing.items, parse_item, lambda n, item: _describe(n, item, where), city_event_known_as
    )


def _describe(position: int, item: object, where: str) -> str:
    named = item if isinstance(item, dict) else {}
    label = named.get("id") or named.get("eventUrl") or named.get("title")
    said = f" ({str(label).partition('?')[0][:100]})" if label else ""
    return f"{where}event {position + 1}{said}"
