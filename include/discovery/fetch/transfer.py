"""Reading the body of an answer: within bounds of size and time, and whole or not at all."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final, cast

import httpx

from include.discovery.errors import (
    BrokenOff,
    ServerError,
    TimedOut,
    UnreadableResponse,
    UnsupportedResponse,
)
from include.discovery.fetch.body import (
    ACCEPT_ENCODING,
    UnsupportedEncoding,
    breaks_off_in_a_page,
    unpacker_for,
)
from include.discovery.fetch.network import why_no_answer

SLOWEST_BYTES_PER_SECOND = 100_000
"""A body that flows at least so fast (0.8 Mbit/s) has more time than a request that waits."""

BYTES_PER_MB: Final = 1_000_000

MAX_ERROR_BODY_BYTES: Final = 256_000
"""Of the body of a 4xx or 5xx no more is read; it is only looked at for the reason."""


class Flow:
    """Gives a try more time while its body flows, and while it waits for its turn.

    ``received`` counts its bytes on the wire, ``waited`` the seconds that it stood still.

    :param timeout: the bound of the try, which is put off.
    :param longest: seconds that can be gained.
    """

    def __init__(self, timeout: asyncio.Timeout, longest: float) -> None:
        self.received = 0
        self.waited = 0.0
        self._timeout = timeout
        self._ends = timeout.when() or 0.0
        self._longest = max(0.0, longest)

    def receive(self, count: int) -> None:
        """Take note of bytes that came."""
        self.received += count
        self._put_off()

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Let the bound stand still for as long as the block lasts."""
        clock = asyncio.get_running_loop().time
        began = clock()
        self._timeout.reschedule(None)
        try:
            yield
        finally:
            self.waited += clock() - began
            self._put_off()

    def _put_off(self) -> None:
        gained = min(self.received / SLOWEST_BYTES_PER_SECOND, self._longest)
        if not self._timeout.expired():
            self._timeout.reschedule(self._ends + self.waited + gained)


async def read_body(
    answer: httpx.Response, flow: Flow, *, most_mb: int, bounds: httpx.Timeout
) -> bytes:
    """Read and unpack a body: a good one whole, that of an error as far as it goes.

    :param most_mb: how large a good one may be, in megabytes, packed and unpacked.
    :param bounds: the timeouts that the request had, for messages.
    :raises UnsupportedResponse: if it is larger, or packed in a way that was not asked for.
    :raises ServerError: if it broke off.
    :raises BrokenOff: if it is a page that ends in its middle, where nothing says how long it is.
    :raises TimedOut: if nothing came for too long.
    """
    body = bytearray()
    if answer.is_error:
        with suppress(ServerError, UnreadableResponse):
            await _fill(body, answer, flow, MAX_ERROR_BODY_BYTES, bounds)
        return bytes(body[:MAX_ERROR_BODY_BYTES])
    await _fill(body, answer, flow, most_mb * BYTES_PER_MB, bounds)
    if not _says_where_it_ends(answer) and breaks_off_in_a_page(body):
        raise BrokenOff("The answer ended in the middle of a page of HTML.")
    return bytes(body)


async def _fill(
    body: bytearray, answer: httpx.Response, flow: Flow, cap: int, bounds: httpx.Timeout
) -> None:
    """Unpack the answer's body into ``body``; ``cap`` bounds both of its sizes, in bytes."""
    too_large = UnsupportedResponse(
        f"The answer is larger than {cap // BYTES_PER_MB} MB; if that is right for this source,"
        " raise its setting max_body_mb."
    )
    packed_size = 0
    if _declared_length(answer) > cap and not answer.is_error:
        raise too_large
    try:
        unpacker = unpacker_for(answer.headers.get("content-encoding", ""))
        # Not aiter_raw(): it refuses answers that a test's transport made in one piece.
        async for piece in cast("httpx.AsyncByteStream", answer.stream):
            packed_size += len(piece)
            flow.receive(len(piece))
            # One more than the cap, to tell a body that fills it from one that exceeds it.
            body += unpacker.unpack(piece, cap + 1 - len(body))
            # The packed size counts, too: empty gzip members unpack to nothing, without end.
            if max(len(body), packed_size) > cap:
                raise too_large
        complete = unpacker.complete
    except UnsupportedEncoding as error:
        message = (
            f"The answer is packed as {error}, though only {ACCEPT_ENCODING} were asked for;"
            " tell the site's operator."
        )
        raise UnsupportedResponse(message) from None
    except httpx.TimeoutException as error:
        raise TimedOut(why_no_answer(error, bounds)) from None
    except (httpx.HTTPError, zlib.error):
        complete = False
    if not complete:
        message = f"The answer broke off after {packed_size} bytes; it is asked again."
        raise ServerError(message)


def _says_where_it_ends(answer: httpx.Response) -> bool:
    return "content-length" in answer.headers or "transfer-encoding" in answer.headers


def _declared_length(answer: httpx.Response) -> int:
    length = answer.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0
