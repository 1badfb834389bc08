"""The pauses that a host wants are kept, by however many requests at a time."""

import asyncio
from datetime import datetime, timedelta

import pytest

from include.discovery.fetch.crawler import Crawler, not_empty
from include.discovery.fetch.waiting import LONGEST_INTERVAL_SECONDS, Pace
from tests.fetch.conftest import NOW, RecordingClient, Site


class Clock:
    """A clock that goes on only while somebody sleeps."""

    def __init__(self) -> None:
        self.time = NOW
        self.starts = []

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.starts.append(seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def waits(clock: Clock, *hosts: str, host: str = "a.example", seconds: float = 10.0) -> list[float]:
    async def run():
        pace = Pace(clock.sleep, clock.now)
        pace.keep(host, seconds)
        await asyncio.gather(*map(pace.wait, hosts))

    asyncio.run(run())
    return clock.starts


def test_each_request_to_a_host_waits_for_the_one_before(clock: Clock) -> None:
    assert waits(clock, "a.example", "a.example", "a.example") == [10, 20, 30]


def test_a_pause_for_one_host_does_not_delay_requests_to_another(clock: Clock) -> None:
    assert waits(clock, "b.example", "b.example") == []


def test_time_that_has_passed_already_is_not_waited_again(clock: Clock) -> None:
    async def run():
        pace = Pace(clock.sleep, clock.now)
        pace.keep("a.example", 10)
        clock.time += timedelta(seconds=7)
        await pace.wait("a.example")
        clock.time += timedelta(seconds=30)
        await pace.wait("a.example")

    asyncio.run(run())
    assert clock.starts == [3]


def test_a_pause_has_an_upper_bound(clock: Clock) -> None:
    assert waits(clock, "a.example", seconds=86_400) == [LONGEST_INTERVAL_SECONDS]


def test_the_pause_is_the_crawl_delay_of_robots_txt(
    site: Site, http_client: RecordingClient
) -> None:
    site.on("/robots.txt", site.reply(200, b"User-agent: *\nCrawl-delay: 4"))
    pages = [site.on(f"/{n}", site.reply(200, b"x")) for n in range(3)]

    async def visit(fetcher):
        return await Crawler(fetcher).read_each(pages, not_empty)

    answers = http_client.run(visit)

    assert [answer.status for answer in answers] == [200, 200, 200]
    assert http_client.waits == [4, 8, 12]  # the clock of these tests stands still
