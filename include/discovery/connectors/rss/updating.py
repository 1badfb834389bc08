"""How often a feed wants to be requested."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

_MOST_BYTES: Final = 64_000
"""Elements of a feed come before its items."""

_TTL: Final = re.compile(rb"<ttl>\s{0,20}([0-9]{1,6})\s{0,20}</ttl>", re.IGNORECASE)
_PERIOD: Final = re.compile(
    rb"<(?:\w{1,20}:)?updatePeriod>\s{0,20}(hourly|daily|weekly|monthly|yearly)\s{0,20}<"
)
_FREQUENCY: Final = re.compile(rb"<(?:\w{1,20}:)?updateFrequency>\s{0,20}([0-9]{1,4})\s{0,20}<")
_PERIODS: Final = {
    b"hourly": timedelta(hours=1),
    b"daily": timedelta(days=1),
    b"weekly": timedelta(weeks=1),
    b"monthly": timedelta(days=30),
    b"yearly": timedelta(days=365),
}


def update_interval(body: bytes) -> timedelta | None:
    """Read the interval of a feed: ``ttl`` in minutes (RSS 2.0), else the module of syndication."""
    head = body[:_MOST_BYTES]
    if ttl := _TTL.search(head):
        return timedelta(minutes=int(ttl[1])) or None
    if period := _PERIOD.search(head):
        frequency = _FREQUENCY.search(head)
        return _PERIODS[period[1]] / max(1, int(frequency[1]) if frequency else 1)
    return None
