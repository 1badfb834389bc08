"""Geohashes: a point as a short text, for interfaces that take positions in this form only."""

from __future__ import annotations

_ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz"
_BITS_PER_LETTER = 5


def geohash(latitude: float, longitude: float, length: int = 9) -> str:
    """Return the geohash of the cell that holds the point (WGS 84 degrees).

    Nine letters name a cell of at most 4.8 m by 4.8 m.
    """
    bounds = {"longitude": [-180.0, 180.0], "latitude": [-90.0, 90.0]}
    value, letters = 0, []
    for bit in range(length * _BITS_PER_LETTER):
        name, coordinate = ("latitude", latitude) if bit % 2 else ("longitude", longitude)
        low, high = bounds[name]
        middle = (low + high) / 2
        is_upper = coordinate >= middle
        bounds[name] = [middle, high] if is_upper else [low, middle]
        value = value * 2 + is_upper
        if (bit + 1) % _BITS_PER_LETTER == 0:
            letters.append(_ALPHABET[value])
            value = 0
    return "".join(letters)
