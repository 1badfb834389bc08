"""All-time totals of each pair: added up as attempts are closed, so that no page has to count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from include.discovery.model import SyncStats

COUNTS = (
    "fetched", "inserted", "updated", "unchanged", "duplicates", "skipped", "withdrawn", "pages",
    "requests",
)  # fmt: skip
"""The counts of a run's row that add up; rejected items are counted by reason."""

_SUMS = (*COUNTS, "rejected")


def closing(update: str) -> str:
    """Extend an update that closes attempts by the totals of their pairs, in one statement.

    What a dry run did is not added: it changed nothing. A run with a limit is a trial: what it
    loaded is added, but it counts neither as a success nor as a failure of the pair.
    """
    return f"""
WITH closed AS ({update} RETURNING *),
totalled AS (
    INSERT INTO discovery.pair_totals AS total (city_source_id, attempts, succeeded, failed,
        {", ".join(COUNTS)}, rejected, first_at, last_success_at, last_events_at)
    SELECT city_source_id, count(*) FILTER (WHERE event_limit IS NULL),
        count(*) FILTER (WHERE state = 'success' AND event_limit IS NULL),
        count(*) FILTER (WHERE state = 'failed' AND event_limit IS NULL),
        {", ".join(f"sum({name})" for name in COUNTS)},
        sum((SELECT COALESCE(sum(value::bigint), 0) FROM jsonb_each_text(rejected))),
        min(finished_at),
        max(finished_at) FILTER (WHERE state = 'success' AND event_limit IS NULL),
        max(finished_at) FILTER (WHERE event_limit IS NULL
            AND inserted + updated + unchanged + duplicates > 0)
    FROM closed
    WHERE city_source_id IS NOT NULL AND NOT dry_run
    GROUP BY city_source_id
    ON CONFLICT (city_source_id) DO UPDATE SET
        attempts = total.attempts + EXCLUDED.attempts,
        succeeded = total.succeeded + EXCLUDED.succeeded,
        failed = total.failed + EXCLUDED.failed,
        {", ".join(f"{name} = total.{name} + EXCLUDED.{name}" for name in _SUMS)},
        last_success_at = GREATEST(total.last_success_at, EXCLUDED.last_success_at),
        last_events_at = GREATEST(total.last_events_at, EXCLUDED.last_events_at)
)
SELECT count(*) FROM closed
"""  # noqa: S608  the module's own text


def summed(row: Mapping[str, Any]) -> SyncStats:
    """Return the counts of attempts: sums, and what each has rejected as a list."""
    rejected: Counter[str] = Counter()
    for counts in row["rejected"]:
        rejected.update(counts)
    return SyncStats(**{name: row[name] for name in COUNTS}, rejected=dict(rejected))
