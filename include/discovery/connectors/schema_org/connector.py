"""schema.org events in web pages: what sites write into their pages for search engines.

Provides: title, times, status, place with coordinates, description, performers, organiser, price,
picture, categories, language, page address; whether an event is online. Read are JSON-LD and
microdata, JSON-LD first, and plain JSON-LD documents. Schedules come as their dates.

Endpoint: the pages of the setting ``urls``. With ``discover`` also the pages of single events that
these link to (``links``) or that the site's sitemap lists (``sitemap``), the latest changed first.

Auth: none; pages are read as a visitor without an account sees them.

Rate limit: robots.txt is obeyed, page by page, and so are the pauses that it wants. At most four
pages are asked for at a time.

External id: ``identifier``, else an ``@id`` of its own, else the event's address without tracking
parameters; several dates under one address get their start appended (``…#20260501T1900``), and so
does every date of a schedule. Without any of these, a hash of title, start and venue.

Time zone: the offset of the date where it can be true, else the setting, else the city's.
``+00:00`` is what many sites write beside a local time; it is believed only with ``trust_offsets``.

Known quirks: one broken script of a page costs only itself, and makes the run incomplete; common
faults (trailing commas, comments, wrong escapes) are repaired and said in the record's warnings.
Midnight without an end means that the hour is not known. An end without an hour on the day of the
start says nothing. Events that only scripts write into a page are not seen. Plug-ins give one
``@id`` to all events of a site; those with a fragment are used last.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Sequence

from include.discovery.connectors.base import Connector, Page, ParseContext, SyncContext
from include.discovery.connectors.detection import Detection, Site
from include.discovery.connectors.list_cursor import count_in, cursor_after, fingerprint_of
from include.discovery.connectors.schema_org.detection import detections_of
from include.discovery.connectors.schema_org.discovery import (
    Choice,
    Discovered,
    by_links,
    by_sitemaps,
)
from include.discovery.connectors.schema_org.parsing import read_answers, read_events
from include.discovery.connectors.schema_org.settings import SchemaOrgSettings
from include.discovery.errors import BrokenOff, DiscoveryError, InvalidSettings, UnreadableResponse
from include.discovery.fetch.contract import Fetcher
from include.discovery.fetch.visits import Visits, is_for_itself
from include.discovery.formats.sitemap import Sitemap, read_sitemap
from include.discovery.parsed import Parsed
from include.discovery.response import Response

_PAGES_AT_ONCE = 20
"""Pages of single events that are loaded in one transaction."""


class SchemaOrg(Connector[SchemaOrgSettings]):
    """Any site with schema.org events in its pages."""

    kind = "schema_org"
    settings_model = SchemaOrgSettings

    def parse(self, body: bytes, context: ParseContext[SchemaOrgSettings]) -> Parsed:
        """Read one page.

        :raises UnreadableResponse: if there is neither an event nor a broken script in it.
        """
        events = read_events(body, context.url, context)
        if not events.found and not events.rejects:
            raise UnreadableResponse(
                "no schema.org event is in it; looked for JSON-LD (script type"
                " application/ld+json) and microdata (itemtype) of Event and its subtypes"
            )
        return events

    async def pages(
        self, context: SyncContext[SchemaOrgSettings], fetch: Fetcher
    ) -> AsyncIterator[Page]:
        """Yield the pages of the settings one by one, then those that were found, 20 at a time.

        The cursor is how many pages come up to its end, with a fingerprint of their list: a retry
        that finds the same list goes on from there, any other starts again.

        :raises Blocked: if robots.txt forbids a page of the settings, or the site refuses all.
        :raises DiscoveryError: if a page of the settings, or every page of 20, cannot be fetched.
        """
        settings = context.settings
        visits = Visits(fetch)
        lists = tuple(dict.fromkeys(settings.urls))
        answers = [await visits.get(url) for url in lists if settings.discover == "links"]
        discovered = await _discovered(settings, visits, answers)
        targets = (*lists, *discovered.urls)
        fingerprint = fingerprint_of(targets)
        done = count_in(context.cursor, fingerprint) or 0
        held_events = done > 0
        while True:
            if done < len(lists):
                answer = answers[done] if answers else await visits.get(lists[done])
                visited = read_answers([(lists[done], answer)], context)
                done += 1
            else:
                batch = targets[done : done + _PAGES_AT_ONCE]
                outcomes = await _details(visits, batch)
                visited = read_answers(zip(batch, outcomes, strict=True), context)
                done += len(batch)
            held_events = held_events or visited.found > 0
            reasons = list(visited.incomplete_reasons)
            if done == len(targets):
                reasons += discovered.incomplete_reasons
                if not held_events:
                    reasons.append(f"none of {len(targets)} pages holds a schema.org event")
            yield Page(
                visited.records,
                visited.rejects,
                cursor=cursor_after(done, fingerprint),
                incomplete_reason="; ".join(reasons) or None,
            )
            if done == len(targets):
                return

    async def detect(self, site: Site) -> Sequence[Detection]:
        """Look for events on the page itself, on those that it links to, and in the sitemap."""
        return await detections_of(site) if site.page is not None else ()


async def _discovered(
    settings: SchemaOrgSettings, visits: Visits, lists: Sequence[Response]
) -> Discovered:
    choice = Choice(settings.include, settings.exclude, settings.urls, settings.max_pages)
    if settings.discover == "links":
        return by_links(lists, choice)
    if settings.discover == "none":
        return Discovered()
    roots: Sequence[str] = [settings.sitemap] if settings.sitemap else ()
    if not roots:
        roots = (await visits.rules_of(settings.urls[0])).sitemaps
    if not roots:
        raise InvalidSettings(
            f"the robots.txt of {settings.urls[0]} names no sitemap: give its address in the"
            " setting sitemap, or set discover to links"
        )

    def get(url: str) -> Awaitable[Sitemap]:
        return visits.read(url, lambda answer: _whole_sitemap(answer, url))

    return await by_sitemaps(roots, get, choice)


def _whole_sitemap(answer: Response, url: str) -> Sitemap:
    sitemap = read_sitemap(answer.body, url)
    if sitemap.breaks_off:
        raise BrokenOff("The sitemap breaks off before its end.", address=url)
    return sitemap


async def _details(visits: Visits, urls: Sequence[str]) -> list[Response | DiscoveryError]:
    """Visit pages that were found; one that fails costs itself.

    :raises DiscoveryError: if all fail: then it is not for the single page's sake.
    """
    outcomes = await visits.get_each(urls)
    failures = [
        each for each in outcomes if isinstance(each, DiscoveryError) and not is_for_itself(each)
    ]
    if failures and len(failures) == len(outcomes) > 1:
        raise failures[0]
    return outcomes
