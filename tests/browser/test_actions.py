"""What is done with pairs from their table: runs that their rows follow, and actions on several."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from include.discovery.store.connection import Connection
from tests.browser.conftest import RUN, Site, Visitors, runs_with
from tests.browser.test_accessibility import faults
from tests.support.stack import Stack

pytestmark = [pytest.mark.airflow, pytest.mark.browser]

TICKETS = "krakow · demo-tickets"
LIBRARY = "krakow · demo-library"


@pytest.fixture(autouse=True)
def enabled(db: Connection) -> Iterator[None]:
    yield
    db.execute(
        "UPDATE discovery.city_source SET enabled = true FROM discovery.sources s"
        " WHERE s.id = source_id AND s.slug IN ('demo-tickets', 'demo-library')"
    )


def select(page: Page, *labels: str) -> Locator:
    for label in labels:
        page.get_by_role("checkbox", name=f"Select {label}", exact=True).press("Space")
    return page.get_by_role("region", name="Selected pairs")


def are_enabled(stack: Stack, *labels: str) -> list[bool]:
    rows = stack.client.get("/discovery/api/city/krakow").json()["pairs"]
    enabled = {row["label"]: row["enabled"] for row in rows}
    return [enabled[label] for label in labels]


def test_the_rows_of_a_run_say_at_once_what_becomes_of_them_until_it_has_ended(
    site: Site, stack: Stack
) -> None:
    page = site.open(city="krakow")
    bar = select(page, TICKETS, LIBRARY)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    # Else the run may be over before the first look at the rows.
    page.route("**/discovery/api/run?*", hold)
    bar.get_by_role("button", name="Run now").click()
    dialog = page.get_by_role("dialog", name="Run now: 2 pairs")
    expect(dialog).to_contain_text("krakow/demo-tickets, krakow/demo-library")
    dialog.get_by_role("button", name="Run now").click()

    expect(site.row(TICKETS).locator("[data-mark=queued]")).to_be_visible()
    expect(site.row(LIBRARY).locator("[data-mark=queued]")).to_be_visible()
    expect(page.locator("[data-mark]")).to_have_count(2)
    for route in held:
        route.continue_()
    page.unroute("**/discovery/api/run?*")
    mark = site.row(TICKETS).locator("[data-mark=success]")
    expect(mark).to_contain_text(re.compile(r"This run: \d+ fetched"), timeout=RUN)
    expect(page.get_by_text("The run has ended: 2 pairs synced")).to_be_visible(timeout=RUN)
    assert runs_with(stack, pairs=["krakow/demo-tickets", "krakow/demo-library"])


def test_the_row_of_a_pair_that_fails_says_why(site: Site) -> None:
    page = site.open(text="demo-gone")
    page.get_by_role("button", name="Run now: helsinki · demo-gone").click()
    page.get_by_role("dialog").get_by_role("button", name="Run now").click()

    mark = site.row("helsinki · demo-gone").locator("[data-mark=failed]")
    expect(mark).to_contain_text("404 Not Found", timeout=RUN)
    expect(mark.get_by_role("link", name="Log")).to_be_visible()
    expect(page.get_by_text("1 of 1 pair failed")).to_be_visible(timeout=RUN)
    page.get_by_role("button", name="Retry failed").click()
    expect(page.get_by_role("dialog")).to_contain_text("Run now: 1 failed pair of the last run")


def test_selected_pairs_are_disabled_after_a_question_and_enabled_again_by_undo(
    site: Site, stack: Stack
) -> None:
    page = site.open(city="krakow")
    bar = select(page, TICKETS, LIBRARY)
    expect(bar).to_contain_text("2 pairs selected")
    bar.get_by_role("button", name="Disable").click()
    dialog = page.get_by_role("dialog", name="Disable 2 pairs?")
    expect(dialog).to_contain_text(f"{TICKETS}, {LIBRARY}")
    dialog.get_by_role("button", name="Disable").click()
    expect(site.row(TICKETS)).to_contain_text("Disabled")
    assert are_enabled(stack, TICKETS, LIBRARY) == [False, False]

    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_text("2 pairs are enabled")).to_be_visible()
    expect(site.row(LIBRARY)).not_to_contain_text("Disabled")
    assert are_enabled(stack, TICKETS, LIBRARY) == [True, True]


def test_a_pair_that_somebody_has_changed_meanwhile_is_left_as_it_is(
    site: Site, stack: Stack
) -> None:
    page = site.open(city="krakow")
    bar = select(page, TICKETS)
    page.route(
        "**/pairs/switches",
        lambda route: route.fulfill(
            json={
                "switched": [],
                "refused": [{"label": TICKETS, "detail": f"pair {TICKETS} was changed meanwhile"}],
            }
        ),
    )
    bar.get_by_role("button", name="Disable").click()
    page.get_by_role("dialog").get_by_role("button", name="Disable").click()

    expect(page.get_by_text(f"Left as they are: pair {TICKETS} was changed")).to_be_visible()
    assert are_enabled(stack, TICKETS) == [True]


def test_all_pairs_of_a_page_are_selected_and_cleared_by_keyboard(site: Site) -> None:
    page = site.open(city="krakow")
    shown = page.locator("tr[data-row]").count()

    page.get_by_role("checkbox", name="Select all pairs of this page").press("Space")
    bar = page.get_by_role("region", name="Selected pairs")
    expect(bar).to_contain_text(f"{shown} pairs selected")
    assert faults(site) == []
    bar.get_by_role("button", name="Clear selection").press("Enter")
    expect(bar).to_have_count(0)


def test_pairs_that_are_due_are_run_without_force(site: Site) -> None:
    page = site.open()
    page.get_by_role("button", name="Run due now").click()

    dialog = page.get_by_role("dialog", name="Run now: everything that is due")
    expect(dialog.locator("[data-field=force] select")).to_have_value("false")


def test_all_pairs_that_pass_the_filters_are_selected_on_whatever_page_they_are(
    site: Site,
) -> None:
    page = site.open(city="krakow")
    of_krakow = int((page.get_by_test_id("shown").text_content() or "").split()[0])
    bar = select(page, LIBRARY)

    bar.get_by_role("button", name=f"Select all {of_krakow} pairs").press("Enter")

    expect(bar).to_contain_text(f"{of_krakow} pairs selected")
    expect(bar.get_by_role("button", name="Select all")).to_have_count(0)


def test_a_viewer_can_select_nothing(visit: Visitors) -> None:
    site = visit("viewer")
    page = site.open(city="krakow")

    expect(site.row(TICKETS)).to_be_visible()
    assert page.get_by_role("checkbox", name=re.compile("Select")).count() == 0
    assert page.get_by_role("button", name="Retry failed").count() == 0


def test_a_switch_is_undone_where_it_was_flipped(site: Site, stack: Stack) -> None:
    page = site.open(view="city", city="krakow")
    site.row(TICKETS).get_by_text("on", exact=True).wait_for()
    page.get_by_role("checkbox", name=f"Enable {TICKETS}").press("Space")
    expect(page.get_by_text(f"{TICKETS} is disabled")).to_be_visible()
    assert are_enabled(stack, TICKETS) == [False]

    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_text(f"{TICKETS} is enabled again")).to_be_visible()
    assert are_enabled(stack, TICKETS) == [True]
