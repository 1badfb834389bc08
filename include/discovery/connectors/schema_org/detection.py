"""What gives a site with schema.org events away: its page, the pages it links to, its sitemap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from include.discovery.connectors.detection import Detection, Site
from include.discovery.connectors.schema_org.discovery import Choice, by_links
from include.discovery.errors import UnreadableResponse
from include.discovery.formats.schema_org.page import read_page
from include.discovery.formats.sitemap import Sitemap, read_sitemap
from include.discovery.model import EventRecord
from include.discovery.response import Response

_MOST_LOOKS = 2
"""How many single-event pages are checked, found through links or a sitemap."""


async def detections_of(site: Site) -> list[Detection]:
    """Return the ways in which a site can be read: its page alone, and what it leads to."""
    urls: list[JsonValue] = [site.response.url]
    on_page = _events_on(site.response)
    detections = []
    if on_page:
        evidence = f"the page holds {len(on_page)} schema.org events"
        detections.append(Detection({"urls": urls}, (evidence,)))
    # The pages of events that the page holds itself would tell nothing new.
    known = [site.response.url, *(record.url for record in on_page if record.url)]
    choice = Choice((), (), known, _MOST_LOOKS)
    if found := await _with_events(site, by_links([site.response], choice).urls):
        evidence = f"the page links to {found}, which holds schema.org events"
        detections.append(Detection({"urls": urls, "discover": "links"}, (evidence,)))
    elif not detections and (found := await _with_events(site, await _listed(site, choice))):
        evidence = f"the sitemap lists {found}, which holds schema.org events"
        detections.append(Detection({"urls": urls, "discover": "sitemap"}, (evidence,)))
    return detections


async def _with_events(site: Site, urls: Iterable[str]) -> str | None:
    """Return the first of some pages that holds an event."""
    for url in urls:
        answer = await site.look(url)
        if answer is not None and _events_on(answer):
            return url
    return None


async def _listed(site: Site, choice: Choice) -> tuple[str, ...]:
    """Return pages of events that the site's first sitemap lists, itself or by its first part."""
    for root in site.sitemaps[:1]:
        sitemap = await _sitemap(site, root)
        for part in sitemap.sitemaps[:1]:
            sitemap = await _sitemap(site, part.url)
        return choice.of((entry.url for entry in sitemap.pages), "the sitemap names").urls
    return ()


async def _sitemap(site: Site, url: str) -> Sitemap:
    answer = await site.look(url)
    try:
        return read_sitemap(answer.body, url) if answer is not None else Sitemap()
    except UnreadableResponse:
        return Sitemap()


def _events_on(answer: Response) -> Sequence[EventRecord]:
    return read_page(answer.body, url=answer.url, zone=ZoneInfo("UTC")).records
