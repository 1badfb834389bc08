"""Calendars as older programs and careless exporters write them: encodings, names, flags, rules."""

import base64
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from include.discovery.connectors.icalendar.connector import ICalendar
from include.discovery.connectors.icalendar.feed import read_feed
from include.discovery.model import City, EventRecord, Window
from tests.connectors.icalendar.ics_support import (
    context,
    event,
    feed,
    read,
    record,
    records,
    starts,
)

INDIANA = ZoneInfo("America/Indiana/Indianapolis")


def from_lines(*lines: bytes) -> EventRecord:
    """Read one event whose lines are bytes, as they came."""
    head = [b"BEGIN:VCALENDAR", b"BEGIN:VEVENT", b"UID:1", b"DTSTART:20270310T190000"]
    body = b"\r\n".join([*head, *lines, b"END:VEVENT", b"END:VCALENDAR", b""])
    parsed = ICalendar().parse(body, context())
    assert not parsed.rejects
    (only,) = parsed.records
    return only


# Encodings of vCalendar 1.0


@pytest.mark.parametrize(
    ("line", "title"),
    [
        (b"SUMMARY;ENCODING=QUOTED-PRINTABLE:Zaj=C4=99cia", "Zajęcia"),
        (b"SUMMARY;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Zaj=C4=99cia", "Zajęcia"),
        (b"SUMMARY;ENCODING=quoted-printable;CHARSET=utf-8:Zaj=c4=99cia", "Zajęcia"),
        (b"SUMMARY;QUOTED-PRINTABLE:Zaj=C4=99cia", "Zajęcia"),
        (b"SUMMARY ;ENCODING=QUOTED-PRINTABLE:Zaj=C4=99cia", "Zajęcia"),
        (b"SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-2:Zaj=EAcia", "Zajęcia"),
        (b"SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=windows-1252:Caf=E9 =80 5", "Café € 5"),
        (b"SUMMARY;ENCODING=QUOTED-PRINTABLE:Tango=20=3D=20taniec", "Tango = taniec"),
        (b"SUMMARY;ENCODING=QUOTED-PRINTABLE:Tan=\r\ngo w=\r\n parku", "Tango wparku"),
        (b"SUMMARY;ENCODING=QUOTED-PRINTABLE:Tan=\r\ngo=20w=20parku=", "Tango w parku"),
        (b"SUMMARY;CHARSET=ISO-8859-2:\xaelut\xfd k\xf9\xf2", "Žlutý kůň"),
        (b"SUMMARY;CHARSET=windows-1250:\x8elut\xfd", "Žlutý"),
        (b"SUMMARY;CHARSET=ISO-8859-1:Caf\xe9", "Café"),
        (b"SUMMARY;LANGUAGE=pl;CHARSET=ISO-8859-2:Zaj\xeacia", "Zajęcia"),
        (b"SUMMARY;CHARSET=no-such-charset:Caf\xc3\xa9", "Café"),
        (b"SUMMARY;ENCODING=BASE64;CHARSET=UTF-8:" + base64.b64encode("Łąka".encode()), "Łąka"),
        (b"SUMMARY;BASE64:" + base64.b64encode("Łąka".encode()), "Łąka"),
        (b"SUMMARY;ENCODING=B:" + base64.b64encode(b"a, b; c"), "a, b; c"),
    ],
)
def test_a_text_is_decoded_as_its_property_says(line: bytes, title: str) -> None:
    assert from_lines(line).title == title


def test_line_breaks_in_quoted_printable_stay_line_breaks() -> None:
    text = b"DESCRIPTION;ENCODING=QUOTED-PRINTABLE:Wej=C5=9Bcie=0D=0A=\r\nod ulicy=0D=0A"
    found = from_lines(b"SUMMARY:Targ", text, b"LOCATION:Rynek")
    assert found.description == "Wejście\nod ulicy"
    assert found.venue is not None
    assert found.venue.name == "Rynek"


def test_two_properties_may_have_two_charsets() -> None:
    found = from_lines(
        b"SUMMARY;CHARSET=ISO-8859-2:Zaj\xeacia", b"DESCRIPTION;CHARSET=UTF-8:\xc5\x81\xc4\x85ka"
    )
    assert (found.title, found.description) == ("Zajęcia", "Łąka")


def test_base64_that_is_none_stays_as_it_came() -> None:
    assert from_lines(b"SUMMARY;ENCODING=BASE64:Jam").title == "Jam"


def test_the_bytes_of_an_attached_image_are_not_decoded() -> None:
    image = b"ATTACH;ENCODING=BASE64;VALUE=BINARY:" + base64.b64encode(b"\xff\xd8" * 50)
    assert from_lines(b"SUMMARY:Targ", image).image_url is None


# Lines


@pytest.mark.parametrize(
    "line",
    ["X_ROOM:back door", "X-A.B;C=d:back door", "X-MY_PROP:back door", "NOTE_OF_ADMIN:back door"],
)
def test_a_property_with_a_name_that_is_not_allowed_is_no_part_of_the_text(line: str) -> None:
    found = record("DESCRIPTION:Bring a chair", line, "LOCATION:Hall")
    assert found.description == "Bring a chair"


