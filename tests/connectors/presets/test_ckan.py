"""The preset for CKAN: a table's columns by settings, a total to page by, events in French."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from include.demo.reply import Reply
from include.discovery.connectors import connector_for
from include.discovery.errors import NotFound, UnreadableResponse
from include.discovery.model import Attendance, EventRecord
from include.discovery.parsed import Parsed
from tests.connectors.presets.preset_support import Network, assert_complete_and_repeatable, parsed
from tests.sites.ckan import RESOURCE, Site
from tests.support.reading import LookedAt, detections

BASE = "https://donnees.castorville.example"
MONTREAL = ZoneInfo("America/Montreal")
ROW = {
    "_id": 1,
    "titre": "Atelier de reliure",
    "url_fiche": "https://castorville.example/evenements/reliure",
    "description": "Avec M.&nbsp;Loutre",
    "date_debut": "2026-05-09",
    "date_fin": "2026-05-09",
    "type_evenement": "Atelier",
    "public_cible": "Adultes, Aînés",
    "emplacement": "En salle",
    "cout": "12 $",
    "arrondissement": "Rivière-aux-Loutres",
    "titre_adresse": "Bibliothèque du Castor",
    "adresse_principale": "14, rue du Barrage",
    "code_postal": "H2X 1Y4",
    "lat": "45.51",
    "long": "-73.57",
}


def read(*changes: dict[str, Any], **settings: Any) -> Parsed:
    rows = [{**ROW, **change} for change in changes]
    document = {"success": True, "result": {"records": rows, "total": len(rows)}}
    settings = {"portal": BASE, "resource": RESOURCE, **settings}
    return parsed("ckan", document, timezone="America/Montreal", **settings)


def one(**changes: Any) -> EventRecord:
    (record,) = read(changes).records
    return record


def of_sheet() -> dict[str, Any]:
    """Return the settings that the data sheet gives as an example for another table."""
    sheet = connector_for("ckan").data_sheet
    return json.JSONDecoder().raw_decode(sheet[sheet.index('{"portal"') :])[0]


def test_a_sync_of_ckan_is_complete_and_gives_the_same_again() -> None:
    assert_complete_and_repeatable(Network(Site))


def test_pages_of_ckan_are_asked_for_by_offset_up_to_the_total() -> None:
    network = Network(Site)
    pages = network.read()

    assert [page.expected for page in pages] == [6, 6, 6, 6]
    assert [question.query for question in network.asked] == [
        {"resource_id": RESOURCE, "sort": "_id", "limit": "2", "offset": offset}
        for offset in ("0", "2", "4", "6")  # a look behind the last full page
    ]


def test_pages_of_ckan_are_large_unless_the_settings_say_otherwise() -> None:
    network = Network(Site)
    network.read(without="paging")

    (question,) = network.asked
    assert (question.query["limit"], question.query["offset"]) == ("1000", "0")


def test_filters_of_ckan_are_sent_as_parameters() -> None:
    network = Network(Site)
    network.read(query={"filters": '{"arrondissement": "Verdun"}'})

    assert network.asked[0].query["filters"] == '{"arrondissement": "Verdun"}'


def test_a_table_that_was_replaced_is_not_found() -> None:
    with pytest.raises(NotFound):
        Network(Site).read(resource=RESOURCE.replace("0", "9"))


def test_an_answer_that_reports_a_failure_is_no_empty_listing() -> None:
    network = Network(Site)
    failed = {"success": False, "error": {"message": "Search error", "__type": "Internal"}}
    network.site.answer = lambda _question: Reply.of_json(failed)

    with pytest.raises(UnreadableResponse, match="answers with an error: Search error"):
        network.read()


def test_a_row_becomes_an_event_in_french() -> None:
    record = one()

    assert record.title == "Atelier de reliure"
    assert (record.local_date, record.time_known) == (date(2026, 5, 9), False)
    assert record.language == "fr"
    assert record.description == "Avec M. Loutre"
    assert record.url == ROW["url_fiche"]
    assert record.categories == ("Atelier", "Adultes", "Aînés")
    assert record.warnings == ()


def test_the_place_of_a_row_has_its_address_and_coordinates() -> None:
    assert one().venue.model_dump(exclude={"external_id"}) == {
        "name": "Bibliothèque du Castor",
        "street": "14, rue du Barrage",
        "postcode": "H2X 1Y4",
        "locality": "Montréal",
        "region": "Rivière-aux-Loutres",
        "country": "CA",
        "latitude": 45.51,
        "longitude": -73.57,
    }


@pytest.mark.parametrize(("lat", "long"), [("", ""), (None, None), ("0", "0"), ("45.5", None)])
def test_invalid_coordinates_of_a_row_cost_only_themselves(
    lat: str | None, long: str | None
) -> None:
    venue = one(lat=lat, long=long).venue

    assert (venue.latitude, venue.longitude) == (None, None)
    assert venue.name == "Bibliothèque du Castor"


def test_a_row_of_several_days_is_one_event() -> None:
    record = one(date_fin="2026-05-12")

    assert record.local_date == date(2026, 5, 9)
    assert record.ends_at == datetime(2026, 5, 13, tzinfo=MONTREAL)


def test_times_of_a_row_are_local() -> None:
    record = one(date_debut="2026-05-09T18:30:00", date_fin="2026-05-09T20:00:00")

    assert record.starts_at == datetime(2026, 5, 9, 18, 30, tzinfo=MONTREAL)
    assert record.ends_at == datetime(2026, 5, 9, 20, tzinfo=MONTREAL)


def test_dates_of_one_page_are_events_of_one_series() -> None:
    found = read({}, {"date_debut": "2026-05-16", "date_fin": "2026-05-16"}).records

    assert [record.external_id for record in found] == [
        f"{ROW['url_fiche']}/2026-05-09",
        f"{ROW['url_fiche']}/2026-05-16",
    ]
    assert {record.series_id for record in found} == {ROW["url_fiche"]}


def test_a_row_with_another_number_is_the_same_event() -> None:
    assert one(_id=77).external_id == one(_id=1).external_id


@pytest.mark.parametrize(
    ("cost", "low", "is_free"),
    [("Gratuit", "0", True), ("12 $", "12", False), ("Payant", None, False)],
)
def test_the_cost_of_a_row_is_read_in_french(cost: str, low: str | None, is_free: bool) -> None:
    price = one(cout=cost).price

    assert (price.min, price.is_free) == (low and Decimal(low), is_free)
    assert price.min in (None, 0) or price.currency == "CAD"


def test_a_cost_is_in_canadian_dollars_wherever_the_event_is() -> None:
    nowhere = dict.fromkeys(
        ("titre_adresse", "adresse_principale", "arrondissement", "code_postal")
    )
    record = one(**nowhere, lat=None, long=None, emplacement="En ligne")

    assert (record.venue, record.price.currency) == (None, "CAD")


def test_an_event_en_ligne_is_online() -> None:
    assert one(emplacement="En ligne").attendance is Attendance.ONLINE
    assert one(emplacement="").attendance is Attendance.OFFLINE


@pytest.mark.parametrize(
    ("column", "reason"), [("date_debut", "unreadable date"), ("url_fiche", "unusable id")]
)
def test_a_column_that_holds_an_object_rejects_its_row(column: str, reason: str) -> None:
    (reject,) = read({column: {"rendered": "2026-05-09"}}).rejects

    assert reject.reason.startswith(reason)


def test_a_bad_row_does_not_affect_the_others() -> None:
    found = read({"date_debut": "bientôt"}, {"url_fiche": "https://x.example/2"}, {"titre": None})

    assert [record.series_id for record in found.records] == ["https://x.example/2"]
    assert len(found.rejects) == 2


def test_the_example_of_another_table_in_the_data_sheet_works() -> None:
    row = {
        "register_id": 9123,
        "name": "Fira del llibre",
        "start_date": "2026-05-09T10:00:00",
        "end_date": "2026-05-09T19:00:00",
        "geo_lat": 41.4,
        "geo_lon": 2.17,
    }
    document = {"success": True, "result": {"records": [row], "total": 1}}

    (record,) = parsed("ckan", document, timezone="Europe/Madrid", **of_sheet()).records

    assert (record.external_id, record.title) == ("9123", "Fira del llibre")
    assert record.starts_at == datetime(2026, 5, 9, 10, tzinfo=ZoneInfo("Europe/Madrid"))
    assert (record.venue.latitude, record.venue.locality, record.language) == (41.4, None, None)
    assert record.warnings == ()


# Recognition

LOOK = f"{BASE}/api/3/action/datastore_search?resource_id={RESOURCE}&limit=5"


def answer(row: dict[str, Any]) -> str:
    return json.dumps({"success": True, "result": {"records": [row], "total": 1}})


def recognised(site: LookedAt) -> list[Any]:
    return detections(connector_for("ckan"), site)


@pytest.mark.parametrize(
    "address",
    [
        f"{BASE}/dataset/evenements/resource/{RESOURCE}",
        f"{BASE}/fr/dataset/evenements/resource/{RESOURCE}?inner_span=True",
        f"{BASE}/dataset/evenements/resource/{RESOURCE}/download/evenements.csv",
    ],
)
def test_the_table_is_recognised_in_the_address_of_its_page(address: str) -> None:
    site = LookedAt(address, answers={LOOK: answer(ROW)})

    ((settings, (evidence,)),) = recognised(site)

    assert settings == {"portal": BASE, "resource": RESOURCE}
    assert evidence == f"Table {RESOURCE} of the portal has rows with titre and date_debut"


def test_a_table_with_other_columns_is_proposed_with_what_is_missing() -> None:
    address = f"{BASE}/dataset/agenda/resource/{RESOURCE}"

    ((settings, (evidence,)),) = recognised(
        LookedAt(address, answers={LOOK: answer({"name": "x"})})
    )

    assert settings == {"portal": BASE, "resource": RESOURCE}
    assert evidence.endswith("map its columns with fields")


def test_the_address_of_the_ckan_api_is_recognised() -> None:
    address = f"{BASE}/api/3/action/datastore_search?limit=5&resource_id={RESOURCE}"

    ((settings, _),) = recognised(LookedAt(address, answer(ROW), is_html=False))

    assert settings == {"portal": BASE, "resource": RESOURCE}


@pytest.mark.parametrize("body", ['{"success": false}', '{"success": true, "result": []}', "[]"])
def test_an_answer_without_rows_is_not_recognised_as_a_table(body: str) -> None:
    page = f"{BASE}/dataset/agenda/resource/{RESOURCE}"
    api = f"{BASE}/api/3/action/datastore_search?resource_id={RESOURCE}"

    assert recognised(LookedAt(page, answers={LOOK: body})) == []
    assert recognised(LookedAt(api, body, is_html=False)) == []


def test_a_file_that_the_portal_has_not_loaded_is_not_proposed() -> None:
    assert recognised(LookedAt(f"{BASE}/dataset/agenda/resource/{RESOURCE}")) == []
