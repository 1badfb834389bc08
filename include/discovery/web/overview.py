"""The overview: figures, the table of all pairs, and their statistics on their own."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends

from include.discovery.health.verdict import HealthState
from include.discovery.store.alerts import count_open_alerts
from include.discovery.store.entities import countries
from include.discovery.store.queries.event_search import cities_and_sources
from include.discovery.web.answers import Answer, Problem, Window, now, run_state
from include.discovery.web.cities import Choice, Country
from include.discovery.web.metadata import Dag
from include.discovery.web.pair_choice import (
    USUAL_ORDER,
    ChosenPairs,
    PairFilter,
    choose,
    error_categories,
    passing,
)
from include.discovery.web.pair_rows import PairRow, PairTable, row_of
from include.discovery.web.parameters import CityQuery, Days, FilterText, PageNumber, SortOrder
from include.discovery.web.run_marks import STRIP
from include.discovery.web.security import Permissions, UserPermissions
from include.discovery.web.services import Uses
from include.discovery.web.statistics import PairStatistics

router = APIRouter()


def _wanted(
    city: FilterText = None,
    source: FilterText = None,
    health: FilterText = None,
    enabled: FilterText = None,
    error: FilterText = None,
    text: FilterText = None,
) -> PairFilter:
    return PairFilter(city, source, health, enabled, error, text)


WantedPairs = Annotated[PairFilter, Depends(_wanted)]


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
    alerts: int
    """Pairs of which somebody was told that they are not well, and still are not."""
    muted: int
    """Pairs of which nothing is told now."""


@dataclass(frozen=True, slots=True)
class FilterChoice(Choice):
    """A city or a source to choose."""

    has_pairs: bool
    """Whether there is a pair of it; those of a wider scope are of no city."""


class Choices(Answer):
    """What the filters offer."""

    cities: list[FilterChoice]
    """All cities, by their names."""
    sources: list[FilterChoice]
    """All sources, those without a pair included."""
    has_wider: bool
    """Whether there are pairs of sources of a wider scope: of ``city=(none)``."""
    errors: list[str]
    """Categories of the last errors of pairs."""


class Overview(Answer):
    """The overview page: figures of all pairs, and a page of those that are asked for."""

    generated_at: datetime
    permissions: Permissions
    window: Window
    tiles: Tiles
    """Of all pairs."""
    dag: Dag | None
    dag_error: Problem | None
    chosen: ChosenPairs
    """What passes the filters."""
    pairs: list[PairRow]
    """At most 100 of these: one page of them, in their order."""
    choices: Choices
    countries: list[Country]
    statistics_error: Problem | None
    """Set when the metadata database did not answer; then every row's statistics are None."""
    is_empty: bool
    """Nothing is configured yet."""


class NamedPair(Answer):
    """A pair by its name, with the version that a change of it has to name."""

    label: str
    city: str | None
    source: str
    version: int


class Selection(Answer):
    """All pairs that pass the filters, for what is done to them at once."""

    pairs: list[NamedPair]


class StatisticsAnswer(Answer):
    """The statistics on their own; either ``statistics`` or ``error`` is set."""

    generated_at: datetime
    window: Window
    statistics: list[PairStatistics] | None
    error: Problem | None


@router.get("/overview")
def overview(
    uses: Uses,
    permissions: UserPermissions,
    wanted: WantedPairs,
    days: Days = 30,
    sort: SortOrder = USUAL_ORDER,
    page: PageNumber = 1,
) -> Overview:
    """Return the figures of all pairs, and a page of the pairs that are asked for."""
    window = uses.window(days)
    with uses.database.lend() as conn:
        pairs = uses.pairs.read(conn)
        cities, sources = cities_and_sources(conn)
        names = countries(conn)
        alerts = count_open_alerts(conn)
    events = uses.count_events()
    table = PairTable.read(uses, pairs, events, window)
    shown, chosen = choose(table.pairs, wanted, sort, page)
    states = Counter(pair.verdict.state for pair in table.pairs)
    paired_cities = {pair.state.city for pair in pairs}
    paired_sources = {pair.state.source for pair in pairs}
    return Overview(
        generated_at=table.at,
        permissions=permissions,
        window=window,
        tiles=Tiles(
            pairs=len(table.pairs),
            pairs_enabled=sum(pair.inactive_because is None for pair in table.pairs),
            health={state: states[state] for state in HealthState},
            cities=len(cities),
            sources=len(sources),
            events_upcoming=events.upcoming,
            last_run=_pairs_of_last_run(table),
            events_new_this_week=events.new_this_week,
            alerts=alerts,
            muted=_muted(table),
        ),
        dag=table.dag,
        dag_error=table.dag_error,
        chosen=chosen,
        pairs=[row_of(pair) for pair in shown],
        choices=Choices(
            cities=[
                FilterChoice(slug=slug, name=name, has_pairs=slug in paired_cities)
                for slug, name in cities.items()
            ],
            sources=[
                FilterChoice(slug=slug, name=name, has_pairs=slug in paired_sources)
                for slug, name in sources.items()
            ],
            has_wider=None in paired_cities,
            errors=error_categories(table.pairs),
        ),
        countries=Country.all_of(names),
        statistics_error=table.statistics_error,
        is_empty=not (pairs or cities or sources),
    )


@router.get("/selection")
def selection(uses: Uses, wanted: WantedPairs, days: Days = 30) -> Selection:
    """Return all pairs that pass the filters of the overview, on whatever page they are."""
    window = uses.window(days)
    with uses.database.lend() as conn:
        pairs = uses.pairs.read(conn)
    table = PairTable.read(uses, pairs, uses.count_events(), window)
    chosen = [pair.state for pair in passing(table.pairs, wanted)]
    return Selection(
        pairs=[
            NamedPair(label=pair.label, city=pair.city, source=pair.source, version=pair.version)
            for pair in chosen
        ]
    )


def _muted(table: PairTable) -> int:
    today = table.at.astimezone(UTC).date()
    return sum(pair.state.monitoring.mute_on(today) is not None for pair in table.pairs)


def _pairs_of_last_run(table: PairTable) -> PairsOfRun | None:
    if table.dag is None or table.dag.last_run is None:
        return None
    run_id = table.dag.last_run.run_id
    states = Counter(
        run_state(run.state, complete=run.complete, limited=run.limited)
        for pair in table.pairs
        for run in pair.state.runs[:STRIP]
        if run.dag_run_id == run_id
    )
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
