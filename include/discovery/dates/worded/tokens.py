"""Cutting text into numbers, words and signs, and telling which language it is in.

What only looks like a date is set aside here: web and mail addresses, prices, telephone numbers,
ages, words with digits in them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cache
from itertools import zip_longest

from include.discovery.dates import zone_words
from include.discovery.dates.worded.east_asian import rewritten
from include.discovery.dates.worded.lexicon import LANGUAGES, fold_word, meanings_of
from include.discovery.dates.worded.vocabulary import COMMON_WORDS, OF_OWN_LANGUAGE, Kind
from include.discovery.text.prices.words import CODES, SIGNS

LONGEST_TEXT = 500
"""Characters that are read; a date stands near the beginning or the text is not about it."""

_HINT_WEIGHT = 0.5
"""Less than a word: a hint decides between equals and gives way to evidence."""
_COMMON_WEIGHT = 0.3
"""What a short word says that other languages have, too: two of them outweigh a hint."""
_HALVES_WEIGHT = 0.75
"""What 'am' and 'pm' say for English: less than a word, since Spanish writes them, too."""
_SHORT = 4
_NORWEGIAN = frozenset({"nb", "nn"})
_NAMES = (Kind.MONTH, Kind.WEEKDAY, Kind.WEEKDAYS)
"""What short words of another language may still be: 'all' is no Italian 'to' in English text."""


class Shape(Enum):
    """The form of a token."""

    MOMENT = auto()  # 2026-12-05T19:00: numbers are those of a datetime, text holds the offset
    YMD = auto()  # 2026-12-05
    DMY = auto()  # 5.12.2026; order of day and month as written
    PAIR = auto()  # 5.12. or 5/12, or the time 19.30
    CLOCK = auto()  # 19:30, 7 pm, 19h
    YEAR = auto()
    NUMBER = auto()
    WORD = auto()
    DASH = auto()
    COMMA = auto()  # and semicolon, plus, ampersand, bar
    SLASH = auto()
    ZONE = auto()  # GMT+1, CEST, Eastern Time
    OTHER = auto()


@dataclass(slots=True)
class Token:
    """A piece of the text; ``values`` maps what a word may do to its values there."""

    shape: Shape
    text: str
    numbers: tuple[int, ...] = ()
    values: dict[Kind, frozenset[int]] = field(default_factory=dict)
    zone: str | None = None
    """The time zone of a clock that says so, as written."""
    is_certain: bool = False
    """Whether the word belongs to the language that the text is known to be in."""
    is_apart: bool = False
    """Whether a bracket, colon or the like stands before it."""

    def is_a(self, *kinds: Kind) -> bool:
        """Return whether the word may be of one of the kinds."""
        return bool(self.values) and not self.values.keys().isdisjoint(kinds)


_CURRENCIES = "|".join(sorted(word for word in {*SIGNS, *map(str.lower, CODES)} if word.isalpha()))
_AMOUNT = r"\d{1,6}(?:[.,]\d{1,3}){0,3}"


@cache
def _pattern() -> re.Pattern[str]:
    """Return the pattern of all tokens: tried in this order, at each place in the text."""
    return re.compile(
        rf"""
        (?P<address>(?:https?://|www\.)\S+|[\w.+-]{{1,64}}@[\w-]{{1,64}}\.\w\S*)
      | (?P<price>
            (?:[€$£]|\b(?:pln|eur|usd|gbp)\b)\s?{_AMOUNT}(?:\s?[-–]\s?{_AMOUNT})?
          | (?<![\d.:])(?!(?:19|20)\d\d\s?[-–/])
            {_AMOUNT}(?:[.,]-)?(?:\s?[-–/]\s?{_AMOUNT})?
            (?:\s?(?:[€$£%]|:-|(?:{_CURRENCIES})(?!\w))|\+(?!\s?\d))
        )
      | (?P<moment>(?<!\d)\d{{4}}-\d{{1,2}}-\d{{1,2}}(?:T|[ ])\d{{1,2}}:\d{{2}}
            (?::\d{{2}}(?:[.,]\d{{1,9}})?)?(?!\d)
            (?:Z\b|[+-](?:0?\d|1[0-4]):?\d{{2}}(?::\d{{2}})?(?![\d:]))?)
      | (?P<basic>(?<!\d)\d{{8}}T\d{{4}}(?:\d{{2}})?Z?(?!\w))
      | (?P<phone>(?<!\d)(?!(?:19|20)\d\d[ .-])\+?
            (?:\d{{2,4}}(?P<gap>[ .-])\d{{2,4}}(?:(?P=gap)\d{{2,4}}){{2,6}}
              |\d{{3}}[ -]\d{{3,4}}[ -]\d{{3,4}})(?![\d:.]))
      | (?P<ymd>(?<!\d)\d{{4}}(?:(?P<ymd_gap>[-./])\d{{1,2}}(?P=ymd_gap)\d{{1,2}}
            |\.\s\d{{1,2}}\.\s\d{{1,2}}\.)(?!\d))
      | (?P<dmy>(?<!\d)(?<!\d[.:/])\d{{1,2}}\s?(?P<dmy_gap>[-./])\s?\d{{1,2}}\s?(?P=dmy_gap)
            (?:\s?\d{{4}}|\d{{2}}(?![:.]\d\d(?!\d)))(?!\d))
      | (?P<meridiem>(?<!\d)\d{{1,2}}(?:[:.]\d{{2}}(?::\d{{2}})?)?\s?
            (?:[ap]\s?\.\s?m\b\.?|[ap]m\b(?!\s*\d{{1,2}}\.)|p(?![\w.])
              |a(?=\s?[-–]\s?\d{{1,2}}(?::\d{{2}})?p(?!\w))))
      | (?P<french>(?<!\d)\d{{1,2}}\s?h(?:rs?|s)?\b\.?
            (?:\s?\d{{2}}(?![\d.:]|\s(?!(?:et|à|au|puis|ou|jusqu)\b)[^\W\d_]))?
            |(?<!\d)\d{{1,2}}[hu]\d{{2}}(?!\d))
      | (?P<colon>(?<![\d:])\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?!:?\d)
            (?:(?<=:\d\d:\d\d)\s[+-]\d{{4}}(?!\d))?)
      | (?P<zone>{zone_words.pattern()})
      | (?P<pair>(?<!\d)(?<!\d[.:/])\d{{1,2}}[./]\d{{1,2}}(?:\.(?!\d))?(?![\d/]|\.\d)
            |(?<!\d)\d{{1,2}}\.\s\d{{1,2}}\.(?!\d))
      | (?P<year>(?<!\w)\d{{4}}(?:\s?r\b\.?|(?!\w)))
      | (?P<number>(?:(?<!\w)|(?<=\bh))\d{{1,2}}
            (?:(?:st|nd|rd|th|er|ere|ère|re|e|:e|:a|-?e?go|-?tego|-?го|-[áé]n)(?!\w)
            |[ºª°]|\.[ºª°]?(?!\d))?(?!\w)|(?<!\w)\d{{1,2}}(?=uhr|hod|u\b|uur))
      | (?P<word>apr[èe]s-(?:midi|demain)\b
            |\bi\s(?:dag|morg[oe]n|kv[äa]ll|kveld|aften|[öo]vermorg[oe]n)\b
            |\b(?:segunda|ter[çc]a|quarta|quinta|sexta)s?-feiras?\b|\bt/m\b|\btot\sen\smet\b
            |(?-i:\bh(?=\d))|\bm-f\b|\b(?:ce\ssoir|esta\snoche|this\sevening)\b
            |t\.\s?o\.\s?m\.?|fr\.\s?o\.\s?m\.?|(?:till|från)\soch\smed\b
            |(?:d|l|all|dall|dell|nell|jusqu)['’]
            |[^\W\d_]+(?:['’][^\W\d_]+)?\.?(?!\w))
      | (?P<dash>\s?[-–—−→>]+\s?)
      | (?P<comma>[,;+&|•·\n])
      | (?P<slash>/)
      | (?P<space>\s+)
      | (?P<sign>[^\w\s])
      | (?P<other>\w+)
        """,
        re.VERBOSE | re.IGNORECASE,
    )


def tokenize(text: str, language: str | None, nearby: str | None) -> list[Token]:
    """Cut the first ``LONGEST_TEXT`` characters into tokens.

    Words that mean different things in several languages keep the meanings of the language that
    most other words are of. ``language``, that of the source, decides where they leave it open;
    ``nearby``, that of the place, only between languages that are equally likely.
    """
    lines = (" ".join(line.split()) for line in rewritten(text[:LONGEST_TEXT]).splitlines())
    tokens: list[Token] = []
    is_apart = False
    for match in _pattern().finditer("\n".join(line for line in lines if line)):
        group = match.lastgroup or ""
        if group == "sign":
            is_apart = True
        elif group != "space":
            tokens.append(_READERS[group](match[0]))
            tokens[-1].is_apart, is_apart = is_apart, False
    words = [token for token in tokens if token.shape is Shape.WORD]
    if words:
        has_halves = any(token.shape is Shape.CLOCK and token.is_certain for token in tokens)
        _settle_meanings(words, language, nearby, has_halves=has_halves)
    return _without_pairs_of_numbers(tokens)


def _without_pairs_of_numbers(tokens: list[Token]) -> list[Token]:
    """Divide 5/6 beside the name of a month, and 15/18 Uhr, into two numbers."""
    divided: list[Token] = []
    for token, following in zip_longest(tokens, tokens[1:]):
        is_pair = token.shape is Shape.PAIR and "/" in token.text
        is_hours = is_pair and (
            bool(divided and divided[-1].is_a(Kind.CLOCK))
            or (following is not None and following.is_a(Kind.HOUR))
        )
        is_days = is_pair and (
            bool(divided and divided[-1].is_a(Kind.MONTH))
            or (following is not None and following.is_a(Kind.MONTH))
        )
        if token.shape is Shape.SLASH and _is_within_date(divided[-1:], following):
            continue
        if is_hours or is_days:
            first, second = (Token(Shape.NUMBER, str(each), (each,)) for each in token.numbers)
            divided += [first, Token(Shape.SLASH, "/"), second]
        else:
            divided.append(token)
    return divided


def _is_within_date(before: list[Token], after: Token | None) -> bool:
    """Return whether a slash stands beside a month's name: '05/Dec/2026'."""
    if not before or after is None:
        return False
    month_follows = before[0].shape is Shape.NUMBER and after.is_a(Kind.MONTH)
    return month_follows or (before[0].is_a(Kind.MONTH) and after.shape is Shape.YEAR)


def _settle_meanings(
    words: list[Token], hint: str | None, nearby: str | None, *, has_halves: bool
) -> None:
    """Keep the meanings of the likeliest language; ``has_halves``: am or pm is in the text."""
    hinted = hint[:2].lower() if hint else None  # 'pl-PL' will do
    hinted = "no" if hinted in _NORWEGIAN else hinted
    votes = {language: _HINT_WEIGHT * (language == hinted) for language in LANGUAGES}
    votes["en"] += _HALVES_WEIGHT * has_halves
    meanings = [meanings_of(word.text) for word in words]
    for word, known in zip(words, meanings, strict=True):
        weight = _COMMON_WEIGHT if fold_word(word.text) in COMMON_WORDS else 1
        for language in {meaning.language for meaning in known}:
            votes[language] += weight
    most = max(votes.values())
    likely = {language for language, count in votes.items() if count == most and most}
    if len(likely) > 1 and nearby in likely:
        likely = {nearby}
    for word, known in zip(words, meanings, strict=True):
        fitting = [meaning for meaning in known if meaning.language in likely]
        word.is_certain = bool(fitting)
        is_known = most >= 1 or (hinted in likely and word.text.endswith("."))
        if fold_word(word.text) in OF_OWN_LANGUAGE and not (fitting and is_known):
            continue
        is_foreign = bool(likely) and len(word.text) <= _SHORT
        for meaning in fitting or known:
            if fitting or not is_foreign or meaning.kind in _NAMES:
                values = word.values.get(meaning.kind, frozenset())
                word.values[meaning.kind] = values | {meaning.value}


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(digits) for digits in _DIGITS.findall(text))


def _plain(shape: Shape) -> Callable[[str], Token]:
    return lambda text: Token(shape, text, _numbers(text))


def _meridiem(text: str) -> Token:
    hour, *rest = _numbers(text)
    if not 1 <= hour <= 12:
        return Token(Shape.OTHER, text)
    is_evening = "p" in text.lower()
    return Token(Shape.CLOCK, text, (hour % 12 + 12 * is_evening, *rest), is_certain=True)


def _colon(text: str) -> Token:
    """Read 19:00, and the offset of 18:00:00 +0100 (RFC 5322 dates)."""
    clock, _, offset = text.partition(" ")
    return Token(Shape.CLOCK, clock, _numbers(clock), zone=offset or None)


def _word(text: str) -> Token:
    if "." in text[:-1] or text.lower().endswith(" och med"):  # Swedish 't.o.m.', 'fr.o.m.'
        text = "till" if text[0] in "tT" else "från"
    if text.lower() == "tot en met":
        text = "tot"
    return Token(Shape.WORD, text)


_DIGITS = re.compile(r"\d+")
_READERS: dict[str, Callable[[str], Token]] = {
    "moment": _plain(Shape.MOMENT),
    "basic": _plain(Shape.MOMENT),
    "ymd": _plain(Shape.YMD),
    "dmy": _plain(Shape.DMY),
    "meridiem": _meridiem,
    "french": _plain(Shape.CLOCK),
    "colon": _colon,
    "zone": lambda text: Token(Shape.ZONE, text),
    "pair": _plain(Shape.PAIR),
    "year": _plain(Shape.YEAR),
    "number": _plain(Shape.NUMBER),
    "word": _word,
    "dash": _plain(Shape.DASH),
    "comma": _plain(Shape.COMMA),
    "slash": _plain(Shape.SLASH),
    "address": lambda text: Token(Shape.OTHER, text),
    "price": lambda text: Token(Shape.OTHER, text),
    "phone": lambda text: Token(Shape.OTHER, text),
    "other": lambda text: Token(Shape.OTHER, text),
}
