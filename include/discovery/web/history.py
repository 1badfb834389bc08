"""Makes the page's rows of what happened: attempts, trends, failures, rejects, changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from include.discovery.model import pair_label
from include.discovery.store import configuration, pair_history
from include.discovery.store.connection import Connection
from include.discovery.store.removal import Removed
from include.discovery.store.totals import COUNTS
from include.discovery.web import models
from include.discovery.web.assemble import error_text, now, run_state, seconds
from include.discovery.web.words import actor_of, address_in, log_path, web_address

ATTEMPTS = 50
LISTINGS = 20
SAMPLES = 5

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class History:
    """What happened to one pair."""

    trend: list[models.TrendDay]
    attempts: list[models.Attempt]
    errors: list[models.ErrorGroup]
    rejects: list[models.RejectGroup]
    events: list[models.EventRow]


def read(conn: Connection, pair: int, since: datetime) -> History:
    """Read a pair's history: five queries."""
    return History(
        trend=_trend(pair_history.trend(conn, pair, since), since),
        attempts=[_attempt(row) for row in pair_history.attempts(conn, pair, ATTEMPTS)],
        errors=[error_group(row) for row in pair_history.error_groups(conn, since, pair)],
        rejects=_rejects(pair_history.rejects(conn, pair, since)),
        events=[_event(row) for row in pair_history.newest_listings(conn, pair, LISTINGS)],
    )


_NO_RUNS = dict.fromkeys(
    ("attempts", "succeeded", "partial", "failed", "fetched", "inserted", "updated", "rejected"), 0
)


def _trend(rows: Sequence[Row], since: datetime) -> list[models.TrendDay]:
    by_day = {row["day"]: row for row in rows}
    first, today = since.date(), now().date()
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    return [
        models.TrendDay.model_validate({**_NO_RUNS, **by_day.get(day, {}), "day": day})
        for day in days[-30:]
    ]


def _attempt(row: Row) -> models.Attempt:
    return models.Attempt(
        run_id=row["dag_run_id"],
        try_number=row["try_number"],
        state=run_state(row["state"], row["complete"]),
        dry_run=row["dry_run"],
        limit=row["event_limit"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        duration_seconds=seconds(row["started_at"], row["finished_at"]),
        counts=models.Counts(**{name: row[name] for name in (*COUNTS, "rejected")}),
        expected=row["expected"],
        complete=row["complete"],
        gaps=row["gaps"],
        warnings=row["warnings"],
        error=error_text(row["error_category"], row["error_message"]),
        log_path=log_path(row["dag_run_id"], row["map_index"], row["try_number"]),
    )


def error_group(row: Row) -> models.ErrorGroup:
    """Return a group of failures as the page shows it."""
    return models.ErrorGroup(
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
            models.PairRef(**pair, label=pair_label(pair["city"], pair["source"]))
            for pair in row["pairs"]
        ],
    )


def _rejects(rows: Sequence[Row]) -> list[models.RejectGroup]:
    counts: dict[str, int] = defaultdict(int)
    samples: dict[str, list[models.RejectSample]] = defaultdict(list)
    for row in rows:
        for reason, count in row["rejected"].items():
            counts[reason] += int(count)
        for sample in row["reject_samples"]:
            found = samples[sample["reason"]]
            entry = models.RejectSample(item=sample["item"], detail=sample["detail"])
            if len(found) < SAMPLES and entry not in found:
                found.append(entry)
    groups = [
        models.RejectGroup(reason=reason, count=count, samples=samples[reason])
        for reason, count in counts.items()
    ]
    return sorted(groups, key=lambda group: group.count, reverse=True)


def _event(row: Row) -> models.EventRow:
    return models.EventRow.model_validate({**row, "url": web_address(row["url"])})


def change(row: Row) -> models.Change:
    """Return an entry of the audit log as the page shows it."""
    done = configuration.Change(
        row["action"],
        row["entity_type"],
        row["entity"],
        row["before"],
        row["after"],
        Removed(**row["removed"]) if row["removed"] else None,
    )
    return models.Change(**row, summary=str(done))
