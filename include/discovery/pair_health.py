"""How stored pairs are doing: their latest runs, read as facts for the rule in ``health``."""

from __future__ import annotations

from datetime import timedelta

from include.discovery.errors import INTERRUPTED, NEVER_STARTED
from include.discovery.health import Outcome, PairFacts
from include.discovery.store.queries.pairs import PairState, RunSummary


def facts_of(
    pair: PairState, *, inactive: str | None, missing_key: str | None, time_limit: timedelta
) -> PairFacts:
    """Return what is known of a pair, for :func:`health.judge`.

    :param inactive: why runs do not take it, in words.
    :param missing_key: what is wrong with its connection, in words, as far as that is known here.
    :param time_limit: how long an attempt may take.
    """
    latest = pair.runs[0] if pair.runs else None
    return PairFacts(
        frequency=pair.schedule.frequency,
        time_limit=time_limit,
        outcomes=[_outcome(run, pair) for run in pair.runs if _has_ended(run)],
        running_since=latest.attempt_at if latest and latest.state == "running" else None,
        is_planned=latest is not None and latest.state == "planned",
        inactive_because=inactive,
        missing_key=missing_key,
        parked_until=pair.schedule.parked_until,
        parked_because=pair.parked_because,
        last_success_at=pair.totals["last_success_at"],
    )


def error_category_of(run: RunSummary) -> str | None:
    """Return the category of a run's failure; one that is lost was interrupted."""
    return INTERRUPTED if run.state == "lost" else run.error_category


def error_message_of(run: RunSummary) -> str | None:
    """Return a run's error in words, if it has one."""
    return run.error_message or (NEVER_STARTED if run.state == "lost" else None)


def _has_ended(run: RunSummary) -> bool:
    is_trial = run.dry_run or run.limited
    return not is_trial and run.state in {"success", "failed", "lost"}


def _outcome(run: RunSummary, pair: PairState) -> Outcome:
    details = pair.last_run
    is_last = details is not None and details.dag_run_id == run.dag_run_id
    return Outcome(
        at=run.at,
        succeeded=run.state == "success",
        complete=bool(run.complete),
        fetched=run.fetched,
        rejected=details.stats.rejected_total if details and is_last else 0,
        message=error_message_of(run) or "; ".join(run.gaps),
        warnings=run.warnings,
        read_everything=run.read_everything,
    )
