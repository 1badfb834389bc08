"""Prices out of free text: ``od 40 PLN``, ``£8 advance / £10 door``, ``Wstęp wolny``.

A number is a price when a currency stands beside it, when it is chained to one that is
(``120/150/180 PLN``), or when the text holds nothing but numbers and words about tickets. Ages,
hours, dates, percentages and booking fees are set aside first, so ``ab 19 Uhr 15 €`` costs 15.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from include.discovery.extract import price_words as words
from include.discovery.extract.text import one_line, shorten
from include.discovery.model import Price

TEXT_LENGTH = 300
"""The longest wording that is kept, in characters."""

_LARGEST = Decimal(1_000_000_000)  # beyond it, digits are a telephone number or an account
_READ_LENGTH = 2_000  # a price is at the start, or the text is not about one


def _longest_first(alternatives: str | frozenset[str] | dict[str, str]) -> str:
    """Order alternatives so that none hides a longer one."""
    parts = alternatives.split("|") if isinstance(alternatives, str) else alternatives
    return "|".join(sorted(parts, key=lambda part: (-len(part), part)))


_LETTER = r"[^\W\d_]"
_SIGN_WORDS = _longest_first(frozenset(s for s in words.SIGNS if s.isalpha()))
_MARK = (
    rf"(?:(?<!{_LETTER})(?i:us|au|ca|nz|hk|mx|[acsr]))?\$|[€£¥₺₽₴₪₹₩]"
    rf"|(?<!{_LETTER})(?:(?i:{_SIGN_WORDS}|{_longest_first(words.CASUAL_CODES)})"
    rf"|{_longest_first(words.CODES)})(?!{_LETTER})"
)
_MARKS = re.compile(_MARK)
_NUMBERS = re.compile(
    r"(?<![0-9])(?<![0-9][.,])(?P<whole>[1-9][0-9]{0,2}(?:[.,'’][0-9]{3})+(?![0-9])"
    r"|[1-9][0-9]?(?: [0-9]{3})+(?![0-9])|[1-9][0-9]{2}(?: 000)+(?![0-9])|[0-9]+)"
    r"(?:[.,](?P<cents>[0-9]{1,2})(?![0-9]))?(?P<dash>[.,:][-–—]{1,2}(?!\s*[0-9]))?"
)
_LIST = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:,[0-9]{1,2}){2,}(?![0-9.,])")
_CLOCK = r"[0-9]{1,2}(?:[:.][0-9]{2})?"
_NO_MARK = rf"(?!\s*(?:{_MARK}))"
_SET_ASIDE = "\ue000"
_NO_PRICE = re.compile(
    # dates
    r"\b[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}\b|\b[0-9]{1,2}([./-])[0-9]{1,2}\1[0-9]{4}\b"
    r"|\b[0-9]{1,2}\.[0-9]{1,2}\.(?:[0-9]{2}\b|(?![-–—0-9]))"
    # hours
    rf"|\b(?:{_CLOCK}\s*[-–]\s*)?{_CLOCK}\s*(?i:[ap]\.?m\b\.?|uhr\b|h(?:[0-9]{{2}})?\b|hrs?\b)"
    r"|\b[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?\b"
    rf"|\b(?i:klo|kl|godz(?:in[aiye]+)?|ore)\b\.?:?\s*{_CLOCK}\b{_NO_MARK}"
    # ages
    r"|(?<![$€£0-9.,])(?<![$€£] )(?<![A-Z]{3} )\b[0-9]{1,2}\s?\+(?!\s*[0-9$€£])"
    r"|(?<![\w$€£])\+\s?[0-9]{2}\b"
    r"|\b[0-9]{1,2}(?:\s*[-–]\s*[0-9]{1,2})?[\s-]*(?i:jahren?|j\.|lat|r\.?\s?ż|years?|yrs?|y/?o|ans"
    r"|años|anni|vuotia\w*|år|let|(?:and|&)\s+(?:over|under|older|younger))(?!\w)"
    rf"|\b(?i:under|over|ages?|aged|alter|wiek|fsk|[uk]-?)\s?[0-9]{{1,2}}s?\b"
    rf"(?:\s*[-–]\s*[0-9]+)?{_NO_MARK}"
    # shares, discounts, fees, telephone numbers
    r"|[0-9]+(?:[.,][0-9]+)?\s*%|\b(?i:save)\s+\W?[0-9.,]+"
    r"|[$€£]?\s?[0-9]+\s*(?:€|zł)?\s+(?i:off|rabatt?u?)\b"
    r"|(?:\+|\b(?i:plus|incl\w*)\.?)\s*[$€£]?\s?[0-9]+(?:[.,][0-9]+)?\s*[€£]?\s*(?:\w+\s+)?"
    r"(?i:fees?|gebühr|frais)\b"
    r"|\+?[0-9]{2,4}(?:[ -][0-9]{2,4}){3,}|[0-9]{10,}"
)
_FREE = re.compile(
    r"(?<!gluten )(?<!sugar )(?<!smoke )(?<!alcohol )(?<![\w-])"
    rf"(?:{_longest_first(words.FREE)})(?!\w)(?!-\w)(?!\s+(?:{words.NOT_WHAT_IS_FREE})\b)",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:not|nie|nicht|pas|non|no es|inte|ei ole|není)(?:\s+(?:jest|is))?\s*$", re.IGNORECASE
)
_FROM_BEFORE = re.compile(rf"(?<!\w)(?:{_longest_first(words.FROM)})[\s:]*$", re.IGNORECASE)
_UP_TO_BEFORE = re.compile(rf"(?<!\w)(?:{_longest_first(words.UP_TO)})[\s:]*$", re.IGNORECASE)
_FROM_AFTER = re.compile(r"\s*(?:\+|(?:alkaen|and up|upwards|et plus|y más)\b)", re.IGNORECASE)
_LINK_SIGN = re.compile(r"\s*[-–—/,;|~]\s*")
_LINK = re.compile(rf"\s*(?:[-–—/,;|~]|\b(?:{words.LINKS})\b)\s*", re.IGNORECASE)
_WORD = re.compile(rf"{_LETTER}+|{_SET_ASIDE}")
_WORD_BEFORE = re.compile(rf"({_LETTER}+)[\s:.]*$")
_WORD_AFTER = re.compile(rf"\s*({_LETTER}+)")
_JOINING = frozenset(
    word
    for phrase in re.split(r"[|\s]", f"{words.FROM}|{words.UP_TO}|{words.LINKS}|and up|upwards")
    for word in _WORD.findall(phrase)
)


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number with the span it takes, its currency sign included."""

    start: int
    end: int
    value: Decimal
    is_price: bool = False
    currency: str | None = None


