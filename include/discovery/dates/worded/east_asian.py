"""Dates as Japanese and Chinese write them, rewritten in the form that the grammar reads.

There are no words between their numbers but signs behind each: ``2026年12月5日(土) 午後7時30分``.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_SIGNS: Final = re.compile("[年月时時]")
_WEEKDAY: Final = re.compile(r"\([月火水木金土日](?:曜日?)?(?:・?祝)?\)|[月火水木金土日]曜日?")
_DAY: Final = re.compile(r"(?:(\d{4})年\s?)?(\d{1,2})月\s?(\d{1,2})[日号]")
_HOUR: Final = re.compile(r"(午前|午後|上午|下午|晚上)?\s?(\d{1,2})[時时点](?:(\d{1,2})分|(半))?")
_AFTER_NOON: Final = frozenset({"午後", "下午", "晚上"})
_WORDS: Final = {"開場": " doors ", "開演": " ", "開始": " ", "まで": " "}
_WORD: Final = re.compile("|".join(_WORDS))
_TO: Final = re.compile(r"\s*(?:[〜～~]|から|より)\s*(?=\d)")
_MONTHS: Final = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)


def rewritten(text: str) -> str:
    """Return a text with its East Asian dates as ``5 Dec 2026 19:30``, any other as it is."""
    if not _SIGNS.search(text):
        return text
    text = _WEEKDAY.sub(" ", unicodedata.normalize("NFKC", text))
    text = _HOUR.sub(_hour, _DAY.sub(_day, text))
    return _TO.sub(" - ", _WORD.sub(lambda found: _WORDS[found[0]], text))


def _day(found: re.Match[str]) -> str:
    year, month, day = found.groups()
    if not 1 <= int(month) <= len(_MONTHS):
        return found[0]
    return f" {int(day)} {_MONTHS[int(month) - 1]} {year or ''} "


def _hour(found: re.Match[str]) -> str:
    half, hour, minute, is_half = found.groups()
    value = int(hour) + 12 * (half in _AFTER_NOON and int(hour) < 12)
    return f" {value}:{minute or ('30' if is_half else '00'):0>2} "
