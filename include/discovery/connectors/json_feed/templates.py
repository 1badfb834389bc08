"""Placeholders in addresses and parameters: ``{from}``, ``{latitude}``, and a preset's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Final
from urllib.parse import quote, unquote_plus, urlencode
from zoneinfo import ZoneInfo

from pydantic import AfterValidator

from include.discovery.errors import InvalidSettings
from include.discovery.model import City, Window

_PLACEHOLDER: Final = re.compile(r"\{([a-z][a-z0-9_]{0,63})\}")
_MILES_PER_KM: Final = 0.621371
_END_OF_DAY: Final = time(23, 59, 59)
_NAMED_FORMATS: Final = ("date", "instant", "local", "epoch_s", "epoch_ms")

OF_CITY: Final = ("latitude", "longitude", "radius_km", "radius_miles", "country", "city")
OF_WINDOW: Final = ("from", "to", "day_after")
STANDARD: Final = (*OF_WINDOW, *OF_CITY, "language")
CHANGED_SINCE: Final = "changed_since"
KEY: Final = "key"
"""Placeholders of a URL that :mod:`connectors.key` fills in when the request is sent."""


def _checked_format(given: str) -> str:
    if given not in _NAMED_FORMATS and "%" not in given:
        raise ValueError(f"must be one of {', '.join(_NAMED_FORMATS)}, or a pattern with % signs")
    return given


DateFormat = Annotated[str, AfterValidator(_checked_format)]


def placeholders(template: str) -> Iterator[str]:
    """Yield the names of a template's placeholders."""
    return (match[1] for match in _PLACEHOLDER.finditer(template))


def formatted(moment: datetime, date_format: str) -> str:
    """Write an aware moment as an API wants it.

    :param date_format: ``date``, ``local`` (both as its own zone shows them), ``instant`` (in UTC),
        ``epoch_s``, ``epoch_ms``, or a pattern of strftime.
    """
    if date_format == "epoch_s":
        return str(int(moment.timestamp()))
    if date_format == "epoch_ms":
        return str(int(moment.timestamp()) * 1_000)
    if date_format == "instant":
        return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    pattern = {"date": "%Y-%m-%d", "local": "%Y-%m-%dT%H:%M:%S"}.get(date_format, date_format)
    return moment.strftime(pattern)


def values_of_window(window: Window, zone: ZoneInfo, date_format: str) -> dict[str, str]:
    """Return the values of ``{from}`` to ``{day_after}``: from midnight to the last second."""
    edges = {
        "from": datetime.combine(window.start, time(), zone),
        "to": datetime.combine(window.end, _END_OF_DAY, zone),
        "day_after": datetime.combine(window.end + timedelta(days=1), time(), zone),
    }
    return {name: formatted(moment, date_format) for name, moment in edges.items()}


def values_of_city(city: City | None) -> dict[str, str]:
    """Return the values of ``{latitude}`` to ``{city}``; none without a city."""
    if city is None:
        return {}
    return {
        "latitude": f"{city.latitude:.5f}",
        "longitude": f"{city.longitude:.5f}",
        "radius_km": f"{city.radius_km:g}",
        "radius_miles": f"{city.radius_km * _MILES_PER_KM:.1f}",
        "country": city.country,
        "city": city.name,
    }


def filled(template: str, values: Mapping[str, str]) -> str | None:
    """Put values for placeholders; ``None`` if one of them has none.

    :raises InvalidSettings: if a placeholder of a city stands there, and there is no city.
    """
    missing = [name for name in placeholders(template) if name not in values]
    of_city = [name for name in missing if name in OF_CITY]
    if of_city:
        raise InvalidSettings(
            f"{template!r} needs {{{of_city[0]}}}, but this source has no city: write the value"
            " itself, or remove the parameter by setting it to null"
        )
    return None if missing else _PLACEHOLDER.sub(lambda match: values[match[1]], template)


def filled_url(
    template: str,
    values: Mapping[str, str],
    addresses: frozenset[str],
    kept: Mapping[str, str] | None = None,
) -> str:
    """Put values for the placeholders of an address, encoded as parts of it.

    :param addresses: placeholders whose values are addresses themselves; they stay as they are.
    :param kept: what stands for other placeholders, as it is.
    :raises InvalidSettings: if a placeholder has no value.
    """
    encoded = {
        name: value.rstrip("/") if name in addresses else quote(value, safe="")
        for name, value in values.items()
    }
    url = filled(template, {**(kept or {}), **encoded})
    if url is None:
        missing = next(name for name in placeholders(template) if name not in values)
        raise InvalidSettings(f"url needs the setting {missing}, which is empty")
    return url


def with_query(url: str, query: Mapping[str, str | list[str]]) -> str:
    """Add parameters to an address; those that stand there already are replaced."""
    address, _, own = url.partition("#")[0].partition("?")
    kept = [pair for pair in own.split("&") if pair and name_of(pair) not in query]
    added = urlencode(query, doseq=True)
    joined = "&".join([*kept, added] if added else kept)
    return f"{address}?{joined}" if joined else address


def name_of(pair: str) -> str:
    """Return the decoded name of ``name=value`` in a query."""
    return unquote_plus(pair.partition("=")[0])
