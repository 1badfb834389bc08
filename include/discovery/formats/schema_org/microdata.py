"""Microdata of a page (WHATWG HTML §5) as the same trees of objects that JSON-LD gives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from selectolax.lexbor import LexborNode

from include.discovery.formats.html_page import HtmlPage
from include.discovery.formats.schema_org.jsonld import Block

_MOST_REFERRING: Final = 20
_MOST_VALUES: Final = 100
_MOST_TEXT: Final = 20_000_000
"""Characters of all values together: elements inside each other repeat the same text."""
_ADDRESS_OF: Final = {
    "a": "href",
    "area": "href",
    "link": "href",
    "audio": "src",
    "embed": "src",
    "iframe": "src",
    "img": "src",
    "source": "src",
    "track": "src",
    "video": "src",
    "object": "data",
    "data": "value",
    "meter": "value",
    "time": "datetime",
}
_NAMED: Final = frozenset({"performer", "performers", "organizer", "location", "name"})
"""Properties of which a link's words count, not where it leads."""
_VOCABULARY: Final = re.compile(r"https?://(?:www\.)?schema\.org/", re.IGNORECASE)
_DATES: Final = frozenset({"startDate", "endDate"})
_LONGEST_SHOWN: Final = 200
_WITH_MARKUP: Final = frozenset({"description"})
_SPACE: Final = re.compile(r"\s+")


def read_microdata(page: HtmlPage) -> Iterator[Block]:
    """Yield the items that are not properties of others, in document order."""
    # An element with both attributes is found twice.
    found = page.tree.css("[itemscope], [itemprop]")
    elements = list({element.mem_id: element for element in found}.values())
    items = {e.mem_id: _item(e) for e in elements if "itemscope" in e.attributes}
    owned = _fill(items, elements, _Owners(items, page))
    number = 0
    for element in elements:
        if element.mem_id in items and element.mem_id not in owned:
            number += 1
            yield Block(items[element.mem_id], f"microdata item {number}")


def _fill(
    items: dict[int, dict[str, Any]], elements: list[LexborNode], owners: _Owners
) -> set[int]:
    """Give the items their properties; return which elements are a property of one."""
    owned: set[int] = set()
    text_left = _MOST_TEXT
    for element in elements:
        given = (element.attributes.get("itemprop") or "").split()[:10]
        names = [_VOCABULARY.sub("", name, count=1) for name in given]
        inner = items.get(element.mem_id)
        for owner in owners.of(element) if names else ():
            if owner is inner:
                continue
            owned.add(element.mem_id)
            for name in names:
                known = owner.setdefault(name, [])
                if inner is not None:
                    known.append(inner)
                elif len(known) < _MOST_VALUES and text_left > 0:
                    value, looked_at = _value(element, name)
                    text_left -= looked_at
                    known.append(value)
    return owned


class _Owners:
    """Finds the item that an element's properties belong to: above it, or by reference."""

    def __init__(self, items: dict[int, dict[str, Any]], page: HtmlPage) -> None:
        self._items = items
        self._above: dict[int, list[dict[str, Any]]] = {}
        self._by_reference: dict[str, list[dict[str, Any]]] = {}
        for element in page.tree.css("[itemscope][itemref]"):
            item = items[element.mem_id]
            for name in (element.attributes.get("itemref") or "").split()[:50]:
                referring = self._by_reference.setdefault(name, [])
                if len(referring) < _MOST_REFERRING:
                    referring.append(item)

    def of(self, element: LexborNode) -> list[dict[str, Any]]:
        """Return the items that an element gives properties to."""
        if self._by_reference and (name := element.attributes.get("id")):
            referring = self._by_reference.get(name)
            if referring:
                return referring
        return self._owners_above(element)

    def _owners_above(self, element: LexborNode) -> list[dict[str, Any]]:
        passed: list[int] = []
        found: list[dict[str, Any]] = []
        above = element.parent
        while above is not None:
            key = above.mem_id
            if key in self._above:
                found = self._above[key]
                break
            passed.append(key)
            if key in self._items:
                found = [self._items[key]]
                break
            name = above.attributes.get("id") if self._by_reference else None
            if name and name in self._by_reference:
                found = self._by_reference[name]
                break
            above = above.parent
        self._above.update(dict.fromkeys(passed, found))
        return found


def _item(element: LexborNode) -> dict[str, Any]:
    item: dict[str, Any] = {"@type": (element.attributes.get("itemtype") or "").split()[:10]}
    if identifier := (element.attributes.get("itemid") or "").strip():
        item["@id"] = identifier
    return item


def _value(element: LexborNode, name: str) -> tuple[str | dict[str, str], int]:
    """Return the value of a property, and how many characters were looked at for it.

    It is HTML for texts with paragraphs, else one line. A date comes with what the page shows in
    its place, under ``shown``.
    """
    attributes = element.attributes
    is_named = name in _NAMED and element.tag == "a"
    for attribute in ("content", "" if is_named else _ADDRESS_OF.get(element.tag or "", "")):
        if value := (attributes.get(attribute) or "").strip():
            line = _line(element) if name in _DATES else ""
            shown = line[:_LONGEST_SHOWN]
            return {"@value": value, "shown": shown} if shown else value, len(value) + len(line)
    found = (element.inner_html or "") if name in _WITH_MARKUP else _line(element)
    return found, len(found)


def _line(element: LexborNode) -> str:
    return _SPACE.sub(" ", element.text()).strip()
