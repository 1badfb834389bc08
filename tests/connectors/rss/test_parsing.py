"""Feeds: what feedparser is given and gives, and which items are events."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.connectors.rss import feed as feeds
from include.discovery.connectors.rss.event import ParseOptions, events_of
from include.discovery.connectors.rss.feed import is_feed, read_feed
from include.discovery.errors import UnreadableResponse, UnsupportedResponse
from include.discovery.model import EventRecord, EventStatus, Venue, Window
from include.discovery.parsed import Parsed

WARSAW = ZoneInfo("Europe/Warsaw")
OPTIONS = ParseOptions(WARSAW)
URL = "https://gmina.example/feed.xml"
NAMESPACES = (
    ' xmlns:ev="http://purl.org/rss/1.0/modules/event/" xmlns:geo="http://www.w3.org/2003/01/geo/wgs84_pos#"'
    ' xmlns:xCal="urn:ietf:params:xml:ns:xcal" xmlns:georss="http://www.georss.org/georss"'
    ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
)
PUBLISHED = "<pubDate>Mon, 06 Apr 2026 08:00:00 +0200</pubDate>"


def item(
    inner: str = "",
    title: str = "Dni gminy",
    link: str | None = "https://gmina.example/dni",
    guid: str | None = "dni-1",
) -> str:
    parts = [f"<title>{title}</title>", f"<link>{link}</link>" if link else ""]
    parts += [f'<guid isPermaLink="false">{guid}</guid>'] if guid else []
    return f"<item>{''.join(parts)}{PUBLISHED}{inner}</item>"


def rss(*items: str, before: str = "", after: str = "</channel></rss>") -> bytes:
    head = f'<?xml version="1.0" encoding="UTF-8"?>{before}<rss version="2.0"{NAMESPACES}><channel>'
    return f"{head}<title>Gmina</title><language>pl</language>{''.join(items)}{after}".encode()


def started(start: str = "2026-05-08T19:00", more: str = "", **about: Any) -> str:
    return item(f"<ev:startdate>{start}</ev:startdate>{more}", **about)


def read(*items: str, options: ParseOptions = OPTIONS) -> Parsed:
    return events_of(read_feed(rss(*items), URL).items, options)


def one(*items: str, options: ParseOptions = OPTIONS) -> EventRecord:
    (record,) = read(*items, options=options).records
    return record


# Items


def test_an_item_with_the_event_module_is_an_event() -> None:
    found = one(
        started(
            more="<ev:enddate>2026-05-08T21:00</ev:enddate><ev:location>Dom Kultury</ev:location>"
            "<ev:organizer>Gmina</ev:organizer><ev:type>festyn</ev:type>"
            "<category>dla rodzin</category>"
            "<description>&lt;p&gt;Zapraszamy.&lt;/p&gt;</description>"
            '<enclosure url="/dni.jpg" type="image/jpeg" length="1"/>'
        )
    )

    assert (found.external_id, found.title) == ("dni-1", "Dni gminy")
    assert found.url == "https://gmina.example/dni"
    assert found.starts_at == datetime(2026, 5, 8, 17, tzinfo=UTC)
    assert found.ends_at == datetime(2026, 5, 8, 19, tzinfo=UTC)
    assert (found.timezone, found.venue) == ("Europe/Warsaw", Venue(name="Dom Kultury"))
    assert (found.organizer, found.categories) == ("Gmina", ("festyn", "dla rodzin"))
    assert (found.description, found.image_url) == ("Zapraszamy.", "https://gmina.example/dni.jpg")
    assert found.source_updated_at == datetime(2026, 4, 6, 6, tzinfo=UTC)


def test_the_date_of_publication_is_never_the_date_of_the_event() -> None:
    (reject,) = read(item()).rejects

    assert (reject.reason, reject.item) == ("no event date", "item 1 (https://gmina.example/dni)")


def test_a_day_without_a_time_has_none() -> None:
    found = one(started("2026-05-08"))

    assert (found.local_date, found.time_known) == (date(2026, 5, 8), False)


def test_xcal_is_read_with_its_status() -> None:
    found = one(
        item(
            "<xCal:dtstart>20260508T170000Z</xCal:dtstart><xCal:dtend>20260508T180000Z</xCal:dtend>"
            "<xCal:location>Rynek</xCal:location><xCal:status>CANCELLED</xCal:status>"
        )
    )

    assert found.starts_at == datetime(2026, 5, 8, 17, tzinfo=UTC)
    assert (found.venue, found.status) == (Venue(name="Rynek"), EventStatus.CANCELLED)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("CONFIRMED", EventStatus.SCHEDULED),
        ("tentative", EventStatus.TENTATIVE),
        ("Canceled", EventStatus.CANCELLED),
        ("Postponed", EventStatus.POSTPONED),
        ("whatever", EventStatus.SCHEDULED),
    ],
)
def test_the_status_of_xcal_may_be_in_words(said: str, status: EventStatus) -> None:
    found = one(
        item(f"<xCal:dtstart>20260508T170000Z</xCal:dtstart><xCal:status>{said}</xCal:status>")
    )

    assert found.status is status


def test_a_status_that_is_taken_from_the_title_is_said_to_be() -> None:
    found = one(started(title="ODWOŁANE: Dni gminy"))

    assert (found.title, found.status) == ("Dni gminy", EventStatus.CANCELLED)
    assert "status cancelled is taken from the title" in found.warnings


def civic(dates: str, times: str = "") -> str:
    """Return an item as CivicPlus writes it for town halls."""
    return item(f"<w:EventDates> {dates} </w:EventDates><w:EventTimes>{times}</w:EventTimes>")


def of_module(*items: str) -> Parsed:
    body = rss(*items).replace(b"xmlns:ev=", b'xmlns:w="https://cms.example/" xmlns:ev=')
    return events_of(read_feed(body, URL).items, OPTIONS)


def test_dates_and_times_of_a_module_in_english_words_are_read() -> None:
    (found,) = of_module(civic("May 8, 2026", "02:00 PM - 03:30 PM")).records

    assert found.starts_at == datetime(2026, 5, 8, 12, tzinfo=UTC)
    assert found.ends_at == datetime(2026, 5, 8, 13, 30, tzinfo=UTC)


def test_numbers_of_a_module_in_english_words_have_the_month_first() -> None:
    (found,) = of_module(civic("5/8/2026")).records

    assert found.local_date == date(2026, 5, 8)


@pytest.mark.parametrize("times", ["12:00 AM - 11:59 PM", ""])
def test_a_whole_day_has_no_time(times: str) -> None:
    (found,) = of_module(civic("May 8, 2026", times)).records

    assert (found.local_date, found.time_known, found.ends_at) == (date(2026, 5, 8), False, None)


def test_a_range_of_days_is_one_event() -> None:
    (found,) = of_module(civic("May 8, 2026 - May 10, 2026", "12:00 AM - 11:59 PM")).records

    assert (found.local_date, found.ends_at.astimezone(WARSAW).date()) == (
        date(2026, 5, 8),
        date(2026, 5, 11),
    )


def test_words_of_a_module_without_a_date_are_rejected() -> None:
    assert of_module(civic("to be announced")).rejects[0].reason == "no event date in words"


def test_the_time_may_stand_in_an_element_of_its_own() -> None:
    (found,) = of_module(
        item(
            "<w:startDate>2026-05-08</w:startDate><w:startHour>7:00 pm</w:startHour>"
            "<w:endDate>2026-05-08</w:endDate><w:endHour>9:00 pm</w:endHour>"
        )
    ).records

    assert found.starts_at == datetime(2026, 5, 8, 17, tzinfo=UTC)
    assert found.ends_at == datetime(2026, 5, 8, 19, tzinfo=UTC)


def test_local_dates_of_library_catalogues_are_read() -> None:
    (found,) = of_module(
        item("<w:start_date_local>2026-05-08T10:30:00</w:start_date_local>")
    ).records

    assert found.starts_at == datetime(2026, 5, 8, 8, 30, tzinfo=UTC)


def test_any_namespace_prefix_is_accepted() -> None:
    assert len(of_module(item("<w:startdate>2026-05-08T19:00</w:startdate>")).records) == 1


@pytest.mark.parametrize(
    "place",
    [
        "<georss:point>50.06 19.95</georss:point>",
        "<geo:lat>50.06</geo:lat><geo:long>19.95</geo:long>",
    ],
)
def test_coordinates_of_georss_are_read(place: str) -> None:
    venue = one(started(more=place)).venue

    assert (venue.latitude, venue.longitude) == (50.06, 19.95)


def test_invalid_coordinates_cost_only_themselves() -> None:
    found = one(started(more="<geo:lat>500</geo:lat><geo:long>19</geo:long>"))

    assert found.venue is None
    assert found.warnings == ("venue coordinates dropped: 500.0, 19.0 is not a place on Earth",)


@pytest.mark.parametrize(
    "media",
    [
        '<media:content url="/a.jpg" type="image/jpeg"/>',
        '<media:content url="/a.jpg" medium="image"/>',
        '<media:thumbnail url="/a.jpg"/>',
        '<enclosure url="/a.jpg" type="image/png" length="1"/>',
    ],
)
def test_a_picture_is_found_in_every_place_that_feeds_use(media: str) -> None:
    assert one(started(more=media)).image_url == "https://gmina.example/a.jpg"


@pytest.mark.parametrize(
    "media",
    [
        '<media:content url="/a.mp3" type="audio/mpeg"/>',
        '<media:content url="/a"/>',
        '<media:thumbnail url="javascript:x"/>',
    ],
)
def test_an_attachment_that_is_no_picture_is_none(media: str) -> None:
    assert one(started(more=media)).image_url is None


def test_a_web_address_is_no_place() -> None:
    assert one(started(more="<ev:location>https://x.example/hall</ev:location>")).venue is None


def test_an_event_without_a_place_is_at_the_venue_of_the_settings() -> None:
    hall = Venue(name="Sala")

    assert one(started(), options=ParseOptions(WARSAW, default_venue=hall)).venue == hall


def test_the_link_is_the_id_of_an_item_without_a_guid() -> None:
    assert one(started(guid=None)).external_id == "https://gmina.example/dni"


def test_links_are_relative_to_the_site_where_the_address_of_the_feed_is_unknown() -> None:
    body = rss(started(link="/dni")).replace(
        b"<title>Gmina", b"<link>https://g.example/</link><title>G"
    )

    (found,) = events_of(read_feed(body, None).items, OPTIONS).records

    assert found.url == "https://g.example/dni"


def test_a_guid_that_is_an_address_is_the_link_of_an_item_without_one() -> None:
    guid = "<guid>https://gmina.example/77</guid>"
    body = rss(f"<item><title>A</title>{guid}<ev:startdate>2026-05-08</ev:startdate></item>")

    (found,) = events_of(read_feed(body, URL).items, OPTIONS).records

    assert found.external_id == found.url == "https://gmina.example/77"


def test_items_with_one_id_and_several_dates_are_a_series() -> None:
    records = read(started("2026-05-08T19:00"), started("2026-05-09T19:00")).records

    assert len({record.external_id for record in records}) == 2
    assert len({record.series_id for record in records}) == 1


def test_a_bad_item_costs_only_itself() -> None:
    result = read(started(), started("w piątek", guid="2"), started(title="", guid="3"))

    assert len(result.records) == 1
    assert [reject.reason for reject in result.rejects] == ["unreadable date", "no title"]


def test_an_item_without_identity_is_rejected() -> None:
    (reject,) = read(started(guid=None, link=None)).rejects

    assert reject.reason == "no guid and no link"


def test_an_invalid_end_costs_only_itself() -> None:
    found = one(started(more="<ev:enddate>late</ev:enddate>"))

    assert found.ends_at is None
    assert found.warnings[0].startswith("end dropped")


def test_only_events_within_the_window_are_read() -> None:
    june = Window(date(2026, 6, 1), date(2026, 6, 30))

    assert read(started(), options=ParseOptions(WARSAW, window=june)).records == []


def test_an_atom_feed_is_read() -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:ev="http://purl.org/rss/1.0/modules/event/">'
        '<entry><id>urn:x:1</id><title type="html">A &amp;amp; B</title><link href="/a"/>'
        "<published>2026-04-01T08:00:00Z</published><updated>2026-04-02T08:00:00Z</updated>"
        "<content type='html'>&lt;p&gt;Long.&lt;/p&gt;</content><summary>Short.</summary>"
        "<ev:startdate>2026-05-08T19:00:00+02:00</ev:startdate></entry></feed>"
    )

    (found,) = events_of(read_feed(body.encode(), URL).items, OPTIONS).records

    assert (found.external_id, found.title, found.url) == (
        "urn:x:1",
        "A & B",
        "https://gmina.example/a",
    )
    assert found.description == "Long."
    assert found.source_updated_at == datetime(2026, 4, 2, 8, tzinfo=UTC)


# Dates in words


def in_words(*items: str, **more: Any) -> Parsed:
    return read(*items, options=ParseOptions(WARSAW, "pl", in_words=True, **more))


def test_dates_in_words_are_read_only_where_the_settings_ask_for_it() -> None:
    worded = item(title="Koncert, 8 maja, godz. 19:00")

    assert not read(worded).records
    (found,) = in_words(worded).records
    assert found.starts_at == datetime(2026, 5, 8, 17, tzinfo=UTC)


def test_a_missing_year_is_counted_from_when_the_item_was_published() -> None:
    old = item(title="Koncert 8 maja").replace("2026", "2024")

    (found,) = in_words(old, today=date(2026, 1, 1)).records

    assert found.local_date == date(2024, 5, 8)


def test_the_description_is_read_where_the_title_names_no_date() -> None:
    (found,) = in_words(item("<description>Gramy 8 maja 2026 o 19:00</description>")).records

    assert found.local_date == date(2026, 5, 8)


def test_a_date_of_its_own_takes_precedence_over_words() -> None:
    (found,) = in_words(started(title="Koncert 9 maja 2026")).records

    assert found.local_date == date(2026, 5, 8)


@pytest.mark.parametrize(
    ("day_first", "expected"), [(True, date(2026, 6, 5)), (False, date(2026, 5, 6))]
)
def test_numbers_are_read_in_the_order_of_the_country(day_first: bool, expected: date) -> None:
    (found,) = in_words(item(title="Concert 05/06/2026 7:00 pm"), day_first=day_first).records

    assert found.local_date == expected


def test_an_item_without_a_date_in_words_is_rejected() -> None:
    assert in_words(item()).rejects[0].reason == "no event date in words"


def test_a_date_with_its_year_needs_no_day_to_count_from() -> None:
    dated = item(title="Koncert 8 maja 2026, godz. 19").replace(PUBLISHED, "")

    (found,) = in_words(dated).records
    assert found.starts_at == datetime(2026, 5, 8, 17, tzinfo=UTC)


def test_a_weekday_beside_a_year_needs_a_day_to_count_from() -> None:
    relative = item(title="Sezon 2026: koncert w piątek").replace(PUBLISHED, "")

    assert not in_words(relative).records


def test_words_without_a_day_to_count_from_are_rejected() -> None:
    undated = item(title="Koncert 8 maja").replace(PUBLISHED, "")

    (reject,) = in_words(undated).rejects
    assert reject.reason == "no event date, nor a day from which to count one in words"
    assert in_words(undated, today=date(2026, 4, 1)).records


# Feeds that are broken, hostile, or none


def test_entities_neither_expand_nor_read_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cr3t")
    grown = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 20}">' for n in range(1, 9))
    doctype = f'<!DOCTYPE rss [<!ENTITY e0 "ha"><!ENTITY f SYSTEM "{secret.as_uri()}">{grown}]>'
    body = rss(started(title="A &e8; &f; B"), before=doctype)

    (found,) = events_of(read_feed(body, URL).items, OPTIONS).records

    assert "s3cr3t" not in found.title
    assert len(found.title) < 50


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://x.example/rss.dtd">',
        '<!DOCTYPE rss [<!ENTITY nbsp "&#160;">]>',
    ],
)
def test_a_harmless_doctype_is_read(doctype: str) -> None:
    body = rss(started(title="A&nbsp;B"), before=doctype)

    (found,) = events_of(read_feed(body, URL).items, OPTIONS).records

    assert found.title == "A B"


def test_a_doctype_may_be_the_first_thing_in_a_feed() -> None:
    body = rss(started(title="A&e;B"), before='<!DOCTYPE rss [<!ENTITY e "grown">]>')

    (feed_item,) = read_feed(body.partition(b"?>")[2], URL).items

    assert "grown" not in feed_item.title


def test_bytes_that_look_like_a_path_or_an_address_are_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_bytes(rss(started()))

    for body in (str(path).encode(), path.as_uri().encode(), b"http://127.0.0.1:1/feed.xml"):
        with pytest.raises(UnreadableResponse, match="no RSS or Atom feed"):
            read_feed(body, None)


def test_a_feed_that_breaks_off_is_read_up_to_there_and_is_incomplete() -> None:
    feed = read_feed(rss(started(), after="<item><title>Ha"), URL)

    assert feed.items[0].title == "Dni gminy"
    assert feed.incomplete_reason == "the feed is truncated"
    assert read_feed(rss(started()), URL).incomplete_reason is None


def test_a_feed_with_another_page_that_breaks_off_has_both_reasons() -> None:
    link = f'<link xmlns="http://www.w3.org/2005/Atom" rel="next" href="{URL}?2"/>'
    feed = read_feed(rss(f"{link}{started()}", after="<item><title>Ha"), URL)

    assert feed.incomplete_reason == (
        "the feed continues on another page, which is not read; the feed is truncated"
    )


def test_broken_xml_is_read_as_far_as_possible() -> None:
    feed = read_feed(rss(started(title="Rock & Roll"), started(guid="2")), URL)

    assert [one.title for one in feed.items] == ["Rock & Roll", "Dni gminy"]
    assert feed.incomplete_reason is None


def test_the_charset_of_the_header_and_that_of_the_file_are_respected() -> None:
    text = rss(started(title="Święto")).decode()
    latin = text.replace("UTF-8", "ISO-8859-2").encode("iso-8859-2")
    assert read_feed(latin, URL).items[0].title == "Święto"
    bare = text.replace(' encoding="UTF-8"', "").encode("cp1250")
    assert read_feed(bare, URL, "windows-1250").items[0].title == "Święto"


def test_scripts_and_handlers_do_not_get_through() -> None:
    found = one(
        started(
            title="&lt;script&gt;alert(1)&lt;/script&gt;Bal",
            link="javascript:alert(1)",
            more="<description>&lt;img src=x onerror=alert(1)&gt;Tak</description>",
        )
    )

    assert (found.title, found.url, found.description) == ("Bal", None, "Tak")


@pytest.mark.parametrize(
    "body", [b"", b" ", b"{}", b"<html><p>No</html>", b"BEGIN:VCALENDAR", b"\x00"]
)
def test_a_body_that_is_no_feed_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableResponse):
        read_feed(body, URL)


def test_a_feed_that_is_too_large_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "MOST_BYTES", 100)

    with pytest.raises(UnreadableResponse, match="larger than"):
        read_feed(rss(started()), URL)


def attributes(count: Any) -> Any:
    return "".join(f" a{n}='x'\n" for n in range(count))


def namespaces(count: Any, uri: Any = "urn:x") -> Any:
    return "".join(f'<n{n}:a xmlns:n{n} = "{uri}"/>' for n in range(count))


def bases(count: Any, base: Any) -> Any:
    return f'<a xml:base="{base}"/>' * count


@pytest.mark.parametrize(
    ("hostile", "words"),
    [
        (f"<a{attributes(251)}/>", "the feed has a tag with more than 250 attributes"),
        (namespaces(201), "the feed has more than 200 prefixes of namespaces"),
        (
            namespaces(1, "u" * 2_001),
            "the feed has a namespace name of more than 2,000 characters",
        ),
        (bases(1, "b" * 2_001), "the feed has a base of more than 2,000 characters"),
        (bases(2_501, "a/"), "the feed has relative bases of more than 5,000 characters"),
    ],
    ids=["attributes", "namespaces", "name", "base", "bases"],
)
def test_a_feed_that_would_take_long_to_parse_is_refused_in_words(hostile: str, words: str) -> None:
    with pytest.raises(UnsupportedResponse, match=words):
        read_feed(rss(started(more=hostile)), URL)


@pytest.mark.parametrize(
    "unusual",
    [
        f"<a{attributes(250)}/>",
        namespaces(100),
        namespaces(1, "u" * 2_000),
        namespaces(1) * 1_000,
        '<a xmlns="urn:x"/>' * 1_000,
        bases(1_000, "https://gmina.example/base/"),
        bases(1_000, "/base/"),
        bases(1_000, "a/"),
        f"<description><![CDATA[if a <b then{' so it is' * 300}]]></description>",
    ],
    ids=[
        "attributes",
        "namespaces",
        "name",
        "one prefix",
        "no prefix",
        "absolute",
        "rooted",
        "relative",
        "text",
    ],
)
def test_a_feed_of_unusual_markup_is_read(unusual: str) -> None:
    assert one(started(more=unusual)).title == "Dni gminy"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (rss(), True),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"/>', True),
        (b'<rdf:RDF xmlns="http://purl.org/rss/1.0/">', True),
        (b"<!DOCTYPE html><title>RSS</title>", False),
        (b'{"rss": 1}', False),
    ],
)
def test_a_feed_is_recognised_by_its_beginning(body: bytes, expected: bool) -> None:
    assert is_feed(body) is expected


@given(st.binary(max_size=200), st.text(max_size=60))
def test_any_feed_is_read_or_refused(noise: bytes, text: str) -> None:
    for body in (noise, rss(item(text)), rss(started(text)), rss()[:80] + noise):
        try:
            feed = read_feed(body, URL)
        except UnreadableResponse:
            continue
        result = events_of(feed.items, OPTIONS)
        assert "unexpected shape" not in {reject.reason for reject in result.rejects}


@pytest.mark.parametrize(
    ("whole", "damaged"),
    [
        (b"</item><item>", b"</item>\xffitem>"),
        (b"</item><item>", b"</item><i\x00em>"),
        (b"Dni gminy</title>", b"Dni gminy<\xfftitle>"),
    ],
)
def test_a_feed_that_loses_items_to_a_wrong_byte_is_incomplete(
    whole: bytes, damaged: bytes
) -> None:
    body = rss("".join(started(guid=f"dni-{n}") for n in range(4)))
    feed = read_feed(body.replace(whole, damaged, 1), URL)

    assert len(feed.items) < 4
    assert (
        feed.incomplete_reason == "items that cannot be read because the feed's XML is damaged: 1"
    )


def test_a_feed_with_damaged_xml_that_loses_no_item_is_complete() -> None:
    feed = read_feed(rss(started(title="Rock & Roll") * 2), URL)

    assert (len(feed.items), feed.incomplete_reason) == (2, None)
