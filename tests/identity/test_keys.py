"""Match keys: equal exactly for what is the same beyond doubt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.identity.keys import event_key, venue_key
from include.discovery.model import EventRecord, Venue
from tests.support.builders import HALL, WARSAW, event

storable = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1, max_size=500
)
LARGEST_INDEX_ENTRY = 2704  # bytes that a PostgreSQL B-tree takes


def key_of(record: EventRecord, source: str = "theatres") -> str:
    return event_key(record, venue_key(record.venue, "krakow"), source)


class TestVenues:
    """A venue is its name within its place."""

    @pytest.mark.parametrize(
        "other",
        [
            {"name": "SALA  KONGRESOWA"},
            {"name": "Sala-Kongresowa!"},
            {"locality": "KRAKOW"},
            {"street": "another street", "postcode": "00-000", "region": "x", "external_id": "7"},
            {"latitude": 1.0, "longitude": 2.0},
        ],
    )
    def test_the_key_of_a_venue_ignores_case_accents_and_punctuation(
        self, other: dict[str, str]
    ) -> None:
        same = HALL.model_copy(update=other)

        assert venue_key(same, "krakow") == venue_key(HALL, "krakow")

    @pytest.mark.parametrize(
        "other", [{"name": "Mała sala"}, {"locality": "Łódź"}, {"country": "DE"}]
    )
    def test_a_venue_with_another_name_or_place_has_another_key(
        self, other: dict[str, str]
    ) -> None:
        assert venue_key(HALL.model_copy(update=other), "krakow") != venue_key(HALL, "krakow")

    def test_the_place_of_a_venue_without_a_locality_is_the_searched_city(self) -> None:
        unplaced = HALL.model_copy(update={"locality": None})

        assert venue_key(unplaced, "krakow") == venue_key(HALL, "paris")

    def test_the_key_of_a_venue_without_a_name_is_made_of_its_street(self) -> None:
        assert venue_key(Venue(street="Rynek 1"), "krakow") == "rynek 1|krakow|"

    @pytest.mark.parametrize("venue", [None, Venue(), Venue(name="–"), Venue(locality="Kraków")])
    def test_a_venue_without_name_and_street_has_no_key(self, venue: Venue | None) -> None:
        assert venue_key(venue, "krakow") is None

    def test_a_bar_in_a_name_does_not_shift_the_parts_of_a_key(self) -> None:
        assert venue_key(Venue(name="a|b"), "c") != venue_key(Venue(name="a", locality="b|c"), None)


class TestEvents:
    """An event is what, when and where, all three."""

    def test_the_key_of_an_event_ignores_case_and_time_zone(self) -> None:
        a = event("1", title="Koncert Łódzki")
        b = event("99", title="KONCERT LODZKI!", timezone="UTC",
                  starts_at=datetime(2026, 12, 24, 18, tzinfo=UTC))  # fmt: skip

        assert key_of(a, "theatres") == key_of(b, "tickets")

    @pytest.mark.parametrize(
        "other",
        [
            {"title": "Another concert"},
            {"starts_at": datetime(2026, 12, 24, 20, tzinfo=WARSAW)},
            {"starts_at": datetime(2026, 12, 25, 19, tzinfo=WARSAW)},
            {"starts_at": None, "local_date": datetime(2026, 12, 24, tzinfo=UTC).date()},
            {"venue": Venue(name="Mała sala", locality="Kraków")},
        ],
    )
    def test_an_event_with_another_title_start_or_venue_has_another_key(
        self, other: dict[str, object]
    ) -> None:
        assert key_of(event("1", **{"title": "Concert", **other})) != key_of(
            event("1", title="Concert")
        )

    @pytest.mark.parametrize(
        "vague",
        [
            {"venue": None},
            {"venue": Venue(locality="Kraków")},
            {"starts_at": None, "status": "postponed"},
            {"title": "???"},
        ],
    )
    def test_an_event_without_title_start_or_venue_has_the_key_of_its_listing(
        self, vague: dict[str, object]
    ) -> None:
        record = event("1", **vague)

        assert key_of(record) == "theatres:1"
        assert key_of(record, "tickets") == "tickets:1"

    def test_events_in_both_of_the_repeated_hours_of_autumn_have_different_keys(self) -> None:
        first, second = (
            event("1", title="Concert",
                  starts_at=datetime(2026, 10, 25, 2, 30, tzinfo=WARSAW, fold=fold))
            for fold in (0, 1)
        )  # fmt: skip

        assert key_of(first) != key_of(second)

    @given(title=storable, name=storable, locality=storable, external_id=storable)
    def test_a_key_fits_into_an_index_whatever_it_is_made_of(
        self, title: str, name: str, locality: str, external_id: str
    ) -> None:
        venue = Venue(name=name, locality=locality)
        record = event(external_id, title=title, venue=venue)

        keys = [key_of(record), venue_key(venue, "krakow") or ""]
        assert all(len(key.encode()) <= LARGEST_INDEX_ENTRY for key in keys)

    @given(title=storable, spaces=st.integers(0, 3))
    def test_case_and_space_in_a_title_do_not_change_the_key(self, title: str, spaces: int) -> None:
        title = title[:400]
        padded = " " * spaces + title + "\t" * spaces
        same = [key_of(event("1", title=text)) for text in (title, padded)]

        assert same[0] == same[1]

    def test_long_titles_that_differ_only_at_their_end_have_different_keys(self) -> None:
        a, b = (event("1", title="word " * 90 + end) for end in ("one", "two"))

        assert key_of(a) != key_of(b)

    @given(st.integers(-12, 12))
    def test_the_zone_of_an_instant_does_not_change_the_key(self, hours: int) -> None:
        instant = event("1").starts_at
        assert instant is not None
        moved = instant.astimezone(timezone(timedelta(hours=hours)))

        assert key_of(event("1", starts_at=moved)) == key_of(event("1"))
