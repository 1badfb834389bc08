"""Removing a city, a source or a pair: what goes with it, what stays, and what is reported."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg
import pytest

from include.discovery.configuration import Key
from include.discovery.model import Scope, Venue
from include.discovery.store import edits, removal
from include.discovery.store.audit import Author
from include.discovery.store.connection import Connection, connect
from include.discovery.store.edits import EditRefusedError
from include.discovery.store.removal import Removed
from include.discovery.store.runs import Attempt, begin
from tests.support.builders import (
    KRAKOW,
    PARIS,
    WARSAW,
    event,
    hold_pairs,
    source,
    stored_events,
    stored_pair,
)

NATIONAL = source("national", scope=Scope.COUNTRY)

ADA = Author("ada", "page")


def rows(conn: Connection, query: str) -> list[tuple[Any, ...]]:
    return conn.execute(query.encode()).fetchall()


def one(conn: Connection, query: str) -> Any:
    ((value,),) = rows(conn, query)
    return value


def count(conn: Connection, table: str) -> int:
    return int(one(conn, f"SELECT count(*) FROM discovery.{table}"))


def remove(conn: Connection, key: Key) -> Removed:
    """Remove an entity; what was said beforehand is what goes."""
    stored = edits.read_entity(conn, key)
    assert stored is not None
    said = preview(conn, key)
    done = edits.remove(conn, key, version=stored.version, changed_by=ADA)
    assert done[-1].removed is not None
    assert said == done[-1].removed or done[-1].removed.listings == 0
    return done[-1].removed


def preview(conn: Connection, key: Key) -> Removed:
    found = edits.preview_removal(conn, key)
    assert found is not None
    return found.removed


CITY = Key("city", slug="krakow")
SOURCE = Key("source", slug="theatres")
PAIR = Key("pair", city="krakow", source="theatres")


@pytest.mark.parametrize("key", [CITY, SOURCE, PAIR])
def test_a_removal_deletes_the_listings_and_their_events(conn: Connection, key: Key) -> None:
    stored_events(conn, stored_pair(conn), [event("1"), event("2")])
    stored_events(conn, stored_pair(conn, PARIS, source("louvre")), [event("3", title="Mona Lisa")])
    before = preview(conn, key)

    removed = remove(conn, key)

    assert removed == before == Removed(listings=2, events=2, events_kept=0, listings_kept=0)
    assert rows(conn, "SELECT title FROM discovery.listings") == [("Mona Lisa",)]
    assert rows(conn, "SELECT title FROM discovery.events") == [("Mona Lisa",)]
    assert edits.read_entity(conn, key) is None
    assert edits.read_entity(conn, PAIR) is None


@pytest.mark.parametrize("key", [CITY, SOURCE, PAIR])
def test_a_preview_counts_no_further_than_to_its_bound(
    conn: Connection, key: Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removal, "MOST_COUNTED", 2)
    stored_events(conn, stored_pair(conn), [event(str(n)) for n in range(9)])

    found = edits.preview_removal(conn, key)

    assert found is not None
    assert found.is_all is False
    assert found.removed == Removed(listings=3, events=3, events_kept=0, listings_kept=0)
    monkeypatch.setattr(removal, "MOST_COUNTED", 9)
    found = edits.preview_removal(conn, key)
    assert found is not None
    assert (found.is_all, found.removed.listings) == (True, 9)
    assert remove(conn, key).listings == 9


@pytest.mark.parametrize("key", [SOURCE, PAIR])
def test_an_event_that_another_source_lists_stays_with_the_values_of_that_source(
    conn: Connection, key: Key
) -> None:
    trusted = stored_pair(conn, KRAKOW, source("theatres", trust=90))
    other = stored_pair(conn, KRAKOW, source("agenda", trust=10))
    stored_events(conn, trusted, [event("1", description="By the theatre"), event("2")])
    stored_events(conn, other, [event("a", title="Concert 1", description="By the agenda")])
    ((event_id, said),) = rows(
        conn, "SELECT id, description FROM discovery.events WHERE listing_count = 2"
    )

    removed = remove(conn, key)

    assert said == "By the theatre"
    assert removed == Removed(listings=2, events=1, events_kept=1, listings_kept=0)
    assert rows(conn, "SELECT id, description, listing_count FROM discovery.events") == [
        (event_id, "By the agenda", 1)
    ]


def test_listings_of_a_wider_source_stay_without_the_city(conn: Connection) -> None:
    stored_events(conn, stored_pair(conn), [event("1")])
    stored_events(conn, stored_pair(conn, None, NATIONAL), [event("n", title="Congress")])
    conn.execute("UPDATE discovery.listings SET city_id = (SELECT id FROM discovery.cities)")
    conn.execute("UPDATE discovery.events SET city_id = (SELECT id FROM discovery.cities)")

    removed = remove(conn, CITY)

    assert removed == Removed(listings=1, events=1, events_kept=0, listings_kept=1)
    assert rows(conn, "SELECT title, city_id FROM discovery.listings") == [("Congress", None)]
    assert rows(conn, "SELECT title, city_id FROM discovery.events") == [("Congress", None)]
    assert count(conn, "cities") == 0
    assert count(conn, "city_source") == 1


def test_a_listing_that_the_pair_of_another_city_saw_last_moves_there(conn: Connection) -> None:
    of = source("theatres")
    krakow, paris = stored_pair(conn, KRAKOW, of), stored_pair(conn, PARIS, of)
    stored_events(conn, krakow, [event("1")])
    stored_events(conn, paris, [event("1")])

    removed = remove(conn, CITY)

    assert removed == Removed(listings=0, events=0, events_kept=0, listings_kept=1)
    assert rows(
        conn,
        "SELECT c.slug, (SELECT c.slug FROM discovery.events e JOIN discovery.cities c"
        " ON c.id = e.city_id) FROM discovery.listings l JOIN discovery.cities c"
        " ON c.id = l.city_id",
    ) == [("paris", "paris")]


def test_listings_that_an_earlier_deletion_left_behind_are_removed(conn: Connection) -> None:
    """Pairs used to be deleted without their listings, which then held their city and source."""
    stored_events(conn, stored_pair(conn), [event("1")])
    conn.execute("DELETE FROM discovery.city_source")
    assert one(conn, "SELECT city_source_id FROM discovery.listings") is None

    assert preview(conn, CITY) == Removed(1, 1, 0, 0)
    assert preview(conn, SOURCE) == Removed(1, 1, 0, 0)
    remove(conn, CITY)
    remove(conn, SOURCE)

    assert [count(conn, table) for table in ("listings", "events", "cities", "sources")] == [0] * 4


def test_a_removal_of_a_city_deletes_its_events_without_a_listing(conn: Connection) -> None:
    stored_events(conn, stored_pair(conn), [event("1")])
    conn.execute("UPDATE discovery.listings SET event_id = NULL, city_source_id = NULL")
    conn.execute("DELETE FROM discovery.listings")

    assert remove(conn, CITY) == Removed(0, 1, 0, 0)
    assert count(conn, "events") == 0


def test_runs_and_the_audit_log_stay(conn: Connection) -> None:
    stored_events(conn, stored_pair(conn), [event("1"), event("2")])

    remove(conn, CITY)

    assert rows(conn, "SELECT city_slug, source_slug FROM discovery.sync_runs") == [
        ("krakow", "theatres")
    ]
    assert rows(
        conn,
        "SELECT changed_by, action, entity_type, entity, removed->'listings', removed->'events'"
        " FROM discovery.config_changes ORDER BY id",
    ) == [
        ("ada", "delete", "pair", "krakow · theatres", None, None),
        ("ada", "delete", "city", "krakow", 2, 2),
    ]


def test_a_preview_removes_nothing_and_waits_for_no_lock(
    conn: Connection, database_url: str
) -> None:
    stored_events(conn, stored_pair(conn), [event("1")])
    with connect(database_url) as other, other.transaction():
        other.execute("SELECT FROM discovery.city_source FOR UPDATE")
        other.execute("SELECT FROM discovery.listings FOR UPDATE")

        conn.execute("SET lock_timeout = '1s'")
        found = [preview(conn, key) for key in (CITY, SOURCE, PAIR)]

    assert {each.listings for each in found} == {1}
    assert count(conn, "listings") == 1
    assert edits.preview_removal(conn, Key("city", slug="atlantis")) is None


@pytest.mark.parametrize("key", [CITY, SOURCE, PAIR])
def test_a_removal_is_refused_while_a_run_holds_a_pair_of_it(conn: Connection, key: Key) -> None:
    stored_events(conn, stored_pair(conn), [event("1")])
    hold_pairs(conn, "tonight")

    with pytest.raises(
        EditRefusedError, match=r"krakow · theatres \(run tonight\); wait"
    ) as caught:
        remove(conn, key)

    assert caught.value.reason == "in_use"
    assert count(conn, "listings") == 1
    found = edits.preview_removal(conn, key)
    assert found is not None
    assert "being synced" in (found.held or "")


def test_the_removal_of_a_city_waits_for_a_wider_source_that_may_be_adding_to_it(
    conn: Connection,
) -> None:
    stored_pair(conn, None, NATIONAL)
    hold_pairs(conn)
    stored_pair(conn)

    with pytest.raises(EditRefusedError, match="national"):
        remove(conn, CITY)
    assert remove(conn, SOURCE) == Removed(0, 0, 0, 0)


def test_no_sync_that_may_add_to_a_city_starts_while_the_city_is_being_removed(
    conn: Connection, database_url: str
) -> None:
    pairs = [stored_pair(conn), stored_pair(conn, None, NATIONAL)]
    with connect(database_url) as other, conn.transaction():
        assert removal.held_pairs(conn, CITY, lock=True) == []

        other.execute("SET lock_timeout = '100ms'")
        for pair in pairs:
            with pytest.raises(psycopg.errors.LockNotAvailable):
                begin(other, pair, Attempt("tonight"))

    assert count(conn, "sync_runs") == 0


def test_a_removal_with_a_stale_version_removes_nothing(conn: Connection) -> None:
    stored_events(conn, stored_pair(conn), [event("1")])

    with pytest.raises(EditRefusedError, match="changed meanwhile"):
        edits.remove(conn, CITY, version=7, changed_by=ADA)
    assert count(conn, "listings") == 1


def test_a_removal_that_fails_removes_nothing(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored_events(conn, stored_pair(conn), [event("1")])
    conn.execute(
        "CREATE TABLE discovery.foreign_notes (city_id bigint NOT NULL REFERENCES discovery.cities)"
    )
    conn.execute("INSERT INTO discovery.foreign_notes SELECT id FROM discovery.cities")

    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        remove(conn, CITY)
    assert [count(conn, t) for t in ("listings", "events", "city_source", "cities")] == [1] * 4


class CountingCursor(psycopg.Cursor[Any]):
    """Counts the rows that each statement changes."""

    touched: list[int] = []  # noqa: RUF012  emptied by each test

    def execute(self, *args: Any, **kwargs: Any) -> CountingCursor:  # type: ignore[override]
        super().execute(*args, **kwargs)
        if self.statusmessage and self.statusmessage.split()[0] in {"DELETE", "UPDATE"}:
            self.touched.append(self.rowcount)
        return self


def test_no_statement_of_a_removal_changes_more_rows_than_a_batch(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removal, "BATCH", 7)
    stored_events(conn, stored_pair(conn), [event(str(n)) for n in range(50)])
    stored_events(
        conn,
        stored_pair(conn, KRAKOW, source("agenda")),
        [event(f"a{n}", title=f"Concert {n}") for n in range(20)],
    )
    monkeypatch.setattr(CountingCursor, "touched", [])
    monkeypatch.setattr(conn, "cursor_factory", CountingCursor)

    removed = remove(conn, SOURCE)

    assert removed == Removed(listings=50, events=30, events_kept=20, listings_kept=0)
    assert max(CountingCursor.touched) == 7
    assert (count(conn, "listings"), count(conn, "events")) == (20, 20)


def test_a_removal_leaves_venues_and_other_cities_alone(conn: Connection) -> None:
    stored_events(
        conn, stored_pair(conn), [event("1", venue=Venue(name="Hall", locality="Kraków"))]
    )
    stored_events(conn, stored_pair(conn, PARIS, source("louvre")),
         [event("2", starts_at=datetime(2026, 12, 25, 19, tzinfo=WARSAW))])  # fmt: skip

    remove(conn, CITY)

    assert count(conn, "venues") == 2
    assert rows(conn, "SELECT slug FROM discovery.cities") == [("paris",)]
