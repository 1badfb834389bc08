"""What reading a date may guess, repair or leave out: each with the text of its warning."""

from __future__ import annotations

from enum import StrEnum


class DateWarning(StrEnum):
    """A kind of warning; its value is the text, with the names of what is filled in.

    The kinds are fixed, so that they can be counted; only the parts in braces differ.
    """

    # The calendar
    YEAR_NOT_GIVEN = "year not given; taken as {years}"
    WEEKDAY_CONTRADICTS = "{day} is a {weekday}, not a {said}"
    ORDER_REVERSED = "day and month read in the other order, since there is no month above 12"
    DAY_NOT_GIVEN = "day not given; taken as the whole month"
    FIRST_DAY_NOT_GIVEN = "first day not given; taken as today"
    ONLY_LAST_DAY_GIVEN = "first day not given; only the last is known"
    LAST_DAY_NOT_GIVEN = "last day not given"
    NEXT_TAKEN_AS_FIRST = "'next' taken as the first one after today"
    WEEKS_NOT_GIVEN = "which weeks is not given; counted from today"
    LEFT_OUT = "{what}; left out"
    # The clock
    HOUR_UNKNOWN = "00:00 taken as an unknown hour"
    HOUR_DOUBTFUL = "00:00 may stand for an unknown hour"
    MIDNIGHT_AS_BEGINNING = "midnight taken as the beginning of the day"
    MORNING_ASSUMED = "morning or evening not given; taken as morning"
    DOORS_HOUR = "the hour is when the doors open"
    HOURS_LEFT_OUT = "not a few days in a row; its hours are left out"
    SKIPPED_BY_CLOCKS = "{time} does not exist in {zone}; moved forward"
    # The end
    END_NEXT_DAY = "end before start: taken as past midnight"
    END_BEFORE_START = "end {end} lies before the start and was dropped"
    END_WITHOUT_HOUR_DROPPED = "end {end} without an hour was dropped"
    END_WITHOUT_HOUR_KEPT = "end {end} without an hour: taken as the end of that day"
    ONLY_END_HOUR_GIVEN = "only the end of its hours is given; dropped"
    # The time zone
    OFFSET_OF_ELSEWHERE = "offset {offset} is not of {zone}, where the time is shown"
    OFFSET_SUSPECT = "suspect offset {offset}: taken as the time in {zone}"
    ZONE_OF_OTHER_SEASON = "{name} is not in use on that day; taken as the time in {zone}"

    def said(self, **parts: object) -> str:
        """Return the text of the warning, filled in."""
        return self.value.format(**parts)
