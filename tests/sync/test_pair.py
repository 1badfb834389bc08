"""One pair, start to end: real HTTP to the demo feeds, a real database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from include.demo.messy import MESSY_INVALID_TOTAL
from include.demo.server import DemoServer
from include.discovery.due import RunTime
from include.discovery.errors import (
    AllRejected,
    DiscoveryError,
    InvalidSettings,
    MissingConnection,
    NetworkError,
    NotFound,
    RateLimited,
    ServerError,
)
from include.discovery.model import Pair
from include.discovery.store.connection import Connection
from include.discovery.store.plans import plan_pairs
from include.discovery.store.runs import Attempt
from include.discovery.sync.ahead import one_ahead
from include.discovery.sync.pair import sync_pair
from tests.support.builders import plan_run, source, stored_pair
from tests.sync.sync_support import (
    NO_DATES,
    last_run,
    listings,
    only,
    refusing,
    run,
    theatres,
    world,
)


def test_a_sync_loads_everything_that_the_source_has(conn: Connection, demo: DemoServer) -> None:
    result = run(conn, theatres(conn, demo), world())

    assert result.stats.inserted == result.expected == listings(conn) > 300
    assert result.complete
    assert last_run(conn, "state", "complete", "inserted", "expected") == (
        "success", True, result.stats.inserted, result.expected,
    )  # fmt: skip


def test_a_second_sync_finds_everything_unchanged(conn: Connection, demo: DemoServer) -> None:
    pair = theatres(conn, demo)
    first = run(conn, pair, world())

    again = sync_pair(conn, pair, Attempt("another run"), world())

    assert (again.stats.inserted, again.stats.updated) == (0, 0)
    assert again.stats.unchanged == first.stats.inserted


class TestBadRecords:
    """A bad record affects itself only."""

    def test_bad_records_are_counted_by_reason_and_good_ones_loaded(
        self, conn: Connection, demo: DemoServer
    ) -> None:
        result = run(conn, theatres(conn, demo, "messy/krakow/"), world())

        assert result.stats.rejected_total > MESSY_INVALID_TOTAL / 2
        assert result.stats.inserted == result.stats.fetched - result.stats.rejected_total
        rejected, samples = last_run(conn, "rejected", "reject_samples")
        assert rejected == dict(result.stats.rejected)
        assert {"reason", "item", "detail", "id", "url", "excerpt"} == set(samples[0])
        assert {s["reason"] for s in samples if not s["excerpt"]} <= {"not an object"}

    def test_a_sync_of_a_source_with_bad_records_only_fails(self, conn: Connection) -> None:
        pair = stored_pair(
            conn,
            source=source(kind="events_calendar"),
            settings={"site_url": "https://example.org/"},
        )

        with pytest.raises(AllRejected, match="all 1 items were rejected"):
            run(conn, pair, only(NO_DATES))
        assert last_run(conn, "state", "error_category") == ("failed", "validation")


class TestLimit:
    """A limit bounds the number of loaded events over all attempts."""

    def test_a_sync_stops_reading_at_its_limit(self, conn: Connection, demo: DemoServer) -> None:
        log: list[dict[str, Any]] = []
        result = run(conn, theatres(conn, demo), world(log=log), limit=60)

        assert listings(conn) == 60
        assert (result.stats.inserted, result.stats.skipped) == (60, 40)
        assert len(log) <= 3  # the page in flight is the price of fetching ahead

    @pytest.mark.slow
    def test_a_sync_that_stopped_at_its_limit_is_incomplete(
        self, conn: Connection, demo: DemoServer
    ) -> None:
        result = run(conn, theatres(conn, demo), world(), limit=60)

        assert not result.complete
        assert last_run(conn, "complete", "gaps") == (False, ["stopped at the limit"])

    @pytest.mark.slow
    def test_a_retry_loads_only_what_is_left_of_the_limit(
        self, conn: Connection, demo: DemoServer
    ) -> None:
        pair = theatres(conn, demo)
        with pytest.raises(NetworkError):
            run(conn, pair, world(fail_after=1), limit=60)

        run(conn, pair, world(), try_number=2, limit=60)

        assert listings(conn) == 60


def test_a_dry_run_loads_nothing(conn: Connection, demo: DemoServer) -> None:
    result = run(conn, theatres(conn, demo), world(), dry_run=True)

    assert listings(conn) == 0
    assert result.stats.fetched > 300
    assert last_run(conn, "dry_run", "fetched", "inserted") == (True, result.stats.fetched, 0)


class TestFailuresThatSayWhatToDo:
    """Each leaves its category and one line in the run's row."""

    def test_a_missing_key_names_the_connection(self, conn: Connection) -> None:
        pair = stored_pair(conn, source=source("ticketmaster", kind="ticketmaster"))

        with pytest.raises(MissingConnection, match="needs connection discovery_ticketmaster"):
            run(conn, pair, world())
        assert last_run(conn, "error_category") == ("authentication",)

    def test_wrong_settings_name_the_pair_and_the_setting(self, conn: Connection) -> None:
        pair = stored_pair(conn, source=source(kind="events_calendar"), settings={"sit_url": "x"})

        with pytest.raises(InvalidSettings, match=r"krakow · theatres: .*site_url"):
            run(conn, pair, world())

    def test_an_address_that_is_gone_fails_as_not_found(
        self, conn: Connection, demo: DemoServer
    ) -> None:
        pair = stored_pair(conn, settings={"url": f"{demo.url}/gone/helsinki.ics"})

        with pytest.raises(NotFound):
            run(conn, pair, world())
        (message,) = last_run(conn, "error_message")
        assert "404" in message
        assert "\n" not in message


