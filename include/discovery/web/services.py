"""What the page's routes work with; tests put their own databases in its place."""

from __future__ import annotations

import logging
import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Semaphore
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from sqlalchemy.exc import SQLAlchemyError

from include.discovery.choices import write_choices
from include.discovery.probe.bounded import Limits
from include.discovery.settings import Settings
from include.discovery.store.entities import read_choices
from include.discovery.store.queries.event_search import cities_and_sources
from include.discovery.store.queries.events import EventCounts, count_events
from include.discovery.store.queries.outcomes import (
    PairTally,
    SyncTask,
    TaskKey,
    TaskState,
    read_tasks,
    tally_tasks,
)
from include.discovery.store.queries.venues import (
    ProposedMerge,
    answered_proposals,
    proposed_merges,
)
from include.discovery.web.answers import Problem, Window, now
from include.discovery.web.cache import Cached
from include.discovery.web.database import DiscoveryDatabase
from include.discovery.web.keys import KeyNeed
from include.discovery.web.known_pairs import KnownPairs
from include.discovery.web.metadata import ConnectionState, Dag, Metadata, Trigger, metadata_session
from include.discovery.web.statistics import (
    RENEWED_SECONDS,
    KnownTasks,
    Statistics,
    StatisticsReader,
)

log = logging.getLogger(__name__)

T = TypeVar("T")


def _cached_charts() -> defaultdict[int, Cached[list[dict[str, Any]]]]:
    return defaultdict(lambda: Cached(30, 600))


@dataclass(frozen=True, slots=True)
class CityProposal:
    """Two venues of a city that may be one."""

    slug: str
    name: str
    """Of the city."""
    merge: ProposedMerge

    @property
    def venues(self) -> tuple[int, int]:
        """The ids of the two."""
        return self.merge.first.id, self.merge.second.id


