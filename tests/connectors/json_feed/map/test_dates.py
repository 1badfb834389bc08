"""When an item is: how APIs write dates and times, together or apart, and placeholder times."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.connectors.json_feed.map.moments import clock_of
from include.discovery.model import EventStatus
from tests.connectors.json_feed.map.map_support import ITEM, mapped, record

SEVEN = "2026-05-08T19:00:00+02:00"


def start_of(value: float | str, fields: dict[str, Any] | None = None, **more: Any) -> str:
    return record({"start": value}, fields, **more).starts_at.isoformat()


def spec(**more: Any) -> dict[str, Any]:
    return {"starts_at": {"path": "start", **more}}


@pytest.mark.parametrize(
    ("as_", "value"),
    [
        ("iso", "2026-05-08T19:00"),
        ("iso", "2026-05-08 19:00:00.0"),
        ("iso", "2026-05-08T17:00:00Z"),
        ("iso", "2026-05-08T19:00:00+02:00"),
        ("local", "2026-05-08T19:00:00Z"),
        ("local", "2026-05-08T19:00:00-07:00"),
        ("epoch_s", 1778259600),
        ("epoch_s", "1778259600"),
        ("epoch_s", 1778259600.0),
        ("epoch_ms", 1778259600000),
        ("day_first", "8/5/2026 19:00"),
        ("day_first", "08.05.2026, 19:00"),
        ("day_first", "8-5-26 7:00 pm"),
        ("day_first", "2026-05-08 19:00"),
        ("month_first", "5/8/2026 7:00 PM"),
        ("words", "8 May 2026, 7 pm"),
    ],
)
def test_a_date_with_its_time_is_read_in_any_notation(as_: str, value: float | str) -> None:
    assert start_of(value, spec(**{"as": as_})) == SEVEN


@pytest.mark.parametrize(
    ("as_", "value"),
    [("iso", "2026-05-08"), ("day_first", "8/5/2026"), ("month_first", "05/08/26"),
     ("words", "8 May 2026")],
)  # fmt: skip
def test_a_date_without_a_time_has_none(as_: str, value: str) -> None:
    found = record({"start": value}, spec(**{"as": as_}))

    assert (found.local_date, found.starts_at, found.time_known) == (date(2026, 5, 8), None, False)


def test_the_day_of_an_event_without_a_known_zone_is_that_of_its_offset() -> None:
    found = record({"start": "2026-05-08T19:30:00-08:00"}, zone="UTC")

    assert str(found.local_date) == "2026-05-08"
    assert found.timezone == "Etc/GMT+8"


def test_a_date_without_an_offset_may_be_of_a_given_zone() -> None:
    assert start_of("2026-05-08T17:00:00", spec(zone="UTC")) == SEVEN
    assert start_of("2026-10-25T00:30:00", spec(zone="UTC")) == "2026-10-25T02:30:00+02:00"
    assert start_of("2026-10-25T01:30:00", spec(zone="UTC")) == "2026-10-25T02:30:00+01:00"


def test_seconds_keep_their_instant_in_the_repeated_hour() -> None:
    twice = [datetime(2026, 10, 25, h, 30, tzinfo=ZoneInfo("UTC")).timestamp() for h in (0, 1)]

    found = [start_of(int(timestamp), spec(**{"as": "epoch_s"})) for timestamp in twice]

    assert found == ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"]


def test_offsets_are_believed_where_the_settings_trust_them() -> None:
    assert start_of("2026-05-08T09:00:00+01:00") == "2026-05-08T09:00:00+02:00"
    assert start_of("2026-05-08T09:00:00+01:00", trust_offsets=True) == "2026-05-08T10:00:00+02:00"


@pytest.mark.parametrize(
    ("as_", "value"),
    [
        ("iso", "tomorrow"),
        ("iso", "2026-02-30"),
        ("iso", 1778259600),
        ("iso", {"date": "2026-05-08"}),
        ("iso", "0000-00-00 00:00:00"),
        ("iso", "0001-01-01T00:00"),
        ("iso", "9999-12-31T23:59"),
        ("epoch_s", "soon"),
        ("epoch_s", 10**30),
        ("epoch_s", 1e308),
        ("epoch_s", True),
        ("epoch_ms", [1]),
        ("day_first", "31/31/2026"),
        ("day_first", "1/2/3/2026"),
        ("words", "every now and then"),
    ],
)
def test_an_unreadable_date_costs_its_item_alone(as_: str, value: Any) -> None:
    parsed = mapped({**ITEM, "start": value}, {**ITEM, "start": None}, fields=spec(**{"as": as_}))

    assert [reject.reason for reject in parsed.rejects] == ["unreadable date", "no date"]
    assert "(7)" in parsed.rejects[0].item


def test_an_unexpected_number_suggests_reading_it_as_seconds() -> None:
    [reject] = mapped({**ITEM, "start": 1778259600}).rejects

    assert "'as: epoch_s'" in reject.detail


def test_a_date_and_its_time_may_stand_in_two_fields() -> None:
    fields = {"start_time": "from", "ends_at": "last", "end_time": "to"}
    item = {"start": "2026-05-08", "from": "19h30", "last": "2026-05-09", "to": "1.15 am"}

    found = record(item, fields)

    assert found.starts_at.isoformat() == "2026-05-08T19:30:00+02:00"
    assert found.ends_at.isoformat() == "2026-05-09T01:15:00+02:00"


@pytest.mark.parametrize(
    ("to", "ends"), [("22:00", "2026-05-08T22:00:00+02:00"), ("01:00", "2026-05-09T01:00:00+02:00")]
)
def test_a_time_of_the_end_without_its_date_is_of_the_same_evening(to: str, ends: str) -> None:
    found = record(
        {"start": "2026-05-08", "from": "19:30", "to": to}, {"start_time": "from", "end_time": "to"}
    )

    assert found.ends_at.isoformat() == ends


def test_an_unreadable_time_leaves_the_day() -> None:
    found = record({"start": "2026-05-08", "from": "after dusk"}, {"start_time": "from"})

    assert (found.local_date, found.time_known) == (date(2026, 5, 8), False)
    assert found.warnings == ("start_time dropped: 'after dusk' is no hour",)


@pytest.mark.parametrize(
    ("text", "clock"),
    [("19:00", "19:00"), ("9:05", "09:05"), ("7.30 pm", "19:30"), ("12 am", "00:00"),
     ("12:15 PM", "12:15"), ("19h", "19:00"), ("19h05", "19:05"), ("20 Uhr", "20:00"),
     ("20:15 Uhr", "20:15"), ("19:00:00.000", "19:00"), ("7 p.m.", "19:00")],
)  # fmt: skip
def test_times_are_read_as_people_write_them(text: str, clock: str) -> None:
    assert f"{clock_of(text):%H:%M}" == clock


@given(st.text(max_size=20))
def test_any_text_is_a_time_or_a_value_error(text: str) -> None:
    try:
        clock_of(text)
    except ValueError as error:
        assert "is no hour" in str(error)  # noqa: PT017  either is right


class TestHoursThatAreNone:
    def test_an_unknown_time_of_the_start_leaves_its_day(self) -> None:
        found = record({"start": "2026-05-08T03:30:00"}, spec(unknown_at=["03:30"]))

        assert (found.local_date, found.time_known) == (date(2026, 5, 8), False)

    def test_an_unknown_time_of_the_end_leaves_the_start(self) -> None:
        fields = {"ends_at": {"path": "end", "unknown_at": ["23:59"]}}

        found = record({"end": "2026-05-08T23:59:00"}, fields)

        assert (found.starts_at.isoformat(), found.ends_at) == (SEVEN, None)
        assert found.warnings == ()

    def test_midnight_to_a_minute_before_midnight_is_a_whole_day(self) -> None:
        found = record(
            {"start": "2026-05-08 00:00:00", "end": "2026-05-10 23:59:00"}, {"ends_at": "end"}
        )

        assert (found.local_date, found.time_known) == (date(2026, 5, 8), False)
        assert found.ends_at.isoformat() == "2026-05-11T00:00:00+02:00"

    @pytest.mark.parametrize("start", ["2026-05-08T00:00:00+02:00", "2026-05-08T00:00:00Z",
                                       "2026-05-07T22:00:00Z", "2026-05-08"])  # fmt: skip
    @pytest.mark.parametrize("said", ["all_day", "time_unknown"])
    def test_a_flag_for_an_unknown_time_leaves_the_day_however_it_is_stored(
        self, start: str, said: str
    ) -> None:
        found = record({"start": start, "flag": True}, {said: "flag"}, trust_offsets=True)

        assert (found.local_date, found.time_known) == (date(2026, 5, 8), False)
        assert found.warnings == ()

    def test_an_end_of_whole_days_may_be_the_midnight_after(self) -> None:
        item = {"start": "2026-05-07T22:00:00Z", "end": "2026-05-09T22:00:00Z", "flag": True}

        found = record(item, {"ends_at": "end", "all_day": "flag"}, trust_offsets=True)

        assert (found.local_date, found.ends_at) == (
            date(2026, 5, 8),
            datetime(2026, 5, 10, tzinfo=ZoneInfo("Europe/Warsaw")),
        )

    def test_an_end_whose_time_alone_is_unknown_is_dropped(self) -> None:
        item = {"end": "2026-05-08T22:00:00Z", "open": "yes"}
        fields = {"ends_at": "end", "end_time_unknown": "open"}

        found = record(item, fields, trust_offsets=True)

        assert (found.starts_at.isoformat(), found.ends_at) == (SEVEN, None)

    def test_a_flag_that_says_no_changes_nothing(self) -> None:
        assert record({"flag": 0}, {"all_day": "flag"}).starts_at.isoformat() == SEVEN

    def test_an_unknown_date_rejects_the_item(self) -> None:
        parsed = mapped({**ITEM, "tbd": True}, fields={"date_unknown": "tbd"})

        assert [reject.reason for reject in parsed.rejects] == ["no date"]

    def test_only_a_postponed_event_may_lack_a_date(self) -> None:
        found = record({"start": None, "status": "postponed"}, {"status": "status"})

        assert (found.status, found.local_date) == (EventStatus.POSTPONED, None)


def test_an_unreadable_end_is_dropped_with_a_warning() -> None:
    found = record({"end": "late"}, {"ends_at": "end"})

    assert found.ends_at is None
    assert found.warnings == (
        "end dropped: 'late' is not a date of the form 2026-05-01T19:00+02:00",
    )


def test_the_zone_of_the_item_takes_precedence_over_the_default() -> None:
    found = record({"tz": "Europe/Helsinki"}, {"timezone": "tz"})

    assert (found.timezone, found.starts_at.isoformat()) == (
        "Europe/Helsinki",
        "2026-05-08T19:00:00+03:00",
    )


def test_an_unknown_zone_of_an_item_gives_a_warning() -> None:
    found = record({"tz": "Middle/Earth"}, {"timezone": "tz"})

    assert found.timezone == "Europe/Warsaw"
    assert any("'Middle/Earth' is not a known zone" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("updated", "as_", "instant"),
    [("2026-04-01T10:00:00Z", "iso", "2026-04-01T10:00:00+00:00"),
     ("2026-04-01 10:00:00", "iso", "2026-04-01T08:00:00+00:00"),
     (1775037600, "epoch_s", "2026-04-01T10:00:00+00:00")],
)  # fmt: skip
def test_the_last_change_is_an_instant(updated: int | str, as_: str, instant: str) -> None:
    fields = {"source_updated_at": {"path": "updated", "as": as_}}

    found = record({"updated": updated}, fields).source_updated_at

    assert found == datetime.fromisoformat(instant)


@given(st.integers(0, 4_000_000_000))
def test_every_second_since_1970_is_read(second: int) -> None:
    parsed = mapped({**ITEM, "start": second}, fields=spec(**{"as": "epoch_s"}))

    for found in parsed.records:
        day = datetime.fromtimestamp(second, ZoneInfo("Europe/Warsaw")).date()
        assert found.local_date == day
    assert len(parsed.records) == 1 or second < timedelta(days=1).total_seconds()
