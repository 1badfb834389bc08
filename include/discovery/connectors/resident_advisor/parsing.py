"""An event as Resident Advisor's GraphQL listings give it.

Facts: the fields that public clients of ``eventListings`` read, and a recorded event. Times are
wall clocks of the area (``2026-10-16T22:00:00.000``); ``date`` is midnight of the day under which
the night is listed, and says nothing of the hour.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from include.discovery.dates.times import When, all_day, timed
from include.discovery.dates.timestamps import Timestamp, read_timestamp
from include.discovery.formats.json_fields import attempt, member, obj, objects, text
from include.discovery.model import EventRecord, EventStatus, Identity, Price, Venue
from include.discovery.parsed import RejectItem, excerpt
from include.discovery.places.coordinates import coordinates
from include.discovery.places.countries import country_code, currency_in
from include.discovery.places.online import is_placeholder
from include.discovery.places.venues import placed
from include.discovery.record_warnings import status_of_title
from include.discovery.text.cleaning import description_text, title_text, web_url
from include.discovery.text.pictures import picture_url
from include.discovery.text.prices.parsing import parse_price
from include.discovery.text.status import split_status


def event_record(item: object, zone: ZoneInfo, base: str) -> EventRecord:
    """Map a listing, or the event within one.

    :param zone: of the area.
    :param base: address of the site, for its relative links.
    :raises RejectItem: for an unusable event: no id, no title, no date.
    """
    if not isinstance(item, dict):
        raise RejectItem("not an object", excerpt(item))
    event = item.get("event", item)
    if not isinstance(event, dict):
        raise RejectItem("a listing without its event", excerpt(item))
    warnings: list[str] = []
    external_id = attempt("id", lambda: text(event, "id"), warnings)
    if external_id is None:
        raise RejectItem("no id")
    name = event.get("title")
    title = title_text(name) if isinstance(name, str) else None
    if title is None:
        raise RejectItem("no title")
    title, marked = split_status(title)
    status = marked or EventStatus.SCHEDULED
    warnings += status_of_title(status, marked)
    when = _when(event, zone, warnings)
    place = attempt("venue", lambda: obj(event, "venue"), warnings) or {}
    where = placed(
        attempt("venue", lambda: _venue(place, warnings), warnings),
        warnings,
        is_moved=status is EventStatus.MOVED_ONLINE,
    )
    country = attempt("country", lambda: _country(place), warnings)
    return EventRecord(
        external_id=external_id,
        title=title,
        url=attempt("url", lambda: web_url(text(event, "contentUrl"), base), warnings),
        **when.as_fields(),
        status=status,
        attendance=where.attendance,
        venue=where.venue,
        performers=attempt("artists", lambda: _names(event, "artists"), warnings) or (),
        categories=attempt("genres", lambda: _names(event, "genres"), warnings) or (),
        organizer=attempt(
            "promoters", lambda: next(iter(_names(event, "promoters")), None), warnings
        ),
        description=attempt("pick", lambda: _description(event), warnings),
        image_url=attempt("images", lambda: _image(event), warnings),
        price=attempt("cost", lambda: _price(event, country), warnings),
        warnings=(*warnings, *when.warnings),
    )


def known_as(item: object) -> Identity | None:
    """Return an event's identity, even if it is otherwise invalid."""
    event = item.get("event", item) if isinstance(item, dict) else None
    found = text(event, "id") if isinstance(event, dict) else None
    return Identity(found) if found else None


def _when(event: Mapping[str, Any], zone: ZoneInfo, warnings: list[str]) -> When:
    starts = _timestamp(event, "startTime", warnings)
    ends = _timestamp(event, "endTime", warnings)
    if starts is None or starts.clock is None:
        listed = starts or _timestamp(event, "date", warnings)
        if listed is None:
            raise RejectItem("no date")
        return all_day(listed.day, None, zone)
    return timed(starts.wall, ends.wall if ends and ends.clock else None, zone)


def _timestamp(event: Mapping[str, Any], name: str, warnings: list[str]) -> Timestamp | None:
    def read() -> Timestamp | None:
        given = text(event, name)
        return read_timestamp(given) if given else None

    return attempt(name, read, warnings)


def _venue(place: Mapping[str, Any], warnings: list[str]) -> Venue | None:
    """Return the venue; ``TBA`` and ``Various venues - Berlin`` are none."""
    name = text(place, "name")
    if name is None or is_placeholder(name):
        return None
    point = attempt(
        "venue coordinates",
        lambda: coordinates(
            member(place, "location", "latitude"), member(place, "location", "longitude")
        ),
        warnings,
    )
    return Venue(
        name=name,
        street=attempt("venue address", lambda: text(place, "address"), warnings),
        locality=attempt("venue area", lambda: text(place, "area", "name"), warnings),
        country=attempt("venue country", lambda: _country(place), warnings),
        latitude=point[0] if point else None,
        longitude=point[1] if point else None,
        external_id=attempt("venue id", lambda: text(place, "id"), warnings),
    )


def _country(place: Mapping[str, Any]) -> str | None:
    name = text(place, "area", "country", "name")
    return country_code(name) if name else None


def _names(event: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return _unique(text(one, "name") for one in objects(event, name))


def _unique(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


def _description(event: Mapping[str, Any]) -> str | None:
    """Return what the editors wrote about the events that they picked; others have no text."""
    blurb = member(event, "pick", "blurb")
    if blurb is not None and not isinstance(blurb, str):
        raise ValueError("the blurb is not text")
    return description_text(blurb)


def _image(event: Mapping[str, Any]) -> str | None:
    images = (text(image, "filename") for image in objects(event, "images"))
    return next(
        (url for one in (text(event, "flyerFront"), *images) if (url := picture_url(one))), None
    )


def _price(event: Mapping[str, Any], country: str | None) -> Price | None:
    """Read the cost, which people typed: ``10-15``, ``£12.50``, ``Free``; ``0`` says nothing."""
    cost = text(event, "cost")
    if cost in (None, "0"):
        return None
    return parse_price(cost, currency_in(country) if country else None)
