"""The routes that change the configuration; ``api`` lists them all.

Each change is checked, made and noted in the audit log in one go, under the user's name, and noted
in Airflow's own audit log, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from pydantic import ValidationError

from include.discovery.configuration import Entity, Key, PairConfiguration
from include.discovery.model import City, Source
from include.discovery.store import edits
from include.discovery.store.configuration import Change, shown
from include.discovery.store.connection import Connection
from include.discovery.web import models, removals
from include.discovery.web.checks import (
    FieldsInvalidError,
    check_pair,
    check_source,
    check_typed_secrets,
    field_error,
)
from include.discovery.web.keys import Reach, takes_connection_right
from include.discovery.web.parameters import (
    CityQuery,
    CitySlug,
    Confirm,
    SourceQuery,
    SourceSlug,
    Version,
)
from include.discovery.web.removals import not_found
from include.discovery.web.security import ConnectionRights, UserConnections, UserName
from include.discovery.web.services import Services, Uses

_REFUSALS: dict[int | str, dict[str, Any]] = {
    404: {"model": models.Message},
    409: {"model": models.Conflict},
}

router = APIRouter(responses=_REFUSALS)


@router.post("/cities", status_code=201)
def add_city(body: models.NewCity, uses: Uses, user: UserName) -> models.Saved:
    """Add a city."""
    city = City(**body.model_dump(exclude={"country_name"}))
    check_typed_secrets(city)
    with uses.database.lend() as conn:
        _check_country(conn, body)
        saved = edits.add(conn, city, changed_by=user, country_name=body.country_name)
    return _saved(uses, saved, user)


@router.put("/cities/{slug}")
def change_city(
    slug: CitySlug, body: models.ChangedCity, uses: Uses, user: UserName
) -> models.Saved:
    """Change a city."""
    with uses.database.lend() as conn:
        _found(conn, Key("city", slug=slug))
        city = City(slug=slug, **body.model_dump(exclude={"country_name", "version"}))
        check_typed_secrets(city)
        _check_country(conn, body)
        saved = edits.change(
            conn, city, version=body.version, changed_by=user, country_name=body.country_name
        )
    return _saved(uses, saved, user)


@router.put("/cities/{slug}/enabled")
def switch_city(slug: CitySlug, body: models.Switch, uses: Uses, user: UserName) -> models.Saved:
    """Enable or disable discovery of a city."""
    return _switch(uses, Key("city", slug=slug), body, user)


@router.delete("/cities/{slug}")
def remove_city(
    slug: CitySlug, version: Version, uses: Uses, user: UserName, confirm: Confirm = None
) -> models.Removed:
    """Remove a city with its pairs, their listings, and events that nobody else lists."""
    return _remove(uses, Key("city", slug=slug), version, confirm, user)


@router.post("/sources", status_code=201)
def add_source(
    body: models.NewSource, uses: Uses, user: UserName, rights: UserConnections
) -> models.Saved:
    """Add a source, and its first pair if one is given."""
    source = _source(body.model_dump(exclude={"pair"}))
    pair = None
    if body.pair is not None:
        pair = PairConfiguration(source=source.slug, **body.pair.model_dump())
    pair_saved = None
    with uses.database.lend() as conn, conn.transaction():
        check_source(source, ())
        _check_rights(uses, rights, None, Reach.of(source, [pair] if pair else []), source)
        saved = edits.add(conn, source, changed_by=user)
        if pair is not None:
            with _as_first_pair():
                _check_pair(conn, pair)
            pair_saved = edits.add(conn, pair, changed_by=user)
    if pair_saved is not None:
        _audit(uses, pair_saved.change, user)
    return _saved(uses, saved, user)


@router.put("/sources/{slug}")
def change_source(
    slug: SourceSlug,
    body: models.ChangedSource,
    uses: Uses,
    user: UserName,
    rights: UserConnections,
) -> models.Saved:
    """Change a source; its pairs have to work with the new settings."""
    with uses.database.lend() as conn:
        before = _stored_source(conn, slug)
        source = _source({"slug": slug, **body.model_dump(exclude={"version"})})
        pairs = edits.pairs_of(conn, Key("source", slug=slug))
        check_source(source, pairs)
        _check_rights(uses, rights, Reach.of(before, pairs), Reach.of(source, pairs), source)
        saved = edits.change(conn, source, version=body.version, changed_by=user)
    return _saved(uses, saved, user)


@router.put("/sources/{slug}/enabled")
def switch_source(
    slug: SourceSlug, body: models.Switch, uses: Uses, user: UserName
) -> models.Saved:
    """Enable or disable a source with all its pairs."""
    return _switch(uses, Key("source", slug=slug), body, user)


@router.delete("/sources/{slug}")
def remove_source(
    slug: SourceSlug, version: Version, uses: Uses, user: UserName, confirm: Confirm = None
) -> models.Removed:
    """Remove a source with its pairs, its listings, and events that nobody else lists."""
    return _remove(uses, Key("source", slug=slug), version, confirm, user)


@router.post("/pairs", status_code=201)
def add_pair(
    body: models.NewPair, uses: Uses, user: UserName, rights: UserConnections
) -> models.Saved:
    """Add a pair."""
    pair = PairConfiguration(**body.model_dump())
    with uses.database.lend() as conn:
        _check_pair(conn, pair)
        source = _stored_source(conn, pair.source)
        _check_rights(uses, rights, Reach.of(source), Reach.of(source, [pair]), source)
        saved = edits.add(conn, pair, changed_by=user)
    return _saved(uses, saved, user)


@router.put("/pairs")
def change_pair(
    body: models.ChangedPair,
    uses: Uses,
    user: UserName,
    rights: UserConnections,
    source: SourceQuery,
    city: CityQuery = None,
) -> models.Saved:
    """Change a pair's switch, schedule, priority and settings."""
    with uses.database.lend() as conn:
        before = _found(conn, Key("pair", city=city, source=source))
        values = body.model_dump(exclude={"version"})
        pair = PairConfiguration(city=city, source=source, **values)
        _check_pair(conn, pair)
        of = _stored_source(conn, source)
        was = Reach.of(of, [before] if isinstance(before, PairConfiguration) else [])
        _check_rights(uses, rights, was, Reach.of(of, [pair]), of)
        saved = edits.change(conn, pair, version=body.version, changed_by=user)
    return _saved(uses, saved, user)


