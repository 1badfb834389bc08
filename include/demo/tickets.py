"""Renders events as payloads of the Ticketmaster Discovery API v2, with its usual gaps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256

from include.demo.geo import Position
from include.demo.model import DemoEvent, JsonObject, Status
from include.demo.tickets_index import DATE_FORMAT
from include.demo.wording import description_text, listed_title, page_url

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SEGMENT_IDS = {
    "Music": "KZFzniwnSyZfZ7v7nJ",
    "Sports": "KZFzniwnSyZfZ7v7nE",
    "Arts & Theatre": "KZFzniwnSyZfZ7v7na",
}
_IMAGES = (("16_9", 2048, 1152), ("16_9", 640, 360), ("3_2", 1024, 683), ("4_3", 305, 225))


@lru_cache(maxsize=8192)
def identifier(text: str, length: int = 16) -> str:
    """Return a case-sensitive id of letters and digits, always the same for the same text."""
    number = int.from_bytes(sha256(text.encode()).digest(), "big")
    letters = []
    for _ in range(length):
        number, position = divmod(number, len(_BASE62))
        letters.append(_BASE62[position])
    return "".join(letters)


def ticket_id(event: DemoEvent) -> str:
    """Return the id under which the ticket shop knows the event."""
    return identifier(f"{event.city.slug}/{event.key}")


def is_undated(event: DemoEvent) -> bool:
    """Whether the shop has taken the date away: half of what is postponed, and little else."""
    return event.chance("undated", 0.5 if event.status is Status.POSTPONED else 0.004)


def hidden_position(event: DemoEvent) -> Position | None:
    """Where a venue is that the payload shows without its location; None if it shows it."""
    if not event.chance("location", 0.01):
        return None
    return event.venue.latitude, event.venue.longitude


def ticket_payload(event: DemoEvent, source: str) -> JsonObject:
    """One element of ``_embedded.events``."""
    dice, event_id = event.dice("ticket"), ticket_id(event)
    kinds = [_classification(event)]
    payload: JsonObject = {
        "name": listed_title(event, source),
        "type": "event",
        "id": event_id,
        "test": False,
        "url": page_url(event, source),
        "locale": f"{event.city.language}-{event.city.country_code.lower()}",
        "images": _images(event, source),
        "sales": {"public": _sales(event)},
        "dates": _dates(event),
        "classifications": kinds,
        "promoter": {"id": str(dice.randint(100, 999)), "name": event.venue.organizer},
        "_links": {"self": {"href": f"/discovery/v2/events/{event_id}?locale=en-us"}},
        "_embedded": {"venues": [_venue(event)]},
    }
    if event.performers:
        performers = [_attraction(name, kinds) for name in event.performers]
        payload["_embedded"] = {"venues": [_venue(event)], "attractions": performers}
    if event.price is not None and dice.random() < 0.5:
        low, high = (float(value) for value in event.price)
        currency = event.city.currency
        payload["priceRanges"] = [
            {"type": "standard", "currency": currency, "min": low, "max": high}
        ]
    if dice.random() < 0.6:
        payload["info"] = description_text(event)
    if dice.random() < 0.1:
        payload["pleaseNote"] = event.city.phrases.doors
    return payload


def _images(event: DemoEvent, source: str) -> list[JsonObject]:
    root = f"https://{source}.example/dam/{identifier(event.title)}"
    return [
        {
            "ratio": ratio,
            "url": f"{root}_{width}_{ratio}.jpg",
            "width": width,
            "height": height,
            "fallback": False,
        }
        for ratio, width, height in _IMAGES
    ]


def _sales(event: DemoEvent) -> JsonObject:
    """Sales dates; 1900 is what the shop writes when it does not know."""
    unknown = datetime(1900, 1, 1, 18, tzinfo=UTC)
    is_unknown = event.chance("onsale", 0.18)
    opening = unknown if is_unknown else event.modified + timedelta(days=7)
    closing = event.starts.astimezone(UTC)
    return {
        "startDateTime": opening.strftime(DATE_FORMAT),
        "startTBD": False,
        "startTBA": False,
        "endDateTime": closing.strftime(DATE_FORMAT),
    }


def _dates(event: DemoEvent) -> JsonObject:
    dice = event.dice("dates")
    undated = is_undated(event)
    is_tbd = undated and dice.random() < 0.2
    start: JsonObject = {
        "dateTBD": is_tbd,
        "dateTBA": undated and not is_tbd,
        "timeTBA": undated,
        "noSpecificTime": not undated and not event.hour_known,
    }
    if not undated:
        start["localDate"] = event.day.isoformat()
        if event.hour_known:
            start["localTime"] = event.starts.strftime("%H:%M:%S")
            start["dateTime"] = event.starts.astimezone(UTC).strftime(DATE_FORMAT)
    code = {Status.SCHEDULED: "onsale", Status.CANCELLED: dice.choice(("cancelled", "canceled"))}
    dates: JsonObject = {
        "start": start,
        "status": {"code": code.get(event.status, event.status.value)},
        "spanMultipleDays": False,
    }
    if dice.random() < 0.8:
        dates["timezone"] = event.city.timezone
    if event.status is Status.RESCHEDULED and not undated:
        before = event.day - timedelta(days=dice.randint(20, 90))
        dates["initialStartDate"] = {"localDate": before.isoformat()}
    return dates


def _classification(event: DemoEvent) -> JsonObject:
    segment = event.programme.segment or "Undefined"
    genre = event.dice("genre").choice(event.programme.genres or ("Undefined",))
    return {
        "primary": True,
        "segment": {"id": _SEGMENT_IDS.get(segment, identifier(segment)), "name": segment},
        "genre": {"id": identifier(genre, 11), "name": genre},
        "subGenre": {"id": identifier(f"sub {genre}", 11), "name": "Undefined"},
        "family": False,
    }


def _venue(event: DemoEvent) -> JsonObject:
    venue, city = event.venue, event.city
    town = f" {event.locality}" if event.chance("space", 0.03) else event.locality
    shown: JsonObject = {
        "name": venue.name,
        "type": "venue",
        "id": identifier(f"{city.slug}/{venue.slug}", 13),
        "test": False,
        "postalCode": venue.postcode,
        "timezone": city.timezone,
        "city": {"name": town},
        "country": {"name": city.country, "countryCode": city.country_code},
        "address": {"line1": venue.street},
    }
    if hidden_position(event) is None:
        shown["location"] = {"longitude": str(venue.longitude), "latitude": str(venue.latitude)}
    return shown


def _attraction(name: str, kinds: list[JsonObject]) -> JsonObject:
    return {
        "name": name,
        "type": "attraction",
        "id": identifier(name, 11),
        "test": False,
        "classifications": kinds,
    }
