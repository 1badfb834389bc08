"""Proposed assertions: once a week, from runs that tell, and never set by themselves."""

from __future__ import annotations

from datetime import timedelta

from include.discovery.expectations import Assertion, Monitoring
from include.discovery.health.measures import Measures
from include.discovery.model import Pair, SyncStats
from include.discovery.store import runs
from include.discovery.store.audit import Author
from include.discovery.store.connection import Connection
from include.discovery.store.entities import read_configuration
from include.discovery.store.proposals import accept, propose, propose_weekly, read_proposals
from include.discovery.store.runs import Attempt, PageResult
from tests.store.test_alerts import NOW
from tests.support.builders import PARIS, stored_pair

OPERATOR = Author("op", "page")


def bring(
    conn: Connection, pair: Pair, night: str, events: int, *, limit: int | None = None
) -> None:
    opened = runs.begin(conn, pair, Attempt(night), limit=limit)
    measures = Measures(events=events, with_venue=events // 2)
    runs.advance(conn, opened.id, PageResult(SyncStats(fetched=events), measures=measures))
    runs.finish(conn, opened.id, complete=True)


def shown(conn: Connection) -> list[tuple[str, str, float | None, float | None]]:
    return [
        (each.label, each.measure.value, each.assertion.least, each.assertion.most)
        for each in read_proposals(conn)
        if each.measure in {"events", "with_venue"}
    ]


def test_counts_are_proposed_for_pairs_and_shares_for_their_source(conn: Connection) -> None:
    krakow, paris = stored_pair(conn), stored_pair(conn, PARIS)
    for n in range(6):
        bring(conn, krakow, f"night {n}", 100)
        bring(conn, paris, f"night {n}", 20)

    propose(conn, NOW)

    assert shown(conn) == [
        ("all of theatres", "with_venue", 0.4, None),
        ("krakow · theatres", "events", 80, 200),
        ("paris · theatres", "events", 16, 40),
    ]
    assert read_configuration(conn).sources["theatres"].monitoring == Monitoring()


def test_trials_and_pairs_with_few_runs_propose_nothing(conn: Connection) -> None:
    pair = stored_pair(conn)
    for n in range(4):
        bring(conn, pair, f"night {n}", 100)
    for n in range(9):
        bring(conn, pair, f"trial {n}", 100, limit=100)

    assert propose(conn, NOW) == 0


def test_bounds_are_proposed_once_a_week(conn: Connection) -> None:
    pair = stored_pair(conn)
    for n in range(6):
        bring(conn, pair, f"night {n}", 100)

    found = [propose_weekly(conn, NOW + timedelta(days=n)) for n in range(15)]

    assert [n for n, count in enumerate(found) if count is not None] == [0, 7, 14]


def test_what_was_accepted_is_proposed_again_only_when_it_has_moved(conn: Connection) -> None:
    pair = stored_pair(conn)
    for n in range(6):
        bring(conn, pair, f"night {n}", 100)
    propose(conn, NOW)
    for proposal in read_proposals(conn):
        accept(conn, proposal, changed_by=OPERATOR)
    assert read_proposals(conn) == []

    assert propose(conn, NOW) == 0
    for n in range(14):
        bring(conn, pair, f"later {n}", 300)
    propose(conn, NOW)

    (proposal,) = read_proposals(conn)
    assert (proposal.label, proposal.assertion) == (
        "krakow · theatres",
        Assertion(least=240, most=600),
    )
    assert proposal.current == Assertion(least=80, most=200)
