"""What tasks know of hosts: the same in the discovery database as in one process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from psycopg.conninfo import make_conninfo

from bench.limits import ask_in_processes, serving
from include.discovery.errors import DatabaseUnavailable
from include.discovery.fetch.hosts import (
    BLOCKS_THAT_OPEN,
    LONGEST_WAIT,
    Allowance,
    Hosts,
    LocalHosts,
    Refusal,
    RobotsFile,
    Turn,
)
from include.discovery.store.connection import Connection
from include.discovery.store.hosts import SharedHosts

NAME = "a.example"


class Kept:
    """Hosts whose time can pass: by a clock of their own, or by moving what is stored back."""

    def __init__(self, conn: Connection | None) -> None:
        self._conn = conn
        self._time = datetime.now(UTC)
        self._local = LocalHosts(lambda: self._time)

    def run(self, use: Callable[[Hosts], Awaitable[Any]]) -> Any:
        """Use them as one task does."""

        async def task() -> Any:
            hosts = self._local if self._conn is None else SharedHosts.beside(self._conn)
            try:
                return await use(hosts)
            finally:
                await hosts.aclose()

        return asyncio.run(task())

    def turn(self, allowance: Allowance | None = None) -> Turn:
        return self.run(lambda hosts: hosts.turn(NAME, allowance or Allowance()))

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._time += timedelta(seconds=seconds)
        if self._conn is not None:
            past = f"- interval '{seconds} s'"
            self._conn.execute(
                f"UPDATE discovery.hosts SET asked_at = asked_at {past},"
                f" held_until = held_until {past}, day = (asked_at {past})::date,"
                f" busy_until = ARRAY(SELECT u {past} FROM unnest(busy_until) u)".encode()
            )
            self._conn.execute(
                f"UPDATE discovery.robots_files SET read_at = read_at {past}".encode()
            )


@pytest.fixture(params=["in one process", "in the database"])
def kept(request: pytest.FixtureRequest) -> Iterator[Kept]:
    is_local = request.param == "in one process"
    return Kept(None if is_local else request.getfixturevalue("conn"))


def test_turns_follow_one_another_at_the_interval(kept: Kept) -> None:
    turns = [kept.turn(Allowance(interval=10)) for _ in range(3)]
    assert [turn.refusal for turn in turns] == [None] * 3
    assert turns[0].wait == 0
    assert [turn.at - turns[0].at for turn in turns[1:]] == [
        timedelta(seconds=10), timedelta(seconds=20)
    ]  # fmt: skip
    assert 19 <= turns[2].wait <= 20


def test_each_keeps_its_own_interval_from_the_request_before(kept: Kept) -> None:
    first, second = kept.turn(), kept.turn(Allowance(interval=30))
    assert second.at - first.at == timedelta(seconds=30)


def test_no_more_than_may_be_are_on_their_way(kept: Kept) -> None:
    two = Allowance(at_once=2)
    turns = [kept.turn(two) for _ in range(3)]
    assert [turn.refusal for turn in turns] == [None, None, Refusal.BUSY]
    kept.run(lambda hosts: hosts.give_back(NAME, turns[0], two))
    assert kept.turn(two).refusal is None
    assert kept.turn(two).refusal is Refusal.BUSY


def test_a_request_of_a_task_that_died_frees_its_place(kept: Kept) -> None:
    one = Allowance(at_once=1, held_for=60)
    assert kept.turn(one).refusal is None
    kept.wait(59)
    assert kept.turn(one).refusal is Refusal.BUSY
    kept.wait(2)
    assert kept.turn(one).refusal is None


def test_a_host_that_asks_for_a_wait_is_asked_after_it(kept: Kept) -> None:
    kept.run(lambda hosts: hosts.hold_off(NAME, 50))
    assert 49 <= kept.turn().wait <= 50


def test_the_longest_wait_counts(kept: Kept) -> None:
    kept.run(lambda hosts: hosts.hold_off(NAME, 50))
    kept.run(lambda hosts: hosts.hold_off(NAME, 5))
    assert 49 <= kept.turn().wait <= 50


def test_a_wait_that_is_too_long_to_sleep_through_is_refused_and_reserves_nothing(
    kept: Kept,
) -> None:
    kept.run(lambda hosts: hosts.hold_off(NAME, LONGEST_WAIT.total_seconds() + 50))
    refused = [kept.turn() for _ in range(3)]
    assert {turn.refusal for turn in refused} == {Refusal.HELD}
    assert 169 <= refused[2].wait <= 170
    kept.wait(171)
    assert kept.turn().wait == 0


def test_a_turn_is_put_off_by_a_wait_that_is_asked_for_later(kept: Kept) -> None:
    kept.turn(Allowance(interval=10))
    turn = kept.turn(Allowance(interval=10))
    assert not kept.run(lambda hosts: hosts.is_put_off(NAME, turn))
    kept.run(lambda hosts: hosts.hold_off(NAME, 60))
    assert kept.run(lambda hosts: hosts.is_put_off(NAME, turn))


def test_the_requests_of_a_day_are_counted_until_its_end(kept: Kept) -> None:
    two = Allowance(per_day=2)
    turns = [kept.turn(two) for _ in range(3)]
    assert [turn.refusal for turn in turns] == [None, None, Refusal.QUOTA]
    assert 0 < turns[2].wait <= 24 * 3600
    kept.wait(24 * 3600)
    assert kept.turn(two).refusal is None


def test_blocks_open_the_circuit_for_longer_each_time_and_one_request_finds_out(kept: Kept) -> None:
    kept.turn()
    opened = [kept.run(lambda hosts: hosts.note_block(NAME)) for _ in range(BLOCKS_THAT_OPEN)]
    assert opened == [None] * (BLOCKS_THAT_OPEN - 1) + [pytest.approx(6 * 3600)]
    assert kept.turn().refusal is Refusal.BLOCKED
    for hours in (12, 24, 24):
        kept.wait(24 * 3600 + 1)
        found = kept.turn()
        assert (found.refusal, found.blocks >= BLOCKS_THAT_OPEN) == (None, True)
        assert kept.turn().refusal is Refusal.BLOCKED
        assert kept.run(lambda hosts: hosts.note_block(NAME)) == pytest.approx(hours * 3600)
        assert kept.turn().refusal is Refusal.BLOCKED


def test_an_answer_closes_the_circuit(kept: Kept) -> None:
    kept.turn()
    for _ in range(BLOCKS_THAT_OPEN):
        kept.run(lambda hosts: hosts.note_block(NAME))
    kept.wait(6 * 3600 + 1)
    kept.turn()
    kept.run(lambda hosts: hosts.note_answer(NAME))
    turn = kept.turn()
    assert (turn.refusal, turn.blocks) == (None, 0)
    assert kept.run(lambda hosts: hosts.note_block(NAME)) is None


def test_a_task_that_died_while_it_found_out_leaves_it_to_another(kept: Kept) -> None:
    kept.turn()
    for _ in range(BLOCKS_THAT_OPEN):
        kept.run(lambda hosts: hosts.note_block(NAME))
    kept.wait(6 * 3600 + 1)
    assert kept.turn(Allowance(held_for=60)).refusal is None
    kept.wait(61)
    assert kept.turn().refusal is None


def test_hosts_do_not_hold_each_other_up(kept: Kept) -> None:
    kept.run(lambda hosts: hosts.hold_off(NAME, 3600))
    assert kept.run(lambda hosts: hosts.turn("b.example", Allowance())).wait == 0


def test_robots_txt_is_kept_for_a_day(kept: Kept) -> None:
    origin, file = "https://a.example", RobotsFile(200, b"User-agent: *\nDisallow: /\xff" * 9)
    assert kept.run(lambda hosts: hosts.robots_of(origin)) is None
    kept.run(lambda hosts: hosts.keep_robots(origin, RobotsFile(404, b"")))
    kept.run(lambda hosts: hosts.keep_robots(origin, file))
    kept.wait(24 * 3600 - 60)
    assert kept.run(lambda hosts: hosts.robots_of(origin)) == file
    kept.wait(61)
    assert kept.run(lambda hosts: hosts.robots_of(origin)) is None


def test_a_connection_that_was_lost_is_made_anew(conn: Connection) -> None:
    async def run() -> list[Turn]:
        hosts = SharedHosts.beside(conn)
        turns = [await hosts.turn(NAME, Allowance())]
        assert hosts._conn is not None
        conn.execute("SELECT pg_terminate_backend(%s, 5000)", [hosts._conn.info.backend_pid])
        turns.append(await hosts.turn(NAME, Allowance()))
        await hosts.aclose()
        return turns

    assert [turn.refusal for turn in asyncio.run(run())] == [None, None]


def test_a_database_that_cannot_be_reached_is_a_failure_of_the_database() -> None:
    hosts = SharedHosts("postgresql://nobody@127.0.0.1:1/none?connect_timeout=2")
    with pytest.raises(DatabaseUnavailable, match="cannot use the discovery database"):
        asyncio.run(hosts.turn(NAME, Allowance()))


def test_turns_do_not_wait_for_a_page_that_is_being_loaded(conn: Connection) -> None:
    async def run() -> Turn:
        hosts = SharedHosts.beside(conn)
        try:
            return await asyncio.wait_for(hosts.turn(NAME, Allowance()), 5)
        finally:
            await hosts.aclose()

    with conn.transaction():
        conn.execute("SELECT 1")
        assert asyncio.run(run()).refusal is None


def test_two_that_ask_at_the_same_time_get_turns_one_after_the_other(database_url: str) -> None:
    found: list[Turn] = []

    def ask() -> None:
        async def run() -> None:
            hosts = SharedHosts(database_url)
            found.extend([await hosts.turn(NAME, Allowance(interval=1)) for _ in range(5)])
            await hosts.aclose()

        asyncio.run(run())

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times = sorted(turn.at for turn in found)
    assert len(times) == 30
    assert all(b - a >= timedelta(seconds=1) for a, b in pairwise(times))


def test_turns_leave_nothing_behind_in_a_session(database_url: str) -> None:
    """A pooler would leave it to other clients."""
    address = make_conninfo(database_url, options="-c synchronous_commit=on")

    async def run() -> int:
        hosts = SharedHosts(address)
        for _ in range(10):
            await hosts.turn(NAME, Allowance())
        assert hosts._conn is not None
        cursor = await hosts._conn.execute(
            "SELECT (SELECT count(*) FROM pg_prepared_statements)"
            " + (current_setting('synchronous_commit') = 'off')::int"
        )
        row = await cursor.fetchone()
        await hosts.aclose()
        return row[0]

    assert asyncio.run(run()) == 0


@pytest.mark.slow
def test_many_processes_keep_the_limit_and_the_wait_of_one_host(database_url: str) -> None:
    with serving() as (seen, url):
        ask_in_processes(database_url, url, processes=4, per_second=10, seconds=2)
        # How they are spread when they arrive depends on the machine: python -m bench.limits tells.
        assert 1 < len(seen.asked_at) <= 2 * 10 + 1 + 4  # each may have one under way at the end
        seen.asked_at, seen.retry_after = [], 3
        ask_in_processes(database_url, url, processes=4, per_second=10, seconds=5)
        told = seen.told_at
        assert [at for at in seen.asked_at if told + 1 < at < told + 3] == []
        assert [at for at in seen.asked_at if at > told + 3]
