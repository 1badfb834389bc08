"""Reading days that stand together: lists and ranges, and the word before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from include.discovery.dates.worded.cursor import (
    LINKING,
    Link,
    has_shape,
    is_at,
    read_link,
    skip,
    token_at,
)
from include.discovery.dates.worded.days import DayReader
from include.discovery.dates.worded.marked_hours import hours_begin, is_divider
from include.discovery.dates.worded.parts import Day, Days, Role, Span
from include.discovery.dates.worded.tokens import Shape, Token
from include.discovery.dates.worded.vocabulary import Kind

_MOST_ITEMS = 62
_NOON = 12


class DateReader:
    """Reads days from the tokens of one text."""

    def __init__(self, tokens: Sequence[Token], *, day_first: bool) -> None:
        self._tokens = tokens
        self._reader = DayReader(tokens, day_first=day_first)
        self._last_hour = max(
            (at for at, token in enumerate(tokens) if token.shape is Shape.CLOCK), default=-1
        )

    def days(self, at: int) -> tuple[Days, int] | None:
        """Read a day, a list or a range with the word before it ('from', 'until', 'except')."""
        role, start = self._role(at)
        chain = self._chain(start, is_open=role is Role.FROM, is_between=self._is_between(at))
        if chain is None:
            return None
        items, links, after = chain
        if links[:1] == [Link.RANGE] and self._is_led_as_hour(at, start):
            return None  # 'alle 11 fino al 19 dicembre'
        if is_at(self._tokens, at - 1, Kind.MOVED):
            role = Role.PLAIN
            if len(items) > 1 and links[0] is Link.RANGE:  # 'moved from 5 to 6 May'
                items, links = items[1:], links[1:]
        spans: list[Span] = []
        for number, item in enumerate(items):
            if number and links[number - 1] is Link.RANGE and spans[-1][1] is None:
                spans[-1] = (spans[-1][0], item)
            else:
                spans.append((item, None))
        if is_at(self._tokens, after, Kind.ONWARDS):
            role, after = Role.FROM, after + 1
        elif is_at(self._tokens, after, Kind.UP_TO):
            role, after = Role.UNTIL, after + 1
        is_range = any(last is not None for _, last in spans)
        if is_range and role is not Role.EXCEPT:
            role = Role.PLAIN
        return Days(tuple(spans), role), after

    def full_day(self, at: int) -> bool:
        """Return whether a day with its number and month begins here."""
        item = self._reader.day(at)
        return item is not None and not item[0].is_bare and item[0].day is not None

    def _is_led_as_hour(self, at: int, start: int) -> bool:
        """Return whether a bare number stands behind a word for 'at', and none for 'from'."""
        tokens = self._tokens
        is_at_word = is_at(tokens, at, Kind.AT, Kind.CLOCK) and not is_at(tokens, at, Kind.FROM)
        return is_at_word and has_shape(tokens, start, Shape.NUMBER) and not self.full_day(start)

    def is_range(self, at: int) -> bool:
        """Return whether a range of days begins here, or behind a comma."""
        found = self.days(at + has_shape(self._tokens, at, Shape.COMMA))
        return found is not None and found[0].is_range

    def _is_between(self, at: int) -> bool:
        return is_at(self._tokens, at, Kind.BETWEEN)

    def _role(self, at: int) -> tuple[Role, int]:
        roles = (
            (Kind.EXCEPT, Role.EXCEPT),
            (Kind.FROM, Role.FROM),
            (Kind.BETWEEN, Role.FROM),
            (Kind.TO, Role.UNTIL),
        )
        for kind, role in roles:
            if is_at(self._tokens, at, kind):
                return role, skip(self._tokens, at + 1, *LINKING, Kind.TO)
        return Role.PLAIN, at

    def _chain(
        self, at: int, *, is_open: bool, is_between: bool
    ) -> tuple[list[Day], list[Link], int] | None:
        items: list[Day] = []
        links: list[Link] = []
        ends: list[int] = []
        while len(items) < _MOST_ITEMS:
            found = self._reader.day(at)
            if found is None or not self._fits(items, found[0], at):
                break
            if (
                items
                and found[0].is_bare
                and (self._are_hours(items, ends[-1], at) or self._is_count(ends[-1], at))
            ):
                break
            item, end = found
            items.append(item)
            ends.append(end)
            link = read_link(self._tokens, end, is_open=is_open, is_between=is_between)
            if link is None or (link[0] is Link.RANGE and links[-1:] == [Link.RANGE]):
                break
            links.append(link[0])
            at = link[1]
        return self._completed(items, links, ends)

    def _completed(
        self, items: list[Day], links: list[Link], ends: list[int]
    ) -> tuple[list[Day], list[Link], int] | None:
        """Give bare days the month of the neighbour they belong to; cut off those without one."""
        for number in range(1, len(items)):  # December 5, 6 and 7
            if items[number].is_bare and items[number - 1].month_first:
                items[number] = replace(
                    items[number].with_month_of(items[number - 1]), month_first=True
                )
        while items and items[-1].is_bare:
            items.pop()
        if not items:
            return None
        after = ends[len(items) - 1]
        if items[-1].month_first and items[-1].year is None:
            year, after = self._reader.year(after)
            if year is not None:
                items[-1] = replace(items[-1], year=year)
        for number in reversed(range(len(items) - 1)):  # 5, 6 and 7 December
            following = items[number + 1]
            if items[number].is_bare:
                if (items[number].day or 0) >= (following.day or 0):
                    return None  # 'from 19 to 22, 5 December'
                items[number] = items[number].with_month_of(following)
        return items, links, after

    def _are_hours(self, items: list[Day], end: int, at: int) -> bool:
        """Return whether numbers behind 'Dec 5' are hours: '7-9pm', '10-4', after '|' any.

        ``end`` is where the last day ends, ``at`` where the numbers begin.
        """
        tokens = self._tokens
        if all(item.is_bare for item in items):
            return False
        if is_divider(tokens, end):
            return True
        is_list = has_shape(tokens, end, Shape.COMMA, Shape.SLASH) and tokens[end].text not in "&+"
        is_wide_dash = has_shape(tokens, end, Shape.DASH) and " " in tokens[end].text
        if not (is_list or is_wide_dash):
            return False
        return hours_begin(tokens, at) or (is_list and self._is_span_of_hours(items, at))

    def _is_count(self, end: int, at: int) -> bool:
        """Return whether a word makes an amount of a number behind a comma: 'Dec 5, 20 acts'."""
        following = token_at(self._tokens, at + 1)
        if following is None or following.shape is not Shape.WORD or following.is_apart:
            return False
        is_unknown = following.text.islower() and not following.values
        is_list = has_shape(self._tokens, end, Shape.COMMA) and self._tokens[at].text.isdigit()
        return is_list and at == end + 1 and is_unknown

    def _is_span_of_hours(self, items: list[Day], at: int) -> bool:
        """Read '10-4' as hours, and '9-12' behind one day unless hours or more days follow."""
        tokens = self._tokens
        if not (has_shape(tokens, at + 1, Shape.DASH) or is_at(tokens, at + 1, Kind.TO)):
            return False
        last = at + 2
        if not has_shape(tokens, last, Shape.NUMBER) or self.full_day(last):
            return False
        if not all(tokens[place].text.isdigit() for place in (at, last)):
            return False
        hours = tokens[at].numbers[0], tokens[last].numbers[0]
        if not all(1 <= hour <= _NOON for hour in hours):
            return False
        if hours[1] < hours[0]:
            return True
        link = read_link(tokens, last + 1, is_open=False)
        goes_on = link is not None and has_shape(tokens, link[1], Shape.NUMBER, Shape.YEAR)
        return len(items) == 1 and not goes_on and at > self._last_hour

    def _fits(self, items: list[Day], item: Day, at: int) -> bool:
        """Refuse bare days that go back, and 19.30 after 5.12.2026: a time, not a day."""
        if not items:
            return True
        if item.is_bare and (items[-1].is_bare or items[-1].month_first):
            return (items[-1].day or 0) < (item.day or 0)
        if items[-1].closed and has_shape(self._tokens, at, Shape.PAIR):
            text = self._tokens[at].text
            return text.endswith(".") or "/" in text
        return True
