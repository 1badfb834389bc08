"""A planted key, and the search for it in all that left the process."""

from __future__ import annotations

import html
import re
import zlib
from base64 import b64decode
from collections.abc import Iterator
from urllib.parse import unquote

from include.discovery.store.connection import Connection

KEY = "Qz7mXw9Lk3Rv-T5pHd2Ns8"
LONGEST_PIECE = 7
"""Characters of the key that may stand somewhere by chance; half of it must not."""


def rows(conn: Connection) -> list[str]:
    """Return every row of every table of the discovery database, and what is compressed in them."""
    tables = conn.execute(
        "SELECT quote_ident(table_name) FROM information_schema.tables"
        " WHERE table_schema = 'discovery' AND table_type = 'BASE TABLE'"
    ).fetchall()
    kept = conn.execute("SELECT body FROM discovery.kept_answers").fetchall()
    return [
        *(f"kept: {zlib.decompress(body).decode()}" for (body,) in kept),
        *(
            f"{table}: {row[0]}"
            for (table,) in tables
            for row in conn.execute(f"SELECT t::text FROM discovery.{table} t".encode()).fetchall()
        ),
    ]


_ESCAPED = re.compile(r"\\+(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
_RUN = re.compile(r"[A-Za-z0-9+/_-]{12,}")


def readings(text: str) -> Iterator[str]:
    """Yield a text as it is, and as whoever decodes it reads it."""
    for _ in range(4):
        yield text
        text = _ESCAPED.sub(lambda m: chr(int(m[1] or m[2], 16)), html.unescape(unquote(text)))
    for run in _RUN.findall(text):
        if re.fullmatch("(?:[0-9a-fA-F]{2})+", run):
            yield bytes.fromhex(run).decode("latin-1")
        for start in range(4):  # what stands before it may be of its letters, too
            piece = run[start:].replace("-", "+").replace("_", "/")
            piece = piece[: len(piece) // 4 * 4]
            yield b64decode(piece).decode("latin-1")


def assert_hidden(texts: list[str]) -> None:
    """Check that no text holds the key, in whatever encoding, or a good part of it."""
    pieces = {KEY[i : i + LONGEST_PIECE + 1].casefold() for i in range(len(KEY) - LONGEST_PIECE)}
    for text in dict.fromkeys(texts):
        for reading in readings(text):
            lowered = reading.casefold()
            found = [piece for piece in pieces if piece in lowered]
            assert not found, f"{found[0]} in {text[:3000]}"
