"""Telling hours from days where only the last of several numbers says which they are."""

from __future__ import annotations

from collections.abc import Sequence

from include.discovery.dates.worded.cursor import has_shape, is_at, token_at
from include.discovery.dates.worded.tokens import Shape, Token
from include.discovery.dates.worded.vocabulary import Kind

_MOST_NUMBERS = 8
_LAST_HOUR = 24
_HOURS_OF_A_HALF = 12
_QUARTERS = {0, 15, 30, 45}
_LIKELY_YEARS = range(2016, 2060)
_ANDS = {"&", "+"}
_DIVIDERS = {"|", "•", "·", "\n"}
"""Signs between the columns of a text: no list of days goes on behind one."""


def is_divider(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a sign that divides columns stands at a position."""
    return has_shape(tokens, at, Shape.COMMA) and tokens[at].text in _DIVIDERS


def hours_begin(tokens: Sequence[Token], at: int) -> bool:
    """Return whether bare numbers go on to an hour that is marked as one.

    ``7-9pm``, ``7 & 9pm``, ``15, 17 und 19 Uhr``; in ``6, 7pm`` the 6 is a day.
    """
    before = 0
    is_tied = is_range = has_comma = False
    for _ in range(_MOST_NUMBERS):
        token = token_at(tokens, at)
        if token is None or not _may_be_hour(token) or token.numbers[0] > _LAST_HOUR:
            return False
        hour = token.numbers[0]
        is_half = token.shape is Shape.CLOCK and token.is_certain
        if is_half or is_at(tokens, at + 1, Kind.HOUR) or (token.shape is Shape.CLOCK and is_tied):
            is_day_before = has_comma and is_range  # 6, 7-9pm
            is_whole = not is_half or before <= _HOURS_OF_A_HALF
            return is_tied and is_whole and not is_day_before
        if not is_tied and before and hour % _HOURS_OF_A_HALF <= before % _HOURS_OF_A_HALF:
            return False  # 12, 7 & 9pm: the list of days ends before the 7
        is_tied, after = _tie(tokens, at + 1)
        if after == at + 1:
            return False
        has_comma = has_comma or not is_tied
        is_range = has_shape(tokens, at + 1, Shape.DASH) or (
            is_at(tokens, at + 1, Kind.TO) and not is_at(tokens, at + 1, Kind.AND)
        )
        before, at = max(before, hour), after
    return False


def is_span_without_colons(tokens: Sequence[Token], at: int) -> bool:
    """Return whether '1900-2130', two hours that look like years, stands at a position."""
    if not has_shape(tokens, at + 1, Shape.DASH):
        return False
    numbers = [
        token.numbers[0]
        for token in (tokens[at], token_at(tokens, at + 2))
        if token is not None and token.shape is Shape.YEAR and token.text.isdigit()
    ]
    are_hours = all(each // 100 <= _LAST_HOUR and each % 100 in _QUARTERS for each in numbers)
    return len(numbers) == 2 and are_hours and not all(each in _LIKELY_YEARS for each in numbers)


def _may_be_hour(token: Token) -> bool:
    if token.shape is Shape.PAIR:
        _, dot, minutes = token.text.partition(".")
        return bool(dot) and len(minutes) == 2 and minutes.isdigit()
    return token.shape is Shape.CLOCK or (token.shape is Shape.NUMBER and token.text.isdigit())


def _tie(tokens: Sequence[Token], at: int) -> tuple[bool, int]:
    """Read what stands between two numbers: more than a comma ties them to one another."""
    if has_shape(tokens, at, Shape.DASH) or is_at(tokens, at, Kind.TO, Kind.AND):
        return True, at + 1
    if has_shape(tokens, at, Shape.COMMA) and not is_divider(tokens, at):
        if is_at(tokens, at + 1, Kind.AND):
            return True, at + 2
        return tokens[at].text in _ANDS, at + 1
    if has_shape(tokens, at, Shape.SLASH):
        return True, at + 1
    return False, at
