"""The health rule: each state by a table of what leads to it, and why, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.discovery.health.verdict import (
    HealthState,
    Outcome,
    PairFacts,
    RolledUp,
    Verdict,
    judge,
    roll_up,
)

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def night(n: int) -> datetime:
    """Return when the run of n nights ago was."""
    return NOW - timedelta(days=n, hours=6)


def good(n: int, fetched: int = 40, rejected: int = 0, **more: Any) -> Outcome:
    return Outcome(night(n), succeeded=True, fetched=fetched, rejected=rejected, **more)


def partial(n: int, message: str = "page 2 is missing") -> Outcome:
    return Outcome(night(n), succeeded=True, complete=False, fetched=40, message=message)


def bad(n: int, message: str = "answered 503") -> Outcome:
    return Outcome(night(n), succeeded=False, message=message)


def verdict(outcomes: Sequence[Outcome] = (), **facts: Any) -> Verdict:
    values: dict[str, Any] = {
        "frequency": timedelta(hours=24),
        "time_limit": timedelta(hours=2),
        "outcomes": outcomes,
        "last_success_at": next((o.at for o in outcomes if o.succeeded), None),
        **facts,
    }
    return judge(PairFacts(**values), NOW)


@pytest.mark.parametrize(
    ("found", "state", "reason"),
    [
        (verdict(), HealthState.NEVER_RUN, "no run has ended yet"),
        (verdict([good(0)]), HealthState.HEALTHY, "the last run was complete: 40 fetched"),
        (
            verdict(
                [bad(0)], parked_until=NOW + timedelta(hours=8), parked_because="rate limited"
            ),
            HealthState.PARKED,
            "rate limited until 14:00 UTC",
        ),
        (
            verdict(
                [bad(0)], parked_until=NOW + timedelta(days=1), parked_because="quota used up"
            ),
            HealthState.PARKED,
            "quota used up until 25 November, 06:00 UTC",
        ),
        (
            verdict([good(0)], parked_until=NOW, parked_because="rate limited"),
            HealthState.HEALTHY,
            "the last run was complete: 40 fetched",
        ),
        (
            verdict([good(0)], inactive_because="its city is disabled"),
            HealthState.DISABLED,
            "its city is disabled",
        ),
        (
            verdict([bad(0)], running_since=NOW - timedelta(minutes=5)),
            HealthState.RUNNING,
            "running for 5 min",
        ),
        (verdict(is_planned=True), HealthState.RUNNING, "planned: waits for its task to start"),
        (
            verdict(running_since=NOW - timedelta(hours=3)),
            HealthState.STUCK,
            "running for 3 h: longer than any attempt may take",
        ),
        (
            verdict(running_since=NOW - timedelta(hours=3), time_limit=timedelta(hours=6)),
            HealthState.RUNNING,
            "running for 3 h",
        ),
        (
            verdict(missing_key="needs connection discovery_x"),
            HealthState.MISSING_KEY,
            "needs connection discovery_x",
        ),
        (verdict([bad(0), good(1)]), HealthState.WARNING, "the last run failed: answered 503"),
        (
            verdict([bad(0)]),
            HealthState.FAILING,
            "never succeeded; the last run failed: answered 503",
        ),
        (
            verdict([bad(0), bad(1)]),
            HealthState.FAILING,
            "never succeeded; 2 failed runs in a row; the last: answered 503",
        ),
        (
            verdict([bad(0, "404"), bad(1), bad(2), good(3)]),
            HealthState.FAILING,
            "3 failed runs in a row; the last: 404",
        ),
        (
            verdict([bad(0), bad(1), bad(2)], last_success_at=night(3)),
            HealthState.FAILING,
            "3 failed runs in a row; the last: answered 503",
        ),
        (
            verdict([bad(n) for n in range(14)], last_success_at=night(20)),
            HealthState.FAILING,
            "at least 14 failed runs in a row; the last: answered 503",
        ),
        (
            verdict([bad(0), good(1), bad(2), bad(3), good(4)]),
            HealthState.FAILING,
            "3 of the last 5 runs failed; the last: answered 503",
        ),
        (
            verdict([good(0), bad(1), bad(2), good(3)]),
            HealthState.WARNING,
            "2 of the last 4 runs failed",
        ),
        (
            verdict([partial(0), good(1)]),
            HealthState.PARTIAL,
            "the last run was incomplete: page 2 is missing",
        ),
        (
            verdict([partial(0, "")]),
            HealthState.PARTIAL,
            "the last run was incomplete: the listing is not complete",
        ),
        (verdict([good(4)]), HealthState.STALE, "no run for 4 days; no success for 4 days"),
        (
            verdict([bad(4)]),
            HealthState.FAILING,
            "no run for 4 days; never succeeded; the last run failed: answered 503",
        ),
        (
            verdict([bad(1)], last_success_at=night(6)),
            HealthState.STALE,
            "no success for 6 days",
        ),
        (
            verdict([good(0, 3), good(1, 40), good(2, 41), good(3, 42)]),
            HealthState.WARNING,
            "3 fetched, usually 41",
        ),
        (
            verdict([good(0, 0), good(1, 500)]),
            HealthState.EMPTY,
            "0 fetched, usually 500",
        ),
        (
            verdict([good(0, 0), good(1, 0), good(2, 500), good(3, 3)]),
            HealthState.EMPTY,
            "0 fetched, usually 251.5",
        ),
        (
            verdict([good(n, 0) for n in range(14)], last_events_at=night(20)),
            HealthState.EMPTY,
            "0 fetched; the last events came 20 days ago",
        ),
        (
            verdict([good(0, 0), good(1, 500)], expects_empty=True),
            HealthState.HEALTHY,
            "the last run was complete: 0 fetched, as expected in this season",
        ),
        (
            verdict([good(0, 0), good(1, 2)]),
            HealthState.WARNING,
            "0 fetched, usually 2",
        ),
        (
            verdict(
                [bad(0), bad(1), good(4)],
                parked_until=NOW + timedelta(hours=8),
                parked_because="rate limited",
            ),
            HealthState.STALE,
            "no success for 4 days; rate limited until 14:00 UTC",
        ),
        (
            verdict(
                [bad(n) for n in range(5)],
                parked_until=NOW + timedelta(hours=8),
                parked_because="rate limited",
            ),
            HealthState.STALE,
            "never succeeded; rate limited until 14:00 UTC",
        ),
        (
            verdict([good(0, warnings=["90 of 500 are missing"]), good(1)]),
            HealthState.WARNING,
            "90 of 500 are missing",
        ),
        (
            verdict([good(0, 40, rejected=5)]),
            HealthState.WARNING,
            "5 of 40 items were rejected",
        ),
    ],
)  # fmt: skip
def test_each_state_of_health_has_its_reason(
    found: Verdict, state: HealthState, reason: str
) -> None:
    assert (found.state, found.reason) == (state, reason)


@pytest.mark.parametrize(
    ("hours", "nights", "state"),
    [
        (1, 1, HealthState.HEALTHY),  # never stale before two days, however often it should run
        (1, 2, HealthState.STALE),
        (24, 2, HealthState.HEALTHY),
        (24, 3, HealthState.STALE),
        (168, 20, HealthState.HEALTHY),
        (168, 21, HealthState.STALE),
    ],
)
def test_a_pair_is_stale_by_its_own_frequency(hours: int, nights: int, state: HealthState) -> None:
    assert verdict([good(nights)], frequency=timedelta(hours=hours)).state is state


def test_few_runs_do_not_say_what_is_usual() -> None:
    assert verdict([good(0, 1), good(1, 40), good(2, 40)]).state is HealthState.HEALTHY


def test_a_source_that_never_had_events_and_has_none_is_healthy() -> None:
    assert verdict([good(n, 0) for n in range(5)]).state is HealthState.HEALTHY


def test_a_run_that_read_only_changes_is_not_compared_with_one_that_read_everything() -> None:
    everything = [good(n, 500) for n in range(1, 5)]

    assert verdict([good(0, 3, read_everything=False), *everything]).state is HealthState.HEALTHY
    few = [good(n, 3, read_everything=False) for n in range(1, 5)]
    assert verdict([good(0, 200), *few, *everything]).state is HealthState.WARNING


def test_failed_runs_do_not_say_what_is_usual() -> None:
    assert verdict([good(0, 40), *(bad(n) for n in range(1, 3)), good(3, 40)]).reason.startswith(
        "2 of the last 4 runs failed"
    )
    assert verdict([good(0, 0), bad(1), *(good(n, 0) for n in range(2, 14))]).state is (
        HealthState.HEALTHY
    )


def test_a_disabled_pair_is_disabled_whatever_else_is_wrong_with_it() -> None:
    """A disabled pair is disabled, whatever else is wrong with it."""
    wrong = verdict(
        [bad(0)] * 5,
        inactive_because="the pair is disabled",
        running_since=NOW - timedelta(days=1),
        missing_key="needs a connection",
    )

    assert wrong.state is HealthState.DISABLED


def test_a_season_excuses_an_empty_answer_and_nothing_else() -> None:
    usual = [good(n, 40) for n in range(1, 5)]

    assert verdict([good(0, 3), *usual], expects_empty=True).state is HealthState.WARNING
    assert verdict([bad(0), bad(1), bad(2), good(3)], expects_empty=True).state is (
        HealthState.FAILING
    )


def test_a_run_that_asked_for_changes_alone_and_got_none_is_not_empty() -> None:
    usual = [good(n, 40) for n in range(1, 5)]

    assert verdict([good(0, 0, read_everything=False), *usual]).state is HealthState.HEALTHY


@pytest.mark.parametrize(
    ("states", "worst"),
    [
        ("healthy healthy", "healthy"),
        ("healthy warning running", "warning"),
        ("healthy failing stale empty", "failing"),
        ("disabled healthy", "healthy"),
        ("disabled disabled", "disabled"),
        ("never_run running", "never_run"),
    ],
)
def test_several_pairs_are_as_healthy_as_the_worst_that_is_enabled(states: str, worst: str) -> None:
    rolled_up = roll_up(HealthState(state) for state in states.split())

    assert rolled_up is not None
    assert rolled_up.state == worst
    assert sum(rolled_up.counts.values()) == len(states.split())


def test_no_pairs_have_no_health() -> None:
    assert roll_up([]) is None
    assert roll_up([HealthState.EMPTY]) == RolledUp(HealthState.EMPTY, {HealthState.EMPTY: 1})
