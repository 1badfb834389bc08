"""What a night costs that brings a few new listings to very many stored ones.

The stored ones are those of ``tests.support.volume``: of 100 cities and 1,200 days, a sixth of them
in the largest city. New are copies of upcoming ones under another source, every third with a title
of its own; they are stored as a page would store them. Measured is what syncs do at their end: they
match what is new with what is listed in its city around its days.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.costs import Cost, cost_of, processor_time
from include.discovery.due import RunTime
from include.discovery.model import Pair
from include.discovery.plan import RunParams, choose
from include.discovery.store.connection import Connection, connect
from include.discovery.store.events import note_unmatched, refresh_events
from include.discovery.store.matching import Matched, match_unmatched
from include.discovery.store.migrate import migrate
from localdev.postgres import EmbeddedPostgres
from tests.support.volume import Volume, fill

STORED = 1_000_000
NEW = 1_000

_SOURCE = """
INSERT INTO discovery.sources (slug, name, kind, scope, enabled, trust)
VALUES ('new', 'New', 'icalendar', 'city', true, 50)
"""
_PAIRS = """
INSERT INTO discovery.city_source (city_id, source_id, enabled, frequency_hours, priority)
SELECT c.id, s.id, true, 24, 50
FROM discovery.cities c JOIN discovery.sources s ON s.slug = 'new'
"""
# In the order of a hash: it is the same each time, and has nothing to do with city or day.
_LISTINGS = """
INSERT INTO discovery.listings (source_id, external_id, city_source_id, city_id, venue_id,
    match_key, title, url, starts_at, local_date, time_known, timezone, status, attendance,
    performers, categories, description, warnings, first_seen_at, last_seen_at, changed_at)
SELECT p.source_id, 'new-' || l.id, p.id, l.city_id, l.venue_id, 'new-' || l.id,
    CASE WHEN l.id %% 3 = 0 THEN 'Evening ' || l.id ELSE l.title END,
    'https://new.example/' || l.id, l.starts_at, l.local_date, l.time_known, l.timezone,
    'scheduled', l.attendance, l.performers, l.categories, l.description, '{}', now(), now(), now()
FROM (
    SELECT * FROM discovery.listings stored
    WHERE local_date > current_date AND (%(city)s::text IS NULL
        OR city_id = (SELECT id FROM discovery.cities WHERE slug = %(city)s))
      AND NOT EXISTS (
        SELECT FROM discovery.listings copy WHERE copy.external_id = 'new-' || stored.id)
    ORDER BY hashint8(id) LIMIT %(new)s
) l
JOIN discovery.city_source p
    ON p.city_id = l.city_id AND p.source_id = (SELECT id FROM discovery.sources WHERE slug = 'new')
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Increment:
    """What one night cost."""

    where: str
    cost: Cost
    matched: Matched

    def row(self) -> dict[str, object]:
        return {
            "cpu_s": self.cost.client, "server_s": self.cost.server, "wall_s": self.cost.wall,
            "new": self.matched.listings, "judged": self.matched.judged,
            "joined": self.matched.moved,
        }  # fmt: skip


def costs(stored: int = STORED, new: int = NEW) -> Iterator[Increment]:
    """Match so many new listings of all cities, then as many of the largest city."""
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedPostgres(Path(folder), durable=False) as server,
        connect(server.url("discovery")) as conn,
    ):
        migrate(conn)
        fill(conn, Volume(listings=stored, runs=1_000))
        conn.execute(_SOURCE)
        conn.execute(_PAIRS)
        for where, city in (("of all cities", None), ("of one city", "city-0")):
            add(conn, new, city)
            yield _measured(conn, server.pid, where)


def add(conn: Connection, new: int, city: str | None) -> None:
    """Store new listings of a city, or of all, each with an event of its own, to be matched."""
    with conn.transaction():
        found = conn.execute(_LISTINGS, {"new": new, "city": city}).fetchall()
        ids = [row[0] for row in found]
        refresh_events(conn, ids)
        note_unmatched(conn, ids)


def _measured(conn: Connection, postmaster: int, where: str) -> Increment:
    total = Matched()

    def match() -> None:
        nonlocal total
        for pair in _pairs(conn):
            total += match_unmatched(conn, pair)

    cost = cost_of(lambda: processor_time(match), conn, postmaster)
    return Increment(where, cost, total)


def _pairs(conn: Connection) -> tuple[Pair, ...]:
    everything = RunParams(sources=("new",), force=True)
    return choose(conn, everything, RunTime(datetime.now(UTC)), capacity=1_000).pairs
