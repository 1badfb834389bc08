"""Probes from tests: real HTTP on the loopback interface, with a fixed clock if one is given."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime

from include.discovery.fetch.client import HttpFetcher
from include.discovery.fetch.keys import Credentials
from include.discovery.fetch.protocol import RequestSettings
from include.discovery.probe.doctor import Circumstances, probe_now
from include.discovery.probe.findings import Findings
from include.discovery.sync.environment import SyncEnvironment
from tests.support.builders import KRAKOW
from tests.support.loopback import LOOPBACK


def environment(now: datetime | None = None) -> SyncEnvironment:
    """Build a world in which this machine may be asked, without waits between tries."""

    def clock() -> datetime:
        return now or datetime.now(UTC)

    def open_fetcher(settings: RequestSettings, _credentials: Credentials | None) -> HttpFetcher:
        return HttpFetcher(
            settings,
            "tests",
            rng=random.Random(0),
            sleep=lambda _seconds: asyncio.sleep(0),
            addresses=LOOPBACK,
            now=clock,
        )

    return SyncEnvironment(clock, lambda _connection: None, open_fetcher)


def probed(url: str, now: datetime | None = None, city: bool = True) -> Findings:
    """Probe an address, as somebody who wants the events of Kraków."""
    world = environment(now)
    return probe_now(url, Circumstances(world.now, KRAKOW if city else None), world)
