"""Hostile documents of a kind of source: its own payloads with one place filled, or parts repeated.

A payload of the fuzz tests is a document that is read whole, so what is put into it gets as far as
a record. Each place in it where a text stands is filled with repeats of tokens, and each part of it
(an item of a list, an event, an element) is repeated, the same or numbered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from tests.security.growth_texts import Hostile

_OF_MARKUP = re.compile(r">([^<>]{2,})<|=\"([^\"]{2,})\"")
_OF_LINES = re.compile(r"^[A-Z-]+(?:;[^:\n]*)?:(.*)$", re.MULTILINE)
_PARTS = re.compile(
    r"BEGIN:VEVENT.*?END:VEVENT\r?\n|<(item|entry|url|script|article|li|div)\b.*?</\1>", re.DOTALL
)

Put = Callable[[str], str]
"""Puts a text into a place of a document."""


def places(document: str) -> Iterator[tuple[str, Put]]:
    """Yield the places of a document where a text stands, each with its name."""
    if document.lstrip()[:1] in {"{", "["}:
        yield from _json_places(json.loads(document))
        return
    pattern = _OF_LINES if document.startswith("BEGIN:") else _OF_MARKUP
    for match in pattern.finditer(document):
        group = match.lastindex or 0
        before, after = document[: match.start(group)], document[match.end(group) :]
        name = f"{before[-16:]!r}…"
        yield name, lambda text, before=before, after=after: f"{before}{text}{after}"


def _json_places(document: Any) -> Iterator[tuple[str, Put]]:
    for path, container, key in _leaves(document, ""):

        def put(text: str, container: Any = container, key: Any = key) -> str:
            kept, container[key] = container[key], text
            try:
                return json.dumps(document, ensure_ascii=False)
            finally:
                container[key] = kept

        yield path, put


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield the texts and numbers of a JSON value, of each list those of the first entry."""
    members = value.items() if isinstance(value, dict) else list(enumerate(value))[:1]
    for key, inner in members:
        where = f"{path}.{key}"
        if isinstance(inner, (dict, list)):
            yield from _leaves(inner, where)
        elif inner is not None and not isinstance(inner, bool):
            yield where, value, key


def multiplied(document: str) -> Iterator[Hostile]:
    """Yield documents of many parts: those of a list, or of a page; one text of each numbered."""
    if document.lstrip()[:1] in {"{", "["}:
        yield from _json_multiplied(json.loads(document))
        return
    for match in list(_PARTS.finditer(document))[:4]:
        part = match[0]
        before, after = document[: match.start()], document[match.end() :]
        yield _many(f"{part[:20]!r} n times", before, lambda _, part=part: part, after, len(part))
        pattern = _OF_LINES if part.startswith("BEGIN:") else _OF_MARKUP
        for place in pattern.finditer(part):
            group = place.lastindex or 0
            start, end = place.span(group)
            name = (
                f"{part[:12]!r} n times, each with its own {part[max(0, start - 12) : end][:30]!r}"
            )

            def numbered(number: int, part: str = part, start: int = start, end: int = end) -> str:
                return part[:start] + _numbered(part[start:end], number) + part[end:]

            yield _many(name, before, numbered, after, len(part))


def _numbered(text: str, number: int) -> str:
    """Make a text another one: a date another day, anything else a text with a number."""
    day = re.search(r"(20\d\d-?\d\d-?)(\d\d)", text)
    if day:
        return f"{text[: day.start(2)]}{number % 28 + 1:02}{text[day.end(2) :]}"
    return f"{text}{number}"


def _many(name: str, before: str, part: Callable[[int], str], after: str, length: int) -> Hostile:
    def build(size: int) -> str:
        return f"{before}{''.join(map(part, range(max(1, size // length))))}{after}"

    return Hostile(name, build)


def _json_multiplied(document: Any) -> Iterator[Hostile]:
    # A document that is a list itself is put into an object, whose braces are cut off again.
    box = {"": document}
    for path, container, key in _lists(box, ""):
        entries = container[key]
        template = json.dumps(entries[0], ensure_ascii=False)
        marker = "\x01here"
        container[key] = [marker]
        around = json.dumps(box[""], ensure_ascii=False)
        container[key] = entries
        before, _, after = around.partition(json.dumps(marker))
        bodies: list[tuple[str, Callable[[int], str]]] = [
            ("the same", lambda _, template=template: template)
        ]
        if isinstance(entries[0], dict):
            bodies += [
                (f"each with its own {where}", lambda number, put=put: put(number))
                for where, put in _numbered_entries(entries[0])
            ]
        for name, one in bodies:

            def part(number: int, one: Callable[[int], str] = one) -> str:
                return one(number) if number == 0 else f",{one(number)}"

            yield _many(f"{path or 'the list'} n times, {name}", before, part, after, len(template))


def _numbered_entries(entry: dict[str, Any]) -> Iterator[tuple[str, Callable[[int], str]]]:
    for path, container, key in _leaves(entry, ""):

        def put(number: int, container: Any = container, key: Any = key) -> str:
            kept = container[key]
            container[key] = _numbered(kept, number) if isinstance(kept, str) else kept + number
            try:
                return json.dumps(entry, ensure_ascii=False)
            finally:
                container[key] = kept

        yield path, put


def _lists(value: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield the lists that are members of a JSON value, each with what holds it and where."""
    members = value.items() if isinstance(value, dict) else list(enumerate(value))[:1]
    for key, inner in members:
        where = f"{path}.{key}"
        if isinstance(inner, list) and inner:
            yield where, value, key
        if isinstance(inner, (dict, list)) and inner:
            yield from _lists(inner, where)
