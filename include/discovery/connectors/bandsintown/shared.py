"""What both forms of a Bandsintown event have in common: id, address, picture, title, times."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from include.discovery.dates.times import When, all_day, timed
from include.discovery.dates.timestamps import Timestamp, UnreadableTimestamp, read_timestamp
from include.discovery.errors import UnreadableResponse
from include.discovery.formats.json_end import check_json_end
from include.discovery.formats.json_repair import load_json
from include.discovery.parsed import RejectItem
from include.discovery.record_warnings import SourceWarning
from include.discovery.text.cleaning import web_url

_EVENT_PATH = re.compile(r"/e/([0-9]{1,20})(?![0-9])")
_PLACEHOLDER = re.compile(r"(?:null|undefined)\.|/thumb/(?:0000|default)|PlaceHolder")
_KEY = re.compile(rb"(app_id(?:=|%3[Dd]))[^&\"'\\<>\s]*")


def without_key(body: bytes) -> bytes:
    """Mask the key that the API echoes in every URL of its responses."""
    return _KEY.sub(rb"\1***", body)


def read_json(body: bytes) -> object:
    """Read a response; an empty body counts as the empty string that means an unknown artist.

    :raises UnreadableResponse: if it is not JSON.
    """
    if not body.strip():
        return ""
    try:
        document: object = load_json(body)
    except (ValueError, RecursionError):
        check_json_end(body.decode("utf-8", "replace"))
        raise UnreadableResponse("no answer of Bandsintown: it is not JSON") from None
    return document


def event_id(url: str | None, given: str | None = None) -> str:
    """Return the number in an event's URL, else the given one.

    :raises RejectItem: without either.
    """
    match = _EVENT_PATH.search(url or "")
    number = match[1] if match else given
    if number is None:
        raise RejectItem("no id", url)
    return number


def page_address(url: str | None) -> str | None:
    """Return a URL without its query, which identifies the client and echoes the key."""
    address = web_url(url)
    return urlunsplit((*urlsplit(address)[:3], "", "")) if address else None


def picture(url: str | None) -> str | None:
    """Return the URL of a picture; ``None`` for a placeholder picture."""
    address = web_url(url)
    return None if address is None or _PLACEHOLDER.search(address) else address


def read_when(
    start: str | None, end: str | None, zone: ZoneInfo, warnings: list[str], *, hour_known: bool
) -> When:
    """Read local times; an end that equals the start, or has no time, is ignored.

    :raises RejectItem: without a start, or with an unreadable one.
    """
    if start is None:
        raise RejectItem("no start date")
    try:
        begins = read_timestamp(start)
    except UnreadableTimestamp as error:
        raise RejectItem("unreadable date", error) from None
    if not hour_known or begins.clock is None:
        return all_day(begins.day, None, zone)
    ends = _end(end, warnings)
    if ends is None or ends.clock is None or ends.wall == begins.wall:
        return timed(begins.wall, None, zone)
    return timed(begins.wall, ends.wall, zone)


def read_days(first: str, last: str | None, zone: ZoneInfo, warnings: list[str]) -> When:
    """Read the days of a festival.

    :raises RejectItem: if the first is unreadable.
    """
    try:
        begins = read_timestamp(first).day
    except UnreadableTimestamp as error:
        raise RejectItem("unreadable date", error) from None
    ends = _end(last, warnings)
    return all_day(begins, ends.day if ends else None, zone)


def _end(given: str | None, warnings: list[str]) -> Timestamp | None:
    if not given:
        return None
    try:
        return read_timestamp(given)
    except UnreadableTimestamp as error:
        warnings.append(SourceWarning.FIELD_DROPPED.said(field="end", reason=error))
        return None


@cache
def zones_of(country: str) -> frozenset[str]:
    """Return the time zones of a country (ISO 3166-1 alpha-2), by the Unicode CLDR."""
    # Imported late, since babel is slow to import and every task imports this module.
    from babel.core import get_global  # noqa: PLC0415

    territories: Mapping[str, str] = get_global("zone_territories")
    return frozenset(zone for zone, code in territories.items() if code == country)
