"""What two titles have in common, and what each says that the other does not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Final

from rapidfuzz import fuzz

from include.discovery.identity.venues import initials
from include.discovery.identity.words import (
    COUNTED,
    DATES,
    FILLERS,
    GENERIC,
    NOISE,
    PARTS,
    SAME_WORD,
    SESSIONS,
    TRIBUTES,
)
from include.discovery.text.cleaning import fold

GENERIC_WEIGHT: Final = 0.35
_TYPO: Final = 84
_CLOCK: Final = re.compile(
    r"\b\d{1,2}(?:[:.h]\d{2})?\s*(?:-|–|to|until|bis|do|à)?\s*\d{0,2}(?:[:.h]\d{2})?\s*(?:[ap]\.?m\b\.?|uhr\b)"
    r"|\b\d{1,2}[:h]\d{2}\b|\b\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})\b|\b(?:19|20)\d\d-\d\d-\d\d\b"
)
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_SPLIT: Final = re.compile(
    r"\s*[:;|•·/]+\s+|\s+[-–—~]+\s*|\s*[–—]\s*|-\s+|[(\[]"
    r"|\s+(?:w/|with|feat\.?|featuring|ft\.?|presented by|avec|mit|con|z udziałem|hosted by)\s*",
    re.IGNORECASE,
)
_COURSES: Final = frozenset(("101", "102", "201", "202", "301", "a1", "a2", "b1", "b2", "c1", "c2"))
_TOGETHER: Final = re.compile(
    r"\b(?:and|plus|und|et|y|oraz|ja|och|with|includes?|including)\b|[&+]"
)


@dataclass(frozen=True, slots=True, eq=False)
class Title:
    """A title as matching sees it; words are folded, in the singular, without dates and hours."""

    text: str
    """The whole title, folded."""
    words: frozenset[str]
    order: tuple[str, ...]
    head: frozenset[str]
    """Words before the first sign or word that adds to a name: ``:``, `` - ``, ``with``."""
    sessions: frozenset[tuple[str, str]]
    """What tells sessions of one programme apart: ('age', 'teen'), ('part', '2')."""
    parts: frozenset[str]
    """Words that make it a part or an extra of something."""
    is_tribute: bool
    joined: str


@dataclass(frozen=True, slots=True)
class TitleMatch:
    """How alike two titles are."""

    kind: str
    """'equal', 'extended', 'contained', 'similar', 'head', 'partial' or 'other'."""
    share: float
    """The weight of common words among all, 0 to 1."""
    weight: float
    """The weight of the common words: 1 for each telling one, ``GENERIC_WEIGHT`` for the others."""
    left: frozenset[str]
    right: frozenset[str]
    """Words of each that the other does not have."""
    conflict: str | None
    """What makes them two sessions, or a part and a whole."""


@lru_cache(maxsize=20_000)  # one title stands in many listings
def title_of(text: str) -> Title:
    """Return a title as matching sees it."""
    clean = _CLOCK.sub(" ", text.replace("’", "'").replace("'", "").lower())
    order = _kept(clean)
    words = frozenset(order)
    head = frozenset(_kept(next((part for part in _SPLIT.split(clean) if fold(part)), clean)))
    told = _spelled(clean)
    return Title(
        text=fold(text),
        words=words,
        order=tuple(order),
        head=head & words if head else words,
        sessions=frozenset(_sessions(told)),
        parts=frozenset(told) & PARTS,
        is_tribute=not TRIBUTES.isdisjoint(told),
        joined="".join(order),
    )


def _spelled(text: str) -> list[str]:
    return " ".join(SAME_WORD.get(word, word) for word in fold(text).split()).split()


def _kept(text: str) -> list[str]:
    """Return the words that name the event, in their order."""
    told = _spelled(text)
    for dropped in (FILLERS | NOISE | DATES, FILLERS | DATES, frozenset[str]()):
        kept = [_stem(w) for w in told if w not in dropped and not _YEAR.fullmatch(w)]
        if kept:
            return kept
    return told


def _stem(word: str) -> str:
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def _sessions(told: list[str]) -> Iterable[tuple[str, str]]:
    yield from (SESSIONS[word] for word in told if word in SESSIONS)
    for word, number in pairwise(told):
        if word in COUNTED and (number.isdigit() or (len(number) == 1 and number in "abc")):
            yield "part", number.lstrip("0") or "0"
    yield from (("course", word) for word in told if word in _COURSES)


def compare_titles(
    a: Title, b: Title, known: frozenset[str], explained: frozenset[str]
) -> TitleMatch:
    """Say how alike two titles are.

    :param known: words of both venues and of the city: they tell no events apart.
    :param explained: words of the texts beside the titles: descriptions, performers, organisers. A
        word of one title that the other listing says elsewhere is no difference.
    """
    conflict = _conflict(a, b)
    part = _part(a, b)
    if a.joined == b.joined:
        return TitleMatch(
            "equal", 1.0, _weight(a.words), frozenset(), frozenset(), conflict or part
        )
    common = a.words & b.words
    left, right = a.words - common, b.words - common
    left, right = _without_variants(left, right, a, b)
    taken = a.words - left
    telling_left, telling_right = left - known, right - known
    weight = _weight(taken - known) or GENERIC_WEIGHT * len(taken) / 2
    rest_left, rest_right = _weight(telling_left), _weight(telling_right)
    share = weight / (weight + rest_left + rest_right) if weight else 0.0
    told = TitleMatch("other", share, weight, telling_left, telling_right, conflict)
    if not taken and not common:
        return told
    if not telling_left and not telling_right:
        return replace(told, kind="equal", conflict=conflict or part)
    if not telling_left or not telling_right:
        shorter, longer = (a, b) if not telling_left else (b, a)
        kind = "extended" if _continues(shorter, longer) else "contained"
        return replace(told, kind=kind, conflict=conflict or part)
    if share >= 0.65:
        return replace(told, kind="similar")
    if _one_head(a, b, known):
        return replace(told, kind="head")
    if not (telling_left - explained) or not (telling_right - explained):
        return replace(told, kind="similar" if share >= 0.4 else "partial")
    return replace(told, kind="partial" if share >= 0.3 else "other")


def _continues(shorter: Title, longer: Title) -> bool:
    """Say whether the longer title only adds behind the shorter one, or behind its head.

    What is set before it with 'and' is a thing of its own: 'Lunch and Wine Tasting'.
    """
    before: list[str] = []
    for word in longer.order:
        if word in shorter.words:
            break
        before.append(word)
    return not before or not _TOGETHER.search(longer.text.partition(shorter.order[0])[0])


def _one_head(a: Title, b: Title, known: frozenset[str]) -> bool:
    """Say whether both begin with the same name, or one is named by the head of the other."""
    heads = a.head - known, b.head - known
    for head, other in ((heads[0], b), (heads[1], a)):
        if head and head <= other.words and _weight(head) >= 1:
            return True
    return bool(heads[0]) and heads[0] == heads[1]


def _weight(words: frozenset[str]) -> float:
    generic = len(words & _GENERIC)
    return len(words) - generic + GENERIC_WEIGHT * generic


_GENERIC: Final = GENERIC | frozenset(_stem(word) for word in GENERIC)


def _without_variants(
    left: frozenset[str], right: frozenset[str], a: Title, b: Title
) -> tuple[frozenset[str], frozenset[str]]:
    """Take out the words that both have in different forms: typos, endings, abbreviations."""
    if not left or not right:
        return left, right
    for word in sorted(left):
        for other in sorted(right):
            if _is_variant(word, other):
                left, right = left - {word}, right - {other}
                break
    for word in sorted(left):
        if run := initials(word, b.order):
            left, right = left - {word}, right - run
    for word in sorted(right):
        if run := initials(word, a.order):
            right, left = right - {word}, left - run
    return left, right


def _is_variant(word: str, other: str) -> bool:
    if word.isdigit() or other.isdigit() or min(len(word), len(other)) < 4:
        return False
    shorter, longer = sorted((word, other), key=len)
    if len(shorter) >= 6 and shorter[: len(shorter) - 2] == longer[: len(shorter) - 2]:
        return len(longer) - len(shorter) <= 3
    return fuzz.ratio(word, other) >= _TYPO


def _conflict(a: Title, b: Title) -> str | None:
    """Say what makes two titles two things though they are alike."""
    for category in sorted({name for name, _ in a.sessions} & {name for name, _ in b.sessions}):
        one = {mark for name, mark in a.sessions if name == category}
        two = {mark for name, mark in b.sessions if name == category}
        if not one & two:
            return f"{category}: {min(one)} / {min(two)}"
    if a.is_tribute != b.is_tribute:
        return "tribute"
    return None


def _part(a: Title, b: Title) -> str | None:
    """Say what makes one a part of the other, where one title holds the other."""
    if a.parts != b.parts and not a.parts & b.parts:
        return f"part: {min(a.parts ^ b.parts)}"
    return None
