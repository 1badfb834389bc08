"""The manners of feed readers: which validators are sent when, and when nobody asks at all."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from include.discovery.connectors.icalendar.refreshing import refresh_interval
from include.discovery.connectors.rss.updating import update_interval
from include.discovery.errors import UnreadableResponse
from include.discovery.fetch.conditional import ConditionalFetcher, Document, Unchanged
from include.discovery.fetch.freshness import LONGEST_FLOOR, floor_of
from tests.fetch.conftest import NOW, RecordingClient, Site

ETAG, MODIFIED = '"abc"', "Tue, 24 Nov 2026 10:00:00 GMT"


class Reader:
    """Reads one document again and again, and remembers it as a sync does."""

    def __init__(self, client: RecordingClient) -> None:
        self.client = client
        self.known: Document | None = None

    def read(self, url: str, **options: Any) -> bytes | None:
        """Return the body, or None if it has not changed."""

        async def ask(fetcher):
            reading = ConditionalFetcher(fetcher, self.known, lambda _: None, lambda: NOW)
            try:
                body = (await reading.get(url, **options)).body
            except Unchanged as same:
                self.known = same.document
                return None
            self.known = reading.document
            return body

        return self.client.run(ask)


@pytest.fixture
def reader(http_client: RecordingClient) -> Reader:
    return Reader(http_client)


def sent(site: Site) -> list[tuple[str | None, str | None]]:
    """Return the validators of each request."""
    return [(h.get("if-none-match"), h.get("if-modified-since")) for h in site.headers]


@pytest.mark.parametrize(
    "etag", ['"abc"', 'W/"abc"', "abc", '"a""b"', '"' + "x" * 500 + '"', "W/abc", '"a,b;c=d"']
)
def test_an_etag_is_sent_back_byte_for_byte(site: Site, reader: Reader, etag: str) -> None:
    url = site.on("/f", site.reply(200, b"a", etag=etag), site.reply(304))
    reader.read(url)
    assert reader.read(url) is None
    assert sent(site) == [(None, None), (etag, None)]


@pytest.mark.parametrize("date", [MODIFIED, "Tue, 24 Nov 2026 10:00:00 +0000", "yesterday", "0"])
def test_a_last_modified_is_sent_back_byte_for_byte(site: Site, reader: Reader, date: str) -> None:
    url = site.on("/f", site.reply(200, b"a", last_modified=date), site.reply(304))
    reader.read(url)
    assert reader.read(url) is None
    assert sent(site) == [(None, None), (None, date)]


def test_both_validators_are_sent_when_both_were_given(site: Site, reader: Reader) -> None:
    url = site.on("/f", site.reply(200, b"a", etag=ETAG, last_modified=MODIFIED), site.reply(304))
    for _ in range(3):
        reader.read(url)
    assert sent(site) == [(None, None), (ETAG, MODIFIED), (ETAG, MODIFIED)]


def test_no_validator_is_invented(site: Site, reader: Reader) -> None:
    url = site.on("/f", site.reply(200, b"a", date=MODIFIED), site.reply(200, b"b"))
    reader.read(url)
    reader.read(url)
    assert sent(site) == [(None, None), (None, None)]


def test_the_validators_are_those_of_the_latest_answer(site: Site, reader: Reader) -> None:
    url = site.on(
        "/f",
        site.reply(200, b"a", etag='"1"', last_modified=MODIFIED),
        site.reply(200, b"b", etag='"2"'),
        site.reply(200, b"c"),
        site.reply(200, b"d"),
    )
    for _ in range(4):
        reader.read(url)
    assert sent(site) == [(None, None), ('"1"', MODIFIED), ('"2"', None), (None, None)]


def test_a_304_may_leave_validators_out_or_bring_new_ones(site: Site, reader: Reader) -> None:
    url = site.on(
        "/f",
        site.reply(200, b"a", etag='"1"', last_modified=MODIFIED),
        site.reply(304),
        site.reply(304, etag='"2"'),
        site.reply(304),
    )
    for _ in range(4):
        reader.read(url)
    assert sent(site)[1:] == [('"1"', MODIFIED), ('"1"', MODIFIED), ('"2"', MODIFIED)]


def test_the_same_bytes_with_other_validators_have_not_changed_but_bring_these(
    site: Site, reader: Reader
) -> None:
    url = site.on(
        "/f", site.reply(200, b"a", etag='"1"'), site.reply(200, b"a", etag='"2"'), site.reply(304)
    )
    assert [reader.read(url) for _ in range(3)] == [b"a", None, None]
    assert sent(site) == [(None, None), ('"1"', None), ('"2"', None)]


def test_a_request_that_is_repeated_is_conditional_again(site: Site, reader: Reader) -> None:
    url = site.on(
        "/f", site.reply(200, b"a", etag=ETAG), site.reply(503), site.raw(b""), site.reply(304)
    )
    reader.read(url)
    assert reader.read(url) is None
    assert sent(site) == [(None, None), *[(ETAG, None)] * 3]


def test_a_redirect_takes_the_validators_along(site: Site, reader: Reader) -> None:
    site.on("/new", site.reply(200, b"a", etag=ETAG), site.reply(304))
    url = site.on("/f", site.reply(301, location="/new"))
    reader.read(url)
    assert reader.read(url) is None
    assert sent(site)[2:] == [(ETAG, None), (ETAG, None)]


def test_a_changed_address_is_asked_for_without_the_validators_of_the_old_one(
    site: Site, reader: Reader
) -> None:
    reader.read(site.on("/f", site.reply(200, b"a", etag=ETAG)))
    reader.read(site.on("/g", site.reply(200, b"a", etag=ETAG)))
    reader.read(f"{site.url}/g", params={"page": 2})
    assert sent(site) == [(None, None)] * 3


def test_a_304_that_nobody_asked_for_is_no_answer(site: Site, reader: Reader) -> None:
    with pytest.raises(UnreadableResponse, match="304"):
        reader.read(site.on("/f", site.reply(304)))
    url = site.on("/g", site.reply(200, b"a"), site.reply(304))
    reader.read(url)
    with pytest.raises(UnreadableResponse, match="304"):
        reader.read(url)


def test_several_documents_are_not_kept_as_one(site: Site, http_client: RecordingClient) -> None:
    urls = [site.on(path, site.reply(200, b"a", etag=ETAG)) for path in ("/f", "/g")]

    async def ask(fetcher):
        reading = ConditionalFetcher(fetcher, None, lambda _: None, lambda: NOW)
        await asyncio.gather(*map(reading.get, urls))
        return reading.document

    assert http_client.run(ask) is None


def test_requests_carry_no_cookies_no_referer_and_no_added_parameters(
    site: Site, reader: Reader
) -> None:
    cookie = {"set_cookie": "sid=1; Path=/"}
    site.on("/new", site.reply(200, b"a", **cookie))
    url = site.on("/f", site.reply(302, location="/new", **cookie))
    for _ in range(2):
        reader.read(url)
    assert site.paths == ["/f", "/new"] * 2
    assert not any({"cookie", "referer"} & headers.keys() for headers in site.headers)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": "public, MAX-AGE = 600"}, 600),
        ({"cache-control": 'max-age="600"'}, 600),
        ({"cache-control": "max-age=600", "age": "200"}, 400),
        ({"cache-control": "max-age=600", "age": "900"}, 0),
        ({"cache-control": "max-age=600", "expires": "Tue, 24 Nov 2026 13:00:00 GMT"}, 600),
        ({"cache-control": "s-maxage=600"}, 0),
        ({"cache-control": "no-cache, max-age=600"}, 0),
        ({"cache-control": "no-store"}, 0),
        ({"cache-control": "max-age=-1"}, 0),
        ({"cache-control": "max-age=9999999999999"}, 0),
        ({"cache-control": "max-age=9999999999"}, LONGEST_FLOOR.total_seconds()),
        ({"expires": "Tue, 24 Nov 2026 13:00:00 GMT"}, 3600),
        (
            {
                "expires": "Tue, 24 Nov 2026 13:00:00 GMT",
                "date": "Tue, 24 Nov 2026 12:30:00 GMT",
            },
            1800,
        ),
        ({"expires": "0"}, 0),
        ({"expires": "Mon, 23 Nov 2026 13:00:00 GMT"}, 0),
        ({"expires": "Fri, 31 Dec 9999 23:59:59 GMT"}, LONGEST_FLOOR.total_seconds()),
    ],
)
def test_the_headers_of_an_answer_say_how_long_not_to_ask(
    headers: dict[str, str], seconds: float
) -> None:
    assert floor_of(headers, NOW) == timedelta(seconds=seconds)


def test_the_longer_of_what_headers_and_document_ask_for_counts() -> None:
    hour = timedelta(hours=1)
    assert floor_of({"cache-control": "max-age=60"}, NOW, asked_interval=hour) == hour
    assert floor_of({"cache-control": "max-age=7200"}, NOW, asked_interval=hour) == 2 * hour
    assert floor_of({}, NOW, asked_interval=timedelta(weeks=2)) == LONGEST_FLOOR


@pytest.mark.parametrize(
    ("line", "interval"),
    [
        ("REFRESH-INTERVAL;VALUE=DURATION:PT12H", timedelta(hours=12)),
        ("REFRESH-INTERVAL;VALUE=DURATION:P1W", timedelta(weeks=1)),
        ("X-PUBLISHED-TTL:P1DT1H30M5S", timedelta(days=1, hours=1, minutes=30, seconds=5)),
        ("x-published-ttl:PT1H\r\nREFRESH-INTERVAL:PT2H", timedelta(hours=2)),
        ("X-PUBLISHED-TTL:PT0S", None),
        ("X-PUBLISHED-TTL:P", None),
        ("X-PUBLISHED-TTL:one hour", None),
        ("DESCRIPTION:X-PUBLISHED-TTL:PT1H", None),
        ("", None),
    ],
)
def test_a_calendar_says_how_often_it_wants_to_be_requested(
    line: str, interval: timedelta | None
) -> None:
    assert refresh_interval(f"BEGIN:VCALENDAR\r\n{line}\r\n".encode()) == interval


@pytest.mark.parametrize(
    ("elements", "interval"),
    [
        ("<ttl>60</ttl>", timedelta(hours=1)),
        ("<ttl> 1440 </ttl>", timedelta(days=1)),
        ("<ttl>0</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", timedelta(hours=1)),
        (
            "<sy:updatePeriod> daily </sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            timedelta(hours=6),
        ),
        ("<sy:updateFrequency>4</sy:updateFrequency>", None),
        ("", None),
    ],
)
def test_a_feed_says_how_often_it_wants_to_be_requested(
    elements: str, interval: timedelta | None
) -> None:
    assert update_interval(f"<rss><channel>{elements}</channel></rss>".encode()) == interval
