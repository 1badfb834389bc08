"""Which pages of a site are worth a visit: by its sitemap, or by the links of its lists."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from include.discovery.errors import DiscoveryError
from include.discovery.formats.html_page import HtmlPage
from include.discovery.formats.schema_org.values import canonical
from include.discovery.formats.sitemap import Entry, Sitemap
from include.discovery.response import Response
from include.discovery.sites import same_site
from include.discovery.text.cleaning import web_url

log = logging.getLogger(__name__)

MOST_SITEMAPS = 50
"""Sitemaps that are read from one index: with 50,000 URLs each, more than any event site has."""

EVENT_PAGES = (
    r"/(?:events?|e|shows?|concerts?|gigs?|agenda|calendar|whats-on|programme?|wydarzeni[ae]"
    r"|kalendarz|koncerty?|repertuar|spektakle?|evenements?|spectacles?|veranstaltung(?:en)?"
    r"|termine?|konzerte?|eventos?|conciertos?|eventi|concerti|tapahtuma[t]?|evenemang|akce)/[^/?#]"
)
"""The URLs of single events, unless the settings define them."""

_EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Discovered:
    """The pages to visit, the most worthwhile first, and what was left out."""

    urls: tuple[str, ...] = ()
    incomplete_reasons: tuple[str, ...] = ()
    changed_at: Mapping[str, datetime] = field(default_factory=dict)
    """When pages were last changed, of those of which a sitemap says so."""


class Choice:
    """Which addresses are wanted: those that one pattern fits and no other forbids, up to a number.

    :param include: regular expressions; without any, what looks like the page of an event.
    :param known: addresses that are read anyway.
    """

    def __init__(
        self, include: Sequence[str], exclude: Sequence[str], known: Iterable[str], most: int
    ) -> None:
        self._include = [re.compile(pattern) for pattern in include or (EVENT_PAGES,)]
        self._exclude = [re.compile(pattern) for pattern in exclude]
        self._known = frozenset(map(canonical, known))
        self._most = most

    def fits(self, url: str) -> bool:
        """Return whether a page is wanted, by its address."""
        return any(pattern.search(url) for pattern in self._include) and not any(
            pattern.search(url) for pattern in self._exclude
        )

    def reads_anyway(self, url: str) -> bool:
        """Return whether a page is read whatever is chosen."""
        return canonical(url) in self._known

    def of(self, urls: Iterable[str], found_in: str) -> Discovered:
        """Choose among addresses, in their order, each once."""
        fitting = (url for url in dict.fromkeys(map(canonical, urls)) if self.fits(url))
        chosen = [url for url in fitting if url not in self._known]
        reasons = []
        if not chosen:
            reasons.append(f"no page that {found_in} matches the setting include")
        if len(chosen) > self._most:
            reasons.append(
                f"{found_in}: {len(chosen)} pages, of which max_pages allows {self._most}"
            )
        return Discovered(tuple(chosen[: self._most]), tuple(reasons))


def by_links(lists: Iterable[Response], choice: Choice) -> Discovered:
    """Find pages by the links of lists that lead to the same site, in their order.

    A list that names a next page is not all of the list: what that holds is missing, unless it is
    read, too.
    """
    pages = [(answer.url, HtmlPage(answer.body, answer.url)) for answer in lists]
    urls = (
        link.url
        for own, page in pages
        for link in page.anchors()
        if web_url(link.url) and same_site(link.url, own)
    )
    chosen = choice.of(urls, "the lists link to")
    reasons = [
        f"the list continues at {link.url}, which is not among the urls ({own})"
        for own, page in pages
        if (link := page.next_page)
        and not choice.reads_anyway(link.url)
        and same_site(link.url, own)
    ]
    reasons += [
        f"the list {own} is longer than the limit; the rest is not read"
        for own, page in pages
        if page.is_cut
    ]
    return Discovered(chosen.urls, (*reasons, *chosen.incomplete_reasons))


async def by_sitemaps(
    roots: Sequence[str], get: Callable[[str], Awaitable[Sitemap]], choice: Choice
) -> Discovered:
    """Find pages by sitemaps and those that these name, the latest changes first.

    :param get: fetches a sitemap; what it raises for one of ``roots`` goes through, what it raises
        for another makes the run incomplete.
    """
    entries: list[Entry] = []
    reasons: list[str] = []
    waiting = [Entry(url) for url in roots]
    seen: set[str] = set()
    while waiting:
        entry = waiting.pop(0)
        if entry.url in seen:
            continue
        if len(seen) == MOST_SITEMAPS:
            reasons.append(f"only {MOST_SITEMAPS} of the sitemaps were read")
            break
        seen.add(entry.url)
        try:
            sitemap = await get(entry.url)
        except DiscoveryError as error:
            if entry.url in roots:
                raise
            log.warning("A sitemap could not be read: %s", error)
            reasons.append(f"a sitemap could not be read: {error}")
            continue
        if sitemap.is_cut:
            reasons.append(
                f"the sitemap {entry.url} is longer than the limit; the rest is not read"
            )
        entries += (page for page in sitemap.pages if choice.fits(page.url))
        waiting += _latest_first(sitemap.sitemaps)
    chosen = choice.of((entry.url for entry in _latest_first(entries)), "the sitemap names")
    changed_at = {canonical(page.url): page.changed_at for page in entries}
    return Discovered(
        chosen.urls,
        (*reasons, *chosen.incomplete_reasons),
        {url: at for url in chosen.urls if (at := changed_at[url])},
    )


def _latest_first(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: entry.changed_at or _EARLIEST, reverse=True)
