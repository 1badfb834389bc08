"""Countries by the names that people write (``Polska``, ``PL``), and their currencies."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from include.discovery.text.cleaning import fold

_LANGUAGES = ("en", "pl", "fr", "de", "es", "it", "fi", "sv", "cs")
_ALSO = {
    "usa": "US",
    "u s a": "US",
    "u s": "US",
    "united states of america": "US",
    "uk": "GB",
    "great britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "korea republic of": "KR",
    "russian federation": "RU",
    "the netherlands": "NL",
    "holland": "NL",
    "czech republic": "CZ",
    "republic of ireland": "IE",
    "eire": "IE",
    "rzeczpospolita polska": "PL",
    "nederland": "NL",
    "belgie": "BE",
    "magyarorszag": "HU",
    "cesko": "CZ",
    "ceska republika": "CZ",
    "slovensko": "SK",
    "danmark": "DK",
    "norge": "NO",
}
"""What people and old lists write beside the names of Unicode's CLDR."""

_NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
"""Codes of groups of countries, of tests, and of 'unknown'."""


def country_code(name: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of a country by its name or code.

    Names are those of the Unicode CLDR (by babel) in nine languages; case and accents do not
    matter, nor does the case of codes.
    """
    folded = fold(name)
    if len(folded) == 2 and folded.upper() in _codes():
        return folded.upper()
    return _ALSO.get(folded) or _by_name().get(folded)


@cache
def country_name(code: str) -> str | None:
    """Return the English name of a country by its ISO 3166-1 alpha-2 code, if there is one."""
    from babel import Locale  # noqa: PLC0415  late, as below

    if code not in _codes():
        return None
    return str(Locale("en").territories[code])


@cache
def currency_in(country: str) -> str | None:
    """Return the ISO 4217 code of a country's (ISO 3166-1 alpha-2) present currency, if known."""
    from babel.numbers import get_territory_currencies  # noqa: PLC0415  late, as below

    currencies = get_territory_currencies(country)
    return currencies[0] if currencies else None


@cache
def _codes() -> frozenset[str]:
    # Of one language: the others take 35 ms and 8 MB, and a code is asked for by most payloads.
    return frozenset(code for code, _ in _countries("en"))


@cache
def _by_name() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in _countries(language):
            names.setdefault(fold(name), code)
    return names


def _countries(language: str) -> Iterator[tuple[str, str]]:
    """Yield the code and the name of each country."""
    # Late, as babel costs 30 ms to import and many payloads name no country at all.
    from babel import Locale  # noqa: PLC0415

    for code, name in Locale(language).territories.items():
        # Codes of three digits are those of continents.
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES:
            yield code, name
