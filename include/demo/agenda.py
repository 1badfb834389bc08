"""Renders events as records of a city's open data: one record per line, its dates in a text.

The shape is that of 'Que faire à Paris': first and last moment in UTC, the dates themselves with
their offsets in ``occurrences``, and many records that give the first two alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from html import escape
from types import MappingProxyType

from include.demo.cities import City
from include.demo.generator import steady_days, window
from include.demo.model import DemoEvent, JsonObject
from include.demo.wording import (
    HOSTILE_HTML,
    HOSTILE_URL,
    description_text,
    is_hostile,
    listed_title,
    page_url,
    price_text,
)

AGENDA = "demo-agenda"

AGENDA_INVALID: Mapping[str, int] = MappingProxyType({"no_title": 2, "unreadable_dates": 1})
"""How many records of each defect the data set holds, on any day."""
AGENDA_INVALID_TOTAL = sum(AGENDA_INVALID.values())

_AGAIN_SHARE = 0.15
_DATES_UNKNOWN_SHARE = 0.2
_ON_CONDITION_SHARE = 0.15
_A_WEEK = timedelta(days=7)


def occurrences(event: DemoEvent) -> list[tuple[datetime, datetime]]:
    """Start and end of each date of a record; some are repeated a week later, at the same hour."""
    first = (event.starts, event.ends)
    is_repeated = not event.all_day and event.chance("again", _AGAIN_SHARE)
    return [first, (event.starts + _A_WEEK, event.ends + _A_WEEK)] if is_repeated else [first]


def lists_dates(event: DemoEvent) -> bool:
    """Whether the record says its dates, not only the first and the last moment of all."""
    return event.hour_known and not (
        event.all_day or event.chance("dates unknown", _DATES_UNKNOWN_SHARE)
    )


def agenda_record(event: DemoEvent) -> JsonObject:
    """Return the record of one event."""
    venue, hostile = event.venue, is_hostile(event)
    first, last = _envelope(event)
    dates = ";".join(f"{a.isoformat()}_{b.isoformat()}" for a, b in occurrences(event))
    is_free = event.price is None
    on_condition = is_free and event.chance("condition", _ON_CONDITION_SHARE)
    return {
        "id": str(event.number),
        "event_id": event.number,
        "url": HOSTILE_URL if hostile else page_url(event, AGENDA),
        "title": listed_title(event, AGENDA),
        "lead_text": event.programme.blurb[:80],
        "description": _description(event) + (HOSTILE_HTML if hostile else ""),
        "date_start": _utc(first),
        "date_end": _utc(last),
        "occurrences": dates if lists_dates(event) else None,
        "cover_url": f"https://{AGENDA}.example/images/{venue.slug}.jpg",
        "address_name": venue.name,
        "address_street": venue.street,
        "address_zipcode": venue.postcode,
        "address_city": event.locality,
        "lat_lon": _position(event),
        "pmr": int(event.chance("step-free", 0.7)),
        "contact_url": None,
        "price_type": "gratuit sous condition" if on_condition else _price_type(is_free=is_free),
        "price_detail": None if is_free else f"<p>{escape(price_text(event))}</p>",
        "access_type": "non",
        "access_link": None,
        "updated_at": _utc(event.modified),
        "audience": "Tout public.",
        "locale": event.city.language,
        "qfap_tags": event.programme.category,
        "universe_tags": None,
    }


def invalid_records(city: City, today: date) -> list[JsonObject]:
    """Return the unusable records, each on its day of the window."""
    defects = [defect for defect, count in AGENDA_INVALID.items() for _ in range(count)]
    days = steady_days(window(today), len(defects))
    return [_unusable(city, defect, day) for defect, day in zip(defects, days, strict=True)]


def _unusable(city: City, defect: str, day: date) -> JsonObject:
    start = datetime.combine(day, time(15), city.zone)
    number = 90_000_000 + day.toordinal()
    return {
        "id": str(number),
        "event_id": number,
        "url": f"https://{AGENDA}.example/{number}/",
        "title": "Fête de quartier" if defect == "unreadable_dates" else "&nbsp;",
        "date_start": _utc(start),
        "date_end": _utc(start + timedelta(hours=3)),
        "occurrences": "None_None" if defect == "unreadable_dates" else None,
        "price_type": "gratuit",
        "updated_at": _utc(start - timedelta(days=200)),
    }


def _envelope(event: DemoEvent) -> tuple[datetime, datetime]:
    """First and last moment; whole days where the hour is not known yet."""
    dates = occurrences(event)
    first, last = dates[0][0], dates[-1][1]
    if event.hour_known:
        return first, last
    zone = event.city.zone
    return datetime.combine(event.day, time(), zone), datetime.combine(last, time(23, 59), zone)


def _description(event: DemoEvent) -> str:
    paragraphs = description_text(event).split("\n")
    return "".join(f"<p>{escape(part, quote=False)}</p>" for part in paragraphs)


def _position(event: DemoEvent) -> JsonObject | None:
    if event.chance("no position", 0.1):
        return None
    return {"lon": event.venue.longitude, "lat": event.venue.latitude}


def _price_type(*, is_free: bool) -> str:
    return "gratuit" if is_free else "payant"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
