"""robots.txt: what we may read, by our own name and that of everybody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.fetch.robots import PRODUCT, RobotsRules, user_agent
from include.discovery.response import Response

PAGE = "https://dom.example/events/1"


def rules(text: str | bytes, status: int = 200) -> RobotsRules:
    body = text if isinstance(text, bytes) else text.encode()
    return RobotsRules.of(Response(status, {}, body, "https://dom.example/robots.txt"))


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
