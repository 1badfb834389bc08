"""How pairs stand against the clock in the database, and that an upgrade costs none a night."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from include.discovery.due import RunTime
from include.discovery.model import Pair, SyncStats, Window
from include.discovery.store import runs
from include.discovery.store.connection import Connection, connect
from include.discovery.store.loader import Loader
from include.discovery.store.migrate import migrate, migrations
from include.discovery.store.plans import Plan, plan_pairs
from include.discovery.store.runs import Attempt, PageResult
from include.discovery.store.withdrawals import withdraw_vanished
from tests.support.builders import event, plan_run, source, stored_pair

DAY = timedelta(days=1)
LAST_NIGHT = datetime(2026, 6, 10, tzinfo=ZoneInfo("UTC"))
IN_2099 = datetime(2099, 5, 1, 20, tzinfo=UTC)


def nightly(conn: Connection, at: datetime) -> Plan:
    return plan_pairs(conn, f"scheduled__{at.isoformat()}", RunTime(at, at), capacity=99)


@pytest.mark.slow
def test_each_period_is_synced_once_and_as_early_as_possible_over_sixty_nights(
    conn: Connection,
) -> None:
    """In Berlin's time, which is set back in between, with failures and with runs by hand."""
    berlin = ZoneInfo("Europe/Berlin")
    chance = random.Random(5)
    hours = {pair.id: pair.frequency_hours for pair in (
        stored_pair(conn, source=source(f"s{hours}"), frequency_hours=hours)
        for hours in (1, 24, 25, 36, 100, 168)
    )}  # fmt: skip
    first: dict[int, datetime] = {}
    served: dict[int, list[int]] = {pair: [] for pair in hours}
    failed: set[int] = set()

    def period(pair: int, night: datetime) -> int:
        return (night - first[pair]) // timedelta(hours=hours[pair])

    def sync(pair: Pair, run: str, *, succeeds: bool) -> None:
        opened = runs.begin(conn, pair, Attempt(run, 0))
        if succeeds:
            runs.finish(conn, opened.id, complete=True)
        else:
            runs.fail(conn, opened.id, category="network", message="no answer")

    for n in range(60):
        night = datetime(2026, 9, 20, tzinfo=berlin) + n * DAY
        if chance.random() < 0.3:
            for pair in plan_run(conn, f"by hand {n}", force=True).pairs:
                sync(pair, f"by hand {n}", succeeds=True)
        run = RunTime(night + chance.random() * 2 * DAY, night)
        taken = {pair.id: pair for pair in plan_pairs(conn, f"{n}", run, capacity=99).pairs}
        # Due is what has failed, and what is in a period that no night has served.
        assert taken.keys() == {
            pair for pair in hours
            if pair not in first or pair in failed or period(pair, night) != served[pair][-1]
        }  # fmt: skip
        for pair in taken.values():
            succeeds = chance.random() < 0.8
            sync(pair, f"{n}", succeeds=succeeds)
            if succeeds:
                first.setdefault(pair.id, night)
                served[pair.id].append(period(pair.id, night))
                failed.discard(pair.id)
            else:
                failed.add(pair.id)

    for periods in served.values():
        assert len(periods) == len(set(periods)) > 5


