"""What a source calls itself, as a name to begin with."""

from __future__ import annotations

import pytest

from include.discovery.formats.html_page import HtmlPage
from include.discovery.probe.own_title import own_title
from include.discovery.response import Response


def answer(text: str, kind: str = "text/plain") -> Response:
    return Response(200, {"content-type": kind}, text.encode(), "https://club.example/x")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("BEGIN:VCALENDAR\r\nX-WR-CALNAME:Club\\, live\r\n", "Club, live"),
        ("BEGIN:VCALENDAR\nX-WR-CALNAME;VALUE=TEXT:A long na\n me\nEND:VCALENDAR", "A long name"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Concert\n", None),
        ("<rss><channel><title>Nights &amp; days</title><item><title>x</title>", "Nights & days"),
        ("<rss><channel><title><![CDATA[Nights]]></title>", "Nights"),
        ("<feed></feed>", None),
        ('{"title": "no feed"}', None),
        ("", None),
    ],
)
def test_a_feed_is_called_what_it_calls_itself(text: str, title: str | None) -> None:
    assert own_title(answer(text), None) == title


def test_a_page_is_called_by_its_title_without_markup_and_not_endlessly() -> None:
    html = f"<html><title>Opera &lt;b&gt;house&lt;/b&gt;\n {'x' * 300}</title>"

    title = own_title(answer(html, "text/html"), HtmlPage(html.encode()))

    assert title is not None
    assert title.startswith("Opera")
    assert "\n" not in title
    assert len(title) <= 101
