"""Hands measurements to Airflow's metrics, which go to StatsD or OpenTelemetry if it has one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from airflow.sdk.observability import stats

from include.discovery.monitoring.metrics import METRICS, Measurement

_KINDS: Final = {metric.name: metric.kind for metric in METRICS}


def emit(measurements: Iterable[Measurement]) -> None:
    """Emit measurements; where no backend is configured, they go nowhere."""
    for measurement in measurements:
        name, tags = measurement.name, dict(measurement.tags)
        match _KINDS[name]:
            case "counter":
                stats.incr(name, int(measurement.value), tags=tags)
            case "timer":
                stats.timing(name, measurement.value, tags=tags)
            case "gauge":
                stats.gauge(name, measurement.value, tags=tags)
