"""What attempts did day by day, for one city, one source or all: one query, however many pairs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from include.discovery.store.connection import Connection, rows
from include.discovery.store.entities import PAIRS

# From the pairs to the runs of each, by their index: OFFSET keeps the planner from reading all runs
# at once, which are of years.
_BY_DAY = f"""
SELECT (r.started_at AT TIME ZONE 'UTC')::date AS day,
    count(*) FILTER (WHERE r.state = 'success' AND r.complete) AS complete,
    count(*) FILTER (WHERE r.state = 'success' AND NOT r.complete) AS partial,
    count(*) FILTER (WHERE r.state = 'failed') AS failed,
    sum(r.inserted)::bigint AS inserted, sum(r.updated)::bigint AS updated,
    sum(r.withdrawn)::bigint AS withdrawn, sum(r.requests)::bigint AS requests,
    percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (
        ORDER BY extract(epoch FROM r.finished_at - r.started_at)) AS seconds
FROM {PAIRS}
CROSS JOIN LATERAL (
    SELECT * FROM discovery.sync_runs run
    WHERE run.city_source_id = cs.id AND run.started_at >= %(since)s
      AND run.state <> 'running' AND NOT run.dry_run AND run.event_limit IS NULL
    OFFSET 0
) r
WHERE (%(city)s::text IS NULL OR c.slug = %(city)s)
  AND (%(source)s::text IS NULL OR s.slug = %(source)s)
GROUP BY day ORDER BY day
"""  # noqa: S608  the store's own text


def by_day(
    conn: Connection, since: datetime, *, city: str | None = None, source: str | None = None
) -> list[dict[str, Any]]:
    """Sum up the attempts of each day (UTC) that had any, trials left out.

    ``seconds`` are the median and the 95th percentile of how long they took.
    """
    return rows(conn, _BY_DAY, {"since": since, "city": city, "source": source})
