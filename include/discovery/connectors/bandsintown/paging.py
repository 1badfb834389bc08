"""The two ways through Bandsintown: artist by artist, and page by page of a city."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Sequence
from urllib.parse import quote, urlsplit

from include.discovery.connectors.bandsintown.api import ArtistEvents, read_artist_events
from include.discovery.connectors.bandsintown.city import (
    CityListing,
    read_city_page,
    read_next_page,
)
from include.discovery.connectors.bandsintown.shared import read_json, without_key
from include.discovery.connectors.paging import Answer, Seen, SpanState
from include.discovery.errors import InvalidSettings, NotFound, UnreadableResponse
from include.discovery.fetch.protocol import Fetcher
from include.discovery.fetch.reading import get_read
from include.discovery.model import City, Window
from include.discovery.response import Response

_KM_PER_DEGREE = 111.0
_NEAR_KM = 50.0
_SPELLED = {"/": "%252F", "?": "%253F", "*": "%252A", '"': "%27C"}
"""Escapes that the API's documentation prescribes; other characters are encoded once."""


class CityState(SpanState):
    """State of a sync in a city's pages; pages after the first are requested by position."""

    latitude: float | None = None
    longitude: float | None = None


def artists_from(artists: Sequence[str], cursor: str | None) -> Sequence[str]:
    """Return the artists that come after the one that was loaded last."""
    return artists[artists.index(cursor) + 1 :] if cursor in artists else artists


async def artist_events(
    fetch: Fetcher, api_url: str, artist: str, key: str, window: Window
) -> ArtistEvents | None:
    """Request the dates of an artist; ``None`` if the artist is unknown.

    :raises UnreadableResponse: if the response is not from the API.
    """
    name = "".join(_SPELLED.get(letter) or quote(letter, safe="") for letter in artist)
    try:
        return await get_read(
            fetch,
            f"{api_url}/artists/{name}/events",
            lambda answer: read_artist_events(read_json(without_key(answer.body))),
            params={"app_id": key, "date": f"{window.start},{window.end}"},
            headers={"accept": "application/json"},
            secrets=("app_id",),
        )
    except NotFound:
        return None


async def city_pages(
    fetch: Fetcher, page_url: str, city: City | None, state: CityState
) -> AsyncIterator[tuple[CityState, CityListing]]:
    """Yield the pages of a city after a state, each with its own.

    :raises InvalidSettings: if the page is of another city.
    """
    seen = Seen()
    while not state.done:
        if state.page == 0:
            listing = await get_read(fetch, page_url, lambda answer: read_city_page(answer.body))
            check_city(listing, page_url, city)
            north, east = listing.centre or (None, None)
            state = state.model_copy(update={"latitude": north, "longitude": east})
        else:
            try:
                listing = await _next_page(fetch, page_url, state)
            except NotFound:
                yield state.past_the_end(), CityListing(())
                return
        state = state.after(Answer([identity(item) for item in listing.items]), seen)
        # Ordered by date: all later events are outside the window.
        if listing.begins_after(state.until) or state.latitude is None:
            state = state.past_the_end()
        yield state, listing


async def _next_page(fetch: Fetcher, page_url: str, state: CityState) -> CityListing:
    """Request the page after a state.

    :raises NotFound: after the last page, unless the API returns an empty one.
    """
    site = urlsplit(page_url)
    return await get_read(
        fetch,
        f"{site.scheme}://{site.netloc}/all-dates/fetch-next/upcomingEvents",
        lambda answer: read_next_page(_not_empty(answer)),
        params={
            "page": state.next_page,
            "longitude": state.longitude or 0.0,
            "latitude": state.latitude or 0.0,
        },
        headers={"accept": "application/json"},
    )


def _not_empty(answer: Response) -> object:
    """Read JSON; unlike an artist's response, a city's page is never an empty string."""
    document = read_json(answer.body)
    if document == "":
        raise UnreadableResponse("The answer is empty; expected a page of a city's events.")
    return document


def check_city(listing: CityListing, page_url: str, city: City | None) -> None:
    """Reject a page of another city: Bandsintown shows New York for unknown URLs.

    :raises InvalidSettings: if it is about another city.
    """
    shown = listing.name or "another city"
    asked = urlsplit(page_url).path.rstrip("/")
    if listing.path is not None and listing.path.rstrip("/") != asked:
        raise InvalidSettings(
            f"the page shows {shown} ({listing.path}): correct city_page; Bandsintown shows New"
            " York for URLs that it does not know",
            address=page_url,
        )
    if city is None or listing.centre is None:
        return
    north, east = listing.centre
    away = math.hypot(
        (north - city.latitude) * _KM_PER_DEGREE,
        (east - city.longitude) * _KM_PER_DEGREE * math.cos(math.radians(city.latitude)),
    )
    if away > max(city.radius_km, _NEAR_KM):
        raise InvalidSettings(
            f"the page shows {shown}, {away:.0f} km away from {city.name}: correct city_page",
            address=page_url,
        )


def identity(item: object) -> str:
    """Return a value that identifies an event in its listing."""
    url = item.get("eventUrl") if isinstance(item, dict) else None
    return str(url).partition("?")[0][:200] if url else f"#{str(item)[:100]}"
