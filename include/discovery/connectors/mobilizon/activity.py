"""Events as servers of the fediverse exchange them: ActivityPub objects of type ``Event``.

Seen from Mobilizon (``location`` with a postal address, ``status``, ``timezone``, the picture among
the attachments), Gancio (``location`` with a name only, hashtags) and WordPress. Facts:
ActivityStreams 2.0 and ``lib/federation/activity_stream/converter/event.ex`` of Mobilizon.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
from include.discovery.errors import UnreadableResponse
from include.discovery.formats.json_fields import attempt, text
from include.discovery.model import EventRecord, EventStatus, Identity, Venue
from include.discovery.parsed import RejectItem, Withheld, excerpt
from include.discovery.places.venues import placed
from include.discovery.text.cleaning import description_text, web_url
from include.discovery.text.pictures import picture_url

_COLLECTIONS = {"Collection", "OrderedCollection", "CollectionPage", "OrderedCollectionPage"}
_CARRIERS = {"Create", "Update", "Announce", "Add"}
_PUBLIC = {"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"}
_PLACE = {
    "name": ("name",),
    "street": ("address", "streetAddress"),
    "postcode": ("address", "postalCode"),
    "locality": ("address", "addressLocality"),
    "region": ("address", "addressRegion"),
    "country": ("address", "addressCountry"),
}
_PLACE_WITH_TEXT = {"name": ("name",), "street": ("address",)}


def events_in(document: object) -> list[object]:
    """Return the events that an ActivityPub document holds: one, or those of a collection.

    Of a collection, activities about other things (notes, people who join) are left out; an event
    that is only a link stays in the list and is rejected later.

    :raises UnreadableResponse: if the document is about something else, or none of ActivityPub.
    """
    if isinstance(document, dict):
        if _types(document) & _COLLECTIONS:
            members = document.get("orderedItems", document.get("items"))
            members = members if isinstance(members, list) else [members] if members else []
            return [event for one in members for event in _carried(one)]
        found = list(_carried(document))
        if found:
            return found
        kinds = ", ".join(sorted(_types(document)))
        if kinds:
            raise UnreadableResponse(f"an ActivityPub document of type {kinds[:80]}, not an event")
    raise UnreadableResponse("neither an answer of Mobilizon nor an ActivityPub document")


def _carried(item: object) -> Iterator[object]:
    """Yield the event that an item is or brings."""
    if not isinstance(item, dict):
        return
    types = _types(item)
    if "Event" in types:
        yield item
    elif types & _CARRIERS:
        content = item.get("object")
        is_event = isinstance(content, dict) and "Event" in _types(content)
        if is_event or isinstance(content, str):
            yield content


def activity_record(item: object, default_zone: ZoneInfo) -> EventRecord:
    """Map one object of type ``Event``.

    :param default_zone: for events that name no zone.
    :raises RejectItem: for what is no usable event, or not meant for the public.
    """
    if isinstance(item, str):
        raise RejectItem("only a link to an event", item)
    if not isinstance(item, dict):
        raise RejectItem("not an object", excerpt(item))
    _check_public(item)
    warnings: list[str] = []
    external_id = attempt("id", lambda: _address(item), warnings)
    if external_id is None:
        raise RejectItem("no address of its own", excerpt(item.get("id")))
    word = attempt("status", lambda: text(item, "status") or text(item, "ical:status"), warnings)
    title, status = title_and_status(item.get("name"), word, warnings)
    zone_name = attempt("time zone", lambda: text(item, "timezone"), warnings)
    zone = zone_of(zone_name, default_zone, warnings)
    when = read_when(item.get("startTime"), item.get("endTime"), zone, warnings)
    venue, is_virtual = _venue(item, warnings)
    is_virtual = is_virtual or item.get("isOnline") is True
    is_moved = status is EventStatus.MOVED_ONLINE
    place = placed(venue, warnings, is_virtual=is_virtual, is_moved=is_moved)
    return EventRecord(
        external_id=external_id,
        title=title,
        url=_page(item) or external_id,
        **when.as_fields(),
        status=status,
        attendance=place.attendance,
        venue=place.venue,
        categories=attempt("tags", lambda: _categories(item), warnings) or (),
        organizer=attempt("organizer", lambda: _organizer(item), warnings),
        description=description_text(_first_text(item.get("content"), item.get("summary"))),
        image_url=_image(item),
        language=attempt("language", lambda: language_of(text(item, "inLanguage")), warnings),
        source_updated_at=attempt("updated", lambda: instant(text(item, "updated")), warnings),
        warnings=(*warnings, *when.warnings),
    )


def activity_known_as(item: object) -> Identity | None:
    """Return an event's identity, even if it is otherwise invalid."""
    if isinstance(item, str):
        address = web_url(item)
    else:
        address = _address(item) if isinstance(item, dict) else None
    return Identity(address) if address else None


