"""Sites of their own form: lists link to pages of events, and these say what is on.

A kind writes three methods of :class:`CrawledSite`: which links of a list lead to events, which
list comes next, and what the page of an event says.
"""

from __future__ import annotations

import logging
import re
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, TypeVar

from pydantic import Field

from include.discovery.connectors.base import (
    ConnectorSettings,
    DefaultVenueSettings,
    ParseContext,
    SyncContext,
)
from include.discovery.connectors.crawl import Crawl, Found, Target, Visited
from include.discovery.connectors.detection import Detection, Site, evidence_by_name
from include.discovery.connectors.paging import Answer, ListingState, Seen
from include.discovery.dates.worded.parsing import UnreadableDate, read_dates
from include.discovery.errors import NotFound, UnreadableResponse
from include.discovery.fetch.crawler import Crawler, not_empty
from include.discovery.field_types import WebUrl
from include.discovery.formats.html_page import HtmlPage, Link
from include.discovery.formats.schema_org.identity import told_apart
from include.discovery.formats.schema_org.values import canonical
from include.discovery.model import EventRecord, EventStatus, Identity, SourceRole, Venue
from include.discovery.parsed import Parsed, RejectItem, parse_items, told_of_damage
from include.discovery.places.countries import currency_in
from include.discovery.places.venues import placed
from include.discovery.record_warnings import status_of_title
from include.discovery.response import Response
from include.discovery.sites import same_site
from include.discovery.text.cleaning import description_text, one_line, title_text, web_url
from include.discovery.text.encoding import charset_of
from include.discovery.text.pictures import picture_url
from include.discovery.text.prices.parsing import parse_price
from include.discovery.text.status import gravest, split_status

log = logging.getLogger(__name__)


class CrawledSiteSettings(DefaultVenueSettings, ConnectorSettings):
    """Settings of a crawled site."""

    url: WebUrl = Field(description="URL of the first list of events.")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """The texts of an event's page, as on the page."""

    title: str | None
    dates: str | None
    """In words or numbers; each date becomes an event."""
    external_id: str | None = None
    """Stable within the site; ``None``: the URL of the page."""
    status: str | None = None
    """A label such as 'Cancelled'; one in the title is recognised there."""
    price: str | None = None
    venue: Venue | None = None
    performers: Sequence[str] = ()
    categories: Sequence[str] = ()
    organizer: str | None = None
    description: str | None = None
    """Text or HTML."""
    image: str | None = None
    """URL of a picture, absolute or relative."""


SiteSettingsT = TypeVar("SiteSettingsT", bound=CrawledSiteSettings)


