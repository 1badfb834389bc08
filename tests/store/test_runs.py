"""Run rows: written as attempts go, gone on from by the next, summed up for the report."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from include.discovery.model import (
    Identity,
    Pair,
    Reject,
    Scope,
    SyncStats,
    Window,
)
from include.discovery.parsed import SAMPLES_PER_REASON
from include.discovery.store import runs
from include.discovery.store.connection import Connection
from include.discovery.store.loader import Loader
from include.discovery.store.queries.outcomes import read_outcomes
from include.discovery.store.rejects import MOST_SAMPLES
from include.discovery.store.runs import Attempt, OpenRun, PageResult
from tests.support.builders import KRAKOW, PARIS, event, plan_run, source, stored_pair

WEEK = Window(date(2026, 6, 1), date(2026, 6, 7))


def row(conn: Connection, run: OpenRun, *columns: str) -> tuple[Any, ...]:
    found = conn.execute(
        f"SELECT {', '.join(columns)} FROM discovery.sync_runs WHERE id = {run.id}".encode()
    ).fetchone()
    assert found is not None
    return found


def advance(conn: Connection, run: OpenRun, cursor: str | None = None, **stats: Any) -> None:
    runs.advance(conn, run.id, PageResult(SyncStats(**stats), cursor))


def sample(**told: str) -> dict[str, str | None]:
    return {"id": None, "url": None, "excerpt": None, **told}


def fail(conn: Connection, run: OpenRun) -> None:
    runs.fail(conn, run.id, category="network", message="no answer")


class TestOneAttempt:
    """An attempt begins, advances page by page, and ends with success or a failure."""

    def test_an_attempt_begins_as_running(self, conn: Connection) -> None:
        pair = stored_pair(conn)

        run = runs.begin(conn, pair, Attempt("run", 3, 2), dry_run=True, limit=5)

        assert row(conn, run, "city_slug", "source_slug", "dag_run_id", "map_index", "try_number",
                   "state", "dry_run", "event_limit") == (
            "krakow", "theatres", "run", 3, 2, "running", True, 5,
        )  # fmt: skip
        assert (run.cursor, run.window, run.already_loaded, run.gaps) == (None, None, 0, ())

    def test_a_source_without_a_city_has_a_run_without_one(self, conn: Connection) -> None:
        pair = stored_pair(conn, None, source("national", scope=Scope.COUNTRY))

        assert row(conn, runs.begin(conn, pair, Attempt("run")), "city_slug") == (None,)

    def test_the_counts_of_pages_add_up(self, conn: Connection) -> None:
        run = runs.begin(conn, stored_pair(conn), Attempt("run"))
        advance(conn, run, "1", fetched=10, inserted=4, updated=3, unchanged=2, pages=1, requests=2)
        advance(conn, run, "2", fetched=5, duplicates=3, skipped=2, withdrawn=1, pages=1)

        assert row(conn, run, "fetched", "inserted", "updated", "unchanged", "duplicates",
                   "skipped", "withdrawn", "pages", "requests", "cursor") == (
            15, 4, 3, 2, 3, 2, 1, 2, 2, "2",
        )  # fmt: skip

    def test_a_page_that_lacks_a_cursor_or_a_total_keeps_the_earlier_ones(
        self, conn: Connection
    ) -> None:
        run = runs.begin(conn, stored_pair(conn), Attempt("run"))
        runs.advance(conn, run.id, PageResult(SyncStats(), "1", expected=7, gaps=("a",)))
        runs.advance(conn, run.id, PageResult(SyncStats(), gaps=("b",)))

        assert row(conn, run, "cursor", "expected", "gaps") == ("1", 7, ["a", "b"])

    def test_the_rejects_of_pages_add_up_by_reason(self, conn: Connection) -> None:
        run = runs.begin(conn, stored_pair(conn), Attempt("run"))
        advance(conn, run, rejected={"no date": 2, 'it\'s "ł" %s \\ {0}': 1})
        advance(conn, run, rejected={"no date": 3, "": 1})
        advance(conn, run)

        assert row(conn, run, "rejected") == ({"no date": 5, 'it\'s "ł" %s \\ {0}': 1, "": 1},)

    @pytest.mark.parametrize("pages", [[50], [19, 20], [1] * 30, [20, 20]])
    def test_samples_of_rejects_are_capped(self, conn: Connection, pages: list[int]) -> None:
        run = runs.begin(conn, stored_pair(conn), Attempt("run"))
        ids = iter(range(100))
        for size in pages:
            rejects = tuple(Reject("no date", str(next(ids)), "x") for _ in range(size))
            runs.advance(conn, run.id, PageResult(SyncStats(), rejects=rejects))

        (samples,) = row(conn, run, "reject_samples")
        assert [sample["item"] for sample in samples] == [str(n) for n in range(SAMPLES_PER_REASON)]
        assert samples[0] == sample(reason="no date", item="0", detail="x")

    def test_each_reason_has_samples_however_many_the_first_one_has(self, conn: Connection) -> None:
        run = runs.begin(conn, stored_pair(conn), Attempt("run"))
        many = [Reject("no date", str(n)) for n in range(500)]
        runs.advance(
            conn, run.id, PageResult(SyncStats(), rejects=(*many, Reject("no title", "x")))
        )
        runs.advance(conn, run.id, PageResult(SyncStats(), rejects=(Reject("no title", "y"),)))

        (samples,) = row(conn, run, "reject_samples")
        assert [(s["reason"], s["item"]) for s in samples[SAMPLES_PER_REASON:]] == [
            ("no title", "x"), ("no title", "y"),
        ]  # fmt: skip

    def test_samples_are_bounded_however_many_reasons_there_are(self, conn: Connection) -> None:
        run = runs.begin(conn, stored_pair(conn), Attempt("run"))
        for page in range(3):
            rejects = tuple(Reject(f"reason {page}/{n}", "x") for n in range(MOST_SAMPLES // 2))
            runs.advance(conn, run.id, PageResult(SyncStats(), rejects=rejects))

        (samples,) = row(conn, run, "reject_samples")
        assert len(samples) == MOST_SAMPLES

    def test_a_sample_says_where_the_item_is_and_what_it_holds(self, conn: Connection) -> None:
        run = runs.begin(conn, stored_pair(conn), Attempt("run"))
        reject = Reject(
            "no date", "event 7", None, Identity("7"), "https://x.example/7", "title: a"
        )
        runs.advance(conn, run.id, PageResult(SyncStats(), rejects=(reject,)))

        assert row(conn, run, "reject_samples") == ([
            {"reason": "no date", "item": "event 7", "detail": None, "id": "7",
             "url": "https://x.example/7", "excerpt": "title: a"},
        ],)  # fmt: skip

    def test_a_reject_that_cannot_be_stored_as_it_is_costs_nothing(self, conn: Connection) -> None:
        """They are rejected because they are like that; the page they came with is loaded."""
        run = runs.begin(conn, stored_pair(conn), Attempt("run"))
        bad = "a\x00b\ud800"
        runs.advance(
            conn,
            run.id,
            PageResult(SyncStats(rejected={bad: 1}), gaps=(bad,), rejects=(Reject(bad, bad, bad),)),
        )

        good = r"a\x00b\ud800"
        assert row(conn, run, "rejected", "gaps", "reject_samples") == (
            {good: 1}, [good], [sample(reason=good, item=good, detail=good)],
        )  # fmt: skip

    def test_a_successful_attempt_has_its_end_and_whether_it_is_complete(
        self, conn: Connection
    ) -> None:
        run = runs.begin(conn, stored_pair(conn), Attempt("run"))

        runs.finish(conn, run.id, complete=False)

        assert row(conn, run, "state", "complete", "finished_at IS NOT NULL") == (
            "success", False, True,
        )  # fmt: skip

    def test_a_failed_attempt_has_its_category_and_message(self, conn: Connection) -> None:
        run = runs.begin(conn, stored_pair(conn), Attempt("run"))

        runs.fail(conn, run.id, category="network", message="it's \x00 „dead”")

        assert row(conn, run, "state", "complete", "error_category", "error_message") == (
            "failed", None, "network", r"it's \x00 „dead”",
        )  # fmt: skip

    def test_an_attempt_that_has_ended_cannot_fail_any_more(self, conn: Connection) -> None:
        run = runs.begin(conn, stored_pair(conn), Attempt("run"))
        runs.finish(conn, run.id, complete=True)

        fail(conn, run)

        assert row(conn, run, "state", "error_category") == ("success", None)


class TestGoingOn:
    """A later attempt of the same Airflow run resumes where the earlier one stopped."""

    @pytest.fixture
    def pair(self, conn: Connection) -> Pair:
        return stored_pair(conn)

    @pytest.fixture
    def first(self, conn: Connection, pair: Pair) -> OpenRun:
        run = runs.begin(conn, pair, Attempt("run", 0, 1))
        runs.bound(conn, run.id, WEEK)
        stats = SyncStats(fetched=9, inserted=4, updated=2, unchanged=1, duplicates=1, skipped=1)
        runs.advance(
            conn, run.id, PageResult(stats, "page 1", expected=40, gaps=("only 40 of 50",))
        )
        return run

    def again(self, conn: Connection, pair: Pair, run: str = "run", **options: Any) -> OpenRun:
        return runs.begin(conn, pair, Attempt(run, 0, 2), **options)

    def test_a_retry_resumes_with_the_cursor_window_and_count_of_the_failed_attempt(
        self, conn: Connection, pair: Pair, first: OpenRun
    ) -> None:
        fail(conn, first)

        second = self.again(conn, pair)

        assert second.id != first.id
        assert (second.cursor, second.window) == ("page 1", WEEK)
        assert second.sync_started_at == first.sync_started_at
        assert second.already_loaded == 7

    def test_a_gap_before_the_cursor_is_kept_by_the_retry(
        self, conn: Connection, pair: Pair, first: OpenRun
    ) -> None:
        """Else the second attempt would hold itself for complete, and withdraw what is missing."""
        fail(conn, first)

        second = self.again(conn, pair)

        assert (second.gaps, second.expected) == (("only 40 of 50",), 40)
        assert row(conn, second, "gaps", "expected") == (["only 40 of 50"], 40)

    def test_a_retry_without_a_cursor_drops_the_gaps_and_the_total(
        self, conn: Connection, pair: Pair
    ) -> None:
        first = runs.begin(conn, pair, Attempt("run"))
        runs.advance(conn, first.id, PageResult(SyncStats(), expected=9, gaps=("cut off",)))
        fail(conn, first)

        second = self.again(conn, pair)

        assert (second.gaps, second.expected) == ((), None)
        assert second.sync_started_at == first.sync_started_at

    def test_a_third_attempt_resumes_with_the_counts_of_both_before(
        self, conn: Connection, pair: Pair, first: OpenRun
    ) -> None:
        fail(conn, first)
        second = self.again(conn, pair)
        advance(conn, second, "page 2", inserted=10)
        fail(conn, second)

        third = self.again(conn, pair)

        assert (third.cursor, third.already_loaded) == ("page 2", 17)
        assert third.sync_started_at == first.sync_started_at

    def test_an_attempt_that_still_runs_when_the_next_begins_was_killed(
        self, conn: Connection, pair: Pair, first: OpenRun
    ) -> None:
        second = self.again(conn, pair)

        assert row(conn, first, "state", "error_category") == ("failed", "interrupted")
        assert second.cursor == "page 1"

    def test_a_listing_that_the_first_attempt_loaded_is_a_duplicate_in_the_second(
        self, conn: Connection, pair: Pair
    ) -> None:
        first = runs.begin(conn, pair, Attempt("run"))
        Loader(conn, pair, first).load([event("1")], PageResult(SyncStats()))

        stats = Loader(conn, pair, self.again(conn, pair)).load(
            [event("1"), event("2")], PageResult(SyncStats())
        )

        assert (stats.inserted, stats.duplicates) == (1, 1)

    def starts_over(self, run: OpenRun, first: OpenRun) -> bool:
        return (
            run.cursor is None
            and run.window is None
            and run.already_loaded == 0
            and run.gaps == ()
            and run.sync_started_at > first.sync_started_at
        )

    def test_an_attempt_after_a_success_starts_over(
        self, conn: Connection, pair: Pair, first: OpenRun
    ) -> None:
        runs.finish(conn, first.id, complete=True)

        assert self.starts_over(self.again(conn, pair), first)

    @pytest.mark.parametrize("options", [{"dry_run": True}, {"limit": 5}])
    def test_a_retry_with_another_dry_run_or_limit_starts_over(
        self, conn: Connection, pair: Pair, first: OpenRun, options: dict[str, Any]
    ) -> None:
        fail(conn, first)

        assert self.starts_over(self.again(conn, pair, **options), first)

    def test_a_retry_more_than_a_day_later_starts_over(
        self, conn: Connection, pair: Pair, first: OpenRun
    ) -> None:
        fail(conn, first)
        conn.execute("UPDATE discovery.sync_runs SET started_at = now() - interval '24 h 1 s'")

        assert self.starts_over(self.again(conn, pair), first)

    def test_a_retry_within_a_day_resumes(
        self, conn: Connection, pair: Pair, first: OpenRun
    ) -> None:
        fail(conn, first)
        conn.execute("UPDATE discovery.sync_runs SET started_at = now() - interval '23 h 59 min'")

        assert self.again(conn, pair).cursor == "page 1"

    def test_an_attempt_of_another_airflow_run_starts_over(
        self, conn: Connection, pair: Pair, first: OpenRun
    ) -> None:
        fail(conn, first)

        assert self.starts_over(self.again(conn, pair, "another"), first)

    @pytest.mark.parametrize("changed", ["cities", "sources", "city_source"])
    def test_a_retry_after_a_change_of_the_configuration_starts_over(
        self, conn: Connection, pair: Pair, first: OpenRun, changed: str
    ) -> None:
        """A cursor leads into a listing: after a change that may be another one."""
        fail(conn, first)
        conn.execute(f"UPDATE discovery.{changed} SET version = version + 1".encode())

        assert self.starts_over(self.again(conn, pair), first)

    def test_an_attempt_of_another_pair_starts_over(self, conn: Connection, first: OpenRun) -> None:
        other = stored_pair(conn, PARIS)

        assert self.starts_over(self.again(conn, other), first)
        assert row(conn, first, "state") == ("running",)

    def test_a_retry_with_the_same_limit_resumes(self, conn: Connection, pair: Pair) -> None:
        first = runs.begin(conn, pair, Attempt("run"), limit=5)
        advance(conn, first, "page 1", inserted=2)

        assert self.again(conn, pair, limit=5).already_loaded == 2


class TestOutcomes:
    """What a whole run made of its pairs, over all attempts."""

    def test_outcomes_come_in_the_order_of_the_plan(self, conn: Connection) -> None:
        for n, slug in enumerate(["low", "high", "mid"]):
            stored_pair(conn, source=source(slug), priority=[10, 90, 50][n])
        plan_run(conn, "run")

        assert [
            (outcome.label, outcome.state, outcome.attempts, outcome.stats)
            for outcome in read_outcomes(conn, "run")
        ] == [
            ("krakow · high", "planned", 0, SyncStats()),
            ("krakow · mid", "planned", 0, SyncStats()),
            ("krakow · low", "planned", 0, SyncStats()),
        ]

    def test_an_outcome_sums_the_attempts_of_one_sync(self, conn: Connection) -> None:
        pair = stored_pair(conn)
        plan_run(conn, "run")
        first = runs.begin(conn, pair, Attempt("run", 0, 1))
        advance(conn, first, "1", fetched=5, inserted=3, pages=1, rejected={"a": 1, "b": 1})
        fail(conn, first)
        second = runs.begin(conn, pair, Attempt("run", 0, 2))
        advance(conn, second, "2", fetched=4, inserted=3, pages=1, rejected={"a": 1})
        runs.finish(conn, second.id, complete=True)

        (outcome,) = read_outcomes(conn, "run")

        assert outcome.stats == SyncStats(fetched=9, inserted=6, pages=2, rejected={"a": 2, "b": 1})
        assert (outcome.state, outcome.attempts, outcome.complete) == ("success", 2, True)
        assert (outcome.error_category, outcome.error_message) == (None, None)
        assert outcome.started_at == row(conn, first, "started_at")[0]
        assert outcome.finished_at == row(conn, second, "finished_at")[0]

    def test_an_outcome_leaves_out_a_sync_before_the_latest(self, conn: Connection) -> None:
        """A pair that was cleared in Airflow is synced again within the same run."""
        pair = stored_pair(conn)
        plan_run(conn, "run")
        first = runs.begin(conn, pair, Attempt("run", 0, 1))
        advance(conn, first, fetched=5, inserted=5)
        runs.finish(conn, first.id, complete=True)
        second = runs.begin(conn, pair, Attempt("run", 0, 2))
        advance(conn, second, fetched=5, unchanged=5)
        runs.finish(conn, second.id, complete=True)

        (outcome,) = read_outcomes(conn, "run")

        assert outcome.stats == SyncStats(fetched=5, unchanged=5)

    def test_the_outcome_of_a_failure_has_its_error(self, conn: Connection) -> None:
        pair = stored_pair(conn)
        plan_run(conn, "run")
        fail(conn, runs.begin(conn, pair, Attempt("run", 0, 4)))

        (outcome,) = read_outcomes(conn, "run")

        assert (outcome.state, outcome.attempts, outcome.error_category, outcome.error_message) == (
            "failed", 4, "network", "no answer",
        )  # fmt: skip

    def test_an_outcome_leaves_out_another_run_of_the_same_pair(self, conn: Connection) -> None:
        pair = stored_pair(conn, KRAKOW)
        plan_run(conn, "run")
        advance(conn, runs.begin(conn, pair, Attempt("another")), fetched=5)

        assert [outcome.state for outcome in read_outcomes(conn, "run")] == ["planned"]
        assert read_outcomes(conn, "another") == ()


class TestClosing:
    """A killed attempt cannot record its own end."""

    def states(self, conn: Connection) -> list[tuple[str, str, str | None]]:
        return [
            (str(dag_run_id), str(state), category)
            for dag_run_id, state, category in conn.execute(
                "SELECT dag_run_id, state, error_category FROM discovery.sync_runs ORDER BY id"
            )
        ]

    def test_closing_a_run_interrupts_all_its_attempts_that_are_running(
        self, conn: Connection
    ) -> None:
        a, b, c = (stored_pair(conn, source=source(slug)) for slug in "abc")
        runs.begin(conn, a, Attempt("run"))
        runs.finish(conn, runs.begin(conn, b, Attempt("run")).id, complete=True)
        runs.begin(conn, c, Attempt("another"))

        assert runs.close_interrupted(conn, "run") == 1
        assert self.states(conn) == [
            ("run", "failed", "interrupted"),
            ("run", "success", None),
            ("another", "running", None),
        ]

    def test_closing_one_pair_of_a_run_interrupts_its_attempt_only(self, conn: Connection) -> None:
        a, b = (stored_pair(conn, source=source(slug)) for slug in "ab")
        runs.begin(conn, a, Attempt("run"))
        runs.begin(conn, b, Attempt("run"))

        assert runs.close_interrupted(conn, "run", b.id) == 1
        assert [state for _, state, _ in self.states(conn)] == ["running", "failed"]

    def test_a_run_that_is_closed_again_has_nothing_left_to_close(self, conn: Connection) -> None:
        runs.begin(conn, stored_pair(conn), Attempt("run"))
        runs.close_interrupted(conn, "run")

        assert runs.close_interrupted(conn, "run") == 0


def test_an_attempt_keeps_its_window(conn: Connection) -> None:
    run = runs.begin(conn, stored_pair(conn), Attempt("run"))

    runs.bound(conn, run.id, WEEK)

    assert row(conn, run, "window_start", "window_end") == (WEEK.start, WEEK.end)
    assert isinstance(run.sync_started_at, datetime)
