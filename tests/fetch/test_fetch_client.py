"""The client against a real server on loopback, well-behaved and not."""

import asyncio
import gzip
import json
import pickle
import re
import socket
import ssl
import time
import traceback
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from include.discovery.connectors.base import ConnectorSettings
from include.discovery.errors import (
    AuthenticationFailed,
    Blocked,
    BrokenOff,
    DiscoveryError,
    InvalidSettings,
    NetworkError,
    NotFound,
    QuotaExhausted,
    RateLimited,
    RedirectRefused,
    ServerError,
    TimedOut,
    UnreadableResponse,
)
from include.discovery.fetch import client, transfer
from include.discovery.fetch.client import (
    MAX_REDIRECTS,
    PATIENCE_FACTOR,
)
from include.discovery.fetch.keys import Credentials, KeyHost
from include.discovery.fetch.network import why_no_answer
from include.discovery.fetch.protocol import Fetcher
from include.discovery.fetch.robots import user_agent
from include.discovery.fetch.transfer import MAX_ERROR_BODY_BYTES
from tests.fetch.conftest import RecordingClient, Site

KEY = "s3cr3t/K+y=é"
MEGABYTE = 1_000_000


def settings(**changes: float | tuple[str, ...]) -> ConnectorSettings:
    return ConnectorSettings(**{"timeout_seconds": 5, "max_body_mb": 1, **changes})


@pytest.fixture(autouse=True)
def _small_bounds(http_client: RecordingClient) -> None:
    http_client.settings = settings()


# What is sent, and what comes back


def test_a_plain_answer_is_returned_with_its_headers(
    site: Site, http_client: RecordingClient
) -> None:
    url = site.on("/a", site.reply(200, b"hello", X_Total="3"))
    response = http_client.get(url)
    assert (response.status, response.body, response.url) == (200, b"hello", url)
    assert response.headers["x-total"] == "3"
    assert (http_client.requests, http_client.bytes_received, http_client.waits) == (1, 5, [])


def test_a_query_is_posted_as_json_and_retried_like_any_other_request(
    site: Site, http_client: RecordingClient
) -> None:
    http_client.settings = settings(request_retries=1)
    url = site.on("/graphql", site.reply(503), site.reply(200, b'{"data": {}}'))

    async def ask(fetcher):
        return await fetcher.post_json(url, {"variables": {"city": "Łódź"}}, headers={"x-a": "b"})

    assert http_client.run(ask).body == b'{"data": {}}'
    assert [json.loads(body) for body in site.bodies] == [{"variables": {"city": "Łódź"}}] * 2
    assert [(h["content-type"], h["x-a"]) for h in site.headers] == [("application/json", "b")] * 2


def test_a_request_names_its_user_agent_and_the_encodings_it_can_unpack(
    site: Site, http_client: RecordingClient
) -> None:
    http_client.get(site.on("/a", site.reply()), headers={"Accept": "text/calendar"})
    assert site.headers[0]["user-agent"] == "DiscoverySystem/1.0 (+https://operator.example/bot)"
    assert site.headers[0]["accept-encoding"] == "gzip, deflate"
    assert site.headers[0]["accept"] == "text/calendar"


def test_a_contact_is_optional_but_must_fit_a_header() -> None:
    assert user_agent(" ") == "DiscoverySystem/1.0"
    for contact in ("żółw@example.org", "a@example.org\r\nX-Evil: 1"):
        with pytest.raises(InvalidSettings, match="one line of ASCII"):
            user_agent(contact)


@pytest.mark.parametrize(
    ("query", "params", "sent"),
    [
        ("", {"q": "jazz & blues", "page": 2}, "?q=jazz+%26+blues&page=2"),
        ("?flag&x=%20b", None, "?flag&x=%20b"),
        ("?flag&x=%20b", {}, "?flag&x=%20b"),
        ("?flag&x=%20b", {"page": 1.5}, "?flag&x=%20b&page=1.5"),
        ("?page=1&x=a&pa%67e=1", {"page": 2}, "?x=a&page=2"),
    ],
)
def test_parameters_are_added_to_those_of_the_url(
    site: Site, http_client: RecordingClient, query: str, params: dict[str, Any] | None, sent: str
) -> None:
    http_client.get(site.on("/a", site.reply()) + query, params=params)
    assert site.paths == [f"/a{sent}"]


def test_gzip_is_unpacked_and_counted_as_sent(site: Site, http_client: RecordingClient) -> None:
    packed = gzip.compress(b"hello " * 1000)
    url = site.on("/a", site.reply(200, packed, content_encoding="gzip"))
    assert http_client.get(url).body == b"hello " * 1000
    assert http_client.bytes_received == len(packed)


