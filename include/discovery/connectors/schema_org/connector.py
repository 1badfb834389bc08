"""schema.org events in web pages: the structured data that sites provide for search engines.

Provides: title, times, status, place with coordinates, description, performers, organiser, price,
picture, categories, language, URL of the page; whether an event is online. Reads JSON-LD and
microdata, JSON-LD first, and plain JSON-LD documents. Schedules are expanded into dates.

Endpoint: the pages of the setting ``urls``. With ``discover`` also the pages of single events that
these link to (``links``) or that the site's sitemap lists (``sitemap``), the latest changed first.

Auth: none, for pages that are readable without an account. Or the key of the source's connection,
as a header, a parameter, a bearer token or with the connection's login: it is sent with every
request to the host of ``urls``.

Rate limit: robots.txt is obeyed for every page, including its crawl delay. At most four pages are
requested at a time. A page that was found, and whose events are more than a week off, is requested
every third day, and once a week if they are more than 30 days off; at once if the sitemap says that
it has changed.

External id: ``identifier``, else an ``@id`` of its own, else the event's URL without tracking
parameters; several dates with one URL get their start appended (``…#20260501T1900``), and so does
every date of a schedule. Without any of these, a hash of title, start and venue.

Time zone: the offset of the date if it is plausible, else the setting, else the city's. Many sites
write ``+00:00`` after a local time, so it is used only with ``trust_offsets``.

Known quirks: a broken script in a page is skipped and makes the run incomplete; common errors
(trailing commas, comments, wrong escapes) are repaired and reported in the record's warnings.
Midnight without an end means that the time is unknown. An end without a time on the day of the
start is ignored. Events that a page adds with JavaScript are not found. Some plugins give the same
``@id`` to all events of a site; an ``@id`` with a fragment is used last.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Sequence
from dataclasses import replace
from datetime import datetime

from include.discovery.connectors.base import Page, ParseContext, SyncContext
from include.discovery.connectors.crawl import Crawl, Found, Target, Visited
from include.discovery.connectors.detection import Detection, Site
from include.discovery.connectors.key import with_key
from include.discovery.connectors.schema_org.detection import detections_of
from include.discovery.connectors.schema_org.discovery import (
    Choice,
    Discovered,
    by_links,
    by_sitemaps,
)
from include.discovery.connectors.schema_org.settings import SchemaOrgSettings
from include.discovery.errors import BrokenOff, InvalidSettings, UnreadableResponse, shortened
from include.discovery.fetch.crawler import Crawler
from include.discovery.fetch.protocol import Fetcher
from include.discovery.formats.schema_org.page import PageEvents, read_page
from include.discovery.formats.sitemap import Sitemap, read_sitemap
from include.discovery.model import SourceRole
from include.discovery.parsed import Parsed
from include.discovery.response import Response
from include.discovery.text.encoding import charset_of, language_of


class SchemaOrg(Crawl[SchemaOrgSettings]):
    """Any site with schema.org events in its pages."""

    kind = "schema_org"
    settings_model = SchemaOrgSettings
    usual_role = SourceRole.ORGANIZER
    sought = "a schema.org event"

    def parse(self, body: bytes, context: ParseContext[SchemaOrgSettings]) -> Parsed:
        """Read one page.

        :raises UnreadableResponse: if there is neither an event nor a broken script in it.
        """
        events = _read_events(body, context.url, context)
        if not events.found and not events.rejects:
            raise UnreadableResponse(
                "no schema.org event is in it; looked for JSON-LD (script type"
                " application/ld+json) and microdata (itemtype) of Event and its subtypes"
            )
        return events

    def pages(self, context: SyncContext[SchemaOrgSettings], fetch: Fetcher) -> AsyncIterator[Page]:
        """Yield the pages as every crawl does; the key goes with each of the host of ``urls``."""
        settings = context.settings
        return super().pages(context, with_key(fetch, settings, context.credentials, settings.urls))

    async def find(self, context: SyncContext[SchemaOrgSettings], crawler: Crawler) -> Found:
        """Return the pages of the settings, each required, then those that they lead to.

        :raises Blocked: if robots.txt forbids a page of the settings.
        :raises DiscoveryError: if one that leads to others cannot be fetched.
        """
        settings = context.settings
        urls = tuple(dict.fromkeys(settings.urls))
        answers = [await crawler.get(url) if settings.discover == "links" else None for url in urls]
        found = await _discovered(settings, crawler, list(filter(None, answers)))
        targets = [
            Target(url, answer=answer, is_required=True)
            for url, answer in zip(urls, answers, strict=True)
        ]
        targets += [Target(url, str(found.changed_at.get(url, ""))) for url in found.urls]
        return Found(targets, found.incomplete_reasons)

    def read(
        self, target: Target, page: Response | None, context: ParseContext[SchemaOrgSettings]
    ) -> Visited:
        """Return the events of a page, and what of it cannot be read."""
        del target  # the page says it all
        if page is None:
            return Visited(has_event=False)
        events = _read_events(
            page.body,
            page.url,
            context,
            charset=charset_of(page.headers),
            language=language_of(page.headers),
        )
        return Visited(
            events.records,
            [replace(each, item=f"{page.url}: {each.item}") for each in events.rejects],
            events.found > 0,
            [f"{item} cannot be read ({shortened(page.url)})" for item in events.lost],
        )

    async def detect(self, site: Site) -> Sequence[Detection]:
        """Look for events on the page itself, on those that it links to, and in the sitemap."""
        return await detections_of(site) if site.page is not None else ()


async def _discovered(
    settings: SchemaOrgSettings, crawler: Crawler, lists: Sequence[Response]
) -> Discovered:
    choice = Choice(settings.include, settings.exclude, settings.urls, settings.max_pages)
    if settings.discover == "links":
        return by_links(lists, choice)
    if settings.discover == "none":
        return Discovered()
    roots: Sequence[str] = [settings.sitemap] if settings.sitemap else ()
    if not roots:
        roots = (await crawler.rules_of(settings.urls[0])).sitemaps
    if not roots:
        raise InvalidSettings(
            f"the robots.txt of {settings.urls[0]} names no sitemap: give its URL in the setting"
            " sitemap, or set discover to links"
        )

    def get(url: str) -> Awaitable[Sitemap]:
        return crawler.read(url, lambda answer: _whole_sitemap(answer, url))

    return await by_sitemaps(roots, get, choice)


def _whole_sitemap(answer: Response, url: str) -> Sitemap:
    sitemap = read_sitemap(answer.body, url)
    if sitemap.breaks_off:
        raise BrokenOff("The sitemap is truncated.", address=url)
    return sitemap


def _read_events(
    body: bytes,
    url: str | None,
    context: ParseContext[SchemaOrgSettings],
    *,
    charset: str | None = None,
    language: str | None = None,
) -> PageEvents:
    """Read one page as the settings say.

    :param charset: of the Content-Type header, if known.
    :param language: of the Content-Language header, if known.
    :raises UnreadableResponse: for a document that is not JSON.
    """
    return read_page(
        body,
        url=url,
        zone=context.timezone,
        window=context.window,
        city=context.city,
        default_venue=context.settings.default_venue,
        charset=charset,
        language=language,
        today=(context.window.start if context.window else datetime.now(context.timezone).date()),
        offset_is_reliable=context.settings.trust_offsets,
    )
