"""Every way in which a source was seen to fail, injected into a paged one: once, and for good.

A fault that passes costs nothing but a request; one that stays ends with its true class, and what
came before it is kept. The requests that the source saw are those that the run counts.
"""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime
from typing import Any

import pytest

from include.discovery.errors import DiscoveryError
from include.discovery.failures import failure_of
from include.discovery.fetch.client import HttpFetcher
from include.discovery.fetch.keys import Credentials
from include.discovery.fetch.protocol import RequestSettings
from include.discovery.model import Pair
from include.discovery.store.connection import Connection
from include.discovery.store.runs import Attempt
from include.discovery.sync.environment import SyncEnvironment
from include.discovery.sync.pair import SyncResult, sync_pair
from tests.support.builders import source, stored_pair
from tests.support.fault_kinds import ROWS, TRIES
from tests.support.faults import (
    EVENTS,
    PAGES,
    PER_PAGE,
    Exchange,
    FaultySource,
    body,
    document,
    serving,
)
from tests.support.loopback import LOOPBACK

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
BEFORE = 2 * PER_PAGE
"""Events of the pages before the first fault."""


def pair_of(conn: Connection, site: FaultySource) -> Pair:
    return stored_pair(conn, source=source("faulty", kind="json_feed"), settings=site.settings)


def environment() -> SyncEnvironment:
    """Return the real network, with waits that are passed over."""

    def open_fetcher(settings: RequestSettings, _: Credentials | None) -> HttpFetcher:
        return HttpFetcher(
            settings,
            "tests",
            rng=random.Random(1),
            sleep=lambda _seconds: asyncio.sleep(0),
            now=lambda: NOW,
            addresses=LOOPBACK,
        )

    return SyncEnvironment(lambda: NOW, lambda _: None, open_fetcher)


def run(conn: Connection, pair: Pair) -> tuple[SyncResult | None, DiscoveryError | None, int]:
    """Sync as a task does, attempt after attempt; return what came of it and how many it took."""
    for number in range(1, TRIES + 1):
        try:
            return sync_pair(conn, pair, Attempt("run", 0, number), environment()), None, number
        except DiscoveryError as error:
            if not error.retryable or number == TRIES:
                return None, error, number
    raise AssertionError("unreachable")


def in_rows(conn: Connection, query: str) -> Any:
    row = conn.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


COUNTED = "SELECT sum(requests)::int FROM discovery.sync_runs"
LOADED = "SELECT count(*)::int FROM discovery.listings"


@pytest.mark.slow
@pytest.mark.parametrize("name", ROWS)
def test_a_lasting_fault_ends_with_its_class_and_keeps_the_loaded_pages(
    conn: Connection, name: str
) -> None:
    row = ROWS[name]
    with serving(FaultySource(row.fault, timeout_seconds=row.timeout)) as site:
        result, error, tries = run(conn, pair_of(conn, site))

    assert result is None
    assert error is not None
    assert (failure_of(error).category, tries) == (row.category, row.tries), str(error)
    assert row.says in str(error)
    assert error.retry_after == row.wait
    assert in_rows(conn, "SELECT error_message FROM discovery.sync_runs ORDER BY id DESC LIMIT 1")
    assert in_rows(conn, LOADED) == BEFORE
    assert len(site.requests) == 2 + row.tries * row.asked
    assert in_rows(conn, COUNTED) == len(site.requests)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.passes])
def test_a_passing_fault_is_retried_within_the_attempt(conn: Connection, name: str) -> None:
    row = ROWS[name]
    faulty = FaultySource(row.fault, is_passing=True, timeout_seconds=row.timeout)
    with serving(faulty) as site:
        result, error, tries = run(conn, pair_of(conn, site))

    assert error is None
    assert tries == 1
    assert result is not None
    assert (result.complete, result.gaps) == (True, ())
    assert in_rows(conn, LOADED) == EVENTS
    assert in_rows(conn, COUNTED) == len(site.requests)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["503, try in 150 s", "slow loris", "429, try tomorrow"])
def test_a_fault_that_passes_between_attempts_costs_no_event(conn: Connection, name: str) -> None:
    row = ROWS[name]
    faulty = FaultySource(row.fault, is_passing=True, timeout_seconds=row.timeout)
    with serving(faulty) as site:
        result, error, tries = run(conn, pair_of(conn, site))

    assert (error, tries) == (None, 2)
    assert result is not None
    assert result.complete
    assert in_rows(conn, LOADED) == EVENTS
    assert in_rows(conn, COUNTED) == len(site.requests)


@pytest.mark.slow
@pytest.mark.parametrize("mistake", ["text/html", "application/octet-stream", "image/png"])
def test_json_with_another_content_type_is_read_with_one_log_line(
    conn: Connection, caplog: pytest.LogCaptureFixture, mistake: str
) -> None:
    def fault(exchange: Exchange) -> None:
        exchange.reply(200, document(exchange.page), content_type=mistake)

    with serving(FaultySource(fault)) as site:
        result, _, _ = run(conn, pair_of(conn, site))

    assert result is not None
    assert result.complete
    assert in_rows(conn, LOADED) == EVENTS
    said = [
        r.getMessage() for r in caplog.records if f"say that they are {mistake}" in r.getMessage()
    ]
    assert len(said) == 1


