"""Listings of real feeds of which pairs were judged by reading.

A folder has them in ``listings.jsonl``, one record a line, and the pairs in ``pairs.jsonl``.
A pair is ``{a, b, label, reason, stratum}`` with external ids and the labels same, different and
unsure; unsure ones are left out.
"""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from bench.matching.baselines import exact_key, title_and_date
from bench.matching.metrics import Score
from bench.matching.reports import Error, queue, said_of, shown
from include.discovery.identity.judging import Verdict
from include.discovery.identity.listing import Listing
from include.discovery.identity.matching import Matching
from include.discovery.model import EventRecord


@dataclass(frozen=True, slots=True)
class Pair:
    """Two listings, by the ids of the set, and what a reader says of them."""

    first: str
    second: str
    same: bool
    reason: str
    stratum: str


def read(folder: Path) -> tuple[list[Listing], list[Pair]]:
    """Read both files of a folder."""
    listings = []
    for line in _lines(folder / "listings.jsonl"):
        source, city = line.pop("source"), line.pop("city")
        record = EventRecord.model_validate(line)
        listings.append(Listing.of(record, source=source, city=city, id=record.external_id))
    pairs = [
        Pair(one["a"], one["b"], one["label"] == "same", one["reason"], one["stratum"])
        for one in _lines(folder / "pairs.jsonl")
        if one["label"] != "unsure"
    ]
    return listings, pairs


def score(pairs: Sequence[Pair], found: Mapping[str, Hashable]) -> Score:
    """Score a clustering on the labelled pairs."""
    return sum((_one(pair, found[pair.first] == found[pair.second]) for pair in pairs), Score())


def by_verdict(pairs: Sequence[Pair], matching: Matching) -> Score:
    """Score what was said of the pairs themselves, before clusters."""
    said = said_of(matching)
    same = {pair for pair, one in said.items() if one.verdict is Verdict.SAME}
    return sum((_one(pair, _ordered(pair) in same) for pair in pairs), Score())


def with_review(
    pairs: Sequence[Pair], matching: Matching, found: Mapping[str, Hashable]
) -> dict[str, object]:
    """Say how many pairs that are the same are joined or asked about, and how long the queue is."""
    asked = queue(matching, found)
    same = [pair for pair in pairs if pair.same]
    reached = sum(
        found[pair.first] == found[pair.second]
        or frozenset((found[pair.first], found[pair.second])) in asked
        for pair in same
    )
    waiting = [p for p in pairs if frozenset((found[p.first], found[p.second])) in asked]
    return {
        "recall_with_review": reached / len(same) if same else 1.0,
        "queue": len(asked),
        "labelled_in_queue": len(waiting),
        "of_them_same": sum(pair.same for pair in waiting),
    }


def by_stratum(
    pairs: Sequence[Pair], matching: Matching, found: Mapping[str, Hashable]
) -> dict[str, dict[str, object]]:
    """Count each stratum's pairs: joined rightly, wrongly, missed, and asked about."""
    asked = queue(matching, found)
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for pair in pairs:
        row = rows[pair.stratum]
        together = found[pair.first] == found[pair.second]
        row["same"] += pair.same
        row["different"] += not pair.same
        row["right"] += pair.same and together
        row["wrong"] += together and not pair.same
        row["missed"] += pair.same and not together
        row["asked"] += frozenset((found[pair.first], found[pair.second])) in asked
    return {name: dict(rows[name]) for name in sorted(rows)}


def errors(
    listings: Sequence[Listing], pairs: Sequence[Pair], matching: Matching,
    found: Mapping[str, Hashable],
) -> list[Error]:  # fmt: skip
    """Return the labelled pairs that came out wrong, the worst first."""
    by_id = {one.id: one for one in listings}
    said = said_of(matching)
    made = [
        Error(
            "MISSED" if pair.same else "WRONG MERGE", f"{pair.stratum}: {pair.reason}",
            by_id[pair.first], by_id[pair.second], said.get(_ordered(pair)), pair.stratum,
        )
        for pair in pairs
        if pair.same != (found[pair.first] == found[pair.second])
    ]  # fmt: skip
    return sorted(made, key=lambda one: one.badness)


def missed_by_the_key(
    listings: Sequence[Listing], found: Mapping[str, Hashable]
) -> dict[str, object]:
    """Say what share of pairs with one title and date, of two sources, is joined beyond the key."""
    key, alike = exact_key(listings), title_and_date(listings)
    groups: dict[Hashable, list[Listing]] = defaultdict(list)
    for one in listings:
        groups[alike[one.id]].append(one)
    pairs = [
        (first.id, second.id)
        for group in groups.values()
        for first, second in combinations(group, 2)
        if first.source != second.source
    ]
    missed = [pair for pair in pairs if key[pair[0]] != key[pair[1]]]
    now = sum(found[first] == found[second] for first, second in missed)
    return {
        "pairs": len(pairs), "missed_by_key": len(missed), "joined": now,
        "share": now / len(missed) if missed else 1.0,
    }  # fmt: skip


def merges(
    listings: Sequence[Listing], found: Mapping[str, Hashable], count: int, seed: int
) -> Iterator[str]:
    """Yield merges to read, drawn from all pairs that were joined though the exact key differs."""
    key = exact_key(listings)
    groups: dict[Hashable, list[Listing]] = defaultdict(list)
    for one in listings:
        groups[found[one.id]].append(one)
    pairs = [
        pair
        for group in groups.values()
        for pair in combinations(group, 2)
        if key[pair[0].id] != key[pair[1].id]
    ]
    for first, second in random.Random(seed).sample(pairs, min(count, len(pairs))):
        yield f"{shown(first)}\n{shown(second)}\n"


def _one(pair: Pair, together: bool) -> Score:  # noqa: FBT001  the figure itself
    return Score(pair.same and together, together and not pair.same, pair.same and not together)


def _ordered(pair: Pair) -> tuple[str, str]:
    return min(pair.first, pair.second), max(pair.first, pair.second)


def _lines(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)
