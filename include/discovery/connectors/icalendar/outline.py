"""Where the components of an iCalendar file stand (RFC 5545 §3.4), so that events are read singly.

A file may have a hundred thousand events, which as objects need more than ten times its bytes. So
its structure is read first, without validation: calendars and time zones completely, events only as
position and UID. Then the events of one UID are read together, one UID at a time.

Why not ``icalendar.Calendar.from_ical``: it reads a file as a whole, so one bad VTIMEZONE loses
every event; it keeps the zones of a file in a process-wide cache, where they leak into the next
feed; it does not report an event's line; and it parses each character of each property, needed or
not.

Tolerated, since real feeds have them: components that are not closed, or closed under a misspelt
name; events after the end of their calendar; UTF-16.
"""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from include.discovery.connectors.icalendar.lines import (
    Component,
    Property,
    add_properties,
    match_line,
    unfolded,
)
from include.discovery.errors import UnreadableResponse
from include.discovery.text.encoding import (
    Encoding,
    decoded,
    encoding_of,
    without_bom,
    without_marks,
)

_EVENT = "VEVENT"
_OF_CALENDAR = frozenset({_EVENT, "VTIMEZONE", "VTODO", "VJOURNAL", "VFREEBUSY", "VAVAILABILITY"})
_KNOWN = _OF_CALENDAR | {"VALARM", "STANDARD", "DAYLIGHT", "AVAILABLE", "PARTICIPANT", "VLOCATION"}
MOST_OF_ONE_UID = 10_000

_FIELDS = 5
_UNCLOSED, _BROKEN = 1, 2
_HEAD = 200
_DEEPEST = 8  # levels of components that are kept apart; a calendar has four
_MOST_PARTS = 1_000  # time zones of a calendar, and observances of a zone
_EDGES = re.compile(
    rb"^(?:BEGIN|END|UID)(?=[ \t;:])[^\n]*(?:\n[\r\n]*[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE
)
"""What begins or ends a component, or tells its UID, with its folds."""
_TELLING = re.compile(
    rb"^(?:SUMMARY|DTSTART|LOCATION)(?=[ \t;:])[^\n]*(?:\n[\r\n]*[ \t][^\n]*)*",
    re.IGNORECASE | re.MULTILINE,
)
"""What tells events without a UID apart."""
_LONE_RETURN = re.compile(rb"\r(?!\n)(?=[A-Z][A-Z0-9-]{1,40}[:;])")
"""A line end of old Macs, in a file that has others, too."""
_START = re.compile(rb"^DTSTART(?=[ \t;:])", re.IGNORECASE | re.MULTILINE)


@dataclass(slots=True)
class _Open:
    """An open component; ``component`` is set if its properties are needed."""

    kind: str
    line: int
    begin: int
    component: Component | None = None
    uid: str | None = None


class RawEvent(NamedTuple):
    """A VEVENT whose properties are not read yet."""

    calendar: int
    """The number of its calendar in the file."""
    line: int
    """Line of its BEGIN, counted from 1."""
    flaws: int
    """What is wrong with its form, as bits."""
    content: bytes
    """The lines between its BEGIN and its END."""


