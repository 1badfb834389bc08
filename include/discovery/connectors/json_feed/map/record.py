"""One item, or one of its occurrences, as a record."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from include.discovery.connectors.json_feed.map import words
from include.discovery.connectors.json_feed.map.fields import FieldMap, ListOf, TextOf
from include.discovery.connectors.json_feed.map.moments import instant, moment
from include.discovery.connectors.json_feed.map.paths import Item, getter_of
from include.discovery.connectors.json_feed.map.place import read_venue
from include.discovery.connectors.json_feed.map.price import read_price
from include.discovery.connectors.json_feed.map.values import Reader, flag
from include.discovery.dates.times import When, localize
from include.discovery.dates.timestamps import Timestamp
from include.discovery.formats.json_fields import attempt
from include.discovery.model import EventRecord, EventStatus, Venue
from include.discovery.parsed import RejectItem, excerpt
from include.discovery.places.venues import placed
from include.discovery.text.cleaning import description_text, title_text, web_url
from include.discovery.text.pictures import picture_url
from include.discovery.text.status import split_status

_TAG: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_GRAVE: Final = (
    EventStatus.CANCELLED,
    EventStatus.POSTPONED,
    EventStatus.RESCHEDULED,
    EventStatus.MOVED_ONLINE,
)


ValueT = TypeVar("ValueT")


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


def read_details(
    fields: FieldMap,
    scope: Item,
    reader: Reader,
    origin: Origin,
    zone: ZoneInfo,
) -> Details:
    """Read what an item says of itself. A field that cannot be read is dropped with a warning.

    :param zone: the event's, for a time of its last change that names none.
    :raises RejectItem: without a title.
    """
    warnings: list[str] = []
    title, marked = split_status(_title(fields, scope, reader))
    venue = attempt("venue", lambda: read_venue(fields, scope, reader, warnings), warnings)
    status = _status(fields, scope, marked, warnings)
    country = (venue.country if venue else None) or origin.country
    place = placed(
        venue,
        warnings,
        stated=attempt("attendance", lambda: words.attendance(fields.attendance, scope), warnings),
        is_virtual=bool(attempt("is_online", lambda: flag(fields.is_online, scope), warnings)),
        is_moved=status is EventStatus.MOVED_ONLINE,
        country=origin.country,
    )

    def read(name: str, how: Callable[[Any], ValueT]) -> ValueT | None:
        field = getattr(fields, name)
        return None if field is None else attempt(name, lambda: how(field), warnings)

    def text(field: TextOf) -> str | None:
        return reader.text(field, scope)

    def texts(field: ListOf) -> tuple[str, ...]:
        return reader.texts(field, scope)

    def link(field: TextOf) -> str | None:
        return _link(field, scope, reader, origin.base)

    def picture(field: TextOf) -> str | None:
        given = link(field)
        found = picture_url(given)
        if given and found is None:
            raise ValueError(f"{excerpt(given, 80)} is no picture")
        return found

    others = {
        "url": read("url", link),
        "attendance": place.attendance,
        "performers": read("performers", texts) or (),
        "categories": read("categories", texts) or (),
        "organizer": read("organizer", text),
        "description": read(
            "description", lambda field: description_text(reader.markup(field, scope))
        ),
        "image_url": read("image_url", picture),
        "language": attempt("language", lambda: _language(fields, scope, reader), warnings),
        "price": attempt(
            "price", lambda: read_price(fields, scope, reader, country, warnings), warnings
        ),
        "source_updated_at": read(
            "source_updated_at", lambda field: _instant(moment(field, scope, zone), zone)
        ),
    }
    return Details(
        title, status, place.venue, venue.name if venue else None, others, tuple(warnings)
    )


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


def _status(
    fields: FieldMap,
    scope: Item,
    marked: EventStatus | None,
    warnings: list[str],
) -> EventStatus:
    """Return the more severe status of the field and the title's marker."""
    given = attempt("status", lambda: words.status(fields.status, scope), warnings)
    for grave in _GRAVE:
        if grave in (given, marked):
            return grave
    return given or EventStatus.SCHEDULED


def _link(field: TextOf, scope: Item, reader: Reader, base: str | None) -> str | None:
    given = reader.markup(field, scope)
    if given is None or not given.strip():
        return None
    link = web_url(given, base)
    if link is None:
        raise ValueError(f"{excerpt(given, 80)} is no web address")
    return link


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


def _instant(timestamp: Timestamp | None, zone: ZoneInfo) -> datetime | None:
    if timestamp is None:
        return None
    return instant(timestamp) or localize(timestamp.wall, zone)[0]
