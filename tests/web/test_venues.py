"""Venues on the page's API: found, proposed as one, and what people decide about them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from include.discovery.model import Venue
from include.discovery.store.connection import Connection
from tests.support.background import wait_for_background
from tests.support.builders import KRAKOW, WARSAW, event, source, stored_events, stored_pair
from tests.web.page_support import Page, changes, paths

SOON = datetime.now(WARSAW).replace(hour=19, minute=0, second=0, microsecond=0) + timedelta(days=3)
WHY = "the sign says so"


@pytest.fixture
def ids(conn: Connection) -> tuple[int, int]:
    """Two sources list the same three titles, each at a venue of its own."""
    found = []
    for slug, name in (("house", "Stary Młyn"), ("portal", "Remise Nine")):
        venue = Venue(name=name, street="Lipowa 3", locality="Kraków", country="PL")
        stored_events(
            conn,
            stored_pair(conn, KRAKOW, source(slug)),
            [
                event(f"{slug} {n}", title=title, venue=venue, starts_at=SOON + timedelta(days=n))
                for n, title in enumerate(("Jazz", "Tango", "Waltz"))
            ],
        )
        (row,) = conn.execute("SELECT id FROM discovery.venues WHERE name = %s", [name]).fetchall()
        found.append(int(row[0]))
    return found[0], found[1]


def judge(page: Page, ids: tuple[int, int], verdict: str, role: str = "user") -> Any:
    body = {"first": ids[0], "second": ids[1], "verdict": verdict}
    return page.ask("POST", "/api/venues/judgements", role, json=body)


def waiting(page: Page, role: str = "admin") -> Any:
    """Return how many wait, once that is known."""
    page.get("/api/waiting", role)
    wait_for_background()
    return page.get("/api/waiting", role)["venues"]


def shown(conn: Connection) -> set[str]:
    return {row[0] for row in conn.execute("SELECT venue FROM discovery.all_events")}


def test_venues_are_found_by_name_and_the_busiest_of_a_city_without_one(
    page: Page, ids: tuple[int, int]
) -> None:
    named = page.get("/api/venues", "viewer", text="młyn")
    of_city = page.get("/api/venues", "viewer", city="krakow")
    unasked = page.get("/api/venues", "viewer")

    (mill,) = named["venues"]
    assert mill == {
        "id": ids[0], "name": "Stary Młyn", "is_renamed": False, "street": "Lipowa 3",
        "locality": "Kraków", "building": None, "names": [], "upcoming": 3,
    }  # fmt: skip
    assert {each["id"] for each in of_city["venues"]} == {*ids}
    assert (unasked["venues"], unasked["is_all"]) == ([], True)
    assert unasked["permissions"]["can_edit"] is False
    assert {"slug": "krakow", "name": "Kraków"} in unasked["cities"]


def test_venues_that_may_be_one_wait_for_an_answer(page: Page, ids: tuple[int, int]) -> None:
    answer = page.get("/api/venues", "viewer")

    (proposal,) = answer["proposals"]
    assert (proposal["first"]["id"], proposal["second"]["id"]) == ids
    assert (proposal["city"]["slug"], proposal["titles"]) == ("krakow", 3)
    assert proposal["examples"] == ["jazz", "tango", "waltz"]
    assert answer["waiting"] == waiting(page, "viewer") == 1
    assert page.get("/api/venues", city="gdansk")["proposals"] == []


@pytest.mark.parametrize(
    ("verdict", "action", "names"),
    [("same", "merge", {"Stary Młyn"}), ("different", "split", {"Stary Młyn", "Remise Nine"})],
)
def test_an_answer_holds_at_once_and_is_listed_with_who_gave_it(
    page: Page, conn: Connection, ids: tuple[int, int], verdict: str, action: str, names: set[str]
) -> None:
    assert waiting(page) == 1

    done = judge(page, ids, verdict)

    assert done.status_code == 200, done.text
    assert f"venue {ids[0]}" in done.json()["summary"]
    assert shown(conn) == names
    answer = page.get("/api/venues")
    (decided,) = answer["decided"]
    assert (decided["verdict"], decided["decided_by"], decided["reason"]) == (
        verdict, "user-name", "reviewed",
    )  # fmt: skip
    assert (answer["proposals"], waiting(page)) == ([], 0)
    assert changes(page)[0] == ("user-name", action, f"venue {ids[0]}")


def test_an_answer_that_is_taken_back_is_asked_for_again(
    page: Page, conn: Connection, ids: tuple[int, int]
) -> None:
    judge(page, ids, "same")

    done = page.ask(
        "DELETE", "/api/venues/judgements", "user", params={"first": ids[0], "second": ids[1]}
    )

    assert done.status_code == 200, done.text
    assert shown(conn) == {"Stary Młyn", "Remise Nine"}
    answer = page.get("/api/venues")
    assert (answer["waiting"], answer["decided"]) == (1, [])
    assert changes(page)[0] == ("user-name", "judge", f"venue {ids[0]}")


def test_a_venue_is_renamed_and_placed_and_both_are_taken_back(
    page: Page, ids: tuple[int, int]
) -> None:
    mill, remise = ids
    for path, body in (
        (f"/api/venues/{mill}/name", {"name": " The Mill ", "reason": WHY}),
        (f"/api/venues/{remise}/building", {"building": mill, "reason": WHY}),
    ):
        assert page.ask("PUT", path, "user", json=body).status_code == 200

    (named,) = page.get("/api/venues", text="mill")["venues"]
    (hall,) = page.get("/api/venues", text="remise")["venues"]
    assert (named["name"], named["is_renamed"]) == ("The Mill", True)
    assert hall["building"] == {"id": mill, "name": "The Mill"}

    for path, body in (
        (f"/api/venues/{mill}/name", {"name": None, "reason": WHY}),
        (f"/api/venues/{remise}/building", {"building": None, "reason": WHY}),
    ):
        assert page.ask("PUT", path, "user", json=body).status_code == 200

    (named,) = page.get("/api/venues", text="młyn")["venues"]
    (hall,) = page.get("/api/venues", text="remise")["venues"]
    assert (named["name"], named["is_renamed"]) == ("Stary Młyn", False)
    assert hall["building"] is None


def test_merged_venues_are_listed_once_with_their_names(page: Page, ids: tuple[int, int]) -> None:
    judge(page, ids, "same")

    (venue,) = page.get("/api/venues", city="krakow")["venues"]

    assert (venue["id"], venue["upcoming"]) == (ids[0], 3)
    assert venue["names"] == [{"id": ids[1], "name": "Remise Nine"}]


def test_a_decision_that_cannot_be_made_is_refused_at_its_field(
    page: Page, ids: tuple[int, int]
) -> None:
    itself = judge(page, (ids[0], ids[0]), "same")
    nowhere = page.ask(
        "PUT", f"/api/venues/{ids[0]}/building", json={"building": 999_999, "reason": WHY}
    )
    unsaid = page.ask("PUT", f"/api/venues/{ids[0]}/name", json={"name": " ", "reason": " "})

    assert (itself.status_code, paths(itself)) == (422, {"second"})
    assert (nowhere.status_code, paths(nowhere)) == (422, {"building"})
    assert "there is no venue 999999" in nowhere.text
    assert (unsaid.status_code, paths(unsaid)) == (422, {"name", "reason"})


def test_whoever_may_only_look_decides_nothing(
    page: Page, conn: Connection, ids: tuple[int, int]
) -> None:
    asked = [
        judge(page, ids, "same", "viewer"),
        page.ask("DELETE", "/api/venues/judgements", "viewer", params={"first": 1, "second": 2}),
        page.ask("PUT", f"/api/venues/{ids[0]}/name", "viewer", json={"name": "x", "reason": WHY}),
        page.ask("PUT", f"/api/venues/{ids[0]}/building", "viewer", json={"building": None}),
    ]

    assert {answer.status_code for answer in asked} == {403}
    assert shown(conn) == {"Stary Młyn", "Remise Nine"}
