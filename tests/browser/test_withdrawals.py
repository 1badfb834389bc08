"""The view of withdrawals: what awaits approval, decided in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from include.discovery.store.connection import Connection
from tests.browser.conftest import Site, Visitors
from tests.browser.test_accessibility import faults

pytestmark = [pytest.mark.airflow, pytest.mark.browser]

LIBRARY = "krakow · demo-library"


@pytest.fixture(autouse=True)
def awaiting(db: Connection) -> Iterator[None]:
    """Let three listings of the library await approval."""
    with db.transaction():
        ((approval,),) = db.execute(
            "INSERT INTO discovery.withdrawal_approvals"
            " (city_source_id, dag_run_id, opened_at, missing, listed)"
            " SELECT cs.id, 'last night', now(), 3, 9 FROM discovery.city_source cs"
            " JOIN discovery.sources s ON s.id = cs.source_id"
            " JOIN discovery.cities c ON c.id = cs.city_id"
            " WHERE s.slug = 'demo-library' AND c.slug = 'krakow' RETURNING id"
        )
        db.execute(
            "WITH missed AS (UPDATE discovery.listings SET missing_since = now()"
            "  WHERE id IN (SELECT l.id FROM discovery.listings l"
            "    JOIN discovery.withdrawal_approvals a USING (city_source_id)"
            "    WHERE a.id = %(id)s AND l.withdrawn_at IS NULL"
            "    ORDER BY l.local_date DESC LIMIT 3) RETURNING id, missing_since)"
            " INSERT INTO discovery.withdrawal_approval_listings"
            " SELECT %(id)s, id, missing_since FROM missed",
            {"id": approval},
        )
    yield
    with db.transaction():
        db.execute(
            "UPDATE discovery.listings SET missing_since = NULL WHERE id IN (SELECT listing_id"
            " FROM discovery.withdrawal_approval_listings WHERE approval_id = %s)",
            [approval],
        )
        db.execute("DELETE FROM discovery.withdrawal_approvals WHERE id = %s", [approval])


def test_missing_listings_are_kept_after_a_look_at_them(site: Site) -> None:
    page = site.open(view="withdrawals")
    waiting = page.get_by_role("region", name=LIBRARY, exact=True)
    expect(waiting).to_contain_text("3 of 9 upcoming listings are missing")
    expect(waiting.locator("tbody tr")).to_have_count(3)
    mark = page.get_by_role("navigation", name="Views").get_by_role("link", name="Withdrawals")
    expect(mark).to_have_text(re.compile(r"^Withdrawals\d+$"))
    site.shoot("withdrawals-light-1360")

    waiting.get_by_role("button", name="Keep").click()
    dialog = page.get_by_role("dialog", name="Keep 3 listings?")
    expect(dialog).to_contain_text("until the source lists them again")
    dialog.get_by_role("button", name="Keep").click()

    expect(waiting).to_have_count(0)
    decided = page.get_by_role("table", name="Decided approvals")
    expect(decided.locator("tbody tr", has_text=LIBRARY).first).to_contain_text("3 listings kept")
    assert site.faults == []


def test_whoever_may_only_look_sees_no_buttons(visit: Visitors) -> None:
    page = visit("viewer").open(view="withdrawals")

    waiting = page.get_by_role("region", name=LIBRARY, exact=True)
    expect(waiting).to_contain_text("upcoming listings are missing")
    expect(waiting.get_by_role("button")).to_have_count(0)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_view_has_no_fault_that_axe_finds(visit: Visitors, *, dark: bool) -> None:
    site = visit(dark=dark)
    site.open(view="withdrawals")

    assert faults(site) == []
