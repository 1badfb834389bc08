"""Plain text out of anything: tables of what real feeds send, and properties for the rest."""

from __future__ import annotations

import re
import time
import unicodedata
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.text import cleaning
from include.discovery.text.cleaning import (
    DESCRIPTION_LENGTH,
    TITLE_LENGTH,
    description_text,
    fold,
    one_line,
    plain_text,
    shorten,
    title_text,
    web_url,
)

PIECES = [
    "<b>", "</p>", "<br/>", "<", ">", "&amp;", "&lt;", "&#0;", "&#x202e;", "&#xd800;", "&nbsp;",
    "&", "<script>", "</script>", "<!--", "-->", "<![CDATA[", "\x00", "\x1b[31m", "\u202e",
    "\u200b", "\r\n", "\n\n\n", "\t", " ", "\u2028", "\x85", "\xa0", "word", "ż", "𝐁", "💃",
    "javascript:",
]  # fmt: skip
MARKUP = [
    "<p>", "</p>", "<br>", "<br/>", "<B>", "</b>", "<a href=\"?x&y=1\">", "<a href='#'>", "</a>",
    "<div class=\"a b\" id='c'>", "</div>", "<ul>", "<li>", "</li>", "</ul>", "<h2>", "</h2>",
    "<img src=\"a.png\" alt>", "<hr />", "<blockquote>", "<sub>", "<figure>", "<figcaption>",
    "&amp;", "&lt;", "&gt;", "&quot;", "&nbsp;", "&#39;", "&#8217;", "&hellip;", "&Nbsp;", "&LT;",
    "lt;", "#39;", "text", " ", "\n", "ł", "a > b", "\"", "'", "\xa0", "\ufdd0",
]  # fmt: skip
hostile = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=30).map("".join))


class TestPlainText:
    """HTML becomes text; text stays as it is."""

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (None, None),
            ("", None),
            (" \n\t ", None),
            ("<p></p>", None),
            ("just text", "just text"),
            ("a < b > c", "a < b > c"),
            ("Tom & Jerry", "Tom & Jerry"),
            ("Tom &amp; Jerry", "Tom & Jerry"),
            ("Tom &amp;amp; Jerry", "Tom & Jerry"),
            ("caf&eacute; &#8211; &#x2013;", "café – –"),
            ("<b>bold</b> and <i>not</i>", "bold and not"),
            ("<p>one</p><p>two</p>", "one\ntwo"),
            ("one<br>two<BR />three", "one\ntwo\nthree"),
            ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
            ("a\r\nb\rc", "a\nb\nc"),
            ("a\n\n\n\n\nb", "a\n\nb"),
            ("a   b\u00a0\u2003c", "a b c"),
            ("x<script>alert(1)</script>y", "xy"),
            ("x<style>p{}</style>y", "xy"),
            ("x<!-- no -->y", "xy"),
            ("<img src=x onerror=alert(1)>z", "z"),
            ("a\x00b\x07c", "abc"),
            ("ab\u202ecd\u200bef\ufeff", "abcdef"),
            ("👩\u200d🎤", "👩\u200d🎤"),
            ("𝐁𝐨𝐥𝐝 𝟙", "Bold 1"),
            ("½ ﬁ ①", "½ ﬁ ①"),
            ("ℋ𝑒𝓁𝓁ℴ 𝓢𝓬𝓻𝓲𝓹𝓽 𝔻𝕠𝕦 𝙼𝚘𝚗𝚘", "Hello Script Dou Mono"),
            ("ＦＵＬＬ\u3000ＭＯＯＮ ２", "FULL MOON 2"),
            ("Ⓐ 🅰", "Ⓐ 🅰"),
            ("cafe\u0301", "caf\u00e9"),
            ("Mu\u00adsik", "Musik"),
            ("a\u200db\u200c", "ab"),
            ("می\u200cخواهم", "می\u200cخواهم"),
            (
                "🏴\U000e0067\U000e0062\U000e007f a\U000e0041\U000e0042",
                "🏴\U000e0067\U000e0062\U000e007f a",
            ),
            ("\u3164\u2800", None),
            (f"a&#{'9' * 5000};b&#x{'f' * 5000};c", "abc"),
        ],
    )
    def test_a_text_of_a_feed_becomes_plain_text(self, value: str | None, text: str | None) -> None:
        assert plain_text(value) == text

    @given(st.lists(st.sampled_from(MARKUP), max_size=30).map("".join))
    def test_simple_markup_becomes_the_text_that_a_parser_reads(self, value: str) -> None:
        with patch.object(cleaning, "_SIMPLE_MARKUP", re.compile("(?!)")):
            parsed = plain_text(value)

        assert plain_text(value) == parsed

    @given(hostile)
    def test_a_plain_text_has_no_unprintable_characters(self, value: str) -> None:
        text = plain_text(value) or ""

        assert {c for c in text if unicodedata.category(c) in {"Cc", "Cs"}} <= {"\n"}
        assert not re.search("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]", text)

    @given(hostile)
    def test_a_plain_text_has_no_superfluous_whitespace(self, value: str) -> None:
        text = plain_text(value) or ""

        assert "\n\n\n" not in text
        assert "  " not in text
        assert text == text.strip()

    @given(st.text(st.characters(whitelist_categories=["L", "N", "Zs"])))
    def test_a_clean_text_is_not_changed_by_cleaning_it_again(self, value: str) -> None:
        once = plain_text(value)

        assert plain_text(once) == once

    @pytest.mark.slow
    @pytest.mark.parametrize("piece", ["\u200d", "\u0915\u200d\u200d", "\U000e0041", "<", "&", "𝐁"])
    def test_a_long_text_is_cleaned_in_linear_time(self, piece: str) -> None:
        began = time.process_time()
        plain_text(piece * 200_000)

        assert time.process_time() - began < 5

    def test_a_lone_surrogate_is_dropped(self) -> None:
        assert plain_text("a\ud800<b>b</b>") == "ab"


