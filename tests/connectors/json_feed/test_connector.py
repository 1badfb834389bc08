"""The connector for any JSON API: how it pages, resumes, asks for changes, and guards the key."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from include.discovery.connectors import connector_for
from include.discovery.connectors.base import Page
from include.discovery.connectors.json_feed.connector import JsonFeed
from include.discovery.errors import (
    AuthenticationFailed,
    Blocked,
    InvalidSettings,
    MissingConnection,
    NotFound,
    PageLoop,
    RateLimited,
    RedirectRefused,
    UnreadableResponse,
)
from include.discovery.model import Window
from tests.connectors.changes_support import read_changes
from tests.support.builders import KRAKOW
from tests.support.reading import LookedAt, collect, detections, parse

FEED = JsonFeed()
URL = "https://agenda.example/api/shows"
MAY = Window(date(2026, 5, 1), date(2026, 5, 31))
BY_PAGE = {"by": "page", "parameter": "page", "size_parameter": "size", "size": 2}
BY_OFFSET = {"by": "offset", "size": 2}
BY_CURSOR = {"by": "cursor", "parameter": "after", "path": "next"}
BY_NEXT = {"by": "next_url", "path": "next"}
BY_LINK = {"by": "link_header"}


def show(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "name": f"Show {number}", "at": f"2026-05-{number + 1:02}T19:00", **more}


class Api:
    """Answers pages out of ``shows`` in the way in which it is asked."""

    def __init__(self, count: int = 5, **envelope: Any) -> None:
        self.shows = [show(n) for n in range(count)]
        self.envelope = envelope
        self.asked = []
        self.headers = []
        self.answer_with = lambda _request, good: good
        self.most = 100

    def __call__(self, request: Any) -> Any:
        query = dict(request.url.params)
        self.asked.append(query)
        self.headers.append(dict(request.headers))
        size = min(self.most, int(query.get("size", query.get("limit", 2))))
        if "page" in query:
            begin = (int(query["page"]) - 1) * size
        else:
            begin = int(query.get("offset") or query.get("after") or 0)
        shown = self.shows[begin : begin + size]
        document = {"shows": shown, **self.envelope}
        headers = {}
        if begin + size < len(self.shows):
            following = f"{URL}?after={begin + size}"
            document["next"] = str(begin + size) if "cursor" in query else following
            headers["Link"] = f'<{URL}?before=1>; rel="prev", <?after={begin + size}>; rel="next"'
        return self.answer_with(request, httpx.Response(200, json=document, headers=headers))


def settings_of(**more: Any) -> dict[str, Any]:
    fields = {"external_id": "id", "title": "name", "starts_at": "at", **more.pop("fields", {})}
    return {"url": URL, "items": "shows", "fields": fields, **more}


def read(api: Api | Callable[..., Any], **more: Any) -> list[Page]:
    options = {name: more.pop(name) for name in ("city", "cursor", "most", "key_given", "timezone")
               if name in more}  # fmt: skip
    key = options.pop("key_given", None)
    window = more.pop("window", MAY)
    return collect(FEED, settings_of(**more), api, window=window, key=key, **options)


def titles(pages: list[Page]) -> list[str]:
    return [record.title for page in pages for record in page.records]


def incomplete_reasons(pages: list[Page]) -> list[str]:
    return [page.incomplete_reason for page in pages if page.incomplete_reason]


ALL = [f"Show {n}" for n in range(5)]


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


class TestPaging:
    @pytest.mark.parametrize(
        ("paging", "envelope", "requests"),
        [
            ({**BY_PAGE, "total_pages": "pages"}, {"pages": 3}, 3),
            (BY_PAGE, {"total": 5}, 3),
            (BY_PAGE, {}, 3),
            ({**BY_PAGE, "short_page_ends": False}, {}, 4),
            (BY_OFFSET, {"total": 5}, 3),
            (BY_OFFSET, {}, 3),
            (BY_NEXT, {}, 3),
            (BY_LINK, {}, 3),
        ],
    )
    def test_every_item_is_read_by_every_way_of_paging(
        self, paging: dict[str, Any], envelope: dict[str, Any], requests: int
    ) -> None:
        api = Api(**envelope)

        pages = read(api, paging=paging, total="total")

        assert titles(pages) == ALL
        assert (len(api.asked), incomplete_reasons(pages)) == (requests, [])

    def test_pages_are_read_by_cursor(self) -> None:
        api = Api()

        pages = read(api, paging=BY_CURSOR, query={"cursor": "yes"})

        assert titles(pages) == ALL
        assert [asked.get("after") for asked in api.asked] == [None, "2", "4"]

    def test_a_cursor_of_several_values_is_sent_as_such(self) -> None:
        asked = []

        def respond(request):
            asked.append(request.url.params.get_list("after[]"))
            following = None if asked[-1] else [17, "b&c"]
            return httpx.Response(200, json={"shows": [show(len(asked))], "next": following})

        read(respond, paging={**BY_CURSOR, "parameter": "after[]"})

        assert asked == [[], ["17", "b&c"]]

    def test_pages_may_be_counted_from_zero(self) -> None:
        api = Api()
        api.answer_with = lambda _request, _good: httpx.Response(200, json={"shows": []})

        read(api, paging={**BY_PAGE, "first": 0})

        assert api.asked == [{"page": "0", "size": "2"}]

    def test_a_source_without_paging_is_asked_once(self) -> None:
        api = Api(total=2)

        assert titles(read(api, total="total")) == ALL[:2]
        assert api.asked == [{}]

    def test_a_page_size_that_the_api_clamps_loses_nothing(self) -> None:
        api = Api()
        api.most = 2

        assert titles(read(api, paging={**BY_PAGE, "size": 50})) == ALL
        assert titles(read(api, paging={**BY_OFFSET, "size": 50})) == ALL

    def test_a_404_past_the_last_page_ends_the_pages(self) -> None:
        api = Api(4)
        api.answer_with = lambda request, good: (
            httpx.Response(404) if request.url.params["page"] == "3" else good
        )

        pages = read(api, paging=BY_PAGE)

        assert (titles(pages), incomplete_reasons(pages)) == (ALL[:4], [])

    def test_a_404_on_the_first_page_is_a_wrong_address(self) -> None:
        with pytest.raises(NotFound):
            read(lambda _request: httpx.Response(404), paging=BY_PAGE)

    def test_a_404_before_the_total_is_reached_makes_the_run_incomplete(self) -> None:
        api = Api(total=5)
        api.answer_with = lambda request, good: (
            httpx.Response(404) if request.url.params["page"] == "2" else good
        )

        assert incomplete_reasons(read(api, paging=BY_PAGE, total="total")) == [
            "the source has 5 items and returned 2"
        ]

    @pytest.mark.parametrize("paging", [BY_CURSOR, BY_NEXT, BY_LINK])
    def test_a_404_for_a_promised_page_makes_the_run_incomplete(
        self, paging: dict[str, Any]
    ) -> None:
        api = Api()
        api.answer_with = lambda _request, good: good if len(api.asked) < 3 else httpx.Response(404)

        pages = read(api, paging=paging, query={"cursor": "yes"} if paging is BY_CURSOR else {})

        assert (titles(pages), incomplete_reasons(pages)) == (
            ALL[:4],
            ["page 3, which page 2 names, does not exist"],
        )

    @pytest.mark.parametrize("paging", [BY_PAGE, BY_OFFSET])
    def test_an_api_that_ignores_its_parameters_is_a_loop(self, paging: dict[str, Any]) -> None:
        api = Api()
        api.answer_with = lambda _request, _good: httpx.Response(200, json={"shows": api.shows[:2]})

        with pytest.raises(PageLoop, match="page 2 has the same items as page 1"):
            read(api, paging=paging)

    @pytest.mark.parametrize("paging", [BY_CURSOR, BY_NEXT])
    def test_a_page_that_names_itself_as_the_next_is_a_loop(self, paging: dict[str, Any]) -> None:
        numbers = iter(range(100))

        def respond(_request):
            return httpx.Response(200, json={"shows": [show(next(numbers) % 28)], "next": "/again"})

        with pytest.raises(PageLoop, match="names itself as the next one"):
            read(respond, paging=paging)

    def test_items_that_shift_between_pages_are_counted_once(self) -> None:
        api = Api(total=5)

        def shifted(request, good):
            if request.url.params["page"] == "1":
                api.shows.insert(0, api.shows.pop())
            return good

        api.answer_with = shifted
        pages = read(api, paging=BY_PAGE, total="total")

        assert titles(pages) == ["Show 0", "Show 1", "Show 1", "Show 2", "Show 3"]
        assert incomplete_reasons(pages) == ["the source has 5 items and returned 4"]

    def test_fewer_than_the_total_makes_the_run_incomplete_even_where_items_repeat(self) -> None:
        api = Api(total=5)
        api.shows = [show(0), show(1), show(2), show(0), show(1)]

        pages = read(api, paging=BY_PAGE, total="total")

        assert incomplete_reasons(pages) == ["the source has 5 items and returned 3"]
        assert pages[-1].expected == 5

    def test_a_reached_maximum_makes_the_run_incomplete(self) -> None:
        pages = read(Api(2), most_items=2)

        assert incomplete_reasons(pages) == [
            "the source returns at most 2 items, and returned that many"
        ]
        assert incomplete_reasons(read(Api(1), most_items=2)) == []

    def test_items_beyond_the_reach_of_offsets_make_the_run_incomplete(self) -> None:
        api = Api(total=5)

        pages = read(api, paging={**BY_OFFSET, "reach": 4}, total="total")

        assert (titles(pages), len(api.asked)) == (ALL[:4], 2)
        assert incomplete_reasons(pages) == [
            "the source has 5 items and returns the first 4: narrow the request"
        ]

    @pytest.mark.parametrize("count", [3, 4])
    def test_a_listing_that_ends_within_the_reach_of_offsets_is_complete(self, count: int) -> None:
        pages = read(Api(count, total=count), paging={**BY_OFFSET, "reach": 4}, total="total")

        assert (titles(pages), incomplete_reasons(pages)) == (ALL[:count], [])


class TestNextAddresses:
    def read_after(self, following: str, url: str = URL, **more: Any) -> tuple[Any, ...]:
        asked = []

        def respond(request):
            asked.append(str(request.url))
            document = {"shows": [show(len(asked))], "next": following if len(asked) == 1 else None}
            return httpx.Response(200, json=document)

        return read(respond, url=url, paging={**BY_NEXT, **more.pop("paging", {})}, **more), asked

    @pytest.mark.parametrize(
        ("following", "asked"),
        [
            (f"{URL}?page=2", f"{URL}?page=2"),
            ("?page=2", f"{URL}?page=2"),
            ("/other?x=%C3%A4&y=a+b", "https://agenda.example/other?x=%C3%A4&y=a+b"),
            ("http://agenda.example/api/shows?page=2", f"{URL}?page=2"),
        ],
    )
    def test_a_next_address_on_the_same_host_is_followed(self, following: str, asked: str) -> None:
        pages, all_asked = self.read_after(following)

        assert all_asked[1:] == [asked]
        assert incomplete_reasons(pages) == []

    @pytest.mark.parametrize(
        "foreign",
        ["https://evil.example/api", "//evil.example/x", "https://agenda.example:8443/x",
         "https://agenda.example@evil.example/", "file:///etc/passwd", "javascript:alert(1)",
         "http://[::1"],
    )  # fmt: skip
    def test_a_next_address_on_another_host_is_not_followed(self, foreign: str) -> None:
        pages, all_asked = self.read_after(foreign)

        assert len(all_asked) == 1
        assert "the next page is at" in pages[-1].incomplete_reason

    def moved(self, asked: list[Any]) -> Callable[..., Any]:
        """Answer from www, to where the configured address redirects; name the next page there."""

        def respond(request):
            asked.append(str(request.url))
            if request.url.host == "agenda.example":
                to = str(request.url).replace("agenda.", "www.agenda.")
                return httpx.Response(301, headers={"Location": to})
            following = "https://www.agenda.example/p2" if request.url.path != "/p2" else None
            return httpx.Response(200, json={"shows": [show(len(asked))], "next": following})

        return respond

    def test_a_next_address_on_the_host_to_which_a_site_has_moved_is_followed(self) -> None:
        asked = []

        pages = read(self.moved(asked), paging=BY_NEXT)

        assert asked[2:] == ["https://www.agenda.example/p2"]
        assert incomplete_reasons(pages) == []

    def test_a_key_is_not_sent_to_the_host_to_which_a_site_has_moved(self) -> None:
        asked = []

        with pytest.raises(RedirectRefused, match="where the key must not go"):
            read(self.moved(asked), paging=BY_NEXT, key={"in": "bearer"}, key_given="s3cret-17")
        assert len(asked) == 1

    def test_parameters_that_a_next_address_lacks_can_be_added(self) -> None:
        _, asked = self.read_after(
            "?offset=99&format=xml", query={"format": "json", "lang": "pl"},
            paging={"keep_query": True},
        )  # fmt: skip

        assert asked[1] == f"{URL}?offset=99&format=xml&lang=pl"


class TestTheKey:
    KEY = "s3cret-key-17"

    @pytest.mark.parametrize(
        ("key", "name", "value"),
        [
            ({"in": "header", "name": "X-App-Token"}, "x-app-token", KEY),
            ({"in": "bearer"}, "authorization", f"Bearer {KEY}"),
        ],
    )
    def test_the_key_is_sent_in_a_header(self, key: dict[str, Any], name: str, value: str) -> None:
        api = Api()

        read(api, key=key, key_given=self.KEY)

        assert (api.headers[0][name], api.asked[0]) == (value, {})

    def test_the_key_is_sent_in_a_parameter(self) -> None:
        api = Api()

        read(api, key={"in": "query", "name": "client_id"}, key_given=self.KEY)

        assert api.asked == [{"client_id": self.KEY}]

    def test_no_request_is_sent_without_a_required_key(self) -> None:
        api = Api()

        with pytest.raises(MissingConnection, match="with the key as its password"):
            read(api, key={"in": "query", "name": "client_id"})
        assert api.asked == []

    def test_an_optional_key_may_be_missing(self) -> None:
        api = Api()

        read(api, key={"in": "query", "name": "client_id", "required": False})

        assert api.asked == [{}]

    @pytest.mark.parametrize("paging", [BY_NEXT, BY_LINK])
    def test_the_key_is_in_no_cursor_even_if_the_api_echoes_it(
        self, paging: dict[str, Any]
    ) -> None:
        asked = []

        def respond(request):
            asked.append(str(request.url))
            following = f"{URL}?client_id={self.KEY}&page={len(asked) + 1}"
            return httpx.Response(
                200,
                json={"shows": [show(len(asked))], "next": following if len(asked) < 3 else None},
                headers={"Link": f'<{following}>; rel="next"'} if len(asked) < 3 else {},
            )

        pages = read(
            respond, paging=paging, key={"in": "query", "name": "client_id"}, key_given=self.KEY
        )

        assert len(pages) == 3
        assert not [page for page in pages if self.KEY in (page.cursor or "")]
        assert asked[1] == f"{URL}?page=2&client_id={self.KEY}"

    @pytest.mark.parametrize("status", [401, 403, 429, 500])
    def test_the_key_is_in_no_message(self, status: int, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)

        def respond(request):
            return httpx.Response(status, json={"message": f"bad {request.url} {self.KEY}"})

        with pytest.raises(Exception) as failure:  # noqa: PT011  whichever
            read(respond, key={"in": "query", "name": "id"}, key_given=self.KEY)

        assert self.KEY not in f"{failure.value!r} {caplog.text}"

    def test_a_refusal_that_names_the_parameter_of_the_key_is_about_the_key(self) -> None:
        def respond(_request):
            return httpx.Response(403, json={"message": "client_id required"})

        with pytest.raises(AuthenticationFailed):
            read(respond, key={"in": "query", "name": "client_id"}, key_given="x")
        with pytest.raises(Blocked):
            read(respond)

    def test_a_key_among_the_settings_is_refused(self) -> None:
        with pytest.raises(ValueError, match="keys belong in connections"):
            read(Api(), query={"client_id": "x"}, key={"in": "query", "name": "client_id"})


class TestResuming:
    @pytest.mark.parametrize(
        "paging",
        [BY_PAGE, BY_OFFSET, BY_NEXT, BY_LINK, {**BY_CURSOR}],
        ids=lambda paging: paging["by"],
    )
    @pytest.mark.parametrize("loaded", [1, 2, 3])
    def test_an_attempt_goes_on_after_the_last_loaded_page(
        self, paging: dict[str, Any], loaded: int
    ) -> None:
        more = {"paging": paging, "total": "total"}
        if paging["by"] == "cursor":
            more["query"] = {"cursor": "yes"}
        begun = read(Api(total=5), **more, most=loaded)

        resumed = read(Api(total=5), **more, cursor=begun[-1].cursor)

        assert titles(begun) + titles(resumed) == ALL
        assert incomplete_reasons(begun) + incomplete_reasons(resumed) == []

    def test_a_resumed_listing_that_was_at_its_end_asks_for_nothing(self) -> None:
        whole = read(Api(total=9), paging=BY_PAGE, total="total")
        api = Api()

        [page] = read(api, paging=BY_PAGE, total="total", cursor=whole[-1].cursor)

        assert (page.records, api.asked) == ((), [])
        assert page.incomplete_reason == "the source has 9 items and returned 5"

    def test_an_item_that_was_shifted_to_the_next_page_between_attempts_counts_once(self) -> None:
        begun = read(Api(total=4), paging=BY_PAGE, total="total", most=1)
        api = Api(total=4)
        api.shows.insert(0, api.shows.pop())

        resumed = read(api, paging=BY_PAGE, total="total", cursor=begun[-1].cursor)

        assert titles(resumed) == ["Show 1", "Show 2"]
        assert incomplete_reasons(resumed) == ["the source has 4 items and returned 3"]

    @pytest.mark.parametrize("cursor", ["", "{}]", '{"page": 3}', "null"])
    def test_a_cursor_of_another_version_starts_over(self, cursor: str) -> None:
        assert titles(read(Api(), paging=BY_PAGE, cursor=cursor)) == ALL

    def test_a_cursor_of_another_page_size_starts_over(self) -> None:
        begun = read(Api(), paging=BY_PAGE, most=1)

        resumed = read(Api(), paging={**BY_PAGE, "size": 3}, cursor=begun[-1].cursor)

        assert titles(resumed) == ALL


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
