"""Sources on loopback, each on an address of its own, that fail in every way that was seen."""

from __future__ import annotations

import json
import random
import string
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.fault_kinds import ROWS
from tests.support.faults import Exchange, Fault, FaultySource, serving, status

PAGES = 30
PER_PAGE = 10
WAIT_SECONDS = 3
A_DAY = 86400
UNDER_WAY = 0.2
"""Seconds: a request that was under way when the source asked for a wait is nobody's fault."""


def _at_a_time(exchange: Exchange) -> None:
    then = datetime.now(UTC) + timedelta(seconds=WAIT_SECONDS + 1)
    exchange.reply(503, retry_after=format_datetime(then, usegmt=True))


def _no_items(exchange: Exchange) -> None:
    """Answer that there is nothing; on the first page, that would be an empty source."""
    whole = exchange.source.document(1)
    exchange.reply(200, whole if exchange.page == 1 else b'{"total": 0, "items": []}')


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to fail."""

    fault: Fault
    category: str | None
    """Of an attempt that ends with it; ``None``: none does."""
    wait: float = 0.0
    """Seconds for which the source asks to be left alone."""


KINDS = {
    **{name: Kind(row.fault, row.category) for name, row in ROWS.items() if row.wait is None},
    "503, try in 3 s": Kind(
        status(503, retry_after=str(WAIT_SECONDS)), "server", wait=WAIT_SECONDS
    ),
    "503, try at a time": Kind(_at_a_time, "server", wait=WAIT_SECONDS),
    "429, try in 3 s": Kind(
        status(429, retry_after=str(WAIT_SECONDS)), "rate_limited", wait=WAIT_SECONDS
    ),
    "429, try tomorrow": Kind(status(429, retry_after=str(A_DAY)), "rate_limited", wait=A_DAY),
    "no items in the middle": Kind(_no_items, None),
    "the first page again": Kind(
        lambda exchange: exchange.reply(200, exchange.source.document(1)), "guard"
    ),
}
"""By name; waits are shorter here than in the table."""


class Deck:
    """Deals kinds by chance, but each as often as any other, whoever takes them."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._left: list[str] = []
        self._lock = threading.Lock()

    def take(self) -> str:
        """Take the next one."""
        with self._lock:
            if not self._left:
                self._left = self._chance.sample(list(KINDS), k=len(KINDS))
            return self._left.pop()


@dataclass
class Unreliable(FaultySource):
    """A source that answers a share of its requests with a fault."""

    name: str = ""
    first_day: date = date.min
    share: float = 0.0
    """Of the requests, from 0 to 1."""
    seconds: float = 0.0
    """How long it takes to answer."""
    chance: random.Random = field(default_factory=random.Random)
    deck: Deck = field(default_factory=lambda: Deck(0))
    injected: list[tuple[datetime, str]] = field(default_factory=list)
    """When which fault was the answer."""
    early: int = 0
    """Requests before the end of a wait that it had asked for."""
    told_at: float = 0.0
    closed_until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def ids(self) -> set[str]:
        """The events that it has."""
        return {f"{self.name}-{number}" for number in range(PAGES * PER_PAGE)}

    @property
    def settings(self) -> dict[str, Any]:
        """Settings of ``json_feed`` for it."""
        return {**super().settings, "timezone": "Europe/Warsaw"}

    def document(self, page: int) -> bytes:
        """Return a page as it is; one past the end is empty."""
        first = (page - 1) * PER_PAGE
        items = [self._item(number) for number in range(first, first + PER_PAGE)]
        if page > PAGES:
            items = []
        return json.dumps({"total": PAGES * PER_PAGE, "items": items}).encode()

    def _item(self, number: int) -> dict[str, str]:
        """Return an event that no other source has: titles have no word in common."""
        day = self.first_day + timedelta(days=number % 200)
        letters = random.Random(f"{self.name} {number}").choices(string.ascii_lowercase, k=14)
        return {
            "id": f"{self.name}-{number}",
            "title": "".join(letters).capitalize(),
            "start": f"{day}T{10 + number % 12}:00:00",
        }

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request, by a fault if chance has it."""
        query = parse_qs(urlsplit(handler.path).query)
        exchange = Exchange(handler, self, int(query.get("page", ["1"])[0]))
        fault = self._chosen(handler.path)
        if fault is not None:
            fault(exchange)
            return
        time.sleep(self.seconds)
        exchange.reply(200, self.document(exchange.page))

    def mend(self) -> None:
        """Fail no more; the waits that it has asked for are over."""
        self.share = self.closed_until = 0.0

    def _chosen(self, path: str) -> Fault | None:
        with self.lock:
            now = time.monotonic()
            self.requests.append(path)
            self.early += self.told_at + UNDER_WAY < now < self.closed_until
            if self.chance.random() >= self.share:
                return None
            name = self.deck.take()
            kind = KINDS[name]
            self.injected.append((datetime.now(UTC), name))
            if kind.wait:
                self.told_at, self.closed_until = now, now + kind.wait
            return kind.fault


@contextmanager
def serving_all(
    count: int, *, share: float, seconds: float, seed: int
) -> Iterator[list[Unreliable]]:
    """Serve so many sources, on 127.0.0.2 and the addresses after it."""
    first_day, deck = datetime.now(UTC).date() + timedelta(days=10), Deck(seed)
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                serving(
                    Unreliable(
                        host=f"127.0.0.{2 + number}",
                        name=f"source-{number + 1:02}",
                        first_day=first_day,
                        share=share,
                        seconds=seconds,
                        timeout_seconds=3,
                        chance=random.Random(f"{seed} {number}"),
                        deck=deck,
                    )
                )
            )
            for number in range(count)
        ]


def configuration(sources: list[Unreliable]) -> str:
    """Return a configuration with one city and all sources (JSON is YAML, too)."""
    city = {"name": "Kraków", "country": "PL", "timezone": "Europe/Warsaw",
            "latitude": 50.06, "longitude": 19.94, "radius_km": 25}  # fmt: skip
    return json.dumps(
        {
            "countries": {"PL": "Poland"},
            "cities": {"krakow": city},
            "sources": {each.name: {"name": each.name, "kind": "json_feed"} for each in sources},
            "pairs": [
                {"city": "krakow", "source": each.name, "settings": each.settings}
                for each in sources
            ],
        }
    )
