"""Whole iCalendar files: fields of the records, bad events among good ones, hostile content."""

import importlib
import string
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.discovery.connectors.icalendar.feed import Feed
from include.discovery.errors import UnreadableResponse
from include.discovery.model import Attendance, EventField, EventStatus
from include.discovery.record_warnings import assumed_fields
from include.discovery.text.encoding import DAMAGED
from tests.connectors.icalendar.ics_support import CUSTOM_ZONE, event, feed, read, record, records
from tests.text.prices.price_support import shown

WHEN = "DTSTART:20260307T190000"


def titles(found: Feed) -> list[str]:
    return [item.title for item in found.records]


# Fields


@pytest.mark.parametrize(
    ("title", "line", "status", "is_of_title"),
    [
        ("Jazz", "STATUS:TENTATIVE", EventStatus.TENTATIVE, False),
        ("Jazz", "STATUS:CANCELLED", EventStatus.CANCELLED, False),
        ("Jazz", "STATUS:whatever", EventStatus.SCHEDULED, False),
        ("Jazz", "STATUS:Postponed", EventStatus.POSTPONED, False),
        ("[CANCELLED] Jazz", "STATUS:CONFIRMED", EventStatus.CANCELLED, True),
        ("[CANCELLED] Jazz", "STATUS:CANCELLED", EventStatus.CANCELLED, False),
        ("POSTPONED: Jazz", "STATUS:TENTATIVE", EventStatus.POSTPONED, True),
        ("POSTPONED: Jazz", "STATUS:CANCELLED", EventStatus.CANCELLED, False),
    ],
)
def test_the_status_comes_from_the_property_and_the_title(
    title: str, line: str, status: EventStatus, *, is_of_title: bool
) -> None:
    found = record(line, title=title)
    assert (found.title, found.status) == ("Jazz", status)
    assert (EventField.STATUS in assumed_fields(found.warnings)) is is_of_title


@pytest.mark.parametrize(
    ("lines", "price"),
    [
        (["X-COST-TYPE:free"], "free"),
        (["X-COST-TYPE:paid", "X-COST:12\\,50 €"], "12.5 EUR"),
        (["X-COST:from $10"], "10.. USD"),
        ([], "none"),
    ],
)
def test_the_price_is_read_that_a_plugin_adds(lines: list[str], price: str) -> None:
    assert shown(record(*lines).price) == price


def test_a_calendar_may_cancel_all_its_events() -> None:
    (found,) = records("METHOD:CANCEL", event(WHEN))
    assert found.status is EventStatus.CANCELLED


def test_a_title_that_says_moved_online_makes_the_attendance_online() -> None:
    assert record("LOCATION:Blue Cellar", title="[Moved online] Jazz").attendance is (
        Attendance.ONLINE
    )


@pytest.mark.parametrize(
    ("lines", "description"),
    [
        ([r"DESCRIPTION:One\, two\nthree"], "One, two\nthree"),
        (["DESCRIPTION:<p>One</p><script>alert(1)</script>"], "One"),
        (["DESCRIPTION:", "X-ALT-DESC;FMTTYPE=text/html:<b>Bold</b>"], "Bold"),
        (["STYLED-DESCRIPTION;FMTTYPE=text/html:<b>Bold</b>"], "Bold"),
        (["DESCRIPTION:Plain", "X-ALT-DESC;FMTTYPE=text/html:<b>Bold</b>"], "Plain"),
        ([], None),
    ],
)
def test_the_description_is_read_from_text_or_html(
    lines: list[str], description: str | None
) -> None:
    assert record(*lines).description == description


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("https://example.org/e?a=1&b=2", "https://example.org/e?a=1&b=2"),
        ("www.example.org/e", "https://www.example.org/e"),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt://example.org/%0aalert(1)", None),
        ("data:text/html,<script>", None),
        ("/relative", None),
        ("https://[broken", None),
        ("", None),
    ],
)
def test_only_web_addresses_are_accepted(value: str, url: str | None) -> None:
    found = record(f"URL:{value}", f"ATTACH;FMTTYPE=image/png:{value}")
    assert found.url == url
    assert (found.image_url is None) == (url is None or value.startswith("www."))
    assert bool(found.warnings) == (bool(value) and url is None)


