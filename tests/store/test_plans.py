"""Plans: which pairs a run takes, in which order, and what is kept for its mapped tasks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from include.discovery.due import RunTime
from include.discovery.model import City, Pair, Scope, Source, SyncStats
from include.discovery.store.audit import Author
from include.discovery.store.configuration import apply_configuration
from include.discovery.store.connection import Connection, connect
from include.discovery.store.entities import read_configuration
from include.discovery.store.plans import Plan, PlannedPair, plan_pairs, planned_pairs
from include.discovery.store.runs import (
    Attempt,
    PageResult,
    advance,
    begin,
    close_interrupted,
    fail,
    finish,
)
from tests.support.builders import KRAKOW, PARIS, plan_run, source, stored_pair

MIDNIGHT = datetime(2026, 6, 1, tzinfo=ZoneInfo("UTC"))
NIGHT = timedelta(days=1)


def nightly(conn: Connection, night: int = 0, **options: Any) -> Plan:
    """Plan the scheduled run of a night; it starts some seconds late."""
    at = MIDNIGHT + night * NIGHT
    run = RunTime(at + timedelta(seconds=7), at)
    return plan_pairs(conn, f"night {night}", run, **{"capacity": 100, **options})


def sync(conn: Connection, pair: Pair, run: str, **options: Any) -> None:
    opened = begin(conn, pair, Attempt(run, 0), **options)
    finish(conn, opened.id, complete=True)


def labels(pairs: Plan | tuple[Pair, ...]) -> list[str]:
    return [pair.label for pair in (pairs.pairs if isinstance(pairs, Plan) else pairs)]


class TestDue:
    """A run takes each pair that is due, and enabled with its city and its source."""

    @pytest.mark.parametrize(("night", "is_due"), [(0, False), (1, True), (2, True)])
    def test_a_scheduled_run_takes_a_pair_from_the_start_of_its_next_period_on(
        self, conn: Connection, night: int, *, is_due: bool
    ) -> None:
        stored_pair(conn, period_start=MIDNIGHT)

        taken = nightly(conn, night)

        assert len(taken.pairs) == is_due
        assert taken.not_due == (not is_due)

    @pytest.mark.parametrize(
        ("city", "of", "enabled"),
        [
            (KRAKOW, source(), False),
            (KRAKOW.model_copy(update={"enabled": False}), source(), True),
            (KRAKOW, source(enabled=False), True),
            (None, source(scope=Scope.COUNTRY, enabled=False), True),
        ],
    )
    @pytest.mark.parametrize("force", [True, False])
    def test_a_disabled_pair_is_never_taken(
        self, conn: Connection, city: City | None, of: Source, *, enabled: bool, force: bool
    ) -> None:
        stored_pair(conn, city, of, enabled=enabled)

        taken = nightly(conn, force=force)

        assert (taken.pairs, taken.not_due, len(taken.inactive)) == ((), 0, 1)

    def test_a_claimed_pair_comes_with_all_its_configuration(self, conn: Connection) -> None:
        of = source("national", scope=Scope.REGIONAL, trust=7, settings={"a": [1, None, "ż"]})
        stored = [
            stored_pair(conn, None, of, frequency_hours=6, priority=60, settings={"b": {}}),
            stored_pair(conn, KRAKOW, source()),
        ]

        assert plan_run(conn).pairs == tuple(stored)


class TestOrder:
    """Priority first, then whose last turn in a scheduled run is longest ago."""

    def test_pairs_are_ordered_by_priority_and_then_by_their_last_scheduled_run(
        self, conn: Connection
    ) -> None:
        for slug, priority in [
            ("late", 50), ("later", 50), ("never", 50), ("urgent", 90), ("minor", 10),
            ("never-too", 50),
        ]:  # fmt: skip
            stored_pair(conn, KRAKOW, source(slug), priority=priority)
        nightly(conn, 1, sources=["later", "urgent"])
        nightly(conn, 2, sources=["late"])

        assert [pair.source.slug for pair in nightly(conn, 3).pairs] == [
            "urgent", "never", "never-too", "later", "late", "minor",
        ]  # fmt: skip

    def test_a_pair_beyond_the_capacity_stays_due_and_goes_first_the_next_time(
        self, conn: Connection
    ) -> None:
        """Also where those that were taken keep failing: they must not keep the others out."""
        for n in range(5):
            stored_pair(conn, source=source(f"s{n}"))

        first, second = (nightly(conn, night, capacity=2) for night in (0, 1))

        assert labels(first) == ["krakow · s0", "krakow · s1"]
        assert first.deferred == ("krakow · s2", "krakow · s3", "krakow · s4")
        assert labels(second) == ["krakow · s2", "krakow · s3"]

    def test_sources_of_one_priority_take_turns_so_that_a_big_one_keeps_no_other_waiting(
        self, conn: Connection
    ) -> None:
        big, small, urgent = (source(slug) for slug in ("big", "small", "urgent"))
        towns = [KRAKOW.model_copy(update={"slug": f"town-{n}"}) for n in range(4)]
        for town in towns:
            stored_pair(conn, town, big)
        for town in towns[:2]:
            stored_pair(conn, town, small)
        stored_pair(conn, towns[3], urgent, priority=90)

        assert [pair.source.slug for pair in nightly(conn, 0).pairs] == [
            "urgent", "big", "small", "big", "small", "big", "big",
        ]  # fmt: skip

    def test_a_triggered_run_takes_no_turn_away(self, conn: Connection) -> None:
        for n in range(2):
            stored_pair(conn, source=source(f"s{n}"))
        nightly(conn, 0)
        plan_run(conn, sources=["s0"])

        assert labels(nightly(conn, 1, capacity=1)) == ["krakow · s0"]


class TestServed:
    """A scheduled run that syncs a pair completely uses its period up, and nothing else does."""

    @pytest.fixture
    def pair(self, conn: Connection) -> Pair:
        return stored_pair(conn)

    def taken(self, conn: Connection, *nights: int) -> list[int]:
        return [night for night in nights if nightly(conn, night).pairs]

    def test_a_complete_sync_by_a_scheduled_run_uses_up_the_period_of_its_pair(
        self, conn: Connection, pair: Pair
    ) -> None:
        nightly(conn)
        sync(conn, pair, "night 0")

        assert plan_pairs(conn, "again", RunTime(MIDNIGHT, MIDNIGHT), capacity=9).pairs == ()
        assert self.taken(conn, 1) == [1]

    def test_a_plan_alone_does_not_use_up_the_period_of_a_pair(
        self, conn: Connection, pair: Pair
    ) -> None:
        nightly(conn)

        assert plan_pairs(conn, "again", RunTime(MIDNIGHT, MIDNIGHT), capacity=9).pairs == (pair,)

    @pytest.mark.parametrize("end", ["failed", "interrupted"])
    def test_a_failed_or_interrupted_sync_does_not_use_up_the_period_of_its_pair(
        self, conn: Connection, end: str
    ) -> None:
        weekly = stored_pair(conn, frequency_hours=168)
        nightly(conn)
        opened = begin(conn, weekly, Attempt("night 0", 0))
        if end == "failed":
            fail(conn, opened.id, category="network", message="no answer")
        else:
            close_interrupted(conn, "night 0")

        assert self.taken(conn, 1) == [1]

    def test_a_sync_of_a_triggered_run_does_not_use_up_the_period_of_its_pair(
        self, conn: Connection, pair: Pair
    ) -> None:
        """For example at 15:00: the night's run still takes the pair."""
        plan_run(conn, "by hand", force=True)
        sync(conn, pair, "by hand")
        sync(conn, pair, "cli__1")

        assert self.taken(conn, 0) == [0]

    @pytest.mark.parametrize("options", [{"dry_run": True}, {"limit": 5}])
    def test_a_dry_or_limited_sync_does_not_use_up_the_period_of_its_pair(
        self, conn: Connection, pair: Pair, options: dict[str, Any]
    ) -> None:
        nightly(conn)
        sync(conn, pair, "night 0", **options)

        assert plan_pairs(conn, "again", RunTime(MIDNIGHT, MIDNIGHT), capacity=9).pairs == (pair,)

    def test_an_incomplete_weekly_pair_is_due_the_next_night_and_weekly_once_its_gap_is_usual(
        self, conn: Connection
    ) -> None:
        weekly = stored_pair(conn, frequency_hours=168)
        taken = []
        for night in range(30):
            if nightly(conn, night).pairs:
                taken.append(night)
                opened = begin(conn, weekly, Attempt(f"night {night}", 0))
                gap = f"page {night} is missing" if night < 15 else f"only {night} of 30"
                advance(conn, opened.id, PageResult(SyncStats(), gaps=(gap,)))
                finish(conn, opened.id, complete=False)

        assert taken == [0, 1, 8, 15, 16, 22, 29]

    def test_a_night_that_is_run_again_takes_nothing_from_a_later_one(
        self, conn: Connection, pair: Pair
    ) -> None:
        for night in (0, 1):
            nightly(conn, night)
            sync(conn, pair, f"night {night}")
        sync(conn, pair, "night 0")

        assert self.taken(conn, 2) == [2]

    def test_a_night_that_is_over_after_the_next_was_to_begin_costs_that_nothing(
        self, conn: Connection, pair: Pair
    ) -> None:
        plan_pairs(conn, "late", RunTime(MIDNIGHT + 1.5 * NIGHT, MIDNIGHT), capacity=9)
        sync(conn, pair, "late")

        assert self.taken(conn, 1) == [1]

    def test_a_daily_pair_is_due_on_each_day_of_the_schedules_time_zone(
        self, conn: Connection, pair: Pair
    ) -> None:
        """From 28 to 29 March 2026 Berlin has 24 hours, from then to the next midnight 23."""
        taken = []
        for day in range(27, 32):
            at = datetime(2026, 3, day, tzinfo=ZoneInfo("Europe/Berlin"))
            if plan_pairs(conn, f"{day}", RunTime(at, at), capacity=9).pairs:
                taken.append(day)
                sync(conn, pair, f"{day}")

        assert taken == [27, 28, 29, 30, 31]


