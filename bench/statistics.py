"""How fast the page's statistics are, compared with one pair of queries for each source.

    python -m bench.statistics [--instances 1000000] [--days 30] [--repeat 100]

Fills a metadata database of its own (embedded PostgreSQL, tables made by ``airflow db migrate``)
with that many task instances of 500 pairs: nightly runs, or as many a day as it takes to reach the
number within 2,000 days; one in twelve failed, one in a hundred killed and nameless, tasks of
another DAG in between. Prints p50 and p95 of what answers ``GET /discovery/api/statistics``: both
queries, what is looked up in the discovery database and the JSON, without the cache; the other way
is measured on a sample of pairs.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from bench.tables import Cell, Table, report
from include.discovery.store.connection import connect
from include.discovery.store.migrate import migrate
from localdev.postgres import EmbeddedPostgres
from tests.support.volume import Volume, fill

PAIRS = 500
DAYS = 2_000
NOISE = 100_000
SAMPLE = 10
"""Of so many pairs the other way is measured, and multiplied: for all it would take minutes."""

_FILL = (
    # Foreign keys hold by construction; checking them would take most of the time.
    "SET session_replication_role = replica",
    "SET synchronous_commit = off",
    # Pairs, runs and fates are those of tests.support.volume: the two databases fit together.
    """
CREATE TEMP TABLE pairs AS
SELECT n, format('city-%s', n / 10) AS city,
    format('source-%s', (n * 7 + n / 10) % ({pairs} / 5)) AS source
FROM generate_series(0, {pairs} - 1) n
""",
    """
INSERT INTO dag_run (id, dag_id, run_id, run_type, state, run_after, start_date, end_date,
    clear_number)
SELECT n, 'city_discovery', 'scheduled__' || n, 'scheduled', 'success', at, at,
    at + interval '20 min', 0
FROM generate_series(1, {runs}) n,
    LATERAL (SELECT now() - ({runs} - n + 0.3) * interval '{days} days' / {runs} AS at) times
""",
    """
INSERT INTO task_instance (id, dag_id, task_id, run_id, map_index, state, try_number, max_tries,
    pool, pool_slots, operator, start_date, end_date, duration, rendered_map_index)
SELECT gen_random_uuid(), r.dag_id, task, r.run_id, -1, 'success', 1, 3, 'default_pool', 1,
    '_PythonDecoratedOperator', r.start_date, r.end_date, 5, NULL
FROM dag_run r, unnest(ARRAY['plan', 'report']) task
""",
    """
INSERT INTO task_instance (id, dag_id, task_id, run_id, map_index, state, try_number, max_tries,
    pool, pool_slots, operator, start_date, end_date, duration, rendered_map_index)
SELECT gen_random_uuid(), r.dag_id, 'sync', r.run_id, p.n,
    CASE WHEN fate < 0.08 THEN 'failed' ELSE 'success' END,
    CASE WHEN fate < 0.08 THEN 4 ELSE 1 END, 3, 'default_pool', 1, '_PythonDecoratedOperator',
    r.start_date, r.start_date + interval '20 s', 20,
    CASE WHEN fate >= 0.01 THEN p.city || ' · ' || p.source END
FROM dag_run r CROSS JOIN pairs p
CROSS JOIN LATERAL (
    SELECT mod(abs(hashint8(r.id::bigint * 1000003 + p.n)::bigint), 1000) / 1000.0 AS fate) fates
""",
    """
INSERT INTO log (dttm, dag_id, task_id, run_id, map_index, event, try_number)
SELECT ti.end_date, ti.dag_id, ti.task_id, ti.run_id, ti.map_index, event, ti.try_number
FROM task_instance ti, unnest(ARRAY['running', 'failed']) event
WHERE ti.task_id = 'sync' AND ti.state = 'failed'
""",
    """
