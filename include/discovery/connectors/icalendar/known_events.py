"""Which events of a file are as they were when they were read, and need not be read again.

A UID with one VEVENT that does not recur is known by the bytes of that, and by what its calendar
and the file say of all of them. All others are read: what a series becomes depends on the window.
DTSTAMP is left out of the bytes, since most exporters write the time of the request there.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from include.discovery.connectors.icalendar.event import Event
from include.discovery.connectors.icalendar.instance import when_of
from include.discovery.connectors.icalendar.outline import CalendarFile, RawEvent
from include.discovery.fingerprints import Fingerprints, ReadItem, SkippedItem
from include.discovery.model import EventRecord, last_date

_STAMP: Final = re.compile(rb"^DTSTAMP:[0-9TZ]{15,16}\r?$", re.MULTILINE)
_SOFT_BREAKS: Final = (b"=\n", b"=\r\n")
"""Behind one of these, a line may belong to the property before it."""


class KnownEvents:
    """The events of a file that are known, and what the others became.

    :param fingerprints: ``None``: none are known, and nothing is noted.
    """

    def __init__(self, file: CalendarFile, fingerprints: Fingerprints | None) -> None:
        self._fingerprints = fingerprints
        self._about: list[str] = []
        if fingerprints is not None:
            self._about = [_digest(f"{file.encoding} {each}") for each in file.calendars]
        self.read: list[ReadItem] = []
        self.skipped: list[SkippedItem] = []
        self._ids: set[str] = set()

    def fingerprint_of(self, group: Sequence[RawEvent]) -> bytes | None:
        """Return the fingerprint of the events of a UID; ``None`` if they are to be read."""
        if self._fingerprints is None or len(group) > 1:
            return None
        (event,) = group
        content = event.content
        if not any(each in content for each in _SOFT_BREAKS):
            content = _STAMP.sub(b"DTSTAMP", content, count=1)
        return self._fingerprints.of((event.flaws, content), self._about[event.calendar])

    def skips(self, fingerprint: bytes | None, uid: str, place: int) -> bool:
        """Return whether the events of a UID are known; they are then noted as skipped.

        :param place: how many records come before theirs.
        """
        if self._fingerprints is None or fingerprint is None:
            return False
        count = self._fingerprints.known.get(fingerprint)
        if count is None:
            return False
        self.skipped.append(SkippedItem(fingerprint, count, place))
        if count:
            self._ids.add(uid)
        return True

    def note(
        self,
        fingerprint: bytes | None,
        uid: str,
        events: Sequence[Event],
        records: Sequence[EventRecord],
        place: int,
    ) -> None:
        """Note what the events of a UID became, of which nothing was rejected."""
        if self._fingerprints is None or fingerprint is None:
            return
        if len(events) != 1 or events[0].recurs or events[0].recurrence_id is not None:
            return
        if any(record.external_id != uid for record in records):
            return
        good_to = self._fingerprints.good_to_by_days([_days_of(events[0])])
        self.read.append(ReadItem(fingerprint, place, place + len(records), good_to))

    def meets(self, ids: set[str]) -> bool:
        """Return whether a skipped event has one of these ids: then all have to be read.

        Of several events with one id, the order in the file decides which one keeps it.
        """
        return not self._ids.isdisjoint(ids)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _days_of(event: Event) -> tuple[date, date]:
    when = when_of(event, event.start.wall, event.span)
    return when.local_date, last_date(when.local_date, when.ends_at, when.timezone)
