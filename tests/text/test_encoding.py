"""From bytes to text: which encoding is meant, and that damage stays local and gives a warning."""

from __future__ import annotations

from collections.abc import Sequence
from encodings.aliases import aliases
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.connectors import connector_for
from include.discovery.connectors.base import ParseContext
from include.discovery.formats.json_repair import json_text, load_json
from include.discovery.model import EventRecord
from include.discovery.text.encoding import (
    DAMAGED,
    MARK,
    Encoding,
    charset_of,
    decoded,
    encoding_of,
    marked_text,
)

URL = "https://mill.example/events/"
FIELDS = {"title": "title", "external_id": "id", "starts_at": "start", "venue_name": "place.name"}


def json_of(titles: Sequence[bytes]) -> bytes:
    items = (
        b'{"id": "%d", "title": "%b", "start": "2026-05-01T19:00", "place": {"name": "Old Mill"}}'
        % (number, title)
        for number, title in enumerate(titles)
    )
    return b'{"events": [' + b",\n".join(items) + b"]}"


def tribe_of(titles: Sequence[bytes]) -> bytes:
    items = (
        b'{"id": %d, "title": "%b", "start_date": "2026-05-01 19:00:00", "timezone":'
        b' "Europe/Warsaw"}' % (number + 1, title)
        for number, title in enumerate(titles)
    )
    return b'{"events": [' + b",".join(items) + b'], "total": 3, "rest_url": "x"}'


def rss_of(titles: Sequence[bytes]) -> bytes:
    items = (
        b"<item><guid>%d</guid><title>%b</title><ev:startdate>2026-05-01T19:00</ev:startdate></item>"
        % (number, title)
        for number, title in enumerate(titles)
    )
    return (
        b'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"'
        b' xmlns:ev="http://purl.org/rss/1.0/modules/event/"><channel><title>Mill</title>'
        + b"".join(items)
        + b"</channel></rss>"
    )


def calendar_of(titles: Sequence[bytes]) -> bytes:
    events = (
        b"BEGIN:VEVENT\r\nUID:%d\r\nDTSTART:20260501T190000\r\nSUMMARY:%b\r\nEND:VEVENT\r\n"
        % (number, title)
        for number, title in enumerate(titles)
    )
    return b"BEGIN:VCALENDAR\r\n" + b"".join(events) + b"END:VCALENDAR\r\n"


def page_of(titles: Sequence[bytes]) -> bytes:
    scripts = (
        b'<script type="application/ld+json">{"@type": "Event", "identifier": "%d", "name": "%b",'
        b' "startDate": "2026-05-01T19:00"}</script>' % (number, title)
        for number, title in enumerate(titles)
    )
    return b"<!doctype html><html><head>" + b"".join(scripts) + b"</head></html>"


def microdata_of(titles: Sequence[bytes]) -> bytes:
    items = (
        b'<div itemscope itemtype="https://schema.org/Event"><meta itemprop="identifier"'
        b' content="%d"><h3 itemprop="name">%b</h3><time itemprop="startDate"'
        b' datetime="2026-05-01T19:00">1 May</time></div>' % (number, title)
        for number, title in enumerate(titles)
    )
    return b"<!doctype html><html><body>" + b"".join(items) + b"</body></html>"


FORMATS = {
    "json_feed": ("json_feed", json_of),
    "events_calendar": ("events_calendar", tribe_of),
    "rss": ("rss", rss_of),
    "icalendar": ("icalendar", calendar_of),
    "json-ld": ("schema_org", page_of),
    "microdata": ("schema_org", microdata_of),
}


def read(name: str, titles: Sequence[bytes]) -> Sequence[EventRecord]:
    kind, build = FORMATS[name]
    given = {"fields": FIELDS, "items": "events"} if kind == "json_feed" else {}
    context = ParseContext(
        connector_for(kind).parse_settings(given, URL), ZoneInfo("Europe/Warsaw"), url=URL
    )
    return connector_for(kind).parse(build(titles), context).records


def damage_in(record: EventRecord) -> bool:
    return any(DAMAGED in warning for warning in record.warnings)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    ("bad", "shown"),
    [
        (b"Caf\xe9 M\xfcller", "Café Müller"),  # Windows-1252 in the midst of UTF-8
        (b"\x93Lamp\x94 Night", "“Lamp” Night"),
        (b"Gda\x81sk", "Gdask"),  # a byte that is no letter in either
        (b"Gda\xc5 sk", "GdaÅ sk"),  # the first half of a letter
        (b"Gda\x00sk", "Gdask"),  # which no database stores
        ("Gda\ufffdsk".encode(), "Gdask"),  # lost before it came here
    ],
)
def test_a_damaged_byte_gives_a_warning_on_its_own_record_alone(
    name: str, bad: bytes, shown: str
) -> None:
    records = read(name, ["Koncert w Łodzi".encode(), bad, "Zażółć gęślą jaźń".encode()])

    assert [record.title for record in records] == ["Koncert w Łodzi", shown, "Zażółć gęślą jaźń"]
    assert [damage_in(record) for record in records] == [False, True, False]
    assert all(MARK not in record.model_dump_json() for record in records)


