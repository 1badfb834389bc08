"""What is going on right now: pairs of the runs that are on, with what they have so far."""

from __future__ import annotations

from include.discovery.model import pair_label
from include.discovery.store import activity
from include.discovery.store.connection import Connection
from include.discovery.store.outcomes import PairOutcome, read_outcomes
from include.discovery.web import models
from include.discovery.web.assemble import counts, error_text, now, run_state
from include.discovery.web.words import log_path


def read(conn: Connection, dag: models.Dag | None) -> models.Live:
    """Read all runs that are on: two queries, and two a run (there is one, or none).

    :param dag: knows which runs are over that were stopped by hand; ``None``: cannot be asked.
    """
    pairs = []
    for run_id in activity.live_runs(conn):
        if dag is not None and run_id not in dag.running_ids:
            continue
        indexes = activity.map_indexes(conn, run_id)
        pairs += [
            _pair(run_id, outcome, indexes[outcome.city, outcome.source])
            for outcome in read_outcomes(conn, run_id)
        ]
    pairs += [_command(row) for row in activity.live_commands(conn)]
    states = [pair.state for pair in pairs]
    planned, running, failed = (states.count(state) for state in ("planned", "running", "failed"))
    return models.Live(
        generated_at=now(),
        running=planned + running > 0,
        planned=planned,
        in_progress=running,
        done=len(pairs) - planned - running,
        failed=failed,
        pairs=pairs,
    )


def _pair(run_id: str, outcome: PairOutcome, map_index: int) -> models.LivePair:
    return models.LivePair(
        city=outcome.city,
        source=outcome.source,
        label=outcome.label,
        run_id=run_id,
        state=run_state(outcome.state, outcome.complete),
        try_number=outcome.attempts,
        dry_run=outcome.dry_run,
        started_at=outcome.started_at,
        counts=counts(outcome.stats),
        expected=outcome.expected,
        error=error_text(outcome.error_category, outcome.error_message),
        log_path=log_path(run_id, map_index, max(1, outcome.attempts)),
    )


def _command(row: activity.Row) -> models.LivePair:
    return models.LivePair(
        city=row["city"],
        source=row["source"],
        label=pair_label(row["city"], row["source"]),
        run_id=row["dag_run_id"],
        state=run_state(row["state"], complete=None),
        try_number=row["try_number"],
        dry_run=row["dry_run"],
        started_at=row["started_at"],
        counts=models.Counts.model_validate(row),
        expected=row["expected"],
        error=None,
        log_path=None,
    )
