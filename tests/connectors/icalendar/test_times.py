"""When an iCalendar event is: time zones, ends, days, and the values that carry them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.connectors.icalendar.values import (
    Span,
    Timestamp,
    parse_offset,
    parse_span,
    parse_timestamp,
)
from tests.connectors.icalendar.ics_support import CUSTOM_ZONE, event, feed, read, record, records

BERLIN = "TZID:Unknown\nX-LIC-LOCATION:Europe/Berlin"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "calendar", "instant", "zone"),
    [
        # the TZID says it
        ("DTSTART;TZID=Europe/Paris:20260707T200000", "", "2026-07-07 18:00", "Europe/Paris"),
        ("DTSTART;TZID=europe/paris:20260707T200000", "", "2026-07-07 18:00", "Europe/Paris"),
        ('DTSTART;TZID="Europe/Paris":20260707T200000', "", "2026-07-07 18:00", "Europe/Paris"),
        (
            "DTSTART;TZID=/example.net/2006/Europe/Paris:20260707T200000",
            "",
            "2026-07-07 18:00",
            "Europe/Paris",
        ),
        (
            "DTSTART;TZID=Romance Standard Time:20260707T200000",
            "",
            "2026-07-07 18:00",
            "Europe/Paris",
        ),
        ("DTSTART;TZID=UTC:20260707T200000", "", "2026-07-07 20:00", "Europe/Warsaw"),
        # the file defines it
        ("DTSTART;TZID=Our own time:20260707T200000", "own", "2026-07-07 17:00", "Europe/Warsaw"),
        ("DTSTART;TZID=Our own time:20260107T200000", "own", "2026-01-07 18:00", "Europe/Warsaw"),
        ("DTSTART;TZID=Unknown:20260707T200000", "located", "2026-07-07 18:00", "Europe/Berlin"),
        # floating: the calendar's zone, else the source's
        (
            "DTSTART:20260707T200000",
            "X-WR-TIMEZONE:Europe/Rome",
            "2026-07-07 18:00",
            "Europe/Rome",
        ),
        ("DTSTART:20260707T200000", "", "2026-07-07 18:00", "Europe/Warsaw"),
        # instants: shown in the calendar's zone, else in the source's
        (
            "DTSTART:20260708T010000Z",
            "X-WR-TIMEZONE:America/New_York",
            "2026-07-08 01:00",
            "America/New_York",
        ),
        ("DTSTART:20260707T200000Z", "", "2026-07-07 20:00", "Europe/Warsaw"),
        ("DTSTART;TZID=Europe/Paris:20260707T200000Z", "", "2026-07-07 20:00", "Europe/Warsaw"),
        # not allowed, and sent
        ("DTSTART:20260707T200000+0500", "", "2026-07-07 15:00", "Europe/Warsaw"),
        ("DTSTART:2026-07-07T20:00:00", "", "2026-07-07 18:00", "Europe/Warsaw"),
        ("DTSTART:20260707T2000", "", "2026-07-07 18:00", "Europe/Warsaw"),
        ("DTSTART:20260707T240000", "", "2026-07-07 22:00", "Europe/Warsaw"),
    ],
)
def test_a_start_becomes_an_instant_in_its_zone(
    start: str, calendar: str, instant: str, zone: str
) -> None:
    located = f"BEGIN:VTIMEZONE\n{BERLIN}\nEND:VTIMEZONE"
    head = {"own": CUSTOM_ZONE, "located": located}.get(calendar, calendar or "X-A:b")
    (found,) = records(head, event(start))
    assert (found.starts_at, found.timezone) == (utc(instant), zone)
    assert found.warnings == ()


def test_the_date_is_that_of_the_zone_in_which_an_instant_is_shown() -> None:
    (found,) = records("X-WR-TIMEZONE:America/New_York", event("DTSTART:20260708T010000Z"))
    assert f"{found.local_date}" == "2026-07-07"


def test_a_time_zone_definition_may_follow_the_event_that_uses_it() -> None:
    (found,) = records(event("DTSTART;TZID=Our own time:20260707T200000"), CUSTOM_ZONE)
    assert found.starts_at == utc("2026-07-07 17:00")


def test_the_time_zone_definition_of_one_feed_does_not_leak_into_the_next() -> None:
    start = "DTSTART;TZID=Our own time:20260707T200000"
    records(CUSTOM_ZONE, event(start))
    (found,) = records(event(start))
    assert found.starts_at == utc("2026-07-07 18:00")
    assert found.warnings == ("time zone 'Our own time' is unknown: Europe/Warsaw taken",)


def test_an_unknown_calendar_zone_is_warned_of_where_it_matters() -> None:
    zoned = event("DTSTART;TZID=Europe/Paris:20260707T200000", uid="1")
    floating = event("DTSTART:20260707T200000", uid="2")
    first, second = records("X-WR-TIMEZONE:Middle-earth/Shire", zoned, floating)
    assert first.warnings == ()
    assert second.warnings == (
        "time zone of the calendar 'Middle-earth/Shire' is unknown: Europe/Warsaw taken",
    )


@pytest.mark.parametrize(
    "broken",
    [
        "TZID:Bad\nTZID:Twice",
        "TZID:Bad",
        "TZID:Bad\nBEGIN:STANDARD\nDTSTART:16010101T000000\nEND:STANDARD",
        "TZID:Bad\nBEGIN:STANDARD\nDTSTART:x\nTZOFFSETFROM:+01\nTZOFFSETTO:?\nEND:STANDARD",
        CUSTOM_ZONE.replace("Our own time", "Bad").replace("FREQ=YEARLY", "FREQ=SECONDLY"),
        "",
    ],
)
def test_a_bad_time_zone_definition_costs_no_event(broken: str) -> None:
    zone = f"BEGIN:VTIMEZONE\n{broken}\nEND:VTIMEZONE"
    bad = event("DTSTART;TZID=Bad:20260707T200000", uid="1")
    good = event("DTSTART;TZID=Europe/Paris:20260707T200000", uid="2")
    first, second = records(zone, bad, good)
    assert first.starts_at == utc("2026-07-07 18:00")  # by the source's own zone
    assert "Europe/Warsaw taken" in first.warnings[0]
    assert second.warnings == ()


def test_a_defined_zone_skips_and_repeats_hours() -> None:
    # 29 March 2026: 02:00 +2 becomes 03:00 +3; 25 October: 03:00 +3 becomes 02:00 +2.
    gap = event("DTSTART;TZID=Our own time:20260329T023000", uid="1")
    overlap = event("DTSTART;TZID=Our own time:20261025T023000", uid="2")
    first, second = records(CUSTOM_ZONE, gap, overlap)
    assert first.starts_at == utc("2026-03-29 00:30")
    assert second.starts_at == utc("2026-10-24 23:30")


def test_a_time_that_the_clocks_skip_moves_forward_with_a_warning() -> None:
    (found,) = records(event("DTSTART;TZID=Europe/Warsaw:20260329T023000"))
    assert f"{found.starts_at}" == "2026-03-29 03:30:00+02:00"
    assert "does not exist" in found.warnings[0]


@pytest.mark.parametrize(
    ("lines", "end"),
    [
        (["DTEND:20260307T213000"], "2026-03-07 21:30"),
        (["DTEND;TZID=Europe/London:20260307T213000"], "2026-03-07 22:30"),
        (["DTEND:20260307T213000Z"], "2026-03-07 22:30"),
        (["DURATION:PT90M"], "2026-03-07 20:30"),
        (["DURATION:P1DT1H"], "2026-03-08 20:00"),
        (["DTEND:20260307T190000"], None),  # no length at all: the end is not known
        (["DTEND:20260307T013000"], "2026-03-08 01:30"),  # past midnight
        (["DTEND:20260306T120000"], None),
        (["DTEND;VALUE=DATE:20260308"], "2026-03-08 00:00"),
        (["DTEND:nonsense"], None),
        (["DURATION:nonsense"], None),
        (["DTEND:22060307T213000"], None),
        ([], None),
    ],
)
def test_the_end_of_a_timed_event_is_read(lines: list[str], end: str | None) -> None:
    found = record(*lines)
    assert (f"{found.ends_at:%Y-%m-%d %H:%M}" if found.ends_at else None) == end
    assert f"{found.starts_at:%H:%M}" == "19:00"


@pytest.mark.parametrize(
    ("lines", "first", "last"),
    [
        (["DTSTART;VALUE=DATE:20260307"], "2026-03-07", None),
        (["DTSTART:20260307"], "2026-03-07", None),
        (["DTSTART;VALUE=DATE:20260307", "DTEND;VALUE=DATE:20260308"], "2026-03-07", None),
        (["DTSTART;VALUE=DATE:20260307", "DTEND;VALUE=DATE:20260307"], "2026-03-07", None),
        (["DTSTART;VALUE=DATE:20260307", "DTEND;VALUE=DATE:20260310"], "2026-03-07", "2026-03-09"),
        (["DTSTART;VALUE=DATE:20260307", "DTEND;VALUE=DATE:20260301"], "2026-03-07", None),
        (["DTSTART;VALUE=DATE:20260307", "DURATION:P3D"], "2026-03-07", "2026-03-09"),
        (["DTSTART;VALUE=DATE:20260307", "DURATION:PT10H"], "2026-03-07", None),
        (["DTSTART;VALUE=DATE:20260307", "DTEND:20260308T040000"], "2026-03-07", "2026-03-08"),
        (["DTSTART;VALUE=DATE:20260307T000000"], "2026-03-07", None),
        # whole days, however they are written
        (["DTSTART:20260307T000000", "DTEND:20260307T235900"], "2026-03-07", None),
        (["DTSTART:20260307T000000", "DTEND:20260308T235959"], "2026-03-07", "2026-03-08"),
        (["DTSTART:20260307T000000", "DTEND:20260308T000000"], "2026-03-07", None),
        (["DTSTART:20260307T000000", "DTEND;VALUE=DATE:20260308"], "2026-03-07", None),
        (["DTSTART:20260306T230000Z", "DTEND:20260308T230000Z"], "2026-03-07", "2026-03-08"),
        (["DTSTART:20260307T000000", "DURATION:P2D"], "2026-03-07", "2026-03-08"),
        (["DTSTART:20260328T000000", "DTEND:20260330T000000"], "2026-03-28", "2026-03-29"),
    ],
)
def test_an_event_of_whole_days_has_no_time(lines: list[str], first: str, last: str | None) -> None:
    (found,) = records(event(*lines))
    assert (f"{found.local_date}", found.time_known, found.starts_at) == (first, False, None)
    # An event of several days ends at the midnight after the last one.
    last_day = (found.ends_at - timedelta(days=1)).date() if found.ends_at else None
    assert f"{last_day}" == f"{last}"


@pytest.mark.parametrize(
    "lines",
    [
        ["DTSTART:20260307T000000"],
        ["DTSTART:20260307T000000", "DTEND:20260307T040000"],
        ["DTSTART:20260307T000000Z", "DTEND:20260308T000000Z"],
    ],
)
def test_a_meant_midnight_stays_a_time(lines: list[str]) -> None:
    (found,) = records(event(*lines))
    assert found.time_known


@pytest.mark.parametrize(
    ("line", "detail"),
    [
        ("DTSTART:soon", "no date or time: 'soon'"),
        ("DTSTART:20260230T100000", "day is out of range"),
        ("DTSTART:20260307T257000", "no time of day"),
        ("DTSTART:00010101T000000Z", "year 1"),
        ("DTSTART:99991231T235959Z", "year 9999"),
    ],
)
def test_an_unreadable_start_is_rejected_and_quoted(line: str, detail: str) -> None:
    (rejected,) = read(feed(event(line))).rejects
    assert rejected.reason == "unreadable start"
    assert detail in (rejected.detail or "")


def test_the_first_of_two_starts_counts() -> None:
    (found,) = records(event("DTSTART:20260307T190000", "DTSTART:20260307T210000"))
    assert f"{found.starts_at:%H:%M}" == "19:00"
    assert found.warnings == ("2 starts: the first is taken",)


@pytest.mark.parametrize(
    ("text", "days", "rest"),
    [
        ("P1W", 7, 0),
        ("P1DT2H", 1, 7200),
        ("PT90M", 0, 5400),
        ("-PT15M", 0, -900),
        ("+P2D", 2, 0),
        ("pt1h30m10s", 0, 5410),
    ],
)
def test_durations_distinguish_days_from_hours(text: str, days: int, rest: int) -> None:
    assert parse_span(text) == Span(days, timedelta(seconds=rest))


@pytest.mark.parametrize("text", ["", "P", "PT", "1H", "P1Y", "PT99999999999H"])
def test_an_invalid_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no duration"):
        parse_span(text)


@pytest.mark.parametrize(
    ("text", "seconds"), [("+0100", 3600), ("-03:30", -12600), ("+002946", 1786), ("0000", 0)]
)
def test_a_utc_offset_is_read(text: str, seconds: int) -> None:
    assert parse_offset(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["+2400", "+1", "x", "+01000"])
def test_an_invalid_utc_offset_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_offset(text)


@given(
    st.datetimes(
        min_value=datetime.fromisoformat("1971-01-01"),
        max_value=datetime.fromisoformat("2199-12-31"),
    )
)
def test_an_instant_survives_conversion_through_any_zone(moment: datetime) -> None:
    written = parse_timestamp(f"{moment:%Y%m%dT%H%M%S}Z", None)
    wall = written.wall_in(ZoneInfo("America/New_York"))
    back = Timestamp(wall, zone=ZoneInfo("America/New_York")).instant(UTC)
    # Wall-clock times in the hour that the clocks repeat mean its first pass.
    assert back.replace(tzinfo=None) in {
        moment.replace(microsecond=0),
        moment.replace(microsecond=0) - timedelta(hours=1),
    }
