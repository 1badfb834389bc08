"""What postcodes look like, by country. The formats are those of the Universal Postal Union."""

from __future__ import annotations

import re
from typing import Final

_SPELLED: Final = {
    "GB": r"(?:GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2})",
    "CA": r"[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d",
    "IE": r"(?:D6W|[AC-FHKNPRTV-Y]\d{2}) ?[0-9AC-FHKNPRTV-Y]{4}",
    "NL": r"[1-9]\d{3} ?(?!S[ADS])[A-Z]{2}",
    "PL": r"\d{2}-\d{3}",
    "PT": r"\d{4}-\d{3}",
}
"""Postcodes whose form gives them away."""

SPELLED: Final = rf"(?:{'|'.join(_SPELLED.values())})(?![\w-])"
DIGITS: Final = r"(?:\d{5}(?:-\d{4})?|\d{3} \d{2}|\d{4})(?![\w-])"
"""Postcodes of digits alone: in four of them, or five, may be the number of a house as well."""

PREFIX: Final = (
    r"(?:(?P<nation>[A-Z]{1,3}(?= ?[-–] ?\d)"
    r"|(?:A|B|D|F|H|I|AT|BE|CH|CZ|ES|FI|FR|HU|IT|LU|PL|PT|SE)(?= \d))"
    r" ?[-–]? ?)?"
)
"""The country's mark of the old kind, as in ``D-10115`` and ``CH-8001``."""

_NATIONS: Final = {
    "A": "AT", "D": "DE", "F": "FR", "I": "IT", "E": "ES", "B": "BE", "P": "PT", "S": "SE",
    "H": "HU", "L": "LU", "AT": "AT", "DE": "DE", "FR": "FR", "IT": "IT", "ES": "ES", "BE": "BE",
    "PT": "PT", "SE": "SE", "HU": "HU", "LU": "LU", "CH": "CH", "NL": "NL", "PL": "PL", "CZ": "CZ",
    "FI": "FI", "FIN": "FI", "DK": "DK", "NO": "NO", "SK": "SK", "LT": "LT", "LV": "LV", "EE": "EE",
    "SI": "SI", "HR": "HR", "RO": "RO", "BG": "BG", "GR": "GR", "LI": "LI",
}  # fmt: skip

OF_FOUR_DIGITS: Final = frozenset({"AT", "CH", "BE", "HU", "AU", "DK", "NO", "LU", "LI", "SI"})
TOWN_FIRST: Final = frozenset({"US", "CA", "GB", "IE", "AU"})
"""Countries that write the postcode after the town: what comes before it is no postcode."""


def nation_of(mark: str | None) -> str | None:
    """Return the ISO 3166-1 code of a country's mark before a postcode."""
    return _NATIONS.get(mark) if mark else None


def is_of_london(postcode: str) -> bool:
    """Return whether a British postcode is one of London's postal districts."""
    area = re.match("[A-Z]+", postcode)
    return area is not None and area[0] in {"E", "EC", "N", "NW", "SE", "SW", "W", "WC"}
