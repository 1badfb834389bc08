"""What was told of pairs and what is muted; what is expected of them, read and set."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal

from fastapi import APIRouter, HTTPException, status

from include.discovery.configuration import Key, PairConfiguration
from include.discovery.expectations import Assertion, Measure, Monitoring
from include.discovery.field_types import Slug
from include.discovery.health.alerts import Condition, Standing, runbook_section
from include.discovery.health.verdict import failures_in_a_row
from include.discovery.links import log_path, run_path
from include.discovery.model import Source, pair_label
from include.discovery.monitoring.pair_health import standing_of
from include.discovery.store import edits, proposals
from include.discovery.store.alerts import (
    count_open_alerts,
    latest_messages,
    open_alerts_of_pairs,
)
from include.discovery.store.audit import Author
from include.discovery.store.queries import pairs as queries
from include.discovery.store.queries.pairs import PairState
from include.discovery.web.answers import Answer, Body, ShownText, Version, now, runbook_of
from include.discovery.web.editing import REFUSALS, Saved, not_found, note_saved, stored
from include.discovery.web.parameters import CityQuery, SourceQuery, SourceSlug
from include.discovery.web.security import Permissions, UserAuthor, UserPermissions
from include.discovery.web.services import Services, Uses

router = APIRouter()

_MESSAGES = 50
_MOST = 200
"""Of each list; the rest is counted."""


class OpenAlert(Answer):
    """What was told of a pair, and is not over."""

    label: str
    city: str | None
    source: str
    condition: Literal["failing", "stale", "empty", "doubtful", "approval"]
    reason: str
    """Why, in words, when it was told."""
    opened_at: datetime
    run_id: str
    run_path: str
    failures: int
    """How many of its latest runs have failed, one after the other; of 14 at most."""
    category: str | None
    """Of the failure of its latest run."""
    log_path: str | None
    """Airflow's own page of that run's last try; None for a sync from the command line."""
    runbook: str
    """What to do: an address, or a path below Airflow's own."""
    monitoring: Monitoring
    """The pair's own, to be sent back with a mute."""
    version: int

    @classmethod
    def of(cls, told: Mapping[str, Any], pair: Standing, state: PairState) -> OpenAlert:
        """Return what was told of a pair, and how the pair is doing now."""
        condition = Condition(told["condition"])
        return cls(
            label=pair.label,
            city=pair.city,
            source=pair.source,
            condition=condition.value,
            reason=told["reason"],
            opened_at=told["opened_at"],
            run_id=told["dag_run_id"],
            run_path=run_path(told["dag_run_id"]),
            failures=failures_in_a_row(pair.outcomes),
            category=pair.category,
            log_path=log_path(*pair.log) if pair.log else None,
            runbook=runbook_of(runbook_section(condition, pair.category)),
            monitoring=state.own_monitoring,
            version=state.version,
        )


class MutedPair(Answer):
    """A pair of which nothing is told now."""

    label: str
    city: str | None
    source: str
    issue: ShownText
    until: date
    """The last day (UTC)."""
    reason: ShownText | None
    is_of_pair: bool
    """It is the pair's own mute; else it holds for all pairs of the source."""
    monitoring: Monitoring
    """Of whichever has the mute, pair or source; to be sent back without it. So is the version."""
    version: int

    @classmethod
    def of(cls, muted: queries.MutedPair) -> MutedPair:
        """Return a mute as the page shows it."""
        return cls(
            label=pair_label(muted.city, muted.source),
            city=muted.city,
            source=muted.source,
            **muted.mute.model_dump(),
            is_of_pair=muted.is_of_pair,
            monitoring=muted.monitoring,
            version=muted.version,
        )


class SentMessage(Answer):
    """A message of the outbox, without its text."""

    run_id: str
    kind: Literal["alert", "digest", "late"]
    channel: str
    subject: str | None
    created_at: datetime
    state: Literal["pending", "sending", "sent", "failed", "unconfirmed"]
    """unconfirmed: its sender died while sending it; nobody knows whether it arrived."""
    attempts: int
    state_at: datetime
    error: str | None


class ProposedAssertion(Answer):
    """An assertion that the latest runs propose; it applies once a person accepts it."""

    source: str
    city: str | None
    is_of_pair: bool
    """It is about one pair; else about all pairs of the source."""
    label: str
    measure: Measure
    proposed: Assertion
    current: Assertion | None
    proposed_at: datetime

    @classmethod
    def of(cls, proposal: proposals.Proposal) -> ProposedAssertion:
        """Return a proposal as the page shows it."""
        return cls(
            source=proposal.source,
            city=proposal.city,
            is_of_pair=proposal.is_of_pair,
            label=proposal.label,
            measure=proposal.measure,
            proposed=proposal.assertion,
            current=proposal.current,
            proposed_at=proposal.proposed_at,
        )


