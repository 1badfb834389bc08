"""Matching in the database: groups, ids that last, and what people have decided.

The rules of the matcher have tests of their own. Here a table of titles says which are one event,
so that every graph of judgements can be made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations, count
from threading import Barrier, Thread
from typing import Any, LiteralString

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.discovery.errors import InvalidSettings
from include.discovery.identity.clusters import clusters
from include.discovery.identity.context import Context
from include.discovery.identity.judging import Judgement, Verdict
from include.discovery.identity.listing import Listing
from include.discovery.identity.prepared import Prepared
from include.discovery.model import EventRecord, Pair, SyncStats, Venue
from include.discovery.store import matching
from include.discovery.store.audit import Author, read_changes
from include.discovery.store.configuration import Key
from include.discovery.store.connection import Connection, connect
from include.discovery.store.decisions import merge_events, split_event
from include.discovery.store.event_ids import Member, Redirect, event_now, plan_regrouping
from include.discovery.store.loader import Loader
from include.discovery.store.matching import Matched, match_unmatched
from include.discovery.store.removal import Removal
from include.discovery.store.runs import Attempt, PageResult, begin, finish
from tests.support.builders import WARSAW, event, source, stored_pair
from tests.support.databases import delete_rows

ADA = Author("ada", "cli")
DAY = datetime(2026, 12, 24, 19, tzinfo=WARSAW)
_runs = count()


@dataclass
class Table:
    """Which titles are of one event; equal ones are unless the table says otherwise."""

    says: dict[frozenset[str], tuple[Verdict, float]] = field(default_factory=dict)
    same_if_alone: set[frozenset[str]] = field(default_factory=set)
    """Titles of one event, provided that neither source lists another there that day."""
    judged: list[tuple[str, str]] = field(default_factory=list)

    def judge_prepared(self, a: Prepared, b: Prepared, context: Context) -> Judgement:
        titles = frozenset((a.listing.title, b.listing.title))
        if titles in self.same_if_alone:
            listed = [context.slots[day] for one in (a, b) if (day := one.day) is not None]
            are_alone = all(len(titles) == 1 for titles in listed)
            self.says[titles] = (Verdict.SAME, 0.9) if are_alone else (Verdict.DIFFERENT, 0.0)
        return self.judge(a.listing, b.listing)

    def judge(self, a: Listing, b: Listing) -> Judgement:
        first, second = sorted((a, b), key=lambda one: one.id)
        self.judged.append((first.id, second.id))
        titles = frozenset((a.title, b.title))
        default = (Verdict.SAME, 1.0) if len(titles) == 1 else (Verdict.DIFFERENT, 0.0)
        if a.local_date != b.local_date:
            default = (Verdict.DIFFERENT, 0.0)
        verdict, score = self.says.get(titles, default)
        return Judgement(first.id, second.id, verdict, score, "table", {"titles": len(titles)})

    def same(self, *titles: str, score: float = 0.9) -> None:
        self.says[frozenset(titles)] = (Verdict.SAME, score)

    def different(self, *titles: str) -> None:
        self.says[frozenset(titles)] = (Verdict.DIFFERENT, 0.0)

    def review(self, *titles: str) -> None:
        self.says[frozenset(titles)] = (Verdict.REVIEW, 0.5)


def all_pairs(
    prepared: Iterable[Prepared], changed: Collection[str] | None = None
) -> list[tuple[Prepared, Prepared]]:
    return [
        pair
        for pair in combinations(prepared, 2)
        if changed is None or not {one.listing.id for one in pair}.isdisjoint(changed)
    ]


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> Table:
    table = Table()
    monkeypatch.setattr(matching, "judge_prepared", table.judge_prepared)
    monkeypatch.setattr(matching, "candidate_pairs", all_pairs)
    return table


def sync(conn: Connection, pair: Pair, records: Sequence[EventRecord]) -> Matched:
    """Load what a pair brings and match it, as a sync does."""
    load(conn, pair, records)
    return match_unmatched(conn, pair)


def load(conn: Connection, pair: Pair, records: Sequence[EventRecord]) -> None:
    opened = begin(conn, pair, Attempt(f"run-{next(_runs)}"))
    Loader(conn, pair, opened).load(records, PageResult(SyncStats()))
    finish(conn, opened.id, complete=True)


def titled(title: str, external_id: str = "1", **changes: Any) -> EventRecord:
    """Build a record of a venue of its own, so that keys tie no two sources."""
    return event(external_id, title=title, **changes)


def pairs(conn: Connection, sources: str) -> list[Pair]:
    return [stored_pair(conn, source=source(slug)) for slug in sources]


def grouped(conn: Connection) -> set[frozenset[str]]:
    """Return which listings are one event."""
    found = conn.execute(
        "SELECT array_agg(s.slug || l.external_id) FROM discovery.listings l"
        " JOIN discovery.sources s ON s.id = l.source_id GROUP BY l.event_id"
    )
    return {frozenset(row[0]) for row in found}


def event_of(conn: Connection, listing: str) -> int:
    return _of_listing(conn, "event_id", listing)


def listing_id(conn: Connection, listing: str) -> int:
    return _of_listing(conn, "id", listing)


def _of_listing(conn: Connection, column: LiteralString, listing: str) -> int:
    row = conn.execute(
        f"SELECT l.{column} FROM discovery.listings l JOIN discovery.sources s"
        " ON s.id = l.source_id WHERE s.slug || l.external_id = %s",
        [listing],
    ).fetchone()
    assert row is not None
    return int(row[0])


def stored_judgements(conn: Connection) -> list[tuple[str, str | None, str | None]]:
    return conn.execute(
        "SELECT verdict, rule, decided_by FROM discovery.judgements ORDER BY first_id, second_id"
    ).fetchall()


class TestGroups:
    """Listings that are judged the same become one event."""

    def test_two_sources_that_name_one_event_differently_make_one_event(
        self, conn: Connection, table: Table
    ) -> None:
        table.same("Jazz", "Dżez")
        a, b = pairs(conn, "ab")
        sync(conn, a, [titled("Jazz")])

        done = sync(conn, b, [titled("Dżez")])

        assert done.moved == 1
        assert grouped(conn) == {frozenset({"a1", "b1"})}
        assert conn.execute("SELECT title, listing_count FROM discovery.events").fetchall() == [
            ("Jazz", 2)
        ]
        assert stored_judgements(conn) == [("same", "table", None)]

    @pytest.mark.parametrize("later", ["a", "b"])
    def test_a_judgement_is_made_again_when_a_source_lists_more_there_that_day(
        self, conn: Connection, table: Table, later: str
    ) -> None:
        table.same_if_alone.add(frozenset(("Gala", "Winter Evening")))
        pair_of = dict(zip("ab", pairs(conn, "ab"), strict=True))
        sync(conn, pair_of["a"], [titled("Gala")])
        sync(conn, pair_of["b"], [titled("Winter Evening")])
        assert grouped(conn) == {frozenset({"a1", "b1"})}

        sync(conn, pair_of[later], [titled("Dance", "2", starts_at=DAY + timedelta(hours=2))])

        assert grouped(conn) == {frozenset({"a1"}), frozenset({"b1"}), frozenset({f"{later}2"})}

    def test_what_is_different_is_compared_and_leaves_no_row(self, conn: Connection) -> None:
        a, b = pairs(conn, "ab")
        sync(conn, a, [titled("Jazz")])
        sync(conn, b, [titled("Quiz")])

        assert grouped(conn) == {frozenset({"a1"}), frozenset({"b1"})}
        assert stored_judgements(conn) == []

    def test_what_a_person_is_to_judge_is_noted_and_not_joined(
        self, conn: Connection, table: Table
    ) -> None:
        table.review("Jazz", "Jazz?")
        a, b = pairs(conn, "ab")
        sync(conn, a, [titled("Jazz")])
        sync(conn, b, [titled("Jazz?")])

        assert grouped(conn) == {frozenset({"a1"}), frozenset({"b1"})}
        assert stored_judgements(conn) == [("review", "table", None)]

    def test_a_listing_between_two_different_ones_goes_with_the_surer_one_and_says_why(
        self, conn: Connection, table: Table
    ) -> None:
        table.same("Early", "Show", score=0.8)
        table.same("Late", "Show", score=0.9)
        for pair, title in zip(pairs(conn, "abc"), ("Early", "Late", "Show"), strict=True):
            sync(conn, pair, [titled(title)])

        assert grouped(conn) == {frozenset({"a1"}), frozenset({"b1", "c1"})}
        assert sorted(stored_judgements(conn)) == [
            ("different", "table", None), ("same", "table", None), ("same", "table", None),
        ]  # fmt: skip

    def test_listings_that_only_a_removed_source_tied_are_parted_by_the_next_sync(
        self, conn: Connection, table: Table
    ) -> None:
        table.same("One", "Bridge")
        table.same("Two", "Bridge")
        table.says[frozenset(("One", "Two"))] = (Verdict.REVIEW, 0.5)
        a, b, bridge = pairs(conn, "abx")
        for pair, title in ((a, "One"), (b, "Two"), (bridge, "Bridge")):
            sync(conn, pair, [titled(title)])
        assert len(grouped(conn)) == 1

        with conn.transaction():
            removal = Removal(conn)
            removal.mark(Key("source", slug="x"))
            removal.carry_out()
        match_unmatched(conn, a)

        assert grouped(conn) == {frozenset({"a1"}), frozenset({"b1"})}

    def test_equal_keys_that_the_rules_call_different_are_parted(
        self, conn: Connection, table: Table
    ) -> None:
        table.different("Jazz")
        a, b = pairs(conn, "ab")
        load(conn, a, [titled("Jazz")])
        load(conn, b, [titled("Jazz")])
        assert len(grouped(conn)) == 1

        match_unmatched(conn, b)

        assert grouped(conn) == {frozenset({"a1"}), frozenset({"b1"})}


class TestIncrements:
    """Only what is new or has changed is compared, and nothing is lost on the way."""

    def test_a_second_identical_sync_compares_and_writes_nothing(
        self, conn: Connection, table: Table
    ) -> None:
        table.same("Jazz", "Dżez")
        a, b = pairs(conn, "ab")
        records = [titled("Dżez"), titled("Quiz", "2")]
        sync(conn, a, [titled("Jazz")])
        sync(conn, b, records)
        before = versions(conn)

        assert sync(conn, b, records) == Matched()
        assert sync(conn, a, [titled("Jazz")]) == Matched()
        assert versions(conn) == before

    def test_a_changed_listing_that_is_judged_as_before_writes_no_judgement(
        self, conn: Connection, table: Table
    ) -> None:
        table.same("Jazz", "Dżez")
        a, b = pairs(conn, "ab")
        sync(conn, a, [titled("Jazz")])
        sync(conn, b, [titled("Dżez")])
        before = versions(conn, "judgements")

        assert sync(conn, b, [titled("Dżez", organizer="Ada")]).judged == 1
        assert versions(conn, "judgements") == before

    def test_a_listing_is_compared_with_its_days_alone(
        self, conn: Connection, table: Table
    ) -> None:
        a, b = pairs(conn, "ab")
        far = DAY + timedelta(days=2)
        sync(conn, a, [titled("Jazz", "1"), titled("Jazz", "2", starts_at=far)])
        table.judged.clear()

        sync(conn, b, [titled("Quiz")])

        assert table.judged == [("a 1", "b 1")]

    def test_what_a_killed_sync_left_is_matched_by_the_next_one_of_the_city(
        self, conn: Connection, table: Table
    ) -> None:
        table.same("Jazz", "Dżez")
        a, b = pairs(conn, "ab")
        load(conn, a, [titled("Jazz")])
        load(conn, b, [titled("Dżez")])

        match_unmatched(conn, a)

        assert grouped(conn) == {frozenset({"a1", "b1"})}
        assert conn.execute("SELECT FROM discovery.unmatched_listings").fetchall() == []

    def test_what_another_running_sync_has_loaded_is_left_to_it(self, conn: Connection) -> None:
        a, b = pairs(conn, "ab")
        begin(conn, b, Attempt("still-running"))
        load(conn, a, [titled("Jazz")])
        conn.execute("UPDATE discovery.unmatched_listings SET city_source_id = %s", [b.id])

        assert match_unmatched(conn, a) == Matched()
        assert len(conn.execute("SELECT FROM discovery.unmatched_listings").fetchall()) == 1

    def test_more_than_a_batch_is_matched_to_the_end(
        self, conn: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(matching, "BATCH", 2)
        (a,) = pairs(conn, "a")

        assert sync(conn, a, [titled(f"T{n}", str(n)) for n in range(5)]).listings == 5

    def test_no_statement_of_a_batch_takes_longer_than_its_limit(
        self, conn: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        limits = []

        def no_pairs(*_: object) -> list[tuple[Prepared, Prepared]]:
            limits.append(conn.execute("SHOW statement_timeout").fetchone())
            return []

        monkeypatch.setattr(matching, "candidate_pairs", no_pairs)
        (a,) = pairs(conn, "a")
        load(conn, a, [titled("Jazz")])

        match_unmatched(conn, a, limit=timedelta(seconds=50))

        assert limits == [("50s",)]
        assert conn.execute("SHOW statement_timeout").fetchone() == ("0",)

    def test_an_event_of_two_cities_is_matched_under_the_lock_of_both(
        self, conn: Connection, table: Table
    ) -> None:
        table.same("Jazz", "Dżez")
        a, b = pairs(conn, "ab")
        sync(conn, a, [titled("Jazz")])
        sync(conn, b, [titled("Dżez")])
        conn.execute(
            "INSERT INTO discovery.cities (slug, name, country_code, timezone, latitude, longitude,"
            " radius_km, enabled) VALUES ('next', 'Next', 'PL', 'UTC', 0, 0, 1, true)"
        )
        conn.execute(
            "UPDATE discovery.listings SET city_id = (SELECT id FROM discovery.cities"
            " WHERE slug = 'next') WHERE id = %s",
            [listing_id(conn, "a1")],
        )

        sync(conn, b, [titled("Quiz")])

        assert grouped(conn) == {frozenset({"a1"}), frozenset({"b1"})}


TABLES = ("events", "judgements", "event_redirects", "unmatched_listings", "venues")


def versions(conn: Connection, *tables: str) -> list[Any]:
    """Return the version of every row: a write makes a new one, even of the same values."""
    return [
        conn.execute(f"SELECT xmin::text, ctid::text FROM discovery.{name} ORDER BY 1, 2".encode())
        .fetchall()
        for name in tables or TABLES
    ]  # fmt: skip


class TestIds:
    """An event's id outlives whatever happens to its listings."""

    def test_two_events_that_become_one_keep_the_older_id_and_the_other_leads_there(
        self, conn: Connection
    ) -> None:
        a, b = pairs(conn, "ab")
        sync(conn, a, [titled("Jazz")])
        sync(conn, b, [titled("Quiz")])
        older, younger = event_of(conn, "a1"), event_of(conn, "b1")

        sync(conn, b, [titled("Jazz")])

        assert event_of(conn, "b1") == older
        assert event_now(conn, younger) == event_now(conn, older) == older

    def test_an_event_whose_listings_both_change_title_and_day_keeps_its_id(
        self, conn: Connection
    ) -> None:
        a, b = pairs(conn, "ab")
        sync(conn, a, [titled("Jazz")])
        sync(conn, b, [titled("Jazz")])
        published = event_of(conn, "a1")
        moved = titled("Jazz gala", starts_at=DAY + timedelta(days=9))

        sync(conn, b, [moved])
        parted = event_of(conn, "b1")
        sync(conn, a, [moved])

        assert event_of(conn, "a1") == event_of(conn, "b1") == published
        assert event_now(conn, parted) == published

    def test_a_split_leaves_the_id_with_the_oldest_listing(self, conn: Connection) -> None:
        a, b = pairs(conn, "ab")
        sync(conn, a, [titled("Jazz")])
        sync(conn, b, [titled("Jazz")])
        published = event_of(conn, "a1")

        sync(conn, a, [titled("Quiz")])

        assert event_of(conn, "a1") == published != event_of(conn, "b1")

    def test_chains_of_merged_ids_lead_to_the_last_one(self, conn: Connection) -> None:
        a, b, c = pairs(conn, "abc")
        for pair, title in ((a, "A"), (b, "B"), (c, "C")):
            sync(conn, pair, [titled(title)])
        ids = [event_of(conn, f"{slug}1") for slug in "abc"]

        sync(conn, c, [titled("B")])
        sync(conn, b, [titled("A")])
        sync(conn, c, [titled("A")])

        assert [event_now(conn, each) for each in ids] == [ids[0]] * 3

    def test_an_event_that_is_parted_from_another_has_its_own_id_back(
        self, conn: Connection
    ) -> None:
        a, b = pairs(conn, "ab")
        sync(conn, a, [titled("Jazz")])
        sync(conn, b, [titled("Quiz")])
        own = event_of(conn, "b1")
        sync(conn, b, [titled("Jazz")])

        sync(conn, b, [titled("Quiz")])

        assert event_of(conn, "b1") == own
        assert conn.execute("SELECT FROM discovery.event_redirects").fetchall() == []

    def test_an_id_that_nobody_knows_leads_nowhere(self, conn: Connection) -> None:
        assert event_now(conn, 4711) is None


