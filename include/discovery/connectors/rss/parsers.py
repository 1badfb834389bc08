"""feedparser's two parsers, without those of its habits that take time quadratic in a feed.

``feedparser.parse`` builds its parsers itself, so its steps are taken here with parsers of our own:
a strict one, and after the first fault of the XML a lenient one from the start.
"""

from __future__ import annotations

import xml.sax
from collections.abc import Mapping
from io import BytesIO
from typing import Any, Final

from feedparser.api import LooseFeedParser, StrictFeedParser  # type: ignore[import-untyped]
from feedparser.encodings import convert_to_utf8  # type: ignore[import-untyped]
from feedparser.sanitizer import replace_doctype  # type: ignore[import-untyped]
from feedparser.util import FeedParserDict  # type: ignore[import-untyped]

_HEADERS: Final = {"content-type": "application/xml; charset=utf-8"}
"""A charset in the header takes precedence over that in the document."""


class _Quicker:
    """Methods of feedparser's that are replaced."""

    sanitize_html = False
    resolve_relative_uris = False

    def _sync_author_detail(self, key: str = "author") -> None:
        """Leave authors as they are: the pattern that looks for an address in them is quadratic."""

    def _add_tag(self, term: object, scheme: object, label: object) -> None:
        """Add a category without a look at all that were added before."""
        tags = self._get_context().setdefault("tags", [])  # type: ignore[attr-defined]
        if term or scheme or label:
            tags.append(FeedParserDict(term=term, scheme=scheme, label=label))


class _Strict(_Quicker, StrictFeedParser):  # type: ignore[misc]
    pass


class _Lenient(_Quicker, LooseFeedParser):  # type: ignore[misc]
    pass


def parsed(body: bytes, url: str | None) -> Mapping[str, Any]:
    """Read a feed in UTF-8 as ``feedparser.parse`` does, from memory alone.

    :param url: where it came from, to resolve links.
    :returns: what it says of itself as ``feed``, ``version`` and ``entries``, and whether its XML
        is invalid as ``bozo``.
    """
    version, data, entities = replace_doctype(convert_to_utf8(_HEADERS, body, FeedParserDict()))
    reader: Any = _Strict(url or "", None, "utf-8")
    bozo = not _read_strictly(data, reader)
    if bozo:
        reader = _Lenient(url or "", None, "utf-8", entities)
        reader.feed(data.decode("utf-8", "replace"))
    return {
        "feed": reader.feeddata,
        "entries": reader.entries,
        "version": version or reader.version,
        "bozo": bozo,
    }


def _read_strictly(data: bytes, reader: Any) -> bool:  # noqa: ANN401  a class of feedparser's
    """Give a feed to a handler, without fetching anything; return whether it is well formed."""
    parser = xml.sax.make_parser()  # noqa: S317  external entities are off, and so are doctypes
    parser.setFeature(xml.sax.handler.feature_namespaces, 1)
    parser.setFeature(xml.sax.handler.feature_external_ges, 0)
    parser.setContentHandler(reader)
    parser.setErrorHandler(reader)
    source = xml.sax.xmlreader.InputSource()
    source.setByteStream(BytesIO(data))
    try:
        parser.parse(source)
    except xml.sax.SAXException:
        return False
    return True
