"""Why listings are one event, the queue of what a person is to judge, and what people decide."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.discovery.identity.weights import POINTS
from include.discovery.model import EventRecord, EventStatus, SourceRole, Venue
from include.discovery.store.connection import Connection
from include.discovery.store.matching import match_unmatched
from tests.support.builders import KRAKOW, WARSAW, event, source, stored_events, stored_pair
from tests.web.page_support import Page, changes

TODAY = datetime.now(UTC).date()
OLD_MILL = Venue(name="Stary Młyn", locality="Kraków", country="PL")
MAYBE = "An Evening with the Lantern Trio"
"""A title of which the rules are not sure whether it is that of the quartet's concert."""


def tomorrow(title: str, **changes: Any) -> EventRecord:
    day = TODAY + timedelta(days=1)
    starts_at = datetime(day.year, day.month, day.day, 19, tzinfo=WARSAW)
    return event(title, **{"title": title, "starts_at": starts_at, "venue": OLD_MILL, **changes})


@pytest.fixture
def listed(conn: Connection) -> dict[str, int]:
    """Return the events of three listings: two are one, the club's may be."""
    said = {
        "shop": tomorrow("Brass Lantern Quartet", url="https://shop.example/1"),
        "portal": tomorrow("BRASS LANTERN QUARTET!"),
        "club": tomorrow(MAYBE),
    }
    for slug, record in said.items():
        pair = stored_pair(conn, KRAKOW, source(slug))
        stored_events(conn, pair, [record], slug)
        match_unmatched(conn, pair)
    return events(conn)


def events(conn: Connection) -> dict[str, int]:
    return dict(_rows(conn, "l.event_id"))


def listings(conn: Connection) -> dict[str, int]:
    return dict(_rows(conn, "l.id"))


def _rows(conn: Connection, column: str) -> list[tuple[str, int]]:
    query = (
        f"SELECT s.slug, {column} FROM discovery.listings l"
        " JOIN discovery.sources s ON s.id = l.source_id"
    )
    return conn.execute(query.encode()).fetchall()


def test_an_event_says_why_its_listings_are_one_and_what_may_be_one_with_it(
    page: Page, conn: Connection, listed: dict[str, int]
) -> None:
    assert listed["shop"] == listed["portal"] != listed["club"]

    why = page.get(f"/api/events/{listed['shop']}/judgements", "viewer")

    (within,) = why["within"]
    assert within["verdict"] == "same"
    assert within["rule"] == "enough in common"
    assert within["points"] >= why["same_from"]
    equal = {"text": "the titles are equal", "points": POINTS["title: equal"]}
    assert equal in within["findings"]
    assert within["first"]["title"] == "Brass Lantern Quartet"
    assert {each["verdict"] for each in why["beyond"]} == {"review"}
    assert {each["second"]["event"] for each in why["beyond"]} == {listed["club"]}
    assert why["permissions"]["can_edit"] is False


def test_the_queue_asks_about_each_two_events_once_with_what_both_sides_say(
    page: Page, conn: Connection, listed: dict[str, int]
) -> None:
    conn.execute("UPDATE discovery.listings SET url = 'javascript:alert(1)' WHERE title ~ 'Trio'")

    answer = page.get("/api/review", "viewer", city="krakow")

    (question,) = answer["questions"]
    first, second = question["first"], question["second"]
    assert (first["title"], second["title"]) == ("Brass Lantern Quartet", MAYBE)
    assert (first["event"], second["event"]) == (listed["shop"], listed["club"])
    assert (first["listing_count"], second["listing_count"]) == (2, 1)
    assert first["url"] == "https://shop.example/1"
    assert second["url"] is None
    assert first["venue"]["name"] == "Stary Młyn"
    assert first["source"] == {"slug": "shop", "name": "Shop"}
    assert first["timezone"] == "Europe/Warsaw"
    assert answer["review_from"] <= question["points"]
    assert [each["points"] for each in question["findings"] if each["points"]] != []
    assert answer["next"] is None
    assert answer["cities"] == [{"slug": "krakow", "name": "Kraków"}]
    assert page.get("/api/review/count", "viewer") == {"open": 1, "is_all": True}
    assert page.get("/api/review", city="atlantis")["questions"] == []


def test_an_event_that_one_aggregator_calls_cancelled_is_asked_about(
    page: Page, conn: Connection
) -> None:
    house = stored_pair(conn, KRAKOW, source("house"))
    portal = stored_pair(conn, KRAKOW, source("portal", role=SourceRole.AGGREGATOR))
    stored_events(conn, house, [tomorrow("Tosca")], "a")
    stored_events(conn, portal, [tomorrow("Tosca", status=EventStatus.CANCELLED)], "b")

    (asked,) = page.get("/api/review", "viewer", city="krakow")["cancellations"]

    assert (asked["title"], asked["status"]) == ("Tosca", "scheduled")
    assert (asked["cancelled_by"], asked["listed_by"]) == (["Portal"], ["House"])
    assert page.get("/api/review/count") == {"open": 1, "is_all": True}
    body = {"values": {"status": "cancelled"}, "reason": "by telephone"}
    assert page.ask("PUT", f"/api/events/{asked['id']}/edits", json=body).status_code == 200
    assert page.get("/api/review")["cancellations"] == []
    assert page.get("/api/review/count") == {"open": 0, "is_all": True}


