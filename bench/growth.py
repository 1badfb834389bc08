"""How costs grow: parsing, loading and planning at 1, 10 and 100 times.

    python -m bench.growth [--smallest 500] [--json FILE]

The exponent is the power of the size with which the processor time of both sides has grown since
the size before: 1 is linear. Parsing and loading take so many events, planning a tenth as many
pairs. What was imported is kept from the garbage collector: looking through it costs the same
whatever the size, but only a long run comes to it. ``python -m bench.statistics --instances``
measures the page's statistics at any size.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.costs import Cost, cost_of, exponent, processor_time
from bench.load import records, sync
from bench.peers import feed, ours
from bench.tables import Cell, Table, report
from include.discovery.connectors import connector_for
from include.discovery.connectors.base import ParseContext
from include.discovery.due import RunTime
from include.discovery.store.connection import connect
from include.discovery.store.migrate import migrate
from include.discovery.store.plans import plan_pairs
from localdev.postgres import EmbeddedPostgres
from tests.support.builders import KRAKOW, source, stored_pair
from tests.support.volume import Volume, fill

TIMES = (1, 10, 100)
A_PAGE = 200
Measure = Callable[[int, str, int], Cost]
"""Takes a size, the URL of an empty database that is migrated, and the pid of its server."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is measured, of how many of what."""

    name: str
    of: str
    smallest: int
    measure: Measure


def parse(size: int, _: str, __: int) -> Cost:
    """Parse pages of a JSON feed."""
    settings = {"url": "https://events.example/", "items": "events", "fields": ours.MAPPED}
    connector = connector_for("json_feed")
    context = ParseContext(connector.parse_settings(settings, None), ZoneInfo("Europe/Warsaw"))
    pages = feed.pages(size, A_PAGE, date(2026, 12, 1))
    connector.parse(pages[0], context)  # what a process reads once, such as the names of countries

    def work() -> None:
        for page in pages:
            connector.parse(page, context)

    return Cost(processor_time(work), 0, 0, 0)


def load(size: int, url: str, postmaster: int) -> Cost:
    """Load so many new events."""
    items = records(size)
    with connect(url) as conn:
        pair = stored_pair(conn, KRAKOW, source())
        return cost_of(
            lambda: processor_time(lambda: sync(conn, pair, "run", items, A_PAGE)), conn, postmaster
        )


def plan(size: int, url: str, postmaster: int) -> Cost:
    """Plan a run of so many pairs."""
    with connect(url) as conn:
        fill(conn, Volume(size, size * 10, 0))
        return cost_of(
            lambda: processor_time(
                lambda: plan_pairs(conn, "run", RunTime(datetime.now(UTC)), capacity=size)
            ),
            conn,
            postmaster,
        )


def rows(server: EmbeddedPostgres, work: Work) -> Iterator[tuple[Cell, ...]]:
    """Measure one kind of work at each size."""
    before: tuple[int, float] | None = None
    for times in TIMES:
        size = work.smallest * times
        name = f"{work.name}_{times}"
        with connect(server.url("postgres")) as admin:
            admin.execute(f"CREATE DATABASE {name}".encode())
        url = server.url(name)
        with connect(url) as conn:
            migrate(conn)
        seconds = work.measure(size, url, server.pid).processor
        grown = exponent((before[0], size), (before[1], seconds)) if before else None
        before = size, seconds
        yield f"{work.name}, {work.of}", size, seconds, 1e6 * seconds / size, grown


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smallest", type=int, default=500)
    parser.add_argument("--json", type=Path, help="write the figures into this file, too")
    options = parser.parse_args()
    works = (
        Work("parse", "events", options.smallest, parse),
        Work("load", "new events", options.smallest, load),
        Work("plan", "pairs", options.smallest // 10, plan),
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedPostgres(Path(folder), durable=False) as server,
    ):
        gc.collect()
        gc.freeze()
        found = [row for work in works for row in rows(server, work)]
    columns = ("", "size", "CPU s", "CPU us each", "exponent")
    report([Table("1, 10 and 100 times as much", columns, found)], options.json)


if __name__ == "__main__":
    main()
