"""Localist: instances, pages counted by the API, whole days, and its own words."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest

from include.discovery.connectors import connector_for
from include.discovery.connectors.base import Page
from include.discovery.errors import UnreadableResponse
from include.discovery.model import Attendance, EventRecord, EventStatus, Window
from include.discovery.parsed import Parsed
from tests.sites.localist import Site
from tests.sites.site import Question
from tests.support.reading import LookedAt, collect, detections, parse

LOCALIST = connector_for("localist")
BASE = "https://events.potterton.example"
TODAY = date(2026, 9, 1)
YEAR = Window(TODAY, date(2027, 9, 1))
SITE = Site(BASE, TODAY)


def respond(request: httpx.Request) -> httpx.Response:
    query = dict(request.url.params)
    reply = SITE.answer(Question(request.method, request.url.path, query, {}))
    return httpx.Response(reply.status, content=reply.body, headers=reply.headers)


def read(window: Window = YEAR, **more: Any) -> list[Page]:
    return collect(
        LOCALIST, {**SITE.settings, **more}, respond, window=window, timezone="America/New_York"
    )


def event(**more: Any) -> dict[str, Any]:
    return {
        "event": {
            "id": 71, "title": "Glaze workshop", "status": "live",
            "event_instances": [
                {"event_instance": {"id": 7100, "start": "2026-09-03T18:30:00-04:00", "end": None}}
            ],
            **more,
        }
    }  # fmt: skip


def parsed(*events: dict[str, Any]) -> Parsed:
    body = json.dumps({"events": list(events), "page": {"current": 1, "total": 1}}).encode()
    return parse(LOCALIST, {"site_url": BASE}, body, timezone="America/New_York")


def only(**more: Any) -> EventRecord:
    [record] = parsed(event(**more)).records
    return record


def test_every_instance_of_localist_is_a_record() -> None:
    pages = read()

    records = [record for page in pages for record in page.records]
    assert {record.title for record in records} == SITE.titles
    assert [r.external_id for r in records if r.series_id == "71"] == [
        "71/7100",
        "71/7101",
        "71/7102",
    ]
    assert len(pages) == 3
    assert [(page.incomplete_reason, page.expected) for page in pages] == [(None, None)] * 3


def test_localist_is_asked_for_the_window_with_a_hundred_events_a_page() -> None:
    asked = []

    def note(request):
        asked.append(str(request.url))
        return httpx.Response(200, json={"events": [], "page": {"total": 1}})

    collect(LOCALIST, {"site_url": BASE}, note, window=YEAR)

    assert asked == [f"{BASE}/api/2/events?start=2026-09-01&end=2027-09-01&sort=date&pp=100&page=1"]


def test_an_event_of_localist_is_read_in_full() -> None:
    first = read()[0].records[0]

    assert first.starts_at.isoformat() == "2026-09-03T19:30:00-04:00"
    assert first.ends_at.isoformat() == "2026-09-03T21:00:00-04:00"
    assert first.url == f"{BASE}/event/71"
    assert first.venue.model_dump() == {
        "name": "Kiln Hall", "street": "5 Clay Street", "postcode": "06231",
        "locality": "Potterton", "region": "CT", "country": "US",
        "latitude": 41.5, "longitude": -72.1, "external_id": "500",
    }  # fmt: skip
    assert (first.price.min, first.price.max) == (Decimal(10), Decimal(15))
    assert first.categories == ("Workshop",)
    assert first.warnings == ()


def test_whole_days_have_no_time_whatever_the_zone_of_the_reader() -> None:
    instance = {"id": 1, "start": "2026-09-21T00:00:00-07:00", "end": None, "all_day": True}

    found = only(event_instances=[{"event_instance": instance}])

    assert (found.local_date, found.time_known, found.warnings) == (date(2026, 9, 21), False, ())


@pytest.mark.parametrize(
    ("said", "status"),
    [("live", "scheduled"), ("canceled", "cancelled"), ("pending", "tentative"),
     (None, "scheduled")],
)  # fmt: skip
def test_the_status_of_localist_is_read(said: str | None, status: str) -> None:
    assert only(status=said).status == EventStatus(status)


@pytest.mark.parametrize(
    ("said", "attendance"),
    [("inperson", "offline"), ("virtual", "online"), ("hybrid", "mixed"), ("", "offline")],
)
def test_the_experience_of_localist_is_the_attendance(said: str, attendance: str) -> None:
    assert only(experience=said).attendance == Attendance(attendance)


@pytest.mark.parametrize(
    ("free", "cost", "is_free"), [(True, "", True), (False, "", None), (False, "$5", False)]
)
def test_an_event_that_is_not_free_and_has_no_cost_has_no_known_price(
    free: bool, cost: str, is_free: bool | None
) -> None:
    price = only(free=free, ticket_cost=cost).price

    assert (price.is_free if price else None) is is_free


def test_an_event_that_is_not_public_is_left_out() -> None:
    found = parsed(event(private=True), event(rejected=True), event(id=5))

    assert ([r.external_id for r in found.records], found.rejects) == (["5/7100"], [])


def test_the_address_is_the_street_of_a_place_without_one() -> None:
    assert only(address="5 Clay Street", geo={}).venue.street == "5 Clay Street"


def test_a_file_with_a_single_event_is_read() -> None:
    body = json.dumps(event()).encode()

    [record] = parse(LOCALIST, {"site_url": BASE}, body, timezone="America/New_York").records

    assert record.external_id == "71/7100"


def test_a_file_of_another_form_is_refused_as_localist() -> None:
    with pytest.raises(UnreadableResponse):
        parse(LOCALIST, {"site_url": BASE}, b"<!doctype html><title>Calendar</title>")


def test_a_home_page_that_mentions_localist_is_asked_for_its_api() -> None:
    answer = json.dumps({"events": [], "page": {"total": 1}, "date": {"first": "2026-09-01"}})
    looked = LookedAt(
        f"{BASE}/calendar", "<script src=//assets.localist.com/x.js>",
        answers={"/api/2/events?pp=1": answer},
    )  # fmt: skip

    [(settings, evidence)] = detections(LOCALIST, looked)

    assert settings == {"site_url": BASE}
    assert evidence == (f"{BASE}/api/2/events responds as the Localist API does",)


def test_a_page_that_does_not_mention_localist_is_not_asked_for_its_api() -> None:
    looked = LookedAt(f"{BASE}/", "<title>A town")

    assert detections(LOCALIST, looked) == []
    assert looked.looks == []
