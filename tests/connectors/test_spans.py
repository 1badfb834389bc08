"""Numbered pages, span after span: when they end, what is expected, where a sync goes on."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.connectors.paging import MOST_PAGES, Answer, SpanState
from include.discovery.errors import PageLoop
from include.discovery.model import Window
from include.discovery.parsed import Parsed

MAY = Window(date(2026, 5, 1), date(2026, 5, 31))


def start(days: int | None = None) -> SpanState:
    return SpanState.at_start(MAY, days)


def test_a_span_begins_before_its_first_page_with_all_days_or_some() -> None:
    assert (start().first, start().last, start().page) == (MAY.start, MAY.end, 0)
    assert start(7).last == date(2026, 5, 7)
    assert start(100).last == MAY.end


def test_a_span_ends_when_its_total_has_come() -> None:
    state = start().after(Answer(["a", "b"], 3))
    assert not state.done

    state = state.after(Answer(["c"], 3))

    assert state.done
    assert state.as_page(Parsed()).incomplete_reason is None


def test_a_span_without_a_total_ends_after_two_empty_pages() -> None:
    state = start().after(Answer(["a", "b"], None))
    for page in (2, 2, 3):  # the first empty one is asked again
        assert (state.done, state.next_page) == (False, page)
        state = state.after(Answer([], None))

    assert state.done
    assert state.as_page(Parsed()).incomplete_reason is None
    assert start().after(Answer([], None)).done


def test_fewer_items_than_the_total_make_the_run_incomplete() -> None:
    state = (
        start()
        .after(Answer(["a", "b"], 5))
        .after(Answer([], 5))
        .after(Answer([], 5))
        .after(Answer([], 5))
    )

    page = state.as_page(Parsed(), "and a part is missing")

    assert page.expected == 5
    assert page.incomplete_reason == "and a part is missing; the source has 5 events and returned 2"


def test_an_item_that_was_shifted_to_the_next_page_counts_once() -> None:
    state = start().after(Answer(["a", "b"], 5)).after(Answer(["b", "c"], 5))

    assert state.received == 3
    assert not state.done


def test_a_repeated_page_is_a_loop_but_a_single_shifted_item_is_not() -> None:
    with pytest.raises(PageLoop, match="page 2 has the same events as page 1"):
        start().after(Answer(["a", "b"], 9)).after(Answer(["a", "b"], 9))

    assert start().after(Answer(["a"], 9)).after(Answer(["a"], 9)).page == 2


def test_pages_without_end_are_a_loop() -> None:
    state = start().model_copy(update={"page": MOST_PAGES})

    with pytest.raises(PageLoop, match="more than 5000 pages"):
        state.after(Answer(["a"], None))


def test_the_next_span_follows_without_a_hole_up_to_the_end_of_the_window() -> None:
    state = start(20).after(Answer(["a"], 2)).after(Answer(["b"], 2)).next_span(60)

    assert (state.first, state.last) == (date(2026, 5, 21), MAY.end)
    assert (state.page, state.expected_before) == (0, 2)
    assert state.after(Answer([], 0)).is_last


def test_a_span_grows_where_one_page_held_the_last() -> None:
    one_page = start(7).after(Answer(["a"], 1))
    assert one_page.next_span(56).last == date(2026, 5, 21)
    assert one_page.next_span(10).last == date(2026, 5, 17)

    two_pages = start(7).after(Answer(["a"], 2)).after(Answer(["b"], 2))
    assert two_pages.next_span(56).last == date(2026, 5, 14)


def test_the_totals_of_spans_add_up() -> None:
    state = start(7).after(Answer(["a"], 1)).next_span(7).after(Answer(["b", "c"], 2))

    assert state.as_page(Parsed()).expected == 3


@given(st.integers(1, 400), st.integers(1, 40), st.integers(1, 60), st.booleans())
def test_spans_cover_every_day_once(length: int, days: int, longest: int, busy: bool) -> None:
    window = Window(date(2026, 1, 1), date.fromordinal(date(2026, 1, 1).toordinal() + length))
    state = SpanState.at_start(window, days)
    covered = [state]
    while not (state := state.after(Answer(["x"], 1))).is_last:
        state = state.model_copy(update={"page": 1 + busy}).next_span(longest)
        covered.append(state)

    assert covered[0].first == window.start
    assert covered[-1].last == window.end
    for one, other in pairwise(covered):
        assert other.first.toordinal() == one.last.toordinal() + 1


def test_the_last_days_of_the_calendar_are_reached() -> None:
    window = Window(date(9999, 12, 1), date.max)

    assert SpanState.at_start(window, 365).last == date.max


def test_a_cursor_restores_the_state() -> None:
    state = start(7).after(Answer(["a"], 2))

    assert start(7).resumed(state.model_dump_json()) == state


@pytest.mark.parametrize("cursor", [None, "", "{}", "nonsense", '{"page": 1}'])
def test_an_unreadable_cursor_starts_over(cursor: str | None) -> None:
    assert start(7).resumed(cursor) == start(7)
