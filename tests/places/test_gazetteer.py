"""Cities by name, from the list that comes with the package."""

from __future__ import annotations

from zoneinfo import available_timezones

import pytest

from include.discovery.places import gazetteer
from include.discovery.places.countries import country_name
from include.discovery.places.gazetteer import find_cities


@pytest.mark.parametrize(
    ("text", "name", "country"),
    [
        ("Leipzig", "Leipzig", "DE"),
        ("  lodz ", "Łódź", "PL"),
        ("ŁÓDŹ", "Łódź", "PL"),
        ("München", "Munich", "DE"),
        ("muenchen", "Munich", "DE"),
        ("Wien", "Vienna", "AT"),
        ("Krak", "Kraków", "PL"),
        ("東京", "Tokyo", "JP"),
        ("Paris", "Paris", "FR"),
        ("sa", "São Paulo", "BR"),
    ],
)
def test_a_city_is_found_by_any_of_its_names_or_their_beginning(
    text: str, name: str, country: str
) -> None:
    found = find_cities(text, limit=12)

    assert (name, country) in [(city.name, city.country) for city in found]
    if text != "sa":
        assert found[0].name == name


def test_a_city_is_told_with_its_place_zone_and_other_names() -> None:
    (krakow, *_) = find_cities("Cracow")

    assert (krakow.name, krakow.country, krakow.timezone) == ("Kraków", "PL", "Europe/Warsaw")
    assert (krakow.latitude, krakow.longitude) == pytest.approx((50.061, 19.937), abs=0.01)
    assert krakow.population > 500_000
    assert {"Cracow", "Cracovia", "Krakau"} <= {*krakow.alternate_names}
    assert "KRK" not in krakow.alternate_names


def test_cities_of_one_name_are_told_apart_by_their_state_the_largest_first() -> None:
    found = [city for city in find_cities("Springfield", 20) if city.name == "Springfield"]

    assert {"IL", "MA", "MO"} <= {city.region for city in found}
    assert [city.population for city in found] == sorted(
        (city.population for city in found), reverse=True
    )


@pytest.mark.parametrize("text", ["", " ", "!?", "Qwertzuiop", "|leipzig", "\t", "\n", "\x00"])
def test_what_names_no_city_finds_nothing_else(text: str) -> None:
    assert [city.name for city in find_cities(text) if city.name != "Leipzig"] == []


def test_every_city_of_the_list_can_be_stored_as_it_is() -> None:
    zones = available_timezones()
    cities = [gazetteer._parsed(line) for line in gazetteer._data().decode().splitlines()]

    assert len(cities) > 60_000
    assert {city.timezone for city in cities} <= zones
    assert {city.country for city in cities if country_name(city.country) is None} == set()
    assert all(-90 <= city.latitude <= 90 and -180 <= city.longitude <= 180 for city in cities)
