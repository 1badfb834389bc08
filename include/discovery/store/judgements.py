"""Judgements that are kept: which listings are one event, and which are not.

A rule's judgement of a pair gives way to a newer one; a person's holds for ever. Functions work
within the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg.types.json import Jsonb

from include.discovery.identity.judging import RULES_VERSION, Verdict
from include.discovery.store.connection import Connection, rows

PairOfListings = tuple[int, int]
"""The ids of two listings, the lower first."""


@dataclass(frozen=True, slots=True)
class StoredJudgement:
    """A judgement as it is stored."""

    pair: PairOfListings
    verdict: Verdict
    rule: str | None = None
    """``None``: a person decided."""
    score: float | None = None
    decided_by: str | None = None


def pair_of(one: int, other: int) -> PairOfListings:
    """Put two listings in the order in which their judgement is stored."""
    return (one, other) if one < other else (other, one)


_TOUCHING = """
SELECT first_id, second_id, verdict, rule, score, decided_by FROM discovery.judgements
WHERE first_id = ANY(%(ids)s) OR second_id = ANY(%(ids)s)
"""

_DELETE = """
DELETE FROM discovery.judgements j
USING unnest(%(first)s::bigint[], %(second)s::bigint[]) AS gone (first_id, second_id)
WHERE (j.first_id, j.second_id) = (gone.first_id, gone.second_id) AND j.decided_by IS NULL
"""

_KEEP = """
INSERT INTO discovery.judgements AS stored
    (first_id, second_id, verdict, rule, rules_version, score, features, local_date)
SELECT * FROM unnest(%(first)s::bigint[], %(second)s::bigint[], %(verdict)s::text[],
    %(rule)s::text[], %(version)s::text[], %(score)s::float8[], %(features)s::jsonb[],
    %(local_date)s::date[])
ON CONFLICT (first_id, second_id) DO UPDATE SET
    (verdict, rule, rules_version, score, features, local_date, judged_at) =
        ROW (EXCLUDED.verdict, EXCLUDED.rule, EXCLUDED.rules_version, EXCLUDED.score,
             EXCLUDED.features, EXCLUDED.local_date, now())
WHERE stored.decided_by IS NULL
  AND (stored.verdict, stored.rule, stored.rules_version, stored.score, stored.features,
       stored.local_date)
      IS DISTINCT FROM (EXCLUDED.verdict, EXCLUDED.rule, EXCLUDED.rules_version, EXCLUDED.score,
                        EXCLUDED.features, EXCLUDED.local_date)
"""

_DECIDE = """
INSERT INTO discovery.judgements (first_id, second_id, verdict, decided_by, reason)
SELECT first_id, second_id, %(verdict)s, %(by)s, %(reason)s
FROM unnest(%(first)s::bigint[], %(second)s::bigint[]) AS decided (first_id, second_id)
ON CONFLICT (first_id, second_id) DO UPDATE SET
    (verdict, rule, rules_version, score, features, local_date, decided_by, reason, judged_at) =
        ROW (EXCLUDED.verdict, NULL, NULL, NULL, NULL, NULL, EXCLUDED.decided_by, EXCLUDED.reason,
             now())
"""

_TAKE_BACK = """
DELETE FROM discovery.judgements
WHERE (first_id, second_id) = (%(first)s, %(second)s) AND decided_by IS NOT NULL
RETURNING verdict, decided_by, reason
"""


@dataclass(frozen=True, slots=True)
class Ruled:
    """What the rules say of a pair."""

    pair: PairOfListings
    verdict: Verdict
    rule: str
    score: float
    features: dict[str, Any]
    local_date: date | None
    """The earlier date of the two."""


def judgements_of(conn: Connection, listing_ids: Collection[int]) -> list[StoredJudgement]:
    """Return the judgements that any of the listings has a part in."""
    found = rows(conn, _TOUCHING, {"ids": sorted(listing_ids)})
    return [
        StoredJudgement(
            (row["first_id"], row["second_id"]),
            Verdict(row["verdict"]),
            row["rule"],
            row["score"],
            row["decided_by"],
        )
        for row in found
    ]


def keep(conn: Connection, ruled: Collection[Ruled], gone: Collection[PairOfListings]) -> None:
    """Store what the rules say where it is not stored so already, and delete what no longer holds.

    What a person has decided stays. Pairs are written in order, so that two transactions never wait
    for each other in a circle.
    """
    if gone:
        conn.execute(_DELETE, _columns(sorted(gone)))
    if ruled:
        ordered = sorted(ruled, key=lambda each: each.pair)
        conn.execute(
            _KEEP,
            {
                **_columns([each.pair for each in ordered]),
                "verdict": [each.verdict.value for each in ordered],
                "rule": [each.rule for each in ordered],
                "version": [RULES_VERSION] * len(ordered),
                "score": [each.score for each in ordered],
                "features": [Jsonb(each.features) for each in ordered],
                "local_date": [each.local_date for each in ordered],
            },
        )


def decide(
    conn: Connection, pairs: Iterable[PairOfListings], verdict: Verdict, *, by: str, reason: str
) -> None:
    """Store a person's word on pairs of listings: it wins over every rule, and over older words."""
    keys = _columns(sorted(set(pairs)))
    conn.execute(_DECIDE, {**keys, "verdict": verdict.value, "by": by, "reason": reason})


def take_back(conn: Connection, pair: PairOfListings) -> dict[str, str] | None:
    """Delete what a person has said of a pair of listings, and return it: rules may judge again."""
    gone = rows(conn, _TAKE_BACK, {"first": pair[0], "second": pair[1]})
    return gone[0] if gone else None


def _columns(pairs: Iterable[PairOfListings]) -> dict[str, list[int]]:
    ordered = list(pairs)
    return {"first": [first for first, _ in ordered], "second": [second for _, second in ordered]}


def across(some: Collection[int], others: Collection[int]) -> Iterator[PairOfListings]:
    """Yield the pairs of each of some listings with each of others."""
    return (pair_of(one, other) for one in some for other in others)
