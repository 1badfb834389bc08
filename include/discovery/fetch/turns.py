"""The turn of each request: which limits hold for it, and the wait until it may be sent."""

from __future__ import annotations

import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

import httpx

from include.discovery.errors import (
    CircuitOpen,
    DiscoveryError,
    HostBusy,
    QuotaExhausted,
)
from include.discovery.fetch.addresses import AddressRules
from include.discovery.fetch.hosts import Allowance, Hosts, Refusal, Turn
from include.discovery.fetch.keys import Credentials, host_of
from include.discovery.fetch.protocol import RequestSettings
from include.discovery.fetch.transfer import Flow
from include.discovery.fetch.waiting import LONGEST_INTERVAL_SECONDS

log = logging.getLogger(__name__)

_LONGEST_LINE_SECONDS: Final = 60.0
"""How long a task waits for a place among the requests that are on their way to a host."""

_BACK_AFTER_SECONDS: Final = (60.0, 180.0)
"""When a task that found no place comes back: sometime between, so that not all do together."""

_FIRST_PAUSE_SECONDS: Final = 0.1
_LONGEST_PAUSE_SECONDS: Final = 2.0

_SECONDS_OF_A_TRY: Final = 2
"""Times ``timeout_seconds``: when a request whose task has died frees its place."""


class Turns:
    """Gives each request of a fetcher its turn, and passes on what the answers say of the host.

    :param limited: whether the limits of the settings hold, or those alone that sites ask for.
    :param sleep: waits the given seconds.
    """

    def __init__(
        self,
        hosts: Hosts,
        settings: RequestSettings,
        credentials: Credentials | None,
        addresses: AddressRules,
        *,
        limited: bool,
        rng: random.Random,
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        self._hosts = hosts
        self._settings = settings
        self._credentials = credentials
        self._addresses = addresses
        self._limited = limited
        self._rng = rng
        self._sleep = sleep
        self._kept: dict[str, float] = {}
        self._blocking: set[str] = set()

    def keep_interval(self, host: str, seconds: float) -> None:
        """From now on leave so many seconds between two requests to a host (a minute at most)."""
        kept = min(seconds, LONGEST_INTERVAL_SECONDS)
        if self._kept.get(host) != kept:
            log.info("%s is asked every %g s, as its robots.txt wants.", host, kept)
        self._kept[host] = kept

    @asynccontextmanager
    async def of(self, url: httpx.URL, flow: Flow) -> AsyncIterator[None]:
        """Wait for the turn of a request; what happens inside is the request and its answer.

        :param flow: of the try, whose bound stands still meanwhile.
        :raises HostBusy: if the host is not to be asked soon.
        :raises CircuitOpen: if it blocks requests, and is left alone.
        :raises QuotaExhausted: if the requests of the day are used up.
        """
        name, allowance = self._name_of(url), self._allowance_of(url)
        with flow.standing_still():
            turn = await self._wait(name, allowance)
        try:
            yield
        finally:
            await self._give_back(name, turn, allowance)

    async def hold_off(self, url: httpx.URL, seconds: float) -> None:
        """Let nobody ask the host of an address before so many seconds have passed."""
        if seconds > 0:
            await self._hosts.hold_off(self._name_of(url), seconds)

    async def note_answer(self, url: httpx.URL) -> None:
        """Pass on that a host has answered."""
        name = self._name_of(url)
        if name in self._blocking:
            await self._hosts.note_answer(name)
            self._blocking.discard(name)

    async def note_block(self, url: httpx.URL) -> None:
        """Pass on that a host has blocked a request."""
        name = self._name_of(url)
        self._blocking.add(name)
        if alone := await self._hosts.note_block(name):
            log.warning("%s blocks requests; it is left alone for %.0f s.", name, alone)

    async def _wait(self, name: str, allowance: Allowance) -> Turn:
        waited, pause = 0.0, _FIRST_PAUSE_SECONDS
        while True:
            turn = await self._hosts.turn(name, allowance)
            if turn.blocks:
                self._blocking.add(name)
            if turn.refusal is None:
                if await self._has_come(name, turn, allowance):
                    return turn
                continue
            if turn.refusal is not Refusal.BUSY or waited > _LONGEST_LINE_SECONDS:
                raise self._refused(name, turn)
            delay = pause * self._rng.uniform(0.5, 1)
            await self._sleep(delay)
            waited += delay
            pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)

    async def _has_come(self, name: str, turn: Turn, allowance: Allowance) -> bool:
        """Wait for the moment of a turn; say whether it still holds then."""
        if turn.wait <= 0:
            return True
        holds = False
        try:
            await self._sleep(turn.wait)
            holds = bool(turn.blocks) or not await self._hosts.is_put_off(name, turn)
        finally:
            if not holds:
                await self._give_back(name, turn, allowance)
        return holds

    def _refused(self, name: str, turn: Turn) -> DiscoveryError:
        match turn.refusal:
            case Refusal.BLOCKED:
                return CircuitOpen(
                    f"{name} blocks requests and is left alone for now; ask its operator for"
                    " access, or disable the source",
                    retry_after=turn.wait,
                )
            case Refusal.QUOTA:
                return QuotaExhausted(
                    f"the requests of the day to {name} are used up, as the settings allow them",
                    retry_after=turn.wait,
                )
            case Refusal.HELD:
                message = f"{name} has asked to be left alone; nothing was sent"
                return HostBusy(message, retry_after=turn.wait)
        message = f"as many requests to {name} are on their way as may be; nothing was sent"
        return HostBusy(message, retry_after=self._rng.uniform(*_BACK_AFTER_SECONDS))

    async def _give_back(self, name: str, turn: Turn, allowance: Allowance) -> None:
        try:
            await self._hosts.give_back(name, turn, allowance)
        except DiscoveryError as error:  # it frees itself, and must not hide what came before
            log.warning("A place among the requests to %s frees itself later: %s", name, error)

    def _name_of(self, url: httpx.URL) -> str:
        """Name what has limits of its own: a host, or a key that it knows us by."""
        host = host_of(url)
        known_by = self._credentials
        if known_by is not None and any(each.admits(url) for each in known_by.hosts):
            return f"{host} (key of {known_by.connection_id})"
        return host

    def _allowance_of(self, url: httpx.URL) -> Allowance:
        kept = self._kept.get(url.host, 0.0)
        held_for = _SECONDS_OF_A_TRY * self._settings.timeout_seconds
        if not self._limited:
            return Allowance(kept, held_for=held_for)
        host = host_of(url)
        per_second, at_once = self._settings.limits(is_own=self._addresses.names(host))
        return Allowance(
            max(kept, 1 / per_second if per_second else 0.0),
            at_once,
            self._settings.requests_a_day(),
            held_for,
        )
