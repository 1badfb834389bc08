"""What the page reads in the background, for tests that wait for it."""

from __future__ import annotations

import threading

from include.discovery.web.cache import THREAD


def wait_for_background() -> None:
    """Wait until nothing is read in the background any more."""
    for thread in threading.enumerate():
        if thread.name == THREAD:
            thread.join(60)
            assert not thread.is_alive()
