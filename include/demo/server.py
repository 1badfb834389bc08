"""The demo behind a socket: HTTP/1.1 with keep-alive and gzip, on the loopback interface only."""

from __future__ import annotations

import gzip
import logging
from datetime import UTC, date, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from include.demo.reply import HTML_TYPE, Reply
from include.demo.site import DemoSite
from include.demo.tickets_api import FakeDiscovery

DEFAULT_PORT = 8765
HOST = "127.0.0.1"

_POLL_SECONDS = 0.02
_GZIP_FROM_BYTES = 500

logger = logging.getLogger(__name__)


class DemoServer:
    """The demo server, in the foreground (``serve_forever``) or, for tests, as a context.

    ``with DemoServer(port=0, today=date(2026, 3, 1)) as server: httpx.get(server.url + "/health")``

    :param port: 0 takes any free port.
    :param today: the day the feeds are made for; without it they follow the clock (UTC).
    """

    def __init__(self, port: int = DEFAULT_PORT, today: date | None = None, seed: int = 0) -> None:
        self._http = _HttpServer((HOST, port), _Handler)
        self.url = f"http://{HOST}:{self._http.server_port}"
        self.site = DemoSite(lambda: today or datetime.now(UTC).date(), self.url, seed)
        self._http.site = self.site
        self._thread: Thread | None = None

    @property
    def discovery(self) -> FakeDiscovery:
        """The ticket interface behind this server: to arrest calls or exhaust its quota."""
        return self.site.discovery

    def serve_forever(self) -> None:
        """Serve in this thread until interrupted, then free the port."""
        try:
            self._http.serve_forever(_POLL_SECONDS)
        finally:
            self._http.server_close()

    def __enter__(self) -> Self:
        self._thread = Thread(target=self.serve_forever, name="demo-server", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._http.shutdown()
        if self._thread is not None:
            self._thread.join()


class _HttpServer(ThreadingHTTPServer):
    site: DemoSite


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "DiscoveryDemo/1.0"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _HttpServer

    def do_GET(self) -> None:
        self._send(with_body=True)

    def do_HEAD(self) -> None:
        self._send(with_body=False)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log the path without its query, where the key of the ticket interface travels."""
        logger.info("%s %s %s %s", self.command, urlsplit(self.path).path, code, size)

    def _send(self, *, with_body: bool) -> None:
        reply = self._reply()
        headers = dict(reply.headers)
        body = reply.body
        if len(body) >= _GZIP_FROM_BYTES and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, compresslevel=1, mtime=0)
            headers["Content-Encoding"] = "gzip"
        self.send_response(reply.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Vary", "Accept-Encoding")
        if reply.status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def _reply(self) -> Reply:
        """Return the site's answer. A defect of the demo is a logged 500, not a hang-up."""
        parts = urlsplit(self.path)
        try:
            reply = self.server.site.answer(parts.path, dict(parse_qsl(parts.query)))
        except Exception as error:
            logger.exception("The demo could not answer %s", parts.path)
            return Reply.of_text(f"{type(error).__name__}: {error}\n", 500, HTML_TYPE)
        etag = reply.headers.get("ETag")
        if etag is not None and etag == self.headers.get("If-None-Match"):
            return Reply(HTTPStatus.NOT_MODIFIED, {"ETag": etag}, b"")
        return reply
