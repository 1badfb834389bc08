"""The retry policy: 30 s, 2 min, 8 min; a place for each pair; Retry-After; or not at all."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.definitions.retry_policy import RetryAction

from include.discovery import errors
from include.discovery.orchestration.retry import PairBackoff

WAITS = [timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=8)]
SPREAD = timedelta(seconds=5)


def context(city: str = "krakow", source: str = "ticketmaster") -> dict[str, Any]:
    return {"task": SimpleNamespace(op_kwargs={"name": f"{city} · {source}"})}


def wait_after(try_number: int, error: BaseException, **pair: str) -> timedelta:
    decision = PairBackoff().evaluate(error, try_number, 3, context(**pair))
    assert decision.action is RetryAction.RETRY
    assert decision.retry_delay is not None
    return decision.retry_delay


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISCOVERY_RETRY_DELAYS", "DISCOVERY_RETRY_SPREAD"):
        monkeypatch.delenv(name, raising=False)


def test_the_waits_between_tries_are_30_seconds_2_minutes_and_8_minutes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DISCOVERY_RETRY_SPREAD", "0")
    error = errors.NetworkError("no answer")

    assert [wait_after(n, error) for n in (1, 2, 3)] == WAITS


@pytest.mark.parametrize(
    ("error", "try_number", "said"),
    [
        (errors.ServerError("503"), 1,
         "krakow · ticketmaster: attempt 1 of 4 failed; the next one starts at {at}, in 30 s."),
        (errors.ServerError("503"), 3,
         "krakow · ticketmaster: attempt 3 of 4 failed; the next one starts at {at}, in 8 min."),
        (errors.ServerError("503"), 4,
         "krakow · ticketmaster: attempt 4 of 4 failed; it was the last one of this run."),
        (errors.NotFound("404"), 1,
         "krakow · ticketmaster: attempt 1 of 4 failed; another one in this run cannot help."),
        (errors.RateLimited("429", retry_after=86_400), 2,
         "krakow · ticketmaster: attempt 2 of 4 failed; the pair is parked until {day}."),
    ],
)  # fmt: skip
def test_a_failed_attempt_is_logged_with_the_time_of_the_next(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: errors.DiscoveryError,
    try_number: int,
    said: str,
) -> None:
    monkeypatch.setenv("DISCOVERY_RETRY_SPREAD", "0")

    PairBackoff().evaluate(error, try_number, 3, context())

    pattern = re.escape(said).replace(r"\{at\}", r"\d\d:\d\d:\d\d UTC")
    pattern = pattern.replace(r"\{day\}", r"\d+ \w+, \d\d:\d\d UTC")
    (record,) = caplog.records
    assert re.fullmatch(pattern, record.getMessage())


def test_the_pair_of_a_wider_source_is_named_after_its_source_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    task = SimpleNamespace(op_kwargs={"name": "france"})
    PairBackoff().evaluate(errors.ServerError("503"), 1, 3, {"task": task})
    plan = SimpleNamespace(op_kwargs={}, task_id="plan")
    PairBackoff().evaluate(errors.ServerError("503"), 1, 3, {"task": plan})

    names = [record.getMessage().partition(":")[0] for record in caplog.records]
    assert names == ["france", "plan"]


def test_the_waits_of_pairs_are_spread() -> None:
    error = errors.ServerError("500")
    waits = [wait_after(1, error, source=f"source-{n}") for n in range(50)]

    assert all(WAITS[0] <= wait <= WAITS[0] + SPREAD for wait in waits)
    assert len(set(waits)) == 50
    assert max(waits) - min(waits) > SPREAD / 2


def test_a_pair_has_the_same_wait_on_every_evaluation() -> None:
    error = errors.ServerError("500")

    assert wait_after(2, error) == wait_after(2, error)
    assert wait_after(2, error) - wait_after(1, error) == WAITS[1] - WAITS[0]


@pytest.mark.parametrize(
    "error",
    [
        errors.UnreadableResponse("HTML"),
        errors.BrokenOff("half"),
        errors.TimedOut("30 s"),
        errors.ServerError("500"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_failure_that_may_pass_is_tried_again(error: errors.DiscoveryError) -> None:
    assert wait_after(1, error) >= WAITS[0]


def test_a_longer_retry_after_is_honoured() -> None:
    error = errors.RateLimited("429", retry_after=300)

    assert wait_after(1, error) >= timedelta(seconds=300)
    assert wait_after(1, error) <= timedelta(seconds=300) + SPREAD


def test_a_shorter_retry_after_does_not_shorten_the_wait() -> None:
    assert wait_after(2, errors.RateLimited("429", retry_after=1)) >= WAITS[1]


@pytest.mark.parametrize(
    "error",
    [errors.RateLimited("429", retry_after=86_400), errors.ServerError("503", retry_after=601)],
)
def test_a_wait_that_would_hold_up_the_run_ends_the_attempts(error: errors.DiscoveryError) -> None:
    assert PairBackoff().evaluate(error, 1, 3, context()).action is RetryAction.FAIL


def test_the_longest_wait_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCOVERY_LONGEST_WAIT", "3600")

    error = errors.RateLimited("429", retry_after=3_000)
    assert wait_after(1, error) >= timedelta(seconds=3_000)


def test_a_pair_that_another_run_holds_is_tried_again() -> None:
    assert wait_after(1, errors.PairBusy("held")) >= WAITS[0]


@pytest.mark.parametrize(
    "error",
    [
        errors.AuthenticationFailed("401"),
        errors.MissingConnection("needs connection discovery_ticketmaster"),
        errors.NotFound("404"),
        errors.Blocked("403"),
        errors.InvalidSettings("bad"),
        errors.QuotaExhausted("used up"),
        errors.Challenged("200"),
        errors.RedirectRefused("302"),
        errors.UnsupportedResponse("60 MB"),
        errors.AllRejected("all"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_failure_that_waiting_cannot_fix_fails_at_once(error: errors.DiscoveryError) -> None:
    decision = PairBackoff().evaluate(error, 1, 3, context())

    assert decision.action is RetryAction.FAIL
    assert decision.reason == str(error)


def test_an_unexpected_exception_is_tried_again() -> None:
    assert wait_after(1, KeyError("bug")) >= WAITS[0]


def test_the_waits_can_be_shortened_by_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCOVERY_RETRY_DELAYS", "1,2,3")
    monkeypatch.setenv("DISCOVERY_RETRY_SPREAD", "0")

    waits = [wait_after(n, errors.ServerError("500")) for n in (1, 2, 3)]
    assert waits == [timedelta(seconds=n) for n in (1, 2, 3)]


def test_the_policy_decides_without_a_context() -> None:
    decision = PairBackoff().evaluate(errors.ServerError("500"), 1, 3, None)

    assert decision.action is RetryAction.RETRY
