"""Several pairs are enabled or disabled at once."""

from __future__ import annotations

import pytest

from include.discovery.store.connection import Connection
from tests.support.builders import stored_pair
from tests.web.page_support import FRANCE, Page, changes


def test_several_pairs_are_disabled_at_once_and_each_is_noted(page: Page, conn: Connection) -> None:
    stored_pair(conn)
    stored_pair(conn, None, FRANCE)
    chosen = [
        {"source": "theatres", "city": "krakow", "version": 1},
        {"source": "france", "version": 1},
    ]

    answer = page.ask("PUT", "/api/pairs/switches", json={"enabled": False, "pairs": chosen})

    assert answer.json() == {
        "switched": [
            {"source": "theatres", "city": "krakow", "version": 2},
            {"source": "france", "city": None, "version": 2},
        ],
        "refused": [],
    }
    assert [entity for _, _, entity in changes(page)] == [
        "pair france", "pair krakow · theatres",
    ]  # fmt: skip
    assert {row["enabled"] for row in page.get("/api/overview")["pairs"]} == {False}


def test_what_was_switched_is_switched_back_by_the_versions_of_the_answer(
    page: Page, conn: Connection
) -> None:
    stored_pair(conn)
    chosen = [{"source": "theatres", "city": "krakow", "version": 1}]
    off = page.ask("PUT", "/api/pairs/switches", json={"enabled": False, "pairs": chosen})

    back = page.ask(
        "PUT", "/api/pairs/switches", json={"enabled": True, "pairs": off.json()["switched"]}
    )

    assert back.json()["refused"] == []
    assert [row["enabled"] for row in page.get("/api/overview")["pairs"]] == [True]


def test_a_pair_that_was_changed_or_removed_meanwhile_is_left_and_named(
    page: Page, conn: Connection
) -> None:
    stored_pair(conn)
    stored_pair(conn, None, FRANCE)
    chosen = [
        {"source": "theatres", "city": "krakow", "version": 7},
        {"source": "gone", "city": "krakow", "version": 1},
        {"source": "france", "version": 1},
    ]

    answer = page.ask("PUT", "/api/pairs/switches", json={"enabled": False, "pairs": chosen}).json()

    assert [pair["source"] for pair in answer["switched"]] == ["france"]
    assert {each["label"] for each in answer["refused"]} == {
        "krakow · theatres", "krakow · gone",
    }  # fmt: skip


def test_a_pair_that_is_so_already_is_not_noted(page: Page, conn: Connection) -> None:
    stored_pair(conn)
    chosen = [{"source": "theatres", "city": "krakow", "version": 1}]

    answer = page.ask("PUT", "/api/pairs/switches", json={"enabled": True, "pairs": chosen})

    assert answer.json() == {"switched": [], "refused": []}
    assert changes(page) == []


@pytest.mark.parametrize("count", [0, 1001])
def test_no_pair_or_too_many_are_refused(page: Page, count: int) -> None:
    chosen = [{"source": "theatres", "version": 1}] * count

    answer = page.ask("PUT", "/api/pairs/switches", json={"enabled": True, "pairs": chosen})

    assert answer.status_code == 422


def test_a_viewer_may_not_switch_pairs(page: Page, conn: Connection) -> None:
    stored_pair(conn)
    chosen = [{"source": "theatres", "city": "krakow", "version": 1}]

    answer = page.ask(
        "PUT", "/api/pairs/switches", "viewer", json={"enabled": False, "pairs": chosen}
    )

    assert answer.status_code == 403
    assert [row["enabled"] for row in page.get("/api/overview")["pairs"]] == [True]
