"""The listing of a Bandsintown city page, and the events in it.

Observed on recorded pages: everything is in one JavaScript object, ``window.__data``; the pages
that follow are JSON with the same events. Each event names its time zone, since the listing reaches
beyond the city and over borders. Coordinates and street are in the page's JSON-LD only, whose
``endDate`` is the start's date without a time, and whose localities are translated.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from include.discovery.connectors.bandsintown.shared import (
    event_id,
    page_address,
    picture,
    read_when,
)
from include.discovery.dates.timezones import zone_named
from include.discovery.errors import UnreadableResponse
from include.discovery.formats.json_fields import WrongType, attempt, member, obj, objects, text
from include.discovery.formats.json_repair import json_text
from include.discovery.model import Attendance, EventRecord, EventStatus, Identity, Venue
from include.discovery.parsed import RejectItem, excerpt
from include.discovery.places.coordinates import coordinates
from include.discovery.places.countries import country_code
from include.discovery.places.venues import placed
from include.discovery.record_warnings import SourceWarning, status_of_title
from include.discovery.text.cleaning import fold, title_text
from include.discovery.text.status import split_status

_DATA = re.compile(r"window\.__data\s*=\s*")
_STATUS = {
    "EventCancelled": EventStatus.CANCELLED,
    "EventPostponed": EventStatus.POSTPONED,
    "EventRescheduled": EventStatus.RESCHEDULED,
    "EventMovedOnline": EventStatus.MOVED_ONLINE,
}


@dataclass(frozen=True, slots=True)
class CityListing:
    """The events of one page of a city, and the first page's data on the city."""

    items: Sequence[object]
    details: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The JSON-LD of the events, by their ids."""
    name: str | None = None
    """The city that the page is about, as ``Kraków, Poland``."""
    path: str | None = None
    """The path of the page's own address."""
    centre: tuple[float, float] | None = None
    """Latitude and longitude, which the pages that follow are requested with."""

    def begins_after(self, day: date) -> bool:
        """Return whether every event that gives its start begins after a day."""
        starts = [
            item["startsAt"][:10]
            for item in self.items
            if isinstance(item, dict) and isinstance(item.get("startsAt"), str)
        ]
        return bool(starts) and min(starts) > day.isoformat()


def is_city_page(body: bytes) -> bool:
    """Return whether it is an HTML page with Bandsintown's data."""
    return _DATA.search(body.decode("utf-8", "replace")) is not None


def is_next_page(document: object) -> bool:
    """Return whether it is a page that follows a city's first page."""
    return isinstance(document, dict) and isinstance(document.get("events"), list)


def read_city_page(body: bytes) -> CityListing:
    """Read the page of a city.

    :raises UnreadableResponse: if it is another page, or its form has changed.
    """
    page = json_text(body)
    start = _DATA.search(page)
    if start is None:
        raise UnreadableResponse("no page of Bandsintown: it holds no window.__data")
    try:
        data, _ = json.JSONDecoder().raw_decode(page, start.end())
    except (ValueError, RecursionError):
        raise UnreadableResponse("the data in Bandsintown's page is not JSON any more") from None
    try:
        events = member(data, "initialState", "upcomingEvents", "events")
        items = events if isinstance(events, list) else None
        template = obj(data, "templateData")
        details = {_id_of(one): one for one in objects(template, "jsonLdContainer", "eventsJsonLd")}
        canonical = text(template, "canonicalAndLanguageLinkTagsData", "canonicalLinkTagHref")
        name = text(template, "jsonLdContainer", "cityJsonLd", "name")
        following = text(data, "initialState", "upcomingEvents", "urlForNextPageOfEvents")
    except (WrongType, AttributeError):
        items = None
    if items is None:
        raise UnreadableResponse("Bandsintown's page is of another form: no list of events in it")
    path = urlsplit(canonical).path if canonical else None
    return CityListing(items, details, name, path, _centre(following))


def read_next_page(document: object) -> CityListing:
    """Parse a page that follows.

    :raises UnreadableResponse: if it is not one.
    """
    if isinstance(document, dict) and isinstance(document.get("events"), list):
        return CityListing(document["events"])
    raise UnreadableResponse("no page of a city's events of Bandsintown")


