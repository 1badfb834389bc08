"""Events of a calendar that are as they were: they are not read again, and nothing is different."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from include.discovery.connectors.icalendar import feed as reading
from include.discovery.fetch.client import HttpFetcher
from include.discovery.model import Pair
from include.discovery.store.connection import Connection
from include.discovery.store.runs import Attempt
from include.discovery.sync import versions
from include.discovery.sync.environment import SyncEnvironment
from include.discovery.sync.pair import SyncResult, sync_pair
from tests.support.builders import PARIS, source, stored_pair

Lines = tuple[str, ...]
FIRST_NIGHT = datetime(2026, 2, 1, 0, 5, tzinfo=UTC)
SETTINGS: dict[str, Any] = {
    "url": "https://agenda.example/all.ics",
    "horizon_days": 60,
    "request_retries": 0,
}


def on_day(number: int, hour: int = 19, zone: str = "Europe/Warsaw") -> str:
    at = (FIRST_NIGHT + timedelta(days=number)).date()
    return f"DTSTART;TZID={zone}:{at:%Y%m%d}T{hour:02}0000"


def event(number: object, day: int = 30, *more: str) -> Lines:
    """Make the lines of an event so many days after the first night; later ones add to them."""
    return f"UID:{number}", f"SUMMARY:Show {number}", on_day(day), *more


def zone(offset: str = "+0200") -> Lines:
    """Make a time zone that only the calendar defines."""
    return (
        "BEGIN:VTIMEZONE", "TZID:House time", "BEGIN:STANDARD", "DTSTART:19700101T000000",
        f"TZOFFSETFROM:{offset}", f"TZOFFSETTO:{offset}", "END:STANDARD", "END:VTIMEZONE",
    )  # fmt: skip


def calendar(events: Sequence[Lines], night: int, head: Lines = ()) -> bytes:
    """Write a calendar as exporters do: each event has the time of the request."""
    stamp = f"DTSTAMP:{FIRST_NIGHT + timedelta(days=night):%Y%m%dT%H%M%SZ}"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", *head]
    for each in events:
        lines += ["BEGIN:VEVENT", stamp, *each, "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def of(body: bytes, night: int) -> SyncEnvironment:
    """Build the environment of a sync that gets this file."""
    now = FIRST_NIGHT + timedelta(days=night)
    return SyncEnvironment(
        lambda: now,
        lambda _: None,
        lambda settings, _: HttpFetcher(
            settings,
            "tests",
            rng=random.Random(0),
            sleep=lambda _seconds: asyncio.sleep(0),
            now=lambda: now,
            transport=httpx.MockTransport(lambda _: httpx.Response(200, content=body)),
        ),
    )


def pair_of(conn: Connection, slug: str = "agenda") -> Pair:
    return stored_pair(conn, source=source(slug, kind="icalendar", settings=SETTINGS))


def sync(
    conn: Connection,
    pair: Pair,
    events: Sequence[Lines],
    night: int = 0,
    head: Lines = (),
    **options: Any,
) -> SyncResult:
    attempt = Attempt(f"night {night}")
    return sync_pair(conn, pair, attempt, of(calendar(events, night, head), night), **options)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """Note the UIDs of all events that are read."""
    noted: list[str | None] = []
    original = reading.read_event

    def noting(component: Any, *args: Any) -> Any:
        noted.append(component.text("UID"))
        return original(component, *args)

    monkeypatch.setattr(reading, "read_event", noting)
    return noted


def test_of_a_calendar_only_what_has_changed_is_read(
    conn: Connection, read: list[str | None]
) -> None:
    pair = pair_of(conn)
    events = [event(n) for n in range(12)]
    sync(conn, pair, events)
    read.clear()

    events[7] = event(7, 30, "LOCATION:The Mill")
    result = sync(conn, pair, [event(99), *events], 1)

    assert read == ["99", "7"]
    assert result.complete
    assert (result.stats.inserted, result.stats.updated, result.stats.unchanged) == (1, 1, 11)


def test_past_and_far_events_are_known_too(conn: Connection, read: list[str | None]) -> None:
    pair = pair_of(conn)
    events = [event("past", -40), event("far", 300), event("now")]
    sync(conn, pair, events)
    read.clear()

    assert sync(conn, pair, events, 1).complete
    assert read == []


def test_an_event_is_read_in_the_week_in_which_it_begins_or_comes_into_the_window(
    conn: Connection, read: list[str | None]
) -> None:
    pair = pair_of(conn)
    events = [event("soon", 12), event("far", 72), event("later")]
    sync(conn, pair, events)
    found = {}
    for night in (4, 6, 13):
        read.clear()
        inserted = sync(conn, pair, events, night).stats.inserted
        found[night] = sorted(uid or "" for uid in read), inserted

    assert found == {4: ([], 0), 6: (["far", "soon"], 0), 13: (["far", "soon"], 1)}


@pytest.mark.parametrize(
    "head", [zone("+0100"), ("X-WR-TIMEZONE:Europe/London",), ("METHOD:CANCEL",)]
)
def test_all_events_are_read_when_their_calendar_says_something_else(
    conn: Connection, read: list[str | None], head: Lines
) -> None:
    pair = pair_of(conn)
    events = [event(n) for n in range(3)]
    sync(conn, pair, events, head=zone())
    read.clear()

    sync(conn, pair, events, 1, head)

    assert read == ["0", "1", "2"]


def test_a_series_and_its_exceptions_are_read_on_every_night(
    conn: Connection, read: list[str | None]
) -> None:
    pair = pair_of(conn)
    moved = event("series", 31, "RECURRENCE-ID;TZID=Europe/Warsaw:20260303T190000")
    events = [event("series", 30, "RRULE:FREQ=DAILY;COUNT=3"), moved, event("alone")]
    sync(conn, pair, events)
    read.clear()

    sync(conn, pair, events, 1)

    assert read == ["series", "series"]


def test_a_new_event_that_would_take_the_id_of_a_known_one_has_all_events_read(
    conn: Connection, read: list[str | None]
) -> None:
    pair = pair_of(conn)
    known = event("a/20260303T190000")
    sync(conn, pair, [known, event("b")])
    read.clear()

    # Its second day has the id of the event that is known.
    series = event("a", 29, "RRULE:FREQ=DAILY;COUNT=2")
    sync(conn, pair, [series, known, event("b")], 1)

    assert read == ["a", "a", "a/20260303T190000", "b"]


def test_an_unchanged_file_leaves_what_is_known_as_it_is(
    conn: Connection, read: list[str | None]
) -> None:
    pair = pair_of(conn)
    events = [event(n) for n in range(5)]
    body = calendar(events, 0)
    for night in (0, 1, 2):
        sync_pair(conn, pair, Attempt(f"night {night}"), of(body, night))
    read.clear()

    sync(conn, pair, [*events[:3], event(9)], 3)
    again = sync(conn, pair, [*events[:3], event(9)], 4)

    assert read == ["9"]
    assert again.stats.withdrawn == 2


def test_known_events_that_another_pair_of_the_source_has_taken_over_are_read_again(
    conn: Connection, read: list[str | None]
) -> None:
    krakow = pair_of(conn)
    paris = stored_pair(conn, PARIS, krakow.source)
    events = [event(n) for n in range(3)]
    sync(conn, krakow, events)
    body = calendar(events, 1)
    for pair in (krakow, paris):
        sync_pair(conn, pair, Attempt(pair.label), of(body, 1))
    read.clear()

    sync_pair(conn, krakow, Attempt("night 2"), of(body, 2))

    assert read == ["0", "1", "2"]


def test_a_known_event_comes_into_the_window_though_the_file_is_unchanged_since(
    conn: Connection,
) -> None:
    pair = pair_of(conn)
    events = [event("far", 66), event("now")]
    sync(conn, pair, events)
    body = calendar([*events, event("new")], 1)
    inserted = {
        night: sync_pair(conn, pair, Attempt(f"night {night}"), of(body, night)).stats.inserted
        for night in range(1, 8)
    }

    assert inserted == {1: 1, 2: 0, 3: 0, 4: 0, 5: 0, 6: 1, 7: 0}


LISTED = """
    SELECT l.external_id, l.title, l.starts_at, l.local_date, l.status, l.description, l.series_id,
        l.warnings, v.name, l.withdrawn_at IS NULL, l.missing_since
    FROM discovery.listings l JOIN discovery.sources s ON s.id = l.source_id
    LEFT JOIN discovery.venues v ON v.id = l.venue_id
    WHERE s.slug = %s ORDER BY l.external_id
