"""A whole page: its events as records, however they are written into it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from include.discovery.dates.recurrence import Budget
from include.discovery.dates.times import When
from include.discovery.errors import UnreadableResponse
from include.discovery.formats.html_page import MOST_BYTES, HtmlPage
from include.discovery.formats.json_repair import UnrepairableJson
from include.discovery.formats.schema_org.dates import Clock, several_times
from include.discovery.formats.schema_org.event import (
    PageContext,
    clock_at,
    event_record,
    known_as,
    label,
)
from include.discovery.formats.schema_org.graph import Found, Graph, find_events
from include.discovery.formats.schema_org.identity import told_apart, without_known
from include.discovery.formats.schema_org.jsonld import (
    LOST_EVENTS,
    MEDIA_TYPE,
    Block,
    read_document,
    read_scripts,
)
from include.discovery.formats.schema_org.microdata import read_microdata
from include.discovery.formats.schema_org.schedule import (
    UnusableSchedule,
    occurrences,
    schedules_of,
)
from include.discovery.model import City, EventRecord, Reject, Venue, Window
from include.discovery.parsed import Parsed, parse_items, unmarked, usable_identity
from include.discovery.text.encoding import marked_text

# A look at the bytes spares most pages without structured data the parsing.
_OF_JSONLD: Final = (b"ld+json", b"ld&#")
_OF_MICRODATA: Final = b"itemtype"
_CUT: Final = "page cut"
_IS_JSON: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*[{\[]")


@dataclass(frozen=True, slots=True)
class PageEvents(Parsed):
    """The events of a page, and how many there were before the window left any out."""

    found: int = 0

    @property
    def lost(self) -> tuple[str, ...]:
        """What may hold more events and could not be read."""
        return tuple(r.item for r in self.rejects if r.reason in {LOST_EVENTS, _CUT})


@dataclass(frozen=True, slots=True)
class _Showing:
    """An event on one date; without ``when`` the event's own."""

    found: Found
    when: When | None = None


def read_page(
    body: bytes,
    *,
    url: str | None,
    zone: ZoneInfo,
    window: Window | None = None,
    city: City | None = None,
    default_venue: Venue | None = None,
    charset: str | None = None,
    language: str | None = None,
    today: date | None = None,
    offset_is_reliable: bool = False,
) -> PageEvents:
    """Read the events of an HTML page, or of a JSON-LD document.

    What is written as JSON-LD and once more as microdata counts once, as JSON-LD.

    :param url: where the page came from, to resolve its addresses.
    :param zone: for times that name none.
    :param window: events outside are left out; without it, schedules are followed for 400 days.
    :param default_venue: for events that name no place.
    :param charset: of the Content-Type header, if known.
    :param language: of the Content-Language header, if known; what the page declares outweighs it.
    :param today: the day of the visit, for dates in words; without it, these are not read.
    :param offset_is_reliable: see ``dates.timestamps.when_of``.
    :raises UnreadableResponse: for a document that is not JSON.
    """
    page = HtmlPage(body, url, charset)
    jsonld: list[Block] = []
    microdata: list[Block] = []
    rejects: list[Reject] = []
    if _IS_JSON.match(body):
        jsonld = [_document(body, charset)]
    else:
        lowered = body[:MOST_BYTES].lower()
        if any(mark in lowered for mark in _OF_JSONLD):
            jsonld, rejects = _jsonld(page)
        microdata = list(read_microdata(page)) if _OF_MICRODATA in lowered else []
        if page.is_cut:
            rejects.append(Reject(_CUT, "page", "it is too large or too deep to be read whole"))
    graph = Graph((*jsonld, *microdata))
    groups = [list(find_events(blocks, graph)) for blocks in (jsonld, microdata)]
    events = sum(map(len, groups))
    context = PageContext(
        graph=graph,
        clock=Clock(
            zone,
            offset_is_reliable,
            today,
            page.language or language,
            city.country if city else None,
        ),
        base=page.base if events else url,
        page_url=(url or _canonical(page)) if max(map(len, groups)) == 1 else None,
        default_venue=default_venue,
        country=city.country if city else None,
    )
    budget = Budget()
    of_jsonld, of_microdata = (_parsed(group, context, window, budget) for group in groups)
    records = told_apart(
        (*of_jsonld.records, *without_known(of_microdata.records, of_jsonld.records))
    )
    if window is not None:
        records = [record for record in records if record.is_within(window)]
    rejects += [*of_jsonld.rejects, *of_microdata.rejects]
    return PageEvents(records, tuple(map(unmarked, rejects)), events)


def _canonical(page: HtmlPage) -> str | None:
    return next((link.url for link in page.links("canonical")), None)


def _document(body: bytes, charset: str | None) -> Block:
    try:
        return read_document(marked_text(body[:MOST_BYTES], charset), "JSON-LD document")
    except UnrepairableJson as error:
        raise UnreadableResponse(f"the document is not JSON: {error}") from None


def _jsonld(page: HtmlPage) -> tuple[list[Block], list[Reject]]:
    """Return the JSON-LD of a page, and what of it cannot be read."""
    blocks: list[Block] = []
    rejects: list[Reject] = []
    for found in read_scripts(page.scripts(MEDIA_TYPE)):
        if isinstance(found, Reject):
            rejects.append(found)
        else:
            blocks.append(found)
    return blocks, rejects


def _parsed(
    events: Iterable[Found], context: PageContext, window: Window | None, budget: Budget
) -> Parsed:
    rejects: list[Reject] = []
    showings = [
        showing
        for found in events
        for showing in _showings(found, context, window, budget, rejects)
    ]

    def parse_item(showing: _Showing) -> EventRecord:
        return event_record(showing.found, context, showing.when)

    parsed = parse_items(
        showings,
        parse_item,
        lambda _, showing: _describe(showing.found),
        lambda showing: known_as(showing.found, context, showing.when),
        members_of=lambda showing: showing.found.node,
    )
    return Parsed(parsed.records, (*rejects, *parsed.rejects))


def _showings(
    found: Found,
    context: PageContext,
    window: Window | None,
    budget: Budget,
    rejects: list[Reject],
) -> Iterator[_Showing]:
    """Yield the dates of an event: those of its schedules, else its own, if it has several."""
    schedules = schedules_of(found.node, context.graph)
    usable = False
    for schedule in schedules:
        try:
            for when in occurrences(schedule, found.node, context.clock, window, budget):
                usable = True
                yield _Showing(found, when)
        except UnusableSchedule as error:
            identity = usable_identity(known_as(found, context))
            detail = str(error)[:200]
            rejects.append(Reject("schedule not understood", _describe(found), detail, identity))
        else:
            usable = True
    if not usable:
        several = several_times(found.node, clock_at(found, context))
        yield from (_Showing(found, when) for when in several or (None,))


def _describe(found: Found) -> str:
    name = label(found.node)
    return f"{found.where} ({name})" if name else found.where
