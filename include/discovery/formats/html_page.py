"""An HTML page for extraction: decoded, parsed on demand, limited in size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, LiteralString
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from include.discovery.field_types import LONGEST_URL
from include.discovery.text.cleaning import one_line
from include.discovery.text.encoding import marked_text, without_marks
from include.discovery.text.html_bounds import parseable

MOST_BYTES: Final = 10_000_000
"""What lies beyond is cut off: no page of events is larger, and parsing takes memory."""

_LINK_SCHEMES: Final = ("http:", "https:", "webcal:", "webcals:")


@dataclass(frozen=True, slots=True)
class Link:
    """A reference from a page to another document; the address is absolute."""

    url: str
    text: str | None = None
    """What the page calls it: the words of an anchor, the title of a ``link`` element."""
    rel: frozenset[str] = frozenset()
    type: str | None = None


class HtmlPage:
    """One page. Nothing is parsed before it is needed.

    :param url: where it came from, to resolve its addresses; without it, relative ones are left
        out.
    :param charset: of the Content-Type header, if known.
    """

    def __init__(self, body: bytes, url: str | None = None, charset: str | None = None) -> None:
        self._body = body[:MOST_BYTES]
        self._is_cut = len(body) > MOST_BYTES
        self.url = url
        self._charset = charset

    @cached_property
    def tree(self) -> LexborHTMLParser:
        """The parsed document, for readers of formats of their own."""
        markup = marked_text(self._body, self._charset)
        kept = parseable(markup)
        self._is_cut = self._is_cut or len(kept) < len(markup)
        return LexborHTMLParser(kept)

    @property
    def is_cut(self) -> bool:
        """Whether the page was too large or too complex to be read completely."""
        return self._is_cut

    @cached_property
    def base(self) -> str | None:
        """The address that relative ones are resolved against."""
        element = self.tree.css_first("base[href]")
        href = (element.attributes.get("href") or "").strip() if element else ""
        return _joined(self.url, href) or self.url

    @property
    def title(self) -> str | None:
        """The text of the page's ``title``, one line."""
        element = self.tree.css_first("title")
        return one_line(without_marks(element.text())) if element else None

    @property
    def language(self) -> str | None:
        """The language that the ``html`` element declares, as written."""
        root = self.tree.root
        language = root.attributes.get("lang") if root else None
        return (language or "").strip() or None

    def scripts(self, media_type: str) -> Iterator[str]:
        """Yield the texts of the scripts of a type; parameters such as a charset do not matter."""
        for element in self.tree.css("script[type]"):
            if _essence(element.attributes.get("type")) == media_type:
                yield element.text()

    def meta(self, name: str) -> str | None:
        """Return the content of the first ``meta`` element of that name or property."""
        for element in self.tree.css("meta[content]"):
            attributes = element.attributes
            named = attributes.get("name") or attributes.get("property") or ""
            if named.strip().lower() == name.lower():
                return one_line(attributes.get("content"))
        return None

    def links(self, rel: str | None = None, media_type: str | None = None) -> Iterator[Link]:
        """Yield the ``link`` elements, those of a relation and a type if these are given."""
        for element in self.tree.css("link[href]"):
            attributes = element.attributes
            link = self._link(element, "href", attributes.get("title"))
            if (
                link is not None
                and (rel is None or rel in link.rel)
                and (media_type is None or media_type == link.type)
            ):
                yield link

    def anchors(self, selector: LiteralString = "a[href], area[href]") -> Iterator[Link]:
        """Yield what a visitor may follow: to web pages, and to calendars (``webcal:``).

        :param selector: CSS selector of the anchors.
        """
        for element in self.tree.css(selector):
            if link := self._link(element, "href", element.text(strip=True)):
                yield link

    @property
    def next_page(self) -> Link | None:
        """The page that this page names as its next one (``rel=next``)."""
        named = (link for link in self.anchors("a[rel], area[rel]") if "next" in link.rel)
        return next(self.links("next"), None) or next(named, None)

    def text(self, selector: LiteralString) -> str | None:
        """Return the text of the first element that a CSS selector finds, one line."""
        element = self.tree.css_first(selector)
        return one_line(element.text(separator=" ")) if element else None

    def texts(self, selector: LiteralString) -> tuple[str, ...]:
        """Return the texts of all elements that a CSS selector finds, one line each."""
        found = (one_line(element.text(separator=" ")) for element in self.tree.css(selector))
        return tuple(text for text in found if text)

    def html(self, selector: LiteralString) -> str | None:
        """Return the markup of the first element that a CSS selector finds."""
        element = self.tree.css_first(selector)
        return element.html if element else None

    def attribute(self, selector: LiteralString, name: LiteralString) -> str | None:
        """Return an attribute of the first element that a CSS selector finds."""
        element = self.tree.css_first(selector)
        return one_line(element.attributes.get(name)) if element else None

    def frames(self) -> Iterator[Link]:
        """Yield the documents that the page embeds."""
        for element in self.tree.css("iframe, embed, object"):
            for name in ("src", "data-src", "data"):
                if link := self._link(element, name, element.attributes.get("title")):
                    yield link
                    break

    def absolute(self, address: str) -> str | None:
        """Return an address of the page as an absolute one; ``None`` if it leads nowhere."""
        url = _joined(self.base, address.strip())
        return url if url and url.lower().startswith(_LINK_SCHEMES) else None

    def _link(self, element: LexborNode, name: str, text: str | None) -> Link | None:
        attributes = element.attributes
        given = attributes.get(name)
        url = None if given is None else self.absolute(given)
        if url is None:
            return None
        rel = frozenset((attributes.get("rel") or "").lower().split())
        return Link(url, one_line(text), rel, _essence(attributes.get("type")) or None)


def _joined(base: str | None, address: str) -> str | None:
    if len(address) > LONGEST_URL:
        return None
    try:
        return urljoin(base, address) if base else address
    except ValueError:  # a malformed IPv6 literal
        return None


def _essence(media_type: str | None) -> str:
    return (media_type or "").partition(";")[0].strip().lower()
