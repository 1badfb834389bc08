"""Which frequencies a schedule can keep."""

from __future__ import annotations

from datetime import timedelta

import pytest

from include.discovery.timetable import cron_of, longest_interval, shortfall, zone_of

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cron", "interval"),
    [
        ("0 0 * * *", DAY),
        ("0 * * * *", HOUR),
        ("*/15 * * * *", timedelta(minutes=15)),
        ("* * * * *", timedelta(minutes=1)),
        ("0 */6 * * *", 6 * HOUR),
        ("0 6,18 * * *", 12 * HOUR),
        ("0 1,4 * * *", 21 * HOUR),
        ("0 8-18 * * 1-5", 62 * HOUR),
        ("0 0 * * 0", 7 * DAY),
        ("0 0 1 * *", 31 * DAY),
        ("0 0 1,15 * *", 17 * DAY),
        ("0 0 29 2 *", 1461 * DAY),
    ],
)
def test_the_longest_interval_of_a_schedule_is_that_between_any_two_of_its_runs(
    cron: str, interval: timedelta
) -> None:
    assert longest_interval(cron) == interval


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cron", "hours", "is_kept"),
    [
        ("0 0 * * *", 24, True),
        ("0 0 * * *", 36, True),
        ("0 0 * * *", 23, False),
        ("0 * * * *", 1, True),
        ("0 */6 * * *", 6, True),
        ("0 */6 * * *", 5, False),
        ("0 0 * * 0", 24, False),
    ],
)
def test_a_frequency_is_kept_when_no_two_runs_are_further_apart(
    cron: str, hours: int, *, is_kept: bool
) -> None:
    assert (shortfall(cron, hours * HOUR) is None) is is_kept


def test_a_frequency_that_cannot_be_kept_is_answered_with_what_to_do() -> None:
    assert shortfall("0 0 * * *", 6 * HOUR) == (
        "the schedule (0 0 * * *) cannot keep a frequency of 6 h: its runs are up to 24 h apart, "
        "and the pair is synced by each of them; choose a longer frequency, or let "
        "DISCOVERY_SCHEDULE run more often"
    )


@pytest.mark.parametrize(
    ("text", "cron"),
    [("@hourly", "0 * * * *"), ("@Daily", "0 0 * * *"), ("0  */6 * * *", "0 */6 * * *")],
)
def test_a_schedule_is_a_cron_expression_or_a_preset(text: str, cron: str) -> None:
    assert cron_of(text) == cron


@pytest.mark.parametrize(
    "text",
    ["hourly", "@yearly", "0 0 * *", "0 0 * * * *", "60 * * * *", "0 0 30 2 *", "x", "*" * 10_000],
)
def test_a_schedule_that_never_comes_or_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        cron_of(text)


@pytest.mark.parametrize("name", ["Europe", "../etc", "Europe/Krakow", "europe/berlin", ""])
def test_a_time_zone_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        zone_of(name)
