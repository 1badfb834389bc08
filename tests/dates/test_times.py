"""Dates and times into instants: the two nights of the year, midnight, and ends before starts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.dates.times import all_day, localize, timed
from tests.support.builders import WARSAW

NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # moves its clocks by half an hour
APIA = ZoneInfo("Pacific/Apia")  # left out 30 December 2011

zones = st.sampled_from([WARSAW, NEW_YORK, LORD_HOWE, APIA, ZoneInfo("UTC")])
wall_times = st.datetimes(datetime(1950, 1, 1), datetime(2090, 1, 1))  # noqa: DTZ001
spans = st.timedeltas(timedelta(days=-3), timedelta(days=3))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


class TestLocalize:
    """A wall-clock time becomes an instant, and a repair gives a warning."""

    @pytest.mark.parametrize(
        ("wall_time", "zone", "instant", "is_repaired"),
        [
            ("2026-06-01T19:00", WARSAW, "2026-06-01T17:00+00:00", False),
            ("2026-12-01T19:00", WARSAW, "2026-12-01T18:00+00:00", False),
            # In spring the clock jumps from 02:00 to 03:00.
            ("2026-03-29T01:59", WARSAW, "2026-03-29T00:59+00:00", False),
            ("2026-03-29T02:30", WARSAW, "2026-03-29T01:30+00:00", True),
            ("2026-03-29T03:00", WARSAW, "2026-03-29T01:00+00:00", False),
            # In autumn 02:30 comes twice; the first is meant.
            ("2026-10-25T02:30", WARSAW, "2026-10-25T00:30+00:00", False),
            ("2026-10-25T03:00", WARSAW, "2026-10-25T02:00+00:00", False),
            ("2026-10-04T02:15", LORD_HOWE, "2026-10-03T15:45+00:00", True),
            ("2011-12-30T12:00", APIA, "2011-12-30T22:00+00:00", True),
        ],
    )
    def test_a_wall_clock_time_around_a_change_of_the_clocks_becomes_an_instant(
        self, wall_time: str, zone: ZoneInfo, instant: str, *, is_repaired: bool
    ) -> None:
        aware, warning = localize(at(wall_time), zone)

        assert aware.astimezone(UTC) == at(instant)
        assert (warning is not None) is is_repaired

    def test_a_time_that_the_clocks_skip_is_moved_forward_by_an_hour(self) -> None:
        aware, warning = localize(at("2026-03-29T02:30"), WARSAW)

        assert aware.isoformat() == "2026-03-29T03:30:00+02:00"
        assert warning == "2026-03-29 02:30 does not exist in Europe/Warsaw; moved forward"

    @given(wall_times, zones)
    def test_a_localized_time_exists_and_is_never_earlier_than_the_given_one(
        self, wall_time: datetime, zone: ZoneInfo
    ) -> None:
        aware, warning = localize(wall_time, zone)

        assert aware.astimezone(UTC).astimezone(zone).replace(fold=0) == aware.replace(fold=0)
        moved = aware.replace(tzinfo=None) - wall_time
        assert moved > timedelta(0) if warning else moved == timedelta(0)


class TestTimed:
    """An event with a known hour."""

    def test_a_naive_time_is_that_of_the_zone(self) -> None:
        when = timed(at("2026-06-01T19:00"), at("2026-06-01T22:00"), WARSAW)

        assert when.time_known
        assert (when.starts_at, when.ends_at) == (
            at("2026-06-01T19:00+02:00"), at("2026-06-01T22:00+02:00"),
        )  # fmt: skip
        assert when.warnings == ()

    def test_an_instant_is_shown_and_dated_in_the_zone(self) -> None:
        when = timed(at("2026-06-01T23:30Z"), None, WARSAW)

        assert (when.local_date, when.starts_at) == (
            date(2026, 6, 2), at("2026-06-02T01:30+02:00"),
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("start", "end", "kept", "warning"),
        [
            ("22:00", "02:00", "2026-06-02T02:00+02:00", "past midnight"),
            ("22:00", "00:00", "2026-06-02T00:00+02:00", "past midnight"),
            ("22:00", "09:59", "2026-06-02T09:59+02:00", "past midnight"),
            ("22:00", "10:00", None, "dropped"),
            ("19:00", "18:00", None, "dropped"),
            ("19:00", "19:00", "2026-06-01T19:00+02:00", None),
        ],
    )
    def test_an_end_before_the_start_is_taken_as_past_midnight_or_dropped(
        self, start: str, end: str, kept: str | None, warning: str | None
    ) -> None:
        when = timed(at(f"2026-06-01T{start}"), at(f"2026-06-01T{end}"), WARSAW)

        assert when.ends_at == (at(kept) if kept else None)
        assert [warning is not None and warning in text for text in when.warnings] == (
            [True] if warning else []
        )

    def test_past_midnight_is_decided_by_the_wall_clock_when_the_clocks_change(self) -> None:
        when = timed(at("2026-10-24T22:00"), at("2026-10-24T04:00"), WARSAW)

        assert when.ends_at == at("2026-10-25T04:00+01:00")

    def test_an_end_in_the_repeated_hour_is_compared_as_an_instant(self) -> None:
        start, end = at("2026-10-25T02:50+02:00"), at("2026-10-25T02:10+01:00")

        when = timed(start, end, WARSAW)

        # In UTC: Python holds times of this hour in different zones for unequal, always.
        assert when.ends_at is not None
        assert when.ends_at.astimezone(UTC) == end.astimezone(UTC)
        assert when.warnings == ()

    def test_both_the_start_and_the_end_may_be_repaired(self) -> None:
        when = timed(at("2026-03-29T02:10"), at("2026-03-29T02:50"), WARSAW)

        assert len(when.warnings) == 2
        assert when.ends_at == at("2026-03-29T03:50+02:00")

    @given(wall_times, spans, zones)
    def test_an_end_is_never_before_the_start(
        self, start: datetime, span: timedelta, zone: ZoneInfo
    ) -> None:
        when = timed(start, start + span, zone)

        assert when.starts_at is not None
        assert when.local_date == when.starts_at.date()
        if when.ends_at is not None:
            assert when.ends_at.astimezone(UTC) >= when.starts_at.astimezone(UTC)
        else:
            assert when.warnings


class TestAllDay:
    """An event whose days are known and whose hours are not."""

    def test_an_event_of_a_single_day_has_no_end(self) -> None:
        for last in (None, date(2026, 6, 1)):
            when = all_day(date(2026, 6, 1), last, WARSAW)

            assert (when.local_date, when.time_known, when.ends_at) == (
                date(2026, 6, 1), False, None,
            )  # fmt: skip

    def test_an_event_of_several_days_ends_at_midnight_after_the_last(self) -> None:
        when = all_day(date(2026, 6, 1), date(2026, 6, 3), WARSAW)

        assert when.ends_at == at("2026-06-04T00:00+02:00")
        assert when.starts_at is None

    def test_an_end_before_the_start_of_whole_days_is_dropped_with_a_warning(self) -> None:
        when = all_day(date(2026, 6, 3), date(2026, 6, 1), WARSAW)

        assert when.ends_at is None
        assert when.warnings == ("end 2026-06-01 lies before the start and was dropped",)

    def test_whole_days_end_after_a_midnight_that_the_clocks_skip(self) -> None:
        """Santiago puts its clocks forward at midnight."""
        when = all_day(date(2026, 9, 4), date(2026, 9, 5), ZoneInfo("America/Santiago"))

        assert when.ends_at == at("2026-09-06T01:00-03:00")
        assert when.warnings == ()
