"""Ten nights of one source: what is withdrawn when, and which nights ask a person to look."""

from __future__ import annotations

import asyncio
import contextlib
import random
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from include.discovery.errors import NetworkError
from include.discovery.fetch.client import HttpFetcher
from include.discovery.model import Pair
from include.discovery.store.connection import Connection
from include.discovery.store.runs import Attempt
from include.discovery.sync import Outside, sync_pair
from tests.support.builders import source, stored_pair

MIDNIGHT = datetime(2026, 2, 1, 0, 5, tzinfo=UTC)
DOWN = -1


def outside_of(night: int, count: int) -> Outside:
    """Build the world of a night on which the source lists its first so many events, or is down."""
    now = MIDNIGHT + timedelta(days=night)
    shows = [
        {"id": n, "name": f"Show {n}", "at": f"2026-0{3 + n % 7}-{1 + n % 28:02}T19:00"}
        for n in range(max(count, 0))
    ]

    def answer(_request: httpx.Request) -> httpx.Response:
        if count == DOWN:
            raise httpx.ConnectError("no answer")
        return httpx.Response(200, json=shows)

    return Outside(
        lambda: now,
        lambda _: None,
        lambda settings, _: HttpFetcher(
            settings,
            "tests",
            rng=random.Random(0),
            sleep=lambda _seconds: asyncio.sleep(0),
            now=lambda: now,
            transport=httpx.MockTransport(answer),
        ),
    )


def live_through(conn: Connection, pair: Pair, counts: list[int]) -> tuple[list[int], str]:
    """Sync night after night; return how many were withdrawn on each, and the nights that warn."""
    withdrawn, loud = [], ""
    for night, count in enumerate(counts):
        result = None
        with contextlib.suppress(NetworkError):
            result = sync_pair(conn, pair, Attempt(f"night {night}"), outside_of(night, count))
        withdrawn.append(result.stats.withdrawn if result else 0)
        loud += "!" if result and result.warnings else "."
    return withdrawn, loud


@pytest.mark.parametrize(
    ("counts", "withdrawn", "loud"),
    [
        pytest.param(
            [20] * 10,
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "..........", id="steady"),
        pytest.param(
            [20, 0, 20, 20, 20, 20, 20, 20, 20, 20],
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], ".!........", id="emptied once"),
        pytest.param(
            [20, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], ".!!!!!!!!!", id="emptied for good"),
        pytest.param(
            [4, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            [0, 0, 4, 0, 0, 0, 0, 0, 0, 0], ".!!.......", id="a small one emptied for good"),
        pytest.param(
            [20, 10, 10, 10, 10, 10, 10, 10, 10, 10],
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], ".!!!!!!!!!", id="shrunk to half"),
        pytest.param(
            [20, 17, 17, 17, 17, 17, 17, 17, 17, 17],
            [0, 0, 3, 0, 0, 0, 0, 0, 0, 0], ".!!.......", id="shrunk by some"),
        pytest.param(
            [20, 19, 19, 19, 19, 19, 19, 19, 19, 19],
            [0, 0, 1, 0, 0, 0, 0, 0, 0, 0], "..........", id="shrunk by one"),
        pytest.param(
            [20, 19, 18, 17, 16, 15, 14, 13, 12, 11],
            [0, 0, 1, 1, 1, 1, 1, 1, 1, 1], "..........", id="shrinking by one a night"),
        pytest.param(
            [20, 19, 20, 19, 20, 19, 20, 19, 20, 19],
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "..........", id="one flaps"),
        pytest.param(
            [20, 0, 20, 0, 20, 0, 20, 0, 20, 0],
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], ".!.!.!.!.!", id="all flap"),
        pytest.param(
            [20, 19, DOWN, DOWN, 19, 19, 19, 19, 19, 19],
            [0, 0, 0, 0, 1, 0, 0, 0, 0, 0], "..........", id="down in between"),
        pytest.param(
            [20, 0, DOWN, 0, 10, 16, 20, 20, 20, 20],
            [0, 0, 0, 0, 0, 4, 0, 0, 0, 0], ".!.!!!....", id="coming back bit by bit"),
        pytest.param(
            [0, 20, 20, 20, 20, 20, 20, 20, 20, 20],
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "..........", id="new and empty at first"),
    ],
)  # fmt: skip
def test_ten_nights_go_by_the_list(
    conn: Connection, counts: list[int], withdrawn: list[int], loud: str
) -> None:
    pair = stored_pair(
        conn,
        source=source(kind="json_feed"),
        settings={
            "url": "https://agenda.example/",
            "fields": {"external_id": "id", "title": "name", "starts_at": "at"},
            "request_retries": 0,
        },
    )

    assert live_through(conn, pair, counts) == (withdrawn, loud)