@dataclass(frozen=True, slots=True)
class Services:
    """The two databases, the settings, and the limits of probing."""

    database: DiscoveryDatabase = field(default_factory=DiscoveryDatabase)
    metadata: Metadata = field(default_factory=Metadata)
    statistics: StatisticsReader = field(
        default_factory=lambda: StatisticsReader(metadata_session, renewed_seconds=RENEWED_SECONDS)
    )
    settings: Settings = field(default_factory=lambda: Settings.from_environment(os.environ))
    events: Cached[EventCounts] = field(default_factory=lambda: Cached(30, 600))
    charts: Mapping[int, Cached[list[dict[str, Any]]]] = field(default_factory=_cached_charts)
    """Of all pairs, by the number of days: they add up every attempt of these."""
    proposals: Cached[list[CityProposal]] = field(default_factory=lambda: Cached(600, 3600))
    """Of all cities: they compare all that is upcoming, which may take seconds."""
    pairs: KnownPairs = field(default_factory=KnownPairs)
    probes: Semaphore = field(default_factory=lambda: Semaphore(2))
    probe_limits: Limits = field(default_factory=Limits)

    def count_events(self) -> EventCounts:
        """Return counts of events, some half a minute old: they count every row."""
        return self.events.get(self._count_events)

    def _count_events(self) -> EventCounts:
        with self.database.lend() as conn:
            return count_events(conn)

    def open_proposals(self) -> list[CityProposal]:
        """Return pairs of venues that may be one, some minutes old, and not answered since."""
        return self._unanswered(self.proposals.get(self._propose))

    def open_proposals_at_once(self) -> list[CityProposal] | None:
        """Return the same without waiting: ``None`` while they are read in the background."""
        proposals = self.proposals.get_at_once(self._propose)
        return proposals and self._unanswered(proposals)

    def _unanswered(self, proposals: list[CityProposal]) -> list[CityProposal]:
        with self.database.lend() as conn:
            answered = answered_proposals(conn, [each.merge for each in proposals])
        return [each for each in proposals if each.venues not in answered]

    def _propose(self) -> list[CityProposal]:
        with self.database.lend() as conn:
            cities, _ = cities_and_sources(conn)
            found = [
                CityProposal(slug, name, merge)
                for slug, name in cities.items()
                for merge in proposed_merges(conn, slug)
            ]
        # Two cities may list what is at the same venues.
        once = {each.venues: each for each in found}
        return sorted(once.values(), key=lambda each: (-each.merge.titles, each.venues))

    def keep_choices(self) -> None:
        """Let the DAG's trigger form offer what is configured now; an edit stands if that fails."""
        if self.settings.choices_file is None:
            return
        with self.database.lend() as conn:
            choices = read_choices(conn)
        try:
            write_choices(self.settings.choices_file, choices)
        except OSError:
            log.exception("Could not write %s.", self.settings.choices_file)

    def window(self, days: int) -> Window:
        """Return the window of the counters, never longer than the setting allows."""
        longest = self.settings.statistics_max_days
        days = min(days, longest)
        return Window(days=days, since=now() - timedelta(days=days), max_days=longest)

    def read_statistics(self, days: int) -> tuple[Statistics | None, Problem | None]:
        """Return the statistics, or what to say instead; the cause goes to the log."""
        return _or_problem(
            lambda: self.statistics.read(days, KnownTasks(self._read_tasks, self._tally_tasks)),
            "Failed to load statistics",
        )

    def _read_tasks(self, tasks: Collection[TaskKey]) -> Mapping[TaskKey, SyncTask]:
        if not tasks:
            return {}
        with self.database.lend() as conn:
            return read_tasks(conn, tasks)

    def _tally_tasks(self, tasks: Collection[TaskState]) -> Sequence[PairTally]:
        if not tasks:
            return ()
        with self.database.lend() as conn:
            return tally_tasks(conn, tasks)

    def read_dag(self) -> tuple[Dag | None, Problem | None]:
        """Return the DAG's state, or what to say instead."""
        return _or_problem(self.metadata.dag, "Failed to load the state of the DAG")

    def read_run_states(self, run_ids: Collection[str]) -> tuple[Mapping[str, str], Problem | None]:
        """Return the states of those runs that Airflow knows, or what to say instead."""
        if not run_ids:
            return {}, None
        states, problem = _or_problem(
            lambda: self.metadata.states_of(run_ids), "Failed to load the state of runs"
        )
        return states or {}, problem

    def read_triggers(self, limit: int) -> tuple[list[Trigger] | None, Problem | None]:
        """Return manual runs, or what to say instead."""
        return _or_problem(
            lambda: self.metadata.triggers(limit), "Failed to load who triggered runs"
        )

    def connections_of(self, needs: Iterable[KeyNeed]) -> Mapping[str, ConnectionState]:
        """Say of the connections that are needed whether they are there, and what they are."""
        ids = {need.connection_id for need in needs if need.use is not None}
        found, _ = _or_problem(
            lambda: self.metadata.connections(ids), "Failed to look for connections"
        )
        return found or {}

    def may_have_connection(self, connection_id: str) -> bool:
        """Say whether there is a connection of that id now, or it cannot be told."""
        found, _ = _or_problem(
            lambda: self.metadata.connections({connection_id}, keep_seconds=0),
            "Failed to look for a connection",
        )
        return found is None or found[connection_id].exists is not False


def _or_problem(read: Callable[[], T], what: str) -> tuple[T | None, Problem | None]:
    try:
        return read(), None
    except (SQLAlchemyError, RuntimeError) as error:
        log.exception("%s.", what)
        return None, Problem(
            message=f"{what}: Airflow's metadata database did not answer as it should "
            f"({type(error).__name__}). The cause is in the log of the api-server."
        )


def services_of(request: Request) -> Services:
    """Return the services of the app that answers."""
    services: Services = request.app.state.services
    return services


Uses = Annotated[Services, Depends(services_of)]
