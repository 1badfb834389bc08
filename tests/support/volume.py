"""Fills a discovery database with years of runs and listings, for tests and benchmarks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from include.discovery.store.connection import Connection


@dataclass(frozen=True)
class Volume:
    """How much there is to be."""

    pairs: int = 1_000
    runs: int = 1_000_000
    listings: int = 2_000_000

    @property
    def events(self) -> int:
        """Every sixth event has two listings, every thirtieth three."""
        return self.listings * 5 // 6


_CONFIGURATION = """
INSERT INTO discovery.countries VALUES ('PL', 'Poland');
INSERT INTO discovery.cities (slug, name, country_code, timezone, latitude, longitude, radius_km,
    enabled)
SELECT 'city-' || n, 'City ' || n, 'PL', 'Europe/Warsaw', 50, 20, 25, true
FROM generate_series(0, %(pairs)s / 10 - 1) n;
INSERT INTO discovery.sources (slug, name, kind, scope, enabled, trust)
SELECT 'source-' || n, 'Source ' || n, 'icalendar', 'city', true, 50
FROM generate_series(0, %(pairs)s / 5 - 1) n;
INSERT INTO discovery.city_source (city_id, source_id, enabled, frequency_hours, priority)
SELECT c.id, s.id, true, 24, 50
FROM generate_series(0, %(pairs)s - 1) n
JOIN discovery.cities c ON c.slug = 'city-' || n / 10
JOIN discovery.sources s ON s.slug = 'source-' || (n * 7 + n / 10) %% (%(pairs)s / 5);
"""

# Sources are of very different sizes: the largest pair has a hundred times as much as the median.
_EVENTS = """
CREATE TEMP TABLE pairs AS
SELECT row_number() OVER (ORDER BY id) - 1 AS n, id, city_id, source_id FROM discovery.city_source;
CREATE TEMP TABLE pairs_of_city AS
SELECT city_id, array_agg(n ORDER BY n) AS of_city, array_agg(source_id ORDER BY n) AS sources
FROM pairs GROUP BY city_id;
INSERT INTO discovery.venues (match_key, name, locality, country)
SELECT 'venue-' || n,
    (ARRAY['Theatre', 'Club', 'Library', 'Hall', 'Museum'])[n %% 5 + 1] || ' '
        || left(md5((power(random(), 3) * 19999)::int::text), 7) || ' ' || n,
    'City', 'PL'
FROM generate_series(1, %(listings)s / 50) n;
INSERT INTO discovery.events (match_key, city_id, venue_id, title, url, starts_at, local_date,
    time_known, timezone, status, attendance, performers, categories, description, listing_count,
    source_ids, withdrawn_at, created_at, updated_at)
SELECT 'event-' || e, p.city_id, (power(random(), 2) * (%(listings)s / 50 - 1))::int + 1,
    left(md5((power(random(), 4) * 19999)::int::text), 7) || ' '
        || left(md5((power(random(), 3) * 19999)::int::text), 7) || ' '
        || left(md5((e %% 20000)::text), 7),
    'https://example.org/' || e,
    CASE WHEN e %% 8 > 0 THEN local_date + interval '18 h' + e %% 16 * interval '15 min' END,
    local_date, e %% 8 > 0, 'Europe/Warsaw',
    CASE WHEN e %% 100 = 0 THEN 'cancelled' WHEN e %% 500 = 1 THEN 'postponed' ELSE 'scheduled' END,
    'offline', ARRAY['Artist ' || e %% 3000],
    ARRAY[(ARRAY['Music', 'Theatre', 'Film', 'Family', 'Jazz'])[e %% 5 + 1],
        'Label ' || (power(random(), 3) * 500)::int],
    repeat('Lorem ipsum dolor sit amet. ', 8),
    listing_count,
    ARRAY(SELECT DISTINCT sources[(e + k) %% cardinality(sources) + 1]
        FROM generate_series(1, listing_count) k),
    CASE WHEN e %% 40 = 3 THEN now() - interval '3 days' END,
    changed, changed + CASE WHEN e %% 10 = 0 THEN interval '1 day' ELSE interval '0' END
