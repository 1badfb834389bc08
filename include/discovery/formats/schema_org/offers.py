"""The price of a schema.org event: Offer, AggregateOffer, price specifications, or texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from include.discovery.formats.schema_org.graph import Graph, Node
from include.discovery.formats.schema_org.values import name_in, text, texts
from include.discovery.model import Price
from include.discovery.text.prices.parsing import currency_of, parse_amount, parse_price

_MOST_INNER: Final = 100
"""What one offer may hold: many may refer to the same, so that more would take quadratic time."""
_CURRENCY: Final = re.compile(r"[A-Za-z]{3}")
_TRUE: Final = frozenset({"true", "yes", "1"})
_FALSE: Final = frozenset({"false", "no", "0"})
_AMOUNTS: Final = ("price", "lowPrice", "highPrice", "minPrice", "maxPrice")


def read_price(node: Node, graph: Graph, currency: str | None = None) -> Price | None:
    """Read the price of an event from ``offers`` and ``isAccessibleForFree``.

    The lowest and the highest of all offers count. Where they are in several currencies, the first
    one's count, and the others are told in the text.

    :param currency: ISO 4217 code for amounts that name none.
    """
    free = is_accessible_for_free(node)
    if free:
        return Price(min=Decimal(0), max=Decimal(0), is_free=True)
    prices = list(_prices(node, graph, currency))
    if free is False:  # a price of 0 stands for none given, then
        prices = [price for price in prices if price.max != 0]
        if not prices:
            return Price(is_free=False)
    return _summary(prices)


def is_accessible_for_free(node: Node) -> bool | None:
    """Read ``isAccessibleForFree``, and ``free`` as it was named before."""
    for name in ("isAccessibleForFree", "free"):
        given = node.get(name)
        if isinstance(given, bool):
            return given
        said = name_in(given).lower()
        if said in _TRUE or said in _FALSE:
            return said in _TRUE
    return None


def _prices(node: Node, graph: Graph, currency: str | None) -> Iterator[Price]:
    given = node.get("offers") or {
        name: node[name] for name in (*_AMOUNTS, "priceCurrency") if name in node
    }
    for each in given if isinstance(given, list) else [given]:
        for offer in graph.resolved_values(each)[:_MOST_INNER]:
            if isinstance(offer, dict):
                yield from _of_offer(offer, graph, currency)
                continue
            price = parse_price(text(offer), currency, in_field=True)
            if price and (price.min is not None or price.max is not None):  # else a link, or words
                yield price


def _of_offer(offer: Node, graph: Graph, currency: str | None) -> Iterator[Price]:
    code = _currency(offer, currency) or currency
    own = _of_amounts(offer, code)
    if own is not None:
        yield own
        return
    for name in ("priceSpecification", "offers"):
        for inner in graph.resolved_values(offer.get(name))[:_MOST_INNER]:
            if isinstance(inner, dict) and (
                price := _of_amounts(inner, _currency(inner, code) or code)
            ):
                yield price


def _of_amounts(offer: Node, currency: str | None) -> Price | None:
    """Read the amounts of one object; a lowest one alone means 'from', a highest 'up to'."""
    price, *bounds = (
        parse_amount(words, currency) if (words := " / ".join(texts(offer.get(name)))) else None
        for name in _AMOUNTS
    )
    if price is not None:
        return price
    lowest, highest = bounds[0] or bounds[2], bounds[1] or bounds[3]
    low = lowest.min if lowest else None
    high = highest.max if highest else None
    if highest is None and lowest is not None and lowest.max != low:
        high = lowest.max  # a range where only its beginning should stand
    if low is None and high is None:
        return lowest or highest
    if not high and low:  # a highest price of 0 stands for none
        high = None
    if low is not None and high is not None and low > high:
        low, high = high, low
    found = (bound.currency for bound in (lowest, highest) if bound and bound.currency)
    return Price(min=low, max=high, currency=next(found, currency))


def _currency(offer: Node, default: str | None) -> str | None:
    """Return the ISO 4217 code of ``priceCurrency``, which may be a sign or a word: ``zł``."""
    said = (text(offer.get("priceCurrency")) or "").rpartition("/")[2].strip()
    if code := currency_of(said, default):
        return code
    if _CURRENCY.fullmatch(said):
        return said.upper()
    words = (currency_of(word.strip("()"), default) for word in said.split()[:3])
    return next((code for code in words if code), None)


def _summary(prices: list[Price]) -> Price | None:
    if not prices:
        return None
    currency = next((price.currency for price in prices if price.currency), None)
    same = [price for price in prices if price.currency in {currency, None}]
    amounts = [amount for p in same for amount in (p.min, p.max) if amount is not None]
    low, high = min(amounts, default=None), max(amounts, default=None)
    if any(price.max is None and price.min is not None for price in same):
        high = None  # where one of them is open, nobody knows the highest
    if low and any(price.min is None and price.max is not None for price in same):
        low = None
    wordings = [p.text for p in same if p.text]
    wordings += [_said(p) for p in prices if p.currency not in {currency, None}]
    return Price(
        min=low,
        max=high,
        currency=currency,
        text="; ".join(dict.fromkeys(wordings))[:300] or None,
    )


def _said(price: Price) -> str:
    amounts = dict.fromkeys(str(a) for a in (price.min, price.max) if a is not None)
    return f"{'-'.join(amounts)} {price.currency}"
