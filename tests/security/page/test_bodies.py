"""Bodies that are large, compressed, nested or not to be stored, sent by anybody."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest

from include.discovery.storable import DEPTH, NotStorableError
from include.discovery.web.bodies import LIMIT, check_body
from tests.security.growth import growth_of
from tests.support.serving import Served, serving
from tests.web.page_support import CITY, SOURCE, Page, token

HUGE = 60 * 1024 * 1024
# What loopback's socket buffers hold of a body that nobody reads, with room to spare.
BUFFERED = 16 * 1024 * 1024
ANY_ROUTE = [
    ("POST", "/api/cities"),
    ("PUT", "/api/pairs"),
    ("POST", "/api/probe"),
    ("DELETE", "/api/sources/opera"),
    ("GET", "/api/overview"),
    ("HEAD", "/api/overview"),
    ("POST", "/api/nothing"),
    ("PATCH", "/api/cities"),
    ("PROPFIND", "/static/x/main.js"),
]


@pytest.fixture
def server(page: Page) -> Iterator[Served]:
    with serving(page.app) as served:
        yield served


def begin(server: Served, method: str, path: str, role: str | None, *headers: str) -> socket.socket:
    """Send a request's head, and leave its body to the caller."""
    lines = [f"{method} {server.prefix}{path} HTTP/1.1", "Host: airflow.test", *headers]
    if role is not None:
        lines.append(f"Authorization: Bearer {token(role)}")
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    connection.sendall("\r\n".join([*lines, "", ""]).encode())
    return connection


def flood(connection: socket.socket, total: int, chunk: bytes) -> int:
    """Send a body for as long as somebody takes it; return how many bytes went."""
    sent = 0
    with suppress(BrokenPipeError, ConnectionResetError):
        while sent < total:
            connection.sendall(chunk)
            sent += len(chunk)
    return sent


def answer_of(connection: socket.socket) -> bytes:
    """Read until the server closes; what was received before a reset counts."""
    received = b""
    with suppress(ConnectionResetError):
        while piece := connection.recv(65_536):
            received += piece
    return received


@pytest.mark.parametrize(("method", "path"), ANY_ROUTE)
def test_no_byte_of_a_body_is_read_before_its_sender_is_authenticated(
    server: Served, method: str, path: str
) -> None:
    connection = begin(server, method, path, None, "Content-Type: application/json",
                       f"Content-Length: {HUGE}")  # fmt: skip

    answer = answer_of(connection)  # before a single byte of the body was sent

    assert answer.startswith(b"HTTP/1.1 401 ")
    assert b"\r\nconnection: close\r\n" in answer.lower()
    assert sum(server.bytes_taken) == 0


def test_a_flood_without_a_login_is_cut_off_while_others_are_answered(server: Served) -> None:
    connection = begin(server, "POST", "/api/cities", None, "Content-Type: application/json",
                       f"Content-Length: {HUGE}")  # fmt: skip
    sent = flood(connection, HUGE, b"[]," * 20_000)
    other = httpx.get(
        f"{server.url}/api/live", headers={"Authorization": f"Bearer {token('viewer')}"}
    )

    assert sent < BUFFERED
    assert sum(server.bytes_taken) == 0
    assert other.status_code == 200


def test_a_body_from_a_user_who_may_only_read_is_refused_unread(server: Served) -> None:
    connection = begin(server, "POST", "/api/cities", "viewer", f"Content-Length: {HUGE}")

    assert answer_of(connection).startswith(b"HTTP/1.1 403 ")
    assert sum(server.bytes_taken) == 0


@pytest.mark.parametrize(("method", "path"), [r for r in ANY_ROUTE if r[0] not in {"GET", "HEAD"}])
def test_an_announced_body_beyond_the_bound_is_refused_unread(
    server: Served, method: str, path: str
) -> None:
    connection = begin(server, method, path, "admin", f"Content-Length: {LIMIT + 1}")

    answer = answer_of(connection)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"at most 256 KiB" in answer
    assert sum(server.bytes_taken) == 0


def test_a_chunked_body_is_read_up_to_the_bound_and_no_further(server: Served) -> None:
    connection = begin(server, "POST", "/api/cities", "admin", "Content-Type: application/json",
                       "Transfer-Encoding: chunked")  # fmt: skip
    piece = b"[]," * 5_000
    sent = flood(connection, HUGE, b"%x\r\n%b\r\n" % (len(piece), piece))
    answer = answer_of(connection)

    assert sent < BUFFERED
    assert answer.startswith(b"HTTP/1.1 413 ")
    # One message of the server's may pass the bound before it is counted.
    assert LIMIT < sum(server.bytes_taken) < 2 * LIMIT