@pytest.mark.parametrize(
    ("line", "image"),
    [
        ("ATTACH;FMTTYPE=image/jpeg:https://example.org/1", "https://example.org/1"),
        ("ATTACH:https://example.org/a.PNG?w=3", "https://example.org/a.PNG?w=3"),
        ("ATTACH:https://example.org/programme.pdf", None),
        ("ATTACH;FMTTYPE=image/png;ENCODING=BASE64;VALUE=BINARY:AAAA", None),
        ("IMAGE;VALUE=URI;DISPLAY=BADGE:https://example.org/2", "https://example.org/2"),
        (
            r"X-WP-IMAGES-URL:thumbnail\;https://example.org/t.jpg\;150\;150\,full\;x",
            "https://example.org/t.jpg",
        ),
    ],
)
def test_the_image_is_an_attachment_or_a_property(line: str, image: str | None) -> None:
    assert record(line).image_url == image


def test_categories_are_split_at_commas_and_come_once() -> None:
    found = record(r"CATEGORIES:Music,Rock\, Pop,,Music", "CATEGORIES:Open <b>air</b>")
    assert found.categories == ("Music", "Rock, Pop", "Open air")


@pytest.mark.parametrize(
    ("line", "organizer"),
    [
        ('ORGANIZER;CN="Friends, united":mailto:friends@example.org', "Friends, united"),
        ("ORGANIZER;CN=Friends%2C united:mailto:friends@example.org", "Friends, united"),
        ("ORGANIZER:mailto:friends@example.org", None),
        ("ORGANIZER;CN=friends@example.org:mailto:friends@example.org", None),
    ],
)
def test_the_organizer_is_a_name_and_never_an_address(line: str, organizer: str | None) -> None:
    assert record(line).organizer == organizer


def test_attendees_are_not_read() -> None:
    lines = ("ATTENDEE;CN=Jane Roe:mailto:jane@example.org", "CONTACT:Jane Roe")
    assert "Jane" not in record(*lines).model_dump_json()


def test_only_last_modified_counts_as_a_change() -> None:
    found = record("DTSTAMP:20260101T000000Z", "LAST-MODIFIED:20251224T120000Z")
    assert f"{found.source_updated_at:%Y-%m-%d}" == "2025-12-24"
    assert record("DTSTAMP:20260101T000000Z").source_updated_at is None


@pytest.mark.parametrize(
    ("tag", "language"), [("pl", "pl"), ("EN-us", "en-us"), ("english", None), ("", None)]
)
def test_the_language_of_the_title_is_read(tag: str, language: str | None) -> None:
    line = f"SUMMARY;LANGUAGE={tag}:Jazz"
    assert record(line, title=None).language == language


# Bad neighbours


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (event(uid="bad"), "no start"),
        (event("DTSTART:soon", uid="bad"), "unreadable start"),
        (event(WHEN, uid="bad", title=None), "no title"),
        (event(WHEN, "CLASS:PRIVATE", uid="bad"), "private"),
        (event(WHEN, "CLASS:confidential", uid="bad"), "private"),
        (event(WHEN, "RRULE:FREQ=NEVER", uid="bad"), "recurrence not understood"),
        (event(WHEN, "RRULE:FREQ=MINUTELY", uid="bad"), "recurs too often"),
    ],
)
def test_a_bad_event_is_rejected_with_its_place_and_costs_no_other(bad: str, reason: str) -> None:
    found = read(feed(event(WHEN, uid="1", title="A"), bad, event(WHEN, uid="2", title="B")))
    assert {"A", "B"} <= set(titles(found))
    (rejected,) = found.rejects
    assert (rejected.reason, rejected.item) == (reason, "bad (line 8)")


