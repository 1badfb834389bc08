"""YAML documents: what they become, and that a small one cannot become a large one."""

from __future__ import annotations

import time
import tracemalloc
from datetime import date

import pytest
import yaml

from include.discovery.yaml_document import (
    MOST_CHARACTERS,
    MOST_DEPTH,
    Document,
    LocatedError,
)


def read(text: str, **environment: str) -> object:
    return Document(environment).read(text)


def complaint(text: str) -> str:
    with pytest.raises(yaml.YAMLError) as error:
        read(text)
    return str(getattr(error.value, "problem", error.value))


def bomb(levels: int, each: int = 9, leaf: str = "x") -> str:
    """Write a document of a few lines that becomes each ** levels values."""
    lines = [f"a0: &a0 {leaf}"]
    for level in range(1, levels + 1):
        aliases = ", ".join([f"*a{level - 1}"] * each)
        lines.append(f"a{level}: &a{level} [{aliases}]")
    return "\n".join(lines)


def test_a_document_becomes_plain_data() -> None:
    text = "a: [1, 2.5, yes, NO, true]\nb: {c: 2026-05-01, d: null}\n"

    assert read(text) == {"a": [1, 2.5, "yes", "NO", True], "b": {"c": date(2026, 5, 1), "d": None}}


def test_an_alias_repeats_what_its_anchor_names() -> None:
    assert read("a: &a {x: 1}\nb: *a\nc: [*a, *a]\n") == {
        "a": {"x": 1}, "b": {"x": 1}, "c": [{"x": 1}, {"x": 1}],
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        bomb(9),
        bomb(40, each=2),
        bomb(9).replace("[", "{k: [").replace("]", "]}"),
        bomb(3, each=40, leaf="x" * 100_000),
        f"{bomb(9)}\nsources: *a9\n",
    ],
    ids=["of lists", "of pairs", "of objects", "of long texts", "behind a name"],
)
def test_aliases_that_repeat_too_much_are_refused_in_words(text: str) -> None:
    tracemalloc.start()
    began = time.process_time()
    said = complaint(text)
    taken, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert "its aliases (*name) repeat too much" in said
    assert peak < 200_000_000
    assert taken < 20  # of processor time; the bombs would take hours


@pytest.mark.parametrize(
    "text", ["a: &a [*a]", "&a {b: *a}", "&a [&b [*a, *b]]"], ids=["list", "object", "two"]
)
def test_an_alias_inside_the_node_that_it_repeats_is_refused(text: str) -> None:
    assert complaint(text) == f"more than {MOST_DEPTH} lists and objects inside each other"


@pytest.mark.slow
@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "- - ", "[{a: "])
def test_a_deeply_nested_document_is_refused(opening: str) -> None:
    for times in (MOST_DEPTH + 2, 5_000, 100_000):
        said = complaint(opening * times)

        assert said == f"more than {MOST_DEPTH} lists and objects inside each other"


def test_a_document_nested_up_to_the_limit_is_read() -> None:
    depth = MOST_DEPTH - 1

    assert read("[" * depth + "]" * depth) is not None


def test_a_document_that_is_too_large_is_refused_before_it_is_read() -> None:
    assert "divide the file" in complaint("a" * (MOST_CHARACTERS + 1))


@pytest.mark.parametrize("number", ["1" + ":59" * 20_000, "0x" + "f" * 60_000, "1" * 5_000])
def test_a_number_that_takes_long_to_read_is_refused(number: str) -> None:
    assert "quote it if it is a text" in complaint(f"a: {number}")
    assert read(f"a: '{number}'") == {"a": number}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: !!bool perhaps", "no bool: 'perhaps'"),
        ("a: !!timestamp soon", "no timestamp: 'soon'"),
        ("a: 2026-02-30", "day is out of range for month"),
        ("a: !!int five", "invalid literal for int() with base 10: 'five'"),
        ("a: !!python/object:os.system x", "could not determine a constructor for the tag"),
        ("a: 1\na: 2", "'a' stands here twice"),
        ("[1]: 2", "keys must be plain names"),
    ],
)
def test_an_invalid_value_is_refused_with_its_reason(text: str, said: str) -> None:
    assert said in complaint(text)


def test_a_variable_of_the_environment_is_filled_in() -> None:
    assert read("a: ${DISCOVERY_X}/x\nb: ${DISCOVERY_Y:-80}", DISCOVERY_X="mill.example") == {
        "a": "mill.example/x", "b": "80",
    }  # fmt: skip


def test_a_variable_that_is_missing_is_named_with_its_place() -> None:
    with pytest.raises(
        LocatedError, match="the environment variable DISCOVERY_X is not set"
    ) as error:
        read("a:\n  - b: ${DISCOVERY_X}")

    assert error.value.path == ("a", 0, "b")
