"""Loading: what a page of records makes of the tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.discovery.model import (
    Attendance,
    EventRecord,
    EventStatus,
    Pair,
    Price,
    Scope,
    SyncStats,
    Venue,
)
from include.discovery.store import loader
from include.discovery.store.connection import Connection, connect
from include.discovery.store.loader import ID_TAKEN, Loader
from include.discovery.store.matching import match_unmatched
from include.discovery.store.runs import Attempt, PageResult, begin, finish
from tests.support.builders import HALL, KRAKOW, PARIS, WARSAW, event, source, stored_pair
from tests.support.databases import delete_rows


def load(
    conn: Connection, pair: Pair, records: Sequence[EventRecord], run: str = "run"
) -> SyncStats:
    """Load one page as the only page of a sync of its own."""
    opened = begin(conn, pair, Attempt(f"{run}-{datetime.now():%f}"))  # noqa: DTZ005  a unique name
    stats = Loader(conn, pair, opened).load(records, PageResult(SyncStats()))
    finish(conn, opened.id, complete=True)
    return stats


def rows(conn: Connection, query: str) -> list[tuple[Any, ...]]:
    return conn.execute(query.encode()).fetchall()


def one(conn: Connection, query: str) -> Any:
    ((value,),) = rows(conn, query)
    return value


def counts(stats: SyncStats) -> tuple[int, int, int, int]:
    return stats.inserted, stats.updated, stats.unchanged, stats.duplicates


def test_new_records_become_listings_events_and_venues(conn: Connection) -> None:
    stats = load(conn, stored_pair(conn), [event("1"), event("2")])

    assert counts(stats) == (2, 0, 0, 0)
    assert one(conn, "SELECT count(*) FROM discovery.listings") == 2
    assert one(conn, "SELECT count(*) FROM discovery.events") == 2
    assert rows(conn, "SELECT name, street, locality FROM discovery.venues") == [
        ("Sala Kongresowa", "Rynek 1", "Kraków")
    ]


def test_the_same_page_again_changes_nothing(conn: Connection) -> None:
    pair = stored_pair(conn)
    page = [event("1"), event("2", price=Price(min=Decimal(5), currency="PLN"))]
    load(conn, pair, page)
    before = rows(conn, "SELECT id, changed_at FROM discovery.listings ORDER BY id")
    events = rows(conn, "SELECT * FROM discovery.events ORDER BY id")

    assert counts(load(conn, pair, page)) == (0, 0, 2, 0)
    assert rows(conn, "SELECT id, changed_at FROM discovery.listings ORDER BY id") == before
    assert rows(conn, "SELECT * FROM discovery.events ORDER BY id") == events


def test_a_changed_record_updates_its_listing_and_its_event(conn: Connection) -> None:
    pair = stored_pair(conn)
    load(conn, pair, [event("1"), event("2")])

    stats = load(conn, pair, [event("1", status=EventStatus.CANCELLED), event("2")])

    assert counts(stats) == (0, 1, 1, 0)
    assert rows(conn, "SELECT title, status FROM discovery.events ORDER BY title") == [
        ("Concert 1", "cancelled"),
        ("Concert 2", "scheduled"),
    ]


@pytest.mark.parametrize(
    ("column", "known"),
    [
        ("url", {"url": "https://example.org/1"}),
        ("description", {"description": "Long ago."}),
        ("image_url", {"image_url": "https://example.org/1.jpg"}),
        ("organizer", {"organizer": "The house"}),
        ("language", {"language": "pl"}),
        ("performers", {"performers": ("Ada",)}),
        ("categories", {"categories": ("Jazz",)}),
        ("price_min", {"price": Price(min=Decimal(5), max=Decimal(9), currency="PLN")}),
        ("price_text", {"price": Price(text="ask at the door")}),
        ("ends_at", {"ends_at": datetime(2026, 12, 24, 22, 0, tzinfo=WARSAW)}),
    ],
)
def test_a_value_that_a_source_no_longer_gives_is_kept(
    conn: Connection, column: str, known: dict[str, Any]
) -> None:
    pair = stored_pair(conn)
    load(conn, pair, [event("1", **known)])
    before = one(conn, f"SELECT {column} FROM discovery.listings")

    stats = load(conn, pair, [event("1")])

    assert counts(stats) == (0, 0, 1, 0)
    assert before
    assert one(conn, f"SELECT {column} FROM discovery.listings") == before
    assert one(conn, f"SELECT {column} FROM discovery.events") == before


def test_a_new_price_replaces_all_of_the_old_one(conn: Connection) -> None:
    pair = stored_pair(conn)
    load(conn, pair, [event("1", price=Price(min=Decimal(5), max=Decimal(9), currency="PLN"))])

    load(conn, pair, [event("1", price=Price(is_free=True))])

    assert rows(
        conn, "SELECT price_min, price_max, price_currency, price_is_free FROM discovery.events"
    ) == [(None, None, None, True)]


def test_a_source_that_stops_giving_the_time_does_not_erase_it(conn: Connection) -> None:
    pair = stored_pair(conn)
    load(conn, pair, [event("1")])

    load(conn, pair, [event("1", starts_at=None, local_date=date(2026, 12, 24))])

    assert one(conn, "SELECT time_known FROM discovery.listings") is True


def test_a_new_date_without_a_time_replaces_the_date_and_the_time(conn: Connection) -> None:
    pair = stored_pair(conn)
    load(conn, pair, [event("1", ends_at=datetime(2026, 12, 24, 22, 0, tzinfo=WARSAW))])

    load(conn, pair, [event("1", starts_at=None, local_date=date(2026, 12, 30))])

    assert rows(
        conn, "SELECT local_date, starts_at, ends_at, time_known FROM discovery.listings"
    ) == [(date(2026, 12, 30), None, None, False)]


def test_a_later_start_drops_a_known_end_before_it(conn: Connection) -> None:
    pair = stored_pair(conn)
    load(conn, pair, [event("1", ends_at=datetime(2026, 12, 24, 20, 0, tzinfo=WARSAW))])

    load(conn, pair, [event("1", starts_at=datetime(2026, 12, 24, 21, 0, tzinfo=WARSAW))])

    assert one(conn, "SELECT ends_at FROM discovery.listings") is None


def test_an_end_before_the_start_that_is_kept_does_not_replace_the_known_end(
    conn: Connection,
) -> None:
    pair = stored_pair(conn)
    load(conn, pair, [event("1", ends_at=datetime(2026, 12, 24, 22, 0, tzinfo=WARSAW))])

    # No time of the start any more, but one of an end, before the start of the last sync.
    load(conn, pair, [event("1", starts_at=None, local_date=date(2026, 12, 24),
                            ends_at=datetime(2026, 12, 24, 18, 0, tzinfo=WARSAW))])  # fmt: skip

    assert one(conn, "SELECT ends_at FROM discovery.listings") == datetime(
        2026, 12, 24, 22, 0, tzinfo=WARSAW
    )


def test_a_postponed_event_without_a_new_date_keeps_the_old_one(conn: Connection) -> None:
    pair = stored_pair(conn)
    load(conn, pair, [event("1")])

    load(conn, pair, [event("1", starts_at=None, status=EventStatus.POSTPONED)])

    assert rows(conn, "SELECT status, local_date FROM discovery.events") == [
        ("postponed", date(2026, 12, 24))
    ]


def test_a_listing_that_comes_twice_in_one_sync_is_a_duplicate(conn: Connection) -> None:
    pair = stored_pair(conn)
    loader = Loader(conn, pair, begin(conn, pair, Attempt("run")))

    first = loader.load([event("1"), event("1", title="Other")], PageResult(SyncStats()))
    second = loader.load([event("1", title="Third")], PageResult(SyncStats()))

    assert counts(first) == (1, 0, 0, 1)
    assert counts(second) == (0, 0, 0, 1)
    assert one(conn, "SELECT title FROM discovery.listings") == "Concert 1"


def test_a_rescheduled_event_keeps_its_identity(conn: Connection) -> None:
    pair = stored_pair(conn)
    load(conn, pair, [event("1")])
    before = one(conn, "SELECT id FROM discovery.events")

    load(conn, pair, [event("1", starts_at=datetime(2027, 1, 5, 19, 0, tzinfo=WARSAW))])

    assert rows(conn, "SELECT id, local_date FROM discovery.events") == [(before, date(2027, 1, 5))]


class TestTwoSourcesOfOneEvent:
    """Listings with the same title, time and venue are one event."""

    def test_listings_of_two_sources_with_the_same_title_time_and_venue_share_one_event(
        self, conn: Connection
    ) -> None:
        load(conn, stored_pair(conn, source=source("a")), [event("1", title="Żółw")])
        load(conn, stored_pair(conn, source=source("b")), [event("x", title="ZOLW!")])

        assert rows(conn, "SELECT listing_count FROM discovery.events") == [(2,)]
        assert one(conn, "SELECT count(*) FROM discovery.listings") == 2

    def test_an_event_has_the_values_of_the_more_trusted_source_and_fills_blanks_from_the_other(
        self, conn: Connection
    ) -> None:
        load(
            conn,
            stored_pair(conn, source=source("low", trust=10)),
            [event("1", title="CONCERT", description="From low.", url="https://low.example/")],
        )
        load(
            conn,
            stored_pair(conn, source=source("high", trust=90)),
            [event("2", title="Concert", url="https://high.example/")],
        )

        assert rows(conn, "SELECT title, url, description FROM discovery.events") == [
            ("Concert", "https://high.example/", "From low.")
        ]

    def test_an_event_stays_with_one_listing_when_the_other_becomes_another_event(
        self, conn: Connection
    ) -> None:
        stays, moves = (stored_pair(conn, source=source(slug)) for slug in ("stays", "moves"))
        load(conn, stays, [event("1", title="Concert")])
        load(conn, moves, [event("1", title="Concert")])

        load(conn, moves, [event("1", title="Poetry slam")])
        match_unmatched(conn, moves)

        assert rows(conn, "SELECT title, listing_count FROM discovery.events ORDER BY title") == [
            ("Concert", 1),
            ("Poetry slam", 1),
        ]

    def test_no_empty_event_is_left_when_a_listing_joins_the_event_of_another(
        self, conn: Connection
    ) -> None:
        stays, moves = (stored_pair(conn, source=source(slug)) for slug in ("stays", "moves"))
        load(conn, stays, [event("1", title="Concert")])
        load(conn, moves, [event("1", title="Poetry slam")])

        load(conn, moves, [event("1", title="Concert")])
        match_unmatched(conn, moves)

        assert rows(conn, "SELECT title, listing_count FROM discovery.events") == [("Concert", 2)]

    def test_listings_without_a_venue_are_not_merged(self, conn: Connection) -> None:
        for slug in ("a", "b"):
            pair = stored_pair(conn, source=source(slug))
            load(conn, pair, [event("1", title="Story hour", venue=None)])

        assert one(conn, "SELECT count(*) FROM discovery.events") == 2

    def test_the_same_title_in_another_room_is_another_event(self, conn: Connection) -> None:
        other = Venue(name="Mała Scena", locality="Kraków")
        load(
            conn,
            stored_pair(conn),
            [event("1", title="Quiz"), event("2", title="Quiz", venue=other)],
        )

        assert one(conn, "SELECT count(*) FROM discovery.events") == 2

    @pytest.mark.parametrize("known", [False, True], ids=["new events", "known events"])
    def test_concurrent_loads_of_sources_give_the_same_events_without_a_deadlock(
        self, conn: Connection, database_url: str, monkeypatch: pytest.MonkeyPatch, *, known: bool
    ) -> None:
        pairs = [stored_pair(conn, source=source(f"s{n}")) for n in range(6)]
        page = [event(str(n), title=f"Concert {n}") for n in range(40)]
        if known:
            load(conn, stored_pair(conn), page)
        # One that meets another in a deadlock would load its page again.
        monkeypatch.setattr(loader, "_TRIES", 1)
        start = Barrier(len(pairs))
        failures: list[BaseException] = []

        def work(pair: Pair, records: list[EventRecord]) -> None:
            try:
                with connect(database_url) as own:
                    start.wait(timeout=120)
                    load(own, pair, records, run=pair.source.slug)
            except BaseException as error:  # noqa: BLE001  shown by the assertion
                failures.append(error)

        # Half of them in the opposite order: the worst case for locks.
        threads = [
            Thread(target=work, args=(pair, page if n % 2 else page[::-1]))
            for n, pair in enumerate(pairs)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert failures == []
        assert rows(conn, "SELECT listing_count, count(*) FROM discovery.events GROUP BY 1") == [
            (6 + known, 40)
        ]

    def test_a_listing_that_another_sync_adds_meanwhile_keeps_its_event_and_leaves_no_other(
        self, conn: Connection, database_url: str
    ) -> None:
        krakow, paris = stored_pair(conn, KRAKOW), stored_pair(conn, PARIS)

        def load_late() -> None:
            with connect(database_url) as own:
                load(own, paris, [event("1", title="Named anew")])

        late = Thread(target=load_late)
        with conn.transaction():
            load(conn, krakow, [event("1", title="Concert")])
            late.start()
            while not one(conn, "SELECT count(*) FROM pg_locks WHERE NOT granted"):
                pass
        late.join()

        assert rows(
            conn,
            "SELECT e.title, e.match_key LIKE '%named anew', l.title FROM discovery.events e"
            " LEFT JOIN discovery.listings l ON l.event_id = e.id",
        ) == [("Named anew", True, "Named anew")]


def test_a_page_takes_as_many_statements_as_it_has_kinds_of_work(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    class CountingCursor(psycopg.Cursor[Any]):
        executed = 0

        def execute(self, *args: Any, **options: Any) -> Any:
            CountingCursor.executed += 1
            return super().execute(*args, **options)

    def statements(records: Sequence[EventRecord], run: str) -> int:
        opened = begin(conn, pair, Attempt(run))
        loader = Loader(conn, pair, opened)
        loader.load([event("before")], PageResult(SyncStats()))
        CountingCursor.executed = 0
        loader.load(records, PageResult(SyncStats()))
        executed = CountingCursor.executed
        finish(conn, opened.id, complete=True)
        return executed

    pair = stored_pair(conn)
    page = [event(str(n)) for n in range(50)]
    monkeypatch.setattr(conn, "cursor_factory", CountingCursor)

    # The temporary table, the pair's source, what is unknown, what may have been renamed, venues,
    # listings with their events, and the run's row.
    assert statements(page, "new") == 7
    assert statements(page, "unchanged") == 6


def test_a_page_reads_none_but_its_own_listings(conn: Connection) -> None:
    opened = begin(conn, pair := stored_pair(conn), Attempt("first"))
    loader = Loader(conn, pair, opened)
    records = [event(str(n), title=f"Concert {n}") for n in range(2_010)]
    loader.load(records[:2_000], PageResult(SyncStats()))
    # The server may last have looked when an earlier test's rows had been deleted.
    conn.execute("ANALYZE discovery.listings")

    read = (
        "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables"
        " WHERE relid = 'discovery.listings'::regclass"
    )
    with conn.transaction():
        before = one(conn, read)
        loader.load(records[2_000:], PageResult(SyncStats()))
        after = one(conn, read)

    finish(conn, opened.id, complete=True)
    # Each of the ten, as what is noted for matching refers to it.
    assert after - before <= 20


def test_a_page_that_changes_nothing_takes_no_ids(conn: Connection) -> None:
    pair = stored_pair(conn)
    load(conn, pair, [event("1"), event("2")])
    last = "SELECT last_value FROM discovery.listings_id_seq"
    before = one(conn, last)
    load(conn, pair, [event("1"), event("2")])

    assert one(conn, last) == before


class TestVenues:
    """A venue takes the values of all sources, and the first source's value where they differ."""

    def test_a_blank_of_a_venue_is_filled_in(self, conn: Connection) -> None:
        pair = stored_pair(conn)
        load(conn, pair, [event("1", venue=Venue(name="Sala Kongresowa", locality="Kraków"))])
        load(
            conn,
            pair,
            [event("1", venue=Venue(name="SALA KONGRESOWA", locality="Kraków", latitude=50.0,
                                    longitude=19.9))],
        )  # fmt: skip

        assert rows(conn, "SELECT name, latitude FROM discovery.venues") == [
            ("Sala Kongresowa", 50.0)
        ]

    def test_two_sources_do_not_overwrite_the_known_values_of_a_venue_in_turn(
        self, conn: Connection
    ) -> None:
        a, b = (stored_pair(conn, source=source(slug)) for slug in "ab")
        load(conn, a, [event("1", venue=HALL)])
        load(conn, b, [event("1", venue=HALL.model_copy(update={"street": "Rynek Główny 1"}))])

        assert one(conn, "SELECT street FROM discovery.venues") == "Rynek 1"

    def test_a_venue_that_is_told_of_as_it_is_known_is_neither_written_nor_locked(
        self, conn: Connection
    ) -> None:
        pair = stored_pair(conn)
        load(conn, pair, [event("1", venue=HALL)])
        versions = "SELECT xmin::text, xmax::text FROM discovery.venues"
        before = rows(conn, versions)
        load(conn, pair, [event("1", venue=HALL)])

        assert rows(conn, versions) == before


