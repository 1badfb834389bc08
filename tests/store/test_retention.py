"""Retention: what is old goes, in batches; what is open, running or still needed stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.discovery.model import Pair, Reject, SyncStats
from include.discovery.settings import Settings
from include.discovery.store import retention, runs
from include.discovery.store.audit import Author, Change, note, read_changes
from include.discovery.store.connection import Connection
from include.discovery.store.plans import planned_pairs
from include.discovery.store.retention import prune
from include.discovery.store.runs import Attempt, PageResult
from tests.conftest import count
from tests.support.builders import event, plan_run, source, stored_events, stored_pair

NOW = datetime.now(UTC)
SETTINGS = Settings(
    keep_runs=timedelta(days=100),
    keep_rejects=timedelta(days=50),
    keep_answers=timedelta(days=10),
    keep_audit=timedelta(days=200),
    keep_past_events=timedelta(days=30),
)
AUTHOR = Author("tests", "cli")


@pytest.fixture
def pair(conn: Connection) -> Pair:
    return stored_pair(conn)


def ran(
    conn: Connection, pair: Pair | None, days_ago: float, *, complete: bool = False, n: int = 1
) -> None:
    """Leave runs of a pair that ended so many days ago."""
    conn.execute(
        "INSERT INTO discovery.sync_runs (city_source_id, source_slug, dag_run_id, map_index,"
        " try_number, state, dry_run, sync_started_at, started_at, finished_at, complete,"
        " reject_samples)"
        " SELECT %(pair)s, 'theatres', 'run ' || %(at)s || '/' || n, 0, 1, 'success', false,"
        "  %(at)s, %(at)s, %(at)s, %(complete)s, '[{}]' FROM generate_series(1, %(n)s) n",
        {"pair": pair and pair.id, "at": NOW - timedelta(days=days_ago), "complete": complete,
         "n": n},
    )  # fmt: skip


def pruned(conn: Connection, settings: Settings = SETTINGS, **options: Any) -> dict[str, int]:
    done = prune(conn, settings, AUTHOR, now=NOW, **options)
    return {each.kind: each.count for each in done if each.count}


def runs_left(conn: Connection) -> int:
    return count(conn, "SELECT count(*) FROM discovery.sync_runs")


class TestRuns:
    def test_old_runs_go_and_the_latest_of_each_pair_stay(
        self, conn: Connection, pair: Pair
    ) -> None:
        ran(conn, pair, 300, n=7)
        ran(conn, pair, 200, n=retention.LATEST)

        assert pruned(conn) == {"reject samples": 57, "runs": 7}
        assert runs_left(conn) == retention.LATEST

    def test_the_last_complete_sync_stays_however_many_came_after_it(
        self, conn: Connection, pair: Pair
    ) -> None:
        """What the next sync asks for, and when the pair is due, goes by it."""
        ran(conn, pair, 301, complete=True)
        ran(conn, pair, 300, complete=True)
        ran(conn, pair, 200, n=retention.LATEST)

        assert pruned(conn)["runs"] == 1
        assert runs_left(conn) == retention.LATEST + 1

    def test_a_run_that_is_running_stays_however_old_it_is(
        self, conn: Connection, pair: Pair
    ) -> None:
        run = runs.begin(conn, pair, Attempt("stuck"))
        conn.execute("UPDATE discovery.sync_runs SET started_at = now() - interval '900 days'")
        ran(conn, pair, 200, n=retention.LATEST)

        assert "runs" not in pruned(conn)
        assert count(conn, f"SELECT count(*) FROM discovery.sync_runs WHERE id = {run.id}") == 1

    def test_runs_of_a_pair_that_is_gone_go_by_their_age_alone(self, conn: Connection) -> None:
        ran(conn, None, 101)
        ran(conn, None, 99)

        assert pruned(conn)["runs"] == 1

    def test_totals_of_a_pair_outlive_its_runs(self, conn: Connection, pair: Pair) -> None:
        run = runs.begin(conn, pair, Attempt("old"))
        runs.advance(conn, run.id, PageResult(SyncStats(fetched=9)))
        runs.finish(conn, run.id, complete=False)
        conn.execute("UPDATE discovery.sync_runs SET started_at = now() - interval '900 days'")
        ran(conn, pair, 1, n=retention.LATEST)

        assert pruned(conn) == {"runs": 1}
        assert count(conn, "SELECT fetched FROM discovery.pair_totals") == 9

    @pytest.mark.usefixtures("pair")
    def test_plans_go_when_their_runs_have_gone_but_the_latest_of_each_pair_stays(
        self, conn: Connection
    ) -> None:
        for run in ("one", "two", "three"):
            plan_run(conn, run, force=True)
        conn.execute("UPDATE discovery.planned_syncs SET ended_at = now(), planned_at ="
                     " planned_at - interval '300 days'")  # fmt: skip

        assert pruned(conn) == {"plans": 2}

    def test_a_plan_that_goes_leaves_those_of_the_pairs_that_shared_its_task(
        self, conn: Connection, pair: Pair
    ) -> None:
        other = stored_pair(conn, source=source("opera"))
        plan_run(conn, "shared", force=True, per_task={"icalendar": 2})
        conn.execute("UPDATE discovery.planned_syncs SET ended_at = now(), planned_at ="
                     " planned_at - interval '300 days'")  # fmt: skip
        plan_run(conn, "alone", force=True, sources=[pair.source.slug])

        assert pruned(conn) == {"plans": 1}
        (left,) = planned_pairs(conn, "shared", 0)
        assert left.pair.id == other.id


class TestTheRest:
    def test_samples_of_rejects_go_and_their_counts_stay(
        self, conn: Connection, pair: Pair
    ) -> None:
        run = runs.begin(conn, pair, Attempt("old"))
        stats = SyncStats(rejected={"no date": 1})
        runs.advance(conn, run.id, PageResult(stats, rejects=(Reject("no date", "7"),)))
        runs.finish(conn, run.id, complete=True)
        conn.execute("UPDATE discovery.sync_runs SET started_at = now() - interval '51 days'")

        assert pruned(conn) == {"reject samples": 1}
        left = conn.execute("SELECT rejected, reject_samples FROM discovery.sync_runs").fetchall()
        assert left == [({"no date": 1}, [])]

    @pytest.mark.parametrize(("days", "left"), [(9, 1), (11, 0)])
    def test_kept_answers_expire(self, conn: Connection, pair: Pair, days: int, left: int) -> None:
        conn.execute(
            "INSERT INTO discovery.kept_answers (city_source_id, category, message, dag_run_id,"
            " kept_at, url, status, content_type, size, is_cut, body)"
            " VALUES (%s, 'parsing', 'x', 'r', %s, '', 200, '', 1, false, '')",
            [pair.id, NOW - timedelta(days=days)],
        )

        prune(conn, SETTINGS, AUTHOR, now=NOW)

        assert count(conn, "SELECT count(*) FROM discovery.kept_answers") == left

    def test_open_alerts_stay_and_closed_ones_go(self, conn: Connection, pair: Pair) -> None:
        for closed in (None, NOW - timedelta(days=101)):
            conn.execute(
                "INSERT INTO discovery.alerts (city_source_id, condition, reason, dag_run_id,"
                " opened_at, closed_at, closed_because)"
                " VALUES (%s, 'failing', 'x', 'r', %s, %s, %s)",
                [pair.id, NOW - timedelta(days=900), closed, closed and "recovered"],
            )

        assert pruned(conn) == {"closed alerts": 1}

    def test_old_entries_of_the_audit_log_go_and_the_deletion_is_one_itself(
        self, conn: Connection
    ) -> None:
        for n, days in enumerate((201, 199)):
            note(conn, Change("create", "country", f"C{n}", after={}), AUTHOR)
            conn.execute("UPDATE discovery.config_changes SET changed_at = %s WHERE entity = %s",
                         [NOW - timedelta(days=days), f"C{n}"])  # fmt: skip

        assert pruned(conn) == {"audit log": 1}

        noted, kept = read_changes(conn, limit=9)
        assert (noted.change.action, noted.change.after) == ("prune", {"audit log": 1})
        assert noted.author == AUTHOR
        assert kept.change.entity == "C1"


class TestKnownItems:
    """Items that no sync need read again; what forgets them is a complete sync of everything."""

    def known(
        self, conn: Connection, pair: Pair, fingerprint: bytes, *, read: int, good: int
    ) -> None:
        """Store an item that was read so many days ago, and is good for so many days from now."""
        conn.execute(
            "INSERT INTO discovery.known_items (city_source_id, fingerprint, listing_ids, read_on,"
            " good_to, read_at, with_venue, with_time, with_price, at_midnight, with_warnings)"
            " VALUES (%s, %s, '{}', %s, %s, %s, 0, 0, 0, 0, 0)",
            [
                pair.id, fingerprint * 16, (NOW - timedelta(days=read)).date(),
                (NOW + timedelta(days=good)).date(), NOW - timedelta(days=read),
            ],
        )  # fmt: skip

    def left(self, conn: Connection) -> bytes:
        found = conn.execute("SELECT fingerprint FROM discovery.known_items ORDER BY fingerprint")
        return b"".join(fingerprint[:1] for (fingerprint,) in found.fetchall())

    def test_known_items_of_a_pair_that_is_never_read_completely_are_pruned(
        self, conn: Connection, pair: Pair
    ) -> None:
        self.known(conn, pair, b"o", read=31, good=50)
        self.known(conn, pair, b"n", read=29, good=50)
        ran(conn, pair, 40, complete=True)
        ran(conn, pair, 1)

        assert pruned(conn) == {"known items": 1}
        assert self.left(conn) == b"n"

    def test_known_items_of_a_pair_that_is_read_completely_stay_while_they_are_good(
        self, conn: Connection, pair: Pair
    ) -> None:
        self.known(conn, pair, b"g", read=80, good=5)
        self.known(conn, pair, b"o", read=80, good=-31)
        ran(conn, pair, 1, complete=True)

        assert pruned(conn) == {"known items": 1}
        assert self.left(conn) == b"g"

    def test_known_items_of_a_deleted_pair_go_with_it(self, conn: Connection, pair: Pair) -> None:
        self.known(conn, pair, b"x", read=1, good=5)
        conn.execute("DELETE FROM discovery.city_source WHERE id = %s", [pair.id])

        assert self.left(conn) == b""


class TestPastEvents:
    @pytest.fixture(autouse=True)
    def events(self, conn: Connection, pair: Pair) -> None:
        def at(days: int) -> Mapping[str, Any]:
            return {"starts_at": NOW - timedelta(days=days), "timezone": "UTC"}

        stored_events(conn, pair, [
            event("past", **at(40)),
            event("recent", **at(20)),
            event("coming", **at(-20)),
            event("exhibition", **at(90), ends_at=NOW + timedelta(days=5)),
            event("undated", starts_at=None, local_date=None, status="postponed"),
        ])  # fmt: skip

    def titles(self, conn: Connection) -> set[str]:
        return {row[0] for row in conn.execute("SELECT title FROM discovery.events").fetchall()}

    def test_past_events_stay_for_ever_by_default(self, conn: Connection) -> None:
        assert pruned(conn, Settings()) == {}
        assert len(self.titles(conn)) == 5

    def test_events_that_are_over_for_long_go_with_their_listings(self, conn: Connection) -> None:
        assert pruned(conn) == {"past events": 1}

        assert self.titles(conn) == {
            "Concert recent", "Concert coming", "Concert exhibition", "Concert undated",
        }  # fmt: skip
        assert count(conn, "SELECT count(*) FROM discovery.listings") == 4

    def test_they_go_in_batches(self, conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(retention, "BATCH", 1)

        assert pruned(conn, Settings(keep_past_events=timedelta(days=1))) == {"past events": 2}


def test_a_dry_run_counts_and_deletes_nothing(conn: Connection, pair: Pair) -> None:
    ran(conn, pair, 300, n=7)
    ran(conn, pair, 200, n=retention.LATEST)

    counted = pruned(conn, dry_run=True)

    assert runs_left(conn) == retention.LATEST + 7
    assert read_changes(conn, limit=9) == []
    assert counted == pruned(conn)


def test_nothing_is_noted_where_nothing_was_old(conn: Connection) -> None:
    assert pruned(conn) == {}
    assert read_changes(conn, limit=9) == []


def test_a_second_time_deletes_nothing_more(conn: Connection, pair: Pair) -> None:
    ran(conn, pair, 300, n=7)
    ran(conn, pair, 200, n=retention.LATEST)
    pruned(conn)

    assert pruned(conn) == {}
