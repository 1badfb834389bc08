"""A source that leads inside: by its address, a redirect, or a name that changes its mind.

A sentinel server stands for the private host: it must not see a single connection.
"""

from __future__ import annotations

import asyncio
import random
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme

from include.discovery.errors import DiscoveryError, InvalidSettings, NetworkError
from include.discovery.fetch.addresses import PUBLIC_ONLY, AddressRules, private_host
from include.discovery.fetch.client import HttpFetcher
from include.discovery.fetch.protocol import RequestSettings
from include.discovery.response import Response

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
EVIL = "evil.example"
OUTSIDE = "127.0.0.2"
"""Stands for the public internet: the rules of these tests let it be asked."""

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", OUTSIDE])


@dataclass
class Sentinel:
    """A server that records its connections, and answers with a given body."""

    port: int
    answer: bytes
    connections: list[bytes] = field(default_factory=list)
    """What each connection sent first."""


@pytest.fixture
def serve() -> Iterator[Callable[[str, bytes], Sentinel]]:
    """Listen on an address of this machine, until the test ends."""
    listening: list[socket.socket] = []

    def start(
        host: str, answer: bytes = b"secret", context: ssl.SSLContext | None = None
    ) -> Sentinel:
        server = socket.create_server((host, 0))
        listening.append(server)
        if not answer.startswith(b"HTTP/"):
            answer = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(answer), answer)
        sentinel = Sentinel(server.getsockname()[1], answer)

        def run() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return  # closed: the test has ended
                sentinel.connections.append(b"")
                with suppress(OSError), connection:
                    peer = connection
                    if context is not None:
                        peer = context.wrap_socket(connection, server_side=True)
                    with peer:
                        sentinel.connections[-1] = peer.recv(65536)
                        peer.sendall(sentinel.answer)

        threading.Thread(target=run, daemon=True).start()
        return sentinel

    yield start
    for server in listening:
        server.shutdown(socket.SHUT_RDWR)
        server.close()


class Resolver:
    """A name server that gives other addresses every time it is asked; the last ones stay."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str) -> list[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def get(
    url: str,
    rules: AddressRules = PUBLIC_ONLY,
    look_up: Callable[[str], Awaitable[list[str]]] | None = None,
    *,
    anywhere: bool = False,
) -> Response:
    async def run() -> Response:
        async with HttpFetcher(
            RequestSettings(request_retries=0, timeout_seconds=2),
            "",
            rng=random.Random(1),
            sleep=asyncio.sleep,
            now=lambda: NOW,
            addresses=rules,
            **({} if look_up is None else {"look_up": look_up}),
        ) as fetch:
            return await fetch.get(url, anywhere=anywhere)

    return asyncio.run(run())


@pytest.fixture(autouse=True, params=[None, "*", "localhost,127.0.0.1"])
def _environment(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no proxy; ``NO_PROXY`` alone, which a local run sets, must not count as one."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    if request.param is not None:
        monkeypatch.setenv("NO_PROXY", request.param)


def test_a_name_that_is_public_when_checked_and_private_when_connected_is_not_reached(
    serve: Callable[..., Any],
) -> None:
    inside = serve("127.0.0.1")
    resolver = Resolver([OUTSIDE], ["127.0.0.1"])
    rules = AddressRules((private_host(OUTSIDE),))

    for _ in range(3):
        with pytest.raises((NetworkError, InvalidSettings)):
            get(f"http://{EVIL}:{inside.port}/", rules, resolver)

    assert inside.connections == []


def test_a_name_is_looked_up_once_and_the_checked_address_is_connected_to(
    serve: Callable[..., Any],
) -> None:
    outside = serve(OUTSIDE, b"public")
    resolver = Resolver([OUTSIDE], ["127.0.0.1"])
    rules = AddressRules((private_host(OUTSIDE),))

    assert get(f"http://{EVIL}:{outside.port}/", rules, resolver).body == b"public"
    assert resolver.asked == [EVIL]
    assert f"host: {EVIL}:{outside.port}".encode() in outside.connections[0].lower()


def test_a_host_with_a_dot_at_its_end_is_checked_without_the_dot(serve: Callable[..., Any]) -> None:
    outside = serve(OUTSIDE, b"public")
    rules = AddressRules((private_host(OUTSIDE),))
    resolver = Resolver(["127.0.0.1"])

    assert get(f"http://{OUTSIDE}.:{outside.port}/", rules, resolver).body == b"public"
    assert resolver.asked == []


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["93.184.215.14", "127.0.0.1"], ["::ffff:127.0.0.1"], ["::1", "127.0.0.1"]],
)
def test_one_private_address_among_public_ones_is_enough_to_refuse(
    serve: Callable[..., Any], addresses: list[str]
) -> None:
    inside = serve("127.0.0.1")

    with pytest.raises(InvalidSettings, match="not a public address"):
        get(f"http://{EVIL}:{inside.port}/", look_up=Resolver(addresses))

    assert inside.connections == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::ffff:127.0.0.1]",
     "[::ffff:7f00:1]", "localhost", "LOCALHOST", "127.0.0.1."],
)  # fmt: skip
@pytest.mark.parametrize("way", ["address", "redirect", "redirect of a link"])
def test_this_machine_is_not_reached_in_any_spelling(
    serve: Callable[..., Any], host: str, way: str
) -> None:
    inside = serve("127.0.0.1")
    target = f"http://{host}:{inside.port}/"
    rules = PUBLIC_ONLY
    if way != "address":
        sent_on = f"HTTP/1.1 302 Found\r\nlocation: {target}\r\ncontent-length: 0\r\n\r\n".encode()
        outside = serve(OUTSIDE, sent_on)
        rules = AddressRules((private_host(OUTSIDE),))
        target = f"http://{OUTSIDE}:{outside.port}/"

    with pytest.raises(DiscoveryError) as caught:
        get(target, rules, anywhere=way == "redirect of a link")

    assert not isinstance(caught.value, NetworkError)
    assert inside.connections == []


def test_a_certificate_is_checked_against_the_name_and_not_the_address(
    serve: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    authority = trustme.CA()
    certificates = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(certificates))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("events.example").configure_cert(context)
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    site = serve(OUTSIDE, b"over TLS", context)
    rules = AddressRules((private_host(OUTSIDE),))

    found = get(f"https://events.example:{site.port}/", rules, Resolver([OUTSIDE]))
    with pytest.raises(NetworkError, match="certificate"):
        get(f"https://other.example:{site.port}/", rules, Resolver([OUTSIDE]))

    assert found.body == b"over TLS"
    assert names == ["events.example", "other.example"]
