"""A cache of one value, which is renewed in the background while the old one is still served."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")

THREAD = "renews a cached value"


@dataclass(slots=True)
class _Kept(Generic[T]):
    """What reading has come to, and when: the latest value, and a failure since."""

    value: tuple[float, T] | None = None
    failure: tuple[float, Exception] | None = None


class Cached(Generic[T]):
    """A value that is read at most once within some seconds, by one thread at a time.

    :param seconds: how long it is fresh. So long after a failure it is not renewed, either.
    :param renewed_seconds: how old it may be while a new one is read in the background; after that,
        callers wait for the new one.
    """

    def __init__(self, seconds: float, renewed_seconds: float = 0) -> None:
        self._seconds = seconds
        self._served_seconds = max(seconds, renewed_seconds)
        self._kept = _Kept[T]()
        self._reading = Lock()

    def get(self, read: Callable[[], T]) -> T:
        """Return the cached value, or read a fresh one.

        Whoever waits while another thread reads shares what that comes to, be it a failure.
        """
        asked_at = time.monotonic()
        served = self._serve(asked_at, read)
        if served is not None:
            return served[1]
        with self._reading:
            kept = self._kept
            if kept.value is not None and kept.value[0] > asked_at:
                return kept.value[1]
            if kept.failure is not None and kept.failure[0] > asked_at:
                raise kept.failure[1]
            return self._read(read)

    def get_at_once(self, read: Callable[[], T]) -> T | None:
        """Return the cached value, or ``None`` while one is read in the background."""
        asked_at = time.monotonic()
        served = self._serve(asked_at, read)
        if served is not None:
            return served[1]
        self._renew(asked_at, read)
        return None

    def forget(self) -> None:
        """Drop the value, because it is outdated; one that is being read now is not kept."""
        self._kept = _Kept()

    def _serve(self, now: float, read: Callable[[], T]) -> tuple[float, T] | None:
        value = self._kept.value
        if value is None or now - value[0] >= self._served_seconds:
            return None
        if now - value[0] >= self._seconds:
            self._renew(now, read)
        return value

    def _read(self, read: Callable[[], T]) -> T:
        kept = self._kept
        try:
            value = read()
        except Exception as error:
            kept.failure = time.monotonic(), error
            raise
        kept.value, kept.failure = (time.monotonic(), value), None
        return value

    def _renew(self, now: float, read: Callable[[], T]) -> None:
        """Read in the background, unless somebody reads already."""
        failure = self._kept.failure
        if failure is not None and now - failure[0] < self._seconds:
            return
        if self._reading.acquire(blocking=False):
            Thread(target=self._read_beside, args=[read], name=THREAD, daemon=True).start()

    def _read_beside(self, read: Callable[[], T]) -> None:
        try:
            self._read(read)
        except Exception:
            log.exception("A cached value could not be read in the background.")
        finally:
            self._reading.release()
