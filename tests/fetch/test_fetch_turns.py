"""Each request waits for its turn: by the pauses that a host wants, and the limits of settings."""

import asyncio
import json
from contextlib import suppress

import pytest

from include.discovery.connectors.base import ConnectorSettings
from include.discovery.errors import (
    Blocked,
    CircuitOpen,
    HostBusy,
    QuotaExhausted,
    RateLimited,
    ServerError,
)
from include.discovery.fetch.addresses import PUBLIC_ONLY
from include.discovery.fetch.crawler import Crawler, not_empty
from include.discovery.fetch.hosts import BLOCKS_THAT_OPEN, Allowance, LocalHosts
from include.discovery.fetch.keys import Credentials, KeyHost
from include.discovery.fetch.waiting import LONGEST_INTERVAL_SECONDS
from tests.fetch.conftest import RecordingClient, Site

HOST = "127.0.0.1"


@pytest.fixture
def shared(http_client: RecordingClient) -> RecordingClient:
    """Give a client that knows what others of its process know of hosts."""
    http_client.hosts = LocalHosts(lambda: http_client.time)
    http_client.settings = ConnectorSettings(timeout_seconds=5, request_retries=0)
    return http_client


def times_of(client: RecordingClient, url: str, count: int) -> list[float]:
    """Ask so often; return when each request was sent, in seconds from the first."""

    async def ask(fetcher):
        sent = []
        for _ in range(count):
            await fetcher.get(url)
            sent.append(client.time)
        return sent

    sent = client.run(ask)
    return [(at - sent[0]).total_seconds() for at in sent]


def test_requests_are_sent_at_the_intervals_of_the_settings(
    site: Site, shared: RecordingClient
) -> None:
    shared.settings = ConnectorSettings(requests_per_second=4)
    assert times_of(shared, site.on("/a", site.reply()), 4) == [0, 0.25, 0.5, 0.75]


def test_fetchers_that_know_the_same_hosts_keep_one_interval_together(
    site: Site, shared: RecordingClient
) -> None:
    shared.settings = ConnectorSettings(requests_per_second=0.5)
    url = site.on("/a", site.reply())
    for _ in range(3):
        shared.get(url)
    assert shared.waits == [2, 2]


def test_a_host_of_ones_own_network_is_asked_without_a_limit(
    site: Site, shared: RecordingClient
) -> None:
    shared.settings = ConnectorSettings()
    assert times_of(shared, site.on("/a", site.reply()), 3) == [0, 0, 0]


def test_a_strangers_host_is_asked_once_a_second() -> None:
    assert ConnectorSettings().limits(is_own=False) == (1, 2)
    assert ConnectorSettings().limits(is_own=True) == (None, None)
    assert not PUBLIC_ONLY.names("example.org")


def test_without_shared_knowledge_the_limits_of_settings_do_not_hold(
    site: Site, http_client: RecordingClient
) -> None:
    http_client.settings = ConnectorSettings(requests_per_second=1)
    assert times_of(http_client, site.on("/a", site.reply()), 3) == [0, 0, 0]


def test_no_more_requests_are_on_their_way_than_may_be(
    site: Site, http_client: RecordingClient
) -> None:
    http_client.settings = ConnectorSettings(requests_at_once=2)
    under_way = most = 0

    given_back = asyncio.Event()

    class Watched(LocalHosts):
        async def turn(self, name, allowance):
            nonlocal under_way, most
            turn = await super().turn(name, allowance)
            if turn.refusal is None:
                under_way += 1
                most = max(most, under_way)
            else:
                # The clock goes on by waits alone: without this, tasks in the line would let the
                # places of others run out while the real answers are still on their way.
                given_back.clear()
                await given_back.wait()
            return turn

        async def give_back(self, name, turn, allowance):
            nonlocal under_way
            under_way -= 1
            await super().give_back(name, turn, allowance)
            given_back.set()

    http_client.hosts = Watched(lambda: http_client.time)
    url = site.on("/a", site.reply())

    async def all_of_them(fetcher):
        return await asyncio.gather(*(fetcher.get(url) for _ in range(8)))

    assert len(http_client.run(all_of_them)) == 8
    assert most == 2


def test_a_task_that_finds_no_place_for_long_gives_its_worker_back(
    site: Site, shared: RecordingClient
) -> None:
    shared.settings = ConnectorSettings(requests_at_once=1, timeout_seconds=300)

    async def take(fetcher):
        await fetcher.hosts.turn(HOST, Allowance(at_once=1, held_for=600))
        await fetcher.get(site.on("/a", site.reply()))

    with pytest.raises(HostBusy, match="nothing was sent") as caught:
        shared.run(take)
    assert 60 <= caught.value.retry_after <= 180
    assert 60 <= sum(shared.waits) <= 63
    assert site.paths == []


