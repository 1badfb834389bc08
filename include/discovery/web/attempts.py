"""Attempts to sync a pair, as the pages of pairs and sources show them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from include.discovery.links import log_path
from include.discovery.model import pair_label
from include.discovery.store.totals import COUNTS
from include.discovery.web.answers import (
    Answer,
    Counts,
    ErrorText,
    RunState,
    error_text,
    run_state,
    seconds,
)


class Attempt(Answer):
    """One attempt: one try of one run."""

    city: str | None
    source: str
    label: str
    """The pair's name."""
    run_id: str
    try_number: int
    state: RunState
    dry_run: bool
    limit: int | None
    started_at: datetime
    finished_at: datetime | None
    duration_seconds: float | None
    counts: Counts
    expected: int | None
    complete: bool | None
    gaps: list[str]
    warnings: list[str]
    """What a person should look at although it succeeded, in words."""
    error: ErrorText | None
    log_path: str | None
    """Airflow's own log of that try; None for a sync from the command line."""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Attempt:
        """Return an attempt as the page shows it."""
        return cls(
            city=row["city"],
            source=row["source"],
            label=pair_label(row["city"], row["source"]),
            run_id=row["dag_run_id"],
            try_number=row["try_number"],
            state=run_state(
                row["state"], complete=row["complete"], limited=row["event_limit"] is not None
            ),
            dry_run=row["dry_run"],
            limit=row["event_limit"],
            started_at=row["started_at"],
            finished_at=row["finished_at"],
            duration_seconds=seconds(row["started_at"], row["finished_at"]),
            counts=Counts(**{name: row[name] for name in (*COUNTS, "rejected")}),
            expected=row["expected"],
            complete=row["complete"],
            gaps=row["gaps"],
            warnings=row["warnings"],
            error=error_text(row["error_category"], row["error_message"]),
            log_path=log_path(row["dag_run_id"], row["map_index"], row["try_number"]),
        )
