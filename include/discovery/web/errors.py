"""Failures across pairs, in groups of the same category and message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter

from include.discovery.links import log_path
from include.discovery.model import pair_label
from include.discovery.store.queries.history import error_groups
from include.discovery.web.answers import Answer, actor_of, address_in, now
from include.discovery.web.parameters import ErrorDays
from include.discovery.web.services import Uses

router = APIRouter()

GROUPS = 200


class PairRef(Answer):
    """A pair and how often something happened to it."""

    city: str | None
    source: str
    label: str
    count: int


class ErrorGroup(Answer):
    """Failures of one category with the same message."""

    category: str
    message: str
    actor: str | None
    count: int
    first_seen: datetime
    last_seen: datetime
    request: str | None
    """The address in the message, without secrets, if there is one."""
    example_run_id: str
    example_try: int
    example_log_path: str | None
    pairs: list[PairRef]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> ErrorGroup:
        """Return a group of failures as the page shows it."""
        return cls(
            category=row["category"],
            message=row["message"],
            actor=actor_of(row["category"]),
            count=row["count"],
            first_seen=row["first_seen"],
            last_seen=row["last_seen"],
            request=address_in(row["message"]),
            example_run_id=row["dag_run_id"],
            example_try=row["try_number"],
            example_log_path=log_path(row["dag_run_id"], row["map_index"], row["try_number"]),
            pairs=[
                PairRef(**pair, label=pair_label(pair["city"], pair["source"]))
                for pair in row["pairs"]
            ],
        )


class ErrorsAnswer(Answer):
    """Failures across pairs."""

    generated_at: datetime
    days: int
    since: datetime
    groups: list[ErrorGroup]
    """Most frequent first."""
    truncated: bool
    """More groups than the 200 that are shown."""


@router.get("/errors")
def errors(uses: Uses, days: ErrorDays = 7) -> ErrorsAnswer:
    """Return failures across pairs, in groups."""
    since = now() - timedelta(days=days)
    with uses.database.lend() as conn:
        groups = error_groups(conn, since)
    return ErrorsAnswer(
        generated_at=now(),
        days=days,
        since=since,
        groups=[ErrorGroup.of(group) for group in groups[:GROUPS]],
        truncated=len(groups) > GROUPS,
    )
