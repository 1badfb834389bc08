"""All-time totals: added up as attempts are closed, each once, whatever becomes of the runs."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg.rows import dict_row

from include.discovery.errors import ClaimLost
from include.discovery.model import Pair, SyncStats
from include.discovery.store import runs
from include.discovery.store.connection import Connection
from include.discovery.store.migrate import migrations
from include.discovery.store.runs import Attempt, PageResult
from tests.support.builders import PARIS, stored_pair


def totals(conn: Connection, pair: Pair) -> dict[str, Any]:
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            "SELECT * FROM discovery.pair_totals WHERE city_source_id = %s", [pair.id]
        ).fetchone()
    return dict(row) if row else {}


def attempt(
    conn: Connection,
    pair: Pair,
    run: str = "run",
    *,
    dry_run: bool = False,
    limit: int | None = None,
) -> int:
    """Begin an attempt and load one page."""
    opened = runs.begin(conn, pair, Attempt(run), dry_run=dry_run, limit=limit)
    stats = SyncStats(fetched=10, inserted=7, pages=1, rejected={"no date": 2, "no title": 1})
    runs.advance(conn, opened.id, PageResult(stats))
    return opened.id


def test_a_pair_that_never_ran_has_no_totals(conn: Connection) -> None:
    assert totals(conn, stored_pair(conn)) == {}


def test_the_counts_of_attempts_add_up_to_the_totals(conn: Connection) -> None:
    pair = stored_pair(conn)
    runs.finish(conn, attempt(conn, pair, "one"), complete=True)
    first = totals(conn, pair)
    runs.fail(conn, attempt(conn, pair, "two"), category="server", message="answered 503")
    runs.finish(conn, attempt(conn, pair, "three"), complete=False)

    found = totals(conn, pair)

    assert (found["attempts"], found["succeeded"], found["failed"]) == (3, 2, 1)
    assert (found["fetched"], found["inserted"], found["rejected"]) == (30, 21, 9)
    assert found["first_at"] == first["first_at"]
    assert found["last_success_at"] > first["last_success_at"]


def test_a_failure_keeps_the_time_of_the_last_success(conn: Connection) -> None:
    pair = stored_pair(conn)
    runs.finish(conn, attempt(conn, pair, "one"), complete=True)
    before = totals(conn, pair)["last_success_at"]
    runs.fail(conn, attempt(conn, pair, "two"), category="server", message="answered 503")

    assert totals(conn, pair)["last_success_at"] == before


def test_a_killed_attempt_is_added_once_it_is_noticed(conn: Connection) -> None:
    pair, other = stored_pair(conn), stored_pair(conn, PARIS)
    attempt(conn, pair)
    attempt(conn, other)
    assert totals(conn, pair) == {}

    assert runs.close_interrupted(conn, "run") == 2
    assert runs.close_interrupted(conn, "run") == 0

    assert totals(conn, pair)["failed"] == totals(conn, other)["failed"] == 1
    assert totals(conn, pair)["fetched"] == 10


def test_an_attempt_that_is_closed_twice_is_counted_once(conn: Connection) -> None:
    pair = stored_pair(conn)
    run = attempt(conn, pair)
    runs.fail(conn, run, category="server", message="answered 503")
    runs.fail(conn, run, category="server", message="again")
    with pytest.raises(ClaimLost):
        runs.finish(conn, run, complete=True)

    assert (totals(conn, pair)["attempts"], totals(conn, pair)["failed"]) == (1, 1)


def test_dry_runs_are_not_counted_in_the_totals(conn: Connection) -> None:
    pair = stored_pair(conn)
    runs.finish(conn, attempt(conn, pair, dry_run=True), complete=True)

    assert totals(conn, pair) == {}


def test_a_run_with_a_limit_adds_what_it_loaded_but_is_no_success_of_the_pair(
    conn: Connection,
) -> None:
    pair = stored_pair(conn)
    runs.finish(conn, attempt(conn, pair, "full"), complete=True)
    before = totals(conn, pair)
    runs.finish(conn, attempt(conn, pair, "trial", limit=10), complete=False)
    runs.fail(conn, attempt(conn, pair, "x", limit=10), category="server", message="answered 503")

    found = totals(conn, pair)

    assert (found["attempts"], found["succeeded"], found["failed"]) == (1, 1, 0)
    assert found["last_success_at"] == before["last_success_at"]
    assert found["inserted"] == 21


def test_a_run_whose_pair_was_deleted_while_it_ran_still_ends(conn: Connection) -> None:
    pair = stored_pair(conn)
    run = attempt(conn, pair)
    conn.execute("DELETE FROM discovery.city_source WHERE id = %s", [pair.id])

    runs.finish(conn, run, complete=True)

    assert totals(conn, pair) == {}


def test_totals_outlive_the_runs_that_were_cleaned_up(conn: Connection) -> None:
    pair = stored_pair(conn)
    runs.finish(conn, attempt(conn, pair), complete=True)
    conn.execute("DELETE FROM discovery.sync_runs")

    assert totals(conn, pair)["succeeded"] == 1


def test_the_migration_adds_up_the_runs_before_it(conn: Connection) -> None:
    pair = stored_pair(conn)
    runs.finish(conn, attempt(conn, pair, "one"), complete=True)
    runs.fail(conn, attempt(conn, pair, "two"), category="server", message="answered 503")
    runs.finish(conn, attempt(conn, pair, "dry", dry_run=True), complete=True)
    attempt(conn, pair, "running")
    kept = totals(conn, pair)
    conn.execute("DELETE FROM discovery.pair_totals")

    for name, start in (("0002_page.sql", "INSERT"), ("0014_monitoring.sql", "UPDATE")):
        (migration,) = (found for found in migrations() if found.name == name)
        backfill = migration.sql[migration.sql.index(f"{start} ") :].partition(";")[0]
        conn.execute(backfill.encode())

    assert totals(conn, pair) == kept
