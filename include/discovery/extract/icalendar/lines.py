"""The outer form of iCalendar: bytes to a tree of components with their properties (RFC 5545 §3.1).

Why not ``icalendar.Calendar.from_ical``: it reads a file whole, so that one bad VTIMEZONE costs
every event; it keeps the zones a file defines in a cache of the process, where they leak into the
next feed; it does not say on which line an event stands; and it looks at each character of each
property, wanted or not. Here structure is read once, without judging it, and each event's values
are read later, on their own.

Tolerated, since real feeds have them: bare LF or CR line ends, folds inside a UTF-8 character,
blank lines before a fold, text with raw line breaks, components that are not closed or closed under
a misspelt name, bytes that are not UTF-8 (taken for Windows-1252), UTF-16.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from include.discovery.errors import UnreadableResponse

_LINE = re.compile(r'([A-Za-z0-9-]+)[ \t]*((?:;[^";:]*(?:"[^"]*"[^";:]*)*)*):(.*)', re.DOTALL)
_LINE_WITH_BROKEN_QUOTES = re.compile(r"([A-Za-z0-9-]+)(;[^:]*):(.*)", re.DOTALL)
_PARAMETER = re.compile(r';\s*([A-Za-z0-9-]+)\s*=\s*((?:"[^"]*"?|[^";])*)')
_ESCAPED = re.compile(r'\\([nN,;:\\"])')
_LIST_ITEM = re.compile(r"(?:\\.|[^,\\])+", re.DOTALL)
_CARET_ESCAPES = {"^n": "\n", "^'": '"', "^^": "^"}  # RFC 6868

_OF_CALENDAR = frozenset({"VEVENT", "VTIMEZONE", "VTODO", "VJOURNAL", "VFREEBUSY", "VAVAILABILITY"})
_KNOWN = _OF_CALENDAR | {"VALARM", "STANDARD", "DAYLIGHT", "AVAILABLE", "PARTICIPANT", "VLOCATION"}
_FREE_TEXT = frozenset({"SUMMARY", "DESCRIPTION", "LOCATION", "X-ALT-DESC"})
_DEEPEST = 8  # levels of components that are kept apart; a calendar has four
_LONGEST_REPAIR = 100_000  # characters that raw line breaks may add up to in one property


@dataclass(slots=True)
class Property:
    """One content line. ``value`` is as sent: escaped where it is text."""

    raw_parameters: str
    value: str

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters by upper-case name, without quotes."""
        return {
            name.upper(): _parameter_text(value)
            for name, value in _PARAMETER.findall(self.raw_parameters)
        }

    @property
    def text(self) -> str:
        r"""The value as text: ``\n``, ``\,`` and the like resolved (RFC 5545 §3.3.11)."""
        return unescape(self.value)

    @property
    def texts(self) -> list[str]:
        """The value as a list of texts, split at commas that are not escaped."""
        return [unescape(item) for item in _LIST_ITEM.findall(self.value)]


@dataclass
class Component:
    """What stands between a BEGIN and its END, and where."""

    name: str
    line: int
    """Line of its BEGIN, counted from 1."""
    properties: dict[str, list[Property]] = field(default_factory=dict)
    children: list[Component] = field(default_factory=list)
    unclosed: bool = False
    """Its END is missing, though the file goes on after it."""
    broken_off: bool = False
    """The file ends inside it."""

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
        """Return the direct parts of a name, in order."""
        return [child for child in self.children if child.name == name]

    @cached_property
    def cancels(self) -> bool:
        """Say whether it is a calendar that cancels all it lists (RFC 5546 §3.2.5)."""
        return (self.text("METHOD") or "").upper() == "CANCEL"


