"""What a run did: as a table or a note for people, as JSON for programs, as a verdict."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from include.discovery.errors import DatabaseUnavailable
from include.discovery.model import SyncStats
from include.discovery.store import plans, runs
from include.discovery.store.connection import Connection, reported
from include.discovery.store.queries.outcomes import PairOutcome, read_outcomes
from include.discovery.text.tables import aligned
from include.discovery.text.wording import counted, some_of

_HEADINGS = ("pair", "state", "fetched", "new", "updated", "unchanged", "rejected", "duration",
             "last error")  # fmt: skip
_NUMERIC = _HEADINGS[2:8]
_NOTED = 20
"""Pairs that a note lists at most."""
_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>|~]")


@dataclass(frozen=True, slots=True)
class RunReport:
    """The outcomes of one run."""

    dag_run_id: str
    outcomes: tuple[PairOutcome, ...]

    @property
    def failed(self) -> tuple[PairOutcome, ...]:
        """Pairs that did not end well: failed, or never got to run."""
        return tuple(outcome for outcome in self.outcomes if outcome.state != "success")

    @property
    def total(self) -> SyncStats:
        """The counts of all pairs together."""
        return sum((outcome.stats for outcome in self.outcomes), SyncStats())

    def exceeds(self, threshold: float) -> bool:
        """Say whether more than this share of the pairs failed."""
        # Divided, since products drift: 0.29 * 100 is below 29.
        return bool(self.outcomes) and len(self.failed) / len(self.outcomes) > threshold

    def verdict(self, threshold: float) -> str | None:
        """Say why the run as a whole has failed; None if it has not.

        Sources fail every night somewhere, hence the threshold. The database is the system's own:
        one pair that failed for it is one too many.
        """
        count = len(self.outcomes)
        lost = [o for o in self.failed if o.error_category == DatabaseUnavailable.category]
        if lost:
            return (
                f"{len(lost)} of {count} pairs failed for the discovery database, not for their "
                f"sources ({_labels(lost)})"
            )
        if self.exceeds(threshold):
            return (
                f"{len(self.failed)} of {count} pairs failed, more than the share of "
                f"{threshold:g} that DISCOVERY_FAILURE_THRESHOLD allows"
            )
        return None

    def shortfall(self) -> str | None:
        """Say which pairs are not, or not wholly, synced; None if all are."""
        partial = [outcome for outcome in self.outcomes if outcome.is_partial]
        parts = [
            f"{len(outcomes)} of {len(self.outcomes)} pairs {what} ({_labels(outcomes)})"
            for what, outcomes in (("failed", self.failed), ("are incomplete", partial))
            if outcomes
        ]
        return "; ".join(parts) or None

    def as_table(self) -> str:
        """Lay the outcomes out as an aligned text table with a line of totals."""
        if not self.outcomes:
            return "No pair was due: nothing was synced."
        total = self.total
        rows = [_row(outcome) for outcome in self.outcomes]
        succeeded = len(self.outcomes) - len(self.failed)
        totals = ("total", f"{succeeded} of {len(self.outcomes)}", *_numbers(total), "", "")
        return aligned(_HEADINGS, rows, numeric=_NUMERIC, totals=totals)

    def as_markdown(self) -> str:
        """Sum the run up in a short note, with the pairs that somebody should look at."""
        total = self.total
        text = (
            f"**{len(self.outcomes) - len(self.failed)} of {counted(len(self.outcomes), 'pair')}"
            f" succeeded.** {total.fetched:,} fetched in {counted(total.requests, 'request')}:"
            f" {total.inserted:,} new, {total.updated:,} updated, {total.unchanged:,} unchanged,"
            f" {total.withdrawn:,} withdrawn, {total.rejected_total:,} rejected."
        )
        rows = [row for row in map(_row, self.outcomes) if row[1] != "success"]
        if not rows:
            return text
        lines = [("pair", "state", "why"), ("---", "---", "---")]
        lines += [(row[0], row[1], row[-1]) for row in rows[:_NOTED]]
        table = "\n".join(f"| {' | '.join(map(_markdown_cell, line))} |" for line in lines)
        rest = len(rows) - _NOTED
        return f"{text}\n\n{table}" + (f"\n\nand {rest:,} more." if rest > 0 else "")

    def counts(self) -> dict[str, int]:
        """Return how many pairs there were, how many failed, and the sums of what they counted."""
        total = stats_as_json(self.total)
        rejected = self.total.rejected_total
        counts = {name: count for name, count in total.items() if isinstance(count, int)}
        return {
            "pairs": len(self.outcomes), "failed": len(self.failed), **counts, "rejected": rejected
        }  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """Return plain data: one object a pair, in the order of the run."""
        return {
            "dag_run_id": self.dag_run_id,
            "pairs": [
                {
                    "pair": outcome.label,
                    "city": outcome.city,
                    "source": outcome.source,
                    "state": outcome.state,
                    "attempts": outcome.attempts,
                    **stats_as_json(outcome.stats),
                    "expected": outcome.expected,
                    "complete": outcome.complete,
                    "gaps": list(outcome.gaps),
                    "warnings": list(outcome.warnings),
                    "duration_seconds": _seconds(outcome),
                    "parked_until": outcome.parked_until and outcome.parked_until.isoformat(),
                    "error": outcome.error_message
                    and {"category": outcome.error_category, "message": outcome.error_message},
                }
                for outcome in self.outcomes
            ],
        }


def report(conn: Connection, dag_run_id: str) -> RunReport:
    """Read what became of a run's pairs."""
    with reported():
        return RunReport(dag_run_id, read_outcomes(conn, dag_run_id))


def close_run(conn: Connection, dag_run_id: str) -> RunReport:
    """End a run none of whose tasks is alive any more, and report it.

    Attempts that were killed are closed as interrupted; what has not started never will.
    """
    with reported():
        runs.close_interrupted(conn, dag_run_id)
        plans.end_plan(conn, dag_run_id)
    return report(conn, dag_run_id)


def stats_as_json(stats: SyncStats) -> dict[str, Any]:
    """Return the counts as plain data."""
    return asdict(stats)


def _labels(outcomes: Iterable[PairOutcome]) -> str:
    return some_of(outcome.label for outcome in outcomes)


def _markdown_cell(text: str) -> str:
    """Take from a text, which may be a source's, what Markdown would read in it."""
    return text if text == "---" else _MARKDOWN.sub(r"\\\g<0>", text)


def _row(outcome: PairOutcome) -> tuple[str, ...]:
    state = outcome.state
    if outcome.is_partial:
        state = "partial"
    elif outcome.parked_until:
        state = "parked"
    elif outcome.warnings:
        state = "warning"
    if outcome.dry_run:
        state += " (dry run)"
    elif outcome.limited:
        state += " (limit)"
    seconds = _seconds(outcome)
    duration = "" if seconds is None else f"{seconds:.1f} s"
    if outcome.attempts > 1:
        state += f", try {outcome.attempts}"
    return (
        outcome.label,
        state,
        *_numbers(outcome.stats),
        duration,
        outcome.error_message or "; ".join((*outcome.gaps, *outcome.warnings)),
    )


def _numbers(stats: SyncStats) -> tuple[str, ...]:
    counts = (stats.fetched, stats.inserted, stats.updated, stats.unchanged, stats.rejected_total)
    return tuple(f"{count:,}" for count in counts)


def _seconds(outcome: PairOutcome) -> float | None:
    if outcome.started_at is None or outcome.finished_at is None:
        return None
    return round((outcome.finished_at - outcome.started_at).total_seconds(), 1)
