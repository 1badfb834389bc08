r"""JSON as found in pages and feeds: read as it is, or repaired with a note.

The faults, each seen in published data: byte-order marks, CDATA and HTML comments around the JSON,
PHP notices before it, trailing commas, comments, escapes that JSON does not have (``\'``, ``\d``),
raw control characters in strings, ``&quot;`` for every quote, several objects in a row.

Valid JSON needs one ``json.loads``. Repairs take time linear in the text: each is a single pass,
and their number is limited.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final

from include.discovery.text.cleaning import unescaped
from include.discovery.text.encoding import (
    DAMAGED,
    MARK,
    encoding_of,
    marked_text,
    without_bom,
    without_marks,
)

_MOST_STARTS: Final = 10
"""How many places are tried where the JSON may begin after other text."""
_MOST_DOCUMENTS: Final = 10_000
"""How many values in a row are read."""

_WRAPPERS: Final = (
    (
        "CDATA removed",
        re.compile(r"(?:(?://|/\*)\s*)?<!\[CDATA\[(?:\s*\*/)?"),
        re.compile(r"(?://|/\*)?\s*\]\]>(?:\s*\*/)?[\s;]*\Z"),
    ),
    ("HTML comment removed", re.compile(r"(?://\s*)?<!--"), re.compile(r"(?://\s*)?-->\Z")),
)
_LONGEST_CLOSING: Final = 200
_START: Final = re.compile(
    r'\{(?=\s*(?:["}/,]|<!--))|\[(?=\s*(?:["{\[\]/,]|-?[0-9]|true\b|false\b|null\b|<!--))'
)
_BETWEEN: Final = re.compile(r"[\s,;]*")
_OF_JSON: Final = re.compile(r'"\s{0,20}:|[{\[]\s{0,20}["{\[]')
"""The name of a member, and what opens an object or a list of texts, objects or lists."""
# Strings and comments, to their end or that of the text; commas beside nothing they could join.
_TOKEN: Final = re.compile(
    r'"[^"\\]*(?:\\.[^"\\]*)*"?'
    r"|//[^\r\n]*|/\*[^*]*(?:\*(?!/)[^*]*)*(?:\*/)?|<!--[^-]*(?:-(?!->)[^-]*)*(?:-->)?"
    r"|[\[{]\s*,[\s,]*|,[\s,]*(?P<closing>[}\]])?",
    re.DOTALL,
)
_ESCAPE: Final = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|(\r?\n|.)|\Z)', re.DOTALL)
_OF_STRUCTURE: Final = frozenset("{[]}:")
_QUOTES: Final = ("&quot;", "&#34;", "&#034;", "&#x22;")


_MAY_ESCAPE_NO_CHARACTER: Final = re.compile(r"\\u(?:[dD]|0000|[fF]{3}[dD])")
_SURROGATE: Final = r"[dD][%s][0-9a-fA-F]{2}"
_ESCAPED: Final = re.compile(
    rf"\\(?:u{_SURROGATE % '89abAB'}\\u{_SURROGATE % 'c-fC-F'}"
    rf"|(?P<lost>u(?:{_SURROGATE % '89a-fA-F'}|0000|[fF]{{3}}[dD]))|.)",
    re.DOTALL,
)
"""An escape: a pair of surrogates, what is no character, or any other."""


class UnrepairableJson(ValueError):
    """Text that is not JSON, nor anything that can be made JSON without guessing its values."""

    def __init__(self, reason: str, line: int = 1, column: int = 1) -> None:
        super().__init__(f"{reason} at line {line}, column {column}")
        self.line = line
        self.column = column


class NestedTooDeeply(UnrepairableJson):
    """JSON that nests more objects and lists than can be read: it stays so, however it ends."""

    def __init__(self) -> None:
        super().__init__("nested too deeply")


@dataclass(frozen=True, slots=True)
class Repaired:
    """A JSON value, and what had to be repaired to read it (nothing: it was valid)."""

    value: Any
    repairs: tuple[str, ...] = ()


def load_json(body: bytes) -> Any:  # noqa: ANN401  any JSON value
    """Read JSON that has to be valid, in whatever encoding; what was guessed or lost is marked.

    :raises ValueError: if it is not one.
    :raises RecursionError: if it is nested too deeply.
    """
    return json.loads(json_text(body))


def json_text(body: bytes, *declared: str | None) -> str:
    r"""Decode JSON; what was guessed or lost is marked, and so is what escapes no character.

    Half a surrogate pair (``\ud83d``), which no text can hold, becomes U+FFFD; so does NUL.

    :param declared: labels of its encoding, as that of the Content-Type header.
    """
    return with_lost_escapes_marked(marked_text(body, *declared))


def with_lost_escapes_marked(text: str) -> str:
    """Mark what escapes no character in JSON; see :func:`json_text`."""
    if "\\u" in text and _MAY_ESCAPE_NO_CHARACTER.search(text):
        text = _ESCAPED.sub(lambda found: f"\\ufffd{MARK}" if found["lost"] else found[0], text)
    return text


def holds_json(text: str) -> bool:
    """Return whether a text around a document is JSON, too, so that skipping it would lose some.

    Where a character between two items is damaged, what is left of their list reads as a whole one.
    """
    return _OF_JSON.search(text) is not None


def loads_repaired(text: str | bytes) -> Repaired:
    """Read JSON; several documents in a row become a list.

    ``NaN`` and infinities, which JSON does not have, become null; so do numbers beyond bounds.

    :param text: bytes are decoded without marks; give what :func:`json_text` returns to have them.

    :raises UnrepairableJson: if it stays unreadable, with the place of the first fault.
    """
    repairs: dict[str, None] = {}  # in the order in which they were made
    decoded = _decoded(text, repairs) if isinstance(text, bytes) else text
    if decoded.startswith("\ufeff"):
        decoded = decoded[1:]
    try:
        return Repaired(_loads(decoded, repairs), tuple(repairs))
    except json.JSONDecodeError as fault:
        found = _repaired(decoded, repairs)
        if found is None:
            reason = "nothing but space" if not decoded.strip() else fault.msg
            raise UnrepairableJson(reason, fault.lineno, fault.colno) from None
        return found
    except RecursionError:
        raise NestedTooDeeply from None


def _decoded(body: bytes, repairs: dict[str, None]) -> str:
    encoding = encoding_of(body)
    text = without_bom(encoding.decode(body))
    if MARK not in text:
        return text
    repairs["not UTF-8, read as Windows-1252" if encoding.is_guess else DAMAGED] = None
    return without_marks(text)


def _loads(text: str, repairs: dict[str, None]) -> Any:  # noqa: ANN401  any JSON value
    readers = _number_readers(repairs)
    constants = _constant_reader(repairs)
    try:
        # Python's own integers take a third of the time of a reader that looks at each.
        return json.loads(text, parse_constant=constants, parse_float=readers["parse_float"])
    except json.JSONDecodeError:
        raise
    except ValueError:  # more digits than Python turns into an integer
        return json.loads(text, parse_constant=constants, **readers)


def _constant_reader(repairs: dict[str, None]) -> Callable[[str], None]:
    def read(name: str) -> None:
        repairs[f"{name} read as null"] = None

    return read


def _number_readers(repairs: dict[str, None]) -> dict[str, Any]:
    """Return what reads numbers as ``json.loads`` wants it.

    JSON may write numbers beyond those of IEEE 754, which Python takes for infinities.
    """

    def read_int(digits: str) -> int | None:
        try:
            return int(digits)
        except ValueError:  # more digits than Python turns into an integer
            repairs["number of too many digits read as null"] = None
            return None

    def read_float(digits: str) -> float | None:
        value = float(digits)
        if isfinite(value):
            return value
        repairs["number too large read as null"] = None
        return None

    return {"parse_int": read_int, "parse_float": read_float}


def _repaired(text: str, repairs: dict[str, None]) -> Repaired | None:
    """Try the repairs in order, those that change least first; ``None`` if all fail."""
    text = _unwrapped(text, repairs)
    if '"' not in text and any(quote in text for quote in _QUOTES):
        text = unescaped(text)
        repairs["HTML entities decoded"] = None
    for start in _starts(text):
        if holds_json(text[: start + 1]):
            return None
        noise_before = bool(text[:start].strip())
        for clean in (_as_it_is, _cleaned):
            tried = dict(repairs)
            values, rest = _documents(clean(text[start:], tried), tried)
            if not values or holds_json(rest):
                continue
            # Entered in the middle behind noise, the beginning of the JSON would be lost.
            in_the_middle = noise_before or len(values) > 1
            if rest[:1] in _OF_STRUCTURE and (in_the_middle or clean is _as_it_is):
                continue
            notes = {
                "text before the JSON skipped": noise_before,
                "several JSON documents read as a list": len(values) > 1,
                "text after the JSON skipped": bool(rest),
            }
            tried.update({note: None for note, holds in notes.items() if holds})
            if not tried:
                tried["control characters in strings accepted"] = None
            return Repaired(values if len(values) > 1 else values[0], tuple(tried))
    return None


def _unwrapped(text: str, repairs: dict[str, None]) -> str:
    for name, opening, closing in _WRAPPERS:
        # Without the space around it: patterns that pass over space on both sides of what may be
        # missing try each way to divide it.
        text = text.strip()
        if opened := opening.match(text):
            text = text[opened.end() :]
            tail = max(0, len(text) - _LONGEST_CLOSING)
            if closed := closing.search(text, tail):
                text = text[: closed.start()]
            repairs[name] = None
    return text


def _starts(text: str) -> Iterator[int]:
    for count, match in enumerate(_START.finditer(text)):
        if count == _MOST_STARTS:
            return
        yield match.start()


def _as_it_is(text: str, _repairs: dict[str, None]) -> str:
    return text


def _cleaned(text: str, repairs: dict[str, None]) -> str:
    """Correct escapes inside strings, and comments and commas outside of them."""

    def correct(match: re.Match[str]) -> str:
        token = match[0]
        if token[0] == '"':
            return _ESCAPE.sub(unescape, token) if "\\" in token else token
        if token[0] in "/<":
            repairs["comments removed"] = None
            return " "
        if token.rstrip() == ",":
            return token
        repairs["superfluous commas removed"] = None
        closing = match["closing"]
        if token[0] == ",":
            return closing or ","
        return token[0]

    def unescape(match: re.Match[str]) -> str:
        valid, wrong = match.groups()
        if valid:
            return match[0]
        repairs["invalid escapes corrected"] = None
        if wrong and wrong[-1] == "\n":  # JavaScript: the string goes on in the next line
            return ""
        # Of a letter the backslash may be meant (C:\dir); before a sign it only shields.
        return f"\\\\{wrong or ''}" if not wrong or wrong.isalnum() else wrong

    cleaned = _TOKEN.sub(correct, text)
    # A comma may have stood before a comment that is gone now.
    return _TOKEN.sub(correct, cleaned) if "comments removed" in repairs else cleaned


def _documents(text: str, repairs: dict[str, None]) -> tuple[list[Any], str]:
    """Read the values that stand in a row at the start of a text; return also what follows."""
    decoder = json.JSONDecoder(
        strict=False,
        parse_constant=_constant_reader(repairs),
        **_number_readers(repairs),
    )
    values: list[Any] = []
    position = 0
    while text[position : position + 1] in {"{", "["} and len(values) < _MOST_DOCUMENTS:
        try:
            value, end = decoder.raw_decode(text, position)
        except RecursionError:
            raise NestedTooDeeply from None
        except ValueError:
            break
        values.append(value)
        position = _after_separators(text, end)
    return values, text[position:]


def _after_separators(text: str, position: int) -> int:
    match = _BETWEEN.match(text, position)
    return match.end() if match else position
