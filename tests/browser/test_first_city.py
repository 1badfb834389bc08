"""A new user: an own city by its name, an own feed by its address, and its first event seen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import RUN, Site
from tests.support.stack import Stack

pytestmark = [pytest.mark.airflow, pytest.mark.browser]

SOURCE = "krakow-demo-library-demo"


@pytest.fixture(autouse=True)
def _leipzig(stack: Stack) -> Iterator[None]:
    yield
    for kind, slug in (("sources", SOURCE), ("cities", "leipzig")):
        found = stack.client.get(f"/discovery/api/{kind}/{slug}/removal")
        if found.is_success:
            stack.client.delete(
                f"/discovery/api/{kind}/{slug}",
                params={"version": found.json()["version"], "confirm": slug},
            )


class Hand:
    """Clicks and types as a person does, and counts."""

    def __init__(self) -> None:
        self.clicks = 0
        self.fields = 0

    def click(self, what: Locator) -> None:
        self.clicks += 1
        what.click()

    def fill(self, what: Locator, text: str) -> None:
        self.fields += 1
        what.fill(text)


def field(dialog: Locator, path: str) -> Locator:
    return dialog.locator(f"[data-field='{path}'] input")


def test_an_own_city_and_feed_show_an_event_after_six_clicks_and_three_fields_at_most(
    site: Site, stack: Stack
) -> None:
    hand = Hand()
    page = site.open()

    hand.click(page.get_by_role("button", name="Add city"))
    dialog = page.get_by_role("dialog", name="Add a city")
    expect(field(dialog, "search")).to_be_focused()
    hand.fill(field(dialog, "search"), "leipzig")
    expect(dialog.get_by_role("button", name="Germany").first).to_be_visible()
    site.shoot("city-by-name-light-1360")
    page.keyboard.press("Enter")
    expect(field(dialog, "name")).to_have_value("Leipzig")
    expect(field(dialog, "slug")).to_have_value("leipzig")
    expect(field(dialog, "timezone")).to_have_value("Europe/Berlin")
    expect(dialog.get_by_role("button", name="Add", exact=True)).to_be_focused()
    site.shoot("city-filled-in-light-1360")
    hand.click(dialog.get_by_role("button", name="Add", exact=True))
    expect(page.get_by_role("heading", name="Leipzig")).to_be_visible()

    hand.click(page.get_by_role("button", name="Add by URL"))
    dialog = page.get_by_role("dialog", name="Add a source by its address")
    expect(dialog.locator("[data-field='city'] select")).to_have_value("leipzig")
    hand.fill(field(dialog, "url"), f"{stack.environment['DISCOVERY_DEMO_URL']}/library/krakow.ics")
    page.keyboard.press("Enter")
    expect(dialog.get_by_test_id("findings")).to_be_visible()
    best = dialog.locator("[data-proposal]").first
    expect(field(best, "new.slug")).to_have_value(SOURCE)
    site.shoot("first-source-light-1360")
    hand.click(best.get_by_role("button", name="Add and run now"))
    expect(page.get_by_text("Its first run is triggered")).to_be_visible()
    expect(dialog).to_have_count(0)
    healthy = site.row(f"leipzig · {SOURCE}").locator("[data-health=healthy]")
    expect(healthy).to_be_visible(timeout=RUN)
    hand.click(page.locator("a[href*='view=events'][href*='city=leipzig']").first)

    expect(page.locator("tr[data-row]").first).to_be_visible()
    assert hand.clicks <= 6
    assert hand.fields <= 3
    assert site.faults == []


def test_the_form_marks_at_once_what_the_server_would_refuse_in_plain_words(site: Site) -> None:
    page = site.open()
    page.get_by_role("button", name="Add city").click()
    dialog = page.get_by_role("dialog", name="Add a city")
    for path, text in (
        ("name", "Leipzig"), ("slug", "Ünï <script>"), ("country", "germany"),
        ("timezone", "Berlin"), ("latitude", "51,34"), ("longitude", "1234"), ("radius_km", "0"),
    ):  # fmt: skip
        field(dialog, path).fill(text)
    dialog.get_by_role("button", name="Add", exact=True).click()

    marked = dialog.locator("[data-field]:has([aria-invalid=true])")
    expect(marked).to_have_count(5)
    names = marked.evaluate_all("fields => fields.map(({dataset}) => dataset.field)")
    assert {*names} == {"slug", "country", "timezone", "longitude", "radius_km"}
    assert "^" not in dialog.inner_text()
    field(dialog, "country").fill("de")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(marked).to_have_count(4)


def test_escape_asks_before_it_drops_what_was_typed(site: Site) -> None:
    page = site.open()
    page.get_by_role("button", name="Add city").click()
    dialog = page.get_by_role("dialog", name="Add a city")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)

    page.get_by_role("button", name="Add city").click()
    field(dialog, "name").fill("Leipzig")
    expect(field(dialog, "slug")).to_have_value("leipzig")
    page.keyboard.press("Escape")
    asked = page.get_by_role("dialog", name="Leave without saving?")
    expect(asked).to_be_visible()
    asked.get_by_role("button", name="Cancel").click()
    expect(field(dialog, "name")).to_have_value("Leipzig")
    page.keyboard.press("Escape")
    asked.get_by_role("button", name="Leave").click()
    expect(dialog).to_have_count(0)
    assert site.faults == []
