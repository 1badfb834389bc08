"""jCal and xCal: the same records as from iCalendar; what is hostile or malformed in them."""

import json
from typing import Any

import pytest

from include.discovery.connectors.icalendar.connector import ICalendar
from include.discovery.connectors.icalendar.detection import is_calendar
from include.discovery.errors import UnreadableResponse
from include.discovery.model import EventRecord
from tests.connectors.icalendar.ics_support import context, event, records

ICALENDAR = event(
    "DTSTART;TZID=Europe/Warsaw:20270306T190000",
    "DTEND;TZID=Europe/Warsaw:20270306T210000",
    "RRULE:FREQ=WEEKLY;COUNT=4;BYDAY=SA,SU",
    "EXDATE;TZID=Europe/Warsaw:20270307T190000",
    r"DESCRIPTION:Bring a chair\, and\na friend",
    "CATEGORIES:Walks,Night\\, outside",
    "GEO:50.06;19.94",
    "LOCATION:Mill",
    title=r"Walk\; talk",
)
JCAL_EVENT: list[Any] = [
    "vevent",
    [
        ["uid", {}, "text", "a@example.org"],
        ["summary", {}, "text", "Walk; talk"],
        ["dtstart", {"tzid": "Europe/Warsaw"}, "date-time", "2027-03-06T19:00:00"],
        ["dtend", {"tzid": "Europe/Warsaw"}, "date-time", "2027-03-06T21:00:00"],
        ["rrule", {}, "recur", {"freq": "WEEKLY", "count": 4, "byday": ["SA", "SU"]}],
        ["exdate", {"tzid": "Europe/Warsaw"}, "date-time", "2027-03-07T19:00:00"],
        ["description", {}, "text", "Bring a chair, and\na friend"],
        ["categories", {}, "text", "Walks", "Night, outside"],
        ["geo", {}, "float", [50.06, 19.94]],
        ["location", {}, "text", "Mill"],
    ],
    [],
]
ZONED = "<parameters><tzid><text>Europe/Warsaw</text></tzid></parameters>"
XCAL_EVENT = f"""<vevent><properties>
<uid><text>a@example.org</text></uid>
<summary><text>Walk; talk</text></summary>
<dtstart>{ZONED}<date-time>2027-03-06T19:00:00</date-time></dtstart>
<dtend>{ZONED}<date-time>2027-03-06T21:00:00</date-time></dtend>
<rrule><recur><freq>WEEKLY</freq><count>4</count><byday>SA</byday><byday>SU</byday></recur></rrule>
<exdate>{ZONED}<date-time>2027-03-07T19:00:00</date-time></exdate>
<description><text>Bring a chair, and
a friend</text></description>
<categories><text>Walks</text><text>Night, outside</text></categories>
<geo><latitude>50.06</latitude><longitude>19.94</longitude></geo>
<location><text>Mill</text></location>
</properties></vevent>"""


def jcal(*components: Any) -> bytes:
    return json.dumps(["vcalendar", [["version", {}, "text", "2.0"]], [*components]]).encode()


def xcal(*components: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<icalendar xmlns="urn:ietf:params:xml:ns:icalendar-2.0"><vcalendar>'
        f"<components>{''.join(components)}</components></vcalendar></icalendar>"
    ).encode()


def parsed(body: bytes) -> list[EventRecord]:
    return list(ICalendar().parse(body, context()).records)


@pytest.mark.parametrize(
    "body", [jcal(JCAL_EVENT), b"[" + jcal(JCAL_EVENT) + b"]", xcal(XCAL_EVENT)]
)
def test_the_records_are_those_of_the_same_calendar_in_content_lines(body: bytes) -> None:
    assert parsed(body) == records(ICALENDAR)
    assert is_calendar(body)


@pytest.mark.parametrize(
    ("start", "local_date"),
    [
        (["dtstart", {}, "date", "2027-03-08"], "2027-03-08"),
        (["dtstart", {}, "date-time", "2027-03-08T19:00:00Z"], "2027-03-08"),
    ],
)
def test_a_start_of_jcal_may_be_a_date_or_an_instant(start: list[Any], local_date: str) -> None:
    named = [["uid", {}, "text", "1"], ["summary", {}, "text", "Fair"]]
    (found,) = parsed(jcal(["vevent", [*named, start], []]))
    assert (f"{found.local_date}", found.time_known) == (local_date, start[2] != "date")


@pytest.mark.parametrize(
    "bad", [None, [], ["x"], ["a b", {}, "text", "y"], ["summary", [], "text", "y"], {"a": 1}]
)
def test_a_malformed_property_of_jcal_costs_itself(bad: Any) -> None:
    damaged = [JCAL_EVENT[0], [bad, *JCAL_EVENT[1]], []]
    assert parsed(jcal(damaged)) == records(ICALENDAR)


def test_line_breaks_in_names_and_parameters_add_no_lines() -> None:
    injected = ["x-a", {"b": "c\r\nSUMMARY:Stolen"}, "text", "d\r\nSUMMARY:Stolen"]
    damaged = [JCAL_EVENT[0], [injected, *JCAL_EVENT[1]], []]
    assert parsed(jcal(damaged)) == records(ICALENDAR)


@pytest.mark.parametrize(
    "body",
    [
        xcal(XCAL_EVENT)[:-20],
        xcal("<vevent>").replace(b"<icalendar", b"<!DOCTYPE a [<!ENTITY b 'c'>]><icalendar"),
    ],
)
def test_xcal_that_is_damaged_or_declares_entities_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableResponse):
        parsed(body)


def test_jcal_that_breaks_off_is_refused() -> None:
    with pytest.raises(UnreadableResponse, match="jCal"):
        parsed(jcal(JCAL_EVENT)[:-20])


def test_components_are_read_to_a_bounded_depth() -> None:
    nested: list[Any] = ["vevent", [], []]
    for _ in range(400):
        nested = ["vtodo", [], [nested]]
    deep = "<vtodo><components>" * 400 + "</components></vtodo>" * 400
    assert parsed(jcal(JCAL_EVENT, nested)) == records(ICALENDAR)
    assert parsed(xcal(XCAL_EVENT, deep)) == records(ICALENDAR)
