"""The failure classes: what travels between processes, and what is shown."""

from __future__ import annotations

import pickle

import pytest

from include.discovery.errors import (
    AuthenticationFailed,
    DiscoveryError,
    MissingConnection,
    RateLimited,
    category_of,
    one_line,
)


def every_class(root: type[DiscoveryError] = DiscoveryError) -> list[type[DiscoveryError]]:
    return [root, *(found for child in root.__subclasses__() for found in every_class(child))]


@pytest.mark.parametrize("cls", every_class())
def test_each_survives_pickling(cls: type[DiscoveryError]) -> None:
    copy = pickle.loads(pickle.dumps(cls("what happened", retry_after=7.5)))

    assert type(copy) is cls
    assert (str(copy), copy.retry_after) == ("what happened", 7.5)


def test_a_message_is_one_line() -> None:
    assert str(DiscoveryError(" two\n\tlines ")) == "two lines"


@pytest.mark.parametrize(
    ("error", "category"),
    [
        (RateLimited("x"), "rate_limited"),
        (AuthenticationFailed("x"), "authentication"),
        (MissingConnection("x"), "authentication"),
        (ValueError("x"), "unknown"),
        (KeyboardInterrupt(), "unknown"),
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
        (KeyboardInterrupt(), "KeyboardInterrupt"),
    ],
)
def test_in_one_line_foreign_errors_name_their_class(error: BaseException, text: str) -> None:
    assert one_line(error) == text