class TestTriggered:
    """A triggered run takes each pair that was not synced within its frequency."""

    def test_a_triggered_run_takes_a_pair_that_was_never_synced(self, conn: Connection) -> None:
        stored_pair(conn)

        assert len(plan_run(conn).pairs) == 1

    def test_a_triggered_run_leaves_a_pair_that_any_run_has_just_synced(
        self, conn: Connection
    ) -> None:
        pair = stored_pair(conn)
        sync(conn, pair, "any")

        assert (plan_run(conn).pairs, plan_run(conn).not_due) == ((), 1)

    @pytest.mark.parametrize("options", [{"dry_run": True}, {"limit": 5}])
    def test_a_triggered_run_takes_a_pair_that_only_had_a_dry_or_limited_sync(
        self, conn: Connection, options: dict[str, Any]
    ) -> None:
        sync(conn, stored_pair(conn), "any", **options)

        assert len(plan_run(conn).pairs) == 1

    def test_a_triggered_run_takes_a_pair_whose_last_sync_is_older_than_its_frequency(
        self, conn: Connection
    ) -> None:
        sync(conn, stored_pair(conn), "any")

        later = RunTime(datetime.now(UTC) + NIGHT)
        assert len(plan_pairs(conn, "later", later, capacity=9).pairs) == 1


