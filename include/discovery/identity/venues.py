"""Whether two venues are one place, told from how sources write them.

A place is known by its name without the words that come and go (articles, legal forms, 'Regional',
the city), its kind ('library', 'theatre'), its street and number, its town and its coordinates.
What names no place ('TBA', 'Online', a county, coordinates without decimals) is never evidence.

Long because all that a place is known by is weighed together.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz

from include.discovery.identity.places import distance_km
from include.discovery.identity.words import (
    BUILDINGS,
    EATERIES,
    FILLERS,
    KIND_OF_PLACE,
    PLACE_NOISE,
    PLACES,
    ROOMS,
    ROOMS_FIRST,
    SAME_WORD,
    SIZES,
    STREETS,
)
from include.discovery.model import Venue
from include.discovery.places.addresses import read_address
from include.discovery.places.online import is_online, is_placeholder
from include.discovery.places.streets import is_surely_numbered
from include.discovery.text.cleaning import fold

NEAR_KM: Final = 0.15
"""Coordinates of one place differ by less: geocoders give the street, the door or the roof."""
FAR_KM: Final = 1.5
_TYPO: Final = 85
_NO_PLACE: Final = re.compile(
    r"\b(?:off ?site|virtual|online|on line|various|multiple|participating|tba|tbd|zoom)\b"
)
_AREA: Final = re.compile(
    r"(?:[a-z]+ ){1,3}(?:county|powiat|gmina|landkreis|kreis|departement)(?: [a-z]{2})?"
)
_AT: Final = re.compile(
    r"^(?P<room>.{2,80}?)\s+(?:at|@|im|in der|w|au|à la|en el|nel)\s+(?P<hall>.{3,})$"
)
_NUMBERED: Final = re.compile(r"^(?P<hall>.*\w)\s+(?P<room>\d{1,4}[a-z]?)$", re.IGNORECASE)
_PARTS: Final = re.compile(r"\s*[,:()|]\s*|\s+[-–—]\s+")
_NUMBER: Final = re.compile(r"\d{1,6}")
_BLOCK: Final = 100
_ROOM: Final = 2
"""Words that name a room, with its kind."""
_CITY: Final = 5
"""Letters by which another form of a city's name is known."""
_DECIMALS: Final = 1000
"""Coordinates that are round in thousandths of a degree (100 m) tell a town, not a house."""


Coordinates = tuple[float, float]
"""Latitude and longitude, in degrees."""


class Relation(StrEnum):
    """What two venues are to each other."""

    SAME = "same"
    HALL = "hall of"
    """One is a room or a part of the other."""
    OTHER_HALL = "other hall"
    """Both are parts of one building, and different ones."""
    DIFFERENT = "different"
    BRANCH = "other branch"
    """One name, in another town or another street."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two venues are to each other, and what tells so."""

    relation: Relation
    reason: str
    left: frozenset[str] = frozenset()
    right: frozenset[str] = frozenset()
    """Words of each name that the other does not have."""
    is_elsewhere: bool = False
    """Whether streets, numbers or coordinates say that they are two places."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A venue as matching sees it; all words are folded."""

    words: frozenset[str] = frozenset()
    """Words of the name that tell it apart."""
    kinds: frozenset[str] = frozenset()
    order: tuple[str, ...] = ()
    """All words of the name in their order, for abbreviations."""
    room: frozenset[str] = frozenset()
    """Words of the room, of a name such as 'Blue Room at Mill House'."""
    parts: tuple[frozenset[str], ...] = ()
    """Words of each part of the name, where it has several: 'Mill Trust - Elm Theatre'."""
    number: str | None = None
    street: frozenset[str] = frozenset()
    road: str = ""
    """The street without its number, letters only: 'northpointstreet'."""
    postcode: str | None = None
    town: frozenset[str] = frozenset()
    city: frozenset[str] = frozenset()
    """Words of the city that was searched."""
    at: Coordinates | None = None
    key: str = ""
    """The name without what comes and goes: places with one key are the same, in one town."""
    all_words: frozenset[str] = field(default=frozenset())

    @property
    def is_named(self) -> bool:
        """Whether anything says where it is."""
        return bool(self.words or self.kinds or self.street or self.at)


