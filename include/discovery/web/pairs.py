"""Pairs: one in depth, with its trend, attempts, failures and rejects, and the edits of one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, status
from pydantic import Field

from include.discovery.configuration import Key, PairConfiguration
from include.discovery.connectors import connector_for, kinds
from include.discovery.expectations import Monitoring
from include.discovery.field_types import GivenSettings, Slug
from include.discovery.model import Scope, Source
from include.discovery.redaction.typed_secrets import typed_secrets
from include.discovery.store import edits
from include.discovery.store.connection import Connection
from include.discovery.store.entities import read_city, read_source
from include.discovery.store.kept_answers import kept_answers
from include.discovery.store.proposals import read_proposals
from include.discovery.store.queries import history
from include.discovery.store.queries.pairs import find_pair, read_pairs
from include.discovery.web import removals
from include.discovery.web.alerts import ProposedAssertion
from include.discovery.web.answers import (
    Answer,
    Body,
    Problem,
    Shown,
    Version,
    Window,
    now,
    web_address,
)
from include.discovery.web.attempts import Attempt
from include.discovery.web.editing import (
    NOT_FOUND,
    REFUSALS,
    FieldsInvalidError,
    Saved,
    Switch,
    check_connection_right,
    check_typed_secrets,
    field_errors,
    note_saved,
    schedule_warnings,
    stored,
    stored_source,
    switch,
)
from include.discovery.web.errors import SAMPLES, ErrorGroup, RejectSample
from include.discovery.web.keys import Reach
from include.discovery.web.known_pairs import KnownPair
from include.discovery.web.metadata import Dag
from include.discovery.web.pair_rows import PairRow, PairTable
from include.discovery.web.parameters import CityQuery, Confirm, Days, SeenVersion, SourceQuery
from include.discovery.web.removals import Removal, Removed
from include.discovery.web.security import Permissions, UserAuthor, UserConnections, UserPermissions
from include.discovery.web.services import Uses

router = APIRouter()

TREND_DAYS = 30
ATTEMPTS = 50
LISTINGS = 20

Row = Mapping[str, Any]


class TrendDay(Answer):
    """One day of a pair's trend (UTC)."""

    day: date
    attempts: int
    succeeded: int
    """Ended without an error, partial ones included."""
    partial: int
    """Succeeded, but the listing was not complete."""
    failed: int
    fetched: int
    inserted: int
    updated: int
    rejected: int


class RejectGroup(Answer):
    """Rejected items by reason, over the days of the trend."""

    reason: str
    count: int
    samples: list[RejectSample]


class EventRow(Answer):
    """One listing of a pair."""

    event_id: int | None
    """The event that it is a listing of."""
    title: str
    url: str | None
    """Only if it is an http(s) address: anything else is left out."""
    starts_at: datetime | None
    local_date: date | None
    time_known: bool
    timezone: str
    status: str
    venue: str | None
    first_seen_at: datetime
    withdrawn_at: datetime | None


class PairDetail(Answer):
    """One pair in depth."""

    generated_at: datetime
    permissions: Permissions
    window: Window
    pair: PairRow
    effective_settings: Shown
    """The source's settings with the pair's own on top."""
    effective_monitoring: Monitoring
    """The source's mute, seasons and assertions with the pair's own on top."""
    proposals: list[ProposedAssertion]
    """Assertions that its latest runs propose."""
    trend: list[TrendDay]
    """One entry a day, oldest first, days without a run included; 30 days."""
    attempts: list[Attempt]
    """The newest 50."""
    errors: list[ErrorGroup]
    rejects: list[RejectGroup]
    events: list[EventRow]
    """The 20 seen first most recently."""
    dag: Dag | None
    dag_error: Problem | None
    statistics_error: Problem | None


class PairBody(Body):
    """A pair's own part, as the form sends it."""

    enabled: bool = True
    frequency_hours: Annotated[int, Field(ge=1, le=24 * 31)] = 24
    max_frequency_hours: Annotated[int, Field(ge=1, le=24 * 7)] | None = None
    priority: Annotated[int, Field(ge=0, le=100)] = 50
    settings: GivenSettings = Field(default={})


