"""Looking at an address from the page, and adding the source that was found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from include.discovery.store.connection import Connection
from tests.conftest import count
from tests.sites.every import site_of
from tests.sites.site import FakeSite, served
from tests.support.builders import KRAKOW, stored_pair
from tests.support.loopback import LOOPBACK
from tests.web.page_support import SOURCE, Page, paths


@pytest.fixture
def inside(page: Page) -> Page:
    """Let the page ask this machine."""
    services = replace(
        page.services,
        settings=replace(page.services.settings, private_hosts=LOOPBACK.private_hosts),
    )
    page.app.state.services = services
    return replace(page, services=services)


@pytest.fixture
def calendar() -> Iterator[FakeSite]:
    with served(site_of("icalendar"), datetime.now(UTC).date()) as site:
        yield site


def look(page: Page, url: str, role: str = "op", **more: Any) -> Any:
    return page.ask("POST", "/api/probe", role, json={"url": url, **more})


class TestLooking:
    def test_a_probe_returns_its_findings_and_stores_nothing(
        self, inside: Page, calendar: FakeSite, conn: Connection
    ) -> None:
        stored_pair(conn, KRAKOW)
        answer = look(inside, calendar.settings["url"], city="krakow")

        assert answer.status_code == 200, answer.text
        best = answer.json()["proposals"][0]
        assert best["kind"] == "icalendar"
        assert best["settings"]["url"] == calendar.settings["url"]
        assert {event["title"] for event in best["events"]} <= calendar.titles
        assert 0 < best["quality"]["score"] <= 1
        assert count(conn, "SELECT count(*) FROM discovery.sources") == 1
        assert count(conn, "SELECT count(*) FROM discovery.events") == 0

    @pytest.mark.parametrize("role", ["viewer", None])
    def test_a_probe_needs_the_permission_to_edit(self, inside: Page, role: str | None) -> None:
        answer = inside.ask("POST", "/api/probe", role, json={"url": "https://example.org"})

        assert answer.status_code in {401, 403}

    def test_a_probe_is_refused_to_the_page_of_another_site(self, inside: Page) -> None:
        answer = inside.ask(
            "POST",
            "/api/probe",
            json={"url": "https://example.org"},
            headers={"Sec-Fetch-Site": "cross-site"},
        )

        assert answer.status_code == 403

    @pytest.mark.parametrize(
        "url", ["an address", "ftp://example.org/", "javascript:alert(1)", "file:///etc/passwd", ""]
    )
    def test_a_probe_needs_a_web_address(self, inside: Page, url: str) -> None:
        answer = look(inside, url)

        assert answer.status_code == 422
        assert paths(answer) == {"url"}

    def test_an_address_that_cannot_be_read_is_an_error_of_the_address_field(
        self, inside: Page
    ) -> None:
        answer = look(inside, "http://127.0.0.1:1/")

        assert answer.status_code == 422
        assert paths(answer) == {"url"}
        assert "127.0.0.1" in answer.json()["detail"]

    def test_an_unknown_city_is_an_error_of_the_city_field(self, inside: Page) -> None:
        assert paths(look(inside, "https://example.org", city="atlantis")) == {"city"}

    def test_an_address_inside_the_network_cannot_be_probed(
        self, page: Page, calendar: FakeSite
    ) -> None:
        answer = look(page, calendar.settings["url"])

        assert answer.status_code == 422
        assert "not a public address" in answer.json()["detail"]
        assert calendar.asked == []

    def test_no_more_than_two_probes_run_at_once(self, inside: Page) -> None:
        probes = inside.services.probes
        taken = [probes.acquire(blocking=False) for _ in range(2)]
        answer = look(inside, "http://127.0.0.1:1/")
        for _ in taken:
            probes.release()

        assert taken == [True, True]
        assert answer.status_code == 429
        assert "try again" in answer.json()["detail"]
        assert look(inside, "http://127.0.0.1:1/").status_code == 422

    def test_a_failed_probe_frees_its_place(self, inside: Page) -> None:
        for _ in range(3):
            assert look(inside, "http://127.0.0.1:1/").status_code == 422


class TestAddingWithAPair:
    PAIR = {"city": "krakow"}  # noqa: RUF012  a literal

    def test_a_source_and_its_pair_are_added_and_noted_in_the_changes(
        self, page: Page, conn: Connection
    ) -> None:
        stored_pair(conn, KRAKOW)
        answer = page.ask("POST", "/api/sources", "op", json={**SOURCE, "pair": self.PAIR})

        assert answer.status_code == 201, answer.text
        pair = page.get("/api/pair", source="opera", city="krakow")["pair"]
        assert (pair["city"], pair["source"]) == ("krakow", "opera")
        noted = {(c["entity_type"], c["entity"]) for c in page.get("/api/changes")["changes"]}
        assert noted >= {("source", "opera"), ("pair", "krakow · opera")}

    def test_a_source_is_not_added_when_its_pair_is_refused(
        self, page: Page, conn: Connection
    ) -> None:
        answer = page.ask("POST", "/api/sources", json={**SOURCE, "pair": {"city": "atlantis"}})

        assert answer.status_code == 422
        assert paths(answer) == {"pair.city"}
        assert count(conn, "SELECT count(*) FROM discovery.sources") == 0

    def test_a_setting_that_the_pair_lacks_is_an_error_of_the_source(
        self, page: Page, conn: Connection
    ) -> None:
        stored_pair(conn, KRAKOW)
        body = {**SOURCE, "settings": {}, "pair": self.PAIR}

        assert paths(page.ask("POST", "/api/sources", json=body)) == {"settings.url"}
