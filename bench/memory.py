"""How much memory a sync takes, of a long paged API and of a large calendar.

    python -m bench.memory [--events 200000] [--megabytes 89] [--json FILE]

Each sync is a process of its own; printed is the most that it had resident, beside what it has
after its imports. Goals: 150 MB for the API, 350 MB for the calendar.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bench.peers import ours
from bench.peers.__main__ import ROOT, serving
from bench.tables import Table, report
from include.discovery.store.connection import connect
from localdev.postgres import EmbeddedPostgres

DAYS = 300
_TEXT = "Bring a lamp and good shoes: we walk along the river and back. " * 9


def calendar(size: int) -> bytes:
    """Make a calendar of so many bytes: events of some 800 bytes, spread over the year to come."""
    today = date.today()  # noqa: DTZ011  the server's own day is near enough
    head, end = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:bench\r\n", b"END:VCALENDAR\r\n"
    parts, length, number = [head], len(head) + len(end), 0
    while length < size:
        day = today + timedelta(days=1 + number % DAYS)
        event = (
            f"BEGIN:VEVENT\r\nUID:e{number}@events.example\r\nDTSTAMP:20260101T000000Z\r\n"
            f"DTSTART;TZID=Europe/Warsaw:{day:%Y%m%d}T{9 + number % 12:02}0000\r\n"
            f"SUMMARY:Lamp walk {number}\r\nLOCATION:Hall {number % 200}\\, Long Street 1\\, Kraków"
            f"\r\nDESCRIPTION:{_TEXT}\r\nEND:VEVENT\r\n"
        ).encode()
        parts.append(event)
        length, number = length + len(event), number + 1
    return b"".join([*parts, end])


@contextmanager
def serving_calendar(body: bytes) -> Iterator[str]:
    """Serve a calendar on loopback; give its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/calendar")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/events.ics"
    finally:
        server.shutdown()
        server.server_close()


def resident(command: list[str]) -> float:
    """Run a command; return the most memory that it had resident, in MB."""
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} failed with {process.returncode}")
    return used.ru_maxrss / 1024


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--megabytes", type=int, default=89)
    parser.add_argument("--json", type=Path, help="write the figures into this file, too")
    options = parser.parse_args()
    found: dict[str, float] = {"after its imports": resident(["-c", "import bench.peers.ours"])}
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedPostgres(Path(folder), databases=("api", "calendar")) as server,
    ):
        with serving(options.events, 200, 0) as url:
            with connect(server.url("api")) as conn:
                ours.configure(conn, url)
            label = f"a paged API of {options.events:,} events"
            found[label] = resident(["-m", "bench.peers.ours", server.url("api")])
        with serving_calendar(calendar(options.megabytes * 1_000_000)) as url:
            with connect(server.url("calendar")) as conn:
                ours.configure_calendar(conn, url)
            label = f"a calendar of {options.megabytes} MB"
            found[label] = resident(["-m", "bench.peers.ours", server.url("calendar")])
    table = Table("Resident memory of a sync at most", ("", "MB"), list(found.items()))
    report([table], options.json)


if __name__ == "__main__":
    main()
