"""Rows of pairs, as several views show them: configuration, health, runs and statistics of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from include.discovery import due
from include.discovery.due import PairSchedule, RunTime
from include.discovery.errors import KILLED, NEVER_STARTED
from include.discovery.expectations import Monitoring, Mute
from include.discovery.health.verdict import HealthState, Verdict
from include.discovery.links import log_path
from include.discovery.model import Scope, SyncStats, inactive_because
from include.discovery.monitoring.pair_health import error_category_of, error_message_of, verdict_of
from include.discovery.store.queries.events import EventCounts
from include.discovery.store.queries.pairs import LastRunDetails, PairState, RunSummary
from include.discovery.web.answers import (
    Answer,
    Counts,
    ErrorText,
    Problem,
    RunState,
    Shown,
    ShownText,
    Window,
    error_text,
    now,
    run_state,
    seconds,
)
from include.discovery.web.keys import ConnectionNeed
from include.discovery.web.known_pairs import OPEN, KnownPair
from include.discovery.web.metadata import ConnectionState, Dag
from include.discovery.web.run_marks import RunMark, strip_of
from include.discovery.web.services import Services
from include.discovery.web.statistics import PairStatistics


@dataclass(frozen=True, slots=True)
class Health:
    """How a pair is doing."""

    state: HealthState
    reason: str
    """Why, in words: for the text beside the badge."""


class LastRun(Answer):
    """The latest run of a pair, over its attempts; runs with a limit are left out."""

    run_id: str
    state: RunState
    attempts: int
    dry_run: bool
    started_at: datetime | None
    finished_at: datetime | None
    duration_seconds: float | None
    counts: Counts
    expected: int | None
    """How many items the source said it has."""
    complete: bool | None
    gaps: list[str]
    """What the source has but did not give, in words."""
    warnings: list[str]
    """What a person should look at although the run succeeded, in words."""
    error: ErrorText | None
    log_path: str | None
    """Airflow's own page of the last try; None for a sync from the command line."""


class Totals(Counts):
    """All-time totals of a pair from its rollup, dry runs left out; a run is counted at its end."""

    attempts: int = 0
    succeeded: int = 0
    failed: int = 0
    first_at: datetime | None = None
    """When its first attempt ended."""


class PairRow(Answer):
    """One row of the table of pairs."""

    city: str | None
    """Slug; None for a source of a wider scope: one pair covers all its cities."""
    city_name: ShownText | None
    source: str
    source_name: ShownText
    label: str
    """As ``krakow · ticketmaster``."""
    kind: str
    scope: Scope
    enabled: bool
    """The pair's own switch."""
    active: bool
    """Whether runs take it: pair, source and city are all enabled."""
    inactive_because: str | None
    """As 'its city is disabled'."""
    frequency_hours: int
    max_frequency_hours: int | None
    """Up to how many hours a sync may be put off while nothing changes."""
    less_often: str | None
    """How often it is synced now, and why, if that is less often than its frequency says."""
    priority: int
    settings: Shown
    """The pair's own settings; the source's lie below them."""
    monitoring: Monitoring
    """The pair's own mute, seasons and assertions; the source's lie below them."""
    mute: Mute | None
    """The mute that holds now, by the pair or its source."""
    version: int
    """To be sent back with a change: a stale one is refused."""
    health: Health
    connection: ConnectionNeed
    recent: list[RunMark]
    """The last 14 runs, oldest first."""
    last_success_at: datetime | None
    """Ever, from the rollup."""
    last_run: LastRun | None
    next_due_at: datetime | None
    """The next scheduled run that takes it; None where runs do not, or none is scheduled."""
    is_due: bool
    """Whether the next scheduled run takes it, whenever that is."""
    totals: Totals
    events_upcoming: int
    """Listings of this pair that are not over and not withdrawn."""
    statistics: PairStatistics | None
    """None when the pair had no run in the window, or statistics could not be read."""


