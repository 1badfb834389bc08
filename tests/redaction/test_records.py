"""Pages of a source that put the key into their data: what is stored and shown holds none of it."""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from urllib.parse import quote

import pytest

from include.discovery.connectors.base import Page
from include.discovery.model import EventRecord, Identity, Price, Reject
from include.discovery.record_warnings import SourceWarning
from tests.support.builders import HALL, event

KEY = "aB3dE-fG7h_Kx9L"
ENCODED = b64encode(f"ann:{KEY}".encode()).decode()


def cleaned(**fields: Any) -> EventRecord:
    [record] = Page([event(**fields)]).without_secrets({KEY}).records
    return record


@pytest.mark.parametrize("written", [KEY, quote(KEY.replace("-", "%2D")), KEY.upper(), ENCODED])
def test_every_field_of_an_event_is_masked_with_a_warning(written: str) -> None:
    words = f"says {written} to all"
    page = Page([
        event(
            external_id=words, title=words, url=f"https://a.example/{written}", organizer=words,
            description=words, image_url=f"https://a.example/{written}", series_id=words,
            performers=("A", words), categories=(words,), warnings=(words,),
            venue=HALL.model_copy(update={"name": words, "external_id": words}),
            price=Price(min="5", max="5", currency="PLN", is_free=False, text=words),
        )
    ])  # fmt: skip

    [record] = page.without_secrets({KEY}).records

    said = record.model_dump_json()
    assert written not in said
    assert KEY not in said
    assert record.title == "says *** to all"
    assert record.venue.name == "says *** to all"
    assert record.performers == ("A", "says *** to all")
    assert record.price.text == "says *** to all"
    assert (record.starts_at, record.price.min) == (event().starts_at, page.records[0].price.min)
    assert record.warnings[0] == "says *** to all"
    assert SourceWarning.KEY_MASKED.said(field="title") in record.warnings
    assert SourceWarning.KEY_MASKED.said(field="venue") in record.warnings


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"https://a.example/e/1?apikey={KEY}", "https://a.example/e/1"),
        (f"https://a.example/e?id=1&k={KEY}&p=2#top", "https://a.example/e?id=1&p=2#top"),
        ("https://a.example/e?id=1&k=***&p=2", "https://a.example/e?id=1&p=2"),
        (f"https://a.example/{KEY}/1?id=1", "https://a.example/***/1?id=1"),
        ("https://a.example/e?id=1&flag&x=", "https://a.example/e?id=1&flag&x="),
    ],
)
def test_the_link_of_an_event_loses_the_parameter_that_held_the_key(url: str, shown: str) -> None:
    assert str(cleaned(url=url).url) == shown


def test_an_event_without_the_key_stays_the_same_object() -> None:
    record = event(title="*** SOLD OUT ***")
    page = Page([record]).without_secrets({KEY})
    assert page.records[0] is record


@pytest.mark.parametrize("secret", ["concerts", "2026"])
def test_a_password_that_might_be_a_word_costs_no_data(secret: str) -> None:
    record = event(title=f"All {secret}")
    assert Page([record]).without_secrets({secret}).records[0] is record


def test_an_id_is_masked_the_same_way_in_events_rejects_and_removals() -> None:
    rejects = [Reject("bad", "item", identity=Identity(f"1/{KEY}", KEY)), Reject("bad", "other")]
    page = Page([event(f"1/{KEY}")], rejects, removed=[f"1/{KEY}", "2"])
    clean = page.without_secrets({KEY})
    assert clean.records[0].external_id == "1/***"
    assert [reject.identity for reject in clean.rejects] == [Identity("1/***", "***"), None]
    assert list(clean.removed) == ["1/***", "2"]


@pytest.mark.parametrize("cursor", [f'{{"next":"/events?k={KEY}"}}', ENCODED, KEY])
def test_a_cursor_with_the_key_is_dropped_so_that_the_next_attempt_starts_over(cursor: str) -> None:
    assert Page(cursor=cursor).without_secrets({KEY}).cursor is None


def test_a_cursor_without_the_key_is_kept_unchanged() -> None:
    cursor = '{"token": "abc", "apikey=": "x"}'
    assert Page(cursor=cursor).without_secrets({KEY}).cursor == cursor


def test_rejects_and_gaps_are_masked_for_known_secrets_and_for_what_looks_like_one() -> None:
    page = Page(
        rejects=[Reject(f"bad {KEY}", f"item {KEY}", f'{{"apikey": "{KEY}"}}')],
        incomplete_reason=f"page 2 is at https://a.example/?token=abcdef&k={KEY}",
    )
    clean = page.without_secrets({KEY})
    assert clean.incomplete_reason == "page 2 is at https://a.example/?token=***&k=***"
    assert clean.rejects == [Reject("bad ***", "item ***", '{"apikey": "***"}')]
    assert page.without_secrets(set()).rejects[0].detail == '{"apikey": "***"}'
