"""What two titles have in common, and what each says that the other does not.

Long because what is taken out of a title and what is compared of it must agree word by word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from include.discovery.identity.venues import initials
from include.discovery.identity.words import (
    BESIDE,
    COUNTED,
    DATES,
    FILLERS,
    GENERIC,
    KINDS,
    MEANING,
    NOISE,
    PARTS,
    SAME_WORD,
    SESSIONS,
    TRIBUTES,
    VERSIONS,
)
from include.discovery.text.cleaning import fold

GENERIC_WEIGHT: Final = 0.35
_TYPO: Final = 84
_CUT: Final = ("…", "...")
_SIMILAR: Final = 0.65
_SIMILAR_IF_EXPLAINED: Final = 0.4
_PARTIAL: Final = 0.3
"""Shares of common words from which two titles are of a kind."""
_CLOCK: Final = re.compile(
    r"\b\d{1,2}(?:[:.h]\d{2})?\s*(?:-|–|to|until|bis|do|à)?\s*\d{0,2}(?:[:.h]\d{2})?\s*(?:[ap]\.?m\b\.?|uhr\b)"
    r"|\b\d{1,2}[:h]\d{2}\b|\b\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})\b|\b(?:19|20)\d\d-\d\d-\d\d\b"
)
_EDITION: Final = re.compile(r"\d{1,3}(?:st|nd|rd|th|e|eme)")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_DROPPED: Final = (FILLERS | NOISE | DATES, FILLERS | DATES, frozenset[str]())
"""Words that name no event; fewer, where a title consists of them."""
_SPLIT: Final = re.compile(
    r"\s*[:;|•·/]+\s+|\s+[-–—~]+\s*|\s*[–—]\s*|-\s+|[(\[]"
    r"|\s+(?:w/|with|feat\.?|featuring|ft\.?|presented by|avec|mit|con|z udziałem|hosted by)\s*",
    re.IGNORECASE,
)
_ASIDES: Final = re.compile(
    r"\bsold[ -]out\b"
    r"|(?:[+&,/]|\b(?:with|w/|mit|avec|con|med|plus|and|et|und|oraz|y))\s?(?:very )?(?:special )?"
    r"(?:support(?: acts?| bands?)?|guests?|openers?|premi[èe]re partie|1[èe]re partie"
    r"|invit[ée]e?s?|g[äa]ste?|go[śs]cie|go[śs][ćc]|ospiti"
    r"|(?:artistas? )?invitad[oa]s?|l[äa]mpp[äa]ri|telonero?s?|h[óo]st[ée])"
    r"\W{0,3}$"
)
"""What is said of a concert beside who plays."""
_BEFORE: Final = re.compile(r"\bpre[- ](?=(?:show|concert|game|performance)\b)")
"""'Pre-show', which is one word."""
_INCLUDES: Final = re.compile(r"\s(?:w/|with|followed by|including|mit|avec|con)(?=\s)")
"""What follows is given at the event: 'Seven Rivers with a reception' is no reception."""
_INITIALS: Final = re.compile(r"\b(?:[a-z]\.){2,}[a-z]?\b")
_PRESENTER: Final = re.compile(
    r"^(?P<who>\W{0,3}\w.{1,60}?)\s+(?:presents|présente(?:nt)?|presenta|prezentuje|präsentiert"
    r"|präsentieren|presenterar|esittää|uvádí|zaprasza(?:ją)?(?: na)?|welcomes)\b[\s:]+(?=\w|\W\w)"
)
"""Who gives an event, where the title names it before what it is."""
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
    """What makes it a part or an extra of something, by its meaning."""
    is_tribute: bool
    joined: str
    is_cut: bool
    """Whether its end is missing: '…'."""
    has_numbers: bool
    presenter: frozenset[str]
    """Words of who presents it; they are none of ``words``."""


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


@lru_cache(maxsize=4_000)  # one title stands in many listings
def title_of(text: str) -> Title:
    """Return a title as matching sees it."""
    clean = _CLOCK.sub(" ", _without_symbols(text.replace("’", "'").replace("'", "").lower()))
    clean = _INITIALS.sub(_without_dots, _ASIDES.sub(" ", _BEFORE.sub("pre", clean)))
    presenter = _PRESENTER.match(clean)
    if presenter:
        clean = clean[presenter.end() :]
    is_cut = clean.endswith(_CUT)
    folded = fold(clean)
    spelled = _spelled(folded)
    order = _kept(spelled)
    head = frozenset(_kept(_spelled(_first_part(clean, folded))))
    if is_cut and len(order) > 1:
        order = order[:-1]  # the last word may be a part of one
    words = frozenset(order)
    return Title(
        text=fold(text),
        words=words,
        order=tuple(order),
        head=head & words if head else words,
        sessions=frozenset(_sessions(spelled)),
        parts=frozenset(PARTS[word] for word in _named(clean, spelled) if word in PARTS),
        is_tribute=not TRIBUTES.isdisjoint(spelled),
        joined="".join(order),
        is_cut=is_cut,
        has_numbers=any(word.isdigit() for word in words),
        presenter=frozenset(_kept(_spelled(fold(presenter["who"])))) if presenter else frozenset(),
    )


def _without_dots(found: re.Match[str]) -> str:
    return found[0].replace(".", "")


def _without_symbols(text: str) -> str:
    """Take out pictures: folded, they would be words of their own."""
    if text.isascii():
        return text
    return "".join(" " if unicodedata.category(one) == "So" else one for one in text)


def _first_part(text: str, folded: str) -> str:
    """Return, folded, what stands before the first sign or word that adds to a name."""
    start = 0
    for sign in _SPLIT.finditer(text):
        if part := fold(text[start : sign.start()]):
            return part
        start = sign.end()
    return fold(text[start:]) or folded if start else folded


def _spelled(folded: str) -> list[str]:
    return " ".join([SAME_WORD.get(word, word) for word in folded.split()]).split()


def _named(clean: str, spelled: list[str]) -> list[str]:
    """Return the words that name the event, without those of what is given at it."""
    included = _INCLUDES.search(clean)
    return spelled if included is None else _spelled(fold(clean[: included.start()]))


def _kept(spelled: list[str]) -> list[str]:
    """Return the words that name the event, in their order."""
    for dropped in _DROPPED:
        kept = [_stem(w) for w in spelled if w not in dropped and not _YEAR.fullmatch(w)]
        if kept:
            return kept
    return spelled


def _stem(word: str) -> str:
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def _sessions(spelled: list[str]) -> Iterable[tuple[str, str]]:
    yield from (SESSIONS[word] for word in spelled if word in SESSIONS)
    for word, number in pairwise(spelled):
        if (word, number) in VERSIONS:
            yield "version", VERSIONS[word, number]
        if word in COUNTED and (number.isdigit() or (len(number) == 1 and number in "abc")):
            yield "part", number.lstrip("0") or "0"
    yield from (("course", word) for word in spelled if word in _COURSES)


def compare_titles(
    a: Title, b: Title, known: frozenset[str], explained: tuple[frozenset[str], frozenset[str]]
) -> TitleMatch:
    """Say how alike two titles are.

    :param known: words of both venues and of the city: they tell no events apart.
    :param explained: words of the texts beside each title: descriptions, performers, organisers. A
        word of one title that the other listing says elsewhere is no difference.
    """
    part = _part(a, b)
    conflict = stated_conflict(a, b)
    if a.joined == b.joined or _begins(a, b) or _begins(b, a):
        words = a.words & b.words
        return TitleMatch(
            "equal", 1.0, weight_of(words), frozenset(), frozenset(), conflict or part
        )
    left, right = _without_variants(a.words - b.words, b.words - a.words, a, b)
    known |= a.presenter | b.presenter
    taken = a.words - left
    telling_left, telling_right = _without_kinds(left - known, right - known)
    weight = weight_of(taken - known) or GENERIC_WEIGHT * len(taken) / 2
    rest = weight_of(telling_left) + weight_of(telling_right)
    share = weight / (weight + rest) if weight else 0.0
    conflict = conflict or _numbers(telling_left, telling_right)
    if not taken:
        kind = "other"
    elif not telling_left or not telling_right:
        kind = _of_contained(a, b, telling_left, telling_right)
        conflict = conflict or part
    elif share < _SIMILAR and _one_head(a, b, known):
        kind = "head"
        conflict = conflict or part
    elif share >= _SIMILAR:
        kind = "similar"
        conflict = conflict or part
    elif _are_explained(telling_left, telling_right, explained[0] | explained[1]):
        kind = "similar" if share >= _SIMILAR_IF_EXPLAINED else "partial"
    else:
        kind = "partial" if share >= _PARTIAL else "other"
    return TitleMatch(kind, share, weight, telling_left, telling_right, conflict)


def _are_explained(left: frozenset[str], right: frozenset[str], explained: frozenset[str]) -> bool:
    return left <= explained or right <= explained


def _begins(cut: Title, whole: Title) -> bool:
    """Say whether a title that was cut off is the beginning of the other."""
    return cut.is_cut and whole.order[: len(cut.order)] == cut.order


def _without_kinds(
    left: frozenset[str], right: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """Take out what only says which kind of event it is, where one title says no more than that.

    So it is with its edition: 'The 56th Mill Fair'.
    """
    if left and right:
        return left, right
    one, other = (
        frozenset(
            word
            for word in words
            if _MEANING.get(word) not in KINDS and not _EDITION.fullmatch(word)
        )
        for words in (left, right)
    )
    return one, other


def _of_contained(a: Title, b: Title, left: frozenset[str], right: frozenset[str]) -> str:
    if not left and not right:
        return "equal"
    shorter, longer = (b, a) if left else (a, b)
    return "extended" if _continues(shorter, longer) else "contained"


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
    """Say whether one is named by the head of the other: a telling one, not 'Guided tour'."""
    return any(
        head <= other.words and weight_of(head) >= 1
        for head, other in ((a.head - known, b), (b.head - known, a))
    )


def weight_of(words: frozenset[str]) -> float:
    """Return the weight of words: 1 for each telling one, ``GENERIC_WEIGHT`` for the others."""
    generic = len(words & _GENERIC)
    return len(words) - generic + GENERIC_WEIGHT * generic


def is_generic(words: frozenset[str]) -> bool:
    """Return whether many events share each of the words."""
    return words <= _GENERIC


def is_beside(words: frozenset[str]) -> bool:
    """Return whether words make of an event what may be given beside it: 'Workshop', 'Talk'."""
    return any(_MEANING.get(word) in BESIDE for word in words)


_MEANING: Final = {_stem(word): meaning for word, meaning in (PARTS | MEANING).items()}
_GENERIC: Final = GENERIC | frozenset(_stem(word) for word in GENERIC)


def _without_variants(
    left: frozenset[str], right: frozenset[str], a: Title, b: Title
) -> tuple[frozenset[str], frozenset[str]]:
    """Take out the words that both have in different forms: typos, endings, abbreviations."""
    if not left or not right:
        return left, right
    left, right = _without_translations(left, right)
    rest = _may_vary(right)
    for word in _may_vary(left):
        for other in rest:
            if _is_variant(word, other):
                left, right = left - {word}, right - {other}
                rest.remove(other)
                break
    for word in sorted(left):
        if run := initials(word, b.order):
            left, right = left - {word}, right - run
    for word in sorted(right):
        if run := initials(word, a.order):
            right, left = right - {word}, left - run
    return left, right


def _may_vary(words: frozenset[str]) -> list[str]:
    """Return, in order, the words that may have other forms: no numbers, and no short ones."""
    return sorted([word for word in words if len(word) > 3 and not word.isdigit()])


def _without_translations(
    left: frozenset[str], right: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    one, other = ({_MEANING[word] for word in words if word in _MEANING} for words in (left, right))
    if common := one & other:
        return (
            frozenset(word for word in left if _MEANING.get(word) not in common),
            frozenset(word for word in right if _MEANING.get(word) not in common),
        )
    return left, right


@lru_cache(maxsize=50_000)  # the words of a city's titles meet again and again
def _is_variant(word: str, other: str) -> bool:
    shorter, longer = sorted((word, other), key=len)
    if len(shorter) >= 6 and shorter[: len(shorter) - 2] == longer[: len(shorter) - 2]:
        return len(longer) - len(shorter) <= 3
    if len(word) == len(other) > 4 and word[0] == other[0] and OSA.distance(word, other) == 1:
        return sorted(word) == sorted(other) or fuzz.ratio(word, other) >= _TYPO
    return fuzz.ratio(word, other) >= _TYPO


def stated_conflict(a: Title, b: Title) -> str | None:
    """Say what makes two titles two things though they are alike, if words of sessions say so."""
    if a.sessions and b.sessions:
        for category in sorted({name for name, _ in a.sessions} & {name for name, _ in b.sessions}):
            one = {mark for name, mark in a.sessions if name == category}
            two = {mark for name, mark in b.sessions if name == category}
            if not one & two:
                return f"{category}: {min(one)} / {min(two)}"
    if a.is_tribute != b.is_tribute:
        return "tribute"
    return None


def may_conflict(a: Title, b: Title) -> bool:
    """Say whether two titles may be two things by what they do not have in common, too."""
    return (a.has_numbers and b.has_numbers) or _part(a, b) is not None


def _numbers(left: frozenset[str], right: frozenset[str]) -> str | None:
    """Say which numbers tell two sessions apart: 'ages 3-5' and 'ages 6-9'."""
    one, other = ({word for word in words if word.isdigit()} for words in (left, right))
    return f"number: {min(one)} / {min(other)}" if one and other else None


def _part(a: Title, b: Title) -> str | None:
    """Say what makes one a part of the other, where one title holds the other."""
    if a.parts == b.parts or a.parts & b.parts:
        return None
    if odd := (a.parts - b.words) | (b.parts - a.words):
        return f"part: {min(odd)}"
    return None
