"""One schema.org event, property by property, in every form that pages give them."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from include.discovery.formats.schema_org.page import read_page
from include.discovery.model import Attendance, City, EventRecord, EventStatus, Price, Venue, Window
from include.discovery.parsed import Parsed

URL = "https://dom.example/kalendarz"
WARSAW = ZoneInfo("Europe/Warsaw")
TYCHY = City(
    slug="tychy", name="Tychy", country="PL", timezone="Europe/Warsaw", latitude=50.1, longitude=19
)


def parsed(event: dict[str, Any], **more: Any) -> Parsed:
    given = {"@type": "Event", "name": "Koncert", "startDate": "2026-05-08T19:00", **event}
    return read_page(json.dumps(given).encode(), **{"url": URL, "zone": WARSAW, **more})


def record(event: dict[str, Any], **more: Any) -> EventRecord:
    found = parsed(event, **more)
    assert not found.rejects
    assert len(found.records) == 1
    return found.records[0]


def local(moment: Any) -> str | None:
    return f"{moment:%Y-%m-%dT%H:%M}" if moment else None


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
            ({"endDate": "late"}, "end dropped: 'late' is no date"),
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
        assert record(event).status is EventStatus.CANCELLED

    def test_a_postponed_event_needs_no_date(self) -> None:
        found = record({"eventStatus": "EventPostponed", "startDate": None})
        assert (found.status, found.local_date) == (EventStatus.POSTPONED, None)

    def test_an_earlier_date_means_rescheduled(self) -> None:
        assert record({"previousStartDate": ["2026-04-08"]}).status is EventStatus.RESCHEDULED
        assert record({"previousStartDate": "2026-05-08"}).status is EventStatus.SCHEDULED


class TestPlace:
    ADDRESS = {  # noqa: RUF012
        "@type": "PostalAddress",
        "streetAddress": "Rynek 1",
        "addressLocality": "Tychy",
        "addressRegion": "śląskie",
        "postalCode": "43-100",
        "addressCountry": "Polska",
    }

    @pytest.mark.parametrize(
        ("location", "venue"),
        [
            ("Sala kameralna", Venue(name="Sala kameralna")),
            (
                {"name": "Sala", "address": "Rynek 1, Tychy"},
                Venue(name="Sala", street="Rynek 1", locality="Tychy"),
            ),
            (
                {"@type": "Place", "name": "Sala", "address": ADDRESS},
                Venue(
                    name="Sala",
                    street="Rynek 1",
                    locality="Tychy",
                    region="śląskie",
                    postcode="43-100",
                    country="PL",
                ),
            ),
            (
                ADDRESS,
                Venue(
                    street="Rynek 1",
                    locality="Tychy",
                    region="śląskie",
                    postcode="43-100",
                    country="PL",
                ),
            ),
            (
                {"address": {"addressCountry": {"@type": "Country", "name": "UK"}}},
                None,
            ),
            (
                {"name": "Sala", "geo": {"latitude": "50,1", "longitude": 19.0}},
                Venue(name="Sala", latitude=50.1, longitude=19.0),
            ),
            (
                {"name": "Sala", "latitude": 50.1, "longitude": "19"},
                Venue(name="Sala", latitude=50.1, longitude=19),
            ),
            ({"name": "Sala", "geo": {"latitude": "", "longitude": ""}}, Venue(name="Sala")),
            (
                {
                    "name": "Sala",
                    "containedInPlace": {
                        "name": "Dom",
                        "address": ADDRESS,
                        "geo": {"latitude": 50.1, "longitude": 19},
                    },
                },
                Venue(
                    name="Sala",
                    street="Rynek 1",
                    locality="Tychy",
                    region="śląskie",
                    postcode="43-100",
                    country="PL",
                    latitude=50.1,
                    longitude=19,
                ),
            ),
            (
                {"@id": "https://dom.example/sala", "name": "Sala"},
                Venue(name="Sala", external_id="https://dom.example/sala"),
            ),
            ([{"name": "Sala"}, {"name": "Sala"}], Venue(name="Sala")),
            ({"name": "TBA", "address": ""}, None),
            ({}, None),
            ([], None),
            (5, Venue(name="5")),
        ],
    )
    def test_the_location_is_read_in_any_form(self, location: Any, venue: Venue | None) -> None:
        found = record({"location": location})
        assert (found.venue, found.attendance) == (venue, Attendance.OFFLINE)
        assert found.warnings == ()

    @pytest.mark.parametrize(
        ("location", "warning"),
        [
            (
                {"name": "Sala", "geo": {"latitude": 0, "longitude": 0}},
                "venue coordinates dropped: 0, 0",
            ),
            (
                {"name": "Sala", "geo": {"latitude": 500, "longitude": 1}},
                "venue coordinates dropped",
            ),
            (
                {"name": "Sala", "geo": {"latitude": "N", "longitude": 1}},
                "venue coordinates dropped",
            ),
            ({"name": "Sala", "address": {"addressCountry": "Śląsk"}}, "venue country dropped"),
            ([{"name": "Sala"}, {"name": "Foyer"}], "several places; also at Foyer"),
        ],
    )
    def test_a_part_of_a_location_that_cannot_be_read_costs_only_itself(
        self, location: dict[str, Any] | list[dict[str, Any]], warning: str
    ) -> None:
        found = record({"location": location})
        assert found.venue.name == "Sala"
        assert len(found.warnings) == 1
        assert found.warnings[0].startswith(warning)

    @pytest.mark.parametrize(
        ("event", "attendance", "name"),
        [
            (
                {"location": {"@type": "VirtualLocation", "url": "https://x.example"}},
                "online",
                None,
            ),
            ({"location": "https://x.example/stream"}, "online", None),
            ({"location": "Online"}, "online", None),
            ({"location": {"@type": "Place", "name": "Online event"}}, "online", None),
            ({"location": [{"@type": "VirtualLocation"}, {"name": "Sala"}]}, "mixed", "Sala"),
            (
                {"eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode"},
                "online",
                None,
            ),
            (
                {"eventAttendanceMode": "MixedEventAttendanceMode", "location": "Sala"},
                "mixed",
                "Sala",
            ),
            ({"eventAttendanceMode": "OfflineEventAttendanceMode"}, "offline", "Dom"),
            ({"eventStatus": "EventMovedOnline", "location": "Sala"}, "online", "Sala"),
            ({}, "offline", "Dom"),
        ],
    )
    def test_the_attendance_follows_from_mode_and_location(
        self, event: dict[str, Any], attendance: str, name: str | None
    ) -> None:
        found = record(event, default_venue=Venue(name="Dom"))
        assert found.attendance == attendance
        assert (found.venue.name if found.venue else None) == name
        assert found.warnings == ()

    @pytest.mark.parametrize(
        "location",
        [
            {"@type": "Place", "url": "https://zoom.us/j/5"},
            {"@type": "Place", "url": "https://teams.microsoft.com/l/meetup-join/5"},
            {"@type": "Place", "sameAs": "https://meet.google.com/abc"},
            {"@type": "Place", "name": "Online event", "address": {"streetAddress": None}},
            {"@type": "Place", "name": "Online", "address": {"addressCountry": ""}},
            {"@type": "Place", "name": "Zoom Meeting", "address": {"@type": "PostalAddress"}},
            {"@type": "Place", "name": "Live Stream", "geo": {"latitude": None, "longitude": None}},
            {"@type": "Place", "name": "Wydarzenie online"},
            {"@type": "VirtualLocation", "name": "Hall"},
            {"@type": "Place", "name": "https://zoom.us/j/5"},
            "https://www.youtube.com/watch?v=x",
            "En ligne",
        ],
    )
    def test_a_place_that_is_only_online_is_no_venue(self, location: Any) -> None:
        found = record({"location": location})

        assert (found.attendance, found.venue, found.warnings) == (Attendance.ONLINE, None, ())

    @pytest.mark.parametrize(
        "location",
        [
            {"@type": "Place", "url": "https://hall.example/"},
            {"@type": "Place", "url": "https://www.google.com/maps/place/Hall"},
            "https://maps.app.goo.gl/abc",
        ],
    )
    def test_a_link_to_a_map_or_a_page_makes_no_event_online(self, location: Any) -> None:
        found = record({"location": location})

        assert (found.attendance, found.venue) == (Attendance.OFFLINE, None)

    @pytest.mark.parametrize(
        ("event", "warning"),
        [
            (
                {"eventAttendanceMode": "OfflineEventAttendanceMode", "location": "Zoom"},
                "attendance: said to be on site, but the place is online",
            ),
            (
                {
                    "eventAttendanceMode": "OnlineEventAttendanceMode",
                    "location": {"name": "Sala", "address": "Rynek 1, 43-100 Tychy"},
                },
                "attendance: said to be online, but a street address is given",
            ),
        ],
    )
    def test_a_place_that_contradicts_the_mode_is_told(
        self, event: dict[str, Any], warning: str
    ) -> None:
        assert record(event).warnings == (warning,)

    def test_an_unknown_attendance_mode_gives_a_warning(self) -> None:
        assert record({"eventAttendanceMode": "Hall"}).warnings == (
            "eventAttendanceMode dropped: 'Hall' is unknown",
        )


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


class TestSchedule:
    WEEKLY = {  # noqa: RUF012
        "@type": "Schedule",
        "startDate": "2026-05-04",
        "endDate": "2026-06-30",
        "repeatFrequency": "P1W",
        "byDay": ["https://schema.org/Tuesday", "https://schema.org/Thursday"],
        "startTime": "19:30:00",
        "endTime": "21:00:00",
        "exceptDate": ["2026-05-14", "2026-05-19T19:30:00"],
        "scheduleTimezone": "Europe/London",
    }
    MAY = Window(date(2026, 5, 1), date(2026, 5, 31))

    def starts(self, schedule: Any, window: Window | None = None, **event: Any) -> list[str]:
        found = parsed({"eventSchedule": schedule, **event}, window=window)
        assert not found.rejects
        return [local(r.starts_at) or str(r.local_date) for r in found.records]

    def test_a_weekly_schedule_gives_its_days_in_the_window_except_the_excluded_ones(self) -> None:
        found = parsed({"eventSchedule": self.WEEKLY, "url": "/kurs"}, window=self.MAY)
        assert [r.local_date.day for r in found.records] == [5, 7, 12, 21, 26, 28]
        first = found.records[0]
        assert first.starts_at.isoformat() == "2026-05-05T19:30:00+01:00"
        assert first.ends_at.isoformat() == "2026-05-05T21:00:00+01:00"
        assert first.external_id == "https://dom.example/kurs#20260505T1930"
        assert {r.series_id for r in found.records} == {"https://dom.example/kurs"}

    @pytest.mark.parametrize(
        ("schedule", "starts"),
        [
            (
                {
                    "startDate": "2026-05-29",
                    "repeatFrequency": "P1D",
                    "repeatCount": 3,
                    "startTime": "20:00",
                },
                ["2026-05-29T20:00", "2026-05-30T20:00", "2026-05-31T20:00"],
            ),
            (
                {
                    "startDate": "2026-05-01",
                    "endDate": "2026-05-20",
                    "byDay": "Monday",
                    "startTime": "09:00",
                },
                ["2026-05-04T09:00", "2026-05-11T09:00", "2026-05-18T09:00"],
            ),
            (
                {
                    "startDate": "2026-05-01",
                    "repeatFrequency": "monthly",
                    "repeatCount": "2",
                    "byDay": "2MO",
                },
                ["2026-05-11", "2026-06-08"],
            ),
            (
                {
                    "startDate": "2026-05-31T18:00",
                    "repeatFrequency": "P1M",
                    "byMonthDay": 31,
                    "repeatCount": 2,
                },
                ["2026-05-31T18:00", "2026-07-31T18:00"],
            ),
            ({"startDate": "2026-05-09", "startTime": "18:00"}, ["2026-05-09T18:00"]),
            ({"byDay": ["Fr"], "repeatCount": 1}, ["2026-05-08T19:00"]),
            (
                [
                    {"startDate": "2026-05-09", "startTime": "10:00"},
                    {"startDate": "2026-05-09", "startTime": "12:00"},
                ],
                ["2026-05-09T10:00", "2026-05-09T12:00"],
            ),
        ],
    )
    def test_a_schedule_is_read_in_any_form(
        self, schedule: dict[str, Any] | list[dict[str, Any]], starts: list[str]
    ) -> None:
        assert self.starts(schedule) == starts

    @pytest.mark.parametrize(
        ("by_day", "days"),
        [
            ("Monday, Wednesday", [4, 6, 11]),
            ("Monday and Wednesday", [4, 6, 11]),
            ("Monday Wednesday", [4, 6, 11]),
            ("Monday;Wednesday", [4, 6, 11]),
            ("Mon/Wed", [4, 6, 11]),
            ("Mon. & Wed.", [4, 6, 11]),
            ("MO,WE", [4, 6, 11]),
            ("https://schema.org/Monday,https://schema.org/Wednesday", [4, 6, 11]),
            ("http://schema.org/Monday http://schema.org/Wednesday", [4, 6, 11]),
            ("schema:Monday, schema:Wednesday", [4, 6, 11]),
            (["Monday, Wednesday", "Friday"], [1, 4, 6, 8, 11]),
            ("Mondays and Wednesdays", [4, 6, 11]),
            ("Montag und Mittwoch", [4, 6, 11]),
            ("lundi, mercredi et vendredi", [1, 4, 6, 8, 11]),
            ("lunes y miércoles", [4, 6, 11]),
            ("poniedziałek i środa", [4, 6, 11]),
            ("lunedì e mercoledì", [4, 6, 11]),
            ("maanantai ja keskiviikko", [4, 6, 11]),
            ("måndag och onsdag", [4, 6, 11]),
            ("pondělí a středa", [4, 6, 11]),
            ("Mo-We", [4, 5, 6, 11]),
            ("Monday to Wednesday", [4, 5, 6, 11]),
            ("Montag bis Mittwoch", [4, 5, 6, 11]),
            ("Su-Mo", [3, 4, 10, 11]),
            ("Mo-Tu, Fr", [1, 4, 5, 8, 11]),
            ("weekends", [2, 3, 9, 10]),
            ("weekdays", [1, 4, 5, 6, 7, 8, 11]),
            ("daily", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
        ],
    )
    def test_the_days_of_a_schedule_may_be_one_text(
        self, by_day: str | list[str], days: list[int]
    ) -> None:
        schedule = {
            "startDate": "2026-05-01",
            "endDate": "2026-05-11",
            "repeatFrequency": "P1W",
            "byDay": by_day,
        }
        found = parsed({"eventSchedule": schedule})
        assert found.rejects == ()
        assert [item.local_date.day for item in found.records if item.local_date] == days

    @pytest.mark.parametrize("by_day", ["Monday, Caturday", "2MO-FR", "PublicHolidays", "Di, Do"])
    def test_a_text_with_what_may_be_no_day_is_refused_whole(self, by_day: str) -> None:
        found = parsed({"eventSchedule": {"repeatFrequency": "P1W", "byDay": by_day}})
        assert "of the week" in found.rejects[0].detail or "range" in found.rejects[0].detail

    def test_the_dates_of_the_event_bound_a_schedule_without_its_own(self) -> None:
        schedule = {"repeatFrequency": "P1W", "startTime": "10:00"}
        starts = self.starts(schedule, startDate="2026-05-08", endDate="2026-05-20")
        assert starts == ["2026-05-08T10:00", "2026-05-15T10:00"]

    def test_a_schedule_keeps_its_time_when_the_clocks_change(self) -> None:
        schedule = {
            "startDate": "2026-03-22",
            "repeatFrequency": "P1W",
            "repeatCount": 2,
            "startTime": "19:00+01:00",
        }
        assert self.starts(schedule) == ["2026-03-22T19:00", "2026-03-29T19:00"]

    def test_a_schedule_without_a_window_is_followed_for_400_days(self) -> None:
        schedule = {"startDate": "2026-05-08", "repeatFrequency": "P1W"}
        assert len(self.starts(schedule)) == 58

    @pytest.mark.parametrize(
        ("schedule", "detail"),
        [
            ({"repeatFrequency": "sometimes"}, "repeatFrequency 'sometimes' is no period"),
            ({"byDay": "Caturday"}, 'byDay "Caturday" is no day of the week'),
            ({"repeatFrequency": "P1W", "byMonthDay": 99}, "BYMONTHDAY=99"),
        ],
    )
    def test_a_schedule_that_is_not_understood_leaves_the_date_of_the_event(
        self, schedule: dict[str, Any], detail: str
    ) -> None:
        found = parsed({"eventSchedule": schedule})
        assert [local(record.starts_at) for record in found.records] == ["2026-05-08T19:00"]
        assert found.rejects[0].reason == "schedule not understood"
        assert detail in found.rejects[0].detail

    def test_a_schedule_that_never_matches_is_given_up_with_a_reject(self) -> None:
        never = {
            "startDate": "2026-01-01",
            "repeatFrequency": "P1D",
            "byMonth": 2,
            "byMonthDay": 30,
        }
        found = parsed({"eventSchedule": never})
        assert [local(record.starts_at) for record in found.records] == ["2026-05-08T19:00"]
        assert found.rejects[0].detail.startswith("recurrence takes too long to follow")


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
