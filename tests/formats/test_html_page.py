"""Pages as extraction sees them: their characters, links, frames and meta data."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.formats import html_page
from include.discovery.formats.html_page import HtmlPage, Link
from include.discovery.text.encoding import decoded

URL = "https://dom.example/kalendarz/maj.html"


def page(markup: str, url: str | None = URL) -> HtmlPage:
    return HtmlPage(markup.encode(), url)


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        ("Łódź".encode(), None, "Łódź"),
        (b"\xef\xbb\xbf" + "Łódź".encode(), "iso-8859-2", "Łódź"),
        ("Łódź".encode(), "iso-8859-1", "Łódź"),  # a header that is wrong about valid UTF-8
        ("\ufeffŁódź".encode("utf-16-le"), None, "Łódź"),
        ("\ufeffŁódź".encode("utf-16-be"), None, "Łódź"),
        ("Łódź".encode("iso-8859-2"), "ISO-8859-2", "Łódź"),
        ("Łódź".encode("cp1250"), "windows-1250", "Łódź"),
        ("“café”".encode("cp1252"), "iso-8859-1", "“café”"),  # as browsers read Latin-1
        ("café".encode("cp1252"), None, "café"),
        ("café".encode("cp1252"), "base64", "café"),
        ("café".encode("cp1252"), "no-such-charset", "café"),
        ("café".encode("cp1252"), "\x00", "café"),
        ("Łódź".encode()[:-1], None, "Łód�"),  # cut in the middle of a character
    ],
)
def test_the_bytes_of_a_page_are_decoded_by_its_charset(
    body: bytes, charset: str | None, text: str
) -> None:
    assert decoded(body, charset) == text


def test_a_page_may_declare_its_charset_itself() -> None:
    body = '<meta http-equiv="content-type" content="text/html; charset=iso-8859-2"><p>Łódź'
    assert HtmlPage(body.encode("iso-8859-2"), URL).tree.css_first("p").text() == "Łódź"


@given(st.binary(), st.none() | st.text(max_size=12))
def test_any_bytes_are_a_page(body: bytes, charset: str | None) -> None:
    made = HtmlPage(body, URL, charset)
    assert isinstance(decoded(body, charset), str)
    assert list(made.links()) + list(made.anchors()) + list(made.frames()) is not None
    assert made.title is None or made.title


def test_a_page_has_its_title_language_and_meta_elements() -> None:
    made = page(
        '<html lang=" pl-PL "><head><title> Dom\n Kultury </title>'
        '<meta name="Generator" content="WordPress 6.9"><meta property="og:type" content="event">'
        '<meta name="tec-api-version" content="v1"></head>'
    )
    assert (made.title, made.language) == ("Dom Kultury", "pl-PL")
    assert made.meta("generator") == "WordPress 6.9"
    assert made.meta("og:type") == "event"
    assert made.meta("tec-api-version") == "v1"
    assert made.meta("description") is None


def test_a_page_without_a_head_has_neither_title_language_nor_meta_elements() -> None:
    made = page("<p>Koncert")
    assert (made.title, made.language, made.meta("generator")) == (None, None, None)


def test_scripts_are_found_by_type_without_its_parameters() -> None:
    made = page(
        '<script type="application/ld+json">{"a": "<b>"}</script>'
        '<script type=" Application/LD+JSON; charset=utf-8">2</script>'
        '<script type="application/json">3</script><script>4</script><script type>5</script>'
    )
    assert list(made.scripts("application/ld+json")) == ['{"a": "<b>"}', "2"]


def test_links_are_found_by_relation_and_type() -> None:
    made = page(
        '<link rel="alternate" type="text/calendar" title="Kalendarz" href="/events/?ical=1">'
        '<link rel="Alternate Stylesheet" type="text/css" href="x.css">'
        '<link rel="alternate" type="application/rss+xml" href="//cdn.example/feed">'
        '<link rel="canonical" href="https://dom.example/maj"><link rel="icon">'
    )
    calendar = Link(
        "https://dom.example/events/?ical=1", "Kalendarz", frozenset({"alternate"}), "text/calendar"
    )
    assert list(made.links("alternate", "text/calendar")) == [calendar]
    assert [link.url for link in made.links(media_type="application/rss+xml")] == [
        "https://cdn.example/feed"
    ]
    assert [link.url for link in made.links("canonical")] == ["https://dom.example/maj"]
    assert len(list(made.links())) == 4


def test_anchors_lead_to_pages_and_calendars_only() -> None:
    made = page(
        '<a href="5">Koncert <b>5</b></a><a href="webcal://dom.example/k.ics">abonuj</a>'
        '<a href="javascript:alert(1)">x</a><a href="mailto:a@dom.example">x</a><a name="x">x</a>'
        '<a href="http://[::1">x</a><area href="/mapa"><a href="">tu</a>'
    )
    assert [(link.url, link.text) for link in made.anchors()] == [
        ("https://dom.example/kalendarz/5", "Koncert5"),
        ("webcal://dom.example/k.ics", "abonuj"),
        ("https://dom.example/mapa", None),
        (URL, "tu"),
    ]


def test_frames_are_found_even_if_they_load_late() -> None:
    made = page(
        '<iframe src="https://calendar.google.com/calendar/embed?src=a%40b"></iframe>'
        '<iframe src="about:blank" data-src="/embed"></iframe><iframe></iframe>'
    )
    assert [frame.url for frame in made.frames()] == [
        "https://calendar.google.com/calendar/embed?src=a%40b",
        "https://dom.example/embed",
    ]


def test_the_base_element_resolves_addresses() -> None:
    made = page('<base href="/en/"><a href="5">x</a>')
    assert made.base == "https://dom.example/en/"
    assert [link.url for link in made.anchors()] == ["https://dom.example/en/5"]


def test_relative_links_of_a_page_without_an_address_are_left_out() -> None:
    made = page('<a href="5">x</a><a href="https://dom.example/6">y</a>', url=None)
    assert [link.url for link in made.anchors()] == ["https://dom.example/6"]


def test_a_page_beyond_the_maximum_size_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_page, "MOST_BYTES", 20)
    made = page(f"<p>{'a' * 100}")
    assert made.tree.css_first("p").text() == "a" * 17
    assert made.is_cut


def test_a_page_that_would_take_the_parser_long_is_cut() -> None:
    made = page("<div>" * 20_000)
    assert made.tree.css_first("div") is not None
    assert made.is_cut


def test_an_ordinary_page_is_not_cut() -> None:
    made = page("<p>x")
    assert made.tree.css_first("p") is not None
    assert not made.is_cut


def test_a_page_is_not_parsed_before_it_is_queried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(html_page, "LexborHTMLParser")
    page("<p>")


def test_elements_are_found_by_selectors() -> None:
    found = page(
        '<h1>Jazz <b>night</b></h1><p class="tag">a</p><p class="tag"> b </p><p class="tag"></p>'
        '<img class="poster" src=" /p.jpg "><a class="more" href="/1">One</a><a href="/2">Two</a>'
    )

    assert (found.text("h1"), found.text("h2")) == ("Jazz night", None)
    assert found.texts(".tag") == ("a", "b")
    assert found.html(".tag") == '<p class="tag">a</p>'
    assert found.attribute(".poster", "src") == "/p.jpg"
    assert [link.text for link in found.anchors("a.more")] == ["One"]


@pytest.mark.parametrize(
    "mark", ['<link rel="next" href="/2">', '<a rel="nofollow next" href="/2">x</a>']
)
def test_a_page_names_the_next_page(mark: str) -> None:
    following = page(f'<a href="/1">x</a>{mark}').next_page

    assert following is not None
    assert following.url.endswith("/2")


def test_the_last_page_names_no_next_page() -> None:
    assert page('<a rel="prev" href="/1">x</a>').next_page is None
