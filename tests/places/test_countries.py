"""Countries by name, and what is paid with there."""

from collections.abc import Iterator

import pytest

from include.discovery.places import countries
from include.discovery.places.countries import country_code, currency_in


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Poland", "PL"), ("Polska", "PL"), ("Pologne", "PL"), ("Polen", "PL"), ("Puola", "PL"),
        ("France", "FR"), ("Francja", "FR"), ("Frankreich", "FR"), ("Ranska", "FR"),
        ("Suomi", "FI"), ("Sverige", "SE"), ("España", "ES"), ("Italia", "IT"), ("Česko", "CZ"),
        ("Deutschland", "DE"), ("Österreich", "AT"), ("United Kingdom", "GB"), ("UK", "GB"),
        ("United States", "US"), ("USA", "US"), ("U.S.A.", "US"), ("pl", "PL"), ("DE", "DE"),
        ("  espana ", "ES"), ("The Netherlands", "NL"), ("Czech Republic", "CZ"),
        ("Україна", "UA"), ("Польща", "PL"), ("Россия", "RU"), ("Ελλάδα", "GR"), ("日本", "JP"),
        ("Hrvatska", "HR"), ("Slovenija", "SI"), ("Eesti", "EE"), ("Duitsland", "DE"),
        ("Németország", "DE"), ("Alemanha", "DE"), ("Turkey", "TR"), ("Hong Kong", "HK"),
        ("България", "BG"), ("Srbija", "RS"), ("Србија", "RS"),
    ],
)  # fmt: skip
def test_a_country_is_found_by_its_names(name: str, code: str) -> None:
    assert country_code(name) == code


@pytest.mark.parametrize("name", ["", "Atlantis", "European Union", "XX", "World", "Małopolska"])
def test_an_unknown_country_is_none(name: str) -> None:
    assert country_code(name) is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("POL", "PL"), ("deu", "DE"), ("USA", "US"), ("GBR", "GB"), ("UKR", "UA"),
        ("Iran, Islamic Republic of", "IR"), ("Korea, Republic of", "KR"),
        ("XXX", None), ("SUN", None), ("Lodz, Poland", None), ("Georgia, USA", None),
    ],
)  # fmt: skip
def test_a_field_for_a_country_may_hold_a_longer_code_or_name(name: str, code: str | None) -> None:
    assert country_code(name, in_field=True) == code


def test_three_letters_that_may_be_a_name_are_no_country() -> None:
    assert [country_code(name) for name in ("MAC", "PAN", "BAR")] == [None, None, None]


def test_a_code_is_known_by_the_names_of_one_language(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = countries._countries

    def named_in(language: str) -> Iterator[tuple[str, str]]:
        asked.append(language)
        return real(language)

    monkeypatch.setattr(countries, "_countries", named_in)
    countries._codes.cache_clear()

    assert country_code("PL") == "PL"
    assert asked == ["en"]


def test_each_country_with_a_name_in_some_language_has_a_code() -> None:
    assert set(countries._by_name().values()) == countries._codes()


def test_a_country_has_its_present_currency() -> None:
    assert [currency_in(code) for code in ("PL", "FR", "US", "XX")] == ["PLN", "EUR", "USD", None]
