"""``list`` and ``health``: what is configured, and how it is doing."""

from __future__ import annotations

import json

import pytest

from include.discovery.model import Scope, SyncStats
from include.discovery.store.connection import Connection
from include.discovery.store.runs import Attempt, PageResult, advance, begin, fail, finish
from tests.cli.command_support import Done, Run, json_lines
from tests.support.builders import plan_run, source, stored_pair


@pytest.fixture(autouse=True)
def runs(conn: Connection) -> None:
    """Leave one pair that is well, one that failed, one that never ran and one without a city."""
    good, bad = (stored_pair(conn, source=source(slug)) for slug in ("good", "bad"))
    stored_pair(conn, source=source("idle", enabled=False))
    stored_pair(conn, None, source("national", scope=Scope.COUNTRY))
    plan_run(conn, "run")
    run = begin(conn, good, Attempt("run", 0))
    advance(conn, run.id, PageResult(SyncStats(fetched=12, inserted=12, pages=1)))
    finish(conn, run.id, complete=True)
    fail(conn, begin(conn, bad, Attempt("run", 1)).id, category="network", message="no answer")


class TestList:
    """What is configured."""

    def test_everything_is_listed_in_three_tables(self, run_db: Run) -> None:
        done = run_db("list")

        cities, sources, pairs = done.out.split("\n\n")
        assert cities.splitlines()[0] == "Cities"
        assert cities.splitlines()[-1].split()[:4] == ["krakow", "Kraków", "PL", "Europe/Warsaw"]
        assert "national" in sources
        assert "krakow · idle  " in pairs
        assert "its source is disabled" in pairs

    def test_one_list_alone_has_no_heading(self, run_db: Run) -> None:
        assert run_db("list", "sources").out.startswith("source ")

    def test_the_lists_can_be_json(self, run_db: Run) -> None:
        found = json.loads(run_db("list", "--json").out)

        assert found.keys() == {"cities", "sources", "pairs"}
        assert found["pairs"][-1] == {
            "pair": "national", "city": None, "source": "national", "kind": "icalendar",
            "hours": 24, "priority": 50, "state": "active", "less_often": None,
        }  # fmt: skip

    def test_a_pair_that_is_put_off_says_how_long_and_why(
        self, run_db: Run, conn: Connection
    ) -> None:
        conn.execute(
            "UPDATE discovery.city_source SET max_frequency_hours = 100, unchanged_syncs = 6"
        )

        done = run_db("list", "pairs")

        assert "every 100 h for now: its last 6 syncs found no change" in done.out

    def test_an_empty_configuration_says_none(self, run_db: Run, conn: Connection) -> None:
        conn.execute("TRUNCATE discovery.cities, discovery.sources CASCADE")

        assert run_db("list", "pairs") == Done(0, "none\n", "")


class TestHealth:
    """How the pairs are doing, and why."""

    def test_each_pair_has_a_state_and_a_reason(self, run_db: Run) -> None:
        done = run_db("health")

        lines = {line.partition("  ")[0]: line for line in done.out.splitlines()}
        assert "the last run was complete: 12 fetched" in lines["krakow · good"]
        assert "never succeeded; the last run failed: no answer" in lines["krakow · bad"]
        assert "its source is disabled" in lines["krakow · idle"]

    def test_a_failing_pair_ends_the_command_with_1(self, run_db: Run) -> None:
        assert run_db("health").status == 1
        assert run_db("health", "--source", "good").status == 0

    def test_pairs_can_be_chosen_by_state_and_source(self, run_db: Run) -> None:
        failing = run_db("health", "--state", "failing", "--json")
        none = run_db("health", "--state", "failing", "--source", "good")

        assert [row["pair"] for row in json_lines(failing.out)] == ["krakow · bad"]
        assert none == Done(0, "No pair matches.\n", "")

    @pytest.mark.parametrize("unknown", [("city", "paris"), ("source", "god")])
    def test_health_of_an_unknown_city_or_source_is_wrong_usage(
        self, run_db: Run, unknown: tuple[str, str]
    ) -> None:
        name, slug = unknown

        done = run_db("health", f"--{name}", slug)

        assert (done.status, done.out) == (2, "")
        assert f"there is no {name} {slug!r}; there are: " in done.err

    def test_json_has_one_object_a_line(self, run_db: Run) -> None:
        (row,) = json_lines(run_db("health", "--source", "good", "--json").out)

        assert (row["state"], row["fetched"], row["new"], row["rejected"]) == ("healthy", 12, 12, 0)
