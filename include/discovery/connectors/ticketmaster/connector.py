"""Ticketmaster: events around a city from the Discovery API v2.

Provides: concerts, sports, theatre and other ticketed events in some 80 countries, with venue,
coordinates, performers, categories, pictures and status; prices rarely. The shop merges
Ticketmaster, Universe, Front Gate Tickets and resale listings. The branding guide requires
attribution and a link back: an event's ``url`` is its page in the shop. The terms limit storage to
reasonable periods.

Endpoint: ``GET https://app.ticketmaster.com/discovery/v2/events.json``, by position (``geoPoint``,
since ``latlong`` is deprecated) and radius, in date windows (see below), with ``sort=id,asc``, the
only strict order: hundreds of events share a start, and pages in any other order overlap.

Auth: an API key ("consumer key"), as the password of the Airflow connection
``discovery_ticketmaster`` (``discovery_<source>`` for a source with another name). It is sent to
app.ticketmaster.com, or to the host that the connection names instead. It is part of the query
string, so URLs are shown with ``apikey=***``. Without the connection a sync fails at once.

Rate limit: 5,000 calls per day and 5 per second for each key. Responses give the remaining quota;
at ``daily_reserve`` a sync stops and keeps what it has, and the next one has a new quota. A 429
means either the daily quota (no retry before it is renewed) or the rate (a retry after a second).

External id: ``id``, which is case-sensitive. It may differ between languages, so one ``locale`` is
requested, and should not be changed.

Time zone: ``dates.timezone``, else that of the venue, else the city's.

Known quirks: a listing returns only its first 1,000 events, so the days are split into windows that
fit; if a single day has more, the run reports how many are out of reach and is incomplete. Totals
stop at 10,000. Windows include both of their ends. Events whose date is to be announced are in no
window: they need two more calls, and are stored as postponed, without a date. In some markets (seen
for PL) ``dateTime`` holds local time, or lacks its ``Z``: local date and time are used. "Undefined"
and "Other" are not read as categories. An image marked ``fallback`` is generic. A price of 0 does
not mean that admission is free. Parking and similar offers are sold, and listed, as events.
"""

from __future__ import annotations

import math
import re
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, ClassVar
from zoneinfo import ZoneInfo

from pydantic import Field

from include.discovery.connectors.base import (
    BaseUrl,
    Connector,
    ConnectorSettings,
    KeyUse,
    Page,
    ParseContext,
    SyncContext,
)
from include.discovery.connectors.detection import Detection, Site, evidence_by_name
from include.discovery.connectors.ticketmaster.api import DiscoveryApi
from include.discovery.connectors.ticketmaster.event import event_record, known_as
from include.discovery.connectors.ticketmaster.listing import read_listing
from include.discovery.connectors.ticketmaster.paging import WindowState
from include.discovery.errors import (
    InvalidSettings,
    MissingConnection,
)
from include.discovery.fetch.protocol import Fetcher
from include.discovery.model import City, SourceRole, Window
from include.discovery.parsed import Parsed, parse_items
from include.discovery.places.geohash import geohash

_API = "https://app.ticketmaster.com/discovery/v2"
_NO_TOTAL = "the API does not say how many events there are"
_SHOP = re.compile(r"(?:www\.)?ticketmaster\.[a-z]{2,3}(?:\.[a-z]{2})?")


class TicketmasterSettings(ConnectorSettings):
    """Settings of a Ticketmaster source or pair."""

    base_url: BaseUrl = Field(
        _API,
        description="URL of the Discovery API, without /events.json.",
    )
    radius_km: Annotated[int, Field(ge=1, le=500)] | None = Field(
        None,
        description="Radius around the city's centre, in whole kilometres. Empty: the city's.",
    )
    locale: Annotated[str, Field(pattern=r"^[A-Za-z*,_-]{1,40}$")] = Field(
        "*",
        description="Language, such as pl-pl or en-us; *: any. Changing it may change the ids.",
    )
    segment_ids: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")], ...] = Field(
        (), description="Ids of the segments to read (KZFzniwnSyZfZ7v7nJ is Music). Empty: all."
    )
    page_size: Annotated[int, Field(ge=1, le=200)] = Field(
        200, description="Events per request; the API returns at most 200."
    )
    requests_per_second: Annotated[float, Field(ge=0.01, le=100)] | None = Field(
        5, description="How often the API is asked at most, by all tasks together."
    )
    requests_per_day: Annotated[int, Field(ge=1)] | None = Field(
        5000,
        description="The key's daily quota, of which all tasks together leave daily_reserve.",
    )
    daily_reserve: Annotated[int, Field(ge=0, le=5000)] = Field(
        200, description="Calls of the key's daily quota that syncs leave for other uses."
    )

    def requests_a_day(self) -> int | None:
        """Return the daily quota without the reserve."""
        quota = super().requests_a_day()
        return None if quota is None else max(1, quota - self.daily_reserve)


