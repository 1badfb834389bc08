"""Answers of The Events Calendar as a whole: which events they hold, of how many.

Three variants of the plugin's JSON are read, and converted to the first:

- the REST interface (version 1): ``{"events": […], "total": …}``, one event, or a list of them;
- feeds of the plugin's Event Aggregator: ``{"status": …, "data": {"events": […]}}``, where dates
  and times are separate and events are identified by ``uid``;
- events as WordPress posts, with their dates in the post's meta data.

WordPress prints PHP notices before the JSON if a site is configured to show them, and PHP encodes a
list with missing keys as an object.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from include.discovery.errors import UnreadableResponse
from include.discovery.formats.json_end import check_json_end
from include.discovery.formats.json_repair import holds_json, json_text, load_json

_MOST_STARTS = 50  # where JSON may begin after notices; each try costs up to the whole body
_PAGE = re.compile(r"\s*<(?:!doctype|html|head|body|\?xml)", re.IGNORECASE)
_PAGE_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,200})", re.IGNORECASE)
_JSON_START = re.compile(r"[{\[]")
_OF_ENVELOPE = {"rest_url", "next_rest_url", "total_pages", "import_id"}
_OF_EVENT = {"start_date", "utc_start_date", "start_date_details", "utc_start_date_details"}
_HOUR = re.compile(r"[0-9]{1,2}")
_OCCURRENCE = re.compile(r"(.+?)-\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\b")


@dataclass(frozen=True, slots=True)
class Listing:
    """The raw events of one response, and its totals."""

    items: tuple[Any, ...]
    total: int | None = None
    total_pages: int | None = None
    has_next: bool = False
    """Whether the response gives the URL of a next page."""
    noise: str | None = None
    """Text before the JSON, shortened; mostly PHP notices."""


def read_listing(body: bytes) -> Listing:
    """Read a response in any of the variants.

    :raises UnreadableResponse: if it is something else; the message says what.
    :raises BrokenOff: if it ends in the middle of its document.
    """
    text = json_text(body)
    try:
        return _listing(json.loads(text))
    except RecursionError:
        raise UnreadableResponse("the JSON is nested too deeply to be a listing") from None
    except ValueError as error:
        return _listing_within(text, error)


def error_code(body: bytes) -> str | None:
    """Return the code of a WordPress error, such as ``rest_no_route``; else ``None``."""
    try:
        document = load_json(body)
    except (ValueError, RecursionError):
        return None
    code = document.get("code") if isinstance(document, dict) else None
    return code[:80] if isinstance(code, str) else None


def _listing_within(text: str, error: ValueError) -> Listing:
    """Find the JSON after PHP's output."""
    if not text.strip():
        raise UnreadableResponse("the answer is empty; expected JSON of The Events Calendar")
    if _PAGE.match(text):
        title = _PAGE_TITLE.search(text)
        called = f" titled {' '.join(title[1].split())!r}" if title else ""
        raise UnreadableResponse(f"the answer is an HTML or XML page{called}, not JSON")
    check_json_end(text)
    found: UnreadableResponse | None = None
    for start, document in _documents_in(text):
        try:
            listing = _listing(document)
        except UnreadableResponse as unreadable:
            found = found or unreadable
        else:
            noise = " ".join(text[:start].split())[:200] or "text after the JSON"
            return Listing(
                listing.items, listing.total, listing.total_pages, listing.has_next, noise
            )
    raise found or UnreadableResponse(f"the answer is not valid JSON: {error}") from None


def _documents_in(text: str) -> Iterator[tuple[int, Any]]:
    decoder = json.JSONDecoder()
    position = 0
    for _ in range(_MOST_STARTS):
        start = _JSON_START.search(text, position)
        if start is None or holds_json(text[: start.end()]):
            return
        position = start.end()
        try:
            document, end = decoder.raw_decode(text, start.start())
        except (ValueError, RecursionError):
            continue
        is_whole = not holds_json(text[end:])
        if is_whole and (
            isinstance(document, dict) or (document and isinstance(document[0], dict))
        ):
            yield start.start(), document
            position = end


def _listing(document: object) -> Listing:
    if isinstance(document, list):
        return _recognised(document, {})
    if not isinstance(document, dict):
        raise UnreadableResponse(f"the answer is a JSON {type(document).__name__}, no listing")
    if isinstance(document.get("code"), str) and "message" in document:
        message = str(document["message"])[:200]
        raise UnreadableResponse(f"the answer is an error, {document['code'][:80]}: {message}")
    data = document.get("data")
    if isinstance(data, dict) and "events" in data:
        return _recognised(data["events"], data)
    if "events" in document:
        return _recognised(document["events"], document)
    return _recognised([document], {})


