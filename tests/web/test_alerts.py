"""Alerts, mutes and assertions on the page's API."""

from __future__ import annotations

from typing import Any

import pytest

from include.discovery.health.measures import Measures
from include.discovery.model import Pair, SyncStats
from include.discovery.monitoring.alerting import tell
from include.discovery.monitoring.messages import Places
from include.discovery.settings import Settings
from include.discovery.store import runs
from include.discovery.store.connection import Connection
from include.discovery.store.proposals import propose
from include.discovery.store.runs import Attempt, PageResult
from include.discovery.web.answers import now
from tests.support.builders import PARIS, source, stored_pair
from tests.web.page_support import CITY, SOURCE, Page, changes, fail, paths, sync

MUTE = {"issue": "https://issues.example/1", "until": "2099-12-24", "reason": "being rebuilt"}


def tell_now(conn: Connection) -> None:
    tell(conn, "night-2", ["mail"], Settings(), Places(), now(), is_scheduled=False)


def bring(conn: Connection, pair: Pair, events: int, nights: int = 6) -> None:
    """Let a pair bring so many events with a venue, night after night."""
    for n in range(nights):
        opened = runs.begin(conn, pair, Attempt(f"night-{n}"))
        counts = SyncStats(fetched=events, unchanged=events, pages=1)
        measures = Measures(events=events, with_venue=events, with_time=events)
        runs.advance(conn, opened.id, PageResult(counts, measures=measures))
        runs.finish(conn, opened.id, complete=True)


def test_what_was_told_is_listed_with_its_message(page: Page, conn: Connection) -> None:
    pair = stored_pair(conn)
    for n in range(3):
        fail(conn, pair, f"night-{n}")
    assert page.get("/api/waiting")["alerts"] == 0
    tell_now(conn)

    answer = page.get("/api/alerts", role="viewer")

    (alert,) = answer["open"]
    assert (alert["label"], alert["condition"]) == ("krakow · theatres", "failing")
    assert alert["reason"].startswith("never succeeded; 3 failed runs in a row")
    assert alert["run_path"] == "dags/city_discovery/runs/night-2"
    assert (alert["failures"], alert["category"]) == (3, "server")
    assert alert["log_path"].startswith("dags/city_discovery/runs/night-2/tasks/sync/mapped/0")
    assert alert["runbook"] == "discovery/docs/runbook.md#server"
    tiles = page.get("/api/overview")["tiles"]
    assert (tiles["alerts"], tiles["muted"]) == (1, 0)
    assert page.get("/api/waiting")["alerts"] == 1
    (message,) = answer["messages"]
    assert (message["channel"], message["state"]) == ("mail", "pending")
    assert message["subject"] == "City discovery: 1 failing"
    assert answer["muted"] == answer["proposals"] == []


@pytest.mark.parametrize(
    ("path", "query", "entity", "is_of_pair"),
    [
        ("/api/pairs/monitoring", {"city": "krakow", "source": "theatres"},
         "pair krakow · theatres", True),
        ("/api/sources/theatres/monitoring", {}, "source theatres", False),
    ],
)  # fmt: skip
def test_a_mute_is_an_edit_like_any_other(
    page: Page,
    conn: Connection,
    path: str,
    query: dict[str, str],
    entity: str,
    is_of_pair: bool,
) -> None:
    stored_pair(conn)
    body = {"monitoring": {"mute": MUTE}, "version": 1}
    assert page.ask("PUT", path, "viewer", params=query, json=body).status_code == 403

    answer = page.ask("PUT", path, "user", params=query, json=body)

    assert answer.status_code == 200, answer.text
    assert answer.json()["version"] == 2
    assert changes(page) == [("user-name", "update", entity)]
    (muted,) = page.get("/api/alerts")["muted"]
    assert {name: muted[name] for name in MUTE} == MUTE
    assert muted["is_of_pair"] is is_of_pair
    overview = page.get("/api/overview")
    assert overview["pairs"][0]["mute"] == MUTE
    assert overview["tiles"]["muted"] == 1
    assert page.ask("PUT", path, params=query, json=body).status_code == 409
    switched = {"enabled": False, "version": 2}
    page.ask("PUT", path.replace("monitoring", "enabled"), params=query, json=switched)
    (still,) = page.get("/api/alerts")["muted"]
    assert still == {**muted, "version": 3}, "switching it off and on ends no mute"
    unmuted = {"monitoring": {**still["monitoring"], "mute": None}, "version": still["version"]}
    assert page.ask("PUT", path, params=query, json=unmuted).status_code == 200
    assert page.get("/api/alerts")["muted"] == []


@pytest.mark.parametrize(
    ("monitoring", "path"),
    [
        ({"mute": {"issue": "x", "until": "2099-12-24"}}, "monitoring.mute.issue"),
        ({"mute": {"issue": "https://issues.example/1"}}, "monitoring.mute.until"),
        ({"expected_empty": [{"first": "31-12", "last": "01-06"}]}, "monitoring.expected_empty.0"),
        ({"assertions": {"events": {}}}, "monitoring.assertions.events"),
        ({"volume": 3}, "monitoring.volume"),
    ],
)
def test_monitoring_that_cannot_be_meant_is_refused_field_by_field(
    page: Page, conn: Connection, monitoring: dict[str, Any], path: str
) -> None:
    stored_pair(conn)

    answer = page.ask(
        "PUT", "/api/sources/theatres/monitoring", json={"monitoring": monitoring, "version": 1}
    )

    assert answer.status_code == 422
    assert paths(answer) == {path}


