"""Countries by name, and what is paid with there."""

import pytest

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
    ],
)  # fmt: skip
def test_a_country_is_found_by_its_names(name: str, code: str) -> None:
    assert country_code(name) == code


@pytest.mark.parametrize("name", ["", "Atlantis", "European Union", "XX", "World", "Małopolska"])
def test_an_unknown_country_is_none(name: str) -> None:
    assert country_code(name) is None


def test_a_country_has_its_present_currency() -> None:
    assert [currency_in(code) for code in ("PL", "FR", "US", "XX")] == ["PLN", "EUR", "USD", None]
