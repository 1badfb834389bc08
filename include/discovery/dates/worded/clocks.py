"""Reading hours: single ones, ranges, and several sessions of a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from include.discovery.dates.worded.cursor import (
    Link,
    has_shape,
    is_at,
    read_link,
    skip,
    token_at,
)
from include.discovery.dates.worded.dates import DateReader
from include.discovery.dates.worded.marked_hours import hours_begin, is_span_without_colons
from include.discovery.dates.worded.parts import Clock, Hours, Role, Times
from include.discovery.dates.worded.tokens import Shape, Token
from include.discovery.dates.worded.vocabulary import Kind
from include.discovery.dates.zone_words import is_zone

_MOST_SESSIONS = 24
_TELLING = (Kind.AT, Kind.CLOCK, Kind.FROM, Kind.BETWEEN)
_LEADS = (*_TELLING, Kind.FILLER, Kind.EVENING, Kind.MORNING)
_SIGNS = {Shape.COMMA, Shape.DASH, Shape.SLASH}
_NOON = 12
_PARTS_OF_HOURS = {
    "media": 30, "demie": 30, "demi": 30, "mezza": 30, "mezzo": 30, "cuarto": 15, "quart": 15,
    "quarto": 15,
}  # fmt: skip
_LATE = 17
_DAWN = 6
_EARLY = 8
"""A bare number below this may well be meant for the evening."""


@dataclass(frozen=True, slots=True)
class _Lead:
    """What the words before a time say: that it is one, that it may be one, and more."""

    end: int
    is_named: bool
    is_led: bool
    is_between: bool
    is_evening: bool


class ClockReader:
    """Reads hours from the tokens of one text."""

    def __init__(self, tokens: Sequence[Token], dates: DateReader) -> None:
        self._tokens = tokens
        self._dates = dates

    def times(
        self, at: int, *, follows_day: bool, are_doors: bool = False
    ) -> tuple[Times, int] | None:
        """Read hours with the words before them.

        A bare number is an hour only where a word, its neighbour or the day before it says so.
        """
        is_until = is_at(self._tokens, at, Kind.TO) and not is_at(self._tokens, at, Kind.AT)
        lead = self._lead(at + is_until, is_led=is_until)
        if self._begin_days(at + 1, lead.end):
            return None
        found = self._session(lead, follows_day=follows_day)
        if found is None:
            return None
        hours, after = found
        sessions = [hours]
        while not are_doors and len(sessions) < _MOST_SESSIONS:
            following = self._next_session(after, lead)
            if following is None:
                break
            hours, after = following
            sessions.append(hours)
        sessions = _alike(sessions)
        role = Role.UNTIL if is_until and sessions[0][1] is None else Role.PLAIN
        return Times(tuple(sessions), role, are_doors), after

    def _begin_days(self, at: int, end: int) -> bool:
        """Return whether a word before a number begins days: 'evenings from 2 to 25 March'."""
        return any(
            is_at(self._tokens, place, Kind.FROM, Kind.BETWEEN) and self._dates.is_range(place)
            for place in range(at, end)
        )

    def _lead(self, at: int, *, is_led: bool = False) -> _Lead:
        after = at
        while after < at + 5 and is_at(self._tokens, after, *_LEADS):
            if self._tokens[after].is_a(Kind.RELATIVE):  # 'mañana' is tomorrow, too
                break
            after += 1
        words = self._tokens[at:after]
        first = max(at - 2 if has_shape(self._tokens, at - 1, Shape.COMMA) else at - 1, 0)
        return _Lead(
            after,
            is_named=any(word.is_a(Kind.CLOCK) for word in words),
            is_led=is_led or any(word.is_a(*_TELLING) for word in words),
            is_between=any(word.is_a(Kind.BETWEEN) for word in words),
            is_evening=any(
                is_at(self._tokens, place, Kind.EVENING) for place in range(first, after)
            ),
        )

    def _next_session(self, at: int, before: _Lead) -> tuple[Hours, int] | None:
        link = read_link(self._tokens, at, is_open=False)
        if link is None or link[0] is not Link.LIST:
            return None
        lead = self._lead(link[1], is_led=before.is_led or before.is_named)
        token = token_at(self._tokens, lead.end)
        if token is None or (self._dates.full_day(lead.end) and token.shape is not Shape.PAIR):
            return None
        tie = self._tokens[link[1] - 1]
        is_and = tie.is_a(Kind.AND) or tie.text in {"&", "+"}
        is_hour = is_and or lead.is_named or hours_begin(self._tokens, lead.end)
        if token.shape is Shape.NUMBER and not is_hour and not self._goes_on(token, before):
            return None
        is_range = token.shape is Shape.NUMBER and has_shape(self._tokens, lead.end + 1, Shape.DASH)
        return self._session(lead, follows_day=is_and and is_range)

    def _goes_on(self, token: Token, before: _Lead) -> bool:
        """Return whether a number continues a list that a word began: 'godz. 17, 19 i 21'."""
        first = token_at(self._tokens, before.end)
        return before.is_named and bool(first and first.numbers[:1] < token.numbers)

    def _session(self, lead: _Lead, *, follows_day: bool) -> tuple[Hours, int] | None:
        first = self._clock(lead.end)
        if first is None:
            return None
        start, after, is_bare = first
        end = self._end(after, lead)
        is_marked = is_bare and hours_begin(self._tokens, lead.end)
        if end is not None:
            last, end_after, end_is_bare = end
            zone = last.zone or start.zone
            start, last = replace(start, zone=start.zone or zone), replace(last, zone=zone)
            if not (is_bare and end_is_bare):
                return (_like(start, last), last), end_after
            is_meant = (lead.is_led or follows_day) and self._stops(end_after)
            if not lead.is_named and 1 <= last.hour < start.hour <= _NOON:
                last = replace(last, hour=last.hour + 12)  # 10-4
            is_night = start.hour >= _LATE and last.hour < _EARLY
            is_in_order = start.hour < last.hour or is_night
            if lead.is_named or is_marked or (is_meant and is_in_order):
                return _doubted_hours(start, last, lead), end_after
            return None
        is_meant = lead.is_named or is_marked or (lead.is_led and self._stops(after))
        if is_bare and not is_meant:
            return None
        if is_bare and self._begins_amount(after):
            return None
        if lead.is_evening and 1 <= start.hour < 12:
            start = replace(start, hour=start.hour + 12)
        return (_doubted(start, lead) if is_bare else start, None), after

    def _end(self, at: int, lead: _Lead) -> tuple[Clock, int, bool] | None:
        tokens = self._tokens
        if is_at(tokens, at, Kind.AND):
            is_end = lead.is_between or (lead.is_led and is_at(tokens, at, Kind.TO))
        else:
            is_end = is_at(tokens, at, Kind.TO) or has_shape(tokens, at, Shape.DASH)
        if not is_end:
            return None
        after = at + 1
        after = skip(tokens, after, Kind.AT, Kind.CLOCK, Kind.FILLER, Kind.TO)
        if self._dates.full_day(after) and not has_shape(tokens, after, Shape.PAIR):
            return None
        return self._clock(after, is_end=True)

    def zone(self, at: int) -> tuple[str | None, int]:
        """Read the time zone behind an hour, as written."""
        tokens = self._tokens
        if has_shape(tokens, at, Shape.COMMA) and has_shape(tokens, at + 1, Shape.ZONE):
            at += 1
        token = token_at(tokens, at)
        if token is None or not (token.shape is Shape.ZONE or is_zone(token.text)):
            return None, at
        if token.shape is Shape.WORD and not self._is_zone_meant(at):
            return None, at
        return token.text, at + 1

    def _is_zone_meant(self, at: int) -> bool:
        """Tell '7 pm ET' from '20H ET 22H'."""
        before, following = token_at(self._tokens, at - 1), token_at(self._tokens, at + 1)
        if before is not None and before.shape is Shape.CLOCK and before.is_certain:
            return True
        return following is None or following.is_apart or following.shape in _SIGNS

    def _clock(self, at: int, *, is_end: bool = False) -> tuple[Clock, int, bool] | None:
        """Read one hour with its zone; the last value says whether it is a bare number.

        ``is_end`` says that it ends a range: what follows then does not count it.
        """
        read = self._clock_without_zone(at, is_end=is_end)
        if read is None:
            return None
        clock, after, is_bare = read
        zone, after = self.zone(after)
        return (replace(clock, zone=zone) if zone else clock), after, is_bare and not zone

    def _clock_without_zone(self, at: int, *, is_end: bool) -> tuple[Clock, int, bool] | None:
        token = token_at(self._tokens, at)
        if token is None:
            return None
        if has_shape(self._tokens, at, Shape.NUMBER) and token.numbers == (_NOON,):
            named = self._named(at + 1)  # 12 noon
            if named is not None:
                return named
        named = self._named(at)
        if named is not None:
            return named
        clock, after, is_bare = self._digits(token, at, is_end=is_end)
        if clock is None:
            return None
        minutes = self._part_of_hour(after) if is_bare else 0
        if minutes:
            clock, after = replace(clock, minute=minutes), after + 2
        after = skip(self._tokens, after, Kind.HOUR, most=1)
        return self._by_part_of_day(clock, after, is_bare=is_bare)

    def _named(self, at: int) -> tuple[Clock, int, bool] | None:
        """Read 'noon' and 'midnight'."""
        if is_at(self._tokens, at, Kind.NOON):
            return Clock(_NOON), at + 1, False
        if is_at(self._tokens, at, Kind.MIDNIGHT):
            return Clock(0, is_named_midnight=True), at + 1, False
        return None

    def _part_of_hour(self, at: int) -> int:
        """Read the minutes of 'y media', 'et quart'."""
        following = token_at(self._tokens, at + 1)
        if following is None or not is_at(self._tokens, at, Kind.AND):
            return 0
        return _PARTS_OF_HOURS.get(following.text.lower().rstrip("."), 0)

    def _digits(self, token: Token, at: int, *, is_end: bool) -> tuple[Clock | None, int, bool]:
        numbers = token.numbers
        after = at + 1
        is_bare = False
        if token.shape is Shape.NUMBER:
            is_ordinal = not token.text.rstrip(".").isdigit()
            if is_ordinal or self._dates.full_day(at) or self._is_counted(at, is_end=is_end):
                return None, after, False
            is_bare = not is_at(self._tokens, after, Kind.HOUR)
            if not is_bare and self._are_minutes(after + 1):  # 19 Uhr 30
                numbers, after = (*numbers, *self._tokens[after + 1].numbers), after + 2
        elif token.shape in {Shape.PAIR, Shape.DMY}:
            parts = token.text.rstrip(".").split(".")
            if token.text.endswith(".") and self._dates.full_day(at):
                return None, after, False
            if len(parts) != len(numbers) or any(len(part) != 2 for part in parts[1:]):
                return None, after, False
        elif token.shape is Shape.YEAR and self._is_without_colon(at):
            numbers = divmod(numbers[0], 100)
        elif token.shape is not Shape.CLOCK:
            return None, after, False
        clock = _valid(numbers)
        if clock:
            is_half = token.shape is Shape.CLOCK and token.is_certain
            is_zeros = not (any(numbers) or is_half) and len(numbers) > 1 and "h" not in token.text
            clock = replace(clock, zone=token.zone, is_twelve_hour=is_half, is_zeros=is_zeros)
        return clock, after, is_bare

    def _is_without_colon(self, at: int) -> bool:
        """Tell the hours '1900-2100' and '1900 hrs' from years."""
        return is_at(self._tokens, at + 1, Kind.HOUR) or any(
            is_span_without_colons(self._tokens, start) for start in (at - 2, at) if start >= 0
        )

    def _is_counted(self, at: int, *, is_end: bool = False) -> bool:
        """Tell '2 heures' and '15 persons' from '20 heures'."""
        if not is_at(self._tokens, at + 1, Kind.UNIT):
            return False
        if is_end and is_at(self._tokens, at + 1, Kind.HOUR):
            return False
        return self._tokens[at].numbers[0] < 7 or not is_at(self._tokens, at + 1, Kind.HOUR)

    def _begins_amount(self, at: int) -> bool:
        """Return whether a number goes on to one that is counted: 'from 5 to 10 years'."""
        link = read_link(self._tokens, at, is_open=True)
        if link is None or not has_shape(self._tokens, link[1], Shape.NUMBER):
            return False
        return self._is_counted(link[1])

    def _are_minutes(self, at: int) -> bool:
        return (
            has_shape(self._tokens, at, Shape.NUMBER)
            and self._tokens[at].text.isdigit()
            and len(self._tokens[at].text) == 2
            and self._stops(at + 1)
        )

    def _by_part_of_day(
        self, clock: Clock, after: int, *, is_bare: bool
    ) -> tuple[Clock, int, bool]:
        """Apply 'in the evening', 'de la tarde', 'abends'."""
        end = skip(self._tokens, after, Kind.FILLER, Kind.FROM)
        if is_at(self._tokens, end, Kind.EVENING) and 1 <= clock.hour < 12:
            evening = replace(clock, hour=clock.hour + 12, is_twelve_hour=True)
            return evening, end + 1, False
        if is_at(self._tokens, end, Kind.EVENING, Kind.MORNING):
            return replace(clock, is_twelve_hour=True), end + 1, False
        return clock, after, is_bare

    def _stops(self, at: int) -> bool:
        """Return whether a number may end here: at a sign or before a word used in dates."""
        token = token_at(self._tokens, at)
        if token is None or token.is_apart or token.shape is not Shape.WORD:
            return True
        return bool(token.values) and not token.is_a(Kind.UNIT)


def _doubted(start: Clock, lead: _Lead) -> Clock:
    """Mark a bare number that may be an hour of the evening; nothing begins in the small hours."""
    if lead.is_named or not 1 <= start.hour < _EARLY:
        return start
    return replace(start, hour=start.hour + 12 * (start.hour < _DAWN), is_doubtful=True)


def _doubted_hours(start: Clock, end: Clock, lead: _Lead) -> tuple[Clock, Clock]:
    doubted = _doubted(start, lead)
    if doubted.hour > start.hour and end.hour <= _NOON:
        end = replace(end, hour=end.hour + 12 * (end.hour < _NOON))
    return doubted, end


def _alike(sessions: Sequence[Hours]) -> list[Hours]:
    """Read 7 & 9pm as 19 & 21, and a time zone as that of all."""
    zones = {clock.zone for hours in sessions for clock in hours if clock and clock.zone}
    found = list(sessions)
    if len(zones) == 1:
        (zone,) = zones
        found = [
            (replace(start, zone=zone), replace(end, zone=zone) if end else None)
            for start, end in sessions
        ]
    for at in reversed(range(len(found) - 1)):
        following, (start, end) = found[at + 1][0], found[at]
        if following.is_twelve_hour and not start.is_twelve_hour:
            start = replace(_like(start, following), is_doubtful=False)
            end = _like(end, following) if end else None
            found[at] = (start, end)
    return _in_order(found)


def _in_order(sessions: Sequence[Hours]) -> list[Hours]:
    """Read 9-12 & 1-4 as 9-12 & 13-16."""
    found: list[Hours] = []
    for start, end in sessions:
        before = (found[-1][1] or found[-1][0]).hour if found else 0
        if start.is_doubtful and start.hour < before <= start.hour + 12:
            start = replace(start, hour=start.hour + 12, is_doubtful=False)  # noqa: PLW2901
            if end and end.hour < start.hour <= end.hour + 12:
                end = replace(end, hour=end.hour + 12)  # noqa: PLW2901
        found.append((start, end))
    return found


def _like(start: Clock, end: Clock) -> Clock:
    """Read 7-9pm as 19-21 and 10-2pm as 10-14."""
    if start.is_twelve_hour or not end.is_twelve_hour or start.hour + 12 > end.hour:
        return start
    return replace(start, hour=start.hour + 12, is_twelve_hour=True)


def _valid(numbers: Sequence[int]) -> Clock | None:
    hour, minute, second = (*numbers, 0, 0)[:3]
    if (hour, minute, second) == (24, 0, 0):
        return Clock(24)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return Clock(hour, minute, second)
