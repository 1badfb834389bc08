"""A mail server on loopback: takes every message, or refuses all of them."""

from __future__ import annotations

import email
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from typing import Any


class _Session(socketserver.StreamRequestHandler):
    """One client, as far as ``smtplib`` needs a server to talk to."""

    def handle(self) -> None:
        server: Any = self.server
        self._say("220 ready")
        while line := self.rfile.readline():
            verb = line.split()[0].upper() if line.split() else b""
            if verb == b"DATA":
                if server.is_full:
                    self._say("452 the mailbox is full")
                    continue
                self._say("354 go on")
                server.taken.append(self._message())
                self._say("250 taken")
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def _message(self) -> EmailMessage:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line)
        parsed = email.message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


class MailServer(socketserver.ThreadingTCPServer):
    """What came in, and whether anything may."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.taken: list[EmailMessage] = []
        self.is_full = False

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def connection(self) -> str:
        """The Airflow connection that leads here."""
        extras = "disable_ssl=true&disable_tls=true&from_email=alerts@discovery.example&timeout=5"
        return f"smtp://127.0.0.1:{self.port}?{extras}"


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
