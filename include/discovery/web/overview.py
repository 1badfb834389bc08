"""The overview: figures, the table of all pairs, and their statistics on their own."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime

from fastapi import APIRouter

from include.discovery.health.verdict import HealthState, roll_up
from include.discovery.store.entities import countries
from include.discovery.store.queries.cities import read_cities_in_use
from include.discovery.store.queries.pairs import read_pairs
from include.discovery.store.queries.sources import read_sources_in_use
from include.discovery.web.answers import Answer, Problem, Window, now
from include.discovery.web.cities import Choice, CityRow, Country
from include.discovery.web.metadata import Dag
from include.discovery.web.pair_rows import PairRow, PairTable
from include.discovery.web.parameters import CityQuery, Days
from include.discovery.web.security import Permissions, UserPermissions
from include.discovery.web.services import Uses
from include.discovery.web.statistics import PairStatistics

router = APIRouter()


class PairsOfRun(Answer):
    """What the last run of the DAG made of its pairs.

    Airflow's own state is another matter: a run succeeds as long as few enough of its pairs fail.
    """

    pairs: int
    running: int
    """Planned or running: not ended yet."""
    failed: int
    """Failed, or never started."""
    partial: int
    """Succeeded, but their listing is not complete. What is left of all has succeeded, too."""


class GroupHealth(Answer):
    """How the pairs of a city or a source are doing together."""

    state: HealthState
    """The worst of those that are enabled."""
    counts: dict[HealthState, int]
    """How many pairs are in each state; states without any are left out."""


class Tiles(Answer):
    """The figures on top of the overview."""

    pairs: int
    pairs_enabled: int
    """Active ones: pair, source and city are all enabled."""
    health: dict[HealthState, int]
    """Every state with its number of pairs, zeros included."""
    cities: int
    sources: int
    events_upcoming: int
    last_run: PairsOfRun | None
    """None: the DAG has not run yet, or Airflow did not say."""
    events_new_this_week: int
    """First seen within the last seven days."""


class Overview(Answer):
    """The overview page."""

    generated_at: datetime
    permissions: Permissions
    window: Window
    tiles: Tiles
    dag: Dag | None
    dag_error: Problem | None
    pairs: list[PairRow]
    cities: list[CityRow]
    health_by_city: dict[str, GroupHealth]
    """Of the cities that have pairs, by slug; sources of a wider scope are in none."""
    health_by_source: dict[str, GroupHealth]
    """Of the sources that have pairs, by slug."""
    sources: list[Choice]
    """All sources, those without a pair included."""
    countries: list[Country]
    statistics_error: Problem | None
    """Set when the metadata database did not answer; then every row's statistics are None."""
    is_empty: bool
    """Nothing is configured yet."""


class StatisticsAnswer(Answer):
    """The statistics on their own; either ``statistics`` or ``error`` is set."""

    generated_at: datetime
    window: Window
    statistics: list[PairStatistics] | None
    error: Problem | None


@router.get("/overview")
def overview(uses: Uses, permissions: UserPermissions, days: Days = 30) -> Overview:
    """Return tiles and the table of all pairs."""
    window = uses.window(days)
    with uses.database.lend() as conn:
        pairs = read_pairs(conn)
        cities = read_cities_in_use(conn)
        sources = read_sources_in_use(conn)
        events = uses.count_events(conn)
        names = countries(conn)
    table = PairTable.read(uses, pairs, events, window)
    states = Counter(row.health.state for row in table.rows)
    return Overview(
        generated_at=table.at,
        permissions=permissions,
        window=window,
        tiles=Tiles(
            pairs=len(table.rows),
            pairs_enabled=sum(row.active for row in table.rows),
            health={state: states[state] for state in HealthState},
            cities=len(cities),
            sources=len(sources),
            events_upcoming=events.upcoming,
            last_run=_pairs_of_last_run(table),
            events_new_this_week=events.new_this_week,
        ),
        dag=table.dag,
        dag_error=table.dag_error,
        pairs=table.rows,
        cities=[CityRow.of(city, events) for city in cities],
        health_by_city=_health_by((row.city, row.health.state) for row in table.rows),
        health_by_source=_health_by((row.source, row.health.state) for row in table.rows),
        sources=[Choice.of(found) for found in sources],
        countries=Country.all_of(names),
        statistics_error=table.statistics_error,
        is_empty=not (pairs or cities or sources),
    )


def _health_by(pairs: Iterable[tuple[str | None, HealthState]]) -> dict[str, GroupHealth]:
    states: dict[str, list[HealthState]] = defaultdict(list)
    for slug, state in pairs:
        if slug is not None:
            states[slug].append(state)
    return {
        slug: GroupHealth(state=found.state, counts=dict(found.counts))
        for slug, of in states.items()
        if (found := roll_up(of)) is not None
    }


def _pairs_of_last_run(table: PairTable) -> PairsOfRun | None:
    if table.dag is None or table.dag.last_run is None:
        return None
    run_id = table.dag.last_run.run_id
    marks = [mark for row in table.rows for mark in row.recent if mark.run_id == run_id]
    states = Counter(mark.state for mark in marks)
    return PairsOfRun(
        pairs=states.total(),
        running=states["running"] + states["planned"],
        failed=states["failed"] + states["lost"],
        partial=states["partial"],
    )


@router.get("/statistics")
def statistics(uses: Uses, days: Days = 30, city: CityQuery = None) -> StatisticsAnswer:
    """Return the statistics of all pairs, or of one city's: two queries either way."""
    window = uses.window(days)
    found, problem = uses.read_statistics(window.days)
    rows = None
    if found is not None:
        rows = [row for row in found.values() if city in (None, row.city)]
    return StatisticsAnswer(generated_at=now(), window=window, statistics=rows, error=problem)
