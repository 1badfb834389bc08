"""Events as the Ticketmaster Discovery API v2 shows them: its listings, and one event's fields.

Observed in recorded answers of 2016 to 2026: the time zone may stand at the event, at the venue or
nowhere; coordinates are strings; "Undefined" and "Other" are genres; images are offered in ten
sizes, generic ones marked ``fallback``; ``priceRanges`` is mostly missing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from include.discovery.connectors.ticketmaster.dates import read_dates
from include.discovery.formats.json_fields import attempt, member, obj, objects, text
from include.discovery.model import EventRecord, EventStatus, Identity, Price, Venue
from include.discovery.parsed import RejectItem, Withheld, excerpt
from include.discovery.places.venues import placed
from include.discovery.text.cleaning import description_text, title_text, web_url
from include.discovery.text.status import split_status

_NO_CATEGORY = {"undefined", "other", "miscellaneous"}
_NO_PROMOTER = "promoted by venue"
_WIDEST_IMAGE = 1200
_LOCALE = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{2}))?", re.IGNORECASE)


def event_record(item: object, default_zone: ZoneInfo) -> EventRecord:
    """Map one event.

    A field that cannot be read is dropped with a warning, not the event.

    :param default_zone: for events whose ``dates`` and venue name no time zone.
    :raises RejectItem: for an unusable event: no id, no title, no date, a test event.
    """
    if not isinstance(item, dict):
        raise RejectItem("not an object", excerpt(item))
    if item.get("test") is True:
        raise Withheld("test event")
    warnings: list[str] = []
    external_id = attempt("id", lambda: text(item, "id"), warnings)
    name = item.get("name")
    title = title_text(name) if isinstance(name, str) else None
    if external_id is None:
        raise RejectItem("no id")
    if title is None:
        raise RejectItem("no title")
    title, marked = split_status(title)
    place = attempt("venue", lambda: _place(item), warnings) or {}
    venue_zone = attempt("venue timezone", lambda: text(place, "timezone"), warnings)
    dates = attempt("dates", lambda: obj(item, "dates"), warnings) or {}
    times = read_dates(dates, venue_zone, default_zone, marked)
    warnings += times.warnings
    when = times.when
    where = placed(
        attempt("venue", lambda: _venue(place, warnings), warnings),
        warnings,
        is_moved=times.status is EventStatus.MOVED_ONLINE,
    )
    return EventRecord(
        external_id=external_id,
        title=title,
        url=attempt("url", lambda: _url(item), warnings),
        **(when.as_fields() if when else {"timezone": times.timezone.key}),
        status=times.status,
        attendance=where.attendance,
        venue=where.venue,
        performers=attempt("performers", lambda: _performers(item), warnings) or (),
        categories=attempt("categories", lambda: _categories(item), warnings) or (),
        organizer=attempt("organizer", lambda: _organizer(item), warnings),
        description=attempt("description", lambda: _description(item), warnings),
        image_url=attempt("image", lambda: _image(item), warnings),
        language=attempt("language", lambda: _language(item), warnings),
        price=attempt("price", lambda: _price(item), warnings),
        warnings=(*warnings, *(when.warnings if when else ())),
    )


def known_as(item: object) -> Identity | None:
    """Return an event's identity, even if it is otherwise invalid."""
    found = text(item, "id") if isinstance(item, dict) else None
    return Identity(found) if found else None


