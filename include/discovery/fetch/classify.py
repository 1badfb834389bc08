"""Which failure an answer stands for, judged by its status and, for 403, by its words.

The default judgement. Connectors of APIs with error bodies of their own pass a ``classify`` to
``Fetcher.get`` and may call :func:`classify_status` for what they do not know themselves.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from http import HTTPStatus

from include.discovery.errors import (
    AuthenticationFailed,
    Blocked,
    DiscoveryError,
    InvalidSettings,
    NotFound,
    RateLimited,
    ServerError,
    UnreadableResponse,
)
from include.discovery.redaction.masking import redact
from include.discovery.response import Response

EXCERPT_LENGTH = 200

_TALKS_OF_KEYS = re.compile(
    r"api[ _-]?key|\bkeys?\b|token|authenticat|authori[sz]|oauth|credential|\bscopes?\b",
    re.IGNORECASE,
)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,500})", re.IGNORECASE)
_MARKUP = re.compile(r"\s*(?:<!doctype|<html|<\?xml|<head|<body)", re.IGNORECASE)
_MESSAGE_NAMES = (
    "message",
    "faultstring",
    "error_description",
    "detail",
    "details",
    "error_message",
    "reason",
    "title",
    "error",
    "errors",
    "fault",
)
"""Where APIs put their words for people, the most telling first."""

_TYPES_OF_JSON = frozenset({"", "text/plain", "text/javascript", "application/javascript"})
"""What JSON is called beside its own name; nobody needs to hear of that."""

_BY_STATUS: dict[int, type[DiscoveryError]] = {
    401: AuthenticationFailed,
    404: NotFound,
    408: ServerError,
    410: NotFound,
    425: ServerError,
    429: RateLimited,
    451: Blocked,
}
_BY_HUNDREDS: dict[int, type[DiscoveryError]] = {4: InvalidSettings, 5: ServerError}


def classify_status(response: Response) -> DiscoveryError | None:
    """Return the failure that the answer's status stands for; ``None`` for 2xx but 206.

    A ``Retry-After`` header is not read here but by the client, which has a clock.
    """
    failure = _failure_class(response)
    if failure is None:
        return None
    try:
        status = f"{response.status} {HTTPStatus(response.status).phrase}"
    except ValueError:
        status = str(response.status)
    # A part is data, however short. An error page often says nothing but its status once more.
    said = "" if response.status == HTTPStatus.PARTIAL_CONTENT else _words_of(response)
    said = f": {said}" if said and said not in status else ""
    return failure(f"{status}{said}. {failure.advice}", address=response.url)


def wrong_type(accept: str, response: Response) -> str | None:
    """Return what an answer says that it is, if JSON was asked for and it is called otherwise."""
    told = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_fine = "json" not in accept or "json" in told or told in _TYPES_OF_JSON
    return None if is_fine else told


def _failure_class(response: Response) -> type[DiscoveryError] | None:
    hundreds = response.status // 100
    if hundreds == 2:
        # Nobody asked for a part.
        return UnreadableResponse if response.status == HTTPStatus.PARTIAL_CONTENT else None
    if response.status == 403:
        return AuthenticationFailed if _speaks_of_keys(response) else Blocked
    by_hundreds = _BY_HUNDREDS.get(hundreds, UnreadableResponse)
    return _BY_STATUS.get(response.status, by_hundreds)


def _speaks_of_keys(response: Response) -> bool:
    text = _text_of(response)
    return _json_of(text) is not None and _TALKS_OF_KEYS.search(text) is not None


def _words_of(response: Response) -> str:
    """Return what the answer says to a person, in one redacted line; empty if nothing."""
    text = _text_of(response)
    if _MARKUP.match(text):
        title = _TITLE.search(text)
        words = html.unescape(title[1]) if title else ""
    else:
        words = next(_messages(_json_of(text)), text)
    words = "".join(character if character.isprintable() else " " for character in words)
    # Redacted first and cut second: half a key would no longer be recognised.
    words = redact(" ".join(words.split())).rstrip(".")
    return words if len(words) <= EXCERPT_LENGTH else f"{words[: EXCERPT_LENGTH - 1]}…"


def _messages(value: object, depth: int = 5) -> Iterator[str]:
    """Yield the texts of an error body, the most telling first, from the outside in."""
    if isinstance(value, str) and value.strip():
        yield value
    elif isinstance(value, list) and depth:
        for item in value[:5]:
            yield from _messages(item, depth - 1)
    elif isinstance(value, dict) and depth:
        for name in _MESSAGE_NAMES:
            yield from _messages(value.get(name), depth - 1)


def _json_of(text: str) -> object | None:
    """Parse a text that is a JSON object or array; anything else is ``None``."""
    if text.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        parsed: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return parsed


def _text_of(response: Response) -> str:
    return response.body.decode("utf-8", "replace")
