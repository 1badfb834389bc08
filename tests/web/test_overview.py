"""The overview: its figures, and what it says without a database or while the DAG is paused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from include.discovery.errors import NEVER_STARTED, DatabaseUnavailable
from include.discovery.model import Pair
from include.discovery.shares import name_of_task
from include.discovery.store import runs
from include.discovery.store.connection import Connection
from include.discovery.store.runs import Attempt
from include.discovery.web.database import DiscoveryDatabase
from include.discovery.web.overview import Overview, overview
from include.discovery.web.pair_choice import PairFilter
from include.discovery.web.security import Permissions
from tests.support.builders import KRAKOW, PARIS, plan_run, source, stored_pair
from tests.web.metadata_support import Instance, add_run
from tests.web.page_support import Page, fail, objects_held, sync


def test_an_overview_without_configuration_is_marked_as_empty(page: Page) -> None:
    answer = page.get("/api/overview")

    assert answer["is_empty"] is True
    assert answer["pairs"] == []
    assert answer["tiles"]["pairs"] == 0
    assert answer["dag"]["known"] is True
    assert answer["dag"]["last_run"] is None


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
    assert answer["tiles"]["last_run"] == {
        "pairs": 3, "running": 0, "failed": 1, "partial": 1,
    }  # fmt: skip


def test_a_run_with_a_limit_is_no_partial_run_of_the_dag(
    page: Page, conn: Connection, metadata: Engine
) -> None:
    sync(conn, stored_pair(conn), "trial", "a", complete=False, limit=1)
    add_run(metadata, "trial", [])

    answer = page.get("/api/overview")

    assert answer["tiles"]["last_run"] == {
        "pairs": 1, "running": 0, "failed": 0, "partial": 0,
    }  # fmt: skip


def test_failing_statistics_leave_the_rest_of_the_overview_usable(
    page: Page, conn: Connection, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored_pair(conn)

    def broken(_days: int) -> None:
        raise OperationalError("SELECT", {}, Exception("the cause"))

    monkeypatch.setattr(
        type(page.services.statistics), "read", lambda _, days, _read_tasks: broken(days)
    )

    answer = page.get("/api/overview")
    alone = page.get("/api/statistics")

    assert answer["statistics_error"]["message"].startswith("Failed to load statistics")
    assert "the cause" not in str(answer)
    assert len(answer["pairs"]) == 1
    assert answer["pairs"][0]["statistics"] is None
    assert alone["statistics"] is None
    assert alone["error"]["message"].startswith("Failed to load statistics")
    assert "the cause" in caplog.text


def test_an_overview_without_a_discovery_database_names_the_connection_to_set(page: Page) -> None:
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


def failed_for_good(
    conn: Connection, pair: Pair, attempt: Attempt, message: str, *, may_retry: bool = True
) -> None:
    """Let the last attempt of a pair leave its error."""
    opened = runs.begin(conn, pair, attempt)
    runs.fail(conn, opened.id, category="server", message=message, may_retry=may_retry)


def synced(conn: Connection, run: str, *pairs: Pair) -> None:
    for pair in pairs:
        opened = runs.begin(conn, pair, Attempt(run, 0))
        runs.finish(conn, opened.id, complete=True)


def test_statistics_can_be_asked_for_one_city(
    page: Page, conn: Connection, metadata: Engine
) -> None:
    pair = stored_pair(conn, KRAKOW, source("x"))
    plan_run(conn, "run")
    failed_for_good(conn, pair, Attempt("run", 0, 4), "answered 503")
    add_run(
        metadata,
        "run",
        [
            (("krakow", "x"), Instance("failed", 4)),
            (("paris", "x"), Instance()),
            ((None, "y"), Instance()),
        ],
    )

    everything = page.get("/api/statistics")["statistics"]
    (krakow,) = page.get("/api/statistics", city="krakow")["statistics"]

    assert {(row["city"], row["source"]) for row in everything} == {
        ("krakow", "x"), ("paris", "x"), (None, "y"),
    }  # fmt: skip
    assert krakow["last_error"]["message"] == "answered 503"
    assert krakow["last_error"]["log_path"].endswith("/mapped/0?try_number=4")


def test_pairs_that_share_a_task_have_statistics_of_their_own(
    page: Page, conn: Connection, metadata: Engine
) -> None:
    pairs = [stored_pair(conn, KRAKOW, source(f)) for f in ("good", "gone", "slow", "stuck")]
    for night, state, tries in ((2, "failed", 4), (1, "success", 1), (0, "running", 1)):
        plan_run(conn, f"run-{night}", force=True, per_task={"icalendar": 9})
        share = Instance(state, tries, name=name_of_task(pairs))
        add_run(metadata, f"run-{night}", [((None, "-"), share)], age=timedelta(days=night))
    good, gone, slow, _ = pairs
    synced(conn, "run-2", good)
    failed_for_good(conn, gone, Attempt("run-2", 0, 1), "not found", may_retry=False)
    failed_for_good(conn, slow, Attempt("run-2", 0, 4), "answered 503")
    synced(conn, "run-1", *pairs)
    synced(conn, "run-0", good)

    found = {row["source"]: row for row in page.get("/api/statistics")["statistics"]}

    counts = {
        name: (row["runs"], row["succeeded"], row["failed"], row["running"], row["last_state"])
        for name, row in found.items()
    }
    assert counts == {
        "good": (3, 3, 0, 0, "success"),
        "gone": (3, 1, 1, 1, "running"),
        "slow": (3, 1, 1, 1, "running"),
        "stuck": (3, 1, 1, 1, "running"),
    }
    errors = {name: row["last_error"] for name, row in found.items()}
    assert errors["good"] is None
    assert (errors["gone"]["message"], errors["gone"]["try_number"]) == ("not found", 1)
    assert errors["gone"]["log_path"].endswith("/runs/run-2/tasks/sync/mapped/0?try_number=1")
    assert (errors["slow"]["message"], errors["slow"]["try_number"]) == ("answered 503", 4)
    assert errors["stuck"]["message"].startswith("the task ended before its sync began")


@pytest.fixture
def without_xcoms(metadata: Engine) -> Iterator[None]:
    """Hide the table of XComs, which another version of Airflow keeps elsewhere."""
    with metadata.begin() as hiding:
        hiding.execute(text("ALTER TABLE xcom RENAME TO hidden_xcom"))
    yield
    with metadata.begin() as hiding:
        hiding.execute(text("ALTER TABLE hidden_xcom RENAME TO xcom"))


@pytest.mark.usefixtures("without_xcoms")
def test_errors_and_lost_names_are_known_without_airflows_xcoms(
    page: Page, conn: Connection, metadata: Engine
) -> None:
    ended, *_ = [stored_pair(conn, KRAKOW, source(f)) for f in ("ended", "killed", "waiting")]
    plan_run(conn, "run")
    failed_for_good(conn, ended, Attempt("run", 0, 4), "answered 503")
    lost = Instance("failed", 4, name=None)
    never = Instance("upstream_failed", 0, name=None, started=False)
    instances = [("ended", Instance("failed", 4)), ("killed", lost), ("waiting", never)]
    add_run(metadata, "run", [(("krakow", name), instance) for name, instance in instances])

    answer = page.get("/api/overview")

    assert answer["statistics_error"] is None
    told = {row["source"]: row["statistics"] for row in answer["pairs"]}
    counts = {name: (found["runs"], found["failed"]) for name, found in told.items()}
    assert counts == dict.fromkeys(("ended", "killed", "waiting"), (1, 1))
    assert told["ended"]["last_error"]["message"] == "answered 503"
    assert told["killed"]["last_error"]["message"].startswith("the task ended before its sync")
    assert told["waiting"]["last_error"]["message"] == NEVER_STARTED


def test_the_window_of_the_statistics_is_capped(page: Page) -> None:
    assert page.get("/api/statistics", days=365)["window"]["days"] == 90
    assert page.ask("GET", "/api/statistics?days=0").status_code == 422


def test_the_overview_says_that_the_dag_is_paused(page: Page, metadata: Engine) -> None:
    with metadata.begin() as conn:
        conn.execute(text("UPDATE dag SET is_paused = true"))
    try:
        assert page.get("/api/overview")["dag"]["paused"] is True
    finally:
        with metadata.begin() as conn:
            conn.execute(text("UPDATE dag SET is_paused = false"))


def test_each_pair_adds_few_objects_to_the_answer(page: Page, conn: Connection) -> None:
    nobody = Permissions(user="nobody", can_edit=False, can_run=False)

    def asked() -> Overview:
        return overview(page.services, nobody, PairFilter())

    sync(conn, stored_pair(conn), "run", "a")
    one = objects_held(asked)
    more = [stored_pair(conn, source=source(f"source-{n}")) for n in range(30)]
    for pair in more:
        sync(conn, pair, "run", "a")

    assert objects_held(asked) - one <= 30 * len(more)
