"""Maps items in tests as a connector does, without a connector."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from include.discovery.connectors.json_feed.map.fields import FieldMap, Recurrence
from include.discovery.connectors.json_feed.map.mapper import ItemMap, Mapper, Surroundings
from include.discovery.connectors.json_feed.map.record import Origin
from include.discovery.model import EventRecord, Window
from include.discovery.parsed import Parsed

FIELDS: dict[str, Any] = {"external_id": "id", "title": "title", "starts_at": "start"}
MAY = Window(date(2026, 5, 1), date(2026, 5, 31))
ITEM: dict[str, Any] = {"id": 7, "title": "Night of maps", "start": "2026-05-08T19:00"}


def mapped(
    *items: Any,
    fields: dict[str, Any] | None = None,
    zone: str = "Europe/Warsaw",
    window: Window | None = None,
    country: str | None = "PL",
    recurrence: dict[str, Any] | None = None,
    **item_map: Any,
) -> Parsed:
    """Map items; ``fields`` come on top of id, title and start."""
    settings = ItemMap(
        FieldMap.model_validate({**FIELDS, **(fields or {})}),
        recurrence=None if recurrence is None else Recurrence.model_validate(recurrence),
        **item_map,
    )
    origin = Origin("https://maps.example/api/events", country)
    around = Surroundings(ZoneInfo(zone), date(2026, 5, 1), window)
    return Mapper(settings, around, settings.details(origin)).parse(items)


def record(
    item: dict[str, Any] | None = None, fields: dict[str, Any] | None = None, **more: Any
) -> EventRecord:
    """Map one item that is one event; ``item`` comes on top of an id, a title and a start."""
    parsed = mapped({**ITEM, **(item or {})}, fields=fields, **more)
    assert not parsed.rejects, parsed.rejects
    [found] = parsed.records
    return found
