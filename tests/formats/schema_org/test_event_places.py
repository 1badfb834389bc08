"""Where schema.org says that an event takes place, and how one attends."""

from __future__ import annotations

from typing import Any

import pytest

from include.discovery.model import Attendance, Venue
from tests.formats.schema_org.event_support import record


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
            (
                {"name": "Sala", "geo": {"lat": "50.1", "lng": "19"}},
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
            (
                {"eventStatus": ["EventRescheduled", "EventMovedOnline"], "location": "Sala"},
                "online",
                "Sala",
            ),
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
