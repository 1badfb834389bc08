"""Pages of events that are far off: they are not requested every night, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest

from include.discovery.errors import NetworkError
from include.discovery.fetch.client import HttpFetcher
from include.discovery.fingerprints import Fingerprints
from include.discovery.model import Pair, Window
from include.discovery.store.connection import Connection
from include.discovery.store.runs import Attempt
from include.discovery.sync import versions
from include.discovery.sync.environment import SyncEnvironment
from include.discovery.sync.pair import SyncResult, sync_pair
from tests.support.builders import event, source, stored_pair

FIRST_NIGHT = datetime(2026, 2, 1, 0, 5, tzinfo=UTC)
ROOT = "https://house.example"
SETTINGS = {"urls": [f"{ROOT}/"], "discover": "sitemap", "request_retries": 0}
HOME = {"@type": "Event", "name": "Every year", "startDate": "2026-12-31T19:00"}


@dataclass
class House:
    """A site whose sitemap names pages of events, each so many days after the first night."""

    days: dict[str, int]
    changed: dict[str, str] = field(default_factory=dict)
    """What the sitemap says of a page's last change."""
    titles: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[int, str]] = field(default_factory=list)
    """Night and name of each page that was requested."""
    night: int = 0
    breaks_after: int | None = None
    """After so many pages were requested, the line is dead."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/robots.txt":
            return httpx.Response(200, text=f"Sitemap: {ROOT}/sitemap.xml")
        if path == "/sitemap.xml":
            pages = "".join(
                f"<url><loc>{ROOT}/event/{name}</loc>"
                f"<lastmod>{self.changed.get(name, '2026-01-01')}</lastmod></url>"
                for name in self.days
            )
            return httpx.Response(200, text=f"<urlset>{pages}</urlset>")
        if path == "/":
            return self.page(HOME)
        name = path.removeprefix("/event/")
        if self.breaks_after is not None and len(self.asked) >= self.breaks_after:
            raise httpx.ConnectError("the line is dead")
        self.asked.append((self.night, name))
        start = FIRST_NIGHT.date() + timedelta(days=self.days[name])
        title = self.titles.get(name, f"Show {name}")
        return self.page({"@type": "Event", "name": title, "startDate": f"{start}T19:00"})

    @staticmethod
    def page(said: dict[str, str]) -> httpx.Response:
        script = json.dumps({"@context": "https://schema.org", **said})
        return httpx.Response(200, text=f'<script type="application/ld+json">{script}</script>')

    def nights_of(self, name: str) -> list[int]:
        return [night for night, asked in self.asked if asked == name]


def sync(conn: Connection, pair: Pair, site: House, night: int, **options: Any) -> SyncResult:
    site.night = night
    now = FIRST_NIGHT + timedelta(days=night)
    environment = SyncEnvironment(
        lambda: now,
        lambda _: None,
        lambda settings, _: HttpFetcher(
            settings,
            "tests",
            rng=random.Random(0),
            sleep=lambda _seconds: asyncio.sleep(0),
            now=lambda: now,
            transport=httpx.MockTransport(site),
        ),
    )
    result = sync_pair(conn, pair, Attempt(f"night {night} {options}"), environment, **options)
    assert result.complete, result.gaps
    return result


@pytest.fixture
def pair(conn: Connection) -> Pair:
    return stored_pair(conn, source=source("house", kind="schema_org", settings=SETTINGS))


def listed(conn: Connection) -> dict[str, str]:
    found = conn.execute(
        "SELECT url, title FROM discovery.listings WHERE withdrawn_at IS NULL AND url LIKE %s",
        [f"{ROOT}/event/%"],
    )
    return {url.rpartition("/")[2]: title for url, title in found}


def gaps(nights: Iterable[int]) -> list[int]:
    return [later - before for before, later in pairwise(nights)]


def test_a_page_is_requested_less_often_the_further_off_its_event_is(
    conn: Connection, pair: Pair
) -> None:
    site = House({"soon": 5, "month": 25, "far": 100})

    results = [sync(conn, pair, site, night) for night in range(24)]

    assert site.nights_of("soon")[:6] == [0, 1, 2, 3, 4, 5]
    month = site.nights_of("month")
    assert month[-6:] == [18, 19, 20, 21, 22, 23], "every night from a week before"
    assert max(gaps(month)) == 3
    assert len(month) <= 1 + 6 + 6
    far = site.nights_of("far")
    assert set(gaps(far[1:])) == {7}
    assert far[0] == 0
    assert [result.stats.withdrawn for result in results] == [0] * 24
    assert {result.stats.fetched for result in results[:5]} == {4}
    assert listed(conn).keys() == {"soon", "month", "far"}


def test_a_page_that_a_list_no_longer_names_is_missing_although_it_would_not_be_requested(
    conn: Connection, pair: Pair
) -> None:
    site = House({"stays": 100, "goes": 100} | {f"other-{n}": 100 for n in range(5)})
    sync(conn, pair, site, 0)

    del site.days["goes"]
    results = [sync(conn, pair, site, night) for night in (1, 2)]

    assert [result.stats.withdrawn for result in results] == [0, 1]
    assert "goes" not in listed(conn)
    assert "stays" in listed(conn)


def test_a_page_that_the_sitemap_says_has_changed_is_requested_at_once(
    conn: Connection, pair: Pair
) -> None:
    site = House({f"far-{n}": 100 for n in range(7)})
    for night in (0, 1):
        sync(conn, pair, site, night)
    kept = next(name for name in site.days if site.nights_of(name) == [0])

    site.titles[kept], site.changed[kept] = "Moved to the garden", "2026-02-02"
    sync(conn, pair, site, 1)

    assert listed(conn)[kept] == "Moved to the garden"


def test_an_attempt_that_breaks_off_among_known_pages_is_resumed_and_nothing_is_missing(
    conn: Connection, pair: Pair
) -> None:
    near = {f"near-{n}": 3 for n in range(25)}
    site = House({f"far-{n}": 100 for n in range(10)} | near | {"last": 100})
    sync(conn, pair, site, 0)
    site.asked.clear()

    site.breaks_after = 20  # the first batch of pages
    with pytest.raises(NetworkError):
        sync(conn, pair, site, 1)
    site.breaks_after = None
    result = sync(conn, pair, site, 1)

    assert all(site.nights_of(name) for name in near)
    assert result.stats.withdrawn == 0
    missing = "SELECT FROM discovery.listings WHERE missing_since IS NOT NULL"
    assert conn.execute(missing).fetchall() == []
    assert listed(conn).keys() == site.days.keys()


def test_all_pages_are_requested_when_the_sync_is_forced_or_the_code_has_changed(
    conn: Connection, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = House({f"far-{n}": 100 for n in range(7)})
    for night in range(7):
        sync(conn, pair, site, night)
    assert len(site.asked) < 7 * 7

    site.asked.clear()
    sync(conn, pair, site, 7, everything=True)
    assert len(site.asked) == 7

    site.asked.clear()
    monkeypatch.setattr(versions, "version_of_code", lambda: "another")
    sync(conn, pair, site, 8)
    assert len(site.asked) == 7


def test_a_page_of_which_something_is_rejected_is_requested_every_night(
    conn: Connection, pair: Pair
) -> None:
    site = House({"far": 100}, titles={"far": ""})

    for night in range(5):
        sync(conn, pair, site, night)

    assert site.nights_of("far") == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("ahead", "most"), [(8, 1), (9, 2), (20, 3), (30, 3), (31, 7), (300, 7)])
def test_the_pages_of_a_site_are_requested_on_different_days(ahead: int, most: int) -> None:
    today = date(2026, 2, 1)
    known = Fingerprints(b"version", Window(today, today + timedelta(days=365)))
    start = datetime(2026, 2, 1, 19, tzinfo=UTC) + timedelta(days=ahead)
    record = event(starts_at=start, timezone="UTC")

    nights = [
        (good_to - today).days + 1
        for n in range(210)
        if (good_to := known.page_good_to(bytes([n]) * 16, [record]))
    ]

    # By the day after the last one for which it is good.
    share = 210 // (3 if ahead <= 30 else 7)
    assert max(nights) == most
    assert all(nights.count(night) == share for night in range(1, most))