class NewPair(PairBody):
    """A pair to add; ``city`` is left out for a source of a wider scope."""

    city: Slug | None = None
    source: Slug


class ChangedPair(PairBody):
    """A pair with changed values, and the version they were changed from."""

    version: Version


@router.get("/pair", responses=NOT_FOUND)
def pair(
    uses: Uses,
    permissions: UserPermissions,
    source: SourceQuery,
    city: CityQuery = None,
    days: Days = 30,
) -> PairDetail:
    """Return one pair in depth."""
    window = uses.window(days)
    with uses.database.lend() as conn:
        pair_id = find_pair(conn, city, source)
        if pair_id is None:
            where = f"in {city}" if city else "without a city"
            raise HTTPException(
                status.HTTP_404_NOT_FOUND, f"There is no pair of source {source} {where}."
            )
        (state,) = read_pairs(conn, [pair_id])
        events = uses.count_events()
        since = now() - timedelta(days=TREND_DAYS)
        trend = _trend(history.trend(conn, pair_id, since), since)
        attempts = [Attempt.of(row) for row in history.attempts(conn, [pair_id], ATTEMPTS)]
        kept = kept_answers(conn, uses.settings.keep_answers, pair_id)
        groups = history.error_groups(conn, since, [pair_id])
        errors = [ErrorGroup.of(row, since, kept) for row in groups]
        rejects = _rejects(history.rejects(conn, pair_id, since))
        listings = [_event(row) for row in history.newest_listings(conn, pair_id, LISTINGS)]
        proposed = read_proposals(conn, Key("pair", city=city, source=source))
    table = PairTable.read(uses, [KnownPair.of(state)], events, window)
    return PairDetail(
        generated_at=table.at,
        permissions=permissions,
        window=window,
        pair=table.rows[0],
        effective_settings={**state.source_settings, **state.settings},
        effective_monitoring=state.monitoring,
        proposals=[ProposedAssertion.of(each) for each in proposed],
        trend=trend,
        attempts=attempts,
        errors=errors,
        rejects=rejects,
        events=listings,
        dag=table.dag,
        dag_error=table.dag_error,
        statistics_error=table.statistics_error,
    )


_NO_RUNS = dict.fromkeys(
    ("attempts", "succeeded", "partial", "failed", "fetched", "inserted", "updated", "rejected"), 0
)


def _trend(rows: Sequence[Row], since: datetime) -> list[TrendDay]:
    by_day = {row["day"]: row for row in rows}
    first, today = since.date(), now().date()
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    return [
        TrendDay.model_validate({**_NO_RUNS, **by_day.get(day, {}), "day": day})
        for day in days[-TREND_DAYS:]
    ]


def _rejects(rows: Sequence[Row]) -> list[RejectGroup]:
    counts: dict[str, int] = defaultdict(int)
    samples: dict[str, list[RejectSample]] = defaultdict(list)
    for row in rows:
        for reason, count in row["rejected"].items():
            counts[reason] += int(count)
        for sample in row["reject_samples"]:
            found = samples[sample["reason"]]
            entry = RejectSample.of(sample)
            if len(found) < SAMPLES and entry not in found:
                found.append(entry)
    groups = [
        RejectGroup(reason=reason, count=count, samples=samples[reason])
        for reason, count in counts.items()
    ]
    return sorted(groups, key=lambda group: group.count, reverse=True)


def _event(row: Row) -> EventRow:
    return EventRow.model_validate({**row, "url": web_address(row["url"])})


@router.post("/pairs", responses=REFUSALS, status_code=201)
def add_pair(body: NewPair, uses: Uses, user: UserAuthor, rights: UserConnections) -> Saved:
    """Add a pair."""
    pair = PairConfiguration(**body.model_dump())
    with uses.database.lend() as conn:
        check_pair(conn, pair)
        source = stored_source(conn, pair.source)
        check_connection_right(uses, rights, Reach.of(source), Reach.of(source, [pair]), source)
        saved = edits.add(conn, pair, changed_by=user)
    return note_saved(uses, saved, user, schedule_warnings(uses, pair))