class TestOneLine:
    """Titles and names have one line."""

    @given(hostile)
    def test_a_title_has_no_line_break(self, value: str) -> None:
        assert len((one_line(value) or "").splitlines()) <= 1

    def test_paragraphs_of_a_title_are_joined_by_a_space(self) -> None:
        assert one_line("<p>one</p>\n<p>two</p>") == "one two"


class TestLength:
    """What is too long is cut, at a word's end where one is near."""

    @pytest.mark.parametrize(
        ("text", "length", "cut"),
        [
            (None, 5, None),
            ("12345", 5, "12345"),
            ("123456", 5, "1234…"),
            ("one two three", 9, "one two…"),
            ("a bcdefghijkl", 10, "a bcdefgh…"),
        ],
    )
    def test_a_text_that_is_too_long_is_shortened_at_the_end_of_a_word(
        self, text: str | None, length: int, cut: str | None
    ) -> None:
        assert shorten(text, length) == cut

    @given(st.text(min_size=1), st.integers(2, 50))
    def test_a_shortened_text_is_never_longer_than_asked(self, text: str, length: int) -> None:
        assert len(shorten(text, length) or "") <= length

    def test_titles_and_descriptions_have_maximum_lengths(self) -> None:
        assert len(title_text("word " * 1000) or "") <= TITLE_LENGTH
        assert len(description_text("word " * 10_000) or "") <= DESCRIPTION_LENGTH


class TestWebUrl:
    """Only absolute http and https addresses get through."""

    @pytest.mark.parametrize(
        ("value", "url"),
        [
            ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
            ("HTTP://EXAMPLE.ORG/", "HTTP://EXAMPLE.ORG/"),
            (" https://example.org/a\n", "https://example.org/a"),
            ("//example.org/a", "https://example.org/a"),
            ("https://example.org/?a=1&amp;b=2", "https://example.org/?a=1&b=2"),
            (None, None),
            ("", None),
            ("/events/1", None),
            ("example.org", None),
            ("https://", None),
            ("https://[::1", None),
            ("mailto:a@example.org", None),
            ("ftp://example.org/", None),
            ("javascript:alert(1)", None),
            ("JaVaScRiPt:alert(1)", None),
            ("java\nscript:alert(1)", None),
            ("\x01javascript:alert(1)", None),
            ("java&#10;script:alert(1)", None),
            ("java script:alert(1)", None),
            ("https://example.org/poster 1.jpg", "https://example.org/poster%201.jpg"),
            ("https://example.org/\n  poster.jpg", "https://example.org/poster.jpg"),
            ("https://example.org/a https://example.org/b", "https://example.org/a"),
            ("https://exam ple.org/", None),
            ("https://name:secret@example.org/a", "https://example.org/a"),
            ("https://example.org/@name/5", "https://example.org/@name/5"),
            ("https://example.org:99999/", None),
            ("https://example.org:8443/", "https://example.org:8443/"),
            ("javascript://example.org/%0aalert(1)", None),
            ("data:text/html,<script>", None),
            ("https://example.org/" + "a" * 4096, None),
            (f"https://example.org/&#{'9' * 5000};a", "https://example.org/a"),
            (f"https://example.org/&#{'0' * 5000}65;", "https://example.org/"),
        ],
    )
    def test_a_web_address_is_absolute_and_of_http_or_https(
        self, value: str | None, url: str | None
    ) -> None:
        assert web_url(value) == url

    @pytest.mark.parametrize(
        ("value", "url"),
        [
            ("2?x=y", "https://example.org/events/2?x=y"),
            ("/img.png", "https://example.org/img.png"),
            ("//cdn.example.org/i", "https://cdn.example.org/i"),
            ("https://other.example/", "https://other.example/"),
            ("javascript:alert(1)", None),
            ("mailto:a@example.org", None),
            ("//[", None),
        ],
    )
    def test_a_relative_address_is_resolved_against_its_page(
        self, value: str, url: str | None
    ) -> None:
        assert web_url(value, "https://example.org/events/1") == url

    @given(
        st.one_of(hostile, hostile.map(lambda tail: f"https://{tail}")),
        st.sampled_from([None, "https://example.org/a/b", "not a base"]),
    )
    def test_no_other_address_than_of_http_or_https_gets_through(
        self, value: str, base: str | None
    ) -> None:
        url = web_url(value, base)

        assert url is None or re.match(r"https?://[^/]", url, re.IGNORECASE)


