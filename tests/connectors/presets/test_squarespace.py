"""The preset for Squarespace: milliseconds, coordinates that mean nothing, the site's zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from include.discovery.connectors import connector_for
from include.discovery.errors import UnreadableResponse
from include.discovery.model import EventRecord, Venue
from include.discovery.parsed import Parsed
from tests.connectors.presets.preset_support import (
    Network,
    assert_complete_and_repeatable,
    parsed,
    records,
)
from tests.sites.squarespace import CHICAGO, Site
from tests.support.reading import LookedAt, detections

BASE = "https://shed.example"
EVENTS = f"{BASE}/upcoming-events"
AT_SEVEN = int(datetime(2026, 5, 9, 19, tzinfo=CHICAGO).timestamp()) * 1000
DEFAULT_PIN = {"mapLat": 40.7207559, "mapLng": -74.0007613}
PLACE = {
    "mapLat": 41.8827, "mapLng": -87.6233, "markerLat": 40.7207559, "markerLng": -74.0007613,
    "addressTitle": "The Shed", "addressLine1": "12 Plank Street",
    "addressLine2": "Chicago, IL, 60601", "addressCountry": "United States",
}  # fmt: skip
EVENT = {
    "id": "5f0b", "title": "Barn dance", "fullUrl": "/upcoming-events/barn-dance",
    "startDate": AT_SEVEN, "endDate": AT_SEVEN + 7_200_000, "location": PLACE,
    "body": "<p>Boots.</p>", "assetUrl": "https://static1.example/s/poster.jpg",
    "categories": [], "tags": None, "updatedOn": AT_SEVEN - 10**9,
}  # fmt: skip


def read(*changes: dict[str, Any], **members: Any) -> Parsed:
    document = {
        "website": {"timeZone": "America/Chicago"},
        "collection": {"typeName": "events"},
        "upcoming": [{**EVENT, **change} for change in changes],
        **members,
    }
    return parsed("squarespace", document, events_url=EVENTS)


def one(**changes: Any) -> EventRecord:
    (record,) = read(changes).records
    return record


def place(**changes: Any) -> Venue | None:
    return one(location={**PLACE, **changes}).venue


def test_a_sync_of_squarespace_is_complete_and_gives_the_same_again() -> None:
    assert_complete_and_repeatable(Network(Site))


def test_one_request_gives_all_upcoming_events() -> None:
    network = Network(Site)
    network.read()

    (question,) = network.asked
    assert (question.path, question.query) == ("/upcoming-events", {"format": "json"})


def test_a_collection_in_pages_is_read_to_its_end() -> None:
    network = Network(Site)
    pages = network.read(events_url=f"{network.site.base}/archive")

    assert [len(page.records) for page in pages] == [2, 2]
    assert {record.title for record in records(pages)} == network.site.titles
    assert pages[-1].incomplete_reason is None
    assert [question.query for question in network.asked] == [
        {"format": "json"},
        {"format": "json", "offset": "2"},
    ]


def test_a_page_without_events_is_an_error_and_no_empty_listing() -> None:
    network = Network(Site)

    with pytest.raises(UnreadableResponse, match="there is no list of items"):
        network.read(events_url=f"{network.site.base}/about")


def test_a_site_without_upcoming_events_is_an_empty_listing() -> None:
    network = Network(Site)
    network.site._events = list

    (page,) = network.read()

    assert (list(page.records), page.incomplete_reason) == ([], None)


def test_past_events_of_squarespace_are_not_read() -> None:
    assert "Last year's supper" not in {record.title for record in records(Network(Site).read())}


def test_times_are_shown_in_the_zone_that_the_answer_names() -> None:
    record = one()

    assert record.starts_at == datetime(2026, 5, 9, 19, tzinfo=CHICAGO)
    assert record.ends_at == datetime(2026, 5, 9, 21, tzinfo=CHICAGO)
    assert record.timezone == "America/Chicago"
    assert record.source_updated_at < record.starts_at
    assert record.warnings == ()


def test_odd_milliseconds_do_not_move_an_event() -> None:
    record = one(startDate=AT_SEVEN + 849)

    assert record.starts_at.replace(microsecond=0) == datetime(2026, 5, 9, 19, tzinfo=CHICAGO)
    assert record.time_known


def test_links_of_squarespace_are_those_of_the_site() -> None:
    assert one().url == f"{BASE}/upcoming-events/barn-dance"


def test_an_event_has_its_id_and_the_whole_of_its_text() -> None:
    record = one(excerpt="<p>Short.</p>")

    assert (record.external_id, record.description) == ("5f0b", "Boots.")
    assert one(body="", excerpt="<p>Short.</p>").description == "Short."


def test_the_place_is_split_into_its_parts() -> None:
    assert place().model_dump(exclude={"external_id"}) == {
        "name": "The Shed",
        "street": "12 Plank Street",
        "postcode": "60601",
        "locality": "Chicago",
        "region": "IL",
        "country": "US",
        "latitude": 41.8827,
        "longitude": -87.6233,
    }


@pytest.mark.parametrize(
    ("line", "locality", "region", "postcode"),
    [
        ("Chicago, IL, 60601", "Chicago", "IL", "60601"),
        ("Chicago, IL 60601", "Chicago", None, None),
        ("Kraków", "Kraków", None, None),
        ("", None, None, None),
        (None, None, None, None),
    ],
)
def test_only_a_second_line_of_three_parts_has_a_region(
    line: str | None, locality: str | None, region: str | None, postcode: str | None
) -> None:
    venue = place(addressLine2=line)

    assert (venue.locality, venue.region, venue.postcode) == (locality, region, postcode)


def test_a_map_pin_that_was_never_moved_is_no_place() -> None:
    venue = place(**DEFAULT_PIN)

    assert (venue.latitude, venue.longitude) == (None, None)
    assert venue.name == "The Shed"


@pytest.mark.parametrize("pin", [DEFAULT_PIN, {"mapLat": 41.9, "mapLng": -87.6}])
def test_a_map_pin_without_an_address_is_no_venue(pin: dict[str, Any]) -> None:
    nowhere = {**pin, "addressTitle": "", "addressLine1": "", "addressLine2": ""}

    assert one(location=nowhere).venue is None


@pytest.mark.parametrize("location", [None, {}, {"addressTitle": "The Shed"}])
def test_a_place_may_lack_its_coordinates(location: dict[str, Any] | None) -> None:
    record = one(location=location)

    assert record.venue is None or record.venue.latitude is None
    assert record.warnings == ()


def test_the_address_of_a_folder_is_no_picture() -> None:
    assert one().image_url == "https://static1.example/s/poster.jpg"
    assert one(assetUrl="https://static1.example/s/").image_url is None
    assert one(assetUrl=None).image_url is None


def test_categories_and_tags_are_categories() -> None:
    assert one(categories=["Dance"], tags=["live", "Dance"]).categories == ("Dance", "live")


def test_an_entry_without_a_date_is_rejected() -> None:
    (reject,) = read({"startDate": None}).rejects

    assert reject.reason == "no date"


# Recognition

HOME = (
    '<link href="https://static1.squarespace.com/x.css"><a href="/about">About</a>'
    '<a class="nav" href="/live-events/">Live</a>'
)
ANSWER = '{"collection": {"typeName": "events"}, "upcoming": []}'


def recognised(site: LookedAt) -> list[Any]:
    return detections(connector_for("squarespace"), site)


def test_the_page_of_events_itself_is_recognised() -> None:
    site = LookedAt(f"{EVENTS}?view=list", HOME, answers={f"{EVENTS}?format=json": ANSWER})

    ((settings, (evidence,)),) = recognised(site)

    assert settings == {"events_url": EVENTS}
    assert evidence == f"{EVENTS}?format=json lists events as Squarespace does"


def test_the_page_of_events_is_found_from_another_page() -> None:
    site = LookedAt(f"{BASE}/", HOME, answers={"/live-events?format=json": ANSWER})

    ((settings, _),) = recognised(site)

    assert settings == {"events_url": f"{BASE}/live-events"}
    assert len(site.looks) == 2


@pytest.mark.parametrize("answer", ['{"collection": {}, "items": [{"title": "Post"}]}', "<html>"])
def test_a_collection_of_something_else_is_not_recognised(answer: str) -> None:
    answers = {"/live-events?format=json": answer, f"{BASE}/?format=json": answer}

    assert recognised(LookedAt(f"{BASE}/", HOME, answers=answers)) == []


def test_a_site_of_another_system_is_not_asked() -> None:
    site = LookedAt(f"{BASE}/", '<a href="/events">Events</a>')

    assert recognised(site) == []
    assert site.looks == []