class TestSourcesOfAWholeCountry:
    """A source without a city of its own finds the city of each event."""

    @pytest.mark.parametrize(
        ("venue", "city"),
        [
            (Venue(name="A", locality="KRAKOW"), "krakow"),
            (Venue(name="A", latitude=48.86, longitude=2.35), "paris"),
            (Venue(name="A", locality="Gdańsk"), None),
            (None, None),
        ],
    )
    def test_the_city_of_an_event_of_a_national_source_is_found_by_name_or_distance(
        self, conn: Connection, venue: Venue | None, city: str | None
    ) -> None:
        stored_pair(conn, KRAKOW, source("other"))
        stored_pair(conn, PARIS, source("other"))
        pair = stored_pair(conn, None, source("national", scope=Scope.COUNTRY))

        load(conn, pair, [event("1", venue=venue)])

        found = rows(
            conn,
            "SELECT c.slug FROM discovery.events e"
            " LEFT JOIN discovery.cities c ON c.id = e.city_id",
        )
        assert found == [(city,)]


def test_every_field_of_a_record_is_stored(conn: Connection) -> None:
    record = event(
        "1",
        title="Koncert „Łódź” 💃",
        url="https://example.org/1",
        ends_at=datetime(2026, 12, 24, 22, 0, tzinfo=WARSAW),
        status=EventStatus.TENTATIVE,
        attendance=Attendance.MIXED,
        performers=("Ada, the 1st", 'B"b', "NULL", "C\nD"),
        categories=("Jazz\\Blues", "{x}"),
        organizer="O",
        description="Two\nlines\tand a tab",
        image_url="https://example.org/i.png",
        language="pl-PL",
        price=Price(min=Decimal("5.50"), max=Decimal(7), currency="PLN", text="5.50–7"),
        series_id="s",
        source_updated_at=datetime(2026, 1, 1, tzinfo=WARSAW),
        warnings=("end guessed",),
    )
    load(conn, stored_pair(conn), [record])

    assert rows(
        conn,
        "SELECT title, status, attendance, performers, categories, organizer, description,"
        " language, price_min, price_max, price_currency, price_text, series_id, warnings, ends_at,"
        " source_updated_at FROM discovery.listings",
    ) == [
        (
            record.title, "tentative", "mixed", ["Ada, the 1st", 'B"b', "NULL", "C\nD"],
            ["Jazz\\Blues", "{x}"], "O", "Two\nlines\tand a tab", "pl-PL",
            Decimal("5.50"), Decimal("7.00"), "PLN", "5.50–7", "s",
            ["end guessed"], record.ends_at, record.source_updated_at,
        )
    ]  # fmt: skip


