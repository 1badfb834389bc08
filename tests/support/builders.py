"""Builds the nouns with sensible defaults, so that a test names only what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb

from include.discovery.due import RunTime
from include.discovery.model import City, EventRecord, Pair, Source, SyncStats, Venue
from include.discovery.store.connection import Connection
from include.discovery.store.loader import Loader
from include.discovery.store.plans import Plan, plan_pairs
from include.discovery.store.runs import Attempt, PageResult, begin

KRAKOW = City(
    slug="krakow",
    name="Kraków",
    country="PL",
    timezone="Europe/Warsaw",
    latitude=50.0619,
    longitude=19.9369,
)
PARIS = City(
    slug="paris",
    name="Paris",
    country="FR",
    timezone="Europe/Paris",
    latitude=48.8566,
    longitude=2.3522,
)
COUNTRIES = {"PL": "Poland", "FR": "France", "FI": "Finland"}
WARSAW = ZoneInfo("Europe/Warsaw")
HALL = Venue(name="Sala Kongresowa", street="Rynek 1", locality="Kraków", country="PL")


def event(external_id: str = "1", **changes: Any) -> EventRecord:
    """Build a record: a concert on 24 December 2026 at 19:00 in Kraków."""
    fields: dict[str, Any] = {
        "external_id": external_id,
        "title": f"Concert {external_id}",
        "starts_at": datetime(2026, 12, 24, 19, 0, tzinfo=WARSAW),
        "timezone": "Europe/Warsaw",
        "venue": HALL,
        **changes,
    }
    starts_at = fields["starts_at"]
    fields.setdefault("time_known", starts_at is not None)
    if starts_at is not None:
        fields.setdefault("local_date", starts_at.astimezone(ZoneInfo(fields["timezone"])).date())
    return EventRecord(**fields)


def source(slug: str = "theatres", **changes: Any) -> Source:
    """Build a source of kind icalendar."""
    return Source(**{"slug": slug, "name": slug.title(), "kind": "icalendar", **changes})


def stored_pair(
    conn: Connection,
    city: City | None = KRAKOW,
    source: Source | None = None,
    **columns: Any,
) -> Pair:
    """Configure a pair straight in the database and return it as a sync sees it."""
    of = source or _default_source()
    for code, name in COUNTRIES.items():
        conn.execute(
            "INSERT INTO discovery.countries VALUES (%s, %s) ON CONFLICT DO NOTHING", [code, name]
        )
    if city is not None:
        conn.execute(
            "INSERT INTO discovery.cities (slug, name, country_code, timezone, latitude, longitude,"
            " radius_km, enabled) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [city.slug, city.name, city.country, city.timezone, city.latitude, city.longitude,
             city.radius_km, city.enabled],
        )  # fmt: skip
    conn.execute(
        "INSERT INTO discovery.sources (slug, name, kind, scope, enabled, role, trust,"
        " settings) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [of.slug, of.name, of.kind, of.scope, of.enabled, of.role, of.trust, Jsonb(of.settings)],
    )
    values = {"enabled": True, "frequency_hours": 24, "max_frequency_hours": None, "priority": 50,
              "settings": {}, **columns}  # fmt: skip
    start: datetime | None = columns.get("period_start")
    row = conn.execute(
        "INSERT INTO discovery.city_source"
        " (city_id, source_id, enabled, frequency_hours, max_frequency_hours, priority, settings,"
        " period_start, period_zone)"
        " SELECT (SELECT id FROM discovery.cities WHERE slug = %s), s.id, %s, %s, %s, %s, %s, %s,"
        " %s"
        " FROM discovery.sources s WHERE s.slug = %s RETURNING id",
        [city.slug if city else None, values["enabled"], values["frequency_hours"],
         values["max_frequency_hours"], values["priority"], Jsonb(values["settings"]),
         start and start.replace(tzinfo=None), start and str(start.tzinfo), of.slug],
    ).fetchone()  # fmt: skip
    assert row is not None
    return Pair(
        id=row[0],
        city=city,
        source=of,
        enabled=values["enabled"],
        frequency_hours=values["frequency_hours"],
        priority=values["priority"],
        settings=values["settings"],
    )


def stored_events(
    conn: Connection, pair: Pair, records: Sequence[EventRecord], run: str = "run"
) -> None:
    """Load what a pair brings, by a run that has ended well."""
    opened = begin(conn, pair, Attempt(f"{run}-{pair.id}"))
    Loader(conn, pair, opened).load(records, PageResult(SyncStats()))
    conn.execute(
        "UPDATE discovery.sync_runs SET state = 'success', complete = true, finished_at = now()"
        " WHERE id = %s",
        [opened.id],
    )


def hold_pairs(conn: Connection, run: str = "tonight") -> None:
    """Let a run hold every pair, as while it syncs them."""
    conn.execute(
        "INSERT INTO discovery.sync_runs (city_source_id, city_slug, source_slug, dag_run_id,"
        " map_index, try_number, state, dry_run, sync_started_at, started_at, lease_until)"
        " SELECT cs.id, c.slug, s.slug, %s, row_number() OVER (ORDER BY cs.id), 1, 'running',"
        " false, now(), now(), now() + interval '1 hour' FROM discovery.city_source cs"
        " JOIN discovery.sources s ON s.id = cs.source_id"
        " LEFT JOIN discovery.cities c ON c.id = cs.city_id",
        [run],
    )


def _default_source() -> Source:
    return source()


def plan_run(conn: Connection, run: str = "run", **options: Any) -> Plan:
    """Plan a run that was triggered just now."""
    return plan_pairs(conn, run, RunTime(datetime.now(UTC)), **{"capacity": 100, **options})


def lapse(conn: Connection, pair: Pair) -> None:
    """Let the lease of a pair's running attempt end, as after minutes without a renewal."""
    conn.execute(
        "UPDATE discovery.sync_runs SET lease_until = now() - interval '1 s'"
        " WHERE state = 'running' AND city_source_id = %s",
        [pair.id],
    )


def instant(text: str) -> datetime:
    """Read an ISO 8601 instant; without an offset it is UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
