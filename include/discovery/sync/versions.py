"""What a source is read by, as one value: where it is another one, everything is read again."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Collection
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from include.discovery.model import Pair, Window

_ROOT: Final = Path(__file__).parents[1]
_NOT_READING: Final = frozenset({
    "cli", "monitoring", "orchestration", "probe", "scaffold", "web", "__pycache__"
})  # fmt: skip
"""Rooms that no record passes through."""
_PACKAGES: Final = (
    "anyascii", "feedparser", "icalendar", "jmespath", "nh3", "pydantic", "pydantic-core",
    "python-dateutil", "selectolax", "tzdata",
)  # fmt: skip
"""Of others, that texts, times and shapes are read with."""


def version_of_reading(
    pair: Pair, zone: ZoneInfo, window: Window, secrets: Collection[str], cities: str | None
) -> bytes:
    """Return a value that stands for all that the items of a pair are read by.

    :param secrets: what is masked in records.
    :param cities: stands for those that events are looked for in, of a pair without a city.
    """
    told_apart = {
        "code": version_of_code(),
        "kind": pair.source.kind,
        "source": pair.source.slug,
        "settings": pair.merged_settings,
        "city": pair.city and pair.city.model_dump(mode="json"),
        "cities": cities,
        "zone": zone.key,
        "days": (window.end - window.start).days,
        "secrets": sorted(secrets),
    }
    text = json.dumps(told_apart, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=32).digest()


@cache
def version_of_code() -> str:
    """Return a hash of all code that a record may depend on, once per process.

    Of every file of this library but those of rooms that no record passes through, and of the
    versions of Python and of the packages that read with it.
    """
    digest = hashlib.blake2b(digest_size=16)
    for package in _PACKAGES:
        digest.update(f"{package} {_installed(package)}\n".encode())
    digest.update(sys.version.encode())
    for path in sorted(_ROOT.rglob("*")):
        name = path.relative_to(_ROOT)
        if _NOT_READING.isdisjoint(name.parts) and path.is_file():
            digest.update(f"{name}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
