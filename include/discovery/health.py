"""How healthy a pair is, and why, in words: a pure rule over its latest runs."""

from __future__ import annotations

from collections.abc import Sequence
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


class HealthState(StrEnum):
    """The states of a pair."""

    DISABLED = "disabled"
    RUNNING = "running"
    STUCK = "stuck"
    MISSING_KEY = "missing_key"
    PARKED = "parked"
    NEVER_RUN = "never_run"
    FAILING = "failing"
    STALE = "stale"
    PARTIAL = "partial"
    WARNING = "warning"
    HEALTHY = "healthy"


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
        or _doubtful(facts)
        or Verdict(HealthState.HEALTHY, _last_words(facts.outcomes[0]))
    )


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
        until = moment_in_words(facts.parked_until, now)
        return Verdict(HealthState.PARKED, f"{facts.parked_because} until {until}")
    if not facts.outcomes:
        return Verdict(HealthState.NEVER_RUN, "no run has ended yet")
    return None


def _failing_or_stale(facts: PairFacts, now: datetime) -> Verdict | None:
    bound = max(3 * facts.frequency, _SHORTEST_STALE)
    latest = facts.outcomes[0]
    success = facts.last_success_at
    streak = len(list(takewhile(lambda outcome: not outcome.succeeded, facts.outcomes)))
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
    rate = _rate(rated)
    if streak and len(rated) >= _FAILING_STREAK and rate < _FAILING_BELOW:
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


def _doubtful(facts: PairFacts) -> Verdict | None:
    latest = facts.outcomes[0]
    if not latest.succeeded:
        return Verdict(HealthState.WARNING, f"the last run failed: {latest.message}")
    if not latest.complete:
        missing = latest.message or "the listing is not complete"
        return Verdict(HealthState.PARTIAL, f"the last run was incomplete: {missing}")
    if latest.warnings:
        return Verdict(HealthState.WARNING, "; ".join(latest.warnings))
    rated = facts.outcomes[:_RATED]
    if _rate(rated) < _WARNING_BELOW:
        return Verdict(
            HealthState.WARNING, f"{_failed(rated)} of the last {len(rated)} runs failed"
        )
    return _unusual(latest, facts.outcomes[1:])


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


def _last_words(latest: Outcome) -> str:
    return f"the last run was complete: {latest.fetched} fetched"
