"""Cached values: served while they are fresh, renewed in the background, read anew after that."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Event, Semaphore
from types import SimpleNamespace

import pytest

from include.discovery.web import cache
from include.discovery.web.cache import Cached
from tests.support.background import wait_for_background


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
    wait_for_background()
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
    wait_for_background()

    assert found.get(lambda: "fresh") == "fresh"


def test_a_renewal_that_fails_leaves_the_old_value_and_is_logged(
    clock: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    found = Cached[str](30, 600)
    found.get(lambda: "old")
    clock.now = 31.0

    attempts = []

    def failing() -> str:
        attempts.append(clock.now)
        raise RuntimeError("no database")

    for clock.now in (31.0, 32.0):
        assert found.get(failing) == "old"
        wait_for_background()
    assert attempts == [31.0]
    assert caplog.text.count("RuntimeError: no database") == 1
    clock.now = 61.0
    assert found.get(lambda: "new") == "old"
    wait_for_background()
    assert found.get(lambda: pytest.fail("it is good")) == "new"


@pytest.mark.parametrize("fails", [False, True])
def test_those_who_ask_while_it_is_read_share_what_that_comes_to(
    monkeypatch: pytest.MonkeyPatch, *, fails: bool
) -> None:
    ticks, has_asked, may_go_on = count(), Semaphore(0), Event()

    def monotonic() -> int:
        tick = next(ticks)
        has_asked.release()
        return tick

    monkeypatch.setattr(cache, "time", SimpleNamespace(monotonic=monotonic))
    found = Cached[str](0)

    def slow() -> str:
        may_go_on.wait(60)
        if fails:
            raise RuntimeError("no database")
        return "read"

    reads = []
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(found.get, lambda: reads.append(1) or slow()) for _ in range(2)]
        assert all(has_asked.acquire(timeout=60) for _ in asked)
        may_go_on.set()

    assert len(reads) == 1
    if fails:
        assert asked[0].exception() is asked[1].exception() is not None
    else:
        assert [each.result() for each in asked] == ["read", "read"]


def test_a_value_that_was_dropped_while_it_was_read_is_not_kept() -> None:
    found = Cached[str](30)

    def read() -> str:
        found.forget()
        return "old"

    assert found.get(read) == "old"
    assert found.get(lambda: "fresh") == "fresh"


def test_a_caller_who_does_not_wait_gets_nothing_until_the_value_is_read(
    clock: SimpleNamespace,
) -> None:
    found = Cached[str](30, 600)
    may_go_on = Event()

    def slow() -> str:
        may_go_on.wait(60)
        return "old"

    assert found.get_at_once(slow) is None
    assert found.get_at_once(lambda: pytest.fail("a second one is read")) is None
    may_go_on.set()
    wait_for_background()
    assert found.get_at_once(lambda: pytest.fail("it is good")) == "old"
    clock.now = 31.0
    assert found.get_at_once(lambda: "new") == "old"
    wait_for_background()
    assert found.get_at_once(lambda: pytest.fail("it is good")) == "new"
    clock.now = 631.0
    assert found.get_at_once(lambda: "newest") is None
    wait_for_background()
    assert found.get_at_once(lambda: pytest.fail("it is good")) == "newest"


def test_a_caller_who_waits_gets_what_is_read_in_the_background() -> None:
    found = Cached[str](30)
    is_read, may_go_on = Event(), Event()

    def slow() -> str:
        is_read.set()
        may_go_on.wait(60)
        return "read"

    assert found.get_at_once(slow) is None
    assert is_read.wait(60)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(found.get, lambda: pytest.fail("a second one is read"))
        may_go_on.set()
        assert waiting.result(60) == "read"
