"""Coordinates: numbers, texts, and what is no place."""

from __future__ import annotations

from typing import Any

import pytest

from include.discovery.places.coordinates import coordinates


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(50.06, 19.95), ("50.06", "19.95"), (" 50.06 ", 19.95)]
)
def test_coordinates_are_read_from_numbers_and_texts(
    latitude: float | str, longitude: float | str
) -> None:
    assert coordinates(latitude, longitude) == (50.06, 19.95)


@pytest.mark.parametrize(("latitude", "longitude"), [(None, 19), (50, ""), ("", None)])
def test_one_coordinate_without_the_other_is_none(
    latitude: int | str | None, longitude: int | str | None
) -> None:
    assert coordinates(latitude, longitude) is None


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(91, 0), (0, 181), ("nan", 1), (1, "inf"), ("north", 1), (True, 1), ([], 1), (10**400, 1)],
)
def test_coordinates_outside_the_globe_are_an_error(latitude: Any, longitude: int | str) -> None:
    with pytest.raises(ValueError, match=r"not a place on Earth|not a number of degrees"):
        coordinates(latitude, longitude)


def test_zero_zero_stands_for_an_unknown_place() -> None:
    with pytest.raises(ValueError, match="0, 0 stands for an unknown place"):
        coordinates("0.0", 0)
