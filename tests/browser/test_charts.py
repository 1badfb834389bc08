"""The charts of the page, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Site

pytestmark = [pytest.mark.airflow, pytest.mark.browser]


@pytest.mark.parametrize(
    "view",
    [{}, {"view": "city", "city": "krakow"}, {"view": "source", "source": "demo-library"}],
    ids=["all", "a city", "a source"],
)
def test_the_charts_of_a_view_are_opened_and_have_their_numbers_as_a_table(
    site: Site, view: dict[str, str]
) -> None:
    page = site.open(**view)
    page.get_by_text("Day by day").click()

    expect(page.locator("figure")).to_have_count(4)
    events = page.get_by_role("img", name=re.compile("^Events of 30 days, highest "))
    assert "highest 0;" not in str(events.get_attribute("aria-label"))

    page.get_by_label("Days", exact=True).select_option("90")
    page.get_by_text("The same as a table").click()
    table = page.get_by_role("region", name="Numbers of the charts")
    expect(table.locator("tbody tr")).to_have_count(90)
    expect(table.locator("tbody tr").first.get_by_role("rowheader")).to_have_text(
        re.compile(r"\d{4}-\d\d-\d\d")
    )
    assert site.faults == []
