"""When somebody is told about a pair: a pure rule over how it is doing and what was told before.

A pair alerts once when it gets into a condition, and once when it has recovered; between the two
nothing more is said of it, unless it gets into another condition. What has failed once or twice is
not told: most of that is over by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import chain
from typing import Final, Literal

from include.discovery.errors import every_failure
from include.discovery.expectations import Mute
from include.discovery.health.verdict import HealthState, Outcome, Verdict, failures_in_a_row
from include.discovery.model import SyncStats, pair_label
from include.discovery.text.wording import counted


class Condition(StrEnum):
    """What a pair alerts for."""

    FAILING = "failing"
    """Several runs in a row have failed, or one for its key."""
    STALE = "stale"
    """It had no success for too long, or no run at all."""
    EMPTY = "empty"
    """Its source, which used to list events, lists none."""
    DOUBTFUL = "doubtful"
    """Several runs in a row brought less than a person has asserted."""
    APPROVAL = "approval"
    """So much that its source listed is missing that a person is asked whether it is gone."""


ClosedBecause = Literal["recovered", "changed", "muted", "disabled"]

_AT_ONCE: Final = frozenset(cls.category for cls in every_failure() if cls.told_at_once)
"""Categories of failures that waiting never cures."""
_NO_NEWS: Final = frozenset(
    {
        (Condition.FAILING, Condition.STALE),
        (Condition.STALE, Condition.FAILING),
        # Whoever was asked about its listings knows that it is empty.
        (Condition.APPROVAL, Condition.EMPTY),
    }
)
"""A condition that turns into another one, without being worth a message."""
_SAYS_NOTHING: Final = frozenset(
    {
        HealthState.RUNNING,
        HealthState.STUCK,
        HealthState.PARKED,
        HealthState.NEVER_RUN,
        HealthState.MISSING_KEY,
    }
)
"""States in which a pair is neither well nor ill: what was told of it stands."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a pair is doing, with what a message says of it."""

    pair_id: int
    city: str | None
    source: str
    verdict: Verdict
    outcomes: Sequence[Outcome] = ()
    """Of its runs that tell of it, newest first."""
    mute: Mute | None = None
    """The mute that holds now."""
    category: str | None = None
    """Of the failure of its latest run."""
    stats: SyncStats = field(default_factory=SyncStats)
    """Counts of its latest run."""
    awaiting: int = 0
    """How many listings that are missing await approval: a person is to say if they are gone."""
    log: tuple[str, int, int] | None = None
    """Its latest attempt in Airflow: run, map index, try."""

    @property
    def label(self) -> str:
        """The pair's name."""
        return pair_label(self.city, self.source)


def runbook_section(condition: Condition, category: str | None) -> str:
    """Return where the runbook says what to do: a failing pair's failure knows more than its state.

    :param category: of the failure of the pair's latest run.
    """
    return category if condition is Condition.FAILING and category else condition.value


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """What was told of a pair, and is not over."""

    id: int
    pair_id: int
    condition: Condition
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """A pair got into a condition."""

    standing: Standing
    condition: Condition
    is_told: bool = True
    """False when the same trouble was told under another name."""

    @property
    def reason(self) -> str:
        """Why, in words."""
        if self.condition is not Condition.APPROVAL:
            return self.standing.verdict.reason
        listings = counted(self.standing.awaiting, "missing listing")
        return f"{listings}: confirm that they are gone, or keep them, under Withdrawals"


@dataclass(frozen=True, slots=True)
class Closed:
    """What was told of a pair is over, or is no longer to be told."""

    alert: OpenAlert
    standing: Standing
    because: ClosedBecause


@dataclass(frozen=True, slots=True)
class Decision:
    """What changes, and what is said of it."""

    opened: tuple[Opened, ...] = ()
    closed: tuple[Closed, ...] = ()
    muted: tuple[Opened, ...] = ()
    """Pairs that would alert if they were not muted."""
    still_open: tuple[Opened, ...] = ()
    """Told before, and still so."""

    @property
    def told(self) -> tuple[Opened, ...]:
        """What a message says is wrong."""
        return tuple(each for each in self.opened if each.is_told)

    @property
    def recovered(self) -> tuple[Closed, ...]:
        """What a message says is well again."""
        return tuple(each for each in self.closed if each.because == "recovered")

    @property
    def is_news(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.told or self.recovered)


def decide(
    standings: Iterable[Standing], told: Iterable[OpenAlert], *, failures_before_alert: int
) -> Decision:
    """Decide what to tell, once all pairs have been judged.

    :param told: what is open; at most one for each pair.
    :param failures_before_alert: how many runs in a row have to go wrong. Failures of the key, and
        sources that emptied, are told at once.
    """
    open_by_pair = {alert.pair_id: alert for alert in told}
    decided = [
        _decide_one(standing, open_by_pair.get(standing.pair_id), failures_before_alert)
        for standing in standings
    ]
    return Decision(
        opened=tuple(chain.from_iterable(each.opened for each in decided)),
        closed=tuple(chain.from_iterable(each.closed for each in decided)),
        muted=tuple(chain.from_iterable(each.muted for each in decided)),
        still_open=tuple(chain.from_iterable(each.still_open for each in decided)),
    )


def _decide_one(
    standing: Standing, alert: OpenAlert | None, failures_before_alert: int
) -> Decision:
    if standing.verdict.state is HealthState.DISABLED:
        return Decision(closed=_closed(alert, standing, "disabled"))
    condition = _condition(standing, alert, failures_before_alert)
    if standing.mute:
        # When the mute is over, what is still wrong is told as if it were new.
        silent = (Opened(standing, condition, is_told=False),) if condition else ()
        return Decision(closed=_closed(alert, standing, "muted"), muted=silent)
    if condition is None:
        return Decision(closed=_closed(alert, standing, "recovered"))
    if alert is None:
        return Decision(opened=(Opened(standing, condition),))
    if condition is alert.condition:
        return Decision(still_open=(Opened(standing, condition, is_told=False),))
    is_told = (alert.condition, condition) not in _NO_NEWS
    return Decision(
        opened=(Opened(standing, condition, is_told=is_told),),
        closed=_closed(alert, standing, "changed"),
    )


def _closed(
    alert: OpenAlert | None, standing: Standing, because: ClosedBecause
) -> tuple[Closed, ...]:
    return () if alert is None else (Closed(alert, standing, because),)


def _condition(
    standing: Standing, alert: OpenAlert | None, failures_before_alert: int
) -> Condition | None:
    """Return what is wrong with a pair; what was told, where nothing can be said now."""
    stands = alert.condition if alert else None
    state = standing.verdict.state
    if state in _SAYS_NOTHING:
        return stands
    if state is HealthState.STALE:
        return Condition.STALE
    failures = failures_in_a_row(standing.outcomes)
    if failures:
        is_told = failures >= failures_before_alert or standing.category in _AT_ONCE
        return Condition.FAILING if is_told else stands
    if standing.awaiting:
        return Condition.APPROVAL
    if state is HealthState.EMPTY:
        return Condition.EMPTY
    doubts = _doubts_in_a_row(standing.outcomes)
    if doubts:
        return Condition.DOUBTFUL if doubts >= failures_before_alert else stands
    return None


def _doubts_in_a_row(outcomes: Sequence[Outcome]) -> int:
    """Count the runs since the last that brought what was asserted; failed ones tell nothing."""
    count = 0
    for outcome in outcomes:
        if outcome.succeeded and outcome.read_everything:
            if not outcome.failed_assertions:
                break
            count += 1
    return count
