"""A source that stops in mid-listing until a test lets it go on."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psutil


class SlowSite:
    """A site with pages of one event each; the third waits until it is let go."""

    PAGES = 5

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.waiting = threading.Event()
        self.go = threading.Event()
        self.peer: tuple[str, int] | None = None
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = int(parse_qs(urlsplit(self.path).query)["page"][0])
                site.asked.append(page)
                if page == 3 and not site.go.is_set():
                    site.peer = self.client_address
                    site.waiting.set()
                    site.go.wait(120)
                body = json.dumps(site.page(page)).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/"

    def page(self, number: int) -> dict[str, Any]:
        start = datetime.now(UTC) + timedelta(days=number)
        event = {
            "id": number,
            "title": f"Event {number}",
            "start_date": f"{start:%Y-%m-%d} 19:00:00",
            "timezone": "Europe/Warsaw",
        }
        return {"events": [event], "total": self.PAGES, "total_pages": self.PAGES}

    @contextmanager
    def serving(self) -> Iterator[None]:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        try:
            yield
        finally:
            self.go.set()
            self._server.shutdown()
            self._server.server_close()

    def client_process(self) -> psutil.Process:
        """Find the process at the other end of the connection that waits."""
        assert self.peer is not None
        for connection in psutil.net_connections("tcp4"):
            if connection.laddr and tuple(connection.laddr) == self.peer and connection.pid:
                return psutil.Process(connection.pid)
        raise AssertionError("nobody is connected")
