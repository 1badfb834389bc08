"""The queue of what a person is to judge, and what the answers do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from include.discovery.errors import InvalidSettings
from include.discovery.identity.judging import Verdict
from include.discovery.store import judgements as stored
from include.discovery.store.audit import Author, read_changes
from include.discovery.store.connection import Connection
from include.discovery.store.decisions import judge_listings, take_back_judgement
from include.discovery.store.event_ids import event_now
from include.discovery.store.judgements import pair_of
from include.discovery.store.queries.judgements import (
    JudgedPair,
    count_questions,
    open_questions,
)
from tests.store.test_matching import (
    Table,
    event_of,
    grouped,
    listing_id,
    pairs,
    sync,
    table,
    titled,
)
from tests.support.builders import WARSAW

__all__ = ["table"]
ADA = Author("ada", "page")
SOON = datetime.now(WARSAW).replace(hour=19, minute=0, second=0, microsecond=0) + timedelta(days=3)


def listed(conn: Connection, **records: str | Mapping[str, Any]) -> None:
    """Sync sources of these names, which bring one listing each."""
    for pair, said in zip(pairs(conn, "".join(records)), records.values(), strict=True):
        changes = {"title": said} if isinstance(said, str) else said
        sync(conn, pair, [titled(**{"starts_at": SOON, **changes})])


def asked(conn: Connection, **wanted: Any) -> list[tuple[str, str]]:
    return [_titles(each) for each in open_questions(conn, **wanted).judgements]


def _titles(each: JudgedPair) -> tuple[str, str]:
    return each.first.title, each.second.title


def judge(conn: Connection, one: str, other: str, verdict: Verdict) -> None:
    pair = pair_of(listing_id(conn, one), listing_id(conn, other))
    judge_listings(conn, pair, verdict, author=ADA, reason="seen")


def days(conn: Connection) -> list[date]:
    found = conn.execute("SELECT local_date FROM discovery.judgements").fetchall()
    return [row[0] for row in found]


class TestQueue:
    """What is asked, and in which order."""

    def test_what_the_rules_are_unsure_of_is_asked_what_is_soon_first(
        self, conn: Connection, table: Table
    ) -> None:
        table.review("Jazz", "Jazz?")
        table.review("Quiz", "Quiz?")
        later = SOON + timedelta(days=4)
        listed(conn, a={"title": "Quiz", "starts_at": later},
               b={"title": "Quiz?", "starts_at": later}, c="Jazz", d="Jazz?")  # fmt: skip

        assert asked(conn) == [("Jazz", "Jazz?"), ("Quiz", "Quiz?")]
        assert count_questions(conn) == count_questions(conn, "krakow") == 2
        assert asked(conn, city="paris") == []
        assert count_questions(conn, "paris") == 0

    def test_pages_follow_each_other(self, conn: Connection, table: Table) -> None:
        for n in range(5):
            table.review(f"T{n}", f"U{n}")
        a, b = pairs(conn, "ab")
        sync(conn, a, [titled(f"T{n}", str(n), starts_at=SOON) for n in range(5)])
        sync(conn, b, [titled(f"U{n}", str(n), starts_at=SOON) for n in range(5)])

        first = open_questions(conn, limit=2)
        second = open_questions(conn, limit=2, after=first.next)
        third = open_questions(conn, limit=2, after=second.next)

        found = [_titles(each) for page in (first, second, third) for each in page.judgements]
        assert sorted(found) == [(f"T{n}", f"U{n}") for n in range(5)]
        assert third.next is None

    def test_of_two_events_only_one_pair_of_listings_is_asked_about(
        self, conn: Connection, table: Table
    ) -> None:
        table.review("Jazz", "Jazz?")
        listed(conn, a="Jazz", b="Jazz", c="Jazz?", d="Jazz?")

        assert asked(conn) == [("Jazz", "Jazz?")]
        assert count_questions(conn) == 1

    def test_what_is_one_event_through_a_third_listing_is_not_asked(
        self, conn: Connection, table: Table
    ) -> None:
        table.review("Jazz", "Jazz?")
        table.same("Jazz", "Bridge")
        table.same("Jazz?", "Bridge")
        listed(conn, a="Jazz", b="Jazz?", c="Bridge")

        assert len(grouped(conn)) == 1
        assert asked(conn) == []

    def test_what_is_withdrawn_is_not_asked(self, conn: Connection, table: Table) -> None:
        table.review("Jazz", "Jazz?")
        listed(conn, a="Jazz", b="Jazz?")
        conn.execute("UPDATE discovery.listings SET withdrawn_at = now() WHERE title = 'Jazz'")

        assert asked(conn) == []

    def test_what_is_over_is_not_asked(self, conn: Connection, table: Table) -> None:
        table.review("Jazz", "Jazz?")
        over = SOON - timedelta(days=9)
        listed(conn, a={"title": "Jazz", "starts_at": over},
               b={"title": "Jazz?", "starts_at": over})  # fmt: skip

        assert days(conn) == [over.date()]
        assert asked(conn) == []

    def test_a_listing_that_moves_to_another_day_is_asked_about_in_its_new_place(
        self, conn: Connection, table: Table
    ) -> None:
        table.review("Jazz", "Jazz?")
        a, b = pairs(conn, "ab")
        sync(conn, a, [titled("Jazz", starts_at=SOON)])
        sync(conn, b, [titled("Jazz?", starts_at=SOON)])
        assert days(conn) == [SOON.date()]

        sync(conn, a, [titled("Jazz", starts_at=SOON - timedelta(days=1))])

        assert days(conn) == [SOON.date() - timedelta(days=1)]


class TestAnswers:
    """A person's word on two listings: it holds, and can be taken back."""

    def test_the_same_makes_their_events_one(self, conn: Connection, table: Table) -> None:
        table.review("Jazz", "Jazz?")
        listed(conn, a="Jazz", b="Jazz?", c="Jazz?")
        older = event_of(conn, "a1")

        judge(conn, "a1", "c1", Verdict.SAME)

        assert grouped(conn) == {frozenset({"a1", "b1", "c1"})}
        assert event_of(conn, "c1") == older
        assert asked(conn) == []
        (noted,) = read_changes(conn, limit=1)
        assert (noted.author, noted.change.action) == (ADA, "judge")
        assert noted.change.after == {
            "listings": sorted([listing_id(conn, "a1"), listing_id(conn, "c1")]),
            "verdict": "same",
            "reason": "seen",
        }

    def test_not_the_same_is_never_asked_again(self, conn: Connection, table: Table) -> None:
        table.review("Jazz", "Jazz?")
        listed(conn, a="Jazz", b="Jazz?", c="Jazz?")

        judge(conn, "a1", "b1", Verdict.DIFFERENT)

        assert grouped(conn) == {frozenset({"a1"}), frozenset({"b1", "c1"})}
        assert asked(conn) == []
        assert count_questions(conn) == 0

    @pytest.mark.parametrize("verdict", [Verdict.SAME, Verdict.DIFFERENT])
    def test_a_word_that_is_taken_back_leaves_everything_as_before(
        self, conn: Connection, table: Table, verdict: Verdict
    ) -> None:
        table.review("Jazz", "Jazz?")
        listed(conn, a="Jazz", b="Jazz?")
        before = event_of(conn, "a1"), event_of(conn, "b1"), asked(conn)
        pair = pair_of(listing_id(conn, "a1"), listing_id(conn, "b1"))
        judge(conn, "a1", "b1", verdict)

        take_back_judgement(conn, pair, author=ADA)

        assert (event_of(conn, "a1"), event_of(conn, "b1"), asked(conn)) == before
        assert [event_now(conn, each) for each in before[:2]] == [*before[:2]]
        (noted,) = read_changes(conn, limit=1)
        assert noted.change.after == {"listings": [*pair], "taken_back": verdict.value}

    def test_a_word_on_what_is_not_there_is_refused_and_not_noted(
        self, conn: Connection, table: Table
    ) -> None:
        table.review("Jazz", "Jazz?")
        listed(conn, a="Jazz", b="Jazz?")
        pair = pair_of(listing_id(conn, "a1"), listing_id(conn, "b1"))

        with pytest.raises(InvalidSettings, match="no listing 4711"):
            judge_listings(conn, (1, 4711), Verdict.SAME, author=ADA, reason="-")
        with pytest.raises(InvalidSettings, match="say why"):
            judge_listings(conn, pair, Verdict.SAME, author=ADA, reason="")
        with pytest.raises(InvalidSettings, match="nobody has judged"):
            take_back_judgement(conn, pair, author=ADA)
        assert read_changes(conn, limit=1) == []
        assert stored.judgements_of(conn, pair)[0].decided_by is None
