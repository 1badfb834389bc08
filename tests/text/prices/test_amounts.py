"""Fields that are made for a price are read as a person reads them: see amounts.txt."""

from __future__ import annotations

from pathlib import Path

import pytest

from include.discovery.text.prices.parsing import parse_amount
from tests.text.prices.price_support import shown

TABLE = Path(__file__).with_name("amounts.txt").read_text("utf-8")
ROWS = [row for row in TABLE.splitlines() if row and not row.startswith("#")]


@pytest.mark.parametrize("row", ROWS)
def test_a_field_for_a_price_is_read_as_a_person_would(row: str) -> None:
    text, currency, meaning = row.split(" | ")

    assert shown(parse_amount(text, None if currency == "-" else currency)) == meaning
