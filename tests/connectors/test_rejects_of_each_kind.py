"""Every kind says of what it rejects which listing that was, so that a bad byte withdraws none."""

from __future__ import annotations

import json
import re
from zoneinfo import ZoneInfo

import pytest

from include.discovery.connectors import connector_for, kinds
from include.discovery.connectors.base import ParseContext
from include.discovery.model import NOT_LISTED, EventRecord
from include.discovery.parsed import Parsed
from tests.fuzz.targets import Target, targets

SITE = "https://mill.example/"
TARGETS = targets()
DAY = re.compile(rb"\d{4}-\d\d-\d\d|\d{8}(?=T|\r|\n)|\d{1,2}\.? [^\s<]{3,20} 20\d\d")
EPOCH = re.compile(rb"\b\d{10}(?:\d{3})?\b")
IN_WORDS = re.compile(rb"(?<=[>\"])(?!/|http)[^<>\"]*\b20\d\d\b[^<>\"]*")


def with_bad_dates(payload: bytes) -> bytes:
    damaged = EPOCH.sub(b"9" * 20, DAY.sub(b"damaged", payload))
    return damaged if damaged != payload else IN_WORDS.sub(b"damaged", payload)


def payloads(target: Target) -> list[bytes]:
    """Return the payloads with events; a parser of several forms refuses those of others."""
    readable = []
    for seed in target.seeds:
        try:
            readable += [seed] if read(target, seed).records else []
        except target.refusals:
            continue
    return readable


def read(target: Target, payload: bytes) -> Parsed:
    parsed = target.read(payload)
    assert isinstance(parsed, Parsed)
    return parsed


def is_still_listed(record: EventRecord, parsed: Parsed) -> bool:
    known = [reject.identity for reject in parsed.rejects if reject.identity is not None]
    return record.external_id in {
        each.external_id for each in (*parsed.records, *known)
    } or record.series_id in {each.series_id for each in known} - {None}


@pytest.mark.parametrize("kind", kinds())
def test_a_rejected_item_keeps_the_id_that_its_record_had(kind: str) -> None:
    target = TARGETS[kind]
    originals = payloads(target)
    assert originals

    for payload in originals:
        damaged = read(target, with_bad_dates(payload))

        assert damaged.rejects
        assert [
            record.external_id
            for record in read(target, payload).records
            if not is_still_listed(record, damaged)
        ] == []


PRIVATE = b"""BEGIN:VCALENDAR\r
BEGIN:VEVENT\r
UID:1\r
CLASS:PRIVATE\r
SUMMARY:Dentist\r
DTSTART:20260510T190000\r
END:VEVENT\r
END:VCALENDAR\r
"""


def activity(**more: object) -> dict[str, object]:
    return {
        "type": "Event",
        "id": f"{SITE}events/1",
        "name": "Rehearsal",
        "startTime": "2026-05-10T19:00:00Z",
        **more,
    }


def post(**more: object) -> dict[str, object]:
    event = {"id": 1, "title": "Rehearsal", "start_date": "2026-05-10 19:00:00", **more}
    return {"total": 1, "total_pages": 1, "events": [event]}


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        pytest.param("icalendar", PRIVATE, id="private"),
        pytest.param("events_calendar", post(status="draft"), id="not published"),
        pytest.param("events_calendar", post(hide_from_listings=True), id="hidden"),
        pytest.param("events_calendar", post(password="x"), id="behind a password"),
        pytest.param("mobilizon", activity(draft=True), id="a draft"),
        pytest.param("mobilizon", activity(to=[f"{SITE}followers"]), id="for followers"),
        pytest.param(
            "ticketmaster",
            {"_embedded": {"events": [{"id": "1", "name": "Test", "test": True}]}},
            id="a test",
        ),
        pytest.param(
            "schema_org",
            b'<script type="application/ld+json">{"@type": "BreadcrumbList", ...</script>',
            id="a broken script about something else",
        ),
    ],
)
def test_an_item_that_is_not_public_or_no_event_keeps_no_listing(
    kind: str, document: bytes | dict[str, object]
) -> None:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    context = ParseContext(
        connector_for(kind).parse_settings({}, SITE), ZoneInfo("Europe/Warsaw"), url=SITE
    )

    parsed = connector_for(kind).parse(body, context)

    assert [reject.identity for reject in parsed.rejects] == [NOT_LISTED]


def test_an_event_without_any_id_is_rejected_without_one() -> None:
    page = b'<script type="application/ld+json">[%s, %s]</script>' % (
        b'{"@type": "Event", "name": "Choir", "startDate": "never"}',
        b'{"@type": "Event", "name": "Fair", "startDate": "2026-05-10"}',
    )
    context = ParseContext(
        connector_for("schema_org").parse_settings({}, SITE), ZoneInfo("Europe/Warsaw"), url=SITE
    )

    parsed = connector_for("schema_org").parse(page, context)

    assert [reject.identity for reject in parsed.rejects] == [None]