class TestFold:
    """Comparison sees ASCII words."""

    @pytest.mark.parametrize(
        ("value", "folded"),
        [
            ("Łódź, ul. Straße 5", "lodz ul strasse 5"),
            ("ÆØÅ", "aeoa"),
            ("Ł ß ẞ ø đ ı æ œ þ", "l ss ss o d i ae oe th"),
            ("𝐁𝐎𝐋𝐃 𝓢𝓬𝓻𝓲𝓹𝓽 𝔻𝕠𝕦 𝙼𝚘𝚗𝚘 ＦＵＬＬ", "bold script dou mono full"),
            ("ⓜⓤⓢⓘⓒ 🅜🅤 🄼🄴 ﬁ", "music mu me fi"),
            ("cafe\u0301 café", "cafe cafe"),
            ("  a -- b  ", "a b"),
            ("!?", ""),
            ("", ""),
        ],
    )
    def test_a_folded_text_has_neither_accents_case_nor_punctuation(
        self, value: str, folded: str
    ) -> None:
        assert fold(value) == folded

    @given(st.text(st.characters()))
    def test_a_folded_text_is_ascii_words_and_folding_it_again_changes_nothing(
        self, value: str
    ) -> None:
        folded = fold(value)

        assert re.fullmatch(r"(?:[a-z0-9]+(?: [a-z0-9]+)*)?", folded)
        assert fold(folded) == folded

    @given(st.text(st.characters(whitelist_categories=["Ll", "Lu"], max_codepoint=0x24F)))
    def test_decomposed_letters_fold_to_the_same_letters(self, value: str) -> None:
        assert fold(unicodedata.normalize("NFD", value)) == fold(
            unicodedata.normalize("NFC", value)
        )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("&lt;p&gt;One&lt;/p&gt;&lt;p&gt;Two&lt;/p&gt;", "One\nTwo"),
        ("&amp;lt;p&amp;gt;One &amp;amp;amp; Two&amp;lt;/p&amp;gt;", "One & Two"),
        ("One&lt;br /&gt;Two", "One\nTwo"),
        ('See &lt;a href="https://a.example/"&gt;here&lt;/a&gt;', "See here"),
        ("Rock &amp;amp; Roll", "Rock & Roll"),
        ("Rock &amp;amp;amp; Roll", "Rock & Roll"),
        ("The &lt;form&gt; of things", "The <form> of things"),
        ("5 &lt; 6", "5 < 6"),
        ("Ask for &lt;name&gt;", "Ask for <name>"),
    ],
)
def test_html_that_was_escaped_more_than_once_is_read(value: str, text: str) -> None:
    assert plain_text(value) == text


@pytest.mark.parametrize(
    "value", ["lamp@mill.example", "http://lamp@mill.example", "https://old.lamp@mill.co.uk/"]
)
def test_an_email_address_is_no_link(value: str) -> None:
    assert web_url(value) is None
    assert web_url(value, "https://mill.example/a/") is None


@pytest.mark.parametrize(
    "url", ["https://social.example/@lamp", "https://mill.example/?mail=a@b.example"]
)
def test_an_at_sign_within_an_address_is_no_email(url: str) -> None:
    assert web_url(url) == url
