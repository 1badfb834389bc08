"""Every way in which a source was seen to fail, injected into a paged one: once, and for good.

A fault that passes costs nothing but a request; one that stays ends with its true class, and what
came before it is kept. The requests that the source saw are those that the run counts.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from include.discovery.errors import DiscoveryError
from include.discovery.failures import category_of
from include.discovery.fetch.client import HttpFetcher
from include.discovery.fetch.keys import Credentials
from include.discovery.fetch.protocol import RequestSettings
from include.discovery.model import Pair
from include.discovery.store.connection import Connection
from include.discovery.store.runs import Attempt
from include.discovery.sync.environment import SyncEnvironment
from include.discovery.sync.pair import SyncResult, sync_pair
from tests.support.builders import source, stored_pair
from tests.support.faults import (
    EVENTS,
    HEAD,
    PER_PAGE,
    Exchange,
    Fault,
    FaultySource,
    body,
    document,
    endless_body,
    gzip_bomb,
    redirect,
    serving,
    status,
    truncated,
)
from tests.support.loopback import LOOPBACK

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TRIES = 4
BEFORE = 2 * PER_PAGE
"""Events of the pages before the first fault."""

HTML = b"<!DOCTYPE html><html><head><title>Maintenance</title></head><body>Soon</body></html>"
CHALLENGE = (
    b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>"
    b"<script>window._cf_chl_opt={}</script></body></html>"
)
LOGIN = (
    b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><form>"
    b"<input name=u><input type=password name=p></form></body></html>"
)
HTTP_DATE = "Tue, 24 Nov 2026 12:00:40 GMT"
LATE_DATE = "Wed, 25 Nov 2026 12:00:00 GMT"


@dataclass(frozen=True)
class Row:
    """One fault: what it is called when it stays, and what it costs."""

    fault: Fault
    category: str
    says: str
    tries: int = TRIES
    """Attempts of the task: one for what another attempt cannot mend."""
    asked: int = 4
    """Requests for the page in each attempt; redirects count, too."""
    passes: bool = True
    """Whether a single one is asked past within the attempt."""
    timeout: float = 10
    """The setting ``timeout_seconds``: short where the source keeps silent."""
    wait: float | None = None
    """Seconds that the error says the source wants to be left alone."""


ROWS = {
    "500": Row(status(500), "server", "500"),
    "502": Row(status(502, HTML, content_type="text/html"), "server", "502"),
    "503, try in 40 s": Row(status(503, retry_after="40"), "server", "503", wait=40),
    "503, try at a time": Row(status(503, retry_after=HTTP_DATE), "server", "503", wait=40),
    "503, try in 90 s": Row(status(503, retry_after="90"), "server", "503", wait=90),
    "503, try in 150 s": Row(
        status(503, retry_after="150"), "server", "503", asked=1, passes=False, wait=150
    ),
    "429, try in 40 s": Row(status(429, retry_after="40"), "rate_limited", "429", wait=40),
    "429, try tomorrow": Row(
        status(429, retry_after="86400"), "rate_limited", "429", asked=1, passes=False, wait=86400
    ),
    "429, try on a day": Row(
        status(429, retry_after=LATE_DATE), "rate_limited", "429", asked=1, passes=False, wait=86400
    ),
    "429 without a wait": Row(status(429), "rate_limited", "429"),
    "limit told in 200": Row(
        body(b'{"error": "Rate limit exceeded"}'), "rate_limited", "Rate limit exceeded"
    ),
    "key told in 200": Row(
        body(b'{"error": "Invalid API key"}'),
        "authentication", "Invalid API key", tries=1, asked=1, passes=False,
    ),
    "reset": Row(lambda exchange: exchange.reset(), "network", " answer"),
    "closed without an answer": Row(lambda exchange: exchange.raw(b""), "network", "No answer"),
    "reset in the body": Row(truncated("reset"), "server", "broke off"),
    "cut, with a length": Row(truncated("length"), "server", "broke off"),
    "cut, in chunks": Row(truncated("chunked"), "server", "broke off"),
    "cut, packed": Row(truncated("gzip"), "server", "broke off"),
    "cut, without a length": Row(truncated("none"), "network", "in the middle of its JSON"),
    "cut after an item": Row(truncated("after an item"), "network", "in the middle of its JSON"),
    "HTML": Row(body(HTML), "parsing", "HTML"),
    "HTML without a length": Row(
        lambda exchange: exchange.raw(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body>So"
        ),
        "network", "in the middle of a page",
    ),
    "login": Row(body(LOGIN), "blocked", "login page titled 'sign in'", tries=1),
    "challenge": Row(body(CHALLENGE), "blocked", "challenge of Cloudflare", tries=1),
    "challenge, 403": Row(status(403, CHALLENGE), "blocked", "challenge of Cloudflare", tries=1),
    "challenge, 503": Row(status(503, CHALLENGE), "blocked", "challenge of Cloudflare", tries=1),
    "403": Row(status(403), "blocked", "403", tries=1, asked=1, passes=False),
    "empty 200": Row(body(b""), "parsing", "empty"),
    "blank 200": Row(body(b" \n"), "parsing", "empty"),
    "204": Row(status(204), "parsing", "empty"),
    "304": Row(status(304), "parsing", "304"),
    "206": Row(status(206, document(3)), "parsing", "206"),
    "{}": Row(body(b"{}"), "parsing", "no list of items"),
    "items: null": Row(body(b'{"total": 30, "items": null}'), "parsing", "no list of items"),
    "status: error": Row(body(b'{"status": "error"}'), "parsing", "error"),
    "null": Row(body(b"null"), "parsing", "no list of items"),
    "a number": Row(body(b"7"), "parsing", "no list of items"),
    "not JSON": Row(body(b"Service temporarily out of order"), "parsing", "not valid JSON"),
    "gzip bomb": Row(gzip_bomb, "parsing", "larger than 1 MB", tries=1, asked=1, passes=False),
    "endless body": Row(
        endless_body, "parsing", "larger than 1 MB", tries=1, asked=1, passes=False
    ),
    "3 GB announced": Row(
        lambda exchange: exchange.raw(HEAD + b"Content-Length: 3000000000\r\n\r\n{"),
        "parsing", "larger than 1 MB", tries=1, asked=1, passes=False,
    ),
    "slow loris": Row(
        lambda exchange: exchange.drip(HEAD + b"Content-Length: 9999\r\n\r\n", b"."),
        "network", "too slowly", asked=1, passes=False,
        timeout=0.5,
    ),
    "slow loris in the head": Row(
        lambda exchange: exchange.drip(b"HTTP/1.1 200 OK\r\n", b"x"),
        "network", "too slowly", asked=1, passes=False,
        timeout=0.5,
    ),
    "silence": Row(
        lambda exchange: exchange.drip(b"", b"", 60), "network", "setting timeout_seconds", asked=2,
        timeout=0.5,
    ),
    "silence in the body": Row(
        lambda exchange: exchange.drip(HEAD + b"Content-Length: 9999\r\n\r\n", b"", 60),
        "network", "setting timeout_seconds", asked=2,
        timeout=0.5,
    ),
    "redirect in a circle": Row(
        redirect("{url}/events?page={page}"),
        "redirect", "Redirected more than 5 times", tries=1, asked=6,
    ),
    "redirect to a file": Row(
        redirect("file:///etc/passwd"), "redirect", "begins with file:", tries=1, asked=1,
        passes=False,
    ),
    "redirect to another site": Row(
        redirect("http://events.example/?page={page}"),
        "redirect", "Redirected to events.example, another site than", tries=1, asked=1,
        passes=False,
    ),
    "redirect to this machine": Row(
        redirect("http://2130706433:1/"), "redirect", "another site", tries=1, asked=1,
        passes=False,
    ),
    "not HTTP": Row(
        lambda exchange: exchange.raw(b"SSH-2.0-OpenSSH_9\r\n"), "network", "No answer"
    ),
    "300 kB of headers": Row(
        lambda exchange: exchange.raw(HEAD + b"X-Long: " + b"x" * 300_000 + b"\r\n\r\n"),
        "network", "No answer",
    ),
}  # fmt: skip


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
    assert (category_of(error), tries) == (row.category, row.tries), str(error)
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
    assert in_rows(conn, COUNTED) == len(site.requests)


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
