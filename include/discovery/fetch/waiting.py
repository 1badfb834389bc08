"""How long to wait: before a request is repeated, and between two requests to a host.

Clock, chance and sleep come from the caller.
"""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

log = logging.getLogger(__name__)

LONGEST_BACKOFF_SECONDS = 8.0

LONGEST_RETRY_AFTER_SECONDS = 7 * 24 * 3600.0
"""What asks for more is cut to this, so that nobody computes with absurd or infinite times."""

LONGEST_INTERVAL_SECONDS = 60.0
"""A host that wants longer pauses than that is asked this often: a sync has to end some day."""

_SINCE_1970_FROM = 1e9
_MILLISECONDS_FROM = 1e12

_NUMBER = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,9})?")
_SECONDS = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def backoff_delay(failures: int, rng: random.Random) -> float:
    """Return the seconds to wait after the first, second … failure: anything up to 1, 2, 4, 8, 8.

    "Full jitter": the whole wait is random, so that clients that failed together do not come back
    together (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
    """
    return rng.uniform(0, min(2.0 ** (failures - 1), LONGEST_BACKOFF_SECONDS))


def quota_renewal(headers: Mapping[str, str], now: datetime) -> float | None:
    """Read when a used-up quota is renewed, as seconds from now; ``None`` where it is not said.

    That is what the headers ``X-RateLimit-Remaining: 0`` and ``X-RateLimit-Reset`` of many APIs say
    beside a 429 without ``Retry-After`` (Opendatasoft's daily quota, say), also without the ``X-``
    (draft-ietf-httpapi-ratelimit-headers). The reset comes as seconds from now, or as seconds or
    milliseconds since 1970, which no quota lasts for.

    :param headers: with names in lower case.
    :param now: an aware datetime.
    """
    for prefix in ("x-ratelimit", "ratelimit"):
        reset = headers.get(f"{prefix}-reset", "").strip()
        if headers.get(f"{prefix}-remaining", "").strip() == "0" and _NUMBER.fullmatch(reset):
            seconds = float(reset)
            if seconds >= _MILLISECONDS_FROM:
                seconds /= 1000
            if seconds >= _SINCE_1970_FROM:
                seconds -= now.timestamp()
            return min(max(seconds, 0.0), LONGEST_RETRY_AFTER_SECONDS)
    return None


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Read a ``Retry-After`` header (RFC 9110, 10.2.3) as seconds from now.

    Both forms are read: seconds, and an HTTP date in any of its three spellings. A time that is
    past is 0; what is neither form is ``None``, as if the header were missing.

    :param now: an aware datetime.
    """
    text = (value or "").strip()
    if _SECONDS.fullmatch(text):
        seconds = float(text)
    else:
        try:
            moment = parsedate_to_datetime(text)
            # HTTP dates are GMT; a date that does not say so comes out naive.
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            seconds = (moment - now).total_seconds()
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER_SECONDS)


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
