"""Shortcuts of a single key: what they do, and when they keep still."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Site, Visitors
from tests.browser.test_accessibility import faults

pytestmark = [pytest.mark.airflow, pytest.mark.browser]


def test_the_slash_goes_to_the_search_and_is_an_ordinary_letter_there(site: Site) -> None:
    page = site.open()
    search = page.get_by_role("searchbox", name="Text")

    page.keyboard.press("/")
    expect(search).to_be_focused()
    expect(search).to_have_value("")
    page.keyboard.type("r/?")

    expect(search).to_have_value("r/?")
    assert page.get_by_role("dialog").count() == 0


def test_the_slash_opens_the_filters_where_they_are_folded_away(visit: Visitors) -> None:
    page = visit(width=420).open()

    page.keyboard.press("/")

    expect(page.get_by_role("searchbox", name="Text")).to_be_focused()


def test_r_reads_the_view_again(site: Site) -> None:
    page = site.open(view="cities")

    with page.expect_response("**/discovery/api/cities"):
        page.keyboard.press("r")

    expect(page.get_by_text("Everything on this view is read again")).to_be_visible()


def test_the_question_mark_lists_the_shortcuts_which_are_in_the_help_too(site: Site) -> None:
    page = site.open()

    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_contain_text("Go to the search of this view")
    page.wait_for_function("document.getAnimations().every(one => one.playState !== 'running')")
    assert faults(site, "[role=dialog]") == []
    page.keyboard.press("r")  # a dialog is open: nothing happens
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)

    assert page.get_by_text("Everything on this view is read again").count() == 0
    page.get_by_role("button", name="Help").click()
    expect(page.get_by_role("dialog")).to_contain_text("Go to the search of this view")


def test_shortcuts_can_be_switched_off(site: Site) -> None:
    page = site.open()
    page.keyboard.press("?")
    page.get_by_role("checkbox", name="Shortcuts of a single key").press("Space")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.keyboard.press("/")
    page.keyboard.press("?")

    expect(page.get_by_role("searchbox", name="Text")).not_to_be_focused()
    assert page.get_by_role("dialog").count() == 0
