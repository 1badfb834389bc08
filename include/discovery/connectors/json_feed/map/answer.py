"""Answers of a JSON API as a whole: where their items are, and what is there instead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from include.discovery.connectors.json_feed.map.fields import FieldMap
from include.discovery.connectors.json_feed.map.identity import item_id
from include.discovery.connectors.json_feed.map.paths import Json, getter_of
from include.discovery.errors import (
    AuthenticationFailed,
    DiscoveryError,
    RateLimited,
    UnreadableResponse,
)
from include.discovery.formats.json_end import check_json_end
from include.discovery.formats.json_repair import (
    NestedTooDeeply,
    UnrepairableJson,
    json_text,
    loads_repaired,
)
from include.discovery.parsed import excerpt
from include.discovery.text.cleaning import one_line
from include.discovery.text.encoding import MARK

_PAGE: Final = re.compile(rb"\s*<(?:!doctype|html|head|body|\?xml|!--)", re.IGNORECASE)
_PAGE_TITLE: Final = re.compile(rb"<title[^>]{0,200}>([^<]{1,200})", re.IGNORECASE)
_ERROR_NAMES: Final = ("error", "errors", "fault", "error_code", "errorcode", "exception")
_WORDS_NAMES: Final = (
    "message", "detail", "error_description", "error_message", "errormessage", "description",
    "title", "reason", "error", "errors",
)  # fmt: skip
_ESCAPED_MARK: Final = re.compile(f"\\\\u{ord(MARK):04x}", re.IGNORECASE)
_OF_KEYS: Final = re.compile(
    r"api[ _-]?key|\bkeys?\b|token|authenticat|unauthori[sz]ed|client_id|credential", re.IGNORECASE
)
_OF_RATES: Final = re.compile(r"rate.?limit|too many (?:requests|calls)|throttl", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON document, and the repairs that were needed to read it."""

    value: Json
    repairs: tuple[str, ...] = ()
    has_marks: bool = True
    """Whether damaged letters may be marked in it; see ``encoding``."""


def read_document(body: bytes, charset: str | None = None) -> Document:
    """Read a body as JSON, repaired where it has to be; what is damaged in it is marked.

    :param charset: of the Content-Type header, if known.
    :raises UnreadableResponse: if it is something else; the message says what.
    :raises BrokenOff: if it ends in the middle of its document.
    """
    if not body.strip():
        raise UnreadableResponse("the answer is empty; expected JSON")
    if _PAGE.match(body):
        title = _PAGE_TITLE.search(body)
        called = (
            f" titled {' '.join(title[1].decode('utf-8', 'replace').split())!r}" if title else ""
        )
        raise UnreadableResponse(f"the answer is an HTML or XML page{called}, not JSON")
    text = json_text(body, charset)
    try:
        repaired = loads_repaired(text)
    except UnrepairableJson as error:
        if not isinstance(error, NestedTooDeeply):
            check_json_end(text)
        begin = " ".join(body[:60].decode("utf-8", "replace").split())
        raise UnreadableResponse(
            f"the answer is not valid JSON: {error}; it begins {begin!r}"
        ) from None
    if repaired.repairs:
        check_json_end(text)
    # Escaped as well: that is read as the mark itself.
    is_escaped = "\\u" in text and _ESCAPED_MARK.search(text) is not None
    has_marks = MARK in text or is_escaped
    return Document(repaired.value, repaired.repairs, has_marks)


def items_of(document: Json, path: str) -> list[Any]:
    """Return the items of a page of the API.

    :raises AuthenticationFailed: if it contains an error about keys, whatever its status.
    :raises RateLimited: if it contains one about a limit.
    :raises UnreadableResponse: if there is no list where the items should be.
    """
    items = _at(document, path)
    if isinstance(items, list) and (items or error_in(document) is None):
        return items
    failure = error_in(document)
    if failure is not None:
        raise failure
    raise UnreadableResponse(f"there is no list of items at {path!r}: {_shape(document)}")


def items_offline(document: Json, path: str, fields: FieldMap) -> list[Any]:
    """Return the items of a file: a page of the API, a bare list of items, or a single one.

    :raises UnreadableResponse: if it is none of these.
    """
    items = _at(document, path)
    if isinstance(items, list) and (path != "@" or items == document):
        return items
    if isinstance(document, list):
        return document
    if isinstance(document, dict):
        if _is_item(document, fields):
            return [document]
        members = [member for member in document.values() if isinstance(member, dict)]
        if len(members) == 1 and _is_item(members[0], fields):  # {"event": {…}}
            return members
        if (failure := error_in(document)) is not None:
            raise UnreadableResponse(str(failure))
    looked_for = [f"a list at {path!r}", "a list of items"]
    if fields.external_id is not None:
        looked_for.append(f"an item with {fields.external_id.path!r} and {fields.title.path!r}")
    raise UnreadableResponse(f"looked for {', '.join(looked_for)}; {_shape(document)}")


def error_in(document: Json) -> DiscoveryError | None:
    """Return the failure that a response reports in its body, whatever its status.

    Understood: ``{"error": …}``, ``{"errors": […]}``, ``{"success": false}``,
    ``{"status": "error"}``; their words are the message.
    """
    if not isinstance(document, Mapping):
        return None
    is_error = (
        any(document.get(name) not in (None, False, 0, "0", "", [], {}) for name in _ERROR_NAMES)
        or document.get("success") is False
        or document.get("status") in ("error", "fail", "failed")
    )
    if not is_error:
        return None
    words = _words(document) or excerpt(document, 200)
    message = f"the API answers with an error: {words}"
    if _OF_KEYS.search(words):
        return AuthenticationFailed(f"{message} (check the key in the source's connection)")
    if _OF_RATES.search(words):
        return RateLimited(message)
    return UnreadableResponse(message)


def count_at(document: Json, path: str | None) -> int | None:
    """Return the count at a path; ``None`` for what is none."""
    value = _at(document, path) if path else None
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10:
        return int(value)
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9
    return value if is_count else None


def token_at(document: Json, path: str) -> str | tuple[str, ...] | None:
    """Return the cursor at a path: a text, a number as text, or a list of them; else ``None``."""
    value = _at(document, path)
    if isinstance(value, list):
        return tuple(str(part) for part in value) or None
    if value is None or isinstance(value, bool | dict):
        return None
    return str(value) or None


def _at(document: Json, path: str) -> Json:
    try:
        return getter_of(path)(document)
    except ValueError:  # a function was given what it cannot work on
        return None


def _is_item(value: dict[str, Any], fields: FieldMap) -> bool:
    title = _at(value, fields.title.path)
    return title not in (None, "", [], {}) and item_id(fields.external_id, value) is not None


def _words(value: Json, depth: int = 4) -> str | None:
    """Return the human-readable texts of an error, the most specific first."""
    if isinstance(value, str):
        found = one_line(value)
        return found[:200] if found else None
    if not depth:
        return None
    if isinstance(value, list):
        said = (_words(entry, depth - 1) for entry in value[:5])
        return next((words for words in said if words), None)
    if isinstance(value, Mapping):
        said = (_words(value.get(name), depth - 1) for name in _WORDS_NAMES)
        return next((words for words in said if words), None)
    return None


def _shape(document: Json) -> str:
    if isinstance(document, Mapping):
        names = ", ".join(sorted(map(str, document)))
        return f"the answer is an object of {names[:160] or 'nothing'}"
    if isinstance(document, list):
        return f"the answer is a list of {len(document)}"
    return f"the answer is {excerpt(document, 60)}"
