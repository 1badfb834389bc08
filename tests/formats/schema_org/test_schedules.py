"""Recurring events of schema.org: schedules, and the days that follow from them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from include.discovery.model import Window
from tests.formats.schema_org.event_support import local, parsed


class TestSchedule:
    WEEKLY = {  # noqa: RUF012
        "@type": "Schedule",
        "startDate": "2026-05-04",
        "endDate": "2026-06-30",
        "repeatFrequency": "P1W",
        "byDay": ["https://schema.org/Tuesday", "https://schema.org/Thursday"],
        "startTime": "19:30:00",
        "endTime": "21:00:00",
        "exceptDate": ["2026-05-14", "2026-05-19T19:30:00"],
        "scheduleTimezone": "Europe/London",
    }
    MAY = Window(date(2026, 5, 1), date(2026, 5, 31))

    def starts(self, schedule: Any, window: Window | None = None, **event: Any) -> list[str]:
        found = parsed({"eventSchedule": schedule, **event}, window=window)
        assert not found.rejects
        return [local(r.starts_at) or str(r.local_date) for r in found.records]

    def test_a_weekly_schedule_gives_its_days_in_the_window_except_the_excluded_ones(self) -> None:
        found = parsed({"eventSchedule": self.WEEKLY, "url": "/kurs"}, window=self.MAY)
        assert [r.local_date.day for r in found.records] == [5, 7, 12, 21, 26, 28]
        first = found.records[0]
        assert first.starts_at.isoformat() == "2026-05-05T19:30:00+01:00"
        assert first.ends_at.isoformat() == "2026-05-05T21:00:00+01:00"
        assert first.external_id == "https://dom.example/kurs#20260505T1930"
        assert {r.series_id for r in found.records} == {"https://dom.example/kurs"}

    @pytest.mark.parametrize(
        ("schedule", "starts"),
        [
            (
                {
                    "startDate": "2026-05-29",
                    "repeatFrequency": "P1D",
                    "repeatCount": 3,
                    "startTime": "20:00",
                },
                ["2026-05-29T20:00", "2026-05-30T20:00", "2026-05-31T20:00"],
            ),
            (
                {
                    "startDate": "2026-05-01",
                    "endDate": "2026-05-20",
                    "byDay": "Monday",
                    "startTime": "09:00",
                },
                ["2026-05-04T09:00", "2026-05-11T09:00", "2026-05-18T09:00"],
            ),
            (
                {
                    "startDate": "2026-05-01",
                    "repeatFrequency": "monthly",
                    "repeatCount": "2",
                    "byDay": "2MO",
                },
                ["2026-05-11", "2026-06-08"],
            ),
            (
                {
                    "startDate": "2026-05-31T18:00",
                    "repeatFrequency": "P1M",
                    "byMonthDay": 31,
                    "repeatCount": 2,
                },
                ["2026-05-31T18:00", "2026-07-31T18:00"],
            ),
            ({"startDate": "2026-05-09", "startTime": "18:00"}, ["2026-05-09T18:00"]),
            (
                {"startDate": "2026-05-09", "repeatFrequency": "every 2 weeks", "repeatCount": 2},
                ["2026-05-09", "2026-05-23"],
            ),
            (
                {"startDate": "2026-05-09", "repeatFrequency": "Every other day", "repeatCount": 2},
                ["2026-05-09", "2026-05-11"],
            ),
            (
                {"startDate": "2026-05-09", "repeatFrequency": "bi-weekly", "repeatCount": 2},
                ["2026-05-09", "2026-05-23"],
            ),
            (
                {
                    "startDate": "2026-05-09",
                    "repeatFrequency": "every day",
                    "repeatCount": 4,
                    "exceptDate": "2026-05-10, 2026-05-12T00:00",
                },
                ["2026-05-09", "2026-05-11"],
            ),
            ({"byDay": ["Fr"], "repeatCount": 1}, ["2026-05-08T19:00"]),
            (
                [
                    {"startDate": "2026-05-09", "startTime": "10:00"},
                    {"startDate": "2026-05-09", "startTime": "12:00"},
                ],
                ["2026-05-09T10:00", "2026-05-09T12:00"],
            ),
        ],
    )
    def test_a_schedule_is_read_in_any_form(
        self, schedule: dict[str, Any] | list[dict[str, Any]], starts: list[str]
    ) -> None:
        assert self.starts(schedule) == starts

    @pytest.mark.parametrize(
        ("by_day", "days"),
        [
            ("Monday, Wednesday", [4, 6, 11]),
            ("Monday and Wednesday", [4, 6, 11]),
            ("Monday Wednesday", [4, 6, 11]),
            ("Monday;Wednesday", [4, 6, 11]),
            ("Mon/Wed", [4, 6, 11]),
            ("Mon. & Wed.", [4, 6, 11]),
            ("MO,WE", [4, 6, 11]),
            ("https://schema.org/Monday,https://schema.org/Wednesday", [4, 6, 11]),
            ("http://schema.org/Monday http://schema.org/Wednesday", [4, 6, 11]),
            ("schema:Monday, schema:Wednesday", [4, 6, 11]),
            (["Monday, Wednesday", "Friday"], [1, 4, 6, 8, 11]),
            ("Mondays and Wednesdays", [4, 6, 11]),
            ("Montag und Mittwoch", [4, 6, 11]),
            ("lundi, mercredi et vendredi", [1, 4, 6, 8, 11]),
            ("lunes y miércoles", [4, 6, 11]),
            ("poniedziałek i środa", [4, 6, 11]),
            ("lunedì e mercoledì", [4, 6, 11]),
            ("maanantai ja keskiviikko", [4, 6, 11]),
            ("måndag och onsdag", [4, 6, 11]),
            ("pondělí a středa", [4, 6, 11]),
            ("Mo-We", [4, 5, 6, 11]),
            ("Monday to Wednesday", [4, 5, 6, 11]),
            ("Montag bis Mittwoch", [4, 5, 6, 11]),
            ("Su-Mo", [3, 4, 10, 11]),
            ("Mo-Tu, Fr", [1, 4, 5, 8, 11]),
            ("weekends", [2, 3, 9, 10]),
            ("weekdays", [1, 4, 5, 6, 7, 8, 11]),
            ("daily", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
        ],
    )
    def test_the_days_of_a_schedule_may_be_one_text(
        self, by_day: str | list[str], days: list[int]
    ) -> None:
        schedule = {
            "startDate": "2026-05-01",
            "endDate": "2026-05-11",
            "repeatFrequency": "P1W",
            "byDay": by_day,
        }
        found = parsed({"eventSchedule": schedule})
        assert found.rejects == ()
        assert [item.local_date.day for item in found.records if item.local_date] == days

    @pytest.mark.parametrize("by_day", ["Monday, Caturday", "2MO-FR", "PublicHolidays", "Di, Do"])
    def test_a_text_with_what_may_be_no_day_is_refused_whole(self, by_day: str) -> None:
        found = parsed({"eventSchedule": {"repeatFrequency": "P1W", "byDay": by_day}})
        assert "of the week" in found.rejects[0].detail or "range" in found.rejects[0].detail

    def test_the_dates_of_the_event_bound_a_schedule_without_its_own(self) -> None:
        schedule = {"repeatFrequency": "P1W", "startTime": "10:00"}
        starts = self.starts(schedule, startDate="2026-05-08", endDate="2026-05-20")
        assert starts == ["2026-05-08T10:00", "2026-05-15T10:00"]

    def test_a_schedule_keeps_its_time_when_the_clocks_change(self) -> None:
        schedule = {
            "startDate": "2026-03-22",
            "repeatFrequency": "P1W",
            "repeatCount": 2,
            "startTime": "19:00+01:00",
        }
        assert self.starts(schedule) == ["2026-03-22T19:00", "2026-03-29T19:00"]

    def test_a_schedule_without_a_window_is_followed_for_400_days(self) -> None:
        schedule = {"startDate": "2026-05-08", "repeatFrequency": "P1W"}
        assert len(self.starts(schedule)) == 58

    @pytest.mark.parametrize(
        ("schedule", "detail"),
        [
            ({"repeatFrequency": "sometimes"}, "repeatFrequency 'sometimes' is not a period"),
            ({"byDay": "Caturday"}, 'byDay "Caturday" is not a day of the week'),
            ({"repeatFrequency": "P1W", "byMonthDay": 99}, "BYMONTHDAY=99"),
        ],
    )
    def test_a_schedule_that_is_not_understood_leaves_the_date_of_the_event(
        self, schedule: dict[str, Any], detail: str
    ) -> None:
        found = parsed({"eventSchedule": schedule})
        assert [local(record.starts_at) for record in found.records] == ["2026-05-08T19:00"]
        assert found.rejects[0].reason == "schedule not understood"
        assert detail in found.rejects[0].detail

    def test_a_schedule_that_never_matches_is_given_up_with_a_reject(self) -> None:
        never = {
            "startDate": "2026-01-01",
            "repeatFrequency": "P1D",
            "byMonth": 2,
            "byMonthDay": 30,
        }
        found = parsed({"eventSchedule": never})
        assert [local(record.starts_at) for record in found.records] == ["2026-05-08T19:00"]
        assert found.rejects[0].detail.startswith("recurrence takes too long to follow")
