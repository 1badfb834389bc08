"""The failure classes: what travels between processes, and what is shown."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta

import pytest

from include.discovery.errors import (
    LONGEST_ADDRESS,
    AuthenticationFailed,
    DiscoveryError,
    MissingConnection,
    NotFound,
    Parking,
    QuotaExhausted,
    RateLimited,
    ServerError,
    category_of,
    one_line,
    parking_of,
    shortened,
)

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def every_class(root: type[DiscoveryError] = DiscoveryError) -> list[type[DiscoveryError]]:
    return [root, *(found for child in root.__subclasses__() for found in every_class(child))]


@pytest.mark.parametrize("cls", every_class())
def test_each_survives_pickling(cls: type[DiscoveryError]) -> None:
    error = cls("what happened", address="https://a.example/", retry_after=7.5, retry_at=NOW)
    copy = pickle.loads(pickle.dumps(error))

    assert type(copy) is cls
    assert str(copy) == "what happened (https://a.example/)"
    assert (copy.retry_after, copy.retry_at) == (7.5, NOW)


def test_a_message_is_one_line() -> None:
    assert str(DiscoveryError(" two\n\tlines ")) == "two lines"


def test_a_message_begins_with_the_reason_and_ends_with_the_address() -> None:
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
    ("error", "category"),
    [
        (RateLimited("x"), "rate_limited"),
        (AuthenticationFailed("x"), "authentication"),
        (MissingConnection("x"), "authentication"),
        (ValueError("x"), "unknown"),
        (KeyboardInterrupt(), "interrupted"),
    ],
)
def test_everything_has_a_category(error: BaseException, category: str) -> None:
    assert category_of(error) == category


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (RateLimited("slow down"), "slow down"),
        (KeyError("id"), "KeyError: 'id'"),
        (ValueError("a\nb"), "ValueError: a b"),
        (KeyboardInterrupt(), "stopped by Ctrl-C or SIGTERM; what it had loaded stays"),
    ],
)
def test_in_one_line_foreign_errors_name_their_class(error: BaseException, text: str) -> None:
    assert one_line(error) == text


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
