"""What people say of venues holds for ever, whatever is synced later, until it is taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from threading import Thread
from typing import Any

import pytest

from include.discovery.errors import InvalidSettings
from include.discovery.event_edits import EventEdit
from include.discovery.identity.judging import OTHER_VENUES, Verdict
from include.discovery.model import EventRecord, Pair, Venue
from include.discovery.store.audit import Author, Change, read_changes
from include.discovery.store.connection import Connection, connect, rows
from include.discovery.store.event_edits import edit_event
from include.discovery.store.matching import match_unmatched
from include.discovery.store.queries import venues as queries
from include.discovery.store.queries.event_search import EventFilter, search_events
from include.discovery.store.queries.judgements import judgements_of_listings
from include.discovery.store.queries.venues import (
    answered_proposals,
    find_venues,
    proposed_merges,
)
from include.discovery.store.venues import (
    merge_venues,
    place_in_building,
    rename_venue,
    split_venues,
    take_back_venue_judgement,
)
from tests.support.builders import KRAKOW, WARSAW, event, source, stored_events, stored_pair

ADA = Author("ada", "cli")
WHY = "the sign says so"
SOON = datetime.now(WARSAW).replace(hour=19, minute=0, second=0, microsecond=0) + timedelta(days=3)
_runs = count()


def at(
    name: str, number: int = 1, title: str = "Brass Lantern Quartet", **said: Any
) -> EventRecord:
    venue = said.pop("venue", Venue(name=name, locality="Kraków", country="PL"))
    starts_at = SOON + timedelta(days=number)
    return event(
        f"{name} {number}", **{"title": title, "venue": venue, "starts_at": starts_at, **said}
    )


@dataclass
class Sources:
    """Sources of Kraków, which are configured when they are first synced."""

    conn: Connection
    pairs: dict[str, Pair] = field(default_factory=dict)

    def sync(self, slug: str, *records: EventRecord) -> None:
        """Load records one after the other, so that the first venue is the oldest one."""
        if slug not in self.pairs:
            self.pairs[slug] = stored_pair(self.conn, KRAKOW, source(slug))
        for record in records:
            stored_events(self.conn, self.pairs[slug], [record], f"run-{next(_runs)}")
        match_unmatched(self.conn, self.pairs[slug])


Sync = Callable[..., None]


@pytest.fixture
def sync(conn: Connection) -> Sync:
    return Sources(conn).sync


def venue(conn: Connection, name: str) -> int:
    (row,) = conn.execute("SELECT id FROM discovery.venues WHERE name = %s", [name]).fetchall()
    return int(row[0])


def shown(conn: Connection) -> list[tuple[str, str, int]]:
    """Return title, venue and number of listings of each event."""
    return conn.execute(
        "SELECT title, venue, listing_count FROM discovery.all_events ORDER BY title, venue"
    ).fetchall()


def changed_at(conn: Connection) -> dict[str, datetime]:
    """Return when each event changed, as those see it who read what is new, by title."""
    return dict(conn.execute("SELECT title, changed_at FROM discovery.all_events").fetchall())


def merge(conn: Connection, one: str, other: str) -> Change:
    return merge_venues(conn, venue(conn, one), venue(conn, other), author=ADA, reason=WHY)


def split(conn: Connection, one: str, other: str) -> Change:
    return split_venues(conn, venue(conn, one), venue(conn, other), author=ADA, reason=WHY)


def take_back(conn: Connection, one: str, other: str) -> Change:
    return take_back_venue_judgement(conn, venue(conn, one), venue(conn, other), author=ADA)


def rename(conn: Connection, one: str, name: str | None) -> Change:
    return rename_venue(conn, venue(conn, one), name, author=ADA, reason=WHY)


def place(conn: Connection, hall: str, building: str | None) -> Change:
    parent = None if building is None else venue(conn, building)
    return place_in_building(conn, venue(conn, hall), parent, author=ADA, reason=WHY)


class TestMerge:
    """Two venues that a person has made one."""

    def test_events_of_two_merged_venues_show_the_older_one(
        self, conn: Connection, sync: Sync
    ) -> None:
        sync("house", at("Stary Młyn", title="Jazz"), at("Mill House", 2, "Tango"))

        change = merge(conn, "Mill House", "Stary Młyn")

        assert shown(conn) == [("Jazz", "Stary Młyn", 1), ("Tango", "Stary Młyn", 1)]
        assert change.entity == str(venue(conn, "Stary Młyn"))

    def test_events_that_are_synced_later_show_the_merged_venue_too(
        self, conn: Connection, sync: Sync
    ) -> None:
        sync("house", at("Stary Młyn", title="Jazz"), at("Mill House", 2, "Tango"))
        merge(conn, "Stary Młyn", "Mill House")

        sync("house", at("Mill House", 2, "Tango!"), at("Mill House", 3, "Waltz"))
        sync("portal", at("MILL HOUSE", 4, "Polka"))

        assert {name for _, name, _ in shown(conn)} == {"Stary Młyn"}

    def test_merged_venues_are_evidence_for_matching(self, conn: Connection, sync: Sync) -> None:
        sync("house", at("Stary Młyn"))
        sync("portal", at("Remise Nine", title="Brass Lantern Quartet live"))
        assert len(shown(conn)) == 2

        merge(conn, "Stary Młyn", "Remise Nine")
        assert [listings for _, _, listings in shown(conn)] == [2]

        split(conn, "Stary Młyn", "Remise Nine")
        assert len(shown(conn)) == 2

    def test_merged_venues_are_evidence_for_what_is_synced_later(
        self, conn: Connection, sync: Sync
    ) -> None:
        sync("house", at("Stary Młyn", title="Jazz"))
        sync("portal", at("Remise Nine", 2, "Tango"))
        merge(conn, "Stary Młyn", "Remise Nine")

        sync("house", at("Stary Młyn", 5))
        sync("portal", at("Remise Nine", 5, "Brass Lantern Quartet live"))

        assert ("Brass Lantern Quartet", "Stary Młyn", 2) in shown(conn)

    def test_listings_keep_the_venue_that_their_source_names(
        self, conn: Connection, sync: Sync
    ) -> None:
        sync("house", at("Stary Młyn", title="Jazz"), at("Mill House", 2, "Tango"))
        merge(conn, "Stary Młyn", "Mill House")

        found = conn.execute("SELECT title, venue FROM discovery.event_sources ORDER BY 1")

        assert found.fetchall() == [("Jazz", "Stary Młyn"), ("Tango", "Mill House")]

    def test_a_second_sync_of_the_same_writes_no_event(self, conn: Connection, sync: Sync) -> None:
        records = [at("Stary Młyn", title="Jazz"), at("Mill House", 2, "Tango")]
        sync("house", *records)
        merge(conn, "Stary Młyn", "Mill House")
        before = rows(conn, "SELECT id, xmin::text FROM discovery.events ORDER BY id")

        sync("house", *records)

        assert rows(conn, "SELECT id, xmin::text FROM discovery.events ORDER BY id") == before

    def test_one_merge_of_several_can_be_taken_back_by_itself(
        self, conn: Connection, sync: Sync
    ) -> None:
        sync("house", *(at(name, n, name) for n, name in enumerate("ABCD", 1)))
        merge(conn, "A", "B")
        merge(conn, "C", "D")
        merge(conn, "B", "D")
        assert {name for _, name, _ in shown(conn)} == {"A"}

        split(conn, "B", "D")

        assert [name for _, name, _ in shown(conn)] == ["A", "A", "C", "C"]

    def test_two_venues_that_are_tied_by_others_cannot_be_split(
        self, conn: Connection, sync: Sync
    ) -> None:
        sync("house", *(at(name, n, name) for n, name in enumerate("ABC", 1)))
        merge(conn, "A", "B")
        merge(conn, "A", "C")

        with pytest.raises(InvalidSettings, match=rf"\({venue(conn, 'A')}\): split one of them"):
            split(conn, "B", "C")

        assert {name for _, name, _ in shown(conn)} == {"A"}

    def test_venues_that_were_said_to_be_two_are_not_made_one_by_a_merge_of_others(
        self, conn: Connection, sync: Sync
    ) -> None:
        sync("house", *(at(name, n, name) for n, name in enumerate("ABC", 1)))
        split(conn, "A", "B")
        merge(conn, "A", "C")

        with pytest.raises(InvalidSettings, match="somebody has said that"):
            merge(conn, "B", "C")
        merge(conn, "A", "B")

        assert {name for _, name, _ in shown(conn)} == {"A"}

    def test_each_decision_is_an_entry_of_the_audit_log(self, conn: Connection, sync: Sync) -> None:
        sync("house", at("Mill", title="Jazz"), at("Remise", 2, "Tango"))
        merge(conn, "Mill", "Remise")
        rename(conn, "Mill", "The Mill")
        split(conn, "Mill", "Remise")
        place(conn, "Remise", "Mill")

        noted = read_changes(conn, limit=9)

        ids = [venue(conn, "Mill"), venue(conn, "Remise")]
        assert {each.author for each in noted} == {ADA}
        told = [
            (each.change.action, each.change.entity, each.change.before, each.change.after)
            for each in noted
        ]
        mill, remise = ids
        names = ["Mill", "Remise"]
        assert told == [
            ("update", str(remise), {"building": None}, {"building": mill, "reason": WHY}),
            ("split", str(mill), None, {"venues": ids, "reason": WHY}),
            ("update", str(mill), {"name": "Mill"}, {"name": "The Mill", "reason": WHY}),
            ("merge", str(mill), None, {"venues": ids, "names": names, "reason": WHY}),
        ]

    def test_an_event_whose_venue_was_edited_shows_the_merged_venue_too(
        self, conn: Connection, sync: Sync
    ) -> None:
        sync("house", at("Mill", title="Jazz"), at("Remise", 2, "Tango"))
        (jazz,) = conn.execute("SELECT id FROM discovery.events WHERE title = 'Jazz'").fetchall()
        edit = EventEdit(venue=Venue(name="Remise", locality="Kraków", country="PL"))
        edit_event(conn, jazz[0], edit, author=ADA, reason=WHY)

        rename(conn, "Mill", "The Mill")
        merge(conn, "Remise", "Mill")

        assert shown(conn) == [("Jazz", "The Mill", 1), ("Tango", "The Mill", 1)]

    @pytest.mark.parametrize(
        ("one", "other", "fault"),
        [(1, 1, "are one venue already"), (1, 999_999, "there is no venue 999999")],
    )
    def test_a_merge_of_venues_that_cannot_be_one_says_why(
        self, conn: Connection, sync: Sync, one: int, other: int, fault: str
    ) -> None:
        sync("house", at("Mill"))
        mill = venue(conn, "Mill")

        with pytest.raises(InvalidSettings, match=fault):
            merge_venues(conn, mill, mill if other == one else other, author=ADA, reason=WHY)
        assert read_changes(conn, limit=9) == []

    def test_a_decision_about_venues_needs_a_reason(self, conn: Connection, sync: Sync) -> None:
        sync("house", at("Mill"), at("Remise", 2))

        with pytest.raises(InvalidSettings, match="say why"):
            merge_venues(conn, venue(conn, "Mill"), venue(conn, "Remise"), author=ADA, reason=" ")

    def test_events_of_a_page_that_is_loaded_during_a_merge_show_the_merged_venue_too(
        self, conn: Connection, database_url: str, sync: Sync
    ) -> None:
        sync("house", at("Mill", title="Jazz"), at("Remise", 2, "Tango"))
        portal = stored_pair(conn, KRAKOW, source("portal"))
        ids = venue(conn, "Mill"), venue(conn, "Remise")

        def merge_late() -> None:
            with connect(database_url) as own:
                merge_venues(own, *ids, author=ADA, reason=WHY)

        late = Thread(target=merge_late)
        with conn.transaction():
            stored_events(conn, portal, [at("Remise", 3, "Waltz")])
            late.start()
            while not conn.execute("SELECT FROM pg_locks WHERE NOT granted").fetchall():
                pass
        late.join()

        assert {name for _, name, _ in shown(conn)} == {"Mill"}


class TestOtherVenues:
    """Two venues of which a person has said that they are two."""

    def joined(self, sync: Sync) -> None:
        """Two sources name one house in two ways that the rules know as one."""
        sync("house", at("Stary Młyn"))
        sync("portal", at("Stary Młyn Podgórze", title="Brass Lantern Quartet live"))

    def test_events_at_two_venues_that_a_person_parts_are_two_for_ever(
        self, conn: Connection, sync: Sync
    ) -> None:
        self.joined(sync)
        assert [listings for *_, listings in shown(conn)] == [2]

        split(conn, "Stary Młyn", "Stary Młyn Podgórze")
        assert [listings for *_, listings in shown(conn)] == [1, 1]

        sync("portal", at("Stary Młyn Podgórze"), at("Stary Młyn Podgórze", 2))
        sync("house", at("Stary Młyn", 2))
        assert [listings for *_, listings in shown(conn)] == [1, 1, 1, 1]

    def test_what_parts_two_events_is_kept_as_the_reason(
        self, conn: Connection, sync: Sync
    ) -> None:
        self.joined(sync)
        split(conn, "Stary Młyn", "Stary Młyn Podgórze")

        listings = [row[0] for row in conn.execute("SELECT id FROM discovery.listings")]
        (judged,) = judgements_of_listings(conn, listings)

        assert (judged.verdict, judged.rule) == (Verdict.DIFFERENT, OTHER_VENUES)
        assert judged.features["venue because"] == "a person decided that they are two places"

    def test_a_split_of_venues_that_is_taken_back_lets_the_rules_judge_again(
        self, conn: Connection, sync: Sync
    ) -> None:
        self.joined(sync)
        split(conn, "Stary Młyn", "Stary Młyn Podgórze")

        change = take_back(conn, "Stary Młyn", "Stary Młyn Podgórze")

        assert [listings for *_, listings in shown(conn)] == [2]
        assert (change.action, (change.after or {})["taken_back"]) == ("judge", "different")
        assert read_changes(conn, limit=1)[0].change == change
        with pytest.raises(InvalidSettings, match="nobody has said"):
            take_back(conn, "Stary Młyn", "Stary Młyn Podgórze")

    def test_a_merge_that_is_taken_back_shows_both_venues_again(
        self, conn: Connection, sync: Sync
    ) -> None:
        sync("house", at("Mill", title="Jazz"), at("Remise", 2, "Tango"))
        merge(conn, "Mill", "Remise")

        take_back(conn, "Remise", "Mill")

        assert {name for _, name, _ in shown(conn)} == {"Mill", "Remise"}

    def test_a_listing_without_a_venue_makes_no_event_of_two_that_venues_part(
        self, conn: Connection, sync: Sync
    ) -> None:
        self.joined(sync)
        split(conn, "Stary Młyn", "Stary Młyn Podgórze")

        sync("tickets", at("nowhere", venue=None))

        assert sorted(listings for *_, listings in shown(conn)) == [1, 2]

    def test_one_ticket_is_one_event_also_at_two_venues(self, conn: Connection, sync: Sync) -> None:
        self.joined(sync)
        split(conn, "Stary Młyn", "Stary Młyn Podgórze")
        ticket = "https://www.ticketmaster.pl/event/brass-lantern/1234567"

        sync("house", at("Stary Młyn", url=ticket))
        sync("portal", at("Stary Młyn Podgórze", url=ticket))

        assert [listings for *_, listings in shown(conn)] == [2]

    def test_venues_of_one_name_that_a_person_parts_share_no_event_from_the_first_sight_on(
        self, conn: Connection, sync: Sync
    ) -> None:
        # The country makes two venues of them, and none of what is listed there.
        here, there = (Venue(name="Stary Młyn", country=country) for country in ("PL", None))
        sync("house", at("a", 9, "Open day", venue=here))
        sync("portal", at("b", 8, "Open day", venue=there))
        ids = [row[0] for row in conn.execute("SELECT id FROM discovery.venues ORDER BY id")]
        split_venues(conn, *ids, author=ADA, reason=WHY)

        sync("house", at("a", venue=here))
        sync("portal", at("b", venue=there))

        assert [listings for *_, listings in shown(conn)] == [1, 1, 1, 1]

    def test_what_is_said_of_one_name_of_a_venue_holds_for_all(
        self, conn: Connection, sync: Sync
    ) -> None:
        sync("house", at("Wytwórnia", 9, "Open day"))
        self.joined(sync)
        merge(conn, "Wytwórnia", "Stary Młyn")

        split(conn, "Wytwórnia", "Stary Młyn Podgórze")

        assert [listings for *_, listings in shown(conn)] == [1, 1, 1]

    def test_what_is_said_of_two_buildings_holds_for_their_halls(
        self, conn: Connection, sync: Sync
    ) -> None:
        sync("house", at("Forum", 9, "Open day"), at("Old Forum", 8, "Open day"), at("Red"))
        sync("portal", at("Red Room"))
        assert [listings for *_, listings in shown(conn) if listings > 1] == [2]

        place(conn, "Red", "Forum")
        place(conn, "Red Room", "Old Forum")
        split(conn, "Forum", "Old Forum")

        assert [listings for *_, listings in shown(conn)] == [1, 1, 1, 1]

    def test_a_hall_that_is_said_to_be_another_venue_is_still_in_its_building(
        self, conn: Connection, sync: Sync
    ) -> None:
        sync("house", at("Forum"))
        sync("portal", at("Red Room"))
        split(conn, "Forum", "Red Room")

        place(conn, "Red Room", "Forum")

        assert [listings for *_, listings in shown(conn)] == [2]

    def test_a_second_sync_of_what_venues_part_writes_nothing(
        self, conn: Connection, sync: Sync
    ) -> None:
        self.joined(sync)
        split(conn, "Stary Młyn", "Stary Młyn Podgórze")
        written = "SELECT xmin::text, * FROM discovery.judgements"
        before = conn.execute(written).fetchall()

        sync("house", at("Stary Młyn"))

        assert conn.execute(written).fetchall() == before


class TestName:
    """A name that a person has given."""

    def test_a_given_name_of_a_venue_is_shown_after_every_later_sync(
        self, conn: Connection, sync: Sync
    ) -> None:
        sync("house", at("STARY MLYN", title="Jazz"))
        rename(conn, "STARY MLYN", "  Stary   Młyn ")

        sync("house", at("STARY MLYN", title="Jazz!"))

        assert shown(conn) == [("Jazz!", "Stary Młyn", 1)]

    def test_a_given_name_of_a_venue_can_be_taken_back(self, conn: Connection, sync: Sync) -> None:
        sync("house", at("STARY MLYN", title="Jazz"))
        rename(conn, "STARY MLYN", "Stary Młyn")
        rename(conn, "STARY MLYN", None)

        assert shown(conn) == [("Jazz", "STARY MLYN", 1)]

    def test_a_given_name_of_a_venue_outlasts_a_merge_with_an_older_one(
        self, conn: Connection, sync: Sync
    ) -> None:
        sync("house", at("Mill", title="Jazz"), at("Remise", 2, "Tango"))
        rename(conn, "Remise", "The Remise")

        merge(conn, "Mill", "Remise")

        assert {name for _, name, _ in shown(conn)} == {"The Remise"}

    def test_two_venues_that_people_have_named_are_not_merged(
        self, conn: Connection, sync: Sync
    ) -> None:
        sync("house", at("Mill", title="Jazz"), at("Remise", 2, "Tango"))
        rename(conn, "Remise", "The Remise")
        rename(conn, "Mill", "The Mill")

        with pytest.raises(InvalidSettings, match="take back that of one first"):
            merge(conn, "Mill", "Remise")

    def test_events_of_a_renamed_venue_count_as_changed(self, conn: Connection, sync: Sync) -> None:
        sync("house", at("Mill", title="Jazz"), at("Remise", 2, "Tango"))
        merge(conn, "Mill", "Remise")
        sync("house", at("Attic", 3, "Waltz"))
        before = changed_at(conn)

        rename(conn, "Remise", "The Mill")
        renamed = changed_at(conn)
        rename(conn, "Mill", None)
        taken_back = changed_at(conn)

        assert renamed["Jazz"] > before["Jazz"]
        assert renamed["Tango"] > before["Tango"]
        assert renamed["Waltz"] == before["Waltz"]
        assert taken_back["Jazz"] > renamed["Jazz"]

    def test_a_name_that_a_venue_has_already_changes_no_event(
        self, conn: Connection, sync: Sync
    ) -> None:
        sync("house", at("Mill", title="Jazz"))
        before = changed_at(conn)

        rename(conn, "Mill", "Mill")

        assert changed_at(conn) == before

    def test_an_empty_name_of_a_venue_is_refused(self, conn: Connection, sync: Sync) -> None:
        sync("house", at("Mill"))

        with pytest.raises(InvalidSettings, match="the name is empty"):
            rename(conn, "Mill", "  ")

    def test_events_are_found_by_every_name_of_their_venue(
        self, conn: Connection, sync: Sync
    ) -> None:
        sync("house", at("Mill", title="Jazz"), at("Remise", 2, "Tango"))
        merge(conn, "Mill", "Remise")
        rename(conn, "Mill", "Wytwórnia")

        for text in ("mill", "remise", "wytwornia"):
            found = search_events(conn, EventFilter(text=text)).events
            assert [row["venue"] for row in found] == ["Wytwórnia", "Wytwórnia"]

    def test_the_view_of_venues_has_each_once_with_its_aliases(
        self, conn: Connection, sync: Sync
    ) -> None:
        sync("house", at("Mill", title="Jazz"), at("Remise", 2), at("Attic", 3))
        merge(conn, "Mill", "Remise")
        rename(conn, "Mill", "Wytwórnia")
        place(conn, "Attic", "Remise")

        found = conn.execute(
            "SELECT venue, aliases, building FROM discovery.all_venues ORDER BY venue"
        ).fetchall()

        assert found == [("Attic", [], "Wytwórnia"), ("Wytwórnia", ["Mill", "Remise"], None)]


class TestHalls:
    """A venue that is a hall of a building."""

    def test_events_in_two_halls_stay_two(self, conn: Connection, sync: Sync) -> None:
        # Each source writes the house, and its hall, in a way of its own.
        sync("house", at("Forum", 9, "Open day"), at("Forum Red"))
        sync("portal", at("Blue"))
        merge(conn, "Forum Red", "Blue")
        assert [listings for *_, listings in shown(conn)] == [2, 1]
        split(conn, "Forum Red", "Blue")

        place(conn, "Forum Red", "Forum")
        place(conn, "Blue", "Forum")

        assert [listings for *_, listings in shown(conn)] == [1, 1, 1]

    def test_a_hall_and_its_building_may_have_one_event(self, conn: Connection, sync: Sync) -> None:
        sync("house", at("Forum"))
        sync("portal", at("Red Room"), at("Red Room", 4, "Waltz"))
        place(conn, "Red Room", "Forum")

        assert sorted(listings for *_, listings in shown(conn)) == [1, 2]

        place(conn, "Red Room", None)
        assert [listings for *_, listings in shown(conn)] == [1, 1, 1]

    def test_a_hall_all_of_whose_events_were_those_of_its_building_has_its_own_again(
        self, conn: Connection, sync: Sync
    ) -> None:
        sync("house", at("Forum"))
        sync("portal", at("Red Room"))
        place(conn, "Red Room", "Forum")
        assert shown(conn) == [("Brass Lantern Quartet", "Forum", 2)]

        place(conn, "Red Room", None)

        assert [(name, listings) for _, name, listings in shown(conn)] == [
            ("Forum", 1), ("Red Room", 1),
        ]  # fmt: skip

    def test_halls_are_not_nested_and_not_their_own_building(
        self, conn: Connection, sync: Sync
    ) -> None:
        sync("house", at("A", 1), at("B", 2), at("C", 3))
        place(conn, "B", "A")

        for hall, building, fault in [
            ("A", "A", "are one venue"),
            ("C", "B", "is a hall itself"),
            ("A", "C", "has halls itself"),
        ]:
            with pytest.raises(InvalidSettings, match=fault):
                place(conn, hall, building)
        with pytest.raises(InvalidSettings, match="a hall of the other"):
            merge(conn, "A", "B")


class TestProposals:
    """Venues that may be one: proposed, and nothing else."""

    TITLES = ("Jazz", "Tango", "Waltz")

    def listed(self, sync: Sync, *, titles: Sequence[str] = TITLES) -> None:
        sync("house", *(at("Stary Młyn", n, title) for n, title in enumerate(titles)))
        sync("portal", *(at("Remise Nine", n, title) for n, title in enumerate(titles)))

    def proposed(self, conn: Connection) -> list[tuple[str, str, int]]:
        found = proposed_merges(conn, "krakow")
        return [(each.first.name, each.second.name, each.titles) for each in found]

    def test_two_venues_that_share_titles_at_the_same_starts_are_proposed(
        self, conn: Connection, sync: Sync
    ) -> None:
        self.listed(sync)

        assert self.proposed(conn) == [("Stary Młyn", "Remise Nine", 3)]
        assert {name for _, name, _ in shown(conn)} == {"Stary Młyn", "Remise Nine"}

    def test_venues_that_share_few_titles_are_not_proposed_however_often_these_are_repeated(
        self, conn: Connection, sync: Sync
    ) -> None:
        self.listed(sync, titles=["Quiz", "Quiz", "Quiz", "Tango", "Tango"])

        assert self.proposed(conn) == []

    def test_venues_that_one_source_tells_apart_are_not_proposed(
        self, conn: Connection, sync: Sync
    ) -> None:
        self.listed(sync)
        sync("other", at("Stary Młyn", 7, "Polka"), at("Remise Nine", 8, "Polka"))

        assert self.proposed(conn) == []

    def test_branches_of_one_name_are_not_proposed_as_one_venue(
        self, conn: Connection, sync: Sync
    ) -> None:
        for slug, street in (("house", "Lipowa 3"), ("portal", "Długa 80")):
            # The country makes two venues of them.
            country = "PL" if slug == "house" else None
            branch = Venue(name="Biblioteka", street=street, locality="Kraków", country=country)
            sync(slug, *(at(street, n, title, venue=branch) for n, title in enumerate(self.TITLES)))
        assert len(shown(conn)) == 6

        assert self.proposed(conn) == []

    def test_venues_that_the_rules_take_as_one_are_not_proposed(
        self, conn: Connection, sync: Sync
    ) -> None:
        for slug, country in (("house", "PL"), ("portal", None)):
            # The country makes two venues of them.
            house = Venue(name="Stary Młyn", locality="Kraków", country=country)
            sync(slug, *(at(slug, n, title, venue=house) for n, title in enumerate(self.TITLES)))
        assert conn.execute("SELECT count(*) FROM discovery.venues").fetchone() == (2,)

        assert self.proposed(conn) == []

    def test_a_pair_of_venues_that_was_answered_is_not_proposed_again(
        self, conn: Connection, sync: Sync
    ) -> None:
        self.listed(sync)
        split(conn, "Stary Młyn", "Remise Nine")
        assert self.proposed(conn) == []

        merge(conn, "Stary Młyn", "Remise Nine")
        assert self.proposed(conn) == []


def test_venues_are_found_by_the_beginnings_of_words(conn: Connection, sync: Sync) -> None:
    sync("house", at("Stary Młyn", 1), at("Remise Nine", 2))
    merge(conn, "Stary Młyn", "Remise Nine")

    (found,) = find_venues(conn, text="rem nin").venues

    assert (found.name, dict(found.names)) == (
        "Stary Młyn", {str(venue(conn, "Remise Nine")): "Remise Nine"},
    )  # fmt: skip
    assert find_venues(conn, text="'; --").venues == find_venues(conn, text="zebra").venues == []


def test_a_search_for_venues_of_a_city_without_a_name_finds_the_busiest(
    conn: Connection, sync: Sync
) -> None:
    sync("house", at("Mill", 1), at("Remise", 2), at("Remise", 3), at("Forum", -9))

    found = find_venues(conn, city="krakow").venues

    assert [(each.name, each.upcoming) for each in found] == [("Remise", 2), ("Mill", 1)]
    assert find_venues(conn, city="gdansk").venues == find_venues(conn).venues == []
    assert [each.name for each in find_venues(conn, text="rem", city="krakow").venues] == ["Remise"]
    assert find_venues(conn, text="for", city="krakow").venues == []
    assert find_venues(conn, text="rem", city="gdansk").venues == []


def test_of_more_venues_than_are_shown_it_is_said_that_there_are_more(
    conn: Connection, sync: Sync, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync("house", at("Mill One"), at("Mill Two"), at("Mill Three"))
    assert find_venues(conn, text="mill").is_all

    monkeypatch.setattr(queries, "MOST_FOUND", 2)

    found = find_venues(conn, text="mill")
    assert (len(found.venues), found.is_all) == (2, False)


def test_proposals_that_were_answered_since_they_were_read_are_known(
    conn: Connection, sync: Sync
) -> None:
    for n, titles in enumerate((("Jazz", "Tango", "Waltz"), ("Polka", "Swing", "Samba"))):
        for slug, name in (("house", f"Młyn {n}"), ("portal", f"Remise Nine {n}")):
            sync(slug, *(at(name, day, title) for day, title in enumerate(titles)))
    before = proposed_merges(conn, "krakow")
    first, second = ((each.first, each.second) for each in before)
    assert answered_proposals(conn, before) == set()

    merge(conn, first[0].name, first[1].name)
    split(conn, second[0].name, second[1].name)

    assert answered_proposals(conn, before) == {
        (first[0].id, first[1].id), (second[0].id, second[1].id),
    }  # fmt: skip
    take_back(conn, second[0].name, second[1].name)
    assert answered_proposals(conn, before) == {(first[0].id, first[1].id)}
