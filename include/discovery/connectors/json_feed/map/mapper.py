"""From the items of a response to records: occurrences apart, bad ones rejected one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from include.discovery.connectors.json_feed.map import identity
from include.discovery.connectors.json_feed.map.dates import read_when, read_zone
from include.discovery.connectors.json_feed.map.fields import FieldMap, Recurrence
from include.discovery.connectors.json_feed.map.paths import Json, getter_of, is_false, mentions
from include.discovery.connectors.json_feed.map.record import (
    Details,
    DetailsReader,
    Origin,
    as_record,
)
from include.discovery.connectors.json_feed.map.recurring import occurrences, recurs
from include.discovery.connectors.json_feed.map.values import Reader
from include.discovery.connectors.json_feed.map.worded import worded_sessions, worded_times
from include.discovery.dates.recurrence import MOST_OCCURRENCES, Budget, UnusableRule
from include.discovery.dates.times import When
from include.discovery.fingerprints import Fingerprints
from include.discovery.formats.json_fields import attempt
from include.discovery.model import EventRecord, Identity, Window
from include.discovery.parsed import Parsed, RejectItem, excerpt, parse_items
from include.discovery.record_warnings import SourceWarning
from include.discovery.text.cleaning import one_line

OCCURRENCE: Final = "occurrence"
"""The member through which paths reach the occurrence of an item."""

_WITHOUT_ID: Final = "the item has no id: one was made of title, start and venue"
_OF_TIME: Final = frozenset(
    {"starts_at", "start_time", "ends_at", "end_time", "sessions", "all_day", "time_unknown",
     "end_time_unknown", "date_unknown", "occurrence_id"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ItemMap:
    """The configuration for items: which members become a record, and how."""

    fields: FieldMap
    occurrences: str | None = None
    leave_out: str | None = None
    recurrence: Recurrence | None = None
    language: str | None = None
    trust_offsets: bool = False

    def details(self, origin: Origin) -> DetailsReader:
        """Return what reads the details of items that come from there."""
        return DetailsReader(self.fields, Reader(self.language), origin)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the items of a page do not say: their zone; the requested days, and today's date.

    ``fingerprints`` tells which of them are known and need not be mapped again.
    """

    zone: ZoneInfo
    today: date
    window: Window | None = None
    fingerprints: Fingerprints | None = None


@dataclass(frozen=True, slots=True)
class Mapped(Parsed):
    """The results of items; ``faulty`` holds the ids of items of which something was rejected."""

    faulty: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Unit:
    """An item, or one occurrence of it, before it becomes a record; ``fault`` if it is invalid."""

    position: int
    item: Json
    scope: dict[str, Any] = field(default_factory=dict)
    zone: ZoneInfo | None = None
    item_id: str | None = None
    is_occurrence: bool = False
    when: When | None = None
    """Its time, where that was found together with the item's other times."""
    warnings: tuple[str, ...] = ()
    fault: RejectItem | None = None


