"""The same work by this project and by others, side by side in one run.

    python -m bench.peers [--events 50000] [--page 200] [--milliseconds 0] [--json FILE]
        [--python .local/bench/bin/python]

A paged API on loopback is read into PostgreSQL by httpx + orjson + COPY (the limit: nothing is
checked, cleaned or compared), by Scrapy with a pipeline of batched upserts, by dlt's source of REST
APIs with a merge, and by this project; then again, when nothing has changed. Each is a process of
its own that starts with an empty database (its second run with what the first has left), so each
figure holds the start of Python and all imports. PostgreSQL vacuums what the first run has written
a minute or two later, which would fall into the second run of some and not of others: it is done
before each run, and counts for nobody.

Client CPU is the processor time of that process and its children, server CPU that of all processes
of PostgreSQL, in seconds; WAL is what PostgreSQL wrote ahead. What serves the API costs nobody.

The peers are no part of the project: ``make bench`` puts them into an environment of their own,
whose Python ``--python`` names. Where it is missing, only this project is measured.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.costs import Cost, cost_of
from bench.peers import feed, ours
from bench.tables import Cell, Table, report
from include.discovery.store.connection import connect
from localdev.postgres import EmbeddedPostgres

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
LIMIT = "httpx + orjson + COPY"
OURS = "this project"
COLUMNS = ("client CPU s", "server CPU s", "wall s", "WAL MB", "client / limit")
PACKAGES = ("scrapy", "dlt", "httpx", "orjson", "psycopg")


@dataclass(frozen=True, slots=True)
class Contender:
    """Who does the work: its database, its command, its table, and how often it is run."""

    name: str
    database: str
    command: Sequence[str]
    events: str
    runs: int = 2


def contenders(python: Path, url: str) -> Iterator[Contender]:
    """Name those that can be run here, the limit first."""
    if python.exists():
        limit, scrapy, dlt = (
            (str(python), str(HERE / script), url)
            for script in ("limit.py", "scrapy_spider.py", "dlt_pipeline.py")
        )
        yield Contender(LIMIT, "by_copy", limit, "events", runs=1)
        yield Contender("Scrapy + batched upsert", "by_scrapy", scrapy, "events")
        yield Contender("dlt rest_api, merge", "by_dlt", dlt, "peers.events")
    command = (sys.executable, "-m", "bench.peers.ours")
    yield Contender(OURS, "by_us", command, "discovery.listings")


@contextmanager
def serving(events: int, page: int, milliseconds: float) -> Iterator[str]:
    """Serve the feed in a process of its own; give its address."""
    command = [sys.executable, "-m", feed.__name__, str(events), str(page)]
    with subprocess.Popen(
        [*command, "--milliseconds", str(milliseconds)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as server:  # fmt: skip
        assert server.stdout is not None
        assert server.stdin is not None
        yield server.stdout.readline().strip()
        server.stdin.close()


def run(contender: Contender, database: str, postmaster: int, folder: Path) -> Cost:
    """Let a contender do the work once."""
    environment = {
        **os.environ,
        "DLT_DATA_DIR": str(folder),
        "RUNTIME__DLTHUB_TELEMETRY": "false",
        "RUNTIME__LOG_LEVEL": "ERROR",
    }

    def work() -> float:
        process = subprocess.Popen(
            [*contender.command, database], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{contender.name} failed with {process.returncode}")
        return used.ru_utime + used.ru_stime

    with connect(database) as conn:
        conn.execute("VACUUM (ANALYZE)")
        return cost_of(work, conn, postmaster)


def measure(
    server: EmbeddedPostgres, contender: Contender, url: str, events: int, folder: Path
) -> list[Cost]:
    """Run a contender in an empty database of its own, and check that it has read everything."""
    with connect(server.url("postgres")) as admin:
        admin.execute(f"CREATE DATABASE {contender.database}".encode())
    database = server.url(contender.database)
    if contender.name == OURS:
        with connect(database) as conn:
            ours.configure(conn, url)
    costs = [run(contender, database, server.pid, folder) for _ in range(contender.runs)]
    with connect(database) as conn:
        row = conn.execute(f"SELECT count(*) FROM {contender.events}".encode()).fetchone()
    if row != (events,):
        raise SystemExit(f"{contender.name} has loaded {row} of {events:,} events")
    return costs


def rows(costs: Mapping[str, Sequence[Cost]]) -> Iterator[Sequence[Cell]]:
    """Lay costs out under ``COLUMNS``, all first runs before the second ones."""
    limit = costs[LIMIT][0].client if LIMIT in costs else None
    for again, label in enumerate(("first", "again, unchanged")):
        for name, taken in costs.items():
            if len(taken) > again:
                cost = taken[again]
                ratio = cost.client / limit if limit else None
                wal = cost.wal / 1e6
                yield f"{name}, {label}", cost.client, cost.server, cost.wall, wal, ratio


def versions(python: Path) -> dict[str, Cell]:
    """Return the versions of the peers."""
    if not python.exists():
        return {}
    ask = f"from importlib.metadata import version; print(*map(version, {PACKAGES}))"
    found = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=True)
    return dict(zip(PACKAGES, found.stdout.split(), strict=True))


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=50_000)
    parser.add_argument("--page", type=int, default=200)
    parser.add_argument("--milliseconds", type=float, default=0, help="until the API answers")
    parser.add_argument("--python", type=Path, default=ROOT / ".local" / "bench" / "bin" / "python")
    parser.add_argument("--json", type=Path, help="write the figures into this file, too")
    options = parser.parse_args()
    costs = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedPostgres(Path(folder) / "postgres") as server,
        serving(options.events, options.page, options.milliseconds) as url,
    ):
        for contender in contenders(options.python, url):
            costs[contender.name] = measure(server, contender, url, options.events, Path(folder))
            print(f"{contender.name}: done", file=sys.stderr)
    if LIMIT not in costs:
        print(f"no peers: there is no {options.python} (make bench)", file=sys.stderr)
    title = (
        f"{options.events:,} events, {options.page} a page, each page after"
        f" {options.milliseconds:g} ms, into PostgreSQL"
    )
    table = Table(title, ("", *COLUMNS), list(rows(costs)))
    report([table], options.json, **versions(options.python))


if __name__ == "__main__":
    main()
