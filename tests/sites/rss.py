"""A town hall's news: an RSS feed with the event module, and items that only link to an event."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from xml.sax.saxutils import escape

from include.demo.reply import HTML_TYPE, Reply
from tests.sites.site import NOT_FOUND, FakeSite, Question

_FEED = "/events/feed.xml"
_RSS_TYPE = "application/rss+xml; charset=UTF-8"
_HOME = (
    '<!DOCTYPE html><title>Town hall</title><meta name="generator" content="OurOwn 2">'
    '<link rel="alternate" type="application/rss+xml" href="/comments/feed.xml" title="Comments">'
    f'<link rel="alternate" type="application/rss+xml" href="{_FEED}" title="Events">'
)


class Site(FakeSite):
    """Three items with dates, and one whose date stands in the page that it links to."""

    kind = "rss"

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "url": f"{self.base}{_FEED}",
            "follow_links": True,
            "lists_everything": True,
            "timezone": "Europe/Warsaw",
        }

    @property
    def titles(self) -> set[str]:
        return {"Town band", "Lantern walk", "Book & bread", "Open archive"}

    def answer(self, question: Question) -> Reply:
        if question.path == "/":
            return Reply.of_text(_HOME, content_type=HTML_TYPE)
        if question.path == _FEED:
            return Reply.of_text(self._feed(), content_type=_RSS_TYPE)
        if question.path == "/robots.txt":
            return Reply.of_text("User-agent: *\nDisallow: /private/\n")
        if question.path == "/news/4":
            return Reply.of_text(self._page(), content_type=HTML_TYPE)
        return NOT_FOUND

    def _feed(self) -> str:
        items = [
            self._item(1, "Town band", 3, "T18:00:00"),
            self._item(2, "Lantern walk", 12, ""),
            self._item(3, "Book & bread", 25, "T10:00:00"),
            self._item(4, "Open archive"),
        ]
        return (
            '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"'
            ' xmlns:ev="http://purl.org/rss/1.0/modules/event/"><channel><title>Events</title>'
            f"<link>{self.base}/</link><language>en</language>{''.join(items)}</channel></rss>"
        )

    def _item(self, number: int, title: str, days: int | None = None, clock: str = "") -> str:
        when = ""
        if days is not None:
            day = self.today + timedelta(days=days)
            when = f"<ev:startdate>{day}{clock}</ev:startdate><ev:location>Town hall</ev:location>"
        return (
            f"<item><title>{escape(title)}</title><link>{self.base}/news/{number}</link>"
            f'<guid isPermaLink="false">news-{number}</guid>'
            f"<pubDate>Mon, 05 Jan 2026 08:00:00 GMT</pubDate>{when}</item>"
        )

    def _page(self) -> str:
        event = {
            "@context": "https://schema.org",
            "@type": "Event",
            "name": "Open archive",
            "url": f"{self.base}/news/4",
            "startDate": f"{self.today + timedelta(days=6)}T16:00:00+01:00",
            "location": {"@type": "Place", "name": "Archive"},
        }
        return f'<!DOCTYPE html><script type="application/ld+json">{json.dumps(event)}</script>'
