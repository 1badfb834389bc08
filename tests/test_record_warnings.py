"""The fixed vocabulary of what records warn of."""

from __future__ import annotations

import ast
from pathlib import Path
from string import Formatter

import pytest

from include.discovery.record_warnings import (
    VOCABULARIES,
    DateWarning,
    Vocabulary,
    fixed_words,
    kind_of,
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
