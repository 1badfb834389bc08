"""All feeds of one day, rendered: which (city, source) pairs there are and what each holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from include.demo.agenda import AGENDA, AGENDA_INVALID_TOTAL, agenda_record, invalid_records
from include.demo.agenda_api import RECORDS_PATH, Portal
from include.demo.cities import City, all_cities
from include.demo.clubs import CLUBS
from include.demo.clubs_site import CLUBS_INVALID, ClubSite
from include.demo.generator import listed, series_for
from include.demo.ical import LIBRARY, UNIVERSITY, calendar
from include.demo.messy import MESSY_INVALID_TOTAL, invalid_rows
from include.demo.model import DemoEvent, JsonObject
from include.demo.tickets import hidden_position, ticket_payload
from include.demo.tickets_index import Entry
from include.demo.tribe import tribe_row
from include.demo.tribe_api import TribeRow

TICKETS = "demo-tickets"
MESSY = "demo-messy"
GONE = "demo-gone"

TICKETS_PATH = "/tickets/discovery/v2"


@dataclass(frozen=True, slots=True)
class Feed:
    """One (city, source) pair of the demo: where it is and what it holds on this day.

    ``listings`` counts records as the source counts them, a recurring series once; ``invalid``
    of them must be rejected by a careful reader.
    """

    city: str
    source: str
    kind: str
    path: str
    listings: int
    invalid: int = 0


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One day's feeds: their list, calendars and sites by path, and what is on sale."""

    day: date
    feeds: tuple[Feed, ...]
    calendars: Mapping[str, str]
    rows: Mapping[str, tuple[TribeRow, ...]]
    clubs: Mapping[str, ClubSite]
    portals: Mapping[str, Portal]
    on_sale: tuple[Entry, ...]


@lru_cache(maxsize=4)
def build(day: date, seed: int = 0) -> Catalogue:
    """Render everything for one day. It takes about a second, hence the cache."""
    feeds = [Feed("helsinki", GONE, "icalendar", "/gone/helsinki.ics", 0)]
    calendars: dict[str, str] = {}
    rows: dict[str, tuple[TribeRow, ...]] = {}
    clubs: dict[str, ClubSite] = {}
    portals: dict[str, Portal] = {}
    on_sale: list[DemoEvent] = []
    for city in all_cities().values():
        for source in sorted({venue.source for venue in city.venues}):
            events = listed(city.slug, source, day, seed)
            room = f"/{source.removeprefix('demo-')}/{city.slug}"
            if source == TICKETS:
                on_sale += events
                feeds.append(Feed(city.slug, source, "ticketmaster", TICKETS_PATH, len(events)))
            elif source in (LIBRARY, UNIVERSITY):
                series = series_for(city.slug, source, day)
                path, count = f"{room}.ics", len(events) + len(series)
                calendars[path] = calendar(city, source, events, series)
                feeds.append(Feed(city.slug, source, "icalendar", path, count))
            elif source == CLUBS:
                clubs[f"{room}/"] = site = ClubSite(city, events, day)
                feeds.append(_clubs_feed(site, f"{room}/"))
            elif source == AGENDA:
                portals["/agenda/"] = portal = Portal(_records(city, events, day))
                feeds.append(_agenda_feed(city, portal, "/agenda/"))
            else:
                path, invalid = f"{room}/", MESSY_INVALID_TOTAL if source == MESSY else 0
                rows[path] = _rows(source, events, day)
                count = len(rows[path])
                feeds.append(Feed(city.slug, source, "events_calendar", path, count, invalid))
    return Catalogue(
        day=day,
        feeds=tuple(sorted(feeds, key=lambda feed: (feed.source, feed.city))),
        calendars=calendars,
        rows=rows,
        clubs=clubs,
        portals=portals,
        on_sale=tuple(
            Entry.of(ticket_payload(event, TICKETS), hidden_position(event)) for event in on_sale
        ),
    )


def _clubs_feed(site: ClubSite, path: str) -> Feed:
    city, invalid = site.city.slug, len(CLUBS_INVALID[site.city.slug])
    return Feed(city, CLUBS, "schema_org", path, len(site.listed()), invalid)


def _agenda_feed(city: City, portal: Portal, path: str) -> Feed:
    count, invalid = len(portal.records), AGENDA_INVALID_TOTAL
    return Feed(city.slug, AGENDA, "opendatasoft", f"{path}{RECORDS_PATH}", count, invalid)


def _records(city: City, events: Iterable[DemoEvent], day: date) -> tuple[JsonObject, ...]:
    return (*map(agenda_record, events), *invalid_records(city, day))


def _rows(source: str, events: Iterable[DemoEvent], day: date) -> tuple[TribeRow, ...]:
    rows = [tribe_row(event, source) for event in events]
    if source == MESSY:
        rows += invalid_rows(day)
    return tuple(sorted(rows, key=lambda row: row.starts))
