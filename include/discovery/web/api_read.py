"""The routes that read; ``api`` lists them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, HTTPException, status

from include.discovery.model import Scope
from include.discovery.store import activity, catalogue
from include.discovery.store.catalogue import EventCounts
from include.discovery.store.edits import countries
from include.discovery.store.overview import PairState, read_pairs
from include.discovery.store.pair_history import error_groups
from include.discovery.web import assemble, history, live, models, sources
from include.discovery.web.parameters import (
    Before,
    CityQuery,
    CitySlug,
    Days,
    ErrorDays,
    PageSize,
    SourceQuery,
)
from include.discovery.web.security import UserPermissions
from include.discovery.web.services import Services, Uses
from include.discovery.web.tallies import statistics_of

router = APIRouter()

ERROR_GROUPS = 200
TREND_DAYS = 30


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows of pairs, and what Airflow's metadata database said for them, or why it did not."""

    at: datetime
    rows: list[models.PairRow]
    dag: models.Dag | None
    dag_error: models.Problem | None
    statistics_error: models.Problem | None


def _table(
    uses: Services, pairs: Sequence[PairState], events: EventCounts, window: models.Window
) -> _Table:
    statistics, statistics_error = uses.read_statistics(window.days)
    dag, dag_error = uses.read_dag()
    now = assemble.now()
    rows = assemble.pair_rows(
        pairs,
        statistics.tallies if statistics else {},
        uses.connections_of(map(assemble.key_need, pairs)),
        events,
        dag,
        now,
        uses.settings.sync_timeout,
    )
    return _Table(now, rows, dag, dag_error, statistics_error)


@router.get("/overview")
def overview(uses: Uses, permissions: UserPermissions, days: Days = 30) -> models.Overview:
    """Return tiles and the table of all pairs."""
    window = uses.window(days)
    with uses.database.lend() as conn:
        pairs = read_pairs(conn)
        cities = catalogue.read_cities_in_use(conn)
        configured = catalogue.read_sources_in_use(conn)
        events = uses.count_events(conn)
        all_countries = countries(conn)
    table = _table(uses, pairs, events, window)
    return models.Overview(
        generated_at=table.at,
        permissions=permissions,
        window=window,
        tiles=assemble.tiles(table.rows, len(cities), len(configured), events, table.dag),
        dag=table.dag,
        dag_error=table.dag_error,
        pairs=table.rows,
        cities=[assemble.city_row(city, events) for city in cities],
        sources=[_choice(found) for found in configured],
        countries=_countries(all_countries),
        statistics_error=table.statistics_error,
        is_empty=not (pairs or cities or configured),
    )


@router.get("/statistics")
def statistics(uses: Uses, days: Days = 30, city: CityQuery = None) -> models.StatisticsAnswer:
    """Return the statistics of all pairs, or of one city's: two queries either way."""
    window = uses.window(days)
    found, problem = uses.read_statistics(window.days)
    rows = [statistics_of(*item) for item in found.tallies.items()] if found else None
    if rows is not None and city is not None:
        rows = [row for row in rows if row.city == city]
    return models.StatisticsAnswer(
        generated_at=assemble.now(), window=window, statistics=rows, error=problem
    )


@router.get("/cities")
def all_cities(uses: Uses, permissions: UserPermissions) -> models.CitiesAnswer:
    """Return every city, those without a source included."""
    with uses.database.lend() as conn:
        cities = catalogue.read_cities_in_use(conn)
        configured = catalogue.read_sources_in_use(conn)
        events = uses.count_events(conn)
        all_countries = countries(conn)
    return models.CitiesAnswer(
        generated_at=assemble.now(),
        permissions=permissions,
        cities=[assemble.city_row(city, events) for city in cities],
        countries=_countries(all_countries),
        city_sources=[_choice(found) for found in configured if found.source.scope is Scope.CITY],
    )


def _choice(found: catalogue.SourceInUse) -> models.Choice:
    return models.Choice(slug=found.source.slug, name=found.source.name)


def _countries(names: Mapping[str, str]) -> list[models.Country]:
    return [models.Country(code=code, name=name) for code, name in names.items()]


