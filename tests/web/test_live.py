"""What is going on right now."""

from __future__ import annotations

from sqlalchemy.engine import Engine

from include.discovery.model import SyncStats
from include.discovery.store import runs
from include.discovery.store.connection import Connection
from include.discovery.store.loader import Loader
from include.discovery.store.runs import Attempt, PageResult
from tests.support.builders import PARIS, event, plan_run, source, stored_pair
from tests.web.metadata_support import add_run
from tests.web.page_support import Page


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
