"""What an event costs, out of prices in words, numbers, and a flag for free admission."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from include.discovery.connectors.json_feed.map.fields import FieldMap, FieldOf
from include.discovery.connectors.json_feed.map.paths import Item, getter_of
from include.discovery.connectors.json_feed.map.values import Reader, flag
from include.discovery.formats.json_fields import WrongType, attempt
from include.discovery.model import Price
from include.discovery.parsed import excerpt
from include.discovery.places.countries import currency_in
from include.discovery.record_warnings import SourceWarning
from include.discovery.text.prices.parsing import currency_of, parse_amount, parse_price

_FREE = Price(min=Decimal(0), max=Decimal(0), is_free=True)


def read_price(
    fields: FieldMap,
    scope: Item,
    reader: Reader,
    country: str | None,
    warnings: list[str],
) -> Price | None:
    """Read the price; ``None`` if there is none.

    Numbers of fields of their own count more than those in words, whose text is kept.

    :param country: ISO 3166-1 code of the place, for amounts that name no currency.
    """
    words = attempt("price", lambda: "; ".join(reader.texts(fields.price, scope)), warnings)
    is_free = attempt("is_free", flag, warnings, fields.is_free, scope)
    if not words and is_free is None and not (fields.price_min or fields.price_max):
        return None
    currency = _currency(fields, scope, reader, country, warnings)
    bounds = _bounds(fields, scope, currency, warnings)
    # Beside a field for the currency, 'from 15' and '15+' are prices and no ages.
    is_amount = fields.currency is not None
    price = _price_of(words, currency, in_field=is_amount) if words else None
    if bounds.min is not None or bounds.max is not None:
        price = bounds.model_copy(
            update={
                "currency": bounds.currency or currency,
                "text": price.text if price else None,
            }
        )
    return _with_flag(price, is_free=is_free, warnings=warnings)


@lru_cache(maxsize=2_000)
def _price_of(words: str, currency: str | None, *, in_field: bool) -> Price | None:
    """Cache prices: a listing repeats the same few."""
    return parse_price(words, currency, in_field=in_field)


def _with_flag(price: Price | None, *, is_free: bool | None, warnings: list[str]) -> Price | None:
    """Apply a flag; if an amount contradicts it, the amount counts."""
    if is_free is None:
        return price
    if price is None:
        return _FREE if is_free else Price(is_free=False)
    if price.is_free is None and not (is_free and (price.min or price.max)):
        if is_free:
            return _FREE.model_copy(update={"text": price.text})
        return price.model_copy(update={"is_free": False})
    if price.is_free != is_free:
        said = "free" if is_free else "not free"
        warnings.append(SourceWarning.FREE_AGAINST_PRICE.said(said=said))
    return price


def _bounds(fields: FieldMap, scope: Item, currency: str | None, warnings: list[str]) -> Price:
    """Read lowest and highest price; one alone means 'from' and 'up to'."""
    low, high = (
        attempt("price", _amount, warnings, field, scope, currency) if field else None
        for field in (fields.price_min, fields.price_max)
    )
    lowest, highest = low.min if low else None, high.max if high else None
    if lowest is not None and highest is not None and lowest > highest:
        lowest, highest = highest, lowest
    found = (bound.currency for bound in (low, high) if bound and bound.currency)
    return Price(min=lowest, max=highest, currency=next(found, None))


def _amount(field: FieldOf, scope: Item, currency: str | None) -> Price | None:
    value = getter_of(field.path)(scope)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise WrongType(f"{excerpt(value, 40)} is no amount")
    found = parse_amount(format(value, "f") if isinstance(value, float) else str(value), currency)
    if found is None or found.min is found.max is None:
        raise ValueError(f"{excerpt(value, 40)} is no amount")
    return found.model_copy(update={"min": _plain(found.min), "max": _plain(found.max)})


def _plain(amount: Decimal | None) -> Decimal | None:
    if amount is None:
        return None
    return amount.normalize() if amount != amount.to_integral() else amount.to_integral()


def _currency(
    fields: FieldMap,
    scope: Item,
    reader: Reader,
    country: str | None,
    warnings: list[str],
) -> str | None:
    local = currency_in(country) if country else None
    said = attempt("currency", reader.text, warnings, fields.currency, scope)
    return (currency_of(said, local) if said else None) or local
