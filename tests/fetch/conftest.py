"""A web site on loopback whose every answer, and misbehaviour, a test writes itself."""

import asyncio
import random
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from include.discovery.connectors.base import ConnectorSettings
from include.discovery.fetch.addresses import AddressRules
from include.discovery.fetch.client import HttpFetcher
from include.discovery.fetch.hosts import Hosts
from include.discovery.fetch.keys import Credentials
from include.discovery.fetch.network import LookUp, look_up
from include.discovery.response import Response
from tests.support.loopback import LOOPBACK

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """Answers per path, in the order given; the last one is repeated."""

    url: str
    done: threading.Event = field(default_factory=threading.Event)
    """Set when the site closes: answers that dawdle wait for it."""
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    """Paths with queries, as asked for."""
    headers: list[dict[str, str]] = field(default_factory=list)
    """Headers as sent, names in lower case."""
    bodies: list[bytes] = field(default_factory=list)

    def on(self, path: str, *answers: Answer) -> str:
        """Lay down the answers of a path; return its URL."""
        self.answers[path] = list(answers)
        return self.url + path

    def reply(self, status: int = 200, body: bytes = b"", **headers: str) -> Answer:
        """Make a well-behaved answer; underscores in header names stand for hyphens."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in {"content_length": str(len(body)), **headers}.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.end_headers()
            handler.wfile.write(body)

        return answer

    def raw(self, data: bytes, *, reset: bool = False) -> Answer:
        """Make an answer of exactly these bytes, after which the connection ends."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.wfile.write(data)
            handler.wfile.flush()
            if reset:  # lingering for zero seconds makes the kernel send RST for FIN
                linger = struct.pack("ii", 1, 0)
                handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            handler.close_connection = True

        return answer

    def dripping(self, head: bytes, interval: float) -> Answer:
        """Make an answer that begins with ``head`` and goes on by a byte now and then."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.close_connection = True
            try:
                handler.wfile.write(head)
                while not self.done.wait(interval):
                    handler.wfile.write(b".")
            except OSError:
                return  # the client has had enough

        return answer


def _serve() -> tuple[ThreadingHTTPServer, Site]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.paths.append(self.path)
            site.headers.append({name.lower(): value for name, value in self.headers.items()})
            site.bodies.append(self.rfile.read(int(self.headers.get("content-length", "0"))))
            answers = site.answers[self.path.partition("?")[0]]
            (answers.pop(0) if len(answers) > 1 else answers[0])(self)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *args: Any) -> None:
            """Stay silent."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: Any) -> None:
            """Stay silent: clients that hang up are part of the tests."""

    server = Server(("127.0.0.1", 0), Handler)
    site = Site(f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server, site


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    server, site = _serve()
    yield site
    site.done.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def other_site() -> Iterator[Site]:
    """Another origin: the same machine by another port."""
    server, site = _serve()
    yield site
    site.done.set()
    server.shutdown()
    server.server_close()


@dataclass
class RecordingClient:
    """Runs requests with a fetcher whose waits are recorded; its clock goes on by them alone."""

    settings: ConnectorSettings = field(default_factory=ConnectorSettings)
    credentials: Credentials | None = None
    addresses: AddressRules = LOOPBACK
    look_up: LookUp = look_up
    transport: httpx.AsyncBaseTransport | None = None
    hosts: Hosts | None = None
    waits: list[float] = field(default_factory=list)
    time: datetime = NOW
    requests: int = 0
    bytes_received: int = 0

    def run(self, use: Callable[[HttpFetcher], Awaitable[Any]]) -> Any:
        async def sleep(seconds: float) -> None:
            self.waits.append(seconds)
            self.time += timedelta(seconds=seconds)

        async def go() -> Any:
            fetcher = HttpFetcher(
                self.settings,
                "https://operator.example/bot",
                rng=random.Random(7),
                sleep=sleep,
                now=lambda: self.time,
                credentials=self.credentials,
                addresses=self.addresses,
                look_up=self.look_up,
                hosts=self.hosts,
                transport=self.transport,
            )
            async with fetcher:
                try:
                    return await use(fetcher)
                finally:
                    self.requests = fetcher.requests
                    self.bytes_received = fetcher.bytes_received

        return asyncio.run(go())

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.time += timedelta(seconds=seconds)

    def get(self, url: str, **options: Any) -> Response:
        response = self.run(lambda fetcher: fetcher.get(url, **options))
        assert isinstance(response, Response)
        return response


@pytest.fixture
def http_client() -> RecordingClient:
    return RecordingClient()


def small_settings(**changes: float | tuple[str, ...]) -> ConnectorSettings:
    return ConnectorSettings(**{"timeout_seconds": 5, "max_body_mb": 1, **changes})


@pytest.fixture
def small_bounds(http_client: RecordingClient) -> None:
    http_client.settings = small_settings()