def _centre(url: str | None) -> tuple[float, float] | None:
    query = parse_qs(urlsplit(url).query) if url else {}
    try:
        return coordinates(query.get("latitude", [""])[0], query.get("longitude", [""])[0])
    except ValueError:
        return None


def _id_of(details: Mapping[str, Any]) -> str:
    url = details.get("url")
    try:
        return event_id(url if isinstance(url, str) else None)
    except RejectItem:
        return ""


def city_event_record(
    item: object, details: Mapping[str, Mapping[str, Any]], default_zone: ZoneInfo
) -> EventRecord:
    """Map one event.

    :param details: the JSON-LD of events, by their ids.
    :param default_zone: for events that name no zone.
    :raises RejectItem: for an unusable event: no id, no artist, no date.
    """
    if not isinstance(item, dict):
        raise RejectItem("not an object", excerpt(item))
    warnings: list[str] = []
    address = attempt("eventUrl", lambda: text(item, "eventUrl"), warnings)
    external_id = event_id(address)
    more = details.get(external_id, {})
    artist = attempt("artistName", lambda: text(item, "artistName"), warnings)
    name = attempt("title", lambda: text(item, "title"), warnings)
    title = title_text(name or artist)
    if title is None:
        raise RejectItem("no title and no artist")
    title, marked = split_status(title)
    zone = _zone(item, default_zone, warnings)
    when = read_when(
        attempt("startsAt", lambda: text(item, "startsAt"), warnings),
        attempt("endsAt", lambda: text(item, "endsAt"), warnings),
        zone,
        warnings,
        hour_known=item.get("displayRule") != "date",
    )
    place = placed(
        attempt("venue", lambda: _venue(item, more, warnings), warnings),
        warnings,
        stated=Attendance.ONLINE if item.get("streamingEvent") is True else None,
        is_moved=marked is EventStatus.MOVED_ONLINE,
    )
    told = _STATUS.get(str(more.get("eventStatus")).rpartition("/")[2])
    status = told or marked or EventStatus.SCHEDULED
    warnings += status_of_title(status, marked, told)
    return EventRecord(
        external_id=external_id,
        title=title,
        url=page_address(address),
        **when.as_fields(),
        status=status,
        attendance=place.attendance,
        venue=place.venue,
        performers=(artist,) if artist else (),
        image_url=attempt("image", lambda: picture(text(item, "artistImageSrc")), warnings),
        warnings=(*warnings, *when.warnings),
    )


def city_event_known_as(item: object) -> Identity | None:
    """Return an event's identity, even if it is otherwise invalid."""
    return Identity(event_id(text(item, "eventUrl"))) if isinstance(item, dict) else None


def _zone(item: Mapping[str, Any], default: ZoneInfo, warnings: list[str]) -> ZoneInfo:
    name = attempt("timezone", lambda: text(item, "timezone"), warnings)
    zone = zone_named(name) if name else None
    if zone is None:
        warnings.append(SourceWarning.ZONE_NOT_GIVEN.said(zone=default.key))
    return zone or default


def _venue(item: Mapping[str, Any], more: Mapping[str, Any], warnings: list[str]) -> Venue | None:
    """Build the venue; if its name is the town's, only the town is known."""
    locality, region, country = _town(text(item, "locationText"))
    name = text(item, "venueName")
    if name and locality and fold(name) == fold(locality):
        name = None

    def detail(*path: str) -> str | None:
        return attempt(f"venue {path[-1]}", lambda: text(more, "location", *path), warnings)

    where = detail("geo", "latitude"), detail("geo", "longitude")
    point = attempt("venue coordinates", lambda: coordinates(*where), warnings)
    venue = Venue(
        name=name,
        street=detail("address", "streetAddress"),
        postcode=detail("address", "postalCode"),
        locality=locality,
        region=region or detail("address", "addressRegion"),
        country=country,
        latitude=point[0] if point else None,
        longitude=point[1] if point else None,
    )
    return None if venue == Venue() else venue


def _town(location: str | None) -> tuple[str | None, str | None, str | None]:
    """Split ``Kraków, Poland``; in ``Austin, TX`` the second part is a region, not a country."""
    town, _, last = (location or "").rpartition(", ")
    if not town:
        return location, None, None
    if len(last) == 2:
        return town, last, None
    code = country_code(last)
    return (town, None, code) if code else (town, last, None)
