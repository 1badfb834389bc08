"""An event as Mobilizon's GraphQL search gives it.

Facts: Mobilizon's schema (``lib/graphql/schema``). Times are in UTC; ``options.timezone`` is the
zone of the place. Its federated twin is :mod:`include.discovery.connectors.mobilizon.activity`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from include.discovery.connectors.mobilizon.shared import (
    categories_of,
    instant,
    language_of,
    read_when,
    title_and_status,
    venue_of,
    zone_of,
)
from include.discovery.formats.json_fields import attempt, member, obj, objects, text
from include.discovery.model import EventRecord, EventStatus, Identity, Venue
from include.discovery.parsed import RejectItem, excerpt
from include.discovery.places.venues import placed
from include.discovery.text.cleaning import description_text, web_url
from include.discovery.text.pictures import picture_url

_ADDRESS = {
    "name": ("description",),
    "street": ("street",),
    "postcode": ("postalCode",),
    "locality": ("locality",),
    "region": ("region",),
    "country": ("country",),
}


def event_record(item: object, default_zone: ZoneInfo) -> EventRecord:
    """Map one element of ``searchEvents``.

    :param default_zone: for events that name no zone.
    :raises RejectItem: for an unusable event: no address, no title, no date.
    """
    if not isinstance(item, dict):
        raise RejectItem("not an object", excerpt(item))
    warnings: list[str] = []
    external_id = attempt("url", lambda: _address(item), warnings)
    if external_id is None:
        raise RejectItem("no address of its own", excerpt(item.get("url")))
    word = attempt("status", lambda: text(item, "status"), warnings)
    title, status = title_and_status(item.get("title"), word, warnings)
    options = attempt("options", lambda: obj(item, "options"), warnings) or {}
    zone = zone_of(
        attempt("time zone", lambda: text(options, "timezone"), warnings), default_zone, warnings
    )
    when = read_when(
        item.get("beginsOn"),
        item.get("endsOn"),
        zone,
        warnings,
        shows_start=options.get("showStartTime") is not False,
        shows_end=options.get("showEndTime") is not False,
    )
    place = placed(
        attempt("venue", lambda: _venue(item, warnings), warnings),
        warnings,
        is_virtual=options.get("isOnline") is True,
        is_moved=status is EventStatus.MOVED_ONLINE,
    )
    return EventRecord(
        external_id=external_id,
        title=title,
        url=external_id,
        **when.as_fields(),
        status=status,
        attendance=place.attendance,
        venue=place.venue,
        categories=attempt("tags", lambda: _categories(item), warnings) or (),
        organizer=attempt("organizer", lambda: _organizer(item), warnings),
        description=attempt("description", lambda: _description(item), warnings),
        image_url=attempt("picture", lambda: picture_url(text(item, "picture", "url")), warnings),
        language=attempt("language", lambda: language_of(text(item, "language")), warnings),
        source_updated_at=attempt("updatedAt", lambda: instant(text(item, "updatedAt")), warnings),
        warnings=(*warnings, *when.warnings),
    )


def known_as(item: object) -> Identity | None:
    """Return an event's identity, even if it is otherwise invalid."""
    address = _address(item) if isinstance(item, dict) else None
    return Identity(address) if address else None


def _address(item: Mapping[str, Any]) -> str | None:
    return web_url(text(item, "url"))


def _venue(item: Mapping[str, Any], warnings: list[str]) -> Venue | None:
    """Return the place; its coordinates come as ``"longitude;latitude"``."""
    place = obj(item, "physicalAddress")
    geom = attempt("venue coordinates", lambda: text(place, "geom"), warnings)
    longitude, _, latitude = (geom or "").partition(";")
    return venue_of(place, _ADDRESS, latitude, longitude, warnings)


def _categories(item: Mapping[str, Any]) -> tuple[str, ...]:
    tags = (text(tag, "title") for tag in objects(item, "tags"))
    return categories_of(text(item, "category"), tags)


def _organizer(item: Mapping[str, Any]) -> str | None:
    """Return the group that it is attributed to, else the person who organises it."""
    actors = (obj(item, "attributedTo"), obj(item, "organizerActor"))
    names = (text(actor, name) for actor in actors for name in ("name", "preferredUsername"))
    return next((name for name in names if name), None)


def _description(item: Mapping[str, Any]) -> str | None:
    given = member(item, "description")
    if given is not None and not isinstance(given, str):
        raise ValueError("it is not text")
    return description_text(given)
