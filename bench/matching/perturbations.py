"""What sources do to titles, hours, places and links, each under its name.

A heavy one takes away so much that a reader needs all the rest: a listing suffers at most one. None
may touch what alone tells an event from another of its family. Long because it is one table.
"""

from __future__ import annotations

import html
import random
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, timedelta

from bench.matching.drafts import SHOPS, Draft, with_venue
from bench.matching.world import words_of
from include.discovery.model import EventStatus

_TRUNCATED = 40
_NUMBER = re.compile(r"\b[1-9]\b")
_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV", "5": "V", "6": "VI", "8": "VIII"}
_METRE = 1 / 111_320  # in degrees of latitude

Change = Callable[[Draft, random.Random], None]


def always(_: Draft) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Perturbation:
    """One way in which a listing departs from the event; ``axis`` is what it touches."""

    name: str
    axis: str
    apply: Change
    able: Callable[[Draft], bool] = always
    weight: int = 4
    heavy: bool = False
    breaks: frozenset[str] = frozenset()
    """What may not be all that tells the event apart."""


# Titles by their parts


def _drop_supports(d: Draft, _: random.Random) -> None:
    d.supports = ()


def _drop_tail(d: Draft, _: random.Random) -> None:
    d.tail = None


def _separator(d: Draft, rng: random.Random) -> None:
    d.separator = rng.choice((": ", " | ", " - ", ", "))


def _generic_added(d: Draft, _: random.Random) -> None:
    d.generic = d.words.phrase(_GENERIC_OF[d.of.kind])


def _generic_dropped(d: Draft, _: random.Random) -> None:
    d.generic = None


def _generic_translated(d: Draft, _: random.Random) -> None:
    key = d.of.generic or _GENERIC_OF[d.of.kind]
    d.generic = words_of("de" if d.language == "en" else "en").phrase(key)


def _translated(d: Draft, _: random.Random) -> None:
    assert d.of.class_key is not None
    d.head = words_of("es" if d.language == "en" else "en").classes[d.of.class_key]


def _presents(d: Draft, rng: random.Random) -> None:
    host = d.of.place.name if d.of.place and rng.random() < 0.5 else rng.choice(d.words.sponsors)
    d.head = d.words.phrase("presents", x=host, y=d.head)


def _word_order(d: Draft, _: random.Random) -> None:
    d.head, d.tail = str(d.tail), d.head


def _matchup(d: Draft, rng: random.Random) -> None:
    assert d.of.teams is not None
    home, guest = d.of.teams
    joint = rng.choice((f" {d.words.phrase('at')} ", " @ ")) if rng.random() < 0.5 else " - "
    d.head = f"{guest}{joint}{home}"


def _before(make: Callable[[Draft, random.Random], str]) -> Change:
    return lambda d, rng: d.before.append(make(d, rng))


def _after(make: Callable[[Draft, random.Random], str]) -> Change:
    return lambda d, rng: d.after.append(make(d, rng))


def _cancelled(d: Draft, _: random.Random) -> None:
    d.before.insert(0, d.words.phrase("cancelled"))
    d.status = EventStatus.CANCELLED


def _letters(name: str) -> Change:
    return lambda d, _: d.letters.append(name)


def _numerals(d: Draft, _: random.Random) -> None:
    d.head, d.tail, d.marker = (
        None if part is None else _NUMBER.sub(lambda found: _ROMAN.get(found[0], found[0]), part)
        for part in (d.head, d.tail, d.marker)
    )  # type: ignore[assignment]


def _host(d: Draft) -> str:
    return d.of.place.name if d.of.place else d.words.phrase("online")


# Titles letter by letter


def written(title: str, how: str, rng: random.Random) -> str:
    """Write a finished title as some sources do."""
    match how:
        case "upper case":
            return title.upper()
        case "lower case":
            return title.lower()
        case "no accents":
            bare = unicodedata.normalize("NFKD", title.replace("ł", "l").replace("Ł", "L"))
            return "".join(letter for letter in bare if not unicodedata.combining(letter))
        case "and sign":
            return re.sub(r" (and|und|et|y|i|ja) ", " & ", title)
        case "entities":
            return html.escape(title).replace("é", "&eacute;").replace("–", "&ndash;")
        case "mojibake":
            return title.encode().decode("cp1252", errors="replace").replace("\ufffd", "")
        case "truncated":
            return f"{title[: _TRUNCATED - 1].rstrip()}…"
        case _:
            return _with_a_typo(title, rng)