NOWHERE: Final = Place()


def place_of(venue: Venue | None, city: str = "", building: Venue | None = None) -> Place:
    """Return the venue as matching sees it.

    :param city: slug of the city that was searched.
    :param building: that in which the venue is a hall, if that is known otherwise than by its name.
    """
    if venue is None:
        return NOWHERE
    place = _place(
        venue.name,
        venue.street,
        venue.postcode,
        venue.locality,
        venue.latitude,
        venue.longitude,
        city,
    )
    return place if building is None else _hall_of(place_of(building, city), place)


@lru_cache(maxsize=10_000)
def _hall_of(building: Place, hall: Place) -> Place:
    return replace(building, room=hall.all_words - building.all_words - FILLERS)


@lru_cache(maxsize=10_000)  # the events of a city are at few places
def _place(
    name: str | None,
    street: str | None,
    postcode: str | None,
    locality: str | None,
    latitude: float | None,
    longitude: float | None,
    city: str,
) -> Place:
    if name and _names_no_place(name, locality, city):
        name = None
    if name and (numbered := _street_of(name)):
        street, name = street or numbered, None
    if name and "," in name and any(map(str.isdigit, name)):
        read = read_address(name)
        if read.name and read.street:  # 'Mill House, 12 Elm Street, 12180 Troy'
            name, street = read.name, street or read.street
            postcode, locality = postcode or read.postcode, locality or read.locality
    room, hall = _parted(name) if name else ("", "")
    order = _spelled(hall)
    telling = [word for word in order if word not in FILLERS and word not in PLACE_NOISE]
    kinds = frozenset(KIND_OF_PLACE[word] for word in telling if word in PLACES)
    words = frozenset(_singular(word) for word in telling if word not in PLACES)
    number, road, joined = _street(street)
    where = fold(locality or "")
    return Place(
        words=words,
        kinds=kinds,
        order=tuple(order),
        room=frozenset(_spelled(room)) - FILLERS,
        parts=_of_parts(name) if name else (),
        number=number,
        street=road,
        road=joined,
        postcode=fold(postcode) if postcode else None,
        town=frozenset(map(_singular, where.split())),
        city=frozenset(map(_singular, city.replace("-", " ").split())),
        at=_precise(latitude, longitude),
        key=" ".join(sorted(words | kinds)),
        all_words=frozenset(_singular(word) for word in order) | frozenset(_spelled(room)),
    )


def _names_no_place(name: str, locality: str | None, city: str) -> bool:
    folded = fold(name)
    if folded in {fold(locality or ""), city.replace("-", " ")}:
        return True
    if _NO_PLACE.search(folded) or _AREA.fullmatch(folded):
        return True
    return is_placeholder(name) or is_online(name)


def _street_of(name: str) -> str | None:
    """Return the street of a name that is one: '12 Mill Lane', 'calle Mayor, 9'."""
    first, _, rest = (part.strip() for part in name.partition(","))
    if is_surely_numbered(first):
        return first
    both = f"{first} {rest}"
    return both if rest.isdigit() and is_surely_numbered(both) else None


def _parted(name: str) -> tuple[str, str]:
    """Part a name into its room, if it names one, and its building."""
    match = _AT.match(name)
    if match and ROOMS & set(fold(match["room"]).split()):
        return match["room"], match["hall"]
    parts = [part for part in _PARTS.split(name) if fold(part)]
    rooms = [part for part in parts if _is_room(part)]
    rest = [part for part in parts if part not in rooms]
    if rooms and rest and all(map(_is_named, rest)):
        return " ".join(rooms), " ".join(rest)
    if (match := _NUMBERED.match(name)) and _is_named(match["hall"]):
        return match["room"], match["hall"]
    return _with_sized_room(name) or ("", name)


def _with_sized_room(name: str) -> tuple[str, str] | None:
    """Part a name that ends with a room: 'Philharmonie Großer Saal'."""
    *hall, one, other = _spelled(name) if " " in name else ("", "")
    sized = (one in SIZES and other in ROOMS) or (one in ROOMS and other in SIZES)
    if sized and _is_named(building := " ".join(hall)):
        return f"{one} {other}", building
    return None


