"""The stable identity of a page's events, and which of them are duplicates."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from include.discovery.dates.times import When
from include.discovery.formats.schema_org.graph import Node
from include.discovery.formats.schema_org.values import link, text, values
from include.discovery.model import EventRecord, Venue
from include.discovery.text.cleaning import fold, web_url

_CLEAR_ID: Final = re.compile(r"(?=\D*\d)[^\s<>\"]{1,200}")


def own_identity(node: Node, base: str | None) -> str | None:
    """Return the identity that the page gives an event.

    ``identifier``, else an ``@id`` that is an address or URN of its own, else ``url``. An ``@id``
    with a fragment (``…/#event``) comes after the address: plugins give the same to every event.
    """
    for given in values(node.get("identifier")):
        value = given.get("value") if isinstance(given, dict) else given
        if (found := text(value)) and _CLEAR_ID.fullmatch(found):
            return found
    given_id = node.get("@id")
    named = given_id.strip() if isinstance(given_id, str) else ""
    if named.lower().startswith("urn:") and _CLEAR_ID.fullmatch(named):
        return named
    absolute = web_url(named)
    if absolute and "#" not in absolute and urlsplit(absolute).path not in {"", "/"}:
        return absolute[:512]
    address = own_url(node, base)
    return (address or absolute or "")[:512] or None


def own_url(node: Node, base: str | None) -> str | None:
    """Return the address of the event's page, if it names one."""
    for name in ("url", "mainEntityOfPage"):
        if found := link(node.get(name), base):
            return found
    return None


def derived_identity(title: str, when: When | None, venue: Venue | None) -> str:
    """Return an identity for an event without one: of what, when and where."""
    place = fold((venue.name or venue.street or "") if venue else "")
    key = "|".join((fold(title), start_id(when) if when else "", place))
    return hashlib.sha256(key.encode()).hexdigest()[:24]


def start_id(moment: When | EventRecord) -> str:
    """Return a start as part of an identity: local time, or the day if that is all there is."""
    if moment.starts_at is None:
        return f"{moment.local_date:%Y%m%d}" if moment.local_date else ""
    zone = moment.timezone if isinstance(moment, When) else ZoneInfo(moment.timezone)
    return f"{moment.starts_at.astimezone(zone):%Y%m%dT%H%M}"


def dated_id(identity: str, start: str) -> str:
    """Return the identity of one date of several."""
    return f"{identity[:480]}#{start}"


def told_apart(records: Iterable[EventRecord]) -> list[EventRecord]:
    """Give every event of a page a unique id; drop duplicates.

    Dates under one address are told apart by their start (``…#20260501T1900``) and become a series;
    different events of one start by their title, too.
    """
    by_id: dict[str, list[EventRecord]] = defaultdict(list)
    for record in records:
        by_id[record.external_id].append(record)
    return [
        record for identity, group in by_id.items() for record in _named(identity, _unique(group))
    ]


def without_known(
    records: Iterable[EventRecord], known: Sequence[EventRecord]
) -> list[EventRecord]:
    """Leave out events that are known by title or address on the same day."""
    titles = {(fold(record.title), record.local_date) for record in known}
    addresses = {(record.url, record.local_date) for record in known if record.url}
    return [
        record
        for record in records
        if (fold(record.title), record.local_date) not in titles
        and (record.url, record.local_date) not in addresses
    ]


def _unique(group: Sequence[EventRecord]) -> Sequence[EventRecord]:
    """Drop records of the same start and title as one before them."""
    if len(group) == 1:
        return group
    unique: dict[tuple[str, str], EventRecord] = {}
    for record in group:
        unique.setdefault((start_id(record), fold(record.title)), record)
    return list(unique.values())


def _named(identity: str, group: Sequence[EventRecord]) -> Iterable[EventRecord]:
    if len(group) == 1:
        return group
    starts = Counter(map(start_id, group))
    named = []
    for record in group:
        start = start_id(record)
        own = dated_id(identity, start)
        if starts[start] > 1:
            own += f"-{hashlib.sha256(fold(record.title).encode()).hexdigest()[:8]}"
        series = record.series_id or identity
        named.append(record.model_copy(update={"external_id": own, "series_id": series}))
    return named
