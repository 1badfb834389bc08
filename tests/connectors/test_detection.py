"""How the older kinds are detected by a bare address: calendars, WordPress, Ticketmaster."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from include.discovery.connectors.events_calendar.connector import EventsCalendar
from include.discovery.connectors.icalendar.connector import ICalendar
from include.discovery.connectors.ticketmaster.connector import Ticketmaster
from tests.support.reading import LookedAt, detections

BASE = "https://club.example"
CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"


def urls(site: LookedAt) -> list[str]:
    return [settings["url"] for settings, _ in detections(ICalendar(), site)]


# iCalendar


@pytest.mark.parametrize("body", [CALENDAR, f"\ufeff\n{CALENDAR}", CALENDAR.lower()])
def test_the_address_itself_may_be_a_calendar(body: str) -> None:
    site = LookedAt(f"{BASE}/all.ics", body, is_html=False)

    assert detections(ICalendar(), site) == [
        ({"url": f"{BASE}/all.ics"}, ("the address is an iCalendar feed",))
    ]
    assert site.looks == []


@pytest.mark.parametrize(
    ("html", "calendar"),
    [
        ('<link rel="alternate" type="text/calendar" href="/all.ics">', f"{BASE}/all.ics"),
        ('<a href="webcal://club.example/feed?x=1">Subscribe</a>', f"{BASE}/feed?x=1"),
        ('<a href="/files/2026.ICS">Download</a>', f"{BASE}/files/2026.ICS"),
        (
            '<iframe src="https://calendar.google.com/calendar/embed?src=a%40group.example&ctz=x">',
            "https://calendar.google.com/calendar/ical/a%40group.example/public/basic.ics",
        ),
        (
            '<iframe data-src="https://www.google.com/calendar/embed?src=b%40x.example">',
            "https://calendar.google.com/calendar/ical/b%40x.example/public/basic.ics",
        ),
    ],
)
def test_a_calendar_that_a_page_offers_is_recognised(html: str, calendar: str) -> None:
    site = LookedAt(f"{BASE}/", html, answers={calendar: CALENDAR})

    ((settings, evidence),) = detections(ICalendar(), site)

    assert settings == {"url": calendar}
    assert evidence[0] == f"{calendar} is an iCalendar feed"
    assert len(evidence) == 2


def test_a_calendar_that_is_named_comes_before_links() -> None:
    html = (
        '<a href="/one.ics">One event</a><a href="webcal://club.example/all">All</a>'
        '<link rel="alternate" type="text/calendar" href="/named.ics">'
    )
    site = LookedAt(f"{BASE}/", html)

    detections(ICalendar(), site)

    assert site.looks == [f"{BASE}/named.ics", f"{BASE}/all"]


def test_a_calendar_that_another_site_serves_is_proposed_with_the_name_of_that_site() -> None:
    class Served(LookedAt):
        async def look(self, url):
            answer = await super().look(url)
            return answer and replace(answer, url="https://files.cdn.example/x/a.ics")

    html = '<link rel="alternate" type="text/calendar" href="/a.ics">'
    site = Served(f"{BASE}/", html, answers={f"{BASE}/a.ics": CALENDAR})

    ((settings, evidence),) = detections(ICalendar(), site)

    assert settings == {"url": f"{BASE}/a.ics", "redirect_hosts": ["files.cdn.example"]}
    assert "it is on another site, files.cdn.example" in evidence


def test_a_calendar_that_is_offered_twice_is_asked_for_once() -> None:
    html = '<a href="webcal://club.example/a.ics">A</a><a href="https://club.example/a.ics">B</a>'
    site = LookedAt(f"{BASE}/", html, answers={f"{BASE}/a.ics": CALENDAR})

    assert urls(site) == [f"{BASE}/a.ics"]
    assert len(site.looks) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://www.meetup.com/krakow-walkers/",
        "https://www.meetup.com/pl-PL/krakow-walkers/events/",
    ],
)
def test_a_group_on_meetup_has_a_calendar(url: str) -> None:
    calendar = "https://www.meetup.com/krakow-walkers/events/ical/"

    assert urls(LookedAt(url, answers={calendar: CALENDAR})) == [calendar]


@pytest.mark.parametrize("url", ["https://www.meetup.com/find/", "https://meetup.example/walkers/"])
def test_a_page_that_is_no_group_of_meetup_is_not_asked_for_a_calendar(url: str) -> None:
    site = LookedAt(url)

    assert urls(site) == []
    assert site.looks == []


@pytest.mark.parametrize(
    "site",
    [
        LookedAt(f"{BASE}/", '<a href="/a.ics">A</a>', answers={f"{BASE}/a.ics": "<p>Sign in"}),
        LookedAt(f"{BASE}/", '<a href="/a.ics">A</a>'),
        LookedAt(f"{BASE}/", '<iframe src="https://www.google.com/maps/embed?src=x">'),
        LookedAt(f"{BASE}/a.pdf", b"%PDF", is_html=False),
    ],
)
def test_an_answer_that_is_no_calendar_is_not_recognised(site: LookedAt) -> None:
    assert urls(site) == []


# The Events Calendar

NAMESPACES = json.dumps({"namespaces": ["wp/v2", "tribe/events/v1"]})
WORDPRESS = '<link rel="https://api.w.org/" href="{}">'


def of_wordpress(site: LookedAt) -> list[Any]:
    return detections(EventsCalendar(), site)


def test_the_events_calendar_is_recognised_by_its_rest_namespace() -> None:
    answers = {f"{BASE}/blog/wp-json/": NAMESPACES}
    site = LookedAt(f"{BASE}/blog/", WORDPRESS.format("/blog/wp-json/"), answers=answers)

    assert of_wordpress(site) == [
        (
            {"site_url": f"{BASE}/blog"},
            (f"{BASE}/blog/wp-json/ lists the namespace tribe/events/v1",),
        )
    ]


@pytest.mark.parametrize(
    ("html", "headers", "sign"),
    [
        (
            '<meta name="tec-api-version" content="v1">',
            {},
            "the page has the meta element tec-api-version",
        ),
        ("", {"x-tec-api-version": "v1"}, "the site sends the header x-tec-api-version"),
    ],
)
def test_signs_of_the_plugin_in_page_or_headers_are_evidence(
    html: str, headers: dict[str, Any], sign: str
) -> None:
    site = LookedAt(f"{BASE}/", html, headers=headers, answers={f"{BASE}/wp-json/": NAMESPACES})

    ((_, evidence),) = of_wordpress(site)

    assert evidence[0] == sign


@pytest.mark.parametrize(
    "html",
    [WORDPRESS.format("/?rest_route=/"), '<meta name="tec-api-version" content="v1">'],
)
def test_a_site_without_pretty_permalinks_is_asked_by_its_route(html: str) -> None:
    site = LookedAt(f"{BASE}/", html, answers={f"{BASE}/?rest_route=/": NAMESPACES})

    ((settings, _),) = of_wordpress(site)

    assert settings == {"site_url": BASE, "plain_permalinks": True}
    assert len(site.looks) <= 2


def test_the_address_of_the_rest_interface_leads_to_the_site() -> None:
    url = f"{BASE}/sub/wp-json/tribe/events/v1/events"
    site = LookedAt(url, "{}", is_html=False, answers={f"{BASE}/sub/wp-json/": NAMESPACES})

    assert of_wordpress(site)[0][0] == {"site_url": f"{BASE}/sub"}


@pytest.mark.parametrize(
    "answer", [json.dumps({"namespaces": ["wp/v2"]}), "<p>No", "[]", '{"namespaces": 7}']
)
def test_wordpress_without_the_plugin_is_not_recognised(answer: str) -> None:
    site = LookedAt(f"{BASE}/", WORDPRESS.format("/wp-json/"), answers={f"{BASE}/wp-json/": answer})

    assert of_wordpress(site) == []


def test_a_page_of_another_system_is_not_asked() -> None:
    site = LookedAt(f"{BASE}/", '<meta name="generator" content="Drupal 10">')

    assert of_wordpress(site) == []
    assert site.looks == []


# Ticketmaster


@pytest.mark.parametrize(
    "host", ["www.ticketmaster.pl", "ticketmaster.com", "www.ticketmaster.co.uk"]
)
def test_a_shop_of_ticketmaster_is_recognised_by_its_host(host: str) -> None:
    ((settings, evidence),) = detections(Ticketmaster(), LookedAt(f"https://{host}/events"))

    assert settings == {}
    assert evidence[0] == f"{host} is Ticketmaster"


def test_a_shop_of_ticketmaster_is_recognised_by_the_name_of_its_site() -> None:
    site = LookedAt(f"{BASE}/", '<meta property="og:site_name" content="Ticketmaster">')

    ((_, evidence),) = detections(Ticketmaster(), site)

    assert evidence[0] == "the page calls itself Ticketmaster (og:site_name)"


@pytest.mark.parametrize(
    "host", ["ticketmaster.club.example", "myticketmaster.com", "club.example"]
)
def test_a_shop_of_another_company_is_not_recognised_as_ticketmaster(host: str) -> None:
    assert detections(Ticketmaster(), LookedAt(f"https://{host}/")) == []
