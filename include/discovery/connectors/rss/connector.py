"""RSS and Atom: feeds whose items are events, or link to pages of events.

Provides: title, link, description, categories, picture, and the times and places that the feed
gives; with ``follow_links`` also the structured data of the linked pages.

Endpoint: one GET of the feed; with ``follow_links`` one for each item without a date, up to
``max_pages``, if robots.txt allows it.

Auth: none, or the key of the source's connection: as a header, a parameter, a bearer token, with
the connection's login, or in place of {key} in the URL. It is sent with requests for the feed only,
not for linked pages.

Rate limit: feeds ask for few requests (``ttl``, mostly an hour). The request for a feed is
conditional, and is not sent before that time, unless links are followed or dates are in words. At
most four linked pages are
requested at a time, with the delay that robots.txt asks for, and none after a response of 429.

External id: the item's guid (Atom: id), else its link; several dates in one item each have their
start appended. Events of linked pages have the id from their page.

Time zone: an offset in the date, else the setting or the city. An offset that the zone does not
have at that time is suspect and causes a warning.

Known quirks: ``pubDate`` is when an item was published, never when its event is. Dates come from
the event module (``ev:startdate``), xCal (``dtstart``) or that of Modern Events Calendar,
BiblioCommons or CivicPlus; then, if the settings enable it, from the linked page and from words; an
item without a date is rejected. A feed shows its latest items, so an event that is no longer in it
may still take place: nothing is withdrawn and runs are incomplete, unless ``lists_everything`` says
that the feed has all future events. Broken XML is read up to the error; document type declarations
and their entities are ignored.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from include.discovery.connectors.base import (
    DefaultVenueSettings,
    ParseContext,
    SyncContext,
)
from include.discovery.connectors.crawl import Crawl, Found, Target, Visited
from include.discovery.connectors.detection import Detection, Site
from include.discovery.connectors.key import KeySettings, with_key
from include.discovery.connectors.rss.event import ParseOptions, events_of
from include.discovery.connectors.rss.feed import Feed, is_feed, read_feed
from include.discovery.connectors.rss.updating import update_interval
from include.discovery.errors import (
    Blocked,
    DiscoveryError,
    NotFound,
    RateLimited,
    UnreadableResponse,
    UnsupportedResponse,
)
from include.discovery.failures import one_line
from include.discovery.fetch.crawler import Crawler
from include.discovery.fetch.reading import get_whole
from include.discovery.field_types import WebUrl
from include.discovery.formats.schema_org.page import read_page
from include.discovery.model import NOT_LISTED, Identity, Reject, SourceRole
from include.discovery.parsed import Parsed, usable_identity
from include.discovery.response import Response
from include.discovery.text.encoding import charset_of, language_of

_MEDIA_TYPES = ("application/rss+xml", "application/atom+xml")
_ABOUT_EVENTS = (
    "event",
    "agenda",
    "calend",
    "kalend",
    "veranstalt",
    "wydarz",
    "termin",
    "tapahtum",
)
_NO_EVENT = "no event date, and no event in the linked page"
_NO_LINK = "no event date, and no link to follow"
_ANY_ZONE = ZoneInfo("UTC")  # to count events, any will do
_LATEST_ONLY = "a feed may show only its latest items, so no event is considered removed"


class RssSettings(DefaultVenueSettings, KeySettings):
    """Settings of a feed."""

    url: WebUrl = Field(description="URL of the RSS or Atom feed, with {key} in place of a key.")
    follow_links: bool = Field(
        default=False,
        description="For items without a date, read structured data from the page that they link"
        " to.",
    )
    max_pages: Annotated[int, Field(ge=1, le=500)] = Field(
        50, description="The most linked pages that a sync reads."
    )
    dates_in_text: bool = Field(
        default=False,
        description="If an item has no other date, read dates in words from its title and"
        " description.",
    )
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] | None = Field(
        None, description="Language of dates in words, such as pl. Empty: that of the feed."
    )
    lists_everything: bool = Field(
        default=False,
        description="Whether the feed has all future events: events that it no longer lists are"
        " withdrawn.",
    )


class Rss(Crawl[RssSettings]):
    """RSS and Atom feeds."""

    kind = "rss"
    settings_model = RssSettings
    usual_role = SourceRole.ORGANIZER
    pages_at_once = 10
    leaves_site = True

    def parse(self, body: bytes, context: ParseContext[RssSettings]) -> Parsed:
        """Read a feed; linked pages are not followed.

        :raises UnreadableResponse: if it is no feed.
        """
        feed = read_feed(body, context.url)
        return events_of(feed.items, _options(feed, context))

    def has_one_document(self, settings: RssSettings) -> bool:
        """Return whether only the feed is read; dates in words may be relative to today."""
        return not settings.follow_links and not settings.dates_in_text

    def asked_interval(self, body: bytes) -> timedelta | None:
        """Return the feed's ``ttl``, or its update period."""
        return update_interval(body)

    async def find(self, context: SyncContext[RssSettings], crawler: Crawler) -> Found:
        """Return the items with dates, and the pages that the others link to.

        :raises UnreadableResponse: if it is no feed.
        """
        settings = context.settings
        feed = await get_whole(
            with_key(crawler.fetch, settings, context.credentials, (settings.url,)),
            settings.url,
            lambda answer: read_feed(answer.body, answer.url, charset_of(answer.headers)),
            breaks_off=lambda feed: feed.breaks_off,
            words="The feed is truncated.",
        )
        options = _options(feed, context, context.window.start)
        undated = [item for item in feed.items if not item.has_date and settings.follow_links]
        dated = [item for item in feed.items if item.has_date or not settings.follow_links]
        reasons = [feed.incomplete_reason, None if settings.lists_everything else _LATEST_ONLY]
        if (left_out := len(undated) - settings.max_pages) > 0:
            reasons.append(f"{left_out} linked pages were not read (max_pages)")
        followed = [Target(item.link, (item, options)) for item in undated[: settings.max_pages]]
        return Found(followed, reasons, events_of(dated, options))

    def read(
        self, target: Target, page: Response | None, context: ParseContext[RssSettings]
    ) -> Visited:
        """Return the events of a linked page, else what its item says in words."""
        _, options = target.item
        if page is not None:
            found = read_page(
                page.body,
                url=page.url,
                zone=options.timezone,
                window=options.window,
                city=context.city,
                default_venue=options.default_venue,
                charset=charset_of(page.headers),
                language=language_of(page.headers),
                today=options.today,
            )
            if found.found:
                return Visited(found.records, found.rejects)
        return _without_event(target, _NO_EVENT if target.url else _NO_LINK)

    def without_page(
        self, target: Target, error: DiscoveryError, context: ParseContext[RssSettings]
    ) -> Visited | None:
        """Return what an item says if its page does not exist (not if it is unreachable)."""
        del context  # the item brings its own
        if not isinstance(error, (NotFound, UnsupportedResponse)):
            return None
        return _without_event(target, "linked page not readable", error)

    def is_over(self, outcomes: Sequence[object]) -> bool:
        """Whether the site wants fewer requests, or refuses all of these, or answers none."""
        refused = [one for one in outcomes if isinstance(one, Blocked)]
        failed = [
            one
            for one in outcomes
            if isinstance(one, DiscoveryError)
            and not isinstance(one, (NotFound, UnsupportedResponse))
        ]
        return (
            any(isinstance(one, RateLimited) for one in outcomes)
            or (bool(refused) and len(refused) == len(outcomes))
            or len(failed) == len(outcomes) > 1
        )

    async def detect(self, site: Site) -> Sequence[Detection]:
        """Accept the URL as a feed, else the most likely feed that its page names.

        It fits only if its items say when their events are, or if the page of its first item does.
        """
        answer, source = site.response, "the address is a feed"
        if not is_feed(answer.body):
            url = _advertised(site)
            found = await site.look(url) if url else None
            if found is None or not is_feed(found.body):
                return ()
            answer, source = found, f"the page names the feed {url}"
        try:
            feed = read_feed(answer.body, answer.url, charset_of(answer.headers))
        except UnreadableResponse:
            return ()
        dated = sum(item.has_date for item in feed.items)
        if dated:
            evidence = (source, f"{dated} of its {len(feed.items)} items say when their event is")
            return (Detection({"url": answer.url}, evidence),)
        link = next((item.link for item in feed.items if item.link), None)
        page = await site.look(link) if link else None
        if page is None or not read_page(page.body, url=page.url, zone=_ANY_ZONE).found:
            return ()
        evidence = (source, f"the page of its first item, {link}, holds an event")
        return (Detection({"url": answer.url, "follow_links": True}, evidence),)


