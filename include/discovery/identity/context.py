"""What the other listings of the days in question, and people, say of any two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from include.discovery.identity.links import shared_pages
from include.discovery.identity.listing import Listing
from include.discovery.identity.prepared import Prepared, Session, Slot
from include.discovery.identity.times import HOUR
from include.discovery.identity.venues import Coordinates, vague_coordinates


@dataclass(frozen=True, slots=True)
class Context:
    """What is known beyond two listings. Without it the judgement is more careful.

    ``sessions`` are those that their source lists at several hours;
    ``shared_pages`` are pages of whole calendars (``links.shared_pages``); ``vague`` are
    coordinates that sources give for places of a town whose own they do not know
    (``venues.vague_coordinates``); ``slots`` are the words of the titles that a source lists at one
    place and minute, or on one day there (``Prepared.slot`` and ``day``); ``apart`` names to a
    venue those that people have decided to keep apart from it (by ``Listing.venue_ids``).
    """

    sessions: Collection[Session] = frozenset()
    shared_pages: Collection[str] = frozenset()
    vague: Collection[Coordinates] = frozenset()
    slots: Mapping[Slot, Collection[frozenset[str]]] = field(default_factory=dict)
    apart: Mapping[int, Collection[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, prepared: Iterable[Prepared], apart: Iterable[tuple[int, int]] = ()) -> Context:
        """Gather it from all listings of the days in question.

        :param apart: pairs of venues that people have decided to keep apart.
        """
        starts: dict[Session, set[int]] = defaultdict(set)
        slots: dict[Slot, list[frozenset[str]]] = defaultdict(list)
        links = []
        places = []
        for one in prepared:
            if one.slot is not None:
                slots[one.slot].append(one.title.words)
            if one.day is not None:
                slots[one.day].append(one.title.words)
            places.append(one.place)
            if one.minute is not None:
                starts[one.session].add(one.minute)
            if one.link is not None:
                links.append((one.link, one.title.words))
        return cls(
            frozenset(key for key, minutes in starts.items() if _are_several(minutes)),
            shared_pages(links),
            vague_coordinates(places),
            dict(slots),
            _both_ways(apart),
        )

    def are_apart(self, a: Listing, b: Listing) -> bool:
        """Say whether people have decided that two listings are at two places.

        What they decide about two buildings holds for their halls; a hall and its own building are
        not at two places.
        """
        one, other = a.venue_ids - b.venue_ids, b.venue_ids - a.venue_ids
        return any(not other.isdisjoint(self.apart.get(venue, ())) for venue in one)


def _both_ways(pairs: Iterable[tuple[int, int]]) -> Mapping[int, Collection[int]]:
    others: dict[int, set[int]] = defaultdict(set)
    for first, second in pairs:
        others[first].add(second)
        others[second].add(first)
    return dict(others)


def _are_several(minutes: Collection[int]) -> bool:
    """Say whether hours are of several sessions.

    Two close to each other may be one that was corrected in one of two listings.
    """
    return len(minutes) > 2 or max(minutes) - min(minutes) > HOUR


NO_CONTEXT: Final = Context()