class TestAskingAgain:
    """A retried plan changes nothing."""

    def test_a_triggered_run_that_plans_again_gets_the_same_pairs(self, conn: Connection) -> None:
        for n in range(3):
            stored_pair(conn, source=source(f"s{n}"), priority=50 + n)
        first = plan_run(conn, capacity=2)

        assert plan_run(conn, capacity=2).pairs == first.pairs
        assert plan_run(conn, capacity=9, force=True).pairs == first.pairs


class TestForce:
    """Force takes what is not due."""

    def test_a_forced_run_takes_a_pair_that_is_not_due(self, conn: Connection) -> None:
        sync(conn, stored_pair(conn), "any")

        taken = plan_run(conn, force=True)

        assert (labels(taken), taken.not_due) == (["krakow · theatres"], 0)


class TestChoosing:
    """A run may be asked for some cities or sources only."""

    @pytest.fixture(autouse=True)
    def pairs(self, conn: Connection) -> None:
        for city in (KRAKOW, PARIS):
            for slug in ("theatres", "tickets"):
                stored_pair(conn, city, source(slug))
        stored_pair(conn, None, source("national", scope=Scope.COUNTRY))

    @pytest.mark.parametrize(
        ("cities", "sources", "expected"),
        [
            ((), (), {"krakow · theatres", "krakow · tickets", "paris · theatres",
                      "paris · tickets", "national"}),
            (("paris",), (), {"paris · theatres", "paris · tickets"}),
            ((), ("tickets",), {"krakow · tickets", "paris · tickets"}),
            (("krakow", "paris"), ("theatres",), {"krakow · theatres", "paris · theatres"}),
            ((), ("national",), {"national"}),
            (("krakow",), ("national",), set()),
            (("nowhere",), (), set()),
        ],
    )  # fmt: skip
    def test_a_run_takes_only_the_cities_and_sources_that_it_is_asked_for(
        self,
        conn: Connection,
        cities: tuple[str, ...],
        sources: tuple[str, ...],
        expected: set[str],
    ) -> None:
        taken = plan_run(conn, cities=cities, sources=sources)

        assert set(labels(taken)) == expected
        assert taken.not_due == 0