@pytest.mark.parametrize("name", FORMATS)
def test_a_single_letter_of_windows_1252_among_ascii_is_read_with_a_warning(name: str) -> None:
    records = read(name, [b"Lamp Night", b"Caf\xe9", b"River Walk"])

    assert [record.title for record in records] == ["Lamp Night", "Café", "River Walk"]
    assert [damage_in(record) for record in records] == [False, True, False]


@pytest.mark.parametrize("name", FORMATS)
def test_the_warning_names_the_damaged_field(name: str) -> None:
    (record,) = (one for one in read(name, ["Łódź".encode(), b"Caf\xe9"]) if "Caf" in one.title)

    assert record.warnings == (f"title: {DAMAGED}",)


@pytest.mark.parametrize("name", FORMATS)
def test_an_undamaged_text_has_no_warning(name: str) -> None:
    records = read(name, ["Łódź – „Lampa” 🎺".encode(), b"Lamp Night"])

    assert [record.title for record in records] == ["Łódź – „Lampa” 🎺", "Lamp Night"]
    assert not any(map(damage_in, records))


@pytest.mark.parametrize("escape", [r"\ud83d", r"\uDE00", r"\u0000", r"\ufffd", r"\ud83d\ud83d"])
def test_a_json_escape_of_no_character_gives_a_warning(escape: str) -> None:
    records = read("json_feed", ["Łódź".encode(), f"Lamp {escape}Night".encode()])

    assert [record.title for record in records] == ["Łódź", "Lamp Night"]
    assert [damage_in(record) for record in records] == [False, True]


@pytest.mark.parametrize("text", [r"\ud83d\ude00", r"\\ud83d", r"\\\ud83d\ude00"])
def test_a_pair_of_surrogates_and_an_escaped_backslash_are_no_damage(text: str) -> None:
    assert json_text(f'"{text}"'.encode()) == f'"{text}"'


def test_damage_in_a_nested_value_of_a_record_is_found() -> None:
    body = json_of([b"Lamp Night"]).replace(b"Old Mill", b"Caf\xe9")
    settings = connector_for("json_feed").parse_settings({"fields": FIELDS, "items": "events"}, URL)
    context = ParseContext(settings, ZoneInfo("Europe/Warsaw"), url=URL)

    (record,) = connector_for("json_feed").parse(body, context).records

    assert record.venue is not None
    assert record.venue.name == "Café"
    assert record.warnings == (f"venue: {DAMAGED}",)


@pytest.mark.parametrize("name", ["json_feed", "events_calendar", "json-ld"])
def test_a_member_lost_to_a_damaged_name_gives_a_warning_on_its_own_record(name: str) -> None:
    titles = ["Łódź".encode(), b'Lamp Night", "pri\xffce": "5 z\xc5\x82', b"River Walk"]

    records = read(name, titles)

    assert [record.title for record in records] == ["Łódź", "Lamp Night", "River Walk"]
    assert [record.warnings for record in records] == [(), (f"member priÿce: {DAMAGED}",), ()]


def test_a_damaged_name_in_a_nested_object_gives_a_warning() -> None:
    body = json_of([b"Lamp Night"]).replace(b'{"name"', b'{"na\xffme"')
    settings = connector_for("json_feed").parse_settings({"fields": FIELDS, "items": "events"}, URL)
    context = ParseContext(settings, ZoneInfo("Europe/Warsaw"), url=URL)

    (record,) = connector_for("json_feed").parse(body, context).records

    assert record.venue is None
    assert record.warnings == (f"member naÿme: {DAMAGED}",)


def test_the_reason_of_a_reject_has_no_marks() -> None:
    body = json_of([b"Lamp Night"]).replace(b"2026-05-01T19:00", b"caf\xe9")
    settings = connector_for("json_feed").parse_settings({"fields": FIELDS, "items": "events"}, URL)
    context = ParseContext(settings, ZoneInfo("Europe/Warsaw"), url=URL)

    parsed = connector_for("json_feed").parse(body, context)

    assert not parsed.records
    assert MARK not in repr(parsed.rejects)