@router.get("/city/{slug}", responses={404: {"model": models.Message}})
def city(
    slug: CitySlug, uses: Uses, permissions: UserPermissions, days: Days = 30
) -> models.CityDetail:
    """Return one city with the pairs that bring it events."""
    window = uses.window(days)
    with uses.database.lend() as conn:
        found = {row.city.slug: row for row in catalogue.read_cities_in_use(conn)}.get(slug)
        if found is None:
            raise HTTPException(status.HTTP_404_NOT_FOUND, f"There is no city {slug!r}.")
        ids = catalogue.pairs_of_city(conn, slug)
        pairs = read_pairs(conn, ids)
        listings = catalogue.listings_in_city(conn, slug, ids)
        events = uses.count_events(conn)
        configured = catalogue.read_sources_in_use(conn)
    table = _table(uses, pairs, events, window)
    taken = {pair.source for pair in pairs}
    return models.CityDetail(
        generated_at=table.at,
        permissions=permissions,
        window=window,
        city=assemble.city_row(found, events),
        pairs=table.rows,
        listings_here=listings,
        available_sources=[
            row.source.slug
            for row in configured
            if row.source.scope == "city" and row.source.slug not in taken
        ],
        dag=table.dag,
        dag_error=table.dag_error,
        statistics_error=table.statistics_error,
    )


@router.get("/pair", responses={404: {"model": models.Message}})
def pair(
    uses: Uses,
    permissions: UserPermissions,
    source: SourceQuery,
    city: CityQuery = None,
    days: Days = 30,
) -> models.PairDetail:
    """Return one pair in depth."""
    window = uses.window(days)
    with uses.database.lend() as conn:
        pair_id = catalogue.pair_id(conn, city, source)
        if pair_id is None:
            where = f"in {city}" if city else "without a city"
            raise HTTPException(
                status.HTTP_404_NOT_FOUND, f"There is no pair of source {source} {where}."
            )
        (state,) = read_pairs(conn, [pair_id])
        events = uses.count_events(conn)
        since = assemble.now() - timedelta(days=TREND_DAYS)
        past = history.read(conn, pair_id, since)
    table = _table(uses, [state], events, window)
    return models.PairDetail(
        generated_at=table.at,
        permissions=permissions,
        window=window,
        pair=table.rows[0],
        effective_settings={**state.source_settings, **state.settings},
        trend=past.trend,
        attempts=past.attempts,
        errors=past.errors,
        rejects=past.rejects,
        events=past.events,
        dag=table.dag,
        dag_error=table.dag_error,
        statistics_error=table.statistics_error,
    )


@router.get("/sources")
def all_sources(uses: Uses, permissions: UserPermissions) -> models.SourcesAnswer:
    """Return configured sources and the kinds there are, with the forms of their settings."""
    with uses.database.lend() as conn:
        configured = catalogue.read_sources_in_use(conn)
    connections = uses.connections_of(sources.key_need(found.source) for found in configured)
    return models.SourcesAnswer(
        generated_at=assemble.now(),
        permissions=permissions,
        sources=[sources.source_row(found, connections) for found in configured],
        connectors=sources.connector_rows(configured),
    )


@router.get("/errors")
def errors(uses: Uses, days: ErrorDays = 7) -> models.ErrorsAnswer:
    """Return failures across pairs, in groups."""
    since = assemble.now() - timedelta(days=days)
    with uses.database.lend() as conn:
        groups = error_groups(conn, since)
    return models.ErrorsAnswer(
        generated_at=assemble.now(),
        days=days,
        since=since,
        groups=[history.error_group(group) for group in groups[:ERROR_GROUPS]],
        truncated=len(groups) > ERROR_GROUPS,
    )


@router.get("/changes")
def changes(uses: Uses, limit: PageSize = 50, before: Before = None) -> models.ChangesAnswer:
    """Return who changed or triggered what, newest first."""
    with uses.database.lend() as conn:
        rows = activity.changes(conn, limit=limit + 1, before=before)
    triggers, problem = (None, None) if before else uses.read_triggers(50)
    shown = [history.change(row) for row in rows[:limit]]
    return models.ChangesAnswer(
        generated_at=assemble.now(),
        changes=shown,
        next_before=shown[-1].id if len(rows) > limit else None,
        triggers=triggers,
        triggers_error=problem,
    )


@router.get("/live")
def live_pairs(uses: Uses) -> models.Live:
    """Return what is going on right now."""
    dag, _ = uses.read_dag()
    with uses.database.lend() as conn:
        return live.read(conn, dag)