def test_redirects_follow_the_listing_that_they_stand_for() -> None:
    members = {n: Member(n, 10, DAY + timedelta(hours=n)) for n in (1, 2, 3)}
    redirects = [Redirect(20, 10, 2), Redirect(30, 10, 3), Redirect(40, 10, 99)]

    plan = plan_regrouping([{1}, {2, 3}], members, redirects)

    assert (plan.revived, plan.redirected) == ({20: 2}, {30: 20})
    assert plan.moves == {2: 20, 3: 20}


class TestPeople:
    """What a person has decided holds against rules and keys, now and later."""

    def test_two_events_that_a_person_merges_are_one(self, conn: Connection) -> None:
        a, b = pairs(conn, "ab")
        sync(conn, a, [titled("Jazz")])
        sync(conn, b, [titled("Gala")])
        one, other = event_of(conn, "a1"), event_of(conn, "b1")

        done = merge_events(conn, other, one, author=ADA, reason="the organiser says so")

        assert set(done.events.values()) == {one}
        assert grouped(conn) == {frozenset({"a1", "b1"})}
        assert event_now(conn, other) == one
        (noted,) = read_changes(conn, limit=1)
        assert (noted.author, noted.change) == (ADA, done.change)
        assert noted.change.action == "merge"
        assert noted.change.after == {"events": [other, one], "reason": "the organiser says so"}

    def test_a_merge_by_a_person_holds_when_a_listing_changes(self, conn: Connection) -> None:
        a, b = pairs(conn, "ab")
        sync(conn, a, [titled("Jazz")])
        sync(conn, b, [titled("Gala")])
        merge_events(conn, event_of(conn, "a1"), event_of(conn, "b1"), author=ADA, reason="-")

        sync(conn, b, [titled("Quiz")])

        assert grouped(conn) == {frozenset({"a1", "b1"})}

    def test_a_listing_that_a_person_parts_stays_apart_with_the_same_key(
        self, conn: Connection
    ) -> None:
        a, b, c = pairs(conn, "abc")
        sync(conn, a, [titled("Jazz")])
        sync(conn, b, [titled("Jazz")])
        whole = event_of(conn, "a1")

        split_event(conn, whole, [listing_id(conn, "b1")], author=ADA, reason="two shows")
        sync(conn, b, [titled("Jazz", organizer="Ada")])
        sync(conn, c, [titled("Jazz")])

        assert event_of(conn, "a1") == whole != event_of(conn, "b1")
        assert len(grouped(conn)) == 2
        (noted,) = read_changes(conn, limit=1)
        assert (noted.change.action, noted.change.entity) == ("split", str(whole))

    def test_a_split_undoes_a_merge(self, conn: Connection) -> None:
        a, b, c = pairs(conn, "abc")
        for pair, title in ((a, "Jazz"), (b, "Gala"), (c, "Gala")):
            sync(conn, pair, [titled(title)])
        before = {name: event_of(conn, name) for name in ("a1", "b1", "c1")}
        merge_events(conn, before["a1"], before["b1"], author=ADA, reason="-")
        apart = [listing_id(conn, name) for name in ("b1", "c1")]

        split_event(conn, before["a1"], apart, author=ADA, reason="I was wrong")

        assert {name: event_of(conn, name) for name in before} == before

    @pytest.mark.parametrize("chosen", [[], ["a1", "b1"], ["c1"]])
    def test_a_split_of_nothing_or_all_or_others_is_refused(
        self, conn: Connection, chosen: list[str]
    ) -> None:
        for pair, title in zip(pairs(conn, "abc"), ("Jazz", "Jazz", "Quiz"), strict=True):
            sync(conn, pair, [titled(title)])
        listings = [listing_id(conn, name) for name in chosen]

        with pytest.raises(InvalidSettings):
            split_event(conn, event_of(conn, "a1"), listings, author=ADA, reason="-")

    def test_a_decision_without_a_reason_is_refused(self, conn: Connection) -> None:
        a, b = pairs(conn, "ab")
        sync(conn, a, [titled("Jazz")])
        sync(conn, b, [titled("Gala")])

        with pytest.raises(InvalidSettings, match="say why"):
            merge_events(conn, event_of(conn, "a1"), event_of(conn, "b1"), author=ADA, reason=" ")
        assert len(grouped(conn)) == 2

    def test_a_merge_of_what_is_one_or_unknown_is_refused(self, conn: Connection) -> None:
        (a,) = pairs(conn, "a")
        sync(conn, a, [titled("Jazz")])
        known = event_of(conn, "a1")

        with pytest.raises(InvalidSettings, match="one event already"):
            merge_events(conn, known, known, author=ADA, reason="-")
        with pytest.raises(InvalidSettings, match="no event 4711"):
            merge_events(conn, known, 4711, author=ADA, reason="-")