def _is_room(part: str) -> bool:
    """Say whether a part of a name is a room's: 'Studio', 'Hall 2', 'Blue Room', 'Sala Mozart'."""
    words = [_singular(word) for word in _spelled(part) if word not in FILLERS]
    if ROOMS.isdisjoint(words) or not BUILDINGS.isdisjoint(words[:-1]):
        return False
    return len(words) <= _ROOM or not ROOMS_FIRST.isdisjoint(words[:_ROOM])


def _of_parts(name: str) -> tuple[frozenset[str], ...]:
    """Return the words of each part of a name, if it has several."""
    match = _AT.match(name)
    found = [
        frozenset(_telling(part))
        for part in ((match["room"], match["hall"]) if match else _PARTS.split(name))
    ]
    parts = tuple(part for part in found if part)
    return parts if len(parts) > 1 else ()


def _telling(part: str) -> Iterator[str]:
    """Yield the words of a name that do not come and go, as a place has them."""
    for word in _spelled(part):
        if word not in FILLERS and word not in PLACE_NOISE:
            yield KIND_OF_PLACE.get(word) or _singular(word)


def _is_named(part: str) -> bool:
    """Say whether a part of a name is that of a building, not a branch or a town."""
    return any(w not in PLACES and w not in PLACE_NOISE for w in _spelled(part))


def _spelled(text: str) -> list[str]:
    """Return the folded words of a name, each in its usual spelling."""
    return " ".join(
        SAME_WORD.get(word, word) for word in fold(text.replace("'", "")).split()
    ).split()


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _street(street: str | None) -> tuple[str | None, frozenset[str], str]:
    if not street:
        return None, frozenset(), ""
    words = _spelled(street.partition(",")[0])
    numbers = [word for word in words if word[0].isdigit()]
    road = frozenset(w for w in words if w not in STREETS and w not in numbers[:1])
    joined = "".join(word for word in words if word not in numbers[:1])
    return (numbers[0] if numbers else None), road, joined


def _precise(latitude: float | None, longitude: float | None) -> Coordinates | None:
    if latitude is None or longitude is None:
        return None
    if all(
        abs(value * _DECIMALS - round(value * _DECIMALS)) < 1e-6 for value in (latitude, longitude)
    ):
        return None
    return latitude, longitude


def vague_coordinates(places: Iterable[Place]) -> frozenset[Coordinates]:
    """Return the coordinates of three places or more whose names have nothing in common.

    They are those of a town, or of the office that publishes the calendar.
    """
    named: dict[Coordinates, list[frozenset[str]]] = defaultdict(list)
    for place in dict.fromkeys(places):
        if place.at is None or not place.words:
            continue
        if all(place.words.isdisjoint(other) for other in named[place.at]):
            named[place.at].append(place.words)
    return frozenset(at for at, names in named.items() if len(names) > 2)


@lru_cache(maxsize=10_000)
def without_coordinates(place: Place) -> Place:
    """Return the place as if nothing but its name and address were known."""
    return replace(place, at=None)


@lru_cache(maxsize=20_000)
def compare(a: Place, b: Place) -> Comparison:
    """Say what two places are to each other."""
    if not a.is_named or not b.is_named:
        return Comparison(Relation.UNKNOWN, "no place is told")
    address = _addresses(a, b)
    if (a.words or a.kinds) and (b.words or b.kinds):
        found = _of_names(a, b, address)
        return found if address is not False else replace(found, is_elsewhere=True)
    if address is True:
        return Comparison(Relation.SAME, "one address")
    if address is False and a.street and b.street:
        return Comparison(Relation.DIFFERENT, "other address")
    if a.at and b.at:
        distance = distance_km(*a.at, *b.at)
        if distance <= NEAR_KM:
            return Comparison(Relation.SAME, "near")
        if distance > FAR_KM:
            return Comparison(Relation.DIFFERENT, "far away")
    return Comparison(Relation.UNKNOWN, "a name and an address")


def _addresses(a: Place, b: Place) -> bool | None:
    """Say whether the addresses or coordinates are one; ``None``: they do not tell."""
    one_street = _streets(a, b)
    if a.at and b.at:
        distance = distance_km(*a.at, *b.at)
        if distance <= NEAR_KM:
            return None if one_street is False else True  # neighbours, or a house at a corner
        if distance > FAR_KM:
            return False
    return one_street


