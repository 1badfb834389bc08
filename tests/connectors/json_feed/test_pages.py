"""The ways in which JSON APIs part their items into pages, and how an attempt resumes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from include.discovery.errors import (
    NotFound,
    PageLoop,
    RedirectRefused,
)
from tests.connectors.json_feed.api_support import (
    ALL,
    BY_CURSOR,
    BY_LINK,
    BY_NEXT,
    BY_OFFSET,
    BY_PAGE,
    URL,
    Api,
    incomplete_reasons,
    read,
    show,
    titles,
)


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
