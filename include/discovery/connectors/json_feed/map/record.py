"""One item, or one of its occurrences, as a record."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from include.discovery.connectors.json_feed.map import words
from include.discovery.connectors.json_feed.map.fields import FieldMap, TextOf
from include.discovery.connectors.json_feed.map.moments import instant, moment
from include.discovery.connectors.json_feed.map.paths import Item, getter_of
from include.discovery.connectors.json_feed.map.place import read_venue, venue_fields
from include.discovery.connectors.json_feed.map.price import read_price
from include.discovery.connectors.json_feed.map.repeated import Repeated
from include.discovery.connectors.json_feed.map.values import Reader, flag
from include.discovery.dates.times import When, localize
from include.discovery.formats.json_fields import attempt
from include.discovery.model import EventRecord, EventStatus, Price, Venue
from include.discovery.parsed import RejectItem, excerpt
from include.discovery.places.venues import Placed, placed
from include.discovery.record_warnings import status_of_title
from include.discovery.text.cleaning import description_text, title_text, web_url
from include.discovery.text.pictures import is_picture, is_placeholder
from include.discovery.text.status import split_status

_TAG: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_GRAVE: Final = (
    EventStatus.CANCELLED,
    EventStatus.POSTPONED,
    EventStatus.RESCHEDULED,
    EventStatus.MOVED_ONLINE,
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where items come from, for what they leave unsaid.

    ``base`` is the address against which relative links are resolved, ``country`` the ISO 3166-1
    code of a country, for prices that name no currency.
    """

    base: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Details:
    """All fields of a record except identity and time: shared by all occurrences of an item."""

    title: str
    status: EventStatus
    venue: Venue | None
    told_at: str | None
    """The name of the venue as it is told, for the ids of items without one."""
    others: dict[str, Any]
    warnings: tuple[str, ...]


class DetailsReader:
    """Reads what items say of themselves. A field that cannot be read is dropped with a warning."""

    def __init__(self, fields: FieldMap, reader: Reader, origin: Origin) -> None:
        self._fields = fields
        self._reader = reader
        self._origin = origin
        self._status = Repeated(self._read_status, fields.status)
        self._place = Repeated(
            self._read_place, *venue_fields(fields), fields.attendance, fields.is_online
        )
        self._price = Repeated(
            self._read_price,
            fields.price,
            fields.price_min,
            fields.price_max,
            fields.currency,
            fields.is_free,
        )
        self._performers = Repeated(partial(self._read_texts, "performers"), fields.performers)
        self._categories = Repeated(partial(self._read_texts, "categories"), fields.categories)

    def read(self, item: Item, zone: ZoneInfo) -> Details:
        """Read all fields but identity and time.

        :param zone: the event's, for a time of its last change that names none.
        :raises RejectItem: without a title.
        """
        fields, reader, base = self._fields, self._reader, self._origin.base
        warnings: list[str] = []
        title, marked = split_status(_title(fields, item, reader))
        stated = self._status(item, warnings)
        status = _gravest(stated, marked)
        warnings += status_of_title(status, marked, stated)
        told, place = self._place(item, warnings, status.value)
        country = (told.country if told else None) or self._origin.country
        others = {
            "url": attempt("url", _link, warnings, fields.url, item, reader, base),
            "attendance": place.attendance,
            "performers": self._performers(item, warnings),
            "categories": self._categories(item, warnings),
            "organizer": attempt("organizer", reader.text, warnings, fields.organizer, item),
            "description": attempt("description", _description, warnings, fields, item, reader),
            "image_url": attempt(
                "image_url", _picture, warnings, fields.image_url, item, reader, base
            ),
            "language": attempt("language", _language, warnings, fields, item, reader),
            "price": self._price(item, warnings, country),
            "source_updated_at": attempt(
                "source_updated_at", _updated_at, warnings, fields, item, zone
            ),
        }
        at = told.name if told else None
        return Details(title, status, place.venue, at, others, tuple(warnings))

    def _read_status(self, item: Item, warnings: list[str], _: object) -> EventStatus | None:
        return attempt("status", words.status, warnings, self._fields.status, item)

    def _read_place(
        self, item: Item, warnings: list[str], status: str | None
    ) -> tuple[Venue | None, Placed]:
        """Return the venue as it is told, and where the event is."""
        fields = self._fields
        told = attempt("venue", read_venue, warnings, fields, item, self._reader, warnings)
        return told, placed(
            told,
            warnings,
            stated=attempt("attendance", words.attendance, warnings, fields.attendance, item),
            is_virtual=bool(attempt("is_online", flag, warnings, fields.is_online, item)),
            is_moved=status == EventStatus.MOVED_ONLINE,
            country=self._origin.country,
        )

    def _read_price(self, item: Item, warnings: list[str], country: str | None) -> Price | None:
        return attempt(
            "price", read_price, warnings, self._fields, item, self._reader, country, warnings
        )

    def _read_texts(self, name: str, item: Item, warnings: list[str], _: object) -> tuple[str, ...]:
        field = getattr(self._fields, name)
        return attempt(name, self._reader.texts, warnings, field, item) or ()


