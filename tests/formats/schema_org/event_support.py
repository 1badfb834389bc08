"""Events of schema.org as the tests parse them."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

from include.discovery.formats.schema_org.page import read_page
from include.discovery.model import City, EventRecord
from include.discovery.parsed import Parsed

URL = "https://dom.example/kalendarz"
WARSAW = ZoneInfo("Europe/Warsaw")
TYCHY = City(
    slug="tychy", name="Tychy", country="PL", timezone="Europe/Warsaw", latitude=50.1, longitude=19
)


def parsed(event: dict[str, Any], **more: Any) -> Parsed:
    given = {"@type": "Event", "name": "Koncert", "startDate": "2026-05-08T19:00", **event}
    return read_page(json.dumps(given).encode(), **{"url": URL, "zone": WARSAW, **more})


def record(event: dict[str, Any], **more: Any) -> EventRecord:
    found = parsed(event, **more)
    assert not found.rejects
    assert len(found.records) == 1
    return found.records[0]


def local(moment: Any) -> str | None:
    return f"{moment:%Y-%m-%dT%H:%M}" if moment else None
