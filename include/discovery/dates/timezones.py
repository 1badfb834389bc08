"""Time zones by whatever name a source uses: IANA, Windows, offsets."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

_OFFSET = re.compile(r"^(?:UTC|GMT)?\s*([+-])\s*(\d{1,2})(?::?(\d{2}))?$", re.IGNORECASE)
_WINDOWS = {name.lower(): zone for name, zone in WINDOWS_TO_OLSON.items()}
# '(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna': what Windows shows to people.
_SHOWN = re.compile(r"^\((?:utc|gmt)(?:([+-])(\d\d):(\d\d))?\)\s*(.+)$", re.IGNORECASE)
_SHOWN_WITHOUT_CITY = {
    "newfoundland": "America/St_Johns",
    "atlantic time": "America/Halifax",
    "eastern time": "America/New_York",
    "indiana (east)": "America/Indiana/Indianapolis",
    "central time": "America/Chicago",
    "mountain time": "America/Denver",
    "arizona": "America/Phoenix",
    "pacific time": "America/Los_Angeles",
    "alaska": "America/Anchorage",
    "hawaii": "Pacific/Honolulu",
    "coordinated universal time": "UTC",
}


_PARTS_OF_HOURS = {
    -570: "Pacific/Marquesas",
    -210: "America/St_Johns",
    210: "Asia/Tehran",
    270: "Asia/Kabul",
    330: "Asia/Kolkata",
    345: "Asia/Kathmandu",
    390: "Asia/Yangon",
    525: "Australia/Eucla",
    570: "Australia/Darwin",
    630: "Australia/Lord_Howe",
    765: "Pacific/Chatham",
}
"""A zone for each offset that is no whole hour, in minutes: those have no name of their own."""


def zone_of_part_hour(minutes: int, wall_time: datetime) -> ZoneInfo | None:
    """Return a zone that has an offset of half or quarter hours at a time, if there is one."""
    name = _PARTS_OF_HOURS.get(minutes)
    zone = ZoneInfo(name) if name else None
    fits = zone and wall_time.replace(tzinfo=zone).utcoffset() == timedelta(minutes=minutes)
    return zone if fits else None


@cache
def _iana_by_lower_name() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}


_LONGEST = 200  # characters of a name; those of vendors have 50


@lru_cache(maxsize=4_096)  # bounded: the names are others'
def zone_named(name: str) -> ZoneInfo | None:
    """Find a zone by its name as sources write it; ``None`` if it is unknown.

    Understood: IANA names in any case, also behind a vendor's prefix
    (``/mozilla.org/20050126_1/Europe/Berlin``); Windows names (``Eastern Standard Time``, from the
    Unicode CLDR table that icalendar ships) and what Windows shows for them (``(UTC+01:00)
    Amsterdam, Berlin, …``), if the offset agrees; ``Z``, ``UTC+2`` and the like for whole hours.
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
    if shown := _SHOWN.match(wanted):
        return _shown_as(shown)
    if offset := _OFFSET.match(wanted):
        sign, hours, minutes = offset[1], int(offset[2]), int(offset[3] or 0)
        # Etc names have the sign reversed: Etc/GMT-2 is two hours east of Greenwich.
        if minutes == 0 and hours == 0:
            return ZoneInfo("UTC")
        etc = f"etc/gmt{'-' if sign == '+' else '+'}{hours}"
        if minutes == 0 and etc in known:
            return ZoneInfo(known[etc])
    return None


def _shown_as(name: re.Match[str]) -> ZoneInfo | None:
    """Find the zone of one of the cities, or the region, that Windows shows behind an offset."""
    sign, hours, minutes, places = name.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    cities = _iana_by_city()
    region = places.partition(" (us")[0].strip()
    keys = [_SHOWN_WITHOUT_CITY.get(region), *(cities.get(c.strip()) for c in places.split(","))]
    for key in filter(None, keys):
        zone = ZoneInfo(key)
        if _standard_offset(zone) == (-offset if sign == "-" else offset):
            return zone
    return None


@cache
def _iana_by_city() -> dict[str, str]:
    names = (name for name in sorted(available_timezones()) if "/" in name)
    return {name.rpartition("/")[2].replace("_", " ").lower(): name for name in names}


def _standard_offset(zone: ZoneInfo) -> timedelta:
    halves = (datetime(2026, month, 1, tzinfo=UTC).astimezone(zone) for month in (1, 7))
    return min(moment.utcoffset() or timedelta() for moment in halves)
