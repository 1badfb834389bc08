"""What the grammar finds in a text: days, weekdays, hours, as they were written."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import Enum, auto
from typing import Self

YEARS = range(1900, 2101)
"""Years that are believed when they are written out."""
NO_WEEKDAYS: frozenset[int] = frozenset()
EVERY_DAY = frozenset(range(7))


class Role(Enum):
    """What the word before a day or an hour makes of it."""

    PLAIN = auto()
    FROM = auto()
    UNTIL = auto()
    EXCEPT = auto()


@dataclass(frozen=True, slots=True)
class Day:
    """A day as written; what is ``None`` was not said and may come from its neighbours.

    A day with a month but no number stands for the whole month. A year of two digits is stored in
    full and remembered as ``short_year``. ``weekdays`` holds what the weekday beside it may mean.
    """

    day: int | None
    month: int | None = None
    year: int | None = None
    weekdays: frozenset[int] = NO_WEEKDAYS
    short_year: bool = False
    month_first: bool = False
    closed: bool = False
    """Whether the form was a complete numeric date ('5.12.', '5.12.2026')."""
    swapped: bool = False
    """Whether day and month stand in the order that was not expected."""

    @property
    def is_bare(self) -> bool:
        """Return whether only the number of the day is known."""
        return self.month is None

    def with_month_of(self, other: Self) -> Self:
        """Complete a bare day by its neighbour's month and year."""
        return replace(self, month=other.month, year=other.year, short_year=other.short_year)

    def __str__(self) -> str:
        parts = (self.day, self.month, self.year)
        return ".".join(str(part) for part in parts if part is not None)


@dataclass(frozen=True, slots=True)
class Clock:
    """An hour by the clock; 24:00 is the end of the day."""

    hour: int
    minute: int = 0
    second: int = 0
    zone: str | None = None
    """Its time zone as written; else the clock is that of the venue."""
    is_named_midnight: bool = False
    is_zeros: bool = False
    """Whether it was written 00:00, as software writes an unknown hour."""
    is_twelve_hour: bool = False
    """Whether am, pm or the part of the day stood beside it."""
    is_doubtful: bool = False
    """Whether it is an early hour that may be meant for the evening."""

    def on(self, day: date) -> datetime:
        """Return the time on a day, naive; 24:00 is midnight after it.

        :raises OverflowError: at the edge of the calendar.
        """
        if self.hour == 24:
            return datetime.combine(day + timedelta(days=1), time())
        return datetime.combine(day, time(self.hour, self.minute, self.second))


Span = tuple[Day, Day | None]
Hours = tuple[Clock, Clock | None]


@dataclass(frozen=True, slots=True)
class Days:
    """Days in the order of the text; a span has a last day, a single day has none."""

    spans: tuple[Span, ...]
    role: Role = Role.PLAIN
    ends_former: bool = False
    """Whether a dash or 'to' ties them to what stands before: 5 May 19:00 – 6 May 02:00."""

    @property
    def is_range(self) -> bool:
        """Return whether it is one span of days, or a whole month."""
        first, last = self.spans[0]
        return len(self.spans) == 1 and (last is not None or first.day is None)

    @property
    def is_vague(self) -> bool:
        """Return whether it is a month without its year: enough for a recurrence's bounds only."""
        days = [day for span in self.spans for day in span if day is not None]
        return all(day.day is None and day.year is None for day in days)


@dataclass(frozen=True, slots=True)
class Times:
    """Hours in the order of the text, each with its end where one is given."""

    hours: tuple[Hours, ...]
    role: Role = Role.PLAIN
    are_doors: bool = False


@dataclass(frozen=True, slots=True)
class Weekly:
    """A recurrence: on weekdays (all of them: daily), each week or numbered within the month."""

    weekdays: frozenset[int]
    interval: int = 1
    nth: tuple[int, ...] = ()
    is_exception: bool = False
    """Whether these weekdays are the ones left out: 'closed on Mondays'."""


@dataclass(frozen=True, slots=True)
class Loners:
    """Days that only today's date makes dates of: 'tomorrow', 'Friday'."""

    offsets: tuple[int, ...] = ()
    weekdays: tuple[int, ...] = ()
    is_next: bool = False
    """Whether today itself is not meant: 'next Friday'."""
    are_beside_days: bool = False
    """Whether dates stand directly before or after: over a range, such weekdays recur."""


@dataclass(frozen=True, slots=True)
class Moment:
    """An ISO date and time, aware or naive, with its end where one is given."""

    start: datetime
    end: datetime | None = None
    zone: str | None = None
    """The time zone behind it, as written."""


Block = Days | Times | Weekly | Loners | Moment


@dataclass(slots=True)
class Findings:
    """All that was found in a text, in its order, and what looked like a date and is none."""

    blocks: list[Block] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    years: set[int] = field(default_factory=set)
    """Years that stand by themselves: 'Festival 2026, 5–7 May'."""
