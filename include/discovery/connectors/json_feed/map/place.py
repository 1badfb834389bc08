"""The venue of an item, and coordinates in all the forms in which APIs give them."""

from __future__ import annotations

import re
from typing import Final

from include.discovery.connectors.json_feed.map.fields import FieldMap, FieldOf
from include.discovery.connectors.json_feed.map.identity import identity
from include.discovery.connectors.json_feed.map.paths import Item, Json, getter_of
from include.discovery.connectors.json_feed.map.values import Reader
from include.discovery.formats.json_fields import WrongType, attempt
from include.discovery.model import Venue
from include.discovery.parsed import RejectItem, excerpt
from include.discovery.places.coordinates import coordinates
from include.discovery.places.countries import country_code

Pair = tuple[object, object]
"""Latitude and longitude as the source wrote them."""

_NUMBER: Final = r"[-+]?[0-9]{1,3}(?:\.[0-9]{0,20})?"
_PAIR: Final = re.compile(
    rf"(?P<text>point)?[\s(\[]*({_NUMBER})[\s,;|]+({_NUMBER})[\s)\]]*", re.IGNORECASE
)
_DECIMAL_COMMA: Final = re.compile(r"(?<=[0-9]),(?=[0-9])")
_NAMES: Final = (
    ("latitude", "longitude"),
    ("lat", "lon"),
    ("lat", "lng"),
    ("lat", "long"),
    ("y", "x"),
)
_CLOSE: Final = 0.000_05
"""Degrees within which a place counts as one to ignore: five metres."""
_PARTS: Final = ("name", "street", "postcode", "locality", "region")
_TELLING: Final = ("name", "street", "postcode", "locality")
"""Without one of these or coordinates nobody finds the place."""


def venue_fields(fields: FieldMap) -> tuple[FieldOf | None, ...]:
    """Return the fields that :func:`read_venue` looks at."""
    return (
        fields.venue_id, fields.venue_name, fields.venue_street, fields.venue_postcode,
        fields.venue_locality, fields.venue_region, fields.venue_country,
        fields.venue_latitude, fields.venue_longitude, fields.venue_coordinates,
    )  # fmt: skip


def read_venue(fields: FieldMap, scope: Item, reader: Reader, warnings: list[str]) -> Venue | None:
    """Read the venue; ``None`` if only its country or region is known."""

    def part(name: str) -> str | None:
        field = getattr(fields, f"venue_{name}")
        found = attempt(f"venue {name}", reader.text, warnings, field, scope)
        return found.strip(" ,;") or None if found else None

    texts = {name: part(name) for name in _PARTS if getattr(fields, f"venue_{name}") is not None}
    place = attempt("venue coordinates", _coordinates, warnings, fields, scope)
    if place is None and not any(map(texts.get, _TELLING)):
        return None
    country = part("country") if fields.venue_country else None
    return Venue(
        **texts,
        country=attempt("venue country", _country, warnings, country) if country else None,
        latitude=place[0] if place else None,
        longitude=place[1] if place else None,
        external_id=attempt("venue id", _id, warnings, fields.venue_id, scope),
    )


def _id(field: FieldOf | None, scope: Item) -> str | None:
    try:
        return identity(field, scope)
    except RejectItem as error:
        raise ValueError(error.detail or error.reason) from None


def _country(name: str) -> str:
    code = country_code(name, in_field=True)
    if code is None:
        raise ValueError(f"{name[:60]!r} is not a known country")
    return code


def _coordinates(fields: FieldMap, scope: Item) -> tuple[float, float] | None:
    """Read the coordinates; ``None`` where there are none, or those of an unknown place."""
    both = fields.venue_coordinates
    pair = None if both is None else _pair(getter_of(both.path)(scope), both.order)
    if pair is None:
        pair = _one(fields.venue_latitude, scope), _one(fields.venue_longitude, scope)
    place = coordinates(*pair)
    if place and both and any(_is_close(place, unknown) for unknown in both.ignore):
        return None
    return place


def _one(field: FieldOf | None, scope: Item) -> object:
    value = None if field is None else getter_of(field.path)(scope)
    return _DECIMAL_COMMA.sub(".", value) if isinstance(value, str) else value


def _pair(value: Json, order: str) -> Pair | None:
    """Bring coordinates of any form into the order latitude, longitude.

    :raises WrongType: for what holds no two coordinates.
    """
    if value is None or value in ("", [], {}):
        return None
    if isinstance(value, dict) and "coordinates" in value:  # GeoJSON, whose order is fixed
        return _pair(value["coordinates"], "lon_lat")
    if isinstance(value, dict):
        names = next((pair for pair in _NAMES if pair[0] in value and pair[1] in value), None)
        if names is not None:
            return value[names[0]], value[names[1]]
    elif isinstance(value, list) and len(value) >= 2:
        return (value[0], value[1]) if order == "lat_lon" else (value[1], value[0])
    elif isinstance(value, str) and (match := _PAIR.fullmatch(_with_points(value))):
        # Well-known text (POINT (lon lat)) has a fixed order, too.
        return _pair([match[2], match[3]], "lon_lat" if match["text"] else order)
    raise WrongType(f"{excerpt(value, 60)} are no coordinates")


def _with_points(text: str) -> str:
    """Turn decimal commas into points, where something else parts the numbers."""
    text = text.strip()[:200]
    return _DECIMAL_COMMA.sub(".", text) if text.count(",") == 2 else text


def _is_close(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return abs(one[0] - other[0]) < _CLOSE and abs(one[1] - other[1]) < _CLOSE
