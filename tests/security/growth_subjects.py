"""Every public function of the parsing rooms that takes a text, ready to be given a hostile one.

Nothing is registered here: the functions are found by their signatures, the kinds of sources by the
registry. What is listed are values for the parameters beside the text, by their type; a function
that needs one of a type that has none is a failing test.
"""

from __future__ import annotations

import inspect
import pkgutil
import re
import types
import typing
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from enum import Enum
from functools import cached_property, partial
from importlib import import_module
from types import ModuleType
from typing import Any, Protocol, cast
from zoneinfo import ZoneInfo

from pydantic import BaseModel, JsonValue, ValidationError

from include.discovery.connectors import connector_for, kinds
from include.discovery.connectors.bandsintown.city import CityListing
from include.discovery.connectors.base import Connector, ParseContext, SyncContext
from include.discovery.connectors.detection import Site
from include.discovery.connectors.icalendar.event import Event, read_event
from include.discovery.connectors.icalendar.lines import Component, Property
from include.discovery.connectors.icalendar.outline import CalendarFile
from include.discovery.connectors.icalendar.zones import Zones
from include.discovery.connectors.json_feed.map.fields import (
    AttendanceOf,
    FieldMap,
    FieldOf,
    FlagOf,
    ListMoments,
    ListOf,
    MomentOf,
    Recurrence,
    StatusOf,
    TextOf,
)
from include.discovery.connectors.json_feed.map.mapper import ItemMap, Surroundings
from include.discovery.connectors.json_feed.map.record import Details, DetailsReader, Origin
from include.discovery.connectors.json_feed.map.values import Reader
from include.discovery.connectors.json_feed.request import Api
from include.discovery.connectors.json_feed.settings import JsonFeedSettings
from include.discovery.connectors.key import KeySettings
from include.discovery.connectors.rss.event import ParseOptions
from include.discovery.connectors.rss.feed import FeedItem
from include.discovery.connectors.schema_org.settings import SchemaOrgSettings
from include.discovery.dates.recurrence import Budget
from include.discovery.dates.times import When, all_day
from include.discovery.dates.worded.dates import DateReader
from include.discovery.dates.worded.tokens import Token, tokenize
from include.discovery.fetch.crawler import Crawler
from include.discovery.fetch.protocol import Fetcher
from include.discovery.fetch.robots import RobotsRules
from include.discovery.formats.html_page import HtmlPage
from include.discovery.formats.json_fields import attempt
from include.discovery.formats.schema_org.dates import Clock
from include.discovery.formats.schema_org.event import PageContext
from include.discovery.formats.schema_org.graph import Found, Graph
from include.discovery.formats.schema_org.jsonld import Block
from include.discovery.model import EventRecord, EventStatus, Identity, Reject, Window
from include.discovery.parsed import ItemT, PartT
from include.discovery.probe.site import ProbedSite
from include.discovery.response import Response
from include.discovery.text.encoding import Encoding
from include.discovery.text.prices.amounts import Amount, amounts_in
from tests.fuzz.targets import targets
from tests.security.growth_texts import tokens_of
from tests.support.builders import event

URL = "https://mill.example/events/"
ZONE = ZoneInfo("Europe/Warsaw")
TODAY = date(2026, 3, 1)
WINDOW = Window(date(2026, 1, 1), date(2026, 12, 31))
JSON_FEED = JsonFeedSettings(url=URL, fields={"title": "title", "starts_at": "start"})

