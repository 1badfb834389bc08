"""How fast payloads become records, compared with the plain library for the same bytes.

    python -m bench.parsing [--repeat 7]

Payloads are the demo's calendars, WordPress pages and ticket listings, and pages of HTML that are
made here. The plain library gives a tree of values; ours gives clean records: occurrences, times
with their zones, venues, prices. So the ratio says what all that costs. Medians of several runs,
which alternate between the two so that both see the same machine.

extruct, beside which structured data in HTML is measured (as it is by default, and reading nothing
but the one syntax: then it gives dictionaries and no more), is no part of the project:
install ``bench/requirements.txt`` (best into an environment of its own).
"""

from __future__ import annotations

import argparse
import json
import logging
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo

from icalendar import Calendar

from bench.tables import Cell, Table, report
from include.demo.catalogue import build
from include.demo.ical import BROKEN_TIMEZONE_CITY
from include.discovery.connectors import connector_for
from include.discovery.connectors.base import ParseContext
from include.discovery.formats.schema_org.page import read_page
from include.discovery.parsed import Parsed

DAY = date(2026, 12, 1)
ZONE = ZoneInfo("Europe/Warsaw")
URL = "https://mill.example/events/"
EVENTS_A_PAGE = 10

Read = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class Case:
    """A parser on its payloads, and the plain library; ``most`` is the ratio that is allowed."""

    name: str
    payloads: Sequence[bytes]
    ours: Callable[[bytes], Parsed]
    beside: str
    plain: Read | None
    most: float | None = None


def cases() -> Iterator[Case]:
    """Build the payloads and what reads them."""
    demo = build(DAY)
    calendars = [
        text.encode() for path, text in demo.calendars.items() if BROKEN_TIMEZONE_CITY not in path
    ]
    yield Case(
        "icalendar", calendars, _kind("icalendar"), "icalendar", Calendar.from_ical, most=1.3
    )
    rows = [row.payload for rows in demo.rows.values() for row in rows]
    pages = [_json({"events": part, "total": len(rows)}) for part in _parts(rows, 50)]
    yield Case("events_calendar", pages, _kind("events_calendar"), "json.loads", json.loads)
    listings = [
        _json({"_embedded": {"events": part}, "page": {"totalElements": len(demo.on_sale)}})
        for part in _parts([entry.payload for entry in demo.on_sale], 200)
    ]
    yield Case("ticketmaster", listings, _kind("ticketmaster"), "json.loads", json.loads)
    for syntax, page in (("json-ld", _jsonld_page), ("microdata", _microdata_page)):
        html = [page(number).encode() for number in range(20)]
        name = f"schema_org ({syntax})"
        yield Case(name, html, _of_page, "extruct", _extruct(), most=0.2)
        yield Case(name, html, _of_page, f"its {syntax}", _extruct(syntax))


def _kind(kind: str) -> Callable[[bytes], Parsed]:
    context = ParseContext(connector_for(kind).parse_settings({}, URL), ZONE, url=URL)
    connector = connector_for(kind)
    return lambda body: connector.parse(body, context)


def _of_page(body: bytes) -> Parsed:
    return read_page(body, url=URL, zone=ZONE)


def _extruct(*syntaxes: str) -> Read | None:
    """Return extruct as it is called by default, or for some syntaxes alone."""
    if find_spec("extruct") is None:
        return None
    from extruct import extract  # noqa: PLC0415  optional

    options = {"syntaxes": list(syntaxes)} if syntaxes else {}
    return lambda body: extract(body.decode(), base_url=URL, **options)