BY_LINK = {"total": None, "paging": {"by": "next_url", "path": "next"}}
ENDS = b'{"total": 0, "items": []}'
GOES_ON = b'{"items": [], "next": "/events?page=4"}'
GOES_BACK = b'{"items": [], "next": "/events?page=2"}'


def run_against(
    conn: Connection, site: FaultySource, more: dict[str, Any]
) -> tuple[SyncResult | None, DiscoveryError | None, int]:
    settings = {**site.settings, **more}
    return run(conn, stored_pair(conn, source=source("lying", kind="json_feed"), settings=settings))


@pytest.mark.parametrize(
    ("answer", "paging", "says", "asked"),
    [
        (document(2), {}, "page 3 has the same items as page 2", 3),
        (GOES_ON, BY_LINK, "page 4 names itself as the next one", 5),
        (GOES_BACK, BY_LINK, "page 3 names page 2 as the next one", 4),
        (document(1), BY_LINK, "page 3 has the same items as page 1", 3),
    ],
    ids=["the same page", "empty, with a link to the next", "empty, with a link back", "A, B, A"],
)
def test_pages_that_lead_in_a_circle_are_a_guard_at_the_first_repetition(
    conn: Connection, answer: bytes, paging: dict[str, Any], says: str, asked: int
) -> None:
    with serving(FaultySource(body(answer))) as site:
        result, error, tries = run_against(conn, site, paging)

    assert (result, tries) == (None, 1)
    assert error is not None
    assert failure_of(error).category == "guard"
    assert says in str(error)
    assert len(site.requests) == asked
    assert in_rows(conn, LOADED) == BEFORE


def test_pages_that_are_empty_from_the_middle_on_are_incomplete_and_withdraw_nothing(
    conn: Connection,
) -> None:
    with serving(FaultySource(body(ENDS))) as site:
        result, _, tries = run_against(conn, site, {})

    assert result is not None
    assert tries == 1
    assert result.gaps == (
        "the source has 30 items and returned 10; its total has since fallen to 0",
    )
    assert len(site.requests) == 5
    assert in_rows(conn, LOADED) == BEFORE
    assert result.stats.withdrawn == 0


@pytest.mark.parametrize("lying_page", [3, 4, PAGES])
def test_a_page_that_an_earlier_attempt_has_loaded_does_not_stand_for_another_one(
    conn: Connection, lying_page: int
) -> None:
    """Nobody who goes on there knows its items, but the database does."""
    broken = iter([True])

    def fault(exchange: Exchange) -> None:
        if next(broken, False):
            exchange.reply(500)
        else:
            page = 1 if exchange.page == lying_page else exchange.page
            exchange.reply(200, document(page))

    with serving(FaultySource(fault)) as site:
        result, _, tries = run_against(conn, site, {"request_retries": 0})

    assert result is not None
    assert tries == 2
    assert result.gaps == ("the source has 30 items, and 25 different ones came",)
    assert not result.complete
    assert in_rows(conn, LOADED) == EVENTS - PER_PAGE


@pytest.mark.parametrize(
    ("answer", "paging"), [(ENDS, {}), (GOES_ON, BY_LINK), (GOES_BACK, BY_LINK)]
)
def test_a_page_that_is_empty_once_in_the_middle_is_asked_again(
    conn: Connection, answer: bytes, paging: dict[str, Any]
) -> None:
    with serving(FaultySource(body(answer), is_passing=True)) as site:
        result, _, tries = run_against(conn, site, paging)

    assert result is not None
    assert (result.complete, tries) == (True, 1)
    assert site.requests.count("/events?page=3") == 2
    assert in_rows(conn, LOADED) == EVENTS


def fresh(exchange: Exchange) -> None:
    """Answer every page with events that no page before it had."""
    exchange.reply(200, document(1).replace(b'"e', b'"p%d-e' % exchange.page))


@pytest.mark.parametrize("pages", [10, 2])
def test_an_endless_list_ends_at_the_bound_of_events_and_is_incomplete(
    conn: Connection, pages: int
) -> None:
    bound = {"max_events": pages * PER_PAGE, "total": None}
    with serving(FaultySource(fresh)) as site:
        pair = stored_pair(
            conn, source=source("endless", kind="json_feed"), settings={**site.settings, **bound}
        )
        result, error, _ = run(conn, pair)

    assert error is None
    assert result is not None
    assert not result.complete
    assert f"stopped after {pages * PER_PAGE} events: raise max_events" in result.gaps[-1]
    counted = in_rows(conn, COUNTED)
    assert counted - len(site.requests) in {0, 1}  # one may have been about to be sent


@pytest.mark.slow
def test_an_endless_list_ends_at_the_bound_of_time_and_is_incomplete(
    conn: Connection,
) -> None:
    moments = iter(range(10_000))

    def later() -> datetime:
        return NOW.replace(hour=12 + min(next(moments) // 60, 11))

    with serving(FaultySource(fresh)) as site:
        pair = stored_pair(
            conn,
            source=source("endless", kind="json_feed"),
            settings={**site.settings, "total": None, "max_minutes": 30},
        )
        world = environment()
        result = sync_pair(
            conn,
            pair,
            Attempt("run"),
            SyncEnvironment(later, world.find_credentials, world.open_fetcher),
        )

    assert not result.complete
    assert "stopped after 30 minutes: raise max_minutes" in result.gaps[-1]
