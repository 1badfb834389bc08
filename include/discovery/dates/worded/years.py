"""Completing days by the calendar: the year that was meant, and days that do not exist."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta

from include.discovery.dates.worded.parts import YEARS, Day
from include.discovery.record_warnings import DateWarning

_LOOKS_BACK = timedelta(days=30)
_YEARS_BACK = 3
_YEARS_AHEAD = 5
_AHEAD_SEARCHED = timedelta(days=550)
"""How far ahead a weekday may fit: beyond, a slip of the pen is likelier than such a date."""
_PAST_SEARCHED = timedelta(days=400)
_HALF_A_YEAR = timedelta(days=180)


class NoSuchDay(ValueError):
    """A day that does not exist, or is too far from today to be plausible."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """Days on the calendar, in the order of the text, and what was guessed on the way.

    Each is a first and a last day, the same but for whole months.
    """

    days: tuple[tuple[date, date], ...]
    warnings: tuple[str, ...]


def resolve(
    days: Sequence[Day], *, is_range: bool, today: date, elsewhere: frozenset[int] = frozenset()
) -> Resolved:
    """Find the dates of days that stand together, in the order of the text.

    A year that is not given comes from the neighbours; else from ``elsewhere``, the years that the
    text names apart from them, if it is the only one and fits; else it is the nearest that does
    not put the last day more than 30 days before today and fits the weekdays.

    :raises NoSuchDay: if one of them does not exist, or is too far from today.
    """
    years = _shared_years(days, is_range=is_range)
    warnings: list[str] = []
    if years is None:
        years, is_fitting = _guessed_years(
            days, is_range=is_range, today=today, elsewhere=elsewhere
        )
        said = "/".join(map(str, sorted(set(years))))
        warnings.append(DateWarning.YEAR_NOT_GIVEN.said(years=said))
        if not is_fitting:
            warnings.append(_weekday_warning(days, years))
    else:
        contradiction = _weekday_warning(days, years)
        if contradiction:
            warnings.append(contradiction)
    if any(day.swapped for day in days):
        warnings.append(DateWarning.ORDER_REVERSED.said())
    if any(day.day is None for day in days):
        warnings.append(DateWarning.DAY_NOT_GIVEN.said())
    spans = tuple(_on_calendar(day, year) for day, year in zip(days, years, strict=True))
    for day, span in zip(days, spans, strict=True):
        _check_distance(day, span[0], today)
    return Resolved(spans, tuple(warning for warning in warnings if warning))


def _shared_years(days: Sequence[Day], *, is_range: bool) -> list[int] | None:
    """Spread the years that are given to the neighbours without one."""
    years = [day.year for day in days]
    for at in reversed(range(len(days) - 1)):
        following = years[at + 1]
        if years[at] is None and following is not None:
            years[at] = _year_before(days[at], days[at + 1], following, is_range=is_range)
    for at in range(1, len(days)):
        previous = years[at - 1]
        if years[at] is None and previous is not None:
            rolls = _is_after(days[at - 1], days[at], is_range=is_range)
            years[at] = previous + rolls
    known = [year for year in years if year is not None]
    return known if len(known) == len(days) else None


def _year_before(day: Day, following: Day, year: int, *, is_range: bool) -> int:
    return year - _is_after(day, following, is_range=is_range)


def _is_after(day: Day, following: Day, *, is_range: bool) -> bool:
    """Return whether the order of two days tells that a year ends between them."""
    first, second = ((each.month or 1, each.day or 1) for each in (day, following))
    if is_range:
        return first > second
    return (first[0] - second[0]) * 31 + first[1] - second[1] > _HALF_A_YEAR.days


def _guessed_years(
    days: Sequence[Day], *, is_range: bool, today: date, elsewhere: frozenset[int]
) -> tuple[list[int], bool]:
    """Return the years, and whether they fit the weekdays.

    The nearest year ahead counts, or a later one that fits the weekdays; else one past that does: a
    page may be old. Where none of them fits, the date outweighs the weekday.
    """
    ahead: list[list[int]] = []
    soon: list[list[int]] = []
    past: list[list[int]] = []
    for last_year in range(today.year - 2, today.year + _YEARS_AHEAD + 1):
        years = [last_year]
        for at in reversed(range(len(days) - 1)):
            years.insert(0, _year_before(days[at], days[at + 1], years[0], is_range=is_range))
        try:
            last = _on_calendar(days[-1], last_year)[1]
            is_fitting = not _weekday_warning(days, years)
        except NoSuchDay:
            continue
        if is_fitting and elsewhere == {last_year}:
            return years, True
        if last >= today - _LOOKS_BACK:
            if is_fitting and (not ahead or last <= today + _AHEAD_SEARCHED):
                soon.append(years)
            ahead.append(years)
        elif is_fitting and last >= today - _PAST_SEARCHED:
            past.insert(0, years)
    if not ahead:
        raise NoSuchDay(f"{days[-1]} is no date")
    fitting = (*soon, *past)
    return (fitting[0], True) if fitting else (ahead[0], False)


def _on_calendar(day: Day, year: int) -> tuple[date, date]:
    month = day.month or 0
    if not 1 <= month <= 12 or not 1 <= year <= MAXYEAR:
        raise NoSuchDay(f"{day} is no date")
    if day.day is None:
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    try:
        found = date(year, month, day.day)
    except ValueError:
        raise NoSuchDay(f"{day} is no date") from None
    return found, found


def _weekday_warning(days: Sequence[Day], years: Sequence[int]) -> str:
    """Return a warning about a day that is not the given weekday; '' if there is none."""
    for day, year in zip(days, years, strict=True):
        if not day.weekdays or day.day is None:
            continue
        found, _ = _on_calendar(day, year)
        if found.weekday() not in day.weekdays:
            said = "/".join(calendar.day_name[each] for each in sorted(day.weekdays))
            weekday = calendar.day_name[found.weekday()]
            return DateWarning.WEEKDAY_CONTRADICTS.said(day=found, weekday=weekday, said=said)
    return ""


def _check_distance(day: Day, found: date, today: date) -> None:
    if day.year is not None and not day.short_year:
        if found.year not in YEARS:
            raise NoSuchDay(f"{day} lies outside {YEARS[0]}-{YEARS[-1]}")
    elif not _add_years(today, -_YEARS_BACK) <= found <= _add_years(today, _YEARS_AHEAD):
        raise NoSuchDay(f"{found} is too far from today to be meant")


def _add_years(day: date, years: int) -> date:
    year = min(max(day.year + years, 1), MAXYEAR)
    return date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))
