"""The connector for The Events Calendar: settings, parser, and the way through the pages."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from include.demo.server import DemoServer
from include.discovery.connectors import connector_for
from include.discovery.connectors.base import Page, ParseContext, SyncContext
from include.discovery.connectors.events_calendar import connector
from include.discovery.connectors.events_calendar.connector import (
    EventsCalendar,
    EventsCalendarSettings,
)
from include.discovery.errors import (
    Blocked,
    DiscoveryError,
    InvalidSettings,
    NotFound,
    PageLoop,
    ServerError,
    UnreadableResponse,
)
from include.discovery.fetch.client import HttpFetcher
from include.discovery.model import City, Window
from tests.support.loopback import LOOPBACK

SITE = "https://dom.example"
WARSAW = ZoneInfo("Europe/Warsaw")
MAY = Window(date(2026, 5, 1), date(2026, 5, 31))
JUNE = Window(date(2026, 6, 1), date(2026, 6, 30))
PAST_THE_END = {"code": "event-archive-page-not-found", "message": "No.", "data": {"status": 404}}


def event(number: int, day: int = 8, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "title": f"Koncert {number}",
        "start_date": f"2026-05-{day:02} 19:00:00",
        "end_date": f"2026-05-{day:02} 21:00:00",
        "timezone": "Europe/Warsaw",
        **more,
    }


Answer = Callable[[int, httpx.Response], httpx.Response]


class Site:
    """A WordPress site: answers pages out of ``events``, which a test may change in between."""

    def __init__(self, numbers: Iterable[int], clamp: int = 50) -> None:
        self.events = [event(number) for number in numbers]
        self.clamp = clamp
        self.hidden: frozenset[str] = frozenset()
        self.asked: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.before: Callable[[int], object] = lambda _page: None
        self.answer_with: Answer = lambda _page, good: good

    def __call__(self, request: httpx.Request) -> httpx.Response:
        params = dict(request.url.params)
        self.asked.append(params)
        self.paths.append(request.url.path)
        page = int(params["page"])
        self.before(page)
        return self.answer_with(page, self.good(page, min(int(params["per_page"]), self.clamp)))

    def good(self, page: int, size: int) -> httpx.Response:
        total, pages = len(self.events), -(-len(self.events) // size)
        if page > max(pages, 1):
            return httpx.Response(404, json=PAST_THE_END)
        document = {
            "events": self.events[(page - 1) * size : page * size],
            "rest_url": SITE,
            "total": total,
            "total_pages": pages,
        }
        if page < pages:
            document["next_rest_url"] = f"{SITE}?page={page + 1}"
        headers = {"X-TEC-Total": str(total), "X-TEC-TotalPages": str(pages)}
        shown = {name: value for name, value in document.items() if name not in self.hidden}
        return httpx.Response(200, json=shown, headers=headers)


def settings(**more: Any) -> EventsCalendarSettings:
    return EventsCalendarSettings.model_validate({"site_url": SITE, "request_retries": 0, **more})


def collect(
    site: Callable[[httpx.Request], httpx.Response] | None,
    *,
    cursor: str | None = None,
    window: Window = MAY,
    most: int = 1_000,
    city: City | None = None,
    **more: Any,
) -> list[Page]:
    """Collect at most so many pages of a site (None: over the network)."""

    async def run() -> list[Page]:
        given_settings = settings(**more)
        context = SyncContext(given_settings, WARSAW, window=window, cursor=cursor, city=city)
        fetcher = HttpFetcher(
            given_settings,
            "",
            rng=random.Random(1),
            sleep=asyncio.sleep,
            now=lambda: datetime.now(UTC),
            addresses=LOOPBACK,
            transport=httpx.MockTransport(site) if site else None,
        )
        found: list[Page] = []
        async with fetcher:
            async for page in EventsCalendar().pages(context, fetcher):
                found.append(page)
                if len(found) == most:
                    break
        return found

    return asyncio.run(run())


def ids(pages: list[Page]) -> list[str]:
    return [record.external_id for page in pages for record in page.records]


def numbers(*spans: range) -> list[str]:
    return [str(number) for span in spans for number in span]


# Registry and settings


def test_the_registry_finds_events_calendar() -> None:
    assert isinstance(connector_for("events_calendar"), EventsCalendar)


@pytest.mark.parametrize(
    "heading",
    ["Provides", "Endpoint", "Auth", "Rate limit", "External id", "Time zone", "Known quirks"],
)
def test_the_data_sheet_of_events_calendar_has_its_headings(heading: str) -> None:
    assert f"\n{heading}: " in (connector.__doc__ or "")


def test_every_setting_of_events_calendar_is_explained() -> None:
    fields = EventsCalendarSettings.model_fields.values()
    assert all(field.description for field in fields)


@pytest.mark.parametrize(
    "given",
    [SITE, f"{SITE}/", f"{SITE}/wp-json/tribe/events/v1/events?page=2", f"{SITE}/?x=1#y"],
)
def test_the_site_is_found_in_any_address_of_it(given: str) -> None:
    assert settings(site_url=given).site_url == SITE


@pytest.mark.parametrize(
    "bad", [{"site_url": "dom.example"}, {"per_page": 0}, {"per_page": 51}, {"categories": ["a,b"]}]
)
def test_invalid_settings_of_events_calendar_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(**bad)


# Parsing


def parse(document: object, window: Window | None = None) -> Any:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return EventsCalendar().parse(body, ParseContext(settings(), WARSAW, window))


def test_a_listing_is_parsed() -> None:
    parsed = parse({"events": [event(1), event(2)], "rest_url": SITE})
    assert [record.external_id for record in parsed.records] == ["1", "2"]


def test_a_bad_event_costs_only_itself_and_is_located() -> None:
    bad = event(2, start_date="w piątek")
    parsed = parse({"events": [event(1), bad, event(3)], "rest_url": SITE})
    assert [record.external_id for record in parsed.records] == ["1", "3"]
    (reject,) = parsed.rejects
    assert (reject.reason, reject.item) == ("unreadable date", "event 2 (2)")


def test_a_reject_without_an_id_is_located_by_its_title() -> None:
    parsed = parse({"events": [event(1), {**event(2), "id": None}], "rest_url": SITE})
    assert parsed.rejects[0].item == "event 2 (Koncert 2)"


def test_only_events_within_the_window_are_read() -> None:
    before = event(1, start_date="2026-04-01 10:00:00", end_date="2026-04-30 12:00:00")
    into = event(2, start_date="2026-04-01 10:00:00", end_date="2026-05-01 12:00:00")
    after = event(3, start_date="2026-06-01 10:00:00", end_date="")
    parsed = parse([before, into, event(4), after], MAY)
    assert [record.external_id for record in parsed.records] == ["2", "4"]
    assert parsed.rejects == []


def test_an_event_of_whole_days_before_the_window_is_outside() -> None:
    given = event(1, start_date="2026-04-28 00:00:00", end_date="2026-04-30 23:59:59", all_day=True)
    assert parse([given], MAY).records == []


def test_every_dated_event_is_read_without_a_window() -> None:
    assert len(parse([event(1, start_date="1999-04-01 10:00:00"), event(2)]).records) == 2


def test_notices_before_the_json_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("WARNING"):
        parsed = parse(b"<b>Notice</b>: x in y.php\n" + json.dumps([event(1)]).encode())
    assert len(parsed.records) == 1
    assert "y.php" in caplog.text


def test_a_page_of_html_is_refused() -> None:
    with pytest.raises(UnreadableResponse, match="titled 'Sorry'"):
        parse(b"<!doctype html><title>Sorry</title>")


# Paging


def test_pages_come_in_order_and_end_with_the_last() -> None:
    site = Site(range(1, 121))
    pages = collect(site)
    assert ids(pages) == numbers(range(1, 121))
    assert [len(page.records) for page in pages] == [50, 50, 20]
    assert [page.expected for page in pages] == [120, 120, 120]
    assert [page.incomplete_reason for page in pages] == [None, None, None]
    assert [asked["page"] for asked in site.asked] == ["1", "2", "3"]


def test_the_request_asks_for_the_window() -> None:
    site = Site([1])
    collect(site)
    assert site.asked[0] == {
        "page": "1", "per_page": "50", "start_date": "2026-05-01", "end_date": "2026-05-31",
    }  # fmt: skip
    assert site.paths == ["/wp-json/tribe/events/v1/events"]


def test_filters_of_the_settings_are_passed_on() -> None:
    site = Site([1])
    collect(site, categories=["teatr", "5"], search="jazz & soul", per_page=7)
    assert site.asked[0]["categories"] == "teatr,5"
    assert site.asked[0]["search"] == "jazz & soul"
    assert site.asked[0]["per_page"] == "7"


def test_a_site_with_plain_permalinks_is_asked_by_its_route() -> None:
    site = Site([1])
    collect(site, plain_permalinks=True, site_url=f"{SITE}/blog/")
    assert site.paths == ["/blog/"]
    assert site.asked[0]["rest_route"] == "/tribe/events/v1/events"


def test_a_site_without_events_is_one_empty_page() -> None:
    (page,) = collect(Site([]))
    assert (page.records, page.expected, page.incomplete_reason) == ([], 0, None)


def test_a_site_that_answers_no_events_with_404_is_one_empty_page() -> None:
    (page,) = collect(answering(404, json=PAST_THE_END))
    assert (page.records, page.expected, page.incomplete_reason) == ([], 0, None)


def test_a_clamped_page_size_is_followed() -> None:
    pages = collect(Site(range(1, 26), clamp=10))
    assert [len(page.records) for page in pages] == [10, 10, 5]


def test_totals_may_stand_in_headers_only() -> None:
    site = Site(range(1, 61))
    site.hidden = frozenset({"total", "total_pages"})
    pages = collect(site)
    assert ids(pages) == numbers(range(1, 61))
    assert pages[0].expected == 60


def test_pages_without_totals_end_where_no_next_address_is_named() -> None:
    site = Site(range(1, 61))
    site.hidden = frozenset({"total", "total_pages"})

    def no_headers(page: int, good: httpx.Response) -> httpx.Response:
        return httpx.Response(good.status_code, content=good.content)

    site.answer_with = no_headers
    pages = collect(site)
    assert ids(pages) == numbers(range(1, 61))
    assert [page.expected for page in pages] == [None, None]
    assert len(site.asked) == 2


def test_a_404_past_the_end_ends_the_pages_and_is_no_failure() -> None:
    site = Site(range(1, 61))

    def overstate(page: int, good: httpx.Response) -> httpx.Response:
        if good.status_code == 404:
            return good
        return httpx.Response(200, json={**good.json(), "total_pages": 3})

    site.answer_with = overstate
    pages = collect(site)
    assert ids(pages) == numbers(range(1, 61))
    assert (pages[-1].records, pages[-1].expected, pages[-1].incomplete_reason) == ([], 60, None)


def test_fewer_events_than_the_total_make_the_run_incomplete() -> None:
    site = Site(range(1, 61))

    def drop_one(page: int, good: httpx.Response) -> httpx.Response:
        document = good.json()
        return httpx.Response(200, json={**document, "events": document["events"][1:]})

    site.answer_with = drop_one
    pages = collect(site)
    assert [page.incomplete_reason for page in pages] == [
        None,
        "the site has 60 events and returned 58",
    ]


def test_rejected_events_count_towards_the_total() -> None:
    site = Site(range(1, 4))
    site.events[1] = {"id": None}
    (page,) = collect(site)
    assert (len(page.records), len(page.rejects), page.incomplete_reason) == (2, 1, None)
    assert page.rejects[0].item == "page 1, event 2"


def test_an_event_that_vanishes_while_paging_lowers_the_total_and_hides_another() -> None:
    site = Site(range(100, 200))

    def remove(page: int) -> None:
        if page == 2:
            del site.events[0]

    site.before = remove
    pages = collect(site)
    assert [page.expected for page in pages] == [100, 100]
    assert ids(pages) == numbers(range(100, 150), range(151, 200))
    # 99 of 99 came, and yet one did not: what was after the removed one has moved up.
    assert pages[-1].incomplete_reason == (
        "the site has 100 events and returned 99; its total has since fallen to 99"
    )


def test_an_event_that_appears_while_paging_shifts_one_onto_the_next_page() -> None:
    site = Site(range(100, 200))

    def insert(page: int) -> None:
        if page == 2:
            site.events.insert(0, event(1))

    site.before = insert
    pages = collect(site)
    assert [page.expected for page in pages] == [100, 101, 101]
    assert pages[-1].incomplete_reason == "the site has 101 events and returned 100"


def test_a_site_that_ignores_the_page_is_a_loop() -> None:
    site = Site(range(1, 101))
    site.answer_with = lambda _page, _good: site.good(1, 50)
    with pytest.raises(PageLoop, match="page 2"):
        collect(site)


# Resuming


@pytest.mark.parametrize("loaded", [1, 2, 3])
def test_a_later_attempt_goes_on_after_the_last_loaded_page(loaded: int) -> None:
    site = Site(range(1, 151))
    first = collect(site, most=loaded)
    rest = collect(site, cursor=first[-1].cursor)
    assert ids(first) + ids(rest) == numbers(range(1, 151))
    assert (rest[-1].expected, rest[-1].incomplete_reason) == (150, None)


def test_a_later_attempt_asks_as_the_first_did() -> None:
    site = Site(range(1, 61))
    (first,) = collect(site, most=1, per_page=20)
    collect(site, cursor=first.cursor, per_page=50, window=JUNE)
    first_asked, second_asked = site.asked[:2]
    assert second_asked == {**first_asked, "page": "2"}


def test_a_later_attempt_asks_nothing_when_all_pages_are_loaded() -> None:
    site = Site(range(1, 61))
    pages = collect(site)
    asked = len(site.asked)
    (page,) = collect(site, cursor=pages[-1].cursor)
    assert len(site.asked) == asked
    assert (page.records, page.expected, page.incomplete_reason) == ((), 60, None)


def test_the_incomplete_reason_of_an_earlier_attempt_is_kept() -> None:
    site = Site(range(1, 61))
    good = site.answer_with
    site.answer_with = lambda _page, answer: httpx.Response(
        200, json={**answer.json(), "events": answer.json()["events"][1:]}
    )
    (first,) = collect(site, most=1)
    site.answer_with = good
    assert (
        collect(site, cursor=first.cursor)[-1].incomplete_reason
        == "the site has 60 events and returned 59"
    )


def test_a_later_attempt_starts_over_when_the_site_changes_its_page_size() -> None:
    site = Site(range(1, 61), clamp=20)
    (first,) = collect(site, most=1)
    site.clamp = 30
    assert ids(collect(site, cursor=first.cursor)) == numbers(range(1, 61))


@pytest.mark.parametrize("cursor", ["", "3", "{}", '{"page": 2}', "\x00"])
def test_a_cursor_of_another_version_starts_over(cursor: str) -> None:
    assert ids(collect(Site(range(1, 4)), cursor=cursor)) == numbers(range(1, 4))


# Failures


def answering(status: int, **more: Any) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _request: httpx.Response(status, **more)


def failure(site: Callable[[httpx.Request], httpx.Response]) -> DiscoveryError:
    with pytest.raises(DiscoveryError) as caught:
        collect(site)
    return caught.value


def test_a_site_without_the_plugin_fails_with_advice() -> None:
    error = failure(answering(404, json={"code": "rest_no_route", "message": "No route"}))
    assert type(error) is InvalidSettings
    assert "iCalendar" in str(error)


def test_a_missing_address_suggests_plain_permalinks() -> None:
    error = failure(answering(404, text="<!doctype html><title>Not here</title>"))
    assert type(error) is NotFound
    assert "plain_permalinks" in str(error)


@pytest.mark.parametrize("status", [401, 403])
def test_an_api_closed_to_visitors_is_blocked(status: int) -> None:
    code = {"code": "rest_forbidden", "message": "Authentication required"}
    assert type(failure(answering(status, json=code))) is Blocked


def test_a_firewall_is_blocked() -> None:
    assert type(failure(answering(403, text="<html><title>Wordfence</title></html>"))) is Blocked


def test_an_error_of_the_server_may_pass() -> None:
    assert type(failure(answering(503, text="busy"))) is ServerError


def test_html_in_place_of_json_is_named_in_the_failure() -> None:
    error = failure(answering(200, text="<!doctype html><title>Just a moment</title>"))
    assert type(error) is UnreadableResponse
    assert "Just a moment" in str(error)


@given(st.lists(st.integers(1, 40), max_size=12), st.integers(1, 6))
def test_reading_any_site_ends_with_only_the_requested_events(held: list[int], size: int) -> None:
    site = Site(held, clamp=size)
    try:
        pages = collect(site)
    except PageLoop:
        assert len(set(held)) < len(held)
        return
    assert ids(pages) == [str(number) for number in held]
    assert len(site.asked) <= len(held) + 1


# The demo, over the network


@pytest.mark.slow
@pytest.mark.parametrize("city", ["krakow", "helsinki", "paris"])
def test_the_demo_site_is_read_to_its_end(city: str) -> None:
    today = date(2026, 2, 20)
    with DemoServer(port=0, today=today) as server:
        pages = collect(
            None,
            window=Window(today, date(2026, 6, 20)),
            site_url=f"{server.url}/theatres/{city}/",
        )
    assert len(pages) > 2
    assert pages[-1].incomplete_reason is None
    assert len(set(ids(pages))) == pages[-1].expected
    assert not any(page.rejects for page in pages)
