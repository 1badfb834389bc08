"""The connector for schema.org pages: settings, parser, and the way through a site."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from pydantic import ValidationError

from include.discovery.connectors import connector_for
from include.discovery.connectors.base import Page, ParseContext, SyncContext
from include.discovery.connectors.schema_org import connector
from include.discovery.connectors.schema_org.connector import SchemaOrg, SchemaOrgSettings
from include.discovery.errors import (
    Blocked,
    InvalidSettings,
    NetworkError,
    NotFound,
    ServerError,
    UnreadableResponse,
)
from include.discovery.fetch.client import HttpFetcher
from include.discovery.model import Venue, Window

SITE = "https://dom.example"
LIST = f"{SITE}/kalendarz"
WARSAW = ZoneInfo("Europe/Warsaw")
MAY = Window(date(2026, 5, 1), date(2026, 5, 31))


def event(name: str, day: int = 8, **more: Any) -> str:
    node = {"@type": "Event", "name": name, "startDate": f"2026-05-{day:02}T19:00", **more}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def links(*paths: str) -> str:
    return "".join(f'<a href="{path}">x</a>' for path in paths)


def sitemap(*entries: tuple[str, str], of: str = "url") -> str:
    root = "urlset" if of == "url" else "sitemapindex"
    inner = "".join(
        f"<{of}><loc>{SITE}{path}</loc><lastmod>{changed}</lastmod></{of}>"
        for path, changed in entries
    )
    return f"<{root}>{inner}</{root}>"


class Site:
    """A web site: path → body, status or failure; a test may change it in between."""

    def __init__(self, pages: dict[str, Any]) -> None:
        self.pages = {"/robots.txt": "", **pages}
        self.asked: list[str] = []
        self.at_once = self.most_at_once = 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        for _ in range(5):  # others may ask meanwhile
            await asyncio.sleep(0)
        self.at_once -= 1
        answer = self.pages.get(request.url.path, 404)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            return httpx.Response(answer)
        return httpx.Response(200, html=answer)

    @property
    def visited(self) -> list[str]:
        return [path for path in self.asked if path != "/robots.txt"]


def settings(**more: Any) -> SchemaOrgSettings:
    return SchemaOrgSettings.model_validate({"urls": [LIST], "request_retries": 0, **more})


def collect(site: Site, *, cursor: str | None = None, most: int = 1_000, **more: Any) -> list[Page]:
    async def run() -> list[Page]:
        given = settings(**more)
        context = SyncContext(given, WARSAW, window=MAY, cursor=cursor)
        fetcher = HttpFetcher(
            given,
            "",
            rng=random.Random(1),
            sleep=asyncio.sleep,
            now=lambda: datetime.now(UTC),
            transport=httpx.MockTransport(site),
        )
        found: list[Page] = []
        async with fetcher:
            async for page in SchemaOrg().pages(context, fetcher):
                found.append(page)
                if len(found) == most:
                    break
        return found

    return asyncio.run(run())


def titles(pages: list[Page]) -> list[str]:
    return [record.title for page in pages for record in page.records]


def incomplete_reasons(pages: list[Page]) -> list[str]:
    return [page.incomplete_reason for page in pages if page.incomplete_reason]


# Registry and settings


def test_the_registry_finds_schema_org() -> None:
    assert isinstance(connector_for("schema_org"), SchemaOrg)


@pytest.mark.parametrize(
    "heading",
    ["Provides", "Endpoint", "Auth", "Rate limit", "External id", "Time zone", "Known quirks"],
)
def test_the_data_sheet_of_schema_org_has_its_headings(heading: str) -> None:
    assert f"\n{heading}: " in (connector.__doc__ or "")


def test_every_setting_of_schema_org_is_explained() -> None:
    assert all(field.description for field in SchemaOrgSettings.model_fields.values())


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"urls": []}, "at least 1 item"),
        ({"urls": ["dom.example"]}, "absolute http or https URL"),
        ({"include": ["(unclosed"]}, "'(unclosed' is not a regular expression"),
        ({"exclude": ["a" * 201]}, "at most 200 characters"),
        ({"discover": "everything"}, "'none', 'links' or 'sitemap'"),
        ({"max_pages": 0}, "greater than or equal to 1"),
        ({"sitemap": "ftp://dom.example/"}, "absolute http or https URL"),
    ],
)
def test_invalid_settings_are_refused_with_what_is_allowed(bad: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        settings(**bad)
    assert words in str(caught.value)


# Parsing


def parse(body: str, window: Window | None = None, **more: Any) -> Any:
    return SchemaOrg().parse(
        body.encode(), ParseContext(settings(**more), WARSAW, window, url=LIST)
    )


def test_a_page_is_parsed() -> None:
    assert [record.title for record in parse(event("A") + event("B")).records] == ["A", "B"]


def test_only_events_within_the_window_are_read() -> None:
    june = Window(date(2026, 6, 1), date(2026, 6, 30))
    assert parse(event("A"), june).records == []


def test_an_event_without_a_place_is_at_the_default_venue() -> None:
    [record] = parse(event("A"), venue_name="Dom", venue_locality="Tychy").records
    assert record.venue == Venue(name="Dom", locality="Tychy")


def test_offsets_are_believed_where_the_settings_trust_them() -> None:
    page = event("A", startDate="2026-05-08T17:00+00:00")
    assert parse(page).records[0].starts_at.hour == 17
    assert parse(page, trust_offsets=True).records[0].starts_at.hour == 19


@pytest.mark.parametrize(
    "body",
    ["", "<p>Koncert 8 maja", "BEGIN:VCALENDAR", '<script type="application/ld+json">{}</script>'],
)
def test_a_page_without_any_event_is_refused(body: str) -> None:
    with pytest.raises(UnreadableResponse, match=r"no schema\.org event"):
        parse(body)


def test_a_page_whose_only_script_is_broken_is_a_reject() -> None:
    parsed = parse('<script type="application/ld+json">{"@type": "Event" "name"}</script>')
    assert [reject.reason for reject in parsed.rejects] == ["invalid JSON-LD with events"]


def test_dates_in_words_are_read_from_the_first_day_of_the_window() -> None:
    [record] = parse(event("A", startDate="piątek 8 maja, godz. 19:00"), MAY).records
    assert record.starts_at.isoformat() == "2026-05-08T19:00:00+02:00"
    assert "startDate read from words" in record.warnings


# Lists


def test_each_list_is_loaded_as_a_page() -> None:
    site = Site({"/kalendarz": event("A"), "/sala": event("B")})
    pages = collect(site, urls=[LIST, f"{SITE}/sala", LIST])
    assert [titles([page]) for page in pages] == [["A"], ["B"]]
    assert incomplete_reasons(pages) == []
    assert site.asked == ["/robots.txt", "/kalendarz", "/sala"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [(404, NotFound), (503, ServerError), (403, Blocked), (httpx.ConnectError("no"), NetworkError)],
)
def test_a_list_that_fails_fails_the_run(
    answer: httpx.ConnectError | int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        collect(Site({"/kalendarz": answer}))


def test_lists_without_any_event_make_the_run_incomplete() -> None:
    assert incomplete_reasons(collect(Site({"/kalendarz": "<p>nothing"}))) == [
        "none of 1 pages contains a schema.org event"
    ]


def test_lists_whose_events_are_all_past_are_complete() -> None:
    assert (
        incomplete_reasons(collect(Site({"/kalendarz": event("A", startDate="2020-01-01")}))) == []
    )


def test_events_that_a_broken_script_hides_make_the_run_incomplete() -> None:
    broken = '<script type="application/ld+json">{"@type": "Event" "name"}</script>'
    pages = collect(Site({"/kalendarz": event("A") + broken}))
    assert titles(pages) == ["A"]
    assert incomplete_reasons(pages) == [f"JSON-LD script 2 cannot be read ({LIST})"]


def test_rejects_name_their_page() -> None:
    [page] = collect(Site({"/kalendarz": event("A", startDate="soon")}))
    assert page.rejects[0].item == f"{LIST}: JSON-LD script 1 (A)"


def test_the_charset_of_the_header_is_used() -> None:
    async def answer(request: httpx.Request) -> httpx.Response:
        body = event("X").replace('"X"', '"Łódź"').encode("iso-8859-2")
        kind = "text/html; charset=ISO-8859-2"
        return httpx.Response(200, content=body, headers={"content-type": kind})

    assert titles(collect(answer)) == ["Łódź"]  # type: ignore[arg-type]


# Links


def test_links_to_pages_of_events_are_visited_once_in_their_order() -> None:
    site = Site(
        {
            "/kalendarz": event("A") + links(
                "/event/2", "/event/1?utm_source=x", "/event/1#info", "/about", "/kalendarz",
                "https://other.example/event/9", "mailto:a@dom.example",
            ),
            "/event/1": event("One"),
            "/event/2": event("Two"),
        }
    )  # fmt: skip
    pages = collect(site, discover="links")
    assert [titles([page]) for page in pages] == [["A"], ["Two", "One"]]
    assert incomplete_reasons(pages) == []
    assert sorted(site.visited) == ["/event/1", "/event/2", "/kalendarz"]


def test_patterns_choose_among_links() -> None:
    pages = {"/kalendarz": links("/s/1", "/s/2", "/s/2/print", "/event/3")}
    site = Site({**pages, "/s/1": event("One"), "/s/2": event("Two")})
    found = collect(site, discover="links", include=["/s/[0-9]"], exclude=["print$", "/1"])
    assert titles(found) == ["Two"]


def test_links_beyond_the_maximum_make_the_run_incomplete() -> None:
    details = {f"/event/{n}": event(f"E{n}") for n in range(5)}
    site = Site({"/kalendarz": links(*details), **details})
    pages = collect(site, discover="links", max_pages=3)
    assert titles(pages) == ["E0", "E1", "E2"]
    assert incomplete_reasons(pages) == ["the lists link to: 5 pages, of which max_pages allows 3"]


@pytest.mark.parametrize(
    "mark",
    [
        '<link rel="next" href="/kalendarz?page=2">',
        '<a rel="nofollow next" href="/kalendarz?page=2">',
    ],
)
def test_a_list_that_goes_on_where_it_is_not_read_makes_the_run_incomplete(mark: str) -> None:
    site = {"/kalendarz": mark + links("/event/1"), "/event/1": event("One")}
    pages = collect(Site(site), discover="links")
    assert titles(pages) == ["One"]
    [reason] = incomplete_reasons(pages)
    assert reason.startswith(
        f"the list continues at {SITE}/kalendarz?page=2, which is not among the"
    )


def test_a_list_without_a_matching_link_makes_the_run_incomplete() -> None:
    assert "no page that the lists link to matches the setting include" in incomplete_reasons(
        collect(Site({"/kalendarz": event("A") + links("/about")}), discover="links")
    )


def test_pages_are_loaded_twenty_at_a_time_and_asked_for_four_at_a_time() -> None:
    details = {f"/event/{n}": event(f"E{n}") for n in range(45)}
    site = Site({"/kalendarz": links(*details), **details})
    pages = collect(site, discover="links")
    assert [len(page.records) for page in pages] == [0, 20, 20, 5]
    assert titles(pages) == [f"E{n}" for n in range(45)]
    assert site.most_at_once == 4


def test_a_page_that_is_gone_or_broken_costs_only_itself() -> None:
    details: dict[str, Any] = {
        "/event/1": event("One"),
        "/event/2": 410,
        "/event/3": 503,
        "/event/4": '<script type="application/ld+json">{]</script>',
        "/event/5": "<p>no event at all",
        "/event/6": httpx.ReadTimeout("slow"),
        "/event/7": '{"@type": "Event", ',
    }
    pages = collect(Site({"/kalendarz": links(*details), **details}), discover="links")
    assert titles(pages) == ["One"]
    assert [(reject.reason, reject.item) for page in pages for reject in page.rejects] == [
        ("page is gone", f"{SITE}/event/2"),
        ("invalid JSON-LD", f"{SITE}/event/4: JSON-LD script 1"),
    ]
    [reason] = incomplete_reasons(pages)
    assert "503" in reason
    assert "(setting timeout_seconds) (https://dom.example/event/6)" in reason
    assert "(https://dom.example/event/7)" in reason


def test_many_failures_are_counted_not_listed() -> None:
    details: dict[str, Any] = {f"/event/{n}": 500 for n in range(9)}
    site = Site({"/kalendarz": links("/event/ok", *details), "/event/ok": event("A"), **details})
    [reason] = incomplete_reasons(collect(site, discover="links"))
    assert reason.endswith("; and 4 more pages")


def test_a_run_whose_pages_all_fail_fails_and_resumes_there_later() -> None:
    details: dict[str, Any] = {f"/event/{n}": event(f"E{n}") for n in range(25)}
    site = Site({"/kalendarz": links(*details), **details})
    first = collect(site, discover="links", most=2)
    site.pages.update({f"/event/{n}": 503 for n in range(20, 25)})
    with pytest.raises(ServerError):
        collect(site, discover="links", cursor=first[-1].cursor)
    site.pages.update(details)
    rest = collect(site, discover="links", cursor=first[-1].cursor)
    assert titles(rest) == [f"E{n}" for n in range(20, 25)]


# Sitemaps


def test_the_sitemap_of_robots_txt_is_read_the_latest_changes_first() -> None:
    site = Site(
        {
            "/robots.txt": f"Sitemap: {SITE}/index.xml",
            "/index.xml": sitemap(
                ("/old.xml", "2026-01-01"), ("/new.xml", "2026-04-01"), of="sitemap"
            ),
            "/old.xml": sitemap(("/event/1", "2026-01-01"), ("/about", "2026-04-30")),
            "/new.xml": sitemap(("/event/2", "2026-03-01"), ("/event/3", "2026-04-01")),
            "/kalendarz": event("A"),
            **{f"/event/{n}": event(f"E{n}") for n in (1, 2, 3)},
        }
    )
    pages = collect(site, discover="sitemap", max_pages=2)
    assert titles(pages) == ["A", "E3", "E2"]
    assert site.visited[:4] == ["/index.xml", "/new.xml", "/old.xml", "/kalendarz"]
    assert incomplete_reasons(pages) == ["the sitemap names: 3 pages, of which max_pages allows 2"]


def test_a_sitemap_may_be_named_in_the_settings() -> None:
    site = Site(
        {"/s.xml": sitemap(("/event/1", "x")), "/event/1": event("E1"), "/kalendarz": "<p>Calendar"}
    )
    pages = collect(site, discover="sitemap", sitemap=f"{SITE}/s.xml")
    assert titles(pages) == ["E1"]
    assert incomplete_reasons(pages) == []


def test_a_missing_sitemap_is_an_error_of_the_settings() -> None:
    with pytest.raises(InvalidSettings, match="names no sitemap"):
        collect(Site({"/kalendarz": event("A")}), discover="sitemap")


def test_a_sitemap_that_cannot_be_read_fails_the_run() -> None:
    with pytest.raises(NotFound):
        collect(Site({"/kalendarz": "<p>Calendar"}), discover="sitemap", sitemap=f"{SITE}/s.xml")
    site = Site({"/kalendarz": "<p>Calendar", "/s.xml": "<p>Hello"})
    with pytest.raises(UnreadableResponse, match=r"^no sitemap"):
        collect(site, discover="sitemap", sitemap=f"{SITE}/s.xml")


def test_a_failing_sitemap_of_several_makes_the_run_incomplete() -> None:
    site = Site(
        {
            "/s.xml": sitemap(("/s.xml", ""), ("/lost.xml", ""), ("/ok.xml", ""), of="sitemap"),
            "/ok.xml": sitemap(("/event/1", "")),
            "/event/1": event("E1"),
            "/kalendarz": "<p>Calendar",
        }
    )
    pages = collect(site, discover="sitemap", sitemap=f"{SITE}/s.xml")
    assert titles(pages) == ["E1"]
    assert len(incomplete_reasons(pages)) == 1
    assert "lost.xml" in incomplete_reasons(pages)[0]


# robots.txt


def test_a_list_that_robots_txt_forbids_is_not_read() -> None:
    site = Site({"/robots.txt": "User-agent: *\nDisallow: /kal", "/kalendarz": event("A")})
    with pytest.raises(
        Blocked, match=r"^robots.txt forbids reading.*https://dom.example/kalendarz\)$"
    ):
        collect(site)
    assert site.visited == []


def test_a_found_page_that_robots_txt_forbids_makes_the_run_incomplete() -> None:
    site = Site(
        {
            "/robots.txt": "User-agent: *\nDisallow: /event/",
            "/kalendarz": event("A") + links("/event/1", "/event/2"),
        }
    )
    pages = collect(site, discover="links")
    assert titles(pages) == ["A"]
    assert "robots.txt forbids" in incomplete_reasons(pages)[0]
    assert site.visited == ["/kalendarz"]


@pytest.mark.parametrize("answer", [500, httpx.ConnectError("no")])
def test_nothing_is_read_while_robots_txt_cannot_be_reached(
    answer: httpx.ConnectError | int,
) -> None:
    site = Site({"/robots.txt": answer, "/kalendarz": event("A")})
    with pytest.raises((ServerError, NetworkError)):
        collect(site)
    assert site.visited == []


@pytest.mark.parametrize("answer", [404, 403])
def test_a_site_without_robots_txt_may_be_read(answer: int) -> None:
    assert titles(collect(Site({"/robots.txt": answer, "/kalendarz": event("A")}))) == ["A"]


# Resuming


def lists_site() -> Site:
    return Site({f"/l/{n}": event(f"L{n}") for n in range(3)})


LISTS = [f"{SITE}/l/{n}" for n in range(3)]


def test_a_retry_goes_on_after_the_last_loaded_page() -> None:
    first = collect(lists_site(), urls=LISTS, most=1)
    site = lists_site()
    rest = collect(site, urls=LISTS, cursor=first[0].cursor)
    assert titles(first + rest) == ["L0", "L1", "L2"]
    assert "/l/0" not in site.asked


def test_a_retry_that_finds_another_list_starts_over() -> None:
    first = collect(lists_site(), urls=LISTS, most=2)
    assert titles(collect(lists_site(), urls=LISTS[1:], cursor=first[-1].cursor)) == ["L1", "L2"]


@pytest.mark.parametrize("cursor", ["", "5", "x@y", "@"])
def test_an_invalid_cursor_starts_over(cursor: str) -> None:
    assert len(titles(collect(lists_site(), urls=LISTS, cursor=cursor))) == 3


@pytest.mark.parametrize("discover", ["none", "links"])
def test_a_retry_after_the_last_page_only_ends_the_run(discover: str) -> None:
    pages = {"/l/0": event("L0") + links(*(f"/event/{n}" for n in range(3)))}
    pages |= {f"/event/{n}": event(f"E{n}") for n in range(3)}
    more = {"urls": LISTS[:1], "discover": discover, "max_pages": 2}
    everything = collect(Site(pages), **more)
    again = collect(Site(pages), cursor=everything[-1].cursor, **more)
    assert titles(again) == []
    assert incomplete_reasons(again) == incomplete_reasons(everything)
    assert again[-1].cursor == everything[-1].cursor


# Detection


class Looked:
    """A site as the probe shows it."""

    def __init__(self, body: str, others: dict[str, str] | None = None) -> None:
        from include.discovery.formats.html_page import HtmlPage
        from include.discovery.response import Response

        self.response = Response(200, {}, body.encode(), f"{SITE}/")
        self.page = HtmlPage(self.response.body, self.response.url)
        self.sitemaps: tuple[str, ...] = ()
        self._look: Callable[[str], Any] = lambda url: (
            Response(200, {}, others[url].encode(), url) if others and url in others else None
        )
        self.looked: list[str] = []

    async def look(self, url: str) -> Any:
        self.looked.append(url)
        return self._look(url)


def recognised(site: Looked) -> list[Any]:
    return [(dict(fit.settings), fit.evidence) for fit in asyncio.run(SchemaOrg().detect(site))]


def test_a_page_with_events_is_recognised() -> None:
    assert recognised(Looked(event("A") + event("B"))) == [
        ({"urls": [f"{SITE}/"]}, ("the page holds 2 schema.org events",))
    ]


def test_a_page_that_links_to_events_is_recognised() -> None:
    site = Looked(links("/about", "/event/1", "/event/2"), {f"{SITE}/event/2": event("A")})
    [(settings, evidence)] = recognised(site)
    assert settings == {"urls": [f"{SITE}/"], "discover": "links"}
    assert f"{SITE}/event/2" in evidence[0]


def test_a_page_with_some_events_that_links_to_others_may_be_read_in_both_ways() -> None:
    site = Looked(event("A") + links("/event/1"), {f"{SITE}/event/1": event("B")})
    assert [settings for settings, _ in recognised(site)] == [
        {"urls": [f"{SITE}/"]},
        {"urls": [f"{SITE}/"], "discover": "links"},
    ]


def test_links_to_events_that_the_list_holds_itself_are_not_proposed() -> None:
    own = event("A", url=f"{SITE}/event/1")
    site = Looked(own + links("/event/1"), {f"{SITE}/event/1": own})
    assert [settings for settings, _ in recognised(site)] == [{"urls": [f"{SITE}/"]}]
    assert site.looked == []


def test_a_site_whose_sitemap_lists_events_is_recognised() -> None:
    index = f"<sitemapindex><sitemap><loc>{SITE}/part.xml</loc></sitemap></sitemapindex>"
    part = f"<urlset><url><loc>{SITE}/event/7</loc></url></urlset>"
    site = Looked("<p>Welcome</p>", {
        f"{SITE}/map.xml": index, f"{SITE}/part.xml": part, f"{SITE}/event/7": event("A"),
    })  # fmt: skip
    site.sitemaps = (f"{SITE}/map.xml", f"{SITE}/other.xml")
    [(settings, evidence)] = recognised(site)
    assert settings == {"urls": [f"{SITE}/"], "discover": "sitemap"}
    assert f"{SITE}/event/7" in evidence[0]
    assert f"{SITE}/other.xml" not in site.looked


@pytest.mark.parametrize("sitemap", ["<html>not found", "", "<urlset></urlset>"])
def test_an_invalid_sitemap_is_not_proposed(sitemap: str) -> None:
    site = Looked("<p>Welcome</p>", {f"{SITE}/map.xml": sitemap})
    site.sitemaps = (f"{SITE}/map.xml",)
    assert recognised(site) == []


def test_a_page_without_events_is_not_recognised_and_few_links_are_asked_for() -> None:
    site = Looked(links(*(f"/event/{n}" for n in range(9))))
    assert recognised(site) == []
    assert len(site.looked) == 2
