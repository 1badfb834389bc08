"""Events of Bandsintown: an artist's dates by the API, and the listing of a city."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.connectors.bandsintown.api import event_record, known_as, read_artist_events
from include.discovery.connectors.bandsintown.city import (
    city_event_known_as,
    city_event_record,
    read_city_page,
    read_next_page,
)
from include.discovery.connectors.bandsintown.shared import read_json, without_key
from include.discovery.errors import UnreadableResponse
from include.discovery.model import Attendance, EventRecord, EventStatus
from include.discovery.parsed import RejectItem, parse_items

WARSAW = ZoneInfo("Europe/Warsaw")
URL = "https://www.bandsintown.example/e/4711?app_id=s3cr3tKEY&came_from=267"
HALL = {
    "name": "Klub Przykład",
    "street_address": "Wąska 1",
    "postal_code": "31-057",
    "city": "Kraków",
    "region": "",
    "country": "Poland",
    "latitude": "50.0506",
    "longitude": "19.9449",
}


def dated(**more: Any) -> dict[str, Any]:
    return {
        "id": "4711",
        "url": URL,
        "datetime": "2026-05-08T20:00:00",
        "starts_at": "2026-05-08T20:00:00",
        "ends_at": "",
        "datetime_display_rule": "datetime",
        "festival_start_date": "",
        "festival_end_date": "",
        "title": "",
        "lineup": ["Ola i Wiatr"],
        "artist_id": "8",
        "description": "",
        "free": False,
        "venue": HALL,
        **more,
    }


def record(
    pictures: dict[str, Any] | None = None, zone: ZoneInfo = WARSAW, **more: Any
) -> EventRecord:
    return event_record(dated(**more), pictures or {}, zone)


# An artist's dates


def test_a_date_of_an_artist_is_read() -> None:
    found = record({"8": "https://photos.example/large/8.jpeg"}, description="With friends.")

    assert (found.external_id, found.title) == ("4711", "Ola i Wiatr")
    assert found.url == "https://www.bandsintown.example/e/4711"
    assert found.starts_at == datetime(2026, 5, 8, 18, tzinfo=UTC)
    assert (found.ends_at, found.local_date) == (None, date(2026, 5, 8))
    assert found.performers == ("Ola i Wiatr",)
    assert found.description == "With friends."
    assert found.image_url == "https://photos.example/large/8.jpeg"
    assert (found.price, found.warnings) == (None, ())


def test_the_venue_of_a_date_is_read() -> None:
    venue = record().venue

    assert (venue.name, venue.street, venue.postcode) == ("Klub Przykład", "Wąska 1", "31-057")
    assert (venue.locality, venue.region, venue.country) == ("Kraków", None, "PL")
    assert (venue.latitude, venue.longitude) == (50.0506, 19.9449)


def test_no_address_repeats_the_key() -> None:
    assert "s3cr3tKEY" not in record().model_dump_json()
    body = json.dumps([dated(), {"next": "https%3A%2F%2Fx%3Fapp_id%3Ds3cr3tKEY"}]).encode()
    assert b"s3cr3tKEY" not in without_key(body)
    assert json.loads(without_key(body))[0]["url"].endswith("/e/4711?app_id=***&came_from=267")


def test_the_number_in_the_address_is_the_id_or_else_the_given_one() -> None:
    assert record(id="9").external_id == "4711"
    assert record(url="https://elsewhere.example/", id="9").external_id == "9"


def test_a_date_without_a_title_is_named_after_its_line_up() -> None:
    assert record(title="Tour of Tours").title == "Tour of Tours"
    names = ["Ada", "Ben", "Ada", "Cyd", "Dan"]
    found = record(lineup=names)
    assert (found.title, found.performers) == ("Ada, Ben, Cyd", ("Ada", "Ben", "Cyd", "Dan"))


def test_a_time_that_is_not_to_be_shown_is_unknown() -> None:
    found = record(datetime_display_rule="date")

    assert (found.local_date, found.time_known) == (date(2026, 5, 8), False)


def test_a_festival_has_days_without_a_time() -> None:
    found = record(festival_start_date="2026-07-03", festival_end_date="2026-07-05", title="Fest")

    assert (found.local_date, found.time_known) == (date(2026, 7, 3), False)
    assert found.ends_at.astimezone(WARSAW) == datetime(2026, 7, 6, tzinfo=WARSAW)


def test_a_date_abroad_is_in_the_zone_of_that_country() -> None:
    found = record(venue={**HALL, "city": "Oulu", "country": "Finland"})

    assert found.timezone == "Europe/Helsinki"
    assert found.starts_at == datetime(2026, 5, 8, 17, tzinfo=UTC)


def test_a_date_in_a_country_of_many_zones_keeps_the_day_but_not_the_time() -> None:
    found = record(venue={**HALL, "city": "Denver", "country": "United States"})

    assert (found.local_date, found.time_known) == (date(2026, 5, 8), False)
    assert found.warnings == ("hour dropped: US has several time zones",)


def test_a_date_in_the_country_of_the_city_is_in_the_zone_of_the_city() -> None:
    found = record(zone=ZoneInfo("America/New_York"), venue={**HALL, "country": "USA"})

    assert (found.timezone, found.time_known) == ("America/New_York", True)


def test_a_free_date_is_free_and_a_stream_is_online() -> None:
    found = record(free=True, bandsintown_plus=True)

    assert found.price.is_free
    assert found.attendance is Attendance.ONLINE


def test_a_date_at_a_virtual_venue_is_online() -> None:
    found = record(venue={"name": "Bandsintown Live", "type": "Virtual"})

    assert found.attendance is Attendance.ONLINE


def test_a_placeholder_picture_is_none() -> None:
    assert record({"8": "https://assets.example/images/PlaceHolder.png"}).image_url is None


def test_the_pictures_of_artists_come_with_their_first_date() -> None:
    first = dated(artist={"id": "8", "image_url": "https://photos.example/8.jpeg"})

    assert read_artist_events([first, dated(), None]).pictures == {
        "8": "https://photos.example/8.jpeg"
    }


def test_an_empty_text_is_an_unknown_artist() -> None:
    assert read_artist_events("") is None
    assert read_artist_events(read_json(b' ""')) is None
    assert read_artist_events(read_json(b"")) is None


@pytest.mark.parametrize("document", [{"name": "John"}, {"Message": "denied"}, 7, "text", None])
def test_an_answer_without_events_of_bandsintown_is_refused(document: Any) -> None:
    with pytest.raises(UnreadableResponse, match="no list of events of Bandsintown, but"):
        read_artist_events(document)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"url": None, "id": None}, "no id"),
        ({"lineup": [], "title": ""}, "no title and no line-up"),
        ({"datetime": None, "starts_at": ""}, "no start date"),
        ({"datetime": "soon"}, "unreadable date"),
        ({"festival_start_date": "summer"}, "unreadable date"),
    ],
)
def test_a_date_without_a_required_value_is_rejected(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(RejectItem, match=reason):
        record(**change)


# The listing of a city


def shown(**more: Any) -> dict[str, Any]:
    return {
        "artistName": "Ola i Wiatr",
        "artistImageSrc": "https://photos.example/thumb/8.jpeg",
        "eventUrl": "https://www.bandsintown.example/e/4711-ola-i-wiatr?came_from=257",
        "title": None,
        "venueName": "Klub Przykład",
        "locationText": "Kraków, Poland",
        "startsAt": "2026-05-08T20:00:00",
        "timezone": "Europe/Warsaw",
        "displayRule": "datetime",
        "streamingEvent": False,
        **more,
    }


def of_city(details: dict[str, Any] | None = None, **more: Any) -> EventRecord:
    return city_event_record(shown(**more), {"4711": details} if details else {}, WARSAW)


def test_an_event_of_an_artist_and_of_a_city_has_the_same_id_and_time() -> None:
    by_artist, by_city = record(), of_city()

    assert by_city.external_id == by_artist.external_id
    assert (by_city.starts_at, by_city.title) == (by_artist.starts_at, by_artist.title)
    assert by_city.url == "https://www.bandsintown.example/e/4711-ola-i-wiatr"


def test_an_event_of_a_city_names_its_zone() -> None:
    found = of_city(locationText="Zilina, Slovakia", timezone="Europe/Bratislava")

    assert (found.timezone, found.venue.country) == ("Europe/Bratislava", "SK")


def test_an_unknown_zone_of_an_event_gives_a_warning() -> None:
    assert of_city(timezone=None).warnings == ("no time zone given: Europe/Warsaw taken",)


def test_street_and_coordinates_are_read_from_the_json_ld() -> None:
    details = {
        "eventStatus": "http://schema.org/EventCancelled",
        "location": {
            "address": {
                "streetAddress": "Wąska 1",
                "postalCode": "31-057",
                "addressLocality": "Krakau",
            },
            "geo": {"latitude": 50.05, "longitude": 19.94},
        },
    }

    found = of_city(details)

    assert (found.venue.street, found.venue.locality) == ("Wąska 1", "Kraków")
    assert (found.venue.latitude, found.venue.longitude) == (50.05, 19.94)
    assert found.status is EventStatus.CANCELLED


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Kraków, Poland", ("Kraków", None, "PL")),
        ("Austin, TX", ("Austin", "TX", None)),
        ("San Diego, CA", ("San Diego", "CA", None)),
        ("Kraków", ("Kraków", None, None)),
        ("St. Paul's, Nowhereland", ("St. Paul's", "Nowhereland", None)),
    ],
)
def test_a_location_is_split_without_taking_a_state_for_a_country(
    given: str, expected: tuple[Any, ...]
) -> None:
    venue = of_city(locationText=given).venue

    assert (venue.locality, venue.region, venue.country) == expected


def test_a_venue_with_the_name_of_its_town_is_none() -> None:
    assert of_city(venueName="Krakow").venue.name is None


def test_an_event_of_a_city_may_have_its_own_title_and_an_end() -> None:
    found = of_city(title="Tour of Tours", endsAt="2026-05-08T23:00:00")

    assert (found.title, found.performers) == ("Tour of Tours", ("Ola i Wiatr",))
    assert found.ends_at == datetime(2026, 5, 8, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    "image", ["https://x.example/thumb/0000.jpeg", "https://null.example/", "x"]
)
def test_an_invalid_picture_of_an_event_is_none(image: str) -> None:
    assert of_city(artistImageSrc=image).image_url is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"eventUrl": "https://www.bandsintown.example/a/4711"}, "no id"),
        ({"artistName": None}, "no title and no artist"),
        ({"startsAt": None}, "no start date"),
        ({"startsAt": "2026-13-01"}, "unreadable date"),
    ],
)
def test_an_event_of_a_city_without_a_required_value_is_rejected(
    change: dict[str, Any], reason: str
) -> None:
    with pytest.raises(RejectItem, match=reason):
        of_city(**change)


def page(data: Any) -> bytes:
    return f"<script>window.__data = {json.dumps(data)};</script>".encode()


DATA = {
    "templateData": {
        "canonicalAndLanguageLinkTagsData": {
            "canonicalLinkTagHref": "https://www.bandsintown.example/c/krakow-poland"
        },
        "jsonLdContainer": {
            "cityJsonLd": {"name": "Krakow, Poland"},
            "eventsJsonLd": [{"url": URL}, {"url": None}],
        },
    },
    "initialState": {
        "upcomingEvents": {
            "events": [shown()],
            "urlForNextPageOfEvents": "https://x.example/?page=2&longitude=19.93&latitude=50.07",
        }
    },
}


def test_the_page_of_a_city_has_its_name_path_and_centre() -> None:
    listing = read_city_page(page(DATA))

    assert listing.items == [shown()]
    assert listing.details["4711"] == {"url": URL}
    assert (listing.name, listing.path) == ("Krakow, Poland", "/c/krakow-poland")
    assert listing.centre == (50.07, 19.93)


def test_a_page_of_a_city_may_hold_events_only() -> None:
    listing = read_city_page(page({"initialState": {"upcomingEvents": {"events": []}}}))

    assert (listing.items, listing.name, listing.path, listing.centre) == ([], None, None, None)


@pytest.mark.parametrize(
    "body",
    [
        b"<title>Attention Required!</title>",
        b"<script>window.__data={not json}</script>",
        b"<script>window.__data=" + b"[" * 99_999,
        page([]),
        page({"initialState": None}),
        page({"initialState": {"upcomingEvents": {"events": {}}}}),
    ],
)
def test_a_page_without_events_of_bandsintown_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableResponse):
        read_city_page(body)


@pytest.mark.parametrize("document", [None, [], {}, {"events": None}])
def test_a_document_without_events_is_no_next_page(document: Any) -> None:
    with pytest.raises(UnreadableResponse):
        read_next_page(document)


def test_a_page_begins_after_a_day_if_all_its_events_do() -> None:
    listing = read_next_page({"events": [shown(), shown(startsAt="2026-05-10T20:00:00"), None]})

    assert listing.begins_after(date(2026, 5, 7))
    assert not listing.begins_after(date(2026, 5, 8))
    assert not read_next_page({"events": []}).begins_after(date(2026, 5, 7))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)


@pytest.mark.slow
@given(st.dictionaries(st.sampled_from(sorted(dated())), JSON))
def test_a_date_of_any_shape_is_a_record_or_a_reject(change: dict[str, Any]) -> None:
    result = parse_items(
        [dated(**change), dated()],
        lambda item: event_record(item, {}, WARSAW),
        lambda n, _: str(n),
        known_as,
    )

    assert "unexpected shape" not in {reject.reason for reject in result.rejects}
    assert result.records[-1].external_id == "4711"


@given(st.dictionaries(st.sampled_from(sorted(shown())), JSON), st.dictionaries(st.text(), JSON))
def test_an_event_of_a_city_of_any_shape_is_a_record_or_a_reject(
    change: dict[str, Any], details: dict[str, Any]
) -> None:
    result = parse_items(
        [shown(**change), shown()],
        lambda item: city_event_record(item, {"4711": details}, WARSAW),
        lambda n, _: str(n),
        city_event_known_as,
    )

    assert "unexpected shape" not in {reject.reason for reject in result.rejects}
    assert result.records[-1].external_id == "4711"


def test_a_status_that_is_taken_from_the_title_is_said_to_be() -> None:
    title = "CANCELLED: Tour of Tours"
    for found in (record(title=title), of_city(title=title)):
        assert (found.title, found.status) == ("Tour of Tours", EventStatus.CANCELLED)
        assert "status cancelled is taken from the title" in found.warnings
