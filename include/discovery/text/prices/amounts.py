"""The numbers in a text about prices, and the currencies next to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from include.discovery.text.prices import patterns, words

NUMBERS = re.compile(
    r"(?<![0-9])(?<![0-9][.,])(?P<whole>[1-9][0-9]{0,2}(?:[.,'’][0-9]{3})+(?![0-9])"
    r"|[1-9][0-9]?(?: [0-9]{3})+(?![0-9])|[1-9][0-9]{2}(?: 000)+(?![0-9])|[0-9]+)"
    r"(?:[.,](?P<cents>[0-9]{1,2})(?![0-9]))?(?P<dash>[.,:][-–—]{1,2}(?!\s*[0-9]))?"
)
MARKS = re.compile(patterns.MARK)
_LARGEST = Decimal(1_000_000_000)  # beyond it, digits are a telephone number or an account


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with the span it takes, its currency sign included."""

    start: int
    end: int
    value: Decimal
    is_price: bool = False
    currency: str | None = None


def amounts_in(text: str, default: str | None) -> list[Amount]:
    """List the numbers of a text; those beside a currency's sign, word or code are prices.

    :param default: ISO 4217 code of prices that name no currency.
    """
    return _with_currencies(list(_numbers_in(text)), text, default)


def currency_of(sign: str, default: str | None = None) -> str | None:
    """Return the ISO 4217 code of a currency sign, word or code; ``None`` for an unknown one.

    :param default: decides for signs that several currencies share.
    """
    if default in words.SHARED.get(sign.lower(), ()):
        return default
    code = sign.upper()
    return words.SIGNS.get(sign.lower(), code if code in words.CODES else None) or None


def _numbers_in(text: str) -> Iterator[Amount]:
    for match in NUMBERS.finditer(text):
        whole = re.sub("[^0-9]", "", match["whole"])
        value = Decimal(f"{whole}.{match['cents']}" if match["cents"] else whole)
        if value < _LARGEST:
            # A dash for the cents (20.-, 100:-) is as good as a currency sign.
            yield Amount(match.start(), match.end(), value, is_price=bool(match["dash"]))


def _with_currencies(amounts: list[Amount], text: str, default: str | None) -> list[Amount]:
    """Join each currency sign with the number beside it; the first sign shows on which side."""
    signs_lead: bool | None = None
    by_end = {_skip(text, a.end, " )"): i for i, a in enumerate(amounts)}
    by_start = {a.start: i for i, a in enumerate(amounts)}
    for mark in MARKS.finditer(text):
        left = by_end.get(mark.start())
        right = by_start.get(_skip(text, mark.end(), " "))
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
            currency=_settled(amount, mark[0], text, default),
        )
    # '100,-/80,- Kč': a price by its dash alone is of the currency that the others name.
    named = {amount.currency for amount in amounts if amount.currency}
    common = named.pop() if len(named) == 1 else default
    return [
        replace(a, currency=default if MARKS.search(text, a.start, a.end) else common)
        if a.is_price and a.currency is None
        else a
        for a in amounts
    ]


def _settled(amount: Amount, mark: str, text: str, default: str | None) -> str | None:
    """Return the currency of an amount with one more mark: ``$ 15.000 COP`` is of Colombia."""
    found = currency_of(mark, default)
    is_shared = "$" in text[amount.start : amount.end] and found in words.SHARED["$"]
    return found if is_shared else amount.currency or found


def _skip(text: str, position: int, skipped: str) -> int:
    while position < len(text) and text[position] in skipped:
        position += 1
    return position
