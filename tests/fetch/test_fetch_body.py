"""Unpacking: whatever the pieces, whole or known to be broken, and never beyond the limit."""

import gzip
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.fetch.body import UnsupportedEncoding, unpacker_for

PLENTY = 10_000_000


def bare_deflate(data: bytes) -> Any:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACKERS = {
    "": bytes,
    "identity": bytes,
    "utf-8": bytes,
    "gzip": gzip.compress,
    "x-gzip, identity": gzip.compress,
    "GZIP": lambda data: gzip.compress(data) + gzip.compress(b"") + b"\0" * 7,
    "deflate": zlib.compress,
    "Deflate": bare_deflate,
}


def unpack(encoding: str, packed: bytes, piece_size: int, limit: int = PLENTY) -> tuple[Any, ...]:
    unpacker = unpacker_for(encoding)
    body = b""
    for start in range(0, len(packed), piece_size):
        body += unpacker.unpack(packed[start : start + piece_size], limit - len(body))
        if len(body) == limit:
            break
    return body, unpacker.complete


@given(st.sampled_from(sorted(PACKERS)), st.binary(max_size=5000), st.integers(1, 3000))
def test_a_packed_body_is_unpacked_to_what_it_was(
    encoding: str, data: bytes, piece_size: int
) -> None:
    assert unpack(encoding, PACKERS[encoding](data), piece_size) == (data, True)


@given(st.binary(min_size=1, max_size=500), st.binary(max_size=500), st.integers(1, 100))
def test_gzip_members_in_a_row_are_one_body(first: bytes, second: bytes, piece_size: int) -> None:
    packed = gzip.compress(first) + gzip.compress(second)
    assert unpack("gzip", packed, piece_size) == (first + second, True)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "Deflate"])
def test_a_stream_that_ends_too_early_is_marked_as_incomplete(encoding: str) -> None:
    data = bytes(range(256)) * 40
    packed = PACKERS[encoding](data)
    for length in (1, len(packed) // 2, len(packed) - 1):
        body, complete = unpack(encoding, packed[:length], 64)
        assert data.startswith(body)
        assert not complete


@pytest.mark.parametrize("encoding", ["", "gzip", "deflate"])
def test_an_empty_body_is_complete(encoding: str) -> None:
    assert unpack(encoding, b"", 1) == (b"", True)


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["", "gzip", "deflate", "Deflate"])
def test_a_bomb_is_unpacked_to_the_limit_only(encoding: str) -> None:
    packed = PACKERS[encoding](b"\0" * 50_000_000)
    body, _ = unpack(encoding, packed, 65_536, limit=1_000_001)
    assert len(body) == 1_000_001


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_body_that_is_not_packed_as_declared_is_an_error(encoding: str) -> None:
    with pytest.raises(zlib.error):
        unpack(encoding, b"\xff<html>not packed</html>", 100)


@pytest.mark.parametrize("encoding", ["br", "zstd", "compress", "gzip, gzip", "deflate, gzip"])
def test_an_encoding_that_was_not_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(UnsupportedEncoding, match=encoding):
        unpacker_for(encoding)
