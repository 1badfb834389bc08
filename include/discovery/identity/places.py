"""Which configured city an event belongs to, for sources that cover more than one city."""

from __future__ import annotations

from collections.abc import Iterable
from math import asin, cos, radians, sin, sqrt

from include.discovery.model import City, Venue
from include.discovery.text.cleaning import fold

_EARTH_RADIUS_KM = 6371.0


def city_of(venue: Venue | None, cities: Iterable[City]) -> City | None:
    """Find the city of a venue: by its locality's name, else by a city's radius."""
    if venue is None:
        return None
    candidates = [c for c in cities if venue.country is None or c.country == venue.country]
    if venue.locality:
        locality = fold(venue.locality)
        for city in candidates:
            if locality in {fold(name) for name in (city.name, *city.alternate_names)}:
                return city
    if venue.latitude is None or venue.longitude is None:
        return None
    within = [
        (distance, city.slug, city)
        for city in candidates
        if (distance := distance_km(city.latitude, city.longitude, venue.latitude, venue.longitude))
        <= city.radius_km
    ]
    return min(within)[2] if within else None


def distance_km(
    latitude: float, longitude: float, to_latitude: float, to_longitude: float
) -> float:
    """Great-circle distance between two points in degrees, in kilometres (haversine formula)."""
    half_dlat = radians(to_latitude - latitude) / 2
    half_dlon = radians(to_longitude - longitude) / 2
    chord = (
        sin(half_dlat) ** 2
        + cos(radians(latitude)) * cos(radians(to_latitude)) * sin(half_dlon) ** 2
    )
    return 2 * _EARTH_RADIUS_KM * asin(sqrt(min(1.0, chord)))
