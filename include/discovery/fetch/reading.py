"""Answers that are read where they are fetched, so that one that cannot be read is asked for again.

Whether an answer is what was asked for, only its reader knows: an empty page, HTML in the place of
JSON and a list that is null come with status 200, too, and mostly pass. So the reader is handed to
the fetcher as a part of its judgement. What it makes of the answer is kept, and read once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from pydantic import JsonValue

from include.discovery.errors import BrokenOff, DiscoveryError
from include.discovery.fetch.classify import classify_status
from include.discovery.fetch.protocol import Classifier, Fetcher
from include.discovery.response import Response

T = TypeVar("T")

Read = Callable[[Response], T]
"""Reads an answer; raises a DiscoveryError, mostly UnreadableResponse, if it is not what it
should be."""


async def get_read(
    fetch: Fetcher,
    url: str,
    read: Read[T],
    *,
    classify: Classifier = classify_status,
    **options: Any,  # noqa: ANN401  those of Fetcher.get
) -> T:
    """GET a URL and return what was read of its answer.

    :param read: is called for each good answer; what it raises is retried by the rule of its class.
    :raises DiscoveryError: as ``Fetcher.get`` does, and what ``read`` raised for the last answer.
    """
    reader = _Reader(read, classify)
    return reader.result(await fetch.get(url, classify=reader, **options))


async def get_whole(
    fetch: Fetcher, url: str, read: Read[T], *, breaks_off: Callable[[T], bool], words: str
) -> T:
    """GET a document; one that breaks off is asked for again, and at last taken as far as it goes.

    :param breaks_off: says whether what was read ends before its document does.
    :param words: what is said of such an answer while it is asked for again.
    :raises DiscoveryError: as :func:`get_read` does.
    """
    halves: list[T] = []

    def read_whole(answer: Response) -> T:
        found = read(answer)
        if breaks_off(found):
            halves[:] = [found]
            raise BrokenOff(words)
        return found

    try:
        return await get_read(fetch, url, read_whole)
    except BrokenOff:
        if not halves:
            raise
        return halves[0]


async def post_read(
    fetch: Fetcher,
    url: str,
    payload: JsonValue,
    read: Read[T],
    *,
    classify: Classifier = classify_status,
    **options: Any,  # noqa: ANN401  those of Fetcher.post_json
) -> T:
    """POST a question as JSON; everything else is as with :func:`get_read`."""
    reader = _Reader(read, classify)
    return reader.result(await fetch.post_json(url, payload, classify=reader, **options))


class _Reader(Generic[T]):
    """A classifier that judges an answer by reading it, and remembers what it read."""

    def __init__(self, read: Read[T], classify: Classifier) -> None:
        self._read = read
        self._classify = classify
        self._last: tuple[Response, T] | None = None

    def __call__(self, response: Response) -> DiscoveryError | None:
        failure = self._classify(response)
        if failure is not None:
            return failure
        try:
            self._last = response, self._read(response)
        except DiscoveryError as error:
            return error
        return None

    def result(self, response: Response) -> T:
        """Return what was read of an answer; one that was remembered from before is read now."""
        if self._last is not None and self._last[0] is response:
            return self._last[1]
        return self._read(response)