def _without_event(target: Target, reason: str, error: DiscoveryError | None = None) -> Visited:
    """Return what an item itself says of its event, of which no page tells."""
    item, options = target.item
    if options.in_words:
        told = events_of([item], options)
        return Visited(told.records, told.rejects)
    where = item.link or item.identity
    known = usable_identity(Identity(where, where)) if where else None
    if isinstance(error, NotFound):
        known = NOT_LISTED
    detail = one_line(error)[:200] if error else None
    return Visited((), (Reject(reason, where or "an item", detail, known),))


def _advertised(site: Site) -> str | None:
    """Return the feed of the page whose name suggests events most; comment feeds are skipped."""
    if site.page is None:
        return None
    links = [
        link
        for media_type in _MEDIA_TYPES
        for link in site.page.links("alternate", media_type)
        if "comment" not in f"{link.url} {link.text}".lower()
    ]
    telling = (
        link for link in links if any(w in f"{link.url} {link.text}".lower() for w in _ABOUT_EVENTS)
    )
    chosen = next(telling, links[0] if links else None)
    return chosen.url if chosen else None


def _options(
    feed: Feed, context: ParseContext[RssSettings], today: date | None = None
) -> ParseOptions:
    return ParseOptions(
        context.timezone,
        context.settings.language or feed.language,
        context.window,
        context.settings.default_venue,
        in_words=context.settings.dates_in_text,
        country=context.city.country if context.city else None,
        today=today,
    )
