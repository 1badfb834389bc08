"""Content lines of iCalendar: from the bytes of a component to its properties (RFC 5545 §3.1).

Tolerated, since real feeds have them: bare LF or CR line ends, folds inside a UTF-8 character,
blank lines before a fold, text with raw line breaks, bytes that are not UTF-8, names with
characters that are not allowed, parameters that should be in quotes. The encodings of vCalendar 1.0
(QUOTED-PRINTABLE, BASE64, a CHARSET of its own for a property) are decoded.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from include.discovery.text.encoding import MARK, Encoding, encoding_of, without_marks

# 'X_MY_PROP' and 'X-A.B' are not allowed, but are properties and no part of the text before them.
_NAME = r"([A-Za-z0-9-]+|[Xx][-_][^\s:;\"]+|[A-Z0-9]+(?:[_.][A-Z0-9-]+)+)"
_LINE = re.compile(_NAME + r'[ \t]*((?:;[^";:]*(?:"[^"]*"[^";:]*)*)*):(.*)', re.DOTALL)
_LINE_WITH_BROKEN_QUOTES = re.compile(_NAME + r"(;[^:]*):(.*)", re.DOTALL)
_PARAMETER = re.compile(r';\s*([A-Za-z0-9-]+)\s*=\s*((?:"[^"]*"?|[^";])*)')
_ESCAPED = re.compile(r'\\([nN,;:\\"])')
_LIST_ITEM = re.compile(r"(?:\\.|[^,\\])+", re.DOTALL)
_DATE_VALUE = r"\d{4}-?\d\d-?\d\d(?!\d)"
# What the value begins with, by name: a parameter before it may hold a colon that is not quoted, as
# in 'TZID=(UTC+01:00) Amsterdam'.
_VALUE_STARTS = {
    **dict.fromkeys(("DTSTART", "DTEND", "RECURRENCE-ID", "RDATE", "EXDATE"), _DATE_VALUE),
    "X-APPLE-STRUCTURED-LOCATION": "geo:",
    "ORGANIZER": "mailto:",
}
_VALUE_START = {
    name: (re.compile(start, re.IGNORECASE), re.compile(f":(?={start})", re.IGNORECASE))
    for name, start in _VALUE_STARTS.items()
}
_ENCODED = re.compile(
    rb"(?:^|\n)[\w-]+[ \t]*;[^:\n]*(?:QUOTED-PRINTABLE|BASE64|CHARSET|ENCODING=B\b)", re.IGNORECASE
)
_OF_ENCODINGS = (b"QUOTED-PRINTABLE", b"BASE64", b"CHARSET", b"ENCODING=B")
_SOFT_BREAK = re.compile(
    rb"^([\w-]+[ \t]*;[^:\n]*QUOTED-PRINTABLE[^:\n]*:)((?:[^\n]*=\r?\n)+[^\n]*)",
    re.IGNORECASE | re.MULTILINE,
)
_BARE_ENCODINGS = ("QUOTED-PRINTABLE", "BASE64")
_CARET_ESCAPES = {"^n": "\n", "^'": '"', "^^": "^"}  # RFC 6868

_FREE_TEXT = frozenset({"SUMMARY", "DESCRIPTION", "LOCATION", "X-ALT-DESC"})
_BASE64_TEXT = _FREE_TEXT | {"CATEGORIES", "URL"}
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
    for line in _text_of(content, encoding).split("\n"):
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
            item = Property(*_split_later(name, match[2], match[3]))
            if MARK in line:
                component.damaged[name] = None
                item = Property(without_marks(item.raw_parameters), without_marks(item.value))
            component.properties.setdefault(name, []).append(item)
            if name in _FREE_TEXT:
                last = item
    _put_back(component, name, last, breaks)


def _split_later(name: str, parameters: str, value: str) -> tuple[str, str]:
    """Return parameters and value, split where the value begins as those of this name do."""
    patterns = _VALUE_START.get(name)
    if not parameters or patterns is None or patterns[0].match(value):
        return parameters, value
    colon = patterns[1].search(value)
    if colon is None:
        return parameters, value
    return f"{parameters}:{value[: colon.start()]}", value[colon.end() :]


def _text_of(content: bytes, encoding: Encoding) -> str:
    """Decode content lines, those of vCalendar 1.0 by the encoding that each names."""
    told = content.upper()
    if not any(word in told for word in _OF_ENCODINGS) or not _ENCODED.search(content):
        return encoding.decode(unfolded(content))
    joined = _SOFT_BREAK.sub(lambda match: match[1] + _joined(match[2]), content)
    return "\n".join(_line_text(line, encoding) for line in unfolded(joined).split(b"\n"))


def _joined(value: bytes) -> bytes:
    """Join the lines of a value in QUOTED-PRINTABLE; some exporters fold them as well."""
    return re.sub(rb"=\r?\n[ \t]?", b"", value)


def _line_text(line: bytes, encoding: Encoding) -> str:
    if not _ENCODED.match(line):
        return encoding.decode(line)
    match = match_line(line.decode("latin-1").rstrip("\r"))
    if match is None:
        return encoding.decode(line)
    name, parameters, value = match[1], match[2], match[3].encode("latin-1")
    given = _parameters(parameters)
    transfer = given.get("ENCODING", "").upper() or next(
        (bare for bare in _BARE_ENCODINGS if bare in parameters.upper()), ""
    )
    own = encoding_of(value, given.get("CHARSET")) if "CHARSET" in given else encoding
    if transfer == "QUOTED-PRINTABLE":
        value = quopri.decodestring(value)
        own = encoding_of(value, given.get("CHARSET"))
    elif transfer in {"BASE64", "B"} and name.upper() in _BASE64_TEXT:
        try:
            value = base64.b64decode(value).replace(b"\\", b"\\\\")
        except binascii.Error:
            return encoding.decode(line)
        own = encoding_of(value, given.get("CHARSET"))
    text = own.decode(value).replace("\r\n", "\n").rstrip("\n").replace("\n", "\\n")
    return f"{name}{encoding.decode(parameters.encode('latin-1'))}:{text}"


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
