"""Countries by the names that people write (``Polska``, ``PL``), and their currencies."""

from __future__ import annotations

import re
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
    "u k": "GB",
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
    "iceland": "IS",
    "island": "IS",
    "eesti": "EE",
    "latvija": "LV",
    "lietuva": "LT",
    "slovenija": "SI",
    "hrvatska": "HR",
    "bosna i hercegovina": "BA",
    "crna gora": "ME",
    "shqiperia": "AL",
    "turkey": "TR",
    "hong kong": "HK",
    "macau": "MO",
    "duitsland": "DE",
    "alemanha": "DE",
    "nemetorszag": "DE",
    "frankrijk": "FR",
    "franca": "FR",
    "spanje": "ES",
    "espanha": "ES",
    "oostenrijk": "AT",
    "zwitserland": "CH",
    "italie": "IT",
    "ausztria": "AT",
    "lengyelorszag": "PL",
    "verenigd koninkrijk": "GB",
    "reino unido": "GB",
    "estados unidos": "US",
    "verenigde staten": "US",
    **{
        fold(name): code
        for name, code in {
            "Україна": "UA",
            "Польща": "PL",
            "Німеччина": "DE",
            "Россия": "RU",
            "Германия": "DE",
            "Беларусь": "BY",
            "България": "BG",
            "Србија": "RS",
            "Srbija": "RS",
            "Северна Македонија": "MK",
            "Казахстан": "KZ",
            "Ελλάδα": "GR",
            "Κύπρος": "CY",
            "საქართველო": "GE",
            "Հայաստան": "AM",
            "ישראל": "IL",
            "日本": "JP",
            "中国": "CN",
            "대한민국": "KR",
        }.items()
    },
}
"""What people and old lists write beside the names of Unicode's CLDR: above all the names that
countries have in further languages, their own first."""

_INVERTED = re.compile(
    r",(?:\s+\w+){0,3}\s+(?:Republic|Kingdom|States?)(?:\s+of)?\s*$", re.IGNORECASE
)
"""What lists put behind a name, so that it is sorted by what matters: ``, Islamic Republic of``."""

_NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
"""Codes of groups of countries, of tests, and of 'unknown'."""


def country_code(name: str, *, in_field: bool = False) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of a country by its name or code.

    Names are those of the Unicode CLDR (by babel) in nine languages, and more; case and accents do
    not matter, nor does the case of codes.

    :param in_field: the text stands where nothing but a country can: a code of three letters and
        an inverted name count there (``POL``, ``Iran, Islamic Republic of``).
    """
    folded = fold(name)
    if len(folded) == 2 and folded.upper() in _codes():
        return folded.upper()
    code = _ALSO.get(folded) or _by_name().get(folded)
    if code is not None or not in_field:
        return code
    if len(folded) == 3:
        return _by_long_code(folded)
    inverted = _INVERTED.search(name)
    return country_code(name[: inverted.start()]) if inverted else None


def _by_long_code(folded: str) -> str | None:
    """Return the code of a country by that of ISO 3166-1 alpha-3, which CLDR has as an alias."""
    from babel.core import get_global  # noqa: PLC0415  late, as below

    (code, *others) = get_global("territory_aliases").get(folded.upper(), [""])
    return code if not others and code in _codes() else None


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
