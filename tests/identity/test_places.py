"""Which city an event of a country-wide source belongs to."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.identity.places import city_of, distance_km
from include.discovery.model import City, Venue
from tests.support.builders import KRAKOW, PARIS

WIELICZKA = City(
    slug="wieliczka", name="Wieliczka", country="PL", timezone="Europe/Warsaw",
    latitude=49.9871, longitude=20.0644, radius_km=20, alternate_names=("Groß Salze",),
)  # fmt: skip
CITIES = (KRAKOW, PARIS, WIELICZKA)

latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)


@pytest.mark.parametrize(
    ("venue", "city"),
    [
        (None, None),
        (Venue(), None),
        (Venue(name="Hall"), None),
        (Venue(locality="KRAKOW"), KRAKOW),
        (Venue(locality="Kraków", country="PL"), KRAKOW),
        (Venue(locality="gross salze"), WIELICZKA),
        (Venue(locality="Kraków", country="DE"), None),
        (Venue(locality="Warszawa"), None),
        (Venue(latitude=50.0619, longitude=19.9369), KRAKOW),
        (Venue(latitude=50.0619, longitude=19.9369, country="FR"), None),
        (Venue(locality="Nowa Huta", latitude=50.07, longitude=20.03), KRAKOW),
        (Venue(locality="Wieliczka", latitude=50.0619, longitude=19.9369), WIELICZKA),
        (Venue(latitude=49.99, longitude=20.06), WIELICZKA),
        (Venue(latitude=0, longitude=0), None),
    ],
)
def test_a_venue_is_in_the_city_of_its_locality_or_else_in_the_nearest_one(
    venue: Venue | None, city: City | None
) -> None:
    assert city_of(venue, CITIES) == city


def test_the_order_of_the_cities_makes_no_difference_to_distance() -> None:
    between = Venue(latitude=50.02, longitude=20.0)

    assert {city_of(between, cities) for cities in permutations(CITIES)} == {
        city_of(between, CITIES)
    }


def test_a_venue_is_in_no_city_where_there_are_none() -> None:
    assert city_of(Venue(locality="Kraków"), ()) is None


def test_the_distance_of_two_known_cities_is_right() -> None:
    paris_to_krakow = distance_km(
        PARIS.latitude, PARIS.longitude, KRAKOW.latitude, KRAKOW.longitude
    )

    assert paris_to_krakow == pytest.approx(1276, abs=5)


@given(latitudes, longitudes, latitudes, longitudes)
def test_distance_is_symmetric_and_bounded_by_half_the_globe(
    a: float, b: float, c: float, d: float
) -> None:
    there = distance_km(a, b, c, d)

    assert 0 <= there <= 20_016
    assert there == pytest.approx(distance_km(c, d, a, b), abs=1e-6)


@given(latitudes, longitudes)
def test_a_point_is_at_no_distance_from_itself(latitude: float, longitude: float) -> None:
    assert distance_km(latitude, longitude, latitude, longitude) == 0


def test_a_distance_across_the_date_line_is_short() -> None:
    assert distance_km(0, 179.9, 0, -179.9) == pytest.approx(22.2, abs=0.1)
