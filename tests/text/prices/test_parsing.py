"""Prices in free text: what is one, what is not, and when the wording is kept."""

import re
import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.model import Price
from include.discovery.text.cleaning import one_line
from include.discovery.text.prices.parsing import parse_price


def amounts(text: str, currency: str | None = None) -> tuple[str | None, str | None, str | None]:
    price = parse_price(text, currency)
    assert price is not None
    return (
        None if price.min is None else f"{price.min.normalize():f}",
        None if price.max is None else f"{price.max.normalize():f}",
        price.currency,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$10", ("10", "10", "USD")),
        ("10 €", ("10", "10", "EUR")),
        ("12,50 €", ("12.5", "12.5", "EUR")),
        ("€ 12", ("12", "12", "EUR")),
        ("PLN 45", ("45", "45", "PLN")),
        ("45zł", ("45", "45", "PLN")),
        ("250 Kč", ("250", "250", "CZK")),
        ("CHF 20.-", ("20", "20", "CHF")),
        ("20.– CHF", ("20", "20", "CHF")),
        ("1 234,50 zł", ("1234.5", "1234.5", "PLN")),
        ("1.234,50 €", ("1234.5", "1234.5", "EUR")),
        ("$1,234.50", ("1234.5", "1234.5", "USD")),
        ("1'250 CHF", ("1250", "1250", "CHF")),
        ("150 000 Ft", ("150000", "150000", "HUF")),
        ("A$30", ("30", "30", "AUD")),
        ("US$ 30", ("30", "30", "USD")),
        ("Bilety: 45 zł", ("45", "45", "PLN")),
        ("15 euros", ("15", "15", "EUR")),
    ],
)
def test_a_single_price_is_read(text: str, expected: tuple[str, ...]) -> None:
    assert amounts(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$10 – $25", ("10", "25", "USD")),
        ("$10-25", ("10", "25", "USD")),
        ("10 – 25 zł", ("10", "25", "PLN")),
        ("5-15€", ("5", "15", "EUR")),
        ("od 40 do 60 zł", ("40", "60", "PLN")),
        ("de 5 à 12 €", ("5", "12", "EUR")),
        ("between 5 and 12 EUR", ("5", "12", "EUR")),
        ("25 zł, 15 zł", ("15", "25", "PLN")),
        ("€12 €15", ("12", "15", "EUR")),
        ("12 € 15 €", ("12", "15", "EUR")),
        ("120/150/180 PLN", ("120", "180", "PLN")),
        ("10,15,20 zł", ("10", "20", "PLN")),
        ("Lipunhinnat 15/10 €", ("10", "15", "EUR")),
        ("£8 advance / £10 door", ("8", "10", "GBP")),
        ("12 € / 8 réduit", ("8", "12", "EUR")),
    ],
)
def test_ranges_and_lists_of_prices_are_read(text: str, expected: tuple[str, ...]) -> None:
    assert amounts(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("od 40 PLN", ("40", None, "PLN")),
        ("Ab 15 €", ("15", None, "EUR")),
        ("à partir de 12 €", ("12", None, "EUR")),
        ("desde 10€", ("10", None, "EUR")),
        ("alkaen 20 €", ("20", None, "EUR")),
        ("20 € alkaen", ("20", None, "EUR")),
        ("från 100 SEK", ("100", None, "SEK")),
        ("from $10", ("10", None, "USD")),
        ("$10+", ("10", None, "USD")),
        ("do 30 zł", (None, "30", "PLN")),
        ("bis zu 30 €", (None, "30", "EUR")),
        ("up to £5", (None, "5", "GBP")),
    ],
)
def test_a_price_from_has_no_maximum_and_a_price_up_to_no_minimum(
    text: str, expected: tuple[Any, ...]
) -> None:
    assert amounts(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Free", "FREE ENTRY", "Free admission!", "no charge", "No cover",
        "Wstęp wolny", "bezpłatny", "Bezpłatne", "za darmo", "wstep wolny",
        "Gratuit", "entrée libre", "Gratuite",
        "kostenlos", "Eintritt frei", "freier Eintritt",
        "Gratis", "Entrada libre", "entrada gratuita",
        "ingresso libero", "Gratuito",
        "Ilmainen", "maksuton", "vapaa pääsy",
        "fri entré", "Kostnadsfritt",
        "zdarma", "vstup volný",
        "0", "$0", "0 zł", "0,00 €",
    ],
)  # fmt: skip
def test_free_is_read_in_every_language(text: str) -> None:
    price = parse_price(text)
    assert price is not None
    assert (price.is_free, price.min, price.max, price.text) == (True, 0, 0, None)


