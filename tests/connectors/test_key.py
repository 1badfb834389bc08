"""The key of a connection at a site that answers nobody without it, for every kind with one."""

from __future__ import annotations

import asyncio
import random
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from include.demo.reply import Reply
from include.discovery.connectors import connector_for, kinds
from include.discovery.connectors.base import Page, SyncContext
from include.discovery.connectors.key import KeySettings
from include.discovery.errors import (
    AuthenticationFailed,
    InvalidSettings,
    MissingConnection,
)
from include.discovery.fetch.client import HttpFetcher
from include.discovery.fetch.keys import Credentials, KeyHost
from include.discovery.model import Window
from tests.sites.every import site_of
from tests.sites.site import FakeSite, Question, served
from tests.support.builders import KRAKOW
from tests.support.loopback import LOOPBACK

KEY = "Qz7mXw9Lk3Rv-T5pHd2/Ns8"
LOGIN = "zażółć"
TODAY = date(2026, 5, 1)
WINDOW = Window(TODAY, TODAY + timedelta(days=365))
REFUSED = Reply.of_text("Who are you?\n", 401)
KINDS = ["events_calendar", "icalendar", "json_feed", "mobilizon", "rss", "schema_org"]

LetsIn = Callable[[Question], bool]

PLACES: list[tuple[dict[str, str], LetsIn]] = [
    ({"in": "query", "name": "api key"}, lambda asked: asked.query.get("api key") == KEY),
    ({"in": "header", "name": "X-Api-Key"}, lambda asked: asked.headers.get("x-api-key") == KEY),
    ({"in": "bearer"}, lambda asked: asked.headers.get("authorization") == f"Bearer {KEY}"),
    (
        {"in": "basic"},
        lambda asked: (
            asked.headers.get("authorization")
            == f"Basic {b64encode(f'{LOGIN}:{KEY}'.encode()).decode()}"
        ),
    ),
]


def locked(kind: str, lets_in: LetsIn, folder: str = "") -> type[FakeSite]:
    """Return the site of a kind, which refuses whoever comes without the key.

    :param folder: in which the site is.
    """
    open_site: Any = site_of(kind)

    class Locked(open_site):  # type: ignore[misc]
        refused = 0

        def answer(self, question: Question) -> Reply:
            if question.path == "/robots.txt" or question.path.startswith("/news/"):
                assert KEY not in str(question)
                return super().answer(question)
            if not (lets_in(question) and question.path.startswith(folder)):
                type(self).refused += 1
                return REFUSED
            return super().answer(replace(question, path=question.path.removeprefix(folder)))

    return Locked


def read(kind: str, settings: dict[str, Any], credentials: Credentials | None) -> list[Page]:
    """Read a source over HTTP as a sync does."""
    checked = connector_for(kind).validated({"request_retries": 0, **settings})
    context = SyncContext(
        checked, ZoneInfo("Europe/Warsaw"), window=WINDOW, city=KRAKOW, credentials=credentials
    )

    async def run() -> list[Page]:
        async with HttpFetcher(
            checked,
            "",
            rng=random.Random(1),
            sleep=asyncio.sleep,
            now=lambda: datetime.now(UTC),
            credentials=credentials,
            addresses=LOOPBACK,
        ) as fetch:
            return [page async for page in connector_for(kind).pages(context, fetch)]

    return asyncio.run(run())


def credentials_for(site: FakeSite) -> Credentials:
    return Credentials(f"{KEY}\n", LOGIN, (KeyHost.parse(site.base),), "discovery_opera")


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("place", "lets_in"), PLACES, ids=[place["in"] for place, _ in PLACES])
def test_a_site_that_requires_a_key_is_read_with_it(
    kind: str, place: dict[str, str], lets_in: LetsIn
) -> None:
    with served(locked(kind, lets_in), TODAY) as site:
        pages = read(kind, {**site.settings, "key": place}, credentials_for(site))

    assert {record.title for page in pages for record in page.records} == site.titles
    assert type(site).refused == 0  # type: ignore[attr-defined]
    records = [record.model_dump_json() for page in pages for record in page.records]
    assert KEY not in str(records)
    assert not any("api%20key" in record or "api+key" in record for record in records)


