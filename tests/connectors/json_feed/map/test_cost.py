"""What mapping an item costs, in calls of Python functions: the same on every machine."""

from __future__ import annotations

import sys
from datetime import date
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo

from include.discovery.connectors.json_feed.map.fields import FieldMap
from include.discovery.connectors.json_feed.map.mapper import ItemMap, Mapper, Surroundings
from include.discovery.connectors.json_feed.map.record import Origin

FIELDS = {
    "external_id": "id",
    "title": "title",
    "starts_at": "start",
    "url": "url",
    "ends_at": "end",
    "status": "status",
    "venue_id": "venue.id",
    "venue_name": "venue.name",
    "venue_street": "venue.street",
    "venue_locality": "venue.town",
    "venue_latitude": "venue.latitude",
    "venue_longitude": "venue.longitude",
    "categories": "categories",
    "organizer": "organizer",
    "description": "description",
    "image_url": "image",
    "price_min": "price",
    "currency": "currency",
    "source_updated_at": "updated",
}
MOST_CALLS = 180
"""So many calls an item takes at most."""


def item(number: int) -> dict[str, Any]:
    venue = number % 5
    return {
        "id": number,
        "title": f"Night of maps, the {number}th",
        "start": f"2026-05-{1 + number % 30:02}T19:00:00+02:00",
        "end": f"2026-05-{1 + number % 30:02}T21:00:00+02:00",
        "url": f"https://maps.example/e/{number}",
        "status": "scheduled",
        "venue": {
            "id": venue,
            "name": f"Hall {venue}",
            "street": f"Long Street {venue}",
            "town": "Kraków",
            "latitude": 50 + venue / 100,
            "longitude": 19.9,
        },
        "categories": ["Talk", "Walk"],
        "organizer": f"Friends of Hall {venue}",
        "description": f"<p>We walk, and read the maps of {number} &amp; more.</p>",
        "image": f"https://maps.example/i/{number}.jpg",
        "price": 20,
        "currency": "PLN",
        "updated": f"2026-01-01T12:{number % 60:02}:00Z",
    }


def calls_of_mapping(count: int) -> int:
    items = [item(number) for number in range(count)]
    settings = ItemMap(FieldMap.model_validate(FIELDS))
    around = Surroundings(ZoneInfo("Europe/Warsaw"), date(2026, 5, 1))
    mapper = Mapper(settings, around, settings.details(Origin("https://maps.example/", "PL")))
    calls = 0

    def count_call(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count_call)
    try:
        parsed = mapper.parse(items, has_marks=False)
    finally:
        sys.setprofile(before)
    assert len(parsed.records) == count
    assert not any(record.warnings for record in parsed.records)
    return calls


def test_mapping_an_item_more_takes_few_calls() -> None:
    calls_of_mapping(60)  # what is read once, such as venues

    assert (calls_of_mapping(200) - calls_of_mapping(100)) / 100 <= MOST_CALLS
