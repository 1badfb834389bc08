"""A polite crawler: fetches pages as robots.txt allows, a few at a time, each for itself."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlsplit

from include.discovery.errors import (
    DiscoveryError,
    Forbidden,
    NotFound,
    RedirectRefused,
    UnreadableResponse,
)
from include.discovery.fetch.hosts import RobotsFile
from include.discovery.fetch.protocol import Fetcher
from include.discovery.fetch.reading import Read, get_read
from include.discovery.fetch.robots import MOST_BYTES, RobotsRules, tag_that_forbids
from include.discovery.response import Response

T = TypeVar("T")

_PASSING = frozenset({408, 425, 429})
"""Answers that say nothing of a site's rules, and are other ones tomorrow."""

AT_ONCE = 4
"""Pages that are asked for at the same time; where the site wants pauses, they wait in turn."""


@dataclass(slots=True)
class Crawler:
    """Fetches pages; asks each host for its robots.txt once."""

    fetch: Fetcher
    anywhere: bool = False
    """Whether redirects to other sites are followed."""
    _rules: dict[str, asyncio.Future[RobotsRules]] = field(default_factory=dict)

    async def get(self, url: str) -> Response:
        """Fetch a page; an empty one is asked for again, and then none.

        :raises Forbidden: if robots.txt does not allow it.
        :raises DiscoveryError: if it cannot be fetched, or robots.txt is out of reach.
        """
        return await self.read(url, not_empty)

    async def read(self, url: str, read: Read[T]) -> T:
        """Fetch a page and read it; what cannot be read is asked for again.

        :raises Forbidden: if robots.txt does not allow it.
        :raises DiscoveryError: if it cannot be fetched, or as ``read`` does for the last answer.
        """
        await self._check(url)

        def read_if_allowed(answer: Response) -> T:
            if rule := tag_that_forbids(answer.headers.get("x-robots-tag", "")):
                raise Forbidden(
                    f"the page's header X-Robots-Tag says {rule}; ask the site's operator for"
                    " permission",
                    address=url,
                )
            return read(answer)

        return await get_read(
            self.fetch, url, read_if_allowed, anywhere=self.anywhere, permit=self._check
        )

    async def _check(self, url: str) -> None:
        """Refuse an address that the robots.txt of its host does not allow.

        :raises Forbidden: if it does not.
        """
        rules = await self.rules_of(url)
        if not rules.allows(url):
            raise Forbidden(
                "robots.txt forbids reading this page; ask the site's operator for permission",
                address=url,
            )

    async def rules_of(self, url: str) -> RobotsRules:
        """Return the robots.txt of an address's host.

        :raises DiscoveryError: if it is out of reach: then nothing may be read (RFC 9309 §2.3.1.4),
            but it may be again soon.
        """
        parts = urlsplit(url)
        root = f"{parts.scheme}://{parts.netloc}"
        if root not in self._rules:
            self._rules[root] = asyncio.ensure_future(self._rules_of_host(root))
        return await self._rules[root]

    async def _rules_of_host(self, root: str) -> RobotsRules:
        file = await self.fetch.hosts.robots_of(root)
        if file is None:
            file = await self._read_robots(f"{root}/robots.txt")
            if file.status not in _PASSING:
                await self.fetch.hosts.keep_robots(root, file)
        rules = RobotsRules.of(file)
        if rules.crawl_delay:
            self.fetch.keep_interval(urlsplit(root).hostname or "", rules.crawl_delay)
        return rules

    async def _read_robots(self, url: str) -> RobotsFile:
        try:
            # Redirects may lead to other hosts here; where they lead nowhere, there are no rules
            # (RFC 9309 §2.3.1.2).
            answer = await self.fetch.get(url, anywhere=True)
        except RedirectRefused:
            return RobotsFile(404, b"")
        except DiscoveryError as error:
            if error.response is None or error.response.status >= 500:
                raise
            answer = error.response
        return RobotsFile(answer.status, answer.body[:MOST_BYTES])

    async def read_each(self, urls: Sequence[str], read: Read[T]) -> list[T | DiscoveryError]:
        """Read pages, a few at a time; return what was read or what went wrong, in their order."""
        turns = asyncio.Semaphore(AT_ONCE)

        async def visit(url: str) -> T | DiscoveryError:
            async with turns:
                try:
                    return await self.read(url, read)
                except DiscoveryError as error:
                    return error

        return list(await asyncio.gather(*map(visit, urls)))


def not_empty(response: Response) -> Response:
    """Return an answer as it is; refuse an empty one.

    :raises UnreadableResponse: if it is empty.
    """
    if not response.body.strip():
        raise UnreadableResponse("The page is empty.")
    return response


def is_for_itself(outcome: DiscoveryError) -> bool:
    """Say whether a failure is about a single page, whatever becomes of the others."""
    return isinstance(outcome, (NotFound, Forbidden))
