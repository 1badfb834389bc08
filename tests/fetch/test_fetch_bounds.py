"""Answers that break off, drip, or are too large."""

import gzip
import re
import time
from typing import Any

import pytest

from include.discovery.errors import (
    AuthenticationFailed,
    BrokenOff,
    NetworkError,
    NotFound,
    ServerError,
    TimedOut,
    UnreadableResponse,
)
from include.discovery.fetch import client, transfer
from include.discovery.fetch.client import (
    PATIENCE_FACTOR,
)
from include.discovery.fetch.transfer import MAX_ERROR_BODY_BYTES
from tests.fetch.conftest import RecordingClient, Site, small_settings

MEGABYTE = 1_000_000

pytestmark = pytest.mark.usefixtures("small_bounds")


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
    http_client.settings = small_settings(request_retries=0)
    with pytest.raises((ServerError, NetworkError), match=r"broke off|reset"):
        http_client.get(site.on("/b", site.raw(head, reset=reset)))


@pytest.mark.parametrize("data", [b"", b"HTTP/1.1 200", b"SSH-2.0-OpenSSH_9\r\n"])
@pytest.mark.parametrize("reset", [False, True])
def test_a_connection_without_an_answer_is_a_network_error(
    site: Site, http_client: RecordingClient, data: bytes, reset: bool
) -> None:
    http_client.settings = small_settings(request_retries=1)
    with pytest.raises(NetworkError, match=re.escape("127.0.0.1")):
        http_client.get(site.on("/a", site.raw(data, reset=reset)))
    assert http_client.requests == 2


def test_a_silent_server_ends_by_the_read_timeout(site: Site, http_client: RecordingClient) -> None:
    http_client.settings = small_settings(timeout_seconds=0.1, request_retries=0)
    with pytest.raises(NetworkError, match=r"^Nothing was sent for 0\.1 s"):
        http_client.get(site.on("/a", site.dripping(b"", 60)))
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
    with pytest.raises(NetworkError, match=r"^Nothing was sent for 0\.1 s"):
        http_client.get(site.on("/b", site.dripping(head, 60)))


def test_a_dripping_body_ends_by_the_total_bound(site: Site, http_client: RecordingClient) -> None:
    http_client.settings = small_settings(timeout_seconds=0.2, request_retries=0)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"
    started = time.perf_counter()
    with pytest.raises(NetworkError, match=r"too slowly.*within 0\.4 s"):
        http_client.get(site.on("/a", site.dripping(head, 0.02)))
    assert time.perf_counter() - started < 4


def test_a_silent_server_costs_one_request_its_timeout_and_not_one_for_each_try(
    site: Site, http_client: RecordingClient
) -> None:
    http_client.settings = small_settings(timeout_seconds=0.2, request_retries=5)
    with pytest.raises(TimedOut):
        http_client.get(site.on("/a", site.dripping(b"", 60)))
    assert http_client.requests <= PATIENCE_FACTOR + 1


def test_a_dripping_server_costs_one_request_its_timeout_and_is_not_retried(
    site: Site, http_client: RecordingClient
) -> None:
    http_client.settings = small_settings(timeout_seconds=0.2, request_retries=5)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"
    with pytest.raises(TimedOut, match="too slowly"):
        http_client.get(site.on("/a", site.dripping(head, 0.02)))
    assert http_client.requests == 1


def test_an_immediate_failure_is_retried_as_often_as_the_settings_say(
    site: Site, http_client: RecordingClient
) -> None:
    http_client.settings = small_settings(timeout_seconds=0.2, request_retries=5)
    with pytest.raises(NetworkError):
        http_client.get(site.on("/a", site.raw(b"", reset=True)))
    assert http_client.requests == 6


@pytest.mark.slow
def test_a_body_that_flows_has_more_time_than_a_request_that_waits(
    site: Site, http_client: RecordingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each 10 kB gain a second: the body goes on for twice as long as a request may wait."""
    monkeypatch.setattr(transfer, "SLOWEST_BYTES_PER_SECOND", 10_000)
    http_client.settings = small_settings(timeout_seconds=0.3, request_retries=0)
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
    http_client.settings = small_settings(timeout_seconds=0.1, request_retries=0)
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
