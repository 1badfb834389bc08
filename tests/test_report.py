"""Reports: tables for people, JSON for programs, and the verdict."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.discovery.model import Scope, SyncStats
from include.discovery.report import RunReport, close_run, report
from include.discovery.store import runs
from include.discovery.store.connection import Connection
from include.discovery.store.queries.outcomes import PairOutcome, read_changes_by_city
from include.discovery.store.runs import Attempt
from tests.support.builders import KRAKOW, PARIS, plan_run, source, stored_pair
from tests.web.page_support import sync

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


EXPECTED_TABLE = """\
pair                 state          fetched     new  updated  unchanged  rejected  duration  last error
-------------------  -------------  -------  ------  -------  ---------  --------  --------
krakow · theatres    success         12,345  12,000        0          0       345    61.0 s
theatres             failed, try 4        5       0        3          2         0            no answer
paris · theatres     partial              0       0        0          0         0            only 1,000 of 1,200; stopped
helsinki · theatres  planned              0       0        0          0         0
-------------------  -------------  -------  ------  -------  ---------  --------  --------
total                2 of 4          12,350  12,000        3          2       345
"""  # noqa: E501  as wide as it is


def outcome(city: str | None = "krakow", state: str = "success", **changes: Any) -> PairOutcome:
    fields: dict[str, Any] = {
        "city": city,
        "source": "theatres",
        "state": state,
        "attempts": 0 if state == "planned" else 1,
        "stats": SyncStats(),
        "complete": True if state == "success" else None,
        **changes,
    }
    return PairOutcome(**fields)


def lines(*outcomes: PairOutcome) -> list[str]:
    return RunReport("run", outcomes).as_table().splitlines()


class TestTheTable:
    """One line a pair, aligned, with totals."""

    def test_a_report_is_an_aligned_table_with_totals(self) -> None:
        table = RunReport(
            "run",
            (
                outcome(
                    stats=SyncStats(fetched=12_345, inserted=12_000, rejected={"a": 300, "b": 45}),
                    started_at=NOON,
                    finished_at=NOON + timedelta(seconds=61.04),
                ),
                outcome(None, "failed", stats=SyncStats(fetched=5, updated=3, unchanged=2),
                        attempts=4, error_category="network", error_message="no answer"),
                outcome("paris", complete=False, gaps=("only 1,000 of 1,200", "stopped")),
                outcome("helsinki", "planned"),
            ),
        ).as_table()  # fmt: skip

        assert f"{table}\n" == EXPECTED_TABLE

    def test_a_pair_with_a_warning_has_its_words_in_the_report(self) -> None:
        line = lines(outcome(warnings=("the source has emptied",)))[2]

        assert line.split()[3] == "warning"
        assert line.endswith("the source has emptied")

    def test_a_dry_run_is_marked_in_the_report(self) -> None:
        assert "success (dry run)" in lines(outcome(dry_run=True))[2]

    def test_a_parked_pair_is_called_parked_and_not_failed(self) -> None:
        line = lines(outcome(state="failed", error_message="429", parked_until=NOON))[2]

        assert "parked" in line
        assert "failed" not in line

    def test_a_report_without_pairs_says_that_nothing_was_synced(self) -> None:
        assert lines() == ["No pair was due: nothing was synced."]


class TestTheNote:
    """A short summary in Markdown, for the XCom of the run."""

    def test_a_run_without_a_fault_is_one_sentence(self) -> None:
        note = RunReport("run", (outcome(stats=SyncStats(fetched=1_200, inserted=1_200,
                                                         requests=12)),)).as_markdown()  # fmt: skip

        assert note == (
            "**1 of 1 pair succeeded.** 1,200 fetched in 12 requests: 1,200 new, 0 updated,"
            " 0 unchanged, 0 withdrawn, 0 rejected."
        )

    def test_pairs_to_look_at_are_listed_with_the_reason(self) -> None:
        note = RunReport("run", (
            outcome(),
            outcome("paris", "failed", attempts=4, error_message="no answer"),
            outcome("helsinki", complete=False, gaps=("stopped",)),
        )).as_markdown()  # fmt: skip

        assert note.splitlines()[2:] == [
            "| pair | state | why |",
            "| --- | --- | --- |",
            "| paris · theatres | failed, try 4 | no answer |",
            "| helsinki · theatres | partial | stopped |",
        ]

    def test_a_long_list_is_cut_and_says_how_many_more_there_are(self) -> None:
        note = RunReport("run", (outcome(state="failed", error_message="x"),) * 1_024).as_markdown()

        assert note.endswith("\n\nand 1,004 more.")
        assert note.count("\n") < 30

    def test_markup_of_a_source_is_only_text_in_the_note(self) -> None:
        said = "[a](javascript:alert(1)) | <img src=x> `b` **c**"
        note = RunReport("run", (outcome(state="failed", error_message=said),)).as_markdown()

        assert note.splitlines()[-1].endswith(
            r"| \[a\](javascript:alert(1)) \| \<img src=x\> \`b\` \*\*c\*\* |"
        )


class TestTheVerdict:
    """The run fails when more than the given share of its pairs failed."""

    @pytest.mark.parametrize(
        ("failed", "pairs", "threshold", "exceeds"),
        [
            (0, 0, 0.0, False),
            (0, 5, 0.0, False),
            (1, 5, 0.0, True),
            (1, 2, 0.5, False),
            (2, 3, 0.5, True),
            (29, 100, 0.29, False),
            (30, 100, 0.29, True),
            (7, 10, 0.7, False),
            (5, 5, 1.0, False),
        ],
    )
    def test_a_share_of_failures_equal_to_the_threshold_is_allowed(
        self, failed: int, pairs: int, threshold: float, *, exceeds: bool
    ) -> None:
        run = RunReport(
            "run", (outcome(state="failed"),) * failed + (outcome(),) * (pairs - failed)
        )

        assert run.exceeds(threshold) is exceeds

    @pytest.mark.parametrize("state", ["planned", "running", "failed"])
    def test_a_pair_that_is_planned_or_running_at_the_end_has_failed(self, state: str) -> None:
        run = RunReport("run", (outcome(), outcome(state=state)))

        assert [failed.state for failed in run.failed] == [state]


class TestJson:
    """Plain data for programs."""

    def test_a_failure_has_its_error_in_the_json(self) -> None:
        run = RunReport(
            "run",
            (outcome(state="failed", error_category="network", error_message="no answer"),),
        )

        (pair,) = run.as_json()["pairs"]
        assert pair["error"] == {"category": "network", "message": "no answer"}
        assert pair["parked_until"] is None
        assert pair["pair"] == "krakow · theatres"

    def test_a_success_has_counts_and_no_error_in_the_json(self) -> None:
        run = RunReport(
            "run",
            (
                outcome(
                    None,
                    stats=SyncStats(fetched=3, inserted=2, rejected={"no date": 1}),
                    expected=3,
                    gaps=("x",),
                    started_at=NOON,
                    finished_at=NOON + timedelta(seconds=2),
                ),
            ),
        )

        (pair,) = json.loads(json.dumps(run.as_json()))["pairs"]
        assert pair["error"] is None
        assert (pair["city"], pair["fetched"], pair["rejected"]) == (None, 3, {"no date": 1})
        assert (pair["expected"], pair["gaps"], pair["duration_seconds"]) == (3, ["x"], 2.0)


class TestARunInTheDatabase:
    """Outcomes are read from what the attempts have left."""

    def test_an_unknown_run_has_no_outcomes(self, conn: Connection) -> None:
        assert report(conn, "no such run").outcomes == ()

    def test_closing_a_run_ends_killed_attempts_and_pairs_that_never_started(
        self, conn: Connection
    ) -> None:
        killed = stored_pair(conn, KRAKOW, source("killed"))
        stored_pair(conn, KRAKOW, source("never-started"))
        plan_run(conn, "run")
        runs.begin(conn, killed, Attempt("run"))

        closed = close_run(conn, "run")

        assert [(o.source, o.state, o.error_category) for o in closed.outcomes] == [
            ("killed", "failed", "interrupted"),
            ("never-started", "planned", None),
        ]
        assert len(closed.failed) == 2
        ended = conn.execute("SELECT ended_at IS NULL FROM discovery.planned_syncs").fetchall()
        assert ended == [(False,), (False,)]


class TestChangesByCity:
    """What other DAGs are told of each city."""

    def test_a_run_changes_the_cities_of_its_pairs_and_those_that_a_wider_source_touches(
        self, conn: Connection
    ) -> None:
        krakow = stored_pair(conn, KRAKOW)
        paris = stored_pair(conn, PARIS, source("opera"))
        poland = stored_pair(conn, None, source("poland", scope=Scope.COUNTRY))
        sync(conn, krakow, "yesterday", "a", "b")
        sync(conn, poland, "today", "p")
        sync(conn, paris, "today")
        sync(conn, krakow, "today", "a", "c", "d")

        assert read_changes_by_city(conn, "today") == {
            "krakow": {"inserted": 3, "updated": 0, "withdrawn": 0},
            "paris": {"inserted": 0, "updated": 0, "withdrawn": 0},
        }
        assert read_changes_by_city(conn, "tomorrow") == {}

    def test_a_city_whose_only_pair_failed_has_not_changed(self, conn: Connection) -> None:
        pair = stored_pair(conn)
        opened = runs.begin(conn, pair, Attempt("run"))
        runs.fail(conn, opened.id, category="server", message="503")

        assert read_changes_by_city(conn, "run") == {}


class TestTheRunAsAWhole:
    """When it has failed, and what is reported where it succeeded in part."""

    def failed(self, category: str) -> PairOutcome:
        return outcome("paris", "failed", error_category=category, error_message="why")

    def test_sources_may_fail_up_to_the_threshold(self) -> None:
        run = RunReport("run", (outcome(), outcome("helsinki"), self.failed("network")))

        assert run.verdict(0.5) is None
        assert run.verdict(0.3) == (
            "1 of 3 pairs failed, more than the share of 0.3 that DISCOVERY_FAILURE_THRESHOLD "
            "allows"
        )

    def test_a_single_pair_that_failed_for_the_database_fails_the_run(self) -> None:
        run = RunReport("run", (*[outcome()] * 20, self.failed("database")))

        assert run.verdict(0.5) == (
            "1 of 21 pairs failed for the discovery database, not for their sources "
            "(paris · theatres)"
        )

    def test_a_partial_success_names_the_failed_and_the_incomplete_pairs(self) -> None:
        run = RunReport(
            "run", (outcome(), outcome("helsinki", complete=False), self.failed("network"))
        )

        assert run.shortfall() == (
            "1 of 3 pairs failed (paris · theatres); "
            "1 of 3 pairs are incomplete (helsinki · theatres)"
        )
        assert RunReport("run", (outcome(),)).shortfall() is None

    def test_a_run_that_stopped_at_its_limit_has_no_shortfall(self) -> None:
        run = RunReport("run", (outcome(complete=False, limited=True),))

        assert run.shortfall() is None
        assert run.as_table().splitlines()[2].startswith("krakow · theatres  success (limit)")
