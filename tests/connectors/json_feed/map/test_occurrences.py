"""Items with several dates: occurrences, series, and rules of recurrence."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from include.discovery.dates.recurrence import MOST_OCCURRENCES
from include.discovery.model import Window
from tests.connectors.json_feed.map.map_support import ITEM, MAY, mapped, record

DATE_FIELDS = {"starts_at": "occurrence.at || start", "occurrence_id": "occurrence.id"}


DATED = {**ITEM, "dates": [{"id": 1, "at": "2026-05-08T19:00"},
                          {"id": 2, "at": "2026-06-08T19:00"}]}  # fmt: skip


class TestOccurrences:
    def test_each_occurrence_is_a_record_in_the_series_of_its_item(self) -> None:
        parsed = mapped(DATED, fields=DATE_FIELDS, occurrences="dates")

        assert [(r.external_id, r.series_id, f"{r.local_date}") for r in parsed.records] == [
            ("7/1", "7", "2026-05-08"),
            ("7/2", "7", "2026-06-08"),
        ]

    def test_an_occurrence_without_an_id_is_identified_by_its_start(self) -> None:
        fields = {"starts_at": "occurrence"}
        item = {**ITEM, "dates": ["2026-05-08T19:00", "2026-05-09"]}

        parsed = mapped(item, fields=fields, occurrences="dates")

        assert [r.external_id for r in parsed.records] == ["7/20260508T190000", "7/20260509"]

    def test_a_series_of_the_source_takes_precedence_over_the_id_of_the_item(self) -> None:
        fields = {**DATE_FIELDS, "series_id": "cycle"}

        parsed = mapped({**DATED, "cycle": "c3"}, fields=fields, occurrences="dates")

        assert {r.series_id for r in parsed.records} == {"c3"}

    @pytest.mark.parametrize("none", [None, [], ""])
    def test_an_item_without_occurrences_is_an_event_itself(self, none: Any) -> None:
        parsed = mapped({**DATED, "dates": none}, fields=DATE_FIELDS, occurrences="dates")

        assert [(r.external_id, r.series_id) for r in parsed.records] == [("7", None)]

    def test_occurrences_outside_the_window_are_left_out(self) -> None:
        parsed = mapped(DATED, fields=DATE_FIELDS, occurrences="dates", window=MAY)

        assert [r.external_id for r in parsed.records] == ["7/1"]
        assert parsed.rejects == []

    def test_a_bad_occurrence_costs_only_itself(self) -> None:
        item = {**DATED, "dates": [{"id": 1, "at": "?"}, {"id": 2, "at": "2026-06-08"}]}

        parsed = mapped(item, fields=DATE_FIELDS, occurrences="dates")

        assert [r.external_id for r in parsed.records] == ["7/2"]
        assert [(r.reason, r.item) for r in parsed.rejects] == [("unreadable date", "item 1 (7)")]

    def test_values_of_an_occurrence_are_read_for_each(self) -> None:
        fields = {**DATE_FIELDS, "status": "occurrence.state", "price": "fee"}
        dates = [{"id": 1, "at": "2026-05-08", "state": "cancelled"}, {"id": 2, "at": "2026-05-09"}]

        parsed = mapped({**DATED, "dates": dates}, fields=fields, occurrences="dates")

        assert [r.status.value for r in parsed.records] == ["cancelled", "scheduled"]

    def test_an_occurrence_never_has_the_details_of_another_item(self) -> None:
        items = [{**DATED, "id": n, "title": f"Show {n}"} for n in range(3)]

        parsed = mapped(*items, fields=DATE_FIELDS, occurrences="dates")

        assert [r.title for r in parsed.records] == [f"Show {n}" for n in range(3) for _ in "12"]

    def test_the_number_of_occurrences_is_bounded(self) -> None:
        item = {**ITEM, "dates": ["2026-05-08"] * (MOST_OCCURRENCES + 1)}

        parsed = mapped(item, fields={"starts_at": "occurrence"}, occurrences="dates")

        assert len(parsed.records) == MOST_OCCURRENCES
        assert [r.reason for r in parsed.rejects] == ["too many occurrences"]

    def test_dates_in_words_are_occurrences_too(self) -> None:
        fields = {"starts_at": {"path": "start", "as": "words"}}
        item = {**ITEM, "start": "8 May and 9 May 2026, 19:00"}

        parsed = mapped(item, fields=fields)

        assert [r.external_id for r in parsed.records] == ["7/20260508T190000", "7/20260509T190000"]


RULE = {"days": "days", "frequency": "often", "interval": "every",
        "excluded": {"path": "not", "as": "day_first", "split": ";"}}  # fmt: skip


RULE_FIELDS = {"ends_at": {"path": "end", "unknown_at": ["23:59"]}}


class TestRecurrence:
    def days_of(self, item: dict[str, Any], **more: Any) -> list[str]:
        parsed = mapped({**ITEM, **item}, fields=RULE_FIELDS, recurrence=RULE, **more)
        assert not parsed.rejects
        return [f"{record.local_date:%d%m}" for record in parsed.records]

    @pytest.mark.parametrize(
        ("item", "days"),
        [
            ({"days": "TU"}, ["1205", "1905", "2605"]),
            ({"days": "TU,SA"}, ["0905", "1205", "1605", "1905", "2305", "2605"]),
            ({"days": ["Tuesday", "friday"], "every": 2}, ["0805", "1905", "2205"]),
            ({"days": "FR", "not": "15/5/2026;"}, ["0805", "2205"]),
            ({"often": "WEEKLY"}, ["0805", "1505", "2205"]),
            ({"often": "DAILY", "every": "7"}, ["0805", "1505", "2205"]),
        ],
    )
    def test_a_recurrence_is_followed_from_start_to_end(
        self, item: dict[str, Any], days: list[str]
    ) -> None:
        assert self.days_of({"end": "2026-05-27T23:59:00", **item}) == days

    def test_occurrences_of_a_recurrence_have_the_times_of_the_item(self) -> None:
        item = {**ITEM, "days": "FR", "end": "2026-05-15T21:00"}

        parsed = mapped(item, fields=RULE_FIELDS, recurrence=RULE)

        assert [(r.external_id, r.series_id, r.ends_at.isoformat()) for r in parsed.records] == [
            ("7/20260508T190000", "7", "2026-05-08T21:00:00+02:00"),
            ("7/20260515T190000", "7", "2026-05-15T21:00:00+02:00"),
        ]

    def test_a_recurrence_is_bounded_by_the_window(self) -> None:
        item = {"days": "FR", "start": "2020-01-01T19:00", "end": "2031-01-01T23:59"}

        assert self.days_of(item, window=MAY) == ["0105", "0805", "1505", "2205", "2905"]

    def test_a_recurrence_without_an_end_is_followed_for_400_days(self) -> None:
        assert len(self.days_of({"days": "FR"})) == 58

    def test_a_daily_recurrence_without_a_time_is_one_event(self) -> None:
        item = {"days": "MO,TU,WE,TH,FR,SA,SU", "start": "2026-05-08", "end": "2026-05-27"}

        found = record(item, RULE_FIELDS, recurrence=RULE)

        assert (found.external_id, found.local_date) == ("7", date(2026, 5, 8))
        assert found.ends_at.isoformat() == "2026-05-28T00:00:00+02:00"

    def test_an_item_that_does_not_recur_is_one_event(self) -> None:
        assert record({}, recurrence=RULE).external_id == "7"

    def test_a_recurrence_may_be_a_rule_of_icalendar(self) -> None:
        parsed = mapped(
            {**ITEM, "rrule": "RRULE:FREQ=WEEKLY;COUNT=2"}, recurrence={"rule": "rrule"}
        )

        assert [r.external_id for r in parsed.records] == ["7/20260508T190000", "7/20260515T190000"]

    @pytest.mark.parametrize(
        "rule", [{"days": "XY"}, {"often": "NOW"}, {"often": "DAILY", "every": "many"},
                 {"days": {"mo": 1}}]
    )  # fmt: skip
    def test_an_unusable_rule_leaves_the_event_with_a_warning(self, rule: dict[str, Any]) -> None:
        found = record({"end": "2026-05-08T21:00", **rule}, RULE_FIELDS, recurrence=RULE)

        assert found.external_id == "7"
        assert found.warnings[0].startswith("recurrence dropped: ")

    def test_an_unreadable_excluded_day_costs_only_itself(self) -> None:
        item = {**ITEM, "days": "FR", "end": "2026-05-15T23:59", "not": "/5/2026;8/5/2026"}

        parsed = mapped(item, fields=RULE_FIELDS, recurrence=RULE)

        assert [r.external_id for r in parsed.records] == ["7/20260515T190000"]
        assert "excluded day dropped" in parsed.records[0].warnings[0]

    def test_a_recurrence_without_any_date_is_rejected(self) -> None:
        item = {**ITEM, "days": "MO", "end": "2026-05-09T23:59"}

        [reject] = mapped(item, fields=RULE_FIELDS, recurrence=RULE).rejects

        assert reject.reason == "never takes place"

    def test_a_series_until_the_next_century_is_followed_within_the_window_only(self) -> None:
        item = {**ITEM, "often": "DAILY", "end": "2199-01-01T23:59"}
        window = Window(date(2026, 5, 1), date(2027, 5, 1))

        parsed = mapped(item, fields=RULE_FIELDS, recurrence=RULE, window=window)

        every_day = [date(2026, 5, 8) + timedelta(days) for days in range(359)]
        assert [record.local_date for record in parsed.records] == every_day
        assert every_day[-1] == window.end
