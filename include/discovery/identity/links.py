"""What the link of a listing tells: the page or the ticket of one event, or a whole calendar."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from include.discovery.identity.words import CALENDARS
from include.discovery.text.cleaning import fold

_TRACKING: Final = re.compile(
    r"utm_\w+|mc_\w+|fbclid|gclid|aff|ref|source|campaign|app_id|came_from|medium|_ga|lang|hl|tab"
    r"|active_tab|show\w*|view|page|calendar|cid|month|year"
)
_ID: Final = re.compile(r"(?<!\d)\d{4,}(?!\d)")
_DATE: Final = re.compile(r"(?:19|20)\d\d(?:[-/]?\d\d){0,2}")


@dataclass(frozen=True, slots=True)
class Link:
    """A link without what only tells where its reader came from."""

    page: str
    """Host and path with what matters of the query: equal for one page."""
    host: str
    id: str | None
    """The number by which the site knows the event, if the link has one."""
    words: frozenset[str]
    """Words of the path, as 'jazz-in-the-mill'."""


@lru_cache(maxsize=4_000)
def link_of(url: str | None) -> Link | None:
    """Read a link; ``None`` for one that leads to a home page or a calendar, or to nothing."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host = parts.netloc.lower().removeprefix("www.").removeprefix("m.")
    query = [(k, v) for k, v in parse_qsl(parts.query) if v and not _TRACKING.fullmatch(k.lower())]
    path = parts.path.rstrip("/").lower()
    fragment = parts.fragment if parts.fragment.startswith(("/", "!")) else ""
    said = " ".join((path, fragment, *(v for _, v in query)))
    numbers = _ID.findall(_DATE.sub(" ", said))
    words = frozenset(fold(said).split()) - CALENDARS
    if not words:
        return None
    page = f"{host}{path}" + "".join(f"&{k}={v}" for k, v in sorted(query)) + fragment
    return Link(page=page, host=host, id="/".join(numbers) or None, words=words)


def ticket_of(link: Link | None) -> str | None:
    """Name the event that a link's number stands for on its site, whatever else the link says."""
    if link is None or link.id is None or len(link.id) < 5:
        return None
    return f"{link.host}#{link.id}"


def shared_pages(titles: Iterable[tuple[Link, frozenset[str]]]) -> frozenset[str]:
    """Name the pages of whole calendars and venues: three titles or more without a common word.

    :param titles: link and words of the title of each listing.
    """
    seen: dict[str, set[frozenset[str]]] = defaultdict(set)
    for link, words in titles:
        seen[link.page].add(words)
    return frozenset(
        page for page, each in seen.items() if len(each) > 2 and not frozenset.intersection(*each)
    )
