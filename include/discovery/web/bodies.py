"""Bodies of requests: how large they may be, and what JSON in them may hold.

What passes here can be parsed, validated and stored by every route: PostgreSQL keeps neither NUL
nor lone surrogates in its texts, and no number beyond 64 bits fits its columns; JSON itself knows
no NaN (RFC 8259, section 6), which Python's parser takes all the same.
"""

from __future__ import annotations

import json
import math
from typing import NoReturn

from fastapi import HTTPException, status
from starlette.requests import ClientDisconnect
from starlette.types import Receive

LIMIT = 256 * 1024
"""The largest body, in bytes: many times the longest configuration of one source."""

DEPTH = 32
"""How deep JSON may be nested; settings need about six."""

_LARGEST = 2**63 - 1

Path = tuple[str | int, ...]


class UnfitJsonError(ValueError):
    """The body is no JSON, or holds what cannot be stored; ``path`` leads to it."""

    def __init__(self, message: str, path: Path = ()) -> None:
        super().__init__(message)
        self.path = path


async def read_body(receive: Receive, announced: int | None) -> bytes:
    """Read a request's body, as far as it may go.

    :param announced: what ``Content-Length`` says, if the request has one.
    :raises HTTPException: 413, before more than :data:`LIMIT` bytes are kept.
    :raises ClientDisconnect: when the sender has gone.
    """
    if announced is not None and announced > LIMIT:
        _refuse_size()
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > LIMIT:
            _refuse_size()
        if not message.get("more_body", False):
            return bytes(body)


def _refuse_size() -> NoReturn:
    raise HTTPException(
        status.HTTP_413_CONTENT_TOO_LARGE,
        f"The body is too large: at most {LIMIT // 1024} KiB are accepted.",
    )


def check_json(body: bytes) -> None:
    """Refuse JSON that a route could not validate or the database could not store.

    :raises UnfitJsonError: naming the first such value.
    """
    try:
        value = json.loads(body, parse_constant=_refuse_constant)
    except UnfitJsonError:
        raise
    except RecursionError:
        raise UnfitJsonError(_TOO_DEEP) from None
    except ValueError as error:  # no JSON, no Unicode, or an integer of thousands of digits
        raise UnfitJsonError(f"The body is not valid JSON: {error}") from None
    _check_values(value)


_TOO_DEEP = f"The body is nested too deeply: at most {DEPTH} levels are accepted."


def _refuse_constant(name: str) -> NoReturn:
    raise UnfitJsonError(f"The body is not valid JSON: {name} is not a JSON number.")


def _check_values(root: object) -> None:
    """Walk through all values without recursion."""
    open_values: list[tuple[Path, object]] = [((), root)]
    while open_values:
        path, value = open_values.pop()
        if len(path) >= DEPTH and isinstance(value, dict | list):
            raise UnfitJsonError(_TOO_DEEP)
        match value:
            case dict():
                for key, member in value.items():
                    _check_text(key, path)
                    open_values.append(((*path, key), member))
            case list():
                open_values.extend(((*path, index), item) for index, item in enumerate(value))
            case str():
                _check_text(value, path)
            case int() if not -_LARGEST <= value <= _LARGEST:
                raise UnfitJsonError("is beyond 64 bits", path)
            case float() if not math.isfinite(value):
                raise UnfitJsonError("is beyond the range of a number", path)


def _check_text(text: str, path: Path) -> None:
    if "\x00" in text:
        raise UnfitJsonError("contains a NUL character", path)
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        raise UnfitJsonError("is not valid Unicode text (lone surrogate)", path)
