"""Finding events by what people look for, page by page."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from include.discovery.model import EventRecord, EventStatus, Venue
from include.discovery.store.connection import Connection
from include.discovery.store.queries.event_search import (
    EventFilter,
    When,
    listings_of,
    read_event,
    search_events,
)
from tests.support.builders import KRAKOW, PARIS, WARSAW, event, source, stored_events, stored_pair

TODAY = datetime.now(UTC).date()


def on(day: date, hour: int = 19) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=WARSAW)


def in_days(days: int, title: str, **changes: Any) -> EventRecord:
    """Build an event so many days from now at 19:00, in a venue of its own name."""
    return event(
        title,
        title=title,
        **{"starts_at": on(TODAY + timedelta(days=days)), "venue": None, **changes},
    )


def titles(conn: Connection, **wanted: Any) -> list[str]:
    page = search_events(conn, EventFilter(**wanted))
    return [row["title"] for row in page.events]


def test_upcoming_events_come_soonest_first_and_those_without_an_hour_last_in_their_day(
    conn: Connection,
) -> None:
    tomorrow = TODAY + timedelta(days=1)
    stored_events(conn, stored_pair(conn), [
        in_days(-1, "Yesterday"), in_days(9, "Later"), in_days(1, "Evening"),
        in_days(1, "Some time", starts_at=None, local_date=tomorrow),
        in_days(1, "Morning", starts_at=on(tomorrow, 9)), in_days(0, "Today"),
    ])  # fmt: skip

    assert titles(conn) == ["Today", "Morning", "Evening", "Some time", "Later"]
    assert titles(conn, when=When.ANY)[0] == "Yesterday"


def test_past_events_come_latest_first(conn: Connection) -> None:
    stored_events(conn, stored_pair(conn), [in_days(n, f"Day {n}") for n in (-3, -1, -2, 4)])

    assert titles(conn, when=When.PAST) == ["Day -1", "Day -2", "Day -3"]


def test_postponed_events_without_a_date_are_found_on_their_own(conn: Connection) -> None:
    postponed = in_days(
        1, "Some day", starts_at=None, local_date=None, status=EventStatus.POSTPONED
    )
    stored_events(conn, stored_pair(conn), [in_days(1, "Tomorrow"), postponed])

    assert titles(conn, when=When.UNDATED) == ["Some day"]
    assert titles(conn, when=When.ANY) == ["Tomorrow"]


@pytest.mark.parametrize(
    "text",
    ["zolta", "ŻÓŁTA", "żół", "łódź", "lodz zolta", "teatr", "muzyczny żółta", "o'neill", "oneil",
     "straße", "STRASSE", "ac/dc", "ae", "łódź: żółta!"],
)  # fmt: skip
def test_words_or_their_beginnings_are_found_in_title_performers_and_venue(
    conn: Connection, text: str
) -> None:
    wanted = in_days(
        1,
        "Żółta łódź podwodna – AC/DC Æther",
        performers=("Sinéad O’Neill", "ONeil"),
        venue=Venue(name="Teatr Muzyczny, Straße 5"),
    )
    stored_events(conn, stored_pair(conn), [wanted, in_days(1, "Another")])

    assert titles(conn, text=text) == [wanted.title]


@pytest.mark.parametrize("text", ["zolta opera", "podwodnana", "odwodna"])
def test_every_word_has_to_begin_a_word_of_the_event(conn: Connection, text: str) -> None:
    stored_events(conn, stored_pair(conn), [in_days(1, "Żółta łódź podwodna")])

    assert titles(conn, text=text) == []


@pytest.mark.parametrize("text", ["", " ", "!?", "'", "':*", "\\", "a' | 'b", "ﷺ" * 200, "x" * 200])
def test_any_text_can_be_searched_for(conn: Connection, text: str) -> None:
    stored_events(conn, stored_pair(conn), [in_days(1, "Concert")])

    assert titles(conn, text=text) in ([], ["Concert"])


def test_a_title_of_one_endless_word_can_be_stored(conn: Connection) -> None:
    endless = "ﷺ" * 500
    stored_events(conn, stored_pair(conn), [in_days(1, endless, performers=("ﷺ" * 3000,))])

    assert titles(conn) == [endless]


def test_events_are_found_by_city_source_category_and_dates(conn: Connection) -> None:
    here = stored_pair(conn, KRAKOW, source("opera"))
    there = stored_pair(conn, PARIS, source("louvre"))
    stored_events(conn, here, [in_days(1, "Tosca", categories=("Opera", "Music"))])
    stored_events(conn, there, [in_days(3, "Mona Lisa", categories=("Art",))], "other")

    assert titles(conn, city="krakow") == titles(conn, source="opera") == ["Tosca"]
    assert titles(conn, category="Art") == ["Mona Lisa"]
    assert titles(conn, city="krakow", source="louvre") == []
    assert titles(conn, city="atlantis") == titles(conn, source="nothing") == []
    assert titles(conn, first=TODAY + timedelta(days=2)) == ["Mona Lisa"]
    assert titles(conn, last=TODAY + timedelta(days=2)) == ["Tosca"]


def test_status_means_what_is_still_listed_and_withdrawn_what_is_not(conn: Connection) -> None:
    pair = stored_pair(conn)
    cancelled = EventStatus.CANCELLED
    stored_events(conn, pair, [
        in_days(1, "On"), in_days(1, "Off", status=cancelled), in_days(1, "Gone", status=cancelled),
    ])  # fmt: skip
    conn.execute("UPDATE discovery.events SET withdrawn_at = now() WHERE title = 'Gone'")

    assert titles(conn, status=EventStatus.SCHEDULED) == ["On"]
    assert titles(conn, status=cancelled) == ["Off"]
    assert titles(conn, withdrawn=True) == ["Gone"]


def test_what_changed_since_is_found_and_comes_last_change_first(conn: Connection) -> None:
    pair = stored_pair(conn)
    stored_events(conn, pair, [in_days(n, f"Day {n}") for n in (1, 2, 3)])
    conn.execute(
        "UPDATE discovery.events SET updated_at = CASE title WHEN 'Day 1' THEN now() - interval"
        " '3 days' WHEN 'Day 2' THEN now() ELSE now() - interval '1 hour' END"
    )
    yesterday = datetime.now(UTC) - timedelta(days=1)

    assert titles(conn, changed_since=yesterday) == ["Day 2", "Day 3"]


def test_duplicates_are_events_with_more_than_one_listing(conn: Connection) -> None:
    hall = Venue(name="Hall", locality="Kraków")
    for slug in ("opera", "agenda"):
        pair = stored_pair(conn, KRAKOW, source(slug))
        stored_events(conn, pair, [in_days(1, "Tosca", venue=hall), in_days(1, slug)], slug)

    (found,) = search_events(conn, EventFilter(duplicates=True)).events

    assert found["title"] == "Tosca"
    assert found["listing_count"] == 2
    assert [each["slug"] for each in found["sources"]] == ["agenda", "opera"]


@pytest.mark.parametrize("since", [None, datetime(2026, 1, 1, tzinfo=UTC)])
@pytest.mark.parametrize("when", When)
def test_pages_of_any_order_have_every_event_once(
    conn: Connection, when: When, since: datetime | None
) -> None:
    def some(days: int, n: int) -> EventRecord:
        if when is When.UNDATED:
            nothing = {"starts_at": None, "local_date": None, "status": EventStatus.POSTPONED}
            return in_days(1, f"Event {n}", **nothing)
        day = TODAY + timedelta(days=days)
        timeless = {"starts_at": None, "local_date": day} if n % 3 == 0 else {}
        return in_days(days, f"Event {n}", **timeless)

    sign = -1 if when is When.PAST else 1
    stored_events(conn, stored_pair(conn), [some(sign * (1 + n % 4), n) for n in range(23)])
    wanted = EventFilter(when=when, changed_since=since)
    whole = search_events(conn, wanted)
    assert whole.next is None

    seen, after = [], None
    for _ in range(9):
        page = search_events(conn, wanted, after=after, limit=5)
        seen += page.events
        after = page.next
        if after is None:
            break

    assert [row["id"] for row in seen] == [row["id"] for row in whole.events]
    assert len({row["id"] for row in seen}) == 23


def test_an_event_has_the_words_of_each_listing_the_most_trusted_first(conn: Connection) -> None:
    hall = Venue(name="Hall", locality="Kraków", street="Rynek 1")
    for slug, trust in (("low", 1), ("high", 99), ("gone", 100)):
        pair = stored_pair(conn, KRAKOW, source(slug, trust=trust))
        said = in_days(1, "TOSCA" if slug == "low" else "Tosca", venue=hall, organizer=slug)
        stored_events(conn, pair, [said], slug)
    conn.execute(
        "UPDATE discovery.listings l SET withdrawn_at = now() FROM discovery.sources s"
        " WHERE s.id = l.source_id AND s.slug = 'gone'"
    )
    (found,) = search_events(conn, EventFilter()).events

    detail = read_event(conn, found["id"])
    listings = listings_of(conn, found["id"])

    assert detail is not None
    assert (detail["venue"], detail["street"]) == ("Hall", "Rynek 1")
    assert [(row["source"], row["title"]) for row in listings] == [
        ("high", "Tosca"), ("low", "TOSCA"), ("gone", "Tosca"),
    ]  # fmt: skip
    assert read_event(conn, 10**12) is None
    assert listings_of(conn, 10**12) == []
