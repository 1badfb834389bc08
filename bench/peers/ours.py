"""This project: one sync of a pair, as a task makes it.

    python -m bench.peers.ours DATABASE

The pair is there already: see :func:`configure`.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from uuid import uuid4

from pydantic import JsonValue

from include.discovery.due import RunTime
from include.discovery.plan import RunParams, choose
from include.discovery.settings import Settings
from include.discovery.store.connection import Connection, connect
from include.discovery.store.hosts import SharedHosts
from include.discovery.store.migrate import migrate
from include.discovery.store.runs import Attempt
from include.discovery.sync.environment import SyncEnvironment
from include.discovery.sync.pair import SyncResult, sync_pair

MAPPED = {
    "external_id": "id",
    "title": "title",
    "url": "url",
    "starts_at": "start",
    "ends_at": "end",
    "status": "status",
    "venue_id": "venue.id",
    "venue_name": "venue.name",
    "venue_street": "venue.street",
    "venue_postcode": "venue.postcode",
    "venue_locality": "venue.town",
    "venue_country": "venue.country",
    "venue_latitude": "venue.latitude",
    "venue_longitude": "venue.longitude",
    "organizer": "organizer",
    "categories": "categories",
    "performers": "performers",
    "description": "description",
    "image_url": "image",
    "price_min": "price_min",
    "price_max": "price_max",
    "currency": "currency",
    "language": "language",
    "source_updated_at": "updated",
}


def configure(conn: Connection, feed: str) -> None:
    """Make the tables, and the pair that reads a feed."""
    settings = {
        "url": feed,
        "paging": {"by": "page", "total_pages": "pages"},
        "items": "events",
        "total": "total",
        "max_events": 1_000_000,
        "fields": MAPPED,
    }
    _configure(conn, "json_feed", settings)


def configure_calendar(conn: Connection, url: str) -> None:
    """Make the tables, and the pair that reads a calendar."""
    settings = {"url": url, "max_body_mb": 500, "max_events": 1_000_000}
    _configure(conn, "icalendar", settings)


def _configure(conn: Connection, kind: str, settings: dict[str, JsonValue]) -> None:
    from tests.support.builders import source, stored_pair  # noqa: PLC0415  not to be measured

    migrate(conn)
    stored_pair(conn, source=source("feed", kind=kind, settings=settings))


def sync(database: str) -> SyncResult:
    """Sync the one pair of a database."""
    environment = {"DISCOVERY_PRIVATE_HOSTS": "127.0.0.1"}
    with connect(database) as conn:
        now = RunTime(datetime.now(UTC))
        (pair,) = choose(conn, RunParams(sources=("feed",), force=True), now, capacity=1).pairs
        return sync_pair(
            conn,
            pair,
            Attempt(uuid4().hex),
            SyncEnvironment.live(
                lambda _: None, Settings.from_environment(environment), SharedHosts(database)
            ),
        )


if __name__ == "__main__":
    result = sync(sys.argv[1])
    if not result.complete:
        raise SystemExit(f"incomplete: {result}")
