"""The API that everybody reads: a JSON feed of numbered pages, served on loopback.

    python -m bench.peers.feed EVENTS A_PAGE [--milliseconds 0]

A process of its own, so that its processor time is nobody's. It prints its address and serves until
its standard input is closed.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Warsaw")
DAYS = 300
VENUES = 200
_COMMON = """
the a of and with for in on by evening children families garden museum river castle market songs
stories meeting organ piano open air free entry doors at seven first floor bring friends warm coat
new works old masters local artists radio orchestra conductor soloist premiere after
""".split()  # noqa: SIM905  eighty strings of a line each are not easier to read
_TYPES = ("Concert", "Workshop", "Guided tour", "Lecture", "Film", "Play", "Opening", "Choir")
_SYLLABLES = [first + second for first in "bdfgklmnprstvz" for second in "aeiou"]
CATEGORIES = ("Jazz", "Classical", "Theatre", "Exhibition", "Family", "Film", "Talk", "Walk")


def events(count: int, start: date) -> Iterator[dict[str, object]]:
    """Make events by date as an API does: some 600 characters of text, a tenth of them as HTML."""
    rng = random.Random(5)
    for number in range(count):
        day = start + timedelta(days=1 + number * DAYS // count)
        begins = datetime(day.year, day.month, day.day, 9 + number % 13, 30, tzinfo=ZONE)
        text = " ".join(rng.choices(_COMMON, k=100)).capitalize()
        venue = rng.randrange(VENUES)
        yield {
            "id": f"e{number}",
            "title": f"{rng.choice(_TYPES)}: {_name(rng)} {_name(rng)} {rng.choice(_COMMON)}",
            "url": f"https://events.example/e/{number}",
            "start": begins.isoformat(),
            "end": (begins + timedelta(hours=2)).isoformat(),
            "status": "cancelled" if number % 50 == 0 else "scheduled",
            "venue": {
                "id": f"v{venue}",
                "name": f"Hall {venue}",
                "street": f"Long Street {venue}",
                "postcode": f"30-{venue:03}",
                "town": "Kraków",
                "country": "PL",
                "latitude": 50 + venue / 1000,
                "longitude": 19.9 + venue / 1000,
            },
            "organizer": f"Friends of Hall {venue}",
            "categories": rng.sample(CATEGORIES, 2),
            "performers": [f"Performer {rng.randrange(2_000)}"],
            "description": f"<p>{text} &amp; more.</p>" if number % 10 == 0 else f"{text}.",
            "image": f"https://events.example/i/{number}.jpg",
            "price_min": 20,
            "price_max": 60,
            "currency": "PLN",
            "language": "en",
            "updated": datetime(2026, 1, 1, 12, tzinfo=UTC).isoformat(),
        }


def _name(rng: random.Random) -> str:
    return "".join(rng.choices(_SYLLABLES, k=3)).capitalize()


def pages(count: int, a_page: int, start: date) -> list[bytes]:
    """Make the answers, the first page first."""
    every = list(events(count, start))
    parts = [every[at : at + a_page] for at in range(0, count, a_page)]
    whole = {"total": count, "pages": len(parts)}
    return [json.dumps({**whole, "events": part}).encode() for part in parts]


def serve(answers: list[bytes], seconds: float) -> ThreadingHTTPServer:
    """Return a server that answers ``/events?page=N``, each time after so many seconds."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            number = int(parse_qs(parts.query).get("page", ["1"])[0])
            found = parts.path == "/events" and 1 <= number <= len(answers)
            body = answers[number - 1] if found else b""
            time.sleep(seconds)
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    return server


def main() -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("events", type=int)
    parser.add_argument("a_page", type=int)
    parser.add_argument("--milliseconds", type=float, default=0)
    options = parser.parse_args()
    today = datetime.now(ZONE).date()
    server = serve(pages(options.events, options.a_page, today), options.milliseconds / 1000)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_address[1]}/events", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
