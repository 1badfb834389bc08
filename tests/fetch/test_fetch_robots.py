"""robots.txt: what we may read, by our own name and that of everybody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.errors import Forbidden
from include.discovery.fetch.crawler import Crawler
from include.discovery.fetch.hosts import RobotsFile
from include.discovery.fetch.robots import PRODUCT, RobotsRules, tag_that_forbids, user_agent
from tests.fetch.conftest import RecordingClient, Site

PAGE = "https://dom.example/events/1"


def rules(text: str | bytes, status: int = 200) -> RobotsRules:
    body = text if isinstance(text, bytes) else text.encode()
    return RobotsRules.of(RobotsFile(status, body))


def test_the_product_of_robots_txt_is_the_one_in_the_user_agent() -> None:
    assert user_agent("").startswith(f"{PRODUCT}/")


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow:", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow: /events/", False),
        ("User-agent: *\nDisallow: /events/\nAllow: /events/1", True),
        ("User-agent: *\nDisallow: /*/1$", False),
        ("User-agent: OtherBot\nDisallow: /", True),
        ("User-agent: DiscoverySystem\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
        ("User-agent: discoverysystem\nAllow: /\n\nUser-agent: *\nDisallow: /", True),
        ("\ufeffUser-agent: *\r\nDisallow: /events\r\n", False),
        ("<!DOCTYPE html><title>Welcome</title>", True),
        (b"\xff\xfe\x00User-agent", True),
    ],
)
def test_robots_txt_says_which_pages_may_be_asked(text: bytes | str, allowed: bool) -> None:
    assert rules(text).allows(PAGE) is allowed


def allows(text: str, path: str, product: str = "bot") -> bool:
    return RobotsRules(text.encode(), product).allows(f"https://dom.example{path}")


@pytest.mark.parametrize(
    ("lines", "product", "allowed"),
    [
        ("User-agent: bot\nDisallow: /", "bot", False),
        ("user-AGENT:BOT\ndisallow:/", "bot", False),
        ("User-agent: bot/2.1 (x11)\nDisallow: /", "bot", False),
        ("User-agent: bot of ours\nDisallow: /", "bot", False),
        ("User-agent: bot\nDisallow: /", "bot-news", True),
        ("User-agent: bot-news\nDisallow: /", "bot", True),
        ("User-agent: bot7\nDisallow: /", "bot", False),
        ("User-agent: *\nDisallow: /\nUser-agent: bot\nDisallow:", "bot", True),
        ("User-agent: *\nDisallow: /\nUser-agent: bot", "bot", True),
        ("User-agent: *\nDisallow: /\nUser-agent: other", "bot", False),
        ("User-agent: * \t\nDisallow: /", "bot", False),
        ("User-agent: *bot\nDisallow: /", "bot", True),
        ("User-agent: a\nUser-agent: bot\nDisallow: /", "bot", False),
        ("User-agent: a\nCrawl-delay: 3\nUser-agent: bot\nDisallow: /", "a", False),
        ("User-agent: a\nDisallow: /\nUser-agent: bot\nDisallow:", "bot", True),
        ("User-agent: bot\nDisallow: /y\n\nUser-agent: bot\nDisallow: /x", "bot", False),
        ("Disallow: /\nUser-agent: bot", "bot", True),
        ("User-agent bot\nDisallow /", "bot", False),
        ("useragent: bot\ndissallow: /", "bot", False),
        ("User-agent: bot # us\nDisallow: / # all of it", "bot", False),
        ("User-agent: bot\rDisallow: /", "bot", False),
        ("\ufeffUser-agent: bot\nDisallow: /", "bot", False),
        ("User-agent: bot\n<br>\nDisallow: /", "bot", False),
        ("User-agent: bot\nNo-index: /", "bot", True),
    ],
)
def test_a_group_of_robots_txt_is_of_the_crawlers_whose_product_token_it_names(
    lines: str, product: str, allowed: bool
) -> None:
    assert allows(lines, "/x", product) is allowed


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("disallow: /a", "/a", False),
        ("disallow: /a", "/ab?c", False),
        ("disallow: /a", "/A", True),
        ("disallow: /a/", "/a", True),
        ("disallow: a", "/a", True),
        ("disallow: /a\nallow: /a/b", "/a/b/c", True),
        ("allow: /a\ndisallow: /a/b", "/a/b/c", False),
        ("allow: /a\ndisallow: /a", "/a", True),
        ("disallow: /a\nallow: /a", "/a", True),
        ("disallow: /*.php", "/x.php?y", False),
        ("disallow: /*.php$", "/x.php?y", True),
        ("disallow: /*.php$", "/x.php.php", False),
        ("disallow: /a*b*c$", "/a-b-b-c", False),
        ("disallow: /a*a$", "/a", True),
        ("disallow: /a$", "/a/", True),
        ("disallow: /$", "/", False),
        ("disallow: *", "/x", False),
        ("disallow: /a**b", "/axb", False),
        ("disallow: /a$b", "/a$b", True),
        ("disallow: /a%24b", "/a$b", False),
        ("disallow: /a%2Ab", "/a*b", False),
        ("disallow: /a%2Ab", "/axb", True),
        ("disallow: /?q=", "/?q=1", False),
        ("disallow: /żółw", "/%C5%BC%C3%B3%C5%82w", False),
        ("disallow: /%c5%bc%C3%B3%C5%82w", "/żółw", False),
        ("disallow: /%7Eann", "/~ann", False),
        ("disallow: /a%2fb", "/a/b", True),
        ("disallow: /a%2fb", "/a%2Fb", False),
        ("disallow: /", "/robots.txt", True),
        ("disallow: /\nallow: /*/public/", "/x/public/1", True),
        ("disallow: /a%", "/a%b", False),
    ],
)
def test_the_longest_rule_of_robots_txt_that_matches_decides(
    rules: str, path: str, allowed: bool
) -> None:
    assert allows(f"user-agent: bot\n{rules}", path) is allowed


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        ("Crawl-delay: 10", 10),
        ("Crawl-delay: -1", None),
        ("Crawl-delay: 1e9", None),
        ("Request-rate: 1/5", 5),
        ("Request-rate: 30/1m 0900-1730", 2),
        ("Request-rate: 0/5", None),
    ],
)
def test_a_pause_is_read_in_seconds(line: str, seconds: float | None) -> None:
    assert RobotsRules(f"User-agent: *\n{line}".encode()).crawl_delay == seconds


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("", None),
        ("nofollow, noarchive", None),
        ("noindex", "noindex"),
        ("nofollow, NOINDEX", "noindex"),
        ("none", "none"),
        ("otherbot: noindex, nofollow", None),
        ("otherbot: nofollow, discoverysystem: noindex", "noindex"),
        ("noindex, otherbot: nofollow", "noindex"),
        ("unavailable_after: 25 Jun 2027 15:00:00 PST", None),
        ("max-snippet: 20, noindex", "noindex"),
    ],
)
def test_a_header_may_forbid_a_page_to_all_or_to_us(value: str, rule: str | None) -> None:
    assert tag_that_forbids(value) == rule


def test_a_page_whose_header_forbids_it_is_not_read(
    site: Site, http_client: RecordingClient
) -> None:
    site.on("/robots.txt", site.reply(404))
    url = site.on("/a", site.reply(200, b"x", x_robots_tag="noindex"))
    with pytest.raises(Forbidden, match="X-Robots-Tag says noindex"):
        http_client.run(lambda fetcher: Crawler(fetcher).get(url))
    assert site.paths == ["/robots.txt", "/a"]


def test_a_redirect_to_a_page_that_robots_txt_forbids_is_not_followed(
    site: Site, http_client: RecordingClient
) -> None:
    site.on("/robots.txt", site.reply(200, b"User-agent: *\nDisallow: /private"))
    url = site.on("/a", site.reply(302, location="/private/b"))
    with pytest.raises(Forbidden, match=r"robots\.txt forbids"):
        http_client.run(lambda fetcher: Crawler(fetcher).get(url))
    assert site.paths == ["/robots.txt", "/a"]


def test_a_redirect_to_another_host_is_followed_as_the_robots_txt_there_allows(
    site: Site, other_site: Site, http_client: RecordingClient
) -> None:
    site.on("/robots.txt", site.reply(404))
    other_site.on("/robots.txt", other_site.reply(200, b"User-agent: *\nDisallow: /b"))
    url = site.on("/a", site.reply(302, location=f"{other_site.url}/b"))
    with pytest.raises(Forbidden):
        http_client.run(lambda fetcher: Crawler(fetcher, anywhere=True).get(url))
    assert other_site.paths == ["/robots.txt"]


def test_five_redirects_of_robots_txt_are_followed_and_with_more_there_are_no_rules(
    site: Site, http_client: RecordingClient
) -> None:
    site.on("/robots.txt", site.reply(301, location="/1"))
    for n in range(1, 5):
        site.on(f"/{n}", site.reply(302, location=f"/{n + 1}"))
    site.on("/5", site.reply(200, b"User-agent: *\nDisallow: /a"))
    url = site.on("/a", site.reply(200, b"x"))
    with pytest.raises(Forbidden):
        http_client.run(lambda fetcher: Crawler(fetcher).get(url))
    site.on("/5", site.reply(302, location="/6"))
    site.on("/6", site.reply(200, b"User-agent: *\nDisallow: /a"))
    assert http_client.run(lambda fetcher: Crawler(fetcher).get(url)).body == b"x"


@pytest.mark.parametrize(
    ("status", "allowed"),
    [(404, True), (403, True), (410, True), (429, True), (500, False), (503, False)],
)
def test_the_status_decides_without_a_robots_txt(status: int, allowed: bool) -> None:
    assert rules("User-agent: *\nDisallow: /x", status).allows(PAGE) is allowed


def test_a_host_that_does_not_answer_may_not_be_asked() -> None:
    assert RobotsRules.of(None).allows(PAGE) is False


def test_robots_txt_names_a_crawl_delay_and_sitemaps() -> None:
    found = rules(
        "Sitemap: https://dom.example/a.xml\nUser-agent: *\nCrawl-delay: 2.5\n"
        "Sitemap: https://dom.example/b.xml"
    )
    assert found.crawl_delay == 2.5
    assert list(found.sitemaps) == ["https://dom.example/a.xml", "https://dom.example/b.xml"]


def test_a_robots_txt_may_name_neither_crawl_delay_nor_sitemaps() -> None:
    found = rules("User-agent: *\nCrawl-delay: soon")
    assert found.crawl_delay is None
    assert list(found.sitemaps) == []


def test_no_more_than_500_kib_of_robots_txt_are_read() -> None:
    filler = "# padding\n" * 60_000
    assert rules(f"{filler}User-agent: *\nDisallow: /").allows(PAGE) is True


@given(st.binary(), st.text())
def test_any_bytes_are_a_robots_txt(body: bytes, path: str) -> None:
    found = rules(body)
    assert found.allows(f"https://dom.example/{path}") in {True, False}
    assert found.crawl_delay is None or found.crawl_delay >= 0
