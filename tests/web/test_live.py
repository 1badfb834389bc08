"""What is going on right now."""

from __future__ import annotations

from sqlalchemy.engine import Engine

from include.discovery.model import SyncStats
from include.discovery.store import runs
from include.discovery.store.connection import Connection
from include.discovery.store.loader import Loader
from include.discovery.store.plans import end_plan
from include.discovery.store.runs import Attempt, PageResult
from include.discovery.web.live import one_run
from tests.support.builders import PARIS, event, plan_run, source, stored_pair
from tests.web.metadata_support import add_run
from tests.web.page_support import Page, fail, objects_held, sync

RUNS = ("small", "large")


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


def test_a_run_that_is_queued_has_no_pairs_yet(page: Page, metadata: Engine) -> None:
    add_run(metadata, "run", [], state="queued")

    answer = page.get("/api/run", run="run")

    assert (answer["state"], answer["ended"], answer["pairs"]) == ("queued", False, [])
    assert answer["run_path"] == "dags/city_discovery/runs/run"


def test_a_run_is_told_with_what_became_of_each_pair_after_it_has_ended(
    page: Page, conn: Connection, metadata: Engine
) -> None:
    add_run(metadata, "run", [], state="success")
    good, bad = stored_pair(conn), stored_pair(conn, PARIS)
    lost = stored_pair(conn, PARIS, source("louvre"))
    plan_run(conn, "run")
    sync(conn, good, "run", "a", "b")
    fail(conn, bad, "run", "answered 503")
    end_plan(conn, "run")

    answer = page.get("/api/run", run="run")

    assert answer["ended"] is True
    pairs = {pair["label"]: pair for pair in answer["pairs"]}
    assert {label: pair["state"] for label, pair in pairs.items()} == {
        good.label: "success",
        bad.label: "failed",
        lost.label: "lost",
    }
    assert pairs[good.label]["counts"]["inserted"] == 2
    assert pairs[bad.label]["error"]["message"] == "answered 503"


def test_a_run_that_nobody_started_is_not_found(page: Page, metadata: Engine) -> None:
    assert page.ask("GET", "/api/run", params={"run": "never"}).status_code == 404


def test_each_pair_of_a_run_adds_few_objects_to_the_answer(page: Page, conn: Connection) -> None:
    pairs = [stored_pair(conn, source=source(f"source-{n}")) for n in range(30)]
    plan_run(conn, "small", sources=["source-0"])
    plan_run(conn, "large")
    for pair in pairs:
        sync(conn, pair, "large", "a")

    small, large = (objects_held(lambda run=run: one_run(page.services, run)) for run in RUNS)

    assert large - small <= 4 * len(pairs)