class Ticketmaster(Connector[TicketmasterSettings]):
    """The Ticketmaster Discovery API v2."""

    kind = "ticketmaster"
    settings_model = TicketmasterSettings
    usual_role = SourceRole.TICKET_SHOP
    needs_connection: ClassVar = "required"
    api_hosts: ClassVar = (_API,)

    def key_use(self, settings: TicketmasterSettings) -> KeyUse:
        """Return the API's URL as the receiver of the key."""
        return KeyUse(settings.base_url)

    def parse(self, body: bytes, context: ParseContext[TicketmasterSettings]) -> Parsed:
        """Read one answer of ``events.json``, or that for a single event.

        :raises UnreadableResponse: if it is another answer, or none of this API.
        """
        return _events(read_listing(body).items, context, context.window)

    async def pages(
        self, context: SyncContext[TicketmasterSettings], fetch: Fetcher
    ) -> AsyncIterator[Page]:
        """Yield the events of each window of days, in order, then those without a date.

        :raises MissingConnection: without a key.
        :raises InvalidSettings: without a city.
        :raises QuotaExhausted: when the key's quota is down to the reserve, or used up.
        """
        if context.credentials is None:
            raise MissingConnection("needs connection discovery_ticketmaster with the API key")
        if context.city is None:
            raise InvalidSettings("ticketmaster searches around a city: set its scope to city")
        api = DiscoveryApi(
            fetch,
            context.settings.base_url,
            _parameters(context.settings, context.city),
            key=context.credentials.key,
            reserve=context.settings.daily_reserve,
        )
        zone = ZoneInfo(context.city.timezone)
        start = WindowState.at_start(context.window, context.settings.page_size)
        state = start.resumed(context.cursor)
        seen: set[str] = set()
        while state.phase != "done":
            if state.page == 0:
                seen = set()
            listing = await api.listing(state.params(zone))
            parsed = _events(listing.items, context, state.days)
            left_out = len(listing.items) - parsed.count
            # What comes twice does not count for what does not come.
            new = {_identity(item) for item in listing.items} - seen
            seen |= new
            total = len(listing.items) if listing.total is None else listing.total
            step = state.after(total, len(new), left_out)
            state = step.state
            if step.wanted:
                yield Page(
                    parsed.records,
                    parsed.rejects,
                    read=parsed.read,
                    skipped=parsed.skipped,
                    cursor=state.cursor,
                    expected=state.expected,
                    incomplete_reason=step.incomplete_reason
                    or (_NO_TOTAL if listing.total is None else None),
                )
            if state.phase != "done":
                api.check_reserve()

    async def detect(self, site: Site) -> Sequence[Detection]:
        """Recognise a shop of Ticketmaster by its name; the API has another address."""
        named = evidence_by_name(site, _SHOP, "Ticketmaster")
        if named is None:
            return ()
        return (Detection({}, (named, "its API has the events of its shops")),)


def _events(
    items: Sequence[object], context: ParseContext[TicketmasterSettings], days: Window | None
) -> Parsed:
    return parse_items(
        items,
        lambda item: event_record(item, context.timezone),
        _describe,
        known_as,
        window=days,
        fingerprints=context.fingerprints,
    )


def _identity(item: object) -> str:
    """Return what tells an event from others of its listing."""
    given = item.get("id") if isinstance(item, dict) else None
    return str(given or item)[:200]


def _describe(position: int, item: object) -> str:
    named = item if isinstance(item, dict) else {}
    label = named.get("id") or named.get("name")
    where = f"event {position + 1}"
    return f"{where} ({str(label)[:80]})" if label else where


def _parameters(settings: TicketmasterSettings, city: City) -> dict[str, str | int]:
    """Return the parameters that all calls for a city share."""
    parameters: dict[str, str | int] = {
        # Nine letters are the most that is taken: a cell of 5 m.
        "geoPoint": geohash(city.latitude, city.longitude),
        "radius": settings.radius_km or math.ceil(city.radius_km),
        "unit": "km",
        "locale": settings.locale,
        "sort": "id,asc",
    }
    if settings.segment_ids:
        parameters["segmentId"] = ",".join(settings.segment_ids)
    return parameters
