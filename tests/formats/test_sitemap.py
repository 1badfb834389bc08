"""Sitemaps: packed or broken, of one's own site only."""

from __future__ import annotations

import gzip
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.errors import UnreadableResponse
from include.discovery.formats import sitemap
from include.discovery.formats.sitemap import Entry, Sitemap, read_sitemap
from include.discovery.sites import same_site

URL = "https://www.dom.example/sitemap.xml"


def urlset(*entries: str) -> bytes:
    pages = "".join(f"<url>{entry}</url>" for entry in entries)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{pages}</urlset>'
    ).encode()


def pages(body: bytes) -> list[str]:
    return [entry.url for entry in read_sitemap(body, URL).pages]


def test_a_sitemap_lists_pages_with_their_last_change() -> None:
    body = urlset(
        "<loc>https://www.dom.example/e/1</loc><lastmod>2026-05-01T12:00:00+02:00</lastmod>"
        "<priority>0.5</priority>",
        "<lastmod>2026-05-01</lastmod><loc>\n https://www.dom.example/e/2?a=1&amp;b=2 \n</loc>",
        "<loc>https://www.dom.example/e/3</loc><lastmod>yesterday</lastmod>",
    )
    assert read_sitemap(body, URL) == Sitemap(
        pages=(
            Entry("https://www.dom.example/e/1", datetime(2026, 5, 1, 10, tzinfo=UTC)),
            Entry("https://www.dom.example/e/2?a=1&b=2", datetime(2026, 5, 1, tzinfo=UTC)),
            Entry("https://www.dom.example/e/3"),
        )
    )


def test_an_index_lists_sitemaps() -> None:
    body = (
        b"<sitemapindex><sitemap><loc>https://www.dom.example/a.xml.gz</loc>"
        b"<lastmod>2026-05-01</lastmod></sitemap><sitemap><loc>/b.xml</loc></sitemap></sitemapindex>"
    )
    assert read_sitemap(body, URL) == Sitemap(
        sitemaps=(
            Entry("https://www.dom.example/a.xml.gz", datetime(2026, 5, 1, tzinfo=UTC)),
            Entry("https://www.dom.example/b.xml"),
        )
    )


@pytest.mark.parametrize(
    "body",
    [
        urlset("<loc><![CDATA[https://www.dom.example/e/1]]></loc>"),
        gzip.compress(urlset("<loc>https://www.dom.example/e/1</loc>"), mtime=0),
        b"\xef\xbb\xbf\n\n" + urlset("<loc>https://www.dom.example/e/1</loc>"),
        urlset("<loc>https://www.dom.example/e/1</loc>").decode().encode("utf-16"),
        b'<s:urlset xmlns:s="x"><s:url><s:loc>https://www.dom.example/e/1</s:loc></s:url>',
        b"<urlset><url><loc>https://www.dom.example/e/1</loc><url><loc>",
        b"<urlset><url><loc>https://www.dom.example/e/1</loc></url> & <oops </urlset>",
        urlset(
            "<loc>https://www.dom.example/e/1</loc>"
            "<image:image><image:loc>https://www.dom.example/1.jpg</image:loc></image:image>"
        ),
        urlset("<loc>https://www.dom.example/e/1</loc>", "<loc>https://www.dom.example/e/1</loc>"),
    ],
)
def test_a_sitemap_is_read_with_any_wrapping(body: bytes) -> None:
    assert pages(body) == ["https://www.dom.example/e/1"]


@pytest.mark.parametrize(
    "address",
    ["https://other.example/e/1", "javascript:alert(1)", "ftp://www.dom.example/1", "not-a-url", "",
     "https://evil-dom.example/1", "http://[::1", "https://www.dom.example.evil.example/"],
)  # fmt: skip
def test_an_invalid_address_or_one_of_another_site_is_left_out(address: str) -> None:
    body = urlset(f"<loc>{address}</loc>", "<loc>https://tickets.dom.example/2</loc>")
    assert pages(body) == ["https://tickets.dom.example/2"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://dom.example/a", "http://DOM.example:8080/b", True),
        ("https://www.dom.example", "https://dom.example", True),
        ("https://dom.example", "https://tickets.dom.example", True),
        ("https://dom.example", "https://mydom.example", False),
        ("https://a.dom.example", "https://b.dom.example", False),
        ("https://dom.example", "mailto:a@dom.example", False),
        ("", "", False),
    ],
)
def test_two_addresses_are_of_one_site_if_their_hosts_are_the_same_or_a_subdomain(
    one: str, other: str, same: bool
) -> None:
    assert same_site(one, other) is same_site(other, one) is same


@pytest.mark.parametrize(
    "body",
    [b"", b"<html><body>Not found", b'{"urlset": 1}', b"<rss><url><loc>https://dom.example/"],
)
def test_a_document_that_is_no_sitemap_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableResponse, match=r"no sitemap.*sitemap\.xml\)"):
        read_sitemap(body, URL)


def test_broken_gzip_is_refused() -> None:
    with pytest.raises(UnreadableResponse, match="gzip is broken"):
        read_sitemap(b"\x1f\x8b\x08\x00 nonsense", URL)


def test_a_gzip_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "MOST_BYTES", 10_000)
    bomb = gzip.compress(urlset() + b" " * 10_000)
    with pytest.raises(UnreadableResponse, match="unpacks to more than 10000 bytes"):
        read_sitemap(bomb, URL)


def test_the_beginning_of_a_gzip_that_was_cut_is_read() -> None:
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    begun = packer.compress(urlset("<loc>https://www.dom.example/e/1</loc>"))
    begun += packer.flush(zlib.Z_SYNC_FLUSH)
    assert pages(begun) == ["https://www.dom.example/e/1"]


def test_entities_do_not_multiply() -> None:
    bomb = (
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        b"<urlset><url><loc>https://www.dom.example/&b;</loc></url></urlset>"
    )
    assert pages(bomb) == ["https://www.dom.example/&b;"]


def test_entries_beyond_the_limit_of_the_protocol_are_left_out_and_marked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sitemap, "MOST_ENTRIES", 2)
    body = urlset(*(f"<loc>https://www.dom.example/{n}</loc>" for n in range(3)))
    assert len(pages(body)) == 2
    assert read_sitemap(body, URL).is_cut
    assert not read_sitemap(urlset("<loc>https://www.dom.example/</loc>"), URL).is_cut


@given(
    st.binary()
    | st.text().map(lambda text: b"<urlset><url><loc>" + text.encode("utf-8", "replace"))
)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        found = read_sitemap(body, URL)
    except UnreadableResponse:
        return
    assert all(same_site(entry.url, URL) for entry in found.pages)
