"""What holds for every calendar, whatever its form: properties over calendars built at random."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrule, rruleset, rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from include.discovery.connectors.icalendar.feed import Feed
from include.discovery.errors import UnreadableResponse
from include.discovery.model import EventRecord
from tests.connectors.icalendar.ics_support import CUSTOM_ZONE, event, feed, read

ZONES = ["Europe/Warsaw", "America/New_York", "Central European Standard Time", "Our own time", "X"]
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
MOMENTS = st.datetimes(
    min_value=datetime.fromisoformat("2024-01-01"), max_value=datetime.fromisoformat("2028-12-31")
).map(lambda moment: moment.replace(second=0, microsecond=0))
# Letters, signs and escapes, but nothing that a title loses when it is cleaned.
TITLES = st.text(alphabet="abcdeABCDEłóżéßåÄ,;:'-0123", min_size=3, max_size=60).map("T{}".format)


@st.composite
def times(draw: st.DrawFn, name: str) -> str:
    """Write a property that holds a time, in one of the forms there are."""
    moment = draw(MOMENTS)
    form = draw(st.sampled_from(["date", "utc", "floating", "zoned"]))
    if form == "date":
        return f"{name};VALUE=DATE:{moment:%Y%m%d}"
    if form == "zoned":
        return f"{name};TZID={draw(st.sampled_from(ZONES))}:{moment:%Y%m%dT%H%M%S}"
    return f"{name}:{moment:%Y%m%dT%H%M%S}{'Z' if form == 'utc' else ''}"


@st.composite
def rules(draw: st.DrawFn) -> str:
    parts = [f"FREQ={draw(st.sampled_from(['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY', 'HOURLY']))}"]
    parts += draw(st.sampled_from([[], ["INTERVAL=2"], ["INTERVAL=13"]]))
    parts += draw(st.sampled_from([[], ["COUNT=5"], [f"UNTIL={draw(MOMENTS):%Y%m%dT%H%M%SZ}"]]))
    parts += draw(st.sampled_from([[], ["BYDAY=MO,SA"], ["BYDAY=-1FR"], ["BYMONTHDAY=31"]]))
    return f"RRULE:{';'.join(parts)}"


@st.composite
def events(draw: st.DrawFn) -> str:
    lines = [draw(times("DTSTART"))]
    lines += draw(st.lists(times("DTEND") | st.just("DURATION:PT90M"), max_size=1))
    lines += draw(st.lists(rules(), max_size=1))
    lines += draw(st.lists(st.one_of(times("RDATE"), times("EXDATE")), max_size=3))
    lines += draw(st.lists(times("RECURRENCE-ID"), max_size=1))
    uid = draw(st.sampled_from(["a", "b", "c", None]))
    return event(*lines, uid=uid, title=draw(TITLES))


@st.composite
def damaged(draw: st.DrawFn, body: bytes) -> bytes:
    """Cut, double, swap or drop some lines, or fold them at any place."""
    lines = body.split(b"\r\n")
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        cut = draw(st.integers(0, max(0, len(lines[at]) - 1)))
        other = lines[draw(st.integers(0, len(lines) - 1))]
        lines[at : at + 1] = draw(
            st.sampled_from([
                [], [lines[at][:cut]], [lines[at], lines[at]], [other, lines[at]],
                [lines[at][:cut], b" " + lines[at][cut:]], [lines[at][:cut], lines[at][cut:]],
            ])
        )  # fmt: skip
    return b"\r\n".join(lines)


def instants(record: EventRecord) -> list[datetime]:
    moments = (record.starts_at, record.ends_at, record.source_updated_at)
    return [moment for moment in moments if moment is not None]


def assert_sound(found: Feed) -> None:
    assert all(moment.utcoffset() is not None for r in found.records for moment in instants(r))
    assert len({record.external_id for record in found.records}) == len(found.records)
    assert "unexpected shape" not in {reject.reason for reject in found.rejects}


@pytest.mark.slow
@given(st.lists(events(), max_size=4))
@settings(deadline=None)
def test_a_calendar_is_read_with_aware_instants_and_unique_ids(components: list[str]) -> None:
    assert_sound(read(feed(CUSTOM_ZONE, *components)))


@pytest.mark.slow
@given(st.lists(events(), min_size=1, max_size=3), st.data())
@settings(deadline=None)
def test_a_damaged_calendar_is_read_or_refused(components: list[str], data: st.DataObject) -> None:
    body = data.draw(damaged(feed(CUSTOM_ZONE, *components)))
    try:
        found = read(body)
    except UnreadableResponse:  # its first line is gone
        return
    assert_sound(found)


@given(st.text(max_size=400))
@settings(deadline=None)
def test_a_text_that_is_no_calendar_is_refused(text: str) -> None:
    refused = ""
    try:
        read(text.encode("utf-8", "surrogatepass"))
    except UnreadableResponse as error:
        refused = str(error)

    assert refused.startswith("not an iCalendar feed") or "BEGIN" in text.upper()


@pytest.mark.slow
@given(st.lists(events(), max_size=3))
@settings(deadline=None)
def test_reading_twice_gives_the_same_records(components: list[str]) -> None:
    body = feed(CUSTOM_ZONE, *components)

    assert read(body) == read(body)


@given(events(), st.text(max_size=60))
@settings(deadline=None)
def test_a_bad_event_does_not_change_its_neighbours(component: str, garbage: str) -> None:
    line = " ".join(garbage.encode("utf-8", "replace").decode().split()).replace(":", "")
    bad = event(f"DTSTART:{line}", f"RRULE:{line}", uid="bad", title="Bad")

    assert read(feed(bad, component, bad)).records == read(feed(component)).records


@given(events(), st.dates(date(2024, 1, 1), date(2028, 12, 31)), st.integers(0, 200))
@settings(deadline=None)
def test_a_window_gives_only_its_days(component: str, first: date, days: int) -> None:
    last = first + timedelta(days=days)
    for record in read(feed(CUSTOM_ZONE, component), first, last).records:
        end = record.ends_at.astimezone(ZoneInfo(record.timezone)) if record.ends_at else None
        assert record.local_date is not None
        assert record.local_date <= last
        assert max(record.local_date, end.date() if end else date.min) >= first


@given(st.lists(st.tuples(TITLES, MOMENTS), min_size=1, max_size=6))
@settings(deadline=None)
def test_a_feed_that_is_written_from_records_is_read_back_the_same(
    shows: list[tuple[str, datetime]],
) -> None:
    def written(records: list[EventRecord]) -> bytes:
        return feed(
            *(
                event(
                    f"DTSTART:{r.starts_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",  # type: ignore[union-attr]
                    uid=r.external_id,
                    title=escaped(r.title),
                )
                for r in records
            )
        )

    first = read(
        feed(
            *(
                event(f"DTSTART:{moment:%Y%m%dT%H%M%S}", uid=f"u{n}", title=escaped(title))
                for n, (title, moment) in enumerate(shows)
            )
        )
    )
    again = read(written(list(first.records)))

    assert [r.title for r in first.records] == [title for title, _ in shows]
    assert [(r.title, r.starts_at) for r in again.records] == [
        (r.title, r.starts_at) for r in first.records
    ]


def escaped(title: str) -> str:
    return title.replace(",", r"\,").replace(";", r"\;")


@given(
    start=MOMENTS,
    frequency=st.sampled_from(["DAILY", "WEEKLY"]),
    interval=st.integers(1, 5),
    count=st.integers(1, 30),
    more_days=st.sets(st.sampled_from(DAYS)),
    excluded=st.sets(st.integers(0, 29), max_size=3),
    added=st.lists(MOMENTS, max_size=2),
)
@settings(deadline=None)
def test_a_series_has_the_dates_that_dateutil_gives(
    start: datetime,
    frequency: str,
    interval: int,
    count: int,
    more_days: set[str],
    excluded: set[int],
    added: list[datetime],
) -> None:
    """In UTC, where no clock changes, an independent implementation must agree."""
    days = ",".join(sorted(more_days | {DAYS[start.weekday()]}))
    rule = f"FREQ={frequency};INTERVAL={interval};COUNT={count};BYDAY={days}"
    expected = rruleset()
    parsed = rrulestr(rule, dtstart=start)
    assert isinstance(parsed, rrule)
    expected.rrule(parsed)
    dates = list(expected)
    skipped = [dates[n] for n in excluded if n < len(dates)]
    for moment in skipped:
        expected.exdate(moment)
    for moment in added:
        expected.rdate(moment)
    lines = [f"DTSTART:{start:%Y%m%dT%H%M%S}Z", f"RRULE:{rule}"]
    lines += [f"EXDATE:{moment:%Y%m%dT%H%M%S}Z" for moment in skipped]
    lines += [f"RDATE:{moment:%Y%m%dT%H%M%S}Z" for moment in added]
    window = (date(2023, 1, 1), date(2032, 12, 31))

    found = read(feed(event(*lines)), *window, zone=ZoneInfo("UTC")).records

    assert sorted(r.starts_at.replace(tzinfo=None) for r in found if r.starts_at) == list(expected)
