"""What the number fields of forms understand: marks of thousands, and the decimal comma."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Site

pytestmark = [pytest.mark.airflow, pytest.mark.browser]

WHOLE = {"kind": "integer", "min": 1, "max": 1_000_000}
LATITUDE = {"kind": "number", "min": -90, "max": 90}
ANY = {"kind": "number"}

READ: tuple[tuple[dict[str, Any], str, float], ...] = (
    (WHOLE, "1000", 1000),
    (WHOLE, "1,000", 1000),
    (WHOLE, "1.000", 1000),
    (WHOLE, "1 000", 1000),
    (WHOLE, "1\N{NARROW NO-BREAK SPACE}000", 1000),
    (WHOLE, "1'000", 1000),
    (WHOLE, "1,000,000", 1_000_000),
    (LATITUDE, "51,34", 51.34),
    (LATITUDE, "51.34", 51.34),
    (LATITUDE, "51,340", 51.34),  # 51 thousand is no latitude
    (LATITUDE, "-0,125", -0.125),
    (LATITUDE, "51.125", 51.125),
    (ANY, "1.000", 1),  # as the page itself writes numbers
    (ANY, "1,000,000", 1_000_000),
    (ANY, "1.234,5", 1234.5),
    (ANY, "1,234.5", 1234.5),
    (ANY, "1 234,5", 1234.5),
    (ANY, "1e3", 1000),
)
REFUSED = (
    (WHOLE, "1.5", "This must be a whole number, such as 1000 or 1,000."),
    (WHOLE, "1,00", "This must be a whole number"),
    (WHOLE, "1,0000", "This must be a whole number"),
    (WHOLE, "0,100", "This must be a whole number"),
    (WHOLE, "1,000.000", "This must be a whole number"),
    (WHOLE, "2,000,000", "This must be at most 1000000."),
    (LATITUDE, "91,5", "This must be at most 90."),
    (LATITUDE, "51,34,5", "This must be a number"),
    (LATITUDE, "51° 20'", "This must be a number"),
    (ANY, "1,000", "This may mean 1000 or 1: write it without a comma."),
)


def test_numbers_are_read_as_they_are_meant_or_refused(site: Site) -> None:
    page = site.open()

    def read(field: dict[str, Any], text: str) -> dict[str, Any]:
        answer: dict[str, Any] = page.evaluate(
            """async ([field, text]) => {
                const link = document.querySelector("link[href$='/shared/schema.js']");
                return (await import(link.href)).fromText(field, text);
            }""",
            [field, text],
        )
        return answer

    for field, text, value in READ:
        assert read(field, text) == {"value": value}, text
    for field, text, fault in REFUSED:
        found = read(field, text)
        assert "value" not in found, text
        assert found["fault"].startswith(fault), text


def test_a_limit_of_1_000_is_a_thousand_and_not_one(site: Site) -> None:
    page = site.open()
    asked: list[dict[str, Any]] = []
    page.route(
        "**/api/v2/dags/city_discovery/dagRuns",
        lambda route: (
            asked.append(route.request.post_data_json),
            route.fulfill(status=403, json={"detail": "Not in this test."}),
        ),
    )
    page.get_by_role("button", name="Run all now").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("[data-field=limit] input").fill("1,000")
    dialog.get_by_role("button", name="Run now").click()

    expect(dialog.get_by_text("Not in this test.")).to_be_visible()
    assert asked[0]["conf"]["limit"] == 1000
