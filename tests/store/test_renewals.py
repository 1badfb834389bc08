"""Sources that replace the ids of their listings: listings and events stay what they were."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from include.discovery.model import EventRecord, SyncStats, Window
from include.discovery.store.connection import Connection
from include.discovery.store.loader import Loader
from include.discovery.store.runs import Attempt, PageResult, begin, finish
from tests.store.test_withdrawals import DECEMBER, on, sync, sync_twice, withdrawn
from tests.support.builders import PARIS, source, stored_pair

LISTINGS = (
    "SELECT id, event_id, external_id, title, first_seen_at FROM discovery.listings ORDER BY id"
)
EVENTS = "SELECT *, xmin FROM discovery.events ORDER BY id"


def rows(conn: Connection, query: str) -> list[Any]:
    return conn.execute(query.encode()).fetchall()


def numbered(export: int, days: range = range(10, 20), **changes: Any) -> list[EventRecord]:
    """Return what an export lists: the same events, each time under ids of its own."""
    return [on(day, external_id=f"{export}-{day}", title=f"Show {day}", **changes) for day in days]


@pytest.mark.parametrize("changes", [{}, {"venue": None}], ids=["with a venue", "without one"])
def test_new_ids_of_all_listings_change_no_event(conn: Connection, changes: dict[str, Any]) -> None:
    pair = stored_pair(conn)
    sync(conn, pair, *numbered(0, **changes))
    listings, events = rows(conn, LISTINGS), rows(conn, EVENTS)

    for export in (1, 2, 3):
        stats, withdrawal = sync(conn, pair, *numbered(export, **changes), night=export)

        assert (stats.inserted, stats.updated, stats.unchanged) == (0, 0, 10)
        assert (withdrawal.count, withdrawal.warning) == (0, None)
    assert rows(conn, EVENTS) == events
    ids = [external_id for _, _, external_id, _, _ in rows(conn, LISTINGS)]
    assert ids == [f"3-{day}" for day in range(10, 20)]
    kept = [(key, event, title, seen) for key, event, _, title, seen in listings]
    assert [(key, event, title, seen) for key, event, _, title, seen in rows(conn, LISTINGS)] == (
        kept
    )


def test_new_ids_of_some_listings_leave_the_others_alone(conn: Connection) -> None:
    pair = stored_pair(conn)
    before = numbered(0)
    sync(conn, pair, *before)
    events = rows(conn, EVENTS)

    sync(conn, pair, *before[:6], *numbered(1)[6:], night=1)

    assert rows(conn, EVENTS) == events
    assert len(rows(conn, LISTINGS)) == 10


def test_new_ids_on_several_pages_change_nothing_though_the_task_is_killed_between_them(
    conn: Connection,
) -> None:
    pair = stored_pair(conn)
    sync(conn, pair, *numbered(0))
    events = rows(conn, EVENTS)

    new = numbered(1)
    first = begin(conn, pair, Attempt("night", 0, 1))
    Loader(conn, pair, first).load(new[:5], PageResult(SyncStats(), "2"))
    second = begin(conn, pair, Attempt("night", 0, 2))
    Loader(conn, pair, second).load(new[5:], PageResult(SyncStats(), "3"))
    Loader(conn, pair, second).load(new[5:], PageResult(SyncStats(), "3"))
    finish(conn, second.id, complete=True)

    assert rows(conn, EVENTS) == events
    assert len(rows(conn, LISTINGS)) == 10


def test_a_copy_that_is_added_before_the_listing_itself_leaves_both(conn: Connection) -> None:
    """The copy is on the first page, so that it is not known yet that the other is still listed."""
    pair = stored_pair(conn)
    sync(conn, pair, on(10, external_id="a", title="Story time"))
    run = begin(conn, pair, Attempt("night"))
    loader = Loader(conn, pair, run)
    for external_id in ("b", "a"):
        record = on(10, external_id=external_id, title="Story time")
        loader.load([record], PageResult(SyncStats()))
    finish(conn, run.id, complete=True)

    stored = rows(conn, "SELECT external_id, event_id FROM discovery.listings ORDER BY external_id")
    assert [external_id for external_id, _ in stored] == ["a", "b"]
    assert len({event for _, event in stored}) == 1


def test_new_ids_of_listings_that_were_withdrawn_bring_them_back(conn: Connection) -> None:
    pair = stored_pair(conn)
    before = numbered(0)
    sync(conn, pair, *before)
    sync_twice(conn, pair, *before[2:])
    assert withdrawn(conn, "events") == ["Show 10", "Show 11"]
    events = rows(conn, "SELECT id, title FROM discovery.events ORDER BY id")

    sync(conn, pair, *numbered(1), night=3)

    assert withdrawn(conn, "events") == []
    assert rows(conn, "SELECT id, title FROM discovery.events ORDER BY id") == events


def test_new_ids_never_take_listings_of_another_source_or_of_another_pair(
    conn: Connection,
) -> None:
    one, other = (stored_pair(conn, source=source(slug)) for slug in ("one", "other"))
    elsewhere = stored_pair(conn, PARIS, source("one"))
    sync(conn, other, on(10, external_id="x"))
    sync(conn, elsewhere, on(10, external_id="y"))
    before = rows(conn, "SELECT *, xmin FROM discovery.listings ORDER BY id")

    sync(conn, one, on(10, external_id="z"), night=1)

    after = rows(conn, "SELECT *, xmin FROM discovery.listings ORDER BY id")
    assert after[:2] == before
    assert len(after) == 3


class TestChangedTogetherWithTheId:
    """Known only when the source was read completely: the old listing is gone, the new one new."""

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            pytest.param({"title": "Jazz"}, {"title": "Jazz: Anna"}, id="retitled"),
            pytest.param({}, {"day": 13}, id="moved"),
            pytest.param(
                {"url": "https://a.example/1", "title": "TBA"},
                {"url": "https://a.example/1", "title": "Anna"},
                id="with a page of its own",
            ),
            pytest.param(
                {"venue": None, "series_id": "s"},
                {"venue": None, "series_id": "s", "day": 11},
                id="of a series",
            ),
        ],
    )
    def test_the_event_keeps_its_id_and_takes_what_is_new(
        self, conn: Connection, before: dict[str, Any], after: dict[str, Any]
    ) -> None:
        pair = stored_pair(conn)
        old = on(**{"day": 12, "external_id": "old", "title": "Show", **before})
        new = on(**{"day": 12, "external_id": "new", "title": "Show", **before, **after})
        others = [on(day) for day in range(20, 25)]
        sync(conn, pair, *others, old)
        ((listing, event),) = rows(
            conn, "SELECT id, event_id FROM discovery.listings WHERE external_id = 'old'"
        )

        _, withdrawal = sync(conn, pair, *others, new, night=1)

        assert (withdrawal.count, withdrawal.warning) == (0, None)
        assert rows(
            conn,
            "SELECT l.id, e.id, e.title, e.local_date, e.listing_count, l.missing_since"
            " FROM discovery.listings l JOIN discovery.events e ON e.id = l.event_id"
            " WHERE external_id = 'new'",
        ) == [(listing, event, new.title, new.local_date, 1, None)]
        assert len(rows(conn, EVENTS)) == len(rows(conn, LISTINGS)) == 6

    def test_the_next_sync_finds_it_as_any_other(self, conn: Connection) -> None:
        pair = stored_pair(conn)
        sync(conn, pair, on(12, external_id="old", title="Show"), on(20))
        new = [on(13, external_id="new", title="Show"), on(20)]
        sync(conn, pair, *new, night=1)
        events = rows(conn, EVENTS)

        stats, _ = sync(conn, pair, *new, night=2)

        assert (stats.inserted, stats.updated, stats.unchanged) == (0, 0, 2)
        assert rows(conn, EVENTS) == events

    def test_two_that_were_listed_beside_each_other_stay_two(self, conn: Connection) -> None:
        pair = stored_pair(conn)
        both = [on(12, external_id="a", title="Show"), on(13, external_id="b", title="Show")]
        sync(conn, pair, on(20))
        sync(conn, pair, on(20), *both, night=1)

        assert sync_twice(conn, pair, on(20), both[1], night=2).count == 1
        assert withdrawn(conn) == ["Show"]

    def test_the_eve_of_an_event_does_not_make_it_the_next_one(self, conn: Connection) -> None:
        """The source lists but the next one, and takes it down when its day begins."""
        pair = stored_pair(conn)
        for night in range(5):
            tomorrow = on(2 + night, external_id=f"{night}", title="Walk")
            window = Window(DECEMBER.start + timedelta(days=night), DECEMBER.end)
            sync(conn, pair, tomorrow, night=night, window=window)

        assert len(rows(conn, LISTINGS)) == 5
        assert len(rows(conn, EVENTS)) == 5

    def test_an_event_that_another_source_lists_too_keeps_its_id(self, conn: Connection) -> None:
        one, other = (stored_pair(conn, source=source(slug)) for slug in ("one", "other"))
        show = on(12, external_id="old", title="Show")
        sync(conn, one, show, on(20))
        sync(conn, other, show)
        before = rows(conn, "SELECT *, xmin FROM discovery.listings ORDER BY id")[2]

        sync(conn, one, on(12, external_id="new", title="Show: second evening"), on(20), night=1)

        assert rows(conn, "SELECT *, xmin FROM discovery.listings ORDER BY id")[2] == before
