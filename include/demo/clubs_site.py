"""The site of a city's clubs: a home page, a page for every event, and a sitemap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from types import MappingProxyType

from include.demo.cities import City
from include.demo.clubs import (
    MICRODATA_CITY,
    broken_script,
    event_node,
    event_script,
    has_raw_break,
    has_trailing_comma,
    list_script,
    site_script,
)
from include.demo.clubs_microdata import microdata
from include.demo.generator import steady_days
from include.demo.model import DemoEvent
from include.demo.reply import HTML_TYPE, XML_TYPE, Reply
from include.demo.wording import is_hostile

LISTED_DAYS = 21
"""How many days from today on the home page and the sitemap name; older pages stay in place."""
SHOWN_AT_HOME = 3
"""How many of the next events the home page describes in full."""

GONE_PAGE = "gone"
BROKEN_PAGE = "broken"
CLUBS_INVALID: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"krakow": (BROKEN_PAGE,), "paris": (GONE_PAGE,), "helsinki": ()}
)
"""The pages of each site that no reader can use, on any day: deleted, or with a script cut off."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A page that the site names: its key, its words, and when it changed last."""

    key: str
    title: str
    day: date
    changed: str


@dataclass(frozen=True, slots=True)
class ClubSite:
    """One city's site on one day; ``events`` are all of the window, in order of time."""

    city: City
    events: tuple[DemoEvent, ...]
    today: date

    @property
    def coming(self) -> tuple[DemoEvent, ...]:
        """The events that the site names."""
        days = self._days()
        return tuple(event for event in self.events if days[0] <= event.day <= days[-1])

    def listed(self) -> list[Listed]:
        """Every page that the site names, in order of time."""
        pages = [
            Listed(event.key, event.title, event.day, event.modified.isoformat(timespec="seconds"))
            for event in self.coming
        ]
        pages += [
            Listed(key, f"{self.city.name}, {key}", day, f"{day - timedelta(days=30)}")
            for key, day in self._unusable().items()
        ]
        return sorted(pages, key=lambda page: (page.day, page.key))

    def answer(self, path: str, root: str) -> Reply | None:
        """Answer a path within the site; ``None`` if there is no such page.

        :param path: without a slash at its end.
        :param root: address of the site, with a slash at its end.
        """
        if path == "":
            return self._page(root, "", self._home(root))
        if path == "sitemap.xml":
            return Reply.of_text(self._sitemap(root), content_type=XML_TYPE)
        if not path.startswith("event/"):
            return None
        key = path.removeprefix("event/")
        if key in self._unusable() and key.endswith(f"-{BROKEN_PAGE}"):
            return self._page(root, key, broken_script(self.city.name))
        event = {event.key: event for event in self.events}.get(key)
        return self._page(root, event.title, self._event(event, root)) if event else None

    def _days(self) -> tuple[date, ...]:
        return tuple(self.today + timedelta(days=offset) for offset in range(LISTED_DAYS))

    def _unusable(self) -> dict[str, date]:
        """Return the pages of CLUBS_INVALID by their keys, each on its day."""
        defects = CLUBS_INVALID[self.city.slug]
        days = steady_days(self._days(), len(defects))
        return {f"{day:%Y%m%d}-{what}": day for what, day in zip(defects, days, strict=True)}

    def _home(self, root: str) -> str:
        links = (
            f'<li><a href="event/{page.key}/?utm_source=home">{escape(page.title)}</a> {page.day}'
            for page in self.listed()
        )
        return "\n".join([self._next_events(root), "<ul>", *links, "</ul>"])

    def _next_events(self, root: str) -> str:
        """Describe the next events; only such whose own page says the very same."""
        is_alike = (
            event
            for event in self.coming
            if not (is_hostile(event) or has_raw_break(event) or has_trailing_comma(event))
        )
        events = [event for event, _ in zip(is_alike, range(SHOWN_AT_HOME), strict=False)]
        nodes = [event_node(event, _address(event, root)) for event in events]
        if self.city.slug == MICRODATA_CITY:
            return "\n".join(map(microdata, nodes))
        return list_script(nodes)

    def _event(self, event: DemoEvent, root: str) -> str:
        address = _address(event, root)
        if self.city.slug == MICRODATA_CITY:
            return microdata(event_node(event, address))
        return event_script(event, address)

    def _page(self, root: str, title: str, content: str) -> Reply:
        name = f"{self.city.name} by night (demo)"
        lines = [
            f'<!DOCTYPE html><html lang="{self.city.language}"><meta charset="utf-8">',
            f"<title>{escape(f'{title} – {name}' if title else name)}</title>",
            site_script(name, root),
            f'<nav><a href="{root}">{escape(name)}</a> <a href="{root}about/">?</a>',
            '<a href="mailto:info@demo-clubs.example">@</a></nav>',
            f"<h1>{escape(title or name)}</h1>",
            content,
            "</html>\n",
        ]
        return Reply.of_text("\n".join(lines), content_type=HTML_TYPE)

    def _sitemap(self, root: str) -> str:
        urls = [f"<url><loc>{root}</loc></url>", f"<url><loc>{root}about/</loc></url>"]
        urls += [
            f"<url><loc>{root}event/{page.key}/</loc><lastmod>{page.changed}</lastmod></url>"
            for page in self.listed()
        ]
        head = '<?xml version="1.0" encoding="UTF-8"?>'
        schema = "http://www.sitemaps.org/schemas/sitemap/0.9"
        return "\n".join([head, f'<urlset xmlns="{schema}">', *urls, "</urlset>", ""])


def _address(event: DemoEvent, root: str) -> str:
    return f"{root}event/{event.key}/"
