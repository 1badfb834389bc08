"""The preset for SeatGeek: a key in the query, placeholder times, prices of resold tickets."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from include.discovery.connectors import connector_for
from include.discovery.errors import AuthenticationFailed, InvalidSettings, MissingConnection
from include.discovery.model import EventRecord, EventStatus
from include.discovery.parsed import Parsed
from tests.connectors.presets.preset_support import Network, assert_complete_and_repeatable, parsed
from tests.sites.seatgeek import Site
from tests.support.reading import LookedAt, detections

DENVER = ZoneInfo("America/Denver")
EVENT = {
    "id": 5001,
    "title": "The Gravel Choir",
    "url": "https://seatgeek.com/e/5001",
    "datetime_local": "2026-05-09T19:30:00",
    "datetime_utc": "2026-05-10T01:30:00",
    "enddatetime_utc": None,
    "datetime_tbd": False,
    "date_tbd": False,
    "time_tbd": False,
    "status": "normal",
    "conditional": False,
    "taxonomies": [{"name": "concert"}],
    "performers": [],
    "venue": {
        "id": 9,
        "name": "Slate Arena",
        "address": "1 Quarry Road",
        "city": "Boulder",
        "state": "CO",
        "country": "US",
        "postal_code": "80301",
        "timezone": "America/Denver",
        "location": {"lat": 40.01, "lon": -105.27},
    },
    "stats": {"listing_count": 4, "lowest_price": 42, "highest_price": 120.5},
}
UNKNOWN_HOUR = {"datetime_local": "2026-05-09T03:30:00", "time_tbd": True}


def read(**changes: Any) -> Parsed:
    return parsed("seatgeek", {"meta": {"total": 1}, "events": [{**EVENT, **changes}]})


def one(**changes: Any) -> EventRecord:
    (record,) = read(**changes).records
    return record


def test_a_sync_of_seatgeek_is_complete_and_gives_the_same_again() -> None:
    assert_complete_and_repeatable(Network(Site))


def test_seatgeek_is_asked_around_the_city_for_the_window() -> None:
    network = Network(Site)
    pages = network.read()

    assert [page.expected for page in pages] == [5, 5, 5]
    assert network.asked[0].query == {
        "client_id": Site.key,
        "datetime_local.gte": "2026-05-01",
        "datetime_local.lt": "2027-05-02",
        "lat": "50.06190",
        "lon": "19.93690",
        "range": "18.6mi",
        "sort": "id.asc",
        "per_page": "2",
        "page": "1",
    }
    assert [question.query["page"] for question in network.asked] == ["1", "2", "3"]


def test_pages_of_seatgeek_are_large_unless_the_settings_say_otherwise() -> None:
    network = Network(Site)
    network.read(without="paging")

    (question,) = network.asked
    assert (question.query["per_page"], question.query["page"]) == ("500", "1")


def test_seatgeek_is_asked_without_a_place_for_a_source_without_a_city() -> None:
    network = Network(Site)

    with pytest.raises(InvalidSettings, match=r"needs \{latitude\}, but this source has no"):
        network.read(city=None)

    network.read(city=None, query={"lat": None, "lon": None, "range": None, "venue.country": "CA"})
    assert {"lat", "lon", "range"}.isdisjoint(network.asked[0].query)
    assert network.asked[0].query["venue.country"] == "CA"


def test_no_request_to_seatgeek_is_sent_without_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(Site)
    monkeypatch.setattr(network.site, "key", None)

    with pytest.raises(MissingConnection):
        network.read()

    assert network.asked == []


def test_a_refused_key_is_a_failure_of_authentication() -> None:
    with pytest.raises(AuthenticationFailed, match="Check the key") as failure:
        Network(Site).read(key="somebody-elses")

    assert "somebody-elses" not in str(failure.value)


def test_an_event_has_its_id_page_and_venue() -> None:
    record = one()

    assert (record.external_id, record.url) == ("5001", EVENT["url"])
    assert record.venue.model_dump() == {
        "name": "Slate Arena",
        "street": "1 Quarry Road",
        "postcode": "80301",
        "locality": "Boulder",
        "region": "CO",
        "country": "US",
        "latitude": 40.01,
        "longitude": -105.27,
        "external_id": "9",
    }


def test_the_description_of_an_event_is_its_text() -> None:
    assert one(description="Doors at seven.").description == "Doors at seven."
    assert one(description="").description is None


def test_times_of_an_event_are_those_of_its_venue() -> None:
    record = one(enddatetime_utc="2026-05-10T04:00:00")

    assert record.starts_at == datetime(2026, 5, 9, 19, 30, tzinfo=DENVER)
    assert record.ends_at == datetime(2026, 5, 9, 22, tzinfo=DENVER)
    assert record.timezone == "America/Denver"
    assert record.warnings == ()
    assert one(datetime_local="2026-05-09T19:30:00Z").starts_at == record.starts_at


def test_half_past_three_with_the_flag_is_an_unknown_time() -> None:
    record = one(**UNKNOWN_HOUR)

    assert (record.starts_at, record.time_known) == (None, False)
    assert record.local_date == date(2026, 5, 9)
    assert one(**{**UNKNOWN_HOUR, "time_tbd": False}).starts_at is not None


def test_an_event_with_an_unknown_date_is_rejected_unless_it_is_postponed() -> None:
    undated = {**UNKNOWN_HOUR, "date_tbd": True}
    (reject,) = read(**undated).rejects
    postponed = one(**undated, status="postponed")

    assert reject.reason == "no date"
    assert (postponed.local_date, postponed.status) == (None, EventStatus.POSTPONED)


@pytest.mark.parametrize(
    ("word", "conditional", "status"),
    [
        ("normal", False, EventStatus.SCHEDULED),
        (None, None, EventStatus.SCHEDULED),
        ("normal", True, EventStatus.TENTATIVE),
        ("contingent", True, EventStatus.TENTATIVE),
        ("postponed", True, EventStatus.POSTPONED),
        ("rescheduled", False, EventStatus.RESCHEDULED),
        ("canceled", False, EventStatus.CANCELLED),
        ("cancelled", True, EventStatus.CANCELLED),
    ],
)
def test_every_word_of_seatgeek_for_a_status_is_read(
    word: str | None, conditional: bool | None, status: EventStatus
) -> None:
    record = one(status=word, conditional=conditional)

    assert (record.status, record.warnings) == (status, ())


def test_an_unknown_word_for_a_status_gives_a_warning() -> None:
    record = one(status="limbo")

    assert record.status is EventStatus.SCHEDULED
    assert "limbo" in record.warnings[0]


def test_prices_are_the_lowest_and_the_highest_in_dollars() -> None:
    price = one().price

    assert (price.min, price.max, price.currency) == (Decimal(42), Decimal("120.5"), "USD")


def test_a_price_is_in_dollars_in_other_countries_too() -> None:
    record = one(venue={**EVENT["venue"], "country": "Canada"})

    assert (record.venue.country, record.price.currency) == ("CA", "USD")


@pytest.mark.parametrize(
    "stats",
    [
        None,
        {},
        {"lowest_price": None, "highest_price": None},
        {"lowest_price": 0, "highest_price": 0},
    ],
)
def test_an_event_without_tickets_has_no_price(stats: dict[str, Any] | None) -> None:
    record = one(stats=stats)

    assert (record.price, record.warnings) == (None, ())


def test_the_picture_is_that_of_the_first_performer() -> None:
    guests = {"name": "Guests", "primary": False, "image": "https://img.example/guests.jpg"}
    choir = {"name": "Choir", "primary": True, "image": "https://img.example/choir.jpg"}
    record = one(performers=[guests, choir])

    assert record.performers == ("Guests", "Choir")
    assert record.image_url == choir["image"]
    assert one(performers=[guests]).image_url == guests["image"]
    assert one(performers=[guests, {**choir, "image": None}]).image_url == guests["image"]


def test_kinds_and_genres_are_categories() -> None:
    performer = {"name": "Choir", "genres": [{"name": "Folk"}, {"name": "concert"}]}

    assert one(performers=[performer, {"name": "Guests"}]).categories == ("concert", "Folk")


@pytest.mark.parametrize("venue", [None, {}, {**EVENT["venue"], "name": "TBD", "timezone": None}])
def test_a_venue_may_lack_most_values(venue: dict[str, Any] | None) -> None:
    record = one(venue=venue)

    assert record.venue is None or record.venue.name is None
    assert record.timezone == "Europe/Warsaw"  # what the city says


@pytest.mark.parametrize(
    "address",
    ["https://seatgeek.com/", "https://www.seatgeek.com/venues/x", "https://seatgeek.com"],
)
def test_seatgeek_is_recognised_by_its_host(address: str) -> None:
    ((settings, _),) = detections(connector_for("seatgeek"), LookedAt(address, "<p>"))

    assert settings == {}


def test_seatgeek_is_recognised_by_the_name_of_the_site() -> None:
    page = '<meta content="SeatGeek" property="og:site_name"/>'

    ((settings, _),) = detections(connector_for("seatgeek"), LookedAt("https://t.example/", page))

    assert settings == {}


def test_a_page_that_only_mentions_seatgeek_is_not_recognised() -> None:
    page = '<meta property="og:site_name" content="Club"><meta name="x" content="SeatGeek">'

    assert detections(connector_for("seatgeek"), LookedAt("https://t.example/", page)) == []


@pytest.mark.parametrize("address", ["https://myseatgeek.com/", "https://x.example/seatgeek.com/"])
def test_a_host_that_only_resembles_seatgeek_is_not_recognised(address: str) -> None:
    assert detections(connector_for("seatgeek"), LookedAt(address, "<p>")) == []