class AlertTotals(Answer):
    """How much there is, shown or not."""

    open: int
    muted: int
    proposals: int


class AlertsAnswer(Answer):
    """What is told, what is not, and what could be asserted."""

    generated_at: datetime
    permissions: Permissions
    totals: AlertTotals
    open: list[OpenAlert]
    """Newest first; of this and the other lists of pairs the first 200."""
    muted: list[MutedPair]
    messages: list[SentMessage]
    """The newest 50."""
    proposals: list[ProposedAssertion]


class MonitoringBody(Body):
    """What is expected of a source or a pair, whole, and the version it was changed from."""

    monitoring: Monitoring
    version: Version


class Acceptance(Body):
    """Which proposal is accepted."""

    source: Slug
    city: Slug | None = None
    is_of_pair: bool = False
    measure: Measure
    least: float | None = None
    most: float | None = None
    """The bounds as they were shown: others are refused."""


@router.get("/alerts")
def alerts(uses: Uses, permissions: UserPermissions) -> AlertsAnswer:
    """Return what was told and is not over, what is muted, the latest messages, and proposals."""
    at = now()
    with uses.database.lend() as conn:
        told = open_alerts_of_pairs(conn, _MOST)
        pairs = {pair.state.id: pair.state for pair in uses.pairs.read(conn)} if told else {}
        muted = queries.muted_pairs(conn, at.astimezone(UTC).date())
        messages = latest_messages(conn, _MESSAGES)
        proposed = proposals.read_proposals(conn, limit=_MOST)
        totals = AlertTotals(
            open=count_open_alerts(conn),
            muted=len(muted),
            proposals=proposals.count_proposals(conn),
        )
    time_limit = uses.settings.sync_timeout
    return AlertsAnswer(
        generated_at=at,
        permissions=permissions,
        totals=totals,
        open=[
            OpenAlert.of(row, standing_of(pair, at, time_limit), pair)
            for row in told
            if (pair := pairs.get(row["pair_id"])) is not None
        ],
        muted=[MutedPair.of(each) for each in muted[:_MOST]],
        messages=[SentMessage(run_id=row.pop("dag_run_id"), **row) for row in messages],
        proposals=[ProposedAssertion.of(each) for each in proposed],
    )


@router.put("/sources/{slug}/monitoring", responses=REFUSALS)
def monitor_source(slug: SourceSlug, body: MonitoringBody, uses: Uses, user: UserAuthor) -> Saved:
    """Set what is expected of a source and all its pairs: mute, seasons, assertions."""
    return _monitor(uses, Key("source", slug=slug), body, user)


@router.put("/pairs/monitoring", responses=REFUSALS)
def monitor_pair(
    body: MonitoringBody, uses: Uses, user: UserAuthor, source: SourceQuery, city: CityQuery = None
) -> Saved:
    """Set what is expected of a pair, on top of what its source says."""
    return _monitor(uses, Key("pair", city=city, source=source), body, user)


def _monitor(uses: Services, key: Key, body: MonitoringBody, user: Author) -> Saved:
    with uses.database.lend() as conn:
        entity = stored(conn, key)
        if not isinstance(entity, Source | PairConfiguration):
            raise not_found(key)
        changed = entity.model_copy(update={"monitoring": body.monitoring})
        saved = edits.change(conn, changed, version=body.version, changed_by=user)
    return note_saved(uses, saved, user)


@router.post("/proposals", responses=REFUSALS)
def accept_proposal(body: Acceptance, uses: Uses, user: UserAuthor) -> Saved:
    """Make a proposed bound an assertion."""
    of = (
        Key("pair", city=body.city, source=body.source)
        if body.is_of_pair
        else Key("source", slug=body.source)
    )
    with uses.database.lend() as conn:
        found = next(
            (
                each
                for each in proposals.read_proposals(conn, of)
                if each.measure is body.measure
                and (each.assertion.least, each.assertion.most) == (body.least, body.most)
            ),
            None,
        )
        if found is None:
            raise HTTPException(
                status.HTTP_404_NOT_FOUND, "This is not proposed, or no longer: load it again."
            )
        saved = proposals.accept(conn, found, changed_by=user)
    return note_saved(uses, saved, user)
