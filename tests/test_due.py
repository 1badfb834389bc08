"""When a pair is due: a year of nights, by every clock, whatever happens in between."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from include.discovery.due import (
    PairSchedule,
    RunTime,
    is_due,
    is_the_usual,
    next_due,
    period_of,
    why_less_often,
)

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC"))


def of_a_year(zone: ZoneInfo, clock: Callable[[datetime], bool]) -> list[datetime]:
    """Return the hours and half hours of 2026 and a month that the zone's clock shows so."""
    instant = datetime(2026, 1, 1, tzinfo=UTC)
    times = []
    while instant < datetime(2027, 2, 1, tzinfo=UTC):
        time = instant.astimezone(zone)
        if clock(time):
            times.append(time)
        instant += timedelta(minutes=30)
    return times


NIGHTLY_UTC = of_a_year(ZoneInfo("UTC"), lambda time: (time.hour, time.minute) == (0, 0))
NIGHTLY_BERLIN = of_a_year(BERLIN, lambda time: (time.hour, time.minute) == (0, 0))
NIGHTLY_LONDON = of_a_year(
    ZoneInfo("Europe/London"), lambda time: (time.hour, time.minute) == (0, 0)
)
TWICE_A_DAY = of_a_year(BERLIN, lambda time: time.hour in {0, 12} and time.minute == 0)
HOURLY_UTC = of_a_year(ZoneInfo("UTC"), lambda time: time.minute == 0)
HOURLY_BERLIN = of_a_year(BERLIN, lambda time: time.minute == 0)
SCHEDULES = {
    "nightly in UTC": NIGHTLY_UTC,
    "nightly in Berlin": NIGHTLY_BERLIN,
    "nightly in London": NIGHTLY_LONDON,
    "twice a day in Berlin": TWICE_A_DAY,
    "hourly in UTC": HOURLY_UTC,
}
FREQUENCIES = [1, 2, 5, 12, 23, 24, 25, 36, 48, 72, 100, 168, 500, 744]


def clock(time: datetime) -> datetime:
    return time.replace(tzinfo=None)


def served(
    frequency: timedelta, times: list[datetime], succeeds: Callable[[], bool] = lambda: True
) -> Iterator[datetime]:
    """Yield the scheduled times that sync a pair, in a year with triggered runs between them."""
    chance = random.Random(7)
    pair = PairSchedule(frequency)
    for time in times:
        if chance.random() < 0.3:  # by hand, at any time of the day: it takes no period
            pair = replace(pair, synced_at=time - chance.random() * DAY)
        # Late by anything: a run may even start after the next one was to.
        if is_due(pair, RunTime(time + chance.random() * 30 * HOUR, time)) and succeeds():
            pair = replace(pair, period_start=period_of(pair, time), synced_at=time)
            yield time


