"""How often a calendar wants to be requested."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

_MOST_BYTES: Final = 64_000
"""Properties of a calendar come before its events."""

_INTERVAL: Final = re.compile(
    rb"^(?:REFRESH-INTERVAL|X-PUBLISHED-TTL)\b[^:\r\n]{0,100}:[ \t]*\+?"
    rb"P(?:([0-9]{1,4})W)?(?:([0-9]{1,4})D)?(?:T(?:([0-9]{1,6})H)?(?:([0-9]{1,7})M)?(?:([0-9]{1,9})S)?)?"
    rb"[ \t]*\r?$",
    re.IGNORECASE | re.MULTILINE,
)


def refresh_interval(body: bytes) -> timedelta | None:
    """Read the interval of a calendar: REFRESH-INTERVAL (RFC 7986 §5.7), or X-PUBLISHED-TTL.

    The longer one counts if there are several; a duration of nothing is none.
    """
    found = [
        timedelta(
            weeks=int(match[1] or 0),
            days=int(match[2] or 0),
            hours=int(match[3] or 0),
            minutes=int(match[4] or 0),
            seconds=int(match[5] or 0),
        )
        for match in _INTERVAL.finditer(body[:_MOST_BYTES])
    ]
    return max(found, default=timedelta()) or None
