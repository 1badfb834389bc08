"""Who changed the configuration, and who triggered runs."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from fastapi import APIRouter

from include.discovery.store import activity, configuration
from include.discovery.store.removal import Removed
from include.discovery.web.answers import Answer, Problem, Shown, now
from include.discovery.web.metadata import Trigger
from include.discovery.web.parameters import Before, PageSize
from include.discovery.web.services import Uses

router = APIRouter()


class Change(Answer):
    """One entry of the audit log of the configuration."""

    id: int
    changed_at: datetime
    changed_by: str
    action: Literal["create", "update", "delete"]
    entity_type: Literal["country", "city", "source", "pair"]
    entity: str
    before: Shown | None
    after: Shown | None
    removed: dict[str, int] | None
    """Of a deletion: how many listings and events went with it, and how many stayed."""
    summary: str
    """In one line: ``~ pair krakow · x: enabled false → true``."""


class ChangesAnswer(Answer):
    """Who changed or triggered what."""

    generated_at: datetime
    changes: list[Change]
    """Newest first."""
    next_before: int | None
    """Pass it as ``before`` for the page after this one; None: that was all."""
    triggers: list[Trigger] | None
    """The newest 50 manual runs; None with ``triggers_error``, and on pages after the first."""
    triggers_error: Problem | None


@router.get("/changes")
def changes(uses: Uses, limit: PageSize = 50, before: Before = None) -> ChangesAnswer:
    """Return who changed or triggered what, newest first."""
    with uses.database.lend() as conn:
        rows = activity.changes(conn, limit=limit + 1, before=before)
    triggers, problem = (None, None) if before else uses.read_triggers(50)
    shown = [_change(row) for row in rows[:limit]]
    return ChangesAnswer(
        generated_at=now(),
        changes=shown,
        next_before=shown[-1].id if len(rows) > limit else None,
        triggers=triggers,
        triggers_error=problem,
    )


def _change(row: activity.Row) -> Change:
    done = configuration.Change(
        row["action"],
        row["entity_type"],
        row["entity"],
        row["before"],
        row["after"],
        Removed(**row["removed"]) if row["removed"] else None,
    )
    return Change(**row, summary=str(done))
