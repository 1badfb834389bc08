"""Content lines of iCalendar: from the bytes of a component to its properties (RFC 5545 §3.1).

Tolerated, since real feeds have them: bare LF or CR line ends, folds inside a UTF-8 character,
blank lines before a fold, text with raw line breaks, bytes that are not UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from include.discovery.text.encoding import MARK, Encoding, without_marks

_LINE = re.compile(r'([A-Za-z0-9-]+)[ \t]*((?:;[^";:]*(?:"[^"]*"[^";:]*)*)*):(.*)', re.DOTALL)
_LINE_WITH_BROKEN_QUOTES = re.compile(r"([A-Za-z0-9-]+)(;[^:]*):(.*)", re.DOTALL)
_PARAMETER = re.compile(r';\s*([A-Za-z0-9-]+)\s*=\s*((?:"[^"]*"?|[^";])*)')
_ESCAPED = re.compile(r'\\([nN,;:\\"])')
_LIST_ITEM = re.compile(r"(?:\\.|[^,\\])+", re.DOTALL)
_CARET_ESCAPES = {"^n": "\n", "^'": '"', "^^": "^"}  # RFC 6868

_FREE_TEXT = frozenset({"SUMMARY", "DESCRIPTION", "LOCATION", "X-ALT-DESC"})
_LONGEST_REPAIR = 100_000  # characters of one property that raw line breaks may split off
MOST_PROPERTIES = 5_000
"""Properties of one component that are read."""

_NO_PARAMETERS: Mapping[str, str] = {}
_SHORT = 100
_BLANK_LINES = re.compile(rb"\n[\r\n]+")


@dataclass(slots=True)
class Property:
    """One content line. ``value`` is as sent: escaped where it is text."""

    raw_parameters: str
    value: str

    @property
    def parameters(self) -> Mapping[str, str]:
        """The parameters by upper-case name, without quotes."""
        raw = self.raw_parameters
        if not raw:
            return _NO_PARAMETERS
        return _parameters_of(raw) if len(raw) <= _SHORT else _parameters(raw)

    @property
    def text(self) -> str:
        r"""The value as text: ``\n``, ``\,`` and the like resolved (RFC 5545 §3.3.11)."""
        return unescape(self.value)

    @property
    def texts(self) -> list[str]:
        """The value as a list of texts, split at commas that are not escaped."""
        if "\\" not in self.value:
            return [item for item in self.value.split(",") if item]
        return [unescape(item) for item in _LIST_ITEM.findall(self.value)]


@dataclass
class Component:
    """The lines between a BEGIN and its END, and their position."""

    name: str
    line: int
    """Line of its BEGIN, counted from 1."""
    properties: dict[str, list[Property]] = field(default_factory=dict)
    children: list[Component] = field(default_factory=list)
    unclosed: bool = False
    """Its END is missing, though the file goes on after it."""
    broken_off: bool = False
    """The file ends inside it."""
    damaged: dict[str, None] = field(default_factory=dict)
    """The names of properties with letters that had to be guessed, or were lost."""
    count: int = 0
    """How many properties it has, as far as they were counted."""

    def first(self, name: str) -> Property | None:
        """Return the first property of a name."""
        found = self.properties.get(name)
        return found[0] if found else None

    def all(self, name: str) -> list[Property]:
        """Return all properties of a name, in order."""
        return self.properties.get(name, [])

    def text(self, name: str) -> str | None:
        """Return the first property of a name as text; blank is None."""
        found = self.first(name)
        return (found.text.strip() or None) if found else None

    def of_kind(self, name: str) -> list[Component]:
        """Return the direct subcomponents of a name, in order."""
        return [child for child in self.children if child.name == name]

    @cached_property
    def cancels(self) -> bool:
        """Return whether it is a calendar that cancels all its events (RFC 5546 §3.2.5)."""
        return (self.text("METHOD") or "").upper() == "CANCEL"


def add_properties(component: Component, content: bytes, encoding: Encoding) -> None:
    """Read content lines into a component; those of its subcomponents are skipped."""
    inside: list[str] = []
    last: Property | None = None
    name = ""
    breaks: list[str] = []
    for line in encoding.decode(unfolded(content)).split("\n"):
        match = match_line(line.rstrip("\r"))
        if match is None:
            if last is not None and line.strip():
                breaks.append(line.rstrip("\r"))
            continue
        if breaks:
            _put_back(component, name, last, breaks)
        last = None
        name = match[1].upper()
        if name in {"BEGIN", "END"}:
            _enter_or_leave(inside, name, match[3].strip().upper())
        elif not inside:
            component.count += 1
            if component.count > MOST_PROPERTIES:
                break
            item = Property(match[2], match[3])
            if MARK in line:
                component.damaged[name] = None
                item = Property(without_marks(match[2]), without_marks(match[3]))
            component.properties.setdefault(name, []).append(item)
            if name in _FREE_TEXT:
                last = item
    _put_back(component, name, last, breaks)


def match_line(line: str) -> re.Match[str] | None:
    """Match a content line: its name, parameters and value are groups 1 to 3."""
    return _LINE.match(line) or _LINE_WITH_BROKEN_QUOTES.match(line)


def unfolded(content: bytes) -> bytes:
    """Join folded lines before they are decoded: a fold may be inside a character."""
    content = _BLANK_LINES.sub(b"\n", content.replace(b"\r\n", b"\n"))
    return content.replace(b"\n ", b"").replace(b"\n\t", b"")


def _put_back(component: Component, name: str, text: Property | None, breaks: list[str]) -> None:
    """Append to a text property the lines that raw line breaks have split off."""
    if text is not None and breaks:
        lost = "\\n".join(breaks)
        if MARK in lost:
            component.damaged[name] = None
        text.value = f"{text.value}\\n{without_marks(lost)[:_LONGEST_REPAIR]}"
    breaks.clear()


def _enter_or_leave(inside: list[str], edge: str, kind: str) -> None:
    if edge == "BEGIN":
        inside.append(kind)
    elif kind in inside:
        while inside.pop() != kind:
            pass
    elif inside:  # closed under a misspelt name
        inside.pop()


def unescape(value: str) -> str:
    """Resolve the escapes of TEXT (RFC 5545 §3.3.11); any other backslash is kept."""
    if "\\" not in value:
        return value
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)


def _parameters(raw: str) -> Mapping[str, str]:
    return {name.upper(): _parameter_text(value) for name, value in _PARAMETER.findall(raw)}


@lru_cache(maxsize=500)
def _parameters_of(raw: str) -> Mapping[str, str]:
    """Cache short parameters: the time zone of starts and ends is mostly the same."""
    return _parameters(raw)


def _parameter_text(value: str) -> str:
    text = value.strip().replace('"', "")
    return re.sub(r"\^[n'^]", lambda match: _CARET_ESCAPES[match[0]], text)
