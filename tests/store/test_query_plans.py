"""No query of page, command line or reports reads a whole table of years.

The tables are filled with a tenth of what ``bench.page`` fills (1,000 pairs, 1,000,000 runs,
2,000,000 listings): where an index is cheaper here, it is cheaper there. The benchmark asks the
same of the same queries at full size.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from include.discovery.store.connection import Connection, connect
from include.discovery.store.queries.venues import MOST_FOUND
from localdev.postgres import EmbeddedPostgres
from tests.support.databases import create_database, drop_database
from tests.support.plans_of_queries import (
    CALLS,
    Statement,
    query_functions,
    statements_of_queries,
    whole_reads,
    written_statements,
)
from tests.support.volume import Volume, fill

LARGE = 50_000
"""Rows of a table that must not be read whole."""


@pytest.fixture(scope="module")
def years(postgres: EmbeddedPostgres, template: str) -> Iterator[Connection]:
    name = "test_query_plans"
    create_database(postgres, name, template)
    with connect(postgres.url(name)) as conn:
        fill(conn, Volume(runs=100_000, listings=200_000))
        yield conn
    drop_database(postgres, name)


@pytest.fixture(scope="module")
def statements(years: Connection) -> list[Statement]:
    return statements_of_queries(years)


def test_every_query_is_asked_for_its_plan() -> None:
    assert query_functions() == CALLS.keys(), "add the new query to CALLS"


@pytest.mark.slow
def test_every_statement_of_the_queries_is_executed_by_some_call(
    statements: list[Statement],
) -> None:
    executed = b"\n".join(statement.query for statement in statements)

    missed = [name for name, text in written_statements().items() if text.encode() not in executed]
    assert missed == []


@pytest.mark.slow
def test_no_query_reads_a_whole_table_of_years(
    years: Connection, statements: list[Statement]
) -> None:
    assert whole_reads(years, statements, LARGE) == []


@pytest.mark.slow
def test_a_query_without_an_index_is_noticed(years: Connection) -> None:
    careless = Statement("careless", b"SELECT FROM discovery.listings WHERE title = 'x'", None)

    walking = Statement("walking", b"SELECT FROM discovery.listings ORDER BY id", None)

    assert whole_reads(years, [careless, walking], LARGE) == [
        "careless reads all of listings", "walking reads all of listings_pkey",
    ]  # fmt: skip


@pytest.mark.slow
def test_the_first_rows_along_an_index_are_no_whole_table(years: Connection) -> None:
    first = Statement("first", b"SELECT FROM discovery.listings ORDER BY id LIMIT 5", None)

    assert whole_reads(years, [first], LARGE) == []


@pytest.mark.slow
def test_a_search_for_venues_reads_little_besides_the_venues_that_it_shows(
    years: Connection, statements: list[Statement]
) -> None:
    pages = {
        statement.call: pages_read(years, statement)
        for statement in statements
        if statement.call.startswith("find_venues")
    }

    assert pages
    assert max(pages.values()) < 20 * MOST_FOUND, pages


def pages_read(conn: Connection, statement: Statement) -> int:
    """Return how many pages of tables and indexes a statement reads."""
    explained = b"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + statement.query
    ((plan,),) = conn.execute(explained, statement.values).fetchall()
    return int(plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"])
