"""The nightly job through Airflow itself: nothing of Airflow or PostgreSQL is replaced."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from include.discovery.due import RunTime
from include.discovery.report import RunReport, report
from include.discovery.store.connection import Connection
from include.discovery.store.plans import choose_pairs
from include.discovery.store.runs import Attempt, begin
from tests.support.slow_site import SlowSite
from tests.support.stack import Stack, wait_for

pytestmark = pytest.mark.airflow

GONE = "helsinki · demo-gone"
FLAKY = "paris · demo-flaky"
UNREADABLE = "krakow · demo-clubs"
"""One of its scripts is broken for good, so that nobody knows what it says."""


def states(run: RunReport) -> dict[str, str]:
    return {outcome.label: outcome.state for outcome in run.outcomes}


def first_run(db: Connection) -> RunReport:
    row = db.execute("SELECT dag_run_id FROM discovery.sync_runs ORDER BY id LIMIT 1").fetchone()
    assert row is not None
    return report(db, row[0])


class TestTheFirstRun:
    """What a new user sees: one real run of everything."""

    def test_the_first_run_loads_thousands_of_events_of_three_cities(self, db: Connection) -> None:
        assert first_run(db).total.inserted > 3_000
        cities = dict(
            db.execute(
                "SELECT c.slug, count(*) FROM discovery.events e"
                " JOIN discovery.cities c ON c.id = e.city_id GROUP BY 1"
            ).fetchall()
        )
        assert cities.keys() == {"krakow", "paris", "helsinki"}
        assert min(cities.values()) > 800

    def test_every_event_that_was_fetched_is_counted(self, db: Connection) -> None:
        for outcome in first_run(db).outcomes:
            stats = outcome.stats
            assert stats.fetched == stats.inserted + stats.rejected_total + stats.duplicates
            is_whole = outcome.label != UNREADABLE
            assert outcome.complete is (is_whole if outcome.state == "success" else None)

    def test_only_the_broken_source_fails_and_does_so_at_once_with_one_line(
        self, db: Connection
    ) -> None:
        run = first_run(db)
        assert [outcome.label for outcome in run.failed] == [GONE]
        (gone,) = run.failed
        assert gone.attempts == 1
        assert gone.error_category == "not_found"
        assert gone.error_message is not None
        assert "404" in gone.error_message
        assert "\n" not in gone.error_message

    def test_the_source_that_recovers_succeeds_after_its_retries(self, db: Connection) -> None:
        (flaky,) = (o for o in first_run(db).outcomes if o.label == FLAKY)
        assert (flaky.state, flaky.attempts) == ("success", 3)

    def test_the_summary_of_the_run_shows_each_pair(self, stack: Stack, db: Connection) -> None:
        for outcome in first_run(db).outcomes:
            assert outcome.label in stack.output
        assert "http://127.0.0.1:" in stack.output

    def test_retries_are_logged_and_each_task_has_the_name_of_its_pair(
        self, stack: Stack, db: Connection
    ) -> None:
        run = first_run(db)
        tasks = {
            ti["rendered_map_index"]: ti for ti in stack.task_instances(run.dag_run_id, "sync")
        }
        assert set(tasks) == set(states(run))
        log = stack.task_log(run.dag_run_id, "sync", 2, tasks[FLAKY]["map_index"])
        assert f"{FLAKY}: attempt 2 of 4." in log
        assert f"{FLAKY}: attempt 2 of 4 failed; the next one starts at " in log

    def test_the_error_of_a_task_is_in_the_metadata_database(
        self, stack: Stack, db: Connection
    ) -> None:
        run_id = first_run(db).dag_run_id
        (task,) = (
            ti for ti in stack.task_instances(run_id, "sync") if ti["rendered_map_index"] == GONE
        )
        answer = stack.client.get(
            f"/api/v2/dags/city_discovery/dagRuns/{run_id}/taskInstances/sync/xcomEntries/error",
            params={"map_index": task["map_index"]},
        )
        value = answer.json()["value"]
        error = json.loads(value) if isinstance(value, str) else value
        assert error["category"] == "not_found"

    def test_the_run_emits_one_asset_event_with_its_counts_and_one_for_each_city(
        self, stack: Stack, db: Connection
    ) -> None:
        run_id = first_run(db).dag_run_id
        answer = stack.client.get("/api/v2/assets/events", params={"source_run_id": run_id}).json()
        (whole,) = (e for e in answer["asset_events"] if e["name"] == "discovery/events")
        cities = [e for e in answer["asset_events"] if e["name"] == "discovery/city-events"]

        assert whole["extra"]["inserted"] >= 3_000
        assert {e["partition_key"] for e in cities} == {"krakow", "paris", "helsinki"}

    def test_the_note_of_the_run_is_an_xcom_in_markdown(self, stack: Stack, db: Connection) -> None:
        run_id = first_run(db).dag_run_id
        answer = stack.client.get(
            f"/api/v2/dags/city_discovery/dagRuns/{run_id}/taskInstances/report/xcomEntries/summary"
        )

        assert "pairs succeeded.**" in answer.json()["value"]
        assert f"| {GONE} | failed |" in answer.json()["value"]

    def test_no_key_is_in_any_log_or_row(self, stack: Stack, db: Connection) -> None:
        logs = [path for path in stack.folder.rglob("*.log") if path.is_file()]
        assert len(logs) > 10
        assert [path for path in logs if b"demo-key" in path.read_bytes()] == []
        runs = db.execute("SELECT to_jsonb(r)::text FROM discovery.sync_runs r").fetchall()
        assert not any("demo-key" in text for (text,) in runs)


def test_a_second_run_finds_nothing_new_and_nothing_changed(stack: Stack, db: Connection) -> None:
    run_id, state = stack.run(force=True)

    run = report(db, run_id)
    assert state == "success"
    assert (run.total.inserted, run.total.updated) == (0, 0)
    assert run.total.unchanged > 3_000
    assert [outcome.label for outcome in run.failed] == [GONE]


def test_pairs_start_in_the_order_of_the_plan_when_two_may_run_at_once(
    stack: Stack, db: Connection
) -> None:
    pool = "/api/v2/pools/default_pool"
    slots = stack.client.get(pool).json()["slots"]
    stack.client.patch(pool, json={"slots": 2}, params={"update_mask": "slots"})
    try:
        run_id, _ = stack.run(force=True)
    finally:
        stack.client.patch(pool, json={"slots": slots}, params={"update_mask": "slots"})

    rows = db.execute(
        "SELECT r.map_index, cs.priority FROM discovery.sync_runs r"
        " JOIN discovery.city_source cs ON cs.id = r.city_source_id"
        " WHERE r.dag_run_id = %s AND r.try_number = 1 ORDER BY r.map_index",
        [run_id],
    ).fetchall()
    # When the scheduler sent each to its executor; the processes of two may start in either order.
    sent = [stack.queued_when(run_id, "sync", map_index) for map_index, _ in rows]
    assert sent == sorted(sent)
    assert max(Counter(sent).values()) <= 2
    assert [map_index for map_index, _ in rows] == list(range(len(rows)))
    assert len(rows) >= 15
    by_plan = [priority for _, priority in rows]
    assert by_plan == sorted(by_plan, reverse=True)


class TestManualTriggers:
    """What params do, and how wrong ones are refused."""

    def test_a_city_can_be_synced_alone(self, stack: Stack, db: Connection) -> None:
        run_id, state = stack.run(cities=["krakow"], force=True)

        run = report(db, run_id)
        assert state == "success"
        assert {outcome.city for outcome in run.outcomes} == {"krakow"}
        assert len(run.outcomes) == 6

    def test_a_run_with_nothing_due_succeeds_and_logs_it(
        self, stack: Stack, db: Connection
    ) -> None:
        run_id, state = stack.run(sources=["demo-theatres"])

        assert state == "success"
        assert report(db, run_id).outcomes == ()
        assert "Nothing is due" in stack.task_log(run_id, "plan")
        (skipped,) = stack.task_instances(run_id, "report")
        assert skipped["state"] == "skipped"

    def test_a_dry_run_with_a_limit_writes_no_event_and_does_not_change_the_schedule(
        self, stack: Stack, db: Connection
    ) -> None:
        def rows() -> list[tuple[Any, ...]]:
            return db.execute(
                "SELECT (SELECT count(*) FROM discovery.listings),"
                " (SELECT max(last_seen_at) FROM discovery.listings),"
                " (SELECT array_agg(period_start ORDER BY id) FROM discovery.city_source)"
            ).fetchall()

        before = rows()
        run_id, state = stack.run(
            cities=["paris"], sources=["demo-library"], force=True, dry_run=True, limit=10
        )

        (outcome,) = report(db, run_id).outcomes
        assert state == "success"
        assert outcome.dry_run
        assert outcome.stats.fetched >= 10
        assert rows() == before

    @pytest.mark.parametrize(
        ("conf", "allowed"),
        [
            ({"limit": -1}, "minimum of 1"),
            ({"cities": [7]}, "is not of type 'string'"),
            ({"sources": "ticketmaster"}, "is not of type 'null', 'array'"),
        ],
    )
    def test_a_bad_param_is_refused_at_the_trigger(
        self, stack: Stack, conf: dict[str, Any], allowed: str
    ) -> None:
        answer = stack.post(conf)

        assert answer.status_code == 400
        assert allowed in answer.text

    @pytest.mark.parametrize(
        ("conf", "line"),
        [
            ({"cities": ["cracow"]}, "no city is configured as 'cracow'; there are: helsinki"),
            ({"town": "krakow"}, "there is no parameter 'town'; allowed: cities, sources"),
        ],
    )
    def test_an_unknown_city_or_source_fails_the_plan_at_once(
        self, stack: Stack, conf: dict[str, Any], line: str
    ) -> None:
        run_id, state = stack.run(**conf)

        (plan,) = stack.task_instances(run_id, "plan")
        assert state == "failed"
        assert (plan["state"], plan["try_number"]) == ("failed", 1)
        assert line in stack.task_log(run_id, "plan")


def test_a_pair_that_another_run_is_syncing_is_waited_for_and_then_fails_as_busy(
    stack: Stack, db: Connection
) -> None:
    (pair,) = choose_pairs(
        db, RunTime(datetime.now(UTC)), cities=["krakow"], sources=["demo-library"],
        force=True, capacity=1,
    ).pairs  # fmt: skip
    holder = begin(db, pair, Attempt("another"))
    try:
        run_id, state = stack.run(cities=["krakow"], sources=["demo-library"], force=True)
    finally:
        # An attempt that nobody made would stay on the page.
        db.execute("DELETE FROM discovery.sync_runs WHERE id = %s", [holder.id])

    (outcome,) = report(db, run_id).outcomes
    assert state == "failed"
    assert (outcome.state, outcome.error_category, outcome.attempts) == ("failed", "busy", 4)
    assert outcome.error_message is not None
    assert "is being synced by run another" in outcome.error_message


def test_a_task_that_is_killed_in_mid_sync_loses_nothing_and_fetches_no_page_again(
    stack: Stack, db: Connection
) -> None:
    site = SlowSite()
    slow = "FROM discovery.sources s WHERE s.id = source_id AND s.slug = 'slow'"
    seed = stack.folder / "slow.yaml"
    seed.write_text(
        "countries: {PL: Poland}\n"
        "cities: {krakow: {name: Kraków, country: PL, timezone: Europe/Warsaw,"
        " latitude: 50.0619, longitude: 19.9369, radius_km: 25,"
        " alternate_names: [Cracow, Krakau, Cracovie]}}\n"
        "sources: {slow: {name: Slow, kind: events_calendar}}\n"
        f"pairs: [{{city: krakow, source: slow, settings: {{site_url: '{site.url}'}}}}]\n"
    )
    try:
        with site.serving():
            applied = stack.command("apply", str(seed))
            assert applied.returncode == 0, applied.stderr
            run_id = stack.trigger(sources=["slow"], force=True)
            wait_for(site.waiting.is_set, "the request for page 3")
            wait_for(
                lambda: db.execute("SELECT pages FROM discovery.sync_runs ORDER BY id DESC LIMIT 1")
                .fetchone() == (2,),
                "the loading of page 2",
            )  # fmt: skip
            os.kill(site.client_process().pid, signal.SIGKILL)
            site.go.set()
            state = stack.finished(run_id)
    finally:
        db.execute(f"UPDATE discovery.city_source SET enabled = false {slow}".encode())

    assert state == "success"
    assert site.asked == [1, 2, 3, 3, 4, 5]
    loaded = db.execute(
        "SELECT title, count(*) FROM discovery.listings l"
        " JOIN discovery.sources s ON s.id = l.source_id AND s.slug = 'slow' GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert loaded == [(f"Event {n}", 1) for n in range(1, 6)]
    attempts = db.execute(
        "SELECT state, error_category, inserted FROM discovery.sync_runs"
        " WHERE dag_run_id = %s ORDER BY id",
        [run_id],
    ).fetchall()
    assert attempts == [("failed", "interrupted", 2), ("success", None, 3)]
    (outcome,) = report(db, run_id).outcomes
    assert outcome.stats.inserted == 5


def test_a_missing_key_fails_at_once_and_says_which_connection(
    stack: Stack, db: Connection
) -> None:
    enabled = db.execute("UPDATE discovery.sources SET enabled = true WHERE slug = 'ticketmaster'")
    assert enabled.rowcount == 1
    try:
        run_id, state = stack.run(cities=["krakow"], sources=["ticketmaster"], force=True)
    finally:
        db.execute("UPDATE discovery.sources SET enabled = false WHERE slug = 'ticketmaster'")

    (outcome,) = report(db, run_id).outcomes
    assert outcome.attempts == 1
    assert outcome.error_message is not None
    assert outcome.error_message.startswith("needs connection discovery_ticketmaster")
    # One of one pair failed: more than half.
    assert state == "failed"
    assert "1 of 1 pairs failed" in stack.task_log(run_id, "report")
