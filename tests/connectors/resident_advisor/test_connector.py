"""The connector for Resident Advisor: permission, weeks and pages, festivals once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from include.discovery.connectors.base import Page
from include.discovery.connectors.resident_advisor.connector import (
    ResidentAdvisor,
    ResidentAdvisorSettings,
)
from include.discovery.errors import Blocked, UnreadableResponse
from include.discovery.model import Window
from tests.sites.resident_advisor import Site
from tests.sites.site import Question
from tests.support.reading import LookedAt, collect, detections, parse

BASE = "https://ra.example"
TODAY = date(2026, 5, 1)
SEASON = Window(TODAY, TODAY + timedelta(days=60))
RA = ResidentAdvisor()
SETTINGS = Site(BASE, TODAY).settings


class Network:
    """The fake site behind a mock transport, with a say in each answer."""

    def __init__(self) -> None:
        self.site = Site(BASE, TODAY)
        self.variables = []
        self.agents = set()
        self.change = lambda document: document

    def __call__(self, request: Any) -> Any:
        self.agents.add(request.headers["user-agent"])
        self.variables.append(json.loads(request.content)["variables"])
        reply = self.site.answer(Question("POST", request.url.path, {}, {}, request.content))
        return httpx.Response(200, json=self.change(json.loads(reply.body)))

    @property
    def spans(self) -> Any:
        days = [one["filters"]["listingDate"] for one in self.variables]
        return [
            (one["gte"], one["lte"], v["page"]) for one, v in zip(days, self.variables, strict=True)
        ]


def read(
    network: Callable[..., Any] | Network, cursor: str | None = None, most: int = 1_000
) -> list[Page]:
    return collect(RA, SETTINGS, network, window=SEASON, cursor=cursor, most=most)


def ids(pages: list[Page]) -> list[str]:
    return [record.external_id for page in pages for record in page.records]


@pytest.mark.parametrize("more", [{}, {"has_permission": False}])
def test_settings_without_permission_are_refused(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=r"has_permission|permission"):
        ResidentAdvisorSettings(area_id=13, **more)


@pytest.mark.parametrize("area", [0, "berlin", None])
def test_an_area_is_a_number(area: int | str | None) -> None:
    with pytest.raises(ValidationError):
        ResidentAdvisorSettings(has_permission=True, area_id=area)


def test_events_are_read_week_by_week_and_page_by_page() -> None:
    network = Network()

    pages = read(network)

    assert ids(pages) == ["901", "902", "902", "903", "904"]
    assert network.spans[:3] == [
        ("2026-05-01", "2026-05-07", 1),
        ("2026-05-01", "2026-05-07", 2),
        ("2026-05-08", "2026-05-14", 1),
    ]
    assert network.spans[-1][1] == f"{SEASON.end}"
    assert pages[-1].expected == 5
    assert {page.incomplete_reason for page in pages} == {None}


def test_quiet_weeks_are_asked_for_together() -> None:
    network = Network()

    read(network)

    # A week of two pages, then spans of 7, 14, 28 days, and what is left of the window.
    assert [first for first, _, page in network.spans if page == 1] == [
        "2026-05-01", "2026-05-08", "2026-05-15", "2026-05-29", "2026-06-26",
    ]  # fmt: skip


def test_the_user_agent_names_this_system_and_no_browser() -> None:
    network = Network()

    read(network)

    (agent,) = network.agents
    assert agent.startswith("DiscoverySystem/")
    assert "Mozilla" not in agent


def test_a_span_without_a_total_ends_with_an_empty_page() -> None:
    network = Network()

    def without_total(document):
        del document["data"]["eventListings"]["totalResults"]
        return document

    network.change = without_total
    pages = read(network)

    assert sorted(set(ids(pages))) == ["901", "902", "903", "904"]
    assert {page.incomplete_reason for page in pages} == {None}


def test_a_resumed_sync_goes_on_after_its_cursor() -> None:
    first, *_ = read(Network(), most=1)
    network = Network()

    rest = read(network, cursor=first.cursor)

    assert network.spans[0] == ("2026-05-01", "2026-05-07", 2)
    assert ids([first, *rest]) == ["901", "902", "902", "903", "904"]


def test_a_resumed_sync_asks_nothing_after_the_last_page() -> None:
    *_, last = read(Network())
    network = Network()

    (page,) = read(network, cursor=last.cursor)

    assert (page.records, page.expected, network.variables) == ((), 5, [])


def test_a_bad_listing_is_located() -> None:
    network = Network()

    def without_event(document):
        for item in document["data"]["eventListings"]["data"]:
            if item["id"] == "4":
                item["event"] = None
        return document

    network.change = without_event

    (reject,) = [reject for page in read(network) for reject in page.rejects]
    assert reject.reason == "a listing without its event"
    assert reject.item == "2026-05-01 to 2026-05-07, page 2, listing 2 (4)"


def test_a_refusal_is_blocked() -> None:
    with pytest.raises(Blocked):
        read(lambda _request: httpx.Response(403, html="<title>Please enable JS</title>"))


def test_a_changed_schema_is_reported() -> None:
    network = Network()
    message = 'Cannot query field "cost" on type "Event".'
    network.change = lambda _document: {"errors": [{"message": message}]}

    with pytest.raises(UnreadableResponse, match="the schema changed"):
        read(network)


# Files


def answer(*listings: dict[str, Any]) -> bytes:
    return json.dumps({"data": {"eventListings": {"data": listings}}}).encode()


def test_a_festival_of_several_days_is_parsed_once() -> None:
    listings = Site(BASE, TODAY)._listings()

    records = parse(RA, SETTINGS, answer(*listings)).records

    assert [record.external_id for record in records] == ["901", "902", "903", "904"]


def test_a_single_event_is_parsed() -> None:
    event = Site(BASE, TODAY)._event(901, "Basement", 1)

    (record,) = parse(RA, SETTINGS, json.dumps(event).encode()).records

    assert record.url == f"{BASE}/events/901"


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b"[]", b'{"data": {"event": {}}}'])
def test_a_file_of_another_form_is_refused_as_resident_advisor(body: bytes) -> None:
    with pytest.raises(UnreadableResponse):
        parse(RA, SETTINGS, body)


# Recognising the site


@pytest.mark.parametrize("url", ["https://ra.co/events/uk/london", "https://www.ra.co/"])
def test_resident_advisor_is_recognised_by_its_host_with_what_is_missing(url: str) -> None:
    ((settings, evidence),) = detections(RA, LookedAt(url))

    assert settings == {}
    assert any("permission" in sentence for sentence in evidence)
    assert any("area_id" in sentence for sentence in evidence)


@pytest.mark.parametrize("url", ["https://ra.co.example/", "https://extra.co/"])
def test_a_site_of_another_host_is_not_recognised_as_resident_advisor(url: str) -> None:
    assert detections(RA, LookedAt(url)) == []
