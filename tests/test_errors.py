"""The failure classes: what travels between processes, and what is shown."""

from __future__ import annotations

import ast
import pickle
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from include.discovery.errors import (
    LONGEST_ADDRESS,
    Challenged,
    DiscoveryError,
    NotFound,
    Parking,
    Parks,
    QuotaExhausted,
    RateLimited,
    ServerError,
    SourceBusy,
    every_failure,
    parking_of,
    shortened,
)

NOW = datetime(2026, 11, 24, tzinfo=UTC)
PACKAGE = Path(__file__).parents[1] / "include" / "discovery"


@pytest.mark.parametrize("cls", [DiscoveryError, *every_failure()])
def test_each_error_survives_pickling(cls: type[DiscoveryError]) -> None:
    error = cls("what happened", address="https://a.example/", retry_after=7.5, retry_at=NOW)
    copy = pickle.loads(pickle.dumps(error))

    assert type(copy) is cls
    assert str(copy) == "what happened (https://a.example/)"
    assert (copy.retry_after, copy.retry_at) == (7.5, NOW)


def test_the_message_of_an_error_is_one_line() -> None:
    assert str(DiscoveryError(" two\n\tlines ")) == "two lines"


def test_the_message_of_an_error_begins_with_the_reason_and_ends_with_the_address() -> None:
    error = NotFound("404 Not Found. Correct the address.", address="https://a.example/x")

    assert str(error) == "404 Not Found. Correct the address (https://a.example/x)"


def test_an_error_keeps_the_address_that_it_knows_when_another_is_added() -> None:
    error = NotFound("gone").at("https://a.example/hop").at("https://a.example/start")

    assert str(error) == "gone (https://a.example/hop)"


@pytest.mark.parametrize(
    "address",
    [
        f"https://a.example/{'x' * 300}/events.ics?page=12",
        f"https://{'a.' * 100}example/events.ics?page=12",
        f"https://a.example/events.ics?{'q' * 300}&page=12",
    ],
)
def test_a_long_address_is_cut_in_its_middle_and_keeps_its_host_and_its_end(address: str) -> None:
    shown = shortened(address)

    assert len(shown) == LONGEST_ADDRESS
    head, tail = shown.split("…")
    assert address.startswith(head)
    assert address.endswith(tail)
    assert head.startswith("https://a.")
    assert tail.endswith("page=12")


@pytest.mark.parametrize(
    ("error", "hours", "because"),
    [
        (RateLimited("429", retry_after=86_400), 24, "rate limited"),
        (ServerError("503", retry_after=3_600), 1, "asked to wait"),
        (QuotaExhausted("used up", retry_at=NOW + timedelta(hours=7)), 7, "quota used up"),
        (QuotaExhausted("used up", retry_after=360), 0.1, "quota used up"),
        (RateLimited("429", retry_after=10**9), 7 * 24, "rate limited"),
    ],
)
def test_a_wait_that_is_long_or_that_no_retry_can_help_parks_the_pair(
    error: DiscoveryError, hours: float, because: str
) -> None:
    parking = parking_of(error, NOW, timedelta(minutes=10))

    assert parking == Parking(timedelta(hours=hours), because)


@pytest.mark.parametrize(
    "error",
    [
        RateLimited("429", retry_after=600),
        RateLimited("429"),
        ServerError("503", retry_after=90),
        QuotaExhausted("used up"),
        QuotaExhausted("used up", retry_at=NOW - timedelta(hours=1)),
        ValueError("x"),
    ],
)
def test_a_short_wait_is_left_to_the_retries(error: BaseException) -> None:
    assert parking_of(error, NOW, timedelta(minutes=10)) is None


def test_each_failure_says_what_it_is_and_who_must_act() -> None:
    assert [cls for cls in every_failure() if not cls.__doc__ or not cls.actor] == []


def test_all_failures_stand_in_one_module_which_is_their_table() -> None:
    """One that stood elsewhere would be in the table only while its module is imported."""
    names = {"DiscoveryError", *(cls.__name__ for cls in every_failure())}
    elsewhere = [
        f"{file.name}: {node.name}"
        for file in PACKAGE.rglob("*.py")
        if file != PACKAGE / "errors.py"
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
        and any(isinstance(base, ast.Name) and base.id in names for base in node.bases)
    ]
    assert elsewhere == []


def test_a_failure_that_a_retry_cannot_help_parks_its_pair_for_any_wait_or_never() -> None:
    wrong = [
        cls
        for cls in every_failure()
        if (cls.parks is Parks.LONG_WAIT and not cls.retryable)
        or (cls.parks is Parks.ANY_WAIT and cls.retryable)
    ]
    assert wrong == []


def test_a_failure_that_is_not_the_sources_never_parks_its_pair() -> None:
    assert parking_of(SourceBusy("x", retry_after=10**6), NOW, timedelta(minutes=10)) is None


def test_a_failure_whose_request_is_repeated_is_retried_by_the_task_unless_it_is_a_block() -> None:
    wrong = [cls for cls in every_failure() if cls.asked_again and not cls.retryable]
    assert wrong == [Challenged]