@pytest.mark.parametrize(
    ("body", "declared", "name"),
    [
        (b"\xef\xbb\xbf[]", "iso-8859-2", "utf-8"),  # a byte-order mark decides
        ("\ufeffŁ".encode("utf-16-le"), "utf-8", "utf-16-le"),
        ("\ufeffŁ".encode("utf-32-be"), None, "utf-32-be"),
        ('{"a": 1}'.encode("utf-16-be"), None, "utf-16-be"),  # so do the zeros between ASCII
        ('{"a": 1}'.encode("utf-32-le"), "utf-8", "utf-32-le"),
        ("Łódź".encode(), "iso-8859-2", "utf-8"),  # valid UTF-8 is UTF-8, whatever is declared
        (b'\x00{"a": "x"}', None, "utf-8"),  # a zero alone is no sign of UTF-16
        ("Łódź".encode("iso-8859-2"), "ISO-8859-2", "iso8859-2"),
        ("Łódź".encode("iso-8859-2"), "utf-8", "cp1252"),  # a declaration that cannot be true
        ("é".encode("latin-1"), "latin1", "cp1252"),  # as browsers read it
        ("é".encode("latin-1"), "base64", "cp1252"),  # no encoding of text
        ("é".encode("latin-1"), "idna", "cp1252"),  # nor one of documents
        ("é".encode("latin-1"), "unicode_escape", "cp1252"),
        ("é".encode("latin-1"), "utf-7", "cp1252"),
        ("żółć".encode("cp1250"), "Windows-1250", "cp1250"),
        ("日本".encode("shift_jis"), "x-sjis", "cp1252"),  # a label that Python does not know
        ("日本".encode("shift_jis"), "Shift_JIS", "shift_jis"),
        ("é".encode("latin-1"), None, "cp1252"),
        ("Łódź " * 9 + "\udce9", "iso-8859-2", "utf-8"),  # damaged UTF-8
        ('<?xml version="1.0" encoding="windows-1250"?><a>\udcb3</a>', None, "cp1250"),
        ('<meta charset="koi8-r"><p>\udcc1\udcc2', None, "koi8-r"),
        ('<meta charset="koi8-r"><p>\udcc1\udcc2', "iso-8859-5", "iso8859-5"),  # the header first
    ],
)
def test_an_encoding_is_chosen_by_byte_order_mark_validity_and_declaration(
    body: bytes | str, declared: str | None, name: str
) -> None:
    given = body if isinstance(body, bytes) else body.encode("utf-8", "surrogateescape")

    assert encoding_of(given, declared).name == name


def test_a_damaged_byte_is_read_in_the_declared_encoding() -> None:
    body = "Zażółć ".encode() * 3 + "Łódź".encode("iso-8859-2")

    assert decoded(body, "iso-8859-2") == "Zażółć " * 3 + "Łódź"


def test_a_character_that_is_cut_off_at_the_end_is_lost_and_marked() -> None:
    text = marked_text("Koncert w Łodź".encode()[:-1])

    assert text == f"Koncert w Łod\ufffd{MARK}"


def test_json_that_is_damaged_between_its_texts_is_read_as_far_as_possible() -> None:
    assert load_json(b'{"a": "\xff\xfe x", "b": "\xc5\x81"}')["b"] == "Ł"


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [
        ("text/html; charset=ISO-8859-2", "iso-8859-2"),
        ('application/json; charset="utf-8"; a=b', "utf-8"),
        ("text/html", None),
        ("text/html; charset=", None),
    ],
)
def test_the_charset_is_read_from_the_content_type(content_type: str, charset: str | None) -> None:
    assert charset_of({"content-type": content_type}) == charset


@pytest.mark.parametrize("label", sorted(set(aliases.values()) | {"idna", "unicode_escape"}))
def test_a_text_in_any_declared_encoding_can_be_read_and_stored(label: str) -> None:
    text = decoded(b"\xff \\ud800 \\x00 +2AA- xn--a\x00", label)

    assert "\x00" not in text
    text.encode()


@given(st.binary(max_size=300), st.none() | st.sampled_from(["utf-8", "iso-8859-2", "utf-16", "x"]))
def test_any_bytes_become_text_that_can_be_stored(body: bytes, declared: str | None) -> None:
    text = decoded(body, declared)

    assert MARK not in text
    assert "\x00" not in text
    text.encode()


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufdd0\ufffd\x00")))
def test_valid_utf_8_comes_back_unchanged(text: str) -> None:
    body = text.encode()
    kept = text.removeprefix("\ufeff")

    assert marked_text(body, "iso-8859-2") == kept


@given(
    st.lists(st.sampled_from(["Łódź", "café", "ab", "日本"]), min_size=1, max_size=40),
    st.integers(0, 39),
)
def test_a_damaged_byte_changes_nothing_but_itself(words: list[str], place: int) -> None:
    at = place % len(words)
    spelled = (b"\xe9" if n == at else word.encode() for n, word in enumerate(words))
    body = b" ".join((*spelled, b"end"))
    encoding = encoding_of(body)
    expected = [f"é{MARK}" if n == at else word for n, word in enumerate(words)] + ["end"]

    if encoding.name == "utf-8":
        assert encoding.decode(body).split(" ") == expected
    else:
        assert encoding == Encoding("cp1252", is_guess=True)
