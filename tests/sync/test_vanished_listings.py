"""What a sync withdraws: listings that are missing, and those that changes name."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.demo.server import DemoServer
from include.discovery.connectors.base import (
    Connector,
    ConnectorSettings,
    Page,
    ParseContext,
    SyncContext,
)
from include.discovery.errors import (
    NetworkError,
)
from include.discovery.fetch.protocol import Fetcher
from include.discovery.model import Pair
from include.discovery.parsed import Parsed
from include.discovery.store.connection import Connection
from include.discovery.store.runs import Attempt
from include.discovery.sync import pair as pair_sync
from include.discovery.sync.pair import SyncResult, sync_pair
from tests.support.builders import event, source, stored_pair
from tests.sync.sync_support import NOW, last_run, only, report_of, run, theatres, world


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
