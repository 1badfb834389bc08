"""Why listings are one event or are not, and which of them a person is to judge."""

# ruff: noqa: S608  statements are made of the module's own text; values are bound

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from include.discovery.identity.judging import Verdict
from include.discovery.store.connection import Connection, rows
from include.discovery.store.queries.events import TODAY

MOST_JUDGEMENTS = 100
"""So many of one event are read; those of people are among them."""

_JUDGEMENT = """
    j.first_id, j.second_id, a.event_id AS first_event, b.event_id AS second_event,
    a.title AS first_title, b.title AS second_title, j.verdict, j.rule, j.rules_version, j.score,
    j.features, j.decided_by, j.reason, j.judged_at
"""

_OF_TWO_LISTINGS = """
FROM discovery.judgements j
JOIN discovery.listings a ON a.id = j.first_id
JOIN discovery.listings b ON b.id = j.second_id
"""
_AS_IT_IS = ("rule", "rules_version", "score", "decided_by", "reason", "judged_at")

_OF_LISTINGS = f"""
SELECT {_JUDGEMENT} {_OF_TWO_LISTINGS}
WHERE j.first_id = ANY(%(listings)s) OR j.second_id = ANY(%(listings)s)
ORDER BY j.decided_by IS NULL, a.event_id <> b.event_id, j.score DESC, j.first_id, j.second_id
LIMIT {MOST_JUDGEMENTS}
"""

_REDIRECTS = """
SELECT old_id, merged_at FROM discovery.event_redirects WHERE event_id = %(event)s ORDER BY old_id
"""


MOST_COUNTED = 100
"""So many questions are counted at most: the number says whether there is work, not how much."""

# A question is about two events: one pair of their listings stands for all, unless somebody has
# said of any pair that they are not one.
_IS_OPEN = f"""
    j.verdict = 'review' AND j.local_date >= {TODAY}
    AND a.event_id <> b.event_id AND a.withdrawn_at IS NULL AND b.withdrawn_at IS NULL
    AND NOT EXISTS (
        SELECT FROM discovery.listings c
        JOIN discovery.listings d ON d.event_id = b.event_id
        JOIN discovery.judgements k ON k.first_id = LEAST(c.id, d.id)
            AND k.second_id = GREATEST(c.id, d.id)
        WHERE c.event_id = a.event_id
          AND (k.verdict = 'different' AND k.decided_by IS NOT NULL
            OR k.verdict = 'review' AND k.local_date >= {TODAY}
              AND (k.local_date, k.first_id, k.second_id)
                < (j.local_date, j.first_id, j.second_id)
              AND c.withdrawn_at IS NULL AND d.withdrawn_at IS NULL))
"""
_IN_ORDER = "j.local_date, j.first_id, j.second_id"
_IN_CITY = "AND a.city_id = (SELECT id FROM discovery.cities WHERE slug = %(city)s)"
_BEYOND = f"AND ({_IN_ORDER}) > (%(day)s, %(first)s, %(second)s)"

_QUESTIONS = f"""
SELECT {_JUDGEMENT}, j.local_date {_OF_TWO_LISTINGS}
WHERE {_IS_OPEN} {{more}}
ORDER BY {_IN_ORDER} LIMIT %(limit)s
"""

# In their order, so that no more is read than is counted.
_COUNT = f"""
SELECT count(*) FROM (
    SELECT {_OF_TWO_LISTINGS} WHERE {_IS_OPEN} {{more}} ORDER BY {_IN_ORDER} LIMIT {MOST_COUNTED}
) counted
"""

_COMPARED = """
SELECT l.id, l.event_id, e.listing_count, s.slug AS source, s.name AS source_name, s.trust,
    c.slug AS city, c.name AS city_name, l.title, l.url, l.starts_at, l.ends_at, l.local_date,
    l.time_known, l.timezone, l.status, l.performers, l.organizer,
    left(l.description, 600) AS description, v.name AS venue, v.street, v.postcode, v.locality,
    v.country
FROM discovery.listings l
JOIN discovery.sources s ON s.id = l.source_id
JOIN discovery.events e ON e.id = l.event_id
LEFT JOIN discovery.cities c ON c.id = l.city_id
LEFT JOIN discovery.venues v ON v.id = l.venue_id
WHERE l.id = ANY(%(listings)s)
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


@dataclass(frozen=True, slots=True)
class QuestionPosition:
    """A place in the queue: that of its last question so far."""

    day: date
    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Questions:
    """Some questions in their order, and where the next page begins."""

    judgements: list[JudgedPair]
    next: QuestionPosition | None


def open_questions(
    conn: Connection,
    *,
    city: str | None = None,
    after: QuestionPosition | None = None,
    limit: int = 20,
) -> Questions:
    """Return what a person is to judge, what is soon first; each question is about two events.

    :param after: the end of the page before; None: the first page.
    """
    values: dict[str, Any] = {"city": city, "limit": limit + 1}
    if after is not None:
        values |= {"day": after.day, "first": after.first, "second": after.second}
    query = _QUESTIONS.format(more=_more(city, after))
    found = rows(conn, query, values)
    page = found[:limit]
    last = page[-1] if len(found) > limit else None
    return Questions(
        [JudgedPair.of(row) for row in page],
        None
        if last is None
        else QuestionPosition(last["local_date"], last["first_id"], last["second_id"]),
    )


def count_questions(conn: Connection, city: str | None = None) -> int:
    """Count what a person is to judge, up to ``MOST_COUNTED``."""
    row = conn.execute(_COUNT.format(more=_more(city, None)).encode(), {"city": city}).fetchone()
    return int(row[0]) if row else 0


def _more(city: str | None, after: QuestionPosition | None) -> str:
    return " ".join(
        condition for condition, value in ((_IN_CITY, city), (_BEYOND, after)) if value is not None
    )


def listings_to_compare(conn: Connection, listings: Collection[int]) -> dict[int, dict[str, Any]]:
    """Return what listings say that a person compares, by their ids."""
    found = rows(conn, _COMPARED, {"listings": sorted(listings)})
    return {row["id"]: row for row in found}


def merged_into(conn: Connection, event: int) -> dict[int, datetime]:
    """Return the ids that have become part of an event, and since when."""
    return dict(conn.execute(_REDIRECTS, {"event": event}).fetchall())