TITLES = "ABCDE"
VERDICTS = st.sampled_from(
    [(Verdict.SAME, 0.9), (Verdict.SAME, 0.8), (Verdict.DIFFERENT, 0.0), (Verdict.REVIEW, 0.5)]
)
SAYS = st.fixed_dictionaries({frozenset(pair): VERDICTS for pair in combinations(TITLES, 2)})
STEPS = st.lists(
    st.tuples(st.sampled_from("pqrs"), st.sampled_from("12"), st.sampled_from(TITLES)),
    min_size=1, max_size=12,
)  # fmt: skip
FUZZED = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def take_steps(conn: Connection, steps: Iterable[tuple[str, str, str]]) -> Iterator[dict[str, str]]:
    """Sync what each step says of one listing; yield the titles that all have after each."""
    delete_rows(conn)
    of = {slug: stored_pair(conn, source=source(slug)) for slug in "pqrs"}
    titles: dict[str, str] = {}
    for slug, external_id, title in steps:
        titles[slug + external_id] = title
        venue = Venue(name=f"Hall {slug}", locality="Kraków")
        # All that the source has: an id that is new beside a missing one would be a renewed one.
        records = [
            titled(said, name[1], venue=venue) for name, said in titles.items() if name[0] == slug
        ]
        sync(conn, of[slug], records)
        yield titles


