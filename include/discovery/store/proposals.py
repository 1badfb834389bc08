"""Proposed assertions: made from what runs measured, once a week, and accepted by a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from include.discovery.configuration import Key, PairConfiguration
from include.discovery.expectations import Assertion, Measure, Monitoring
from include.discovery.health.measures import Measures, propose_count, propose_shares
from include.discovery.model import Source, pair_label
from include.discovery.store import edits
from include.discovery.store.audit import Author
from include.discovery.store.connection import Connection, rows
from include.discovery.store.edits import Saved
from include.discovery.store.entities import PAIRS, read_entity

_EVERY: Final = timedelta(days=7) - timedelta(hours=2)
"""A week, with room for a run that starts early."""
_RUNS: Final = 14
_REMARKABLE: Final = 0.2
"""A bound that would move by less is left where a person has put it."""

_DUE = """
SELECT COALESCE(max(proposed_at) <= %(now)s - %(every)s, true) FROM discovery.proposal_runs
"""

_HISTORY = f"""
SELECT cs.id, cs.source_id, s.monitoring AS of_source, cs.monitoring AS of_pair, (
    SELECT json_agg(measures ORDER BY started_at DESC) FROM (
        SELECT measures, started_at FROM discovery.sync_runs r
        WHERE r.city_source_id = cs.id AND r.complete AND NOT r.dry_run AND r.event_limit IS NULL
          AND r.changed_since IS NULL AND r.measures <> '{{}}'
        ORDER BY started_at DESC LIMIT {_RUNS}) latest) AS measured
FROM {PAIRS}
ORDER BY cs.id
"""  # noqa: S608  the module's own text

_ADD = """
INSERT INTO discovery.proposed_assertions
    (source_id, city_source_id, measure, least, most, proposed_at)
VALUES (%(source)s, %(pair)s, %(measure)s, %(least)s, %(most)s, %(now)s)
"""

_PROPOSED = """
SELECT s.slug AS source, c.slug AS city, p.city_source_id IS NOT NULL AS is_of_pair, p.measure,
    p.least, p.most, p.proposed_at,
    COALESCE(cs.monitoring, s.monitoring)->'assertions'->p.measure AS current
FROM discovery.proposed_assertions p
JOIN discovery.sources s ON s.id = p.source_id
LEFT JOIN discovery.city_source cs ON cs.id = p.city_source_id
LEFT JOIN discovery.cities c ON c.id = cs.city_id
WHERE %(source)s::text IS NULL
   OR s.slug = %(source)s AND (p.city_source_id IS NOT NULL) = %(is_of_pair)s
      AND c.slug IS NOT DISTINCT FROM %(city)s
ORDER BY s.slug, c.slug NULLS FIRST, p.measure LIMIT %(limit)s
"""

_DELETE = """
DELETE FROM discovery.proposed_assertions p USING discovery.sources s
WHERE s.id = p.source_id AND s.slug = %(source)s AND p.measure = %(measure)s
  AND p.city_source_id IS NOT DISTINCT FROM (
      SELECT cs.id FROM discovery.city_source cs
      LEFT JOIN discovery.cities c ON c.id = cs.city_id
      WHERE %(is_of_pair)s AND cs.source_id = s.id AND c.slug IS NOT DISTINCT FROM %(city)s)
"""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A bound that is proposed for a source, or for one of its pairs."""

    source: str
    city: str | None
    is_of_pair: bool
    measure: Measure
    assertion: Assertion
    proposed_at: datetime
    current: Assertion | None

    @property
    def label(self) -> str:
        """What it is about: a pair, or a source with all its pairs."""
        return pair_label(self.city, self.source) if self.is_of_pair else f"all of {self.source}"

    @property
    def key(self) -> Key:
        """The entity that holds the assertion."""
        if self.is_of_pair:
            return Key("pair", city=self.city, source=self.source)
        return Key("source", slug=self.source)


def propose_weekly(conn: Connection, now: datetime) -> int | None:
    """Propose bounds if that was not done for a week; return how many, None if it was not due.

    What is not accepted is replaced by the next proposals. Nothing applies by itself.
    """
    with conn.transaction():
        # Two at a time would both be due.
        conn.execute("SELECT pg_advisory_xact_lock(hashtext('discovery.proposals'))")
        due = conn.execute(_DUE, {"now": now, "every": _EVERY}).fetchone()
        return propose(conn, now) if due and due[0] else None


