"""Durations, moments and lists of names in messages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from include.discovery.text.wording import in_words, moment_in_words, some_of


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "0 s"), (59, "59 s"), (60, "1 min"), (3600, "1 h"), (47 * 3600, "47 h"),
     (48 * 3600, "2 days")],
)  # fmt: skip
def test_a_duration_is_written_in_words(seconds: int, words: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 5, 1, 14, tzinfo=UTC), "14:00 UTC"),
        (datetime(2026, 5, 2, 1, 30, tzinfo=UTC), "2 May, 01:30 UTC"),
    ],
)
def test_a_moment_names_its_day_unless_that_is_today(moment: datetime, words: str) -> None:
    assert moment_in_words(moment, datetime(2026, 5, 1, 9, tzinfo=UTC)) == words


def test_a_long_list_of_names_says_how_many_more_there_are() -> None:
    assert some_of(["a", "b"], shown=2) == "a, b"
    assert some_of(["a", "b", "c", "d"], shown=2) == "a, b and 2 more"