FROM generate_series(1, %(events)s) e
CROSS JOIN LATERAL (
    SELECT current_date - 900 + (random() * 1200)::int + 0 * e AS local_date) dates
CROSS JOIN LATERAL (
    SELECT LEAST(now() - random() * interval '60 days',
        local_date - random() * interval '30 days') AS changed) seen
CROSS JOIN LATERAL (SELECT (power(random(), 2.5) * (%(pairs)s - 1))::int + 0 * e AS chosen) choice
CROSS JOIN LATERAL (
    SELECT CASE WHEN e %% 30 = 0 THEN 3 WHEN e %% 6 = 0 THEN 2 ELSE 1 END AS listing_count) counts
JOIN pairs p ON p.n = choice.chosen
JOIN pairs_of_city c ON c.city_id = p.city_id;
"""

_LISTINGS = """
INSERT INTO discovery.listings (source_id, external_id, city_source_id, city_id, event_id, venue_id,
    match_key, title, url, starts_at, local_date, time_known, timezone, status, attendance,
    performers, categories, description, warnings, first_seen_at, last_seen_at, changed_at,
    withdrawn_at, series_id)
SELECT p.source_id, e.id || '-' || k, p.id, e.city_id, e.id, e.venue_id, e.match_key, e.title,
    e.url, e.starts_at, e.local_date, e.time_known, e.timezone, e.status, e.attendance,
    e.performers, e.categories, e.description, '{}', e.created_at,
    GREATEST(e.created_at, LEAST(now(), e.local_date)), e.updated_at, e.withdrawn_at,
    CASE WHEN e.id %% 20 = 0 THEN 'series-' || e.id / 200 END
FROM discovery.events e
CROSS JOIN LATERAL generate_series(1, e.listing_count) k
JOIN pairs_of_city c ON c.city_id = e.city_id
JOIN pairs p ON p.n = of_city[(e.id + k) %% cardinality(of_city) + 1];
"""

# Those of one event are the same; of every tenth listing a person is asked about another.
_JUDGEMENTS = """
INSERT INTO discovery.judgements (first_id, second_id, verdict, rule, rules_version, score,
    features, local_date)
SELECT a.id, b.id, 'same', 'enough in common', '1', 0.8,
    '{"title: equal": 30, "time: same": 25}', a.local_date
FROM discovery.listings a
JOIN discovery.listings b ON b.event_id = a.event_id AND b.id > a.id;
INSERT INTO discovery.judgements (first_id, second_id, verdict, rule, rules_version, score,
    features, local_date)
SELECT a.id, b.id, 'review', 'likely, not sure', '1', 0.5, '{"title: similar": 18}', a.local_date
FROM discovery.listings a
JOIN discovery.listings b ON b.id = a.id + 7 AND b.event_id <> a.event_id
WHERE a.id %% 10 = 0;
"""

_RUNS = """
INSERT INTO discovery.sync_runs (city_source_id, city_slug, source_slug, dag_run_id, map_index,
    try_number, state, dry_run, window_start, window_end, sync_started_at, started_at, finished_at,
    fetched, inserted, updated, unchanged, pages, requests, rejected, complete, gaps,
    error_category, error_message)
SELECT p.id, 'city', 'source', 'scheduled__' || night, p.n, 1, state, false, at::date,
    at::date + 365, at, at, at + interval '20 s', 200, 5, 5, 190, 4, 4,
    CASE WHEN fate < 0.3 THEN '{"no title": 2}' ELSE '{}' END::jsonb,
    CASE WHEN state = 'success' THEN fate > 0.2 END,
    CASE WHEN fate BETWEEN 0.08 AND 0.2 THEN ARRAY['page 2 is missing'] ELSE '{}' END,
    CASE WHEN state = 'failed' THEN 'server' END,
    CASE WHEN state = 'failed' THEN 'answered 503: https://example.org/' || p.n %% 40 END
