"""OpenAgenda: timings, cursors of several values, the key's header, and its delta protocol."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from include.discovery.connectors import connector_for
from include.discovery.connectors.base import Page
from include.discovery.errors import AuthenticationFailed, MissingConnection
from include.discovery.model import Attendance, EventRecord, EventStatus, Window
from include.discovery.parsed import Parsed
from tests.connectors.changes_support import read_changes
from tests.sites.openagenda import AGENDA, Site
from tests.sites.site import Question
from tests.support.reading import LookedAt, collect, detections, parse

OPENAGENDA = connector_for("openagenda")
API = "https://api.openagenda.com"
TODAY = date(2026, 11, 20)
YEAR = Window(TODAY, date(2027, 11, 20))
SITE = Site(API, TODAY)


def respond(request: httpx.Request) -> httpx.Response:
    query = dict(request.url.params.multi_items())
    headers = {name.lower(): value for name, value in request.headers.items()}
    reply = SITE.answer(Question(request.method, request.url.path, query, headers))
    return httpx.Response(reply.status, content=reply.body, headers=reply.headers)


def read(
    key: str | None = Site.key, respond: Callable[..., Any] = respond, **more: Any
) -> list[Page]:
    return collect(
        OPENAGENDA, {**SITE.settings, **more}, respond, window=YEAR, key=key,
        timezone="Europe/Paris",
    )  # fmt: skip


def parsed(**more: Any) -> Parsed:
    event = {
        "uid": 601, "title": {"fr": "Atelier"},
        "timings": [{"begin": "2026-11-23T18:00:00+01:00", "end": "2026-11-23T19:00:00+01:00"}],
        **more,
    }  # fmt: skip
    body = json.dumps({"total": 1, "events": [event], "after": None, "success": True}).encode()
    return parse(OPENAGENDA, {"agenda": AGENDA}, body, timezone="Europe/Paris")


def only(**more: Any) -> EventRecord:
    [record] = parsed(**more).records
    return record


def test_every_timing_of_openagenda_is_a_record() -> None:
    pages = read()

    records = [record for page in pages for record in page.records]
    assert {record.title for record in records} == SITE.titles
    assert [r.external_id for r in records if r.series_id == "601"] == [
        "601/20261123T180000", "601/20261124T180000", "601/20261130T180000",
    ]  # fmt: skip
    assert [page.incomplete_reason for page in pages] == [None, None]


def test_an_event_of_openagenda_is_read_in_full() -> None:
    first = read()[0].records[0]

    assert first.starts_at.isoformat() == "2026-11-23T18:00:00+01:00"
    assert first.ends_at.isoformat() == "2026-11-23T19:30:00+01:00"
    assert (first.timezone, first.language) == ("Europe/Paris", "fr")
    assert first.url == f"https://openagenda.com/agendas/{AGENDA}/events/evenement-601"
    assert first.image_url == "https://images.example/main/601.jpg"
    assert first.venue.model_dump() == {
        "name": "La Grange", "street": "2 quai Neuf", "postcode": "75019", "locality": "Paris",
        "region": "Île-de-France", "country": "FR", "latitude": 48.89, "longitude": 2.38,
        "external_id": "900",
    }  # fmt: skip
    assert (first.categories, first.organizer) == (("nature", "famille"), "Sorties du canal")
    assert first.warnings == ()


def test_openagenda_is_asked_by_cursor_with_the_key_in_a_header() -> None:
    asked = []

    def note(request):
        asked.append(request)
        return respond(request)

    read(respond=note)

    first, second = (request.url.params for request in asked)
    assert dict(first) == {
        "detailed": "1", "longDescriptionFormat": "HTML", "sort": "updatedAt.asc", "size": "2",
        "timings[gte]": "2026-11-19T23:00:00Z", "timings[lte]": "2027-11-20T22:59:59Z",
    }  # fmt: skip
    assert second.get_list("after[]") == ["1700000000000", "602"]
    assert [request.headers["key"] for request in asked] == [Site.key] * 2


def test_pages_of_openagenda_hold_three_hundred_events() -> None:
    assert OPENAGENDA.settings_model(agenda="1").paging.size == 300


def test_no_request_to_openagenda_is_sent_without_a_key() -> None:
    assert OPENAGENDA.needs_connection == "required"
    with pytest.raises(MissingConnection):
        read(key=None)


def test_a_wrong_key_is_a_failure_of_authentication() -> None:
    with pytest.raises(AuthenticationFailed, match="A valid API key is required"):
        read(key="another")


@pytest.mark.parametrize(
    ("number", "status"),
    [(1, "scheduled"), (2, "rescheduled"), (3, "moved_online"), (4, "postponed"),
     (5, "scheduled"), (6, "cancelled")],
)  # fmt: skip
def test_the_status_of_openagenda_is_read(number: int, status: str) -> None:
    assert only(status=number).status == EventStatus(status)


@pytest.mark.parametrize(
    ("number", "attendance"), [(1, "offline"), (2, "online"), (3, "mixed"), (None, "offline")]
)
def test_the_attendance_of_openagenda_is_read(number: int | None, attendance: str) -> None:
    assert only(attendanceMode=number).attendance == Attendance(attendance)


def test_conditions_are_a_price_in_words() -> None:
    price = only(conditions={"fr": "5 € / gratuit -12 ans"}, location={"countryCode": "FR"}).price

    assert (str(price.min), str(price.max), price.currency) == ("0", "5", "EUR")


def test_a_short_answer_has_the_next_timing() -> None:
    found = only(timings=None, nextTiming={"begin": "2026-11-23T18:00:00+01:00",
                                           "end": "2026-11-23T19:00:00+01:00"})  # fmt: skip

    assert (found.external_id, found.ends_at.isoformat()) == ("601", "2026-11-23T19:00:00+01:00")


def test_an_unpublished_event_is_left_out() -> None:
    found = parsed(state=1)

    assert (found.records, found.rejects) == ([], [])


@pytest.mark.parametrize(
    ("image", "address"),
    [("https://img.example/1.jpg", "https://img.example/1.jpg"), (None, None),
     ({"filename": "1.jpg", "base": "https://img.example/"}, "https://img.example/1.jpg")],
)  # fmt: skip
def test_the_picture_of_openagenda_is_read_in_any_form(image: Any, address: str | None) -> None:
    found = only(image=image)

    assert (found.image_url, found.warnings) == (address, ())


class TestChanges:
    SINCE = datetime(2026, 11, 19, tzinfo=UTC)

    def read(self, respond: Callable[..., Any] = respond) -> list[Page]:
        return read_changes(
            OPENAGENDA, SITE.settings, respond, window=YEAR, since=self.SINCE, key=Site.key
        )

    def test_changed_and_removed_events_are_read_together(self) -> None:
        [page] = self.read()

        assert {record.title for record in page.records} == {"Atelier vannerie"}
        assert page.removed == ("699", "601")
        assert page.rejects == []

    def test_changes_are_asked_for_without_the_window(self) -> None:
        asked = []

        def note(request):
            asked.append(dict(request.url.params))
            return respond(request)

        self.read(note)

        assert asked == [
            {
                "detailed": "1", "longDescriptionFormat": "HTML", "sort": "updatedAt.asc",
                "updatedAt[gte]": "2026-11-19T00:00:00Z", "removed": "null", "size": "2",
            }
        ]  # fmt: skip

    def test_a_removed_event_may_have_no_more_than_its_uid(self) -> None:
        gone = {"uid": 699, "updatedAt": "2026-11-19T08:00:00Z"}

        [page] = self.read(
            lambda _request: httpx.Response(200, json={"total": 1, "events": [gone], "after": None})
        )

        assert (page.removed, page.rejects) == (("699",), [])


@pytest.mark.parametrize(
    ("url", "body"),
    [
        (f"{API}/v2/agendas/{AGENDA}/events?size=1", '{"message": "no key"}'),
        ("https://ville.example/", f'<a href="https://openagenda.com/agendas/{AGENDA}/rss">'),
        ("https://ville.example/", f"<iframe src='//openagenda.com/fr/agendas/{AGENDA}/embeds/5'>"),
    ],
)
def test_an_agenda_is_recognised(url: str, body: str) -> None:
    [(settings, _)] = detections(OPENAGENDA, LookedAt(url, body))

    assert settings == {"agenda": AGENDA}


def test_a_page_without_an_agenda_is_not_recognised() -> None:
    assert detections(OPENAGENDA, LookedAt("https://ville.example/", "openagenda.com/about")) == []
