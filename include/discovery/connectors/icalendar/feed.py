"""An iCalendar file, start to end: lines, events, occurrences, records.

It is read one UID at a time, and its records are packed immediately: a file needs about three times
its size in memory, including its bytes. Occurrences of series need another 200 bytes each.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from include.discovery.connectors.icalendar.event import Event, known_as, label_of, read_event
from include.discovery.connectors.icalendar.known_events import KnownEvents
from include.discovery.connectors.icalendar.outline import (
    MOST_OF_ONE_UID,
    CalendarFile,
    RawEvent,
)
from include.discovery.connectors.icalendar.record import RecordBuilder
from include.discovery.connectors.icalendar.representations import as_content_lines
from include.discovery.connectors.icalendar.series import Occurrence, occurrences
from include.discovery.connectors.icalendar.zones import Zones
from include.discovery.dates.recurrence import Budget
from include.discovery.fingerprints import Fingerprints, ReadItem, SkippedItem
from include.discovery.model import NOT_LISTED, City, EventRecord, Identity, Reject, Venue, Window
from include.discovery.parsed import (
    PackedRecords,
    RejectItem,
    Withheld,
    excerpt,
    parse_items,
    shown_in_full,
)
from include.discovery.record_warnings import SourceWarning

log = logging.getLogger(__name__)

_MOST_SHOWN = 200
"""So many of a file's rejects say what they hold; fewer are kept of each reason."""


@dataclass(frozen=True, slots=True)
class Feed:
    """The contents of a file, in its order."""

    records: Sequence[EventRecord]
    rejects: Sequence[Reject]
    broken_off: bool
    """It ends before its calendar does."""
    left_out: int
    """How many events were not read, beyond the bound of one UID."""
    without_begin: int = 0
    """How many events were not read, since nothing says where they begin."""
    read: Sequence[ReadItem] = ()
    """What single events became, by which the next sync knows them."""
    skipped: Sequence[SkippedItem] = ()
    """Known events, which were not read."""

    @property
    def count(self) -> int:
        """How many events and rejects it holds, known events included."""
        known = sum(each.events for each in self.skipped)
        return len(self.records) + len(self.rejects) + known


def read_feed(
    body: bytes,
    timezone: ZoneInfo,
    window: Window | None = None,
    *,
    city: City | None = None,
    default_venue: Venue | None = None,
    charset: str | None = None,
    fingerprints: Fingerprints | None = None,
) -> Feed:
    """Read a file of one or more calendars.

    :param timezone: the zone of times that name none, if the calendar names none either.
    :param window: the days to read; without one all events, and recurrences for 400 days from their
        first start.
    :param city: the city whose names are recognised in places.
    :param default_venue: the venue of events that name no place.
    :param charset: of the Content-Type header, if known.
    :param fingerprints: by which known events are told, which are not read again.
    :raises UnreadableResponse: if it is not a calendar.
    """
    file = CalendarFile(as_content_lines(body), charset)
    budget = Budget()
    zones = [
        Zones(calendar, timezone, budget, in_city=city is not None) for calendar in file.calendars
    ]
    builder = RecordBuilder(default_venue, city)
    rejects: list[Reject] = []
    known = KnownEvents(file, fingerprints)
    ids: set[str] = set()

    def records() -> Iterator[EventRecord]:
        for uid, group in file.groups():
            fingerprint = known.fingerprint_of(group)
            if known.skips(fingerprint, uid, len(ids)):
                continue
            faults = len(rejects)
            events = list(_events(file, group, zones, rejects))
            found = list(_occurrences(events, window, budget, rejects))
            parsed = parse_items(
                found,
                builder.build,
                _describe,
                _known_as,
                members_of=lambda found: found.event if len(rejects) < _MOST_SHOWN else None,
                has_marks=False,
            )
            rejects.extend(parsed.rejects)
            if len(rejects) == faults:
                known.note(fingerprint, uid, events, parsed.records, len(ids))
            yield from parsed.records

    packed = PackedRecords(_with_unique_ids(records(), ids))
    if fingerprints is not None and known.meets(ids):
        return read_feed(
            body,
            timezone,
            window,
            city=city,
            default_venue=default_venue,
            charset=charset,
            fingerprints=replace(fingerprints, known={}),
        )
    if file.left_out:
        reason = f"more than {MOST_OF_ONE_UID:,} events of one UID"
        rejects.append(Reject(reason, f"{file.left_out} events"))
    if file.without_begin:
        where = f"the event that ends on line {file.without_begin[0]}"
        rejects.append(Reject("BEGIN:VEVENT is missing or damaged", where))
    return Feed(
        packed,
        rejects,
        file.broken_off,
        file.left_out,
        len(file.without_begin),
        known.read,
        known.skipped,
    )


def _events(
    file: CalendarFile, group: Iterable[RawEvent], zones: Sequence[Zones], rejects: list[Reject]
) -> Iterator[Event]:
    for raw in group:
        component = file.component_of(raw)
        try:
            yield read_event(component, file.calendars[raw.calendar], zones[raw.calendar])
        except RejectItem as error:
            identity = NOT_LISTED if isinstance(error, Withheld) else known_as(component)
            reject = Reject(error.reason, label_of(component), error.detail, identity)
            if len(rejects) < _MOST_SHOWN:
                members = {name: found[0].text for name, found in component.properties.items()}
                reject = shown_in_full(reject, members)
            rejects.append(reject)
        except Exception as error:  # one hostile event must not affect the others
            log.warning("%s has an unexpected shape.", label_of(component), exc_info=True)
            detail = excerpt(f"{error!r}")
            identity = known_as(component)
            rejects.append(Reject("unexpected shape", label_of(component), detail, identity))


def _occurrences(
    events: Sequence[Event], window: Window | None, budget: Budget, rejects: list[Reject]
) -> Iterator[Occurrence]:
    for item in occurrences(events, window, budget):
        if isinstance(item, Reject):
            rejects.append(item)
        else:
            yield item


def _describe(_: int, occurrence: Occurrence) -> str:
    return occurrence.event.label


def _known_as(occurrence: Occurrence) -> Identity:
    return Identity(occurrence.external_id)


def _with_unique_ids(records: Iterable[EventRecord], known: set[str]) -> Iterator[EventRecord]:
    """Add numbers to records with the same id: an hourly series while the clocks repeat an hour.

    :param known: the ids of those that were yielded; it is added to.
    """
    counts: dict[str, int] = {}
    for record in records:
        own = record.external_id
        while own in known:
            counts[record.external_id] = counts.get(record.external_id, 1) + 1
            own = f"{record.external_id}/{counts[record.external_id]}"
        known.add(own)
        if own == record.external_id:
            yield record
        else:
            warnings = (*record.warnings, SourceWarning.ID_SHARED.said())
            yield record.model_copy(update={"external_id": own, "warnings": warnings})
