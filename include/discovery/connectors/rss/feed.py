"""A feed taken apart by feedparser: RSS in all its versions, RDF, Atom.

feedparser gets bytes in memory and nothing else: given a text it would open files and fetch
addresses. Document type declarations are cut out before, and with them entities that grow; should
one get through, the XML parser below has bounds for these, and reads no files. Sanitising of HTML
is off, since all text is made plain here anyway.
"""

from __future__ import annotations

import logging
import re
from calendar import timegm
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from include.discovery.connectors.rss.parsers import parsed
from include.discovery.errors import UnreadableResponse, UnsupportedResponse
from include.discovery.text.cleaning import web_url
from include.discovery.text.encoding import marked_text, without_marks
from include.discovery.text.pictures import picture_url

log = logging.getLogger(__name__)

MOST_BYTES: Final = 10_000_000
"""No event feed is larger; feedparser builds objects from everything it reads."""

MOST_TAGS: Final = 500_000
"""Ten thousand items have half as many; feedparser takes 30 µs for each."""

MOST_ATTRIBUTES: Final = 250
"""Attributes of one tag, as in HTML; feedparser searches all of them for each."""

MOST_PREFIXES: Final = 200
"""Feeds have a dozen namespace prefixes; feedparser searches all of them at each tag."""

MOST_NAME: Final = 2_000
"""Characters of a namespace name or a base; both are read again at each tag."""

MOST_BASES: Final = 5_000
"""Characters of all relative bases: nested bases add up to one long URL."""

_MOST_ITEMS: Final = 10_000
_ROOT: Final = re.compile(rb"<(?:\w{1,20}:)?(?:rss|feed|rdf)\b", re.IGNORECASE)
_ROOT_ENDS: Final = re.compile(rb"</(?:\w{1,20}:)?(?:rss|feed|rdf)\s{0,20}>", re.IGNORECASE)
# Only what is well formed: feedparser reads other tags in another way, which takes no longer.
_TOO_MANY_ATTRIBUTES: Final = re.compile(
    rb"<[^\s<>/=\"']+(?:\s+[^\s<>/=\"']+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')){%d}"
    % (MOST_ATTRIBUTES + 1)
)
# Looked for in texts, too, so that nothing can hide a tag. The value is looked at and not consumed,
# and may be missing, so that each match takes all the characters that it has read of a name.
_NAMESPACE_OR_BASE: Final = re.compile(
    rb"(?:xmlns(?::([^\s<>/=\"']+))?|[\s:](base))"
    rb"(?:(?=\s*=\s*(\"[^\"]{0,%d}|'[^']{0,%d}|[^\s<>\"']{0,%d})))?" % ((MOST_NAME + 1,) * 3),
    re.IGNORECASE,
)
_ITEM_EDGE: Final = re.compile(rb"<(/?)(?:\w{1,20}:)?(?:item|entry)[\s/>]", re.IGNORECASE)
_ABSOLUTE: Final = re.compile(rb"/|[a-z]+://", re.IGNORECASE)
START_NAMES: Final = ("startdate", "dtstart", "start_date_local")
"""Elements in which modules give an event's start; likewise :data:`END_NAMES`."""

END_NAMES: Final = ("enddate", "dtend", "end_date_local")
_KNOWN: Final = frozenset(
    (
        *START_NAMES,
        *END_NAMES,
        *("starttime", "starthour", "endtime", "endhour"),  # beside a start and end without hours
        *("eventdates", "eventtimes"),  # in words
        *("location", "organizer", "type", "status", "lat", "long"),
    )
)


