"""Keeps the pauses that a host wants between two requests."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

log = logging.getLogger(__name__)

LONGEST_INTERVAL_SECONDS = 60.0
"""A host that wants longer pauses than that is asked this often: a sync has to end some day."""


class Pace:
    """Lets requests to a host go at intervals; each takes the next free moment and waits for it.

    :param sleep: waits the given seconds.
    :param now: the current time, aware.
    """

    def __init__(
        self, sleep: Callable[[float], Awaitable[object]], now: Callable[[], datetime]
    ) -> None:
        self._sleep = sleep
        self._now = now
        self._intervals: dict[str, timedelta] = {}
        self._free_at: dict[str, datetime] = {}

    def keep(self, host: str, seconds: float) -> None:
        """From now on leave so many seconds between two requests to a host."""
        kept = min(seconds, LONGEST_INTERVAL_SECONDS)
        log.info("%s is asked every %g s, as its robots.txt wants.", host, kept)
        self._intervals[host] = timedelta(seconds=kept)
        self._free_at[host] = self._now() + self._intervals[host]

    async def wait(self, host: str) -> None:
        """Wait for this request's turn; at once where a host wants no pauses."""
        interval = self._intervals.get(host)
        if interval is None:
            return
        now = self._now()
        turn = max(now, self._free_at[host])
        self._free_at[host] = turn + interval
        if turn > now:
            await self._sleep((turn - now).total_seconds())
