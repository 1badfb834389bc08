"""Venues in a real browser: which may be one, found, renamed, placed, and taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from include.discovery.configuration import Key
from include.discovery.model import City, SyncStats, Venue
from include.discovery.store.audit import Author
from include.discovery.store.connection import Connection, connect
from include.discovery.store.loader import Loader
from include.discovery.store.matching import match_unmatched
from include.discovery.store.removal import Removal
from include.discovery.store.runs import Attempt, PageResult, begin, finish
from include.discovery.store.venues import split_venues
from tests.browser.conftest import Site, Visitors
from tests.browser.test_accessibility import faults
from tests.support.builders import event, source, stored_pair
from tests.support.stack import Stack

pytestmark = [pytest.mark.airflow, pytest.mark.browser, pytest.mark.timeout(600)]

TOWN = City(
    slug="venueton", name="Venueton", country="PL", timezone="Europe/Warsaw", latitude=50,
    longitude=20, enabled=False,
)  # fmt: skip
MILL, REMISE = "Old Mill of Venueton", "Remise Nine"
AT = {"venue-house": MILL, "venue-portal": REMISE}
_runs = count()


@pytest.fixture
def town(stack: Stack) -> Iterator[Connection]:
    """Bring a city whose two sources list the same three evenings, each at a venue of its own."""
    evening = datetime.now(UTC).replace(hour=18, minute=0, second=0, microsecond=0)
    with connect(stack.database_url) as conn:
        changes = conn.execute("SELECT max(id) FROM discovery.config_changes").fetchone()
        countries = conn.execute("SELECT array_agg(code) FROM discovery.countries").fetchone()
        for slug, name in AT.items():
            pair = stored_pair(conn, TOWN, source(slug, enabled=False), enabled=False)
            run = begin(conn, pair, Attempt(f"venues-{next(_runs)}"))
            venue = Venue(name=name, locality="Venueton", country="PL")
            records = [
                event(f"{slug}-{day}", title=title, starts_at=evening + timedelta(days=day),
                      venue=venue)
                for day, title in enumerate(("Jazz Evening", "Tango Night", "Waltz Ball"), 3)
            ]  # fmt: skip
            Loader(conn, pair, run).load(records, PageResult(SyncStats()))
            finish(conn, run.id, complete=True)
            match_unmatched(conn, pair)
        _let_the_page_ask(stack, conn)
        yield conn
        with conn.transaction():
            conn.execute(
                "DELETE FROM discovery.venue_judgements WHERE first_id = ANY(%(ids)s)",
                {"ids": list(ids(conn))},
            )
            conn.execute(
                "UPDATE discovery.venues SET same_as_id = NULL, parent_id = NULL, given_name = NULL"
                " WHERE id = ANY(%s)", [list(ids(conn))],
            )  # fmt: skip
            removal = Removal(conn)
            for key in (Key("city", slug=TOWN.slug), *(Key("source", slug=s) for s in AT)):
                removal.mark(key)
            removal.carry_out()
            conn.execute(
                "DELETE FROM discovery.city_source WHERE city_id IN"
                " (SELECT id FROM discovery.cities WHERE slug = %s)",
                [TOWN.slug],
            )
            conn.execute("DELETE FROM discovery.cities WHERE slug = %s", [TOWN.slug])
            conn.execute("DELETE FROM discovery.sources WHERE slug = ANY(%s)", [[*AT]])
            conn.execute("DELETE FROM discovery.countries WHERE code <> ALL(%s)", countries)
            conn.execute(
                "DELETE FROM discovery.config_changes WHERE entity_type = 'venue' AND id > %s",
                changes,
            )


def _let_the_page_ask(stack: Stack, conn: Connection) -> None:
    """Take a decision back by the API, which then reads anew which venues may be one."""
    first, second = ids(conn)
    split_venues(conn, first, second, author=Author("test", "cli"), reason="to take it back")
    answer = stack.client.delete(
        "/discovery/api/venues/judgements", params={"first": first, "second": second}
    )
    assert answer.status_code == 200, answer.text


def ids(conn: Connection) -> tuple[int, int]:
    found = conn.execute(
        "SELECT id FROM discovery.venues WHERE name = ANY(%s) ORDER BY name", [[MILL, REMISE]]
    ).fetchall()
    return found[0][0], found[1][0]


def names(conn: Connection) -> set[str]:
    """Return the venues that the events of the town show."""
    shown = conn.execute("SELECT venue FROM discovery.all_events WHERE city = %s", [TOWN.slug])
    return {row[0] for row in shown}


def asked(page: Page) -> Locator:
    return page.locator("[data-proposal]")


def said(page: Page, text: str) -> None:
    """Wait until the page says what came of a decision."""
    expect(page.get_by_role("status").filter(has_text=text)).to_be_visible()


def test_venues_that_may_be_one_are_decided_by_keyboard(site: Site, town: Connection) -> None:
    page = site.open(view="venues", city=TOWN.slug)
    expect(asked(page)).to_contain_text(MILL)
    expect(asked(page)).to_contain_text(REMISE)
    expect(asked(page)).to_contain_text("3 titles at the same starts")
    mark = page.get_by_role("navigation", name="Views").get_by_role("link", name="Venues")
    expect(mark).to_have_text(re.compile(r"^Venues\d+$"))

    page.keyboard.press("n")
    expect(page.get_by_text("That was the last one")).to_be_visible()
    page.keyboard.press("p")
    page.keyboard.press("s")
    said(page, "are one venue now")
    expect(asked(page)).to_have_count(0)
    assert len(names(town)) == 1

    page.keyboard.press("u")
    said(page, "Taken back")
    expect(asked(page)).to_be_visible()
    assert names(town) == {MILL, REMISE}

    page.keyboard.press("d")
    said(page, "stay two venues")
    decided = page.get_by_role("table", name="Decided venues").locator("tbody tr")
    expect(decided.filter(has_text=REMISE)).to_contain_text("different places")
    assert site.faults == []


def test_a_decision_about_venues_is_taken_back_where_it_is_listed(
    site: Site, town: Connection
) -> None:
    page = site.open(view="venues", city=TOWN.slug)
    expect(asked(page)).to_be_visible()
    page.get_by_label("Reason (optional)").fill("two houses")
    page.get_by_role("button", name="Different places").click()
    row = page.get_by_role("table", name="Decided venues").locator("tbody tr", has_text=REMISE)
    expect(row).to_contain_text("two houses")

    row.get_by_role("button", name="Undo").click()

    expect(row).to_have_count(0)
    expect(asked(page)).to_be_visible()
    assert names(town) == {MILL, REMISE}
    assert site.faults == []


def test_a_venue_is_found_renamed_and_put_into_a_building(site: Site, town: Connection) -> None:
    mill, remise = ids(town)
    page = site.open(view="venues")
    expect(page.get_by_text("Search for a venue, or choose a city")).to_be_visible()
    page.get_by_label("Search", exact=True).fill("old mill of ven")
    expect(site.row(str(mill))).to_contain_text(MILL)

    site.row(str(mill)).get_by_role("button", name="Rename").click()
    dialog = page.get_by_role("dialog", name="Rename")
    expect(dialog.get_by_role("button", name="Rename")).to_be_disabled()
    dialog.get_by_label("Name").fill("The Mill")
    dialog.get_by_label("Reason").fill("the sign says so")
    page.wait_for_function("document.getAnimations().every(one => one.playState !== 'running')")
    assert faults(site, "[role=dialog]") == []
    dialog.get_by_role("button", name="Rename").click()
    expect(dialog).to_have_count(0)
    expect(site.row(str(mill))).to_contain_text("The Mill")

    page.get_by_label("Search", exact=True).fill("remise")
    site.row(str(remise)).get_by_role("button", name="Building").click()
    dialog = page.get_by_role("dialog", name="Building of")
    dialog.get_by_label("Building", exact=True).fill("999999999")
    dialog.get_by_label("Reason").fill("its cellar")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("there is no venue 999999999")
    dialog.get_by_label("Building", exact=True).fill(str(mill))
    dialog.get_by_role("button", name="Save").click()
    expect(site.row(str(remise))).to_contain_text(f"The Mill ({mill})")
    # What is listed in a hall and in its building may be one.
    assert names(town) == {"The Mill"}

    site.row(str(remise)).get_by_role("button", name="Building").click()
    dialog.get_by_label("Building", exact=True).fill("")
    dialog.get_by_label("Reason").fill("a house of its own")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(site.row(str(remise))).not_to_contain_text("The Mill")
    assert names(town) == {"The Mill", REMISE}
    assert site.faults == []


def test_venues_of_the_table_are_merged_and_split(site: Site, town: Connection) -> None:
    mill, remise = ids(town)
    page = site.open(view="venues", city=TOWN.slug)
    for verb, there in (("Merge", 1), ("Split", 2)):
        first = page.locator("tbody tr[data-row]", has_text="Venueton").first
        first.get_by_role("button", name=f"{verb}:").click()
        dialog = page.get_by_role("dialog", name=verb)
        other = remise if str(mill) == first.get_attribute("data-row") else mill
        dialog.get_by_label("The other venue").fill(str(other))
        dialog.get_by_label("Reason").fill("the sign says so")
        dialog.get_by_role("button", name=verb).click()
        expect(dialog).to_have_count(0)
        expect(page.locator("tbody tr[data-row]", has_text="Venueton")).to_have_count(there)
        assert len(names(town)) == there
    assert site.faults == []


def test_a_count_that_is_not_known_yet_is_not_shown_and_soon_follows(site: Site) -> None:
    is_known: list[bool] = []

    def change(data: dict[str, Any]) -> None:
        data.update(alerts=3, venues=7 if is_known else None)

    site.answer("waiting", change)
    page = site.open(view="venues")
    views = page.get_by_role("navigation", name="Views")
    expect(views.get_by_role("link", name="Alerts")).to_have_text("Alerts3")
    expect(views.get_by_role("link", name="Venues")).to_have_text("Venues")

    is_known.append(True)

    expect(views.get_by_role("link", name="Venues")).to_have_text("Venues7")
    assert site.faults == []


@pytest.mark.usefixtures("town")
def test_who_may_only_read_sees_the_venues_and_no_way_to_decide(visit: Visitors) -> None:
    page = visit("viewer").open(view="venues", city=TOWN.slug)

    expect(asked(page)).to_be_visible()
    expect(page.get_by_text("You have read access only")).to_be_visible()
    page.keyboard.press("s")
    for name in ("Same place", "Rename", "Merge", "Undo"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    expect(asked(page)).to_be_visible()


def test_what_cannot_be_read_of_venues_is_said_with_a_way_to_try_again(site: Site) -> None:
    site.page.route("**/discovery/api/venues*", lambda route: route.abort())
    page = site.open(view="venues")
    expect(page.get_by_role("alert")).to_contain_text("could not be loaded")

    site.page.unroute("**/discovery/api/venues*")
    page.get_by_role("button", name="Retry").click()

    expect(page.get_by_role("heading", name="All venues")).to_be_visible()


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    ("dark", "width"), [(False, 1360), (True, 1360), (False, 420), (True, 420)]
)
def test_the_venues_have_no_fault_that_axe_finds_and_fit(
    visit: Visitors, *, dark: bool, width: int
) -> None:
    site = visit(dark=dark, width=width)
    page = site.open(view="venues", city=TOWN.slug)
    expect(asked(page)).to_be_visible()

    assert faults(site) == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    site.shoot(f"venues-{'dark' if dark else 'light'}-{width}")
