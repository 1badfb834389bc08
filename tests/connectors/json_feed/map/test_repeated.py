from __future__ import annotations

from typing import Any

import pytest

from include.discovery.connectors.json_feed.map.fields import FieldOf
from include.discovery.connectors.json_feed.map.repeated import Repeated


class _Counting:
    """A reading of the member ``place`` that counts how often it is made, and always warns."""

    def __init__(self) -> None:
        self.count = 0
        self.repeated = Repeated(self._read, FieldOf(path="place"))

    def _read(self, item: Any, warnings: list[str], beside: object) -> str:
        self.count += 1
        warnings.append("guessed")
        return f"{item['place']!r} {beside}"

    def __call__(self, place: Any, beside: str | None = None) -> tuple[str, list[str]]:
        warnings: list[str] = []
        return self.repeated({"place": place}, warnings, beside), warnings


def test_what_repeats_is_read_once_and_warns_each_time() -> None:
    read = _Counting()

    results = [read("Rynek"), read("Rynek"), read("Rynek")]

    assert results == [("'Rynek' None", ["guessed"])] * 3
    assert read.count == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (1, 1.0), (0, False), (None, ""), ("1", 1), ([1], [True]), ({"a": 1}, {"b": 1})],
)
def test_values_that_json_tells_apart_are_read_apart(one: Any, other: Any) -> None:
    read = _Counting()

    assert read(one)[0] == f"{one!r} None"
    assert read(other)[0] == f"{other!r} None"
    assert read.count == 2


def test_what_a_reading_depends_on_beside_the_item_is_read_apart() -> None:
    read = _Counting()

    assert [read("Rynek", beside)[0] for beside in ("PL", "FR", "PL")] == [
        "'Rynek' PL",
        "'Rynek' FR",
        "'Rynek' PL",
    ]
    assert read.count == 2


def test_long_members_are_not_remembered() -> None:
    read = _Counting()

    read("x" * 3_000)
    read("x" * 3_000)

    assert read.count == 2


def test_members_that_a_path_cannot_work_on_are_read_each_time() -> None:
    count = 0

    def read(_item: Any, _warnings: list[str], _beside: object) -> None:
        nonlocal count
        count += 1

    repeated = Repeated(read, FieldOf(path="length(place)"))

    for _ in range(2):
        repeated({"place": 5}, [])

    assert count == 2


def test_few_values_are_remembered_at_a_time() -> None:
    read = _Counting()

    for number in range(5_000):
        read(number)

    assert len(read.repeated._known) <= 2_000