@pytest.mark.usefixtures("pair")
class TestUnchangedSyncs:
    """How many syncs in a row have found no change is counted in the database."""

    def sync(
        self,
        conn: Connection,
        night: int,
        *events: str,
        complete: bool = True,
        by_hand: bool = False,
        limit: int | None = None,
    ) -> bool:
        """Sync the one pair, if the run takes it."""
        at = LAST_NIGHT + night * DAY
        run = f"{night}{' by hand' if by_hand else ''}"
        time = RunTime(at, None if by_hand else at)
        taken = plan_pairs(conn, run, time, force=by_hand, capacity=9).pairs
        for pair in taken:
            opened = runs.begin(conn, pair, Attempt(run, 0), limit=limit)
            records = [event(name, starts_at=IN_2099) for name in events]
            Loader(conn, pair, opened).load(records, PageResult(SyncStats()))
            if complete:
                withdraw_vanished(
                    conn,
                    pair,
                    opened.id,
                    window=Window(date(2026, 1, 1), date(2099, 12, 31)),
                    sync_started_at=opened.sync_started_at,
                    now=datetime.now(UTC),
                )
            runs.finish(conn, opened.id, complete=complete)
        return bool(taken)

    def unchanged(self, conn: Connection) -> int:
        row = conn.execute("SELECT unchanged_syncs FROM discovery.city_source").fetchone()
        assert row is not None
        return int(row[0])

    @pytest.fixture
    def pair(self, conn: Connection) -> Pair:
        return stored_pair(conn, max_frequency_hours=168)

    def test_a_pair_whose_source_does_not_change_is_planned_less_and_less_often(
        self, conn: Connection
    ) -> None:
        taken = [night for night in range(25) if self.sync(conn, night, "a", "b")]

        assert taken == [0, 1, 2, 3, 5, 9, 16, 23]

    def test_a_change_that_a_run_by_hand_finds_makes_the_pair_due_again(
        self, conn: Connection
    ) -> None:
        for night in range(6):
            self.sync(conn, night, "a")
        assert not self.sync(conn, 6, "a")

        self.sync(conn, 6, "a", "b", by_hand=True)

        assert self.unchanged(conn) == 0
        assert self.sync(conn, 7, "a", "b")

    def test_runs_by_hand_do_not_count_as_syncs_without_a_change(self, conn: Connection) -> None:
        for night in range(3):
            self.sync(conn, night, "a")

        self.sync(conn, 3, "a", by_hand=True)

        assert self.unchanged(conn) == 2

    def test_a_missing_listing_lets_the_next_night_decide_whether_it_is_gone(
        self, conn: Connection
    ) -> None:
        names = ["a", "b", "c", "d", "e", "f", "g"]
        for night in range(4):
            self.sync(conn, night, *names)
        assert self.unchanged(conn) == 3

        self.sync(conn, 5, *names[1:])

        assert self.unchanged(conn) == 0
        assert self.sync(conn, 6, *names[1:])

    def test_an_incomplete_sync_without_a_change_counts_neither_way(self, conn: Connection) -> None:
        for night in range(3):
            self.sync(conn, night, "a")

        self.sync(conn, 3, "a", complete=False)

        assert self.unchanged(conn) == 2

    def test_an_incomplete_sync_with_a_change_ends_the_row(self, conn: Connection) -> None:
        for night in range(3):
            self.sync(conn, night, "a")

        self.sync(conn, 3, "a", "b", complete=False)

        assert self.unchanged(conn) == 0

    def test_what_a_failed_attempt_or_a_trial_has_changed_counts_with_the_next_success(
        self, conn: Connection, pair: Pair
    ) -> None:
        for night in range(3):
            self.sync(conn, night, "a")
        opened = runs.begin(conn, pair, Attempt("failed", 0))
        Loader(conn, pair, opened).load([event("b")], PageResult(SyncStats()))
        runs.fail(conn, opened.id, category="network", message="no answer")
        assert self.unchanged(conn) == 2

        self.sync(conn, 3, "a", "b")
        assert self.unchanged(conn) == 0

        self.sync(conn, 4, "a", "b")
        self.sync(conn, 4, "a", "b", "c", by_hand=True, limit=9, complete=False)
        assert self.unchanged(conn) == 1
        self.sync(conn, 5, "a", "b", "c")
        assert self.unchanged(conn) == 0


