"""Listings that are missing in great number: what would go, and what a person decides."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from fastapi import APIRouter, HTTPException, status

from include.discovery.links import run_path
from include.discovery.model import pair_label
from include.discovery.store.queries.withdrawals import (
    decided_approvals,
    listings_of_approval,
    open_approvals,
)
from include.discovery.store.withdrawal_approvals import decide
from include.discovery.web.answers import Answer, Body, now, web_address
from include.discovery.web.editing import REFUSALS, note
from include.discovery.web.parameters import ApprovalId
from include.discovery.web.security import Permissions, UserAuthor, UserPermissions
from include.discovery.web.services import Uses

router = APIRouter()

_DECIDED = 50
_SAMPLED = 20


class Approval(Answer):
    """So many listings of a pair were missing at once that they await approval."""

    id: int
    label: str
    city: str | None
    source: str
    opened_at: datetime
    run_id: str
    """The run that asked."""
    run_path: str
    missing: int
    """How many listings it is about."""
    listed: int
    """How many upcoming listings the pair had then, these included."""


class MissingListing(Answer):
    """A listing that awaits approval."""

    event_id: int | None
    title: str
    url: str | None
    starts_at: datetime | None
    local_date: date | None
    timezone: str
    missing_since: datetime


class OpenApproval(Approval):
    """One that is to be decided."""

    waiting: int
    """How many are still missing."""
    sample: list[MissingListing]
    """The next 20 of them to begin."""


class DecidedApproval(Approval):
    """One that was decided, or is over."""

    decision: Literal["confirm", "keep", "over"]
    """over: none of them awaits approval any more, since they were listed again or have begun."""
    decided_at: datetime
    decided_by: str | None
    withdrawn: int | None
    """Of a confirmed one: how many listings were withdrawn."""


class WithdrawalsAnswer(Answer):
    """What awaits approval, and what was decided."""

    generated_at: datetime
    permissions: Permissions
    open: list[OpenApproval]
    """The oldest first."""
    decided: list[DecidedApproval]
    """The newest 50."""


class DecisionBody(Body):
    """What a person decides."""

    decision: Literal["confirm", "keep"]
    """They are gone and are withdrawn, or they stay until the source lists them again or they
    begin."""


class Decided(Answer):
    """What came of a decision."""

    withdrawn: int
    kept: int


@router.get("/withdrawals")
def withdrawals(uses: Uses, permissions: UserPermissions) -> WithdrawalsAnswer:
    """Return the missing listings that await approval, and the latest decisions."""
    with uses.database.lend() as conn:
        asked = open_approvals(conn)
        samples = [listings_of_approval(conn, each["id"], _SAMPLED) for each in asked]
        decided = decided_approvals(conn, _DECIDED)
    return WithdrawalsAnswer(
        generated_at=now(),
        permissions=permissions,
        open=[
            OpenApproval(
                **_approval(each),
                waiting=each["waiting"],
                sample=[_missing(listing) for listing in sample],
            )
            for each, sample in zip(asked, samples, strict=True)
        ],
        decided=[
            DecidedApproval(
                **_approval(each),
                decision=each["decision"],
                decided_at=each["decided_at"],
                decided_by=each["decided_by"],
                withdrawn=each["withdrawn"],
            )
            for each in decided
        ],
    )


def _approval(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "label": pair_label(row["city"], row["source"]),
        "city": row["city"],
        "source": row["source"],
        "opened_at": row["opened_at"],
        "run_id": row["dag_run_id"],
        "run_path": run_path(row["dag_run_id"]),
        "missing": row["missing"],
        "listed": row["listed"],
    }


def _missing(row: dict[str, Any]) -> MissingListing:
    shown = {name: row[name] for name in MissingListing.model_fields}
    return MissingListing(**{**shown, "url": web_address(row["url"])})


@router.put("/withdrawals/{approval_id}", responses=REFUSALS)
def decide_withdrawal(
    approval_id: ApprovalId, body: DecisionBody, uses: Uses, user: UserAuthor
) -> Decided:
    """Withdraw the missing listings of an approval, or keep them."""
    with uses.database.lend() as conn:
        decided = decide(conn, approval_id, body.decision, decided_by=user, now=now())
    if decided is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "There is no approval of this id.")
    note(uses, decided.change, user)
    uses.events.forget()
    return Decided(withdrawn=decided.withdrawn, kept=decided.kept)
