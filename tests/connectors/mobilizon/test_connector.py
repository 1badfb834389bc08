"""The connector for Mobilizon: what it asks, how it pages, what it recognises."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from include.discovery.connectors import connector_for
from include.discovery.connectors.base import Page
from include.discovery.connectors.mobilizon.connector import Mobilizon, MobilizonSettings
from include.discovery.errors import Blocked, PageLoop, UnreadableResponse
from include.discovery.model import Window
from include.discovery.places.geohash import geohash
from tests.sites.mobilizon import Site
from tests.support.builders import KRAKOW
from tests.support.reading import LookedAt, collect, detections, parse

BASE = "https://zloty.example"
TODAY = date(2026, 5, 1)
YEAR = Window(TODAY, date(2027, 5, 1))
MOBILIZON = Mobilizon()


class Instance:
    """The fake site behind a mock transport, with a say in each answer."""

    def __init__(self) -> None:
        self.site = Site(BASE, TODAY)
        self.questions = []
        self.change = lambda _page, document: document

    def __call__(self, request: Any) -> Any:
        question = json.loads(request.content)
        self.questions.append(question)
        reply = self.site._search(question)
        page = question["variables"]["page"]
        return httpx.Response(200, json=self.change(page, json.loads(reply.body)))


def read(instance: Instance, **more: Any) -> list[Page]:
    options = {
        name: more.pop(name) for name in ("city", "cursor", "window", "most") if name in more
    }
    settings = {"site_url": BASE, "page_size": 2, **more}
    return collect(MOBILIZON, settings, instance, **{"window": YEAR, **options})


def titles(pages: list[Page]) -> list[str]:
    return [record.title for page in pages for record in page.records]


def test_the_registry_finds_mobilizon() -> None:
    assert isinstance(connector_for("mobilizon"), Mobilizon)


@pytest.mark.parametrize("given", [BASE, f"{BASE}/", f"{BASE}/events/5b1f?x=1", f"{BASE}/search"])
def test_the_instance_is_found_in_any_address_of_it(given: str) -> None:
    assert MobilizonSettings(site_url=given).site_url == BASE


@pytest.mark.parametrize(
    "bad", [{"search_target": "all"}, {"radius_km": 0}, {"languages": ["Polish"]}, {"page_size": 0}]
)
def test_invalid_settings_of_mobilizon_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        MobilizonSettings(site_url=BASE, **bad)


def test_every_event_is_read_page_by_page() -> None:
    pages = read(Instance())

    assert titles(pages) == [
        "Repair café",
        "Choir in the yard",
        "Seed swap",
        "Open stage",
        "Night ride",
    ]
    assert [len(page.records) for page in pages] == [2, 2, 1]
    assert {page.expected for page in pages} == {5}
    assert [page.incomplete_reason for page in pages] == [None, None, None]


def test_the_search_is_around_the_city_from_the_first_day_at_local_midnight() -> None:
    instance = Instance()

    read(instance, city=KRAKOW, languages=["pl"], search_target="SELF")

    first = instance.questions[0]["variables"]
    assert first["location"] == geohash(KRAKOW.latitude, KRAKOW.longitude)
    assert first["radius"] == KRAKOW.radius_km
    assert first["beginsOn"] == "2026-04-30T22:00:00Z"
    assert (first["languages"], first["target"]) == (["pl"], "SELF")
    assert [question["variables"]["page"] for question in instance.questions] == [1, 2, 3]


def test_a_radius_of_the_settings_takes_precedence_over_that_of_the_city() -> None:
    instance = Instance()

    read(instance, city=KRAKOW, radius_km=3)

    assert instance.questions[0]["variables"]["radius"] == 3


def test_the_whole_instance_is_read_without_a_city() -> None:
    instance = Instance()

    read(instance)

    assert not {"location", "radius", "languages"} & instance.questions[0]["variables"].keys()


def test_values_are_never_written_into_the_query() -> None:
    instance = Instance()

    read(instance, city=KRAKOW)

    queries = {question["query"] for question in instance.questions}
    assert len(queries) == 1
    assert geohash(KRAKOW.latitude, KRAKOW.longitude) not in queries.pop()


def test_only_events_within_the_window_are_read() -> None:
    assert titles(read(Instance(), window=Window(TODAY, date(2026, 5, 6)))) == [
        "Repair café",
        "Choir in the yard",
    ]


def test_a_resumed_sync_goes_on_after_its_cursor() -> None:
    first, *_ = read(Instance(), most=1)
    instance = Instance()

    pages = read(instance, cursor=first.cursor)

    assert [question["variables"]["page"] for question in instance.questions] == [2, 3]
    assert titles([first, *pages]) == titles(read(Instance()))


def test_a_resumed_sync_asks_nothing_after_the_last_page() -> None:
    *_, last = read(Instance())
    instance = Instance()

    (page,) = read(instance, cursor=last.cursor)

    assert (page.records, page.expected, instance.questions) == ((), 5, [])


def test_a_bad_event_costs_only_itself_and_is_located() -> None:
    instance = Instance()

    def without_title(page, document):
        if page == 2:
            document["data"]["searchEvents"]["elements"][0]["title"] = None
        return document

    instance.change = without_title
    pages = read(instance)

    (reject,) = [reject for page in pages for reject in page.rejects]
    assert (reject.reason, reject.item) == ("no title", f"page 2, event 1 ({BASE}/events/0f0e3)")
    assert len(titles(pages)) == 4


def test_fewer_events_than_the_total_make_the_run_incomplete() -> None:
    instance = Instance()

    def promise_more(_page, document):
        document["data"]["searchEvents"]["total"] = 9
        return document

    instance.change = promise_more

    assert read(instance)[-1].incomplete_reason == "the source has 9 events and returned 5"


def test_errors_next_to_the_data_make_the_run_incomplete() -> None:
    instance = Instance()
    instance.change = lambda _page, document: {**document, "errors": [{"message": "no pictures"}]}

    pages = read(instance)

    assert len(titles(pages)) == 5
    assert pages[0].incomplete_reason == "the source left out a part of the data: no pictures"


def test_an_older_schema_is_a_changed_schema() -> None:
    instance = Instance()
    message = 'Unknown argument "searchTarget" on field "searchEvents".'
    instance.change = lambda _page, _document: {"errors": [{"message": message}]}

    with pytest.raises(UnreadableResponse, match="the schema changed: Unknown argument"):
        read(instance)


def test_an_instance_for_members_only_is_blocked() -> None:
    instance = Instance()
    refusal = {"message": "You don't have permission to do this", "code": "unauthorized"}
    instance.change = lambda _page, _document: {"data": None, "errors": [refusal]}

    with pytest.raises(Blocked):
        read(instance)


def test_an_instance_that_repeats_its_page_is_a_loop() -> None:
    instance = Instance()

    def first_page_again(_page, document):
        events = instance.site._events()[:2]
        return {"data": {"searchEvents": {"total": 5, "elements": events}}}

    instance.change = first_page_again

    with pytest.raises(PageLoop):
        read(instance)


# Files


def test_an_answer_of_the_search_is_parsed() -> None:
    body = json.dumps(
        {"data": {"searchEvents": {"total": 5, "elements": Site(BASE, TODAY)._events()}}}
    )

    assert len(parse(MOBILIZON, {"site_url": BASE}, body.encode()).records) == 5


def test_an_activity_is_parsed_within_the_window() -> None:
    event = {
        "type": "Event",
        "id": f"{BASE}/events/1",
        "name": "Bal",
        "startTime": "2026-05-08T19:00:00+02:00",
    }
    body = json.dumps({"type": "Create", "object": event}).encode()

    (record,) = parse(MOBILIZON, {"site_url": BASE}, body).records
    assert (record.title, record.starts_at) == ("Bal", datetime.fromisoformat(event["startTime"]))
    june = Window(date(2026, 6, 1), date(2026, 6, 30))
    assert not parse(MOBILIZON, {"site_url": BASE}, body, window=june).records


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"BEGIN:VCALENDAR", b'{"events": []}', b"[" * 9999]
)
def test_a_file_of_another_form_is_refused_as_mobilizon(body: bytes) -> None:
    with pytest.raises(UnreadableResponse):
        parse(MOBILIZON, {"site_url": BASE}, body)


# Recognising an instance

NODEINFO = json.dumps({"links": [{"rel": "nodeinfo/2.1", "href": f"{BASE}/nodeinfo/2.1"}]})


def looked_at(software: dict[str, Any] | str, nodeinfo: str = NODEINFO) -> LookedAt:
    answers = {
        "/.well-known/nodeinfo": nodeinfo,
        f"{BASE}/nodeinfo/2.1": json.dumps({"software": software}),
    }
    return LookedAt(f"{BASE}/about", "<title>Hi</title>", answers=answers)


def test_an_instance_is_recognised_by_its_nodeinfo() -> None:
    site = looked_at({"name": "mobilizon", "version": "4.1.0"})

    assert detections(MOBILIZON, site) == [
        (
            {"site_url": BASE},
            ("/.well-known/nodeinfo says that the site runs Mobilizon 4.1.0",),
        )
    ]
    assert len(site.looks) == 2


@pytest.mark.parametrize(
    "site",
    [
        looked_at({"name": "gancio"}),
        looked_at("mobilizon"),
        looked_at({"name": "mobilizon"}, nodeinfo="[]"),
        looked_at({"name": "mobilizon"}, nodeinfo='{"links": 7}'),
        looked_at({"name": "mobilizon"}, nodeinfo='{"links": [7, {"href": 7}]}'),
        LookedAt(BASE),
    ],
)
def test_a_site_of_other_software_is_not_recognised_as_mobilizon(site: LookedAt) -> None:
    assert detections(MOBILIZON, site) == []


def test_a_page_of_another_system_is_not_asked() -> None:
    site = LookedAt(BASE, '<meta name="generator" content="Drupal 10">')

    assert detections(MOBILIZON, site) == []
    assert site.looks == []
