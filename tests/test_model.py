"""The nouns refuse what cannot be, and counts add up."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from include.discovery.model import (
    City,
    EventRecord,
    EventStatus,
    Pair,
    Price,
    Scope,
    Source,
    SyncStats,
    Venue,
    Window,
    last_date,
    pair_label,
)
from tests.support.builders import KRAKOW, PARIS, WARSAW, event, source


class TestEventRecord:
    """A record is storable, dated, and consistent in its times."""

    @pytest.mark.parametrize(
        ("changes", "complaint"),
        [
            ({"title": ""}, "title"),
            ({"title": "x" * 501}, "title"),
            ({"title": "a\x00b"}, "NUL"),
            ({"title": "a\ud800b"}, "unicode"),
            ({"description": "a\x00b"}, "NUL"),
            ({"warnings": ("a\x00b",)}, "NUL"),
            ({"external_id": ""}, "external_id"),
            ({"external_id": "x" * 513}, "external_id"),
            ({"starts_at": None}, "no date, and not postponed"),
            ({"starts_at": datetime(2026, 12, 24, 19)}, "timezone"),  # noqa: DTZ001
            ({"local_date": date(2026, 12, 25)}, "not the date of starts_at"),
            ({"time_known": False}, "exactly when the time is known"),
            ({"starts_at": None, "local_date": date(2026, 12, 24), "time_known": True},
             "exactly when the time is known"),
            ({"ends_at": datetime(2026, 12, 24, 18, 59, tzinfo=WARSAW)}, "ends before it starts"),
            ({"url": "javascript:alert(1)"}, "absolute http"),
            ({"url": "/events/1"}, "absolute http"),
            ({"url": "https://"}, "absolute http"),
            ({"url": "https://[::1"}, "Invalid IPv6"),
            ({"image_url": "https://example.org/" + "x" * 4096}, "4096"),
            ({"language": "polski"}, "language"),
            ({"status": "maybe"}, "status"),
            ({"colour": "red"}, "colour"),
        ],
    )  # fmt: skip
    def test_an_invalid_event_is_refused(self, changes: dict[str, Any], complaint: str) -> None:
        with pytest.raises(ValidationError, match=complaint):
            event(**changes)

    @pytest.mark.parametrize("name", ["", "Europe", "CEST", "../../etc/passwd", "UTC\n", "\x00"])
    def test_a_zone_must_be_an_iana_name(self, name: str) -> None:
        with pytest.raises(ValidationError, match="is not an IANA time zone"):
            event(timezone=name, starts_at=None, local_date=date(2026, 12, 24))

    def test_a_postponed_event_may_have_no_date(self) -> None:
        record = event("1", starts_at=None, status=EventStatus.POSTPONED)

        assert record.local_date is None

    def test_the_date_of_an_event_is_the_one_at_its_venue(self) -> None:
        """19:00 in Los Angeles is already the next day in UTC."""
        starts_at = datetime(2026, 6, 1, 19, tzinfo=ZoneInfo("America/Los_Angeles"))

        assert event("1", starts_at=starts_at.astimezone(UTC), timezone="America/Los_Angeles",
                     local_date=date(2026, 6, 1)).local_date == date(2026, 6, 1)  # fmt: skip

    def test_an_end_in_the_repeated_hour_is_not_before_the_start(self) -> None:
        """In the night of the change, 02:50 summer time is followed by 02:10 winter time."""
        start = datetime(2026, 10, 25, 2, 50, tzinfo=WARSAW, fold=0)
        end = datetime(2026, 10, 25, 2, 10, tzinfo=WARSAW, fold=1)

        assert event("1", starts_at=start, ends_at=end).ends_at == end

    def test_an_event_cannot_be_changed(self) -> None:
        with pytest.raises(ValidationError, match="frozen"):
            event("1").title = "Other"  # type: ignore[misc]

    def test_an_event_reads_its_own_json(self) -> None:
        record = event("1", price=Price(min="5.50", currency="PLN"), performers=("Ada",))  # type: ignore[arg-type]

        assert EventRecord.model_validate_json(record.model_dump_json()) == record


@pytest.mark.parametrize(
    "fields",
    [
        {"latitude": 50.0},
        {"longitude": 50.0},
        {"latitude": 90.1, "longitude": 0},
        {"latitude": 0, "longitude": -180.1},
        {"latitude": math.nan, "longitude": 0},
        {"latitude": 0, "longitude": math.inf},
        {"country": "Poland"},
        {"country": "pl"},
        {"name": ""},
    ],
)
def test_an_invalid_venue_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Venue(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"min": 2, "max": 1},
        {"min": -1},
        {"min": "0.001"},
        {"min": 10**10},
        {"min": "NaN"},
        {"max": "Infinity"},
        {"is_free": True, "max": 1},
        {"currency": "zł"},
    ],
)
def test_an_invalid_price_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Price(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"slug": "Kraków"},
        {"slug": "a_b"},
        {"slug": "-a"},
        {"slug": "a--b"},
        {"slug": "a\n"},
        {"slug": "a" * 65},
        {"timezone": "Europe/Cracow"},
        {"radius_km": 0},
        {"radius_km": 501},
        {"country": "PLN"},
        {"alternate_names": ("",)},
    ],
)
def test_an_invalid_city_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        City(**{**KRAKOW.model_dump(), **fields})


def test_the_connection_of_a_source_can_be_named_by_an_environment_variable() -> None:
    assert source("demo-tickets").connection_id == "discovery_demo_tickets"


class TestPair:
    """A pair is named after its city and its source."""

    @pytest.mark.parametrize(("city", "label"), [(KRAKOW, "krakow · theatres"), (None, "theatres")])
    def test_a_pair_is_labelled_by_its_city_and_source(self, city: City | None, label: str) -> None:
        assert Pair(id=1, city=city, source=source(scope=Scope.COUNTRY)).label == label
        assert pair_label(city.slug if city else None, "theatres") == label

    def test_settings_of_a_pair_override_those_of_its_source(self) -> None:
        of = Source(slug="s", name="S", kind="icalendar", settings={"a": 1, "b": {"x": 1}})

        pair = Pair(id=1, city=PARIS, source=of, settings={"b": {"y": 2}, "c": 3})

        assert pair.merged_settings == {"a": 1, "b": {"y": 2}, "c": 3}


class TestWindow:
    """Both days are inclusive."""

    WEEK = Window(date(2026, 6, 1), date(2026, 6, 7))

    def test_a_window_cannot_end_before_it_starts(self) -> None:
        with pytest.raises(ValueError, match=r"ends .* before it starts"):
            Window(date(2026, 6, 2), date(2026, 6, 1))

    @pytest.mark.parametrize(
        ("first", "last", "overlaps"),
        [(1, 1, True), (7, 7, True), (8, 8, False), (7, 9, True), (31, 31, False)],
    )
    def test_a_window_overlaps_days_up_to_both_its_ends(
        self, first: int, last: int, *, overlaps: bool
    ) -> None:
        month = 5 if first == 31 else 6

        assert self.WEEK.overlaps(date(2026, month, first), date(2026, month, last)) is overlaps

    @pytest.mark.parametrize(
        ("ends_at", "last"),
        [
            (None, date(2026, 6, 5)),
            (datetime(2026, 6, 5, 23, tzinfo=WARSAW), date(2026, 6, 5)),
            (datetime(2026, 6, 6, 0, tzinfo=WARSAW), date(2026, 6, 5)),
            (datetime(2026, 6, 6, 0, 1, tzinfo=WARSAW), date(2026, 6, 6)),
            (datetime(2026, 6, 1, tzinfo=WARSAW), date(2026, 6, 5)),
        ],
    )
    def test_an_event_that_ends_at_midnight_ends_on_the_day_before(
        self, ends_at: datetime | None, last: date
    ) -> None:
        assert last_date(date(2026, 6, 5), ends_at, WARSAW) == last

    def test_an_event_is_within_a_window_while_it_lasts(self) -> None:
        festival = event("1", starts_at=None, local_date=date(2026, 5, 20),
                         ends_at=datetime(2026, 6, 2, tzinfo=WARSAW))  # fmt: skip

        assert festival.is_within(self.WEEK)
        assert not event("1").is_within(self.WEEK)

    def test_an_event_without_a_date_is_within_any_window(self) -> None:
        assert event("1", starts_at=None, status="postponed").is_within(self.WEEK)


numbers = st.integers(0, 1000)
all_stats = st.builds(
    SyncStats,
    fetched=numbers,
    inserted=numbers,
    updated=numbers,
    unchanged=numbers,
    duplicates=numbers,
    skipped=numbers,
    withdrawn=numbers,
    pages=numbers,
    requests=numbers,
    rejected=st.dictionaries(st.sampled_from(["no date", "no title", "x"]), st.integers(1, 9)),
)


class TestSyncStats:
    """Counts of pages, attempts and pairs sum up."""

    @given(all_stats)
    def test_adding_empty_statistics_changes_nothing(self, stats: SyncStats) -> None:
        assert stats + SyncStats() == stats == SyncStats() + stats

    @given(all_stats, all_stats, all_stats)
    def test_the_order_of_adding_statistics_does_not_matter(
        self, a: SyncStats, b: SyncStats, c: SyncStats
    ) -> None:
        assert (a + b) + c == c + (b + a)

    def test_rejected_counts_are_summed_by_reason(self) -> None:
        total = SyncStats(rejected={"a": 1, "b": 2}) + SyncStats(rejected={"b": 3, "c": 4})

        assert total.rejected == {"a": 1, "b": 5, "c": 4}
        assert total.rejected_total == 10