INSERT INTO dag_run (id, dag_id, run_id, run_type, state, run_after, clear_number)
SELECT {runs} + n, 'another', 'another__' || n, 'scheduled', 'success',
    now() - n * interval '{days} days' / 1000, 0
FROM generate_series(1, 1000) n
""",
    """
INSERT INTO task_instance (id, dag_id, task_id, run_id, map_index, state, try_number, pool,
    pool_slots, rendered_map_index)
SELECT gen_random_uuid(), 'another', 'sync', 'another__' || run, n, 'success', 1, 'default_pool', 1,
    n::text
FROM generate_series(1, 1000) run, generate_series(1, {noise} / 1000) n
""",
    "VACUUM ANALYZE dag_run",
    "VACUUM ANALYZE task_instance",
    "VACUUM ANALYZE log",
)

# What the page looks up in the discovery database: plans and failed attempts of the window.
_FILL_DISCOVERY = (
    """
CREATE TEMP TABLE nights AS
SELECT 'scheduled__' || n AS run, n AS night, p.ordinal - 1 AS pair, p.id
FROM generate_series(%(first)s::int, %(last)s::int) n
CROSS JOIN (SELECT id, row_number() OVER (ORDER BY id) AS ordinal FROM discovery.city_source) p
""",
    """
INSERT INTO discovery.planned_syncs (dag_run_id, map_index, city_source_id, planned_at, ended_at)
SELECT run, pair, id, now(), now() FROM nights
""",
    """
INSERT INTO discovery.sync_runs (city_source_id, source_slug, dag_run_id, map_index, try_number,
    state, dry_run, sync_started_at, started_at, finished_at, error_category, error_message)
SELECT id, 'source', run, pair, 4, 'failed', false, now(), now(), now(), 'server', 'answered 503'
FROM nights WHERE mod(abs(hashint8(night::bigint * 1000003 + pair)::bigint), 1000) BETWEEN 10 AND 79
""",
    "VACUUM ANALYZE discovery.planned_syncs",
    "VACUUM ANALYZE discovery.sync_runs",
)

# The other way: what a page does that asks for each source in turn.
_ONE_COUNT = """
SELECT count(*), count(*) FILTER (WHERE ti.state = 'success'),
    count(*) FILTER (WHERE ti.state = 'failed'), max(r.run_after)
FROM task_instance ti JOIN dag_run r ON r.dag_id = ti.dag_id AND r.run_id = ti.run_id
WHERE ti.dag_id = 'city_discovery' AND ti.task_id = 'sync' AND ti.rendered_map_index = %(pair)s
  AND r.run_after >= %(since)s
"""
_ONE_ERROR = """
SELECT r.run_id, ti.map_index FROM task_instance ti
JOIN dag_run r ON r.dag_id = ti.dag_id AND r.run_id = ti.run_id
WHERE ti.dag_id = 'city_discovery' AND ti.task_id = 'sync' AND ti.rendered_map_index = %(pair)s
  AND ti.state = 'failed' AND r.run_after >= %(since)s
