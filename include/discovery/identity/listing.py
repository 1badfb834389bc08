"""A listing: one event as one source publishes it, in the form that matching compares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from include.discovery.model import Attendance, EventRecord, EventStatus, Price, Venue


@dataclass(frozen=True, slots=True)
class Listing:
    """One event as one source publishes it. The fields are those of ``EventRecord``.

    ``id`` is unique within the set that is matched; ``source`` and ``city`` are slugs, empty where
    they are not known.
    """

    id: str
    source: str
    city: str
    external_id: str
    title: str
    local_date: date | None
    timezone: str
    starts_at: datetime | None = None
    time_known: bool = False
    ends_at: datetime | None = None
    venue: Venue | None = None
    building: Venue | None = None
    """Where ``venue`` is a hall, as people say."""
    venue_ids: frozenset[int] = frozenset()
    """Of the venue and the building, where they are stored (``Context.apart``)."""
    url: str | None = None
    organizer: str | None = None
    description: str | None = None
    performers: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    price: Price | None = None
    series_id: str | None = None
    status: EventStatus = EventStatus.SCHEDULED
    attendance: Attendance = Attendance.OFFLINE
    language: str | None = None

    @classmethod
    def of(cls, record: EventRecord, *, source: str = "", city: str = "", id: str) -> Self:  # noqa: A002
        """Make the listing of a record that a source of a city gave."""
        return cls(
            id=id,
            source=source,
            city=city,
            external_id=record.external_id,
            title=record.title,
            local_date=record.local_date,
            timezone=record.timezone,
            starts_at=record.starts_at,
            time_known=record.time_known,
            ends_at=record.ends_at,
            venue=record.venue,
            url=record.url,
            organizer=record.organizer,
            description=record.description,
            performers=record.performers,
            categories=record.categories,
            price=record.price,
            series_id=record.series_id,
            status=record.status,
            attendance=record.attendance,
            language=record.language,
        )
