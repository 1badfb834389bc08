"""Which pairs of listings are worth judging: few of all, and all that may be one event."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import chain, combinations, takewhile
from typing import Final

from include.discovery.identity.prepared import Prepared

LARGEST_BLOCK: Final = 40
"""Listings of a block: what more of them share tells no events. It bounds the work for each."""


Pair = tuple[Prepared, Prepared]
_Keys = Callable[[Prepared], Iterable[Hashable]]


def candidate_pairs(
    prepared: Iterable[Prepared], changed: Collection[str] | None = None
) -> set[Pair]:
    """Return the pairs worth judging, each once.

    Two listings are compared if they share, on one day, a word of their titles that few have, a
    word of the title beside the place or the hour, place and hour, or a page; or an id.

    :param changed: ids; if given, only pairs that hold one of them.
    """
    every = list(prepared)
    new, others = every, list[Prepared]()
    if changed is not None:
        wanted = set(changed)
        new = [one for one in every if one.listing.id in wanted]
        others = [one for one in every if one.listing.id not in wanted]
    pairs: set[Pair] = set()
    of_new = set(new)
    for block in chain(_of_any_day(new, others), _of_days(new, others)):
        if 1 < len(block) <= LARGEST_BLOCK:
            found: Iterable[Pair] = combinations(block, 2)
            if others:  # they come last in a block
                found = takewhile(lambda pair: pair[0] in of_new, found)
            pairs.update(found)
    return pairs


def ids_of(pair: Pair) -> tuple[str, str]:
    """Return the ids of two listings, in order."""
    first, second = pair[0].listing.id, pair[1].listing.id
    return (first, second) if first < second else (second, first)


def _of_any_day(new: Sequence[Prepared], others: Sequence[Prepared]) -> Iterable[list[Prepared]]:
    return _shared(_keys_of_any_day, new, others).values()


def _of_days(new: Sequence[Prepared], others: Sequence[Prepared]) -> Iterator[list[Prepared]]:
    """Yield what listings of one day share.

    A word that many of them share leads nowhere; the same word with the hour, or with the place,
    still does.
    """
    beside = _shared(_days, others)
    for day, some in _shared(_days, new).items():
        rest = beside.get(day, ())
        places = {one.place.key for one in chain(some, rest)}
        for key, block in _shared(partial(_keys_of_day, places), some, rest).items():
            yield block
            if len(block) > LARGEST_BLOCK and isinstance(key, str):
                yield from _shared(_place, block).values()
                if key not in places:
                    yield from _shared(_minute, block).values()


def _shared(
    keys: _Keys, new: Iterable[Prepared], others: Iterable[Prepared] = ()
) -> dict[Hashable, list[Prepared]]:
    """Put listings together by their keys: the new ones, then others that share a key with one."""
    blocks: dict[Hashable, list[Prepared]] = defaultdict(list)
    for one in new:
        for key in keys(one):
            blocks[key].append(one)
    for one in others:
        for key in keys(one):
            if key in blocks:
                blocks[key].append(one)
    return blocks


def _days(one: Prepared) -> Iterable[date | None]:
    day = one.listing.local_date
    return (day,) if one.night is None else (day, one.night)


def _keys_of_day(places: Collection[str], one: Prepared) -> list[Hashable]:
    """Return what a listing may share with another of its day; words alone are texts."""
    title = one.title
    keys: list[Hashable] = [*title.words, (title.joined, one.listing.city), (one.uid, "uid")]
    if one.minute is not None:  # the title of one listing may name the place of another
        names = title.words.intersection(places).union(_place(one))
        keys.extend([(name, one.minute) for name in names])
    if one.link is not None:
        keys.append((one.link.page, "page"))
    if one.beginning:
        keys.append((one.beginning, "text"))
    return keys


def _minute(one: Prepared) -> Iterable[int]:
    return () if one.minute is None else (one.minute,)


def _place(one: Prepared) -> Iterable[str]:
    return (one.place.key,) if one.place.key else ()


def _keys_of_any_day(one: Prepared) -> Iterable[Hashable]:
    if one.minute is not None:
        yield one.title.joined, one.minute
    day = one.listing.local_date
    if day is not None and one.last is not None and one.last - day > timedelta(days=1):
        for word in one.title.words:
            yield one.last, word, "until"
