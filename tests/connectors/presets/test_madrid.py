"""Madrid: broken JSON, recurrence, excluded days, placeholder times, and a cap of 1,000."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import httpx
import pytest

from include.discovery.connectors import connector_for
from include.discovery.connectors.base import Page
from include.discovery.model import EventRecord, Window
from include.discovery.parsed import Parsed
from tests.sites.madrid import Site
from tests.sites.site import Question
from tests.support.reading import LookedAt, collect, detections, parse

MADRID = connector_for("madrid")
TODAY = date(2026, 5, 4)  # a Monday
SUMMER = Window(TODAY, date(2026, 8, 12))
SITE = Site("https://datos.example", TODAY)
ITEM = {
    "id": "8001", "title": "Noche", "dtstart": "2026-05-05 19:00:00.0",
    "dtend": "2026-05-05 23:59:00.0", "excluded-days": "",
}  # fmt: skip


def respond(request: httpx.Request) -> httpx.Response:
    reply = SITE.answer(Question(request.method, request.url.path, {}, {}))
    return httpx.Response(reply.status, content=reply.body)


def read() -> Page:
    [page] = collect(MADRID, SITE.settings, respond, window=SUMMER, timezone="Europe/Madrid")
    return page


def parsed(*items: Any, **more: Any) -> Parsed:
    body = json.dumps({"@context": {}, "@graph": items or [{**ITEM, **more}]}).encode()
    return parse(MADRID, {}, body, timezone="UTC")


def only(**more: Any) -> EventRecord:
    [record] = parsed(**more).records
    return record


def test_the_file_of_madrid_is_read_although_it_is_no_valid_json(
    caplog: pytest.LogCaptureFixture,
) -> None:
    page = read()

    assert {record.title for record in page.records} == SITE.titles
    assert (page.rejects, page.incomplete_reason) == ([], None)
    assert "invalid escapes corrected" in caplog.text


def test_an_event_of_madrid_is_read_in_full() -> None:
    first = read().records[0]

    assert first.starts_at.isoformat() == "2026-05-07T19:00:00+02:00"
    assert (first.external_id, first.series_id, first.ends_at) == ("8001", None, None)
    assert first.venue.model_dump(exclude_none=True) == {
        "name": "Biblioteca de la Fuente", "street": "CALLE HILO 4", "postcode": "28012",
        "locality": "MADRID", "region": "Centro", "country": "ES",
        "latitude": 40.41, "longitude": -3.7,
    }  # fmt: skip
    assert first.categories == ("Musica", "Jazz", "Niños", "Familias")
    assert (first.organizer, first.price.is_free) == ("Biblioteca de la Fuente", True)
    assert first.warnings == ()


def test_an_event_of_every_tuesday_has_an_occurrence_on_every_tuesday() -> None:
    evenings = [record for record in read().records if record.series_id == "8002"]

    assert [record.external_id for record in evenings] == [
        f"8002/202605{day:02}T183000" for day in (5, 12, 19, 26)
    ]
    assert {record.time_known for record in evenings} == {True}


def test_an_exhibition_is_one_event_of_many_days() -> None:
    [exhibition] = [record for record in read().records if record.title == "Mapas del agua"]

    assert (exhibition.local_date, exhibition.time_known) == (TODAY, False)
    assert exhibition.ends_at.isoformat() == "2026-06-14T00:00:00+02:00"
    assert exhibition.warnings == ()


def test_excluded_days_are_left_out() -> None:
    found = parsed(
        recurrence={"days": "TU,WE", "frequency": "WEEKLY", "interval": 1},
        **{"dtend": "2026-05-13 23:59:00.0", "excluded-days": "6/5/2026;12/05/2026;"},
    )

    assert [f"{record.local_date:%d.%m.}" for record in found.records] == ["05.05.", "13.05."]


def test_an_exhibition_that_closes_on_some_days_is_read_day_by_day() -> None:
    daily = {"days": "MO,TU,WE,TH,FR,SA,SU", "frequency": "WEEKLY", "interval": 1}
    found = parsed(
        recurrence=daily, dtstart="2026-05-05 00:00:00.0", dtend="2026-05-08 23:59:00.0",
        **{"excluded-days": "6/5/2026;"},
    )  # fmt: skip

    assert [record.external_id for record in found.records] == [
        "8001/20260505", "8001/20260507", "8001/20260508",
    ]  # fmt: skip


def test_times_are_those_of_madrid_whatever_the_reader_says() -> None:
    assert only().starts_at.isoformat() == "2026-05-05T19:00:00+02:00"


@pytest.mark.parametrize("end", ["2026-05-05 23:59:00.0", "2026-05-05 00:00:00.0", None, ""])
def test_an_unknown_end_is_none(end: str | None) -> None:
    found = only(dtend=end)

    assert (found.ends_at, found.warnings) == (None, ())


def test_a_known_end_is_kept() -> None:
    assert only(dtend="2026-05-05 21:00:00.0").ends_at.isoformat() == "2026-05-05T21:00:00+02:00"


def test_the_time_may_stand_in_a_field_of_its_own() -> None:
    found = only(dtstart="2026-05-05 00:00:00.0", time="19:30")

    assert found.starts_at.isoformat() == "2026-05-05T19:30:00+02:00"


@pytest.mark.parametrize(
    ("fields", "is_free", "text"),
    [
        ({"free": 1, "price": ""}, True, None),
        ({"free": 0, "price": "12 euros"}, False, None),
        ({"price": 1}, True, None),
        ({"price": 0}, False, None),
        ({"free": 0, "price": "Consultar en taquilla"}, False, "Consultar en taquilla"),
    ],
)  # fmt: skip
def test_the_flag_for_free_is_read_in_both_spellings(
    fields: dict[str, Any], is_free: bool, text: str | None
) -> None:
    price = only(**fields).price

    assert (price.is_free, price.text) == (is_free, text)


def test_a_place_with_only_a_name_is_a_venue() -> None:
    found = only(**{"event-location": "Parque del Pozo"})

    assert found.venue.model_dump(exclude_none=True) == {"name": "Parque del Pozo", "country": "ES"}
    assert found.warnings == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("count", "reason"),
    [(999, None), (1000, "the source returns at most 1000 items, and returned that many")],
)
def test_a_file_of_a_thousand_rows_is_incomplete(count: int, reason: str | None) -> None:
    rows = [{**ITEM, "id": f"{number}"} for number in range(count)]

    [page] = collect(
        MADRID, {}, lambda _request: httpx.Response(200, json={"@graph": rows}), window=SUMMER
    )

    assert (page.incomplete_reason, len(page.records)) == (reason, count)


def test_files_of_madrid_are_recognised() -> None:
    url = "https://datos.madrid.es/egob/catalogo/206717-0-agenda-eventos-bibliotecas.json"
    site = LookedAt(url, json.dumps({"@graph": [ITEM]}), is_html=False)

    assert detections(MADRID, site)[0][0] == {"url": url}
    assert (
        detections(MADRID, LookedAt(url, json.dumps({"@graph": [{"id": 1}]}), is_html=False)) == []
    )


def test_the_page_of_madrid_in_the_portal_is_recognised() -> None:
    site = LookedAt("https://datos.madrid.es/sites/v/index.jsp?id=206974-0-agenda", "<title>Agenda")

    assert detections(MADRID, site)[0][0] == {}
