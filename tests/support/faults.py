"""A paged JSON source on loopback that misbehaves as a test wants, byte for byte."""

from __future__ import annotations

import gzip
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

PAGES = 6
PER_PAGE = 5
EVENTS = PAGES * PER_PAGE

Fault = Callable[["Exchange"], None]


def document(page: int, *, day: str = "2026-12-24") -> bytes:
    """Return a page as the source gives it when all is well."""
    first = (page - 1) * PER_PAGE
    items = [
        {"id": f"e{n}", "title": f"Concert {n}", "start": f"{day}T19:00:00+01:00"}
        for n in range(first, first + PER_PAGE)
    ]
    following = f"/events?page={page + 1}" if page < PAGES else None
    listing = {"total": EVENTS, "items": items if page <= PAGES else [], "next": following}
    return json.dumps(listing).encode()


@dataclass
class Exchange:
    """One request, and the connection on which a fault answers it."""

    handler: BaseHTTPRequestHandler
    source: FaultySource
    page: int

    def raw(self, data: bytes) -> None:
        """Send exactly these bytes and close the connection."""
        self.handler.close_connection = True
        self.handler.wfile.write(data)

    def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Send a well-formed answer; underscores in header names stand for hyphens."""
        lines = [f"HTTP/1.1 {status} X"]
        named = {"content_length": str(len(body)), "content_type": "application/json", **headers}
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in named.items()]
        self.handler.wfile.write("\r\n".join([*lines, "", ""]).encode() + body)

    def reset(self, head: bytes = b"") -> None:
        """Break the connection off without a goodbye."""
        if head:
            self.handler.wfile.write(head)
            self.handler.wfile.flush()
        linger = struct.pack("ii", 1, 0)
        self.handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.handler.close_connection = True

    def drip(self, head: bytes, piece: bytes, interval: float = 0.02) -> None:
        """Send a piece now and then, until the client or the test has had enough."""
        self.handler.close_connection = True
        try:
            self.handler.wfile.write(head)
            while not self.source.done.wait(interval):
                self.handler.wfile.write(piece)
        except OSError:
            return


@dataclass
class FaultySource:
    """Pages of events, by ``?page=N``; faults begin at the third page."""

    fault: Fault | None = None
    is_passing: bool = False
    """The fault is met once; otherwise by every request from the third page on."""
    timeout_seconds: float = 10
    host: str = "127.0.0.1"
    port: int = 0
    requests: list[str] = field(default_factory=list)
    """What the server saw, in its order."""
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def settings(self) -> dict[str, Any]:
        """Settings of ``json_feed`` for this source."""
        return {
            "url": f"{self.url}/events",
            "items": "items",
            "total": "total",
            "fields": {"external_id": "id", "title": "title", "starts_at": "start"},
            "paging": {"by": "page", "parameter": "page", "first": 1},
            "timeout_seconds": self.timeout_seconds,
            "max_body_mb": 1,
        }

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request, by the fault if it is its turn."""
        self.requests.append(handler.path)
        query = parse_qs(urlsplit(handler.path).query)
        page = int(query.get("page", ["1"])[0])
        exchange = Exchange(handler, self, page)
        fault = self.fault
        if fault is not None and page >= 3:
            if self.is_passing:
                self.fault = None
            fault(exchange)
        else:
            exchange.reply(200, self.document(page))

    def document(self, page: int) -> bytes:
        """Return a page as the source gives it when all is well."""
        return document(page)


SourceT = TypeVar("SourceT", bound=FaultySource)


@contextmanager
def serving(source: SourceT) -> Iterator[SourceT]:
    """Serve a source until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            source.answer(self)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Keep quiet: clients that hang up are part of the tests."""

    server = Server((source.host, 0), Handler)
    source.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield source
    finally:
        source.done.set()
        server.shutdown()
        server.server_close()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def status(code: int, body: bytes = b"", **headers: str) -> Fault:
    """Answer with a status."""
    return lambda exchange: exchange.reply(code, body, **headers)


def body(content: bytes, **headers: str) -> Fault:
    """Answer 200 with a body of another kind."""
    return status(200, content, **headers)


def truncated(how: str) -> Fault:
    """Answer with the first half of the page."""

    def fault(exchange: Exchange) -> None:
        whole = exchange.source.document(exchange.page)
        half = whole[: len(whole) // 2]
        if how == "length":
            exchange.raw(HEAD + b"Content-Length: %d\r\n\r\n" % len(whole) + half)
        elif how == "chunked":
            head = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
            exchange.raw(head + b"%x\r\n" % len(half) + half + b"\r\n")
        elif how == "gzip":
            packed = gzip.compress(whole)
            exchange.raw(HEAD + b"Content-Encoding: gzip\r\n\r\n" + packed[: len(packed) // 2])
        elif how == "reset":
            exchange.reset(HEAD + b"Content-Length: %d\r\n\r\n" % len(whole) + half)
        elif how == "after an item":
            exchange.raw(HEAD + b"\r\n" + whole[: whole.index(b"}, {") + 1])
        else:
            exchange.raw(HEAD + b"\r\n" + half)

    return fault


def redirect(location: str) -> Fault:
    """Send the request on; ``{url}`` stands for the source itself."""
    return lambda exchange: exchange.reply(
        302, location=location.format(url=exchange.source.url, page=exchange.page)
    )


def gzip_bomb(exchange: Exchange) -> None:
    """Answer with 2 MB that unpack to 2 GB."""
    bomb = gzip.compress(b"\0" * 10_000_000, 9)
    exchange.reply(200, bomb * 200, content_encoding="gzip")


def endless_body(exchange: Exchange) -> None:
    """Answer with a body that does not end."""
    exchange.drip(HEAD + b"\r\n", b"x" * 200_000, interval=0.001)
