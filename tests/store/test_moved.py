"""What is moved keeps when it was to start before; and what one source alone calls cancelled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from include.discovery.model import Pair
from include.discovery.store.connection import Connection
from tests.support.builders import WARSAW, event, stored_events, stored_pair

EVENING = datetime.now(UTC).astimezone(WARSAW).replace(hour=19, minute=0, second=0, microsecond=0)
SOON, LATER, EARLIER = (EVENING + timedelta(days=days) for days in (5, 12, -3))
_runs = count()


@pytest.fixture
def pair(conn: Connection) -> Pair:
    return stored_pair(conn)


def load(conn: Connection, pair: Pair, starts_at: datetime | None, **said: Any) -> None:
    record = event("1", title="Jazz", starts_at=starts_at, **said)
    stored_events(conn, pair, [record], f"run-{next(_runs)}")


def without_hour(of: datetime) -> dict[str, Any]:
    return {"starts_at": None, "local_date": of.date()}


def previous(conn: Connection, of: str = "events") -> tuple[Any, Any]:
    query = f"SELECT previous_date, previous_start FROM discovery.{of}"
    (found,) = conn.execute(query.encode()).fetchall()
    return found


class TestPreviousStart:
    """When an event was to start before it was moved."""

    def test_an_event_on_another_day_keeps_the_start_that_it_had(
        self, conn: Connection, pair: Pair
    ) -> None:
        load(conn, pair, SOON)
        assert previous(conn) == (None, None)

        load(conn, pair, LATER, status="rescheduled")

        assert previous(conn) == (SOON.date(), SOON)
        assert previous(conn, "listings") == (SOON.date(), SOON)

    def test_another_hour_of_the_same_day_is_a_move(self, conn: Connection, pair: Pair) -> None:
        load(conn, pair, SOON)
        load(conn, pair, SOON + timedelta(hours=1))

        assert previous(conn) == (SOON.date(), SOON)

    def test_it_stays_while_nothing_is_moved_again(self, conn: Connection, pair: Pair) -> None:
        load(conn, pair, SOON)
        load(conn, pair, LATER)
        load(conn, pair, LATER, description="With a guest.")

        assert previous(conn) == (SOON.date(), SOON)

    def test_a_day_without_an_hour_is_kept_as_such(self, conn: Connection, pair: Pair) -> None:
        load(conn, pair, **without_hour(SOON))
        load(conn, pair, LATER)

        assert previous(conn) == (SOON.date(), None)

    def test_an_hour_that_becomes_known_is_no_move(self, conn: Connection, pair: Pair) -> None:
        load(conn, pair, **without_hour(SOON))
        load(conn, pair, SOON)
        load(conn, pair, **without_hour(SOON))

        assert previous(conn) == (None, None)

    def test_the_new_date_of_what_was_postponed_is_a_move(
        self, conn: Connection, pair: Pair
    ) -> None:
        load(conn, pair, SOON)
        load(conn, pair, None, local_date=None, status="postponed")
        load(conn, pair, LATER, status="rescheduled")

        assert previous(conn) == (SOON.date(), SOON)

    def test_the_next_date_of_what_has_begun_is_no_move(self, conn: Connection, pair: Pair) -> None:
        load(conn, pair, EARLIER)
        load(conn, pair, SOON)

        assert previous(conn) == (None, None)

    def test_views_show_it_on_the_clock_of_the_place(self, conn: Connection, pair: Pair) -> None:
        load(conn, pair, SOON)
        load(conn, pair, LATER)

        for view in ("all_events", "upcoming_events"):
            query = f"SELECT previous_date, previous_start_local FROM discovery.{view}"
            (found,) = conn.execute(query.encode()).fetchall()
            assert found == (SOON.date(), SOON.replace(tzinfo=None))
