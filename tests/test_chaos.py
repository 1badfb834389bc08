"""The benchmark of chaos can fail: whatever is wrong in the database is found."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bench.chaos.__main__ import NO_FAULT, endings, examine, other_than_expected
from bench.chaos.sources import KINDS, Deck, Unreliable
from include.discovery.errors import DiscoveryError
from include.discovery.fetch.client import HttpFetcher
from include.discovery.fetch.keys import Credentials
from include.discovery.fetch.protocol import RequestSettings
from include.discovery.store.connection import Connection
from include.discovery.store.runs import Attempt
from include.discovery.sync.environment import SyncEnvironment
from include.discovery.sync.pair import sync_pair
from tests.support.builders import source, stored_pair
from tests.support.faults import serving
from tests.support.loopback import LOOPBACK

LOST = "DELETE FROM discovery.listings WHERE external_id = 'source-01-7'"
WITHDRAWN = "UPDATE discovery.listings SET withdrawn_at = now() WHERE external_id = 'source-01-7'"
NEVER_LISTED = "UPDATE discovery.listings SET external_id = 'x' WHERE external_id = 'source-01-7'"
TWICE = """
UPDATE discovery.events SET title = (SELECT min(title) FROM discovery.events)
WHERE title = (SELECT max(title) FROM discovery.events)
"""
WITHOUT_EVENT = "UPDATE discovery.listings SET event_id = NULL WHERE external_id = 'source-01-7'"
COUNTED_TWICE = "UPDATE discovery.sync_runs SET inserted = inserted + 1, fetched = fetched + 1"


def synced(conn: Connection, site: Unreliable) -> None:
    def open_fetcher(settings: RequestSettings, _: Credentials | None) -> HttpFetcher:
        return HttpFetcher(
            settings,
            "tests",
            rng=random.Random(1),
            sleep=lambda _seconds: asyncio.sleep(0),
            now=lambda: datetime.now(UTC),
            addresses=LOOPBACK,
        )

    pair = stored_pair(conn, source=source(site.name, kind="json_feed"), settings=site.settings)
    world = SyncEnvironment(lambda: datetime.now(UTC), lambda _: None, open_fetcher)
    sync_pair(conn, pair, Attempt("run"), world)


@pytest.fixture
def site() -> Iterator[Unreliable]:
    first_day = datetime.now(UTC).date() + timedelta(days=10)
    with serving(Unreliable(name="source-01", first_day=first_day)) as found:
        yield found


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        ("SELECT 1", set()),
        (LOST, {"lost", "counted wrong"}),
        (WITHDRAWN, {"lost", "wrongly withdrawn"}),
        (NEVER_LISTED, {"lost", "never listed", "doubled"}),
        (TWICE, {"doubled"}),
        (WITHOUT_EVENT, {"listings without event"}),
        (COUNTED_TWICE, {"counted wrong"}),
    ],
    ids=[
        "all is well",
        "lost",
        "withdrawn",
        "never listed",
        "twice",
        "without event",
        "counted twice",
    ],
)
def test_whatever_is_wrong_after_a_night_is_found(
    conn: Connection, site: Unreliable, tampering: str, found: set[str]
) -> None:
    synced(conn, site)
    conn.execute(tampering.encode())

    counts = examine(conn, [site], all_complete=True)

    assert {what for what, count in counts.items() if count} == found


def test_a_source_that_was_never_read_to_its_end_is_not_complete(
    conn: Connection, site: Unreliable
) -> None:
    assert examine(conn, [site], all_complete=True)["not complete"] == 1


def test_an_attempt_that_ends_with_another_class_than_its_fault_is_found(
    conn: Connection, site: Unreliable
) -> None:
    site.share, site.deck = 1.0, Deck(0)
    site.deck._left = ["403"]
    with pytest.raises(DiscoveryError):
        synced(conn, site)

    ended = endings(conn, [site])
    assert ended == {"403": {"blocked": 1}}
    assert other_than_expected(ended) == 0
    conn.execute("UPDATE discovery.sync_runs SET error_category = 'parsing'")
    assert other_than_expected(endings(conn, [site])) == 1
    conn.execute("UPDATE discovery.sync_runs SET error_category = 'interrupted'")
    assert endings(conn, [site]) == {NO_FAULT: {"interrupted": 1}}


def test_each_kind_of_fault_is_dealt_as_often_as_any_other() -> None:
    deck = Deck(1)
    dealt = [deck.take() for _ in range(2 * len(KINDS))]
    assert sorted(dealt) == sorted([*KINDS, *KINDS])
    assert dealt[: len(KINDS)] != dealt[len(KINDS) :]


def test_a_request_before_the_end_of_a_wait_is_counted(site: Unreliable) -> None:
    site.told_at, site.closed_until = -1e9, 1e12
    assert site._chosen("/events") is None
    assert site.early == 1
    site.mend()
    site._chosen("/events")
    assert site.early == 1
