"""One schema.org event, field by field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from include.discovery.dates.times import When
from include.discovery.dates.timestamps import UnreadableTimestamp, read_timestamp
from include.discovery.formats.json_fields import attempt
from include.discovery.formats.schema_org.dates import Clock, read_previous, read_when
from include.discovery.formats.schema_org.graph import Found, Graph, Node, types_of
from include.discovery.formats.schema_org.identity import (
    dated_id,
    derived_identity,
    own_identity,
    own_url,
    start_id,
)
from include.discovery.formats.schema_org.offers import read_price
from include.discovery.formats.schema_org.place import Where, attendance_of_mode, read_where
from include.discovery.formats.schema_org.values import link, name_in, raw_text, text, texts, values
from include.discovery.model import Attendance, EventRecord, EventStatus, Identity, Venue
from include.discovery.parsed import RejectItem, excerpt
from include.discovery.places.countries import currency_in
from include.discovery.places.venues import placed
from include.discovery.record_warnings import SourceWarning, status_of_title
from include.discovery.text.cleaning import description_text, shorten, title_text, web_url
from include.discovery.text.pictures import picture_url
from include.discovery.text.status import gravest, split_status, status_named

_STATUS: Final = {
    "eventscheduled": EventStatus.SCHEDULED,
    "scheduled": EventStatus.SCHEDULED,
    "on-schedule": EventStatus.SCHEDULED,
    "eventcancelled": EventStatus.CANCELLED,
    "eventcanceled": EventStatus.CANCELLED,
    "cancelled": EventStatus.CANCELLED,
    "canceled": EventStatus.CANCELLED,
    "eventpostponed": EventStatus.POSTPONED,
    "postponed": EventStatus.POSTPONED,
    "eventrescheduled": EventStatus.RESCHEDULED,
    "rescheduled": EventStatus.RESCHEDULED,
    "eventmovedonline": EventStatus.MOVED_ONLINE,
    "movedonline": EventStatus.MOVED_ONLINE,
}
_LANGUAGE: Final = re.compile(r"([A-Za-z]{2,3})((?:[-_][A-Za-z0-9]{2,8}){0,3})", re.ASCII)
_MOST_NAMES: Final = 50
_TYPES_OF_PERFORMERS: Final = frozenset({"Organization", "Person", "PerformingGroup", "MusicGroup"})
"""What The Events Calendar writes as the performer's name."""
_LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class PageContext:
    """What the events of a page have in common."""

    graph: Graph
    clock: Clock
    base: str | None = None
    """What relative addresses are resolved against."""
    page_url: str | None = None
    """The address of the page, where it is about one event only."""
    default_venue: Venue | None = None
    country: str | None = None
    """ISO 3166-1 code of where the events are, for amounts without a currency."""


def event_record(found: Found, context: PageContext, occurrence: When | None = None) -> EventRecord:
    """Map one event; a field that cannot be read is dropped with a warning, not the event.

    :param occurrence: the date that this record is of, where a schedule gives several.
    :raises RejectItem: without a title or a date, or with an unreadable one.
    """
    node = found.node
    warnings = list(found.warnings)
    title, marked = _title(node)
    when = occurrence or read_when(node, clock_at(found, context), warnings)
    stated = _stated(node, warnings)
    # That of a series is not that of its dates.
    previous = read_previous(node, when, context.clock) if when and occurrence is None else None
    is_moved = previous is not None and when is not None and previous.local_date != when.local_date
    status = _status(marked, stated, warnings, is_moved=is_moved)
    if when is None and status is not EventStatus.POSTPONED:
        raise RejectItem("no start date", title)
    where = attempt("location", lambda: _where(found, context, warnings), warnings) or Where()
    told = where.venue or context.default_venue
    place = placed(
        where.venue,
        warnings,
        stated=_stated_attendance(node, warnings),
        is_virtual=where.is_virtual,
        is_moved=EventStatus.MOVED_ONLINE in (marked, *stated),
        default=context.default_venue,
        country=context.country,
    )
    venue = place.venue
    external_id = _own_id(node, context) or derived_identity(title, when, told)
    series_id = attempt("superEvent", lambda: _series(found, context), warnings)
    if occurrence is not None:
        series_id = series_id or external_id
        external_id = dated_id(external_id, start_id(occurrence))
    country = next((v.country for v in (venue, where.venue) if v and v.country), context.country)
    currency = currency_in(country) if country else None
    return EventRecord(
        external_id=external_id,
        title=title,
        url=own_url(node, context.base) or context.page_url,
        **(when.as_fields() if when else {"timezone": context.clock.zone.key}),
        previous_date=previous.local_date if previous else None,
        previous_start=previous.starts_at if previous else None,
        status=status,
        attendance=place.attendance,
        venue=venue,
        performers=tuple(
            name
            for name in _names(node, context.graph, "performer", "performers")
            if name not in _TYPES_OF_PERFORMERS
        ),
        categories=_categories(node),
        organizer=", ".join(_names(node, context.graph, "organizer")[:5]) or None,
        description=description_text(raw_text(node.get("description"))),
        image_url=_image(node, context.base),
        language=_language(node),
        price=attempt("price", lambda: read_price(node, context.graph, currency), warnings),
        series_id=series_id,
        source_updated_at=_updated_at(node, context.clock),
        warnings=tuple(dict.fromkeys((*warnings, *(when.warnings if when else ())))),
    )


def clock_at(found: Found, context: PageContext) -> Clock:
    """Return how the dates of an event are to be read: in its language, as where it takes place."""
    clock = context.clock
    start = text(found.node.get("startDate")) or ""
    if start[:4].isdigit():
        return clock  # an ISO date is the same everywhere
    venue = (attempt("location", lambda: _where(found, context, []), []) or Where()).venue
    return replace(
        clock,
        language=_language(found.node) or clock.language,
        country=(venue.country if venue else None) or clock.country,
    )


