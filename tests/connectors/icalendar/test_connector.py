"""The iCalendar connector: settings, one request, pages that can be resumed."""

import asyncio
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from include.discovery.connectors import connector_for, kinds
from include.discovery.connectors.base import Page, SyncContext
from include.discovery.connectors.icalendar import connector, outline
from include.discovery.connectors.icalendar.connector import ICalendar, ICalendarSettings
from include.discovery.errors import UnreadableResponse
from include.discovery.model import Venue, Window
from include.discovery.response import Response
from tests.connectors.icalendar.ics_support import WARSAW, context, event, feed

YEAR = Window(date(2026, 1, 1), date(2026, 12, 31))
URL = "https://feeds.example.org/all.ics"


class OneBody:
    """A fetcher that always answers the same, and remembers what it was asked for."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.asked: list[str] = []

    async def get(self, url: str, **_: object) -> Response:
        self.asked.append(url)
        return Response(200, {"content-type": "text/calendar"}, self.body, url)


def many(count: int, first: int = 0) -> bytes:
    return feed(
        *(
            event("DTSTART:20260307T190000", uid=f"{number}@example.org")
            for number in range(first, first + count)
        )
    )


def pages(fetch: OneBody, cursor: str | None = None, **settings: object) -> list[Page]:
    sync = SyncContext(context(**settings).settings, WARSAW, YEAR, cursor=cursor)

    async def collect() -> list[Page]:
        return [page async for page in ICalendar().pages(sync, fetch)]

    return asyncio.run(collect())


def ids(page: Page) -> list[str]:
    return [record.external_id for record in page.records]


# Settings


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        (URL, URL),
        ("webcal://feeds.example.org/all.ics", URL),
        ("WebCal://feeds.example.org/all.ics", URL),
        ("webcals://feeds.example.org/all.ics", URL),
    ],
)
def test_a_webcal_address_is_read_as_https(given: str, taken: str) -> None:
    assert ICalendarSettings.model_validate({"url": given}).url == taken


@pytest.mark.parametrize("url", ["ftp://example.org/a.ics", "all.ics", "", None, 3])
def test_an_address_of_another_scheme_is_refused(url: int | str | None) -> None:
    with pytest.raises(ValidationError):
        ICalendarSettings.model_validate({"url": url})


def test_every_setting_of_icalendar_is_explained() -> None:
    for name, field in ICalendarSettings.model_fields.items():
        assert field.description, name


def test_the_default_venue_is_made_of_the_settings() -> None:
    settings = context(
        venue_name="Blue Cellar",
        venue_locality="Kraków",
        venue_country="PL",
        venue_latitude=50.06,
        venue_longitude=19.94,
    ).settings
    assert settings.default_venue == Venue(
        name="Blue Cellar", locality="Kraków", country="PL", latitude=50.06, longitude=19.94
    )


@pytest.mark.parametrize(
    ("settings", "venue"),
    [
        ({}, None),
        ({"venue_locality": "Kraków"}, None),
        ({"venue_name": "Blue Cellar", "venue_latitude": 50.06}, Venue(name="Blue Cellar")),
    ],
)
def test_an_incomplete_default_venue_is_used_as_far_as_possible(
    settings: dict[str, Any], venue: Venue | None
) -> None:
    assert context(**settings).settings.default_venue == venue


def test_icalendar_is_registered_with_its_docstring_as_data_sheet() -> None:
    assert "icalendar" in kinds()
    assert connector_for("icalendar").settings_model is ICalendarSettings
    headings = [line for line in (connector.__doc__ or "").splitlines() if line[:1].isalpha()][1:]
    assert headings == [
        "Provides",
        "Endpoint",
        "Auth",
        "Rate limit",
        "External id",
        "Time zone",
        "Known quirks",
    ]


# Pages


def test_the_feed_is_requested_once() -> None:
    fetch = OneBody(many(3))
    (page,) = pages(fetch, url="webcal://feeds.example.org/all.ics")
    assert fetch.asked == [URL]
    assert ids(page) == ["0@example.org", "1@example.org", "2@example.org"]


def test_a_long_feed_comes_in_pages_in_its_own_order() -> None:
    found = pages(OneBody(many(1_001)))
    assert [len(page.records) for page in found] == [500, 500, 1]
    assert [page.expected for page in found] == [1_001] * 3
    assert [own for page in found for own in ids(page)] == [
        f"{number}@example.org" for number in range(1_001)
    ]


def test_a_feed_of_exactly_full_pages_ends_with_the_last_of_them() -> None:
    assert [len(page.records) for page in pages(OneBody(many(1_000)))] == [500, 500]


def test_a_retry_goes_on_after_the_last_loaded_page() -> None:
    first = pages(OneBody(many(1_001)))[0]
    rest = pages(OneBody(many(1_001)), cursor=first.cursor)
    assert [len(page.records) for page in rest] == [500, 1]
    assert ids(rest[0])[0] == "500@example.org"
    assert rest[0].expected == 1_001


def test_a_retry_after_the_last_page_has_nothing_left() -> None:
    last = pages(OneBody(many(3)))[-1]
    (page,) = pages(OneBody(many(3)), cursor=last.cursor)
    assert page.records == []


@pytest.mark.slow
@pytest.mark.parametrize("cursor", ["500@0123456789abcdef", "500", "", "x@y", "-1@", "@"])
def test_a_retry_that_gets_another_list_starts_over(cursor: str) -> None:
    found = pages(OneBody(many(501)), cursor=cursor)
    assert [len(page.records) for page in found] == [500, 1]


def test_a_feed_that_changed_between_attempts_loses_nothing() -> None:
    cursor = pages(OneBody(many(600)))[0].cursor
    found = pages(OneBody(many(600, first=1)), cursor=cursor)
    assert sum(len(page.records) for page in found) == 600


def test_rejects_come_with_the_first_page_and_count_as_expected() -> None:
    body = feed(event(uid="bad"), event("DTSTART:20260307T190000", uid="good"))
    (page,) = pages(OneBody(body))
    assert [reject.item for reject in page.rejects] == ["bad (line 3)"]
    assert (page.expected, page.incomplete_reason) == (2, None)


def test_an_empty_feed_is_one_empty_page() -> None:
    (page,) = pages(OneBody(feed()))
    assert (page.records, page.expected, page.incomplete_reason) == ([], 0, None)


def test_a_feed_that_breaks_off_is_loaded_and_incomplete() -> None:
    body = many(3)
    (page,) = pages(OneBody(body[: body.rindex(b"SUMMARY")]))
    assert len(page.records) == 2
    assert page.incomplete_reason == "the calendar is truncated: no END:VCALENDAR"


def test_a_long_feed_that_breaks_off_has_one_incomplete_reason() -> None:
    body = many(1_200)
    found = pages(OneBody(body[: body.rindex(b"END:VEVENT")]))
    assert [page.incomplete_reason is None for page in found] == [True, True, False]


def test_a_feed_with_an_event_without_its_begin_is_incomplete() -> None:
    body = many(3).replace(b"BEGIN:VEVENT", b"BEGIN:VEV\xe9NT", 1)
    (page,) = pages(OneBody(body))
    assert len(page.records) == 2
    assert page.incomplete_reason == "events that cannot be read because BEGIN:VEVENT is missing: 1"


def test_events_outside_the_window_are_left_out_and_not_missed() -> None:
    body = feed(
        event("DTSTART:20250307T190000", uid="past"), event("DTSTART:20260307T190000", uid="now")
    )
    (page,) = pages(OneBody(body))
    assert (ids(page), page.expected) == (["now"], 1)


def test_a_body_that_is_no_calendar_is_refused() -> None:
    with pytest.raises(UnreadableResponse, match="an HTML page"):
        pages(OneBody(b"<html><head></head><body>Moved</body></html>"))


# Offline


def test_parsing_offline_reads_the_same_as_a_sync() -> None:
    body = feed(event("DTSTART:20260307T190000"), event(uid="bad"))
    parsed = ICalendar().parse(body, context(venue_name="Blue Cellar"))
    (found,) = parsed.records
    assert found.venue == Venue(name="Blue Cellar")
    assert len(parsed.rejects) == 1


def test_a_feed_with_too_many_events_of_one_uid_is_incomplete(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outline, "MOST_OF_ONE_UID", 2)
    body = feed(
        *(event(f"SUMMARY:{title}", uid="same") for title in ("Jazz", "Swing", "Blues", "Soul"))
    )
    (page,) = pages(OneBody(body))
    assert page.incomplete_reason == "2 events with one UID were not read"
