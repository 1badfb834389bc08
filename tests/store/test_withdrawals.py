"""Withdrawal: what complete syncs a day apart no longer found, within reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from include.discovery.model import (
    NOT_LISTED,
    EventRecord,
    EventStatus,
    Identity,
    Pair,
    Reject,
    SyncStats,
    Window,
)
from include.discovery.store.connection import Connection
from include.discovery.store.loader import Loader
from include.discovery.store.queries.withdrawals import open_approvals
from include.discovery.store.runs import Attempt, PageResult, begin, bound, fail, finish
from include.discovery.store.withdrawals import Withdrawal, withdraw_vanished
from tests.support.builders import PARIS, WARSAW, event, source, stored_pair

DECEMBER = Window(date(2026, 12, 1), date(2026, 12, 31))
FIRST_NIGHT = datetime(2026, 12, 1, 0, 5, tzinfo=UTC)
_runs = count()


def sync(
    conn: Connection,
    pair: Pair,
    *records: EventRecord,
    night: float = 0,
    window: Window = DECEMBER,
    rejects: Sequence[Reject] = (),
    is_confirmed: bool = False,
) -> tuple[SyncStats, Withdrawal]:
    """Sync a pair completely, so many nights after the first: its source lists these records."""
    run = begin(conn, pair, Attempt(f"run-{next(_runs)}"))
    bound(conn, run.id, window)
    result = PageResult(SyncStats(), rejects=tuple(rejects))
    stats = Loader(conn, pair, run).load(records, result)
    withdrawal = withdraw_vanished(
        conn,
        pair,
        run.id,
        window=window,
        sync_started_at=run.sync_started_at,
        now=FIRST_NIGHT + timedelta(days=night),
        unidentified=result.unidentified,
        is_confirmed=is_confirmed,
    )
    finish(conn, run.id, complete=True)
    return stats, withdrawal


def sync_twice(
    conn: Connection, pair: Pair, *records: EventRecord, night: float = 0, **more: Any
) -> Withdrawal:
    """Sync on this night and on the next; return what the second one withdrew."""
    sync(conn, pair, *records, night=night, **more)
    return sync(conn, pair, *records, night=night + 1, **more)[1]


def on(day: int, month: int = 12, external_id: str | None = None, **changes: Any) -> EventRecord:
    return event(
        external_id or f"{month}-{day}",
        starts_at=datetime(2026, month, day, 19, tzinfo=WARSAW),
        **changes,
    )


def several(number: int) -> list[EventRecord]:
    return [on(4 + n % 28, external_id=f"n{n}") for n in range(number)]


def withdrawn(conn: Connection, table: str = "listings") -> list[str]:
    gone = f"SELECT title FROM discovery.{table} WHERE withdrawn_at IS NOT NULL ORDER BY title"
    return [row[0] for row in conn.execute(gone.encode()).fetchall()]


def test_a_listing_that_is_missing_for_two_nights_is_withdrawn_with_its_event(
    conn: Connection,
) -> None:
    pair = stored_pair(conn)
    sync(conn, pair, on(10), on(11))

    _, first = sync(conn, pair, on(10), night=1)
    assert (first, withdrawn(conn)) == (Withdrawal(count=0), [])
    _, second = sync(conn, pair, on(10), night=2)

    assert second == Withdrawal(count=1)
    assert withdrawn(conn) == withdrawn(conn, "events") == ["Concert 12-11"]


def test_a_withdrawn_listing_is_not_cancelled(conn: Connection) -> None:
    pair = stored_pair(conn)
    sync(conn, pair, on(10))
    sync_twice(conn, pair)

    assert conn.execute("SELECT status FROM discovery.listings").fetchall() == [("scheduled",)]


def test_an_event_stays_while_another_source_lists_it(conn: Connection) -> None:
    a, b = (stored_pair(conn, source=source(slug)) for slug in "ab")
    for pair in (a, b):
        sync(conn, pair, on(10))

    sync_twice(conn, a)

    assert withdrawn(conn) == ["Concert 12-10"]
    assert withdrawn(conn, "events") == []


def test_an_event_is_withdrawn_when_the_last_source_drops_it(conn: Connection) -> None:
    a, b = (stored_pair(conn, source=source(slug)) for slug in "ab")
    for pair in (a, b):
        sync(conn, pair, on(10))

    sync_twice(conn, a)
    sync_twice(conn, b)

    assert withdrawn(conn, "events") == ["Concert 12-10"]


def test_a_withdrawn_listing_is_not_withdrawn_again(conn: Connection) -> None:
    pair = stored_pair(conn)
    sync(conn, pair, on(10))
    sync_twice(conn, pair)

    assert sync(conn, pair, night=3)[1] == Withdrawal(count=0)


@pytest.mark.parametrize("day", [(30, 11), (1, 10)])
def test_past_events_are_never_touched(conn: Connection, day: tuple[int, int]) -> None:
    pair = stored_pair(conn)
    sync(conn, pair, on(*day))

    assert sync_twice(conn, pair) == Withdrawal()
    assert withdrawn(conn) == []


@pytest.mark.parametrize(
    ("hours", "times", "is_withdrawn"),
    [
        pytest.param(19, 1, False, id="two runs on one day"),
        pytest.param(4, 4, False, id="many runs on one day"),
        pytest.param(20, 1, True, id="the next night, a little early"),
        pytest.param(6, 4, True, id="every six hours, for a day"),
        pytest.param(24 * 7, 1, True, id="the next week"),
    ],
)
def test_a_listing_vanishes_after_two_complete_syncs_most_of_a_day_apart(
    conn: Connection, hours: int, times: int, *, is_withdrawn: bool
) -> None:
    pair = stored_pair(conn)
    sync(conn, pair, on(20), on(21))
    for n in range(times + 1):
        sync(conn, pair, on(20), night=1 + n * hours / 24)

    assert withdrawn(conn) == (["Concert 12-21"] if is_withdrawn else [])


def test_a_listing_that_was_seen_in_between_is_missing_for_the_first_time_again(
    conn: Connection,
) -> None:
    pair = stored_pair(conn)
    sync(conn, pair, on(20), on(21))
    for night in range(1, 9):
        sync(conn, pair, on(20), *([] if night % 2 else [on(21)]), night=night)

    assert withdrawn(conn) == []


def test_an_incomplete_sync_sees_listings_but_misses_none(
    conn: Connection,
) -> None:
    pair = stored_pair(conn)
    sync(conn, pair, on(20), on(21))
    sync(conn, pair, on(20), night=1)
    run = begin(conn, pair, Attempt("cut off"))
    Loader(conn, pair, run).load([on(21)], PageResult(SyncStats()))
    fail(conn, run.id, category="network", message="no answer")
    sync(conn, pair, on(20), night=2)

    assert withdrawn(conn) == []


class TestWhatHasBegun:
    """Most sources list only upcoming events: an event that has begun is not withdrawn."""

    @pytest.mark.parametrize(
        ("starts", "now", "is_withdrawn"),
        [
            pytest.param("2026-12-10 10:00", "2026-12-10 14:00", False, id="this morning's"),
            pytest.param("2026-12-10 10:00", "2026-12-10 10:00", False, id="on the minute"),
            pytest.param("2026-12-10 10:01", "2026-12-10 10:00", True, id="in a minute"),
            pytest.param("2026-12-10 00:10", "2026-12-10 00:30", False, id="just after midnight"),
            pytest.param("2026-12-09 22:00", "2026-12-10 00:30", False, id="last night's"),
            pytest.param("2026-12-10 19:00", "2026-12-10 00:30", True, id="tonight's"),
        ],
    )
    def test_an_event_that_has_begun_by_the_minute_is_not_withdrawn(
        self, conn: Connection, starts: str, now: str, *, is_withdrawn: bool
    ) -> None:
        starts_at, at = (
            datetime.fromisoformat(text).replace(tzinfo=WARSAW) for text in (starts, now)
        )
        pair = stored_pair(conn)
        window = Window(date(2026, 12, 9), DECEMBER.end)
        gone = event("gone", starts_at=starts_at, ends_at=starts_at + timedelta(days=3))
        night = (at - FIRST_NIGHT) / timedelta(days=1)
        sync(conn, pair, gone, on(20), night=night - 2, window=window)

        sync_twice(conn, pair, on(20), night=night - 1, window=window)

        assert withdrawn(conn) == (["Concert gone"] if is_withdrawn else [])

    @pytest.mark.parametrize(
        ("zone", "now", "is_withdrawn"),
        [
            ("Europe/Warsaw", "2026-12-09T22:59:00Z", True),
            ("Europe/Warsaw", "2026-12-09T23:01:00Z", False),
            ("America/New_York", "2026-12-10T04:59:00Z", True),
            ("America/New_York", "2026-12-10T05:01:00Z", False),
            ("Pacific/Auckland", "2026-12-09T10:59:00Z", True),
            ("Pacific/Auckland", "2026-12-09T11:01:00Z", False),
        ],
    )
    def test_an_event_without_a_time_has_begun_by_the_day_at_its_venue(
        self, conn: Connection, zone: str, now: str, *, is_withdrawn: bool
    ) -> None:
        pair = stored_pair(conn)
        gone = event("gone", starts_at=None, local_date=date(2026, 12, 10), timezone=zone)
        night = (datetime.fromisoformat(now) - FIRST_NIGHT) / timedelta(days=1)
        sync(conn, pair, gone, on(20), night=night - 2)

        sync_twice(conn, pair, on(20), night=night - 1)

        assert withdrawn(conn) == (["Concert gone"] if is_withdrawn else [])

    def test_an_event_that_has_begun_and_is_removed_by_name_is_not_withdrawn(
        self, conn: Connection
    ) -> None:
        pair = stored_pair(conn)
        sync(conn, pair, on(10), on(11), on(12))
        run = begin(conn, pair, Attempt("removals"))
        conn.execute(
            "UPDATE discovery.sync_runs SET window_start = %s, window_end = %s WHERE id = %s",
            [DECEMBER.start, DECEMBER.end, run.id],
        )
        noon = datetime(2026, 12, 11, 19, tzinfo=WARSAW)

        stats = Loader(conn, pair, run, now=lambda: noon).load(
            [], PageResult(SyncStats()), ["12-10", "12-11", "12-12"]
        )

        assert stats.withdrawn == 1
        assert withdrawn(conn) == ["Concert 12-12"]


def test_events_beyond_the_window_are_not_touched(conn: Connection) -> None:
    pair = stored_pair(conn)
    sync(conn, pair, on(31), on(30))

    sync_twice(conn, pair, window=Window(date(2026, 12, 1), date(2026, 12, 30)))

    assert withdrawn(conn) == ["Concert 12-30"]


def test_an_event_without_a_date_is_not_touched(conn: Connection) -> None:
    pair = stored_pair(conn)
    sync(conn, pair, event("1", starts_at=None, status=EventStatus.POSTPONED))

    sync_twice(conn, pair)

    assert withdrawn(conn) == []


def test_a_listing_of_another_pair_is_not_withdrawn(conn: Connection) -> None:
    of = source()
    krakow, paris = stored_pair(conn, source=of), stored_pair(conn, PARIS, of)
    sync(conn, krakow, on(10))

    assert sync_twice(conn, paris) == Withdrawal(count=0)
    assert withdrawn(conn) == []


def test_a_listing_belongs_to_the_pair_that_saw_it_last(conn: Connection) -> None:
    of = source()
    krakow, paris = stored_pair(conn, source=of), stored_pair(conn, PARIS, of)
    sync(conn, krakow, on(10))
    sync(conn, paris, on(10))

    sync_twice(conn, krakow)

    assert withdrawn(conn) == []


def rejected(external_id: str | None = None, series_id: str | None = None) -> Reject:
    return Reject("unreadable date", "an item", identity=Identity(external_id, series_id))


UNKNOWN = Reject("unreadable date", "an item")


class TestWhatIsListedAndRejected:
    """A listing that the source still lists is not gone because it cannot be read."""

    def test_a_rejected_listing_is_not_missing_and_keeps_its_values(self, conn: Connection) -> None:
        pair = stored_pair(conn)
        sync(conn, pair, on(20), on(21))
        values = "SELECT to_jsonb(l) - 'last_seen_at' FROM discovery.listings l ORDER BY id"
        before = conn.execute(values).fetchall()

        withdrawal = sync_twice(conn, pair, on(20), night=1, rejects=[rejected("12-21")])

        assert withdrawal == Withdrawal()
        assert conn.execute(values).fetchall() == before

    def test_a_rejected_series_keeps_all_its_occurrences(self, conn: Connection) -> None:
        pair = stored_pair(conn)
        sync(conn, pair, on(20, series_id="choir"), on(21, series_id="choir"), on(22), on(23))

        sync_twice(conn, pair, on(23), night=1, rejects=[rejected("choir", "choir")])

        assert withdrawn(conn) == ["Concert 12-22"]

    def test_a_rejected_listing_is_seen_by_an_incomplete_sync(self, conn: Connection) -> None:
        pair = stored_pair(conn)
        sync(conn, pair, on(20), on(21))
        sync(conn, pair, on(20), night=1)
        run = begin(conn, pair, Attempt("cut off"))
        bound(conn, run.id, DECEMBER)
        shown = PageResult(SyncStats(), rejects=(rejected("12-21"),))
        Loader(conn, pair, run).load([], shown)
        fail(conn, run.id, category="network", message="no answer")
        sync(conn, pair, on(20), night=2)

        assert withdrawn(conn) == []

    def test_a_rejected_listing_is_missing_once_it_is_no_longer_listed(
        self, conn: Connection
    ) -> None:
        pair = stored_pair(conn)
        sync(conn, pair, on(20), on(21))
        sync_twice(conn, pair, on(20), night=1, rejects=[rejected("12-21")])

        assert sync_twice(conn, pair, on(20), night=3) == Withdrawal(count=1)

    def test_a_withdrawn_listing_that_is_rejected_stays_withdrawn(self, conn: Connection) -> None:
        pair = stored_pair(conn)
        sync(conn, pair, on(20), on(21))
        sync_twice(conn, pair, on(20), night=1)

        sync(conn, pair, on(20), night=3, rejects=[rejected("12-21")])

        assert withdrawn(conn) == withdrawn(conn, "events") == ["Concert 12-21"]

    def test_a_rejected_item_that_never_was_a_listing_creates_none(self, conn: Connection) -> None:
        pair = stored_pair(conn)

        sync(conn, pair, rejects=[rejected("new", "new")])

        assert conn.execute("SELECT count(*) FROM discovery.listings").fetchone() == (0,)

    def test_a_reject_of_one_pair_does_not_keep_the_listing_of_another_pair(
        self, conn: Connection
    ) -> None:
        of = source()
        krakow, paris = stored_pair(conn, source=of), stored_pair(conn, PARIS, of)
        sync(conn, krakow, on(20), on(21))
        sync(conn, krakow, on(20), night=1)

        sync(conn, paris, night=1.5, rejects=[rejected("12-21")])

        assert sync(conn, krakow, on(20), night=2)[1] == Withdrawal(count=1)

    @pytest.mark.parametrize("is_first", [True, False])
    def test_a_record_in_the_sync_of_its_own_reject_brings_its_values(
        self, conn: Connection, *, is_first: bool
    ) -> None:
        """A list may show a damaged stub of an event whose own page is complete."""
        pair = stored_pair(conn)
        sync(conn, pair, on(20))
        run = begin(conn, pair, Attempt("both"))
        bound(conn, run.id, DECEMBER)
        loader = Loader(conn, pair, run)
        stub = PageResult(SyncStats(), rejects=(rejected("12-20"),))

        if is_first:
            loader.load([], stub)
        stats = loader.load([on(20, title="Recital")], PageResult(SyncStats()))
        if not is_first:
            loader.load([], stub)

        assert stats.updated == 1
        assert loader.load([on(20)], PageResult(SyncStats())).duplicates == 1

    def test_a_confirmed_withdrawal_keeps_a_rejected_listing(self, conn: Connection) -> None:
        pair = stored_pair(conn)
        sync(conn, pair, on(20), on(21), on(22))

        sync(conn, pair, on(20), night=1, rejects=[rejected("12-21")], is_confirmed=True)

        assert withdrawn(conn) == ["Concert 12-22"]

    def test_a_listing_that_the_source_withholds_is_missing(self, conn: Connection) -> None:
        pair = stored_pair(conn)
        sync(conn, pair, on(20), on(21))

        sync_twice(
            conn, pair, on(20), night=1, rejects=[Reject("private", "12-21", identity=NOT_LISTED)]
        )

        assert withdrawn(conn) == ["Concert 12-21"]

    def test_a_rejected_listing_that_the_source_removes_by_name_is_withdrawn(
        self, conn: Connection
    ) -> None:
        pair = stored_pair(conn)
        sync(conn, pair, on(20))
        run = begin(conn, pair, Attempt("removals"))
        bound(conn, run.id, DECEMBER)
        shown = PageResult(SyncStats(), rejects=(rejected("12-20"),))

        stats = Loader(conn, pair, run, now=lambda: FIRST_NIGHT).load([], shown, ["12-20"])

        assert stats.withdrawn == 1


class TestWhatIsRejectedAndUnknown:
    """Any missing listing may be the item that was rejected without an id."""

    def test_a_sync_with_a_reject_without_an_id_withdraws_nothing(self, conn: Connection) -> None:
        pair = stored_pair(conn)
        sync(conn, pair, *(on(day) for day in range(10, 30)))

        for night in (1, 2, 3, 4):
            _, withdrawal = sync(
                conn, pair, *(on(day) for day in range(12, 30)), night=night, rejects=[UNKNOWN]
            )
            assert withdrawal.count == 0
            told = "2 of 20 listings are missing, but 1 item was rejected whose id is not known"
            assert (withdrawal.warning or "").startswith(told) == (night < 4)

    def test_a_person_is_asked_on_the_third_night_about_what_only_such_syncs_have_missed(
        self, conn: Connection
    ) -> None:
        pair = stored_pair(conn)
        sync(conn, pair, on(20), on(21))
        sync_twice(conn, pair, on(20), night=1, rejects=[UNKNOWN])
        assert open_approvals(conn) == []

        _, withdrawal = sync(conn, pair, on(20), night=3, rejects=[UNKNOWN])

        assert (withdrawal.warning or "").endswith(
            "all are kept; 1 missing listing awaits approval: say under Withdrawals whether it is"
            " gone"
        )
        (approval,) = open_approvals(conn)
        assert approval["waiting"] == 1

    def test_nobody_is_asked_any_more_once_a_sync_without_such_rejects_can_tell(
        self, conn: Connection
    ) -> None:
        pair = stored_pair(conn)
        sync(conn, pair, on(20), on(21), on(22))
        for night in (1, 2, 3):
            sync(conn, pair, on(20), night=night, rejects=[UNKNOWN])

        assert sync(conn, pair, on(20), on(22), night=4)[1].count == 0
        assert open_approvals(conn) == []
        assert sync(conn, pair, on(20), on(22), night=5)[1].count == 1
        assert withdrawn(conn) == ["Concert 12-21"]

    def test_listings_are_missing_for_the_first_time_in_a_sync_without_rejects_of_unknown_id(
        self, conn: Connection
    ) -> None:
        pair = stored_pair(conn)
        sync(conn, pair, on(20), on(21))
        sync_twice(conn, pair, on(20), night=1, rejects=[UNKNOWN])

        assert sync(conn, pair, on(20), night=3)[1] == Withdrawal()
        assert sync(conn, pair, on(20), night=4)[1] == Withdrawal(count=1)

    def test_a_reject_without_an_id_gives_no_warning_while_nothing_is_missing(
        self, conn: Connection
    ) -> None:
        pair = stored_pair(conn)
        sync(conn, pair, on(20))

        assert sync(conn, pair, on(20), night=1, rejects=[UNKNOWN])[1] == Withdrawal()

    def test_a_person_may_confirm_that_missing_listings_are_gone_despite_rejects_without_an_id(
        self, conn: Connection
    ) -> None:
        pair = stored_pair(conn)
        sync(conn, pair, on(20), on(21))

        _, withdrawal = sync(
            conn, pair, on(20), night=1, rejects=[UNKNOWN, UNKNOWN], is_confirmed=True
        )

        assert withdrawal == Withdrawal(count=1)


class TestTheGuard:
    """When too many vanish at once, the source is broken rather than the city empty."""

    @pytest.mark.slow
    @pytest.mark.parametrize(
        ("listed", "vanished", "is_allowed"),
        [
            (1, 1, True),
            (2, 1, True),
            (2, 2, False),
            (5, 4, True),
            (5, 5, False),
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
    def test_up_to_five_listings_or_a_fifth_may_vanish_but_never_all_of_several(
        self, conn: Connection, listed: int, vanished: int, *, is_allowed: bool
    ) -> None:
        pair = stored_pair(conn)
        records = several(listed)
        sync(conn, pair, *records)

        withdrawal = sync_twice(conn, pair, *records[vanished:])

        assert withdrawal.count == len(withdrawn(conn)) == (vanished if is_allowed else 0)
        assert withdrawal.warning is None or is_allowed != ("all are kept" in withdrawal.warning)

    def test_the_guard_holds_until_the_last_missing_event_has_begun(self, conn: Connection) -> None:
        """Its events begin one after the other; that must not bring it below the bound."""
        pair = stored_pair(conn)
        sync(conn, pair, *(on(day) for day in range(2, 12)))
        assert "10 of 10 listings are missing" in (sync(conn, pair, night=1)[1].warning or "")
        for night in range(2, 11):
            _, withdrawal = sync(conn, pair, night=night)
            assert withdrawal.count == 0
            left = 11 - night  # those of the days that are to come, and of today
            assert f"{left} missing listing" in (withdrawal.warning or "")

        assert sync_twice(conn, pair, night=11) == Withdrawal()
        assert withdrawn(conn) == []

    def test_missing_events_that_have_begun_do_not_hold_the_guard_over_the_next_listings(
        self, conn: Connection
    ) -> None:
        """A season is taken down before its last events, and weeks later the next one is put up."""
        pair = stored_pair(conn)
        sync(conn, pair, *(on(day) for day in range(2, 12)))
        sync_twice(conn, pair, night=1)
        season = [on(20 + n % 10, external_id=f"next {n}") for n in range(20)]
        sync(conn, pair, *season, night=14)

        assert sync_twice(conn, pair, *season[1:], night=15) == Withdrawal(count=1)

    @pytest.mark.parametrize(("listed", "missing"), [(2, 2), (20, 20), (30, 10)])
    def test_a_confirmed_withdrawal_keeps_missing_events_that_have_begun(
        self, conn: Connection, listed: int, missing: int
    ) -> None:
        pair = stored_pair(conn)
        records = [on(3 + n % 29, external_id=f"n{n}") for n in range(listed)]
        today = on(1, external_id="today")
        sync(conn, pair, today, *records, night=0)

        _, withdrawal = sync(conn, pair, *records[missing:], night=0.9, is_confirmed=True)

        assert withdrawal == Withdrawal(count=missing)
        assert "Concert today" not in withdrawn(conn)
        assert sync_twice(conn, pair, *records[missing:], night=1).warning is None

    def test_the_guard_ends_when_the_missing_listings_are_back(self, conn: Connection) -> None:
        pair = stored_pair(conn)
        records = several(20)
        sync(conn, pair, *records)
        sync(conn, pair, night=1)

        _, withdrawal = sync(conn, pair, *records, night=2)

        assert withdrawal == Withdrawal()
        assert sync_twice(conn, pair, *records[:-1], night=3) == Withdrawal(count=1)

    def test_events_that_a_source_drops_shortly_before_they_begin_do_not_add_up_in_the_guard(
        self, conn: Connection
    ) -> None:
        pair = stored_pair(conn)
        records = [on(1 + n // 4, external_id=f"n{n}") for n in range(120)]  # four a day
        for night in range(20):
            # Nothing of the next day is listed any more.
            listed = [each for each in records if each.local_date > date(2026, 12, 1 + night)]
            _, withdrawal = sync(conn, pair, *(listed if night else records), night=night)
            assert "are kept" not in (withdrawal.warning or "")

    def test_listings_that_were_withdrawn_before_do_not_count_in_the_guard(
        self, conn: Connection
    ) -> None:
        pair = stored_pair(conn)
        records = several(10)
        sync(conn, pair, *records)
        sync_twice(conn, pair, *records[5:])

        assert sync_twice(conn, pair, records[5], night=3).count == 4


class TestWhatIsTold:
    """That much is missing is reported on the first night, before anything is withdrawn."""

    @pytest.mark.slow
    @pytest.mark.parametrize(
        ("listed", "missing", "is_told"),
        [
            (500, 500, True), (500, 450, True), (500, 90, True), (500, 50, True), (500, 49, False),
            (5, 5, True), (5, 3, True), (5, 2, False), (1, 1, True), (30, 3, True), (30, 2, False),
            (0, 0, False),
        ],
    )  # fmt: skip
    def test_many_missing_listings_are_reported_on_the_first_night(
        self, conn: Connection, listed: int, missing: int, *, is_told: bool
    ) -> None:
        pair = stored_pair(conn)
        records = [on(2 + n % 28, external_id=f"n{n}") for n in range(listed)]
        sync(conn, pair, *records)

        _, withdrawal = sync(conn, pair, *records[missing:], night=0.1)

        assert withdrawal.count == 0
        assert (withdrawal.warning is not None) is is_told
        if withdrawal.warning:
            assert withdrawal.warning.startswith(f"{missing} of {listed} listings")


class TestComingBack:
    """A withdrawn listing is back when it is seen again."""

    def test_a_withdrawn_listing_that_comes_back_counts_as_updated(self, conn: Connection) -> None:
        pair = stored_pair(conn)
        sync(conn, pair, on(10))
        sync_twice(conn, pair)

        stats, _ = sync(conn, pair, on(10))

        assert (stats.inserted, stats.updated, stats.unchanged) == (0, 1, 0)
        assert withdrawn(conn) == withdrawn(conn, "events") == []

    def test_a_withdrawn_listing_that_comes_back_is_the_same_listing_and_event(
        self, conn: Connection
    ) -> None:
        pair = stored_pair(conn)
        ids = "SELECT l.id, l.event_id, l.first_seen_at FROM discovery.listings l"
        sync(conn, pair, on(10))
        before = conn.execute(ids).fetchall()
        sync_twice(conn, pair)
        sync(conn, pair, on(10))

        assert conn.execute(ids).fetchall() == before

    def test_a_withdrawn_event_is_back_when_another_source_lists_it(self, conn: Connection) -> None:
        a, b = (stored_pair(conn, source=source(slug)) for slug in "ab")
        sync(conn, a, on(10))
        sync_twice(conn, a)

        sync(conn, b, on(10))

        assert withdrawn(conn) == ["Concert 12-10"]
        assert withdrawn(conn, "events") == []


def test_only_a_listing_that_an_earlier_sync_saw_can_vanish(conn: Connection) -> None:
    """What a first attempt loaded belongs to the sync, though the second does not see it again."""
    pair = stored_pair(conn)
    first = begin(conn, pair, Attempt("run", 0, 1))
    Loader(conn, pair, first).load([on(10)], PageResult(SyncStats(), "1"))
    second = begin(conn, pair, Attempt("run", 0, 2))
    Loader(conn, pair, second).load([on(11)], PageResult(SyncStats(), "2"))

    withdraw_vanished(
        conn,
        pair,
        second.id,
        window=DECEMBER,
        sync_started_at=second.sync_started_at,
        now=FIRST_NIGHT,
    )

    assert conn.execute("SELECT max(missing_since) FROM discovery.listings").fetchone() == (None,)
