"""Sources: the list with the kinds there are, and the edits of a source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field, StringConstraints, ValidationError

from include.discovery.configuration import Key, PairConfiguration, with_role
from include.discovery.connectors import connector_for, kinds
from include.discovery.expectations import Monitoring
from include.discovery.field_types import ConnectionId, GivenSettings, Slug, Text, WebUrl
from include.discovery.model import Scope, Source, SourceRole
from include.discovery.store import edits
from include.discovery.store.entities import pairs_of
from include.discovery.store.queries.sources import SourceInUse, read_sources_in_use
from include.discovery.web import removals
from include.discovery.web.answers import (
    Answer,
    Body,
    FieldError,
    ShortText,
    Shown,
    ShownText,
    Version,
    now,
    web_address,
)
from include.discovery.web.editing import (
    NOT_FOUND,
    REFUSALS,
    FieldsInvalidError,
    Saved,
    Switch,
    check_connection_right,
    check_typed_secrets,
    field_errors,
    note,
    note_saved,
    schedule_warnings,
    stored_source,
    switch,
)
from include.discovery.web.group_health import GroupHealth, health_by_group
from include.discovery.web.keys import ConnectionNeed, KeyNeed, Reach
from include.discovery.web.kinds import KindRow, kind_rows
from include.discovery.web.metadata import ConnectionState
from include.discovery.web.pair_rows import states_now
from include.discovery.web.pairs import PairBody, check_pair
from include.discovery.web.parameters import Confirm, SeenVersion, SourceSlug
from include.discovery.web.removals import Removal, Removed
from include.discovery.web.security import Permissions, UserAuthor, UserConnections, UserPermissions
from include.discovery.web.services import Uses

router = APIRouter()


class SourceRow(Answer):
    """A configured source."""

    slug: str
    name: ShownText
    kind: str
    scope: Scope
    enabled: bool
    role: SourceRole
    trust: int
    max_running: int | None
    settings: Shown
    connection_id: str | None
    """The connection that the source names; None: the one named after its slug."""
    homepage: ShownText | None
    """Only if it is an http(s) address."""
    licence: ShownText | None
    attribution: ShownText | None
    version: int
    pairs: int
    active_pairs: int
    health: GroupHealth | None
    """Of its pairs; None: it has none."""
    connection: ConnectionNeed
    kind_known: bool
    """False when no connector of its kind is installed."""
    monitoring: Monitoring
    """Mute, seasons and assertions for all its pairs."""


class SourcesAnswer(Answer):
    """The sources page."""

    generated_at: datetime
    permissions: Permissions
    sources: list[SourceRow]
    connectors: list[KindRow]
    """Every kind there is, used or not."""


class SourceBody(Body):
    """A source as the form sends it."""

    name: ShortText
    kind: ShortText
    scope: Scope = Scope.CITY
    enabled: bool = True
    role: SourceRole | None = None
    """None: the usual one of its kind."""
    trust: Annotated[int, Field(ge=0, le=100)] = 50
    max_running: Annotated[int, Field(ge=1, le=1_000)] | None = None
    """How many of its pairs may be synced at the same time; None: as many as Airflow starts."""
    settings: GivenSettings = Field(default={})
    connection: ConnectionId | None = None
    """The Airflow connection that holds its key; None: the one named after its slug."""
    homepage: WebUrl | None = None
    licence: ShortText | None = None
    attribution: Annotated[Text, StringConstraints(max_length=500)] | None = None


class FirstPair(PairBody):
    """The pair that is added together with its source."""

    city: Slug | None = None


class NewSource(SourceBody):
    """A source to add, and its first pair with it: both or neither."""

    slug: Slug
    pair: FirstPair | None = None


class ChangedSource(SourceBody):
    """A source with changed values, and the version they were changed from."""

    version: Version


@router.get("/sources")
def all_sources(uses: Uses, permissions: UserPermissions) -> SourcesAnswer:
    """Return configured sources and the kinds there are."""
    with uses.database.lend() as conn:
        configured = read_sources_in_use(conn)
        pairs = uses.pairs.read(conn)
    health = health_by_group((pair.source, state) for pair, state in states_now(uses, pairs))
    connections = uses.connections_of(key_need(found.source) for found in configured)
    return SourcesAnswer(
        generated_at=now(),
        permissions=permissions,
        sources=[
            source_row(found, health.get(found.source.slug), connections) for found in configured
        ],
        connectors=kind_rows(configured),
    )


def key_need(source: Source) -> KeyNeed:
    """Say which key a source sends, as far as its own settings tell."""
    return KeyNeed.of(source.connection_id, source.kind, source.settings)


def source_row(
    found: SourceInUse, health: GroupHealth | None, connections: Mapping[str, ConnectionState]
) -> SourceRow:
    """Return a source as the page lists it."""
    source = found.source
    return SourceRow(
        **source.model_dump(exclude={"homepage", "connection"}),
        connection_id=source.connection,
        homepage=web_address(source.homepage),
        version=found.version,
        pairs=found.pairs,
        active_pairs=found.active_pairs,
        health=health,
        connection=key_need(source).answer(connections),
        kind_known=source.kind in kinds(),
    )


@router.post("/sources", responses=REFUSALS, status_code=201)
def add_source(body: NewSource, uses: Uses, user: UserAuthor, rights: UserConnections) -> Saved:
    """Add a source, and its first pair if one is given."""
    source = _source(body.model_dump(exclude={"pair"}))
    pair = None
    if body.pair is not None:
        pair = PairConfiguration(source=source.slug, **body.pair.model_dump())
    pair_saved = None
    with uses.database.lend() as conn, conn.transaction():
        _check_source(source, ())
        check_connection_right(uses, rights, None, Reach.of(source, [pair] if pair else []), source)
        saved = edits.add(conn, source, changed_by=user)
        if pair is not None:
            with _as_first_pair():
                check_pair(conn, pair)
            pair_saved = edits.add(conn, pair, changed_by=user)
    if pair_saved is not None:
        note(uses, pair_saved.change, user)
    warnings = schedule_warnings(uses, pair) if pair else []
    return note_saved(uses, saved, user, warnings)


@router.put("/sources/{slug}", responses=REFUSALS)
def change_source(
    slug: SourceSlug,
    body: ChangedSource,
    uses: Uses,
    user: UserAuthor,
    rights: UserConnections,
) -> Saved:
    """Change a source; its pairs have to work with the new settings."""
    with uses.database.lend() as conn:
        before = stored_source(conn, slug)
        source = _source({"slug": slug, **body.model_dump(exclude={"version"})})
        pairs = pairs_of(conn, Key("source", slug=slug))
        _check_source(source, pairs)
        check_connection_right(
            uses, rights, Reach.of(before, pairs), Reach.of(source, pairs), source
        )
        saved = edits.change(conn, source, version=body.version, changed_by=user)
    return note_saved(uses, saved, user)


@router.put("/sources/{slug}/enabled", responses=REFUSALS)
def switch_source(slug: SourceSlug, body: Switch, uses: Uses, user: UserAuthor) -> Saved:
    """Enable or disable a source with all its pairs."""
    return switch(uses, Key("source", slug=slug), body, user)


@router.get("/sources/{slug}/removal", responses=NOT_FOUND)
def removal_of_source(slug: SourceSlug, uses: Uses) -> Removal:
    """Say what would go with a source."""
    return removals.preview(uses, Key("source", slug=slug))


@router.delete("/sources/{slug}", responses=REFUSALS)
def remove_source(
    slug: SourceSlug, version: SeenVersion, uses: Uses, user: UserAuthor, confirm: Confirm = None
) -> Removed:
    """Remove a source with its pairs, its listings, and events that nobody else lists."""
    return removals.remove(uses, Key("source", slug=slug), version, confirm, user)


def _source(values: dict[str, Any]) -> Source:
    try:
        return Source(**with_role(values))
    except ValidationError as error:  # of the whole: the slug's connection is the system's own
        raise FieldsInvalidError(
            [
                FieldError(
                    path=list(fault["loc"] or ["slug"]),
                    message=fault["msg"].removeprefix("Value error, "),
                )
                for fault in error.errors(include_url=False)
            ]
        ) from None


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
                e
                if e.path[:1] == ["settings"]
                else FieldError(path=["pair", *e.path], message=e.message)
                for e in error.errors
            ]
        ) from None


def _check_source(source: Source, pairs: Sequence[PairConfiguration]) -> None:
    """Check a source: its own settings, its scope, and that its pairs still work with it.

    What it does not set may be left to its pairs, so nothing is missing here.

    :raises FieldsInvalidError: naming every fault.
    """
    check_typed_secrets(source, source.kind)
    if source.kind not in kinds():
        known = ", ".join(kinds())
        raise FieldsInvalidError.of(f"There is no such kind; there are: {known}", "kind")
    connector = connector_for(source.kind)
    faults = [
        fault
        for fault in connector.settings_faults(source.settings)
        if not fault.is_missing and (not fault.path or fault.path[0] in source.settings)
    ]
    errors = field_errors(faults, "settings")
    misfits = [pair for pair in pairs if (pair.city is None) == (source.scope is Scope.CITY)]
    if misfits:
        message = f"It has {len(misfits)} pair(s) of another scope; delete these first."
        errors.append(FieldError(path=["scope"], message=message))
    if not errors:
        broken = [
            replace(fault, message=f"Pair {pair.label} would fail: {fault.message}")
            for pair in pairs
            for fault in connector.settings_faults({**source.settings, **pair.settings})
        ]
        errors = field_errors(broken, "settings")
    if errors:
        raise FieldsInvalidError(errors)
