"""Why listings are one event or are not, and which of them a person is to judge."""

# ruff: noqa: S608  statements are made of the module's own text; values are bound

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from include.discovery.identity.judging import Verdict
from include.discovery.store.connection import Connection, rows

MOST_JUDGEMENTS = 100
"""So many of one event are read; those of people are among them."""

_JUDGEMENT = """
    j.first_id, j.second_id, a.event_id AS first_event, b.event_id AS second_event,
    a.title AS first_title, b.title AS second_title, j.verdict, j.rule, j.rules_version, j.score,
    j.features, j.decided_by, j.reason, j.judged_at
"""

_AS_IT_IS = ("rule", "rules_version", "score", "decided_by", "reason", "judged_at")

_OF_LISTINGS = f"""
SELECT {_JUDGEMENT}
FROM discovery.judgements j
JOIN discovery.listings a ON a.id = j.first_id
JOIN discovery.listings b ON b.id = j.second_id
WHERE j.first_id = ANY(%(listings)s) OR j.second_id = ANY(%(listings)s)
ORDER BY j.decided_by IS NULL, a.event_id <> b.event_id, j.score DESC, j.first_id, j.second_id
LIMIT {MOST_JUDGEMENTS}
"""

_REDIRECTS = """
SELECT old_id, merged_at FROM discovery.event_redirects WHERE event_id = %(event)s ORDER BY old_id
"""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two listings of a judgement, and the event that it is of now."""

    listing: int
    event: int | None
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPair:
    """A judgement, with what it takes to explain it."""

    first: Side
    second: Side
    verdict: Verdict
    rule: str | None
    """``None``: a person decided."""
    rules_version: str | None
    score: float | None
    features: Mapping[str, Any]
    """What the rules compared; empty where a person decided."""
    decided_by: str | None
    reason: str | None
    judged_at: datetime

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Return a row as it is explained."""
        return cls(
            first=Side(row["first_id"], row["first_event"], row["first_title"]),
            second=Side(row["second_id"], row["second_event"], row["second_title"]),
            verdict=Verdict(row["verdict"]),
            features=row["features"] or {},
            **{name: row[name] for name in _AS_IT_IS},
        )

    @property
    def is_within_event(self) -> bool:
        """Whether both listings are of one event."""
        return self.first.event == self.second.event


def judgements_of_listings(conn: Connection, listings: Collection[int]) -> list[JudgedPair]:
    """Return the judgements that any of the listings has a part in, those of people first.

    Then those between listings of one event, the surest first.
    """
    found = rows(conn, _OF_LISTINGS, {"listings": sorted(listings)})
    return [JudgedPair.of(row) for row in found]


def merged_into(conn: Connection, event: int) -> dict[int, datetime]:
    """Return the ids that have become part of an event, and since when."""
    return dict(conn.execute(_REDIRECTS, {"event": event}).fetchall())