def test_a_word_on_two_listings_is_carried_out_noted_and_can_be_taken_back(
    page: Page, conn: Connection, listed: dict[str, int]
) -> None:
    ids = listings(conn)
    pair = {"first": ids["club"], "second": ids["shop"]}

    said = page.ask("POST", "/api/judgements", json={**pair, "verdict": "same"})

    assert said.status_code == 200
    assert set(events(conn).values()) == {listed["shop"]}
    assert {each["event"] for each in said.json()["listings"]} == {listed["shop"]}
    assert page.get("/api/review")["questions"] == []
    moved = page.get(f"/api/events/{listed['club']}")
    assert moved["event"]["id"] == listed["shop"]
    why = page.get(f"/api/events/{listed['club']}/judgements")
    assert [each["id"] for each in why["merged"]] == [listed["club"]]
    assert (why["within"][0]["decided_by"], why["within"][0]["reason"]) == (
        "admin-name", "reviewed",
    )  # fmt: skip

    taken_back = page.ask("DELETE", "/api/judgements", params=pair)

    assert taken_back.status_code == 200
    assert events(conn) == listed
    assert len(page.get("/api/review")["questions"]) == 1
    assert changes(page) == [("admin-name", "judge", f"event {listed['shop']}")] * 2


def test_events_are_merged_and_split_with_a_reason(
    page: Page, conn: Connection, listed: dict[str, int]
) -> None:
    shop, club = listed["shop"], listed["club"]

    merged = page.ask("POST", f"/api/events/{club}/merge", json={"other": shop, "reason": "one"})
    split = page.ask(
        "POST", f"/api/events/{shop}/split",
        json={"listings": [listings(conn)["club"]], "reason": "I was wrong"},
    )  # fmt: skip

    assert (merged.status_code, split.status_code) == (200, 200)
    assert merged.json()["summary"] == f'= event {shop}: events [{club}, {shop}], reason "one"'
    assert events(conn) == listed
    assert [action for _, action, _ in changes(page)] == ["split", "merge"]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/events/1/merge", {"other": 4711, "reason": "x"}, "other"),
        ("/events/1/merge", {"other": 1, "reason": "x"}, "other"),
        ("/events/1/merge", {"other": 3, "reason": " "}, "reason"),
        ("/events/1/merge", {"other": 3}, "reason"),
        ("/events/1/split", {"listings": [4711], "reason": "x"}, "listings"),
        ("/events/1/split", {"listings": [], "reason": "x"}, "listings"),
        ("/events/4711/split", {"listings": [1], "reason": "x"}, "listings"),
        ("/judgements", {"first": 1, "second": 1, "verdict": "same"}, "second"),
        ("/judgements", {"first": 1, "second": 3, "verdict": "review"}, "verdict"),
        ("/judgements", {"first": 1, "second": 4711, "verdict": "same"}, ""),
    ],
)
@pytest.mark.usefixtures("listed")
def test_what_cannot_be_decided_is_refused_at_its_field(
    page: Page, path: str, body: dict[str, Any], field: str
) -> None:
    answer = page.ask("POST", f"/api{path}", json=body)

    assert answer.status_code == 422, answer.text
    assert ".".join(map(str, answer.json()["errors"][0]["path"])) == field
    assert changes(page) == []


def test_a_decision_takes_the_right_to_edit_the_dag_and_a_request_of_this_site(
    page: Page, conn: Connection, listed: dict[str, int]
) -> None:
    ids = listings(conn)
    body = {"first": ids["shop"], "second": ids["club"], "verdict": "same"}

    by_viewer = page.ask("POST", "/api/judgements", "viewer", json=body)
    from_elsewhere = page.ask(
        "POST", "/api/judgements", json=body, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert (by_viewer.status_code, from_elsewhere.status_code) == (403, 403)
    assert events(conn) == listed


@pytest.mark.parametrize(
    "after",
    ["x", "~~", "2026-01-01~2~1", "2026-01-01~0~1", f"2026-01-01~1~{2**63}", "2026-02-30~1~2"],
)
def test_a_place_in_the_queue_that_no_answer_gave_is_refused(page: Page, after: str) -> None:
    answer = page.ask("GET", "/api/review", params={"after": after})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == ["after"]


def test_why_is_not_found_for_an_event_that_is_not_there(page: Page) -> None:
    assert page.ask("GET", "/api/events/4711/judgements").status_code == 404
