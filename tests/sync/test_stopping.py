"""SIGTERM as an exception: raised once, everywhere that Python runs, and only while it lasts."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Iterator

import pytest

from include.discovery.sync.stopping import OutOfTime, Terminated, terminable


def terminate_oneself() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def test_sigterm_ends_the_program_as_an_interrupt() -> None:
    with pytest.raises(Terminated), terminable():
        terminate_oneself()


def test_sigterm_passes_through_an_event_loop_that_is_busy_and_one_that_waits() -> None:
    async def busy() -> None:
        asyncio.get_running_loop().call_soon(terminate_oneself)
        await asyncio.sleep(60)

    async def waits() -> None:
        asyncio.get_running_loop().call_later(0.01, os.kill, os.getpid(), signal.SIGTERM)
        await asyncio.sleep(60)

    for job in (busy, waits):
        with pytest.raises(Terminated), terminable():
            asyncio.run(job())


class Limit(BaseException):
    """What the handler of an alarm raises, as Airflow's does."""


@pytest.fixture
def alarm_handled() -> Iterator[None]:
    def handle(_number: int, _frame: object) -> None:
        raise Limit

    before = signal.signal(signal.SIGALRM, handle)
    yield
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("alarm_handled")
def test_an_alarm_in_a_callback_of_the_event_loop_ends_the_program() -> None:
    async def busy() -> None:
        asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGALRM)
        await asyncio.sleep(60)

    with pytest.raises(OutOfTime) as caught, terminable():
        asyncio.run(busy())
    assert isinstance(caught.value.__cause__, Limit)


@pytest.mark.usefixtures("alarm_handled")
def test_an_alarm_is_handled_as_before_after_the_block() -> None:
    handler = signal.getsignal(signal.SIGALRM)
    with terminable():
        pass
    assert signal.getsignal(signal.SIGALRM) is handler


def test_a_handler_of_ordinary_exceptions_does_not_stop_the_interrupt() -> None:
    def careless() -> None:
        try:
            terminate_oneself()
        except Exception:  # noqa: BLE001  as parsers have, item by item
            pytest.fail("caught")

    with pytest.raises(Terminated), terminable():
        careless()


def test_a_second_signal_does_not_interrupt_the_cleanup_of_the_first() -> None:
    put_in_order = False
    with terminable():
        with pytest.raises(Terminated):
            terminate_oneself()
        terminate_oneself()
        put_in_order = True
    assert put_in_order


def test_sigterm_is_handled_as_before_after_the_block() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with terminable():
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before


def test_closing_the_terminal_ends_the_program_like_sigterm() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        with pytest.raises(Terminated) as asked, terminable():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)

    assert asked.value.signum == signal.SIGHUP


def test_a_signal_that_is_ignored_remains_so() -> None:
    """As SIGHUP by nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with terminable():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_no_handler_is_installed_in_another_thread() -> None:
    seen = []

    def run() -> None:
        with terminable():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGTERM)]