@pytest.mark.parametrize("kind", KINDS)
def test_a_site_that_requires_a_key_refuses_a_request_without_it(kind: str) -> None:
    with (
        served(locked(kind, PLACES[1][1]), TODAY) as site,
        pytest.raises((AuthenticationFailed, InvalidSettings)),
    ):
        read(kind, site.settings, None)


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_key_is_a_failure_of_authentication(kind: str) -> None:
    with (
        served(locked(kind, lambda _: False), TODAY) as site,
        pytest.raises(AuthenticationFailed, match="key") as error,
    ):
        read(kind, {**site.settings, "key": {"in": "bearer"}}, credentials_for(site))

    assert KEY not in str(error.value)


@pytest.mark.parametrize("kind", KINDS)
def test_a_site_that_requires_a_key_is_not_asked_without_one(kind: str) -> None:
    with (
        served(locked(kind, lambda _: False), TODAY) as site,
        pytest.raises(MissingConnection, match="with the key as its password"),
    ):
        read(kind, {**site.settings, "key": {"in": "bearer"}}, None)

    assert site.asked == []


@pytest.mark.parametrize("kind", KINDS)
def test_an_optional_key_may_be_missing(kind: str) -> None:
    place = {"in": "bearer", "required": False}

    with served(locked(kind, lambda asked: "authorization" not in asked.headers), TODAY) as site:
        pages = read(kind, {**site.settings, "key": place}, None)

    assert {record.title for page in pages for record in page.records} == site.titles


@pytest.mark.parametrize("kind", sorted({*KINDS} - {"mobilizon", "schema_org"}))
def test_the_key_may_be_a_part_of_the_address(kind: str) -> None:
    with served(locked(kind, lambda _: True, f"/private-{KEY}"), TODAY) as site:
        address = connector_for(kind).settings_model.address_setting
        own = site.settings[address].replace(site.base, f"{site.base}/private-{{key}}")
        pages = read(kind, {**site.settings, address: own}, credentials_for(site))

    assert {record.title for page in pages for record in page.records} == site.titles
    assert KEY not in str([record for page in pages for record in page.records])


def test_every_kind_with_an_address_of_the_users_own_can_send_a_key() -> None:
    """Left out are those of one API, whose key has its place, and what is read with permission."""
    able = {kind for kind in kinds() if issubclass(connector_for(kind).settings_model, KeySettings)}

    assert able >= {*KINDS}
    assert {*kinds()} - able == {"bandsintown", "resident_advisor", "ticketmaster"}


URL = "https://a.example/x.ics"
ENTRY = {"in": "bearer"}


@pytest.mark.parametrize(
    ("kind", "settings", "said"),
    [
        ("icalendar", {"url": "https://{key}.a.example/x.ics"}, "a part of the path"),
        ("icalendar", {"url": "https://me:{key}@a.example/x.ics"}, "a part of the path"),
        ("icalendar", {"url": "https://a.example/x.ics?k={key}"}, "use the setting key"),
        ("icalendar", {"url": "https://a.example/x.ics#/{key}"}, "a part of the path"),
        ("icalendar", {"url": "https://a.example/left({key},1)"}, "a part of the path"),
        ("icalendar", {"url": "https://a.example/left(/{key},1)"}, "a part of the path"),
        ("icalendar", {"url": "https://a.example/{key}/{key}"}, "once"),
        (
            "json_feed",
            {"url": "https://a.example/{city}{key}", "fields": {"title": "t", "starts_at": "s"}},
            "a part of the path",
        ),
        ("rss", {"url": "https://a.example/{key}", "key": ENTRY}, "the key can be sent in one way"),
        (
            "schema_org",
            {"urls": ["https://a.example", "https://b.example"], "key": ENTRY},
            "all URLs must have the same host",
        ),
        ("icalendar", {"url": URL, "key": {"in": "cookie"}}, "'basic'"),
        ("json_feed", {"url": URL, "fields": {}, "query": {"k": "{key}"}}, "no placeholder {key}"),
        (
            "json_feed",
            {"url": URL, "fields": {}, "link_base": "https://a.example/{key}"},
            "no placeholder {key}",
        ),
    ],
)
def test_a_key_without_one_clear_place_is_refused(
    kind: str, settings: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidSettings, match=said):
        connector_for(kind).validated(settings)