def _recognised(events: object, envelope: Mapping[str, Any]) -> Listing:
    """Convert a list of events to one variant.

    :raises UnreadableResponse: if neither the envelope nor any entry is of the plugin.
    """
    if isinstance(events, dict):
        events = list(events.values())
    if not isinstance(events, list):
        raise UnreadableResponse(f"'events' is a JSON {type(events).__name__}, not a list")
    if not _OF_ENVELOPE & envelope.keys() and not any(map(_is_event, events)):
        if events:
            raise UnreadableResponse(f"{_shape(events[0])}, not events of The Events Calendar")
        if envelope.keys() - {"events", "total"}:
            raise UnreadableResponse(f"{_shape(envelope)}, no listing of The Events Calendar")
    return Listing(
        tuple(map(_in_rest_dialect, events)),
        count(envelope.get("total")),
        count(envelope.get("total_pages")),
        bool(envelope.get("next_rest_url")),
    )


def _is_event(item: object) -> bool:
    if not isinstance(item, dict):
        return False
    if item.get("post_type") == "tribe_events":
        return True
    # Other feeds have a member ``start_date``, too; none of them with a title and a zone beside it.
    return bool(_OF_EVENT & item.keys()) and bool({"timezone", "global_id", "venue"} & item.keys())


def count(value: object) -> int | None:
    """Return a count of a listing or a header; ``None`` if it is not one."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10:
        value = int(value)
    is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if is_count else None  # type: ignore[return-value]  # bool is ruled out above


def _shape(item: object) -> str:
    if isinstance(item, Mapping):
        names = ", ".join(sorted(map(str, item)))
        return f"the answer holds JSON objects of {names[:120] or 'nothing'}"
    return f"the answer is a JSON list of {type(item).__name__}"


def _in_rest_dialect(item: object) -> object:
    if not isinstance(item, dict):
        return item
    if "uid" in item and "id" not in item:
        return _from_aggregator(item)
    if item.get("post_type") == "tribe_events":
        return _from_post(item)
    return item


def _from_aggregator(item: dict[str, Any]) -> dict[str, Any]:
    """Join dates with their times, and name members as the REST API does."""
    rest = dict(item)
    rest["id"] = item["uid"]
    for edge in ("start", "end"):
        day, hour, minute = (item.get(f"{edge}_{part}") for part in ("date", "hour", "minute"))
        if isinstance(day, str) and _HOUR.fullmatch(str(hour)):
            clock_minute = str(minute) if _HOUR.fullmatch(str(minute)) else "0"
            rest[f"{edge}_date"] = f"{day} {hour!s:0>2}:{clock_minute:0>2}:00"
        rest[f"utc_{edge}_date"] = item.get(f"{edge}_date_utc")
    occurrence = _OCCURRENCE.match(item["uid"]) if isinstance(item["uid"], str) else None
    if occurrence and item.get("recurrence"):
        rest["series_id"] = occurrence[1]
    return rest


def _from_post(item: dict[str, Any]) -> dict[str, Any]:
    """Name members as the REST interface does; meta values are lists of one."""
    given = item.get("meta_input") or item.get("meta")
    meta = given if isinstance(given, dict) else {}

    def of_meta(name: str) -> object:
        value = meta.get(name)
        return (value[0] if value else None) if isinstance(value, list) else value

    return {
        "id": item.get("ID"),
        "title": item.get("post_title"),
        "description": item.get("post_content"),
        "excerpt": item.get("post_excerpt"),
        "status": item.get("post_status"),
        "url": item.get("guid"),
        "modified_utc": item.get("post_modified_gmt"),
        "password": item.get("post_password"),
        "all_day": of_meta("_EventAllDay"),
        "start_date": of_meta("_EventStartDate"),
        "end_date": of_meta("_EventEndDate"),
        "utc_start_date": of_meta("_EventStartDateUTC"),
        "utc_end_date": of_meta("_EventEndDateUTC"),
        "timezone": of_meta("_EventTimezone"),
        "cost": of_meta("_EventCost"),
        "website": of_meta("_EventURL"),
        "event_status": of_meta("_tribe_events_status"),
        "hide_from_listings": of_meta("_EventHideFromUpcoming"),
    }
