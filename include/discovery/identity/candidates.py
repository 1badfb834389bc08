"""Which pairs of listings are worth judging."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from itertools import combinations

from include.discovery.identity.listing import Listing
from include.discovery.text.cleaning import fold


def candidate_pairs(
    listings: Iterable[Listing], changed: Collection[str] | None = None
) -> list[tuple[str, str]]:
    """Return the pairs of ids worth judging, each once, its ids in order.

    :param changed: ids; if given, only pairs that hold one of them.
    """
    blocks: dict[tuple[object, str], list[str]] = defaultdict(list)
    for one in listings:
        for word in set(fold(one.title).split()):
            blocks[one.local_date, word].append(one.id)
    pairs = {
        (min(pair), max(pair))
        for block in blocks.values()
        if len(block) <= 50
        for pair in combinations(block, 2)
    }
    if changed is not None:
        pairs = {pair for pair in pairs if pair[0] in changed or pair[1] in changed}
    return sorted(pairs)
