"""The way through numbered pages: when it ends, what it expects, where it goes on."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.connectors.completeness import MOST_PAGES
from include.discovery.connectors.numbered_pages import Place
from include.discovery.errors import PageLoop
from include.discovery.model import Window
from include.discovery.parsed import Parsed

MAY = Window(date(2026, 5, 1), date(2026, 5, 31))


def start(days: int | None = None) -> Place:
    return Place.at_start(MAY, days)


def test_it_begins_before_the_first_page_of_all_days_or_of_some():
    assert (start().first, start().last, start().page) == (MAY.start, MAY.end, 0)
    assert start(7).last == date(2026, 5, 7)
    assert start(100).last == MAY.end


def test_it_ends_when_all_that_was_promised_has_come():
    place = start().after(["a", "b"], 3)
    assert not place.done

    place = place.after(["c"], 3)

    assert place.done
    assert place.as_page(Parsed()).incomplete_reason is None


def test_without_a_total_it_ends_where_nothing_comes_twice():
    place = start().after(["a", "b"], None)
    for page in (2, 2, 3):  # the first empty one is asked again
        assert (place.done, place.next_page) == (False, page)
        place = place.after([], None)

    assert place.done
    assert place.as_page(Parsed()).incomplete_reason is None
    assert start().after([], None).done


def test_what_was_promised_and_did_not_come_makes_the_run_incomplete():
    place = start().after(["a", "b"], 5).after([], 5).after([], 5).after([], 5)

    page = place.as_page(Parsed(), "and a part is missing")

    assert page.expected == 5
    assert page.incomplete_reason == "and a part is missing; the source has 5 events and gave 2"


def test_an_item_that_was_shifted_to_the_next_page_counts_once():
    place = start().after(["a", "b"], 5).after(["b", "c"], 5)

    assert place.received == 3
    assert not place.done


def test_the_same_page_again_is_a_loop_but_one_item_may_be_shifted():
    with pytest.raises(PageLoop, match="page 2 holds the same events as page 1"):
        start().after(["a", "b"], 9).after(["a", "b"], 9)

    assert start().after(["a"], 9).after(["a"], 9).page == 2


def test_pages_without_end_are_a_loop():
    place = start().model_copy(update={"page": MOST_PAGES})

    with pytest.raises(PageLoop, match="more than 5000 pages"):
        place.after(["a"], None)


def test_the_next_span_follows_without_a_hole_and_ends_with_the_walk():
    place = start(20).after(["a"], 2).after(["b"], 2).next_span(60)

    assert (place.first, place.last) == (date(2026, 5, 21), MAY.end)
    assert (place.page, place.expected_before) == (0, 2)
    assert place.after([], 0).is_last


def test_spans_grow_where_one_page_holds_them():
    one_page = start(7).after(["a"], 1)
    assert one_page.next_span(56).last == date(2026, 5, 21)
    assert one_page.next_span(10).last == date(2026, 5, 17)

    two_pages = start(7).after(["a"], 2).after(["b"], 2)
    assert two_pages.next_span(56).last == date(2026, 5, 14)


def test_totals_of_spans_add_up():
    place = start(7).after(["a"], 1).next_span(7).after(["b", "c"], 2)

    assert place.as_page(Parsed()).expected == 3


@given(st.integers(1, 400), st.integers(1, 40), st.integers(1, 60), st.booleans())
def test_spans_cover_every_day_once(length, days, longest, busy):
    window = Window(date(2026, 1, 1), date.fromordinal(date(2026, 1, 1).toordinal() + length))
    place = Place.at_start(window, days)
    covered = [place]
    while not (place := place.after(["x"], 1)).is_last:
        place = place.model_copy(update={"page": 1 + busy}).next_span(longest)
        covered.append(place)

    assert covered[0].first == window.start
    assert covered[-1].last == window.end
    for one, other in pairwise(covered):
        assert other.first.toordinal() == one.last.toordinal() + 1


def test_the_last_days_of_the_calendar_are_reached():
    window = Window(date(9999, 12, 1), date.max)

    assert Place.at_start(window, 365).last == date.max


def test_a_cursor_brings_back_the_place():
    place = start(7).after(["a"], 2)

    assert Place.resumed(place.model_dump_json(), MAY, 7) == place


@pytest.mark.parametrize("cursor", [None, "", "{}", "nonsense", '{"page": 1}'])
def test_without_a_cursor_that_can_be_read_it_starts_anew(cursor):
    assert Place.resumed(cursor, MAY, 7) == start(7)
