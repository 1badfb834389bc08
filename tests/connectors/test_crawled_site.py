"""A kind of a site of its own form: lists lead to pages of events, and these say what is on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest

from include.discovery.connectors.base import Page
from include.discovery.connectors.crawled_site import CrawledSite, CrawledSiteSettings, EventPage
from include.discovery.errors import Blocked, NotFound, PageLoop, ServerError, UnreadableResponse
from include.discovery.formats.html_page import HtmlPage, Link
from include.discovery.model import EventRecord, EventStatus, Venue, Window
from tests.support.builders import KRAKOW
from tests.support.reading import LookedAt, collect, detections, parse

ROOT = "https://dom.example"
SPRING = Window(date(2027, 3, 1), date(2027, 5, 31))
SATURDAY = "sobota, 13 marca 2027, godz. 19:30"


class House(CrawledSite[CrawledSiteSettings]):
    kind = "house"
    settings_model = CrawledSiteSettings
    language = "pl"
    host = re.compile(r"dom\.example")
    name = "Dom"
    pages_at_once = 3

    def event_links(self, page: HtmlPage) -> Iterator[Link]:
        return page.anchors(".card a")

    def event(self, page: HtmlPage) -> EventPage:
        if page.text("table"):
            raise IndexError("no third column")
        hall = page.text(".hall")
        return EventPage(
            title=page.text("h1"),
            dates=page.text(".when"),
            status=page.text(".badge"),
            price=page.text(".price"),
            venue=Venue(name=hall) if hall else None,
            categories=page.texts(".tags li"),
            description=page.html(".about"),
            image=page.attribute("img", "src"),
        )


def event(number: int, dates: str = SATURDAY, more: str = "") -> str:
    return f'<h1>Koncert {number}</h1><p class="when">{dates}</p>{more}'


@dataclass
class Network:
    """Lists of ``size`` cards each, and pages of events; ``instead`` answers in their place."""

    events: dict[int, str]
    size: int = 2
    robots: str = ""
    instead: dict[str, httpx.Response] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode()
        self.asked.append(path)
        if path in self.instead:
            return self.instead[path]
        if path == "/robots.txt":
            return httpx.Response(200, text=self.robots)
        if path.startswith("/list"):
            return httpx.Response(200, text=self.list_page(int(path.partition("=")[2] or 1)))
        return httpx.Response(200, text=self.events[int(path.rpartition("/")[2])])

    def list_page(self, number: int) -> str:
        numbers = list(self.events)[(number - 1) * self.size : number * self.size]
        cards = [f'<div class="card"><a href="/event/{one}">more</a></div>' for one in numbers]
        is_last = number * self.size >= len(self.events)
        following = "" if is_last else f'<a rel="next" href="/list?page={number + 1}">next</a>'
        return f"{''.join(cards)}<a href='/about'>about</a>{following}"

    @property
    def visited(self) -> list[str]:
        return [path for path in self.asked if path.startswith("/event/")]


def read(network: Network, *, cursor: str | None = None, most: int = 99, **more: Any) -> list[Page]:
    settings = {"url": f"{ROOT}/list", **more}
    return collect(House(), settings, network, window=SPRING, city=KRAKOW, cursor=cursor, most=most)


def records(pages: list[Page]) -> list[EventRecord]:
    return [record for page in pages for record in page.records]


def reasons(pages: list[Page]) -> list[str]:
    return [page.incomplete_reason for page in pages if page.incomplete_reason]


def site(count: int = 5, **more: Any) -> Network:
    return Network({number: event(number) for number in range(1, count + 1)}, **more)


def test_every_event_of_every_list_is_read_and_nothing_else() -> None:
    network = site()

    pages = read(network)

    assert [len(page.records) for page in pages] == [3, 2]
    assert [one.external_id for one in records(pages)] == [f"{ROOT}/event/{n}" for n in range(1, 6)]
    assert reasons(pages) == []
    assert "/about" not in network.asked


def test_a_page_in_words_becomes_a_full_record() -> None:
    more = (
        '<b class="badge">Odwołane</b><p class="price">od 40 zł</p><p class="hall">Sala Duża</p>'
        '<ul class="tags"><li>jazz</li></ul><div class="about"><p>Gra <b>trio</b>.</p></div>'
        '<img src="/plakat.jpg">'
    )

    (record,) = records(read(Network({1: event(1, more=more)})))

    assert record.title == "Koncert 1"
    assert record.starts_at
    assert record.starts_at.isoformat() == "2027-03-13T19:30:00+01:00"
    assert record.status is EventStatus.CANCELLED
    assert record.price
    assert (record.price.min, record.price.currency) == (Decimal(40), "PLN")
    assert record.venue == Venue(name="Sala Duża")
    assert (record.categories, record.description) == (("jazz",), "Gra trio.")
    assert (record.image_url, record.language) == (f"{ROOT}/plakat.jpg", "pl")


def test_several_dates_of_a_page_are_events_of_one_series() -> None:
    dates = "13 marca 2027, godz. 19:30; 14 marca 2027, godz. 17:00"

    first, second = records(read(Network({1: event(1, dates)})))

    assert first.external_id != second.external_id
    assert first.series_id == second.series_id == f"{ROOT}/event/1"


def test_a_cancelled_event_is_recognised_by_its_title() -> None:
    (record,) = records(read(Network({1: event(1).replace("Koncert", "ODWOŁANE: Koncert")})))

    assert (record.title, record.status) == ("Koncert 1", EventStatus.CANCELLED)
    assert "status cancelled is taken from the title" in record.warnings


def test_an_event_outside_the_window_is_left_out() -> None:
    pages = read(Network({1: event(1, "13 marca 2028, godz. 19:30")}))

    assert (records(pages), reasons(pages)) == ([], [])


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("<h1>Koncert</h1>", "no event date in words"),
        (f'<p class="when">{SATURDAY}</p>', "no title"),
    ],
)
def test_a_page_without_title_or_date_is_rejected_under_its_address(page: str, reason: str) -> None:
    pages = read(Network({1: page, 2: event(2)}))

    ((reject,),) = [page.rejects for page in pages]
    assert (reject.reason, reject.item) == (reason, f"{ROOT}/event/1")
    assert reject.identity
    assert reject.identity.external_id == f"{ROOT}/event/1"


def test_a_page_that_is_gone_is_a_reject_and_one_that_fails_makes_the_run_incomplete() -> None:
    failing = {"/event/1": httpx.Response(404), "/event/2": httpx.Response(503)}

    pages = read(site(3, instead=failing))

    assert [one.title for one in records(pages)] == ["Koncert 3"]
    assert [reject.reason for page in pages for reject in page.rejects] == ["page is gone"]
    assert len(reasons(pages)) == 1
    assert "/event/2" in reasons(pages)[0]


def test_a_run_whose_pages_all_fail_fails() -> None:
    failing = {f"/event/{number}": httpx.Response(500) for number in (1, 2)}

    with pytest.raises(ServerError):
        read(site(2, instead=failing))


def test_a_page_of_another_form_makes_the_run_incomplete_and_fails_it_when_all_are() -> None:
    pages = read(Network({1: event(1), 2: "<p>New design</p>"}))

    assert reasons(pages) == [
        f"no page of an event of Dom: it has neither title nor dates ({ROOT}/event/2)"
    ]
    with pytest.raises(UnreadableResponse, match="it has neither title nor dates"):
        read(Network({1: "<p>New design</p>", 2: "<p>New design</p>"}))


def test_a_page_that_raises_an_error_in_its_kind_costs_only_itself() -> None:
    pages = read(Network({1: "<table><td>x</table>", 2: event(2)}))

    assert [one.title for one in records(pages)] == ["Koncert 2"]
    assert reasons(pages) == [
        f"a page of Dom of another form: IndexError: no third column ({ROOT}/event/1)"
    ]


def test_a_first_list_that_links_to_no_event_fails_the_run() -> None:
    with pytest.raises(UnreadableResponse, match="no list of Dom: it links to no page of an event"):
        read(Network({}))


@pytest.mark.parametrize("answer", [httpx.Response(404), httpx.Response(200, text="<p>Soon")])
def test_a_list_that_is_linked_but_missing_makes_the_run_incomplete(
    answer: httpx.Response,
) -> None:
    pages = read(site(instead={"/list?page=3": answer}))

    assert len(records(pages)) == 4
    assert reasons(pages) == ["page 3, which page 2 names, does not exist"]


def test_a_missing_first_list_fails_the_run() -> None:
    with pytest.raises(NotFound):
        read(site(instead={"/list": httpx.Response(404)}))


def test_lists_that_link_in_a_circle_end() -> None:
    network = site(6)
    circle = network.list_page(3) + '<a rel="next" href="/list?page=2">next</a>'
    network.instead["/list?page=3"] = httpx.Response(200, text=circle)

    with pytest.raises(PageLoop, match="page 3 names page 2 as the next one"):
        read(network)


def test_a_list_that_goes_on_at_another_site_is_not_followed() -> None:
    elsewhere = '<div class="card"><a href="/event/1">x</a></div><a rel="next" href="//b.example/">'

    pages = read(site(1, instead={"/list": httpx.Response(200, text=elsewhere)}))

    assert len(records(pages)) == 1
    assert reasons(pages) == [f"the list {ROOT}/list continues on another site: not followed"]


def test_links_to_other_sites_are_not_visited() -> None:
    cards = '<div class="card"><a href="https://b.example/event/9">x</a></div>'
    network = site(1)
    network.instead["/list"] = httpx.Response(200, text=cards + network.list_page(1))

    assert len(records(read(network))) == 1
    assert network.visited == ["/event/1"]


def test_no_more_pages_are_visited_than_events_are_wanted() -> None:
    network = site(9)

    pages = read(network, max_events=3)

    assert len(network.visited) == 3
    assert "/list?page=3" not in network.asked
    assert reasons(pages) == ["the lists link to more than 3 pages: raise max_events"]


def test_a_page_that_robots_txt_forbids_is_not_read() -> None:
    rules = "User-agent: *\nDisallow: /event/2\nDisallow: /list"
    with pytest.raises(Blocked, match=r"robots\.txt forbids"):
        read(site(robots=rules))

    network = site(3, robots="User-agent: *\nDisallow: /event/2")
    pages = read(network)

    assert network.visited == ["/event/1", "/event/3"]
    assert "robots.txt forbids" in reasons(pages)[0]


def test_a_retry_goes_on_after_the_loaded_pages() -> None:
    (first,) = read(site(5), most=1)
    network = site(5)

    rest = read(network, cursor=first.cursor)

    assert sorted(network.visited) == ["/event/4", "/event/5"]
    assert len(records([first])) + len(records(rest)) == 5


def test_a_retry_that_finds_another_list_starts_over() -> None:
    (first,) = read(site(5), most=1)

    assert len(records(read(site(6), cursor=first.cursor))) == 6


def test_an_attempt_after_the_last_page_keeps_the_incomplete_reasons() -> None:
    missing = {"/list?page=3": httpx.Response(404)}
    everything = read(site(instead=missing))

    again = read(site(instead=missing), cursor=everything[-1].cursor)

    assert (records(again), reasons(again)) == ([], reasons(everything))


def test_a_page_is_parsed_offline_and_one_of_another_form_refused() -> None:
    settings = {"url": f"{ROOT}/list"}
    body = event(1).encode()

    (record,) = parse(House(), settings, body, url=f"{ROOT}/event/1", window=SPRING).records
    assert record.external_id == f"{ROOT}/event/1"
    with pytest.raises(UnreadableResponse, match="no page of an event of Dom"):
        parse(House(), settings, b"<p>Contact", url=f"{ROOT}/contact")


def test_the_site_is_recognised_by_its_host_or_its_site_name() -> None:
    ((settings, evidence),) = detections(House(), LookedAt(f"{ROOT}/program"))
    assert (settings, evidence) == ({"url": f"{ROOT}/program"}, ("dom.example is Dom",))

    named = '<meta property="og:site_name" content="Dom">'
    assert len(detections(House(), LookedAt("https://mirror.example/", named))) == 1
    assert detections(House(), LookedAt("https://other.example/")) == []
