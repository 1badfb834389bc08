"""Events of The Events Calendar: one test for each rule of how an item becomes a record."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.connectors.events_calendar.event import event_record, known_as
from include.discovery.connectors.events_calendar.listing import error_code, read_listing
from include.discovery.errors import UnreadableResponse
from include.discovery.model import Attendance, EventRecord, EventStatus, Price, Venue
from include.discovery.parsed import RejectItem, parse_items

WARSAW = ZoneInfo("Europe/Warsaw")


def item(**more: Any) -> dict[str, Any]:
    return {
        "id": 12,
        "title": "Wieczór poezji",
        "start_date": "2026-05-08 19:00:00",
        "end_date": "2026-05-08 21:00:00",
        "utc_start_date": "2026-05-08 17:00:00",
        "utc_end_date": "2026-05-08 19:00:00",
        "timezone": "Europe/Warsaw",
        **more,
    }


def local_item(start: object, end: object = "", **more: Any) -> dict[str, Any]:
    """Make an item whose times are given by the wall clock alone."""
    wanted = item(start_date=start, end_date=end, **more)
    return {k: v for k, v in wanted.items() if not k.startswith("utc_")}


def read(given: object, zone: ZoneInfo = WARSAW, country: str | None = None) -> EventRecord:
    return event_record(given, zone, "https://dom.example/blog", country)


def utc(record: EventRecord) -> str | None:
    return record.starts_at and f"{record.starts_at.astimezone(UTC):%Y-%m-%dT%H:%M}"


# Identity and title


@pytest.mark.parametrize("given", [{"id": 12}, {"id": "12"}, {"id": 12.0}])
def test_the_id_of_an_event_is_the_number_of_its_post(given: dict[str, Any]) -> None:
    assert read(item(**given)).external_id == "12"


@pytest.mark.parametrize("number", [12, "12", None])
def test_the_id_of_an_event_includes_the_site_where_the_plugin_gives_it(
    number: int | str | None,
) -> None:
    given = item(id=number, global_id="dom.example/blog?id=12")
    assert read(given).external_id == "dom.example/blog?id=12"


def test_a_global_id_of_another_post_is_ignored() -> None:
    assert read(item(id=12, global_id="dom.example?id=13")).external_id == "12"


@pytest.mark.parametrize("bad", [None, "", 0, True, [], {}, float("nan")])
def test_an_item_without_an_id_is_rejected(bad: Any) -> None:
    with pytest.raises(RejectItem, match="no id"):
        read(item(id=bad))


def test_entities_in_a_title_are_decoded() -> None:
    assert read(item(title="Kawa &#038; sztuka &#8211; wstęp")).title == "Kawa & sztuka – wstęp"


def test_a_title_may_be_wrapped_as_wordpress_does() -> None:
    assert read(item(title={"rendered": "Wieczór"})).title == "Wieczór"


@pytest.mark.parametrize("bad", [None, "", "&nbsp;", "<p></p>", ["a"], "&#8203;"])
def test_an_item_without_a_title_is_rejected(bad: Any) -> None:
    with pytest.raises(RejectItem, match="no title"):
        read(item(title=bad))


# Status


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("scheduled", EventStatus.SCHEDULED),
        ("canceled", EventStatus.CANCELLED),
        ("postponed", EventStatus.POSTPONED),
        ("moved-online", EventStatus.MOVED_ONLINE),
        ("", EventStatus.SCHEDULED),
        (None, EventStatus.SCHEDULED),
    ],
)
def test_the_status_field_gives_the_status(given: str | None, status: EventStatus) -> None:
    assert read(item(event_status=given)).status is status


def test_a_status_word_in_the_title_gives_the_status_and_is_removed() -> None:
    record = read(item(title="ODWOŁANE: Wieczór poezji"))
    assert (record.title, record.status) == ("Wieczór poezji", EventStatus.CANCELLED)
    assert "status cancelled is taken from the title" in record.warnings


def test_the_more_serious_status_of_field_and_title_counts() -> None:
    record = read(item(title="CANCELLED: X", event_status="postponed"))
    assert record.status is EventStatus.CANCELLED


def test_an_unknown_status_gives_a_warning() -> None:
    record = read(item(event_status="quantum"))
    assert record.status is EventStatus.SCHEDULED
    assert "event_status" in record.warnings[0]


@pytest.mark.parametrize("status", ["draft", "private", "trash"])
def test_an_unpublished_item_is_rejected(status: str) -> None:
    with pytest.raises(RejectItem, match="not published"):
        read(item(status=status))


def test_an_item_that_is_hidden_from_listings_is_rejected() -> None:
    with pytest.raises(RejectItem, match="hidden"):
        read(item(hide_from_listings=True))


@pytest.mark.parametrize(
    "given",
    [
        {"title": "Protected: Próba", "description": ""},
        {"title": "Zabezpieczone: Próba"},
        {"description": '<form class="post-password-form"></form>'},
        {"password": "x"},
    ],
)
def test_an_item_behind_a_password_is_rejected(given: dict[str, Any]) -> None:
    with pytest.raises(RejectItem, match="password"):
        read(item(**given))


def test_the_title_of_a_public_event_may_begin_with_protected() -> None:
    assert read(item(title="Protected: a play", description="<p>On masks.</p>"))


# Time


def test_a_named_zone_and_the_wall_clock_give_the_instant() -> None:
    record = read(item())
    assert utc(record) == "2026-05-08T17:00"
    assert record.ends_at == datetime(2026, 5, 8, 19, tzinfo=UTC)
    assert (record.local_date, record.timezone) == (date(2026, 5, 8), "Europe/Warsaw")
    assert record.warnings == ()


def test_the_wall_clock_is_enough_without_utc_members() -> None:
    assert utc(read(local_item("2026-05-08 19:00:00"))) == "2026-05-08T17:00"


def test_utc_is_enough_without_a_wall_clock() -> None:
    assert utc(read(item(start_date="", end_date=None))) == "2026-05-08T17:00"


def test_date_parts_are_read_where_the_timestamp_is_missing() -> None:
    parts = {"year": "2026", "month": "5", "day": "8", "hour": "19", "minutes": "0", "seconds": "0"}
    assert utc(read(local_item(None, start_date_details=parts))) == "2026-05-08T17:00"


def test_a_repeated_hour_is_resolved_by_utc() -> None:
    record = read(
        item(start_date="2026-10-25 02:30:00", utc_start_date="2026-10-25 01:30:00", end_date="",
             utc_end_date="")
    )  # fmt: skip
    assert utc(record) == "2026-10-25T01:30"
    assert record.warnings == ()


def test_a_time_that_the_clocks_skip_moves_forward_with_a_warning() -> None:
    record = read(local_item("2026-03-29 02:30:00"))
    assert utc(record) == "2026-03-29T01:30"
    assert "does not exist" in record.warnings[0]


def test_the_wall_clock_wins_over_utc_with_a_warning() -> None:
    record = read(item(utc_start_date="2026-05-08 12:00:00"))
    assert utc(record) == "2026-05-08T17:00"
    assert "contradicts" in record.warnings[0]


@pytest.mark.parametrize("zone", [None, "", False])
def test_an_item_without_a_zone_is_in_the_expected_one(zone: bool | str | None) -> None:
    assert read(item(timezone=zone)).timezone == "Europe/Warsaw"


def test_an_unknown_zone_is_replaced_by_the_expected_one_with_a_warning() -> None:
    record = read(item(timezone="Mars/Olympus"))
    assert (utc(record), record.timezone) == ("2026-05-08T17:00", "Europe/Warsaw")
    assert "unknown" in record.warnings[0]


def test_an_offset_that_fits_the_expected_zone_is_that_zone() -> None:
    record = read(item(timezone="UTC+2"))
    assert (record.timezone, record.warnings) == ("Europe/Warsaw", ())


@pytest.mark.parametrize("zone", ["UTC+0", "UTC", "UTC-0", "Etc/UTC"])
def test_offset_zero_in_another_zone_is_suspect(zone: str) -> None:
    record = read(item(timezone=zone, utc_start_date="2026-05-08 19:00:00"))
    assert (utc(record), record.timezone) == ("2026-05-08T17:00", "Europe/Warsaw")
    assert [w for w in record.warnings if "suspect offset" in w] == list(record.warnings)


def test_offset_zero_in_a_zone_at_greenwich_is_not_suspect() -> None:
    record = read(local_item("2026-01-08 19:00:00", timezone="UTC+0"), ZoneInfo("Europe/London"))
    assert (record.timezone, record.warnings) == ("Europe/London", ())


def test_the_offset_of_another_season_is_suspect() -> None:
    record = read(local_item("2026-05-08 19:00:00", timezone="UTC+1"))
    assert (utc(record), record.timezone) == ("2026-05-08T17:00", "Europe/Warsaw")
    assert "suspect offset" in record.warnings[0]


def test_a_foreign_whole_hour_offset_is_a_zone_of_its_own() -> None:
    record = read(local_item("2026-05-08 19:00:00", timezone="UTC-5"))
    assert (utc(record), record.timezone) == ("2026-05-09T00:00", "Etc/GMT+5")


def test_a_half_hour_offset_has_no_zone_and_is_suspect() -> None:
    record = read(local_item("2026-05-08 19:00:00", timezone="UTC+5.5"))
    assert record.timezone == "Europe/Warsaw"
    assert "suspect offset" in record.warnings[0]


@pytest.mark.parametrize("offset", ["UTC+5.5", "UTC+5:30"])
def test_a_half_hour_offset_that_fits_is_the_expected_zone(offset: str) -> None:
    record = read(local_item("2026-05-08 19:00:00", timezone=offset), ZoneInfo("Asia/Kolkata"))
    assert (record.timezone, record.warnings) == ("Asia/Kolkata", ())


@pytest.mark.parametrize(
    ("offset", "start", "utc_start"),
    [
        ("UTC+5.5", "2026-05-08 19:00:00", "2026-05-08T13:30"),
        ("UTC+5:30", "2026-05-08 19:00:00", "2026-05-08T13:30"),
        ("UTC+5.75", "2026-05-08 19:00:00", "2026-05-08T13:15"),
        ("UTC-9.5", "2026-05-08 19:00:00", "2026-05-09T04:30"),
        ("UTC-3.5", "2026-12-08 19:00:00", "2026-12-08T22:30"),
    ],
)
def test_an_offset_of_half_hours_is_believed_where_no_zone_is_known(
    offset: str, start: str, utc_start: str
) -> None:
    record = read(local_item(start, timezone=offset), ZoneInfo("UTC"))
    assert (utc(record), record.warnings) == (utc_start, ())


@pytest.mark.parametrize(
    ("start", "end", "more"),
    [
        ("2026-05-08 00:00:00", "2026-05-08 23:59:59", {"all_day": True}),
        ("2026-05-08 05:00:00", "2026-05-08 23:59:59", {"all_day": "yes"}),
        ("2026-05-08 00:00:00", "2026-05-08 23:59:59", {}),
        ("2026-05-08", "2026-05-08", {}),
        ("2026-05-08 00:00:00", "2026-05-09 00:00:00", {"all_day": True}),
    ],
)
def test_whole_days_have_no_time(start: str, end: str, more: dict[str, Any]) -> None:
    record = read(local_item(start, end, **more))
    assert (record.local_date, record.time_known, record.starts_at, record.ends_at) == (
        date(2026, 5, 8), False, None, None,
    )  # fmt: skip


def test_whole_days_from_midnight_to_midnight_give_a_warning() -> None:
    record = read(local_item("2026-05-08 00:00:00", "2026-05-09 00:00:00"))
    assert (record.time_known, record.ends_at) == (False, None)
    assert "whole days" in record.warnings[0]


def test_several_whole_days_end_at_midnight_after_the_last() -> None:
    record = read(local_item("2026-05-08 00:00:00", "2026-05-10 23:59:59", all_day=True))
    assert record.ends_at == datetime(2026, 5, 11, tzinfo=WARSAW)


def test_several_days_with_times_keep_them() -> None:
    record = read(local_item("2026-05-08 10:00:00", "2026-05-10 18:00:00"))
    assert record.time_known
    assert record.ends_at == datetime(2026, 5, 10, 18, tzinfo=WARSAW)


def test_an_end_equal_to_the_start_is_dropped() -> None:
    record = read(local_item("2026-05-08 19:00:00", "2026-05-08 19:00:00"))
    assert (record.ends_at, record.warnings) == (None, ())


def test_an_end_far_before_the_start_is_dropped() -> None:
    record = read(local_item("2026-05-08 22:00:00", "2026-05-01 23:00:00"))
    assert record.ends_at is None
    assert "dropped" in record.warnings[0]


def test_an_unreadable_end_is_dropped() -> None:
    record = read(local_item("2026-05-08 22:00:00", "późno"))
    assert record.ends_at is None
    assert "end dropped" in record.warnings[0]


@pytest.mark.parametrize("bad", [None, "", "  "])
def test_an_item_without_a_start_is_rejected(bad: str | None) -> None:
    with pytest.raises(RejectItem, match="no start date"):
        read(local_item(bad))


@pytest.mark.parametrize(
    "bad", ["0000-00-00 00:00:00", "2026-02-31 19:00:00", "19:00", "w piątek", 20260508, ["x"]]
)
def test_an_unreadable_start_is_rejected_and_quoted(bad: Any) -> None:
    with pytest.raises(RejectItem, match="unreadable date") as caught:
        read(local_item(bad))
    assert caught.value.detail == json.dumps(bad, ensure_ascii=False)


def test_a_start_on_the_last_day_of_the_calendar_is_rejected() -> None:
    with pytest.raises(RejectItem, match="unreadable date"):
        read(local_item("9999-12-31 00:00:00", "9999-12-31 23:59:59", timezone="UTC-5"))


# Venue


def venue(**more: Any) -> dict[str, Any]:
    return {"id": 7, "venue": "Dom Kultury", **more}


@pytest.mark.parametrize("empty", [[], {}, None, False, "", [[]]])
def test_an_empty_venue_in_any_form_is_none(empty: Any) -> None:
    assert read(item(venue=empty)).venue is None


@pytest.mark.parametrize("given", [venue(), [venue()], {"0": venue()}])
def test_a_venue_may_be_wrapped_in_a_list(given: dict[str, Any] | list[dict[str, Any]]) -> None:
    assert read(item(venue=given)).venue == Venue(name="Dom Kultury", external_id="7")


def test_a_venue_may_be_a_bare_name() -> None:
    assert read(item(venue="Dom Kultury")).venue == Venue(name="Dom Kultury")


def test_the_fields_of_a_venue_are_read() -> None:
    given = venue(
        address="ul. Długa 3, ", city="Kraków", zip="31-147", country="Polska",
        province="Małopolska", geo_lat="50.07", geo_lng="19.94",
    )  # fmt: skip
    assert read(item(venue=given)).venue == Venue(
        name="Dom Kultury", street="ul. Długa 3", locality="Kraków", postcode="31-147",
        country="PL", region="Małopolska", latitude=50.07, longitude=19.94, external_id="7",
    )  # fmt: skip


def test_coordinates_of_zero_are_none() -> None:
    record = read(item(venue=venue(geo_lat=0, geo_lng="0")))
    assert record.venue == Venue(name="Dom Kultury", external_id="7")
    assert record.warnings == ()


@pytest.mark.parametrize("bad", ["north", 91, float("nan"), [1]])
def test_invalid_coordinates_cost_only_themselves(bad: Any) -> None:
    record = read(item(venue=venue(geo_lat=bad, geo_lng=19.9)))
    assert record.venue == Venue(name="Dom Kultury", external_id="7")
    assert "coordinates" in record.warnings[0]


def test_an_unknown_country_costs_only_itself() -> None:
    record = read(item(venue=venue(country="Atlantis")))
    assert record.venue == Venue(name="Dom Kultury", external_id="7")
    assert "Atlantis" in record.warnings[0]


def test_a_venue_without_a_name_is_not_called_unnamed() -> None:
    given = venue(venue="Unnamed Venue", slug="unnamed-venue-4", city="Kraków")
    assert read(item(venue=given)).venue == Venue(locality="Kraków", external_id="7")


# Price


def test_a_cost_in_words_is_read() -> None:
    assert read(item(cost="10 – 25 zł")).price == Price(
        min=Decimal(10), max=Decimal(25), currency="PLN", is_free=False
    )


def test_a_bare_cost_takes_the_currency_of_its_details() -> None:
    details = {"currency_code": "EUR", "currency_symbol": "€", "values": ["12"]}
    price = read(item(cost="12", cost_details=details)).price
    assert price is not None
    assert price.currency == "EUR"


def test_a_shared_currency_sign_is_decided_by_the_code() -> None:
    price = read(item(cost="$12", cost_details={"currency_code": "CAD"})).price
    assert price is not None
    assert price.currency == "CAD"


def test_a_bare_cost_without_details_takes_the_currency_of_the_country() -> None:
    price = read(item(cost="40", venue=venue(country="Polska"))).price
    assert price is not None
    assert price.currency == "PLN"


def test_the_country_of_the_city_gives_the_currency_where_the_venue_has_none() -> None:
    price = read(item(cost="40"), country="SE").price
    assert price is not None
    assert price.currency == "SEK"


def test_cost_values_are_read_where_the_words_hold_no_amount() -> None:
    details = {"currency_code": "PLN", "values": ["20", 35]}
    assert read(item(cost="cegiełki", cost_details=details)).price == Price(
        min=Decimal(20), max=Decimal(35), currency="PLN", is_free=False, text="cegiełki"
    )


@pytest.mark.parametrize("details", [None, [], {}, {"values": []}, {"currency_code": "USD"}])
def test_a_missing_cost_is_not_free(details: Any) -> None:
    assert read(item(cost="", cost_details=details)).price is None


def test_a_cost_of_another_type_costs_only_itself() -> None:
    record = read(item(cost={"a": 1}))
    assert record.price is None
    assert "price dropped" in record.warnings[0]


# Everything else


def test_the_url_is_the_page_of_the_event_not_the_website() -> None:
    record = read(item(url="https://dom.example/e/1", website="https://elsewhere.example"))
    assert record.url == "https://dom.example/e/1"


def test_the_website_is_the_url_of_an_event_without_a_page() -> None:
    assert read(item(url="", website="https://else.example")).url == "https://else.example"


def test_a_relative_url_is_resolved() -> None:
    assert read(item(url="/event/1/")).url == "https://dom.example/event/1/"


def test_a_hostile_url_is_dropped_with_a_warning() -> None:
    record = read(item(url="javascript:alert(1)"))
    assert record.url is None
    assert "url dropped" in record.warnings[0]


@pytest.mark.parametrize("empty", [False, None, "", [], {}])
def test_an_empty_image_in_any_form_is_none(empty: Any) -> None:
    assert read(item(image=empty)).image_url is None


@pytest.mark.parametrize("given", [{"url": "https://x.example/a.jpg"}, "https://x.example/a.jpg"])
def test_the_image_is_read_in_any_form(given: dict[str, Any] | str) -> None:
    assert read(item(image=given)).image_url == "https://x.example/a.jpg"


@pytest.mark.parametrize(
    ("given", "organizer"),
    [
        ([], None),
        ({}, None),
        ([{"organizer": "Biblioteka"}], "Biblioteka"),
        ({"organizer": "Biblioteka"}, "Biblioteka"),
        ([{"organizer": "A &amp; B"}, {"organizer": "C"}], "A & B, C"),
        ("Biblioteka", "Biblioteka"),
    ],
)
def test_the_organizer_is_read_in_any_form(given: Any, organizer: str | None) -> None:
    assert read(item(organizer=given)).organizer == organizer


def test_each_category_is_named_once() -> None:
    given = [{"name": "Teatr &amp; film"}, {"name": "Poezja"}, {"name": "Poezja"}, {"id": 5}]
    assert read(item(categories=given)).categories == ("Teatr & film", "Poezja")


def test_a_description_is_plain_text_without_shortcodes() -> None:
    given = "[vc_row]<p>Wiersze<script>alert(1)</script></p><p>i muzyka [sic]</p>[/vc_row]"
    assert read(item(description=given)).description == "Wiersze\ni muzyka [sic]"


def test_the_excerpt_is_the_description_of_an_event_without_one() -> None:
    assert read(item(description="", excerpt="<p>Krótko</p>")).description == "Krótko"


@pytest.mark.parametrize(
    ("given", "attendance"),
    [
        ({}, Attendance.OFFLINE),
        ({"is_virtual": False}, Attendance.OFFLINE),
        ({"is_virtual": True}, Attendance.ONLINE),
        ({"is_virtual": True, "venue": venue()}, Attendance.ONLINE),
        ({"is_virtual": True, "venue": venue(address="Długa 3")}, Attendance.MIXED),
        ({"is_virtual": True, "virtual_event_type": "hybrid"}, Attendance.MIXED),
        ({"event_status": "moved-online"}, Attendance.ONLINE),
    ],
)
def test_the_attendance_follows_from_flags_and_status(
    given: dict[str, Any], attendance: Attendance
) -> None:
    assert read(item(**given)).attendance is attendance


def test_the_last_change_is_in_utc() -> None:
    assert read(item(modified_utc="2026-01-02 03:04:05")).source_updated_at == datetime(
        2026, 1, 2, 3, 4, 5, tzinfo=UTC
    )


# Dialects and bodies


def body(value: object) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize(
    "document",
    [
        {"events": [item()], "rest_url": "x", "total": 1, "total_pages": 1},
        {"events": {"3": item()}, "total_pages": 1},
        [item()],
        item(),
        {"status": "success", "data": {"import_id": "a", "events": [item()]}},
    ],
)
def test_a_listing_is_read_in_any_shape(document: dict[str, Any] | list[dict[str, Any]]) -> None:
    assert [each["id"] for each in read_listing(body(document)).items] == [12]


@pytest.mark.parametrize(
    "prefix",
    [
        "\ufeff",
        "<br />\n<b>Notice</b>: Undefined index: a[b] in <b>/x.php</b> on line <b>7</b><br />\n",
        "Warning: array [1, 2] {broken in x.php on line 3\n",
    ],
)
def test_text_that_php_prints_before_the_json_is_skipped(prefix: str) -> None:
    listing = read_listing(prefix.encode() + body({"events": [item()], "total_pages": 1}))
    assert len(listing.items) == 1


def test_skipped_text_is_kept_for_the_log() -> None:
    assert read_listing(b"Notice: x\n" + body([item()])).noise == "Notice: x"


def test_text_after_the_json_is_skipped() -> None:
    assert len(read_listing(body([item()]) + b"<!-- cached -->").items) == 1


@pytest.mark.parametrize("document", [[item(), item()], {"events": [item(), item()], "total": 2}])
@pytest.mark.parametrize("wrong", [b"\xff", b"\x00", b"<", b""])
def test_a_listing_with_a_wrong_byte_is_never_read_in_part(
    document: dict[str, Any] | list[dict[str, Any]], wrong: bytes
) -> None:
    """What is left of a list whose comma is damaged would pass for a shorter one."""
    whole = body(document)
    for at in range(len(whole)):
        with suppress(UnreadableResponse):
            assert len(read_listing(whole[:at] + wrong + whole[at + 1 :]).items) == 2


def test_totals_and_the_next_address_of_a_listing_are_read() -> None:
    document = {
        "events": [],
        "rest_url": "x",
        "next_rest_url": "y",
        "total": 70,
        "total_pages": "2",
    }
    listing = read_listing(body(document))
    assert (listing.total, listing.total_pages, listing.has_next) == (70, 2, True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><title>Just a moment</title>", "page titled 'Just a moment'"),
        (b"BEGIN:VCALENDAR", "not valid JSON"),
        (b"42", "JSON int"),
        (b'{"events": 5}', "not a list"),
        (b'{"events": [{"event": {"id": 1}}]}', "objects of event"),
        (b'{"events": [], "page": {"total": 0}}', "no listing"),
        (b'{"code": "rest_no_route", "message": "No route"}', "rest_no_route: No route"),
        (b'[{"name": "x", "startDate": "2026"}]', "objects of name, startDate"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_content_that_is_no_listing_is_named_in_the_failure(content: bytes, said: str) -> None:
    with pytest.raises(UnreadableResponse, match=said):
        read_listing(content)


def test_the_code_of_an_error_answer_is_read() -> None:
    assert error_code(b'{"code": "rest_no_route"}') == "rest_no_route"
    assert error_code(b"<html>") is None


def test_a_feed_of_the_aggregator_has_separate_dates_and_times() -> None:
    uid = "abc@cal.example-2026-05-06 10:00:00 Europe/Warsaw"
    given = {
        "uid": uid, "title": "Warsztaty", "start_date": "2026-05-06", "start_hour": 10,
        "start_minute": "05", "end_date": "2026-05-06", "end_hour": "11", "end_minute": 0,
        "timezone": "Europe/Warsaw", "url": "", "recurrence": {"rrule": {"FREQ": "WEEKLY"}},
        "venue": {"venue": "Biblioteka", "latitude": "50.1", "longitude": "19.9"},
    }  # fmt: skip
    (only,) = read_listing(body({"data": {"events": [given]}})).items
    record = read(only)
    assert (record.external_id, record.series_id) == (uid, "abc@cal.example")
    assert utc(record) == "2026-05-06T08:05"
    assert record.ends_at == datetime(2026, 5, 6, 9, tzinfo=UTC)
    assert record.venue == Venue(name="Biblioteka", latitude=50.1, longitude=19.9)


def test_an_event_as_a_wordpress_post_has_its_dates_in_metadata() -> None:
    given = {
        "ID": 5, "post_title": "Wystawa", "post_type": "tribe_events", "post_status": "publish",
        "guid": "https://dom.example/?p=5", "post_password": "",
        "meta_input": {
            "_EventStartDate": ["2026-05-06 10:00:00"], "_EventTimezone": ["Europe/Warsaw"],
            "_tribe_events_status": ["canceled"], "_EventCost": ["20 zł"],
        },
    }  # fmt: skip
    (only,) = read_listing(body(given)).items
    record = read(only)
    assert (record.external_id, record.status) == ("5", EventStatus.CANCELLED)
    assert utc(record) == "2026-05-06T08:00"


# Anything at all


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
STAMPS = st.datetimes().map(lambda moment: f"{moment:%Y-%m-%d %H:%M:%S}")
ZONES = st.sampled_from(["UTC+0", "UTC-11", "UTC+5.5", "Europe/Paris", "Pacific/Apia", "UTC+99"])
NAMES = [*item(), "venue", "organizer", "cost", "cost_details", "image", "categories", "all_day",
         "is_virtual", "event_status", "start_date_details", "description", "url", "uid",
         "modified_utc", "hide_from_listings", "website", "meta_input", "post_type",
         "series_id"]  # fmt: skip
ITEMS = JSON | st.dictionaries(st.sampled_from(NAMES), JSON | STAMPS | ZONES).map(
    lambda changes: item(**changes)
)


@given(st.lists(ITEMS, max_size=3))
def test_any_item_becomes_a_record_or_a_reject_for_a_known_reason(items: list[Any]) -> None:
    parsed = parse_items(items, read, lambda position, _: str(position), known_as)
    assert len(parsed.records) + len(parsed.rejects) == len(items)
    assert all(reject.reason != "unexpected shape" for reject in parsed.rejects)


@given(STAMPS, STAMPS | st.none(), STAMPS | st.none(), ZONES | st.none(), st.booleans())
def test_any_times_are_aware_and_in_order(
    start: str, end: str | None, start_utc: str | None, zone: str | None, all_day: bool
) -> None:
    given = item(start_date=start, end_date=end, utc_start_date=start_utc, timezone=zone)
    parsed = parse_items(
        [{**given, "all_day": all_day}], read, lambda position, _: str(position), known_as
    )
    for record in parsed.records:
        assert record.starts_at is None or record.starts_at.tzinfo is not None
        assert record.ends_at is None or record.ends_at.tzinfo is not None
    assert {reject.reason for reject in parsed.rejects} <= {"unreadable date"}


@given(st.binary(max_size=60) | JSON.map(body))
def test_any_body_is_read_or_refused(content: bytes) -> None:
    with suppress(UnreadableResponse):
        read_listing(content)
