"""Finds the events in trees of schema.org objects, at any depth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from include.discovery.formats.schema_org.jsonld import Block
from include.discovery.formats.schema_org.values import name_in, text, values
from include.discovery.text.cleaning import fold

EVENT_TYPES: Final = frozenset(
    """
    Event BusinessEvent ChildrensEvent ComedyEvent ConferenceEvent CourseInstance DanceEvent
    DeliveryEvent EducationEvent EventSeries ExhibitionEvent Festival FoodEvent Hackathon
    LiteraryEvent MusicEvent PerformingArtsEvent PublicationEvent SaleEvent ScreeningEvent
    SocialEvent SportsEvent TheaterEvent VisualArtsEvent
    """.lower().split()
)
"""https://schema.org/Event and its subtypes, in lower case, but those about users."""

_SERIES: Final = "eventseries"
_MOST_NODES: Final = 200_000
# Where an event leads to what is no event of its own, or to one that is only mentioned.
_NOT_FOLLOWED: Final = frozenset({"superEvent", "potentialAction", "previousStartDate", "@context"})
_OF_THE_WHOLE: Final = frozenset(
    {
        *("name", "description", "image", "organizer", "performer", "performers"),
        *("offers", "isAccessibleForFree", "eventStatus", "eventAttendanceMode"),
        *("inLanguage", "keywords", "genre"),
    }
)
"""What a part says of itself only where it differs: see :func:`_completed`."""
_MOST_SHARED: Final = 100
"""Of a list that the whole has, so that a thousand parts do not read ten thousand offers each."""
_OF_A_STUB: Final = frozenset({"@type", "@id", "@context", "url", "position", "sameAs"})

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """An event as it stands on the page, and the event that it is a part of."""

    node: Node
    where: str
    warnings: tuple[str, ...] = ()
    parent: Node | None = None


class Graph:
    """The objects of a page by their ``@id``, to follow references among them."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self._by_id: dict[str, Node] = {}
        for node in _nodes(block.value for block in blocks):
            identifier = node.get("@id")
            if isinstance(identifier, str) and not _is_reference(node):
                self._by_id.setdefault(identifier, node)

    def resolved(self, value: object) -> object:
        """Return the object that a reference (``{"@id": …}``) stands for; all else as it is."""
        if isinstance(value, dict) and _is_reference(value):
            return self._by_id.get(value["@id"], value)
        return value

    def resolved_values(self, given: object) -> list[Any]:
        """Return the values of a property, references replaced by what they stand for."""
        return [self.resolved(value) for value in values(given)]


def types_of(node: Node) -> list[str]:
    """Return the names of a node's types, without their vocabulary."""
    return [name for value in values(node.get("@type")) if (name := name_in(value))]


def is_event(node: Node) -> bool:
    """Return whether a node is an event of any kind."""
    given = node.get("@type")
    if isinstance(given, str):
        return _is_event_type(given)
    return given is not None and any(_is_event_type(name) for name in types_of(node))


@lru_cache(maxsize=1024)
def _is_event_type(name: str) -> bool:
    return name_in(name).lower() in EVENT_TYPES


def find_events(blocks: Iterable[Block], graph: Graph) -> Iterator[Found]:
    """Yield the events, in document order, each once; bounded in number and safe from cycles.

    A series is skipped in favour of its parts, and so is an event whose parts have its name: these
    are its dates. References to events are skipped.
    """
    seen: set[int] = set()
    for block in blocks:
        for node, parent in _walk(block.value, seen):
            if (
                is_event(node)
                and not node.keys() <= _OF_A_STUB
                and not _is_told_by_parts(node, graph)
            ):
                yield Found(_completed(node, parent), block.where, block.warnings, parent)


def _walk(value: object, seen: set[int]) -> Iterator[tuple[Node, Node | None]]:
    """Yield every object once, with the event that it is inside of, if any."""
    waiting: list[tuple[object, Node | None]] = [(value, None)]
    while waiting and len(seen) < _MOST_NODES:
        current, parent = waiting.pop()
        if isinstance(current, list):
            waiting.extend((inner, parent) for inner in reversed(current))
            continue
        if not isinstance(current, dict) or id(current) in seen:
            continue
        seen.add(id(current))
        yield current, parent
        inside_event = is_event(current)
        for name, inner in reversed(current.items()):
            if name not in _NOT_FOLLOWED and isinstance(inner, (dict, list)):
                of_event = current if inside_event and name == "subEvent" else parent
                waiting.append((inner, of_event))


def _completed(node: Node, whole: Node | None) -> Node:
    """Return a part that is but a date of the whole with what the whole says of all its dates.

    Such a part has no name, or the same.
    """
    if whole is None or (node.get("name") and _name(node) != _name(whole)):
        return node
    shared = {name: whole[name] for name in _OF_THE_WHOLE & whole.keys()}
    for name, given in shared.items():
        if isinstance(given, list):
            shared[name] = given[:_MOST_SHARED]
    return {**shared, **node}


def _is_told_by_parts(node: Node, graph: Graph) -> bool:
    parts = [
        part
        for name in ("subEvent", "subEvents")
        for part in graph.resolved_values(node.get(name))
        if isinstance(part, dict) and part.get("startDate")
    ]
    if not parts:
        return False
    is_series = _SERIES in (name.lower() for name in types_of(node))
    own = _name(node)
    return is_series or all(not part.get("name") or _name(part) == own for part in parts)


def _name(node: Node) -> str:
    return fold(text(node.get("name")) or "")


def _nodes(trees: Iterable[object]) -> Iterator[Node]:
    """Yield every object of some trees, in no order that matters."""
    waiting = list(trees)
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        current = waiting.pop()
        if isinstance(current, dict):
            yield current
            waiting.extend(v for v in current.values() if isinstance(v, (dict, list)))
        elif isinstance(current, list):
            waiting.extend(current)


def _is_reference(node: Node) -> bool:
    return "@id" in node and isinstance(node["@id"], str) and node.keys() <= {"@id", "@type"}
