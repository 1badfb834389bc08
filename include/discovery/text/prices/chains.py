"""Numbers that are prices because another one is: ``10 – 25 zł``, ``20 zł (ulgowy 15)``."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from include.discovery.text.prices import words
from include.discovery.text.prices.amounts import Amount
from include.discovery.text.prices.patterns import LETTER, SET_ASIDE, longest_first

WORD = re.compile(rf"{LETTER}+|{SET_ASIDE}")
FROM_BEFORE = re.compile(rf"(?<!\w)(?:{longest_first(words.FROM)})[\s:]*$", re.IGNORECASE)
JOINING = frozenset(
    word
    for phrase in re.split(r"[|\s]", f"{words.FROM}|{words.OR_MORE}|{words.UP_TO}|{words.LINKS}")
    for word in WORD.findall(phrase)
)
"""Words between amounts."""

_LINK = re.compile(rf"\s*(?:[-–—/,;|~(]|\b(?:{words.LINKS})\b)\s*", re.IGNORECASE)
_LINK_ON = re.compile(rf"\s*(?:[-–—/,;|~]|\b(?:{words.RANGES})\b)\s*", re.IGNORECASE)
_FIRM = frozenset({"-", "–", "—", "/"})
_LOOSE = frozenset({",", ";", "|"})
_TIGHT = re.compile(r"[0-9][-–—][0-9]")
_RANGE_BEFORE = re.compile(rf"[0-9]\s*(?:[-–—]|\b(?:{words.RANGES})\b)\s*$", re.IGNORECASE)
_DAY_AND_MONTH = re.compile(r"[0-3]?[0-9]\.(?:0[1-9]|1[0-2])")
_WORD_BEFORE = re.compile(rf"({LETTER}+)[\s:.]*$")
_WORD_AFTER = re.compile(rf"\s*({LETTER}+)")
_RATE_BEFORE = re.compile(rf"(?<!\w)(?:{longest_first(words.RATES)})[\s:.]*$", re.IGNORECASE)
_RATE_AFTER = re.compile(
    rf"\s*(?:(?:in|im|en|w|na|i|v)\s+)?(?:{longest_first(words.RATES)})(?!\w)", re.IGNORECASE
)
_OLDEST = 21
_BEFORE_LENGTH = 40  # characters that are looked at before a number


def with_neighbours(amounts: list[Amount], text: str) -> list[Amount]:
    """Make prices of numbers that are chained to one, or stand beside a kind of ticket."""
    return _with_rates(_chained_on(_chained_back(amounts, text), text), text)


def may_be_age(amount: Amount, text: str) -> bool:
    """Return whether it is a small bare number after 'from', as in ``ab 16`` and ``od 18``."""
    is_small = 0 < amount.value <= _OLDEST and not amount.is_price
    return is_small and FROM_BEFORE.search(_before(amount, text)) is not None


def _chained_back(amounts: list[Amount], text: str) -> list[Amount]:
    """Make prices of numbers before a price: ``10 – 25 zł``, ``120/150/180 PLN``."""
    for (i, left), (j, right) in reversed(list(pairwise(enumerate(amounts)))):
        known = amounts[j]
        if not known.is_price or left.is_price:
            continue
        if _LINK.fullmatch(text, left.end, right.start) and _is_of_chain(left, right, text):
            amounts[i] = replace(left, is_price=True, currency=known.currency)
    return amounts


def _is_of_chain(left: Amount, right: Amount, text: str) -> bool:
    """Return whether a number that is linked to the price after it is one, too.

    ``Room 3, 15 zł`` holds one price, and so do ``ab 18, 15 €``, ``11-13, 15 zł``, ``8.05, 15 zł``
    and ``Vol. 3 - 15 zł``; ``Room 3/15 zł`` nobody writes.
    """
    before = _before(left, text)
    word = _WORD_BEFORE.search(before)
    if word is not None and word[1].lower() in words.LABELS:
        return False
    link = text[left.end : right.start].strip()
    if link in _FIRM:
        return True
    if link in _LOOSE and (
        may_be_age(left, text)
        or _RANGE_BEFORE.search(before)
        or _DAY_AND_MONTH.fullmatch(text, left.start, left.end)
    ):
        return False
    return word is None or word[1].lower() in words.ABOUT_TICKETS | JOINING


def _chained_on(amounts: list[Amount], text: str) -> list[Amount]:
    """Make prices of numbers after a price: ``$10-25``, ``12 € / 8 réduit``."""
    for (i, _), (j, right) in pairwise(enumerate(amounts)):
        known = amounts[i]
        if not known.is_price or right.is_price:
            continue
        if _LINK_ON.fullmatch(text, known.end, right.start):
            # '$5-10 for all', but '15 € – 8 places'
            tight = _TIGHT.fullmatch(text, known.end - 1, right.start + 1)
            after = _WORD_AFTER.match(text, right.end)
            if tight or after is None or after[1].lower() in words.ABOUT_TICKETS:
                amounts[j] = replace(right, is_price=True, currency=known.currency)
    return amounts


def _with_rates(amounts: list[Amount], text: str) -> list[Amount]:
    """Make prices of numbers beside a kind of ticket, where others are: ``20 zł (ulgowy 15)``."""
    known = next((amount for amount in amounts if amount.is_price), None)
    if known is None:
        return amounts
    return [
        replace(amount, is_price=True, currency=known.currency)
        if not amount.is_price and _is_of_rate(amount, text)
        else amount
        for amount in amounts
    ]


def _is_of_rate(amount: Amount, text: str) -> bool:
    before, after = _before(amount, text).rstrip(), text[amount.end :].lstrip()
    if _RATE_BEFORE.search(before):
        return not after[:1].isalnum() and after[:1] not in {"-", "–", SET_ASIDE}
    return before[-1:] in {",", ";", "/", "(", "|"} and bool(_RATE_AFTER.match(after))


def _before(amount: Amount, text: str) -> str:
    return text[max(0, amount.start - _BEFORE_LENGTH) : amount.start]
