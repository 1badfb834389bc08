"""Every view is free of what axe finds: contrast, names, landmarks; the shell is not ours."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Site, Visitors

pytestmark = [pytest.mark.airflow, pytest.mark.browser]

VIEWS: tuple[dict[str, str], ...] = (
    {},
    {"view": "cities"},
    {"view": "city", "city": "krakow"},
    {"view": "pair", "city": "krakow", "source": "demo-messy"},
    {"view": "sources"},
    {"view": "source", "source": "demo-messy"},
    {"view": "events"},
    {"view": "errors"},
    {"view": "alerts"},
    {"view": "changes"},
)


def faults(site: Site, within: str = "main") -> list[str]:
    """Return what axe finds within an element: the rule, and the elements that break it."""
    found = Axe().run(site.page, context=within).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("query", VIEWS, ids=lambda query: query.get("view", "overview"))
def test_a_view_has_no_fault_that_axe_finds(
    visit: Visitors, query: dict[str, str], *, dark: bool
) -> None:
    site = visit(dark=dark)
    site.open(**query)

    assert faults(site) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_form_has_no_fault_that_axe_finds_with_and_without_errors(
    visit: Visitors, *, dark: bool
) -> None:
    site = visit(dark=dark)
    page = site.open()
    page.get_by_role("button", name="Add city").click()
    dialog = page.get_by_role("dialog", name="Add a city")
    page.get_by_role("textbox", name="Find a city").fill("springfield")
    dialog.get_by_role("button", name="United States").first.wait_for()
    # A dialog fades in: what is half transparent has no contrast yet.
    page.wait_for_function("document.getAnimations().every(one => one.playState !== 'running')")
    assert faults(site, "[role=dialog]") == []

    dialog.get_by_role("button", name="Add", exact=True).click()
    dialog.locator("[aria-invalid=true]").first.wait_for()
    assert faults(site, "[role=dialog]") == []
