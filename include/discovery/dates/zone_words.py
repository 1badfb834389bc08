"""Time zones as people say them behind hours: ``7 pm ET``, ``19 Uhr MEZ``, ``hora peninsular``."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

_HOME: Final = ""
"""The zone of a phrase that means the time at the venue."""

_ABBREVIATIONS: Final = {
    "America/New_York": "ET EST EDT",
    "America/Chicago": "CT CST CDT",
    "America/Denver": "MT MST MDT",
    "America/Los_Angeles": "PT PST PDT",
    "America/Anchorage": "AKST AKDT",
    "Pacific/Honolulu": "HST",
    "America/Halifax": "AST ADT",
    "America/St_Johns": "NST NDT",
    "America/Sao_Paulo": "BRT",
    "America/Argentina/Buenos_Aires": "ART",
    "Europe/London": "BST",
    "Europe/Lisbon": "WET WEST WEZ WESZ",
    "Europe/Paris": "CET CEST MEZ MESZ SEČ SELČ HEC HNEC HAEC",
    "Europe/Athens": "EET EEST OEZ OESZ",
    "Europe/Moscow": "MSK",
    "Europe/Istanbul": "TRT",
    "Asia/Dubai": "GST",
    "Asia/Kolkata": "IST",
    "Asia/Singapore": "SGT",
    "Asia/Hong_Kong": "HKT",
    "Asia/Tokyo": "JST",
    "Asia/Seoul": "KST",
    "Australia/Perth": "AWST",
    "Australia/Adelaide": "ACST ACDT",
    "Australia/Sydney": "AEST AEDT",
    "Pacific/Auckland": "NZST NZDT",
    "Africa/Johannesburg": "SAST",
}
_SAME_AS: Final = {
    "MEZ": "CET", "SEČ": "CET", "HEC": "CET", "HNEC": "CET", "MESZ": "CEST", "SELČ": "CEST",
    "HAEC": "CEST", "OEZ": "EET", "OESZ": "EEST", "WEZ": "WET", "WESZ": "WEST",
}  # fmt: skip
"""What the tz database calls the abbreviations of other languages."""
_PHRASES: Final = {
    _HOME: "local time|ortszeit|heure locale|hora local|ora locale|czasu lokalnego"
    "|czasu miejscowego|lokal tid|paikallista aikaa|místního času",
    "UTC": "greenwich mean time|universal time",
    "America/New_York": "eastern time|eastern standard time|eastern daylight time|new york time"
    "|eastern",
    "America/Chicago": "central time|central standard time|central daylight time",
    "America/Denver": "mountain time|mountain standard time|mountain daylight time",
    "America/Los_Angeles": "pacific time|pacific standard time|pacific daylight time|pacific",
    "Europe/London": "uk time|british time|british summer time|london time|heure de londres"
    "|hora de londres|ora di londra",
    "Europe/Dublin": "irish time|irish standard time|dublin time",
    "Europe/Berlin": "mitteleuropäische zeit|mitteleuropäischer zeit|mitteleuropäische sommerzeit"
    "|mitteleuropäischer sommerzeit|deutscher zeit|berliner zeit|central european time"
    "|central european summer time|central european standard time|berlin time",
    "Europe/Madrid": "hora peninsular|hora peninsular española|hora española|hora de españa"
    "|hora de madrid",
    "Atlantic/Canary": "hora canaria|hora de canarias|hora insular canaria",
    "Europe/Paris": "heure de paris|heure française|paris time",
    "Europe/Rome": "ora italiana|ora di roma",
    "Europe/Warsaw": "czasu polskiego|czasu warszawskiego|polish time",
    "Europe/Prague": "středoevropského času|středoevropského letního času|pražského času",
    "Europe/Stockholm": "svensk tid",
    "Europe/Helsinki": "suomen aikaa",
}
DOUBTFUL_ABBREVIATIONS: Final = frozenset({"ET", "CT", "MT", "PT", "EST", "IST", "ART", "WEST"})
"""Those that are words, too, in capitals: a zone only where nothing else can be meant."""

_OFFSET: Final = re.compile(
    r"(?:UTC|GMT)?\s?([+\-−])\s?(\d{1,2})(?:([:.]?)(\d{1,2}))?", re.IGNORECASE | re.ASCII
)
_PART_OF_NAMES: Final = {"eastern", "pacific"}
_END: Final = r"(?=\s?(?:$|[,;.)/|\n]))"
"""What must follow a word that also begins names: 'Eastern Market'."""
_MOST_MINUTES: Final = 14 * 60


def pattern() -> str:
    """Return a pattern, for a verbose expression, of all names but the doubtful ones."""
    by_letter: dict[str, list[str]] = defaultdict(list)
    for phrase in sorted(_by_phrase(), key=len, reverse=True):
        rest = re.escape(phrase[1:]).replace("\\ ", r"\s")
        by_letter[phrase[0]].append(rest + (_END if phrase in _PART_OF_NAMES else ""))
    phrases = "|".join(f"{letter}(?:{'|'.join(rests)})" for letter, rests in by_letter.items())
    capitals = "|".join(
        sorted(_by_abbreviation().keys() - DOUBTFUL_ABBREVIATIONS, key=len, reverse=True)
    )
    letters = "".join(sorted(by_letter))
    return (
        r"\b(?:(?:gmt|utc)(?:\s?[+\-−]\s?\d{1,2}(?:[:.]\d{1,2}|\d{2})?)?(?!\w)"
        rf"|(?=[{letters}])(?:{phrases})(?!\w)"
        rf"|(?-i:(?=[A-Z][A-ZČ]{{2}})(?:{capitals})(?!\w)))"
    )


def zone_said(name: str, day: date, home: ZoneInfo) -> tuple[tzinfo | None, bool]:
    """Return the zone of an hour on a day; ``None`` stands for that of the venue, ``home``.

    The venue's own zone goes before all others of the same name: IST is Irish in Dublin. The second
    value says whether the name is that of another season, as CET in July: then people mean the time
    that the clocks show.
    """
    words = " ".join(name.lower().split())
    if words in _by_phrase():
        zone = _by_phrase()[words]
        return (ZoneInfo(zone) if zone else None), False
    abbreviation = name.upper()
    own = _SAME_AS.get(abbreviation, abbreviation)
    if own in _names(home, day.year):
        return None, own != datetime.combine(day, time(12), home).tzname()
    if abbreviation in {"GMT", "UTC"}:
        return ZoneInfo("UTC"), False
    if abbreviation in _by_abbreviation():
        zone_info = ZoneInfo(_by_abbreviation()[abbreviation])
        return (None if zone_info.key == home.key else zone_info), False
    return _of_offset(name), False


def is_zone(word: str) -> bool:
    """Return whether a word is the abbreviation of a zone, in capitals."""
    return word in _by_abbreviation()


def _of_offset(name: str) -> tzinfo | None:
    match = _OFFSET.fullmatch(name.strip())
    if match is None:
        return None
    sign, hours, point, digits = match.groups()
    rest = int(digits or 0)
    if point == ".":  # UTC+5.5, UTC+5.75
        rest = int(rest * 60 / 10 ** len(digits))
    minutes = int(hours) * 60 + rest
    if minutes > _MOST_MINUTES:
        return None
    return timezone(timedelta(minutes=minutes if sign == "+" else -minutes))


@cache
def _by_abbreviation() -> dict[str, str]:
    return {name: zone for zone, names in _ABBREVIATIONS.items() for name in names.split()}


@cache
def _by_phrase() -> dict[str, str]:
    return {phrase: zone for zone, text in _PHRASES.items() for phrase in text.split("|")}


@cache
def _names(zone: ZoneInfo, year: int) -> frozenset[str]:
    """Return what the tz database calls a zone's times in a year."""
    seasons = (datetime(year, month, 1, tzinfo=zone).tzname() for month in (1, 7))
    return frozenset(name for name in seasons if name)
