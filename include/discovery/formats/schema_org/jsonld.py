"""JSON-LD scripts of a page, read separately: a broken one does not affect the others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from include.discovery.formats.json_repair import (
    UnrepairableJson,
    loads_repaired,
    with_lost_escapes_marked,
)
from include.discovery.formats.schema_org.terms import with_plain_terms
from include.discovery.model import NOT_LISTED, Reject
from include.discovery.parsed import excerpt
from include.discovery.record_warnings import SourceWarning

MEDIA_TYPE = "application/ld+json"
LOST_EVENTS = "invalid JSON-LD with events"
"""Reason of a reject: a script that cannot be read and speaks of events."""

_OF_EVENTS = re.compile(r"startDate|Event\b")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of structured data: a tree of objects, where it was found, what was repaired."""

    value: Any
    where: str
    warnings: tuple[str, ...] = ()


def read_scripts(texts: Iterable[str]) -> Iterator[Block | Reject]:
    """Read scripts, in their order; what cannot be read is a reject that says where it breaks."""
    for number, text in enumerate(texts, 1):
        if not text.strip():
            continue
        where = f"JSON-LD script {number}"
        try:
            yield read_document(text, where)
        except UnrepairableJson as error:
            detail = f"{error}: {excerpt(text.strip(), 100)}"
            if _OF_EVENTS.search(text):
                yield Reject(LOST_EVENTS, where, detail)
            else:
                yield Reject("invalid JSON-LD", where, detail, NOT_LISTED)


def read_document(text: str, where: str) -> Block:
    """Read one JSON-LD document.

    :raises UnrepairableJson: if it is not JSON.
    """
    read = loads_repaired(with_lost_escapes_marked(text))
    value = with_plain_terms(read.value, text)
    repaired = tuple(SourceWarning.JSON_REPAIRED.said(repair=repair) for repair in read.repairs)
    return Block(value, where, repaired)
