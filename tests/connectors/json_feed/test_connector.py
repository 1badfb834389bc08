"""The connector for any JSON API: how it asks, what it reads of answers, and how of changes."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from include.discovery.connectors import connector_for
from include.discovery.connectors.base import Page
from include.discovery.connectors.json_feed.connector import JsonFeed
from include.discovery.errors import (
    InvalidSettings,
    RateLimited,
    UnreadableResponse,
)
from include.discovery.model import Window
from tests.connectors.changes_support import read_changes
from tests.connectors.json_feed.api_support import (
    BY_PAGE,
    FEED,
    MAY,
    URL,
    Api,
    read,
    settings_of,
    show,
    titles,
)
from tests.support.builders import KRAKOW
from tests.support.reading import LookedAt, collect, detections, parse


def test_the_registry_finds_json_feed() -> None:
    assert isinstance(connector_for("json_feed"), JsonFeed)


def test_a_json_document_without_events_is_not_recognised() -> None:
    assert detections(FEED, LookedAt(URL, json.dumps({"shows": []}), is_html=False)) == []


class TestAsking:
    def test_placeholders_are_filled_with_window_city_and_language(self) -> None:
        api = Api()

        read(
            api,
            url="https://agenda.example/{country}/{city}?fixed=1",
            query={
                "from": "{from}", "to": "{to}", "before": "{day_after}", "lang": "{language}",
                "near": "{latitude},{longitude}", "km": "{radius_km}", "miles": "{radius_miles}",
                "n": 5, "yes": True, "none": None,
            },
            headers={"X-Area": "{country}"},
            language="pl",
            city=KRAKOW,
        )  # fmt: skip

        assert api.asked == [
            {
                "fixed": "1", "from": "2026-05-01", "to": "2026-05-31", "before": "2026-06-01",
                "lang": "pl", "near": "50.06190,19.93690", "km": "30", "miles": "18.6",
                "n": "5", "yes": "true",
            }
        ]  # fmt: skip
        assert api.headers[0]["x-area"] == "PL"
        assert api.headers[0]["accept"] == "application/json"

    def test_values_are_encoded_in_an_address(self) -> None:
        asked = []

        def respond(request):
            asked.append(request.url.raw_path)
            return httpx.Response(200, json={"shows": []})

        read(respond, url="https://agenda.example/{city}/x", city=KRAKOW.model_copy(
            update={"name": "Łódź/../Ä?#"}))  # fmt: skip
        read(respond, query={"tag": ["jazz & blues", "rock"]})

        assert asked == [
            b"/%C5%81%C3%B3d%C5%BA%2F..%2F%C3%84%3F%23/x",
            b"/api/shows?tag=jazz+%26+blues&tag=rock",
        ]

    @pytest.mark.parametrize(
        ("date_format", "first", "last"),
        [
            ("date", "2026-05-01", "2026-05-31"),
            ("local", "2026-05-01T00:00:00", "2026-05-31T23:59:59"),
            ("instant", "2026-04-30T22:00:00Z", "2026-05-31T21:59:59Z"),
            ("epoch_s", "1777586400", "1780264799"),
            ("epoch_ms", "1777586400000", "1780264799000"),
            ("%d/%m/%Y", "01/05/2026", "31/05/2026"),
        ],
    )
    def test_dates_are_written_as_the_api_wants_them(
        self, date_format: str, first: str, last: str
    ) -> None:
        api = Api()

        read(api, query={"from": "{from}", "to": "{to}"}, date_format=date_format)

        assert (api.asked[0]["from"], api.asked[0]["to"]) == (first, last)

    def test_a_placeholder_without_a_city_is_refused(self) -> None:
        with pytest.raises(InvalidSettings, match=r"needs \{latitude\}, but this source"):
            read(Api(), query={"lat": "{latitude}"})

    def test_a_parameter_without_a_value_is_left_out(self) -> None:
        api = Api()

        read(api, query={"lang": "{language}", "langs": ["{language}"]})

        assert api.asked == [{}]


class TestAnswers:
    def answered(self, response: httpx.Response, **more: Any) -> list[Page]:
        return read(lambda _request: response, **more)

    def test_a_page_of_html_is_described(self) -> None:
        with pytest.raises(UnreadableResponse, match="HTML or XML page titled 'Login'"):
            self.answered(httpx.Response(200, text="<!DOCTYPE html><title>Login</title>"))

    def test_an_error_in_an_answer_with_status_200_is_a_failure(self) -> None:
        with pytest.raises(UnreadableResponse, match="with an error: no such area"):
            self.answered(httpx.Response(200, json={"error": "no such area"}))

    def test_an_error_that_mentions_a_rate_limit_is_one(self) -> None:
        with pytest.raises(RateLimited):
            self.answered(httpx.Response(200, json={"error": "Rate limit exceeded"}))

    def test_a_refused_parameter_is_reported_in_the_words_of_the_api(self) -> None:
        error = {"error_code": "InvalidRESTParameterError", "message": "offset + limit <= 10000"}

        with pytest.raises(InvalidSettings, match="offset \\+ limit <= 10000"):
            self.answered(httpx.Response(400, json=error))

    def test_repairs_of_an_answer_are_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        pages = self.answered(httpx.Response(200, text='{"shows": [],}'))

        assert titles(pages) == []
        assert "invalid; repaired: superfluous commas removed" in caplog.text

    def test_a_bad_item_is_named_with_its_page(self) -> None:
        api = Api(3)
        api.shows[2] = {"id": 2, "name": "Show 2", "at": "whenever"}

        pages = read(api, paging=BY_PAGE)

        assert [(r.reason, r.item) for page in pages for r in page.rejects] == [
            ("unreadable date", "page 2, item 1 (2)")
        ]

    def test_an_item_outside_the_window_is_left_out(self) -> None:
        assert titles(read(Api(), window=Window(date(2026, 5, 2), date(2026, 5, 2)))) == ["Show 1"]

    def test_the_zone_of_the_answer_counts_unless_one_is_set(self) -> None:
        api = Api(1, site={"tz": "Europe/Helsinki"})

        [page] = read(api, timezone_path="site.tz")
        [other] = collect(
            FEED, settings_of(timezone_path="site.tz", timezone="Europe/Paris"), api, window=MAY
        )

        assert page.records[0].timezone == "Europe/Helsinki"
        assert other.records[0].timezone == "Europe/Paris"

    def test_an_unknown_zone_of_the_answer_is_logged(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        [page] = read(Api(1, tz="Middle/Earth"), timezone_path="tz")

        assert page.records[0].timezone == "Europe/Warsaw"
        assert "'Middle/Earth'" in caplog.text

    def test_links_are_relative_to_the_address_or_to_the_setting(self) -> None:
        api = Api(1)
        api.shows[0]["link"] = "/e/0"

        [page] = read(api, fields={"url": "link"})
        [other] = read(api, fields={"url": "link"}, link_base="https://www.example/")

        assert page.records[0].url == "https://agenda.example/e/0"
        assert other.records[0].url == "https://www.example/e/0"

    def test_items_with_several_events_have_no_expected_total(self) -> None:
        api = Api(1, total=1)
        api.shows[0]["dates"] = ["2026-05-01", "2026-05-02"]

        [page] = read(api, total="total", occurrences="dates", fields={"starts_at": "occurrence"})

        assert (len(page.records), page.expected, page.incomplete_reason) == (2, None, None)


CHANGES = {
    "query": {"since": "{changed_since}", "removed": "null", "from": None},
    "removed": "removed",
}


class TestChanges:
    SINCE = datetime(2026, 4, 30, 12, tzinfo=UTC)

    def read(self, api: Api, *, since: datetime | None = SINCE, **more: Any) -> list[Page]:
        settings = settings_of(query={"from": "{from}"}, changes=CHANGES, **more)
        return read_changes(FEED, settings, api, window=MAY, since=since)

    def test_changes_are_read_only_where_the_settings_say_how(self) -> None:
        def can(**more):
            return FEED.reads_changes(FEED.settings_model.model_validate(settings_of(**more)))

        assert can(changes=CHANGES)
        assert not can()

    def test_a_request_for_changes_adds_and_drops_parameters(self) -> None:
        api = Api(1)

        self.read(api)
        self.read(api, since=None)

        assert api.asked == [
            {"since": "2026-04-30T12:00:00Z", "removed": "null"},
            {"from": "2026-05-01"},
        ]

    def test_removed_items_are_named_and_not_rejected(self) -> None:
        api = Api(1)
        api.shows.append({"id": 9, "removed": True})

        [page] = self.read(api)

        assert titles([page]) == ["Show 0"]
        assert page.rejects == []
        assert page.removed == ("9", "0")

    def test_a_changed_item_removes_its_series_before_its_occurrences_are_read(self) -> None:
        api = Api(1)
        api.shows[0]["dates"] = ["2026-05-04", "2026-05-05"]

        [page] = self.read(api, occurrences="dates", fields={"starts_at": "occurrence"})

        assert [record.series_id for record in page.records] == ["0", "0"]
        assert page.removed == ("0",)

    def test_an_item_that_moved_out_of_the_window_is_removed(self) -> None:
        api = Api(1)
        api.shows[0]["at"] = "2026-09-01T19:00"

        [page] = self.read(api)

        assert (page.records, page.removed) == ([], ("0",))

    def test_an_unreadable_item_among_the_changes_is_not_removed(self) -> None:
        api = Api(1)
        api.shows[0]["at"] = "soon"

        [page] = self.read(api)

        assert page.removed == ()
        assert len(page.rejects) == 1

    def test_a_complete_sync_names_no_removed_item(self) -> None:
        api = Api(1)
        api.shows.append({"id": 9, "removed": True})

        [page] = self.read(api, since=None)

        assert (titles([page]), page.removed, page.rejects) == (["Show 0"], (), [])


class TestFiles:
    @pytest.mark.parametrize(
        "document", [{"shows": [show(0)]}, [show(0)], show(0), {"show": show(0)}]
    )
    def test_a_file_may_be_a_page_a_list_or_an_item(
        self, document: dict[str, Any] | list[dict[str, Any]]
    ) -> None:
        parsed = parse(FEED, settings_of(), json.dumps(document).encode())

        assert [record.title for record in parsed.records] == ["Show 0"]

    def test_links_in_a_file_are_relative_to_its_address(self) -> None:
        body = json.dumps([show(0, link="/e/0")]).encode()

        parsed = parse(FEED, settings_of(fields={"url": "link"}), body, url="https://x.example/a/")

        assert parsed.records[0].url == "https://x.example/e/0"

    def test_a_source_without_ids_is_logged_once(self, caplog: pytest.LogCaptureFixture) -> None:
        body = json.dumps([show(0), show(1)]).encode()

        parsed = parse(FEED, settings_of(fields={"external_id": None}), body)

        assert {record.external_id[0] for record in parsed.records} == {"#"}
        assert caplog.text.count("No field is mapped to external_id") == 1

    def test_a_file_is_parsed_without_the_city_of_a_placeholder(self) -> None:
        body = json.dumps([show(0)]).encode()
        settings = settings_of(url="https://agenda.example/{city}", query={"lat": "{latitude}"})

        assert len(parse(FEED, settings, body).records) == 1

    def test_a_file_of_another_form_is_refused(self) -> None:
        with pytest.raises(UnreadableResponse, match="looked for a list at 'shows'"):
            parse(FEED, settings_of(), b'{"places": []}')
