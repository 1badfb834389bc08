"""The browser's files: served under the hash of their content, so that they may be kept for ever.

A release that changes any file changes the hash, and with it the address of all of them; relative
imports between them inherit it. They need the same access as the rest of the page.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "static"

MEDIA_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""What is served; files of other kinds are not."""


@cache
def content_hash() -> str:
    """Return a hash over names and contents of all files."""
    digest = hashlib.sha256()
    for path in sorted(_files()):
        digest.update(f"{path.relative_to(FOLDER).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def address(name: str) -> str:
    """Return a file's address, relative to Airflow's base: it holds under any sub-path."""
    return f"discovery/static/{content_hash()}/{name}"


def find(name: str) -> Path | None:
    """Return a file by its name below the folder, if it is one that is served."""
    return next((path for path in _files() if path.relative_to(FOLDER).as_posix() == name), None)


def _files() -> list[Path]:
    return [path for path in FOLDER.rglob("*") if path.suffix in MEDIA_TYPES and path.is_file()]
