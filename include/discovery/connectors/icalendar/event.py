"""A VEVENT as far as time and identity go (RFC 5545 §3.6.1): UID, start, length, version."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from include.discovery.connectors.icalendar.lines import MOST_PROPERTIES, Component, Property
from include.discovery.connectors.icalendar.values import Span, Timestamp, parse_span
from include.discovery.connectors.icalendar.zones import Zones
from include.discovery.model import Identity
from include.discovery.parsed import RejectItem, Withheld
from include.discovery.record_warnings import SourceWarning
from include.discovery.text.cleaning import title_text

_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffd]+")
_LONGEST_UID = 400
_LISTED = re.compile("[^,]+")
_MOST_DATES = 10_000  # of one property
_FIELDS = {"SUMMARY": "title", "LOCATION": "venue"}
"""What properties are called in a record."""

_YEARS = range(1000, 2201)
"""A yearly series may have begun with what it commemorates."""
_ALL_DAY = re.compile(r"X-.*ALL-?DAY(?:-?EVENT)?")
"""How exporters say that an event takes whole days, though its times are written out:
X-MICROSOFT-CDO-ALLDAYEVENT, X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT, X-FUNAMBOL-ALLDAY."""
_LONGEST = timedelta(days=5 * 366)
"""Longer events are typing errors: 2206 for 2026."""


@dataclass(frozen=True, slots=True)
class Event:
    """A VEVENT whose times are read and whose fields are not yet."""

    component: Component
    calendar: Component
    zones: Zones
    uid: str
    title: str | None
    start: Timestamp
    span: Span | None
    recurrence_id: Timestamp | None = None
    sequence: int = 0
    modified: datetime | None = None
    warnings: tuple[str, ...] = ()

    @property
    def zone(self) -> tzinfo:
        """The zone in which it recurs."""
        return self.start.zone or self.zones.default

    @property
    def shown_in(self) -> ZoneInfo:
        """The IANA zone of its records."""
        return self.zones.shown_in(self.start.zone)

    @property
    def version(self) -> tuple[int, datetime]:
        """Sort key of versions of one event: the later is greater."""
        return self.sequence, self.modified or datetime.min.replace(tzinfo=UTC)

    @property
    def recurs(self) -> bool:
        """Return whether it has more than its own date."""
        return bool(self.component.all("RRULE") or self.component.all("RDATE"))

    @property
    def this_and_future(self) -> bool:
        """Return whether it also changes all later occurrences (RFC 5545 §3.2.13)."""
        item = self.component.first("RECURRENCE-ID")
        return item is not None and item.parameters.get("RANGE", "").upper() == "THISANDFUTURE"

    @property
    def identity(self) -> Identity:
        """Its identity, as a single event or a series."""
        return Identity(self.uid, self.uid)

    @property
    def label(self) -> str:
        """Its label in reports."""
        return f"{self.uid} (line {self.component.line})"

    def completed_by(self, master: Event) -> Event:
        """Fill in what an exception omits: cancelled ones often have no title."""
        if self.title is not None or master is self:
            return self
        component = replace(
            self.component,
            properties={**master.component.properties, **self.component.properties},
        )
        return replace(self, component=component, title=master.title)


def read_event(component: Component, calendar: Component, zones: Zones) -> Event:
    """Read identity and times of a VEVENT.

    :raises RejectItem: if it is private, has no title or usable start, or is truncated.
    """
    if component.broken_off:
        raise RejectItem("the file breaks off inside it")
    if (component.text("CLASS") or "PUBLIC").upper() in {"PRIVATE", "CONFIDENTIAL"}:
        raise Withheld("private")
    warnings: list[str] = []
    recurrence_id = _optional_timestamp(component, "RECURRENCE-ID", zones, warnings)
    start = _start(component, recurrence_id, zones, warnings)
    if start.zone in (None, UTC) and not start.is_date and zones.default_warning:
        warnings.append(zones.default_warning)
    if start.zone is None and not start.is_date and zones.floating_warning:
        warnings.append(zones.floating_warning)
    warnings += _flaws(component)
    title = title_text(component.text("SUMMARY"))
    if title is None and recurrence_id is None:
        raise RejectItem("no title")
    modified = _optional_timestamp(component, "LAST-MODIFIED", zones, [])
    return Event(
        component,
        calendar,
        zones,
        _uid(component, title, start, warnings),
        title,
        start,
        _span(component, start, zones, warnings),
        recurrence_id,
        _sequence(component),
        modified.instant(zones.default) if modified and _sane(modified) else None,
        tuple(warnings),
    )


def _flaws(component: Component) -> Iterator[str]:
    """Return what is wrong with the form of a VEVENT."""
    if component.unclosed:
        yield SourceWarning.END_LINE_MISSING.said()
    if component.count > MOST_PROPERTIES:
        yield SourceWarning.PROPERTIES_CUT.said(most=f"{MOST_PROPERTIES:,}")
    if component.damaged:
        fields = dict.fromkeys(_FIELDS.get(name, name.lower()) for name in component.damaged)
        yield SourceWarning.LETTERS_DAMAGED.said(fields=", ".join(fields))


def label_of(component: Component) -> str:
    """Name a VEVENT that could not be read: its UID, if it has one, and its line."""
    uid = _CONTROL.sub(" ", component.text("UID") or "no UID").strip()[:_LONGEST_UID]
    return f"{uid} (line {component.line})"


def known_as(component: Component) -> Identity | None:
    """Return the identity of a VEVENT that could not be read, as a single event or a series."""
    uid = _given_uid(component)
    return Identity(uid, uid) if uid else None


def read_moments(
    event: Event, name: str
) -> Iterator[tuple[Timestamp | None, Span | None, str | None]]:
    """Read the values of RDATE or EXDATE as (start, length of a PERIOD, error)."""
    for item in event.component.all(name):
        for number, match in enumerate(_LISTED.finditer(item.value)):
            text = match[0]
            if number == _MOST_DATES:
                yield None, None, f"more than {_MOST_DATES:,} dates"
                break
            if not text.strip():
                continue
            first, _, second = text.partition("/")
            try:
                timestamp, _ = event.zones.timestamp(item, first)
                if not _sane(timestamp):
                    raise ValueError(f"year {timestamp.wall.year}")  # noqa: TRY301  one way to report
                span = (
                    _period_span(item, timestamp, second.strip(), event) if second.strip() else None
                )
            except (ValueError, OverflowError) as error:
                yield None, None, str(error)
            else:
                yield timestamp, span, None


def _period_span(item: Property, start: Timestamp, end: str, event: Event) -> Span:
    if end.upper().lstrip("+-").startswith("P"):
        return parse_span(end)
    timestamp, _ = event.zones.timestamp(item, end)
    floating = event.zones.default
    return Span(0, timestamp.instant(floating) - start.instant(floating))


def _start(
    component: Component, recurrence_id: Timestamp | None, zones: Zones, warnings: list[str]
) -> Timestamp:
    items = component.all("DTSTART")
    if not items:
        if recurrence_id is None:
            raise RejectItem("no start")
        return recurrence_id
    if len(items) > 1:
        warnings.append(SourceWarning.FIRST_START_TAKEN.said(count=len(items)))
    try:
        start, warning = zones.timestamp(items[0])
        if not _sane(start):
            raise ValueError(f"year {start.wall.year}")  # noqa: TRY301  one way to report
        start.instant(zones.default)
    except (ValueError, OverflowError) as error:
        raise RejectItem("unreadable start", error) from error
    if warning:
        warnings.append(warning)
    return (_as_date(start, zones) or start) if _is_all_day(component) else start


def _is_all_day(component: Component) -> bool:
    """Return whether an exporter's own property says that the event takes whole days."""
    return any(
        items[0].text.strip().upper() in {"TRUE", "1", "YES"}
        for name, items in component.properties.items()
        if name.startswith("X-") and _ALL_DAY.fullmatch(name)
    )


