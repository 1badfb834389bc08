"""Too much is missing at once: a person is asked, once, and the decision holds."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from include.discovery.model import EventRecord, Pair, Window
from include.discovery.store.audit import Author, read_changes
from include.discovery.store.connection import Connection
from include.discovery.store.edits import EditRefusedError
from include.discovery.store.queries.withdrawals import (
    decided_approvals,
    listings_of_approval,
    open_approvals,
    waiting_by_pair,
)
from include.discovery.store.withdrawal_approvals import Decision, decide
from tests.store.test_withdrawals import FIRST_NIGHT, on, sync, withdrawn
from tests.support.builders import PARIS, WARSAW, event, source, stored_pair

ANNA = Author("anna", "page")


LATER = 2099
"""A year by whose events it makes no difference when a test runs."""


def twenty(year: int = FIRST_NIGHT.year) -> list[EventRecord]:
    """Return an event of each day of a December from the tenth on."""
    return [
        event(f"n{n}", starts_at=datetime(year, 12, 10 + n, 19, tzinfo=WARSAW)) for n in range(20)
    ]


def asked(conn: Connection, year: int = FIRST_NIGHT.year) -> tuple[Pair, list[EventRecord]]:
    """Let ten of twenty listings be missing for two nights; return the pair and all listings."""
    pair = stored_pair(conn)
    records = twenty(year)
    december = Window(date(year, 12, 1), date(year, 12, 31))
    for night in (0, 1, 2):
        shown = records[10:] if night else records
        sync(conn, pair, *shown, night=night, window=december)
    return pair, records


def decided(conn: Connection, decision: Decision, night: float = 2.5) -> Any:
    (approval,) = open_approvals(conn)
    now = FIRST_NIGHT + timedelta(days=night)
    return decide(conn, approval["id"], decision, decided_by=ANNA, now=now)


def titles(records: list[EventRecord]) -> list[str]:
    return sorted(each.title for each in records)


def test_a_person_is_asked_on_the_second_night_about_what_would_go(conn: Connection) -> None:
    pair = stored_pair(conn)
    records = twenty()
    sync(conn, pair, *records)
    sync(conn, pair, *records[10:], night=1)
    assert open_approvals(conn) == []

    _, withdrawal = sync(conn, pair, *records[10:], night=2)

    assert withdrawal.count == 0
    assert withdrawal.warning == (
        "10 of 20 listings have been missing for a day; all are kept; 10 missing listings await"
        " approval: say under Withdrawals whether they are gone"
    )
    (approval,) = open_approvals(conn)
    assert (approval["city"], approval["source"]) == ("krakow", "theatres")
    assert (approval["missing"], approval["listed"], approval["waiting"]) == (10, 20, 10)
    sample = listings_of_approval(conn, approval["id"], 3)
    assert [each["local_date"].day for each in sample] == [10, 11, 12]
    assert waiting_by_pair(conn) == {pair.id: 10}


def test_later_nights_do_not_ask_again(conn: Connection) -> None:
    pair, records = asked(conn)
    before = open_approvals(conn)

    for night in (3, 4):
        _, withdrawal = sync(conn, pair, *records[10:], night=night)
        assert withdrawal.warning == (
            "10 missing listings await approval: say under Withdrawals whether they are gone"
        )

    assert open_approvals(conn) == before
    assert withdrawn(conn) == []


def test_what_vanishes_beside_an_open_approval_still_goes(conn: Connection) -> None:
    pair, records = asked(conn)

    sync(conn, pair, *records[12:], night=3)
    _, withdrawal = sync(conn, pair, *records[12:], night=4)

    assert withdrawal.count == 2
    assert withdrawn(conn) == titles(records[10:12])


def test_more_that_is_missing_is_added_to_the_open_approval(conn: Connection) -> None:
    pair, _ = asked(conn)

    for night in (3, 4, 5):
        sync(conn, pair, night=night)

    (approval,) = open_approvals(conn)
    assert (approval["missing"], approval["listed"], approval["waiting"]) == (20, 20, 20)
    assert withdrawn(conn) == []


def test_what_was_missed_before_a_broken_answer_waits_for_the_next(conn: Connection) -> None:
    pair = stored_pair(conn)
    records = twenty()
    sync(conn, pair, *records)
    sync(conn, pair, *records[1:], night=1)

    assert sync(conn, pair, night=2)[1].count == 0
    assert sync(conn, pair, *records[1:], night=3)[1].count == 1
    assert withdrawn(conn) == titles(records[:1])
    assert open_approvals(conn) == []


class TestConfirmed:
    """A person has said that they are gone."""

    def test_they_are_withdrawn_at_once(self, conn: Connection) -> None:
        _, records = asked(conn)

        done = decided(conn, "confirm")

        assert (done.withdrawn, done.kept) == (10, 0)
        assert withdrawn(conn) == withdrawn(conn, "events") == titles(records[:10])
        assert open_approvals(conn) == []
        (closed,) = decided_approvals(conn, 5)
        assert (closed["decision"], closed["decided_by"], closed["withdrawn"]) == (
            "confirm", "anna", 10,
        )  # fmt: skip

    def test_it_is_in_the_audit_log(self, conn: Connection) -> None:
        asked(conn)

        decided(conn, "confirm")

        (noted,) = read_changes(conn, limit=1)
        assert noted.author == ANNA
        assert str(noted.change).startswith("- withdrawal krakow · theatres: ")
        assert noted.change.after == {"city": "krakow", "source": "theatres", "listings": 10}

    def test_what_has_begun_or_is_listed_again_stays(self, conn: Connection) -> None:
        pair, records = asked(conn)
        sync(conn, pair, records[9], *records[10:], night=2.2)

        done = decided(conn, "confirm", night=10)  # the first begins on the 10th

        assert done.withdrawn == 8
        assert withdrawn(conn) == titles(records[1:9])

    def test_the_next_night_warns_of_nothing(self, conn: Connection) -> None:
        pair, records = asked(conn)
        decided(conn, "confirm")

        assert sync(conn, pair, *records[10:], night=3)[1].warning is None

    def test_a_run_with_withdraw_missing_confirms_it_too(self, conn: Connection) -> None:
        pair, records = asked(conn)

        _, withdrawal = sync(conn, pair, *records[10:], night=3, is_confirmed=True)

        assert withdrawal.count == 10
        (closed,) = decided_approvals(conn, 5)
        assert closed["decision"] == "confirm"
        assert closed["decided_by"].startswith("run run-")

    def test_listings_of_other_pairs_and_sources_are_not_touched(self, conn: Connection) -> None:
        others = [
            stored_pair(conn, PARIS, source("theatres")),
            stored_pair(conn, source=source("clubs")),
        ]
        for n, pair in enumerate(others):
            records = [on(5 + day, external_id=f"{n}-{day}") for day in range(20)]
            for night in (0, 1, 2):
                sync(conn, pair, *(records if not night else records[12:]), night=night)
        before = conn.execute("SELECT *, xmin FROM discovery.listings ORDER BY id").fetchall()
        asked(conn)

        (mine,) = [each for each in open_approvals(conn) if each["missing"] == 10]
        decide(conn, mine["id"], "confirm", decided_by=ANNA, now=FIRST_NIGHT)

        after = conn.execute("SELECT *, xmin FROM discovery.listings ORDER BY id").fetchall()
        assert after[: len(before)] == before
        assert len(open_approvals(conn)) == 2


class TestKept:
    """A person has said that they stay until the source lists them again or they begin."""

    def test_they_stay_and_are_not_asked_about_again(self, conn: Connection) -> None:
        pair, records = asked(conn)

        done = decided(conn, "keep")

        assert (done.withdrawn, done.kept) == (0, 10)
        for night in (3, 4, 5):
            assert sync(conn, pair, *records[10:], night=night)[1].warning is None
        assert open_approvals(conn) == []
        assert withdrawn(conn) == []

    def test_they_do_not_count_as_missing_for_what_is_missed_later(self, conn: Connection) -> None:
        pair, records = asked(conn)
        decided(conn, "keep")

        sync(conn, pair, *records[11:], night=3)
        _, withdrawal = sync(conn, pair, *records[11:], night=4)

        assert withdrawal.count == 1
        assert withdrawn(conn) == titles(records[10:11])

    def test_once_listed_again_they_are_as_any_other(self, conn: Connection) -> None:
        pair, records = asked(conn)
        decided(conn, "keep")
        sync(conn, pair, *records, night=3)

        sync(conn, pair, *records[1:], night=4)

        assert sync(conn, pair, *records[1:], night=5)[1].count == 1

    def test_a_run_with_withdraw_missing_withdraws_them(self, conn: Connection) -> None:
        pair, records = asked(conn)
        decided(conn, "keep")

        assert sync(conn, pair, *records[10:], night=3, is_confirmed=True)[1].count == 10

    def test_the_next_approval_is_about_what_is_missed_later_alone(self, conn: Connection) -> None:
        pair, records = asked(conn)
        decided(conn, "keep")

        for night in (3, 4):
            sync(conn, pair, *records[18:], night=night)

        (approval,) = open_approvals(conn)
        assert (approval["missing"], approval["listed"]) == (8, 10)


class TestOver:
    """Nobody needs to decide any more."""

    def test_the_listings_are_back(self, conn: Connection) -> None:
        pair, records = asked(conn)

        _, withdrawal = sync(conn, pair, *records, night=3)

        assert withdrawal.warning is None
        assert open_approvals(conn) == []
        assert decided_approvals(conn, 5)[0]["decision"] == "over"

    def test_some_are_back(self, conn: Connection) -> None:
        pair, records = asked(conn)

        sync(conn, pair, *records[4:], night=3)

        (approval,) = open_approvals(conn)
        assert (approval["missing"], approval["waiting"]) == (10, 4)
        assert withdrawn(conn) == []

    def test_the_events_have_begun(self, conn: Connection) -> None:
        pair, records = asked(conn)

        sync(conn, pair, *records[10:], night=28)

        assert open_approvals(conn) == []
        assert withdrawn(conn) == []


@pytest.mark.parametrize("first", ["confirm", "keep"])
def test_an_approval_is_decided_once(conn: Connection, first: Decision) -> None:
    asked(conn)
    (approval,) = open_approvals(conn)
    decided(conn, first)

    with pytest.raises(EditRefusedError, match="was decided by anna"):
        decide(conn, approval["id"], "confirm", decided_by=ANNA, now=FIRST_NIGHT)


def test_an_approval_that_is_over_is_not_decided(conn: Connection) -> None:
    pair, records = asked(conn)
    (approval,) = open_approvals(conn)
    sync(conn, pair, *records, night=3)

    with pytest.raises(EditRefusedError, match="no longer awaits approval"):
        decide(conn, approval["id"], "confirm", decided_by=ANNA, now=FIRST_NIGHT)


def test_an_approval_that_is_not_there_is_not_decided(conn: Connection) -> None:
    assert decide(conn, 1, "keep", decided_by=ANNA, now=FIRST_NIGHT) is None
