"""Syncs of the demo's sources, and of answers that tests make up."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from include.demo.server import DemoServer
from include.discovery.errors import (
    DiscoveryError,
    NetworkError,
)
from include.discovery.fetch.client import HttpFetcher
from include.discovery.fetch.keys import Credentials, KeyHost
from include.discovery.fetch.protocol import RequestSettings
from include.discovery.model import Pair
from include.discovery.report import report
from include.discovery.response import Response
from include.discovery.store.connection import Connection
from include.discovery.store.runs import Attempt
from include.discovery.sync.environment import SyncEnvironment
from include.discovery.sync.pair import SyncResult, sync_pair
from tests.support.builders import source, stored_pair
from tests.support.loopback import LOOPBACK

TODAY = date(2026, 2, 20)
THIS_MACHINE = KeyHost.parse("127.0.0.1")
NOW = datetime(2026, 2, 20, 9, 0, tzinfo=UTC)


class WatchedFetcher(HttpFetcher):
    """The real fetcher, which notes what was asked and can be cut off after some answers."""

    def __init__(self, *args: Any, log: list[dict[str, Any]], fail_after: int | None, **kw: Any):
        super().__init__(*args, **kw)
        self._log = log
        self._fail_after = fail_after

    async def get(
        self, url: str, *, params: Mapping[str, Any] | None = None, **kw: Any
    ) -> Response:
        if self._fail_after is not None and len(self._log) >= self._fail_after:
            raise NetworkError("the line is dead")
        response = await super().get(url, params=params, **kw)
        self._log.append(dict(params or {}))
        return response


def world(
    *,
    key: str | None = None,
    log: list[dict[str, Any]] | None = None,
    fail_after: int | None = None,
    now: datetime = NOW,
) -> SyncEnvironment:
    """Build the environment of a sync: a fixed time, a key or none, a line that may go dead."""

    def open_fetcher(settings: RequestSettings, credentials: Credentials | None) -> HttpFetcher:
        return WatchedFetcher(
            settings,
            "tests",
            rng=random.Random(0),
            sleep=lambda _seconds: asyncio.sleep(0),
            now=lambda: now,
            addresses=LOOPBACK,
            credentials=credentials,
            log=[] if log is None else log,
            fail_after=fail_after,
        )

    return SyncEnvironment(
        lambda: now,
        lambda _: Credentials(key, hosts=(THIS_MACHINE,)) if key else None,
        open_fetcher,
    )


NO_DATES = b'{"events": [{"id": 1, "title": "X"}], "total": 1, "total_pages": 1}'


def only(body: bytes) -> SyncEnvironment:
    """Build an environment in which every request is answered by the same body."""

    class OneAnswer(HttpFetcher):
        async def get(self, url: str, **_: Any) -> Response:
            return Response(200, {}, body, url)

    return SyncEnvironment(
        lambda: NOW,
        lambda _: None,
        lambda settings, _: OneAnswer(
            settings, "tests", rng=random.Random(0), sleep=asyncio.sleep, now=lambda: NOW
        ),
    )


def refusing(error: DiscoveryError) -> SyncEnvironment:
    """Build an environment in which every request fails so."""

    class Refusing(HttpFetcher):
        async def get(self, *_: Any, **__: Any) -> Response:
            raise error

    return SyncEnvironment(
        lambda: NOW,
        lambda _: None,
        lambda settings, _: Refusing(
            settings, "tests", rng=random.Random(0), sleep=asyncio.sleep, now=lambda: NOW
        ),
    )


def theatres(conn: Connection, demo: DemoServer, path: str = "theatres/krakow/") -> Pair:
    return stored_pair(
        conn,
        source=source("demo-theatres", kind="events_calendar"),
        settings={"site_url": f"{demo.url}/{path}"},
    )


def run(
    conn: Connection, pair: Pair, environment: SyncEnvironment, try_number: int = 1, **options: Any
) -> SyncResult:
    return sync_pair(conn, pair, Attempt("run", 0, try_number), environment, **options)


def last_run(conn: Connection, *columns: str) -> tuple[Any, ...]:
    row = conn.execute(
        f"SELECT {', '.join(columns)} FROM discovery.sync_runs ORDER BY id DESC LIMIT 1".encode()
    ).fetchone()
    assert row is not None
    return row


def report_of(conn: Connection, dag_run_id: str) -> str:
    conn.execute(
        "INSERT INTO discovery.planned_syncs SELECT %s, 0, id, now() FROM discovery.city_source",
        [dag_run_id],
    )
    return report(conn, dag_run_id).as_table()


def listings(conn: Connection) -> int:
    row = conn.execute("SELECT count(*) FROM discovery.listings").fetchone()
    assert row is not None
    return int(row[0])
