"""Coordinates as sources give them: numbers or texts, swapped, zero, or off the Earth."""

from __future__ import annotations

from contextlib import suppress


def coordinates(latitude: object, longitude: object) -> tuple[float, float] | None:
    """Read a pair of WGS 84 degrees; ``None`` when either is absent.

    :raises ValueError: if it is not a place on Earth, or 0, 0.
    """
    if latitude in (None, "") or longitude in (None, ""):
        return None
    north, east = _degrees(latitude), _degrees(longitude)
    if not (abs(north) <= 90 and abs(east) <= 180):  # NaN fails this, too
        raise ValueError(f"{north}, {east} is not a place on Earth")
    if north == 0 and east == 0:
        raise ValueError("0, 0 stands for an unknown place")
    return north, east


def _degrees(value: object) -> float:
    degrees = None
    if isinstance(value, (int, float, str)) and not isinstance(value, bool):
        with suppress(ValueError, OverflowError):
            degrees = float(value)
    if degrees is None:
        raise ValueError(f"{str(value)[:40]!r} is not a number of degrees")
    return degrees
