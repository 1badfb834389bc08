"""The limit of pairs of one source that are synced at the same time."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest

from include.discovery.errors import SourceBusy
from include.discovery.model import Pair
from include.discovery.store.connection import Connection, connect
from include.discovery.store.runs import Attempt, begin
from tests.support.builders import KRAKOW, PARIS, lapse, plan_run, source, stored_pair

CITIES = (
    KRAKOW,
    PARIS,
    *(KRAKOW.model_copy(update={"slug": f"town-{n}"}) for n in range(6)),
)


def pairs(conn: Connection, count: int, most: int | None, slug: str = "theatres") -> list[Pair]:
    """Configure a source with a limit in so many cities."""
    found = [stored_pair(conn, of, source(slug)) for of in CITIES[:count]]
    conn.execute("UPDATE discovery.sources SET max_running = %s WHERE slug = %s", [most, slug])
    return found


def attempt(number: int) -> Attempt:
    return Attempt("run", number)


def test_a_pair_beyond_the_limit_of_its_source_is_refused_with_what_limits_it(
    conn: Connection,
) -> None:
    first, second, third = pairs(conn, 3, 2)
    begin(conn, first, attempt(0))
    begin(conn, second, attempt(1))

    with pytest.raises(SourceBusy) as refused:
        begin(conn, third, attempt(2))

    assert str(refused.value) == (
        "2 pairs of theatres are being synced, as many as its setting max_running allows;"
        f" {third.label} waits for its turn"
    )
    assert conn.execute("SELECT count(*) FROM discovery.sync_runs").fetchone() == (2,)


def test_a_pair_gets_the_place_of_one_that_has_ended_or_died(conn: Connection) -> None:
    first, second, third = pairs(conn, 3, 1)
    begin(conn, first, attempt(0))
    lapse(conn, first)
    second_run = begin(conn, second, attempt(1))
    conn.execute(
        "UPDATE discovery.sync_runs SET state = 'success', complete = true, finished_at = now()"
        " WHERE id = %s",
        [second_run.id],
    )

    assert begin(conn, third, attempt(2)).id > second_run.id


def test_a_retry_is_not_refused_for_its_own_earlier_attempt(conn: Connection) -> None:
    (pair,) = pairs(conn, 1, 1)
    begin(conn, pair, attempt(0))

    begin(conn, pair, Attempt("run", 0, try_number=2))


def test_the_limit_of_a_source_holds_up_no_other(conn: Connection) -> None:
    first, _ = pairs(conn, 2, 1)
    (other,) = pairs(conn, 1, 1, "opera")
    unlimited = pairs(conn, 3, None, "museums")
    begin(conn, first, attempt(0))

    for number, pair in enumerate([other, *unlimited], start=1):
        begin(conn, pair, attempt(number))


def test_of_many_that_begin_at_once_as_many_as_allowed_do(
    conn: Connection, database_url: str
) -> None:
    found = pairs(conn, 8, 3)
    together = Barrier(len(found))
    refused: list[SourceBusy] = []

    def claim(number: int, pair: Pair) -> None:
        with connect(database_url) as own:
            together.wait()
            try:
                begin(own, pair, attempt(number))
            except SourceBusy as error:
                refused.append(error)

    threads = [Thread(target=claim, args=(n, pair)) for n, pair in enumerate(found)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 5


def test_the_further_back_a_pair_stands_the_later_it_asks_again(conn: Connection) -> None:
    pairs(conn, 8, 1)
    planned = plan_run(conn, "run").pairs
    begin(conn, planned[0], attempt(0))

    waits = []
    for number, pair in enumerate(planned[1:], start=1):
        with pytest.raises(SourceBusy) as refused:
            begin(conn, pair, attempt(number))
        waits.append(refused.value.retry_after)

    assert waits == [15, 30, 45, 60, 75, 90, 105]
