"""An event as Bandsintown's public API (v3) gives it: one of an artist's dates.

Observed: times are local and name no zone; ``title`` is empty unless it is a tour's or festival's;
unknown members are empty strings; only the first event of a list describes the artist.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from include.discovery.connectors.bandsintown.shared import (
    event_id,
    page_address,
    picture,
    read_days,
    read_when,
    zones_of,
)
from include.discovery.dates.times import When
from include.discovery.errors import UnreadableResponse
from include.discovery.formats.json_fields import attempt, member, obj, text
from include.discovery.model import Attendance, EventRecord, EventStatus, Identity, Price, Venue
from include.discovery.parsed import RejectItem, excerpt
from include.discovery.places.coordinates import coordinates
from include.discovery.places.countries import country_code
from include.discovery.places.venues import placed
from include.discovery.record_warnings import SourceWarning, status_of_title
from include.discovery.text.cleaning import description_text, title_text
from include.discovery.text.status import split_status

_TITLED_AFTER = 3
"""How many names of the line-up make a title, where there is none."""


@dataclass(frozen=True, slots=True)
class ArtistEvents:
    """An artist's dates, and the pictures of the artists that the response describes."""

    items: Sequence[object]
    pictures: Mapping[str, str]


def read_artist_events(document: object) -> ArtistEvents | None:
    """Parse a response of ``/artists/…/events``; ``None`` if the artist is unknown.

    :raises UnreadableResponse: if it is another answer.
    """
    if document == "":
        return None
    items = document if isinstance(document, list) else [document]
    if not isinstance(document, list) and not _is_event(document):
        raise UnreadableResponse(f"no list of events of Bandsintown, but {_said(document)}")
    pictures = {}
    for item in items:
        artist = item.get("artist") if isinstance(item, dict) else None
        if isinstance(artist, dict) and isinstance(artist.get("image_url"), str):
            pictures[str(artist.get("id"))] = artist["image_url"]
    return ArtistEvents(items, pictures)


def _is_event(document: object) -> bool:
    return isinstance(document, dict) and "venue" in document and "datetime" in document


def _said(document: object) -> str:
    return json.dumps(document, default=str)[:120]


def event_record(item: object, pictures: Mapping[str, str], default_zone: ZoneInfo) -> EventRecord:
    """Map one event.

    :param default_zone: of the setting or the city. It applies in its own country; other countries'
        own zone applies if they have only one.
    :raises RejectItem: for an unusable event: no id, no line-up, no date.
    """
    if not isinstance(item, dict):
        raise RejectItem("not an object", excerpt(item))
    warnings: list[str] = []
    address = attempt("url", lambda: text(item, "url"), warnings)
    external_id = _external_id(item, address, warnings)
    performers = _line_up(item)
    title, marked = split_status(_title(item, performers))
    status = marked or EventStatus.SCHEDULED
    warnings += status_of_title(status, marked)
    venue = attempt("venue", lambda: _venue(item, warnings), warnings)
    when = _when(item, venue, default_zone, warnings)
    place = placed(
        venue,
        warnings,
        stated=Attendance.ONLINE if _is_stream(item) else None,
        is_moved=status is EventStatus.MOVED_ONLINE,
    )
    return EventRecord(
        external_id=external_id,
        title=title,
        url=page_address(address),
        **when.as_fields(),
        status=status,
        attendance=place.attendance,
        venue=place.venue,
        performers=performers,
        description=attempt("description", lambda: _description(item), warnings),
        image_url=attempt("image", lambda: _image(item, pictures), warnings),
        price=Price(min=Decimal(0), max=Decimal(0), is_free=True)
        if item.get("free") is True
        else None,
        warnings=(*warnings, *when.warnings),
    )


def _is_stream(item: Mapping[str, Any]) -> bool:
    place = item.get("venue")
    kind = place.get("type") if isinstance(place, dict) else None
    return item.get("bandsintown_plus") is True or kind == "Virtual"


def known_as(item: object) -> Identity | None:
    """Return an event's identity, even if it is otherwise invalid."""
    if not isinstance(item, dict):
        return None
    ignored: list[str] = []
    address = attempt("url", lambda: text(item, "url"), ignored)
    return Identity(_external_id(item, address, ignored))


def _external_id(item: Mapping[str, Any], address: str | None, warnings: list[str]) -> str:
    return event_id(address, attempt("id", lambda: text(item, "id"), warnings))


def _line_up(item: Mapping[str, Any]) -> tuple[str, ...]:
    given = item.get("lineup")
    names = given if isinstance(given, list) else []
    cleaned = (title_text(name) for name in names if isinstance(name, str))
    return tuple(dict.fromkeys(name for name in cleaned if name))


def _title(item: Mapping[str, Any], performers: Sequence[str]) -> str:
    """Return the title; a show without one is named after its line-up, as on the site."""
    given = item.get("title")
    title = title_text(given) if isinstance(given, str) else None
    title = title or title_text(", ".join(performers[:_TITLED_AFTER]))
    if title is None:
        raise RejectItem("no title and no line-up")
    return title


def _when(
    item: Mapping[str, Any], venue: Venue | None, default_zone: ZoneInfo, warnings: list[str]
) -> When:
    zone, is_certain = _zone(venue, default_zone)
    festival = attempt("festival dates", lambda: text(item, "festival_start_date"), warnings)
    if festival:
        last = attempt("festival dates", lambda: text(item, "festival_end_date"), warnings)
        return read_days(festival, last, zone, warnings)
    start = attempt("datetime", lambda: text(item, "datetime") or text(item, "starts_at"), warnings)
    end = attempt("ends_at", lambda: text(item, "ends_at"), warnings)
    hour_known = item.get("datetime_display_rule") != "date"
    if hour_known and not is_certain:
        hour_known = False
        reason = f"{venue.country if venue else '?'} has several time zones"
        warnings.append(SourceWarning.FIELD_DROPPED.said(field="hour", reason=reason))
    return read_when(start, end, zone, warnings, hour_known=hour_known)


def _zone(venue: Venue | None, default: ZoneInfo) -> tuple[ZoneInfo, bool]:
    """Return the zone of the venue's country, and whether it is the only possible one."""
    zones = zones_of(venue.country) if venue and venue.country else frozenset[str]()
    if not zones or default.key in zones:
        return default, True
    return ZoneInfo(min(zones)), len(zones) == 1


def _venue(item: Mapping[str, Any], warnings: list[str]) -> Venue | None:
    place = obj(item, "venue")
    where = place.get("latitude"), place.get("longitude")
    point = attempt("venue coordinates", lambda: coordinates(*where), warnings)
    country = text(place, "country")
    code = country_code(country, in_field=True) if country else None
    if country and code is None:
        reason = f"{country[:40]!r} is none that is known"
        warnings.append(SourceWarning.FIELD_DROPPED.said(field="venue country", reason=reason))
    venue = Venue(
        name=text(place, "name"),
        street=text(place, "street_address"),
        postcode=text(place, "postal_code"),
        locality=text(place, "city"),
        region=text(place, "region"),
        country=code,
        latitude=point[0] if point else None,
        longitude=point[1] if point else None,
    )
    return None if venue == Venue() else venue


def _description(item: Mapping[str, Any]) -> str | None:
    given = member(item, "description")
    if given is not None and not isinstance(given, str):
        raise ValueError("it is not text")
    return description_text(given)


def _image(item: Mapping[str, Any], pictures: Mapping[str, str]) -> str | None:
    return picture(pictures.get(text(item, "artist_id") or ""))