"""

COUNTED = """
    SELECT fetched, inserted, updated, unchanged + duplicates, withdrawn, rejected, measures,
        unidentified, complete
    FROM discovery.sync_runs WHERE source_slug = %s ORDER BY id DESC LIMIT 1
"""


def _change(events: list[Lines], rng: random.Random, night: int) -> None:
    """Change one thing of a calendar, as calendars change from one night to the next."""
    place, number = rng.randrange(len(events)), 100 * night + rng.randrange(100)
    uid, title, start, *more = events[place]
    what = rng.randrange(9)
    if what == 0:
        title = f"SUMMARY:Renamed {number}"
    elif what == 1:
        start = on_day(night + rng.randrange(-3, 75), zone=rng.choice(("Asia/Tokyo", "House time")))
    elif what == 2:
        more = [rng.choice(("STATUS:CANCELLED", "DESCRIPTION:Words", "LOCATION:The Mill", ""))]
    elif what == 3:
        more = [rng.choice(("RRULE:FREQ=WEEKLY;COUNT=9", "RDATE:20260310T190000"))]
    elif what == 4:
        start = "DTSTART:never"
    elif what == 5:
        more = ["RECURRENCE-ID;TZID=Europe/Warsaw:20260303T190000", "RANGE=THISANDFUTURE"]
    elif what == 6:  # another event, perhaps of the same UID, or of one that another may have
        own = rng.choice((uid, f"{uid}/20260303T190000", f"UID:{number}"))
        events.insert(rng.randrange(len(events)), (own, title, on_day(night + 20), *more))
        return
    elif what == 7 and len(events) > 5:
        events.pop(place)
        return
    else:
        rng.shuffle(events)
        return
    events[place] = uid, title, start, *more


@pytest.mark.parametrize("seed", range(4))
def test_skipping_known_events_leaves_what_a_full_read_leaves(
    conn: Connection, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    rng = random.Random(seed)
    skipping, reading_all = pair_of(conn, "skipping"), pair_of(conn, "reading")
    events = [event(n, rng.randrange(-3, 75)) for n in range(14)]
    head: Lines = zone()
    night = 0
    for turn in range(14):
        body = calendar(events, night, head)
        for pair, everything in ((skipping, False), (reading_all, True)):
            attempt = Attempt(f"{pair.source.slug} {turn}")
            sync_pair(conn, pair, attempt, of(body, night), everything=everything)

        for query in (LISTED, COUNTED):
            skipped, full = (
                conn.execute(query.encode(), [slug]).fetchall() for slug in ("skipping", "reading")
            )
            assert skipped == full, f"turn {turn}, night {night}"

        events = list(events)
        for _ in range(rng.choice((0, 0, 1, 2, 4))):
            _change(events, rng, turn + 1)
        night += rng.choice((0, 1, 1, 1, 2, 9))
        if rng.random() < 0.1:
            head = rng.choice((zone("+0100"), zone("+0300"), ("X-WR-TIMEZONE:Europe/London",)))
        if rng.random() < 0.1:
            newer = f"code of turn {turn}"
            monkeypatch.setattr(versions, "version_of_code", lambda newer=newer: newer)
        if rng.random() < 0.1:
            update = {"settings": {"venue_name": rng.choice(("The Mill", "The Old Mill"))}}
            skipping = skipping.model_copy(update=update)
            reading_all = reading_all.model_copy(update=update)
