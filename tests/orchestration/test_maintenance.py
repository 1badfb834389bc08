"""The maintenance task: by Airflow's connection, with what it deleted in its log and result."""

from __future__ import annotations

import logging

import pytest

from include.discovery.orchestration.maintenance import prune_history
from include.discovery.store.audit import Author, Change, note, read_changes
from include.discovery.store.connection import Connection


def test_the_task_returns_and_logs_what_it_deleted(
    conn: Connection,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB", database_url)
    caplog.set_level(logging.INFO, "include.discovery")
    note(conn, Change("create", "country", "PL", after={}), Author("ada", "page"))
    conn.execute("UPDATE discovery.config_changes SET changed_at = '2001-01-01'")

    done = prune_history()

    assert done["audit log"] == 1
    assert "Audit log, kept for 1100 days: 1 deleted." in caplog.messages
    assert "Past events are kept forever." in caplog.messages
    (noted,) = read_changes(conn, limit=9)
    assert noted.author == Author("discovery_maintenance", "dag")