class CrawledSite(Crawl[SiteSettingsT]):
    """Base of a kind whose lists link to pages of single events.

    The kind writes :meth:`event_links` and :meth:`event`, and :meth:`next_list` where the site does
    not mark its next list as such (``rel=next``).
    """

    usual_role = SourceRole.ORGANIZER
    language: ClassVar[str | None] = None
    """Language of the site (ISO 639-1), for dates in words."""
    host: ClassVar[re.Pattern[str]]
    """Matches the whole host name of the site."""
    name: ClassVar[str]
    """The site's name as its pages give it."""

    @abstractmethod
    def event_links(self, page: HtmlPage) -> Iterable[Link]:
        """Yield the links of a list that lead to events."""

    def next_list(self, page: HtmlPage) -> Link | None:
        """Return the link to the list after this one; ``None`` on the last one."""
        return page.next_page

    @abstractmethod
    def event(self, page: HtmlPage) -> EventPage:
        """Return the texts of an event's page."""

    async def detect(self, site: Site) -> Sequence[Detection]:
        """Recognise the site by its name."""
        named = evidence_by_name(site, self.host, self.name)
        return (Detection({"url": site.response.url}, (named,)),) if named else ()

    def parse(self, body: bytes, context: ParseContext[SiteSettingsT]) -> Parsed:
        """Read the page of an event.

        :raises UnreadableResponse: if it has neither the title nor the dates of one.
        """
        return self._events(self._said_by(HtmlPage(body, context.url)), context)

    async def find(self, context: SyncContext[SiteSettingsT], crawler: Crawler) -> Found:
        """Follow the lists from the first one; after ``max_events`` links no list is requested.

        :raises UnreadableResponse: if the first list links to no event; a later one is missing.
        :raises DiscoveryError: if a list cannot be fetched.
        :raises PageLoop: if the lists form a loop.
        """
        settings = context.settings
        urls: dict[str, None] = {}
        reasons: list[str] = []
        state, seen = ListingState(), Seen()
        while not state.done and len(urls) <= settings.max_events:
            state.check_new(seen)
            url = str(state.following or settings.url)
            try:
                page = await crawler.read(url, self._open_list)
            except (NotFound, UnreadableResponse):
                if state.page == 0:
                    raise
                state = state.past_the_end(was_named=True)
                break
            links = [
                canonical(link.url)
                for link in self.event_links(page)
                if web_url(link.url) and same_site(link.url, url)
            ]
            urls |= dict.fromkeys(links)
            following, beyond = self.next_list(page), None
            if following is not None and not same_site(following.url, url):
                beyond = f"the list {url} continues on another site: not followed"
            state = state.after(
                Answer(
                    links,
                    has_more=following is not None,
                    following=following.url if following else None,
                    beyond=beyond,
                ),
                seen,
            )
            if page.is_cut:
                reasons.append(f"the list {url} is longer than the limit; the rest is not read")
        if len(urls) > settings.max_events:
            reasons.append(
                f"the lists link to more than {settings.max_events} pages: raise max_events"
            )
        targets = [Target(url) for url in urls][: settings.max_events]
        return Found(targets, [*reasons, state.incomplete_reason])

    def open(self, answer: Response) -> tuple[HtmlPage, EventPage]:
        """Return the page of an event, and its texts.

        :raises UnreadableResponse: if it has neither the title nor the dates of one.
        """
        return self._said_by(_html(answer))

    def read(
        self,
        target: Target,
        page: tuple[HtmlPage, EventPage],
        context: ParseContext[SiteSettingsT],
    ) -> Visited:
        """Return the event of a page, on each of its dates."""
        del target  # the page says it all
        return self._events(page, context)

    def _open_list(self, answer: Response) -> HtmlPage:
        page = _html(answer)
        if next(iter(self.event_links(page)), None) is None:
            raise UnreadableResponse(f"no list of {self.name}: it links to no page of an event")
        return page

    def _said_by(self, page: HtmlPage) -> tuple[HtmlPage, EventPage]:
        try:
            said = self.event(page)
        except Exception as error:  # one page of an unexpected form must not affect the others
            log.warning("A page of %s has an unexpected form.", self.name, exc_info=True)
            problem = f"{type(error).__name__}: {error}"[:200]
            raise UnreadableResponse(f"a page of {self.name} of another form: {problem}") from None
        if said.title is None and said.dates is None:
            raise UnreadableResponse(
                f"no page of an event of {self.name}: it has neither title nor dates"
            )
        return page, said

    def _events(
        self, opened: tuple[HtmlPage, EventPage], context: ParseContext[SiteSettingsT]
    ) -> Visited:
        page, said = opened
        records: list[EventRecord] = []
        identity = said.external_id or (canonical(page.url) if page.url else None)

        def parse_item(said: EventPage) -> None:
            found = _records(said, page, identity, context, self.language)
            records.extend(map(told_of_damage, found))

        rejects = parse_items(
            [said],
            parse_item,
            lambda _, said: page.url or said.title or "the page",
            lambda _: Identity(identity, identity) if identity else None,
        ).rejects
        return Visited(
            [record for record in told_apart(records) if context.wanted(record)],
            rejects,
            incomplete_reasons=[f"the page was not read completely ({page.url})"]
            if page.is_cut
            else (),
        )


def _html(answer: Response) -> HtmlPage:
    return HtmlPage(not_empty(answer).body, answer.url, charset_of(answer.headers))


def _records(
    said: EventPage,
    page: HtmlPage,
    identity: str | None,
    context: ParseContext[SiteSettingsT],
    language: str | None,
) -> list[EventRecord]:
    """Return the event of a page, once for each of its dates.

    :raises RejectItem: for an unusable event: no id, no title, no date.
    """
    name = title_text(said.title)
    if identity is None:
        raise RejectItem("no address of its own")
    if name is None:
        raise RejectItem("no title")
    title, marked = split_status(name)
    _, told = split_status(f"[{said.status}]") if said.status else ("", None)
    today = context.window.start if context.window else datetime.now(context.timezone).date()
    try:
        dates = read_dates(
            one_line(said.dates) or "",
            today=today,
            zone=context.timezone,
            language=language,
            country=context.city.country if context.city else None,
            window=context.window,
        )
    except UnreadableDate as error:
        raise RejectItem("no event date in words", error) from None
    country = context.city.country if context.city else None
    status = gravest((told, marked)) or EventStatus.SCHEDULED
    warnings = [*status_of_title(status, marked, told)]
    place = placed(
        said.venue,
        warnings,
        is_moved=status is EventStatus.MOVED_ONLINE,
        default=context.settings.default_venue,
        country=country,
    )
    return [
        EventRecord(
            external_id=identity,
            title=title,
            url=page.url,
            **when.as_fields(),
            status=status,
            attendance=place.attendance,
            venue=place.venue,
            performers=tuple(said.performers),
            categories=tuple(said.categories),
            organizer=said.organizer,
            description=description_text(said.description),
            image_url=picture_url(said.image, page.base),
            language=language,
            price=parse_price(said.price, currency_in(country) if country else None),
            warnings=(*warnings, *when.warnings),
        )
        for when in dates.times
    ]
