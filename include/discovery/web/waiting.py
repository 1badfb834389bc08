"""What waits for a person, in numbers: they stand beside the names of the views, on every view."""

from __future__ import annotations

from fastapi import APIRouter

from include.discovery.store.alerts import count_open_alerts
from include.discovery.store.queries.withdrawals import count_open_approvals
from include.discovery.web.answers import Answer
from include.discovery.web.services import Uses

router = APIRouter()


class Waiting(Answer):
    """What waits for a person."""

    alerts: int
    """Pairs of which somebody was told that they are not well, and still are not."""
    withdrawals: int
    """Runs that found so much missing that a person is to say whether it is gone."""
    venues: int | None
    """Pairs of venues that may be one place; None: not known yet."""


@router.get("/waiting")
def waiting(uses: Uses) -> Waiting:
    """Return how many alerts are open, withdrawals await approval, and venues may be one."""
    venues = uses.open_proposals_at_once()
    with uses.database.lend() as conn:
        return Waiting(
            alerts=count_open_alerts(conn),
            withdrawals=count_open_approvals(conn),
            venues=None if venues is None else len(venues),
        )
