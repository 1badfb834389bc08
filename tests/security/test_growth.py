"""No text makes a parser's work grow with the square of its length: every one that there is.

The parsers are found by their signatures (``growth_subjects``), the texts are made of the tokens of
their grammars (``growth_texts``) and of whole documents (``growth_documents``). Each run tries some
texts for each parser, the same ones each time; ``GROWTH_TEXTS=400`` in the environment tries more.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Callable, Iterator
from random import Random
from zoneinfo import ZoneInfo

import pytest

from include.discovery.connectors import kinds
from include.discovery.connectors.icalendar.feed import read_feed as read_calendar
from include.discovery.connectors.rss.feed import read_feed
from include.discovery.dates.recurrence import Rule
from include.discovery.dates.timezones import zone_named
from include.discovery.fetch.hosts import RobotsFile
from include.discovery.fetch.robots import RobotsRules
from include.discovery.formats.json_repair import loads_repaired
from include.discovery.formats.schema_org.page import read_page
from include.discovery.formats.schema_org.values import canonical
from include.discovery.formats.sitemap import read_sitemap
from include.discovery.redaction.typed_secrets import shown_text
from include.discovery.text.cleaning import plain_text, web_url
from include.discovery.text.status import split_status
from include.discovery.yaml_document import Document
from tests.fuzz.targets import Target, targets
from tests.security.growth import growth_of
from tests.security.growth_documents import multiplied, places
from tests.security.growth_subjects import ROOMS, Subject, Uncovered, subjects, subjects_of
from tests.security.growth_texts import CORE, OF_FORMATS, Hostile, counted, family, repeated

TEXTS = int(os.environ.get("GROWTH_TEXTS", "5"))
SUBJECTS = {subject.name: subject for subject in subjects()}
DOCUMENTS = {name: target for name, target in targets().items() if name in {*kinds(), "sitemap"}}
WARSAW = ZoneInfo("Europe/Warsaw")
URL = "https://mill.example/events/"


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def test_each_public_function_that_takes_a_text_can_be_called() -> None:
    """One that needs a value nobody has given is not measured: add its type to STAND_INS."""
    missing = []
    for subject in SUBJECTS.values():
        try:
            subject.call("title")
        except Uncovered as error:
            missing.append(str(error))
        except Exception:  # noqa: BLE001  a refusal; that it can be called is all
            continue

    assert missing == []


def test_every_measured_room_has_subjects() -> None:
    """A change of names must not leave the parsers unmeasured in silence."""
    rooms = {name.split(".")[0] for name in SUBJECTS}

    assert len(SUBJECTS) > 200
    assert {name.removeprefix("include.discovery.").split(".")[0] for name in ROOMS} <= rooms
    assert {f"kind {kind}" for kind in kinds()} <= SUBJECTS.keys()


@pytest.mark.slow
@pytest.mark.parametrize("name", SUBJECTS)
def test_a_function_takes_time_in_proportion_to_its_text(name: str) -> None:
    subject = SUBJECTS[name]

    assert first_growing(subject.call, texts_for(subject)) is None


@pytest.mark.slow
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_kind_takes_time_in_proportion_to_its_document(name: str) -> None:
    target = DOCUMENTS[name]

    def read(text: str) -> object:
        return target.read(text.encode("utf-8", "surrogatepass"))

    assert first_growing(read, documents_for(target)) is None


def texts_for(subject: Subject) -> list[Hostile]:
    """Choose some of the texts that there are for a function."""
    texts = list(family(subject.module, pairs=60, own=40, seed=subject.name))
    return Random(subject.name).sample(texts, min(TEXTS, len(texts)))


def documents_for(target: Target) -> Iterator[Hostile]:
    """Fill each place of a kind's documents with a token or two, and repeat each of their parts."""
    dice = Random(target.name)
    for seed in target.seeds:
        document = seed.decode()
        chosen = list(places(document))
        for name, put in dice.sample(chosen, min(len(chosen), TEXTS)):
            token = dice.choice((*CORE, *OF_FORMATS))
            yield Hostile(
                f"{name} is {token!r} * n",
                lambda size, put=put, token=token: put(token * max(1, size // len(token))),
            )
        parts = list(multiplied(document))
        yield from dice.sample(parts, min(len(parts), max(4, TEXTS // 3)))


def first_growing(
    call: Callable[[str], object], texts: Iterator[Hostile] | list[Hostile]
) -> object:
    """Return the first text that costs too much, with what it costs; ``None`` if all is well."""
    for text in texts:
        growth = growth_of(call, text.build)
        if growth is not None:
            return f"{text.name}: {growth}"
    return None


def rss_of(item: str) -> bytes:
    return f"<rss><channel><item><title>x</title>{item}</item></channel></rss>".encode()


def feed_of(item: str) -> object:
    return read_feed(rss_of(item), URL)


def categories(count: int) -> str:
    return "".join(f"<category>{number}</category>" for number in range(count))


def tag_of(attributes: int) -> str:
    """Build a tag of so many attributes, each of another name."""
    written = "".join(f" a{number:x}=''" for number in range(attributes))
    return f"<a{written}/>"


def nested(starts: str) -> str:
    """End the tags that begin, the last one first."""
    names = re.findall(r"<([^\s>]+)", starts)
    return starts + "".join(f"</{name}>" for name in reversed(names))


def robots(text: str) -> object:
    rules = RobotsRules.of(RobotsFile(200, text.encode("utf-8", "replace")))
    return rules.allows(f"{URL}{'a' * 2_000}"), rules.crawl_delay, rules.sitemaps


def page(text: str) -> object:
    return read_page(text.encode(), url=URL, zone=WARSAW)


def events(build: Callable[[int], dict[str, object]], length: int) -> Callable[[int], str]:
    """Build pages of many JSON-LD events."""

    def of(size: int) -> str:
        graph = [build(number) for number in range(max(1, size // length))]
        return f'<script type="application/ld+json">{json.dumps({"@graph": graph})}</script>'

    return of


def items_in_circles(size: int) -> str:
    """Build a page of microdata whose items are properties of each other."""
    item = '<div id=a itemscope itemref="a b" itemtype="https://schema.org/Event">'
    inner = '<p id=b itemprop="subEvent name" itemscope itemref="a b">'
    return f"{item}{inner}" * max(1, size // (len(item) + len(inner)))


def of_one_place(size: int) -> str:
    """Build a page of events that refer to one place of a long name."""
    place = {"@id": "#hall", "@type": "Place", "name": "P" * (size // 4)}
    one = {"@type": "Event", "name": "x", "startDate": "2026-05-01", "location": {"@id": "#hall"}}
    graph = [place, *[one] * max(1, size // 140)]
    return f'<script type="application/ld+json">{json.dumps({"@graph": graph})}</script>'


def script(document: object) -> str:
    """Build a page of one JSON-LD document."""
    return f'<script type="application/ld+json">{json.dumps(document)}</script>'


def of_one_uid(size: int) -> str:
    """Build a calendar in which one UID stands for many events and as many exceptions."""
    many = range(max(1, size // 160))
    days = [f"2026{1 + n // 28 % 12:02}{1 + n % 28:02}T{n % 24:02}{n % 60:02}00" for n in many]
    own = "".join(f"BEGIN:VEVENT\nUID:1\nDTSTART:{d}\nSUMMARY:{d}\nEND:VEVENT\n" for d in days)
    moved = "".join(
        f"BEGIN:VEVENT\nUID:1\nRECURRENCE-ID:{d}\nDTSTART:{d}\nSUMMARY:x\nEND:VEVENT\n"
        for d in days
    )
    return f"BEGIN:VCALENDAR\n{own}{moved}END:VCALENDAR\n"


def one_event(line: str) -> Callable[[int], str]:
    """Build a calendar with an event of one long line."""
    start, _, repeat = line.partition("|")

    def of(size: int) -> str:
        long = start + repeat * (size // len(repeat))
        return (
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20260501T190000\nSUMMARY:x\n"
            f"{long}\nEND:VEVENT\nEND:VCALENDAR\n"
        )

    return of


def calendar(text: str) -> object:
    return read_calendar(text.encode("utf-8", "surrogatepass"), WARSAW).records


FOUND: dict[str, tuple[Callable[[str], object], Callable[[int], str]]] = {
    "JSON of spaces": (loads_repaired, repeated(" ").build),
    "JSON of wide spaces": (loads_repaired, repeated("\xa0").build),
    "wrapped JSON with spaces": (loads_repaired, repeated(" ", "<![CDATA[ ", "x").build),
    "commas": (loads_repaired, repeated("[ ,").build),
    "combining marks": (plain_text, repeated("\u0301\u0323", "a").build),
    "vowels of two marks": (plain_text, repeated("\u0f73\u0f74", "a").build),
    "nested elements": (plain_text, repeated("<div>").build),
    "nested formatting": (plain_text, repeated("<b><p>").build),
    "escaped nested elements": (plain_text, repeated("&lt;div&gt;").build),
    "comments without an end": (plain_text, repeated("<div><!--").build),
    "scripts without an end": (plain_text, repeated("<div><script>").build),
    "CDATA in a sitemap": (
        lambda text: read_sitemap(text.encode(), URL),
        repeated("<![CDATA[", "<urlset>").build,
    ),
    "nested places in a sitemap": (
        lambda text: read_sitemap(text.encode(), URL),
        repeated("<url><loc>x", "<urlset>").build,
    ),
    "nested links in a feed": (
        lambda text: read_feed(rss_of(text), URL),
        repeated("<a>").build,
    ),
    "nested links in a description": (
        lambda text: read_feed(rss_of(f"<description><![CDATA[{text}]]></description>"), URL),
        repeated("<a>").build,
    ),
    "attributes of one tag in a feed": (feed_of, lambda size: tag_of(size // 7)),
    "namespaces of nested tags in a feed": (
        feed_of,
        lambda size: nested("".join(f'<n{n}:a xmlns:n{n}="urn:{n}">' for n in range(size // 24))),
    ),
    "a long namespace of many tags in a feed": (
        feed_of,
        lambda size: f'<x:b xmlns:x="urn:{"x" * (size // 2)}">{"<x:a/>" * (size // 12)}</x:b>',
    ),
    "bases of nested tags in a feed": (
        feed_of,
        lambda size: nested('<a xml:base="a/">' * (size // 21)),
    ),
    "a long base of many tags in a feed": (
        feed_of,
        lambda size: f'<a xml:base="/{"a" * (size // 2)}">{"<b/>" * (size // 8)}</a>',
    ),
    "an author who is nearly an address": (feed_of, repeated("a.", "<author>", "</author>").build),
    "categories of an item": (feed_of, lambda size: categories(size // 26)),
    "keywords of an item": (
        feed_of,
        lambda size: f"<tags>{','.join(map(str, range(size // 6)))}</tags>",
    ),
    "spaces between attributes in a feed": (feed_of, repeated("<a b = '' ").build),
    "words of namespaces in a feed": (feed_of, repeated("xmlns:").build),
    "words of bases in a feed": (feed_of, repeated(" base=").build),
    "one id for many events": (
        page,
        events(
            lambda n: {
                "@type": "Event",
                "identifier": "1",
                "name": f"x{n}",
                "startDate": "2026-05-01",
            },
            80,
        ),
    ),
    "terms with a prefix": (
        page,
        lambda size: script({"schema:a": [{"schema:name": "x"}] * (size // 24)}),
    ),
    "terms that a document defines": (
        page,
        lambda size: script({"@context": {f"t{n}": "schema:name" for n in range(size // 28)}}),
    ),
    "contexts of many objects": (
        page,
        lambda size: script([{"@context": {"a": "schema:name"}, "a": "x"}] * (size // 44)),
    ),
    "one UID for many events and exceptions": (calendar, of_one_uid),
    "encoded lines of old calendars": (
        calendar,
        one_event("DESCRIPTION;ENCODING=QUOTED-PRINTABLE:|=C5=\n"),
    ),
    "jCal of many properties": (
        calendar,
        lambda size: json.dumps(["vcalendar", [["x-a", {}, "text", "b"]] * (size // 24), []]),
    ),
    "nested jCal": (calendar, lambda size: '["vcalendar",[],' + "[" * (size // 2)),
    "a location of addresses": (calendar, one_event("LOCATION:|@.")),
    "parameters without values": (calendar, one_event("ORGANIZER|;CN=")),
    "raw line breaks": (calendar, one_event("DESCRIPTION:x|\nx")),
    "blank lines": (calendar, one_event("DESCRIPTION:x|\n")),
    "carriage returns": (calendar, one_event("DESCRIPTION:x|\r")),
    "additional dates": (calendar, one_event("RDATE:|20260501T190000,")),
    "days of a rule": (Rule.parse, repeated("MO,", "FREQ=MONTHLY;BYDAY=").build),
    "items that refer to each other": (page, items_in_circles),
    "events of one place": (page, of_one_place),
    "elements behind end tags of none": (plain_text, repeated("<div></x>").build),
    "attributes of one element": (plain_text, lambda size: f"<p{counted(' a').build(size)}>"),
    "status words": (split_status, repeated("CANCELLED ").build),
    "tracking parameters": (canonical, repeated("utm_", f"{URL}?").build),
    "a host of marks": (web_url, repeated("\u0301\u0323", "http://a").build),
    "a zone of slashes": (zone_named, repeated("/a").build),
    "rules of robots": (robots, repeated("Disallow: /*a*a*a$\n", "User-agent: *\n").build),
    "a rule of many stars": (robots, repeated("*a", "User-agent: *\nDisallow: /").build),
    "lines of a secret header": (shown_text, repeated("authorization: ab\n").build),
    "tokens that look like secrets": (shown_text, repeated("bearer abcdef1 ").build),
    "logins in a row": (shown_text, repeated("basic YTpi ").build),
    "aliases of YAML": (Document({}).read, repeated("- *a\n", "- &a x\n").build),
    "keys of YAML": (Document({}).read, repeated("? ").build),
}
"""What was found, or is like it."""


@pytest.mark.slow
@pytest.mark.parametrize("name", FOUND)
def test_a_text_that_once_took_quadratic_time_takes_linear_time(name: str) -> None:
    call, build = FOUND[name]

    assert growth_of(call, build) is None


def quadratic(text: str) -> int:
    return sum(text.count(text[-1], 0, end) for end in range(0, len(text), 64))


def linear(text: str) -> int:
    return sum(map(ord, text))


def bounded(text: str) -> int:
    return quadratic(text[:4_000])


@pytest.mark.slow
def test_the_measure_finds_quadratic_growth() -> None:
    growth = growth_of(quadratic, repeated("a").build)

    assert growth is not None
    assert growth.is_too_fast


@pytest.mark.parametrize("call", [linear, bounded, len])
def test_the_measure_accepts_linear_and_bounded_growth(
    call: Callable[[str], object],
) -> None:
    assert growth_of(call, repeated("a").build) is None


def test_a_function_with_a_parameter_of_an_unknown_type_is_reported() -> None:
    def read(text: str, whatever: complex) -> None: ...

    (subject,) = subjects_of("read", sys.modules[__name__], read, read)

    with pytest.raises(Uncovered, match="complex'> for whatever: add it to STAND_INS"):
        subject.call("x")
