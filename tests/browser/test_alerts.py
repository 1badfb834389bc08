"""Alerts of pairs and assertions about them: the list, and the forms that change it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from include.discovery.store.connection import Connection
from tests.browser.conftest import Site, Village, Visitors
from tests.browser.test_accessibility import faults

pytestmark = [pytest.mark.airflow, pytest.mark.browser]

LABEL = "testville · feed"
ISSUE = "https://issues.example.org/12"

OF_FEED = """
SELECT cs.id AS pair, s.id AS source
FROM discovery.city_source cs JOIN discovery.sources s ON s.id = cs.source_id
WHERE s.slug = 'feed'
"""
TELL = f"""
INSERT INTO discovery.alerts (city_source_id, condition, reason, dag_run_id, opened_at)
SELECT pair, 'failing', 'three failed runs in a row', 'night', now() - interval '2 days'
FROM ({OF_FEED}) feed
"""
SUGGEST = f"""
INSERT INTO discovery.proposed_assertions
    (source_id, city_source_id, measure, least, most, proposed_at)
SELECT source, pair, 'events', 80, 200, now() FROM ({OF_FEED}) feed
UNION ALL SELECT source, NULL, 'with_venue', 0.8, NULL, now() FROM ({OF_FEED}) feed
"""


@pytest.fixture(autouse=True)
def feed(testville: Village, db: Connection) -> None:
    """Open an alert of a failing pair, and propose assertions about it."""
    testville.add_pair("feed", url="http://127.0.0.1:9/calendar.ics")
    db.execute(TELL.encode())
    db.execute(SUGGEST.encode())


def fill(dialog: Locator, **fields: str) -> None:
    for path, text in fields.items():
        dialog.locator(f"[data-field='{path}']").locator("input, textarea").fill(text)


def save(dialog: Locator, button: str = "Save") -> None:
    dialog.get_by_role("button", name=button, exact=True).click()


def test_an_alert_is_muted_and_unmuted(site: Site, testville: Village) -> None:
    page = site.open(view="alerts")
    row = page.get_by_role("region", name="Open alerts").locator(f"tr[data-row='{LABEL}']")
    expect(row).to_contain_text("Failing")
    expect(row).to_contain_text("2 days ago")
    expect(row.get_by_role("link", name=f"Runbook: {LABEL}")).to_have_attribute(
        "href", f"{site.base}/discovery/docs/runbook.md#failing"
    )
    mark = page.get_by_role("navigation", name="Views").get_by_role("link", name="Alerts")
    expect(mark).to_have_text(re.compile(r"^Alerts\d+$"))
    site.shoot("alerts-light-1360")

    row.get_by_role("button", name=f"Mute: {LABEL}").click()
    dialog = page.get_by_role("dialog", name=f"Mute the alerts of {LABEL}")
    save(dialog, "Mute")
    expect(dialog.locator("[data-field=issue]")).to_contain_text("This is needed.")
    fill(dialog, issue=ISSUE, until="2020-01-01")
    save(dialog, "Mute")
    expect(dialog.locator("[data-field=until]")).to_contain_text("This day is over.")
    assert faults(site, "[role=dialog]") == []
    fill(dialog, until="2099-12-24", reason="Being rebuilt")
    save(dialog, "Mute")

    muted = page.get_by_role("region", name="Muted pairs").locator(f"tr[data-row='{LABEL}']")
    expect(muted).to_contain_text("2099-12-24")
    expect(muted.get_by_role("link", name=ISSUE)).to_be_visible()
    expect(muted).to_contain_text("Being rebuilt")
    assert faults(site) == []
    site.open(text="testville")
    expect(site.row(LABEL)).to_contain_text("Muted until 2099-12-24")
    page.get_by_role("link", name="muted").click()

    muted.get_by_role("button", name=f"Unmute: {LABEL}").click()
    expect(muted).to_have_count(0)
    pair = testville.pair()
    assert pair is not None
    assert pair["monitoring"]["mute"] is None
    page.get_by_role("button", name="Undo").click()
    expect(muted).to_contain_text("Being rebuilt")
    assert site.faults == []


def test_bounds_are_accepted_changed_and_left_to_the_source_again(
    site: Site, testville: Village
) -> None:
    page = site.open(view="source", source="feed")
    accept = page.get_by_role("button", name="Accept proposal: With a venue")
    accept.click()
    expect(accept).to_have_count(0)
    row = page.locator("tr[data-row=with_venue]")
    expect(row).to_contain_text("at least 80 %")
    page.get_by_role("button", name="Change: With a venue").click()
    dialog = page.get_by_role("dialog", name="With a venue: assertion about all pairs of Feed")
    fill(dialog, most="50")
    save(dialog)
    expect(dialog.get_by_role("alert")).to_contain_text("is above")
    fill(dialog, most="", least="62,5")
    save(dialog)
    expect(row).to_contain_text("at least 62.5 %")

    site.open(view="pair", city="testville", source="feed")
    expect(row).to_contain_text("at least 62.5 % (by its source)")
    expect(page.locator("tr[data-row=events]")).to_contain_text("at least 80, at most 200")
    for least, shown in (("90", "at least 90 %"), ("", "at least 62.5 % (by its source)")):
        page.get_by_role("button", name="Change: With a venue").click()
        dialog = page.get_by_role("dialog")
        fill(dialog, least=least)
        save(dialog)
        expect(dialog).to_have_count(0)
        expect(row).to_contain_text(shown)
    pair = testville.pair()
    assert pair is not None
    assert pair["monitoring"]["assertions"] == {}


def test_seasons_are_saved_beside_what_somebody_else_has_muted_meanwhile(
    site: Site, testville: Village
) -> None:
    page = site.open(view="pair", city="testville", source="feed")
    page.get_by_role("button", name=f"Change when {LABEL} may be empty").click()
    dialog = page.get_by_role("dialog")
    fill(dialog, seasons="07-01 to 08-31\n02-30 to 03-01")
    save(dialog)
    seasons = dialog.locator("[data-field=seasons]")
    expect(seasons).to_contain_text("“02-30 to 03-01” is not a season")
    fill(dialog, seasons="07-01 to 08-31\n12-24 to 01-06")
    mute = {"issue": ISSUE, "until": "2099-12-24"}
    pair = testville.pair()
    assert pair is not None
    testville.send(
        "PUT",
        "pairs/monitoring?city=testville&source=feed",
        {"monitoring": {"mute": mute}, "version": pair["version"]},
    )
    save(dialog)
    expect(dialog.get_by_role("alert")).to_contain_text("Somebody else saved first")
    dialog.get_by_role("button", name="Save mine instead").click()
    expect(dialog).to_have_count(0)

    expect(page.get_by_text("07-01 to 08-31, 12-24 to 01-06")).to_be_visible()
    expect(page.get_by_role("link", name=ISSUE)).to_be_visible()
    pair = testville.pair()
    assert pair is not None
    assert pair["monitoring"]["mute"] == {**mute, "reason": None}
    assert len(pair["monitoring"]["expected_empty"]) == 2


@pytest.mark.parametrize("view", ["alerts", "pair"])
def test_a_viewer_sees_alerts_and_no_way_to_change_them(visit: Visitors, view: str) -> None:
    page = visit("viewer").open(view=view, city="testville", source="feed")

    expect(page.get_by_text("at least 80, at most 200")).to_be_visible()
    for name in ("Mute:", "Mute the alerts", "Accept", "Change"):
        assert page.get_by_role("button", name=name).count() == 0