ROOMS = (
    "include.discovery.text",
    "include.discovery.places",
    "include.discovery.dates",
    "include.discovery.formats",
    "include.discovery.parsed",
    "include.discovery.connectors",
    "include.discovery.probe.findings",
    "include.discovery.probe.rendering",
    "include.discovery.probe.site",
    "include.discovery.redaction.masking",
    "include.discovery.fetch.classify",
    "include.discovery.fetch.robots",
    "include.discovery.redaction.typed_secrets",
    "include.discovery.yaml_document",
)
"""What reads what others write."""
STAND_INS: Mapping[Any, Callable[[], object]] = {
    JsonValue: lambda: "x",
    bool: lambda: True,
    int: lambda: 3,
    float: lambda: 50.0,
    list[str]: list,
    Sequence[Sequence[str]]: list,
    Iterable[ItemT]: list,
    Callable[[PartT], EventRecord | None]: lambda: None,
    Callable[[int, PartT], str]: lambda: None,
    Callable[[PartT], Identity | None]: lambda: None,
    Reject: lambda: Reject("x", "y"),
    ZoneInfo: lambda: ZONE,
    tzinfo: lambda: ZONE,
    date: lambda: TODAY,
    datetime: lambda: datetime(2026, 3, 1, 19, tzinfo=UTC),
    Window: lambda: WINDOW,
    EventRecord: event,
    When: lambda: all_day(TODAY, None, ZONE),
    Budget: Budget,
    FieldMap: lambda: FieldMap(title="title", external_id="id", starts_at="start"),
    **{
        kind: partial(kind, path="title")
        for kind in (FieldOf, TextOf, ListOf, MomentOf, FlagOf, StatusOf, AttendanceOf, ListMoments)
    },
    Recurrence: lambda: Recurrence(rule="rule"),
    Reader: lambda: Reader(None),
    Origin: Origin,
    ParseOptions: lambda: ParseOptions(ZONE, "pl", WINDOW, in_words=True, today=TODAY),
    Graph: lambda: Graph(()),
    Clock: lambda: Clock(ZONE, today=TODAY),
    PageContext: lambda: PageContext(Graph(()), Clock(ZONE, today=TODAY), URL, URL),
    Zones: lambda: Zones(Component("VCALENDAR", 1), ZONE, Budget()),
    Event: lambda: read_event(
        component_of("20260501T190000"),
        Component("VCALENDAR", 1),
        Zones(Component("", 1), ZONE, Budget()),
    ),
    Sequence[Event]: list,
    Sequence[EventRecord]: list,
    CalendarFile: lambda: CalendarFile(
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20260501T190000\nSUMMARY:x\n"
        b"END:VEVENT\nEND:VCALENDAR\n"
    ),
    Encoding: lambda: Encoding("utf-8"),
    DateReader: lambda: DateReader(tokenize("5 maja 2026", "pl"), day_first=True),
    Fetcher: lambda: None,
    JsonFeedSettings: lambda: JSON_FEED,
    KeySettings: lambda: JSON_FEED,
    type[BaseModel]: lambda: JsonFeedSettings,
    ValidationError: lambda: ValidationError.from_exception_data("x", []),
    Mapping[str, JsonValue]: dict,
    SyncContext[JsonFeedSettings]: lambda: SyncContext(JSON_FEED, ZONE, WINDOW),
    Api: lambda: Api(SyncContext(JSON_FEED, ZONE, WINDOW)),
    re.Pattern[str]: lambda: re.compile("x"),
    Collection[str]: tuple,
    frozenset[str]: frozenset,
    Mapping[str, Mapping[str, Any]]: dict,
    Mapping[str, tuple[str, ...]]: dict,
    Mapping[str, str | list[str]]: dict,
    Mapping[str, str | int]: dict,
    ItemMap: lambda: ItemMap(FieldMap(title="title", external_id="id", starts_at="start")),
    Surroundings: lambda: Surroundings(ZONE, TODAY, WINDOW),
    DetailsReader: lambda: DetailsReader(
        FieldMap(title="title", external_id="id", starts_at="start"), Reader(None), Origin()
    ),
    Details: lambda: Details("x", EventStatus.SCHEDULED, None, {}, ()),
    CityListing: lambda: CityListing(()),
    Site: lambda: ProbedSite(
        response=Response(200, {}, b"", URL), crawler=cast("Crawler", None), robots=RobotsRules(b"")
    ),
    ParseContext[SchemaOrgSettings]: lambda: ParseContext(
        SchemaOrgSettings(urls=(URL,)), ZONE, WINDOW, url=URL
    ),
    typing.get_type_hints(attempt)["read"]: lambda: lambda: None,
}
"""Values for parameters that are no text, by their type."""


def as_bytes(text: str) -> bytes:
    """Encode a text; lone surrogates become what they are in bytes that are no UTF-8."""
    return text.encode("utf-8", "surrogatepass")


