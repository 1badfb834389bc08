"""Metrics go through Airflow's own: seen by a backend in the place of StatsD or OpenTelemetry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from airflow.sdk._shared.observability.metrics.base_stats_logger import NoStatsLogger
from airflow.sdk.observability import stats

from include.discovery.monitoring.metrics import METRICS
from include.discovery.store.connection import Connection
from tests.orchestration.airflow_runs import Calendars, Runner
from tests.support.builders import PARIS, stored_pair

pytestmark = pytest.mark.airflow

Tags = dict[str, str] | None


class Backend:
    """Keeps what it is told, in the place of StatsD."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, float, dict[str, str]]] = []

    def incr(self, name: str, *, count: int = 1, tags: Tags = None, **_: Any) -> None:
        self.seen.append((name, "counter", count, tags or {}))

    def gauge(self, name: str, value: float, *, tags: Tags = None, **_: Any) -> None:
        self.seen.append((name, "gauge", value, tags or {}))

    def timing(self, name: str, dt: float, *, tags: Tags = None, **_: Any) -> None:
        self.seen.append((name, "timer", dt, tags or {}))

    def __getattr__(self, name: str) -> Any:
        return getattr(NoStatsLogger, name)


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> Iterator[Backend]:
    from airflow.sdk.observability.metrics import stats_utils

    found = Backend()
    # Each task of a run sets its backend up.
    monkeypatch.setattr(stats_utils, "get_stats_factory", lambda: lambda: found)
    stats.initialize(factory=lambda: found, export_legacy_names=True)
    yield found
    stats.initialize(factory=NoStatsLogger, export_legacy_names=True)


def test_a_run_emits_what_its_pairs_did_through_airflows_metrics(
    airflow: Runner, conn: Connection, site: Calendars, backend: Backend
) -> None:
    site.statuses["/b"] = [404]
    stored_pair(conn, settings={"url": site.url("/a")})
    stored_pair(conn, PARIS, settings={"url": site.url("/b")})

    airflow.triggered()

    ours = [entry for entry in backend.seen if entry[0].startswith("discovery.")]
    kinds = {metric.name: metric.kind for metric in METRICS}
    assert all(kinds[name] == kind for name, kind, _, _ in ours)
    values = {(name, *sorted(tags.values())): value for name, _, value, tags in ours}
    assert values["discovery.attempts.succeeded", "theatres"] == 1
    assert values["discovery.attempts.failed", "not_found", "theatres"] == 1
    assert values["discovery.events.inserted", "theatres"] == 2
    assert values["discovery.syncs.failed", "theatres"] == 1
    assert values["discovery.pairs.healthy", "theatres"] == 1
    assert values["discovery.attempts.duration", "theatres"] > 0
    assert values["discovery.attempts.wait", "theatres"] > 0
