"""Answers of the Ticketmaster Discovery API as a whole: a listing of how much, or what else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from include.discovery.errors import UnreadableResponse
from include.discovery.formats.json_end import check_json_end
from include.discovery.formats.json_repair import json_text

_BETWEEN_DOCUMENTS = re.compile(r"[\s;,\x00]*")


@dataclass(frozen=True, slots=True)
class Listing:
    """The raw events of one response, and its totals."""

    items: tuple[Any, ...]
    total: int | None = None
    """How many events match, on all pages; the API reports at most 10,000."""


def read_listing(body: bytes) -> Listing:
    """Read a response of ``events.json``, or the response for a single event.

    Several JSON documents one after another, and documents with some text before them (a saved
    answer is often assigned to a variable), are read as one listing; the first says the total.

    :raises UnreadableResponse: if it is anything else; the message says what it is.
    """
    listings = [_listing(document) for document in _documents(json_text(body))]
    items = tuple(item for listing in listings for item in listing.items)
    return Listing(items, listings[0].total)


def _documents(content: str) -> Iterator[Any]:
    try:
        yield json.loads(content)
    except RecursionError:
        raise UnreadableResponse("the JSON is nested too deeply to be a listing") from None
    except ValueError as error:
        yield from _documents_within(content, error)


def _documents_within(content: str, error: ValueError) -> Iterator[Any]:
    start = content.lstrip()[:1]
    position = content.find("{")
    if not start:
        raise UnreadableResponse("the answer is empty; expected JSON of the Discovery API")
    if start == "<" or position < 0:
        what = "HTML or XML" if start == "<" else "text"
        raise UnreadableResponse(f"the answer is {what}, not JSON of the Discovery API")
    check_json_end(content)
    decoder = json.JSONDecoder()
    while position < len(content):
        try:
            document, position = decoder.raw_decode(content, position)
        except (ValueError, RecursionError):
            raise UnreadableResponse(f"the answer is not valid JSON: {error}") from None
        yield document
        gap = _BETWEEN_DOCUMENTS.match(content, position)
        position = gap.end() if gap else position


def _listing(document: object) -> Listing:
    if not isinstance(document, dict):
        raise UnreadableResponse(f"{_shape(document)}, not a listing of events")
    embedded = document.get("_embedded")
    events = embedded.get("events") if isinstance(embedded, dict) else None
    if events is not None and not isinstance(events, list):
        raise UnreadableResponse("the 'events' of this listing are no list")
    page = document.get("page")
    total = _count(page.get("totalElements")) if isinstance(page, dict) else None
    if events is not None:
        return Listing(tuple(events), total)
    if not embedded and total is not None:
        # Beyond the last page, and when nothing matches, ``_embedded`` is missing.
        return Listing((), total)
    if "dates" in document and "id" in document:
        return Listing((document,))
    raise UnreadableResponse(f"{_shape(document)}, not a listing of events")


def _count(value: object) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        return None
    return value


def _shape(document: object) -> str:
    """Return what a document is that is not a listing of events, in a few words."""
    if isinstance(document, list):
        first = document[0] if document else None
        if isinstance(first, dict) and {"method", "path", "response"} <= first.keys():
            return "a recording of HTTP calls (the answer is inside, under 'response')"
        return f"a JSON list of {len(document)}"
    if not isinstance(document, dict):
        return f"a JSON {type(document).__name__}"
    fault = document.get("fault")
    if isinstance(fault, dict) or isinstance(document.get("errors"), list):
        return f"an error answer ({error_code(document) or 'without a code'})"
    embedded = document.get("_embedded")
    if isinstance(embedded, dict) and embedded:
        return f"a listing of {', '.join(sorted(embedded))[:80]}"
    return f"a JSON object of {', '.join(sorted(document))[:80] or 'nothing'}"


def error_code(document: object) -> str | None:
    """Return the code of an error answer: of the gateway's ``fault`` or the first of ``errors``."""
    if not isinstance(document, dict):
        return None
    fault, errors = document.get("fault"), document.get("errors")
    if isinstance(fault, dict) and isinstance(fault.get("detail"), dict):
        code = fault["detail"].get("errorcode")
    elif isinstance(errors, list) and errors and isinstance(errors[0], dict):
        code = errors[0].get("code")
    else:
        return None
    return code[:80] if isinstance(code, str) else None
