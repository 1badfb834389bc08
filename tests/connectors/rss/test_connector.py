"""The connector for RSS: the feed, the pages it links to, and what it does not conclude."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from include.discovery.connectors.base import Page
from include.discovery.connectors.rss.connector import Rss, RssSettings
from include.discovery.errors import NotFound, UnreadableResponse
from include.discovery.model import NOT_LISTED, Identity, Window
from tests.sites.rss import Site
from tests.sites.site import Question
from tests.support.reading import LookedAt, collect, detections, parse

BASE = "https://townhall.example"
FEED = f"{BASE}/events/feed.xml"
TODAY = date(2026, 5, 1)
YEAR = Window(TODAY, TODAY + timedelta(days=365))
RSS = Rss()
LATEST_ONLY = "a feed may show only its latest items, so no event is considered removed"


class Network:
    """The fake site behind a mock transport; some paths may answer otherwise."""

    def __init__(self, **instead: Any) -> None:
        self.site = Site(BASE, TODAY)
        self.paths = []
        self.instead = {f"/{path.replace('_', '/')}": answer for path, answer in instead.items()}

    def __call__(self, request: Any) -> Any:
        path = request.url.path
        self.paths.append(path)
        if path in self.instead:
            return self.instead[path]
        reply = self.site.answer(Question("GET", path, {}, {}))
        return httpx.Response(reply.status, headers=dict(reply.headers), content=reply.body)

    def without_dates(self, count: int) -> Network:
        items = "".join(
            f"<item><title>News {n}</title><link>{BASE}/story/{n}</link></item>"
            for n in range(count)
        )
        xml = f'<rss version="2.0"><channel>{items}</channel></rss>'
        self.instead["/events/feed.xml"] = httpx.Response(200, text=xml)
        return self


def page_of(name: str) -> httpx.Response:
    """Return a page with an event in it."""
    event = {"@context": "https://schema.org", "@type": "Event", "name": name}
    json_ld = json.dumps({**event, "startDate": "2026-05-08T18:00:00+02:00"})
    return httpx.Response(200, html=f'<script type="application/ld+json">{json_ld}</script>')


def read(
    network: Network, *, cursor: str | None = None, most: int = 1_000, **more: Any
) -> list[Page]:
    settings = {"url": FEED, **more}
    return collect(RSS, settings, network, window=YEAR, cursor=cursor, most=most)


def titles(pages: list[Page]) -> list[str]:
    return [record.title for page in pages for record in page.records]


def reasons(pages: list[Page]) -> list[str]:
    return [reject.reason for page in pages for reject in page.rejects]


@pytest.mark.parametrize(
    "bad", [{"url": "feed.xml"}, {"max_pages": 0}, {"language": "polish"}, {"max_pages": 501}]
)
def test_invalid_settings_of_rss_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        RssSettings.model_validate({"url": FEED, **bad})


def test_items_with_dates_are_events_and_others_are_rejected() -> None:
    network = Network()

    (page,) = read(network)

    assert titles([page]) == ["Town band", "Lantern walk", "Book & bread"]
    assert reasons([page]) == ["no event date"]
    assert network.paths == ["/events/feed.xml"]


def test_a_feed_of_the_latest_items_is_incomplete() -> None:
    assert read(Network())[0].incomplete_reason == LATEST_ONLY


def test_a_feed_that_has_all_events_is_complete() -> None:
    assert read(Network(), lists_everything=True)[0].incomplete_reason is None


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en-US", "Concert 06/05/2026"),
        ("en-GB", "Concert 05/06/2026"),
        ("en", "Concert 05/06/2026"),
        ("pl-PL", "Koncert 5 czerwca"),
    ],
)
def test_the_language_of_the_feed_decides_how_dates_are_read(language: str, title: str) -> None:
    xml = (
        f'<rss version="2.0"><channel><language>{language}</language><item><title>{title}</title>'
        f"<guid>1</guid><pubDate>Fri, 01 May 2026 08:00:00 GMT</pubDate></item></channel></rss>"
    )
    network = Network(**{"events_feed.xml": httpx.Response(200, text=xml)})

    (page,) = read(network, dates_in_text=True)

    assert [record.local_date for record in page.records] == [date(2026, 6, 5)]


def test_linked_pages_are_read_for_items_without_a_date() -> None:
    network = Network()

    pages = read(network, follow_links=True)

    assert titles(pages) == ["Town band", "Lantern walk", "Book & bread", "Open archive"]
    assert network.paths == ["/events/feed.xml", "/robots.txt", "/news/4"]
    assert reasons(pages) == []


def test_a_page_that_robots_txt_forbids_is_not_asked_for() -> None:
    forbidden = httpx.Response(200, text="User-agent: *\nDisallow: /news/")
    network = Network(**{"robots.txt": forbidden})

    pages = read(network, follow_links=True)

    assert "/news/4" not in network.paths
    assert "robots.txt" in pages[-1].incomplete_reason


def test_a_page_that_is_gone_rejects_its_item() -> None:
    pages = read(Network(news_4=httpx.Response(404)), follow_links=True, lists_everything=True)

    assert reasons(pages) == ["linked page not readable"]
    assert {page.incomplete_reason for page in pages} == {None}


def test_a_page_without_an_event_rejects_its_item() -> None:
    network = Network(news_4=httpx.Response(200, html="<p>We closed."))

    assert reasons(read(network, follow_links=True)) == [
        "no event date, and no event in the linked page"
    ]


def identities(pages: list[Page]) -> list[Identity]:
    return [reject.identity for page in pages for reject in page.rejects]


def test_an_event_whose_page_has_become_unreadable_is_rejected_under_its_address() -> None:
    network = Network(news_4=httpx.Response(200, html="<p>We closed."))
    address = f"{BASE}/news/4"

    assert identities(read(network, follow_links=True)) == [Identity(address, address)]


def test_an_event_whose_page_is_gone_is_no_longer_listed() -> None:
    pages = read(Network(news_4=httpx.Response(404)), follow_links=True)

    assert identities(pages) == [NOT_LISTED]


def test_an_item_without_a_link_is_rejected_where_links_are_followed() -> None:
    xml = '<rss version="2.0"><channel><item><title>News</title></item></channel></rss>'
    network = Network(**{"events_feed.xml": httpx.Response(200, text=xml)})

    assert reasons(read(network, follow_links=True)) == ["no event date, and no link to follow"]


def test_a_page_without_an_event_may_have_its_date_in_words() -> None:
    network = Network(news_4=httpx.Response(200, html="<p>We closed."))
    xml = network.site._feed().replace("Open archive", "Open archive, 8 May 2026, 4 pm")
    network.instead["/events/feed.xml"] = httpx.Response(200, text=xml)

    pages = read(network, follow_links=True, dates_in_text=True)

    assert titles(pages)[-1] == "Open archive, 8 May 2026, 4 pm"
    assert pages[-1].records[0].local_date == date(2026, 5, 8)


@pytest.mark.parametrize("relation", ["next", "prev-archive"])
def test_a_feed_that_goes_on_in_another_page_is_incomplete(relation: str) -> None:
    network = Network()
    whole = network(httpx.Request("GET", FEED))
    link = f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="{relation}" href="{FEED}?2"/>'
    text = whole.text.replace("<item", f"{link}<item", 1)
    assert link in text
    network.instead["/events/feed.xml"] = httpx.Response(200, text=text)

    pages = read(network, lists_everything=True)

    assert [page.incomplete_reason for page in pages] == [
        "the feed continues on another page, which is not read"
    ]


def test_a_page_that_does_not_answer_makes_the_run_incomplete_and_the_others_are_read() -> None:
    network = Network(story_1=httpx.Response(500)).without_dates(3)
    network.instead |= {f"/story/{n}": page_of(f"Ball {n}") for n in (0, 2)}

    pages = read(network, follow_links=True, lists_everything=True)

    assert titles(pages) == ["Ball 0", "Ball 2"]
    assert "500" in pages[-1].incomplete_reason


def test_a_site_that_answers_none_of_ten_pages_is_not_asked_for_the_others() -> None:
    down = {f"story_{n}": httpx.Response(500) for n in range(30)}
    network = Network(**down).without_dates(30)

    pages = read(network, follow_links=True)

    assert len([path for path in network.paths if path.startswith("/story/")]) == 10
    assert "500" in pages[-1].incomplete_reason
    assert pages[-1].cursor is None


def test_a_site_that_asks_to_slow_down_is_not_asked_for_further_pages() -> None:
    network = Network(story_3=httpx.Response(429)).without_dates(30)

    pages = read(network, follow_links=True)

    assert len([path for path in network.paths if path.startswith("/story/")]) == 10
    assert "429" in pages[-1].incomplete_reason
    assert pages[-1].cursor is None


def test_no_more_linked_pages_are_read_than_the_settings_allow() -> None:
    network = Network().without_dates(8)

    pages = read(network, follow_links=True, max_pages=5)

    assert len([path for path in network.paths if path.startswith("/story/")]) == 5
    assert "3 linked pages were not read (max_pages)" in pages[0].incomplete_reason


def test_a_resumed_sync_goes_on_after_the_linked_pages_that_were_read() -> None:
    first = Network().without_dates(25)
    for n in range(25):
        first.instead[f"/story/{n}"] = page_of(f"Ball {n}")
    whole = titles(read(first, follow_links=True))
    begun = read(first, follow_links=True, most=2)
    first.paths.clear()

    rest = read(first, follow_links=True, cursor=begun[-1].cursor)

    assert whole == titles(begun) + titles(rest)
    assert len(whole) == 25
    assert len([path for path in first.paths if path.startswith("/story/")]) == 15


def test_a_list_that_changed_is_read_from_its_beginning() -> None:
    begun = read(Network().without_dates(12), follow_links=True, most=2)
    network = Network().without_dates(13)

    assert len(read(network, follow_links=True, cursor=begun[-1].cursor)) == 3


def test_an_event_of_a_linked_page_without_a_place_is_at_the_venue_of_the_settings() -> None:
    network = Network(news_4=page_of("Open archive"))

    pages = read(network, follow_links=True, venue_name="Archive")

    assert pages[-1].records[0].venue.name == "Archive"


def test_a_feed_that_is_gone_or_invalid_is_a_failure() -> None:
    with pytest.raises(NotFound):
        read(Network(**{"events_feed.xml": httpx.Response(404)}))
    with pytest.raises(UnreadableResponse, match="no RSS or Atom feed"):
        read(Network(**{"events_feed.xml": httpx.Response(200, html="<p>Moved")}))


def test_a_feed_is_parsed_offline() -> None:
    parsed = parse(RSS, {"url": FEED}, Site(BASE, TODAY)._feed().encode())

    assert len(parsed.records) == 3
    assert [reject.reason for reject in parsed.rejects] == ["no event date"]


@pytest.mark.parametrize(
    ("more", "expected"),
    [({}, date(2027, 5, 9)), ({"language": "fi"}, date(2026, 5, 9))],  # a Sunday, or no weekday
)
def test_a_language_of_the_settings_takes_precedence_over_that_of_the_feed(
    more: dict[str, Any], expected: date
) -> None:
    xml = (
        '<rss version="2.0"><channel><language>de-DE</language><item><title>So 9.5. 18.00</title>'
        "<guid>1</guid><pubDate>Fri, 01 May 2026 08:00:00 GMT</pubDate></item></channel></rss>"
    )

    (record,) = parse(RSS, {"url": FEED, "dates_in_text": True, **more}, xml.encode()).records

    assert record.local_date == expected


# Recognising a feed


def home(answers: dict[str, Any], links: list[tuple[str, ...]]) -> LookedAt:
    html = "".join(
        f'<link rel="alternate" type="{kind}" href="{href}" title="{title}">'
        for kind, href, title in links
    )
    return LookedAt(f"{BASE}/", html, answers=answers)


RSS_TYPE, ATOM_TYPE = "application/rss+xml", "application/atom+xml"
DATED = Site(BASE, TODAY)._feed()
UNDATED = f'<rss version="2.0"><channel><item><link>{BASE}/news/4</link></item></channel></rss>'
EVENT_PAGE = Site(BASE, TODAY)._page()


def test_the_address_itself_may_be_a_feed() -> None:
    ((settings, evidence),) = detections(RSS, LookedAt(FEED, DATED, is_html=False))

    assert settings == {"url": FEED}
    assert evidence == ("the address is a feed", "3 of its 4 items say when their event is")


@pytest.mark.parametrize("kind", [RSS_TYPE, ATOM_TYPE])
def test_a_feed_that_the_page_names_is_proposed(kind: str) -> None:
    site = home({FEED: DATED}, [(kind, "/events/feed.xml", "Events")])

    ((settings, evidence),) = detections(RSS, site)

    assert settings == {"url": FEED}
    assert evidence[0] == f"the page names the feed {FEED}"


def test_the_feed_about_events_is_chosen_among_several_and_comments_are_not() -> None:
    links = [
        (RSS_TYPE, "/comments/feed/", "Comments on everything"),
        (RSS_TYPE, "/feed/", "News"),
        (RSS_TYPE, "/agenda/feed/", "Agenda"),
    ]
    site = home({}, links)

    detections(RSS, site)

    assert site.looks == [f"{BASE}/agenda/feed/"]


def test_a_feed_whose_pages_hold_events_is_proposed_with_followed_links() -> None:
    site = LookedAt(FEED, UNDATED, is_html=False, answers={f"{BASE}/news/4": EVENT_PAGE})

    ((settings, evidence),) = detections(RSS, site)

    assert settings == {"url": FEED, "follow_links": True}
    assert evidence[1] == f"the page of its first item, {BASE}/news/4, holds an event"


@pytest.mark.parametrize(
    "site",
    [
        LookedAt(FEED, UNDATED, is_html=False, answers={f"{BASE}/news/4": "<p>No event"}),
        LookedAt(FEED, UNDATED, is_html=False),
        LookedAt(FEED, '<rss version="2.0"><channel/></rss>', is_html=False),
        LookedAt(f"{BASE}/", "<p>No feed"),
        LookedAt(f"{BASE}/x.pdf", b"%PDF", is_html=False),
        home({FEED: "<p>Not found"}, [(RSS_TYPE, "/events/feed.xml", "Events")]),
    ],
)
def test_a_feed_without_events_is_not_recognised(site: LookedAt) -> None:
    assert detections(RSS, site) == []
    assert len(site.looks) <= 2
