"""One pair, start to end: real HTTP to the demo feeds, a real database."""

from __future__ import annotations

import asyncio
import json
import random
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from include.demo.messy import MESSY_INVALID_TOTAL
from include.demo.server import DemoServer
from include.discovery.connectors.base import (
    Connector,
    ConnectorSettings,
    Page,
    ParseContext,
    SyncContext,
)
from include.discovery.due import RunTime
from include.discovery.errors import (
    AllRejected,
    DiscoveryError,
    InvalidSettings,
    MissingConnection,
    NetworkError,
    NotFound,
    RateLimited,
    ServerError,
    UnreadableResponse,
)
from include.discovery.fetch.client import HttpFetcher
from include.discovery.fetch.keys import Credentials, KeyHost
from include.discovery.fetch.protocol import Fetcher, RequestSettings
from include.discovery.model import Pair
from include.discovery.parsed import Parsed
from include.discovery.report import report
from include.discovery.response import Response
from include.discovery.store.connection import Connection
from include.discovery.store.plans import plan_pairs
from include.discovery.store.runs import Attempt
from include.discovery.sync import pair as pair_sync
from include.discovery.sync.environment import SyncEnvironment
from include.discovery.sync.pair import SyncResult, one_ahead, sync_pair
from tests.support.builders import event, plan_run, source, stored_pair
from tests.support.loopback import LOOPBACK

