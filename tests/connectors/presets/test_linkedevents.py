"""LinkedEvents: languages, dates without hours, next links, deleted and merged events."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from include.discovery.connectors import connector_for
from include.discovery.connectors.base import SyncContext
from include.discovery.connectors.json_feed.paging import ApiState
from include.discovery.connectors.json_feed.request import Api
from include.discovery.model import Attendance, EventRecord, EventStatus, Window
from tests.connectors.changes_support import read_changes
from tests.sites.linkedevents import Site
from tests.sites.site import Question
from tests.support.reading import LookedAt, collect, detections, parse

LINKEDEVENTS = connector_for("linkedevents")
BASE = "https://tapahtumat.example"
TODAY = date(2026, 9, 1)
YEAR = Window(TODAY, date(2027, 9, 1))
SITE = Site(BASE, TODAY)


def respond(request: httpx.Request) -> httpx.Response:
    query = dict(request.url.params)
    reply = SITE.answer(Question(request.method, request.url.path, query, {}))
    return httpx.Response(reply.status, content=reply.body, headers=reply.headers)


def read(**more: Any) -> dict[str, Any]:
    pages = collect(LINKEDEVENTS, {**SITE.settings, **more}, respond, window=YEAR)
    assert not [page.incomplete_reason for page in pages if page.incomplete_reason]
    return {record.external_id: record for page in pages for record in page.records}


def only(**more: Any) -> EventRecord:
    item = {
        "id": "system:b1", "name": {"fi": "Lukupiiri"}, "start_time": "2026-09-03T15:00:00Z", **more
    }  # fmt: skip
    body = json.dumps({"meta": {"count": 1, "next": None}, "data": [item]}).encode()
    [record] = parse(LINKEDEVENTS, {}, body, timezone="Europe/Helsinki").records
    return record


def test_every_event_is_read_except_those_that_only_hold_others() -> None:
    assert {record.title for record in read().values()} == SITE.titles


def test_an_event_of_linkedevents_is_read_in_full() -> None:
    found = read()["system:a1"]

    assert found.starts_at.isoformat() == "2026-09-03T18:00:00+03:00"
    assert found.ends_at.isoformat() == "2026-09-03T20:00:00+03:00"
    assert (found.url, found.organizer) == ("https://tapahtumat.example/a1", "Kirjaston ystävät")
    assert found.venue.model_dump() == {
        "name": "Kirjasto", "street": "Lukutie 3", "postcode": "00100", "locality": "Helsinki",
        "region": None, "country": "FI", "latitude": 60.17, "longitude": 24.94,
        "external_id": "tprek:1",
    }  # fmt: skip
    assert (found.price.text, found.price.currency, str(found.price.min)) == (None, "EUR", "8")
    assert found.categories == ("lukeminen",)
    assert found.source_updated_at == datetime(2026, 8, 31, 10, tzinfo=UTC)
    assert found.warnings == ()


def test_linkedevents_is_asked_for_the_window_with_a_hundred_events_a_page() -> None:
    settings = LINKEDEVENTS.settings_model.model_validate({})
    context = SyncContext(settings, ZoneInfo("Europe/Helsinki"), window=YEAR)

    assert Api(context).request(ApiState()).url == (
        "https://api.hel.fi/linkedevents/v1/event/?start=2026-09-01&end=2027-09-01"
        "&include=location%2Ckeywords&sort=start_time&page_size=100"
    )


@pytest.mark.parametrize(
    ("language", "title"), [("fi", "Ilta"), ("sv", "Kväll"), ("en", "Night"), ("et", "Night")]
)
def test_the_language_of_the_settings_is_taken(language: str, title: str) -> None:
    item = {"id": "s:1", "name": {"fi": "Ilta", "sv": "Kväll", "en": "Night"},
            "start_time": "2026-09-03"}  # fmt: skip

    [record] = parse(LINKEDEVENTS, {"language": language}, json.dumps(item).encode()).records

    assert record.title == title


@pytest.mark.parametrize(
    "item",
    [
        {"start_time": "2026-09-03", "end_time": "2026-09-04"},
        {"start_time": "2026-09-02T21:00:00Z", "has_start_time": False,
         "end_time": "2026-09-04T21:00:00Z", "has_end_time": False},
    ],
)  # fmt: skip
def test_an_event_without_times_is_of_whole_days(item: dict[str, Any]) -> None:
    found = only(**item)

    assert (found.local_date, found.time_known) == (date(2026, 9, 3), False)
    assert found.ends_at.isoformat() == "2026-09-05T00:00:00+03:00"


def test_an_end_without_a_time_is_dropped_from_a_timed_event() -> None:
    found = only(end_time="2026-09-03T21:00:00Z", has_start_time=True, has_end_time=False)

    assert (found.starts_at.isoformat(), found.ends_at) == ("2026-09-03T18:00:00+03:00", None)


@pytest.mark.parametrize(
    ("said", "status"),
    [("EventScheduled", "scheduled"), ("EventCancelled", "cancelled"),
     ("EventRescheduled", "rescheduled"), ("EventPostponed", "postponed")],
)  # fmt: skip
def test_the_status_of_linkedevents_is_read(said: str, status: str) -> None:
    assert only(event_status=said).status == EventStatus(status)


def test_a_postponed_event_may_have_no_start() -> None:
    found = only(event_status="EventPostponed", start_time=None)

    assert (found.status, found.local_date) == (EventStatus.POSTPONED, None)


def test_an_event_on_the_internet_is_online() -> None:
    assert only(location={"id": "helsinki:internet"}).attendance is Attendance.ONLINE
    reference = {"@id": f"{BASE}/v1/place/helsinki:internet/"}
    assert only(location=reference).attendance is Attendance.ONLINE
    assert only(internet_based=True).attendance is Attendance.ONLINE
    assert only(location={"id": "tprek:1"}).attendance is Attendance.OFFLINE


def test_a_place_of_which_only_the_address_came_is_none() -> None:
    assert only(location={"@id": f"{BASE}/v1/place/tprek:1/"}).venue is None


@pytest.mark.parametrize(
    ("offers", "is_free"),
    [([{"is_free": True, "price": None}], True),
     ([{"is_free": False, "price": {"fi": "5 €"}}], False), ([], None), (None, None)],
)  # fmt: skip
def test_offers_say_whether_an_event_is_free(
    offers: list[dict[str, Any]] | None, is_free: bool | None
) -> None:
    price = only(offers=offers).price

    assert (price.is_free if price else None) is is_free


def test_dates_of_a_series_share_its_address() -> None:
    assert read()["system:a5"].series_id == f"{BASE}/v1/event/system:a6/"


class TestChanges:
    SINCE = datetime(2026, 8, 31, tzinfo=UTC)

    def test_a_deleted_event_is_removed(self) -> None:
        pages = read_changes(LINKEDEVENTS, SITE.settings, respond, window=YEAR, since=self.SINCE)

        removed = [found for page in pages for found in page.removed]
        assert "system:a7" in removed
        assert {r.title for page in pages for r in page.records} == SITE.titles
        assert not [page.rejects for page in pages if page.rejects]

    def test_changes_are_asked_for_without_the_window(self) -> None:
        asked = []

        def note(request):
            asked.append(dict(request.url.params))
            return respond(request)

        read_changes(LINKEDEVENTS, SITE.settings, note, window=YEAR, since=self.SINCE)

        assert asked[0] == {
            "include": "location,keywords", "sort": "last_modified_time",
            "last_modified_since": "2026-08-31T00:00:00Z", "show_deleted": "true", "page_size": "3",
        }  # fmt: skip

    @pytest.mark.parametrize("gone", [{"deleted": True}, {"replaced_by": "system:b2"},
                                      {"publication_status": "draft"}])  # fmt: skip
    def test_an_event_that_was_merged_or_unpublished_is_removed(self, gone: dict[str, Any]) -> None:
        item = {"id": "system:b1", "name": {"fi": "X"}, "start_time": "2026-09-03", **gone}

        [page] = read_changes(
            LINKEDEVENTS, {}, lambda _request: httpx.Response(
                200, json={"meta": {"count": 1, "next": None}, "data": [item]}
            ), window=YEAR, since=self.SINCE,
        )  # fmt: skip

        assert (page.records, page.rejects, page.removed) == ([], [], ("system:b1",))


@pytest.mark.parametrize(
    ("url", "body"),
    [
        (f"{BASE}/v1/event/?start=today", json.dumps({"meta": {"count": 0}, "data": []})),
        (f"{BASE}/v1/", json.dumps(dict.fromkeys(("event", "place", "keyword"), "https://x"))),
    ],
)
def test_addresses_of_linkedevents_are_recognised(url: str, body: str) -> None:
    [(settings, _)] = detections(LINKEDEVENTS, LookedAt(url, body, is_html=False))

    assert settings == {"api_url": f"{BASE}/v1"}


def test_a_page_that_mentions_linkedevents_is_asked_for_its_api() -> None:
    event = {"name": {"fi": "X"}, "publication_status": "public"}
    answer = json.dumps({"meta": {"count": 1}, "data": [event]})
    looked = LookedAt(f"{BASE}/", "Linked Events API", answers={"/v1/event/?page_size=1": answer})

    assert detections(LINKEDEVENTS, looked)[0][0] == {"api_url": f"{BASE}/v1"}
