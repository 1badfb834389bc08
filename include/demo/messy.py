"""Unusable rows, spread among the good ones of the demo-messy site.

Their number is the same on every day, and each keeps its identity while its day is in the window.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from include.demo.generator import steady_days, window
from include.demo.tribe_api import TribeRow

MESSY_INVALID: Mapping[str, int] = MappingProxyType(
    {
        "no_title": 6,
        "no_date": 5,
        "end_before_start": 4,
        "unparsable_date": 5,
        "wrong_types": 4,
    }
)
"""How many rows of each defect the demo-messy site serves, on any day."""

MESSY_INVALID_TOTAL = sum(MESSY_INVALID.values())

_DATES = ("start_date", "end_date", "utc_start_date", "utc_end_date")
_BLANK_TITLES = ("", "&nbsp;", "<br />", "   ", "<p></p>", "&#8203;")
_UNPARSABLE = ("0000-00-00 00:00:00", "2026-02-31 19:00:00", "piątek, godz. 19", "NaN", "19:00")
_WRONG_TYPES: tuple[object, ...] = (
    None,
    "Undefined index: event in class-archive.php on line 87",
    {"id": None, "title": ["nie", "tytuł"], "start_date": 20261131, "venue": "Dom Kultury"},
    [],
)


def invalid_rows(today: date) -> list[TribeRow]:
    """Return the broken rows of the site, each filed under a day of the window."""
    defects = [(defect, turn) for defect, count in MESSY_INVALID.items() for turn in range(count)]
    days = steady_days(window(today), len(defects))
    return [_row(defect, turn, day) for (defect, turn), day in zip(defects, days, strict=True)]


def _row(defect: str, turn: int, day: date) -> TribeRow:
    starts = datetime.combine(day, time(17, 30))
    ends = starts + timedelta(hours=2)
    return TribeRow(starts, ends, _payload(defect, turn, starts, ends))


def _payload(defect: str, turn: int, starts: datetime, ends: datetime) -> object:
    if defect == "wrong_types":
        return _WRONG_TYPES[turn]
    row = {
        "id": 90_000_000 + starts.toordinal(),
        "status": "publish",
        "url": f"https://demo-messy.example/krakow/event/{starts:%Y%m%d}-{defect}/",
        "title": f"Wieczór sąsiedzki nr {turn + 1}",
        "description": "<p>Szczegóły wkrótce.</p>",
        "all_day": False,
        "start_date": f"{starts:%Y-%m-%d %H:%M:%S}",
        "end_date": f"{ends:%Y-%m-%d %H:%M:%S}",
        "timezone": "Europe/Warsaw",
        "cost": "",
        "venue": [],
        "organizer": [],
        "categories": [],
    }
    if defect == "no_title":
        return row | {"title": _BLANK_TITLES[turn]}
    if defect == "no_date":
        empty = dict.fromkeys(_DATES, "")
        return row | empty if turn % 2 else {k: v for k, v in row.items() if k not in _DATES}
    if defect == "end_before_start":
        return row | {"end_date": f"{starts - timedelta(days=1):%Y-%m-%d %H:%M:%S}"}
    return row | dict.fromkeys(_DATES, _UNPARSABLE[turn])