_NEXT_PAGES: Final = frozenset({"next", "prev-archive"})
"""How a feed in several parts names the one with its further items (RFC 5005)."""


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One entry of a feed, as text that is not cleaned yet."""

    identity: str | None
    """The guid or Atom id, else the link."""
    link: str | None
    title: str | None
    body: str | None
    """Its description or content, HTML mostly."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Contents of event modules, by element name without its prefix."""
    point: tuple[object, object] | None = None
    """Latitude and longitude of GeoRSS, as given."""
    categories: Sequence[str] = ()
    image: str | None = None
    written: datetime | None = None
    """When it was published, which is not when the event is."""
    updated: datetime | None = None
    """When it was last changed."""

    @property
    def has_date(self) -> bool:
        """Return whether the item itself says when its event is."""
        return any(name in self.fields for name in (*START_NAMES, "eventdates"))

    def first_of(self, *names: str) -> str | None:
        """Return the first of some fields that the item has."""
        return next((self.fields[name] for name in names if name in self.fields), None)


@dataclass(frozen=True, slots=True)
class Feed:
    """The items of a feed in its order, and what is wrong with it."""

    items: Sequence[FeedItem]
    language: str | None = None
    incomplete_reason: str | None = None
    """What is missing from the feed, in words."""
    breaks_off: bool = False
    """Whether it is truncated."""


def read_feed(body: bytes, url: str | None, charset: str | None = None) -> Feed:
    """Take a feed apart.

    :param url: where it came from, to resolve links.
    :param charset: of the Content-Type header, if known.
    :raises UnreadableResponse: if it is no feed, or too large to be one.
    :raises UnsupportedResponse: if its markup is made so that parsing it would take forever.
    """
    if len(body) > MOST_BYTES:
        raise UnsupportedResponse(f"the feed is larger than {MOST_BYTES // 1_000_000} MB")
    if body.count(b"<") > MOST_TAGS:
        raise UnsupportedResponse(f"the feed has more than {MOST_TAGS:,} tags")
    # As UTF-8, whatever it was: feedparser would read all of it in another encoding for one byte.
    body = marked_text(body, charset).encode("utf-8", "replace")
    _refuse_slow_markup(body)
    told = _parsed(_without_doctype(body), url)
    entries = told.get("entries") or []
    if not told.get("version") and not entries:
        raise UnreadableResponse("no RSS or Atom feed")
    head = told.get("feed") or {}
    reasons = []
    if any(link.get("rel") in _NEXT_PAGES for link in _dicts(head.get("links"))):
        reasons.append("the feed continues on another page, which is not read")
    breaks_off = bool(told.get("bozo")) and not _ROOT_ENDS.search(body)
    if breaks_off:
        reasons.append("the feed is truncated")
    elif told.get("bozo") and (lost := _items_told(body) - len(entries)) > 0:
        reasons.append(f"items that cannot be read because the feed's XML is damaged: {lost}")
    if len(entries) > _MOST_ITEMS:
        reasons.append(f"only the first {_MOST_ITEMS} of the feed's {len(entries)} items were read")
    language = head.get("language")
    base = url or web_url(_text(head.get("link")))
    items = [_item(entry, base) for entry in entries[:_MOST_ITEMS]]
    named = language if isinstance(language, str) else None
    return Feed(items, named, "; ".join(reasons) or None, breaks_off)


def _refuse_slow_markup(body: bytes) -> None:
    """Refuse what feedparser would read in time that grows with the square of its length."""
    if _TOO_MANY_ATTRIBUTES.search(body):
        raise UnsupportedResponse(f"the feed has a tag with more than {MOST_ATTRIBUTES} attributes")
    prefixes: set[bytes] = set()
    relative = 0
    for match in _NAMESPACE_OR_BASE.finditer(body):
        prefix, base, written = match.groups()
        if written is None:
            continue
        value = written.lstrip(b"\"'")
        if len(value) > MOST_NAME:
            kind = "base" if base else "namespace name"
            raise UnsupportedResponse(
                f"the feed has a {kind} of more than {MOST_NAME:,} characters"
            )
        if base and not _ABSOLUTE.match(value):
            relative += len(value)
        elif prefix:
            prefixes.add(prefix)
        if len(prefixes) > MOST_PREFIXES:
            raise UnsupportedResponse(
                f"the feed has more than {MOST_PREFIXES} prefixes of namespaces"
            )
        if relative > MOST_BASES:
            raise UnsupportedResponse(
                f"the feed has relative bases of more than {MOST_BASES:,} characters"
            )


