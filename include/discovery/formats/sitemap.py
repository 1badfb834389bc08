"""Sitemaps (sitemaps.org): which pages a site has, and when each changed.

Read with the HTML parser: it takes broken XML as it comes, and knows no entities to expand.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from include.discovery.dates.timestamps import UnreadableTimestamp, read_timestamp
from include.discovery.errors import UnreadableResponse, UnsupportedResponse
from include.discovery.sites import same_site
from include.discovery.text.cleaning import web_url
from include.discovery.text.encoding import decoded
from include.discovery.text.html_bounds import parseable

MOST_BYTES: Final = 52_428_800
"""The protocol's own limit of an unpacked sitemap, 50 MB."""
MOST_ENTRIES: Final = 50_000
"""The protocol's own limit of addresses in one sitemap."""

_GZIP_MAGIC: Final = b"\x1f\x8b"
_CDATA: Final = re.compile(r"<!\[CDATA\[|\]\]>")
"""The marks around CDATA. One without the other, too: to look for pairs could take forever."""
_IS_SITEMAP: Final = re.compile(r"<(?:\w{1,20}:)?(?:urlset|sitemapindex)\b", re.IGNORECASE)
_ENDS: Final = re.compile(r"</(?:\w{1,20}:)?(?:urlset|sitemapindex)\b", re.IGNORECASE)
_PREFIX: Final = re.compile(r"<(/?)\w{1,20}:(?=(?:urlset|sitemapindex|url|sitemap|loc|lastmod)\b)")
_HEAD: Final = 10_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A page or another sitemap, and when it changed last, if that is said."""

    url: str
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What one sitemap lists: pages, or other sitemaps; each address once."""

    pages: tuple[Entry, ...] = ()
    sitemaps: tuple[Entry, ...] = ()
    breaks_off: bool = False
    """Whether it ends in the middle: there are more."""
    is_cut: bool = False
    """Whether it has more than is read of it."""


def read_sitemap(body: bytes, url: str) -> Sitemap:
    """Read a sitemap or an index of sitemaps, packed with gzip or not.

    Addresses that are none, or lead to another site, are left out (protocol §'Location').

    :param url: where it came from.
    :raises UnreadableResponse: if it is neither, or unpacks to more than 50 MB.
    """
    text = decoded(_unpacked(body))
    if not _IS_SITEMAP.search(text[:_HEAD]):
        raise UnreadableResponse("no sitemap: neither urlset nor sitemapindex", address=url)
    markup = _PREFIX.sub(r"<\1", _CDATA.sub("", text))
    kept = parseable(markup)
    tree = LexborHTMLParser(kept)
    pages, sitemaps = tree.css("url"), tree.css("sitemap")
    return Sitemap(
        tuple(_entries(pages, url)),
        tuple(_entries(sitemaps, url)),
        breaks_off=_ENDS.search(text) is None,
        is_cut=len(kept) < len(markup) or max(len(pages), len(sitemaps)) > MOST_ENTRIES,
    )


def _entries(elements: list[LexborNode], base: str) -> Iterator[Entry]:
    seen: set[str] = set()
    for element in elements[:MOST_ENTRIES]:
        given = _text(element, "loc")
        # The protocol wants whole addresses; those from the root are understood, too.
        url = web_url(given, base if given.startswith("/") else None)
        if url and url not in seen and same_site(url, base):
            seen.add(url)
            yield Entry(url, _moment(_text(element, "lastmod")))


def _text(element: LexborNode, name: str) -> str:
    child = element.first_child
    while child is not None:
        if child.tag == name:
            return child.text(deep=False).strip()
        child = child.next
    return ""


def _moment(words: str) -> datetime | None:
    """Return a ``lastmod`` as an instant; UTC where it names no offset."""
    try:
        timestamp = read_timestamp(words)
    except UnreadableTimestamp:
        return None
    wall = timestamp.wall.replace(tzinfo=UTC)
    return wall - timestamp.offset if timestamp.offset else wall


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(_GZIP_MAGIC):
        return body[:MOST_BYTES]
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        unpacked = unpacker.decompress(body, MOST_BYTES)
    except zlib.error as error:
        raise UnreadableResponse(f"the sitemap's gzip is broken: {error}") from None
    if unpacker.unconsumed_tail:
        raise UnsupportedResponse(f"the sitemap unpacks to more than {MOST_BYTES} bytes")
    return unpacked