def expected(table: Table, titles: dict[str, str]) -> set[frozenset[str]]:
    """Cluster everything at once, by all judgements."""
    listings = {
        name: Listing(f"{name[0]} {name[1]}", name[0], "", name[1], title, DAY.date(), "UTC")
        for name, title in titles.items()
    }
    judgements = [table.judge(one, other) for one, other in combinations(listings.values(), 2)]
    found = clusters([one.id for one in listings.values()], judgements)
    return {frozenset(one.replace(" ", "") for one in group) for group in found}


@pytest.mark.slow
@FUZZED
@given(says=SAYS, steps=STEPS)
def test_events_are_the_same_as_if_all_listings_were_matched_at_once(
    conn: Connection, table: Table, says: dict[frozenset[str], tuple[Verdict, float]], steps: Any
) -> None:
    table.says = says
    for titles in take_steps(conn, steps):
        assert grouped(conn) == expected(table, titles)


@pytest.mark.slow
@FUZZED
@given(says=SAYS, steps=STEPS)
def test_every_id_that_was_ever_published_leads_to_an_event(
    conn: Connection, table: Table, says: dict[frozenset[str], tuple[Verdict, float]], steps: Any
) -> None:
    table.says = says
    published: set[int] = set()
    for _ in take_steps(conn, steps):
        now = {row[0] for row in conn.execute("SELECT id FROM discovery.events")}
        published |= now
        assert {event_now(conn, each) for each in published} <= now
    empty = conn.execute(
        "SELECT FROM discovery.events e WHERE NOT EXISTS"
        " (SELECT FROM discovery.listings l WHERE l.event_id = e.id)"
    )
    assert empty.fetchall() == []


