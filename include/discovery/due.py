"""When a pair is due: the one rule that the planner, the page and the command line share.

A pair has a frequency in hours, and its periods follow one another in that rhythm, beginning with
the scheduled run that synced it first. It is **due in the first scheduled run of each period**, and
in every later one until a scheduled run has synced it: a period is used up by success, not by a
try. What counts is the time at which the schedule meant a run, never when it really started, so
that a late night costs nothing.

* A run that was triggered (by hand, by the command line, by an asset, by a backfill) uses no
  period up. It takes what nobody has synced within its frequency.
* Frequencies that the schedule does not divide keep their rhythm on average: 36 hours with a
  nightly run mean two of three nights. One that is shorter than the schedule's own means every run.
* Days are counted on the schedule's own clock: of 24 hours, the night in which the clocks change is
  a whole day, though it has 23 hours or 25.
* A pair may be asked less often while its source does not change, if it says up to which bound.
  After three complete syncs of scheduled runs in a row that found no change its periods double, and
  again with each further one. A change ends that at once, whichever run finds it. So does a listing
  that is missing: the next scheduled run finds out whether it is gone.
* A pair that is parked (its source asked for a long wait) is not due before that time. A run that
  is a few minutes early takes it, and its task waits: one that was sent away for a day at half a
  minute past midnight would lose two nights otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

_DAY = timedelta(days=1)

ALMOST_OVER = timedelta(minutes=10)
"""So long before its time a parked pair is taken; its task waits for the rest."""

SLOWS_AFTER = 3
"""So many complete syncs in a row find no change before the periods grow."""

_MOST_DOUBLINGS = 10
"""More than any bound allows: an hour becomes six weeks."""

_TRIGGERED_EARLY = 12
"""Triggered runs come when they come: one twelfth of the frequency early is in time."""


@dataclass(frozen=True, slots=True)
class PairSchedule:
    """How a pair stands against the clock. All times are aware."""

    frequency: timedelta
    period_start: datetime | None = None
    """Start of the period that a scheduled run has used up last, in the schedule's time zone;
    ``None``: no scheduled run has synced the pair."""
    synced_at: datetime | None = None
    """When the last sync of any run began that read the source completely."""
    parked_until: datetime | None = None
    longest: timedelta | None = None
    """How long its periods may grow while nothing changes; ``None``: they do not grow."""
    unchanged_syncs: int = 0
    """How many complete syncs of scheduled runs in a row have found no change."""

    @property
    def period(self) -> timedelta:
        """How long its periods are now."""
        doublings = self.unchanged_syncs - SLOWS_AFTER + 1
        if self.longest is None or doublings <= 0:
            return self.frequency
        grown = self.frequency * (1 << min(doublings, _MOST_DOUBLINGS))
        return max(self.frequency, min(grown, self.longest))


@dataclass(frozen=True, slots=True)
class RunTime:
    """When a run takes place."""

    now: datetime
    scheduled_for: datetime | None = None
    """The time at which the schedule meant the run, in the schedule's time zone; ``None`` for a
    run that was triggered."""


def is_due(pair: PairSchedule, run: RunTime) -> bool:
    """Say whether a run takes the pair."""
    if pair.parked_until is not None and run.now + ALMOST_OVER < pair.parked_until:
        return False
    if run.scheduled_for is None:
        elapsed = None if pair.synced_at is None else run.now - pair.synced_at
        return elapsed is None or elapsed >= pair.frequency - pair.frequency / _TRIGGERED_EARLY
    if pair.period_start is None:
        return True
    return _elapsed(pair.period_start, run.scheduled_for, pair.period) >= pair.period


def period_of(pair: PairSchedule, scheduled_for: datetime) -> datetime:
    """Return the start of the period that a sync by the given scheduled run uses up.

    A run that is older than the last used period (cleared and run again, or late behind another)
    leaves that as it is.

    :param scheduled_for: the time at which the schedule meant the run, in the schedule's time zone.
    """
    if pair.period_start is None:
        return scheduled_for
    elapsed = _elapsed(pair.period_start, scheduled_for, pair.period)
    if elapsed < pair.period:
        return pair.period_start
    # Python adds on the clock; the sum may name an hour that the day does not have.
    start = pair.period_start + elapsed // pair.period * pair.period
    return min(start.replace(tzinfo=scheduled_for.tzinfo), scheduled_for, key=_clock)


def next_due(
    pair: PairSchedule, now: datetime, next_run: datetime, earlier_runs: Sequence[datetime]
) -> datetime:
    """Return the scheduled time of the first coming run that takes the pair, in UTC.

    :param next_run: the scheduled time of the next run.
    :param earlier_runs: the scheduled times of the last runs, newest first: they tell how far runs
        are apart. Without them the time is the one from which on the next run takes the pair.
    """
    zone = pair.period_start.tzinfo if pair.period_start else UTC
    run, *earlier = (time.astimezone(zone) for time in (next_run, *earlier_runs))
    over = [] if pair.period_start is None else [pair.period_start + pair.period]
    parked = [] if pair.parked_until is None else [pair.parked_until.astimezone(zone)]
    earliest = max([run, *over, *parked])
    # A pause between two runs is no step.
    steps = [later - before for later, before in pairwise((run, *earlier)) if later > before]
    if not steps:
        due = is_due(pair, RunTime(max(now, run), run))
        return (run if due else earliest).astimezone(UTC)
    step = min(steps)
    # From the last run before that time on: hours that are repeated or left out shift it by one.
    run += max((earliest - run) // step - 1, 0) * step
    while not is_due(pair, RunTime(max(now, run), run)):
        run += step
    return run.astimezone(UTC)


def why_less_often(pair: PairSchedule) -> str | None:
    """Say, if a pair is asked less often than its frequency says, how often, and why."""
    if pair.period == pair.frequency:
        return None
    hours = pair.period // timedelta(hours=1)
    return f"every {hours} h for now: its last {pair.unchanged_syncs} syncs found no change"


def is_the_usual(gaps: Collection[str], gaps_before: Collection[str] | None) -> bool:
    """Say whether an incomplete sync is incomplete in the way that the one before it was.

    What a source never gives (it cannot prove that it has told all, it leaves out a page) would
    otherwise be asked for every night for ever. The first time is worth another try; from the
    second time on it is how this source is, and its frequency holds.

    :param gaps_before: of the last sync before that read the source to its end; ``None`` if none.
    """
    return gaps_before is not None and _kinds(gaps) == _kinds(gaps_before)


def _kinds(gaps: Collection[str]) -> set[str]:
    """Take the numbers out: 'page 7 is missing' and 'page 9 is missing' are alike."""
    return {re.sub(r"[0-9][0-9,.]*", "0", gap) for gap in gaps}


def _elapsed(period_start: datetime, at: datetime, period: timedelta) -> timedelta:
    """Return the time since a period began, as its length counts it.

    Of a day and more it is the clock's time. Shorter ones end when their hours have passed on the
    clock or in truth: the hour that is repeated in autumn is an hour, too.
    """
    on_the_clock = _clock(at) - _clock(period_start)
    if period >= _DAY:
        return on_the_clock
    return max(on_the_clock, at.astimezone(UTC) - period_start.astimezone(UTC))


def _clock(time: datetime) -> datetime:
    return time.replace(tzinfo=None)