def _as_date(timestamp: Timestamp, zones: Zones) -> Timestamp | None:
    """Return the day that a midnight begins, as written or in the calendar's zone."""
    for wall in (timestamp.wall, timestamp.wall_in(zones.default)):
        if wall.time() == time():
            return Timestamp(wall, is_date=True)
    return None


def _optional_timestamp(
    component: Component, name: str, zones: Zones, warnings: list[str]
) -> Timestamp | None:
    item = component.first(name)
    if item is None:
        return None
    try:
        timestamp, warning = zones.timestamp(item)
        if not _sane(timestamp):
            raise ValueError(f"year {timestamp.wall.year}")  # noqa: TRY301  one way to report
    except (ValueError, OverflowError) as error:
        warnings.append(SourceWarning.NOT_UNDERSTOOD.said(field=name, reason=error))
        return None
    if warning:
        warnings.append(warning)
    return timestamp


def _span(component: Component, start: Timestamp, zones: Zones, warnings: list[str]) -> Span | None:
    """Return the length that DTEND or DURATION gives; None if there is neither."""
    end = _optional_timestamp(component, "DTEND", zones, warnings)
    if end is not None:
        if start.is_date and _is_all_day(component):
            end = _as_date(end, zones) or end
        span = _span_between(start, end, zones)
    else:
        duration = component.first("DURATION")
        if duration is None:
            return None
        try:
            span = parse_span(duration.value)
        except ValueError as error:
            warnings.append(SourceWarning.NOT_UNDERSTOOD.said(field="DURATION", reason=error))
            return None
        if start.is_date:  # hours on a date: the day that they begin still belongs to the event
            span = Span(span.days + -(-span.rest // timedelta(days=1)))
    if abs(span.approximate) > _LONGEST:
        warnings.append(SourceWarning.TOO_LONG.said(days=span.approximate.days))
        return None
    if start.is_date and span.days < 0:
        warnings.append(SourceWarning.END_BEFORE_START.said())
        return None
    return span


def _span_between(start: Timestamp, end: Timestamp, zones: Zones) -> Span:
    zone = start.zone or zones.default
    end_wall = end.wall if end.is_date else end.wall_in(zone)
    if start.is_date:
        # DTEND is exclusive; a time of day on a date makes that day the last one.
        days = (end_wall.date() - start.wall.date()).days
        return Span(days if end_wall.time() == time() else days + 1)
    days = (end_wall - start.wall) // timedelta(days=1)
    end_moment = Timestamp(end_wall).instant(zone) if end.is_date else end.instant(zone)
    return Span(days, end_moment - Span(days).end_of(start.wall, zone))


def _uid(component: Component, title: str | None, start: Timestamp, warnings: list[str]) -> str:
    uid = _given_uid(component)
    if uid is None:
        warnings.append(SourceWarning.UID_MADE.said())
        parts = (title or "", start.wall.isoformat(), component.text("LOCATION") or "")
        return f"no-uid-{_digest(' | '.join(parts))}"
    return uid


def _given_uid(component: Component) -> str | None:
    uid = _CONTROL.sub(" ", component.text("UID") or "").strip()
    if len(uid) > _LONGEST_UID:
        return f"{uid[:_LONGEST_UID]}-{_digest(uid)}"
    return uid or None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _sequence(component: Component) -> int:
    text = component.text("SEQUENCE") or "0"
    return int(text) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else 0


def _sane(timestamp: Timestamp) -> bool:
    return timestamp.wall.year in _YEARS
