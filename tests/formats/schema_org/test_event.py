"""One schema.org event, property by property, in every form that pages give them."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from include.discovery.formats.schema_org.page import read_page
from include.discovery.model import EventStatus, Price
from tests.formats.schema_org.event_support import TYCHY, local, parsed, record


@pytest.mark.parametrize(
    ("name", "title", "status"),
    [
        ("Koncert", "Koncert", "scheduled"),
        ("  <b>Koncert</b> &amp; kolacja\n", "Koncert & kolacja", "scheduled"),
        ("ODWOŁANE: Koncert", "Koncert", "cancelled"),
        ("Zespół @ Klub", "Zespół @ Klub", "scheduled"),
        (["Koncert", "Concert"], "Koncert", "scheduled"),
        ([" ", "Koncert"], "Koncert", "scheduled"),
        ({"@value": "Koncert", "@language": "pl"}, "Koncert", "scheduled"),
        ([{"@language": "pl", "@value": "Koncert"}], "Koncert", "scheduled"),
        (1984, "1984", "scheduled"),
    ],
)
def test_the_name_of_an_event_gives_its_title_and_status(
    name: Any, title: str, status: str
) -> None:
    found = record({"name": name})
    assert (found.title, found.status) == (title, status)


def test_a_headline_stands_in_for_the_name() -> None:
    assert record({"name": " ", "headline": "Wesele"}).title == "Wesele"


class TestTimes:
    @pytest.mark.parametrize(
        ("event", "starts_at", "ends_at"),
        [
            ({"endDate": "2026-05-08T21:30"}, "2026-05-08T19:00", "2026-05-08T21:30"),
            ({"startDate": ["2026-05-08T19:00"]}, "2026-05-08T19:00", None),
            (
                {"startDate": {"@type": "Date", "@value": "2026-05-08T19:00"}},
                "2026-05-08T19:00",
                None,
            ),
            ({"duration": "PT2H30M"}, "2026-05-08T19:00", "2026-05-08T21:30"),
            ({"duration": "P1DT1H"}, "2026-05-08T19:00", "2026-05-09T20:00"),
            ({"duration": "PT0S"}, "2026-05-08T19:00", None),
            ({"startDate": "2026-05-08", "startTime": "20:15:00"}, "2026-05-08T20:15", None),
            (
                {"startDate": "2026-05-08", "startTime": "20:15", "endTime": "22:00"},
                "2026-05-08T20:15",
                "2026-05-08T22:00",
            ),
        ],
    )
    def test_the_start_and_the_end_are_read(
        self, event: dict[str, Any], starts_at: str, ends_at: str | None
    ) -> None:
        found = record(event)
        assert (local(found.starts_at), local(found.ends_at)) == (starts_at, ends_at)

    def test_a_day_without_a_time_has_no_start_time(self) -> None:
        found = record({"startDate": "2026-05-08", "endDate": "2026-05-08"})
        assert (found.local_date, found.time_known, found.ends_at) == (
            date(2026, 5, 8),
            False,
            None,
        )

    def test_the_door_time_stands_in_for_a_missing_start_time_with_a_warning(self) -> None:
        found = record({"startDate": "2026-05-08", "doorTime": "2026-05-08T18:30"})
        assert local(found.starts_at) == "2026-05-08T18:30"
        assert found.warnings == ("hour taken from doorTime",)

    @pytest.mark.parametrize(
        ("event", "warning"),
        [
            ({"endDate": "late"}, "end dropped: 'late' is not a date"),
            ({"duration": "T1M33S"}, "duration dropped: 'T1M33S'"),
            ({"startDate": "2026-05-08T19:00+00:00"}, "suspect offset +00:00"),
        ],
    )
    def test_a_dropped_or_guessed_time_gives_a_warning(
        self, event: dict[str, Any], warning: str
    ) -> None:
        found = record(event)
        assert local(found.starts_at) == "2026-05-08T19:00"
        assert len(found.warnings) == 1
        assert found.warnings[0].startswith(warning)

    def test_offsets_of_a_reliable_site_are_believed(self) -> None:
        found = record({"startDate": "2026-05-08T17:00+00:00"}, offset_is_reliable=True)
        assert local(found.starts_at) == "2026-05-08T19:00"

    def test_the_last_change_is_an_instant(self) -> None:
        found = record({"dateModified": "2026-04-01T10:00:00+02:00"})
        assert found.source_updated_at.isoformat() == "2026-04-01T08:00:00+00:00"
        assert record({"dateModified": "2026-04-01"}).source_updated_at is None


class TestStatus:
    @pytest.mark.parametrize(
        ("given", "status"),
        [
            ("https://schema.org/EventScheduled", EventStatus.SCHEDULED),
            ("http://schema.org/EventCancelled", EventStatus.CANCELLED),
            ("EventCanceled", EventStatus.CANCELLED),
            ("schema:EventPostponed", EventStatus.POSTPONED),
            ("eventrescheduled", EventStatus.RESCHEDULED),
            ({"@id": "https://schema.org/EventMovedOnline"}, EventStatus.MOVED_ONLINE),
            (["https://schema.org/EventRescheduled"], EventStatus.RESCHEDULED),
            (["EventScheduled", "https://schema.org/EventCancelled"], EventStatus.CANCELLED),
            ("Abgesagt", EventStatus.CANCELLED),
            ("on-schedule", EventStatus.SCHEDULED),
            (None, EventStatus.SCHEDULED),
        ],
    )
    def test_the_event_status_is_read(self, given: Any, status: EventStatus) -> None:
        found = record({"eventStatus": given})
        assert (found.status, found.warnings) == (status, ())

    def test_an_unknown_status_gives_a_warning(self) -> None:
        assert record({"eventStatus": "SoldOut"}).warnings == (
            "eventStatus dropped: 'SoldOut' is unknown",
        )

    def test_the_more_serious_of_status_and_title_counts(self) -> None:
        event = {"eventStatus": "EventRescheduled", "name": "CANCELLED: Koncert"}
        found = record(event)
        assert found.status is EventStatus.CANCELLED
        assert found.warnings == ("status cancelled is taken from the title",)

    def test_a_postponed_event_needs_no_date(self) -> None:
        found = record({"eventStatus": "EventPostponed", "startDate": None})
        assert (found.status, found.local_date) == (EventStatus.POSTPONED, None)

    def test_an_earlier_date_means_rescheduled(self) -> None:
        assert record({"previousStartDate": ["2026-04-08"]}).status is EventStatus.RESCHEDULED
        assert record({"previousStartDate": "2026-05-08"}).status is EventStatus.SCHEDULED

    @pytest.mark.parametrize(
        ("given", "day", "clock"),
        [
            ("2026-04-08T19:30:00+02:00", date(2026, 4, 8), (19, 30)),
            ("2026-04-08", date(2026, 4, 8), None),
            (["2026-03-01", "2026-04-08T20:00"], date(2026, 4, 8), (20, 0)),
            ("soon", None, None),
            ("0001-01-01T00:00:00Z", None, None),
            ("9999-12-31T23:59:59-12:00", None, None),
            (None, None, None),
        ],
    )
    def test_an_earlier_start_is_kept(
        self, given: Any, day: date | None, clock: tuple[int, int] | None
    ) -> None:
        found = record({"previousStartDate": given, "eventStatus": "EventRescheduled"})

        assert found.previous_date == day
        start = found.previous_start
        zone = ZoneInfo(found.timezone)
        told = None if start is None else start.astimezone(zone)
        assert (told and (told.hour, told.minute)) == clock

    def test_an_earlier_start_that_is_the_one_it_has_now_is_none(self) -> None:
        start = "2026-05-08T19:00:00+02:00"
        found = record({"startDate": start, "previousStartDate": start})
        assert (found.previous_date, found.previous_start) == (None, None)

        earlier = record({"startDate": start, "previousStartDate": "2026-05-08T18:00:00+02:00"})
        assert earlier.previous_date == date(2026, 5, 8)
        assert earlier.status is EventStatus.SCHEDULED


def price(low: Any = None, high: Any = None, currency: str | None = None, **more: Any) -> Price:
    amounts = [None if amount is None else Decimal(str(amount)) for amount in (low, high)]
    return Price(min=amounts[0], max=amounts[1], currency=currency, **more)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            {"offers": {"price": "40.00", "priceCurrency": "PLN"}},
            price(40, 40, "PLN", is_free=False),
        ),
        (
            {"offers": {"price": 12.5, "priceCurrency": "eur"}},
            price(12.5, 12.5, "EUR", is_free=False),
        ),
        ({"offers": {"price": "10,00"}}, price(10, 10, "PLN", is_free=False)),
        ({"offers": {"price": "10.123456"}}, price("10.12", "10.12", "PLN", is_free=False)),
        ({"offers": [{"price": 40}, {"price": 60}]}, price(40, 60, "PLN", is_free=False)),
        ({"offers": {"lowPrice": 40, "highPrice": 60}}, price(40, 60, "PLN", is_free=False)),
        ({"offers": {"lowPrice": 60, "highPrice": 40}}, price(40, 60, "PLN", is_free=False)),
        ({"offers": {"lowPrice": 40}}, price(40, None, "PLN", is_free=False)),
        ({"offers": {"highPrice": 60}}, price(None, 60, "PLN", is_free=False)),
        (
            {"offers": {"priceSpecification": {"price": 5, "priceCurrency": "EUR"}}},
            price(5, 5, "EUR", is_free=False),
        ),
        (
            {"offers": {"@type": "AggregateOffer", "offers": [{"price": 5}, {"price": 9}]}},
            price(5, 9, "PLN", is_free=False),
        ),
        (
            {"offers": {"price": "$10-$15", "priceCurrency": "USD"}},
            price(10, 15, "USD", is_free=False),
        ),
        ({"offers": {"price": "Free"}}, price(0, 0, is_free=True)),
        ({"offers": {"price": 0, "priceCurrency": "PLN"}}, price(0, 0, "PLN", is_free=True)),
        ({"offers": [{"price": 0}, {"price": 20}]}, price(0, 20, "PLN", is_free=False)),
        ({"offers": "25 zł"}, price(25, 25, "PLN", is_free=False)),
        ({"offers": "https://bilety.example/5"}, None),
        ({"offers": {"url": "https://bilety.example/5", "availability": "InStock"}}, None),
        ({"offers": []}, None),
        ({}, None),
        ({"isAccessibleForFree": True, "offers": {"price": 10}}, price(0, 0, is_free=True)),
        ({"isAccessibleForFree": "https://schema.org/True"}, price(0, 0, is_free=True)),
        ({"isAccessibleForFree": "false"}, price(is_free=False)),
        ({"isAccessibleForFree": False, "offers": {"price": 0}}, price(is_free=False)),
        (
            {"isAccessibleForFree": False, "offers": [{"price": 0}, {"price": 9}]},
            price(9, 9, "PLN", is_free=False),
        ),
        (
            {
                "offers": [
                    {"price": 9, "priceCurrency": "EUR"},
                    {"price": 40, "priceCurrency": "PLN"},
                ]
            },
            price(9, 9, "EUR", is_free=False, text="40.00 PLN"),
        ),
    ],
)
def test_offers_give_the_price(event: dict[str, Any], expected: Price | None) -> None:
    found = record(event, city=TYCHY)
    assert found.price == expected
    assert found.warnings == ()


def test_a_negative_price_is_no_price() -> None:
    assert record({"offers": {"price": -5}}).price is None


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("Ala", ("Ala",)),
        (["Ala", {"@type": "Person", "name": "Ola"}, {"name": "Ala"}], ("Ala", "Ola")),
        ({"@type": "MusicGroup", "name": ["Trio", "Trio (PL)"]}, ("Trio",)),
        ({"@id": "https://dom.example/ala"}, ()),
        ([None, "", {}, [], 0.5], ("0.5",)),
        (["https://ala.example", "Ola"], ("Ola",)),
    ],
)
def test_performers_and_organizers_are_read_in_any_form(given: Any, names: tuple[str, ...]) -> None:
    found = record({"performer": given, "organizer": given})
    assert found.performers == names
    assert found.organizer == (", ".join(names) or None)


def test_kinds_and_keywords_are_categories() -> None:
    event = {
        "@type": ["Event", "http://schema.org/MusicEvent"],
        "keywords": "jazz, live ,jazz",
        "genre": ["blues", {"@type": "DefinedTerm", "name": "soul"}],
    }
    assert record(event).categories == ("MusicEvent", "jazz", "live", "blues", "soul")


@pytest.mark.parametrize(
    ("image", "url"),
    [
        ("/a.jpg", "https://dom.example/a.jpg"),
        (["", "/a.jpg", "/b.jpg"], "https://dom.example/a.jpg"),
        ({"@type": "ImageObject", "url": "/a.jpg"}, "https://dom.example/a.jpg"),
        ({"@type": "ImageObject", "contentUrl": "/a.jpg"}, "https://dom.example/a.jpg"),
        ({"@type": "ImageObject", "url": {"@id": "/x"}}, None),
        ("data:image/gif;base64,R0lG", None),
        ("javascript:alert(1)", None),
        ("/img/placeholder.png", None),
        (["/img/event-placeholder-300x200.jpg?v=1", "/a.jpg"], "https://dom.example/a.jpg"),
        ("/no-image.gif", None),
        ("/blank.gif", None),
        ("/placeholders-concert.jpg", "https://dom.example/placeholders-concert.jpg"),
        ("/pixelated-night.jpg", "https://dom.example/pixelated-night.jpg"),
        ("/point-blank-live.jpg", "https://dom.example/point-blank-live.jpg"),
    ],
)
def test_the_image_is_read_in_any_form(image: Any, url: str | None) -> None:
    assert record({"image": image}).image_url == url


@pytest.mark.parametrize(
    ("given", "language"),
    [
        ("pl", "pl"),
        ("PL-pl", "pl-pl"),
        ("en_US", "en-US"),
        ({"alternateName": "pl"}, "pl"),
        ([{"name": "Polish"}, "pl"], "pl"),
        ("Polish", None),
        ("", None),
        (5, None),
    ],
)
def test_the_language_is_read_in_any_form(given: Any, language: str | None) -> None:
    found = record({"inLanguage": given}).language
    assert (found or "").lower() == (language or "").lower()


def test_a_description_keeps_its_paragraphs() -> None:
    found = record({"description": "<p>Pierwszy.</p><p>Drugi.</p><script>x</script>"})
    assert found.description == "Pierwszy.\nDrugi."


@pytest.mark.parametrize(
    ("parent", "series"),
    [
        (
            {"@type": "EventSeries", "@id": "https://dom.example/cykl", "name": "Cykl"},
            "https://dom.example/cykl",
        ),
        ({"@type": "EventSeries", "url": "/cykl"}, "https://dom.example/cykl"),
        ({"@type": "EventSeries", "name": "Cykl"}, "Cykl"),
        ("https://dom.example/cykl", "https://dom.example/cykl"),
        (None, None),
    ],
)
def test_the_superior_event_gives_the_series(parent: Any, series: str | None) -> None:
    assert record({"superEvent": parent}).series_id == series


@pytest.mark.parametrize(
    ("given", "performers"),
    [
        ("Organization", ()),
        ({"@type": "Organization", "name": "Organization"}, ()),
        ({"@type": "Organization", "name": "The Mill Orchestra"}, ("The Mill Orchestra",)),
        (["Person", {"@type": "Person", "name": "Ada"}], ("Ada",)),
    ],
)
def test_the_type_of_a_performer_is_no_name(given: object, performers: tuple[str, ...]) -> None:
    (found,) = parsed({"performer": given}).records
    assert found.performers == performers


def test_organizers_and_performers_may_be_references() -> None:
    page = {
        "@graph": [
            {"@type": "Organization", "@id": "#mill", "name": "The Mill"},
            {"@type": "Person", "@id": "#ada", "name": "Ada"},
            {
                "@type": "Event",
                "name": "Trio",
                "startDate": "2026-05-08",
                "organizer": {"@id": "#mill"},
                "performer": [{"@id": "#ada"}, {"@id": "#nobody"}],
            },
        ]
    }
    (found,) = read_page(json.dumps(page).encode(), url=None, zone=ZoneInfo("UTC")).records
    assert (found.organizer, found.performers) == ("The Mill", ("Ada",))
