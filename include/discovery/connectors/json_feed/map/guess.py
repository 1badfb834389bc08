"""A first map of fields for an API that nobody has described, by the names of its members.

A guess for a person to review: it finds the list of items and takes ``startDate``, ``date_debut``
or ``fecha_inicio`` for the start if most of the items have a date there. Names are compared folded,
word by word, with those that APIs use in the languages of the project.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from include.discovery.dates.timestamps import UnreadableTimestamp, read_timestamp
from include.discovery.text.cleaning import fold, web_url

_DEEPEST_LIST: Final = 4
_DEEPEST_MEMBER: Final = 3
_SAMPLE: Final = 20
_MOST_MEMBERS: Final = 300
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PLAIN_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
_LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC).timestamp()

_VENUES: Final = ("venue", "location", "place", "lieu", "lugar", "ort", "miejsce", "paikka")

_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "external_id": ("id", "uid", "uuid", "guid", "event id", "identifier", "register id", "slug"),
    "title": ("title", "name", "event name", "headline", "titre", "titulo", "nombre", "titel",
              "tytul", "nazwa", "titolo", "nimi", "nazev", "summary"),
    "starts_at": ("start", "starts at", "start date time", "start datetime", "start date",
                  "start time", "date start", "begin", "begins", "begins on", "dtstart",
                  "datetime", "date",
                  "event date", "date debut", "fecha inicio", "fecha", "data od", "data inizio",
                  "startdatum", "from", "first date"),
    "ends_at": ("end", "ends at", "end date time", "end datetime", "end date", "end time",
                "date end", "ends", "ends on", "dtend", "date fin", "fecha fin",
                "data do", "data fine",
                "enddatum", "to", "last date"),
    "url": ("url", "link", "href", "permalink", "web url", "event url", "page", "url fiche",
            "lien"),
    "venue_name": tuple(f"{venue}{end}" for venue in _VENUES for end in (" name", "", " title")),
    "venue_street": ("street", "street address", "address", "address street", "adresse",
                     "direccion", "adres", "indirizzo",
                     *(f"{venue} address" for venue in _VENUES),
                     *(f"{venue} street" for venue in _VENUES)),
    "venue_locality": ("city", "town", "locality", "address city", "ville", "ciudad", "stadt",
                       "miasto", *(f"{venue} city" for venue in _VENUES)),
    "venue_latitude": ("lat", "latitude", "geo lat"),
    "venue_longitude": ("lon", "lng", "long", "longitude", "geo lon", "geo lng"),
    "description": ("description", "body", "content", "text", "details", "descripcion", "opis",
                    "beschreibung", "descrizione", "excerpt"),
    "image_url": ("image", "image url", "img", "picture", "photo", "photo url", "cover",
                  "cover url", "thumbnail", "poster"),
    "price": ("price", "cost", "prix", "cout", "precio", "preis", "cena", "prezzo", "hinta",
              "tarif", "ticket price", "ticket cost", "price text"),
    "categories": ("categories", "category", "tags", "keywords", "type", "event type", "genre"),
    "organizer": ("organizer", "organiser", "host", "organizer name", "organizator", "promoter"),
}  # fmt: skip
"""Field → names of members that hold it, the most specific first."""

_MOMENTS: Final = frozenset({"starts_at", "ends_at"})
_ADDRESSES: Final = frozenset({"url", "image_url"})
_NUMBERS: Final = frozenset({"venue_latitude", "venue_longitude"})


@dataclass(frozen=True, slots=True)
class Guess:
    """Where the items are, how many there are, and which of their members is which field."""

    items: str
    count: int
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Member:
    path: str
    words: str
    """Its names from the item on, folded: ``venue name`` of ``venue.name``."""
    values: tuple[Any, ...]


def guess_map(document: object) -> Guess | None:
    """Guess the map of a response; ``None`` if no list has items with a title and a date."""
    best: Guess | None = None
    for path, items in _lists(document, "", _DEEPEST_LIST):
        fields = _fields_of(items)
        if {"title", "starts_at"} <= fields.keys() and (best is None or len(items) > best.count):
            best = Guess(path or "@", len(items), fields)
    return best


def _lists(value: object, path: str, depth: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    if isinstance(value, list):
        items = [item for item in value if isinstance(item, dict)]
        if items:
            yield path, items
    elif isinstance(value, dict) and depth:
        for name, member in list(value.items())[:_MOST_MEMBERS]:
            yield from _lists(member, _joined(path, name), depth - 1)


def _fields_of(items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    members = list(_members(items[:_SAMPLE]))
    fields: dict[str, Any] = {}
    taken: set[str] = set()
    for field, names in _NAMES.items():
        for member in _in_order(members, names):
            given = _way_to_read(field, member)
            if given is not None and member.path not in taken:
                fields[field] = given
                taken.add(member.path)
                break
    if ("venue_latitude" in fields) != ("venue_longitude" in fields):
        fields.pop("venue_latitude", None)
        fields.pop("venue_longitude", None)
    return fields


def _members(sample: Sequence[dict[str, Any]]) -> Iterator[_Member]:
    """Yield what the items of a sample have in most of them, nested objects included."""
    values: dict[tuple[str, ...], list[Any]] = {}
    for item in sample:
        for names, value in _leaves(item, (), _DEEPEST_MEMBER):
            values.setdefault(names, []).append(value)
    for names, found in list(values.items())[:_MOST_MEMBERS]:
        if len(found) * 2 >= len(sample):
            path = ".".join(_quoted(name) for name in names)
            yield _Member(
                path, fold(" ".join(_CAMEL.sub(" ", name) for name in names)), tuple(found)
            )


def _leaves(
    value: Mapping[str, Any], names: tuple[str, ...], depth: int
) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, member in list(value.items())[:_MOST_MEMBERS]:
        if isinstance(member, dict) and depth > 1:
            yield from _leaves(member, (*names, name), depth - 1)
        elif member not in (None, "", [], {}):
            yield (*names, name), member


def _in_order(members: Sequence[_Member], names: Sequence[str]) -> Iterator[_Member]:
    """Yield the members of these names: as whole names first, then as ends of nested ones."""
    for fits in (str.__eq__, lambda words, name: words.endswith(f" {name}")):
        for name in names:
            yield from (member for member in members if fits(member.words, name))


def _way_to_read(field: str, member: _Member) -> Any:  # noqa: ANN401  a path or a field's object
    """Return how the map reads a field from a member; ``None`` if its values do not fit."""
    if field in _MOMENTS:
        return _as_moment(member)
    if field in _NUMBERS:
        return member.path if _most(member, _is_number) else None
    if field in _ADDRESSES:
        return member.path if _most(member, _is_address) else None
    if field == "categories":
        return member.path if _most(member, lambda value: isinstance(value, str | list)) else None
    return member.path if _most(member, lambda value: isinstance(value, str | int)) else None


def _as_moment(member: _Member) -> Any:  # noqa: ANN401  a path or a field's object
    if _most(member, lambda value: _is_epoch(value, 1)):
        return {"path": member.path, "as": "epoch_s"}
    if _most(member, lambda value: _is_epoch(value, 1000)):
        return {"path": member.path, "as": "epoch_ms"}
    return member.path if _most(member, _is_date) else None


def _most(member: _Member, holds: Callable[[Any], bool]) -> bool:
    return sum(map(holds, member.values)) * 2 > len(member.values)


def _is_epoch(value: object, scale: int) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and _EARLIEST * scale < value < _LATEST * scale  # type: ignore[operator]


def _is_date(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        read_timestamp(value)
    except UnreadableTimestamp:
        return False
    return True


def _is_number(value: object) -> bool:
    if not isinstance(value, int | float | str) or isinstance(value, bool):
        return False
    try:
        return abs(float(value)) <= 180
    except ValueError:
        return False


def _is_address(value: object) -> bool:
    return isinstance(value, str) and (web_url(value) is not None or value.startswith("/"))


def _joined(path: str, name: str) -> str:
    return f"{path}.{_quoted(name)}" if path else _quoted(name)


def _quoted(name: str) -> str:
    """Return a name, quoted for JMESPath."""
    if _PLAIN_NAME.fullmatch(name):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