@pytest.mark.parametrize("text", ["Free – $5", "Free / 5 $", "$0 - $5", "free or $5"])
def test_a_price_that_is_free_or_paid_starts_at_zero_and_is_not_free(text: str) -> None:
    assert amounts(text) == ("0", "5", "USD")
    price = parse_price(text)
    assert price is not None
    assert price.is_free is False


@pytest.mark.parametrize(
    "text", ["gluten-free dinner", "gluten free dinner", "not free", "free parking", "Freestyle"]
)
def test_a_word_that_only_contains_free_is_not_read_as_free(text: str) -> None:
    price = parse_price(text)
    assert price is not None
    assert price.is_free is None
    assert price.text == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ab 19 Uhr 15 €", ("15", "15", "EUR")),
        ("19:00, 15 €", ("15", "15", "EUR")),
        ("klo 19 15 €", ("15", "15", "EUR")),
        ("godz. 18, 20 zł", ("20", "20", "PLN")),
        ("20h30 - 12 €", ("12", "12", "EUR")),
        ("7pm $10", ("10", "10", "USD")),
        ("18+ $10", ("10", "10", "USD")),
        ("15 € (ab 18 Jahren)", ("15", "15", "EUR")),
        ("30 zł, od 16 lat", ("30", "30", "PLN")),
        ("$15, kids under 12 $5", ("5", "15", "USD")),
        ("12.05.2026 20 zł", ("20", "20", "PLN")),
        ("15 € (20% off for members)", ("15", "15", "EUR")),
        ("$20 + $2 booking fee", ("20", "20", "USD")),
        ("15 € – 8 places", ("15", "15", "EUR")),
        ("Sala 5, 15 zł", ("15", "15", "PLN")),
    ],
)
def test_a_number_that_is_no_price_is_ignored(text: str, expected: tuple[str, ...]) -> None:
    assert amounts(text) == expected


@pytest.mark.parametrize(
    "text",
    [None, "", "  ", "<p></p>", "18+", "19:00", "ab 18 Jahren", "od 18 lat", "TBA", "-", "n/a",
     "12.05.2026", "2026", "19:00 - 21:00", "tickets"],
)  # fmt: skip
def test_a_text_without_a_price_is_none(text: str | None) -> None:
    assert parse_price(text) is None


@pytest.mark.parametrize("text", ["Pay what you can", "prix libre", "co łaska", "Sold out"])
def test_a_text_without_an_amount_is_kept(text: str) -> None:
    assert parse_price(text) == Price(text=text)


def test_the_text_is_kept_where_the_amounts_do_not_say_it_all() -> None:
    price = parse_price("£8 advance / £10 door")
    assert price is not None
    assert price.text == "£8 advance / £10 door"


def test_the_text_is_kept_where_there_are_amounts_in_between() -> None:
    price = parse_price("120/150/180 PLN")
    assert price is not None
    assert price.text == "120/150/180 PLN"


@pytest.mark.parametrize("text", ["$10 – $25", "od 40 PLN", "Tickets: 5-15€", "Cena: 45 zł"])
def test_the_text_is_dropped_where_the_amounts_say_it_all(text: str) -> None:
    price = parse_price(text)
    assert price is not None
    assert price.text is None


def test_a_bare_number_takes_the_given_currency() -> None:
    assert amounts("20", "PLN") == ("20", "20", "PLN")


def test_a_bare_number_without_a_given_currency_has_none() -> None:
    assert amounts("10 - 25") == ("10", "25", None)


def test_bare_numbers_next_to_words_about_tickets_are_prices() -> None:
    assert amounts("20 normalny, 15 ulgowy", "PLN") == ("15", "20", "PLN")


def test_a_bare_number_in_a_sentence_is_no_price() -> None:
    assert parse_price("Room 5 on the left", "USD") == Price(text="Room 5 on the left")


