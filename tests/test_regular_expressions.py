"""Regular expressions mean the same on every Python that the project supports."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from include.discovery.text.cleaning import title_text

ROOT = Path(__file__).parents[1]
SOURCES = [
    file
    for folder in ("include", "dags", "plugins", "localdev")
    for pattern in ("*.py", "*.yaml")
    for file in sorted((ROOT / folder).rglob(pattern))
]
LOOKS_SO = re.compile(r"(?<!\\)[*+?}]\+|\(\?>")
"""Possessive quantifiers and atomic groups, as far as the letters of a pattern show them."""

UNSAFE_NODES = frozenset({"POSSESSIVE_REPEAT", "ATOMIC_GROUP"})


def is_unsafe(pattern: str) -> bool:
    """Say whether a pattern uses what ``re`` gets wrong from 3.11.0 to 3.11.4.

    Text around the pattern may be matched wrongly by these (python/cpython#106052). A text that is
    no whole pattern is checked letter by letter, so that a piece of one cannot hide anything.
    """
    if not LOOKS_SO.search(pattern):
        return False
    for flags in (0, re.VERBOSE):
        try:
            tree = re._parser.parse(pattern, flags)  # type: ignore[attr-defined]
        except re.error:
            continue
        return any(name in UNSAFE_NODES for name in names_in(tree))
    return True


def names_in(tree: object) -> Iterator[str]:
    """Yield the names of all operations of a parsed pattern."""
    if isinstance(tree, (list, tuple)) or hasattr(tree, "data"):
        for part in getattr(tree, "data", tree):
            yield from names_in(part)
    elif hasattr(tree, "name"):
        yield tree.name


def texts_of(file: Path) -> Iterator[tuple[str, str]]:
    """Yield the texts of a file that may be patterns, each with where it stands."""
    if file.suffix == ".yaml":
        for event in yaml.parse(file.read_text("utf-8")):
            if isinstance(event, yaml.ScalarEvent):
                yield f"{file.name}:{event.start_mark.line + 1}", event.value
        return
    tree = ast.parse(file.read_text("utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = (p.value if isinstance(p, ast.Constant) else "(?:x)" for p in node.values)
            yield f"{file.name}:{node.lineno}", "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and id(node) not in docstrings:
            value = node.value
            if isinstance(value, (str, bytes)):
                text = value.decode("latin-1") if isinstance(value, bytes) else value
                yield f"{file.name}:{node.lineno}", text


@pytest.mark.slow
def test_no_pattern_uses_possessive_quantifiers_or_atomic_groups() -> None:
    found = [
        f"{where}: {text!r}"
        for file in SOURCES
        for where, text in texts_of(file)
        if is_unsafe(text)
    ]

    assert found == []


@pytest.mark.parametrize(
    "pattern", ["a*+", "a++b", "[x]?+", "(?:a){2,3}+", "(?>a|b)", "x(?:y|(?:z*+))", "(a*+"]
)
def test_possessive_quantifiers_and_atomic_groups_are_recognised(pattern: str) -> None:
    assert is_unsafe(pattern)


@pytest.mark.parametrize(
    "pattern", ["[*+]", r"a\*+", r"\++", "[+]+", "(?=a)+", "[*+?}]{2}", "a?b+"]
)
def test_a_pattern_that_only_resembles_them_is_accepted(pattern: str) -> None:
    assert not is_unsafe(pattern)


def test_text_that_ends_in_a_letter_encoded_twice_is_repaired_on_every_python() -> None:
    """Python 3.11.0 to 3.11.4 took this for plain Latin text, by a possessive pattern."""
    assert title_text("Kozio\u00c5\u0082") == "Kozioł"
