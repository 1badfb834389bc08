"""An address of 3,000 characters widens no view, dialog or message, and can be read whole."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from include.discovery.store.connection import Connection
from tests.browser.conftest import Village, Visitors

pytestmark = [pytest.mark.airflow, pytest.mark.browser]

LONG = f"http://127.0.0.1:9/{'calendar' * 372}.ics"
LABEL = "testville · feed"

FAIL = """
INSERT INTO discovery.sync_runs (city_source_id, city_slug, source_slug, dag_run_id, map_index,
    try_number, dry_run, state, started_at, finished_at, sync_started_at, error_category,
    error_message)
SELECT cs.id, 'testville', 'feed', 'night', -1, 1, false, 'failed', now(), now(), now(), 'network',
    %s
FROM discovery.city_source cs JOIN discovery.sources s ON s.id = cs.source_id
WHERE s.slug = 'feed'
"""

# The parts that scroll sideways although they are no tables, which may; and the document itself,
# should it scroll in either direction beside Airflow's own frame.
WIDE = """() => {
    // What is for screen readers alone is one pixel wide.
    const isWide = part => part.clientWidth > 1 && part.scrollWidth > part.clientWidth + 1;
    const found = [...document.querySelectorAll("main, [role=dialog], [role=dialog] *, main dl *")];
    for (let part = document.querySelector("main"); part; part = part.parentElement) {
        found.push(part);
    }
    const root = document.documentElement;
    return found
        .filter(part => isWide(part) && !part.matches("input, nav, [role=group], nav *"))
        .filter(part => getComputedStyle(part).overflowX !== "visible" || part.matches("main"))
        .map(part => part.outerHTML.slice(0, 200))
        .concat(root.scrollHeight > root.clientHeight + 1 ? ["the document is too high"] : []);
}"""


@pytest.fixture(autouse=True)
def feed(testville: Village, db: Connection) -> None:
    """Let a pair have a long address, and a run that failed for it."""
    saved = testville.add_pair("feed", url=LONG)
    monitoring = {"mute": {"issue": f"https://issues.example.org/{LONG}", "until": "2099-12-24"}}
    testville.send(
        "PUT",
        "pairs/monitoring?city=testville&source=feed",
        {"monitoring": monitoring, "version": saved["version"]},
    )
    db.execute(FAIL.encode(), [f"{LONG} could not be reached"])


def whole(page: Page, within: str) -> Locator:
    """Return what holds the whole address."""
    return page.locator(within).filter(has_text=LONG).first


@pytest.mark.parametrize("width", [1360, 420])
def test_no_view_is_widened_and_the_address_can_be_read_whole(visit: Visitors, width: int) -> None:
    site = visit(width=width)
    views: dict[str, dict[str, Any]] = {
        "overview": {"text": "testville"},
        "city": {"city": "testville"},
        "pair": {"city": "testville", "source": "feed"},
        "source": {"source": "feed"},
        "errors": {},
        "alerts": {},
        "changes": {"city": "testville"},
    }
    for view, query in views.items():
        page = site.open(view=view, **query)
        # What is folded in a disclosure has to fit, too.
        page.locator("main details").evaluate_all("all => all.forEach(one => { one.open = true; })")
        expect(whole(page, "main *")).to_be_attached()

        assert page.evaluate(WIDE) == [], view
    assert site.faults == []


def test_what_is_folded_is_shown_whole_on_demand(visit: Visitors) -> None:
    site = visit(width=420)
    page = site.open(view="pair", city="testville", source="feed")
    setting = page.locator("dd").filter(has_text=LONG).last
    height = setting.evaluate("part => part.offsetHeight")
    assert height < 120

    setting.get_by_role("button", name="Show all").click()

    expect(setting.get_by_role("button", name="Show less")).to_be_visible()
    assert setting.evaluate("part => part.offsetHeight") > 4 * height
    assert page.evaluate(WIDE) == []


@pytest.mark.parametrize("width", [1360, 420])
def test_no_form_or_message_is_widened(visit: Visitors, testville: Village, width: int) -> None:
    site = visit(width=width)
    page = site.open(view="pair", city="testville", source="feed")
    page.get_by_role("button", name="Edit", exact=True).click()
    dialog = page.get_by_role("dialog", name=f"Edit {LABEL}")
    address = dialog.locator("[data-field='settings.url'] input")
    expect(address).to_have_value(LONG)
    address.fill(f"ftp{LONG}")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("not accepted")
    assert page.evaluate(WIDE) == []

    pair = testville.pair()
    assert pair is not None
    testville.send(
        "PUT",
        "pairs?city=testville&source=feed",
        {"settings": {"url": f"{LONG}?theirs"}, "version": pair["version"]},
    )
    address.fill(f"{LONG}?mine")
    dialog.get_by_role("button", name="Save", exact=True).click()
    warning = dialog.get_by_role("alert")
    expect(warning).to_contain_text("Somebody else saved first")
    for whose in ("theirs", "mine"):
        expect(warning).to_contain_text(f"{LONG}?{whose}")
    assert page.evaluate(WIDE) == []

    page = site.open(view="sources")
    page.get_by_role("button", name="Add by URL").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("[data-field=url] input").fill(LONG)
    dialog.locator("[data-field=city] select").select_option("testville")
    dialog.get_by_role("button", name="Look", exact=True).click()
    expect(dialog.locator("[data-field=url]")).to_contain_text("refused")
    assert page.evaluate(WIDE) == []
