"""The Events Calendar: events of WordPress sites that use the plugin of that name.

Provides: all public events of a site, with venue, organiser, categories, picture, price as text,
status, and whether they are virtual. A site usually belongs to one venue, publisher or town.

Endpoint: ``GET {site}/wp-json/tribe/events/v1/events``, or
``{site}/?rest_route=/tribe/events/v1/events`` on sites without pretty permalinks; parameters
``page``, ``per_page``, ``start_date`` and ``end_date``; ordered by start (the only order). A site
has this API if the ``namespaces`` of ``{site}/wp-json/`` include ``tribe/events/v1``.

Auth: none; published events are public. On a site that requires a login, the key of the source's
connection, usually an application password sent as ``basic`` with the connection's login.

Rate limit: none documented. Most sites run on small shared hosts, so pages are requested one at a
time.

External id: ``global_id`` (``host?id=5``), unique across sites, or ``id``, the number of the post,
if it is missing. Each date of a recurring event (a feature of the paid add-on) is a separate post.

Time zone: ``timezone`` of the event. If that is an offset such as ``UTC+2``, or missing, local
times are read in the zone of the setting or the city, unless that contradicts the event's UTC
times.

Known quirks: ``per_page`` beyond the site's maximum (50 by default) is silently reduced to it; a
page beyond the last is 404 ``event-archive-page-not-found``; ``venue`` and ``organizer`` may be a
list, an object or empty; PHP notices may precede the JSON; events added or removed during paging
shift the pages, so the events received are checked against ``total``. ``website`` is a link chosen
by the organiser; ``url`` is the event's page. A site that disables its REST API may still offer
iCalendar at ``{site}/events/?ical=1`` and JSON-LD in its pages.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, ClassVar

from pydantic import Field, JsonValue, field_validator

from include.discovery.connectors.base import (
    Connector,
    Page,
    ParseContext,
    SyncContext,
)
from include.discovery.connectors.detection import Detection, Site
from include.discovery.connectors.events_calendar.detection import (
    RestRoot,
    has_plugin,
    plugin_evidence,
    rest_root,
)
from include.discovery.connectors.events_calendar.event import event_record, identity, known_as
from include.discovery.connectors.events_calendar.listing import (
    Listing,
    count,
    error_code,
    read_listing,
)
from include.discovery.connectors.events_calendar.paging import SiteState
from include.discovery.connectors.key import KeySettings, with_key
from include.discovery.connectors.paging import Seen
from include.discovery.errors import (
    Blocked,
    DiscoveryError,
    InvalidSettings,
    NotFound,
)
from include.discovery.fetch.classify import classify_status
from include.discovery.fetch.protocol import Fetcher
from include.discovery.fetch.reading import get_read
from include.discovery.field_types import WebUrl
from include.discovery.model import SourceRole, Window
from include.discovery.parsed import Parsed, parse_items
from include.discovery.response import Response

log = logging.getLogger(__name__)

_ROUTE = "/tribe/events/v1/events"
_PAST_THE_END = "event-archive-page-not-found"


class EventsCalendarSettings(KeySettings):
    """Settings of a site with The Events Calendar."""

    address_setting: ClassVar[str] = "site_url"

    site_url: WebUrl = Field(
        description="URL of the WordPress site, such as https://example.org or"
        " https://example.org/blog; not of its events page."
    )
    plain_permalinks: bool = Field(
        default=False,
        description="For sites without pretty permalinks: requests /?rest_route=… instead of"
        " /wp-json/….",
    )
    per_page: Annotated[int, Field(ge=1, le=50)] = Field(
        50, description="Events per request. A site may return fewer."
    )
    categories: tuple[Annotated[str, Field(pattern=r"^[^\s,][^,]{0,199}$")], ...] = Field(
        (), description="Slugs or numbers of the event categories to read. Empty: all."
    )
    search: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        None, description="Read only events whose text contains these words. Empty: all."
    )

    @field_validator("site_url")
    @classmethod
    def _without_route(cls, value: str) -> str:
        """Also accept the URL of the API itself, as copied from a browser."""
        return value.partition("?")[0].partition("#")[0].partition("/wp-json")[0].rstrip("/")


class EventsCalendar(Connector[EventsCalendarSettings]):
    """Sites with the WordPress plugin The Events Calendar, read through its REST API."""

    kind = "events_calendar"
    settings_model = EventsCalendarSettings
    usual_role = SourceRole.ORGANIZER

    def parse(self, body: bytes, context: ParseContext[EventsCalendarSettings]) -> Parsed:
        """Read a listing, a list of events or a single one; also a feed of the Event Aggregator.

        :raises UnreadableResponse: if it is anything else.
        """
        return _events(_read(body).items, context, context.window)

    async def pages(
        self, context: SyncContext[EventsCalendarSettings], fetch: Fetcher
    ) -> AsyncIterator[Page]:
        """Yield the pages, ordered by start.

        :raises InvalidSettings: if the site has no such API.
        :raises Blocked: if it requires a login.
        :raises PageLoop: if the site sends the same page repeatedly.
        """
        settings, days = context.settings, context.window
        fetch = with_key(fetch, settings, context.credentials, (settings.site_url,))
        start = SiteState(first=days.start, last=days.end, until=days.end, size=settings.per_page)
        state, seen = start.resumed(context.cursor), Seen()
        if state.done:  # every page is loaded, but the run did not finish
            yield state.as_page(Parsed())
        resumed = state.page > 0
        while not state.done:
            listing = await _load(settings, state, fetch)
            if resumed and listing is not None and not state.fits(listing):
                log.warning("The site's page size has changed; starting from the first page.")
                state, seen, resumed = state.restarted(), Seen(), False
                continue
            resumed = False
            state = state.after_listing(listing, seen)
            items = () if listing is None else listing.items
            yield state.as_page(
                _events(items, context, Window(state.first, state.until), f"page {state.page}, ")
            )

    async def detect(self, site: Site) -> Sequence[Detection]:
        """Ask the REST API of a possible WordPress site for its plugins."""
        named = plugin_evidence(site)
        root = rest_root(site)
        if root is None:
            return ()
        answer = await site.look(root.address)
        if answer is None and named is not None and not root.is_plain:
            root = RestRoot(root.site_url, is_plain=True)
            answer = await site.look(root.address)
        if answer is None or not has_plugin(answer.body):
            return ()
        settings: dict[str, JsonValue] = {"site_url": root.site_url}
        if root.is_plain:
            settings["plain_permalinks"] = True
        told = f"{root.address} lists the namespace tribe/events/v1"
        return (Detection(settings, (told,) if named is None else (named, told)),)


async def _load(
    settings: EventsCalendarSettings, state: SiteState, fetch: Fetcher
) -> Listing | None:
    """Request the page after ``state``; ``None`` if there is none."""
    params: dict[str, str | int] = {
        "page": state.next_page,
        "per_page": state.size,
        "start_date": state.first.isoformat(),
        "end_date": state.last.isoformat(),
    }
    if settings.categories:
        params["categories"] = ",".join(settings.categories)
    if settings.search:
        params["search"] = settings.search
    url = f"{settings.site_url}/wp-json{_ROUTE}"
    if settings.plain_permalinks:
        url = f"{settings.site_url}/"
        params = {"rest_route": _ROUTE, **params}
    try:
        return await get_read(
            fetch,
            url,
            _read_with_totals,
            params=params,
            headers={"accept": "application/json"},
            classify=_judge_of_keyed if settings.key_use() else _judge,
        )
    except NotFound as error:
        if error.response is not None and error_code(error.response.body) == _PAST_THE_END:
            return None
        raise


def _read_with_totals(answer: Response) -> Listing:
    """Read a listing; totals that the body lacks are taken from the headers."""
    listing = _read(answer.body)
    total, pages = listing.total, listing.total_pages
    return Listing(
        listing.items,
        count(answer.headers.get("x-tec-total")) if total is None else total,
        count(answer.headers.get("x-tec-totalpages")) if pages is None else pages,
        listing.has_next,
        listing.noise,
    )


def _read(body: bytes) -> Listing:
    listing = read_listing(body)
    if listing.noise:
        log.warning("Text before the JSON was skipped: %s", listing.noise)
    return listing


def _judge(response: Response) -> DiscoveryError | None:
    """Refine the classification by status with WordPress' error codes."""
    failure = classify_status(response)
    if failure is None:
        return None
    code = error_code(response.body)
    if code == "rest_no_route":
        return InvalidSettings(
            "This WordPress site has no REST API of The Events Calendar (rest_no_route). Check"
            " site_url; if the plugin was removed or its API disabled, use the site's iCalendar or"
            " JSON-LD.",
            address=response.url,
        )
    if response.status in {401, 403} and code:
        return Blocked(
            f"The site's REST API requires a login ({code}). Ask its operator for a password"
            " (setting key), or use the site's iCalendar or JSON-LD.",
            address=response.url,
        )
    if isinstance(failure, NotFound) and code is None:
        return NotFound(
            f"{failure.message} A site without pretty permalinks needs plain_permalinks.",
            address=response.url,
        )
    return failure


def _judge_of_keyed(response: Response) -> DiscoveryError | None:
    """Classify a response to a request with a key: a refusal is about that key."""
    return classify_status(response) if response.status in {401, 403} else _judge(response)


def _events(
    items: Sequence[object],
    context: ParseContext[EventsCalendarSettings],
    days: Window | None,
    where: str = "",
) -> Parsed:
    """Parse the items of a page; ``where`` tells in which one a reject is found."""
    base = context.url or context.settings.site_url
    country = context.city.country if context.city else None

    return parse_items(
        items,
        lambda item: event_record(item, context.timezone, base, country),
        lambda n, item: f"{where}{_describe(n, item)}",
        known_as,
        window=days,
        fingerprints=context.fingerprints,
    )


def _describe(position: int, item: object) -> str:
    label = identity(item)
    if label is None and isinstance(item, dict) and isinstance(item.get("title"), str):
        label = item["title"].strip()
    where = f"event {position + 1}"
    return f"{where} ({label[:80]})" if label else where
