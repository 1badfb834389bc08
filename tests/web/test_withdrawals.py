"""Withdrawals on the page's API: what awaits approval, and what a person decides."""

from __future__ import annotations

import pytest

from include.discovery.store.connection import Connection
from tests.store.test_withdrawal_approvals import LATER, asked
from tests.web.page_support import Page


def test_what_would_go_is_listed_with_the_next_to_begin(page: Page, conn: Connection) -> None:
    asked(conn, LATER)

    answer = page.get("/api/withdrawals", "viewer")

    (approval,) = answer["open"]
    assert approval["label"] == "krakow · theatres"
    assert (approval["missing"], approval["listed"], approval["waiting"]) == (10, 20, 10)
    assert approval["run_path"] == f"dags/city_discovery/runs/{approval['run_id']}"
    assert [each["title"] for each in approval["sample"][:2]] == ["Concert n0", "Concert n1"]
    assert answer["permissions"]["can_edit"] is False
    assert answer["decided"] == []


@pytest.mark.parametrize(("decision", "withdrawn", "kept"), [("confirm", 10, 0), ("keep", 0, 10)])
def test_a_decision_is_recorded_with_who_made_it(
    page: Page, conn: Connection, decision: str, withdrawn: int, kept: int
) -> None:
    asked(conn, LATER)
    (approval,) = page.get("/api/withdrawals")["open"]
    assert page.get("/api/waiting", "viewer")["withdrawals"] == 1

    done = page.ask(
        "PUT", f"/api/withdrawals/{approval['id']}", "user", json={"decision": decision}
    )

    assert (done.status_code, done.json()) == (200, {"withdrawn": withdrawn, "kept": kept})
    answer = page.get("/api/withdrawals")
    assert answer["open"] == []
    assert page.get("/api/waiting")["withdrawals"] == 0
    (decided,) = answer["decided"]
    assert (decided["decision"], decided["decided_by"]) == (decision, "user-name")
    assert decided["withdrawn"] == (withdrawn if decision == "confirm" else None)
    change = page.get("/api/changes")["changes"][0]
    assert (change["changed_by"], change["action"]) == ("user-name", decision)


def test_what_is_listed_again_needs_no_decision(page: Page, conn: Connection) -> None:
    asked(conn, LATER)
    conn.execute("UPDATE discovery.listings SET missing_since = NULL")

    (approval,) = page.get("/api/withdrawals")["open"]

    assert (approval["waiting"], approval["sample"]) == (0, [])
    assert page.get("/api/waiting")["withdrawals"] == 0


def test_a_second_decision_is_refused(page: Page, conn: Connection) -> None:
    asked(conn, LATER)
    (approval,) = page.get("/api/withdrawals")["open"]
    path = f"/api/withdrawals/{approval['id']}"
    page.ask("PUT", path, "user", json={"decision": "keep"})

    again = page.ask("PUT", path, "user", json={"decision": "confirm"})

    assert again.status_code == 409
    assert "was decided by user-name: keep" in again.json()["detail"]


def test_nobody_decides_who_may_only_look(page: Page, conn: Connection) -> None:
    asked(conn, LATER)
    (approval,) = page.get("/api/withdrawals")["open"]

    refused = page.ask(
        "PUT", f"/api/withdrawals/{approval['id']}", "viewer", json={"decision": "confirm"}
    )

    assert refused.status_code == 403
    assert len(page.get("/api/withdrawals")["open"]) == 1


def test_an_approval_that_is_not_there_is_not_found(page: Page) -> None:
    refused = page.ask("PUT", "/api/withdrawals/7", "user", json={"decision": "confirm"})

    assert refused.status_code == 404
