"""The price of a schema.org event, out of offers as sites write them."""

from __future__ import annotations

from typing import Any

import pytest

from include.discovery.formats.html_page import HtmlPage
from include.discovery.formats.schema_org.graph import Graph
from include.discovery.formats.schema_org.microdata import read_microdata
from include.discovery.formats.schema_org.offers import read_price
from tests.text.prices.price_support import shown


def read(offers: Any, currency: str | None = None) -> str:
    return shown(read_price({"offers": offers}, Graph(()), currency))


@pytest.mark.parametrize(
    ("code", "currency"),
    [
        ("PLN", "PLN"), ("pln", "PLN"), ("zł", "PLN"), ("ZŁ", "PLN"), ("zl", "PLN"),
        ("€", "EUR"), ("Euro", "EUR"), ("EUROS", "EUR"), ("EUR €", "EUR"), ("Euro (€)", "EUR"),
        ("£", "GBP"), ("pounds", "GBP"), ("Kč", "CZK"), ("kc", "CZK"), ("korun", "CZK"),
        ("грн", "UAH"), ("руб", "RUB"), ("https://schema.org/EUR", "EUR"),
        ("Ft", "HUF"), ("$", "USD"), ("US$", "USD"), ("CA$", "CAD"), ("CHF", "CHF"), ("XAF", "XAF"),
        ("kr", "?"), ("coins", "?"), ("", "?"),
    ],
)  # fmt: skip
def test_a_currency_may_be_a_code_a_sign_or_a_word(code: str, currency: str) -> None:
    assert read({"price": "20", "priceCurrency": code}) == f"20 {currency}"


@pytest.mark.parametrize(
    ("code", "country", "currency"), [("kr", "SEK", "SEK"), ("$", "CAD", "CAD")]
)
def test_the_country_decides_among_currencies_of_one_sign(
    code: str, country: str, currency: str
) -> None:
    assert read({"price": 20, "priceCurrency": code}, country) == f"20 {currency}"


@pytest.mark.parametrize(
    ("offers", "price"),
    [
        ({"price": "12.00-18.00", "priceCurrency": "GBP"}, "12..18 GBP"),
        ({"price": "12,00 – 18,00", "priceCurrency": "zł"}, "12..18 PLN"),
        ({"price": "from 15", "priceCurrency": "EUR"}, "15.. EUR"),
        ({"price": "od 15", "priceCurrency": "PLN"}, "15.. PLN"),
        ({"price": "15+", "priceCurrency": "EUR"}, "15.. EUR"),
        ({"price": ",50", "priceCurrency": "EUR"}, "0.5 EUR"),
        ({"price": ["12", "18"], "priceCurrency": "EUR"}, "12..18 EUR"),
        ({"price": "12, 15, 18", "priceCurrency": "EUR"}, "12..18 EUR"),
        ({"price": "1.250,00", "priceCurrency": "EUR"}, "1250 EUR"),
        ({"price": "15.000", "priceCurrency": "COP"}, "15000 COP"),
        ({"price": "Free"}, "free"),
        ({"price": "gratis", "priceCurrency": "EUR"}, "free"),
        ({"price": "0", "priceCurrency": "EUR"}, "free"),
        # amounts that bring their currency along
        ({"lowPrice": "£12"}, "12.. GBP"),
        ({"lowPrice": "£12", "highPrice": "£18"}, "12..18 GBP"),
        ({"lowPrice": "12 zł", "highPrice": "18 zł"}, "12..18 PLN"),
        ({"highPrice": "18 EUR"}, "..18 EUR"),
        ({"lowPrice": "12 EUR", "priceCurrency": ""}, "12.. EUR"),
        ({"lowPrice": 12, "highPrice": 0, "priceCurrency": "EUR"}, "12.. EUR"),
        ({"lowPrice": "Free", "highPrice": "18", "priceCurrency": "EUR"}, "0..18 EUR"),
        # several offers: where one is open, nobody knows the highest
        ([{"lowPrice": 12, "priceCurrency": "EUR"}, {"lowPrice": 18, "priceCurrency": "EUR"}],
         "12.. EUR"),
        ([{"lowPrice": 12, "priceCurrency": "EUR"}, {"price": 18, "priceCurrency": "EUR"}],
         "12.. EUR"),
        ([{"price": "ab 12 €"}, {"price": "ab 18 €"}], "12.. EUR"),
        ([{"price": "od 12 zł"}, {"price": "30 zł"}], "12.. PLN"),
        ([{"highPrice": 12, "priceCurrency": "EUR"}, {"price": 8, "priceCurrency": "EUR"}],
         "..12 EUR"),
        ([{"price": 0}, {"highPrice": 12, "priceCurrency": "EUR"}], "0..12 EUR"),
        ([{"price": 12, "priceCurrency": "EUR"}, {"price": 18, "priceCurrency": "EUR"}],
         "12..18 EUR"),
        ([{"price": 12, "priceCurrency": "EUR"}] * 2, "12 EUR"),
        (["12.00-18.00 EUR", "25 EUR"], "12..25 EUR"),
        ({"lowPrice": "12 - 18", "priceCurrency": "EUR"}, "12..18 EUR"),
        ([{"price": price, "priceCurrency": "EUR"} for price in range(1, 1_001)], "1..1000 EUR"),
    ],
)  # fmt: skip
def test_offers_are_read_as_a_person_would(offers: Any, price: str) -> None:
    assert read(offers) == price


@pytest.mark.parametrize(
    ("inner", "price"),
    [
        ('<span itemprop="lowPrice">£12</span>', "12.. GBP"),
        ('<meta itemprop="lowPrice" content="12"><meta itemprop="priceCurrency" content="zł">',
         "12.. PLN"),
        ('<span itemprop="lowPrice">12</span> <span itemprop="highPrice">18 €</span>',
         "12..18 EUR"),
        ('From <span itemprop="price">$12</span>', "12 USD"),
    ],
)  # fmt: skip
def test_an_item_of_microdata_is_listed_once(inner: str, price: str) -> None:
    page = HtmlPage(
        f'<div itemscope itemtype="http://schema.org/Event"><div itemprop="offers" itemscope'
        f' itemtype="http://schema.org/AggregateOffer">{inner}</div></div>'.encode()
    )
    (block,) = read_microdata(page)
    assert len(block.value["offers"]) == 1
    assert read(block.value["offers"]) == price
