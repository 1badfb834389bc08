"""Unpacking compressed bodies within bounds.

httpx unpacks each chunk whole and as often as the header lists an encoding, so that 64 kB may
become gigabytes before anybody can count them; and it takes a body that ends in the middle of its
compressed stream for complete. Hence our own, on zlib.
"""

from __future__ import annotations

import zlib
from typing import Protocol

ACCEPT_ENCODING = "gzip, deflate"

_GZIP = frozenset({"gzip", "x-gzip"})
_DEFLATE = "deflate"
_NOT_ASKED_FOR = frozenset({"br", "zstd", "compress", "x-compress"})
_GZIP_FIRST_BYTE = b"\x1f"


_PAGE_OPENS = (b"<html", b"<body")
_PAGE_CLOSES = (b"</html", b"</body")


def breaks_off_in_a_page(body: bytes | bytearray) -> bool:
    """Say whether a page of HTML is opened and not closed.

    HTML allows that, so it is evidence only where nothing else says where the body ends.
    """
    page = body.lower()
    return any(tag in page[:5000] for tag in _PAGE_OPENS) and not any(
        tag in page for tag in _PAGE_CLOSES
    )


class UnsupportedEncoding(Exception):
    """The body is packed in a way that was not asked for; the text names the encoding."""


class Unpacker(Protocol):
    """Turns the bytes of the wire into those of the body, piece by piece."""

    def unpack(self, data: bytes, limit: int) -> bytes:
        """Unpack a piece, stopping at ``limit`` (≥ 1) bytes of output.

        :raises zlib.error: if the data is not what it should be.
        """

    @property
    def complete(self) -> bool:
        """Whether the body may end here."""


def unpacker_for(content_encoding: str) -> Unpacker:
    """Choose by the ``Content-Encoding`` header (empty if there is none).

    Unknown words are ignored as browsers do: some servers put a charset there.

    :raises UnsupportedEncoding: for an encoding not asked for, and for several in a row.
    """
    words = [word.strip().lower() for word in content_encoding.split(",")]
    packed = [word for word in words if word in _GZIP | _NOT_ASKED_FOR | {_DEFLATE}]
    if not packed:
        return _Plain()
    if len(packed) > 1 or packed[0] in _NOT_ASKED_FOR:
        raise UnsupportedEncoding(", ".join(packed))
    return _Gzip() if packed[0] in _GZIP else _Deflate()


class _Plain:
    complete = True

    def unpack(self, data: bytes, limit: int) -> bytes:
        return data[:limit]


class _Gzip:
    """A gzip stream: one member or several in a row; padding after the last one is passed over."""

    def __init__(self) -> None:
        self._inflater = _gzip_inflater()
        self._begun = False

    def unpack(self, data: bytes, limit: int) -> bytes:
        output = bytearray()
        while data and len(output) < limit:
            if self._inflater.eof:
                if not data.startswith(_GZIP_FIRST_BYTE):
                    break
                self._inflater = _gzip_inflater()
            self._begun = True
            output += self._inflater.decompress(data, limit - len(output))
            data = self._inflater.unused_data
        return bytes(output)

    @property
    def complete(self) -> bool:
        return self._inflater.eof or not self._begun


class _Deflate:
    """A zlib stream, or a bare deflate stream, which some servers send under the same name."""

    def __init__(self) -> None:
        self._head = b""
        self._inflater: zlib._Decompress | None = None

    def unpack(self, data: bytes, limit: int) -> bytes:
        if self._inflater is None:
            self._head += data
            if len(self._head) < 2:
                return b""
            # RFC 1950, 2.2: method 8 in the low bits, and a check that makes it divide by 31.
            zlib_header = self._head[0] & 0x0F == 8 and int.from_bytes(self._head[:2]) % 31 == 0
            self._inflater = zlib.decompressobj(zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS)
            data = self._head
        return self._inflater.decompress(data, limit)

    @property
    def complete(self) -> bool:
        return self._inflater.eof if self._inflater else not self._head


def _gzip_inflater() -> zlib._Decompress:
    return zlib.decompressobj(16 + zlib.MAX_WBITS)
