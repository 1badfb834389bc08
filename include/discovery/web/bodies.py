"""Bodies of requests: how large they may be, and what JSON in them may hold.

What passes here can be parsed, validated and stored by every route.
"""

from __future__ import annotations

import json
from typing import NoReturn

from fastapi import HTTPException, status
from starlette.requests import ClientDisconnect
from starlette.types import Receive

from include.discovery.storable import NotStorableError, check_json

LIMIT = 256 * 1024
"""The largest body, in bytes: many times the longest configuration of one source."""


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


def check_body(body: bytes) -> None:
    """Refuse a body that is not JSON, or holds what the database could not store.

    :raises NotStorableError: naming what is wrong, with its path if it is one value.
    """
    try:
        value = json.loads(body, parse_constant=_refuse_constant)
    except NotStorableError:
        raise
    except RecursionError:
        raise NotStorableError("The body is nested too deeply.") from None
    except ValueError as error:  # no JSON, no Unicode, or an integer of thousands of digits
        raise NotStorableError(f"The body is not valid JSON: {error}") from None
    check_json(value)


def _refuse_constant(name: str) -> NoReturn:
    raise NotStorableError(f"The body is not valid JSON: {name} is not a JSON number.")
