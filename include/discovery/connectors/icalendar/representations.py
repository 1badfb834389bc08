"""jCal (RFC 7265) and xCal (RFC 6321): the same calendar as JSON or XML, turned into content lines.

Both name each property, its parameters and the type of its value, so each becomes one line; what
reads iCalendar then reads them. A property that is malformed is left out; it costs no other.

Why not ``icalendar``: it reads jCal as a whole, so that one bad value loses every event, and no
xCal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

from include.discovery.errors import UnreadableResponse
from include.discovery.formats.json_repair import load_json
from include.discovery.text.encoding import decoded

_NAMESPACE = "urn:ietf:params:xml:ns:icalendar-2.0"
_HEAD = 2_000
_JCAL = re.compile(rb"\s*(?:\[\s*)?\[\s*\"vcalendar\"\s*,", re.IGNORECASE)
_DEEPEST = 8  # components within components; a calendar has three levels
_NAME = re.compile(r"[A-Za-z0-9-]{1,100}")
_TEXT_TYPES = frozenset({"text", "unknown"})
_TYPED = frozenset({"date", "period"})
"""Types that a line must name, since they are not the usual ones of a property."""


def as_content_lines(body: bytes) -> bytes:
    """Return jCal or xCal as iCalendar; any other document as it is.

    :raises UnreadableResponse: if it is not JSON, or XML that is malformed or declares entities.
    """
    head = body[:_HEAD].lstrip(b"\xef\xbb\xbf")
    if _JCAL.match(head):
        try:
            calendars = load_json(body)
        except (ValueError, RecursionError) as error:
            raise UnreadableResponse(f"jCal that is not JSON: {error}") from error
        return _written(_calendars_of(calendars))
    if _NAMESPACE.encode() in head and head.lstrip().startswith(b"<"):
        return _written(_from_xml(body))
    return body


def is_representation(body: bytes) -> bool:
    """Return whether a document is jCal or xCal, by its beginning."""
    head = body[:_HEAD].lstrip(b"\xef\xbb\xbf")
    return bool(_JCAL.match(head)) or (_NAMESPACE.encode() in head and head.lstrip()[:1] == b"<")


def _calendars_of(value: Any) -> list[Any]:  # noqa: ANN401  any JSON
    return [value] if isinstance(value, list) and value[:1] == ["vcalendar"] else list(value)


def _written(calendars: list[Any]) -> bytes:
    lines = [line for calendar in calendars for line in _component(calendar, 0)]
    return "\n".join(lines).encode("utf-8", "replace") + b"\n"


def _component(value: Any, depth: int) -> Iterator[str]:  # noqa: ANN401  any JSON
    match value:
        case [str(name), list(properties), list(components)] if _NAME.fullmatch(name):
            yield f"BEGIN:{name.upper()}"
            for each in properties:
                if line := _line(each):
                    yield line
            for each in components if depth < _DEEPEST else ():
                yield from _component(each, depth + 1)
            yield f"END:{name.upper()}"


def _line(value: Any) -> str | None:  # noqa: ANN401  any JSON
    match value:
        case [str(name), dict(parameters), str(kind), *values] if _NAME.fullmatch(name) and values:
            given = {**parameters, "value": kind.upper()} if kind in _TYPED else parameters
            written = ",".join(_value(each, kind) for each in values)
            return f"{name.upper()}{''.join(map(_parameter, given.items()))}:{written}"
    return None


def _parameter(item: tuple[Any, Any]) -> str:
    name, value = item
    if not _NAME.fullmatch(str(name)):
        return ""
    texts = value if isinstance(value, list) else [value]
    quoted = ",".join('"{}"'.format(re.sub(r'["\r\n]', "", str(text))) for text in texts)
    return f";{str(name).upper()}={quoted}"


def _value(value: Any, kind: str) -> str:  # noqa: ANN401  any JSON
    if isinstance(value, dict):  # a recurrence rule
        parts = ((str(name), _joined(part, ",")) for name, part in value.items())
        return ";".join(f"{name.upper()}={part}" for name, part in parts)
    if isinstance(value, list):  # a structured value: GEO, or a PERIOD
        return _joined(value, "/" if kind == "period" else ";")
    text = str(value)
    if kind in _TEXT_TYPES:
        text = re.sub(r"([\\;,])", r"\\\1", text)
    return text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def _joined(value: Any, separator: str) -> str:  # noqa: ANN401  any JSON
    items = value if isinstance(value, list) else [value]
    return re.sub(r"[\r\n]", "", separator.join(map(str, items)))


def _from_xml(body: bytes) -> list[Any]:
    """Return the calendars of xCal as jCal has them."""
    text = decoded(body)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise UnreadableResponse("xCal that declares entities is not read")
    try:
        root = ET.fromstring(text)  # noqa: S314  entities are refused above
    except (ET.ParseError, ValueError) as error:
        raise UnreadableResponse(f"not well-formed xCal: {error}") from error
    return [_xml_component(each, 0) for each in root.iter(f"{{{_NAMESPACE}}}vcalendar")]


def _xml_component(element: ET.Element, depth: int) -> list[Any]:
    properties = element.find(f"{{{_NAMESPACE}}}properties")
    components = element.find(f"{{{_NAMESPACE}}}components")
    return [
        _tag(element),
        [_xml_property(each) for each in properties if len(each)] if properties is not None else [],
        [_xml_component(each, depth + 1) for each in components]
        if components is not None and depth < _DEEPEST
        else [],
    ]


def _xml_property(element: ET.Element) -> list[Any]:
    parameters: dict[str, Any] = {}
    values: list[Any] = []
    kind = "unknown"
    for child in element:
        tag = _tag(child)
        if tag == "parameters":
            parameters = {_tag(each): ["".join(v.itertext()) for v in each] for each in child}
            continue
        kind = "text" if tag in {"latitude", "longitude"} else tag
        if tag == "recur":
            rule: dict[str, list[str]] = {}
            for part in child:
                rule.setdefault(_tag(part), []).append((part.text or "").strip())
            values.append(rule)
        elif len(child):  # a period: start, then end or duration
            values.append([(part.text or "").strip() for part in child])
        else:
            values.append(child.text or "")
    if _tag(element) == "geo":
        return ["geo", parameters, "float", [value.strip() for value in values]]
    return [_tag(element), parameters, kind, *values]


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2].lower()
