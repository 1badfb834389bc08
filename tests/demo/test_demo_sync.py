"""The demo's pairs of pages and open data, synced: what the demo counts is what comes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from include.demo.agenda import AGENDA, lists_dates, occurrences
from include.demo.catalogue import Feed
from include.demo.clubs_site import BROKEN_PAGE, CLUBS_INVALID, SHOWN_AT_HOME
from include.demo.generator import listed
from include.demo.server import DemoServer
from include.discovery.configuration import load_configuration
from include.discovery.fetch.client import HttpFetcher
from include.discovery.model import Pair
from include.discovery.store.connection import Connection
from include.discovery.store.runs import Attempt
from include.discovery.sync.environment import SyncEnvironment
from include.discovery.sync.pair import SyncResult, sync_pair
from tests.support.builders import stored_pair
from tests.support.loopback import LOOPBACK

CONFIGURATION = Path(__file__).parents[2] / "include" / "demo" / "discovery.yaml"
WINTER, SUMMER = date(2026, 2, 20), date(2026, 7, 1)


@pytest.fixture(scope="module", params=[WINTER, SUMMER], ids=str)
def day(request: pytest.FixtureRequest) -> date:
    found: date = request.param
    return found


@pytest.fixture(scope="module")
def demo(day: date) -> Iterator[DemoServer]:
    with DemoServer(port=0, today=day) as running:
        yield running


def feed_of(demo: DemoServer, city: str, source: str) -> Feed:
    (feed,) = (feed for feed in demo.site.feeds() if (feed.city, feed.source) == (city, source))
    return feed


def configured_pair(conn: Connection, demo: DemoServer, city: str, source: str) -> Pair:
    configuration = load_configuration(CONFIGURATION, {"DISCOVERY_DEMO_URL": demo.url})
    (pair,) = (pair for pair in configuration.pairs if pair.label == f"{city} · {source}")
    return stored_pair(
        conn,
        configuration.cities[city],
        configuration.sources[source],
        settings=dict(pair.settings),
    )


def synced(conn: Connection, day: date, pair: Pair, run: str) -> SyncResult:
    now = datetime.combine(day, time(9), UTC)
    environment = SyncEnvironment(
        lambda: now,
        lambda _: None,
        lambda settings, _credentials: HttpFetcher(
            settings,
            "tests",
            rng=random.Random(0),
            sleep=asyncio.sleep,
            now=lambda: now,
            addresses=LOOPBACK,
        ),
    )
    return sync_pair(conn, pair, Attempt(run, 0, 1), environment)


@pytest.mark.slow
@pytest.mark.parametrize("city", ["helsinki", "krakow", "paris"])
def test_every_club_event_is_loaded_once_and_stays(
    conn: Connection, demo: DemoServer, day: date, city: str
) -> None:
    feed, pair = feed_of(demo, city, "demo-clubs"), configured_pair(conn, demo, city, "demo-clubs")

    first = synced(conn, day, pair, "first")
    again = synced(conn, day, pair, "again")

    # A script that nobody can read may hold events: they are not there, but not gone either.
    assert first.complete is (BROKEN_PAGE not in CLUBS_INVALID[city])
    for gap in first.gaps:
        assert gap.startswith("JSON-LD script 2 cannot be read")
        assert f"-{BROKEN_PAGE}/" in gap
    assert first.stats.inserted == feed.listings - feed.invalid
    assert first.stats.duplicates == SHOWN_AT_HOME
    assert first.stats.rejected_total == feed.invalid
    assert (again.stats.inserted, again.stats.updated) == (0, 0)
    assert again.stats.unchanged == first.stats.inserted


@pytest.mark.slow
def test_the_times_of_a_site_that_ignores_summer_time_are_right(
    conn: Connection, demo: DemoServer, day: date
) -> None:
    synced(conn, day, configured_pair(conn, demo, "krakow", "demo-clubs"), "run")

    rows = conn.execute("SELECT external_id, starts_at, local_date FROM discovery.listings")
    stored = {identity.rpartition("/")[2]: when for identity, *when in rows}
    events = {event.key: event for event in listed("krakow", "demo-clubs", day)}
    assert stored
    for key, when in stored.items():
        event = events[key]
        assert when == [event.starts if event.hour_known else None, event.day]


@pytest.mark.slow
def test_every_date_of_the_open_data_is_loaded_once_and_stays(
    conn: Connection, demo: DemoServer, day: date
) -> None:
    feed, pair = feed_of(demo, "paris", AGENDA), configured_pair(conn, demo, "paris", AGENDA)
    dates = sum(
        sum(end.date() >= day for _, end in occurrences(event))
        if lists_dates(event)
        else occurrences(event)[-1][1].date() >= day
        for event in listed("paris", AGENDA, day)
    )

    first = synced(conn, day, pair, "first")
    again = synced(conn, day, pair, "again")

    assert first.complete
    assert first.stats.inserted == dates > 150
    assert first.stats.rejected_total == feed.invalid
    assert (again.stats.inserted, again.stats.updated) == (0, 0)
    assert again.stats.unchanged == first.stats.inserted
