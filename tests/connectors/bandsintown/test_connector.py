"""The connector for Bandsintown: artists by the API, cities by their pages."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from include.discovery.connectors.bandsintown.connector import Bandsintown, BandsintownSettings
from include.discovery.connectors.base import Page
from include.discovery.errors import (
    AuthenticationFailed,
    InvalidSettings,
    MissingConnection,
    UnreadableResponse,
)
from include.discovery.model import City, Window
from tests.sites.bandsintown import KEY, PATH, Site
from tests.sites.site import Question
from tests.support.builders import KRAKOW, PARIS
from tests.support.reading import LookedAt, collect, detections, parse

BASE = "https://bands.example"
TODAY = date(2026, 5, 1)
YEAR = Window(TODAY, TODAY + timedelta(days=365))
BANDSINTOWN = Bandsintown()
OF_ARTISTS = {"has_permission": True, "api_url": f"{BASE}/api/", "artists": ["Ola i Wiatr"]}
OF_CITY = Site(BASE, TODAY).settings


class Network:
    """The fake site behind a mock transport; keeps what was asked."""

    def __init__(self) -> None:
        self.site = Site(BASE, TODAY)
        self.urls = []
        self.instead = {}

    def __call__(self, request: Any) -> Any:
        self.urls.append(str(request.url))
        question = Question("GET", request.url.path, dict(request.url.params), {})
        if question.path in self.instead:
            return self.instead[question.path]
        reply = self.site.answer(question)
        return httpx.Response(reply.status, headers=dict(reply.headers), content=reply.body)


def read(
    network: Network,
    settings: dict[str, Any],
    *,
    key: str | None = KEY,
    city: City | None = KRAKOW,
    window: Window = YEAR,
    cursor: str | None = None,
    most: int = 1_000,
) -> list[Page]:
    return collect(
        BANDSINTOWN, settings, network, window=window, city=city, key=key, cursor=cursor, most=most
    )


def ids(pages: list[Page]) -> list[str]:
    return [record.external_id for page in pages for record in page.records]


def test_settings_without_consent_are_refused() -> None:
    with pytest.raises(ValidationError, match="has_permission"):
        BandsintownSettings(artists=("Ola",))


@pytest.mark.parametrize(
    "settings", [{"has_permission": True}, {**OF_CITY, "artists": ["Ola i Wiatr"]}]
)
def test_settings_name_either_artists_or_a_city_page(settings: dict[str, Any]) -> None:
    with pytest.raises(InvalidSettings, match="either artists or a city_page"):
        read(Network(), settings)


# Artists


def test_the_dates_of_each_artist_are_a_page() -> None:
    network = Network()

    pages = read(network, {**OF_ARTISTS, "artists": ["Ola i Wiatr", "Nobody"]})

    assert [len(page.records) for page in pages] == [1, 0]
    assert [page.cursor for page in pages] == ["Ola i Wiatr", "Nobody"]
    assert "date=2026-05-01%2C2027-05-01" in network.urls[0]


def test_an_unknown_artist_is_rejected_and_the_others_are_read() -> None:
    pages = read(Network(), {**OF_ARTISTS, "artists": ["Nobody", "Ola i Wiatr"]})

    (reject,) = pages[0].rejects
    assert (reject.reason, reject.item) == ("artist not found", "Nobody")
    assert (
        pages[0].incomplete_reason == "artist not found: Nobody"
    )  # also what a fault of the API looks like
    assert ids(pages) == ["101"]


def test_an_unknown_artist_may_be_a_404() -> None:
    network = Network()
    network.instead["/api/artists/Nobody/events"] = httpx.Response(404, json={"message": "No."})

    pages = read(network, {**OF_ARTISTS, "artists": ["Nobody", "Ola i Wiatr"]})

    assert pages[0].rejects[0].reason == "artist not found"
    assert ids(pages) == ["101"]


@pytest.mark.parametrize(
    ("artist", "path"),
    [
        ("AC/DC", "AC%252FDC"),
        ("Who?", "Who%253F"),
        ("M*A", "M%252AA"),
        ('"X"', "%27CX%27C"),
        ("Zażółć", "Za%C5%BC%C3%B3%C5%82%C4%87"),
        ("id_15", "id_15"),
    ],
)
def test_names_of_artists_are_encoded_as_the_api_wants_them(artist: str, path: str) -> None:
    network = Network()

    read(network, {**OF_ARTISTS, "artists": [artist]})

    assert f"/api/artists/{path}/events?" in network.urls[0]


def test_a_wrong_key_is_reported_without_showing_it() -> None:
    with pytest.raises(AuthenticationFailed) as caught:
        read(Network(), OF_ARTISTS, key="w/rong-app-id")

    assert "rong-app-id" not in str(caught.value)


def test_no_artist_is_asked_for_without_a_key() -> None:
    with pytest.raises(MissingConnection, match="discovery_bandsintown"):
        read(Network(), OF_ARTISTS, key=None)


def test_no_record_of_an_artist_holds_the_key() -> None:
    pages = read(Network(), OF_ARTISTS)

    assert all(KEY not in record.model_dump_json() for page in pages for record in page.records)


def test_a_reject_holds_no_key() -> None:
    network = Network()
    network.instead["/api/artists/Ola i Wiatr/events"] = httpx.Response(
        200, json=[{"url": f"{BASE}/?app_id={KEY}", "datetime": "x"}]
    )

    (reject,) = read(network, OF_ARTISTS)[0].rejects

    assert reject.reason == "no id"
    assert KEY not in repr(reject)


def test_a_resumed_sync_goes_on_after_the_artist_that_was_loaded_last() -> None:
    artists = ["Nobody", "Ola i Wiatr", "Else"]
    network = Network()

    pages = read(network, {**OF_ARTISTS, "artists": artists}, cursor="Nobody")

    assert [page.cursor for page in pages] == ["Ola i Wiatr", "Else"]


def test_a_cursor_of_an_artist_that_is_no_longer_listed_reads_all_artists() -> None:
    assert len(read(Network(), OF_ARTISTS, cursor="Gone")) == 1


# Cities


def test_the_events_of_a_city_are_read_to_the_end() -> None:
    network = Network()

    pages = read(network, OF_CITY)

    assert ids(pages) == ["101", "102", "103", "104", "105"]
    assert network.urls == [
        f"{BASE}{PATH}",
        f"{BASE}/all-dates/fetch-next/upcomingEvents?page=2&longitude=19.9325&latitude=50.0726",
        f"{BASE}/all-dates/fetch-next/upcomingEvents?page=3&longitude=19.9325&latitude=50.0726",
    ]
    assert {page.incomplete_reason for page in pages} == {None}


def test_a_city_needs_no_key() -> None:
    assert read(Network(), OF_CITY, key=None)


def test_a_404_after_the_last_page_of_a_city_ends_the_pages() -> None:
    network = Network()
    network.instead["/all-dates/fetch-next/upcomingEvents"] = httpx.Response(404)

    assert ids(read(network, OF_CITY)) == ["101", "102", "103"]


def test_pages_of_a_city_beyond_the_window_are_not_asked_for() -> None:
    network = Network()

    pages = read(network, OF_CITY, window=Window(TODAY, TODAY + timedelta(days=3)))

    assert ids(pages) == ["101"]
    assert len(network.urls) == 2


def test_the_page_of_new_york_for_an_unknown_city_is_refused() -> None:
    settings = {**OF_CITY, "city_page": f"{BASE}/c/krakow"}

    with pytest.raises(InvalidSettings, match="shows New York, NY"):
        read(Network(), settings)


def test_the_page_of_another_city_than_that_of_the_pair_is_refused() -> None:
    with pytest.raises(InvalidSettings, match=r"shows Krakow, Poland, \d+ km away from Paris"):
        read(Network(), OF_CITY, city=PARIS)


def test_the_address_alone_decides_for_a_pair_without_a_city() -> None:
    assert len(ids(read(Network(), OF_CITY, city=None))) == 5


def test_a_resumed_sync_of_a_city_goes_on_after_its_cursor() -> None:
    first, *_ = read(Network(), OF_CITY, most=1)
    network = Network()

    rest = read(network, OF_CITY, cursor=first.cursor)

    assert "page=2&longitude=19.9325" in network.urls[0]
    assert ids([first, *rest]) == ["101", "102", "103", "104", "105"]


def test_a_resumed_sync_of_a_city_asks_nothing_after_the_last_page() -> None:
    *_, last = read(Network(), OF_CITY)
    network = Network()

    (page,) = read(network, OF_CITY, cursor=last.cursor)

    assert (page.records, network.urls) == ((), [])


def test_a_page_of_a_city_that_does_not_name_the_next_makes_the_run_incomplete() -> None:
    network = Network()
    data = {"initialState": {"upcomingEvents": {"events": []}}}
    html = f"<script>window.__data={json.dumps(data)}</script>"
    network.instead[PATH] = httpx.Response(200, html=html)

    (page,) = read(network, OF_CITY)

    assert page.incomplete_reason == "the city's page does not say where the next page is"


# Files


def test_all_three_forms_of_bandsintown_are_parsed() -> None:
    site = Site(BASE, TODAY)
    bodies = [
        site.answer(Question("GET", PATH, {}, {})).body,
        json.dumps({"events": site._second_page()}).encode(),
        site.answer(Question("GET", "/api/artists/Ola i Wiatr/events", {"app_id": KEY}, {})).body,
    ]

    counts = [len(parse(BANDSINTOWN, {"has_permission": True}, body).records) for body in bodies]

    assert counts == [3, 2, 1]


def test_an_empty_answer_for_an_artist_is_an_unknown_artist() -> None:
    (reject,) = parse(BANDSINTOWN, {"has_permission": True}, b'""').rejects

    assert reject.reason == "artist not found"


@pytest.mark.parametrize("body", [b"<title>x</title>", b"{}", b"BEGIN:VCALENDAR", b"[" * 99_999])
def test_a_file_of_another_form_is_refused_as_bandsintown(body: bytes) -> None:
    with pytest.raises(UnreadableResponse):
        parse(BANDSINTOWN, {"has_permission": True}, body)


# Recognising the site


def test_the_page_of_a_city_is_recognised_by_its_address() -> None:
    ((settings, evidence),) = detections(
        BANDSINTOWN, LookedAt("https://www.bandsintown.com/c/krakow-poland?came_from=1")
    )

    assert settings == {"city_page": "https://www.bandsintown.com/c/krakow-poland"}
    assert any("consent" in sentence for sentence in evidence)


def test_a_page_of_bandsintown_that_is_not_a_city_is_proposed_with_what_is_missing() -> None:
    ((settings, evidence),) = detections(BANDSINTOWN, LookedAt("https://bandsintown.com/a/8"))

    assert settings == {}
    assert "it needs artists, or the page of a city" in evidence


def test_a_site_of_another_host_is_not_recognised_as_bandsintown() -> None:
    assert detections(BANDSINTOWN, LookedAt("https://bandsintown.example/c/krakow-poland")) == []
