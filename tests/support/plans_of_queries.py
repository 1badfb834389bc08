"""Records the statements of queries as they are executed, and asks PostgreSQL how it reads them."""

from __future__ import annotations

import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from types import ModuleType
from typing import Any

import psycopg

from include.discovery.model import EventStatus
from include.discovery.store import queries
from include.discovery.store.connection import Connection
from include.discovery.store.queries import (
    cancellations,
    charts,
    cities,
    event_search,
    events,
    fill_rates,
    history,
    judgements,
    outcomes,
    pairs,
    sources,
    venues,
    withdrawals,
)
from include.discovery.store.queries.event_search import EventFilter, Position, When
from include.discovery.store.queries.judgements import QuestionPosition
from include.discovery.store.queries.venues import ProposedMerge, VenueSide

NOW = datetime.now(UTC)
MONTH = NOW - timedelta(days=30)
QUARTER = NOW - timedelta(days=90)
PROPOSED = [
    ProposedMerge(*[VenueSide(one, "", None, None) for one in (n, n + 1)], 3, [], "")
    for n in range(1, 100)
]
QUESTION = QuestionPosition(NOW.date() + timedelta(days=7), 1, 2)


@dataclass(frozen=True)
class Statement:
    """What was executed, and by which call."""

    call: str
    query: bytes
    values: Any


@dataclass(frozen=True)
class Sample:
    """What the database holds: something to ask for."""

    pair: int
    """Of the most listings."""
    quiet_pair: int
    """Of the fewest."""
    run: str
    event: int
    listings: list[int]
    """Of that event."""

    @classmethod
    def of(cls, conn: Connection) -> Sample:
        """Choose from what :func:`tests.support.volume.fill` has made."""
        by_size = conn.execute(
            "SELECT city_source_id FROM discovery.listings GROUP BY 1 ORDER BY count(*) DESC"
        ).fetchall()
        run = conn.execute("SELECT dag_run_id FROM discovery.sync_runs ORDER BY id DESC LIMIT 1")
        event = _only(conn.execute("SELECT max(id) FROM discovery.events WHERE listing_count > 1"))
        listings = conn.execute("SELECT id FROM discovery.listings WHERE event_id = %s", [event])
        return cls(by_size[0][0], by_size[-1][0], _only(run), event, [row[0] for row in listings])


def _only(cursor: psycopg.Cursor[Any]) -> Any:
    row = cursor.fetchone()
    assert row is not None
    return row[0]


Call = Callable[[Connection, Sample], object]


def _searching(wanted: Mapping[str, Any]) -> Call:
    """Ask for the first page, and for one that follows another."""
    changed = "changed_since" in wanted
    after = Position(None if changed else date.today(), NOW, 10**9)  # noqa: DTZ011

    def search(conn: Connection, _: Sample) -> None:
        filters = EventFilter(**wanted)
        event_search.search_events(conn, filters)
        event_search.search_events(conn, filters, after=after)

    return search


SEARCHES: dict[str, dict[str, Any]] = {
    "upcoming": {},
    "past": {"when": When.PAST},
    "any date": {"when": When.ANY},
    "undated": {"when": When.UNDATED},
    "city": {"city": "city-0"},
    "source": {"source": "source-0"},
    "small source": {"source": "source-199"},
    "city and source": {"city": "city-0", "source": "source-0"},
    "frequent word": {"text": "theatre"},
    "rare word": {"text": "b9f35"},
    "unknown word": {"text": "zzzz"},
    "words": {"text": "theatre artist"},
    "word in a city": {"text": "theatre", "city": "city-1"},
    "category": {"category": "Jazz"},
    "rare category": {"category": "Label 499"},
    "dates": {"when": When.ANY, "first": NOW.date(), "last": NOW.date() + timedelta(days=7)},
    "scheduled": {"status": EventStatus.SCHEDULED},
    "cancelled": {"status": EventStatus.CANCELLED},
    "tentative": {"status": EventStatus.TENTATIVE},
    "withdrawn": {"withdrawn": True},
    "changed": {"changed_since": NOW - timedelta(days=1)},
    "changed in a month": {"changed_since": MONTH, "when": When.ANY},
    "duplicates": {"duplicates": True},
    "everything": {
        "text": "theatre", "city": "city-3", "source": "source-3", "category": "Jazz",
        "duplicates": True, "status": EventStatus.SCHEDULED,
    },
}  # fmt: skip

