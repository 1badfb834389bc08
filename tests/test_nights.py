"""Ten nights of one source: what is withdrawn when, and which nights ask a person to look."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from include.discovery.errors import NetworkError
from include.discovery.fetch.client import HttpFetcher
from include.discovery.model import Pair
from include.discovery.store.connection import Connection
from include.discovery.store.runs import Attempt
from include.discovery.sync.environment import SyncEnvironment
from include.discovery.sync.pair import sync_pair
from tests.support.builders import source, stored_pair

MIDNIGHT = datetime(2026, 2, 1, 0, 5, tzinfo=UTC)
DOWN = -1
SETTINGS = {
    "url": "https://agenda.example/",
    "fields": {"external_id": "id", "title": "name", "starts_at": "at"},
    "request_retries": 0,
}

Answer = Callable[[httpx.Request], httpx.Response]


def shows(count: int) -> list[dict[str, Any]]:
    return [
        {"id": n, "name": f"Show {n}", "at": f"2026-0{3 + n % 7}-{1 + n % 28:02}T19:00"}
        for n in range(count)
    ]


def listing(count: int) -> Answer:
    """Return a source that lists its first so many events, or is down."""

    def answer(_request: httpx.Request) -> httpx.Response:
        if count == DOWN:
            raise httpx.ConnectError("no answer")
        return httpx.Response(200, json=shows(count))

    return answer


def outside_of(night: int, answer: Answer) -> SyncEnvironment:
    now = MIDNIGHT + timedelta(days=night)
    return SyncEnvironment(
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
            result = sync_pair(
                conn, pair, Attempt(f"night {night}"), outside_of(night, listing(count))
            )
        withdrawn.append(result.stats.withdrawn if result else 0)
        loud += "!" if result and result.warnings else "."
    return withdrawn, loud


@pytest.mark.slow
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
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], ".!!!!!!!!!", id="a small one emptied for good"),
        pytest.param(
            [1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            [0, 0, 1, 0, 0, 0, 0, 0, 0, 0], ".!!.......", id="the only one of its source gone"),
        pytest.param(
            [4, 3, 2, 1, 0, 0, 0, 0, 0, 0],
            [0, 0, 1, 1, 0, 0, 0, 0, 0, 0], "....!!!!!!", id="a small one fading out"),
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
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], ".!.!!!....", id="coming back bit by bit"),
        pytest.param(
            [0, 20, 20, 20, 20, 20, 20, 20, 20, 20],
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "..........", id="new and empty at first"),
    ],
)  # fmt: skip
def test_ten_nights_of_a_source_withdraw_and_warn_as_the_table_says(
    conn: Connection, counts: list[int], withdrawn: list[int], loud: str
) -> None:
    pair = stored_pair(
        conn,
        source=source(kind="json_feed"),
        settings=SETTINGS,
    )

    assert live_through(conn, pair, counts) == (withdrawn, loud)


def answering(items: list[dict[str, Any]]) -> Answer:
    return lambda _request: httpx.Response(200, json=items)


def test_a_bad_byte_in_an_item_withdraws_nothing(conn: Connection) -> None:
    """The date of one event is damaged for a week; another event is really gone."""
    pair = stored_pair(conn, source=source(kind="json_feed"), settings=SETTINGS)
    damaged = [{**show, "at": "2026-0\x7f"} if show["id"] == 7 else show for show in shows(19)]

    results = [
        sync_pair(conn, pair, Attempt(f"night {night}"), outside_of(night, answering(items)))
        for night, items in enumerate([shows(20), *[damaged] * 7, shows(19)])
    ]

    assert [result.stats.withdrawn for result in results] == [0, 0, 1, 0, 0, 0, 0, 0, 0]
    assert [result.stats.rejected_total for result in results] == [0, *[1] * 7, 0]
    assert conn.execute(
        "SELECT title FROM discovery.listings WHERE withdrawn_at IS NOT NULL"
    ).fetchall() == [("Show 19",)]


def test_no_listing_is_withdrawn_while_an_item_is_rejected_without_an_id(conn: Connection) -> None:
    pair = stored_pair(conn, source=source(kind="json_feed"), settings=SETTINGS)
    nameless = [*shows(18), {"name": "Show 18", "at": "never"}]

    results = [
        sync_pair(conn, pair, Attempt(f"night {night}"), outside_of(night, answering(items)))
        for night, items in enumerate([shows(20), *[nameless] * 3, *[shows(19)] * 2])
    ]

    assert [result.stats.withdrawn for result in results] == [0, 0, 0, 0, 0, 1]
    assert [bool(result.warnings) for result in results] == [False, True, True, True, False, False]
    warning = results[1].warnings[0]
    assert warning.startswith("2 of 20 listings are missing, but 1 item was rejected")


def test_a_resumed_attempt_knows_that_the_one_before_rejected_an_item_without_an_id(
    conn: Connection,
) -> None:
    """The nameless item is on the first page; the second comes only in the next attempt."""
    paging = {"by": "page", "size_parameter": "size", "size": 10}
    pair = stored_pair(
        conn,
        source=source(kind="json_feed"),
        settings={**SETTINGS, "items": "items", "total": "total", "paging": paging},
    )

    def pages(items: list[dict[str, Any]], *, breaks_off: bool = False) -> Answer:
        def answer(request: httpx.Request) -> httpx.Response:
            page = int(request.url.params["page"])
            if page > 1 and breaks_off:
                raise httpx.ConnectError("no answer")
            shown = items[10 * (page - 1) : 10 * page]
            return httpx.Response(200, json={"total": len(items), "items": shown})

        return answer

    nameless = [*shows(8), {"name": "Show 8", "at": "never"}, *shows(20)[10:]]
    sync_pair(conn, pair, Attempt("night 0"), outside_of(0, pages(shows(20))))
    with pytest.raises(NetworkError):
        sync_pair(conn, pair, Attempt("night 1"), outside_of(1, pages(nameless, breaks_off=True)))
    result = sync_pair(conn, pair, Attempt("night 1", try_number=2), outside_of(1, pages(nameless)))

    assert result.complete
    assert result.stats.rejected_total == 0
    assert result.warnings[0].startswith("2 of 20 listings are missing, but 1 item was rejected")


def test_a_source_that_breaks_in_the_middle_of_its_pages_loses_nothing(conn: Connection) -> None:
    """Page after page is empty from the third on, and so is the total: for three nights."""
    paging = {"by": "page", "size_parameter": "size", "size": 10}
    pair = stored_pair(
        conn,
        source=source(kind="json_feed"),
        settings={**SETTINGS, "items": "items", "total": "total", "paging": paging},
    )

    def pages(whole_pages: int) -> Answer:
        def answer(request: httpx.Request) -> httpx.Response:
            page = int(request.url.params["page"])
            if page > whole_pages:
                return httpx.Response(200, json={"total": 0, "items": []})
            items = shows(60)[10 * (page - 1) : 10 * page]
            return httpx.Response(200, json={"total": 60, "items": items})

        return answer

    results = [
        sync_pair(conn, pair, Attempt(f"night {night}"), outside_of(night, pages(whole)))
        for night, whole in enumerate((6, 2, 2, 2))
    ]

    assert [result.complete for result in results] == [True, False, False, False]
    assert results[1].gaps == (
        "the source has 60 items and returned 20; its total has since fallen to 0",
    )
    assert conn.execute(
        "SELECT count(*) FROM discovery.listings"
        " WHERE withdrawn_at IS NULL AND missing_since IS NULL"
    ).fetchone() == (60,)
