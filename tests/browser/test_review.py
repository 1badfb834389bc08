"""The review by keyboard, and why listings are one event, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from include.discovery.configuration import Key
from include.discovery.model import City, SyncStats, Venue
from include.discovery.store.connection import Connection, connect
from include.discovery.store.loader import Loader
from include.discovery.store.matching import match_unmatched
from include.discovery.store.removal import Removal
from include.discovery.store.runs import Attempt, PageResult, begin, finish
from tests.browser.conftest import Site, Visitors
from tests.browser.test_accessibility import faults
from tests.support.builders import event, source, stored_pair
from tests.support.stack import Stack

pytestmark = [pytest.mark.airflow, pytest.mark.browser]

TOWN = City(
    slug="reviewton", name="Reviewton", country="PL", timezone="Europe/Warsaw", latitude=50,
    longitude=20, enabled=False,
)  # fmt: skip
SOURCES = ("review-shop", "review-club")
QUARTET, TRIO = "Brass Lantern Quartet", "An Evening with the Lantern Trio"
_runs = count()


@pytest.fixture
def town(stack: Stack) -> Iterator[Connection]:
    """Bring a city with two sources, whose concerts on two evenings may be one."""
    evening = datetime.now(UTC).replace(hour=18, minute=0, second=0, microsecond=0)
    with connect(stack.database_url) as conn:
        changes = conn.execute("SELECT max(id) FROM discovery.config_changes").fetchone()
        countries = conn.execute("SELECT array_agg(code) FROM discovery.countries").fetchone()
        for slug, title in zip(SOURCES, (QUARTET, TRIO), strict=True):
            pair = stored_pair(conn, TOWN, source(slug, enabled=False), enabled=False)
            run = begin(conn, pair, Attempt(f"review-{next(_runs)}"))
            records = [
                event(
                    f"{slug}-{day}", title=title, starts_at=evening + timedelta(days=day),
                    venue=Venue(name="Old Mill", locality="Reviewton", country="PL"),
                )
                for day in (3, 4)
            ]  # fmt: skip
            Loader(conn, pair, run).load(records, PageResult(SyncStats()))
            finish(conn, run.id, complete=True)
            match_unmatched(conn, pair)
        yield conn
        with conn.transaction():
            removal = Removal(conn)
            for key in (Key("city", slug=TOWN.slug), *(Key("source", slug=s) for s in SOURCES)):
                removal.mark(key)
            removal.carry_out()
            conn.execute(
                "DELETE FROM discovery.city_source WHERE city_id IN"
                " (SELECT id FROM discovery.cities WHERE slug = %s)",
                [TOWN.slug],
            )
            conn.execute("DELETE FROM discovery.cities WHERE slug = %s", [TOWN.slug])
            conn.execute("DELETE FROM discovery.sources WHERE slug = ANY(%s)", [[*SOURCES]])
            conn.execute("DELETE FROM discovery.countries WHERE code <> ALL(%s)", countries)
            conn.execute(
                "DELETE FROM discovery.event_edits"
                " WHERE event_id NOT IN (SELECT id FROM discovery.events)"
            )
            conn.execute(
                "DELETE FROM discovery.config_changes WHERE entity_type = 'event' AND id > %s",
                changes,
            )


def events(conn: Connection) -> int:
    row = conn.execute(
        "SELECT count(DISTINCT event_id) FROM discovery.listings l"
        " JOIN discovery.cities c ON c.id = l.city_id WHERE c.slug = %s", [TOWN.slug],
    ).fetchone()  # fmt: skip
    assert row is not None
    return int(row[0])


def judged_by_people(conn: Connection) -> int:
    row = conn.execute(
        "SELECT count(*) FROM discovery.judgements j"
        " JOIN discovery.listings l ON l.id = j.first_id"
        " JOIN discovery.cities c ON c.id = l.city_id"
        " WHERE j.decided_by IS NOT NULL AND c.slug = %s",
        [TOWN.slug],
    ).fetchone()
    assert row is not None
    return int(row[0])


def question(page: Page) -> str:
    """Return which pair is asked about now."""
    shown = page.locator("[data-question]")
    expect(shown).to_be_visible()
    return shown.get_attribute("data-question") or ""


def test_the_review_is_worked_through_by_keyboard(site: Site, town: Connection) -> None:
    page = site.open(view="review", city=TOWN.slug)
    shown = page.locator("[data-question]")
    told = page.get_by_role("status").filter(has_text=QUARTET)
    first = question(page)
    expect(page.get_by_role("table", name="The two listings")).to_contain_text(TRIO)
    expect(page.get_by_text("the venue is the same")).to_be_visible()
    assert events(town) == 4

    page.keyboard.press("n")
    expect(shown).not_to_have_attribute("data-question", first)
    page.keyboard.press("p")
    expect(shown).to_have_attribute("data-question", first)
    page.keyboard.press("s")
    expect(told).to_contain_text("are one event now")
    expect(shown).not_to_have_attribute("data-question", first)
    assert events(town) == 3
    assert site.faults == []


def test_a_decision_is_taken_back_by_keyboard(site: Site, town: Connection) -> None:
    page = site.open(view="review", city=TOWN.slug)
    shown = page.locator("[data-question]")
    undo = page.get_by_role("button", name="Undo")
    first = question(page)
    expect(undo).to_be_disabled()
    page.keyboard.press("u")  # there is nothing to take back yet
    for key, said, left in (("s", "are one event now", 3), ("d", "stay two events", 4)):
        page.keyboard.press(key)
        expect(page.get_by_role("status").filter(has_text=said)).to_be_visible()
        expect(shown).not_to_have_attribute("data-question", first)
        assert events(town) == left
        assert judged_by_people(town) == 1

        expect(undo).to_be_enabled()
        page.keyboard.press("u")
        expect(page.get_by_role("status").filter(has_text="Taken back")).to_be_visible()
        expect(shown).to_have_attribute("data-question", first)
        expect(undo).to_be_disabled()
        assert events(town) == 4
        assert judged_by_people(town) == 0
    assert site.faults == []


def test_letters_typed_into_the_reason_decide_nothing(site: Site, town: Connection) -> None:
    page = site.open(view="review", city=TOWN.slug)
    first = question(page)

    page.get_by_label("Reason (optional)").press_sequentially("sdnpu")

    expect(page.get_by_label("Reason (optional)")).to_have_value("sdnpu")
    assert question(page) == first
    assert events(town) == 4


@pytest.mark.usefixtures("town")
def test_who_may_only_read_sees_the_questions_and_no_way_to_decide(visit: Visitors) -> None:
    page = visit("viewer").open(view="review", city=TOWN.slug)

    first = question(page)
    expect(page.get_by_text("You have read access only")).to_be_visible()
    expect(page.get_by_role("button", name="Same event")).to_have_count(0)
    page.keyboard.press("s")
    page.keyboard.press("n")

    expect(page.locator("[data-question]")).not_to_have_attribute("data-question", first)


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(("dark", "width"), [(False, 1360), (True, 420)])
def test_the_review_has_no_fault_that_axe_finds_and_fits(
    visit: Visitors, *, dark: bool, width: int
) -> None:
    site = visit(dark=dark, width=width)
    page = site.open(view="review", city=TOWN.slug)
    question(page)

    assert faults(site) == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    site.shoot(f"review-{'dark' if dark else 'light'}-{width}")


def test_an_event_says_why_and_is_merged_and_split_with_a_reason(
    site: Site, town: Connection
) -> None:
    page = site.open(view="city", city=TOWN.slug)
    page.get_by_role("link", name="2 pairs of listings").click()
    question(page)
    table = page.get_by_role("table", name="The two listings")
    table.get_by_role("link", name=re.compile(r"event \d+")).first.click()

    why = page.locator("section").filter(has=page.get_by_role("heading", name="Is it one"))
    expect(why).to_contain_text(TRIO)
    why.get_by_role("button", name="Merge with event").click()
    dialog = page.get_by_role("dialog", name="Merge event")
    dialog.get_by_label("Reason").fill("one band")
    page.wait_for_function("document.getAnimations().every(one => one.playState !== 'running')")
    assert faults(site, "[role=dialog]") == []
    dialog.get_by_role("button", name="Merge", exact=True).click()
    why = page.locator("section").filter(has=page.get_by_role("heading", name="Why are these one"))
    expect(why).to_contain_text("admin: one band")
    assert events(town) == 3
    assert faults(site) == []

    why.get_by_role("button", name="Split").click()
    dialog = page.get_by_role("dialog", name="Split event")
    dialog.get_by_text(TRIO).click()
    dialog.get_by_label("Reason").fill("two bands")
    dialog.get_by_role("button", name="Split", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("heading", name="Is it one with another?")).to_be_visible()
    assert events(town) == 4
    site.shoot("why-light-1360")
    assert site.faults == []


def test_what_one_source_calls_cancelled_is_answered_by_a_click(
    site: Site, town: Connection
) -> None:
    # As if an aggregator alone said so: the event is still on.
    town.execute(
        "UPDATE discovery.listings SET status = 'cancelled' WHERE id = (SELECT min(l.id)"
        " FROM discovery.listings l JOIN discovery.cities c ON c.id = l.city_id WHERE c.slug = %s)",
        [TOWN.slug],
    )
    page = site.open(view="review", city=TOWN.slug)
    section = page.get_by_role("region", name="Cancelled or not")
    expect(section).to_contain_text("Sources disagree about 1 event.")

    section.get_by_role("button", name="It is cancelled").click()

    expect(section).to_have_count(0)
    said = town.execute(
        "SELECT e.status FROM discovery.events e JOIN discovery.event_edits d ON d.event_id = e.id"
    ).fetchall()
    assert said == [("cancelled",)]
    assert site.faults == []