@dataclass(frozen=True, slots=True)
class PairNow:
    """A pair with how it is doing now: what a row is made of, and what rows are chosen by."""

    known: KnownPair
    state: PairState
    """As it was read, or with what Airflow says of its runs."""
    connections: Mapping[str, ConnectionState]
    inactive_because: str | None
    verdict: Verdict
    next_due_at: datetime | None
    is_due: bool
    events_upcoming: int
    statistics: PairStatistics | None
    at: datetime

    @property
    def latest(self) -> RunSummary | None:
        """Its latest run; runs with a limit are left out."""
        return next((run for run in self.state.runs if not run.limited), None)

    @property
    def last_error(self) -> tuple[str, str] | None:
        """Category and message of the newest failure: its last run's, else that of the window."""
        run = self.latest
        if run is not None and (category := error_category_of(run)):
            return category, error_message_of(run) or ""
        error = self.statistics.last_error if self.statistics else None
        return (error.category, error.message) if error else None

    @property
    def stats(self) -> SyncStats | None:
        """What came of the items of its last run; None: there is none, or it was planned only."""
        details = self.last_run_details
        return details.stats if details else None

    @property
    def last_run_details(self) -> LastRunDetails | None:
        """The counts of its last run; None: it was planned only."""
        run, details = self.latest, self.state.last_run
        if run is None or details is None or details.dag_run_id != run.dag_run_id:
            return None
        return details

    @property
    def duration(self) -> float | None:
        """How many seconds its last run took."""
        run, details = self.latest, self.last_run_details
        return seconds(details.started_at, run.finished_at) if run and details else None


@dataclass(frozen=True, slots=True)
class PairTable:
    """Pairs as they are now, and what Airflow's metadata database said, or why it did not."""

    at: datetime
    pairs: list[PairNow]
    dag: Dag | None
    dag_error: Problem | None
    statistics_error: Problem | None

    @classmethod
    def read(
        cls, uses: Services, pairs: Sequence[KnownPair], events: EventCounts, window: Window
    ) -> PairTable:
        """Ask the metadata database what it knows of pairs, and say how they are doing."""
        statistics, statistics_error = uses.read_statistics(window.days)
        dag, dag_error = uses.read_dag()
        connections = uses.connections_of(pair.need for pair in pairs)
        at = now()
        found = [
            _pair_now(
                pair,
                statistics.get(pair.state.label) if statistics else None,
                connections,
                events.listings_by_pair.get(pair.state.id, 0),
                dag,
                at,
                uses.settings.sync_timeout,
            )
            for pair in pairs
        ]
        return cls(at, found, dag, dag_error, statistics_error)

    @property
    def rows(self) -> list[PairRow]:
        """All of them as rows."""
        return [row_of(pair) for pair in self.pairs]


def states_now(uses: Services, pairs: Sequence[KnownPair]) -> list[tuple[PairState, HealthState]]:
    """Say how pairs are doing, and nothing else of them: statistics are not asked for."""
    dag, _ = uses.read_dag()
    connections = uses.connections_of(pair.need for pair in pairs)
    at = now()
    judged = (_judged(pair, connections, dag, at, uses.settings.sync_timeout) for pair in pairs)
    return [(pair, verdict.state) for pair, verdict in judged]


def _without_ghosts(known: KnownPair, dag: Dag) -> PairState:
    """Show what no run will ever end as lost: its run is over, as Airflow knows.

    Runs that were stopped by hand, or died whole, leave such traces; commands (without a map
    index) are none of Airflow's business.
    """
    pair = known.state
    if not known.has_open_run:
        return pair
    runs = (
        replace(
            run,
            state="lost",
            error_message=KILLED if run.state == "running" else NEVER_STARTED,
        )
        if run.state in OPEN and run.map_index >= 0 and run.dag_run_id not in dag.running_ids
        else run
        for run in pair.runs
    )
    return replace(pair, runs=tuple(runs))


