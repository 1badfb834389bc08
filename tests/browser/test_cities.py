"""The list of cities, those without a source included, and what is asked before one is removed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from include.discovery.store.connection import Connection
from tests.browser.conftest import Site, Visitors
from tests.support.builders import KRAKOW, event, source, stored_events, stored_pair
from tests.support.stack import Stack

pytestmark = [pytest.mark.airflow, pytest.mark.browser]

TOWN = KRAKOW.model_copy(update={"slug": "newtown", "name": "Newtown"})
PAPER = source("town-paper", settings={"url": "http://127.0.0.1:9/town.ics"})


@pytest.fixture
def town(stack: Stack) -> Iterator[None]:
    """Leave nothing behind of the town and its paper."""
    yield
    for kind, slug in (("cities", "newtown"), ("sources", "town-paper")):
        found = stack.client.get(f"/discovery/api/{kind}/{slug}/removal")
        if found.is_success:
            stack.client.delete(
                f"/discovery/api/{kind}/{slug}",
                params={"version": found.json()["version"], "confirm": slug},
            )


@pytest.fixture
def events(town: None, db: Connection) -> None:
    """Let the paper bring the town three events."""
    records = [event(f"n{n}", title=f"Newtown fair {n}") for n in range(3)]
    stored_events(db, stored_pair(db, TOWN, PAPER), records)


def field(dialog: Locator, path: str) -> Locator:
    return dialog.locator(f"[data-field='{path}']").locator("input")


def add_town(page: Page) -> None:
    page.get_by_role("button", name="Add city").click()
    dialog = page.get_by_role("dialog", name="Add a city")
    for path, value in (
        ("slug", "newtown"),
        ("name", "Newtown"),
        ("country", "PL"),
        ("timezone", "Europe/Warsaw"),
        ("latitude", "50"),
        ("longitude", "20"),
    ):
        field(dialog, path).fill(value)
    dialog.get_by_role("button", name="Add").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("heading", name="Newtown")).to_be_visible()


@pytest.mark.usefixtures("town")
def test_a_new_city_is_led_to_and_found_in_the_list_and_the_filter(site: Site) -> None:
    page = site.open(text="library")
    add_town(page)
    expect(page).to_have_url(re.compile(r"\?view=city&city=newtown$"))
    expect(page).to_have_title("newtown – Discovery")
    expect(page.get_by_text("This city has no sources yet")).to_be_visible()
    run = page.get_by_role("button", name="Run city now")
    expect(run).to_be_disabled()
    expect(run).to_have_attribute("title", "None of its sources is enabled")

    page.get_by_role("navigation", name="Views").get_by_role("link", name="Cities").click()
    row = site.row("newtown")
    expect(row).to_contain_text("none yet")
    expect(row).to_contain_text("0 of 0")
    idle = row.get_by_role("button", name="Run now: Newtown")
    expect(idle).to_have_attribute("title", "None of its sources is enabled")
    site.shoot("cities-light-1360")

    site.open()
    page.get_by_label("City", exact=True).select_option("newtown")
    expect(page.get_by_text("Newtown has no sources yet")).to_be_visible()
    page.get_by_role("link", name="open Newtown").click()
    expect(page.get_by_role("heading", name="Newtown")).to_be_visible()
    assert site.faults == []


@pytest.mark.usefixtures("town")
def test_a_city_is_edited_switched_and_given_a_source_from_the_list(
    site: Site, stack: Stack
) -> None:
    page = site.open(view="cities")
    add_town(page)
    site.open(view="cities")
    row = site.row("newtown")

    page.get_by_role("button", name="Edit: Newtown").click()
    dialog = page.get_by_role("dialog", name="Edit Newtown")
    field(dialog, "name").fill("Newtown upon Test")
    dialog.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("Newtown upon Test")

    stack.client.post(
        "/discovery/api/sources",
        json={"slug": "town-paper", "name": "Town paper", "kind": "icalendar",
              "settings": PAPER.settings},
    )  # fmt: skip
    site.open(view="sources")
    expect(site.row("town-paper")).to_contain_text("none yet")
    page.get_by_role("button", name="Add Town paper to a city").click()
    dialog = page.get_by_role("dialog", name="Add Town paper to a city")
    dialog.locator("[data-field='city'] select").select_option("newtown")
    dialog.get_by_role("button", name="Add").click()
    expect(site.row("town-paper")).to_contain_text("1 of 1")

    site.open(view="cities")
    expect(row.get_by_role("link", name="Town paper")).to_be_visible()
    row.get_by_role("button", name="Run now: ").click()
    expect(page.get_by_role("dialog", name="Run now: Newtown upon Test")).to_be_visible()
    page.keyboard.press("Escape")
    row.locator("label").first.click()
    expect(row).to_contain_text("off")
    expect(row).to_contain_text("0 of 1")


@pytest.mark.usefixtures("town")
def test_a_source_without_a_pair_is_in_the_filter_and_shown_as_such(
    site: Site, stack: Stack
) -> None:
    stack.client.post(
        "/discovery/api/sources",
        json={"slug": "town-paper", "name": "Town paper", "kind": "icalendar"},
    )
    page = site.open()

    page.get_by_label("Source", exact=True).select_option("town-paper")

    expect(page.get_by_text("Town paper has no pairs yet")).to_be_visible()


@pytest.mark.usefixtures("events")
def test_a_city_with_events_is_removed_once_its_slug_is_typed(
    site: Site, visit: Visitors, db: Connection
) -> None:
    dark, narrow = visit(dark=True), visit(width=420)
    for other, name in ((dark, "dark-1360"), (narrow, "light-420")):
        other.open(view="cities")
        other.shoot(f"cities-{name}")
        other.page.get_by_role("button", name="Remove: Newtown").click()
        expect(other.page.get_by_role("dialog")).to_contain_text("3 events that nothing else lists")
        other.shoot(f"remove-{name}")

    page = site.open(view="cities")
    page.get_by_role("button", name="Remove: Newtown").click()
    dialog = page.get_by_role("dialog", name="Remove Newtown?")
    expect(dialog).to_contain_text("1 pair: newtown · town-paper")
    expect(dialog).to_contain_text("3 listings that it brought")
    button = dialog.get_by_role("button", name="Remove")
    expect(button).to_be_disabled()
    field(dialog, "confirm").fill("newtow")
    expect(button).to_be_disabled()
    field(dialog, "confirm").fill("newtown")
    site.shoot("remove-light-1360")
    button.click()

    expect(page.get_by_text("3 listings and 3 events went with it.")).to_be_visible()
    expect(dialog).to_have_count(0)
    expect(site.row("newtown")).to_have_count(0)
    left = db.execute(
        "SELECT (SELECT count(*) FROM discovery.events WHERE title LIKE 'Newtown fair%%'),"
        " EXISTS (SELECT FROM discovery.sync_runs WHERE city_slug = 'newtown')"
    ).fetchone()
    assert left == (0, True)
    site.open(view="changes")
    deletion = page.get_by_role("row", name=re.compile("delete city newtown"))
    expect(deletion.first).to_contain_text("(3 listings and 3 events)")
    assert site.faults == []


@pytest.mark.usefixtures("events")
def test_a_pair_is_removed_on_its_own_page(site: Site) -> None:
    page = site.open(view="pair", city="newtown", source="town-paper")
    expect(page.get_by_text("highest: 0 fetched")).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    dialog = page.get_by_role("dialog", name="Remove newtown · town-paper?")
    expect(dialog).to_contain_text("3 listings that it brought")
    field(dialog, "confirm").fill("town-paper")
    dialog.get_by_role("button", name="Remove").click()

    expect(page.get_by_text("This city has no sources yet")).to_be_visible()
    assert site.faults == []


@pytest.mark.usefixtures("events")
def test_the_health_of_a_city_or_source_leads_to_the_pairs_that_make_it_up(site: Site) -> None:
    for view, row, query in (
        ("cities", "newtown", "city=newtown"),
        ("sources", "town-paper", "source=town-paper"),
    ):
        page = site.open(view=view)
        health = site.row(row).locator("[data-health=healthy]")
        expect(health).to_contain_text("Healthy")
        health.get_by_role("link", name="1 healthy").click()
        page.wait_for_url(f"**?{query}&health=healthy")
        expect(site.row("newtown · town-paper")).to_be_visible()
        expect(page.get_by_test_id("shown")).to_contain_text("1 of")
    assert site.faults == []


@pytest.mark.usefixtures("events")
def test_a_viewer_sees_the_cities_without_buttons(visit: Visitors) -> None:
    site = visit("viewer")
    page = site.open(view="cities")

    expect(site.row("newtown")).to_contain_text("1 of 1")
    for name in ("Edit", "Remove", "Add source", "Add city"):
        assert page.get_by_role("button", name=re.compile(name)).count() == 0
