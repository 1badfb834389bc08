"""The site that a probe looks at: its page, and more of it on request, politely and bounded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from include.discovery.errors import DiscoveryError, Forbidden
from include.discovery.fetch.crawler import Crawler
from include.discovery.fetch.robots import RobotsRules
from include.discovery.formats.html_page import HtmlPage
from include.discovery.response import Response
from include.discovery.text.encoding import charset_of

MOST_LOOKS = 40
"""Addresses of a site that are asked beside the one given: each kind asks for two at most."""

_AT_ONCE = 2


def root_of(url: str) -> str:
    """Return scheme, host and port of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@dataclass(slots=True, kw_only=True)
class ProbedSite:
    """Implements :class:`~include.discovery.connectors.base.Site`; remembers what it asked."""

    response: Response
    crawler: Crawler
    robots: RobotsRules
    """The rules of the host that answered."""
    is_late: Callable[[], bool] = lambda: False
    """Says when nothing more is to be asked: somebody waits for the findings."""
    tried: list[str] = field(default_factory=list)
    """What was asked, with what came of it, in words."""
    _page: HtmlPage | None = None
    _answers: dict[str, asyncio.Future[Response | None]] = field(default_factory=dict)
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    def __post_init__(self) -> None:
        kind = self.response.headers.get("content-type", "of no type")
        self.tried.append(f"{self.response.url}: {self.response.status}, {kind}")
        if looks_like_html(self.response):
            charset = charset_of(self.response.headers)
            self._page = HtmlPage(self.response.body, self.response.url, charset)

    @property
    def page(self) -> HtmlPage | None:
        """The address as a page of HTML; ``None`` when it is something else."""
        return self._page

    @property
    def sitemaps(self) -> Sequence[str]:
        """The sitemaps that robots.txt names."""
        return self.robots.sitemaps

    async def look(self, url: str) -> Response | None:
        """GET another address of the site once, however many kinds ask for it."""
        address = urljoin(f"{root_of(self.response.url)}/", url)
        if address not in self._answers:
            self._answers[address] = asyncio.ensure_future(self._look(address))
        return await self._answers[address]

    async def _look(self, url: str) -> Response | None:
        if len(self._answers) > MOST_LOOKS:
            self.tried.append(f"{url}: not asked, {MOST_LOOKS} addresses are enough")
            return None
        async with self._turns:
            if self.is_late():
                self.tried.append(f"{url}: not asked, the site answers too slowly")
                return None
            try:
                response = await self.crawler.get(url)
            except Forbidden:
                self.tried.append(f"{url}: robots.txt forbids it")
                return None
            except DiscoveryError as error:
                status = error.response.status if error.response else None
                self.tried.append(f"{url}: {status or error}")
                return None
        self.tried.append(f"{url}: {response.status}")
        return response


def looks_like_html(response: Response) -> bool:
    """Say whether an answer is a page, by its type or, without one, by its first characters."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in {"text/html", "application/xhtml+xml"}:
        return True
    head = response.body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return kind in {"", "text/plain"} and head.startswith((b"<!doctype html", b"<html", b"<head"))