def test_the_place_of_a_task_that_died_is_free_again(site: Site, shared: RecordingClient) -> None:
    shared.settings = ConnectorSettings(requests_at_once=1)

    async def take(fetcher):
        await fetcher.hosts.turn(HOST, Allowance(at_once=1, held_for=20))
        return await fetcher.get(site.on("/a", site.reply()))

    assert shared.run(take).status == 200
    assert 20 <= sum(shared.waits) <= 22


@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_that_a_host_asks_for_holds_for_every_task(
    site: Site, shared: RecordingClient, status: int
) -> None:
    url = site.on("/a", site.reply(status, retry_after="50"), site.reply())
    with pytest.raises(Exception, match=str(status)):
        shared.get(url)
    assert shared.get(site.on("/b", site.reply())).status == 200
    assert shared.waits == [50]


def test_a_host_that_asks_for_a_long_wait_gets_no_request_and_the_task_does_not_sleep(
    site: Site, shared: RecordingClient
) -> None:
    with pytest.raises(RateLimited):
        shared.get(site.on("/a", site.reply(429, retry_after="3600")))
    with pytest.raises(HostBusy, match=f"{HOST} has asked to be left alone") as caught:
        shared.get(site.on("/b", site.reply()))
    assert (caught.value.retry_after, shared.waits, site.paths) == (3600, [], ["/a"])


@pytest.mark.parametrize(
    "headers",
    [
        {"x_ratelimit_remaining": "0", "x_ratelimit_reset": "30"},
        {"ratelimit_remaining": "0", "ratelimit_reset": "30"},
        {"ratelimit": "limit=100, remaining=0, reset=30"},
        {"ratelimit": '"hourly";r=0;t=30'},
        {"ratelimit": '"minute";r=5;t=9, "hourly";r=0;t=30'},
    ],
)
def test_an_answer_that_says_its_quota_is_used_up_is_the_last_until_it_is_renewed(
    site: Site, shared: RecordingClient, headers: dict[str, str]
) -> None:
    shared.get(site.on("/a", site.reply(200, **headers)))
    shared.get(site.on("/b", site.reply()))
    assert shared.waits == [30]


@pytest.mark.parametrize(
    "headers",
    [
        {"x_ratelimit_remaining": "1", "x_ratelimit_reset": "30"},
        {"ratelimit": '"hourly";r=3;t=30'},
        {"ratelimit": '"hourly";r=0'},
        {"retry_after": "30"},
    ],
)
def test_an_answer_that_says_nothing_of_the_kind_holds_nobody_up(
    site: Site, shared: RecordingClient, headers: dict[str, str]
) -> None:
    shared.get(site.on("/a", site.reply(200, **headers)))
    shared.get(site.on("/b", site.reply()))
    assert shared.waits == []


def test_a_wait_that_is_asked_for_while_a_turn_is_waited_for_puts_it_off(
    site: Site, shared: RecordingClient
) -> None:
    shared.settings = ConnectorSettings(requests_per_second=0.1)
    told = False

    async def ask(fetcher):
        await fetcher.get(site.on("/a", site.reply()))
        first = fetcher._turns._sleep

        async def sleep(seconds):
            nonlocal told
            if not told:
                told = True
                await fetcher.hosts.hold_off(HOST, 60)
            await first(seconds)

        fetcher._turns._sleep = sleep
        began = shared.time
        await fetcher.get(site.on("/b", site.reply()))
        return (shared.time - began).total_seconds()

    assert shared.run(ask) == 60


def test_the_requests_of_a_day_end_with_the_quota_of_the_settings(
    site: Site, shared: RecordingClient
) -> None:
    shared.settings = ConnectorSettings(requests_per_day=2)
    url = site.on("/a", site.reply())
    shared.get(url)
    shared.get(url)
    with pytest.raises(QuotaExhausted) as caught:
        shared.get(url)
    assert caught.value.retry_after == 12 * 3600  # it is noon
    assert len(site.paths) == 2


def test_a_host_that_blocks_again_and_again_is_left_alone_by_all(
    site: Site, shared: RecordingClient
) -> None:
    url = site.on("/a", site.reply(403))
    for _ in range(BLOCKS_THAT_OPEN):
        with pytest.raises(Blocked, match="403"):
            shared.get(url)
    for _ in range(3):
        with pytest.raises(CircuitOpen) as caught:
            shared.get(url)
    assert caught.value.retry_after == 6 * 3600
    assert len(site.paths) == BLOCKS_THAT_OPEN