def _without_doctype(body: bytes) -> bytes:
    """Cut out what stands between a document type declaration and the root element."""
    start = body.find(b"<!DOCTYPE")
    root = _ROOT.search(body)
    return body[:start] + body[root.start() :] if root and 0 <= start < root.start() else body


def is_feed(body: bytes) -> bool:
    """Return whether a document looks like a feed, by the elements with which it begins."""
    head = body[:2000].lower()
    return any(mark in head for mark in (b"<rss", b"<rdf:rdf", b"http://www.w3.org/2005/atom"))


def _parsed(body: bytes, url: str | None) -> Mapping[str, Any]:
    try:
        return parsed(body, url)
    except Exception as error:  # a parser that hostile input confuses must not end a task unnamed
        log.warning("feedparser could not read the feed.", exc_info=True)
        raise UnreadableResponse(f"the feed cannot be read ({type(error).__name__})") from None


def _items_told(body: bytes) -> int:
    """Return how many items begin or end in a feed, whichever are more."""
    edges = Counter(edge[1] for edge in _ITEM_EDGE.finditer(body))
    return max(edges.values(), default=0)


def _item(entry: Mapping[str, Any], url: str | None) -> FeedItem:
    identity = without_marks(_text(entry.get("id")) or "") or None
    given = without_marks(_text(entry.get("link")) or "") or None
    link = web_url(given, url)
    published = _moment(entry.get("published_parsed"))
    updated = _moment(entry["updated_parsed"]) if "updated_parsed" in entry else None
    return FeedItem(
        identity=identity or link or given,
        link=link,
        title=_text(entry.get("title")),
        body=_body(entry),
        fields=_fields(entry),
        point=_point(entry),
        categories=_categories(entry),
        image=_image(entry, url),
        written=published or updated,
        updated=updated or published,
    )


def _categories(entry: Mapping[str, Any]) -> Sequence[str]:
    terms = (_text(tag.get("term")) for tag in _dicts(entry.get("tags")))
    return list(dict.fromkeys(filter(None, terms)))


def _fields(entry: Mapping[str, Any]) -> dict[str, str]:
    """Return the elements of event modules; prefixes are the author's choice, names are not."""
    found: dict[str, str] = {}
    for key, value in entry.items():
        prefix, _, name = key.partition("_")
        if prefix and name in _KNOWN and (given := _text(value)):
            found.setdefault(name, given)
    return found


def _body(entry: Mapping[str, Any]) -> str | None:
    contents = [_text(one.get("value")) for one in _dicts(entry.get("content"))]
    return next(filter(None, contents), None) or _text(entry.get("summary"))


def _point(entry: Mapping[str, Any]) -> tuple[object, object] | None:
    """Return a point of GeoRSS, which feedparser gives as longitude and latitude."""
    where = entry.get("where")
    point = where.get("coordinates") if isinstance(where, dict) else None
    if where is None or where.get("type") != "Point" or not isinstance(point, (tuple, list)):
        return None
    return (point[1], point[0]) if len(point) >= 2 else None


def _image(entry: Mapping[str, Any], url: str | None) -> str | None:
    for name in ("media_content", "media_thumbnail", "links"):
        for one in _dicts(entry.get(name)):
            kind = str(one.get("type") or one.get("medium") or "")
            is_image = name == "media_thumbnail" or kind.startswith("image")
            if is_image and (found := picture_url(_text(one.get("url") or one.get("href")), url)):
                return found
    return None


def _moment(parsed: Any) -> datetime | None:  # noqa: ANN401  feedparser's struct_time, in UTC
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC) if parsed else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _dicts(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
