"""Makes the rows of the page of what the databases say: configuration, runs, statistics, health."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

from include.discovery import due
from include.discovery.due import PairSchedule, RunTime
from include.discovery.errors import KILLED
from include.discovery.health import HealthState, Outcome, PairFacts, judge
from include.discovery.model import SyncStats, default_connection, inactive_because
from include.discovery.store.catalogue import CityInUse, EventCounts
from include.discovery.store.overview import PairState, RunSummary
from include.discovery.web import models
from include.discovery.web.keys import KeyNeed
from include.discovery.web.metadata import ConnectionState
from include.discovery.web.statistics import NEVER_STARTED, Tally
from include.discovery.web.tallies import pair_statistics
from include.discovery.web.words import actor_of, log_path

STRIP = 14


def pair_rows(
    pairs: Iterable[PairState],
    tallies: Mapping[str, Tally],
    connections: Mapping[str, ConnectionState],
    events: EventCounts,
    dag: models.Dag | None,
    now: datetime,
    time_limit: timedelta,
) -> list[models.PairRow]:
    """Return the rows of the table of pairs.

    :param time_limit: how long an attempt to sync a pair may take.
    """
    return [
        _pair_row(
            _without_ghosts(pair, dag) if dag else pair,
            tallies.get(pair.label),
            key_need(pair).answer(connections),
            events.listings_by_pair.get(pair.id, 0),
            dag,
            now,
            time_limit,
        )
        for pair in pairs
    ]


def key_need(pair: PairState) -> KeyNeed:
    """Say which key a pair sends."""
    return KeyNeed.of(
        pair.source_connection or default_connection(pair.source),
        pair.kind,
        {**pair.source_settings, **pair.settings},
    )


def _without_ghosts(pair: PairState, dag: models.Dag) -> PairState:
    """Show what no run will ever end as lost: its run is over, as Airflow knows.

    Runs that were stopped by hand, or died whole, leave such traces; commands (without a map
    index) are none of Airflow's business.
    """
    runs = (
        replace(
            run,
            state="lost",
            error_message=KILLED if run.state == "running" else NEVER_STARTED,
        )
        if run.state in {"planned", "running"}
        and run.map_index >= 0
        and run.dag_run_id not in dag.running_ids
        else run
        for run in pair.runs
    )
    return replace(pair, runs=tuple(runs))


def _pair_row(
    pair: PairState,
    tally: Tally | None,
    connection: models.ConnectionNeed,
    events_upcoming: int,
    dag: models.Dag | None,
    now: datetime,
    time_limit: timedelta,
) -> models.PairRow:
    inactive = inactive_because(
        pair=pair.enabled, city=pair.city_enabled, source=pair.source_enabled
    )
    next_due_at, is_due = (None, False) if inactive else _due(pair.schedule, dag, now)
    verdict = judge(_facts(pair, inactive, connection, time_limit), now)
    return models.PairRow(
        city=pair.city,
        city_name=pair.city_name,
        source=pair.source,
        source_name=pair.source_name,
        label=pair.label,
        kind=pair.kind,
        scope=pair.scope,
        enabled=pair.enabled,
        active=inactive is None,
        inactive_because=inactive,
        frequency_hours=pair.frequency_hours,
        priority=pair.priority,
        settings=pair.settings,
        version=pair.version,
        health=models.Health(state=verdict.state, reason=verdict.reason),
        connection=connection,
        recent=[_mark(run) for run in reversed(pair.runs[:STRIP])],
        last_success_at=pair.totals["last_success_at"],
        last_run=_last_run(pair),
        next_due_at=next_due_at,
        is_due=is_due,
        totals=models.Totals.model_validate(pair.totals),
        events_upcoming=events_upcoming,
        statistics=pair_statistics(tally, pair.city, pair.source) if tally else None,
    )


def _due(
    schedule: PairSchedule, dag: models.Dag | None, now: datetime
) -> tuple[datetime | None, bool]:
    """Return when the pair is due next, and whether that is in the next scheduled run."""
    if dag is None or dag.next_run_at is None:
        clock = schedule.period_start.tzinfo if schedule.period_start else UTC
        return None, due.is_due(schedule, RunTime(now, now.astimezone(clock)))
    at = due.next_due(schedule, now, dag.next_run_at, dag.scheduled_before)
    return at, at == dag.next_run_at


def _facts(
    pair: PairState, inactive: str | None, connection: models.ConnectionNeed, time_limit: timedelta
) -> PairFacts:
    latest = pair.runs[0] if pair.runs else None
    return PairFacts(
        frequency=pair.schedule.frequency,
        time_limit=time_limit,
        outcomes=[_outcome(run, pair) for run in pair.runs if _has_ended(run)],
        running_since=latest.attempt_at if latest and latest.state == "running" else None,
        is_planned=latest is not None and latest.state == "planned",
        inactive_because=inactive,
        missing_key=connection.problem,
        parked_until=pair.schedule.parked_until,
        parked_because=pair.parked_because,
        last_success_at=pair.totals["last_success_at"],
    )


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
        message=_error_message(run) or "; ".join(run.gaps),
        warnings=run.warnings,
        read_everything=run.read_everything,
    )


def _error_message(run: RunSummary) -> str | None:
    return run.error_message or (NEVER_STARTED if run.state == "lost" else None)


def run_state(state: str, complete: bool | None) -> models.RunState:  # noqa: FBT001  a stored value
    """Return the state of a run as the page names it."""
    if state == "success":
        return "success" if complete else "partial"
    known: dict[str, models.RunState] = {
        "failed": "failed",
        "running": "running",
        "planned": "planned",
        "lost": "lost",
    }
    return known[state]


def _mark(run: RunSummary) -> models.RunMark:
    return models.RunMark(
        run_id=run.dag_run_id,
        state=run_state(run.state, run.complete),
        at=run.at,
        dry_run=run.dry_run,
        limited=run.limited,
        fetched=run.fetched,
        error_category="interrupted" if run.state == "lost" else run.error_category,
        log_path=log_path(run.dag_run_id, run.map_index, run.try_number),
    )


def _last_run(pair: PairState) -> models.LastRun | None:
    run, details = next((run for run in pair.runs if not run.limited), None), pair.last_run
    if run is None:
        return None
    if details is not None and details.dag_run_id != run.dag_run_id:
        details = None  # it was planned only
    started_at = details.started_at if details else None
    return models.LastRun(
        run_id=run.dag_run_id,
        state=run_state(run.state, run.complete),
        attempts=run.try_number if details else 0,
        dry_run=run.dry_run,
        started_at=started_at,
        finished_at=run.finished_at,
        duration_seconds=seconds(started_at, run.finished_at),
        counts=counts(details.stats) if details else models.Counts(),
        expected=details.expected if details else None,
        complete=run.complete,
        gaps=list(run.gaps),
        warnings=list(run.warnings),
        error=error_text(
            "interrupted" if run.state == "lost" else run.error_category, _error_message(run)
        ),
        log_path=log_path(run.dag_run_id, run.map_index, run.try_number),
    )


def counts(stats: SyncStats) -> models.Counts:
    """Return counts as the page shows them: rejected items as one number."""
    names = (name for name in models.Counts.model_fields if name != "rejected")
    return models.Counts(
        **{name: getattr(stats, name) for name in names}, rejected=stats.rejected_total
    )


def error_text(category: str | None, message: str | None) -> models.ErrorText | None:
    """Return a failure in words, if there is one."""
    if category is None:
        return None
    return models.ErrorText(category=category, message=message or "", actor=actor_of(category))


def seconds(start: datetime | None, end: datetime | None) -> float | None:
    """Return how long something took."""
    return None if start is None or end is None else round((end - start).total_seconds(), 1)


def city_row(city: CityInUse, events: EventCounts) -> models.CityRow:
    """Return a city as the page lists it."""
    return models.CityRow(
        **city.city.model_dump(),
        country_name=city.country_name,
        version=city.version,
        sources=[models.SourceOfCity(**asdict(source)) for source in city.sources],
        events_upcoming=events.upcoming_by_city.get(city.city.slug, 0),
    )


def tiles(
    rows: list[models.PairRow],
    cities: int,
    sources: int,
    events: EventCounts,
    dag: models.Dag | None,
) -> models.Tiles:
    """Return the figures on top of the overview."""
    states = Counter(row.health.state for row in rows)
    return models.Tiles(
        pairs=len(rows),
        pairs_enabled=sum(row.active for row in rows),
        health={state: states[state] for state in HealthState},
        cities=cities,
        sources=sources,
        events_upcoming=events.upcoming,
        last_run=_pairs_of_run(rows, dag.last_run.run_id) if dag and dag.last_run else None,
        events_new_this_week=events.new_this_week,
    )


def _pairs_of_run(rows: list[models.PairRow], run_id: str) -> models.PairsOfRun:
    marks = [mark for row in rows for mark in row.recent if mark.run_id == run_id]
    states = Counter(mark.state for mark in marks)
    return models.PairsOfRun(
        pairs=states.total(),
        failed=states["failed"] + states["lost"],
        # What a trial with a limit left unread, it was not to read.
        partial=sum(mark.state == "partial" and not mark.limited for mark in marks),
    )


def now() -> datetime:
    """Return the time of an answer."""
    return datetime.now(UTC)
