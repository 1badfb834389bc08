"""Addresses in one line, words for online and placeholders are read alike in every kind."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from include.discovery.connectors import connector_for
from include.discovery.connectors.base import ParseContext
from include.discovery.model import Attendance, EventRecord, EventStatus

SITE = "https://mill.example/"
LINE = "Lipowa 3, 43-100 Tychy"

Payload = Callable[[str | None, str | None], Any]
"""Makes what a source answers, out of the name of the venue and its address in one line."""


def icalendar(name: str | None, address: str | None) -> bytes:
    place = ", ".join(filter(None, (name, address))).replace(",", "\\,")
    return (
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Choir\r\nDTSTART:20260510T190000\r\n"
        f"LOCATION:{place}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ).encode()


def json_ld(name: str | None, address: str | None) -> bytes:
    event = {
        "@type": "Event",
        "name": "Choir",
        "url": f"{SITE}1",
        "startDate": "2026-05-10T19:00",
        "location": {"@type": "Place", "name": name, "address": address},
    }
    return f'<script type="application/ld+json">{json.dumps(event)}</script>'.encode()


def json_ld_street(name: str | None, address: str | None) -> bytes:
    """Write all of the address into its street."""
    whole = {"@type": "PostalAddress", "streetAddress": address, "addressCountry": ""}
    return json_ld(name, None).replace(
        b'"address": null', f'"address": {json.dumps(whole)}'.encode()
    )


def microdata(name: str | None, address: str | None) -> bytes:
    return (
        '<div itemscope itemtype="https://schema.org/Event"><h1 itemprop="name">Choir</h1>'
        '<time itemprop="startDate" datetime="2026-05-10T19:00">May</time>'
        f'<a itemprop="url" href="{SITE}1">more</a>'
        '<p itemprop="location" itemscope itemtype="https://schema.org/Place">'
        f'<b itemprop="name">{name or ""}</b><i itemprop="address">{address or ""}</i></p></div>'
    ).encode()


def rss(name: str | None, address: str | None) -> bytes:
    place = ", ".join(filter(None, (name, address)))
    return (
        '<rss version="2.0" xmlns:ev="http://purl.org/rss/1.0/modules/event/"><channel><title>x'
        f"</title><item><guid>1</guid><title>Choir</title><link>{SITE}1</link>"
        f"<ev:startdate>2026-05-10T19:00:00</ev:startdate><ev:location>{place}</ev:location>"
        "</item></channel></rss>"
    ).encode()


def events_calendar(name: str | None, address: str | None) -> dict[str, Any]:
    venue = {"id": 2, "venue": name, "address": address}
    event = {"id": 1, "title": "Choir", "start_date": "2026-05-10 19:00:00", "venue": venue}
    return {"total": 1, "total_pages": 1, "events": [event]}


def mobilizon(name: str | None, address: str | None) -> dict[str, Any]:
    return {
        "type": "Event",
        "id": f"{SITE}1",
        "name": "Choir",
        "startTime": "2026-05-10T19:00:00Z",
        "location": {"type": "Place", "name": name, "address": address},
    }


def ticketmaster(name: str | None, address: str | None) -> dict[str, Any]:
    venue = {"name": name, "address": {"line1": address}}
    dates = {"start": {"localDate": "2026-05-10", "localTime": "19:00:00"}}
    event = {"id": "1", "name": "Choir", "dates": dates, "_embedded": {"venues": [venue]}}
    return {"_embedded": {"events": [event]}}


def bandsintown(name: str | None, address: str | None) -> list[Any]:
    venue = {"name": name, "street_address": address}
    return [{"id": "1", "url": f"{SITE}e/1", "datetime": "2026-05-10T19:00:00", "lineup": ["Choir"],
             "venue": venue}]  # fmt: skip


def resident_advisor(name: str | None, address: str | None) -> dict[str, Any]:
    venue = {"id": "2", "name": name, "address": address}
    event = {"id": "1", "title": "Choir", "startTime": "2026-05-10T19:00:00.000", "venue": venue}
    return {"data": {"eventListings": {"data": [{"id": "1", "event": event}], "totalResults": 1}}}


def gancio(name: str | None, address: str | None) -> list[Any]:
    place = {"id": 2, "name": name, "address": address}
    return [{"id": 1, "title": "Choir", "slug": "c", "start_datetime": 1778432400, "tags": [],
             "place": place}]  # fmt: skip


def localist(name: str | None, address: str | None) -> dict[str, Any]:
    instance = {"event_instance": {"id": 5, "start": "2026-05-10T19:00:00+02:00", "all_day": False}}
    event = {"id": 1, "title": "Choir", "location_name": name, "address": address,
             "event_instances": [instance]}  # fmt: skip
    return {"events": [{"event": event}], "page": {"current": 1, "size": 1, "total": 1}}


def linkedevents(name: str | None, address: str | None) -> dict[str, Any]:
    place = {"id": "tprek:2", "name": {"fi": name}, "street_address": {"fi": address}}
    event = {"id": "x:1", "name": {"fi": "Choir"}, "start_time": "2026-05-10T16:00:00Z",
             "location": place}  # fmt: skip
    return {"meta": {"count": 1, "next": None}, "data": [event]}


EVERY = {
    "icalendar": icalendar,
    "schema_org": json_ld,
    "schema_org, all in streetAddress": json_ld_street,
    "schema_org, microdata": microdata,
    "rss": rss,
    "events_calendar": events_calendar,
    "mobilizon": mobilizon,
    "ticketmaster": ticketmaster,
    "bandsintown": bandsintown,
    "resident_advisor": resident_advisor,
    "gancio": gancio,
    "localist": localist,
    "linkedevents": linkedevents,
}
SETTINGS: dict[str, dict[str, Any]] = {
    "bandsintown": {"has_permission": True, "artists": ["choir"]},
    "resident_advisor": {"has_permission": True, "area_id": 1},
}


def only(
    form: str, name: str | None, address: str | None = None, *, title: str = "Choir"
) -> EventRecord:
    payload = EVERY[form](name, address)
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    body = body.replace(b"Choir", title.encode())
    connector = connector_for(form.partition(",")[0])
    settings = connector.parse_settings(SETTINGS.get(form, {}), SITE)
    (record,) = connector.parse(
        body, ParseContext(settings, ZoneInfo("Europe/Warsaw"), url=SITE)
    ).records
    return record


@pytest.mark.parametrize("form", EVERY)
def test_an_address_in_one_line_is_taken_apart(form: str) -> None:
    venue = only(form, "Old Mill", LINE).venue

    assert venue is not None
    found = (venue.name, venue.street, venue.postcode, venue.locality)
    assert found == ("Old Mill", "Lipowa 3", "43-100", "Tychy")


@pytest.mark.parametrize("form", EVERY)
@pytest.mark.parametrize("name", ["Online", "Zoom Meeting", "Microsoft Teams", "Live Stream"])
def test_a_place_that_is_online_is_no_venue(form: str, name: str) -> None:
    record = only(form, name)

    assert record.attendance is Attendance.ONLINE
    assert record.venue is None or record.venue.name is None


@pytest.mark.parametrize("form", EVERY)
def test_an_event_whose_title_says_moved_online_is_online(form: str) -> None:
    record = only(form, "Old Mill", title="[Moved online] Choir")

    assert (record.title, record.status) == ("Choir", EventStatus.MOVED_ONLINE)
    assert record.attendance is Attendance.ONLINE


@pytest.mark.parametrize("form", EVERY)
@pytest.mark.parametrize("name", ["TBA", "to be announced", "do ustalenia", "n/a", "None"])
def test_a_placeholder_is_no_venue(form: str, name: str) -> None:
    record = only(form, name)

    assert record.attendance is Attendance.OFFLINE
    assert record.venue is None or record.venue.name is None


@pytest.mark.parametrize("form", EVERY)
def test_a_place_with_an_online_audience_is_mixed(form: str) -> None:
    record = only(form, "Old Mill & online")

    assert record.attendance is Attendance.MIXED
    assert record.venue is not None
    assert record.venue.name == "Old Mill"
