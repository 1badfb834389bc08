"""A sync task that reaches its time limit, or that somebody stops: its row says which it was."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.execution_time.timeout import TimeoutPosix

from include.discovery.errors import TimeLimitReached
from include.discovery.orchestration.retry import PairBackoff
from include.discovery.orchestration.tasks import plan_run, sync_mapped
from include.discovery.store.connection import Connection
from include.discovery.sync.stopping import Terminated
from tests.support.builders import source, stored_pair
from tests.support.slow_site import SlowSite


def context() -> dict[str, Any]:
    """Return as much of Airflow's context as the tasks read."""
    xcoms: dict[str, Any] = {}
    ti = SimpleNamespace(
        try_number=1,
        max_tries=3,
        map_index=0,
        xcom_push=lambda key, value: xcoms.update({key: value}),
        xcoms=xcoms,
    )
    dag_run = SimpleNamespace(run_id="manual__1", run_type="manual", start_date=datetime.now(UTC))
    task = SimpleNamespace(retries=3)
    return {"params": {}, "dag": None, "dag_run": dag_run, "task": task, "ti": ti}


@pytest.fixture
def site(
    conn: Connection, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SlowSite]:
    """Plan a pair whose source stops at its third page."""
    monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB", database_url)
    monkeypatch.delenv("AIRFLOW_CONN_DISCOVERY_DB_OWNER", raising=False)
    monkeypatch.setenv("DISCOVERY_PRIVATE_HOSTS", "127.0.0.1")
    site = SlowSite()
    with site.serving():
        settings = {"site_url": site.url}
        stored_pair(conn, source=source("slow", kind="events_calendar"), settings=settings)
        assert plan_run(context())
        yield site


def signal_at_page_3(site: SlowSite, number: signal.Signals) -> None:
    """Send this process a signal as soon as the third page is being waited for."""

    def send() -> None:
        assert site.waiting.wait(60)
        os.kill(os.getpid(), number)

    threading.Thread(target=send, daemon=True).start()


def row_of(conn: Connection) -> tuple[Any, ...]:
    row = conn.execute(
        "SELECT state, error_category, error_message, pages FROM discovery.sync_runs"
    ).fetchone()
    assert row is not None
    return row


def test_a_task_at_its_time_limit_fails_as_a_timeout_and_is_tried_again(
    conn: Connection, site: SlowSite
) -> None:
    task = context()
    signal_at_page_3(site, signal.SIGALRM)

    # As Airflow runs a task with an execution_timeout; the limit comes by the signal alone.
    with TimeoutPosix(3600), pytest.raises(TimeLimitReached) as caught:
        sync_mapped(task, "krakow · slow")

    state, category, message, pages = row_of(conn)
    assert (state, category, pages) == ("failed", "timeout", 2)
    assert message.startswith("not finished after ")
    assert "setting DISCOVERY_SYNC_TIMEOUT" in message
    assert "PID" not in message
    assert task["ti"].xcoms["error"] == {"category": "timeout", "message": message}
    decision = PairBackoff().evaluate(caught.value, 1, 3, None)
    assert decision.retry_delay is not None
    assert decision.reason == message


def test_a_task_that_is_stopped_records_why_before_airflow_kills_it(
    conn: Connection, site: SlowSite
) -> None:
    signal_at_page_3(site, signal.SIGTERM)

    with pytest.raises(Terminated):
        sync_mapped(context(), "krakow · slow")

    state, category, message, pages = row_of(conn)
    assert (state, category, pages) == ("failed", "interrupted", 2)
    assert message.startswith("stopped by a signal: its task was marked or cleared in Airflow")
