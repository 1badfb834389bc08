"""What happened to pairs: attempts, trends, failures in groups, rejects, newest listings."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from include.discovery.store.connection import Connection, rows
from include.discovery.store.totals import COUNTS

_REJECTED = "(SELECT COALESCE(sum(value::int), 0)::int FROM jsonb_each_text(rejected))"

_TREND = f"""
SELECT (started_at AT TIME ZONE 'UTC')::date AS day, count(*) AS attempts,
    count(*) FILTER (WHERE state = 'success') AS succeeded,
    count(*) FILTER (WHERE state = 'success' AND NOT complete) AS partial,
    count(*) FILTER (WHERE state = 'failed') AS failed,
    sum(fetched)::int AS fetched, sum(inserted)::int AS inserted, sum(updated)::int AS updated,
    sum({_REJECTED})::int AS rejected
FROM discovery.sync_runs
WHERE city_source_id = %(pair)s AND started_at >= %(since)s AND NOT dry_run
    AND event_limit IS NULL
GROUP BY day ORDER BY day
"""  # noqa: S608  the module's own text

# Of each pair the newest, by the index; of these the newest of all.
_ATTEMPTS = f"""
SELECT runs.* FROM unnest(%(pairs)s::bigint[]) AS pair (id)
CROSS JOIN LATERAL (
SELECT city_slug AS city, source_slug AS source, dag_run_id, map_index, try_number, state, dry_run,
    event_limit, started_at, finished_at,
    {", ".join(COUNTS)}, {_REJECTED} AS rejected, expected, complete, gaps, warnings,
    error_category, error_message
FROM discovery.sync_runs WHERE city_source_id = pair.id
ORDER BY started_at DESC LIMIT %(limit)s
) runs
ORDER BY started_at DESC LIMIT %(limit)s
"""  # noqa: S608  the module's own text

# The newest failure of a group stands for it; of it alone the rejected items are read.
_ERROR_GROUPS = """
WITH failures AS (
    SELECT error_category AS category, error_message AS message, city_slug, source_slug,
        dag_run_id, map_index, try_number, finished_at, id
    FROM discovery.sync_runs
    WHERE state = 'failed' AND finished_at >= %(since)s
      AND (%(pairs)s::bigint[] IS NULL OR city_source_id = ANY(%(pairs)s))
),
by_pair AS (
    SELECT category, message, city_slug, source_slug, count(*) AS failures
    FROM failures GROUP BY category, message, city_slug, source_slug
),
pairs AS (
    SELECT category, message, jsonb_agg(jsonb_build_object(
        'city', city_slug, 'source', source_slug, 'count', failures)
        ORDER BY failures DESC, source_slug, city_slug) AS pairs
    FROM by_pair GROUP BY category, message
),
days AS (
    SELECT category, message, jsonb_object_agg(day, failures) AS by_day
    FROM (SELECT category, message, (finished_at AT TIME ZONE 'UTC')::date AS day,
              count(*) AS failures
          FROM failures GROUP BY category, message, day) counts
    GROUP BY category, message
)
SELECT newest.*, r.reject_samples FROM (
    SELECT DISTINCT ON (f.category, f.message) f.category, f.message, f.dag_run_id, f.map_index,
        f.try_number, count(*) OVER same AS count, min(f.finished_at) OVER same AS first_seen,
        max(f.finished_at) OVER same AS last_seen, p.pairs, d.by_day, f.id
    FROM failures f JOIN pairs p USING (category, message) JOIN days d USING (category, message)
    WINDOW same AS (PARTITION BY f.category, f.message)
    ORDER BY f.category, f.message, f.id DESC
) newest JOIN discovery.sync_runs r ON r.id = newest.id
"""

_REJECTS = """
SELECT rejected, reject_samples FROM discovery.sync_runs
WHERE city_source_id = %(pair)s AND started_at >= %(since)s AND rejected <> '{}'
ORDER BY started_at DESC
"""

_LISTINGS = """
SELECT l.event_id, l.title, l.url, l.starts_at, l.local_date, l.time_known, l.timezone, l.status,
    v.name AS venue, l.first_seen_at, l.withdrawn_at
FROM discovery.listings l LEFT JOIN discovery.venues v ON v.id = l.venue_id
WHERE l.city_source_id = %(pair)s
ORDER BY l.first_seen_at DESC, l.id DESC LIMIT %(limit)s
"""


def trend(conn: Connection, pair: int, since: datetime) -> list[dict[str, Any]]:
    """Return sums of each day (UTC) that had an attempt, oldest first, trials left out."""
    return rows(conn, _TREND, {"pair": pair, "since": since})


def attempts(conn: Connection, pairs: Collection[int], limit: int) -> list[dict[str, Any]]:
    """Return the newest attempts of some pairs, newest first."""
    return rows(conn, _ATTEMPTS, {"pairs": list(pairs), "limit": limit})


def error_groups(
    conn: Connection, since: datetime, pairs: Collection[int] | None = None
) -> list[dict[str, Any]]:
    """Return failures by category and message, most frequent first, of some pairs or of all.

    ``by_day`` counts each day (UTC) that had any; ``reject_samples`` are of the newest.
    """
    keys = {"pairs": None if pairs is None else list(pairs), "since": since}
    groups = rows(conn, _ERROR_GROUPS, keys)
    return sorted(groups, key=lambda group: (group["count"], group["last_seen"]), reverse=True)


def rejects(conn: Connection, pair: int, since: datetime) -> list[dict[str, Any]]:
    """Return counts and samples of rejected items, of the newest attempts first."""
    return rows(conn, _REJECTS, {"pair": pair, "since": since})


def newest_listings(conn: Connection, pair: int, limit: int) -> list[dict[str, Any]]:
    """Return the listings of a pair that were first seen most recently."""
    return rows(conn, _LISTINGS, {"pair": pair, "limit": limit})
