"""What an address offers: a site that is looked at, and how a connector can read it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from pydantic import JsonValue

from include.discovery.response import Response

if TYPE_CHECKING:
    from include.discovery.formats.html_page import (
        HtmlPage,
    )  # slow to import, rarely used

_NAMES = ("og:site_name", "application-name")


class Site(Protocol):
    """A URL that is examined to find out what it offers; implemented by ``probe``."""

    @property
    def response(self) -> Response:
        """The response of the URL itself; its ``url`` is where redirects led."""
        ...

    @property
    def page(self) -> HtmlPage | None:
        """The response as an HTML page; ``None`` if it is something else."""
        ...

    @property
    def sitemaps(self) -> Sequence[str]:
        """The sitemaps that robots.txt names."""
        ...

    async def look(self, url: str) -> Response | None:
        """GET another URL of the site, absolute or relative to its root.

        ``None`` if it does not succeed, robots.txt forbids it, or the limit of requests is reached.
        """
        ...


@dataclass(frozen=True, slots=True)
class Detection:
    """How a connector can read a URL: the settings and the evidence."""

    settings: Mapping[str, JsonValue]
    evidence: tuple[str, ...]
    is_guess: bool = False
    """Whether a person has to review it; any kind that recognises the site ranks higher."""


def evidence_by_name(site: Site, host: re.Pattern[str], name: str) -> str | None:
    """Return the evidence that a site is the one of that name; ``None`` if it is another.

    :param host: matches the whole host name of a URL that is certainly this site's.
    :param name: the value of ``og:site_name`` or ``application-name`` in its pages.
    """
    own = urlsplit(site.response.url).hostname or ""
    if host.fullmatch(own):
        return f"{own} is {name}"
    for meta in _NAMES if site.page else ():
        if site.page and (site.page.meta(meta) or "").casefold() == name.casefold():
            return f"the page calls itself {name} ({meta})"
    return None
