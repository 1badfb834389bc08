"""Decides what happens in a city, day by day, from only a seed and absolute dates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta
from functools import lru_cache
from random import Random

from include.demo.cities import City, Programme, Venue, all_cities
from include.demo.model import SLOTS_A_DAY, DemoEvent, DemoSeries, Status

DAYS_BACK = 7
DAYS_AHEAD = 180
WINDOW_DAYS = DAYS_BACK + DAYS_AHEAD + 1

_SECOND_SLOT_SHARE = 0.15
_HOUR_UNKNOWN_SHARE = 0.05
_WORD = re.compile(r"\{(\w+)\}")
_PERFORMING_WORDS = frozenset({"act", "team", "author"})


def window(today: date) -> tuple[date, ...]:
    """Return the days that the feeds cover on ``today``."""
    return tuple(today + timedelta(days=offset) for offset in range(-DAYS_BACK, DAYS_AHEAD + 1))


def steady_days(days: Sequence[date], count: int) -> tuple[date, ...]:
    """Choose ``count`` of the days in a row: what is filed under them is as much on any day.

    The day for a place is the one whose ordinal leaves a certain remainder. Exactly one in the row
    does, and it is the same one until it drops out.
    """
    by_remainder = {day.toordinal() % len(days): day for day in days}
    step = len(days) // max(count, 1)
    return tuple(by_remainder[place * step] for place in range(count))


@lru_cache(maxsize=32)
def events_for(city: str, today: date, seed: int = 0) -> tuple[DemoEvent, ...]:
    """All events of a city that start within the window of ``today``, in order of time.

    Pure: the same arguments give equal events in every process. Two windows that overlap agree
    on every event of the days they share.
    """
    home = all_cities()[city]
    happening = [
        event
        for day in window(today)
        for venue in home.venues
        for event in _day(home, venue, day, seed)
    ]
    return tuple(sorted(happening, key=lambda event: (event.starts, event.key)))


def listed(city: str, source: str, today: date, seed: int = 0) -> tuple[DemoEvent, ...]:
    """Return the events of a city that one source lists."""
    return tuple(event for event in events_for(city, today, seed) if source in event.sources)


def series_for(city: str, source: str, today: date) -> tuple[DemoSeries, ...]:
    """Return the weekly series of one source: one for each quarter that the window touches."""
    home = all_cities()[city]
    quarters = sorted({(day.year, (day.month - 1) // 3) for day in window(today)})
    return tuple(
        DemoSeries(home, plan, f"{year}q{quarter + 1}", _weekdays(year, quarter, plan.weekday))
        for plan in home.series
        if plan.source == source
        for year, quarter in quarters
    )


def _weekdays(year: int, quarter: int, weekday: int) -> tuple[date, ...]:
    day = date(year, quarter * 3 + 1, 1)
    day += timedelta(days=(weekday - day.weekday()) % 7)
    days = []
    while (day.year, (day.month - 1) // 3) == (year, quarter):
        days.append(day)
        day += timedelta(days=7)
    return tuple(days)


def _day(city: City, venue: Venue, day: date, seed: int) -> Iterator[DemoEvent]:
    """Answer what one venue has on one day: usually nothing or one event, at times a second one."""
    dice = Random(f"{seed}|{city.slug}|{venue.slug}|{day.isoformat()}")  # noqa: S311
    if dice.random() >= venue.share:
        return
    slots = SLOTS_A_DAY if dice.random() < _SECOND_SLOT_SHARE else 1
    taken: set[time] = set()
    for slot in range(slots):
        event = _event(city, venue, day, slot, seed, dice, taken)
        yield event
        if event.start is None:
            return
        taken.add(event.start)


def _event(
    city: City, venue: Venue, day: date, slot: int, seed: int, dice: Random, taken: set[time]
) -> DemoEvent:
    programme = city.programmes[dice.choice(venue.programmes)]
    title, performers = _title(city, programme, dice)
    hours = [hour for hour in programme.hours if hour not in taken] or programme.hours
    also = [source for source, share in sorted(venue.also.items()) if dice.random() < share]
    return DemoEvent(
        city=city,
        venue=venue,
        day=day,
        slot=slot,
        seed=seed,
        sources=(venue.source, *also),
        programme=programme,
        title=title,
        performers=performers,
        start=dice.choice(hours) if hours else None,
        days=dice.randint(*programme.days),
        status=_status(dice),
        hour_known=not programme.hours or dice.random() >= _HOUR_UNKNOWN_SHARE,
        price=_price(programme, dice),
    )


def _title(city: City, programme: Programme, dice: Random) -> tuple[str, tuple[str, ...]]:
    """Fill a title pattern with words, never the same word twice in one title."""
    used: list[str] = []
    performers: list[str] = []

    def fill(match: re.Match[str]) -> str:
        name = match.group(1)
        word = dice.choice([word for word in city.words[name] if word not in used])
        used.append(word)
        if name in _PERFORMING_WORDS:
            performers.append(word)
        return word

    title = _WORD.sub(fill, dice.choice(programme.titles))
    return title[0].upper() + title[1:], tuple(performers)


def _status(dice: Random) -> Status:
    statuses = (Status.SCHEDULED, Status.CANCELLED, Status.POSTPONED, Status.RESCHEDULED)
    return dice.choices(statuses, weights=(93, 3, 3, 1))[0]


def _price(programme: Programme, dice: Random) -> tuple[int, int] | None:
    """Lowest and highest price; a third of the paid events have one price only."""
    if programme.price is None:
        return None
    lowest, highest = programme.price
    low = dice.randrange(lowest, highest, 5)
    return (low, low) if dice.random() < 1 / 3 else (low, dice.randint(low + 1, highest))
