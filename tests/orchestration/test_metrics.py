"""Metrics go through Airflow's own: to StatsD, OpenTelemetry, and a backend in their place."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread
from typing import Any

import pytest
from airflow.sdk._shared.observability.metrics import otel_logger
from airflow.sdk._shared.observability.metrics.base_stats_logger import NoStatsLogger
from airflow.sdk.observability import stats
from airflow.sdk.observability.metrics.stats_utils import get_stats_factory
from opentelemetry import metrics as otel
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)

from include.discovery.monitoring.metrics import METRICS, Measurement
from include.discovery.orchestration.metrics import emit
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


MEASURED = (
    Measurement("discovery.attempts.succeeded", 2, {"source": "theatres"}),
    Measurement("discovery.attempts.duration", 1500.0, {"source": "theatres"}),
    Measurement("discovery.pairs.healthy", 3, {"source": "theatres"}),
)


@pytest.fixture
def no_backend() -> Iterator[None]:
    """Leave no backend to the tests that follow."""
    yield
    stats.initialize(factory=NoStatsLogger, export_legacy_names=True)


def configure(monkeypatch: pytest.MonkeyPatch, **options: Any) -> None:
    """Set up the backend that Airflow's own configuration names, as a task does."""
    for name, value in options.items():
        monkeypatch.setenv(f"AIRFLOW__METRICS__{name.upper()}", str(value))
    stats.initialize(factory=get_stats_factory(), export_legacy_names=True)


@pytest.mark.usefixtures("no_backend")
def test_a_statsd_server_gets_counters_timers_and_gauges(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(10)
        host, port = server.getsockname()
        configure(monkeypatch, statsd_on=True, statsd_host=host, statsd_port=port)

        emit(MEASURED)

        assert [server.recv(1_000).decode() for _ in MEASURED] == [
            "airflow.discovery.attempts.succeeded:2|c",
            "airflow.discovery.attempts.duration:1500.000000|ms",
            "airflow.discovery.pairs.healthy:3|g",
        ]


@pytest.fixture
def collector() -> Iterator[tuple[int, Queue[ExportMetricsServiceRequest]]]:
    """Serve what OpenTelemetry exports to; give its port, and what it is sent."""
    sent: Queue[ExportMetricsServiceRequest] = Queue()

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            sent.put(ExportMetricsServiceRequest.FromString(body))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port, sent
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures("no_backend")
def test_an_opentelemetry_collector_gets_them_with_their_source(
    monkeypatch: pytest.MonkeyPatch,
    collector: tuple[int, Queue[ExportMetricsServiceRequest]],
) -> None:
    port, sent = collector
    # At the end of the process it would be told once more, when it has gone.
    monkeypatch.setattr(otel_logger, "atexit_register_metrics_flush", lambda: None)
    configure(monkeypatch, otel_on=True, otel_host="127.0.0.1", otel_port=port)

    emit(MEASURED)
    provider: Any = otel.get_meter_provider()
    provider.force_flush()
    provider.shutdown()

    found = {
        metric.name: metric
        for resource in sent.get(timeout=10).resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }
    (counted,) = found["airflow.discovery.attempts.succeeded"].sum.data_points
    assert (counted.as_int or counted.as_double) == 2
    assert [(tag.key, tag.value.string_value) for tag in counted.attributes] == [
        ("source", "theatres")
    ]
    timer = found["airflow.discovery.attempts.duration"].exponential_histogram
    assert [point.sum for point in timer.data_points] == [1500]
    (gauge,) = found["airflow.discovery.pairs.healthy"].gauge.data_points
    assert (gauge.as_int or gauge.as_double) == 3
