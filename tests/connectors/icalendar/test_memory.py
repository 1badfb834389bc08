"""What a large document takes while it is read, as a multiple of its own size."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest

from include.discovery.connectors.icalendar.feed import Feed, read_feed
from include.discovery.connectors.icalendar.outline import MOST_OF_ONE_UID
from include.discovery.parsed import PackedRecords
from tests.support.builders import event

WARSAW = ZoneInfo("Europe/Warsaw")
EVENTS = 4_000


def calendar(uid: Callable[[int], str], count: int = EVENTS, extra: str = "") -> bytes:
    """Write a calendar of events with 500 bytes each, as many exports have them."""
    events = (
        f"BEGIN:VEVENT\r\n{uid(n)}DTSTAMP:20260101T000000Z\r\n"
        f"DTSTART;TZID=Europe/Warsaw:2026{1 + n % 12:02}{1 + n % 28:02}T190000\r\n"
        f"DTEND;TZID=Europe/Warsaw:2026{1 + n % 12:02}{1 + n % 28:02}T210000\r\n"
        f"SUMMARY:Lamp Night {n}\r\nLOCATION:Old Mill {n}\\, Lipowa {n % 90}\\, Kraków\r\n"
        f"URL:https://mill.example/e/{n}\r\nDESCRIPTION:Walk {n * 7919 % 1_000_003} by the river,"
        f" lamp {n * 104_729 % 999_983} in hand. Bring good shoes\\, and be there at"
        f" {n % 24}:15.\\nTickets at the door of house {n * 31 % 977}.\r\n"
        f"CATEGORIES:Walk,Night\r\n{extra}END:VEVENT\r\n"
        for n in range(count)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{''.join(events)}END:VCALENDAR\r\n".encode()


def taken(body: bytes) -> tuple[float, Feed]:
    """Return the most memory that reading takes, in sizes of the body, which is not counted."""
    # What is loaded and compiled once, and caches of bounded size, which are no part of a document.
    read_feed(body, WARSAW)
    gc.collect()
    tracemalloc.start()
    try:
        feed = read_feed(body, WARSAW)
        return tracemalloc.get_traced_memory()[1] / len(body), feed
    finally:
        tracemalloc.stop()


@pytest.mark.slow
@pytest.mark.parametrize(
    "uid",
    [lambda n: f"UID:event-{n}@mill.example\r\n", lambda _: ""],
    ids=["each with its own UID", "without UIDs"],
)
def test_reading_a_calendar_takes_less_than_four_times_its_size(
    uid: Callable[[int], str],
) -> None:
    ratio, feed = taken(calendar(uid))

    assert len(feed.records) == EVENTS
    assert ratio < 3.5  # it took 17


@pytest.mark.slow
def test_a_long_event_takes_no_more_than_a_few_times_its_size() -> None:
    body = calendar(lambda n: f"UID:{n}\r\n", 1, "ATTENDEE:mailto:a@mill.example\r\n" * 50_000)

    ratio, feed = taken(body)

    assert len(feed.records) == 1
    assert "more than 5,000 properties" in feed.records[0].warnings[0]
    assert ratio < 6


@pytest.mark.slow
def test_a_time_zone_or_calendar_of_many_lines_takes_no_more_than_a_few_times_its_size() -> None:
    zone = "BEGIN:VTIMEZONE\r\nTZID:x\r\n" + "X-A:b\r\n" * 100_000 + "END:VTIMEZONE\r\n"
    body = calendar(lambda n: f"UID:{n}\r\n", 1).replace(
        b"VERSION:2.0\r\n", ("X-B:c\r\n" * 100_000 + zone).encode()
    )

    ratio, feed = taken(body)

    assert len(feed.records) == 1
    assert ratio < 12  # of lines of seven bytes


@pytest.mark.slow
def test_events_beyond_ten_thousand_with_one_uid_are_rejected() -> None:
    starts = (
        f"BEGIN:VEVENT\nUID:1\nDTSTART:{2000 + n // 365}{1 + n // 28 % 12:02}{1 + n % 28:02}"
        f"T{n % 24:02}0000\nSUMMARY:{n}\nEND:VEVENT\n"
        for n in range(MOST_OF_ONE_UID + 5)
    )
    feed = read_feed(f"BEGIN:VCALENDAR\n{''.join(starts)}END:VCALENDAR\n".encode(), WARSAW)

    reject = feed.rejects[-1]
    assert (reject.reason, reject.item) == ("more than 10,000 events of one UID", "5 events")


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 1_203])
def test_packed_records_behave_as_a_list(count: int) -> None:
    records = [event(str(number)) for number in range(count)]

    packed = PackedRecords(records)

    assert len(packed) == count
    assert list(packed) == records
    assert packed == records
    assert packed[:2] == records[:2]
    assert packed[400:1_100] == records[400:1_100]
    assert packed[-1:] == records[-1:]
    with pytest.raises(IndexError):
        packed[count]
    for number in {0, count // 2, count - 1} if count else ():
        assert packed[number] == records[number]
        assert packed[number - count] == records[number]
