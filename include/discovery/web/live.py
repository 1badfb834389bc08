"""What is going on right now: pairs of the runs that are on, with what they have so far."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter

from include.discovery.links import log_path
from include.discovery.store.connection import Connection
from include.discovery.store.queries.outcomes import (
    PairOutcome,
    live_commands,
    live_runs,
    read_outcomes,
)
from include.discovery.web.answers import (
    Answer,
    Counts,
    ErrorText,
    RunState,
    error_text,
    now,
    run_state,
)
from include.discovery.web.metadata import Dag
from include.discovery.web.services import Uses

router = APIRouter()


class LivePair(Answer):
    """A pair of a run that is on."""

    city: str | None
    source: str
    label: str
    run_id: str
    state: RunState
    try_number: int
    dry_run: bool
    started_at: datetime | None
    counts: Counts
    """So far, over the attempts of this run."""
    expected: int | None
    error: ErrorText | None
    """Of the attempt before, while a retry is due."""
    log_path: str | None


class Live(Answer):
    """What is going on right now."""

    generated_at: datetime
    running: bool
    """Whether any pair is planned or running."""
    planned: int
    in_progress: int
    done: int
    failed: int
    pairs: list[LivePair]
    """All pairs of the runs that are on, in the order of the run."""


@router.get("/live")
def live_pairs(uses: Uses) -> Live:
    """Return what is going on right now."""
    dag, _ = uses.read_dag()
    with uses.database.lend() as conn:
        pairs = _read(conn, dag)
    states = [pair.state for pair in pairs]
    planned, running, failed = (states.count(state) for state in ("planned", "running", "failed"))
    return Live(
        generated_at=now(),
        running=planned + running > 0,
        planned=planned,
        in_progress=running,
        done=len(pairs) - planned - running,
        failed=failed,
        pairs=pairs,
    )


def _read(conn: Connection, dag: Dag | None) -> list[LivePair]:
    """Read all runs that are on: two queries, and one a run (there is one, or none).

    :param dag: knows which runs are over that were stopped by hand; ``None``: cannot be asked.
    """
    pairs = []
    for run_id in live_runs(conn):
        if dag is not None and run_id not in dag.running_ids:
            continue
        pairs += [_pair(run_id, outcome) for outcome in read_outcomes(conn, run_id)]
    return pairs + [_pair(run_id, outcome) for run_id, outcome in live_commands(conn)]


def _pair(run_id: str, outcome: PairOutcome) -> LivePair:
    return LivePair(
        city=outcome.city,
        source=outcome.source,
        label=outcome.label,
        run_id=run_id,
        state=run_state(outcome.state, complete=outcome.complete, limited=outcome.limited),
        try_number=outcome.attempts,
        dry_run=outcome.dry_run,
        started_at=outcome.started_at,
        counts=Counts.of(outcome.stats),
        expected=outcome.expected,
        error=error_text(outcome.error_category, outcome.error_message),
        log_path=log_path(run_id, outcome.map_index, max(1, outcome.attempts)),
    )
