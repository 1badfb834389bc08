"""When events of structured data are: words, lists, and the order of day and month."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from include.discovery.formats.schema_org.page import PageEvents, read_page
from include.discovery.model import City
from tests.support.builders import WARSAW

URL = "https://hall.example/gala"
NEW_YORK = ZoneInfo("America/New_York")
TYCHY = City(
    slug="tychy", name="Tychy", country="PL", timezone="Europe/Warsaw", latitude=50.1, longitude=19
)
UTICA = TYCHY.model_copy(
    update={"slug": "utica", "name": "Utica", "country": "US", "timezone": "America/New_York"}
)


def page(event: dict[str, Any], *, lang: str | None = None, **more: Any) -> PageEvents:
    given = {"@type": "Event", "name": "Gala", **event}
    head = f'<html lang="{lang}">' if lang else "<html>"
    body = f'{head}<script type="application/ld+json">{json.dumps(given)}</script>'
    options = {"url": URL, "zone": WARSAW, "today": date(2026, 11, 27), **more}
    return read_page(body.encode(), **options)


def shown(found: PageEvents) -> list[str]:
    return [
        f"{record.starts_at or record.local_date:%Y-%m-%d %H:%M}"
        + (f"-{record.ends_at:%H:%M}" if record.ends_at and record.time_known else "")
        if record.time_known
        else f"{record.local_date}"
        for record in found.records
    ]


def in_country(code: str) -> dict[str, Any]:
    return {"location": {"name": "Hall", "address": {"addressCountry": code}}}


class TestOrderOfDayAndMonth:
    @pytest.mark.parametrize(
        ("start", "reading"),
        [
            ("03/09/2027 8:00 PM", "2027-03-09 20:00"),
            ("03/09/2027", "2027-03-09"),
            ("3/9/2027 8pm", "2027-03-09 20:00"),
            ("3/9/27, 6-8pm", "2027-03-09 18:00-20:00"),
            ("Tue, 03/09/2027 20:00", "2027-03-09 20:00"),
            ("03-09-2027 20:00", "2027-03-09 20:00"),
        ],
    )
    @pytest.mark.parametrize(
        ("event", "more"),
        [
            (in_country("US"), {}),
            (in_country("United States"), {"lang": "pl"}),
            ({}, {"lang": "en-US"}),
            ({"inLanguage": "en-US"}, {}),
            ({}, {"zone": NEW_YORK}),
            ({}, {"zone": NEW_YORK, "lang": "en"}),
            ({}, {"city": UTICA}),
            ({}, {"language": "en-US"}),
        ],
    )
    def test_american_dates_put_the_month_first(
        self, start: str, reading: str, event: dict[str, Any], more: dict[str, Any]
    ) -> None:
        assert shown(page({"startDate": start, **event}, **more)) == [reading]

    @pytest.mark.parametrize(
        ("event", "more"),
        [
            ({}, {}),
            (in_country("GB"), {"lang": "en"}),
            (in_country("PL"), {"lang": "en-US"}),  # the default of much software
            ({}, {"lang": "en-GB"}),
            ({}, {"lang": "es", "zone": NEW_YORK}),
            ({}, {"city": TYCHY, "lang": "en-US"}),
        ],
    )
    def test_dates_of_all_other_places_put_the_day_first(
        self, event: dict[str, Any], more: dict[str, Any]
    ) -> None:
        found = page({"startDate": "03/09/2027 20:00", **event}, **more)

        assert shown(found) == ["2027-09-03 20:00"]


class TestWords:
    @pytest.mark.parametrize(
        ("event", "lang", "reading"),
        [
            ({"startDate": "Sunday, March 7, 6-8 pm"}, None, ["2027-03-07 18:00-20:00"]),
            ({"startDate": "6 pm on Mar 7"}, "en", ["2027-03-07 18:00"]),
            ({"startDate": "ti 1.12. klo 18"}, "fi", ["2026-12-01 18:00"]),
            ({"startDate": "so 12.12."}, "cs", ["2026-12-12"]),
            ({"startDate": "So 13.12."}, "de-AT", ["2026-12-13"]),
            ({"startDate": "7 mars 2027 à 20h30", "endDate": "7 mars 2027 à 22h"}, "fr",
             ["2027-03-07 20:30-22:00"]),
            ({"startDate": "March 7, 2027", "endDate": "March 7, 2027"}, "en", ["2027-03-07"]),
            ({"startDate": "March 7, 2027 8pm", "endDate": "2027-03-07T22:00"}, "en",
             ["2027-03-07 20:00-22:00"]),
            ({"startDate": "2027-03-07T20:00", "endDate": "March 7, 2027, 10pm"}, "en",
             ["2027-03-07 20:00-22:00"]),
            ({"startDate": "March 7, 2027", "startTime": "20:00"}, "en", ["2027-03-07 20:00"]),
            ({"startDate": "7.3.2027, 19 i 21"}, "pl", ["2027-03-07"]),
            ({"startDate": "7 i 8 marca 2027, godz. 19"}, "pl",
             ["2027-03-07 19:00", "2027-03-08 19:00"]),
            ({"startDate": "March 7 & 8, 6-8pm"}, "en",
             ["2027-03-07 18:00-20:00", "2027-03-08 18:00-20:00"]),
        ],
    )  # fmt: skip
    def test_a_start_in_words_is_read_in_the_language_of_the_page(
        self, event: dict[str, Any], lang: str | None, reading: list[str]
    ) -> None:
        assert shown(page(event, lang=lang)) == reading

    def test_a_start_in_words_says_so(self) -> None:
        (record,) = page({"startDate": "March 7"}).records

        assert record.warnings == ("startDate read from words", "year not given; taken as 2027")

    def test_a_start_that_is_no_date_is_rejected(self) -> None:
        found = page({"startDate": "some day"})

        assert [reject.reason for reject in found.rejects] == ["unreadable date"]


class TestLists:
    @pytest.mark.parametrize(
        ("event", "reading"),
        [
            ({"startDate": ["2027-03-07T19:00", "2027-03-08T19:00"]},
             ["2027-03-07 19:00", "2027-03-08 19:00"]),
            ({"startDate": ["2027-03-07T19:00", "2027-03-08T19:00"],
              "endDate": ["2027-03-07T21:00", "2027-03-08T22:00"]},
             ["2027-03-07 19:00-21:00", "2027-03-08 19:00-22:00"]),
            ({"startDate": ["2027-03-07", "2027-03-14"]}, ["2027-03-07", "2027-03-14"]),
            ({"startDate": ["2027-03-07T15:00", "2027-03-07T19:00"]},
             ["2027-03-07 15:00", "2027-03-07 19:00"]),
            ({"startDate": ["2027-03-07", "2027-03-07T19:00"]}, ["2027-03-07"]),
            ({"startDate": ["2027-03-07T19:00", "2027-03-07T19:00"]}, ["2027-03-07 19:00"]),
            ({"startDate": ["March 7, 2027 7pm", "March 8, 2027 7pm"]},
             ["2027-03-07 19:00", "2027-03-08 19:00"]),
            ({"startDate": {"@list": ["2027-03-07T19:00", "2027-03-08T19:00"]}},
             ["2027-03-07 19:00", "2027-03-08 19:00"]),
        ],
    )  # fmt: skip
    def test_each_start_of_a_list_is_an_event(
        self, event: dict[str, Any], reading: list[str]
    ) -> None:
        assert shown(page(event)) == reading

    def test_the_events_of_a_list_are_one_series(self) -> None:
        records = page({"startDate": ["2027-03-07T19:00", "2027-03-08T19:00"]}).records

        assert len({record.external_id for record in records}) == 2
        assert len({record.series_id for record in records}) == 1


@pytest.mark.parametrize(
    ("start", "reading"),
    [
        ("2027-03-07T19", "2027-03-07 19:00"),
        ("2027-03-07T19h", "2027-03-07 19:00"),
        ("2027-03-07T19h30", "2027-03-07 19:30"),
        ("2027-03-07T9H05", "2027-03-07 09:05"),
        ("2027-03-07T19h30+01:00", "2027-03-07 19:30"),
        ("2027-03-07T19+01:00", "2027-03-07 19:00"),
        ("2027-03-07T18Z", "2027-03-07 19:00"),
        ("2027-03-07 7pm", "2027-03-07 19:00"),
        ("2027-03-07T7pm", "2027-03-07 19:00"),
        ("2027-03-07 7 p.m.", "2027-03-07 19:00"),
        ("2027-03-07 12 am", "2027-03-07"),
        ("2027-03-07 19h30", "2027-03-07 19:30"),
        ("2027-03-07, 19:30", "2027-03-07 19:30"),
        ("2027-03-07 19:30 CET", "2027-03-07 19:30"),
        ("7.3.2027 19:30", "2027-03-07 19:30"),
    ],
)
def test_an_hour_in_any_form_is_read(start: str, reading: str) -> None:
    assert shown(page({"startDate": start})) == [reading]
