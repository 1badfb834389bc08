"""Machine-written dates: their forms, and what an offset is worth at a place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.dates.times import When
from include.discovery.dates.timestamps import (
    Timestamp,
    UnreadableTimestamp,
    read_timestamp,
    when_of,
)

WARSAW = ZoneInfo("Europe/Warsaw")
LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")
MAY = date(2026, 5, 1)
SEVEN = time(19)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


@pytest.mark.parametrize(
    ("text", "day", "clock", "offset"),
    [
        ("2026-05-01T19:00:00+02:00", MAY, SEVEN, hours(2)),
        ("2026-05-01T19:00:00.000+02:00", MAY, SEVEN, hours(2)),
        ("2026-05-01T19:00:00,123456789+0200", MAY, SEVEN, hours(2)),
        ("2026-05-01T19:00+02", MAY, SEVEN, hours(2)),
        ("2026-05-01T19h00m", MAY, SEVEN, None),
        ("2026-05-01 19h00min", MAY, SEVEN, None),
        ("2026-05-01T19.00", MAY, SEVEN, None),
        ("2026-05-01TT19:00", MAY, SEVEN, None),
        ("Fri May 01 2026 19:00:00 GMT+0200 (CEST)", MAY, SEVEN, hours(2)),
        ("Fri May 01 2026 19:00:00 GMT+0200 (Central European Summer Time)", MAY, SEVEN, hours(2)),
        ("Fri May 1 2026 19:00:00", MAY, SEVEN, None),
        ("2026-05-01T19:00 +02:00", MAY, SEVEN, hours(2)),
        ("2026-05-01T19:00\u221204:00", MAY, SEVEN, hours(-4)),
        ("2026-05-01T19:00-0330", MAY, SEVEN, hours(-3.5)),
        ("2026-05-01T19:00:00Z", MAY, SEVEN, hours(0)),
        ("2026-05-01 19:00 UTC", MAY, SEVEN, hours(0)),
        ("20260501T190000Z", MAY, SEVEN, hours(0)),
        ("20260501T1900", MAY, SEVEN, None),
        ("20260501", MAY, None, None),
        ("2024-5-28T16:30+0:00", date(2024, 5, 28), time(16, 30), hours(0)),
        ("2019-9-18T10-10-30-00", date(2019, 9, 18), time(10, 30), None),
        ("2018-05-05 18:00:00.0", date(2018, 5, 5), time(18), None),
        ("  2026-05-01\n19:00  ", MAY, SEVEN, None),
        ("2026-05-01 T 19:00", MAY, SEVEN, None),
        ("2026/05/01 19:00", MAY, SEVEN, None),
        ("2026-05-01 7:00 PM", MAY, SEVEN, None),
        ("2026-05-01 12:15 a.m.", MAY, time(0, 15), None),
        ("2026-05-01T19:00:60", MAY, time(19, 0, 59), None),
        ("2026-05-01T24:00", date(2026, 5, 2), time(0), None),
        ("2026-05-01T", MAY, None, None),
        ("2026-05-01", MAY, None, None),
        ("2026-05-01T19:00+02:00[Europe/Warsaw]", MAY, SEVEN, hours(2)),
        ("Fri, 01 May 2026 19:00:00 +0200", MAY, SEVEN, hours(2)),
        ("Fri, 1 May 2026 19:00 GMT", MAY, SEVEN, hours(0)),
        ("1 May 2026 19:00", MAY, SEVEN, None),
    ],
)
def test_each_form_of_a_timestamp_is_read(
    text: str, day: date, clock: time | None, offset: timedelta | None
) -> None:
    timestamp = read_timestamp(text)
    assert (timestamp.day, timestamp.clock, timestamp.offset) == (day, clock, offset)


@pytest.mark.parametrize(
    "text",
    [
        "", "soon", "May 1st", "2026", "2026-05", "01.05.2026", "2026-02-30", "2026-13-01",
        "2026-05-01T25:00", "2026-05-01T19:60", "2026-05-01T24:01", "2026-05-0119:00",
        "2026-05-01T19:00+25:00", "Fri, 31 Feb 2026 19:00:00 +0200", "2026-05/01",
        "0000-00-00", "0001-01-01T00:00:00", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59",
        "٢٠٢٦-٠٥-٠١", "2026-05-01T19:00 " * 50,
    ],
)  # fmt: skip
def test_a_text_that_is_no_date_is_refused_and_quoted(text: str) -> None:
    with pytest.raises(UnreadableTimestamp) as caught:
        read_timestamp(text)
    assert repr(" ".join(text.split())[:60]) in str(caught.value)


@given(st.text() | st.text("0123456789-:TZ+ ./", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        timestamp = read_timestamp(text)
    except UnreadableTimestamp:
        return
    when_of(timestamp, timestamp, WARSAW)


@given(
    st.integers(1, 7_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.sampled_from([WARSAW, NEW_YORK]),
)
def test_the_offset_of_the_zone_itself_is_believed(moment: datetime, zone: ZoneInfo) -> None:
    aware = moment.astimezone(zone)
    when = when_of(read_timestamp(aware.isoformat()), None, zone)
    assert when.starts_at == aware or aware.time() == time()
    assert when.local_date == aware.date()


_YEARS = [datetime(year, 1, 1) for year in (2026, 2028, 1899, 2202)]  # noqa: DTZ001  wall clocks
TIMES = st.builds(
    lambda moment, parts, offset: f"{moment:{parts}}{offset}",
    st.datetimes(*_YEARS[:2]) | st.datetimes(*_YEARS[2:]),
    st.sampled_from(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:00:00"]),
    st.sampled_from(["", "Z", "+00:00", "+01:00", "+02:00", "-04:00", "+14:00", "+15:00"]),
)
"""Dates in exactly the form of ISO 8601, which are read in a way of their own."""


@given(
    TIMES
    | st.from_regex(r"(19|20)\d\d-[01]\d-[0-3]\d([T ][0-2]\d:[0-6]\d:[0-6]\d)?", fullmatch=True)
)
def test_an_exact_date_is_read_as_its_near_misses_are(text: str) -> None:
    def read(given: str) -> Timestamp | str:
        try:
            return read_timestamp(given)
        except UnreadableTimestamp as error:
            return str(error)

    assert read(text) == read(f" {text}")


@given(TIMES, st.none() | TIMES, st.sampled_from([WARSAW, NEW_YORK, ZoneInfo("UTC")]))
def test_a_time_that_needs_no_interpretation_is_what_interpretation_gives(
    start: str, end: str | None, zone: ZoneInfo
) -> None:
    try:
        begins, ends = read_timestamp(start), read_timestamp(end) if end else None
    except UnreadableTimestamp:
        return
    interpreted = when_of(replace(begins, warnings=("of the start",)), ends, zone)

    taken = when_of(begins, ends, zone)

    assert replace(interpreted, warnings=interpreted.warnings[1:]) == taken
    for one, other in (
        (interpreted.starts_at, taken.starts_at),
        (interpreted.ends_at, taken.ends_at),
    ):
        assert (one is None and other is None) or (one and other and one.fold == other.fold)


def when(start: str, end: str | None = None, zone: ZoneInfo = WARSAW, **more: Any) -> When:
    return when_of(read_timestamp(start), read_timestamp(end) if end else None, zone, **more)


def local(moment: datetime | None) -> str | None:
    return f"{moment:%Y-%m-%dT%H:%M%z}" if moment else None


@pytest.mark.parametrize(
    ("text", "zone", "starts_at", "warning"),
    [
        ("2026-05-01T19:00", WARSAW, "2026-05-01T19:00+0200", None),
        ("2026-05-01T19:00+02:00", WARSAW, "2026-05-01T19:00+0200", None),
        # winter's offset in summer, and the other way round: the site never changes its clock
        ("2026-05-01T19:00+01:00", WARSAW, "2026-05-01T19:00+0200", "suspect offset +01:00"),
        ("2026-12-01T19:00+02:00", WARSAW, "2026-12-01T19:00+0100", "suspect offset +02:00"),
        ("2026-05-01T19:00-05:00", NEW_YORK, "2026-05-01T19:00-0400", "suspect offset -05:00"),
        # +00:00 is a local time whose zone was not given
        ("2026-05-01T19:00+00:00", WARSAW, "2026-05-01T19:00+0200", "suspect offset +00:00"),
        ("2026-05-01T19:00+0:00", NEW_YORK, "2026-05-01T19:00-0400", "suspect offset +00:00"),
        ("2026-05-01T19:00+00:00", LONDON, "2026-05-01T19:00+0100", "suspect offset +00:00"),
        ("2026-12-01T19:00+00:00", LONDON, "2026-12-01T19:00+0000", None),
        ("2026-10-25T02:30+01:00", WARSAW, "2026-10-25T02:30+0100", None),  # the second 02:30
        # ... unless no event would begin at that time
        ("2026-05-02T01:30+00:00", NEW_YORK, "2026-05-01T21:30-0400", None),
        # Z was converted
        ("2026-05-01T17:00Z", WARSAW, "2026-05-01T19:00+0200", None),
        ("2026-05-02T00:00:00.000Z", NEW_YORK, "2026-05-01T20:00-0400", None),
        ("2026-12-01T19:00Z", LONDON, "2026-12-01T19:00+0000", None),
        # ... unless no event would begin at that time
        ("2026-05-01T23:30Z", WARSAW, "2026-05-01T23:30+0200", "suspect offset Z"),
        # an instant of another place
        ("2026-05-01T10:00-04:00", WARSAW, "2026-05-01T16:00+0200", "offset -04:00 is not of"),
        # the place is not known: the day is that of the offset
        ("2026-05-01T21:00-06:00", ZoneInfo("UTC"), "2026-05-01T21:00-0600", None),
        ("2026-05-01T21:00+00:00", ZoneInfo("UTC"), "2026-05-01T21:00+0000", None),
    ],
)  # fmt: skip
def test_an_offset_is_believed_or_suspected_by_zone_and_season(
    text: str, zone: ZoneInfo, starts_at: str, warning: str | None
) -> None:
    found = when(text, zone=zone)
    assert local(found.starts_at) == starts_at
    assert len(found.warnings) == (1 if warning else 0)
    assert not warning or found.warnings[0].startswith(warning)


def test_the_offsets_of_a_reliable_site_are_believed() -> None:
    found = when("2026-05-01T17:00+00:00", "2026-05-01T18:00+01:00", offset_is_reliable=True)
    assert local(found.starts_at) == "2026-05-01T19:00+0200"
    assert local(found.ends_at) is None  # the same instant says nothing
    assert not found.warnings


def test_an_end_is_read_by_the_rules_of_the_start() -> None:
    found = when("2026-05-01T19:00+00:00", "2026-05-02T01:00+00:00", NEW_YORK)
    assert local(found.ends_at) == "2026-05-02T01:00-0400"


@pytest.mark.parametrize(
    ("start", "end", "first", "ends_at"),
    [
        ("2026-05-01", None, "2026-05-01", None),
        ("2026-05-01", "2026-05-01", "2026-05-01", None),
        ("2026-05-01", "2026-05-03", "2026-05-01", "2026-05-04T00:00+0200"),
        ("2026-05-01", "2026-05-02T22:00", "2026-05-01", "2026-05-03T00:00+0200"),
        ("2026-05-01T00:00", "2026-05-01T23:59:59", "2026-05-01", None),
        ("2026-05-01T00:00", "2026-05-02T00:00", "2026-05-01", None),
        ("2026-05-01T00:00", "2026-05-03T23:59", "2026-05-01", "2026-05-04T00:00+0200"),
        ("2026-05-01T00:00", "2026-05-01", "2026-05-01", None),
        ("2026-05-01T00:00", "2026-05-02", "2026-05-01", "2026-05-03T00:00+0200"),
        ("2026-05-01T00:00", None, "2026-05-01", None),
        ("2026-05-01T00:00", "2026-05-01T00:00", "2026-05-01", None),
        ("2026-05-01T00:00:00.000Z", None, "2026-05-01", None),
        ("2026-04-30T22:00:00.000Z", None, "2026-05-01", None),
        ("2026-04-30T22:00:00Z", "2026-05-01T21:59:59Z", "2026-05-01", None),
    ],
)
def test_timestamps_that_mean_whole_days_have_no_time(
    start: str, end: str | None, first: str, ends_at: str | None
) -> None:
    found = when(start, end)
    assert not found.time_known
    assert found.local_date.isoformat() == first
    assert local(found.ends_at) == ends_at


@pytest.mark.parametrize(
    ("start", "end", "ends_at", "warning"),
    [
        ("2026-05-01T19:00", "2026-05-01T21:00", "2026-05-01T21:00+0200", None),
        ("2026-05-01T00:00", "2026-05-01T06:00", "2026-05-01T06:00+0200", None),
        ("2026-05-01T19:00", "2026-05-01", None, None),
        ("2026-05-01T19:00", "2026-05-01T19:00", None, None),
        ("2026-05-01T22:00", "2026-05-01T02:00", "2026-05-02T02:00+0200", "end before start"),
        ("2026-05-01T19:00", "2026-04-01T21:00", None, "end 2026-04-01 21:00 lies before"),
        ("2026-05-01T10:00", "2026-05-03", "2026-05-04T00:00+0200", "end 2026-05-03 without"),
        ("2026-05-01T23:00", "2026-05-02", None, "end 2026-05-02 without an hour was dropped"),
        ("2026-05-01T10:00", "2026-04-03", None, "end 2026-04-03 lies before the start"),
    ],
)
def test_an_end_is_kept_moved_or_dropped_with_a_warning(
    start: str, end: str, ends_at: str | None, warning: str | None
) -> None:
    found = when(start, end)
    assert found.time_known
    assert local(found.ends_at) == ends_at
    assert len(found.warnings) == (1 if warning else 0)
    assert not warning or found.warnings[0].startswith(warning)


def test_the_warnings_of_a_timestamp_reach_the_event() -> None:
    assert when_of(Timestamp(MAY, warnings=("guessed",)), None, WARSAW).warnings == ("guessed",)
