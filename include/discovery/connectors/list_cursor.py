"""Cursors of sources that are one list: how much of it is loaded, and which list it was.

A retry that finds the same list goes on in it; any other list is begun anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def fingerprint_of(entries: Iterable[str]) -> str:
    """Return what tells a list from others, by its entries and their order."""
    text = "\n".join(entries)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def cursor_after(count: int, fingerprint: str) -> str:
    """Return the cursor behind the first entries of a list."""
    return f"{count}@{fingerprint}"


def count_in(cursor: str | None, fingerprint: str) -> int | None:
    """Return how many entries are loaded; ``None`` when the cursor is none of this list."""
    count, _, of_list = (cursor or "").partition("@")
    return int(count) if of_list == fingerprint and count.isdecimal() else None
