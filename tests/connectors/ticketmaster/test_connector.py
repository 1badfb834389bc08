"""The ticketmaster connector against the fake Discovery API, through the real HTTP client."""

import asyncio
import dataclasses
import json
import random
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.demo.catalogue import TICKETS_PATH
from include.demo.geo import distance_km, geohash_position
from include.demo.reply import Reply
from include.demo.server import DemoServer
from include.demo.tickets_api import FakeDiscovery
from include.discovery.connectors import connector_for, kinds
from include.discovery.connectors.base import Page, ParseContext, SyncContext
from include.discovery.connectors.ticketmaster.connector import Ticketmaster, TicketmasterSettings
from include.discovery.errors import (
    AuthenticationFailed,
    InvalidSettings,
    MissingConnection,
    NetworkError,
    QuotaExhausted,
    RateLimited,
    ServerError,
    UnreadableResponse,
    UnsupportedResponse,
)
from include.discovery.failures import one_line
from include.discovery.fetch.client import HttpFetcher
from include.discovery.fetch.keys import Credentials
from include.discovery.model import City, EventStatus, Window
from include.discovery.parsed import Parsed
from include.discovery.places.geohash import geohash
from include.discovery.response import Response
from tests.support.loopback import LOOPBACK

KEY = "kEy123SecretKey456"
NOW = datetime(2026, 3, 1, 0, 0, tzinfo=UTC)
FIRST = date(2026, 3, 1)
WARSAW = ZoneInfo("Europe/Warsaw")
KRAKOW = City(
    slug="krakow",
    name="Kraków",
    country="PL",
    timezone="Europe/Warsaw",
    latitude=50.0614,
    longitude=19.9366,
    radius_km=24.2,
)
YEAR = Window(FIRST, FIRST + timedelta(days=364))


def listed(
    number: int,
    day: date = FIRST,
    clock: time | None = time(19),
    zone: ZoneInfo = WARSAW,
    **start: Any,
) -> dict[str, Any]:
    """Return an event as the API lists it; ``clock`` None means that the hour is not known."""
    dates = {"start": {"localDate": f"{day}", "noSpecificTime": clock is None, **start}}
    if clock is not None:
        instant = datetime.combine(day, clock, zone).astimezone(UTC)
        dates["start"] |= {"localTime": f"{clock}", "dateTime": f"{instant:%Y-%m-%dT%H:%M:%SZ}"}
    return {
        "id": f"E{number:05d}",
        "name": f"Event {number}",
        "dates": dates,
        "_embedded": {
            "venues": [
                {
                    "name": "Hall",
                    "timezone": zone.key,
                    "location": {"latitude": "50.06", "longitude": "19.95"},
                }
            ]
        },
    }


def undated(number: int, flag: str = "dateTBA") -> dict[str, Any]:
    event = listed(number, clock=None, **{flag: True})
    del event["dates"]["start"]["localDate"]
    return event


def on_days(*counts: int, first: date = FIRST) -> list[dict[str, Any]]:
    """Return so many events on each of some days, in an order that is not that of their ids."""
    days = [first + timedelta(days=n) for n, count in enumerate(counts) for _ in range(count)]
    numbers = random.Random(7).sample(range(len(days)), len(days))
    return [listed(number, day) for number, day in zip(numbers, days, strict=True)]


