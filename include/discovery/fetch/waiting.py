"""How long to wait: before a request is repeated, and between two requests to a host.

Clock, chance and sleep come from the caller.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from include.discovery.errors import DiscoveryError, QuotaExhausted, RateLimited

LONGEST_BACKOFF_SECONDS = 8.0

LONGEST_RETRY_AFTER_SECONDS = 7 * 24 * 3600.0
"""What asks for more is cut to this, so that nobody computes with absurd or infinite times."""

LONGEST_INTERVAL_SECONDS = 60.0
"""A host that wants longer pauses than that is asked this often: a sync has to end some day."""

_SINCE_1970_FROM = 1e9
_MILLISECONDS_FROM = 1e12

_NUMBER = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,9})?")
_MEMBER = re.compile(r"\b(remaining|reset|r|t)\s*=\s*([0-9]{1,20})\b")
_LONGEST_FIELD = 1_000
_SECONDS = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def is_about_pace(error: DiscoveryError) -> bool:
    """Say whether an answer that asks for a wait means everybody, and not this request alone."""
    if isinstance(error, (RateLimited, QuotaExhausted)):
        return True
    return error.response is not None and error.response.status in {429, 503}


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
    milliseconds since 1970, which no quota lasts for. The field ``RateLimit`` of the later drafts
    says both at once, in two ways of writing.

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
    resets = [*_used_up(headers.get("ratelimit", "")[:_LONGEST_FIELD])]
    return min(max(resets), LONGEST_RETRY_AFTER_SECONDS) if resets else None


def _used_up(field: str) -> Iterator[float]:
    """Yield when the quotas that a field ``RateLimit`` names as used up are renewed, in seconds."""
    is_early_draft = "remaining" in field  # its members describe one quota
    for quota in [field] if is_early_draft else field.split(","):
        said = dict(_MEMBER.findall(quota))
        remaining, reset = (
            (said.get("remaining"), said.get("reset"))
            if is_early_draft
            else (said.get("r"), said.get("t"))
        )
        if remaining == "0" and reset is not None:
            yield float(reset)


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
