"""Looking words up: what each may mean in a date, and in which languages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from anyascii import anyascii

from include.discovery.dates.worded.function_words import SMALL_WORDS
from include.discovery.dates.worded.vocabulary import (
    MONTHS,
    ORDINALS,
    RECURRING_WEEKDAYS,
    RELATIVE_DAYS,
    WEEKDAYS,
    Kind,
)

LANGUAGES = tuple(SMALL_WORDS)
_NO_LATIN = "\u0370"
"""Letters from here on are not folded: ``марта`` is March, Marta somebody's name."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing that a word does in one language."""

    kind: Kind
    value: int
    language: str


def fold_word(word: str) -> str:
    """Reduce a word to lower-case ASCII letters: ``Śr.`` to ``sr``, ``d'`` to ``d``."""
    return "".join(char for char in anyascii(word).lower() if char.isalpha())


@lru_cache(maxsize=4096)
def meanings_of(word: str) -> tuple[Meaning, ...]:
    """Return all that a word may mean in a date; nothing for a word of another kind.

    Accents and apostrophes count where they are written: ``pá`` is Czech for Friday only, ``pa``
    may be more.
    """
    lexicon = _lexicon()
    exact = lexicon.get(word.rstrip(".").lower().replace("’", "'"))
    return exact or lexicon.get(fold_word(word), ())


@cache
def _lexicon() -> dict[str, tuple[Meaning, ...]]:
    found: dict[str, dict[Meaning, None]] = defaultdict(dict)
    for word, meaning in _entries():
        if not word.endswith("'") and word[0] < _NO_LATIN:
            found[fold_word(word)][meaning] = None
        if not word.isalpha() or not word.isascii():
            found[word][meaning] = None
    return {word: tuple(meanings) for word, meanings in found.items()}


def _entries() -> Iterator[tuple[str, Meaning]]:
    yield from _numbered(MONTHS, Kind.MONTH, range(1, 13))
    yield from _numbered(WEEKDAYS, Kind.WEEKDAY, range(7))
    yield from _numbered(RECURRING_WEEKDAYS, Kind.WEEKDAYS, range(7))
    yield from _numbered(ORDINALS, Kind.NTH, (1, 2, 3, 4, -1))
    yield from _numbered(RELATIVE_DAYS, Kind.RELATIVE, range(3))
    for language, kinds in SMALL_WORDS.items():
        for kind, words in kinds.items():
            for word in words.split():
                yield word, Meaning(kind, 0, language)


def _numbered(
    table: Mapping[str, str], kind: Kind, values: Iterable[int]
) -> Iterator[tuple[str, Meaning]]:
    for language, text in table.items():
        for value, words in zip(values, text.split("|"), strict=True):
            for word in words.split():
                yield word, Meaning(kind, value, language)
