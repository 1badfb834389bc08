"""``report``: what a run did."""

from __future__ import annotations

import json

import pytest

from include.discovery.model import Pair, SyncStats
from include.discovery.store.connection import Connection
from include.discovery.store.loader import Loader
from include.discovery.store.runs import Attempt, PageResult, begin, fail, finish
from tests.cli.command_support import Done, Run
from tests.support.builders import event, plan_run, source, stored_pair


class TestReport:
    """What an Airflow run did, as a table or as JSON."""

    @pytest.fixture(autouse=True)
    def runs(self, conn: Connection) -> tuple[Pair, Pair]:
        good, bad = (stored_pair(conn, source=source(slug)) for slug in ("good", "bad"))
        plan_run(conn, "run")
        finish(conn, begin(conn, good, Attempt("run", 0)).id, complete=True)
        fail(conn, begin(conn, bad, Attempt("run", 1)).id, category="network", message="no answer")
        return good, bad

    def test_a_report_is_a_table(self, run_db: Run) -> None:
        done = run_db("report", "run")

        assert done.status == 0
        assert "krakow · good  success" in done.out
        assert "no answer" in done.out
        assert "1 of 2" in done.out

    def test_a_report_says_how_many_listings_are_how_many_events(
        self, run_db: Run, conn: Connection, runs: tuple[Pair, Pair]
    ) -> None:
        for pair, slug in zip(runs, ("good", "bad"), strict=True):
            sync_started = begin(conn, pair, Attempt(f"of {slug}", 0))
            Loader(conn, pair, sync_started).load(
                [event("both"), event(slug, title=f"Only at {slug}")], PageResult(SyncStats())
            )
            finish(conn, sync_started.id, complete=True)

        done, as_json = run_db("report", "run"), run_db("report", "run", "--json")

        assert done.out.endswith(
            "4 listings of these pairs are 3 events, 1 of them listed by more than one source.\n"
        )
        assert json.loads(as_json.out)["joined"] == {"listings": 4, "events": 3, "of_several": 1}

    def test_a_report_can_be_json(self, run_db: Run) -> None:
        pairs = json.loads(run_db("report", "run", "--json").out)["pairs"]

        assert [pair["state"] for pair in pairs] == ["success", "failed"]

    @pytest.mark.parametrize(("threshold", "status"), [("0.49", 1), ("0.5", 0)])
    def test_a_report_ends_with_1_beyond_the_failure_threshold(
        self, run_db: Run, monkeypatch: pytest.MonkeyPatch, threshold: str, status: int
    ) -> None:
        monkeypatch.setenv("DISCOVERY_FAILURE_THRESHOLD", threshold)

        assert run_db("report", "run").status == status

    def test_a_report_names_an_unknown_run(self, run_db: Run) -> None:
        assert run_db("report", "none") == Done(2, "", "error: no run 'none' has synced anything\n")