class Sync:
    """Drives the connector as a sync would, and keeps what it saw."""

    def __init__(
        self, api: Any, *, window: Any = YEAR, city: Any = KRAKOW, key: Any = KEY, **options: Any
    ) -> None:
        self.api = api
        self.slept = []
        self.context = SyncContext(
            settings=TicketmasterSettings(**options),
            timezone=WARSAW,
            window=window,
            city=city,
            credentials=Credentials(key) if key else None,
        )

    def respond(self, request: httpx.Request) -> httpx.Response:
        reply = self.api.answer(dict(parse_qsl(request.url.query.decode())))
        return httpx.Response(reply.status, headers=dict(reply.headers), content=reply.body)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def pages(self, cursor: str | None = None, **changes: Any) -> tuple[Any, ...]:
        """Return (pages, error): all pages, or those before an error."""
        return asyncio.run(self._pages(dataclasses.replace(self.context, cursor=cursor, **changes)))

    async def _pages(self, context: SyncContext) -> Any:
        pages = []
        async with HttpFetcher(
            context.settings,
            "",
            rng=random.Random(1),
            sleep=self._sleep,
            now=lambda: NOW + timedelta(seconds=sum(self.slept)),
            transport=httpx.MockTransport(self.respond),
        ) as fetch:
            try:
                async for page in Ticketmaster().pages(context, fetch):
                    pages.append(page)  # noqa: PERF401  the pages before an error count
            except Exception as error:  # noqa: BLE001
                return pages, error
        return pages, None

    def all_pages(self, cursor: str | None = None, **changes: Any) -> list[Page]:
        pages, error = self.pages(cursor, **changes)
        if error is not None:
            raise error
        return pages


def fake(events: list[dict[str, Any]] | tuple[Any, ...] = (), **options: Any) -> FakeDiscovery:
    return FakeDiscovery(events, key=KEY, clock=NOW.timestamp, **options)


def ids(pages: list[Page]) -> list[str]:
    return [record.external_id for page in pages for record in page.records]


# What it is ---------------------------------------------------------------------------------------


def test_the_registry_finds_ticketmaster_and_takes_its_helpers_for_no_kinds() -> None:
    assert isinstance(connector_for("ticketmaster"), Ticketmaster)
    assert "ticketmaster" in kinds()
    assert not any(kind.startswith("_") for kind in kinds())


def test_ticketmaster_needs_a_connection() -> None:
    assert Ticketmaster.needs_connection == "required"


def test_every_setting_of_ticketmaster_has_a_help_text() -> None:
    assert all(field.description for field in TicketmasterSettings.model_fields.values())


@pytest.mark.parametrize(
    "setting",
    [
        {"page_size": 201},
        {"page_size": 0},
        {"radius_km": 0},
        {"locale": "pl pl"},
        {"segment_ids": ["Music & more"]},
        {"base_url": "app.ticketmaster.com"},
        {"apikey": "x"},
    ],
)
def test_invalid_settings_of_ticketmaster_are_refused(setting: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(setting))):
        TicketmasterSettings(**setting)


# What it asks for ---------------------------------------------------------------------------------


def first_call(**options: Any) -> dict[str, Any]:
    sync = Sync(fake(), **options)
    sync.all_pages()
    return sync.api.calls[0]


def test_the_search_is_around_the_city_in_kilometres() -> None:
    call = first_call()
    middle = geohash_position(call["geoPoint"])
    assert distance_km(middle, (KRAKOW.latitude, KRAKOW.longitude)) < 0.005
    assert (call["radius"], call["unit"]) == ("25", "km")


def test_a_radius_of_the_settings_replaces_that_of_the_city() -> None:
    assert first_call(radius_km=7)["radius"] == "7"


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_geohash_of_nine_letters_is_exact_to_a_few_metres(
    latitude: float, longitude: float
) -> None:
    code = geohash(latitude, longitude)
    assert len(code) == 9
    assert distance_km(geohash_position(code), (latitude, longitude)) < 0.005


def test_the_search_is_sorted_by_id_in_any_language() -> None:
    call = first_call()
    assert (call["sort"], call["locale"]) == ("id,asc", "*")


def test_segments_are_asked_for_only_when_they_are_set() -> None:
    assert "segmentId" not in first_call()
    assert first_call(segment_ids=["KZFzniwnSyZfZ7v7nJ"])["segmentId"] == "KZFzniwnSyZfZ7v7nJ"


def test_the_address_of_the_api_is_a_setting() -> None:
    seen = []

    class Recording(Sync):
        def respond(self, request):
            seen.append(request.url.copy_with(query=None))
            return super().respond(request)

    Recording(fake(), base_url="http://127.0.0.1:8765/discovery/v2/").all_pages()
    assert {str(url) for url in seen} == {"http://127.0.0.1:8765/discovery/v2/events.json"}


