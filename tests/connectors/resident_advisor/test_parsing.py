"""An event of Resident Advisor: its night, its place, what it costs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.connectors.resident_advisor.parsing import event_record, known_as
from include.discovery.model import EventRecord, EventStatus
from include.discovery.parsed import RejectItem, parse_items

WARSAW = ZoneInfo("Europe/Warsaw")
BASE = "https://ra.example"
CLUB = {
    "id": "55",
    "name": "Kotłownia",
    "address": "Zabłocie 20",
    "area": {"name": "Kraków", "country": {"name": "Poland"}},
    "location": {"latitude": 50.0489, "longitude": 19.9612},
}


def listing(**more: Any) -> dict[str, Any]:
    event = {
        "id": "901",
        "title": "Basement",
        "date": "2026-05-08T00:00:00.000",
        "startTime": "2026-05-08T22:00:00.000",
        "endTime": "2026-05-09T05:00:00.000",
        "contentUrl": "/events/901",
        "venue": CLUB,
        **more,
    }
    return {"id": "1", "listingDate": "2026-05-08T00:00:00.000", "event": event}


def record(**more: Any) -> EventRecord:
    return event_record(listing(**more), WARSAW, BASE)


def test_an_event_of_a_club_is_read() -> None:
    found = record(
        artists=[{"name": "DJ Przykład"}, {"name": ""}, {"name": "DJ Przykład"}],
        promoters=[{"name": "Para"}],
        genres=[{"name": "Techno"}],
        pick={"blurb": "<p>Not to be missed.</p>"},
        flyerFront="https://img.example/1.jpg",
        cost="40-60 zł",
    )

    assert (found.external_id, found.title) == ("901", "Basement")
    assert found.url == "https://ra.example/events/901"
    assert found.starts_at == datetime(2026, 5, 8, 20, tzinfo=UTC)
    assert found.ends_at == datetime(2026, 5, 9, 3, tzinfo=UTC)
    assert (found.local_date, found.timezone) == (date(2026, 5, 8), "Europe/Warsaw")
    assert found.performers == ("DJ Przykład",)
    assert (found.organizer, found.categories) == ("Para", ("Techno",))
    assert found.description == "Not to be missed."
    assert found.image_url == "https://img.example/1.jpg"
    assert (found.price.min, found.price.max, found.price.currency) == (40, 60, "PLN")
    assert found.warnings == ()


def test_the_club_is_the_venue() -> None:
    venue = record().venue

    assert (venue.name, venue.street, venue.locality) == ("Kotłownia", "Zabłocie 20", "Kraków")
    assert (venue.country, venue.external_id) == ("PL", "55")
    assert (venue.latitude, venue.longitude) == (50.0489, 19.9612)


@pytest.mark.parametrize(
    "name", ["TBA", "TBA - Kraków", "tba", "TBC", "Various venues - Kraków", "Secret location"]
)
def test_a_placeholder_for_a_place_is_no_venue(name: str) -> None:
    assert record(venue={**CLUB, "name": name}).venue is None


@pytest.mark.parametrize("name", ["Tbaraque", "Secret Garden", "Various"])
def test_a_name_that_only_resembles_a_placeholder_is_a_venue(name: str) -> None:
    assert record(venue={**CLUB, "name": name}).venue.name == name


def test_an_end_before_the_start_is_past_midnight() -> None:
    found = record(endTime="2026-05-08T05:00:00.000")

    assert found.ends_at == datetime(2026, 5, 9, 3, tzinfo=UTC)
    assert found.warnings == ("end before start: taken as past midnight",)


def test_midnight_is_a_time_and_a_missing_start_gives_the_day_of_the_listing() -> None:
    assert record(startTime="2026-05-09T00:00:00.000").starts_at == datetime(
        2026, 5, 8, 22, tzinfo=UTC
    )
    without = record(startTime=None)
    assert (without.local_date, without.time_known) == (date(2026, 5, 8), False)


def test_a_cost_is_in_the_currency_of_the_country() -> None:
    assert record(cost="15").price.currency == "PLN"
    assert record(cost="Free").price.is_free
    assert record(cost="£12.50").price.min == Decimal("12.50")


@pytest.mark.parametrize("cost", [None, "", "0"])
def test_an_empty_or_zero_cost_is_no_price(cost: str | None) -> None:
    assert record(cost=cost).price is None


def test_the_age_is_no_price() -> None:
    assert record(minimumAge="18", cost="").price is None


def test_the_first_valid_image_is_the_flyer_where_there_is_no_other() -> None:
    images = [{"filename": "javascript:x"}, {"filename": "https://img.example/2.jpg"}]

    assert record(images=images).image_url == "https://img.example/2.jpg"


def test_mathematical_letters_become_ordinary_letters() -> None:
    assert record(title="𝐁𝐀𝐒𝐄𝐌𝐄𝐍𝐓").title == "BASEMENT"


def test_a_cancelled_event_is_recognised_by_its_title() -> None:
    found = record(title="[CANCELLED] Basement")

    assert (found.title, found.status) == ("Basement", EventStatus.CANCELLED)
    assert "status cancelled is taken from the title" in found.warnings


def test_an_event_may_come_without_its_listing() -> None:
    assert event_record(listing()["event"], WARSAW, BASE) == record()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": None}, "no id"),
        ({"title": " "}, "no title"),
        ({"startTime": None, "date": None}, "no date"),
        ({"startTime": "soon", "date": "later"}, "no date"),
    ],
)
def test_an_event_without_a_required_value_is_rejected(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(RejectItem, match=reason):
        record(**change)


def test_a_listing_that_lost_its_event_is_rejected() -> None:
    with pytest.raises(RejectItem, match="a listing without its event"):
        event_record({"id": "1", "event": None}, WARSAW, BASE)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = (
    *("id", "title", "date", "startTime", "endTime", "contentUrl", "flyerFront", "cost", "images"),
    *("pick", "venue", "promoters", "artists", "genres"),
)


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_an_event_of_any_shape_is_a_record_or_a_reject(change: dict[str, Any]) -> None:
    result = parse_items(
        [listing(**change), listing()],
        lambda item: event_record(item, WARSAW, BASE),
        lambda n, _: str(n),
        known_as,
    )

    assert "unexpected shape" not in {reject.reason for reject in result.rejects}
    assert result.records[-1].title == "Basement"
