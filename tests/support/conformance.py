"""Runs the tests that docs/politeness.md names, and prints its tables with their outcome.

python -m tests.support.conformance
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLES = ROOT / "docs" / "politeness.md"
FOLDERS = ("fetch", "store", "sync", "connectors", "orchestration")
_ROW = re.compile(r"\| (.+?) \| (.*?) ?\| `(test_\w+)` \|")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a source may expect, where that is written, and the test that shows it."""

    section: str
    what: str
    source: str
    test: str


def behaviours() -> Iterator[Behaviour]:
    """Read the tables."""
    section = ""
    for line in TABLES.read_text("utf-8").splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        elif row := _ROW.fullmatch(line):
            yield Behaviour(section, *row.groups())


def nodes_of_tests() -> dict[str, str]:
    """Return the ids, as pytest has them, of all tests that a row may name."""
    files = [file for folder in FOLDERS for file in (ROOT / "tests" / folder).rglob("test_*.py")]
    return {
        name: f"{file}::{path}"
        for file in files
        for name, path in _functions(ast.parse(file.read_text("utf-8")).body)
    }


def _functions(body: Sequence[ast.stmt], within: str = "") -> Iterator[tuple[str, str]]:
    for node in body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, within + node.name
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node.body, f"{within}{node.name}::")


class Outcomes:
    """A plugin of pytest that notes how each test ends, whatever its parameters."""

    def __init__(self) -> None:
        self.by_test: dict[str, set[str]] = defaultdict(set)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the outcome of a test, or of its preparation if that failed."""
        if report.when == "call" or report.outcome != "passed":
            name = report.nodeid.split("::")[-1].split("[")[0]
            self.by_test[name].add(report.outcome)


def table(rows: Sequence[Behaviour], outcomes: Outcomes) -> Iterator[str]:
    """Yield a line for each behaviour, below the heading of its section."""
    for section, group in groupby(rows, key=attrgetter("section")):
        yield f"\n{section}"
        for row in group:
            passed = outcomes.by_test[row.test] == {"passed"}
            yield f"{'pass' if passed else 'FAIL'}  {row.what} [{row.source or 'no standard'}]"


def main() -> None:
    """Run the tests and print the tables."""
    known, rows, outcomes = nodes_of_tests(), list(behaviours()), Outcomes()
    nodes = sorted({known[row.test] for row in rows})
    code = pytest.main(["-q", "-p", "no:randomly", *nodes], plugins=[outcomes])
    sys.stdout.write("\n".join(["", *table(rows, outcomes), ""]))
    sys.exit(code)


if __name__ == "__main__":
    main()
