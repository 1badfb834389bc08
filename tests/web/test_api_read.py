"""What the page reads: the real app on a real discovery database and a real metadata database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from include.discovery.due import RunTime
from include.discovery.errors import KILLED, DatabaseUnavailable, PairBusy, Parking
from include.discovery.model import Pair, Reject, Scope, SyncStats
from include.discovery.report import close_run
from include.discovery.store import runs
from include.discovery.store.connection import Connection
from include.discovery.store.loader import Loader
from include.discovery.store.migrate import migrations
from include.discovery.store.plans import plan_pairs
from include.discovery.store.runs import Attempt, PageResult
from include.discovery.web.database import DiscoveryDatabase
from tests.support.builders import KRAKOW, PARIS, event, lapse, plan_run, source, stored_pair
from tests.web.metadata_support import NOW, Instance, add_run
from tests.web.page_support import Page

TICKETMASTER = source("ticketmaster", kind="ticketmaster")
FRANCE = source("france", scope=Scope.COUNTRY)


def sync(
    conn: Connection,
    pair: Pair,
    run: str,
    *events: str,
    complete: bool = True,
    index: int = 0,
    limit: int | None = None,
    warnings: tuple[str, ...] = (),
) -> None:
    """Sync a pair as a task does, in one page."""
    opened = runs.begin(conn, pair, Attempt(run, index), limit=limit)
    Loader(conn, pair, opened).load(
        [event(name) for name in events],
        PageResult(
            SyncStats(fetched=len(events) + 1, pages=1, rejected={"no title": 1}),
            rejects=(Reject("no title", "item 7", "<b>"),),
            gaps=() if complete else ("page 2 is missing",),
            warnings=warnings,
        ),
    )
    runs.finish(conn, opened.id, complete=complete)


def fail(conn: Connection, pair: Pair, run: str, message: str = "answered 503") -> None:
    opened = runs.begin(conn, pair, Attempt(run, 0))
    runs.fail(conn, opened.id, category="server", message=message)


def row_of(answer: Any, label: str) -> Any:
    return next(row for row in answer["pairs"] if row["label"] == label)


def test_an_overview_without_configuration_is_marked_as_empty(page: Page) -> None:
    answer = page.get("/api/overview")

    assert answer["is_empty"] is True
    assert answer["pairs"] == []
    assert answer["tiles"]["pairs"] == 0
    assert answer["dag"]["known"] is True
    assert answer["dag"]["last_run"] is None


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
    assert answer["cities"][0]["events_upcoming"] == 2


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
    assert [mark["limited"] for mark in row["recent"]] == [False, True]
    detail = page.get("/api/pair", city="krakow", source="theatres")
    assert detail["trend"][-1]["partial"] == 0
    assert detail["attempts"][0]["limit"] == 1


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


def test_the_last_run_of_the_dag_says_how_many_of_its_pairs_failed(
    page: Page, conn: Connection, metadata: Engine
) -> None:
    fail(conn, stored_pair(conn), "run")
    sync(conn, stored_pair(conn, PARIS, source("louvre")), "run", "a", complete=False)
    sync(conn, stored_pair(conn, PARIS, source("orsay")), "run", "b")
    sync(conn, stored_pair(conn, PARIS, source("another")), "earlier", "c")
    assert page.get("/api/overview")["tiles"]["last_run"] is None
    add_run(metadata, "run", [])

    answer = page.get("/api/overview")

    assert answer["dag"]["last_run"]["state"] == "success"
    assert answer["tiles"]["last_run"] == {"pairs": 3, "failed": 1, "partial": 1}


def test_a_run_with_a_limit_is_no_partial_run_of_the_dag(
    page: Page, conn: Connection, metadata: Engine
) -> None:
    sync(conn, stored_pair(conn), "trial", "a", complete=False, limit=1)
    add_run(metadata, "trial", [])

    answer = page.get("/api/overview")

    assert answer["tiles"]["last_run"] == {"pairs": 1, "failed": 0, "partial": 0}


def test_a_warning_of_a_run_is_in_the_health_of_its_pair(page: Page, conn: Connection) -> None:
    sync(conn, stored_pair(conn), "run", "a", warnings=("all 5 events are missing",))

    row = page.get("/api/overview")["pairs"][0]
    attempt = page.get("/api/pair", city="krakow", source="theatres")["attempts"][0]

    assert row["health"] == {"state": "warning", "reason": "all 5 events are missing"}
    assert row["last_run"]["warnings"] == attempt["warnings"] == ["all 5 events are missing"]


def test_failing_statistics_leave_the_rest_of_the_overview_usable(
    page: Page, conn: Connection, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored_pair(conn)

    def broken(_days: int) -> None:
        raise OperationalError("SELECT", {}, Exception("the cause"))

    monkeypatch.setattr(type(page.services.statistics), "read", lambda _, days: broken(days))

    answer = page.get("/api/overview")
    alone = page.get("/api/statistics")

    assert answer["statistics_error"]["message"].startswith("Failed to load statistics")
    assert "the cause" not in str(answer)
    assert len(answer["pairs"]) == 1
    assert answer["pairs"][0]["statistics"] is None
    assert alone["statistics"] is None
    assert alone["error"]["message"].startswith("Failed to load statistics")
    assert "the cause" in caplog.text


def test_without_a_discovery_database_the_connection_to_set_is_named(page: Page) -> None:
    def unavailable() -> Connection:
        raise DatabaseUnavailable("Airflow has no connection discovery_db; add it")

    services = page.services
    page.app.state.services = type(services)(
        database=DiscoveryDatabase(unavailable),
        metadata=services.metadata,
        statistics=services.statistics,
    )

    answer = page.ask("GET", "/api/overview")
    health = page.get("/api/health")

    assert answer.status_code == 503
    assert answer.json()["connection"] == "discovery_db"
    assert health["discovery_db"] == "unreachable"
    assert health["metadata_db"] == "ok"


def test_a_database_without_schema_says_what_to_run(page: Page, conn: Connection) -> None:
    conn.execute("DROP SCHEMA discovery CASCADE")

    answer = page.ask("GET", "/api/overview")

    assert answer.status_code == 503
    assert "include.discovery migrate" in answer.json()["detail"]
    assert page.get("/api/health")["discovery_db"] == "not_migrated"


def test_the_health_check_knows_the_schema(page: Page) -> None:
    answer = page.get("/api/health", "viewer")

    assert answer["discovery_db"] == answer["metadata_db"] == "ok"
    assert answer["schema_version"] == migrations()[-1].name


def test_statistics_can_be_asked_for_one_city(page: Page, metadata: Engine) -> None:
    failed = Instance("failed", 4, error={"category": "server", "message": "answered 503"})
    add_run(
        metadata,
        "run",
        [(("krakow", "x"), failed), (("paris", "x"), Instance()), ((None, "y"), Instance())],
    )

    everything = page.get("/api/statistics")["statistics"]
    (krakow,) = page.get("/api/statistics", city="krakow")["statistics"]

    assert {(row["city"], row["source"]) for row in everything} == {
        ("krakow", "x"), ("paris", "x"), (None, "y"),
    }  # fmt: skip
    assert krakow["last_error"]["message"] == "answered 503"
    assert krakow["last_error"]["log_path"].endswith("/mapped/0?try_number=4")


def test_the_window_of_the_statistics_is_capped(page: Page) -> None:
    assert page.get("/api/statistics", days=365)["window"]["days"] == 90
    assert page.ask("GET", "/api/statistics?days=0").status_code == 422


def test_a_city_shows_its_own_pairs_and_those_of_wider_sources(
    page: Page, conn: Connection
) -> None:
    stored_pair(conn)
    stored_pair(conn, PARIS, source("louvre"))
    wide = stored_pair(conn, None, FRANCE)
    stored_pair(conn, KRAKOW, source("other"))
    sync(conn, wide, "run", "a", "b")

    answer = page.get("/api/city/krakow")

    assert [row["label"] for row in answer["pairs"]] == [
        "krakow · other", "krakow · theatres", "france",
    ]  # fmt: skip
    assert answer["pairs"][2]["scope"] == "country"
    assert answer["listings_here"] == {"france": 2}
    assert answer["available_sources"] == ["louvre"]
    assert page.ask("GET", "/api/city/atlantis").status_code == 404
    assert [row["label"] for row in page.get("/api/city/paris")["pairs"]] == ["paris · louvre"]


def test_a_pair_is_shown_with_its_runs_rejects_and_events(page: Page, conn: Connection) -> None:
    pair = stored_pair(conn, source=source(settings={"timezone": "Europe/Warsaw"}))
    sync(conn, pair, "run-1", "a", "b")
    for run in ("run-2", "run-3"):
        fail(conn, pair, run, "GET https://x.example/?apikey=hidden gave 503")
    conn.execute(
        "UPDATE discovery.listings SET url = 'javascript:alert(1)' WHERE external_id = 'a'"
    )

    answer = page.get("/api/pair", source="theatres", city="krakow")

    assert len(answer["trend"]) == 30
    today = answer["trend"][-1]
    assert (today["attempts"], today["succeeded"], today["failed"]) == (3, 1, 2)
    assert (today["fetched"], today["inserted"], today["rejected"]) == (3, 2, 1)
    assert [attempt["run_id"] for attempt in answer["attempts"]] == ["run-3", "run-2", "run-1"]
    (group,) = answer["errors"]
    assert (group["category"], group["count"]) == ("server", 2)
    assert group["request"] == "https://x.example/?apikey=***"
    assert group["example_run_id"] == "run-3"
    assert answer["rejects"] == [
        {"reason": "no title", "count": 1, "samples": [{"item": "item 7", "detail": "<b>"}]}
    ]
    assert {found["title"]: found["url"] for found in answer["events"]}["Concert a"] is None
    assert answer["effective_settings"] == {"timezone": "Europe/Warsaw"}
    assert page.ask("GET", "/api/pair?source=theatres").status_code == 404


def test_a_pair_of_a_wider_source_is_asked_for_without_a_city(page: Page, conn: Connection) -> None:
    stored_pair(conn, None, FRANCE)

    assert page.get("/api/pair", source="france")["pair"]["city"] is None


def test_errors_of_all_pairs_are_grouped(page: Page, conn: Connection) -> None:
    pairs = [stored_pair(conn), stored_pair(conn, PARIS, source("louvre"))]
    for n, pair in enumerate(pairs):
        fail(conn, pair, f"run-{n}")
        fail(conn, pair, f"again-{n}")
    fail(conn, pairs[0], "other", "another message")

    answer = page.get("/api/errors", days=1)

    assert [(group["message"], group["count"]) for group in answer["groups"]] == [
        ("answered 503", 4), ("another message", 1),
    ]  # fmt: skip
    assert [(pair["label"], pair["count"]) for pair in answer["groups"][0]["pairs"]] == [
        ("paris · louvre", 2), ("krakow · theatres", 2),
    ]  # fmt: skip
    assert answer["truncated"] is False


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
    assert "died without a word" in rows[0]["last_run"]["error"]["message"]
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
    assert [mark["log_path"] for mark in detail["pair"]["recent"]] == [None]
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


def test_the_live_view_shows_what_running_pairs_have_loaded_so_far(
    page: Page, conn: Connection, metadata: Engine
) -> None:
    add_run(metadata, "run", [], state="running")
    first, second = stored_pair(conn), stored_pair(conn, PARIS, source("louvre"))
    plan_run(conn, "run")
    opened = runs.begin(conn, first, Attempt("run", 0))
    Loader(conn, first, opened).load(
        [event("a")], PageResult(SyncStats(fetched=1, pages=1), expected=500)
    )

    answer = page.get("/api/live")

    assert answer["running"] is True
    assert (answer["planned"], answer["in_progress"], answer["done"]) == (1, 1, 0)
    running, planned = answer["pairs"]
    assert (running["label"], running["counts"]["pages"], running["expected"]) == (
        "krakow · theatres", 1, 500,
    )  # fmt: skip
    assert (planned["label"], planned["state"]) == (second.label, "planned")


def test_the_live_view_shows_syncs_of_the_command_line(page: Page, conn: Connection) -> None:
    runs.begin(conn, stored_pair(conn), Attempt("cli-1"))

    (running,) = page.get("/api/live")["pairs"]

    assert running["state"] == "running"
    assert running["log_path"] is None


def test_the_live_view_says_when_nothing_is_running(page: Page, conn: Connection) -> None:
    stored_pair(conn)

    assert page.get("/api/live")["running"] is False


def test_each_source_comes_with_the_data_sheet_and_form_of_its_kind(
    page: Page, conn: Connection
) -> None:
    stored_pair(conn)

    answer = page.get("/api/sources")

    (theatres,) = answer["sources"]
    assert (theatres["pairs"], theatres["active_pairs"]) == (1, 1)
    kinds = {row["kind"]: row for row in answer["connectors"]}
    assert kinds["icalendar"]["sources"] == ["theatres"]
    assert kinds["ticketmaster"]["needs_connection"] == "required"
    url = kinds["icalendar"]["settings_schema"]["properties"]["url"]
    assert url["description"].startswith("Address of the feed")
    for row in kinds.values():
        assert row["summary"]
        assert [section["title"] for section in row["data_sheet"]] == [
            "Provides", "Endpoint", "Auth", "Rate limit", "External id", "Time zone",
            "Known quirks",
        ]  # fmt: skip
        assert all(section["text"] for section in row["data_sheet"])


def test_the_changes_include_manual_runs(page: Page, metadata: Engine) -> None:
    add_run(metadata, "manual__1", [], run_type="manual", who="ada", conf={"force": True})
    add_run(metadata, "scheduled__1", [])

    (trigger,) = page.get("/api/changes")["triggers"]

    assert trigger["triggered_by"] == "ada"
    assert trigger["conf"] == {"force": True}
    assert trigger["run_path"] == "dags/city_discovery/runs/manual__1"


def test_the_openapi_document_needs_the_permission_to_read(page: Page) -> None:
    document = page.get("/api/openapi.json", "viewer")

    assert "/api/overview" in document["paths"]


def test_the_overview_says_that_the_dag_is_paused(page: Page, metadata: Engine) -> None:
    with metadata.begin() as conn:
        conn.execute(text("UPDATE dag SET is_paused = true"))
    try:
        assert page.get("/api/overview")["dag"]["paused"] is True
    finally:
        with metadata.begin() as conn:
            conn.execute(text("UPDATE dag SET is_paused = false"))


def test_every_city_is_listed_with_its_sources_or_without(page: Page, conn: Connection) -> None:
    stored_pair(conn, KRAKOW, source("opera"))
    stored_pair(conn, KRAKOW, source("agenda"), enabled=False)
    stored_pair(conn, None, source("national", scope=Scope.COUNTRY))
    page.ask(
        "POST",
        "/api/cities",
        json={
            "slug": "gdansk", "name": "Gdańsk", "country": "PL", "timezone": "Europe/Warsaw",
            "latitude": 54.35, "longitude": 18.65,
        },
    )  # fmt: skip

    answer = page.get("/api/cities", "viewer")

    assert [(city["slug"], city["sources"]) for city in answer["cities"]] == [
        ("gdansk", []),
        (
            "krakow",
            [
                {"slug": "agenda", "name": "Agenda", "active": False},
                {"slug": "opera", "name": "Opera", "active": True},
            ],
        ),
    ]
    assert [choice["slug"] for choice in answer["city_sources"]] == ["agenda", "opera"]
    overview = page.get("/api/overview")
    assert {choice["slug"] for choice in overview["sources"]} == {"agenda", "opera", "national"}
    assert {city["slug"] for city in overview["cities"]} == {"gdansk", "krakow"}
