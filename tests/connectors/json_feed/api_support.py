"""A JSON API as the tests of its connector ask it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import httpx

from include.discovery.connectors.base import Page
from include.discovery.connectors.json_feed.connector import JsonFeed
from include.discovery.model import Window
from tests.support.reading import collect

FEED = JsonFeed()
URL = "https://agenda.example/api/shows"
MAY = Window(date(2026, 5, 1), date(2026, 5, 31))
BY_PAGE = {"by": "page", "parameter": "page", "size_parameter": "size", "size": 2}
BY_OFFSET = {"by": "offset", "size": 2}
BY_CURSOR = {"by": "cursor", "parameter": "after", "path": "next"}
BY_NEXT = {"by": "next_url", "path": "next"}
BY_LINK = {"by": "link_header"}


def show(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "name": f"Show {number}", "at": f"2026-05-{number + 1:02}T19:00", **more}


class Api:
    """Answers pages out of ``shows`` in the way in which it is asked."""

    def __init__(self, count: int = 5, **envelope: Any) -> None:
        self.shows = [show(n) for n in range(count)]
        self.envelope = envelope
        self.asked = []
        self.headers = []
        self.answer_with = lambda _request, good: good
        self.most = 100

    def __call__(self, request: Any) -> Any:
        query = dict(request.url.params)
        self.asked.append(query)
        self.headers.append(dict(request.headers))
        size = min(self.most, int(query.get("size", query.get("limit", 2))))
        if "page" in query:
            begin = (int(query["page"]) - 1) * size
        else:
            begin = int(query.get("offset") or query.get("after") or 0)
        shown = self.shows[begin : begin + size]
        document = {"shows": shown, **self.envelope}
        headers = {}
        if begin + size < len(self.shows):
            following = f"{URL}?after={begin + size}"
            document["next"] = str(begin + size) if "cursor" in query else following
            headers["Link"] = f'<{URL}?before=1>; rel="prev", <?after={begin + size}>; rel="next"'
        return self.answer_with(request, httpx.Response(200, json=document, headers=headers))


def settings_of(**more: Any) -> dict[str, Any]:
    fields = {"external_id": "id", "title": "name", "starts_at": "at", **more.pop("fields", {})}
    return {"url": URL, "items": "shows", "fields": fields, **more}


def read(api: Api | Callable[..., Any], **more: Any) -> list[Page]:
    options = {name: more.pop(name) for name in ("city", "cursor", "most", "key_given", "timezone")
               if name in more}  # fmt: skip
    key = options.pop("key_given", None)
    window = more.pop("window", MAY)
    return collect(FEED, settings_of(**more), api, window=window, key=key, **options)


def titles(pages: list[Page]) -> list[str]:
    return [record.title for page in pages for record in page.records]


def incomplete_reasons(pages: list[Page]) -> list[str]:
    return [page.incomplete_reason for page in pages if page.incomplete_reason]


ALL = [f"Show {n}" for n in range(5)]