# What comes ---------------------------------------------------------------------------------------


def test_a_small_city_takes_one_call_and_two_for_events_without_a_date() -> None:
    sync = Sync(fake(on_days(3, 0, 2)))
    assert len(ids(sync.all_pages())) == 5
    assert len(sync.api.calls) == 3


@pytest.mark.slow
def test_a_city_above_the_paging_cap_is_read_without_loss() -> None:
    events = on_days(*[60, 0, 300] * 6)
    sync = Sync(fake(events))
    pages = sync.all_pages()
    assert sorted(ids(pages)) == sorted(event["id"] for event in events)
    assert pages[-1].expected == len(events)
    assert not any(page.incomplete_reason for page in pages)


@pytest.mark.slow
@settings(max_examples=6, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 364), st.integers(1, 900)), max_size=5))
def test_every_event_is_read_once_as_long_as_no_day_exceeds_the_cap(
    clusters: list[tuple[int, ...]],
) -> None:
    counts = Counter()
    for offset, count in clusters:
        counts[offset] = min(counts[offset] + count, 1_000)
    events = on_days(*[counts[offset] for offset in range(365)])
    pages = Sync(fake(events)).all_pages()
    assert sorted(ids(pages)) == sorted(event["id"] for event in events)


@pytest.mark.slow
def test_totals_that_stop_at_ten_thousand_lose_no_event() -> None:
    # A cap of 1,500 on the totals stands for that of 10,000, which would take as many events.
    events = on_days(*[50] * 40)
    pages = Sync(fake(events, max_results=1_500)).all_pages()
    assert sorted(ids(pages)) == sorted(event["id"] for event in events)


@pytest.mark.slow
def test_a_day_above_the_cap_affects_no_other_day_and_makes_the_run_incomplete() -> None:
    pages = Sync(fake(on_days(4, 1_100, 5)), window=Window(FIRST, FIRST + timedelta(2))).all_pages()
    assert Counter(r.local_date for page in pages for r in page.records) == {
        FIRST: 4,
        FIRST + timedelta(1): 1_000,
        FIRST + timedelta(2): 5,
    }
    assert [page.incomplete_reason[:44] for page in pages if page.incomplete_reason] == [
        "2026-03-02: 100 of 1,100 events are out of re"[:44]
    ]
    assert pages[-1].expected == 1_109


def test_only_the_days_of_the_window_are_read() -> None:
    api = fake(on_days(1, 1, 1, 1))
    window = Window(FIRST + timedelta(1), FIRST + timedelta(2))
    days = {r.local_date for page in Sync(api, window=window).all_pages() for r in page.records}
    assert days == {window.start, window.end}


def test_an_event_at_midnight_is_read_once() -> None:
    events = [listed(n, FIRST + timedelta(n), time(0)) for n in range(3)]
    assert sorted(ids(Sync(fake(events)).all_pages())) == ["E00000", "E00001", "E00002"]


def test_an_event_of_another_day_in_its_own_zone_is_neither_given_nor_expected() -> None:
    # 23:30 in Kyiv is 22:30 in Warsaw of the same day; 00:30 in Kyiv is the day before in Warsaw.
    kyiv = ZoneInfo("Europe/Kyiv")
    events = [
        listed(1, FIRST, time(23, 30), kyiv),
        listed(2, FIRST + timedelta(1), time(0, 30), kyiv),
    ]
    pages = Sync(fake(events), window=Window(FIRST, FIRST)).all_pages()
    assert ids(pages) == ["E00001"]
    assert pages[-1].expected == 1


def test_an_event_without_a_time_has_its_day() -> None:
    page = Sync(fake([listed(1, clock=None)])).all_pages()[0]
    assert (page.records[0].local_date, page.records[0].time_known) == (FIRST, False)


