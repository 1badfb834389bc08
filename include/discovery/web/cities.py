"""Cities: the list, one city with the pairs that bring it events, and the edits of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, status
from pydantic import Field

from include.discovery.configuration import Key
from include.discovery.field_types import CountryCode, Latitude, Longitude, Slug, TimeZoneName
from include.discovery.model import City, Scope
from include.discovery.places.countries import country_name
from include.discovery.places.gazetteer import KnownCity, find_cities
from include.discovery.store import edits
from include.discovery.store.connection import Connection
from include.discovery.store.entities import countries
from include.discovery.store.queries.cities import (
    CityInUse,
    SourceOfCity,
    pairs_of_city,
    read_cities_in_use,
)
from include.discovery.store.queries.events import EventCounts, listings_in_city
from include.discovery.store.queries.pairs import read_pairs
from include.discovery.store.queries.sources import SourceInUse, read_sources_in_use
from include.discovery.web import removals
from include.discovery.web.answers import (
    Answer,
    Body,
    Problem,
    ShortText,
    ShownText,
    Version,
    Window,
    now,
)
from include.discovery.web.editing import (
    NOT_FOUND,
    REFUSALS,
    FieldsInvalidError,
    Saved,
    Switch,
    check_typed_secrets,
    note_saved,
    stored,
    switch,
)
from include.discovery.web.group_health import GroupHealth, health_by_group
from include.discovery.web.known_pairs import KnownPair
from include.discovery.web.metadata import Dag
from include.discovery.web.pair_rows import PairRow, PairTable, states_now
from include.discovery.web.parameters import CitySlug, Confirm, Days, SeenVersion
from include.discovery.web.removals import Removal, Removed
from include.discovery.web.security import Permissions, UserAuthor, UserPermissions
from include.discovery.web.services import Uses

router = APIRouter()

_MOST_NAMES = 50
"""Other names that a city may have."""


class Country(Answer):
    """A country that cities may belong to."""

    code: str
    name: str

    @classmethod
    def all_of(cls, names: Mapping[str, str]) -> list[Country]:
        """Return countries by their codes."""
        return [cls(code=code, name=name) for code, name in names.items()]


@dataclass(frozen=True, slots=True)
class Choice:
    """A source or a city to choose from."""

    slug: str
    name: str

    @classmethod
    def of(cls, found: SourceInUse) -> Choice:
        """Return a source to choose."""
        return cls(slug=found.source.slug, name=found.source.name)


class CityRow(Answer):
    """A configured city, for lists and choices."""

    slug: str
    name: ShownText
    country: str
    country_name: str
    timezone: str
    latitude: float
    longitude: float
    radius_km: float
    alternate_names: list[ShownText]
    enabled: bool
    version: int
    sources: tuple[SourceOfCity, ...]
    """Those that have a pair of their own here; sources of a wider scope are not among them."""
    health: GroupHealth | None
    """Of the pairs of these sources; None: there are none."""
    events_upcoming: int

    @classmethod
    def of(cls, found: CityInUse, health: GroupHealth | None, events: EventCounts) -> CityRow:
        """Return a city as the page lists it."""
        return cls(
            **found.city.model_dump(),
            country_name=found.country_name,
            version=found.version,
            sources=found.sources,
            health=health,
            events_upcoming=events.upcoming_by_city.get(found.city.slug, 0),
        )


class CitiesAnswer(Answer):
    """The list of cities."""

    generated_at: datetime
    permissions: Permissions
    cities: list[CityRow]
    countries: list[Country]
    city_sources: list[Choice]
    """All sources of scope city: what can be added to a city that does not have it."""


class CityDetail(Answer):
    """One city with its sources."""

    generated_at: datetime
    permissions: Permissions
    window: Window
    city: CityRow
    pairs: list[PairRow]
    """Its own pairs, then those of country and regional sources that cover it (city is None):
    their numbers are not this city's alone."""
    listings_here: dict[str, int]
    """Source → its upcoming listings in this city: what a wider source contributes here."""
    available_sources: list[str]
    """Slugs of sources of scope city that have no pair here yet."""
    dag: Dag | None
    dag_error: Problem | None
    statistics_error: Problem | None


class FoundCity(Answer):
    """A city of the world, with what a form needs to know of it."""

    name: str
    country: str
    country_name: str
    region: str
    """In the United States the state, as ``IL``; else empty."""
    timezone: str
    latitude: float
    longitude: float
    population: int
    alternate_names: list[str]
    """No more than a city may have."""

    @classmethod
    def of(cls, found: KnownCity) -> FoundCity:
        """Return a city as the form fills it in."""
        values = asdict(found)
        values["alternate_names"] = found.alternate_names[:_MOST_NAMES]
        return cls(**values, country_name=country_name(found.country) or found.country)


class FoundCities(Answer):
    """Cities that have a name, the likeliest first."""

    cities: list[FoundCity]


