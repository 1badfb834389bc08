"""Whether a run did what was expected of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localdev.run import unexpected_failures

FINE = {
    "pair": "krakow · demo-library",
    "source": "demo-library",
    "state": "success",
    "error": None,
}
GONE = {
    "pair": "helsinki · demo-gone",
    "source": "demo-gone",
    "state": "failed",
    "error": {"category": "not_found", "message": "404"},
}
BROKEN = {
    "pair": "paris · x",
    "source": "x",
    "state": "failed",
    "error": {"category": "server", "message": "500"},
}
NEVER_RAN = {"pair": "paris · x", "source": "x", "state": "planned", "error": None}


def verdict(*pairs: dict[str, Any]) -> list[str]:
    return unexpected_failures(json.dumps({"dag_run_id": "r", "pairs": pairs}))


def test_only_the_broken_demo_source_may_fail() -> None:
    assert verdict(FINE, GONE) == []


def test_a_run_without_the_demo_needs_all_pairs_to_succeed() -> None:
    assert verdict(FINE) == []


@pytest.mark.parametrize("pair", [BROKEN, NEVER_RAN])
def test_any_other_failure_is_named(pair: dict[str, Any]) -> None:
    (line,) = verdict(FINE, GONE, pair)
    assert line.startswith("paris · x")


def test_the_broken_source_has_to_fail_for_its_own_reason() -> None:
    assert verdict({**GONE, "state": "success", "error": None}) != []
    assert verdict({**GONE, "error": BROKEN["error"]}) != []


@pytest.mark.parametrize("text", ["", "error: cannot use the database", "{}"])
def test_a_missing_report_is_not_a_success(text: str) -> None:
    assert unexpected_failures(text)
