"""Where a schema.org event takes place: texts, Places, VirtualLocations, or lists of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from include.discovery.formats.json_fields import attempt
from include.discovery.formats.schema_org.graph import Graph, Node, types_of
from include.discovery.formats.schema_org.values import link, text, texts, values
from include.discovery.model import Attendance, Venue
from include.discovery.places.coordinates import coordinates
from include.discovery.places.countries import country_code
from include.discovery.places.online import is_meeting, is_online
from include.discovery.record_warnings import SourceWarning
from include.discovery.text.cleaning import shorten, web_url

_VIRTUAL: Final = "virtuallocation"
_LONGEST: Final = 400
_MODES: Final = {
    "offlineeventattendancemode": Attendance.OFFLINE,
    "onlineeventattendancemode": Attendance.ONLINE,
    "mixedeventattendancemode": Attendance.MIXED,
}


@dataclass(frozen=True, slots=True)
class Where:
    """The venue of an event as it is told, and whether there is a virtual place."""

    venue: Venue | None = None
    is_virtual: bool = False


def read_where(given: object, graph: Graph, warnings: list[str]) -> Where:
    """Read the property ``location``; of several places the first counts."""
    venues: list[Venue] = []
    is_virtual = False
    for location in graph.resolved_values(given):
        if _is_virtual(location):
            is_virtual = True
        elif venue := _venue(location, graph, warnings):
            if venue.name and is_online(venue.name) and _is_nowhere_else(venue):
                is_virtual = True
            else:
                venues.append(venue)
    if len({venue.name for venue in venues}) > 1:
        others = ", ".join(filter(None, (venue.name for venue in venues[1:6])))
        warnings.append(SourceWarning.SEVERAL_PLACES.said(others=others))
    return Where(venues[0] if venues else None, is_virtual)


def attendance_of_mode(mode: str) -> Attendance | None:
    """Return what a value of ``eventAttendanceMode`` means; ``None`` for an unknown one."""
    return _MODES.get(mode.lower())


def _is_virtual(location: object) -> bool:
    """Return whether it is a VirtualLocation, or a place of which only a meeting's link is told."""
    if not isinstance(location, dict):
        return False
    if _VIRTUAL in (name.lower() for name in types_of(location)):
        return True
    url = link(location.get("url"), None) or link(location.get("sameAs"), None)
    return url is not None and is_meeting(url) and not _is_told(location)


def _is_told(location: Node) -> bool:
    """Return whether a place has a name or an address."""
    return any(values(location.get(name)) for name in ("name", "address", "geo"))


def _is_nowhere_else(venue: Venue) -> bool:
    return venue.street is None and venue.locality is None and venue.latitude is None


def _venue(location: object, graph: Graph, warnings: list[str]) -> Venue | None:
    if not isinstance(location, dict):
        return _known(Venue(name=_name(location)))
    address = graph.resolved(_address(location, graph))
    fields = _of_address(address, graph, warnings)
    place = location if location.get("geo") or "latitude" in location else _around(location, graph)
    position = attempt("venue coordinates", lambda: _coordinates(place, graph), warnings)
    return _known(
        Venue(
            name=_name(location),
            latitude=position[0] if position else None,
            longitude=position[1] if position else None,
            external_id=_identity(location),
            **fields,
        )
    )


def _name(location: object) -> str | None:
    name = shorten(text(location), _LONGEST)
    return name.strip(" ,;") or None if name else None


def _known(venue: Venue) -> Venue | None:
    return None if venue == Venue(external_id=venue.external_id) else venue


def _around(location: Node, graph: Graph) -> Node:
    """Return the place that contains this one (a hall's building), else this one."""
    for name in ("containedInPlace", "containedIn"):
        for outer in graph.resolved_values(location.get(name)):
            if isinstance(outer, dict):
                return outer
    return location


def _address(location: Node, graph: Graph) -> object:
    """Return the address of a place; it may be the building's, or the place itself be one."""
    if "streetAddress" in location or "addressLocality" in location:
        return location
    return next(
        iter(values(location.get("address")) or values(_around(location, graph).get("address"))),
        None,
    )


def _of_address(address: object, graph: Graph, warnings: list[str]) -> dict[str, Any]:
    if isinstance(address, str):
        return {"street": shorten(text(address), _LONGEST)}
    if not isinstance(address, dict):
        return {}

    def part(name: str) -> str | None:
        found = shorten(", ".join(texts(address.get(name))), _LONGEST)
        return found.strip(" ,;") or None if found else None

    country = attempt(
        "venue country", lambda: _country(graph.resolved(address.get("addressCountry"))), warnings
    )
    return {
        "street": part("streetAddress") or part("name"),
        "postcode": part("postalCode"),
        "locality": part("addressLocality"),
        "region": part("addressRegion"),
        "country": country,
    }


def _country(given: object) -> str | None:
    name = text(given)
    if name is None and isinstance(given, dict):
        name = text(given.get("identifier"))
    if name is None:
        return None
    code = country_code(name, in_field=True)
    if code is None:
        raise ValueError(f"{name[:60]!r} is not a known country")
    return code


def _coordinates(place: Node, graph: Graph) -> tuple[float, float] | None:
    for geo in (*graph.resolved_values(place.get("geo")), place):
        north, east = _degrees(geo, "latitude", "lat"), _degrees(geo, "longitude", "lng", "lon")
        if north and east:
            return coordinates(north, east)
    return None


def _degrees(geo: object, *names: str) -> str | None:
    if not isinstance(geo, dict):
        return None
    given = next((found for name in names if (found := text(geo.get(name)))), None)
    return given.replace(",", ".") if given else None


def _identity(location: Node) -> str | None:
    """Return an ``@id`` that names the place beyond this page."""
    given = location.get("@id")
    url = web_url(given) if isinstance(given, str) else None
    return url if url and "#" not in url else None
