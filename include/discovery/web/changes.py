"""Who changed the configuration, and who triggered runs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Literal

from fastapi import APIRouter

from include.discovery.store.configuration import NotedChange, read_changes
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

    @classmethod
    def of(cls, noted: NotedChange) -> Change:
        """Return an entry as the page shows it."""
        change = noted.change
        return cls(
            id=noted.id,
            changed_at=noted.changed_at,
            changed_by=noted.changed_by,
            summary=str(change),
            **asdict(change),
        )


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
        rows = read_changes(conn, limit=limit + 1, before=before)
    triggers, problem = (None, None) if before else uses.read_triggers(50)
    shown = [Change.of(row) for row in rows[:limit]]
    return ChangesAnswer(
        generated_at=now(),
        changes=shown,
        next_before=shown[-1].id if len(rows) > limit else None,
        triggers=triggers,
        triggers_error=problem,
    )