def _streets(a: Place, b: Place) -> bool | None:
    if not a.street or not b.street:
        return None
    one_road = (
        bool(a.street & b.street)
        or fuzz.ratio(*("".join(sorted(each.street)) for each in (a, b))) >= _TYPO
        or (len(a.road) > 4 and b.road.startswith(a.road))  # 'Myllyk.' is 'Myllykatu'
        or (len(b.road) > 4 and a.road.startswith(b.road))
    )
    if a.number and b.number:
        return one_road and a.number == b.number
    return None if one_road else False


def _are_neighbours(a: Place, b: Place) -> bool:
    """Say whether two addresses are of one block: a house of two doors is told by either."""
    one, other = (_NUMBER.match(each.number or "") for each in (a, b))
    return (
        bool(a.street & b.street)
        and one is not None
        and other is not None
        and abs(int(one[0]) - int(other[0])) < _BLOCK
    )


def _of_names(a: Place, b: Place, address: bool | None) -> Comparison:  # noqa: FBT001
    left, right = _leftovers(a, b)
    # Words of a town in one name are told by the address of the other.
    left, right = left - b.town - b.street - b.room, right - a.town - a.street - a.room
    has_name = not a.words & b.words <= a.city | b.city
    if has_name or not right:
        left = _without_city(left, a.city)
    if has_name or not left:
        right = _without_city(right, b.city)
    if left and right:
        if address is not False and _are_parts(a, b):
            return Comparison(Relation.HALL, "one name is a part of the other")
        return _of_other_names(a, b, address, left, right)
    # One house is often put in two towns: in the city and in its suburb.
    is_other_town = bool(a.town and b.town and not a.town & b.town) and address is not True
    if not left and not right and address is False and _are_neighbours(a, b):
        return _of_one_name(a, b)
    if is_other_town or (address is False and not left and not right):
        return Comparison(Relation.BRANCH, "one name, other town or street")
    if address is False:
        return Comparison(Relation.DIFFERENT, "similar names, other addresses", left, right)
    if left or right:
        if address is not True and _is_only_kind(a, b, left or right):
            return Comparison(
                Relation.UNKNOWN, f"a kind of place, and one of it: {_listed(left or right)}"
            )
        return _of_longer_name(a, b, left, right)
    return _of_one_name(a, b)


def _without_city(words: frozenset[str], city: frozenset[str]) -> frozenset[str]:
    """Take out the name of the city, in any form: 'Krakowie', 'Berliner'."""
    stems = [(word, max(_CITY, len(word) - 1)) for word in city]
    return frozenset(
        word
        for word in words - city
        if not any(word[:length] == name[:length] for name, length in stems)
    )


def _are_parts(a: Place, b: Place) -> bool:
    """Say whether one name is a part of the other, or the end of one begins the other.

    'Mill Theatre' is of 'Mill Theatre, Elm Centre', and 'Elm Trust - Mill Theatre' is 'Mill
    Theatre, Troy'. Where two names begin alike, what follows may be two branches.
    """
    if a.town and b.town and not a.town & b.town:
        return False
    return _is_part(a, b) or _is_part(b, a)


def _is_part(one: Place, whole: Place) -> bool:
    if one.words - one.city and one.words | one.kinds in whole.parts:
        return True
    if not one.parts or not whole.parts:
        return False
    last = one.parts[-1]
    return last == whole.parts[0] and not last <= PLACES | one.city


def _of_other_names(
    a: Place,
    b: Place,
    address: bool | None,  # noqa: FBT001
    left: frozenset[str],
    right: frozenset[str],
) -> Comparison:
    if address is not True:
        return Comparison(Relation.DIFFERENT, f"{_listed(left)} / {_listed(right)}", left, right)
    if left & EATERIES and right & EATERIES:
        return Comparison(
            Relation.UNKNOWN, f"one address, maybe two parts: {_listed(left | right)}"
        )
    if (a.words & b.words or a.kinds & b.kinds) and (left <= PLACES or right <= PLACES):
        return Comparison(Relation.SAME, "one address, related names")
    return Comparison(Relation.UNKNOWN, "one address, other names")


