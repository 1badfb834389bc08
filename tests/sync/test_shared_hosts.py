"""What one task learns of a host holds for the pairs of all others."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from include.discovery.errors import Blocked, CircuitOpen, HostBusy, RateLimited
from include.discovery.fetch.hosts import BLOCKS_THAT_OPEN
from include.discovery.model import Pair
from include.discovery.settings import Settings
from include.discovery.store.connection import Connection, rows
from include.discovery.store.hosts import SharedHosts
from include.discovery.store.runs import Attempt
from include.discovery.sync.environment import SyncEnvironment
from include.discovery.sync.pair import SyncResult, sync_pair
from tests.support.builders import KRAKOW, PARIS, source, stored_pair
from tests.support.faults import EVENTS, PER_PAGE, FaultySource, serving, status
from tests.support.loopback import LOOPBACK


def sync(conn: Connection, pair: Pair, run: str = "run") -> SyncResult:
    settings = Settings(private_hosts=LOOPBACK.private_hosts)
    environment = SyncEnvironment.live(lambda _: None, settings, SharedHosts.beside(conn))
    return sync_pair(conn, pair, Attempt(run), environment)


def two_pairs(conn: Connection, site: FaultySource, **settings: Any) -> tuple[Pair, Pair]:
    given = {**site.settings, "request_retries": 0, **settings}
    return (
        stored_pair(conn, KRAKOW, source("faulty", kind="json_feed"), settings=given),
        stored_pair(conn, PARIS, source("faulty", kind="json_feed"), settings=given),
    )


def last_run(conn: Connection) -> dict[str, Any]:
    return rows(conn, "SELECT * FROM discovery.sync_runs ORDER BY id DESC LIMIT 1")[0]


def test_one_answer_that_asks_for_a_long_wait_stops_the_requests_of_every_pair(
    conn: Connection,
) -> None:
    with serving(FaultySource(status(429, retry_after="7200"))) as site:
        krakow, paris = two_pairs(conn, site)
        with pytest.raises(RateLimited):
            sync(conn, krakow)
        asked = len(site.requests)
        with pytest.raises(HostBusy, match="has asked to be left alone"):
            sync(conn, paris)
    assert len(site.requests) == asked
    assert last_run(conn)["error_category"] == "busy"
    parked = rows(conn, "SELECT parked_until, parked_because FROM discovery.city_source")
    assert [row["parked_because"] for row in parked] == ["rate limited", "asked to wait"]
    waits = [(row["parked_until"] - datetime.now(UTC)).total_seconds() for row in parked]
    assert all(7100 < wait <= 7200 for wait in waits)


def test_a_pair_whose_host_is_busy_goes_on_after_its_last_page(conn: Connection) -> None:
    def hold(exchange: Any) -> None:
        hosts = SharedHosts.beside(conn)
        asyncio.run(hosts.hold_off("127.0.0.1", 300))
        asyncio.run(hosts.aclose())
        exchange.reply(500)

    with serving(FaultySource(hold, is_passing=True)) as site:
        krakow, _ = two_pairs(conn, site, request_retries=1)
        with pytest.raises(HostBusy) as caught:
            sync(conn, krakow)
        assert caught.value.retry_after == pytest.approx(300, abs=10)
        assert last_run(conn)["inserted"] == 2 * PER_PAGE
        conn.execute("UPDATE discovery.hosts SET held_until = NULL")
        result = sync(conn, krakow)
    assert result.complete
    assert result.stats.inserted == EVENTS - 2 * PER_PAGE
    assert len(site.requests) == EVENTS // PER_PAGE + 2  # one failed, one proves the end


def test_an_open_circuit_parks_the_pairs_of_its_host_and_says_why(conn: Connection) -> None:
    with serving(FaultySource(status(403))) as site:
        krakow, paris = two_pairs(conn, site)
        # Each sync reads two pages, which are answers, so the blocks are counted from there.
        conn.execute(
            "INSERT INTO discovery.hosts (name, asked_at, day, blocks)"
            " VALUES ('127.0.0.1', now(), current_date, %s)",
            [BLOCKS_THAT_OPEN],
        )
        conn.execute("UPDATE discovery.hosts SET held_until = now() + interval '6 hours'")
        for pair in (krakow, paris):
            with pytest.raises(CircuitOpen):
                sync(conn, pair)
    assert site.requests == []
    assert last_run(conn)["error_category"] == Blocked.category
    parked = rows(conn, "SELECT parked_until, parked_because FROM discovery.city_source")
    assert {row["parked_because"] for row in parked} == {"its host blocks requests: left alone"}
    waits = [(row["parked_until"] - datetime.now(UTC)).total_seconds() for row in parked]
    assert all(5.9 * 3600 < wait <= 6 * 3600 for wait in waits)


def test_the_requests_that_a_host_blocks_are_counted_for_all_pairs(conn: Connection) -> None:
    with serving(FaultySource()) as site:
        krakow, paris = two_pairs(conn, site, url=f"{site.url}/events?from=3")
        site.answer = lambda handler: handler.send_error(403)  # type: ignore[method-assign]
        for number in range(BLOCKS_THAT_OPEN):
            with pytest.raises(Blocked, match="403"):
                sync(conn, krakow, f"run {number}")
        with pytest.raises(CircuitOpen):
            sync(conn, paris)


def test_without_its_database_a_sync_sends_no_request(conn: Connection) -> None:
    with serving(FaultySource()) as site:
        krakow, _ = two_pairs(conn, site)
        conn.execute("ALTER TABLE discovery.hosts RENAME TO lost")
        with pytest.raises(Exception, match="discovery database"):
            sync(conn, krakow)
    assert site.requests == []
    assert last_run(conn)["error_category"] == "database"
