"""How the pairs of a run are given to its mapped tasks, and what those are called."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from include.discovery.model import Pair
from include.discovery.shares import IN_NAMES_OF_SHARES, name_of_task, shared_out
from tests.support.builders import KRAKOW, source


def pair(name: str, kind: str = "icalendar") -> Pair:
    return Pair(id=1, city=KRAKOW, source=source(name, kind=kind))


def calendars(number: int) -> list[Pair]:
    return [pair(f"c{n}") for n in range(number)]


def slugs(pairs: list[Pair]) -> list[str]:
    return [pair.source.slug for pair in pairs]


def tasks_of(
    pairs: list[Pair], tasks: int = 100, **per_task: int
) -> tuple[list[list[str]], list[str]]:
    shares, left = shared_out(pairs, tasks=tasks, per_task=per_task)
    return [slugs(share) for share in shares], slugs(left)


@pytest.mark.parametrize("per_task", [{}, {"rss": 50}, {"icalendar": 1}])
def test_each_pair_of_a_kind_that_shares_nothing_has_a_task_of_its_own(
    per_task: Mapping[str, int],
) -> None:
    assert tasks_of(calendars(3), **per_task) == ([["c0"], ["c1"], ["c2"]], [])


def test_the_tasks_of_a_kind_get_equally_many_pairs_and_begin_with_the_first() -> None:
    assert tasks_of(calendars(7), icalendar=3) == (
        [["c0", "c3", "c6"], ["c1", "c4"], ["c2", "c5"]], [],
    )  # fmt: skip


def test_pairs_of_different_kinds_share_no_task() -> None:
    pairs = [pair("c0"), pair("f0", "rss"), pair("api", "json_feed"), pair("c1"), pair("f1", "rss")]

    assert tasks_of(pairs, icalendar=5, rss=5) == ([["c0", "c1"], ["f0", "f1"], ["api"]], [])


def test_pairs_beyond_the_tasks_that_there_may_be_are_left() -> None:
    assert tasks_of(calendars(5), tasks=3) == ([["c0"], ["c1"], ["c2"]], ["c3", "c4"])


def test_a_pair_that_needs_no_further_task_is_taken_although_one_before_it_is_left() -> None:
    pairs = [*calendars(2), pair("api", "json_feed"), pair("c2")]

    assert tasks_of(pairs, tasks=1, icalendar=3) == ([["c0", "c1", "c2"]], ["api"])


def test_sharing_takes_as_many_pairs_as_the_tasks_can_hold() -> None:
    shares, left = tasks_of(calendars(7), tasks=2, icalendar=3)

    assert [len(share) for share in shares] == [3, 3]
    assert left == ["c6"]


def test_a_task_of_one_pair_is_named_after_it() -> None:
    assert name_of_task(calendars(1)) == "krakow · c0"


def test_a_task_that_pairs_share_says_how_many_of_which_kind_they_are() -> None:
    assert name_of_task(calendars(2)) == "2 icalendar pairs: krakow · c0, krakow · c1"
    assert name_of_task(calendars(5)) == (
        "5 icalendar pairs: krakow · c0, krakow · c1, krakow · c2 and 2 more"
    )


def test_the_name_of_a_share_fits_into_the_column_that_airflow_has_for_it() -> None:
    name = name_of_task([pair("x" * 64)] * 9)

    assert len(name) == 250
    assert name.endswith("…")
    assert IN_NAMES_OF_SHARES in name
