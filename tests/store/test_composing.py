"""Composing an event: from which of its listings it has each of its values."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from include.discovery.configuration import Configuration
from include.discovery.model import EventStatus, Price, SourceRole, Venue
from include.discovery.record_warnings import DateWarning, PlaceWarning
from include.discovery.store.audit import Author
from include.discovery.store.configuration import apply_configuration
from include.discovery.store.connection import Connection, rows
from include.discovery.store.entities import read_configuration
from include.discovery.store.event_ids import unite
from include.discovery.store.events import compose_events
from tests.support.builders import KRAKOW, WARSAW, event, source, stored_events, stored_pair

PORTAL = {"role": SourceRole.AGGREGATOR, "trust": 99}
HOUSE = {"role": SourceRole.OFFICIAL_VENUE, "trust": 1}
NO_HOUR = {"starts_at": None, "local_date": date(2026, 12, 24)}


def at(hour: int, day: int = 24) -> datetime:
    return datetime(2026, 12, day, hour, tzinfo=WARSAW)


def listed(conn: Connection, slug: str, *, of: dict[str, Any] | None = None, **said: Any) -> int:
    """Let a source list the event; return its listing."""
    pair = stored_pair(conn, KRAKOW, source(slug, **(of or {})))
    stored_events(conn, pair, [event("1", **said)])
    found = conn.execute(
        "SELECT l.id FROM discovery.listings l JOIN discovery.sources s ON s.id = l.source_id"
        " WHERE s.slug = %s", [slug],
    ).fetchone()  # fmt: skip
    assert found
    return int(found[0])


def as_one(conn: Connection, *listings: int) -> dict[str, Any]:
    """Make the listings one event, and return it."""
    with conn.transaction():
        unite(conn, [(listings[0], other) for other in listings[1:]])
        compose_events(conn, [the_event(conn)["id"]])
    return the_event(conn)


def the_event(conn: Connection) -> dict[str, Any]:
    (found,) = rows(conn, "SELECT * FROM discovery.events")
    return found


@pytest.mark.parametrize("role", [role for role in SourceRole if role is not SourceRole.AGGREGATOR])
def test_whoever_knows_an_event_first_hand_is_preferred_to_a_more_trusted_aggregator(
    conn: Connection, role: SourceRole
) -> None:
    portal = listed(conn, "portal", of=PORTAL, title="JAZZ!!!")
    house = listed(conn, "house", of={"role": role, "trust": 1}, title="Jazz")

    assert as_one(conn, portal, house)["title"] == "Jazz"


def test_among_those_who_know_it_first_hand_the_more_trusted_one_is_preferred(
    conn: Connection,
) -> None:
    shop = listed(conn, "shop", of={"role": SourceRole.TICKET_SHOP, "trust": 9}, title="Jazz")
    house = listed(conn, "house", of=HOUSE, title="JAZZ")

    assert as_one(conn, shop, house)["title"] == "Jazz"


def test_what_the_venue_does_not_say_is_taken_from_an_aggregator(conn: Connection) -> None:
    price = Price(min=Decimal(20), currency="PLN")
    portal = listed(
        conn, "portal", of=PORTAL, price=price, description="Two sets.", venue=Venue(name="Hall")
    )
    house = listed(conn, "house", of=HOUSE, venue=None)

    found = as_one(conn, portal, house)

    assert (found["price_min"], found["description"]) == (20, "Two sets.")
    assert found["venue_id"] is not None


CANCELLED = EventStatus.CANCELLED
OTHER_PORTAL = {"role": SourceRole.AGGREGATOR, "trust": 1}


@pytest.mark.parametrize("other", [HOUSE, OTHER_PORTAL], ids=["the venue", "another aggregator"])
def test_a_lone_aggregator_does_not_cancel_what_another_source_lists(
    conn: Connection, other: dict[str, Any]
) -> None:
    portal = listed(conn, "portal", of=PORTAL, status=CANCELLED)
    found = as_one(conn, portal, listed(conn, "other", of=other))

    assert found["status"] == "scheduled"


def test_two_aggregators_cancel_what_a_third_one_lists(conn: Connection) -> None:
    portals = [listed(conn, slug, of=PORTAL, status=CANCELLED) for slug in ("one", "two")]
    found = as_one(conn, *portals, listed(conn, "third", of=OTHER_PORTAL))

    assert found["status"] == "cancelled"


def test_the_venue_cancels_what_an_aggregator_still_lists(conn: Connection) -> None:
    portal = listed(conn, "portal", of=PORTAL)
    house = listed(conn, "house", of=HOUSE, status=CANCELLED)

    assert as_one(conn, portal, house)["status"] == "cancelled"


def test_an_aggregator_cancels_what_it_alone_still_lists(conn: Connection) -> None:
    house = listed(conn, "house", of=HOUSE)
    portal = listed(conn, "portal", of=PORTAL, status=CANCELLED)
    conn.execute("UPDATE discovery.listings SET withdrawn_at = now() WHERE id = %s", [house])

    assert as_one(conn, house, portal)["status"] == "cancelled"


def test_of_two_equal_sources_the_one_that_changed_last_is_preferred(conn: Connection) -> None:
    stale, fresh = listed(conn, "stale", title="Jaz"), listed(conn, "fresh", title="Jazz")
    conn.execute(
        "UPDATE discovery.listings SET changed_at = now() - interval '3 days' WHERE id = %s",
        [stale],
    )

    assert as_one(conn, stale, fresh)["title"] == "Jazz"


def test_of_two_equal_sources_that_changed_on_one_day_the_more_complete_one_is_preferred(
    conn: Connection,
) -> None:
    poor = listed(conn, "poor", title="Jaz")
    rich = listed(conn, "rich", title="Jazz", description="Two sets.", organizer="The house")

    assert as_one(conn, poor, rich)["title"] == "Jazz"


def test_what_is_no_longer_listed_counts_less_than_an_aggregator(conn: Connection) -> None:
    portal = listed(conn, "portal", of=PORTAL, title="JAZZ")
    house = listed(conn, "house", of=HOUSE, title="Jazz")
    conn.execute("UPDATE discovery.listings SET withdrawn_at = now() WHERE id = %s", [house])

    assert as_one(conn, portal, house)["title"] == "JAZZ"


class TestTime:
    """Day, hour and end."""

    def test_an_hour_is_taken_from_whoever_knows_it_of_that_day(self, conn: Connection) -> None:
        house = listed(conn, "house", of=HOUSE, **NO_HOUR)
        other_day = listed(conn, "wrong", of=PORTAL, starts_at=at(20, day=25))
        portal = listed(conn, "portal", of=PORTAL | {"trust": 5}, starts_at=at(19))

        found = as_one(conn, house, other_day, portal)

        assert (found["local_date"], found["starts_at"]) == (date(2026, 12, 24), at(19))
        assert found["time_known"]

    def test_no_hour_is_taken_from_another_day(self, conn: Connection) -> None:
        house = listed(conn, "house", of=HOUSE, **NO_HOUR)
        other_day = listed(conn, "wrong", of=PORTAL, starts_at=at(20, day=25))

        found = as_one(conn, house, other_day)

        assert (found["local_date"], found["time_known"]) == (date(2026, 12, 24), False)

    def test_an_end_is_taken_from_whoever_knows_it_of_the_same_start(
        self, conn: Connection
    ) -> None:
        house = listed(conn, "house", of=HOUSE, starts_at=at(19))
        doors = listed(conn, "doors", of=PORTAL, starts_at=at(18), ends_at=at(23))
        portal = listed(conn, "portal", starts_at=at(19), ends_at=at(22))

        assert as_one(conn, house, doors, portal)["ends_at"] == at(22)

    def test_the_end_of_another_start_is_not_taken(self, conn: Connection) -> None:
        house = listed(conn, "house", of=HOUSE, starts_at=at(19))
        doors = listed(conn, "doors", of=PORTAL, starts_at=at(17), ends_at=at(18))

        assert as_one(conn, house, doors)["ends_at"] is None

    def test_a_postponed_event_keeps_the_day_that_another_listing_has(
        self, conn: Connection
    ) -> None:
        house = listed(
            conn, "house", of=HOUSE, starts_at=None, local_date=None, status=EventStatus.POSTPONED
        )
        portal = listed(conn, "portal", of=PORTAL, starts_at=at(19))

        found = as_one(conn, house, portal)

        assert (found["status"], found["starts_at"]) == ("postponed", at(19))


SAID: dict[str, dict[str, Any]] = {
    "house": {"of": HOUSE, **NO_HOUR, "title": "Jazz"},
    "portal": {"of": PORTAL, "starts_at": at(19), "ends_at": at(22), "title": "JAZZ"},
    "other": {"starts_at": at(19), "description": "Two sets.", "url": "https://x.example/"},
}


@pytest.mark.parametrize("order", list(permutations(SAID)))
def test_in_whatever_order_sources_come_an_event_has_the_same_values(
    conn: Connection, order: tuple[str, ...]
) -> None:
    found = as_one(conn, *(listed(conn, slug, **SAID[slug]) for slug in order))

    values = {"title": "Jazz", "starts_at": at(19), "ends_at": at(22), "time_known": True,
              "description": "Two sets.", "url": "https://x.example/"}  # fmt: skip
    assert found | values == found


@pytest.mark.parametrize("changed", [{"role": SourceRole.OFFICIAL_VENUE}, {"trust": 99}])
def test_events_follow_at_once_when_a_source_gets_another_role_or_trust(
    conn: Connection, changed: dict[str, Any]
) -> None:
    one = listed(conn, "one", of={"trust": 10}, title="JAZZ")
    other = listed(conn, "other", of={"trust": 5}, title="Jazz")
    assert as_one(conn, one, other)["title"] == "JAZZ"
    stored = read_configuration(conn)
    sources = {**stored.sources, "other": stored.sources["other"].model_copy(update=changed)}

    apply_configuration(
        conn, Configuration.model_construct(sources=sources), changed_by=Author("ada", "cli")
    )

    assert the_event(conn)["title"] == "Jazz"


def test_an_event_that_is_as_it_was_is_not_written(conn: Connection) -> None:
    found = as_one(conn, listed(conn, "portal", of=PORTAL), listed(conn, "house", of=HOUSE))
    version = "SELECT ctid::text FROM discovery.events"
    before = conn.execute(version).fetchone()

    with conn.transaction():
        compose_events(conn, [found["id"]])

    assert conn.execute(version).fetchone() == before


def origins(conn: Connection) -> dict[str, tuple[str, bool]]:
    """Return the source of each value of the event, and whether it was assumed."""
    found = conn.execute("SELECT field, source, is_assumed FROM discovery.event_fields")
    return {field: (said_by, is_assumed) for field, said_by, is_assumed in found}


def test_of_each_value_of_an_event_it_is_known_which_source_it_is_from(conn: Connection) -> None:
    price = Price(min=Decimal(20), currency="PLN")
    house = listed(conn, "house", of=HOUSE, title="Jazz", **NO_HOUR)
    portal = listed(
        conn, "portal", of=PORTAL, title="JAZZ", starts_at=at(19), ends_at=at(22), price=price
    )
    as_one(conn, house, portal)

    by = {field: who for field, (who, _) in origins(conn).items()}

    assert by == {
        "title": "house", "venue": "house", "city": "house", "status": "house",
        "attendance": "house", "start": "portal", "end": "portal", "price": "portal",
    }  # fmt: skip


def test_an_event_of_one_listing_has_all_its_values_from_that(conn: Connection) -> None:
    listed(conn, "house", description="Two sets.")

    assert {who for who, _ in origins(conn).values()} == {"house"}
    assert "description" in origins(conn)


class TestAssumed:
    """What was assumed or repaired in reading the listing that a value is from."""

    YEAR = DateWarning.YEAR_NOT_GIVEN.said(years=2026)
    TOWN = PlaceWarning.ONLY_A_TOWN

    def test_what_its_only_source_leaves_to_be_assumed_is_assumed_of_the_event(
        self, conn: Connection
    ) -> None:
        listed(conn, "house", warnings=(self.TOWN, self.YEAR, "of an older version"))

        assert the_event(conn)["assumed"] == ["start", "venue"]
        assert {field for field, (_, assumed) in origins(conn).items() if assumed} == {
            "start", "venue",
        }  # fmt: skip

    def test_a_value_that_another_source_tells_is_not_assumed(self, conn: Connection) -> None:
        house = listed(conn, "house", of=HOUSE, title="Jazz", warnings=(self.TOWN,))
        portal = listed(conn, "portal", of=PORTAL, title="JAZZ", warnings=(self.YEAR,))

        assert as_one(conn, house, portal)["assumed"] == ["venue"]

    def test_what_a_source_tells_at_last_is_no_longer_assumed(self, conn: Connection) -> None:
        pair = stored_pair(conn)
        stored_events(conn, pair, [event("1", warnings=(self.YEAR,))], "first")

        stored_events(conn, pair, [event("1")], "second")

        assert the_event(conn)["assumed"] == []

    def test_views_tell_consumers_what_was_assumed(self, conn: Connection) -> None:
        listed(conn, "house", warnings=(self.YEAR,))

        for view in ("all_events", "event_sources"):
            found = conn.execute(f"SELECT assumed FROM discovery.{view}".encode()).fetchall()
            assert found == [(["start"],)]
