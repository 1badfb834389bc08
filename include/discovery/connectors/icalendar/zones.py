"""The time zones of one calendar: names, its own definitions, and what to take where both fail.

The order: a zone known by the TZID (IANA in any case or behind a vendor's prefix, Windows names);
the IANA name that a VTIMEZONE gives as X-LIC-LOCATION; the offsets that the VTIMEZONE defines
(RFC 5545 §3.6.5); the calendar's X-WR-TIMEZONE, unless the city is known and has another time: some
plugins write their server's zone; the source's own zone.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from include.discovery.connectors.icalendar.lines import Component, Property
from include.discovery.connectors.icalendar.values import Timestamp, parse_offset, parse_timestamp
from include.discovery.dates.recurrence import Budget, Rule
from include.discovery.dates.timezones import zone_named
from include.discovery.record_warnings import SourceWarning

_UTC_NAMES = frozenset({"UTC", "Etc/UTC", "Etc/UCT", "UCT", "Zulu", "Etc/Zulu", "Universal"})
_FIRST_ONSET = datetime(1970, 1, 1)  # noqa: DTZ001  wall-clock times, as all of a VTIMEZONE
_LAST_ONSET = datetime(2060, 1, 1)  # noqa: DTZ001


class DefinedZone(tzinfo):
    """A zone as a VTIMEZONE defines it: offsets and the wall-clock times of their onset."""

    def __init__(self, onsets: list[tuple[datetime, timedelta, timedelta]]) -> None:
        """Take (onset by the clock before it, offset before, offset after), at least one."""
        self._onsets = sorted(onsets)
        self._walls = [onset for onset, _, _ in self._onsets]
        self._moments = [onset - before for onset, before, _ in self._onsets]

    def utcoffset(self, moment: datetime | None) -> timedelta:
        """Return the offset of a local time: during a clock change, the one before it."""
        if moment is None:
            return self._onsets[0][1]
        wall = moment.replace(tzinfo=None, fold=0)
        index = bisect_right(self._walls, wall) - 1
        if index < 0:
            return self._onsets[0][1]
        onset, before, after = self._onsets[index]
        return before if wall < onset + (after - before) else after

    def fromutc(self, moment: datetime) -> datetime:
        """Return the wall-clock time of a moment, as ``astimezone`` asks for it."""
        index = bisect_right(self._moments, moment.replace(tzinfo=None)) - 1
        return moment + (self._onsets[index][2] if index >= 0 else self._onsets[0][1])

    def dst(self, moment: datetime | None) -> None:
        """Return nothing: which offset is the summer one does not matter here."""

    def tzname(self, moment: datetime | None) -> None:
        """Return nothing: the names in a VTIMEZONE are for people."""


class Zones:
    """Resolves the times of one calendar; caches the zone of each TZID."""

    def __init__(
        self, calendar: Component, fallback: ZoneInfo, budget: Budget, *, in_city: bool = False
    ) -> None:
        """Take the source's zone; ``in_city``: it is that of the city where the events are."""
        self._definitions = {
            tzid: definition
            for definition in calendar.of_kind("VTIMEZONE")
            for tzid in (item.text.strip() for item in definition.all("TZID"))
        }
        self._budget = budget
        self._known: dict[str, tuple[tzinfo, str | None]] = {}
        named = calendar.text("X-WR-TIMEZONE") or calendar.text("TIMEZONE-ID")
        found = zone_named(named[:200]) if named else None
        contradicts = found is not None and _differ(found, fallback)
        self.default = fallback if found is None or (contradicts and in_city) else found
        """The zone of floating times, and the one in which UTC times are shown."""
        self.default_warning: str | None = None
        self.floating_warning: str | None = None
        """What is doubtful of times that name no zone; instants are right in any."""
        if named and found is None:
            self.default_warning = SourceWarning.ZONE_UNKNOWN.said(
                name=f"of the calendar {named[:60]!r}", zone=fallback.key
            )
        elif found and contradicts and fallback.key not in _UTC_NAMES:
            self.floating_warning = SourceWarning.ZONE_CONTRADICTS.said(
                name=found.key, place=fallback.key, zone=self.default.key
            )

    def timestamp(self, item: Property, value: str | None = None) -> tuple[Timestamp, str | None]:
        """Read a property's date or time (or one value of its list), with a warning of a guess.

        :raises ValueError: if it is neither.
        """
        text = item.value if value is None else value
        parameters = item.parameters
        tzid = parameters.get("TZID")
        zone, warning = self._zone(tzid) if tzid else (None, None)
        timestamp = parse_timestamp(text, zone)
        if parameters.get("VALUE", "").upper() == "DATE" and timestamp.is_midnight:
            timestamp = Timestamp(timestamp.wall, is_date=True)
        return timestamp, (warning if timestamp.zone is zone else None)

    def shown_in(self, zone: tzinfo | None) -> ZoneInfo:
        """Return the IANA zone in which times of this zone are shown."""
        if isinstance(zone, ZoneInfo) and zone.key not in _UTC_NAMES:
            return zone
        return self.default

    def _zone(self, tzid: str) -> tuple[tzinfo, str | None]:
        if tzid not in self._known:
            self._known[tzid] = self._find(tzid)
        return self._known[tzid]

    def _find(self, tzid: str) -> tuple[tzinfo, str | None]:
        if found := zone_named(tzid[:200]):
            return found, None
        definition = self._definitions.get(tzid)
        if definition is None:
            unknown = SourceWarning.ZONE_UNKNOWN.said(name=repr(tzid[:60]), zone=self.default.key)
            return self.default, unknown
        location = definition.text("X-LIC-LOCATION")
        if location and (found := zone_named(location[:200])):
            return found, None
        try:
            return self._defined(definition), None
        except ValueError as error:
            warning = SourceWarning.ZONE_BADLY_DEFINED.said(
                name=repr(tzid[:60]), reason=error, zone=self.default.key
            )
            return self.default, warning

    def _defined(self, definition: Component) -> DefinedZone:
        onsets = [
            onset
            for observance in definition.children
            if observance.name in {"STANDARD", "DAYLIGHT"}
            for onset in _onsets(observance, self._budget)
        ]
        if not onsets:
            raise ValueError("no offsets")
        return DefinedZone(onsets)


def _onsets(observance: Component, budget: Budget) -> list[tuple[datetime, timedelta, timedelta]]:
    """List when one observance of a VTIMEZONE begins, by the clock before it."""
    start_property, before, after = (
        observance.first(name) for name in ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO")
    )
    if start_property is None or before is None or after is None:
        raise ValueError("an offset without its beginning")
    offset_before, offset_after = parse_offset(before.value), parse_offset(after.value)
    start = parse_timestamp(start_property.value, None).wall
    walls = {start}
    for rule_property in observance.all("RRULE"):
        rule = Rule.parse(rule_property.value)
        end = _LAST_ONSET
        if rule.until:
            until = parse_timestamp(rule.until, None)
            end = min(end, until.wall + (offset_before if until.zone is UTC else timedelta()))
        walls.update(
            rule.expand(start, after=max(start, _FIRST_ONSET), before=end, budget=budget).times
        )
    for dates in observance.all("RDATE"):
        walls.update(parse_timestamp(text, None).wall for text in dates.texts)
    return [(wall, offset_before, offset_after) for wall in walls]


def _differ(one: ZoneInfo, other: ZoneInfo) -> bool:
    """Return whether two zones have different times, in winter or in summer."""
    halves = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 7))
    return any(
        half.astimezone(one).utcoffset() != half.astimezone(other).utcoffset() for half in halves
    )
