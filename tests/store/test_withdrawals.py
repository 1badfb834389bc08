"""Withdrawal: what a complete sync no longer found, within reason."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from typing import Any

import pytest

from include.discovery.model import EventRecord, EventStatus, Pair, SyncStats, Window
from include.discovery.store.connection import Connection
from include.discovery.store.pages import Destination
from include.discovery.store.runs import Attempt, PageResult, begin
from include.discovery.store.withdrawals import Withdrawal, withdraw_vanished
from tests.support.builders import PARIS, WARSAW, event, source, stored_pair

DECEMBER = Window(date(2026, 12, 1), date(2026, 12, 31))
_runs = count()


def sync(
    conn: Connection, pair: Pair, *records: EventRecord, window: Window = DECEMBER
) -> tuple[SyncStats, Withdrawal]:
    """Sync a pair completely: these records are all that its source lists."""
    run = begin(conn, pair, Attempt(f"run-{next(_runs)}"))
    stats = Destination(conn, pair, run).load(records, PageResult(SyncStats()))
    return stats, withdraw_vanished(conn, pair, window=window, sync_started_at=run.sync_started_at)


def on(day: int, month: int = 12, external_id: str | None = None, **changes: Any) -> EventRecord:
    return event(
        external_id or f"{month}-{day}",
        starts_at=datetime(2026, month, day, 19, tzinfo=WARSAW),
        **changes,
    )


def several(number: int) -> list[EventRecord]:
    return [on(1 + n % 28, external_id=f"n{n}") for n in range(number)]


def withdrawn(conn: Connection, table: str = "listings") -> list[str]:
    gone = f"SELECT title FROM discovery.{table} WHERE withdrawn_at IS NOT NULL ORDER BY title"
    return [row[0] for row in conn.execute(gone.encode()).fetchall()]


def test_what_vanished_is_withdrawn_and_its_event_too(conn: Connection) -> None:
    pair = stored_pair(conn)
    sync(conn, pair, on(10), on(11))

    _, withdrawal = sync(conn, pair, on(10))

    assert withdrawal == Withdrawal(count=1)
    assert withdrawn(conn) == withdrawn(conn, "events") == ["Concert 12-11"]


def test_withdrawn_is_not_cancelled(conn: Connection) -> None:
    pair = stored_pair(conn)
    sync(conn, pair, on(10))
    sync(conn, pair)

    assert conn.execute("SELECT status FROM discovery.listings").fetchall() == [("scheduled",)]


def test_while_another_source_lists_it_the_event_stays(conn: Connection) -> None:
    a, b = (stored_pair(conn, source=source(slug)) for slug in "ab")
    for pair in (a, b):
        sync(conn, pair, on(10))

    sync(conn, a)

    assert withdrawn(conn) == ["Concert 12-10"]
    assert withdrawn(conn, "events") == []


def test_when_the_last_source_drops_it_the_event_goes(conn: Connection) -> None:
    a, b = (stored_pair(conn, source=source(slug)) for slug in "ab")
    for pair in (a, b):
        sync(conn, pair, on(10))

    sync(conn, a)
    sync(conn, b)

    assert withdrawn(conn, "events") == ["Concert 12-10"]


def test_once_withdrawn_it_is_not_withdrawn_again(conn: Connection) -> None:
    pair = stored_pair(conn)
    sync(conn, pair, on(10))
    sync(conn, pair)

    assert sync(conn, pair)[1] == Withdrawal(count=0)


@pytest.mark.parametrize("day", [(30, 11), (1, 10)])
def test_past_events_are_never_touched(conn: Connection, day: tuple[int, int]) -> None:
    pair = stored_pair(conn)
    sync(conn, pair, on(*day))

    sync(conn, pair)

    assert withdrawn(conn) == []


def test_events_beyond_the_window_are_not_touched(conn: Connection) -> None:
    pair = stored_pair(conn)
    sync(conn, pair, on(31), on(30))

    sync(conn, pair, window=Window(date(2026, 12, 1), date(2026, 12, 30)))

    assert withdrawn(conn) == ["Concert 12-30"]


def test_an_event_without_a_date_is_not_touched(conn: Connection) -> None:
    pair = stored_pair(conn)
    sync(conn, pair, event("1", starts_at=None, status=EventStatus.POSTPONED))

    sync(conn, pair)

    assert withdrawn(conn) == []


def test_another_pairs_listings_are_not_touched(conn: Connection) -> None:
    of = source()
    krakow, paris = stored_pair(conn, source=of), stored_pair(conn, PARIS, of)
    sync(conn, krakow, on(10))

    assert sync(conn, paris)[1] == Withdrawal(count=0)
    assert withdrawn(conn) == []


def test_a_listing_belongs_to_the_pair_that_saw_it_last(conn: Connection) -> None:
    of = source()
    krakow, paris = stored_pair(conn, source=of), stored_pair(conn, PARIS, of)
    sync(conn, krakow, on(10))
    sync(conn, paris, on(10))

    sync(conn, krakow)

    assert withdrawn(conn) == []


class TestTheGuard:
    """When too many vanish at once, the source is broken rather than the city empty."""

    @pytest.mark.parametrize(
        ("listed", "vanished", "is_allowed"),
        [
            (1, 1, True),
            (5, 5, True),
            (6, 5, True),
            (6, 6, False),
            (25, 5, True),
            (25, 6, False),
            (30, 6, True),
            (30, 7, False),
            (100, 20, True),
            (100, 21, False),
            (100, 100, False),
        ],
    )
    def test_five_always_and_beyond_that_a_fifth(
        self, conn: Connection, listed: int, vanished: int, *, is_allowed: bool
    ) -> None:
        pair = stored_pair(conn)
        records = several(listed)
        sync(conn, pair, *records)

        _, withdrawal = sync(conn, pair, *records[vanished:])

        assert withdrawal == (
            Withdrawal(count=vanished)
            if is_allowed
            else Withdrawal(refused=f"{vanished} of {listed} listings vanished at once; kept all")
        )
        assert len(withdrawn(conn)) == withdrawal.count

    def test_what_was_withdrawn_before_does_not_count(self, conn: Connection) -> None:
        pair = stored_pair(conn)
        records = several(10)
        sync(conn, pair, *records)
        sync(conn, pair, *records[5:])

        assert sync(conn, pair)[1] == Withdrawal(count=5)


class TestComingBack:
    """A withdrawn listing is back when it is seen again."""

    def test_it_counts_as_updated(self, conn: Connection) -> None:
        pair = stored_pair(conn)
        sync(conn, pair, on(10))
        sync(conn, pair)

        stats, _ = sync(conn, pair, on(10))

        assert (stats.inserted, stats.updated, stats.unchanged) == (0, 1, 0)
        assert withdrawn(conn) == withdrawn(conn, "events") == []

    def test_it_is_still_the_same_listing_and_event(self, conn: Connection) -> None:
        pair = stored_pair(conn)
        ids = "SELECT l.id, l.event_id, l.first_seen_at FROM discovery.listings l"
        sync(conn, pair, on(10))
        before = conn.execute(ids).fetchall()
        sync(conn, pair)
        sync(conn, pair, on(10))

        assert conn.execute(ids).fetchall() == before

    def test_from_another_source_the_event_is_back_too(self, conn: Connection) -> None:
        a, b = (stored_pair(conn, source=source(slug)) for slug in "ab")
        sync(conn, a, on(10))
        sync(conn, a)

        sync(conn, b, on(10))

        assert withdrawn(conn) == ["Concert 12-10"]
        assert withdrawn(conn, "events") == []


def test_only_what_an_earlier_sync_saw_can_vanish(conn: Connection) -> None:
    """What a first attempt loaded belongs to the sync, though the second does not see it again."""
    pair = stored_pair(conn)
    first = begin(conn, pair, Attempt("run", 0, 1))
    Destination(conn, pair, first).load([on(10)], PageResult(SyncStats(), "1"))
    second = begin(conn, pair, Attempt("run", 0, 2))
    Destination(conn, pair, second).load([on(11)], PageResult(SyncStats(), "2"))

    withdrawal = withdraw_vanished(
        conn, pair, window=DECEMBER, sync_started_at=second.sync_started_at
    )

    assert withdrawal == Withdrawal()
