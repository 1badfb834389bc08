"""Recurring iCalendar events: rules, exceptions, moved and cancelled instances, repeated UIDs."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from include.discovery.model import EventStatus
from tests.connectors.icalendar.ics_support import CUSTOM_ZONE, event, feed, read, records, starts

WEEKLY = ("DTSTART;TZID=Europe/Warsaw:20260302T190000", "RRULE:FREQ=WEEKLY;COUNT=4")
MONDAYS = ["2026-03-02 19:00", "2026-03-09 19:00", "2026-03-16 19:00", "2026-03-23 19:00"]


def without(*dates: str) -> list[str]:
    return [start for start in MONDAYS if start[5:10] not in dates]


# Rules


def test_a_series_has_one_record_for_each_start() -> None:
    found = records(event(*WEEKLY))
    assert starts(found) == MONDAYS
    assert [item.external_id for item in found][:2] == [
        "a@example.org/20260302T190000",
        "a@example.org/20260309T190000",
    ]
    assert {item.series_id for item in found} == {"a@example.org"}


def test_a_single_event_belongs_to_no_series() -> None:
    (found,) = records(event("DTSTART:20260302T190000"))
    assert (found.external_id, found.series_id) == ("a@example.org", None)


def test_a_series_keeps_its_time_when_the_clocks_change() -> None:
    found = records(event("DTSTART;TZID=Europe/Warsaw:20260328T190000", "RRULE:FREQ=DAILY;COUNT=2"))
    assert [f"{item.starts_at}" for item in found] == [
        "2026-03-28 19:00:00+01:00",
        "2026-03-29 19:00:00+02:00",
    ]


def test_a_series_in_utc_keeps_its_time_in_utc() -> None:
    found = records(event("DTSTART:20260328T180000Z", "RRULE:FREQ=DAILY;COUNT=2"))
    assert starts(found) == ["2026-03-28 19:00", "2026-03-29 20:00"]


def test_a_series_in_a_zone_of_the_files_own_keeps_its_time_there() -> None:
    found = records(
        CUSTOM_ZONE, event("DTSTART;TZID=Our own time:20260328T200000", "RRULE:FREQ=DAILY;COUNT=2")
    )
    assert [f"{item.starts_at}" for item in found] == [
        "2026-03-28 19:00:00+01:00",
        "2026-03-29 19:00:00+02:00",
    ]


def test_an_occurrence_at_a_skipped_time_moves_forward_and_keeps_its_id() -> None:
    found = records(event("DTSTART;TZID=Europe/Warsaw:20260328T023000", "RRULE:FREQ=DAILY;COUNT=3"))
    assert starts(found) == ["2026-03-28 02:30", "2026-03-29 03:30", "2026-03-30 02:30"]
    assert found[1].external_id.endswith("/20260329T023000")


def test_an_occurrence_in_the_repeated_hour_is_the_first_of_the_two() -> None:
    found = records(event("DTSTART;TZID=Europe/Warsaw:20261024T023000", "RRULE:FREQ=DAILY;COUNT=2"))
    assert f"{found[1].starts_at}" == "2026-10-25 02:30:00+02:00"


def test_an_hourly_series_has_an_id_for_each_of_the_repeated_hours() -> None:
    found = records(event("DTSTART:20261024T233000Z", "RRULE:FREQ=HOURLY;COUNT=4"))
    assert len({item.external_id for item in found}) == 4


@pytest.mark.parametrize(
    ("length", "ends"),
    [
        # the clocks go forward in the night to 29 March 2026
        ("DTEND;TZID=Europe/Warsaw:20260328T010000", ["2026-03-28 01:00", "2026-03-29 01:00"]),
        ("DTEND;TZID=Europe/Warsaw:20260328T060000", ["2026-03-28 06:00", "2026-03-29 07:00"]),
        ("DURATION:PT8H", ["2026-03-28 06:00", "2026-03-29 07:00"]),
        ("DURATION:P1D", ["2026-03-28 22:00", "2026-03-29 22:00"]),
    ],
)
def test_a_duration_in_days_follows_the_clock_and_one_in_hours_is_exact(
    length: str, ends: list[str]
) -> None:
    found = records(
        event("DTSTART;TZID=Europe/Warsaw:20260327T220000", length, "RRULE:FREQ=DAILY;COUNT=2")
    )
    assert [f"{item.ends_at:%Y-%m-%d %H:%M}" for item in found] == ends


def test_an_all_day_series_has_days_without_a_time() -> None:
    found = records(event("DTSTART;VALUE=DATE:20260328", "RRULE:FREQ=DAILY;COUNT=2"))
    assert starts(found) == ["2026-03-28", "2026-03-29"]
    assert found[0].external_id == "a@example.org/20260328"


def test_several_rules_of_a_series_add_up() -> None:
    assert starts(records(event(*WEEKLY, "RRULE:FREQ=YEARLY;COUNT=2"))) == [
        *MONDAYS,
        "2027-03-02 19:00",
    ]


def test_the_start_is_an_occurrence_even_where_its_rule_does_not_give_it() -> None:
    found = records(event("DTSTART:20260303T190000", "RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=1"))
    assert starts(found) == ["2026-03-03 19:00", "2026-03-09 19:00"]


@pytest.mark.parametrize(
    ("start", "until", "last"),
    [
        ("DTSTART;TZID=Europe/Warsaw:20260302T190000", "20260304T180000Z", "2026-03-04 19:00"),
        ("DTSTART;TZID=Europe/Warsaw:20260302T190000", "20260304T175959Z", "2026-03-03 19:00"),
        ("DTSTART;TZID=Europe/Warsaw:20260302T190000", "20260304", "2026-03-04 19:00"),
        ("DTSTART;TZID=Europe/Warsaw:20260302T190000", "20260304T190000", "2026-03-04 19:00"),
        ("DTSTART:20260302T190000", "20260304T180000Z", "2026-03-04 19:00"),
        ("DTSTART:20260302T190000Z", "20260304T190000", "2026-03-04 20:00"),
        ("DTSTART;VALUE=DATE:20260302", "20260304", "2026-03-04"),
        ("DTSTART;VALUE=DATE:20260302", "20260303T230000Z", "2026-03-04"),
        ("DTSTART;VALUE=DATE:20260302", "20260304T000000", "2026-03-04"),
        ("DTSTART:20260302T190000", "20250101", "2026-03-02 19:00"),
    ],
)
def test_until_may_have_any_value_type(start: str, until: str, last: str) -> None:
    assert starts(records(event(start, f"RRULE:FREQ=DAILY;UNTIL={until}")))[-1] == last


# Horizon


def test_a_rule_without_a_window_runs_for_400_days_from_its_start() -> None:
    found = records(event("DTSTART:20200101T190000", "RRULE:FREQ=DAILY"))
    assert (len(found), starts(found)[-1]) == (401, "2021-02-04 19:00")


def test_a_window_bounds_rules_to_the_day() -> None:
    body = feed(event("DTSTART:20200101T190000", "RRULE:FREQ=DAILY"))
    found = read(body, date(2026, 3, 1), date(2026, 3, 3)).records
    assert starts(list(found)) == ["2026-03-01 19:00", "2026-03-02 19:00", "2026-03-03 19:00"]


def test_a_window_is_one_of_local_days() -> None:
    body = feed(event("DTSTART:20200101T233000Z", "RRULE:FREQ=DAILY"))
    found = read(body, date(2026, 3, 2), date(2026, 3, 2)).records
    assert starts(list(found)) == ["2026-03-02 00:30"]


@pytest.mark.parametrize(
    ("lines", "inside"),
    [
        (["DTSTART;VALUE=DATE:20260201", "DTEND;VALUE=DATE:20260311"], True),
        (["DTSTART;VALUE=DATE:20260201", "DTEND;VALUE=DATE:20260310"], False),
        (["DTSTART:20260309T220000", "DTEND:20260310T030000"], True),
        (["DTSTART:20260309T220000", "DTEND:20260310T000000"], False),
        (["DTSTART:20260320T233000"], True),
        (["DTSTART:20260321T000000"], False),
        (["DTSTART;VALUE=DATE:20260228", "DURATION:P7D", "RRULE:FREQ=WEEKLY;COUNT=2"], True),
        (["DTSTART:20260101T190000", "RDATE:20260315T190000"], True),
    ],
)
def test_an_occurrence_with_a_day_in_the_window_is_inside(lines: list[str], inside: bool) -> None:
    assert bool(read(feed(event(*lines)), date(2026, 3, 10), date(2026, 3, 20)).records) == inside


# Extra and left-out dates


@pytest.mark.parametrize(
    ("line", "added"),
    [
        ("RDATE;TZID=Europe/Warsaw:20260401T180000", "2026-04-01 18:00"),
        ("RDATE:20260401T160000Z", "2026-04-01 18:00"),
        ("RDATE;TZID=Europe/London:20260401T170000", "2026-04-01 18:00"),
        ("RDATE;VALUE=DATE:20260401", "2026-04-01 19:00"),
        ("RDATE;VALUE=PERIOD:20260401T160000Z/PT3H", "2026-04-01 18:00"),
        ("RDATE;VALUE=PERIOD:20260401T160000Z/20260401T190000Z", "2026-04-01 18:00"),
    ],
)
def test_additional_dates_are_occurrences(line: str, added: str) -> None:
    assert starts(records(event(*WEEKLY, line))) == [*MONDAYS, added]


def test_a_period_has_its_own_length() -> None:
    found = records(
        event(*WEEKLY, "DURATION:PT1H", "RDATE;VALUE=PERIOD:20260401T160000Z/PT3H,20260402T160000Z")
    )
    assert [f"{item.ends_at:%H:%M}" for item in found[-2:]] == ["21:00", "19:00"]


@pytest.mark.parametrize(
    "line",
    [
        "EXDATE;TZID=Europe/Warsaw:20260309T190000",
        "EXDATE:20260309T190000",
        "EXDATE:20260309T180000Z",
        "EXDATE;TZID=America/New_York:20260309T140000",
        "EXDATE;VALUE=DATE:20260309",
        "EXDATE:20260309",
        "EXDATE:20250101T000000Z,20260309T180000Z",
        "EXDATE:20250101\nEXDATE:20260309",
    ],
)
def test_an_excluded_date_matches_in_any_zone_and_value_type(line: str) -> None:
    assert starts(records(event(*WEEKLY, line))) == without("03-09")


@pytest.mark.parametrize(
    "line",
    [
        "EXDATE;VALUE=DATE:20260303",
        "EXDATE:20260303T000000Z",
        "EXDATE:20260303T000000",
        "EXDATE:20260302T230000Z",
        "EXDATE;TZID=America/New_York:20260303T000000",
    ],
)
def test_an_excluded_day_removes_an_occurrence_of_an_all_day_series(line: str) -> None:
    found = records(event("DTSTART;VALUE=DATE:20260302", "RRULE:FREQ=DAILY;COUNT=3", line))
    assert starts(found) == ["2026-03-02", "2026-03-04"]


def test_an_excluded_date_that_fits_no_occurrence_changes_nothing() -> None:
    assert starts(records(event(*WEEKLY, "EXDATE:20260309T180000"))) == MONDAYS


def test_an_unreadable_excluded_date_gives_a_warning() -> None:
    found = records(event(*WEEKLY, "EXDATE:never"))
    assert starts(found) == MONDAYS
    assert "exception date not understood" in found[0].warnings[0]


# Instances that differ


def instance(*lines: str, of: str = ";TZID=Europe/Warsaw:20260309T190000", **more: Any) -> str:
    return event(f"RECURRENCE-ID{of}", *lines, **more)


@pytest.mark.parametrize(
    "of",
    [
        ";TZID=Europe/Warsaw:20260309T190000",
        ":20260309T180000Z",
        ":20260309T190000",
        ";TZID=Europe/London:20260309T180000",
        ";VALUE=DATE:20260309",
    ],
)
def test_a_moved_instance_takes_the_place_and_the_id_of_the_one_it_replaces(of: str) -> None:
    moved = instance("DTSTART;TZID=Europe/Warsaw:20260310T200000", of=of, title="Moved")
    found = records(event(*WEEKLY), moved)
    assert sorted(starts(found)) == sorted([*without("03-09"), "2026-03-10 20:00"])
    (changed,) = [item for item in found if item.title == "Moved"]
    assert changed.external_id == "a@example.org/20260309T190000"
    assert changed.series_id == "a@example.org"


def test_an_instance_may_come_before_its_series_in_the_file() -> None:
    moved = instance("DTSTART;TZID=Europe/Warsaw:20260310T200000")
    assert len(records(moved, event(*WEEKLY))) == 4


def test_a_moved_day_of_an_all_day_series_may_be_written_as_midnight_elsewhere() -> None:
    master = event("DTSTART;VALUE=DATE:20260302", "RRULE:FREQ=WEEKLY;COUNT=2")
    moved = instance("DTSTART;VALUE=DATE:20260310", of=";TZID=Europe/London:20260309T000000")
    found = records(master, moved, zone=ZoneInfo("America/New_York"))
    assert starts(found) == ["2026-03-02", "2026-03-10"]


def test_an_instance_moved_into_the_window_is_read_and_one_moved_out_is_not() -> None:
    body = feed(event(*WEEKLY), instance("DTSTART;TZID=Europe/Warsaw:20260701T190000"))
    assert starts(list(read(body, date(2026, 7, 1), date(2026, 7, 2)).records)) == [
        "2026-07-01 19:00"
    ]
    assert not read(body, date(2026, 3, 8), date(2026, 3, 12)).records


def test_a_cancelled_instance_is_a_cancelled_record() -> None:
    cancelled = instance("STATUS:CANCELLED", "DTSTART;TZID=Europe/Warsaw:20260309T190000")
    status = {f"{item.local_date}": item.status for item in records(event(*WEEKLY), cancelled)}
    assert status["2026-03-09"] is EventStatus.CANCELLED
    assert status["2026-03-16"] is EventStatus.SCHEDULED


def test_a_cancelled_instance_may_leave_out_all_other_properties() -> None:
    bare = instance("STATUS:CANCELLED", title=None)
    found = records(event(*WEEKLY, "LOCATION:Blue Cellar"), bare)
    (cancelled,) = [item for item in found if item.status is EventStatus.CANCELLED]
    assert (cancelled.title, f"{cancelled.starts_at:%m-%d %H:%M}") == ("Night Walk", "03-09 19:00")
    assert cancelled.venue is not None


def test_a_cancelled_series_is_cancelled_throughout() -> None:
    found = records(event(*WEEKLY, "STATUS:CANCELLED"))
    assert {item.status for item in found} == {EventStatus.CANCELLED}


def test_the_version_of_an_instance_with_the_higher_sequence_counts() -> None:
    at = "DTSTART;TZID=Europe/Warsaw:20260309T190000"
    newer = instance(at, "SEQUENCE:2", title="Newer")
    older = instance(at, "SEQUENCE:1", title="Older")
    titles = {item.title for item in records(event(*WEEKLY), newer, older)}
    assert titles == {"Night Walk", "Newer"}


def test_instances_without_their_series_are_plain_events() -> None:
    first = instance("DTSTART;TZID=Europe/Warsaw:20260309T190000")
    second = instance(
        "DTSTART;TZID=Europe/Warsaw:20260317T190000", of=";TZID=Europe/Warsaw:20260316T190000"
    )
    found = records(first, second)
    assert [item.external_id for item in found] == [
        "a@example.org/20260309T190000",
        "a@example.org/20260316T190000",
    ]


def test_a_change_of_this_and_future_instances_goes_on() -> None:
    change = instance(
        "DTSTART;TZID=Europe/Warsaw:20260309T200000",
        "DURATION:PT2H",
        of=";TZID=Europe/Warsaw;RANGE=THISANDFUTURE:20260309T190000",
        title="Later Walk",
    )
    found = sorted(records(event(*WEEKLY), change), key=lambda item: f"{item.starts_at}")
    assert [item.title for item in found] == ["Night Walk", *["Later Walk"] * 3]
    assert starts(found)[1:] == ["2026-03-09 20:00", "2026-03-16 20:00", "2026-03-23 20:00"]
    assert found[2].external_id == "a@example.org/20260316T190000"


# One UID more than once


def test_the_change_with_the_higher_sequence_supersedes_the_lower() -> None:
    old = event("DTSTART:20260302T190000", "SEQUENCE:1")
    new = event("DTSTART:20260303T200000", "SEQUENCE:2")
    assert starts(records(new, old)) == ["2026-03-03 20:00"]


def test_the_later_change_of_a_series_supersedes_the_earlier() -> None:
    new = event("DTSTART:20260302T190000", "LAST-MODIFIED:20260102T000000Z", title="New")
    old = event("DTSTART:20260302T190000", "LAST-MODIFIED:20260101T000000Z", title="Old")
    (found,) = records(new, old)
    assert found.title == "New"


def test_an_event_that_comes_twice_counts_once() -> None:
    assert len(records(event("DTSTART:20260302T190000"), event("DTSTART:20260302T190000"))) == 1


def test_different_events_under_one_uid_are_both_kept() -> None:
    found = records(
        event("DTSTART:20260302T190000", title="Lecture"),
        event("DTSTART:20260309T190000", title="Concert"),
    )
    assert [item.external_id for item in found] == [
        "a@example.org/20260302T190000",
        "a@example.org/20260309T190000",
    ]
    assert found[0].warnings == ("the feed uses this UID for several events",)


def test_different_titles_at_one_time_under_one_uid_are_both_kept() -> None:
    found = records(
        event("DTSTART:20260302T190000", title="Lecture"),
        event("DTSTART:20260302T190000", title="Concert"),
    )
    assert {item.title for item in found} == {"Lecture", "Concert"}
    assert len({item.external_id for item in found}) == 2


def test_the_id_of_an_event_without_a_uid_is_made_of_title_start_and_place() -> None:
    at = "DTSTART:20260302T190000"
    (one,) = records(event(at, uid=None))
    (again,) = records(event(at, "DTSTAMP:20300101T000000Z", uid=None))
    (other,) = records(event(at, "LOCATION:Elsewhere", uid=None))
    assert one.external_id == again.external_id != other.external_id
    assert one.warnings == ("no UID: made from title, start and place",)


def test_a_series_that_is_spread_over_several_calendars_of_a_file_is_one() -> None:
    moved = instance("DTSTART;TZID=Europe/Warsaw:20260310T200000")
    assert len(read(feed(event(*WEEKLY)) + feed(moved)).records) == 4
