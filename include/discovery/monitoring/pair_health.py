"""How stored pairs are doing: their latest runs as facts for the rule in ``health.verdict``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from include.discovery.errors import INTERRUPTED, NEVER_STARTED
from include.discovery.health.alerts import Standing
from include.discovery.health.verdict import Outcome, PairFacts, Verdict, judge
from include.discovery.model import SyncStats, inactive_because
from include.discovery.store.queries.pairs import PairState, RunSummary


def verdict_of(
    pair: PairState,
    now: datetime,
    *,
    time_limit: timedelta,
    missing_key: str | None = None,
    outcomes: Sequence[Outcome] | None = None,
) -> Verdict:
    """Say how a pair is doing.

    :param missing_key: what is wrong with its connection, in words, as far as that is known here.
    :param time_limit: how long an attempt may take.
    :param outcomes: its :func:`outcomes_of`, where they are known already.
    """
    if outcomes is None:
        outcomes = outcomes_of(pair)
    return judge(_facts(pair, now, time_limit, missing_key, outcomes), now)


def outcomes_of(pair: PairState) -> list[Outcome]:
    """Return how the runs of a pair ended that tell of it, newest first."""
    return [_outcome(run, pair) for run in pair.runs if _has_ended(run)]


def _facts(
    pair: PairState,
    now: datetime,
    time_limit: timedelta,
    missing_key: str | None,
    outcomes: Sequence[Outcome],
) -> PairFacts:
    latest = pair.runs[0] if pair.runs else None
    return PairFacts(
        frequency=pair.schedule.period,
        time_limit=time_limit,
        outcomes=outcomes,
        running_since=latest.attempt_at if latest and latest.state == "running" else None,
        is_planned=latest is not None and latest.state == "planned",
        inactive_because=inactive_because(
            pair=pair.enabled, city=pair.city_enabled, source=pair.source_enabled
        ),
        missing_key=missing_key,
        parked_until=pair.schedule.parked_until,
        parked_because=pair.parked_because,
        last_success_at=pair.totals["last_success_at"],
        last_events_at=pair.totals["last_events_at"],
        expects_empty=pair.monitoring.expects_empty(now.astimezone(UTC).date()),
    )


def standing_of(
    pair: PairState, now: datetime, time_limit: timedelta, *, awaiting: int = 0
) -> Standing:
    """Say how a pair is doing, with what an alert says of it.

    :param awaiting: how many of its listings await approval.
    """
    latest = next((run for run in pair.runs if _has_ended(run)), None)
    details = pair.last_run
    is_of_latest = details and latest and details.dag_run_id == latest.dag_run_id
    has_log = latest is not None and latest.map_index >= 0
    return Standing(
        pair_id=pair.id,
        city=pair.city,
        source=pair.source,
        verdict=verdict_of(pair, now, time_limit=time_limit),
        outcomes=outcomes_of(pair),
        mute=pair.monitoring.mute_on(now.astimezone(UTC).date()),
        category=error_category_of(latest) if latest else None,
        stats=details.stats if details and is_of_latest else SyncStats(),
        awaiting=awaiting,
        log=(latest.dag_run_id, latest.map_index, latest.try_number)
        if latest and has_log
        else None,
    )


def error_category_of(run: RunSummary) -> str | None:
    """Return the category of a run's failure; one that is lost was interrupted."""
    return INTERRUPTED if run.state == "lost" else run.error_category


def error_message_of(run: RunSummary) -> str | None:
    """Return a run's error in words, if it has one."""
    return run.error_message or (NEVER_STARTED if run.state == "lost" else None)


def _has_ended(run: RunSummary) -> bool:
    return not run.is_trial and run.state in {"success", "failed", "lost"}


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
        failed_assertions=run.failed_assertions,
    )
