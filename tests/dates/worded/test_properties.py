"""Dates in words: what holds for every text, and for every date that babel writes out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date, format_datetime, format_skeleton
from hypothesis import example, given, settings
from hypothesis import strategies as st

from include.discovery.dates.worded.function_words import SMALL_WORDS
from include.discovery.dates.worded.parsing import UnreadableDate, WordedDates
from include.discovery.dates.worded.vocabulary import (
    MONTHS,
    ORDINALS,
    RECURRING_WEEKDAYS,
    RELATIVE_DAYS,
    WEEKDAYS,
)
from include.discovery.model import Window
from tests.dates.worded.worded_support import FRIDAY, read
from tests.support.builders import WARSAW

LANGUAGES = tuple(MONTHS)
TABLES = (MONTHS, WEEKDAYS, RECURRING_WEEKDAYS, ORDINALS, RELATIVE_DAYS)
VOCABULARY = sorted(
    {word for table in TABLES for text in table.values() for word in text.replace("|", " ").split()}
    | {word for kinds in SMALL_WORDS.values() for text in kinds.values() for word in text.split()}
)
NUMBERS = [
    "0", "1", "1.", "2nd", "3.", "5", "5.12.", "5.12", "5/12", "12/31", "31.2.", "5.12.2026",
    "5.12.26", "99.99.9999", "7", "7pm", "7:30", "19", "19h30", "19:00", "19.30", "23:59",
    "24", "24:00", "31", "2026", "1900", "2100", "9999", "2026-12-05", "2026-02-30",
    "2026-12-05T19:00", "15€", "18+",
]  # fmt: skip
SIGNS = [" ", " ", " ", ", ", " - ", "–", "-", "/", " (", ") ", ": ", ".", "\n"]

zones = st.sampled_from(
    [
        WARSAW,
        ZoneInfo("America/New_York"),
        ZoneInfo("Pacific/Apia"),
        ZoneInfo("Australia/Lord_Howe"),
    ]
)
pieces = st.tuples(
    st.one_of(
        st.sampled_from(VOCABULARY),
        st.sampled_from(NUMBERS),
        st.integers(0, 10_000).map(str),
    ),
    st.sampled_from(SIGNS),
)
worded = st.lists(pieces, min_size=1, max_size=16).map(lambda found: "".join(map("".join, found)))
texts = st.one_of(worded, st.text(max_size=80), st.text("0123456789 ./-:,hpam", max_size=60))
read_days = st.dates(date(1990, 1, 1), date(2090, 12, 31))


def attempt(text: str, **options: Any) -> WordedDates | None:
    try:
        return read(text, **options)
    except UnreadableDate:
        return None


@given(
    texts,
    st.sampled_from([None, *LANGUAGES]),
    read_days,
    zones,
    st.booleans(),
)
@example("December 31 9999 24:00", None, FRIDAY, WARSAW, True)
@example("\ud800 5 \x00 5", None, FRIDAY, WARSAW, True)
@example("٣ ٤ ٢٠٢٦", None, FRIDAY, WARSAW, True)
@example("29 February", None, date(2090, 12, 31), WARSAW, True)
@example("powszednie 5.12. 2100 ", None, date(2000, 1, 1), WARSAW, True)
def test_any_text_gives_times_in_order_or_a_reason(
    text: str, language: str | None, today: date, zone: ZoneInfo, day_first: bool
) -> None:
    result = attempt(text, language=language, today=today, zone=zone, day_first=day_first)
    if result is None:
        return

    assert result.times
    days = [when.local_date for when in result.times]
    assert days == sorted(days)
    # What recurs is followed for 400 days, from a first day in 2100 at the latest.
    assert all(date(1900, 1, 1) <= day <= date(2102, 2, 4) for day in days)
    starts = [when.starts_at for when in result.times if when.starts_at]
    assert all(start.tzinfo is not None for start in starts)
    instants = [start.astimezone(UTC) for start in starts]
    assert instants == sorted(instants)
    for when in result.times:
        if when.starts_at and when.ends_at:
            assert when.ends_at.astimezone(UTC) >= when.starts_at.astimezone(UTC)


@given(texts, zones)
def test_the_iso_form_of_a_reading_reads_as_the_same_instant(text: str, zone: ZoneInfo) -> None:
    result = attempt(text, zone=zone)
    for when in result.times[:5] if result else ():
        iso = (when.starts_at or when.local_date).isoformat()
        again = read(iso, zone=zone).times

        assert [each.local_date for each in again] == [when.local_date]
        if when.starts_at:
            assert again[0].starts_at.astimezone(UTC) == when.starts_at.astimezone(UTC)


@given(worded, st.integers(-100, 500), st.integers(0, 200))
def test_a_window_bounds_recurrences_and_nothing_else(text: str, offset: int, length: int) -> None:
    start = FRIDAY + timedelta(days=offset)
    window = Window(start, start + timedelta(days=length))
    result = attempt(text, window=window)
    unbounded = attempt(text)

    if result and result.recurs:
        assert all(window.start <= when.local_date <= window.end for when in result.times)
    elif result:
        assert unbounded == result


class TestBabelAsAnOracle:
    """What babel writes in a language's own form reads back as the same date."""

    today = FRIDAY
    near = st.dates(FRIDAY - timedelta(days=1000), FRIDAY + timedelta(days=1700))
    times = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))

    @pytest.mark.slow
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("form", ["short", "medium", "long", "full"])
    @settings(max_examples=25)
    @given(day=near)
    def test_a_date_as_babel_writes_it_is_read_back(
        self, language: str, form: str, day: date
    ) -> None:
        text = format_date(day, form, locale=language)
        is_american = language == "en" and form == "short"

        result = read(text, language=language, day_first=not is_american)

        assert [when.local_date for when in result.times] == [day]
        assert result.times[0].warnings == ()
        assert not result.times[0].time_known

    @pytest.mark.slow
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("form", ["short", "medium", "long", "full"])
    @settings(max_examples=25)
    @given(day=near, moment=times)
    def test_a_date_with_a_time_as_babel_writes_it_is_read_back(
        self, language: str, form: str, day: date, moment: time
    ) -> None:
        wall = datetime.combine(day, moment)
        text = format_datetime(wall, form, locale=language)
        is_american = language == "en" and form == "short"

        result = read(text, language=language, zone=ZoneInfo("UTC"), day_first=not is_american)

        assert [when.starts_at for when in result.times] == [wall.replace(tzinfo=UTC)]

    @pytest.mark.slow
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("skeleton", ["MMMEd", "MMMMEEEEd", "MMMd", "MMMMd"])
    @settings(max_examples=25)
    @given(ahead=st.integers(-30, 300))
    def test_a_date_without_a_year_as_babel_writes_it_is_read_back(
        self, language: str, skeleton: str, ahead: int
    ) -> None:
        day = FRIDAY + timedelta(days=ahead)
        text = format_skeleton(skeleton, day, locale=language)

        result = read(text, language=language)

        assert [when.local_date for when in result.times] == [day]
        assert result.times[0].warnings == (f"year not given; taken as {day.year}",)

    @pytest.mark.parametrize("language", LANGUAGES)
    @settings(max_examples=25)
    @given(day=near)
    def test_the_language_of_a_date_is_detected_without_a_hint(
        self, language: str, day: date
    ) -> None:
        text = format_date(day, "full", locale=language)

        assert [when.local_date for when in read(text).times] == [day]

    @pytest.mark.slow
    @settings(max_examples=25)
    @given(day=near, moment=times)
    def test_an_american_date_in_numbers_is_read_back(self, day: date, moment: time) -> None:
        wall = datetime.combine(day, moment)

        result = read(f"{wall:%m/%d/%Y %I:%M %p}", zone=ZoneInfo("UTC"), day_first=False)

        assert result.times[0].starts_at == wall.replace(tzinfo=UTC)


def test_midnight_is_a_time_of_the_day_that_it_begins() -> None:
    assert read("2026-12-05 00:00").times[0].starts_at == datetime.combine(
        date(2026, 12, 5), time(), WARSAW
    )
