"""How dates are written where a source is: in which language, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_MONTH_FIRST: Final = frozenset(
    {
        *("US", "PH", "FM", "MH", "PW", "AS", "GU", "MP", "PR", "VI", "UM"),
        *("JP", "KR", "CN", "TW", "HU"),  # dates go from the year to the day
    }
)
"""Countries where 12/05 is 5 December, by ISO 3166-1 code."""

_MONTH_FIRST_IN: Final = frozenset({"ja", "ko", "zh", "hu"})
"""Languages of which the same holds, wherever they are written."""


@dataclass(frozen=True, slots=True)
class Conventions:
    """The language of dates (ISO 639-1) where it is known, and whether days precede months."""

    language: str | None
    day_first: bool


@lru_cache(maxsize=1_024)
def conventions(language: str | None, country: str | None, zone: str) -> Conventions:
    """Say how dates are written.

    :param language: tag of the text's language, such as ``en-US``; else the country's is taken, if
        it has one only.
    :param country: ISO 3166-1 code of the place, if known; it outweighs the tag's region, since
        software writes ``en-US`` by default, and the zone.
    :param zone: IANA name of the zone of the place.
    """
    tag = (language or "").replace("_", "-")
    region = tag.partition("-")[2][-2:].upper() or None
    where = country or _country_of(zone)
    spoken = tag.partition("-")[0].lower() or None
    if country is not None:
        day_first = country not in _MONTH_FIRST
    elif region is not None:
        day_first = region not in _MONTH_FIRST
    elif spoken in _MONTH_FIRST_IN:
        day_first = False
    else:
        day_first = spoken not in {None, "en"} or where not in _MONTH_FIRST
    return Conventions(spoken or _language_of(where), day_first)


def _country_of(zone: str) -> str | None:
    from babel.core import get_global  # noqa: PLC0415  late: babel loads slowly

    country = get_global("zone_territories").get(zone)
    return str(country) if country else None


def _language_of(country: str | None) -> str | None:
    from babel.languages import get_official_languages  # noqa: PLC0415  late, as above

    languages = get_official_languages(country, de_facto=True) if country else ()
    return str(languages[0]) if len(languages) == 1 else None
