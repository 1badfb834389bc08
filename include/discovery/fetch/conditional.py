"""Asks for a document only if it has changed since it was read (RFC 9110 §13), as feed readers do.

For sources whose answer is one document. Its validators are sent back byte for byte as they came
with the latest answer, both if there were both, and none otherwise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from include.discovery.errors import DiscoveryError
from include.discovery.fetch.classify import classify_status
from include.discovery.fetch.freshness import floor_of
from include.discovery.fetch.hosts import Hosts
from include.discovery.fetch.protocol import Fetcher
from include.discovery.response import Response

_NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class Document:
    """What is kept of an answer, to ask whether it has changed."""

    address: bytes
    """The hash of the URL that was asked for: it may hold a key."""
    content: bytes
    """The hash of the body."""
    etag: str | None
    last_modified: str | None
    not_before: datetime
    """When it may be asked for again, as the answer says (aware)."""

    @property
    def validators(self) -> dict[str, str]:
        """The headers of a conditional request."""
        given = {"if-none-match": self.etag, "if-modified-since": self.last_modified}
        return {name: value for name, value in given.items() if value is not None}


class Unchanged(Exception):
    """The document is as it was read the last time; carries what its latest answer says."""

    def __init__(self, document: Document) -> None:
        super().__init__("the document has not changed")
        self.document = document


class ConditionalFetcher:
    """Asks as another fetcher does, for one document that may be known.

    :param known: as it was read; ``None``: whatever comes is read.
    :param interval_of: how long the document itself asks to wait, read from its body.
    :param now: the current time, aware.
    """

    def __init__(
        self,
        fetch: Fetcher,
        known: Document | None,
        interval_of: Callable[[bytes], timedelta | None],
        now: Callable[[], datetime],
    ) -> None:
        self._fetch = fetch
        self._known = known
        self._interval_of = interval_of
        self._now = now
        self._documents: list[Document] = []

    @property
    def document(self) -> Document | None:
        """The document that was read; ``None`` if there was none, or several."""
        return self._documents[0] if len(self._documents) == 1 else None

    @property
    def hosts(self) -> Hosts:
        """What tasks know together of the hosts that they ask."""
        return self._fetch.hosts

    def keep_interval(self, host: str, seconds: float) -> None:
        """Leave so many seconds between two requests to a host."""
        self._fetch.keep_interval(host, seconds)

    async def get(self, url: str, **options: Any) -> Response:  # noqa: ANN401  as Fetcher.get
        """GET a URL.

        :raises Unchanged: if it is the known document, and has not changed.
        """
        address = _hash(f"{url} {sorted((options.get('params') or {}).items())}".encode())
        known = self._known if self._known and self._known.address == address else None
        judge = options.pop("classify", None) or classify_status
        headers: Mapping[str, str] = options.pop("headers", None) or {}
        if known is not None:
            headers = {**headers, **known.validators}

        def judge_if_new(response: Response) -> DiscoveryError | None:
            return None if _is_same(response, known) else judge(response)

        response = await self._fetch.get(url, headers=headers, classify=judge_if_new, **options)
        now = self._now()
        if known is not None and _is_same(response, known):
            # A 304 may leave out what has not changed (RFC 9111 §4.3.4).
            is_new_answer = response.status != _NOT_MODIFIED
            interval = self._interval_of(response.body) if is_new_answer else None
            raise Unchanged(
                replace(
                    known,
                    etag=_validator(response, "etag") or (None if is_new_answer else known.etag),
                    last_modified=_validator(response, "last-modified")
                    or (None if is_new_answer else known.last_modified),
                    not_before=now + floor_of(response.headers, now, asked_interval=interval),
                )
            )
        interval = self._interval_of(response.body)
        self._documents.append(
            Document(
                address,
                _hash(response.body),
                _validator(response, "etag"),
                _validator(response, "last-modified"),
                now + floor_of(response.headers, now, asked_interval=interval),
            )
        )
        return response

    async def post_json(self, url: str, payload: Any, **options: Any) -> Response:  # noqa: ANN401
        """POST a question as JSON; what is asked so is no document."""
        return await self._fetch.post_json(url, payload, **options)


def _is_same(response: Response, known: Document | None) -> bool:
    if known is None:
        return False
    if response.status == _NOT_MODIFIED:
        return bool(known.validators)  # nobody asked for it otherwise
    return response.status == 200 and _hash(response.body) == known.content


def _validator(response: Response, name: str) -> str | None:
    """Return a validator that can be sent back as it came."""
    value = response.headers.get(name, "")
    return value if value and value.isascii() and value.isprintable() else None


def _hash(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
