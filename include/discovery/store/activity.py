"""What is going on, and who changed what: for the page's Live and Changes views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg.rows import dict_row

from include.discovery.store.connection import Connection

# Runs that are on, as far as can be told here: planned, and not over. One that was stopped by hand
# never came to its end; Airflow knows.
_LIVE_RUNS = """
SELECT DISTINCT dag_run_id FROM discovery.planned_syncs
WHERE ended_at IS NULL AND planned_at > now() - interval '2 days'
"""

_COMMANDS = """
SELECT r.city_slug AS city, r.source_slug AS source, r.dag_run_id, r.map_index, r.state,
    r.try_number, r.dry_run, r.started_at, r.expected, r.fetched, r.inserted, r.updated,
    r.unchanged, r.pages,
    (SELECT COALESCE(sum(value::int), 0)::int FROM jsonb_each_text(r.rejected)) AS rejected
FROM discovery.sync_runs r
WHERE r.state = 'running' AND r.lease_until > now()
  AND NOT EXISTS (SELECT FROM discovery.planned_syncs p WHERE p.dag_run_id = r.dag_run_id)
ORDER BY r.started_at
"""

_CHANGES = """
SELECT id, changed_at, changed_by, action, entity_type, entity, before, after, removed
FROM discovery.config_changes
WHERE %(before)s::bigint IS NULL OR id < %(before)s
ORDER BY id DESC LIMIT %(limit)s
"""

Row = Mapping[str, Any]


def live_runs(conn: Connection) -> list[str]:
    """Return the ids of the runs that are on."""
    return sorted(row[0] for row in conn.execute(_LIVE_RUNS).fetchall())


def live_commands(conn: Connection) -> list[Row]:
    """Return the syncs that run from the command line."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return list(cursor.execute(_COMMANDS).fetchall())


def map_indexes(conn: Connection, dag_run_id: str) -> dict[tuple[str | None, str], int]:
    """Return the map index of each pair of a run."""
    rows = conn.execute(
        "SELECT c.slug, s.slug, p.map_index FROM discovery.planned_syncs p "
        "JOIN discovery.city_source cs ON cs.id = p.city_source_id "
        "JOIN discovery.sources s ON s.id = cs.source_id "
        "LEFT JOIN discovery.cities c ON c.id = cs.city_id WHERE p.dag_run_id = %s",
        [dag_run_id],
    ).fetchall()
    return {(city, source): map_index for city, source, map_index in rows}


def changes(conn: Connection, *, limit: int, before: int | None = None) -> list[Row]:
    """Return entries of the audit log, newest first, older than the given id."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return list(cursor.execute(_CHANGES, {"limit": limit, "before": before}).fetchall())


def schema_version(conn: Connection) -> str | None:
    """Return the name of the newest applied migration."""
    row = conn.execute("SELECT max(name) FROM discovery.schema_migrations").fetchone()
    return row[0] if row else None
