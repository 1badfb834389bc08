"""RSS and Atom: feeds whose items are events, or link to pages of events.

Provides: title, link, description, categories, picture, and as much of time and place as the feed
says; with ``follow_links`` all that the linked pages say as structured data.

Endpoint: one GET of the feed; with ``follow_links`` one for each item that gives no date, up to
``max_pages``, as far as robots.txt allows.

Auth: none.

Rate limit: feeds ask for little (``ttl``, an hour mostly). Of linked pages at most four are asked
for at a time, with the pauses that robots.txt wants, and no more once the site answers 429.

External id: the item's guid (Atom: id), else its link; of several dates in one item each has its
start appended. Events of linked pages have the id that their page gives them.

Time zone: an offset in the date, else the setting or the city. Offsets that the zone does not have
at that time are suspect: see the warnings of events.

Known quirks: ``pubDate`` is when an item was written, never when its event is. Dates come from the
event module (``ev:startdate``), xCal (``dtstart``) or that of Modern Events Calendar, BiblioCommons
or CivicPlus; then, where settings ask for it, from the linked page and from words; an item without
any is rejected. A feed shows its latest items, so what is no longer in it may well take place:
nothing is withdrawn, and runs count as incomplete, unless ``lists_everything`` says that the feed
has all events to come. Broken XML is read as far as it goes; document type declarations and their
entities are ignored.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from include.discovery.connectors.base import (
    Connector,
    ConnectorSettings,
    DefaultVenueSettings,
    Page,
    ParseContext,
    SyncContext,
)
from include.discovery.connectors.detection import Detection, Site
from include.discovery.connectors.list_cursor import count_in, cursor_after, fingerprint_of
from include.discovery.connectors.rss.event import Reading, events_of
from include.discovery.connectors.rss.feed import Feed, is_feed, read_feed
from include.discovery.connectors.rss.links import follow
from include.discovery.errors import UnreadableResponse
from include.discovery.fetch.contract import Fetcher
from include.discovery.fetch.reading import get_whole
from include.discovery.fetch.visits import Visits
from include.discovery.formats.schema_org.page import read_page
from include.discovery.model import WebUrl
from include.discovery.parsed import Parsed
from include.discovery.text.encoding import charset_of

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
_LINKS_A_PAGE = 10  # in one transaction
_ANY_ZONE = ZoneInfo("UTC")  # to count events, any will do
_LATEST_ONLY = "a feed may show its latest items only, so nothing is taken for gone"


class RssSettings(DefaultVenueSettings, ConnectorSettings):
    """Settings of a feed."""

    url: WebUrl = Field(description="Address of the RSS or Atom feed.")
    follow_links: bool = Field(
        default=False,
        description="Read the pages that items without a date link to, for structured data.",
    )
    max_pages: Annotated[int, Field(ge=1, le=500)] = Field(
        50, description="How many linked pages a sync reads at most."
    )
    dates_in_text: bool = Field(
        default=False,
        description="Read dates in words out of title and description where an item has no other.",
    )
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] | None = Field(
        None, description="Language of dates in words, such as pl. Empty: that of the feed."
    )
    lists_everything: bool = Field(
        default=False,
        description="That the feed has all events to come: what it no longer lists is withdrawn.",
    )


class Rss(Connector[RssSettings]):
    """RSS and Atom feeds."""

    kind = "rss"
    settings_model = RssSettings

    def parse(self, body: bytes, context: ParseContext[RssSettings]) -> Parsed:
        """Read a feed; linked pages are not followed.

        :raises UnreadableResponse: if it is no feed.
        """
        feed = read_feed(body, context.url)
        return events_of(feed.items, _reading(feed, context))

    async def pages(self, context: SyncContext[RssSettings], fetch: Fetcher) -> AsyncIterator[Page]:
        """Yield the items with dates, then what the linked pages of the others hold.

        The cursor of a page is how many linked pages were read, with a fingerprint of their list: a
        retry that finds the same list goes on from there.
        """
        settings = context.settings
        feed = await get_whole(
            fetch,
            settings.url,
            lambda answer: read_feed(answer.body, answer.url, charset_of(answer.headers)),
            breaks_off=lambda feed: feed.breaks_off,
            words="The feed breaks off before its end.",
        )
        reading = _reading(feed, context, context.window.start)
        undated = [item for item in feed.items if not item.has_date and settings.follow_links]
        dated = [item for item in feed.items if item.has_date or not settings.follow_links]
        to_follow = undated[: settings.max_pages]
        fingerprint = fingerprint_of(item.link or "" for item in to_follow)
        position = count_in(context.cursor, fingerprint)
        reasons = [feed.incomplete_reason, None if settings.lists_everything else _LATEST_ONLY]
        if len(undated) > len(to_follow):
            reasons.append(
                f"{len(undated) - len(to_follow)} linked pages were not read (max_pages)"
            )
        if position is None:
            parsed, position = events_of(dated, reading), 0
            reason = "; ".join(filter(None, reasons)) or None
            yield Page(
                parsed.records,
                parsed.rejects,
                cursor=cursor_after(0, fingerprint),
                incomplete_reason=reason,
            )
        visits = Visits(fetch, anywhere=True)
        while position < len(to_follow):
            batch = to_follow[position : position + _LINKS_A_PAGE]
            followed = await follow(batch, visits, reading, context.city)
            position += _LINKS_A_PAGE
            cursor = None if followed.is_over else cursor_after(position, fingerprint)
            yield Page(
                followed.records,
                followed.rejects,
                cursor=cursor,
                incomplete_reason=followed.incomplete_reason,
            )
            if followed.is_over:
                return

    async def detect(self, site: Site) -> Sequence[Detection]:
        """Take the address as a feed, else the likeliest feed that its page names.

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


def _advertised(site: Site) -> str | None:
    """Return the feed of the page that sounds most like events; comments are none."""
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


def _reading(feed: Feed, context: ParseContext[RssSettings], today: date | None = None) -> Reading:
    language = context.settings.language or (feed.language or "")[:2].lower() or None
    return Reading(
        context.timezone,
        language,
        context.window,
        context.settings.default_venue,
        in_words=context.settings.dates_in_text,
        day_first=(feed.language or "").lower() != "en-us",
        today=today,
    )