def test_a_proposal_is_accepted_as_it_was_shown(page: Page, conn: Connection) -> None:
    bring(conn, stored_pair(conn), 100)
    propose(conn, now())

    proposed = {each["measure"]: each for each in page.get("/api/alerts")["proposals"]}

    assert proposed["events"]["label"] == "krakow · theatres"
    assert proposed["events"]["proposed"] == {"least": 80, "most": 200, "muted_until": None}
    assert proposed["with_venue"]["label"] == "all of theatres"
    shown = {"source": "theatres", "measure": "with_venue", "is_of_pair": False}
    other = {**shown, "least": 0.5}
    assert page.ask("POST", "/api/proposals", json=other).status_code == 404
    assert page.ask("POST", "/api/proposals", "viewer", json=shown).status_code == 403
    accepted = page.ask("POST", "/api/proposals", json={**shown, "least": 0.8})
    assert accepted.status_code == 200, accepted.text
    assert accepted.json()["entity"]["monitoring"]["assertions"]["with_venue"]["least"] == 0.8
    count = {"source": "theatres", "city": "krakow", "is_of_pair": True, "measure": "events"}
    page.ask("POST", "/api/proposals", json={**count, "least": 80, "most": 200})
    left = {each["measure"] for each in page.get("/api/alerts")["proposals"]}
    assert left == proposed.keys() - {"with_venue", "events"}
    assert [entity for _, _, entity in changes(page)] == [
        "pair krakow · theatres",
        "source theatres",
    ]


def test_a_pair_and_its_source_show_what_is_expected_and_proposed_of_each(
    page: Page, conn: Connection
) -> None:
    bring(conn, stored_pair(conn), 100)
    bring(conn, stored_pair(conn, PARIS), 200)
    propose(conn, now())
    summer, winter = {"first": "07-01", "last": "08-31"}, {"first": "12-24", "last": "01-06"}
    for path, query, season in (
        ("/api/sources/theatres/monitoring", {}, summer),
        ("/api/pairs/monitoring", {"city": "krakow", "source": "theatres"}, winter),
    ):
        body = {"monitoring": {"expected_empty": [season]}, "version": 1}
        page.ask("PUT", path, params=query, json=body)

    pair = page.get("/api/pair", city="krakow", source="theatres")
    source = page.get("/api/source/theatres")

    assert pair["effective_monitoring"]["expected_empty"] == [summer, winter]
    assert pair["pair"]["monitoring"]["expected_empty"] == [winter]
    assert [(each["label"], each["proposed"]["least"]) for each in pair["proposals"]] == [
        ("krakow · theatres", 80)
    ]
    assert source["source"]["monitoring"]["expected_empty"] == [summer]
    assert {each["label"] for each in source["proposals"]} == {"all of theatres"}


def test_what_is_asserted_already_is_not_proposed_again(page: Page, conn: Connection) -> None:
    bring(conn, stored_pair(conn), 100)
    close = {"assertions": {"with_venue": {"least": 0.75}, "with_time": {"least": 0.2}}}
    page.ask("PUT", "/api/sources/theatres/monitoring", json={"monitoring": close, "version": 1})

    propose(conn, now())

    found = {each["measure"]: each["current"] for each in page.get("/api/alerts")["proposals"]}
    assert "with_venue" not in found
    assert found["with_time"]["least"] == 0.2


def test_cities_and_sources_are_as_healthy_as_their_worst_pair(
    page: Page, conn: Connection
) -> None:
    failing = stored_pair(conn)
    for n in range(3):
        fail(conn, failing, f"night-{n}")
    sync(conn, stored_pair(conn, PARIS), "night", *(f"e{n}" for n in range(20)))
    stored_pair(conn, PARIS, source("off"), enabled=False)
    page.ask("POST", "/api/cities", json={**CITY, "slug": "nowhere"})
    page.ask("POST", "/api/sources", json={**SOURCE, "slug": "alone"})

    cities = {city["slug"]: city["health"] for city in page.get("/api/cities")["cities"]}
    sources = {each["slug"]: each["health"] for each in page.get("/api/sources")["sources"]}

    assert cities == {
        "krakow": {"state": "failing", "counts": {"failing": 1}},
        "paris": {"state": "healthy", "counts": {"healthy": 1, "disabled": 1}},
        "nowhere": None,
    }
    assert sources == {
        "theatres": {"state": "failing", "counts": {"failing": 1, "healthy": 1}},
        "off": {"state": "disabled", "counts": {"disabled": 1}},
        "alone": None,
    }
    for path, rows in (("city", cities), ("source", sources)):
        for slug, health in rows.items():
            assert page.get(f"/api/{path}/{slug}")[path]["health"] == health
