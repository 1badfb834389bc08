"""The generated listings: what they promise, whichever seed they come from."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from bench.matching.__main__ import write
from bench.matching.families import NEGATIVE
from bench.matching.generated import Labelled, generate
from bench.matching.perturbations import TABLE
from bench.matching.world import LANGUAGES, TUNING, UNUSED, World
from include.discovery.cli import main
from include.discovery.text.cleaning import fold

pytestmark = pytest.mark.slow


@cache
def items(part: str) -> list[Labelled]:
    return generate(part)


def test_a_seed_gives_the_same_listings_again() -> None:
    assert generate(UNUSED, seed=3, families_each=40) == generate(UNUSED, seed=3, families_each=40)
    assert generate(UNUSED, seed=3, families_each=40) != generate(UNUSED, seed=4, families_each=40)


def test_there_are_more_than_three_thousand_listings_in_more_than_five_languages() -> None:
    assert len(items(TUNING)) + len(items(UNUSED)) >= 3_000
    assert len({one.language for one in items(UNUSED)}) == len(LANGUAGES) >= 5


def test_every_perturbation_and_every_kind_of_hard_negative_occurs() -> None:
    done = {name for one in items(TUNING) for name in one.perturbations}
    negatives = {one.negative for one in items(TUNING)}

    assert {one.name for one in TABLE} - done == set()
    assert {make.__name__ for make in NEGATIVE} - negatives == set()


def test_no_act_or_work_stands_in_both_parts() -> None:
    names = {
        part: {name for seed in range(20) for name in _names(part, seed)}
        for part in (TUNING, UNUSED)
    }

    assert names[TUNING] & names[UNUSED] == set()
    assert min(map(len, names.values())) > 20


def test_ids_are_unique() -> None:
    ids = [one.listing.id for one in items(TUNING)]

    assert len(ids) == len(set(ids))


def test_a_reader_can_tell_events_of_a_family_apart_by_what_their_listings_say() -> None:
    """No listing of one event says, in title, time, place and room, what one of another says."""
    families = defaultdict(list)
    for one in items(TUNING):
        families[one.family].append(one)

    confusable = [
        (first.listing, second.listing)
        for members in families.values()
        for first in members
        for second in members
        if first.event < second.event and _said(first) == _said(second)
    ]

    assert confusable == []


def test_a_listing_suffers_at_most_one_heavy_perturbation() -> None:
    heavy = {one.name for one in TABLE if one.heavy}

    assert all(len(heavy & set(one.perturbations)) <= 1 for one in items(TUNING))


def test_what_is_written_to_a_file_is_what_the_command_match_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    some = generate(UNUSED, families_each=20)
    path = tmp_path / "listings.jsonl"

    write(path, some)

    assert main(["match", str(path)]) == 0
    assert capsys.readouterr().out.count("\n") == len(some)


def _said(one: Labelled) -> tuple[object, ...]:
    listing = one.listing
    venue = listing.venue
    place = venue and (fold(venue.name or ""), venue.street)
    return fold(listing.title), listing.starts_at, listing.local_date, place


def _names(part: str, seed: int) -> list[str]:
    world = World.of("en", part, seed, days=5)
    return [world.act(), world.work(), world.topic()]
