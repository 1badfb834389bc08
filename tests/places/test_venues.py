"""Venue and attendance of an event follow from what its source tells, alike for every kind."""

from __future__ import annotations

import pytest

from include.discovery.model import Attendance, Venue
from include.discovery.places.venues import placed
from include.discovery.record_warnings import PlaceWarning

MILL = Venue(name="Old Mill", street="Lipowa 3", locality="Tychy")


@pytest.mark.parametrize(
    ("told", "venue"),
    [
        (Venue(name="Old Mill", street="Lipowa 3, 43-100 Tychy"),
         Venue(name="Old Mill", street="Lipowa 3", postcode="43-100", locality="Tychy")),
        (Venue(name="Old Mill", street="Lipowa 3, Tychy", locality="Tychy"), MILL),
        (Venue(name="Old Mill", street="Lipowa 3 Tychy", locality="Tychy"), MILL),
        (Venue(name="Old Mill", street="Old Mill, Lipowa 3, 43-100 Tychy"),
         Venue(name="Old Mill", street="Lipowa 3", postcode="43-100", locality="Tychy")),
        (Venue(name="Hall 2", street="Old Mill, Lipowa 3, 43-100 Tychy"),
         Venue(name="Hall 2", street="Old Mill, Lipowa 3", postcode="43-100", locality="Tychy")),
        (Venue(name="Old Mill, Lipowa 3, 43-100 Tychy"),
         Venue(name="Old Mill", street="Lipowa 3", postcode="43-100", locality="Tychy")),
        (Venue(name="The Lamp", street="London, UK"),
         Venue(name="The Lamp", locality="London", country="GB")),
        (Venue(name="The Lamp", street="12 Elm Street, Troy, NY 12180", country="US"),
         Venue(name="The Lamp", street="12 Elm Street", postcode="12180", locality="Troy",
               region="NY", country="US")),
        (Venue(name="The Lamp", street="12 Elm Street, Troy, NY", region="New York"),
         Venue(name="The Lamp", street="12 Elm Street", locality="Troy", region="New York")),
        # what contradicts a field of its own is left as it is
        (Venue(name="The Lamp", street="12 Elm Street, Troy, NY", locality="Albany"),
         Venue(name="The Lamp", street="12 Elm Street, Troy, NY", locality="Albany")),
        (Venue(name="The Lamp", street="Lipowa 3, 43-100 Tychy", postcode="43-101"),
         Venue(name="The Lamp", street="Lipowa 3, 43-100 Tychy", postcode="43-101")),
        (Venue(name="Old Mill", street="4150 Water Street", postcode="18042"),
         Venue(name="Old Mill", street="4150 Water Street", postcode="18042")),
        (Venue(name="TBA", street="Lipowa 3", locality="Tychy"),
         Venue(street="Lipowa 3", locality="Tychy")),
        (Venue(name="Old Mill", street="n/a", locality="Tychy"),
         Venue(name="Old Mill", locality="Tychy")),
        (Venue(name="Old Mill https://mill.example/a"), Venue(name="Old Mill")),
        (Venue(name="TBA"), None),
        (Venue(country="PL"), None),
        (Venue(name="Poland"), None),
        (Venue(region="NY", country="US"), None),
        (Venue(external_id="7"), None),
        (None, None),
    ],
)  # fmt: skip
def test_a_venue_is_settled(told: Venue | None, venue: Venue | None) -> None:
    said: list[str] = []

    found = placed(told, said)

    assert (found.venue, found.attendance, said) == (venue, Attendance.OFFLINE, [])


@pytest.mark.parametrize(
    "told",
    [
        Venue(locality="Tychy"),
        Venue(name="Tychy", locality="Tychy", country="PL"),
        Venue(name="TBA", locality="Tychy"),
        Venue(name="Tychy, Poland"),
        Venue(street="43-100 Tychy"),
    ],
)
def test_a_venue_that_is_only_a_town_says_so(told: Venue) -> None:
    said: list[str] = []

    found = placed(told, said)

    assert found.venue is not None
    assert (found.venue.name, found.venue.street, found.venue.locality) == (None, None, "Tychy")
    assert said == [PlaceWarning.ONLY_A_TOWN]


@pytest.mark.parametrize(
    ("told", "virtual", "stated", "attendance", "warnings"),
    [
        (MILL, False, None, "offline", []),
        (None, False, None, "offline", []),
        (MILL, True, None, "mixed", []),
        (None, True, None, "online", []),
        (Venue(name="Zoom Meeting"), False, None, "online", []),
        (Venue(name="Online event", country="PL"), False, None, "online", []),
        (Venue(name="Old Mill", street="Online"), False, None, "mixed", []),
        (Venue(name="Old Mill & online"), False, None, "mixed", []),
        (
            Venue(name="https://lamps.example/x"),
            False,
            None,
            "online",
            [PlaceWarning.LINK_AS_PLACE],
        ),
        (Venue(name="https://zoom.us/j/5"), False, None, "online", []),
        (Venue(name="https://osm.org/node/5"), False, None, "offline", []),
        (Venue(name="Zoom"), False, "offline", "offline", [PlaceWarning.ONLINE_PLACE]),
        (MILL, True, "offline", "offline", [PlaceWarning.ONLINE_PLACE]),
        (MILL, False, "online", "online", [PlaceWarning.REAL_PLACE]),
        (Venue(name="Old Mill"), False, "online", "online", []),
        (MILL, True, "online", "online", []),
        (MILL, False, "mixed", "mixed", []),
        (None, False, "mixed", "mixed", []),
        (None, False, "online", "online", []),
    ],
)
def test_the_attendance_follows_from_mode_and_place(
    told: Venue | None, virtual: bool, stated: str | None, attendance: str, warnings: list[str]
) -> None:
    said: list[str] = []

    found = placed(told, said, is_virtual=virtual, stated=Attendance(stated) if stated else None)

    assert (found.attendance, said) == (attendance, warnings)


def test_words_for_online_are_no_venue() -> None:
    assert placed(Venue(name="Zoom", street="Online", locality="Online"), []).venue is None


def test_an_event_that_was_moved_online_is_online_without_a_warning() -> None:
    said: list[str] = []

    assert placed(MILL, said, is_moved=True).attendance is Attendance.ONLINE
    assert said == []


def test_the_venue_of_the_settings_stands_in_for_none_and_for_a_town() -> None:
    said: list[str] = []

    assert placed(None, said, default=MILL).venue == MILL
    assert placed(Venue(locality="Tychy"), said, default=MILL).venue == MILL
    assert placed(Venue(name="Zoom"), said, default=MILL).venue is None
    assert said == []
