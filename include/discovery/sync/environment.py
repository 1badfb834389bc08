"""What a sync needs of the world, so that tests can give it another one."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from include.discovery.credentials import FindCredentials
from include.discovery.fetch.addresses import AddressRules
from include.discovery.fetch.client import HttpFetcher
from include.discovery.fetch.hosts import Hosts
from include.discovery.fetch.keys import Credentials
from include.discovery.fetch.protocol import Fetcher, RequestSettings
from include.discovery.model import SyncStats
from include.discovery.settings import Settings


class CountingFetcher(Fetcher, Protocol):
    """A fetcher that knows how many requests it has sent."""

    @property
    def requests(self) -> int:
        """Requests sent so far, repeated ones included."""
        ...


OpenFetcher = Callable[
    [RequestSettings, Credentials | None], AbstractAsyncContextManager[CountingFetcher]
]
"""Opens the way to the network for one source: its settings, and the key that it may send."""


@dataclass(frozen=True, slots=True)
class SyncEnvironment:
    """Time, keys and the way to the network."""

    now: Callable[[], datetime]
    find_credentials: FindCredentials
    open_fetcher: OpenFetcher
    longest_wait: timedelta = Settings().longest_wait
    """A source that asks for more parks its pair."""
    time_limit: timedelta = Settings().sync_timeout
    """How long an attempt may take: none of its statements takes longer than the rest of it."""
    on_page: Callable[[SyncStats], None] = lambda _: None
    """Told the counts so far after each page, by whoever shows progress."""

    @classmethod
    def live(
        cls, find_credentials: FindCredentials, settings: Settings, hosts: Hosts | None = None
    ) -> SyncEnvironment:
        """Return the real world, as tasks and commands use it.

        :param hosts: what all tasks know of hosts, by which the limits of sources are kept. Without
            it they are not: what a person waits for, a probe say, is a handful of requests.
        """

        def now() -> datetime:
            return datetime.now(UTC)

        def open_fetcher(requests: RequestSettings, credentials: Credentials | None) -> HttpFetcher:
            return HttpFetcher(
                requests,
                settings.contact,
                rng=random.SystemRandom(),
                sleep=asyncio.sleep,
                now=now,
                credentials=credentials,
                addresses=AddressRules(settings.private_hosts),
                hosts=hosts,
            )

        return cls(
            now, find_credentials, open_fetcher, settings.longest_wait, settings.sync_timeout
        )
