"""Metrics: what is measured, and that documents and dashboard name nothing else."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from include.discovery.health.verdict import HealthState
from include.discovery.model import SyncStats
from include.discovery.monitoring.metrics import METRICS, Measurement, of_attempt, of_health, of_run
from include.discovery.store.queries.outcomes import PairOutcome

DASHBOARD = json.loads(
    (Path(__file__).parents[2] / "docs" / "grafana-dashboard.json").read_text("utf-8")
)
SECOND = timedelta(seconds=1)
BY_NAME = {metric.name: metric for metric in METRICS}


def outcome(source: str, state: str = "success", **changes: Any) -> PairOutcome:
    fields: dict[str, Any] = {
        "city": "krakow", "source": source, "state": state, "attempts": 1, "stats": SyncStats(),
        "complete": True if state == "success" else None, **changes,
    }  # fmt: skip
    return PairOutcome(**fields)


def everything() -> list[Measurement]:
    """Measure one of each kind of attempt, run and pair."""
    stats = SyncStats(
        fetched=9, inserted=3, updated=2, unchanged=1, duplicates=1, skipped=1, withdrawn=4,
        requests=5, rejected={"no title": 1},
    )  # fmt: skip
    return [
        *of_attempt("opera", is_retry=False, failure=None, duration=2 * SECOND, waited=SECOND),
        *of_attempt("opera", is_retry=True, failure="server", duration=SECOND, waited=None),
        *of_run([
            outcome("opera", stats=stats),
            outcome("opera", complete=False),
            outcome("opera", "failed"),
            outcome("zoo", "planned"),
        ]),
        *of_health([("opera", HealthState.HEALTHY), ("opera", HealthState.STALE)]),
    ]  # fmt: skip


def test_every_metric_of_the_list_is_measured_and_no_other() -> None:
    assert {measurement.name for measurement in everything()} == BY_NAME.keys()


def test_every_measurement_has_the_tags_that_the_list_names() -> None:
    for measurement in everything():
        assert tuple(measurement.tags) == BY_NAME[measurement.name].tags


def test_a_metric_has_no_tag_with_a_value_per_city_or_pair() -> None:
    assert {tag for metric in METRICS for tag in metric.tags} == {"source", "category"}


def test_a_run_is_summed_up_by_source() -> None:
    found = {
        (m.name, m.tags["source"]): m.value
        for m in of_run([
            outcome("opera", stats=SyncStats(fetched=5, inserted=5, requests=2)),
            outcome("opera", stats=SyncStats(fetched=1, unchanged=1, requests=1)),
            outcome("zoo", "failed", stats=SyncStats(requests=3)),
        ])
    }  # fmt: skip

    assert found == {
        ("discovery.events.fetched", "opera"): 6,
        ("discovery.events.inserted", "opera"): 5,
        ("discovery.events.unchanged", "opera"): 1,
        ("discovery.requests", "opera"): 3,
        ("discovery.syncs.complete", "opera"): 2,
        ("discovery.requests", "zoo"): 3,
        ("discovery.syncs.failed", "zoo"): 1,
    }


def test_a_state_that_no_pair_is_in_any_more_is_measured_as_zero() -> None:
    found = {m.name: m.value for m in of_health([("opera", HealthState.HEALTHY)])}

    assert found["discovery.pairs.healthy"] == 1
    assert found["discovery.pairs.failing"] == 0


@pytest.mark.parametrize("name", BY_NAME)
def test_a_metric_is_named_as_statsd_and_opentelemetry_allow(name: str) -> None:
    assert re.fullmatch(r"discovery(\.[a-z_]+){1,2}", name)
    assert len(f"airflow.{name}") <= 63


SERIES = {
    f"airflow_{metric.name.replace('.', '_')}{suffix}"
    for metric in METRICS
    for suffix in {
        "counter": ["_total"], "gauge": [""], "timer": ["_milliseconds_bucket"],
    }[metric.kind]
}  # fmt: skip


class TestDashboard:
    """The dashboard for Grafana."""

    def test_the_dashboard_shows_every_metric_and_no_other(self) -> None:
        used = set(re.findall(r"airflow_\w+", json.dumps(DASHBOARD)))

        assert used == SERIES

    def test_the_panels_of_the_dashboard_have_names_queries_and_a_place_of_their_own(self) -> None:
        panels = DASHBOARD["panels"]
        taken: set[tuple[int, int]] = set()
        for panel in panels:
            place = panel["gridPos"]
            cells = {
                (x, y)
                for x in range(place["x"], place["x"] + place["w"])
                for y in range(place["y"], place["y"] + place["h"])
            }
            assert place["x"] + place["w"] <= 24
            assert not cells & taken
            taken |= cells
            assert panel["title"]
            assert all(target["expr"] and target["refId"] for target in panel["targets"])
        assert len({panel["id"] for panel in panels}) == len(panels)