@pytest.mark.parametrize("flag", ["dateTBA", "dateTBD"])
def test_an_event_whose_date_is_to_be_announced_has_none(flag: str) -> None:
    pages = Sync(fake([undated(1, flag)])).all_pages()
    (record,) = [record for page in pages for record in page.records]
    assert (record.local_date, record.status) == (None, EventStatus.POSTPONED)
    assert record.warnings == ("date to be announced",)
    assert pages[-1].expected == 1


def test_a_bad_event_costs_only_itself() -> None:
    events = [listed(1), listed(2), listed(3)]
    del events[1]["name"]
    page = Sync(fake(events)).all_pages()[0]
    assert ids([page]) == ["E00001", "E00003"]
    assert [(r.reason, r.item) for r in page.rejects] == [("no title", "event 2 (E00002)")]
    assert page.expected == 3


@pytest.mark.slow
def test_ticketmaster_reads_what_the_demo_server_serves() -> None:
    with DemoServer(port=0, today=FIRST) as server:
        city = KRAKOW.model_copy(update={"radius_km": 100})
        context = SyncContext(
            settings=TicketmasterSettings(base_url=f"{server.url}{TICKETS_PATH}"),
            timezone=WARSAW,
            window=YEAR,
            city=city,
            credentials=Credentials(server.discovery.key),
        )

        async def run():
            async with HttpFetcher(
                context.settings,
                "",
                rng=random.Random(1),
                sleep=asyncio.sleep,
                now=lambda: NOW,
                addresses=LOOPBACK,
            ) as fetch:
                return [page async for page in Ticketmaster().pages(context, fetch)]

        pages = asyncio.run(run())
    assert len(ids(pages)) == len(set(ids(pages))) == pages[-1].expected > 0
    assert not any(page.rejects or page.incomplete_reason for page in pages)


# What proves that it has all ----------------------------------------------------------------------


class Stuck:
    """An API that answers every page of a listing with the first one."""

    def __init__(self, events: Any) -> None:
        self._api = fake(events)

    def answer(self, params: dict[str, Any]) -> Reply:
        return self._api.answer({**params, "page": "0"})


def test_an_event_that_comes_twice_does_not_count_for_one_that_does_not_come() -> None:
    pages = Sync(Stuck(on_days(40)), page_size=20).all_pages()

    assert len(set(ids(pages))) == 20
    (reason,) = filter(None, (page.incomplete_reason for page in pages))
    assert reason.endswith("the total is 40 events, but page 1 has nothing new")


class Silent:
    """An API that does not say how many events a listing has."""

    def __init__(self, events: Any) -> None:
        self._api = fake(events)

    def answer(self, params: dict[str, Any]) -> Reply:
        reply = self._api.answer(params)
        document = json.loads(reply.body)
        if "_embedded" in document:
            del document["page"]
        return dataclasses.replace(reply, body=json.dumps(document).encode())


def test_a_listing_without_a_total_makes_the_run_incomplete() -> None:
    pages = Sync(Silent(on_days(20)), page_size=20).all_pages()

    assert len(ids(pages)) == 20
    assert [page.incomplete_reason for page in pages if page.incomplete_reason] == [
        "the API does not say how many events there are"
    ]


# Going on after an attempt that ended early -------------------------------------------------------


@pytest.mark.slow
def test_every_cursor_resumes_with_exactly_the_remaining_pages() -> None:
    sync = Sync(
        fake([*on_days(*[50, 0, 170] * 5), undated(9_001), undated(9_002, "dateTBD")]),
        page_size=100,
    )
    pages = sync.all_pages()
    assert len(pages) > 10
    for position, page in enumerate(pages):
        assert sync.all_pages(page.cursor) == pages[position + 1 :]


@pytest.mark.slow
def test_a_sync_resumed_after_midnight_goes_on_through_its_first_window() -> None:
    sync = Sync(fake(on_days(*[120] * 10)), window=Window(FIRST, FIRST + timedelta(9)))
    pages = sync.all_pages()
    tomorrow = Window(FIRST + timedelta(1), FIRST + timedelta(10))
    assert sync.all_pages(pages[0].cursor, window=tomorrow) == pages[1:]


