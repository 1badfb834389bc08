"""Ending in good order: signals that end a sync, as exceptions that do end it.

Without this SIGTERM and SIGHUP would end the process on the spot (a command), or it would be killed
five seconds later (an Airflow task that somebody marks as failed or clears): in both cases without
a word in the row of its sync. And the exception by which Airflow ends a task at its time limit may
come up in a callback of asyncio's event loop, which logs it and goes on.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType


class Terminated(KeyboardInterrupt):
    """The process was asked to end (SIGTERM), or its terminal was closed (SIGHUP).

    A kind of interrupt, since asyncio lets nothing else but these and exits pass through its event
    loop, and no handler of ordinary exceptions stops it.
    """

    def __init__(self, signum: int = signal.SIGTERM) -> None:
        super().__init__()
        self.signum = signum
        """Which signal asked for it."""


class OutOfTime(KeyboardInterrupt):
    """The time that the process was given is over (SIGALRM)."""


@contextmanager
def terminable() -> Iterator[None]:
    """Have signals end the block, once: by :class:`Terminated`, an alarm by :class:`OutOfTime`.

    An alarm is that of somebody else, as Airflow's: who handles it goes first. Only in the main
    thread, where alone Python runs handlers of signals; elsewhere nothing changes. A signal that is
    ignored, as SIGHUP by ``nohup``, remains so.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    before = {
        signum: handler
        for signum in (signal.SIGTERM, signal.SIGHUP)
        if (handler := signal.getsignal(signum)) is not signal.SIG_IGN
    }
    alarm_before = signal.getsignal(signal.SIGALRM)

    def terminate(signum: int, _frame: FrameType | None) -> None:
        # A second one must not interrupt what the first one has begun to put in order.
        for number in before:
            signal.signal(number, signal.SIG_IGN)
        raise Terminated(signum)

    def alarm(signum: int, frame: FrameType | None) -> None:
        if callable(alarm_before):
            try:
                alarm_before(signum, frame)
            except BaseException as limit:
                raise OutOfTime from limit

    for signum in before:
        signal.signal(signum, terminate)
    if callable(alarm_before):
        before[signal.SIGALRM] = alarm_before
        signal.signal(signal.SIGALRM, alarm)
    try:
        yield
    finally:
        for signum, handler in before.items():
            signal.signal(signum, signal.SIG_DFL if handler is None else handler)


@contextmanager
def limited(limit: timedelta) -> Iterator[None]:
    """End the block by :class:`OutOfTime` when it takes too long; an earlier alarm comes first.

    An alarm that somebody else has set goes on afterwards. Only in the main thread, as above.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def alarm(_signum: int, _frame: FrameType | None) -> None:
        raise OutOfTime

    began = time.monotonic()
    rest, _ = signal.setitimer(signal.ITIMER_REAL, limit.total_seconds())
    if 0 < rest <= limit.total_seconds():
        signal.setitimer(signal.ITIMER_REAL, rest)
        yield
        return
    before = signal.signal(signal.SIGALRM, alarm)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL if before is None else before)
        if rest:
            elapsed = time.monotonic() - began
            signal.setitimer(signal.ITIMER_REAL, max(rest - elapsed, 0.001))