class Mapper:
    """Maps the items of a page as configured.

    :param details: reads what items say of themselves; pages of one source share it.
    """

    def __init__(
        self, item_map: ItemMap, surroundings: Surroundings, details: DetailsReader
    ) -> None:
        self._map = item_map
        self._around = surroundings
        self._reader = Reader(item_map.language)
        self._read_details = details.read
        self._budget = Budget()
        self._shares_details = not any(
            mentions(field_of.path, OCCURRENCE)
            for name in FieldMap.model_fields
            if name not in _OF_TIME and (field_of := getattr(item_map.fields, name)) is not None
        )
        self._details: tuple[dict[str, Any], Details] | None = None
        """Of the last item: its occurrences share them."""

    def parse(self, items: Sequence[Json], where: str = "", *, has_marks: bool = True) -> Mapped:
        """Map items to records; those outside the window are left out.

        :param where: the page of the items, such as ``page 3, ``.
        :param has_marks: whether damaged letters may be marked in them; see ``encoding``.
        """
        faulty: set[str] = set()

        def record(unit: _Unit) -> EventRecord:
            try:
                return self._record(unit)
            except Exception:
                faulty.add(identity.item_id(self._map.fields.external_id, unit.item) or "")
                raise

        def describe(_position: int, unit: _Unit) -> str:
            return f"{where}{self._label(unit.position, unit.item)}"

        around = self._around
        parsed = parse_items(
            items,
            record,
            describe,
            self._known_as,
            parts_of=self._units,
            members_of=lambda unit: unit.item,
            has_marks=has_marks,
            window=around.window,
            fingerprints=around.fingerprints,
            about=around.zone.key,
            depends_on_day=self._depends_on_day,
        )
        return Mapped(
            parsed.records,
            parsed.rejects,
            frozenset(faulty),
            read=parsed.read,
            skipped=parsed.skipped,
        )

    def _depends_on_day(self, item: Json) -> bool:
        if self._map.fields.starts_at.as_ == "words":
            return True
        recurrence = self._map.recurrence
        return recurrence is not None and recurs(recurrence, item, self._reader)

    def _known_as(self, unit: _Unit) -> Identity | None:
        """Return the identity of an item, or of an occurrence whose own id is certain.

        Else all of its series is meant: it may have been several occurrences, and ids of listings
        may be made of a date, which is what is bad mostly.
        """
        fields = self._map.fields
        item_id = identity.identity(fields.external_id, unit.item)
        own = None
        if unit.is_occurrence and unit.when is not None:
            own = identity.of_occurrence(unit.when)
        elif unit.is_occurrence:
            own = identity.item_id(fields.occurrence_id, unit.scope)
        if item_id is not None and own is not None:
            return Identity(f"{item_id}/{own}")
        series_id = identity.item_id(fields.series_id, unit.scope or unit.item) or item_id
        return Identity(item_id, series_id) if series_id else None

    def _label(self, position: int, item: Json) -> str:
        """Return a label of an item: its position, and its id or title."""
        said = None
        if isinstance(item, dict):
            said = identity.item_id(self._map.fields.external_id, item)
            if said is None:
                said = self._title_as_it_is(item)
        place = f"item {position + 1}"
        return f"{place} ({said[:80]})" if said else place

    def _title_as_it_is(self, item: Json) -> str | None:
        try:
            title = getter_of(self._map.fields.title.path)(item)
        except ValueError:  # as below
            return None
        return one_line(title[:200]) if isinstance(title, str) else None

    def _units(self, position: int, item: Json) -> Iterable[_Unit]:
        if not isinstance(item, dict):
            return (_Unit(position, item, fault=RejectItem("not an object", excerpt(item))),)
        try:
            if self._map.leave_out and not is_false(getter_of(self._map.leave_out)(item)):
                return ()
            return list(self._expanded(position, item))
        except RejectItem as fault:
            return (_Unit(position, item, fault=fault),)
        except ValueError as error:  # a function of a path was given what it cannot work on
            return (_Unit(position, item, fault=RejectItem("unexpected shape", error)),)

    def _expanded(self, position: int, item: dict[str, Any]) -> Iterator[_Unit]:
        own_id = identity.identity(self._map.fields.external_id, item)
        unit = _Unit(position, item, item, self._around.zone, own_id)
        given = getter_of(self._map.occurrences)(item) if self._map.occurrences else None
        if not is_false(given):
            listed = given if isinstance(given, list) else [given]
            for occurrence in listed[:MOST_OCCURRENCES]:
                yield _Unit(
                    position,
                    item,
                    {**item, OCCURRENCE: occurrence},
                    unit.zone,
                    own_id,
                    is_occurrence=True,
                )
            if len(listed) > MOST_OCCURRENCES:
                too_many = RejectItem("too many occurrences", len(listed))
                yield _Unit(position, item, fault=too_many)
            return
        times = self._times(unit)
        if times is None:
            yield unit
            return
        for when in times:
            yield _Unit(
                position,
                item,
                item,
                when.timezone,
                own_id,
                is_occurrence=True,
                when=when,
                warnings=unit.warnings,
            )

    def _times(self, unit: _Unit) -> Sequence[When] | None:
        """Return the times of an item that has several by a rule or in words."""
        recurrence, fields = self._map.recurrence, self._map.fields
        in_words = fields.starts_at.as_ == "words"
        if recurrence is None and not in_words:
            return self._sessions(unit)
        zone, warnings = self._zone(unit.scope)
        around = self._around
        if recurrence is None or in_words:
            return worded_times(
                fields.starts_at, unit.scope, self._reader, zone,
                today=around.today, window=around.window,
            )  # fmt: skip
        try:
            return occurrences(
                recurrence, fields, unit.scope, self._reader, zone, around.window, self._budget
            )
        except UnusableRule as error:
            dropped = SourceWarning.FIELD_DROPPED.said(field="recurrence", reason=error)
            unit.warnings = (*warnings, dropped)
            return None

    def _sessions(self, unit: _Unit) -> Sequence[When] | None:
        """Return the times that words tell of an item whose start and end only span them."""
        fields = self._map.fields
        if fields.sessions is None:
            return None
        zone, warnings = self._zone(unit.scope)
        told = attempt("sessions", self._reader.text, warnings, fields.sessions, unit.scope)
        span = read_when(
            fields, unit.scope, self._reader, zone, trust_offsets=self._map.trust_offsets
        )
        if not told or span is None:
            return None
        return worded_sessions(told, span, language=self._reader.language) or None

    def _zone(self, scope: dict[str, Any]) -> tuple[ZoneInfo, list[str]]:
        warnings: list[str] = []
        default = self._around.zone
        if self._map.fields.timezone is None:
            return default, warnings
        zone = attempt(
            "timezone", read_zone, warnings, self._map.fields, scope, self._reader, default
        )
        return zone or default, warnings

    def _record(self, unit: _Unit) -> EventRecord:
        if unit.fault is not None:
            raise unit.fault
        zone, warnings = self._zone(unit.scope)
        when = unit.when or read_when(
            self._map.fields, unit.scope, self._reader, zone,
            trust_offsets=self._map.trust_offsets,
        )  # fmt: skip
        details = self._details_of(unit, zone)
        external_id, series_id = self._ids(unit, when, details)
        made_up = () if unit.item_id or self._map.fields.external_id is None else (_WITHOUT_ID,)
        return as_record(
            details, when, zone, external_id, series_id, *made_up, *warnings, *unit.warnings
        )

    def _details_of(self, unit: _Unit, zone: ZoneInfo) -> Details:
        if self._shares_details and self._details and self._details[0] is unit.item:
            return self._details[1]
        details = self._read_details(unit.scope, zone)
        self._details = (unit.item, details)
        return details

    def _ids(self, unit: _Unit, when: When | None, details: Details) -> tuple[str, str | None]:
        """Return the record's id and that of its series.

        An occurrence is known by its item's id and its own, or its start.
        """
        series = identity.identity(self._map.fields.series_id, unit.scope)
        if unit.item_id is None:
            return identity.of_content(details.title, when, details.told_at), series
        if not unit.is_occurrence:
            return unit.item_id, series
        own = None
        if unit.when is None:
            own = identity.identity(self._map.fields.occurrence_id, unit.scope)
        return f"{unit.item_id}/{own or identity.of_occurrence(when)}", series or unit.item_id