def _with_a_typo(title: str, rng: random.Random) -> str:
    """Let two letters inside a long word change places, unless another change has taken it."""
    places = [
        found.start() + 1 + rng.randrange(len(found[0]) - 3)
        for found in re.finditer(r"[^\W\d_]{6,}", title)
    ]
    if not places:
        return title
    at = rng.choice(places)
    return title[:at] + title[at + 1] + title[at] + title[at + 2 :]


# Hours


def _date_only(d: Draft, _: random.Random) -> None:
    d.starts = None


def _doors(d: Draft, rng: random.Random) -> None:
    assert d.starts is not None
    show = d.starts
    d.starts -= timedelta(minutes=rng.choice((30, 45, 60)))
    if rng.random() < 0.6:
        said = d.words.say["doors"]
        assert isinstance(said, str)
        line = said.format(doors=f"{d.starts:%H:%M}", show=f"{show:%H:%M}")
        d.description = f"{line} {d.description or ''}".strip()


def _flip(d: Draft, _: random.Random) -> None:
    assert d.starts is not None
    d.starts -= timedelta(hours=12)


def _hour_off(d: Draft, rng: random.Random) -> None:
    assert d.starts is not None
    d.starts += timedelta(hours=rng.choice((-1, 1)))


def _utc(d: Draft, _: random.Random) -> None:
    assert d.starts is not None
    d.starts = d.starts.astimezone(UTC)


def _local_as_utc(d: Draft, _: random.Random) -> None:
    assert d.starts is not None
    d.starts = d.starts.replace(tzinfo=UTC)


def _night_before(d: Draft, _: random.Random) -> None:
    d.starts, d.day = None, d.day - timedelta(days=1)


def _span_as_day(d: Draft, rng: random.Random) -> None:
    assert d.starts is not None
    d.starts += timedelta(days=rng.randrange(1, d.of.days))
    d.ends = d.starts + timedelta(minutes=d.of.minutes)


# Places


def _address_appended(d: Draft, _: random.Random) -> None:
    place = d.of.place
    assert place is not None
    assert d.venue is not None
    with_venue(d, name=f"{d.venue.name}, {place.street}, {place.postcode} {place.locality}")


def _spelling(d: Draft, _: random.Random) -> None:
    assert d.venue is not None
    with_venue(
        d, name=_spelt_otherwise(d, d.venue.name), street=_spelt_otherwise(d, d.venue.street)
    )


def _spelt_otherwise(d: Draft, text: str | None) -> str | None:
    for ours, theirs in d.words.spellings:
        text = text and text.replace(ours, theirs)
    return text


def _spelt(d: Draft) -> bool:
    return _there(d) and any(ours in _host(d) for ours, _ in d.words.spellings)


def _room(d: Draft, rng: random.Random) -> None:
    place = d.of.place
    assert place is not None
    assert d.of.room is not None
    name = rng.choice(("{room}, {name}", "{name} – {room}", "{name} ({room})", "{name}: {room}"))
    with_venue(d, name=name.format(name=place.name, room=d.of.room))


def _missing(d: Draft, _: random.Random) -> None:
    d.venue = None


def _city_only(d: Draft, _: random.Random) -> None:
    with_venue(
        d, name=d.words.city, street=None, postcode=None, locality=d.words.city,
        latitude=None, longitude=None,
    )  # fmt: skip


def _jitter(d: Draft, rng: random.Random) -> None:
    place = d.of.place
    assert place is not None
    away = rng.uniform(5, 120) * _METRE
    with_venue(d, latitude=place.latitude + away, longitude=place.longitude - away / 2)


def _centroid(d: Draft, _: random.Random) -> None:
    with_venue(d, latitude=d.words.latitude, longitude=d.words.longitude)


def _sponsor(d: Draft, rng: random.Random) -> None:
    assert d.venue is not None
    with_venue(d, name=f"{rng.choice(d.words.sponsors)} {d.venue.name}")


def _street_as_name(d: Draft, _: random.Random) -> None:
    place = d.of.place
    assert place is not None
    with_venue(d, name=place.street, street=None, postcode=place.postcode)