def parse_price(text: str | None, currency: str | None = None) -> Price | None:
    """Read a price from free text; ``None`` when the text says nothing about one.

    ``min`` alone means 'from', ``max`` alone 'up to', both equal a single price. Something free
    beside something paid gives a ``min`` of 0. ``text`` keeps the source's wording unless amounts
    and currency say all of it.

    :param currency: ISO 4217 code for amounts without a sign, and for signs that several
        currencies share: ``$`` counts as USD and ``kr`` as unknown unless this says otherwise.
    """
    wording = shorten(one_line(text), _READ_LENGTH)
    if wording is None or wording.lower() in words.NOTHING_SAID:
        return None
    known = (currency or "").strip().upper()
    default = known if re.fullmatch("[A-Z]{3}", known) else None
    cleaned = _LIST.sub(lambda m: m[0].replace(",", ", "), _NO_PRICE.sub(_SET_ASIDE, wording))
    amounts = _chained(_with_currencies(list(_numbers_in(cleaned)), cleaned, default), cleaned)
    said = _words_beside(cleaned)
    if any(amount.is_price for amount in amounts):
        amounts = [amount for amount in amounts if amount.is_price]
    elif said - words.ABOUT_TICKETS - {_SET_ASIDE}:
        amounts = []
    else:
        amounts = [replace(a, currency=default) for a in amounts if default or not _is_year(a)]
    is_free = any(not _NEGATED.search(cleaned[: m.start()]) for m in _FREE.finditer(cleaned))
    kept = shorten(wording, TEXT_LENGTH) if said - words.NEUTRAL else None
    if amounts:
        return _of_amounts(amounts, cleaned, kept or "", wording, is_free=is_free)
    if is_free:
        return Price(min=Decimal(0), max=Decimal(0), is_free=True, text=kept)
    return Price(text=kept) if said - words.NEUTRAL - {_SET_ASIDE} else None


def currency_of(sign: str, default: str | None = None) -> str | None:
    """Return the ISO 4217 code of a currency sign, word or code; ``None`` for an unknown one.

    :param default: decides for signs that several currencies share.
    """
    if default in words.SHARED.get(sign.lower(), ()):
        return default
    code = sign.upper()
    return words.SIGNS.get(sign.lower(), code if code in words.CODES else None) or None


