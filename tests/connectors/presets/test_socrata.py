"""The preset for Socrata: a data set's columns by settings, local times, pages without a total."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from include.discovery.connectors import connector_for
from include.discovery.errors import DiscoveryError
from include.discovery.model import EventRecord
from include.discovery.parsed import Parsed
from tests.connectors.presets.preset_support import Network, assert_complete_and_repeatable, parsed
from tests.sites.socrata import DATASET, TOKEN, Site
from tests.support.reading import LookedAt, detections

BASE = "https://data.town.example"
NEW_YORK = ZoneInfo("America/New_York")
ROW = {
    "event_id": "812345",
    "event_name": "Kite &amp; drum day",
    "start_date_time": "2026-05-09T10:00:00.000",
    "end_date_time": "2026-05-09T16:30:00.000",
    "event_agency": "Parks Department",
    "event_type": "Special Event",
    "event_borough": "Queens",
    "event_location": "Heron Park: Lawn 2 ,Heron Park: Lawn 3",
}


def read(*changes: dict[str, Any], **settings: Any) -> Parsed:
    rows = [{**ROW, **change} for change in changes]
    settings = {"domain": BASE, "dataset": DATASET, **settings}
    return parsed("socrata", rows, timezone="America/New_York", **settings)


def one(**changes: Any) -> EventRecord:
    (record,) = read(changes).records
    return record


def of_sheet() -> dict[str, Any]:
    """Return the settings that the data sheet gives as an example for another data set."""
    sheet = connector_for("socrata").data_sheet
    return json.JSONDecoder().raw_decode(sheet[sheet.index('{"domain"') :])[0]


def test_a_sync_of_socrata_is_complete_and_gives_the_same_again() -> None:
    assert_complete_and_repeatable(Network(Site))


def test_pages_of_socrata_go_on_until_one_is_short() -> None:
    network = Network(Site)
    pages = network.read()

    assert [len(page.records) for page in pages] == [2, 2, 1]
    assert [question.query["$offset"] for question in network.asked] == ["0", "2", "4"]
    assert {question.query["$order"] for question in network.asked} == {":id"}


def test_pages_of_socrata_are_large_unless_the_settings_say_otherwise() -> None:
    network = Network(Site)
    network.read(without="paging")

    assert {question.query["$limit"] for question in network.asked} == {"1000"}
    # No total is given, and one page does not show how many the site serves: so the end is nothing
    # on two pages, the first of them asked for twice.
    assert [question.query["$offset"] for question in network.asked] == ["0", "5", "5", "10"]


def test_only_rows_of_the_window_are_asked_for() -> None:
    network = Network(Site)
    network.read()

    assert network.asked[0].query["$where"] == (
        "start_date_time < '2027-05-02T00:00:00' AND (end_date_time >= '2026-05-01T00:00:00'"
        " OR end_date_time IS NULL AND start_date_time >= '2026-05-01T00:00:00')"
    )


def test_a_condition_of_the_settings_is_added_or_replaces_the_default() -> None:
    network = Network(Site)
    network.read(query={"event_borough": "Queens", "$where": None})

    assert network.asked[0].query["event_borough"] == "Queens"
    assert "$where" not in network.asked[0].query


def test_a_token_is_sent_where_there_is_one() -> None:
    network = Network(Site)
    network.read()
    assert "x-app-token" not in network.asked[0].headers

    network.read(key=TOKEN)
    assert network.asked[-1].headers["x-app-token"] == TOKEN


def test_an_unknown_column_is_an_error() -> None:
    with pytest.raises(DiscoveryError, match="400"):
        Network(Site).read(start_column="begins")


def test_times_of_a_row_are_those_of_its_place() -> None:
    record = one()

    assert record.starts_at == datetime(2026, 5, 9, 10, tzinfo=NEW_YORK)
    assert record.ends_at == datetime(2026, 5, 9, 16, 30, tzinfo=NEW_YORK)
    assert record.title == "Kite & drum day"
    assert (record.organizer, record.categories) == ("Parks Department", ("Special Event",))
    assert record.warnings == ()


def test_a_fixed_time_is_an_instant() -> None:
    record = one(start_date_time="2026-05-09T14:00:00.000Z")

    assert record.starts_at == datetime(2026, 5, 9, 10, tzinfo=NEW_YORK)


def test_rows_of_one_permit_are_events_of_one_series() -> None:
    found = read({}, {"start_date_time": "2026-05-10T10:00:00.000"}).records

    assert [record.external_id for record in found] == [
        "812345/2026-05-09T10:00:00.000",
        "812345/2026-05-10T10:00:00.000",
    ]
    assert {record.series_id for record in found} == {"812345"}


@pytest.mark.parametrize(
    ("location", "name"),
    [
        ("Heron Park: Lawn 2 ,Heron Park: Lawn 3", "Heron Park"),
        (
            "OTTER STREET between 1 AVENUE and 2 AVENUE",
            "OTTER STREET between 1 AVENUE and 2 AVENUE",
        ),
        ("", None),
        (None, None),
    ],
)
def test_the_venue_is_the_part_of_the_place_before_its_areas(
    location: str | None, name: str | None
) -> None:
    venue = one(event_location=location).venue

    assert (venue.name, venue.locality, venue.country) == (name, "New York", "US")
    assert venue.region == "Queens"


def test_a_row_may_lack_an_empty_column() -> None:
    row = {key: ROW[key] for key in ("event_id", "event_name", "start_date_time")}
    (record,) = parsed("socrata", [row], domain=BASE, dataset=DATASET).records

    assert (record.venue, record.ends_at, record.warnings) == (None, None, ())


def test_a_row_without_an_id_gets_one_with_a_warning() -> None:
    record = one(event_id=None)

    assert record.external_id.startswith("#")
    assert record.warnings == ("the item has no id: one was made of title, start and venue",)


@pytest.mark.parametrize(
    ("column", "reason"), [("start_date_time", "unreadable date"), ("event_id", "unusable id")]
)
def test_a_column_that_holds_an_object_rejects_its_row(column: str, reason: str) -> None:
    (reject,) = read({column: {"value": "2026-05-09"}}).rejects

    assert reject.reason.startswith(reason)


def test_a_bad_row_does_not_affect_the_others() -> None:
    found = read({"start_date_time": "May"}, {"event_id": "2"}, {"event_name": " "})

    assert [record.series_id for record in found.records] == ["2"]
    assert len(found.rejects) == 2


def test_the_example_of_another_data_set_in_the_data_sheet_works() -> None:
    row = {
        "permit": "P-7",
        "name": "Pumpkin regatta",
        "begins": "2026-10-03T09:00:00.000",
        "ends": "2026-10-03T15:00:00.000",
        "park": "Heron Park",
        "location": {"latitude": "40.71", "longitude": "-73.99"},
    }

    (record,) = parsed("socrata", [row], timezone="America/New_York", **of_sheet()).records

    assert (record.external_id, record.title) == ("P-7", "Pumpkin regatta")
    assert record.starts_at == datetime(2026, 10, 3, 9, tzinfo=NEW_YORK)
    venue = record.venue
    assert (venue.name, venue.latitude, venue.locality) == ("Heron Park", 40.71, None)
    assert record.warnings == ()


# Recognition

LOOK = f"/resource/{DATASET}.json?$limit=20"


def recognised(site: LookedAt) -> list[Any]:
    return detections(connector_for("socrata"), site)


@pytest.mark.parametrize(
    "address",
    [
        f"{BASE}/City-Government/Permitted-Events/{DATASET}",
        f"{BASE}/City-Government/Permitted-Events/{DATASET}/about_data",
        f"{BASE}/d/{DATASET}",
        f"{BASE}/resource/{DATASET}.json?$limit=5",
        f"{BASE}/api/v3/views/{DATASET}/query.json",
    ],
)
def test_the_data_set_is_recognised_in_any_address_of_it(address: str) -> None:
    site = LookedAt(address, answers={LOOK: json.dumps([{}, ROW])})

    ((settings, (evidence,)),) = recognised(site)

    assert settings == {"domain": BASE, "dataset": DATASET}
    assert "event_name and start_date_time" in evidence


def test_a_data_set_with_other_columns_is_proposed_with_what_is_missing() -> None:
    site = LookedAt(f"{BASE}/d/{DATASET}", answers={LOOK: '[{"name": "x"}]'})

    ((settings, (evidence,)),) = recognised(site)

    assert settings == {"domain": BASE, "dataset": DATASET}
    assert evidence.endswith("fields, start_column and end_column have to name its columns")


def test_the_page_for_developers_names_portal_and_data_set() -> None:
    site = LookedAt(f"https://dev.socrata.com/foundry/data.town.example/{DATASET}")

    ((settings, _),) = recognised(site)

    assert settings == {"domain": BASE, "dataset": DATASET}
    assert site.looks == []


@pytest.mark.parametrize("answer", [None, "[]", '{"error": true}', "<html>"])
def test_an_address_that_only_resembles_socrata_is_not_recognised(answer: str | None) -> None:
    answers = {} if answer is None else {"/resource/jazz-club.json?$limit=20": answer}

    assert recognised(LookedAt("https://town.example/jazz-club", answers=answers)) == []
