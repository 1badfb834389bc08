"""The tasks' bodies, called as Airflow calls them, on a real database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from airflow.sdk import (
    DAG,
    CronDataIntervalTimetable,
    CronTriggerTimetable,
    DeltaTriggerTimetable,
)
from airflow.sdk.exceptions import AirflowRescheduleException

from include.discovery.errors import DatabaseUnavailable, PairBusy
from include.discovery.orchestration.tasks import (
    TooManyFailedError,
    plan_run,
    report_run,
    scheduled_for,
    sync_mapped,
)
from include.discovery.report import report
from include.discovery.store.audit import Author, read_changes
from include.discovery.store.connection import Connection
from include.discovery.store.runs import Attempt, begin
from tests.support.builders import event, source, stored_events, stored_pair
from tests.support.builders import plan_run as plan_run_of
from tests.support.slow_site import SlowSite

RUN = "scheduled__1"
MIDNIGHT = datetime(2026, 6, 1, tzinfo=UTC)

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
    return {
        "params": params,
        "dag_run": SimpleNamespace(
            run_id=RUN, run_type="scheduled", run_after=MIDNIGHT, start_date=MIDNIGHT
        ),
        "dag": SimpleNamespace(timetable=object(), timezone="UTC"),
        "task": SimpleNamespace(retries=3),
        "ti": ti,
    }


TASKS: dict[str, Callable[[dict[str, Any]], object]] = {
    "plan": plan_run,
    "sync": lambda context: sync_mapped(context, "krakow · theatres"),
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
def test_a_task_on_a_schema_that_does_not_fit_the_code_fails_in_one_line_and_changes_nothing(
    conn: Connection,
    caplog: pytest.LogCaptureFixture,
    task: str,
    change: str,
    said: str,
) -> None:
    stored_pair(conn)
    if task != "plan":
        plan_run_of(conn, RUN)
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

    def test_a_plan_migrates_an_outdated_database_first(
        self, empty_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB", empty_url)

        assert plan_run(context()) == []

    def test_a_plan_migrates_by_the_connection_of_the_owner_where_there_is_one(
        self, empty_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB_OWNER", empty_url)
        monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_DB", f"{empty_url}?application_name=tasks")

        assert plan_run(context()) == []


class TestWhenTheScheduleMeantARun:
    """Where Airflow keeps it depends on what started the run, and on its timetable."""

    @pytest.mark.parametrize(
        ("timetable", "zone"),
        [
            (CronTriggerTimetable("0 0 * * *", timezone="Europe/Berlin"), "Europe/Berlin"),
            (CronDataIntervalTimetable("0 0 * * *", "Europe/Berlin"), "Europe/Berlin"),
            (DeltaTriggerTimetable(timedelta(hours=24)), "UTC"),
        ],
    )
    def test_the_time_of_a_scheduled_run_has_the_zone_of_its_schedule(
        self, timetable: Any, zone: str
    ) -> None:
        dag = DAG("scheduled", schedule=timetable)
        run = SimpleNamespace(run_type="scheduled", run_after=MIDNIGHT)

        meant = scheduled_for({"dag": dag, "dag_run": run})

        assert meant == MIDNIGHT
        assert meant is not None
        assert meant.tzinfo is ZoneInfo(zone)

    def test_a_cron_expression_has_the_time_zone_of_the_dag(self) -> None:
        berlin = datetime(2026, 1, 1, tzinfo=ZoneInfo("Europe/Berlin"))
        dag = DAG("scheduled", schedule="0 0 * * *", start_date=berlin)
        run = SimpleNamespace(run_type="scheduled", run_after=MIDNIGHT)

        meant = scheduled_for({"dag": dag, "dag_run": run})

        assert meant is not None
        assert str(meant.tzinfo) == "Europe/Berlin"

    @pytest.mark.parametrize(
        "run_type", ["manual", "backfill", "asset_triggered", "operator_triggered"]
    )
    def test_a_triggered_run_has_no_time_of_the_schedule(self, run_type: str) -> None:
        dag = DAG("scheduled", schedule="0 0 * * *")
        run = SimpleNamespace(run_type=run_type, run_after=MIDNIGHT)

        assert scheduled_for({"dag": dag, "dag_run": run}) is None


def test_a_task_whose_pair_another_run_holds_fails_as_busy_and_the_report_says_who(
    conn: Connection,
) -> None:
    holder = begin(conn, stored_pair(conn), Attempt("cli__1"))
    plan_run_of(conn, RUN, force=True)
    asked = context(force=True)

    with pytest.raises(PairBusy):
        sync_mapped(asked, "krakow · theatres")

    (outcome,) = report(conn, RUN).outcomes
    assert (outcome.state, outcome.error_category) == ("failed", "busy")
    assert "is being synced by run cli__1 since" in str(outcome.error_message)
    assert asked["ti"].xcoms["error"]["category"] == "busy"
    states = conn.execute("SELECT id, state FROM discovery.sync_runs ORDER BY id").fetchall()
    assert states[0] == (holder.id, "running")


@pytest.mark.parametrize("withdraw_missing", [False, True])
def test_a_run_with_withdraw_missing_withdraws_the_listings_that_are_missing(
    conn: Connection, monkeypatch: pytest.MonkeyPatch, *, withdraw_missing: bool
) -> None:
    monkeypatch.setenv("DISCOVERY_PRIVATE_HOSTS", "127.0.0.1")
    site = SlowSite()
    site.go.set()
    pair = stored_pair(
        conn,
        source=source("slow", kind="events_calendar"),
        settings={"site_url": site.url},
    )
    later = datetime.now(UTC) + timedelta(days=30)
    stored_events(conn, pair, [event(f"old {n}", starts_at=later) for n in range(6)])
    asked = context(sources=["slow"], force=True, withdraw_missing=withdraw_missing)

    with site.serving():
        plan_run(asked)
        sync_mapped(asked, "krakow · slow")

    (outcome,) = report(conn, RUN).outcomes
    assert outcome.complete
    assert outcome.stats.withdrawn == (6 if withdraw_missing else 0)


def test_a_report_leaves_its_summary_as_markdown_and_returns_what_other_dags_are_told(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(conn, stored_pair(conn), Attempt(RUN))
    plan_run_of(conn, RUN, force=True)
    monkeypatch.setenv("DISCOVERY_FAILURE_THRESHOLD", "1")
    asked = context()

    changed = report_run(asked)

    summary = asked["ti"].xcoms["summary"]
    assert summary.startswith("**0 of 1 pair succeeded.** 0 fetched in 0 requests")
    assert "| krakow · theatres | failed | the task died without reporting" in summary
    assert changed.run == {
        "dag_run_id": RUN, "dry_run": False, "pairs": 1, "failed": 1,
        **dict.fromkeys(
            ("fetched", "inserted", "updated", "unchanged", "rejected", "duplicates", "skipped",
             "withdrawn", "pages", "requests"), 0),
    }  # fmt: skip
    assert changed.by_city == {}


def test_a_report_of_too_many_failures_leaves_its_summary_before_it_fails(conn: Connection) -> None:
    begin(conn, stored_pair(conn), Attempt(RUN))
    plan_run_of(conn, RUN, force=True)
    asked = context()

    with pytest.raises(TooManyFailedError, match="1 of 1 pairs failed"):
        report_run(asked)

    assert "summary" in asked["ti"].xcoms


def test_a_run_that_somebody_triggered_is_in_the_audit_log(conn: Connection) -> None:
    stored_pair(conn)
    asked = context(cities=["krakow"], force=True)
    asked["dag_run"].run_type = "manual"
    asked["dag_run"].triggering_user_name = "ada"

    plan_run(asked)
    plan_run(asked)

    (noted,) = read_changes(conn, limit=9)
    assert noted.author == Author("ada", "dag")
    assert noted.change.entity == asked["dag_run"].run_id
    assert noted.change.after == {"cities": ["krakow"], "force": True}


def test_a_run_that_another_dag_started_names_how_it_was_started(conn: Connection) -> None:
    stored_pair(conn)
    asked = context()
    asked["dag_run"].run_type = "operator_triggered"

    plan_run(asked)

    (noted,) = read_changes(conn, limit=9)
    assert noted.author == Author("Airflow (operator_triggered)", "dag")


def test_a_scheduled_run_is_not_in_the_audit_log(conn: Connection) -> None:
    stored_pair(conn)
    asked = context()
    asked["dag_run"].run_type = "scheduled"

    plan_run(asked)

    assert read_changes(conn, limit=9) == []


def test_a_scheduled_plan_takes_what_is_due_by_the_schedule_and_notes_its_time(
    conn: Connection,
) -> None:
    stored_pair(conn, period_start=MIDNIGHT.replace(tzinfo=ZoneInfo("UTC")) - timedelta(days=1))

    assert plan_run(context()) == ["krakow · theatres"]

    row = conn.execute(
        "SELECT scheduled_for, schedule_zone FROM discovery.planned_syncs"
    ).fetchone()
    assert row == (MIDNIGHT, "UTC")


class TestStart:
    """A scheduled run begins some random minutes late, so that not everybody asks at midnight."""

    @pytest.fixture(autouse=True)
    def an_hour(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DISCOVERY_START_SPREAD", "3600")

    def scheduled(self, at: datetime) -> dict[str, Any]:
        asked = context()
        asked["dag_run"].run_after = at
        return asked

    def test_a_scheduled_run_begins_a_random_part_of_the_spread_after_its_time(
        self, conn: Connection
    ) -> None:
        stored_pair(conn)
        meant = datetime.now(UTC)

        with pytest.raises(AirflowRescheduleException) as put_off:
            plan_run(self.scheduled(meant), lambda: 0.5)

        assert put_off.value.reschedule_date == meant + timedelta(minutes=30)
        assert conn.execute("SELECT FROM discovery.planned_syncs").fetchall() == []

    def test_a_run_that_was_put_off_is_not_put_off_again(self, conn: Connection) -> None:
        stored_pair(conn)
        asked = self.scheduled(datetime.now(UTC)) | {"task_reschedule_count": 1}

        assert len(plan_run(asked, lambda: 0.5)) == 1

    def test_a_run_that_is_late_anyway_begins_at_once(self, conn: Connection) -> None:
        stored_pair(conn)
        asked = self.scheduled(datetime.now(UTC) - timedelta(minutes=40))

        assert len(plan_run(asked, lambda: 0.5)) == 1

    def test_a_triggered_run_begins_at_once(self, conn: Connection) -> None:
        stored_pair(conn)
        asked = self.scheduled(datetime.now(UTC))
        asked["dag_run"].run_type = "manual"
        asked["dag_run"].triggering_user_name = "ada"

        assert len(plan_run(asked, lambda: 0.5)) == 1

    def test_runs_begin_on_time_where_the_spread_is_none(
        self, conn: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DISCOVERY_START_SPREAD", "0")
        stored_pair(conn)

        assert len(plan_run(self.scheduled(datetime.now(UTC)), lambda: 0.5)) == 1
