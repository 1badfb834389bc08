"""The failure classes: what travels between processes, and what is shown."""

from __future__ import annotations

import pickle

import pytest

from include.discovery.errors import (
    LONGEST_ADDRESS,
    AuthenticationFailed,
    DiscoveryError,
    MissingConnection,
    NotFound,
    RateLimited,
    category_of,
    one_line,
    shortened,
)


def every_class(root: type[DiscoveryError] = DiscoveryError) -> list[type[DiscoveryError]]:
    return [root, *(found for child in root.__subclasses__() for found in every_class(child))]


@pytest.mark.parametrize("cls", every_class())
def test_each_survives_pickling(cls: type[DiscoveryError]) -> None:
    error = cls("what happened", address="https://a.example/", retry_after=7.5)
    copy = pickle.loads(pickle.dumps(error))

    assert type(copy) is cls
    assert (str(copy), copy.retry_after) == ("what happened (https://a.example/)", 7.5)


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
