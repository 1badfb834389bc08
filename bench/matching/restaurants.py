"""Restaurants of two guides, Fodor's and Zagat's: a test of venues that others publish figures on.

The tables come with the source distribution of ``py-entitymatching`` (BSD), which is not needed
otherwise; 112 of the 533 x 331 pairs are one restaurant. The spellings are those of 1999.
"""

from __future__ import annotations

import csv
import io
import tarfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from bench.matching.metrics import Score
from include.discovery.identity.venues import Place, Relation, compare, place_of
from include.discovery.model import Venue

_FOLDER: Final = "py_entitymatching/datasets/end-to-end/restaurants"
_ONE: Final = frozenset((Relation.SAME, Relation.HALL))
Row = dict[str, str]
Pair = tuple[str, str]


def read(archive: Path) -> tuple[list[Row], list[Row], set[Pair]]:
    """Return the restaurants of both guides, and the ids of the pairs that are one."""
    with tarfile.open(archive) as files:
        fodors, zagats, matches = (
            list(_rows(files, f"{_FOLDER}/{name}.csv"))
            for name in ("fodors", "zagats", "matches_fodors_zagats")
        )
    return fodors, zagats, {(row["fodors_id"], row["zagats_id"]) for row in matches}


def _rows(files: tarfile.TarFile, path: str) -> Iterator[Row]:
    name = next(name for name in files.getnames() if name.endswith(path))
    opened = files.extractfile(name)
    assert opened is not None
    yield from csv.DictReader(io.TextIOWrapper(opened, "utf-8"))


def found(fodors: Iterable[Row], zagats: Iterable[Row]) -> set[Pair]:
    """Return the pairs that the matcher takes for one venue, of all pairs of both guides."""
    ones, others = ([(row["id"], _place(row)) for row in rows] for rows in (fodors, zagats))
    return {
        (one, other)
        for one, place in ones
        for other, other_place in others
        if compare(place, other_place).relation in _ONE
    }


def same_name(fodors: Iterable[Row], zagats: Iterable[Row]) -> set[Pair]:
    """Return the pairs with one name and town, letter by letter."""
    by_name: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in zagats:
        by_name[row["name"], row["city"]].append(row["id"])
    return {(row["id"], other) for row in fodors for other in by_name[row["name"], row["city"]]}


def score(pairs: set[Pair], truth: set[Pair]) -> Score:
    """Compare what was found with what is one."""
    return Score(len(pairs & truth), len(pairs - truth), len(truth - pairs))


def _place(row: Row) -> Place:
    return place_of(Venue(name=row["name"], street=row["addr"], locality=row["city"]))
