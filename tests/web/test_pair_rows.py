"""Rows of pairs: health, last runs, and when each is due next."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine

from include.discovery.due import RunTime
from include.discovery.errors import KILLED, PairBusy, Parking
from include.discovery.report import close_run
from include.discovery.store import runs
from include.discovery.store.connection import Connection
from include.discovery.store.plans import plan_pairs
from include.discovery.store.runs import Attempt
from tests.support.builders import KRAKOW, PARIS, lapse, plan_run, source, stored_pair
from tests.web.metadata_support import NOW, Instance, add_run
from tests.web.page_support import Page, fail, row_of, sync

TICKETMASTER = source("ticketmaster", kind="ticketmaster")


def test_a_row_of_the_overview_has_the_state_and_numbers_of_its_pair(
    page: Page, conn: Connection, metadata: Engine
) -> None:
    pair = stored_pair(conn)
    sync(conn, pair, "run-1", "a")
    sync(conn, pair, "run-2", "a", "b")
    add_run(metadata, "run-1", [(("krakow", "theatres"), Instance())], age=timedelta(days=1))
    add_run(metadata, "run-2", [(("krakow", "theatres"), Instance())])

    answer = page.get("/api/overview")

    row = row_of(answer, "krakow · theatres")
    assert [mark["state"] for mark in row["recent"]] == ["success", "success"]
    assert row["last_run"]["run_id"] == "run-2"
    assert row["last_run"]["counts"] == {
        "fetched": 3, "inserted": 1, "updated": 0, "unchanged": 1, "duplicates": 0, "skipped": 0,
        "rejected": 1, "withdrawn": 0, "pages": 1, "requests": 0,
    }  # fmt: skip
    assert row["last_run"]["log_path"] == (
        "dags/city_discovery/runs/run-2/tasks/sync/mapped/0?try_number=1"
    )
    assert row["totals"]["succeeded"] == 2
    assert row["totals"]["rejected"] == 2
    assert row["last_success_at"] is not None
    assert row["events_upcoming"] == 2
    assert row["statistics"]["runs"] == 2
    assert row["statistics"]["success_rate"] == 1
    assert answer["tiles"]["events_upcoming"] == answer["tiles"]["events_new_this_week"] == 2
    assert answer["dag"]["last_run"]["run_id"] == "run-2"
    assert page.get("/api/cities")["cities"][0]["events_upcoming"] == 2


def test_each_pair_has_the_health_of_its_state(
    page: Page, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_DISCOVERY_TICKETMASTER", raising=False)
    never = stored_pair(conn)
    stored_pair(conn, PARIS, source("off"), enabled=False)
    stored_pair(conn, KRAKOW, TICKETMASTER)
    partial = stored_pair(conn, PARIS, source("partial"))
    sync(conn, partial, "run", "a", complete=False)
    failing = stored_pair(conn, PARIS, source("failing"))
    for n in range(3):
        fail(conn, failing, f"run-{n}", f"failure {n}")
    running = stored_pair(conn, PARIS, source("running"))
    runs.begin(conn, running, Attempt("now"))
    stuck = stored_pair(conn, PARIS, source("stuck"))
    opened = runs.begin(conn, stuck, Attempt("old"))
    conn.execute(
        "UPDATE discovery.sync_runs SET started_at = started_at - interval '3 h' WHERE id = %s",
        [opened.id],
    )

    answer = page.get("/api/overview")

    states = {row["source"]: row["health"]["state"] for row in answer["pairs"]}
    assert states == {
        never.source.slug: "never_run",
        "off": "disabled",
        "ticketmaster": "missing_key",
        "partial": "partial",
        "failing": "failing",
        "running": "running",
        "stuck": "stuck",
    }
    failing_row = row_of(answer, "paris · failing")
    assert failing_row["health"]["reason"].endswith("the last: failure 2")
    assert failing_row["last_run"]["error"]["actor"]
    assert answer["tiles"]["health"]["missing_key"] == 1
    assert answer["tiles"]["health"]["healthy"] == 0
    assert row_of(answer, "krakow · ticketmaster")["connection"] == {
        "id": "discovery_ticketmaster", "required": True, "exists": False, "has_key": False,
        "problem": "needs connection discovery_ticketmaster: add it in Airflow (type HTTP), with"
        " the key as its password",
    }  # fmt: skip
    monkeypatch.setenv("AIRFLOW_CONN_DISCOVERY_TICKETMASTER", "http://:key@example.org")
    page.services.metadata._connections.clear()
    found = row_of(page.get("/api/overview"), "krakow · ticketmaster")
    assert found["connection"]["has_key"] is True
    assert "key@" not in str(found)


def test_a_pair_whose_task_never_started_is_failing(
    page: Page, conn: Connection, metadata: Engine
) -> None:
    stored_pair(conn)
    add_run(metadata, "run", [], state="running")
    plan_run(conn, "run")
    assert page.get("/api/overview")["pairs"][0]["recent"][0]["state"] == "planned"
    assert page.get("/api/live")["planned"] == 1

    close_run(conn, "run")

    row = page.get("/api/overview")["pairs"][0]
    assert row["recent"][0]["state"] == "lost"
    assert row["health"]["state"] == "failing"
    assert "never started" in row["last_run"]["error"]["message"]


def test_a_run_with_a_limit_leaves_a_healthy_pair_healthy(page: Page, conn: Connection) -> None:
    pair = stored_pair(conn)
    sync(conn, pair, "full", *(f"e{n}" for n in range(20)))
    before = page.get("/api/overview")["pairs"][0]
    sync(conn, pair, "trial", "a", complete=False, limit=1)

    row = page.get("/api/overview")["pairs"][0]

    assert row["health"] == before["health"]
    assert row["health"]["state"] == "healthy"
    assert row["last_run"] == before["last_run"]
    assert row["last_success_at"] == before["last_success_at"]
    assert [(mark["limited"], mark["state"]) for mark in row["recent"]] == [
        (False, "success"), (True, "success"),
    ]  # fmt: skip
    detail = page.get("/api/pair", city="krakow", source="theatres")
    assert detail["trend"][-1]["partial"] == 0
    assert (detail["attempts"][0]["limit"], detail["attempts"][0]["state"]) == (1, "success")


def test_a_limited_run_alone_leaves_a_pair_as_never_run(page: Page, conn: Connection) -> None:
    sync(conn, stored_pair(conn), "trial", "a", complete=False, limit=1)

    row = page.get("/api/overview")["pairs"][0]

    assert (row["health"]["state"], row["last_run"], row["last_success_at"]) == (
        "never_run", None, None,
    )  # fmt: skip


def test_a_pair_whose_only_run_failed_is_failing(page: Page, conn: Connection) -> None:
    fail(conn, stored_pair(conn), "run")

    health = page.get("/api/overview")["pairs"][0]["health"]

    assert health == {
        "state": "failing", "reason": "never succeeded; the last run failed: answered 503",
    }  # fmt: skip


def test_a_warning_of_a_run_is_in_the_health_of_its_pair(page: Page, conn: Connection) -> None:
    sync(conn, stored_pair(conn), "run", "a", warnings=("all 5 events are missing",))

    row = page.get("/api/overview")["pairs"][0]
    attempt = page.get("/api/pair", city="krakow", source="theatres")["attempts"][0]

    assert row["health"] == {"state": "warning", "reason": "all 5 events are missing"}
    assert row["last_run"]["warnings"] == attempt["warnings"] == ["all 5 events are missing"]


def test_an_unfinished_attempt_of_a_run_that_has_ended_is_lost(
    page: Page, conn: Connection, metadata: Engine
) -> None:
    """It was stopped by hand and closed nothing; another run of the DAG is going on."""
    first = stored_pair(conn)
    stored_pair(conn, PARIS, source("louvre"))
    plan_run(conn, "run")
    runs.begin(conn, first, Attempt("run", 0))
    add_run(metadata, "run", [], state="failed")
    add_run(metadata, "another", [], state="running")

    rows = page.get("/api/overview")["pairs"]

    assert [row["last_run"]["state"] for row in rows] == ["lost", "lost"]
    assert "died without reporting" in rows[0]["last_run"]["error"]["message"]
    assert "never started" in rows[1]["last_run"]["error"]["message"]
    assert page.get("/api/live")["running"] is False


def test_an_attempt_without_a_valid_lease_is_shown_as_interrupted_while_its_run_goes_on(
    page: Page, conn: Connection, metadata: Engine
) -> None:
    pair = stored_pair(conn)
    add_run(metadata, "run", [], state="running")
    runs.begin(conn, pair, Attempt("run", 0))
    assert page.get("/api/overview")["pairs"][0]["health"]["state"] == "running"

    lapse(conn, pair)

    row = page.get("/api/overview")["pairs"][0]
    assert (row["health"]["state"], row["last_run"]["state"]) == ("failing", "lost")
    assert row["last_run"]["error"]["category"] == "interrupted"
    assert KILLED in row["health"]["reason"]


def test_a_command_that_was_killed_is_not_shown_as_running(page: Page, conn: Connection) -> None:
    pair = stored_pair(conn)
    runs.begin(conn, pair, Attempt("cli__1"))
    assert page.get("/api/live")["in_progress"] == 1

    lapse(conn, pair)

    assert page.get("/api/live")["in_progress"] == 0
    assert page.get("/api/overview")["pairs"][0]["last_run"]["state"] == "lost"


def test_an_attempt_that_found_its_pair_held_says_nothing_of_the_pair(
    page: Page, conn: Connection
) -> None:
    pair = stored_pair(conn)
    runs.begin(conn, pair, Attempt("cli__1"))
    runs.refuse(conn, pair, Attempt("run", 0), PairBusy("held"))

    row = page.get("/api/overview")["pairs"][0]

    assert row["health"]["state"] == "running"
    assert [mark["run_id"] for mark in row["recent"]] == ["cli__1"]


def test_a_sync_from_the_command_line_links_to_no_run_of_airflow(
    page: Page, conn: Connection
) -> None:
    sync(conn, stored_pair(conn), "cli__1", "a", index=-1)

    detail = page.get("/api/pair", city="krakow", source="theatres")

    assert detail["pair"]["last_run"]["log_path"] is None
    assert [attempt["log_path"] for attempt in detail["attempts"]] == [None]


class TestNextDue:
    """The page and the planner use one function."""

    @pytest.fixture(autouse=True)
    def nights(self, metadata: Engine) -> None:
        """Let the schedule be nightly: the last run three hours less than a day ago."""
        for age in (21, 45):
            add_run(metadata, f"scheduled__{age}", [], age=timedelta(hours=age))
        with metadata.begin() as conn:
            conn.execute(
                text("UPDATE dag SET next_dagrun_create_after = :at"),
                {"at": NOW + timedelta(hours=3)},
            )

    def due(self, page: Page) -> tuple[datetime, bool]:
        (row,) = page.get("/api/overview")["pairs"]
        return datetime.fromisoformat(row["next_due_at"]), row["is_due"]

    @pytest.mark.parametrize(
        ("frequency", "days"), [(1, 0), (24, 0), (36, 1), (48, 1), (168, 6), (744, 30)]
    )
    def test_the_next_due_time_is_that_of_the_run_that_takes_the_pair(
        self, page: Page, conn: Connection, frequency: int, days: int
    ) -> None:
        last = (NOW - timedelta(hours=21)).replace(tzinfo=ZoneInfo("UTC"))
        stored_pair(conn, frequency_hours=frequency, period_start=last)

        at = NOW + timedelta(hours=3, days=days)
        assert self.due(page) == (at, days == 0)
        planned = plan_pairs(conn, "night", RunTime(at, at), capacity=9)
        assert len(planned.pairs) == 1

    def test_a_run_by_hand_does_not_change_the_next_due_time(
        self, page: Page, conn: Connection
    ) -> None:
        pair = stored_pair(conn)
        sync(conn, pair, "manual__1", "a")

        assert self.due(page) == (NOW + timedelta(hours=3), True)

    def test_a_parked_pair_is_due_in_the_first_run_after_its_parking_ends(
        self, page: Page, conn: Connection
    ) -> None:
        pair = stored_pair(conn)
        opened = runs.begin(conn, pair, Attempt("run", 0))
        parking = Parking(timedelta(hours=24), "rate limited")
        runs.fail(conn, opened.id, category="rate_limited", message="429", parking=parking)

        assert self.due(page) == (NOW + timedelta(hours=27), False)
        health = page.get("/api/overview")["pairs"][0]["health"]
        assert health["state"] == "parked"
        assert health["reason"].startswith("rate limited until ")

    def test_a_pair_that_is_put_off_says_how_long_and_why(
        self, page: Page, conn: Connection
    ) -> None:
        pair = stored_pair(conn, max_frequency_hours=168)
        for n in range(5):
            at = NOW - timedelta(hours=21) - (4 - n) * timedelta(days=8)
            plan_pairs(conn, f"scheduled__{n}", RunTime(at, at), capacity=9)
            sync(conn, pair, f"scheduled__{n}", "a")

        assert self.due(page) == (NOW + timedelta(days=3, hours=3), False)
        (row,) = page.get("/api/overview")["pairs"]
        assert row["less_often"] == "every 96 h for now: its last 4 syncs found no change"

    def test_a_disabled_pair_is_never_due(self, page: Page, conn: Connection) -> None:
        stored_pair(conn, enabled=False)

        (row,) = page.get("/api/overview")["pairs"]
        assert (row["next_due_at"], row["is_due"]) == (None, False)

    def test_no_pair_has_a_next_due_time_while_the_dag_is_paused(
        self, page: Page, conn: Connection, metadata: Engine
    ) -> None:
        stored_pair(conn)
        with metadata.begin() as session:
            session.execute(text("UPDATE dag SET is_paused = true"))
        try:
            (row,) = page.get("/api/overview")["pairs"]
        finally:
            with metadata.begin() as session:
                session.execute(text("UPDATE dag SET is_paused = false"))

        assert (row["next_due_at"], row["is_due"]) == (None, True)
