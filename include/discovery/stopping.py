"""Ending in good order: what SIGTERM and SIGHUP ask for, as an exception.

Without this the process would end on the spot (a command), or would be asked and then killed five
seconds later (an Airflow task that somebody marks as failed or clears): in both cases without a
word in the row of its sync.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Terminated(KeyboardInterrupt):
    """The process was asked to end (SIGTERM), or its terminal was closed (SIGHUP).

    A kind of interrupt, since asyncio lets nothing else but these pass through its event loop, and
    no handler of ordinary exceptions stops it.
    """

    def __init__(self, signum: int = signal.SIGTERM) -> None:
        super().__init__()
        self.signum = signum
        """Which signal asked for it."""


@contextmanager
def terminable() -> Iterator[None]:
    """Have SIGTERM and SIGHUP raise :class:`Terminated` while it lasts, once.

    Only in the main thread, where alone Python runs handlers of signals; elsewhere nothing changes.
    A signal that is ignored, as SIGHUP by ``nohup``, remains so.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    before = {
        signum: handler
        for signum in (signal.SIGTERM, signal.SIGHUP)
        if (handler := signal.getsignal(signum)) is not signal.SIG_IGN
    }

    def terminate(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001  as signals are
        # A second one must not interrupt what the first one has begun to put in order.
        for number in before:
            signal.signal(number, signal.SIG_IGN)
        raise Terminated(signum)

    for signum in before:
        signal.signal(signum, terminate)
    try:
        yield
    finally:
        for signum, handler in before.items():
            signal.signal(signum, signal.SIG_DFL if handler is None else handler)