@pytest.mark.slow
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(pages=st.lists(st.lists(st.sampled_from(["a1", "a2", "b1", "c1"]), max_size=4), max_size=6))
def test_listings_and_events_always_agree(conn: Connection, pages: list[list[str]]) -> None:
    """Whatever comes in whatever order: every listing has its event, and no event is empty."""
    variants = {
        "a1": event("a", title="Concert"),
        "a2": event("a", title="Quiz"),
        "b1": event("b", title="Quiz"),
        "c1": event("c", title="Concert", venue=None),
    }
    delete_rows(conn)
    pair = stored_pair(conn)
    for page in pages:
        load(conn, pair, [variants[name] for name in page])
        match_unmatched(conn, pair)
    assert one(conn, "SELECT count(*) FROM discovery.listings WHERE event_id IS NULL") == 0
    assert (
        rows(
            conn,
            "SELECT e.id FROM discovery.events e"
            " LEFT JOIN discovery.listings l ON l.event_id = e.id"
            " GROUP BY e.id HAVING count(l.id) <> e.listing_count OR count(l.id) = 0"
            " OR bool_and(l.match_key <> e.match_key) AND e.match_key <> '#' || e.id",
        )
        == []
    )


class TestTwoSitesOfOneSource:
    """Sites that count their events from one must not overwrite each other."""

    def test_an_id_that_two_sites_use_stays_with_the_first_and_is_rejected_from_the_other(
        self, conn: Connection
    ) -> None:
        krakow, paris = stored_pair(conn, KRAKOW), stored_pair(conn, PARIS)
        load(conn, krakow, [event("1", title="Koncert")])
        another = event("1", title="Exposition", starts_at=datetime(2027, 1, 1, tzinfo=WARSAW))

        stats = load(conn, paris, [another, event("2")])

        assert counts(stats) == (1, 0, 0, 0)
        assert stats.rejected == {ID_TAKEN: 1}
        assert rows(conn, "SELECT title FROM discovery.listings ORDER BY external_id") == [
            ("Koncert",),
            ("Concert 2",),
        ]

    def test_an_event_that_two_cities_of_a_source_list_is_one_listing(
        self, conn: Connection
    ) -> None:
        krakow, paris = stored_pair(conn, KRAKOW), stored_pair(conn, PARIS)
        load(conn, krakow, [event("1")])

        assert counts(load(conn, paris, [event("1", title="Concert 1 (sold out)")])) == (0, 1, 0, 0)
