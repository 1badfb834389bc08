"""Distances on the globe, and geohashes, as the ticket interface's area filter needs them."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

KM_PER_MILE = 1.609344
_EARTH_RADIUS_KM = 6371.0088
_GEOHASH_ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz"

Position = tuple[float, float]
"""Latitude and longitude in degrees."""


def distance_km(one: Position, other: Position) -> float:
    """Great-circle distance by the haversine formula."""
    (lat1, lon1), (lat2, lon2) = one, other
    half_lat, half_lon = radians(lat2 - lat1) / 2, radians(lon2 - lon1) / 2
    chord = sin(half_lat) ** 2 + cos(radians(lat1)) * cos(radians(lat2)) * sin(half_lon) ** 2
    return 2 * _EARTH_RADIUS_KM * asin(sqrt(chord))


def geohash_position(geohash: str) -> Position:
    """Return the middle of a geohash cell. Raises ValueError for a letter outside its alphabet."""
    latitudes, longitudes = (-90.0, 90.0), (-180.0, 180.0)
    is_longitude = True
    for letter in geohash.lower():
        bits = _GEOHASH_ALPHABET.index(letter)
        for shift in range(4, -1, -1):
            upper = bool(bits >> shift & 1)
            if is_longitude:
                longitudes = _half(longitudes, upper=upper)
            else:
                latitudes = _half(latitudes, upper=upper)
            is_longitude = not is_longitude
    return sum(latitudes) / 2, sum(longitudes) / 2


def _half(interval: tuple[float, float], *, upper: bool) -> tuple[float, float]:
    low, high = interval
    middle = (low + high) / 2
    return (middle, high) if upper else (low, middle)
