"""Events as the Discovery API shows them: each field, and what becomes of it when it is odd."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.connectors.ticketmaster.event import event_record, known_as
from include.discovery.connectors.ticketmaster.listing import read_listing
from include.discovery.errors import UnreadableResponse
from include.discovery.model import Attendance, EventRecord, EventStatus, Price, Venue
from include.discovery.parsed import RejectItem, parse_items

WARSAW = ZoneInfo("Europe/Warsaw")


def event(
    dates: dict[str, Any] | None = None, venue: dict[str, Any] | None = None, **fields: Any
) -> dict[str, Any]:
    """Build an event of an evening in Warsaw; fields replace or add, None takes one away."""
    start = {"localDate": "2026-05-20", "localTime": "19:30:00", "dateTime": "2026-05-20T17:30:00Z"}
    item = {
        "id": "Z1aB-c_9",
        "name": "An Evening",
        "dates": {"start": start, "timezone": "Europe/Warsaw", "status": {"code": "onsale"}},
        "_embedded": {"venues": [{"name": "Hall", **(venue or {})}]},
    }
    item["dates"] |= dates or {}
    item |= fields
    return {name: value for name, value in item.items() if value is not None}


def start(**fields: Any) -> dict[str, Any]:
    return {"start": fields}


def record(*args: dict[str, Any], **fields: Any) -> EventRecord:
    return event_record(event(*args, **fields), WARSAW)


def rejection(*args: dict[str, Any], **fields: Any) -> str:
    with pytest.raises(RejectItem) as caught:
        record(*args, **fields)
    return caught.value.reason


# Identity and title -------------------------------------------------------------------------------


def test_the_id_keeps_its_case() -> None:
    assert record().external_id == "Z1aB-c_9"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"id": None}, "no id"),
        ({"id": " "}, "no id"),
        ({"id": ["x"]}, "no id"),
        ({"name": None}, "no title"),
        ({"name": ""}, "no title"),
        ({"name": {"en": "x"}}, "no title"),
        ({"test": True}, "test event"),
    ],
)
def test_an_item_that_is_no_event_is_rejected(fields: dict[str, Any], reason: str) -> None:
    assert rejection(**fields) == reason


def test_the_title_is_plain_text_without_its_status() -> None:
    parsed = record(name="CANCELLED:  Rock &amp; <b>Roll</b>")
    assert (parsed.title, parsed.status) == ("Rock & Roll", EventStatus.CANCELLED)
    assert "status cancelled is taken from the title" in parsed.warnings


# When ---------------------------------------------------------------------------------------------


def test_a_known_time_gives_an_instant_in_the_zone_of_the_event() -> None:
    parsed = record()
    assert parsed.starts_at == datetime(2026, 5, 20, 17, 30, tzinfo=UTC)
    assert parsed.starts_at.isoformat() == "2026-05-20T19:30:00+02:00"
    assert (parsed.local_date, parsed.time_known) == (date(2026, 5, 20), True)
    assert parsed.warnings == ()


@pytest.mark.parametrize("flag", ["timeTBA", "noSpecificTime"])
def test_an_unknown_time_leaves_the_day(flag: str) -> None:
    parsed = record(start(localDate="2026-05-20", localTime="00:00:00", **{flag: True}))
    assert (parsed.local_date, parsed.time_known) == (date(2026, 5, 20), False)
    assert parsed.starts_at is None


@pytest.mark.parametrize("day", [{}, {"localDate": "2026-05-21", "localTime": "00:30:00"}])
def test_the_day_of_an_unknown_time_is_the_local_one(day: dict[str, Any]) -> None:
    parsed = record(start(**day, dateTime="2026-05-20T22:30:00Z", timeTBA=True))
    assert (parsed.local_date, parsed.time_known) == (date(2026, 5, 21), False)


def test_a_day_without_a_time_has_none() -> None:
    assert record(start(localDate="2026-05-20")).time_known is False


def test_an_instant_without_a_local_day_gives_it() -> None:
    parsed = record(start(dateTime="2026-05-20T22:30:00Z"))
    assert parsed.local_date == date(2026, 5, 21)
    assert parsed.time_known


@pytest.mark.parametrize("timestamp", ["2026-05-20T19:30:00Z", "2026-05-20T18:30:00"])
def test_the_local_time_counts_where_the_instant_disagrees(timestamp: str) -> None:
    parsed = record(start(localDate="2026-05-20", localTime="19:30:00", dateTime=timestamp))
    assert parsed.starts_at.isoformat() == "2026-05-20T19:30:00+02:00"
    assert "is not local 2026-05-20 19:30, which was kept" in parsed.warnings[0]


def test_an_instant_without_an_offset_is_local_time() -> None:
    parsed = record(
        start(localDate="2026-05-20", localTime="19:30:00", dateTime="2026-05-20T19:30:00")
    )
    assert parsed.starts_at.isoformat() == "2026-05-20T19:30:00+02:00"
    assert parsed.warnings == ()


def test_an_instant_of_another_day_does_not_move_the_day() -> None:
    parsed = record(start(localDate="2026-05-20", dateTime="2026-05-25T17:30:00Z"))
    assert (parsed.local_date, parsed.time_known) == (date(2026, 5, 20), False)
    assert parsed.warnings


def test_the_instant_decides_in_the_repeated_hour() -> None:
    second = start(localDate="2026-10-25", localTime="02:30:00", dateTime="2026-10-25T01:30:00Z")
    assert record(second).starts_at.isoformat() == "2026-10-25T02:30:00+01:00"


@pytest.mark.parametrize(
    ("zone", "venue_zone", "expected"),
    [
        ("Europe/Warsaw", "Europe/Kyiv", "Europe/Warsaw"),
        (None, "Europe/Kyiv", "Europe/Kyiv"),
        (None, None, "Europe/Warsaw"),
        ("Mars/Olympus", "Europe/Kyiv", "Europe/Kyiv"),
        (7, "Europe/Kyiv", "Europe/Kyiv"),
    ],
)
def test_the_zone_is_that_of_the_event_or_else_of_the_venue_or_the_city(
    zone: int | str | None, venue_zone: str | None, expected: str
) -> None:
    given_zones = {"timezone": zone, "start": {"localDate": "2026-05-20"}}
    assert record(given_zones, {"timezone": venue_zone}).timezone == expected


def test_an_assumed_zone_gives_a_warning() -> None:
    assert record({"timezone": None}).warnings == ("no time zone given: Europe/Warsaw taken",)


@pytest.mark.parametrize(
    ("end", "ends_at"),
    [
        ({"dateTime": "2026-05-20T20:00:00Z"}, "2026-05-20T22:00:00+02:00"),
        ({"localDate": "2026-05-20", "localTime": "22:00:00"}, "2026-05-20T22:00:00+02:00"),
        ({"localTime": "22:00:00"}, "2026-05-20T22:00:00+02:00"),
        ({"localTime": "01:00:00"}, "2026-05-21T01:00:00+02:00"),
        ({"localDate": "2026-05-22", "noSpecificTime": True}, "2026-05-23T00:00:00+02:00"),
        ({"localDate": "2026-05-20"}, None),
        ({"localDate": "2026-05-01"}, None),
        ({}, None),
        ("late", None),
    ],
)
def test_the_end_of_an_event_is_read(end: dict[str, Any] | str, ends_at: str | None) -> None:
    parsed = record({"end": end})
    assert (parsed.ends_at and parsed.ends_at.isoformat()) == ends_at


def test_several_whole_days_end_at_midnight_after_the_last() -> None:
    parsed = record(start(localDate="2026-05-20") | {"end": {"localDate": "2026-05-22"}})
    assert parsed.ends_at.isoformat() == "2026-05-23T00:00:00+02:00"


def test_an_approximate_end_gives_a_warning() -> None:
    parsed = record({"end": {"dateTime": "2026-05-20T20:00:00Z", "approximate": True}})
    assert parsed.warnings == ("the end is approximate",)


# Whether ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("onsale", EventStatus.SCHEDULED),
        ("offsale", EventStatus.SCHEDULED),
        ("OnSale", EventStatus.SCHEDULED),
        ("cancelled", EventStatus.CANCELLED),
        ("canceled", EventStatus.CANCELLED),
        ("postponed", EventStatus.POSTPONED),
        ("rescheduled", EventStatus.RESCHEDULED),
        (None, EventStatus.SCHEDULED),
    ],
)
def test_the_status_code_gives_the_status(code: str | None, status: EventStatus) -> None:
    assert record({"status": {"code": code}}).status is status


def test_an_unknown_status_gives_a_warning() -> None:
    parsed = record({"status": {"code": "dormant"}})
    assert parsed.status is EventStatus.SCHEDULED
    assert parsed.warnings == ("unknown status 'dormant': taken as scheduled",)


def test_the_status_code_takes_precedence_over_the_title() -> None:
    parsed = record({"status": {"code": "rescheduled"}}, name="POSTPONED: An Evening")
    assert (parsed.title, parsed.status) == ("An Evening", EventStatus.RESCHEDULED)


def test_an_event_that_moved_online_is_attended_online() -> None:
    assert record(name="[Moved online] An Evening").attendance is Attendance.ONLINE


@pytest.mark.parametrize("flag", ["dateTBA", "dateTBD"])
@pytest.mark.parametrize("placeholder", [{}, {"localDate": "2026-12-31"}])
def test_a_date_to_be_announced_is_none(flag: str, placeholder: dict[str, Any]) -> None:
    parsed = record(start(**placeholder, **{flag: True}))
    assert (parsed.local_date, parsed.status) == (None, EventStatus.POSTPONED)
    assert parsed.warnings == ("date to be announced",)


def test_a_postponed_event_without_a_date_gives_no_warning() -> None:
    parsed = record(start(dateTBA=True) | {"status": {"code": "postponed"}})
    assert (parsed.status, parsed.warnings) == (EventStatus.POSTPONED, ())


def test_a_cancelled_event_keeps_its_last_date() -> None:
    dates = start(dateTBA=True) | {
        "status": {"code": "cancelled"},
        "initialStartDate": {"localDate": "2026-04-01"},
    }
    parsed = record(dates)
    assert (parsed.local_date, parsed.status) == (date(2026, 4, 1), EventStatus.CANCELLED)


@pytest.mark.parametrize(
    "dates",
    [
        start(),
        {"start": None},
        {"start": "soon"},
        start(localDate="20 May"),
        start(localDate="1900-01-01"),
        start(dateTime="2026-05-20"),
        start(localTime="19:30:00"),
        start(dateTBA=True) | {"status": {"code": "cancelled"}},
    ],
)
def test_an_event_without_any_date_is_rejected(dates: dict[str, Any]) -> None:
    assert rejection(dates) == "no date"


def test_a_reject_quotes_the_dates_of_the_event() -> None:
    with pytest.raises(RejectItem) as caught:
        record(start(localDate="20 May"))
    assert "20 May" in caught.value.detail


# Where --------------------------------------------------------------------------------------------


def test_the_venue_is_read_with_its_parts() -> None:
    parsed = record(
        venue={
            "id": "KvB",
            "address": {"line1": "ul. Długa 1"},
            "postalCode": "31-147",
            "city": {"name": " Kraków "},
            "state": {"name": "Małopolska", "stateCode": "MA"},
            "country": {"name": "Polska", "countryCode": "pl"},
            "location": {"latitude": "50.07", "longitude": "19.94"},
        }
    )
    assert parsed.venue == Venue(
        name="Hall",
        street="ul. Długa 1",
        postcode="31-147",
        locality="Kraków",
        region="Małopolska",
        country="PL",
        latitude=50.07,
        longitude=19.94,
        external_id="KvB",
    )


def test_a_place_stands_in_for_a_missing_venue() -> None:
    parsed = record(_embedded=None, place={"name": "Main Square", "city": {"name": "Kraków"}})
    assert parsed.venue == Venue(name="Main Square", locality="Kraków")


def test_an_event_without_a_venue_has_none() -> None:
    assert record(_embedded=None).venue is None


@pytest.mark.parametrize(
    ("location", "is_warned"),
    [
        ({}, False),
        ({"latitude": "50.1"}, False),
        ({"latitude": "0.0", "longitude": "0"}, True),
        ({"latitude": "950", "longitude": "19"}, True),
        ({"latitude": "nan", "longitude": "19"}, True),
        ({"latitude": "north", "longitude": "19"}, True),
        (["50.1", "19.9"], True),
    ],
)
def test_invalid_coordinates_cost_only_themselves(
    location: dict[str, Any] | list[str], is_warned: bool
) -> None:
    parsed = record(venue={"location": location})
    assert (parsed.venue.name, parsed.venue.latitude) == ("Hall", None)
    assert bool(parsed.warnings) is is_warned


# What ---------------------------------------------------------------------------------------------


def classification(segment: str, genre: str, sub: str = "Undefined", **more: Any) -> dict[str, Any]:
    names = {"segment": segment, "genre": genre, "subGenre": sub}
    return {kind: {"name": name} for kind, name in names.items()} | more


def test_categories_have_no_placeholders_and_begin_with_the_primary_ones() -> None:
    parsed = record(
        classifications=[
            classification("Miscellaneous", "Community/Civic", primary=False),
            classification("Music", "Other", "Club Dance", primary=True),
            classification("Music", "Undefined"),
        ]
    )
    assert parsed.categories == ("Music", "Club Dance", "Community/Civic")


def test_performers_come_in_order_of_billing() -> None:
    acts = [{"name": "First"}, {"name": "Second "}, {"name": "First"}, {}, None]
    assert record(_embedded={"attractions": acts}).performers == ("First", "Second")


@pytest.mark.parametrize(
    ("fields", "organizer"),
    [
        ({"promoter": {"name": "Best Gigs"}}, "Best Gigs"),
        ({"promoters": [{"name": "Best Gigs"}]}, "Best Gigs"),
        ({"promoter": {"id": "494", "name": "PROMOTED BY VENUE"}}, None),
        ({}, None),
    ],
)
def test_the_organizer_is_a_promoter_with_a_name(
    fields: dict[str, Any], organizer: str | None
) -> None:
    assert record(**fields).organizer == organizer


def test_a_description_has_no_repetitions() -> None:
    parsed = record(info="Doors at <b>six</b>.", pleaseNote="Doors at six.")
    assert parsed.description == "Doors at six."


def image(name: str, ratio: str = "16_9", width: int = 1024, **more: Any) -> dict[str, Any]:
    return {"url": f"https://img.example/{name}.jpg", "ratio": ratio, "width": width, **more}


@pytest.mark.parametrize(
    ("images", "best"),
    [
        ([image("s", width=640), image("m"), image("l", width=2048)], "m"),
        ([image("l", width=2048), image("xl", width=4096)], "l"),
        ([image("square", "1_1"), image("s", width=100)], "s"),
        ([image("square", "1_1")], "square"),
        ([image("generic", fallback=True), image("own", "3_2", fallback=False)], "own"),
        ([{"url": "https://img.example/bare.jpg"}], "bare"),
        ([image("m") | {"url": "data:x"}, image("s", width=640)], "s"),
    ],
)
def test_the_best_picture_of_the_event_is_chosen(images: list[dict[str, Any]], best: str) -> None:
    assert record(images=images).image_url == f"https://img.example/{best}.jpg"


def test_a_generic_picture_is_not_taken() -> None:
    assert record(images=[image("generic", fallback=True)]).image_url is None


@pytest.mark.parametrize(
    ("locale", "language"),
    [("en-us", "en-US"), ("pl-pl", "pl-PL"), ("de", "de"), ("*", None), (None, None)],
)
def test_the_locale_gives_the_language(locale: str | None, language: str | None) -> None:
    assert record(locale=locale).language == language


def price_range(
    low: Any, high: Any, kind: str = "standard", currency: str = "PLN"
) -> dict[str, Any]:
    return {"type": kind, "min": low, "max": high, "currency": currency}


@pytest.mark.parametrize(
    ("ranges", "price"),
    [
        ([price_range(99.5, 250)], Price(min=Decimal("99.50"), max=Decimal(250), currency="PLN")),
        (
            [price_range(50, 80), price_range(30, 60), price_range(900, 990, "platinum")],
            Price(min=Decimal(30), max=Decimal(80), currency="PLN"),
        ),
        (
            [price_range(900, 990, "platinum")],
            Price(min=Decimal(900), max=Decimal(990), currency="PLN"),
        ),
        (
            [price_range(50, 80), price_range(10, 20, currency="EUR")],
            Price(min=Decimal(50), max=Decimal(80), currency="PLN"),
        ),
        ([price_range(80, 50)], Price(min=Decimal(50), max=Decimal(80), currency="PLN")),
        ([{"min": 30}], Price(min=Decimal(30), is_free=False)),
        ([price_range(50, 80), price_range(90, None)], Price(min=Decimal(50), currency="PLN")),
        ([], None),
    ],
)
def test_a_price_spans_the_standard_tickets(
    ranges: list[dict[str, Any]], price: Price | None
) -> None:
    assert record(priceRanges=ranges).price == price


def test_a_price_of_zero_is_not_taken_for_free() -> None:
    parsed = record(priceRanges=[price_range(0, 0)])
    assert parsed.price is None
    assert parsed.warnings == ("price dropped: 0 to 0, which does not say that it is free",)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": 7}, "url"),
        ({"images": "none"}, "image"),
        ({"priceRanges": [price_range("cheap", 9)]}, "price"),
        ({"priceRanges": [price_range(-5, 9)]}, "price"),
        ({"priceRanges": [price_range(5, float("nan"))]}, "price"),
        ({"priceRanges": [price_range(5, 9, currency="złoty")]}, "price"),
        ({"classifications": {"segment": "Music"}}, "categories"),
        ({"promoter": "Best Gigs"}, "organizer"),
        ({"locale": "Klingon (Qo'noS)"}, "language"),
        ({"_embedded": {"attractions": "The Band"}}, "performers"),
        ({"_embedded": {"venues": "Hall"}}, "venue"),
        ({"_embedded": {"venues": [{"country": {"countryCode": "POL"}}]}}, "venue country"),
        ({"_embedded": {"venues": [{"city": "Kraków"}]}}, "venue city"),
    ],
)
def test_an_unreadable_field_costs_only_itself_with_a_warning(
    fields: dict[str, Any], field: str
) -> None:
    parsed = record(**fields)
    assert parsed.title == "An Evening"
    assert [warning.split(" dropped: ")[0] for warning in parsed.warnings] == [field]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(
    ["url", "dates", "images", "priceRanges", "_embedded", "promoter", "info", "locale", "place"]
)


@given(st.dictionaries(names, json_values), json_values)
def test_no_value_of_a_field_raises_an_unexpected_error(
    fields: dict[str, Any], start_value: Any
) -> None:
    items = [event() | fields, event({"start": start_value}), start_value]
    parsed = parse_items(
        items, lambda item: event_record(item, WARSAW), lambda n, _: str(n), known_as
    )
    assert "unexpected shape" not in {reject.reason for reject in parsed.rejects}


# Answers as a whole -------------------------------------------------------------------------------


def listing(*events: dict[str, Any], **page: Any) -> dict[str, Any]:
    return {"_embedded": {"events": list(events)}, "page": page}


def encoded(document: dict[str, Any]) -> bytes:
    return json.dumps(document).encode()


def test_a_listing_has_its_number_of_events() -> None:
    found = read_listing(encoded(listing(event(), totalElements=37)))
    assert (len(found.items), found.total) == (1, 37)


def test_an_empty_result_is_a_listing() -> None:
    found = read_listing(b'{"page": {"totalElements": 0, "totalPages": 0}}')
    assert (found.items, found.total) == ((), 0)


@pytest.mark.parametrize("total", [None, "37", -1, True, 3.5])
def test_a_total_that_is_no_count_is_unknown(total: Any) -> None:
    assert read_listing(encoded(listing(event(), totalElements=total))).total is None


def test_the_answer_for_a_single_event_is_a_listing_of_one() -> None:
    assert read_listing(encoded(event())).items == (event(),)


def test_several_documents_are_read_as_one_listing() -> None:
    first, second = listing(event(id="A"), totalElements=2), listing(event(id="B"))
    found = read_listing(encoded(first) + b"\n\n" + encoded(second))
    assert [item["id"] for item in found.items] == ["A", "B"]
    assert found.total == 2


def test_a_document_assigned_to_a_variable_is_read() -> None:
    assert (
        len(read_listing(b"export const page = " + encoded(listing(event())) + b";\n").items) == 1
    )


def test_a_byte_order_mark_before_a_listing_is_ignored() -> None:
    assert len(read_listing(b"\xef\xbb\xbf" + encoded(listing(event()))).items) == 1


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b"  <html><script>var a = {};</script></html>", "HTML"),
        (b"BEGIN:VCALENDAR", "text"),
        (b'{"_embedded": {"events": [', "in the middle of its JSON"),
        (b'{"_embedded" "events"}', "not valid JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[]", "a JSON list of 0"),
        (b"7", "a JSON int"),
        (b"null", "a JSON NoneType"),
        (b"{}", "a JSON object of nothing"),
        (b'{"_embedded": {"attractions": []}, "page": {}}', "a listing of attractions"),
        (b'{"_embedded": {"events": 3}}', "'events' of this listing are no list"),
        (b'{"type": "event", "id": "x", "images": []}', "a JSON object of id, images, type"),
        (b'[{"method": "GET", "path": "/", "response": {}}]', "a recording of HTTP calls"),
        (
            b'{"fault": {"faultstring": "secret", "detail": {"errorcode": "oauth.v2.Invalid"}}}',
            "an error answer (oauth.v2.Invalid)",
        ),
        (b'{"errors": [{"code": "DIS1035"}]}', "an error answer (DIS1035)"),
        (b'{"errors": ["?"]}', "an error answer (without a code)"),
    ],
)
def test_a_document_that_is_no_listing_is_named(body: bytes, says: str) -> None:
    with pytest.raises(UnreadableResponse) as caught:
        read_listing(body)
    assert says in str(caught.value)
    assert "secret" not in str(caught.value)


@given(st.binary())
def test_any_bytes_are_a_listing_or_unreadable(body: bytes) -> None:
    try:
        read_listing(body)
    except UnreadableResponse:
        return
