"""What a made-up site of a kind of source is, and how it is served on the loopback interface."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from include.demo.reply import Reply

NOT_FOUND = Reply.of_text("Not found.\n", 404)


@dataclass(frozen=True, slots=True)
class Question:
    """A request as a site sees it; header names in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = b""

    def json(self) -> Any:
        return json.loads(self.body)


class FakeSite(ABC):
    """A site of one kind, with a handful of events in the 60 days after ``today``.

    :param base: where it is served, as ``http://127.0.0.1:12345``, without a slash at its end.
    """

    kind: ClassVar[str]
    key: ClassVar[str | None] = None
    """The key that it asks for, where the kind needs a connection."""
    found_by_probe: ClassVar[bool] = True
    """Whether its bare address gives away what it is (an API that needs a key, say, does not)."""

    def __init__(self, base: str, today: date) -> None:
        self.base = base
        self.today = today
        self.asked: list[Question] = []

    @property
    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """The settings with which a source of this kind reads the site."""

    @property
    def address(self) -> str:
        """The bare address that a person would paste: the home page, mostly."""
        return f"{self.base}/"

    @property
    @abstractmethod
    def titles(self) -> set[str]:
        """The titles of all events that a sync of the next 365 days brings."""

    @abstractmethod
    def answer(self, question: Question) -> Reply:
        """Answer a request."""


class _Server(ThreadingHTTPServer):
    site: FakeSite


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        question = Question(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(int(self.headers.get("content-length", "0"))),
        )
        self.server.site.asked.append(question)
        reply = self.server.site.answer(question)
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def served(kind: type[FakeSite], today: date) -> Iterator[FakeSite]:
    """Serve a site of a kind on a free port of the loopback interface."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.site = kind(f"http://127.0.0.1:{server.server_port}", today)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
