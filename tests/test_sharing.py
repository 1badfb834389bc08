"""What of ``make test`` one worker runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.sharing import TOGETHER, unit

ROOT = Path(__file__).parents[1]


def test_all_tests_of_the_stack_are_handed_out_together() -> None:
    handed_out = {unit("tests/browser/test_views.py::test_a"), unit("tests/e2e/test_b.py::test_b")}

    assert handed_out == {"stack"}


def test_tests_that_share_nothing_costly_are_handed_out_file_by_file() -> None:
    assert unit("tests/dates/test_zones.py::test_a[b::c/d]") == "tests/dates/test_zones.py"


@pytest.mark.parametrize("path", [path for paths in TOGETHER.values() for path in paths])
def test_what_is_handed_out_together_exists(path: str) -> None:
    assert (ROOT / path).exists()
