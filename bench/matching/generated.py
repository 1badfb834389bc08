"""The generated set: listings with the event that each is of, and why it is hard."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from bench.matching.drafts import PORTALS, SHOPS, draft, record
from bench.matching.families import Family, families
from bench.matching.perturbations import perturb, written
from bench.matching.world import LANGUAGES, UNUSED, Happening, World
from include.discovery.identity.listing import Listing
from include.discovery.text.cleaning import fold

FAMILIES = 200
"""Of each language; three of ten are never used for tuning."""
_FAMILIES_A_DAY = 20
_LISTINGS = (1, 2, 2, 2, 3, 3, 3, 4, 4, 5)
_LISTED_TWICE = 0.06


@dataclass(frozen=True, slots=True)
class Labelled:
    """A listing, the event that it is of, and what was done to it."""

    listing: Listing
    event: str
    family: str
    language: str
    negative: str | None
    """What the events of its family are easily taken for."""
    perturbations: tuple[str, ...]


def generate(part: str, seed: int = 1, families_each: int = FAMILIES) -> list[Labelled]:
    """Make the listings of one part in all languages; the same for the same seed."""
    count = round(families_each * (0.3 if part == UNUSED else 0.7))
    made: list[Labelled] = []
    for language in LANGUAGES:
        world = World.of(language, part, seed, max(3, count // _FAMILIES_A_DAY))
        for number, family in enumerate(families(world, count)):
            made.extend(_listings(world, family, f"{language}-{part}-{number}"))
    return made


def _listings(world: World, family: Family, name: str) -> Iterator[Labelled]:
    rng = world.rng
    others = [*PORTALS, *(SHOPS if family[0].ticketed else ())]
    rng.shuffle(others)
    for number, one in enumerate(family):
        event = f"{name}-{number}"
        official = _official(one)
        wanted = rng.choice(_LISTINGS)
        for source in [official, *others][:wanted]:
            yield _labelled(world, one, source, event, name, as_it_is=source == official)
            if rng.random() < _LISTED_TWICE:
                yield _labelled(world, one, source, event, name, as_it_is=True, again=True)


def _labelled(
    world: World, one: Happening, source: str, event: str, family: str, *, as_it_is: bool,
    again: bool = False,
) -> Labelled:  # fmt: skip
    rng = world.rng
    done: tuple[str, ...] = ()
    d = draft(one, source, world.words, world.language, rng, full=as_it_is)
    if not as_it_is:
        done = perturb(d, rng)
    title = d.title()
    for how in d.letters:
        title = written(title, how, random.Random(event))
    if again:
        done = ("listed twice",)
    found = record(d, title)
    return Labelled(
        listing=Listing.of(
            found, source=source, city=_slug(world.words.city), id=f"{event}/{found.external_id}"
        ),
        event=event,
        family=family,
        language=world.language,
        negative=one.negative,
        perturbations=done,
    )


def _official(one: Happening) -> str:
    """Name the source of the house itself; the branches of a library share one."""
    if one.place is None or one.place.kind == "library":
        return "city-library"
    return f"house-{_slug(one.place.name)}"


def _slug(name: str) -> str:
    return "-".join(fold(name).split())
