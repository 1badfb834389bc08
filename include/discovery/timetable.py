"""When the DAG is scheduled, and which frequencies of pairs that schedule can keep.

A schedule is a cron expression of five fields or a preset, in a time zone. Pairs are synced by
scheduled runs, so that a frequency shorter than the longest time between two of them cannot be
kept; whoever sets one is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from croniter import CroniterBadDateError, croniter

from include.discovery.text.wording import in_words

PRESETS: Final = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
}
"""Names that stand for a cron expression, as Airflow has them."""

# On the clock on the wall, of whatever zone. Four years have seen all that cron can say of days.
_BEFORE: Final = datetime(2023, 12, 31, 23, 59)  # noqa: DTZ001
_UNTIL: Final = datetime(2028, 3, 1)  # noqa: DTZ001


def cron_of(text: str) -> str:
    """Return the cron expression of a schedule: its five fields, or those of a preset.

    :raises ValueError: if it is neither, or names a day that never comes.
    """
    cron = " ".join(PRESETS.get(text.lower(), text).split())
    if cron.count(" ") != 4 or not croniter.is_valid(cron):
        raise ValueError(text)
    if next(_times(cron, _BEFORE), None) is None:
        raise ValueError(text)
    return cron


def zone_of(name: str) -> str:
    """Return the IANA name of a time zone.

    :raises ValueError: if there is none of that name.
    """
    try:
        return ZoneInfo(name).key
    except (KeyError, OSError, ValueError):  # OSError: it is a folder of zones
        raise ValueError(name) from None


def shortfall(cron: str, frequency: timedelta) -> str | None:
    """Say why a schedule cannot sync a pair as often as its frequency wants; ``None``: it can."""
    longest = longest_interval(cron)
    if frequency >= longest:
        return None
    return (
        f"the schedule ({cron}) cannot keep a frequency of {in_words(frequency)}: its runs are up"
        f" to {in_words(longest)} apart, and the pair is synced by each of them; choose a longer"
        " frequency, or let DISCOVERY_SCHEDULE run more often"
    )


@lru_cache(maxsize=32)
def longest_interval(cron: str) -> timedelta:
    """Return the longest time between two runs of a schedule, on its own clock.

    All days with runs have them at the same times, so that it lies within any of them, or between
    the last run of one and the first of the next.
    """
    first = next(_times(cron, _BEFORE))
    of_a_day = [first]
    firsts = [first]
    for at in _times(cron, first):
        if at.date() != first.date():
            break
        of_a_day.append(at)
    while following := next(_times(cron, datetime.combine(firsts[-1], time.max)), None):
        firsts.append(following)
    within = of_a_day[-1] - of_a_day[0]
    return max(
        [later - before for before, later in pairwise(of_a_day)]
        + [later - before - within for before, later in pairwise(firsts)]
    )


def _times(cron: str, after: datetime) -> Iterator[datetime]:
    """Yield the times of a schedule after the given one, up to the last of those looked at."""
    times = croniter(cron, after, ret_type=datetime)
    try:
        while (at := times.get_next()) < _UNTIL:
            yield at
    except CroniterBadDateError:  # there is none in the years that it looks at
        return
