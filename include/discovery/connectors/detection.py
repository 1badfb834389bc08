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
    from include.discovery.formats.html_page import HtmlPage  # dear, and few connectors read HTML

_NAMES = ("og:site_name", "application-name")


class Site(Protocol):
    """An address that is looked at to find out what it offers; implemented by ``probe``."""

    @property
    def response(self) -> Response:
        """The answer of the address itself; its ``url`` is where redirects led."""
        ...

    @property
    def page(self) -> HtmlPage | None:
        """The answer as a page of HTML; ``None`` when it is something else."""
        ...

    @property
    def sitemaps(self) -> Sequence[str]:
        """The sitemaps that robots.txt names."""
        ...

    async def look(self, url: str) -> Response | None:
        """GET another address of the site, absolute or relative to its root.

        ``None`` when it does not answer with success, robots.txt forbids it, or enough was asked.
        """
        ...


@dataclass(frozen=True, slots=True)
class Detection:
    """How an address can be read by a connector: with which settings, and what speaks for it."""

    settings: Mapping[str, JsonValue]
    evidence: tuple[str, ...]
    is_guess: bool = False
    """Whether a person has to review it; any kind that recognises the site ranks higher."""


def evidence_by_name(site: Site, host: re.Pattern[str], name: str) -> str | None:
    """Return what tells that a site is the one of that name; ``None`` when it is another.

    :param host: fits the whole host name of an address that is surely this site's.
    :param name: what its pages say in ``og:site_name`` or ``application-name``.
    """
    own = urlsplit(site.response.url).hostname or ""
    if host.fullmatch(own):
        return f"{own} is {name}"
    for meta in _NAMES if site.page else ():
        if site.page and (site.page.meta(meta) or "").casefold() == name.casefold():
            return f"the page calls itself {name} ({meta})"
    return None