@router.put("/pairs", responses=REFUSALS)
def change_pair(
    body: ChangedPair,
    uses: Uses,
    user: UserAuthor,
    rights: UserConnections,
    source: SourceQuery,
    city: CityQuery = None,
) -> Saved:
    """Change a pair's switch, schedule, priority and settings."""
    with uses.database.lend() as conn:
        before = stored(conn, Key("pair", city=city, source=source))
        values = body.model_dump(exclude={"version"})
        pair = PairConfiguration(city=city, source=source, **values)
        check_pair(conn, pair)
        of = stored_source(conn, source)
        was = Reach.of(of, [before] if isinstance(before, PairConfiguration) else [])
        check_connection_right(uses, rights, was, Reach.of(of, [pair]), of)
        saved = edits.change(conn, pair, version=body.version, changed_by=user)
    return note_saved(uses, saved, user, schedule_warnings(uses, pair))


@router.put("/pairs/enabled", responses=REFUSALS)
def switch_pair(
    body: Switch,
    uses: Uses,
    user: UserAuthor,
    source: SourceQuery,
    city: CityQuery = None,
) -> Saved:
    """Enable or disable a pair."""
    return switch(uses, Key("pair", city=city, source=source), body, user)


@router.get("/pairs/removal", responses=NOT_FOUND)
def removal_of_pair(uses: Uses, source: SourceQuery, city: CityQuery = None) -> Removal:
    """Say what would go with a pair."""
    return removals.preview(uses, Key("pair", city=city, source=source))


@router.delete("/pairs", responses=REFUSALS)
def remove_pair(
    version: SeenVersion,
    uses: Uses,
    user: UserAuthor,
    source: SourceQuery,
    city: CityQuery = None,
    confirm: Confirm = None,
) -> Removed:
    """Remove a pair with its listings, and events that nobody else lists."""
    return removals.remove(uses, Key("pair", city=city, source=source), version, confirm, user)


def check_pair(conn: Connection, pair: PairConfiguration) -> None:
    """Check a pair against its source: the scope, and the settings of both together.

    :raises FieldsInvalidError: naming every fault.
    """
    _check_with_source(read_source(conn, pair.source), pair)
    if pair.city and read_city(conn, pair.city) is None:
        raise FieldsInvalidError.of(f"There is no city {pair.city}.", "city")


def _check_with_source(source: Source | None, pair: PairConfiguration) -> None:
    check_typed_secrets(pair, source.kind if source else None)
    if source is None:
        raise FieldsInvalidError.of(f"There is no source {pair.source}.", "source")
    if source.scope is Scope.CITY and pair.city is None:
        raise FieldsInvalidError.of(f"{source.slug} needs a city.", "city")
    if source.scope is not Scope.CITY and pair.city is not None:
        message = f"{source.slug} has scope {source.scope}: one pair without a city covers it."
        raise FieldsInvalidError.of(message, "city")
    if source.kind not in kinds():
        message = f"Its kind, {source.kind}, is not installed."
        raise FieldsInvalidError.of(message, "source")
    _check_inherited_secrets(source, pair)
    connector = connector_for(source.kind)
    faults = connector.settings_faults({**source.settings, **pair.settings})
    if faults:
        raise FieldsInvalidError(field_errors(faults, "settings"))


def _check_inherited_secrets(source: Source, pair: PairConfiguration) -> None:
    """Refuse settings of a pair while its source holds secrets that earlier releases stored.

    Unlike the key of a connection they are bound to no host: a pair with an address of its own
    would have them sent there.
    """
    inherited = [
        secret for secret in typed_secrets(source.settings) if secret.path[0] not in pair.settings
    ]
    if pair.settings and inherited:
        message = (
            f"{inherited[0].what} in the settings of {source.slug} looks like a secret, and would"
            " be used with these settings, too: first move it from the source into its Airflow"
            " connection (docs/keys.md)"
        )
        raise FieldsInvalidError.of(message, "settings")
