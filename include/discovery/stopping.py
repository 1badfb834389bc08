"""Ending in good order: what SIGTERM asks for, as an exception.

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
    """The process was asked to end (SIGTERM).

    A kind of interrupt, since asyncio lets nothing else but these pass through its event loop, and
    no handler of ordinary exceptions stops it.
    """


@contextmanager
def terminable() -> Iterator[None]:
    """Have SIGTERM raise :class:`Terminated` while it lasts, once.

    Only in the main thread, where alone Python runs handlers of signals; elsewhere nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def terminate(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001  as signals are
        # A second one must not interrupt what the first one has begun to put in order.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise Terminated

    before = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL if before is None else before)