def as_record(
    details: Details,
    when: When | None,
    zone: ZoneInfo,
    external_id: str,
    series_id: str | None,
    *warnings: str,
) -> EventRecord:
    """Build the record of an event.

    :raises RejectItem: without a date, unless it is postponed.
    """
    if when is None and details.status is not EventStatus.POSTPONED:
        raise RejectItem("no date")
    said = when.warnings if when else ()
    return EventRecord(
        external_id=external_id,
        title=details.title,
        **(when.as_fields() if when else {"timezone": zone.key}),
        status=details.status,
        venue=details.venue,
        series_id=series_id,
        warnings=tuple(dict.fromkeys((*warnings, *said, *details.warnings))),
        **details.others,
    )


def _title(fields: FieldMap, scope: Item, reader: Reader) -> str:
    try:
        title = title_text(reader.markup(fields.title, scope))
    except ValueError as error:
        raise RejectItem("unreadable title", error) from None
    if title is None:
        raise RejectItem("no title", excerpt(getter_of(fields.title.path)(scope)))
    return title


def _gravest(given: EventStatus | None, marked: EventStatus | None) -> EventStatus:
    """Return the more severe status of the field and the title's marker."""
    for grave in _GRAVE:
        if grave in (given, marked):
            return grave
    return given or EventStatus.SCHEDULED


def _description(fields: FieldMap, scope: Item, reader: Reader) -> str | None:
    return description_text(reader.markup(fields.description, scope))


def _link(field: TextOf | None, scope: Item, reader: Reader, base: str | None) -> str | None:
    given = reader.markup(field, scope)
    if given is None or not given.strip():
        return None
    link = web_url(given, base)
    if link is None:
        raise ValueError(f"{excerpt(given, 80)} is not a web address")
    return link


def _picture(field: TextOf | None, scope: Item, reader: Reader, base: str | None) -> str | None:
    link = _link(field, scope, reader, base)
    if link is not None and not is_picture(link):
        raise ValueError(f"{excerpt(link, 80)} is no picture")
    return None if link is None or is_placeholder(link) else link


def _language(fields: FieldMap, scope: Item, reader: Reader) -> str | None:
    """Return the event's own language, else that in which its title was read."""
    said = reader.text(fields.language, scope) or reader.language_of(fields.title, scope)
    if said is None:
        return None
    first, _, rest = said.replace("_", "-").partition("-")
    tag = f"{first.lower()}-{rest}" if rest else first.lower()
    if not _TAG.fullmatch(tag):
        raise ValueError(f"{said[:40]!r} is no language")
    return tag


def _updated_at(fields: FieldMap, scope: Item, zone: ZoneInfo) -> datetime | None:
    timestamp = moment(fields.source_updated_at, scope, zone)
    if timestamp is None:
        return None
    return instant(timestamp) or localize(timestamp.wall, zone)[0]
