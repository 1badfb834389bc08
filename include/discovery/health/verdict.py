"""How healthy a pair is, and why, in words: a pure rule over its latest runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import takewhile
from statistics import median

from include.discovery.text.wording import in_words, moment_in_words

_TIME_TO_END = timedelta(minutes=15)
"""An attempt that still runs so long after its time limit is stuck."""

CONSIDERED = 14
"""How many of the latest runs the rule looks at, at most."""

_SHORTEST_STALE = timedelta(hours=48)
_FAILING_STREAK = 3
_RATED = 10
_FAILING_BELOW = 0.7
_WARNING_BELOW = 0.9
_USUAL = 7
_ENOUGH_TO_COMPARE = 3
_FEW = 3
"""A pair that usually lists fewer events than this may well have none for a while."""


class HealthState(StrEnum):
    """The states of a pair, the worst first."""

    STUCK = "stuck"
    FAILING = "failing"
    MISSING_KEY = "missing_key"
    STALE = "stale"
    EMPTY = "empty"
    PARTIAL = "partial"
    WARNING = "warning"
    PARKED = "parked"
    NEVER_RUN = "never_run"
    RUNNING = "running"
    HEALTHY = "healthy"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one run of a pair ended."""

    at: datetime
    succeeded: bool
    complete: bool = True
    """Of a success: whether the listing was read to its proved end."""
    fetched: int = 0
    rejected: int = 0
    message: str = ""
    """Of a failure: the error; of an incomplete run: what is missing."""
    warnings: Sequence[str] = ()
    """What a person should look at although the run succeeded, in words."""
    read_everything: bool = True
    """Whether the whole listing was read, and not only what had changed."""
    failed_assertions: Sequence[str] = ()
    """Names of the assertions that its events did not meet."""


@dataclass(frozen=True, slots=True)
class PairFacts:
    """What is known of a pair."""

    frequency: timedelta
    time_limit: timedelta
    """How long an attempt to sync it may take."""
    outcomes: Sequence[Outcome] = ()
    """Runs that have ended, newest first. Trials are left out: dry runs, and runs with a limit."""
    running_since: datetime | None = None
    is_planned: bool = False
    """A run holds it, and its task has not begun yet."""
    inactive_because: str | None = None
    missing_key: str | None = None
    """What is missing, in words."""
    parked_until: datetime | None = None
    """Its source asked for so long a wait; it may be over."""
    parked_because: str | None = None
    """As 'rate limited'."""
    last_success_at: datetime | None = None
    """Ever."""
    last_events_at: datetime | None = None
    """When a run last brought an event; None: none ever did, as far as is known."""
    expects_empty: bool = False
    """It is the season in which a person expects that the source lists nothing."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A state with its reason in words."""

    state: HealthState
    reason: str


def judge(facts: PairFacts, now: datetime) -> Verdict:
    """Say how a pair is doing; the first rule that applies decides."""
    return (
        _not_working(facts, now)
        or _failing_or_stale(facts, now)
        or _doubtful(facts, now)
        or Verdict(HealthState.HEALTHY, _last_words(facts))
    )


@dataclass(frozen=True, slots=True)
class RolledUp:
    """The health of several pairs as one: the worst of those that are enabled."""

    state: HealthState
    counts: Mapping[HealthState, int]
    """How many pairs are in each state, disabled ones included; states without any are left out."""


def roll_up(states: Iterable[HealthState]) -> RolledUp | None:
    """Sum up pairs, as those of a city or of a source; None when there are none."""
    counts = Counter(states)
    # Disabled is the last of the states: it is the worst only where there is no other.
    worst = next((state for state in HealthState if counts[state]), None)
    if worst is None:
        return None
    return RolledUp(worst, {state: counts[state] for state in HealthState if counts[state]})


def stale_after(frequency: timedelta) -> timedelta:
    """Return for how long a pair may go without a success."""
    return max(3 * frequency, _SHORTEST_STALE)


def failures_in_a_row(outcomes: Sequence[Outcome]) -> int:
    """Count the failed runs since the last success."""
    return len(list(takewhile(lambda outcome: not outcome.succeeded, outcomes)))


def _not_working(facts: PairFacts, now: datetime) -> Verdict | None:
    if facts.inactive_because:
        return Verdict(HealthState.DISABLED, facts.inactive_because)
    if facts.running_since is not None:
        duration = now - facts.running_since
        if duration > facts.time_limit + _TIME_TO_END:
            return Verdict(
                HealthState.STUCK,
                f"running for {in_words(duration)}: longer than any attempt may take",
            )
        return Verdict(HealthState.RUNNING, f"running for {in_words(duration)}")
    if facts.is_planned:
        return Verdict(HealthState.RUNNING, "planned: waits for its task to start")
    if facts.missing_key:
        return Verdict(HealthState.MISSING_KEY, facts.missing_key)
    if facts.parked_until is not None and now < facts.parked_until:
        return _parked(facts, facts.parked_until, now)
    if not facts.outcomes:
        return Verdict(HealthState.NEVER_RUN, "no run has ended yet")
    return None


def _parked(facts: PairFacts, until: datetime, now: datetime) -> Verdict:
    parked = f"{facts.parked_because} until {moment_in_words(until, now)}"
    # A source that asks to wait night after night would be parked for ever.
    lack = _lack_of_success(facts, now)
    if lack is not None:
        return Verdict(HealthState.STALE, f"{lack}; {parked}")
    return Verdict(HealthState.PARKED, parked)


