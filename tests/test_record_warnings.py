"""The fixed vocabulary of what records warn of."""

from __future__ import annotations

import ast
from pathlib import Path
from string import Formatter

import pytest

from include.discovery.model import EventField, EventStatus
from include.discovery.record_warnings import (
    VOCABULARIES,
    DateWarning,
    Vocabulary,
    assumed_fields,
    fixed_words,
    kind_of,
    status_of_title,
)

KINDS = [kind for vocabulary in VOCABULARIES for kind in vocabulary]
LIBRARY = Path(__file__).parents[1] / "include/discovery"


@pytest.mark.parametrize("kind", KINDS)
def test_each_warning_is_known_by_its_text_whatever_is_filled_in(kind: Vocabulary) -> None:
    parts = {name: "7 of 'a', (b): c" for _, name, _, _ in Formatter().parse(kind) if name}

    assert kind_of(kind.said(**parts)) is kind


def test_warnings_of_a_kind_share_their_fixed_words() -> None:
    texts = [DateWarning.YEAR_NOT_GIVEN.said(years=year) for year in (2026, 2027)]

    assert {fixed_words(text) for text in texts} == {"year not given; taken as …"}
    assert fixed_words("something is odd") == "something is odd"


def test_a_text_that_is_no_warning_is_of_no_kind() -> None:
    assert kind_of("something is odd") is None


def test_each_kind_is_used() -> None:
    names = {
        f"{node.value.id}.{node.attr}"
        for path in LIBRARY.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }

    assert {f"{type(kind).__name__}.{kind.name}" for kind in KINDS} <= names


@pytest.mark.parametrize(
    ("status", "told", "is_of_title"),
    [("cancelled", None, True), ("cancelled", "scheduled", True), ("cancelled", "cancelled", False),
     ("postponed", "postponed", False)],
)  # fmt: skip
def test_a_status_that_only_the_title_tells_is_assumed(
    status: str, told: str | None, *, is_of_title: bool
) -> None:
    said = status_of_title(EventStatus(status), EventStatus.CANCELLED, told and EventStatus(told))

    assert assumed_fields(said) == ((EventField.STATUS,) if is_of_title else ())
    assert status_of_title(EventStatus.SCHEDULED, None) == ()


def test_whoever_takes_a_status_from_titles_says_so() -> None:
    readers = {
        path: {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        for room in ("connectors", "formats")
        for path in (LIBRARY / room).rglob("*.py")
        if (tree := ast.parse(path.read_text("utf-8")))
    }
    takers = {path for path, names in readers.items() if "split_status" in names}
    tellers = {path for path, names in readers.items() if "status_of_title" in names}

    # The dates of an event at Ticketmaster decide whether the title counts.
    assert takers - tellers == {LIBRARY / "connectors" / "ticketmaster" / "event.py"}


def test_no_reader_of_sources_writes_a_warning_in_words_of_its_own() -> None:
    rooms = ("connectors", "formats", "dates", "places", "text", "redaction", "parsed.py")
    files = (
        path
        for room in rooms
        for path in ([LIBRARY / room] if room.endswith(".py") else (LIBRARY / room).rglob("*.py"))
    )
    free = [
        f"{path.relative_to(LIBRARY)}:{node.lineno}"
        for path in files
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "append"
        and ast.unparse(node.func.value).endswith("warnings")
        and isinstance(node.args[0], (ast.Constant, ast.JoinedStr))
    ]

    assert free == []