def object_of(text: str, module: ModuleType) -> dict[str, Any]:
    """Make an object in which every member that a module reads is the text."""
    names = [token for token in tokens_of(module) if token.isidentifier() or token[:1] == "@"]
    return {**dict.fromkeys(names, text), "name": text, "title": text}


def component_of(text: str) -> Component:
    """Make a VEVENT of which each property is the text, value and parameters."""
    names = ("SUMMARY", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "LOCATION",
             "GEO", "URL", "CATEGORIES", "UID", "DESCRIPTION", "STATUS", "CLASS", "ATTACH",
             "ORGANIZER", "X-APPLE-STRUCTURED-LOCATION", "X-WP-IMAGES-URL")  # fmt: skip
    return Component("VEVENT", 1, {name: [Property(f";{text}", text)] for name in names})


def feed_item_of(text: str) -> FeedItem:
    """Make an item of a feed of which each part is the text."""
    return FeedItem("1", URL, text, text, {"location": text, "organizer": text}, categories=[text])


BORDERS: Mapping[Any, Callable[[str, ModuleType], object]] = {
    str: lambda text, _: text,
    bytes: lambda text, _: as_bytes(text),
    object: lambda text, _: text,
    Any: lambda text, _: text,
    Mapping[str, Any]: object_of,
    Mapping[str, object]: object_of,
    Mapping[str, str]: object_of,
    dict[str, Any]: object_of,
    Iterable[str]: lambda text, _: [text],
    Iterable[str | None]: lambda text, _: [text],
    Sequence[str]: lambda text, _: [text],
    HtmlPage: lambda text, _: HtmlPage(as_bytes(text), URL),
    Response: lambda text, _: Response(403, {"content-type": "text/html"}, as_bytes(text), URL),
    Component: lambda text, _: component_of(text),
    Property: lambda text, _: Property(f";{text}", text),
    Sequence[Any]: lambda text, module: [object_of(text, module)],
    FeedItem: lambda text, _: feed_item_of(text),
    Iterable[FeedItem]: lambda text, _: [feed_item_of(text)],
    Iterable[Block]: lambda text, module: [Block(object_of(text, module), "script 1")],
    Found: lambda text, module: Found(object_of(text, module), "script 1"),
    Sequence[Token]: lambda text, _: tokenize(text, None),
    list[Amount]: lambda text, _: amounts_in(text, None),
    Amount: lambda text, _: (*amounts_in(text[:2_000], None), Amount(0, 1, Decimal(1)))[0],
}
"""Parameters at which others' texts come in, by their type, and what is made of a text for each."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A function with one parameter left: the hostile text."""

    name: str
    module: ModuleType
    call: Callable[[str], object]


class Uncovered(Exception):
    """A public function takes a text, and another parameter for which there is no value."""


def subjects() -> Iterator[Subject]:
    """Yield the public functions and methods of the rooms, once for each border parameter.

    :raises Uncovered: if one needs a value of a type that has none in ``STAND_INS``.
    """
    for module in modules():
        for name, member in vars(module).items():
            own = getattr(member, "__module__", None) == module.__name__
            if name.startswith("_") or not own:
                continue
            if isinstance(member, type):
                yield from _of_class(module, member)
                continue
            function = inspect.unwrap(member) if callable(member) else None
            if inspect.isfunction(function) and not _is_async(function):
                yield from subjects_of(f"{module.__name__}.{name}", module, member, function)
    for kind in kinds():
        yield _of_kind(kind)


def _of_class(module: ModuleType, owner: type) -> Iterator[Subject]:
    """Yield the methods of a class of our own that take a text; values and settings have none."""
    if is_dataclass(owner) or issubclass(owner, (BaseModel, Enum, Exception, Connector, Protocol)):
        return
    if owner.__init__ is not object.__init__:
        yield from subjects_of(f"{module.__name__}.{owner.__name__}", module, owner, owner.__init__)
    for name, member in vars(owner).items():
        function = getattr(member, "__func__", member)
        if name.startswith("_") or not inspect.isfunction(function) or _is_async(function):
            continue

        call = partial(_called, module, owner, name, isinstance(member, classmethod))
        yield from subjects_of(f"{module.__name__}.{owner.__name__}.{name}", module, call, function)


