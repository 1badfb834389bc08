"""The way through the windows of the Discovery API: nothing lost, few calls, resumable."""

import math
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from include.discovery.connectors.ticketmaster.paging import (
    PAGING_CAP,
    TOTAL_CAP,
    Step,
    WindowState,
)
from include.discovery.model import Window

FIRST = date(2026, 3, 1)
SIZE = 200


def days(count: int) -> Window:
    return Window(FIRST, FIRST + timedelta(days=count - 1))


class CountingServer:
    """A server that only counts: so many events on each day, and so many without a date."""

    def __init__(
        self, per_day: list[int], undated: tuple[int, ...] = (0, 0), cap: int = PAGING_CAP
    ) -> None:
        self.per_day = per_day
        self.undated = dict(zip(("tba", "tbd"), undated, strict=True))
        self.cap = cap
        self.calls = 0

    def answer(self, state: WindowState) -> tuple[int, ...]:
        """Return what the answer for a page says (total) and holds (rows)."""
        self.calls += 1
        assert state.page * state.page_size < self.cap, "a page that the API refuses"
        if state.phase == "dated":
            start, end = ((day - state.first).days for day in (state.start, state.end))
            matching = sum(self.per_day[start : end + 1])
        else:
            matching = self.undated[state.phase]
        total = min(matching, TOTAL_CAP)
        return total, max(0, min(state.page_size, total - state.page * state.page_size))


def walk(server: CountingServer, state: WindowState, limit: int = 100_000) -> Iterator[Any]:
    """Walk to the end; yield each kept page as (state, rows, total, step)."""
    for _ in range(limit):
        if state.phase == "done":
            return
        total, rows = server.answer(state)
        step = state.after(total, rows, cap=server.cap)
        if step.wanted:
            yield state, rows, total, step
        state = step.state
    pytest.fail("the walk does not end")


def begin(count: int, size: int = SIZE) -> WindowState:
    return WindowState.at_start(days(count), size)


calendars = st.one_of(
    st.lists(st.integers(0, PAGING_CAP), min_size=1, max_size=60),
    st.lists(st.sampled_from([0, 0, 0, 0, 3, 40, 999, 1000]), min_size=1, max_size=730),
)


@given(calendars, st.sampled_from([1, 7, 20, 150, 199, 200]), st.tuples(*[st.integers(0, 900)] * 2))
@example([1000] * 30, 200, (0, 0))
@example([0] * 729 + [1000], 200, (18, 1))
def test_every_event_is_reached_once_as_long_as_no_day_exceeds_the_cap(
    per_day: list[int], size: int, undated: tuple[int, ...]
) -> None:
    server = CountingServer(per_day, undated)
    pages = list(walk(server, begin(len(per_day), size)))

    windows = {}
    for state, rows, _, _ in pages:
        windows.setdefault((state.phase, state.start, state.end), []).append((state.page, rows))
    dated = [days for days in windows if days[0] == "dated"]
    # The windows tile the days in order, and each is paged from its first row to its last.
    assert dated[0][1] == FIRST
    assert dated[-1][2] == days(len(per_day)).end
    assert all(after[1] == before[2] + timedelta(days=1) for before, after in pairwise(dated))
    assert all([page for page, _ in got] == list(range(len(got))) for got in windows.values())
    assert sum(rows for _, rows, _, _ in pages) == sum(per_day) + sum(undated)
    assert [step.incomplete_reason for *_, step in pages if step.incomplete_reason] == []
    assert pages[-1][3].state.expected == sum(per_day) + sum(undated)


@given(calendars, st.sampled_from([20, 200]))
def test_the_number_of_calls_is_bounded(per_day: list[int], size: int) -> None:
    server = CountingServer(per_day)
    pages = list(walk(server, begin(len(per_day), size)))
    windows = len({state.start for state, *_ in pages if state.phase == "dated"})
    full_pages = sum(per_day) // size
    too_wide = 4 * windows + 2 * math.log2(len(per_day)) + 1
    assert server.calls <= full_pages + windows + too_wide + 2


@given(st.lists(st.integers(0, 60), min_size=1, max_size=90), st.integers(1, 60))
def test_the_cap_may_be_any_number(per_day: list[int], cap: int) -> None:
    per_day = [min(count, cap) for count in per_day]
    pages = list(walk(CountingServer(per_day, cap=cap), begin(len(per_day), 5)))
    assert sum(rows for _, rows, _, _ in pages) == sum(per_day)
    assert not any(step.incomplete_reason for *_, step in pages)