def test_a_route_that_only_reads_ignores_a_body(server: Served) -> None:
    connection = begin(server, "GET", "/api/live", "viewer", f"Content-Length: {HUGE}")

    answer = answer_of(connection)

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert sum(server.bytes_taken) == 0


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "gzip, gzip"])
def test_compressed_bodies_are_refused_unread(server: Served, coding: str) -> None:
    connection = begin(server, "POST", "/api/cities", "admin", "Content-Type: application/json",
                       f"Content-Encoding: {coding}", "Content-Length: 100000")  # fmt: skip

    assert answer_of(connection).startswith(b"HTTP/1.1 415 ")
    assert sum(server.bytes_taken) == 0


def test_a_body_of_ordinary_size_is_answered_on_a_connection_that_stays_open(
    server: Served,
) -> None:
    headers = {"Authorization": f"Bearer {token('admin')}"}
    with httpx.Client(headers=headers) as client:
        added = client.post(f"{server.url}/api/cities", json=CITY)
        again = client.post(f"{server.url}/api/cities", json=CITY)

    assert (added.status_code, again.status_code) == (201, 409)
    assert "connection" not in added.headers


@pytest.mark.parametrize(
    ("hostile", "said"),
    [
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 50_000, "nested too deeply"),
        ("[" * (DEPTH + 2) + "]" * (DEPTH + 2), "nested too deeply"),
        ('{"name": NaN}', "NaN is not a JSON number"),
        ('{"name": -Infinity}', "-Infinity is not a JSON number"),
        ('{"name": 1e400}', "name: is not a finite number"),
        ('{"name": 9223372036854775808}', "name: is beyond 64 bits"),
        (f'{{"name": 1{"0" * 5_000}}}', "not valid JSON"),
        (r'{"settings": {"headers": ["a", "b\u0000"]}}', "settings.headers.1: contains a NUL"),
        (r'{"settings": {"\u0000": 1}}', "settings: a name in it contains a NUL"),
        (r'{"settings": {"url": "\ud800"}}', "settings.url: is not valid Unicode"),
        ("{", "not valid JSON"),
        (b"\xff{}", "not valid JSON"),
    ],
)
def test_json_that_cannot_be_stored_is_refused_with_its_place(
    page: Page, hostile: str | bytes, said: str
) -> None:
    for method, path in (("POST", "/api/sources"), ("PUT", "/api/cities/krakow"),
                         ("POST", "/api/probe"), ("POST", "/api/nothing")):  # fmt: skip
        answer = page.ask(
            method, path, content=hostile, headers={"Content-Type": "application/json"}
        )

        assert answer.status_code == 422, answer.text
        assert said in answer.json()["detail"]


def nested(depth: int) -> dict[str, Any]:
    value: Any = 1
    for _ in range(depth):
        value = {"a": value}
    return {"settings": value}


def test_settings_nested_as_deep_as_any_kind_needs_are_accepted() -> None:
    check_body(json.dumps(nested(DEPTH - 1)).encode())
    with pytest.raises(NotStorableError):
        check_body(json.dumps(nested(DEPTH)).encode())


FAMILIES: dict[str, Callable[[int], str]] = {
    "empty lists": lambda n: "[" + "[]," * n + "[]]",
    "lists of one": lambda n: "[" + "[1]," * n + "[]]",
    "nested lists": lambda n: "[" * n,
    "nested objects": lambda n: '{"a":' * n,
    "many names": lambda n: json.dumps({str(k): k for k in range(n)}),
    "pairs of surrogates": lambda n: '["' + "\\ud83d\\ude00" * n + '"]',
}
"""Bodies of so many parts."""


@pytest.mark.parametrize("family", FAMILIES)
def test_checking_a_body_takes_time_in_proportion_to_its_size(family: str) -> None:
    assert growth_of(lambda text: check_body(text.encode()), FAMILIES[family]) is None


def test_the_answer_to_many_faults_stays_small(page: Page) -> None:
    answer = page.ask("POST", "/api/sources", json={**SOURCE, **{f"x{n}": 1 for n in range(9_000)}})

    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 50
    assert "8950 more" in answer.json()["detail"]