def propose(conn: Connection, now: datetime) -> int:
    """Propose anew from the latest runs of each pair; return how many proposals there are."""
    with conn.transaction():
        conn.execute("DELETE FROM discovery.proposal_runs")
        conn.execute("INSERT INTO discovery.proposal_runs VALUES (%s)", [now])
        conn.execute("DELETE FROM discovery.proposed_assertions")
        proposals = _proposals(rows(conn, _HISTORY))
        for proposal in proposals:
            conn.execute(_ADD, {**proposal, "now": now})
    return len(proposals)


def _proposals(pairs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    proposed: list[dict[str, Any]] = []
    by_source: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for pair in pairs:
        by_source[pair["source_id"]].append(pair)
        count = propose_count(_history(pair))
        current = _monitoring(pair["of_pair"]).assertions.get(Measure.EVENTS)
        if count is not None and _is_remarkable(current, count):
            proposed.append(_row(pair["source_id"], pair["id"], Measure.EVENTS, count))
    for source_id, of_source in by_source.items():
        monitoring = _monitoring(of_source[0]["of_source"])
        for measure, assertion in propose_shares(map(_history, of_source)).items():
            if _is_remarkable(monitoring.assertions.get(measure), assertion):
                proposed.append(_row(source_id, None, measure, assertion))
    return proposed


def _row(source: int, pair: int | None, measure: Measure, assertion: Assertion) -> dict[str, Any]:
    return {
        "source": source,
        "pair": pair,
        "measure": measure.value,
        "least": assertion.least,
        "most": assertion.most,
    }


def _history(pair: Mapping[str, Any]) -> list[Measures]:
    return [Measures.read(stored) for stored in pair["measured"] or ()]


def _monitoring(stored: Mapping[str, Any]) -> Monitoring:
    return Monitoring.model_validate(stored)


def _is_remarkable(current: Assertion | None, proposed: Assertion) -> bool:
    """Say whether a proposal differs from what is set by enough to ask a person."""
    if current is None:
        return True
    bounds = ((current.least, proposed.least), (current.most, proposed.most))
    return any(
        old is not None and new is not None and abs(new - old) > _REMARKABLE * max(old, new)
        for old, new in bounds
    )


def count_proposals(conn: Connection) -> int:
    """Count what is proposed."""
    row = conn.execute("SELECT count(*) FROM discovery.proposed_assertions").fetchone()
    return row[0] if row else 0


def read_proposals(
    conn: Connection, of: Key | None = None, limit: int | None = None
) -> list[Proposal]:
    """Return what is proposed, by source and city.

    :param of: a source or a pair: what is proposed for that itself.
    """
    keys = {
        "source": of and (of.source or of.slug),
        "city": of and of.city,
        "is_of_pair": of is not None and of.type == "pair",
        "limit": limit,
    }
    return [
        Proposal(
            source=row["source"],
            city=row["city"],
            is_of_pair=row["is_of_pair"],
            measure=Measure(row["measure"]),
            assertion=Assertion(least=row["least"], most=row["most"]),
            proposed_at=row["proposed_at"],
            current=row["current"] and Assertion.model_validate(row["current"]),
        )
        for row in rows(conn, _PROPOSED, keys)
    ]


def accept(conn: Connection, proposal: Proposal, *, changed_by: Author) -> Saved:
    """Make a proposal an assertion of its source or pair, as an edit like any other.

    :raises EditRefusedError: when the source or the pair was deleted meanwhile.
    """
    with conn.transaction():
        stored = read_entity(conn, proposal.key)
        entity = stored.entity if stored else None
        if stored is None or not isinstance(entity, Source | PairConfiguration):
            raise edits.EditRefusedError(f"{proposal.label} was deleted meanwhile", "changed")
        assertions = {**entity.monitoring.assertions, proposal.measure: proposal.assertion}
        monitoring = entity.monitoring.model_copy(update={"assertions": assertions})
        changed = entity.model_copy(update={"monitoring": monitoring})
        saved = edits.change(conn, changed, version=stored.version, changed_by=changed_by)
        conn.execute(
            _DELETE,
            {
                "source": proposal.source,
                "city": proposal.city,
                "is_of_pair": proposal.is_of_pair,
                "measure": proposal.measure.value,
            },
        )
    return saved
