"""Bandsintown: concerts, either of a list of artists or of a city.

Provides: title, times, venue (of artists' dates always with coordinates), line-up, picture, and
whether it is free. A city's listing has one event per artist, so a show of three is three events.

Endpoint: for ``artists`` the public API, ``GET {api}/artists/{name}/events`` (version 3), by days;
it knows no cities. For ``city_page`` the page of a city, whose events stand in a JavaScript object,
and ``GET /all-dates/fetch-next/upcomingEvents`` for the pages that follow.

Auth: the terms ask for written consent, for the API as for the pages: ``has_permission`` says that
you have it. The API wants an ``app_id`` besides, as the password of the Airflow connection
``discovery_bandsintown`` (``discovery_<source>`` for a source of another name). It goes to
rest.bandsintown.com, or to the host that the connection names instead. It stands in the address;
answers repeat it in theirs, from which it is taken out.

Rate limit: none published; answers may be 429. Artists and pages are asked for one after another.

External id: the number in the address of the event (``/e/1030848839``), the same in both ways.

Time zone: a city's listing names the zone of each event. The API names none: the setting's or the
city's zone holds in its own country, and that of the venue's country elsewhere; where that has
several, the day is kept and the hour is not.

Known quirks: an artist whom the API does not know gives an empty text: it is rejected, the others
go on. ``/``, ``?``, ``*`` and quotation marks in names are written in the API's own way. A show
without a title is called by its line-up. ``datetime_display_rule`` date means that the hour is not
known. Festivals have days instead. A city's listing reaches 100 km far and over borders. An address
of a city that it does not know (``/c/krakow`` for ``/c/krakow-poland``) shows New York: the page
must be of the city that was asked for.
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
        (), description="Artists whose dates are wanted, by name or as id_123. Not with city_page."
    )
    city_page: WebUrl | None = Field(
        None,
        description="Page of a city, as https://www.bandsintown.com/c/krakow-poland. Not with"
        " artists.",
    )
    api_url: BaseUrl = Field(_API, description="Address of the API for artists.")


class Bandsintown(Connector[BandsintownSettings]):
    """Bandsintown, by artist or by city, with its consent."""

    kind = "bandsintown"
    settings_model = BandsintownSettings
    api_hosts: ClassVar = (_API,)

    def key_use(self, settings: BandsintownSettings) -> KeyUse | None:
        """Say that the key goes to the API of artists; the page of a city gets none."""
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
        if state.done:  # every page is loaded; it was the run that did not come to its end
            yield state.as_page(Parsed())
        async for reached, listing in city_pages(fetch, settings.city_page, context.city, state):
            where = f"page {reached.page}, "
            reason = None
            if reached.latitude is None:
                reason = "the page of the city does not say where the next one is"
            yield reached.as_page(_of_city(listing, context, where), reason)

    async def detect(self, site: Site) -> Sequence[Detection]:
        """Recognise the page of a city by its address."""
        named = evidence_by_name(site, _HOST, "Bandsintown")
        if named is None:
            return ()
        parts = urlsplit(site.response.url)
        evidence = (
            named,
            "its terms ask for written consent: without it, set nothing up",
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