@pytest.mark.parametrize(
    ("text", "hint", "currency"),
    [
        ("$10", None, "USD"),
        ("$10", "AUD", "AUD"),
        ("$10", "PLN", "USD"),
        ("100 kr", "SEK", "SEK"),
        ("100 kr", None, None),
        ("100:-", "SEK", "SEK"),
        ("10 €", "SEK", "EUR"),
        ("10 €", "nonsense", "EUR"),
    ],
)
def test_a_currency_sign_of_several_countries_is_decided_by_the_given_currency(
    text: str, hint: str | None, currency: str | None
) -> None:
    price = parse_price(text, hint)
    assert price is not None
    assert price.currency == currency


def test_the_first_of_two_currencies_counts_and_the_text_is_kept() -> None:
    price = parse_price("10 € / 45 zł")
    assert price == Price(
        min=Decimal(10), max=Decimal(10), currency="EUR", is_free=False, text="10 € / 45 zł"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CHF 25.–/20.–", ("20", "25", "CHF")),
        ("100,-/80,- Kč", ("80", "100", "CZK")),
        ("100 kr, 10,-", ("10", "100", "EUR")),
    ],
)
def test_a_price_without_a_sign_is_of_the_currency_that_the_others_name(
    text: str, expected: tuple[str, ...]
) -> None:
    assert amounts(text, "EUR") == expected


def test_markup_is_read_as_text() -> None:
    assert amounts("<b>&euro;12</b>&nbsp;&ndash; &euro;15") == ("12", "15", "EUR")


def test_a_telephone_number_is_no_price() -> None:
    assert parse_price("Tel. +48 123 456 789") == Price(text="Tel. +48 123 456 789")


PIECES = st.sampled_from(
    ["$", "€", "zł", "kr", "PLN", "CHF", "free", "gratuit", "od", "to", "do", "-", "–", "/", ",",
     ".", "+", "18+", "ab", "Uhr", "10", "25",
     "1 234,50", "5.-", "0", " ", "per person", "%", "\ue000", "(", ")", "kids",
     "for members", "ulgowy", "erm.", "12€50", "$.50", "until 10pm", "fee 2 €", "COP"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=14).map(" ".join),
                  st.lists(PIECES, max_size=14).map("".join))  # fmt: skip


@given(TEXTS, st.sampled_from([None, "PLN", "", "x", "AUD"]))
def test_any_text_gives_a_valid_price_or_none(text: str, currency: str | None) -> None:
    price = parse_price(text, currency)
    if price is not None and price.min is not None and price.max is not None:
        assert price.min <= price.max


AMOUNT = st.decimals(min_value=1, max_value=99_999, places=2)


@given(AMOUNT, AMOUNT, st.sampled_from(["EUR", "PLN", "USD", "CZK"]))
def test_a_rendered_range_is_read_back_as_it_was(
    one: Decimal, other: Decimal, currency: str
) -> None:
    low, high = sorted((one, other))
    price = parse_price(f"{low:f} – {high:f} {currency}")
    assert price == Price(min=low, max=high, currency=currency, is_free=False)


@given(TEXTS, st.sampled_from([None, "PLN"]))
def test_no_amount_is_invented(text: str, currency: str | None) -> None:
    price = parse_price(text, currency)
    digits = re.sub("[^0-9]", "", one_line(text) or "")
    for amount in {price.min, price.max} - {None, 0} if price else ():
        assert str(int(amount)) in digits


@given(TEXTS, st.sampled_from([None, "PLN"]))
def test_a_price_is_read_again_from_its_plain_form(text: str, currency: str | None) -> None:
    price = parse_price(text, currency)
    if price is None or not (price.currency and price.max):
        return  # there is no plain form of it
    assert amounts(plain_form(price)) == amounts(text, currency)


def plain_form(price: Price) -> str:
    if price.min is None:
        return f"up to {price.max} {price.currency}"
    if price.max is None:
        return f"from {price.min} {price.currency}"
    return f"{price.min} – {price.max} {price.currency}"


@pytest.mark.parametrize(
    "piece",
    ["1 ", "1,", "1.", "$", "10 € ", "free ", "frei ", "+", "1/", "kids ", "do 6 ", "(1", "12.",
     "€5", "alle ", "fee ", "plus 1 "],
)  # fmt: skip
def test_a_long_text_of_prices_is_read_in_linear_time(piece: str) -> None:
    began = time.process_time()
    parse_price(piece * 10_000)
    assert time.process_time() - began < 2
