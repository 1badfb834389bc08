"""What can be fuzzed: the readers of text and formats, and each kind of source that there is."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from include.discovery.connectors import connector_for, kinds
from include.discovery.connectors.base import ParseContext
from include.discovery.dates.timestamps import UnreadableTimestamp
from include.discovery.dates.worded.parsing import UnreadableDate
from include.discovery.errors import UnreadableResponse
from include.discovery.formats.json_repair import UnrepairableJson
from include.discovery.parsed import Parsed
from tests.connectors.presets.preset_support import Network
from tests.fuzz import readers
from tests.sites.every import site_of

SEEDS = Path(__file__).parent / "seeds"
FORMATS = ("icalendar", "json_feed", "rss", "schema_org")
"""Targets whose seeds stand for a format; they serve a kind that has neither seeds nor a site."""


@dataclass(frozen=True, slots=True)
class Target:
    """A parser, payloads to start from, words of its format, and how it refuses."""

    name: str
    read: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    tokens: tuple[bytes, ...] = ()
    refusals: tuple[type[Exception], ...] = ()


def targets() -> Mapping[str, Target]:
    """List all targets by name."""
    found = (
        _of_lines("prices", readers.prices),
        _of_lines("status", readers.status),
        _of_lines("text", readers.text),
        _of_lines("dates", readers.dates, UnreadableDate),
        _of_lines("timestamps", readers.timestamps, UnreadableTimestamp),
        _of_files("json_repair", readers.json_repair, UnrepairableJson),
        _of_files("sitemap", readers.sitemap, UnreadableResponse),
        *(_of_kind(kind) for kind in kinds()),
    )
    return {target.name: target for target in found}


def has_own_seeds(name: str) -> bool:
    """Say whether somebody wrote payloads for a target, as seeds or as its fake site."""
    return bool(_own_seeds(name)) or (SEEDS / f"{name}.txt").exists()


def _of_lines(name: str, read: Callable[[bytes], object], *refusals: type[Exception]) -> Target:
    """Build a target of short texts: each line of its file is a seed."""
    lines = (SEEDS / f"{name}.txt").read_bytes().splitlines()
    return Target(name, read, tuple(lines), _tokens(lines), refusals)


def _of_files(name: str, read: Callable[[bytes], object], *refusals: type[Exception]) -> Target:
    """Build a target of documents: its own seeds, or those of each format."""
    seeds = _own_seeds(name) or [seed for format_ in FORMATS for seed in _own_seeds(format_)]
    return Target(name, read, tuple(seeds), _tokens(seeds), refusals)


def _of_kind(kind: str) -> Target:
    """Build the target of a kind; its settings may stand beside its seeds (``settings.json``)."""

    # Settings late: a kind that cannot be set up fails by itself, not with all the others.
    @cache
    def context() -> ParseContext[Any]:
        file = SEEDS / kind / "settings.json"
        given = json.loads(file.read_text()) if file.exists() else {}
        settings = connector_for(kind).parse_settings(given, readers.URL)
        return ParseContext(settings, readers.WARSAW, readers.WINDOW, url=readers.URL)

    def read(body: bytes) -> Parsed:
        return connector_for(kind).parse(body, context())

    return _of_files(kind, read, UnreadableResponse)


@cache
def _own_seeds(name: str) -> list[bytes]:
    """Return the files of a target's folder, else what the fake site of that kind answers."""
    files = sorted(file for file in (SEEDS / name).glob("*") if file.name != "settings.json")
    return [file.read_bytes() for file in files] or _answers_of_site(name)


def _answers_of_site(kind: str) -> list[bytes]:
    """Return what a kind's connector reads of its fake site; nothing if it cannot read it."""
    try:
        network = Network(site_of(kind))
        network.read()
    except Exception:  # noqa: BLE001  a kind that is broken fails by itself, not with all others
        return []
    replies = [network.site.answer(question) for question in network.asked]
    return [reply.body for reply in replies if reply.status == 200]


def _tokens(seeds: list[bytes]) -> tuple[bytes, ...]:
    words = {word for seed in seeds for word in seed.replace(b'"', b" ").split()}
    return tuple(sorted(word for word in words if len(word) < 60))
