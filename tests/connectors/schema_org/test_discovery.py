"""Which pages are found by sitemaps and lists, and what is missing."""

import asyncio

from include.discovery.connectors.schema_org.discovery import (
    Choice,
    Discovered,
    by_links,
    by_sitemaps,
)
from include.discovery.formats.sitemap import Entry, Sitemap
from include.discovery.response import Response
from include.discovery.text.html_bounds import MOST_DEPTH

ROOT = "https://dom.example/sitemap.xml"
PAGE = "https://dom.example/events/1"


def discovered(found: Sitemap) -> Discovered:
    async def get(_url: str) -> Sitemap:
        return found

    return asyncio.run(by_sitemaps([ROOT], get, Choice((), (), (), 10)))


def test_a_complete_sitemap_gives_no_incomplete_reason() -> None:
    assert discovered(Sitemap((Entry(PAGE),))).incomplete_reasons == ()


def test_a_sitemap_with_more_entries_than_are_read_makes_the_run_incomplete() -> None:
    found = discovered(Sitemap((Entry(PAGE),), is_cut=True))

    assert found.urls == (PAGE,)
    assert found.incomplete_reasons == (
        f"the sitemap {ROOT} is longer than the limit; the rest is not read",
    )


def test_a_list_whose_markup_is_cut_makes_the_run_incomplete() -> None:
    link = f'<a href="{PAGE}">Concert</a>'
    deep = link + "<div>" * (MOST_DEPTH + 1) + '<a href="/events/2">Another</a>'
    whole, cut = (
        by_links([Response(200, {}, body.encode(), "https://dom.example/")], Choice((), (), (), 10))
        for body in (link, deep)
    )

    assert whole.urls == cut.urls == (PAGE,)
    assert whole.incomplete_reasons == ()
    assert cut.incomplete_reasons == (
        "the list https://dom.example/ is longer than the limit; the rest is not read",
    )