FROM generate_series(1, %(runs)s / %(pairs)s) AS nights (n)
CROSS JOIN LATERAL (
    SELECT nights.n AS night,
        now() - (%(runs)s / %(pairs)s - nights.n + 0.3) * interval '1 day' AS at) times
CROSS JOIN pairs p
CROSS JOIN LATERAL (
    SELECT mod(abs(hashint8(night * 1000003 + p.n)::bigint), 1000) / 1000.0 AS fate) fates
CROSS JOIN LATERAL (
    SELECT CASE WHEN fate < 0.08 THEN 'failed' ELSE 'success' END AS state) states;
INSERT INTO discovery.planned_syncs (dag_run_id, map_index, city_source_id, planned_at, ended_at)
SELECT dag_run_id, map_index, city_source_id, started_at, finished_at FROM discovery.sync_runs;
INSERT INTO discovery.kept_answers (city_source_id, category, message, dag_run_id, kept_at, url,
    status, content_type, size, is_cut, body)
SELECT id, 'server', 'answered 503', 'scheduled__1', now(), 'https://example.org/', 503,
    'text/html', 32, false,
    '\\x789cb3c928c9cdb10b4e2d2acb4c4e5528cd4b2c4bcccc494cca49b5d107cb0000c79c0c03'
FROM pairs;
INSERT INTO discovery.withdrawal_approvals (city_source_id, dag_run_id, opened_at, missing, listed)
SELECT id, 'scheduled__1', now(), 20, 40 FROM pairs WHERE n %% 20 = 0;
INSERT INTO discovery.withdrawal_approval_listings (approval_id, listing_id, missing_since)
SELECT a.id, l.id, now() FROM discovery.listings l
JOIN discovery.withdrawal_approvals a USING (city_source_id) WHERE l.id %% 100 = 0;
INSERT INTO discovery.pair_totals
SELECT city_source_id, count(*), count(*) FILTER (WHERE state = 'success'),
    count(*) FILTER (WHERE state = 'failed'), sum(fetched), sum(inserted), sum(updated),
    sum(unchanged), sum(duplicates), sum(skipped), sum(withdrawn), sum(pages), sum(requests), 0,
    min(finished_at), max(finished_at) FILTER (WHERE state = 'success')
FROM discovery.sync_runs GROUP BY city_source_id;
"""

_FILLED = ("venues", "events", "listings", "judgements", "sync_runs", "planned_syncs")

_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i
WHERE indrelid = ANY(%s::regclass[])
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
"""


def fill(conn: Connection, volume: Volume) -> None:
    """Fill an empty, migrated database, and let the planner know what is there.

    The same each time: numbers that look random come from a fixed seed.
    """
    values = {
        "pairs": volume.pairs, "runs": volume.runs,
        "listings": volume.listings, "events": volume.events,
    }  # fmt: skip
    with conn.transaction():
        # Foreign keys hold by construction; checking them would take most of the time.
        conn.execute("SET LOCAL session_replication_role = replica")
        conn.execute("SET LOCAL maintenance_work_mem = '512MB'")
        conn.execute("SET LOCAL work_mem = '256MB'")
        conn.execute("SELECT setseed(0.5)")
        with _without_indexes(conn):
            for script in (_CONFIGURATION, _EVENTS, _LISTINGS, _JUDGEMENTS, _RUNS):
                for statement in script.split(";\n"):
                    if statement.strip():
                        conn.execute(statement.encode(), values)
    for table in _FILLED:
        conn.execute(f"VACUUM ANALYZE discovery.{table}".encode())
    conn.execute("ANALYZE")


@contextmanager
def _without_indexes(conn: Connection) -> Iterator[None]:
    """Make the indexes when the rows are there: that takes a fraction of the time."""
    tables = [f"discovery.{name}" for name in _FILLED]
    found = conn.execute(_INDEXES, [tables]).fetchall()
    for name, _ in found:
        conn.execute(f"DROP INDEX {name}".encode())
    yield
    for _, definition in found:
        conn.execute(definition.encode())
