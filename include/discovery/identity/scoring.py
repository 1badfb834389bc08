"""What is found out about two listings, and the points that each finding adds to their score."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from include.discovery.identity.compared import Compared
from include.discovery.identity.times import is_explained
from include.discovery.identity.titles import is_beside, is_generic
from include.discovery.identity.venues import Relation
from include.discovery.identity.weights import POINTS

_MOST_WEIGHT: Final = 5.0
_TITLE_KINDS: Final = {
    "equal": "equal", "extended": "extended", "contained": "contained", "similar": "similar",
    "head": "one head", "partial": "partial", "other": "other",
}  # fmt: skip
_BY_NAMED_PLACES: Final = ("both untold", "one untold", "told in other ways")
"""What is said of two places that cannot be compared, by how many of them are named."""


def points_of(pair: Compared) -> dict[str, float]:
    """Return the findings about two listings, by their names in ``weights.POINTS``.

    One that adds nothing is left out.
    """
    return {name: points for name, points in _findings(pair) if points}


def _findings(pair: Compared) -> Iterator[tuple[str, float]]:
    first, second = pair.first, pair.second
    yield from _of_titles(pair)
    yield _found(f"venue: {_place(pair)}")
    yield _found(f"time: {pair.time}")
    if first.end is not None and first.end == second.end:
        yield _found("end: same")
    if is_explained(first, second, pair.time):
        yield _found("text: names the hour")
    yield from _of_sources(pair)
    if first.performers and second.performers:
        are_other = first.performers.isdisjoint(second.performers)
        yield _found(f"performers: {'other' if are_other else 'common'}")
    one, other = first.listing.price, second.listing.price
    if one is not None and one == other and one.min:
        yield _found("price: same")


def _of_titles(pair: Compared) -> Iterator[tuple[str, float]]:
    what = pair.what
    yield _found(f"title: {_TITLE_KINDS[what.kind]}")
    if what.kind != "other":
        name = "title: common weight"
        yield name, round(POINTS[name] * min(what.weight, _MOST_WEIGHT), 1)
    if what.left and what.right and what.kind in {"similar", "head", "partial"}:
        yield _found("title: own words on both sides")
    if what.kind == "extended" and is_generic(what.left | what.right):
        more = "a kind more" if is_beside(what.left | what.right) else "only common words more"
        yield _found(f"title: {more}")
    if what.kind != "equal" and pair.is_alone:
        yield _found("slot: nothing else there")
    if what.kind in {"equal", "extended", "head"} and pair.is_alone_that_day():
        yield _found("day: nothing else there")
    if pair.text_completes_the_title():
        yield _found("text: tells what the title lacks")


def _place(pair: Compared) -> str:
    relation = pair.where.relation
    if relation is Relation.UNKNOWN:
        if pair.is_placed_by_its_source():
            return "told by its source"
        if not pair.named_places and pair.are_both_online():
            return "both online"
        return _BY_NAMED_PLACES[pair.named_places]
    if relation is Relation.DIFFERENT:
        if pair.titles_name_the_place():
            return "named in the title"
        if pair.is_in_house():
            return "house of its source"
        if pair.text_names_the_place():
            return "told in the text"
    return relation.value


def _of_sources(pair: Compared) -> Iterator[tuple[str, float]]:
    if pair.is_one_uid:
        yield _found("id: same")
    if pair.is_one_ticket:
        yield _found("ticket: same")
    elif pair.is_one_page:
        yield _found("page: same")
    elif pair.is_other_page:
        yield _found("page: other of one site")
    if pair.is_one_text:
        yield _found("text: same")
    if pair.is_one_source:
        yield _found("source: same")


def _found(name: str) -> tuple[str, float]:
    return name, POINTS[name]