ORDER BY r.run_after DESC LIMIT 1
"""


def migrate_metadata(url: str, home: Path) -> None:
    """Let Airflow make the tables of a metadata database, and use it in this process."""
    os.environ.update({
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": url,
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
    })  # fmt: skip
    command = [sys.executable, "-m", "airflow", "db", "migrate"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def fill_metadata(url: str, instances: int, pairs: int = PAIRS, days: int = DAYS) -> int:
    """Fill a metadata database with so many task instances; how many there are then."""
    runs = max(1, instances // pairs)
    values = {"pairs": pairs, "runs": runs, "days": days, "noise": NOISE}
    with psycopg.connect(url, autocommit=True) as conn:
        for statement in _FILL:
            conn.execute(statement.format(**values).encode())
        row = conn.execute("SELECT count(*) FROM task_instance").fetchone()
    return row[0] if row else 0


def fill_discovery(url: str, instances: int, days: int) -> None:
    """Fill a discovery database with the plans and failures of the last days."""
    runs = max(1, instances // PAIRS)
    first = max(1, runs - runs * days // DAYS - 1)
    with connect(url) as conn:
        migrate(conn)
        fill(conn, Volume(PAIRS, 0, 0))
        for statement in _FILL_DISCOVERY:
            values = {"first": first, "last": runs} if "%(" in statement else None
            conn.execute(statement.encode(), values)


def milliseconds(action: Callable[[], object], repeat: int) -> list[float]:
    """Say how long an action takes, so many times, shortest first."""
    taken = []
    for _ in range(repeat):
        began = time.perf_counter()
        action()
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)


def _endpoint(discovery: str, days: int) -> Callable[[], object]:
    # Airflow reads where its database is when it is imported.
    from include.discovery.web.database import DiscoveryDatabase  # noqa: PLC0415
    from include.discovery.web.metadata import metadata_session  # noqa: PLC0415
    from include.discovery.web.overview import statistics as answer  # noqa: PLC0415
    from include.discovery.web.services import Services  # noqa: PLC0415
    from include.discovery.web.statistics import StatisticsReader  # noqa: PLC0415

    services = Services(
        database=DiscoveryDatabase(lambda: connect(discovery)),
        statistics=StatisticsReader(metadata_session, keep_seconds=0),
    )

    def ask() -> object:
        found = answer(services, days)
        if found.statistics is None or len(found.statistics) != PAIRS:
            raise RuntimeError(f"expected {PAIRS} pairs: {found.error}")
        return found.model_dump_json()

    return ask


def _one_by_one(url: str, days: int) -> Callable[[], object]:
    pairs = [
        f"city-{n // 10} · source-{(n * 7 + n // 10) % (PAIRS // 5)}"
        for n in range(0, PAIRS, PAIRS // SAMPLE)
    ]
    since = datetime.now(UTC) - timedelta(days=days)
    conn = psycopg.connect(url, autocommit=True)

    def ask() -> object:
        for pair in pairs:
            for query in (_ONE_COUNT, _ONE_ERROR):
                conn.execute(query, {"pair": pair, "since": since}).fetchone()
        return None

    return ask


def percentile(taken: list[float], share: float) -> float:
    """Return what a share of the times is not above; the times are sorted."""
    return taken[min(len(taken) - 1, round(share * len(taken)))]


def _row(label: str, taken: list[float]) -> tuple[Cell, ...]:
    return label, statistics.median(taken), percentile(taken, 0.95), len(taken)


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instances", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--repeat", type=int, default=100)
    parser.add_argument("--json", type=Path, help="write the figures into this file, too")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedPostgres(Path(folder) / "postgres", durable=False) as server,
    ):
        url = server.url("airflow")
        migrate_metadata(url.replace("postgresql://", "postgresql+psycopg2://", 1), Path(folder))
        began = time.perf_counter()
        total = fill_metadata(url, options.instances)
        discovery = server.url("discovery")
        fill_discovery(discovery, options.instances, options.days)
        print(f"filled in {time.perf_counter() - began:.0f} s", flush=True)
        ask = _endpoint(discovery, options.days)
        ask()
        batched = milliseconds(ask, options.repeat)
        sampled = milliseconds(_one_by_one(url, options.days), 3)
    single = [taken * PAIRS / SAMPLE for taken in sampled]
    factor = statistics.median(single) / statistics.median(batched)
    table = Table(
        f"{total:,} task instances of {PAIRS} pairs, window {options.days} days: two queries for"
        f" all are {factor:,.0f} times faster",
        ("", "p50 ms", "p95 ms", "repeats"),
        [
            _row("two queries for all pairs", batched),
            _row(f"two for each pair (of {SAMPLE}, x{PAIRS // SAMPLE})", single),
        ],
    )
    report([table], options.json)


if __name__ == "__main__":
    main()
