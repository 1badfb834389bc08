"""The browser of events, in a real browser: finding them, and what each source says of one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Site, Visitors

pytestmark = [pytest.mark.airflow, pytest.mark.browser]

HOSTILE = '<img src=x onerror="window.pwned = 1">'


def test_the_navigation_leads_to_upcoming_events_on_the_clock_of_their_own_place(
    visit: Visitors,
) -> None:
    site = visit(zone="Asia/Kolkata")
    page = site.open()
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Events").click()

    row = page.locator("tbody tr").filter(has_text="Europe/Warsaw").first
    time = row.locator("time").first
    expect(time).to_have_text(re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d\s*Europe/Warsaw$"))
    expect(time).to_have_attribute("title", re.compile(r"Asia/Kolkata\n.* UTC$"))
    # Warsaw's clock is 3.5 or 4.5 hours behind Kolkata's.
    own, shown = time.get_attribute("title") or "", time.text_content() or ""
    assert own[14:16] != shown[14:16]
    site.shoot("events-light-1360")
    assert site.faults == []


def test_filters_of_events_are_kept_in_the_url(site: Site) -> None:
    page = site.open(view="events")
    page.get_by_label("City", exact=True).select_option("krakow")
    page.get_by_label("Search").fill("teatr lalek")

    page.wait_for_url("**?view=events&city=krakow&text=teatr+lalek")
    expect(page.locator("tbody tr").filter(has_not_text="Teatr Lalek")).to_have_count(0)
    expect(page.locator("tbody tr").first).to_contain_text("Kraków")
    page.reload()
    expect(page.get_by_label("Search")).to_have_value("teatr lalek")
    expect(page.locator("tbody tr").first).to_contain_text("Kraków")
    page.get_by_label("Search").fill("nothingatall")
    expect(page.get_by_text("No event matches")).to_be_visible()
    page.get_by_role("search").get_by_role("button", name="Clear filters").click()
    expect(page.locator("tbody tr").first).to_be_visible()
    assert "city=" not in page.url


def test_a_range_of_dates_is_not_kept_to_what_is_upcoming(site: Site) -> None:
    page = site.open(view="events")

    page.get_by_label("From").fill("2020-01-01")

    page.wait_for_url("**from=2020-01-01*")
    expect(page.get_by_label("When")).to_have_value("any")


def test_pages_of_events_follow_each_other_and_back_returns(site: Site) -> None:
    page = site.open(view="events")
    rows = page.locator("tbody tr")
    first = rows.first.get_attribute("data-row")

    page.get_by_role("button", name="Next page").click()
    page.wait_for_url("**after=**")
    expect(rows.first).not_to_have_attribute("data-row", first or "")
    page.go_back()

    expect(rows.first).to_have_attribute("data-row", first or "")


def test_an_event_shows_the_words_of_its_sources_side_by_side(visit: Visitors) -> None:
    site = visit(dark=True)

    def as_two(data: dict[str, Any]) -> None:
        data["event"]["listing_count"] = 2
        (said,) = data["listings"]
        other = {"id": -1, "source_name": HOSTILE, "title": HOSTILE, "url": None}
        data["listings"].append({**said, **other, "warnings": ["end guessed"]})

    site.answer("events/", as_two)
    page = site.open(view="events", city="krakow", source="demo-theatres")
    page.locator("tbody tr").first.get_by_role("link").first.click()

    table = page.get_by_role("table", name="What each source says")
    expect(table.get_by_role("columnheader")).to_have_count(3)
    expect(table.locator("tr[data-row='Title']")).to_contain_text("differs")
    expect(table.locator("tr[data-row='Title']")).to_contain_text(HOSTILE)
    expect(table.locator("tr[data-row='Venue']")).not_to_contain_text("differs")
    expect(table.locator("tr[data-row='Warnings']")).to_contain_text("end guessed")
    link = table.locator("tr[data-row='Link'] a")
    expect(link).to_have_count(1)
    expect(link).to_have_attribute("rel", re.compile("noopener"))
    assert page.evaluate("window.pwned") is None
    site.shoot("event-dark-1360")
    table.get_by_role("link", name="Demo theatres").click()
    page.wait_for_url("**?view=pair&city=krakow&source=demo-theatres")


def test_an_event_is_edited_and_shows_who_says_so_until_that_is_taken_back(site: Site) -> None:
    page = site.open(view="events", city="krakow", source="demo-theatres")
    page.locator("tbody tr").first.get_by_role("link").first.click()
    heading = page.get_by_role("heading", level=2)
    expect(heading).not_to_have_text("Hamlet, corrected")
    before = heading.text_content() or ""

    page.get_by_role("button", name="Edit event").click()
    dialog = page.get_by_role("dialog", name="Edit")
    dialog.locator("[data-field='title'] input").fill("Hamlet, corrected")
    dialog.locator("[data-field='reason'] input").fill("the poster says so")
    dialog.locator("[data-field='timezone'] input").fill("Europe/Krakow")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog.locator("[data-field='timezone']")).to_contain_text("time zone")
    dialog.locator("[data-field='timezone'] input").fill("Europe/Warsaw")
    dialog.get_by_role("button", name="Save", exact=True).click()

    expect(heading).to_have_text("Hamlet, corrected")
    expect(page.locator("[data-said='title']")).to_contain_text("edited by")
    expect(page.locator("[data-edit]")).to_have_count(1)
    expect(page.locator("[data-edit='title']")).to_contain_text("the poster says so")
    page.get_by_role("button", name="Take back the title").click()
    dialog = page.get_by_role("dialog", name="Take back")
    dialog.locator("[data-field='reason'] input").fill("the site is right")
    dialog.get_by_role("button", name="Take back").click()

    expect(page.locator("[data-edit]")).to_have_count(0)
    expect(heading).to_have_text(before)
    assert site.faults == []


def test_an_event_that_is_gone_says_so(site: Site) -> None:
    page = site.open(view="event", event="999999999")

    expect(page.get_by_role("alert")).to_contain_text("There is no event 999999999")


def test_events_that_cannot_be_read_are_a_panel_with_a_way_to_try_again(site: Site) -> None:
    page = site.page
    page.route("**/discovery/api/events?*", lambda route: route.fulfill(status=503, json={}))
    site.open(view="events")

    expect(page.get_by_role("alert")).to_contain_text("discovery database cannot be used")
    page.unroute("**/discovery/api/events?*")
    page.get_by_role("button", name="Retry").click()
    expect(page.locator("tbody tr").first).to_be_visible()


def test_the_newest_events_of_a_pair_name_their_zone_and_lead_to_their_pages(site: Site) -> None:
    page = site.open(view="pair", city="krakow", source="demo-theatres")
    newest = page.locator("section", has_text="Newest events")

    expect(newest.locator("tbody time").first).to_contain_text("Europe/Warsaw")
    newest.get_by_role("link", name="All its upcoming events").click()
    page.wait_for_url("**?view=events&city=krakow&source=demo-theatres")


def test_events_fit_a_narrow_screen(visit: Visitors) -> None:
    site = visit(width=420)
    page = site.open(view="events")

    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0
    site.shoot("events-light-420")