def _parts(items: Sequence[object], size: int) -> Iterator[Sequence[object]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _jsonld_page(number: int) -> str:
    """Make a listing with an event a day, each in a script of its own and as a card."""
    scripts = "".join(
        f'<script type="application/ld+json">{_json(_event(number, n)).decode()}</script>'
        for n in range(EVENTS_A_PAGE)
    )
    cards = "".join(
        f'<article class="card"><h3><a href="/events/{number}-{n}">Lamp Night {n}</a></h3>'
        f"<p>{_TEXT}</p></article>"
        for n in range(EVENTS_A_PAGE)
    )
    return _page(scripts, cards)


def _microdata_page(number: int) -> str:
    """Make a listing with an event a day, each as a card with microdata."""
    cards = "".join(
        '<article itemscope itemtype="https://schema.org/Event">'
        f'<h3 itemprop="name">Lamp Night {n}</h3><a itemprop="url" href="/events/{number}-{n}">more'
        f'</a><time itemprop="startDate" datetime="2026-12-{n + 1:02}T19:00:00+01:00">7pm</time>'
        f'<p itemprop="description">{_TEXT}</p><div itemprop="location" itemscope'
        ' itemtype="https://schema.org/Place"><span itemprop="name">Old Mill</span><div'
        ' itemprop="address" itemscope itemtype="https://schema.org/PostalAddress"><span'
        ' itemprop="streetAddress">Lipowa 3</span><span itemprop="addressLocality">Kraków</span>'
        '</div></div><div itemprop="offers" itemscope itemtype="https://schema.org/Offer"><meta'
        ' itemprop="priceCurrency" content="PLN"><meta itemprop="price" content="20"></div>'
        "</article>"
        for n in range(EVENTS_A_PAGE)
    )
    return _page("", cards)


_TEXT = "Bring a lamp and good shoes: we walk along the river and back, whatever the weather. " * 5


def _event(number: int, day: int) -> dict[str, object]:
    address = {"@type": "PostalAddress", "streetAddress": "Lipowa 3", "addressLocality": "Kraków"}
    return {
        "@context": "https://schema.org",
        "@type": "MusicEvent",
        "name": f"Lamp Night {day}",
        "url": f"/events/{number}-{day}",
        "startDate": f"2026-12-{day + 1:02}T19:00:00+01:00",
        "endDate": f"2026-12-{day + 1:02}T21:00:00+01:00",
        "description": f"<p>{_TEXT}</p>",
        "location": {"@type": "Place", "name": "Old Mill", "address": address},
        "offers": {"@type": "Offer", "price": "20", "priceCurrency": "PLN"},
        "performer": {"@type": "MusicGroup", "name": "The Lamps"},
    }


def _page(head: str, body: str) -> str:
    """Put content into a page as content management systems make them: mostly other things.

    With some 13 kB an event it is denser than recorded pages, which have about 20.
    """
    menu = "".join(f'<li><a class="menu-item" href="/{n}">Page {n}</a></li>' for n in range(150))
    style = "".join(f".rule-{n} {{ margin: {n}px; color: #fff }}\n" for n in range(800))
    script = "".join(f'w.push(["track", {{"slot": {n}, "lazy": true}}]);\n' for n in range(600))
    footer = "".join(
        f'<div class="col"><div class="card"><a href="/p/{n}"><img src="/i/{n}.jpg" alt="">'
        f"</a><p>Read more about <em>number {n}</em></p></div></div>"
        for n in range(250)
    )
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><style>{style}</style>{head}</head>'
        f"<body><nav><ul>{menu}</ul></nav><main>{body}</main><footer>{footer}</footer>"
        f"<script>{script}</script></body></html>"
    )


def measure(case: Case, repeat: int) -> tuple[float, float | None, int]:
    """Return the median seconds of ours and of the library, and how many events ours finds."""
    events = sum(len(case.ours(body).records) for body in case.payloads)
    if not events:
        raise RuntimeError(f"{case.name} found nothing in its payloads")
    ours, plain = [], []
    for _ in range(repeat):
        ours.append(_seconds(case.ours, case.payloads))
        if case.plain is not None:
            plain.append(_seconds(case.plain, case.payloads))
    return statistics.median(ours), statistics.median(plain) if plain else None, events


def _seconds(read: Read, payloads: Sequence[bytes]) -> float:
    began = time.perf_counter()
    for body in payloads:
        read(body)
    return time.perf_counter() - began


def row(case: Case, ours: float, plain: float | None, events: int) -> tuple[Cell, ...]:
    """Return a row of the table."""
    megabytes = sum(map(len, case.payloads)) / 1e6
    found = (case.name, megabytes, events, megabytes / ours, events / ours, case.beside)
    if plain is None:
        return (*found, None, None, "not installed")
    ratio = ours / plain
    goal = None if case.most is None else f"at most {case.most}: {_verdict(ratio, case.most)}"
    return (*found, megabytes / plain, ratio, goal)


def _verdict(ratio: float, most: float) -> str:
    return "met" if ratio <= most else "MISSED"


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--json", type=Path, help="write the figures into this file, too")
    options = parser.parse_args()
    logging.disable(logging.WARNING)  # the demo's feeds are messy on purpose
    columns = ("", "MB", "events", "MB/s", "events/s", "beside", "its MB/s", "ratio", "goal")
    rows = [row(case, *measure(case, options.repeat)) for case in cases()]
    report([Table("Payloads to records", columns, rows)], options.json)


if __name__ == "__main__":
    main()
