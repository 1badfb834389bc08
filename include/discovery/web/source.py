"""One source in depth: its pairs, runs and failures, what its events say, and its kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from fastapi import APIRouter, HTTPException, status

from include.discovery.configuration import Key
from include.discovery.connectors import kinds
from include.discovery.store.proposals import read_proposals
from include.discovery.store.queries import history
from include.discovery.store.queries.fill_rates import FillRates, fill_rates, warnings_told
from include.discovery.store.queries.pairs import read_pairs
from include.discovery.store.queries.sources import pairs_of_source, read_sources_in_use
from include.discovery.web.alerts import ProposedAssertion
from include.discovery.web.answers import Answer, Problem, Window, now
from include.discovery.web.attempts import Attempt
from include.discovery.web.editing import NOT_FOUND
from include.discovery.web.errors import ErrorGroup
from include.discovery.web.group_health import health_by_group
from include.discovery.web.kinds import DataSheetSection, kind_detail
from include.discovery.web.known_pairs import KnownPair
from include.discovery.web.metadata import Dag
from include.discovery.web.pair_rows import PairRow, PairTable
from include.discovery.web.parameters import Days, SourceSlug
from include.discovery.web.security import Permissions, UserPermissions
from include.discovery.web.services import Uses
from include.discovery.web.sources import SourceRow, key_need, source_row

router = APIRouter()

ATTEMPTS = 50


class Filled(Answer):
    """How many events say something."""

    field: str
    """As ``venue``."""
    count: int
    share: float
    """Of all upcoming events, from 0 to 1."""


class Warned(Answer):
    """How many events have a warning of one kind."""

    warning: str
    """Its fixed words, as ``year not given; taken as …``."""
    count: int


class FilledFields(Answer):
    """What the upcoming events of a source say."""

    events: int
    """How many there are, of all cities."""
    fields: list[Filled]
    """Empty without an event."""
    warnings: list[Warned]
    """What was assumed, repaired or left out, the commonest first."""

    @classmethod
    def of(cls, rates: FillRates, warnings: Mapping[str, int]) -> FilledFields:
        """Return shares as the page shows them."""
        fields = [
            Filled(field=field, count=count, share=count / rates.events)
            for field, count in rates.filled.items()
            if rates.events > 0
        ]
        warned = [Warned(warning=warning, count=count) for warning, count in warnings.items()]
        return cls(events=rates.events, fields=fields, warnings=warned)


class SourceDetail(Answer):
    """One source in depth."""

    generated_at: datetime
    permissions: Permissions
    window: Window
    source: SourceRow
    pairs: list[PairRow]
    filled: FilledFields
    proposals: list[ProposedAssertion]
    """Assertions that the latest runs of its pairs propose for all of them."""
    attempts: list[Attempt]
    """The newest 50 of all its pairs."""
    errors: list[ErrorGroup]
    """Of the window."""
    summary: str | None
    """First line of the data sheet of its kind; None: that kind is not installed."""
    data_sheet: list[DataSheetSection]
    dag: Dag | None
    dag_error: Problem | None
    statistics_error: Problem | None


@router.get("/source/{slug}", responses=NOT_FOUND)
def source(
    slug: SourceSlug, uses: Uses, permissions: UserPermissions, days: Days = 30
) -> SourceDetail:
    """Return one source in depth."""
    window = uses.window(days)
    since = now() - timedelta(days=window.days)
    with uses.database.lend() as conn:
        found = {row.source.slug: row for row in read_sources_in_use(conn)}.get(slug)
        if found is None:
            raise HTTPException(status.HTTP_404_NOT_FOUND, f"There is no source {slug!r}.")
        ids = pairs_of_source(conn, slug)
        pairs = [KnownPair.of(pair) for pair in read_pairs(conn, ids)]
        attempts = history.attempts(conn, ids, ATTEMPTS)
        groups = history.error_groups(conn, since, ids)
        filled = FilledFields.of(fill_rates(conn, ids), warnings_told(conn, ids))
        proposed = read_proposals(conn, Key("source", slug=slug))
        events = uses.count_events()
    table = PairTable.read(uses, pairs, events, window)
    health = health_by_group((pair.state.source, pair.verdict.state) for pair in table.pairs)
    kind = kind_detail(found.source.kind) if found.source.kind in kinds() else None
    return SourceDetail(
        generated_at=table.at,
        permissions=permissions,
        window=window,
        source=source_row(found, health.get(slug), uses.connections_of([key_need(found.source)])),
        pairs=table.rows,
        filled=filled,
        proposals=[ProposedAssertion.of(each) for each in proposed],
        attempts=[Attempt.of(row) for row in attempts],
        errors=[ErrorGroup.of(group, since) for group in groups],
        summary=kind.summary if kind else None,
        data_sheet=kind.data_sheet if kind else [],
        dag=table.dag,
        dag_error=table.dag_error,
        statistics_error=table.statistics_error,
    )
