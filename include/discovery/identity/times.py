"""What the days and hours of two listings are to each other."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from include.discovery.identity.prepared import Prepared
from include.discovery.identity.words import BEGINS, DOORS

HOUR: Final = 65
"""Minutes that doors and show are apart at most."""
_TWO_HOURS: Final = 130
_NEAR: Final = 15
_AROUND_MIDNIGHT: Final = timedelta(minutes=_NEAR)
_HALF_A_DAY: Final = 12 * 60
_NOON: Final = 12
_EXPLAINED: Final = frozenset(
    ("an hour apart", "two hours apart", "half a day apart", "local hour told as UTC")
)
"""Differences of time that a text which names the other's hour explains."""
_DOORS_OPEN: Final = "|".join(sorted(DOORS))
_BEGINS: Final = "|".join(sorted(BEGINS))


def are_of_one_day(one: Prepared, other: Prepared) -> bool:
    """Say whether two listings may be of one day, for all that is known."""
    days = one.listing.local_date, other.listing.local_date
    if days[0] == days[1] or None in days:
        return True
    if one.at and other.at and abs(one.at - other.at) <= _AROUND_MIDNIGHT:
        return one.listing.time_known and other.listing.time_known
    # A party at half past midnight: a source without hours gives the evening before.
    if (one.night == days[1] and other.minute is None) or (
        other.night == days[0] and one.minute is None
    ):
        return True
    # Two sources of one exhibition: a source may give today as the first day of what is on.
    return one.is_long and other.is_long and one.last == other.last


def time_between(one: Prepared, other: Prepared, *, is_one_source: bool) -> str:
    """Name what the start of one listing is to that of another, as in ``weights.POINTS``."""
    if one.minute is None or other.minute is None:
        starts = one.listing.starts_at, other.listing.starts_at
        return "same" if starts[0] == starts[1] is not None else "unknown"
    apart = abs(one.minute - other.minute)
    if apart and one.is_long and other.is_long and not is_one_source:
        return "unknown"  # each tells the first day, or the hour of today, in its own way
    if apart == 0 or (apart <= _NEAR and not is_one_source):
        return "near" if apart else "same"
    if apart <= HOUR:
        return "an hour apart"
    if (one.minute == other.end and one.end is None) or (
        other.minute == one.end and other.end is None
    ):
        return "at the end of the other"
    if other.minute - one.minute in {one.offset, -other.offset}:
        return "local hour told as UTC"
    if apart == _HALF_A_DAY:
        return "half a day apart"
    return "two hours apart" if apart <= _TWO_HOURS else "other"


def is_explained(one: Prepared, other: Prepared, time: str) -> bool:
    """Say whether the text of one listing names the hour of the other: 'Doors 7pm'.

    :param time: what ``time_between`` says of the two.
    """
    if time not in _EXPLAINED:
        return False
    if _names_start_of(one, other) or _names_start_of(other, one):
        return True
    early = one if (one.minute or 0) < (other.minute or 0) else other
    return time == "an hour apart" and _names_doors(early)


def _names_start_of(one: Prepared, other: Prepared) -> bool:
    """Say whether the text of one listing names the hour of the other, as one or as a start."""
    return other.at is not None and _has(
        one.text,
        rf"\b(?:{_hour_of(other.at)})\b"
        rf"|\b(?:{_BEGINS})\b[^0-9]{{0,9}}(?:{_bare_hour_of(other.at)})\b(?! ?\d)",
    )


def _names_doors(one: Prepared) -> bool:
    """Say whether the text of a listing calls its own hour that of the doors."""
    return one.at is not None and _has(
        one.text,
        rf"\b(?:{_DOORS_OPEN})\b[^0-9]{{0,20}}(?:{_hour_of(one.at)}|{_bare_hour_of(one.at)})\b",
    )


def _bare_hour_of(at: datetime) -> str:
    minute = f" ?{at.minute:02d}" if at.minute else ""
    return f"{at.hour}{minute}|{at.hour % 12 or 12}{minute}"


def _hour_of(at: datetime) -> str:
    """Return, as a pattern, how folded texts write an hour."""
    hour = at.hour % 12 or 12
    minute = f" ?{at.minute:02d}" if at.minute else r"(?: ?00)?"
    ampm = "pm" if at.hour >= _NOON else "am"
    return (
        rf"{hour}{minute} ?{ampm}|{at.hour} ?{at.minute:02d}"
        rf"|{at.hour}{minute} ?(?:uhr|h|godz)"
    )


def _has(text: str, pattern: str) -> bool:
    return bool(text) and re.search(pattern, text) is not None
