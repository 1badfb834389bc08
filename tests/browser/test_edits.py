"""What the page changes: sources of a city, sources, runs. Each test works on a city of its own."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import RUN, Site, Village, Visitors, runs_with
from tests.support.slow_site import SlowSite
from tests.support.stack import Stack

pytestmark = [pytest.mark.airflow, pytest.mark.browser]

FEED = "http://127.0.0.1:9/calendar.ics"


def open_city(site: Site) -> Page:
    return site.open(view="city", city="testville")


def field(dialog: Locator, path: str) -> Locator:
    return dialog.locator(f"[data-field='{path}']")


def test_a_source_is_added_edited_disabled_and_removed(site: Site, testville: Village) -> None:
    page = open_city(site)
    expect(page.get_by_text("This city has no sources yet")).to_be_visible()

    page.get_by_role("button", name="Add source").click()
    dialog = page.get_by_role("dialog", name="Add a source to Testville")
    field(dialog, "source").locator("select").select_option("feed")
    expect(field(dialog, "settings.horizon_days")).to_contain_text("How many days ahead")
    expect(field(dialog, "settings.horizon_days").locator("input")).to_have_attribute(
        "placeholder", "365 (default)"
    )
    field(dialog, "settings.url").locator("input").fill(FEED)
    dialog.get_by_role("button", name="Add").click()
    expect(dialog).to_have_count(0)
    row = site.row("testville · feed")
    expect(row.locator("[data-health=never_run]")).to_be_visible()

    page.get_by_role("button", name="Edit testville · feed").click()
    dialog = page.get_by_role("dialog", name="Edit testville · feed")
    field(dialog, "frequency_hours").locator("input").fill("48")
    field(dialog, "max_frequency_hours").locator("input").fill("168")
    field(dialog, "settings.horizon_days").locator("input").fill("90")
    site.shoot("edit-light-1360")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(row).to_contain_text("every 48 h")
    pair = testville.pair()
    assert pair is not None
    assert pair["settings"] == {"url": FEED, "horizon_days": 90}
    assert pair["max_frequency_hours"] == 168

    row.get_by_text("on", exact=True).wait_for()
    page.get_by_role("checkbox", name="Enable testville · feed").press("Space")
    expect(row).to_contain_text("Disabled")
    expect(row.get_by_role("button", name="Run now: testville · feed")).to_be_disabled()

    page.get_by_role("button", name="Remove testville · feed").click()
    dialog = page.get_by_role("dialog", name="Remove testville · feed?")
    expect(dialog).to_contain_text("Nothing else depends on it")
    dialog.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("This city has no sources yet")).to_be_visible()
    assert testville.pair() is None
    site.open(view="changes")
    expect(
        page.get_by_role("row", name=re.compile("delete pair testville · feed")).first
    ).to_be_visible()


def test_a_wrong_value_is_shown_at_its_field(site: Site, testville: Village) -> None:
    testville.add_pair("feed", url=FEED)
    page = open_city(site)
    page.get_by_role("button", name="Edit testville · feed").click()
    dialog = page.get_by_role("dialog")

    field(dialog, "priority").locator("input").fill("101")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(field(dialog, "priority")).to_contain_text("at most 100")
    expect(field(dialog, "priority").locator("input")).to_be_focused()

    field(dialog, "priority").locator("input").fill("60")
    field(dialog, "settings.url").locator("input").fill("ftp://nonsense")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(field(dialog, "settings.url")).to_contain_text("http")
    expect(dialog.get_by_role("alert")).to_contain_text("not accepted")
    pair = testville.pair()
    assert pair is not None
    assert (pair["priority"], pair["settings"]) == (50, {"url": FEED})


def test_the_second_of_two_editors_may_save_over_the_first_once_they_have_seen_it(
    site: Site, testville: Village
) -> None:
    saved = testville.add_pair("feed", url=FEED)
    page = open_city(site)
    page.get_by_role("button", name="Edit testville · feed").click()
    dialog = page.get_by_role("dialog")
    field(dialog, "priority").locator("input").fill("70")
    testville.send(
        "PUT",
        "pairs?city=testville&source=feed",
        {"priority": 80, "settings": {"url": FEED}, "version": saved["version"]},
    )
    dialog.get_by_role("button", name="Save", exact=True).click()

    dialog.get_by_role("button", name="Save mine instead").click()

    expect(dialog).to_have_count(0)
    pair = testville.pair()
    assert pair is not None
    assert pair["priority"] == 70


def test_the_second_of_two_editors_is_warned_and_overwrites_nothing(
    site: Site, testville: Village
) -> None:
    saved = testville.add_pair("feed", url=FEED)
    page = open_city(site)
    page.get_by_role("button", name="Edit testville · feed").click()
    dialog = page.get_by_role("dialog")
    field(dialog, "priority").locator("input").fill("70")
    testville.send(
        "PUT",
        "pairs?city=testville&source=feed",
        {"priority": 80, "settings": {"url": FEED}, "version": saved["version"]},
    )

    dialog.get_by_role("button", name="Save", exact=True).click()
    warning = dialog.get_by_role("alert")
    expect(warning).to_contain_text("Somebody else saved first")
    expect(warning.get_by_role("row", name="Priority 80 70")).to_be_visible()
    pair = testville.pair()
    assert pair is not None
    assert pair["priority"] == 80

    warning.get_by_role("button", name="Load the current values").click()
    expect(field(dialog, "priority").locator("input")).to_have_value("80")
    field(dialog, "priority").locator("input").fill("70")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(site.row("testville · feed")).to_contain_text("priority 70")


def test_a_source_without_a_pair_is_added_changed_and_removed(
    site: Site, testville: Village
) -> None:
    page = site.open(view="sources")
    page.get_by_role("button", name="Add source").click()
    dialog = page.get_by_role("dialog", name="Add a source")
    field(dialog, "slug").locator("input").fill("village-paper")
    field(dialog, "name").locator("input").fill("Village paper")
    field(dialog, "kind").locator("select").select_option("ticketmaster")
    expect(dialog.get_by_text("Settings of ticketmaster")).to_be_visible()
    field(dialog, "kind").locator("select").select_option("icalendar")
    dialog.get_by_role("button", name="Add").click()
    row = site.row("village-paper")
    expect(row).to_contain_text("icalendar")

    page.get_by_role("button", name="Edit Village paper").click()
    field(page.get_by_role("dialog"), "trust").locator("input").fill("65")
    page.get_by_role("dialog").get_by_role("button", name="Save", exact=True).click()
    expect(row).to_contain_text("65")

    page.get_by_role("button", name="Remove Village paper").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)


def test_a_source_of_a_whole_country_says_that_its_numbers_are_not_the_citys(
    site: Site, testville: Village
) -> None:
    source = {"slug": "country-guide", "name": "Country guide", "kind": "icalendar"}
    testville.send("POST", "sources", {**source, "scope": "country"})
    testville.send("POST", "pairs", {"source": "country-guide", "settings": {"url": FEED}})
    open_city(site)

    row = site.row("country-guide")
    expect(row).to_contain_text("Country source")
    expect(row).to_contain_text("not this city's alone; upcoming here: 0")


def test_a_viewer_sees_everything_and_changes_nothing(visit: Visitors, testville: Village) -> None:
    saved = testville.add_pair("feed", url=FEED)
    site = visit("viewer")
    page = open_city(site)

    expect(site.row("testville · feed")).to_be_visible()
    for name in ("Edit", "Remove", "Add source"):
        assert page.get_by_role("button", name=re.compile(name)).count() == 0
    expect(page.get_by_role("button", name="Run city now")).to_be_disabled()
    expect(site.row("testville · feed").get_by_role("checkbox")).to_be_disabled()
    statuses = page.evaluate(
        """async version => {
            const json = {"content-type": "application/json"};
            const send = (method, url, body) =>
                fetch(url, {method, headers: json, body: JSON.stringify(body)});
            const pair = "/discovery/api/pairs/enabled?city=testville&source=feed";
            const put = await send("PUT", pair, {enabled: false, version});
            const runs = "/api/v2/dags/city_discovery/dagRuns";
            const run = await send("POST", runs, {logical_date: null, conf: {}});
            return [put.status, run.status];
        }""",
        saved["version"],
    )
    assert statuses == [403, 403]
    pair = testville.pair()
    assert pair is not None
    assert pair["enabled"] is True


def test_a_refused_edit_is_explained_in_the_form(site: Site, testville: Village) -> None:
    """The right to edit was taken away while the form was open."""
    testville.add_pair("feed", url=FEED)
    page = open_city(site)
    page.get_by_role("button", name="Edit testville · feed").click()
    page.route("**/discovery/api/pairs?*", lambda route: route.fulfill(status=403, json={}))
    page.get_by_role("dialog").get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("permission")


def test_run_now_shows_its_progress_until_it_is_done(
    site: Site, testville: Village, stack: Stack
) -> None:
    slow = SlowSite()
    testville.add_source("slow-page", "events_calendar")
    testville.add_pair("slow-page", site_url=slow.url)
    with slow.serving():
        page = open_city(site)
        page.get_by_role("button", name="Run now: testville · slow-page").click()
        dialog = page.get_by_role("dialog")
        field(dialog, "limit").locator("input").fill("none")
        dialog.get_by_role("button", name="Run now").click()
        expect(field(dialog, "limit")).to_contain_text("whole number")
        field(dialog, "limit").locator("input").fill("")
        dialog.get_by_role("button", name="Run now").click()
        expect(page.get_by_text("A run is triggered")).to_be_visible()

        progress = page.locator("[data-live='testville · slow-page']")
        expect(progress).to_contain_text("2 pages, 2 of 5 events", timeout=RUN)
        expect(
            page.get_by_role("progressbar", name="Progress of testville · slow-page")
        ).to_be_visible()
        expect(site.row("testville · slow-page").locator("[data-health=running]")).to_be_visible()
        site.shoot("running-light-1360")
        slow.go.set()
        expect(page.get_by_test_id("live")).to_have_count(0, timeout=RUN)

    expect(site.row("testville · slow-page").locator("[data-health=healthy]")).to_be_visible()
    pair = testville.pair("slow-page")
    assert pair is not None
    assert pair["last_run"]["counts"]["inserted"] == 5
    (run,) = runs_with(stack, sources=["slow-page"])
    assert run["triggering_user_name"] == "admin"