class TestUpgrade:
    """Databases of the time when a pair was due so many hours after it had been claimed."""

    @pytest.fixture
    def old(self, empty_url: str) -> Iterator[Connection]:
        with connect(empty_url) as conn:
            migrate(conn, [found for found in migrations() if found.name < "0005"])
            conn.execute("INSERT INTO discovery.countries VALUES ('PL', 'Poland')")
            conn.execute(
                "INSERT INTO discovery.cities (slug, name, country_code, timezone, latitude,"
                " longitude, radius_km, enabled)"
                " VALUES ('krakow', 'Kraków', 'PL', 'Europe/Warsaw', 50, 20, 25, true)"
            )
            yield conn

    def add(
        self, conn: Connection, slug: str, run: str | None, state: str = "success", hours: int = 24
    ) -> None:
        """Add a pair with a run of it, which had claimed it a minute late."""
        conn.execute(
            "INSERT INTO discovery.sources (slug, name, kind, scope, enabled, trust)"
            " VALUES (%s, %s, 'icalendar', 'city', true, 50)",
            [slug, slug],
        )
        conn.execute(
            "INSERT INTO discovery.city_source (city_id, source_id, enabled, frequency_hours,"
            " priority, next_run_at) SELECT (SELECT id FROM discovery.cities), id, true, %s, 50,"
            " %s FROM discovery.sources WHERE slug = %s",
            [hours, LAST_NIGHT + timedelta(hours=hours, minutes=1), slug],
        )
        if run:
            conn.execute(
                "INSERT INTO discovery.sync_runs (city_source_id, source_slug, dag_run_id,"
                " map_index, try_number, state, dry_run, sync_started_at, started_at, finished_at,"
                " complete, error_category, error_message)"
                " SELECT cs.id, s.slug, %(run)s, 0, 1, %(state)s, false, now(), now(),"
                " CASE WHEN %(state)s <> 'running' THEN now() END,"
                " CASE WHEN %(state)s = 'success' THEN true END,"
                " CASE WHEN %(state)s = 'failed' THEN 'network' END,"
                " CASE WHEN %(state)s = 'failed' THEN 'no answer' END"
                " FROM discovery.sources s JOIN discovery.city_source cs ON cs.source_id = s.id"
                " WHERE s.slug = %(slug)s",
                {"run": run, "state": state, "slug": slug},
            )

    def taken(self, conn: Connection, at: datetime) -> list[str]:
        return [pair.source.slug for pair in nightly(conn, at).pairs]

    def test_the_migration_of_schedules_loses_no_night_and_repeats_none(
        self, old: Connection
    ) -> None:
        self.add(old, "daily", f"scheduled__{LAST_NIGHT.isoformat()}")
        self.add(old, "by-hand", "manual__2026-06-09T15:00:00+00:00")
        self.add(old, "failed", f"scheduled__{LAST_NIGHT.isoformat()}", "failed")
        self.add(old, "weekly", f"scheduled__{(LAST_NIGHT - 3 * DAY).isoformat()}", hours=168)
        self.add(old, "never", None)

        migrate(old)

        tonight = LAST_NIGHT + DAY
        assert "daily" not in self.taken(old, LAST_NIGHT + timedelta(hours=1))
        assert sorted(self.taken(old, tonight)) == ["by-hand", "daily", "failed", "never"]
        assert "weekly" not in self.taken(old, LAST_NIGHT + 3 * DAY)
        assert "weekly" in self.taken(old, LAST_NIGHT + 4 * DAY)

    def test_the_migration_of_schedules_closes_and_counts_a_killed_attempt(
        self, old: Connection
    ) -> None:
        for slug, run in [("a", "scheduled__x"), ("b", "cli__1")]:
            self.add(old, slug, run, "running")

        migrate(old)

        found = old.execute(
            "SELECT r.state, r.error_category, r.map_index, t.attempts, t.failed"
            " FROM discovery.sync_runs r JOIN discovery.pair_totals t USING (city_source_id)"
            " ORDER BY r.id"
        ).fetchall()
        assert found == [("failed", "interrupted", 0, 1, 1), ("failed", "interrupted", -1, 1, 1)]
