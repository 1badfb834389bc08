"""Where an iCalendar event takes place: venues out of free text, coordinates, online events."""

from typing import Any

import pytest

from include.discovery.connectors.icalendar.feed import read_feed
from include.discovery.model import Attendance, City, Venue
from tests.connectors.icalendar.ics_support import WARSAW, event, feed, record


def parts(venue: Venue | None) -> dict[str, str]:
    return venue.model_dump(exclude_none=True) if venue else {}


@pytest.mark.parametrize(
    ("location", "venue"),
    [
        ("Blue Cellar", {"name": "Blue Cellar"}),
        (
            r"Blue Cellar\, Floriańska 3\, 31-019 Kraków",
            {
                "name": "Blue Cellar",
                "street": "Floriańska 3",
                "postcode": "31-019",
                "locality": "Kraków",
            },
        ),
        (
            r"Blue Cellar\, ul. Długa 5/2\, Kraków",
            {"name": "Blue Cellar", "street": "ul. Długa 5/2", "locality": "Kraków"},
        ),
        (
            r"Kulturhaus @ Am Ufer 4-6\, 10115 Berlin\, Deutschland",
            {
                "name": "Kulturhaus",
                "street": "Am Ufer 4-6",
                "postcode": "10115",
                "locality": "Berlin",
                "country": "DE",
            },
        ),
        (
            "Kulturhaus @ Am Ufer 4 10115 Berlin",
            {
                "name": "Kulturhaus",
                "street": "Am Ufer 4",
                "postcode": "10115",
                "locality": "Berlin",
            },
        ),
        (
            r"12 Apostles Hall\, 40 Elm Street\, Springfield\, OH\, 45501\, United States",
            {
                "name": "12 Apostles Hall",
                "street": "40 Elm Street",
                "postcode": "45501",
                "locality": "Springfield",
                "region": "OH",
                "country": "US",
            },
        ),
        (
            r"40 Elm St\, Springfield\, OH 45501\, USA",
            {
                "street": "40 Elm St",
                "postcode": "45501",
                "locality": "Springfield",
                "region": "OH",
                "country": "US",
            },
        ),
        (
            r"Room 2\, Old Mill\, 8 Mill Lane\, 75001 Paris",
            {
                "name": "Room 2, Old Mill",
                "street": "8 Mill Lane",
                "postcode": "75001",
                "locality": "Paris",
            },
        ),
        (
            r"Blue Cellar\nFloriańska 3\n31-019 Kraków",
            {
                "name": "Blue Cellar",
                "street": "Floriańska 3",
                "postcode": "31-019",
                "locality": "Kraków",
            },
        ),
        # not clear: the name keeps it all
        (r"Room 5\, Main Library", {"name": "Room 5, Main Library"}),
        (r"Expo\, Hall 2", {"name": "Expo, Hall 2"}),
        ("Elm Street 5", {"name": "Elm Street 5"}),
        (r"Old Mill\, Riverside\, Far East", {"name": "Old Mill, Riverside, Far East"}),
        ("<b>Blue</b> Cellar &amp; Bar", {"name": "Blue Cellar & Bar"}),
        ("   ", {}),
        ("office@example.org", {}),
    ],
)
def test_a_location_is_split_where_its_form_is_clear(location: str, venue: dict[str, Any]) -> None:
    assert parts(record(f"LOCATION:{location}").venue) == venue


def test_the_own_name_of_the_city_is_recognised_in_a_location() -> None:
    city = City(
        slug="krakow",
        name="Kraków",
        country="PL",
        timezone="Europe/Warsaw",
        latitude=50.06,
        longitude=19.94,
        alternate_names=("Cracow",),
    )
    body = feed(event("DTSTART:20260307T190000", r"LOCATION:Blue Cellar\, cracow"))
    (found,) = read_feed(body, WARSAW, city=city).records
    assert parts(found.venue) == {"name": "Blue Cellar", "locality": "cracow"}


@pytest.mark.parametrize(
    ("line", "coordinates"),
    [
        ("GEO:50.06;19.94", (50.06, 19.94)),
        (r"GEO:50.06\;19.94", (50.06, 19.94)),
        ("GEO:50.06,19.94", (50.06, 19.94)),
        ("GEO:0;0", (None, None)),
        ("GEO:0.0;0.0", (None, None)),
        ("GEO:91;0", (None, None)),
        ("GEO:nan;1", (None, None)),
        ("GEO:inf;1", (None, None)),
        ("GEO:north", (None, None)),
        ("GEO:", (None, None)),
        (
            "X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE=Blue Cellar:geo:50.06,19.94",
            (50.06, 19.94),
        ),
    ],
)
def test_coordinates_are_read_in_any_form(line: str, coordinates: tuple[Any, ...]) -> None:
    venue = record("LOCATION:Blue Cellar", line).venue
    assert venue is not None
    assert (venue.latitude, venue.longitude) == coordinates


def test_coordinates_alone_are_a_venue() -> None:
    assert parts(record("GEO:50.06;19.94").venue) == {"latitude": 50.06, "longitude": 19.94}


def test_the_apple_property_names_the_venue_where_location_does_not() -> None:
    line = 'X-APPLE-STRUCTURED-LOCATION;X-TITLE="Blue, Cellar":geo:50.06,19.94'
    assert parts(record(line).venue)["name"] == "Blue, Cellar"


@pytest.mark.parametrize(
    ("lines", "attendance"),
    [
        (["LOCATION:Blue Cellar"], Attendance.OFFLINE),
        ([], Attendance.OFFLINE),
        (["LOCATION:Online"], Attendance.ONLINE),
        (["LOCATION:Online via Zoom"], Attendance.ONLINE),
        (["LOCATION:Microsoft Teams Meeting"], Attendance.ONLINE),
        (["LOCATION:https://zoom.example/j/123"], Attendance.ONLINE),
        (["LOCATION:online - https://meet.example/x"], Attendance.ONLINE),
        (["LOCATION:Wydarzenie online"], Attendance.ONLINE),
        (["LOCATION:En ligne"], Attendance.ONLINE),
        (["CONFERENCE;VALUE=URI:https://meet.example/x"], Attendance.ONLINE),
        (["LOCATION:Blue Cellar", "CONFERENCE:https://meet.example/x"], Attendance.MIXED),
        (["LOCATION:Blue Cellar & online"], Attendance.MIXED),
        (["LOCATION:Hybrid: Blue Cellar"], Attendance.MIXED),
        (["LOCATION:Zoom Gallery"], Attendance.OFFLINE),
        (["LOCATION:Virtual Reality Centre"], Attendance.OFFLINE),
        (["LOCATION:Blue Cellar, https://cellar.example"], Attendance.OFFLINE),
    ],
)
def test_the_attendance_follows_from_location_and_conference(
    lines: list[str], attendance: Attendance
) -> None:
    assert record(*lines).attendance is attendance


def test_an_online_event_has_no_venue() -> None:
    assert record("LOCATION:Online").venue is None


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        ([], "The Owner's House"),
        (["LOCATION:"], "The Owner's House"),
        (["LOCATION:Blue Cellar"], "Blue Cellar"),
        (["LOCATION:Online"], None),
    ],
)
def test_the_venue_of_the_settings_stands_in_for_a_missing_one(
    lines: list[str], name: str | None
) -> None:
    body = feed(event("DTSTART:20260307T190000", *lines))
    (found,) = read_feed(body, WARSAW, default_venue=Venue(name="The Owner's House")).records
    assert (found.venue.name if found.venue else None) == name
