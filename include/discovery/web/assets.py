"""The browser's files: served under the hash of their content, so that they may be kept for ever.

A release that changes any file changes the hash, and with it the address of all of them; relative
imports between them inherit it. They need the same access as the rest of the page.

The entry names all modules that the page imports, so that the browser asks for them at once. It
would otherwise learn of each from the one that imports it, level after level.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path, PurePosixPath

FOLDER = Path(__file__).parent / "static"

MEDIA_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""What is served; files of other kinds are not."""


ENTRY = "main.js"
"""What Airflow loads."""

_ROOT = "app.js"
_NO_MODULES = "const MODULES = [];"
_IMPORT = re.compile(r"""^(?:import|\} from) .*?"(\.[^"]+)";$""", re.MULTILINE)


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


@cache
def entry() -> str:
    """Return the entry, with the list of modules filled in."""
    text = (FOLDER / ENTRY).read_text("utf-8")
    names = json.dumps([f"./{name}" for name in modules()])
    return text.replace(_NO_MODULES, f"const MODULES = {names};")


def modules() -> list[str]:
    """Return the names of all modules that the page imports, each before those it imports."""
    found = [_ROOT]
    for name in found:
        folder = PurePosixPath(name).parent
        for imported in _IMPORT.findall((FOLDER / name).read_text("utf-8")):
            path = _normal(folder / imported)
            if path not in found:
                found.append(path)
    return found


def _normal(path: PurePosixPath) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def find(name: str) -> Path | None:
    """Return a file by its name below the folder, if it is one that is served."""
    return next((path for path in _files() if path.relative_to(FOLDER).as_posix() == name), None)


def _files() -> list[Path]:
    return [path for path in FOLDER.rglob("*") if path.suffix in MEDIA_TYPES and path.is_file()]
