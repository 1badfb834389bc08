"""Whatever a source does, it withdraws, renames and removes its own listings alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.discovery.model import EventRecord, Identity, Pair, Reject, Scope, SyncStats
from include.discovery.store.audit import Author
from include.discovery.store.connection import Connection
from include.discovery.store.loader import Loader
from include.discovery.store.matching import match_unmatched
from include.discovery.store.queries.withdrawals import open_approvals
from include.discovery.store.runs import Attempt, PageResult, begin, bound, finish
from include.discovery.store.withdrawal_approvals import Decision, decide
from include.discovery.store.withdrawals import withdraw_vanished
from tests.store.test_withdrawals import DECEMBER, FIRST_NIGHT, on
from tests.support.builders import PARIS, source, stored_pair
from tests.support.databases import delete_rows

SHOWS = range(10)


@dataclass(frozen=True)
class Night:
    """What the source under test does on a night."""

    shown: frozenset[int]
    export: int
    """Part of its ids."""
    removed: frozenset[int]
    """What it names as removed, by the ids of all sources."""
    rejected: frozenset[int]
    is_confirmed: bool
    decision: Decision | None


nights = st.lists(
    st.builds(
        Night,
        shown=st.frozensets(st.sampled_from(SHOWS)),
        export=st.integers(0, 1),
        removed=st.frozensets(st.sampled_from(SHOWS), max_size=2),
        rejected=st.frozensets(st.sampled_from(SHOWS), max_size=2),
        is_confirmed=st.booleans(),
        decision=st.sampled_from([None, "confirm", "keep"]),
    ),
    min_size=2,
    max_size=4,
)


def shows(prefix: str, shown: Any = SHOWS) -> list[EventRecord]:
    """Return the same shows, under the ids of a source."""
    return [on(10 + n, external_id=f"{prefix}-{n}", title=f"Show {n}") for n in sorted(shown)]


def live(conn: Connection, pair: Pair, n: int, records: list[EventRecord], night: Night) -> None:
    run = begin(conn, pair, Attempt(f"night {n}"))
    bound(conn, run.id, DECEMBER)
    now = FIRST_NIGHT + timedelta(days=n)
    ids = [f"{prefix}-{one}" for prefix in ("0", "1", "sister", "wide") for one in night.rejected]
    rejects = tuple(Reject("unreadable date", one, identity=Identity(one)) for one in ids)
    removed = [f"{prefix}-{one}" for prefix in ("0", "sister", "wide") for one in night.removed]
    loader = Loader(conn, pair, run, lambda: now)
    loader.load(records, PageResult(SyncStats(), rejects=rejects), removed)
    withdraw_vanished(
        conn,
        pair,
        run.id,
        window=DECEMBER,
        sync_started_at=run.sync_started_at,
        now=now,
        is_confirmed=night.is_confirmed,
    )
    match_unmatched(conn, pair)
    finish(conn, run.id, complete=True)


QUIET = Night(frozenset(SHOWS), 0, frozenset(), frozenset(), is_confirmed=False, decision=None)


@pytest.mark.slow
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(nights=nights)
def test_no_source_ever_touches_a_listing_of_another_pair(
    conn: Connection, nights: list[Night]
) -> None:
    """Another source, its own pair of another city and a national source list the same shows."""
    delete_rows(conn)
    mine = stored_pair(conn, source=source("mine"))
    others = {
        "0": stored_pair(conn, source=source("other")),
        "sister": stored_pair(conn, PARIS, source("mine")),
        "wide": stored_pair(conn, None, source("wide", scope=Scope.COUNTRY)),
    }
    for prefix, pair in others.items():
        live(conn, pair, 0, shows(prefix), QUIET)
    live(conn, mine, 0, shows("0"), QUIET)
    of_others = [pair.id for pair in others.values()]
    # Which event a listing is of follows from all of them.
    query = (
        "SELECT to_jsonb(l) - 'event_id' FROM discovery.listings l"
        " WHERE city_source_id = ANY(%s) ORDER BY id"
    )
    before = conn.execute(query, [of_others]).fetchall()

    for n, night in enumerate(nights, 1):
        live(conn, mine, n, shows(f"{night.export}", night.shown), night)
        for approval in open_approvals(conn):
            assert approval["source"] == "mine"
            if night.decision is not None:
                now = FIRST_NIGHT + timedelta(days=n)
                decide(conn, approval["id"], night.decision, decided_by=Author("a", "cli"), now=now)

    assert conn.execute(query, [of_others]).fetchall() == before
    lost = conn.execute(
        "SELECT l.id FROM discovery.listings l LEFT JOIN discovery.events e ON e.id = l.event_id"
        " WHERE l.city_source_id = ANY(%s) AND (e.id IS NULL OR e.withdrawn_at IS NOT NULL)",
        [of_others],
    ).fetchall()
    assert lost == [], "an event stays while another source lists it"
