"""Reads sources through connectors as a sync does, with a function for the network."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from include.discovery.connectors.base import (
    Connector,
    Page,
    ParseContext,
    SyncContext,
)
from include.discovery.fetch.client import HttpFetcher
from include.discovery.fetch.keys import Credentials
from include.discovery.formats.html_page import HtmlPage
from include.discovery.model import City, Window
from include.discovery.parsed import Parsed
from include.discovery.response import Response

Respond = Callable[[httpx.Request], httpx.Response]


def collect(
    connector: Connector[Any],
    settings: dict[str, Any],
    respond: Respond,
    *,
    window: Window,
    timezone: str = "Europe/Warsaw",
    city: City | None = None,
    key: str | None = None,
    cursor: str | None = None,
    most: int = 1_000,
) -> list[Page]:
    """Collect at most so many pages of a source; requests are not repeated."""
    checked = connector.settings_model.model_validate({"request_retries": 0, **settings})
    context = SyncContext(
        checked,
        ZoneInfo(timezone),
        window=window,
        city=city,
        credentials=Credentials(key) if key else None,
        cursor=cursor,
    )

    async def run() -> list[Page]:
        pages: list[Page] = []
        async with HttpFetcher(
            checked,
            "",
            rng=random.Random(1),
            sleep=asyncio.sleep,
            now=lambda: datetime.now(UTC),
            transport=httpx.MockTransport(respond),
        ) as fetch:
            async for page in connector.pages(context, fetch):
                pages.append(page)
                if len(pages) == most:
                    break
        return pages

    return asyncio.run(run())


def parse(
    connector: Connector[Any],
    settings: dict[str, Any],
    body: bytes,
    *,
    window: Window | None = None,
    timezone: str = "Europe/Warsaw",
    url: str | None = None,
) -> Parsed:
    """Parse one payload offline."""
    checked = connector.settings_model.model_validate(settings)
    return connector.parse(body, ParseContext(checked, ZoneInfo(timezone), window, url))


class LookedAt:
    """A site as a probe shows it to connectors; what is not in ``answers`` is not there."""

    def __init__(
        self,
        url: str,
        body: bytes | str = b"",
        *,
        headers: dict[str, str] | None = None,
        answers: dict[str, bytes | str] | None = None,
        is_html: bool = True,
    ) -> None:
        self.response = _response(url, body, headers)
        self.page = HtmlPage(self.response.body, url) if is_html else None
        self.sitemaps: tuple[str, ...] = ()
        self.looks: list[str] = []
        self._answers = answers or {}

    async def look(self, url: str) -> Response | None:
        self.looks.append(url)
        body = self._answers.get(url)
        return None if body is None else _response(url, body, None)


def _response(url: str, body: bytes | str, headers: dict[str, str] | None) -> Response:
    return Response(200, headers or {}, body.encode() if isinstance(body, str) else body, url)


def detections(
    connector: Connector[Any], site: LookedAt
) -> list[tuple[dict[str, Any], tuple[str, ...]]]:
    """Return the settings and the evidence of each way in which a connector can read a site."""
    return [(dict(found.settings), found.evidence) for found in asyncio.run(connector.detect(site))]
