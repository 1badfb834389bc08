"""The tables of docs/politeness.md name tests that exist."""

from tests.support.conformance import TABLES, behaviours, nodes_of_tests


def test_each_row_names_a_test_that_exists() -> None:
    assert {row.test for row in behaviours()} - nodes_of_tests().keys() == set()


def test_no_row_is_without_a_test() -> None:
    lines = [line for line in TABLES.read_text("utf-8").splitlines() if line.startswith("| ")]
    headings = [line for line in lines if line.startswith("| behaviour")]
    assert len(lines) - len(headings) == len(list(behaviours())) > 35


def test_a_test_of_a_class_is_run_by_its_whole_name() -> None:
    name = "test_a_pair_whose_source_does_not_change_is_planned_less_and_less_often"

    assert nodes_of_tests()[name].endswith(f"/test_schedule.py::TestUnchangedSyncs::{name}")