@router.put("/pairs/enabled")
def switch_pair(
    body: models.Switch,
    uses: Uses,
    user: UserName,
    source: SourceQuery,
    city: CityQuery = None,
) -> models.Saved:
    """Enable or disable a pair."""
    return _switch(uses, Key("pair", city=city, source=source), body, user)


@router.delete("/pairs")
def remove_pair(
    version: Version,
    uses: Uses,
    user: UserName,
    source: SourceQuery,
    city: CityQuery = None,
    confirm: Confirm = None,
) -> models.Removed:
    """Remove a pair with its listings, and events that nobody else lists."""
    return _remove(uses, Key("pair", city=city, source=source), version, confirm, user)


def _switch(uses: Services, key: Key, body: models.Switch, user: str) -> models.Saved:
    with uses.database.lend() as conn:
        _found(conn, key)
        saved = edits.switch(conn, key, enabled=body.enabled, version=body.version, changed_by=user)
    return _saved(uses, saved, user)


def _remove(
    uses: Services, key: Key, version: int, confirm: str | None, user: str
) -> models.Removed:
    with uses.database.lend() as conn:
        preview = edits.preview_removal(conn, key)
        if preview is None:
            raise not_found(key)
        asked = removals.as_model(key, preview)
        if not asked.is_confirmed_by(confirm):
            raise FieldsInvalidError([field_error(removals.demand(asked), "confirm")])
        done = edits.remove(conn, key, version=version, changed_by=user)
    for change in done:
        _audit(uses, change, user)
    uses.events.forget()
    return removals.outcome(done)


def _found(conn: Connection, key: Key) -> Entity:
    found = edits.read_entity(conn, key)
    if found is None:
        raise not_found(key)
    return found.entity


def _stored_source(conn: Connection, slug: str) -> Source:
    found = _found(conn, Key("source", slug=slug))
    if not isinstance(found, Source):
        raise TypeError("what was read by the key of a source is none")
    return found


def _source(values: dict[str, Any]) -> Source:
    try:
        return Source(**values)
    except ValidationError as error:  # of the whole: the slug's connection is the system's own
        raise FieldsInvalidError(
            [
                field_error(fault["msg"].removeprefix("Value error, "), *(fault["loc"] or ["slug"]))
                for fault in error.errors(include_url=False)
            ]
        ) from None


def _check_rights(
    uses: Services,
    rights: ConnectionRights,
    before: Reach | None,
    after: Reach,
    source: Source,
) -> None:
    what = takes_connection_right(
        before,
        after,
        is_named=source.connection is not None,
        exists=uses.may_have_connection,
    )
    if what:
        rights.require(after.connection_id, what)


def _check_country(conn: Connection, body: models.CityBody) -> None:
    if body.country_name is None and body.country not in edits.countries(conn):
        message = f"{body.country} is new here: say its name, as Poland."
        raise FieldsInvalidError([field_error(message, "country_name")])


def _check_pair(conn: Connection, pair: PairConfiguration) -> None:
    found = edits.read_entity(conn, Key("source", slug=pair.source))
    source = found.entity if found else None
    check_pair(source if isinstance(source, Source) else None, pair)
    if pair.city and edits.read_entity(conn, Key("city", slug=pair.city)) is None:
        raise FieldsInvalidError([field_error(f"There is no city {pair.city}.", "city")])


@contextmanager
def _as_first_pair() -> Iterator[None]:
    """Name the fields of a pair as they stand in the body of its source.

    A pair without settings of its own has those of the source: there they are wrong.
    """
    try:
        yield
    except FieldsInvalidError as error:
        raise FieldsInvalidError(
            [
                field_error(e.message, *e.path)
                if e.path[:1] == ["settings"]
                else field_error(e.message, "pair", *e.path)
                for e in error.errors
            ]
        ) from None


def _saved(uses: Services, saved: edits.Saved, user: str) -> models.Saved:
    if saved.stored is None:
        raise RuntimeError("what was saved is not there")
    _audit(uses, saved.change, user)
    return models.Saved(
        entity=saved.stored.entity.model_dump(mode="json"),
        version=saved.stored.version,
        changed=saved.change is not None,
    )


def _audit(uses: Services, change: Change | None, user: str) -> None:
    if change is not None:
        removed = {} if change.removed is None else {"removed": asdict(change.removed)}
        uses.metadata.audit(
            f"discovery.{change.entity_type}.{change.action}",
            user,
            {
                "entity": change.entity,
                "before": shown(change.before),
                "after": shown(change.after),
                **removed,
            },
        )
