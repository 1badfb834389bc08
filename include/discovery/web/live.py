"""What is going on right now, and what became of one run: its pairs, with what they have so far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from fastapi import APIRouter, HTTPException, status

from include.discovery.links import log_path, run_path
from include.discovery.store.connection import Connection
from include.discovery.store.queries.outcomes import (
    PairOutcome,
    live_commands,
    live_runs,
    read_outcomes,
)
from include.discovery.web.answers import (
    Answer,
    ErrorText,
    Problem,
    RunState,
    error_text,
    now,
    run_state,
)
from include.discovery.web.editing import NOT_FOUND
from include.discovery.web.metadata import Dag
from include.discovery.web.parameters import RunId
from include.discovery.web.services import Uses

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Progress:
    """What a run has made of a pair so far, over its attempts."""

    pages: int
    fetched: int
    inserted: int
    updated: int
    rejected: int


@dataclass(frozen=True, slots=True)
class LivePair:
    """A pair of a run.

    No model, as what it holds: a run has a thousand pairs, and is looked at every two seconds.
    """

    city: str | None
    source: str
    label: str
    run_id: str
    state: RunState
    try_number: int
    dry_run: bool
    started_at: datetime | None
    counts: Progress
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


class Run(Answer):
    """What became of one run so far, for those who have started it."""

    generated_at: datetime
    run_id: str
    run_path: str
    state: str | None
    """As Airflow names it: queued, running, success or failed. None: it did not say."""
    ended: bool
    """Nothing about it changes any more."""
    pairs: list[LivePair]
    """In the order of the run; none until it has planned them, and where its plan failed."""
    problem: Problem | None
    """Set when Airflow's database did not answer."""


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


@router.get("/run", responses=NOT_FOUND)
def one_run(uses: Uses, run: RunId) -> Run:
    """Return what became of one run of the DAG so far."""
    states, problem = uses.read_run_states([run])
    state = states.get(run)
    with uses.database.lend() as conn:
        outcomes = read_outcomes(conn, run)
    if state is None and problem is None and not outcomes:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "There is no such run.")
    ended = state in {"success", "failed"}
    pairs = [_pair(run, outcome) for outcome in outcomes]
    if ended:
        pairs = [_given_up(pair) for pair in pairs]
    return Run(
        generated_at=now(),
        run_id=run,
        run_path=run_path(run),
        state=state,
        ended=ended,
        pairs=pairs,
        problem=problem,
    )


def _given_up(pair: LivePair) -> LivePair:
    """Return a pair of a run that is over: what has not ended by now never will."""
    if pair.state in {"planned", "running"}:
        return replace(pair, state="lost")
    return pair


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
        counts=Progress(
            pages=outcome.stats.pages,
            fetched=outcome.stats.fetched,
            inserted=outcome.stats.inserted,
            updated=outcome.stats.updated,
            rejected=outcome.stats.rejected_total,
        ),
        expected=outcome.expected,
        error=error_text(outcome.error_category, outcome.error_message),
        log_path=log_path(run_id, outcome.map_index, max(1, outcome.attempts)),
    )