@pytest.mark.slow
@FUZZED
@given(says=SAYS, steps=STEPS, parted=st.data())
def test_no_event_ever_holds_what_a_person_has_parted(
    conn: Connection, table: Table, says: Any, steps: Any, parted: st.DataObject
) -> None:
    table.says = dict.fromkeys(says, (Verdict.SAME, 0.9))
    apart: set[frozenset[str]] = set()
    for _ in take_steps(conn, steps):
        for group in grouped(conn):
            assert not any(pair <= group for pair in apart)
        whole = max(grouped(conn), key=lambda group: (len(group), sorted(group)))
        if len(whole) > 1 and parted.draw(st.booleans()):
            chosen = parted.draw(st.sampled_from(sorted(whole)))
            split_event(
                conn, event_of(conn, chosen), [listing_id(conn, chosen)], author=ADA, reason="-"
            )
            apart |= {frozenset((chosen, other)) for other in whole - {chosen}}


@pytest.mark.slow
def test_concurrent_syncs_of_sources_that_share_events_give_the_same_events(
    conn: Connection, table: Table, database_url: str
) -> None:
    sources = pairs(conn, "abcdef")
    for n in range(40):
        for one, other in combinations("abcdef", 2):
            table.same(f"{one} {n}", f"{other} {n}")
    start = Barrier(len(sources))
    failures: list[BaseException] = []

    def work(pair: Pair, records: list[EventRecord]) -> None:
        try:
            with connect(database_url) as own:
                start.wait(timeout=10)
                sync(own, pair, records)
        except BaseException as error:  # noqa: BLE001  shown by the assertion
            failures.append(error)

    threads = []
    for n, pair in enumerate(sources):
        page = [titled(f"{pair.source.slug} {k}", str(k)) for k in range(40)]
        # Half of them in the opposite order: the worst case for locks.
        threads.append(Thread(target=work, args=(pair, page if n % 2 else page[::-1])))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert grouped(conn) == {frozenset(f"{slug}{k}" for slug in "abcdef") for k in range(40)}
