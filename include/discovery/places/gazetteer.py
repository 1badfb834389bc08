"""The world's cities by name: where they are, their country and zone, and their other names.

About 69,000 places of 5,000 inhabitants or more, from GeoNames (https://www.geonames.org,
CC BY 4.0), so that nobody has to look up coordinates. ``localdev/gazetteer.py`` makes the list.
"""

from __future__ import annotations

import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from include.discovery.text.cleaning import fold

DATA: Final = Path(__file__).with_name("gazetteer.tsv.xz")
"""A line a city: folded names as ``|krakow|cracow|``, name, country, region, zone, latitude,
longitude, population, other names as ``Cracow|Krakau``; tabs between."""

_MOST_CONSIDERED: Final = 5_000
"""Lines that hold the text; more do so for one or two letters only."""


@dataclass(frozen=True, slots=True)
class KnownCity:
    """A city of the list."""

    name: str
    country: str
    """ISO 3166-1 alpha-2."""
    region: str
    """In the United States the state, as ``IL``; else empty."""
    timezone: str
    latitude: float
    longitude: float
    population: int
    alternate_names: tuple[str, ...]


def find_cities(text: str, limit: int = 10) -> list[KnownCity]:
    """Find the cities one of whose names begins with a text, in any case and without its accents.

    Those that have exactly that name come first, then those whose usual name begins so; the more
    populous before the others. The list (10 MB in memory) is read at the first call.
    """
    wanted = fold(text)
    if not wanted:
        return []
    found = [(_distance(line, wanted), _parsed(line)) for line in _lines_with(f"|{wanted}")]
    found.sort(key=lambda one: (one[0], -one[1].population))
    return [city for _, city in found[:limit]]


def _distance(line: str, wanted: str) -> int:
    names = line.partition("\t")[0]
    ranks = (
        names.startswith(f"|{wanted}|"),
        f"|{wanted}|" in names,
        names.startswith(f"|{wanted}"),
    )
    return next((rank for rank, is_met in enumerate(ranks) if is_met), len(ranks))


def _lines_with(text: str) -> Iterator[str]:
    lines, sought = _data(), text.encode()
    at = 0
    for _ in range(_MOST_CONSIDERED):
        at = lines.find(sought, at)
        if at < 0:
            return
        start, end = lines.rfind(b"\n", 0, at) + 1, lines.find(b"\n", at)
        # The other names as they are written contain it, too: they are not what is searched.
        if b"\t" not in lines[start:at]:
            yield lines[start:end].decode()
        at = end


@cache
def _data() -> bytes:
    return lzma.decompress(DATA.read_bytes())


def _parsed(line: str) -> KnownCity:
    _, name, country, region, timezone, latitude, longitude, population, names = line.split("\t")
    return KnownCity(
        name,
        country,
        region,
        timezone,
        float(latitude),
        float(longitude),
        int(population),
        tuple(names.split("|")) if names else (),
    )