def first_of_each_period(frequency: timedelta, times: list[datetime]) -> list[datetime]:
    """Count the periods as the clock on the wall does, from the first run on."""
    firsts: dict[int, datetime] = {}
    for time in times:
        firsts.setdefault((clock(time) - clock(times[0])) // frequency, time)
    return list(firsts.values())


@pytest.mark.slow
@pytest.mark.parametrize("hours", FREQUENCIES)
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_pair_is_synced_by_the_first_scheduled_run_of_each_of_its_periods_and_by_no_other(
    schedule: str, hours: int
) -> None:
    times, frequency = SCHEDULES[schedule], timedelta(hours=hours)

    assert list(served(frequency, times)) == first_of_each_period(frequency, times)


@pytest.mark.parametrize("times", [NIGHTLY_UTC, NIGHTLY_BERLIN, NIGHTLY_LONDON])
@pytest.mark.parametrize("hours", [1, 6, 23, 24])
def test_a_pair_that_is_due_daily_or_more_often_misses_no_night(
    times: list[datetime], hours: int
) -> None:
    assert list(served(timedelta(hours=hours), times)) == times


def test_an_hourly_pair_misses_no_hour_when_one_is_repeated() -> None:
    assert list(served(HOUR, HOURLY_BERLIN)) == HOURLY_BERLIN


@pytest.mark.parametrize("hours", [2, 3, 4, 6, 8, 12])
def test_a_pair_of_some_hours_keeps_them_where_the_clocks_change(hours: int) -> None:
    instants = [time.astimezone(UTC) for time in served(hours * HOUR, HOURLY_BERLIN)]
    gaps = Counter((later - before) // HOUR for before, later in pairwise(instants))

    # In the night that leaves an hour out the clock is ahead; in the other one no wait is longer.
    assert gaps.pop(hours - 1) == 1
    assert gaps.keys() == {hours}


@pytest.mark.parametrize("hours", FREQUENCIES)
def test_a_failing_pair_is_due_in_each_run_until_it_succeeds_and_keeps_its_rhythm(
    hours: int,
) -> None:
    frequency = timedelta(hours=hours)
    chance = random.Random(3)
    outcomes: list[bool] = []

    def succeeds() -> bool:
        outcomes.append(chance.random() < 0.5)
        return outcomes[-1]

    found = list(served(frequency, NIGHTLY_BERLIN, succeeds))
    start = NIGHTLY_BERLIN.index(found[0])
    periods = [(clock(time) - clock(found[0])) // frequency for time in found]
    wanted = [(clock(time) - clock(found[0])) // frequency for time in NIGHTLY_BERLIN[start:]]

    assert len(set(periods)) == len(periods)
    # Never more tries than runs, and no more successes than periods: every other try was due.
    assert sum(outcomes) == len(found) <= len(set(wanted))
    assert outcomes.count(False) > 0


class TestOrderOfRuns:
    """Runs come late, again, and out of order."""

    PAIR = PairSchedule(DAY, period_start=NEW_YEAR + 3 * DAY)

    def test_a_run_of_an_earlier_night_that_is_run_again_is_not_due(self) -> None:
        assert not is_due(self.PAIR, RunTime(NEW_YEAR + 5 * DAY, NEW_YEAR + 2 * DAY))

    def test_a_run_of_an_earlier_night_uses_up_no_later_period(self) -> None:
        assert period_of(self.PAIR, NEW_YEAR + 2 * DAY) == self.PAIR.period_start

    def test_a_backlog_of_nights_is_due_night_by_night(self) -> None:
        now = NEW_YEAR + 9 * DAY

        assert all(is_due(self.PAIR, RunTime(now, NEW_YEAR + n * DAY)) for n in (4, 5, 6))

    def test_two_scheduled_runs_of_one_day_are_one_turn_of_a_daily_pair(self) -> None:
        assert not is_due(self.PAIR, RunTime(NEW_YEAR + 4 * DAY, NEW_YEAR + 3 * DAY + 12 * HOUR))

    def test_a_pair_whose_frequency_is_changed_counts_from_its_last_turn(self) -> None:
        weekly = replace(self.PAIR, frequency=7 * DAY)

        days = [n for n in range(3, 12) if is_due(weekly, RunTime(NEW_YEAR, NEW_YEAR + n * DAY))]
        assert days == [10, 11]

    def test_a_schedule_that_moves_to_another_zone_keeps_its_midnights(self) -> None:
        midnight = datetime(2026, 1, 5, tzinfo=BERLIN)

        assert is_due(self.PAIR, RunTime(midnight, midnight))
        assert period_of(self.PAIR, midnight) == midnight


class TestTriggered:
    """Runs that were triggered and have no time of the schedule."""

    @pytest.mark.parametrize(
        ("hours_ago", "is_taken"), [(None, True), (1, False), (21.9, False), (22.1, True)]
    )
    def test_a_triggered_run_takes_a_pair_that_was_not_synced_within_its_frequency(
        self, hours_ago: float | None, *, is_taken: bool
    ) -> None:
        synced_at = None if hours_ago is None else NEW_YEAR - hours_ago * HOUR
        pair = PairSchedule(DAY, period_start=NEW_YEAR - 9 * DAY, synced_at=synced_at)

        assert is_due(pair, RunTime(NEW_YEAR)) is is_taken

    def test_a_triggered_run_just_before_midnight_leaves_the_pair_due_at_midnight(self) -> None:
        pair = PairSchedule(DAY, NEW_YEAR - DAY, synced_at=NEW_YEAR - timedelta(minutes=1))

        assert is_due(pair, RunTime(NEW_YEAR, NEW_YEAR))


class TestParked:
    """A parked pair, whose source asked for a long wait."""

    UNTIL = NEW_YEAR + 14 * HOUR
    PAIR = PairSchedule(DAY, NEW_YEAR - 9 * DAY, parked_until=UNTIL)

    @pytest.mark.parametrize("scheduled_for", [None, NEW_YEAR])
    def test_a_parked_pair_is_due_when_its_parking_ends(
        self, scheduled_for: datetime | None
    ) -> None:
        assert not is_due(self.PAIR, RunTime(self.UNTIL - HOUR, scheduled_for))
        assert is_due(self.PAIR, RunTime(self.UNTIL, scheduled_for))

    def test_a_pair_that_is_parked_for_a_day_just_after_midnight_is_due_the_next_night(
        self,
    ) -> None:
        pair = replace(self.PAIR, parked_until=NEW_YEAR + DAY + timedelta(seconds=40))

        assert is_due(pair, RunTime(NEW_YEAR + DAY + timedelta(seconds=5), NEW_YEAR + DAY))

    def test_a_parked_pair_is_next_due_in_the_first_run_after_its_parking_ends(self) -> None:
        at = next_due(self.PAIR, NEW_YEAR, NEW_YEAR + 12 * HOUR, [NEW_YEAR, NEW_YEAR - 12 * HOUR])

        assert at == NEW_YEAR + 24 * HOUR


class TestNextDue:
    """The page shows what the planner will do."""

    @pytest.mark.parametrize("hours", FREQUENCIES)
    @pytest.mark.parametrize("schedule", SCHEDULES)
    def test_the_next_due_time_is_that_of_the_run_that_takes_the_pair(
        self, schedule: str, hours: int
    ) -> None:
        times = SCHEDULES[schedule]
        chance = random.Random(hours)
        for _ in range(20):
            last = chance.randrange(2, 40)
            start = times[chance.randrange(0, last)]
            pair = PairSchedule(timedelta(hours=hours), start)
            taken = next(time for time in times[last + 1 :] if is_due(pair, RunTime(time, time)))

            said = next_due(
                pair,
                times[last],
                times[last + 1].astimezone(UTC),
                [times[last].astimezone(UTC), times[last - 1].astimezone(UTC)],
            )

            assert said == taken

    def test_the_next_due_time_of_a_pair_fits_the_night_in_which_the_clocks_change(self) -> None:
        """28 March's midnight to the 30th's are 47 hours, and two days."""
        nights = [datetime(2026, 3, day, tzinfo=BERLIN) for day in (26, 27, 28, 30)]
        pair = PairSchedule(2 * DAY, nights[2])

        said = next_due(pair, nights[2], datetime(2026, 3, 29, tzinfo=BERLIN), nights[2::-1])

        assert said == nights[3]

    def test_a_pair_without_a_sync_is_due_in_the_next_run(self) -> None:
        assert next_due(PairSchedule(DAY), NEW_YEAR, NEW_YEAR + HOUR, []) == NEW_YEAR + HOUR

    def test_the_next_due_time_before_the_first_run_of_a_schedule_is_the_end_of_the_period(
        self,
    ) -> None:
        pair = PairSchedule(7 * DAY, NEW_YEAR)

        assert next_due(pair, NEW_YEAR, NEW_YEAR + DAY, []) == NEW_YEAR + 7 * DAY

    def test_a_pause_of_the_dag_does_not_change_the_next_due_time(self) -> None:
        pair = PairSchedule(31 * DAY, NEW_YEAR)
        next_run = NEW_YEAR + 30 * DAY

        assert next_due(pair, next_run, next_run, [NEW_YEAR + DAY, NEW_YEAR]) == NEW_YEAR + 31 * DAY


class TestUnchangedSources:
    """Sources that do not change are asked less often, if a person allows it."""

    def gaps(self, pair: PairSchedule, changes: Collection[int] = ()) -> list[int]:
        """Return the days between the syncs of half a year; some of them find a change."""
        found: list[datetime] = []
        for night in NIGHTLY_BERLIN[:180]:
            if is_due(pair, RunTime(night, night)):
                unchanged = 0 if len(found) in {0, *changes} else pair.unchanged_syncs + 1
                pair = replace(pair, period_start=period_of(pair, night), unchanged_syncs=unchanged)
                found.append(night)
        return [(clock(later) - clock(before)).days for before, later in pairwise(found)]

    def test_the_periods_double_after_three_syncs_without_a_change_up_to_the_bound(self) -> None:
        assert self.gaps(PairSchedule(DAY, longest=7 * DAY))[:8] == [1, 1, 1, 2, 4, 7, 7, 7]
        assert self.gaps(PairSchedule(DAY, longest=3 * DAY))[:7] == [1, 1, 1, 2, 3, 3, 3]
        assert self.gaps(PairSchedule(2 * DAY, longest=7 * DAY))[:6] == [2, 2, 2, 4, 7, 7]

    def test_the_frequency_holds_again_at_once_after_a_change(self) -> None:
        found = self.gaps(PairSchedule(DAY, longest=7 * DAY), changes=[5])

        assert found[:10] == [1, 1, 1, 2, 4, 1, 1, 1, 2, 4]

    def test_the_frequency_always_holds_where_nobody_allows_less(self) -> None:
        assert set(self.gaps(PairSchedule(DAY))) == {1}

    def test_a_bound_below_the_frequency_changes_nothing(self) -> None:
        assert set(self.gaps(PairSchedule(10 * DAY, longest=7 * DAY))) == {10}

    def test_no_number_of_unchanged_syncs_is_too_large(self) -> None:
        pair = PairSchedule(HOUR, longest=7 * DAY, unchanged_syncs=1_000)

        assert pair.period == 7 * DAY

    def test_a_triggered_run_goes_by_the_frequency(self) -> None:
        pair = PairSchedule(DAY, NEW_YEAR, synced_at=NEW_YEAR, longest=7 * DAY, unchanged_syncs=9)

        assert is_due(pair, RunTime(NEW_YEAR + DAY))
        assert not is_due(pair, RunTime(NEW_YEAR + DAY, NEW_YEAR + DAY))

    def test_the_next_due_time_is_that_of_the_longer_period(self) -> None:
        pair = PairSchedule(DAY, NEW_YEAR, longest=7 * DAY, unchanged_syncs=4)

        assert next_due(pair, NEW_YEAR, NEW_YEAR + DAY, [NEW_YEAR]) == NEW_YEAR + 4 * DAY

    def test_a_pair_that_is_put_off_is_described_with_its_reason(self) -> None:
        pair = PairSchedule(DAY, longest=7 * DAY, unchanged_syncs=4)

        assert why_less_often(pair) == "every 96 h for now: its last 4 syncs found no change"
        assert why_less_often(replace(pair, unchanged_syncs=2)) is None
        assert why_less_often(replace(pair, longest=None)) is None


@pytest.mark.parametrize(
    ("gaps", "before", "usual"),
    [
        (["page 7 is missing"], ["page 12 is missing"], True),
        (["only 1,000 of 1,200 came"], ["only 999 of 1,200 came"], True),
        (["page 7 is missing"], None, False),
        (["page 7 is missing"], [], False),
        (["page 7 is missing", "has 5 items and returned 4"], ["page 7 is missing"], False),
        (["it does not say how many there are"], ["it does not say how many there are"], True),
    ],
)
def test_a_reason_for_an_incomplete_run_is_usual_when_only_its_numbers_differ_from_before(
    gaps: list[str], before: list[str] | None, *, usual: bool
) -> None:
    assert is_the_usual(gaps, before) is usual