@pytest.mark.slow
def test_concurrent_requests_share_a_client(site: Site, http_client: RecordingClient) -> None:
    urls = [site.on(f"/{n}", site.reply(200, str(n).encode())) for n in range(20)]

    async def all_of_them(fetcher: Fetcher):
        return await asyncio.gather(*(fetcher.get(url) for url in urls))

    bodies = [response.body for response in http_client.run(all_of_them)]
    assert bodies == [str(n).encode() for n in range(20)]
    assert http_client.requests == 20


def test_a_transport_of_a_test_may_answer_instead_of_the_network(
    http_client: RecordingClient,
) -> None:
    def answer(request):
        return httpx.Response(200, json={"path": request.url.path})

    http_client.transport = httpx.MockTransport(answer)
    assert http_client.get("https://api.example/events").body == b'{"path":"/events"}'


# Retries


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_status_that_may_pass_is_retried(
    site: Site, http_client: RecordingClient, status: int
) -> None:
    url = site.on("/a", site.reply(status), site.reply(status), site.reply(200, b"ok"))
    assert http_client.get(url).body == b"ok"
    assert http_client.requests == 3
    assert len(http_client.waits) == 2
    assert 0 <= http_client.waits[0] <= 1
    assert 0 <= http_client.waits[1] <= 2


@pytest.mark.parametrize("retries", [0, 2])
def test_retries_end_at_the_number_in_the_settings(
    site: Site, http_client: RecordingClient, retries: int
) -> None:
    http_client.settings = settings(request_retries=retries)
    with pytest.raises(ServerError, match="500 Internal Server Error"):
        http_client.get(site.on("/a", site.reply(500)))
    assert http_client.requests == retries + 1
    assert len(http_client.waits) == retries


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422])
def test_a_status_that_does_not_pass_is_not_retried(
    site: Site, http_client: RecordingClient, status: int
) -> None:
    with pytest.raises((InvalidSettings, AuthenticationFailed, Blocked, NotFound)):
        http_client.get(site.on("/a", site.reply(status)))
    assert http_client.requests == 1


@pytest.mark.parametrize(
    ("value", "seconds"), [("40", 40), ("Tue, 24 Nov 2026 12:00:40 GMT", 40), ("90", 90)]
)
@pytest.mark.parametrize("status", [429, 503])
def test_the_wait_that_a_source_asks_for_is_kept(
    site: Site, http_client: RecordingClient, status: int, value: str, seconds: int
) -> None:
    url = site.on("/a", site.reply(status, retry_after=value), site.reply())
    http_client.get(url)
    assert seconds <= http_client.waits[0] <= seconds + 1


def test_a_used_up_quota_fails_with_the_wait_until_it_is_renewed(
    site: Site, http_client: RecordingClient
) -> None:
    with pytest.raises(RateLimited) as caught:
        http_client.get(
            site.on("/a", site.reply(429, x_ratelimit_remaining="0", x_ratelimit_reset="7200"))
        )
    assert caught.value.retry_after == 7200
    assert http_client.waits == []


@pytest.mark.parametrize(("status", "failure"), [(429, RateLimited), (503, ServerError)])
def test_a_longer_wait_is_left_to_the_task(
    site: Site, http_client: RecordingClient, status: int, failure: type[DiscoveryError]
) -> None:
    with pytest.raises(failure) as caught:
        http_client.get(site.on("/a", site.reply(status, retry_after="121")))
    assert caught.value.retry_after == 121
    assert http_client.waits == []


def test_a_classifier_decides_instead_of_the_status(
    site: Site, http_client: RecordingClient
) -> None:
    def classify(response):
        if b"QuotaViolation" in response.body:
            return QuotaExhausted("The day's calls are used up.")
        return RateLimited("Too fast.") if b"Spike" in response.body else None

    spike, quota = site.reply(429, b"SpikeArrest"), site.reply(429, b"QuotaViolation")
    with pytest.raises(QuotaExhausted, match="used up"):
        http_client.get(site.on("/a", spike, quota), classify=classify)
    assert http_client.requests == 2
    url = site.on("/end", site.reply(404, b'{"code":"event-archive-page-not-found"}'))
    assert http_client.get(url, classify=classify).status == 404


def test_an_error_carries_the_answer_but_not_through_a_pickle(
    site: Site, http_client: RecordingClient
) -> None:
    with pytest.raises(NotFound) as caught:
        http_client.get(site.on("/a", site.reply(404, b'{"code": "gone"}')))
    assert caught.value.response.body == b'{"code": "gone"}'
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (str(copy), copy.response) == (str(caught.value), None)


# Answers that break off, drip, or are too large


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n40\r\nof",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"x", mtime=0)[:-9],
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nhtml",
    ],
)
@pytest.mark.parametrize("reset", [False, True])
def test_a_body_that_breaks_off_is_retried(
    site: Site, http_client: RecordingClient, head: bytes, reset: bool
) -> None:
    url = site.on("/a", site.raw(head, reset=reset), site.reply(200, b"whole"))
    assert http_client.get(url).body == b"whole"
    assert http_client.requests == 2
    http_client.settings = settings(request_retries=0)
    with pytest.raises((ServerError, NetworkError), match=r"broke off|reset"):
        http_client.get(site.on("/b", site.raw(head, reset=reset)))


