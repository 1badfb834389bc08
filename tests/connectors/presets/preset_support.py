"""Reads presets, and other kinds, as a sync does: a fake site behind a mock transport."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import httpx

from include.discovery.connectors import connector_for
from include.discovery.connectors.base import Page
from include.discovery.model import City, EventRecord, Window
from include.discovery.parsed import Parsed
from tests.sites.site import FakeSite, Question
from tests.support.builders import KRAKOW
from tests.support.reading import collect, parse

TODAY = date(2026, 5, 1)
YEAR = Window(TODAY, date(2027, 5, 1))


class Network:
    """A fake site as a function of requests; keeps what was asked."""

    def __init__(self, kind: type[FakeSite]) -> None:
        self.site = kind("https://site.example", TODAY)
        self.asked: list[Question] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        query = dict(request.url.params)
        question = Question(request.method, request.url.path, query, headers, request.content)
        self.asked.append(question)
        reply = self.site.answer(question)
        return httpx.Response(reply.status, headers=dict(reply.headers), content=reply.body)

    def read(
        self,
        *,
        city: City | None = KRAKOW,
        window: Window = YEAR,
        cursor: str | None = None,
        most: int = 1_000,
        key: str | None = None,
        without: str | None = None,
        **settings: Any,
    ) -> list[Page]:
        """Read the site as its settings say, with others instead of some, and without one."""
        changed = {**self.site.settings, **settings}
        return collect(
            connector_for(self.site.kind),
            {name: value for name, value in changed.items() if name != without},
            self,
            window=window,
            city=city,
            cursor=cursor,
            most=most,
            key=key or self.site.key,
        )


def records(pages: list[Page]) -> list[EventRecord]:
    return [record for page in pages for record in page.records]


def parsed(kind: str, payload: Any, *, timezone: str = "Europe/Warsaw", **settings: Any) -> Parsed:
    return parse(connector_for(kind), settings, json.dumps(payload).encode(), timezone=timezone)


def assert_complete_and_repeatable(network: Network) -> None:
    """Read everything, page by page, whole, and under the same ids when read again.

    Going on after the first page brings the rest.
    """
    pages = network.read()
    again = network.read()
    rest = network.read(cursor=pages[0].cursor)

    assert {record.title for record in records(pages)} == network.site.titles
    assert [page.incomplete_reason for page in pages] == [None] * len(pages)
    assert [reject for page in pages for reject in page.rejects] == []
    assert records(again) == records(pages)
    assert records(rest) == records(pages)[len(pages[0].records) :]
