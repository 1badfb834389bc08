"""The tables of docs/politeness.md name tests that exist."""

from tests.support.conformance import TABLES, behaviours, files_of_tests


def test_each_row_names_a_test_that_exists() -> None:
    assert {row.test for row in behaviours()} - files_of_tests().keys() == set()


def test_no_row_is_without_a_test() -> None:
    lines = [line for line in TABLES.read_text("utf-8").splitlines() if line.startswith("| ")]
    headings = [line for line in lines if line.startswith("| behaviour")]
    assert len(lines) - len(headings) == len(list(behaviours())) > 35
