"""Time zones by whatever name a source uses: IANA, Windows, offsets."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

_OFFSET = re.compile(r"^(?:UTC|GMT)?\s*([+-])\s*(\d{1,2})(?::?(\d{2}))?$", re.IGNORECASE)
_WINDOWS = {name.lower(): zone for name, zone in WINDOWS_TO_OLSON.items()}


@cache
def _iana_by_lower_name() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}


_LONGEST = 200  # characters of a name; those of vendors have 50


@lru_cache(maxsize=4_096)  # bounded: the names are others'
def zone_named(name: str) -> ZoneInfo | None:
    """Find a zone by its name as sources write it; ``None`` if it is unknown.

    Understood: IANA names in any case, also behind a vendor's prefix
    (``/mozilla.org/20050126_1/Europe/Berlin``); Windows names (``Eastern Standard Time``, from the
    Unicode CLDR table that icalendar ships); ``Z``, ``UTC+2`` and the like for whole hours.
    """
    if len(name) > _LONGEST:
        return None
    wanted = name.strip().strip('"').lower()
    if wanted in {"z", "utc", "gmt", "utc+0", "utc-0", "etc/utc"}:
        return ZoneInfo("UTC")
    known = _iana_by_lower_name()
    parts = [part for part in wanted.split("/") if part]
    for start in range(len(parts)):
        candidate = "/".join(parts[start:])
        if candidate in known:
            return ZoneInfo(known[candidate])
    if wanted in _WINDOWS:
        return ZoneInfo(_WINDOWS[wanted])
    if offset := _OFFSET.match(wanted):
        sign, hours, minutes = offset[1], int(offset[2]), int(offset[3] or 0)
        # Etc names have the sign reversed: Etc/GMT-2 is two hours east of Greenwich.
        if minutes == 0 and hours == 0:
            return ZoneInfo("UTC")
        etc = f"etc/gmt{'-' if sign == '+' else '+'}{hours}"
        if minutes == 0 and etc in known:
            return ZoneInfo(known[etc])
    return None
