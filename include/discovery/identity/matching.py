"""Listings in, events out: candidates, judgements and clusters in one call."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from include.discovery.identity.candidates import candidate_pairs, ids_of
from include.discovery.identity.clusters import clusters
from include.discovery.identity.context import Context
from include.discovery.identity.judging import Judgement, judge_prepared
from include.discovery.identity.listing import Listing
from include.discovery.identity.prepared import prepare


@dataclass(frozen=True, slots=True)
class Matching:
    """Which listings are one event, and every judgement of it, sorted by ids."""

    clusters: list[tuple[str, ...]]
    judgements: list[Judgement]


def match(
    listings: Iterable[Listing],
    *,
    decided: Iterable[Judgement] = (),
    changed: Collection[str] | None = None,
) -> Matching:
    """Find the listings that are one event.

    :param decided: judgements that hold already, as those of people: they win, and their pairs are
        not judged again.
    :param changed: ids of the listings that are new or changed; only pairs that hold one of them
        are judged. ``None``: all.
    """
    with without_garbage():
        return _match(listings, decided, changed)


@contextmanager
def without_garbage() -> Iterator[None]:
    """Make Python look for no garbage: matching makes none, and it would be a third of the work."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _match(
    listings: Iterable[Listing],
    decided: Iterable[Judgement],
    changed: Collection[str] | None,
) -> Matching:
    prepared = {one.id: prepare(one) for one in listings}
    context = Context.of(prepared.values())
    known = {(one.first, one.second): one for one in decided}
    judged = dict(known)
    for pair in candidate_pairs(prepared.values(), changed):
        if (ids := ids_of(pair)) not in known:
            judged[ids] = judge_prepared(*pair, context)
    judgements = [judged[pair] for pair in sorted(judged)]
    return Matching(clusters(prepared, judgements), judgements)
