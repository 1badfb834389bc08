"""Where an iCalendar event takes place: LOCATION, GEO, Apple's property, conferences.

LOCATION is one line of free text. It is split only if its form is unambiguous; other text stays in
the name, so that nothing is lost.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from urllib.parse import unquote

from include.discovery.connectors.icalendar.lines import Component, unescape
from include.discovery.model import Attendance, Venue
from include.discovery.places.countries import country_code
from include.discovery.text.cleaning import fold, one_line, shorten

_LONGEST = 400
_LONGEST_GIVEN = 4_000
_URL = re.compile(r"\b(?:https?|zoommtg|msteams|webcal)://\S+|\bwww\.\S+", re.IGNORECASE)
_EMAIL = re.compile(r"(?:mailto:)?[^\s@]+@[^\s@]+\.[^\s@.]+", re.IGNORECASE)
_ONLINE = re.compile(
    r"(?:(?:an? )?(?:online|on-line|virtual|virtuell|virtuel(?:le)?|wirtualnie|zdalnie|remote"
    r"|digital|webinar(?:ium)?|web|internet|zoom|google meet|(?:microsoft )?teams|skype|webex"
    r"|discord|jitsi|(?:live ?)?stream(?:ing)?"
    r"|youtube(?: live)?|facebook live|twitch|en ligne|w sieci|en l[ií]nea"
    r"|verkossa|et[äa]nä|via|per|on|over|only|event|veranstaltung|wydarzenie|meeting|tapahtuma"
    r"|[ée]v[ée]nement|evento|call|link)[\s:/,()–—-]*)+",
    re.IGNORECASE,
)
_ONLINE_FIRST = re.compile(r"(?:online|virtual|virtuell|en ligne)\s*(?:[-–—:|]|$)", re.IGNORECASE)
_HYBRID = re.compile(
    r"\bhybrid|hybryd|\+ ?online|(?:&|and|und|oraz|i|et|y|ja) (?:online|zoom)\b", re.IGNORECASE
)

_ROOM = (
    r"(?:hall|halle|room|raum|haus|house|saal|sala|salle|stage|floor|building|level|studio|sali)"
)
_STREET = re.compile(
    # '12a Main Street', 'ul. Długa', 'Galicyjska 9', 'Am Kanal 47-49', 'Mill and Oak St.'
    r"\d+[a-z]?(?:[-–/]\d+[a-z]?)?,? +\D.*"
    r"|(?:ul\.|ulica|al\.|aleja|pl\.|plac|os\.|rynek|rue|avenue|av\.|boulevard|bd|quai) .+"
    rf"|(?!{_ROOM}\b)\D{{3,}} \d+ ?[a-z]?(?:[-–/] ?\d+ ?[a-z]?)?"
    r"|.+(?:straße|strasse|str\.|\b(?:st|rd|dr|ave|blvd)\.?"
    r"|\b(?:street|road|drive|avenue|boulevard|parkway|lane|way))",
    re.IGNORECASE,
)
_POSTCODE_LOCALITY = re.compile(
    r"(?:[A-Z]{1,2}-)?(\d{2}-\d{3}|\d{3} \d{2}|\d{4,5}) +([^\d,]{2,60})", re.IGNORECASE
)
_STREET_POSTCODE_LOCALITY = re.compile(r"(\D{3,}\d{1,4}[a-z]?) +(\d{5}) +([^\d,]{2,60})")
_US_REGION_POSTCODE = re.compile(r"([A-Z]{2}) +(\d{5}(?:-\d{4})?)")
_US_POSTCODE = re.compile(r"\d{5}(?:-\d{4})?")
_AT = re.compile(r"\s+@\s+")


def attendance_of(component: Component, location: str | None) -> Attendance:
    """Return where the audience is, based on LOCATION and whether there is a conference."""
    has_link = bool(
        component.all("CONFERENCE")
        or component.all("X-GOOGLE-CONFERENCE")
        or component.all("X-MICROSOFT-SKYPETEAMSMEETINGURL")
    )
    if location is None:
        return Attendance.ONLINE if has_link and not component.all("GEO") else Attendance.OFFLINE
    location = shorten(location, _LONGEST) or ""
    if _is_hybrid(location):
        return Attendance.MIXED
    if _is_online(location):
        return Attendance.ONLINE
    return Attendance.MIXED if has_link else Attendance.OFFLINE


@lru_cache(maxsize=1_000)
def _is_hybrid(location: str) -> bool:
    return _HYBRID.search(location) is not None


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


def venue_of(
    component: Component, location: str | None, localities: Collection[str]
) -> Venue | None:
    """Build the venue; None if there is neither a place nor coordinates.

    :param location: see :func:`location_of`.
    :param localities: names of the city, to recognise ``Name, City``.
    """
    latitude, longitude = _coordinates(component) or (None, None)
    if location is None:
        apple = component.first("X-APPLE-STRUCTURED-LOCATION")
        name = one_line(unquote(apple.parameters.get("X-TITLE", ""))) if apple else None
        if name is None and latitude is None:
            return None
        return Venue(name=name, latitude=latitude, longitude=longitude)
    text = _URL.sub("", shorten(location, _LONGEST) or "").strip(" ,;()-–|")
    fields = _address(text, _folded(tuple(localities)))
    return Venue(**fields, latitude=latitude, longitude=longitude) if fields else None


@lru_cache(maxsize=100)
def _folded(localities: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(fold, localities))


@lru_cache(maxsize=1_000)
def _is_online(location: str) -> bool:
    without_links = _URL.sub("", location).strip(" ,;()-–|")
    if not without_links or _ONLINE_FIRST.match(location):
        return True
    return _ONLINE.fullmatch(without_links) is not None


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


@lru_cache(maxsize=1_000)
def _address(text: str, localities: frozenset[str]) -> Mapping[str, str]:
    """Split a location text into fields of a venue, as far as that is certain."""
    text = _STREET_POSTCODE_LOCALITY.sub(r"\1, \2 \3", _AT.sub(", ", text))
    parts = [part.strip() for part in text.split(",") if part.strip()]
    found, end = _postal(parts)
    if found and len(parts[-1]) > 1 and parts[-1] not in found.values():
        code = country_code(parts[-1])
        found.update({"country": code} if code else {})
    street = next((i for i in range(1, end) if _STREET.fullmatch(parts[i])), None)
    if street is None and found and end > 0 and _STREET.fullmatch(parts[0]):
        street = 0
    if street is not None:
        after = parts[street + 1 : end]
        found["street"] = parts[street]
        if "locality" not in found and after and not re.search(r"\d", after[0]):
            found["locality"] = after[0]
        end = street
    elif not found and len(parts) > 1 and fold(parts[-1]) in localities:
        found["locality"] = parts[-1]
        end = len(parts) - 1
    if end:
        found["name"] = ", ".join(parts[:end])
    return found


def _postal(parts: list[str]) -> tuple[dict[str, str], int]:
    """Find postcode and locality; the second value is where they begin (the end: nowhere)."""
    for index in range(len(parts) - 1, 0, -1):
        part = parts[index]
        if match := _POSTCODE_LOCALITY.fullmatch(part):
            return {"postcode": match[1], "locality": match[2].strip()}, index
        if match := _US_REGION_POSTCODE.fullmatch(part):
            fields = {"region": match[1], "postcode": match[2], "locality": parts[index - 1]}
            return fields, index - 1
        if index >= 2 and _US_POSTCODE.fullmatch(part):
            fields = {"region": parts[index - 1], "postcode": part, "locality": parts[index - 2]}
            return fields, index - 2
    return {}, len(parts)
