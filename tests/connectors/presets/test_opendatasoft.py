"""Opendatasoft with 'Que faire à Paris': occurrences as a text, prices, the reach of offsets."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import httpx
import pytest

from include.discovery.connectors import connector_for
from include.discovery.connectors.base import Page
from include.discovery.errors import InvalidSettings
from include.discovery.model import EventRecord, Window
from tests.sites.opendatasoft import Site
from tests.sites.site import Question
from tests.support.builders import PARIS
from tests.support.reading import LookedAt, collect, detections, parse

OPENDATASOFT = connector_for("opendatasoft")
TODAY = date(2026, 11, 20)
NEAR = "within_distance(geo, geom'POINT({longitude} {latitude})', {radius_km}km)"
YEAR = Window(TODAY, date(2027, 11, 20))
SITE = Site("https://donnees.example", TODAY)


def respond(request: Any) -> Any:
    query = dict(request.url.params)
    reply = SITE.answer(Question(request.method, request.url.path, query, {}))
    return httpx.Response(reply.status, content=reply.body, headers=reply.headers)


def read(respond: Callable[..., Any] = respond, **more: Any) -> list[Page]:
    return collect(
        OPENDATASOFT, {**SITE.settings, **more}, respond, window=YEAR, timezone="Europe/Paris",
        city=PARIS,
    )  # fmt: skip


def parsed(**more: Any) -> Sequence[EventRecord]:
    row = {
        "id": "501", "title": "Bal", "date_start": "2026-11-22T18:00:00+00:00",
        "date_end": "2026-11-22T21:00:00+00:00", **more,
    }  # fmt: skip
    body = json.dumps({"total_count": 1, "results": [row]}).encode()
    return parse(OPENDATASOFT, {}, body, timezone="Europe/Paris").records


def only(**more: Any) -> EventRecord:
    [record] = parsed(**more)
    return record


def test_every_record_is_read_with_its_occurrences() -> None:
    pages = read()

    records = [record for page in pages for record in page.records]
    assert {record.title for record in records} == SITE.titles
    assert [r.external_id for r in records if r.series_id == "501"] == [
        "501/20261122T190000", "501/20261123T190000",
    ]  # fmt: skip
    assert [page.incomplete_reason for page in pages] == [None, None]


def test_a_record_of_opendatasoft_is_read_in_full() -> None:
    first = read()[0].records[0]

    assert first.starts_at.isoformat() == "2026-11-22T19:00:00+01:00"
    assert first.ends_at.isoformat() == "2026-11-22T22:00:00+01:00"
    assert (first.url, first.image_url) == (
        "https://sorties.example/501", "https://sorties.example/501.jpg",
    )  # fmt: skip
    assert first.venue.model_dump(exclude_none=True) == {
        "name": "Square du Tilleul", "street": "8 rue du Tilleul", "postcode": "75020",
        "locality": "Paris", "country": "FR", "latitude": 48.86, "longitude": 2.4,
    }  # fmt: skip
    assert (first.categories, first.price.is_free) == (("Balade", "Enfants"), True)
    assert first.description == "À ne pas manquer."
    assert first.warnings == ()


def test_opendatasoft_is_asked_for_the_window() -> None:
    asked = []

    def note(request):
        asked.append((request.url.path, dict(request.url.params)))
        return httpx.Response(200, json={"total_count": 0, "results": []})

    collect(OPENDATASOFT, {}, note, window=YEAR)

    assert asked == [
        (
            "/api/explore/v2.1/catalog/datasets/que-faire-a-paris-/records",
            {
                "where": 'date_end >= "2026-11-20" AND date_start < "2027-11-21"',
                "order_by": "date_start,date_end", "limit": "100", "offset": "0",
            },
        )
    ]  # fmt: skip


def test_settings_alone_make_any_opendatasoft_data_set_readable() -> None:
    asked = []

    def note(request):
        asked.append(request.url.params["where"])
        row = {"nom": "Fête", "debut": "2026-11-22", "no": 3}
        return httpx.Response(200, json={"total_count": 1, "results": [row]})

    pages = read(
        note, start_column="debut", end_column="debut", fields={
            "external_id": "no", "title": "nom", "starts_at": "debut", "ends_at": None,
        },
        query={"where": "debut > '{from}' and " + NEAR},
    )  # fmt: skip

    assert [record.title for record in pages[0].records] == ["Fête"]
    assert asked == [
        "debut > '2026-11-20' and within_distance(geo, geom'POINT(2.35220 48.85660)', 30km)"
    ]


@pytest.mark.parametrize(
    ("occurrences", "starts"),
    [
        ("2026-11-22T19:00:00+01:00_2026-11-22T22:00:00+01:00", ["2026-11-22T19:00:00+01:00"]),
        ("2026-11-22T19:00:00+01:00_;", ["2026-11-22T19:00:00+01:00"]),
        ("2026-11-22T19:00:00+01:00", ["2026-11-22T19:00:00+01:00"]),
        (["2026-11-22T19:00:00+01:00_2026-11-22T22:00:00+01:00"], ["2026-11-22T19:00:00+01:00"]),
        (None, ["2026-11-22T19:00:00+01:00"]),
        ("", ["2026-11-22T19:00:00+01:00"]),
    ],
)
def test_occurrences_are_read_in_any_form(occurrences: Any, starts: list[str]) -> None:
    assert [record.starts_at.isoformat() for record in parsed(occurrences=occurrences)] == starts


def test_a_bad_occurrence_costs_only_itself() -> None:
    good = "2026-11-22T19:00:00+01:00_2026-11-22T22:00:00+01:00"

    assert len(parsed(occurrences=f"{good};sometime_later")) == 1


def test_an_event_without_occurrences_lasts_from_first_to_last_date() -> None:
    found = only(occurrences=None, date_end="2026-12-24T21:00:00+00:00")

    assert (found.external_id, found.ends_at.isoformat()) == ("501", "2026-12-24T22:00:00+01:00")


@pytest.mark.parametrize(
    ("kind", "detail", "expected"),
    [
        ("gratuit", None, ("0", True, None)),
        ("payant", "12 €", ("12", False, None)),
        ("payant", None, (None, False, None)),
        ("gratuit sous condition", "Gratuit avec le billet du musée",
         ("0", True, "Gratuit avec le billet du musée")),
        ("gratuit sous condition", None, None),
        (None, None, None),
    ],
)  # fmt: skip
def test_the_price_is_read_from_its_kind_and_detail(
    kind: str | None, detail: str | None, expected: tuple[Any, ...] | None
) -> None:
    price = only(price_type=kind, price_detail=detail).price

    found = price and (None if price.min is None else str(price.min), price.is_free, price.text)
    assert found == expected


@pytest.mark.slow
def test_more_events_than_the_portal_serves_make_the_run_incomplete() -> None:
    def many(request):
        offset, limit = int(request.url.params["offset"]), int(request.url.params["limit"])
        rows = [SITE._record(f"{n}", f"Fête {n}", [5]) for n in range(offset, offset + limit)]
        return httpx.Response(200, json={"total_count": 12_345, "results": rows})

    pages = read(many, paging={"by": "offset", "size": 5_000, "reach": 10_000})

    assert [page.incomplete_reason for page in pages] == [
        None,
        "the source has 12345 items and returns the first 10000: narrow the request",
    ]


def test_a_refused_condition_is_reported_in_the_words_of_the_portal() -> None:
    error = {
        "error_code": "ODSQLError",
        "message": "ODSQL query is malformed: Unknown field: debut",
    }

    with pytest.raises(InvalidSettings, match="Unknown field: debut"):
        read(lambda _request: httpx.Response(400, json=error))


@pytest.mark.parametrize(
    "address",
    ["/explore/dataset/sorties/", "/explore/dataset/sorties/table/?sort=x",
     "/fr/explore/dataset/sorties/information/", "/explore/embed/dataset/sorties/"],
)  # fmt: skip
def test_the_page_of_a_data_set_is_asked_for_its_api(address: str) -> None:
    row = {"title": "x", "date_start": "2026-11-22", "date_end": "2026-11-22"}
    path = "/api/explore/v2.1/catalog/datasets/sorties/records?limit=1"
    looked = LookedAt(
        f"https://donnees.example{address}",
        "<title>x",
        answers={path: json.dumps({"results": [row]})},
    )

    [(settings, _)] = detections(OPENDATASOFT, looked)

    assert settings == {"portal": "https://donnees.example", "dataset": "sorties"}


def test_a_data_set_of_other_things_is_not_recognised() -> None:
    path = "/api/explore/v2.1/catalog/datasets/arbres/records?limit=1"
    looked = LookedAt(
        "https://donnees.example/explore/dataset/arbres/", "<title>x",
        answers={path: json.dumps({"results": [{"essence": "Tilleul"}]})},
    )  # fmt: skip

    assert detections(OPENDATASOFT, looked) == []