def known_as(found: Found, context: PageContext, occurrence: When | None = None) -> Identity | None:
    """Return an event's identity, even if it is otherwise invalid.

    If its date is not known, it may stand for several: see ``told_apart``.
    """
    own = _own_id(found.node, context)
    if own is not None and occurrence is not None:
        return Identity(dated_id(own, start_id(occurrence)))
    series_id = attempt("superEvent", lambda: _series(found, context), []) or own
    return Identity(own, series_id) if series_id else None


def _own_id(node: Node, context: PageContext) -> str | None:
    return own_identity(node, context.base) or context.page_url


def label(node: Mapping[str, object]) -> str:
    """Return a label by which an event can be found on the page."""
    return (text(node.get("name")) or text(node.get("url")) or "")[:80]


def _title(node: Node) -> tuple[str, EventStatus | None]:
    for name in ("name", "headline", "alternateName", "title"):
        if title := title_text(raw_text(node.get(name))):
            return split_status(title)
    raise RejectItem("no title", excerpt(node))


def _status(
    marked: EventStatus | None,
    stated: Sequence[EventStatus],
    warnings: list[str],
    *,
    is_moved: bool,
) -> EventStatus:
    """Return the most severe status of the event and its title."""
    named = gravest(stated)
    status = gravest((named, marked)) or EventStatus.SCHEDULED
    warnings += status_of_title(status, marked, named)
    return EventStatus.RESCHEDULED if is_moved and status is EventStatus.SCHEDULED else status


def _stated(node: Node, warnings: list[str]) -> list[EventStatus]:
    """Return the statuses that ``eventStatus`` names, which may be several: rescheduled, online."""
    stated: list[EventStatus] = []
    for given in values(node.get("eventStatus")):
        said = name_in(given)
        named = _STATUS.get(said.lower()) or status_named(said)
        if named is not None:
            stated.append(named)
        elif said:
            reason = f"{said[:60]!r} is unknown"
            warnings.append(SourceWarning.FIELD_DROPPED.said(field="eventStatus", reason=reason))
    return stated


def _where(found: Found, context: PageContext, warnings: list[str]) -> Where:
    """Read the location; a part of an event is where the whole is unless it says otherwise."""
    given = found.node.get("location")
    if not values(given) and found.parent is not None:
        given = found.parent.get("location")
    return read_where(given, context.graph, warnings)


def _stated_attendance(node: Node, warnings: list[str]) -> Attendance | None:
    mode = name_in(node.get("eventAttendanceMode"))
    stated = attendance_of_mode(mode) if mode else None
    if mode and stated is None:
        reason = f"{mode[:60]!r} is unknown"
        field = "eventAttendanceMode"
        warnings.append(SourceWarning.FIELD_DROPPED.said(field=field, reason=reason))
    return stated


def _series(found: Found, context: PageContext) -> str | None:
    parents = context.graph.resolved_values(found.node.get("superEvent"))
    for parent in (*parents, found.parent):
        if isinstance(parent, dict):
            if series := own_identity(parent, context.base) or text(parent):
                return series[:512]
        elif parent:
            return (link(parent, context.base) or text(parent) or "")[:512] or None
    return None


def _names(node: Node, graph: Graph, *properties: str) -> tuple[str, ...]:
    found = (
        name
        for given in properties
        for value in graph.resolved_values(node.get(given))
        for name in texts(value)
    )
    short = (shorten(name, _LONGEST_NAME) for name in found if not web_url(name))
    return tuple(dict.fromkeys(name for name in short if name))[:_MOST_NAMES]


def _categories(node: Node) -> tuple[str, ...]:
    """Return the kinds of event that are more than 'Event', and the keywords."""
    kinds = [
        name for name in types_of(node) if name.lower() not in {"event", "eventseries", "thing"}
    ]
    words = [
        word.strip()
        for name in ("keywords", "genre")
        for given in texts(node.get(name))
        for word in given.split(",")
    ]
    short = (shorten(word, _LONGEST_NAME) for word in (*kinds, *words))
    return tuple(dict.fromkeys(word for word in short if word))[:_MOST_NAMES]


def _image(node: Node, base: str | None) -> str | None:
    for name in ("image", "photo", "thumbnailUrl"):
        for given in values(node.get(name)):
            candidates = (
                [given.get(key) for key in ("url", "contentUrl", "@id")]
                if isinstance(given, dict)
                else [given]
            )
            for candidate in candidates:
                url = picture_url(candidate, base) if isinstance(candidate, str) else None
                if url:
                    return url
    return None


def _language(node: Node) -> str | None:
    for given in values(node.get("inLanguage")):
        names = (
            [given.get("alternateName"), given.get("name")] if isinstance(given, dict) else [given]
        )
        for name in names:
            match = _LANGUAGE.fullmatch(name.strip()) if isinstance(name, str) else None
            # 'English' would pass for no language: the primary tag is of two or three letters.
            if match:
                return f"{match[1].lower()}{match[2].replace('_', '-')}"
    return None


def _updated_at(node: Node, clock: Clock) -> datetime | None:
    try:
        timestamp = read_timestamp(text(node.get("dateModified")) or "")
    except UnreadableTimestamp:
        return None
    if timestamp.clock is None:
        return None
    if timestamp.offset is None:
        return timestamp.wall.replace(tzinfo=clock.zone)
    return (timestamp.wall - timestamp.offset).replace(tzinfo=UTC)
