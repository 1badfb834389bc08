"""That a listing was read to its end is proved: by totals, marks of the end, or short pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from include.discovery.connectors.base import Page
from include.discovery.connectors.json_feed.connector import JsonFeed
from include.discovery.connectors.paging import Answer, ListingState, Seen
from include.discovery.errors import PageLoop
from include.discovery.model import Window
from tests.support.amounts import amount
from tests.support.reading import collect

URL = "https://agenda.example/api/shows"
YEAR = Window(date(2026, 1, 1), date(2026, 12, 31))
PAGINGS: dict[str, dict[str, Any]] = {
    "page": {"by": "page", "size_parameter": "size"},
    "page of pages": {"by": "page", "size_parameter": "size", "total_pages": "pages"},
    "offset": {"by": "offset", "size_parameter": "size"},
    "cursor": {"by": "cursor", "parameter": "after", "path": "next"},
    "next_url": {"by": "next_url", "path": "next"},
    "link_header": {"by": "link_header"},
}
MARKED = ("page of pages", "cursor", "next_url", "link_header")


@dataclass
class Source:
    """A source of so many events, in pages, with faults."""

    by: str
    count: int
    size: int = 10
    most: int = 1_000
    """The most that it serves at a time, whatever it is asked."""
    total: dict[int, int] | int | None = None
    """What it says that it has: always, or from an answer on (counted from 1)."""
    empty: frozenset[int] = frozenset()
    """Pages (counted from 1) that come without their items, and name the next one all the same."""
    cut: frozenset[int] = frozenset()
    """Pages that come empty, and name no next one, when they are asked for first."""
    circle: dict[int, int] = field(default_factory=dict)
    """Page → the page that it names as the next one."""
    asked: list[int] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        query = dict(request.url.params)
        served = min(int(query.get("size", self.size)), self.most)
        if "page" in query:
            begin = (int(query["page"]) - 1) * served
        else:
            begin = int(query.get("offset") or query.get("after") or 0)
        number = begin // served + 1
        pages = -(-self.count // served)
        is_cut = number in self.cut and number not in self.asked
        self.asked.append(number)
        items = [] if is_cut or number in self.empty else self._items(begin, served)
        document: dict[str, Any] = {"shows": items, "pages": 0 if is_cut else pages}
        if (total := self._total()) is not None:
            document["total"] = total
        headers = {}
        if (number < pages or number in self.circle) and not is_cut:
            following = (self.circle.get(number, number + 1) - 1) * served
            document["next"] = str(following) if self.by == "cursor" else f"{URL}?after={following}"
            headers["Link"] = f'<{URL}?after={following}>; rel="next"'
        return httpx.Response(200, json=document, headers=headers)

    def _items(self, begin: int, served: int) -> list[dict[str, Any]]:
        return [
            {"id": n, "name": f"Show {n}", "at": f"2026-{n % 12 + 1:02}-10T19:00"}
            for n in range(begin, min(begin + served, self.count))
        ]

    def _total(self) -> int | None:
        if not isinstance(self.total, dict):
            return self.total
        said = [number for number in self.total if number <= len(self.asked)]
        return self.total[max(said)] if said else None

    def read(self, **more: Any) -> list[Page]:
        options = {
            "url": URL,
            "items": "shows",
            "total": "total",
            "fields": {"external_id": "id", "title": "name", "starts_at": "at"},
            "paging": {**PAGINGS[self.by], "size": self.size},
            **more,
        }
        return collect(JsonFeed(), options, self, window=YEAR)


def came(pages: list[Page]) -> int:
    return len({record.external_id for page in pages for record in page.records})


def incomplete_reasons(pages: list[Page]) -> list[str]:
    return [page.incomplete_reason for page in pages if page.incomplete_reason]


@pytest.mark.parametrize("by", PAGINGS)
@pytest.mark.parametrize("total", [None, 95])
def test_a_listing_without_faults_is_complete(by: str, total: int | None) -> None:
    pages = Source(by, 95, total=total).read()

    assert (came(pages), incomplete_reasons(pages)) == (95, [])


class TestAnEmptyPageInTheMiddle:
    @pytest.mark.slow
    @pytest.mark.parametrize("by", PAGINGS)
    def test_the_pages_after_an_empty_page_are_read_and_the_run_is_incomplete(
        self, by: str
    ) -> None:
        pages = Source(by, 300, total=300, empty=frozenset({8})).read()

        assert came(pages) == 290
        assert incomplete_reasons(pages) == ["the source has 300 items and returned 290"]

    @pytest.mark.slow
    @pytest.mark.parametrize("by", PAGINGS)
    def test_an_empty_page_before_others_makes_a_run_without_a_total_incomplete(
        self, by: str
    ) -> None:
        pages = Source(by, 300, empty=frozenset({8})).read()

        assert came(pages) == 290
        assert incomplete_reasons(pages) == ["page 8 is empty, but later ones are not"]

    @pytest.mark.parametrize("by", ["page", "offset"])
    def test_an_empty_page_with_a_total_of_zero_does_not_end_a_listing_as_complete(
        self, by: str
    ) -> None:
        pages = Source(by, 300, total={1: 300, 8: 0}, empty=frozenset(range(8, 31))).read()

        assert incomplete_reasons(pages) == [
            "the source has 300 items and returned 70; its total has since fallen to 0"
        ]

    @pytest.mark.slow
    @pytest.mark.parametrize("by", PAGINGS)
    @pytest.mark.parametrize("total", [None, 300])
    def test_an_empty_page_is_asked_for_again_so_that_a_passing_fault_costs_nothing(
        self, by: str, total: int | None
    ) -> None:
        source = Source(by, 300, total=total, cut=frozenset({8, 30}))

        pages = source.read()

        assert (came(pages), incomplete_reasons(pages)) == (300, [])
        assert source.asked[7:9] == [8, 8]

    @pytest.mark.parametrize("by", ["page", "offset"])
    def test_two_empty_pages_end_a_listing_that_does_not_mark_its_last_page(self, by: str) -> None:
        source = Source(by, 30)

        assert incomplete_reasons(source.read()) == []
        assert source.asked == [1, 2, 3, 4, 4, 5]

    @pytest.mark.parametrize("by", MARKED)
    def test_ten_empty_pages_in_a_row_make_the_run_incomplete(self, by: str) -> None:
        source = Source(by, 3_000, empty=frozenset(range(3, 301)))

        pages = source.read()

        assert incomplete_reasons(pages) == [
            "10 consecutive pages are empty, and the source names another"
        ]
        assert len(source.asked) == 13


class TestTotals:
    @pytest.mark.parametrize("by", ["page", "offset"])
    def test_a_total_of_the_page_alone_does_not_end_the_listing(self, by: str) -> None:
        pages = Source(by, 95, total=10).read()

        assert (came(pages), incomplete_reasons(pages)) == (95, [])

    @pytest.mark.parametrize("by", ["page", "offset"])
    def test_a_total_that_is_an_upper_bound_does_not_end_the_listing(self, by: str) -> None:
        pages = Source(by, 95, total=50).read()

        assert came(pages) == 95

    @pytest.mark.parametrize("by", PAGINGS)
    def test_a_total_that_counts_something_else_makes_every_run_incomplete(self, by: str) -> None:
        pages = Source(by, 95, total=5_000).read()

        assert (came(pages), incomplete_reasons(pages)) == (
            95,
            ["the source has 5000 items and returned 95"],
        )

    def test_a_total_that_falls_a_little_makes_the_run_incomplete(self) -> None:
        pages = Source("page", 94, total={1: 95, 5: 94}).read()

        assert incomplete_reasons(pages) == [
            "the source has 95 items and returned 94; its total has since fallen to 94"
        ]

    def test_pages_that_become_fewer_make_the_run_incomplete(self) -> None:
        state = ListingState().after(Answer(["a", "b"], total_pages=30, has_more=True))

        state = state.after(Answer(["c", "d"], total_pages=2, has_more=False))

        assert (state.done, state.incomplete_reason) == (
            True,
            "the source has 30 pages and returned 2",
        )


class TestShortPages:
    """Sources that give neither a total nor their last page."""

    @pytest.mark.parametrize("by", ["page", "offset"])
    def test_a_short_page_ends_the_listing_where_pages_have_the_requested_size(
        self, by: str
    ) -> None:
        source = Source(by, 25)

        assert incomplete_reasons(source.read()) == []
        assert source.asked == [1, 2, 3]

    @pytest.mark.parametrize("by", ["page", "offset"])
    @pytest.mark.parametrize("count", [20, 87, 100])
    def test_a_server_that_serves_fewer_items_than_requested_is_read_to_its_end(
        self, by: str, count: int
    ) -> None:
        pages = Source(by, count, size=100, most=20).read()

        assert (came(pages), incomplete_reasons(pages)) == (count, [])

    @pytest.mark.parametrize("by", ["page", "offset"])
    def test_an_empty_page_after_a_first_page_that_may_be_full_makes_the_run_incomplete(
        self, by: str
    ) -> None:
        pages = Source(by, 87, size=100, most=20, empty=frozenset({2})).read()

        assert came(pages) == 67
        assert incomplete_reasons(pages) == ["page 2 is empty, but later ones are not"]


class TestWithoutPaging:
    def test_a_document_without_paging_is_read_to_its_end(self) -> None:
        pages = Source("page", 10).read(paging={"by": "none"})

        assert incomplete_reasons(pages) == []

    def test_a_document_that_names_a_next_page_in_its_header_makes_the_run_incomplete(self) -> None:
        pages = Source("page", 95).read(paging={"by": "none"})

        assert incomplete_reasons(pages) == [
            "the response names a next page in its header Link: set paging to link_header"
        ]


class TestCircles:
    @pytest.mark.parametrize("by", ["cursor", "next_url", "link_header"])
    @pytest.mark.parametrize("back_to", [2, 3])
    def test_a_page_that_names_an_earlier_one_is_a_loop_before_that_is_asked_again(
        self, by: str, back_to: int
    ) -> None:
        source = Source(by, 300, circle={5: back_to})

        with pytest.raises(PageLoop, match=f"page 5 names page {back_to} as the next one"):
            source.read()
        assert source.asked == [1, 2, 3, 4, 5]

    @pytest.mark.parametrize("by", ["cursor", "next_url", "link_header"])
    def test_a_loop_to_the_first_page_is_found_by_its_items(self, by: str) -> None:
        source = Source(by, 300, circle={2: 1})

        with pytest.raises(PageLoop, match="page 3 has the same items as page 1"):
            source.read()
        assert source.asked == [1, 2, 1]

    def test_pages_that_alternate_are_a_loop(self) -> None:
        seen, state = Seen(), ListingState()
        for ids in (["a", "b"], ["c", "d"]):
            state = state.after(Answer(ids), seen)

        with pytest.raises(PageLoop, match="page 3 has the same items as page 1"):
            state.after(Answer(["a", "b"]), seen)


@st.composite
def sources(draw: st.DrawFn) -> Source:
    by = draw(st.sampled_from(list(PAGINGS)))
    count = draw(st.integers(0, 60))
    size = draw(st.integers(1, 12))
    most = draw(st.integers(1, 12))
    numbers = st.integers(1, 20)
    right = {None, count}
    wrong = draw(st.integers(0, 80))
    total = draw(
        st.one_of(
            st.sampled_from([*right, wrong, size]),
            st.dictionaries(numbers, st.integers(0, 80), max_size=3),
        )
    )
    empty = draw(st.frozensets(numbers, max_size=6))
    # An empty last page is believed if it is so each time, unless pages are counted. Of a source
    # that tells nothing of its end, so are an empty first page and two empty ones in a row.
    cut = draw(st.frozensets(st.integers(2, 20), max_size=3))
    is_believed = 1 in empty or any(number + 1 in empty | cut for number in empty)
    assume(by in MARKED or not is_believed)
    assume(by == "page of pages" or -(-count // min(size, most)) not in empty)
    # A total that says too little may happen to be what came of a source with empty pages.
    says_too_little = isinstance(total, dict) or (total is not None and total < count)
    assume(not says_too_little or not (empty | cut))
    circle = draw(st.dictionaries(numbers, numbers, max_size=1)) if by in MARKED[1:] else {}
    back = {page: min(page, to) for page, to in circle.items()}
    return Source(by, count, size, most, total, empty, cut, back)


@pytest.mark.slow
@settings(max_examples=amount(full=300, check=50))
@given(sources())
def test_a_listing_is_complete_only_if_every_item_was_given(source: Source) -> None:
    # A first page that says that it is all there is, and is shorter than what was asked, is
    # believed.
    first = source.total.get(1) if isinstance(source.total, dict) else source.total
    served = min(source.size, source.most, source.count)
    assume(not (first == served < source.count and source.most < source.size))
    try:
        pages = source.read()
    except PageLoop:
        return

    assert came(pages) == source.count or incomplete_reasons(pages), (
        "complete, though items are missing"
    )
    assert len(source.asked) <= -(-source.count // max(served, 1)) + 14