def _address(item: Mapping[str, Any]) -> str | None:
    return web_url(text(item, "id"))


def _types(item: Mapping[str, Any]) -> set[str]:
    return {kind for kind in _listed(item.get("type")) if isinstance(kind, str)}


def _listed(value: object) -> Sequence[object]:
    """Return a member that may be one or several, as a list."""
    if isinstance(value, list):
        return value
    return () if value is None else (value,)


def _check_public(item: Mapping[str, Any]) -> None:
    """Refuse drafts, and what is addressed to followers or to those who have the link."""
    if item.get("draft") is True:
        raise Withheld("a draft")
    to = _listed(item.get("to"))
    if to and not _PUBLIC.intersection(one for one in to if isinstance(one, str)):
        raise Withheld("not addressed to the public")


def _venue(item: Mapping[str, Any], warnings: list[str]) -> tuple[Venue | None, bool]:
    """Return the first place on Earth, and whether there is a virtual one."""
    places = [place for place in _listed(item.get("location")) if isinstance(place, dict)]
    real = [place for place in places if "VirtualLocation" not in _types(place)]
    is_virtual = len(real) < len(places)
    if not real:
        return None, is_virtual
    place = real[0]
    names = _PLACE_WITH_TEXT if isinstance(place.get("address"), str) else _PLACE
    where = place.get("latitude"), place.get("longitude")
    return attempt("venue", lambda: venue_of(place, names, *where, warnings), warnings), is_virtual


def _categories(item: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the category and the hashtags; mentions of people are tags, too, but no categories."""
    tags = [tag for tag in _listed(item.get("tag")) if isinstance(tag, dict)]
    hashtags = ((text(tag, "name") or "").lstrip("#") for tag in tags if "Hashtag" in _types(tag))
    return categories_of(text(item, "category"), hashtags)


def _organizer(item: Mapping[str, Any]) -> str | None:
    """Return the organiser's name, where it is not only the address of a profile."""
    actors = (one for one in _listed(item.get("attributedTo")) if isinstance(one, dict))
    return next((name for actor in actors if (name := text(actor, "name"))), None)


def _page(item: Mapping[str, Any]) -> str | None:
    """Return the event's page: ``url`` is an address, a link, or a list of those."""
    for link in _listed(item.get("url")):
        address = link.get("href") if isinstance(link, dict) else link
        if isinstance(address, str) and (url := web_url(address)):
            return url
    return None


def _image(item: Mapping[str, Any]) -> str | None:
    for one in (*_listed(item.get("image")), *_listed(item.get("attachment"))):
        if isinstance(one, dict) and _is_image(one):
            address = one.get("url", one.get("href"))
            if isinstance(address, str) and (url := picture_url(address)):
                return url
    return None


def _is_image(attachment: Mapping[str, Any]) -> bool:
    kind = attachment.get("mediaType")
    return "Image" in _types(attachment) or (isinstance(kind, str) and kind.startswith("image/"))


def _first_text(*candidates: object) -> str | None:
    return next((one for one in candidates if isinstance(one, str) and one.strip()), None)
