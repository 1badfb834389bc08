"""How the tables of prices write one."""

from __future__ import annotations

from decimal import Decimal

from include.discovery.model import Price


def shown(price: Price | None) -> str:
    if price is None:
        return "none"
    if price.is_free:
        return "free"
    if price.min is None and price.max is None:
        return "text"
    low, high = _amount(price.min), _amount(price.max)
    return f"{low if low == high else f'{low}..{high}'} {price.currency or '?'}"


def _amount(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"
