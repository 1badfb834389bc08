"""The tasks' bodies, called as Airflow calls them, on a real database."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from include.discovery.errors import DatabaseUnavailable
from include.discovery.orchestration.tasks import plan_run, report_run, sync_mapped
from include.discovery.store.claims import claim_pairs
from include.discovery.store.connection import Connection
from tests.support.builders import stored_pair

RUN = "scheduled__1"

OLDER = "DELETE FROM discovery.schema_migrations WHERE name >= '0002'"
NEWER = "INSERT INTO discovery.schema_migrations VALUES ('9999_later.sql', '')"

# Everything that a run may move on.
STATE = """
SELECT (SELECT jsonb_agg(to_jsonb(cs) ORDER BY id) FROM discovery.city_source cs),
    (SELECT jsonb_agg(to_jsonb(p)) FROM discovery.planned_syncs p),
    (SELECT jsonb_agg(to_jsonb(r)) FROM discovery.sync_runs r)
"""


def context(**params: Any) -> dict[str, Any]:
    """Return as much of Airflow's context as the tasks read."""
    xcoms: dict[str, Any] = {}
    ti = SimpleNamespace(
        try_number=1,
        max_tries=3,
        map_index=0,
        xcom_push=lambda key, value: xcoms.update({key: value}),
        xcom_pull=lambda **_: [],
        xcoms=xcoms,
    )
    return {"params": params, "dag_run": SimpleNamespace(run_id=RUN), "ti": ti}


TASKS: dict[str, Callable[[dict[str, Any]], object]] = {
    "plan": plan_run,
    "sync": lambda context: sync_mapped(context, "krakow", "theatres"),
    "report": report_run,
}


@pytest.fixture(autouse=True)
def connection(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB", database_url)
    monkeypatch.delenv("AIRFLOW_CONN_DISCOVERY_DB_OWNER", raising=False)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (OLDER, "run: python -m include.discovery migrate"),
        (NEWER, "this code is older than the discovery database"),
    ],
)
def test_on_another_schema_than_the_codes_a_task_says_so_in_one_line_and_moves_nothing(
    conn: Connection,
    caplog: pytest.LogCaptureFixture,
    task: str,
    change: str,
    said: str,
) -> None:
    stored_pair(conn)
    if task != "plan":
        claim_pairs(conn, RUN, capacity=1)
    conn.execute(change.encode())
    before = conn.execute(STATE).fetchone()

    with pytest.raises(DatabaseUnavailable, match=said):
        TASKS[task](context())

    assert conn.execute(STATE).fetchone() == before
    assert len([record for record in caplog.records if said in record.getMessage()]) == 1


class TestAutoMigrate:
    """``DISCOVERY_AUTO_MIGRATE`` lets the plan bring the database up."""

    @pytest.fixture(autouse=True)
    def setting(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DISCOVERY_AUTO_MIGRATE", "true")

    def test_a_database_of_the_past_is_brought_up_first(
        self, empty_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB", empty_url)

        assert plan_run(context()) == []

    def test_the_owners_connection_is_used_where_there_is_one(
        self, empty_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB_OWNER", empty_url)
        monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB", f"{empty_url}?application_name=tasks")

        assert plan_run(context()) == []
