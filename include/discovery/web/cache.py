"""A cache of one value, which is renewed in the background while the old one is still served."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Lock, Thread
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")

THREAD = "renews a cached value"


class Cached(Generic[T]):
    """A value that is read at most once within some seconds.

    :param seconds: how long it is fresh.
    :param renewed_seconds: how long it is served while a new one is read in the background; after
        that, callers wait for the new one.
    """

    def __init__(self, seconds: float, renewed_seconds: float = 0) -> None:
        self._seconds = seconds
        self._renewed_seconds = renewed_seconds
        self._cached: tuple[float, T] | None = None
        self._renewing = Lock()

    def get(self, read: Callable[[], T]) -> T:
        """Return the cached value, or read a fresh one."""
        cached = self._cached
        age = time.monotonic() - cached[0] if cached else None
        if cached is None or age is None or age >= max(self._seconds, self._renewed_seconds):
            return self._read(read)
        if age >= self._seconds and self._renewing.acquire(blocking=False):
            Thread(target=self._renew, args=[cached, read], name=THREAD, daemon=True).start()
        return cached[1]

    def forget(self) -> None:
        """Drop the value, because it is outdated."""
        self._cached = None

    def _read(self, read: Callable[[], T]) -> T:
        began = time.monotonic()
        answer = read()
        self._cached = began, answer
        return answer

    def _renew(self, cached: tuple[float, T], read: Callable[[], T]) -> None:
        try:
            began, answer = time.monotonic(), read()
            # What was forgotten meanwhile must not come back.
            if self._cached is cached:
                self._cached = began, answer
        except Exception:
            log.exception("A cached value could not be renewed; the next caller reads it.")
        finally:
            self._renewing.release()
