"""Addresses in one line are read as a careful person reads them: see addresses.txt."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path

import pytest

from include.discovery.places.addresses import Address, read_address

TABLE = Path(__file__).with_name("addresses.txt").read_text("utf-8")
ROWS = [row for row in TABLE.splitlines() if row and not row.startswith("#")]


@pytest.mark.parametrize("row", ROWS)
def test_an_address_of_one_line_is_read_as_a_person_reads_it(row: str) -> None:
    line, _, told = row.partition(" => ")
    country = None
    if line.startswith("["):
        country, line = line[1:3], line[5:]

    found = read_address(line, country=country)

    assert " ¦ ".join(part or "-" for part in astuple(found)) == told


def test_a_town_that_is_known_to_be_near_is_found_without_a_postcode() -> None:
    near = ("Tarnów",)

    assert read_address("Blue Cellar, tarnow", localities=near).locality == "tarnow"
    assert read_address("Blue Cellar, Lipowa 3, Tarnów", localities=near) == Address(
        "Blue Cellar", "Lipowa 3", None, "Tarnów"
    )
    assert read_address("ul. Lipowa 3 Tarnów", localities=near) == Address(
        None, "ul. Lipowa 3", None, "Tarnów"
    )


def test_a_line_that_is_longer_than_an_address_stays_a_name() -> None:
    line = "Blue Cellar, " * 100 + "31-019 Kraków"

    assert read_address(line) == Address(name=line)
