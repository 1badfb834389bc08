"""Cached values: served while they are fresh, renewed in the background, read anew after that."""

from __future__ import annotations

import threading
from threading import Event, Thread
from types import SimpleNamespace

import pytest

from include.discovery.web import cache
from include.discovery.web.cache import Cached


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Return a clock that stands still until it is set."""
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(cache, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


def test_a_value_is_read_once_while_it_is_fresh(clock: SimpleNamespace) -> None:
    answers = iter("ab")
    found = Cached[str](30)

    assert found.get(lambda: next(answers)) == "a"
    clock.now = 29.0
    assert found.get(lambda: next(answers)) == "a"
    clock.now = 30.0
    assert found.get(lambda: next(answers)) == "b"


def test_the_old_value_is_served_while_it_is_renewed(
    clock: SimpleNamespace,
) -> None:
    found = Cached[str](30, 600)
    found.get(lambda: "old")
    clock.now = 31.0
    may_go_on, is_read = Event(), Event()

    def slow() -> str:
        may_go_on.wait(10)
        is_read.set()
        return "new"

    assert found.get(slow) == "old"
    assert found.get(lambda: pytest.fail("a second one is read")) == "old"
    may_go_on.set()
    assert is_read.wait(10)
    for thread in renewing_threads():
        thread.join(10)
    assert found.get(lambda: pytest.fail("it is good")) == "new"


def test_a_caller_waits_for_a_new_value_if_the_old_one_is_too_old(clock: SimpleNamespace) -> None:
    found = Cached[str](30, 600)
    found.get(lambda: "old")
    clock.now = 600.0

    assert found.get(lambda: "new") == "new"


def test_a_value_that_was_dropped_while_it_was_renewed_does_not_come_back(
    clock: SimpleNamespace,
) -> None:
    found = Cached[str](30, 600)
    found.get(lambda: "old")
    clock.now = 31.0
    may_go_on = Event()
    found.get(lambda: "renewed" if may_go_on.wait(10) else "")
    found.forget()
    may_go_on.set()
    for thread in renewing_threads():
        thread.join(10)

    assert found.get(lambda: "fresh") == "fresh"


def test_a_renewal_that_fails_leaves_the_old_value_and_is_logged(
    clock: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    found = Cached[str](30, 600)
    found.get(lambda: "old")
    clock.now = 31.0

    def failing() -> str:
        raise RuntimeError("no database")

    assert found.get(failing) == "old"
    for thread in renewing_threads():
        thread.join(10)
    assert "no database" in caplog.text
    clock.now = 32.0
    assert found.get(lambda: "new") == "old"


def renewing_threads() -> list[Thread]:
    """Return the threads that renew something."""
    return [thread for thread in threading.enumerate() if thread.name == cache.THREAD]
