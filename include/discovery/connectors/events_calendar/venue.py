"""The venue of an event of The Events Calendar, and members that are lists only at times."""

from __future__ import annotations

from typing import Any

from include.discovery.formats.json_fields import attempt, text
from include.discovery.model import Venue
from include.discovery.places.countries import country_code


def entries(item: dict[str, Any], name: str) -> list[Any]:
    """Return a member as a list, whether it is one, an object of numbered entries, or one entry."""
    given = item.get(name)
    if given in (None, "", False, [], {}):
        return []
    if isinstance(given, list):
        return given
    if isinstance(given, dict) and all(isinstance(value, dict) for value in given.values()):
        return list(given.values())
    return [given]


def read_venue(item: dict[str, Any], warnings: list[str]) -> Venue | None:
    """Read the venue of an event; ``None`` without one."""
    found = entries(item, "venue")
    if not found:
        return None
    place = found[0] if isinstance(found[0], dict) else {"venue": found[0]}

    def part(name: str) -> str | None:
        found = attempt(f"venue {name}", lambda: text(place, name), warnings)
        return found.strip(" ,;") or None if found else None

    # The plugin calls a venue without a name 'Unnamed Venue', in the site's language.
    unnamed = str(place.get("slug", "")).startswith("unnamed-venue")
    coordinates = attempt("venue coordinates", lambda: _coordinates(place), warnings)
    venue = Venue(
        name=None if unnamed else part("venue"),
        street=part("address"),
        postcode=part("zip"),
        locality=part("city"),
        region=part("stateprovince") or part("province") or part("state"),
        country=attempt("venue country", lambda: _country(place), warnings),
        latitude=coordinates[0] if coordinates else None,
        longitude=coordinates[1] if coordinates else None,
        external_id=part("id"),
    )
    return None if venue == Venue(external_id=venue.external_id) else venue


def _country(place: dict[str, Any]) -> str | None:
    given = text(place, "country")
    if given is None:
        return None
    code = country_code(given, in_field=True)
    if code is None:
        raise ValueError(f"{given[:60]!r} is not a known country")
    return code


def _coordinates(place: dict[str, Any]) -> tuple[float, float] | None:
    north = text(place, "geo_lat") or text(place, "latitude")
    east = text(place, "geo_lng") or text(place, "longitude")
    if north is None or east is None:
        return None
    latitude, longitude = float(north.replace(",", ".")), float(east.replace(",", "."))
    if latitude == 0 and longitude == 0:  # how the plugin says that it does not know
        return None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # NaN fails this, too
        raise ValueError(f"{latitude}, {longitude} is not a place on Earth")
    return latitude, longitude