def _city_in_name(d: Draft, _: random.Random) -> None:
    assert d.venue is not None
    with_venue(d, name=f"{d.venue.name} {d.words.city}")


def _initials(d: Draft, _: random.Random) -> None:
    place = d.of.place
    assert place is not None
    letters = "".join(word[0] for word in re.findall(r"\w+", place.name)).upper()
    with_venue(d, name=letters, street=place.street)


# Links


def _campaign(d: Draft, _: random.Random) -> None:
    d.url = f"{d.url}?utm_source=newsletter&utm_medium=email"


def _mobile(d: Draft, _: random.Random) -> None:
    d.url = str(d.url).replace("https://", "https://m.")


def _short(d: Draft, rng: random.Random) -> None:
    d.url = f"https://go.example/{rng.randrange(16**6):06x}"


def _no_link(d: Draft, _: random.Random) -> None:
    d.url = None


# Conditions

_GENERIC_OF = {
    "concert": "concert", "play": "play", "orchestra": "concert", "lecture": "lecture",
    "exhibition": "exhibition", "film": "film", "reading": "reading", "tour": "tour",
    "party": "concert",
}  # fmt: skip


def _there(d: Draft) -> bool:
    return d.venue is not None


def _has_initials(d: Draft) -> bool:
    return _there(d) and d.of.place is not None and len(re.findall(r"\w+", d.of.place.name)) > 2


def _timed(d: Draft) -> bool:
    return d.starts is not None


def _has_accents(d: Draft) -> bool:
    return not d.title().isascii()


def _has_and(d: Draft) -> bool:
    return written(d.title(), "and sign", random.Random(0)) != d.title()


def _has_number(d: Draft) -> bool:
    return any(part and _NUMBER.search(part) for part in (d.head, d.tail, d.marker))


def _is_evening_show(d: Draft) -> bool:
    return _timed(d) and d.of.ticketed and d.of.starts.hour >= 18 and d.of.kind != "film"


def _is_generic(d: Draft) -> bool:
    return d.of.kind in _GENERIC_OF


def _is_long(d: Draft) -> bool:
    return len(d.title()) > _TRUNCATED + 3 and len(d.head) < _TRUNCATED - 12


_TITLE, _TIME, _DATE = frozenset({"title"}), frozenset({"time"}), frozenset({"date", "time"})
_PLACE, _ROOM = frozenset({"venue", "room"}), frozenset({"room"})