CALLS: dict[Callable[..., object], dict[str, Call]] = {
    cancellations.doubtful_cancellations: {
        "": lambda conn, _: cancellations.doubtful_cancellations(conn),
        "of a city": lambda conn, _: cancellations.doubtful_cancellations(conn, "city-0"),
    },
    charts.by_day: {
        "of all": lambda conn, _: charts.by_day(conn, QUARTER),
        "of a city": lambda conn, _: charts.by_day(conn, QUARTER, city="city-0"),
    },
    cities.read_cities_in_use: {"": lambda conn, _: cities.read_cities_in_use(conn)},
    cities.pairs_of_city: {"": lambda conn, _: cities.pairs_of_city(conn, "city-0")},
    event_search.search_events: {name: _searching(wanted) for name, wanted in SEARCHES.items()},
    event_search.read_event: {"": lambda conn, of: event_search.read_event(conn, of.event)},
    event_search.listings_of: {"": lambda conn, of: event_search.listings_of(conn, of.event)},
    event_search.other_dates_of: {"": lambda conn, of: event_search.other_dates_of(conn, of.event)},
    event_search.fields_of: {"": lambda conn, of: event_search.fields_of(conn, of.event)},
    event_search.cities_and_sources: {"": lambda conn, _: event_search.cities_and_sources(conn)},
    events.count_events: {"": lambda conn, _: events.count_events(conn)},
    events.listings_in_city: {
        "": lambda conn, of: events.listings_in_city(conn, "city-0", [of.pair, of.quiet_pair])
    },
    fill_rates.warnings_told: {
        "": lambda conn, of: fill_rates.warnings_told(conn, [of.pair, of.quiet_pair])
    },
    fill_rates.fill_rates: {
        "": lambda conn, of: fill_rates.fill_rates(conn, [of.pair, of.quiet_pair])
    },
    history.trend: {"": lambda conn, of: history.trend(conn, of.pair, MONTH)},
    history.attempts: {"": lambda conn, of: history.attempts(conn, [of.pair], 50)},
    history.error_groups: {
        "all": lambda conn, _: history.error_groups(conn, MONTH),
        "of a pair": lambda conn, of: history.error_groups(conn, MONTH, [of.pair]),
    },
    history.rejects: {"": lambda conn, of: history.rejects(conn, of.pair, MONTH)},
    history.newest_listings: {
        "": lambda conn, of: history.newest_listings(conn, of.pair, 20),
        "of a small pair": lambda conn, of: history.newest_listings(conn, of.quiet_pair, 20),
    },
    judgements.judgements_of_listings: {
        "": lambda conn, of: judgements.judgements_of_listings(conn, of.listings)
    },
    venues.find_venues: {
        "": lambda conn, _: venues.find_venues(conn, text="theatre"),
        "by several words": lambda conn, _: venues.find_venues(conn, text="city theatre"),
        "of a city": lambda conn, _: venues.find_venues(conn, city="city-0"),
        "of a city, by name": lambda conn, _: venues.find_venues(
            conn, text="theatre", city="city-0"
        ),
    },
    venues.proposed_merges: {"": lambda conn, _: venues.proposed_merges(conn, "city-0")},
    venues.answered_proposals: {"": lambda conn, _: venues.answered_proposals(conn, PROPOSED)},
    venues.latest_venue_judgements: {"": lambda conn, _: venues.latest_venue_judgements(conn, 50)},
    venues.venue_judgements_of_event: {
        "": lambda conn, of: venues.venue_judgements_of_event(conn, of.event)
    },
    venues.venues_through_aggregators: {
        "": lambda conn, _: venues.venues_through_aggregators(conn, "city-0")
    },
    judgements.open_questions: {
        "first page": lambda conn, _: judgements.open_questions(conn),
        "next page": lambda conn, _: judgements.open_questions(conn, after=QUESTION),
        "of a city": lambda conn, _: judgements.open_questions(conn, city="city-0"),
        "of a small city": lambda conn, _: judgements.open_questions(
            conn, city="city-19", after=QUESTION
        ),
    },
    judgements.count_questions: {
        "": lambda conn, _: judgements.count_questions(conn),
        "of a city": lambda conn, _: judgements.count_questions(conn, "city-0"),
    },
    judgements.listings_to_compare: {
        "": lambda conn, of: judgements.listings_to_compare(conn, of.listings)
    },
    judgements.merged_into: {"": lambda conn, of: judgements.merged_into(conn, of.event)},
    outcomes.read_outcomes: {"": lambda conn, of: outcomes.read_outcomes(conn, of.run)},
    outcomes.read_changes_by_city: {
        "": lambda conn, of: outcomes.read_changes_by_city(conn, of.run)
    },
    outcomes.read_tasks: {
        "": lambda conn, of: outcomes.read_tasks(conn, [(of.run, n) for n in range(100)])
    },
    outcomes.tally_tasks: {
        "": lambda conn, of: outcomes.tally_tasks(
            conn, [outcomes.TaskState(of.run, n, "failed", NOW) for n in range(100)]
        )
    },
    outcomes.live_runs: {"": lambda conn, _: outcomes.live_runs(conn)},
    outcomes.live_commands: {"": lambda conn, _: outcomes.live_commands(conn)},
    pairs.find_pair: {"": lambda conn, _: pairs.find_pair(conn, "city-0", "source-0")},
    pairs.muted_pairs: {"": lambda conn, _: pairs.muted_pairs(conn, NOW.date())},
    pairs.pair_marks: {"": lambda conn, _: pairs.pair_marks(conn)},
    pairs.read_pairs: {
        "all": lambda conn, _: pairs.read_pairs(conn),
        "some": lambda conn, of: pairs.read_pairs(conn, [of.pair, of.quiet_pair]),
    },
    sources.pairs_of_source: {"": lambda conn, _: sources.pairs_of_source(conn, "source-0")},
    sources.read_sources_in_use: {"": lambda conn, _: sources.read_sources_in_use(conn)},
    withdrawals.open_approvals: {"": lambda conn, _: withdrawals.open_approvals(conn)},
    withdrawals.count_open_approvals: {"": lambda conn, _: withdrawals.count_open_approvals(conn)},
    withdrawals.decided_approvals: {"": lambda conn, _: withdrawals.decided_approvals(conn, 50)},
    withdrawals.listings_of_approval: {
        "": lambda conn, _: withdrawals.listings_of_approval(conn, 1, 50)
    },
    withdrawals.waiting_by_pair: {"": lambda conn, _: withdrawals.waiting_by_pair(conn)},
}
"""Every function that asks the database for something, with what it is asked in each test."""


