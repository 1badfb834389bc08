"""Runs of the DAG through Airflow itself: what they take, what stops them, what they tell."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Timer
from zoneinfo import ZoneInfo

import pytest

from include.discovery.model import City, Pair, Scope, Source
from include.discovery.report import report
from include.discovery.store import leases
from include.discovery.store.connection import Connection, connect
from include.discovery.store.runs import Attempt, begin, finish
from tests.orchestration.airflow_runs import AirflowRun, Calendars, Runner, waiting_for_assets
from tests.support.builders import KRAKOW, PARIS, lapse, source, stored_pair

pytestmark = pytest.mark.airflow

HELSINKI = KRAKOW.model_copy(update={"slug": "helsinki", "name": "Helsinki"})
BERLIN = ZoneInfo("Europe/Berlin")
UTC = ZoneInfo("UTC")
HOUR = timedelta(hours=1)


@pytest.fixture
def add(conn: Connection, site: Calendars) -> Add:
    return Add(conn, site)


class Add:
    """Adds pairs whose calendars the site serves, at /<city>/<source>."""

    def __init__(self, conn: Connection, site: Calendars) -> None:
        self._conn = conn
        self._site = site

    def __call__(
        self, city: City | None = KRAKOW, of: Source | None = None, hours: int = 24
    ) -> Pair:
        of = of or source()
        path = f"/{city.slug if city else 'all'}/{of.slug}"
        settings = {"url": self._site.url(path)}
        return stored_pair(self._conn, city, of, settings=settings, frequency_hours=hours)


def states(conn: Connection, run: AirflowRun) -> dict[str, str]:
    return {outcome.label: outcome.state for outcome in report(conn, run.run_id).outcomes}


class TestDue:
    """Scheduled runs take what is due, by the clock of their schedule."""

    @pytest.mark.parametrize(
        "first", [datetime(2026, 3, 28, tzinfo=BERLIN), datetime(2026, 10, 24, tzinfo=BERLIN)]
    )
    def test_no_night_is_lost_or_doubled_where_the_clocks_change(
        self, airflow: Runner, add: Add, monkeypatch: pytest.MonkeyPatch, first: datetime
    ) -> None:
        monkeypatch.setenv("DISCOVERY_SCHEDULE_TIMEZONE", "Europe/Berlin")
        add(of=source("hourly"), hours=1)
        add(of=source("daily"))
        add(of=source("two-days"), hours=48)
        midnights = [first + timedelta(days=n) for n in range(4)]

        taken = [airflow.scheduled(midnight).pairs for midnight in midnights]

        nightly = {"krakow · hourly", "krakow · daily"}
        both = nightly | {"krakow · two-days"}
        assert taken == [both, nightly, both, nightly]

    def test_pairs_of_every_frequency_are_due_in_the_first_run_of_each_of_their_periods(
        self, airflow: Runner, add: Add, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DISCOVERY_SCHEDULE", "@hourly")
        for hours in (1, 6, 24, 168, 744):
            add(of=source(f"every-{hours}"), hours=hours)
        start = datetime(2026, 6, 1, 23, tzinfo=UTC)
        taken = {
            after: {
                int(name.rpartition("-")[2])
                for name in airflow.scheduled(start + after * HOUR).pairs
            }
            for after in (0, 1, 5, 6, 23, 24, 168, 743, 744)
        }

        assert taken == {
            0: {1, 6, 24, 168, 744},
            1: {1},
            5: {1},
            6: {1, 6},
            23: {1, 6},
            24: {1, 6, 24},
            168: {1, 6, 24, 168},
            743: {1, 6, 24, 168},
            744: {1, 6, 24, 744},
        }

    def test_a_manual_run_just_before_midnight_costs_no_scheduled_run(
        self, airflow: Runner, add: Add
    ) -> None:
        add()
        night = datetime(2026, 6, 1, tzinfo=UTC)
        airflow.scheduled(night)
        by_hand = airflow.triggered(force=True)
        next_night = airflow.scheduled(night + timedelta(days=1))

        assert by_hand.pairs == next_night.pairs == {"krakow · theatres"}

    def test_a_failed_pair_is_due_in_the_next_run_and_keeps_its_period(
        self, airflow: Runner, add: Add, site: Calendars
    ) -> None:
        site.statuses["/krakow/theatres"] = [404, 200]
        add(hours=48)
        night = datetime(2026, 6, 1, tzinfo=UTC)

        taken = [airflow.scheduled(night + timedelta(days=n)).pairs for n in range(3)]

        assert taken == [{"krakow · theatres"}, {"krakow · theatres"}, set()]


class TestWhatIsAskedFor:
    """Scopes and parameters."""

    def test_a_source_of_a_country_runs_once_for_all_its_cities(
        self, airflow: Runner, add: Add, site: Calendars
    ) -> None:
        add(KRAKOW)
        add(PARIS)
        add(None, source("france", scope=Scope.COUNTRY))
        add(None, source("alps", scope=Scope.REGIONAL))

        run = airflow.triggered()

        assert run.pairs == {"krakow · theatres", "paris · theatres", "france", "alps"}
        assert sorted(site.asked) == [
            "/all/alps", "/all/france", "/krakow/theatres", "/paris/theatres",
        ]  # fmt: skip

    def test_a_run_takes_the_cities_and_sources_that_it_is_asked_for(
        self, airflow: Runner, add: Add
    ) -> None:
        for city in (KRAKOW, PARIS):
            for of in ("opera", "theatres"):
                add(city, source(of))

        assert airflow.triggered(cities=["paris"], sources=["opera"]).pairs == {"paris · opera"}
        assert airflow.triggered(cities=["paris"], sources=None).pairs == {"paris · theatres"}
        assert airflow.triggered(sources=["opera"], force=True).pairs == {
            "krakow · opera", "paris · opera",
        }  # fmt: skip

    def test_a_trial_loads_what_it_may_and_leaves_the_pair_due(
        self, airflow: Runner, conn: Connection, add: Add
    ) -> None:
        add()
        dry = airflow.triggered(dry_run=True)
        assert "success (dry run)" in dry.xcom("report", "summary")
        one = airflow.triggered(limit=1)

        assert conn.execute("SELECT count(*) FROM discovery.listings").fetchone() == (1,)
        assert dry.pairs == one.pairs == airflow.triggered().pairs == {"krakow · theatres"}

    def test_a_city_with_a_typo_fails_the_plan_at_once_and_turns_nothing_else_red(
        self, airflow: Runner, add: Add, caplog: pytest.LogCaptureFixture
    ) -> None:
        add()

        run = airflow.triggered(cities=["krakou"])

        assert run.state == "failed"
        assert run.tasks == {
            ("plan", -1): "failed",
            ("sync", -1): "upstream_failed",
            ("report", -1): "upstream_failed",
            ("alert", -1): "success",
        }
        said = "The plan failed: no city is configured as 'krakou'; there are: krakow. Did you mean"
        assert caplog.text.count(said) == 1

    def test_a_run_with_nothing_to_do_succeeds_and_tells_nobody(
        self, airflow: Runner, add: Add
    ) -> None:
        add()
        airflow.triggered()

        run = airflow.triggered()

        assert run.state == "success"
        assert (run.of("sync"), run.of("report")) == (["skipped"], ["skipped"])
        assert run.asset_events() == []


class TestFailures:
    """What a failing pair does to the others and to the run."""

    @pytest.fixture(autouse=True)
    def pairs(self, add: Add) -> None:
        for city in (KRAKOW, PARIS, HELSINKI):
            add(city)

    def test_a_failing_city_stops_nobody(
        self,
        airflow: Runner,
        conn: Connection,
        site: Calendars,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        site.statuses["/krakow/theatres"] = [404]
        site.statuses["/paris/theatres"] = [503] * 40

        run = airflow.triggered()

        assert run.tries == {
            "krakow · theatres": 1, "paris · theatres": 4, "helsinki · theatres": 1,
        }  # fmt: skip
        assert states(conn, run) == {
            "krakow · theatres": "failed",
            "paris · theatres": "failed",
            "helsinki · theatres": "success",
        }
        log = caplog.text
        for number in range(1, 5):
            assert f"paris · theatres: attempt {number} of 4." in log
        assert (
            "krakow · theatres: attempt 1 of 4 failed; another one in this run cannot help" in log
        )
        assert "paris · theatres: attempt 1 of 4 failed; the next one starts at " in log
        assert "paris · theatres: attempt 4 of 4 failed; it was the last one of this run" in log

    @pytest.mark.parametrize(("threshold", "state"), [("0.4", "success"), ("0.3", "failed")])
    def test_the_run_fails_when_more_of_its_pairs_failed_than_may(
        self,
        airflow: Runner,
        site: Calendars,
        monkeypatch: pytest.MonkeyPatch,
        threshold: str,
        state: str,
    ) -> None:
        monkeypatch.setenv("DISCOVERY_FAILURE_THRESHOLD", threshold)
        site.statuses["/krakow/theatres"] = [404]

        run = airflow.triggered()

        assert run.state == state
        assert run.of("report") == [state]
        assert sorted(map(str, run.of("sync"))) == ["failed", "success", "success"]
        assert run.xcom("report", "summary").startswith("**2 of 3 pairs succeeded.**")
        # Other DAGs are not started by a run that has failed.
        assert bool(run.asset_events()) is (state == "success")


class TestClaims:
    """Runs that want the same pair, and runs that died."""

    def test_a_pair_that_another_run_is_syncing_is_left_to_it(
        self, airflow: Runner, conn: Connection, add: Add
    ) -> None:
        held = add(KRAKOW)
        add(PARIS)
        begin(conn, held, Attempt("manual__other"))

        run = airflow.triggered()

        assert states(conn, run) == {"krakow · theatres": "failed", "paris · theatres": "success"}
        assert run.tries["krakow · theatres"] == 4
        row = conn.execute(
            "SELECT state FROM discovery.sync_runs WHERE dag_run_id = 'manual__other'"
        ).fetchone()
        assert row == ("running",)

    def test_a_pair_whose_run_died_is_free_for_the_next_one(
        self, airflow: Runner, conn: Connection, add: Add
    ) -> None:
        pair = add()
        begin(conn, pair, Attempt("scheduled__dead"))
        lapse(conn, pair)

        run = airflow.triggered()

        assert states(conn, run) == {"krakow · theatres": "success"}
        dead = conn.execute(
            "SELECT state, error_category FROM discovery.sync_runs WHERE dag_run_id ="
            " 'scheduled__dead'"
        ).fetchone()
        assert dead == ("failed", "interrupted")

    def test_a_pair_beyond_the_limit_of_its_source_waits_without_using_an_attempt(
        self,
        airflow: Runner,
        conn: Connection,
        add: Add,
        database_url: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(leases, "_TURN", timedelta(seconds=0.2))
        held, waiting = add(KRAKOW), add(PARIS)
        add(KRAKOW, source("opera"))
        conn.execute("UPDATE discovery.sources SET max_running = 1 WHERE slug = 'theatres'")
        other = begin(conn, held, Attempt("manual__other"))

        def end() -> None:
            with connect(database_url) as own:
                finish(own, other.id, complete=True)

        timer = Timer(2, end)
        timer.start()
        run = airflow.triggered(cities=["krakow", "paris"], sources=["theatres", "opera"])
        timer.join()

        assert run.state == "success"
        assert run.tries[waiting.label] == 1
        assert states(conn, run)["paris · theatres"] == "success"


class TestAssets:
    """What other DAGs can wait for."""

    def test_a_run_tells_its_counts_once_and_each_city_as_a_partition(
        self, airflow: Runner, add: Add
    ) -> None:
        add(KRAKOW)
        add(PARIS)

        run = airflow.triggered()

        krakow, paris, whole = run.asset_events()
        assert [(krakow[0], krakow[1]), (paris[0], paris[1]), (whole[0], whole[1])] == [
            ("discovery/city-events", "krakow"),
            ("discovery/city-events", "paris"),
            ("discovery/events", None),
        ]
        assert (whole[2]["pairs"], whole[2]["failed"], whole[2]["inserted"]) == (2, 0, 4)
        assert krakow[2]["cities"]["paris"] == {"inserted": 2, "updated": 0, "withdrawn": 0}

    def test_an_event_of_a_city_starts_only_those_who_wait_for_partitions(
        self, airflow: Runner, add: Add
    ) -> None:
        add(KRAKOW)

        airflow.triggered()

        waiting = waiting_for_assets()
        assert ("after_a_run", None) in waiting
        assert ("after_each_city", "krakow") in waiting
        assert "after_any_city" not in {dag for dag, _ in waiting}