class CityBody(Body):
    """A city as the form sends it."""

    name: ShortText
    country: CountryCode
    country_name: ShortText | None = None
    """Needed for the first city of a country only."""
    timezone: TimeZoneName
    latitude: Latitude
    longitude: Longitude
    radius_km: Annotated[float, Field(gt=0, le=500)] = 30
    alternate_names: Annotated[tuple[ShortText, ...], Field(max_length=_MOST_NAMES)] = ()
    enabled: bool = True


class NewCity(CityBody):
    """A city to add."""

    slug: Slug


class ChangedCity(CityBody):
    """A city with changed values, and the version they were changed from."""

    version: Version


@router.get("/cities")
def all_cities(uses: Uses, permissions: UserPermissions) -> CitiesAnswer:
    """Return every city, those without a source included."""
    with uses.database.lend() as conn:
        cities = read_cities_in_use(conn)
        pairs = uses.pairs.read(conn)
        configured = read_sources_in_use(conn)
        events = uses.count_events()
        names = countries(conn)
    health = health_by_group((pair.city, state) for pair, state in states_now(uses, pairs))
    return CitiesAnswer(
        generated_at=now(),
        permissions=permissions,
        cities=[CityRow.of(city, health.get(city.city.slug), events) for city in cities],
        countries=Country.all_of(names),
        city_sources=[Choice.of(found) for found in configured if found.source.scope is Scope.CITY],
    )


@router.get("/known-cities")
def known_cities(name: Annotated[str, Query(min_length=2, max_length=100)]) -> FoundCities:
    """Return at most ten cities of the world by their name, or its beginning, in any language.

    From a list that comes with the package: nobody else is asked.
    """
    return FoundCities(cities=[FoundCity.of(found) for found in find_cities(name)])


@router.get("/city/{slug}", responses=NOT_FOUND)
def city(slug: CitySlug, uses: Uses, permissions: UserPermissions, days: Days = 30) -> CityDetail:
    """Return one city with the pairs that bring it events."""
    window = uses.window(days)
    with uses.database.lend() as conn:
        found = {row.city.slug: row for row in read_cities_in_use(conn)}.get(slug)
        if found is None:
            raise HTTPException(status.HTTP_404_NOT_FOUND, f"There is no city {slug!r}.")
        ids = pairs_of_city(conn, slug)
        pairs = [KnownPair.of(pair) for pair in read_pairs(conn, ids)]
        listings = listings_in_city(conn, slug, ids)
        events = uses.count_events()
        configured = read_sources_in_use(conn)
    table = PairTable.read(uses, pairs, events, window)
    health = health_by_group((pair.state.city, pair.verdict.state) for pair in table.pairs)
    taken = {pair.state.source for pair in pairs}
    return CityDetail(
        generated_at=table.at,
        permissions=permissions,
        window=window,
        city=CityRow.of(found, health.get(slug), events),
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


@router.post("/cities", responses=REFUSALS, status_code=201)
def add_city(body: NewCity, uses: Uses, user: UserAuthor) -> Saved:
    """Add a city."""
    city = City(**body.model_dump(exclude={"country_name"}))
    check_typed_secrets(city)
    with uses.database.lend() as conn:
        _check_country(conn, body)
        saved = edits.add(conn, city, changed_by=user, country_name=body.country_name)
    return note_saved(uses, saved, user)


@router.put("/cities/{slug}", responses=REFUSALS)
def change_city(slug: CitySlug, body: ChangedCity, uses: Uses, user: UserAuthor) -> Saved:
    """Change a city."""
    with uses.database.lend() as conn:
        stored(conn, Key("city", slug=slug))
        city = City(slug=slug, **body.model_dump(exclude={"country_name", "version"}))
        check_typed_secrets(city)
        _check_country(conn, body)
        saved = edits.change(
            conn, city, version=body.version, changed_by=user, country_name=body.country_name
        )
    return note_saved(uses, saved, user)


@router.put("/cities/{slug}/enabled", responses=REFUSALS)
def switch_city(slug: CitySlug, body: Switch, uses: Uses, user: UserAuthor) -> Saved:
    """Enable or disable discovery of a city."""
    return switch(uses, Key("city", slug=slug), body, user)


@router.get("/cities/{slug}/removal", responses=NOT_FOUND)
def removal_of_city(slug: CitySlug, uses: Uses) -> Removal:
    """Say what would go with a city."""
    return removals.preview(uses, Key("city", slug=slug))


@router.delete("/cities/{slug}", responses=REFUSALS)
def remove_city(
    slug: CitySlug, version: SeenVersion, uses: Uses, user: UserAuthor, confirm: Confirm = None
) -> Removed:
    """Remove a city with its pairs, their listings, and events that nobody else lists."""
    return removals.remove(uses, Key("city", slug=slug), version, confirm, user)


def _check_country(conn: Connection, body: CityBody) -> None:
    if body.country_name is None and body.country not in countries(conn):
        message = f"{body.country} is new here: give its name, such as Poland."
        raise FieldsInvalidError.of(message, "country_name")
