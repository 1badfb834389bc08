"""Syncs that read changes alone: when a pair may, and what the source's removals withdraw."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from include.discovery.model import EventRecord, Pair, SyncStats
from include.discovery.store import runs
from include.discovery.store.connection import Connection
from include.discovery.store.loader import Loader
from include.discovery.store.runs import Attempt, OpenRun, PageResult
from tests.store.test_withdrawals import DECEMBER, on, withdrawn
from tests.support.builders import event, source, stored_pair


@pytest.fixture
def pair(conn: Connection) -> Pair:
    return stored_pair(conn)


def begin(conn: Connection, pair: Pair, name: str, **options: Any) -> OpenRun:
    run = runs.begin(conn, pair, Attempt(name), **options)
    runs.bound(conn, run.id, DECEMBER)
    return run


def synced(
    conn: Connection,
    pair: Pair,
    *records: EventRecord,
    name: str = "first",
    complete: bool = True,
    **options: Any,
) -> datetime:
    run = begin(conn, pair, name, **options)
    Loader(conn, pair, run).load(records, PageResult(SyncStats()))
    runs.finish(conn, run.id, complete=complete)
    return run.sync_started_at


def since(conn: Connection, pair: Pair, name: str = "next") -> datetime | None:
    run = begin(conn, pair, name)
    changed_since = runs.ask_for_changes(conn, run.id)
    runs.fail(conn, run.id, category="network", message="no answer")
    return changed_since


def made_older(conn: Connection, by: timedelta) -> None:
    conn.execute(
        "UPDATE discovery.sync_runs SET sync_started_at = sync_started_at - %(by)s,"
        " started_at = started_at - %(by)s, finished_at = finished_at - %(by)s",
        {"by": by},
    )


class TestSinceWhen:
    def test_the_first_sync_of_a_pair_reads_everything(self, conn: Connection, pair: Pair) -> None:
        assert since(conn, pair) is None

    def test_the_next_sync_reads_what_changed_since_an_hour_before_the_last_one_began(
        self, conn: Connection, pair: Pair
    ) -> None:
        began = synced(conn, pair, on(10))

        assert since(conn, pair) == began - timedelta(hours=1)

    def test_a_sync_of_changes_is_followed_by_the_changes_since_that_sync(
        self, conn: Connection, pair: Pair
    ) -> None:
        synced(conn, pair, on(10))
        made_older(conn, timedelta(days=2))
        run = begin(conn, pair, "second")
        assert runs.ask_for_changes(conn, run.id) is not None
        runs.finish(conn, run.id, complete=True)

        assert since(conn, pair) == run.sync_started_at - timedelta(hours=1)

    def test_a_week_after_the_last_full_sync_everything_is_read_again(
        self, conn: Connection, pair: Pair
    ) -> None:
        synced(conn, pair, on(10))
        made_older(conn, timedelta(days=6, hours=22))
        run = begin(conn, pair, "changes")
        assert runs.ask_for_changes(conn, run.id) is not None
        runs.finish(conn, run.id, complete=True)
        made_older(conn, timedelta(hours=2))

        assert since(conn, pair) is None

    @pytest.mark.parametrize(
        "options", [{"complete": False}, {"dry_run": True}, {"limit": 5}], ids=str
    )
    def test_a_sync_that_did_not_load_everything_is_not_where_changes_begin(
        self, conn: Connection, pair: Pair, options: dict[str, Any]
    ) -> None:
        synced(conn, pair, on(10), **options)

        assert since(conn, pair) is None

    def test_a_failed_sync_is_not_where_changes_begin(self, conn: Connection, pair: Pair) -> None:
        runs.fail(conn, begin(conn, pair, "first").id, category="network", message="no answer")

        assert since(conn, pair) is None

    def test_a_sync_that_found_nothing_is_not_where_changes_begin(
        self, conn: Connection, pair: Pair
    ) -> None:
        synced(conn, pair)

        assert since(conn, pair) is None

    def test_every_sync_reads_everything_while_many_listings_are_missing(
        self, conn: Connection, pair: Pair
    ) -> None:
        synced(conn, pair, on(10), name="whole")
        run = begin(conn, pair, "emptied")
        runs.advance(conn, run.id, PageResult(SyncStats(), warnings=("all are missing",)))
        runs.finish(conn, run.id, complete=True)
        assert since(conn, pair, "next") is None

        began = synced(conn, pair, on(10), name="back")

        assert since(conn, pair, "after that") == began - timedelta(hours=1)

    @pytest.mark.parametrize("table", ["sources", "city_source"])
    def test_a_change_of_a_source_or_pair_makes_the_next_sync_read_everything(
        self, conn: Connection, pair: Pair, table: str
    ) -> None:
        synced(conn, pair, on(10))
        conn.execute(f"UPDATE discovery.{table} SET version = version + 1".encode())

        assert since(conn, pair) is None

    def test_a_sync_of_another_pair_is_not_where_changes_begin(
        self, conn: Connection, pair: Pair
    ) -> None:
        synced(conn, stored_pair(conn, source=source("other")), on(10))

        assert since(conn, pair) is None

    def test_a_later_attempt_of_a_run_reads_the_same_changes(
        self, conn: Connection, pair: Pair
    ) -> None:
        synced(conn, pair, on(10))
        first = since(conn, pair, "retried")

        assert runs.begin(conn, pair, Attempt("retried")).changed_since == first is not None


def load_removed(
    conn: Connection, pair: Pair, removed: list[str], *records: EventRecord
) -> SyncStats:
    """Load a page on which the source says what it has removed."""
    run = begin(conn, pair, f"run {removed}")
    stats = Loader(conn, pair, run).load(records, PageResult(SyncStats()), removed)
    runs.finish(conn, run.id, complete=True)
    return stats


class TestRemoved:
    def test_a_listing_that_the_source_has_removed_is_withdrawn(
        self, conn: Connection, pair: Pair
    ) -> None:
        synced(conn, pair, on(10), on(11), on(12))

        stats = load_removed(conn, pair, ["12-10", "12-12", "never-seen"])

        assert stats.withdrawn == 2
        assert withdrawn(conn) == withdrawn(conn, "events") == ["Concert 12-10", "Concert 12-12"]

    def test_a_removed_series_is_withdrawn_except_for_the_occurrences_just_loaded(
        self, conn: Connection, pair: Pair
    ) -> None:
        synced(conn, pair, *(on(day, series_id="choir") for day in (10, 11, 12)))

        stats = load_removed(conn, pair, ["choir"], on(11, series_id="choir"))

        assert (stats.withdrawn, stats.unchanged) == (2, 1)
        assert withdrawn(conn) == ["Concert 12-10", "Concert 12-12"]

    def test_a_removed_series_keeps_its_occurrences_outside_the_window(
        self, conn: Connection, pair: Pair
    ) -> None:
        synced(conn, pair, on(30, 11, series_id="choir"), on(10, series_id="choir"))

        assert load_removed(conn, pair, ["choir"]).withdrawn == 1
        assert withdrawn(conn) == ["Concert 12-10"]

    def test_a_removed_listing_without_a_date_is_withdrawn(
        self, conn: Connection, pair: Pair
    ) -> None:
        synced(conn, pair, event("undated", starts_at=None, local_date=None, status="postponed"))

        assert load_removed(conn, pair, ["undated"]).withdrawn == 1

    def test_a_removed_id_does_not_withdraw_the_listing_of_another_pair(
        self, conn: Connection, pair: Pair
    ) -> None:
        synced(conn, stored_pair(conn, source=source("other")), on(10))

        assert load_removed(conn, pair, ["12-10"]).withdrawn == 0

    def test_a_listing_that_is_removed_twice_is_counted_once(
        self, conn: Connection, pair: Pair
    ) -> None:
        synced(conn, pair, on(10))
        load_removed(conn, pair, ["12-10"])
        run = begin(conn, pair, "again")

        again = Loader(conn, pair, run).load([], PageResult(SyncStats()), ["12-10"])

        assert again.withdrawn == 0