class TestPlanned:
    """Which pair is behind which mapped task is kept: Airflow may forget."""

    def test_a_map_index_leads_to_its_pair(self, conn: Connection) -> None:
        for n in range(3):
            stored_pair(conn, source=source(f"s{n}"))
        taken = plan_run(conn)

        assert [behind(conn, n) for n in range(3)] == [(pair,) for pair in taken.pairs]

    @pytest.mark.parametrize(("run", "map_index"), [("run", 1), ("run", -1), ("other", 0)])
    def test_a_map_index_outside_the_plan_or_of_another_run_has_no_pair(
        self, conn: Connection, run: str, map_index: int
    ) -> None:
        stored_pair(conn)
        plan_run(conn)

        assert planned_pairs(conn, run, map_index) == ()

    def test_a_planned_pair_is_read_with_its_present_configuration(self, conn: Connection) -> None:
        """An operator who corrects a setting and clears the task expects the new one."""
        stored_pair(conn)
        plan_run(conn)
        conn.execute("""UPDATE discovery.city_source SET settings = '{"a": 1}'""")

        (pair,) = behind(conn, 0)

        assert pair.settings == {"a": 1}

    def test_pairs_of_a_kind_share_a_map_index_as_far_as_they_may(self, conn: Connection) -> None:
        for n in range(3):
            stored_pair(conn, source=source(f"s{n}"))
        stored_pair(conn, source=source("api", kind="json_feed"))

        taken = plan_run(conn, per_task={"icalendar": 2})

        assert [labels(task) for task in taken.tasks] == [
            ["krakow · s0", "krakow · s2"], ["krakow · s1"], ["krakow · api"],
        ]  # fmt: skip
        assert [behind(conn, n) for n in range(3)] == list(taken.tasks)
        assert plan_run(conn, per_task={}).tasks == taken.tasks

    def test_the_pairs_of_a_run_are_limited_beside_its_tasks(self, conn: Connection) -> None:
        for n in range(5):
            stored_pair(conn, source=source(f"s{n}"))

        taken = plan_run(conn, capacity=2, most=3, per_task={"icalendar": 2})

        assert [len(task) for task in taken.tasks] == [2, 1]
        assert taken.deferred == ("krakow · s3", "krakow · s4")

    def test_what_became_of_a_pair_counts_from_the_first_try_of_the_present_series(
        self, conn: Connection
    ) -> None:
        stored_pair(conn)
        (pair,) = plan_run(conn).pairs
        opened = begin(conn, pair, Attempt("run", 0, 1))
        fail(conn, opened.id, category="not_found", message="gone", may_retry=False)

        (planned,) = planned_pairs(conn, "run", 0)
        (cleared,) = planned_pairs(conn, "run", 0, first_try=2)

        assert planned == PlannedPair(pair, "failed", 1, "not_found", may_retry=False)
        assert cleared == PlannedPair(pair)

    def test_a_pair_that_has_to_wait_comes_last_among_those_that_share_its_task(
        self, conn: Connection
    ) -> None:
        for n in range(2):
            stored_pair(conn, source=source(f"s{n}"))
        plan_run(conn, per_task={"icalendar": 2})
        conn.execute(
            "UPDATE discovery.city_source SET parked_until = now() + interval '1 minute',"
            " parked_because = 'asked to wait'"
            " WHERE id = (SELECT min(id) FROM discovery.city_source)"
        )

        assert labels(behind(conn, 0)) == ["krakow · s1", "krakow · s0"]

    def test_a_deleted_pair_is_gone_from_the_plan(self, conn: Connection) -> None:
        stored_pair(conn)
        plan_run(conn)
        conn.execute("DELETE FROM discovery.city_source")

        assert behind(conn, 0) == ()


