"""Where an iCalendar event takes place: LOCATION, GEO, Apple's property, conferences.

LOCATION is one line of free text: :mod:`include.discovery.places` tells what it holds.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from urllib.parse import unquote

from include.discovery.connectors.icalendar.lines import Component, unescape
from include.discovery.model import Attendance, City, Venue
from include.discovery.places.venues import Placed, placed
from include.discovery.text.cleaning import one_line, shorten

_LINKS = ("CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL")
_LONGEST = 400
_LONGEST_GIVEN = 4_000
_EMAIL = re.compile(r"(?:mailto:)?[^\s@]+@[^\s@]+\.[^\s@.]+", re.IGNORECASE)


def place_of(
    component: Component,
    location: str | None,
    warnings: list[str],
    *,
    near: City | None = None,
    default: Venue | None = None,
    is_moved: bool = False,
) -> Placed:
    """Return the venue and where the audience is.

    :param location: see :func:`location_of`.
    :param near: the city whose names are recognised in places.
    :param default: the venue of events that name no place.
    :param is_moved: whether the title says that the event was moved online.
    """
    has_link = any(component.all(name) for name in _LINKS)
    given = shorten(location, _LONGEST)
    venue = _given_venue(component, given)
    is_virtual = has_link and (given is not None or not component.all("GEO"))
    found = placed(
        venue,
        warnings,
        is_virtual=is_virtual,
        is_moved=is_moved,
        default=default,
        localities=(near.name, *near.alternate_names) if near else (),
    )
    if found.attendance is Attendance.ONLINE:
        return Placed(None, Attendance.ONLINE)
    return found


def location_of(component: Component) -> str | None:
    """Return LOCATION as plain text, one line; None if it is missing or a person's address."""
    item = component.first("LOCATION")
    if item is None:
        return None
    return _line_of(item.value[:_LONGEST_GIVEN])


@lru_cache(maxsize=1_000)  # the events of a calendar are at few places
def _line_of(value: str) -> str | None:
    given = unescape(value).strip()[:2000]
    text = one_line(re.sub(r"[^\S\n]*\n\s*", ", ", given))
    if text is None or _EMAIL.fullmatch(text):
        return None
    return shorten(text.strip(" ,;"), _LONGEST) or None


def _given_venue(component: Component, location: str | None) -> Venue | None:
    """Build the venue as it is told: all of LOCATION is its name, until that is read."""
    latitude, longitude = _coordinates(component) or (None, None)
    if location is None:
        apple = component.first("X-APPLE-STRUCTURED-LOCATION")
        location = one_line(unquote(apple.parameters.get("X-TITLE", ""))) if apple else None
    if location is None and latitude is None:
        return None
    return Venue(name=location, latitude=latitude, longitude=longitude)


def _coordinates(component: Component) -> tuple[float, float] | None:
    geo = component.first("GEO")
    texts = [geo.text] if geo else []
    apple = component.first("X-APPLE-STRUCTURED-LOCATION")
    if apple and apple.value.lower().startswith("geo:"):  # RFC 5870
        texts.append(apple.value[4:].partition(";")[0])
    for text in texts:
        parts = re.split(r"[;,]", text)
        try:
            latitude, longitude = (float(part) for part in parts[:2])
        except ValueError:
            continue
        valid = math.isfinite(latitude + longitude)
        if valid and abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude or longitude):
            return latitude, longitude
    return None