def test_a_page_size_changed_between_attempts_loses_nothing() -> None:
    sync = Sync(fake(on_days(500)))
    pages = sync.all_pages()
    resumed = sync.all_pages(pages[0].cursor, settings=TicketmasterSettings(page_size=50))
    assert ids(resumed) == ids(pages[1:])


def test_a_resumed_sync_asks_nothing_after_the_last_page() -> None:
    sync = Sync(fake(on_days(1)))
    cursor = sync.all_pages()[-1].cursor
    sync.api.calls.clear()
    assert sync.all_pages(cursor) == []
    assert not sync.api.calls


@pytest.mark.parametrize("cursor", ["", "7", "{}", '{"page": 3}', "not JSON"])
def test_an_unknown_cursor_starts_over(cursor: str) -> None:
    assert ids(Sync(fake(on_days(2))).all_pages(cursor)) == ["E00000", "E00001"]


# What goes wrong ----------------------------------------------------------------------------------


def test_a_missing_key_names_the_connection_and_no_request_is_sent() -> None:
    sync = Sync(fake(), key=None)
    with pytest.raises(MissingConnection, match="needs connection discovery_ticketmaster"):
        sync.all_pages()
    assert not sync.api.calls


def test_a_pair_without_a_city_is_refused() -> None:
    with pytest.raises(InvalidSettings, match="city"):
        Sync(fake(), city=None).all_pages()


def test_a_wrong_key_fails_at_once_and_names_the_connection() -> None:
    sync = Sync(fake(), key="wrong-key")
    pages, error = sync.pages()
    assert isinstance(error, AuthenticationFailed)
    assert not error.retryable
    assert "discovery_ticketmaster" in str(error)
    assert (pages, sync.slept, len(sync.api.calls)) == ([], [], 1)


def test_a_used_up_quota_is_not_retried() -> None:
    sync = Sync(fake(on_days(1)))
    sync.api.exhaust_quota()
    pages, error = sync.pages()
    assert isinstance(error, QuotaExhausted)
    assert not error.retryable
    assert (pages, sync.slept) == ([], [])


def test_a_rate_limited_request_is_retried_after_a_second() -> None:
    sync = Sync(fake(on_days(1)))
    sync.api.arrest_next(2)
    assert len(ids(sync.all_pages())) == 1
    assert len(sync.slept) == 2
    assert all(1 <= seconds < 5 for seconds in sync.slept)


def test_a_request_that_stays_rate_limited_is_left_to_the_task() -> None:
    sync = Sync(fake(), request_retries=1)
    sync.api.arrest_next(2)
    _, error = sync.pages()
    assert isinstance(error, RateLimited)
    assert error.retryable


def test_a_sync_that_reaches_the_daily_reserve_keeps_its_pages_and_says_when_to_go_on() -> None:
    sync = Sync(fake(on_days(500), quota=102), daily_reserve=100)
    pages, error = sync.pages()
    assert len(ids(pages)) == 400
    assert isinstance(error, QuotaExhausted)
    assert "100 calls of the key's daily quota left" in str(error)
    assert "renewed at 2026-03-02 00:00 UTC" in str(error)
    # The next night goes on where this one stopped.
    assert len(ids(Sync(fake(on_days(500))).all_pages(pages[-1].cursor))) == 100


def test_a_reserve_reached_by_the_last_call_is_no_failure() -> None:
    assert Sync(fake(quota=103), daily_reserve=100).pages()[1] is None


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, {"errors": [{"code": "DIS1035", "detail": "x"}]}, (UnsupportedResponse, "DIS1035")),
        (400, {"errors": [{"code": "DIS1024", "detail": "x"}]}, (UnsupportedResponse, "DIS1024")),
        (400, {}, (InvalidSettings, "400")),
        (401, {}, (AuthenticationFailed, "check the password")),
        (429, {}, (RateLimited, "slow down")),
        (429, {"fault": {"detail": {"errorcode": "new.Kind"}}}, (RateLimited, "new.Kind")),
        (503, {}, (ServerError, "503")),
        (200, {"_embedded": {"venues": []}}, (UnreadableResponse, "a listing of venues")),
        (200, "<html>Maintenance</html>", (UnreadableResponse, "HTML")),
    ],
)
def test_each_refusal_has_its_own_error(
    status: int, body: dict[str, Any] | str, expected: tuple[Any, ...]
) -> None:
    class Refusing(Sync):
        def respond(self, _request):
            content = body if isinstance(body, str) else json.dumps(body)
            return httpx.Response(status, content=content)

    _, error = Refusing(None).pages()
    assert type(error) is expected[0]
    assert expected[1] in str(error)


