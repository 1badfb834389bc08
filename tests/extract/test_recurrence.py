"""Recurrence rules: what they give, what is refused, and that no rule keeps us busy."""

import time
from datetime import datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from include.discovery.extract.recurrence import (
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
def test_rules(rule, first):
    assert [f"{time:%m-%d}" for time in expand(rule).times[: len(first)]] == first


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
def test_skipping_ahead_gives_what_walking_there_gives(frequency, interval, part, start):
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
def test_what_is_no_usable_rule_is_refused(rule):
    with pytest.raises(UnusableRule):
        Rule.parse(rule)


@pytest.mark.parametrize("rule", ["FREQ=MINUTELY", "FREQ=HOURLY", "FREQ=DAILY;BYHOUR=1,2,3,4,5,6"])
def test_a_series_without_end_is_cut(rule):
    found = expand(rule)
    assert (len(found.times), found.cut) == (MOST_OCCURRENCES, "recurs too often")


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
def test_no_rule_keeps_us_busy(rule, start):
    begin = time.process_time()
    found = expand(rule, start, skip=46_000)
    assert time.process_time() - begin < 3
    assert found == Expansion((), "recurrence takes too long to follow")


def test_rules_of_one_document_share_a_budget():
    budget = Budget(checks=500)
    rule = Rule.parse("FREQ=DAILY")
    later = START + timedelta(days=400)
    first = rule.expand(START, after=START, before=later, budget=budget)
    second = rule.expand(START, after=START, before=later, budget=budget)
    assert (len(first.times), first.cut) == (401, None)
    assert second.cut


def test_occurrences_of_one_document_are_bounded_together():
    budget = Budget(occurrences=500)
    rule = Rule.parse("FREQ=DAILY")
    later = START + timedelta(days=400)
    lengths = [
        len(rule.expand(START, after=START, before=later, budget=budget).times) for _ in range(3)
    ]
    assert lengths == [401, 99, 0]