TABLE: tuple[Perturbation, ...] = (
    Perturbation("supports left out", "title", _drop_supports, lambda d: bool(d.supports), 12),
    Perturbation(
        "tail left out", "title", _drop_tail, lambda d: bool(d.tail) and not d.of.teams
        and d.of.kind != "orchestra", 8, breaks=_TITLE,
    ),
    Perturbation("other separator", "title", _separator, lambda d: bool(d.tail)),
    Perturbation(
        "kind added", "title", _generic_added, lambda d: not d.generic and _is_generic(d), 5,
        breaks=_TITLE,
    ),
    Perturbation(
        "kind left out", "title", _generic_dropped, lambda d: bool(d.generic), 5, breaks=_TITLE
    ),
    Perturbation("kind translated", "title", _generic_translated, _is_generic, breaks=_TITLE),
    Perturbation(
        "title translated", "title", _translated, lambda d: bool(d.of.class_key) and _there(d), 2,
        heavy=True, breaks=frozenset({"title", "venue"}),
    ),
    Perturbation("presents", "title", _presents, lambda d: d.of.ticketed, 3),
    Perturbation("parts swapped", "title", _word_order, lambda d: bool(d.tail), 3),
    Perturbation("guest first", "title", _matchup, lambda d: bool(d.of.teams), 30),
    Perturbation("live before", "title", _before(lambda d, _: d.words.phrase("live")),
                 lambda d: d.of.kind == "concert"),
    Perturbation("tickets after", "title", _after(lambda d, _: f"- {d.words.phrase('tickets')}"),
                 lambda d: d.source in SHOPS, 10),
    Perturbation("venue after", "title", _after(lambda d, _: f"@ {_host(d)}"), _there),
    Perturbation("city after", "title", _after(lambda d, _: f"– {d.words.city}")),
    Perturbation("date after", "title", _after(lambda d, _: f"– {d.of.starts:%d.%m.%Y}")),
    Perturbation("emoji", "title", _before(lambda _, rng: rng.choice("🎶✨🎭")), weight=3),
    Perturbation("numerals", "title", _numerals, _has_number, 8),
    Perturbation("cancelled before", "title", _cancelled, weight=2),
    Perturbation("sold out before", "title", _before(lambda d, _: d.words.phrase("sold_out")),
                 lambda d: d.of.ticketed, 2),
    Perturbation("guests after", "title", _after(lambda d, _: d.words.phrase("guests")),
                 lambda d: d.of.kind == "concert" and not d.supports, 3),
    Perturbation("upper case", "title", _letters("upper case")),
    Perturbation("lower case", "title", _letters("lower case"), weight=2),
    Perturbation("no accents", "title", _letters("no accents"), _has_accents, 6),
    Perturbation("and sign", "title", _letters("and sign"), _has_and, 6),
    Perturbation("entities", "title", _letters("entities"), weight=2),
    Perturbation("mojibake", "title", _letters("mojibake"), _has_accents, 2),
    Perturbation(
        "truncated", "title", _letters("truncated"), _is_long, 6, heavy=True, breaks=_TITLE
    ),
    Perturbation(
        "typo", "title", _letters("typo"),
        lambda d: re.search(r"[^\W\d_]{6,}", d.title()) is not None, 5,
    ),
    Perturbation("day only", "time", _date_only, _timed, 6, heavy=True, breaks=_TIME),
    Perturbation("doors", "time", _doors, _is_evening_show, 10, breaks=_TIME),
    Perturbation(
        "twelve hours off", "time", _flip, lambda d: _timed(d) and d.of.starts.hour >= 12, 2,
        heavy=True, breaks=_TIME,
    ),
    Perturbation("hour off", "time", _hour_off, _timed, 2, heavy=True, breaks=_TIME),
    Perturbation("in UTC", "time", _utc, _timed, 5),
    Perturbation("local as UTC", "time", _local_as_utc, _timed, 2, heavy=True, breaks=_DATE),
    Perturbation(
        "night before", "time", _night_before, lambda d: d.of.kind == "party", 15, heavy=True,
        breaks=_DATE,
    ),
    Perturbation(
        "day of a run", "time", _span_as_day, lambda d: d.of.kind == "exhibition" and d.of.days > 1,
        6, heavy=True, breaks=_DATE,
    ),
    Perturbation("address after", "venue", _address_appended, _there, 8),
    Perturbation("spelling", "venue", _spelling, _spelt, 8),
    Perturbation("room named", "venue", _room, lambda d: _there(d) and bool(d.of.room), 10),
    Perturbation("no venue", "venue", _missing, _there, 4, heavy=True, breaks=_PLACE),
    Perturbation("city only", "venue", _city_only, _there, 4, heavy=True, breaks=_PLACE),
    Perturbation("coordinates off", "venue", _jitter, _there, 4),
    Perturbation("city's middle", "venue", _centroid, _there, 4),
    Perturbation("sponsor before", "venue", _sponsor, _there, 4),
    Perturbation("street as name", "venue", _street_as_name, _there, 3, breaks=_ROOM),
    Perturbation("city in name", "venue", _city_in_name, _there, 4),
    Perturbation("initials", "venue", _initials, _has_initials, 2, heavy=True, breaks=_PLACE),
    Perturbation("campaign", "link", _campaign),
    Perturbation("mobile host", "link", _mobile),
    Perturbation("short link", "link", _short),
    Perturbation("no link", "link", _no_link),
)  # fmt: skip


def perturb(draft: Draft, rng: random.Random) -> tuple[str, ...]:
    """Change a draft in up to four ways; return their names."""
    done: list[Perturbation] = []
    for axis, share in (
        ("title", 0.75),
        ("title", 0.3),
        ("time", 0.3),
        ("venue", 0.65),
        ("link", 0.4),
    ):
        if rng.random() >= share:
            continue
        heavy = any(one.heavy for one in done)
        fits = [
            one for one in TABLE
            if one.axis == axis and one not in done and not (heavy and one.heavy)
            and not one.breaks & draft.of.apart and one.able(draft)
        ]  # fmt: skip
        if fits:
            chosen = rng.choices(fits, [one.weight for one in fits])[0]
            chosen.apply(draft, rng)
            done.append(chosen)
    return tuple(one.name for one in done)
