"""The clubs' sites: every event has its page, and the faults of real ones in a known number."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from include.demo.cities import all_cities
from include.demo.clubs import CLUBS, FIXED_OFFSET_CITY, MICRODATA_CITY
from include.demo.clubs_site import (
    BROKEN_PAGE,
    CLUBS_INVALID,
    GONE_PAGE,
    LISTED_DAYS,
    SHOWN_AT_HOME,
    ClubSite,
)
from include.demo.generator import events_for, listed
from include.demo.model import DemoEvent, Status
from include.demo.site import DemoSite
from include.demo.wording import HOSTILE_HTML, HOSTILE_URL, is_hostile

CITIES = ("helsinki", "krakow", "paris")
JSONLD_CITIES = ("krakow", "paris")
SUMMER = date(2026, 7, 1)


def coming(city: str, today: date) -> list[DemoEvent]:
    last = today + timedelta(days=LISTED_DAYS - 1)
    return [event for event in listed(city, CLUBS, today) if today <= event.day <= last]


def page(site: DemoSite, path: str) -> str:
    reply = site.answer(path, {})
    assert reply.status == 200, path
    assert reply.headers["Content-Type"].startswith("text/html")
    return reply.body.decode()


def event_page(site: DemoSite, event: DemoEvent) -> str:
    return page(site, f"/clubs/{event.city.slug}/event/{event.key}/")


def linked(site: DemoSite, city: str) -> list[str]:
    """Return the keys of the pages that a home page links to."""
    return re.findall(r'href="event/([^/"]+)/\?utm_source=home"', page(site, f"/clubs/{city}/"))


def in_sitemap(site: DemoSite, city: str) -> dict[str, str]:
    """Return the keys of the pages that a sitemap names, with their last change."""
    reply = site.answer(f"/clubs/{city}/sitemap.xml", {})
    assert reply.headers["Content-Type"].startswith("application/xml")
    pattern = (
        rf"<loc>http://demo\.test/clubs/{city}/event/([^/<]+)/</loc><lastmod>([^<]+)</lastmod>"
    )
    return dict(re.findall(pattern, reply.body.decode()))


def scripts(html: str) -> list[str]:
    """Return the JSON-LD scripts of a page but the first, which is about the site."""
    return [
        element.text()
        for element in LexborHTMLParser(html).css('script[type="application/ld+json"]')[1:]
    ]


def repaired(text: str) -> Any:
    """Read a script as a careful reader would, in the plainest way."""
    return json.loads(re.sub(r",\s*}\Z", "}", text), strict=False)


def is_valid(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def nodes(site: DemoSite, city: str, today: date) -> list[tuple[DemoEvent, Any]]:
    return [(event, repaired(scripts(event_page(site, event))[0])) for event in coming(city, today)]


@pytest.mark.parametrize("city", CITIES)
def test_the_home_page_and_the_sitemap_name_the_same_pages(
    site: DemoSite, city: str, today: date
) -> None:
    keys = linked(site, city)
    events = {event.key for event in coming(city, today)}
    assert len(keys) == len(set(keys)) == len(events) + len(CLUBS_INVALID[city])
    assert events <= set(keys)
    assert in_sitemap(site, city).keys() == set(keys)


@pytest.mark.slow
@pytest.mark.parametrize("city", CITIES)
@pytest.mark.parametrize("days_later", [0, 60, 130])
def test_a_crawl_of_all_pages_is_short(city: str, days_later: int, today: date) -> None:
    day = today + timedelta(days=days_later)
    assert 15 <= len(coming(city, day)) + len(CLUBS_INVALID[city]) <= 60


def test_robots_txt_names_the_sitemaps(site: DemoSite) -> None:
    robots = site.answer("/robots.txt", {}).body.decode().splitlines()
    assert robots[:2] == ["User-agent: *", "Disallow:"]
    assert {line for line in robots if line.startswith("Sitemap")} == {
        f"Sitemap: http://demo.test/clubs/{city}/sitemap.xml" for city in CITIES
    }


@pytest.mark.parametrize("city", CITIES)
def test_the_sitemap_says_when_a_page_changed(site: DemoSite, city: str, today: date) -> None:
    changes = in_sitemap(site, city)
    for event in coming(city, today):
        assert datetime.fromisoformat(changes[event.key]) == event.modified.replace(microsecond=0)


@pytest.mark.parametrize("city", JSONLD_CITIES)
def test_an_event_page_has_title_time_and_place(site: DemoSite, city: str, today: date) -> None:
    for event, node in nodes(site, city, today):
        assert node["identifier"] == f"demo-clubs/{city}/{event.key}"
        assert event.title in node["name"]
        assert node["startDate"].startswith(
            f"{event.starts:%Y-%m-%dT%H:%M}" if event.hour_known else f"{event.day}"
        )
        assert node["location"]["name"] == event.venue.name
        assert node["location"]["geo"]["latitude"] == event.venue.latitude
        assert [one["name"] for one in node.get("performer", [])] == list(event.performers)
        assert ("offers" in node) == (event.price is not None)


def test_the_clubs_have_events_of_all_kinds_and_statuses(site: DemoSite, today: date) -> None:
    events = [event for city in JSONLD_CITIES for event in listed(city, CLUBS, today)]
    found = [repaired(scripts(event_page(site, event))[0]) for event in events]
    assert {node["@type"] for node in found} == {"MusicEvent", "ComedyEvent", "Event"}
    assert {node["eventStatus"].rpartition("/")[2] for node in found} == {
        "EventScheduled", "EventCancelled", "EventPostponed", "EventRescheduled"
    }  # fmt: skip
    assert {node["offers"]["@type"] for node in found if "offers" in node} == {
        "Offer", "AggregateOffer"
    }  # fmt: skip
    moved = [node for node in found if "previousStartDate" in node]
    assert len(moved) == sum(event.status is Status.RESCHEDULED for event in events) > 0


@pytest.mark.slow
@pytest.mark.parametrize("city", CITIES)
def test_the_home_page_describes_the_next_events_as_their_pages_do(
    site: DemoSite, city: str, today: date
) -> None:
    home = page(site, f"/clubs/{city}/")
    if city == MICRODATA_CITY:
        shown = re.findall(r"<article.*?</article>", home, re.DOTALL)
        articles = {
            re.findall(r"<article.*?</article>", event_page(site, event), re.DOTALL)[0]
            for event in coming(city, today)
        }
        assert len(shown) == SHOWN_AT_HOME
        assert set(shown) <= articles
        return
    items = json.loads(scripts(home)[0])["itemListElement"]
    described = {node["identifier"]: node for _, node in nodes(site, city, today)}
    assert [item["position"] for item in items] == list(range(1, SHOWN_AT_HOME + 1))
    assert all(described[item["item"]["identifier"]] == item["item"] for item in items)


@pytest.mark.parametrize("city", JSONLD_CITIES)
def test_some_scripts_need_a_repair_and_all_can_be_repaired(
    site: DemoSite, city: str, today: date
) -> None:
    texts = [scripts(event_page(site, event))[0] for event in coming(city, today)]
    with_comma = [text for text in texts if text.endswith(",\n}")]
    with_break = [text for text in texts if "\n" in text.removesuffix(",\n}")]
    assert with_comma
    assert with_break
    assert not any(map(is_valid, (*with_comma, *with_break)))
    assert sum(map(is_valid, texts)) == len(texts) - len({*with_comma, *with_break})
    assert all(repaired(text)["@context"] == "https://schema.org" for text in texts)


@pytest.mark.slow
def test_one_city_writes_the_offset_of_winter_in_summer() -> None:
    site = DemoSite(lambda: SUMMER, "http://demo.test")
    found = nodes(site, FIXED_OFFSET_CITY, SUMMER)
    timestamps = [(event, node["startDate"]) for event, node in found if event.hour_known]
    assert len(timestamps) > 15
    for event, timestamp in timestamps:
        written = datetime.fromisoformat(timestamp)
        assert written.utcoffset() == timedelta(hours=1)
        assert written.replace(tzinfo=None) == event.starts.replace(tzinfo=None)
        assert event.starts.utcoffset() == timedelta(hours=2)
    for event, node in nodes(site, "paris", SUMMER):
        if event.hour_known:
            assert datetime.fromisoformat(node["startDate"]) == event.starts


def test_one_city_writes_microdata_instead_of_json_ld(site: DemoSite, today: date) -> None:
    for event in coming(MICRODATA_CITY, today):
        html = event_page(site, event)
        tree = LexborHTMLParser(html)
        start = tree.css_first('article > time[itemprop="startDate"]')
        key = tree.css_first('article > meta[itemprop="identifier"]')
        place = tree.css_first('[itemprop="location"] > [itemprop="name"]')
        assert scripts(html) == []
        assert start is not None
        assert start.attributes["datetime"] == (
            f"{event.starts:%Y-%m-%dT%H:%M}" if event.hour_known else f"{event.day}"
        )
        assert key is not None
        assert key.attributes["content"] == f"demo-clubs/helsinki/{event.key}"
        assert place is not None
        assert place.text() == event.venue.name


@pytest.mark.parametrize("city", CITIES)
def test_some_listings_of_the_clubs_are_hostile(site: DemoSite, city: str, today: date) -> None:
    hostile = [event for event in listed(city, CLUBS, today) if is_hostile(event)]
    assert hostile
    for event in hostile:
        html = event_page(site, event)
        assert HOSTILE_URL in html
        assert HOSTILE_HTML not in html, "it would run; in JSON its end is escaped, in HTML all"
        assert "evil.example" in html


@pytest.mark.slow
@pytest.mark.parametrize("city", CITIES)
@pytest.mark.parametrize("days_later", [0, 1, 45])
def test_a_site_has_the_same_number_of_unusable_pages_on_any_day(
    city: str, days_later: int, today: date
) -> None:
    day = today + timedelta(days=days_later)
    site = DemoSite(lambda: day, "http://demo.test")
    replies = {key: site.answer(f"/clubs/{city}/event/{key}/", {}) for key in linked(site, city)}
    gone = [key for key, reply in replies.items() if reply.status == 404]
    broken = [
        key
        for key, reply in replies.items()
        if reply.status == 200 and any(not is_repairable(s) for s in scripts(reply.body.decode()))
    ]
    assert len(gone) == CLUBS_INVALID[city].count(GONE_PAGE)
    assert len(broken) == CLUBS_INVALID[city].count(BROKEN_PAGE)


def is_repairable(text: str) -> bool:
    try:
        repaired(text)
    except ValueError:
        return False
    return True


def test_an_unusable_page_is_the_same_one_until_its_day_is_past(today: date) -> None:
    keys = [
        page.key
        for offset in range(LISTED_DAYS)
        for page in ClubSite(all_cities()["krakow"], (), today + timedelta(days=offset)).listed()
    ]
    assert len(keys) == LISTED_DAYS
    assert len(set(keys)) == 2


def test_the_page_of_a_past_event_stays(site: DemoSite, today: date) -> None:
    past = [event for event in listed("paris", CLUBS, today) if event.day < today]
    assert past
    assert all(
        event.title in repaired(scripts(event_page(site, event))[0])["name"] for event in past
    )
    assert not {event.key for event in past} & set(linked(site, "paris"))


@pytest.mark.parametrize("path", ["about/", "event/", "event/20260101-0-nowhere/", "x.xml"])
def test_an_unknown_path_of_the_clubs_is_not_found(site: DemoSite, path: str) -> None:
    assert site.answer(f"/clubs/krakow/{path}", {}).status == 404


@pytest.mark.parametrize("city", CITIES)
def test_some_events_of_the_clubs_are_listed_by_another_source_too(city: str, today: date) -> None:
    shared = [e for e in events_for(city, today) if e.venue.source == CLUBS and len(e.sources) > 1]
    assert len(shared) >= 10


@pytest.mark.parametrize("path", ["", "sitemap.xml"])
@pytest.mark.parametrize("city", CITIES)
def test_the_same_request_gives_the_same_bytes(
    make_site: Callable[[], DemoSite], city: str, path: str
) -> None:
    one, other = (make_site().answer(f"/clubs/{city}/{path}", {}) for _ in range(2))
    assert one.body == other.body
