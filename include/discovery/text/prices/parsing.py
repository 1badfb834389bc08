"""Prices out of free text: ``od 40 PLN``, ``£8 advance / £10 door``, ``Wstęp wolny``.

A number is a price when a currency stands beside it, when it is chained to one that is
(``120/150/180 PLN``), or when the text holds nothing but numbers and words about tickets. Ages,
hours, dates, percentages and booking fees are set aside first, so ``ab 19 Uhr 15 €`` costs 15.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from include.discovery.model import Price
from include.discovery.text.cleaning import one_line, shorten
from include.discovery.text.prices import words
from include.discovery.text.prices.amounts import (
    MARKS,
    NUMBERS,
    Amount,
    amounts_in,
    currency_of,
)
from include.discovery.text.prices.chains import (
    FROM_BEFORE,
    JOINING,
    WORD,
    may_be_age,
    with_neighbours,
)
from include.discovery.text.prices.patterns import (
    FREE,
    SET_ASIDE,
    free_for,
    longest_first,
    without_noise,
)

__all__ = ["TEXT_LENGTH", "currency_of", "parse_amount", "parse_price"]

TEXT_LENGTH = 300
"""The longest wording that is kept, in characters."""

_PLAIN = re.compile(
    r"(?P<whole>\d{1,9}|(?=[.,]\d))(?:\.(?P<cents>\d{1,10})|,(?P<comma>\d{1,2}))?", re.ASCII
)
_CENT = Decimal("0.01")
_WITHOUT_CENTS = frozenset({"CLP", "COP", "HUF", "IDR", "ISK", "JPY", "KRW", "PYG", "VND"})
_READ_LENGTH = 2_000  # a price is at the start, or the text is not about one
_BEFORE_LENGTH = 40  # characters that are looked at before a number
_STARTING = re.compile(r"^start(?:s|ing) at\b", re.IGNORECASE)
_PLUS = re.compile(r"(?<=[0-9])\s?\+\s*$")
_PLUS_FEE = re.compile(
    r"(?<=[0-9])\s?\+\s*(?=(?:booking|bf|fees?|service|tax|vat)\b)", re.IGNORECASE
)
_CENTS_LIST = re.compile(  # '12.00,15.00' and '12,50,15,00'
    r"(?<=[0-9]\.[0-9]{2}),(?=[0-9]{1,5}\.[0-9]{2}(?![0-9]))"
    r"|(?<=[0-9],(?:00|50)),(?=[0-9]{1,5},(?:00|50)(?![0-9]))"
)
_LIST = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:,[0-9]{1,2}){2,}(?![0-9.,])")
_UP_TO_BEFORE = re.compile(rf"(?<!\w)(?:{longest_first(words.UP_TO)})[\s:]*$", re.IGNORECASE)
_FROM_AFTER = re.compile(
    # '10+' but not '10 + fee'
    rf"\+(?!\s*(?:bf|fees?|booking|tax)\b)(?![\w$€£])|\s+\+\s*$|\s*\b(?:{words.OR_MORE})\b"
    r"|-t[óő]l\b|\s*[〜～~](?!\s*[0-9¥])",
    re.IGNORECASE,
)


def parse_price(
    text: str | None, currency: str | None = None, *, in_field: bool = False
) -> Price | None:
    """Read a price from free text; ``None`` if it has none.

    ``min`` alone means 'from', ``max`` alone 'up to', both equal a single price. Something free
    beside something paid gives a ``min`` of 0. ``text`` keeps the source's wording unless amounts
    and currency say all of it.

    :param currency: ISO 4217 code for amounts without a sign, and for signs that several
        currencies share: ``$`` counts as USD and ``kr`` as unknown unless this says otherwise.
    :param in_field: the text stands where nothing but a price can: ``from 15`` and ``15+`` are no
        ages there.
    """
    wording = shorten(one_line(text), _READ_LENGTH)
    if wording is None or wording.lower() in words.NOTHING_SAID:
        return None
    known = (currency or "").strip().upper()
    default = known if re.fullmatch("[A-Z]{3}", known) else None
    given = _without_ages(wording) if in_field else wording
    given = _CENTS_LIST.sub(", ", given)
    cleaned = _LIST.sub(lambda m: m[0].replace(",", ", "), without_noise(given))
    amounts = with_neighbours(amounts_in(cleaned, default), cleaned)
    said = _words_beside(cleaned)
    told = said - words.NEUTRAL  # beyond what amounts and currency can say
    if any(amount.is_price for amount in amounts):
        amounts = [amount for amount in amounts if amount.is_price]
    elif said - words.ABOUT_TICKETS - {SET_ASIDE} - (words.FEES if in_field else set()):
        amounts = []
    else:
        amounts = [replace(a, currency=default) for a in amounts if default or not _is_year(a)]
        if not in_field and any(may_be_age(amount, cleaned) for amount in amounts):
            amounts, told = [], {"an age or a price"}
    free = free_for(wording)
    if free == "some":
        told = told | {"free"}
    kept = shorten(wording, TEXT_LENGTH) if told else None
    if amounts:
        return _of_amounts(amounts, cleaned, kept or "", wording, is_free=free is not None)
    if free == "all":
        return Price(min=Decimal(0), max=Decimal(0), is_free=True, text=kept)
    return Price(text=kept) if told - {SET_ASIDE} else None


def parse_amount(text: str, currency: str | None = None) -> Price | None:
    """Read what a field holds that is made for an amount: ``25.00``, or whatever people put there.

    :param currency: ISO 4217 code, as for :func:`parse_price`.
    """
    plain = _PLAIN.fullmatch(text.strip())
    if plain is None:
        return None if text.startswith("-") else parse_price(text, currency, in_field=True)
    cents = plain["cents"] or plain["comma"] or "0"
    if len(cents) == 3 and currency in _WITHOUT_CENTS:  # a point between thousands
        return parse_price(text, currency, in_field=True)
    value = Decimal(f"{plain['whole']}.{cents}").quantize(_CENT)
    return Price(min=value, max=value, currency=currency)


def _without_ages(wording: str) -> str:
    """Write what may read like an age so that it does not: ``15+`` as ``15 or more``."""
    wording = _PLUS_FEE.sub(" plus ", _STARTING.sub("from", wording))
    return _PLUS.sub(" or more", wording)


def _of_amounts(
    amounts: Sequence[Amount], cleaned: str, kept: str, wording: str, *, is_free: bool
) -> Price:
    codes = list(dict.fromkeys(a.currency for a in amounts if a.currency))
    chosen = [a for a in amounts if not codes or a.currency in {codes[0], None}]
    values = sorted({a.value for a in chosen} | ({Decimal(0)} if is_free else set()))
    low: Decimal | None = values[0]
    high: Decimal | None = values[-1]
    if any(_is_open(amount, cleaned) for amount in chosen if amount.value == high):
        high = None
    elif len(amounts) == 1 == len(values) and _UP_TO_BEFORE.search(cleaned[: amounts[0].start]):
        low = None
    if len(values) > 2 or len(codes) > 1:
        kept = shorten(wording, TEXT_LENGTH) or ""
    return Price(
        min=low,
        max=high,
        currency=codes[0] if codes else None,
        text=kept or None,
    )


def _is_open(amount: Amount, text: str) -> bool:
    """Return whether an amount is the lowest of some: ``from 15``, ``15+``."""
    before = text[max(0, amount.start - _BEFORE_LENGTH) : amount.start]
    return bool(FROM_BEFORE.search(before) or _FROM_AFTER.match(text, amount.end))


def _words_beside(text: str) -> set[str]:
    """Return the words that are neither amounts, signs, 'free' nor what joins these."""
    for pattern in (FREE, NUMBERS, MARKS):
        text = pattern.sub(" ", text)
    return {word.lower() for word in WORD.findall(text)} - JOINING


def _is_year(amount: Amount) -> bool:
    return 1900 <= amount.value <= 2100 and amount.value == int(amount.value)
