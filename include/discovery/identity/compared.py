"""What two listings have in common: their places, hours, titles, links and texts, side by side."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from rapidfuzz import fuzz

from include.discovery.identity.context import Context
from include.discovery.identity.prepared import LONG_TEXT, Prepared, Slot
from include.discovery.identity.times import time_between
from include.discovery.identity.titles import TitleMatch, compare_titles, weight_of
from include.discovery.identity.venues import (
    Comparison,
    Place,
    Relation,
    compare,
    without_coordinates,
)
from include.discovery.identity.words import DATES
from include.discovery.model import Attendance

_TEXT: Final = 88
"""Likeness of two descriptions, of 100, from which they are the same."""
_APART: Final = Comparison(Relation.DIFFERENT, "a person decided that they are two places")


class Compared:
    """Two listings side by side. What vetoes seldom need is worked out when it is needed."""

    def __init__(self, first: Prepared, second: Prepared, context: Context) -> None:
        self.first, self.second, self.context = first, second, context
        one, other = first.place, second.place
        if context.vague:
            one, other = self._without_vague(one), self._without_vague(other)
        self._places = one, other
        self.are_apart = bool(context.apart) and context.are_apart(first.listing, second.listing)
        self.where: Comparison = _APART if self.are_apart else compare(one, other)
        self.is_one_source = first.listing.source == second.listing.source
        self.time = time_between(first, second, is_one_source=self.is_one_source)
        self.is_one_ticket = first.ticket is not None and first.ticket == second.ticket
        self.is_one_page = self._is_one_page()
        self.is_other_page = (
            first.ticket is not None
            and second.ticket is not None
            and not self.is_one_ticket
            and first.ticket.partition("#")[0] == second.ticket.partition("#")[0]
        )
        self.is_one_uid = not self.is_one_source and first.uid == second.uid

    def _without_vague(self, place: Place) -> Place:
        return without_coordinates(place) if place.at in self.context.vague else place

    def _is_one_page(self) -> bool:
        one, other = self.first.link, self.second.link
        if one is None or other is None or one.page != other.page:
            return False
        if one.id is not None and len(one.id) > 4:
            return True
        if one.page in self.context.shared_pages:
            return False
        # The address of an event names it; that of a calendar or a venue does not.
        return bool(one.words & (self.first.title.words | self.second.title.words))

    @cached_property
    def what(self) -> TitleMatch:
        """What the titles have in common."""
        one, other = self._places
        known = one.all_words | other.all_words | one.town | other.town | one.city | other.city
        first, second = self.first, self.second
        return compare_titles(first.title, second.title, known, (first.said, second.said))

    @cached_property
    def is_one_text(self) -> bool:
        """Whether the descriptions are the same, and long enough to prove something."""
        one, other = self.first.text, self.second.text
        length = min(len(one), len(other), 200)
        if length < LONG_TEXT:
            return False
        return fuzz.ratio(one[:length], other[:length], score_cutoff=_TEXT) >= _TEXT

    @cached_property
    def has_rival(self) -> bool:
        """Whether a source lists, at that place and minute, what is as near to the other title."""
        return self._is_rivalled(self.first.slot, self.second.slot)

    def _is_rivalled(self, of_first: Slot | None, of_second: Slot | None) -> bool:
        first, second = self.first.title.words, self.second.title.words
        common = weight_of(first & second)
        slots = self.context.slots
        return any(
            rival != own and weight_of(rival & other) >= common
            for slot, own, other in ((of_first, first, second), (of_second, second, first))
            for rival in (slots.get(slot, ()) if slot is not None else ())
        )

    @cached_property
    def is_alone(self) -> bool:
        """Whether two sources list nothing else that may be meant, at one place and minute."""
        return (
            self.time in {"same", "near"}
            and self._are_listed(self.first.slot, self.second.slot)
            and not self.has_rival
        )

    def is_alone_that_day(self) -> bool:
        """Say whether it is so for one place and day, of hours that doors and show may have."""
        days = self.first.day, self.second.day
        return (
            self.time == "an hour apart"
            and self._are_listed(*days)
            and not self._is_rivalled(*days)
        )

    def _are_listed(self, of_first: Slot | None, of_second: Slot | None) -> bool:
        return (
            not self.is_one_source
            and self.where.relation in {Relation.SAME, Relation.HALL}
            and of_first in self.context.slots
            and of_second in self.context.slots
        )

    @property
    def are_at_two_venues(self) -> bool:
        """Whether their venues are different, or two branches of one name."""
        return self.where.relation in {Relation.DIFFERENT, Relation.BRANCH}

    @property
    def named_places(self) -> int:
        """How many of the two say where they are."""
        return self.first.place.is_named + self.second.place.is_named

    def are_both_online(self) -> bool:
        one, other = self.first.listing, self.second.listing
        return one.attendance is other.attendance is Attendance.ONLINE

    def is_placed_by_its_source(self) -> bool:
        """Say whether one of them names no place, but is of the source of the other's venue."""
        first, second = self.first, self.second
        return (_is_of_source(first, second) and not first.place.is_named) or (
            _is_of_source(second, first) and not second.place.is_named
        )

    def is_in_house(self) -> bool:
        """Say whether a house names its hall, and another source the house, for one title."""
        if self.is_one_source or self.time != "same" or self.what.kind != "equal":
            return False
        one, other = self._places
        if self.what.weight < 1 or one.words & other.words or one.kinds & other.kinds:
            return False  # two branches of one name
        first, second = self.first, self.second
        return _is_of_source(first, second) or _is_of_source(second, first)

    def titles_name_the_place(self) -> bool:
        """Say whether both titles name the venue of one of them: the other is no place."""
        both = self.first.title.words & self.second.title.words
        telling = (place.words - DATES - place.city for place in self._places)
        return any(words and words <= both for words in telling)

    def text_names_the_place(self) -> bool:
        """Say whether the text of one listing names the venue of the other: its own is wrong."""
        where = self.where
        return bool(
            (where.right and where.right <= self.first.said)
            or (where.left and where.left <= self.second.said)
        )

    def text_completes_the_title(self) -> bool:
        """Say whether the text of one listing has all that the title of the other says more."""
        what, first, second = self.what, self.first.said, self.second.said
        is_said = (what.left and what.left <= second) or (what.right and what.right <= first)
        return bool(is_said) and not what.left | what.right <= first & second


def _is_of_source(one: Prepared, other: Prepared) -> bool:
    """Return whether a listing comes from the source of the other's venue.

    The slug of the source or the host of its links holds the words of the venue's name.
    """
    if not other.place.words:
        return False
    names = one.listing.source.replace("-", "").replace("_", "")
    host = one.link.host if one.link else ""
    place = other.place
    telling = {word for word in place.words if len(word) > 3} - place.town - place.city
    found = {word for word in telling if word in names or word in host}
    return bool(found) and 2 * len(found) >= min(len(telling), 4)
