"""What may be kept of a source's answer that could not be read: text, bounded, without secrets."""

from __future__ import annotations

import zlib
from collections.abc import Collection
from dataclasses import dataclass

from include.discovery.redaction.masking import redact, redact_url
from include.discovery.response import Response
from include.discovery.text.encoding import charset_of, decoded

MOST_BYTES = 64 * 1024
"""How large a kept answer may be, compressed."""

HEAD_BYTES = 512 * 1024
"""So much of an answer is looked at."""

_MARGIN = 8 * 1024
"""A key that the end of the head cuts in two cannot be recognised: so many characters go."""

_MOST_UNPRINTABLE = 0.05
"""The share of control characters beyond which a document is not text."""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """The beginning of an answer, fit to be stored and shown."""

    url: str
    status: int
    content_type: str
    size: int
    """Bytes of the whole answer."""
    is_cut: bool
    """Whether the text is only its beginning."""
    compressed: bytes
    """UTF-8 text, compressed by zlib, at most :data:`MOST_BYTES`."""

    @property
    def text(self) -> str:
        """What the source sent, secrets masked."""
        return zlib.decompress(self.compressed).decode()


def head_of(response: Response) -> tuple[Response, int]:
    """Return an answer with no more of its body than is looked at, and the size of it all."""
    size = len(response.body)
    if size <= HEAD_BYTES:
        return response, size
    body = response.body[:HEAD_BYTES]
    return Response(response.status, response.headers, body, response.url), size


def kept_answer(response: Response, size: int, secrets: Collection[str] = ()) -> KeptAnswer | None:
    """Return what may be kept of an answer; ``None`` if it is not text.

    In what is compressed or binary no secret can be found, so nothing of it is kept.

    :param size: bytes of the whole answer, of which the response may hold the beginning.
    :param secrets: values to mask beside those in play.
    """
    is_cut = size > len(response.body)
    body = _whole_characters(response.body) if is_cut else response.body
    text = decoded(body, charset_of(response.headers))
    if not text.strip() or _is_binary(text):
        return None
    text = redact(text, secrets)
    if is_cut:
        text = text[:-_MARGIN]
    # Lone surrogates, which JSON may write, cannot be stored.
    compressed = _compressed(text)
    while len(compressed) > MOST_BYTES:
        is_cut = True
        text = text[: int(len(text) * 0.95 * MOST_BYTES / len(compressed))]
        compressed = _compressed(text)
    content_type = redact(response.headers.get("content-type", "")[:200], secrets)
    url = redact(redact_url(response.url), secrets)[:2_000]
    return KeptAnswer(url, response.status, content_type, size, is_cut, compressed)


def _compressed(text: str) -> bytes:
    return zlib.compress(text.encode("utf-8", "backslashreplace"), level=9)


def _is_binary(text: str) -> bool:
    unprintable = sum(c < " " and c not in "\t\n\r\f" for c in text[:10_000])
    return "\0" in text or unprintable > _MOST_UNPRINTABLE * min(len(text), 10_000)


def _whole_characters(body: bytes) -> bytes:
    """Leave out the bytes of a UTF-8 character that the end cuts in two."""
    for length in range(1, min(4, len(body)) + 1):
        first = body[-length]
        if first >= 0xC0:
            return body[:-length]
        if first < 0x80:
            return body
    return body
