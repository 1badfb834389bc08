"""What a person says of an event wins over its sources, for ever, until it is taken back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from include.discovery.configuration import Key
from include.discovery.errors import InvalidSettings
from include.discovery.event_edits import EventEdit
from include.discovery.model import EventField, EventStatus, Pair, Price, Venue
from include.discovery.record_warnings import DateWarning
from include.discovery.store.audit import Author, Change, read_changes
from include.discovery.store.connection import Connection, rows
from include.discovery.store.decisions import merge_events, split_event
from include.discovery.store.event_edits import edit_event
from include.discovery.store.removal import Removal
from tests.support.builders import WARSAW, event, source, stored_events, stored_pair

ADA = Author("ada", "page")


def at(hour: int, day: int = 24) -> datetime:
    return datetime(2026, 12, day, hour, tzinfo=WARSAW)


@pytest.fixture
def pair(conn: Connection) -> Pair:
    return stored_pair(conn)


def load(conn: Connection, pair: Pair, run: str, **said: Any) -> None:
    stored_events(conn, pair, [event("1", title="JAZ", **said)], run)


def edit(conn: Connection, *back: EventField, of: int | None = None, **values: Any) -> Change:
    (first,) = conn.execute("SELECT min(id) FROM discovery.events").fetchone() or (None,)
    return edit_event(
        conn, of or first, EventEdit.model_validate(values), take_back=back, author=ADA,
        reason="the poster says so",
    )  # fmt: skip


def the_event(conn: Connection) -> dict[str, Any]:
    (found,) = rows(conn, "SELECT * FROM discovery.events")
    return found


def events(conn: Connection) -> dict[int, str]:
    return dict(conn.execute("SELECT id, title FROM discovery.events ORDER BY id").fetchall())


TIME = {"local_date": "2026-12-25", "local_time": "20:30", "ends_local": "2026-12-25T23:00",
        "timezone": "Europe/Warsaw"}  # fmt: skip
EDITS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"title": "Jazz"}, {"title": "Jazz"}),
    ({"url": "https://example.org/jazz"}, {"url": "https://example.org/jazz"}),
    (
        {"time": TIME},
        {"local_date": date(2026, 12, 25), "starts_at": at(20, 25).replace(minute=30),
         "ends_at": at(23, 25), "time_known": True},
    ),
    (
        {"time": {"local_date": "2026-12-25", "timezone": "Europe/Warsaw"}},
        {"local_date": date(2026, 12, 25), "starts_at": None, "ends_at": None,
         "time_known": False},
    ),
    ({"status": "cancelled"}, {"status": "cancelled"}),
    ({"attendance": "online"}, {"attendance": "online"}),
    ({"performers": ["Ada", "Bob, \"B\""]}, {"performers": ["Ada", "Bob, \"B\""]}),
    ({"categories": []}, {"categories": []}),
    ({"organizer": "The house"}, {"organizer": "The house"}),
    ({"description": None}, {"description": None}),
    ({"image_url": None}, {"image_url": None}),
    ({"language": "pl"}, {"language": "pl"}),
    ({"price": {"min": "20.50", "currency": "PLN"}}, {"price_min": 20.5, "price_currency": "PLN",
                                                       "price_text": None}),
    ({"price": None}, {"price_min": None, "price_text": None, "price_is_free": None}),
    ({"venue": None}, {"venue_id": None}),
]  # fmt: skip


@pytest.mark.parametrize(("said", "values"), EDITS)
def test_what_a_person_says_stays_whatever_the_source_says_later(
    conn: Connection, pair: Pair, said: dict[str, Any], values: dict[str, Any]
) -> None:
    full: dict[str, Any] = {
        "description": "A.", "categories": ("Jazz",), "price": Price(text="at the door"),
        "image_url": "https://example.org/1.png",
    }  # fmt: skip
    load(conn, pair, "first", **full)
    edit(conn, **said)
    assert the_event(conn) | values == the_event(conn)

    full |= {"description": "B.", "categories": ("Rock",), "price": Price(text="20 zł")}
    load(conn, pair, "second", **full, status=EventStatus.RESCHEDULED, starts_at=at(18))

    assert the_event(conn) | values == the_event(conn)


def test_all_that_an_event_says_can_be_edited_but_its_city() -> None:
    edited = {field for said, _ in EDITS for field in said}

    assert edited == set(EventEdit.model_fields)
    assert {*EventField} - {EventField(name) for name in edited - {"time"}} == {
        EventField.START, EventField.END, EventField.CITY,
    }  # fmt: skip


def test_a_venue_that_is_named_is_the_known_one_or_a_new_one(conn: Connection, pair: Pair) -> None:
    load(conn, pair, "first", venue=Venue(name="Hall", locality="Kraków"))
    hall = the_event(conn)["venue_id"]

    edit(conn, venue={"name": "Club", "locality": "Kraków", "street": "Rynek 1"})
    club = the_event(conn)["venue_id"]
    edit(conn, venue={"name": "HALL", "locality": "Krakow"})

    assert club != hall == the_event(conn)["venue_id"]
    assert conn.execute(
        "SELECT name, street FROM discovery.venues WHERE id = %s", [club]
    ).fetchone() == ("Club", "Rynek 1")


def test_an_edit_that_is_taken_back_leaves_the_word_to_the_sources(
    conn: Connection, pair: Pair
) -> None:
    load(conn, pair, "first")
    edit(conn, title="Jazz", time=TIME, organizer="The house")

    edit(conn, EventField.TITLE, EventField.END)

    found = the_event(conn)
    assert (found["title"], found["starts_at"], found["ends_at"]) == ("JAZ", at(19), None)
    assert found["edited"] == ["organizer"]


def test_of_an_event_it_is_shown_what_was_edited_by_whom_and_why(
    conn: Connection, pair: Pair
) -> None:
    load(conn, pair, "first", warnings=(DateWarning.YEAR_NOT_GIVEN.said(years=2026),))
    edit(conn, title="Jazz", time=TIME)

    (title, status, start) = rows(
        conn,
        "SELECT field, source, edited_by, edit_reason, is_assumed FROM discovery.event_fields"
        " WHERE field IN ('title', 'status', 'start') ORDER BY field DESC",
    )

    assert title == {"field": "title", "source": None, "edited_by": "ada",
                     "edit_reason": "the poster says so", "is_assumed": False}  # fmt: skip
    assert (status["source"], status["edited_by"]) == ("theatres", None)
    assert start["is_assumed"] is False
    assert conn.execute("SELECT edited FROM discovery.all_events").fetchone() == (
        ["end", "start", "title"],
    )


def test_an_edit_is_an_entry_of_the_audit_log(conn: Connection, pair: Pair) -> None:
    load(conn, pair, "first")
    edit(conn, title="Jazz", price={"text": "20 zł"})

    (noted,) = read_changes(conn, limit=5)

    assert (noted.author, noted.change.action) == (ADA, "update")
    assert noted.change.before is not None
    assert noted.change.after is not None
    assert (noted.change.before["title"], noted.change.after["title"]) == ("JAZ", "Jazz")
    assert noted.change.after["price_text"] == "20 zł"
    assert noted.change.after["reason"] == "the poster says so"


class TestEventsThatBecomeOne:
    """An edit stays with the id that was edited, and counts where that id leads to."""

    @pytest.fixture
    def both(self, conn: Connection) -> tuple[int, int]:
        for slug in ("one", "two"):
            stored_events(conn, stored_pair(conn, source=source(slug)), [event("1", title=slug)])
        first, second = events(conn)
        return first, second

    def test_what_was_said_of_the_event_that_goes_holds_for_the_one_that_stays(
        self, conn: Connection, both: tuple[int, int]
    ) -> None:
        edit(conn, of=both[1], title="Jazz")

        merge_events(conn, *both, author=ADA, reason="one concert")

        assert events(conn) == {both[0]: "Jazz"}

    def test_of_two_words_on_one_field_the_later_counts(
        self, conn: Connection, both: tuple[int, int]
    ) -> None:
        edit(conn, of=both[0], title="Jaz", organizer="The house")
        edit(conn, of=both[1], title="Jazz")

        merge_events(conn, *both, author=ADA, reason="one concert")

        assert events(conn) == {both[0]: "Jazz"}
        assert the_event(conn)["organizer"] == "The house"

    def test_each_has_its_own_edits_again_when_they_are_parted(
        self, conn: Connection, both: tuple[int, int]
    ) -> None:
        edit(conn, of=both[1], title="Jazz")
        merge_events(conn, *both, author=ADA, reason="one concert")
        (listing,) = conn.execute(
            "SELECT l.id FROM discovery.listings l JOIN discovery.sources s ON s.id = l.source_id"
            " WHERE s.slug = 'two'"
        ).fetchone() or (0,)

        split_event(conn, both[0], [listing], author=ADA, reason="two concerts")

        assert events(conn) == {both[0]: "one", both[1]: "Jazz"}

    def test_what_was_said_before_they_became_one_can_be_taken_back(
        self, conn: Connection, both: tuple[int, int]
    ) -> None:
        edit(conn, of=both[1], title="Jazz")
        merge_events(conn, *both, author=ADA, reason="one concert")

        edit(conn, EventField.TITLE, of=both[1])

        assert events(conn)[both[0]] in {"one", "two"}
        assert the_event(conn)["edited"] == []


def test_a_status_without_a_day_stays_postponed(conn: Connection, pair: Pair) -> None:
    load(conn, pair, "first", starts_at=None, local_date=None, status=EventStatus.POSTPONED)

    edit(conn, status="scheduled")

    assert the_event(conn)["status"] == "postponed"


def test_edits_go_with_their_event(conn: Connection, pair: Pair) -> None:
    load(conn, pair, "first")
    edit(conn, title="Jazz")

    with conn.transaction():
        removal = Removal(conn)
        removal.mark(Key("source", slug="theatres"))
        removal.carry_out()

    assert conn.execute("SELECT count(*) FROM discovery.event_edits").fetchone() == (0,)


def test_an_edit_of_no_event_is_refused(conn: Connection) -> None:
    with pytest.raises(InvalidSettings, match="there is no event 7"):
        edit(conn, of=7, title="Jazz")


@pytest.mark.parametrize(
    "values",
    [
        {"title": ""}, {"title": None}, {"title": "x" * 501}, {"status": "sold out"},
        {"time": None}, {"time": {"local_date": "2026-12-25", "timezone": "Europe/Krakow"}},
        {"time": TIME | {"ends_local": "2026-12-25T20:00"}}, {"time": TIME | {"local_date": None}},
        {"time": TIME | {"local_time": "20:30+01:00"}}, {"venue": {"locality": "Kraków"}},
        {"price": {"min": "9", "max": "5"}}, {"url": "javascript:alert(1)"}, {"city": "krakow"},
        {"language": "Polish"}, {"organizer": "\0"},
    ],
)  # fmt: skip
def test_a_value_that_no_event_can_have_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        EventEdit.model_validate(values)
