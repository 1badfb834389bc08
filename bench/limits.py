"""Whether many processes keep the limits of one host together, and what that costs.

    python -m bench.limits [--processes 16] [--per-second 5] [--seconds 20]

Starts a PostgreSQL, a server and so many processes that ask it as fast as they may. Prints the most
requests that the server saw within any second, and the share of the allowed throughput; then lets
it answer once with ``Retry-After``, and prints who asked before that time was over; and what one
turn costs without anybody else.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.synchronize import Barrier
from pathlib import Path

from bench.tables import Table, report
from include.discovery.errors import DiscoveryError
from include.discovery.fetch.addresses import AddressRules, private_host
from include.discovery.fetch.client import HttpFetcher
from include.discovery.fetch.hosts import Allowance
from include.discovery.fetch.protocol import RequestSettings
from include.discovery.store.connection import connect
from include.discovery.store.hosts import SharedHosts
from include.discovery.store.migrate import migrate
from localdev.postgres import EmbeddedPostgres

LOOPBACK = AddressRules((private_host("127.0.0.1"),))

UNDER_WAY = 0.1
"""Seconds: a request that was under way when the server said to wait is nobody's fault."""


LONGEST_START_SECONDS = 120


@dataclass
class Seen:
    """When a server was asked, by the monotonic clock."""

    asked_at: list[float] = field(default_factory=list)
    told_at: float = 0.0
    retry_after: int = 0
    """Seconds that the next answer, and it alone, asks to wait."""


@contextmanager
def serving() -> Iterator[tuple[Seen, str]]:
    """Serve on loopback; give what is seen, and the address."""
    seen = Seen()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            seen.asked_at.append(time.monotonic())
            wait, seen.retry_after = seen.retry_after, 0
            self.send_response(429 if wait else 200)
            if wait:
                seen.told_at = time.monotonic()
                self.send_header("Retry-After", str(wait))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield seen, f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


def ask_for(
    database: str, url: str, per_second: float, seconds: float, all_are_ready: Barrier
) -> None:
    """Ask again and again, as one task of many, for some time from when all are ready."""
    all_are_ready.wait(LONGEST_START_SECONDS)
    ends = time.monotonic() + seconds

    async def run() -> None:
        fetcher = HttpFetcher(
            RequestSettings(requests_per_second=per_second, requests_at_once=4),
            "bench",
            rng=random.SystemRandom(),
            sleep=asyncio.sleep,
            now=lambda: datetime.now(UTC),
            addresses=LOOPBACK,
            hosts=SharedHosts(database),
        )
        async with fetcher:
            while (left := ends - time.monotonic()) > 0:
                try:
                    await asyncio.wait_for(fetcher.get(url), left)
                except (DiscoveryError, TimeoutError):
                    continue

    asyncio.run(run())


def ask_in_processes(
    database: str, url: str, *, processes: int, per_second: float, seconds: float
) -> None:
    """Let so many processes ask for so long, each from when all of them have started."""
    context = multiprocessing.get_context("spawn")
    all_are_ready = context.Barrier(processes)
    tasks = [
        context.Process(target=ask_for, args=(database, url, per_second, seconds, all_are_ready))
        for _ in range(processes)
    ]
    for task in tasks:
        task.start()
    for task in tasks:
        task.join()


def most_in_a_second(times: list[float]) -> int:
    """Return the most that lie within any second."""
    return max((sum(start <= at < start + 1 for at in times) for start in times), default=0)


def share_of_allowed(times: list[float], per_second: float) -> float:
    """Return the throughput from the first to the last request, as a share of what is allowed."""
    return (len(times) - 1) / ((max(times) - min(times)) * per_second)


def cost_of_a_turn(database: str, turns: int = 500) -> float:
    """Return the milliseconds that it takes to get a turn and to give it back, alone."""

    async def run() -> float:
        hosts, free = SharedHosts(database), Allowance(at_once=4)
        await hosts.turn("cost.example", free)
        began = time.perf_counter()
        for _ in range(turns):
            turn = await hosts.turn("cost.example", free)
            await hosts.give_back("cost.example", turn, free)
        took = time.perf_counter() - began
        await hosts.aclose()
        return took / turns * 1000

    return asyncio.run(run())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=16)
    parser.add_argument("--per-second", type=float, default=5)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--json", type=Path, help="write the figures into this file, too")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedPostgres(Path(folder)) as postgres,
        serving() as (seen, url),
    ):
        database = postgres.url("discovery")
        with connect(database) as conn:
            migrate(conn)
        many = {"processes": options.processes, "per_second": options.per_second}
        ask_in_processes(database, url, **many, seconds=options.seconds)
        times = seen.asked_at
        seen.asked_at, seen.retry_after = [], 5
        ask_in_processes(database, url, **many, seconds=15)
        early = [at for at in seen.asked_at if seen.told_at + UNDER_WAY < at < seen.told_at + 5]
        later = [at for at in seen.asked_at if at >= seen.told_at + 5]
        rows = [
            ("requests", len(times)),
            ("most within a second", most_in_a_second(times)),
            ("share of the allowed", f"{share_of_allowed(times, options.per_second):.1%}"),
            ("after 'Retry-After: 5', asked earlier", len(early)),
            ("after 'Retry-After: 5', asked later", len(later)),
            ("a turn, got and given, ms", cost_of_a_turn(database)),
        ]
    title = f"{options.processes} processes, {options.per_second:g} requests a second allowed"
    report([Table(title, ("", "found"), rows)], options.json)


if __name__ == "__main__":
    main()