def _unique(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


def _url(item: dict[str, Any]) -> str | None:
    given = member(item, "url")
    if given in (None, ""):
        return None
    url = web_url(given) if isinstance(given, str) else None
    if url is None:
        raise ValueError(f"{excerpt(given, 80)} is not a web address")
    return url


def _place(item: dict[str, Any]) -> dict[str, Any]:
    """Return the venue; an event without one may have a ``place`` of the same shape."""
    venues = objects(item, "_embedded", "venues")
    return venues[0] if venues else obj(item, "place")


def _venue(place: dict[str, Any], warnings: list[str]) -> Venue | None:
    def part(name: str, *path: str) -> str | None:
        return attempt(f"venue {name}", lambda: text(place, *path), warnings)

    coordinates = attempt("venue coordinates", lambda: _coordinates(place), warnings)
    venue = Venue(
        name=part("name", "name"),
        street=part("street", "address", "line1") or part("street", "address", "line2"),
        postcode=part("postcode", "postalCode"),
        locality=part("city", "city", "name"),
        region=part("state", "state", "name") or part("state", "state", "stateCode"),
        country=attempt("venue country", lambda: _country(place), warnings),
        latitude=coordinates[0] if coordinates else None,
        longitude=coordinates[1] if coordinates else None,
        external_id=part("id", "id"),
    )
    return None if venue == Venue() else venue


def _country(place: dict[str, Any]) -> str | None:
    code = text(place, "country", "countryCode")
    if code is None:
        return None
    if not re.fullmatch(r"[A-Za-z]{2}", code):
        raise ValueError(f"{code[:40]!r} is not an ISO 3166-1 code of two letters")
    return code.upper()


def _coordinates(place: dict[str, Any]) -> tuple[float, float] | None:
    texts = text(place, "location", "latitude"), text(place, "location", "longitude")
    if texts[0] is None or texts[1] is None:
        return None
    latitude, longitude = float(texts[0]), float(texts[1])
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # NaN fails this, too
        raise ValueError(f"{latitude}, {longitude} is not a place on Earth")
    if latitude == 0 and longitude == 0:
        raise ValueError("0, 0 stands for an unknown place")
    return latitude, longitude


def _performers(item: dict[str, Any]) -> tuple[str, ...]:
    return _unique(text(one, "name") for one in objects(item, "_embedded", "attractions"))


def _categories(item: dict[str, Any]) -> tuple[str, ...]:
    """Return segment, genre and sub-genre, those of the primary classification first."""
    classes = sorted(
        objects(item, "classifications"), key=lambda one: one.get("primary") is not True
    )
    names = (
        text(one, kind, "name") for one in classes for kind in ("segment", "genre", "subGenre")
    )
    return _unique(name for name in names if name and name.lower() not in _NO_CATEGORY)


def _organizer(item: dict[str, Any]) -> str | None:
    candidates = [obj(item, "promoter"), *objects(item, "promoters")]
    names = (text(one, "name") for one in candidates)
    return next((name for name in names if name and name.lower() != _NO_PROMOTER), None)


def _description(item: dict[str, Any]) -> str | None:
    given = (member(item, name) for name in ("description", "info", "pleaseNote"))
    parts = _unique(description_text(part) for part in given if isinstance(part, str))
    return description_text("\n\n".join(parts))


def _image(item: dict[str, Any]) -> str | None:
    """Return a 16:9 picture of this very event, the largest that is not wider than needed."""

    def worth(image: dict[str, Any]) -> tuple[bool, bool, float]:
        width = image.get("width")
        width = width if isinstance(width, (int, float)) and math.isfinite(width) else 0
        fits = width <= _WIDEST_IMAGE
        return image.get("ratio") == "16_9", fits, width if fits else -width

    own = (image for image in objects(item, "images") if image.get("fallback") is not True)
    for image in sorted(own, key=worth, reverse=True):
        given = image.get("url")
        if isinstance(given, str) and (url := web_url(given)):
            return url
    return None


def _language(item: dict[str, Any]) -> str | None:
    locale = text(item, "locale")
    if locale is None:
        return None
    match = _LOCALE.fullmatch(locale)
    if match is None:
        raise ValueError(f"{locale[:40]!r} is no locale")
    return match[1].lower() + (f"-{match[2].upper()}" if match[2] else "")


def _price(item: dict[str, Any]) -> Price | None:
    """Return the span of the standard tickets, in the currency that comes first."""
    ranges = objects(item, "priceRanges")
    standard = [one for one in ranges if str(one.get("type", "")).lower().startswith("standard")]
    chosen = standard or ranges
    currencies = _unique(text(one, "currency") for one in chosen)
    currency = currencies[0].upper() if currencies else None
    of_one_currency = [one for one in chosen if text(one, "currency") in (*currencies[:1], None)]
    spans = [(_amount(one, "min"), _amount(one, "max")) for one in of_one_currency]
    amounts = [amount for span in spans for amount in span if amount is not None]
    if not amounts:
        return None
    if max(amounts) == 0:
        raise ValueError("0 to 0, which does not say that it is free")
    is_open = any(low is not None and high is None for low, high in spans)
    return Price(min=min(amounts), max=None if is_open else max(amounts), currency=currency)


def _amount(price_range: dict[str, Any], name: str) -> Decimal | None:
    given = text(price_range, name)
    if given is None:
        return None
    try:
        amount = Decimal(given).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise ValueError(f"{given[:40]!r} is no amount") from None
    if not amount.is_finite():
        raise ValueError(f"{given[:40]!r} is no amount")
    return amount
