"""Dates in words: what is guessed with a warning, what is refused, and what is ignored."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from time import process_time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from include.discovery.dates.worded.parsing import UnreadableDate
from include.discovery.model import Window
from tests.dates.worded.worded_support import FRIDAY, read, shown

LISBON = ZoneInfo("Europe/Lisbon")
PARIS = ZoneInfo("Europe/Paris")
NEW_YORK = ZoneInfo("America/New_York")


def warnings(text: str, **options: Any) -> tuple[str, ...]:
    return read(text, **options).times[0].warnings


class TestYearsThatAreNotGiven:
    """The nearest sensible year is taken, with a warning."""

    @pytest.mark.parametrize(
        ("text", "day"),
        [
            ("5 December", "2026-12-05"),
            ("5 January", "2027-01-05"),
            ("28 October", "2026-10-28"),  # 30 days ago
            ("27 October", "2027-10-27"),
            ("29 February", "2028-02-29"),
            # The weekday decides, for a year and a half ahead and a year back.
            ("Saturday 5 December", "2026-12-05"),
            ("Sunday 5 December", "2027-12-05"),
            ("Wednesday 8 July", "2026-07-08"),
            ("lundi 6 juillet", "2026-07-06"),
            # Nothing fits: a slip of the pen.
            ("Thursday 5 December", "2026-12-05"),
            ("Tuesday 5 December", "2026-12-05"),
            # A year that stands elsewhere in the text counts.
            ("Festival 2028: 5 May", "2028-05-05"),
            ("Festival 2026: 5-7 May", "2026-05-05 to 2026-05-07"),
            ("Season 2026/2027, 5 May", "2027-05-05"),
        ],
    )
    def test_a_missing_year_is_the_nearest_sensible_one(self, text: str, day: str) -> None:
        result = read(text)

        assert shown(result) == day
        assert result.times[0].warnings[0] == f"year not given; taken as {day[:4]}"

    def test_days_that_stand_together_get_the_same_year(self) -> None:
        assert shown(read("5, 6 and 7 December", today=date(2027, 1, 5))) == (
            "2026-12-05, 2026-12-06, 2026-12-07"
        )

    def test_a_range_that_has_begun_keeps_its_past_start(self) -> None:
        assert shown(read("3 May – 30 June", today=date(2026, 6, 15))) == "2026-05-03 to 2026-06-30"

    def test_a_range_over_new_year_ends_in_the_next_year(self) -> None:
        result = read("28 Dec – 3 Jan")

        assert shown(result) == "2026-12-28 to 2027-01-03"
        assert result.times[0].warnings == ("year not given; taken as 2026/2027",)

    @pytest.mark.parametrize(
        ("text", "days"),
        [
            ("od 20 grudnia do 5 stycznia 2025", "2024-12-20 to 2025-01-05"),
            ("20 December 2026 – 5 January", "2026-12-20 to 2027-01-05"),
            ("5 December 2026, 6 December", "2026-12-05, 2026-12-06"),
            ("31 December, 1 January 2027", "2026-12-31, 2027-01-01"),
        ],
    )
    def test_a_year_given_once_counts_for_the_neighbouring_dates(
        self, text: str, days: str
    ) -> None:
        result = read(text)

        assert shown(result) == days
        assert result.times[0].warnings == ()

    @pytest.mark.parametrize(
        ("text", "is_read"),
        [
            ("5 December 1900", True),
            ("5 December 2100", True),
            ("5 December 1899", False),
            ("5 December 2101", False),
            ("5.12.24", True),
            ("5.12.23", True),
            ("5.11.23", False),
            ("26.11.31", True),
            ("5.12.31", False),
        ],
    )
    def test_a_year_of_four_digits_is_believed_and_a_short_one_near_today(
        self, text: str, is_read: bool
    ) -> None:
        if is_read:
            assert len(read(text).times) == 1
        else:
            with pytest.raises(UnreadableDate, match=r"outside 1900-2100|too far from today"):
                read(text)


class TestWeekdays:
    def test_a_contradicting_weekday_keeps_the_date_with_a_warning(self) -> None:
        assert warnings("Friday, 5 December 2026") == ("2026-12-05 is a Saturday, not a Friday",)

    def test_a_weekday_does_not_move_a_date_by_years(self) -> None:
        assert warnings("Tuesday, 5 December") == (
            "year not given; taken as 2026",
            "2026-12-05 is a Saturday, not a Tuesday",
        )

    def test_a_weekday_after_the_date_is_checked_too(self) -> None:
        assert warnings("5 grudnia 2026 (piątek)") == ("2026-12-05 is a Saturday, not a Friday",)

    @pytest.mark.parametrize(
        ("text", "language", "day"),
        [
            ("Do 3.12.", "de", "2026-12-03"),
            ("Do 3.12.", "de-AT", "2026-12-03"),
            ("2.4., 19 Uhr", "xx", "2027-04-02 19:00"),
            ("to 3.12. klo 19", None, "2026-12-03 19:00"),
            ("mar. 1 décembre", None, "2026-12-01"),
            ("mar 5 2027", None, "2027-03-05"),
            ("mar 5 y mié 6 de mayo", None, "2026-05-05, 2026-05-06"),
            ("6.12.2026 la Scala", None, "2026-12-06"),
            ("sab 5 dic", "it", "2026-12-05"),
            ("so 5.12.", "cs", "2026-12-05"),
            ("So 6.12.", "de", "2026-12-06"),
            ("pá 4.12.", None, "2026-12-04"),
        ],
    )
    def test_a_short_weekday_that_means_other_things_is_read_in_its_language_only(
        self, text: str, language: str | None, day: str
    ) -> None:
        result = read(text, language=language)

        assert shown(result) == day
        assert not any("is a" in warning for warning in result.times[0].warnings)

    def test_a_weekday_alone_is_the_nearest_one(self) -> None:
        assert shown(read("Friday 20:00")) == "2026-11-27 20:00"
        assert shown(read("Thursday 20:00")) == "2026-12-03 20:00"
        assert shown(read("Fr., 19 Uhr")) == "2026-11-27 19:00"
        assert shown(read("8pm Sat")) == "2026-11-28 20:00"
        assert shown(read("next Friday 20:00")) == "2026-12-04 20:00"

    @pytest.mark.parametrize("text", ["so good", "do 19:00", "st 19:00", "to 12", "sun hat", "mar"])
    def test_a_common_word_alone_is_not_a_weekday(self, text: str) -> None:
        with pytest.raises(UnreadableDate):
            read(text)


class TestShortYears:
    @pytest.mark.parametrize(
        ("text", "reading"),
        [
            ("Sat Jan 16 27 07:30 PM", "2027-01-16 19:30"),
            ("16 Jan 27, 7pm", "2027-01-16 19:00"),
            ("16 Jan '27", "2027-01-16"),
            ("Jan 16, '27", "2027-01-16"),
            ("16-Jan-27", "2027-01-16"),
            ("16 stycznia 27", "2027-01-16"),
            ("January 16, 27", "2027-01-16, 2027-01-27"),
            ("January 16-27", "2027-01-16 to 2027-01-27"),
            ("January 16-27, 2027", "2027-01-16 to 2027-01-27"),
        ],
    )
    def test_a_number_directly_behind_a_month_may_be_its_year(
        self, text: str, reading: str
    ) -> None:
        assert shown(read(text)) == reading


class TestOrderOfDayAndMonth:
    @pytest.mark.parametrize(
        ("text", "day_first", "day"),
        [
            ("05/12/2026", True, "2026-12-05"),
            ("sobota i niedziela, 5 i 6 grudnia", True, "2026-12-05, 2026-12-06"),
            ("5/6 December 2026", True, "2026-12-05, 2026-12-06"),
            ("05/12/2026", False, "2026-05-12"),
            ("12/05", True, "2027-05-12"),
            ("12/05", False, "2026-12-05"),
        ],
    )
    def test_the_caller_decides_the_order_of_day_and_month(
        self, text: str, day_first: bool, day: str
    ) -> None:
        assert shown(read(text, day_first=day_first, language="en")) == day

    @pytest.mark.parametrize(
        ("zone", "language", "day"),
        [
            (NEW_YORK, None, "2026-12-05"),
            (NEW_YORK, "en", "2026-12-05"),
            (NEW_YORK, "es", "2027-05-12"),
            (PARIS, "en-US", "2026-12-05"),
            (PARIS, "en", "2027-05-12"),
            (LISBON, None, "2027-05-12"),
        ],
    )
    def test_language_and_place_decide_the_order_where_the_caller_does_not(
        self, zone: ZoneInfo, language: str | None, day: str
    ) -> None:
        assert shown(read("12/05", zone=zone, language=language, day_first=None)) == day

    def test_an_impossible_order_of_day_and_month_is_reversed_with_a_warning(self) -> None:
        assert shown(read("12/25/2026")) == "2026-12-25"
        assert warnings("12/25/2026") == (
            "day and month read in the other order, since there is no month above 12",
        )
        assert warnings("25/12/2026", day_first=False) == warnings("12/25/2026")

    def test_an_iso_date_is_read_year_month_day(self) -> None:
        assert shown(read("2026-05-12", day_first=False)) == "2026-05-12"


class TestHours:
    @pytest.mark.parametrize(
        ("text", "reading"),
        [
            ("2026-12-05 19:00", "2026-12-05 19:00"),
            ("2026-12-05T19:00:00+02:00", "2026-12-05 18:00"),
            ("20261205T180000Z", "2026-12-05 19:00"),
            ("2026-12-05 19:00-21:00", "2026-12-05 19:00-21:00"),
            ("2026-12-05T19:00/2026-12-05T21:00", "2026-12-05 19:00-21:00"),
            ("2026-12-05 19:00, 2026-12-06 19:00", "2026-12-05 19:00, 2026-12-06 19:00"),
            ("2026-12-05/2026-12-07", "2026-12-05 to 2026-12-07"),
            ("Mon, 07 Dec 2026 18:00:00 GMT", "2026-12-07 19:00"),
            ("Mon, 07 Dec 2026 18:00:00 -0500", "2026-12-08 00:00"),
            ("Mon Dec 7 2026 19:00:00 GMT+0100", "2026-12-07 19:00"),
            ("Mon, 07 Dec 2026 18:00:00 +9900", "2026-12-07 18:00"),
            ("2026-5-28T16:30+0:00", "2026-05-28 16:30"),
            ("2026-5-28T16:30+100", "2026-05-28 16:30"),
            ("5 grudnia 2026, godz. 18.00. Zapraszamy", "2026-12-05 18:00"),
            ("5.12.2026 24:00", "2026-12-06 00:00"),
            ("5.12.2026 10:00–24:00", "2026-12-05 10:00-00:00"),
            ("12/05/2026, 12 am", "2026-05-12 00:00"),
            ("5 December 2026, 7:30-9pm", "2026-12-05 19:30-21:00"),
            ("5 December 2026, 7.30 – 9.15 p.m.", "2026-12-05 19:30-21:15"),
            ("5 December 2026, 11-12pm", "2026-12-05 11:00-12:00"),
            ("5 December 2026, 12-2pm", "2026-12-05 12:00-14:00"),
            ("5 December 2026, 9am-12pm", "2026-12-05 09:00-12:00"),
            ("5 grudnia 2026 od 7 do 9 wieczorem", "2026-12-05 19:00-21:00"),
            ("5 December 2026, 12pm", "2026-12-05 12:00"),
            ("4 Dec 2026, 7pm & 5 Dec 2026, 2pm", "2026-12-04 19:00, 2026-12-05 14:00"),
            ("7pm 4 Dec 2026 & 2pm 5 Dec 2026", "2026-12-04 19:00, 2026-12-05 14:00"),
            ("4.12.2026: 18:00, 20:00; 5.12.2026: 16:00",
             "2026-12-04 18:00, 2026-12-04 20:00, 2026-12-05 16:00"),
            ("5 May 2027 19:00 – 7 May 2027 22:00", "2027-05-05 19:00 to 2027-05-07 22:00"),
            ("from 5 May 2027 10:00 until 7 May 18:00", "2027-05-05 10:00 to 2027-05-07 18:00"),
            ("5 May 2027, until 7 May", "2027-05-05 to 2027-05-07"),
            ("5 December 2026, 19:00, until 22:00", "2026-12-05 19:00-22:00"),
            ("2026-12-05 19:00 - Main Hall", "2026-12-05 19:00"),
            ("5 grudnia 2026 roku, godz. 19", "2026-12-05 19:00"),
            ("5 December 2026, 13pm", "2026-12-05"),
            ("5.12.2026 00:00-23:59", "2026-12-05"),
            ("5.12.2026 00:00-05:00", "2026-12-05 00:00-05:00"),
            ("5.12.2026 00:30", "2026-12-05 00:30"),
            ("5.12.2026, 0 Uhr", "2026-12-05 00:00"),
            ("5.12.2026 à 0h", "2026-12-05 00:00"),
            ("5 May 2027 19:00 – 7 May 2027", "2027-05-05 19:00 to 2027-05-08 00:00"),
            ("5 December 2026, 7pm (doors 6:30pm)", "2026-12-05 19:00"),
            ("5 December 2026, 7pm, running time 2 hours", "2026-12-05 19:00"),
            ("5 décembre 2026 à 20h, durée 2h", "2026-12-05 20:00"),
        ],
    )  # fmt: skip
    def test_each_form_of_a_time_is_read(self, text: str, reading: str) -> None:
        assert shown(read(text)) == reading

    @pytest.mark.parametrize(
        ("text", "warning"),
        [
            ("5.12.2026 22:00-02:00", "end before start: taken as past midnight"),
            ("5.12.2026 00:00", "00:00 may stand for an unknown hour"),
            ("5.12.2026, 0:00", "00:00 may stand for an unknown hour"),
            ("5.12.2026 00:00-23:59", "00:00 taken as an unknown hour"),
            ("2026-12-05 00:00:00", "00:00 may stand for an unknown hour"),
            ("5.12.2026 until 22:00", "only the end of its hours is given; dropped"),
            ("5.12.2026, doors 19:00", "the hour is when the doors open"),
            ("5 December 2026 at midnight", "midnight taken as the beginning of the day"),
            ("5 December 2026, 7-9", "morning or evening not given; taken as morning"),
            ("2026-5-28T16:30+0:00", "the offset +0:00; left out"),
            ("5 December 2026 at 6", "morning or evening not given; taken as morning"),
            ("5 December 2026, 2-4", "morning or evening not given; taken as afternoon"),
            ("5 December 2026 from 1 to 3", "morning or evening not given; taken as afternoon"),
            ("3 May 2027 – 30 June 2027, 7pm", "not a few days in a row; its hours are left out"),
            ("from 5 May 2027", "last day not given"),
            ("until 5 May 2027", "first day not given; taken as today"),
            ("until 5 May 2026", "first day not given; only the last is known"),
            ("May 2027", "day not given; taken as the whole month"),
            ("March – June 2027", "day not given; taken as the whole month"),
            ("every other Friday", "which weeks is not given; counted from today"),
            (
                "5 May 2027, tickets from 1 April 2027",
                "1.4.2027 is not the event's own day; left out",
            ),
            ("5 May 2027, 31 February 2027", "31.2.2027 is no date; left out"),
        ],
    )
    def test_each_guess_and_repair_gives_a_warning(self, text: str, warning: str) -> None:
        assert warning in warnings(text)

    def test_a_time_that_the_clocks_skip_in_spring_is_moved_forward(self) -> None:
        when = read("30 mars 2025 à 2h30", zone=PARIS).times[0]

        assert when.starts_at == datetime(2025, 3, 30, 1, 30, tzinfo=UTC)
        assert when.warnings == ("2025-03-30 02:30 does not exist in Europe/Paris; moved forward",)

    def test_a_time_in_the_repeated_hour_of_autumn_is_the_first(self) -> None:
        start = read("26 octobre 2025 à 2h30", zone=PARIS).times[0].starts_at

        assert start is not None
        assert start.astimezone(UTC) == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)

    def test_a_time_is_that_of_the_venue(self) -> None:
        assert read("5.6.2027 20:30", zone=LISBON).times[0].starts_at == datetime(
            2027, 6, 5, 19, 30, tzinfo=UTC
        )


class TestRecurrences:
    def test_a_recurrence_keeps_its_time_when_the_clocks_change(self) -> None:
        times = read("every Sunday 19:00", today=date(2027, 3, 15)).times[:2]

        assert [f"{when.starts_at:%H:%M%z}" for when in times] == ["19:00+0100", "19:00+0200"]

    def test_a_recurrence_without_bounds_goes_on_for_400_days_from_today(self) -> None:
        days = [when.local_date for when in read("daily").times]

        assert (days[0], days[-1]) == (FRIDAY, date(2028, 1, 1))

    def test_a_recurrence_is_bounded_by_the_window(self) -> None:
        window = Window(date(2026, 12, 1), date(2026, 12, 15))

        assert shown(read("Tuesdays 19:00", window=window)) == (
            "2026-12-01 19:00, 2026-12-08 19:00 … 3"
        )

    def test_midnight_after_the_last_day_is_outside_the_window(self) -> None:
        window = Window(date(2026, 12, 1), date(2026, 12, 2))

        assert shown(read("daily 24:00", window=window)) == "2026-12-02 00:00 … 1"

    def test_a_recurrence_has_no_day_in_a_past_window_unless_its_first_day_is_given(self) -> None:
        window = Window(date(2026, 1, 1), date(2026, 1, 31))

        with pytest.raises(UnreadableDate, match="no day inside its bounds"):
            read("Tuesdays", window=window)
        assert shown(read("Tuesdays from 6 January 2026", window=window)) == (
            "2026-01-06, 2026-01-13 … 4"
        )

    def test_a_past_recurrence_is_read_when_both_bounds_are_given(self) -> None:
        assert (
            shown(read("every Tuesday from 6 to 20 January 2026")) == "2026-01-06, 2026-01-13 … 3"
        )

    def test_the_number_of_occurrences_is_bounded(self) -> None:
        result = read("daily 9:00, 10:00, 11:00, 12:00, 13:00, 14:00")

        assert len(result.times) == 2_000
        assert result.times[0].warnings == ("what comes after 2000 occurrences; left out",)

    @pytest.mark.parametrize(
        ("text", "reading"),
        [
            ("every Thursday, next 2026-12-03 19:00", "2026-12-03 19:00"),
            ("every Thursday, 5 and 12 December 2026", "2026-12-05, 2026-12-12"),
            ("Tuesdays 1, 8 and 15 December", "2026-12-01, 2026-12-08, 2026-12-15"),
            ("Fri–Sun, 4–6 December 2026", "2026-12-04 to 2026-12-06"),
            ("first Friday of May 2027, 8pm", "2027-05-07 20:00 … 1"),
            ("pierwszy piątek maja 2027", "2027-05-07 … 1"),
            ("every Tuesday in May 2027", "2027-05-04, 2027-05-11 … 4"),
            ("jueves de mayo, de 18:30 a 20:00",
             "2027-05-06 18:30-20:00, 2027-05-13 18:30-20:00 … 4"),
            ("joka tiistai toukokuussa klo 18", "2027-05-04 18:00, 2027-05-11 18:00 … 4"),
            ("Mon–Fri 10-18, Sat 10-14, from 30 November 2026 to 5 December 2026",
             "2026-11-30 10:00-18:00, 2026-12-01 10:00-18:00 … 6"),
            ("every other Thursday from 10 December 2026 to 31 December 2026",
             "2026-12-10, 2026-12-24 … 2"),
            ("wt.-niedz. 10-18, od 1 do 31 grudnia 2026",
             "2026-12-01 10:00-18:00, 2026-12-02 10:00-18:00 … 27"),
            ("Mon–Fri 10-18, Sat 10-14, until 28 November 2026",
             "2026-11-27 10:00-18:00, 2026-11-28 10:00-14:00 … 2"),
            ("10:00-18:00 Mon–Fri, 10:00-14:00 Sat, until 28 November 2026",
             "2026-11-27 10:00-18:00, 2026-11-28 10:00-14:00 … 2"),
            ("M-F: 10 am – 6 pm, Sat & Sun: event days only, until 30 November 2026",
             "2026-11-27 10:00-18:00, 2026-11-30 10:00-18:00 … 2"),
            ("Mon–Fri 10-18, domingos y festivos cerrado, until 29 November 2026",
             "2026-11-27 10:00-18:00 … 1"),
            ("Mon–Fri 10-18, weekends on event days, until 29 November 2026",
             "2026-11-27 10:00-18:00 … 1"),
            ("lunes de mayo de 19 a 20:30 horas",
             "2027-05-03 19:00-20:30, 2027-05-10 19:00-20:30 … 5"),
            ("niños de entre 4 y 12 años, todos los sábados a las 12, hasta el 28 de noviembre",
             "2026-11-28 12:00 … 1"),
            ("Edad de 5 a 10 años, cada sábado a las 12, hasta el 28 de noviembre",
             "2026-11-28 12:00 … 1"),
            ("$4 Wednesdays at 4th and B, until 2 December 2026", "2026-12-02 … 1"),
            ("Fri & Sat 8pm", "2026-11-27 20:00, 2026-11-28 20:00"),
            ("every weekend until 6 December 2026", "2026-11-28, 2026-11-29 … 4"),
            ("arkisin klo 10–16, 30.11.–4.12.2026 ja 5.12.2026",
             ", ".join(f"2026-{day} 10:00-16:00"
                       for day in ("11-30", "12-01", "12-02", "12-03", "12-04", "12-05"))),
            ("weekends until 6 December 2026", "2026-11-28, 2026-11-29 … 4"),
        ],
    )  # fmt: skip
    def test_a_recurrence_with_dates_next_to_it_is_read(self, text: str, reading: str) -> None:
        assert shown(read(text)) == reading


class TestWhatIsNoDate:
    @pytest.mark.parametrize(
        "text",
        [
            "", " ", ",,", "\x00", "invalid date", "7 fakemonth 2025", "3 invalidmonth 2025",
            "od 18 lat", "18+", "15 €", "40-55 zł", "od 15 zł", "kl. 5 kr", "at 10 PLN",
            "Sala 3", "Room 12", "tel. 22 123 45 67",
            "600 100 200", "24/7", "4.5/5", "5 stars", "ages 6-12", "2 hours", "w 2026 roku",
            "version 1.2.3", "A4", "in May", "w maju", "32 May 2027",
            "https://example.com/2027/05/05/5-may-2027", "a-5.12.2026@example.com",
            "(by/2.5), via x", "closed until 5 May 2027", "closed 24–26 December",
            "Mikro 2.4", "licence CC BY-SA 2.5 via Wiki", "CC BY-SA 4.0 via Wiki",
            "songs of today and of yesterday, for young and old",
            "canciones de hoy y de ayer en la plaza",
            "abierto por la mañana", "May the Force be with you", "Mars 3",
        ],
    )  # fmt: skip
    def test_a_text_without_a_date_is_refused(self, text: str) -> None:
        with pytest.raises(UnreadableDate, match="no date found"):
            read(text)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("32.09.2025", "32.9.2025 is no date"),
            ("15.13.2025", "15.13.2025 is no date"),
            ("00.09.2025", "0.9.2025 is no date"),
            ("31 February 2026", "31.2.2026 is no date"),
            ("2026-02-30", "30.2.2026 is no date"),
            ("2026-02-30 19:00", "2026-02-30 19:00 is no date"),
            ("31 June", "31.6 is no date"),
            ("19:00–21:30", "hours without a day"),
            ("2150-01-01 12:00", "outside 1900-2100"),
            ("0001-01-01T00:00:00+05:00", "outside 1900-2100"),
            ("32.13.26", "32.13.26 is no date"),
            ("every Tuesday until 31 February 2027", "31.2.2027 is no date"),
            ("Fri–Sun, 31 February – 2 March 2027", "31.2 is no date"),
            ("every Friday until 1 May 2020", "the recurrence has no day inside its bounds"),
        ],
    )
    def test_the_reason_of_a_refusal_quotes_what_was_found(self, text: str, reason: str) -> None:
        with pytest.raises(UnreadableDate, match=reason) as caught:
            read(text)
        assert text in str(caught.value)

    @pytest.mark.parametrize(
        ("text", "reading"),
        [
            ("Koncert, Sala 3, 5 grudnia 2026, bilety od 15 zł, tel. 22 123 45 67, od 18 lat",
             "2026-12-05"),
            ("Wydarzenie odbędzie się 04.12.2026 w centrum miasta", "2026-12-04"),
            ("Apollo 13, 5 May 2027, 19:30, £12.50, ages 16+", "2027-05-05 19:30"),
            ("Mars Attacks! 5 May 2027 7pm, Room 101, 020 1234 5678", "2027-05-05 19:00"),
            ("Tickets $20-25: Sat 5 Dec 2026 | 7:00 pm | Main Stage 2", "2026-12-05 19:00"),
            ("The hall is closed. Reopening on 5 May 2027 at 7pm", "2027-05-05 19:00"),
            ("All day Saturday, 5 December 2026", "2026-12-05"),
            ("Saal 3, 4. Dez. 2026, 20 Uhr, 12,50 €, ab 16 Jahren", "2026-12-04 20:00"),
            ("5 May, 1000 Elm Street", "2027-05-05"),
            ("5 mai 2027, 18 h, dès 6 ans, 5 € / 3 €", "2027-05-05 18:00"),
            ("5.12.2026 klo 18, ikäraja 18, liput 15 €, sali 4", "2026-12-05 18:00"),
        ],
    )  # fmt: skip
    def test_words_around_a_date_are_skipped(self, text: str, reading: str) -> None:
        assert shown(read(text)) == reading

    def test_only_the_first_500_characters_are_read(self) -> None:
        assert shown(read("x " * 245 + "5.12.2026")) == "2026-12-05"
        with pytest.raises(UnreadableDate):
            read("x " * 250 + "5.12.2026")


@pytest.mark.parametrize(
    "text",
    [
        "1" * 10_000, "1.1." * 2_500, "5," * 5_000, "5 - " * 2_500, "5 i " * 2_500, "Mon-" * 2_500,
        "every " * 2_000, "19:00-" * 1_700, "1,1" * 3_000, "€1.1" * 2_500, " " * 10_000,
        "from 5 to " * 1_000, "1 2 3 4 5 6 7 8 9 10 11 12 13 " * 300, "\n" * 10_000,
    ],
)  # fmt: skip
def test_hostile_input_is_read_or_refused_fast(text: str) -> None:
    began = process_time()
    with suppress(UnreadableDate):
        read(text)
    assert process_time() - began < 2


def test_the_refusal_of_a_long_text_is_short() -> None:
    with pytest.raises(UnreadableDate) as caught:
        read("no date " * 1_000)
    assert len(str(caught.value)) < 300
