"""What the page shows, in a real browser: nothing here changes the configuration."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg
import pytest
from playwright.sync_api import Page, Route, expect

from include.discovery.store.connection import Connection
from include.discovery.web.assets import ENTRY, FOLDER
from tests.browser.conftest import PATIENCE, Site, Visitors
from tests.support.stack import Stack

pytestmark = [pytest.mark.airflow, pytest.mark.browser]

HOSTILE = '<img src=x onerror="window.pwned = 1">'
LIBRARY = "krakow · demo-library"
ALL_COLUMNS = (
    "city,health,recent,success,fetched,inserted,updated,rejected,duration,error,next,rate"
)


def numbers_of(page: Page, heading: str) -> list[int]:
    """Return what a column of the pairs says, from the top; dashes are left out."""
    texts: list[str] = page.get_by_test_id("pairs").evaluate(
        """(part, heading) => {
            const all = [...part.querySelectorAll("thead th")];
            const place = all.findIndex(({textContent}) => textContent.startsWith(heading));
            return [...part.querySelectorAll("tbody tr")]
                .map(({children}) => children[place].textContent);
        }""",
        heading,
    )
    return [int(text.replace(",", "")) for text in texts if text != "–"]


class TestOverview:
    def test_airflows_own_navigation_leads_to_the_page(self, site: Site) -> None:
        site.page.goto(site.base)
        site.page.get_by_role("link", name="Discovery", exact=True).click()

        expect(site.page.get_by_role("heading", name="Discovery", level=1)).to_be_visible()
        expect(site.page).to_have_title("Overview – Discovery")
        assert site.page.url.endswith("/plugin/discovery")

    def test_the_overview_shows_every_pair_with_its_health_and_numbers(self, site: Site) -> None:
        page = site.open()

        row = site.row(LIBRARY)
        expect(row.get_by_role("rowheader")).to_contain_text("Demo library")
        expect(row.locator("[data-health=healthy]")).to_contain_text("Healthy")
        expect(row.get_by_role("img")).to_have_attribute(
            "aria-label", re.compile("Last .* runs?: ")
        )
        gone = site.row("helsinki · demo-gone")
        expect(gone).to_contain_text("not found")
        expect(gone.get_by_role("link", name="Log")).to_have_attribute(
            "href", re.compile(r"/dags/city_discovery/runs/.+/tasks/sync/mapped/\d+")
        )
        expect(page.locator("[data-tile='Pairs enabled']")).to_contain_text("of")
        expect(page.locator("[data-tile='Next run']")).to_contain_text("in ")
        site.shoot("overview-light-1360")
        assert site.faults == []

    def test_filters_are_kept_in_the_url_and_totals_follow_them(self, site: Site) -> None:
        page = site.open()
        shown = page.get_by_test_id("shown")
        everything = int((shown.text_content() or "").split()[0])

        page.get_by_label("City", exact=True).select_option("krakow")
        expect(shown).to_have_text(re.compile(rf"^\d+ of {everything} pairs$"))
        page.get_by_label("Text").fill("library")
        expect(shown).to_have_text(f"1 of {everything} pairs")
        expect(page.locator("tfoot")).to_contain_text("1 pair")
        page.wait_for_url("**?city=krakow&text=library")
        page.reload()
        expect(shown).to_have_text(f"1 of {everything} pairs")
        page.get_by_role("button", name="Clear filters").click()
        expect(shown).to_have_text(f"{everything} pairs")
        assert "city=" not in page.url

    def test_going_back_undoes_one_filter_after_another(self, site: Site) -> None:
        page = site.open()
        shown = page.get_by_test_id("shown")
        everything = shown.text_content() or ""

        page.get_by_label("City", exact=True).select_option("krakow")
        expect(shown).to_contain_text("of")
        of_krakow = shown.text_content() or ""
        for part in ("lib", "library"):
            page.get_by_label("Text").fill(part)
            page.wait_for_url(f"**?city=krakow&text={part}")

        page.go_back()
        expect(page.get_by_label("Text")).to_have_value("")
        expect(shown).to_have_text(of_krakow)
        page.go_back()
        expect(page.get_by_label("City", exact=True)).to_have_value("")
        expect(shown).to_have_text(everything)

    def test_filters_that_match_nothing_are_named_and_cleared(self, site: Site) -> None:
        page = site.open(city="atlantis", health="splendid")

        expect(page.get_by_text("There is no city atlantis.")).to_be_visible()
        expect(page.get_by_label("City", exact=True)).to_have_value("atlantis")
        expect(page.get_by_label("Health", exact=True)).to_have_value("splendid")
        page.get_by_role("button", name="Clear filters").last.click()

        expect(site.row(LIBRARY)).to_be_visible()
        assert "atlantis" not in page.url

    def test_the_counts_by_health_filter_the_pairs(self, site: Site) -> None:
        page = site.open()
        everything = page.locator("tbody [data-health]").count()
        healthy = page.locator("[data-count=healthy]")
        healthy.click()

        expect(healthy).to_have_attribute("aria-pressed", "true")
        page.wait_for_url("**?health=healthy")
        shown = page.locator("tbody [data-health]")
        expect(shown).not_to_have_count(everything)
        expect(page.locator("tbody [data-health=healthy]").first).to_be_visible()
        expect(page.locator("tbody [data-health]:not([data-health=healthy])")).to_have_count(0)

    def test_every_data_column_can_be_sorted_in_both_directions(self, site: Site) -> None:
        page = site.open(city="krakow", columns=ALL_COLUMNS)
        headers = page.get_by_role("columnheader")
        names = [name.strip(" ▲▼") for name in headers.all_text_contents()]
        assert len(names) == 15
        for name in names:
            if name == "Actions" or name.startswith("Select"):
                continue
            header = headers.filter(has_text=re.compile(f"^{re.escape(name)}( [▲▼])?$"))
            for _ in range(2):
                header.get_by_role("button").click()
            expect(header).to_have_attribute("aria-sort", re.compile("ascending|descending"))

        page.get_by_role("button", name="Fetched").click()
        expect(page.get_by_role("columnheader", name="Fetched")).to_have_attribute(
            "aria-sort", "ascending"
        )
        page.wait_for_url("**sort=fetched")
        expect(page.get_by_test_id("pairs")).to_have_attribute("aria-busy", "false")
        ascending = numbers_of(page, "Fetched")
        page.get_by_role("button", name="Fetched").click()
        page.wait_for_url("**sort=-fetched")
        fetched = page.get_by_role("columnheader", name="Fetched")
        expect(fetched).to_have_attribute("aria-sort", "descending")
        expect(page.get_by_test_id("pairs")).to_have_attribute("aria-busy", "false")
        assert ascending == sorted(ascending)
        assert numbers_of(page, "Fetched") == ascending[::-1]

    def test_the_chosen_columns_are_kept_in_the_url(self, site: Site) -> None:
        page = site.open()
        expect(page.get_by_role("columnheader", name="Duration")).to_have_count(0)

        page.get_by_role("button", name="Columns: 13 of 15").click()
        choices = page.get_by_role("dialog", name="Columns")
        choices.locator("label", has_text="Duration").click()
        choices.locator("label", has_text="Last 14 runs").click()
        expect(page.get_by_role("columnheader", name="Duration")).to_be_visible()
        expect(page.get_by_role("columnheader", name="Last 14 runs")).to_have_count(0)
        expect(choices).to_be_visible()

        page.reload()
        expect(page.get_by_role("columnheader", name="Duration")).to_be_visible()
        page.get_by_role("button", name="Columns: 13 of 15").click()
        choices.get_by_role("button", name="The usual columns").click()
        expect(page.get_by_role("columnheader", name="Last 14 runs")).to_be_visible()
        assert "columns=" not in page.url

    def test_the_headings_stay_in_sight_while_the_pairs_scroll(self, site: Site) -> None:
        page = site.open()
        table = page.get_by_role("region", name="Pairs of city and source")
        heading = page.get_by_role("columnheader", name="Last error")
        before = heading.bounding_box()

        table.evaluate("element => element.scrollBy(0, 800)")

        assert table.evaluate("element => element.scrollTop") > 0
        assert heading.bounding_box() == before

    def test_a_table_that_goes_on_to_the_right_says_so_and_scrolls_there(
        self, visit: Visitors
    ) -> None:
        site = visit(width=1000)
        page = site.open(columns=ALL_COLUMNS)
        table = page.get_by_role("region", name="Pairs of city and source")
        more = page.get_by_role("button", name="More columns")

        more.click()
        expect(more).to_be_visible()
        table.evaluate("element => element.scrollBy({left: 9999, behavior: 'instant'})")
        expect(more).to_have_count(0)

    def test_a_thousand_pairs_are_asked_for_in_pages_of_a_hundred(self, site: Site) -> None:
        def answer(route: Route) -> None:
            data = route.fetch().json()
            page = int(parse_qs(urlsplit(route.request.url).query).get("page", ["1"])[0])
            pairs = data["pairs"]
            data["pairs"] = [
                {**pairs[n % len(pairs)], "label": f"town-{n} · paper"}
                for n in range(100 * page - 100, 100 * page)
            ]
            data["chosen"].update(pairs=1000, page=page, pages=10)
            data["tiles"]["pairs"] = 1000
            route.fulfill(json=data)

        site.page.route("**/discovery/api/overview*", answer)
        page = site.open()

        expect(page.locator("tbody tr")).to_have_count(100)
        pages = page.get_by_role("navigation", name="Pages of the table")
        expect(pages).to_contain_text("1–100 of 1000")
        pages.get_by_role("button", name="Next").click()
        expect(pages).to_contain_text("101–200 of 1000")
        expect(site.row("town-100 · paper")).to_be_visible()
        page.go_back()
        expect(pages).to_contain_text("1–100 of 1000")
        expect(site.row("town-100 · paper")).to_have_count(0)

    def test_a_reason_that_is_cut_can_be_read_whole(self, site: Site) -> None:
        reason = "the last run failed: " + "all work and no play " * 20 + "the end"

        def change(data: dict[str, Any]) -> None:
            data["pairs"][0]["health"] = {"state": "warning", "reason": reason}

        site.answer("overview", change)
        page = site.open()

        cell = page.locator("tbody [data-health=warning]", has_text="all work").first
        text = cell.get_by_text("all work")
        cut = text.bounding_box()
        cell.get_by_role("button", name="Show all").click()
        expect(cell.get_by_role("button", name="Show less")).to_be_visible()
        whole = text.bounding_box()
        assert cut is not None
        assert whole is not None
        assert whole["height"] > 2 * cut["height"]

    def test_typing_in_a_filter_keeps_the_focus(self, site: Site) -> None:
        page = site.open()
        page.get_by_label("Text").click()

        for part in ("lib", "rary"):
            page.keyboard.type(part)
            page.wait_for_url(f"**?text=*{part}")

        page.wait_for_url("**?text=library")

    def test_words_and_numbers_are_explained_where_they_stand_and_in_one_place(
        self, site: Site
    ) -> None:
        page = site.open()
        meaning = "of those that succeeded or failed"

        page.locator("[data-tile='Pairs enabled']").get_by_role("button").click()
        expect(page.get_by_role("dialog", name="Pairs enabled")).to_contain_text("Pairs that runs")
        page.keyboard.press("Escape")
        rate = page.get_by_role("columnheader", name="Success 30 d").get_by_role("button")
        expect(rate).to_have_attribute("title", re.compile(meaning))
        page.get_by_role("button", name="Help", exact=True).click()
        glossary = page.get_by_role("dialog", name="What the words and numbers mean")
        for word in ("Pair", "Scope", "Trust", "Priority", "Force", "Dry run", "Missing key"):
            expect(glossary.locator("dt").get_by_text(word, exact=True)).to_be_visible()
        expect(glossary).to_contain_text(meaning)

    def test_times_are_in_the_users_zone_with_utc_next_to_them(self, visit: Visitors) -> None:
        site = visit(zone="Asia/Kolkata")
        page = site.open(view="pair", city="krakow", source="demo-library")

        cell = page.locator("section", has_text="Runs").locator("tbody time").first
        utc = cell.get_attribute("title") or ""
        instant = cell.get_attribute("datetime") or ""
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", utc)
        assert instant[:16].replace("T", " ") == utc[:16]
        assert (cell.text_content() or "")[-2:] != utc[14:16]  # half an hour beside any full zone


class TestOtherViews:
    def test_a_pair_has_its_trend_runs_errors_and_events(self, site: Site) -> None:
        page = site.open(view="pair", city="helsinki", source="demo-gone")

        expect(page.get_by_role("img", name=re.compile("^Events per day"))).to_be_visible()
        expect(page.get_by_text("Who must act: operator")).to_be_visible()
        expect(page.get_by_text("Request:")).to_contain_text("/gone/helsinki.ics")
        page.locator("section", has_text="Runs").get_by_role("link", name="Log").first.click()
        page.wait_for_url("**/dags/city_discovery/runs/**/mapped/**")

    def test_sources_show_what_they_need_and_their_data_sheet(self, site: Site) -> None:
        page = site.open(view="sources")

        expect(site.row("ticketmaster")).to_contain_text("needs connection discovery_ticketmaster")
        sheet = page.locator("[data-connector=ticketmaster]")
        sheet.locator("summary").click()
        expect(sheet).to_contain_text("Rate limit")

    def test_a_source_has_its_pairs_runs_quirks_and_what_its_events_say(self, site: Site) -> None:
        page = site.open(view="sources")
        site.row("demo-library").get_by_role("link", name="Demo library").click()

        expect(page).to_have_title("demo-library – Discovery")
        expect(page.get_by_role("heading", name="Demo library")).to_be_visible()
        expect(site.row(LIBRARY).locator("[data-health]")).to_contain_text("Healthy")
        expect(page.locator("[data-filled=time]")).to_contain_text(re.compile(r"\d+ %"))
        runs = page.get_by_role("region", name="Runs of Demo library")
        expect(runs.get_by_role("link", name=LIBRARY).first).to_be_visible()
        expect(page.get_by_text("Known quirks")).to_be_visible()
        page.get_by_role("button", name="? What “Trust” means").click()
        expect(page.get_by_role("dialog", name="Trust")).to_contain_text("the higher trust wins")
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Run source now").click()
        expect(page.get_by_role("dialog", name="Run now: Demo library")).to_be_visible()
        assert site.faults == []

    def test_a_form_asks_for_its_kind_when_it_opens_and_for_no_other(self, site: Site) -> None:
        asked: list[str] = []
        site.hear("request", lambda request: asked.append(request.url.rpartition("/api/")[2]))
        page = site.open(view="source", source="demo-library")
        assert not [path for path in asked if path.startswith("kinds/")]

        page.get_by_role("button", name="Edit source").click()
        dialog = page.get_by_role("dialog", name="Edit Demo library")
        expect(dialog.locator("[data-field='settings.url']")).to_be_visible()

        assert {path for path in asked if path.startswith("kinds/")} == {"kinds/icalendar"}

    def test_errors_are_grouped_and_can_be_copied_as_markdown(self, site: Site) -> None:
        site.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = site.open(view="errors", days="1")

        expect(page.locator("li", has_text="/gone/helsinki.ics")).to_contain_text("not found")
        page.get_by_role("button", name="Copy as Markdown").click()
        expect(page.get_by_text("Copied as Markdown")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith("## City discovery: errors of the last 24 hours")
        assert "**not_found**" in copied

    def test_one_group_of_errors_can_be_copied_and_shows_its_days(self, site: Site) -> None:
        site.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = site.open(view="errors", days="7")

        group = page.locator("li", has_text="/gone/helsinki.ics")
        expect(group.get_by_role("img", name=re.compile(r"^On \d of 8 days"))).to_be_visible()
        group.get_by_role("button", name=re.compile("Copy this group as Markdown")).click()
        expect(page.get_by_text("Copied the group as Markdown")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.count("- **") == 1
        assert re.search(r"per day: \d{4}-\d\d-\d\d: \d+", copied)

    def test_rejected_items_show_where_they_are_and_what_they_hold(self, site: Site) -> None:
        page = site.open(view="pair", city="krakow", source="demo-messy")

        reason = page.locator("details", has_text="no title")
        reason.locator("summary").click()
        expect(reason.get_by_role("link").first).to_have_attribute(
            "href", re.compile("^https://demo-messy")
        )
        expect(reason.locator("pre").first).to_contain_text("start_date: ")

    def test_changes_can_be_filtered_and_exported(self, site: Site) -> None:
        page = site.open(view="changes")

        page.get_by_label("From where").select_option("File (apply)")
        page.get_by_label("What", exact=True).select_option("city")
        expect(page).to_have_url(re.compile(r"origin=apply.*type=city|type=city.*origin=apply"))
        expect(page.get_by_role("row", name=re.compile("create city krakow"))).to_be_visible()
        expect(page.get_by_role("row", name=re.compile("create pair"))).to_have_count(0)
        with page.expect_download() as download:
            page.get_by_role("link", name="Export CSV").click()
        lines = download.value.path().read_text("utf-8").splitlines()
        assert lines[0].startswith('"id","changed_at","changed_by","origin"')
        assert len(lines) > 1
        assert all('"apply"' in line and '"city"' in line for line in lines[1:])
        page.get_by_role("button", name="Clear filters").click()
        expect(page).not_to_have_url(re.compile("origin="))

    def test_changes_show_who_made_them(self, site: Site) -> None:
        page = site.open(view="changes")

        # The first ones that there were, however many other tests have added since.
        change = page.get_by_role("row", name=re.compile("create pair krakow · demo-library"))
        older = page.get_by_role("button", name="Older changes")
        expect(change.or_(older).first).to_be_visible()
        while change.count() == 0:
            older.click()
            expect(change.or_(older).first).to_be_enabled()
        expect(change).to_contain_text("apply discovery.yaml")
        change.locator("summary").click()
        expect(change).to_contain_text("frequency_hours")
        runs = page.get_by_role("row", name=re.compile("admin .* trigger run manual__"))
        # Runs of other tests come first: some of them fail on purpose, some have not ended yet.
        expect(runs.filter(has_text=re.compile("Success|Failed")).first).to_be_visible()

    def test_an_unknown_view_is_named_with_a_link_back(self, site: Site) -> None:
        page = site.open(view="constructor")

        expect(page.get_by_text("There is no view “constructor”")).to_be_visible()
        expect(page).to_have_title("Unknown view – Discovery")
        page.get_by_role("link", name="Go to the overview").click()
        expect(site.row(LIBRARY)).to_be_visible()

    def test_an_unknown_pair_is_an_error_with_a_link_back(self, site: Site) -> None:
        page = site.open(view="pair", city="krakow", source="nowhere")

        expect(page.get_by_role("alert")).to_be_visible()
        page.get_by_role("link", name="Overview").last.click()
        expect(site.row(LIBRARY)).to_be_visible()


class TestLooks:
    def test_dark_mode_follows_airflow(self, visit: Visitors) -> None:
        site = visit(dark=True)
        page = site.open(view="city", city="krakow")

        expect(site.row(LIBRARY)).to_be_visible()
        site.shoot("city-dark-1360")
        red, green, blue = map(
            int,
            re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor"))[
                :3
            ],
        )
        assert max(red, green, blue) < 64
        site.open()
        site.shoot("overview-dark-1360")

    @pytest.mark.parametrize("dark", [False, True])
    @pytest.mark.parametrize(
        "query",
        [
            {},
            {"view": "city", "city": "krakow"},
            {"view": "pair", "city": "krakow", "source": "demo-messy"},
            {"view": "sources"},
            {"view": "errors"},
            {"view": "changes"},
        ],
        ids=lambda query: query.get("view", "overview"),
    )
    def test_the_page_does_not_scroll_sideways_on_a_narrow_screen(
        self, visit: Visitors, query: dict[str, str], *, dark: bool
    ) -> None:
        site = visit(width=420, dark=dark)
        page = site.open(**query)

        widths = page.evaluate(
            """[...document.querySelectorAll("[data-testid=discovery], html")]
            .map(element => [element.scrollWidth, element.clientWidth])"""
        )
        assert all(inner <= outer for inner, outer in widths)
        site.shoot(f"{query.get('view', 'overview')}-{'dark' if dark else 'light'}-420")


def test_the_first_pair_is_in_the_first_screen_of_a_phone_as_a_card(visit: Visitors) -> None:
    site = visit(width=420)
    page = site.open()

    card = page.get_by_role("list", name="Pairs of city and source").locator("> li").first
    box = card.bounding_box()
    assert box is not None
    assert box["y"] < 700
    expect(card.locator("[data-health]")).to_be_visible()
    expect(card.get_by_role("button", name="Run")).to_be_visible()
    expect(page.get_by_role("columnheader")).to_have_count(0)
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("City", exact=True).select_option("paris")
    expect(page.get_by_role("button", name="Filters (1)")).to_be_visible()
    page.get_by_label("Sort by").select_option("-fetched")
    page.wait_for_url("**sort=-fetched")


@contextmanager
def hostile_rows(db: Connection) -> Iterator[None]:
    """Let a feed have hostile texts, an address that is a script among them."""
    listing = (
        "SELECT l.id, l.title, l.url, l.first_seen_at, l.last_seen_at FROM discovery.listings l"
        " JOIN discovery.sources s ON s.id = l.source_id AND s.slug = 'demo-library'"
        " JOIN discovery.cities c ON c.id = l.city_id AND c.slug = 'krakow' LIMIT 1"
    )
    row = db.execute(listing).fetchone()
    assert row is not None
    change = (
        "UPDATE discovery.listings SET title = %s, url = %s, first_seen_at = %s, last_seen_at = %s"
        " WHERE id = %s"
    )
    rename = "UPDATE discovery.sources SET name = %s WHERE slug = 'demo-library'"
    now = datetime.now(UTC)
    db.execute(change, [HOSTILE, "javascript:window.pwned=2", now, now, row[0]])
    db.execute(rename, [HOSTILE])
    try:
        yield
    finally:
        db.execute(rename, ["Demo library"])
        db.execute(change, [*row[1:], row[0]])


def test_hostile_strings_are_shown_as_text_and_scripts_are_no_links(
    site: Site, db: Connection
) -> None:
    with hostile_rows(db):
        page = site.open()
        expect(site.row(LIBRARY)).to_contain_text(HOSTILE)
        page = site.open(view="pair", city="krakow", source="demo-library")
        events = page.get_by_role("region", name="Newest events")
        expect(events.get_by_role("rowheader", name=HOSTILE)).to_be_visible()
        links = events.get_by_role("link", name=HOSTILE)
        targets = links.evaluate_all("all => all.map(each => each.getAttribute('href'))")
        assert all("view=event" in target for target in targets)
    assert page.locator("a[href^='javascript:']").count() == 0
    assert page.evaluate("window.pwned") is None


class TestStates:
    """Every state of a pair and of the page can be seen, and told apart without colour."""

    def test_each_health_has_a_word_and_its_reason(self, site: Site) -> None:
        states = {
            "running": "Running", "stuck": "Stuck", "disabled": "Disabled", "stale": "Stale",
            "empty": "Empty",
            "missing_key": "Missing key", "never_run": "Never run", "failing": "Failing",
            "partial": "Partial", "warning": "Warning", "healthy": "Healthy",
        }  # fmt: skip

        def change(data: dict[str, Any]) -> None:
            for pair, state in zip(data["pairs"], states, strict=False):
                pair["health"] = {"state": state, "reason": f"because of {state}"}

        site.answer("overview", change)
        page = site.open()
        for state, word in states.items():
            badge = page.locator(f"tbody [data-health={state}]").first
            expect(badge).to_contain_text(word)
            expect(badge).to_contain_text(f"because of {state}")
            expect(badge.locator("svg")).to_be_visible()

    def test_skeletons_keep_the_layout_while_loading(self, site: Site) -> None:
        site.page.route("**/discovery/api/overview*", lambda _: None)
        site.page.goto(f"{site.base}/plugin/discovery")

        expect(site.page.get_by_test_id("loading")).to_be_visible()
        expect(site.page.get_by_role("heading", name="Discovery")).to_be_visible()

    def test_a_page_without_configuration_says_what_to_do_first(self, site: Site) -> None:
        site.answer("overview", lambda data: data.update(pairs=[], is_empty=True))
        page = site.open()

        expect(page.get_by_text("Nothing is configured yet")).to_be_visible()
        expect(page.get_by_text("python -m include.discovery apply")).to_be_visible()
        page.get_by_role("button", name="Add a city").click()
        expect(page.get_by_role("dialog", name="Add a city")).to_be_visible()
        site.shoot("empty-light-1360")

    def test_a_page_without_the_discovery_database_names_the_connection(self, site: Site) -> None:
        body = {"detail": "the discovery database does not answer", "connection": "discovery_db"}
        site.page.route(
            "**/discovery/api/overview*", lambda route: route.fulfill(status=503, json=body)
        )
        page = site.open()

        expect(page.get_by_role("alert")).to_contain_text("discovery_db")
        page.unroute_all()
        page.get_by_role("button", name="Retry").click()
        expect(site.row(LIBRARY)).to_be_visible()

    def test_an_expired_session_leads_to_the_login_and_keeps_the_view(self, site: Site) -> None:
        page = site.open()
        site.context.clear_cookies()
        page.get_by_role("link", name="Sources").first.click()

        page.wait_for_url("**/login?next=**")
        assert "view=sources" in unquote(page.url)

    def test_an_airflow_without_the_required_parts_is_named(self, new_site: Site) -> None:
        new_site.context.add_init_script(
            "Object.defineProperty(globalThis, 'ChakraUI', {get: () => undefined, set: () => {}})"
        )
        new_site.page.goto(f"{new_site.base}/plugin/discovery")

        expect(new_site.page.get_by_role("alert")).to_contain_text("ChakraUI")

    def test_a_view_that_breaks_leaves_the_rest_usable(self, site: Site) -> None:
        site.answer("overview", lambda data: data.update(pairs=[{}]))
        page = site.open()

        expect(page.get_by_role("alert")).to_contain_text("This view failed")
        page.get_by_role("link", name="Sources").click()
        expect(site.row("demo-library")).to_be_visible()


@contextmanager
def locked(stack: Stack, table: str) -> Iterator[None]:
    """Keep everybody else from a table of the metadata database."""
    url = stack.environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].replace("+psycopg2", "")
    with psycopg.connect(url) as connection:
        connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE".encode())
        yield


def test_statistics_that_cannot_be_read_leave_the_rest_usable(site: Site, stack: Stack) -> None:
    with locked(stack, "task_instance"):
        page = site.open(days="7")
        panel = page.get_by_role("alert").filter(has_text="Failed to load statistics")
        expect(panel).to_be_visible()
        expect(site.row(LIBRARY).locator("[data-health]")).to_contain_text("Healthy")
        page.get_by_label("City", exact=True).select_option("krakow")
        expect(page.get_by_test_id("shown")).to_contain_text("of")
        site.shoot("statistics-failed-light-1360")

    panel.get_by_role("button", name="Retry").click()
    expect(panel).to_have_count(0)
    expect(site.row(LIBRARY)).to_contain_text(re.compile(r"\d+ of \d+"))


def test_missing_listings_can_be_withdrawn_for_one_source_and_not_for_all(site: Site) -> None:
    page = site.open()
    choice = page.get_by_role("dialog").locator("[data-field='withdraw_missing']")

    page.get_by_role("button", name=f"Run now: {LIBRARY}").click()
    expect(choice).to_contain_text("after you have checked the source")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Run all now").click()
    expect(page.get_by_role("dialog", name="Run now: everything")).to_be_visible()
    expect(choice).to_have_count(0)


def test_the_modules_are_asked_for_at_once_and_once(new_site: Site) -> None:
    """None is answered before all are asked for: else one would wait for what another imports."""
    page = new_site.page
    files = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.js")}
    asked: dict[str, Route] = {}
    names: list[str] = []

    def hold(route: Route) -> None:
        name = route.request.url.split("/static/")[1].partition("/")[2]
        names.append(name)
        if name == ENTRY:
            route.continue_()
        else:
            asked[name] = route

    page.route(re.compile(r"/discovery/static/.*\.js$"), hold)
    page.goto(f"{new_site.base}/plugin/discovery")
    deadline = time.monotonic() + PATIENCE / 1000
    while len(asked) < len(files) - 1 and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert {*asked} == files - {ENTRY}
    for route in asked.values():
        route.continue_()
    page.get_by_role("heading", name="Discovery", level=1).wait_for()

    assert sorted(names) == sorted(files)


class TestKeyboard:
    def test_sorting_and_dialogs_work_without_a_mouse(self, site: Site) -> None:
        page = site.open()
        page.get_by_role("button", name="Source", exact=True).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("columnheader", name="Source")).to_have_attribute(
            "aria-sort", "ascending"
        )

        run = page.get_by_role("button", name=f"Run now: {LIBRARY}")
        run.focus()
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name=f"Run now: {LIBRARY}")
        expect(dialog.get_by_label("Limit")).to_be_focused()
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        expect(run).to_be_focused()

    def test_every_control_of_the_page_has_a_name(self, site: Site) -> None:
        page = site.open(view="city", city="krakow")
        nameless = (
            page.get_by_test_id("discovery")
            .locator("button, a, input, select")
            .evaluate_all(
                """elements => elements.filter(element =>
                !(element.textContent.trim() || element.ariaLabel || element.labels?.length))
                .map(element => element.outerHTML)"""
            )
        )
        assert nameless == []


class TestLive:
    @pytest.fixture
    def site(self, new_site: Site) -> Site:
        """Return a page whose clock these tests may set."""
        return new_site

    @pytest.fixture
    def requests(self, site: Site) -> Callable[[], int]:
        seen: list[str] = []
        site.hear("request", lambda request: seen.append(request.url))
        return lambda: sum("/discovery/api/" in url for url in seen)

    def test_the_page_refreshes_until_refreshing_is_switched_off(
        self, site: Site, requests: Callable[[], int]
    ) -> None:
        site.page.clock.install()
        page = site.open()
        with page.expect_response("**/discovery/api/overview*"):
            page.clock.run_for(60_000)

        page.get_by_text("Live", exact=True).click()
        expect(page.get_by_role("checkbox", name="Live")).not_to_be_checked()
        before = requests()
        page.clock.run_for(60_000)
        assert requests() == before

    def test_the_page_does_not_refresh_while_its_tab_is_hidden(
        self, site: Site, requests: Callable[[], int]
    ) -> None:
        site.page.clock.install()
        page = site.open()
        page.evaluate("Object.defineProperty(document, 'hidden', {value: true, writable: true})")
        before = requests()
        page.clock.run_for(60_000)
        assert requests() == before

        with page.expect_response("**/discovery/api/overview*"):
            page.evaluate(
                "document.hidden = false; document.dispatchEvent(new Event('visibilitychange'))"
            )

    def test_a_refresh_keeps_scroll_position_focus_and_an_open_form(self, site: Site) -> None:
        site.page.clock.install()
        page = site.open(view="city", city="krakow")
        page.get_by_role("button", name=f"Edit {LIBRARY}").click()
        priority = page.get_by_role("dialog").get_by_label("Priority")
        priority.fill("77")
        with page.expect_response("**/discovery/api/city/krakow*"):
            page.clock.run_for(61_000)
        expect(priority).to_have_value("77")
        expect(priority).to_be_focused()
