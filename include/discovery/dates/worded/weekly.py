"""Reading weekdays that recur, and days that only today's date makes dates of."""

from __future__ import annotations

from collections.abc import Sequence

from include.discovery.dates.worded.cursor import (
    Link,
    has_shape,
    is_at,
    is_doubtful_weekday,
    read_link,
    skip,
)
from include.discovery.dates.worded.dates import DateReader
from include.discovery.dates.worded.lexicon import fold_word
from include.discovery.dates.worded.parts import EVERY_DAY, Loners, Weekly
from include.discovery.dates.worded.tokens import Shape, Token
from include.discovery.dates.worded.vocabulary import COMMON_WORDS, Kind

_WORKDAYS = frozenset(range(5))
_WEEKEND = frozenset({5, 6})
_MOST_WEEKDAYS = 14
_PLURAL_ARTICLES = {"los", "las", "les"}


class WeekReader:
    """Reads weekdays from the tokens of one text."""

    def __init__(self, tokens: Sequence[Token], dates: DateReader) -> None:
        self._tokens = tokens
        self._dates = dates

    def weekly(self, at: int) -> tuple[Weekly, int] | None:
        """Read a recurrence: 'every other Tuesday', 'Mon–Fri', 'first Friday of the month'."""
        return self._whole(at) or self._numbered(at) or self._each(at) or self._listed(at)

    def left_out(self, at: int) -> tuple[Weekly, int] | None:
        """Read the weekdays after 'except' or 'closed'; a comma ends them."""
        start = skip(self._tokens, at, Kind.EVERY, Kind.FILLER)
        days, after, _ = self._weekdays(start, over_commas=False)
        return (Weekly(frozenset(days), is_exception=True), after) if days else None

    def loners(self, at: int) -> tuple[Loners, int] | None:
        """Read 'tomorrow', or one or two weekdays that stand by themselves."""
        token = self._tokens[at]
        if token.is_a(Kind.AFTER) and is_at(self._tokens, at + 1, Kind.RELATIVE):
            return Loners(offsets=(2,)), at + 2
        if token.is_a(Kind.RELATIVE):
            after_article = at > 0 and is_at(self._tokens, at - 1, Kind.FILLER)
            if token.is_a(Kind.MORNING) and after_article:
                return None  # 'por la mañana'
            return Loners(offsets=(min(token.values[Kind.RELATIVE]),)), at + 1
        days, after, _ = self._weekdays(at)
        if not days or (len(days) == 1 and not self._is_clear(at, after)):
            return None
        is_next = is_at(self._tokens, at - 1, Kind.NEXT)
        return Loners(weekdays=tuple(days), is_next=is_next), after

    def _whole(self, at: int) -> tuple[Weekly, int] | None:
        """Read 'daily', 'every day', 'weekends'."""
        tokens = self._tokens
        after = skip(tokens, at + 1, Kind.FILLER)
        is_each = is_at(tokens, at, Kind.EVERY)
        if is_at(tokens, at, Kind.DAILY) or (is_each and is_at(tokens, after, Kind.DAY)):
            return Weekly(EVERY_DAY), (after if is_each else at) + 1
        if is_at(tokens, at, Kind.WORKDAYS):
            return Weekly(_WORKDAYS), at + 1
        if is_at(tokens, at, Kind.WEEKENDS):
            return Weekly(_WEEKEND), at + 1
        if is_each and is_at(tokens, after, Kind.WEEKEND, Kind.WEEKENDS):
            return Weekly(_WEEKEND), after + 1
        return None

    def _each(self, at: int) -> tuple[Weekly, int] | None:
        """Read 'every Tuesday', 'every other Tuesday', 'every second Tuesday'."""
        tokens = self._tokens
        interval = 2 if is_at(tokens, at, Kind.FORTNIGHTLY) else 1
        if interval == 1 and not is_at(tokens, at, Kind.EVERY):
            return None
        after = skip(tokens, at + 1, Kind.FILLER, Kind.EVERY)
        if interval == 1 and (
            is_at(tokens, after, Kind.SECOND) or self._ordinals(after)[0] == (2,)
        ):
            interval, after = 2, after + 1
        days, end, _ = self._weekdays(after, is_led=True)
        if not days:
            return None
        return Weekly(frozenset(days), interval), end

    def _numbered(self, at: int) -> tuple[Weekly, int] | None:
        """Read 'first and third Friday of the month', 'every last Friday'."""
        tokens = self._tokens
        start = skip(tokens, at, Kind.EVERY, Kind.FILLER)
        is_each = any(is_at(tokens, place, Kind.EVERY) for place in range(at, start))
        is_monthly = is_at(tokens, start, Kind.MONTHLY)
        if is_monthly:
            start = skip(tokens, start + 1, Kind.FILLER)
        numbers, after = self._ordinals(start)
        days, end, _ = self._weekdays(skip(tokens, after, Kind.FILLER))
        if not numbers or not days:
            return None
        month = skip(tokens, end, Kind.FILLER, Kind.EVERY, Kind.FROM, Kind.AT, Kind.AND)
        if is_at(tokens, month, Kind.MONTHLY):
            is_monthly, end = True, month + 1
        is_plural = is_at(tokens, end - 1, Kind.WEEKDAYS) and not is_at(
            tokens, end - 1, Kind.WEEKDAY
        )
        is_monthly = is_monthly or is_plural or is_at(tokens, month, Kind.MONTH)
        if not is_monthly and (not is_each or numbers == (2,)):
            return None
        return Weekly(frozenset(days), nth=numbers), end

    def _ordinals(self, at: int) -> tuple[tuple[int, ...], int]:
        numbers: list[int] = []
        after = at
        while len(numbers) < 5:
            number = self._ordinal(at)
            if number is None:
                break
            numbers.append(number)
            after = at + 1
            link = read_link(self._tokens, after, is_open=False)
            if link is None or link[0] is Link.RANGE:
                break
            at = link[1]
        return tuple(numbers), after

    def _ordinal(self, at: int) -> int | None:
        if is_at(self._tokens, at, Kind.NTH):
            return min(self._tokens[at].values[Kind.NTH])
        if has_shape(self._tokens, at, Shape.NUMBER):
            token = self._tokens[at]
            if not token.text.isdigit() and 1 <= token.numbers[0] <= 5:
                return token.numbers[0]
        return None

    def _listed(self, at: int) -> tuple[Weekly, int] | None:
        """Read 'Tuesdays', 'Mon–Fri', 'Mon, Wed, Fri', 'los martes'."""
        start = at
        token = self._tokens[at]
        is_plural = token.text.lower() in _PLURAL_ARTICLES and is_at(
            self._tokens, at + 1, Kind.WEEKDAY
        )
        if is_plural:
            start += 1
        elif not token.is_a(Kind.WEEKDAY, Kind.WEEKDAYS):
            return None
        days, after, is_range = self._weekdays(start)
        is_plural = is_plural or (
            token.is_a(Kind.WEEKDAYS) and not (token.is_a(Kind.WEEKDAY) and self._is_sided(at))
        )
        if not days:
            return None
        alternate = skip(self._tokens, after, Kind.FILLER)
        if alternate > after and is_at(self._tokens, alternate, Kind.SECOND):  # un mardi sur deux
            return Weekly(frozenset(days), 2), alternate + 1
        if not (is_plural or is_range or len(set(days)) > 2):
            return None
        return Weekly(frozenset(days)), after

    def _is_sided(self, at: int) -> bool:
        """Return whether 'from' or 'to' makes a genitive of what else would be a plural."""
        return at > 0 and is_at(self._tokens, at - 1, Kind.FROM, Kind.TO)

    def _weekdays(
        self, at: int, *, is_led: bool = False, over_commas: bool = True
    ) -> tuple[list[int], int, bool]:
        """Read weekdays tied together; the last value says whether one is a range.

        A weekday that a date follows belongs to that date, unless 'every' leads it.
        """
        days: list[int] = []
        is_range = False
        after = at
        is_open = at > 0 and is_at(self._tokens, at - 1, Kind.FROM)
        link = None
        while len(days) < _MOST_WEEKDAYS:
            day = self._weekday(at)
            if day is None:
                break
            if not is_led and self._begins_date(at, is_range=link is Link.RANGE, is_first=not days):
                break
            if link is Link.RANGE:
                is_range, previous = True, days[-1]
                days.extend((previous + step) % 7 for step in range(1, (day - previous) % 7))
            days.append(day)
            after = at + 1
            following = read_link(self._tokens, after, is_open=is_open)
            if following is None or not (
                over_commas or not has_shape(self._tokens, after, Shape.COMMA)
            ):
                break
            link, at = following
            at = skip(self._tokens, at, Kind.EVERY, Kind.FILLER, most=2)
        return days, after, is_range

    def _begins_date(self, at: int, *, is_range: bool, is_first: bool) -> bool:
        """Return whether a weekday belongs to the date behind it.

        The last of several before a range of dates does not: 'Fri & Sat, 4–26 June'.
        """
        if is_range and has_shape(self._tokens, at + 1, Shape.COMMA):
            return False  # Tue–Sun, 3 May – 30 June
        if not self._tokens[at].is_a(Kind.WEEKDAY) or not self._dates.full_day(at):
            return False
        return is_first or not self._dates.is_range(at + 1)

    def _weekday(self, at: int) -> int | None:
        if not is_at(self._tokens, at, Kind.WEEKDAY, Kind.WEEKDAYS):
            return None
        values = self._tokens[at].values
        days = values.get(Kind.WEEKDAYS) or values[Kind.WEEKDAY]
        return min(days) if len(days) == 1 else None

    def _is_clear(self, at: int, after: int) -> bool:
        """Return whether a single word is a weekday beyond doubt: 'la 19.00' is, in Finnish."""
        token = self._tokens[at]
        folded = fold_word(token.text)
        if len(folded) > 3:
            return True
        if folded in COMMON_WORDS and not token.is_certain:
            return False
        if is_doubtful_weekday(self._tokens, at):
            return False
        before = at - 2 if has_shape(self._tokens, at - 1, Shape.COMMA) else at - 1
        if has_shape(self._tokens, before, Shape.CLOCK) or is_at(self._tokens, before, Kind.HOUR):
            return True
        if has_shape(self._tokens, after, Shape.COMMA, Shape.DASH):
            after += 1
        hour = skip(self._tokens, after, Kind.AT, Kind.CLOCK, Kind.FILLER)
        if has_shape(self._tokens, hour, Shape.NUMBER):
            is_range = has_shape(self._tokens, hour + 1, Shape.DASH)
            return hour > after or is_range or is_at(self._tokens, hour + 1, Kind.HOUR)
        return has_shape(self._tokens, hour, Shape.CLOCK, Shape.PAIR)
