"""Status words in titles: ``ODWOŁANE: Koncert`` is a cancelled event that is called ``Koncert``.

Publishers who cannot or will not set a status write it into the title. It is taken for one only
where its form says that it is no part of the name: set apart by brackets, decoration or a separator
at the title's start or end, said of a kind of event (``Meeting cancelled: Zoning``), in a sentence
(``Yoga has been cancelled``), or shouted before a title that is not. ``The Cancelled Stamp``,
``Not cancelled`` and ``Postponed Love`` stay what they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import cache, lru_cache

from include.discovery.model import EventStatus
from include.discovery.text.cleaning import composed
from include.discovery.text.status_words import (
    AMBIGUOUS,
    ARTICLE,
    CALL,
    DETAIL,
    HAS_BEEN,
    IS,
    LAST_NOUN,
    NEGATION,
    NO_DATE_YET,
    NO_EVENT,
    SUBJECT,
    SUPPOSED,
    VERB,
    WHY,
    WORDS,
)

_LONGEST = 1_000
_LONGEST_SENTENCE = 8  # words before 'is cancelled'
_ABBREVIATION = 3

_SEVERITY = (
    EventStatus.CANCELLED,
    EventStatus.POSTPONED,
    EventStatus.RESCHEDULED,
    EventStatus.MOVED_ONLINE,
)

_ALTERNATIVES = "|".join(f"(?P<{status.value}>{words})" for status, words in WORDS.items())
_PLAIN = "|".join(f"(?:{words})" for words in WORDS.values())
_AND = r"\s*(?:[/&,]|\b(?:and|or|i|lub|et|ou|und|oder|y|e|o|ja|och|a)\b)\s*"
_WORD = rf"(?P<word>(?:{_ALTERNATIVES})(?![^\W_])(?:{_AND}(?:{_PLAIN})(?![^\W_]))?)"
_MARKER = rf"{CALL}?(?:{SUBJECT}\s+)?(?:{IS}\s+)?{_WORD}"

_DECO = r"[*!¡~_#<>=+•·|/\-–—\u2600-\u27bf\ufe0f\U0001f300-\U0001faff]"
_SEPARATOR = rf"(?:\s*[:：|•·]|\s*//|\s+[-–—]+(?=\s)|[-–—]+(?=\s)|\s*{_DECO}{{2,8}})"
_MARKS = r"[*~_#]{1,8}"
_OPEN = rf"[(\[{{（［【]\s*{_DECO}{{0,4}}\s*"
_CLOSE = rf"\s*{_DECO}{{0,4}}\s*[!.]*[)\]}}）］】]"
_ASIDE = r"(?:\s*[-–—:;,/]\s*[^()\[\]{}]{1,100})"  # '(Cancelled - lack of quorum)'
_LOWER = r"(?-i:[a-zà-öø-ÿąćęłńśźžżčďěňřšťů])"
_DASH = r"(?:\s+[-–—|/]+\s+|\s*[:|•]\s+)"


# Any of the words at all, in a title in small letters: most titles have none, and are done.
_HINT = re.compile(rf"(?<![^\W_])(?:{_PLAIN})(?![^\W_])")


def split_status(title: str) -> tuple[str, EventStatus | None]:
    """Split status markers off a title: ``[ODWOŁANE] X`` gives ``X`` and cancelled.

    Understood in the languages of :mod:`include.discovery.text.status_words`. Of several markers
    the gravest counts. A title that holds nothing else stays as it is (its status
    counts when it is set apart or in capitals), so that a title never becomes empty; so does one of
    more than 1,000 characters, which is none.
    """
    if len(title) > _LONGEST:
        return title, None
    rest = " ".join(composed(title).split())
    found: set[EventStatus] = set()
    stripped = False
    while match := _marker_in(rest):
        found.add(_status_of(match))
        remaining = (rest[: match.start()] + rest[match.end() :]).strip(" ,")
        if not any(char.isalnum() for char in remaining):
            break
        rest, stripped = remaining, True
    return (rest if stripped else title), gravest(found)


@lru_cache(maxsize=200)
def status_named(text: str) -> EventStatus | None:
    """Return the status that a text names and nothing else: ``abgesagt``, ``Concert annulé``.

    For fields that are made for a status, where no form need show that the words are no name.
    """
    said = _search(rf"^[\W_]*{_MARKER}(?:{WHY}|{DETAIL})[\W_]*$", text[:_LONGEST])
    return _status_of(said) if said else None


def gravest(statuses: Collection[EventStatus | None]) -> EventStatus | None:
    """Return the gravest of what several places say of an event; ``None`` if nothing unusual."""
    return next((status for status in _SEVERITY if status in statuses), None)


def _marker_in(title: str) -> re.Match[str] | None:
    if not _HINT.search(title.lower()):
        return None
    for pattern, is_marker in _forms():
        match = pattern.search(title)
        if match and not _search(NEGATION, title[: match.start("word")]) and is_marker(match):
            return match
    return None


@cache
def _forms() -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], bool]], ...]:
    """Return the forms of markers, the surest first, each with what must hold beside it.

    Late, since they take 50 ms to compile and many a task never sees a marker.
    """

    def bracketed(_match: re.Match[str]) -> bool:
        return True

    aside = rf"{_OPEN}{_MARKER}(?:{_ASIDE}|{WHY}|{DETAIL}){_CLOSE}"
    verdict = rf"(?:{HAS_BEEN}\s+(?:now\s+|leider\s+|unfortunately\s+)?)?{_WORD}"
    forms = (
        (rf"^\s*{_DECO}{{0,4}}\s*{aside}\s*{_DECO}{{0,4}}[\s:,.]*", bracketed),
        (rf"[\s,:\-–—]*{aside}[\s!.]*$", bracketed),
        (rf"^\s*{_DECO}{{1,8}}\s*{_MARKER}{DETAIL}\s*{_DECO}{{1,8}}[\s:]*", _is_clear),
        (rf"^\s*{_DECO}{{0,8}}\s*{_MARKER}{WHY}?{DETAIL}{_SEPARATOR}\s*", _is_clear),
        (rf"^\s*{_DECO}{{0,8}}\s*{_MARKER}\s*[!.,/\-–—]+\s*(?=\S)", _is_loud),
        (rf"^\s*{_DECO}{{0,8}}\s*{_MARKER}\s*!+\s*(?=\S)", _is_clear),
        (rf"(?:{_DASH}|[!.]\s+){_MARKER}{WHY}[\s!.]*$", _is_clear),
        (rf"{_DASH}{_MARKER}\s*\([^()]{{1,100}}\)[\s!.]*$", _is_clear),
        (rf"{_DASH}{_MARKER}\s*(?:[:;,]|\s[-–—|/]+)\s+{_LOWER}[^()|]{{1,100}}$", _is_clear),
        (rf"{_DASH}{_MARKER}(?=\s+[-–—|/]+\s+|\s*[:;]\s+)", _is_clear),
        (rf"\s+[-–—|•·]+\s+{_MARKER}{DETAIL}\s*{_DECO}{{0,8}}[\s!.]*$", _is_clear),
        (rf"(?<=[^\W_])\s*[-–—]\s*{_WORD}[\s!.]*$", _is_attached),
        (rf"\s*{_MARKS}\s*{_WORD}\s*{_MARKS}[\s!.]*$", _is_clear),
        (rf"(?:\s+[-–—|/*]+\s*|[:!,]\s+){_WORD}\s*{_DECO}{{0,8}}[\s!.]*$", _is_no_name),
        (rf"^\s*{_DECO}{{0,8}}\s*{_MARKER}\s+(?=\S)", _is_shouted),
        (rf"\s{_WORD}[\s!.]*$", _is_shouted),
        (rf"\s{_WORD}(?=\s*[:|]|\s+[-–—]\s)", _is_said_in_capitals),
        (rf"\s{verdict}(?:{WHY}|{DETAIL})(?=\s*[:|!.]|\s+[-–—]\s|$)[\s!.]*", _is_said_of_it),
        (rf"^[\W_]*{_MARKER}[\W_]*$", _is_loud),
    )
    return tuple((re.compile(text, re.IGNORECASE), holds) for text, holds in forms)


def _search(pattern: str, text: str) -> re.Match[str] | None:
    """Search for a pattern that is compiled, and kept by ``re``, when it is needed first."""
    return re.search(pattern, text, re.IGNORECASE)


def _fullmatch(pattern: str, text: str) -> re.Match[str] | None:
    return re.fullmatch(pattern, text, re.IGNORECASE)


def _is_loud(match: re.Match[str]) -> bool:
    return match["word"].isupper()


def _is_no_name(match: re.Match[str]) -> bool:
    """Return whether a marker behind a colon has no capital alone, which subtitles have.

    Behind a kind of event it may have one: 'Council Meeting: Cancelled'.
    """
    if _is_loud(match):
        return True
    is_said = match["word"][:1].islower() or _search(LAST_NOUN, match.string[: match.start()])
    return bool(is_said) and _is_clear(match)


def _is_clear(match: re.Match[str]) -> bool:
    """Return whether a marker can be nothing else; not in capitals, its detail must hold a date."""
    if _is_loud(match) or match.groupdict().get("why"):
        return True
    detail = match.groupdict().get("detail")
    if detail and not (any(char.isdigit() for char in detail) or _search(NO_DATE_YET, detail)):
        return False
    return _fullmatch(AMBIGUOUS, match["word"]) is None


def _is_shouted(match: re.Match[str]) -> bool:
    """Return whether a marker is in capitals before an unrelated rest in mixed case.

    In a title in capitals, it must be beside a kind of event or an abbreviation: 'POSTPONED DDA'.
    """
    before, after = match.string[: match.start()], match.string[match.end() :]
    if not _is_loud(match) or after[:1].islower():
        return False
    rest = (before + after).strip()
    if any(char.islower() for char in rest):
        return True
    if rest.isalpha() and len(rest) <= _ABBREVIATION:
        return True
    return not after and len(rest.split()) > 1 and _search(LAST_NOUN, rest) is not None


def _is_attached(match: re.Match[str]) -> bool:
    """Return whether a marker is tied to the title by a dash: 'Meeting-CANCELED'."""
    before = match.string[: match.start()]
    if _is_loud(match):
        return True
    return "-" not in match[0] or bool(_search(LAST_NOUN, before))


def _is_said_in_capitals(match: re.Match[str]) -> bool:
    """Return whether capitals before a separator say it: 'HAMLET CANCELLED: refunds'."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    is_calm = before.isupper() or not _search(SUPPOSED, match.string)
    return _is_loud(match) and is_calm and any(char.islower() for char in after)


def _is_said_of_it(match: re.Match[str]) -> bool:
    """Return whether a sentence says it: 'Yoga class cancelled', 'Yoga has been cancelled'."""
    before = match.string[: match.start()].strip()
    word, words = match["word"], before.split()
    if not words or len(words) > _LONGEST_SENTENCE or _search(SUPPOSED, match.string):
        return False
    if _fullmatch(NO_EVENT, before):
        return False
    if match["why"]:
        return True
    if _fullmatch(AMBIGUOUS, word):
        return False
    if not _is_loud(match) and word[:1].isupper():
        return False  # 'Christmas is Cancelled' is a name
    is_sentence = _search(VERB, word) or match[0].strip()[: len(word)] != word
    if is_sentence and not _is_loud(match):
        return True
    others = [each for each in words if not _fullmatch(ARTICLE, each)]
    return _search(LAST_NOUN, before) is not None and (len(others) > 1 or bool(match["detail"]))


def _status_of(match: re.Match[str]) -> EventStatus:
    return next(status for status in WORDS if match[status.value])