def _called(
    module: ModuleType, owner: type, name: str, is_of_class: bool, *given: object, **named: object
) -> object:
    return getattr(owner if is_of_class else _instance(module, owner), name)(*given, **named)


def _instance(module: ModuleType, owner: type) -> object:
    """Make an instance of ordinary values."""
    name = f"{module.__name__}.{owner.__name__}"
    hints = typing.get_type_hints(owner.__init__)
    parameters = list(inspect.signature(owner.__init__).parameters.values())[1:]
    needed = [p for p in parameters if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD]
    return owner(*(_stand_in(name, p.name, hints.get(p.name)) for p in needed))


def _is_async(function: Callable[..., Any]) -> bool:
    """Say whether it asks others for something: no parser does."""
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


def modules() -> Iterator[ModuleType]:
    """Yield the modules of the rooms."""
    for room in ROOMS:
        module = import_module(room)
        yield module
        for info in pkgutil.walk_packages(getattr(module, "__path__", ()), f"{room}."):
            yield import_module(info.name)


def subjects_of(
    name: str, module: ModuleType, member: Callable[..., Any], function: Callable[..., Any]
) -> Iterator[Subject]:
    hints = typing.get_type_hints(function)
    parameters = [
        parameter
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind is not parameter.VAR_KEYWORD and parameter.name not in {"self", "cls"}
    ]
    borders = [p.name for p in parameters if _border_of(hints.get(p.name)) is not None]
    clear = getattr(member, "cache_clear", lambda: None)
    for border in borders:

        def call(text: str, border: str = border) -> object:
            clear()
            positional, named = [], {}
            for p in parameters:
                if p.name == border:
                    value = _border_of(hints[p.name])(text, module)  # type: ignore[misc]
                elif p.default is not p.empty or p.kind is p.VAR_POSITIONAL:
                    continue
                else:
                    value = _stand_in(name, p.name, hints[p.name])
                if p.kind is p.KEYWORD_ONLY:
                    named[p.name] = value
                else:
                    positional.append(value)
            return exhausted(member(*positional, **named))

        yield Subject(f"{name.removeprefix('include.discovery.')}({border})", module, call)


def _border_of(hint: Any) -> Callable[[str, ModuleType], object] | None:
    if hint in BORDERS:
        return BORDERS[hint]
    for part in typing.get_args(hint) if isinstance(hint, types.UnionType) else ():
        if part in BORDERS:
            return BORDERS[part]
    return None


def _stand_in(function: str, parameter: str, hint: Any) -> object:
    if isinstance(hint, types.UnionType) and type(None) in typing.get_args(hint):
        return None
    if hint in STAND_INS:
        return STAND_INS[hint]()
    if _border_of(hint) is not None:
        return _border_of(hint)("title", import_module(__name__))  # type: ignore[misc]
    raise Uncovered(f"{function} needs a value of {hint} for {parameter}: add it to STAND_INS")


def _of_kind(kind: str) -> Subject:
    target = targets()[kind]
    module = inspect.getmodule(connector_for(kind)) or import_module(__name__)
    return Subject(f"kind {kind}", module, lambda text: target.read(as_bytes(text)))


def exhausted(value: object) -> object:
    """Take all that a lazy answer has: the rest of an iterator, what an object of ours tells."""
    if isinstance(value, Iterator):
        return list(value)
    kind = type(value)
    if not kind.__module__.startswith("include.") or is_dataclass(kind):
        return value
    for name, member in vars(kind).items():
        if name.startswith("_"):
            continue
        if isinstance(member, (property, cached_property)):
            getattr(value, name)
        elif inspect.isfunction(member) and not _is_async(member) and _needs_nothing(member):
            exhausted(getattr(value, name)())
    return value


def _needs_nothing(method: Callable[..., Any]) -> bool:
    parameters = list(inspect.signature(method).parameters.values())[1:]
    return all(p.default is not p.empty or p.kind is p.VAR_POSITIONAL for p in parameters)