def _is_only_kind(a: Place, b: Place, more: frozenset[str]) -> bool:
    """Say whether one is called 'Library', and the other by a name."""
    return not (a.words and b.words) and not more <= PLACES


def _of_longer_name(a: Place, b: Place, left: frozenset[str], right: frozenset[str]) -> Comparison:
    more, longer, shorter = (left, a, b) if left else (right, b, a)
    if len(shorter.room) == 1 and not longer.room and more in longer.parts:
        return Comparison(Relation.UNKNOWN, f"a room, and maybe another branch: {_listed(more)}")
    if shorter.town and not longer.street and longer.town != shorter.town:
        # 'Books - Troy' beside 'Books' in Utica: the word may name a branch.
        return Comparison(Relation.UNKNOWN, f"maybe another branch: {_listed(more)}")
    if more <= ROOMS:
        return Comparison(Relation.HALL, f"a part: {_listed(more)}")
    return Comparison(Relation.SAME, f"a longer name: {_listed(more)}")


def _of_one_name(a: Place, b: Place) -> Comparison:
    if a.room and b.room and _rooms_differ(a, b):
        return Comparison(Relation.OTHER_HALL, f"{_listed(a.room)} / {_listed(b.room)}")
    if bool(a.room) != bool(b.room):
        return Comparison(Relation.HALL, f"a part: {_listed(a.room or b.room)}")
    return Comparison(Relation.SAME, "one name")


def _rooms_differ(a: Place, b: Place) -> bool:
    known = a.words | b.words | a.kinds | b.kinds
    return bool(a.room - b.room - known) and bool(b.room - a.room - known)


def _leftovers(a: Place, b: Place) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words of each name that the other does not have, in any spelling."""
    left, right = a.words - b.words, b.words - a.words
    left, right = _without_typos(left, right)
    left, right = _without_initials(left, right, a, b)
    if (left or right) and _joined(a) == _joined(b):
        return frozenset(), frozenset()
    kinds_left, kinds_right = a.kinds - b.kinds, b.kinds - a.kinds
    are_other_kinds = kinds_left and kinds_right and not a.kinds & b.kinds
    if are_other_kinds or not a.words or not b.words:  # 'Library' is only its kind
        left, right = left | kinds_left, right | kinds_right
    return left, right


def _joined(place: Place) -> str:
    return "".join(word for word in place.order if word not in FILLERS)


def _without_typos(
    left: frozenset[str], right: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    if not left or not right:
        return left, right
    rest = sorted([word for word in right if len(word) > 3])
    for word in sorted(left):
        for other in rest if len(word) > 3 else ():
            if fuzz.ratio(word, other, score_cutoff=_TYPO) >= _TYPO:
                left, right = left - {word}, right - {other}
                rest.remove(other)
                break
    return left, right


def _without_initials(
    left: frozenset[str], right: frozenset[str], a: Place, b: Place
) -> tuple[frozenset[str], frozenset[str]]:
    """Take out abbreviations: 'JFK' is 'John F. Kennedy', 'SB' is 'Sports Basement'."""
    for word in sorted(left):
        if run := initials(word, b.order):
            left, right = left - {word}, right - run - {_singular(one) for one in run}
    for word in sorted(right):
        if run := initials(word, a.order):
            right, left = right - {word}, left - run - {_singular(one) for one in run}
    return left, right


def initials(word: str, words: tuple[str, ...]) -> frozenset[str]:
    """Return the words in a row whose first letters make the word; empty if there are none."""
    if not 2 <= len(word) <= 6 or not word.isalpha():
        return frozenset()
    for kept, letters in _first_letters(words):
        if (start := letters.find(word)) >= 0:
            return frozenset(kept[start : start + len(word)])
    return frozenset()


@lru_cache(maxsize=20_000)
def _first_letters(words: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], str], ...]:
    telling = tuple(word for word in words if word not in FILLERS)
    return tuple((kept, "".join(word[0] for word in kept)) for kept in (words, telling))


def _listed(words: Collection[str]) -> str:
    return " ".join(sorted(words))