@pytest.mark.parametrize("data", [b"", b"HTTP/1.1 200", b"SSH-2.0-OpenSSH_9\r\n"])
@pytest.mark.parametrize("reset", [False, True])
def test_a_connection_without_an_answer_is_a_network_error(
    site: Site, http_client: RecordingClient, data: bytes, reset: bool
) -> None:
    http_client.settings = settings(request_retries=1)
    with pytest.raises(NetworkError, match=re.escape("127.0.0.1")):
        http_client.get(site.on("/a", site.raw(data, reset=reset)))
    assert http_client.requests == 2


def test_a_silent_server_ends_by_the_read_timeout(site: Site, http_client: RecordingClient) -> None:
    http_client.settings = settings(timeout_seconds=0.1, request_retries=0)
    with pytest.raises(NetworkError, match=r"^Nothing was sent for 0\.1 s"):
        http_client.get(site.on("/a", site.dripping(b"", 60)))
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
    with pytest.raises(NetworkError, match=r"^Nothing was sent for 0\.1 s"):
        http_client.get(site.on("/b", site.dripping(head, 60)))


def test_a_dripping_body_ends_by_the_total_bound(site: Site, http_client: RecordingClient) -> None:
    http_client.settings = settings(timeout_seconds=0.2, request_retries=0)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"
    started = time.perf_counter()
    with pytest.raises(NetworkError, match=r"too slowly.*within 0\.4 s"):
        http_client.get(site.on("/a", site.dripping(head, 0.02)))
    assert time.perf_counter() - started < 4


def test_a_silent_server_costs_one_request_its_timeout_and_not_one_for_each_try(
    site: Site, http_client: RecordingClient
) -> None:
    http_client.settings = settings(timeout_seconds=0.2, request_retries=5)
    with pytest.raises(TimedOut):
        http_client.get(site.on("/a", site.dripping(b"", 60)))
    assert http_client.requests <= PATIENCE_FACTOR + 1


def test_a_dripping_server_costs_one_request_its_timeout_and_is_not_retried(
    site: Site, http_client: RecordingClient
) -> None:
    http_client.settings = settings(timeout_seconds=0.2, request_retries=5)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"
    with pytest.raises(TimedOut, match="too slowly"):
        http_client.get(site.on("/a", site.dripping(head, 0.02)))
    assert http_client.requests == 1


def test_an_immediate_failure_is_retried_as_often_as_the_settings_say(
    site: Site, http_client: RecordingClient
) -> None:
    http_client.settings = settings(timeout_seconds=0.2, request_retries=5)
    with pytest.raises(NetworkError):
        http_client.get(site.on("/a", site.raw(b"", reset=True)))
    assert http_client.requests == 6


