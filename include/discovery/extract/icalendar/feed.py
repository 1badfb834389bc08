"""An iCalendar file, start to end: lines, events, occurrences, records."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from include.discovery.extract.icalendar.event import Event, label_of, read_event
from include.discovery.extract.icalendar.lines import Component, read_calendars
from include.discovery.extract.icalendar.record import RecordBuilder
from include.discovery.extract.icalendar.series import Occurrence, occurrences
from include.discovery.extract.icalendar.zones import Zones
from include.discovery.extract.items import RejectItem, excerpt, parse_items
from include.discovery.extract.recurrence import Budget
from include.discovery.model import City, EventRecord, Reject, Venue, Window

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Feed:
    """What a file holds, in its order; ``broken_off`` when it ends before its calendar does."""

    records: Sequence[EventRecord]
    rejects: Sequence[Reject]
    broken_off: bool


def read_feed(
    body: bytes,
    timezone: ZoneInfo,
    window: Window | None = None,
    *,
    city: City | None = None,
    default_venue: Venue | None = None,
) -> Feed:
    """Read a file of one or more calendars.

    :param timezone: the zone of times that name none, where the calendar names none either.
    :param window: the days that are wanted; without one everything is listed, and recurrences for
        400 days from their first start.
    :param city: the city whose names are recognised in places.
    :param default_venue: the venue of events that name no place.
    :raises UnreadableResponse: if it is no calendar.
    """
    calendars = read_calendars(body)
    budget = Budget()
    rejects: list[Reject] = []
    events = list(_events(calendars, timezone, budget, rejects))
    found: list[Occurrence] = []
    for item in occurrences(events, window, budget):
        if isinstance(item, Reject):
            rejects.append(item)
        else:
            found.append(item)
    builder = RecordBuilder(default_venue, (city.name, *city.alternate_names) if city else ())
    parsed = parse_items(found, builder.build, lambda _, item: item.event.label)
    return Feed(
        _with_unique_ids(parsed.records),
        [*rejects, *parsed.rejects],
        any(calendar.broken_off for calendar in calendars),
    )


def _events(
    calendars: list[Component], timezone: ZoneInfo, budget: Budget, rejects: list[Reject]
) -> Iterator[Event]:
    for calendar in calendars:
        zones = Zones(calendar, timezone, budget)
        for component in calendar.of_kind("VEVENT"):
            try:
                yield read_event(component, calendar, zones)
            except RejectItem as error:
                rejects.append(Reject(error.reason, label_of(component), error.detail))
            except Exception as error:  # one hostile event must not cost its neighbours
                log.warning("%s has an unexpected shape.", label_of(component), exc_info=True)
                detail = excerpt(f"{error!r}")
                rejects.append(Reject("unexpected shape", label_of(component), detail))


def _with_unique_ids(records: Sequence[EventRecord]) -> list[EventRecord]:
    """Tell records of one id apart by number: an hourly series while the clocks repeat an hour."""
    unique: dict[str, EventRecord] = {}
    counts: dict[str, int] = {}
    for record in records:
        own = record.external_id
        while own in unique:
            counts[record.external_id] = counts.get(record.external_id, 1) + 1
            own = f"{record.external_id}/{counts[record.external_id]}"
        if own == record.external_id:
            unique[own] = record
        else:
            warnings = (*record.warnings, "another event of the feed has the same id")
            update = {"external_id": own, "warnings": warnings}
            unique[own] = record.model_copy(update=update)
    return list(unique.values())