def behind(conn: Connection, map_index: int) -> tuple[Pair, ...]:
    return tuple(planned.pair for planned in planned_pairs(conn, "run", map_index))


def at_once(url: str, *work: Any) -> list[Any]:
    """Call each function with a connection of its own, all at the same time."""
    start = Barrier(len(work))
    results: list[Any] = [None] * len(work)

    def call(n: int) -> None:
        try:
            with connect(url) as own:
                start.wait(timeout=10)
                results[n] = work[n](own)
        except BaseException as error:  # noqa: BLE001  shown by the assertion
            results[n] = error

    threads = [Thread(target=call, args=(n,)) for n in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


class TestAtTheSameTime:
    """Plans may be made at once, twice for one run, and while others configure and sync."""

    def test_a_plan_that_runs_twice_at_once_gets_the_same_both_times(
        self, conn: Connection, database_url: str
    ) -> None:
        """A worker that is thought dead may still be planning when the retry starts."""
        for n in range(20):
            stored_pair(conn, source=source(f"s{n}"))

        first, second = at_once(database_url, *[lambda own: plan_run(own, force=True)] * 2)

        assert labels(first) == labels(second)
        assert len(first.pairs) == 20

    def test_plans_and_configurations_do_not_deadlock(
        self, conn: Connection, database_url: str
    ) -> None:
        """Each of them changes many pairs, in an order of its own."""
        for n in range(30):
            stored_pair(conn, source=source(f"s{n}"), priority=n)
        wanted = read_configuration(conn)
        changed = [
            wanted.model_copy(
                update={"pairs": tuple(
                    pair.model_copy(update={"frequency_hours": hours}) for pair in wanted.pairs
                )}
            )
            for hours in range(1, 6)
        ]  # fmt: skip

        def make_plans(own: Connection, name: str) -> None:
            for n in range(5):
                plan_run(own, f"{name}-{n}", force=True)

        def configure(own: Connection) -> None:
            for configuration in changed:
                apply_configuration(own, configuration, changed_by=Author("test", "apply"))

        assert (
            at_once(
                database_url,
                lambda own: make_plans(own, "a"),
                lambda own: make_plans(own, "b"),
                configure,
                configure,
            )
            == [None] * 4
        )

    def test_a_plan_does_not_wait_for_pages_that_are_being_loaded(
        self, conn: Connection, database_url: str
    ) -> None:
        pair = stored_pair(conn)
        with connect(database_url) as loader, loader.transaction():
            begin(loader, pair, Attempt("loading"))  # its row refers to the pair
            conn.execute("SET lock_timeout = '1s'")

            assert labels(plan_run(conn)) == ["krakow · theatres"]