TODAY = date(2026, 2, 20)
THIS_MACHINE = KeyHost.parse("127.0.0.1")
NOW = datetime(2026, 2, 20, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(port=0, today=TODAY) as server:
        yield server


class WatchedFetcher(HttpFetcher):
    """The real fetcher, which notes what was asked and can be cut off after some answers."""

    def __init__(self, *args: Any, log: list[dict[str, Any]], fail_after: int | None, **kw: Any):
        super().__init__(*args, **kw)
        self._log = log
        self._fail_after = fail_after

    async def get(
        self, url: str, *, params: Mapping[str, Any] | None = None, **kw: Any
    ) -> Response:
        if self._fail_after is not None and len(self._log) >= self._fail_after:
            raise NetworkError("the line is dead")
        response = await super().get(url, params=params, **kw)
        self._log.append(dict(params or {}))
        return response


def world(
    *,
    key: str | None = None,
    log: list[dict[str, Any]] | None = None,
    fail_after: int | None = None,
    now: datetime = NOW,
) -> SyncEnvironment:
    """Build the environment of a sync: a fixed time, a key or none, a line that may go dead."""

    def open_fetcher(settings: RequestSettings, credentials: Credentials | None) -> HttpFetcher:
        return WatchedFetcher(
            settings,
            "tests",
            rng=random.Random(0),
            sleep=lambda _seconds: asyncio.sleep(0),
            now=lambda: now,
            addresses=LOOPBACK,
            credentials=credentials,
            log=[] if log is None else log,
            fail_after=fail_after,
        )

    return SyncEnvironment(
        lambda: now,
        lambda _: Credentials(key, hosts=(THIS_MACHINE,)) if key else None,
        open_fetcher,
    )


NO_DATES = b'{"events": [{"id": 1, "title": "X"}], "total": 1, "total_pages": 1}'


def only(body: bytes) -> SyncEnvironment:
    """Build an environment in which every request is answered by the same body."""

    class OneAnswer(HttpFetcher):
        async def get(self, url: str, **_: Any) -> Response:
            return Response(200, {}, body, url)

    return SyncEnvironment(
        lambda: NOW,
        lambda _: None,
        lambda settings, _: OneAnswer(
            settings, "tests", rng=random.Random(0), sleep=asyncio.sleep, now=lambda: NOW
        ),
    )


def refusing(error: DiscoveryError) -> SyncEnvironment:
    """Build an environment in which every request fails so."""

    class Refusing(HttpFetcher):
        async def get(self, *_: Any, **__: Any) -> Response:
            raise error

    return SyncEnvironment(
        lambda: NOW,
        lambda _: None,
        lambda settings, _: Refusing(
            settings, "tests", rng=random.Random(0), sleep=asyncio.sleep, now=lambda: NOW
        ),
    )


def theatres(conn: Connection, demo: DemoServer, path: str = "theatres/krakow/") -> Pair:
    return stored_pair(
        conn,
        source=source("demo-theatres", kind="events_calendar"),
        settings={"site_url": f"{demo.url}/{path}"},
    )


def run(
    conn: Connection, pair: Pair, environment: SyncEnvironment, try_number: int = 1, **options: Any
) -> SyncResult:
    return sync_pair(conn, pair, Attempt("run", 0, try_number), environment, **options)


def last_run(conn: Connection, *columns: str) -> tuple[Any, ...]:
    row = conn.execute(
        f"SELECT {', '.join(columns)} FROM discovery.sync_runs ORDER BY id DESC LIMIT 1".encode()
    ).fetchone()
    assert row is not None
    return row


def report_of(conn: Connection, dag_run_id: str) -> str:
    conn.execute(
        "INSERT INTO discovery.planned_syncs SELECT %s, 0, id, now() FROM discovery.city_source",
        [dag_run_id],
    )
    return report(conn, dag_run_id).as_table()


def listings(conn: Connection) -> int:
    row = conn.execute("SELECT count(*) FROM discovery.listings").fetchone()
    assert row is not None
    return int(row[0])


def test_a_sync_loads_everything_that_the_source_has(conn: Connection, demo: DemoServer) -> None:
    result = run(conn, theatres(conn, demo), world())

    assert result.stats.inserted == result.expected == listings(conn) > 300
    assert result.complete
    assert last_run(conn, "state", "complete", "inserted", "expected") == (
        "success", True, result.stats.inserted, result.expected,
    )  # fmt: skip


def test_a_second_sync_finds_everything_unchanged(conn: Connection, demo: DemoServer) -> None:
    pair = theatres(conn, demo)
    first = run(conn, pair, world())

    again = sync_pair(conn, pair, Attempt("another run"), world())

    assert (again.stats.inserted, again.stats.updated) == (0, 0)
    assert again.stats.unchanged == first.stats.inserted


class TestBadRecords:
    """A bad record affects itself only."""

    def test_bad_records_are_counted_by_reason_and_good_ones_loaded(
        self, conn: Connection, demo: DemoServer
    ) -> None:
        result = run(conn, theatres(conn, demo, "messy/krakow/"), world())

        assert result.stats.rejected_total > MESSY_INVALID_TOTAL / 2
        assert result.stats.inserted == result.stats.fetched - result.stats.rejected_total
        rejected, samples = last_run(conn, "rejected", "reject_samples")
        assert rejected == dict(result.stats.rejected)
        assert {"reason", "item", "detail", "id", "url", "excerpt"} == set(samples[0])
        assert {s["reason"] for s in samples if not s["excerpt"]} <= {"not an object"}

    def test_a_sync_of_a_source_with_bad_records_only_fails(self, conn: Connection) -> None:
        pair = stored_pair(
            conn,
            source=source(kind="events_calendar"),
            settings={"site_url": "https://example.org/"},
        )

        with pytest.raises(AllRejected, match="all 1 items were rejected"):
            run(conn, pair, only(NO_DATES))
        assert last_run(conn, "state", "error_category") == ("failed", "validation")


class TestKeptAnswers:
    """What could not be read is kept, for whoever finds out why."""

    def kept(self, conn: Connection) -> list[tuple[str, str]]:
        found = conn.execute("SELECT category, body FROM discovery.kept_answers").fetchall()
        return [(category, zlib.decompress(body).decode()) for category, body in found]

    def test_an_answer_of_another_kind_is_kept(self, conn: Connection, demo: DemoServer) -> None:
        pair = stored_pair(
            conn, source=source(settings={"request_retries": 0}),
            settings={"url": f"{demo.url}/clubs/krakow/"},
        )  # fmt: skip

        with pytest.raises(UnreadableResponse):
            run(conn, pair, world())

        ((category, text),) = self.kept(conn)
        assert category == "parsing"
        assert text.lower().startswith("<!doctype html>")

    def test_the_last_answer_is_kept_when_all_its_items_were_rejected(
        self, conn: Connection
    ) -> None:
        settings = {"site_url": "https://example.org/"}
        pair = stored_pair(conn, source=source(kind="events_calendar"), settings=settings)

        with pytest.raises(AllRejected):
            run(conn, pair, only(NO_DATES))

        ((category, text),) = self.kept(conn)
        assert category == "validation"
        assert json.loads(text)["events"]

    def test_a_source_that_does_not_answer_leaves_nothing_to_keep(
        self, conn: Connection, demo: DemoServer
    ) -> None:
        with pytest.raises(NetworkError):
            run(conn, theatres(conn, demo), world(fail_after=3))

        assert self.kept(conn) == []


class TestAKilledOrFailedAttempt:
    """The next attempt of the same run resumes; nothing is lost, loaded twice or fetched again."""

    def test_pages_that_were_loaded_before_a_failure_stay(
        self, conn: Connection, demo: DemoServer
    ) -> None:
        with pytest.raises(NetworkError):
            run(conn, theatres(conn, demo), world(fail_after=3))

        assert listings(conn) == 150
        assert last_run(conn, "state", "error_category", "error_message", "pages") == (
            "failed", "network", "the line is dead", 3,
        )  # fmt: skip

    def test_the_next_attempt_fetches_only_the_remaining_pages(
        self, conn: Connection, demo: DemoServer
    ) -> None:
        pair = theatres(conn, demo)
        first: list[dict[str, Any]] = []
        second: list[dict[str, Any]] = []
        with pytest.raises(NetworkError):
            run(conn, pair, world(log=first, fail_after=3))

        result = run(conn, pair, world(log=second), try_number=2)

        assert [call["page"] for call in first] == [1, 2, 3]
        assert second[0]["page"] == 4
        assert listings(conn) == result.expected == result.stats.inserted + 150
        assert result.complete

    @pytest.mark.slow
    def test_an_attempt_after_midnight_keeps_the_window_of_the_first(
        self, conn: Connection, demo: DemoServer
    ) -> None:
        pair = theatres(conn, demo)
        with pytest.raises(NetworkError):
            run(conn, pair, world(fail_after=3))
        window = last_run(conn, "window_start", "window_end")

        run(conn, pair, world(now=datetime(2026, 2, 21, 1, 0, tzinfo=UTC)), try_number=2)

        assert last_run(conn, "window_start", "window_end") == window

    @pytest.mark.slow
    def test_another_run_starts_at_the_first_page(self, conn: Connection, demo: DemoServer) -> None:
        pair = theatres(conn, demo)
        with pytest.raises(NetworkError):
            run(conn, pair, world(fail_after=3))
        log: list[dict[str, Any]] = []

        sync_pair(conn, pair, Attempt("another run"), world(log=log))

        assert log[0]["page"] == 1

    @pytest.mark.slow
    def test_a_gap_of_the_first_attempt_is_still_a_gap_in_the_next(
        self, conn: Connection, demo: DemoServer
    ) -> None:
        pair = theatres(conn, demo)
        with pytest.raises(NetworkError):
            run(conn, pair, world(fail_after=3))
        conn.execute("UPDATE discovery.sync_runs SET gaps = '{one page was unreadable}'")

        result = run(conn, pair, world(), try_number=2)

        assert result.gaps == ("one page was unreadable",)
        assert not result.complete

    @pytest.mark.slow
    def test_bad_records_in_the_remaining_pages_do_not_fail_the_sync(
        self, conn: Connection, demo: DemoServer
    ) -> None:
        pair = theatres(conn, demo)
        with pytest.raises(NetworkError):
            run(conn, pair, world(fail_after=3))

        assert run(conn, pair, only(NO_DATES), try_number=2).stats.rejected_total == 1

    @pytest.mark.slow
    def test_an_attempt_without_an_end_reads_as_interrupted(
        self, conn: Connection, demo: DemoServer
    ) -> None:
        pair = theatres(conn, demo)
        with pytest.raises(NetworkError):
            run(conn, pair, world(fail_after=3))
        # What kill -9 leaves: the row as it was while the task was at work.
        conn.execute(
            "UPDATE discovery.sync_runs SET state = 'running', finished_at = NULL,"
            " error_category = NULL, error_message = NULL"
        )

        run(conn, pair, world(), try_number=2)

        states = conn.execute(
            "SELECT state, error_category FROM discovery.sync_runs ORDER BY id"
        ).fetchall()
        assert states == [("failed", "interrupted"), ("success", None)]


class TestLimit:
    """A limit bounds the number of loaded events over all attempts."""

    def test_a_sync_stops_reading_at_its_limit(self, conn: Connection, demo: DemoServer) -> None:
        log: list[dict[str, Any]] = []
        result = run(conn, theatres(conn, demo), world(log=log), limit=60)

        assert listings(conn) == 60
        assert (result.stats.inserted, result.stats.skipped) == (60, 40)
        assert len(log) <= 3  # the page in flight is the price of fetching ahead

    @pytest.mark.slow
    def test_a_sync_that_stopped_at_its_limit_is_incomplete(
        self, conn: Connection, demo: DemoServer
    ) -> None:
        result = run(conn, theatres(conn, demo), world(), limit=60)

        assert not result.complete
        assert last_run(conn, "complete", "gaps") == (False, ["stopped at the limit"])

    @pytest.mark.slow
    def test_a_retry_loads_only_what_is_left_of_the_limit(
        self, conn: Connection, demo: DemoServer
    ) -> None:
        pair = theatres(conn, demo)
        with pytest.raises(NetworkError):
            run(conn, pair, world(fail_after=1), limit=60)

        run(conn, pair, world(), try_number=2, limit=60)

        assert listings(conn) == 60


def test_a_dry_run_loads_nothing(conn: Connection, demo: DemoServer) -> None:
    result = run(conn, theatres(conn, demo), world(), dry_run=True)

    assert listings(conn) == 0
    assert result.stats.fetched > 300
    assert last_run(conn, "dry_run", "fetched", "inserted") == (True, result.stats.fetched, 0)


class TestVanished:
    """Only a complete sync may say that something is gone."""

    def ghost(self, conn: Connection, pair: Pair, day: str = "2026-03-01") -> None:
        conn.execute(
            "INSERT INTO discovery.listings (source_id, external_id, city_source_id, match_key,"
            " title, local_date, time_known, timezone, status, attendance, performers, categories,"
            " warnings, first_seen_at, last_seen_at, changed_at)"
            " SELECT id, 'ghost', %s, 'ghost', 'Ghost', %s, false, 'Europe/Warsaw', 'scheduled',"
            " 'offline', '{}', '{}', '{}', now(), now(), now() FROM discovery.sources",
            [pair.id, day],
        )

    def gone(self, conn: Connection) -> bool:
        row = conn.execute(
            "SELECT withdrawn_at IS NOT NULL FROM discovery.listings WHERE external_id = 'ghost'"
        ).fetchone()
        assert row is not None
        return bool(row[0])

    def nights(self, conn: Connection, pair: Pair, **options: Any) -> list[SyncResult]:
        """Sync the pair on this day and on the next."""
        environments = [world(), world(now=NOW + timedelta(days=1))]
        return [
            sync_pair(conn, pair, Attempt(f"night {n}"), environment, **options)
            for n, environment in enumerate(environments)
        ]

    def test_a_missing_listing_is_withdrawn_after_two_complete_syncs_a_day_apart(
        self, conn: Connection, demo: DemoServer
    ) -> None:
        pair = theatres(conn, demo)
        self.ghost(conn, pair)

        results = self.nights(conn, pair)

        assert [result.stats.withdrawn for result in results] == [0, 1]
        assert self.gone(conn)

    @pytest.mark.slow
    @pytest.mark.parametrize("options", [{"limit": 60}, {"limit": 9_000}, {"dry_run": True}])
    def test_a_missing_listing_stays_after_limited_or_dry_syncs(
        self, conn: Connection, demo: DemoServer, options: dict[str, Any]
    ) -> None:
        pair = theatres(conn, demo)
        self.ghost(conn, pair)

        results = self.nights(conn, pair, **options)

        assert [result.stats.withdrawn for result in results] == [0, 0]
        assert not self.gone(conn)

    @pytest.mark.slow
    def test_a_missing_listing_of_a_past_event_stays(
        self, conn: Connection, demo: DemoServer
    ) -> None:
        pair = theatres(conn, demo)
        self.ghost(conn, pair, day="2026-02-19")

        self.nights(conn, pair)

        assert not self.gone(conn)

    @pytest.mark.slow
    def test_a_source_that_has_emptied_is_a_warning_on_the_first_night(
        self, conn: Connection, caplog: pytest.LogCaptureFixture
    ) -> None:
        pair = stored_pair(
            conn,
            source=source(kind="json_feed"),
            settings={
                "url": "https://example.org/",
                "fields": {"external_id": "id", "title": "name", "starts_at": "at"},
            },
        )
        shows = [{"id": n, "name": f"Show {n}", "at": "2026-03-01T19:00"} for n in range(8)]
        sync_pair(conn, pair, Attempt("yesterday"), only(json.dumps(shows).encode()))

        result = sync_pair(conn, pair, Attempt("today"), only(b"[]"))

        told = "8 of 8 listings are missing; all are kept"
        assert result.complete
        assert result.warnings[0].startswith(told)
        assert told in caplog.text
        assert last_run(conn, "warnings") == (list(result.warnings),)
        (line,) = [row for row in report_of(conn, "today").splitlines() if told in row]
        assert " warning " in line

        confirmed = sync_pair(conn, pair, Attempt("later"), only(b"[]"), withdraw_missing=True)
        assert (confirmed.stats.withdrawn, confirmed.warnings) == (8, ())

    @pytest.mark.slow
    def test_a_confirmed_withdrawal_needs_a_source_that_was_read_to_its_end(
        self, conn: Connection, demo: DemoServer
    ) -> None:
        pair = theatres(conn, demo)
        self.ghost(conn, pair)
        with pytest.raises(NetworkError):
            run(conn, pair, world(fail_after=3), withdraw_missing=True)

        assert not self.gone(conn)
        assert run(conn, pair, world(), try_number=2, withdraw_missing=True).stats.withdrawn == 1


class Diary(Connector[ConnectorSettings]):
    """A source that can tell what has changed: of its three events, the third was removed since."""

    kind = "diary"
    settings_model = ConnectorSettings

    def __init__(self) -> None:
        self.asked: list[datetime | None] = []

    def parse(self, body: bytes, context: ParseContext[ConnectorSettings]) -> Parsed:
        raise NotImplementedError

    def reads_changes(self, settings: ConnectorSettings) -> bool:  # noqa: ARG002  an interface
        return True

    async def pages(
        self,
        context: SyncContext[ConnectorSettings],
        fetch: Fetcher,  # noqa: ARG002  an interface
    ) -> AsyncIterator[Page]:
        self.asked.append(context.changed_since)
        at = datetime(2026, 3, 1, 19, tzinfo=UTC)
        if context.changed_since is None:
            yield Page([event(name, starts_at=at) for name in "abc"])
        else:
            yield Page([event("a", starts_at=at, title="Moved")], removed=["c"])


class TestChangesAlone:
    @pytest.fixture
    def diary(self, monkeypatch: pytest.MonkeyPatch) -> Diary:
        connector = Diary()
        monkeypatch.setattr(pair_sync, "connector_for", lambda _kind: connector)
        monkeypatch.setattr(Diary, "validated", lambda *_, **__: ConnectorSettings())
        return connector

    def test_changes_alone_are_read_after_a_complete_sync_and_withdraw_removed_listings(
        self, conn: Connection, diary: Diary
    ) -> None:
        pair = stored_pair(conn)
        first = sync_pair(conn, pair, Attempt("first"), world())
        second = sync_pair(conn, pair, Attempt("second"), world())

        assert diary.asked[0] is None
        assert diary.asked[1] is not None
        assert (first.stats.inserted, first.complete) == (3, True)
        assert (second.stats.updated, second.stats.withdrawn, second.complete) == (1, 1, True)

    @pytest.mark.usefixtures("diary")
    def test_a_listing_that_the_changes_do_not_mention_stays(self, conn: Connection) -> None:
        pair = stored_pair(conn)
        sync_pair(conn, pair, Attempt("first"), world())
        sync_pair(conn, pair, Attempt("second"), world())

        rows = conn.execute(
            "SELECT external_id FROM discovery.listings WHERE withdrawn_at IS NULL ORDER BY 1"
        )
        assert [row[0] for row in rows] == ["a", "b"]

    @pytest.mark.parametrize("options", [{"limit": 2}, {"limit": 50}])
    def test_a_limited_sync_reads_everything_instead_of_the_changes(
        self, conn: Connection, diary: Diary, options: dict[str, Any]
    ) -> None:
        pair = stored_pair(conn)
        sync_pair(conn, pair, Attempt("first"), world())
        sync_pair(conn, pair, Attempt("second"), world(), **options)

        assert diary.asked == [None, None]

    @pytest.mark.parametrize("options", [{"everything": True}, {"withdraw_missing": True}])
    def test_a_sync_reads_everything_instead_of_the_changes_on_demand(
        self, conn: Connection, diary: Diary, options: dict[str, Any]
    ) -> None:
        pair = stored_pair(conn)
        sync_pair(conn, pair, Attempt("first"), world())
        sync_pair(conn, pair, Attempt("second"), world(), **options)

        assert diary.asked == [None, None]


class TestFailuresThatSayWhatToDo:
    """Each leaves its category and one line in the run's row."""

    def test_a_missing_key_names_the_connection(self, conn: Connection) -> None:
        pair = stored_pair(conn, source=source("ticketmaster", kind="ticketmaster"))

        with pytest.raises(MissingConnection, match="needs connection discovery_ticketmaster"):
            run(conn, pair, world())
        assert last_run(conn, "error_category") == ("authentication",)

    def test_wrong_settings_name_the_pair_and_the_setting(self, conn: Connection) -> None:
        pair = stored_pair(conn, source=source(kind="events_calendar"), settings={"sit_url": "x"})

        with pytest.raises(InvalidSettings, match=r"krakow · theatres: .*site_url"):
            run(conn, pair, world())

    def test_an_address_that_is_gone_fails_as_not_found(
        self, conn: Connection, demo: DemoServer
    ) -> None:
        pair = stored_pair(conn, settings={"url": f"{demo.url}/gone/helsinki.ics"})

        with pytest.raises(NotFound):
            run(conn, pair, world())
        (message,) = last_run(conn, "error_message")
        assert "404" in message
        assert "\n" not in message


class TestParking:
    """A source that asks for a long wait gets it, and delays no other pair."""

    @pytest.fixture
    def pair(self, conn: Connection, demo: DemoServer) -> Pair:
        return theatres(conn, demo)

    def parked(self, conn: Connection) -> list[tuple[Any, ...]]:
        return conn.execute(
            "SELECT cs.parked_because, r.error_category,"
            " extract(epoch FROM cs.parked_until - r.finished_at)::int"
            " FROM discovery.city_source cs JOIN discovery.sync_runs r"
            " ON r.city_source_id = cs.id AND r.parked_until = cs.parked_until"
        ).fetchall()

    def refused(self, conn: Connection, pair: Pair, error: DiscoveryError) -> None:
        with pytest.raises(type(error)):
            run(conn, pair, refusing(error))

    def test_a_long_wait_that_the_source_asks_for_parks_the_pair(
        self, conn: Connection, pair: Pair
    ) -> None:
        self.refused(conn, pair, RateLimited("slow down", retry_after=86_400))

        assert self.parked(conn) == [("rate limited", "rate_limited", 86_400)]

    def test_a_parked_pair_is_taken_by_a_forced_run_only(
        self, conn: Connection, pair: Pair
    ) -> None:
        self.refused(conn, pair, RateLimited("slow down", retry_after=86_400))
        now = datetime.now(ZoneInfo("UTC"))

        assert plan_pairs(conn, "night", RunTime(now, now), capacity=9).pairs == ()
        assert plan_run(conn, "by hand").pairs == ()
        forced = plan_run(conn, "forced", force=True)
        assert (len(forced.pairs), len(forced.parked)) == (1, 1)

    def test_a_parked_pair_is_taken_by_the_first_run_after_its_parking_ends(
        self, conn: Connection, pair: Pair
    ) -> None:
        self.refused(conn, pair, RateLimited("slow down", retry_after=86_400))
        later = datetime.now(ZoneInfo("UTC")) + timedelta(days=1, minutes=1)

        assert len(plan_pairs(conn, "night", RunTime(later, later), capacity=9).pairs) == 1

    @pytest.mark.slow
    def test_a_success_ends_the_parking_of_a_pair(self, conn: Connection, pair: Pair) -> None:
        self.refused(conn, pair, RateLimited("slow down", retry_after=86_400))

        run(conn, pair, world(), try_number=2)

        assert conn.execute(
            "SELECT parked_until, parked_because FROM discovery.city_source"
        ).fetchall() == [(None, None)]

    def test_a_short_wait_does_not_park_the_pair(self, conn: Connection, pair: Pair) -> None:
        self.refused(conn, pair, ServerError("busy", retry_after=90))

        assert self.parked(conn) == []


class TestFetchingAhead:
    """The next item is on its way while one is handled."""

    @staticmethod
    def collect(
        items: Callable[[], AsyncIterator[int]],
    ) -> tuple[list[int], BaseException | None]:
        taken: list[int] = []

        async def work() -> None:
            async for item in one_ahead(items()):
                taken.append(item)  # noqa: PERF401  what came before a failure must be kept

        try:
            asyncio.run(work())
        except RuntimeError as error:
            return taken, error
        return taken, None

    def test_items_that_are_fetched_ahead_come_in_order(self) -> None:
        async def items() -> AsyncIterator[int]:
            for n in range(3):
                yield n

        assert self.collect(items) == ([0, 1, 2], None)

    def test_a_failure_comes_after_the_items_before_it(self) -> None:
        async def items() -> AsyncIterator[int]:
            yield 1
            raise RuntimeError("broken")

        taken, error = self.collect(items)
        assert taken == [1]
        assert str(error) == "broken"

    def test_leaving_the_iteration_early_closes_the_source(self) -> None:
        closed = []

        @asynccontextmanager
        async def opened() -> AsyncIterator[None]:
            try:
                yield
            finally:
                closed.append(True)

        async def items() -> AsyncIterator[int]:
            async with opened():
                for n in range(10):
                    yield n

        async def work() -> None:
            ahead = one_ahead(items())
            async for _ in ahead:
                break
            await ahead.aclose()

        asyncio.run(work())
        assert closed == [True]
