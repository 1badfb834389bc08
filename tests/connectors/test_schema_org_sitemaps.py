"""Which pages are found by sitemaps, and what of them is missing."""

import asyncio

from include.discovery.connectors._schema_org.discovery import Choice, Discovered, by_sitemaps
from include.discovery.extract.sitemap import Entry, Sitemap

ROOT = "https://dom.example/sitemap.xml"
PAGE = "https://dom.example/events/1"


def discovered(found: Sitemap) -> Discovered:
    async def get(_url: str) -> Sitemap:
        return found

    return asyncio.run(by_sitemaps([ROOT], get, Choice((), (), (), 10)))


def test_a_sitemap_that_is_read_whole_leaves_no_gap() -> None:
    assert discovered(Sitemap((Entry(PAGE),))).gaps == ()


def test_a_sitemap_that_lists_more_than_is_read_is_a_gap() -> None:
    found = discovered(Sitemap((Entry(PAGE),), is_cut=True))

    assert found.urls == (PAGE,)
    assert found.gaps == (f"the sitemap {ROOT} lists more than is read of it",)
