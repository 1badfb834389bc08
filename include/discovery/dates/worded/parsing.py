"""Dates and times as people write them, in twenty languages: from a text to the times it names.

Those of :mod:`~include.discovery.dates.worded.vocabulary`, in their cases and abbreviations, with
and without accents, and Japanese (:mod:`~include.discovery.dates.worded.east_asian`); single days,
lists, ranges, sessions and recurrences.

The rules for ambiguous texts; each guess adds a warning to the result:

- A year that is not given is the nearest that puts the day at most 30 days before today and
  fits the weekday, if there is one; a weekday moves it by a year and a half at most, else it is
  only said that they contradict each other.
- A range of days is one event of several days; with an hour it is one event on each of its days,
  with weekdays one on each of these.
- Explicit days outweigh weekdays and words like 'tomorrow' beside them; beside a recurrence they
  are its bounds.
- Of several numbers, the mark behind the last says what they are: '7-9pm' are hours. A bare hour
  before six is in the afternoon.
- Numbers are hours or days only where their form or a word says so. Prices, ages, rooms and
  telephone numbers are neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from include.discovery.dates.conventions import conventions
from include.discovery.dates.times import When
from include.discovery.dates.worded.assembly import Assembly
from include.discovery.dates.worded.grammar import parse
from include.discovery.model import Window
from include.discovery.parsed import excerpt
from include.discovery.record_warnings import DateWarning


class UnreadableDate(ValueError):
    """A text without a reliable date. The message says what was found instead."""


@dataclass(frozen=True, slots=True)
class WordedDates:
    """The times that a text names, ascending, at least one; ``recurs`` if from a recurrence."""

    times: tuple[When, ...]
    recurs: bool = False


def read_dates(
    text: str,
    *,
    today: date,
    zone: ZoneInfo,
    language: str | None = None,
    country: str | None = None,
    window: Window | None = None,
    day_first: bool | None = None,
) -> WordedDates:
    """Read the dates and times that a text names; all other text is skipped.

    ``today`` is the date at the venue when the text was read, ``language`` a hint (a tag, such as
    ``en-US``), ``country`` that of the place (ISO 3166-1), ``window`` what a recurrence is expanded
    to (400 days from today if ``None``). ``day_first`` says how 12/05 is meant; if it is not known,
    language and place do. Only the first 500 characters are read.

    :raises UnreadableDate: if there is no date in it, or no plausible one.
    """
    usual = conventions(language, country, zone.key)
    found = parse(
        text,
        language=language,
        nearby=usual.language,
        day_first=usual.day_first if day_first is None else day_first,
    )
    assembly = Assembly(found, today=today, zone=zone, window=window)
    times = assembly.times()
    problems = list(dict.fromkeys(found.problems))
    if not times:
        reasons = "; ".join(problems) or "no date found"
        raise UnreadableDate(f"{reasons}, in {excerpt(text)}")
    return WordedDates(_in_order(times, problems), assembly.recurs)


def _in_order(times: Sequence[When], problems: Sequence[str]) -> tuple[When, ...]:
    """Sort the times, drop repeated ones, and add what was left out to their warnings."""
    left_out = tuple(DateWarning.LEFT_OUT.said(what=problem) for problem in problems)
    unique: dict[tuple[date, datetime | None], When] = {}
    for when in times:
        unique.setdefault((when.local_date, when.starts_at), when)
    ordered = sorted(unique.values(), key=_position)
    if not left_out:
        return tuple(ordered)
    return tuple(replace(when, warnings=(*when.warnings, *left_out)) for when in ordered)


def _position(when: When) -> tuple[date, datetime]:
    start = when.starts_at or datetime.combine(date.min, time(), UTC)
    return when.local_date, start.astimezone(UTC)
