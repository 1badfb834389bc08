"""Which pairs of listings are worth judging: few of all, and all that may be one event."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator
from datetime import date, timedelta
from itertools import combinations
from typing import Final

from include.discovery.identity.judging import Prepared, prepare
from include.discovery.identity.listing import Listing

LARGEST_BLOCK: Final = 40
"""Listings of a block: what more of them share tells no events. It bounds the work for each."""


def candidate_pairs(
    listings: Iterable[Listing], changed: Collection[str] | None = None
) -> list[tuple[str, str]]:
    """Return the pairs of ids worth judging, each once, its ids in order.

    Two listings are compared if they share, on one day, a word of their titles that few have, a
    word of the title beside the place or the hour, place and hour, or a page; or an id.

    :param changed: ids; if given, only pairs that hold one of them.
    """
    return candidate_pairs_of(map(prepare, listings), changed)


def candidate_pairs_of(
    prepared: Iterable[Prepared], changed: Collection[str] | None = None
) -> list[tuple[str, str]]:
    """Return the pairs worth judging of listings that are prepared."""
    every = list(prepared)
    wanted = None if changed is None else set(changed)
    new = every if wanted is None else [one for one in every if one.listing.id in wanted]
    blocks: dict[Hashable, list[str]] = defaultdict(list)
    for one in new:
        # Each once: a title of one word may be that of its place.
        for key in set(block_keys(one)):
            blocks[key].append(one.listing.id)
    if wanted is not None:
        for one in every:
            if one.listing.id not in wanted:
                for key in blocks.keys() & set(block_keys(one)):
                    blocks[key].append(one.listing.id)
    pairs: set[tuple[str, str]] = set()
    for block in blocks.values():
        if 1 < len(block) <= LARGEST_BLOCK:
            pairs.update(combinations(sorted(block), 2))
    if wanted is not None:
        pairs = {pair for pair in pairs if pair[0] in wanted or pair[1] in wanted}
    return sorted(pairs)


def block_keys(one: Prepared) -> Iterator[Hashable]:
    """Yield the keys of a listing: two listings with a common one are compared.

    A word that many listings of a day share leads nowhere; the same word with the hour, or with the
    place, still does.
    """
    yield from _keys_of_day(one, one.listing.local_date)
    if one.night is not None:
        yield from _keys_of_day(one, one.night)
    if one.minute is not None:
        yield one.title.joined, one.minute
    day = one.listing.local_date
    if day is not None and one.last is not None and one.last - day > timedelta(days=1):
        for word in one.title.words:
            yield one.last, word, "until"


def _keys_of_day(one: Prepared, day: date | None) -> Iterator[Hashable]:
    place = one.place.key
    for word in one.title.words:
        yield day, word
        if one.minute is not None:
            yield day, word, one.minute
        if place:
            yield day, word, place
    if place and one.minute is not None:
        yield day, place, one.minute
    if one.link is not None:
        yield day, one.link.page
    yield day, one.title.joined, one.listing.city
    yield day, one.uid, "uid"
    if one.beginning:
        yield day, one.beginning, "text"
