"""Where an event is, out of the venue as its source tells it: one rule for every kind of source.

Sources put whole addresses into one field, words for 'online' and 'to be announced' in the place
of a name, and modes that their own places contradict.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from include.discovery.model import Attendance, Venue
from include.discovery.places import online
from include.discovery.places.addresses import Address, read_address
from include.discovery.places.regions import same_state
from include.discovery.record_warnings import PlaceWarning
from include.discovery.text.cleaning import fold

_EDGES: Final = " ,;-–|"
_TELLING: Final = ("name", "street", "postcode", "locality")


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an event is: its venue, if it has one, and where the audience is."""

    venue: Venue | None
    attendance: Attendance


def placed(
    venue: Venue | None,
    said: list[str],
    *,
    stated: Attendance | None = None,
    is_virtual: bool = False,
    is_moved: bool = False,
    default: Venue | None = None,
    country: str | None = None,
    localities: Collection[str] = (),
) -> Placed:
    """Settle venue and attendance of an event.

    :param venue: as the source tells it; ``None`` without one.
    :param said: takes the warnings.
    :param stated: what the source says of the attendance in a field of its own. It counts; a place
        that contradicts it is told in a warning.
    :param is_virtual: whether the source gives a virtual place beside the venue.
    :param is_moved: whether the event was moved online, whatever place the source still tells.
    :param default: the venue of events that name no place, where the source is of a single one.
    :param country: ISO 3166-1 code of the country where the place is taken to be.
    :param localities: names of towns near by, as those of the city.
    """
    what = _settled(venue, country, localities)
    said.extend(what.warnings)
    settled = what.venue
    found = None
    if is_virtual or what.is_online or what.is_mixed:
        found = Attendance.MIXED if settled or what.is_mixed else Attendance.ONLINE
    if is_moved:
        return Placed(settled, Attendance.ONLINE)
    if stated is Attendance.OFFLINE and found is not None:
        said.append(PlaceWarning.ONLINE_PLACE.said())
    if stated is Attendance.ONLINE and found is None and settled and settled.street:
        said.append(PlaceWarning.REAL_PLACE.said())
    attendance = stated or found or Attendance.OFFLINE
    if attendance is Attendance.ONLINE:
        return Placed(settled, attendance)
    if settled is None or (settled.name is None and settled.street is None):
        settled = default or settled
    if settled is not None and _is_only_town(settled):
        said.append(PlaceWarning.ONLY_A_TOWN.said())
    return Placed(settled, attendance)


@dataclass(frozen=True, slots=True)
class _Settled:
    """What is left of a venue, whether it is online, or that, too, and what is to be told."""

    venue: Venue | None = None
    is_online: bool = False
    is_mixed: bool = False
    warnings: tuple[str, ...] = ()
    is_as_told: bool = False
    """Whether the venue is what the source tells, word for word."""


_NOTHING: Final = _Settled()


def _settled(venue: Venue | None, country: str | None, localities: Collection[str]) -> _Settled:
    if venue is None:
        return _NOTHING
    words = (venue.name, venue.street, venue.postcode, venue.locality, venue.region, venue.country)
    found = _settled_words(words, country, tuple(localities))
    if found.is_as_told:
        return replace(found, venue=venue)
    if venue.latitude is None and (venue.external_id is None or found.venue is None):
        return found
    known = found.venue or Venue(region=venue.region, country=venue.country)
    position = {
        "latitude": venue.latitude,
        "longitude": venue.longitude,
        "external_id": venue.external_id,
    }
    return replace(found, venue=known.model_copy(update=position))


@lru_cache(maxsize=1_000)  # the events of a source are at few places
def _settled_words(
    words: tuple[str | None, ...], country: str | None, localities: tuple[str, ...]
) -> _Settled:
    name, street, postcode, locality, region, own_country = words
    told: list[str] = []
    is_online = is_mixed = False
    left: list[str | None] = []
    for text in (name, street, locality):
        if text is not None and online.is_online(text):
            is_online = True
            if online.is_only_unknown_link(text):
                told.append(PlaceWarning.LINK_AS_PLACE)
            left.append(None)
            continue
        bare = online.without_links(text).strip(_EDGES) if text else ""
        if online.is_hybrid(bare):
            is_mixed = True
            bare = online.without_hybrid(bare)
        left.append(None if online.is_placeholder(bare) else bare)
    given = Venue(
        name=left[0],
        street=left[1],
        postcode=postcode,
        locality=left[2],
        region=region,
        country=own_country,
    )
    venue = _with_address(given, country, localities)
    is_anywhere = any(getattr(venue, field) is not None for field in _TELLING)
    return _Settled(
        venue if is_anywhere else None,
        is_online,
        is_mixed,
        tuple(told),
        is_as_told=is_anywhere and left == [name, street, locality] and venue == given,
    )


def _with_address(venue: Venue, country: str | None, localities: Collection[str]) -> Venue:
    """Take apart a street that holds more than a street, or a name that holds an address."""
    country = venue.country or country
    if venue.street is not None:
        found = read_address(venue.street, country=country, localities=_near(venue, localities))
        return _with_street_parted(venue, found)
    if venue.name is not None:
        found = read_address(venue.name, country=country, localities=_near(venue, localities))
        is_whole = found.street is not None or venue.postcode is venue.locality is None
        if is_whole and _agrees(venue, found):
            venue = _with(venue, found, name=found.name, street=found.street)
    if venue.name and venue.locality and fold(venue.name) == fold(venue.locality):
        return venue.model_copy(update={"name": None})
    return venue


def _near(venue: Venue, localities: Collection[str]) -> Collection[str]:
    return (*localities, venue.locality) if venue.locality else localities


def _with_street_parted(venue: Venue, found: Address) -> Venue:
    tells_more = found.postcode or found.locality or found.region or found.country
    if not tells_more or not _agrees(venue, found):
        return venue
    street = found.full_street
    if street and venue.name and fold(street).startswith(f"{fold(venue.name)} "):
        street = found.street or street
    if street and venue.name and fold(street) == fold(venue.name):
        street = None
    return _with(venue, found, name=venue.name, street=street)


def _agrees(venue: Venue, found: Address) -> bool:
    """Return whether what was found contradicts nothing that the source says in a field."""
    own, read = venue.postcode, found.postcode
    return (
        not (own and read and fold(own).replace(" ", "") != fold(read).replace(" ", ""))
        and not (venue.locality and found.locality and not _same(venue.locality, found.locality))
        and not (venue.region and found.region and not same_state(venue.region, found.region))
        and not (venue.country and found.country and venue.country != found.country)
    )


def _same(one: str, other: str) -> bool:
    return fold(one) == fold(other)


def _with(venue: Venue, found: Address, *, name: str | None, street: str | None) -> Venue:
    return venue.model_copy(
        update={
            "name": name,
            "street": street,
            "postcode": venue.postcode or found.postcode,
            "locality": venue.locality or found.locality,
            "region": venue.region or found.region,
            "country": venue.country or found.country,
        }
    )


def _is_only_town(venue: Venue) -> bool:
    return (
        venue.name is None
        and venue.street is None
        and venue.latitude is None
        and venue.locality is not None
    )
