"""What happens in an invented city: events, alone or beside those they are easily taken for.

Each maker returns one family: events that a careless matcher would merge, and that a reader tells
apart by the texts alone. A family of one is an ordinary event. Long because it is one catalogue.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta

from bench.matching.world import Happening, World

Family = list[Happening]

_EVENING = ("19:00", "19:30", "20:00", "20:30", "21:00")
_AFTERNOON = ("14:00", "14:30", "15:00", "16:00")
_DAYTIME = ("09:30", "10:00", "10:30", "11:00", "13:00", "17:00", "18:00")
_OF_ADULTS = ("yoga", "pottery", "knitting", "drawing", "salsa", "baking", "language", "repair")
_OF_BARS = ("quiz", "games", "openmic", "jazz")


def concert(world: World) -> Happening:
    """Make an act, perhaps on tour, perhaps with supports."""
    place, starts = world.slot(("club", "club", "hall", "arena"), _EVENING)
    return Happening(
        kind="concert", head=world.act(), starts=starts, minutes=150, place=place,
        room=world.pick(place.rooms) if place.rooms else None,
        tail=world.pick(world.words.tours) if world.chance(0.35) else None,
        supports=tuple(world.band() for _ in range(world.rng.randrange(3)) if world.chance(0.6)),
        generic="concert" if world.chance(0.25) else None, ticketed=True,
    )  # fmt: skip


def play(world: World) -> Happening:
    place, starts = world.slot(("theatre",), _EVENING)
    author = world.person() if world.chance(0.4) else None
    return Happening(
        kind="play", head=world.work(), starts=starts, minutes=120, place=place, tail=author,
        room=world.pick(place.rooms), generic="play" if world.chance(0.2) else None, ticketed=True,
    )  # fmt: skip


def orchestra(world: World) -> Happening:
    place, starts = world.slot(("hall", "church"), _EVENING)
    return Happening(
        kind="orchestra", head=world.pick(world.words.ensembles), starts=starts, minutes=110,
        tail=f"{world.person()}: {world.pick(world.words.works)}", place=place,
        generic="concert" if world.chance(0.4) else None, ticketed=True,
    )  # fmt: skip


def lecture(world: World) -> Happening:
    place, starts = world.slot(("museum", "library", "center"), _DAYTIME)
    return Happening(
        kind="lecture", head=world.topic(), starts=starts, minutes=90, place=place,
        tail=world.person() if world.chance(0.5) else None,
        generic="lecture" if world.chance(0.6) else None,
    )  # fmt: skip


def exhibition(world: World) -> Happening:
    """Make a run of days or weeks, told as one span."""
    place, starts = world.slot(("museum", "gallery"), ("10:00",))
    return Happening(
        kind="exhibition", head=world.work(), starts=starts, minutes=480, place=place,
        tail=world.person() if world.chance(0.6) else None, days=world.rng.randrange(10, 60),
        generic="exhibition" if world.chance(0.6) else None,
    )  # fmt: skip


def film(world: World) -> Happening:
    place, starts = world.slot(("cinema",), (*_AFTERNOON, *_EVENING))
    return Happening(
        kind="film", head=world.work(), starts=starts, minutes=110, place=place,
        generic="film" if world.chance(0.2) else None, ticketed=True,
    )  # fmt: skip


def reading(world: World) -> Happening:
    place, starts = world.slot(("library", "gallery"), _EVENING)
    return Happening(
        kind="reading", head=world.work(), starts=starts, minutes=90, place=place,
        tail=world.person(), generic="reading" if world.chance(0.5) else None,
    )  # fmt: skip


def weekly(world: World) -> Happening:
    """Make a class or a club night under a title that says little."""
    bar = world.chance(0.4)
    key, starts = world.generic(_EVENING if bar else _DAYTIME, _OF_BARS if bar else _OF_ADULTS)
    place = world.pick(world.places["club" if bar else "center"])
    return Happening(
        kind="class", head=world.words.classes[key], starts=starts, minutes=90, place=place,
        class_key=key, organizer=world.person() if world.chance(0.3) else None,
    )  # fmt: skip


def party(world: World) -> Happening:
    """Make a night that begins after midnight."""
    place, starts = world.slot(("club",), ("00:15", "00:30", "01:00"))
    return Happening(
        kind="party", head=world.band(), starts=starts, minutes=240, place=place,
        tail=world.band() if world.chance(0.5) else None, ticketed=True,
    )  # fmt: skip


def game(world: World) -> Happening:
    for _ in range(1_000):
        place, starts = world.slot(("arena",), ("13:00", "15:30", "18:00", "20:15"))
        home, guest = world.rng.sample(world.words.teams, 2)
        if world.take((home, starts.date())) and world.take((guest, starts.date())):
            return Happening(
                kind="game", head="", teams=(home, guest), starts=starts, minutes=110,
                place=place, ticketed=True,
            )  # fmt: skip
    raise RuntimeError("every team plays already: more days are needed")


PLAIN: tuple[Callable[[World], Happening], ...] = (
    concert, concert, concert, play, orchestra, lecture, exhibition, film, reading, weekly, weekly,
    party, game,
)  # fmt: skip


def matinee_and_evening(world: World) -> Family:
    """Make one production, twice on one day."""
    evening = replace(play(world), apart=frozenset({"time"}))
    at = world.pick(_AFTERNOON)
    return [evening, replace(evening, starts=_on(evening, at), marker=_some(world, "matinee"))]


def early_and_late(world: World) -> Family:
    """Make one act, twice on one evening, sold apart."""
    early = replace(concert(world), apart=frozenset({"time"}))
    early = replace(early, starts=_on(early, "19:00"), minutes=75)
    said = world.chance(0.5)
    return [
        replace(early, marker=world.words.phrase("early") if said else None),
        replace(
            early, starts=_on(early, "21:30"), marker=world.words.phrase("late") if said else None
        ),
    ]


def two_branches(world: World) -> Family:
    """Make one title and minute in several branches of one library."""
    key, starts = world.generic(_DAYTIME, ("storytime", "chess", "choir"))
    branches = world.rng.sample(world.places["library"], world.pick((2, 2, 3)))
    return [
        Happening(
            kind="class", head=world.words.classes[key], class_key=key, starts=starts, minutes=45,
            place=branch, apart=frozenset({"venue"}),
        )
        for branch in branches
    ]  # fmt: skip


def two_parks(world: World) -> Family:
    """Make one class at two places in the same hour."""
    key, starts = world.generic(_DAYTIME, ("yoga", "salsa", "drawing"))
    first, second = world.rng.sample(world.places["park"], 2)
    one = Happening(
        kind="class", head=world.words.classes[key], class_key=key, starts=starts, minutes=60,
        place=first, apart=frozenset({"venue"}),
    )  # fmt: skip
    return [one, replace(one, place=second)]


def generic_title_nearby(world: World) -> Family:
    """Make a title that says nothing, at two bars 300 m from each other."""
    key, starts = world.generic(_EVENING, _OF_BARS)
    first, second = world.rng.sample(world.places["club"], 2)
    second = replace(second, latitude=round(first.latitude + 0.0026, 6), longitude=first.longitude)
    one = Happening(
        kind="class", head=world.words.classes[key], class_key=key, starts=starts, minutes=180,
        place=first, apart=frozenset({"venue"}),
    )  # fmt: skip
    return [one, replace(one, place=second)]


def next_week(world: World) -> Family:
    """Make the same quiz or class a week later, and the week after."""
    one = replace(weekly(world), apart=frozenset({"date"}))
    return [replace(one, starts=one.starts + timedelta(weeks=n)) for n in range(3)]


def two_nights(world: World) -> Family:
    """Make one act or production on two evenings in a row."""
    one = replace(world.pick((concert, play))(world), apart=frozenset({"date"}))
    return [one, replace(one, starts=one.starts + timedelta(days=1))]


def other_screen(world: World) -> Family:
    """Make one film on two screens, in two versions, in the same minute."""
    one = film(world)
    assert one.place is not None
    first, second = world.rng.sample(one.place.rooms, 2)
    one = replace(one, apart=frozenset({"room", "title"}))
    return [
        replace(one, room=first, marker=world.words.phrase("original")),
        replace(one, room=second, marker=world.words.phrase("dubbed")),
    ]


def festival_days(world: World) -> Family:
    """Make two days of one festival, each with a ticket of its own."""
    place, starts = world.slot(("park", "arena"), ("12:00", "14:00"))
    name = f"{world.pick(world.words.festivals)} {world.pick(world.words.districts)}"
    if not world.take(("festival", name)):
        return festival_days(world)
    one = Happening(
        kind="festival", head=name, starts=starts, minutes=540, place=place, ticketed=True,
        marker=world.words.phrase("day", n=1), apart=frozenset({"date", "title"}),
    )  # fmt: skip
    second = replace(one, starts=starts + timedelta(days=1), marker=world.words.phrase("day", n=2))
    return [one, second]


def festival_and_concert(world: World) -> Family:
    """Make a festival as a whole, its pass, and one of its concerts."""
    one = concert(world)
    name = f"{world.pick(world.words.festivals)} {world.pick(world.words.districts)}"
    if not world.take(("festival", name)):
        return festival_and_concert(world)
    one = replace(one, tail=name, apart=frozenset({"title"}))
    whole = Happening(
        kind="festival", head=name, starts=_on(one, "10:00"), minutes=720, days=3, place=one.place,
        apart=frozenset({"title"}),
    )  # fmt: skip
    sold = replace(
        whole, head=world.words.phrase("pass", x=name), ticketed=True, starts=_on(one, "12:00")
    )
    return [one, whole, *([sold] if world.chance(0.5) else [])]


def tribute(world: World) -> Family:
    """Make the act itself, and others who play its songs on the same evening."""
    one = replace(concert(world), apart=frozenset({"title"}), tail=None)
    place = world.pick([p for p in world.places["club"] if p != one.place])
    key = world.pick(("tribute", "tribute2"))
    head = world.words.phrase(key, x=one.head)
    return [one, replace(one, head=head, place=place, room=None, supports=())]


def women_and_men(world: World) -> Family:
    """Make games of the same two clubs, women and men, on one day."""
    one = replace(game(world), apart=frozenset({"title", "time"}))
    return [
        replace(one, starts=_on(one, "15:00"), marker=world.words.phrase("women")),
        replace(one, starts=_on(one, "17:30"), marker=world.words.phrase("men")),
    ]


def exhibition_and_opening(world: World) -> Family:
    """Make an exhibition, its opening on the first evening, and a tour of it."""
    one = replace(exhibition(world), apart=frozenset({"title"}))
    short = replace(one, days=1, minutes=120, generic=None, starts=_on(one, "18:00"))
    opening = replace(short, head=world.words.phrase("opening", x=one.head))
    tour = replace(short, generic="tour", starts=_on(one, "15:00"))
    return [one, opening, *([tour] if world.chance(0.5) else [])]


def levels(world: World) -> Family:
    """Make one course for beginners and for others, in two rooms or hours."""
    key, starts = world.generic(_DAYTIME, _OF_ADULTS)
    one = Happening(
        kind="class", head=world.words.classes[key], class_key=key, starts=starts, minutes=60,
        place=world.pick(world.places["center"]), marker=world.words.phrase("level1"),
        apart=frozenset({"title"}),
    )  # fmt: skip
    later = starts + timedelta(minutes=world.pick((0, 0, 75)))
    return [one, replace(one, starts=later, marker=world.words.phrase("level2"))]


def ages(world: World) -> Family:
    """Make one story time for two ages, one after the other or side by side."""
    key, starts = world.generic(_DAYTIME, ("storytime", "drawing", "pottery"))
    one = Happening(
        kind="class", head=world.words.classes[key], class_key=key, starts=starts, minutes=45,
        place=world.pick(world.places["library"]), marker=world.words.phrase("ages", x="3–5"),
        apart=frozenset({"title"}),
    )  # fmt: skip
    later = starts + timedelta(minutes=world.pick((0, 60)))
    return [one, replace(one, starts=later, marker=world.words.phrase("ages", x="6–9"))]


def parts(world: World) -> Family:
    """Make two parts of one course or cycle, on one day."""
    one = replace(lecture(world), apart=frozenset({"title", "time"}))
    one = replace(one, starts=_on(one, "10:00"), marker=world.words.phrase("part", n=1))
    return [one, replace(one, starts=_on(one, "14:00"), marker=world.words.phrase("part", n=2))]


def part_and_whole(world: World) -> Family:
    """Make a show, and what is sold or given beside it: a talk, a workshop, parking."""
    one = replace(concert(world), apart=frozenset({"title"}))
    key, earlier = world.pick((("talk", 45), ("workshop", 180), ("parking", 0)))
    beside = replace(
        one, head=world.words.phrase(key, x=one.head), minutes=40, tail=None, supports=(),
        starts=one.starts - timedelta(minutes=earlier), generic=None,
    )  # fmt: skip
    return [one, beside]


def siblings(world: World) -> Family:
    """Make two programmes of one ensemble, or two tours of one museum, in the same words."""
    if world.chance(0.5):
        one = replace(orchestra(world), apart=frozenset({"title"}))
        other = replace(one, tail=f"{world.person()}: {world.pick(world.words.works)}")
        later = timedelta(days=world.pick((0, 1)), hours=-3)
        return [one, replace(other, starts=other.starts + later)]
    place, starts = world.slot(("museum",), _AFTERNOON)
    one = Happening(
        kind="tour", head=world.topic(), generic="tour", starts=starts, minutes=60, place=place,
        apart=frozenset({"title"}),
    )  # fmt: skip
    return [one, replace(one, head=world.topic())]


def tour_languages(world: World) -> Family:
    """Make one tour in two languages at the same hour."""
    place, starts = world.slot(("museum",), _AFTERNOON)
    first, second = world.words.say["languages"]
    one = Happening(
        kind="tour", head=world.topic(), generic="tour", starts=starts, minutes=60, place=place,
        marker=world.words.phrase("in_language", x=first), apart=frozenset({"title"}),
    )  # fmt: skip
    return [one, replace(one, marker=world.words.phrase("in_language", x=second))]


def online_and_in_person(world: World) -> Family:
    """Make one lecture in a room, and again online."""
    one = replace(lecture(world), apart=frozenset({"venue", "title", "time"}))
    online = replace(
        one, place=None, starts=one.starts + timedelta(hours=3), marker=world.words.phrase("online")
    )
    return [one, online]


def relaxed(world: World) -> Family:
    """Make an ordinary showing, and one adapted to those who need it, on one day."""
    one = replace(world.pick((film, play))(world), apart=frozenset({"title", "time"}))
    one = replace(one, starts=_on(one, "19:30"))
    return [one, replace(one, starts=_on(one, "15:00"), marker=world.words.phrase("relaxed"))]


def closures(world: World) -> Family:
    """Make the same notice of every branch."""
    _, starts = world.generic(("08:00",), ("closed",))
    branches = world.rng.sample(world.places["library"], 3)
    return [
        Happening(
            kind="notice", head=world.words.phrase("closed"), starts=starts, minutes=480,
            place=branch, apart=frozenset({"venue"}),
        )
        for branch in branches
    ]  # fmt: skip


def one_house(world: World) -> Family:
    """Make two events with nothing in common but building and minute."""
    place, starts = world.slot(("theatre", "hall"), _EVENING)
    first, second = world.rng.sample(place.rooms, 2)
    one = replace(play(world), place=place, starts=starts, room=first, apart=frozenset({"title"}))
    two = replace(concert(world), place=place, starts=starts, room=second)
    return [one, replace(two, apart=frozenset({"title"}))]


def double_bill(world: World) -> Family:
    """Make two games of one host on one day, against two guests."""
    one = replace(game(world), apart=frozenset({"title", "time"}))
    assert one.teams is not None
    guest = world.pick([team for team in world.words.teams if team not in one.teams])
    other = replace(one, teams=(one.teams[0], guest), starts=_on(one, "20:30"))
    return [replace(one, starts=_on(one, "16:00")), other]


NEGATIVE: tuple[Callable[[World], Family], ...] = (
    matinee_and_evening, early_and_late, two_branches, two_parks, generic_title_nearby, next_week,
    two_nights, other_screen, festival_days, festival_and_concert, tribute, women_and_men,
    exhibition_and_opening, levels, ages, parts, part_and_whole, siblings, tour_languages,
    online_and_in_person, relaxed, closures, one_house, double_bill,
)  # fmt: skip
"""Families that must stay apart."""


def families(world: World, count: int) -> list[Family]:
    """Draw families: half of them events on their own, half of those easily taken for others."""
    drawn: list[Family] = []
    for number in range(count):
        if number % 2:
            drawn.append([world.pick(PLAIN)(world)])
        else:
            make = NEGATIVE[number // 2 % len(NEGATIVE)]
            drawn.append([replace(one, negative=make.__name__) for one in make(world)])
    return drawn


def _on(one: Happening, hour: str) -> datetime:
    return datetime.combine(one.starts.date(), time.fromisoformat(hour))


def _some(world: World, key: str) -> str | None:
    """Say it in half of the families; the others leave it to the hour."""
    return world.words.phrase(key) if world.chance(0.5) else None