def test_a_broken_line_of_a_text_stays_a_part_of_it() -> None:
    assert record("DESCRIPTION:Bring", "a chair").description == "Bring\na chair"


@pytest.mark.parametrize(
    ("tzid", "start"),
    [
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rom, Stockholm, Wien", "18:00"),
        ("(UTC+01:00) Sarajevo, Skopje, Warsaw, Zagreb", "18:00"),
        ("(GMT+01:00) Brussels, Copenhagen, Madrid, Paris", "18:00"),
        ("(UTC-05:00) Eastern Time (US & Canada)", "00:00"),
        ("(UTC-06:00) Central Time (US & Canada)", "01:00"),
        ("(UTC+00:00) Dublin, Edinburgh, Lisbon, London", "19:00"),
        ("(UTC+02:00) Helsinki, Kyiv, Riga, Sofia, Tallinn, Vilnius", "17:00"),
        ("GMT+01:00", "18:00"),
    ],
)
@pytest.mark.parametrize("quote", ["", '"'])
def test_a_time_zone_with_a_colon_needs_no_quotes(tzid: str, start: str, quote: str) -> None:
    (found,) = records(event(f"DTSTART;TZID={quote}{tzid}{quote}:20270110T190000"))
    assert found.starts_at is not None
    assert f"{found.starts_at.astimezone(ZoneInfo('UTC')):%H:%M}" == start


def test_exception_dates_may_name_a_time_zone_with_a_colon() -> None:
    zone = "TZID=(UTC+01:00) Sarajevo, Skopje, Warsaw, Zagreb"
    found = records(
        event(
            f"DTSTART;{zone}:20270110T190000",
            "RRULE:FREQ=DAILY;COUNT=3",
            f"EXDATE;{zone}:20270111T190000",
        )
    )
    assert starts(found) == ["2027-01-10 19:00", "2027-01-12 19:00"]


@pytest.mark.parametrize("before", ["\n", "\r\n\r\n", "  ", "\n  ", "\t", "\ufeff\n "])
def test_blank_lines_and_blanks_before_the_calendar_are_skipped(before: str) -> None:
    body = before.encode() + feed(event("DTSTART:20270310T190000"))
    assert [item.title for item in read(body).records] == ["Night Walk"]


@pytest.mark.parametrize("indentation", ["  ", "\t", "    "])
def test_a_calendar_whose_lines_are_all_indented_is_read(indentation: str) -> None:
    text = feed(event("DTSTART:20270310T190000", "DESCRIPTION:one", " two")).decode()
    body = "".join(f"{indentation}{line}\n" for line in text.splitlines())
    (found,) = read(f"\n{body}".encode()).records
    assert (found.title, found.description) == ("Night Walk", "onetwo")


def test_a_few_line_ends_of_old_macs_among_others_are_line_ends() -> None:
    body = feed(event("DTSTART:20270310T190000", "LOCATION:Hall"))
    (found,) = read(body.replace(b"\r\nLOCATION", b"\rLOCATION")).records
    assert found.venue is not None
    assert found.venue.name == "Hall"


# Whole days


@pytest.mark.parametrize(
    "flag",
    [
        "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
        "X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT:TRUE",
        "X-FUNAMBOL-ALLDAY:1",
        "X-ALLDAY:1",
    ],
)
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("20270310T000000Z", "20270311T000000Z"),
        ("20270309T230000Z", "20270310T230000Z"),
        ("20270310T000000", "20270311T000000"),
        ("20270310T000000Z", None),
    ],
)
def test_an_exporters_flag_makes_midnights_a_whole_day(
    flag: str, start: str, end: str | None
) -> None:
    lines = [f"DTSTART:{start}", *([f"DTEND:{end}"] if end else []), flag]
    (found,) = records(event(*lines))
    assert (found.starts_at, found.local_date) == (None, date(2027, 3, 10))
    assert found.ends_at is None or found.ends_at.date() <= date(2027, 3, 11)


def test_a_flag_over_several_days_keeps_the_last() -> None:
    flag = "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE"
    flagged = records(event("DTSTART:20270310T000000Z", "DTEND:20270313T000000Z", flag))
    dated = records(event("DTSTART;VALUE=DATE:20270310", "DTEND;VALUE=DATE:20270313"))
    assert flagged == dated


@pytest.mark.parametrize(
    "lines",
    [
        ("DTSTART:20270310T000000Z", "X-MICROSOFT-CDO-ALLDAYEVENT:FALSE"),
        ("DTSTART:20270310T190000", "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE"),
    ],
)
def test_a_time_of_day_is_kept_where_the_flag_says_no_or_cannot_be_right(
    lines: tuple[str, ...],
) -> None:
    (found,) = records(event(*lines))
    assert found.starts_at is not None


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20270321T000000Z", 21),
        ("20270321T040000Z", 21),
        ("20270321T035959Z", 20),
        ("20270321T235959Z", 21),
        ("20270321", 21),
        ("20270320T120000Z", 20),
    ],
)
def test_a_series_of_whole_days_ends_on_the_day_of_its_until(until: str, last: int) -> None:
    body = feed(event("DTSTART;VALUE=DATE:20270316", f"RRULE:FREQ=DAILY;UNTIL={until}"))
    found = read(body, zone=INDIANA).records
    assert [item.local_date.day for item in found if item.local_date] == [*range(16, last + 1)]