def _judged(
    known: KnownPair,
    connections: Mapping[str, ConnectionState],
    dag: Dag | None,
    at: datetime,
    time_limit: timedelta,
) -> tuple[PairState, Verdict]:
    pair = _without_ghosts(known, dag) if dag else known.state
    verdict = verdict_of(
        pair,
        at,
        time_limit=time_limit,
        missing_key=known.need.problem(connections),
        outcomes=known.outcomes if pair is known.state else None,
    )
    return pair, verdict


def _pair_now(
    known: KnownPair,
    statistics: PairStatistics | None,
    connections: Mapping[str, ConnectionState],
    events_upcoming: int,
    dag: Dag | None,
    at: datetime,
    time_limit: timedelta,
) -> PairNow:
    pair, verdict = _judged(known, connections, dag, at, time_limit)
    inactive = inactive_because(
        pair=pair.enabled, city=pair.city_enabled, source=pair.source_enabled
    )
    next_due_at, is_due = (None, False) if inactive else _due(pair.schedule, dag, at)
    return PairNow(
        known,
        pair,
        connections,
        inactive,
        verdict,
        next_due_at,
        is_due,
        events_upcoming,
        statistics,
        at,
    )


def row_of(of: PairNow) -> PairRow:
    """Return a pair as tables show it."""
    pair = of.state
    return PairRow(
        city=pair.city,
        city_name=pair.city_name,
        source=pair.source,
        source_name=pair.source_name,
        label=pair.label,
        kind=pair.kind,
        scope=pair.scope,
        enabled=pair.enabled,
        active=of.inactive_because is None,
        inactive_because=of.inactive_because,
        frequency_hours=pair.frequency_hours,
        max_frequency_hours=pair.max_frequency_hours,
        less_often=due.why_less_often(pair.schedule),
        priority=pair.priority,
        settings=pair.settings,
        monitoring=pair.own_monitoring,
        mute=pair.monitoring.mute_on(of.at.astimezone(UTC).date()),
        version=pair.version,
        health=Health(state=of.verdict.state, reason=of.verdict.reason),
        connection=of.known.need.answer(of.connections),
        recent=of.known.recent if pair is of.known.state else strip_of(pair),
        last_success_at=pair.totals["last_success_at"],
        last_run=_last_run(of),
        next_due_at=of.next_due_at,
        is_due=of.is_due,
        totals=Totals.model_validate(pair.totals),
        events_upcoming=of.events_upcoming,
        statistics=of.statistics,
    )


def _due(schedule: PairSchedule, dag: Dag | None, at: datetime) -> tuple[datetime | None, bool]:
    """Return when the pair is due next, and whether that is in the next scheduled run."""
    if dag is None or dag.next_run_at is None:
        clock = schedule.period_start.tzinfo if schedule.period_start else UTC
        return None, due.is_due(schedule, RunTime(at, at.astimezone(clock)))
    next_due = due.next_due(schedule, at, dag.next_run_at, dag.scheduled_before)
    return next_due, next_due == dag.next_run_at


def _last_run(of: PairNow) -> LastRun | None:
    run, details = of.latest, of.last_run_details
    if run is None:
        return None
    return LastRun(
        run_id=run.dag_run_id,
        state=run_state(run.state, complete=run.complete, limited=run.limited),
        attempts=run.try_number if details else 0,
        dry_run=run.dry_run,
        started_at=details.started_at if details else None,
        finished_at=run.finished_at,
        duration_seconds=of.duration,
        counts=Counts.of(of.stats) if of.stats else Counts(),
        expected=details.expected if details else None,
        complete=run.complete,
        gaps=list(run.gaps),
        warnings=list(run.warnings),
        error=error_text(error_category_of(run), error_message_of(run)),
        log_path=log_path(run.dag_run_id, run.map_index, run.try_number),
    )
