"""Writes schema.org nodes as microdata: the same facts as HTML elements with properties."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from include.demo.clubs import SCHEMA
from include.demo.model import JsonObject

_LINKED = frozenset({"url", "image", "availability", "eventStatus", "eventAttendanceMode"})
_TIMES = frozenset({"startDate", "endDate", "previousStartDate", "dateModified"})
_SHOWN = frozenset({"name", "streetAddress", "postalCode", "addressLocality", "keywords"})


def microdata(node: JsonObject) -> str:
    """Return an article that says what a node says."""
    return "\n".join([_opening("article", node), *_properties(node), "</article>"])


def _properties(node: JsonObject) -> Iterator[str]:
    for name, given in node.items():
        if not name.startswith("@"):
            for value in given if isinstance(given, list) else [given]:
                yield _property(name, value)


def _property(name: str, value: object) -> str:
    if isinstance(value, dict):
        opening = _opening(f'div itemprop="{name}"', value)
        return "\n".join([opening, *_properties(value), "</div>"])
    text = escape(str(value).lower() if isinstance(value, bool) else str(value))
    if name == "description":
        paragraphs = "".join(f"<p>{part}</p>" for part in text.split("\n"))
        return f'<div itemprop="description">{paragraphs}</div>'
    if name in _LINKED:
        return f'<link itemprop="{name}" href="{text}">'
    if name in _TIMES:
        return f'<time itemprop="{name}" datetime="{text}">{text.replace("T", " ")}</time>'
    if name in _SHOWN:
        return f'<span itemprop="{name}">{text}</span>'
    return f'<meta itemprop="{name}" content="{text}">'


def _opening(tag: str, node: JsonObject) -> str:
    return f'<{tag} itemscope itemtype="{SCHEMA}/{node["@type"]}">'
