"""Reading one day, with its weekday and year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from include.discovery.dates.worded.cursor import (
    has_shape,
    is_at,
    is_doubtful_weekday,
    read_link,
    skip,
    token_at,
)
from include.discovery.dates.worded.lexicon import fold_word, meanings_of
from include.discovery.dates.worded.marked_hours import is_span_without_colons
from include.discovery.dates.worded.parts import NO_WEEKDAYS, YEARS, Day
from include.discovery.dates.worded.tokens import Shape, Token
from include.discovery.dates.worded.vocabulary import Kind

_ROMAN_MONTHS = {
    name: number
    for number, name in enumerate(
        ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"), start=1
    )
}
_SHORT_YEARS = {str(year) for year in range(25, 40)}
"""Years of two digits that are no hours; as days they would stand before their month."""
_YEAR_WORDS = {"r", "r.", "roku", "rok"}
_MONTH_FIRST = {"en", "es", "fi", "hu"}
_OF = {"of", "the", "de", "del", "d'", "d’", "di", "dell'", "dell’", "er", "do"}
"""Words between a day and its month; in 'Catch-22 on Dec 12' they do not belong together."""
_IN = {"in", "of", "w", "we", "en", "de", "d'", "im", "i", "v", "nel", "di", "del", "a"}
"""Words for 'in' and 'of', before a month."""


class DayReader:
    """Reads single days; its methods return what they read and the position after it."""

    def __init__(self, tokens: Sequence[Token], *, day_first: bool) -> None:
        self._tokens = tokens
        self._day_first = day_first

    def day(self, at: int) -> tuple[Day, int] | None:
        """Read a day with the weekday before or after it; it may lack its month."""
        weekdays, start = self._weekday_before(at)
        found = self._date(start)
        if found is None:
            return None
        day, after = found
        if start > at and day.day is None:
            return None  # 'Friday in May'
        if not weekdays:
            weekdays, after = self._weekday_after(after)
        is_named = bool(weekdays) and len(self._tokens[at].text) > 2
        if not is_named and self._is_version(start, after):
            return None
        return replace(day, weekdays=weekdays), after

    def _weekday_before(self, at: int) -> tuple[frozenset[int], int]:
        token = token_at(self._tokens, at)
        if token is None or not token.is_a(Kind.WEEKDAY, Kind.WEEKDAYS):
            return NO_WEEKDAYS, at
        weekdays = token.values.get(Kind.WEEKDAY) or token.values[Kind.WEEKDAYS]
        after = at + 1
        if has_shape(self._tokens, after, Shape.COMMA):
            after += 1
        after = skip(self._tokens, after, Kind.FILLER, Kind.DAY)
        if self._is_month(at, after):
            return NO_WEEKDAYS, at
        is_doubtful = is_doubtful_weekday(self._tokens, at)
        return (NO_WEEKDAYS if is_doubtful else weekdays), after

    def _is_version(self, at: int, after: int) -> bool:
        """Tell 'Mikro 2.4' from '2.4.', '2.04' and '2.4 o 19:00'."""
        text = self._tokens[at].text
        is_short = self._tokens[at].shape is Shape.PAIR and len(text.partition(".")[2]) == 1
        if has_shape(self._tokens, after, Shape.COMMA):
            after += 1
        is_tied = is_at(self._tokens, after, Kind.AT, Kind.CLOCK, Kind.AND, Kind.TO) or has_shape(
            self._tokens, after, Shape.CLOCK, Shape.DASH, Shape.PAIR, Shape.DMY
        )
        return is_short and not is_tied

    def _is_month(self, at: int, after: int) -> bool:
        """Tell 'mar 5 2026', a month, from 'mar. 5 mai' and 'mar 5, mié 6 de mayo', weekdays."""
        as_month = self._date(at)
        if as_month is None:
            return False
        as_weekday = self._date(after)
        if as_weekday is None or as_month[0].year is not None:
            return as_weekday is None or as_weekday[0].is_bare
        link = read_link(self._tokens, as_weekday[1], is_open=False)
        return as_weekday[0].is_bare and not (link and is_at(self._tokens, link[1], Kind.WEEKDAY))

    def _weekday_after(self, at: int) -> tuple[frozenset[int], int]:
        """Read '(Saturday)' or ', Saturday' unless it belongs to another date that follows."""
        start = at + 1 if has_shape(self._tokens, at, Shape.COMMA) else at
        token = token_at(self._tokens, start)
        if token is None or not token.is_a(Kind.WEEKDAY):
            return NO_WEEKDAYS, at
        if is_doubtful_weekday(self._tokens, start) and not token.is_apart:
            return NO_WEEKDAYS, at
        _, after = self._weekday_before(start)
        link = read_link(self._tokens, start + 1, is_open=False)
        if link and self._is_weekday_alone(link[1]):
            return NO_WEEKDAYS, at  # 5 May, Tue–Sun
        if is_at(self._tokens, start + 1, Kind.CLOSED):
            return NO_WEEKDAYS, at
        if self._date(after) is not None or token.is_a(Kind.TO, Kind.AND):
            return NO_WEEKDAYS, at
        return token.values[Kind.WEEKDAY], start + 1

    def _is_weekday_alone(self, at: int) -> bool:
        """Return whether a weekday stands here that is not that of a date behind it."""
        if not is_at(self._tokens, at, Kind.WEEKDAY, Kind.WEEKDAYS):
            return False
        date = self._date(self._weekday_before(at)[1])
        return date is None or date[0].is_bare

    def _date(self, at: int) -> tuple[Day, int] | None:
        token = token_at(self._tokens, at)
        if token is None:
            return None
        if token.shape is Shape.NUMBER:
            return self._day_month(at)
        if token.shape is Shape.WORD:
            return self._month_day(at) if token.is_a(Kind.MONTH) else None
        if token.shape in {Shape.YMD, Shape.DMY, Shape.PAIR}:
            return self._numeric(at)
        return None

    def _numeric(self, at: int) -> tuple[Day, int] | None:
        token = self._tokens[at]
        if token.shape is Shape.YMD:
            year, month, day = token.numbers
            return Day(day, month, year, closed=True), at + 1
        if token.shape is Shape.PAIR:
            return self._pair(at)
        first, second, year = token.numbers
        day, month, swapped = self._ordered(first, second)
        is_short = year < 100
        if is_short and not 1 <= month <= 12:
            return None
        year += 2000 * is_short
        return Day(day, month, year, short_year=is_short, closed=True, swapped=swapped), at + 1

    def _pair(self, at: int) -> tuple[Day, int] | None:
        token = self._tokens[at]
        day, month, swapped = self._ordered(*token.numbers)
        if not (1 <= day <= 31 and 1 <= month <= 12) or token.text == "24/7":
            return None
        if self._is_counted(at + 1) or (swapped and "/" not in token.text):
            return None  # 19.30 Uhr, 12.30
        closed = token.text.endswith(".")
        year, after = self.year(at + 1, commas=False)
        return Day(day, month, year, closed=closed or year is not None, swapped=swapped), after

    def _ordered(self, first: int, second: int) -> tuple[int, int, bool]:
        """Return day and month, and whether they were found in the unexpected order."""
        day, month = (first, second) if self._day_first else (second, first)
        if month > 12 >= day:
            return month, day, True
        return day, month, False

    def _day_month(self, at: int) -> tuple[Day, int] | None:
        tokens = self._tokens
        day = tokens[at].numbers[0]
        if not 1 <= day <= 31:
            return None
        after = at + 1
        while after < at + 3 and after < len(tokens) and tokens[after].text.lower() in _OF:
            after += 1
        if has_shape(tokens, at + 1, Shape.DASH) and " " not in tokens[at + 1].text:
            after = at + 2  # 5-Dec-2026
        month = self._month(after)
        if month is not None:
            year, end = self.year(after + 1)
            return Day(day, month, year), end
        if self._is_counted(at + 1):
            return None
        return Day(day), at + 1

    def _is_counted(self, at: int) -> bool:
        """Return whether the word here makes an hour or an amount of the number before it.

        In 'h 21' the word belongs to the number behind it.
        """
        if not is_at(self._tokens, at, Kind.HOUR, Kind.UNIT):
            return False
        is_ahead = has_shape(self._tokens, at + 1, Shape.NUMBER, Shape.PAIR, Shape.CLOCK)
        return not (is_at(self._tokens, at, Kind.CLOCK) and is_ahead)

    def _month(self, at: int) -> int | None:
        token = token_at(self._tokens, at)
        if token is None:
            return None
        if token.is_a(Kind.MONTH):
            return min(token.values[Kind.MONTH])
        roman = token.text.rstrip(".")
        if token.shape is Shape.WORD and roman in _ROMAN_MONTHS:
            following = token_at(self._tokens, at + 1)
            ends_there = following is None or following.shape is not Shape.WORD or following.values
            if has_shape(self._tokens, at + 1, Shape.YEAR) or (len(roman) > 1 and ends_there):
                return _ROMAN_MONTHS[roman]
        return None

    def year(self, at: int, *, commas: bool = True) -> tuple[int | None, int]:
        """Read the year after a month or day, with what may stand before it and behind."""
        after = skip(self._tokens, at, Kind.FILLER, Kind.FROM)
        is_joined = has_shape(self._tokens, at, Shape.DASH) and " " not in self._tokens[at].text
        if is_joined or (commas and has_shape(self._tokens, at, Shape.COMMA)):
            after = at + 1
        is_day_range = is_joined and not has_shape(self._tokens, at - 2, Shape.DASH)
        if not is_day_range and self._is_short_year(after):
            return 2000 + self._tokens[after].numbers[0], after + 1
        if not has_shape(self._tokens, after, Shape.YEAR):
            return None, at
        is_address = self._tokens[after].numbers[0] not in YEARS and after > at  # ', 1000 Elm St'
        if is_span_without_colons(self._tokens, after):
            return None, at
        if is_address or is_at(self._tokens, after + 1, Kind.UNIT, Kind.HOUR):
            return None, at
        end = after + 1
        if is_at(self._tokens, end, Kind.FILLER) and self._tokens[end].text.lower() in _YEAR_WORDS:
            end += 1
        return self._tokens[after].numbers[0], end

    def _is_short_year(self, at: int) -> bool:
        """Return whether a number directly behind a month is a year: '5 Dec 26, 7pm'."""
        token = token_at(self._tokens, at)
        if token is None or token.shape is not Shape.NUMBER or token.text not in _SHORT_YEARS:
            return False
        if self._tokens[at - 1].shape is Shape.COMMA and not token.is_apart:
            return False  # Dec 5, 26
        following = token_at(self._tokens, at + 1)
        if following is None or following.is_apart:
            return True
        if following.shape is Shape.WORD:
            return following.is_a(Kind.AT, Kind.CLOCK) and not following.is_a(Kind.AND, Kind.TO)
        is_comma = following.shape is Shape.COMMA and not has_shape(
            self._tokens, at + 2, Shape.NUMBER, Shape.YEAR
        )
        return is_comma or following.shape is Shape.CLOCK

    def _month_day(self, at: int) -> tuple[Day, int] | None:
        tokens = self._tokens
        month = min(tokens[at].values[Kind.MONTH])
        following = token_at(tokens, at + 1)
        after = at + 2 if following and following.text.lower() == "the" else at + 1
        if has_shape(tokens, after, Shape.NUMBER):
            day = tokens[after].numbers[0]
            is_free = not self._is_counted(after + 1) and self._month(after + 1) is None
            if 1 <= day <= 31 and is_free:
                year, end = self.year(after + 1)
                if year is not None or self._comes_first(at):
                    return Day(day, month, year or self._year_ahead(at), month_first=True), end
        if has_shape(tokens, at - 1, Shape.NUMBER, Shape.PAIR):
            return None  # the rest of a date like 31 February
        year, end = self.year(at + 1)
        if year is None and not self._stands_for_itself(at):
            return None
        return Day(None, month, year), end

    def _year_ahead(self, at: int) -> int | None:
        """Return the year before a month, where the word's language puts it: '2026. május 8.'."""
        is_year = at > 0 and has_shape(self._tokens, at - 1, Shape.YEAR)
        if not is_year or "hu" not in self._languages(at):
            return None
        return self._tokens[at - 1].numbers[0]

    def _comes_first(self, at: int) -> bool:
        """Return whether the word's language puts months before days: 'May 5', not 'Mars 3'."""
        return not self._languages(at).isdisjoint(_MONTH_FIRST)

    def _languages(self, at: int) -> set[str]:
        return {meaning.language for meaning in meanings_of(self._tokens[at].text)}

    def _stands_for_itself(self, at: int) -> bool:
        """Return whether a month without day and year is one: 'in May', 'March – June 2027'."""
        if fold_word(self._tokens[at].text).endswith("kuussa"):
            return True
        before = token_at(self._tokens, at - 1)
        if before and (before.text.lower() in _IN or before.is_a(Kind.WEEKDAY)):
            return not has_shape(self._tokens, at + 1, Shape.NUMBER, Shape.PAIR)
        link = read_link(self._tokens, at + 1, is_open=True)
        if link is None or not is_at(self._tokens, link[1], Kind.MONTH):
            return False
        return self.year(link[1] + 1)[0] is not None
