"""How long an answer says that it stays as it is (RFC 9111 §4.2): a floor for the next request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

LONGEST_FLOOR: Final = timedelta(hours=22)
"""A source that asks for a day, and one that asks for more, is asked once a day: in time for the
run of the next night, which may start a little earlier than that of the last one."""

_SECONDS: Final = re.compile(r"\"?([0-9]{1,10})\"?")
_LONGEST_FIELD: Final = 2_000


def floor_of(
    headers: Mapping[str, str], now: datetime, *, asked_interval: timedelta | None = None
) -> timedelta:
    """Return how long not to ask again.

    That is what the document itself asks for, if that is longer than what the headers say:
    ``max-age`` (less ``Age``), else ``Expires`` (less ``Date``). ``no-cache`` and ``no-store``
    allow to ask at any time.

    :param headers: with names in lower case.
    :param now: an aware datetime.
    :param asked_interval: what the document asks for.
    """
    told = max(_of_headers(headers, now), asked_interval or timedelta(), timedelta())
    return min(told, LONGEST_FLOOR)


def _of_headers(headers: Mapping[str, str], now: datetime) -> timedelta:
    directives = dict(
        _directive(part)
        for part in headers.get("cache-control", "")[:_LONGEST_FIELD].lower().split(",")
    )
    if directives.keys() & {"no-cache", "no-store"}:
        return timedelta()
    if (found := _SECONDS.fullmatch(directives.get("max-age", ""))) is not None:
        age = _SECONDS.fullmatch(headers.get("age", "").strip())
        return timedelta(seconds=_bounded(found[1]) - (_bounded(age[1]) if age else 0))
    expires = _moment(headers.get("expires"))
    if expires is None:
        return timedelta()
    return expires - (_moment(headers.get("date")) or now)


def _directive(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return name.strip(), value.strip()


def _bounded(digits: str) -> int:
    return min(int(digits), 366 * 24 * 3600)


def _moment(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime((text or "")[:100])
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
