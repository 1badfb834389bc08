"""Renders events as schema.org nodes, the way plugins write them into pages, in JSON-LD scripts.

What is wrong with them is what is wrong with real ones: commas after the last member, raw line
breaks in texts, and in one city an offset that ignores summer time.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from include.demo.cities import City
from include.demo.model import DemoEvent, JsonObject, Status
from include.demo.wording import (
    HOSTILE_HTML,
    HOSTILE_URL,
    description_text,
    is_hostile,
    listed_title,
    says_status_in_title,
)

CLUBS = "demo-clubs"

FIXED_OFFSET_CITY = "krakow"
"""The city whose site writes the offset of winter all year; the hour that it shows is right."""
MICRODATA_CITY = "helsinki"
"""The city whose site writes microdata, without any offset, instead of JSON-LD."""

SCHEMA = "https://schema.org"

_STATUS = {
    Status.SCHEDULED: "EventScheduled",
    Status.CANCELLED: "EventCancelled",
    Status.POSTPONED: "EventPostponed",
    Status.RESCHEDULED: "EventRescheduled",
}
_TRAILING_COMMA_SHARE = 0.15
_RAW_BREAK_SHARE = 0.15


def has_trailing_comma(event: DemoEvent) -> bool:
    """Whether the script of this event has a comma after its last member."""
    return event.chance("trailing comma", _TRAILING_COMMA_SHARE)


def has_raw_break(event: DemoEvent) -> bool:
    """Whether the description in the script of this event holds raw line breaks."""
    return event.chance("raw line break", _RAW_BREAK_SHARE)


def event_script(event: DemoEvent, address: str) -> str:
    """Return the JSON-LD script of one event, with the faults that it has."""
    text = _json(event_node(event, address))
    if has_raw_break(event):
        text = text.replace("\\n", "\n")
    if has_trailing_comma(event):
        text = f"{text[:-1]},\n}}"
    return _element(text)


def list_script(nodes: list[JsonObject]) -> str:
    """Return the JSON-LD script of a page that lists several events."""
    items = [
        {"@type": "ListItem", "position": position, "item": node}
        for position, node in enumerate(nodes, 1)
    ]
    return _element(_json({"@context": SCHEMA, "@type": "ItemList", "itemListElement": items}))


def site_script(name: str, address: str) -> str:
    """Return the JSON-LD script that every page of a site begins with; it is no event."""
    return _element(_json({"@context": SCHEMA, "@type": "WebSite", "name": name, "url": address}))


def broken_script(name: str) -> str:
    """Return a truncated JSON-LD script, as a cache may serve it; it cannot be repaired."""
    node: JsonObject = {"@context": SCHEMA, "@type": "MusicEvent", "name": name, "startDate": ""}
    return _element(_json(node).removesuffix('"}'))


def event_node(event: DemoEvent, address: str) -> JsonObject:
    """Return the schema.org node of one event.

    :param address: of the event's page.
    """
    city, programme = event.city, event.programme
    status = Status.SCHEDULED if says_status_in_title(event) else event.status
    node: JsonObject = {
        "@context": SCHEMA,
        "@type": _type(event),
        "identifier": f"{CLUBS}/{city.slug}/{event.key}",
        "name": listed_title(event, CLUBS),
        "url": HOSTILE_URL if is_hostile(event) else address,
        "startDate": _when(event, event.starts),
        "eventStatus": f"{SCHEMA}/{_STATUS[status]}",
        "eventAttendanceMode": f"{SCHEMA}/OfflineEventAttendanceMode",
        "location": _location(event),
        "description": _description(event),
        "image": f"https://{CLUBS}.example/{city.slug}/{event.venue.slug}.jpg",
        "organizer": {"@type": "Organization", "name": event.venue.organizer},
        "keywords": programme.category,
        "dateModified": event.modified.astimezone(UTC).isoformat(timespec="seconds"),
        **_offers(event, address),
    }
    if event.performers:
        node["performer"] = [{"@type": "PerformingGroup", "name": n} for n in event.performers]
    if event.hour_known:
        node["endDate"] = _when(event, event.ends)
    if status is Status.RESCHEDULED:
        node["previousStartDate"] = _when(event, event.starts - timedelta(days=7))
    return node


def _type(event: DemoEvent) -> str:
    if "Comedy" in event.programme.genres:
        return "ComedyEvent"
    return "MusicEvent" if event.programme.segment == "Music" else "Event"


def _when(event: DemoEvent, moment: datetime) -> str:
    """Write a moment as the city's site does; the day alone where the hour is not known yet."""
    if not event.hour_known:
        return moment.date().isoformat()
    if event.city.slug == MICRODATA_CITY:
        return moment.replace(tzinfo=None).isoformat(timespec="minutes")
    if event.city.slug == FIXED_OFFSET_CITY:
        return f"{moment.replace(tzinfo=None).isoformat()}{_winter_offset(event.city)}"
    return moment.isoformat()


def _winter_offset(city: City) -> str:
    return datetime(2026, 1, 1, tzinfo=city.zone).isoformat()[-len("+01:00") :]


def _location(event: DemoEvent) -> JsonObject:
    venue, city = event.venue, event.city
    return {
        "@type": "MusicVenue",
        "name": venue.name,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": venue.street,
            "postalCode": venue.postcode,
            "addressLocality": event.locality,
            "addressRegion": city.region,
            "addressCountry": city.country_code,
        },
        "geo": {
            "@type": "GeoCoordinates",
            "latitude": venue.latitude,
            "longitude": venue.longitude,
        },
    }


def _description(event: DemoEvent) -> str:
    text = description_text(event)
    return f"{text}\n{HOSTILE_HTML}" if is_hostile(event) else text


def _offers(event: DemoEvent, address: str) -> JsonObject:
    if event.price is None:
        return {"isAccessibleForFree": True}
    low, high = event.price
    offer: JsonObject = {"@type": "Offer", "price": f"{low}.00"}
    if low != high:
        offer = {"@type": "AggregateOffer", "lowPrice": low, "highPrice": high}
    is_on = event.status is not Status.CANCELLED
    return {
        "offers": {
            **offer,
            "priceCurrency": event.city.currency,
            "availability": f"{SCHEMA}/{'InStock' if is_on else 'SoldOut'}",
            "url": address,
        }
    }


def _json(node: JsonObject) -> str:
    """Write JSON that a script element can hold: what would close the element is escaped."""
    return json.dumps(node, ensure_ascii=False).replace("</", "<\\/")


def _element(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'