def test_a_series_that_began_before_1900_goes_on() -> None:
    body = feed(event("DTSTART;VALUE=DATE:18670310", "RRULE:FREQ=YEARLY"))
    found = read_feed(body, INDIANA, Window(date(2027, 1, 1), date(2027, 12, 31)))
    assert [item.local_date for item in found.records] == [date(2027, 3, 10)]


# Rules that few write


@pytest.mark.parametrize(
    ("lines", "days"),
    [
        (("RRULE:FREQ=DAILY;COUNT=8", "EXRULE:FREQ=WEEKLY;BYDAY=SA,SU"), [1, 2, 3, 4, 5, 8]),
        (("RRULE:FREQ=DAILY;COUNT=4", "EXRULE:FREQ=DAILY;INTERVAL=2"), [2, 4]),
        (
            (
                "RRULE:FREQ=DAILY;COUNT=5",
                "EXRULE:FREQ=DAILY;COUNT=1",
                "EXRULE:FREQ=DAILY;INTERVAL=4",
            ),
            [2, 3, 4],
        ),
        (
            ("RRULE:FREQ=WEEKLY;COUNT=2", "RDATE:20270303T190000", "EXRULE:FREQ=WEEKLY;INTERVAL=2"),
            [3, 8],
        ),
    ],
)
def test_an_exception_rule_takes_dates_away(lines: tuple[str, ...], days: list[int]) -> None:
    found = records(event("DTSTART:20270301T190000", *lines))
    assert [item.local_date.day for item in found if item.local_date] == days


def test_further_dates_of_an_override_whose_series_is_not_there_are_read() -> None:
    found = records(
        event(
            "DTSTART:20270301T190000",
            "DTEND:20270301T200000",
            "RECURRENCE-ID:20270301T190000",
            "RDATE;VALUE=PERIOD:20270305T180000/PT2H,20270306T180000/20270306T183000",
        )
    )
    assert starts(found) == ["2027-03-01 19:00", "2027-03-05 18:00", "2027-03-06 18:00"]
    assert [f"{item.ends_at:%H:%M}" for item in found if item.ends_at] == [
        "20:00",
        "20:00",
        "18:30",
    ]


# Fields


@pytest.mark.parametrize(
    ("value", "categories"),
    [
        ("http://schemas.google.com/g/2005#event", ()),
        ("Music,http://schemas.google.com/g/2005#event", ("Music",)),
        ("Rock & Roll", ("Rock & Roll",)),
    ],
)
def test_an_address_is_no_category(value: str, categories: tuple[str, ...]) -> None:
    assert record(f"CATEGORIES:{value}").categories == categories


@pytest.mark.parametrize(
    ("name", "organizer"),
    [
        ('"Ada%20Nowak"', "Ada Nowak"),
        ("Ada%20Nowak%2C%20Jan", "Ada Nowak, Jan"),
        ("Biblioteka%20%C5%81%C3%B3d%C5%BA", "Biblioteka Łódź"),
        ("100% Jazz", "100% Jazz"),
        ("Club 50%50", "Club 50%50"),
    ],
)
def test_a_percent_encoded_organizer_is_decoded(name: str, organizer: str) -> None:
    assert record(f"ORGANIZER;CN={name}:mailto:a@example.org").organizer == organizer


# A calendar zone that is not the city's

KOKOMO = City(
    slug="kokomo",
    name="Kokomo",
    country="US",
    timezone="America/Indiana/Indianapolis",
    latitude=40.49,
    longitude=-86.13,
)
CONTRADICTION = "calendar time zone America/Los_Angeles contradicts America/Indiana/Indianapolis:"
CALIFORNIAN = feed("X-WR-TIMEZONE:America/Los_Angeles", event("DTSTART:20270310T193000"))


def test_times_without_a_zone_are_the_citys_where_the_calendar_names_another() -> None:
    (found,) = ICalendar().parse(CALIFORNIAN, context(zone=INDIANA, city=KOKOMO)).records
    assert (starts([found]), found.timezone) == (["2027-03-10 19:30"], INDIANA.key)
    (warning,) = found.warnings
    assert warning == f"{CONTRADICTION} America/Indiana/Indianapolis taken"


def test_a_contradicting_calendar_zone_is_taken_with_a_warning_if_no_city_is_known() -> None:
    (found,) = ICalendar().parse(CALIFORNIAN, context(zone=INDIANA)).records
    assert found.timezone == "America/Los_Angeles"
    (warning,) = found.warnings
    assert warning == f"{CONTRADICTION} America/Los_Angeles taken"


def test_a_calendar_zone_with_the_same_time_as_the_city_gives_no_warning() -> None:
    body = feed("X-WR-TIMEZONE:America/New_York", event("DTSTART:20270310T193000"))
    (found,) = ICalendar().parse(body, context(zone=INDIANA, city=KOKOMO)).records
    assert found.warnings == ()