@pytest.mark.parametrize(
    "step",
    ["feed.read_event", "series.when_of"],
)
def test_an_error_of_the_parser_costs_only_the_event_that_causes_it(
    monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    module = importlib.import_module(
        f"include.discovery.connectors.icalendar.{step.partition('.')[0]}"
    )
    name = step.partition(".")[2]
    sound = getattr(module, name)

    def faulty(item, *rest):
        if getattr(item, "component", item).text("UID") == "bad":
            raise ZeroDivisionError
        return sound(item, *rest)

    monkeypatch.setattr(module, name, faulty)
    found = read(feed(event(WHEN, uid="1", title="A"), event(WHEN, uid="bad")))
    assert titles(found) == ["A"]
    (rejected,) = found.rejects
    assert (rejected.reason, rejected.item) == ("unexpected shape", "bad (line 8)")


def test_an_event_without_its_end_is_read_with_a_warning() -> None:
    unclosed = event(WHEN, uid="1", title="A").removesuffix("\nEND:VEVENT")
    found = read(feed(unclosed, event(WHEN, uid="2", title="B")))
    assert titles(found) == ["A", "B"]
    assert found.records[0].warnings == ("END:VEVENT is missing",)


@pytest.mark.parametrize(
    "begin", ["BEGIN:VEV\xffNT", "B\x00GIN:VEVENT", "BEGIN VEVENT", "BEGIN:VEVENU"]
)
def test_an_event_with_a_damaged_begin_is_counted_and_rejected(begin: str) -> None:
    alarm = ("BEGIN:VALARM", "TRIGGER:-PT10M", "END:VALARM")
    damaged = event(WHEN, *alarm, uid="1", title="A").replace("BEGIN:VEVENT", begin)
    found = read(feed(damaged, event(WHEN, uid="2", title="B")))

    assert titles(found) == ["B"]
    assert found.without_begin == 1
    (rejected,) = found.rejects
    assert rejected.reason == "BEGIN:VEVENT is missing or damaged"
    assert rejected.item == "the event that ends on line 10"


def test_an_event_that_swallows_the_next_is_counted() -> None:
    first, second = event(WHEN, uid="1", title="A"), event(WHEN, uid="2", title="B")
    found = read(feed(f"{first}\xff{second}"))

    assert titles(found) == ["A"]
    assert found.without_begin == 1


def test_a_superfluous_end_is_no_event() -> None:
    found = read(feed(event(WHEN), "END:VEVENT", event(WHEN, uid="2"), "END:VEVENT"))

    assert len(found.records) == 2
    assert (found.rejects, found.without_begin) == ([], 0)


def test_a_damaged_letter_behind_a_raw_line_break_gives_a_warning() -> None:
    body = feed(event(WHEN, "DESCRIPTION:First\nCafé opens", title="Łódź"))
    (record,) = read(body.replace("é".encode(), b"\xe9")).records

    assert record.description == "First\nCafé opens"
    assert record.warnings == (f"description: {DAMAGED}",)


def test_a_file_cut_short_gives_all_events_except_the_one_that_is_cut() -> None:
    body = feed(event(WHEN, uid="1", title="A"), event(WHEN, uid="2", title="B"))
    found = read(body[: body.rindex(b"DTSTART")])
    assert (titles(found), found.broken_off) == (["A"], True)
    assert found.rejects[0].reason == "the file breaks off inside it"
    assert found.rejects[0].item == "2 (line 8)"


def test_an_empty_calendar_has_no_events() -> None:
    found = read(feed())
    assert (found.count, found.broken_off, found.left_out) == (0, False, 0)


def test_a_body_that_is_no_calendar_is_refused() -> None:
    with pytest.raises(UnreadableResponse, match="HTML page"):
        read(b"<html><head></head></html>")


# Hostile content


def test_a_uid_may_hold_any_text() -> None:
    long = "x" * 5000
    found = records(event(WHEN, uid="a\x00b\u202ec"), event(WHEN, uid=long), event(WHEN, uid="/"))
    assert all(len(item.external_id) <= 512 for item in found)
    assert found[0].external_id.startswith("a b")


def test_text_is_stripped_of_markup_and_control_characters() -> None:
    found = record(
        r"DESCRIPTION:<img src=x onerror=alert(1)>Ja\nzz" + "\x00\u202e",
        title="<script>alert(1)</script>Jazz\x07 \u202enight",
    )
    assert (found.title, found.description) == ("Jazz night", "Ja\nzz")


def test_a_time_zone_name_does_not_lead_to_a_file() -> None:
    names = ["../../etc/passwd", "/etc/passwd", "Europe", "x" * 5000, "\x00", "Europe/Warsaw\x00"]
    found = records(
        *(event(f"DTSTART;TZID={name}:20260307T190000", uid=f"{i}") for i, name in enumerate(names))
    )
    assert len(found) == len(names)


OPEN = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n"
EXPENSIVE = {
    "a long fold": OPEN + b"SUMMARY:a" + b"\n b" * 200_000,
    "raw line breaks": OPEN + b"DESCRIPTION:a" + b"\nno colon" * 200_000,
    "unknown ends": b"BEGIN:VCALENDAR\n" + b"BEGIN:X\n" * 100_000 + b"END:Y\n" * 100_000,
    "known ends": b"BEGIN:VCALENDAR\n" + b"BEGIN:X\n" * 100_000 + b"END:VALARM\n" * 100_000,
    "open parameters": OPEN + b"SUMMARY" + b';A="' * 200_000 + b":x\n",
    "quotes": OPEN + b"X;" + b'"' * 200_001 + b":x\n",
    "online words": feed(event(WHEN, "LOCATION:" + "online web via " * 50_000 + "x")),
    "a long address": feed(event(WHEN, "LOCATION:" + "a 1," * 50_000)),
    "an address of lines": feed(event(WHEN, "LOCATION:" + "a\\n" * 50_000)),
    "exceptions": feed(event(WHEN, "RRULE:FREQ=DAILY", "EXDATE:" + "20260307T190000," * 50_000)),
    "one UID": feed(*(event(WHEN, title=f"{i}") for i in range(5_000))),
    "dense rules": feed(*(event(WHEN, "RRULE:FREQ=MINUTELY", uid=f"{i}") for i in range(20))),
    "rules without a day": feed(
        *(event(WHEN, "RRULE:FREQ=DAILY;BYMONTHDAY=30;BYMONTH=2", uid=f"{i}") for i in range(9))
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("body", EXPENSIVE.values(), ids=EXPENSIVE.keys())
def test_no_file_takes_long(body: bytes) -> None:
    begin = time.process_time()
    read(body, date(2026, 1, 1), date(2026, 12, 31))
    assert time.process_time() - begin < 15


SEED = feed(
    "X-WR-TIMEZONE:America/New_York",
    CUSTOM_ZONE,
    event(
        "DTSTART;TZID=Our own time:20260307T190000",
        "DTEND;TZID=Europe/Paris:20260307T210000",
        "RRULE:FREQ=WEEKLY;COUNT=5;BYDAY=SA",
        "EXDATE;VALUE=DATE:20260314",
        "RDATE;VALUE=PERIOD:20260401T160000Z/PT3H",
        r"LOCATION:Blue Cellar\, Floriańska 3\, 31-019 Kraków",
        "GEO:50.06;19.94",
        "CATEGORIES:Music,Rock",
        "ORGANIZER;CN=Friends:mailto:friends@example.org",
    ),
    event("RECURRENCE-ID;RANGE=THISANDFUTURE:20260321T180000Z", "DTSTART:20260322T180000Z"),
    event("DTSTART;VALUE=DATE:20260601", "DURATION:P3D", uid="b", title="Fair"),
)


def assert_sound(body: bytes) -> None:
    try:
        found = read(body)
    except UnreadableResponse:
        return
    ids = [item.external_id for item in found.records]
    assert len(set(ids)) == len(ids)
    for item in found.records:
        assert item.starts_at is None or item.starts_at.tzinfo is not None
        assert item.ends_at is None or item.ends_at.tzinfo is not None
        assert item.local_date is not None
    assert not [item for item in found.rejects if item.reason == "unexpected shape"]


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    assert_sound(body)
    assert_sound(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + body + b"\nEND:VEVENT\nEND:VCALENDAR")


@given(
    st.lists(
        st.tuples(st.integers(0, len(SEED)), st.integers(0, 40), st.binary(max_size=8)), max_size=4
    )
)
@settings(deadline=None)
def test_a_damaged_calendar_raises_nothing(cuts: list[Any]) -> None:
    body = SEED
    for start, length, replacement in cuts:
        body = body[:start] + replacement + body[start + length :]
    assert_sound(body)


VALUES = st.sampled_from(
    [
        "20260307T190000",
        "20260307",
        "20260307T190000Z",
        "00010101T000000",
        "99991231T235959Z",
        "24000101",
        "PT1H",
        "-P1D",
        "P999999D",
        "FREQ=DAILY;COUNT=3",
        "FREQ=YEARLY;UNTIL=99991231",
        "50;19",
        "x",
        "TRUE",
    ]
)
LINES = st.builds(
    "{}{}:{}".format,
    st.sampled_from(
        [
            "DTSTART",
            "DTEND",
            "DURATION",
            "RRULE",
            "RDATE",
            "EXDATE",
            "RECURRENCE-ID",
            "LAST-MODIFIED",
            "SEQUENCE",
        ]
    ),
    st.sampled_from(["", ";VALUE=DATE", ";TZID=Our own time", ";TZID=Nowhere", ";VALUE=PERIOD"]),
    VALUES,
)


@given(st.lists(LINES, max_size=6), st.lists(LINES, max_size=4))
@settings(deadline=None)
def test_any_mixture_of_properties_raises_nothing(lines: list[str], more: list[str]) -> None:
    assert_sound(feed(CUSTOM_ZONE, event(WHEN, *lines), event(*more)))


def escaped(text: str) -> str:
    for char in "\\,;":
        text = text.replace(char, f"\\{char}")
    return text


WORDS = st.text(alphabet=string.ascii_letters + "łóżéß,;:'", min_size=1, max_size=40).map(
    lambda word: f"a{word}z"
)


@given(
    title=WORDS,
    uid=st.text(alphabet=string.ascii_letters + string.digits + "@.-", min_size=1, max_size=60),
    start=st.datetimes(
        min_value=datetime.fromisoformat("1970-01-02"),
        max_value=datetime.fromisoformat("2190-01-01"),
    ),
    minutes=st.integers(1, 60 * 24 * 5),
    width=st.integers(10, 75),
)
@settings(deadline=None)
def test_a_written_event_is_read_back(
    title: str, uid: str, start: datetime, minutes: int, width: int
) -> None:
    start = start.replace(microsecond=0, hour=12)
    end = start + timedelta(minutes=minutes)
    lines = event(
        f"DTSTART:{start:%Y%m%dT%H%M%S}Z",
        f"DTEND:{end:%Y%m%dT%H%M%S}Z",
        uid=uid,
        title=escaped(title),
    ).split("\n")
    folded = "\n".join(
        "\n ".join(line[i : i + width] for i in range(0, len(line), width)) for line in lines
    )
    (found,) = records(folded)
    assert (found.title, found.external_id) == (title, uid)
    assert found.starts_at is not None
    assert found.ends_at is not None
    assert found.starts_at.astimezone(UTC).replace(tzinfo=None) == start
    assert found.ends_at.astimezone(UTC).replace(tzinfo=None) == end