def _of_amounts(
    amounts: Sequence[_Amount], cleaned: str, kept: str, wording: str, *, is_free: bool
) -> Price:
    codes = list(dict.fromkeys(a.currency for a in amounts if a.currency))
    chosen = [a for a in amounts if not codes or a.currency in {codes[0], None}]
    values = sorted({a.value for a in chosen} | ({Decimal(0)} if is_free else set()))
    low: Decimal | None = values[0]
    high: Decimal | None = values[-1]
    if len(values) == 1 and len(amounts) == 1:
        before, after = cleaned[: amounts[0].start], cleaned[amounts[0].end :]
        if _FROM_BEFORE.search(before) or _FROM_AFTER.match(after):
            high = None
        elif _UP_TO_BEFORE.search(before):
            low = None
    if len(values) > 2 or len(codes) > 1:
        kept = shorten(wording, TEXT_LENGTH) or ""
    return Price(
        min=low,
        max=high,
        currency=codes[0] if codes else None,
        is_free=high == 0 if high is not None else (False if low else None),
        text=kept or None,
    )


def _numbers_in(text: str) -> Iterator[_Amount]:
    for match in _NUMBERS.finditer(text):
        whole = re.sub("[^0-9]", "", match["whole"])
        value = Decimal(f"{whole}.{match['cents']}" if match["cents"] else whole)
        if value < _LARGEST:
            # A dash for the cents (20.-, 100:-) is as good as a currency sign.
            yield _Amount(match.start(), match.end(), value, is_price=bool(match["dash"]))


def _with_currencies(amounts: list[_Amount], text: str, default: str | None) -> list[_Amount]:
    """Join each currency sign with the number beside it; the first sign shows on which side."""
    signs_lead: bool | None = None
    by_end = {_skip_space(text, a.end): i for i, a in enumerate(amounts)}
    by_start = {a.start: i for i, a in enumerate(amounts)}
    for mark in _MARKS.finditer(text):
        left = by_end.get(mark.start())
        right = by_start.get(_skip_space(text, mark.end()))
        if left is None and right is None:
            continue
        if signs_lead is None:
            signs_lead = left is None or (right is not None and mark[0].endswith(("$", "£")))
        index = right if left is None or (right is not None and signs_lead) else left
        amount = amounts[index]  # type: ignore[index]  # one of the two is known
        amounts[index] = replace(  # type: ignore[index]
            amount,
            start=min(amount.start, mark.start()),
            end=max(amount.end, mark.end()),
            is_price=True,
            currency=amount.currency or currency_of(mark[0], default),
        )
    return [
        replace(a, currency=default) if a.is_price and a.currency is None else a for a in amounts
    ]


def _chained(amounts: list[_Amount], text: str) -> list[_Amount]:
    """Make prices of numbers that are chained to one: ``10 – 25 zł``, ``$10-25``."""
    for (i, left), (j, right) in reversed(list(pairwise(enumerate(amounts)))):
        known = amounts[j]
        if known.is_price and not left.is_price and _LINK.fullmatch(text, left.end, right.start):
            # 'Room 3, 15 zł' holds one price; 'Room 3/15 zł' nobody writes.
            loose = text[left.end : right.start].strip() not in {"-", "–", "—", "/"}
            before = _WORD_BEFORE.search(text[: left.start]) if loose else None
            if before is None or before[1].lower() in words.ABOUT_TICKETS | _JOINING:
                amounts[i] = replace(left, is_price=True, currency=known.currency)
    for (i, _), (j, right) in pairwise(enumerate(amounts)):
        known = amounts[i]
        if (
            known.is_price
            and not right.is_price
            and _LINK_SIGN.fullmatch(text, known.end, right.start)
        ):
            after = _WORD_AFTER.match(text, right.end)
            if after is None or after[1].lower() in words.ABOUT_TICKETS:
                amounts[j] = replace(right, is_price=True, currency=known.currency)
    return amounts


def _words_beside(text: str) -> set[str]:
    """Return the words that are neither amounts, signs, 'free' nor what joins these."""
    for pattern in (_FREE, _NUMBERS, _MARKS):
        text = pattern.sub(" ", text)
    return {word.lower() for word in _WORD.findall(text)} - _JOINING


def _skip_space(text: str, position: int) -> int:
    while text[position : position + 1] == " ":
        position += 1
    return position


def _is_year(amount: _Amount) -> bool:
    return 1900 <= amount.value <= 2100 and amount.value == int(amount.value)