def read_calendars(body: bytes) -> list[Component]:
    """Read the VCALENDARs of a file.

    :raises UnreadableResponse: if there is none, saying what was found instead.
    """
    calendars: list[Component] = []
    stack: list[Component] = []
    last: Property | None = None
    for number, line in _logical_lines(body):
        match = _LINE.match(line) or _LINE_WITH_BROKEN_QUOTES.match(line)
        if match is None:
            if last is not None and len(last.value) < _LONGEST_REPAIR:
                last.value += f"\\n{line}"
            continue
        name = match[1].upper()
        if name == "BEGIN":
            _begin(match[3].strip().upper(), number, calendars, stack)
            last = None
        elif name == "END":
            _end(match[3].strip().upper(), stack)
            last = None
        elif stack:
            item = Property(match[2], match[3])
            stack[-1].properties.setdefault(name, []).append(item)
            last = item if name in _FREE_TEXT else None
    if not calendars:
        raise UnreadableResponse(f"not an iCalendar feed: {_what_it_is(body)}")
    for component in stack:
        component.broken_off = True
    return calendars


def unescape(value: str) -> str:
    """Resolve the escapes of TEXT (RFC 5545 §3.3.11); a backslash before anything else stays."""
    if "\\" not in value:
        return value
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)


def _begin(kind: str, line: int, calendars: list[Component], stack: list[Component]) -> None:
    component = Component(kind, line)
    if kind == "VCALENDAR":
        _leave(stack, 0)
        calendars.append(component)
    elif kind in _OF_CALENDAR:
        _leave(stack, 1)
        if not stack and calendars:  # an event after a premature END:VCALENDAR
            stack.append(calendars[-1])
    if stack:
        stack[-1].children.append(component)
    if kind == "VCALENDAR" or 0 < len(stack) < _DEEPEST:
        stack.append(component)


def _leave(stack: list[Component], depth: int) -> None:
    for component in stack[depth:]:
        component.unclosed = True
    del stack[depth:]


def _end(kind: str, stack: list[Component]) -> None:
    for depth in range(len(stack) - 1, -1, -1):
        if stack[depth].name == kind:
            _leave(stack, depth + 1)
            stack.pop()
            return
    if kind not in _KNOWN and len(stack) > 1:  # END:VTOOD closes what is open
        stack.pop()


def _logical_lines(body: bytes) -> Iterator[tuple[int, str]]:
    """Yield (line number, content line), unfolded before it is decoded (RFC 5545 §3.1)."""
    body = _as_utf8(body)
    if b"\n" not in body:
        body = body.replace(b"\r", b"\n")
    parts: list[bytes] = []
    start = 0
    for number, raw in enumerate(body.split(b"\n"), 1):
        line = raw.rstrip(b"\r")
        if not line:
            continue
        if line[0] in b" \t" and parts:
            parts.append(line[1:])
            continue
        if parts:
            yield start, _decode(b"".join(parts))
        start, parts = number, [line.lstrip(b" \t")]
    if parts:
        yield start, _decode(b"".join(parts))


def _as_utf8(body: bytes) -> bytes:
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace").encode()
    return body.removeprefix(codecs.BOM_UTF8)


def _decode(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def _parameter_text(value: str) -> str:
    text = value.strip().replace('"', "")
    return re.sub(r"\^[n'^]", lambda match: _CARET_ESCAPES[match[0]], text)


def _what_it_is(body: bytes) -> str:
    start = _as_utf8(body[:4096]).decode("utf-8", "replace").strip()
    lower = start.lower()
    if not start:
        return "the answer is empty"
    if lower.startswith(("<!doctype html", "<html")) or "<head" in lower:
        title = re.search(r"<title[^>]*>([^<]{1,80})", start, re.IGNORECASE)
        return f"an HTML page ({title[1].strip()!r})" if title else "an HTML page"
    if start[0] in "{[":
        return f"JSON ({start[:60]!r})"
    if start[0] == "<":
        return f"XML ({start[:60]!r})"
    return f"no BEGIN:VCALENDAR, it starts with {start[:60]!r}"