def test_after_six_hours_one_request_finds_out_whether_a_host_still_blocks(
    site: Site, shared: RecordingClient
) -> None:
    url = site.on("/a", site.reply(403))
    for _ in range(BLOCKS_THAT_OPEN):
        with pytest.raises(Blocked):
            shared.get(url)
    shared.wait(6 * 3600)
    with pytest.raises(Blocked, match="403"):
        shared.get(url)
    with pytest.raises(CircuitOpen) as caught:
        shared.get(url)
    assert caught.value.retry_after == 12 * 3600
    shared.wait(12 * 3600)
    site.on("/a", site.reply())
    assert [shared.get(url).status for _ in range(3)] == [200, 200, 200]
    assert len(site.paths) == BLOCKS_THAT_OPEN + 1 + 3


def test_an_answer_between_blocks_keeps_the_circuit_closed(
    site: Site, shared: RecordingClient
) -> None:
    blocked, fine = site.on("/a", site.reply(403)), site.on("/b", site.reply())
    for _ in range(3 * BLOCKS_THAT_OPEN):
        with pytest.raises(Blocked, match="403"):
            shared.get(blocked)
        shared.get(fine)


def test_a_page_that_robots_txt_forbids_does_not_count_as_a_block(
    site: Site, shared: RecordingClient
) -> None:
    site.on("/robots.txt", site.reply(404))
    url = site.on("/a", site.reply(200, b"x", x_robots_tag="none"))
    for _ in range(2 * BLOCKS_THAT_OPEN):
        with pytest.raises(Blocked, match="X-Robots-Tag"):
            shared.run(lambda fetcher: Crawler(fetcher).get(url))


def test_what_is_known_by_a_key_has_limits_of_its_own(site: Site, shared: RecordingClient) -> None:
    keyed = Credentials("s3cr3t", hosts=(KeyHost.parse(HOST),), connection_id="discovery_a")
    shared.credentials = keyed
    with pytest.raises(RateLimited):
        shared.get(site.on("/a", site.reply(429, retry_after="3600")))
    with pytest.raises(HostBusy, match=r"key of discovery_a"):
        shared.get(site.on("/b", site.reply()))
    shared.credentials = None
    assert shared.get(site.on("/b", site.reply())).status == 200


# Pauses that robots.txt asks for


def test_the_pause_is_the_crawl_delay_of_robots_txt(
    site: Site, http_client: RecordingClient
) -> None:
    site.on("/robots.txt", site.reply(200, b"User-agent: *\nCrawl-delay: 4"))
    pages = [site.on(f"/{n}", site.reply(200, b"x")) for n in range(3)]

    async def visit(fetcher):
        return await Crawler(fetcher).read_each(pages, not_empty)

    answers = http_client.run(visit)

    assert [answer.status for answer in answers] == [200, 200, 200]
    assert http_client.waits == [4, 4, 4]


def test_a_pause_has_an_upper_bound(site: Site, http_client: RecordingClient) -> None:
    site.on("/robots.txt", site.reply(200, b"User-agent: *\nCrawl-delay: 86400"))
    url = site.on("/a", site.reply(200, b"x"))
    http_client.run(lambda fetcher: Crawler(fetcher).get(url))
    assert http_client.waits == [LONGEST_INTERVAL_SECONDS]


def test_a_pause_for_one_host_does_not_delay_requests_to_another(
    site: Site, http_client: RecordingClient
) -> None:
    url = site.on("/a", site.reply())

    async def ask(fetcher):
        fetcher.keep_interval("other.example", 10)
        await fetcher.get(url)
        await fetcher.get(url)

    http_client.run(ask)
    assert http_client.waits == []


def test_tasks_of_one_day_ask_for_robots_txt_once(site: Site, shared: RecordingClient) -> None:
    site.on("/robots.txt", site.reply(200, b"User-agent: *\nDisallow: /b"))
    url = site.on("/a", site.reply(200, b"x"))
    for _ in range(3):
        shared.run(lambda fetcher: Crawler(fetcher).get(url))
    shared.wait(24 * 3600)
    shared.run(lambda fetcher: Crawler(fetcher).get(url))
    assert site.paths.count("/robots.txt") == 2


@pytest.mark.parametrize(("status", "asked"), [(404, 1), (403, 1), (429, 2), (500, 2)])
def test_a_robots_txt_that_does_not_exist_is_remembered_and_one_that_fails_is_not(
    site: Site, shared: RecordingClient, status: int, asked: int
) -> None:
    site.on("/robots.txt", site.reply(status))
    url = site.on("/a", site.reply(200, b"x"))
    for _ in range(2):
        with suppress(ServerError):
            shared.run(lambda fetcher: Crawler(fetcher).get(url))
    assert site.paths.count("/robots.txt") == asked


def test_a_query_that_is_posted_waits_for_its_turn_too(site: Site, shared: RecordingClient) -> None:
    shared.settings = ConnectorSettings(requests_per_second=1)
    url = site.on("/graphql", site.reply(200, json.dumps({}).encode()))
    for _ in range(2):
        shared.run(lambda fetcher: fetcher.post_json(url, {"query": "{a}"}))
    assert shared.waits == [1]
