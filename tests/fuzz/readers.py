"""What each reader of text and formats is called with, and what must hold of its answer."""

from __future__ import annotations

import json
from datetime import date
from zoneinfo import ZoneInfo

from include.discovery.dates.timestamps import read_timestamp, when_of
from include.discovery.dates.worded.parsing import read_dates
from include.discovery.formats.json_repair import loads_repaired
from include.discovery.formats.sitemap import read_sitemap
from include.discovery.model import Window
from include.discovery.text.cleaning import description_text, fold, plain_text, title_text, web_url
from include.discovery.text.prices.parsing import parse_price
from include.discovery.text.status import split_status

URL = "https://mill.example/events/"
WARSAW = ZoneInfo("Europe/Warsaw")
TODAY = date(2026, 3, 1)
WINDOW = Window(date(2026, 1, 1), date(2026, 12, 31))


def prices(body: bytes) -> object:
    text = as_text(body)
    return parse_price(text), parse_price(text, "PLN")


def status(body: bytes) -> object:
    title = title_text(as_text(body)) or ""
    rest, found = split_status(title)
    if bool(rest) != bool(title) or split_status(rest)[0] != rest:
        raise AssertionError(f"{title!r} became {rest!r}, and then another")
    return rest, found


def text(body: bytes) -> object:
    given = as_text(body)
    for value in (plain_text(given), title_text(given), description_text(given), web_url(given)):
        (value or "").encode()  # storable
    return fold(given)


def dates(body: bytes) -> object:
    return read_dates(as_text(body), today=TODAY, zone=WARSAW, window=WINDOW)


def timestamps(body: bytes) -> object:
    timestamp = read_timestamp(as_text(body))
    return timestamp, when_of(timestamp, timestamp, WARSAW)


def json_repair(body: bytes) -> object:
    found = loads_repaired(body)
    json.dumps(found.value, allow_nan=False)
    return found


def sitemap(body: bytes) -> object:
    return read_sitemap(body, URL)


def as_text(body: bytes) -> str:
    """Decode a payload; lone surrogates, which JSON can smuggle in, stay."""
    try:
        return body.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return body.decode("utf-8", "replace")
