"""Recurrence rules: what they give, what is refused, and that no rule keeps us busy."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from include.discovery.dates.recurrence import (
    MOST_OCCURRENCES,
    Budget,
    Expansion,
    Rule,
    UnusableRule,
)

START = datetime.fromisoformat("2026-01-05T19:00")


def expand(rule: str, start: datetime = START, days: int = 400, skip: int = 0) -> Expansion:
    after = start + timedelta(days=skip)
    before = after + timedelta(days=days)
    return Rule.parse(rule).expand(start, after=after, before=before, budget=Budget())


@pytest.mark.parametrize(
    ("rule", "first"),
    [
        ("FREQ=DAILY", ["01-05", "01-06", "01-07"]),
        ("freq=daily;interval=2", ["01-05", "01-07", "01-09"]),
        ("FREQ=DAILY;INTERVAL=0", ["01-05", "01-06", "01-07"]),
        ("FREQ=WEEKLY;BYDAY=TU,TH", ["01-06", "01-08", "01-13"]),
        ("FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,MO", ["01-05", "01-18", "01-19"]),
        ("FREQ=MONTHLY;BYDAY=2WE", ["01-14", "02-11", "03-11"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", ["01-30", "02-27", "03-27"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", ["01-31", "02-28", "03-31"]),
        ("FREQ=MONTHLY;BYSETPOS=1;BYDAY=SA,SU", ["02-01", "03-01", "04-04"]),
        ("FREQ=YEARLY;BYMONTH=6,7;BYDAY=1SA;X-NOTE=1;", ["06-06", "07-04"]),
        ("FREQ=YEARLY;BYDAY=20MO", ["05-18"]),
        ("FREQ=DAILY;COUNT=2", ["01-05", "01-06"]),
    ],
)
def test_a_rule_gives_its_occurrences(rule: str, first: list[str]) -> None:
    assert [f"{time:%m-%d}" for time in expand(rule).times[: len(first)]] == first


@pytest.mark.parametrize(
    ("rule", "start", "first"),
    [
        ("FREQ=MONTHLY;SKIP=BACKWARD", "2027-01-31", ["01-31", "02-28", "03-31", "04-30"]),
        ("FREQ=MONTHLY;SKIP=FORWARD", "2027-01-31", ["01-31", "03-01", "03-31", "05-01"]),
        ("FREQ=MONTHLY;SKIP=OMIT", "2027-01-31", ["01-31", "03-31", "05-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=30;SKIP=BACKWARD", "2027-01-30", ["01-30", "02-28", "03-30"]),
        (
            "FREQ=MONTHLY;BYMONTHDAY=29,31;SKIP=BACKWARD;COUNT=4",
            "2027-01-29",
            ["01-29", "01-31", "02-28", "03-29"],
        ),
        (
            "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=31;SKIP=FORWARD",
            "2027-01-31",
            ["01-31", "05-01", "07-31", "10-31"],
        ),
        (
            "FREQ=YEARLY;BYMONTH=4,6;BYMONTHDAY=31;SKIP=BACKWARD",
            "2027-04-30",
            ["04-30", "06-30", "04-30"],
        ),
        ("FREQ=MONTHLY;BYMONTHDAY=15;SKIP=BACKWARD", "2027-01-15", ["01-15", "02-15"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;SKIP=BACKWARD", "2027-01-31", ["01-31", "02-28"]),
        ("FREQ=WEEKLY;SKIP=BACKWARD", "2027-01-31", ["01-31", "02-07"]),
    ],
)
def test_a_day_that_a_month_lacks_is_put_where_skip_says(
    rule: str, start: str, first: list[str]
) -> None:
    found = expand(f"RSCALE=GREGORIAN;{rule}", datetime.fromisoformat(start), days=800)
    assert [f"{time:%m-%d}" for time in found.times[: len(first)]] == first


@pytest.mark.parametrize(
    ("skip", "days"),
    [
        ("BACKWARD", ["2028-02-29", "2029-02-28", "2030-02-28"]),
        ("FORWARD", ["2028-02-29", "2029-03-01", "2030-03-01"]),
        ("OMIT", ["2028-02-29", "2032-02-29"]),
    ],
)
def test_a_leap_day_is_kept_in_other_years_as_skip_says(skip: str, days: list[str]) -> None:
    found = expand(f"FREQ=YEARLY;SKIP={skip}", datetime.fromisoformat("2028-02-29"), days=1700)
    assert [f"{time:%Y-%m-%d}" for time in found.times[: len(days)]] == days


def test_skipped_days_are_the_same_from_any_window() -> None:
    rule = "FREQ=MONTHLY;BYMONTHDAY=31;SKIP=BACKWARD"
    start = datetime.fromisoformat("2020-01-31T19:00")
    whole = expand(rule, start, days=3000).times
    for skip in (40, 700, 2000):
        part = expand(rule, start, days=900, skip=skip).times
        assert part == tuple(time for time in whole if part[0] <= time <= part[-1])


@pytest.mark.parametrize(
    ("rule", "first"),
    [
        ("BYDAY=MO,WE,FR;BYSETPOS=2", ["12-02", "12-09", "12-16"]),
        ("BYDAY=MO,WE,FR;BYSETPOS=-1", ["12-04", "12-11", "12-18"]),
        ("BYDAY=MO,WE,FR;BYSETPOS=1", ["12-07", "12-14", "12-21"]),
        ("BYDAY=MO,TU,WE,TH,FR;BYSETPOS=3,5;COUNT=3", ["12-02", "12-04", "12-09"]),
        ("BYDAY=SU,WE;WKST=SU;BYSETPOS=1", ["12-06", "12-13"]),
        ("BYDAY=SU,WE;WKST=MO;BYSETPOS=1", ["12-02", "12-09"]),
        ("INTERVAL=2;BYDAY=MO,WE;BYSETPOS=2", ["12-02", "12-16", "12-30"]),
    ],
)
def test_positions_in_a_week_are_counted_from_its_first_day(rule: str, first: list[str]) -> None:
    start = datetime.fromisoformat("2026-12-02T19:00")
    found = expand(f"FREQ=WEEKLY;{rule}", start)
    assert [f"{time:%m-%d}" for time in found.times[: len(first)]] == first
    if "COUNT" not in rule:
        later = expand(f"FREQ=WEEKLY;{rule}", start, skip=30).times
        assert set(later[:3]) <= set(found.times)


@pytest.mark.parametrize("skip", ["SIDEWAYS", "1"])
def test_an_unknown_skip_is_refused(skip: str) -> None:
    with pytest.raises(UnusableRule, match="SKIP="):
        Rule.parse(f"FREQ=MONTHLY;SKIP={skip}")


@given(
    frequency=st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    interval=st.integers(1, 40),
    part=st.sampled_from(["", ";BYDAY=MO,FR", ";BYMONTHDAY=5,20", ";BYMONTH=3,9", ";WKST=SU"]),
    start=st.datetimes(
        min_value=datetime.fromisoformat("2001-01-01"),
        max_value=datetime.fromisoformat("2026-01-01"),
    ),
)
@settings(deadline=None)
def test_skipping_ahead_gives_the_same_occurrences_as_counting_there(
    frequency: str, interval: int, part: str, start: datetime
) -> None:
    start = start.replace(microsecond=0)
    rule = f"FREQ={frequency};INTERVAL={interval}{part}"
    after, before = datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2026-03-01")
    walked = rrulestr(rule, dtstart=start).between(after, before, inc=True)
    found = Rule.parse(rule).expand(start, after=after, before=before, budget=Budget())
    assert list(found.times) == walked[:MOST_OCCURRENCES]


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=FORTNIGHTLY",
        "FREQ=SECONDLY",
        "COUNT=3",
        "FREQ=DAILY;INTERVAL=often",
        "FREQ=DAILY;COUNT=99999999999999999999",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=MONTHLY;BYDAY=0MO",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=YEARLY;BYMONTH=-1",
        "FREQ=DAILY;BYHOUR=24",
        "FREQ=YEARLY;RSCALE=HEBREW",
        "FREQ=YEARLY;BYDAY=1MO;BYMONTHDAY=25",
        "FREQ=DAILY;BYHOUR=1,2;BYMINUTE="
        + ",".join(map(str, range(60)))
        + ";BYSECOND="
        + ",".join(map(str, range(60))),
    ],
)
def test_an_unusable_rule_is_refused(rule: str) -> None:
    with pytest.raises(UnusableRule):
        Rule.parse(rule)


@pytest.mark.parametrize("rule", ["FREQ=MINUTELY", "FREQ=HOURLY", "FREQ=DAILY;BYHOUR=1,2,3,4,5,6"])
def test_a_series_without_end_is_cut(rule: str) -> None:
    found = expand(rule)
    assert (len(found.times), found.cut) == (MOST_OCCURRENCES, "recurs too often")


@pytest.mark.slow
@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=4;BYMONTHDAY=31",
        "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=9",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MINUTELY;COUNT=999999",
        "FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1",
    ],
)
@pytest.mark.parametrize("start", [datetime.fromisoformat("1900-01-01"), START])
def test_no_rule_takes_long(rule: str, start: datetime) -> None:
    begin = time.process_time()
    found = expand(rule, start, skip=46_000)
    assert time.process_time() - begin < 3
    assert found == Expansion((), "recurrence takes too long to follow")


def test_rules_of_one_document_share_a_budget() -> None:
    budget = Budget(steps=5_000)
    rule = Rule.parse("FREQ=DAILY")
    later = START + timedelta(days=400)
    first = rule.expand(START, after=START, before=later, budget=budget)
    second = rule.expand(START, after=START, before=later, budget=budget)
    assert (len(first.times), first.cut) == (401, None)
    assert second.cut


def test_occurrences_of_one_document_are_bounded_together() -> None:
    budget = Budget(occurrences=500)
    rule = Rule.parse("FREQ=DAILY")
    later = START + timedelta(days=400)
    lengths = [
        len(rule.expand(START, after=START, before=later, budget=budget).times) for _ in range(3)
    ]
    assert lengths == [401, 99, 0]


def takes_less_than(seconds: float, call: Callable[[], None]) -> bool:
    """Say whether the least of some calls takes less processor time: one alone may be disturbed."""
    for _ in range(3):
        begin = time.process_time()
        call()
        if time.process_time() - begin < seconds:
            return True
    return False


def numbers(last: int, first: int = 0) -> str:
    return ",".join(map(str, range(first, last + 1)))


EVERY_TIME = f"BYHOUR={numbers(23)};BYMINUTE={numbers(59)}"
EVERY_SECOND = f"BYSECOND={numbers(59)}"
BOTH_WAYS = f"{numbers(366, 1)},{numbers(-1, -366)}"
NEVER = "BYMONTH=2;BYMONTHDAY=30"


@pytest.mark.slow
@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYSETPOS=366;BYDAY=MO",
        "FREQ=WEEKLY;BYSETPOS=366;BYDAY=MO",
        "FREQ=HOURLY;BYMINUTE=1;BYSETPOS=2",
        "FREQ=MINUTELY;BYSETPOS=3",
        "FREQ=MINUTELY;COUNT=999999",
        f"FREQ=YEARLY;BYMONTH={numbers(12, 1)};BYMONTHDAY={numbers(31, 1)};{EVERY_TIME}",
        f"FREQ=MONTHLY;BYMONTHDAY={numbers(31, 1)};{EVERY_TIME}",
        f"FREQ=MINUTELY;{EVERY_SECOND}",
        f"FREQ=MINUTELY;{EVERY_SECOND};{NEVER}",
        f"FREQ=MINUTELY;{EVERY_SECOND};BYSETPOS=61",
        f"FREQ=HOURLY;{EVERY_SECOND};BYMINUTE={numbers(23)};{NEVER}",
        f"FREQ=MINUTELY;BYHOUR=3;{NEVER}",
        f"FREQ=MINUTELY;INTERVAL=7;BYHOUR=3;BYMINUTE=0;{NEVER}",
        f"FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS={BOTH_WAYS}",
        f"FREQ=YEARLY;BYYEARDAY={BOTH_WAYS};{NEVER}",
        f"FREQ=YEARLY;BYWEEKNO={numbers(53, 1)},{numbers(-1, -53)};{NEVER}",
        "FREQ=YEARLY;BYDAY=" + ",".join(f"{n}MO" for n in range(-53, 54) if n),
        "FREQ=MONTHLY;BYMONTH=2;BYDAY=" + ",".join(f"{n}MO" for n in range(-5, 6) if n),
        "FREQ=DAILY;INTERVAL=999999",
        "FREQ=WEEKLY;INTERVAL=99999",
        "FREQ=MINUTELY;INTERVAL=999999",
    ],
)
def test_the_rules_of_one_document_end_together_however_many_there_are(rule: str) -> None:
    """A quarter of what a document may cost, which is more than two rules may."""
    start = datetime.fromisoformat("1999-12-31")
    parsed = Rule.parse(rule)
    after, before = datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2028-01-01")

    def all_of_them() -> None:
        budget = Budget(steps=Budget().steps // 4)
        for _ in range(300):
            found = parsed.expand(start, after=after, before=before, budget=budget)
        assert found.cut or len(found.times) < MOST_OCCURRENCES

    assert takes_less_than(1, all_of_them)


@pytest.mark.slow
@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;COUNT=40000",
        "FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=19000",
        "FREQ=MONTHLY;BYDAY=-1FR;COUNT=2000",
        "FREQ=YEARLY;BYDAY=20MO;COUNT=200",
        "FREQ=YEARLY;BYMONTH=6,7;BYDAY=1SA;COUNT=400",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1;COUNT=4000",
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=200",
        "FREQ=YEARLY;BYYEARDAY=1,100,-1;COUNT=500",
    ],
)
def test_a_rule_counted_from_a_century_ago_is_read_to_this_year(rule: str) -> None:
    start = datetime.fromisoformat("1920-01-01T19:00")
    after, before = datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2027-01-01")
    found = Rule.parse(rule).expand(start, after=after, before=before, budget=Budget())
    assert found == Expansion(tuple(rrulestr(rule, dtstart=start).between(after, before, inc=True)))
    assert found.times


@pytest.mark.parametrize("rule", ["FREQ=HOURLY", f"FREQ=DAILY;BYHOUR={numbers(23)}"])
def test_an_hourly_rule_counted_from_a_year_ago_is_read_to_today(rule: str) -> None:
    after = START + timedelta(days=365)
    found = Rule.parse(f"{rule};COUNT=20000").expand(
        START, after=after, before=after + timedelta(days=1), budget=Budget()
    )
    assert found == Expansion(tuple(after + timedelta(hours=n) for n in range(25)))
