"""Reads the changes of a source in tests, as a sync between two complete ones does."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from include.discovery.connectors.base import Connector, Page, SyncContext
from include.discovery.fetch.client import HttpFetcher
from include.discovery.fetch.keys import Credentials
from include.discovery.model import Window
from tests.support.reading import Respond


def read_changes(
    connector: Connector[Any],
    settings: dict[str, Any],
    respond: Respond,
    *,
    window: Window,
    since: datetime | None,
    key: str | None = None,
    timezone: str = "Europe/Warsaw",
) -> list[Page]:
    """Collect the pages of what has changed since then; of everything if it is ``None``."""
    checked = connector.settings_model.model_validate(settings)
    context = SyncContext(
        checked,
        ZoneInfo(timezone),
        window=window,
        credentials=Credentials(key) if key else None,
        changed_since=since,
    )

    async def run() -> list[Page]:
        async with HttpFetcher(
            checked,
            "",
            rng=random.Random(1),
            sleep=asyncio.sleep,
            now=lambda: datetime.now(UTC),
            transport=httpx.MockTransport(respond),
        ) as fetch:
            return [page async for page in connector.pages(context, fetch)]

    return asyncio.run(run())
