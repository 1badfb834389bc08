"""An item of a feed as an event: when it says so by an event module, or in words.

Modules, by whatever prefix: that of RSS 1.0 (``startdate``, ``enddate``, ``location``,
``organizer``, ``type``); xCal, with the names of iCalendar; that of the WordPress plugin Modern
Events Calendar, whose hours stand apart (``startHour``); that of library catalogues by
BiblioCommons (``start_date_local``); that of town halls' sites by CivicPlus, in English words
(``EventDates``, ``EventTimes``). When an item was published is never when its event is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from include.discovery.connectors.rss.feed import END_NAMES, START_NAMES, FeedItem
from include.discovery.dates.times import When
from include.discovery.dates.timestamps import (
    Timestamp,
    UnreadableTimestamp,
    read_timestamp,
    when_of,
)
from include.discovery.dates.worded.parsing import UnreadableDate, read_dates
from include.discovery.formats.json_fields import attempt
from include.discovery.formats.schema_org.identity import told_apart
from include.discovery.model import EventRecord, EventStatus, Identity, Venue, Window
from include.discovery.parsed import Parsed, RejectItem, parse_items, told_of_damage
from include.discovery.places.coordinates import coordinates
from include.discovery.places.venues import placed
from include.discovery.record_warnings import status_of_title
from include.discovery.text.cleaning import (
    description_text,
    one_line,
    plain_text,
    title_text,
    web_url,
)
from include.discovery.text.status import gravest, split_status, status_named

_READ_FOR_DATES = 500
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)", re.ASCII)
_WHOLE_DAY = re.compile(r"12:00 AM\s*[-–]\s*11:59 PM", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """How a feed's items are to be read.

    ``timezone`` is for times that name none; ``in_words`` says whether dates in title and
    description count, and ``day_first`` how 12/05 is meant there. ``today`` is the day from which
    dates without a year are counted where an item does not say when it was written.
    """

    timezone: ZoneInfo
    language: str | None = None
    window: Window | None = None
    default_venue: Venue | None = None
    in_words: bool = False
    country: str | None = None
    day_first: bool | None = None
    today: date | None = None


def events_of(items: Iterable[FeedItem], options: ParseOptions) -> Parsed:
    """Read the events that items tell of by themselves, each of their dates as one."""
    records: list[EventRecord] = []

    def parse_item(item: FeedItem) -> None:
        records.extend(
            told_of_damage(event_record(item, when, options)) for when in times_of(item, options)
        )

    rejects = parse_items(items, parse_item, _describe, known_as).rejects
    window = options.window
    return Parsed(
        [one for one in told_apart(records) if window is None or one.is_within(window)], rejects
    )


def _describe(position: int, item: FeedItem) -> str:
    label = item.link or item.identity or item.title
    return f"item {position + 1} ({label[:120]})" if label else f"item {position + 1}"


def known_as(item: FeedItem) -> Identity | None:
    """Return what the events of an item are known by, whatever else is wrong with it.

    One has the item's identity, several are the series of that name: see ``told_apart``.
    """
    return Identity(item.identity, item.identity) if item.identity else None


def times_of(item: FeedItem, options: ParseOptions) -> Sequence[When]:
    """Return when the events of an item are.

    :raises RejectItem: if it does not say so in a way that counts.
    """
    start = item.first_of(*START_NAMES)
    if start is not None:
        begins = _with_hour(start, item.first_of("starttime", "starthour"))
        end = item.first_of(*END_NAMES)
        ends = _with_hour(end, item.first_of("endtime", "endhour")) if end else None
        return (_of_module(begins, ends, options),)
    dates = item.fields.get("eventdates")
    if dates is not None:
        hours = item.fields.get("eventtimes", "")
        worded = dates if _WHOLE_DAY.fullmatch(hours.strip()) else f"{dates} {hours}"
        return _in_words([worded], item, replace(options, language="en", day_first=False))
    if options.in_words:
        return _in_words([item.title, item.body], item, options)
    raise RejectItem("no event date", item.title)


def _with_hour(day: str, hour: str | None) -> str:
    """Return a date with the hour that stands apart from it, if it has none of its own."""
    return f"{day} {hour}" if hour and ":" not in day else day


def _of_module(start: str, end: str | None, options: ParseOptions) -> When:
    warnings: list[str] = []
    try:
        begins = read_timestamp(start)
        ends = attempt("end", lambda: _timestamp(end), warnings)
        when = when_of(begins, ends, options.timezone)
    except (UnreadableTimestamp, OverflowError):
        raise RejectItem("unreadable date", start) from None
    return When(
        when.local_date,
        when.timezone,
        when.starts_at,
        when.ends_at,
        (*warnings, *when.warnings),
    )


def _timestamp(given: str | None) -> Timestamp | None:
    return None if given is None else read_timestamp(given)


def _in_words(texts: Iterable[str | None], item: FeedItem, options: ParseOptions) -> Sequence[When]:
    """Read the dates that the first text names that names any.

    Where nothing says when the item was written, those count that are the same whenever it was.
    """
    today = item.written.date() if item.written else options.today
    problem = None
    for given in filter(None, map(plain_text, texts)):
        text = given[:_READ_FOR_DATES]
        try:
            readings = [
                read_dates(
                    text,
                    today=day,
                    zone=options.timezone,
                    language=options.language,
                    country=options.country,
                    window=options.window,
                    day_first=options.day_first,
                ).times
                for day in ([today] if today else _days_around(text))
            ]
        except UnreadableDate as error:
            problem = error
            continue
        if readings and readings[0] == readings[-1]:
            return readings[0]
    if today is None and problem is None:
        raise RejectItem("no event date, nor a day from which to count one in words", item.title)
    raise RejectItem("no event date in words", problem)


def _days_around(text: str) -> list[date]:
    """Return two days on which the text may have been written, by the first year in it."""
    found = _YEAR.search(text)
    return [date(int(found[0]), 1, 1), date(int(found[0]), 12, 31)] if found else []


def event_record(item: FeedItem, when: When, options: ParseOptions) -> EventRecord:
    """Map an item, with one of its times.

    :raises RejectItem: for an unusable event: no id, no title.
    """
    if item.identity is None:
        raise RejectItem("no guid and no link", item.title)
    title = title_text(item.title)
    if title is None:
        raise RejectItem("no title")
    warnings: list[str] = []
    title, marked = split_status(title)
    said = item.fields.get("status", "")
    told = EventStatus.TENTATIVE if said.upper() == "TENTATIVE" else status_named(said)
    status = gravest((told, marked)) or told or EventStatus.SCHEDULED
    warnings += status_of_title(status, marked, told)
    kind = one_line(item.fields.get("type"))
    place = placed(
        attempt("venue", lambda: _venue(item, warnings), warnings),
        warnings,
        is_moved=marked is EventStatus.MOVED_ONLINE,
        default=options.default_venue,
    )
    categories = [one_line(name) for name in (kind, *item.categories)]
    return EventRecord(
        external_id=item.identity,
        title=title,
        url=item.link,
        **when.as_fields(),
        status=status,
        attendance=place.attendance,
        venue=place.venue,
        categories=tuple(dict.fromkeys(name for name in categories if name)),
        organizer=one_line(item.fields.get("organizer")),
        description=description_text(item.body),
        image_url=item.image,
        source_updated_at=item.updated,
        warnings=(*warnings, *when.warnings),
    )


def _venue(item: FeedItem, warnings: list[str]) -> Venue | None:
    """Return the place; a web address in its place says nothing that could be shown."""
    location = one_line(item.fields.get("location"))
    name = None if location is None or web_url(location) else location
    where = item.point or (item.fields.get("lat"), item.fields.get("long"))
    point = attempt("venue coordinates", lambda: coordinates(*where), warnings)
    if name is None and point is None:
        return None
    north, east = point or (None, None)
    return Venue(name=name, latitude=north, longitude=east)
