"""Which path returns what, for today.

Everything here is a function of path, parameters and day, apart from what a source remembers by
design: the flaky site's first failures and the ticket shop's quota.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from hashlib import sha256
from threading import Lock

from include.demo.catalogue import TICKETS_PATH, Catalogue, Feed, build
from include.demo.reply import CALENDAR_TYPE, HTML_TYPE, Reply
from include.demo.tickets_api import DEMO_KEY, FakeDiscovery
from include.demo.tribe_api import API_PATH, TribeSite, no_such_route

FLAKY_FAILURES = 2
"""How many requests the flaky site answers with 500 before it recovers for good."""

_FLAKY_PREFIX = "/flaky/"
_EVENT_PATHS = (f"{TICKETS_PATH}/events.json", f"{TICKETS_PATH}/events")
_CRASHED = "<!DOCTYPE html><title>Error</title><p>There has been a critical error on this site.</p>"
_HOME_PAGE = (
    '<!DOCTYPE html><title>Demo</title><meta name="tec-api-version" content="v1">'
    '<link rel="https://api.w.org/" href="{api}"><h1>Demo</h1>'
)
_MISSING = "<!DOCTYPE html><title>404</title><h1>Not Found</h1><p>The page is gone.</p>"


class DemoSite:
    """The demo without its socket: ``answer`` takes a path and parameters and gives a Reply.

    :param today: asked on every request, so that a server that runs for days moves along.
    :param base_url: what paging links start with.
    """

    def __init__(self, today: Callable[[], date], base_url: str, seed: int = 0) -> None:
        self.discovery = FakeDiscovery()
        self._today = today
        self._base_url = base_url.rstrip("/")
        self._seed = seed
        self._failures_left = FLAKY_FAILURES
        self._lock = Lock()
        self._built: Catalogue | None = None

    def feeds(self) -> tuple[Feed, ...]:
        """Every feed with its numbers for today."""
        return self._catalogue().feeds

    def answer(self, path: str, params: Mapping[str, str]) -> Reply:
        """Answer a GET for a path with single-valued query parameters."""
        if path == "/health":
            return Reply.of_text("ok\n")
        if path == "/robots.txt":
            return Reply.of_text(self._robots())
        feeds = self._catalogue()
        if path == "/":
            return Reply.of_text(self._front_page(feeds))
        if path in _EVENT_PATHS:
            return self.discovery.answer(params)
        if path in feeds.calendars:
            return _calendar(feeds.calendars[path])
        reply = self._of_sites(feeds, path, params)
        return reply or Reply.of_text(_MISSING, 404, HTML_TYPE)

    def _of_sites(self, feeds: Catalogue, path: str, params: Mapping[str, str]) -> Reply | None:
        """Answer for the site that the path lies in; ``None`` if there is no such page."""
        place = f"{path.rstrip('/')}/"
        for prefix, rows in feeds.rows.items():
            if place.startswith(prefix):
                if prefix.startswith(_FLAKY_PREFIX) and self._fails():
                    return Reply.of_text(_CRASHED, 500, HTML_TYPE)
                site = TribeSite(f"{self._base_url}{prefix}", rows, feeds.day)
                return _wordpress(site, place.removeprefix(prefix), params)
        for prefix, clubs in feeds.clubs.items():
            if place.startswith(prefix):
                inside = place.removeprefix(prefix).rstrip("/")
                return clubs.answer(inside, f"{self._base_url}{prefix}")
        for prefix, portal in feeds.portals.items():
            if place.startswith(prefix):
                return portal.answer(place.removeprefix(prefix).rstrip("/"), params)
        return None

    def _robots(self) -> str:
        """Allow everything, and name the sitemaps of the sites that have one."""
        sitemaps = (
            f"Sitemap: {self._base_url}{site}sitemap.xml" for site in self._catalogue().clubs
        )
        return "\n".join(["User-agent: *", "Disallow:", "", *sitemaps, ""])

    def _fails(self) -> bool:
        with self._lock:
            fails = self._failures_left > 0
            self._failures_left -= int(fails)
        return fails

    def _catalogue(self) -> Catalogue:
        """Today's feeds, rendered once a day."""
        day = self._today()
        with self._lock:
            if self._built is None or self._built.day != day:
                self._built = build(day, self._seed)
                self.discovery.load_entries(self._built.on_sale)
            return self._built

    def _front_page(self, feeds: Catalogue) -> str:
        lines = [
            f"Discovery demo feeds for {feeds.day}: invented events, not real ones.",
            f"The ticket interface wants apikey={DEMO_KEY}.",
            "",
        ]
        for feed in feeds.feeds:
            url = f"{self._base_url}{feed.path}"
            lines.append(
                f"{feed.source:<16}{feed.city:<10}{feed.kind:<17}{feed.listings:>5}  {url}"
            )
        return "\n".join([*lines, ""])


def _calendar(text: str) -> Reply:
    etag = f'"{sha256(text.encode()).hexdigest()[:24]}"'
    return Reply.of_text(text, content_type=CALENDAR_TYPE, headers={"ETag": etag})


def _wordpress(site: TribeSite, path: str, params: Mapping[str, str]) -> Reply:
    """Answer a path within one WordPress site; it ends in a slash or is empty."""
    if path == f"{API_PATH}/events/":
        return site.events(params)
    if path == "wp-json/":
        return site.index()
    if path.startswith("wp-json/"):
        return no_such_route()
    if path == "":
        page = _HOME_PAGE.format(api=f"{site.site_url}wp-json/")
        return Reply.of_text(page, content_type=HTML_TYPE, headers=site.signature())
    return Reply.of_text(_MISSING, 404, HTML_TYPE)
