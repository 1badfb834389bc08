"""Claims: which pairs a run takes, in which order, and that no two runs take the same."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest

from include.discovery.model import City, Pair, Scope, Source
from include.discovery.store.claims import (
    CLAIM_TIME,
    Claim,
    claim_pairs,
    planned_pair,
    planned_pairs,
    release,
)
from include.discovery.store.configuration import apply_configuration, read_configuration
from include.discovery.store.connection import Connection, connect
from include.discovery.store.runs import Attempt, begin
from tests.support.builders import KRAKOW, PARIS, source, stored_pair


def claim(conn: Connection, run: str = "run", **options: Any) -> Claim:
    return claim_pairs(conn, run, **{"capacity": 100, **options})


def labels(pairs: Claim | tuple[Pair, ...]) -> list[str]:
    return [pair.label for pair in (pairs.pairs if isinstance(pairs, Claim) else pairs)]


def hours_from_now(conn: Connection, hours: float) -> datetime:
    row = conn.execute("SELECT now() + make_interval(hours => %s)", [hours]).fetchone()
    assert row is not None
    return row[0]


def columns(conn: Connection, pair: Pair, *names: str) -> tuple[Any, ...]:
    row = conn.execute(
        f"SELECT {', '.join(names)} FROM discovery.city_source WHERE id = {pair.id}".encode()
    ).fetchone()
    assert row is not None
    return row


class TestDue:
    """Taken is what is due and enabled all the way."""

    @pytest.mark.parametrize(
        ("hours", "is_due"), [(None, True), (-48, True), (0, True), (1, False), (24, False)]
    )
    def test_by_its_time(self, conn: Connection, hours: float | None, *, is_due: bool) -> None:
        next_run_at = None if hours is None else hours_from_now(conn, hours)
        stored_pair(conn, next_run_at=next_run_at)

        taken = claim(conn)

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
    def test_what_is_disabled_is_never_taken(
        self, conn: Connection, city: City | None, of: Source, *, enabled: bool, force: bool
    ) -> None:
        stored_pair(conn, city, of, enabled=enabled)

        taken = claim(conn, force=force)

        assert (taken.pairs, taken.not_due, taken.held) == ((), 0, ())

    def test_a_pair_comes_with_all_its_configuration(self, conn: Connection) -> None:
        of = source("national", scope=Scope.REGIONAL, trust=7, settings={"a": [1, None, "ż"]})
        stored = [
            stored_pair(conn, None, of, frequency_hours=6, priority=60, settings={"b": {}}),
            stored_pair(conn, KRAKOW, source()),
        ]

        assert claim(conn).pairs == tuple(stored)


class TestOrder:
    """Priority first, then the longest overdue; never synced counts as longest."""

    def test_the_order_of_a_run(self, conn: Connection) -> None:
        for slug, priority, hours in [
            ("late", 50, -2), ("later", 50, -9), ("never", 50, None), ("urgent", 90, -1),
            ("minor", 10, None), ("never-too", 50, None),
        ]:  # fmt: skip
            due = None if hours is None else hours_from_now(conn, hours)
            stored_pair(conn, KRAKOW, source(slug), priority=priority, next_run_at=due)

        assert [pair.source.slug for pair in claim(conn).pairs] == [
            "urgent", "never", "never-too", "later", "late", "minor",
        ]  # fmt: skip


class TestSchedule:
    """A claimed pair is due again after its frequency, a minute early."""

    @pytest.mark.parametrize("frequency", [1, 24, 744])
    def test_a_minute_early_and_on_the_full_second(self, conn: Connection, frequency: int) -> None:
        pair = stored_pair(conn, frequency_hours=frequency)
        with conn.transaction():
            claim(conn)
            (now,) = conn.execute("SELECT now()").fetchone() or ()

        (next_run_at,) = columns(conn, pair, "next_run_at")
        assert next_run_at == now.replace(microsecond=0) + timedelta(hours=frequency, seconds=-60)

    def test_a_nightly_pair_that_was_claimed_late_is_due_the_next_midnight(
        self, conn: Connection
    ) -> None:
        """Claimed at 00:00:00.9, it must not be left out at 00:00:00.1 of the next night."""
        pair = stored_pair(conn)
        with conn.transaction():
            claim(conn)
            (claimed_at,) = conn.execute("SELECT now()").fetchone() or ()

        next_midnight_run = claimed_at + timedelta(days=1, milliseconds=-800)
        assert columns(conn, pair, "next_run_at")[0] <= next_midnight_run

    def test_a_dry_run_leaves_it_but_holds_the_pair(self, conn: Connection) -> None:
        pair = stored_pair(conn)

        claim(conn, reschedule=False)

        assert columns(conn, pair, "next_run_at", "claimed_by") == (None, "run")

    def test_what_is_beyond_the_capacity_stays_due(self, conn: Connection) -> None:
        for n in range(5):
            stored_pair(conn, source=source(f"s{n}"))

        first = claim(conn, "first", capacity=2)
        second = claim(conn, "second", capacity=2)

        assert labels(first) == ["krakow · s0", "krakow · s1"]
        assert first.deferred == ("krakow · s2", "krakow · s3", "krakow · s4")
        assert labels(second) == ["krakow · s2", "krakow · s3"]

    def test_a_claim_ends_by_itself(self, conn: Connection) -> None:
        pair = stored_pair(conn)
        with conn.transaction():
            claim(conn)
            (now,) = conn.execute("SELECT now()").fetchone() or ()

        assert columns(conn, pair, "claimed_until") == (now + CLAIM_TIME,)


class TestAskingAgain:
    """A retried plan changes nothing."""

    def test_the_same_run_gets_the_same(self, conn: Connection) -> None:
        for n in range(3):
            stored_pair(conn, source=source(f"s{n}"), priority=50 + n)
        first = claim(conn, capacity=2)

        assert claim(conn, capacity=2).pairs == first.pairs
        assert claim(conn, capacity=9, force=True).pairs == first.pairs

    def test_the_schedule_moves_once(self, conn: Connection) -> None:
        pair = stored_pair(conn)
        claim(conn)
        before = columns(conn, pair, "next_run_at", "claimed_until")

        claim(conn)

        assert columns(conn, pair, "next_run_at", "claimed_until") == before


class TestForce:
    """Force takes what is not due, and nothing that another run is syncing."""

    def test_it_takes_what_is_not_due(self, conn: Connection) -> None:
        stored_pair(conn, next_run_at=hours_from_now(conn, 5))

        taken = claim(conn, force=True)

        assert (labels(taken), taken.not_due) == (["krakow · theatres"], 0)

    def test_it_leaves_what_another_run_holds(self, conn: Connection) -> None:
        stored_pair(conn)
        claim(conn, "first")

        taken = claim(conn, "second", force=True)

        assert (taken.pairs, taken.held) == ((), ("krakow · theatres",))

    def test_a_lapsed_claim_can_be_taken(self, conn: Connection) -> None:
        stored_pair(conn)
        claim(conn, "first")
        conn.execute("UPDATE discovery.city_source SET claimed_until = now() - interval '1 s'")

        assert labels(claim(conn, "second", force=True)) == ["krakow · theatres"]


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
    def test_what_is_asked_for(
        self,
        conn: Connection,
        cities: tuple[str, ...],
        sources: tuple[str, ...],
        expected: set[str],
    ) -> None:
        taken = claim(conn, cities=cities, sources=sources)

        assert set(labels(taken)) == expected
        assert taken.not_due == 0


class TestPlanned:
    """Which pair is behind which mapped task is kept: Airflow may forget."""

    def test_a_map_index_leads_to_its_pair(self, conn: Connection) -> None:
        for n in range(3):
            stored_pair(conn, source=source(f"s{n}"))
        taken = claim(conn)

        assert [planned_pair(conn, "run", n) for n in range(3)] == list(taken.pairs)
        assert planned_pairs(conn, "run") == taken.pairs

    @pytest.mark.parametrize(("run", "map_index"), [("run", 1), ("run", -1), ("other", 0)])
    def test_others_lead_nowhere(self, conn: Connection, run: str, map_index: int) -> None:
        stored_pair(conn)
        claim(conn)

        assert planned_pair(conn, run, map_index) is None

    def test_the_pair_is_the_one_of_today(self, conn: Connection) -> None:
        """An operator who corrects a setting and clears the task expects the new one."""
        stored_pair(conn)
        claim(conn)
        conn.execute("""UPDATE discovery.city_source SET settings = '{"a": 1}'""")

        planned = planned_pair(conn, "run", 0)

        assert planned is not None
        assert planned.settings == {"a": 1}

    def test_a_deleted_pair_is_gone_from_the_plan(self, conn: Connection) -> None:
        stored_pair(conn)
        claim(conn)
        conn.execute("DELETE FROM discovery.city_source")

        assert planned_pair(conn, "run", 0) is None


class TestRelease:
    """What is given up can be taken again."""

    def test_one_pair(self, conn: Connection) -> None:
        a, b = (stored_pair(conn, source=source(slug)) for slug in "ab")
        claim(conn)

        release(conn, "run", a.id)

        assert [columns(conn, pair, "claimed_by", "claimed_until")[0] for pair in (a, b)] == [
            None, "run",
        ]  # fmt: skip

    def test_all_that_a_run_holds_and_nothing_of_another(self, conn: Connection) -> None:
        pairs = [stored_pair(conn, source=source(slug)) for slug in "abc"]
        claim(conn, "mine", sources=("a", "b"))
        claim(conn, "theirs")

        release(conn, "mine")

        assert [columns(conn, pair, "claimed_by")[0] for pair in pairs] == [None, None, "theirs"]

    def test_a_claim_that_another_run_took_over_is_not_released(self, conn: Connection) -> None:
        pair = stored_pair(conn)
        claim(conn, "first")
        conn.execute("UPDATE discovery.city_source SET claimed_until = now() - interval '1 s'")
        claim(conn, "second", force=True)

        release(conn, "first", pair.id)

        assert columns(conn, pair, "claimed_by") == ("second",)


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
    """Runs that plan at once share the pairs out; none is taken twice and none is lost."""

    @pytest.mark.parametrize("force", [True, False])
    def test_no_pair_is_taken_twice(
        self, conn: Connection, database_url: str, *, force: bool
    ) -> None:
        for n in range(40):
            stored_pair(conn, source=source(f"s{n}"), priority=n % 7)

        claims = at_once(
            database_url,
            *(lambda own, n=n: claim(own, f"run-{n}", force=force, capacity=15) for n in range(6)),
        )

        taken = Counter(label for one in claims for label in labels(one))
        assert len(taken) == 40
        assert set(taken.values()) == {1}

    def test_a_plan_that_runs_twice_at_once_gets_the_same_both_times(
        self, conn: Connection, database_url: str
    ) -> None:
        """A worker that is thought dead may still be planning when the retry starts."""
        for n in range(20):
            stored_pair(conn, source=source(f"s{n}"))

        first, second = at_once(database_url, *[lambda own: claim(own, force=True)] * 2)

        assert labels(first) == labels(second)
        assert len(first.pairs) == 20

    def test_claims_releases_and_configurations_do_not_deadlock(
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

        def claim_and_release(own: Connection, name: str) -> None:
            for n in range(5):
                claim(own, f"{name}-{n}", force=True)
                release(own, f"{name}-{n}")

        def configure(own: Connection) -> None:
            for configuration in changed:
                apply_configuration(own, configuration, changed_by="test")

        assert (
            at_once(
                database_url,
                lambda own: claim_and_release(own, "a"),
                lambda own: claim_and_release(own, "b"),
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

            assert labels(claim(conn)) == ["krakow · theatres"]