class TestParking:
    """A source that asks for a long wait gets it, and delays no other pair."""

    @pytest.fixture
    def pair(self, conn: Connection, demo: DemoServer) -> Pair:
        return theatres(conn, demo)

    def parked(self, conn: Connection) -> list[tuple[Any, ...]]:
        return conn.execute(
            "SELECT cs.parked_because, r.error_category,"
            " extract(epoch FROM cs.parked_until - r.finished_at)::int"
            " FROM discovery.city_source cs JOIN discovery.sync_runs r"
            " ON r.city_source_id = cs.id AND r.parked_until = cs.parked_until"
        ).fetchall()

    def refused(self, conn: Connection, pair: Pair, error: DiscoveryError) -> None:
        with pytest.raises(type(error)):
            run(conn, pair, refusing(error))

    def test_a_long_wait_that_the_source_asks_for_parks_the_pair(
        self, conn: Connection, pair: Pair
    ) -> None:
        self.refused(conn, pair, RateLimited("slow down", retry_after=86_400))

        assert self.parked(conn) == [("rate limited", "rate_limited", 86_400)]

    def test_a_parked_pair_is_taken_by_a_forced_run_only(
        self, conn: Connection, pair: Pair
    ) -> None:
        self.refused(conn, pair, RateLimited("slow down", retry_after=86_400))
        now = datetime.now(ZoneInfo("UTC"))

        assert plan_pairs(conn, "night", RunTime(now, now), capacity=9).pairs == ()
        assert plan_run(conn, "by hand").pairs == ()
        forced = plan_run(conn, "forced", force=True)
        assert (len(forced.pairs), len(forced.parked)) == (1, 1)

    def test_a_parked_pair_is_taken_by_the_first_run_after_its_parking_ends(
        self, conn: Connection, pair: Pair
    ) -> None:
        self.refused(conn, pair, RateLimited("slow down", retry_after=86_400))
        later = datetime.now(ZoneInfo("UTC")) + timedelta(days=1, minutes=1)

        assert len(plan_pairs(conn, "night", RunTime(later, later), capacity=9).pairs) == 1

    @pytest.mark.slow
    def test_a_success_ends_the_parking_of_a_pair(self, conn: Connection, pair: Pair) -> None:
        self.refused(conn, pair, RateLimited("slow down", retry_after=86_400))

        run(conn, pair, world(), try_number=2)

        assert conn.execute(
            "SELECT parked_until, parked_because FROM discovery.city_source"
        ).fetchall() == [(None, None)]

    def test_a_short_wait_does_not_park_the_pair(self, conn: Connection, pair: Pair) -> None:
        self.refused(conn, pair, ServerError("busy", retry_after=90))

        assert self.parked(conn) == []


class TestFetchingAhead:
    """The next item is on its way while one is handled."""

    @staticmethod
    def collect(
        items: Callable[[], AsyncIterator[int]],
    ) -> tuple[list[int], BaseException | None]:
        taken: list[int] = []

        async def work() -> None:
            async for item in one_ahead(items()):
                taken.append(item)  # noqa: PERF401  what came before a failure must be kept

        try:
            asyncio.run(work())
        except RuntimeError as error:
            return taken, error
        return taken, None

    def test_items_that_are_fetched_ahead_come_in_order(self) -> None:
        async def items() -> AsyncIterator[int]:
            for n in range(3):
                yield n

        assert self.collect(items) == ([0, 1, 2], None)

    def test_a_failure_comes_after_the_items_before_it(self) -> None:
        async def items() -> AsyncIterator[int]:
            yield 1
            raise RuntimeError("broken")

        taken, error = self.collect(items)
        assert taken == [1]
        assert str(error) == "broken"

    def test_there_is_time_for_something_else_while_an_item_is_late(self) -> None:
        async def work() -> list[str]:
            log, arrived = list[str](), asyncio.Event()

            async def items() -> AsyncIterator[str]:
                yield "first"
                await arrived.wait()
                yield "late"

            async def idle() -> None:
                log.append("idle")
                arrived.set()

            async for item in one_ahead(items(), idle=idle):
                log.append(item)
            return log

        assert asyncio.run(work())[-3:] == ["first", "idle", "late"]

    def test_leaving_the_iteration_early_closes_the_source(self) -> None:
        closed = []

        @asynccontextmanager
        async def opened() -> AsyncIterator[None]:
            try:
                yield
            finally:
                closed.append(True)

        async def items() -> AsyncIterator[int]:
            async with opened():
                for n in range(10):
                    yield n

        async def work() -> None:
            ahead = one_ahead(items())
            async for _ in ahead:
                break
            await ahead.aclose()

        asyncio.run(work())
        assert closed == [True]
