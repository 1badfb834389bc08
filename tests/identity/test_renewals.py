"""Which listings of one source are the same event under a new id."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from include.discovery.identity.renewals import Sight, renewed, succeeded

_keys = count(1)


def sight(title: str = "Concert", day: int = 10, **changes: Any) -> Sight:
    """Return a listing of that day of December, at 19:00, with a key and an id of its own."""
    key = next(_keys)
    starts_at = datetime(2026, 12, 1, 19, tzinfo=UTC) + timedelta(days=day - 1)
    fields: dict[str, Any] = {
        "key": key,
        "external_id": f"id-{key}",
        "title": title,
        "starts_at": starts_at,
        "local_date": starts_at.date(),
        "venue": "hall",
        **changes,
    }
    return Sight(**fields)


def test_listings_of_the_same_content_are_the_same() -> None:
    old = [sight("A"), sight("B"), sight("C")]
    new = [sight("c"), sight("A"), sight("b!")]

    assert set(renewed(old, new)) == {
        (old[0].key, new[1].key),
        (old[1].key, new[2].key),
        (old[2].key, new[0].key),
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Another"},
        {"venue": "another"},
        {"venue": None},
        {"starts_at": datetime(2026, 12, 10, 20, tzinfo=UTC)},
        {"starts_at": None},
    ],
    ids=str,
)
def test_listings_that_differ_in_anything_are_not_the_same(changes: dict[str, Any]) -> None:
    assert renewed([sight()], [sight(**changes)]) == []


def test_listings_without_a_date_are_never_the_same() -> None:
    undated = {"starts_at": None, "local_date": None}

    assert renewed([sight(**undated)], [sight(**undated)]) == []


def test_of_several_with_one_content_the_same_address_decides() -> None:
    old = [sight(url="https://a.example/1"), sight(url="https://a.example/2")]
    new = [sight(url="https://a.example/2"), sight(url="https://a.example/3")]

    assert set(renewed(old, new)) == {(old[1].key, new[0].key), (old[0].key, new[1].key)}


def test_one_of_several_with_one_content_is_taken_where_fewer_are_new() -> None:
    old = [sight(), sight(), sight()]
    new = [sight()]

    assert renewed(old, new) == [(old[0].key, new[0].key)]


def is_succeeded(old: Sight, new: Sight, *others: Sight) -> bool:
    return succeeded([old], [new], others) == [(old.key, new.key)]


class TestMoved:
    """An event whose id changed because its time did."""

    def test_the_only_one_of_its_title_at_its_venue_has_moved(self) -> None:
        assert is_succeeded(sight(day=10), sight(day=24))

    def test_it_moves_no_further_than_a_month(self) -> None:
        assert not is_succeeded(sight(day=10), sight(day=42))

    def test_one_that_has_recurred_has_not_moved(self) -> None:
        """The next of a weekly event comes into sight on the day that one is cancelled."""
        assert not is_succeeded(sight(day=10), sight(day=17), sight(day=3))

    def test_an_occurrence_moves_by_a_day_among_others(self) -> None:
        assert is_succeeded(sight(day=10), sight(day=11), sight(day=3), sight(day=17))

    def test_an_occurrence_that_is_later_than_all_known_has_come_into_sight(self) -> None:
        assert not is_succeeded(sight(day=10), sight(day=11), sight(day=9), sight(day=8))

    def test_an_occurrence_does_not_move_past_another(self) -> None:
        assert not is_succeeded(sight(day=10), sight(day=12), sight(day=11), sight(day=20))

    def test_all_occurrences_of_a_series_move_together(self) -> None:
        old = [sight(day=day, series_id="s") for day in (2, 9, 16)]
        new = [sight(day=day, series_id="s") for day in (17, 3, 10)]

        assert set(succeeded(old, new)) == {
            (old[0].key, new[1].key),
            (old[1].key, new[2].key),
            (old[2].key, new[0].key),
        }

    def test_ids_that_hold_the_date_tell_a_series(self) -> None:
        old = sight(day=10, external_id="quiz-20261210T190000@x", venue=None)
        new = sight(day=11, external_id="quiz-20261211T190000@x", venue=None)

        assert is_succeeded(old, new)

    def test_what_is_of_no_series_and_has_no_venue_is_not_recognised(self) -> None:
        assert not is_succeeded(sight(day=10, venue=None), sight(day=11, venue=None))


class TestRetitled:
    """An event whose id changed because its title did."""

    def test_a_title_that_is_partly_the_same_at_the_same_hour_and_place_is_the_event(self) -> None:
        assert is_succeeded(sight("Jazz night"), sight("Jazz night: Anna Maria Jopek"))

    def test_another_title_is_another_event(self) -> None:
        assert not is_succeeded(sight("Jazz night"), sight("Puppet theatre"))

    def test_another_listing_at_the_same_hour_and_place_leaves_it_open(self) -> None:
        assert not is_succeeded(sight("Class one"), sight("Class two"), sight("Class three"))

    def test_titles_of_no_letters_are_compared_as_they_are(self) -> None:
        assert not is_succeeded(sight("★"), sight("☆"))


class TestAddress:
    """An event that has a page of its own."""

    PAGE = "https://a.example/event"

    def test_what_kept_its_time_is_the_event_whatever_its_title(self) -> None:
        assert is_succeeded(sight("TBA", url=self.PAGE), sight("Anna", url=self.PAGE))

    def test_what_kept_its_title_is_the_event_though_time_and_venue_changed(self) -> None:
        old, new = sight(day=10, url=self.PAGE), sight(day=12, url=self.PAGE, venue="garden")

        assert is_succeeded(old, new)

    def test_an_address_that_others_have_identifies_nothing(self) -> None:
        old, new = sight("TBA", url=self.PAGE), sight("Anna", url=self.PAGE)

        assert not is_succeeded(old, new, sight(day=20, url=self.PAGE))


def test_no_listing_is_paired_twice() -> None:
    old = [sight("Jazz", day=day, url="u") for day in (5, 5, 6)]
    new = [sight("Jazz", day=day, url="u") for day in (5, 6, 7, 7)]

    pairs = succeeded(old, new)

    assert len(pairs) == len({first for first, _ in pairs}) == len({second for _, second in pairs})


def test_two_thousand_like_events_cost_little_time() -> None:
    hour = datetime(2026, 12, 10, 19, tzinfo=UTC)
    old, new = (
        [sight(starts_at=hour + timedelta(seconds=2 * n + odd)) for n in range(2_000)]
        for odd in (0, 1)
    )
    began = time.process_time()

    assert succeeded(old, new) == []
    assert time.process_time() - began < 1
