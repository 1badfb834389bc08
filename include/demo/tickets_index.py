"""How the ticket interface finds events: one entry per payload, and the query it answers to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from include.demo.geo import KM_PER_MILE, Position, distance_km, geohash_position
from include.demo.model import JsonObject

DEFAULT_RADIUS = "50"
"""Used when a position comes without a radius; the real default is undocumented."""

DATE_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
_DATE_SHAPE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


class BadDate(ValueError):
    """A date that is not YYYY-MM-DDTHH:mm:ssZ: the interface answers DIS1015."""


class NotDocumented(ValueError):
    """A request whose real response is unknown. The fake rejects it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one event can be found by."""

    event_id: str
    name: str
    starts: datetime | None
    position: Position | None
    date_tba: bool
    date_tbd: bool
    is_test: bool
    country: str
    city: str
    segments: frozenset[str]
    payload: JsonObject

    @classmethod
    def of(cls, payload: Mapping[str, Any], position: Position | None = None) -> Entry:
        """Index a payload. ``position`` stands in for a venue that does not show its location."""
        venue = ((payload.get("_embedded") or {}).get("venues") or [{}])[0]
        dates = payload.get("dates") or {}
        start = dates.get("start") or {}
        location = venue.get("location")
        if position is None and location:
            position = float(location["latitude"]), float(location["longitude"])
        kinds = [
            kind.get(part) or {}
            for kind in payload.get("classifications") or []
            for part in ("segment", "genre")
        ]
        return cls(
            event_id=payload["id"],
            name=payload.get("name", ""),
            starts=_starts(start, venue.get("timezone") or dates.get("timezone") or "UTC"),
            position=position,
            date_tba=bool(start.get("dateTBA")),
            date_tbd=bool(start.get("dateTBD")),
            is_test=bool(payload.get("test")),
            country=(venue.get("country") or {}).get("countryCode", ""),
            city=(venue.get("city") or {}).get("name", "").strip(),
            segments=frozenset(
                kind[key].casefold() for kind in kinds for key in ("id", "name") if kind.get(key)
            ),
            payload=dict(payload),
        )


def _starts(start: Mapping[str, Any], zone: str) -> datetime | None:
    """Return the instant by which a window finds the event; None when its date is not announced.

    An event without a time lies inside its day at the venue: at noon, so that only windows that
    are cut at local midnights hold the day's events whole.
    """
    if start.get("dateTBA") or start.get("dateTBD"):
        return None
    if "dateTime" in start:
        return datetime.strptime(start["dateTime"], DATE_FORMAT).replace(tzinfo=UTC)
    if "localDate" in start:
        return datetime.fromisoformat(f"{start['localDate']}T12:00").replace(tzinfo=ZoneInfo(zone))
    return None


@dataclass(frozen=True, slots=True)
class Query:
    """The filters of a request, parsed. Window edges are inclusive on both sides."""

    first: datetime | None
    last: datetime | None
    center: Position | None
    radius_km: float
    flags: tuple[str, str, str]
    country: str
    city: str
    segments: frozenset[str]

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Query:
        """Read the filters. Raises BadDate or NotDocumented."""
        wanted = [params.get(name) for name in ("segmentId", "segmentName", "classificationName")]
        return cls(
            first=_date(params.get("startDateTime")),
            last=_date(params.get("endDateTime")),
            center=_center(params),
            radius_km=_radius_km(params),
            flags=(
                params.get("includeTBA", "no"),
                params.get("includeTBD", "no"),
                params.get("includeTest", "no"),
            ),
            country=params.get("countryCode", "").upper(),
            city=params.get("city", "").casefold(),
            segments=frozenset(text.casefold() for text in wanted if text),
        )

    def matches(self, entry: Entry) -> bool:
        """Whether the event is in the response."""
        return (
            self._in_window(entry)
            and self._in_area(entry)
            and self._flags_allow(entry)
            and self.country in ("", entry.country)
            and self.city in ("", entry.city.casefold())
            and self.segments <= entry.segments
        )

    def _in_window(self, entry: Entry) -> bool:
        """Any bound at all shuts out the events whose date is not announced."""
        if self.first is None and self.last is None:
            return True
        if entry.starts is None:
            return False
        after = self.first is None or self.first <= entry.starts
        return after and (self.last is None or entry.starts <= self.last)

    def _in_area(self, entry: Entry) -> bool:
        if self.center is None:
            return True
        return entry.position is not None and (
            distance_km(self.center, entry.position) <= self.radius_km
        )

    def _flags_allow(self, entry: Entry) -> bool:
        """'no' leaves the marked ones out, 'only' leaves the others out; two 'only' leave none."""
        marks = (entry.date_tba, entry.date_tbd, entry.is_test)
        return all(
            flag == "yes" or mark == (flag == "only")
            for flag, mark in zip(self.flags, marks, strict=True)
        )


def _date(text: str | None) -> datetime | None:
    if text is None:
        return None
    if not _DATE_SHAPE.fullmatch(text):
        raise BadDate(text)
    try:
        return datetime.strptime(text, DATE_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        raise BadDate(text) from None


def _center(params: Mapping[str, str]) -> Position | None:
    try:
        if geohash := params.get("geoPoint"):
            return geohash_position(geohash)
        if latlong := params.get("latlong"):
            latitude, longitude = latlong.split(",")
            return float(latitude), float(longitude)
    except ValueError as error:
        raise NotDocumented(f"a malformed position: {error}") from error
    return None


def _radius_km(params: Mapping[str, str]) -> float:
    radius, unit = params.get("radius", DEFAULT_RADIUS), params.get("unit", "miles")
    if not radius.isdecimal() or unit not in ("miles", "km"):
        raise NotDocumented(f"radius={radius!r} unit={unit!r}")
    return int(radius) * (1.0 if unit == "km" else KM_PER_MILE)