def _lack_of_success(facts: PairFacts, now: datetime) -> str | None:
    """Say that a pair had no success for too long, if it is so."""
    success = facts.last_success_at
    since = success or (facts.outcomes[-1].at if facts.outcomes else now)
    if now - since <= stale_after(facts.frequency):
        return None
    return f"no success for {in_words(now - success)}" if success else "never succeeded"


def _failing_or_stale(facts: PairFacts, now: datetime) -> Verdict | None:
    bound = stale_after(facts.frequency)
    latest = facts.outcomes[0]
    success = facts.last_success_at
    streak = failures_in_a_row(facts.outcomes)
    no_run = f"no run for {in_words(now - latest.at)}" if now - latest.at > bound else None
    if success is None and streak == len(facts.outcomes):
        words = f"never succeeded; {_streak_in_words(facts.outcomes, streak)}"
        return Verdict(HealthState.FAILING, f"{no_run}; {words}" if no_run else words)
    since = f"no success for {in_words(now - success)}" if success else "no success is known"
    # Runs that come, and fail, are a fault of the source; runs that do not come, one of ours.
    if no_run:
        return Verdict(HealthState.STALE, f"{no_run}; {since}")
    if streak >= _FAILING_STREAK:
        return Verdict(HealthState.FAILING, _streak_in_words(facts.outcomes, streak))
    rated = facts.outcomes[:_RATED]
    if streak and len(rated) >= _FAILING_STREAK and _rate(rated) < _FAILING_BELOW:
        return Verdict(
            HealthState.FAILING,
            f"{_failed(rated)} of the last {len(rated)} runs failed; the last: {latest.message}",
        )
    if success is not None and now - success > bound:
        return Verdict(HealthState.STALE, since)
    return None


def _streak_in_words(outcomes: Sequence[Outcome], streak: int) -> str:
    latest = outcomes[0]
    if streak == 1:
        return f"the last run failed: {latest.message}"
    at_least = "at least " if streak == len(outcomes) >= CONSIDERED else ""
    return f"{at_least}{streak} failed runs in a row; the last: {latest.message}"


def _doubtful(facts: PairFacts, now: datetime) -> Verdict | None:
    latest = facts.outcomes[0]
    if not latest.succeeded:
        return Verdict(HealthState.WARNING, f"the last run failed: {latest.message}")
    if not latest.complete:
        missing = latest.message or "the listing is not complete"
        return Verdict(HealthState.PARTIAL, f"the last run was incomplete: {missing}")
    emptied = _emptied(facts, now)
    if emptied:
        return Verdict(HealthState.EMPTY, emptied)
    if latest.warnings:
        return Verdict(HealthState.WARNING, "; ".join(latest.warnings))
    rated = facts.outcomes[:_RATED]
    if _rate(rated) < _WARNING_BELOW:
        return Verdict(
            HealthState.WARNING, f"{_failed(rated)} of the last {len(rated)} runs failed"
        )
    if _is_empty(latest) and facts.expects_empty:
        return None
    return _unusual(latest, facts.outcomes[1:])


def _is_empty(outcome: Outcome) -> bool:
    return _shows_the_size(outcome) and outcome.fetched == 0


def _emptied(facts: PairFacts, now: datetime) -> str | None:
    """Say of a source that lists nothing any more that it once did, if that is worth saying."""
    if facts.expects_empty or not _is_empty(facts.outcomes[0]):
        return None
    sizes = [o.fetched for o in facts.outcomes if _shows_the_size(o) and o.fetched]
    if sizes:
        usual = median(sizes[:_USUAL])
        return f"0 fetched, usually {usual:g}" if usual >= _FEW else None
    if facts.last_events_at is None:
        return None
    since = in_words(now - facts.last_events_at)
    return f"0 fetched; the last events came {since} ago"


def _unusual(latest: Outcome, earlier: Sequence[Outcome]) -> Verdict | None:
    """Doubt a good run whose numbers are far from what this pair usually brings."""
    sizes = [each.fetched for each in earlier if _shows_the_size(each)]
    if latest.read_everything and sizes:
        usual = median(sizes[:_USUAL])
        # Few runs do not tell what is usual; that there is nothing any more is told by one.
        is_known = len(sizes) >= _ENOUGH_TO_COMPARE or latest.fetched == 0
        if is_known and latest.fetched < usual / 2:
            return Verdict(HealthState.WARNING, f"{latest.fetched} fetched, usually {usual:g}")
    if latest.rejected * 10 > latest.fetched:
        return Verdict(
            HealthState.WARNING, f"{latest.rejected} of {latest.fetched} items were rejected"
        )
    return None


def _shows_the_size(outcome: Outcome) -> bool:
    return outcome.succeeded and outcome.complete and outcome.read_everything


def _rate(outcomes: Sequence[Outcome]) -> float:
    return 1 - _failed(outcomes) / len(outcomes)


def _failed(outcomes: Sequence[Outcome]) -> int:
    return sum(not outcome.succeeded for outcome in outcomes)


def _last_words(facts: PairFacts) -> str:
    latest = facts.outcomes[0]
    season = ", as expected in this season" if _is_empty(latest) and facts.expects_empty else ""
    return f"the last run was complete: {latest.fetched} fetched{season}"
