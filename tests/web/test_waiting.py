"""What waits for a person, in numbers: told at once, also while one of them is not known yet."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest

from include.discovery.store.connection import Connection
from include.discovery.web import services
from tests.support.background import wait_for_background
from tests.support.builders import stored_pair
from tests.web.page_support import Page


@pytest.fixture(autouse=True)
def _a_city(conn: Connection) -> None:
    """Of whose venues some may be one."""
    stored_pair(conn)


def test_no_count_waits_until_the_venues_that_may_be_one_are_read(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on = Event()
    read = services.proposed_merges

    def slow(conn: Connection, city: str) -> Any:
        may_go_on.wait(60)
        return read(conn, city)

    monkeypatch.setattr(services, "proposed_merges", slow)

    answers = [page.get("/api/waiting", "viewer") for _ in range(2)]
    may_go_on.set()
    wait_for_background()

    assert answers == [{"alerts": 0, "withdrawals": 0, "venues": None}] * 2
    assert page.get("/api/waiting", "viewer") == {"alerts": 0, "withdrawals": 0, "venues": 0}


def test_venues_that_cannot_be_read_leave_the_other_counts_and_are_logged_once(
    page: Page, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(_conn: Connection, _city: str) -> Any:
        raise RuntimeError("the cause")

    monkeypatch.setattr(services, "proposed_merges", failing)

    for _ in range(3):
        assert page.get("/api/waiting") == {"alerts": 0, "withdrawals": 0, "venues": None}
        wait_for_background()

    assert caplog.text.count("RuntimeError: the cause") == 1