def test_a_missing_answer_is_a_network_error() -> None:
    class Unreachable(Sync):
        def respond(self, request):
            raise httpx.ConnectError(f"cannot reach {request.url}")

    _, error = Unreachable(None).pages()
    assert isinstance(error, NetworkError)
    assert KEY not in one_line(error)


def test_the_key_is_in_no_message() -> None:
    exhausted, arrested = fake(), fake()
    exhausted.exhaust_quota()
    arrested.arrest_next(99)
    for sync in (Sync(exhausted), Sync(arrested), Sync(FakeDiscovery((), key="another"))):
        _, error = sync.pages()
        assert error is not None
        assert KEY not in one_line(error)


def test_the_key_is_sent_only_in_its_parameter_and_is_marked_as_a_secret() -> None:
    class Watching:
        async def get(self, url, *, params=None, headers=None, secrets=(), **others):
            assert KEY not in url
            assert KEY not in str(others)
            assert {name for name, value in params.items() if value == KEY} == {"apikey"}
            assert set(secrets) == {"apikey"}
            assert headers == {"accept": "application/json"}
            return Response(200, {}, b'{"page": {"totalElements": 0}}', url)

    async def run():
        return [page async for page in Ticketmaster().pages(Sync(None).context, Watching())]

    pages = asyncio.run(run())
    assert len(pages) == 3
    assert not any(KEY in page.cursor for page in pages)


# Reading a saved answer ---------------------------------------------------------------------------


def parse(payload: dict[str, Any], window: Window | None = None) -> Parsed:
    context = ParseContext(TicketmasterSettings(), ZoneInfo("Europe/Paris"), window)
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return Ticketmaster().parse(body, context)


def test_a_saved_answer_gives_all_its_events_including_past_ones() -> None:
    events = [listed(1, date(2011, 5, 1)), listed(2, date(2031, 5, 1))]
    assert len(parse({"_embedded": {"events": events}}).records) == 2


def test_events_outside_the_window_are_left_out_without_rejects() -> None:
    events = [listed(n, FIRST + timedelta(n)) for n in range(3)]
    parsed = parse({"_embedded": {"events": events}}, Window(FIRST, FIRST + timedelta(1)))
    assert [r.external_id for r in parsed.records] == ["E00000", "E00001"]
    assert parsed.rejects == []


def test_an_event_that_began_before_the_window_and_still_lasts_is_read() -> None:
    event = listed(1, FIRST, clock=None)
    event["dates"]["end"] = {"localDate": "2026-03-20"}
    later = Window(date(2026, 3, 20), date(2026, 3, 30))
    assert len(parse({"_embedded": {"events": [event]}}, later).records) == 1


def test_the_zone_of_the_context_is_that_of_events_without_one() -> None:
    event = {"id": "A", "name": "B", "dates": {"start": {"localDate": "2026-05-01"}}}
    (record,) = parse({"_embedded": {"events": [event]}}).records
    assert record.timezone == "Europe/Paris"
    assert record.warnings == ("no time zone given: Europe/Paris taken",)


def test_an_item_that_is_no_event_is_rejected_with_its_place() -> None:
    parsed = parse({"_embedded": {"events": [7, {"name": "Nameless"}, {"id": "X"}]}})
    assert [(r.reason, r.item) for r in parsed.rejects] == [
        ("not an object", "event 1"),
        ("no id", "event 2 (Nameless)"),
        ("no title", "event 3 (X)"),
    ]
