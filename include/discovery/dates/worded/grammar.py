"""From text to what was found in it: days, hours, recurrences, in their order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from include.discovery.dates.worded.clocks import ClockReader
from include.discovery.dates.worded.cursor import Link, has_shape, is_at, read_link, skip
from include.discovery.dates.worded.dates import DateReader
from include.discovery.dates.worded.parts import (
    YEARS,
    Block,
    Days,
    Findings,
    Loners,
    Moment,
    Role,
    Times,
    Weekly,
)
from include.discovery.dates.worded.tokens import Shape, Token, tokenize
from include.discovery.dates.worded.vocabulary import Kind
from include.discovery.dates.worded.weekly import WeekReader

_SHORT_TEXT = 6
"""Words and signs in a text that is all about its date."""

# An offset with too few digits is not believed: calendars write '+0:00' behind local times.
_MOMENT = re.compile(
    r"(\d{4})-?(\d{1,2})-?(\d{1,2})[T ](\d{1,2}):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?"
    r"(?:(Z|[+-]\d\d:?\d\d(?::\d\d)?)|([+-]\d:?\d\d))?",
    re.IGNORECASE,
)


def parse(text: str, *, language: str | None, nearby: str | None, day_first: bool) -> Findings:
    """Find all days and hours in a text. Nothing is completed or checked against the calendar.

    ``language`` and ``nearby`` are those of :func:`~.tokens.tokenize`.
    """
    return _Parser(tokenize(text, language, nearby), day_first=day_first).findings()


class _Parser:
    """Reads the tokens once; what it cannot read is skipped."""

    def __init__(self, tokens: Sequence[Token], *, day_first: bool) -> None:
        self._tokens = tokens
        self._dates = DateReader(tokens, day_first=day_first)
        self._clocks = ClockReader(tokens, self._dates)
        self._weeks = WeekReader(tokens, self._dates)
        self._found = Findings()
        self._at = 0
        self._last_end = -1
        self._role = Role.PLAIN
        self._are_doors = False

    def findings(self) -> Findings:
        while self._at < len(self._tokens):
            if self._skip_label():
                continue
            read = self._block()
            if read is None:
                self._step_over()
                continue
            block, after = read
            self._found.blocks.append(self._placed(block, after))
            self._at = self._last_end = after
            self._role = Role.PLAIN
            self._are_doors = False
        return self._found

    def _block(self) -> tuple[Block, int] | None:
        at = self._at
        token = self._tokens[at]
        if token.shape in {Shape.OTHER, Shape.COMMA, Shape.SLASH, Shape.DASH}:
            return None
        if token.shape is Shape.YEAR:
            is_near = has_shape(self._tokens, at + 1, Shape.DASH) or is_at(
                self._tokens, at + 1, Kind.HOUR
            )
            return self._clocks.times(at, follows_day=self._follows_day()) if is_near else None
        if token.shape is Shape.WORD and not token.values:
            return None
        follows_day = self._follows_day()
        if token.shape is Shape.MOMENT:
            return self._moment(at)
        is_pair = token.shape in {Shape.PAIR, Shape.DMY} and not token.text.endswith(".")
        if token.is_a(Kind.CLOCK) or (follows_day and is_pair):
            times = self._clocks.times(at, follows_day=follows_day, are_doors=self._are_doors)
            if times:
                return times
        if self._role is Role.EXCEPT:
            left_out = self._weeks.left_out(at)
            if left_out:
                return left_out
        may_recur = token.shape in {Shape.WORD, Shape.NUMBER}
        return (
            (self._weeks.weekly(at) if may_recur else None)
            or self._dates.days(at)
            or self._clocks.times(at, follows_day=follows_day, are_doors=self._are_doors)
            or (self._loners(at) if may_recur else None)
        )

    def _loners(self, at: int) -> tuple[Block, int] | None:
        """Read 'tomorrow' and 'Friday' beside an hour or in a short text: prose is full of them."""
        read = self._weeks.loners(at)
        if read is None:
            return None
        after = read[1]
        is_beside = self._follows_day(Kind.FILLER) or self._precedes_days(after)
        read = replace(read[0], are_beside_days=is_beside), after
        if len(self._tokens) <= _SHORT_TEXT:
            return read
        month = skip(self._tokens, after, Kind.FILLER, Kind.FROM)
        if has_shape(self._tokens, after, Shape.COMMA, Shape.DASH):
            after += 1
        is_meant = (
            is_beside
            or self._follows_hours()
            or is_at(self._tokens, after, Kind.CLOSED)
            or is_at(self._tokens, month, Kind.MONTH)
            or self._clocks.times(after, follows_day=True) is not None
        )
        return read if is_meant else (Loners(), read[1])

    def _precedes_days(self, at: int) -> bool:
        """Return whether a date begins here, or behind a comma or such words as 'in'."""
        at += has_shape(self._tokens, at, Shape.COMMA)
        at = skip(self._tokens, at, Kind.FILLER, Kind.EVENING, Kind.MORNING)
        read = self._dates.days(at)
        return read is not None and read[0].role is not Role.EXCEPT

    def _follows_hours(self) -> bool:
        """Return whether hours stand directly before, or behind a comma or dash."""
        if not self._found.blocks or not isinstance(self._found.blocks[-1], Times):
            return False
        between = self._tokens[self._last_end : self._at]
        return all(
            token.shape in {Shape.COMMA, Shape.DASH} or token.is_a(Kind.FILLER) for token in between
        )

    def _moment(self, at: int) -> tuple[Block, int] | None:
        start, malformed = _moment_of(self._tokens[at])
        if start is None:
            self._found.problems.append(f"{self._tokens[at].text} is no date")
            return None
        if malformed:
            self._found.problems.append(f"the offset {malformed}")
        link = read_link(self._tokens, at + 1, is_open=True)
        is_list = link and link[0] is Link.LIST and not has_shape(self._tokens, at + 1, Shape.SLASH)
        if link is None or is_list:
            zone, after = self._clocks.zone(at + 1)
            return Moment(start, zone=zone if start.tzinfo is None else None), after
        after = link[1]
        if has_shape(self._tokens, after, Shape.MOMENT):
            end, _ = _moment_of(self._tokens[after])
            if end is not None and (end.tzinfo is None) == (start.tzinfo is None):
                return Moment(start, end), after + 1
        times = self._clocks.times(after, follows_day=True)
        if times is None:
            return Moment(start), at + 1
        end = times[0].hours[0][0].on(start.date())
        return Moment(start, end.replace(tzinfo=start.tzinfo)), times[1]

    def _placed(self, block: Block, after: int) -> Block:
        """Give a block the role that the words around it have set."""
        if isinstance(block, Days):
            role = Role.EXCEPT if self._role is Role.EXCEPT else block.role
            return replace(block, role=role, ends_former=self._ends_former(block))
        behind = range(after, after + 3)
        is_closed = any(is_at(self._tokens, place, Kind.CLOSED) for place in behind)
        if isinstance(block, Loners) and block.weekdays:
            if is_at(self._tokens, after, Kind.CLOSED):
                return Weekly(frozenset(block.weekdays), is_exception=True)
            return block
        if (
            isinstance(block, Weekly)
            and is_closed
            and not has_shape(self._tokens, after, Shape.COMMA, Shape.CLOCK, Shape.NUMBER)
        ):
            return replace(block, is_exception=True)
        return block

    def _ends_former(self, block: Days) -> bool:
        """Return whether a dash or 'to' ties days to the days and hours directly before them."""
        if not self._found.blocks:
            return False
        if self._last_end == self._at:
            return block.role is Role.UNTIL
        between = self._tokens[self._last_end : self._at]
        if len(between) != 1:
            return False
        is_dash = between[0].shape is Shape.DASH
        return (is_dash and isinstance(self._found.blocks[-1], Times)) or (
            between[0].shape is Shape.COMMA and block.role is Role.UNTIL
        )

    def _follows_day(self, *kinds: Kind) -> bool:
        """Return whether a day or weekday stands before, but for signs and words of the kinds."""
        if not self._found.blocks or isinstance(self._found.blocks[-1], Times):
            return False
        between = self._tokens[self._last_end : self._at]
        return all(
            token.shape in {Shape.COMMA, Shape.DASH, Shape.SLASH} or token.is_a(*kinds)
            for token in between
        )

    def _skip_label(self) -> bool:
        """Step over 'Room 3', 'ages 6-12', 'tel. 22 123', 'durée 2h'."""
        tokens = self._tokens
        if not is_at(tokens, self._at, Kind.LABEL, Kind.DURATION):
            return False
        after = skip(tokens, self._at, Kind.LABEL, Kind.DURATION)
        is_length = is_at(tokens, after - 1, Kind.DURATION)
        if self._dates.full_day(after) or not has_shape(
            tokens, after, Shape.NUMBER, Shape.CLOCK if is_length else Shape.NUMBER
        ):
            return False
        after += 1
        if has_shape(tokens, after, Shape.DASH) and has_shape(tokens, after + 1, Shape.NUMBER):
            after += 2
        self._at = after
        return True

    def _step_over(self) -> None:
        token = self._tokens[self._at]
        self._at += 1
        if token.shape is Shape.YEAR and token.numbers[0] in YEARS:
            self._found.years.add(token.numbers[0])
        if token.is_a(Kind.EXCEPT, Kind.CLOSED):
            self._role = Role.EXCEPT
        elif token.shape is Shape.COMMA or (token.shape is Shape.WORD and not token.values):
            self._role = Role.PLAIN  # 'closed. Reopening on 5 May'
        elif token.is_a(Kind.DOORS):
            self._are_doors = True
        elif token.shape in {Shape.DMY, Shape.YMD}:
            self._found.problems.append(f"{token.text} is no date")


def _moment_of(token: Token) -> tuple[datetime | None, str | None]:
    """Read an ISO date and time; the second value is an offset that is not believed."""
    found = _MOMENT.fullmatch(token.text)
    if found is None:
        return None, None
    year, month, day, hour, minute, second, offset, malformed = found.groups("")
    iso = f"{year}-{month:0>2}-{day:0>2}T{hour:0>2}:{minute}:{second or '00'}{offset}"
    try:
        return datetime.fromisoformat(iso), malformed
    except ValueError:
        return None, None
