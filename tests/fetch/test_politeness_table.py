"""The tables of docs/politeness.md name tests that exist."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs" / "politeness.md").read_text("utf-8")


def named() -> list[str]:
    return re.findall(r"\| `(test_\w+)` \|$", TABLE, re.MULTILINE)


def test_each_row_names_a_test_that_exists() -> None:
    files = [ROOT / "tests" / "store" / "test_hosts.py", *(ROOT / "tests" / "sync").glob("*.py")]
    existing = {
        node.name
        for path in [*files, *(ROOT / "tests" / "fetch").glob("*.py")]
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
    }
    assert set(named()) - existing == set()


def test_no_row_is_without_a_test() -> None:
    behaviours = [line for line in TABLE.splitlines() if line.startswith("| ")]
    headings = [line for line in behaviours if line.startswith("| behaviour")]
    assert len(behaviours) - len(headings) == len(named()) > 35
