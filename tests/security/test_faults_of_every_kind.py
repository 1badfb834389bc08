"""Every kind of source asks again for an answer that it cannot read, and loses nothing by it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from include.demo.reply import Reply
from include.discovery.connectors import connector_for, kinds
from include.discovery.connectors.base import Page, SyncContext
from include.discovery.connectors.crawl import Crawl
from include.discovery.errors import Blocked, DiscoveryError, UnreadableResponse
from include.discovery.fetch.client import HttpFetcher
from include.discovery.fetch.keys import Credentials, KeyHost
from include.discovery.model import Window
from tests.sites.every import site_of
from tests.sites.site import FakeSite, Question, served
from tests.support.builders import KRAKOW
from tests.support.loopback import LOOPBACK

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

Spoil = Callable[[Reply], Reply]

CHALLENGE = "<html><title>Just a moment...</title><script>window._cf_chl_opt={}</script></html>"
HTML = "<!DOCTYPE html><html><head><title>Maintenance</title></head><body>Soon</body></html>"

FAULTS: dict[str, Spoil] = {
    "nothing": lambda _: Reply.of_text(""),
    "no content": lambda _: Reply.of_text("", 204),
    "not modified": lambda _: Reply.of_text("", 304),
    "a challenge": lambda _: Reply.of_text(CHALLENGE, content_type="text/html"),
    "a page of HTML": lambda _: Reply.of_text(HTML, content_type="text/html"),
    "half of it": lambda reply: Reply(
        reply.status, reply.headers, reply.body[: len(reply.body) * 2 // 3]
    ),
}
AS_GOOD_AS_ANY = {
    ("schema_org", "a page of HTML"),  # a page without events is one, too
    # Half a page of HTML, whose length is that which was announced, is a page, too.
    *((kind, "half of it") for kind in kinds() if isinstance(connector_for(kind), Crawl)),
    ("rss", "a page of HTML"),
    ("bandsintown", "nothing"),  # what its API says of an artist whom it does not know
    ("bandsintown", "no content"),
}
"""Faults that cannot be told from an answer."""


def cases(names: Iterable[str], unknowable: set[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(kind, n) for kind in kinds() for n in names if (kind, n) not in unknowable]


def spoil(site: FakeSite, fault: Spoil, *, once: bool) -> list[str]:
    """Spoil good answers of a site, each the first time or always; return what was spoiled."""
    good, spoiled = site.answer, []

    def answer(question: Question) -> Reply:
        reply = good(question)
        asked = f"{question.path}?{sorted(question.query.items())}{question.body!r}"
        if reply.status != 200 or question.path == "/robots.txt" or (once and asked in spoiled):
            return reply
        spoiled.append(asked)
        return fault(reply)

    site.answer = answer  # type: ignore[method-assign]
    return spoiled


def read(site: FakeSite, **settings: Any) -> tuple[list[Page], int]:
    """Read a site as a sync does; return its pages, and how many requests were sent."""
    connector = connector_for(site.kind)
    given = {**site.settings, **settings}
    hosts = (KeyHost.parse(site.base),)
    context = SyncContext(
        connector.settings_model.model_validate(given),
        ZoneInfo("Europe/Warsaw"),
        window=Window(TODAY, TODAY + timedelta(days=365)),
        city=KRAKOW,
        credentials=Credentials(site.key, hosts=hosts) if site.key else None,
    )

    async def run() -> tuple[list[Page], int]:
        async with HttpFetcher(
            context.settings,
            "",
            rng=random.Random(1),
            sleep=lambda _seconds: asyncio.sleep(0),
            now=lambda: NOW,
            addresses=LOOPBACK,
            credentials=context.credentials,
        ) as fetch:
            return [page async for page in connector.pages(context, fetch)], fetch.requests

    return asyncio.run(run())


def titles(pages: list[Page]) -> set[str]:
    return {record.title for page in pages for record in page.records}


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "name"), cases(FAULTS, AS_GOOD_AS_ANY))
def test_an_answer_that_cannot_be_read_once_is_retried_and_no_event_is_lost(
    kind: str, name: str
) -> None:
    with served(site_of(kind), TODAY) as site:
        spoiled = spoil(site, FAULTS[name], once=True)
        pages, requests = read(site)

        assert spoiled
        assert titles(pages) == site.titles
        assert requests == len(site.asked)
        assert not any("broke" in (page.incomplete_reason or "") for page in pages)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "name"),
    cases(
        ("a page of HTML", "a challenge", "nothing"),
        AS_GOOD_AS_ANY - {("rss", "a page of HTML")},  # which is no feed
    ),
)
def test_an_answer_that_can_never_be_read_ends_with_a_class_and_a_reason(
    kind: str, name: str
) -> None:
    with served(site_of(kind), TODAY) as site:
        spoil(site, FAULTS[name], once=False)
        with pytest.raises(DiscoveryError) as caught:
            read(site, request_retries=1)

    expected = Blocked if name == "a challenge" else UnreadableResponse
    assert isinstance(caught.value, expected), caught.value
    assert len(caught.value.message) > 15
