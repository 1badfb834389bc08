"""The strip of a pair's last runs, as several tables show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from include.discovery.monitoring.pair_health import error_category_of
from include.discovery.store.queries.pairs import PairState, RunSummary
from include.discovery.web.answers import RunState, run_state

STRIP = 14


@dataclass(frozen=True, slots=True)
class RunMark:
    """One run in the strip of the last 14.

    No model, which would be three objects: a page of the overview has 1,400 of them.
    """

    run_id: str
    state: RunState
    at: datetime
    """When it started, or was planned."""
    dry_run: bool
    limited: bool
    """It was to load some events only: a trial, that says nothing of the pair's health."""
    fetched: int
    error_category: str | None


def strip_of(pair: PairState) -> list[RunMark]:
    """Return the last runs of a pair, oldest first."""
    return [_mark(run) for run in reversed(pair.runs[:STRIP])]


def _mark(run: RunSummary) -> RunMark:
    return RunMark(
        run_id=run.dag_run_id,
        state=run_state(run.state, complete=run.complete, limited=run.limited),
        at=run.at,
        dry_run=run.dry_run,
        limited=run.limited,
        fetched=run.fetched,
        error_category=error_category_of(run),
    )