class CalendarFile:
    """An iCalendar file whose events are read on demand.

    :param charset: of the Content-Type header, if known.
    :raises UnreadableResponse: if there is no calendar, saying what was found instead.
    """

    def __init__(self, body: bytes, charset: str | None = None) -> None:
        self._body = _normalised(body)
        self._encoding = encoding_of(self._body, charset)
        if self._encoding != Encoding("utf-8"):  # unless it only looks so, for folds in characters
            self._encoding = encoding_of(unfolded(self._body), charset)
        self.calendars: list[Component] = []
        # Of each event: its calendar, line, where its properties begin and end, and its flaws. In
        # arrays, since there may be very many.
        self._events = array("q")
        self._members: dict[str, list[int]] = {}
        self._open: list[_Open] = []
        self._told = 0
        """Up to where it is known whose the lines are."""
        self.without_begin: list[int] = []
        """The lines on which events end that have no beginning that can be read."""
        self._read_outline()
        if not self.calendars:
            raise UnreadableResponse(f"not an iCalendar feed: {_what_it_is(body)}")

    @property
    def broken_off(self) -> bool:
        """Return whether the file ends before a calendar does."""
        return any(calendar.broken_off for calendar in self.calendars)

    @property
    def encoding(self) -> Encoding:
        """How its text is read."""
        return self._encoding

    def groups(self) -> Iterator[tuple[str, Sequence[RawEvent]]]:
        """Yield the events of each UID together, with it, in the order of the first of each.

        Events without a UID share one if title, start and place are identical. Only the first
        10,000 events of a UID are given, since they are held in memory together.
        """
        for uid, members in self._members.items():
            yield uid, [self._raw(number) for number in members[:MOST_OF_ONE_UID]]

    @property
    def left_out(self) -> int:
        """How many events are not read because too many have the same UID."""
        return sum(max(0, len(found) - MOST_OF_ONE_UID) for found in self._members.values())

    def component_of(self, event: RawEvent) -> Component:
        """Read the properties of an event."""
        component = Component(_EVENT, event.line)
        component.unclosed = bool(event.flaws & _UNCLOSED)
        component.broken_off = bool(event.flaws & _BROKEN)
        add_properties(component, event.content, self._encoding)
        return component

    def _raw(self, number: int) -> RawEvent:
        at = number * _FIELDS
        calendar, line, begin, end, flaws = self._events[at : at + _FIELDS]
        return RawEvent(calendar, line, flaws, self._body[begin:end])

    def _read_outline(self) -> None:
        body, position, line, counted = self._body, 0, 1, 0
        for match in _EDGES.finditer(body):
            name, value = self._edge(match[0])
            if name not in {"BEGIN", "END"}:
                if name == "UID":
                    self._tell_uid(value)
                continue
            self._fill(position, match.start())
            position = match.end()
            line += body.count(b"\n", counted, match.start())
            counted = match.start()
            kind = value.strip().upper()
            if name == "BEGIN":
                self._begin(kind, line, match)
            else:
                self._end(kind, line, match)
        self._fill(position, len(body))
        for each in self._open:
            if each.component is not None:
                each.component.broken_off = True
        self._leave(0, len(body), _BROKEN)

    def _edge(self, line: bytes) -> tuple[str, str]:
        """Return the name and value of a line with its folds."""
        name, colon, value = line.partition(b":")
        if colon and name.isalpha() and value.isascii() and b"\n" not in value:  # nearly always
            return name.decode().upper(), value.decode().rstrip("\r")
        match = match_line(self._encoding.decode(unfolded(line)).rstrip("\r"))
        return (match[1].upper(), match[3]) if match else ("", "")

    def _tell_uid(self, value: str) -> None:
        top = self._open[-1] if self._open else None
        if top is not None and top.kind == _EVENT and top.uid is None:
            top.uid = without_marks(Property("", value).text).strip()

    def _fill(self, begin: int, end: int) -> None:
        """Add the lines between two edges to the innermost component, if it is needed."""
        component = self._open[-1].component if self._open else None
        content = b"" if component is None else self._body[begin:end].strip()
        if component is not None and content:
            add_properties(component, content, self._encoding)

    def _begin(self, kind: str, line: int, edge: re.Match[bytes]) -> None:
        is_calendar = kind == "VCALENDAR"
        if is_calendar or kind in _OF_CALENDAR:
            self._told = edge.end()
            self._leave(0 if is_calendar else 1, edge.start(), _UNCLOSED)
        if is_calendar:
            self.calendars.append(Component(kind, line))
            self._open.append(_Open(kind, line, edge.end(), self.calendars[-1]))
            return
        if not self._open and self.calendars and kind in _OF_CALENDAR:  # after END:VCALENDAR
            self._open.append(_Open("VCALENDAR", line, edge.end(), self.calendars[-1]))
        if 0 < len(self._open) < _DEEPEST:
            component = self._part_of(self._open[-1], kind, line)
            self._open.append(_Open(kind, line, edge.end(), component))

    def _part_of(self, parent: _Open, kind: str, line: int) -> Component | None:
        """Add a subcomponent to a component, if both belong to a time zone."""
        around = parent.component
        is_wanted = kind == "VTIMEZONE" or parent.kind == "VTIMEZONE"
        if around is None or not is_wanted or len(around.children) >= _MOST_PARTS:
            return None
        around.children.append(Component(kind, line))
        return around.children[-1]

    def _end(self, kind: str, line: int, edge: re.Match[bytes]) -> None:
        at = edge.start()
        kinds = [each.kind for each in self._open]
        if kind in kinds:
            depth = len(kinds) - 1 - kinds[::-1].index(kind)
            self._leave(depth + 1, at, _UNCLOSED)
            self._close(at, 0)
        elif kind not in _KNOWN and len(kinds) > 1:  # END:VTOOD closes what is open
            self._close(at, 0)
        elif kind == _EVENT and _START.search(self._body, self._told, at):
            self.without_begin.append(line)
        if kind == _EVENT:
            self._told = edge.end()

    def _leave(self, depth: int, at: int, flaw: int) -> None:
        while len(self._open) > depth:
            self._close(at, flaw)

    def _close(self, at: int, flaw: int) -> None:
        closed = self._open.pop()
        if closed.kind in _OF_CALENDAR:
            self._told = at
        if closed.component is not None and flaw == _UNCLOSED:
            closed.component.unclosed = True
        if closed.kind != _EVENT or not self.calendars:
            return
        key = closed.uid or self._key_of(closed.begin, at)
        number = len(self._events) // _FIELDS
        self._events.extend((len(self.calendars) - 1, closed.line, closed.begin, at, flaw))
        self._members.setdefault(key, []).append(number)

    def _key_of(self, begin: int, end: int) -> str:
        """Return the identity of an event without a UID: title, start and place."""
        told = _TELLING.findall(self._body, begin, end)
        return f"\0{hashlib.sha256(b' '.join(map(unfolded, told))).hexdigest()}"


def _normalised(body: bytes) -> bytes:
    """Return a file as bytes that hold ASCII as such, with line feeds, from its first line on."""
    encoding = encoding_of(body[:_HEAD])
    if encoding.name.startswith("utf-") and encoding.name != "utf-8":
        body = without_bom(encoding.decode(body)).encode("utf-8", "replace")
    body = body.removeprefix(b"\xef\xbb\xbf")
    if body.count(b"\r") > 2 * body.count(b"\n"):
        body = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    elif body.count(b"\r") != body.count(b"\r\n"):
        body = _LONE_RETURN.sub(b"\n", body)
    if body[:1].isspace():
        body = _without_indentation(body)
    return body


def _without_indentation(body: bytes) -> bytes:
    """Return a file from its first line on; where a template indents all lines, without that."""
    content = body.lstrip()
    blank, _, indentation = body[: len(body) - len(content)].rpartition(b"\n")
    if indentation and b"\n" + indentation + b"END:VCALENDAR" in body:
        content = content.replace(b"\n" + indentation, b"\n")
    lines_before = body[: len(blank) + 1].count(b"\n")  # for the line numbers in rejects
    return b"\n" * lines_before + content


def _what_it_is(body: bytes) -> str:
    start = decoded(body[:4096]).strip()
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
