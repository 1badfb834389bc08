"""The outer form of iCalendar: lines, folds, encodings, components that do not close."""

from typing import Any

import pytest

from include.discovery.connectors.icalendar.lines import Component
from include.discovery.connectors.icalendar.outline import CalendarFile
from include.discovery.errors import UnreadableResponse


def events_of(body: bytes) -> list[Component]:
    file = CalendarFile(body)
    return [file.component_of(event) for _, group in file.groups() for event in group]


def only_event(body: bytes) -> Component:
    (found,) = events_of(body)
    return found


def with_lines(*lines: bytes, end: bytes = b"\r\n") -> bytes:
    return end.join(
        [b"BEGIN:VCALENDAR", b"BEGIN:VEVENT", *lines, b"END:VEVENT", b"END:VCALENDAR", b""]
    )


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r"])
def test_any_line_ending_is_read(end: bytes) -> None:
    found = only_event(with_lines(b"SUMMARY:Jazz", b"UID:1", end=end))
    assert (found.text("SUMMARY"), found.text("UID")) == ("Jazz", "1")


@pytest.mark.parametrize("fold", [b"\r\n ", b"\n\t", b"\r\n\r\n "])
def test_a_folded_line_is_joined(fold: bytes) -> None:
    assert only_event(with_lines(b"SUMMARY:Ja" + fold + b"zz")).text("SUMMARY") == "Jazz"


def test_a_fold_inside_a_character_is_healed() -> None:
    first, second = "ó".encode()[:1], "ó".encode()[1:]
    found = only_event(with_lines(b"SUMMARY:Krak" + first + b"\r\n " + second + b"w"))
    assert found.text("SUMMARY") == "Kraków"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (rb"a\, b\; c", "a, b; c"),
        (rb"a\nb\Nc", "a\nb\nc"),
        (rb"C:\\new", r"C:\new"),
        (rb"a\-b", r"a\-b"),
        (b"  ", None),
    ],
)
def test_escaped_text_is_unescaped(value: bytes, text: str | None) -> None:
    assert only_event(with_lines(b"SUMMARY:" + value)).text("SUMMARY") == text


def test_raw_line_breaks_in_text_are_kept_as_line_breaks() -> None:
    found = only_event(with_lines(b"DESCRIPTION:First", b"Second line", b"UID:1"))
    assert (found.text("DESCRIPTION"), found.text("UID")) == ("First\nSecond line", "1")


def test_a_line_without_a_colon_does_not_spoil_the_one_before() -> None:
    assert only_event(with_lines(b"DTSTART:20260307", b"SUMMARY=x")).text("DTSTART") == "20260307"


@pytest.mark.parametrize(
    ("line", "parameters", "value"),
    [
        (b'X;CN="A; B: C";ROLE=CHAIR:v:w', {"CN": "A; B: C", "ROLE": "CHAIR"}, "v:w"),
        (b"x;tzid=Europe/Warsaw:1", {"TZID": "Europe/Warsaw"}, "1"),
        (b'X;CN="open:1', {"CN": "open"}, "1"),
        (b"X;CN=the ^'Blue^' one:1", {"CN": 'the "Blue" one'}, "1"),
    ],
)
def test_parameters_are_split_off(line: bytes, parameters: dict[str, Any], value: str) -> None:
    item = only_event(with_lines(line)).first("X")
    assert item is not None
    assert {name: text.strip('"') for name, text in item.parameters.items()} == parameters
    assert item.value == value


@pytest.mark.parametrize(
    "encoded",
    [
        "\ufeff{}".format("SUMMARY:Łódź").encode(),
        "SUMMARY:Łódź".encode("utf-16"),
    ],
)
def test_a_byte_order_mark_is_understood(encoded: bytes) -> None:
    codec = "utf-16" if encoded[:2] == b"\xff\xfe" else "utf-8-sig"
    text = "\r\n".join(
        ["BEGIN:VCALENDAR", "BEGIN:VEVENT", "SUMMARY:Łódź", "END:VEVENT", "END:VCALENDAR"]
    )
    assert only_event(text.encode(codec)).text("SUMMARY") == "Łódź"


def test_bytes_that_are_not_utf8_are_taken_for_windows_1252() -> None:
    assert only_event(with_lines(b"SUMMARY:Caf\xe9")).text("SUMMARY") == "Café"


def test_a_component_within_an_event_does_not_lend_it_its_properties() -> None:
    found = only_event(
        with_lines(b"SUMMARY:Jazz", b"BEGIN:VALARM", b"DESCRIPTION:Soon", b"END:VALARM")
    )
    assert found.text("DESCRIPTION") is None


def test_several_calendars_in_one_file_are_all_read() -> None:
    file = CalendarFile(with_lines(b"UID:1") + with_lines(b"UID:2"))
    assert len(file.calendars) == 2
    assert [event.calendar for _, group in file.groups() for event in group] == [0, 1]


def test_an_event_after_a_premature_end_is_read() -> None:
    body = b"BEGIN:VCALENDAR\nEND:VCALENDAR\nBEGIN:VEVENT\nUID:1\nEND:VEVENT\n"
    assert only_event(body).text("UID") == "1"


def test_a_component_closed_under_a_misspelt_name_does_not_swallow_the_next() -> None:
    body = (
        b"BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:1\nEND:VTOOD\n"
        b"BEGIN:VEVENT\nUID:2\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    assert only_event(body).text("UID") == "2"


def test_an_event_without_its_end_is_marked_and_the_next_is_whole() -> None:
    body = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nBEGIN:VEVENT\nUID:2\nEND:VEVENT\nEND:VCALENDAR\n"
    first, second = events_of(body)
    assert (first.unclosed, second.unclosed) == (True, False)
    assert not first.broken_off


def test_a_file_that_ends_inside_an_event_is_broken_off() -> None:
    body = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMM"
    assert CalendarFile(body).broken_off
    assert only_event(body).broken_off


def test_a_component_knows_its_line() -> None:
    assert only_event(b"\r\nBEGIN:VCALENDAR\r\nX-A:b\r\n c\r\nBEGIN:VEVENT\r\n").line == 5


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"<!DOCTYPE html><html><title>Sign in</title>", "HTML page ('Sign in')"),
        (b'{"error": "no feed"}', "JSON"),
        (b"<?xml version='1.0'?><rss/>", "XML"),
        (b"BEGIN:VCARD\nEND:VCARD", "BEGIN:VCARD"),
        (b"\x00\xff\xfe\x80", "no BEGIN:VCALENDAR"),
    ],
)
def test_a_body_that_is_no_calendar_is_described(body: bytes, found: str) -> None:
    with pytest.raises(UnreadableResponse) as caught:
        CalendarFile(body)
    assert found in str(caught.value)