def query_modules() -> Iterator[ModuleType]:
    """Import the modules of ``store/queries``, whichever there are."""
    for found in pkgutil.iter_modules(queries.__path__, f"{queries.__name__}."):
        yield import_module(found.name)


def query_functions() -> set[Callable[..., object]]:
    """Return the public functions of ``store/queries`` that take a connection."""
    return {
        function
        for module in query_modules()
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and "conn" in inspect.signature(function).parameters
    }


def written_statements() -> dict[str, str]:
    """Return the statements that stand in ``store/queries``, up to what is filled in, by name."""
    return {
        f"{module.__name__}.{name}": text.partition("{")[0]
        for module in query_modules()
        for name, text in vars(module).items()
        if isinstance(text, str) and re.match(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\s", text)
    }


class Recorder:
    """Keeps every statement of connections that have its ``cursor`` as their factory."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self.call = ""
        """Named in what is kept from now on."""

        class Recording(psycopg.Cursor[Any]):
            def execute(cursor, query: Any, params: Any = None, **more: Any) -> Any:  # noqa: N805
                text = query if isinstance(query, bytes) else str(query).encode()
                self.statements.append(Statement(self.call, text, params))
                return super().execute(query, params, **more)

        self.cursor = Recording


def statements_of_queries(conn: Connection) -> list[Statement]:
    """Execute every call, and return what each has asked."""
    sample = Sample.of(conn)
    recorder = Recorder()
    before, conn.cursor_factory = conn.cursor_factory, recorder.cursor
    try:
        for function, calls in CALLS.items():
            for name, call in calls.items():
                recorder.call = f"{function.__name__} {name}".strip()
                call(conn, sample)
    finally:
        conn.cursor_factory = before
    return recorder.statements


def whole_reads(conn: Connection, statements: list[Statement], rows: int) -> list[str]:
    """Say which statements read a whole table of at least so many rows, or a whole index of one."""
    large = {
        row[0]
        for row in conn.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'discovery'::regnamespace"
            " AND relkind IN ('r', 'i') AND reltuples >= %s", [rows],
        )
    }  # fmt: skip
    assert large, "nothing is large here: the planner would read it whole in any case"
    return [
        f"{statement.call} reads all of {table}"
        for statement in statements
        if _READS.match(statement.query)
        for table in _read_whole(_plan(conn, statement))
        if table in large
    ]


_READS = re.compile(rb"\s*(SELECT|WITH)\s")


def _plan(conn: Connection, statement: Statement) -> Mapping[str, Any]:
    explained = b"EXPLAIN (FORMAT JSON) " + statement.query
    try:
        ((plan,),) = conn.execute(explained, statement.values).fetchall()
    except psycopg.errors.UndefinedTable:
        # It was executed, so it reads a temporary table, which has gone with its transaction.
        return {"Node Type": "Temporary"}
    found: Mapping[str, Any] = plan[0]["Plan"]
    return found


def _read_whole(node: Mapping[str, Any], *, limited: bool = False) -> Iterator[str]:
    """Name the tables and indexes that a plan reads from end to end.

    A partial index is a table of its own: reading all of it may be just what it is for.

    :param limited: the node stops as soon as a limit above it has enough rows.
    """
    kind = node["Node Type"]
    along_index = kind in ("Index Scan", "Index Only Scan") and "Index Cond" not in node
    if kind == "Seq Scan":
        yield node["Relation Name"]
    elif along_index and not limited:
        yield node["Index Name"]
    limited = kind == "Limit" or (limited and kind in _PASSING_ROWS_ON)
    for child in node.get("Plans", ()):
        yield from _read_whole(child, limited=limited)


_PASSING_ROWS_ON = ("Nested Loop", "Incremental Sort", "Result", "Subquery Scan")
"""Kinds of nodes that ask for no more rows than they are asked for."""
