"""When somebody is told about a pair: each transition once, and nothing in between."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from include.discovery.expectations import Mute
from include.discovery.health.alerts import (
    Condition,
    Decision,
    OpenAlert,
    Standing,
    decide,
)
from include.discovery.health.verdict import HealthState, Outcome, PairFacts, Verdict, judge

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
MUTE = Mute(issue="https://issues.example/1", until=date(2026, 12, 24))

GOOD = {"succeeded": True, "fetched": 40}
EMPTY = {"succeeded": True, "fetched": 0}
BAD = {"succeeded": False, "message": "answered 503"}
POOR = {**GOOD, "failed_assertions": ("events",), "warnings": ("events is 40",)}
CHANGES = {**GOOD, "read_everything": False}


def standing(history: Sequence[dict[str, Any]], **facts: Any) -> Standing:
    """Build the standing of a pair whose runs, newest first, were one night apart."""
    outcomes = [Outcome(NOW - timedelta(days=n), **each) for n, each in enumerate(history)]
    mute, category = facts.pop("mute", None), facts.pop("category", "server")
    awaiting = facts.pop("awaiting", 0)
    values: dict[str, Any] = {
        "frequency": timedelta(hours=24),
        "time_limit": timedelta(hours=2),
        "outcomes": outcomes,
        "last_success_at": next((o.at for o in outcomes if o.succeeded), None),
        **facts,
    }
    failed = bool(outcomes) and not outcomes[0].succeeded
    return Standing(
        pair_id=1,
        city="krakow",
        source="opera",
        verdict=judge(PairFacts(**values), NOW),
        outcomes=outcomes,
        mute=mute,
        category=category if failed else None,
        awaiting=awaiting,
    )


def told(condition: str) -> list[OpenAlert]:
    return [OpenAlert(7, 1, Condition(condition), NOW - timedelta(days=3))]


def decision(
    history: Sequence[dict[str, Any]], before: Sequence[OpenAlert] = (), **facts: Any
) -> Decision:
    return decide([standing(history, **facts)], before, failures_before_alert=3)


def in_short(found: Decision) -> str:
    """Say what is told, recovered, closed without a word, and muted."""
    parts = [f"tell {each.condition}" for each in found.told]
    parts += ["recovered" for _ in found.recovered]
    parts += [each.because for each in found.closed if each.because in {"muted", "disabled"}]
    parts += [f"silent {each.condition}" for each in found.muted]
    return ", ".join(parts)


@pytest.mark.parametrize(
    ("history", "before", "facts", "expected"),
    [
        pytest.param([GOOD], None, {}, "", id="a healthy pair"),
        pytest.param([], None, {}, "", id="a pair that never ran"),
        pytest.param([BAD, GOOD], None, {}, "", id="one failure"),
        pytest.param([BAD, BAD, GOOD], None, {}, "", id="two failures"),
        pytest.param([BAD, BAD, BAD, GOOD], None, {}, "tell failing", id="three failures"),
        pytest.param([BAD], None, {}, "", id="a new pair that fails once"),
        pytest.param([BAD] * 3, None, {}, "tell failing", id="a new pair that never succeeded"),
        pytest.param([BAD, GOOD], None, {"category": "authentication"}, "tell failing",
                     id="a key that is refused"),
        pytest.param([BAD] * 4, "failing", {}, "", id="told already"),
        pytest.param([GOOD, *[BAD] * 4], "failing", {}, "recovered", id="a success after failures"),
        pytest.param([BAD, GOOD], "failing", {}, "", id="one failure while failing is open"),
        pytest.param([EMPTY, GOOD], None, {}, "tell empty", id="a source that emptied"),
        pytest.param([EMPTY, EMPTY, GOOD], "empty", {}, "", id="a source that stays empty"),
        pytest.param([EMPTY] * 14, "empty", {"last_events_at": NOW - timedelta(days=40)}, "",
                     id="a source that is empty for weeks"),
        pytest.param([GOOD, EMPTY, GOOD], "empty", {}, "recovered", id="a source that is back"),
        pytest.param([EMPTY, GOOD], None, {"expects_empty": True}, "", id="empty in its season"),
        pytest.param([EMPTY, GOOD], "empty", {"expects_empty": True}, "recovered",
                     id="a season that begins while it is empty"),
        pytest.param([EMPTY, BAD, BAD, BAD, GOOD], "failing", {}, "tell empty",
                     id="failing turns to empty"),
        pytest.param([BAD, BAD, BAD, EMPTY, GOOD], "empty", {}, "tell failing",
                     id="empty turns to failing"),
        pytest.param([BAD, EMPTY, GOOD], "empty", {}, "", id="an empty one that fails once"),
        pytest.param([BAD], None, {"last_success_at": NOW - timedelta(days=6)}, "tell stale",
                     id="no success for long"),
        pytest.param([BAD, BAD, BAD], "stale", {}, "", id="stale turns to failing"),
        pytest.param([BAD], "failing", {"last_success_at": NOW - timedelta(days=6)}, "",
                     id="failing turns to stale"),
        pytest.param([POOR, POOR, GOOD], None, {}, "", id="below its bounds twice"),
        pytest.param([POOR, POOR, POOR, GOOD], None, {}, "tell doubtful", id="three times"),
        pytest.param([POOR, CHANGES, POOR, BAD, POOR, GOOD], None, {}, "tell doubtful",
                     id="three times among runs that tell nothing of bounds"),
        pytest.param([GOOD, POOR, POOR, POOR], "doubtful", {}, "recovered", id="as asserted again"),
        pytest.param([BAD, BAD, GOOD], None,
                     {"parked_until": NOW + timedelta(hours=3), "parked_because": "rate limited"},
                     "", id="parked"),
        pytest.param([GOOD], "failing", {"running_since": NOW}, "", id="running while open"),
        pytest.param([BAD] * 4, "failing", {"inactive_because": "the pair is disabled"}, "disabled",
                     id="disabled while open"),
        pytest.param([GOOD], None, {"awaiting": 9}, "tell approval", id="a person is asked"),
        pytest.param([EMPTY, GOOD], "empty", {"awaiting": 9}, "tell approval",
                     id="a person is asked whether an empty source is empty"),
        pytest.param([EMPTY, GOOD], "approval", {"awaiting": 9}, "", id="asked already"),
        pytest.param([EMPTY, EMPTY, GOOD], "approval", {}, "", id="answered, and still empty"),
        pytest.param([GOOD], "approval", {}, "recovered", id="answered"),
        pytest.param([BAD] * 3, "approval", {"awaiting": 9}, "tell failing",
                     id="a person is asked and it fails"),
        pytest.param([BAD] * 4, None, {"mute": MUTE}, "silent failing", id="muted before"),
        pytest.param([BAD] * 4, "failing", {"mute": MUTE}, "muted, silent failing",
                     id="muted after"),
        pytest.param([GOOD, BAD], "failing", {"mute": MUTE}, "muted", id="well again while muted"),
        pytest.param([GOOD], None, {"mute": MUTE}, "", id="a mute that is not needed"),
    ],
)  # fmt: skip
def test_what_is_told_of_a_pair(
    history: list[dict[str, Any]], before: str | None, facts: dict[str, Any], expected: str
) -> None:
    found = decision(history, told(before) if before else (), **facts)

    assert in_short(found) == expected
    assert found.is_news is ("tell" in expected or "recovered" in expected)


def test_what_has_been_decided_is_not_decided_again() -> None:
    first = decision([BAD] * 3)
    before = [OpenAlert(1, each.standing.pair_id, each.condition, NOW) for each in first.opened]

    again = decision([BAD] * 3, before)

    assert first.is_news
    assert not again.is_news
    assert [each.condition for each in again.still_open] == [Condition.FAILING]


def test_a_condition_that_changes_without_news_is_still_remembered() -> None:
    found = decision([BAD, BAD, BAD], told("stale"))

    assert [each.because for each in found.closed] == ["changed"]
    assert [(each.condition, each.is_told) for each in found.opened] == [(Condition.FAILING, False)]


def test_how_many_failures_are_needed_can_be_set() -> None:
    once = decide([standing([BAD, GOOD])], (), failures_before_alert=1)
    never_so_often = decide([standing([BAD] * 9 + [GOOD])], (), failures_before_alert=10)

    assert in_short(once) == "tell failing"
    assert in_short(never_so_often) == ""


def test_every_state_of_health_is_decided_without_an_outcome() -> None:
    for state in HealthState:
        bare = Standing(1, "krakow", "opera", Verdict(state, "because"))
        found = decide([bare], (), failures_before_alert=3)
        assert in_short(found) in {"", f"tell {state}"}
