"""How fast the page's statistics are, compared with one pair of queries for each source.

    python -m bench.statistics [--instances 1000000] [--days 30] [--repeat 100]

Fills a metadata database of its own (embedded PostgreSQL, tables made by ``airflow db migrate``)
with that many task instances of 500 pairs: nightly runs, or as many a day as it takes to reach the
number within 2,000 days; one in twelve failed, one in a hundred killed and nameless, tasks of
another DAG in between. Prints p50 and p95 of what answers ``GET /discovery/api/statistics``: both
queries and the JSON, without the cache; the other way is measured on a sample of pairs.
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

from localdev.postgres import EmbeddedPostgres

PAIRS = 500
DAYS = 2_000
NOISE = 100_000
SAMPLE = 10
"""Of so many pairs the other way is measured, and multiplied: for all it would take minutes."""

_FILL = (
    # Foreign keys hold by construction; checking them would take most of the time.
    "SET session_replication_role = replica",
    "SET synchronous_commit = off",
    """
CREATE TEMP TABLE pairs AS
SELECT n, format('city-%s', n % 50) AS city, format('source-%s', n / 50) AS source
FROM generate_series(0, {pairs} - 1) n
""",
    """
INSERT INTO dag_run (id, dag_id, run_id, run_type, state, run_after, start_date, end_date,
    clear_number)
SELECT n, 'city_discovery', 'scheduled__' || at, 'scheduled', 'success', at, at,
    at + interval '20 min', 0
FROM generate_series(1, {runs}) n,
    LATERAL (SELECT now() - (n - 0.5) * interval '{days} days' / {runs} AS at) times
""",
    """
INSERT INTO task_instance (id, dag_id, task_id, run_id, map_index, state, try_number, max_tries,
    pool, pool_slots, operator, start_date, end_date, duration, rendered_map_index)
SELECT gen_random_uuid(), r.dag_id, task, r.run_id, -1, 'success', 1, 3, 'default_pool', 1,
    '_PythonDecoratedOperator', r.start_date, r.end_date, 5, NULL
FROM dag_run r, unnest(ARRAY['plan', 'report']) task
""",
    # Each run has its own order of pairs, as priorities and dues make it.
    """
INSERT INTO task_instance (id, dag_id, task_id, run_id, map_index, state, try_number, max_tries,
    pool, pool_slots, operator, start_date, end_date, duration, rendered_map_index)
SELECT gen_random_uuid(), r.dag_id, 'sync', r.run_id, (p.n + r.id) % {pairs},
    CASE WHEN fate < 0.083 THEN 'failed' ELSE 'success' END,
    CASE WHEN fate < 0.083 THEN 4 ELSE 1 END, 3, 'default_pool', 1, '_PythonDecoratedOperator',
    r.start_date, r.start_date + interval '20 s', 20,
    CASE WHEN fate >= 0.01 THEN p.city || ' · ' || p.source END
FROM dag_run r CROSS JOIN pairs p
CROSS JOIN LATERAL (SELECT random() + 0 * (r.id + p.n) AS fate) fates
""",
    """
INSERT INTO xcom (dag_run_id, task_id, map_index, key, dag_id, run_id, value, timestamp)
SELECT r.id, 'plan', -1, 'return_value', r.dag_id, r.run_id,
    (SELECT jsonb_agg(jsonb_build_object('city', p.city, 'source', p.source)
        ORDER BY (p.n + r.id) % {pairs}) FROM pairs p),
    r.start_date
FROM dag_run r
""",
    """
INSERT INTO xcom (dag_run_id, task_id, map_index, key, dag_id, run_id, value, timestamp)
SELECT r.id, 'sync', ti.map_index, 'error', r.dag_id, r.run_id,
    '{{"category": "server", "message": "https://example.org answered 503"}}', ti.end_date
FROM task_instance ti JOIN dag_run r USING (dag_id, run_id)
WHERE ti.task_id = 'sync' AND ti.state = 'failed' AND ti.rendered_map_index IS NOT NULL
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
    "VACUUM ANALYZE xcom",
    "VACUUM ANALYZE log",
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
SELECT x.value FROM task_instance ti
JOIN dag_run r ON r.dag_id = ti.dag_id AND r.run_id = ti.run_id
LEFT JOIN xcom x ON x.dag_run_id = r.id AND x.task_id = 'sync' AND x.map_index = ti.map_index
    AND x.key = 'error'
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


def fill_metadata(url: str, instances: int) -> int:
    """Fill a metadata database with so many task instances; how many there are then."""
    runs = max(1, instances // PAIRS)
    values = {"pairs": PAIRS, "runs": runs, "days": DAYS, "noise": NOISE}
    with psycopg.connect(url, autocommit=True) as conn:
        for statement in _FILL:
            conn.execute(statement.format(**values).encode())
        row = conn.execute("SELECT count(*) FROM task_instance").fetchone()
    return row[0] if row else 0


def milliseconds(action: Callable[[], object], repeat: int) -> list[float]:
    """Say how long an action takes, so many times, shortest first."""
    taken = []
    for _ in range(repeat):
        began = time.perf_counter()
        action()
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)


def _endpoint(days: int) -> Callable[[], object]:
    # Airflow reads where its database is when it is imported.
    from include.discovery.web.metadata import metadata_session  # noqa: PLC0415
    from include.discovery.web.overview import statistics as answer  # noqa: PLC0415
    from include.discovery.web.services import Services  # noqa: PLC0415
    from include.discovery.web.statistics import StatisticsReader  # noqa: PLC0415

    services = Services(statistics=StatisticsReader(metadata_session, keep_seconds=0))

    def ask() -> object:
        found = answer(services, days)
        if found.statistics is None or len(found.statistics) != PAIRS:
            raise RuntimeError(f"expected {PAIRS} pairs: {found.error}")
        return found.model_dump_json()

    return ask


def _one_by_one(url: str, days: int) -> Callable[[], object]:
    pairs = [f"city-{n % 50} · source-{n // 50}" for n in range(0, PAIRS, PAIRS // SAMPLE)]
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


def _line(label: str, taken: list[float]) -> str:
    p95 = percentile(taken, 0.95)
    return f"{label:34}{statistics.median(taken):10,.1f}{p95:10,.1f}{len(taken):9}"


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instances", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--repeat", type=int, default=100)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedPostgres(Path(folder) / "postgres", durable=False) as server,
    ):
        url = server.url("airflow")
        migrate_metadata(url.replace("postgresql://", "postgresql+psycopg2://", 1), Path(folder))
        began = time.perf_counter()
        total = fill_metadata(url, options.instances)
        print(f"{total:,} task instances of {PAIRS} pairs, window {options.days} days; "
              f"filled in {time.perf_counter() - began:.0f} s")  # fmt: skip
        print(f"{'':34}{'p50 ms':>10}{'p95 ms':>10}{'repeats':>9}")
        ask = _endpoint(options.days)
        ask()
        batched = milliseconds(ask, options.repeat)
        print(_line("two queries for all pairs", batched), flush=True)
        sampled = milliseconds(_one_by_one(url, options.days), 3)
        single = [taken * PAIRS / SAMPLE for taken in sampled]
        print(_line(f"two for each pair (of {SAMPLE}, x{PAIRS // SAMPLE})", single))
        factor = statistics.median(single) / statistics.median(batched)
        print(f"two queries for all are {factor:,.0f} times faster")


if __name__ == "__main__":
    main()
