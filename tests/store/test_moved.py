"""What is moved keeps when it was to start before; what one source alone cancels is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from include.discovery.event_edits import EventEdit
from include.discovery.model import EventField, EventStatus, Pair, SourceRole
from include.discovery.store.audit import Author
from include.discovery.store.connection import Connection
from include.discovery.store.event_edits import edit_event
from include.discovery.store.queries.cancellations import doubtful_cancellations
from tests.support.builders import WARSAW, event, source, stored_events, stored_pair

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

    def test_an_event_moved_within_its_day_keeps_the_hour_that_it_had(
        self, conn: Connection, pair: Pair
    ) -> None:
        load(conn, pair, SOON)
        load(conn, pair, SOON + timedelta(hours=1))

        assert previous(conn) == (SOON.date(), SOON)

    def test_the_previous_start_stays_while_nothing_is_moved_again(
        self, conn: Connection, pair: Pair
    ) -> None:
        load(conn, pair, SOON)
        load(conn, pair, LATER)
        load(conn, pair, LATER, description="With a guest.")

        assert previous(conn) == (SOON.date(), SOON)

    def test_a_previous_start_that_the_source_tells_is_kept_at_first_sight(
        self, conn: Connection, pair: Pair
    ) -> None:
        load(conn, pair, LATER, previous_date=SOON.date(), previous_start=SOON)

        assert previous(conn) == previous(conn, "listings") == (SOON.date(), SOON)

    def test_the_sources_word_on_the_previous_start_comes_before_what_was_seen(
        self, conn: Connection, pair: Pair
    ) -> None:
        first = SOON - timedelta(days=1)
        load(conn, pair, SOON)
        load(conn, pair, LATER, previous_date=first.date(), previous_start=first)
        assert previous(conn) == (first.date(), first)

        load(conn, pair, LATER)
        assert previous(conn) == (first.date(), first)

    def test_the_hour_that_was_seen_stays_where_the_source_tells_only_the_day(
        self, conn: Connection, pair: Pair
    ) -> None:
        load(conn, pair, SOON)
        for _ in range(2):
            load(conn, pair, LATER, previous_date=SOON.date())
            assert previous(conn) == (SOON.date(), SOON)

    def test_the_previous_start_of_an_event_without_an_hour_is_its_day(
        self, conn: Connection, pair: Pair
    ) -> None:
        load(conn, pair, **without_hour(SOON))
        load(conn, pair, LATER)

        assert previous(conn) == (SOON.date(), None)

    def test_an_hour_that_becomes_known_sets_no_previous_start(
        self, conn: Connection, pair: Pair
    ) -> None:
        load(conn, pair, **without_hour(SOON))
        load(conn, pair, SOON)
        load(conn, pair, **without_hour(SOON))

        assert previous(conn) == (None, None)

    def test_a_new_date_of_a_postponed_event_keeps_the_start_that_it_had(
        self, conn: Connection, pair: Pair
    ) -> None:
        load(conn, pair, SOON)
        load(conn, pair, None, local_date=None, status="postponed")
        load(conn, pair, LATER, status="rescheduled")

        assert previous(conn) == (SOON.date(), SOON)

    def test_the_next_date_of_an_event_that_has_begun_sets_no_previous_start(
        self, conn: Connection, pair: Pair
    ) -> None:
        load(conn, pair, EARLIER)
        load(conn, pair, SOON)

        assert previous(conn) == (None, None)

    def test_views_show_the_previous_start_on_the_clock_of_the_place(
        self, conn: Connection, pair: Pair
    ) -> None:
        load(conn, pair, SOON)
        load(conn, pair, LATER)

        for view in ("all_events", "upcoming_events"):
            query = f"SELECT previous_date, previous_start_local FROM discovery.{view}"
            (found,) = conn.execute(query.encode()).fetchall()
            assert found == (SOON.date(), SOON.replace(tzinfo=None))


class TestDoubtfulCancellations:
    """What a source calls cancelled while its event is on, by the word of others."""

    @pytest.fixture
    def listed(self, conn: Connection, pair: Pair) -> int:
        """Return an event that the house lists, and that a portal alone calls cancelled."""
        load(conn, pair, SOON)
        self.portal(conn, EventStatus.CANCELLED)
        (found,) = conn.execute("SELECT id FROM discovery.events").fetchall()
        return int(found[0])

    def portal(self, conn: Connection, status: EventStatus) -> None:
        portal = source("portal", role=SourceRole.AGGREGATOR)
        record = event("1", title="Jazz", starts_at=SOON, status=status)
        stored_events(conn, stored_pair(conn, source=portal), [record])

    def asked(self, conn: Connection, city: str | None = None) -> list[int]:
        return [each.id for each in doubtful_cancellations(conn, city)]

    def edit(self, conn: Connection, of: int, *back: EventField, **values: Any) -> None:
        edit = EventEdit.model_validate(values)
        edit_event(
            conn, of, edit, take_back=back, author=Author("ada", "page"), reason="by telephone"
        )

    def test_a_doubtful_cancellation_names_who_calls_it_cancelled_and_who_lists_it(
        self, conn: Connection, listed: int
    ) -> None:
        (asked,) = doubtful_cancellations(conn)

        assert (asked.id, asked.title, asked.status) == (listed, "Jazz", "scheduled")
        assert (asked.cancelled_by, asked.listed_by) == (["Portal"], ["Theatres"])
        assert self.asked(conn, "krakow") == [listed]
        assert self.asked(conn, "paris") == []

    @pytest.mark.parametrize("status", ["cancelled", "scheduled"])
    def test_a_person_answers_a_doubtful_cancellation_by_an_edit_that_can_be_taken_back(
        self, conn: Connection, listed: int, status: str
    ) -> None:
        self.edit(conn, listed, status=status)
        assert self.asked(conn) == []

        self.edit(conn, listed, EventField.STATUS)
        assert self.asked(conn) == [listed]

    def test_a_cancellation_that_all_sources_agree_on_is_not_asked_about(
        self, conn: Connection, pair: Pair
    ) -> None:
        load(conn, pair, SOON, status=EventStatus.CANCELLED)
        self.portal(conn, EventStatus.CANCELLED)

        assert self.asked(conn) == []

    @pytest.mark.usefixtures("listed")
    @pytest.mark.parametrize(
        "change",
        ["withdrawn_at = now()", "local_date = local_date - 30"],
    )
    def test_a_cancellation_that_is_over_or_no_longer_listed_is_not_asked_about(
        self, conn: Connection, change: str
    ) -> None:
        conn.execute(f"UPDATE discovery.listings SET {change} WHERE status = 'cancelled'".encode())

        assert self.asked(conn) == []