@given(calendars)
def test_a_sync_resumed_from_any_cursor_goes_on_with_exactly_the_remaining_pages(
    per_day: list[int],
) -> None:
    pages = list(walk(CountingServer(per_day), begin(len(per_day))))
    for position in range(0, len(pages), max(1, len(pages) // 5)):
        cursor = pages[position][3].state.model_dump_json()
        resumed = list(walk(CountingServer(per_day), WindowState.model_validate_json(cursor)))
        assert resumed == pages[position + 1 :]


@pytest.mark.parametrize(
    ("per_day", "calls"),
    [
        pytest.param([0] * 365, 3, id="nothing"),
        pytest.param([1] * 200 + [0] * 165, 3, id="200 events in a year: one page"),
        pytest.param([2] * 365, 6, id="730 events: four pages"),
        pytest.param([5] * 365, 14, id="1,825 events: ten full pages"),
        pytest.param([20] * 365, 47, id="7,300 events: 37 full pages"),
        pytest.param([60] * 365, 137, id="21,900 events: 110 full pages"),
    ],
)
def test_typical_cities_take_few_calls(per_day: list[int], calls: int) -> None:
    server = CountingServer(per_day)
    list(walk(server, begin(len(per_day))))
    assert server.calls <= calls


def test_a_day_above_the_cap_gives_the_events_in_reach_and_names_the_others() -> None:
    server = CountingServer([3, 1240, 4])
    pages = list(walk(server, begin(3)))
    reasons = [step.incomplete_reason for *_, step in pages if step.incomplete_reason]
    assert sum(rows for _, rows, _, _ in pages) == 3 + 1000 + 4
    assert len(reasons) == 1
    assert reasons[0].startswith("2026-03-02: 240 of 1,240 events are out of reach")


def test_a_total_at_its_own_cap_is_a_lower_bound() -> None:
    reasons = [
        step.incomplete_reason
        for *_, step in walk(CountingServer([12_000]), begin(1))
        if step.incomplete_reason
    ]
    assert reasons[0].startswith("2026-03-01: 9,000 or more of 10,000 or more")


def test_undated_events_above_the_cap_make_the_run_incomplete_too() -> None:
    reasons = [
        s.incomplete_reason
        for *_, s in walk(CountingServer([0], undated=(1_100, 0)), begin(1))
        if s.incomplete_reason
    ]
    assert reasons[0].startswith("events without a date (TBA): 100 of 1,100")


@pytest.mark.parametrize("page", [0, 1])
def test_an_empty_page_where_events_were_expected_is_asked_again_and_then_incomplete(
    page: int,
) -> None:
    state = begin(5).moved(page=page, total=350, expected=350, received=200 * page)
    again = state.after(total=350, received=0)
    assert (again.state.page, again.state.phase, again.incomplete_reason) == (page, "dated", None)
    assert again.state.after(total=350, received=150).state.empty is False

    step = again.state.after(total=350, received=0)
    days = "2026-03-01 to 2026-03-05"
    assert (
        step.incomplete_reason
        == f"{days}: the total is 350 events, but page {page} has nothing new"
    )
    assert step.state.phase == "tba"


def test_a_total_that_falls_to_zero_between_two_pages_makes_the_run_incomplete() -> None:
    state = begin(5).after(total=500, received=200).state
    step = state.after(total=0, received=0).state.after(total=0, received=0)
    assert step.incomplete_reason == (
        "2026-03-01 to 2026-03-05: the total is 500 events, but page 1 has nothing new;"
        " the total has since fallen to 0"
    )


def test_pages_smaller_than_requested_lose_nothing() -> None:
    """An API that serves 20 at a time, whatever it is asked, is read to its end."""
    state, received = begin(5), 0
    while state.phase == "dated":
        received += 20
        step = state.after(total=90, received=min(20, 90 - (received - 20)))
        assert step.incomplete_reason is None
        state = step.state
    assert received == 100


def test_windows_with_fewer_events_than_the_total_of_all_make_the_run_incomplete() -> None:
    state = begin(10).after(total=2_000, received=200).state
    reasons = []
    while state.phase == "dated":
        step = state.after(total=30, received=30)  # of each window, though 2,000 are promised
        reasons.append(step.incomplete_reason)
        state = step.state
    assert reasons[:-1] == [None] * (len(reasons) - 1)
    assert "events when more days were requested, and is now 30" in reasons[-1]


def test_the_answer_for_a_window_that_is_too_wide_is_not_kept() -> None:
    step = begin(10).after(total=2_000, received=200)
    assert step == Step(begin(10).moved(end=date(2026, 3, 3), rest=2_000), wanted=False)


def test_the_expected_number_is_the_highest_total_without_events_of_other_days() -> None:
    first = begin(5).after(total=390, received=200, left_out=1).state
    assert first.expected == 389
    assert first.after(total=392, received=192).state.expected == 391
    assert first.after(total=388, received=190).state.expected == 389


def test_a_window_begins_at_local_midnight_and_ends_a_second_before_the_next_one() -> None:
    params = WindowState.at_start(Window(date(2026, 7, 1), date(2026, 7, 2)), 50).params(
        ZoneInfo("Europe/Warsaw")
    )
    assert params == {
        "page": 0,
        "size": 50,
        "startDateTime": "2026-06-30T22:00:00Z",
        "endDateTime": "2026-07-02T21:59:59Z",
    }


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2026, 3, 29), "Europe/Warsaw", 23),
        (date(2026, 10, 25), "Europe/Warsaw", 25),
        (date(2026, 6, 1), "Europe/Warsaw", 24),
        pytest.param(date(2026, 3, 8), "America/Havana", 23, id="a day without midnight"),
    ],
)
def test_a_day_of_a_window_is_as_long_as_its_local_day(day: date, zone: str, hours: int) -> None:
    params = WindowState.at_start(Window(day, day), 1).params(ZoneInfo(zone))
    start, end = (datetime.fromisoformat(params[f"{edge}DateTime"]) for edge in ("start", "end"))
    assert end - start == timedelta(hours=hours) - timedelta(seconds=1)


def test_undated_events_are_asked_for_without_dates() -> None:
    tba = begin(1).moved(phase="tba").params(ZoneInfo("UTC"))
    tbd = begin(1).moved(phase="tbd").params(ZoneInfo("UTC"))
    assert tba == {"page": 0, "size": SIZE, "includeTBA": "only"}
    assert tbd == {"page": 0, "size": SIZE, "includeTBD": "only"}
