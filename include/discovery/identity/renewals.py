"""Which listings of one source are the same event under a new id: pure rules.

Some sources replace their ids: all at once, when their software changes; at every export, when
they number what they export; one by one, when an id is made of the date or the title that changes.
An event must not become another one by that, nor may what its source has renamed count as missing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from include.discovery.text.cleaning import fold

_NEAR: Final = timedelta(days=3)
"""An occurrence among others moves by so much at most: the next one is hardly nearer."""
_FAR: Final = timedelta(days=31)
"""So far an event moves that nothing else can be mistaken for."""
_ALIKE: Final = 0.5
"""Share of the words of the shorter title that the other must have, too."""
_MOST_COMPARED: Final = 100_000
"""Pairs of one group: nothing sensible has more, and a hostile source must not cost time."""
_DATE_IN_ID: Final = re.compile(
    r"(?:19|20)[0-9]{2}-?[01][0-9]-?[0-3][0-9](?:T?[0-9]{2}:?[0-9]{2}(?::?[0-9]{2})?Z?)?"
)


@dataclass(frozen=True, slots=True)
class Sight:
    """What one listing of a source says of its event."""

    key: int
    """By which the caller knows it."""
    external_id: str
    title: str
    starts_at: datetime | None
    local_date: date | None
    """The day at the venue."""
    venue: str | None
    """The key of its venue; None: it names none."""
    url: str | None = None
    series_id: str | None = None


Renewal = tuple[int, int]
"""Keys of an earlier listing and of the one that takes its place."""


def renewed(earlier: Sequence[Sight], new: Sequence[Sight]) -> list[Renewal]:
    """Pair listings whose content is the same: title, date, time and venue.

    Where several have the same content, those with the same address are paired first, the others
    in their order: which of them it is makes no difference to anybody who reads them.

    :param earlier: those that the source has not shown under their ids, the preferred ones first.
    :param new: those under ids that the source did not have before.
    """
    came = _grouped(new, _content)
    found: list[Renewal] = []
    for content, old in _grouped(earlier, _content).items():
        if content in came:
            found += _paired(old, came[content])
    return found


def _paired(earlier: list[Sight], new: list[Sight]) -> list[Renewal]:
    by_address: dict[str, list[Sight]] = defaultdict(list)
    for each in reversed(new):
        if each.url is not None:
            by_address[each.url].append(each)
    pairs: list[Renewal] = []
    others: list[Sight] = []
    for old in earlier:
        if old.url is not None and by_address[old.url]:
            pairs.append((old.key, by_address[old.url].pop().key))
        else:
            others.append(old)
    taken = {key for _, key in pairs}
    rest = (each for each in new if each.key not in taken)
    return pairs + [(old.key, each.key) for old, each in zip(others, rest, strict=False)]


def succeeded(
    missing: Sequence[Sight], new: Sequence[Sight], others: Sequence[Sight] = ()
) -> list[Renewal]:
    """Pair listings that changed together with their ids: what was moved, or got another title.

    To be asked only when the source was read completely, so that what is missing is not there.
    Each rule pairs what nothing else can be mistaken for, and leaves the rest to the next.

    :param missing: listings that the source no longer has; without what is about to begin, since
        many sources drop it on its eve and then show the next of its kind.
    :param new: listings that it did not have while it had the missing ones.
    :param others: whatever else it lists or has listed. What a missing listing shares with one of
        these does not identify it.
    """
    found = renewed(missing, new)
    for rule in (_at_same_address, _of_same_series, _among_its_like, _retitled, _moved):
        gone = {old for old, _ in found}
        came = {each for _, each in found}
        found += rule(
            [sight for sight in missing if sight.key not in gone],
            [sight for sight in new if sight.key not in came],
            others,
        )
    return found


def _at_same_address(
    missing: Sequence[Sight], new: Sequence[Sight], others: Sequence[Sight]
) -> list[Renewal]:
    """Pair by a page of their own: one that kept its time or, not too far away, its title."""
    return [
        (old.key, each.key)
        for old, each in _unique(missing, new, others, lambda sight: sight.url)
        if _when(old) == _when(each) or (_title(old) == _title(each) and _apart(old, each) <= _FAR)
    ]


def _retitled(
    missing: Sequence[Sight], new: Sequence[Sight], others: Sequence[Sight]
) -> list[Renewal]:
    """Pair what has its hour and venue to itself, and a title that is partly the same."""
    return [
        (old.key, each.key)
        for old, each in _unique(missing, new, others, _hour_and_venue)
        if _share_of_words(old, each) >= _ALIKE
    ]


def _moved(
    missing: Sequence[Sight], new: Sequence[Sight], others: Sequence[Sight]
) -> list[Renewal]:
    """Pair what is the only one of its title at its venue, before and after."""
    return [
        (old.key, each.key)
        for old, each in _unique(missing, new, others, _title_and_venue)
        if _apart(old, each) <= _FAR
    ]


def _of_same_series(
    missing: Sequence[Sight], new: Sequence[Sight], others: Sequence[Sight]
) -> list[Renewal]:
    """Pair occurrences of a series, which its ids tell, with the nearest ones."""
    return _nearest(missing, new, others, _series)


def _among_its_like(
    missing: Sequence[Sight], new: Sequence[Sight], others: Sequence[Sight]
) -> list[Renewal]:
    """Pair what has one title at one venue, as occurrences with an id each, with the nearest."""
    return _nearest(missing, new, others, _title_and_venue)


_Key = Callable[[Sight], Hashable | None]


def _nearest(
    missing: Sequence[Sight], new: Sequence[Sight], others: Sequence[Sight], key: _Key
) -> list[Renewal]:
    came, like = _grouped(new, key), _grouped(others, key)
    found: list[Renewal] = []
    for group, old in _grouped(missing, key).items():
        candidates = came.get(group, [])
        if len(old) * len(candidates) > _MOST_COMPARED:
            continue
        days = [each.local_date for each in like.get(group, ()) if each.local_date]
        latest = max(days + [each.local_date for each in old if each.local_date], default=None)
        distances = sorted(
            (_apart(each, other), each.key, other.key)
            for each in old
            for other in candidates
            if _apart(each, other) <= _NEAR
            and not _passes(each, other, days)
            # As time passes, a source shows what is later than all that it had.
            and not (days and latest and other.local_date and other.local_date > latest)
        )
        gone: set[int] = set()
        taken: set[int] = set()
        for _, first, second in distances:
            if first not in gone and second not in taken:
                gone.add(first)
                taken.add(second)
                found.append((first, second))
    return found


def _passes(old: Sight, new: Sight, days: Iterable[date]) -> bool:
    """Say whether there is a day between two on which the same is listed."""
    if old.local_date is None or new.local_date is None:
        return False
    first, last = sorted((old.local_date, new.local_date))
    return any(first < day < last for day in days)


def _unique(
    missing: Sequence[Sight], new: Sequence[Sight], others: Sequence[Sight], key: _Key
) -> list[tuple[Sight, Sight]]:
    """Pair what has a key to itself among the missing, and among the new."""
    came, like = _grouped(new, key), _grouped(others, key)
    return [
        (old[0], came[group][0])
        for group, old in _grouped(missing, key).items()
        if group not in like and len(old) == 1 and len(came.get(group, ())) == 1
    ]


def _grouped(sights: Iterable[Sight], key: _Key) -> dict[Hashable, list[Sight]]:
    groups: dict[Hashable, list[Sight]] = defaultdict(list)
    for sight in sights:
        found = key(sight)
        if found is not None:
            groups[found].append(sight)
    return dict(groups)


def _title(sight: Sight) -> str:
    return fold(sight.title) or sight.title


def _when(sight: Sight) -> tuple[date | None, datetime | None]:
    return sight.local_date, sight.starts_at


def _content(sight: Sight) -> Hashable | None:
    return (_title(sight), *_when(sight), sight.venue) if sight.local_date else None


def _hour_and_venue(sight: Sight) -> Hashable | None:
    return (sight.starts_at, sight.venue) if sight.starts_at and sight.venue else None


def _title_and_venue(sight: Sight) -> Hashable | None:
    return (_title(sight), sight.venue) if sight.venue else None


def _series(sight: Sight) -> Hashable | None:
    series = sight.series_id or _DATE_IN_ID.sub("", sight.external_id)
    return (_title(sight), series) if series != sight.external_id else None


def _apart(one: Sight, other: Sight) -> timedelta:
    if one.starts_at and other.starts_at:
        return abs(one.starts_at - other.starts_at)
    if one.local_date and other.local_date:
        return abs(one.local_date - other.local_date)
    return timedelta.max


def _share_of_words(one: Sight, other: Sight) -> float:
    words, others = set(_title(one).split()), set(_title(other).split())
    return len(words & others) / min(len(words), len(others))
