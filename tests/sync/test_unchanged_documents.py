"""A document that has not changed is not read again, and nobody can tell that from the database."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from include.discovery.connectors import connector_for
from include.discovery.errors import DiscoveryError
from include.discovery.fetch.client import HttpFetcher
from include.discovery.model import Pair
from include.discovery.store.connection import Connection, rows
from include.discovery.store.runs import Attempt
from include.discovery.sync import document as reading
from include.discovery.sync.environment import SyncEnvironment
from include.discovery.sync.pair import SyncResult, sync_pair
from tests.support.builders import KRAKOW, PARIS, source, stored_pair

FIRST = datetime(2026, 3, 1, 0, 5, tzinfo=UTC)
HORIZON = 30
FIELDS = {"external_id": "id", "title": "name", "starts_at": "at"}


def calendar(*events: str, head: str = "") -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", *filter(None, [head]), *events, "END:VCALENDAR", ""]
    return "\r\n".join(lines).encode()


def show(uid: str, day: date, *, title: str = "Show", rule: str = "") -> str:
    lines = [
        "BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{title}", f"DTSTART:{day:%Y%m%d}T190000",
        *filter(None, [rule]), "END:VEVENT",
    ]  # fmt: skip
    return "\r\n".join(lines)


def day(number: int) -> date:
    return FIRST.date() + timedelta(days=number)


class Feed:
    """A site with one document; knows its validators, and notes what was asked."""

    def __init__(self, body: bytes, *, validates: bool = True, **headers: str) -> None:
        self.body = body
        self.validates = validates
        self.headers = headers
        self.asked: list[dict[str, str]] = []
        self.statuses: list[int] = []
        self.fails = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(dict(request.headers))
        response = self.respond(request)
        self.statuses.append(response.status_code)
        return response

    def respond(self, request: httpx.Request) -> httpx.Response:
        if self.fails:
            return httpx.Response(500)
        etag = f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'
        given = {"etag": etag, **self.headers} if self.validates else self.headers
        if self.validates and request.headers.get("if-none-match") == etag:
            return httpx.Response(304, headers=given)
        return httpx.Response(200, headers=given, content=self.body)

    @property
    def was_conditional(self) -> list[bool]:
        return ["if-none-match" in headers for headers in self.asked]


def outside(feed: Callable[[httpx.Request], httpx.Response], now: datetime) -> SyncEnvironment:
    return SyncEnvironment(
        lambda: now,
        lambda _: None,
        lambda settings, _: HttpFetcher(
            settings,
            "tests",
            rng=random.Random(0),
            sleep=lambda _seconds: asyncio.sleep(0),
            now=lambda: now,
            transport=httpx.MockTransport(feed),
        ),
    )


def ical_pair(conn: Connection, slug: str = "feed", city: Any = KRAKOW, **settings: Any) -> Pair:
    given = {"url": "https://a.example/x.ics", "horizon_days": HORIZON, "request_retries": 0}
    return stored_pair(
        conn, city, source(slug, kind="icalendar"), settings={**given, **settings}
    )  # fmt: skip


def night(conn: Connection, pair: Pair, feed: Feed, number: float, **options: Any) -> SyncResult:
    now = FIRST + timedelta(days=number)
    return sync_pair(conn, pair, Attempt(f"night {number}"), outside(feed, now), **options)


def listings(conn: Connection, pair: Pair) -> list[dict[str, Any]]:
    """Return what a sync leaves of listings, without the times at which it did."""
    return rows(
        conn,
        "SELECT external_id, title, local_date, starts_at, missing_since, withdrawn_at IS NOT NULL"
        " AS is_withdrawn FROM discovery.listings WHERE city_source_id = %s ORDER BY external_id",
        [pair.id],
    )


def last_run(conn: Connection) -> dict[str, Any]:
    return rows(conn, "SELECT * FROM discovery.sync_runs ORDER BY id DESC LIMIT 1")[0]


def row_versions(conn: Connection) -> Any:
    versions = "SELECT array_agg(xmin::text ORDER BY id) FROM discovery.listings"
    return conn.execute(versions).fetchone()


STEADY = calendar(*(show(f"e{n}", day(n + 8)) for n in range(10)))


def test_a_document_that_has_not_changed_is_a_complete_run_without_row_writes(
    conn: Connection,
) -> None:
    pair, feed = ical_pair(conn), Feed(STEADY)
    first = night(conn, pair, feed, 0)
    before = row_versions(conn)
    second = night(conn, pair, feed, 1)
    assert feed.statuses == [200, 304]
    assert (second.complete, second.gaps) == (True, ())
    assert (second.stats.fetched, second.stats.unchanged, second.stats.requests) == (10, 10, 1)
    assert first.stats.inserted == 10
    assert row_versions(conn) == before
    run = last_run(conn)
    assert (run["complete"], run["pages"], run["unchanged"]) == (True, 0, 10)
    assert run["unchanged_since"] is not None


def test_the_same_bytes_without_validators_are_not_loaded_again_either(conn: Connection) -> None:
    pair, feed = ical_pair(conn), Feed(STEADY, validates=False)
    night(conn, pair, feed, 0)
    before = row_versions(conn)
    assert night(conn, pair, feed, 1).stats.unchanged == 10
    assert feed.statuses == [200, 200]
    assert row_versions(conn) == before


def test_a_document_that_has_changed_is_read(conn: Connection) -> None:
    pair, feed = ical_pair(conn), Feed(STEADY)
    night(conn, pair, feed, 0)
    feed.body = STEADY.replace(b"SUMMARY:Show", b"SUMMARY:Other", 1)
    assert night(conn, pair, feed, 1).stats.updated == 1
    assert night(conn, pair, feed, 2).stats.unchanged == 10
    assert feed.statuses == [200, 200, 304]


def test_an_event_that_a_document_lost_is_withdrawn_though_it_stays_the_same_then(
    conn: Connection,
) -> None:
    pair, feed = ical_pair(conn), Feed(STEADY)
    night(conn, pair, feed, 0)
    feed.body = calendar(*(show(f"e{n}", day(n + 8)) for n in range(9)))
    assert night(conn, pair, feed, 1).stats.withdrawn == 0
    result = night(conn, pair, feed, 2.1)
    assert feed.statuses[-1] == 304
    assert result.stats.withdrawn == 1
    assert [row["external_id"] for row in listings(conn, pair) if row["is_withdrawn"]] == ["e9"]


def test_a_document_is_read_again_when_days_come_that_it_has_events_for(conn: Connection) -> None:
    far = show("far", day(HORIZON + 3))
    pair, feed = ical_pair(conn), Feed(calendar(show("near", day(20)), far))
    for number in range(5):
        night(conn, pair, feed, number)
    assert feed.statuses == [200, 304, 304, 200, 304]
    assert {row["external_id"] for row in listings(conn, pair)} == {"near", "far"}


def test_a_recurring_event_is_read_again_when_its_next_occurrence_comes_into_view(
    conn: Connection,
) -> None:
    weekly = show("series", day(2), rule="RRULE:FREQ=WEEKLY")
    pair, feed = ical_pair(conn), Feed(calendar(weekly))
    for number in range(9):
        night(conn, pair, feed, number)
    # After two nights a fifth of the listings is over; on the seventh another one comes.
    assert feed.statuses == [200, 304, 304, 200, 304, 304, 304, 200, 304]
    assert len(listings(conn, pair)) == 6


def test_settings_that_were_changed_are_applied_to_the_same_document(conn: Connection) -> None:
    pair, feed = ical_pair(conn), Feed(STEADY)
    night(conn, pair, feed, 0)
    changed = pair.model_copy(update={"settings": {**pair.settings, "venue_name": "Sala 1"}})
    conn.execute("UPDATE discovery.city_source SET version = version + 1")
    assert night(conn, changed, feed, 1).stats.updated == 10
    assert feed.was_conditional == [False, False]


def test_an_unchanged_document_is_read_again_after_the_code_has_changed(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair, feed = ical_pair(conn), Feed(STEADY)
    night(conn, pair, feed, 0)
    monkeypatch.setattr(reading, "version_of_code", lambda: "newer")
    night(conn, pair, feed, 1)
    night(conn, pair, feed, 2)
    assert feed.was_conditional == [False, False, True]


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM discovery.listings WHERE external_id = 'e3'",
        "UPDATE discovery.listings SET withdrawn_at = now() WHERE external_id = 'e3'",
        "UPDATE discovery.documents SET good_to = good_to - 30",
        "UPDATE discovery.sync_runs SET sync_started_at = sync_started_at - interval '8 days'",
        "UPDATE discovery.sync_runs SET window_end = window_end + 9, window_start = window_end",
    ],
)
def test_a_document_is_read_again_when_what_it_stands_for_is_in_doubt(
    conn: Connection, change: str
) -> None:
    pair, feed = ical_pair(conn), Feed(STEADY)
    night(conn, pair, feed, 0)
    conn.execute(change.encode())
    night(conn, pair, feed, 1)
    assert feed.was_conditional == [False, False]
    assert sum(not row["is_withdrawn"] for row in listings(conn, pair)) == 10


def test_listings_that_another_pair_of_the_source_has_taken_over_are_read_again(
    conn: Connection,
) -> None:
    feed = Feed(STEADY)
    krakow, paris = ical_pair(conn), ical_pair(conn, city=PARIS)
    for number in range(3):
        night(conn, krakow, feed, number)
        night(conn, paris, feed, number)
    assert feed.statuses == [200] * 6


def test_what_an_incomplete_run_has_loaded_is_not_taken_for_the_document_before(
    conn: Connection,
) -> None:
    pair, feed = ical_pair(conn), Feed(STEADY)
    night(conn, pair, feed, 0)
    feed.body = STEADY.replace(b"SUMMARY:Show", b"SUMMARY:Half").replace(b"END:VCALENDAR", b"")
    assert not night(conn, pair, feed, 1).complete
    feed.body = STEADY
    assert night(conn, pair, feed, 2).stats.updated == 10
    assert feed.was_conditional == [False, True, False]


def test_a_failure_forgets_nothing(conn: Connection) -> None:
    pair, feed = ical_pair(conn), Feed(STEADY)
    night(conn, pair, feed, 0)
    feed.fails = True
    with pytest.raises(DiscoveryError):
        night(conn, pair, feed, 1)
    feed.fails = False
    night(conn, pair, feed, 2)
    assert feed.was_conditional == [False, True, True]


@pytest.mark.parametrize(
    "options", [{"everything": True}, {"limit": 50}, {"dry_run": True}, {"withdraw_missing": True}]
)
def test_who_asks_for_the_whole_source_gets_it(conn: Connection, options: dict[str, Any]) -> None:
    pair, feed = ical_pair(conn), Feed(STEADY)
    night(conn, pair, feed, 0)
    assert night(conn, pair, feed, 1, **options).stats.pages == 1
    assert feed.was_conditional == [False, False]


def test_a_trial_keeps_no_document(conn: Connection) -> None:
    pair, feed = ical_pair(conn), Feed(STEADY)
    night(conn, pair, feed, 0, dry_run=True)
    night(conn, pair, feed, 1, limit=50)
    night(conn, pair, feed, 2)
    assert feed.was_conditional == [False, False, False]


def test_rejected_items_are_told_of_a_run_that_did_not_read_them_again(conn: Connection) -> None:
    broken = "\r\n".join(["BEGIN:VEVENT", "UID:bad", "SUMMARY:No date", "END:VEVENT"])
    pair, feed = ical_pair(conn), Feed(calendar(show("e1", day(9)), broken))
    first = night(conn, pair, feed, 0)
    second = night(conn, pair, feed, 1)
    assert feed.statuses == [200, 304]
    assert second.stats.rejected == first.stats.rejected != {}
    runs = rows(conn, "SELECT rejected, reject_samples, measures FROM discovery.sync_runs")
    assert runs[0] == runs[1]


@pytest.mark.parametrize(
    ("headers", "head", "hours"),
    [
        ({"cache-control": "max-age=14400"}, "", 4),
        ({"expires": "Sun, 01 Mar 2026 03:05:00 GMT"}, "", 3),
        ({}, "REFRESH-INTERVAL;VALUE=DURATION:PT5H", 5),
        ({"cache-control": "max-age=3600"}, "X-PUBLISHED-TTL:PT2H", 2),
        ({"cache-control": "max-age=31536000"}, "", 22),
    ],
)
def test_a_source_is_not_asked_before_the_time_that_it_names(
    conn: Connection, headers: dict[str, str], head: str, hours: int
) -> None:
    feed = Feed(calendar(show("e1", day(9)), head=head), **headers)
    pair = ical_pair(conn)
    night(conn, pair, feed, 0)
    early = night(conn, pair, feed, (hours - 0.1) / 24)
    assert (early.complete, early.stats.unchanged, early.stats.requests) == (True, 1, 0)
    assert feed.statuses == [200]
    night(conn, pair, feed, (hours + 0.1) / 24)
    assert feed.statuses == [200, 304]


def test_an_api_of_one_document_is_not_read_again_when_it_has_not_changed(conn: Connection) -> None:
    items = [{"id": n, "name": f"Show {n}", "at": f"{day(9)}T19:00"} for n in range(3)]
    settings = {"url": "https://a.example/", "fields": FIELDS}
    pair = stored_pair(conn, source=source("json", kind="json_feed"), settings=settings)
    feed = Feed(httpx.Response(200, json=items).content)
    night(conn, pair, feed, 0)
    assert night(conn, pair, feed, 1).stats.unchanged == 3
    assert feed.statuses == [200, 304]


@pytest.mark.parametrize(
    "more",
    [
        {"query": {"from": "{from}"}},
        {"paging": {"by": "page", "parameter": "p"}},
        {"fields": {**FIELDS, "starts_at": {"path": "at", "as": "words"}}},
    ],
)
def test_an_api_of_several_pages_or_whose_answer_depends_on_the_day_is_no_document(
    more: dict[str, Any],
) -> None:
    api = connector_for("json_feed")
    settings = {"url": "https://a.example/", "fields": FIELDS}
    assert api.has_one_document(api.validated(settings))
    assert not api.has_one_document(api.validated({**settings, **more}))


def test_a_feed_whose_links_are_followed_or_whose_dates_are_words_is_no_document() -> None:
    rss = connector_for("rss")
    settings = {"url": "https://a.example/"}
    assert rss.has_one_document(rss.validated(settings))
    for more in ("follow_links", "dates_in_text"):
        assert not rss.has_one_document(rss.validated({**settings, more: True}))


def some_calendar(chance: random.Random) -> bytes:
    """Make up a calendar: single shows, near and beyond the horizon, long ones, and series."""
    events = []
    for number in range(chance.randrange(1, 12)):
        when = day(chance.randrange(-5, HORIZON + 25))
        rule = chance.choice(["", "", "", "RRULE:FREQ=WEEKLY", "RRULE:FREQ=DAILY;INTERVAL=11"])
        if chance.random() < 0.2:
            rule = f"DTEND:{when + timedelta(days=chance.randrange(1, 9)):%Y%m%d}T200000"
        events.append(show(f"e{number}", when, title=chance.choice("ABC"), rule=rule))
    return calendar(*events)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_nights_with_and_without_conditional_requests_leave_the_same_listings(
    conn: Connection, seed: int
) -> None:
    """The one source answers 304, the other is read whole every night."""
    chance = random.Random(seed)
    lazy, whole = ical_pair(conn, "lazy"), ical_pair(conn, "whole")
    feed, full = Feed(b""), Feed(b"", validates=False)
    body, skipped = some_calendar(chance), 0
    for number in range(20):
        if chance.random() < 0.2:
            body = some_calendar(chance)
        feed.body = full.body = body
        feed.fails = full.fails = chance.random() < 0.1
        for pair, site, options in ((lazy, feed, {}), (whole, full, {"everything": True})):
            try:
                night(conn, pair, site, number, **options)
            except DiscoveryError:
                assert site.fails
        skipped += feed.statuses[-1] == 304
        assert listings(conn, lazy) == listings(conn, whole), f"night {number}"
        runs = rows(
            conn,
            "SELECT withdrawn, rejected, warnings, complete, fetched FROM discovery.sync_runs"
            " ORDER BY id DESC LIMIT 2",
        )
        whole_count, count = [run.pop("fetched") for run in runs]
        assert runs[0] == runs[1], f"night {number}"
        # What is over by now was still counted when the document was read.
        assert whole_count <= count <= whole_count / 0.9, f"night {number}"
    assert skipped > 2