@pytest.mark.slow
def test_a_body_that_flows_has_more_time_than_a_request_that_waits(
    site: Site, http_client: RecordingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each 10 kB gain a second: the body goes on for twice as long as a request may wait."""
    monkeypatch.setattr(transfer, "SLOWEST_BYTES_PER_SECOND", 10_000)
    http_client.settings = settings(timeout_seconds=0.3, request_retries=0)
    body = b"x" * 100_000

    def answer(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        for start in range(0, len(body), 10_000):
            handler.wfile.write(body[start : start + 10_000])
            site.done.wait(0.12)

    assert len(http_client.get(site.on("/a", answer)).body) == len(body)


def test_an_endless_body_that_flows_ends_by_the_longest_transfer(
    site: Site, http_client: RecordingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "SLOWEST_BYTES_PER_SECOND", 1)
    monkeypatch.setattr(client, "LONGEST_TRANSFER_FACTOR", 4)
    http_client.settings = settings(timeout_seconds=0.1, request_retries=0)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"
    with pytest.raises(TimedOut, match="too slowly"):
        http_client.get(site.on("/a", site.dripping(head, 0.02)))


@pytest.mark.parametrize("closed", [b"</body>", b"</BODY></html>\n"])
def test_a_page_without_its_end_is_retried_where_no_length_is_declared(
    site: Site, http_client: RecordingClient, closed: bytes
) -> None:
    page = b"<!doctype html><HTML><body><p>Concerts"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    url = site.on("/a", site.raw(head + page), site.raw(head + page + closed))
    assert http_client.get(url).body == page + closed
    with pytest.raises(BrokenOff, match="in the middle of a page"):
        http_client.get(site.on("/b", site.raw(head + page)))
    # Where the length is known the page is whole: HTML need not be closed.
    assert http_client.get(site.on("/c", site.reply(200, page))).body == page


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"x" * (MEGABYTE + 1), {}),
        (gzip.compress(b"\0" * 300 * MEGABYTE, 9, mtime=0), {"content_encoding": "gzip"}),
    ],
)
def test_a_body_above_the_cap_is_refused(
    site: Site, http_client: RecordingClient, body: bytes, headers: dict[str, Any]
) -> None:
    with pytest.raises(UnreadableResponse, match=r"larger than 1 MB.*max_body_mb"):
        http_client.get(site.on("/a", site.reply(200, body, **headers)))
    assert http_client.requests == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"\r\n" + b"x" * 3 * MEGABYTE,
        b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"", mtime=0) * 60_000,
    ],
)
def test_a_body_above_the_cap_is_refused_without_a_declared_length(
    site: Site, http_client: RecordingClient, answer: bytes
) -> None:
    with pytest.raises(UnreadableResponse, match="larger than 1 MB"):
        http_client.get(site.on("/a", site.raw(b"HTTP/1.1 200 OK\r\n" + answer)))


def test_a_body_declared_above_the_cap_is_not_even_read(
    site: Site, http_client: RecordingClient
) -> None:
    with pytest.raises(UnreadableResponse, match="larger than 1 MB"):
        http_client.get(site.on("/a", site.reply(200, b"x" * (MEGABYTE + 1))))
    assert http_client.bytes_received == 0


def test_a_body_may_be_as_large_as_the_cap(site: Site, http_client: RecordingClient) -> None:
    packed = gzip.compress(b"x" * MEGABYTE)
    url = site.on("/a", site.reply(200, packed, content_encoding="gzip"))
    assert len(http_client.get(url).body) == MEGABYTE


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"x" * 2 * MEGABYTE, {}),
        (gzip.compress(b"x" * 2 * MEGABYTE, mtime=0), {"content_encoding": "gzip"}),
    ],
)
def test_only_the_beginning_of_the_body_of_an_error_is_read(
    site: Site, http_client: RecordingClient, body: bytes, headers: dict[str, Any]
) -> None:
    with pytest.raises(NotFound) as caught:
        http_client.get(site.on("/a", site.reply(404, body, **headers)))
    assert caught.value.response.body == b"x" * MAX_ERROR_BODY_BYTES


def test_an_error_whose_body_cannot_be_read_is_still_that_error(
    site: Site, http_client: RecordingClient
) -> None:
    with pytest.raises(AuthenticationFailed):
        http_client.get(site.on("/a", site.reply(401, b"??", content_encoding="br")))
    with pytest.raises(AuthenticationFailed):
        http_client.get(site.on("/b", site.raw(b"HTTP/1.1 401 No\r\nContent-Length: 9\r\n\r\nhal")))


def test_an_encoding_not_asked_for_is_refused(site: Site, http_client: RecordingClient) -> None:
    with pytest.raises(UnreadableResponse, match="packed as br"):
        http_client.get(site.on("/a", site.reply(200, b"??", content_encoding="br")))


# Redirects


def test_redirects_are_followed_and_counted(
    site: Site, other_site: Site, http_client: RecordingClient
) -> None:
    end = other_site.on("/end", other_site.reply(200, b"here"))
    middle = site.on("/middle", site.reply(308, location=end))
    start = site.on("/start", site.reply(301, location="/middle?x=1"))
    response = http_client.get(start, headers={"X-Note": "kept"}, anywhere=True)
    assert (response.body, response.url) == (b"here", end)
    assert http_client.requests == 3
    assert middle in site.url + site.paths[1]
    assert other_site.headers[0]["x-note"] == "kept"


def test_redirects_in_a_circle_end(site: Site, http_client: RecordingClient) -> None:
    with pytest.raises(RedirectRefused, match="in a circle"):
        http_client.get(site.on("/a", site.reply(302, location="/a")))
    assert http_client.requests == MAX_REDIRECTS + 1


@pytest.mark.parametrize("location", ["ftp://127.0.0.1/a", "mailto:a@example.org", "http://h:bad/"])
def test_a_redirect_off_the_web_is_an_error(
    site: Site, http_client: RecordingClient, location: str
) -> None:
    with pytest.raises(RedirectRefused):
        http_client.get(site.on("/a", site.reply(302, location=location)))


@pytest.mark.parametrize(
    ("old", "new", "is_followed"),
    [
        ("https://example.org/a", "https://www.example.org/a/", True),
        ("https://www.example.org/a", "https://example.org/b", True),
        ("http://example.org/a", "https://example.org/a", True),
        ("https://example.org/a", "https://events.example.org/a", True),
        ("https://events.example.org/a", "https://example.org/a", True),
        ("https://EXAMPLE.org/a", "https://example.org./a", True),
        ("https://example.org:8443/a", "https://example.org:8443/b", True),
        ("https://example.org/a", "https://other.example/a", False),
        ("https://example.org/a", "https://example.org.other.example/a", False),
        ("https://example.org/a", "https://badexample.org/a", False),
        ("https://a.example.org/a", "https://b.example.org/a", False),
        ("https://example.org/a", "https://example.org:8443/a", False),
    ],
)
def test_a_redirect_is_followed_within_its_site_only(
    http_client: RecordingClient, old: str, new: str, is_followed: bool
) -> None:
    asked = []

    def answer(request):
        asked.append(str(request.url))
        return httpx.Response(200 if len(asked) > 1 else 301, headers={"location": new})

    http_client.transport = httpx.MockTransport(answer)
    if is_followed:
        assert http_client.get(old).status == 200
        return
    with pytest.raises(RedirectRefused, match="another site than") as caught:
        http_client.get(old)
    assert len(asked) == http_client.requests == 1
    there = httpx.URL(new)
    assert f"add {there.host} to the setting redirect_hosts" in str(caught.value)
    assert f"Redirected to {there.netloc.decode()}" in str(caught.value)
    assert f"correct its address to {new}" in str(caught.value)


def test_a_chain_of_redirects_does_not_drift_from_subdomain_to_subdomain(
    http_client: RecordingClient,
) -> None:
    chain = {
        "https://a.example.org/": "https://example.org/",
        "https://example.org/": "https://b.example.org/",
    }
    http_client.transport = httpx.MockTransport(
        lambda request: httpx.Response(302, headers={"location": chain[str(request.url)]})
    )
    with pytest.raises(RedirectRefused, match=r"b\.example\.org, another site than a\.example"):
        http_client.get("https://a.example.org/")


def test_a_host_that_the_settings_name_may_be_redirected_to(http_client: RecordingClient) -> None:
    http_client.settings = settings(redirect_hosts=("CDN.example",))

    def answer(request):
        if request.url.host == "cdn.example":
            return httpx.Response(200, content=b"here")
        return httpx.Response(302, headers={"location": "https://cdn.example/file.ics"})

    http_client.transport = httpx.MockTransport(answer)
    assert http_client.get("https://example.org/").body == b"here"


def test_a_query_is_not_posted_to_another_site(
    site: Site, other_site: Site, http_client: RecordingClient
) -> None:
    url = site.on("/graphql", site.reply(307, location=f"{other_site.url}/graphql"))
    with pytest.raises(RedirectRefused, match="another site"):
        http_client.run(lambda fetcher: fetcher.post_json(url, {"query": "{a}"}))
    assert other_site.paths == []


@pytest.mark.parametrize("location", ["file:///etc/passwd", "FILE:/etc/passwd", "gopher://a/"])
def test_a_redirect_off_the_web_names_where_it_leads(
    site: Site, http_client: RecordingClient, location: str
) -> None:
    scheme = location.partition(":")[0].lower()
    with pytest.raises(RedirectRefused, match=f"no web address.*begins with {scheme}:"):
        http_client.get(site.on("/a", site.reply(302, location=location)))


def test_redirects_in_a_circle_are_reported_with_an_address(
    site: Site, http_client: RecordingClient
) -> None:
    site.on("/b", site.reply(302, location="/a"))
    with pytest.raises(RedirectRefused, match=re.escape(f"at last to {site.url}/")):
        http_client.get(site.on("/a", site.reply(302, location="/b")))


def test_a_redirect_without_a_target_is_unreadable(
    site: Site, http_client: RecordingClient
) -> None:
    with pytest.raises(UnreadableResponse, match="302 Found"):
        http_client.get(site.on("/a", site.reply(302)))


def test_a_secret_stays_through_a_redirect_of_its_own_host(
    site: Site, http_client: RecordingClient
) -> None:
    site.on("/end", site.reply(200, b"here"))
    start = site.on("/a", site.reply(302, location=f"{site.url}/end"))
    http_client.get(start, params={"code": KEY}, headers={"X-Api-Key": KEY[:6]}, secrets=["code"])
    assert site.headers[1]["x-api-key"] == KEY[:6]


@pytest.mark.parametrize(
    "options",
    [
        {"params": {"code": KEY}, "secrets": ["Code"]},
        {"headers": {"Authorization": "Bearer abcdef"}},
        {"headers": {"X-Note": "abcdef"}, "secrets": ["x-note"]},
    ],
)
def test_a_secret_is_not_carried_to_another_host(
    site: Site, other_site: Site, http_client: RecordingClient, options: dict[str, Any]
) -> None:
    start = site.on("/a", site.reply(302, location=f"{other_site.url}/steal"))
    with pytest.raises(RedirectRefused, match=r"the key must not go.*correct the address"):
        http_client.get(start, **options)
    assert other_site.paths == []


def test_a_password_in_the_address_is_sent_to_its_host_only(
    site: Site, other_site: Site, http_client: RecordingClient
) -> None:
    start = site.on("/a", site.reply(302, location=f"{other_site.url}/steal"))
    with pytest.raises(RedirectRefused, match="the key must not go"):
        http_client.get(start.replace("://", "://ann:abcdef@"))
    assert site.headers[0]["authorization"].startswith("Basic ")
    assert other_site.paths == []


def test_an_address_with_a_token_may_redirect_elsewhere_but_not_take_the_token_along(
    site: Site, other_site: Site, http_client: RecordingClient
) -> None:
    file = other_site.on("/file", other_site.reply(200, b"here"))
    start = site.on("/a", site.reply(302, location=f"{file}?sig=other"))
    assert http_client.get(f"{start}?token=abcdef", anywhere=True).body == b"here"
    start = site.on("/b", site.reply(302, location=f"{file}?from=abcde%66"))
    with pytest.raises(RedirectRefused, match="the key must not go"):
        http_client.get(f"{start}?token=abcdef")


@pytest.mark.parametrize(
    ("old", "new", "goes_on"),
    [
        ("http://api.example/", "https://api.example/v2", True),
        ("https://api.example/", "https://api.example:443/v2", True),
        ("https://api.example/", "http://api.example/v2", False),
        ("https://api.example/", "https://www.api.example/v2", False),
        ("https://api.example/", "https://api.example:8443/v2", False),
        ("http://api.example:8080/", "https://api.example/v2", False),
    ],
)
def test_a_redirect_keeps_a_secret_only_with_the_same_host_and_no_weaker_scheme(
    http_client: RecordingClient, old: str, new: str, goes_on: bool
) -> None:
    seen = []

    def answer(request):
        seen.append(str(request.url))
        return httpx.Response(302, headers={"location": new}) if len(seen) == 1 else end

    end = httpx.Response(200)
    http_client.transport = httpx.MockTransport(answer)
    if goes_on:
        assert http_client.get(old, headers={"X-Api-Key": "abcdef"}).status == 200
    else:
        with pytest.raises(RedirectRefused, match="the key must not go"):
            http_client.get(old, headers={"X-Api-Key": "abcdef"})
    assert len(seen) == 1 + goes_on


def test_cookies_of_the_site_do_not_hinder_redirects(
    site: Site, other_site: Site, http_client: RecordingClient
) -> None:
    end = other_site.on("/end", other_site.reply(200, b"here"))
    start = site.on("/a", site.reply(302, location=end, set_cookie="sid=12345; Path=/"))

    async def twice(fetcher):
        await fetcher.get(start, anywhere=True)
        return await fetcher.get(start, anywhere=True)

    assert http_client.run(twice).body == b"here"
    assert site.headers[1]["cookie"] == "sid=12345"


# What cannot be sent, or finds nobody


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/a",
        "host/a",
        "ftp://host/a",
        "https://",
        "https://h:bad/",
        "http://h:99999/",
        "http://[::1/",
        "http://host/\n",
    ],
)
def test_an_invalid_web_address_is_a_wrong_setting(http_client: RecordingClient, url: str) -> None:
    with pytest.raises(InvalidSettings, match="correct") as caught:
        http_client.get(f"{url}?code=abcdef", secrets=["code"])
    assert "abcdef" not in str(caught.value)
    assert http_client.requests == 0


@pytest.mark.parametrize("value", ["abc\ndef", "żółw", "abc\x00"])
def test_a_header_that_cannot_be_sent_is_a_wrong_setting(
    site: Site, http_client: RecordingClient, value: str
) -> None:
    with pytest.raises(InvalidSettings, match="malformed") as caught:
        http_client.get(site.on("/a", site.reply()), headers={"X-Api-Key": value})
    assert value not in str(caught.value)


def test_a_refused_connection_is_a_network_error(http_client: RecordingClient) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(NetworkError, match=r"^The connection was refused"):
            http_client.get(f"http://127.0.0.1:{port}/")
    assert http_client.requests == 4


def test_a_host_name_that_does_not_exist_is_a_network_error(
    http_client: RecordingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lookup(*args, **kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    with pytest.raises(
        NetworkError, match=r"^The host name cannot be resolved \(DNS\).*nowhere\.invalid/\)$"
    ):
        http_client.get("http://nowhere.invalid/")


def test_a_server_without_tls_is_a_network_error(site: Site, http_client: RecordingClient) -> None:
    with pytest.raises(NetworkError, match=r"^No TLS connection: "):
        http_client.get(site.on("/a", site.reply()).replace("http:", "https:"))


def caused_by(error: Any, cause: Any) -> Any:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (httpx.ConnectTimeout(""), "No connection within 5 s."),
        (httpx.PoolTimeout(""), "No connection became free within 6 s."),
        (httpx.WriteTimeout(""), "Nothing was sent for 7 s (setting timeout_seconds)."),
        (httpx.ProxyError("407 No"), "The proxy refused: 407 No"),
        (httpx.ReadError(""), "No answer: ReadError"),
        (
            caused_by(
                httpx.ConnectError("All connection attempts failed"),
                OSError("x", ExceptionGroup("", [ValueError()])),
            ),
            "No answer: All connection attempts failed",
        ),
        (
            caused_by(
                httpx.ConnectError(""),
                ExceptionGroup("several addresses", [OSError(), ConnectionRefusedError()]),
            ),
            "The connection was refused: nothing listens at this port.",
        ),
        (
            caused_by(httpx.ConnectError(""), ssl.SSLCertVerificationError("x")),
            "The TLS certificate is not valid: expired.",
        ),
    ],
)
def test_each_reason_for_no_answer_has_its_words(error: Any, words: str) -> None:
    cause = error.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        cause.verify_message = "expired"
    assert why_no_answer(error, httpx.Timeout(connect=5, pool=6, read=7, write=8)) == words


@pytest.mark.parametrize(
    "behaviour",
    [
        lambda site: site.reply(404, b"no such calendar"),
        lambda site: site.reply(403),
        lambda site: site.reply(302),
        lambda site: site.reply(302, location="/a"),
        lambda site: site.reply(302, location="mailto:a@example.org"),
        lambda site: site.reply(302, location="http://127.0.0.2:1/elsewhere"),
        lambda site: site.reply(200, b"??", content_encoding="br"),
        lambda site: site.reply(200, b"", content_length="2000000"),
        lambda site: site.raw(b"", reset=True),
        lambda site: site.raw(b"HTTP/1.1 200"),
        lambda site: site.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal"),
        lambda site: site.dripping(b"", 60),
    ],
)
def test_a_failure_begins_with_its_reason_and_ends_with_its_address(
    site: Site, http_client: RecordingClient, behaviour: Callable[..., Any]
) -> None:
    http_client.settings = settings(timeout_seconds=0.1, request_retries=0, max_body_mb=1)
    url = site.on("/a", behaviour(site))
    with pytest.raises(DiscoveryError) as caught:
        http_client.get(url, headers={"X-Api-Key": "a-key-to-be-kept"})
    assert re.search(rf"^(?!.{{0,10}}127\.).{{20,}} \({re.escape(url)}\)$", str(caught.value))


def test_a_failure_behind_a_redirect_names_the_address_that_failed(
    site: Site, other_site: Site, http_client: RecordingClient
) -> None:
    end = other_site.on("/end", other_site.reply(410))
    with pytest.raises(NotFound, match=rf"^410 Gone.*\({re.escape(end)}\)$"):
        http_client.get(site.on("/a", site.reply(302, location=end)), anywhere=True)


# Discretion


def everything_said(caplog: pytest.LogCaptureFixture) -> str:
    formatted = [caplog.handler.format(record) for record in caplog.records]
    return "\n".join(formatted) + repr([vars(record) for record in caplog.records])


def spoken_by(error: DiscoveryError) -> str:
    return "".join([str(error), repr(error), *traceback.format_exception(error)])


@pytest.mark.slow
def test_no_secret_is_ever_shown(
    site: Site, other_site: Site, http_client: RecordingClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Everything that is logged at DEBUG, and every error, of requests with a key in them."""
    caplog.set_level("DEBUG")
    # Airflow, once some other test has loaded it, silences httpx: here it has to speak.
    caplog.set_level("DEBUG", logger="httpx")
    caplog.set_level("DEBUG", logger="httpcore")
    http_client.settings = settings(request_retries=1, timeout_seconds=0.2)
    # In the query of the answer's own making, and in its body: as it is, and encoded.
    echo = f'{{"message": "The key {KEY} is unknown", "next": "/?code={"%73"}{KEY[1:]}"}}'.encode()
    location = "/end?code=s3cr3t%2FK%2By%3D%C3%A9"
    broken = b"HTTP/1.1 200 OK\r\nX-Echo: s3cr3t/K%2by=%c3%a9\r\nContent-Length: 9\r\n\r\nhal"
    site.on("/end", site.reply(200, b"here"))
    urls = [
        site.on("/ok", site.reply(200, echo)),
        site.on("/moved", site.reply(302, location=location)),
        site.on("/away", site.reply(302, location=f"{other_site.url}{location}")),
        site.on("/nowhere", site.reply(302, location=f"http://h:bad{location}")),
        site.on("/bad", site.reply(400, echo)),
        site.on("/unauthorised", site.reply(401, echo)),
        site.on("/fast", site.reply(429, echo)),
        site.on("/quota", site.reply(429, echo, retry_after="9999")),
        site.on("/down", site.reply(500, b"x" * 190 + KEY.encode() + b"x" * 200)),
        site.on("/broken", site.raw(broken)),
        site.on("/reset", site.raw(b"", reset=True)),
        site.on("/packed", site.reply(200, echo, content_encoding="br")),
        site.on("/silent", site.dripping(b"", 60)),
        site.on("/", site.reply()).replace("http:", "https:"),
        "http://127.0.0.1:1/",
        "http://h:bad/",
    ]
    errors = []
    for url in urls:
        for options in (
            {"params": {"code": KEY}, "secrets": ["code"]},
            {"params": {"apikey": KEY}},
            {"headers": {"Authorization": "Bearer s3cr3t"}, "params": {"apikey": KEY}},
        ):
            try:
                http_client.get(url, **options)
            except Exception as error:  # noqa: BLE001  whatever is raised must not tell
                errors.append(error)
    # Tracebacks quote source lines, so that no call below may spell the secret out.
    userinfo = site.url.replace("://", "://ann:s3cr3t@")
    for headers in ({}, {"X-Api-Key": "s3cr3t\n"}):
        try:
            http_client.get(f"{userinfo}/bad", headers=headers)
        except InvalidSettings as error:
            errors.append(error)

    said = everything_said(caplog) + "".join(map(spoken_by, errors))
    assert len(errors) >= 3 * (len(urls) - 2)
    loggers = {record.name for record in caplog.records}
    assert {"httpx", "httpcore.http11", "include.discovery.fetch.client"} <= loggers
    assert "code=***" in said
    assert "s3cr3t" not in said
    assert "%73" not in said
    assert not any("s3cr3t" in repr(e.response) for e in errors if getattr(e, "response", None))


def test_a_classifier_that_quotes_the_body_is_masked(
    site: Site, http_client: RecordingClient
) -> None:
    def classify(response):
        return InvalidSettings(f"The source says: {response.body.decode()}")

    url = site.on("/a", site.reply(200, b"no such key: s3cr3t"))
    with pytest.raises(InvalidSettings) as caught:
        http_client.get(url, params={"apikey": "s3cr3t"}, classify=classify)
    assert str(caught.value) == f"The source says: no such key: *** ({url}?apikey=***)"


def test_a_token_is_masked_without_its_scheme(site: Site, http_client: RecordingClient) -> None:
    with pytest.raises(AuthenticationFailed, match=re.escape(": no such token: ***. ")):
        http_client.get(
            site.on("/a", site.reply(401, b"no such token: abcdef")),
            headers={"Authorization": "Bearer abcdef"},
        )


def test_a_body_without_secrets_is_left_as_it_is(site: Site, http_client: RecordingClient) -> None:
    url = site.on("/a", site.reply(200, b"see /next?apikey=s3cr3t"))
    response = http_client.get(url, params={"apikey": "s3cr3t"})
    assert response.body == b"see /next?apikey=s3cr3t"
    assert response.url == f"{url}?apikey=***"


def test_each_request_is_logged_in_one_line(
    site: Site, http_client: RecordingClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="include.discovery.fetch")
    http_client.get(site.on("/a", site.reply(500), site.reply(200, b"ok")))
    ours = [r.getMessage() for r in caplog.records if r.name == "include.discovery.fetch.client"]
    assert ours[0] == f"GET {site.url}/a answered 500 in 0 ms, 0 bytes"
    assert re.match(r"Request retry 1/3 in [01]\.\d s: .*500 Internal Server Error", ours[1])
    assert ours[2] == f"GET {site.url}/a answered 200 in 0 ms, 2 bytes"


LONG_KEY = "Qz7mXw9Lk3Rv-T5pHd2Ns8"


def with_key(site: Site) -> Credentials:
    return Credentials(LONG_KEY, hosts=(KeyHost.parse(site.url),))


def test_the_key_of_the_connection_is_masked_in_an_answer_before_it_is_classified(
    site: Site, http_client: RecordingClient
) -> None:
    seen = []

    def classify(response):
        seen.append(response)

    http_client.credentials = with_key(site)
    url = site.on("/a", site.reply(200, f"see {LONG_KEY}".encode(), x_echo=f"is {LONG_KEY}"))
    response = http_client.get(url, headers={"X-Api-Key": LONG_KEY}, classify=classify)
    assert (response.body, response.headers["x-echo"]) == (b"see ***", "is ***")
    assert seen[0].body == b"see ***"


@pytest.mark.parametrize("masked", ["/a?k=***&page=2", "/a?k=%2A%2A%2A&page=2"])
def test_a_mask_in_an_address_is_not_replaced_by_the_key(
    site: Site, http_client: RecordingClient, masked: str
) -> None:
    http_client.credentials = with_key(site)
    site.on("/a", site.reply(200, b"here"))
    http_client.get(f"{site.url}{masked}")
    assert site.paths == [masked]
