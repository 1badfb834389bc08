"""Behind a pooler in transaction mode nothing is lost, and nothing is left to other clients."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, date, datetime

import pytest

from include.demo.server import DemoServer
from include.discovery.due import RunTime
from include.discovery.fetch.client import HttpFetcher
from include.discovery.plan import RunParams, plan
from include.discovery.report import RunReport, close_run
from include.discovery.store.connection import Connection, connect
from include.discovery.store.migrate import migrate
from include.discovery.store.queries.events import count_events
from include.discovery.store.queries.pairs import read_pairs
from include.discovery.store.runs import Attempt
from include.discovery.sync.environment import SyncEnvironment
from include.discovery.sync.pair import sync_pair
from localdev.postgres import EmbeddedPostgres
from tests.support.builders import KRAKOW, source, stored_pair
from tests.support.loopback import LOOPBACK
from tests.support.pooler import Pooler, pooling

TODAY = date(2026, 2, 20)
CLIENTS = 6
SOURCES = ("library", "theatres")
PAGE_SIZE = 10

# What a transaction of a pooled connection must not find: the leavings of others.
SESSION_STATE = """
SELECT 'setting ' || name || ' = ' || setting FROM pg_settings
WHERE source = 'session' AND name NOT IN
    -- These a pooler sets itself for each client.
    ('application_name', 'client_encoding', 'DateStyle', 'TimeZone', 'standard_conforming_strings')
UNION ALL SELECT 'prepared ' || statement FROM pg_prepared_statements
UNION ALL SELECT 'cursor ' || name FROM pg_cursors WHERE name <> ''
UNION ALL SELECT 'channel ' || channel FROM pg_listening_channels() channel
UNION ALL SELECT 'lock of ' || pid FROM pg_locks WHERE locktype = 'advisory'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
UNION ALL SELECT 'temporary ' || relname FROM pg_class
    WHERE relnamespace = pg_my_temp_schema() AND relkind = 'r'
"""


@pytest.fixture(params=[1, 2])
def pooler(postgres: EmbeddedPostgres, request: pytest.FixtureRequest) -> Iterator[Pooler]:
    with pooling(postgres, request.param) as running:
        yield running


@pytest.fixture
def pooled_url(pooler: Pooler, database_url: str) -> str:
    return pooler.url(database_url)


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(port=0, today=TODAY) as server:
        yield server


def leavings(pooler: Pooler, url: str) -> list[str]:
    """Return what is left in the pooler's server connections; held at once, to see them all."""
    with ExitStack() as held:
        found = []
        for _ in range(pooler.size):
            conn = held.enter_context(connect(url))
            held.enter_context(conn.transaction())
            found += conn.execute(SESSION_STATE).fetchall()
    return [row[0] for row in found]


def sync_all(url: str, run: str, names: tuple[str, ...]) -> RunReport:
    """Plan, sync and report as the tasks of a run do: each with a connection of its own."""

    def now() -> datetime:
        return datetime(2026, 2, 20, 9, 0, tzinfo=UTC)

    environment = SyncEnvironment(
        now,
        lambda _: None,
        lambda settings, _: HttpFetcher(
            settings,
            "tests",
            rng=random.Random(0),
            sleep=asyncio.sleep,
            now=now,
            addresses=LOOPBACK,
        ),
    )
    with connect(url) as conn:
        params = RunParams(sources=names, force=True)
        pairs = plan(conn, run, params, RunTime(now()), capacity=10).pairs
    assert len(pairs) == len(names)
    for index, pair in enumerate(pairs):
        with connect(url) as conn:
            sync_pair(conn, pair, Attempt(run, index), environment)
    with connect(url) as conn:
        return close_run(conn, run)


def configure(conn: Connection, demo: DemoServer, copies: int) -> list[str]:
    """Store a calendar and a listing of many pages for each client; return the sources' slugs."""
    slugs = []
    for copy in range(copies):
        library, theatres = (f"{name}-{copy}" for name in SOURCES)
        slugs += [library, theatres]
        settings = {"url": f"{demo.url}/library/krakow.ics"}
        stored_pair(conn, KRAKOW, source(library), settings=settings)
        # Each page repeats its statements, more often than psycopg by default waits to prepare one.
        settings = {
            "site_url": f"{demo.url}/theatres/krakow/",
            "per_page": PAGE_SIZE,
            "horizon_days": 30,
        }
        stored_pair(conn, KRAKOW, source(theatres, kind="events_calendar"), settings=settings)
    return slugs


@pytest.mark.slow
def test_clients_that_sync_at_once_lose_nothing_and_leave_nothing(
    pooler: Pooler, pooled_url: str, conn: Connection, demo: DemoServer
) -> None:
    slugs = configure(conn, demo, CLIENTS)

    def client(number: int) -> RunReport:
        own = (slugs[2 * number], slugs[2 * number + 1])
        sync_all(pooled_url, f"first {number}", own)
        return sync_all(pooled_url, f"second {number}", own)

    with ThreadPoolExecutor(CLIENTS) as clients:
        runs = list(clients.map(client, range(CLIENTS)))

    assert [run.failed for run in runs] == [()] * CLIENTS
    assert min(run.total.unchanged for run in runs) > 100
    assert [run.total.inserted for run in runs] == [0] * CLIENTS
    assert leavings(pooler, pooled_url) == []


@pytest.mark.airflow
def test_the_bounds_of_the_pages_requests_end_with_the_request(
    pooler: Pooler, pooled_url: str, conn: Connection, demo: DemoServer
) -> None:
    configure(conn, demo, 1)
    from include.discovery.web.database import DiscoveryDatabase

    database = DiscoveryDatabase(lambda: connect(pooled_url))

    for _ in range(10):  # more often than a statement has to be repeated to be prepared
        with database.lend() as lent:
            assert lent.execute("SHOW statement_timeout").fetchone() == ("10s",)
            assert len(read_pairs(lent)) == len(SOURCES)
            count_events(lent)

    with connect(pooled_url) as other:
        assert other.execute("SHOW statement_timeout").fetchone() == ("0",)
        assert other.execute("SHOW jit").fetchone() == conn.execute("SHOW jit").fetchone()
    database.close()
    assert leavings(pooler, pooled_url) == []


@pytest.mark.slow
def test_migrations_from_many_clients_are_applied_once(pooler: Pooler, empty_url: str) -> None:
    pooled = pooler.url(empty_url)

    def client(_number: int) -> list[str]:
        with connect(pooled) as own:
            return migrate(own)

    with ThreadPoolExecutor(CLIENTS) as clients:
        applied = [name for names in clients.map(client, range(CLIENTS)) for name in names]

    assert len(applied) == len(set(applied)) > 0
    assert leavings(pooler, pooled) == []


def test_a_statement_is_prepared_only_where_the_connection_asks_for_it(database_url: str) -> None:
    count = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT 1 %%'"
    for threshold, prepared in (({}, 0), ({"prepare_threshold": "3"}, 1)):
        with connect(database_url, **threshold) as conn:
            for number in range(10):
                conn.execute("SELECT 1 + %s", [number])
            assert conn.execute(count).fetchone() == (prepared,)
