"""Moving through tokens, and reading the links between them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

from include.discovery.dates.worded.tokens import Shape, Token
from include.discovery.dates.worded.vocabulary import Kind

LINKING = (Kind.FILLER, Kind.FROM, Kind.AT)
"""Kinds of words that may stand between 'to' or 'and' and what follows it."""


_DOUBTFUL_LENGTH = 3
_LINKS = (*LINKING, Kind.TO, Kind.AND, Kind.UNIT)


class Link(Enum):
    """How two days or hours belong together."""

    LIST = auto()
    RANGE = auto()


def token_at(tokens: Sequence[Token], at: int) -> Token | None:
    """Return the token at a position, if there is one."""
    return tokens[at] if 0 <= at < len(tokens) else None


def is_at(tokens: Sequence[Token], at: int, *kinds: Kind) -> bool:
    """Return whether the token at a position may be a word of one of the kinds."""
    return 0 <= at < len(tokens) and tokens[at].is_a(*kinds)


def has_shape(tokens: Sequence[Token], at: int, *shapes: Shape) -> bool:
    """Return whether there is a token of one of the shapes at a position."""
    return 0 <= at < len(tokens) and tokens[at].shape in shapes


def is_doubtful_weekday(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a short weekday may as well be another word: 'on', 'do', 'ma', 'to'."""
    token = tokens[at]
    length = len(token.text.rstrip("."))
    if length < _DOUBTFUL_LENGTH and not token.is_certain:
        return True
    return length <= _DOUBTFUL_LENGTH and not token.text.endswith(".") and token.is_a(*_LINKS)


def skip(tokens: Sequence[Token], at: int, *kinds: Kind, most: int = 3) -> int:
    """Return the position after up to ``most`` words of the kinds."""
    end = at + most
    while at < end and is_at(tokens, at, *kinds):
        at += 1
    return at


def read_link(
    tokens: Sequence[Token], at: int, *, is_open: bool, is_between: bool = False
) -> tuple[Link, int] | None:
    """Read what ties a day, a weekday or an hour to the next one.

    ``is_open`` says that a 'from' went before: then a word that may mean 'and' or 'to' means 'to'.
    ``is_between`` says that it was a 'between': then 'and' does, too.
    """
    kind: Link | None = None
    if has_shape(tokens, at, Shape.COMMA, Shape.SLASH):
        is_interval = tokens[at].shape is Shape.SLASH and has_shape(tokens, at - 1, Shape.YMD)
        kind, at = Link.RANGE if is_interval else Link.LIST, at + 1
        if is_at(tokens, at, Kind.TO) and not is_at(tokens, at, Kind.AND):
            return (kind, at) if is_at(tokens, at, Kind.WEEKDAY) else None  # ', until'
    if has_shape(tokens, at, Shape.DASH):
        kind, at = Link.RANGE, at + 1
    if is_at(tokens, at, Kind.AND, Kind.TO):
        is_range = tokens[at].is_a(Kind.TO) and (is_open or not tokens[at].is_a(Kind.AND))
        kind, at = Link.RANGE if is_range or is_between else Link.LIST, at + 1
        at = skip(tokens, at, Kind.TO, most=2)
    if kind is None:
        return None
    between = LINKING if kind is Link.RANGE else (Kind.FILLER, Kind.AT)
    for _ in range(3):  # 'and the', but no Czech 'pá', which is 'na' to others
        if is_at(tokens, at, *between) and not is_at(tokens, at, Kind.WEEKDAY):
            at += 1
    return kind, at
