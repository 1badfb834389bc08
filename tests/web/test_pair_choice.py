"""The overview's pages: which pairs are shown, in which order, and what all of them add up to."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from include.discovery.configuration import Key
from include.discovery.store import edits, runs
from include.discovery.store.audit import Author
from include.discovery.store.connection import Connection
from include.discovery.store.plans import end_plan
from include.discovery.store.runs import Attempt
from include.discovery.web import pair_choice
from tests.support.builders import KRAKOW, PARIS, lapse, plan_run, source, stored_pair
from tests.web.page_support import FRANCE, Page, fail, sync


def asked(page: Page, /, **query: Any) -> list[str]:
    """Return the labels of the pairs that the overview shows."""
    return [row["label"] for row in page.get("/api/overview", **query)["pairs"]]


@pytest.fixture
def three(conn: Connection) -> None:
    """Store a pair that fails, a good one, and one of a country that is disabled."""
    fail(conn, stored_pair(conn, KRAKOW, source("opera-2")), "run", "the answer is no calendar")
    sync(conn, stored_pair(conn, PARIS, source("opera-10")), "run", "a", "b")
    stored_pair(conn, None, FRANCE, enabled=False)


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ({"city": "krakow"}, {"krakow · opera-2"}),
        ({"city": "(none)"}, {"france"}),
        ({"city": "atlantis"}, set()),
        ({"source": "opera-10"}, {"paris · opera-10"}),
        ({"health": "failing"}, {"krakow · opera-2"}),
        ({"health": "splendid"}, set()),
        ({"enabled": "false"}, {"france"}),
        ({"enabled": "true"}, {"krakow · opera-2", "paris · opera-10"}),
        ({"error": "server"}, {"krakow · opera-2"}),
        ({"text": "OPERA paris"}, {"paris · opera-10"}),
        ({"text": "no calendar"}, {"krakow · opera-2"}),
        ({"text": "nothing of it"}, set()),
        ({"city": "krakow", "health": "disabled"}, set()),
    ],
)
def test_filters_choose_the_pairs(page: Page, query: dict[str, str], labels: set[str]) -> None:
    answer = page.get("/api/overview", **query)

    assert {row["label"] for row in answer["pairs"]} == labels
    assert answer["chosen"]["pairs"] == len(labels)
    assert answer["tiles"]["pairs"] == 3
    selected = page.get("/api/selection", **query)["pairs"]
    assert {pair["label"] for pair in selected} == labels
    assert all(pair["version"] == 1 for pair in selected)


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("sort", "labels"),
    [
        ("source", ["france", "krakow · opera-2", "paris · opera-10"]),
        ("-source", ["paris · opera-10", "krakow · opera-2", "france"]),
        ("city", ["krakow · opera-2", "paris · opera-10", "france"]),
        ("-city", ["paris · opera-10", "krakow · opera-2", "france"]),
        ("health", ["krakow · opera-2", "paris · opera-10", "france"]),
        ("-fetched", ["paris · opera-10", "krakow · opera-2", "france"]),
        ("fetched", ["krakow · opera-2", "paris · opera-10", "france"]),
        ("error", ["krakow · opera-2", "paris · opera-10", "france"]),
        ("success", ["paris · opera-10", "krakow · opera-2", "france"]),
        ("nothing", ["krakow · opera-2", "paris · opera-10", "france"]),
    ],
)
def test_pairs_are_sorted_by_a_column_and_what_is_not_known_comes_last(
    page: Page, sort: str, labels: list[str]
) -> None:
    assert asked(page, sort=sort) == labels


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("column", ["recent", "inserted", "updated", "rejected", "duration",
                                    "next", "rate"])  # fmt: skip
def test_every_column_sorts_both_ways_without_losing_a_pair(page: Page, column: str) -> None:
    assert sorted(asked(page, sort=column)) == sorted(asked(page, sort=f"-{column}"))
    assert len(asked(page, sort=column)) == 3


@pytest.mark.usefixtures("three")
def test_totals_are_those_of_all_that_pass_the_filters(page: Page) -> None:
    chosen = page.get("/api/overview")["chosen"]
    of_paris = page.get("/api/overview", city="paris", health="failing")["chosen"]

    assert (chosen["pairs"], chosen["active"]) == (3, 2)
    assert chosen["health"] == {"failing": 1, "warning": 1, "disabled": 1}
    assert (chosen["fetched"], chosen["inserted"], chosen["rejected"]) == (3, 2, 1)
    assert chosen["events_upcoming"] == 2
    # The counts by health are the way out of a health that nothing has.
    assert (of_paris["pairs"], sum(of_paris["health"].values())) == (0, 1)


def test_pairs_come_in_pages_and_a_page_beyond_the_last_is_the_last(
    page: Page, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pair_choice, "PAGE_SIZE", 2)
    for name in ("a", "b", "c"):
        stored_pair(conn, KRAKOW, source(name))

    assert asked(page, sort="-source") == ["krakow · c", "krakow · b"]
    assert asked(page, sort="-source", page=2) == ["krakow · a"]
    answer = page.get("/api/overview", sort="-source", page=9)
    assert [row["source"] for row in answer["pairs"]] == ["a"]
    assert (answer["chosen"]["page"], answer["chosen"]["pages"]) == (2, 2)
    assert len(page.get("/api/selection")["pairs"]) == 3
    assert page.ask("GET", "/api/overview?page=0").status_code == 422


class TestKnownPairs:
    """What is read once is not read again, and nothing is shown as it was before."""

    @pytest.fixture
    def state(self, page: Page) -> Any:
        """Ask for the state of the only pair, which is known from then on."""
        return lambda: page.get("/api/overview")["pairs"][0]

    def test_a_pair_that_has_not_changed_is_not_read_again(
        self, page: Page, conn: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from include.discovery.web import known_pairs

        pair = stored_pair(conn)
        stored_pair(conn, PARIS)
        asked_for: list[list[int]] = []
        read = known_pairs.read_pairs
        monkeypatch.setattr(
            known_pairs,
            "read_pairs",
            lambda conn, ids: [asked_for.append(list(ids)), read(conn, ids)][1],
        )

        page.get("/api/overview")
        page.get("/api/overview")
        assert [len(ids) for ids in asked_for] == [2]
        sync(conn, pair, "run", "a")
        page.get("/api/overview")
        assert asked_for[1:] == [[pair.id]]

    def test_every_step_of_a_run_is_seen(self, conn: Connection, state: Any) -> None:
        pair = stored_pair(conn)
        assert state()["health"]["state"] == "never_run"
        plan_run(conn, "run")
        assert state()["recent"][0]["state"] in {"planned", "lost"}
        opened = runs.begin(conn, pair, Attempt("cli__1", -1))
        assert state()["health"]["state"] == "running"
        lapse(conn, pair)
        assert state()["last_run"]["state"] == "lost"
        runs.fail(conn, opened.id, category="server", message="answered 503")
        assert state()["last_run"]["error"]["message"] == "answered 503"
        opened = runs.begin(conn, pair, Attempt("cli__2", -1))
        runs.finish(conn, opened.id, complete=True)
        assert state()["last_run"]["state"] == "success"

    def test_a_plan_that_ends_is_seen(self, page: Page, conn: Connection) -> None:
        stored_pair(conn)
        plan_run(conn, "run")
        before = page.services.pairs.read(conn)[0].state.runs[0].state
        end_plan(conn, "run")

        assert (before, page.services.pairs.read(conn)[0].state.runs[0].state) == (
            "planned", "lost",
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("key", "name"),
        [
            (Key("pair", city="krakow", source="theatres"), "its own switch"),
            (Key("city", slug="krakow"), "that of its city"),
            (Key("source", slug="theatres"), "that of its source"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_an_edit_is_seen_at_once(
        self, conn: Connection, state: Any, key: Key, name: str
    ) -> None:
        stored_pair(conn)
        assert state()["active"] is True
        edits.switch(conn, key, enabled=False, version=1, changed_by=Author("me", "page"))

        assert state()["active"] is False, name

    def test_a_pair_that_was_removed_is_gone(self, page: Page, conn: Connection) -> None:
        stored_pair(conn)
        stored_pair(conn, PARIS)
        page.get("/api/overview")
        edits.remove(conn, Key("city", slug="paris"), version=1, changed_by=Author("me", "page"))

        assert asked(page) == ["krakow · theatres"]


def test_the_overview_asks_the_metadata_database_equally_often_for_any_number_of_pairs(
    page: Page, conn: Connection, metadata: Engine
) -> None:
    seen: list[str] = []
    event.listen(metadata, "before_cursor_execute", lambda *call: seen.append(call[2]))
    numbers = []
    for name in ("a", "b", "c", "d"):
        stored_pair(conn, KRAKOW, source(name))
        asked = []
        for _ in range(3):
            seen.clear()
            page.get("/api/overview")
            asked.append(len(seen))
        numbers.append(min(asked))  # an old answer that is renewed beside may add to one

    assert len(set(numbers)) == 1
